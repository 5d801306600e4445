/*
 * Grammar: is a request what the schema allows. Reads the table of grammar_table.c once, then walks
 * a request beside it.
 *
 * Complaints are worded as .NET's validator words them, because that is what an administrator finds
 * in a search. The first one ends the walk.
 */
#include "sim/grammar.h"

#include <stdlib.h>
#include <string.h>
#include "sim/soap.h"

enum kind { CHILDREN, ANY, STRING, BOOLEAN, INT, DATE_TIME, DURATION, WORDS, LIST };

struct alternative {
	const char *name, *ns;
	enum level since;
	int type;
};
struct step { /* one place in a sequence: any of its alternatives */
	struct alternative *of;
	int n;
	bool optional, many;
};
struct attribute {
	const char *name;
	enum level since;
	bool required;
	int type;
};
struct type {
	const char *name;
	enum kind kind;
	struct step *steps;
	struct attribute *attributes;
	char **words; /* sorted */
	int n_steps, n_attributes, n_words;
	int list_of;
	long max; /* of a number that is at least 1; 0 = any */
};

/* The table, read at the first request and kept. */
static struct type *types;
static int n_types;

/* Reading the table */

static int type_find(const char *name)
{
	for (int i = 0; i < n_types; i++)
		if (strcmp(types[i].name, name) == 0)
			return i;
	die("grammar: no type %s", name);
}

static void *grow(void *list, int n, size_t size)
{
	char *more = need_more(list, ((size_t)n + 1) * size);

	memset(more + (size_t)n * size, 0, size);
	return more;
}

/* Name, marks and type: "Name?^10=Type". The word is cut up; what the marks say goes where told. */
struct word {
	char *name;
	bool question, star, plus, required;
	enum level since;
	int type;
};
/* Behind ^. */
static enum level level_read(const char *s)
{
	if (strncmp(s, "10", 2) == 0)
		return LEVEL_2010;
	return strncmp(s, "13", 2) == 0 ? LEVEL_2013 : LEVEL_2015;
}

static struct word word_read(char *s)
{
	char *equals = strchr(s, '='), *mark = s + strcspn(s, "?*+!^=");
	struct word w = { .name = s, .since = LEVEL_2007 };

	if (equals == NULL)
		die("grammar: %s has no type", s);
	for (const char *m = mark; m < equals; m++) {
		w.question |= *m == '?';
		w.star |= *m == '*';
		w.plus |= *m == '+';
		w.required |= *m == '!';
		if (*m == '^')
			w.since = level_read(m + 1);
	}
	w.type = type_find(equals + 1);
	*mark = '\0';
	return w;
}

/* Alone, an element is a choice of one. */
static struct step *step_add(struct type *t)
{
	t->steps = grow(t->steps, t->n_steps, sizeof(*t->steps));
	return &t->steps[t->n_steps++];
}

static void alternative_add(struct step *s, const struct word *w)
{
	s->of = grow(s->of, s->n, sizeof(*s->of));
	s->of[s->n++] = (struct alternative){ .name = w->name + 2,
		.ns = w->name[0] == 'm' ? NS_M : NS_T,
		.since = w->since,
		.type = w->type };
}

static void attribute_add(struct type *t, const struct word *w)
{
	t->attributes = grow(t->attributes, t->n_attributes, sizeof(*t->attributes));
	t->attributes[t->n_attributes++] = (struct attribute){
		.name = w->name + 1, .since = w->since, .required = w->required, .type = w->type
	};
}

static int row_find(const char *name)
{
	for (int i = 0; grammar_rows[i].name != NULL; i++)
		if (strcmp(grammar_rows[i].name, name) == 0)
			return i;
	die("grammar: no row %s", name);
}

/* What text must look like. Times of day are only read by availability, which checks them
 * itself. */
static void kind_read(struct type *t, const char *name)
{
	static const struct {
		const char *name;
		enum kind kind;
	} kinds[] = { { "string", STRING }, { "boolean", BOOLEAN }, { "int", INT },
		{ "dateTime", DATE_TIME }, { "date", DATE_TIME }, { "time", STRING },
		{ "duration", DURATION } };

	size_t n = strcspn(name, "<");

	if (name[n] != '\0')
		t->max = strtol(name + n + 2, NULL, 10);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(kinds[i].name, name, n) == 0 && kinds[i].name[n] == '\0') {
			t->kind = kinds[i].kind;
			return;
		}
	die("grammar: no kind %s", name);
}

/* Content is read word by word; a bracket stands open in *open. */
static void content_read(struct type *t, const char *content);

