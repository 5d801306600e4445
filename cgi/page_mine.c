/* Page_mine: "My connection": how one's own calendar is, what to do about it, what Latchkey sees.
 *
 * Rules: it is about whoever is signed in, and nobody's number is in its address. What is shown is
 * the last verdict, with its age; that it could not be looked at stands beside it. Words for
 * members are those of exchange/mend. Account admins are not told to wait for one: they get the way
 * to where they act.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/mend.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "service/svc_check.h"
#include "service/svc_member.h"
#include "service/svc_own.h"

enum { ADMINS_READ = 4, ADMINS_SHOWN = 2 };

/* What the page is made of. */
struct mine {
	struct roster_row row;
	const struct connection *live; /* id 0: there is none */
	enum health_state state;
	const char *method; /* by which the calendar was seen, or would be */
	struct mend mend;
	struct job check;   /* that was asked for; id 0 */
	struct svc_own own; /* the own sign-in, where the method asks for it */
	int asks_own;
	int own_missing; /* it does, and there is none for this connection */
	int admin;
};

/* What an account admin does about it, and where. */
struct act {
	const char *name; /* NULL: nothing */
	const char *url;
};

struct note {
	const char *class;
	const char *icon;
	const char *what;
	const char *more;
};

/* A reason why nothing is looked at. */
struct keep {
	struct note n;
	const char *yours; /* what account admins read in place of n.more; NULL: the same */
	struct act act;
};

static struct view *note(struct page *p, struct note n)
{
	struct view *row = view_add(p->view, M_NOTE);

	view_set(row, M_NOTE_CLASS, n.class);
	view_set(row, M_NOTE_ICON, n.icon);
	view_set(row, M_NOTE_WHAT, n.what);
	view_set(row, M_NOTE_MORE, n.more);
	return row;
}

/* --- reading --- */

/* Is it busy time that is being read? */
static int reads(const struct mine *m)
{
	return strcmp(m->check.kind, WEEK_KIND) == 0;
}

/* A check of one's own only: of others nothing is told. */
static int check_read(struct page *p, struct mine *m, struct err *e)
{
	const int64_t asked = form_num(&p->form, "check");
	const int64_t id = asked ? asked : m->row.s.asked;
	int rc = id ? store_job_get(p->svc.db, p->svc.a, p->svc.who.account, id, &m->check, e) : 0;

	if (rc == 0 || (strcmp(m->check.kind, CHECK_KIND) != 0 && !reads(m)) ||
		(m->check.by != p->svc.who.member && id != m->row.s.asked))
		m->check.id = 0;
	return rc < 0 ? -1 : 0;
}

/* Until the own sign-in is there nothing can be seen, and that is what is to be said. */
static int own_read(struct page *p, struct mine *m, struct err *e)
{
	if (!m->live->id || strcmp(m->live->method, "personal") != 0)
		return 0;
	if (svc_own_get(&p->svc, &m->own, e) < 0)
		return -1;
	m->asks_own = 1;
	m->own_missing = !m->own.current.id || m->own.elsewhere;
	if (m->own_missing)
		m->mend = mend_of("personal", REASON_OWN_SIGNIN);
	return 0;
}

static int mine_read(struct page *p, struct mine *m, struct err *e)
{
	const struct session_view *s = p->session;
	struct health h = s->health;
	enum reason r;
	int rc = store_roster_get(
		p->svc.db, p->svc.a, p->svc.who.account, p->svc.who.member, &m->row, e);

	if (rc <= 0)
		return rc < 0 ? -1 : ERR(e, ERR_MISSING, NULL, "mine: no such member");
	page_state_pause(&s->live, &h);
	m->admin = s->member.role == ROLE_ADMIN;
	m->live = &s->live;
	m->state = h.state;
	m->method = *m->row.s.method ? m->row.s.method : s->live.id ? s->live.method : "";
	r = reason_parse(m->row.s.reason);
	m->mend =
		mend_of(m->method, m->row.s.status == STATUS_NOT_CHECKED ? REASON_NOT_CHECKED : r);
	return check_read(p, m, e) < 0 ? -1 : own_read(p, m, e);
}

