/* Answers to every EWS question: the first byte chooses the operation, the second the status, the
 * rest is the body. The body is freed before the result is looked at, so that nothing in it may
 * point there; every text must be there and valid UTF-8, every number within its range.
 */
#include "fuzz.h"
#include "ews/ews.h"
#include "exchange/zone.h"
#include "platform/str.h"

#define FROM INT64_C(1795392000) /* 2026-11-23 */
enum { ANSWER_MAX = 1 << 20, PARTS = 3, DAY_MINUTES = 1440 };

/* --- questions --- */

static const struct folder_ask folder_list[PARTS] = { { "anna@acme.test", FOLDER_CALENDAR },
	{ NULL, FOLDER_INBOX }, { NULL, FOLDER_ROOT } };
static const char *const people[PARTS] = { "anna@acme.test", "bob@acme.test", "eve@acme.test" };
static const struct item_ref refs[PARTS] = { { "A=", "CK" }, { "B=", "" }, { "C=", "" } };

static const struct folders_query open_folders = { folder_list, PARTS,
	FOLDER_WANT_RIGHTS | FOLDER_WANT_COUNTS | FOLDER_WANT_PERMISSIONS };
static const struct delegates_query list_delegates = { "anna@acme.test" };
static const struct busy_query get_busy = { people, 2, FROM, FROM + 86400 };
static const struct events_query list_events = { "anna@acme.test", FROM, FROM + 86400, 100 };
static const struct tagged_query find_tagged = { "anna@acme.test", "42" };
static const struct booking create_booking = { .tag = "42" };
static const struct change_query change_booking = { .item = { "A=", "CK" } };
static const struct remove_query remove_item = { .item = { "A=", "CK" } };
static const struct items_query get_items = { refs, PARTS };
static const struct sync_query sync_calendar = { NULL, "", 100 };
static const struct mail_query find_mail = { FOLDER_INBOX, "", 20 };
static const struct message send_message = { people, 1, "S", "T" };
static const struct resolve_query resolve_name = { "anna" };
static const struct expand_query expand_list = { "team@acme.test" };
static const struct room_lists_query list_room_lists;
static const struct expand_query list_rooms = { "rooms@acme.test" };
static const struct zones_query server_zones = { .rules_at = 1795420800 };

static const void *const queries[EXCHANGE__MAX] = {
#define FUZZ_QUERY(name, fn, query, result, twice) &fn,
	EXCHANGE_OPS(FUZZ_QUERY)
#undef FUZZ_QUERY
};

/* --- results --- */

static void need(int holds)
{
	if (!holds)
		abort();
}

static void text(const char *s)
{
	need(s != NULL && (str_empty(s) || str_utf8(s, strlen(s))));
}

static void address(const char *s)
{
	text(s);
	need(str_empty(s) || str_email(s));
}

static void ref(const struct item_ref *r)
{
	text(r->id);
	text(r->change_key);
}

static void part(const struct part *p)
{
	need((unsigned)p->reason < REASON__MAX);
	text(p->code);
}

static void walk_open_folders(const void *result)
{
	const struct folders_result *r = result;
	const struct folder_seen *f;
	size_t i;

	need(r->count == PARTS);
	for (f = r->list; r->count && f < r->list + r->count; f++) {
		part(&f->ended);
		if (f->ended.reason != REASON_OK)
			continue;
		text(f->id);
		text(f->change_key);
		text(f->name);
		text(f->class);
		need((unsigned)f->detail < DETAIL__MAX);
		for (i = 0; i < f->permission_count; i++) {
			text(f->permissions[i].who);
			text(f->permissions[i].name);
			text(f->permissions[i].level);
		}
	}
}

static void walk_list_delegates(const void *result)
{
	const struct delegates_result *r = result;
	const struct delegate *d;

	text(r->deliver);
	for (d = r->list; r->count && d < r->list + r->count; d++) {
		part(&d->ended);
		if (d->ended.reason != REASON_OK)
			continue;
		text(d->address);
		text(d->name);
		text(d->sid);
		text(d->calendar);
	}
}

static void walk_get_busy(const void *result)
{
	const struct busy_result *r = result;
	const struct busy_seen *b;
	size_t i;

	need(r->count == get_busy.count);
	for (b = r->list; r->count && b < r->list + r->count; b++) {
		part(&b->ended);
		for (i = 0; b->ended.reason == REASON_OK && i < b->count; i++) {
			need(b->spans[i].start <= b->spans[i].end);
			need(i == 0 || b->spans[i - 1].start <= b->spans[i].start);
			need((unsigned)b->spans[i].kind < BUSY__MAX);
		}
		need(!b->has_zone || (b->zone.standard.month >= 0 && b->zone.daylight.month <= 12));
	}
}

static void walk_list_events(const void *result)
{
	const struct events_result *r = result;
	const struct event *v;

	need(r->count <= 100);
	for (v = r->list; r->count && v < r->list + r->count; v++) {
		text(v->id);
		text(v->change_key);
		text(v->uid);
		text(v->tag);
		need(!str_empty(v->id) && v->start <= v->end && (unsigned)v->kind < BUSY__MAX);
	}
}

static void walk_find_tagged(const void *result)
{
	const struct events_result *r = result;
	size_t i;

	walk_list_events(result);
	for (i = 0; i < r->count; i++)
		need(strcmp(r->list[i].tag, find_tagged.tag) == 0);
}

