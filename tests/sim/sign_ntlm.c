/*
 * The handshakes: NTLM by its own name, and Negotiate with NTLM's messages bare or in SPNEGO.
 *
 * A handshake lives on one connection, under one scheme: message 1 is answered with a challenge,
 * message 3 proves one password once, and everything else begins anew. Kerberos is declined by
 * choosing NTLM when the client offers both, and refused when it offers nothing else.
 */
#include "sim/sign_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/spnego.h"

/* Hand out `token` with the 401, wrapped as the client's was; choosing NTLM is for the first one.
 */
static void go_on(struct attempt *t, enum spnego_state state, bool choose, const struct text *token)
{
	struct spnego_part part = { (const unsigned char *)token->at, token->len }, none = { 0 };

	if (t->sign->wrapped)
		spnego_write(&t->token, state, choose, token->len ? part : none, none);
	else
		text_add(&t->token, token->at, token->len);
	t->refusal.token = &t->token;
}

/* Message 1: the challenge names the front end, in the forest's domain. */
static void challenge(struct attempt *t, struct spnego_part message, bool first)
{
	struct ntlm_target target = { .now = world_now(t->sim->world) };
	const char *name = t->front_end ? t->front_end->name : "EXCHANGE";
	const char *dot = strchr(t->premise->host, '.');
	char computer[16] = "";
	struct text type2 = { 0 };

	for (size_t i = 0; i < sizeof(computer) - 1 && name[i]; i++)
		computer[i] = (char)toupper((unsigned char)name[i]);
	world_bytes(t->sim->world, target.challenge, sizeof(target.challenge));
	target.domain = t->premise->forest ? t->premise->forest : computer;
	target.computer = computer;
	target.dns_domain = dot ? dot + 1 : t->premise->host;

	char *dns_computer = format("%s.%s", name, target.dns_domain);

	target.dns_computer = dns_computer;
	ntlm_free(t->sign->ntlm);
	t->sign->ntlm = ntlm_new();
	if (ntlm_challenge(t->sign->ntlm, &target, message.at, message.len, &type2))
		go_on(t, SPNEGO_INCOMPLETE, first, &type2);
	else
		sign_begin_anew(t->sign);
	text_free(&type2);
	free(dns_computer);
}

/* The certificate a binding has to be made of: the bridge's, in 64 digits, else the one we show. */
static bool end_point(const struct attempt *t, unsigned char out[32])
{
	struct connection *on = t->request->on;
	const char *hex = t->premise->bridge;
	struct text bytes = { 0 };
	bool good;

	if (!hex) {
		if (connection_tls(on))
			memcpy(out, tls_end_point(t->sim->tls, connection_show(on)), 32);
		return connection_tls(on);
	}
	good = hex_read(hex, &bytes) && bytes.len == 32;
	if (good)
		memcpy(out, bytes.at, 32);
	text_free(&bytes);
	return good;
}

static bool is_bound(const struct attempt *t, const struct ntlm_answer *said)
{
	unsigned char hash[32];

	if (t->protection == PROTECTION_OFF)
		return true;
	if (!said->has_binding)
		return t->protection == PROTECTION_ALLOW;
	return end_point(t, hash) && ntlm_bound(t->sign->ntlm, hash);
}

/* The client's signature over its list of mechanisms, when it gave one. */
static bool is_list_signed(const struct sign *c, struct spnego_part mic)
{
	unsigned char own[NTLM_SIGNATURE];

	return !mic.at ||
		(mic.len == sizeof(own) &&
			ntlm_sign(c->ntlm, false, c->mechs.at, c->mechs.len, own) &&
			memcmp(own, mic.at, sizeof(own)) == 0);
}

/* SPNEGO's last word goes out with the answer itself; a signature is answered with one. */
static void close_handshake(struct attempt *t, bool with_mic)
{
	unsigned char own[NTLM_SIGNATURE];
	struct spnego_part none = { 0 }, mic = { own, sizeof(own) };
	struct text last = { 0 };

	with_mic = with_mic &&
		ntlm_sign(t->sign->ntlm, true, t->sign->mechs.at, t->sign->mechs.len, own);
	spnego_write(&last, SPNEGO_COMPLETED, false, none, with_mic ? mic : none);
	sign_token(t->sign->scheme, &last, t->answer);
	text_free(&last);
}

static bool proves(void *ntlm, const char *password)
{
	return ntlm_proves(ntlm, password);
}

static struct identity *identity_said(const struct world *w, const struct ntlm_answer *said)
{
	char login[sizeof(said->domain) + sizeof(said->user) + 1];

	if (strchr(said->user, '@'))
		return world_identity(w, said->user);
	snprintf(login, sizeof(login), "%s\\%s", said->domain, said->user);
	return world_identity(w, login);
}

/* Message 3: the attempt. The directory judges the password first; what else the message has to be
 * right about is no matter of the counter. */
static bool prove(struct attempt *t, struct spnego_part message, struct spnego_part mic)
{
	struct sign *c = t->sign;
	struct ntlm_answer said;
	struct identity *id;
	char *login;

	if (!c->ntlm || !ntlm_read(c->ntlm, message.at, message.len, &said))
		return false;
	login = said.domain[0] ? format("%s\\%s", said.domain, said.user) : copy(said.user);
	sign_login(t, login);
	free(login);
	id = identity_said(t->sim->world, &said);
	if (!id || !said.v2 || sign_broken(t) ||
		!sign_right(t, sign_judge(t->sim, id, true, proves, c->ntlm)) ||
		!ntlm_intact(c->ntlm) || !is_bound(t, &said) || !is_list_signed(c, mic))
		return false;
	if (c->wrapped)
		close_handshake(t, mic.at != NULL);
	ntlm_free(c->ntlm);
	c->ntlm = NULL;
	c->in = true;
	c->identity = id;
	sign_as(t->who, id);
	return true;
}

/* The client's first SPNEGO message may prefer another mechanism: then NTLM is what we choose, and
 * its first message is still to come. */
static bool unwrap(struct attempt *t, const struct text *message, struct spnego *m)
{
	if (!spnego_read(message->at, message->len, m))
		return false;
	t->sign->wrapped = true;
	if (!m->initial)
		return t->sign->mechs.len > 0;
	text_clear(&t->sign->mechs);
	text_add(&t->sign->mechs, m->mechs.at, m->mechs.len);
	return m->offered;
}

bool sign_handshake(struct attempt *t, const char *credentials)
{
	struct text message = { 0 };
	struct spnego m = { 0 };
	bool in = false, good = base64_read(credentials, strlen(credentials), &message);

	t->sign->scheme = t->who->scheme;
	m.token = (struct spnego_part){ (const unsigned char *)message.at, message.len };
	t->sign->wrapped = false;
	if (good && !ntlm_kind(message.at, message.len))
		good = t->who->scheme == SCHEME_NEGOTIATE && unwrap(t, &message, &m);

	int kind = good ? ntlm_kind(m.token.at, m.token.len) : 0;

	if (kind == 1)
		challenge(t, m.token, m.initial);
	else if (kind == 3)
		in = prove(t, m.token, m.mic);
	else if (good && m.initial)
		go_on(t, m.preferred ? SPNEGO_INCOMPLETE : SPNEGO_REQUEST_MIC, true,
			&(struct text){ 0 });
	if (!in && !t->refusal.token)
		sign_begin_anew(t->sign);
	text_free(&message);
	return in;
}
