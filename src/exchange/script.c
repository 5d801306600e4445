/* Script: how a script is put together.
 *
 * Rules: names of an organisation stand in comments and in the strings of variables at the top, and
 * nowhere else; all else is text that holds no name (script_parts.h). The whole stands in one
 * block, so that a script that is pasted ends where it says so, and leaves no variables behind.
 */
#include "script_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "platform/str.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(method) (1u << (method))

static const struct script_text *const texts[SCRIPT__MAX] = {
	[SCRIPT_MAILBOX] = script_mailbox,
	[SCRIPT_SHARE] = script_share,
	[SCRIPT_BUSY] = script_busy,
	[SCRIPT_DEFAULT] = script_default,
	[SCRIPT_ROLE] = script_role,
	[SCRIPT_APP] = script_app,
	[SCRIPT_ALLOW] = script_allow,
	[SCRIPT_PACE] = script_pace,
};

static const char *const parts[SCRIPT_PART__MAX] = { "run", "verify", "undo" };

const struct script_row *script_row(enum script_kind k)
{
	return &script_table[k];
}

enum script_kind script_parse(const char *code)
{
	int k = 0;

	while (k < SCRIPT__MAX && strcmp(script_table[k].code, code) != 0)
		k++;
	return (enum script_kind)k;
}

const char *script_part_code(enum script_part p)
{
	return parts[p];
}

enum script_part script_part_parse(const char *code)
{
	int p = 0;

	while (p < SCRIPT_PART__MAX && strcmp(parts[p], code) != 0)
		p++;
	return (enum script_part)p;
}

/* Versions begin with 8 (2007), 14 (2010), 15 and later. */
enum script_premise script_premise_of(const char *kind, const char *version)
{
	long major = strtol(version, NULL, 10);

	if (strcmp(kind, "office365") == 0)
		return SCRIPT_ONLINE;
	if (major == 8)
		return SCRIPT_2007;
	return major == 14 ? SCRIPT_2010 : SCRIPT_2013;
}

static const struct script_text *text_of(enum script_kind k, enum script_premise p)
{
	const struct script_text *t = texts[k];

	while (t->premises != 0 && !(t->premises & 1u << p))
		t++;
	return t->premises ? t : NULL;
}

int script_fits(enum script_kind k, int method, enum script_premise p)
{
	return (script_table[k].methods & BIT(method)) && text_of(k, p);
}

const char *script_changes(enum script_kind k, enum script_premise p)
{
	const struct script_text *t = text_of(k, p);

	return t && t->changes ? t->changes : script_table[k].changes;
}

const char *script_leaves(enum script_kind k, enum script_premise p)
{
	const struct script_text *t = text_of(k, p);

	return t && t->leaves ? t->leaves : script_table[k].leaves;
}

const char *script_mind(enum script_kind k, enum script_premise p)
{
	const struct script_text *t = text_of(k, p);

	return t && t->mind ? t->mind : "";
}

/* --- the names --- */

static int has(const char *const *pieces, const char *word)
{
	for (; *pieces; pieces++)
		if (strstr(*pieces, word))
			return 1;
	return 0;
}

static const char *const *pieces_of(const struct script_query *q)
{
	const struct script_text *t = text_of(q->kind, q->premise);

	return t ? t->pieces[q->part] : NULL;
}

int script_names(const struct script_query *q)
{
	const char *const *pieces = pieces_of(q);

	return pieces && has(pieces, "$People");
}

/* "latchkey-42-share-calendars", of files that it writes as well. */
static int quote_file(struct buf *b, const struct script_query *q, const char *ending)
{
	struct buf name;
	int rc;

	buf_init(&name, 1024);
	buf_printf(&name, "%s-%s%s", q->tag, script_table[q->kind].file, ending);
	rc = buf_ok(&name) ? script_quote(b, buf_str(&name)) : -1;
	buf_done(&name);
	return rc;
}

static int add_before(struct buf *b, const struct script_query *q)
{
	return quote_file(b, q, "-before.csv");
}

static int add_failures(struct buf *b, const struct script_query *q)
{
	return quote_file(b, q, "-failed.csv");
}

static int add_filter(struct buf *b, const struct script_query *q)
{
	buf_puts(b, "'Alias -eq ");
	return script_quote_opath(b, q->tag) < 0 ? -1 : buf_putc(b, '\'');
}

static int add_tag(struct buf *b, const struct script_query *q)
{
	return str_empty(q->tag) ? -1 : script_quote(b, q->tag);
}

/* Some cmdlets take * and ? as anything. */
static int sure(const char *address)
{
	return !str_empty(address) && !strpbrk(address, "*?");
}

/* Who is let in need not be a dedicated mailbox. */
static int add_mailbox(struct buf *b, const struct script_query *q)
{
	if (q->kind == SCRIPT_ALLOW && str_empty(q->mailbox))
		return buf_puts(b, "''");
	return sure(q->mailbox) ? script_quote(b, q->mailbox) : -1;
}

