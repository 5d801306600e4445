/* What tests of EWS operations share: a question's bytes, an answer's result as text, and answers
 * mutilated in every way that keeps or breaks their meaning: cut at every byte, elements swapped,
 * doubled, prefixed otherwise, and foreign elements, attributes, comments and blanks everywhere.
 *
 * An operation's test gives a printer: a line for each part; the line of a part that failed begins
 * with "! " and its reason's code. A mutilated answer must print the same, or fail: as a whole, or
 * in a part with "! bad_answer". It must never print anything else.
 */
#ifndef LATCHKEY_EWS_GOLDEN_H
#define LATCHKEY_EWS_GOLDEN_H

#include "tests/unit/unit.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ews/ews.h"

enum { GOLDEN_MAX = 1 << 24, GOLDEN_SPACES = 16 };

#define GOLDEN_ME "svc@acme.test"

struct golden {
	enum exchange_op op;
	const void *query;
	/* What stands in the Body, with the prefixes m and t bound; or a whole document. */
	const char *answer;
	long status; /* 0 = 200 */
	void (*print)(struct buf *out, const void *result);
	/* Elements that a list holds any number of: a double is another entry. Ended by NULL. */
	const char *const *entries;
	/* Elements in which the order of different children means something. Ended by NULL. */
	const char *const *ordered;
};

/* --- questions --- */

static inline struct dialect_ask golden_ask(
	enum exchange_op op, const void *query, int version, const char *impersonate)
{
	return (struct dialect_ask){
		.op = op,
		.query = query,
		.version = version,
		.impersonate = impersonate,
		.mailbox = GOLDEN_ME,
		.zone = "Europe/Berlin",
	};
}

/* Appends the request; NULL when it cannot be asked so. */
static inline const char *golden_request(struct buf *out, const struct dialect_ask *ask)
{
	struct err e = { 0 };

	if (dialect_ews.write(ask, out, &e) < 0) {
		assert_int_equal(e.code, ERR_INPUT);
		return NULL;
	}
	return buf_str(out);
}

/* What stands in the Body of a request, without the envelope. */
static inline const char *golden_body(struct buf *out, const struct dialect_ask *ask)
{
	char *body, *end;

	if (!golden_request(out, ask))
		return NULL;
	body = strstr(out->p, "<s:Body>");
	end = strstr(out->p, "</s:Body>");
	assert_non_null(body);
	assert_non_null(end);
	*end = '\0';
	return body + 8;
}

/* --- answers --- */

