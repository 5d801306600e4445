/* Service: connections: what is chosen, entered, paused and thrown away.
 *
 * Rules: what was proved is never overwritten by what was typed. Two admins: the second one is told
 * who was quicker, and changes nothing. Row, secrets and audit are one transaction; the audit says
 * before and after, and no secret.
 */
#include "svc_connection.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "svc_secret.h"

/* --- reading --- */

int svc_connection_both(struct svc *s, struct svc_connections *out, struct err *e)
{
	*out = (struct svc_connections){ 0 };
	if (store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &out->live, e) < 0)
		return -1;
	return store_connection_staged(s->db, s->a, s->who.account, CONN_DRAFT, &out->draft, e) < 0
		? -1
		: 0;
}

const struct connection *svc_connection_base(const struct svc_connections *both)
{
	if (both->draft.id)
		return &both->draft;
	return both->live.id ? &both->live : NULL;
}

/* A person who signed in with Microsoft cannot act as others; an application has no mailbox that
 * calendars could be shared with, and is nobody's own sign-in. */
int svc_connection_fits(const char *method, const char *signin)
{
	if (strcmp(signin, "user") == 0)
		return strcmp(method, "impersonation") != 0;
	if (strcmp(signin, "app") == 0)
		return strcmp(method, "impersonation") == 0 || strcmp(method, "dedicated") == 0;
	return 1;
}

/* By a token of Microsoft's sign-in service? Only its cloud takes those, and nothing else. */
static int by_token(const char *signin)
{
	return strcmp(signin, "app") == 0 || strcmp(signin, "user") == 0;
}

/* A secret of a slot, or the application's beside it: 1, 0 or -1. */
static int either(struct svc *s, const struct connection *c, const char *slot,
	struct credential *out, struct err *e)
{
	struct credential like = {
		.account = s->who.account, .connection = c->id, .purpose = slot
	};
	int rc = store_credential_find(s->db, s->a, &like, out, e);

	if (rc != 0)
		return rc;
	like.purpose = svc_secret_beside(slot);
	return store_credential_find(s->db, s->a, &like, out, e);
}

int svc_connection_ready(struct svc *s, const struct connection *c, struct err *e)
{
	static const char *const slots[] = { PURPOSE_NEXT, PURPOSE_CURRENT };
	struct credential cr;
	int rc = 0;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]) && rc == 0; i++) {
		const struct credential like = {
			.account = c->account, .connection = c->id, .purpose = slots[i]
		};

		rc = store_credential_find(s->db, s->a, &like, &cr, e);
	}
	return rc;
}

int svc_connection_waits(
	struct svc *s, const struct connection *c, struct credential *out, struct err *e)
{
	return either(s, c, PURPOSE_NEXT, out, e);
}

static int find(struct svc *s, int64_t id, struct connection *out, struct err *e)
{
	int rc = store_connection_get(s->db, s->a, s->who.account, id, out, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection.", "no connection %lld",
			(long long)id);
	return rc < 0 ? -1 : 0;
}

/* Is it still what the form was made from? */
static int same_base(
	struct svc *s, const struct svc_connections *both, int64_t from, int64_t rev, struct err *e)
{
	const struct connection *base = svc_connection_base(both);
	char at[40];

	if (base ? base->id == from && base->rev == rev : from == 0)
		return 0;
	if (!base)
		return ERR(e, ERR_CONFLICT,
			"The connection was removed while you had this page open. Nothing you "
			"typed was saved; this page begins anew.",
			"connection %lld is gone", (long long)from);
	clock_text(at, sizeof(at), base->edited_at);
	return ERR(e, ERR_CONFLICT,
		arena_printf(s->a,
			"%s changed the connection on %s, while you had this page open. Nothing "
			"you typed was saved. Compare with what holds now, and save again if it "
			"is still right.",
			str_empty(base->edited_by) ? "Somebody" : base->edited_by, at),
		"connection %lld is at revision %lld, not %lld", (long long)base->id,
		(long long)base->rev, (long long)rev);
}

