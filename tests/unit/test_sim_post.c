/*
 * The post: invitations, updates, cancellations and answers between mailboxes, delegates' copies,
 * rooms, reports and mail to the outside, on a clock that only the test moves.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include "sim/item.h"
#include "sim/scenario.h"

#define DAY ((int64_t)86400)

static const char organisation[] = "clock 2026-11-23T08:00:00Z frozen\n"
				   "premise hq host mail.example.test\n"
				   "domain example.test premise hq\n"
				   "mailbox anna@example.test Anna\n"
				   "alias a.other@example.test\n"
				   "mailbox bob@example.test Bob\n"
				   "alias robert@example.test\n"
				   "mailbox carl@example.test Carl\n"
				   "mailbox dora@example.test Dora\n"
				   "mailbox off@example.test Off\n"
				   "enabled no\n"
				   "mailbox yes@example.test \"Room Yes\"\n"
				   "room policy accept after 10s\n"
				   "mailbox fair@example.test \"Room Fair\"\n"
				   "room policy decline-conflicts after 0s\n"
				   "mailbox no@example.test \"Room No\"\n"
				   "room policy decline after 5s\n"
				   "mailbox perhaps@example.test \"Room Perhaps\"\n"
				   "room policy tentative after 5s\n"
				   "mailbox asks@example.test \"Room Asks\"\n"
				   "room policy manual\n"
				   "group team@example.test Team\n"
				   "member bob@example.test carl@example.test\n";

struct lab {
	struct world *world;
	struct scenario_place place;
};

static void say(struct lab *l, const char *lines)
{
	struct scenario_error e = { 0 };

	for (const char *at = lines; *at != '\0';) {
		size_t n = strcspn(at, "\n");
		char *line = copy_n(at, n);

		if (scenario_line(&l->place, line, &e) < 0)
			fail_msg("%s: %s", line, e.say);
		free(line);
		at += n + (at[n] != '\0');
	}
}

static int open_lab(void **state)
{
	struct lab *l = need(sizeof(*l));

	l->world = world_new();
	l->place.world = l->world;
	say(l, organisation);
	*state = l;
	return 0;
}

static int close_lab(void **state)
{
	struct lab *l = *state;

	world_free(l->world);
	free(l);
	return 0;
}

static struct mailbox *box(struct lab *l, const char *name)
{
	char *address = format("%s@example.test", name);
	struct mailbox *m = world_mailbox(l->world, address);

	free(address);
	assert_non_null(m);
	return m;
}

static int64_t pass(struct lab *l, int64_t seconds)
{
	l->world->frozen_at += seconds;
	return post_tick(l->world);
}

static struct item *first(struct lab *l, const char *name, int folder)
{
	struct item *i = store_folder(store_of(l->world, box(l, name)), folder);

	while (i != NULL && i->deleted)
		i = i->next;
	return i;
}

static int count(struct lab *l, const char *name, int folder)
{
	int n = 0;

	for (struct item *i = store_folder(store_of(l->world, box(l, name)), folder); i != NULL;
		i = i->next)
		n += !i->deleted;
	return n;
}

static void add_attendee(struct item *i, const char *address, enum attendee_kind kind)
{
	i->attendees =
		need_more(i->attendees, (size_t)(i->n_attendees + 1) * sizeof(*i->attendees));
	i->attendees[i->n_attendees++] =
		(struct attendee){ .who = { copy(address), copy(address) }, .kind = kind };
}

/* A meeting in a calendar: an hour that begins so many hours from now. */
static struct item *meeting(struct lab *l, const char *owner, int hours, const char *guest)
{
	struct mailbox *m = box(l, owner);
	struct item *i = item_new(store_of(l->world, m), FOLDER_CALENDAR, ITEM_CALENDAR);

	i->subject = copy("Review");
	i->body = copy("Agenda");
	i->start = world_now(l->world) + hours * 3600;
	i->end = i->start + 3600;
	i->zone = zone_find("UTC");
	i->busy = BUSY_BUSY;
	i->meeting = i->organizer_here = true;
	i->my_response = RESPONSE_ORGANIZER;
	i->organizer = (struct person){ copy(m->name), copy(m->address) };
	item_new_uid(l->world, i);
	if (guest != NULL)
		add_attendee(i, guest, ATTENDEE_REQUIRED);
	return i;
}

