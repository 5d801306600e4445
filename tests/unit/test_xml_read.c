/* XML reading: what is refused, what is mended before, finding by name, and values. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ews/xml_read.h"
#include "platform/buf.h"
#include "platform/clock.h"

#define FFFD "\xef\xbf\xbd"
#define M "http://schemas.microsoft.com/exchange/services/2006/messages"
#define T "http://schemas.microsoft.com/exchange/services/2006/types"

/* Read a copy that ends where the text ends. */
static const struct xml_node *read_bytes(struct arena *a, const char *p, size_t n)
{
	char *exact = malloc(n ? n : 1);
	const struct xml_node *root;

	assert_non_null(exact);
	memcpy(exact, p, n);
	root = xml_read(a, exact, n);
	free(exact);
	return root;
}

static const struct xml_node *read_text(struct arena *a, const char *text)
{
	return read_bytes(a, text, strlen(text));
}

static const char *const refused[] = {
	"",
	" \r\n",
	"text",
	"<a>",
	"<a></b>",
	"<a/><b/>",
	"<a/>text",
	"<a b=\"1\" b=\"2\"/>",
	"<a>&nbsp;</a>",
	"<a b=\"<\"/>",
	"<!-- only -->",
	"<html><body><br></body></html>",
	/* Any document type, in any shape. */
	"<!DOCTYPE a><a/>",
	"<!DOCTYPE a []><a/>",
	"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
	"<!DOCTYPE a [<!ENTITY x \"y\">]><a b=\"&x;\"/>",
	"<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x.dtd\"><a/>",
	"<!DOCTYPE a PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"http://127.0.0.1/x\"><a/>",
	"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\">%p;]><a/>",
	/* Broken UTF-8. */
	"<a>\xff</a>",
	"<a>\xc3</a>",
	"<a>\xed\xa0\x80</a>",
	/* No encoding anybody has. */
	"<?xml version=\"1.0\" encoding=\"no-such\"?><a>\xc3\xbc</a>",
	/* Encodings in which other bytes are markup, told or seen. */
	"<?xml version=\"1.0\" encoding=\"utf-7\"?><a>+AGE-</a>",
	"<?xml version=\"1.0\" encoding=\"IBM037\"?><a/>",
	"<?xml version=\"1.0\" encoding=\"utf-32\"?><a/>",
	"\x4c\x6f\xa7\x94\x93\x40\xa5\x85\x99\xa2\x89\x96\x95\x7e\x7f\xf1\x4b\xf0\x7f\x40\x85\x95"
	"\x83\x96\x84\x89\x95\x87\x7e\x7f\xc9\xc2\xd4\xf0\xf3\xf7\x7f\x6f\x6e\x4c\x81\x61\x6e",
	"<?xml version=\"1.0\" encoding=\"utf-8",
	"<?xml version=\"1.0\" encoding=utf-8?><a/>",
	"<?xml version=\"1.0\" encoding?><a/>",
};

static void documents_are_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		struct arena a;

		arena_init(&a, 1 << 20);
		if (read_text(&a, refused[i]))
			fail_msg("read: %s", refused[i]);
		arena_done(&a);
	}
}

