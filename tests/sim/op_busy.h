/* Op_busy: one availability request, as op_busy.c reads it and op_busy_view.c answers it. */
#ifndef SIM_OP_BUSY_H
#define SIM_OP_BUSY_H

#include "sim/soap.h"

/* What a view has; its name follows from the sum. */
enum { SHOW_MERGED = 1, SHOW_TIMES = 2, SHOW_DETAILS = 4 };

enum { BUSY_EVENTS_MAX = 1000, BUSY_GROUP_MAX = 100 };

struct ask {
	struct call *call;
	const struct zone *zone; /* of the request: of its bare times, and of all answered ones */
	struct zone own;	 /* given by rules */
	struct zone_span span;	 /* of zone, where it was looked at last */
	utc_t from, to;
	int show;
	int64_t step;	 /* seconds a digit of the merged view stands for */
	size_t n_merged; /* digits */
	unsigned char *merged;
	bool too_long;			 /* the window */
	bool offsets;			 /* times are written with theirs */
	bool elsewhere;			 /* the client knows WorkingElsewhere */
	bool empty_days;		 /* DayOfWeek may be empty */
	const struct zone *working_zone; /* of what `working` holds */
	struct text working;
};

/* Who is asked about: the first BUSY_GROUP_MAX + 1 members of a group, or one mailbox. */
struct asked {
	struct mailbox *members[BUSY_GROUP_MAX + 1];
	int n;
	bool is_group;
};

/* op_busy.c. A number of the request in its range. */
bool busy_number(const char *s, long min, long max, int *out);
/* A window's bounds (t:StartTime, t:EndTime) in the request's zone. */
bool busy_window(const struct ask *a, xmlNode *window, utc_t *from, utc_t *to);
int busy_window_days(const struct ask *a); /* how long one may be */
/* Who t:MailboxData names; the code when that is nobody, or too many. */
const char *busy_find(struct ask *a, xmlNode *data, struct asked *who);
/* Why one's busy time cannot be told, or NULL and the caller's rights on it. */
const char *busy_denied(const struct ask *a, const struct mailbox *m, uint32_t *rights);

/* op_busy_view.c: m:FreeBusyResponse of one mailbox, whose code is answered when it is too much to
 * tell; of a group, whose members are merged as far as each may be read. */
const char *busy_write_mailbox(struct ask *a, struct mailbox *m, uint32_t rights);
void busy_write_group(struct ask *a, const struct asked *who);
enum busy busy_shown(const struct ask *a, enum busy b); /* to this client */

/* op_busy_suggest.c: m:SuggestionsResponse. */
void busy_suggest(struct ask *a, xmlNode *options, xmlNode *mailboxes);

#endif