static void content_word(struct type *t, char *s, struct step **open)
{
	struct word w;

	if (*s == '(') {
		*open = step_add(t);
	} else if (*s == ')' && *open != NULL) {
		(*open)->optional = s[1] == '?' || s[1] == '*';
		(*open)->many = s[1] == '*' || s[1] == '+';
		*open = NULL;
	} else if (*s == '&') {
		content_read(t, grammar_rows[row_find(s + 1)].content);
	} else if (*s == '%') {
		kind_read(t, s + 1);
	} else if (*s == '.') {
		t->kind = ANY;
	} else if (*s == '@') {
		w = word_read(s);
		attribute_add(t, &w);
	} else if (*s != '|') {
		struct step *step = *open != NULL ? *open : step_add(t);

		w = word_read(s);
		alternative_add(step, &w);
		if (*open == NULL) {
			step->optional = w.question || w.star;
			step->many = w.star || w.plus;
		}
	}
}

static void content_read(struct type *t, const char *content)
{
	struct step *open = NULL;

	while (*content != '\0') {
		size_t n = strcspn(content, " ");

		char *word = copy_n(content, n);

		content_word(t, word, &open);
		/* Only names stay in use. */
		if (strchr("(|)&%.", *word) != NULL)
			free(word);
		content += n + (content[n] != '\0');
	}
}

/* Up to the level. */
static int by_word(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	size_t n = strcspn(x, "^"), m = strcspn(y, "^");
	int order = memcmp(x, y, n < m ? n : m);

	return order != 0 ? order : (n > m) - (n < m);
}

/* Sorted: some lists have over a hundred words, and every path of a shape is looked up. */
static void words_read(struct type *t, const char *words)
{
	t->kind = WORDS;
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		t->words = grow(t->words, t->n_words, sizeof(*t->words));
		t->words[t->n_words++] = copy_n(words, n);
		words += n + (words[n] != '\0');
	}
	qsort(t->words, (size_t)t->n_words, sizeof(*t->words), by_word);
}

/* Names first, so that rows may speak of later ones. */
static void table_read(void)
{
	while (grammar_rows[n_types].name != NULL)
		n_types++;
	types = need((size_t)n_types * sizeof(*types));
	for (int i = 0; i < n_types; i++)
		types[i].name = grammar_rows[i].name;
	for (int i = 0; i < n_types; i++) {
		const char *content = grammar_rows[i].content;

		if (*content == '=') {
			words_read(&types[i], content + 1);
		} else if (*content == '~') {
			types[i].kind = LIST;
			types[i].list_of = type_find(content + 1);
		} else {
			content_read(&types[i], content);
		}
	}
}

/* Walking a request */

struct walk {
	enum level product;
	struct grammar_error *e;
};

static const char *ns_of(const xmlNode *n)
{
	return n->ns == NULL ? "" : (const char *)n->ns->href;
}

/* Takes over `say`. */
static bool wrong(struct walk *k, const xmlNode *n, char *say)
{
	k->e->say = say;
	k->e->line = (int)xmlGetLineNo(n);
	return false;
}

/* "List of possible elements expected": from this step to the first that must be there. */

static void expected_of(
	const struct walk *k, const struct type *t, int step, const char *ns, struct text *names)
{
	for (int s = step; s < t->n_steps; s++) {
		for (int i = 0; i < t->steps[s].n; i++) {
			const struct alternative *a = &t->steps[s].of[i];

			if (a->since <= k->product && strcmp(a->ns, ns) == 0)
				text_printf(names, "%s%s", names->len > 0 ? ", " : "", a->name);
		}
		if (!t->steps[s].optional)
			return;
	}
}

static void expected(const struct walk *k, const struct type *t, int step, struct text *say)
{
	static const char *const spaces[] = { NS_M, NS_T };
	bool some = false;

	for (size_t i = 0; i < 2; i++) {
		struct text names = { 0 };

		expected_of(k, t, step, spaces[i], &names);
		if (names.len > 0) {
			text_puts(say,
				some ? " as well as " : " List of possible elements expected: ");
			text_printf(say, "'%s' in namespace '%s'", names.at, spaces[i]);
			some = true;
		}
		text_free(&names);
	}
	if (some)
		text_puts(say, ".");
}

static bool wrong_child(
	struct walk *k, const xmlNode *parent, const struct type *t, int step, const xmlNode *child)
{
	struct text say = { 0 };

	text_printf(&say,
		"The element '%s' in namespace '%s' has invalid child element '%s' in namespace "
		"'%s'.",
		parent->name, ns_of(parent), child->name, ns_of(child));
	expected(k, t, step, &say);
	return wrong(k, child, say.at);
}