/* "Your account admin, Avery Stone or Blake Reed"; without a name: in general. To one who is an
 * account admin it is another one, or "": there is none. */
static const char *admins(struct page *p, struct err *e)
{
	struct roster_filter f = roster_all(p->svc.who.account, MEMBER_PERSON);
	const struct roster_place at = { .sort = ROSTER_NAME, .limit = ADMINS_READ };
	const char *names = "";
	struct roster_row *list;
	int n, shown = 0;

	f.role = ROLE_ADMIN;
	n = store_roster_list(p->svc.db, p->svc.a, &f, &at, &list, e);
	if (n < 0)
		return NULL;
	for (int i = 0; i < n && shown < ADMINS_SHOWN; i++) {
		if (!list[i].user || list[i].s.status == STATUS_OFF ||
			list[i].s.member == p->svc.who.member)
			continue;
		names = arena_printf(p->svc.a, "%s%s%s", names, shown++ ? " or " : "",
			page_name(list[i].name, list[i].email));
	}
	if (p->session->member.role == ROLE_ADMIN)
		return shown ? arena_printf(p->svc.a, "another account admin, %s", names) : "";
	return shown ? arena_printf(p->svc.a, "your account admin, %s", names)
		     : "your account admin";
}

/* --- the sentence --- */

/* Who has to act, after what is so; the account admin is named. */
static const char *const turns[FIXER__MAX] = {
	[FIXER_NOBODY] = "There is nothing you need to do.",
	[FIXER_MEMBER] = "",
	[FIXER_EXCHANGE] = "Your Exchange admin has to act; there is nothing you can do here.",
	[FIXER_ENTRA] = "Whoever looks after your organisation’s Microsoft sign-ins (Entra admin) "
			"has to act; there is nothing you can do here.",
	[FIXER_NETWORK] = "Your network admin has to act; there is nothing you can do here.",
	[FIXER_OPS] = "Whoever runs this server has to act; there is nothing you can do here.",
};

static const char *turn(struct page *p, const struct mine *m, const char *names)
{
	if (m->mend.way || m->mend.own)
		return "";
	if (m->row.s.fixer == FIXER_ADMIN && m->admin)
		return "It is for an account admin to act, and you are one.";
	if (m->row.s.fixer == FIXER_ADMIN)
		return arena_printf(
			p->svc.a, "It is for %s, to act; there is nothing you can do here.", names);
	return turns[m->row.s.fixer];
}

/* That part of it works, where the reason does not say so. */
static const char *half(const struct mine *m)
{
	const struct standing *s = &m->row.s;

	return s->status == STATUS_LIMITED && s->reach == REACH_BUSY &&
			strcmp(s->reason, "busy_time_only") != 0
		? " People see when you are busy, but bookings cannot be put into your calendar."
		: "";
}

/* Nothing was seen, and nothing is there to see with. */
static int waits(const struct mine *m)
{
	return !m->live->id && m->row.s.status == STATUS_NOT_CHECKED;
}

static void act(struct view *v, struct act a)
{
	view_show(v, M_ACT);
	view_set(v, M_ACT, a.name);
	view_set(v, M_ACT_URL, a.url);
}

#define SET_UP                                                                                     \
	{                                                                                          \
		"Set up the connection", "/connection/method"                                      \
	}

static void not_connected(struct page *p, const struct mine *m)
{
	const char *account = p->session->account.name;

	view_set(p->view, M_MINE_TITLE,
		m->admin ? "The calendars are not connected yet."
			 : "There is nothing for you to do yet.");
	view_set(p->view, M_MINE_SAY,
		arena_printf(p->svc.a,
			m->admin ? "%s has not connected its calendars. You are an account admin, "
				   "so you can do that."
				 : "%s has not connected its calendars. An account admin does "
				   "that; you need not do anything for it.",
			account));
	if (m->admin)
		act(p->view, (struct act)SET_UP);
}

