/* Service: signing in, sessions, and trying passwords.
 *
 * Rules: a password is checked outside of every transaction, because that takes long and a write
 * lock would stop everybody; the transaction after it makes sure that the password it was checked
 * against is still the user's. Failures are counted per network address and per e-mail address,
 * whether or not that address exists, and an unknown address costs as much time as a wrong
 * password. A row about a sign-in that failed belongs to the account of the person when they are in
 * exactly one, else to the installation: nobody learns from their log what other accounts a person
 * has.
 */
#include "svc.h"

#include <arpa/inet.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/password.h"
#include "platform/str.h"

enum {
	AGENT_MAX = 200,
	TOUCH = 60 /* seconds between two writes of a session's last use */
};

/* Tries */

/* A network address as it counts: a whole /64 for IPv6, since one machine has all of it. */
static const char *key_address(struct svc *s)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr v6;

	if (!s->who.address || inet_pton(AF_INET6, s->who.address, &v6) != 1)
		return arena_printf(
			s->a, "ip:%s", svc_audit_clean(s->a, s->who.address, INET6_ADDRSTRLEN));
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof(text));
	} else {
		memset(v6.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &v6, text, sizeof(text));
	}
	return arena_printf(s->a, "ip:%s", text);
}

/* Whether or not it is anybody's: else a slowed answer would tell. */
static const char *key_email(struct svc *s, const char *email)
{
	return arena_printf(s->a, "mail:%s", email);
}

/* Write down that a key is slowed: once in a period, counted by a bucket of its own, since whoever
 * is slowed can go on asking as fast as they like. */
static int slowed_rows(struct svc *s, const char *key, const char *email, struct err *e)
{
	int64_t wait;
	int first = store_bucket_take(
		s->db, arena_printf(s->a, "slow:%s", key), 1, SIGNIN_PERIOD, &wait, e);

	if (first <= 0)
		return first;
	return svc_audit(s, AUDIT_SIGNIN_SLOWED, email,
		email && strcmp(key, key_email(s, email)) == 0
			? "Too many failures for this e-mail address."
			: "Too many failures from this network address.",
		e);
}

/* The refusal, in the same words for both kinds of key. Always -1. */
static int slowed(struct svc *s, const char *key, const char *email, int64_t wait, struct err *e)
{
	long long minutes = (wait + 59) / 60;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = slowed_rows(s, key, email, e);
	if (svc_audit_commit(s, rc, AUDIT_SIGNIN_SLOWED, e) < 0)
		return -1;
	ERR(e, ERR_SLOW, NULL, "too many failed tries, %lld s to wait", (long long)wait);
	return err_say(e, "Too many tries have failed. Wait %lld minute%s, then try again.",
		minutes, minutes == 1 ? "" : "s");
}

int svc_signin_may(struct svc *s, const char *email, struct err *e)
{
	const char *keys[] = { key_address(s), email ? key_email(s, email) : NULL };
	int64_t wait;
	size_t i;

	for (i = 0; i < 2 && keys[i]; i++) {
		int rc = store_bucket_look(s->db, keys[i], SIGNIN_TRIES, SIGNIN_PERIOD, &wait, e);

		if (rc < 0)
			return -1;
		if (rc == 0)
			return slowed(s, keys[i], email, wait, e);
	}
	return 0;
}

static int failed_rows(struct svc *s, const char *email, enum audit_action refused,
	const char *detail, struct err *e)
{
	int64_t wait; /* not asked for here */

	/* An empty bucket is no error here: tries at the same moment were let through together, as
	 * many as there are slots for hashing. */
	if (store_bucket_take(s->db, key_address(s), SIGNIN_TRIES, SIGNIN_PERIOD, &wait, e) < 0)
		return -1;
	if (email &&
		store_bucket_take(
			s->db, key_email(s, email), SIGNIN_TRIES, SIGNIN_PERIOD, &wait, e) < 0)
		return -1;
	return svc_audit(s, refused, email, detail, e);
}

int svc_signin_failed(struct svc *s, const char *email, enum audit_action refused,
	const char *detail, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = failed_rows(s, email, refused, detail, e);
	return svc_audit_commit(s, rc, refused, e);
}

