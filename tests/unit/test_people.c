/* Lists and the lists inside them, and rooms, against a scripted client: each address once, circles
 * come to an end, limits are told, and a list that cannot be read costs only itself.
 */
#include "tests/unit/script_unit.h"

#include <strings.h>
#include "exchange/people.h"

enum { TOLD_MAX = 64, BIG = 60000 };

/* What is in which list; a member that begins with "list" is one. */
static const struct list {
	const char *address;
	const char *members[6];
	enum reason reason;
	int more;
} lists[] = {
	{ "list-all@x.test", { "anna@x.test", "list-north@x.test", "list-south@x.test" }, 0, 0 },
	{ "list-north@x.test", { "Bob@x.test", "ANNA@X.test", "list-all@x.test" }, 0, 0 },
	{ "list-south@x.test", { "carl@x.test", "list-North@x.test", "list-ice@x.test" }, 0, 0 },
	{ "list-ice@x.test", { "dora@x.test" }, 0, 0 },
	{ "list-self@x.test", { "list-self@x.test", "anna@x.test" }, 0, 0 },
	{ "list-broken@x.test", { "anna@x.test", "list-secret@x.test", "bob@x.test" }, 0, 0 },
	{ "list-secret@x.test", { NULL }, REASON_NOTHING_FOUND, 0 },
	{ "list-cut@x.test", { "anna@x.test" }, 0, 1 },
	{ "list-odd@x.test", { "", "", "list-@noaddress" }, 0, 0 },
	{ "list-stopped@x.test", { "list-refused@x.test", "list-ice@x.test" }, 0, 0 },
	{ "list-refused@x.test", { NULL }, REASON_SIGNIN_REFUSED, 0 },
	{ "rooms-hq@x.test", { "room1@x.test", "room2@x.test" }, 0, 0 },
	{ "rooms-lab@x.test", { "room2@x.test", "list-room@x.test" }, 0, 0 },
	{ "rooms-gone@x.test", { NULL }, REASON_NOTHING_FOUND, 0 },
};

struct world {
	struct client client;
	struct people *run;
	enum reason rooms;
	char told[TOLD_MAX][40];
	char list[TOLD_MAX][40];
	char name[TOLD_MAX][40];
	int count;
	int stop_told;
	int done, cut;
	struct people_sum sum;
	enum reason end;
};

/* --- the server --- */

static void add(struct arena *a, struct people_result *r, const char *name)
{
	int is_list = strncmp(name, "list-", 5) == 0;

	r->list[r->count++] = (struct person){ .name = "A name",
		.address = strchr(name, '.') ? arena_strdup(a, name) : "",
		.type = is_list ? "PublicDL" : "Mailbox" };
}

/* Lists without end: in each two others; and one with very many people. */
static void endless(struct arena *a, const char *address, struct people_result *r)
{
	unsigned n = (unsigned)strtoul(address + 8, NULL, 10);

	r->list = arena_array(a, strncmp(address, "list-big", 8) == 0 ? BIG : 2, sizeof(*r->list));
	if (strncmp(address, "list-big", 8) == 0) {
		for (int i = 0; i < BIG; i++)
			add(a, r, arena_printf(a, "person%d@x.test", i));
	} else if (strncmp(address, "list-dee", 8) == 0) {
		add(a, r, arena_printf(a, "deep%u@x.test", n));
		add(a, r, arena_printf(a, "list-dee%u@x.test", n + 1));
	} else {
		add(a, r, arena_printf(a, "list-wid%u@x.test", 2 * n));
		add(a, r, arena_printf(a, "list-wid%u@x.test", 2 * n + 1));
	}
}

static void expand(const struct client_call *k, struct outcome *o, struct people_result *r)
{
	const struct expand_query *q = k->query;

	for (size_t i = 0; i < COUNT(lists); i++) {
		if (strcasecmp(lists[i].address, q->address) != 0)
			continue;
		if (lists[i].reason) {
			unit_fail(o, lists[i].reason, NEXT_NOTHING);
			return;
		}
		r->list = arena_array(k->how.a, COUNT(lists[i].members), sizeof(*r->list));
		for (size_t j = 0; j < COUNT(lists[i].members) && lists[i].members[j]; j++)
			add(k->how.a, r, lists[i].members[j]);
		r->more = lists[i].more;
		return;
	}
	endless(k->how.a, q->address, r);
}

static void room_lists(const struct client_call *k, struct people_result *r)
{
	r->list = arena_array(k->how.a, COUNT(lists), sizeof(*r->list));
	for (size_t i = 0; i < COUNT(lists); i++)
		if (strncmp(lists[i].address, "rooms", 5) == 0)
			add(k->how.a, r, lists[i].address);
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;

	assert_false(w->done);
	if (k->op == EXCHANGE_LIST_ROOM_LISTS && w->rooms)
		unit_fail(o, w->rooms, NEXT_NOTHING);
	else if (k->op == EXCHANGE_LIST_ROOM_LISTS)
		room_lists(k, r);
	else
		expand(k, o, r);
}

/* --- who hears of it --- */