static inline void golden_wrap(struct buf *out, const char *answer)
{
	if (!strncmp(answer, "<?xml", 5) || !strncmp(answer, "<s:Envelope", 11)) {
		buf_puts(out, answer);
		return;
	}
	buf_puts(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
		"<s:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"1\" "
		"MajorBuildNumber=\"2507\" MinorBuildNumber=\"6\" "
		"xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/>"
		"</s:Header><s:Body "
		"xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" "
		"xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">");
	buf_puts(out, answer);
	buf_puts(out, "</s:Body></s:Envelope>");
}

/* Read bytes as the answer, and print what was read into out, which is emptied before. */
static inline void golden_read(
	const struct golden *g, const char *body, size_t n, struct buf *out, struct outcome *o)
{
	static const char headers[] = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n";
	struct dialect_ask ask = golden_ask(g->op, g->query, EWS_2010_SP2, NULL);
	/* A copy that ends where the answer ends: whatever reads beyond it is found out. */
	char *exact = malloc(n ? n : 1);
	struct dialect_reply r = { g->status ? g->status : 200, headers, sizeof(headers) - 1, exact,
		n };
	struct arena a;
	void *result;

	assert_non_null(exact);
	memcpy(exact, body, n);
	arena_init(&a, GOLDEN_MAX);
	memset(o, 0, sizeof(*o));
	buf_clear(out);
	result = arena_alloc(&a, dialect_result_size(g->op));
	dialect_ews.read(&ask, &r, &a, result, o);
	free(exact);
	if (o->reason == REASON_OK)
		g->print(out, result);
	else
		buf_printf(out, "outcome %s %s\n", reason_row(o->reason)->code, o->code);
	assert_true(buf_ok(out));
	arena_done(&a);
}

/* The text of a whole answer; a test that only reads needs no more. */
static inline void golden_equal(const struct golden *g, const char *want)
{
	struct buf document, got;
	struct outcome o;

	buf_init(&document, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	golden_wrap(&document, g->answer);
	golden_read(g, buf_str(&document), document.len, &got, &o);
	assert_string_equal(buf_str(&got), want);
	buf_done(&document);
	buf_done(&got);
}

/* --- mutants --- */

enum golden_kind {
	MUTANT_PREFIXED,  /* all prefixes are others */
	MUTANT_DEFAULT,	  /* no prefixes, a default namespace on each element */
	MUTANT_LOCAL,	  /* each element declares its own prefix */
	MUTANT_UNKNOWN,	  /* an unknown element before a child or at the end */
	MUTANT_TWIN,	  /* one with the child's name in a foreign namespace */
	MUTANT_ATTRIBUTE, /* unknown attributes */
	MUTANT_COMMENT,	  /* comments and instructions between elements and inside of text */
	MUTANT_BLANK,	  /* white space between elements and around text */
	MUTANT_SWAP,	  /* two neighbours of different name */
	MUTANT_DOUBLE,	  /* an element twice */
	MUTANT__MAX
};

struct mutant {
	const struct golden *g;
	enum golden_kind kind;
	long at; /* which place; -1 every one */
	long seen;
	struct buf *out;
	const xmlChar *spaces[GOLDEN_SPACES]; /* namespaces of the document */
};

static inline int golden_here(struct mutant *m)
{
	return m->seen++ == m->at || m->at < 0;
}

static inline int golden_listed(const char *const *list, const xmlNode *n)
{
	for (; list && *list; list++) {
		if (!strcmp(*list, (const char *)n->name))
			return 1;
	}
	return 0;
}

static inline void golden_escape(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '<' || *s == '>' || *s == '&' || *s == '"')
			buf_printf(out, "&#%d;", *s);
		else
			buf_putc(out, *s);
	}
}

static inline size_t golden_space(struct mutant *m, const xmlNs *ns)
{
	size_t i = 0;

	while (m->spaces[i] && strcmp((const char *)m->spaces[i], (const char *)ns->href))
		i++;
	assert_true(i < GOLDEN_SPACES - 1);
	m->spaces[i] = ns->href;
	return i;
}

static inline void golden_name(struct mutant *m, const xmlNode *n)
{
	if (m->kind == MUTANT_LOCAL && n->ns)
		buf_printf(m->out, "own:%s", (const char *)n->name);
	else if (m->kind == MUTANT_DEFAULT || !n->ns)
		buf_puts(m->out, (const char *)n->name);
	else
		buf_printf(m->out, "q%zu:%s", golden_space(m, n->ns), (const char *)n->name);
}

static inline void golden_attributes(struct mutant *m, const xmlNode *n)
{
	const xmlAttr *a;
	size_t i;

	if (m->kind == MUTANT_LOCAL && n->ns)
		buf_printf(m->out, " xmlns:own=\"%s\"", (const char *)n->ns->href);
	else if (m->kind == MUTANT_DEFAULT)
		buf_printf(m->out, " xmlns=\"%s\"", n->ns ? (const char *)n->ns->href : "");
	else if (n->parent && n->parent->type == XML_DOCUMENT_NODE) {
		for (i = 0; m->spaces[i]; i++)
			buf_printf(m->out, " xmlns:q%zu=\"%s\"", i, (const char *)m->spaces[i]);
	}
	for (a = n->properties; a; a = a->next) {
		if (a->ns)
			buf_printf(m->out, " xmlns:of=\"%s\" of:%s=\"", (const char *)a->ns->href,
				(const char *)a->name);
		else
			buf_printf(m->out, " %s=\"", (const char *)a->name);
		golden_escape(m->out, a->children ? (const char *)a->children->content : "");
		buf_putc(m->out, '"');
	}
	if (m->kind == MUTANT_ATTRIBUTE && golden_here(m))
		buf_puts(m->out,
			" xmlns:zz=\"urn:unknown\" zz:Id=\"unknown\" Unknown=\"1\" "
			"zz:ResponseClass=\"Error\" zz:Name=\"unknown\"");
}

