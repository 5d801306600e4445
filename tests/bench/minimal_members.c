/* Minimal: the first page of the list of members. Its rows come from one SELECT by an index, in
 * the words of the one table; all that stands around them is fixed.
 */
#include "minimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"

/* Status 3 is "action needed", as the address of the filtered page says. */
#define ROWS_OF(status)                                                                            \
	"SELECT id, name, email, status, reason, grants, checked_at, tried FROM member "           \
	"WHERE account_id = 1 AND kind = 0 " status "ORDER BY name_key, id LIMIT 50"
_Static_assert(STATUS_ACTION == 3, "ROWS_OF is called with it");

enum { ROWS = 50, DAY = 24 * 60 * 60 };
enum column { ID, NAME, EMAIL, STATUS, REASON, GRANTS, CHECKED, TRIED };

static const struct value list[] = {
	{ M_TITLE, "Members" },
	{ M_ORG, "Example Organisation" },
	{ M_EXPORT_URL, "/members.csv" },
	{ M_BY_NAME_URL, "/members?sort=-name" },
	{ M_BY_STATUS_URL, "/members?sort=status" },
	{ M_BY_CHECKED_URL, "/members?sort=checked" },
	{ M_SORT_WAY, "ascending" },
	{ M_SAY, "Abel Alberg to Abel Algate, 50 of 980,001" },
	{ M_NEXT_URL, "/members?after=123456.1.abel%20algate" },
	{ M_MATCH_SAY, "All 980,001" },
};

/* Of a filtered list. */
static const struct value some[] = {
	{ M_EXPORT_URL, "/members.csv?status=action_needed" },
	{ M_BY_NAME_URL, "/members?status=action_needed&sort=-name" },
	{ M_BY_STATUS_URL, "/members?status=action_needed&sort=status" },
	{ M_BY_CHECKED_URL, "/members?status=action_needed&sort=checked" },
	{ M_SAY, "Abel Alberg to Abel Dunton, 50 of 78,400" },
	{ M_NEXT_URL, "/members?status=action_needed&after=123456.3.abel%20dunton" },
	{ M_MATCH_SAY, "All 78,400 that match" },
};
static const struct value kept[] = {
	{ M_KEPT_NAME, "status" },
	{ M_KEPT_VALUE, "action_needed" },
};
static const struct value hidden[] = {
	{ M_HIDDEN_NAME, "status" },
	{ M_HIDDEN_VALUE, "action_needed" },
};

#define CHIP(class, icon, name, n)                                                                 \
	{                                                                                          \
		{ M_CHIP_CLASS, class }, { M_CHIP_ICON, icon }, { M_CHIP_NAME, name },             \
			{ M_CHIP_URL, "/members?status=action_needed" },                           \
		{                                                                                  \
			M_CHIP_N, n                                                                \
		}                                                                                  \
	}
static const struct value chips[][5] = {
	CHIP("is-info", "people", "All", "980,001"),
	CHIP("is-ok", "ok", "Connected", "823,200"),
	CHIP("is-limited", "limited", "Limited", "29,400"),
	CHIP("is-action", "action", "Action needed", "78,400"),
	CHIP("is-blocked", "blocked", "Blocked", "29,400"),
	CHIP("is-unknown", "unknown", "Not checked", "9,800"),
	CHIP("is-unknown", "pause", "Deactivated", "9,800"),
	CHIP("is-limited", "clock", "Seen more than a day ago", "1,000+"),
};

#define OPTION(value, name)                                                                        \
	{                                                                                          \
		{ M_OPTION_VALUE, value },                                                         \
		{                                                                                  \
			M_OPTION_NAME, name                                                        \
		}                                                                                  \
	}
static const struct value reasons[][2] = {
	OPTION("busy_time_only", "Only busy time is shared (14,700)"),
	OPTION("rights_too_low", "Rights too low (14,700)"),
	OPTION("not_delegated", "Calendar not delegated (39,200)"),
	OPTION("outside_scope", "Not in the group it may act for (39,200)"),
	OPTION("no_mailbox", "No such mailbox (29,400)"),
};
static const struct value fixers[][2] = {
	OPTION("member", "Member (68,600)"),
	OPTION("account_admin", "Account admin (29,400)"),
	OPTION("exchange_admin", "Exchange admin (39,200)"),
};
static const struct value roles[][2] = {
	OPTION("member", "Member"),
	OPTION("admin", "Account admin"),
};

static const struct {
	const char *class, *icon;
} faces[STATUS__MAX] = {
	{ "is-unknown", "unknown" },
	{ "is-ok", "ok" },
	{ "is-limited", "limited" },
	{ "is-action", "action" },
	{ "is-blocked", "blocked" },
	{ "is-unknown", "pause" },
};

