/* Job "certificate": a key and a certificate for an application that signs in by itself.
 *
 * The key goes sealed into the slot "next"; what is public of it is shown, and an Entra admin adds
 * it to the application. It is used when a test has proved it.
 */
#include <stdio.h>
#include <string.h>
#include "engine.h"
#include "exchange/certificate.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "slots.h"
#include "store/store.h"

enum { VERSION_HEX = 8 };

static void tell(struct job_run *r, enum step_state state, const char *say)
{
	const struct job_step s = {
		.n = 1, .title = "Key and certificate are made", .state = state, .say = say
	};

	job_step(r, &s);
}

static int find(struct job_run *r, struct connection *c, struct err *e)
{
	const char *text = url_get(r->a, r->job->params, "connection");
	int64_t id;
	int rc;

	if (!text || str_int(text, 1, INT64_MAX, &id) < 0)
		return ERR(e, ERR_INPUT, "This is no connection.", "certificate: bad params");
	rc = store_connection_get(r->engine->db, r->a, r->job->account, id, c, e);
	if (rc == 1 && strcmp(c->signin, "app") == 0 && c->stage != CONN_FORMER)
		return 0;
	return rc < 0 ? -1
		      : ERR(e, ERR_CONFLICT,
				"There is no such connection whose application signs in by itself.",
				"connection %lld takes no certificate", (long long)id);
}

/* It is named after the organisation, so that it is known again among others in Entra. */
static int make(struct job_run *r, struct certificate *out, struct err *e)
{
	struct account org = { .name = "" };

	if (store_account_get(r->engine->db, r->a, r->job->account, &org, e) < 0)
		return -1;
	return certificate_make(r->a, arena_printf(r->a, "Latchkey %s", org.name), out, e);
}

static int keep(struct job_run *r, const struct connection *c, const struct certificate *made,
	struct err *e)
{
	char version[VERSION_HEX + 1];
	const struct slots_new n = { .secret = made->key,
		.version = version,
		.certificate = made->pem,
		.expires = made->not_after,
		.by = r->job->by,
		.by_name = r->job->by_name,
		.detail = arena_printf(r->a, "certificate %s made, to be proved", made->print),
		.request = r->job->request };

	seal_random_hex(version, VERSION_HEX);
	return slots_keep(r->engine, c, &n, e);
}

static int run(struct job_run *r, struct certificate *made, struct err *e)
{
	struct connection c;

	return find(r, &c, e) < 0 || make(r, made, e) < 0 ? -1 : keep(r, &c, made, e);
}

static void start(struct job_run *r)
{
	struct certificate made = { 0 };
	char until[40];
	struct err e;
	int rc = run(r, &made, &e);

	secret_free(made.key);
	if (rc == 0) {
		clock_text(until, sizeof(until), made.not_after);
		tell(r, STEP_OK,
			arena_printf(r->a, "Thumbprint %s, good until %s.", made.print, until));
		job_end(r, JOB_DONE,
			"The certificate is made. Download it, and have an Entra admin add it to "
			"the application.");
		return;
	}
	log_err("certificate.failed", &e);
	if (e.code == ERR_BUSY) {
		job_again(r, "The store was busy.");
		return;
	}
	tell(r, STEP_FAILED, e.say);
	job_end(r, JOB_FAILED, e.say);
}

const struct job_kind job_certificate = {
	.name = "certificate",
	.start = start,
	.attempts = 3,
	.limit = 60,
	.pause = 2,
};