static const struct text_row {
	const char *in;
	const char *value;
} texts[] = {
	{ "<a>x</a>", "x" },
	{ "<a/>", "" },
	{ "<a></a>", "" },
	{ "<a> \r\n\t</a>", "" },
	{ "<a> \n two words \t</a>", "two words" },
	{ "\xef\xbb\xbf<a>x</a>", "x" },
	{ "\r\n<?xml version=\"1.0\"?><a>x</a>", "x" },
	{ "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><a>x</a>\n",
		"x" },
	{ "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>M\xfcller</a>", "M\xc3\xbcller" },
	{ "<a>&lt;&amp;&gt;&#65;&#x42;&quot;&apos;</a>", "<&>AB\"'" },
	{ "<a>M\xc3\xbcller</a>", "M\xc3\xbcller" },
	{ "<a><![CDATA[<b>&amp;]]></a>", "<b>&amp;" },
	{ "<a>1<![CDATA[2]]>3</a>", "123" },
	{ "<a>1<!-- c -->2<?p i?>3</a>", "123" },
	{ "<a>1<b>no</b>2<b/>3</a>", "123" },
	{ "<a><b>no</b> 2 </a>", "2" },
	{ "<a> 1<b>no</b> </a>", "1" },
	/* Forbidden references, as Exchange sends them. */
	{ "<a>1&#x0;2&#x1F;3&#x1f;4</a>", "1" FFFD "2" FFFD "3" FFFD "4" },
	{ "<a>&#0;&#31;&#x8;&#11;</a>", FFFD FFFD FFFD FFFD },
	{ "<a>.&#x9;.&#xA;.&#13;.&#10;.</a>", ".\t.\n.\r.\n." },
	{ "<a>&#xFFFE;&#65535;&#xD800;&#56319;&#x110000;&#99999999999999999999;</a>",
		FFFD FFFD FFFD FFFD FFFD FFFD },
	{ "<a>&#x1F600;&#xFFFD;&#xE000;</a>", "\xf0\x9f\x98\x80" FFFD "\xee\x80\x80" },
	{ "<a>&#x000000000000000001;</a>", FFFD },
	/* Raw control bytes. */
	{ "<a>1\x01\x02\x1f"
	  "2</a>",
		"1" FFFD FFFD FFFD "2" },
	{ "<a>0123456789012345\x0b</a>", "0123456789012345" FFFD },
	/* Raw characters that are none of XML's, beside their neighbours. */
	{ "<a>1\xef\xbf\xbe"
	  "2\xef\xbf\xbf"
	  "3\xef\xbf\xbc</a>",
		"1" FFFD "2" FFFD "3\xef\xbf\xbc" },
	{ "<a><![CDATA[\xef\xbf\xbf]]></a>", FFFD },
	/* Encodings in which markup is ASCII. */
	{ "<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>M\xfcller</a>", "M\xc3\xbcller" },
	{ "<?xml version=\"1.0\" encoding=\"Windows-1252\"?><a>\x80</a>", "\xe2\x82\xac" },
	{ "<?xml version=\"1.0\" encoding=\"US-ASCII\"?><a>x</a>", "x" },
	{ "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>M\xc3\xbcller</a>", "M\xc3\xbcller" },
	{ "<?xml-stylesheet encoding=\"utf-7\"?><a>x</a>", "x" },
	/* What is literal stays so. */
	{ "<a><![CDATA[&#x1;]]>&#x1;</a>", "&#x1;" FFFD },
	{ "<a>&amp;#x1;</a>", "&#x1;" },
};

static void texts_are_read(void **state)
{
	const struct text_row *r;

	(void)state;
	for (r = texts; r < texts + COUNT(texts); r++) {
		const struct xml_node *n;
		struct arena a;
		const char *p;
		size_t len;

		arena_init(&a, 1 << 20);
		n = read_text(&a, r->in);
		if (!n)
			fail_msg("refused: %s", r->in);
		assert_string_equal(xml_value(n), r->value);
		len = xml_value_raw(n, &p);
		assert_int_equal(len, strlen(r->value));
		assert_memory_equal(p, r->value, len);
		arena_done(&a);
	}
}

/* Malformed references stay for the parser to refuse; nothing is read beyond the end. */
static void references_that_are_none(void **state)
{
	static const char *const bad[] = { "<a>&#x1</a>", "<a>&#;</a>", "<a>&#x;</a>",
		"<a>&#1g;</a>", "<a>&#x-1;</a>", "<a>&# 1;</a>", "<a>&#X1;</a>", "<a>&", "<a>&#",
		"<a>&#x", "<a>&#x1", "<a>\x01", "<![CDATA[", "<a><![CDATA[\x01&#x1;", "<a>&#1" };
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		for (n = 0; n <= strlen(bad[i]); n++) {
			struct arena a;

			arena_init(&a, 1 << 20);
			assert_null(read_bytes(&a, bad[i], n));
			arena_done(&a);
		}
	}
}

static void zero_bytes(void **state)
{
	static const char zero[] = "<a>1\0002</a>";
	const struct xml_node *n;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	n = read_bytes(&a, zero, sizeof(zero) - 1);
	assert_non_null(n);
	assert_string_equal(xml_value(n), "1" FFFD "2");
	arena_done(&a);
}

#define WIDE(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