sqlite3_stmt *minimal_members_sql(sqlite3 *db, int filtered)
{
	return minimal_sql(db, filtered ? ROWS_OF("AND status = 3 ") : ROWS_OF(""));
}

static const char *text(sqlite3_stmt *st, enum column c)
{
	return (const char *)sqlite3_column_text(st, (int)c);
}

static const char *rights(int64_t grants)
{
	if (grant_seen(grants, GRANT_REMOVE) == SEEN_YES)
		return "Read, create, change, delete";
	if (grant_seen(grants, GRANT_READ) == SEEN_YES)
		return "Read";
	return grant_seen(grants, GRANT_BUSY) == SEEN_YES ? "Busy time" : "None";
}

static void seen(struct view *v, sqlite3_stmt *st, enum status status)
{
	const int64_t at = sqlite3_column_int64(st, CHECKED);
	char word[40];

	if (at) {
		clock_iso(word, sizeof(word), at);
		view_set(v, M_ROW_AT_ISO, word);
		clock_text(word, sizeof(word), at);
		view_set(v, M_ROW_AT, word);
		view_show(v, M_ROW_AT);
		if (status != STATUS_OFF && at < clock_now() - DAY)
			view_show(v, M_ROW_OLD);
	} else {
		view_show(v, M_ROW_NEVER);
	}
	view_set(v, M_ROW_RIGHTS, at ? rights(sqlite3_column_int64(st, GRANTS)) : "Unknown");
	if (strcmp(text(st, TRIED), "ok") != 0 && status != STATUS_OFF)
		view_show(v, M_ROW_TRIED);
}

static void why(struct view *v, enum status status, const char *code)
{
	const char *say = NULL;

	if (status == STATUS_NOT_CHECKED)
		say = "Waiting for the first check";
	else if (status != STATUS_OFF && strcmp(code, "ok") != 0)
		say = reason_row(reason_parse(code))->title;
	if (say) {
		view_show(v, M_ROW_WHY);
		view_set(v, M_ROW_WHY, say);
	}
}

static void row(struct view *v, sqlite3_stmt *st)
{
	const enum status status = (enum status)sqlite3_column_int(st, STATUS);
	const char *email = text(st, EMAIL), *domain = strchr(email, '@');
	char local[256];

	snprintf(local, sizeof(local), "%.*s", (int)(domain - email), email);
	view_set(v, M_ROW_ID, text(st, ID));
	view_set(v, M_ROW_NAME, text(st, NAME));
	view_set(v, M_ROW_LOCAL, local);
	view_set(v, M_ROW_DOMAIN, domain);
	view_set(v, M_STATUS_CLASS, faces[status].class);
	view_set(v, M_STATUS_ICON, faces[status].icon);
	view_set(v, M_STATUS_WORD, reason_status_title(status));
	seen(v, st, status);
	why(v, status, text(st, REASON));
}

static void around(struct view *v)
{
	SET_ALL(v, list);
	for (size_t i = 0; i < sizeof(chips) / sizeof(*chips); i++) {
		struct view *chip = view_add(v, M_CHIP);

		SET_ALL(chip, chips[i]);
		view_show(chip, M_CHIP_N);
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		SET_ALL(view_add(v, M_REASON), reasons[i]);
	for (size_t i = 0; i < sizeof(fixers) / sizeof(*fixers); i++)
		SET_ALL(view_add(v, M_FIXER), fixers[i]);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		SET_ALL(view_add(v, M_ROLE), roles[i]);
	view_show(v, M_ENGINE_PILL);
	view_show(v, M_ROWS);
	view_show(v, M_BY_NAME);
	view_show(v, M_MATCH);
	view_show(v, M_CAN_STOP);
	view_show(v, M_NEXT);
}

struct view *minimal_members(sqlite3_stmt *st, int filtered)
{
	struct view *v = minimal_page(T_MEMBERS, "/members");
	char ids[ROWS * 24];
	int n = 0;

	around(v);
	if (filtered) {
		SET_ALL(v, some);
		view_show(v, M_FILTERED);
		SET_ALL(view_add(v, M_KEPT), kept);
		SET_ALL(view_add(v, M_HIDDEN), hidden);
	}
	while (sqlite3_step(st) == SQLITE_ROW) {
		n += snprintf(ids + n, sizeof(ids) - (size_t)n, "%s%s", n ? "." : "", text(st, ID));
		row(view_add(v, M_ROW), st);
	}
	sqlite3_reset(st);
	view_set(v, M_HERE_IDS, ids);
	return v;
}
