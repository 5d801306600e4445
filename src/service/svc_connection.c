/* Service: connections and their secrets.
 *
 * Rules: a secret is sealed for its row and for the whole way it may travel
 * (store_connection_policy) before it is stored, and never leaves this call. Row, secrets and audit
 * are one transaction.
 */
#include "svc.h"

#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"

enum { BOX_MAX = 2 * SEAL_SECRET_MAX, VERSION_HEX = 8, PARAMS_MAX = 4096 };

static int seal_into(struct svc *s, const struct seal_public *k, const struct connection *c,
	struct credential *cr, const struct secret *secret, struct err *e)
{
	struct seal_home home = { .account = c->account, .row = cr->id, .purpose = cr->purpose };
	struct buf box;
	int rc;

	store_connection_policy(c, home.policy);
	memcpy(cr->policy, home.policy, sizeof(cr->policy));
	buf_init(&box, BOX_MAX);
	rc = seal_close(k, &home, secret, &box, e);
	cr->key_id = k->id;
	cr->sealed = box.p;
	cr->sealed_len = box.len;
	if (rc == 0)
		rc = store_credential_save(s->db, cr, e);
	buf_done(&box);
	return rc;
}

static int add_secret(struct svc *s, const struct seal_public *k, const struct connection *c,
	const char *purpose, const struct secret *secret, struct err *e)
{
	struct credential cr = { .account = c->account,
		.connection = c->id,
		.purpose = purpose,
		.set_by = s->who.member };
	char version[VERSION_HEX + 1];

	seal_random_hex(version, VERSION_HEX);
	cr.version = version;
	if (store_credential_reserve(s->db, c->account, c->id, purpose, &cr.id, e) < 0)
		return -1;
	return seal_into(s, k, c, &cr, secret, e);
}

int svc_connection_add(struct svc *s, struct connection *c, const struct secret *secret,
	const struct secret *client_secret, struct err *e)
{
	struct seal_public k;
	int rc;

	if (seal_public_load(s->cf->public_keys, &k, e) < 0)
		return -1;
	c->id = 0;
	c->account = s->who.account;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = store_connection_save(s->db, c, e);
	if (rc == 0)
		rc = add_secret(s, &k, c, "current", secret, e);
	if (rc == 0 && client_secret)
		rc = add_secret(s, &k, c, "client", client_secret, e);
	if (rc == 0)
		rc = svc_audit(s, AUDIT_CONNECTION_ADDED, c->name,
			arena_printf(s->a, "%s as %s, method %s", c->host, c->mailbox, c->method),
			e);
	return svc_audit_commit(s, rc, AUDIT_CONNECTION_ADDED, e);
}

int svc_connection_remove(struct svc *s, int64_t id, struct err *e)
{
	struct connection c;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = store_connection_get(s->db, s->a, s->who.account, id, &c, e);
	if (rc == 0)
		rc = ERR(e, ERR_MISSING, "There is no such connection.", "no connection %lld",
			(long long)id);
	else if (rc > 0)
		rc = store_connection_remove(s->db, s->who.account, id, e);
	if (rc == 0)
		rc = svc_audit(s, AUDIT_CONNECTION_REMOVED, c.name, NULL, e);
	return svc_audit_commit(s, rc, AUDIT_CONNECTION_REMOVED, e);
}

/* --- test --- */

static const char *params_of(struct svc *s, int64_t id, const char *member, const char *outside)
{
	const char *text;
	struct buf b;

	buf_init(&b, PARAMS_MAX);
	if (url_pair(&b, "connection", arena_printf(s->a, "%lld", (long long)id)) < 0 ||
		url_pair(&b, "member", member) < 0 || url_pair(&b, "outside", outside) < 0)
		die("connection: parameters over their maximum");
	text = arena_strdup(s->a, buf_str(&b));
	buf_done(&b);
	return text;
}

static int queue_test(struct svc *s, const struct job *j, int64_t id, int64_t *job, struct err *e)
{
	int64_t open = store_job_open(s->db, j->account, TEST_KIND, e);
	struct connection c;
	int rc;

	if (open < 0)
		return -1;
	if (open >= TEST_OPEN_MAX)
		return ERR(e, ERR_CONFLICT,
			"Too many tests are running or waiting. Wait until one has ended.",
			"%lld tests open", (long long)open);
	rc = store_connection_get(s->db, s->a, j->account, id, &c, e);
	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection.", "no connection %lld",
			(long long)id);
	if (rc < 0 || store_job_add(s->db, j, job, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CONNECTION_TEST, c.name, NULL, e);
}

int svc_connection_test(struct svc *s, int64_t id, const char *member, const char *outside,
	int64_t *job, struct err *e)
{
	struct job j = { .account = s->who.account,
		.kind = TEST_KIND,
		.state = JOB_QUEUED,
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };
	int rc;

	if ((member[0] && !str_email(member)) || (outside[0] && !str_email(outside)))
		return ERR(e, ERR_FORM, "Enter an e-mail address.", "test: no e-mail address");
	j.params = params_of(s, id, member, outside);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = queue_test(s, &j, id, job, e);
	if (svc_audit_commit(s, rc, AUDIT_CONNECTION_TEST, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}
