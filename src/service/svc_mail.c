/* Service: queueing mail.
 *
 * Rules: a mail is part of the transaction of what it tells about. The token of a link is sealed
 * for the engine before it is stored, for this row and this address; a mail whose link was replaced
 * or ended is not sent.
 */
#include "svc_mail.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"

enum { BOX_MAX = 2 * SEAL_SECRET_MAX };

static const char *const link_kinds[LINK__MAX] = { MAIL_INVITATION, MAIL_RESET };

static struct mail row_of(const struct svc *s, const struct mail_order *o)
{
	return (struct mail){ .account = s->who.account,
		.member = o->member,
		.kind = o->kind,
		.params = o->params,
		.dedupe = o->dedupe,
		.group = o->group,
		.expires = o->expires };
}

/* The row is there already, because the token is sealed for it. */
static int seal_token_of(struct svc *s, int64_t id, const char *token, struct err *e)
{
	struct seal_public key;
	struct seal_home home;
	struct secret *secret;
	struct mail row;
	struct buf box;
	int rc = store_mail_get(s->db, s->a, id, &row, e);

	if (rc <= 0 || seal_public_load(s->cf->public_keys, &key, e) < 0)
		return rc == 0 ? ERR(e, ERR_INTERNAL, NULL, "mail %lld is gone", (long long)id)
			       : -1;
	store_mail_home(&row, &home);
	secret = secret_new(token, strlen(token));
	buf_init(&box, BOX_MAX);
	rc = seal_close(&key, &home, secret, &box, e);
	secret_free(secret);
	if (rc == 0)
		rc = store_mail_seal(s->db, id, key.id, box.p, box.len, e);
	buf_done(&box);
	return rc;
}

int svc_mail_add(struct svc *s, const struct mail_order *o, struct err *e)
{
	struct mail m = row_of(s, o);
	int rc = store_mail_add(s->db, &m, e);

	return rc > 0 && o->token ? seal_token_of(s, m.id, o->token, e) : rc < 0 ? -1 : 0;
}

int svc_mail_to(struct svc *s, struct mail *m, const char *token, struct err *e)
{
	return store_mail_add(s->db, m, e) < 0 ? -1 : seal_token_of(s, m->id, token, e);
}

int svc_mail_admins(struct svc *s, const struct mail_order *o, struct err *e)
{
	const struct mail m = row_of(s, o);

	return store_mail_admins(s->db, &m, e) < 0 ? -1 : 0;
}

void svc_mail_ring(const struct svc *s)
{
	svc_ring(s, BELL_JOB, 0);
}

int svc_mail_ready(struct svc *s, struct err *e)
{
	struct connection c;

	if (!str_empty(s->cf->smtp_url))
		return 1;
	return s->who.account
		? store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &c, e)
		: 0;
}

/* --- links --- */

static const char *dedupe_of(struct svc *s, int64_t link)
{
	return arena_printf(s->a, "link:%lld", (long long)link);
}

int svc_mail_of_link(struct svc *s, const struct invitation *v, struct mail *out, struct err *e)
{
	const struct mail like = {
		.account = v->account, .member = v->member, .dedupe = dedupe_of(s, v->id)
	};

	return store_mail_find(s->db, s->a, &like, out, e);
}

/* Ops have no name that a stranger would know. */
static const char *maker(const struct svc *s)
{
	return s->who.kind == ACTOR_OPS || str_empty(s->who.name) ? "Ops" : s->who.name;
}

static const char *params_of(struct svc *s, const struct member *m, int64_t until)
{
	const char *const pairs[][2] = {
		{ "by", maker(s) },
		{ "role", m->role == ROLE_ADMIN ? "account admin" : "member" },
		{ "until", arena_printf(s->a, "%lld", (long long)until) },
		{ NULL, NULL },
	};

	return url_form(s->a, pairs);
}

int svc_mail_link(struct svc *s, const struct member *m, enum link_kind kind, const struct link *l,
	struct err *e)
{
	const struct mail_order o = { .kind = link_kinds[kind],
		.member = m->id,
		.params = params_of(s, m, l->expires),
		.dedupe = dedupe_of(s, l->id),
		.expires = l->expires,
		.token = l->token };
	int ready = svc_mail_ready(s, e);

	if (ready <= 0)
		return ready;
	return svc_mail_add(s, &o, e) < 0 ? -1 : 1;
}

int svc_mail_end_links(
	struct svc *s, int64_t account, int64_t member, enum link_kind kind, struct err *e)
{
	return store_mail_drop(s->db, account, member, link_kinds[kind], e) < 0 ? -1 : 0;
}

/* --- ops --- */

static int test_rows(struct svc *s, struct mail *m, struct err *e)
{
	int ready = svc_mail_ready(s, e);

	if (ready == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no way to send mail: set smtp_url, or add a connection.",
			"no way to send mail");
	if (ready < 0 || store_mail_add(s->db, m, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MAIL_TEST, m->email, NULL, e);
}

int svc_mail_test(struct svc *s, const char *address, int64_t *id, struct err *e)
{
	const char *const pairs[][2] = {
		{ "by", maker(s) },
		{ "at", arena_printf(s->a, "%lld", (long long)clock_now()) },
		{ NULL, NULL },
	};
	struct mail m = { .account = s->who.account,
		.kind = MAIL_TEST,
		.params = url_form(s->a, pairs),
		.email = address,
		.name = "",
		.expires = clock_now() + 3600 };
	int rc;

	if (!str_email(address))
		return ERR(e, ERR_FORM,
			"Enter a complete e-mail address, such as name@example.com.",
			"e-mail address refused");
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = test_rows(s, &m, e);
	*id = m.id;
	if (svc_audit_commit(s, rc, AUDIT_MAIL_TEST, e) < 0)
		return -1;
	svc_mail_ring(s);
	return 0;
}

static int retry_rows(struct svc *s, int64_t id, int64_t *n, struct err *e)
{
	*n = store_mail_retry(s->db, id, e);
	if (*n < 0)
		return -1;
	if (*n == 0 && id)
		return ERR(e, ERR_CONFLICT,
			"This mail did not fail, or its link has ended: it is not tried again.",
			"mail %lld cannot be tried again", (long long)id);
	return svc_audit(s, AUDIT_MAIL_RETRY,
		id ? arena_printf(s->a, "mail %lld", (long long)id) : "all failed mails", NULL, e);
}

int svc_mail_retry(struct svc *s, int64_t id, int64_t *n, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = retry_rows(s, id, n, e);
	if (svc_audit_commit(s, rc, AUDIT_MAIL_RETRY, e) < 0)
		return -1;
	svc_mail_ring(s);
	return 0;
}
