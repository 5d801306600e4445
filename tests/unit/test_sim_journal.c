/* The journal: a ring that forgets, counts that do not, and thefts. */
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>
#include "sim/journal.h"
#include "sim/text.h"

static void add(struct journal *j, const char *op, const char *code, int status)
{
	struct entry e = { .face = "ews", .op = op, .code = code, .status = status, .items = 3 };

	journal_add(j, &e);
}

static json_int_t number_at(const json_t *list, size_t i)
{
	return json_integer_value(json_object_get(json_array_get(list, i), "number"));
}

/* Numbers of what is read, as "1 2 3". */
static void assert_read(const struct journal *j, uint64_t since, uint32_t limit, const char *want)
{
	json_t *list = journal_read(j, since, limit);
	struct text got = { 0 };

	text_puts(&got, "");
	for (size_t i = 0; i < json_array_size(list); i++)
		text_printf(&got, "%s%d", i > 0 ? " " : "", (int)number_at(list, i));
	assert_string_equal(got.at != NULL ? got.at : "", want);
	text_free(&got);
	json_decref(list);
}

static void test_ring(void **state)
{
	struct journal *j = journal_new(4);

	(void)state;
	assert_read(j, 0, 10, "");
	for (int i = 0; i < 3; i++)
		add(j, "GetFolder", "NoError", 200);
	assert_read(j, 0, 10, "1 2 3");
	assert_read(j, 1, 10, "2 3");
	assert_read(j, 0, 2, "1 2");
	assert_read(j, 0, 0, "");
	assert_read(j, 3, 10, "");
	assert_read(j, UINT64_MAX, 10, "");
	for (int i = 0; i < 7; i++)
		add(j, "GetFolder", "NoError", 200);
	assert_read(j, 0, 10, "7 8 9 10");
	assert_read(j, 8, 10, "9 10");
	assert_read(j, 2, 3, "7 8 9");
	journal_reset(j);
	assert_read(j, 0, 10, "");
	add(j, "GetFolder", "NoError", 200);
	assert_read(j, 0, 10, "11"); /* numbers go on */
	journal_free(j);
	j = journal_new(0);
	add(j, NULL, NULL, 200);
	add(j, NULL, NULL, 200);
	assert_read(j, 0, 10, "2");
	journal_free(j);
	journal_free(NULL);
}

/* Strings are copied, bounded, and told as text whatever was in them. */
static void test_entry(void **state)
{
	struct journal *j = journal_new(4);
	char path[3000], agent[] = "curl/7.88";
	struct entry e = { .method = "POST",
		.path = path,
		.agent = agent,
		.login = "bad \xff utf8",
		.mailbox = "",
		.at_ms = 1795000000123,
		.connection = 7,
		.impersonated = true,
		.status = 200,
		.bytes_in = 10,
		.bytes_out = 20,
		.took_us = 30 };
	json_t *list, *o;

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	journal_add(j, &e);
	assert_int_equal(e.number, 1);
	memset(agent, 'x', sizeof(agent) - 1);
	list = journal_read(j, 0, 10);
	o = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(o, "method")), "POST");
	assert_string_equal(json_string_value(json_object_get(o, "agent")), "curl/7.88");
	assert_string_equal(json_string_value(json_object_get(o, "mailbox")), "");
	assert_string_equal(json_string_value(json_object_get(o, "login")), "bad \xc3\xbf utf8");
	assert_int_equal(strlen(json_string_value(json_object_get(o, "path"))), 1000);
	assert_null(json_object_get(o, "op"));
	assert_true(json_is_true(json_object_get(o, "impersonated")));
	assert_int_equal(json_integer_value(json_object_get(o, "at_ms")), 1795000000123);
	assert_int_equal(json_integer_value(json_object_get(o, "connection")), 7);
	assert_int_equal(json_integer_value(json_object_get(o, "bytes_out")), 20);
	json_decref(list);
	journal_free(j);
}

