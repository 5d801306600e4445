/* Xml read: foreign XML through libxml2's tree.
 *
 * Rules: the parser is given no network, no entities, no document type (the first sign of one ends
 * it) and a bounded depth; it never repairs. Bytes are looked through once before: what XML forbids
 * is replaced in a copy, and a document without it is parsed where it lies. Comments and CDATA
 * marks are dropped while parsing, so the text of an element is one node. The number of a
 * namespace is remembered in its declaration: telling elements apart costs no comparison of URIs.
 */
#include "xml_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <libxml/tree.h>
#include "platform/err.h"

enum { RICH_FROM = 4 << 20 }; /* bytes; a smaller document cannot grow beyond reason */

static const char *const uris[NS__MAX] = {
	[NS_SOAP] = "http://schemas.xmlsoap.org/soap/envelope/",
	[NS_M] = "http://schemas.microsoft.com/exchange/services/2006/messages",
	[NS_T] = "http://schemas.microsoft.com/exchange/services/2006/types",
	[NS_E] = "http://schemas.microsoft.com/exchange/services/2006/errors",
	[NS_A] = "http://schemas.microsoft.com/exchange/2010/Autodiscover",
	[NS_POX] = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006",
	[NS_POXA] = "http://schemas.microsoft.com/exchange/autodiscover/outlook/"
		    "responseschema/2006a",
};

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

static const char *next_forbidden_reference(const char *p, const char *end)
{
	while (p < end && (p = memchr(p, '&', (size_t)(end - p)))) {
		if (forbidden_reference(p, (size_t)(end - p)))
			return p;
		p++;
	}
	return NULL;
}

/* Behind the CDATA section that begins at p, in which a reference is plain text; p: none does. */
static const char *behind_cdata(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);
	const char *mark;

	if (n < 9 || memcmp(p, "<![CDATA[", 9))
		return p;
	mark = memmem(p, n, "]]>", 3);
	return mark ? mark : end;
}

/* The document of n bytes without what XML forbids, of which `bytes` are raw; the caller frees it.
 */
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
		skip = (size_t)is_forbidden_byte(*p);
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

/* --- parsing --- */

static void refuse(xmlParserCtxt *ctxt)
{
	xmlStopParser(ctxt);
	ctxt->wellFormed = 0;
}

static void on_document_type(
	void *ptr, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	refuse(ptr);
}

/* When an element ends, it is still the innermost open one. */
static void on_end(void *ptr, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *ctxt = ptr;

	if (ctxt->nodeNr > XML_READ_DEPTH)
		refuse(ctxt);
	else
		xmlSAX2EndElementNs(ptr, name, prefix, uri);
}

static xmlDoc *parse(const char *p, size_t n)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT |
		XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	xmlDoc *doc;

	if (!ctxt)
		die("out of memory");
	ctxt->sax->internalSubset = on_document_type;
	ctxt->sax->endElementNs = on_end;
	ctxt->sax->comment = NULL;
	ctxt->sax->processingInstruction = NULL;
	doc = xmlCtxtReadMemory(ctxt, p, (int)n, NULL, NULL, options);
	xmlFreeParserCtxt(ctxt);
	return doc;
}

static void free_tree(void *doc)
{
	xmlFreeDoc(doc);
}

const struct xml_node *xml_read(struct arena *a, const char *p, size_t n)
{
	char *copy = NULL;
	size_t bytes;
	xmlDoc *doc;

	if (n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3)) {
		p += 3;
		n -= 3;
	}
	while (n > 0 && is_blank(*p)) {
		p++;
		n--;
	}
	if (n == 0 || n > INT_MAX / 3 || is_too_rich(p, n))
		return NULL;
	if (*p == '<') { /* not in UTF-16, which libxml2 reads by itself */
		bytes = count_forbidden(p, n);
		if (bytes || next_forbidden_reference(p, p + n))
			copy = without_forbidden(p, &n, bytes);
	}
	doc = parse(copy ? copy : p, n);
	free(copy);
	if (!doc)
		return NULL;
	arena_defer(a, free_tree, doc);
	return (const struct xml_node *)xmlDocGetRootElement(doc);
}

/* --- elements --- */

static const xmlNode *tree(const struct xml_node *n)
{
	return (const xmlNode *)n;
}

