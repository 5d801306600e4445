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

/* What may be done in a calendar, in the order in which it is told. */
static const struct {
	enum grant grant;
	const char *word;
} rights[] = {
	{ GRANT_READ, "read" },
	{ GRANT_CREATE, "create" },
	{ GRANT_CHANGE, "change" },
	{ GRANT_REMOVE, "delete" },
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

const char *page_standing_rights(struct arena *a, const struct standing *s)
{
	const char *text = "";

	if (!s->checked_at)
		return "Unknown";
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		if (grant_seen(s->grants, rights[i].grant) == SEEN_YES)
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", rights[i].word);
	}
	if (*text)
		return arena_printf(a, "%c%s", *text - 'a' + 'A', text + 1);
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
