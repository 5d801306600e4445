/* Response code: what Exchange's codes mean, by where they were met. The one table. */
#ifndef LATCHKEY_RESPONSE_CODE_H
#define LATCHKEY_RESPONSE_CODE_H

#include <stddef.h>
#include "exchange/outcome.h"

/* The same code says something else about a folder than about a booking. */
enum response_place {
	PLACE_FOLDER,	 /* opening somebody's folder */
	PLACE_DELEGATE,	 /* asking for delegates */
	PLACE_BUSY,	 /* availability */
	PLACE_ITEM,	 /* an item of ours by its id */
	PLACE_CREATE,	 /* putting something into a calendar */
	PLACE_SEND,	 /* mail of our own */
	PLACE_DIRECTORY, /* names and lists */
	PLACE_ZONES,
	PLACE__MAX
};

struct response_meaning {
	enum reason reason;
	enum outcome_next next;
};

/* What a code means there. Unknown codes: BAD_ANSWER, NEXT_NOTHING. "NoError" is OK. */
struct response_meaning response_code_meaning(const char *code, enum response_place place);
/* Every code of the table, for tests: NULL behind the last. */
const char *response_code_at(size_t i);

#endif
