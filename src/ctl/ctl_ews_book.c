/* Ctl ews book: make, change and cancel a booking, follow what became of bookings, send a message.
 * The second argument of a booking is its own id: the same id again never makes a second one.
 */
#include "ctl_ews.h"

#include <stdio.h>
#include <string.h>
#include "exchange/book.h"
#include "exchange/follow.h"
#include "exchange/zone.h"
#include "platform/str.h"
#include "platform/wholefile.h"

enum { PEOPLE_IN_MAX = 200, STATE_MAX = 1 << 20, REMINDER_MAX = 40320 };

/* --- reading the options --- */

/* Adds the addresses of a flag, which have commas between them. */
static int add_people(
	struct ctl *c, const char *flag, int kind, struct attendee *list, size_t *n, struct err *e)
{
	const char *given = ctl_flag(c, flag);
	char *rest = given ? arena_strdup(&c->arena, given) : NULL, *one;

	while ((one = strsep(&rest, ",")) != NULL) {
		one = str_trim(one);
		if (!one[0])
			continue;
		if (!str_email(one) || *n == PEOPLE_IN_MAX)
			return ctl_fail(e, ERR_INPUT,
				"--%s: \"%.60s\" is no e-mail address, or "
				"there are more than %d.",
				flag, one, PEOPLE_IN_MAX);
		list[(*n)++] = (struct attendee){ one, "", kind };
	}
	return 0;
}

static int read_times(struct ctl *c, struct booking *b, struct err *e)
{
	const char *start = ctl_flag(c, "start"), *end = ctl_flag(c, "end");

	b->zone = ctl_flag(c, "zone") ? ctl_flag(c, "zone") : "UTC";
	b->all_day = ctl_flag(c, "all-day") != NULL;
	if (!zone_known(b->zone))
		return ctl_fail(e, ERR_INPUT,
			"\"%.60s\" is no time zone. Write it as "
			"Europe/Berlin.",
			b->zone);
	if (!start != !end)
		return ctl_fail(e, ERR_INPUT, "--start and --end belong together.");
	if (!start)
		return 0;
	if (ctl_ews_time(start, b->zone, &b->start, e) < 0 ||
		ctl_ews_time(end, b->zone, &b->end, e) < 0)
		return -1;
	return b->start < b->end ? 0 : ctl_fail(e, ERR_INPUT, "--end must be behind --start.");
}

static int read_send(struct ctl *c, enum send initial, struct booking *b, struct err *e)
{
	const char *word = ctl_flag(c, "send");

	b->send = initial;
	if (!word)
		return 0;
	if (strcmp(word, "none") == 0)
		b->send = SEND_NONE;
	else if (strcmp(word, "all") == 0)
		b->send = SEND_ALL;
	else
		return ctl_fail(e, ERR_INPUT, "--send is none or all, not \"%.40s\".", word);
	return 0;
}

/* What the options say, and which of it was said. */
static int read_booking(struct ctl *c, struct booking *b, unsigned *fields, struct err *e)
{
	struct attendee *people = arena_array(&c->arena, PEOPLE_IN_MAX, sizeof(*people));
	int64_t reminder;

	*b = (struct booking){ .mailbox = c->argv[0],
		.tag = c->argv[1],
		.subject = ctl_flag(c, "subject") ? ctl_flag(c, "subject") : "",
		.body = ctl_flag(c, "text") ? ctl_flag(c, "text") : "",
		.location = ctl_flag(c, "location") ? ctl_flag(c, "location") : "",
		.kind = BUSY_BUSY,
		.private = ctl_flag(c, "private") != NULL,
		.attendees = people };
	if (!str_email(b->mailbox))
		return ctl_fail(e, ERR_INPUT, "\"%.60s\" is no e-mail address.", b->mailbox);
	if (add_people(c, "attendees", ATTENDEE_REQUIRED, people, &b->attendee_count, e) < 0 ||
		add_people(c, "rooms", ATTENDEE_ROOM, people, &b->attendee_count, e) < 0 ||
		read_times(c, b, e) < 0 || read_send(c, SEND_ALL, b, e) < 0 ||
		ctl_flag_int(c, "reminder", -1, REMINDER_MAX, &reminder, e) < 0)
		return -1;
	b->reminder = (int)reminder;
	*fields = (ctl_flag(c, "subject") ? BOOKING_SUBJECT : 0u) |
		(ctl_flag(c, "text") ? BOOKING_BODY : 0u) |
		(ctl_flag(c, "start") ? BOOKING_TIME : 0u) |
		(ctl_flag(c, "location") ? BOOKING_LOCATION : 0u) |
		(b->attendee_count ? BOOKING_ATTENDEES : 0u) |
		(reminder >= 0 ? BOOKING_REMINDER : 0u) | (b->private ? BOOKING_PRIVATE : 0u);
	return 0;
}