static int add_address(struct buf *b, const struct script_query *q)
{
	char text[5 + 254 + 1];

	if (!sure(q->mailbox) || strlen(q->mailbox) > 254)
		return -1;
	snprintf(text, sizeof(text), "smtp:%s", q->mailbox);
	buf_puts(b, "'EmailAddresses -eq ");
	return script_quote_opath(b, text) < 0 ? -1 : buf_putc(b, '\'');
}

/* What stands before the @. */
static int add_alias(struct buf *b, const struct script_query *q)
{
	char text[65];
	size_t n = sure(q->mailbox) ? strcspn(q->mailbox, "@") : 0;

	if (n == 0 || n >= sizeof(text))
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)n, q->mailbox);
	return script_quote(b, text);
}

/* "Latchkey/1.2" is listed as "Latchkey/" and a star, whatever the version. */
static int add_agent(struct buf *b, const struct script_query *q)
{
	char text[128];
	size_t n = str_empty(q->agent) ? 0 : strcspn(q->agent, "/");

	if (n == 0 || n + 3 > sizeof(text))
		return -1;
	snprintf(text, sizeof(text), "%.*s/*", (int)n, q->agent);
	return script_quote(b, text);
}

static int add_app(struct buf *b, const struct script_query *q)
{
	return q->app && str_guid(q->app) ? script_quote(b, q->app) : -1;
}

/* Each is declared where a text speaks of it. */
static const struct {
	const char *name;
	const char *say; /* when it cannot be said */
	int (*add)(struct buf *b, const struct script_query *q);
} names[] = {
	{ "$Mailbox", "A script needs the address of the dedicated mailbox, and without * or ?.",
		add_mailbox },
	{ "$AddressFilter", "The address of the dedicated mailbox cannot be said in a filter.",
		add_address },
	{ "$Alias", "The address of the dedicated mailbox makes no alias.", add_alias },
	{ "$Agent", "The name that Latchkey calls itself by is not known.", add_agent },
	{ "$AppId", "A script needs the application ID of the connection.", add_app },
	{ "$Tag", "The name that the script gives to what it makes cannot be said in PowerShell.",
		add_tag },
	{ "$GroupFilter", "The name of the group cannot be said in a filter.", add_filter },
	{ "$Before", "The name of a file cannot be said in PowerShell.", add_before },
	{ "$Failures", "The name of a file cannot be said in PowerShell.", add_failures },
};

static int add_names(struct buf *b, const struct script_query *q, struct err *e)
{
	for (size_t i = 0; i < LENGTH(names); i++) {
		if (!has(pieces_of(q), names[i].name))
			continue;
		buf_printf(b, "%s = ", names[i].name);
		if (names[i].add(b, q) < 0)
			return ERR(e, ERR_INPUT, names[i].say, "script: %s", names[i].name);
		buf_putc(b, '\n');
	}
	return 0;
}

/* --- the head --- */

static void add_line(struct buf *b, const char *head, const char *text)
{
	buf_puts(b, "# ");
	buf_puts(b, head);
	script_comment(b, text);
	buf_putc(b, '\n');
}

/* A line each, with a dash before it. */
static void add_list(struct buf *b, const char *head, const char *text)
{
	size_t n;

	add_line(b, head, "");
	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_puts(b, "#   - ");
		buf_add(b, text, n);
		buf_putc(b, '\n');
	}
}

static const char *where(enum script_premise p)
{
	switch (p) {
	case SCRIPT_2007:
		return "the Exchange Management Shell of Exchange 2007, as a domain admin";
	case SCRIPT_ONLINE:
		return "PowerShell with the module ExchangeOnlineManagement, after "
		       "Connect-ExchangeOnline as an Exchange admin";
	default:
		return "the Exchange Management Shell, as a member of the role group Organization "
		       "Management";
	}
}

static void add_time(struct buf *b, const struct script_query *q)
{
	int64_t seconds = q->people * script_table[q->kind].seconds;

	if (!script_names(q) || seconds < 120)
		add_line(b, "Time it takes: ", "a minute or two.");
	else if (seconds < 2 * 60 * 60)
		buf_printf(b, "# Time it takes: about %lld minutes.\n", (long long)seconds / 60);
	else
		buf_printf(b,
			"# Time it takes: about %lld hours. It may be stopped and run again.\n",
			(long long)seconds / 3600);
}

