/* Job "directory": people by name, who is in a distribution list, or the rooms of all room lists.
 *
 * Rules: what is told goes into the store in portions, so that memory does not depend on how much
 * it is; a job that begins again begins with nothing. Addresses are kept in small letters. Rooms
 * become members when all of it was read; one that no list names any more stays, and is told, but
 * only when every list could be read.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "exchange/people.h"
#include "job_kinds.h"
#include "live.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store.h"

enum { PORTION = 200, EMAIL_MAX = 254, TYPE_MAX = 64, NAME_MAX_BYTES = 300, TEXTS = 4 << 20 };

static const char MAILBOX[] = "Mailbox";

enum what { SEARCH, LIST, ROOMS, WHAT__MAX };

static const struct {
	const char *word;  /* in params */
	const char *title; /* of the step */
} whats[WHAT__MAX] = {
	[SEARCH] = { "search", "The directory is searched" },
	[LIST] = { "list", "The distribution list is read" },
	[ROOMS] = { "rooms", "The room lists are read" },
};

struct directory {
	struct job_run *r;
	enum what what;
	const char *text; /* what is searched for, or the list's address */
	struct live live;
	struct people *people;
	struct client_call *call;
	struct resolve_query query;
	int64_t began;		   /* monotonic */
	struct arena texts;	   /* of what waits to be written */
	struct arena answer;	   /* of a search */
	struct found_one *portion; /* that waits */
	size_t waiting;
	struct job_progress progress; /* total: all that were named; done: mailboxes among them */
	struct people_sum sum;
	/* Told at the end: entries without an address, people that hold a room's address. */
	int nameless, kept;
	int fresh;
	int64_t vanished;
	int64_t now; /* when the reading began */
	uint64_t timer;
};

/* --- the end --- */

static void clear(struct directory *d)
{
	people_stop(d->people);
	if (d->call)
		client_cancel(d->call);
	loop_cancel(d->r->engine->loop, d->timer);
	live_close(&d->live);
	arena_done(&d->texts);
	arena_done(&d->answer);
}

static void finish(struct directory *d, enum job_state state, const char *outcome)
{
	clear(d);
	job_end(d->r, state, outcome);
}

static void broken(struct directory *d, const struct err *e)
{
	struct job_run *r = d->r;

	log_err("directory.broken", e);
	clear(d);
	if (e->code == ERR_BUSY)
		job_again(r, "The store was busy.");
	else
		job_end(r, JOB_FAILED, e->say);
}

/* "12 rooms", "1 list" */
static const char *several(struct directory *d, int64_t n, const char *one, const char *many)
{
	return arena_printf(d->r->a, "%lld %s", (long long)n, n == 1 ? one : many);
}

/* What is missing, and why; "" when nothing is. */
static const char *missing(struct directory *d)
{
	const char *text = d->sum.cut ? "; there are more than the server told" : "";

	if (d->sum.missed)
		text = arena_printf(d->r->a, "; %s could not be read",
			several(d, (int64_t)d->sum.missed, "list", "lists"));
	return d->nameless
		? arena_printf(d->r->a, "%s; %d left out: without an address", text, d->nameless)
		: text;
}

static const char *rooms_sentence(struct directory *d)
{
	return arena_printf(d->r->a, "%s in %s%s; %d new%s%s.",
		several(d, d->progress.total, "room", "rooms"),
		several(d, (int64_t)d->sum.lists, "list", "lists"), missing(d), d->fresh,
		d->vanished ? arena_printf(
				      d->r->a, ", %lld no longer in a list", (long long)d->vanished)
			    : "",
		d->kept ? arena_printf(
				  d->r->a, ", %d left out: their addresses are people's", d->kept)
			: "");
}

static const char *sentence(struct directory *d)
{
	if (d->what == ROOMS)
		return rooms_sentence(d);
	if (d->what == SEARCH)
		return arena_printf(d->r->a, "%s for “%s”%s.",
			several(d, d->progress.total, "entry", "entries"), d->text, missing(d));
	return arena_printf(d->r->a, "%s in %s%s.",
		several(d, d->progress.total, "entry", "entries"),
		several(d, (int64_t)d->sum.lists, "list", "lists"), missing(d));
}

/* --- what was named --- */

static int write_rows(struct directory *d, struct err *e)
{
	for (size_t i = 0; i < d->waiting; i++)
		if (store_found_add(d->r->engine->db, &d->portion[i], e) < 0)
			return -1;
	return store_progress_save(d->r->engine->db, &d->progress, e);
}

static int flush(struct directory *d, struct err *e)
{
	struct db *db = d->r->engine->db;

	if (db_begin_patient(db, e) < 0 || db_finish(db, write_rows(d, e), e) < 0)
		return -1;
	d->waiting = 0;
	arena_reset(&d->texts);
	return 0;
}

