/* Page_standing: how members stand, in words: the same on every page that shows one.
 *
 * Rules: the word of a status and the title of a reason come from the one table of exchange/. A
 * status has a class, an icon and a word, always all three.
 */
#include "page_layout.h"

#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"

static const struct {
	const char *class;
	const char *icon;
} faces[STATUS__MAX] = {
	[STATUS_NOT_CHECKED] = { "is-unknown", "unknown" },
	[STATUS_CONNECTED] = { "is-ok", "ok" },
	[STATUS_LIMITED] = { "is-limited", "limited" },
	[STATUS_ACTION] = { "is-action", "action" },
	[STATUS_BLOCKED] = { "is-blocked", "blocked" },
	[STATUS_OFF] = { "is-unknown", "pause" },
};

/* What may be done in a calendar: a bit for each of the rights, in their order. A list has many. */
static const enum grant rights[] = { GRANT_READ, GRANT_CREATE, GRANT_CHANGE, GRANT_REMOVE };
static const char *const rights_say[1 << sizeof(rights) / sizeof(rights[0])] = {
	NULL,
	"Read",
	"Create",
	"Read, create",
	"Change",
	"Read, change",
	"Create, change",
	"Read, create, change",
	"Delete",
	"Read, delete",
	"Create, delete",
	"Read, create, delete",
	"Change, delete",
	"Read, change, delete",
	"Create, change, delete",
	"Read, create, change, delete",
};

const char *page_status_class(enum status s)
{
	return faces[s].class;
}

const char *page_status_icon(enum status s)
{
	return faces[s].icon;
}

void page_status(struct view *v, enum status s)
{
	view_set(v, M_STATUS_CLASS, faces[s].class);
	view_set(v, M_STATUS_ICON, faces[s].icon);
	view_set(v, M_STATUS_WORD, reason_status_title(s));
}

const char *page_standing_reason(const struct standing *s)
{
	if (s->status == STATUS_NOT_CHECKED)
		return "Waiting for the first check";
	if (s->status == STATUS_OFF || reason_parse(s->reason) == REASON_OK)
		return "";
	return page_reason(s->reason)->title;
}

const char *page_standing_rights(const struct standing *s)
{
	unsigned bits = 0;

	if (!s->checked_at)
		return "Unknown";
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		bits |= (unsigned)(grant_seen(s->grants, rights[i]) == SEEN_YES) << i;
	if (rights_say[bits])
		return rights_say[bits];
	if (grant_seen(s->grants, GRANT_OPEN) == SEEN_YES)
		return "Opens";
	return grant_seen(s->grants, GRANT_BUSY) == SEEN_YES ? "Busy time" : "None";
}

const char *page_standing_rows(
	struct arena *a, const struct roster_row *list, int n, const char *all)
{
	const char *first = page_name(list[0].name, list[0].email);
	const char *last = page_name(list[n - 1].name, list[n - 1].email);

	return n == 1 ? arena_printf(a, "%s, 1 of %s", first, all)
		      : arena_printf(a, "%s to %s, %d of %s", first, last, n, all);
}

int page_standing_old(const struct standing *s)
{
	return s->status != STATUS_OFF && s->checked_at < clock_now() - STANDING_OLD;
}
