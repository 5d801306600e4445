/*
 * Control commands: one row and one function each. They look at the world and the journal, move
 * the clock, or run a piece of scenario; everything that changes the world does it by the scenario
 * language, so that what a test can do is what a scenario can say.
 */
#include "sim/control.h"

#include <stdlib.h>
#include <string.h>
#include "sim/fault.h"
#include "sim/item.h"
#include "sim/scenario.h"

enum { WORDS = 6, LOG_LIMIT = 1000 };
#define TEN_YEARS (10L * 366 * 86400)

json_t *control_error(const char *fmt, ...)
{
	char say[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(say, sizeof(say), fmt, ap);
	va_end(ap);
	return json_pack("{s:s?}", "error", say);
}

static json_t *fine(void)
{
	return json_pack("{s:b}", "ok", 1);
}

/* After anything changed: mail that is due, rules, refusals. */
static json_t *changed(struct sim *s)
{
	sim_tick(s);
	return fine();
}

/* Whole words within bounds; anything else is a wrong command. */
static bool number(const char *s, long least, long most, long *n)
{
	char *end;

	*n = strtol(s, &end, 10);
	return end != s && *end == '\0' && *n >= least && *n <= most;
}

static json_t *time_json(utc_t at)
{
	struct text t = { 0 };
	json_t *v;

	when_write_utc(&t, at);
	v = json_string(t.at);
	text_free(&t);
	return v;
}

/* Scenario */

json_t *control_do(struct sim *s, const char *piece)
{
	struct scenario_place place = { .world = s->world, .directory = scenario_directory() };
	struct scenario_error e = { 0 };
	json_t *o = NULL;
	int n = 0;

	for (const char *at = piece; o == NULL && at != NULL && *at != '\0';) {
		size_t length = strcspn(at, "\n");
		char *line = copy_n(at, length);

		n++;
		if (scenario_line(&place, line, &e) != 0) {
			o = json_pack("{s:s?, s:i}", "error", e.say, "line", n);
			scenario_error_free(&e);
		}
		free(line);
		at += length + (at[length] == '\n');
	}
	/* the lines before the wrong one hold */
	sim_tick(s);
	return o != NULL ? o : fine();
}

/* The journal */

/* Numbers go on over resets: a test remembers the last it saw. */
static json_t *run_log(struct sim *s, int n, char **word)
{
	long since = 0, limit = LOG_LIMIT;
	json_t *entries;

	for (int i = 1; i < n; i += 2) {
		long *to = same(word[i], "since") ? &since : same(word[i], "limit") ? &limit : NULL;

		if (to == NULL || i + 1 >= n || !number(word[i + 1], 0, LONG_MAX, to))
			return control_error("log [since NUMBER] [limit NUMBER]");
	}
	entries = journal_read(s->journal, (uint64_t)since, (uint32_t)(limit & 0x7fffffff));
	return json_pack("{s:o}", "log", entries);
}

static json_t *run_counts(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	return journal_counts(s->journal);
}

static json_t *run_forget(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	journal_reset(s->journal);
	return fine();
}

static json_t *run_thefts(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	return json_pack("{s:o}", "thefts", journal_thefts(s->journal));
}

static json_t *run_messages(struct sim *s, int n, char **word)
{
	return json_pack("{s:o}", "messages", post_messages(s->world, n > 1 ? word[1] : NULL));
}

/* Faults */

/* Only what is there is told. */
static void put(json_t *o, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(o, name, json_string(value));
}

/* With what was tried and hit, so that a test can see that its fault struck. */
static json_t *fault_json(const struct fault *f)
{
	json_t *o = json_pack("{s:s, s:i, s:I, s:I, s:I, s:I}", "kind", f->kind->name, "per_mille",
		f->per_mille, "left", (json_int_t)f->left, "skip", (json_int_t)f->skip, "tried",
		(json_int_t)f->tried, "hit", (json_int_t)f->hit);

	put(o, "id", f->id);
	put(o, "argument", fault_argument(f));
	put(o, "face", f->face);
	put(o, "host", f->host);
	put(o, "front_end", f->front_end);
	put(o, "op", f->op);
	put(o, "mailbox", f->mailbox);
	put(o, "caller", f->caller);
	return o;
}

static json_t *run_faults(struct sim *s, int n, char **word)
{
	json_t *list = json_array();

	(void)n;
	(void)word;
	for (const struct fault *f = s->world->faults; f != NULL; f = f->next)
		json_array_append_new(list, fault_json(f));
	return json_pack("{s:o}", "faults", list);
}

/* The clock */

static json_t *clock_json(const struct world *w)
{
	return json_pack("{s:o, s:I, s:b}", "now", time_json(world_now(w)), "at",
		(json_int_t)world_now(w), "frozen", (int)w->frozen);
}

/* A running clock runs on from there. */
static void clock_forward(struct world *w, int64_t seconds)
{
	if (w->frozen)
		w->frozen_at += seconds;
	else
		w->shift += seconds;
}

/* From the moment it was stopped at, without a jump. */
static void clock_run(struct world *w)
{
	utc_t then = world_now(w);

	w->frozen = false;
	w->shift += then - world_now(w);
}

static json_t *run_clock(struct sim *s, int n, char **word)
{
	struct world *w = s->world;
	enum when_kind kind;
	utc_t at = world_now(w);
	long seconds;

	if (n == 1)
		return clock_json(w);
	if (same(word[1], "freeze")) {
		if (n > 2 && !when_read(word[2], &at, &kind))
			return control_error("%s is no time: 2026-11-23T08:00:00Z", word[2]);
		w->frozen = true;
		w->frozen_at = at;
	} else if (same(word[1], "run")) {
		clock_run(w);
	} else if (same(word[1], "advance") && n > 2 && number(word[2], 0, TEN_YEARS, &seconds)) {
		clock_forward(w, seconds);
	} else {
		return control_error("clock [freeze [TIME] | advance SECONDS | run]");
	}
	sim_tick(s);
	return clock_json(w);
}

static json_t *run_tick(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	return changed(s);
}

/* Mail is carried on the world's clock: go on to each delivery within the time, and no further. */
static json_t *run_deliver(struct sim *s, int n, char **word)
{
	utc_t start = world_now(s->world), end;
	long seconds = 0;
	int64_t next;

	if (n > 1 && !number(word[1], 0, TEN_YEARS, &seconds))
		return control_error("deliver [SECONDS]");
	end = start + seconds;
	sim_tick(s);
	while ((next = post_tick(s->world)) >= 0) {
		next = next > 0 ? next : 1;
		if (world_now(s->world) + next > end)
			break;
		clock_forward(s->world, next);
		sim_tick(s);
	}
	return json_pack("{s:b, s:I, s:b}", "ok", 1, "waited",
		(json_int_t)(world_now(s->world) - start), "idle", next < 0);
}

/* Looking */

static json_t *run_faces(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	return faces_json(s);
}

/* The one counter of an identity, as the domain controller has it. */
static json_t *run_who(struct sim *s, int n, char **word)
{
	struct identity *id = n > 1 ? world_identity(s->world, word[1]) : NULL;
	utc_t now = world_now(s->world);
	json_t *o;

	if (n < 2)
		return control_error("who LOGIN");
	if (id == NULL)
		return control_error("nobody signs in as %s", word[1]);
	o = json_pack("{s:i, s:b, s:b, s:b, s:b}", "bad", id->bad, "locked", id->locked_until > now,
		"disabled", (int)id->disabled, "expired", (int)id->expired, "must_change",
		(int)id->must_change);
	put(o, "upn", id->upn);
	put(o, "domain", id->domain);
	put(o, "sam", id->sam);
	put(o, "premise", id->premise != NULL ? id->premise->name : NULL);
	put(o, "mailbox", id->mailbox != NULL ? id->mailbox->address : NULL);
	if (id->locked_until > now)
		json_object_set_new(o, "locked_until", time_json(id->locked_until));
	return o;
}

static json_t *mailbox_json(const struct mailbox *m)
{
	static const char *const kinds[] = { "user", "room", "equipment", "shared", "dedicated" };
	json_t *o = json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b}", "kind", kinds[m->kind],
		"premise", m->home->name, "zone", m->zone->iana, "enabled", (int)m->enabled,
		"licensed", (int)m->licensed, "hidden", (int)m->hidden, "ews", (int)m->ews,
		"moving", (int)m->moving);

	put(o, "address", m->address);
	put(o, "name", m->name);
	put(o, "knows", m->knows != NULL ? m->knows->name : NULL);
	if (m->room != NULL)
		json_object_set_new(o, "capacity", json_integer(m->room->capacity));
	return o;
}

