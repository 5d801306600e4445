/* Ctl line: from the words on the command line to a row of the table, and help about its rows.
 *
 * Rules: options may stand anywhere behind the command's words, the global ones before them, too.
 * What is not in the table does not exist; whoever mistypes is told the nearest that does.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>
#include "platform/str.h"

/* Finding the command */

/* How many words of the row the first n words of the command line match; all of them, or 0. */
static size_t matches(const struct ctl_command *cmd, const char *const *word, size_t n)
{
	const char *gap = strchr(cmd->words, ' '); /* rows have one word or two */
	size_t len = gap ? (size_t)(gap - cmd->words) : strlen(cmd->words);

	if (n == 0 || strlen(word[0]) != len || strncmp(cmd->words, word[0], len) != 0)
		return 0;
	if (!gap)
		return 1;
	return n > 1 && strcmp(gap + 1, word[1]) == 0 ? 2 : 0;
}

/* The row that matches the most words: "invite list" before "invite". */
static const struct ctl_command *find(const char *const *word, size_t n)
{
	const struct ctl_command *best = NULL;
	size_t i, m, most = 0;

	for (i = 0; i < ctl_command_count; i++) {
		m = matches(&ctl_commands[i], word, n);
		if (m > most) {
			most = m;
			best = &ctl_commands[i];
		}
	}
	return best;
}

/* The words that can stand at place `at`, behind `first` when at is 1. Returns how many. */
static size_t words_at(struct ctl *c, const char *first, const char **out)
{
	const char *gap;
	size_t i, n = 0, len = first ? strlen(first) : 0;

	for (i = 0; i < ctl_command_count; i++) {
		gap = strchr(ctl_commands[i].words, ' ');
		if (!first)
			out[n++] = arena_strndup(&c->arena, ctl_commands[i].words,
				strcspn(ctl_commands[i].words, " "));
		else if (gap && (size_t)(gap - ctl_commands[i].words) == len &&
			strncmp(first, ctl_commands[i].words, len) == 0)
			out[n++] = gap + 1;
	}
	return n;
}

/* The most helpful thing that can be said about words that are no command. */
static int unknown(struct ctl *c, const char *const *word, size_t n, struct err *e)
{
	const char *list[CTL_COMMANDS_MAX], *near, *all = "";
	size_t i, k;

	k = words_at(c, word[0], list);
	if (k == 0) {
		near = ctl_nearest(word[0], list, words_at(c, NULL, list), sizeof(*list));
		if (near)
			return ctl_fail(e, ERR_INPUT,
				"There is no command \"%.40s\". Did you mean \"%s\"?", word[0],
				near);
		return ctl_fail(e, ERR_INPUT,
			"There is no command \"%.40s\". See \"latchkey help\".", word[0]);
	}
	for (i = 0; i < k; i++)
		all = arena_printf(&c->arena, "%s%s%s", all, i ? ", " : "", list[i]);
	if (n < 2)
		return ctl_fail(e, ERR_INPUT, "\"%s\" needs one of: %s.", word[0], all);
	near = ctl_nearest(word[1], list, k, sizeof(*list));
	if (near)
		return ctl_fail(e, ERR_INPUT,
			"There is no command \"%s %.40s\". Did you mean \"%s %s\"?", word[0],
			word[1], word[0], near);
	return ctl_fail(
		e, ERR_INPUT, "There is no command \"%s %.40s\", only: %s.", word[0], word[1], all);
}

/* Reading the command line */

/* The command line while it is being read. */
struct line {
	char **argv;
	int argc;
	int at;
	size_t words;	     /* of the command, still to be skipped */
	int only_args;	     /* "--" was seen */
	const char *instead; /* --help or --version: the command that answers them */
};

/* 1 it was one of the options that every command takes, 0 not, -1. */
static int global_option(struct ctl *c, struct line *l, struct err *e)
{
	const char *arg = l->argv[l->at];

	if (strcmp(arg, "--json") == 0)
		c->json = 1;
	else if (strcmp(arg, "-q") == 0)
		c->quiet = 1;
	else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
		l->instead = "help";
	else if (strcmp(arg, "--version") == 0)
		l->instead = "version";
	else if (strcmp(arg, "-c") != 0)
		return 0;
	else if (l->at + 1 >= l->argc)
		return ctl_fail(e, ERR_INPUT, "-c needs the name of a file behind it.");
	else
		c->file = l->argv[++l->at];
	return 1;
}

