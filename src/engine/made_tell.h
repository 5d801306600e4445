/* Made tell: the store learns what the engine is made of and on, for whoever asks for a diagnosis.
 */
#ifndef LATCHKEY_MADE_TELL_H
#define LATCHKEY_MADE_TELL_H

struct db;

/* When it cannot be told that is logged, and nothing else. */
void made_tell(struct db *db);

#endif
