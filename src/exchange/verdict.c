/* Verdict: what was seen of a member's mailbox, as a status.
 *
 * A table of rules, walked in order; the first that fits decides, and none means that nothing was
 * learned. The idea behind them: everything the method needs was seen to work is connected, part of
 * it is limited; nothing is the member's turn when they can mend it, else an admin's. What was not
 * seen is not missing, and what failed on the way says nothing about anybody.
 */
#include "verdict.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* What the evidence amounts to. */
enum fact {
	OPEN = 1,	 /* the calendar opens */
	CLOSED = 2,	 /* it does not */
	USABLE = 4,	 /* may read and create there */
	LOW = 8,	 /* some right that bookings need is missing */
	BUSY = 16,	 /* busy time can be read */
	NO_BUSY = 32,	 /* it cannot */
	NO_SEND = 64,	 /* invitations do not leave */
	OTHERS = 128,	 /* the method works for others */
	BUSY_SAYS = 256, /* the answer about busy time knows more about the mailbox */
	KNOWN = 512	 /* it comes from somewhere: the address is somebody's */
};

enum {
	P = 1 << METHOD_PERSONAL,
	D = 1 << METHOD_DEDICATED,
	G = 1 << METHOD_DELEGATE,
	I = 1 << METHOD_IMPERSONATION
};

/* In a rule's place for a reason: any; or not named by the rule, but taken from the evidence. */
enum { ANY = REASON__MAX, WHY = REASON__MAX, BUSY_WHY };

/* In a rule's place for a status: limited when busy time can be read; else whose turn it is. */
#define BY_FIXER STATUS__MAX
/* In a rule's place for a fixer: the one in the reason's row. */
#define OF_ROW FIXER__MAX

static const struct rule {
	unsigned methods, has;
	int why; /* why the calendar does not open */
	enum status status;
	int reason;
	enum fixer fixer;
} rules[] = {
	{ G, OPEN | LOW, ANY, STATUS_LIMITED, REASON_READ_ONLY, OF_ROW },
	{ P | I, OPEN | LOW, ANY, STATUS_LIMITED, REASON_READ_ONLY, FIXER_EXCHANGE },
	{ G, OPEN | USABLE | NO_SEND, ANY, STATUS_LIMITED, REASON_SENDING_REFUSED, OF_ROW },
	{ I, OPEN | NO_SEND, ANY, STATUS_LIMITED, REASON_SENDING_REFUSED, OF_ROW },
	{ P | G, OPEN | USABLE, ANY, STATUS_CONNECTED, REASON_OK, OF_ROW },
	{ I, OPEN, ANY, STATUS_CONNECTED, REASON_OK, OF_ROW },
	{ D, BUSY, ANY, STATUS_CONNECTED, REASON_OK, OF_ROW },
	{ D, NO_BUSY, ANY, BY_FIXER, BUSY_WHY, OF_ROW },
	{ I, CLOSED | OTHERS, REASON_IMPERSONATION_REFUSED, BY_FIXER, REASON_OUTSIDE_SCOPE,
		OF_ROW },
	{ P | G | I, CLOSED | KNOWN, REASON_NO_MAILBOX, BY_FIXER, REASON_ELSEWHERE, OF_ROW },
	{ G, CLOSED | BUSY, REASON_NOT_DELEGATED, BY_FIXER, REASON_BUSY_ONLY, OF_ROW },
	{ P | G | I, CLOSED | BUSY_SAYS, REASON_NOT_DELEGATED, BY_FIXER, BUSY_WHY, OF_ROW },
	{ P | I, CLOSED, REASON_NOT_DELEGATED, BY_FIXER, REASON_NO_CALENDAR, OF_ROW },
	{ P | G | I, CLOSED, ANY, BY_FIXER, WHY, OF_ROW },
};

/* With the personal method a refused sign-in is the member's own. */
static const struct own {
	enum reason reason;
	enum fixer fixer;
} own[] = {
	{ REASON_OWN_SIGNIN, FIXER_MEMBER },
	{ REASON_SIGNIN_REFUSED, FIXER_MEMBER },
	{ REASON_SIGNIN_STOPPED, FIXER_MEMBER },
	{ REASON_PASSWORD_EXPIRED, FIXER_MEMBER },
	{ REASON_SECOND_FACTOR, FIXER_MEMBER },
	{ REASON_SIGNIN_EXPIRED, FIXER_MEMBER },
	{ REASON_TOKEN_REFUSED, FIXER_MEMBER },
	{ REASON_OTHER_ACCOUNT, FIXER_MEMBER },
	{ REASON_ACCOUNT_LOCKED, FIXER_EXCHANGE },
	{ REASON_ACCOUNT_DISABLED, FIXER_EXCHANGE },
	{ REASON_NO_OWN_MAILBOX, FIXER_EXCHANGE },
	{ REASON_POLICY_BLOCKED, FIXER_ENTRA },
	{ REASON_APP_NOT_ASSIGNED, FIXER_ENTRA },
};