static void add_what(struct buf *b, const struct script_query *q)
{
	const struct script_row *r = &script_table[q->kind];

	switch (q->part) {
	case SCRIPT_VERIFY:
		add_line(b, "What it does: ", "shows, a line each, whether this is so by now:");
		add_line(b, "  ", r->say);
		add_line(b, "It changes nothing.", "");
		return;
	case SCRIPT_UNDO:
		add_line(b, "What it does: ", "takes back what the script of this name did:");
		add_line(b, "  ", r->say);
		add_list(b, "What that script had changed:", script_changes(q->kind, q->premise));
		if (has(pieces_of(q), "$Rows"))
			add_line(b, "Run it in the same folder: ",
				"the file that was written there tells what was before. Without it "
				"nothing is changed.");
		return;
	default:
		add_line(b, "What it does: ", r->say);
		add_list(b, "It changes:", script_changes(q->kind, q->premise));
		add_list(b, "It leaves as they are:", script_leaves(q->kind, q->premise));
		add_line(b, "Until it holds: ", r->wait);
		if (*script_mind(q->kind, q->premise))
			add_line(b, "Mind: ", script_mind(q->kind, q->premise));
	}
}

static void add_file(
	struct buf *b, const char *head, const struct script_query *q, const char *ending)
{
	buf_printf(b, "# %s", head);
	script_comment(b, q->tag);
	buf_printf(b, "-%s%s\n", script_table[q->kind].file, ending);
}

/* In the folder where it runs. */
static void add_files(struct buf *b, const struct script_query *q)
{
	if (q->part == SCRIPT_RUN && has(pieces_of(q), "$Before"))
		add_file(
			b, "It writes what was there before, which undo needs: ", q, "-before.csv");
	if (has(pieces_of(q), "$Failures"))
		add_file(b, "It writes who failed, and why: ", q, "-failed.csv");
}

static void add_head(struct buf *b, const struct script_query *q)
{
	static const char *const marks[] = { "", " (is it so?)", " (undo)" };

	buf_printf(b, "# Latchkey: %s%s\n#\n", script_table[q->kind].title, marks[q->part]);
	add_line(b, "Organisation: ", q->organisation);
	if (!str_empty(q->mailbox))
		add_line(b, "Dedicated mailbox: ", q->mailbox);
	add_line(b, "Made: ", q->made);
	if (script_names(q))
		buf_printf(b, "# People: %lld, listed below\n", (long long)q->people);
	buf_puts(b, "#\n");
	add_what(b, q);
	buf_puts(b, "#\n");
	add_line(b, "Where to run it: ", where(q->premise));
	add_time(b, q);
	add_files(b, q);
	add_line(b, "It may be run again",
		q->part == SCRIPT_VERIFY ? "." : ": what is done already is left as it is.");
	add_line(b, "It holds no password.", "");
	buf_puts(
		b, "#\n# If PowerShell refuses the file: right-click it, Properties, Unblock.\n\n");
}

/* --- the whole --- */

int script_begin(struct buf *b, const struct script_query *q, struct err *e)
{
	if (!pieces_of(q))
		return ERR(e, ERR_INPUT, "There is no such script for this Exchange.",
			"script: %s on %d", script_table[q->kind].code, (int)q->premise);
	if (script_names(q) && q->people <= 0 && (q->kind != SCRIPT_ALLOW || str_empty(q->mailbox)))
		return ERR(e, ERR_INPUT, "There is nobody whom this script would be about.",
			"script: %s for nobody", script_table[q->kind].code);
	add_head(b, q);
	buf_puts(b, "& {\n");
	if (add_names(b, q, e) < 0)
		return -1;
	if (script_names(q))
		buf_puts(b, "$People = @(\n");
	return buf_ok(b) ? 0 : ERR(e, ERR_TOO_BIG, NULL, "script: head");
}

int script_person(struct buf *b, const struct script_query *q, const char *address, struct err *e)
{
	if (!script_names(q))
		return 0;
	buf_puts(b, "    ");
	if (script_quote(b, address) < 0)
		return ERR(e, ERR_INPUT, "An address cannot be said in PowerShell.",
			"script: address");
	return buf_putc(b, '\n') < 0 ? ERR(e, ERR_TOO_BIG, NULL, "script: people") : 0;
}

int script_end(struct buf *b, const struct script_query *q, struct err *e)
{
	buf_puts(b, script_names(q) ? ")\n\n" : "\n");
	for (const char *const *piece = pieces_of(q); *piece; piece++)
		buf_puts(b, *piece);
	buf_puts(b, "}\n");
	return buf_ok(b) ? 0 : ERR(e, ERR_TOO_BIG, NULL, "script: end");
}

int script_name(struct buf *b, const struct script_query *q)
{
	return buf_printf(b, "%s-%s%s%s.ps1", q->tag, script_table[q->kind].file,
		q->part == SCRIPT_RUN ? "" : "-", q->part == SCRIPT_RUN ? "" : parts[q->part]);
}

int script_file(struct buf *b, const char *text, size_t n, int first)
{
	if (first)
		buf_puts(b, "\ufeff");
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			buf_putc(b, '\r');
		buf_putc(b, text[i]);
	}
	return buf_ok(b) ? 0 : -1;
}
