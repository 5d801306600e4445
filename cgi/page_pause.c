/* Page_pause: the pause of the connection, and its end.
 *
 * Rules: what a pause does is said in numbers before it begins: who is not looked at, which work
 * ends, what waits and for how long that is harmless. Ending it needs no question.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "service/svc_check.h"
#include "service/svc_directory.h"
#include "service/svc_member.h"
#include "service/svc_own.h"
#include "store/store_mail.h"

/* Work that asks Exchange, and what becomes of it. */
static const struct work {
	const char *kind;
	const char *one, *many;
	const char *then; /* behind a colon */
} works[] = {
	{ TEST_KIND, "test of the connection", "tests of the connection", "stopped" },
	{ CHECK_KIND, "check of calendars", "checks of calendars",
		"ended; who was not looked at is looked at after the pause" },
	{ WEEK_KIND, "reading of busy time", "readings of busy time", "comes to nothing" },
	{ DIRECTORY_KIND, "question to the directory", "questions to the directory",
		"comes to nothing" },
	{ ROOM_TRY_KIND, "test booking of a room", "test bookings of rooms", "comes to nothing" },
	{ OWN_KIND, "proof of a member’s own sign-in", "proofs of members’ own sign-ins",
		"comes to nothing" },
};

/* --- what it does --- */

/* Everybody who is active: people, and rooms beside them. */
static int people(struct page *p, struct page_impact_who *w, int64_t *rooms, struct err *e)
{
	const struct roster_pick who = { .f = roster_all(p->svc.who.account, MEMBER_PERSON) };
	struct roster_count *kept;
	int n;

	if (page_impact_read(p, &who, w, e) < 0)
		return -1;
	n = store_roster_counts(p->svc.db, p->svc.a, p->svc.who.account, MEMBER_ROOM, &kept, e);
	*rooms = 0;
	for (int i = 0; i < n; i++)
		*rooms += kept[i].status == STATUS_OFF ? 0 : kept[i].n;
	w->total -= w->n[STATUS_OFF];
	w->n[STATUS_OFF] = 0;
	return n < 0 ? -1 : 0;
}

static void say_people(struct page *p, const struct page_impact_who *w, int64_t rooms)
{
	struct arena *a = p->svc.a;
	const int64_t work = w->n[STATUS_CONNECTED] + w->n[STATUS_LIMITED];

	page_impact_say(p, IMPACT_ENDS,
		arena_printf(a, "%s%s%s %s not looked at until somebody resumes it.",
			page_count(a, w->total, "member", "members"), rooms ? " and " : "",
			rooms ? page_count(a, rooms, "room", "rooms") : "",
			w->total + rooms == 1 ? "is" : "are"));
	page_impact_say(p, IMPACT_ENDS,
		arena_printf(a,
			"No busy time is read for the %s that work today: what was read grows old. "
			"No "
			"booking is made, changed or cancelled: those that are asked for wait.",
			page_number(a, work)));
	page_impact_say(p, IMPACT_ENDS, "The connection is not checked, and cannot be tested.");
}

static int say_jobs(struct page *p, struct err *e)
{
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		const struct work *k = &works[i];
		const int64_t n = store_job_open(p->svc.db, p->svc.who.account, k->kind, e);

		if (n < 0)
			return -1;
		if (n > 0)
			page_impact_say(p, IMPACT_ENDS,
				arena_printf(p->svc.a, "Under way now: %s: %s.",
					page_count(p->svc.a, n, k->one, k->many), k->then));
	}
	return 0;
}