static void told(void *ptr, const struct people_found *f)
{
	struct world *w = ptr;
	int i = w->count % TOLD_MAX;

	assert_false(w->done);
	snprintf(w->told[i], sizeof(w->told[i]), "%s", f->person->address);
	snprintf(w->list[i], sizeof(w->list[i]), "%s", f->list);
	snprintf(w->name[i], sizeof(w->name[i]), "%s", f->list_name);
	if (++w->count == w->stop_told)
		people_stop(w->run);
}

static void done(void *ptr, const struct outcome *o, const struct people_sum *sum)
{
	struct world *w = ptr;

	assert_false(w->done);
	w->done = 1;
	w->end = o->reason;
	w->cut = sum->cut;
	w->sum = *sum;
}

static void begin(struct world *w, const char *list)
{
	struct people_job job = { .list = list, .told = told, .done = done, .ptr = w };

	w->run = people_start(&w->client, &job);
	assert_int_equal(w->client.asked, 0);
}

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	unit_open(&w->client, answer, w);
}

static void run(struct world *w, const char *list)
{
	begin(w, list);
	unit_run(&w->client, &w->done, 10000);
	assert_true(w->done);
	assert_true(w->client.first_alone);
	assert_true(w->client.most_flying <= PEOPLE_FLYING);
	unit_close(&w->client);
}

/* --- tests --- */

static const struct row {
	const char *list;
	int people, asked, cut;
	enum reason end;
} rows[] = {
	{ "list-all@x.test", 4, 4, 0, 0 },
	{ "LIST-ALL@x.test", 4, 4, 0, 0 },
	{ "list-self@x.test", 1, 1, 0, 0 },
	{ "list-broken@x.test", 2, 2, 1, 0 },
	{ "list-secret@x.test", 0, 1, 0, REASON_NOTHING_FOUND },
	{ "list-cut@x.test", 1, 1, 1, 0 },
	{ "list-odd@x.test", 2, 1, 1, 0 },
	{ "list-dee0@x.test", PEOPLE_DEPTH + 1, PEOPLE_DEPTH + 1, 1, 0 },
	{ "list-wid1@x.test", 0, (1 << (PEOPLE_DEPTH + 1)) - 1, 1, 0 },
	{ "list-big@x.test", PEOPLE_MAX, 1, 1, 0 },
	{ "", 3, 4, 1, 0 },
};

static void test_lists(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *x = &rows[i];
		int asked = x->asked < PEOPLE_LISTS ? x->asked : PEOPLE_LISTS;

		for (enum order o = 0; o < ORDER__MAX; o++) {
			world_init(&w);
			w.client.order = o;
			run(&w, x->list);
			/* In a room list whatever there is is a room. */
			if (w.count != x->people || w.client.asked != asked || w.cut != x->cut ||
				w.end != x->end)
				fail_msg("%s: %d people, %d asked, cut %d, %s", x->list, w.count,
					w.client.asked, w.cut, reason_row(w.end)->code);
		}
	}
}

static void test_where(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	run(&w, "list-all@x.test");
	assert_string_equal(w.told[0], "anna@x.test");
	assert_string_equal(w.list[0], "list-all@x.test");
	assert_string_equal(w.told[1], "Bob@x.test");
	assert_string_equal(w.list[1], "list-north@x.test");
	assert_string_equal(w.name[0], "");
	assert_string_equal(w.name[1], "A name");
}

/* How many lists were read, and how many could not be. */
static void test_sum(void **state)
{
	static const struct {
		const char *list;
		size_t lists, missed;
	} sums[] = {
		{ "list-all@x.test", 4, 0 },
		{ "list-broken@x.test", 1, 1 },
		{ "list-secret@x.test", 0, 0 },
		{ "", 2, 1 },
	};
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(sums); i++) {
		world_init(&w);
		run(&w, sums[i].list);
		assert_int_equal(w.sum.lists, sums[i].lists);
		assert_int_equal(w.sum.missed, sums[i].missed);
	}
}

static void test_refused(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w);
	run(&w, "list-stopped@x.test");
	assert_int_equal(w.end, REASON_SIGNIN_REFUSED);
	assert_int_equal(w.client.asked_of[EXCHANGE_EXPAND_LIST], 3); /* both went out together */
	world_init(&w);
	w.rooms = REASON_UNSUPPORTED;
	run(&w, "");
	assert_int_equal(w.end, REASON_UNSUPPORTED);
	assert_int_equal(w.client.asked, 1);
}

static void test_stop(void **state)
{
	static struct world w;

	(void)state;
	for (int n = 0; n < 4; n++) {
		world_init(&w);
		begin(&w, "list-all@x.test");
		unit_run(&w.client, &w.done, n);
		people_stop(w.run);
		assert_false(w.done);
		unit_close(&w.client);

		world_init(&w);
		w.stop_told = n + 1;
		begin(&w, "list-all@x.test");
		unit_run(&w.client, &w.done, 100);
		assert_false(w.done);
		assert_int_equal(w.count, n + 1);
		unit_close(&w.client);
	}
	people_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
