/* Reason: why something works or not: looking rows up. They are in reason_server.c, reason_signin.c
 * and reason_member.c.
 */
#include "reason_table.h"

#include <string.h>
#include "platform/err.h"

static const struct reason_row *const tables[] = {
	reason_server_rows,
	reason_signin_rows,
	reason_member_rows,
};

static const char *const codes[REASON__MAX] = {
#define REASON_CODE(name, code) [REASON_##name] = (code),
	REASONS(REASON_CODE)
#undef REASON_CODE
};

static const struct {
	const char *code, *title;
} fixers[FIXER__MAX] = {
	[FIXER_NOBODY] = { "nobody", "Nobody" },
	[FIXER_MEMBER] = { "member", "Member" },
	[FIXER_ADMIN] = { "account_admin", "Account admin" },
	[FIXER_EXCHANGE] = { "exchange_admin", "Exchange admin" },
	[FIXER_ENTRA] = { "entra_admin", "Entra admin" },
	[FIXER_NETWORK] = { "network_admin", "Network admin" },
	[FIXER_OPS] = { "ops", "Operator of this server" },
};

static const char *const tempers[] = {
	[TEMPER_LASTING] = "lasting",
	[TEMPER_PASSING] = "passing",
	[TEMPER_STOPPED] = "stopped",
};

static const char *const scopes[SCOPE__MAX] = {
	[SCOPE_CONNECTION] = "connection",
	[SCOPE_MEMBER] = "member",
	[SCOPE_BOOKING] = "booking",
};

static const struct {
	const char *code, *title;
} statuses[STATUS__MAX] = {
	[STATUS_NOT_CHECKED] = { "not_checked", "Not checked" },
	[STATUS_CONNECTED] = { "connected", "Connected" },
	[STATUS_LIMITED] = { "limited", "Limited" },
	[STATUS_ACTION] = { "action_needed", "Action needed" },
	[STATUS_BLOCKED] = { "blocked", "Blocked" },
	[STATUS_OFF] = { "deactivated", "Deactivated" },
};

static const char *const reaches[REACH__MAX] = {
	[REACH_UNKNOWN] = "unknown",
	[REACH_NONE] = "none",
	[REACH_BUSY] = "busy",
	[REACH_CALENDAR] = "calendar",
	[REACH_FULL] = "full",
};

const struct reason_row *reason_row(enum reason r)
{
	if ((unsigned)r >= REASON__MAX)
		r = REASON_INTERNAL;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i][r].code)
			return &tables[i][r];
	}
	die("reason %d has no row", (int)r);
}

enum reason reason_parse(const char *code)
{
	for (int r = 0; code && r < REASON__MAX; r++) {
		if (strcmp(codes[r], code) == 0)
			return (enum reason)r;
	}
	return REASON__MAX;
}

const char *reason_fixer(enum fixer f)
{
	return fixers[(unsigned)f < FIXER__MAX ? f : FIXER_NOBODY].title;
}

const char *reason_fixer_code(enum fixer f)
{
	return fixers[(unsigned)f < FIXER__MAX ? f : FIXER_NOBODY].code;
}

const char *reason_temper_code(enum temper t)
{
	return tempers[(unsigned)t <= TEMPER_STOPPED ? t : TEMPER_LASTING];
}

const char *reason_scope_code(enum reason_scope s)
{
	return scopes[(unsigned)s < SCOPE__MAX ? s : SCOPE_CONNECTION];
}

const char *reason_status_code(enum status s)
{
	return statuses[(unsigned)s < STATUS__MAX ? s : STATUS_NOT_CHECKED].code;
}

const char *reason_status_title(enum status s)
{
	return statuses[(unsigned)s < STATUS__MAX ? s : STATUS_NOT_CHECKED].title;
}

const char *reason_reach_code(enum reach r)
{
	return reaches[(unsigned)r < REACH__MAX ? r : REACH_UNKNOWN];
}