static struct sending sending_of(struct lab *l, const char *owner, struct item *i)
{
	return (struct sending){ .organizer = box(l, owner),
		.meeting = i,
		.class = ITEM_REQUEST,
		.to = i->attendees,
		.n_to = i->n_attendees };
}

static void send(struct lab *l, const char *owner, struct item *i)
{
	struct sending g = sending_of(l, owner, i);

	post_meeting(l->world, &g);
}

static void cancel(struct lab *l, const char *owner, struct item *i)
{
	struct sending g = sending_of(l, owner, i);

	g.class = ITEM_CANCELLATION;
	g.note = "No need";
	post_meeting(l->world, &g);
}

static void an_invitation_arrives_when_time_passes(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test"), *got;

	send(l, "anna", i);
	assert_int_equal(post_tick(l->world), 1);
	assert_null(first(l, "bob", FOLDER_INBOX));
	assert_int_equal(pass(l, 1), -1);
	got = first(l, "bob", FOLDER_INBOX);
	assert_non_null(got);
	assert_int_equal(got->class, ITEM_REQUEST);
	assert_string_equal(item_class_name(got), "IPM.Schedule.Meeting.Request");
	assert_string_equal(got->from.address, "anna@example.test");
	assert_string_equal(got->sender.address, "anna@example.test");
	assert_string_equal(got->to[0].who.address, "bob@example.test");
	assert_string_equal(got->uid, i->uid);
	assert_int_equal(got->received, l->world->frozen_at);
	assert_false(got->organizer_here);
	got = first(l, "bob", FOLDER_CALENDAR);
	assert_non_null(got);
	assert_int_equal(got->class, ITEM_CALENDAR);
	assert_string_equal(got->uid, i->uid);
	assert_int_equal(got->busy, BUSY_TENTATIVE);
	assert_int_equal(got->intended, BUSY_BUSY);
	assert_int_equal(got->my_response, RESPONSE_NONE);
	assert_false(got->organizer_here);
	assert_true(got->meeting);
	assert_string_equal(got->organizer.address, "anna@example.test");
	assert_int_equal(got->n_to, 0);
	assert_null(got->from.address);
}

static void what_is_sent_is_what_it_was_then(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test");

	send(l, "anna", i);
	free(i->subject);
	i->subject = copy("Later thought");
	pass(l, 1);
	assert_string_equal(first(l, "bob", FOLDER_INBOX)->subject, "Review");
}

static void updates_keep_the_answer_unless_the_time_moves(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test"), *own;
	char *tag[] = { copy("mine"), NULL };
	uint64_t number;

	send(l, "anna", i);
	pass(l, 1);
	own = first(l, "bob", FOLDER_CALENDAR);
	number = own->number;
	item_set_tag(own, "guid/name/String", tag);
	post_response(l->world, box(l, "bob"), own, RESPONSE_ACCEPT, "With pleasure");
	assert_int_equal(own->busy, BUSY_BUSY);
	pass(l, 1);
	i->location = copy("R1");
	i->sequence++;
	send(l, "anna", i);
	pass(l, 1);
	own = first(l, "bob", FOLDER_CALENDAR);
	assert_int_equal(own->number, number);
	assert_string_equal(own->location, "R1");
	assert_int_equal(own->my_response, RESPONSE_ACCEPT);
	assert_int_equal(own->busy, BUSY_BUSY);
	assert_string_equal(item_tag(own, "GUID/name/String"), "mine");
	i->start += 3600;
	i->end += 3600;
	i->sequence++;
	send(l, "anna", i);
	pass(l, 1);
	assert_int_equal(own->my_response, RESPONSE_NONE);
	assert_int_equal(own->busy, BUSY_TENTATIVE);
	assert_int_equal(own->start, i->start);
	assert_int_equal(count(l, "bob", FOLDER_CALENDAR), 1);
	/* An older one that comes late changes nothing. */
	i->sequence = 0;
	i->start -= 7200;
	send(l, "anna", i);
	pass(l, 1);
	assert_int_not_equal(own->start, i->start);
	free(tag[0]);
}

