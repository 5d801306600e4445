/* Xml read: foreign XML through libxml2's parser, into a tree of our own.
 *
 * Rules: the parser is given no network, no entities, no document type (the first sign of one ends
 * it) and a bounded depth; it never repairs. Bytes are looked through before, and so that they mean
 * there what they mean to the parser, it is told the encoding, which is one of few: what XML
 * forbids is replaced in a copy, and a document without it is parsed where it lies. What would cost
 * more than its bytes, in memory or in time, is refused. The tree keeps what is asked of it and no
 * more: elements, trimmed text, attributes without a namespace. It costs a third of the library's,
 * and is given back in one piece.
 */
#include "xml_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <libxml/parser.h>
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/str.h"

enum {
	BYTES_MAX = 48 << 20,	    /* no transport brings as many */
	RICH_FROM = 4 << 20,	    /* bytes; a smaller document cannot grow beyond reason */
	TREE_MAX = 256 << 20,	    /* what comes of the richest; more is a mistake of ours */
	NAMES = 2000,		    /* more than all dialects have */
	ATTRIBUTES = 100,	    /* of one element; the parser compares each with all */
	TAG_SHORT = 5 * ATTRIBUTES, /* bytes that have no room for more: each needs ` a=""` */
	SCOPE = 256		    /* namespaces; the parser looks each prefix up among all */
};

struct xml_attr {
	const struct xml_attr *next;
	const char *name, *value;
};

struct xml_node {
	const char *name, *text;
	const struct xml_attr *attrs;
	const struct xml_node *first, *next;
	uint32_t len; /* of text */
	int ns;
};

/* Names are the dictionary's. */
struct tree {
	struct arena a;
	xmlDict *names;
	const struct xml_node *root;
};

#define EXCHANGE_NS "http://schemas.microsoft.com/exchange/"

static const char *const uris[NS__MAX] = {
	[NS_SOAP] = "http://schemas.xmlsoap.org/soap/envelope/",
	[NS_M] = EXCHANGE_NS "services/2006/messages",
	[NS_T] = EXCHANGE_NS "services/2006/types",
	[NS_E] = EXCHANGE_NS "services/2006/errors",
	[NS_A] = EXCHANGE_NS "2010/Autodiscover",
	[NS_POX] = EXCHANGE_NS "autodiscover/responseschema/2006",
	[NS_POXA] = EXCHANGE_NS "autodiscover/outlook/responseschema/2006a",
};

/* --- encodings --- */

static uint32_t unit_at(const unsigned char *p, int big)
{
	return big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* A document that begins with the mark of UTF-16, in UTF-8; the caller frees it. Half a character
 * is none. */
static char *from_utf16(const char *text, size_t *n)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + (*n & ~(size_t)1);
	const int big = *p == 0xfe;
	char *copy = calloc(*n / 2, 3), *to = copy;
	uint32_t c, low;

	if (!copy)
		die("out of memory");
	for (p += 2; p < end; p += 2) {
		c = unit_at(p, big);
		if (c >= 0xd800 && c < 0xe000) {
			low = c < 0xdc00 && p + 2 < end ? unit_at(p + 2, big) : 0;
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				p += 2;
			} else {
				c = 0xfffd;
			}
		}
		to = put_utf8(to, c);
	}
	*n = (size_t)(to - copy);
	return copy;
}

/* What a document may call its encoding, and what the parser is told; NULL: UTF-8, its own. In each
 * of them markup is ASCII, and nothing but markup has its bytes. Whoever says UTF-16 without its
 * mark has forgotten to change the word. */
static const struct encoding {
	const char *name, *told;
} encodings[] = {
	{ "utf-8", NULL },
	{ "utf8", NULL },
	{ "us-ascii", NULL },
	{ "utf-16", NULL },
	{ "iso-8859-1", "ISO-8859-1" },
	{ "windows-1252", "windows-1252" },
};

static const struct encoding *encoding_named(const char *name, size_t n)
{
	const struct encoding *e = encodings;

	for (; e < encodings + sizeof(encodings) / sizeof(*encodings); e++) {
		if (strlen(e->name) == n && !strncasecmp(e->name, name, n))
			return e;
	}
	return NULL;
}