/* In UTF-16 all is mended and counted as in UTF-8. */
static void wide_documents(void **state)
{
	static const struct {
		struct {
			const char *p;
			size_t n;
		} in;
		const char *value; /* NULL: refused */
	} rows[] = {
		{ WIDE("\xff\xfe<\0a\0>\0x\0<\0/\0a\0>\0"), "x" },
		{ WIDE("\xfe\xff\0<\0a\0>\0\xfc\x20\xac\0<\0/\0a\0>"), "\xc3\xbc\xe2\x82\xac" },
		{ WIDE("\xfe\xff\0<\0a\0>\xd8\x3d\xde\0\0<\0/\0a\0>"), "\xf0\x9f\x98\x80" },
		{ WIDE("\xfe\xff\0<\0a\0>\xd8\x3d\0x\xde\0\0<\0/\0a\0>"), FFFD "x" FFFD },
		{ WIDE("\xfe\xff\0<\0a\0>\0\x01\xff\xfe\0<\0/\0a\0>"), FFFD FFFD },
		{ WIDE("\xfe\xff\0<\0a\0>\xd8\x3d"), NULL },
		{ WIDE("\xfe\xff\0<\0a\0/\0>\0"), "" },
		{ WIDE("\xfe\xff\0<\0a\0/\0"), NULL },
		{ WIDE("\xfe\xff"), NULL },
		/* Without its mark it is none. */
		{ WIDE("<\0a\0/\0>\0"), NULL },
		{ WIDE("\0<\0a\0/\0>"), NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const struct xml_node *n;
		struct arena a;

		arena_init(&a, 1 << 20);
		n = read_bytes(&a, rows[i].in.p, rows[i].in.n);
		if (!n != !rows[i].value)
			fail_msg("row %zu", i);
		if (n)
			assert_string_equal(xml_value(n), rows[i].value);
		arena_done(&a);
	}
}

static void depth_is_bounded(void **state)
{
	static const struct {
		int depth, read;
	} rows[] = { { XML_READ_DEPTH, 1 }, { XML_READ_DEPTH + 1, 0 }, { 255, 0 }, { 100000, 0 } };
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct arena a;
		struct buf b;

		arena_init(&a, 1 << 22);
		buf_init(&b, 1 << 22);
		for (k = 0; k < rows[i].depth; k++)
			buf_puts(&b, "<a>");
		for (k = 0; k < rows[i].depth; k++)
			buf_puts(&b, "</a>");
		assert_int_equal(xml_read(&a, b.p, b.len) != NULL, rows[i].read);
		buf_done(&b);
		arena_done(&a);
	}
}

/* As many elements as are allowed, then one more. */
static void elements_are_bounded(void **state)
{
	struct arena a;
	struct buf b;
	int i, more;

	(void)state;
	for (more = 0; more < 2; more++) {
		arena_init(&a, 1 << 20);
		buf_init(&b, 1 << 24);
		buf_puts(&b, "<a>");
		for (i = 0; i < XML_READ_MARKS - 1 + more; i++)
			buf_puts(&b, "<b/>\n");
		buf_puts(&b, "</a>");
		assert_int_equal(xml_read(&a, b.p, b.len) != NULL, !more);
		buf_done(&b);
		arena_done(&a);
	}
}

/* A document with `count` times more in its middle, each with its number for #. */
static int is_read(const char *before, const char *more, int count, const char *behind)
{
	struct arena a;
	struct buf b;
	const char *p;
	int i, read;

	arena_init(&a, 1 << 20);
	buf_init(&b, 1 << 22);
	buf_puts(&b, before);
	for (i = 0; i < count; i++)
		for (p = more; *p; p++)
			if (*p == '#')
				buf_printf(&b, "%d", i);
			else
				buf_putc(&b, *p);
	buf_puts(&b, behind);
	read = xml_read(&a, b.p, b.len) != NULL;
	buf_done(&b);
	arena_done(&a);
	return read;
}

/* The parser compares every attribute with all others before anybody can stop it. */
static void attributes_are_bounded(void **state)
{
	(void)state;
	assert_true(is_read("<a>text<b", " c#=\"\"", 100, "/></a>"));
	assert_false(is_read("<a>text<b", " c#=\"\"", 101, "/></a>"));
	assert_false(is_read("<a", " c# = '>'", 101, "/>"));
	assert_false(is_read("<a", "\n\tc#=\"=\"", 101, "></a>"));
	assert_false(is_read("<\x01", " c#=\"\"", 101, "/>"));
	assert_false(is_read("<a", " xmlns:c#=\"u\"", 101, "/>"));
	assert_false(is_read("<a><b/><c", " c#=\"\"", 200000, "/></a>"));
	/* What looks like attributes and is none. */
	assert_true(is_read("<a>", " c#=\"\"", 1000, "</a>"));
	assert_true(is_read("<a b='", " c#=1", 1000, "'/>"));
	assert_true(is_read("<a><b c=\"d\">", " c#=\"\"", 1000, "</b></a>"));
	assert_true(is_read("<a><!--", " c#=\"\"", 1000, "--></a>"));
	assert_true(is_read("<a><![CDATA[ < b", " c#=\"\"", 1000, "]]></a>"));
	assert_true(is_read("<a><?b", " c#=\"\"", 1000, "?></a>"));
	assert_true(is_read("<a>", "<b c#=\"\"/>", 1000, "</a>"));
}

