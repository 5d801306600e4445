/*
 * Soap, answers: envelopes, faults and response messages in the forms of EWS.md 5.
 *
 * A fault has no header and none of the operation's output. In a fault MessageXml is of the types
 * namespace, in a response message of the messages namespace.
 */
#include "sim/soap_parts.h"

#include <stdlib.h>
#include <string.h>

static const char namespaces[] = " xmlns:m=\"" NS_M "\""
				 " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
				 " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
				 " xmlns:t=\"" NS_T "\"";

bool soap_failed(const struct call *c)
{
	return c->fault != NULL;
}

/* name, value, ... NULL as t:Value elements. */
static void values_write(struct text *t, va_list ap)
{
	const char *name;

	while ((name = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);

		if (value == NULL)
			continue;
		text_printf(t, "<t:Value Name=\"%s\">", name);
		xml_text(t, value);
		text_puts(t, "</t:Value>");
	}
}

/* The first fault stands: a later one would be a consequence of it. */
static bool fault_begin(struct call *c, const char *code)
{
	if (c->fault != NULL)
		return false;
	c->fault = code;
	return true;
}

/* Values are read at once, the text is that of the call's language. */
void soap_fault(struct call *c, const char *code, ...)
{
	va_list ap;

	if (!fault_begin(c, code))
		return;
	va_start(ap, code);
	values_write(&c->fault_xml, ap);
	va_end(ap);
	c->fault_text = copy(c->say != NULL ? c->say : soap_say(c->language, code));
}

void soap_fault_saying(struct call *c, const char *code, const char *text)
{
	c->say = text;
	soap_fault(c, code, NO_MORE);
}

/* The violation is told twice: in the fault's text and as a value of its own. */
void soap_schema_fault(struct call *c, const char *violation, int line)
{
	if (!fault_begin(c, "ErrorSchemaValidation"))
		return;
	c->fault_text = format("%s %s", soap_say(c->language, c->fault), violation);
	xml_num(&c->fault_xml, "t:LineNumber", line);
	/* Where in the line is not known any more when the tree is checked. */
	xml_num(&c->fault_xml, "t:LinePosition", 0);
	xml_el(&c->fault_xml, "t:Violation", violation);
}

/* A QName of the types namespace; Exchange 2007, and who knows which others, named the sender at
 * fault in place of the code when the schema was broken. */
static void fault_code_write(struct call *c, struct text *t, const char *prefix)
{
	bool client = is_2007(c) || world_unsure(c->premise, UNSURE_SCHEMA_FAULT, "client");

	if (client && strcmp(c->fault, "ErrorSchemaValidation") == 0)
		text_printf(t, "<faultcode>%s:Client</faultcode>", prefix);
	else
		text_printf(t, "<faultcode xmlns:a=\"%s\">a:%s</faultcode>", NS_T, c->fault);
}

/* The code stands in the detail in any case: that is where clients should look. */
static void fault_write(struct call *c, const char *prefix)
{
	struct text *t = &c->answer->body;

	text_printf(t, "<%s:Body><%s:Fault>", prefix, prefix);
	fault_code_write(c, t, prefix);
	text_printf(t, "<faultstring xml:lang=\"%s\">", c->language);
	xml_text(t, c->fault_text);
	text_printf(t,
		"</faultstring><detail><e:ResponseCode xmlns:e=\"%s\">%s</e:ResponseCode>"
		"<e:Message xmlns:e=\"%s\">",
		NS_E, c->fault, NS_E);
	xml_text(t,
		strcmp(c->fault, "ErrorSchemaValidation") == 0 ? soap_say(c->language, c->fault)
							       : c->fault_text);
	text_puts(t, "</e:Message>");
	if (c->fault_xml.len > 0) {
		text_printf(t, "<t:MessageXml xmlns:t=\"%s\">", NS_T);
		text_add(t, c->fault_xml.at, c->fault_xml.len);
		text_puts(t, "</t:MessageXml>");
	}
	text_printf(t, "</detail></%s:Fault></%s:Body>", prefix, prefix);
	c->answer->status = 500;
}