static void sentence(struct page *p, const struct mine *m, const char *names)
{
	const enum status s = m->own_missing ? STATUS_ACTION : m->row.s.status;

	view_set(p->view, M_MINE_CLASS, page_status_class(s));
	view_set(p->view, M_MINE_ICON, page_status_icon(s));
	if (waits(m)) {
		not_connected(p, m);
		return;
	}
	view_set(p->view, M_MINE_TITLE, m->mend.title);
	view_set(p->view, M_MINE_SAY,
		arena_printf(p->svc.a, "%s%s %s", m->mend.say, half(m), turn(p, m, names)));
	page_when(p->view, M_SEEN_AT, M_SEEN_AT_ISO, m->row.s.checked_at, p->svc.a);
	if (m->admin && !m->mend.way && !m->mend.own && m->row.s.fixer == FIXER_ADMIN)
		act(p->view,
			(struct act){ "See what to do",
				arena_printf(p->svc.a, "/members/%" PRId64, m->row.s.member) });
}

/* --- what stands above it --- */

#define KNOWN "What is shown here is what was seen last."
#define TRIED "is-limited", "clock"

/* Why nothing is looked at now. */
static const struct keep keeps[HEALTH__MAX] = {
	[HEALTH_UNREACHABLE] = { { TRIED, "The calendar server does not answer at the moment.",
					 "It is tried again by itself; there is nothing you need "
					 "to do. " KNOWN },
		NULL, { 0 } },
	[HEALTH_STOPPED] = { { TRIED, "Calendars cannot be looked at now.",
				     "The sign-in of your organisation’s connection was refused, "
				     "and an account admin "
				     "has to act. There is nothing you can do. " KNOWN },
		"The sign-in of the connection was refused. " KNOWN,
		{ "See what to do", "/overview" } },
	[HEALTH_PAUSED] = { { TRIED, "Your organisation’s connection is paused.",
				    "An account admin resumes it. Until then no calendar is looked "
				    "at. " KNOWN },
		"Until it is resumed no calendar is looked at. " KNOWN,
		{ "Resume it", "/connection/pause" } },
};

static const struct keep away = { { TRIED, "Calendars are not looked at now.",
					  "The part of Latchkey that does so is not running, and "
					  "whoever runs this server has to "
					  "start it. " KNOWN },
	NULL, { 0 } };

static const struct keep gone = { { TRIED, "Your organisation has no connection now.",
					  "An account admin has to set it up again. " KNOWN },
	"You are an account admin, so you can set it up again. " KNOWN, SET_UP };

static void kept_by(struct page *p, const struct mine *m, const struct keep *k)
{
	struct note n = k->n;
	struct view *row;

	if (m->admin && k->yours)
		n.more = k->yours;
	row = note(p, n);
	if (m->admin && k->act.name) {
		view_show(row, M_NOTE_ACT);
		view_set(row, M_NOTE_ACT, k->act.name);
		view_set(row, M_NOTE_ACT_URL, k->act.url);
	}
}

/* Is it plain already why an attempt came to nothing? */
static int kept_away(struct page *p, const struct mine *m)
{
	const struct keep *k = !m->live->id && m->row.s.checked_at ? &gone
		: !svc_engine_alive(&p->session->pulse)		   ? &away
								   : &keeps[m->state];

	if (k->n.what && (m->live->id || m->row.s.checked_at))
		kept_by(p, m, k);
	return k->n.what != NULL;
}

static void attempt(struct page *p, const struct mine *m)
{
	const struct standing *s = &m->row.s;

	if (kept_away(p, m) || !m->live->id || !s->tried_at || strcmp(s->tried, "ok") == 0)
		return;
	note(p,
		(struct note){ TRIED, "The latest look came to nothing.",
			s->checked_at
				? "The server gave no usable answer. It is looked at again by "
				  "itself; there is nothing you need to do. " KNOWN
				: "The server gave no usable answer. It is looked at again by "
				  "itself; there is nothing you need to do." });
}

/* How far a calendar is shared that does not do yet. */
static const char *level(const struct standing *s)
{
	return grant_seen(s->grants, GRANT_CREATE) == SEEN_NO
		? "only to be viewed: bookings cannot be put into it."
		: "not far enough: bookings could not be changed or removed.";
}