/* Number of a namespace; NS__MAX for one we do not know. */
static int number(xmlNs *ns)
{
	intptr_t known;

	if (!ns || !ns->href)
		return NS_NONE;
	known = (intptr_t)ns->_private;
	if (known)
		return (int)known - 1;
	while (known < NS__MAX && strcmp((const char *)ns->href, uris[known]))
		known++;
	ns->_private = (void *)(known + 1);
	return (int)known;
}

static int is_named(const xmlNode *x, int ns, const char *name, size_t len)
{
	const char *own = (const char *)x->name;

	return !strncmp(own, name, len) && !own[len] && number(x->ns) == ns;
}

static const xmlNode *element(const xmlNode *x)
{
	while (x && x->type != XML_ELEMENT_NODE)
		x = x->next;
	return x;
}

static const xmlNode *child(const xmlNode *x, int ns, const char *name, size_t len)
{
	x = x ? element(x->children) : NULL;
	while (x && !is_named(x, ns, name, len))
		x = element(x->next);
	return x;
}

int xml_is(const struct xml_node *n, int ns, const char *name)
{
	return n && is_named(tree(n), ns, name, strlen(name));
}

int xml_in(const struct xml_node *n, int ns)
{
	return n && number(tree(n)->ns) == ns;
}

const struct xml_node *xml_child(const struct xml_node *n, int ns, const char *name)
{
	return (const struct xml_node *)child(tree(n), ns, name, strlen(name));
}

const struct xml_node *xml_first(const struct xml_node *n)
{
	return (const struct xml_node *)(n ? element(tree(n)->children) : NULL);
}

const struct xml_node *xml_next(const struct xml_node *n)
{
	return (const struct xml_node *)(n ? element(tree(n)->next) : NULL);
}

const char *xml_name(const struct xml_node *n)
{
	return n ? (const char *)tree(n)->name : "";
}

const struct xml_node *xml_down(const struct xml_node *n, int ns, const char *path)
{
	const xmlNode *x = tree(n);
	size_t len;

	while (x && *path) {
		len = strcspn(path, "/");
		x = child(x, ns, path, len);
		path += len + (path[len] == '/');
	}
	return (const struct xml_node *)x;
}

/* --- text --- */

static xmlNode *text_node(xmlNode *x)
{
	while (x && x->type != XML_TEXT_NODE && x->type != XML_CDATA_SECTION_NODE)
		x = x->next;
	return x;
}

/* Elements between two pieces of text: the pieces become one, so that no value is half of one. */
static void join(xmlNode *first)
{
	xmlChar *whole, *to;
	xmlNode *x, *next;
	size_t n = 1;

	for (x = first; x; x = text_node(x->next))
		n += strlen((const char *)x->content);
	to = whole = xmlMalloc(n);
	if (!whole)
		die("out of memory");
	for (x = first; x; x = next) {
		n = strlen((const char *)x->content);
		memcpy(to, x->content, n);
		to += n;
		next = text_node(x->next);
		if (x != first) {
			xmlUnlinkNode(x);
			xmlFreeNode(x);
		}
	}
	*to = '\0';
	xmlNodeSetContent(first, whole);
	xmlFree(whole);
}

static size_t trimmed(const char *s, size_t n, const char **p)
{
	while (n > 0 && is_blank(s[n - 1]))
		n--;
	while (n > 0 && is_blank(*s)) {
		s++;
		n--;
	}
	*p = s;
	return n;
}

size_t xml_value_raw(const struct xml_node *n, const char **p)
{
	xmlNode *text = n ? text_node(tree(n)->children) : NULL;

	*p = "";
	if (!text)
		return 0;
	if (text_node(text->next))
		join(text);
	return trimmed((const char *)text->content, strlen((const char *)text->content), p);
}

const char *xml_value(struct arena *a, const struct xml_node *n)
{
	const char *p;
	size_t len = xml_value_raw(n, &p);

	return len ? arena_strndup(a, p, len) : "";
}

const char *xml_child_value(struct arena *a, const struct xml_node *n, int ns, const char *name)
{
	return xml_value(a, xml_child(n, ns, name));
}

const char *xml_attr_value(const struct xml_node *n, const char *name)
{
	const xmlAttr *at = n ? tree(n)->properties : NULL;

	while (at && (at->ns || strcmp((const char *)at->name, name)))
		at = at->next;
	if (!at)
		return NULL;
	return at->children && at->children->content ? (const char *)at->children->content : "";
}