/* What concerns the connection as long as nobody gets through, and this member when others do. */
static const struct turn {
	unsigned methods;
	enum reason from, to;
} turns[] = {
	{ P | I, REASON_EWS_REFUSED, REASON_MEMBER_EWS_REFUSED },
	{ I, REASON_PERMISSION_MISSING, REASON_IMPERSONATION_REFUSED },
};

int verdict_telling(enum reason r)
{
	const struct reason_row *row = reason_row(r);

	return r != REASON_OK && row->scope == SCOPE_MEMBER && row->temper != TEMPER_PASSING;
}

static enum reason turned(enum method m, const struct evidence *v)
{
	for (size_t i = 0; v->others == SEEN_YES && i < LENGTH(turns); i++) {
		if (turns[i].from == v->attempt && (turns[i].methods & 1u << m))
			return turns[i].to;
	}
	return v->attempt;
}

static unsigned calendar_facts(const struct evidence *v)
{
	unsigned facts = 0;

	if (v->calendar == SEEN_YES)
		facts |= OPEN;
	if (v->calendar == SEEN_NO &&
		(v->calendar_why == REASON_OK || verdict_telling(v->calendar_why)))
		facts |= CLOSED;
	if (v->read == SEEN_YES && v->create == SEEN_YES)
		facts |= USABLE;
	if (v->read == SEEN_NO || v->create == SEEN_NO || v->change == SEEN_NO ||
		v->remove == SEEN_NO)
		facts |= LOW;
	if (v->sends == SEEN_NO && !v->no_sending)
		facts |= NO_SEND;
	return facts;
}

static unsigned facts_of(const struct evidence *v)
{
	unsigned facts = calendar_facts(v);

	if (v->busy == SEEN_YES)
		facts |= BUSY | KNOWN;
	if (v->busy == SEEN_NO && (v->busy_why == REASON_OK || verdict_telling(v->busy_why))) {
		facts |= NO_BUSY;
		facts |= v->busy_why == REASON_OK || v->busy_why == REASON_BUSY_DENIED ? KNOWN
										       : BUSY_SAYS;
	}
	if (v->others == SEEN_YES)
		facts |= OTHERS;
	return facts;
}

static enum reach reach_of(const struct evidence *v)
{
	if (v->calendar == SEEN_YES)
		return v->inbox == SEEN_YES ? REACH_FULL : REACH_CALENDAR;
	if (v->busy == SEEN_YES)
		return REACH_BUSY;
	return v->busy == SEEN_NO ? REACH_NONE : REACH_UNKNOWN;
}

static int is_own(enum reason r, struct verdict *out)
{
	for (size_t i = 0; i < LENGTH(own); i++) {
		if (own[i].reason != r)
			continue;
		memset(out, 0, sizeof(*out));
		out->reason = r;
		out->fixer = own[i].fixer;
		out->status = out->fixer == FIXER_MEMBER ? STATUS_ACTION : STATUS_BLOCKED;
		return 1;
	}
	return 0;
}

static void conclude(
	enum method m, const struct rule *r, const struct evidence *v, struct verdict *out)
{
	enum reason busy_why = v->busy_why == REASON_OK ? REASON_BUSY_DENIED : v->busy_why;

	out->reason = r->reason == WHY	? v->calendar_why
		: r->reason == BUSY_WHY ? busy_why
					: (enum reason)r->reason;
	out->fixer = r->fixer == OF_ROW ? reason_row(out->reason)->fixer : r->fixer;
	out->reach = reach_of(v);
	out->note = REASON_OK;
	out->status = r->status;
	if (r->status == BY_FIXER && v->busy == SEEN_YES) {
		out->status = STATUS_LIMITED;
		out->note = out->reason == REASON_BUSY_ONLY ? REASON_OK : REASON_BUSY_ONLY;
	} else if (r->status == BY_FIXER) {
		out->status = out->fixer == FIXER_MEMBER ? STATUS_ACTION : STATUS_BLOCKED;
	}
	if (m == METHOD_DELEGATE && out->status == STATUS_CONNECTED && !v->no_sending &&
		v->sends != SEEN_YES)
		out->note = REASON_SENDING_UNPROVED;
}

