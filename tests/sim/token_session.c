/*
 * Session: the accounts a browser is signed in with, by cookie.
 *
 * Several people may be: that is how the wrong one gets picked. A reset password signs out.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

enum { SESSION_LIFE = 86400, SESSION_BYTES = 48 };

static const char cookie_name[] = "ESTSAUTHPERSISTENT";

/* The cookie's value; NULL when none came. Caller frees. */
static char *cookie(const struct request *r)
{
	const char *p = request_header(r, "Cookie");
	size_t len = sizeof(cookie_name) - 1;

	while (p != NULL && *(p += strspn(p, "; ")) != '\0') {
		size_t n = strcspn(p, ";");

		if (n > len && p[len] == '=' && strncmp(p, cookie_name, len) == 0)
			return copy_n(p + len + 1, n - len - 1);
		p += n;
	}
	return NULL;
}

/* Those that died meanwhile are simply no longer there. */
void session_accounts(struct ask *k, struct accounts *out)
{
	char *key = cookie(k->r);

	*out = (struct accounts){ .n = 0 };
	for (struct ticket *t = ticket_find(k->t->tickets, TICKET_SESSION, key);
		t != NULL && out->n < ACCOUNTS; t = ticket_next(t))
		if (ticket_alive(k->t->tickets, t))
			out->of[out->n++] = t;
	free(key);
}

/* By UPN as in a login_hint, by object id as in a page's button. */
struct ticket *account_named(const struct accounts *all, const char *upn_or_oid)
{
	for (int i = 0; i < all->n; i++)
		if (same_nocase(all->of[i]->identity->upn, upn_or_oid) ||
			same_nocase(all->of[i]->identity->object_id, upn_or_oid))
			return all->of[i];
	return NULL;
}

/* A name of the browser's own choosing is never taken over: it would be session fixation. */
void session_add(struct ask *k, struct identity *id, bool mfa)
{
	struct accounts all;
	struct ticket *was, *now;
	char *line;

	session_accounts(k, &all);
	was = account_named(&all, id->object_id);
	if (was == NULL && all.n == ACCOUNTS)
		was = all.of[0];
	if (was != NULL)
		was->spent = true;
	now = ticket_new(k->t->tickets, TICKET_SESSION, all.n > 0 ? all.of[0]->key : NULL,
		SESSION_BYTES, SESSION_LIFE);
	ticket_own(now, id);
	now->mfa = mfa;
	if (all.n > 0)
		return;
	line = format("%s=%s; path=/; secure; HttpOnly; SameSite=None", cookie_name, now->key);
	answer_header(k->a, "Set-Cookie", line);
	free(line);
}

void session_end(struct ask *k)
{
	struct accounts all;
	char *line;

	session_accounts(k, &all);
	for (int i = 0; i < all.n; i++)
		all.of[i]->spent = true;
	line = format("%s=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; secure; HttpOnly",
		cookie_name);
	answer_header(k->a, "Set-Cookie", line);
	free(line);
}
