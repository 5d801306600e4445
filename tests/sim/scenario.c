/*
 * Scenario: reading files and lines, and finding the statement a line is.
 *
 * A word is looked for among the properties of the thing above first, then among the statements
 * that may stand anywhere. What is wrong is told with its file and line, the usage, and the nearest
 * word that is known; everything before that line has happened.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/scenario_run.h"

enum { DEPTH_MAX = 8, LINE_LENGTH = 65536 };

static unsigned below_now(const struct scenario_place *p)
{
	return BELOW(p->kind);
}

/* Something with this name, but elsewhere: say where. Else what it may have been. */
static int unknown(struct run *r, const char *word)
{
	struct near n = { .word = word };
	const char *here = place_names[r->place->kind];

	for (const struct statement *s = statements; s->word; s++) {
		if (same(s->word, word)) {
			for (int k = IN_PREMISE; k < IN__MAX; k++)
				if (s->below & BELOW(k))
					return refuse(r,
						"'%s' belongs below a %s, and here is %s%s", word,
						place_names[k], *here ? "a " : "none", here);
		}
		if (s->below == ANYWHERE || (s->below & below_now(r->place)))
			near_try(&n, s->word);
	}
	if (n.best[0])
		return refuse(r, "'%s' is not a statement; did you mean '%s'?", word, n.best);
	return refuse(r,
		"'%s' is not a statement; expected one that 'latchkey-sim --statements' "
		"lists",
		word);
}

static const struct statement *find(const struct run *r, const char *word)
{
	const struct statement *anywhere = NULL;

	for (const struct statement *s = statements; s->word; s++) {
		if (!same(s->word, word))
			continue;
		if (s->below & below_now(r->place))
			return s;
		if (s->below == ANYWHERE)
			anywhere = s;
	}
	return anywhere;
}

static int run_one(struct run *r, const char *const *word, int n)
{
	r->statement = find(r, word[0]);
	if (!r->statement)
		return unknown(r, word[0]);
	r->word = word;
	r->n = n;
	r->at = 1;
	if (n - 1 < r->statement->least)
		return refuse(r, "something is missing after '%s'; usage: %s", word[n - 1],
			r->statement->usage);
	if (r->statement->most >= 0 && n - 1 > r->statement->most)
		return refuse(r, "'%s' is too much; usage: %s", word[r->statement->most + 1],
			r->statement->usage);
	return r->statement->run(r);
}

int run_words(struct run *r, const char *const *word, int n)
{
	int end = 0, part;

	for (; n > 0 && end == 0; word += part + (part < n), n -= part + (part < n)) {
		part = 0;
		/* A rule's own statements are its words, not the line's. */
		while (part < n && (word[part] != word_then || same(word[0], "every")))
			part++;
		if (part > 0)
			end = run_one(r, word, part);
	}
	return end;
}

int scenario_line(struct scenario_place *p, const char *line, struct scenario_error *e)
{
	struct run r = { .w = p->world, .place = p, .e = e };
	struct words w;
	const char *wrong;
	int end;

	e->say = NULL;
	wrong = words_read(&w, line);
	end = wrong ? refuse(&r, "%s", wrong) : run_words(&r, w.at, w.n);
	words_free(&w);
	return end;
}

void scenario_error_free(struct scenario_error *e)
{
	free(e->say);
	e->say = NULL;
}

const char *scenario_directory(void)
{
	static char beside[4096]; /* found once: the program does not move */
	const char *told = getenv("LATCHKEY_SIM_SCENARIOS");
	ssize_t n;
	char *slash;

	if (told && *told)
		return told;
#ifdef SIM_SCENARIOS
	if (access(SIM_SCENARIOS, R_OK) == 0)
		return SIM_SCENARIOS;
#endif
	if (beside[0])
		return beside;
	n = readlink("/proc/self/exe", beside, sizeof beside - 32);
	slash = n > 0 ? strrchr(beside, '/') : NULL;
	snprintf(slash ? slash : beside, 32, "%s", slash ? "/scenarios" : "scenarios");
	return beside;
}