static void answers_reach_the_organizer(void **state)
{
	static const struct {
		enum response r;
		const char *class, *subject;
		enum busy busy;
		int left;
	} rows[] = {
		{ RESPONSE_ACCEPT, "IPM.Schedule.Meeting.Resp.Pos", "Accepted: Review", BUSY_BUSY,
			1 },
		{ RESPONSE_TENTATIVE, "IPM.Schedule.Meeting.Resp.Tent", "Tentative: Review",
			BUSY_TENTATIVE, 1 },
		{ RESPONSE_DECLINE, "IPM.Schedule.Meeting.Resp.Neg", "Declined: Review", BUSY_FREE,
			0 },
	};
	struct lab *l = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		struct item *i, *own, *mail;

		/* Invited by another of his addresses. */
		i = meeting(l, "anna", 24, "robert@example.test");
		send(l, "anna", i);
		pass(l, 1);
		own = first(l, "bob", FOLDER_CALENDAR);
		post_response(l->world, box(l, "bob"), own, rows[k].r, "Note");
		assert_int_equal(count(l, "bob", FOLDER_CALENDAR), rows[k].left);
		assert_int_equal(own->busy, rows[k].busy);
		pass(l, 1);
		mail = first(l, "anna", FOLDER_INBOX);
		assert_string_equal(item_class_name(mail), rows[k].class);
		assert_string_equal(mail->subject, rows[k].subject);
		assert_string_equal(mail->body, "Note");
		assert_string_equal(mail->from.address, "bob@example.test");
		assert_int_equal(i->n_attendees, 1);
		assert_int_equal(i->attendees[0].response, rows[k].r);
		assert_int_equal(i->attendees[0].answered, l->world->frozen_at - 1);
		item_delete(l->world, box(l, "anna")->store, mail);
		item_delete(l->world, box(l, "anna")->store, i);
		item_delete(l->world, box(l, "bob")->store, own);
	}
}

static void a_cancellation_marks_and_frees(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test"), *own, *mail;

	send(l, "anna", i);
	pass(l, 1);
	cancel(l, "anna", i);
	pass(l, 1);
	own = first(l, "bob", FOLDER_CALENDAR);
	assert_true(own->cancelled);
	assert_int_equal(own->busy, BUSY_FREE);
	assert_string_equal(own->subject, "Canceled: Review");
	mail = first(l, "bob", FOLDER_INBOX)->next;
	assert_int_equal(mail->class, ITEM_CANCELLATION);
	assert_string_equal(mail->body, "No need");
	/* Never invited: mail, and nothing in the calendar. */
	i = meeting(l, "anna", 48, "carl@example.test");
	cancel(l, "anna", i);
	pass(l, 1);
	assert_int_equal(count(l, "carl", FOLDER_INBOX), 1);
	assert_int_equal(count(l, "carl", FOLDER_CALENDAR), 0);
}

static void one_occurrence_of_a_series_travels_alone(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test"), *e, *own;
	struct occurrence o;

	i->recurrence = need(sizeof(*i->recurrence));
	*i->recurrence = (struct recurrence){ .pattern = PATTERN_DAILY, .interval = 1, .count = 5 };
	send(l, "anna", i);
	pass(l, 1);
	e = item_exception(i, i->start + DAY);
	e->start += 1800;
	e->end += 1800;
	send(l, "anna", e);
	pass(l, 1);
	own = first(l, "bob", FOLDER_CALENDAR);
	assert_int_equal(count(l, "bob", FOLDER_CALENDAR), 1);
	assert_true(item_instance(own, 2, &o));
	assert_int_equal(o.start, i->start + DAY + 1800);
	assert_true(item_instance(own, 1, &o));
	assert_int_equal(o.start, i->start);
	/* The answer is noted at that occurrence only. */
	post_response(l->world, box(l, "bob"), item_exception(own, i->start + DAY), RESPONSE_ACCEPT,
		NULL);
	pass(l, 1);
	e = item_exception(i, i->start + DAY);
	assert_int_equal(e->attendees[0].response, RESPONSE_ACCEPT);
	assert_int_equal(i->attendees[0].response, RESPONSE_UNKNOWN);
	cancel(l, "anna", e);
	pass(l, 1);
	assert_true(item_instance(own, 2, &o));
	assert_true(o.item->cancelled);
	assert_false(own->cancelled);
	/* Declined: only that one goes. */
	post_response(l->world, box(l, "bob"), item_exception(own, i->start + 2 * DAY),
		RESPONSE_DECLINE, NULL);
	assert_false(item_instance(own, 3, &o));
	assert_int_equal(o.instance, 3);
	/* Invited to two single occurrences of a series: an item for each. */
	add_attendee(e, "carl@example.test", ATTENDEE_OPTIONAL);
	send(l, "anna", e);
	e = item_exception(i, i->start + 3 * DAY);
	add_attendee(e, "carl@example.test", ATTENDEE_OPTIONAL);
	send(l, "anna", e);
	pass(l, 1);
	assert_int_equal(count(l, "carl", FOLDER_CALENDAR), 2);
}