/* --- what has changed, for the audit log --- */

static const struct named {
	const char *name;
	size_t offset;
} settings[] = {
	{ "kind", offsetof(struct connection, kind) },
	{ "method", offsetof(struct connection, method) },
	{ "mailbox", offsetof(struct connection, mailbox) },
	{ "find by", offsetof(struct connection, scheme) },
	{ "server", offsetof(struct connection, host) },
	{ "sign-in", offsetof(struct connection, signin) },
	{ "login", offsetof(struct connection, login) },
	{ "proxy", offsetof(struct connection, proxy) },
	{ "Extended Protection", offsetof(struct connection, binding) },
	{ "sign-in service", offsetof(struct connection, authority) },
	{ "tenant", offsetof(struct connection, tenant) },
	{ "application", offsetof(struct connection, client_id) },
};

static const char *text_of(const struct connection *c, size_t offset)
{
	const char *text = *(const char *const *)(const void *)((const char *)c + offset);

	return text ? text : "";
}

/* "mailbox: a@example.com to b@example.com; port: 443 to 8443". */
static const char *changes(struct svc *s, const struct connection *old, const struct connection *c)
{
	const char *out = "", *was, *is;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		was = text_of(old, settings[i].offset);
		is = text_of(c, settings[i].offset);
		if (strcmp(was, is) != 0)
			out = arena_printf(s->a, "%s%s%s: %s to %s", out, *out ? "; " : "",
				settings[i].name, *was ? was : "none", *is ? is : "none");
	}
	if (old->port != c->port && old->port)
		out = arena_printf(s->a, "%s%sport: %lld to %lld", out, *out ? "; " : "",
			(long long)old->port, (long long)c->port);
	was = text_of(old, offsetof(struct connection, ca));
	is = text_of(c, offsetof(struct connection, ca));
	if (strcmp(was, is) != 0)
		out = arena_printf(s->a, "%s%sown certificate authority: %s to %s", out,
			*out ? "; " : "", *was ? "one" : "none",
			!*is	       ? "none"
				: *was ? "another"
				       : "one");
	return *out ? out : "nothing but the secret";
}

/* --- choosing --- */

/* What a new one begins with. */
static struct connection fresh(const struct svc *s)
{
	return (struct connection){ .account = s->who.account,
		.name = "Exchange",
		.scheme = "discover",
		.port = 443,
		.binding = "off",
		.kind = "",
		.method = "",
		.signin = "",
		.stage = CONN_DRAFT };
}

/* The way to sign in that goes with kind and method; what was chosen stays if it can. */
static const char *signin_for(const struct connection *c)
{
	const int cloud = strcmp(c->kind, "office365") == 0;

	if (!str_empty(c->signin) && cloud == by_token(c->signin) &&
		svc_connection_fits(c->method, c->signin))
		return c->signin;
	if (!cloud)
		return "auto";
	return strcmp(c->method, "impersonation") == 0 ? "app" : "user";
}

/* Another kind of server is another server. */
static void apply(struct connection *c, const struct svc_choice *choice)
{
	if (strcmp(c->kind, choice->kind) != 0) {
		c->host = c->login = c->proxy = c->ca = c->authority = c->tenant = "";
		c->client_id = "";
		c->scheme = strcmp(choice->kind, "exchange") == 0 ? "discover" : "https";
		c->port = 443;
	}
	c->kind = choice->kind;
	c->method = choice->method;
	c->signin = signin_for(c);
}

/* The same way, for the same mailbox? */
static int is_same(const struct connection *a, const struct connection *b)
{
	unsigned char one[SEAL_HASH], two[SEAL_HASH];

	store_connection_policy(a, one);
	store_connection_policy(b, two);
	return memcmp(one, two, sizeof(one)) == 0 && strcmp(a->mailbox, b->mailbox) == 0;
}