/* Options are looked up in the command's own row, so a mistake is compared with those only. */
static int no_option(struct ctl *c, const char *arg, struct err *e)
{
	const struct ctl_flag *f = c->cmd->flags;
	const char *near = NULL;
	size_t n = 0;

	while (f[n].name)
		n++;
	if (str_starts(arg, "--"))
		near = ctl_nearest(arg + 2, f, n, sizeof(*f));
	if (near)
		return ctl_fail(e, ERR_INPUT,
			"\"%s\" has no option \"%.40s\". Did you mean \"--%s\"?", c->cmd->words,
			arg, near);
	return ctl_fail(e, ERR_INPUT, "\"%s\" has no option \"%.40s\". See \"latchkey help %s\".",
		c->cmd->words, arg, c->cmd->words);
}

/* --name VALUE, --name=VALUE, or --name alone for a switch. */
static int own_option(struct ctl *c, struct line *l, struct err *e)
{
	const char *arg = l->argv[l->at], *value = strchr(arg, '=');
	const struct ctl_flag *f = c->cmd->flags;
	size_t i, len = value ? (size_t)(value - arg) : strlen(arg);

	for (i = 0; f[i].name; i++) {
		if (str_starts(arg, "--") && strlen(f[i].name) == len - 2 &&
			strncmp(arg + 2, f[i].name, len - 2) == 0)
			break;
	}
	if (!f[i].name)
		return no_option(c, arg, e);
	if (!f[i].arg && value)
		return ctl_fail(e, ERR_INPUT, "--%s takes no value.", f[i].name);
	if (f[i].arg && !value && l->at + 1 >= l->argc)
		return ctl_fail(e, ERR_INPUT, "--%s needs %s behind it.", f[i].name, f[i].arg);
	if (c->flags[i])
		return ctl_fail(e, ERR_INPUT, "--%s is there twice.", f[i].name);
	c->flags[i] = !f[i].arg ? "" : value ? value + 1 : l->argv[++l->at];
	return 0;
}

/* A dash alone is an argument. */
static int is_option(const char *arg)
{
	return arg[0] == '-' && arg[1];
}

/* One word of the line, whatever it is. */
static int argument(struct ctl *c, struct line *l, struct err *e)
{
	const char *arg = l->argv[l->at];
	int rc;

	if (!l->only_args && strcmp(arg, "--") == 0) {
		l->only_args = 1;
		return 0;
	}
	if (!l->only_args && is_option(arg)) {
		rc = global_option(c, l, e);
		return rc == 0 ? own_option(c, l, e) : rc < 0 ? -1 : 0;
	}
	if (l->words) {
		l->words--;
		return 0;
	}
	if (c->argc == CTL_ARGS_MAX)
		return ctl_fail(e, ERR_INPUT, "There are more arguments than any command takes.");
	c->argv[c->argc++] = arg;
	return 0;
}

/* The first two words of the command line, and all global options: how an error is to be printed
 * must be known before the first one. */
static int first_words(struct ctl *c, struct line *l, const char **word, size_t *n, struct err *e)
{
	*n = 0;
	for (l->at = 1; l->at < l->argc && strcmp(l->argv[l->at], "--") != 0; l->at++) {
		if (is_option(l->argv[l->at])) {
			if (global_option(c, l, e) < 0)
				return -1;
		} else if (*n < 2) {
			word[(*n)++] = l->argv[l->at];
		}
	}
	return 0;
}

/* How many arguments a row needs, and how many it can take: "ADDRESS..." is any number. */
static void arity(const struct ctl_command *cmd, int *least, int *most)
{
	const char *p;

	*least = *most = 0;
	for (p = cmd->args; *p; p += strcspn(p, " "), p += *p == ' ') {
		*most = memmem(p, strcspn(p, " "), "...", 3) ? CTL_ARGS_MAX : *most + 1;
		*least += *p != '[';
	}
}

/* Handlers may count on their arguments. */
static int check_arity(struct ctl *c, struct err *e)
{
	int least, most;

	arity(c->cmd, &least, &most);
	if (c->argc < least)
		return ctl_fail(
			e, ERR_INPUT, "\"%s\" needs %s behind it.", c->cmd->words, c->cmd->args);
	if (c->argc > most)
		return ctl_fail(e, ERR_INPUT,
			"\"%s\" does not take \"%.40s\". See \"latchkey help %s\".", c->cmd->words,
			c->argv[most], c->cmd->words);
	return 0;
}

