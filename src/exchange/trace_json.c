/* Trace JSON: keys and values of an object, one a line; known keys only.
 *
 * Reads bytes in one pass, without a tree, and stops where it is no JSON. Of an unknown key not
 * even the name is shown.
 */
#include <string.h>

#include "trace_parts.h"

enum { DEPTH_MAX = 16 };

static const struct {
	const char *key;
	enum keep keep;
} keys[] = {
	{ "access_token", KEEP_LENGTH },
	{ "correlation_id", KEEP_CODE },
	{ "error", KEEP_CODE },
	{ "error_codes", KEEP_CODE },
	{ "error_description", KEEP_TEXT },
	{ "error_uri", KEEP_URL },
	{ "ErrorCode", KEEP_CODE },
	{ "ErrorMessage", KEEP_TEXT },
	{ "expires_in", KEEP_CODE },
	{ "ext_expires_in", KEEP_CODE },
	{ "id_token", KEEP_LENGTH },
	{ "Protocol", KEEP_CODE },
	{ "refresh_token", KEEP_LENGTH },
	{ "scope", KEEP_CODE },
	{ "suberror", KEEP_CODE },
	{ "timestamp", KEEP_CODE },
	{ "token_type", KEEP_CODE },
	{ "trace_id", KEEP_CODE },
	{ "Url", KEEP_URL },
};

struct json {
	struct trace_lines *to;
	struct piece left;
	char stack[DEPTH_MAX]; /* '{' or '[' */
	size_t depth;
	int key; /* index of the key a value belongs to; -1 unknown */
};

static void skip(struct json *j, size_t n)
{
	j->left.p += n;
	j->left.n -= n;
}

/* The inside of a string, escapes as they are; 0 or -1. */
static int take_string(struct json *j, struct piece *out)
{
	size_t i;

	for (i = 1; i < j->left.n && j->left.p[i] != '"'; i++) {
		if (j->left.p[i] == '\\')
			i++;
	}
	if (i >= j->left.n)
		return -1;
	*out = (struct piece){ j->left.p + 1, i - 1 };
	skip(j, i + 1);
	return 0;
}

static int find_key(struct piece name)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i].key) == name.n && memcmp(keys[i].key, name.p, name.n) == 0)
			return (int)i;
	}
	return -1;
}

static void add_value(struct json *j, struct piece v)
{
	buf_printf(&j->to->line, "%*s%s: ", (int)j->depth, "", j->key < 0 ? "?" : keys[j->key].key);
	trace_value(&j->to->line, j->key < 0 ? KEEP_LENGTH : keys[j->key].keep, v);
	trace_line(j->to);
	if (j->depth == 0 || j->stack[j->depth - 1] == '{')
		j->key = -1; /* one value is all a key has */
}

static void skip_blank(struct json *j)
{
	struct piece rest = piece_trim(j->left);

	skip(j, rest.n ? (size_t)(rest.p - j->left.p) : j->left.n);
}

/* A string is a key when a colon follows inside an object. */
static int string(struct json *j)
{
	struct piece s;

	if (take_string(j, &s) < 0)
		return -1;
	skip_blank(j);
	if (j->depth && j->stack[j->depth - 1] == '{' && j->left.n > 0 && *j->left.p == ':') {
		skip(j, 1);
		j->key = find_key(s);
	} else {
		add_value(j, s);
	}
	return 0;
}

/* A number, true, false or null. */
static int literal(struct json *j)
{
	struct piece v = { j->left.p, 0 };

	while (v.n < j->left.n && v.n < 32 && v.p[v.n] != '\0' &&
		strchr("+-.0123456789Eaeflnrstu", v.p[v.n]))
		v.n++;
	if (v.n == 0)
		return -1;
	skip(j, v.n);
	add_value(j, v);
	return 0;
}

static int nest(struct json *j, char c)
{
	skip(j, 1);
	if (c == '{' || c == '[') {
		if (j->depth == DEPTH_MAX)
			return -1;
		j->stack[j->depth++] = c;
		if (c == '{')
			j->key = -1;
		return 0;
	}
	if (j->depth == 0 || j->stack[j->depth - 1] != (c == '}' ? '{' : '['))
		return -1;
	j->depth--;
	j->key = -1;
	return 0;
}

static int step(struct json *j)
{
	char c = *j->left.p;

	if (c == '"')
		return string(j);
	if (strchr("{}[]", c) && c)
		return nest(j, c);
	if (c == ',') {
		skip(j, 1);
		return 0;
	}
	return literal(j);
}

void trace_json(struct trace_lines *l, struct piece body)
{
	struct json j = { .to = l, .left = body, .key = -1 };

	do {
		skip_blank(&j);
	} while (j.left.n > 0 && !l->full && step(&j) == 0);
	if (j.left.n > 0) {
		buf_printf(&l->line, "(no JSON from here: %zu bytes)", j.left.n);
		trace_line(l);
	}
}
