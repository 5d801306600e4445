/* Page_disconnect: nothing is in use any more: whom that affects first, then the act.
 *
 * Rules: the question says how many lose what, and until when it can be undone; the form carries
 * the connection as it was shown and how many members that were. Members, bookings, settings and
 * secrets are left as they are.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "service/svc_check.h"
#include "service/svc_switch.h"

/* Everybody who is active: people, and rooms beside them. */
struct crowd {
	struct page_impact_who people;
	int64_t rooms;
	int64_t work; /* people whose calendar works today */
};

static int crowd(struct page *p, struct crowd *c, struct err *e)
{
	const struct roster_pick who = { .f = roster_all(p->svc.who.account, MEMBER_PERSON) };
	struct roster_count *kept;
	int n;

	*c = (struct crowd){ 0 };
	if (page_impact_read(p, &who, &c->people, e) < 0)
		return -1;
	n = store_roster_counts(p->svc.db, p->svc.a, p->svc.who.account, MEMBER_ROOM, &kept, e);
	for (int i = 0; i < n; i++)
		c->rooms += kept[i].status == STATUS_OFF ? 0 : kept[i].n;
	c->people.total -= c->people.n[STATUS_OFF];
	c->people.n[STATUS_OFF] = 0;
	c->work = c->people.n[STATUS_CONNECTED] + c->people.n[STATUS_LIMITED];
	return n < 0 ? -1 : 0;
}

static const char *members(struct page *p, int64_t n)
{
	return page_count(p->svc.a, n, "member", "members");
}

/* --- what it does --- */

static void say_ends(struct page *p, const struct crowd *c, const struct connection *live)
{
	struct arena *a = p->svc.a;
	const struct page_impact_who *w = &c->people;
	const int64_t act = w->n[STATUS_ACTION] + w->n[STATUS_BLOCKED];

	if (c->work)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a,
				"%s whose calendar works today: no busy time is read and no "
				"booking is made, changed or cancelled any more.",
				members(p, c->work)));
	if (act)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a,
				"%s whose calendar does not work: nobody looks whether it was "
				"mended.",
				members(p, act)));
	if (c->rooms)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a, "%s: not looked at, and not booked any more.",
				page_count(a, c->rooms, "room", "rooms")));
	page_impact_say(p, IMPACT_ENDS,
		"Reminders to members and alerts to admins stop. Checks and tests that run end.");
	if (strcmp(live->method, "personal") == 0)
		page_impact_say(p, IMPACT_ENDS, "Members’ own sign-ins are not used any more.");
	if (!p->svc.cf->smtp_url[0])
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a,
				"No mail leaves: without a mail server, all mail goes through %s.",
				live->mailbox));
}

static void say_stays(struct page *p, const struct connection *live)
{
	page_impact_say(p, IMPACT_GOES_ON,
		"Members, rooms, their history and the audit log. The last verdicts are shown, "
		"with their age.");
	page_impact_say(p, IMPACT_GOES_ON,
		"Bookings that are in calendars. Nothing in Exchange is changed: the mailbox, its "
		"rights and what members have shared stay until somebody takes them away there.");
	if (strcmp(live->method, "personal") == 0)
		page_impact_say(p, IMPACT_GOES_ON,
			"Members’ own sign-ins, sealed. They are used again when you go back.");
}

static void say_undo(struct page *p, const struct connection *live)
{
	page_impact_say(p, IMPACT_UNDO,
		arena_printf(p->svc.a,
			"For %d days with the button Go back, on the overview and beside the "
			"tests, by any admin. Then the settings and the secret of %s are erased, "
			"and it has to be entered anew.",
			BACK_DAYS, live->mailbox));
	page_impact_link(p, IMPACT_UNDO, "If it is for a while only, pause it instead:",
		&(struct page_option){ "/connection/pause", "nothing is erased then." });
}

static int say_jobs(struct page *p, struct err *e)
{
	static const char *const kinds[] = { TEST_KIND, CHECK_KIND };
	int64_t open = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const int64_t n = store_job_open(p->svc.db, p->svc.who.account, kinds[i], e);

		if (n < 0)
			return -1;
		open += n;
	}
	if (open > 0)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(p->svc.a, "Under way: %s. %s.",
				page_count(p->svc.a, open, "check or test", "checks and tests"),
				open == 1 ? "It ends" : "They end"));
	return 0;
}

/* "Disconnect 243 members" */
static const char *act_of(struct page *p, const struct crowd *c)
{
	return c->people.total
		? arena_printf(p->svc.a, "Disconnect %s", members(p, c->people.total))
		: "Disconnect";
}

int page_disconnect(struct page *p, struct err *e)
{
	struct page_way way;
	struct crowd c;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	if (!way.both.live.id) {
		response_redirect(p->rs, "/connection/test");
		return 0;
	}
	if (crowd(p, &c, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, arena_printf(p->svc.a, "%s?", act_of(p, &c)));
	view_set(p->view, M_DISCONNECT_DO, act_of(p, &c));
	view_set(p->view, M_SHOWN, arena_printf(p->svc.a, "%" PRId64, c.people.total));
	page_connection_base(p, &way.both.live);
	page_impact_counts(p, c.people.n, "/members");
	say_ends(p, &c, &way.both.live);
	say_stays(p, &way.both.live);
	say_undo(p, &way.both.live);
	return say_jobs(p, e);
}

int page_disconnect_post(struct page *p, struct err *e)
{
	struct crowd c;

	if (crowd(p, &c, e) < 0)
		return -1;
	if (page_impact_same(p, &c.people, e) < 0 ||
		svc_switch_disconnect(&p->svc, form_num(&p->form, "from"),
			form_num(&p->form, "rev"), form_text(&p->form, "why"), e) < 0)
		return page_refuse(p, e);
	page_done(p, "/overview", "disconnected");
	return 0;
}