static json_t *run_mailboxes(struct sim *s, int n, char **word)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < s->world->n_mailboxes; i++) {
		const struct mailbox *m = s->world->mailboxes[i];

		if (!m->gone && matches(n > 1 ? word[1] : NULL, m->address))
			json_array_append_new(list, mailbox_json(m));
	}
	return json_pack("{s:o}", "mailboxes", list);
}

/* The calendar only, as seen by a front end without lag. */
static json_t *rights_json(const struct world *w, struct mailbox *owner, struct mailbox *who)
{
	utc_t now = world_now(w);
	uint32_t rights = world_rights(w, owner, FOLDER_CALENDAR, who, now);
	int folder = world_folder_rights(w, owner, FOLDER_CALENDAR, who, now);
	const struct permission_level *level = level_of_rights(rights & ~(uint32_t)RIGHT_PRIVATE);

	return json_pack("{s:i, s:s, s:i, s:b, s:b}", "rights", (int)rights, "level",
		level != NULL ? level->calendar : "Custom", "folder_rights", folder, "private",
		(rights & RIGHT_PRIVATE) != 0, "sends_on_behalf",
		who != NULL && world_sends_on_behalf(owner, who));
}

static json_t *run_rights(struct sim *s, int n, char **word)
{
	struct mailbox *owner, *who = NULL;

	if (n < 3)
		return control_error("rights OWNER WHO (Default: nobody in particular)");
	owner = world_mailbox(s->world, word[1]);
	if (!same_nocase(word[2], "Default"))
		who = world_mailbox(s->world, word[2]);
	if (owner == NULL || (who == NULL && !same_nocase(word[2], "Default")))
		return control_error("no mailbox %s", owner == NULL ? word[1] : word[2]);
	return rights_json(s->world, owner, who);
}