/* An attempt that failed for a reason of the member is an answer: nothing opened. */
static int settle(enum method m, const struct evidence *v, struct evidence *seen)
{
	enum reason r = turned(m, v);

	*seen = *v;
	if (r != REASON_OK) {
		if (!verdict_telling(r))
			return 0;
		seen->calendar = SEEN_NO;
		seen->calendar_why = r;
		if (m == METHOD_DEDICATED) {
			seen->busy = SEEN_NO;
			seen->busy_why = r;
		}
	}
	if (seen->calendar == SEEN_NO && seen->calendar_why == REASON_OK)
		seen->calendar_why = REASON_NOT_DELEGATED;
	return 1;
}

int verdict_of(enum method m, const struct evidence *v, struct verdict *out)
{
	struct evidence seen;
	unsigned facts;

	if (m == METHOD_PERSONAL && turned(m, v) == v->attempt && is_own(v->attempt, out))
		return 1;
	if (!settle(m, v, &seen))
		return 0;
	facts = facts_of(&seen);
	for (size_t i = 0; i < LENGTH(rules); i++) {
		const struct rule *r = &rules[i];

		if (!(r->methods & 1u << m) || (r->has & ~facts) ||
			(r->why != ANY && r->why != (int)seen.calendar_why))
			continue;
		conclude(m, r, &seen, out);
		return 1;
	}
	return 0;
}

/* PR_RIGHTS is believed when it agrees with what the server said in the other way: some do not tell
 * a delegate the truth there. */
static int64_t believed(const struct folder_seen *f)
{
	int64_t must = 0;

	if (f->rights_told)
		must = (f->rights & RIGHT_READ ? ITEM_RIGHT_READ : 0) |
			(f->rights & RIGHT_CREATE ? ITEM_RIGHT_CREATE : 0);
	return f->item_rights > 0 && (f->item_rights & must) == must ? f->item_rights : -1;
}

static enum seen has(int64_t rights, int64_t any)
{
	return rights < 0 ? SEEN_UNKNOWN : rights & any ? SEEN_YES : SEEN_NO;
}

void verdict_folder(struct evidence *v, const struct folder_seen *f)
{
	const int64_t items = believed(f);
	const enum seen read =
		f->rights_told ? has(f->rights, RIGHT_READ) : has(items, ITEM_RIGHT_READ);
	const enum seen create =
		f->rights_told ? has(f->rights, RIGHT_CREATE) : has(items, ITEM_RIGHT_CREATE);

	v->calendar_why = f->ended.reason;
	v->read = v->create = v->change = v->remove = SEEN_UNKNOWN;
	v->detail = DETAIL_UNKNOWN;
	if (f->ended.reason != REASON_OK) {
		v->calendar = verdict_telling(f->ended.reason) ? SEEN_NO : SEEN_UNKNOWN;
		return;
	}
	v->detail = f->detail;
	if (read == SEEN_NO && create == SEEN_NO) {
		v->calendar = SEEN_NO;
		v->calendar_why = REASON_NOT_DELEGATED;
		return;
	}
	v->calendar = SEEN_YES;
	v->read = read;
	v->create = create;
	v->change = has(items, ITEM_RIGHT_EDIT_OWN | ITEM_RIGHT_EDIT_ANY);
	v->remove = has(items, ITEM_RIGHT_DELETE_OWN | ITEM_RIGHT_DELETE_ANY);
}

static const char *const methods[METHOD__MAX] = {
	[METHOD_PERSONAL] = "personal",
	[METHOD_DEDICATED] = "dedicated",
	[METHOD_DELEGATE] = "delegate",
	[METHOD_IMPERSONATION] = "impersonation",
};

const char *verdict_method_code(enum method m)
{
	return (unsigned)m < METHOD__MAX ? methods[m] : "";
}

enum method verdict_method_parse(const char *code)
{
	for (int m = 0; code && m < METHOD__MAX; m++) {
		if (strcmp(methods[m], code) == 0)
			return (enum method)m;
	}
	return METHOD__MAX;
}
