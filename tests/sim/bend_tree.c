/*
 * Bend tree: answers that are still XML, but not as usual. The document is read without entities
 * or network, changed, and written again as UTF-8; what is not named by the kind stays the same.
 */
#include "sim/bend.h"

#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include "sim/soap.h"

#define XS(s) ((const xmlChar *)(s))
#define SC(s) ((const char *)(s))

/* Taking apart, putting together */

typedef void visit_fn(void *arg, xmlNode *n);

/* NULL when the answer is no XML: then nothing is bent. */
static xmlDoc *take_apart(const struct answer *a)
{
	if (a->body.len == 0 || a->body.len > INT32_MAX)
		return NULL;
	return xmlReadMemory(a->body.at, (int)a->body.len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

/* Always as UTF-8 with a declaration, as the answers were before. */
static void put_together(struct answer *a, xmlDoc *doc)
{
	xmlChar *out = NULL;
	int n = 0;

	xmlDocDumpMemoryEnc(doc, &out, &n, "utf-8");
	if (out != NULL) {
		text_clear(&a->body);
		text_add(&a->body, out, (size_t)n);
		xmlFree(out);
	}
	xmlFreeDoc(doc);
}

static xmlNode *element(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

/* Every element, parents first. What fn takes out below an element is not visited. */
static void visit(xmlNode *n, visit_fn *fn, void *arg)
{
	for (n = element(n); n != NULL; n = element(n->next)) {
		fn(arg, n);
		visit(n->children, fn, arg);
	}
}

static void bend(struct answer *a, visit_fn *fn, void *arg)
{
	xmlDoc *doc = take_apart(a);

	if (doc == NULL)
		return;
	visit(xmlDocGetRootElement(doc), fn, arg);
	put_together(a, doc);
}

static bool named(const xmlNode *n, const char *name)
{
	return same(SC(n->name), name);
}

static bool in_exchange(const xmlNode *n)
{
	return n->ns != NULL && (same(SC(n->ns->href), NS_M) || same(SC(n->ns->href), NS_T));
}

static bool is_leaf(xmlNode *n)
{
	return element(n->children) == NULL;
}

/*
 * Names in values: faultcode and xsi:type hold a prefix that must follow its namespace. They are
 * found before prefixes change and written after.
 */
struct name_place {
	struct name_place *next;
	xmlNode *element;
	xmlAttr *attribute; /* or NULL: the element's text */
	xmlNs *ns;
	char *local;
};

static void note_name(struct name_place **places, xmlDoc *doc, xmlNode *n, xmlAttr *attribute)
{
	xmlNode *holder = attribute != NULL ? (xmlNode *)attribute : n;
	xmlChar *value = xmlNodeGetContent(holder);
	const char *colon = value == NULL ? NULL : strchr(SC(value), ':');
	struct name_place *p;
	char *prefix;
	xmlNs *ns;

	if (value == NULL)
		return;
	prefix = colon == NULL ? NULL : copy_n(SC(value), (size_t)(colon - SC(value)));
	ns = xmlSearchNs(doc, n, XS(prefix));
	if (ns != NULL) {
		p = need(sizeof(*p));
		p->next = *places;
		p->element = n;
		p->attribute = attribute;
		p->ns = ns;
		p->local = copy(colon == NULL ? SC(value) : colon + 1);
		*places = p;
	}
	free(prefix);
	xmlFree(value);
}

static void find_names(void *arg, xmlNode *n)
{
	if (named(n, "faultcode"))
		note_name(arg, n->doc, n, NULL);
	for (xmlAttr *at = n->properties; at != NULL; at = at->next)
		if (at->ns != NULL && same(SC(at->name), "type"))
			note_name(arg, n->doc, n, at);
}

/* The value again, under the prefix that stands for its namespace now. */
static void write_name(const struct name_place *p, const xmlChar *prefix)
{
	char *value = prefix == NULL ? copy(p->local) : format("%s:%s", SC(prefix), p->local);

	if (p->attribute != NULL)
		xmlNodeSetContent((xmlNode *)p->attribute, XS(value));
	else
		xmlNodeSetContent(p->element, XS(value));
	free(value);
}

static void names_free(struct name_place *p)
{
	struct name_place *next;

	for (; p != NULL; p = next) {
		next = p->next;
		free(p->local);
		free(p);
	}
}

/* Other prefixes: new ones for each declaration of each answer. */

struct renaming {
	struct dice dice;
	int n;
};

static void rename_prefixes(void *arg, xmlNode *n)
{
	struct renaming *r = arg;

	for (xmlNs *ns = n->nsDef; ns != NULL; ns = ns->next) {
		char *prefix = format("%c%c%d", (int)('a' + dice_below(&r->dice, 23)),
			(int)('a' + dice_below(&r->dice, 26)), r->n++);

		if (ns->prefix != NULL)
			xmlFree((xmlChar *)ns->prefix);
		ns->prefix = xmlStrdup(XS(prefix));
		free(prefix);
	}
}

/* The same hit of the same rule gives the same prefixes: answers stay reproducible. */
void bend_prefixes(const struct fault *f, const struct request *r, struct answer *a)
{
	struct renaming renaming = { .dice = { mix(
					     hash_nocase(f->id != NULL ? f->id : ""), f->hit) } };
	struct name_place *names = NULL;
	xmlDoc *doc = take_apart(a);

	(void)r;
	if (doc == NULL)
		return;
	visit(xmlDocGetRootElement(doc), find_names, &names);
	visit(xmlDocGetRootElement(doc), rename_prefixes, &renaming);
	for (struct name_place *p = names; p != NULL; p = p->next)
		write_name(p, p->ns->prefix);
	names_free(names);
	put_together(a, doc);
}

/* Default namespaces: every element says its own, where it is not its parent's. */

struct redeclaring {
	xmlNs *old; /* taken off, still pointed at until the end */
};

static const char *href_of(const xmlNode *n)
{
	return n->ns == NULL || n->ns->href == NULL ? "" : SC(n->ns->href);
}

/* A declaration on this very element, made when it is not there yet. */
static xmlNs *declared(xmlNode *n, const char *href, const xmlChar *prefix)
{
	for (xmlNs *ns = n->nsDef; ns != NULL; ns = ns->next)
		if (same(SC(ns->href), href) && same(SC(ns->prefix), SC(prefix)))
			return ns;
	return xmlNewNs(n, XS(href), prefix);
}

/* xml:lang needs no declaration and may not get one. */
static bool is_xml_namespace(const xmlNs *ns)
{
	return same(SC(ns->prefix), "xml");
}

/* Its old declarations go to the list: elements below still point at them until their turn. */
static void redeclare(void *arg, xmlNode *n)
{
	struct redeclaring *re = arg;
	xmlNs *old = n->nsDef, *last = old;
	bool root = n->parent == NULL || n->parent->type != XML_ELEMENT_NODE;
	char *href = copy(href_of(n));

	n->nsDef = NULL;
	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last != NULL) {
		last->next = re->old;
		re->old = old;
	}
	if (!root && same(href, href_of(n->parent)))
		n->ns = n->parent->ns;
	else if (!root || *href != '\0')
		n->ns = declared(n, href, NULL);
	for (xmlAttr *at = n->properties; at != NULL; at = at->next)
		if (at->ns != NULL && !is_xml_namespace(at->ns))
			at->ns = declared(n, SC(at->ns->href), at->ns->prefix);
	free(href);
}

/* A name in a value keeps a prefix when its namespace is not the element's own. */
static void redeclare_name(struct name_place *p)
{
	char *href = copy(SC(p->ns->href));
	const char *prefix = p->ns->prefix != NULL ? SC(p->ns->prefix) : "q";

	if (same(href, href_of(p->element)))
		write_name(p, NULL);
	else
		write_name(p, declared(p->element, href, XS(prefix))->prefix);
	free(href);
}

/* The old declarations go last, when nothing points at them any more. */
void bend_default_namespace(const struct fault *f, const struct request *r, struct answer *a)
{
	struct redeclaring re = { NULL };
	struct name_place *names = NULL;
	xmlDoc *doc = take_apart(a);

	(void)f;
	(void)r;
	if (doc == NULL)
		return;
	visit(xmlDocGetRootElement(doc), find_names, &names);
	visit(xmlDocGetRootElement(doc), redeclare, &re);
	for (struct name_place *p = names; p != NULL; p = p->next)
		redeclare_name(p);
	names_free(names);
	xmlFreeNsList(re.old);
	put_together(a, doc);
}

/* Missing: every element of this name goes, the root excepted. */

static void drop_children(void *arg, xmlNode *n)
{
	xmlNode *next;

	for (xmlNode *child = element(n->children); child != NULL; child = next) {
		next = element(child->next);
		if (!named(child, arg))
			continue;
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
}

void bend_missing(const struct fault *f, const struct request *r, struct answer *a)
{
	char *name = copy(fault_argument(f));

	(void)r;
	bend(a, drop_children, name);
	free(name);
}

/* Reordered: the children of each Exchange element from last to first. Lists keep their order,
 * which means something. */

static bool is_list(const xmlNode *n)
{
	static const char *const lists[] = { "ResponseMessages", "Items", "Folders", "Changes",
		"FreeBusyResponseArray", "ResolutionSet" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (named(n, lists[i]))
			return true;
	return false;
}

/* Children of one name are a list, whatever holds them. */
static bool is_sequence(xmlNode *n)
{
	xmlNode *first = element(n->children);

	if (first == NULL || !in_exchange(n) || is_list(n))
		return false;
	for (xmlNode *child = first; child != NULL; child = element(child->next))
		if (!named(child, SC(first->name)))
			return true;
	return false;
}

static void reverse(void *arg, xmlNode *n)
{
	xmlNode *child, *next;

	(void)arg;
	if (!is_sequence(n))
		return;
	for (child = element(n->children->next); child != NULL; child = next) {
		next = element(child->next);
		if (child != n->children)
			xmlAddPrevSibling(n->children, child);
	}
}

void bend_reordered(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	bend(a, reverse, NULL);
}

/* Extra: what a later version might add. */

static void add_extra(void *arg, xmlNode *n)
{
	xmlNode *first = element(n->children), *future;

	(void)arg;
	if (!in_exchange(n) || first == NULL || named(n, "FutureElement"))
		return;
	xmlNewProp(n, XS("FutureAttribute"), XS("1"));
	future = xmlNewDocNode(n->doc, n->ns, XS("FutureElement"), XS("true"));
	xmlAddPrevSibling(first, future);
	future = xmlNewDocNode(n->doc, NULL, XS("Extension"), XS("later"));
	xmlSetNs(future, xmlNewNs(future, XS("urn:example:future"), XS("future")));
	xmlAddChild(n, future);
}

void bend_extra(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	bend(a, add_extra, NULL);
}

/* White space around values. Names in faultcode too: it says so of codes. */

static void add_space(void *arg, xmlNode *n)
{
	xmlChar *value;
	char *spaced;

	(void)arg;
	if (!is_leaf(n) || n->children == NULL)
		return;
	value = xmlNodeGetContent(n);
	if (value == NULL)
		return;
	spaced = format("\n   %s \t\n", SC(value));
	xmlNodeSetContent(n, NULL);
	xmlAddChild(n, xmlNewDocText(n->doc, XS(spaced)));
	free(spaced);
	xmlFree(value);
}

void bend_whitespace(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	bend(a, add_space, NULL);
}

/* Codes: each innermost message becomes an error, with its payload gone and its containers empty,
 * as Exchange does; a fault gets the code in both places. */

/* GetDelegate has a class on the response and on each message: the inner ones are meant. */
static bool has_class_below(xmlNode *n)
{
	for (xmlNode *child = element(n->children); child != NULL; child = element(child->next))
		if (xmlHasProp(child, XS("ResponseClass")) != NULL || has_class_below(child))
			return true;
	return false;
}

static void remove_node(xmlNode *n)
{
	xmlUnlinkNode(n);
	xmlFreeNode(n);
}

/* Items and Folders stay, empty. */
static void empty_message(xmlNode *n)
{
	xmlNode *next;

	for (xmlNode *child = n->children; child != NULL; child = next) {
		next = child->next;
		if (named(child, "Items") || named(child, "Folders"))
			xmlNodeSetContent(child, NULL);
		else
			remove_node(child);
	}
}

/* What is put in place of the answers. */
struct wrong_code {
	const char *code, *inner; /* inner: the code that this one hides; or NULL */
	const char *class;
	int spared; /* so many messages stay as they are */
};

/* m:MessageXml with the one value. */
static xmlNode *inner_code(xmlNode *n, const char *inner)
{
	xmlNode *box = xmlNewDocRawNode(n->doc, n->ns, XS("MessageXml"), NULL);
	xmlNode *value = xmlNewTextChild(box, NULL, XS("Value"), XS(inner));

	xmlSetNs(value, xmlNewNs(value, XS(NS_T), XS("t")));
	xmlNewProp(value, XS("Name"), XS("InnerErrorResponseCode"));
	return box;
}

/* In the order of the schema, before what is left of the payload. */
static void put_code(xmlNode *n, const struct wrong_code *w)
{
	const char *say = soap_say("en-US", w->code);
	xmlNode *first = n->children, *add[4];
	int count = 3;

	add[0] = xmlNewDocRawNode(
		n->doc, n->ns, XS("MessageText"), XS(say != NULL ? say : "The request failed."));
	add[1] = xmlNewDocRawNode(n->doc, n->ns, XS("ResponseCode"), XS(w->code));
	add[2] = xmlNewDocRawNode(n->doc, n->ns, XS("DescriptiveLinkKey"), XS("0"));
	if (w->inner != NULL)
		add[count++] = inner_code(n, w->inner);
	for (int i = 0; i < count; i++) {
		if (first != NULL)
			xmlAddPrevSibling(first, add[i]);
		else
			xmlAddChild(n, add[i]);
	}
}

/* Faults carry the code twice: as a name in faultcode, and bare in detail. */
static void set_code(void *arg, xmlNode *n)
{
	struct wrong_code *w = arg;
	xmlNode *view;

	if (named(n, "faultcode")) {
		char *value = format("a:%s", w->code);

		if (xmlSearchNs(n->doc, n, XS("a")) == NULL)
			xmlNewNs(n, XS(NS_T), XS("a"));
		xmlNodeSetContent(n, XS(value));
		free(value);
	} else if (same(href_of(n), NS_E) && named(n, "ResponseCode")) {
		xmlNodeSetContent(n, XS(w->code));
	} else if (xmlHasProp(n, XS("ResponseClass")) != NULL && !has_class_below(n)) {
		if (w->spared-- > 0)
			return;
		xmlSetProp(n, XS("ResponseClass"), XS(w->class));
		empty_message(n);
		put_code(n, w);
		view = element(n->next);
		if (view != NULL && named(view, "FreeBusyView"))
			remove_node(view);
	}
}

void bend_code(const struct fault *f, const struct request *r, struct answer *a)
{
	const char *argument = fault_argument(f);
	char *code = copy_n(argument, strcspn(argument, ":"));
	struct wrong_code w = { .code = code, .class = "Error" };

	(void)r;
	bend(a, set_code, &w);
	free(code);
}

/* Trouble behind the server: what it really was stands in the message's values. */
void bend_inner(const struct fault *f, const struct request *r, struct answer *a)
{
	const char *argument = fault_argument(f);
	char *inner = copy_n(argument, strcspn(argument, ":"));
	struct wrong_code w = {
		.code = "ErrorInternalServerError", .inner = inner, .class = "Error"
	};

	(void)r;
	bend(a, set_code, &w);
	free(inner);
}

/* What came behind one that was fatal was not tried. */
void bend_stopped(const struct fault *f, const struct request *r, struct answer *a)
{
	struct wrong_code w = {
		.code = "ErrorBatchProcessingStopped", .class = "Warning", .spared = 1
	};

	(void)f;
	(void)r;
	bend(a, set_code, &w);
}

/* SOAP 1.2: the envelope's namespace and the content type. */

static void set_soap12(void *arg, xmlNode *n)
{
	(void)arg;
	for (xmlNs *ns = n->nsDef; ns != NULL; ns = ns->next) {
		if (!same(SC(ns->href), NS_SOAP))
			continue;
		xmlFree((xmlChar *)ns->href);
		ns->href = xmlStrdup(XS("http://www.w3.org/2003/05/soap-envelope"));
	}
}

void bend_soap12(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	bend(a, set_soap12, NULL);
	if (a->type != NULL && strncmp(a->type, "text/xml", 8) == 0)
		a->type = "application/soap+xml; charset=utf-8";
}
