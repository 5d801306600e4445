/* Job "reseal": every secret that is sealed with another key is sealed again with the active one:
 * those of connections, then the tokens of mails that wait.
 *
 * Row by row, each in its own transaction, so that it can be stopped and begun again anywhere. A
 * row that was changed meanwhile is left: it has a new secret, sealed with the new key. A row that
 * does not open is kept as it is and named: its old key must not be dropped.
 */
#include <string.h>
#include "engine.h"
#include "job_kinds.h"
#include "keyring.h"
#include "platform/log.h"
#include "store/store_mail.h"

enum { BATCH = 16, NAMED_MAX = 50, BOX_MAX = 65536, ARENA = 32 << 20 };

struct reseal {
	struct arena a; /* of one batch */
	uint64_t timer;
	int64_t after; /* id of the last credential looked at */
	int64_t after_mail;
	int64_t done;
	int64_t closed; /* rows that did not open */
	const char *named;
};

static void tell(struct job_run *r, enum step_state state)
{
	struct reseal *w = r->state;
	struct job_step s = {
		.n = 1, .title = "Secrets are sealed with the active key", .state = state
	};

	s.say = arena_printf(&w->a, "%lld sealed again.", (long long)w->done);
	job_step(r, &s);
	if (w->closed == 0)
		return;
	s.n = 2;
	s.title = "Secrets that do not open";
	s.state = STEP_NOTE;
	s.say = arena_printf(&w->a, "%lld: %s%s.", (long long)w->closed, w->named,
		w->closed > NAMED_MAX ? " and more" : "");
	s.why = "They are sealed with a key that is not here, or their connection was changed.";
	s.fix = "Ops: keep the old keys; the log names each row. Admin: enter these secrets again.";
	job_step(r, &s);
}

static void name_closed(struct job_run *r, const char *what, int64_t id)
{
	struct reseal *w = r->state;

	if (w->closed++ < NAMED_MAX)
		w->named = arena_printf(r->a, "%s%s%s %lld", w->named, w->named[0] ? ", " : "",
			what, (long long)id);
}

/* A new box for one row: 1, 0 it does not open or its connection is gone, -1 the store failed. */
static int box(struct job_run *r, const struct credential *cr, struct buf *out, struct err *e)
{
	struct reseal *w = r->state;
	struct connection c;
	int rc = store_connection_get(r->engine->db, &w->a, cr->account, cr->connection, &c, e);

	if (rc != 1)
		return rc;
	if (keyring_reseal(r->engine->keys, cr, &c, out, e) == 0)
		return 1;
	log_err("reseal.closed", e);
	return 0;
}

/* Its connection goes another way by now, so there is nothing to know it again by. 0 or -1. */
static int forget_refused(struct job_run *r, const struct credential *cr, struct err *e)
{
	return store_credential_remove(r->engine->db, cr->account, cr->connection, cr->purpose, e) <
			0
		? -1
		: 0;
}

static int reseal_row(struct job_run *r, const struct credential *cr, struct err *e)
{
	struct reseal *w = r->state;
	struct buf b;
	int rc;

	buf_init(&b, BOX_MAX);
	rc = box(r, cr, &b, e);
	if (rc == 0 && strcmp(cr->purpose, PURPOSE_REFUSED) == 0)
		rc = forget_refused(r, cr, e);
	else if (rc == 0)
		name_closed(r, "credential", cr->id);
	if (rc == 1)
		rc = store_credential_reseal(
			r->engine->db, cr, keyring_active(r->engine->keys)->id, b.p, b.len, e);
	buf_done(&b);
	if (rc < 0)
		return -1;
	w->done += rc;
	w->after = cr->id;
	return 0;
}

/* Rows looked at, or -1. */
static int batch(struct job_run *r, struct err *e)
{
	struct reseal *w = r->state;
	struct credential *list;
	int n = store_credential_foreign(r->engine->db, &w->a, keyring_active(r->engine->keys)->id,
		w->after, BATCH, &list, e);

	for (int i = 0; i < n; i++) {
		if (reseal_row(r, &list[i], e) < 0)
			return -1;
	}
	return n;
}

static int reseal_mail(struct job_run *r, const struct mail *m, struct err *e)
{
	struct reseal *w = r->state;
	struct buf b;
	int rc = 0;

	buf_init(&b, BOX_MAX);
	if (keyring_reseal_mail(r->engine->keys, m, &b, e) == 0) {
		rc = store_mail_reseal(
			r->engine->db, m, keyring_active(r->engine->keys)->id, b.p, b.len, e);
	} else {
		log_err("reseal.closed", e);
		name_closed(r, "mail", m->id);
	}
	buf_done(&b);
	if (rc < 0)
		return -1;
	w->done += rc;
	w->after_mail = m->id;
	return 0;
}

static int batch_mails(struct job_run *r, struct err *e)
{
	struct reseal *w = r->state;
	struct mail *list;
	int n = store_mail_foreign(r->engine->db, &w->a, keyring_active(r->engine->keys)->id,
		(struct page_of){ w->after_mail, BATCH }, &list, e);

	for (int i = 0; i < n; i++) {
		if (reseal_mail(r, &list[i], e) < 0)
			return -1;
	}
	return n;
}

static void end(struct job_run *r)
{
	const struct reseal *w = r->state;

	tell(r, STEP_OK);
	log_info("reseal.done", LF_I("rows", w->done), LF_I("closed", w->closed));
	job_end(r, w->closed ? JOB_FAILED : JOB_DONE,
		arena_printf(r->a, "%lld secrets sealed with the active key, %lld do not open.",
			(long long)w->done, (long long)w->closed));
}

static void on_batch(void *ptr)
{
	struct job_run *r = ptr;
	struct reseal *w = r->state;
	struct err e;
	int n;

	arena_reset(&w->a);
	w->timer = 0;
	n = batch(r, &e);
	if (n == 0)
		n = batch_mails(r, &e);
	if (n < 0) {
		log_err("reseal.failed", &e);
		job_again(r, "The store could not be read or written.");
	} else if (n == 0) {
		end(r);
	} else {
		tell(r, STEP_RUNNING);
		w->timer = loop_after(r->engine->loop, 0, on_batch, r);
	}
}

static void forget(void *ptr)
{
	struct reseal *w = ptr;

	arena_done(&w->a);
}

static void start(struct job_run *r)
{
	struct reseal *w = arena_alloc(r->a, sizeof(*w));

	arena_init(&w->a, ARENA);
	arena_defer(r->a, forget, w);
	w->named = "";
	r->state = w;
	w->timer = loop_after(r->engine->loop, 0, on_batch, r);
}

static int stop(struct job_run *r)
{
	struct reseal *w = r->state;

	loop_cancel(r->engine->loop, w->timer);
	return 1;
}

const struct job_kind job_reseal = {
	.name = "reseal",
	.start = start,
	.stop = stop,
	.attempts = 100,
	.limit = 6 * 3600,
	.pause = 5,
};