/* By its declaration; NULL: one that is not read here. */
static const struct encoding *encoding_of(const char *p, size_t n)
{
	static const char word[] = "encoding", blanks[] = " \t\r\n";
	char text[256] = "", *at;

	memcpy(text, p, n < sizeof(text) ? n : sizeof(text) - 1);
	if (!str_starts(text, "<?xml") || !strchr(blanks, text[5]))
		return encodings;
	at = strstr(text, "?>");
	if (!at)
		return NULL;
	*at = '\0';
	at = strstr(text, word);
	if (!at)
		return encodings;
	at += sizeof(word) - 1;
	at += strspn(at, blanks);
	if (*at != '=')
		return NULL;
	at++;
	at += strspn(at, blanks);
	if (*at != '"' && *at != '\'')
		return NULL;
	return encoding_named(at + 1, strcspn(at + 1, "\"'"));
}

/* --- before parsing --- */

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_forbidden_byte(char c)
{
	return (unsigned char)c < 0x20 && !is_blank(c);
}

/* May a reference name this character? */
static int is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c < 0xd800 || (c > 0xdfff && c < 0xfffe) || (c > 0xffff && c < 0x110000);
}

static uint32_t digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : UINT32_MAX;
}

/* Length of the reference to a forbidden character at p ("&#x1F;"), 0 when it is none such. */
static size_t forbidden_reference(const char *p, size_t n)
{
	size_t i = 2, digits;
	uint32_t c = 0, base = 10, digit;

	if (n < 4 || p[0] != '&' || p[1] != '#')
		return 0;
	if (p[2] == 'x') {
		base = 16;
		i = 3;
	}
	for (digits = i; i < n && p[i] != ';'; i++) {
		digit = digit_value(p[i]);
		if (digit >= base)
			return 0;
		c = c > 0x110000 ? c : c * base + digit;
	}
	return i < n && i > digits && !is_allowed(c) ? i + 1 : 0;
}

/* How many bytes below the blank are none of the blanks. Eight at a time, as hardly any document
 * has one: the subtraction borrows exactly where a byte was smaller. */
static size_t count_forbidden(const char *p, size_t n)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t i = 0, k, count = 0;
	uint64_t w;

	for (; i + 8 <= n; i += 8) {
		memcpy(&w, p + i, 8);
		if (!((w - ones * 0x20) & ~w & tops))
			continue;
		for (k = 0; k < 8; k++)
			count += (size_t)is_forbidden_byte(p[i + k]);
	}
	for (; i < n; i++)
		count += (size_t)is_forbidden_byte(p[i]);
	return count;
}

static int has_forbidden_reference(const char *p, const char *end)
{
	while (p < end && (p = memchr(p, '&', (size_t)(end - p)))) {
		if (forbidden_reference(p, (size_t)(end - p)))
			return 1;
		p++;
	}
	return 0;
}

/* U+FFFE and U+FFFF, of three bytes: characters, but none of XML's. */
static int is_noncharacter(const char *p, const char *end)
{
	return end - p >= 3 && (!memcmp(p, "\xef\xbf\xbe", 3) || !memcmp(p, "\xef\xbf\xbf", 3));
}

static int has_noncharacter(const char *p, const char *end)
{
	while (p < end && (p = memchr(p, 0xef, (size_t)(end - p)))) {
		if (is_noncharacter(p, end))
			return 1;
		p++;
	}
	return 0;
}

/* Behind the CDATA section that begins at p, in which a reference is plain text; p: none does. */
static const char *behind_cdata(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);
	const char *mark;

	if (n < 9 || memcmp(p, "<![CDATA[", 9) != 0)
		return p;
	mark = memmem(p, n, "]]>", 3);
	return mark ? mark : end;
}

/* The document of n bytes without what XML forbids, of which `bytes` are single ones; the caller
 * frees it. */
