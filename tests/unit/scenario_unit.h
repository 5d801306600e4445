/* What the tests of the scenario language share: a small world, and a line said in it. */
#ifndef LATCHKEY_SCENARIO_UNIT_H
#define LATCHKEY_SCENARIO_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/fault.h"
#include "sim/item.h"
#include "sim/scenario_run.h"

/* What the cases find there. */
static const char *const prelude[] = {
	"seed 3",
	"clock 2026-11-23T08:00:00Z frozen",
	"premise hq onprem 2016 host mail.example.test",
	"zone Europe/Berlin",
	"premise cloud online host outlook.example.test",
	"front-end A",
	"front-end B",
	"domain example.test premise hq",
	"mailbox svc@example.test Service",
	"mailbox bert@example.test",
	"folder Spare",
	"alias b@example.test",
	"delegate svc@example.test",
	"event Old 2026-11-23T09:00",
	"mailbox anna@example.test \"Anna Berg\"",
	"account admin@example.test password x",
	"group staff@example.test",
	"member anna@example.test",
	"group list@example.test kind rooms",
	"nested staff@example.test",
	"address-book All",
	"shows staff@example.test",
	"app client-1 One tenant cloud",
	"secret main value",
	"user admin@example.test",
	"fault late delay 5",
	"every 60s as tick : mailbox anna@example.test ; hidden yes | mailbox anna@example.test ; "
	"hidden no",
};

static struct world *w;
static struct scenario_place place;

__attribute__((unused)) static int set_up(void **state)
{
	struct scenario_error e = { 0 };

	(void)state;
	w = world_new();
	place = (struct scenario_place){ .world = w, .directory = "." };
	for (size_t i = 0; i < COUNT(prelude); i++)
		if (scenario_line(&place, prelude[i], &e) < 0)
			fail_msg("%s: %s", prelude[i], e.say);
	return 0;
}

__attribute__((unused)) static int tear_down(void **state)
{
	(void)state;
	world_free(w);
	w = NULL;
	return 0;
}

__attribute__((unused)) static void line(const char *s)
{
	struct scenario_error e = { 0 };

	if (scenario_line(&place, s, &e) < 0)
		fail_msg("%s: %s", s, e.say);
}

__attribute__((unused)) static void wrong(const char *s, const char *expected)
{
	struct scenario_error e = { 0 };

	if (scenario_line(&place, s, &e) == 0)
		fail_msg("'%s' was understood; expected: %s", s, expected);
	if (!strstr(e.say, expected))
		fail_msg("'%s' says '%s', not '%s'", s, e.say, expected);
	scenario_error_free(&e);
}

__attribute__((unused)) static void read_scenario(const char *name, const char *expected)
{
	struct world *other = world_new();
	struct scenario_error e = { 0 };
	int end = scenario_read(other, name, &e);
	char *say = end == 0 ? copy("") : format("%s:%d: %s", e.file, e.line, e.say);

	if (expected ? !strstr(say, expected) : end < 0)
		fail_msg("%s: '%s', expected '%s'", name, say, expected ? expected : "");
	assert_int_equal(end, expected ? -1 : 0);
	free(say);
	scenario_error_free(&e);
	world_free(other);
}

#endif
