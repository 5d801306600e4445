/* Service: tests and proofs of connections: the job's row, its parameters, stopping it.
 *
 * What is queued here is checked by the engine again, which trusts no row.
 */
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_own.h"
#include "svc_secret.h"
#include "svc_work.h"

enum { TEST_LIST = 100 };

/* The typed writer of this job's parameters; its reader is svc_connection_test_params. */
static const char *params_of(struct svc *s, const struct svc_test *t)
{
	const char *const pairs[][2] = {
		{ "connection", arena_printf(s->a, "%lld", (long long)t->connection) },
		{ "slot", t->slot },
		{ "change", t->change ? "1" : "0" },
		{ "write", t->write ? "1" : "0" },
		{ "again", t->again ? "1" : "0" },
		{ "ask", arena_printf(s->a, "%lld", (long long)t->ask) },
		{ "member", t->member },
		{ "outside", t->outside },
		{ NULL, NULL },
	};

	return url_form(s->a, pairs);
}

static int flag(struct arena *a, const char *params, const char *name)
{
	const char *text = url_get(a, params, name);

	return text && strcmp(text, "1") == 0;
}

int svc_connection_test_params(struct arena *a, const char *params, struct svc_test *out)
{
	const char *id = url_get(a, params, "connection"), *ask = url_get(a, params, "ask");

	*out = (struct svc_test){
		.slot = url_get(a, params, "slot"),
		.change = flag(a, params, "change"),
		.write = flag(a, params, "write"),
		.again = flag(a, params, "again"),
		.member = url_get(a, params, "member"),
		.outside = url_get(a, params, "outside"),
	};
	return id && ask && out->slot && out->member && out->outside &&
			str_int(id, 1, INT64_MAX, &out->connection) == 0 &&
			str_int(ask, 0, INT64_MAX, &out->ask) == 0
		? 0
		: -1;
}

static struct job job_of(struct svc *s, const struct svc_test *t)
{
	return (struct job){ .account = s->who.account,
		.kind = t->own ? OWN_KIND : TEST_KIND,
		.state = JOB_QUEUED,
		.params = params_of(s, t),
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };
}

int svc_test_open(struct svc *s, const struct svc_test *t, int64_t *job, struct err *e)
{
	const struct job j = job_of(s, t);

	return store_job_same(s->db, &j, job, e);
}

int svc_test_queue(
	struct svc *s, const struct svc_test *t, const char *about, int64_t *job, struct err *e)
{
	const struct job j = job_of(s, t);
	int64_t open = store_job_open(s->db, j.account, j.kind, e);

	if (open < 0)
		return -1;
	if (open >= (t->own ? OWN_OPEN_MAX : TEST_OPEN_MAX))
		return ERR(e, ERR_CONFLICT,
			"Too many tests are running or waiting. Wait until one has ended.",
			"%lld tests open", (long long)open);
	if (store_job_add(s->db, &j, job, e) < 0)
		return -1;
	if (t->own)
		return 0; /* what was entered is audited, and what comes of it */
	if (t->again && svc_audit(s, AUDIT_CONNECTION_AGAIN, about, NULL, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CONNECTION_TEST, about,
		t->change	   ? "to change to what was entered"
			: t->write ? arena_printf(s->a, "with a test booking for %s", t->member)
				   : NULL,
		e);
}

int svc_test_allowed(const struct connection *c, struct err *e)
{
	return c->paused_at
		? ERR(e, ERR_CONFLICT,
			  "The connection is paused, so nothing can be tried. Resume it first.",
			  "connection %lld is paused", (long long)c->id)
		: 0;
}

static int test_rows(struct svc *s, const struct svc_test *t, int64_t *job, struct err *e)
{
	struct connection c;
	int rc = store_connection_get(s->db, s->a, s->who.account, t->connection, &c, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection.", "no connection %lld",
			(long long)t->connection);
	if (rc < 0 || svc_test_allowed(&c, e) < 0)
		return -1;
	rc = svc_test_open(s, t, job, e);
	return rc == 0 ? svc_test_queue(s, t, c.mailbox, job, e) : rc < 0 ? -1 : 0;
}

int svc_connection_test(struct svc *s, const struct svc_test *t, int64_t *job, struct err *e)
{
	if ((t->member[0] && !str_email(t->member)) || (t->outside[0] && !str_email(t->outside)))
		return ERR(e, ERR_FORM, "Enter an e-mail address.", "test: no e-mail address");
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, test_rows(s, t, job, e), AUDIT_CONNECTION_TEST, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}

/* Far more than can be open. */
int svc_test_stop_all(struct svc *s, int64_t connection, struct err *e)
{
	const struct page_of newest = { .limit = TEST_LIST };
	struct svc_test t;
	struct job *list;
	int n = store_job_list(s->db, s->a, s->who.account, TEST_KIND, newest, &list, e);

	for (int i = 0; i < n; i++) {
		const struct job *j = &list[i];

		if (j->state < JOB_DONE && svc_connection_test_params(s->a, j->params, &t) == 0 &&
			t.connection == connection &&
			store_job_cancel(s->db, s->who.account, j->id, e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

static const char *about_of(struct svc *s, const struct job *j)
{
	return arena_printf(s->a, "test %lld", (long long)j->id);
}

/* A proof that changes a secret is a test, too. */
int svc_connection_test_stop(struct svc *s, int64_t job, struct err *e)
{
	static const struct svc_work_end end = {
		.kind = TEST_KIND, .action = AUDIT_CONNECTION_TEST_STOPPED, .about_of = about_of
	};

	return svc_work_stop(s, &end, 1, job, e);
}
