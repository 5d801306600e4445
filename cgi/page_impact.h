/* Page_impact: what an act does and to whom, shown before it is done: parts/impact.tpl.
 *
 * A page says what it has to say, in any order; what nothing is said of is not shown. The question
 * carries the number that it showed ("shown"), and is asked again when more are found by then.
 */
#ifndef LATCHKEY_PAGE_IMPACT_H
#define LATCHKEY_PAGE_IMPACT_H

#include "page_layout.h"
#include "store/store_roster.h"

enum {
	PAGE_IMPACT_NAMES = 10,	 /* people who are named */
	PAGE_IMPACT_MOST = 10000 /* whose ties are counted; one more stands for "more" */
};

enum page_impact {
	IMPACT_ENDS,	/* what happens */
	IMPACT_GOES_ON, /* what stays */
	IMPACT_UNDO,
	IMPACT__MAX
};
/* One sentence. */
void page_impact_say(struct page *p, enum page_impact part, const char *say);
/* The same with a link behind it. */
void page_impact_link(
	struct page *p, enum page_impact part, const char *say, const struct page_option *link);
/* How many stand how, with links to the list by each status. base: the list of all of them,
 * "/members?q=ab"; it may have a status already. */
void page_impact_counts(struct page *p, const int64_t n[STATUS__MAX], const char *base);
/* The first of them by name, and a link to all when there are more. */
void page_impact_names(struct page *p, const struct roster_row *list, int n, const char *more,
	const char *all_url);

/* Whom an act is about, in numbers. */
struct page_impact_who {
	struct roster_ties ties; /* of at most PAGE_IMPACT_MOST */
	int64_t n[STATUS__MAX];
	int64_t total; /* PAGE_IMPACT_MOST + 1 when uncounted */
	int uncounted; /* there are more, and nobody knows how many */
	int partly;    /* ties are of the first ones only */
};
/* Reads them: numbers that are kept, else counted. 0 or -1. */
int page_impact_read(struct page *p, const struct roster_pick *who, struct page_impact_who *out,
	struct err *e) must_check;
/* "243 members", "more than 10,000 members". */
const char *page_impact_many(struct page *p, const struct page_impact_who *w);
/* "3", or "at least 3" where not all of them were looked at. */
const char *page_impact_of(struct page *p, const struct page_impact_who *w, int64_t n);
/* page_impact_members.c: what removing, deactivating or activating them does. */
void page_impact_removes(struct page *p, const struct page_impact_who *w);
void page_impact_deactivates(struct page *p, const struct page_impact_who *w);
void page_impact_activates(struct page *p, const struct page_impact_who *w);
/* The same of one, whom it reads. 0 or -1. */
int page_impact_remove(struct page *p, const struct member *m, struct err *e) must_check;
int page_impact_deactivate(struct page *p, const struct member *m, struct err *e) must_check;
/* The form showed a number: ERR_CONFLICT with the new one when more are found by now. */
int page_impact_same(struct page *p, const struct page_impact_who *w, struct err *e) must_check;

#endif