/* What a check that has ended has found. */
static void found(struct page *p, const struct mine *m)
{
	const struct standing *s = &m->row.s;
	const struct reason_row *r = reason_row(reason_parse(s->reason));
	const int new = s->since >= m->check.created;
	struct note n = { "is-info", "info", "It was looked at just now.",
		"What was found is shown here." };

	if (s->status == STATUS_CONNECTED) {
		n = (struct note){ "is-ok", "ok",
			new ? "That worked: thank you." : "It was looked at just now.",
			new ? "People can book time with you from now on."
			    : "Everything still works." };
	} else if (new &&strcmp(s->reason, "rights_too_low") == 0) {
		n.more = arena_printf(
			p->svc.a, "The calendar opens now, but is shared %s", level(s));
	} else if (!new && m->mend.way) {
		n.what = "Nothing has changed yet.";
		n.more = *r->wait ? arena_printf(p->svc.a,
					    "What is changed in Outlook shows after a while: %s. "
					    "Then check again.",
					    r->wait)
				  : "When you have done the steps below, check again.";
	}
	note(p, n);
}

static void check(struct page *p, const struct mine *m)
{
	const int live = m->check.id && page_job_live(&m->check);

	view_set(p->view, M_CHECK_URL,
		arena_printf(p->svc.a, "/me?check=%" PRId64 "&outlook=%s", m->check.id,
			mend_outlook_code(mend_outlook_parse(form_text(&p->form, "outlook")))));
	view_show(p->view, live ? M_MINE_LIVE : M_MINE_IDLE);
	if (live) {
		note(p,
			(struct note){ "is-info", "running",
				reads(m) ? "Your busy time is being read."
					 : "Your calendar is being looked at.",
				"That takes some seconds. What was found then shows here." });
		if (svc_engine_alive(&p->session->pulse))
			view_show(p->view, M_MINE_POLL);
	} else if (m->check.id && !reads(m) && m->row.s.checked_at >= m->check.created) {
		found(p, m);
	} else if (m->check.id && m->check.state > JOB_DONE) {
		note(p,
			(struct note){ TRIED,
				reads(m) ? "Your busy time could not be read just now."
					 : "Your calendar could not be looked at just now.",
				"Nothing has changed by that. Try again in a few minutes." });
	}
}

/* --- what to do --- */

static void outlooks(struct page *p, const struct mend_way *way)
{
	const enum outlook chosen = mend_outlook_parse(form_text(&p->form, "outlook"));

	for (int o = 0; o < OUTLOOK__MAX; o++) {
		struct view *tab = view_add(p->view, M_OUTLOOK);
		const struct mend_step *s;

		view_set(tab, M_OUTLOOK_CODE, mend_outlook_code((enum outlook)o));
		view_set(tab, M_OUTLOOK_TITLE, mend_outlook_title((enum outlook)o));
		if (o == (int)chosen)
			view_show(tab, M_OUTLOOK_CHOSEN);
		for (int n = 0; (s = mend_step(way, (enum outlook)o, n)) != NULL; n++) {
			struct view *row = view_add(tab, M_WAY_STEP);

			view_num(row, M_WAY_STEP_N, n + 1);
			view_set(row, M_WAY_STEP_TITLE, s->title);
			view_set(row, M_WAY_STEP_SAY, s->say);
		}
	}
}

static void mend(struct page *p, const struct mine *m, const char *names)
{
	const struct mend_way *way = m->mend.way;

	view_show(p->view, M_MEND);
	view_set(p->view, M_MEND_TITLE, way->title);
	view_set(p->view, M_MEND_STUCK, way->stuck);
	if (*names) {
		view_show(p->view, M_MY_ADMINS);
		view_set(p->view, M_MY_ADMINS, names);
	}
	if (way->mailbox) {
		view_show(p->view, M_MEND_MAILBOX);
		view_set(p->view, M_MEND_MAILBOX, m->live->mailbox);
	}
	outlooks(p, way);
}

