/*
 * Op_find_filter: restrictions. An expression is read into a tree once and asked for each item.
 *
 * Texts compare without case, as the store does; Contains says itself how. A property that is not
 * there equals nothing and is unlike everything. Depth and size are bounded.
 */
#include "sim/op_find.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 32, CHILDREN_MAX = 255 };

enum test_kind {
	TEST_AND,
	TEST_OR,
	TEST_NOT,
	TEST_EXISTS,
	TEST_CONTAINS,
	TEST_EXCLUDES,
	TEST_EQUAL,
	TEST_UNEQUAL,
	TEST_GREATER,
	TEST_GREATER_EQUAL,
	TEST_LESS,
	TEST_LESS_EQUAL
};
static const char *const test_names[] = { "And", "Or", "Not", "Exists", "Contains", "Excludes",
	"IsEqualTo", "IsNotEqualTo", "IsGreaterThan", "IsGreaterThanOrEqualTo", "IsLessThan",
	"IsLessThanOrEqualTo", NULL };

enum mode { MODE_FULL, MODE_PREFIX, MODE_SUBSTRING, MODE_WORDS, MODE_PHRASE };
static const char *const mode_names[] = { "FullString", "Prefixed", "Substring", "PrefixOnWords",
	"ExactPhrase", NULL };

struct test {
	enum test_kind kind;
	struct path path, other; /* other: when not compared with a constant */
	const char *constant;
	enum mode mode;
	bool exact;
	int64_t bits;
	const struct zone *zone;   /* of constants without one */
	struct test *first, *next; /* AND, OR, NOT */
};

/* Lists of people and other nested properties cannot be asked for. */
const char *path_read(struct call *c, xmlNode *n, struct path *p)
{
	const char *code = NULL;

	*p = (struct path){ NULL, NULL };
	if (n && node_is(n, NS_T, "ExtendedFieldURI")) {
		char *key = tag_key(c, n, &code);
		p->key = key ? call_keep(c, key) : NULL;
		return code;
	}
	if (!n || !node_is(n, NS_T, "FieldURI"))
		return "ErrorUnsupportedPathForQuery";
	p->uri = node_attribute(c, n, "FieldURI");
	if (!p->uri || strncmp(p->uri, "folder:", 7) == 0)
		return "ErrorUnsupportedPathForQuery";
	if (same(p->uri, "item:Body"))
		return NULL;
	const struct field *f = field_find(p->uri, ON_ANY);
	return f && !f->get ? "ErrorUnsupportedPathForQuery" : NULL;
}

/* A body can be searched though FindItem never shows it. */
struct value path_value(const struct path *p, const struct view *v)
{
	if (p->key)
		return tag_value(v, p->key);
	if (same(p->uri, "item:Body"))
		return value_text(v->is_private ? NULL : v->item->body);
	return field_value(v, p->uri);
}

static int place_of(const char *const *names, const char *name)
{
	for (int n = 0; name && names[n]; n++)
		if (same(names[n], name))
			return n;
	return -1;
}

/* A constant, or another property. */
static const char *read_operand(struct call *c, xmlNode *n, struct test *t)
{
	xmlNode *operand = node_first(node_child(n, NS_T, "FieldURIOrConstant"));

	if (!operand)
		return "ErrorInvalidRequest";
	if (!node_is(operand, NS_T, "Constant"))
		return path_read(c, operand, &t->other);
	t->constant = node_attribute(c, operand, "Value");
	return t->constant ? NULL : "ErrorInvalidRequest";
}

/* Without a mode any part of the text counts. */
static const char *read_contains(struct call *c, xmlNode *n, struct test *t)
{
	const char *mode = node_attribute(c, n, "ContainmentMode");
	const char *comparison = node_attribute(c, n, "ContainmentComparison");

	t->constant = node_attribute(c, node_child(n, NS_T, "Constant"), "Value");
	t->mode = mode ? (enum mode)place_of(mode_names, mode) : MODE_SUBSTRING;
	t->exact = same(comparison, "Exact") || same(comparison, "IgnoreNonSpacingCharacters");
	return t->constant ? NULL : "ErrorInvalidRequest";
}

static const char *read_bits(struct call *c, xmlNode *n, struct test *t)
{
	const char *s = node_attribute(c, node_child(n, NS_T, "Bitmask"), "Value");

	t->bits = s ? strtoll(s, NULL, 0) : 0;
	return s ? NULL : "ErrorInvalidRequest";
}

static const char *read_test(struct call *c, xmlNode *n, int depth, struct test **out);

/* And, Or and Not hold others; an empty one is refused. */
static const char *read_children(struct call *c, xmlNode *n, int depth, struct test *t)
{
	struct test **end = &t->first;
	int count = 0;

	for (xmlNode *child = node_first(n); child; child = node_next(child)) {
		const char *code = ++count > CHILDREN_MAX ? "ErrorRestrictionTooComplex"
							  : read_test(c, child, depth + 1, end);
		if (code)
			return code;
		end = &(*end)->next;
	}
	return count ? NULL : "ErrorInvalidRequest";
}