/* For each prefix it looks through all namespaces that are declared around it. */
static void namespaces_are_bounded(void **state)
{
	static const char four[] = "<a xmlns:p#='1' xmlns:q#='2' xmlns:r#='3' "
				   "xmlns:s#='4'>";
	static const char five[] = "<a xmlns:p#='1' xmlns:q#='2' xmlns:r#='3' "
				   "xmlns:s#='4' xmlns:t#='5'>";
	struct buf end;
	int i;

	(void)state;
	buf_init(&end, 1024);
	for (i = 0; i < XML_READ_DEPTH; i++)
		buf_puts(&end, "</a>");
	assert_true(is_read("", four, XML_READ_DEPTH, buf_str(&end)));
	assert_false(is_read("", five, XML_READ_DEPTH, buf_str(&end)));
	assert_true(is_read("<a>", "<b xmlns:p#='1' xmlns='2'/>", 1000, "</a>"));
	buf_done(&end);
}

/* The parser leaves ampersands in attributes; undoing that must not take the square of them. */
static void ampersands_in_attributes(void **state)
{
	enum { MANY = 300000 };
	const struct xml_node *n;
	const char *value;
	struct arena a;
	struct buf b;
	int64_t began;
	int i;

	(void)state;
	arena_init(&a, 1 << 20);
	n = read_text(&a, "<a b=\"&amp;#38;&#38;amp;&amp;\" c=\"&\" />");
	assert_null(n);
	n = read_text(&a, "<a b=\"&amp;#38;&#38;amp;x&amp;\" c=\"&#x26;\" />");
	assert_string_equal(xml_attr_value(n, "b"), "&#38;&amp;x&");
	assert_string_equal(xml_attr_value(n, "c"), "&");
	buf_init(&b, 1 << 22);
	buf_puts(&b, "<a b=\"");
	for (i = 0; i < MANY; i++)
		buf_puts(&b, "&amp;");
	buf_puts(&b, "\"/>");
	began = clock_mono_ms();
	n = xml_read(&a, b.p, b.len);
	assert_in_range(clock_mono_ms() - began, 0, 2000);
	value = xml_attr_value(n, "b");
	assert_int_equal(strlen(value), MANY);
	assert_int_equal(strspn(value, "&"), MANY);
	buf_done(&b);
	arena_done(&a);
}

/* A value in a hundred thousand pieces is one value, and takes no longer than one. */
static void pieces_are_joined(void **state)
{
	const struct xml_node *n;
	struct arena a;
	struct buf b;
	int i;

	(void)state;
	arena_init(&a, 1 << 22);
	buf_init(&b, 1 << 22);
	buf_puts(&b, "<a>");
	for (i = 0; i < 100000; i++)
		buf_puts(&b, "x<b/>");
	buf_puts(&b, "</a>");
	n = xml_read(&a, b.p, b.len);
	assert_non_null(n);
	assert_int_equal(strlen(xml_value(n)), 100000);
	assert_true(xml_is(xml_first(n), NS_NONE, "b"));
	buf_done(&b);
	arena_done(&a);
}

static const char family[] =
	"<m:Top xmlns:m=\"" M "\" xmlns:t=\"" T
	"\" xmlns:z=\"urn:z\" Id=\"1\" z:Id=\"2\" None=\"\">"
	"text<z:One>foreign</z:One><One>bare</One><t:One>types</t:One><!-- c -->"
	"<One xmlns=\"" T "\" Key=\"&lt;&#x1;&gt;\">second</One>"
	"<m:Deep><m:Er>no</m:Er><m:Deeper><m:Er> 5 </m:Er></m:Deeper></m:Deep></m:Top>";