static void walk_create_booking(const void *result)
{
	ref(result);
	need(!str_empty(((const struct item_ref *)result)->id));
}

static void walk_change_booking(const void *result)
{
	walk_create_booking(result);
}

static void walk_remove_item(const void *result)
{
	(void)result;
}

/* Of what is not ours, only the id is there. */
static void walk_get_items(const void *result)
{
	const struct items_result *r = result;
	const struct item_seen *s;
	size_t i;

	need(r->count == PARTS);
	for (s = r->list; r->count && s < r->list + r->count; s++) {
		part(&s->ended);
		ref(&s->ref);
		text(s->folder);
		text(s->tag);
		text(s->uid);
		text(s->subject);
		address(s->organizer);
		need((s->ended.reason == REASON_OK) <= !str_empty(s->tag));
		need(s->ended.reason == REASON_OK || (!*s->subject && s->reply_count == 0));
		for (i = 0; i < s->reply_count; i++) {
			address(s->replies[i].address);
			need((unsigned)s->replies[i].response < RESPONSE__MAX);
		}
	}
}

static void walk_sync_calendar(const void *result)
{
	const struct sync_result *r = result;
	size_t i;

	text(r->state);
	need(!str_empty(r->state));
	for (i = 0; i < r->count; i++) {
		ref(&r->list[i].item);
		need(!str_empty(r->list[i].item.id));
	}
}

static void walk_find_mail(const void *result)
{
	const struct mail_result *r = result;
	const struct mail_seen *m;

	need(r->count <= 20 && r->total >= -1);
	for (m = r->list; r->count && m < r->list + r->count; m++) {
		ref(&m->ref);
		text(m->class);
		address(m->from);
		address(m->sender);
		address(m->for_whom);
		need(m->delegated == 0 || m->delegated == 1);
	}
}

static void walk_send_message(const void *result)
{
	(void)result;
}

static void walk_resolve_name(const void *result)
{
	const struct people_result *r = result;
	size_t i;

	for (i = 0; i < r->count; i++) {
		text(r->list[i].name);
		address(r->list[i].address);
		text(r->list[i].type);
	}
}

static void walk_expand_list(const void *result)
{
	walk_resolve_name(result);
}

static void walk_list_room_lists(const void *result)
{
	walk_resolve_name(result);
}

static void walk_list_rooms(const void *result)
{
	walk_resolve_name(result);
}

static void change(const struct zone_change *c)
{
	need(c->bias >= -2 * DAY_MINUTES && c->bias <= 2 * DAY_MINUTES);
	need(c->month >= 0 && c->month <= 12 && c->day >= 0 && c->day <= 6);
	need(c->order >= (c->month > 0) && c->order <= 5);
	need(c->second >= 0 && c->second <= DAY_MINUTES * 60);
}

/* They are within their ranges, and a clock can be made of them. */
static void rules(const struct zone_rules *z, int64_t until)
{
	struct zone_turn turns[ZONE_TURNS];
	char name[ZONE_NAME];
	int n;

	need(z->bias >= -DAY_MINUTES && z->bias <= DAY_MINUTES && until > server_zones.rules_at);
	change(&z->standard);
	change(&z->daylight);
	n = zone_rules_turns(z, server_zones.rules_at, turns);
	need(n >= 0 && n <= ZONE_TURNS);
	for (int i = 0; i < n; i++)
		need(turns[i].at > (i ? turns[i - 1].at : server_zones.rules_at));
	if (zone_of_rules(z, server_zones.rules_at, name) == 0)
		need(zone_known(name));
	(void)zone_same(z, "Europe/Berlin", server_zones.rules_at, until);
}

static void walk_server_zones(const void *result)
{
	const struct zones_result *r = result;
	size_t i;

	for (i = 0; i < r->count; i++) {
		text(r->list[i].id);
		text(r->list[i].name);
		if (r->list[i].has_rules)
			rules(&r->list[i].rules, r->list[i].rules_until);
	}
}

static void (*const walks[EXCHANGE__MAX])(const void *result) = {
#define FUZZ_WALK(name, fn, query, result, twice) walk_##fn,
	EXCHANGE_OPS(FUZZ_WALK)
#undef FUZZ_WALK
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 500, 503, 400, 302, 204, 403, 429 };
	static const char headers[] = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n";
	struct dialect_ask ask = { .version = EWS_2010_SP2, .mailbox = "svc@acme.test" };
	struct dialect_reply r = { .headers = headers, .headers_len = sizeof(headers) - 1 };
	struct outcome o = { 0 };
	struct arena a;
	void *result;
	char *body;

	if (size < 2 || size > ANSWER_MAX)
		return 0;
	ask.op = (enum exchange_op)(data[0] % EXCHANGE__MAX);
	ask.query = queries[ask.op];
	body = fuzz_text(data + 2, size - 2);
	r.status = statuses[data[1] % 8];
	r.body = body;
	r.body_len = size - 2;
	arena_init(&a, (size_t)512 << 20);
	result = arena_alloc(&a, dialect_result_size(ask.op));
	dialect_ews.read(&ask, &r, &a, result, &o);
	memset(body, 0xa5, size - 1);
	free(body);
	need((unsigned)o.reason < REASON__MAX);
	text(o.code);
	text(o.said);
	text(o.version);
	if (o.reason == REASON_OK)
		walks[ask.op](result);
	arena_done(&a);
	return 0;
}