static void own_signin(struct page *p, const struct mine *m)
{
	view_show(p->view, M_OWN);
	view_show(p->view, m->mend.own ? M_OWN_ASKED : M_OWN_HELD);
	view_set(p->view, M_OWN_SAY,
		m->own.elsewhere ? "Your organisation’s connection leads to another server "
				   "now. What you entered was for the former one."
			: m->own_missing ? "It goes in and never comes out: nobody can read it, "
					   "no admin either. You can remove it at any time."
			: m->mend.own	 ? "What you entered is not accepted any more."
				      : "It is in use. You can replace or remove it at any time.");
}

/* --- what works, what is seen --- */

static const struct {
	enum grant grant;
	const char *name;
} rights[] = {
	{ GRANT_BUSY, "People see when you are busy" },
	{ GRANT_CREATE, "Bookings can be put into your calendar" },
	{ GRANT_CHANGE, "They can be changed there" },
	{ GRANT_REMOVE, "They can be removed there" },
	{ GRANT_SEND, "Invitations leave in your name" },
};

static const struct {
	const char *class, *icon, *word;
} sights[] = {
	[SEEN_UNKNOWN] = { "is-unknown", "unknown", "Not seen yet" },
	[SEEN_NO] = { "is-limited", "cross", "No" },
	[SEEN_YES] = { "is-ok", "ok", "Yes" },
};

/* What a method opens and for what; in the order of the model's codes, the last is for none. */
static const struct sees {
	const char *method;
	const char *bookings;
	const char *reach;     /* what its rights would allow */
	const char *reach_all; /* the same, when more than the calendar was seen to open */
	const char *stop;      /* before the account admin's name; "": they stop it in Outlook */
} sees[] = {
	{ "personal", "The bookings it made for you", "",
		"Your own sign-in opens all of your mailbox. Nothing but the calendar is asked "
		"for.",
		"Ask " },
	{ "dedicated", "The bookings that were made with you",
		"Your calendar is not opened: what is seen is what everybody in your organisation "
		"can see.",
		"",
		"Your organisation shows busy time to everybody in it. If you want to be left "
		"out here, tell " },
	{ "delegate", "The bookings it made for you",
		"The level that it needs would allow to read all of your calendar. Nothing but "
		"times is asked for.",
		"More than your calendar opens to it: rights to other folders were given, too. "
		"They "
		"are not used; take them back in Outlook if that was not meant.",
		"" },
	{ "impersonation", "The bookings it made for you",
		"The right that your organisation gave reaches all of your mailbox, its mail, too. "
		"Nothing but the calendar is asked for.",
		"The right that your organisation gave reaches all of your mailbox, its mail, too; "
		"that was seen. Nothing but the calendar is asked for.",
		"Your organisation has given the right to this, so it is ended there. If you want "
		"to be left out, tell " },
	{ "", "The bookings it makes for you", "", "", "" },
};

/* Who reads a calendar sees when one is busy, whether that was asked for or not. */
static enum seen right_seen(const struct standing *s, enum grant g)
{
	const enum seen seen = grant_seen(s->grants, g);

	return g == GRANT_BUSY && seen == SEEN_UNKNOWN &&
			grant_seen(s->grants, GRANT_READ) == SEEN_YES
		? SEEN_YES
		: seen;
}

static void works(struct page *p, const struct mine *m)
{
	const size_t n = strcmp(m->method, "dedicated") == 0 ? 1 : sizeof(rights) / sizeof(*rights);

	view_show(p->view, M_WORKS);
	for (size_t i = 0; i < n; i++) {
		const enum seen s = right_seen(&m->row.s, rights[i].grant);
		struct view *row = view_add(p->view, M_RIGHT);

		view_set(row, M_RIGHT_CLASS, sights[s].class);
		view_set(row, M_RIGHT_ICON, sights[s].icon);
		view_set(row, M_RIGHT_NAME, rights[i].name);
		view_set(row, M_RIGHT_WORD, sights[s].word);
	}
}

static const char *stop_of(
	struct page *p, const struct mine *m, const struct sees *s, const char *names)
{
	if (*s->stop)
		return *names ? arena_printf(p->svc.a, "%s%s.", s->stop, names) : "";
	if (grant_seen(m->row.s.grants, GRANT_OPEN) != SEEN_YES || !m->live->id)
		return "";
	return arena_printf(p->svc.a,
		"Remove %s from your calendar’s permissions in Outlook. That is noticed at the "
		"next look, within a day at the latest; bookings that were made stay in your "
		"calendar.",
		m->live->mailbox);
}

