/*
 * Soap, parsing: the body of a request as a document.
 *
 * Without network, without entities, never a DTD, bounded by libxml2's own limits. One parser is
 * kept: making it costs more than parsing a small request does.
 */
#include "sim/soap_parts.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

/* The kept parser's dictionary holds every name it ever met: it is made anew before that matters.
 */
enum { DICTIONARY_MAX = 1 << 20 };

/* Made at the first request; one thread serves all of them. */
static xmlParserCtxt *parser;

/* Called when a document type begins: parsing ends there, before any entity of it is read. */
static void refuse_dtd(
	void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *p = arg;

	(void)name;
	(void)external;
	(void)system;
	*(bool *)p->_private = true;
	xmlStopParser(p);
}

/* The flag is the caller's: the kept parser only borrows it for one document. */
static xmlParserCtxt *parser_ready(bool *dtd)
{
	if (parser != NULL && xmlDictGetUsage(parser->dict) > DICTIONARY_MAX) {
		xmlFreeParserCtxt(parser);
		parser = NULL;
	}
	if (parser == NULL)
		parser = xmlNewParserCtxt();
	if (parser == NULL)
		die("libxml2 made no parser");
	parser->_private = dtd;
	parser->sax->internalSubset = refuse_dtd;
	return parser;
}

/* With line and position in the sentence, as .NET ends its messages. */
static char *complaint(const xmlError *e)
{
	size_t n = e->message == NULL ? 0 : strcspn(e->message, "\n");

	if (n == 0)
		return copy("Root element is missing.");
	return format("%.*s. Line %d, position %d.", (int)n, e->message, e->line, e->int2);
}

/* Whatever is wrong with the bytes, the client hears it as a violation of the schema. */
static xmlDoc *document(struct call *c)
{
	const struct text *body = &c->request->body;
	bool dtd = false;
	xmlParserCtxt *p = parser_ready(&dtd);
	xmlDoc *doc;
	char *say;

	doc = body->len > INT32_MAX
		? NULL
		: xmlCtxtReadMemory(p, body->at == NULL ? "" : body->at, (int)body->len, NULL, NULL,
			  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc != NULL && xmlDocGetRootElement(doc) != NULL)
		return doc;
	xmlFreeDoc(doc);
	say = dtd ? copy("For security reasons DTD is prohibited in this XML document.")
		  : complaint(&p->lastError);
	soap_schema_fault(c, say, p->lastError.line);
	free(say);
	return NULL;
}

/* What the validator says of an element it has never heard of. */
static void undeclared(struct call *c, const xmlNode *n)
{
	char *say = format("The '%s%s%s' element is not declared.",
		n->ns == NULL ? "" : (const char *)n->ns->href, n->ns == NULL ? "" : ":", n->name);

	soap_schema_fault(c, say, (int)xmlGetLineNo(n));
	free(say);
}

/* Envelope, perhaps Header, Body, and in it one element. */
static bool envelope_read(struct call *c, xmlNode *root, xmlNode **header)
{
	xmlNode *body;

	if (!node_is(root, NS_SOAP, "Envelope")) {
		undeclared(c, root);
		return false;
	}
	*header = node_child(root, NS_SOAP, "Header");
	body = node_child(root, NS_SOAP, "Body");
	c->op = node_first(body);
	if (c->op == NULL)
		soap_fault(c, "ErrorInvalidRequest", NO_MORE);
	else if (node_next(c->op) != NULL)
		undeclared(c, node_next(c->op));
	return !soap_failed(c);
}

/* On failure nothing of the document is left for the call. */
xmlDoc *soap_parse(struct call *c, xmlNode **header)
{
	xmlDoc *doc = document(c);

	if (doc == NULL || envelope_read(c, xmlDocGetRootElement(doc), header))
		return doc;
	xmlFreeDoc(doc);
	c->op = NULL;
	return NULL;
}
