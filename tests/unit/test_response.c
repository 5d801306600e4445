/* Response: what is sent, and what ends the process before it is sent. */
#include "web_unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "web/response.h"

static struct fake fake;
static struct request rq;

static int setup(void **state)
{
	(void)state;
	fake_init(&fake, "GET", "/");
	rq = (struct request){ .io = &fake.io, .method = GET };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_done(&fake);
	return 0;
}

static const char *sent(struct response *rs)
{
	buf_clear(&fake.out);
	assert_int_equal(response_send(rs, &rq), 0);
	response_done(rs);
	return buf_str(&fake.out);
}

static void assert_has(const char *answer, const char *text)
{
	if (!strstr(answer, text))
		fail_msg("not in the answer: %s\n%s", text, answer);
}

static void assert_lacks(const char *answer, const char *text)
{
	if (strstr(answer, text))
		fail_msg("in the answer: %s\n%s", text, answer);
}

static void sends_a_page(void **state)
{
	struct response rs;
	const char *answer;

	(void)state;
	response_init(&rs);
	buf_puts(&rs.body, "<p>hello");
	response_header(&rs, "X-Test", "one; two");
	answer = sent(&rs);
	assert_int_equal(strncmp(answer, "Status: 200 OK\r\n", 16), 0);
	assert_has(answer, "\r\nContent-Type: text/html; charset=utf-8\r\n");
	assert_has(answer, "\r\nContent-Length: 8\r\n");
	assert_has(answer, "\r\nX-Test: one; two\r\n");
	assert_has(answer, "\r\nCache-Control: no-store\r\n");
	assert_has(answer, "\r\n\r\n<p>hello");
}

static void guards_every_answer(void **state)
{
	static const char *const headers[] = {
		"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
		"img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
		"frame-ancestors 'none'\r\n",
		"X-Content-Type-Options: nosniff\r\n",
		"X-Frame-Options: DENY\r\n",
		"Referrer-Policy: strict-origin\r\n",
		"Cross-Origin-Opener-Policy: same-origin\r\n",
		"Cross-Origin-Resource-Policy: same-origin\r\n",
		"Permissions-Policy: ",
	};
	struct response rs;
	const char *answer;
	size_t i, j;

	(void)state;
	for (i = 0; i < 4; i++) {
		response_init(&rs);
		if (i == 1)
			response_redirect(&rs, "/x");
		if (i == 2)
			rs.status = 503;
		if (i == 3)
			response_clear(&rs);
		answer = sent(&rs);
		for (j = 0; j < COUNT(headers); j++)
			assert_has(answer, headers[j]);
	}
}

static void redirects(void **state)
{
	static const char *const places[] = { "/", "/a?b=c%20d", "https://x.example/y",
		"http://127.0.0.1:8080/" };
	char line[100];
	struct response rs;
	const char *answer;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(places); i++) {
		response_init(&rs);
		response_redirect(&rs, places[i]);
		answer = sent(&rs);
		snprintf(line, sizeof(line), "\r\nLocation: %s\r\n", places[i]);
		assert_has(answer, "Status: 303 See Other\r\n");
		assert_has(answer, line);
		assert_has(answer, "Content-Length: 0\r\n");
		assert_lacks(answer, "\nContent-Type:");
	}
}

static void sets_cookies(void **state)
{
	struct response rs;
	const char *answer;

	(void)state;
	response_init(&rs);
	response_cookie(&rs, "a", "1", -1, 0);
	response_cookie(&rs, "__Host-b", "2", 60, 1);
	response_cookie(&rs, "c", "", 0, 0);
	answer = sent(&rs);
	assert_has(answer, "\r\nSet-Cookie: a=1; Path=/; HttpOnly; SameSite=Lax\r\n");
	assert_has(answer,
		"\r\nSet-Cookie: __Host-b=2; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; "
		"Secure\r\n");
	assert_has(answer, "\r\nSet-Cookie: c=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n");
}

static void forgets_all(void **state)
{
	struct response rs;
	const char *answer;

	(void)state;
	response_init(&rs);
	rs.status = 303;
	rs.type = "text/csv";
	rs.cacheable = 1;
	buf_puts(&rs.body, "secret");
	response_cookie(&rs, "a", "1", -1, 0);
	response_clear(&rs);
	buf_puts(&rs.body, "error");
	answer = sent(&rs);
	assert_has(answer, "Status: 200 OK");
	assert_has(answer, "text/html");
	assert_has(answer, "no-store");
	assert_lacks(answer, "Set-Cookie");
	assert_lacks(answer, "secret");
}