static bool incomplete(struct walk *k, const xmlNode *n, const struct type *t, int step)
{
	struct text say = { 0 };

	text_printf(&say, "The element '%s' in namespace '%s' has incomplete content.", n->name,
		ns_of(n));
	expected(k, t, step, &say);
	return wrong(k, n, say.at);
}

/* Text */

static bool is_word(const struct type *t, const char *s, enum level product)
{
	char **known = strchr(s, '^') != NULL
		? NULL
		: bsearch(&s, t->words, (size_t)t->n_words, sizeof(*t->words), by_word);
	const char *mark = known == NULL ? NULL : strchr(*known, '^');

	if (known != NULL)
		return mark == NULL || level_read(mark + 1) <= product;
	for (int i = 0; i < t->n_words; i++) {
		size_t n = strlen(t->words[i]);

		if (t->words[i][n - 1] == '*' && strncmp(t->words[i], s, n - 1) == 0)
			return true;
	}
	return false;
}

static bool is_list(const struct type *t, const char *s, enum level product)
{
	while (*(s += strspn(s, " \t\r\n")) != '\0') {
		size_t n = strcspn(s, " \t\r\n");
		char *word = copy_n(s, n);
		bool good = is_word(&types[t->list_of], word, product);

		free(word);
		if (!good)
			return false;
		s += n;
	}
	return true;
}

/* 32 bits, as xs:int has them. */
static bool is_int(const char *s)
{
	char *end;
	long long n;

	if (*s != '-' && *s != '+' && (*s < '0' || *s > '9'))
		return false;
	n = strtoll(s, &end, 10);
	return *end == '\0' && n >= INT32_MIN && n <= INT32_MAX;
}

