/* Ctl people: accounts, the people in them, and one-time links.
 *
 * Rules: every change goes through svc_account, as from a page, so the same checks are made and the
 * same audit rows are written. A link is printed once and kept nowhere.
 */
#include "ctl.h"

#include <string.h>
#include "platform/str.h"

enum { LIMIT = 1000, LIMIT_MAX = 20000 /* people listed at a time */ };

static const char *const roles[ROLE__MAX] = { "member", "admin" };

/* The words of the pages, and no others. */
static int role_of(const char *word, enum role *out, struct err *e)
{
	size_t i;

	for (i = 0; i < ROLE__MAX; i++) {
		if (strcmp(word, roles[i]) == 0) {
			*out = (enum role)i;
			return 0;
		}
	}
	return ctl_fail(e, ERR_INPUT, "A role is admin or member, not \"%.40s\".", word);
}

/* Work in the account of --account, or in the only one. */
int ctl_people_choose(struct ctl *c, struct err *e)
{
	const char *given = ctl_flag(c, "account");
	struct account *list, one;
	int n, rc;

	if (given) {
		if (ctl_id(given, "an account", &c->svc.who.account, e) < 0)
			return -1;
		rc = store_account_get(c->db, &c->arena, c->svc.who.account, &one, e);
		if (rc == 0)
			return ctl_fail(e, ERR_MISSING,
				"There is no account %s. See \"latchkey account list\".", given);
		return rc < 0 ? -1 : 0;
	}
	/* Most installations have one organisation, and need not know that accounts have numbers.
	 */
	n = store_account_list(c->db, &c->arena, &list, e);
	if (n < 0)
		return -1;
	if (n == 0)
		return ctl_fail(e, ERR_MISSING,
			"There is no account yet. Make one with \"latchkey account add\".");
	if (n > 1)
		return ctl_fail(e, ERR_INPUT,
			"There are %d accounts. Choose one with --account ID; \"latchkey account "
			"list\" shows them.",
			n);
	c->svc.who.account = list[0].id;
	return 0;
}

/* People know addresses, not numbers; case does not matter in them. */
static int find_member(struct ctl *c, const char *email, struct member *out, struct err *e)
{
	const char *lower = str_lower(arena_strdup(&c->arena, email));
	int rc;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	rc = store_member_by_email(c->db, &c->arena, c->svc.who.account, lower, out, e);
	if (rc == 0)
		return ctl_fail(e, ERR_MISSING,
			"Nobody in account %lld has the address %.80s. See \"latchkey user list\".",
			(long long)c->svc.who.account, email);
	return rc < 0 ? -1 : 0;
}

/* The one moment in which the token is seen. */
static void print_link(struct ctl *c, const char *email, const struct link *l)
{
	CTL_RECORD(c, { "account", C_INT(c->svc.who.account) }, { "email", C_TEXT(email) },
		{ "link", C_TEXT(svc_account_link_url(&c->svc, l)) },
		{ "expires", C_TIME(l->expires) }, { "mailed", C_BOOL(l->mailed) });
	if (l->mailed)
		ctl_out_say(c,
			"The link works once. It is being sent to %s by mail; \"latchkey mail "
			"list\" tells what became of it.",
			email);
	else
		ctl_out_say(c,
			"The link works once. Hand it to this person in a way that nobody else "
			"reads.");
}

int ctl_people_account_add(struct ctl *c, struct err *e)
{
	const char *admin = ctl_flag(c, "admin");
	const char *person = ctl_flag(c, "name");
	struct link l;

	if (!admin)
		return ctl_fail(e, ERR_INPUT, "--admin EMAIL is needed: who is the first admin?");
	if (svc_account_add(&c->svc, c->argv[0], admin, person ? person : "", &c->svc.who.account,
		    &l, e) < 0)
		return -1;
	print_link(c, admin, &l);
	return 0;
}

int ctl_people_account_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "name", "people", "admins", "created", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct account *list;
	int64_t admins, all;
	int i, n = store_account_list(c->db, &c->arena, &list, e);

	for (i = 0; i < n; i++) {
		if (store_member_counts(c->db, list[i].id, &admins, &all, e) < 0)
			return -1;
		CTL_ROW(c, t, C_INT(list[i].id), C_TEXT(list[i].name), C_INT(all), C_INT(admins),
			C_TIME(list[i].created));
	}
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "There is no account yet. Make one with \"latchkey account add\".");
	return 0;
}

