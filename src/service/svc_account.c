/* Service: accounts, the people in them, and the links by which they come in.
 *
 * Rules: only the hash of a link's token is stored; the token itself comes from the session of its
 * maker and a nonce, so that this session, and no other, can show it again. Looking at a link never
 * uses it up. An invitation adds an account to a person and never changes a password that is known
 * already; a reset changes the password, so an admin may make one only for a person who is in no
 * other account, and whoever has proved to know the password, by using a link or changing it, has
 * no open reset link left: else the admin of one account could come into another through it.
 */
#include "svc_mail.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/password.h"
#include "platform/str.h"

enum {
	NAME_MAX_POINTS = 100,
	NONCE = 32,
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	IDLE_MIN = 15 * MINUTE,
	ABSOLUTE_MIN = HOUR
};

static const char *const role_words[ROLE__MAX] = { "member", "admin" };

/* What comes in */

int svc_account_check_name(const char *name, size_t min, struct err *e)
{
	size_t n = strlen(name);

	if (str_utf8(name, n) && !str_control(name, n, 0) && str_points(name) >= min &&
		str_points(name) <= NAME_MAX_POINTS)
		return 0;
	return ERR(e, ERR_FORM, "Enter a name of at most 100 characters, on one line.",
		"name refused");
}

/* The address as it is stored, or NULL. */
static const char *check_email(struct svc *s, const char *email, struct err *e)
{
	if (str_email(email))
		return str_lower(arena_strdup(s->a, email));
	ERR(e, ERR_FORM, "Enter a complete e-mail address, such as name@example.com.",
		"e-mail address refused");
	return NULL;
}

/* What an invitation offers, for the log. */
static const char *role_detail(struct svc *s, enum role role, int64_t until)
{
	char day[64];

	clock_text(day, sizeof(day), until);
	return arena_printf(s->a, "As %s, until %s.", role_words[role], day);
}

/* Links */

const char *svc_account_link_url(const struct svc *s, const struct link *l)
{
	return arena_printf(s->a, "%s/link/%s", s->cf->public_url, l->token);
}

/* The open links of a kind end, and mails with them that wait are not sent. */
static int end_links(
	struct svc *s, int64_t account, int64_t member, enum link_kind kind, struct err *e)
{
	return store_invitation_revoke(s->db, account, member, kind, e) < 0 ||
			svc_mail_end_links(s, account, member, kind, e) < 0
		? -1
		: 0;
}

/* Make a link for a member, and send it; it replaces the open ones of its kind. */
static int make_link(struct svc *s, const struct member *m, enum link_kind kind,
	const char *session, struct link *out, struct err *e)
{
	char nonce[NONCE + 1] = "";
	unsigned char hash[SEAL_HASH];
	struct invitation v = {
		.account = m->account,
		.member = m->id,
		.kind = kind,
		.by = s->who.member,
		.by_name = s->who.name,
		.nonce = nonce,
	};

	if (session) {
		seal_random_hex(nonce, NONCE);
		seal_derive(out->token, session, "link", nonce);
	} else {
		seal_token(out->token);
	}
	seal_token_hash(hash, out->token);
	out->expires = clock_now() +
		(kind == LINK_INVITE ? s->cf->invite_days * DAY : s->cf->reset_hours * HOUR);
	v.expires = out->expires;
	if (end_links(s, v.account, v.member, kind, e) < 0 ||
		store_invitation_add(s->db, &v, hash, &out->id, e) < 0)
		return -1;
	out->mailed = svc_mail_link(s, m, kind, out, e);
	return out->mailed < 0 ? -1 : 0;
}

