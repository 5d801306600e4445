/* Service: the report of a test.
 *
 * Rules: it leaves the house, so it holds only what the test was about: every other address in any
 * text becomes "[address]". Secrets are in none of these texts: the engine leaves them out as it
 * writes them. What was left out is said.
 */
#include "svc_report.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "platform/clock.h"
#include "platform/str.h"

enum { KNOWN_MAX = 5, LINE_KEY = 18, TIME_SIZE = 40 };

static const struct {
	const char *code, *name;
} methods[] = {
	{ "personal", "personal sign-ins" },
	{ "dedicated", "dedicated mailbox" },
	{ "delegate", "dedicated mailbox with delegate access" },
	{ "impersonation", "dedicated mailbox with impersonation" },
};

static const char *const step_words[STEP__MAX] = {
	[STEP_WAITING] = "not begun",
	[STEP_RUNNING] = "running",
	[STEP_OK] = "done",
	[STEP_NOTE] = "done, with a note",
	[STEP_FAILED] = "FAILED",
	[STEP_SKIPPED] = "skipped",
};

static const char *const job_words[JOB__MAX] = {
	[JOB_QUEUED] = "It has not begun.",
	[JOB_RUNNING] = "It is running: this is what was seen so far.",
	[JOB_DONE] = "Every step passed.",
	[JOB_FAILED] = "It has failed.",
	[JOB_CANCELLED] = "It was stopped before every step was done.",
};

struct report {
	struct svc *s;
	struct buf *out;
	struct job j;
	struct svc_test t;
	struct connection c; /* id 0: it is gone */
	const char *known[KNOWN_MAX];
};

const char *svc_report_method(const char *method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].code, method) == 0)
			return methods[i].name;
	}
	return method;
}

static int is_known(const struct report *r, const char *text, size_t n)
{
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		const char *k = r->known[i];

		if (!str_empty(k) && strlen(k) == n && strncasecmp(k, text, n) == 0)
			return 1;
	}
	return 0;
}

/* Any byte of a letter, in any language. */
static int is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Without "/", "=" and "?", which stand before an address more often than in one. */
static int in_local(char c)
{
	return is_letter(c) || (c && strchr(".!#$%&'*+^_`{|}~-", c));
}

static int in_domain(char c)
{
	return is_letter(c) || c == '.' || c == '-';
}

/* Append text without foreign addresses. What stands before an "@" is written when the "@" is
 * reached, and not before. */
static void put(struct report *r, const char *text)
{
	const char *from = text, *at = text, *begin, *end;

	while ((at = strchr(at, '@'))) {
		for (begin = at; begin > from && in_local(begin[-1]);)
			begin--;
		while (begin < at && !is_letter(*begin))
			begin++;
		for (end = at + 1; in_domain(*end);)
			end++;
		while (end > at + 1 && !is_letter(end[-1]))
			end--;
		buf_add(r->out, from, (size_t)(begin - from));
		if (begin == at || end == at + 1 || is_known(r, begin, (size_t)(end - begin)))
			buf_add(r->out, begin, (size_t)(end - begin));
		else
			buf_puts(r->out, "[address]");
		from = at = end;
	}
	buf_puts(r->out, from);
}

/* Each line of a text behind `begin`. */
static void lines(struct report *r, const char *begin, const char *text)
{
	char *rest = arena_strdup(r->s->a, text), *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line && !rest)
			break;
		buf_puts(r->out, begin);
		put(r, line);
		buf_putc(r->out, '\n');
	}
}

static void part(struct report *r, const char *name, const char *text)
{
	if (str_empty(text))
		return;
	buf_printf(r->out, "      %s\n", name);
	lines(r, "        ", text);
}

static void fact(struct report *r, const char *name, const char *text)
{
	buf_printf(r->out, "%-*s", LINE_KEY, name);
	put(r, str_empty(text) ? "none" : text);
	buf_putc(r->out, '\n');
}

static const char *time_text(struct report *r, int64_t t)
{
	char *text = arena_alloc(r->s->a, TIME_SIZE);

	clock_text(text, TIME_SIZE, t);
	return text;
}

/* What it was for. */
static const char *purpose(const struct report *r)
{
	if (r->t.change)
		return "Proof of what was entered, and change to it when it works";
	return strcmp(r->t.slot, PURPOSE_NEXT) == 0 ? "Test of what was entered"
						    : "Test of what is in use";
}

