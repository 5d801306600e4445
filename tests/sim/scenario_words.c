/*
 * Scenario words: a line taken apart, and what is said when it makes no sense: the nearest word
 * that is known, and what was expected.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario_run.h"

const char word_then[] = ";", word_turn[] = "|", word_colon[] = ":";

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One word in quotes from *s (after the first quote) to *to; both move on. */
static const char *quoted(const char **s, char **to)
{
	for (; **s && **s != '"'; ++*s) {
		if (**s == '\\' && !*++*s)
			break;
		*(*to)++ = **s;
	}
	if (**s != '"')
		return "a quoted word does not end; expected \"";
	++*s;
	return **s && !blank(**s) ? "expected a blank after the closing \"" : NULL;
}

static const char *separator(const char *word)
{
	return same(word, word_then)	 ? word_then
		: same(word, word_turn)	 ? word_turn
		: same(word, word_colon) ? word_colon
					 : word;
}

const char *words_read(struct words *w, const char *line)
{
	const char *wrong = NULL;
	char *to;

	w->n = 0;
	to = w->bytes = need(strlen(line) + 2);
	for (;;) {
		const char *begin = to;
		bool in_quotes;

		while (blank(*line))
			line++;
		if (!*line || *line == '#')
			return NULL;
		if (w->n == WORDS_MAX)
			return "too many words in one line";
		in_quotes = *line == '"';
		if (in_quotes) {
			line++;
			wrong = quoted(&line, &to);
		}
		while (!in_quotes && *line && !blank(*line))
			*to++ = *line++;
		if (wrong)
			return wrong;
		*to++ = '\0';
		w->at[w->n++] = in_quotes ? begin : separator(begin);
	}
}

void words_free(struct words *w)
{
	free(w->bytes);
}

int refuse(struct run *r, const char *fmt, ...)
{
	va_list ap;
	char say[1024];

	va_start(ap, fmt);
	vsnprintf(say, sizeof say, fmt, ap);
	va_end(ap);
	/* The first thing wrong is what is told. */
	if (!r->e->say)
		r->e->say = copy(say);
	return -1;
}

enum { NEAR_MAX = 40 };

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* How many letters to add, drop, change or swap. Long words are not worth comparing. */
static int distance(const char *a, const char *b)
{
	int row[3][NEAR_MAX + 1], na = (int)strlen(a), nb = (int)strlen(b);

	if (na > NEAR_MAX || nb > NEAR_MAX)
		return NEAR_MAX;
	for (int i = 0; i <= na; i++) {
		int *now = row[i % 3], *before = row[(i + 2) % 3], *older = row[(i + 1) % 3];

		now[0] = i;
		for (int k = 1; k <= nb && i == 0; k++)
			now[k] = k;
		for (int k = 1; k <= nb && i > 0; k++) {
			int change = before[k - 1] + (small(a[i - 1]) != small(b[k - 1]));

			now[k] = (now[k - 1] < before[k] ? now[k - 1] : before[k]) + 1;
			now[k] = change < now[k] ? change : now[k];
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
				older[k - 2] + 1 < now[k])
				now[k] = older[k - 2] + 1;
		}
	}
	return row[na % 3][nb];
}

void near_try(struct near *n, const char *known)
{
	int d, most = (int)strlen(n->word) / 3;

	if (!n->best[0])
		n->distance = most < 1 ? 2 : most > 2 ? 4 : most + 1;
	d = distance(n->word, known);
	/* A word that was not written to its end. */
	if (strlen(n->word) > 2 && strncmp(n->word, known, strlen(n->word)) == 0)
		d = 1;
	if (strlen(known) >= sizeof n->best || d >= n->distance)
		return;
	n->distance = d;
	snprintf(n->best, sizeof n->best, "%s", known);
}

void near_try_list(struct near *n, const char *known)
{
	char word[sizeof n->best];

	for (size_t len; *known; known += len + (known[len] != '\0')) {
		len = strcspn(known, " ");
		if (len > 0 && len < sizeof word) {
			snprintf(word, sizeof word, "%.*s", (int)len, known);
			near_try(n, word);
		}
	}
}

int refuse_known(struct run *r, const char *what, const char *word, const char *known)
{
	struct near n = { .word = word };

	near_try_list(&n, known);
	if (n.best[0])
		return refuse(r, "'%s' is not %s; did you mean '%s'? expected one of: %s", word,
			what, n.best, known);
	return refuse(r, "'%s' is not %s; expected one of: %s", word, what, known);
}
