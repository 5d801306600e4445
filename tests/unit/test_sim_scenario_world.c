/*
 * What the scenario language does to a world: files and where their mistakes are, hostile bytes,
 * the effects of statements, events, and rules that change things by themselves.
 */
#include "tests/unit/unit.h"
#include "tests/unit/scenario_unit.h"

/* A file in a fresh directory. */
static char *directory;
static void write_file(const char *name, const char *text)
{
	char *path = format("%s/%s", directory, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void test_files(void **state)
{
	char template[] = "/tmp/latchkey-sim-test-XXXXXX";
	static const char *const names[] = { "a.sim", "b.sim", "loop.sim", "zero.sim", "good.pem" };
	struct world *other = world_new();
	struct scenario_error e = { 0 };
	char *path;

	(void)state;
	directory = mkdtemp(template);
	assert_non_null(directory);
	write_file("a.sim", "# first\nseed 5\n\ninclude b.sim\norganisation A\n");
	write_file("b.sim", "organisation B\nseed 6\n");
	path = format("%s/a.sim", directory);
	assert_int_equal(scenario_read(other, path, &e), 0);
	assert_int_equal(other->seed, 6);
	assert_string_equal(other->organisation, "A");
	assert_string_equal(other->name, "a");
	assert_true(other->live);
	write_file("b.sim", "organisation B\nsede 6\n");
	read_scenario(path, "b.sim:2: 'sede' is not a statement; did you mean 'seed'?");
	write_file("a.sim", "seed 5\ninclude c.sim\n");
	read_scenario(path, "a.sim:2: cannot read");
	write_file("loop.sim", "include loop.sim\n");
	free(path);
	path = format("%s/loop.sim", directory);
	read_scenario(path, "included too deeply");
	free(path);
	write_file("good.pem", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
	write_file("a.sim",
		"premise c online host o.test\napp one tenant c\ncertificate x "
		"good.pem expires 2030-01-01\n");
	path = format("%s/a.sim", directory);
	read_scenario(path, NULL);
	free(path);
	world_free(other);
	for (size_t i = 0; i < COUNT(names); i++) {
		path = format("%s/%s", directory, names[i]);
		unlink(path);
		free(path);
	}
	rmdir(directory);
}

static void test_many_words(void **state)
{
	struct text t = { 0 };

	(void)state;
	line("group staff@example.test");
	text_puts(&t, "member");
	for (int i = 0; i < 126; i++)
		text_puts(&t, " anna@example.test");
	line(t.at);
	text_puts(&t, " anna@example.test anna@example.test");
	wrong(t.at, "too many words");
	text_free(&t);
}

static void test_effects(void **state)
{
	const struct mailbox *anna = world_mailbox(w, "anna@example.test");
	const struct mailbox *svc = world_mailbox(w, "svc@example.test");
	const struct premise *hq = world_premise(w, "hq");
	const struct front_end *f;

	(void)state;
	line("mailbox anna@example.test ; grant svc@example.test Editor ; revoke svc@example.test");
	assert_int_equal(world_rights(w, anna, 0, svc, world_now(w)), RIGHT_BUSY_SIMPLE);
	line("grant svc@example.test None");
	assert_int_equal(world_rights(w, anna, 0, svc, world_now(w)), 0);
	line("password one ; new-password two ; login aberg");
	assert_string_equal(anna->identity->old[0].password, "one");
	assert_ptr_equal(world_identity(w, "EXAMPLE\\aberg"), anna->identity);
	assert_ptr_equal(anna->identity->mailbox, anna);
	line("state locked");
	assert_true(anna->identity->locked_until > world_now(w));
	line("state well");
	assert_true(anna->identity->locked_until == 0);
	line("moved-to cloud");
	assert_ptr_equal(anna->knows, hq);
	line("home hq");
	assert_null(anna->knows);
	line("premise hq ; front-end A ; front-end B broken lag 30 ; front-end C ; front-end B "
	     "well");
	f = hq->front_ends;
	assert_string_equal(f->name, "A");
	assert_string_equal(f->next->name, "B");
	assert_false(f->next->broken);
	assert_int_equal(f->next->lag, 30);
	line("throttle concurrency 3 budget 30s ; throttle find-page 5");
	assert_int_equal(hq->throttle.concurrency, 3);
	assert_true(hq->throttle.budget_ms == 30000);
	assert_int_equal(hq->throttle.find_page, 5);
	line("unsure pr-rights hidden");
	assert_string_equal(world_unsure_value(hq, UNSURE_PR_RIGHTS), "hidden");
	line("clock +1h");
	assert_true(world_now(w) == civil_at(2026, 11, 23, 9, 0, 0));
	line("clock 2026-11-24T00:00:00+01:00 frozen");
	assert_true(world_now(w) == civil_at(2026, 11, 23, 23, 0, 0));
	line("fault one delay 7 op Get* chance 2.5% times 3");
	assert_int_equal(w->faults->next->per_mille, 25);
	assert_true(w->faults->next->left == 3);
	line("fault one reset");
	assert_string_equal(w->faults->next->kind->name, "reset");
	assert_null(w->faults->next->next);
}

static void has_occurrences(const char *address, const char *from, const char *expected)
{
	struct calendar_view v;
	struct text t = { 0 };
	utc_t at;
	enum when_kind kind;

	assert_true(when_read(from, &at, &kind));
	calendar_view(w, world_mailbox(w, address), at, at + 35 * 86400, &v);
	for (int i = 0; i < v.n; i++) {
		when_write_utc(&t, v.at[i].start);
		text_printf(&t, "+%lldm ", (long long)(v.at[i].end - v.at[i].start) / 60);
	}
	calendar_done(&v);
	assert_string_equal(t.at ? t.at : "", expected);
	text_free(&t);
}

static void test_events(void **state)
{
	static const struct {
		const char *line, *from, *expected;
	} events[] = {
		/* A day is a day by its own clock: 23 hours when daylight time begins. */
		{ "event A 2027-03-28 free", "2027-03-20", "2027-03-27T23:00:00Z+1380m " },
		{ "event A 2027-03-26T10:00 1h repeat daily times 3", "2027-03-20",
			"2027-03-26T09:00:00Z+60m 2027-03-27T09:00:00Z+60m "
			"2027-03-28T08:00:00Z+60m " },
		/* The first day is the first that the rule names. */
		{ "event A 2026-12-01T10:00 repeat weekly fri times 2", "2026-11-23",
			"2026-12-04T09:00:00Z+30m 2026-12-11T09:00:00Z+30m " },
		{ "event A 2026-12-01T10:00 repeat monthly 2 tue until 2027-01-01", "2026-11-23",
			"2026-12-08T09:00:00Z+30m " },
		{ "event A 2026-11-23T10:00 repeat weekly mon,wed every 2 until 2026-12-10 except "
		  "2026-11-25",
			"2026-11-23",
			"2026-11-23T09:00:00Z+30m 2026-12-07T09:00:00Z+30m "
			"2026-12-09T09:00:00Z+30m " },
		{ "event A 2026-11-26T09:00 1h zone America/New_York", "2026-11-23",
			"2026-11-26T14:00:00Z+60m " },
		{ "event A 2026-11-26T09:00Z 1h", "2026-11-23", "2026-11-26T09:00:00Z+60m " },
		{ "event A monday+1T09:00 1h", "2026-11-23", "2026-11-30T08:00:00Z+60m " },
		{ "event A today-1T09:00 1h", "2026-11-20", "2026-11-22T08:00:00Z+60m " },
		{ "event A 2026-11-30 repeat monthly last mon times 1", "2026-11-23",
			"2026-11-29T23:00:00Z+1440m " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(events); i++) {
		line("mailbox anna@example.test");
		line(events[i].line);
		has_occurrences("anna@example.test", events[i].from, events[i].expected);
		line("no-event all");
	}
}

static void test_every(void **state)
{
	const struct mailbox *anna = world_mailbox(w, "anna@example.test");
	const struct mailbox *bert = world_mailbox(w, "bert@example.test");

	(void)state;
	rules_live(w);
	assert_true(scenario_next(w) == 60);
	scenario_tick(w);
	assert_false(anna->hidden);
	line("clock +60s");
	scenario_tick(w);
	assert_true(anna->hidden);
	line("clock +60s");
	scenario_tick(w);
	assert_false(anna->hidden);
	/* Two turns fell into this time. */
	line("clock +125s");
	scenario_tick(w);
	assert_false(anna->hidden);
	assert_true(scenario_next(w) == 55);
	line("mailbox bert@example.test");
	line("every 10s first 3s as bert : ews no | ews yes ; moving yes | hidden yes");
	assert_true(scenario_next(w) == 3);
	line("mailbox anna@example.test");
	line("clock +3s");
	scenario_tick(w);
	assert_false(bert->ews);
	line("clock +10s");
	scenario_tick(w);
	assert_true(bert->ews && bert->moving && !bert->hidden);
	/* The same name again: a new rule in the old one's place. */
	line("every 10s as bert : licensed no");
	line("clock +10s");
	scenario_tick(w);
	assert_false(bert->hidden);
	assert_false(anna->licensed);
	line("no-every all");
	assert_true(scenario_next(w) == -1);
}

/* A rule about something that went away ends by itself, and only that one. */
static void test_every_ends(void **state)
{
	const struct mailbox *anna = world_mailbox(w, "anna@example.test");

	(void)state;
	line("no-every all");
	rules_live(w);
	line("every 10s : mailbox bert@example.test ; hidden yes");
	line("every 10s : mailbox anna@example.test ; moving yes");
	line("mailbox bert@example.test ; remove");
	line("clock +10s");
	scenario_tick(w);
	assert_true(anna->moving);
	assert_non_null(w->rules);
	assert_null(w->rules->next);
	/* After a leap of a year it does not run for ever. */
	line("clock +30000000");
	scenario_tick(w);
	assert_true(scenario_next(w) <= 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		TEST(test_many_words),
		TEST(test_effects),
		TEST(test_events),
		TEST(test_every),
		TEST(test_every_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