/* At most so many bytes, and no half character. */
static const char *cut(struct directory *d, const char *text, size_t max)
{
	size_t n = strnlen(text, max);

	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return arena_strndup(&d->texts, text, n);
}

/* What has no address that one can write to cannot be a member, and is only counted. */
static int keep(struct directory *d, const struct people_found *f, struct err *e)
{
	const struct person *who = f->person;
	char *email = str_lower(arena_strdup(&d->texts, who->address));

	if (!str_email(email) || strlen(email) > EMAIL_MAX) {
		d->nameless++;
		return 0;
	}
	d->progress.total++;
	d->progress.done += strcmp(who->type ? who->type : MAILBOX, MAILBOX) == 0;
	d->portion[d->waiting++] = (struct found_one){ .job = d->r->job->id,
		.n = d->progress.total,
		.email = email,
		.name = cut(d, who->name, NAME_MAX_BYTES),
		.type = cut(d, who->type ? who->type : MAILBOX, TYPE_MAX),
		.list = cut(d, f->list, EMAIL_MAX),
		.list_name = cut(d, f->list_name, NAME_MAX_BYTES) };
	return d->waiting == PORTION ? flush(d, e) : 0;
}

static void on_told(void *ptr, const struct people_found *f)
{
	struct directory *d = ptr;
	struct err e;

	if (keep(d, f, &e) == 0)
		return;
	people_stop(d->people);
	d->people = NULL;
	broken(d, &e);
}

/* --- rooms become members --- */

static const char *list_name(const struct found_one *f)
{
	return str_empty(f->list_name) ? f->list : f->list_name;
}

/* 1 it is a room of the account, 0 the address is a person's, -1 */
static int take_member(struct directory *d, const struct found_one *f, int64_t *id, struct err *e)
{
	struct db *db = d->r->engine->db;
	struct member m = { .account = d->r->job->account,
		.email = f->email,
		.name = f->name,
		.kind = MEMBER_ROOM,
		.calendar = "" };
	struct member old;
	int rc;

	*id = f->member;
	if (!f->member) {
		d->fresh++;
		return store_member_add(db, &m,
			       arena_printf(&d->texts, "From the room list %s.", list_name(f)),
			       d->r->job->by_name, id, e) < 0
			? -1
			: 1;
	}
	rc = store_member_get(db, &d->texts, m.account, f->member, &old, e);
	if (rc != 1 || old.kind != MEMBER_ROOM)
		return rc < 0 ? -1 : 0;
	if (str_empty(f->name) || strcmp(old.name, f->name) == 0)
		return 1;
	old.name = f->name;
	return store_member_edit(db, &old, e) < 0 ? -1 : 1;
}

static int take_room(struct directory *d, const struct found_one *f, struct err *e)
{
	struct room room = { .account = d->r->job->account,
		.list = f->list,
		.list_name = list_name(f),
		.seen_at = d->now };
	int rc = take_member(d, f, &room.member, e);

	d->kept += rc == 0;
	return rc == 1 ? store_room_listed(d->r->engine->db, &room, e) : rc;
}

/* The next rooms: how many, 0 there are no more, -1. */
static int take_rooms(struct directory *d, struct err *e)
{
	struct found_one *list;
	int n = store_found_list(d->r->engine->db, &d->texts, d->r->job,
		(struct page_of){ d->progress.cursor, PORTION }, &list, e);

	for (int i = 0; i < n; i++) {
		if (take_room(d, &list[i], e) < 0)
			return -1;
		d->progress.cursor = list[i].n;
	}
	return n;
}

static int note_rooms(struct directory *d, struct err *e)
{
	const struct chronicle row = { .account = d->r->job->account,
		.action = "rooms.read",
		.about = "Room lists",
		.detail = rooms_sentence(d),
		.by = d->r->job->by_name,
		.request = d->r->job->request };

	return d->fresh || d->vanished ? chronicle_add(d->r->engine, &row, e) : 0;
}

/* Of lists that could not be read nothing is known. */
static int end_rooms(struct directory *d, struct err *e)
{
	if (!d->sum.cut)
		d->vanished = store_room_unlisted(d->r->engine->db, d->r->job->account, d->now, e);
	return d->vanished < 0 ? -1 : note_rooms(d, e);
}

static int rooms_turn(struct directory *d, struct err *e)
{
	int n = take_rooms(d, e);

	if (n == 0 && end_rooms(d, e) < 0)
		return -1;
	return n;
}