/* Nodes are kept with the call, so that a refusal half way leaks nothing. */
static const char *read_test(struct call *c, xmlNode *n, int depth, struct test **out)
{
	int kind = -1;

	for (int k = 0; test_names[k]; k++)
		if (node_is(n, NS_T, test_names[k]))
			kind = k;
	if (depth > DEPTH_MAX)
		return "ErrorRestrictionTooComplex";
	if (kind < 0)
		return "ErrorUnsupportedQueryFilter";
	struct test *t = call_keep(c, need(sizeof *t));
	*out = t;
	t->kind = (enum test_kind)kind;
	t->zone = c->zone ? c->zone : zones;
	if (t->kind <= TEST_NOT)
		return read_children(c, n, depth, t);
	const char *code = path_read(c, node_first(n), &t->path);
	if (code || t->kind == TEST_EXISTS)
		return code;
	if (t->kind == TEST_CONTAINS)
		return read_contains(c, n, t);
	return t->kind == TEST_EXCLUDES ? read_bits(c, n, t) : read_operand(c, n, t);
}

const char *filter_read(struct call *c, xmlNode *expression, struct test **out)
{
	*out = NULL;
	return expression ? read_test(c, expression, 0, out) : NULL;
}

static int sign_of(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* Kinds that do not go together are equal to each other in order. */
int value_compare(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_NONE || b->kind == VALUE_NONE)
		return sign_of(a->kind != VALUE_NONE, b->kind != VALUE_NONE);
	if (a->kind == VALUE_LIST || b->kind == VALUE_LIST)
		return 0;
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
		return sign_of(strcasecmp(a->text, b->text), 0);
	return sign_of(a->number, b->number);
}

/* The constant as a value of the property's kind; NONE when it cannot be one. */
static struct value constant_as(const struct test *t, enum value_kind kind)
{
	int64_t at;
	enum when_kind how;

	switch (kind) {
	case VALUE_NUMBER:
		return value_number(strtoll(t->constant, NULL, 0));
	case VALUE_FLAG:
		return value_flag(truth(t->constant) || same_nocase(t->constant, "true"));
	case VALUE_TIME:
		if (!when_read(t->constant, &at, &how))
			break;
		return (struct value){ .kind = VALUE_TIME,
			.number = how == WHEN_LOCAL ? zone_utc(t->zone, at) : at };
	case VALUE_TEXT:
	case VALUE_LIST:
		return value_text(t->constant);
	case VALUE_NONE:
		break;
	}
	return (struct value){ 0 };
}

static bool equals_any(const struct value *list, const char *text)
{
	for (char *const *at = list->list; at && *at; at++)
		if (same_nocase(*at, text))
			return true;
	return false;
}

/* Against nothing, only "is not equal" holds. */
static bool compare(const struct test *t, const struct view *v)
{
	struct value a = path_value(&t->path, v);
	struct value b = t->constant ? constant_as(t, a.kind) : path_value(&t->other, v);

	if (a.kind == VALUE_NONE || b.kind == VALUE_NONE)
		return t->kind == TEST_UNEQUAL && a.kind != b.kind;
	if (a.kind == VALUE_LIST && b.text)
		return equals_any(&a, b.text) == (t->kind == TEST_EQUAL);
	int order = value_compare(&a, &b);
	switch (t->kind) {
	case TEST_EQUAL:
		return order == 0;
	case TEST_UNEQUAL:
		return order != 0;
	case TEST_GREATER:
		return order > 0;
	case TEST_GREATER_EQUAL:
		return order >= 0;
	case TEST_LESS:
		return order < 0;
	default:
		return order <= 0;
	}
}

static bool begins(const struct test *t, const char *s, size_t n)
{
	return t->exact ? strncmp(s, t->constant, n) == 0 : strncasecmp(s, t->constant, n) == 0;
}

/* PrefixOnWords: at the beginning of any word. */
static bool text_contains(const struct test *t, const char *s)
{
	size_t n = strlen(t->constant);

	switch (t->mode) {
	case MODE_FULL:
		return strlen(s) == n && begins(t, s, n);
	case MODE_PREFIX:
		return begins(t, s, n);
	case MODE_WORDS:
		for (const char *at = s; *at; at++)
			if ((at == s || at[-1] == ' ') && begins(t, at, n))
				return true;
		return false;
	case MODE_SUBSTRING:
	case MODE_PHRASE:
		break;
	}
	for (const char *at = s; *at; at++)
		if (begins(t, at, n))
			return true;
	return n == 0;
}

static bool contains(const struct test *t, const struct view *v)
{
	struct value a = path_value(&t->path, v);

	if (a.kind == VALUE_TEXT)
		return text_contains(t, a.text);
	for (char *const *at = a.kind == VALUE_LIST ? a.list : NULL; at && *at; at++)
		if (text_contains(t, *at))
			return true;
	return false;
}

/* No restriction lets all pass. */
bool filter_passes(const struct test *t, const struct view *v)
{
	if (!t)
		return true;
	switch (t->kind) {
	case TEST_AND:
	case TEST_OR:
		for (const struct test *one = t->first; one; one = one->next)
			if (filter_passes(one, v) != (t->kind == TEST_AND))
				return t->kind == TEST_OR;
		return t->kind == TEST_AND;
	case TEST_NOT:
		return !filter_passes(t->first, v);
	case TEST_EXISTS:
		return path_value(&t->path, v).kind != VALUE_NONE;
	case TEST_CONTAINS:
		return contains(t, v);
	case TEST_EXCLUDES:
		return (path_value(&t->path, v).number & t->bits) == 0;
	default:
		return compare(t, v);
	}
}