static void a_delegate_sends_for_the_owner(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "bob@example.test");
	struct sending g = sending_of(l, "anna", i);

	g.sender = box(l, "dora");
	post_meeting(l->world, &g);
	pass(l, 1);
	assert_string_equal(first(l, "bob", FOLDER_INBOX)->from.address, "anna@example.test");
	assert_string_equal(first(l, "bob", FOLDER_INBOX)->sender.address, "dora@example.test");
	g.refused = true;
	post_meeting(l->world, &g);
	assert_int_equal(post_tick(l->world), 5);
	pass(l, 5);
	assert_int_equal(count(l, "bob", FOLDER_INBOX), 1);
	assert_int_equal(first(l, "dora", FOLDER_INBOX)->class, ITEM_REPORT);
	assert_string_equal(first(l, "dora", FOLDER_INBOX)->subject, "Undeliverable: Review");
	assert_non_null(strstr(first(l, "dora", FOLDER_INBOX)->body, "bob@example.test"));
	assert_null(first(l, "anna", FOLDER_INBOX));
}

static void delegates_get_what_the_owner_settled(void **state)
{
	static const struct {
		const char *lines;
		enum sensitivity sensitivity;
		int owner, delegate;
	} rows[] = {
		{ "delegate dora@example.test copies\n", SENSE_NORMAL, 1, 1 },
		{ "deliver DelegatesAndMe\n", SENSE_NORMAL, 1, 1 },
		{ "deliver DelegatesOnly\n", SENSE_NORMAL, 0, 1 },
		{ "deliver DelegatesOnly\n", SENSE_PRIVATE, 1, 0 },
		{ "deliver NoForward\n", SENSE_NORMAL, 1, 0 },
		{ "deliver DelegatesOnly\ndelegate dora@example.test copies private\n",
			SENSE_PRIVATE, 0, 1 },
		{ "delegate dora@example.test\n", SENSE_NORMAL, 1, 0 },
	};
	struct lab *l = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		struct item *i = meeting(l, "anna", 24, "bob@example.test");
		int owner = count(l, "bob", FOLDER_INBOX), own = count(l, "bob", FOLDER_CALENDAR);
		int delegate = count(l, "dora", FOLDER_INBOX);

		say(l, "mailbox bob@example.test\n");
		say(l, rows[k].lines);
		i->sensitivity = rows[k].sensitivity;
		send(l, "anna", i);
		pass(l, 1);
		assert_int_equal(count(l, "bob", FOLDER_INBOX) - owner, rows[k].owner);
		assert_int_equal(count(l, "dora", FOLDER_INBOX) - delegate, rows[k].delegate);
		assert_int_equal(count(l, "bob", FOLDER_CALENDAR) - own, 1);
		assert_int_equal(count(l, "dora", FOLDER_CALENDAR), 0);
	}
}

/* Rooms */

static enum response answer_of(struct lab *l, const char *room, int hours)
{
	char *address = format("%s@example.test", room);
	struct item *i = meeting(l, "anna", hours, NULL);

	add_attendee(i, address, ATTENDEE_RESOURCE);
	send(l, "anna", i);
	pass(l, 20);
	pass(l, 1);
	free(address);
	return i->attendees[0].response;
}

