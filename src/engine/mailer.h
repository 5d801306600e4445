/* Mailer: the engine's side of the mail queue: leasing, writing, sending, trying again.
 *
 * Sent at least once: a mail is leased before it leaves and marked as sent after the server took
 * it. An engine that is killed in between sends it once more, with the same Message-ID, because an
 * alarm that is lost is worse than one that comes twice.
 */
#ifndef LATCHKEY_MAILER_H
#define LATCHKEY_MAILER_H

enum {
	MAILER_FLYING = 4,     /* at a time */
	MAILER_LEASE = 180,    /* seconds; longer than any attempt */
	MAILER_POLL_MS = 1000, /* a lost ring costs this much */
	MAILER_NO_WAY = 5 * 60 /* seconds until it is looked again whether there is a way */
};

struct engine;
struct mailer;

/* owner names this engine, as for jobs. */
struct mailer *mailer_new(struct engine *eng, const char *owner);
void mailer_wake(struct mailer *m); /* something is due: look now */
/* What is under way goes back to the queue. NULL is fine. */
void mailer_free(struct mailer *m);

#endif