/* Standard output takes one of the two. */
static int check_output(struct ctl *c, struct err *e)
{
	const char *trace = ctl_flag(c, "trace");

	if (!c->json || !trace || strcmp(trace, "-") != 0)
		return 0;
	return ctl_fail(e, ERR_INPUT,
		"--trace - would write behind the JSON on standard output. Give --trace FILE, or "
		"leave out --json.");
}

/* Have "help" or "version" run in the place of what stands on the line. */
static void run_instead(struct ctl *c, const char *name, const char *const *word, size_t n)
{
	const struct ctl_command *asked = find(word, n);
	size_t i;

	for (i = 0; i < n; i++)
		c->argv[i] = word[i];
	c->argc = (int)n;
	/* With a command there, help is about that one, whatever else stands behind it. */
	if (asked) {
		c->argv[0] = asked->words;
		c->argc = 1;
	}
	c->cmd = find(&name, 1);
}

int ctl_line_read(struct ctl *c, int argc, char **argv, struct err *e)
{
	struct line l = { .argv = argv, .argc = argc };
	const char *word[2] = { NULL, NULL };
	size_t n;

	/* Twice over the line: only the command tells which options take a value. */
	if (first_words(c, &l, word, &n, e) < 0)
		return -1;
	c->bare = n == 0 && !l.instead;
	if (c->bare)
		l.instead = "help";
	if (l.instead) {
		run_instead(c, l.instead, word, n);
		return 0;
	}
	c->cmd = find(word, n);
	if (!c->cmd)
		return unknown(c, word, n, e);
	l.words = matches(c->cmd, word, n);
	for (l.at = 1; l.at < argc; l.at++) {
		if (argument(c, &l, e) < 0)
			return -1;
	}
	return check_arity(c, e) < 0 ? -1 : check_output(c, e);
}

/* Help */

/* Everything that the row says. */
static void help_one(const struct ctl_command *cmd)
{
	const struct ctl_flag *f;

	printf("latchkey %s%s%s%s\n    %s\n", cmd->words, *cmd->args ? " " : "", cmd->args,
		cmd->flags[0].name ? " [OPTIONS]" : "", cmd->help);
	if (cmd->more)
		printf("    %s\n", cmd->more);
	for (f = cmd->flags; f->name; f++)
		printf("    --%s %-*s  %s\n", f->name, (int)(16 - strlen(f->name)),
			f->arg ? f->arg : "", f->help);
	putchar('\n');
}

/* One line a command, in the order of the table. */
static void help_all(struct ctl *c)
{
	const struct ctl_command *cmd;

	printf("latchkey [-c FILE] [--json] [-q] COMMAND [ARGUMENTS] [OPTIONS]\n\n");
	for (cmd = ctl_commands; cmd < ctl_commands + ctl_command_count; cmd++)
		printf("    %-27s %s\n", arena_printf(&c->arena, "%s %s", cmd->words, cmd->args),
			cmd->help);
	printf("\n    -c FILE  read the settings from FILE, not from %s\n"
	       "    --json   print one JSON value; errors are JSON, too\n"
	       "    -q       no remarks, only what was asked for\n\n"
	       "\"latchkey help COMMAND\" tells more about one.\n",
		CONFIG_FILE);
}

/* Is the row the command that these words name, or one of its group? */
static int is_under(const char *words, const char *asked)
{
	size_t n = strlen(asked);

	return strncmp(words, asked, n) == 0 && (words[n] == '\0' || words[n] == ' ');
}

int ctl_line_help(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "command", "arguments", "help", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	const char *asked = c->argc > 0 ? c->argv[0] : "";
	const struct ctl_command *cmd;
	int seen = 0;

	if (c->argc > 1)
		asked = arena_printf(&c->arena, "%s %s", c->argv[0], c->argv[1]);
	if (c->argc == 0 && !c->json) {
		help_all(c);
		return 0;
	}
	for (cmd = ctl_commands; cmd < ctl_commands + ctl_command_count; cmd++) {
		if (c->argc > 0 && !is_under(cmd->words, asked))
			continue;
		seen = 1;
		if (!c->json)
			help_one(cmd);
		CTL_ROW(c, t, C_TEXT(cmd->words), C_TEXT(cmd->args), C_TEXT(cmd->help));
	}
	if (!seen)
		return unknown(c, c->argv, (size_t)c->argc, e);
	if (c->json)
		ctl_out_table(c, t, "");
	return 0;
}