static void rooms_answer_by_their_policy(void **state)
{
	struct lab *l = *state;
	struct item *own;

	assert_int_equal(answer_of(l, "yes", 24), RESPONSE_ACCEPT);
	own = first(l, "yes", FOLDER_CALENDAR);
	assert_int_equal(own->busy, BUSY_BUSY);
	assert_string_equal(own->subject, "Anna");
	assert_null(own->body);
	assert_int_equal(count(l, "yes", FOLDER_INBOX), 0);
	assert_int_equal(count(l, "yes", FOLDER_DELETED), 1);
	assert_int_equal(answer_of(l, "yes", 24), RESPONSE_ACCEPT);
	assert_int_equal(answer_of(l, "no", 24), RESPONSE_DECLINE);
	assert_int_equal(count(l, "no", FOLDER_CALENDAR), 0);
	assert_int_equal(answer_of(l, "perhaps", 24), RESPONSE_TENTATIVE);
	assert_int_equal(first(l, "perhaps", FOLDER_CALENDAR)->busy, BUSY_TENTATIVE);
	assert_int_equal(answer_of(l, "asks", 24), RESPONSE_UNKNOWN);
	assert_int_equal(count(l, "asks", FOLDER_INBOX), 1);
	assert_int_equal(answer_of(l, "fair", 24), RESPONSE_ACCEPT);
	assert_int_equal(answer_of(l, "fair", 24), RESPONSE_DECLINE);
	assert_int_equal(answer_of(l, "fair", 25), RESPONSE_ACCEPT);
	assert_int_equal(count(l, "fair", FOLDER_CALENDAR), 2);
}

static void a_room_waits_before_it_answers(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "yes@example.test");

	send(l, "anna", i);
	pass(l, 1);
	assert_int_equal(first(l, "yes", FOLDER_CALENDAR)->busy, BUSY_TENTATIVE);
	pass(l, 9);
	assert_int_equal(first(l, "yes", FOLDER_CALENDAR)->busy, BUSY_TENTATIVE);
	assert_int_equal(pass(l, 1), 1);
	assert_int_equal(first(l, "yes", FOLDER_CALENDAR)->busy, BUSY_BUSY);
	assert_int_equal(i->attendees[0].response, RESPONSE_UNKNOWN);
	assert_int_equal(pass(l, 1), -1);
	assert_int_equal(i->attendees[0].response, RESPONSE_ACCEPT);
	cancel(l, "anna", i);
	pass(l, 1);
	assert_int_equal(count(l, "yes", FOLDER_CALENDAR), 0);
}

static void a_jump_of_the_clock_keeps_the_times(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "yes@example.test"), *mail;
	utc_t sent = world_now(l->world);

	send(l, "anna", i);
	assert_int_equal(pass(l, 100000), -1);
	mail = first(l, "anna", FOLDER_INBOX);
	assert_int_equal(mail->sent, sent + 11);
	assert_int_equal(mail->received, sent + 12);
	assert_int_equal(i->attendees[0].answered, sent + 11);
}

static void a_series_that_conflicts_once_is_declined(void **state)
{
	struct lab *l = *state;
	struct item *series = meeting(l, "anna", 24, "fair@example.test"), *other;

	assert_int_equal(answer_of(l, "fair", 24 + 5 * 24), RESPONSE_ACCEPT);
	series->recurrence = need(sizeof(*series->recurrence));
	*series->recurrence = (struct recurrence){ .pattern = PATTERN_DAILY, .interval = 1 };
	series->start = world_now(l->world) + 24 * 3600;
	series->end = series->start + 3600;
	send(l, "anna", series);
	pass(l, 5);
	assert_int_equal(series->attendees[0].response, RESPONSE_DECLINE);
	/* Without the day that is taken it fits, and then nothing fits into it. */
	item_drop(series, series->start + 5 * DAY);
	series->sequence++;
	send(l, "anna", series);
	pass(l, 5);
	assert_int_equal(series->attendees[0].response, RESPONSE_ACCEPT);
	other = meeting(l, "bob", 24 * 40, "fair@example.test");
	other->start = series->start + 39 * DAY + 600;
	other->end = other->start + 600;
	send(l, "bob", other);
	pass(l, 5);
	assert_int_equal(other->attendees[0].response, RESPONSE_DECLINE);
	/* One occurrence moved onto the taken day is declined alone. */
	other = item_exception(series, series->start + 4 * DAY);
	other->start += DAY;
	other->end += DAY;
	other->sequence = ++series->sequence;
	send(l, "anna", other);
	pass(l, 5);
	assert_int_equal(other->attendees[0].response, RESPONSE_DECLINE);
	assert_int_equal(series->attendees[0].response, RESPONSE_ACCEPT);
}