int svc_signin_try(struct svc *s, const char *email, const char *hash,
	const struct secret *password, enum audit_action refused, struct err *e)
{
	int right;

	if (svc_signin_may(s, email, e) < 0)
		return -1;
	right = password_check(hash, password, e);
	if (right < 0)
		return -1;
	if (right == 0)
		return svc_signin_failed(s, email, refused, NULL, e);
	/* The network address is not cleared: one good password must not buy tries at others. */
	return store_bucket_clear(s->db, key_email(s, email), e) < 0 ? -1 : 1;
}

/* Signing in */

struct svc svc_signin_as(const struct svc *s, const struct user *u, const struct member *m)
{
	struct svc as = *s;

	as.who.kind = m && m->role == ROLE_ADMIN ? ACTOR_ADMIN : ACTOR_MEMBER;
	as.who.account = m ? m->account : 0;
	as.who.member = m ? m->id : 0;
	as.who.user = u->id;
	as.who.name = str_empty(u->name) ? u->email : u->name;
	return as;
}

int svc_signin_check(struct svc *s, const char *email, const struct secret *password,
	struct user *out, struct err *e)
{
	struct svc in = *s;
	struct member *of;
	int n, rc;

	/* Each step is taken for an unknown address, too; its user is 0 and its hash NULL. */
	*out = (struct user){ 0 };
	email = str_lower(svc_audit_clean(s->a, email, SIGNIN_EMAIL_MAX));
	if (store_user_by_email(s->db, s->a, email, out, e) < 0)
		return -1;
	n = store_member_of_user(s->db, s->a, out->id, &of, e);
	if (n < 0)
		return -1;
	in.who.account = n == 1 ? of->account : 0;
	/* Who is in no account is as good as unknown: no hash, so no password is right. */
	rc = svc_signin_try(
		&in, email, n > 0 ? out->pwhash : NULL, password, AUDIT_SIGNIN_REFUSED, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_DENIED,
			"That e-mail address and password do not match. Check both and try again.",
			"sign-in refused");
	return 0;
}

/* Inside a transaction: the password that was checked must be the one the user has now. */
static int still_same(struct svc *s, const struct user *u, struct err *e)
{
	struct user now;
	int rc = store_user_get(s->db, s->a, u->id, &now, e);

	if (rc < 0)
		return -1;
	if (rc == 0 || !now.pwhash || !u->pwhash || strcmp(now.pwhash, u->pwhash) != 0)
		return ERR(e, ERR_DENIED, "Your password was changed meanwhile. Sign in again.",
			"password of user %lld changed meanwhile", (long long)u->id);
	return 0;
}