static char *without_forbidden(const char *p, size_t *n, size_t bytes)
{
	static const char replacement[3] = "\xef\xbf\xbd";
	const char *end = p + *n, *literal = p;
	char *copy = malloc(*n + 2 * bytes), *to = copy;
	size_t skip;

	if (!copy)
		die("out of memory");
	while (p < end) {
		if (p >= literal)
			literal = behind_cdata(p, end);
		skip = is_noncharacter(p, end) ? 3 : (size_t)is_forbidden_byte(*p);
		if (!skip && p >= literal)
			skip = forbidden_reference(p, (size_t)(end - p));
		if (skip) {
			memcpy(to, replacement, sizeof(replacement));
			to += sizeof(replacement);
			p += skip;
		} else {
			*to++ = *p++;
		}
	}
	*n = (size_t)(to - copy);
	return copy;
}

/* Elements and attributes cost many times their bytes in memory: a document made of little else is
 * none that Exchange sends. */
static int is_too_rich(const char *p, size_t n)
{
	size_t i, marks = 0;

	if (n <= RICH_FROM)
		return 0;
	for (i = 0; i + 1 < n; i++)
		marks += (p[i] == '<' && p[i + 1] != '/') || p[i] == '=';
	return marks > XML_READ_MARKS;
}

/* Attributes in the start tag at p: equals signs outside of quotes. What stands there may be no tag
 * but text; it ends as soon, or has none. */
static size_t attributes_at(const char *p, const char *end)
{
	size_t count = 0;

	if (p[1] == '/' || p[1] == '!' || p[1] == '?' || is_blank(p[1]))
		return 0;
	for (; p < end && *p != '>'; p++) {
		count += *p == '=';
		if (*p == '"' || *p == '\'')
			p = memchr(p + 1, *p, (size_t)(end - p) - 1);
		if (!p)
			break;
	}
	return count;
}

/* Does an element have too many attributes? Its tag is long then, and no other begins in it: where
 * one begins after few bytes there is nothing to count. p is at the first. */
static int is_crowded(const char *p, const char *end)
{
	const char *next;

	while (end - p > TAG_SHORT) {
		next = memrchr(p + 1, '<', TAG_SHORT);
		if (!next) {
			next = memchr(p + 1, '<', (size_t)(end - p) - 1);
			next = next ? next : end;
			if (attributes_at(p, next) > ATTRIBUTES)
				return 1;
		}
		p = next;
	}
	return 0;
}

/* --- parsing --- */

/* An element that is open: where its text begins among all text that is not yet complete, and
 * where its next child goes. */
struct open_node {
	struct xml_node *node;
	const struct xml_node **place;
	size_t from;
};

struct building {
	struct tree *t;
	xmlParserCtxt *ctxt;
	struct buf text;
	int depth;
	struct open_node open[XML_READ_DEPTH];
	const xmlChar *seen[NS__MAX]; /* the dictionary's copy of what uris has */
};

static void refuse(struct building *b)
{
	xmlStopParser(b->ctxt);
	b->ctxt->wellFormed = 0;
}

static void on_document_type(
	void *ptr, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(ptr);
}

/* Number of a namespace; NS__MAX for one we do not know, and for a prefix that nobody declared. */
static int number(struct building *b, const xmlChar *prefix, const xmlChar *uri)
{
	int ns;

	if (!uri || !*uri)
		return prefix ? NS__MAX : NS_NONE;
	for (ns = 0; ns < NS__MAX; ns++) {
		if (b->seen[ns] == uri)
			return ns;
	}
	for (ns = 0; ns < NS__MAX && strcmp((const char *)uri, uris[ns]) != 0; ns++)
		;
	if (ns < NS__MAX)
		b->seen[ns] = uri;
	return ns;
}

/* The parser leaves one reference for whoever builds a tree: that to an ampersand. */
static const char *value_of(struct arena *a, const char *p, size_t n)
{
	static const char left[] = "&#38;";
	char *value = arena_strndup(a, p, n), *from = strchr(value, '&'), *to = from;

	if (!from)
		return value;
	while (*from) {
		*to++ = *from;
		from += str_starts(from, left) ? sizeof(left) - 1 : 1;
	}
	*to = '\0';
	return value;
}