/* What does not arrive, and what leaves */

static void what_nobody_has_comes_back(void **state)
{
	static const char *const addresses[] = { "nobody@example.test", "nonsense", "",
		"off@example.test", "trailing@" };
	struct lab *l = *state;

	for (size_t k = 0; k < COUNT(addresses); k++) {
		struct item *i = meeting(l, "anna", 24, addresses[k]), *report;

		send(l, "anna", i);
		pass(l, 4);
		assert_int_equal(count(l, "anna", FOLDER_INBOX), 0);
		pass(l, 1);
		report = first(l, "anna", FOLDER_INBOX);
		assert_non_null(report);
		assert_string_equal(item_class_name(report), "REPORT.IPM.Note.NDR");
		assert_non_null(strstr(report->body, addresses[k]));
		assert_string_equal(report->from.address, "postmaster@example.test");
		item_delete(l->world, box(l, "anna")->store, report);
	}
}

static void groups_are_opened_and_nobody_gets_it_twice(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "team@example.test");

	add_attendee(i, "robert@example.test", ATTENDEE_OPTIONAL);
	add_attendee(i, "a.other@example.test", ATTENDEE_OPTIONAL);
	send(l, "anna", i);
	pass(l, 1);
	assert_int_equal(count(l, "anna", FOLDER_INBOX), 0);
	assert_int_equal(count(l, "bob", FOLDER_INBOX), 1);
	assert_int_equal(count(l, "carl", FOLDER_INBOX), 1);
	/* A member answers who was not named. */
	post_response(
		l->world, box(l, "carl"), first(l, "carl", FOLDER_CALENDAR), RESPONSE_ACCEPT, NULL);
	pass(l, 1);
	assert_int_equal(i->n_attendees, 4);
	assert_string_equal(i->attendees[3].who.address, "carl@example.test");
	assert_int_equal(i->attendees[3].response, RESPONSE_ACCEPT);
}

static void tags_travel_only_where_they_do(void **state)
{
	struct lab *l = *state;
	char *tag[] = { copy("42"), NULL };

	for (int travels = 0; travels < 2; travels++) {
		struct item *i = meeting(l, "anna", 24, "bob@example.test"), *own;

		if (travels)
			say(l, "premise hq\nunsure tags-travel yes\n");
		item_set_tag(i, "g/BookingId/String", tag);
		send(l, "anna", i);
		pass(l, 1);
		own = first(l, "bob", FOLDER_CALENDAR);
		assert_int_equal(own->n_tags, travels);
		assert_int_equal(first(l, "bob", FOLDER_INBOX)->n_tags, travels);
		item_delete(l->world, box(l, "bob")->store, own);
		item_delete(l->world, box(l, "bob")->store, first(l, "bob", FOLDER_INBOX));
	}
	free(tag[0]);
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void tests_can_read_all_mail(void **state)
{
	struct lab *l = *state;
	struct item *i = meeting(l, "anna", 24, "guest@else.where"), message = { 0 };
	struct attendee to = { .who = { NULL, "bob@example.test" } };
	json_t *all;

	send(l, "anna", i);
	all = post_messages(l->world, NULL);
	assert_int_equal(json_array_size(all), 1);
	assert_string_equal(text_of(json_array_get(all, 0), "recipient"), "guest@else.where");
	assert_string_equal(text_of(json_array_get(all, 0), "when"), "2026-11-23T08:00:00Z");
	json_decref(all);
	all = post_messages(l->world, "GUEST@else.where");
	assert_int_equal(json_array_size(all), 1);
	json_decref(all);
	all = post_messages(l->world, "other@else.where");
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);

	message.subject = "Hello";
	message.body = "World";
	message.to = &to;
	message.n_to = 1;
	post_message(l->world, box(l, "anna"), box(l, "dora"), &message, false);
	add_attendee(i, "bob@example.test", ATTENDEE_REQUIRED);
	send(l, "anna", i);
	pass(l, 1);
	all = post_messages(l->world, "robert@example.test");
	assert_int_equal(json_array_size(all), 2);
	assert_string_equal(text_of(json_array_get(all, 0), "subject"), "Hello");
	assert_string_equal(text_of(json_array_get(all, 0), "class"), "IPM.Note");
	assert_string_equal(text_of(json_array_get(all, 0), "from"), "anna@example.test");
	assert_string_equal(text_of(json_array_get(all, 0), "sender"), "dora@example.test");
	assert_string_equal(text_of(json_array_get(all, 0), "body"), "World");
	assert_string_equal(text_of(json_array_get(all, 1), "folder"), "inbox");
	assert_string_equal(text_of(json_array_get(all, 1), "uid"), i->uid);
	assert_string_equal(text_of(json_array_get(all, 1), "start"), "2026-11-24T08:00:00Z");
	json_decref(all);
	all = post_messages(l->world, "carl@example.test");
	assert_int_equal(json_array_size(all), 0);
	json_decref(all);
}