/* Make room for one more session of a user: those unused for longest end. */
static int make_room(struct svc *s, int64_t user, struct err *e)
{
	struct session *list;
	int i, n = store_session_list(s->db, s->a, 0, user, &list, e);

	for (i = SIGNIN_SESSIONS_MAX - 1; i < n; i++) {
		if (store_session_end(s->db, list[i].id, 0, user, e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

/* All that signing in changes. The address and agent are shown in lists: bounded and cleaned. */
static int open_rows(struct svc *s, const struct user *u, const char *agent,
	const unsigned char hash[SEAL_HASH], struct err *e)
{
	struct session row = { .user = u->id };
	struct member *of;
	struct svc as;
	int64_t id;
	int n;

	if (still_same(s, u, e) < 0 || make_room(s, u->id, e) < 0)
		return -1;
	/* Removed from the last account since the password was checked. */
	n = store_member_of_user(s->db, s->a, u->id, &of, e);
	if (n < 0)
		return -1;
	if (n == 0)
		return ERR(e, ERR_DENIED, "You no longer belong to any account here.",
			"user %lld is in no account", (long long)u->id);
	as = svc_signin_as(s, u, n == 1 ? of : NULL);
	row.account = as.who.account;
	row.member = as.who.member;
	row.address = svc_audit_clean(s->a, s->who.address, INET6_ADDRSTRLEN);
	row.agent = svc_audit_clean(s->a, agent, AGENT_MAX);
	if (store_session_add(s->db, &row, hash, &id, e) < 0)
		return -1;
	if (n == 1 && store_member_seen(s->db, of->account, of->id, e) < 0)
		return -1;
	return svc_audit(&as, AUDIT_SIGNIN, u->email, NULL, e);
}

int svc_signin_open(struct svc *s, const struct user *u, const char *agent,
	char token[SEAL_TOKEN_HEX + 1], struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int rc;

	seal_token(token);
	seal_token_hash(hash, token);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = open_rows(s, u, agent, hash, e);
	return svc_audit_commit(s, rc, AUDIT_SIGNIN, e);
}

/* Sessions */

/* A limit of the account counts when it is shorter than the installation's. */
static int64_t limit(int64_t installation, int64_t account)
{
	return account > 0 && account < installation ? account : installation;
}

/* Unused for too long, or signed in too long ago? Times count from the rows, so that a limit that
 * the account changes holds at once for all its sessions. */
static int too_old(const struct svc *s, const struct session_view *v, int64_t now)
{
	return now - v->s.seen >= limit(s->cf->session_idle, v->account.session_idle) ||
		now - v->s.created >= limit(s->cf->session_absolute, v->account.session_absolute);
}

int svc_signin_session(struct svc *s, const char *token, struct session_view *out, struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int64_t now = clock_now();
	struct err lost;
	int rc, old;

	if (!token || strlen(token) != SEAL_TOKEN_HEX)
		return 0;
	seal_token_hash(hash, token);
	rc = store_session_get(s->db, s->a, hash, out, e);
	if (rc <= 0)
		return rc;
	old = too_old(s, out, now);
	/* Too old ends for good: a longer limit later must not wake it. But when nothing can be
	 * written, pages can still be read, and what is too old stays outside. */
	if (old)
		rc = store_session_end(s->db, out->s.id, 0, out->s.user, &lost);
	else if (now - out->s.seen >= TOUCH)
		rc = store_session_touch(s->db, out->s.id, &lost);
	if (rc < 0)
		log_err("session", &lost);
	return !old;
}

int svc_signin_fresh(const struct svc *s, const struct session *v)
{
	return clock_now() - v->fresh < s->cf->fresh;
}

/* The account is looked for among the user's own: no other can be chosen, whatever is asked for. */
static int choose_rows(struct svc *s, const struct session_view *v, int64_t account,
	const unsigned char hash[SEAL_HASH], struct err *e)
{
	struct member *of;
	struct svc as;
	int i = 0, n = store_member_of_user(s->db, s->a, v->user.id, &of, e);

	if (n < 0)
		return -1;
	while (i < n && of[i].account != account)
		i++;
	if (i == n)
		return ERR(e, ERR_MISSING, NULL, "user %lld is not in account %lld",
			(long long)v->user.id, (long long)account);
	as = svc_signin_as(s, &v->user, &of[i]);
	if (store_session_choose(s->db, v->s.id, account, of[i].id, hash, e) < 0 ||
		store_member_seen(s->db, account, of[i].id, e) < 0)
		return -1;
	return svc_audit(&as, AUDIT_ACCOUNT_CHOSEN, of[i].account_name, NULL, e);
}

int svc_signin_choose(struct svc *s, const struct session_view *v, int64_t account,
	char token[SEAL_TOKEN_HEX + 1], struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int rc;

	seal_token(token);
	seal_token_hash(hash, token);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = choose_rows(s, v, account, hash, e);
	return svc_audit_commit(s, rc, AUDIT_ACCOUNT_CHOSEN, e);
}

/* The password of this session's user, again: 0 right, -1. */
static int own_password(
	struct svc *s, const struct session_view *v, const struct secret *password, struct err *e)
{
	int rc = svc_signin_try(
		s, v->user.email, v->user.pwhash, password, AUDIT_CONFIRM_REFUSED, e);

	if (rc == 0)
		return ERR(e, ERR_DENIED, "That is not your password. Try again.",
			"own password refused");
	return rc < 0 ? -1 : 0;
}

/* A new token for the session, fresh from now. */
static int renew_rows(struct svc *s, const struct session_view *v,
	const unsigned char hash[SEAL_HASH], struct err *e)
{
	if (still_same(s, &v->user, e) < 0)
		return -1;
	return store_session_renew(s->db, v->s.id, hash, e);
}

int svc_signin_confirm(struct svc *s, const struct session_view *v, const struct secret *password,
	char token[SEAL_TOKEN_HEX + 1], struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int rc;

	if (own_password(s, v, password, e) < 0)
		return -1;
	seal_token(token);
	seal_token_hash(hash, token);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = renew_rows(s, v, hash, e);
	if (rc == 0)
		rc = svc_audit(s, AUDIT_CONFIRMED, v->user.email, NULL, e);
	return svc_audit_commit(s, rc, AUDIT_CONFIRMED, e);
}

/* This session stays, with its new token; whoever else holds one of this user's is out. */
static int password_rows(struct svc *s, const struct session_view *v, const char *pwhash,
	const unsigned char hash[SEAL_HASH], struct err *e)
{
	if (renew_rows(s, v, hash, e) < 0 ||
		store_user_password(s->db, v->user.id, pwhash, e) < 0 ||
		store_session_end_user(s->db, v->user.id, v->s.id, e) < 0 ||
		svc_account_end_resets(s, v->user.id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_PASSWORD_CHANGED, v->user.email, NULL, e);
}

int svc_signin_password(struct svc *s, const struct session_view *v, const struct secret *old,
	const struct secret *next, char token[SEAL_TOKEN_HEX + 1], struct err *e)
{
	const char *weak = password_weak(next, v->user.email);
	unsigned char hash[SEAL_HASH];
	char pwhash[PASSWORD_HASH];
	int rc;

	if (weak)
		return ERR(e, ERR_FORM, weak, "new password refused");
	/* Both are slow, and neither is inside the transaction. */
	if (own_password(s, v, old, e) < 0 || password_hash(next, pwhash, e) < 0)
		return -1;
	seal_token(token);
	seal_token_hash(hash, token);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = password_rows(s, v, pwhash, hash, e);
	return svc_audit_commit(s, rc, AUDIT_PASSWORD_CHANGED, e);
}

/* Ending */

/* Leaving twice is no error: the second finds nothing to end and writes no row. */
int svc_signin_out(struct svc *s, const struct session_view *v, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = store_session_end(s->db, v->s.id, 0, v->user.id, e);
	if (rc > 0)
		rc = svc_audit(s, AUDIT_SIGNOUT, v->user.email, NULL, e);
	return svc_audit_commit(s, rc, AUDIT_SIGNOUT, e);
}

/* The list is the one that people see on the page; it tells whose session it was, for the log. */
static int end_rows(struct svc *s, int64_t session, int64_t account, int64_t user, struct err *e)
{
	const char *about = "", *detail = NULL;
	struct session *list;
	int i, rc, n = store_session_list(s->db, s->a, account, user, &list, e);

	if (n < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (list[i].id != session)
			continue;
		about = list[i].email;
		detail = arena_printf(s->a, "It was used from %s.", list[i].address);
	}
	rc = store_session_end(s->db, session, account, user, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING, "This session has ended already.", "no session %lld",
			(long long)session);
	return svc_audit(s, AUDIT_SESSION_ENDED, about, detail, e);
}

int svc_signin_end(struct svc *s, int64_t session, int admin, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = end_rows(s, session, admin ? s->who.account : 0, admin ? 0 : s->who.user, e);
	return svc_audit_commit(s, rc, AUDIT_SESSION_ENDED, e);
}

/* The row is written also when there was none: an admin did this. */
static int end_all_rows(struct svc *s, int64_t keep, int admin, int64_t *n, struct err *e)
{
	*n = admin ? store_session_end_account(s->db, s->who.account, keep, e)
		   : store_session_end_user(s->db, s->who.user, keep, e);
	if (*n < 0)
		return -1;
	return svc_audit(s, AUDIT_SESSIONS_ENDED, admin ? "everyone in the account" : s->who.name,
		arena_printf(s->a, "Sessions ended: %lld.", (long long)*n), e);
}

int64_t svc_signin_end_all(struct svc *s, int64_t keep, int admin, struct err *e)
{
	int64_t n = 0;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = end_all_rows(s, keep, admin, &n, e);
	return svc_audit_commit(s, rc, AUDIT_SESSIONS_ENDED, e) < 0 ? -1 : n;
}