static void elements_are_found(void **state)
{
	const struct xml_node *top, *n;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	top = read_text(&a, family);
	assert_true(xml_is(top, NS_M, "Top"));
	assert_false(xml_is(top, NS_T, "Top"));
	assert_false(xml_is(top, NS_NONE, "Top"));
	assert_false(xml_is(top, NS_M, "To"));
	assert_false(xml_is(top, NS_M, "Topp"));
	assert_true(xml_in(top, NS_M));
	assert_false(xml_in(NULL, NS_M));
	assert_string_equal(xml_child_value(top, NS_T, "One"), "types");
	assert_string_equal(xml_child_value(top, NS_NONE, "One"), "bare");
	assert_string_equal(xml_child_value(top, NS_M, "One"), "");
	n = xml_first(top);
	assert_string_equal(xml_name(n), "One");
	assert_false(xml_is(n, NS__MAX, "Two"));
	n = xml_next(xml_next(xml_next(n)));
	assert_true(xml_is(n, NS_T, "One"));
	assert_string_equal(xml_attr_value(n, "Key"), "<" FFFD ">");
	assert_true(xml_is(xml_next(n), NS_M, "Deep"));
	assert_null(xml_next(xml_next(n)));
	assert_string_equal(xml_value(xml_down(top, NS_M, "Deep/Deeper/Er")), "5");
	assert_null(xml_down(top, NS_M, "Deep/Deeper/E"));
	assert_null(xml_down(top, NS_M, "Deep/Er/Er"));
	assert_ptr_equal(xml_down(top, NS_M, ""), top);
	assert_string_equal(xml_attr_value(top, "Id"), "1");
	assert_string_equal(xml_attr_value(top, "None"), "");
	assert_null(xml_attr_value(top, "I"));
	arena_done(&a);
}

static void nothing_has_nothing(void **state)
{
	struct arena a;
	const char *p;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_null(xml_child(NULL, NS_M, "a"));
	assert_null(xml_first(NULL));
	assert_null(xml_next(NULL));
	assert_null(xml_down(NULL, NS_M, "a/b"));
	assert_null(xml_attr_value(NULL, "a"));
	assert_false(xml_is(NULL, NS_M, "a"));
	assert_string_equal(xml_name(NULL), "");
	assert_string_equal(xml_value(NULL), "");
	assert_int_equal(xml_value_raw(NULL, &p), 0);
	assert_string_equal(p, "");
	arena_done(&a);
}

/* --- values --- */

enum value_kind { INT, BOOL, TIME };

#define BAD INT64_C(-777)