/* Version may be absent, and need not be a version that requests may ask for. */
static void version_write(struct call *c, const char *prefix)
{
	const struct product *p = product_shown(c->premise);
	const char *h = is_2007(c) ? "t" : "h";
	struct text *t = &c->answer->body;

	text_printf(t,
		"<%s:Header><%s:ServerVersionInfo MajorVersion=\"%d\" MinorVersion=\"%d\" "
		"MajorBuildNumber=\"%d\" MinorBuildNumber=\"%d\"",
		prefix, h, p->major, p->minor, p->build, p->revision);
	if (p->shown != NULL)
		text_printf(t, " Version=\"%s\"", p->shown);
	text_printf(t,
		" xmlns:%s=\"%s\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/></%s:Header>",
		h, NS_T, prefix);
}

/* Operations write "<m:NameResponse ...": the namespaces go behind that name, as on the wire. */
static void response_write(struct call *c, const char *prefix)
{
	struct text *t = &c->answer->body;
	size_t name = strcspn(c->out.at, " />");

	version_write(c, prefix);
	text_printf(t, "<%s:Body>", prefix);
	text_add(t, c->out.at, name);
	text_add(t, namespaces, sizeof(namespaces) - 1);
	text_add(t, c->out.at + name, c->out.len - name);
	text_printf(t, "</%s:Body>", prefix);
}

/* An operation that wrote nothing has failed: better a fault than an empty body. */
void soap_write_answer(struct call *c)
{
	const char *prefix = is_2007(c) ? "soap" : "s";
	struct text *t = &c->answer->body;

	c->answer->type = "text/xml; charset=utf-8";
	text_printf(t, "<?xml version=\"1.0\" encoding=\"utf-8\"?><%s:Envelope xmlns:%s=\"%s\">",
		prefix, prefix, NS_SOAP);
	if (c->fault == NULL && c->out.len == 0)
		soap_fault(c, "ErrorInternalServerError", NO_MORE);
	if (c->fault != NULL)
		fault_write(c, prefix);
	else
		response_write(c, prefix);
	text_printf(t, "</%s:Envelope>", prefix);
}

/* MessageText, ResponseCode, DescriptiveLinkKey, in the schema's order; a good message has the
 * code only. */
static void message_open(struct call *c, const char *element, const char *class, const char *code)
{
	const char *say = c->say;

	c->say = NULL;
	text_puts(&c->out, "<");
	text_puts(&c->out, element);
	text_puts(&c->out, class);
	if (strcmp(code, "NoError") == 0) {
		text_puts(&c->out, "<m:ResponseCode>NoError</m:ResponseCode>");
		return;
	}
	if (c->code == NULL)
		c->code = code;
	xml_el(&c->out, "m:MessageText", say != NULL ? say : soap_say(c->language, code));
	xml_el(&c->out, "m:ResponseCode", code);
	text_puts(&c->out, "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>");
}

void message_begin(struct call *c, const char *element, const char *code, ...)
{
	bool good = strcmp(code, "NoError") == 0;
	struct text values = { 0 };
	va_list ap;

	message_open(c, element, good ? " ResponseClass=\"Success\">" : " ResponseClass=\"Error\">",
		code);
	va_start(ap, code);
	values_write(&values, ap);
	va_end(ap);
	if (values.len > 0 && !good) {
		text_puts(&c->out, "<m:MessageXml>");
		text_add(&c->out, values.at, values.len);
		text_puts(&c->out, "</m:MessageXml>");
	}
	text_free(&values);
}

void message_warning(struct call *c, const char *element, const char *code)
{
	message_open(c, element, " ResponseClass=\"Warning\">", code);
}

void message_end(struct call *c, const char *element)
{
	xml_close(&c->out, element);
}

void response_begin(struct call *c)
{
	xml_open(&c->out, c->operation->element);
	text_puts(&c->out, "<m:ResponseMessages>");
}

void response_end(struct call *c)
{
	text_puts(&c->out, "</m:ResponseMessages>");
	xml_close(&c->out, c->operation->element);
}