static void on_rooms(void *ptr)
{
	struct directory *d = ptr;
	struct db *db = d->r->engine->db;
	struct err e;
	int n;

	d->timer = 0;
	n = db_begin_patient(db, &e) < 0 ? -1 : db_finish(db, rooms_turn(d, &e), &e);
	arena_reset(&d->texts);
	if (n < 0)
		broken(d, &e);
	else if (n == 0)
		finish(d, JOB_DONE, sentence(d));
	else
		d->timer = loop_after(d->r->engine->loop, 0, on_rooms, d);
}

/* --- the end of the questions --- */

/* A search that found nobody is an answer, too: the step says what may hide them. */
static void ended(struct directory *d, const struct outcome *o)
{
	const int64_t ms = clock_mono_ms() - d->began;
	const int none = o->reason == REASON_NOTHING_FOUND;
	struct err e;

	live_heard(&d->live, o, ms);
	live_tell(&d->live, whats[d->what].title,
		o->reason == REASON_OK ? STEP_OK
			: none	       ? STEP_NOTE
				       : STEP_FAILED,
		o, ms);
	if (o->reason != REASON_OK) {
		finish(d, none ? JOB_DONE : JOB_FAILED, reason_row(o->reason)->say);
		return;
	}
	if (flush(d, &e) < 0)
		broken(d, &e);
	else if (d->what == ROOMS)
		d->timer = loop_after(d->r->engine->loop, 0, on_rooms, d);
	else
		finish(d, JOB_DONE, sentence(d));
}

static void on_people(void *ptr, const struct outcome *o, const struct people_sum *sum)
{
	struct directory *d = ptr;

	d->people = NULL;
	d->sum.lists = sum->lists;
	d->sum.missed = sum->missed;
	d->sum.cut |= sum->cut;
	ended(d, o);
}

static void on_resolved(void *ptr, const struct outcome *o, const void *result)
{
	const struct people_result *r = result;
	struct directory *d = ptr;
	struct err e;

	d->call = NULL;
	if (o->reason != REASON_OK) {
		ended(d, o);
		return;
	}
	d->sum.cut |= r->more;
	for (size_t i = 0; i < r->count; i++) {
		const struct people_found f = { &r->list[i], "", "" };

		if (keep(d, &f, &e) < 0) {
			broken(d, &e);
			return;
		}
	}
	ended(d, o);
}

/* --- the beginning --- */

static void ask(struct directory *d)
{
	struct client *c = line_client(d->live.line);
	const struct client_how how = {
		.a = &d->answer, .impersonate = client_acts_as(c), .done = on_resolved, .ptr = d
	};
	const struct people_job job = {
		.list = d->what == LIST ? d->text : "", .told = on_told, .done = on_people, .ptr = d
	};

	d->query.text = d->text;
	if (d->what == SEARCH)
		d->call = client_resolve_name(c, &d->query, &how);
	else
		d->people = people_start(c, &job);
}

/* The params come from the web tier, which is not trusted. */
static int read_params(struct directory *d)
{
	const char *word = url_get(d->r->a, d->r->job->params, "what");

	d->text = url_get(d->r->a, d->r->job->params, "text");
	while (d->what < WHAT__MAX && (!word || strcmp(whats[d->what].word, word) != 0))
		d->what++;
	if (d->what == WHAT__MAX || !d->text)
		return -1;
	return d->what == LIST && !str_email(d->text) ? -1 : 0;
}

static int begin(struct directory *d, struct err *e)
{
	d->progress = (struct job_progress){ .job = d->r->job->id, .began = d->now };
	if (store_found_clear(d->r->engine->db, d->r->job->id, e) < 0)
		return -1;
	return live_open(&d->live, d->r, e);
}

static void start(struct job_run *r)
{
	struct directory *d = arena_alloc(r->a, sizeof(*d));
	struct outcome none = { .reason = REASON_OK };
	struct err e;

	*d = (struct directory){ .r = r, .began = clock_mono_ms(), .now = clock_now() };
	r->state = d;
	arena_init(&d->texts, TEXTS);
	arena_init(&d->answer, JOB_ARENA);
	d->portion = arena_array(r->a, PORTION, sizeof(*d->portion));
	if (read_params(d) < 0) {
		finish(d, JOB_FAILED, "This is nothing the directory can be asked for.");
		return;
	}
	if (begin(d, &e) < 0) {
		broken(d, &e);
		return;
	}
	live_tell(&d->live, whats[d->what].title, STEP_RUNNING, &none, 0);
	ask(d);
}

static int stop(struct job_run *r)
{
	clear(r->state);
	return 1;
}

const struct job_kind job_directory = {
	.name = "directory",
	.start = start,
	.stop = stop,
	.attempts = 3,
	.limit = 1800,
	.pause = 10,
};