static void may_be_cached(void **state)
{
	struct response rs;

	(void)state;
	response_init(&rs);
	rs.cacheable = 1;
	assert_lacks(sent(&rs), "Cache-Control");
}

static void sends_the_head_only(void **state)
{
	struct response rs;
	const char *answer;

	(void)state;
	rq.method = HEAD;
	response_init(&rs);
	buf_puts(&rs.body, "0123456789");
	answer = sent(&rs);
	rq.method = GET;
	assert_has(answer, "Content-Length: 10\r\n");
	assert_string_equal(answer + strlen(answer) - 4, "\r\n\r\n");
}

static void knows_reasons(void **state)
{
	char line[100];
	struct response rs;
	int code;

	(void)state;
	for (code = 0; code < ERR__MAX; code++) {
		response_init(&rs);
		rs.status = err_info((enum err_code)code)->status;
		snprintf(line, sizeof(line), "Status: %d Status\r\n", rs.status);
		assert_lacks(sent(&rs), line);
	}
}

static int three_more(void *ptr, struct buf *body)
{
	int *n = ptr;

	buf_printf(body, "line %d\n", ++*n);
	return *n < 3;
}

static void leaves_in_portions(void **state)
{
	struct response rs;
	const char *answer;
	int n = 0;

	(void)state;
	response_init(&rs);
	buf_puts(&rs.body, "head\n");
	rs.more = three_more;
	rs.ptr = &n;
	answer = sent(&rs);
	assert_has(answer, "\r\nContent-Type: ");
	assert_lacks(answer, "Content-Length");
	assert_has(answer, "\r\n\r\nhead\nline 1\nline 2\nline 3\n");
	assert_int_equal(rs.sent, strlen("head\n") + 3 * strlen("line 1\n"));
	/* Whoever has gone is read nothing for. */
	n = 0;
	response_init(&rs);
	rs.more = three_more;
	rs.ptr = &n;
	fake.gone = 1;
	assert_int_equal(response_send(&rs, &rq), -1);
	response_done(&rs);
	fake.gone = 0;
	assert_int_equal(n, 0);
	/* An error page after all. */
	response_init(&rs);
	rs.more = three_more;
	response_clear(&rs);
	assert_has(sent(&rs), "Content-Length: 0\r\n");
}

static void says_when_the_client_is_gone(void **state)
{
	struct response rs;

	(void)state;
	response_init(&rs);
	fake.gone = 1;
	assert_int_equal(response_send(&rs, &rq), -1);
	fake.gone = 0;
	response_done(&rs);
}

static void bad_header(struct response *rs)
{
	response_header(rs, "X", "a\r\nSet-Cookie: b=c");
}

static void bad_control(struct response *rs)
{
	response_header(rs, "X", "a\x7f");
}

static void bad_cookie(struct response *rs)
{
	response_cookie(rs, "a", "b\n", -1, 0);
}

static void foreign_redirect(struct response *rs)
{
	response_redirect(rs, "//evil.example");
}

static void odd_redirect(struct response *rs)
{
	response_redirect(rs, "javascript:x");
}

static void long_header(struct response *rs)
{
	char text[17 * 1024];

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	response_header(rs, "X", text);
}

/* Each of these is a mistake of ours, and ends the process. */
static void ends_on_unchecked_text(void **state)
{
	static void (*const calls[])(struct response *) = { bad_header, bad_control, bad_cookie,
		foreign_redirect, odd_redirect, long_header };
	struct response rs;
	int status;
	size_t i;
	pid_t pid;

	(void)state;
	for (i = 0; i < COUNT(calls); i++) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			signal(SIGABRT, SIG_DFL);
			log_open("test", LOG__MAX);
			response_init(&rs);
			calls[i](&rs);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_a_page),
		cmocka_unit_test(guards_every_answer),
		cmocka_unit_test(redirects),
		cmocka_unit_test(sets_cookies),
		cmocka_unit_test(forgets_all),
		cmocka_unit_test(may_be_cached),
		cmocka_unit_test(sends_the_head_only),
		cmocka_unit_test(knows_reasons),
		cmocka_unit_test(leaves_in_portions),
		cmocka_unit_test(says_when_the_client_is_gone),
		cmocka_unit_test(ends_on_unchecked_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
