/*
 * Who is asking: one Authorization header, or what its connection remembers.
 *
 * NTLM, bare or within Negotiate, signs the connection in: requests after it need no header, and
 * nothing that happens to the account later takes that back. Any other Authorization on the
 * connection begins anew, and so does a request for another premise. Basic and Bearer are judged at
 * every request and leave nothing behind. A scheme that is not offered is not looked at.
 */
#include "sim/sign_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "sim/token.h"

void sign_begin_anew(struct sign *c)
{
	ntlm_free(c->ntlm);
	c->ntlm = NULL;
	c->scheme = 0;
	c->wrapped = c->in = false;
	text_clear(&c->mechs);
}

static void sign_forget(void *sign)
{
	struct sign *c = sign;

	sign_begin_anew(c);
	text_free(&c->mechs);
	text_free(&c->login);
	free(c);
}

static struct sign *sign_of(struct connection *on)
{
	struct sign *c = connection_thing(on);

	if (!c) {
		c = need(sizeof(*c));
		connection_remember(on, c, sign_forget);
	}
	return c;
}

/* A node whose secure channel is broken reads what it is sent, and asks no directory. */
bool sign_broken(const struct attempt *t)
{
	return t->front_end && t->front_end->broken;
}

void sign_as(struct who *who, struct identity *id)
{
	who->identity = id;
	who->mailbox = id ? id->mailbox : NULL;
}

void sign_login(struct attempt *t, const char *login)
{
	text_clear(&t->sign->login);
	text_puts(&t->sign->login, login);
	t->who->login = t->sign->login.at;
}

bool sign_right(struct attempt *t, enum password_end end)
{
	t->refusal.locked = end == PASSWORD_LOCKED;
	t->refusal.blocked = end != PASSWORD_RIGHT && end != PASSWORD_WRONG;
	return end == PASSWORD_RIGHT;
}

/* Bytes outside ASCII that are no UTF-8 are Latin-1, as older clients send them. */
static void as_utf8(struct text *t)
{
	struct text wide = { 0 };

	if (!utf16_add(&wide, t->at)) {
		text_clear(&wide);
		for (size_t i = 0; i < t->len; i++)
			text_add(&wide, (const char[]){ t->at[i], 0 }, 2);
		text_clear(t);
		utf16_read(wide.at, wide.len, t);
	}
	text_free(&wide);
}

/* One attempt a request. Credentials that cannot be read are nobody's, and count for nobody. */
static bool basic(struct attempt *t, const char *credentials)
{
	struct text plain = { 0 };
	struct identity *id;
	char *colon = NULL;
	bool in = false;

	if (base64_read(credentials, strlen(credentials), &plain) && plain.len &&
		!memchr(plain.at, 0, plain.len)) {
		as_utf8(&plain);
		colon = strchr(plain.at, ':');
	}
	if (colon) {
		*colon = 0;
		sign_login(t, plain.at);
		id = world_identity(t->sim->world, plain.at);
		in = id && !sign_broken(t) && sign_right(t, sign_password(t->sim, id, colon + 1));
		if (in)
			sign_as(t->who, id);
	}
	text_free(&plain);
	return in;
}

/* An empty token is a question for the challenge, as the checks of Microsoft's own tools ask it. */
static bool bearer(struct attempt *t, const char *token)
{
	struct bearer b = { 0 };
	enum token_end end;

	if (!*token)
		return false;
	end = token_check(t->sim, t->premise, token, &b);
	if (b.identity)
		sign_login(t, b.identity->upn);
	else if (b.app)
		sign_login(t, b.app->client_id);
	if (end != TOKEN_GOOD) {
		t->refusal.bearer = true;
		t->refusal.reason = (int)end;
		t->refusal.blocked = b.identity && b.identity->disabled;
		return false;
	}
	if (sign_broken(t))
		return false;
	sign_as(t->who, b.identity);
	t->who->app = b.app;
	t->who->app_only = b.app_only;
	return true;
}

static const struct scheme {
	const char *name;
	unsigned scheme;
	bool (*look)(struct attempt *t, const char *credentials);
} schemes[] = {
	{ "Basic", SCHEME_BASIC, basic },
	{ "Bearer", SCHEME_BEARER, bearer },
	{ "Negotiate", SCHEME_NEGOTIATE, sign_handshake },
	{ "NTLM", SCHEME_NTLM, sign_handshake },
	{ NULL, 0, NULL },
};

/* Which scheme a header value begins with, and where its credentials begin; NULL = none we know. */
static const struct scheme *scheme_of(const char *header, const char **credentials)
{
	size_t n = strcspn(header, " \t");
	const struct scheme *k = schemes;

	while (k->name && (strlen(k->name) != n || strncasecmp(k->name, header, n) != 0))
		k++;
	*credentials = header + n + strspn(header + n, " \t");
	return k->name ? k : NULL;
}

/* What was remembered ends with any header that does not carry a handshake on. */
static bool look(struct attempt *t, const char *header)
{
	const char *credentials;
	const struct scheme *k = scheme_of(header, &credentials);

	if (t->sign->in || !k || k->scheme != t->sign->scheme)
		sign_begin_anew(t->sign);
	if (!k)
		return false;
	t->who->scheme = k->scheme;
	t->refusal.scheme = k->scheme;
	return (t->premise->schemes & k->scheme) && k->look(t, credentials);
}

/* A broken front end refuses even those: whoever meets it meets only refusals. */
static bool remembers(struct attempt *t)
{
	struct sign *c = t->sign;

	if (!c->in)
		return false;
	t->who->scheme = c->scheme;
	t->who->login = c->login.at;
	if (sign_broken(t))
		return false;
	sign_as(t->who, c->identity);
	return true;
}

enum sign_end sign_check(
	struct sim *s, const struct door *d, struct request *r, struct answer *a, struct who *who)
{
	struct attempt t = {
		.sim = s,
		.premise = d->premise,
		.front_end = d->front_end,
		.protection = d->protection,
		.request = r,
		.answer = a,
		.who = who,
		.sign = sign_of(r->on),
		.refusal = { .premise = d->premise },
	};
	const char *header = request_header(r, "Authorization");
	bool in;

	*who = (struct who){ 0 };
	if (t.sign->premise != d->premise)
		sign_begin_anew(t.sign);
	t.sign->premise = d->premise;
	in = header ? look(&t, header) : remembers(&t);
	if (!in)
		sign_refuse(s, &t.refusal, a);
	text_free(&t.token);
	return in ? SIGN_IN : SIGN_AGAIN;
}
