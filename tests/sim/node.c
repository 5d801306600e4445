/*
 * Node: reading a request's XML. Everything is found by namespace and local name, never by prefix.
 * Strings point into the document where they can; the others are kept until the call ends.
 */
#include "sim/soap.h"

#include <stdlib.h>
#include <string.h>

void *call_keep(struct call *c, void *allocated)
{
	/* Room grows by doubling: a new block whenever the count is a power of two. */
	if ((c->n_kept & (c->n_kept - 1)) == 0)
		c->kept = need_more(c->kept, (size_t)(c->n_kept * 2 + 1) * sizeof(*c->kept));
	c->kept[c->n_kept++] = allocated;
	return allocated;
}

/* Local name and namespace: prefixes are the sender's business. */
bool node_is(const xmlNode *n, const char *ns, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0 &&
		n->ns != NULL && strcmp((const char *)n->ns->href, ns) == 0;
}

/* Comments and blanks between elements say nothing. */
static xmlNode *element_from(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

xmlNode *node_first(xmlNode *n)
{
	return n == NULL ? NULL : element_from(n->children);
}

xmlNode *node_next(xmlNode *n)
{
	return n == NULL ? NULL : element_from(n->next);
}

xmlNode *node_child(xmlNode *n, const char *ns, const char *name)
{
	xmlNode *child = node_first(n);

	while (child != NULL && !node_is(child, ns, name))
		child = node_next(child);
	return child;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

/* Blanks around values are common in hand-written requests. A copy is made only where the end
 * has to be cut: names in the document may be shared. */
static const char *trimmed(struct call *c, const char *s)
{
	size_t n;

	while (is_blank(*s))
		s++;
	n = strlen(s);
	if (n == 0 || !is_blank(s[n - 1]))
		return s;
	while (n > 0 && is_blank(s[n - 1]))
		n--;
	return call_keep(c, copy_n(s, n));
}

/* One text child is the rule: it is used where it lies. CDATA and mixtures are put together in a
 * copy. */
const char *node_text(struct call *c, xmlNode *n)
{
	xmlChar *content;
	char *kept;

	if (n == NULL)
		return NULL;
	if (n->children == NULL)
		return "";
	if (n->children->type == XML_TEXT_NODE && n->children->next == NULL)
		return trimmed(c, (const char *)n->children->content);
	content = xmlNodeGetContent(n);
	kept = call_keep(c, copy(content == NULL ? "" : (const char *)content));
	xmlFree(content);
	return trimmed(c, kept);
}

const char *node_child_text(struct call *c, xmlNode *n, const char *ns, const char *name)
{
	return node_text(c, node_child(n, ns, name));
}

const char *node_attribute(struct call *c, xmlNode *n, const char *name)
{
	for (xmlAttr *a = n == NULL ? NULL : n->properties; a != NULL; a = a->next) {
		if (a->ns != NULL || strcmp((const char *)a->name, name) != 0)
			continue;
		/* An attribute's children are text nodes, as an element's are. */
		return node_text(c, (xmlNode *)a);
	}
	return NULL;
}

bool truth(const char *s)
{
	return s != NULL && (strcmp(s, "true") == 0 || strcmp(s, "1") == 0);
}