static bool is_boolean(const char *s)
{
	static const char *const words[] = { "true", "false", "1", "0" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return false;
}

/* `s` is a number. */
static const char *bound_wrong(const struct type *t, const char *s)
{
	long n = strtol(s, NULL, 10);

	if (t->max == 0 || (n >= 1 && n <= t->max))
		return NULL;
	return n < 1 ? "The MinInclusive constraint failed."
		     : "The MaxInclusive constraint failed.";
}

/* What is wrong with a value, as the end of a complaint; NULL = nothing. `s` has no blanks around.
 */
static const char *value_wrong(const struct type *t, const char *s, enum level product)
{
	enum when_kind kind;
	int64_t n;

	switch (t->kind) {
	case WORDS:
		return is_word(t, s, product) ? NULL : "The Enumeration constraint failed.";
	case LIST:
		return is_list(t, s, product) ? NULL : "The Enumeration constraint failed.";
	case INT:
		return is_int(s) ? bound_wrong(t, s) : "The string is not a valid Int32 value.";
	case BOOLEAN:
		return is_boolean(s) ? NULL : "The string is not a valid Boolean value.";
	case DATE_TIME:
		return when_read(s, &n, &kind) ? NULL
					       : "The string is not a valid XsdDateTime value.";
	case DURATION:
		return duration_read(s, &n) ? NULL : "The string is not a valid TimeSpan value.";
	default:
		return NULL;
	}
}

static char *value_complaint(const struct type *t, const char *what, const char *s, const char *end)
{
	bool own = t->kind == WORDS || t->kind == LIST || t->max > 0;

	return format("The %s is invalid - The value '%s' is invalid according to its datatype "
		      "'%s%s%s' - %s",
		what, s, own ? NS_T ":" : "http://www.w3.org/2001/XMLSchema:", t->name,
		own ? "Type" : "", end);
}

/* The one text child most values are, or a copy in *made to free. */
static const char *content_of(xmlNode *n, xmlChar **made)
{
	*made = NULL;
	if (n->children == NULL)
		return "";
	if (n->children->next == NULL && n->children->type == XML_TEXT_NODE)
		return (const char *)n->children->content;
	*made = xmlNodeGetContent(n);
	return *made == NULL ? "" : (const char *)*made;
}

/* Elements and attributes alike. */
static bool check_value(struct walk *k, xmlNode *n, const xmlNode *at, const struct type *t)
{
	xmlChar *made;
	const char *s, *end;
	char *trimmed = NULL;
	bool good = true;

	if (t->kind == STRING || t->kind == ANY)
		return true;
	s = content_of(n, &made);
	end = value_wrong(t, s, k->product);
	if (end != NULL && strpbrk(s, " \t\r\n") != NULL) {
		s += strspn(s, " \t\r\n");
		trimmed = copy(s);
		for (size_t len = strlen(s); len > 0 && strchr(" \t\r\n", trimmed[len - 1]);)
			trimmed[--len] = '\0';
		s = trimmed;
		end = value_wrong(t, s, k->product);
	}
	if (end != NULL) {
		char *what = n == at ? format("'%s:%s' element", ns_of(n), n->name)
				     : format("'%s' attribute", n->name);

		good = wrong(k, at, value_complaint(t, what, s, end));
		free(what);
	}
	free(trimmed);
	xmlFree(made);
	return good;
}

/* Attributes of other namespaces (xsi, soap) are nobody's business. */
static bool check_attributes(struct walk *k, xmlNode *n, const struct type *t)
{
	uint64_t seen = 0;

	for (xmlAttr *a = n->properties; a != NULL; a = a->next) {
		int i = 0;

		if (a->ns != NULL)
			continue;
		while (i < t->n_attributes &&
			(strcmp(t->attributes[i].name, (const char *)a->name) != 0 ||
				t->attributes[i].since > k->product))
			i++;
		if (i == t->n_attributes)
			return wrong(k, n, format("The '%s' attribute is not declared.", a->name));
		seen |= UINT64_C(1) << i;
		if (!check_value(k, (xmlNode *)a, n, &types[t->attributes[i].type]))
			return false;
	}
	for (int i = 0; i < t->n_attributes; i++)
		if (t->attributes[i].required && !(seen >> i & 1))
			return wrong(k, n,
				format("The required attribute '%s' is missing.",
					t->attributes[i].name));
	return true;
}

static const struct alternative *alternative_of(
	const struct walk *k, const struct step *s, const xmlNode *n)
{
	for (int i = 0; i < s->n; i++)
		if (s->of[i].since <= k->product && node_is(n, s->of[i].ns, s->of[i].name))
			return &s->of[i];
	return NULL;
}

static bool is_blank_text(const xmlNode *n)
{
	const char *s = (const char *)n->content;

	return s == NULL || s[strspn(s, " \t\r\n")] == '\0';
}

static bool check(struct walk *k, xmlNode *n, const struct type *t);

/* Where a sequence stands. */
struct place {
	int step;
	bool had; /* an element of this step was there */
};

/* Steps are passed over while they may be absent; the first that may not ends the search. */
static bool check_child(
	struct walk *k, xmlNode *n, const struct type *t, xmlNode *child, struct place *p)
{
	struct place before = *p;

	for (; p->step < t->n_steps; p->step++, p->had = false) {
		const struct step *s = &t->steps[p->step];
		const struct alternative *a = alternative_of(k, s, child);

		if (a != NULL && (s->many || !p->had)) {
			p->had = true;
			return check(k, child, &types[a->type]);
		}
		if (!s->optional && !p->had)
			break;
	}
	/* What stood at a step that is full is expected no more. */
	if (before.step < t->n_steps && before.had && !t->steps[before.step].many)
		before.step++;
	return wrong_child(k, n, t, before.step, child);
}

/* In the order of the document, so that the first complaint is the first mistake. */
static bool check_children(struct walk *k, xmlNode *n, const struct type *t)
{
	struct place p = { 0, false };

	for (xmlNode *child = n->children; child != NULL; child = child->next) {
		if (child->type == XML_ELEMENT_NODE) {
			if (!check_child(k, n, t, child, &p))
				return false;
		} else if ((child->type == XML_TEXT_NODE ||
				   child->type == XML_CDATA_SECTION_NODE) &&
			!is_blank_text(child)) {
			return wrong(k, n,
				format("The element '%s' in namespace '%s' cannot contain text.",
					n->name, ns_of(n)));
		}
	}
	for (; p.step < t->n_steps; p.step++, p.had = false)
		if (!t->steps[p.step].optional && !p.had)
			return incomplete(k, n, t, p.step);
	return true;
}

/* A value has no elements in it. */
static bool check_text(struct walk *k, xmlNode *n, const struct type *t)
{
	const xmlNode *child = node_first(n);

	if (child != NULL)
		return wrong(k, n,
			format("The element '%s' in namespace '%s' cannot contain child element "
			       "'%s' in namespace '%s' because the parent element's content "
			       "model is text only.",
				n->name, ns_of(n), child->name, ns_of(child)));
	return check_value(k, n, n, t);
}

/* libxml2 bounds the depth of what comes in. */
static bool check(struct walk *k, xmlNode *n, const struct type *t)
{
	if (t->kind == ANY)
		return true;
	if (!check_attributes(k, n, t))
		return false;
	return t->kind == CHILDREN ? check_children(k, n, t) : check_text(k, n, t);
}

bool grammar_check(xmlNode *op, enum level product, struct grammar_error *e)
{
	struct walk k = { .product = product, .e = e };

	if (types == NULL)
		table_read();
	return check(&k, op, &types[type_find((const char *)op->name)]);
}
