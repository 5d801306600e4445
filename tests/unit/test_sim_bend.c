/* Spoiled XML: each kind is exactly as wrong as it says, and the rest is the same. */
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include "sim/fault.h"
#include "sim/soap.h"

#define ITEM                                                                                       \
	"<m:GetFolderResponse xmlns:m=\"" NS_M "\" xmlns:t=\"" NS_T "\"><m:ResponseMessages>"      \
	"<m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"            \
	"</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id=\"AAMk=\" ChangeKey=\"A\"/>" \
	"<t:DisplayName>K\xc3\xa4lender &amp; more</t:DisplayName></t:CalendarFolder></m:Folders>" \
	"</m:GetFolderResponseMessage><m:GetFolderResponseMessage ResponseClass=\"Success\">"      \
	"<m:ResponseCode>NoError</m:ResponseCode><m:Folders/></m:GetFolderResponseMessage>"        \
	"</m:ResponseMessages></m:GetFolderResponse>"
#define BEGIN                                                                                      \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" NS_SOAP "\"><s:Body>"
#define END "</s:Body></s:Envelope>"
#define FAULT                                                                                      \
	BEGIN "<s:Fault><faultcode xmlns:a=\"" NS_T "\">a:ErrorServerBusy</faultcode>"             \
	      "<faultstring xml:lang=\"en-US\">Busy</faultstring><detail><e:ResponseCode "         \
	      "xmlns:e=\"" NS_E "\">ErrorServerBusy</e:ResponseCode></detail></s:Fault>" END
#define TYPED                                                                                      \
	BEGIN "<R xmlns=\"urn:r\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"          \
	      "<S i:type=\"StringSetting\"/><N i:nil=\"true\"/></R>" END
#define BUSY                                                                                       \
	BEGIN "<m:GetUserAvailabilityResponse xmlns:m=\"" NS_M "\"><m:FreeBusyResponseArray>"      \
	      "<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>"  \
	      "NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView/></m:FreeBusyResponse>" \
	      "</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>" END
static const char item[] = BEGIN ITEM END;

/* Tools */

static struct answer bent(const char *kind, const char *argument, const char *body)
{
	struct answer a = { .status = 200, .type = "text/xml; charset=utf-8" };
	struct fault f = { .id = (char *)"x",
		.kind = fault_kind_find(kind),
		.argument = (char *)argument,
		.hit = 1 };

	assert_non_null(f.kind);
	text_puts(&a.body, body);
	fault_after(&f, &a);
	assert_int_equal(a.status, 200);
	return a;
}