/* --- book, change, cancel --- */

static const char *const responses[RESPONSE__MAX] = { "unknown", "organizer", "tentative",
	"accepted", "declined", "none" };

static void print_booked(struct ctl_ews *x, const struct booked *b)
{
	static const char *const keys[] = { "address", "answer", NULL };
	struct ctl_table *t = ctl_out_new(x->c, keys);

	for (size_t i = 0; i < b->reply_count; i++)
		CTL_ROW(x->c, t, C_TEXT(b->replies[i].address),
			C_TEXT(responses[b->replies[i].response]));
	CTL_RECORD(x->c, { "ok", C_BOOL(1) }, { "existed", C_BOOL(b->existed) },
		{ "twice", C_BOOL(b->twice) }, { "id", C_TEXT(b->item.id) },
		{ "read_back", C_BOOL(b->read_back) }, { "in_place", C_BOOL(b->in_place) },
		{ "organizer", C_TEXT(b->organizer) },
		{ "organizer_is_owner", C_BOOL(b->organizer_is_owner) },
		{ "start", C_TIME(b->start) }, { "end", C_TIME(b->end) },
		{ "times_right", C_BOOL(b->times_right) },
		{ "may_change", b->rights_told ? C_BOOL((b->rights & RIGHT_MODIFY) != 0) : C_NONE },
		{ "may_remove", b->rights_told ? C_BOOL((b->rights & RIGHT_DELETE) != 0) : C_NONE },
		{ "answers", C_TABLE(t) });
}

static void on_booked(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct ctl_ews *x = ptr;

	if (o->reason == REASON_OK)
		print_booked(x, b);
	ctl_ews_done(x, o);
}

static void on_cancelled(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct ctl_ews *x = ptr;

	if (o->reason == REASON_OK)
		CTL_RECORD(x->c, { "ok", C_BOOL(1) }, { "existed", C_BOOL(b->existed) });
	ctl_ews_done(x, o);
}

enum act { ACT_BOOK, ACT_CHANGE, ACT_CANCEL };

static int run(struct ctl *c, enum act act, struct booking *b, unsigned fields, struct err *e)
{
	struct ctl_ews *x = ctl_ews_open(c, e);
	const char *note = ctl_flag(c, "note");
	struct book_how how;

	if (!x)
		return -1;
	how = (struct book_how){ line_method(x->line), &x->a,
		act == ACT_CANCEL ? on_cancelled : on_booked, x };
	if (act == ACT_BOOK)
		book_create(ctl_ews_client(x), b, &how);
	else if (act == ACT_CHANGE)
		book_change(ctl_ews_client(x), b, fields, &how);
	else
		book_cancel(
			ctl_ews_client(x), b, ctl_flag(c, "hard") != NULL, note ? note : "", &how);
	ctl_ews_wait(x);
	return ctl_ews_close(x, ctl_ews_told(x, &x->end, c->argc ? c->argv[0] : NULL), e);
}

int ctl_ews_book(struct ctl *c, struct err *e)
{
	struct booking b;
	unsigned fields;

	if (read_booking(c, &b, &fields, e) < 0)
		return -1;
	if (!b.start || !b.subject[0])
		return ctl_fail(e, ERR_INPUT, "A booking needs --subject, --start and --end.");
	return run(c, ACT_BOOK, &b, fields, e);
}

int ctl_ews_change(struct ctl *c, struct err *e)
{
	struct booking b;
	unsigned fields;

	if (read_booking(c, &b, &fields, e) < 0)
		return -1;
	if (!fields)
		return ctl_fail(e, ERR_INPUT, "Nothing is to be changed.");
	return run(c, ACT_CHANGE, &b, fields, e);
}

int ctl_ews_cancel(struct ctl *c, struct err *e)
{
	struct booking b = { .mailbox = c->argv[0], .tag = c->argv[1], .zone = "UTC" };

	if (read_send(c, SEND_ALL, &b, e) < 0)
		return -1;
	if (!str_empty(ctl_flag(c, "note")) && (ctl_flag(c, "hard") || b.send == SEND_NONE))
		return ctl_fail(e, ERR_INPUT,
			"Exchange sends a --note to all and moves it to the bin: leave out %s.",
			ctl_flag(c, "hard") ? "--hard" : "--send none");
	return run(c, ACT_CANCEL, &b, 0, e);
}