/* Five words for each: name, prefix, namespace, and where the value begins and ends. */
static const struct xml_attr *attributes(struct arena *a, const xmlChar **list, int count)
{
	const struct xml_attr *all = NULL;
	struct xml_attr *at;

	for (list += 5 * (count - 1); count > 0; count--, list -= 5) {
		if (list[1])
			continue;
		at = arena_alloc(a, sizeof(*at));
		at->next = all;
		at->name = (const char *)list[0];
		at->value = value_of(a, (const char *)list[3], (size_t)(list[4] - list[3]));
		all = at;
	}
	return all;
}

static void on_start(void *ptr, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
	int declared, const xmlChar **declarations, int count, int defaulted, const xmlChar **attrs)
{
	struct building *b = ptr;
	struct xml_node *x;

	(void)declared;
	(void)declarations;
	(void)defaulted;
	if (b->depth == XML_READ_DEPTH || b->ctxt->nsNr > 2 * SCOPE) {
		refuse(b);
		return;
	}
	x = arena_alloc(&b->t->a, sizeof(*x));
	x->name = (const char *)name;
	x->ns = number(b, prefix, uri);
	x->text = "";
	if (count > 0)
		x->attrs = attributes(&b->t->a, attrs, count);
	if (b->depth > 0) {
		*b->open[b->depth - 1].place = x;
		b->open[b->depth - 1].place = &x->next;
	} else {
		b->t->root = x;
	}
	b->open[b->depth++] = (struct open_node){ x, &x->first, b->text.len };
}

/* White space before a text is dropped at once; behind it, when the element ends. */
static void on_text(void *ptr, const xmlChar *piece, int len)
{
	struct building *b = ptr;
	const char *p = (const char *)piece, *end = p + len;

	if (b->depth == 0)
		return;
	if (b->text.len == b->open[b->depth - 1].from)
		while (p < end && is_blank(*p))
			p++;
	if (buf_add(&b->text, p, (size_t)(end - p)) < 0)
		refuse(b);
}

/* Text on both sides of a child has become one. */
static void on_end(void *ptr, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct building *b = ptr;
	struct open_node *o = &b->open[--b->depth];
	size_t n = b->text.len - o->from;

	(void)name;
	(void)prefix;
	(void)uri;
	if (n == 0)
		return;
	b->text.len = o->from;
	while (n > 0 && is_blank(b->text.p[o->from + n - 1]))
		n--;
	o->node->text = arena_strndup(&b->t->a, b->text.p + o->from, n);
	o->node->len = (uint32_t)n;
}

static void free_tree(void *ptr)
{
	struct tree *t = ptr;

	arena_done(&t->a);
	xmlDictFree(t->names);
	free(t);
}

/* The parser of the document before knows most names already. It is not used again after one that
 * it did not read to the end, nor when strangers' names fill its dictionary. */
static xmlParserCtxt *spare;

static xmlParserCtxt *parser_take(void)
{
	xmlParserCtxt *ctxt = spare ? spare : xmlNewParserCtxt();

	spare = NULL;
	if (!ctxt)
		die("out of memory");
	return ctxt;
}

static void parser_give(xmlParserCtxt *ctxt, int whole)
{
	xmlCtxtReset(ctxt);
	if (whole && !spare && xmlDictSize(ctxt->dict) < NAMES)
		spare = ctxt;
	else
		xmlFreeParserCtxt(ctxt);
}

/* NULL: not well-formed, or refused. */
static struct tree *parse(const char *p, size_t n, const char *encoding)
{
	struct building b = { .t = calloc(1, sizeof(*b.t)), .ctxt = parser_take() };
	int whole;

