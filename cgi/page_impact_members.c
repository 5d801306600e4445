/* Page_impact_members: what removing, deactivating or activating does, to many and to one.
 *
 * Rules: a line that says of nobody is left out. Of one it is said without numbers.
 */
#include "page_impact.h"

#include <inttypes.h>
#include "page_layout.h"

/* Everything that is tied to a sign-in. */
static void shut(struct page *p, const struct page_impact_who *w)
{
	const struct roster_ties *t = &w->ties;
	struct arena *a = p->svc.a;

	if (t->users)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a, "%s can sign in today, and cannot any more.",
				page_impact_of(p, w, t->users)));
	if (t->admins)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a,
				t->admins == 1 ? "%s of them is an account admin."
					       : "%s of them are account admins.",
				page_impact_of(p, w, t->admins)));
	if (t->sessions || t->links)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a, "%s and %s end now.",
				page_count(a, t->sessions, "session", "sessions"),
				page_count(a, t->links, "open link", "open links")));
}

static void working(struct page *p, const struct page_impact_who *w, const char *then)
{
	const int64_t n = w->n[STATUS_CONNECTED] + w->n[STATUS_LIMITED];

	if (n)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(p->svc.a, "%s of them %s today. %s", page_number(p->svc.a, n),
				n == 1 ? "works" : "work", then));
}

void page_impact_removes(struct page *p, const struct page_impact_who *w)
{
	const struct roster_ties *t = &w->ties;

	working(p, w, "Their calendars are not opened any more.");
	shut(p, w);
	if (t->own)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(p->svc.a,
				"The own sign-in to Exchange that %s entered is erased.",
				page_impact_of(p, w, t->own)));
	page_impact_say(p, IMPACT_ENDS,
		"What Latchkey knows of their calendars is deleted: verdicts, what happened "
		"before, "
		"busy time that was read, mails that wait.");
	page_impact_say(p, IMPACT_GOES_ON,
		"Their mailboxes, and what is booked in them. Rights that were given in Exchange "
		"stay until somebody takes them away there.");
	page_impact_say(p, IMPACT_GOES_ON, "What they did stays in the audit log.");
	page_impact_link(p, IMPACT_UNDO,
		"Not with a button. Whoever is imported again begins anew: looked at within a "
		"minute, but without password, own sign-in and history.",
		&(const struct page_option){ "/members/import", "Import a list" });
}

void page_impact_deactivates(struct page *p, const struct page_impact_who *w)
{
	working(p, w, "Their calendars are not looked at any more.");
	shut(p, w);
	page_impact_say(p, IMPACT_ENDS,
		"Their verdicts and the busy time that was read go, and no reminders are sent.");
	page_impact_say(p, IMPACT_GOES_ON,
		"Passwords, roles, what happened before, own sign-ins to Exchange, and every right "
		"in Exchange.");
	page_impact_link(p, IMPACT_UNDO,
		"At any time: activate them, and they are looked at within a minute.",
		&(const struct page_option){
			"/members?status=deactivated", "Deactivated members" });
}

void page_impact_activates(struct page *p, const struct page_impact_who *w)
{
	page_impact_say(p, IMPACT_ENDS,
		arena_printf(p->svc.a,
			"%s deactivated now. Their calendars are looked at within a "
			"minute, and whoever has a password can sign in again.",
			w->n[STATUS_OFF] == 1 ? "1 is"
					      : arena_printf(p->svc.a, "%s are",
							page_number(p->svc.a, w->n[STATUS_OFF]))));
	page_impact_say(p, IMPACT_GOES_ON, "Whoever is active already stays as they are.");
	page_impact_say(p, IMPACT_UNDO, "At any time: deactivate them.");
}

/* --- one --- */