static void privacy(struct page *p, const struct mine *m, const char *names)
{
	const struct sees *s = sees;
	const char *reach, *stop;

	while (*s->method && strcmp(s->method, m->method) != 0)
		s++;
	reach = m->row.s.reach == REACH_FULL ? s->reach_all : s->reach;
	stop = m->row.s.checked_at ? stop_of(p, m, s, names) : "";
	view_set(view_add(p->view, M_CAN), M_CAN, "When you are busy, free or away");
	view_set(view_add(p->view, M_CAN), M_CAN, s->bookings);
	if (*reach) {
		view_show(p->view, M_REACH);
		view_set(p->view, M_REACH, reach);
	}
	if (*m->method && strcmp(m->method, "personal") != 0)
		view_show(p->view, M_NO_PASSWORD);
	if (*stop) {
		view_show(p->view, M_STOP);
		view_set(p->view, M_STOP, stop);
	}
}

/* Busy time as it was read last, where it can be read at all. */
static int my_week(struct page *p, const struct mine *m, struct err *e)
{
	struct week w;
	int rc = store_week_get(p->svc.db, p->svc.a, p->svc.who.account, p->svc.who.member, &w, e);

	if (rc < 0)
		return -1;
	view_show(p->view, M_MY_WEEK);
	page_week(p, rc ? &w : NULL);
	if (m->live->id && !m->own_missing)
		view_show(p->view, M_MAY_READ);
	return 0;
}

/* --- the page --- */

static void looked(struct page *p, const struct mine *m)
{
	view_show(p->view, M_MAY_CHECK);
	if (m->row.s.tried_at > m->row.s.checked_at)
		page_when(p->view, M_TRIED_AT, M_TRIED_AT_ISO, m->row.s.tried_at, p->svc.a);
	if (m->row.s.next_at > clock_now())
		page_when(p->view, M_NEXT_LOOK, M_NEXT_LOOK_ISO, m->row.s.next_at, p->svc.a);
	check(p, m);
}

int page_mine(struct page *p, struct err *e)
{
	struct mine m = { 0 };
	const char *names;

	if (mine_read(p, &m, e) < 0)
		return -1;
	names = admins(p, e);
	if (!names)
		return -1;
	view_set(p->view, M_TITLE, "My connection");
	sentence(p, &m, names);
	attempt(p, &m);
	privacy(p, &m, names);
	if (m.asks_own)
		own_signin(p, &m);
	if (m.live->id && !m.own_missing)
		looked(p, &m);
	if (m.mend.way && m.live->id)
		mend(p, &m, names);
	else if (m.live->id && !m.own_missing)
		view_show(p->view, M_LOOKED);
	if (m.row.s.status != STATUS_CONNECTED && m.row.s.status != STATUS_LIMITED)
		return 0;
	works(p, &m);
	return my_week(p, &m, e);
}

static int follow(struct page *p, int64_t job)
{
	const char *outlook = form_text(&p->form, "outlook");

	response_redirect(p->rs,
		arena_printf(p->rq->arena, "/me?check=%" PRId64 "%s%s", job,
			*outlook ? "&outlook=" : "", outlook));
	return 0;
}

int page_mine_check_post(struct page *p, struct err *e)
{
	const int64_t me = p->svc.who.member;
	const struct roster_pick pick = {
		.f = roster_all(p->svc.who.account, MEMBER_PERSON), .ids = &me, .count = 1
	};
	int64_t job;

	if (svc_check_start(&p->svc, &pick, NULL, &job, e) < 0)
		return page_refuse(p, e);
	return follow(p, job);
}

int page_mine_week_post(struct page *p, struct err *e)
{
	int64_t job;

	if (svc_member_week(&p->svc, p->svc.who.member, &job, e) < 0)
		return page_refuse(p, e);
	return follow(p, job);
}