	if (!b.t)
		die("out of memory");
	arena_init(&b.t->a, TREE_MAX);
	buf_init(&b.text, 3 * n);
	b.t->names = b.ctxt->dict;
	xmlDictReference(b.t->names);
	memset(b.ctxt->sax, 0, sizeof(*b.ctxt->sax));
	b.ctxt->sax->initialized = XML_SAX2_MAGIC;
	b.ctxt->sax->internalSubset = on_document_type;
	b.ctxt->sax->startElementNs = on_start;
	b.ctxt->sax->endElementNs = on_end;
	b.ctxt->sax->characters = b.ctxt->sax->ignorableWhitespace = on_text;
	b.ctxt->userData = &b;
	xmlCtxtReadMemory(
		b.ctxt, p, (int)n, NULL, encoding, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	whole = b.ctxt->wellFormed && b.t->root;
	parser_give(b.ctxt, whole);
	buf_done(&b.text);
	if (whole)
		return b.t;
	free_tree(b.t);
	return NULL;
}

/* A document in one of the encodings in which markup is ASCII. */
static struct tree *read_marked(const char *p, size_t n)
{
	const struct encoding *encoding;
	char *copy = NULL;
	struct tree *t;
	size_t bytes;

	if (n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) {
		p += 3;
		n -= 3;
	}
	while (n > 0 && is_blank(*p)) {
		p++;
		n--;
	}
	if (n == 0 || *p != '<' || is_too_rich(p, n) || is_crowded(p, p + n))
		return NULL;
	encoding = encoding_of(p, n);
	if (!encoding)
		return NULL;
	bytes = count_forbidden(p, n);
	if (bytes || has_forbidden_reference(p, p + n) || has_noncharacter(p, p + n))
		copy = without_forbidden(p, &n, bytes);
	t = parse(copy ? copy : p, n, encoding->told);
	free(copy);
	return t;
}

const struct xml_node *xml_read(struct arena *a, const char *p, size_t n)
{
	char *copy = NULL;
	struct tree *t;

	if (n > BYTES_MAX)
		return NULL;
	if (n >= 2 && (!memcmp(p, "\xff\xfe", 2) || !memcmp(p, "\xfe\xff", 2)))
		copy = from_utf16(p, &n);
	t = read_marked(copy ? copy : p, n);
	free(copy);
	if (!t)
		return NULL;
	arena_defer(a, free_tree, t);
	return t->root;
}

/* --- elements --- */

static int is_named(const struct xml_node *n, int ns, const char *name, size_t len)
{
	return n->ns == ns && *n->name == *name && !strncmp(n->name, name, len) && !n->name[len];
}

static const struct xml_node *child(const struct xml_node *n, int ns, const char *name, size_t len)
{
	n = n ? n->first : NULL;
	while (n && !is_named(n, ns, name, len))
		n = n->next;
	return n;
}

int xml_is(const struct xml_node *n, int ns, const char *name)
{
	return n && is_named(n, ns, name, strlen(name));
}

int xml_in(const struct xml_node *n, int ns)
{
	return n && n->ns == ns;
}

const struct xml_node *xml_child(const struct xml_node *n, int ns, const char *name)
{
	return child(n, ns, name, strlen(name));
}

const struct xml_node *xml_first(const struct xml_node *n)
{
	return n ? n->first : NULL;
}

const struct xml_node *xml_next(const struct xml_node *n)
{
	return n ? n->next : NULL;
}

const char *xml_name(const struct xml_node *n)
{
	return n ? n->name : "";
}

const struct xml_node *xml_down(const struct xml_node *n, int ns, const char *path)
{
	size_t len;

	while (n && *path) {
		len = strcspn(path, "/");
		n = child(n, ns, path, len);
		path += len + (path[len] == '/');
	}
	return n;
}

/* --- text --- */

size_t xml_value_raw(const struct xml_node *n, const char **p)
{
	*p = n ? n->text : "";
	return n ? n->len : 0;
}

const char *xml_value(const struct xml_node *n)
{
	return n ? n->text : "";
}

const char *xml_child_value(const struct xml_node *n, int ns, const char *name)
{
	return xml_value(xml_child(n, ns, name));
}

const char *xml_attr_value(const struct xml_node *n, const char *name)
{
	const struct xml_attr *at = n ? n->attrs : NULL;

	while (at && strcmp(at->name, name) != 0)
		at = at->next;
	return at ? at->value : NULL;
}