/* Must somebody sign in with Microsoft before it can be proved? */
static int by_microsoft(const struct connection *c)
{
	return strcmp(c->signin, "user") == 0;
}

/* The secret that is there holds for this way as well, and is what is asked for: 1, 0 or -1. */
static int kept(
	struct svc *s, const struct connection *c, const char *slot, int certificate, struct err *e)
{
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = slot
	};
	unsigned char policy[SEAL_HASH];
	struct credential cr;
	int rc = store_credential_find(s->db, s->a, &like, &cr, e);

	store_connection_policy(c, policy);
	return rc <= 0 ? rc
		       : memcmp(policy, cr.policy, sizeof(policy)) == 0 &&
			(!certificate || !str_empty(cr.certificate));
}

/* What a draft has proved holds no longer: its way, its mailbox or its method is another. */
static int unprove(struct svc *s, const struct connection *draft, struct err *e)
{
	return svc_secret_remove(s, draft, PURPOSE_CURRENT, e) < 0 ||
			svc_secret_remove(s, draft, PURPOSE_FORMER, e) < 0
		? -1
		: 0;
}

/* May the engine lend c, a draft, what is in use? 1, 0 or -1. certificate: one is wanted. */
static int lends(struct svc *s, const struct connection *live, const struct connection *c,
	int certificate, struct err *e)
{
	if (!live->id || c->stage != CONN_DRAFT || !store_connection_lends(live, c))
		return 0;
	return kept(s, live, PURPOSE_CURRENT, certificate, e);
}