/* An account may have a million people: a page of them at a time, in the order of their numbers. */
int ctl_people_user_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "email", "name", "role", "can_sign_in",
		"signed_in", "created", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct page_of page = { 0 };
	struct member *m;
	int64_t limit;
	int i, n;

	if (ctl_flag_int(c, "limit", LIMIT, LIMIT_MAX, &limit, e) < 0 ||
		ctl_flag_int(c, "after", 0, INT64_MAX, &page.after, e) < 0 ||
		ctl_people_choose(c, e) < 0)
		return -1;
	page.limit = (int)limit;
	n = store_member_list(c->db, &c->arena, c->svc.who.account, page, &m, e);
	for (i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(m[i].id), C_TEXT(m[i].email), C_TEXT(m[i].name),
			C_TEXT(roles[m[i].role]), C_BOOL(m[i].user), C_TIME(m[i].signed_in),
			C_TIME(m[i].created));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "Nobody is in this account, or nobody behind that one.");
	if (n > 0 && n == page.limit)
		ctl_out_say(c, "There may be more: --after %lld", (long long)m[n - 1].id);
	return 0;
}

int ctl_people_user_reset(struct ctl *c, struct err *e)
{
	struct member m;
	struct link l;

	if (find_member(c, c->argv[0], &m, e) < 0 ||
		svc_account_reset(&c->svc, m.id, NULL, &l, e) < 0)
		return -1;
	print_link(c, m.email, &l);
	return 0;
}

int ctl_people_user_role(struct ctl *c, struct err *e)
{
	struct member m;
	enum role role = ROLE__MAX;

	if (role_of(c->argv[1], &role, e) < 0 || find_member(c, c->argv[0], &m, e) < 0 ||
		svc_account_role(&c->svc, m.id, role, e) < 0)
		return -1;
	CTL_RECORD(c, { "account", C_INT(m.account) }, { "email", C_TEXT(m.email) },
		{ "role_before", C_TEXT(roles[m.role]) }, { "role", C_TEXT(roles[role]) });
	return 0;
}

int ctl_people_user_remove(struct ctl *c, struct err *e)
{
	struct member m;

	if (find_member(c, c->argv[0], &m, e) < 0 || svc_account_remove(&c->svc, m.id, e) < 0)
		return -1;
	CTL_RECORD(c, { "account", C_INT(m.account) }, { "removed", C_TEXT(m.email) });
	return 0;
}

int ctl_people_invite(struct ctl *c, struct err *e)
{
	const char *word = ctl_flag(c, "role");
	const char *name = ctl_flag(c, "name");
	enum role role = ROLE_MEMBER;
	struct link l;

	if ((word && role_of(word, &role, e) < 0) || ctl_people_choose(c, e) < 0 ||
		svc_account_invite(&c->svc, c->argv[0], name ? name : "", role, NULL, &l, e) < 0)
		return -1;
	print_link(c, c->argv[0], &l);
	return 0;
}

int ctl_people_invite_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "kind", "email", "role", "by", "created",
		"expires", NULL };
	static const char *const kinds[LINK__MAX] = { "invitation", "reset" };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct invitation *v;
	int i, n;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	n = store_invitation_list(c->db, &c->arena, c->svc.who.account, &v, e);
	for (i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(v[i].id), C_TEXT(kinds[v[i].kind]), C_TEXT(v[i].email),
			C_TEXT(roles[v[i].role]), C_TEXT(v[i].by_name), C_TIME(v[i].created),
			C_TIME(v[i].expires));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "No link is open.");
	return 0;
}

int ctl_people_invite_revoke(struct ctl *c, struct err *e)
{
	int64_t id;

	if (ctl_id(c->argv[0], "a link", &id, e) < 0 || ctl_people_choose(c, e) < 0 ||
		svc_account_revoke(&c->svc, id, e) < 0)
		return -1;
	CTL_RECORD(c, { "account", C_INT(c->svc.who.account) }, { "revoked", C_INT(id) });
	return 0;
}
