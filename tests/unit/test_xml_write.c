/* XML writing: nesting, escaping, and what XML cannot carry. */
#include "tests/unit/unit.h"

#include <string.h>
#include "ews/xml_read.h"
#include "ews/xml_write.h"

#define FFFD "\xef\xbf\xbd"

static void elements_nest(void **state)
{
	struct xml_write w;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	xml_write_init(&w, &b);
	xml_open(&w, "m:A");
	xml_attr(&w, "One", "1");
	xml_attr_int(&w, "Two", -2);
	xml_open(&w, "t:Empty");
	xml_close(&w);
	xml_leaf(&w, "t:Leaf", "text");
	xml_leaf(&w, "t:None", "");
	xml_leaf_int(&w, "t:Int", INT64_MIN);
	xml_leaf_bool(&w, "t:Yes", 5);
	xml_leaf_bool(&w, "t:No", 0);
	xml_leaf_time(&w, "t:Time", 1795420800);
	xml_mark(&w, "t:Mark", "Id", "x");
	xml_open(&w, "t:Mixed");
	xml_text(&w, "a");
	xml_text(&w, "b");
	xml_close(&w);
	xml_close(&w);
	assert_string_equal(buf_str(&b),
		"<m:A One=\"1\" Two=\"-2\"><t:Empty/><t:Leaf>text</t:Leaf><t:None/>"
		"<t:Int>-9223372036854775808</t:Int><t:Yes>true</t:Yes><t:No>false</t:No>"
		"<t:Time>2026-11-23T08:00:00Z</t:Time><t:Mark Id=\"x\"/><t:Mixed>ab</t:Mixed>"
		"</m:A>");
	assert_int_equal(w.depth, 0);
	buf_done(&b);
}

static const struct escape_row {
	const char *in, *text, *attribute;
} escapes[] = {
	{ "", "", "" },
	{ "plain", "plain", "plain" },
	{ "<a href=\"x\">&'</a>", "&lt;a href=\"x\"&gt;&amp;'&lt;/a&gt;",
		"&lt;a href=&quot;x&quot;&gt;&amp;'&lt;/a&gt;" },
	{ "]]>", "]]&gt;", "]]&gt;" },
	{ "a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d" },
	{ "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
		"M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80",
		"M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\x01\x1f", FFFD FFFD, FFFD FFFD },
	{ "\x7f", "\x7f", "\x7f" },
	/* Cut, overlong, a surrogate, beyond Unicode, a lone tail. */
	{ "a\xe2\x82", "a" FFFD FFFD, "a" FFFD FFFD },
	{ "\xc0\xaf", FFFD FFFD, FFFD FFFD },
	{ "\xed\xa0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD },
	{ "\xf5\x80\x80\x80", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD },
	{ "\x80<", FFFD "&lt;", FFFD "&lt;" },
	/* Code points that are none. */
	{ "\xef\xbf\xbe\xef\xbf\xbf", FFFD FFFD FFFD FFFD FFFD FFFD,
		FFFD FFFD FFFD FFFD FFFD FFFD },
	{ "\xef\xbf\xbd", FFFD, FFFD },
};

static void text_is_escaped(void **state)
{
	const struct escape_row *r;

	(void)state;
	for (r = escapes; r < escapes + COUNT(escapes); r++) {
		struct buf b, want;
		struct xml_write w;

		buf_init(&b, 4096);
		buf_init(&want, 4096);
		xml_write_init(&w, &b);
		xml_open(&w, "a");
		xml_attr(&w, "b", r->in);
		xml_text(&w, r->in);
		xml_close(&w);
		buf_printf(&want, "<a b=\"%s\">%s</a>", r->attribute, r->text);
		assert_string_equal(buf_str(&b), buf_str(&want));
		buf_done(&b);
		buf_done(&want);
	}
}

/* Every byte, at every place of a short text, comes out as XML that is read again. */
static void any_bytes_are_xml(void **state)
{
	static const char base[] = "ab\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80]]>";
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < sizeof(base) - 1; i++) {
		for (c = 1; c < 256; c++) {
			char text[sizeof(base)];
			const struct xml_node *n;
			struct xml_write w;
			struct arena a;
			struct buf b;

			memcpy(text, base, sizeof(base));
			text[i] = (char)c;
			buf_init(&b, 4096);
			arena_init(&a, 1 << 20);
			xml_write_init(&w, &b);
			xml_open(&w, "a");
			xml_attr(&w, "b", text);
			xml_leaf(&w, "c", text);
			xml_close(&w);
			n = xml_read(&a, b.p, b.len);
			assert_non_null(n);
			assert_non_null(xml_child(n, NS_NONE, "c"));
			arena_done(&a);
			buf_done(&b);
		}
	}
}

/* What is too long leaves nothing behind but the mark. */
static void a_full_buffer_stays_full(void **state)
{
	struct xml_write w;
	struct buf b;

	(void)state;
	buf_init(&b, 20);
	xml_write_init(&w, &b);
	xml_open(&w, "m:A");
	xml_leaf(&w, "t:Leaf", "much too long for this buffer");
	xml_close(&w);
	assert_false(buf_ok(&b));
	assert_string_equal(buf_str(&b), "");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_nest),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(any_bytes_are_xml),
		cmocka_unit_test(a_full_buffer_stays_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