int svc_connection_lends(struct svc *s, const struct svc_connections *both, struct err *e)
{
	static const char *const own[] = { PURPOSE_NEXT, PURPOSE_CURRENT };
	struct credential cr;

	for (size_t i = 0; both->draft.id && i < sizeof(own) / sizeof(own[0]); i++) {
		int rc = either(s, &both->draft, own[i], &cr, e);

		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
	return both->draft.id ? lends(s, &both->live, &both->draft, 0, e) : 0;
}

/* Is c what is in use already? */
static int is_use(const struct connection *live, const struct connection *c)
{
	return live->id && is_same(live, c) && strcmp(live->method, c->method) == 0;
}

/* What is entered goes into the draft, beside the live one, which goes on as it is. */
static int save_draft(
	struct svc *s, const struct svc_connections *both, struct connection *c, struct err *e)
{
	const struct connection *was = &both->draft;

	if (was->id && (!is_same(was, c) || strcmp(was->method, c->method) != 0) &&
		unprove(s, was, e) < 0)
		return -1;
	c->id = was->id;
	c->stage = CONN_DRAFT;
	c->paused_at = 0;
	return store_connection_save(s->db, c, e);
}

/* By another method the way stays, and mostly the secret, too: then it is proved at once. */
static int prove(struct svc *s, int64_t *job, struct err *e)
{
	struct svc_test t = { .slot = PURPOSE_NEXT, .change = 1, .member = "", .outside = "" };
	struct svc_connections both;
	int64_t open = store_job_open(s->db, s->who.account, TEST_KIND, e);
	int rc = open < 0 ? -1 : svc_connection_both(s, &both, e);

	if (rc < 0 || !both.live.id || !both.draft.id || both.live.paused_at ||
		by_microsoft(&both.draft) || open >= TEST_OPEN_MAX)
		return rc;
	rc = kept(s, &both.draft, PURPOSE_NEXT, 0, e);
	if (rc == 0)
		rc = svc_connection_lends(s, &both, e);
	if (rc <= 0)
		return rc;
	t.connection = both.draft.id;
	return svc_test_queue(s, &t, both.draft.mailbox, job, e);
}

static int choose_rows(struct svc *s, const struct svc_choice *choice, int64_t *job, struct err *e)
{
	struct svc_connections both;
	const struct connection *base;
	struct connection c, old;

	if (svc_connection_both(s, &both, e) < 0 ||
		same_base(s, &both, choice->from, choice->rev, e) < 0)
		return -1;
	base = svc_connection_base(&both);
	old = base ? *base : (struct connection){ 0 };
	c = base ? *base : fresh(s);
	apply(&c, choice);
	if (base && strcmp(old.kind, c.kind) == 0 && strcmp(old.method, c.method) == 0)
		return 0; /* nothing has changed */
	c.edited_by = s->who.name;
	if (both.draft.id && is_use(&both.live, &c)) {
		if (store_connection_remove(s->db, s->who.account, c.id, e) < 0)
			return -1;
	} else if (save_draft(s, &both, &c, e) < 0) {
		return -1;
	}
	if (svc_audit(s, AUDIT_CONNECTION_METHOD, c.method, changes(s, &old, &c), e) < 0)
		return -1;
	return prove(s, job, e);
}

int svc_connection_choose(struct svc *s, const struct svc_choice *c, int64_t *job, struct err *e)
{
	int rc;

	*job = 0;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = choose_rows(s, c, job, e);
	if (svc_audit_commit(s, rc, AUDIT_CONNECTION_METHOD, e) < 0)
		return -1;
	if (*job)
		svc_ring(s, BELL_JOB, *job);
	return 0;
}

/* --- entering --- */

/* What is stored of a connection that is entered, in the row it goes to: the live one when only its
 * secret is new, else the draft. *old: how the draft was. */
static int place(struct svc *s, const struct svc_connections *both, struct connection *c,
	struct connection *old, struct err *e)
{
	const struct connection *base = svc_connection_base(both);

	if (!base)
		return ERR(e, ERR_CONFLICT, "Choose a method first.", "no base to enter for");
	c->account = s->who.account;
	c->name = base->name;
	c->kind = base->kind;
	c->method = base->method;
	c->edited_by = s->who.name;
	*old = *base;
	if (by_token(c->signin) != (strcmp(c->kind, "office365") == 0) ||
		!svc_connection_fits(c->method, c->signin))
		return ERR(e, ERR_CONFLICT,
			"This way to sign in does not go with the method. Choose the method again.",
			"sign-in %s with %s by method %s", c->signin, c->kind, c->method);
	if (is_use(&both->live, c)) {
		*c = both->live;
		return both->draft.id
			? store_connection_remove(s->db, s->who.account, both->draft.id, e)
			: 0;
	}
	return save_draft(s, both, c, e);
}

struct keeping {
	int later; /* a certificate is made next */
	int first; /* no secret was ever typed */
};

/* Nothing was typed: what waits in next is tried, or what the row has proved itself with, or what
 * is in use. Where Microsoft's page comes next, what the application proves itself with must be
 * there. */
static int keep_rows(struct svc *s, const struct connection *c, const struct connection *live,
	const struct keeping *k, struct svc_test *t, struct err *e)
{
	const int person = by_microsoft(c);
	int has = kept(s, c, PURPOSE_NEXT, k->later, e);

	t->change = has > 0;
	if (has == 0 && !person) {
		has = kept(s, c, PURPOSE_CURRENT, k->later, e);
		t->slot = has > 0 ? PURPOSE_CURRENT : PURPOSE_NEXT;
	}
	if (has == 0 && person && !k->later) {
		has = kept(s, c, PURPOSE_NEXT_CLIENT, 0, e);
		if (has == 0)
			has = kept(s, c, PURPOSE_CURRENT, 0, e);
	}
	if (has == 0 && !(person && k->later)) {
		has = lends(s, live, c, k->later, e);
		t->change = has > 0 && !person;
		if (has > 0 && svc_test_allowed(live, e) < 0)
			return -1;
	}
	if (has != 0 || k->later)
		return has < 0 ? -1 : 0;
	if (k->first)
		return ERR(e, ERR_FORM, "Enter it: nothing is stored yet that could be kept.",
			"connection %lld: no secret at all", (long long)c->id);
	return ERR(e, ERR_FORM,
		"Enter it again: a secret is kept for the server and login it was typed for, and "
		"one of them is new.",
		"connection %lld: no secret for this way", (long long)c->id);
}

/* Would a password that was typed for one address be tried with another? */
static int renamed(const struct connection *old, const struct connection *c)
{
	return !by_token(c->signin) && str_empty(c->login) && !str_empty(old->mailbox) &&
		strcmp(old->mailbox, c->mailbox) != 0;
}

static int enter_rows(struct svc *s, struct connection *c, const struct svc_secrets *sec,
	struct svc_test *t, struct err *e)
{
	struct svc_connections both;
	struct keeping k = { .later = sec->later };
	struct connection old;
	struct credential cr;
	int has;

	if (svc_connection_both(s, &both, e) < 0 || same_base(s, &both, c->id, c->rev, e) < 0 ||
		place(s, &both, c, &old, e) < 0 || svc_test_allowed(c, e) < 0)
		return -1;
	t->connection = c->id;
	t->slot = PURPOSE_NEXT;
	if (svc_audit(s, AUDIT_CONNECTION_ENTERED, c->mailbox, changes(s, &old, c), e) < 0)
		return -1;
	if (sec->secret || sec->client) {
		if (svc_secret_set(s, c, PURPOSE_NEXT, sec, e) < 0)
			return -1;
		t->change = sec->secret != NULL;
		return 0;
	}
	if (renamed(&old, c))
		return ERR(e, ERR_FORM,
			"Enter it again: without a sign-in name the address is the name, and it is "
			"new.",
			"connection %lld: a secret of another mailbox", (long long)c->id);
	has = both.live.id ? 1 : svc_connection_waits(s, c, &cr, e);
	k.first = !has;
	return has < 0 ? -1 : keep_rows(s, c, &both.live, &k, t, e);
}

int svc_connection_enter(struct svc *s, struct connection *c, const struct svc_secrets *sec,
	int64_t *job, struct err *e)
{
	struct svc_test t = { .member = "", .outside = "" };
	int rc;

	*job = 0;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = enter_rows(s, c, sec, &t, e);
	if (rc == 0 && (t.change || strcmp(t.slot, PURPOSE_CURRENT) == 0))
		rc = svc_test_queue(s, &t, c->mailbox, job, e);
	if (svc_audit_commit(s, rc, AUDIT_CREDENTIAL_SET, e) < 0)
		return -1;
	if (*job)
		svc_ring(s, BELL_JOB, *job);
	return 0;
}

/* Does the secret still wait that the form was made over? */
static int same_next(
	struct svc *s, const struct connection *c, const struct svc_secrets *sec, struct err *e)
{
	struct credential cr;
	int rc = svc_connection_waits(s, c, &cr, e);

	if (rc < 0 || strcmp(rc ? cr.version : "", sec->over) == 0)
		return rc < 0 ? -1 : 0;
	if (!rc)
		return ERR(e, ERR_CONFLICT,
			"What waited to be proved was used or thrown away while you had this page "
			"open. Nothing you typed was saved. Look at what is in use now, and enter "
			"it again if it is still new.",
			"version %s waits no more", sec->over);
	if (cr.set_by && cr.set_by == s->who.member)
		return ERR(e, ERR_CONFLICT,
			"You have entered one already since you opened this page. This one was not "
			"saved; below is what becomes of the other.",
			"version %s waits, by the same person", cr.version);
	return ERR(e, ERR_CONFLICT,
		arena_printf(s->a,
			"%s entered a new one while you had this page open. Nothing you typed was "
			"saved. Agree on which it is, and enter it again if it is yours.",
			str_empty(cr.by_name) ? "Somebody" : cr.by_name),
		"version %s waits, not %s", cr.version, sec->over);
}

int svc_connection_rotate(
	struct svc *s, int64_t id, const struct svc_secrets *sec, int64_t *job, struct err *e)
{
	struct svc_test t = { .connection = id,
		.slot = PURPOSE_NEXT,
		.change = sec->secret != NULL,
		.member = "",
		.outside = "" };
	struct connection c;
	int rc;

	*job = 0;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = find(s, id, &c, e);
	if (rc == 0 && c.stage == CONN_FORMER)
		rc = ERR(e, ERR_CONFLICT,
			"The connection was replaced while you had this page open. Nothing you "
			"typed was saved: this is the one in use now.",
			"connection %lld is a former one", (long long)id);
	if (rc == 0)
		rc = svc_test_allowed(&c, e);
	if (rc == 0 && sec->over)
		rc = same_next(s, &c, sec, e);
	if (rc == 0)
		rc = svc_secret_set(s, &c, PURPOSE_NEXT, sec, e);
	if (rc == 0 && t.change)
		rc = svc_test_queue(s, &t, c.mailbox, job, e);
	if (svc_audit_commit(s, rc, AUDIT_CREDENTIAL_SET, e) < 0)
		return -1;
	if (*job)
		svc_ring(s, BELL_JOB, *job);
	return 0;
}

/* --- leaving --- */

/* What somebody sees and agrees to lose must be what is there: else it is another one's work. */
static int still(
	struct svc *s, const struct connection *c, int64_t rev, const char *over, struct err *e)
{
	struct credential cr = { .version = "" };
	int rc = svc_connection_waits(s, c, &cr, e);

	if (rc < 0)
		return -1;
	if (strcmp(rc ? cr.version : "", over) == 0 && (c->stage != CONN_DRAFT || c->rev == rev))
		return 0;
	return ERR(e, ERR_CONFLICT,
		"What was entered is not what you saw: it was changed while you had this page "
		"open. Nothing was thrown away. Look at it, and decide again.",
		"connection %lld is at revision %lld with %s", (long long)c->id, (long long)c->rev,
		rc ? cr.version : "nothing");
}

static int discard_rows(struct svc *s, int64_t id, int64_t rev, const char *over, struct err *e)
{
	struct connection c;
	int rc = find(s, id, &c, e);

	if (rc == 0)
		rc = still(s, &c, rev, over, e);
	if (rc == 0 && c.stage == CONN_DRAFT)
		rc = store_connection_remove(s->db, c.account, id, e);
	else if (rc == 0)
		rc = svc_secret_remove(s, &c, PURPOSE_NEXT, e);
	if (rc == 0)
		rc = svc_audit(s, AUDIT_CONNECTION_DISCARDED, c.mailbox,
			arena_printf(s->a, "%s%s%s",
				c.stage == CONN_DRAFT ? "settings and secret" : "the new secret",
				*over ? ", version " : "", over),
			e);
	return rc;
}

int svc_connection_discard(struct svc *s, int64_t id, int64_t rev, const char *over, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(
		s, discard_rows(s, id, rev, over, e), AUDIT_CONNECTION_DISCARDED, e);
}

/* "mail.example.com as scheduling@example.com, method delegate". */
static const char *summary(struct svc *s, const struct connection *c)
{
	return arena_printf(s->a, "%s as %s, method %s", c->host, c->mailbox, c->method);
}

static int remove_rows(struct svc *s, const struct connection *c, struct err *e)
{
	if (store_connection_remove(s->db, s->who.account, c->id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CONNECTION_REMOVED, c->name, summary(s, c), e);
}

/* Who agreed to lose a former secret does not lose the way back, which a switch made of its
 * connection meanwhile; nor is one erased that is in use again. */
static int erase_rows(struct svc *s, int64_t id, const char *over, struct err *e)
{
	struct connection c;
	struct credential cr;
	int rc = find(s, id, &c, e);

	if (rc < 0)
		return -1;
	if (c.stage == CONN_FORMER && !*over)
		return remove_rows(s, &c, e);
	rc = either(s, &c, PURPOSE_FORMER, &cr, e);
	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is nothing to erase: it has gone already.",
			"no former secret of connection %lld", (long long)id);
	if (rc > 0 && strcmp(cr.version, over) != 0)
		return ERR(e, ERR_CONFLICT,
			"The former secret is another one by now: the one in use was replaced "
			"while you had this page open. Nothing was erased. Look at it, and decide "
			"again.",
			"version %s is the former one, not %s", cr.version, over);
	if (rc < 0 || svc_secret_remove(s, &c, PURPOSE_FORMER, e) < 0 ||
		store_credential_remove(s->db, c.account, id, PURPOSE_REFUSED, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CREDENTIAL_ERASED, c.mailbox,
		arena_printf(s->a, "version %s, before its time", over), e);
}

int svc_connection_erase(struct svc *s, int64_t id, const char *over, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, erase_rows(s, id, over, e), AUDIT_CREDENTIAL_ERASED, e);
}

int svc_connection_remove(struct svc *s, int64_t id, struct err *e)
{
	struct connection c;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = find(s, id, &c, e);
	if (rc == 0)
		rc = remove_rows(s, &c, e);
	return svc_audit_commit(s, rc, AUDIT_CONNECTION_REMOVED, e);
}

/* --- pausing --- */

/* Only what changes something is written: two who press at once are told the same. */
static int pause_rows(struct svc *s, int64_t id, int on, const char *why, struct err *e)
{
	struct connection c;
	int rc = find(s, id, &c, e);

	if (rc < 0 || (c.paused_at != 0) == on)
		return rc;
	c.paused_at = on ? clock_now() : 0;
	c.paused_by = s->who.name;
	c.paused_why = on ? why : "";
	if (store_connection_pause(s->db, &c, e) < 0 || (on && svc_test_stop_all(s, id, e) < 0))
		return -1;
	return svc_audit(s, on ? AUDIT_CONNECTION_PAUSED : AUDIT_CONNECTION_RESUMED, c.mailbox,
		*why ? why : NULL, e);
}

static int pause(struct svc *s, int64_t id, int on, const char *why, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = pause_rows(s, id, on, why, e);
	if (svc_audit_commit(s, rc, AUDIT_CONNECTION_PAUSED, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, 0); /* the engine looks at its connections */
	svc_ring(s, BELL_CANCEL, 0);
	return 0;
}

int svc_connection_pause(struct svc *s, int64_t id, const char *why, struct err *e)
{
	return pause(s, id, 1, why, e);
}

int svc_connection_resume(struct svc *s, int64_t id, struct err *e)
{
	return pause(s, id, 0, "", e);
}

/* --- ops --- */

int svc_connection_add(
	struct svc *s, struct connection *c, const struct svc_secrets *sec, struct err *e)
{
	struct connection live;
	int rc;

	c->id = 0;
	c->account = s->who.account;
	c->edited_by = s->who.name;
	c->kind = strcmp(c->signin, "app") == 0 || strcmp(c->signin, "user") == 0 ? "office365"
										  : "exchange";
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = store_connection_staged(s->db, s->a, c->account, CONN_LIVE, &live, e);
	c->stage = rc == 0 ? CONN_LIVE : CONN_SPARE;
	rc = rc < 0 ? -1 : store_connection_save(s->db, c, e);
	if (rc == 0)
		rc = svc_secret_set(s, c, PURPOSE_CURRENT, sec, e);
	if (rc == 0)
		rc = svc_audit(s, AUDIT_CONNECTION_ADDED, c->name, summary(s, c), e);
	return svc_audit_commit(s, rc, AUDIT_CONNECTION_ADDED, e);
}
