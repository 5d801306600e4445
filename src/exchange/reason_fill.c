/* Reason fill: a reason's steps and command with the names of this organisation in them.
 *
 * Rules: in a command every name stands between single quotes, as in a script (script_quote.c), but
 * what cannot be said there becomes a question mark. What cannot be filled in whole is left as it
 * stands: half a command is worse than none.
 */
#include "reason_fill.h"

#include <string.h>
#include "platform/buf.h"
#include "platform/str.h"
#include "script_parts.h"

enum { FILLED_MAX = 16 * 1024 };

/* The name behind a word in braces, and how long the word is; NULL when it is none of ours. Who it
 * was that signed in is not always told; nobody could fill that in. */
static const char *name_at(const char *p, const struct reason_names *names, size_t *len)
{
	const struct {
		const char *word;
		const char *name;
		const char *unknown;
	} words[] = {
		{ "{member}", names->member, NULL },
		{ "{mailbox}", names->mailbox, NULL },
		{ "{app}", names->app, NULL },
		{ "{account}", names->account, "the other account" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		*len = strlen(words[i].word);
		if (strncmp(p, words[i].word, *len) == 0)
			return str_empty(words[i].name) ? words[i].unknown : words[i].name;
	}
	return NULL;
}

/* No name has control characters; a line break would end a command. */
static void add_name(struct buf *b, const char *name, int quoted)
{
	size_t quote;

	for (; *name; name++) {
		quote = quoted ? script_quote_at(name) : 0;
		if (quote > 0)
			buf_add(b, name, quote);
		buf_putc(b, (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
	}
}

static const char *fill(
	struct arena *a, const char *text, const struct reason_names *names, int quoted)
{
	const char *name, *out, *from = text;
	struct buf b;
	size_t len;

	buf_init(&b, FILLED_MAX);
	for (; *text; text++) {
		name = *text == '{' ? name_at(text, names, &len) : NULL;
		if (name) {
			add_name(&b, name, quoted);
			text += len - 1;
		} else {
			buf_putc(&b, *text);
		}
	}
	out = arena_strdup(a, buf_ok(&b) ? buf_str(&b) : from);
	buf_done(&b);
	return out;
}

const char *reason_steps(
	struct arena *a, const struct reason_row *r, const struct reason_names *names)
{
	return fill(a, r->steps, names, 0);
}

const char *reason_command(
	struct arena *a, const struct reason_row *r, const struct reason_names *names)
{
	return fill(a, r->command, names, 1);
}