/* Where a scenario of this name is: a path as it is, or below `directory`, or a built-in. Caller
 * frees. */
static char *find_file(const char *directory, const char *name)
{
	char *path = name[0] == '/' || !directory ? copy(name) : format("%s/%s", directory, name);

	if (access(path, R_OK) == 0 && strchr(name, '.'))
		return path;
	if (!strchr(name, '/') && !strchr(name, '.')) {
		free(path);
		path = format("%s/%s.sim", scenario_directory(), name);
	}
	return path;
}

static int read_lines(struct scenario_place *p, FILE *f, const char *path, struct scenario_error *e)
{
	char *line = NULL;
	size_t room = 0;
	int end = 0, number = 0;
	ssize_t n;

	while (end == 0 && (n = getline(&line, &room, f)) >= 0) {
		number++;
		e->line = 0;
		if ((size_t)n != strlen(line) || n > LINE_LENGTH) {
			e->say = copy("not text: a line holds a zero byte or is too long");
			end = -1;
		} else {
			end = scenario_line(p, line, e);
		}
	}
	/* Below an include that failed the place is known already. */
	if (end != 0 && e->line == 0) {
		e->file = path;
		e->line = number;
	}
	free(line);
	return end;
}

/* How many files stand above this one is kept in the place: files may not include each other in a
 * circle. */
static int read_file(
	struct scenario_place *above, struct world *w, const char *name, struct scenario_error *e)
{
	char *path = find_file(above ? above->directory : NULL, name);
	struct scenario_place p = { .world = w, .depth = above ? above->depth + 1 : 0 };
	const char *said = world_copy(w, above ? path : name);
	char *slash, *directory = world_copy(w, path);
	FILE *f = fopen(path, "r");
	int end = -1;

	free(path);
	slash = strrchr(directory, '/');
	*(slash ? slash : directory) = '\0';
	p.directory = slash ? directory : ".";
	e->line = 0;
	if (!f) {
		e->file = above ? e->file : said;
		e->say = format("cannot read %s: %s; expected a file, or one of the names "
				"'latchkey-sim --list-scenarios' shows",
			said, strerror(errno));
		return -1;
	}
	end = read_lines(&p, f, said, e);
	fclose(f);
	return end;
}

int scenario_include(struct run *r, const char *name)
{
	if (r->place->depth >= DEPTH_MAX)
		return refuse(r, "'%s' is included too deeply; do files include each other?", name);
	return read_file(r->place, r->w, name, r->e);
}

int scenario_read(struct world *w, const char *name_or_file, struct scenario_error *e)
{
	const char *slash = strrchr(name_or_file, '/'), *base = slash ? slash + 1 : name_or_file;

	memset(e, 0, sizeof *e);
	w->name = world_copy(w, base);
	w->name[strcspn(w->name, ".")] = '\0';
	if (read_file(NULL, w, name_or_file, e) < 0)
		return -1;
	rules_live(w);
	return 0;
}

static int is_scenario(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && same(d->d_name + n - 4, ".sim");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The first line of a file, without its comment mark. */
static void first_line(const char *directory, const char *name, char *line, int room)
{
	char *path = format("%s/%s", directory, name), *begin = line;
	FILE *f = fopen(path, "r");

	line[0] = '\0';
	if (f && fgets(line, room, f)) {
		line[strcspn(line, "\n")] = '\0';
		begin += strspn(line, "# ");
		memmove(line, begin, strlen(begin) + 1);
	}
	if (f)
		fclose(f);
	free(path);
}

void scenario_list(FILE *out)
{
	const char *directory = scenario_directory();
	struct dirent **names;
	int n = scandir(directory, &names, is_scenario, by_name);
	char line[256];

	for (int i = 0; i < n; i++) {
		first_line(directory, names[i]->d_name, line, sizeof line);
		fprintf(out, "%-12.*s %s\n", (int)strlen(names[i]->d_name) - 4, names[i]->d_name,
			line);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}