/* --- follow --- */

struct following {
	struct ctl_ews *x;
	struct ctl_stream out;
	const char *path;
	int lost; /* the new state could not be written: */
	struct err why;
	int restarted;
};

static void on_seen(void *ptr, const struct item_seen *s)
{
	struct following *f = ptr;
	const struct ctl_cell cells[] = { C_TEXT("seen"), C_TEXT(s->tag), C_TIME(s->start),
		C_TIME(s->end), C_BOOL(s->cancelled), C_TEXT(s->subject), C_TEXT(s->ref.id) };

	ctl_out_stream(f->x->c, &f->out, cells);
}

static void on_gone(void *ptr, const char *id)
{
	struct following *f = ptr;
	const struct ctl_cell cells[] = { C_TEXT("gone"), C_TEXT(""), C_TIME(0), C_TIME(0),
		C_BOOL(0), C_TEXT(""), C_TEXT(id) };

	ctl_out_stream(f->x->c, &f->out, cells);
}

static void on_followed(void *ptr, const struct outcome *o, const char *state, int restarted)
{
	struct following *f = ptr;
	const struct wholefile file = { f->path, 0600, (uid_t)-1 };

	if (o->reason == REASON_OK && f->path)
		f->lost = wholefile_write(&file, state, strlen(state), &f->why) < 0;
	f->restarted = restarted;
	ctl_ews_done(f->x, o);
}

/* A file that is not there yet is the first time. */
static int read_state(struct ctl *c, const char **out, struct err *e)
{
	const char *path = ctl_flag(c, "state");
	struct buf b;
	int rc = 0;

	*out = "";
	if (!path)
		return 0;
	buf_init(&b, STATE_MAX);
	if (buf_file(&b, path, e) == 0)
		*out = str_trim(arena_strdup(&c->arena, buf_str(&b)));
	else if (e->code != ERR_MISSING)
		rc = ctl_fail(e, ERR_INPUT, "%.120s cannot be read.", path);
	buf_done(&b);
	return rc;
}

int ctl_ews_follow(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "what", "booking", "start", "end", "cancelled",
		"subject", "id", NULL };
	static const int widths[] = { 5, 24, 20, 20, 9, 30, 0 };
	struct following f = { .out = { keys, widths, 0 }, .path = ctl_flag(c, "state") };
	struct follow_job job = {
		.seen = on_seen, .gone = on_gone, .done = on_followed, .ptr = &f
	};
	int rc;

	if (read_state(c, &job.state, e) < 0)
		return -1;
	f.x = ctl_ews_open(c, e);
	if (!f.x)
		return -1;
	if (line_method(f.x->line) == METHOD_IMPERSONATION)
		job.impersonate = c->argv[0];
	job.mailbox = ctl_ews_named(f.x, c->argv[0]);
	follow_start(ctl_ews_client(f.x), &job);
	ctl_ews_wait(f.x);
	rc = ctl_ews_listed(f.x, &f.out, "Nothing of ours has changed.", c->argv[0]);
	if (f.restarted)
		ctl_out_warn(c, 1, "restarted",
			"The old state was no longer good: everything was told anew.");
	if (f.lost) {
		*e = f.why;
		rc = -1;
	}
	return ctl_ews_close(f.x, rc, e);
}

/* --- send --- */

static void on_sent(void *ptr, const struct outcome *o, const void *result)
{
	struct ctl_ews *x = ptr;

	(void)result;
	if (o->reason == REASON_OK)
		CTL_RECORD(x->c, { "ok", C_BOOL(1) }, { "to", C_TEXT(x->c->argv[0]) });
	ctl_ews_done(x, o);
}

int ctl_ews_send(struct ctl *c, struct err *e)
{
	const char *const to[] = { c->argv[0] };
	const struct message m = { to, 1, ctl_flag(c, "subject"), ctl_flag(c, "text") };
	struct ctl_ews *x;
	struct client_how how;

	if (!m.subject || !m.text)
		return ctl_fail(e, ERR_INPUT, "A message needs --subject and --text.");
	x = ctl_ews_open(c, e);
	if (!x)
		return -1;
	how = ctl_ews_how(x, NULL, on_sent, x);
	client_send_message(ctl_ews_client(x), &m, &how);
	ctl_ews_wait(x);
	return ctl_ews_close(x, ctl_ews_told(x, &x->end, c->argc ? c->argv[0] : NULL), e);
}
