/* Page_week: busy time as a drawing: where each block stands, and the same in words. Pure. */
#ifndef LATCHKEY_PAGE_WEEK_H
#define LATCHKEY_PAGE_WEEK_H

#include "platform/arena.h"
#include "store/store_roster.h"

enum { WEEK_LANES = 4 };

/* Minutes of its day; side by side with others that overlap it. */
struct week_block {
	int day; /* 0 Monday */
	int from, to;
	enum busy_kind kind;
	int lane, lanes;
};

struct week_shape {
	int64_t monday;		   /* as all times of struct week */
	int days;		   /* 5, or 7 when the weekend has some, too */
	int first, last;	   /* hours that are drawn: even */
	struct week_block *blocks; /* in order of time */
	int count;
};

/* The week that begins at `monday`; spans are sorted. */
void week_shape(struct arena *a, const struct week_span *spans, int n, int64_t monday,
	struct week_shape *out);
/* "16 to 20 November" */
const char *week_dates(struct arena *a, const struct week_shape *w);
/* All of it, to be read aloud. */
const char *week_words(struct arena *a, const struct week_shape *w);

#endif