static json_t *run_directory(struct sim *s, int n, char **word)
{
	return control_directory(s, n > 1 ? word[1] : NULL);
}

static json_t *run_organisation(struct sim *s, int n, char **word)
{
	(void)n;
	(void)word;
	return control_organisation(s);
}

/* The table */

static json_t *run_help(struct sim *s, int n, char **word);

static const struct command {
	const char *name;
	json_t *(*run)(struct sim *s, int n, char **word);
	const char *usage, *about;
} commands[] = {
	{ "log", run_log, "log [since NUMBER] [limit NUMBER]", "requests, oldest first" },
	{ "counts", run_counts, "counts", "requests by operation, code, status and face" },
	{ "forget", run_forget, "forget", "empty the log, the counts and the thefts" },
	{ "messages", run_messages, "messages [ADDRESS]",
		"mail delivered to an address; without one, mail that left the organisation" },
	{ "thefts", run_thefts, "thefts", "credentials that went where they should not" },
	{ "faults", run_faults, "faults", "standing faults, and how often they struck" },
	{ "clock", run_clock, "clock [freeze [TIME] | advance SECONDS | run]",
		"tell or move the world's clock" },
	{ "deliver", run_deliver, "deliver [SECONDS]",
		"go on to each delivery of mail that is due within so long" },
	{ "tick", run_tick, "tick", "deliver and run what is due now" },
	{ "faces", run_faces, "faces", "where everything listens" },
	{ "mailboxes", run_mailboxes, "mailboxes [GLOB]", "which there are, and their state" },
	{ "who", run_who, "who LOGIN", "an account: bad passwords, lock-out" },
	{ "rights", run_rights, "rights OWNER WHO", "what WHO may do in OWNER's calendar" },
	{ "directory", run_directory, "directory [GLOB]",
		"mailboxes and groups, with all their settings and rights" },
	{ "organisation", run_organisation, "organisation",
		"servers, domains, roles, scopes and applications" },
	{ "help", run_help, "help", "this list" },
	{ NULL, NULL, NULL, NULL },
};

static json_t *run_help(struct sim *s, int n, char **word)
{
	json_t *list = json_array();

	(void)s;
	(void)n;
	(void)word;
	json_array_append_new(list,
		json_pack("{s:s, s:s}", "usage", "do ... .", "about",
			"run scenario lines, up to a line of one dot"));
	for (const struct command *c = commands; c->name != NULL; c++)
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "usage", c->usage, "about", c->about));
	return json_pack("{s:o}", "commands", list);
}

/* Words are parted by blanks; no command has quotes. */
json_t *control_command(struct sim *s, char *line)
{
	char *word[WORDS], *rest = line;
	int n = 0;

	for (;;) {
		rest += strspn(rest, " \t");
		if (*rest == '\0')
			break;
		if (n == WORDS)
			return control_error("too many words");
		word[n++] = rest;
		rest += strcspn(rest, " \t");
		if (*rest != '\0')
			*rest++ = '\0';
	}
	if (n == 0)
		return control_error("a command is missing; see help");
	for (const struct command *c = commands; c->name != NULL; c++)
		if (same(c->name, word[0]))
			return c->run(s, n, word);
	return control_error("no command %.40s; see help", word[0]);
}
