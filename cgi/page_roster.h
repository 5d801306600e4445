/* Page_roster: which members a page is about, as its address says: filter, order and place in a
 * list. The list, the file, and what is done with many read the same fields.
 */
#ifndef LATCHKEY_PAGE_ROSTER_H
#define LATCHKEY_PAGE_ROSTER_H

#include "page.h"
#include "store/store_roster.h"
#include "web/form.h"

enum { PAGE_ROSTER_ROWS = 50 };

#define PAGE_ROSTER_STATUSES "not_checked|connected|limited|action_needed|blocked|deactivated"
#define PAGE_ROSTER_REACHES "unknown|none|busy|calendar|full"
/* Fields of a form table. */
#define PAGE_ROSTER_FIELDS                                                                         \
	{ "q", F_TEXT, 0, 100, "Search", NULL },                                                   \
		{ "status", F_CHOICE, 0, 0, "Status", PAGE_ROSTER_STATUSES },                      \
		{ "reason", F_TEXT, 0, 64, "Reason", NULL },                                       \
		{ "fixer", F_CHOICE, 0, 0, "Who must act",                                         \
			"member|account_admin|exchange_admin|entra_admin|network_admin|ops" },     \
		{ "seen", F_CHOICE, 0, 0, "Seen", "old" },                                         \
		{ "role", F_CHOICE, 0, 0, "Role", "member|admin" },                                \
		{ "reach", F_CHOICE, 0, 0, "Reach", PAGE_ROSTER_REACHES },                         \
		{ "sort", F_CHOICE, 0, 0, "Order", "name|-name|status|-status|checked|-checked" }, \
	{                                                                                          \
		"after", F_TEXT, 0, 400, "Behind", NULL                                            \
	}

struct page_roster {
	struct roster_filter f;
	struct roster_place at;
	const char *sort; /* as it was asked for; "" = the usual one */
	int odd;	  /* a filter was named that there is not */
};

/* What was not understood does not filter, and is not carried on. */
void page_roster_read(const struct form *form, int64_t account, struct page_roster *out);
/* A link to the same; in the arena. */
const char *page_roster_url(struct arena *a, const char *path, const struct page_roster *r);
/* Its pairs, as they stand behind the "?". */
void page_roster_pairs(struct arena *a, struct buf *b, const struct page_roster *r);
/* The same one by one, in the order of the fields; value "" = it is not said. */
enum { PAGE_ROSTER_VALUES = 9 };
struct page_roster_value {
	const char *key;
	const char *value;
};
void page_roster_values(struct arena *a, const struct page_roster *r,
	struct page_roster_value out[PAGE_ROSTER_VALUES]);
/* The page behind this row. */
struct page_roster page_roster_next(const struct page_roster *r, const struct roster_row *last);
/* Is anything but the order chosen? */
int page_roster_filtered(const struct page_roster *r);

/* page_members.c: the same members in the hidden fields of a form. Of the form that filters
 * (section M_KEPT) only what it has no field of its own for. */
void page_members_hidden(struct page *p, const struct page_roster *r, enum marker section);

#endif