static xmlDoc *parse(const struct text *t)
{
	return xmlReadMemory(t->at, (int)t->len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static const char *href(const xmlNs *ns)
{
	return ns == NULL ? "" : (const char *)ns->href;
}

/* A value as what it means: {namespace}local where it is a name. */
static void say_value(struct text *out, xmlNode *n, xmlNode *holder, bool name)
{
	xmlChar *value = xmlNodeGetContent(holder);
	char *colon = name ? strchr((char *)value, ':') : NULL;

	if (name) {
		if (colon != NULL)
			*colon = '\0';
		text_printf(out, "{%s}%s",
			href(xmlSearchNs(n->doc, n, colon != NULL ? value : NULL)),
			colon != NULL ? colon + 1 : (char *)value);
	} else {
		text_puts(out, (char *)value);
	}
	xmlFree(value);
}

static void say(struct text *out, xmlNode *n)
{
	for (; n != NULL; n = n->next) {
		if (n->type == XML_TEXT_NODE)
			text_puts(out, (char *)n->content);
		if (n->type != XML_ELEMENT_NODE)
			continue;
		text_printf(out, "<{%s}%s", href(n->ns), (const char *)n->name);
		for (xmlAttr *at = n->properties; at != NULL; at = at->next) {
			text_printf(out, " {%s}%s=", href(at->ns), (const char *)at->name);
			say_value(out, n, (xmlNode *)at,
				at->ns != NULL && same((const char *)at->name, "type"));
		}
		text_puts(out, ">");
		if (same((const char *)n->name, "faultcode"))
			say_value(out, n, n, true);
		else
			say(out, n->children);
		text_puts(out, "</>");
	}
}

/* What a document means, whatever its prefixes; NULL when it is none. */
static char *meaning(const struct text *t)
{
	struct text out = { 0 };
	xmlDoc *doc = parse(t);

	if (doc == NULL)
		return NULL;
	say(&out, xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	return out.at;
}

static char *meaning_of(const char *s)
{
	struct text t = { .at = (char *)(uintptr_t)s, .len = strlen(s) };

	return meaning(&t);
}

static void done(struct answer *a)
{
	text_free(&a->head);
	text_free(&a->body);
}

static int count(const char *in, const char *part)
{
	int n = 0;

	for (; (in = strstr(in, part)) != NULL; in += strlen(part))
		n++;
	return n;
}

static char *replaced(const char *in, const char *part, const char *with)
{
	const char *at = strstr(in, part);

	assert_non_null(at);
	return format("%.*s%s%s", (int)(at - in), in, with, at + strlen(part));
}

/* The same meaning in other bytes */

static void test_same_meaning(void **state)
{
	static const char *const kinds[] = { "prefixes", "default-namespace", "bom", "utf-16le",
		"utf-16be" };
	static const char *const bodies[] = { item, FAULT, TYPED, BUSY };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (size_t k = 0; k < COUNT(bodies); k++) {
			struct answer a = bent(kinds[i], NULL, bodies[k]);
			char *want = meaning_of(bodies[k]), *got = meaning(&a.body);

			assert_true(a.body.len != strlen(bodies[k]) ||
				memcmp(a.body.at, bodies[k], a.body.len) != 0);
			if (got == NULL || !same(want, got))
				fail_msg("%s %zu:\n%s\n%s\n%s", kinds[i], k, want, got, a.body.at);
			free(want);
			free(got);
			done(&a);
		}
	}
}

static void test_prefixes(void **state)
{
	struct fault f = { .id = (char *)"x", .kind = fault_kind_find("prefixes"), .hit = 2 };
	struct answer a = bent("prefixes", NULL, item), b = bent("prefixes", NULL, item);
	struct answer c = { .status = 200 };

	(void)state;
	text_puts(&c.body, item);
	fault_after(&f, &c);
	assert_null(strstr(a.body.at, "<m:"));
	assert_null(strstr(a.body.at, "xmlns:t="));
	assert_string_equal(a.body.at, b.body.at);     /* the same hit, the same names */
	assert_string_not_equal(a.body.at, c.body.at); /* the next has others */
	done(&a);
	done(&b);
	done(&c);
}

static void test_default_namespace(void **state)
{
	struct answer a = bent("default-namespace", NULL, item);

	(void)state;
	assert_null(strstr(a.body.at, "xmlns:"));
	assert_non_null(strstr(a.body.at, "<GetFolderResponse xmlns=\"" NS_M "\">"));
	done(&a);
	/* no namespace is said too */
	a = bent("default-namespace", NULL, FAULT);
	assert_non_null(strstr(a.body.at, "xmlns=\"\""));
	done(&a);
}

static void test_encodings(void **state)
{
	static const struct {
		const char *kind, *mark, *type;
		size_t n;
	} cases[] = {
		{ "bom", "\xef\xbb\xbf<?xml", "text/xml; charset=utf-8", 8 },
		{ "utf-16le", "\xff\xfe<\0?\0", "text/xml; charset=utf-16", 6 },
		{ "utf-16be", "\xfe\xff\0<\0?", "text/xml; charset=utf-16", 6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct answer a = bent(cases[i].kind, NULL, item);

		assert_memory_equal(a.body.at, cases[i].mark, cases[i].n);
		assert_string_equal(a.type, cases[i].type);
		done(&a);
	}
}

/* Other meaning */

static void test_missing(void **state)
{
	struct answer a = bent("missing", "DisplayName", item);
	char *less = replaced(
		     item, "<t:DisplayName>K\xc3\xa4lender &amp; more</t:DisplayName>", ""),
	     *want = meaning_of(less), *got = meaning(&a.body);

	(void)state;
	assert_string_equal(got, want);
	free(less);
	free(want);
	free(got);
	done(&a);
	a = bent("missing", NULL, item);
	assert_int_equal(count(a.body.at, "ResponseCode"), 0);
	assert_int_equal(count(a.body.at, "ResponseClass"), 2);
	done(&a);
	a = bent("missing", "Envelope", item);
	assert_int_equal(count(a.body.at, "Envelope"), 2);
	done(&a);
}

static void test_reordered(void **state)
{
	struct answer a = bent("reordered", NULL, item);
	const char *code = strstr(a.body.at, "<m:ResponseCode>"),
		   *folders = strstr(a.body.at, "<m:Folders>"),
		   *name = strstr(a.body.at, "<t:DisplayName>"),
		   *id = strstr(a.body.at, "<t:FolderId ");

	(void)state;
	assert_true(folders < code);
	assert_true(name < id);
	/* the messages themselves still answer in the order of the question */
	assert_true(folders < strstr(a.body.at, "<m:Folders/>"));
	assert_int_equal(count(a.body.at, "NoError"), 2);
	done(&a);
}

static void test_extra(void **state)
{
	struct answer a = bent("extra", NULL, item);

	(void)state;
	assert_non_null(strstr(a.body.at, "FutureAttribute=\"1\""));
	assert_non_null(strstr(a.body.at, "<t:FutureElement>true</t:FutureElement>"));
	assert_non_null(strstr(a.body.at, "xmlns:future=\"urn:example:future\""));
	/* GetFolderResponse, ResponseMessages, two messages, Folders, CalendarFolder */
	assert_int_equal(count(a.body.at, "FutureElement>true"), 6);
	assert_int_equal(count(a.body.at, ">NoError<"), 2);
	assert_non_null(strstr(a.body.at, "<s:Body><m:GetFolderResponse"));
	done(&a);
}

static void test_whitespace(void **state)
{
	struct answer a = bent("whitespace", NULL, item);

	(void)state;
	assert_int_equal(count(a.body.at, ">\n   NoError \t\n<"), 2);
	assert_non_null(strstr(a.body.at, "\n   K\xc3\xa4lender &amp; more \t\n"));
	assert_non_null(strstr(a.body.at, "Id=\"AAMk=\""));
	done(&a);
	a = bent("whitespace", NULL, FAULT);
	assert_non_null(strstr(a.body.at, ">\n   a:ErrorServerBusy \t\n<"));
	done(&a);
}

static void test_codes(void **state)
{
	struct answer a = bent("item-error", "ErrorMailboxFailover", item);

	(void)state;
	assert_int_equal(count(a.body.at, "ResponseClass=\"Error\"><m:MessageText>"), 2);
	assert_int_equal(count(a.body.at,
				 "</m:MessageText><m:ResponseCode>ErrorMailboxFailover"
				 "</m:ResponseCode><m:DescriptiveLinkKey>0"
				 "</m:DescriptiveLinkKey><m:Folders/>"),
		2);
	assert_int_equal(count(a.body.at, "CalendarFolder"), 0);
	done(&a);
	a = bent("inner-error", "ErrorServerBusy", item);
	assert_int_equal(
		count(a.body.at,
			"<m:ResponseCode>ErrorInternalServerError</m:ResponseCode>"
			"<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:MessageXml><t:Value"),
		2);
	assert_int_equal(count(a.body.at, "Name=\"InnerErrorResponseCode\">ErrorServerBusy<"), 2);
	done(&a);
	a = bent("stopped", NULL, item);
	assert_int_equal(count(a.body.at, "NoError"), 1);
	assert_int_equal(count(a.body.at, "ResponseClass=\"Warning\"><m:MessageText>"), 1);
	assert_int_equal(count(a.body.at, "ErrorBatchProcessingStopped"), 1);
	done(&a);
	a = bent("unknown-code", NULL, FAULT);
	assert_int_equal(count(a.body.at, "ErrorNotInvented2031"), 2);
	assert_int_equal(count(a.body.at, "ErrorServerBusy"), 0);
	done(&a);
	a = bent("unknown-code", NULL, BUSY);
	assert_int_equal(count(a.body.at, "ErrorNotInvented2031"), 1);
	assert_int_equal(count(a.body.at, "FreeBusyView"), 0);
	done(&a);
}

static void test_soap12(void **state)
{
	struct answer a = bent("soap12", NULL, item);
	char *want = replaced(item, NS_SOAP, "http://www.w3.org/2003/05/soap-envelope"),
	     *meant = meaning_of(want), *got = meaning(&a.body);

	(void)state;
	assert_string_equal(got, meant);
	assert_string_equal(a.type, "application/soap+xml; charset=utf-8");
	free(want);
	free(meant);
	free(got);
	done(&a);
}

/* No XML any more: taking the harm away gives the answer back */

static void test_bytes(void **state)
{
	static const struct {
		const char *kind, *harm;
	} cases[] = {
		{ "illegal-character", "\x01" },
		{ "illegal-reference", "&#x0;" },
		{ "broken-utf-8", "\xff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct answer a = bent(cases[i].kind, NULL, item);
		char *healed = replaced(a.body.at, cases[i].harm, "");

		assert_null(meaning(&a.body));
		assert_string_equal(healed, item);
		assert_non_null(strstr(a.body.at, "ResponseCode>"));
		free(healed);
		done(&a);
	}
}

static void test_unclosed(void **state)
{
	struct answer a = bent("unclosed", NULL, item);

	(void)state;
	assert_null(meaning(&a.body));
	text_puts(&a.body, "</s:Envelope>");
	assert_string_equal(a.body.at, item);
	done(&a);
}

static void test_deep(void **state)
{
	struct answer a = bent("deep", "1000", item), b = bent("deep", "3", item);

	(void)state;
	assert_int_equal(count(a.body.at, "<Deep>"), 1000);
	assert_null(meaning(&a.body)); /* over libxml2's own limit of 256 */
	assert_non_null(strstr(b.body.at, "</s:Body><Deep><Deep><Deep></Deep></Deep></Deep></s:"));
	done(&a);
	done(&b);
}

static void test_entities(void **state)
{
	struct answer a = bent("entity-bomb", NULL, item), b = bent("external-entity", NULL, item);
	xmlDoc *doc;

	(void)state;
	assert_non_null(strstr(a.body.at, "?><!DOCTYPE s:Envelope [<!ENTITY e0 \"ha\">"));
	assert_int_equal(count(a.body.at, "<!ENTITY"), 11);
	assert_non_null(strstr(a.body.at, ">&e10;NoError<"));
	assert_non_null(strstr(a.body.at, "<!ENTITY e10 \"&e9;&e9;&e9;"));
	assert_non_null(strstr(b.body.at, "<!ENTITY file SYSTEM \"file:///etc/hostname\">]>"));
	assert_non_null(strstr(b.body.at, ">&file;NoError<"));
	doc = parse(&b.body); /* not a broken document: what is in it is not fetched */
	assert_non_null(doc);
	assert_non_null(xmlGetIntSubset(doc));
	xmlFreeDoc(doc);
	done(&a);
	done(&b);
}

/* What is no XML stays; nothing crashes on odd documents */

static void test_others(void **state)
{
	static const char *const bodies[] = { "", "{\"Protocol\":\"EWS\"}", "<html><body>x</body>",
		"Too many requests", "<", "<a", "<!DOCTYPE html><p>", "<a/>", "<a></a>",
		"<?xml version=\"1.0\"?>", "</", "\xff\xfe<", "<a>", "<a xmlns=''/>" };

	(void)state;
	for (const struct fault_kind *k = fault_kinds; k->name != NULL; k++) {
		if (k->phase != FAULT_AFTER || same(k->name, "done-status") ||
			same(k->name, "done-soap-fault"))
			continue;
		for (size_t i = 0; i < COUNT(bodies); i++) {
			struct answer a =
				bent(k->name, same(k->name, "deep") ? "2" : NULL, bodies[i]);

			if (i < 4 && a.body.len > 0)
				assert_string_equal(a.body.at, bodies[i]);
			done(&a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_meaning),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_default_namespace),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_reordered),
		cmocka_unit_test(test_extra),
		cmocka_unit_test(test_whitespace),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_soap12),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_unclosed),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_entities),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