/* Stores */

static void moving_gives_a_new_number_and_leaves_a_mark(void **state)
{
	struct lab *l = *state;
	struct store *st = store_of(l->world, box(l, "anna"));
	struct item *a = item_new(st, FOLDER_INBOX, ITEM_MESSAGE);
	struct item *b = item_new(st, FOLDER_INBOX, ITEM_MESSAGE), *mark;
	uint64_t was = b->number, sync = st->sync;

	item_move(l->world, st, b, FOLDER_DELETED);
	assert_null(item_find(st, was));
	assert_int_not_equal(b->number, was);
	assert_ptr_equal(item_find(st, b->number), b);
	assert_ptr_equal(store_folder(st, FOLDER_DELETED), b);
	mark = store_folder(st, FOLDER_INBOX)->next;
	assert_true(mark->deleted);
	assert_int_equal(mark->number, was);
	assert_true(mark->sync > sync && b->sync > mark->sync && b->sync_born == b->sync);
	item_new(st, FOLDER_INBOX, ITEM_MESSAGE);
	assert_ptr_equal(store_folder(st, FOLDER_INBOX), a);
	assert_non_null(mark->next);
	item_delete(l->world, st, a);
	assert_null(item_find(st, a->number));
	assert_null(item_find(st, 0));
	assert_null(item_find(st, UINT64_MAX));
	assert_null(store_folder(st, 4000));
	assert_null(store_folder(st, -1));
}

static void uids_look_like_exchange_s(void **state)
{
	struct lab *l = *state;
	struct item a = { 0 }, b = { 0 };

	item_new_uid(l->world, &a);
	assert_int_equal(strlen(a.uid), 112);
	assert_memory_equal(a.uid, "040000008200E00074C5B7101A82E00800000000", 40);
	item_uid_from(&b, 1, 2);
	assert_string_not_equal(a.uid, b.uid);
	free(a.uid);
	a.uid = copy(b.uid);
	item_uid_from(&b, 1, 2);
	assert_string_equal(a.uid, b.uid);
	free(a.uid);
	free(b.uid);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_lab, close_lab)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_invitation_arrives_when_time_passes),
		TEST(what_is_sent_is_what_it_was_then),
		TEST(updates_keep_the_answer_unless_the_time_moves),
		TEST(answers_reach_the_organizer),
		TEST(a_cancellation_marks_and_frees),
		TEST(one_occurrence_of_a_series_travels_alone),
		TEST(a_delegate_sends_for_the_owner),
		TEST(delegates_get_what_the_owner_settled),
		TEST(rooms_answer_by_their_policy),
		TEST(a_room_waits_before_it_answers),
		TEST(a_jump_of_the_clock_keeps_the_times),
		TEST(a_series_that_conflicts_once_is_declined),
		TEST(what_nobody_has_comes_back),
		TEST(groups_are_opened_and_nobody_gets_it_twice),
		TEST(tags_travel_only_where_they_do),
		TEST(tests_can_read_all_mail),
		TEST(moving_gives_a_new_number_and_leaves_a_mark),
		TEST(uids_look_like_exchange_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
