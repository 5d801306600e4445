/* Service: members' own sign-ins.
 *
 * Rules: everything is about the member who acts, never about another. What is entered never
 * replaces what works: the engine does, once it has proved it (slots.c), and removes the other rows
 * then.
 */
#include "svc_own.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "svc_secret.h"

enum { PROOFS = 20 }; /* newest ones of the account among which the member's is looked for */

/* The account's connection, when members sign in by themselves. */
static int find_live(struct svc *s, struct connection *out, struct err *e)
{
	int rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, out, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || strcmp(out->method, "personal") != 0)
		return ERR(e, ERR_CONFLICT,
			"Your organisation does not ask for your own sign-in, so there is nothing "
			"to enter.",
			"own: method is not personal");
	return 0;
}

static int find_slot(struct svc *s, const struct connection *c, const char *slot,
	struct credential *out, struct err *e)
{
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = slot
	};
	int rc = c->id ? store_credential_find(s->db, s->a, &like, out, e) : 0;

	if (rc == 0)
		*out = (struct credential){ 0 };
	return rc;
}

/* The row in use is the one with a current secret; else the newest. */
static int find_row(struct svc *s, struct svc_own *o, struct err *e)
{
	struct connection *list;
	int n = store_connection_own(s->db, s->a, s->who.account, s->who.member, &list, e);

	for (int i = n; i-- > 0;) {
		o->c = list[i];
		if (find_slot(s, &o->c, PURPOSE_CURRENT, &o->current, e) < 0)
			return -1;
		if (o->current.id)
			break;
	}
	if (n > 0 && !o->current.id)
		o->c = list[0];
	for (int i = 0; i < n && !o->next.id; i++) {
		if (find_slot(s, &list[i], PURPOSE_NEXT, &o->next, e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

/* The member's newest proof, among the account's newest. */
static int find_job(struct svc *s, struct svc_own *o, struct err *e)
{
	struct job *list;
	int n = store_job_list(s->db, s->a, s->who.account, OWN_KIND,
		(struct page_of){ .limit = PROOFS }, &list, e);

	for (int i = 0; i < n; i++) {
		if (list[i].by == s->who.member) {
			o->job = list[i];
			break;
		}
	}
	return n < 0 ? -1 : 0;
}

int svc_own_get(struct svc *s, struct svc_own *out, struct err *e)
{
	*out = (struct svc_own){ 0 };
	if (find_live(s, &out->live, e) < 0 || find_row(s, out, e) < 0 || find_job(s, out, e) < 0)
		return -1;
	out->elsewhere = out->c.id && !store_connection_same_way(&out->c, &out->live);
	return 0;
}

/* The row that a login is entered into: one with that login and the way of today, or a new one.
 * Others that wait to be proved go. */
static int place(struct svc *s, const struct svc_own *o, const char *login, struct connection *out,
	struct err *e)
{
	struct member m;
	int rc = store_member_get(s->db, s->a, s->who.account, s->who.member, &m, e);

	if (rc <= 0)
		return rc < 0 ? -1 : ERR(e, ERR_MISSING, NULL, "own: no member");
	if (o->c.id && !o->elsewhere && strcmp(o->c.login, login) == 0) {
		*out = o->c;
		return 0;
	}
	if (store_connection_own_only(
		    s->db, s->who.account, s->who.member, o->current.id ? o->c.id : 0, e) < 0)
		return -1;
	*out = o->live;
	out->id = 0;
	out->owner = m.id;
	out->stage = CONN_SPARE;
	out->login = login;
	out->mailbox = str_empty(m.calendar) ? m.email : m.calendar;
	out->name = out->mailbox;
	out->edited_by = s->who.name;
	return store_connection_save(s->db, out, e);
}

static int queue(struct svc *s, const struct connection *c, int64_t *job, struct err *e)
{
	const struct svc_test t = { .connection = c->id,
		.slot = PURPOSE_NEXT,
		.change = 1,
		.member = "",
		.outside = "",
		.own = 1 };

	return svc_test_queue(s, &t, c->mailbox, job, e);
}

static int enter_rows(
	struct svc *s, const char *login, const struct secret *secret, int64_t *job, struct err *e)
{
	const struct svc_secrets sec = { .secret = secret, .certificate = "" };
	struct connection c;
	struct svc_own o;

	if (svc_own_get(s, &o, e) < 0 || svc_test_allowed(&o.live, e) < 0)
		return -1;
	if (strcmp(o.live.signin, "user") == 0)
		return ERR(e, ERR_CONFLICT,
			"Here you sign in with Microsoft; no password is entered.",
			"own: by Microsoft");
	if (place(s, &o, login, &c, e) < 0 || svc_secret_set(s, &c, PURPOSE_NEXT, &sec, e) < 0)
		return -1;
	return queue(s, &c, job, e);
}

int svc_own_enter(
	struct svc *s, const char *login, const struct secret *secret, int64_t *job, struct err *e)
{
	if (!secret || secret_len(secret) == 0)
		return ERR(e, ERR_FORM, "Enter your password.", "own: no secret");
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, enter_rows(s, login, secret, job, e), AUDIT_OWN_SET, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}

static int begin_rows(struct svc *s, int64_t *connection, struct err *e)
{
	struct connection c;
	struct svc_own o;

	if (svc_own_get(s, &o, e) < 0 || svc_test_allowed(&o.live, e) < 0 ||
		place(s, &o, "", &c, e) < 0)
		return -1;
	*connection = c.id;
	return 0;
}

int svc_own_begin(struct svc *s, int64_t *connection, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(s->db, begin_rows(s, connection, e), e);
}

static int remove_rows(struct svc *s, struct err *e)
{
	const struct member_event v = { .account = s->who.account,
		.member = s->who.member,
		.what = MEMBER_UNSIGNED,
		.by = s->who.name };
	int64_t n = store_connection_own_only(s->db, s->who.account, s->who.member, 0, e);

	if (n < 0)
		return -1;
	if (n == 0)
		return ERR(e, ERR_MISSING, "There is no sign-in of yours here.", "own: none");
	if (store_event_add(s->db, &v, e) < 0 ||
		store_standing_soon(s->db, s->who.account, s->who.member, clock_now(), e) < 0)
		return -1;
	return svc_audit(s, AUDIT_OWN_REMOVED, s->who.name, NULL, e);
}

int svc_own_remove(struct svc *s, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, remove_rows(s, e), AUDIT_OWN_REMOVED, e);
}