static const char *server(struct report *r)
{
	if (strcmp(r->c.scheme, "discover") == 0)
		return arena_printf(r->s->a, "to be found by Autodiscover of %s",
			str_empty(r->c.host) ? "the mailbox's domain" : r->c.host);
	return arena_printf(r->s->a, "%s, port %lld", r->c.host, (long long)r->c.port);
}

static void head(struct report *r)
{
	static const char title[] = "Report of a connection test\n===========================\n\n";

	buf_puts(r->out, title);
	fact(r, "Test", arena_printf(r->s->a, "%lld", (long long)r->j.id));
	fact(r, "Started", time_text(r, r->j.created));
	fact(r, "By", str_empty(r->j.by_name) ? "Latchkey itself, or its operator" : r->j.by_name);
	if (r->j.ended)
		fact(r, "Ended", time_text(r, r->j.ended));
	fact(r, "Result", str_empty(r->j.outcome) ? job_words[r->j.state] : r->j.outcome);
	fact(r, "What", purpose(r));
	if (r->c.id) {
		fact(r, "Server", server(r));
		fact(r, "Proxy", r->c.proxy);
		fact(r, "Method", svc_report_method(r->c.method));
		fact(r, "Mailbox", r->c.mailbox);
		fact(r, "Sign-in", r->c.signin);
	} else {
		fact(r, "Connection", "It was removed since.");
	}
	fact(r, "Test person", r->t.member);
	fact(r, "Must not open", r->t.outside);
	fact(r, "Test booking", r->t.write ? "asked for" : "no: nothing was written");
}

static void step(struct report *r, const struct job_step *st)
{
	const int told = st->state == STEP_FAILED || !str_empty(st->why) || !str_empty(st->fix);

	buf_printf(r->out, "\n%3lld.  ", (long long)st->n);
	put(r, st->title);
	buf_printf(r->out, ": %s", step_words[st->state]);
	if (st->state >= STEP_OK && st->state != STEP_SKIPPED)
		buf_printf(r->out, " (%lld ms)", (long long)st->ms);
	buf_putc(r->out, '\n');
	part(r, told ? "What was seen" : "Seen", st->say);
	part(r, "Why", st->why);
	part(r, "What to do", st->fix);
	if (!str_empty(st->raw)) {
		buf_puts(r->out, "      On the wire\n");
		lines(r, "        | ", st->raw);
	}
}

static void tail(struct report *r)
{
	buf_puts(r->out,
		"\nLeft out\n--------\n\n"
		"Passwords, client secrets, keys, tokens and cookies: they are in no report.\n"
		"Addresses of anybody but those of this test: shown as [address].\n"
		"Subjects, texts and guests of anybody's events: they are never asked for.\n");
}

static int find(struct report *r, int64_t job, struct err *e)
{
	struct svc *s = r->s;
	int rc = store_job_get(s->db, s->a, s->who.account, job, &r->j, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || strcmp(r->j.kind, TEST_KIND) != 0 ||
		svc_connection_test_params(s->a, r->j.params, &r->t) < 0)
		return ERR(
			e, ERR_MISSING, "There is no such test.", "no test %lld", (long long)job);
	rc = store_connection_get(s->db, s->a, s->who.account, r->t.connection, &r->c, e);
	if (rc == 0)
		r->c = (struct connection){ 0 };
	return rc < 0 ? -1 : 0;
}

/* Job, connection and steps of one moment: n steps, or -1. */
static int read_all(struct report *r, int64_t job, struct job_step **steps, struct err *e)
{
	struct svc *s = r->s;
	int n;

	if (db_begin(s->db, DB_READ, e) < 0)
		return -1;
	n = find(r, job, e) < 0 ? -1 : store_job_steps(s->db, s->a, job, steps, e);
	db_rollback(s->db);
	return n;
}

int svc_report(struct svc *s, int64_t job, struct buf *out, struct err *e)
{
	struct report r = { .s = s, .out = out };
	struct job_step *steps;
	int n = read_all(&r, job, &steps, e);

	if (n < 0)
		return -1;
	r.known[0] = r.t.member;
	r.known[1] = r.t.outside;
	r.known[2] = r.c.mailbox;
	r.known[3] = r.c.login;
	r.known[4] = r.j.by_name;
	head(&r);
	buf_puts(out, "\nSteps\n-----\n");
	for (int i = 0; i < n; i++)
		step(&r, &steps[i]);
	if (n == 0)
		buf_puts(out, "\nNo step has begun.\n");
	tail(&r);
	return buf_ok(out) ? 0
			   : ERR(e, ERR_TOO_BIG, "The report is too long.", "report of test %lld",
				     (long long)job);
}