static const struct value_row {
	enum value_kind kind;
	const char *text;
	int64_t want; /* BAD: it is none */
	int zoned;
} values[] = {
	{ INT, "0", 0, 0 },
	{ INT, " -60 ", -60, 0 },
	{ INT, "+5", 5, 0 },
	{ INT, "007", 7, 0 },
	{ INT, "999999999999999999", INT64_C(999999999999999999), 0 },
	{ INT, "9999999999999999999", BAD, 0 },
	{ INT, "", BAD, 0 },
	{ INT, "-", BAD, 0 },
	{ INT, "+-5", BAD, 0 },
	{ INT, "1 2", BAD, 0 },
	{ INT, "1.0", BAD, 0 },
	{ INT, "0x10", BAD, 0 },
	{ BOOL, "true", 1, 0 },
	{ BOOL, "True", 1, 0 },
	{ BOOL, " 1\n", 1, 0 },
	{ BOOL, "false", 0, 0 },
	{ BOOL, "0", 0, 0 },
	{ BOOL, "", BAD, 0 },
	{ BOOL, "yes", BAD, 0 },
	{ BOOL, "truer", BAD, 0 },
	{ TIME, "1970-01-01T00:00:00Z", 0, 1 },
	{ TIME, "2026-11-23T08:00:00Z", 1795420800, 1 },
	{ TIME, " 2026-11-23T09:00:00+01:00\n", 1795420800, 1 },
	{ TIME, "2026-11-23T02:30:00-05:30", 1795420800, 1 },
	{ TIME, "2026-11-23T08:00:00.1234567Z", 1795420800, 1 },
	{ TIME, "2026-11-23T08:00:00", 1795420800, 0 },
	{ TIME, "2026-11-23T24:00:00Z", 1795478400, 1 },
	{ TIME, "2024-02-29T00:00:00Z", 1709164800, 1 },
	{ TIME, "2000-02-29T00:00:00Z", 951782400, 1 },
	{ TIME, "0001-01-01T00:00:00", INT64_C(-62135596800), 0 },
	{ TIME, "9999-12-31T23:59:59Z", INT64_C(253402300799), 1 },
	{ TIME, "1969-12-31T23:59:59Z", -1, 1 },
	{ TIME, "2026-02-29T00:00:00Z", BAD, 0 },
	{ TIME, "1900-02-29T00:00:00Z", BAD, 0 },
	{ TIME, "2026-13-01T00:00:00Z", BAD, 0 },
	{ TIME, "2026-00-01T00:00:00Z", BAD, 0 },
	{ TIME, "2026-11-31T00:00:00Z", BAD, 0 },
	{ TIME, "2026-11-00T00:00:00Z", BAD, 0 },
	{ TIME, "2026-11-23T24:00:01Z", BAD, 0 },
	{ TIME, "2026-11-23T25:00:00Z", BAD, 0 },
	{ TIME, "2026-11-23T08:60:00Z", BAD, 0 },
	{ TIME, "2026-11-23T08:00:60Z", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00.Z", BAD, 0 },
	{ TIME, "2026-11-23T08:00Z", BAD, 0 },
	{ TIME, "2026-11-23", BAD, 0 },
	{ TIME, "2026-11-23 08:00:00Z", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00ZZ", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00+1:00", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00+15:00", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00+01:60", BAD, 0 },
	{ TIME, "2026-11-23T08:00:00+01", BAD, 0 },
	{ TIME, "-2026-11-23T08:00:00Z", BAD, 0 },
	{ TIME, "12026-11-23T08:00:00Z", BAD, 0 },
	{ TIME, "0000-11-23T08:00:00Z", BAD, 0 },
	{ TIME, "", BAD, 0 },
};

static int64_t value_of(const struct xml_node *n, enum value_kind kind, int *zoned)
{
	int64_t out = BAD;
	int rc, yes = 0;

	switch (kind) {
	case INT:
		rc = xml_int(n, &out);
		break;
	case BOOL:
		rc = xml_bool(n, &yes);
		out = rc < 0 ? BAD : yes;
		break;
	default:
		rc = xml_time(n, &out, zoned);
	}
	assert_int_equal(rc, out == BAD ? -1 : 0);
	return out;
}

static void values_are_read(void **state)
{
	const struct value_row *r;
	char text[128];
	int zoned;

	(void)state;
	for (r = values; r < values + COUNT(values); r++) {
		struct arena a;

		arena_init(&a, 1 << 20);
		zoned = 0;
		snprintf(text, sizeof(text), "<a>%s</a>", r->text);
		if (value_of(read_text(&a, text), r->kind, &zoned) != r->want)
			fail_msg("%s", r->text);
		assert_int_equal(zoned, r->zoned);
		arena_done(&a);
	}
}

/* Every day of 400 years, by counting. */
static void days_are_counted(void **state)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t want = INT64_C(-11676096000), got; /* 1600-01-01 */
	int year, month, day, zoned;
	char text[64];

	(void)state;
	for (year = 1600; year < 2400; year++) {
		for (month = 1; month <= 12; month++) {
			int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
			int n = lengths[month - 1] + (month == 2 && leap);

			for (day = 1; day <= n; day++, want += 86400) {
				int len = snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00",
					year, month, day);

				assert_int_equal(xml_time_text(text, (size_t)len, &got, &zoned), 0);
				assert_int_equal(got, want);
			}
		}
	}
}

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* 1: none */
	} rows[] = {
		{ "PT0S", 0 },
		{ "PT1H", 3600 },
		{ "-PT1H", -3600 },
		{ "PT5H45M", 20700 },
		{ "P1D", 86400 },
		{ "-P1DT2H3M4S", -93784 },
		{ "PT23H59M59.999S", 86399 },
		{ "PT90M", 5400 },
		{ "", 1 },
		{ "P", 1 },
		{ "PT", 1 },
		{ "P1DT", 1 },
		{ "PT1", 1 },
		{ "PT1M1H", 1 },
		{ "PT1H ", 1 },
		{ "P1Y", 1 },
		{ "1H", 1 },
		{ "PT-1H", 1 },
		{ "PT1.5H", 1 },
		{ "PT1.S", 1 },
		{ "PT12345678901H", 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t got = 1;
		const int rc = xml_duration_text(rows[i].text, &got);

		if (got != rows[i].want || (rc == 0) == (got == 1))
			fail_msg("%s: %d, %lld", rows[i].text, rc, (long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_refused),
		cmocka_unit_test(texts_are_read),
		cmocka_unit_test(references_that_are_none),
		cmocka_unit_test(zero_bytes),
		cmocka_unit_test(wide_documents),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(elements_are_bounded),
		cmocka_unit_test(attributes_are_bounded),
		cmocka_unit_test(namespaces_are_bounded),
		cmocka_unit_test(ampersands_in_attributes),
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(elements_are_found),
		cmocka_unit_test(nothing_has_nothing),
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(days_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