/* What comes between the elements. */
static inline void golden_between(struct mutant *m, const xmlNode *before)
{
	static const char unknown[] = "<zz:Unknown xmlns:zz=\"urn:unknown\" Id=\"unknown\" "
				      "ResponseClass=\"Success\">unknown<zz:More/></zz:Unknown>";

	if (m->kind == MUTANT_UNKNOWN && golden_here(m))
		buf_puts(m->out, unknown);
	else if (m->kind == MUTANT_TWIN && before && golden_here(m))
		buf_printf(m->out,
			"<zz:%s xmlns:zz=\"urn:unknown\" Id=\"twin\" Name=\"twin\" "
			"ResponseClass=\"Error\">1<zz:More>2</zz:More></zz:%s>",
			(const char *)before->name, (const char *)before->name);
	else if (m->kind == MUTANT_COMMENT && golden_here(m))
		buf_puts(m->out, "<!-- a < b --><?instruction to nobody?>");
	else if (m->kind == MUTANT_BLANK && golden_here(m))
		buf_puts(m->out, "\r\n\t  ");
}

static inline void golden_text(struct mutant *m, const char *text)
{
	size_t half = strlen(text) / 2;
	char *first = strndup(text, half);
	int here = (m->kind == MUTANT_COMMENT || m->kind == MUTANT_BLANK) && golden_here(m);

	assert_non_null(first);
	if (here && m->kind == MUTANT_BLANK)
		buf_puts(m->out, "\n  ");
	golden_escape(m->out, first);
	if (here && m->kind == MUTANT_COMMENT)
		buf_puts(m->out, "<!-- half -->");
	golden_escape(m->out, text + half);
	if (here && m->kind == MUTANT_BLANK)
		buf_puts(m->out, " \r\n");
	free(first);
}

