/* The table of routes: what its rows promise, and how a path finds its row. */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "cgi/routes.h"

static struct arena arena;
static struct request rq = { .arena = &arena };

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static const struct route *find(const char *path, enum method m, struct page *p, struct err *e)
{
	unsigned allow;

	*p = (struct page){ .rq = &rq };
	return routes_find(path, m, p, &allow, e);
}

static void rows_are_whole(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];

		assert_int_equal(r->path[0], '/');
		assert_true(r->method == GET || r->method == POST);
		assert_true(r->need < NEED__MAX);
		assert_non_null(r->handler);
		assert_int_equal(r->layout == T_NONE, r->page == T_NONE);
		/* A page that can be shown again needs its template. */
		assert_true(!r->form_of || (r->method == POST && r->page != T_NONE));
		for (j = 0; j < i; j++)
			assert_false(routes[j].method == r->method &&
				strcmp(routes[j].path, r->path) == 0);
	}
}

static void forms_fit(void **state)
{
	const struct field *f;
	size_t i, n;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		for (n = 0, f = routes[i].form; f && f[n].name; n++) {
			assert_true(f[n].type < F__MAX);
			assert_non_null(f[n].label);
			assert_int_equal(f[n].type == F_CHOICE, f[n].options != NULL);
		}
		assert_true(n <= FORM_FIELDS);
	}
}

/* What changes other people or the account needs an admin whose password is fresh. */
static void settings_need_a_fresh_admin(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];

		if (strncmp(r->path, "/settings", 9) == 0)
			assert_true(r->need == NEED_ADMIN_FRESH ||
				(r->method == GET && r->need == NEED_ADMIN));
		if (strncmp(r->path, "/settings", 9) == 0 && r->method == POST)
			assert_int_equal(r->need, NEED_ADMIN_FRESH);
		if (strncmp(r->path, "/audit", 6) == 0 ||
			strncmp(r->path, "/connection/look", 16) == 0)
			assert_int_equal(r->need, NEED_ADMIN);
		if (strncmp(r->path, "/connection", 11) == 0)
			assert_true(r->need == NEED_ADMIN || r->need == NEED_ADMIN_FRESH);
		if (strncmp(r->path, "/connection/method", 18) == 0 ||
			strncmp(r->path, "/connection/credentials", 23) == 0 ||
			strncmp(r->path, "/connection/discard", 19) == 0)
			assert_int_equal(r->need, NEED_ADMIN_FRESH);
		if (strncmp(r->path, "/members", 8) == 0 || strncmp(r->path, "/rooms", 6) == 0)
			assert_true(r->need == NEED_ADMIN || r->need == NEED_ADMIN_FRESH);
		if (strcmp(r->path, "/me") == 0 || strncmp(r->path, "/me/", 4) == 0)
			assert_true(r->need == NEED_MEMBER || r->need == NEED_FRESH);
		if (strncmp(r->path, "/members", 8) == 0)
			assert_true(r->need == NEED_ADMIN || r->need == NEED_ADMIN_FRESH);
		if (strcmp(r->path, "/members/bulk") == 0)
			assert_int_equal(r->need, NEED_ADMIN_FRESH);
	}
}

/* The one place where a POST needs no form token. */
static void one_route_takes_keys(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < routes_count; i++)
		assert_int_equal(routes[i].need == NEED_KEY,
			routes[i].method == POST && strcmp(routes[i].path, "/stop/:word") == 0);
}

/* Of one member: to look and to remind is any admin's, to change needs a fresh one. */
static void members_need_an_admin(void **state)
{
	static const char *const looks[] = { "/members/:id", "/members/:id/check",
		"/members/:id/week", "/members/:id/remind" };
	size_t i, j;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		if (strncmp(routes[i].path, "/members/:id", 12) != 0)
			continue;
		for (j = 0; j < COUNT(looks) && strcmp(routes[i].path, looks[j]) != 0;)
			j++;
		assert_int_equal(routes[i].need, j < COUNT(looks) ? NEED_ADMIN : NEED_ADMIN_FRESH);
	}
}

/* The page with the form asks for no less than the form, so that nothing typed is lost. Where one
 * follows the engine, nothing is typed but ticks, and those are carried on. */
static void forms_ask_before_typing(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < routes_count; i++) {
		for (j = 0; routes[i].form_of && j < routes_count; j++) {
			if (routes[j].handler != routes[i].form_of)
				continue;
			if (routes[j].handler == page_found ||
				routes[j].handler == page_import_list)
				assert_int_equal(routes[j].need, NEED_ADMIN);
			else
				assert_int_equal(routes[j].need, routes[i].need);
		}
	}
}