static json_int_t counted(const struct journal *j, const char *by, const char *name)
{
	json_t *o = journal_counts(j);
	json_int_t n = json_integer_value(json_object_get(json_object_get(o, by), name));

	json_decref(o);
	return n;
}

static json_int_t requests(const struct journal *j)
{
	json_t *o = journal_counts(j);
	json_int_t n = json_integer_value(json_object_get(o, "requests"));

	json_decref(o);
	return n;
}

static void test_counts(void **state)
{
	struct journal *j = journal_new(2); /* counts do not depend on what is kept */
	char name[16];

	(void)state;
	for (int i = 0; i < 5; i++)
		add(j, "GetFolder", i == 0 ? "ErrorItemNotFound" : "NoError", 200);
	add(j, "FindItem", NULL, 500);
	add(j, NULL, NULL, 401);
	assert_int_equal(requests(j), 7);
	assert_int_equal(counted(j, "by_op", "GetFolder"), 5);
	assert_int_equal(counted(j, "by_op", "FindItem"), 1);
	assert_int_equal(counted(j, "by_code", "NoError"), 4);
	assert_int_equal(counted(j, "by_code", "ErrorItemNotFound"), 1);
	assert_int_equal(counted(j, "by_status", "200"), 5);
	assert_int_equal(counted(j, "by_status", "401"), 1);
	assert_int_equal(counted(j, "by_face", "ews"), 7);
	journal_reset(j);
	assert_int_equal(requests(j), 0);
	assert_int_equal(counted(j, "by_op", "GetFolder"), 0);
	for (int i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "Op%d", i);
		add(j, name, NULL, 200);
	}
	assert_int_equal(counted(j, "by_op", "Op5"), 1);
	assert_int_equal(counted(j, "by_op", "other"), 500);
	journal_free(j);
}

static void assert_theft(size_t i, const struct journal *j, const char *login, const char *scheme,
	const char *secret)
{
	json_t *list = journal_thefts(j), *o = json_array_get(list, i);

	assert_non_null(o);
	assert_string_equal(json_string_value(json_object_get(o, "host")), "example.test");
	assert_string_equal(json_string_value(json_object_get(o, "scheme")), scheme);
	assert_string_equal(json_string_value(json_object_get(o, "secret")), secret);
	assert_int_equal(json_integer_value(json_object_get(o, "length")), strlen(secret));
	if (login != NULL)
		assert_string_equal(json_string_value(json_object_get(o, "login")), login);
	else
		assert_null(json_object_get(o, "login"));
	json_decref(list);
}

static void test_thefts(void **state)
{
	static const struct {
		const char *given, *login, *scheme, *secret;
	} cases[] = {
		{ "Basic c3ZjQGV4YW1wbGUudGVzdDpzZWM6cmV0", "svc@example.test", "Basic",
			"sec:ret" },
		{ "basic bm9jb2xvbg==", "nocolon", "basic", "" },
		{ "Basic !!!", NULL, "Basic", "!!!" },
		{ "Basic", NULL, "Basic", "" },
		{ "NTLM  TlRMTVNTUAADAAAA", NULL, "NTLM", "TlRMTVNTUAADAAAA" },
		{ "Bearer abc.def", NULL, "Bearer", "abc.def" },
		{ "", NULL, "", "" },
	};
	struct journal *j = journal_new(4);
	json_t *list;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		journal_theft(j, "example.test", cases[i].given);
		assert_theft(i, j, cases[i].login, cases[i].scheme, cases[i].secret);
	}
	journal_theft(j, "example.test", NULL);
	for (int i = 0; i < 2000; i++)
		journal_theft(j, NULL, "Basic x");
	list = journal_thefts(j);
	assert_int_equal(json_array_size(list), 1000);
	json_decref(list);
	journal_reset(j);
	list = journal_thefts(j);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	journal_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_thefts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
