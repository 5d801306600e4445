/* Budgets and open calls of one caller. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_unit.h"

#define WORLD                                                                                      \
	"clock 2026-11-23T08:00:00Z frozen\n"                                                      \
	"premise hq 2019 host mail.example.test\n schemes basic\n"                                 \
	"domain example.test premise hq\n"                                                         \
	"mailbox anna@example.test\n"                                                              \
	"mailbox svc@example.test\n password " UNIT_PASSWORD "\n impersonation\n"

#define GET_CALENDAR                                                                               \
	"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"            \
	"<m:FolderIds><t:DistinguishedFolderId Id=\"calendar\"/></m:FolderIds></m:GetFolder>"

static int call(struct unit *u, const char *header)
{
	unit_call(u, "svc@example.test", "Exchange2016", header, GET_CALENDAR);
	return u->status;
}

static void concurrency(void **state)
{
	struct unit u;
	struct answer first;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "premise hq\n throttle concurrency 1\n");
	assert_int_equal(call(&u, NULL), 200);
	first = u.answer;
	u.answer = (struct answer){ 0 };
	assert_int_equal(call(&u, NULL), 500);
	assert_non_null(strstr(u.body, "ErrorExceededConnectionCount"));
	/* Another's account has calls of its own. */
	assert_int_equal(call(&u, UNIT_AS("anna@example.test")), 200);
	/* A policy of one's own stands before the house's. */
	unit_say(&u,
		"premise hq\n policy Fast concurrency 2\nmailbox svc@example.test\n policy Fast\n");
	assert_int_equal(call(&u, NULL), 200);
	unit_say(&u, "mailbox svc@example.test\n policy none\n");
	assert_int_equal(call(&u, NULL), 500);
	first.finished(first.finished_arg);
	assert_int_equal(call(&u, NULL), 200);
	text_free(&first.head);
	text_free(&first.body);
	unit_close(&u);
}

/* EWS.md 5.2, when the scenario says nothing. */
static void default_policies(void **state)
{
	static const struct {
		const char *product;
		int open;
	} rows[] = { { "2007sp1", 40 }, { "2010sp3", 10 }, { "2013sp1", 27 }, { "2019", 27 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct unit u;
		struct answer held[40];
		char *line = format("premise hq\n product %s\n", rows[i].product);
		int n = 0;

		unit_open(&u, WORLD);
		unit_say(&u, line);
		free(line);
		while (n < 40) {
			unit_call(&u, "svc@example.test", "Exchange2007_SP1", NULL, GET_CALENDAR);
			if (u.status != 200)
				break;
			held[n++] = u.answer;
			u.answer = (struct answer){ 0 };
		}
		assert_int_equal(n, rows[i].open);
		for (int k = 0; k < n; k++) {
			if (held[k].finished != NULL)
				held[k].finished(held[k].finished_arg);
			text_free(&held[k].head);
			text_free(&held[k].body);
		}
		unit_close(&u);
	}
}

/* What is done in somebody's name and what he does himself is one budget. */
static void one_budget_a_mailbox(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "mailbox anna@example.test\n password " UNIT_PASSWORD "\n");
	unit_say(&u, "premise hq\n throttle budget 1s recharge 1s\n");
	for (int i = 0; i < 100 && call(&u, UNIT_AS("anna@example.test")) == 200; i++)
		;
	assert_int_equal(u.status, 500);
	unit_call(&u, "anna@example.test", "Exchange2016", NULL, GET_CALENDAR);
	assert_int_equal(u.status, 500);
	assert_int_equal(call(&u, NULL), 200);
	unit_close(&u);
}

static void budget(void **state)
{
	struct unit u;
	int busy = 0;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "premise hq\n throttle budget 1s recharge 1s back-off 90s\n");
	for (int i = 0; i < 40; i++)
		assert_int_equal(call(&u, NULL), 200);
	for (int i = 0; i < 60 && call(&u, NULL) == 200; i++)
		;
	assert_int_equal(u.status, 500);
	assert_non_null(strstr(u.body, "ErrorServerBusy"));
	assert_non_null(strstr(u.body, "<t:Value Name=\"BackOffMilliseconds\">90000</t:Value>"));
	/* Who goes on is turned away at the edge. */
	while (busy++ < 1000 && call(&u, NULL) == 500)
		;
	assert_int_equal(u.status, 503);
	assert_non_null(strstr(u.answer.head.at, "Retry-After: 90\r\n"));
	assert_int_equal(call(&u, UNIT_AS("anna@example.test")), 200);
	unit_say(&u, "premise hq\n unsure edge-busy 429\n");
	assert_int_equal(call(&u, NULL), 429);
	unit_say(&u, "clock +10m\n");
	assert_int_equal(call(&u, NULL), 200);
	unit_close(&u);
}

static void latency(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u, "premise hq\n latency base 40 mailbox 5\n");
	assert_int_equal(call(&u, NULL), 200);
	assert_int_equal(u.answer.delay_ms, 45);
	unit_say(&u, "premise hq\n latency base 40 jitter 10\n");
	call(&u, NULL);
	assert_in_range(u.answer.delay_ms, 40, 55);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(concurrency),
		cmocka_unit_test(default_policies),
		cmocka_unit_test(budget),
		cmocka_unit_test(one_budget_a_mailbox),
		cmocka_unit_test(latency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
