/*
 * A client of NTLM, for tests of the simulator's server side: it writes messages 1 and 3 with every
 * choice a client has, and takes message 2 from what the server sent.
 */
#ifndef LATCHKEY_NTLM_UNIT_H
#define LATCHKEY_NTLM_UNIT_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "sim/ntlm.h"

enum {
	CLIENT_UNICODE = 0x1,
	CLIENT_OEM = 0x2,
	CLIENT_NTLM = 0x200,
	CLIENT_EXTENDED = 0x80000,
	CLIENT_128 = 0x20000000,
	CLIENT_KEY_EXCHANGE = 0x40000000,
	CLIENT_USUAL =
		CLIENT_UNICODE | CLIENT_NTLM | CLIENT_EXTENDED | CLIENT_128 | CLIENT_KEY_EXCHANGE
};

struct ntlm_client {
	const char *user, *domain, *password;
	uint32_t flags;
	bool mic, spoil_mic, v1;
	const unsigned char *binding; /* 16 bytes, or NULL */
	unsigned char session[16];    /* made by message 3 */
};

#define CLIENT(u, d, p, f) .user = (u), .domain = (d), .password = (p), .flags = (f)

static inline void client_put(unsigned char *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static inline void client_type1(const struct ntlm_client *c, struct text *out)
{
	unsigned char m[32] = "NTLMSSP";

	client_put(m + 8, 1, 4);
	client_put(m + 12, c->flags, 4);
	text_add(out, m, sizeof(m));
}

static inline void client_pair(struct text *t, unsigned id, const void *value, size_t len)
{
	unsigned char head[4];

	client_put(head, id, 2);
	client_put(head + 2, len, 2);
	text_add(t, head, 4);
	text_add(t, value, len);
}

/* The response's part after the proof: the server's pairs, without their end, and our own. */
static inline void client_blob(
	const struct ntlm_client *c, const struct text *type2, struct text *t)
{
	const unsigned char *m = (const unsigned char *)type2->at;
	size_t len = (size_t)(m[40] | m[41] << 8), at = (size_t)(m[44] | m[45] << 8);
	unsigned char fixed[28] = { 1, 1 };

	memset(fixed + 16, 0xaa, 8);
	text_add(t, fixed, sizeof(fixed));
	text_add(t, m + at, len - 4);
	if (c->mic)
		client_pair(t, 6, (const unsigned char[4]){ 2 }, 4);
	if (c->binding)
		client_pair(t, 10, c->binding, 16);
	client_pair(t, 0, "", 0);
	text_add(t, (const unsigned char[4]){ 0 }, 4);
}

static inline void client_name(const struct ntlm_client *c, const char *name, struct text *t)
{
	if (c->flags & CLIENT_UNICODE)
		utf16_add(t, name);
	else
		text_puts(t, name);
}

/* ASCII names only: their capitals are plain. */
static inline void client_key(const struct ntlm_client *c, unsigned char key[16])
{
	struct text t = { 0 };
	unsigned char hash[16];

	utf16_add(&t, c->password);
	md4(t.at, t.len, hash);
	text_clear(&t);
	utf16_add(&t, c->user);
	for (size_t i = 0; i < t.len; i += 2)
		if (t.at[i] >= 'a' && t.at[i] <= 'z' && !t.at[i + 1])
			t.at[i] = (char)(t.at[i] - 32);
	utf16_add(&t, c->domain);
	hmac_md5(hash, t.at, t.len, key);
	text_free(&t);
}

static inline void client_prove(
	struct ntlm_client *c, const struct text *type2, struct text *response)
{
	unsigned char key[16], proof[16];
	struct text said = { 0 };

	if (c->v1) {
		text_add(response, (const unsigned char[24]){ 1, 2, 3 }, 24);
		return;
	}
	client_key(c, key);
	text_add(&said, type2->at + 24, 8);
	client_blob(c, type2, &said);
	hmac_md5(key, said.at, said.len, proof);
	text_add(response, proof, 16);
	text_add(response, said.at + 8, said.len - 8);
	hmac_md5(key, proof, 16, c->session);
	text_free(&said);
}

static inline void client_field(
	unsigned char head[88], size_t at, struct text *payload, const struct text *value)
{
	client_put(head + at, value->len, 2);
	client_put(head + at + 2, value->len, 2);
	client_put(head + at + 4, 88 + payload->len, 4);
	text_add(payload, value->at, value->len);
}

static inline void client_mic(const struct ntlm_client *c, const struct text *type1,
	const struct text *type2, struct text *out)
{
	struct text all = { 0 };
	unsigned char mic[16];

	text_add(&all, type1->at, type1->len);
	text_add(&all, type2->at, type2->len);
	text_add(&all, out->at, out->len);
	hmac_md5(c->session, all.at, all.len, mic);
	mic[3] ^= c->spoil_mic;
	memcpy(out->at + 72, mic, 16);
	text_free(&all);
}

static inline void client_type3(
	struct ntlm_client *c, const struct text *type1, const struct text *type2, struct text *out)
{
	unsigned char head[88] = "NTLMSSP", exported[16], sent[16];
	struct text payload = { 0 }, part[4] = { { 0 } };
	struct rc4 r;

	client_put(head + 8, 3, 4);
	client_put(head + 60, c->flags, 4);
	client_name(c, c->domain, &part[0]);
	client_name(c, c->user, &part[1]);
	client_prove(c, type2, &part[2]);
	if (c->flags & CLIENT_KEY_EXCHANGE) {
		memset(exported, 0x55, sizeof(exported));
		rc4_start(&r, c->session, 16);
		rc4_run(&r, exported, 16, sent);
		memcpy(c->session, exported, 16);
		text_add(&part[3], sent, 16);
	}
	client_field(head, 28, &payload, &part[0]);
	client_field(head, 36, &payload, &part[1]);
	client_field(head, 20, &payload, &part[2]);
	client_field(head, 52, &payload, &part[3]);
	text_add(out, head, sizeof(head));
	text_add(out, payload.at, payload.len);
	if (c->mic)
		client_mic(c, type1, type2, out);
	text_free(&payload);
	for (int i = 0; i < 4; i++)
		text_free(&part[i]);
}

/* MD5 of the gss_channel_bindings_struct for a certificate whose hash is 32 times this byte. */
static inline void client_binding(unsigned char byte, unsigned char out[16])
{
	unsigned char m[20 + 21 + 32] = { [16] = 21 + 32 };

	memcpy(m + 20, "tls-server-end-point:", 21);
	memset(m + 41, byte, 32);
	md5(m, sizeof(m), out);
}

#endif
