/* View: templates made for the test, under the names of the real ones; and the real ones. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define MARKERS_NAMES
#include "web/view.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"

/* Layout, page and part of the test; all other templates are empty but for their first line. */
#define LAYOUT T_LAYOUT
#define PAGE T_SIGNIN
#define OTHER T_ERROR
#define PART T_PARTS_ROLE

static char dir[] = "/tmp/latchkey-unit-XXXXXX";

static void write_template(int t, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, tpl_files[t]);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	char path[200];
	int t;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/parts", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (t = T_NONE + 1; t < T__MAX; t++)
		write_template(t, PRAGMA);
	return 0;
}

static int teardown(void **state)
{
	char path[200];
	int t;

	(void)state;
	for (t = T_NONE + 1; t < T__MAX; t++) {
		snprintf(path, sizeof(path), "%s/%s", dir, tpl_files[t]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/parts", dir);
	rmdir(path);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static void load(const char *layout, const char *page)
{
	struct err e;

	write_template(LAYOUT, layout);
	write_template(PAGE, page);
	assert_ok(view_init(dir, &e));
}

/* Renders and frees v; what it gives is good until the next call. */
static const char *render(struct view *v)
{
	static char text[20000];
	struct buf b;
	struct err e;

	buf_init(&b, sizeof(text) - 1);
	assert_ok(view_render(v, &b, &e));
	memcpy(text, buf_str(&b), b.len + 1);
	buf_done(&b);
	view_free(v);
	return text;
}

static void fills_a_page(void **state)
{
	struct view *v;

	(void)state;
	load(PRAGMA "<h1>{{TITLE}}</h1>\n{{>PAGE}}\n<i>{{CSRF}}</i>\n",
		PRAGMA "<p title=\"{{TITLE}}\">{{CSRF}}</p>\n");
	v = view_new(LAYOUT, PAGE);
	view_set(v, M_TITLE, "Hello");
	view_set(v, M_CSRF, NULL);
	view_set(v, M_CSRF, "x");
	assert_string_equal(render(v), "<h1>Hello</h1>\n<p title=\"Hello\">x</p>\n<i>x</i>\n");
}

static void shows_pages_alone(void **state)
{
	struct view *v;

	(void)state;
	load(PRAGMA "<p>{{>PAGE}}", PRAGMA "<b>{{TITLE}}</b>\n");
	v = view_new(T_NONE, PAGE);
	view_set(v, M_TITLE, "x");
	assert_string_equal(render(v), "<b>x</b>\n");
}

static void shows_sections(void **state)
{
	struct view *v, *row;

	(void)state;
	load(PRAGMA "{{#NAV}}<a href=\"{{NAV_URL}}\"{{#NAV_HERE}} here{{/NAV_HERE}}>{{NAV_NAME}}"
		    " {{TITLE}}</a>{{/NAV}}{{>PAGE}}\n",
		PRAGMA "{{#DONE}}<p>{{DONE}}</p>{{/DONE}}{{#FAILED}}no{{/FAILED}}{{#NAV}}."
		       "{{/NAV}}\n");
	v = view_new(LAYOUT, PAGE);
	view_set(v, M_TITLE, "t");
	row = view_add(v, M_NAV);
	view_set(row, M_NAV_URL, "/a");
	view_set(row, M_NAV_NAME, "A");
	view_show(row, M_NAV_HERE);
	row = view_add(v, M_NAV);
	view_set(row, M_NAV_URL, "/b");
	view_set(row, M_NAV_NAME, "B");
	view_show(v, M_DONE);
	view_set(v, M_DONE, "done");
	assert_string_equal(
		render(v), "<a href=\"/a\" here>A t</a><a href=\"/b\">B t</a><p>done</p>..\n");
}

static void puts_parts_in(void **state)
{
	struct view *v, *row;

	(void)state;
	write_template(PART, PRAGMA "<b>{{ROLE_NAME}}{{TITLE}}</b>");
	load(PRAGMA "{{>PAGE}}", PRAGMA "{{#ROLE_OPTION}}{{>PARTS_ROLE}}{{/ROLE_OPTION}}\n");
	v = view_new(LAYOUT, PAGE);
	view_set(v, M_TITLE, "!");
	row = view_add(v, M_ROLE_OPTION);
	view_set(row, M_ROLE_NAME, "a");
	row = view_add(v, M_ROLE_OPTION);
	view_set(row, M_ROLE_NAME, "b");
	assert_string_equal(render(v), "<b>a!</b><b>b!</b>\n");
	write_template(PART, PRAGMA);
}

static void escapes_everything(void **state)
{
	struct view *v;

	(void)state;
	load(PRAGMA "<p>{{TITLE}}</p>{{>PAGE}}\n",
		PRAGMA "<a href=\"{{NAV_URL}}\" title=\"{{TITLE}}\">x</a>"
		       "<a href=\"/x?q={{TITLE:u}}\">y</a>\n");
	v = view_new(LAYOUT, PAGE);
	view_set(v, M_TITLE, "<b>\"'&");
	view_set(v, M_NAV_URL, "javascript:alert(1)");
	assert_string_equal(render(v),
		"<p>&lt;b&gt;&quot;&#39;&amp;</p><a href=\"#\" title=\"&lt;b&gt;&quot;&#39;&amp;\">"
		"x</a><a href=\"/x?q=%3Cb%3E%22%27%26\">y</a>\n");
}

static void writes_numbers(void **state)
{
	static const struct {
		int64_t n;
		const char *want;
	} rows[] = {
		{ 0, "0\n" },
		{ 999, "999\n" },
		{ 1000, "1,000\n" },
		{ 12345, "12,345\n" },
		{ 1234567, "1,234,567\n" },
		{ -1, "-1\n" },
		{ -999, "-999\n" },
		{ -123456, "-123,456\n" },
		{ INT64_MAX, "9,223,372,036,854,775,807\n" },
		{ INT64_MIN, "-9,223,372,036,854,775,808\n" },
	};
	struct view *v;
	size_t i;

	(void)state;
	load(PRAGMA "{{>PAGE}}", PRAGMA "{{STATUS}}\n");
	for (i = 0; i < COUNT(rows); i++) {
		v = view_new(LAYOUT, PAGE);
		view_num(v, M_STATUS, rows[i].n);
		assert_string_equal(render(v), rows[i].want);
	}
}

static void keeps_what_is_good(void **state)
{
	static const char *const bad[] = {
		"<p>{{TITLE}}",				      /* no first line */
		PRAGMA "<p>{{#TITLE}}",			      /* never closed */
		PRAGMA "<p>{{TITLE",			      /* never ended */
		PRAGMA "<p>{{>NOTHING}}",		      /* no such part */
		PRAGMA "<p>{{>SIGNIN}}",		      /* itself, for ever */
		PRAGMA "<a href=\"{{TITLE}}\" \"<<{{TITLE}}", /* no HTML */
	};
	struct view *v;
	struct err e;
	size_t i;

	(void)state;
	load(PRAGMA "{{>PAGE}}", PRAGMA "old\n");
	for (i = 0; i < COUNT(bad); i++) {
		write_template(PAGE, bad[i]);
		if (view_reload(&e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.code, ERR_SETUP);
		assert_non_null(strstr(e.log, "signin.tpl"));
		assert_string_equal(render(view_new(LAYOUT, PAGE)), "old\n");
	}
	write_template(PAGE, PRAGMA "new\n");
	v = view_new(LAYOUT, PAGE);
	assert_ok(view_reload(&e));
	assert_string_equal(render(v), "new\n");
}

static void misses_files(void **state)
{
	char path[200];
	struct err e;

	(void)state;
	load(PRAGMA "{{>PAGE}}", PRAGMA "old\n");
	snprintf(path, sizeof(path), "%s/%s", dir, tpl_files[OTHER]);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(view_reload(&e), -1);
	assert_non_null(strstr(e.log, tpl_files[OTHER]));
	assert_int_equal(view_init("/nonexistent", &e), -1);
	assert_string_equal(render(view_new(LAYOUT, PAGE)), "old\n");
	write_template(OTHER, PRAGMA);
	assert_ok(view_reload(&e));
}

static void bounds_files(void **state)
{
	enum { SIZE = 300 * 1024 };
	char *text = malloc(SIZE + 1);
	struct err e;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', SIZE);
	text[SIZE] = '\0';
	memcpy(text, PRAGMA, strlen(PRAGMA));
	load(PRAGMA "{{>PAGE}}", PRAGMA "old\n");
	write_template(PAGE, text);
	assert_int_equal(view_reload(&e), -1);
	write_template(PAGE, PRAGMA);
	free(text);
}

static void says_when_it_is_too_long(void **state)
{
	struct view *v;
	struct buf b;
	struct err e;

	(void)state;
	load(PRAGMA "{{>PAGE}}", PRAGMA "0123456789\n");
	buf_init(&b, 5);
	v = view_new(LAYOUT, PAGE);
	assert_int_equal(view_render(v, &b, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
	view_free(v);
	buf_done(&b);
}

/* The pages of the product: each in each layout, with nothing set. */
static void loads_the_real_ones(void **state)
{
	const char *top = getenv("srcdir");
	char path[300];
	struct err e;

	(void)state;
	snprintf(path, sizeof(path), "%s/templates", top ? top : ".");
	assert_ok(view_init(path, &e));
	assert_non_null(strstr(render(view_new(T_LAYOUT, T_ERROR)), "</html>"));
	assert_non_null(strstr(render(view_new(T_GATE, T_SIGNIN)), "name=\"csrf\""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_a_page),
		cmocka_unit_test(shows_pages_alone),
		cmocka_unit_test(shows_sections),
		cmocka_unit_test(puts_parts_in),
		cmocka_unit_test(escapes_everything),
		cmocka_unit_test(writes_numbers),
		cmocka_unit_test(keeps_what_is_good),
		cmocka_unit_test(misses_files),
		cmocka_unit_test(bounds_files),
		cmocka_unit_test(says_when_it_is_too_long),
		cmocka_unit_test(loads_the_real_ones),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