/* An invitation: its link and its row in the log. */
static int make_invitation(
	struct svc *s, const struct member *m, const char *session, struct link *out, struct err *e)
{
	if (make_link(s, m, LINK_INVITE, session, out, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_INVITED, m->email, role_detail(s, m->role, out->expires), e);
}

/* Neither used nor over. A revoked or replaced link is one whose time is over. */
static int is_open(const struct invitation *v)
{
	return !v->used && v->expires > clock_now();
}

/* An open link of the account, by its row. */
static int get_open(struct svc *s, int64_t id, struct invitation *out, struct err *e)
{
	int rc = store_invitation_get(s->db, s->a, s->who.account, id, out, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no link %lld in the account", (long long)id);
	if (!is_open(out))
		return ERR(e, ERR_GONE, NULL, "link %lld is not open", (long long)id);
	return 0;
}

/* A link by its token, open or not: 1, 0, -1. The token is found by its hash, so the time this
 * takes says nothing about tokens that exist. */
static int by_token(struct svc *s, const char *token, struct invitation *out, struct err *e)
{
	unsigned char hash[SEAL_HASH];

	if (strlen(token) != SEAL_TOKEN_HEX)
		return 0;
	seal_token_hash(hash, token);
	return store_invitation_by_hash(s->db, s->a, hash, out, e);
}

/* An open link by its token: 0, or -1 with ERR_MISSING or ERR_GONE. */
static int open_by_token(struct svc *s, const char *token, struct invitation *out, struct err *e)
{
	int rc = by_token(s, token, out, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING,
			"This link is not known. Copy it whole, or ask for a new one.",
			"unknown link");
	return is_open(out) ? 0 : ERR(e, ERR_GONE, NULL, "link %lld is over", (long long)out->id);
}

/* A member of this account: 0, or -1 with ERR_MISSING, as for one of another account. */
static int get_member(struct svc *s, int64_t account, int64_t id, struct member *out, struct err *e)
{
	int rc = store_member_get(s->db, s->a, account, id, out, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %lld in the account", (long long)id);
	return rc < 0 ? -1 : 0;
}

/* End a transaction that made a link. */
static int commit_link(
	struct svc *s, int rc, enum audit_action action, const struct link *l, struct err *e)
{
	if (svc_audit_commit(s, rc, action, e) < 0)
		return -1;
	if (l->mailed)
		svc_mail_ring(s);
	return 0;
}

/* Accounts */

/* The rows of a new account are in its own log: it begins with where the account came from. */
static int add_rows(
	struct svc *s, struct member *m, const char *name, struct link *out, struct err *e)
{
	struct svc in = *s;

	if (store_account_add(s->db, name, &m->account, e) < 0 ||
		store_member_add(s->db, m, "With the account.", s->who.name, &m->id, e) < 0)
		return -1;
	in.who.account = m->account;
	if (svc_audit(&in, AUDIT_ACCOUNT_ADDED, name, NULL, e) < 0)
		return -1;
	return make_invitation(&in, m, NULL, out, e);
}

int svc_account_add(struct svc *s, const char *name, const char *email, const char *person,
	int64_t *account, struct link *out, struct err *e)
{
	struct member m = { .role = ROLE_ADMIN, .name = person };
	int rc;

	m.email = check_email(s, email, e);
	if (!m.email || svc_account_check_name(name, 1, e) < 0 ||
		svc_account_check_name(person, 0, e) < 0)
		return -1;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = add_rows(s, &m, name, out, e);
	*account = m.account;
	return commit_link(s, rc, AUDIT_ACCOUNT_ADDED, out, e);
}

/* One limit of the policy. 0 stands for the installation's, which is also the longest, and may be
 * below our own least. */
static int check_limit(int64_t value, int64_t least, int64_t most, const char *since, struct err *e)
{
	long long low = least < most ? least : most;
	long long unit = low < HOUR ? MINUTE : HOUR;

	if (value == 0 || (value >= low && value <= most))
		return 0;
	ERR(e, ERR_FORM, NULL, "session limit refused");
	return err_say(e, "Choose from %lld to %lld %s %s.", low / unit, (long long)most / unit,
		unit == HOUR ? "hours" : "minutes", since);
}

/* The log says what holds from now on, also where that is the installation's setting. */
static int policy_rows(struct svc *s, int64_t idle, int64_t absolute, struct err *e)
{
	const char *detail = arena_printf(s->a,
		"Sessions end after %lld minutes without use, and %lld minutes after the sign-in.",
		(long long)(idle ? idle : s->cf->session_idle) / MINUTE,
		(long long)(absolute ? absolute : s->cf->session_absolute) / MINUTE);

	if (store_account_policy(s->db, s->who.account, idle, absolute, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_ACCOUNT_POLICY, "session limits", detail, e);
}

int svc_account_policy(struct svc *s, int64_t idle, int64_t absolute, struct err *e)
{
	int rc;

	if (check_limit(idle, IDLE_MIN, s->cf->session_idle, "without use", e) < 0 ||
		check_limit(absolute, ABSOLUTE_MIN, s->cf->session_absolute, "after the sign-in",
			e) < 0)
		return -1;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = policy_rows(s, idle, absolute, e);
	return svc_audit_commit(s, rc, AUDIT_ACCOUNT_POLICY, e);
}

/* Making links */

static int not_off(const struct member *m, struct err *e)
{
	return m->off_at ? ERR(e, ERR_CONFLICT,
				   "This person is deactivated. Activate them on their page first.",
				   "member %lld is off", (long long)m->id)
			 : 0;
}

/* The member row of the address, new or with the role of today. Whoever can sign in already is not
 * touched: an invitation must not be a way to change a role past the rules for that. */
static int invite_member(struct svc *s, struct member *m, struct err *e)
{
	enum role role = m->role;
	struct member now;
	int rc = store_member_by_email(s->db, s->a, m->account, m->email, &now, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return store_member_add(s->db, m, "Invited.", s->who.name, &m->id, e);
	if (not_off(&now, e) < 0)
		return -1;
	if (now.user)
		return ERR(e, ERR_CONFLICT,
			"This person can sign in already. Change their role on their page instead.",
			"member %lld has a user", (long long)now.id);
	*m = now;
	m->role = role;
	return role == now.role ? 0 : store_member_role(s->db, m->account, m->id, role, e);
}

int svc_account_invite(struct svc *s, const char *email, const char *name, enum role role,
	const char *session, struct link *out, struct err *e)
{
	struct member m = { .account = s->who.account, .name = name, .role = role };
	int rc;

	m.email = check_email(s, email, e);
	if (!m.email || svc_account_check_name(name, 0, e) < 0)
		return -1;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = invite_member(s, &m, e);
	if (rc == 0)
		rc = make_invitation(s, &m, session, out, e);
	return commit_link(s, rc, AUDIT_INVITED, out, e);
}

/* The role is the member's of now, not of the day of the first invitation. */
static int reinvite_rows(
	struct svc *s, int64_t invitation, const char *session, struct link *out, struct err *e)
{
	struct invitation v;
	struct member m;

	if (get_open(s, invitation, &v, e) < 0)
		return -1;
	if (v.kind != LINK_INVITE)
		return ERR(
			e, ERR_MISSING, NULL, "link %lld is no invitation", (long long)invitation);
	if (get_member(s, v.account, v.member, &m, e) < 0)
		return -1;
	return make_invitation(s, &m, session, out, e);
}

int svc_account_reinvite(
	struct svc *s, int64_t invitation, const char *session, struct link *out, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = reinvite_rows(s, invitation, session, out, e);
	return commit_link(s, rc, AUDIT_INVITED, out, e);
}

static int revoke_rows(struct svc *s, int64_t invitation, struct err *e)
{
	static const char *const words[LINK__MAX] = { "An invitation.", "A reset link." };
	struct invitation v;

	if (get_open(s, invitation, &v, e) < 0)
		return -1;
	if (end_links(s, v.account, v.member, v.kind, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_INVITE_REVOKED, v.email, words[v.kind], e);
}

int svc_account_revoke(struct svc *s, int64_t invitation, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = revoke_rows(s, invitation, e);
	return svc_audit_commit(s, rc, AUDIT_INVITE_REVOKED, e);
}

/* May this actor reset the password of m's user? It opens all their accounts, so an admin of one of
 * several may not: they could come into the others. */
static int may_reset(struct svc *s, const struct member *m, struct err *e)
{
	struct member *of;
	int n;

	if (not_off(m, e) < 0)
		return -1;
	if (!m->user)
		return ERR(e, ERR_CONFLICT,
			"This person has no password yet. Send them an invitation instead.",
			"member %lld has no user", (long long)m->id);
	if (s->who.kind == ACTOR_OPS)
		return 0;
	n = store_member_of_user(s->db, s->a, m->user, &of, e);
	if (n > 1)
		return ERR(e, ERR_DENIED,
			"This person also belongs to another account, so only ops can make a reset "
			"link for them.",
			"user %lld is in %d accounts", (long long)m->user, n);
	return n < 0 ? -1 : 0;
}

static int reset_rows(
	struct svc *s, int64_t member, const char *session, struct link *out, struct err *e)
{
	struct member m;
	char day[64];

	if (get_member(s, s->who.account, member, &m, e) < 0 || may_reset(s, &m, e) < 0 ||
		make_link(s, &m, LINK_RESET, session, out, e) < 0)
		return -1;
	clock_text(day, sizeof(day), out->expires);
	return svc_audit(
		s, AUDIT_RESET_MADE, m.email, arena_printf(s->a, "Good until %s.", day), e);
}

int svc_account_reset(
	struct svc *s, int64_t member, const char *session, struct link *out, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = reset_rows(s, member, session, out, e);
	return commit_link(s, rc, AUDIT_RESET_MADE, out, e);
}

int svc_account_end_resets(struct svc *s, int64_t user, struct err *e)
{
	struct member *of;
	int i, n = store_member_of_user(s->db, s->a, user, &of, e);

	for (i = 0; i < n; i++) {
		if (end_links(s, of[i].account, of[i].id, LINK_RESET, e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

int svc_account_link_again(struct svc *s, int64_t invitation, const char *session,
	struct invitation *v, struct link *out, struct err *e)
{
	int rc = store_invitation_get(s->db, s->a, s->who.account, invitation, v, e);

	/* If this session made it, the token it derives is one that the store knows. */
	if (rc > 0) {
		seal_derive(out->token, session, "link", v->nonce);
		rc = by_token(s, out->token, v, e);
	}
	if (rc < 0)
		return -1;
	if (rc == 0 || !is_open(v))
		return ERR(e, ERR_MISSING,
			"A link is shown only in the session that made it, until it is used. Make "
			"a new one.",
			"link %lld is not this session's", (long long)invitation);
	out->id = v->id;
	out->expires = v->expires;
	return 0;
}

/* Using links */

/* One use of a link: whom it is for, and what is to be theirs. */
struct use {
	struct invitation v;
	struct user user; /* id 0: this address has never signed in */
	const char *name;
	char pwhash[PASSWORD_HASH]; /* the new one; "" = they keep what they have */
};

/* The user of a link's address, or one with id 0. */
static int use_user(struct svc *s, const struct invitation *v, struct user *out, struct err *e)
{
	*out = (struct user){ 0 };
	return store_user_by_email(s->db, s->a, v->email, out, e) < 0 ? -1 : 0;
}

int svc_account_link_look(
	struct svc *s, const char *token, struct invitation *out, int *known, struct err *e)
{
	struct user u;

	if (open_by_token(s, token, out, e) < 0 || use_user(s, out, &u, e) < 0)
		return -1;
	*known = u.pwhash != NULL;
	return 0;
}

/* The password of a person who has one already. */
static int use_known(
	const struct svc *s, const struct use *use, const struct secret *password, struct err *e)
{
	struct svc in = *s;
	int rc;

	in.who.account = use->v.account;
	rc = svc_signin_try(
		&in, use->user.email, use->user.pwhash, password, AUDIT_SIGNIN_REFUSED, e);
	if (rc == 0)
		return ERR(e, ERR_DENIED,
			"That is not the password of this e-mail address. Enter the one you sign "
			"in with.",
			"invitation: wrong password");
	return rc < 0 ? -1 : 0;
}

/* Check what was entered, and hash a new password: nothing is changed yet, and no lock is held. A
 * name is only taken from somebody who has none here. */
static int use_check(struct svc *s, struct use *use, const char *name,
	const struct secret *password, struct err *e)
{
	const char *weak;

	if (use->v.kind == LINK_INVITE && use->user.pwhash)
		return use_known(s, use, password, e);
	use->name = str_empty(name) ? use->v.name : name;
	if (!use->user.id && svc_account_check_name(use->name, 1, e) < 0)
		return -1;
	weak = password_weak(password, use->v.email);
	if (weak)
		return ERR(e, ERR_FORM, weak, "new password refused");
	return password_hash(password, use->pwhash, e);
}

/* Take the link, if it and its person are still what they were when they were checked. Of two at
 * the same moment, the second finds the link used; and if the person got a password by another link
 * in between, what was checked no longer holds. */
static int use_take(struct svc *s, const struct use *use, struct member *m, struct err *e)
{
	struct user now;
	int rc = store_invitation_use(s->db, use->v.id, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_GONE, NULL, "link %lld went meanwhile", (long long)use->v.id);
	if (get_member(s, use->v.account, use->v.member, m, e) < 0 ||
		use_user(s, &use->v, &now, e) < 0)
		return -1;
	if (now.id != use->user.id || !now.pwhash != !use->user.pwhash ||
		(now.pwhash && strcmp(now.pwhash, use->user.pwhash) != 0))
		return ERR(e, ERR_CONFLICT, NULL, "user %lld changed meanwhile", (long long)now.id);
	if (use->v.kind == LINK_RESET && (!now.id || m->user != now.id))
		return ERR(
			e, ERR_GONE, NULL, "reset link %lld is for nobody", (long long)use->v.id);
	return 0;
}

/* A new password, also for somebody who had none, ends what sessions there are. */
static int use_password(struct svc *s, struct use *use, struct err *e)
{
	if (!use->pwhash[0])
		return 0;
	if (!use->user.id)
		return store_user_add(
			s->db, use->v.email, use->name, use->pwhash, &use->user.id, e);
	if (store_user_password(s->db, use->user.id, use->pwhash, e) < 0)
		return -1;
	return store_session_end_user(s->db, use->user.id, 0, e) < 0 ? -1 : 0;
}

/* A name that an admin gave stays. */
static int use_join(struct svc *s, struct member *m, const struct user *u, struct err *e)
{
	m->user = u->id;
	if (str_empty(m->name))
		m->name = u->name;
	return store_member_join(s->db, m, e);
}

/* Everything that follows from a link, in the name of the person who used it. */
static int use_rows(struct svc *s, struct use *use, struct user *out, struct err *e)
{
	struct member m;
	struct svc as;

	if (use_take(s, use, &m, e) < 0 || use_password(s, use, e) < 0)
		return -1;
	if (store_user_get(s->db, s->a, use->user.id, out, e) < 0)
		return -1;
	if (use->v.kind == LINK_INVITE && use_join(s, &m, out, e) < 0)
		return -1;
	if (svc_account_end_resets(s, use->user.id, e) < 0)
		return -1;
	as = svc_signin_as(s, out, &m);
	if (use->v.kind == LINK_RESET)
		return svc_audit(&as, AUDIT_RESET_USED, out->email, NULL, e);
	if (svc_audit(&as, AUDIT_INVITE_ACCEPTED, out->email, NULL, e) < 0)
		return -1;
	return use->pwhash[0] ? svc_audit(&as, AUDIT_PASSWORD_SET, out->email, NULL, e) : 0;
}

int svc_account_link_use(struct svc *s, const char *token, const char *name,
	const struct secret *password, struct user *out, struct err *e)
{
	struct use use = { 0 };
	struct err lost;
	int rc;

	if (svc_signin_may(s, NULL, e) < 0)
		return -1;
	/* Tokens cannot be guessed; but who tries is slowed, and seen in the log. */
	if (open_by_token(s, token, &use.v, e) < 0) {
		if (e->code == ERR_MISSING &&
			svc_signin_failed(
				s, NULL, AUDIT_SIGNIN_REFUSED, "An unknown link.", &lost) < 0)
			*e = lost;
		return -1;
	}
	if (use_user(s, &use.v, &use.user, e) < 0 || use_check(s, &use, name, password, e) < 0)
		return -1;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = use_rows(s, &use, out, e);
	return svc_audit_commit(
		s, rc, use.v.kind == LINK_RESET ? AUDIT_RESET_USED : AUDIT_INVITE_ACCEPTED, e);
}

/* People */

int svc_account_not_last(struct svc *s, const struct member *m, struct err *e)
{
	int rc = store_member_last(s->db, m, e);

	if (rc <= 0)
		return rc;
	return ERR(e, ERR_CONFLICT,
		"This is the only admin of the account. Make somebody else an admin first.",
		"member %lld is the last admin", (long long)m->id);
}

/* Rights are read from the member row on each request, so sessions end only to be made anew. */
static int role_rows(struct svc *s, int64_t member, enum role role, struct err *e)
{
	struct member m;

	if (get_member(s, s->who.account, member, &m, e) < 0)
		return -1;
	if (m.role == role)
		return 0;
	if (svc_account_not_last(s, &m, e) < 0 ||
		store_member_role(s->db, m.account, m.id, role, e) < 0 ||
		store_session_end_member(s->db, m.account, m.id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_ROLE, m.email,
		arena_printf(s->a, "From %s to %s.", role_words[m.role], role_words[role]), e);
}

int svc_account_role(struct svc *s, int64_t member, enum role role, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = role_rows(s, member, role, e);
	return svc_audit_commit(s, rc, AUDIT_ROLE, e);
}

/* Nobody is kept from removing themselves, as long as an admin stays. The store ends sessions and
 * links with the row; the user stays, and is nobody until another invitation. */
static int remove_rows(struct svc *s, int64_t member, struct err *e)
{
	struct member m;

	if (get_member(s, s->who.account, member, &m, e) < 0 ||
		svc_account_not_last(s, &m, e) < 0 ||
		store_member_delete(s->db, m.account, m.id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MEMBER_REMOVED, m.email,
		arena_printf(s->a, "Was %s.", role_words[m.role]), e);
}

int svc_account_remove(struct svc *s, int64_t member, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = remove_rows(s, member, e);
	return svc_audit_commit(s, rc, AUDIT_MEMBER_REMOVED, e);
}