/* Without a mail server all mail leaves out of the mailbox. */
static int say_mail(struct page *p, const struct connection *live, struct err *e)
{
	struct mail_states m;

	page_impact_say(p, IMPACT_ENDS,
		"Reminders wait: nobody could prove that they have mended anything.");
	if (p->svc.cf->smtp_url[0]) {
		page_impact_say(p, IMPACT_GOES_ON, "Other mails leave, by the mail server.");
		return 0;
	}
	if (store_mail_states(p->svc.db, p->svc.who.account, &m, e) < 0)
		return -1;
	page_impact_say(p, IMPACT_ENDS,
		arena_printf(p->svc.a, "Mails wait, because they leave through %s. %s now.",
			live->mailbox,
			m.n[MAIL_QUEUED] == 1 ? "1 is waiting"
					      : arena_printf(p->svc.a, "%s are waiting",
							page_number(p->svc.a, m.n[MAIL_QUEUED]))));
	return 0;
}

static void say_stays(struct page *p)
{
	page_impact_say(p, IMPACT_GOES_ON,
		"Pages, sign-ins and lists work. The last verdicts are shown, with their age.");
	page_impact_say(p, IMPACT_GOES_ON,
		"Settings and secrets stay as they are. Calls that are running end as usual.");
}

/* Until when nothing is lost. */
static void say_undo(struct page *p, const struct connection *live)
{
	page_impact_say(p, IMPACT_UNDO,
		"With the button Resume, on the overview and beside the tests, by any admin. The "
		"connection is looked at at once, and everybody in turn.");
	if (!p->svc.cf->smtp_url[0])
		page_impact_say(p, IMPACT_UNDO,
			arena_printf(p->svc.a,
				"Nothing is lost for %s. Mails that wait for longer are given up.",
				page_span(p->svc.a, MAIL_KEEP_TRYING)));
	else
		page_impact_say(p, IMPACT_UNDO, "Nothing is lost, however long it takes.");
	if (strcmp(live->signin, "user") == 0)
		page_impact_say(p, IMPACT_UNDO,
			"A sign-in with Microsoft that is not used for 90 days ends, and has to be "
			"given again.");
}

int page_pause(struct page *p, struct err *e)
{
	struct page_impact_who w;
	struct page_way way;
	int64_t rooms;
	const char *act;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	if (!way.both.live.id || way.both.live.paused_at) {
		response_redirect(p->rs, "/connection/test");
		return 0;
	}
	if (people(p, &w, &rooms, e) < 0)
		return -1;
	act = w.total ? arena_printf(p->svc.a, "Pause the connection for %s",
				page_count(p->svc.a, w.total, "member", "members"))
		      : "Pause the connection";
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "%s?", act));
	view_set(p->view, M_PAUSE_DO, act);
	view_set(p->view, M_SHOWN, arena_printf(p->svc.a, "%" PRId64, w.total));
	page_impact_counts(p, w.n, "/members");
	say_people(p, &w, rooms);
	say_stays(p);
	say_undo(p, &way.both.live);
	return say_jobs(p, e) < 0 ? -1 : say_mail(p, &way.both.live, e);
}

/* --- it is done --- */

/* Pausing and resuming are of the live connection, whatever has become of it meanwhile. */
static int live_id(struct page *p, int64_t *id, struct err *e)
{
	struct svc_connections both;

	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	*id = both.live.id;
	return *id ? 0 : ERR(e, ERR_CONFLICT, "No connection is in use.", "no live connection");
}

int page_pause_post(struct page *p, struct err *e)
{
	struct page_impact_who w;
	int64_t id, rooms;

	if (people(p, &w, &rooms, e) < 0)
		return -1;
	if (live_id(p, &id, e) < 0 || page_impact_same(p, &w, e) < 0 ||
		svc_connection_pause(&p->svc, id, form_text(&p->form, "why"), e) < 0)
		return page_refuse(p, e);
	page_done(p, "/connection/test", "paused");
	return 0;
}

int page_resume_post(struct page *p, struct err *e)
{
	int64_t id;

	if (live_id(p, &id, e) < 0 || svc_connection_resume(&p->svc, id, e) < 0)
		return -1;
	page_done(p, "/connection/test", "resumed");
	return 0;
}