/* Whoever can sign in loses it; what ends with that, in one sentence. */
static void shut_one(struct page *p, const struct roster_ties *t)
{
	struct arena *a = p->svc.a;

	if (t->users)
		page_impact_say(p, IMPACT_ENDS,
			t->admins ? "They can sign in as account admin today, and cannot any more."
				  : "They can sign in today, and cannot any more.");
	if (t->sessions || t->links)
		page_impact_say(p, IMPACT_ENDS,
			arena_printf(a, "%s and %s end now.",
				page_count(a, t->sessions, "session", "sessions"),
				page_count(a, t->links, "open link", "open links")));
}

static int works(const struct roster_ties *t)
{
	return t->n[STATUS_CONNECTED] + t->n[STATUS_LIMITED] > 0;
}

static int read_one(struct page *p, const struct member *m, struct roster_ties *t, struct err *e)
{
	const struct roster_pick who = {
		.f = roster_all(m->account, m->kind), .ids = &m->id, .count = 1
	};
	struct page_impact_who w;

	if (page_impact_read(p, &who, &w, e) < 0)
		return -1;
	*t = w.ties;
	return 0;
}

static void remove_person(struct page *p, const struct member *m, const struct roster_ties *t)
{
	page_impact_say(p, IMPACT_ENDS,
		works(t) ? "The calendar works today. It is not opened any more."
			 : "The calendar is not looked at any more.");
	shut_one(p, t);
	if (t->own)
		page_impact_say(
			p, IMPACT_ENDS, "The own sign-in to Exchange that was entered is erased.");
	page_impact_say(p, IMPACT_ENDS,
		"What Latchkey knows is deleted: the verdict, what happened before, busy time that "
		"was read, mails that wait.");
	page_impact_say(p, IMPACT_GOES_ON,
		"The calendar itself and every right that was given in Exchange, until somebody "
		"takes it away there. What they did stays in the audit log.");
	page_impact_link(p, IMPACT_UNDO,
		"Not with a button: whoever is added again begins anew. The import takes back a "
		"file with name, calendar address and role.",
		&(const struct page_option){
			arena_printf(p->svc.a, "/members.csv?id=%" PRId64, m->id),
			"Save it first" });
}

static void remove_room(struct page *p, const struct roster_ties *t)
{
	page_impact_say(p, IMPACT_ENDS,
		works(t) ? "The calendar works today. It is not opened any more."
			 : "The calendar is not looked at any more.");
	page_impact_say(p, IMPACT_ENDS,
		"What Latchkey knows of the room is deleted: place and seats that were entered, "
		"the "
		"verdict, what happened before, busy time that was read.");
	page_impact_say(
		p, IMPACT_GOES_ON, "The room and its bookings. Nothing changes in Exchange.");
	page_impact_say(p, IMPACT_UNDO,
		"Add it again. While it is in a room list it comes back by itself when the lists "
		"are read, at the latest within a day.");
}

int page_impact_remove(struct page *p, const struct member *m, struct err *e)
{
	struct roster_ties t;

	if (read_one(p, m, &t, e) < 0)
		return -1;
	if (m->kind == MEMBER_ROOM)
		remove_room(p, &t);
	else
		remove_person(p, m, &t);
	return 0;
}

int page_impact_deactivate(struct page *p, const struct member *m, struct err *e)
{
	struct roster_ties t;

	if (read_one(p, m, &t, e) < 0)
		return -1;
	page_impact_say(p, IMPACT_ENDS,
		works(&t) ? "The calendar works today. It is not looked at any more."
			  : "The calendar is not looked at any more.");
	shut_one(p, &t);
	page_impact_say(p, IMPACT_ENDS,
		"The verdict and the busy time that was read go, and no reminders are sent.");
	page_impact_say(p, IMPACT_GOES_ON,
		m->kind == MEMBER_ROOM
			? "What happened before, place and seats, and every right in Exchange."
			: "Password, role, what happened before, an own sign-in to Exchange, and "
			  "every right in Exchange.");
	page_impact_say(p, IMPACT_UNDO, "At any time: activate them here.");
	return 0;
}