static void paths_find_their_row(void **state)
{
	static const struct {
		const char *path;
		enum method method;
		const char *row; /* NULL: none */
	} cases[] = {
		{ "/", GET, "/" },
		{ "/overview", GET, "/overview" },
		{ "/overview", HEAD, "/overview" },
		{ "/overview/", GET, NULL },
		{ "/overvie", GET, NULL },
		{ "/overviews", GET, NULL },
		{ "overview", GET, NULL },
		{ "", GET, NULL },
		{ "//overview", GET, NULL },
		{ "/Overview", GET, NULL },
		{ "/signin/account", POST, "/signin/account" },
		{ "/signin/account/x", GET, NULL },
		{ "/settings/sessions/end", POST, "/settings/sessions/end" },
		{ "/settings/sessions/7/end", POST, "/settings/sessions/:id/end" },
		{ "/settings/sessions//end", POST, NULL },
		{ "/audit.csv", GET, "/audit.csv" },
		{ "/static/portal.css", GET, NULL },
	};
	const struct route *r;
	struct page p;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		r = find(cases[i].path, cases[i].method, &p, &e);
		if (!cases[i].row) {
			assert_null(r);
			assert_int_equal(e.code, ERR_MISSING);
			continue;
		}
		assert_non_null(r);
		assert_string_equal(r->path, cases[i].row);
		assert_int_equal(r->method, cases[i].method == HEAD ? GET : cases[i].method);
	}
}

static void numbers_are_plain(void **state)
{
	static const struct {
		const char *text;
		int64_t id; /* 0: refused */
	} cases[] = {
		{ "1", 1 },
		{ "42", 42 },
		{ "9007199254740992", INT64_C(9007199254740992) },
		{ "9007199254740993", 0 },
		{ "99999999999999999", 0 },
		{ "18446744073709551617", 0 },
		{ "0", 0 },
		{ "01", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ "1 ", 0 },
		{ " 1", 0 },
		{ "1a", 0 },
		{ "0x1", 0 },
		{ "1e3", 0 },
		{ "", 0 },
	};
	const struct route *r;
	char path[80];
	struct page p;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(path, sizeof(path), "/connection/look/%s", cases[i].text);
		r = find(path, GET, &p, &e);
		assert_int_equal(r != NULL, cases[i].id != 0);
		assert_int_equal(p.id, cases[i].id);
		assert_null(p.word);
	}
}

static void words_are_bounded(void **state)
{
	static const struct {
		const char *word;
		int good;
	} cases[] = {
		{ "a", 1 },
		{ "0123456789abcdefABCDEFxyzXYZ", 1 },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 1 },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0", 0 },
		{ "a-b", 0 },
		{ "a.b", 0 },
		{ "a%62", 0 },
		{ "\xc3\xa9", 0 },
		{ "..", 0 },
		{ "", 0 },
	};
	char path[120];
	struct page p;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		snprintf(path, sizeof(path), "/link/%s", cases[i].word);
		assert_int_equal(find(path, GET, &p, &e) != NULL, cases[i].good);
		assert_int_equal(p.word != NULL, cases[i].good);
		if (p.word)
			assert_string_equal(p.word, cases[i].word);
	}
}

static void methods_are_told(void **state)
{
	static const struct {
		const char *path;
		enum method method;
		unsigned allow;
	} cases[] = {
		{ "/overview", POST, GET | HEAD },
		{ "/signout", GET, POST },
		{ "/signout", HEAD, POST },
		{ "/signin", METHOD_OTHER, GET | HEAD | POST },
		{ "/link", GET, POST },
		{ "/members/3/remove", METHOD_OTHER, GET | HEAD | POST },
	};
	struct page p = { .rq = &rq };
	unsigned allow;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_null(routes_find(cases[i].path, cases[i].method, &p, &allow, &e));
		assert_int_equal(e.code, ERR_METHOD);
		assert_int_equal(allow, cases[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(forms_fit),
		cmocka_unit_test(settings_need_a_fresh_admin),
		cmocka_unit_test(one_route_takes_keys),
		cmocka_unit_test(members_need_an_admin),
		cmocka_unit_test(forms_ask_before_typing),
		cmocka_unit_test(paths_find_their_row),
		cmocka_unit_test(numbers_are_plain),
		cmocka_unit_test(words_are_bounded),
		cmocka_unit_test(methods_are_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