static inline xmlNode *golden_element(xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static inline void golden_put(struct mutant *m, xmlNode *n);

/* Is this child to change places with the next one? */
static inline int golden_swaps(struct mutant *m, const xmlNode *n, const xmlNode *next)
{
	return m->kind == MUTANT_SWAP && next && strcmp((char *)n->name, (char *)next->name) &&
		!golden_listed(m->g->ordered, n->parent) && golden_here(m);
}

static inline void golden_children(struct mutant *m, xmlNode *parent)
{
	xmlNode *n = golden_element(parent->children), *next;

	for (; n; n = next) {
		next = golden_element(n->next);
		golden_between(m, n);
		if (golden_swaps(m, n, next)) {
			golden_put(m, next);
			golden_put(m, n);
			next = golden_element(next->next);
			continue;
		}
		golden_put(m, n);
		if (m->kind == MUTANT_DOUBLE && !golden_listed(m->g->entries, n) && golden_here(m))
			golden_put(m, n);
	}
	golden_between(m, NULL);
}

static inline void golden_put(struct mutant *m, xmlNode *n)
{
	xmlChar *text;

	buf_putc(m->out, '<');
	golden_name(m, n);
	golden_attributes(m, n);
	buf_putc(m->out, '>');
	if (golden_element(n->children)) {
		golden_children(m, n);
	} else if (n->children) {
		text = xmlNodeGetContent(n);
		golden_text(m, (const char *)text);
		xmlFree(text);
	}
	buf_puts(m->out, "</");
	golden_name(m, n);
	buf_putc(m->out, '>');
}

static inline void golden_spaces(struct mutant *m, const xmlNode *n)
{
	for (; n; n = n->next) {
		if (n->ns)
			golden_space(m, n->ns);
		golden_spaces(m, n->children);
	}
}

/* --- what must come of them --- */

/* The line as it was, or a part that cannot be read. */
static inline int golden_line(const char *got, size_t got_len, const char *want, size_t want_len)
{
	static const char unread[] = "! bad_answer";

	if (got_len == want_len && !memcmp(got, want, got_len))
		return 1;
	return got_len >= sizeof(unread) - 1 && !memcmp(got, unread, sizeof(unread) - 1);
}

/* Refusing the whole is honest; naming another cause than the server did is not. */
static inline int golden_refused(const char *got)
{
	static const char *const honest[] = { "bad_answer", "not_exchange", "server_down" };
	size_t i, n;

	if (strncmp(got, "outcome ", 8))
		return 0;
	for (i = 0; i < COUNT(honest); i++) {
		n = strlen(honest[i]);
		if (!strncmp(got + 8, honest[i], n) && got[8 + n] == ' ')
			return 1;
	}
	return 0;
}

static inline void golden_judge(
	const char *got, const char *want, const char *what, const char *document)
{
	const char *p = got, *q = want;
	size_t n, k;

	if (golden_refused(got))
		return;
	while (*p && *q) {
		n = strcspn(p, "\n");
		k = strcspn(q, "\n");
		if (!golden_line(p, n, q, k))
			break;
		p += n + (p[n] == '\n');
		q += k + (q[k] == '\n');
	}
	if (*p || *q)
		fail_msg("%s: read as\n%sinstead of\n%sfrom\n%s", what, got, want, document);
}

/* One mutant: write, read, judge. */
static inline void golden_one(struct mutant *m, xmlNode *root, const char *want, struct buf *got)
{
	static const char *const names[MUTANT__MAX] = { "prefixed", "default namespace",
		"local prefixes", "unknown element", "foreign twin", "unknown attributes",
		"comment", "blanks", "swapped", "doubled" };
	struct outcome o;
	char what[64];

	m->seen = 0;
	buf_clear(m->out);
	golden_put(m, root);
	if (m->at == LONG_MAX)
		return;
	snprintf(what, sizeof(what), "%s at %ld", names[m->kind], m->at);
	golden_read(m->g, buf_str(m->out), m->out->len, got, &o);
	golden_judge(buf_str(got), want, what, buf_str(m->out));
	if (m->kind <= MUTANT_LOCAL)
		assert_string_equal(buf_str(got), want);
}

/* At each place by itself, then everywhere; all swapped or doubled at once is another document. */
static inline void golden_kind(struct mutant *m, xmlNode *root, const char *want, struct buf *got)
{
	long places;

	m->at = LONG_MAX;
	golden_one(m, root, want, got);
	places = m->seen;
	for (m->at = 0; m->at < places; m->at++)
		golden_one(m, root, want, got);
	m->at = -1;
	if (m->kind != MUTANT_SWAP && m->kind != MUTANT_DOUBLE)
		golden_one(m, root, want, got);
}

/* Cut behind every byte but the last ones, which are blank. */
static inline void golden_cut(const struct golden *g, const struct buf *document, struct buf *got)
{
	struct outcome o;
	size_t n, whole = document->len;

	while (whole && strchr(" \r\n\t", document->p[whole - 1]))
		whole--;
	for (n = 0; n < whole; n++) {
		golden_read(g, document->p, n, got, &o);
		if (!golden_refused(buf_str(got)))
			fail_msg("cut to %zu bytes: %s", n, buf_str(got));
	}
}

/* The answer is read as `want`, and no mutant of it as anything else. */
static inline void golden_check(const struct golden *g, const char *want)
{
	struct mutant m = { .g = g };
	struct buf document, out, got;
	xmlDoc *doc;
	int kind;

	golden_equal(g, want);
	buf_init(&document, GOLDEN_MAX);
	buf_init(&out, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	golden_wrap(&document, g->answer);
	golden_cut(g, &document, &got);
	doc = xmlReadMemory(
		document.p, (int)document.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	assert_non_null(doc);
	golden_spaces(&m, xmlDocGetRootElement(doc));
	m.out = &out;
	for (kind = 0; kind < MUTANT__MAX; kind++) {
		m.kind = (enum golden_kind)kind;
		golden_kind(&m, xmlDocGetRootElement(doc), want, &got);
	}
	xmlFreeDoc(doc);
	buf_done(&document);
	buf_done(&out);
	buf_done(&got);
}

#endif
