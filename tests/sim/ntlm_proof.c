/*
 * What message 3 proves: the password, by NTLMv2's response; that nobody changed a message on its
 * way, by the MIC; that the client saw our certificate, by the channel binding. And the session's
 * signature, which SPNEGO asks for.
 */
#include "sim/ntlm_parts.h"

#include <stdio.h>
#include <string.h>

/* NTOWFv2: the key the response was made with, if this is the password. */
static bool response_key(const struct ntlm *n, const char *password, unsigned char key[16])
{
	struct text wide = { 0 };
	unsigned char hash[16];
	bool good = utf16_add(&wide, password);

	if (good) {
		md4(wide.at, wide.len, hash);
		hmac_md5(hash, n->name16.at, n->name16.len, key);
	}
	text_free(&wide);
	return good;
}

bool ntlm_proves(struct ntlm *n, const char *password)
{
	unsigned char key[16], proof[16];
	struct text said = { 0 };

	if (!n->v2 || !response_key(n, password, key))
		return false;
	text_add(&said, n->challenge, sizeof(n->challenge));
	text_add(&said, n->nt.at + V2_BLOB, n->nt.len - V2_BLOB);
	hmac_md5(key, said.at, said.len, proof);
	text_free(&said);
	if (memcmp(proof, n->nt.at, sizeof(proof)) != 0)
		return false;

	hmac_md5(key, proof, sizeof(proof), n->session);
	if ((n->flags & FLAG_KEY_EXCHANGE) && n->key.len == sizeof(n->session)) {
		struct rc4 r;

		rc4_start(&r, n->session, sizeof(n->session));
		rc4_run(&r, n->key.at, n->key.len, n->session);
	}
	return true;
}

bool ntlm_intact(const struct ntlm *n)
{
	struct text all = { 0 };
	unsigned char mic[16];

	if (!n->has_mic)
		return true;
	for (int i = 0; i < 3; i++)
		text_add(&all, n->type[i].at, n->type[i].len);

	size_t third = all.len - n->type[2].len;

	memset(all.at + third + TYPE3_MIC, 0, sizeof(mic));
	hmac_md5(n->session, all.at, all.len, mic);
	text_free(&all);
	return memcmp(mic, n->type[2].at + TYPE3_MIC, sizeof(mic)) == 0;
}

bool ntlm_bound(const struct ntlm *n, const unsigned char end_point[32])
{
	/* gss_channel_bindings_struct: two empty addresses, then the application's data. */
	static const char prefix[] = "tls-server-end-point:";
	enum { PREFIX = sizeof(prefix) - 1, DATA = PREFIX + 32 };
	unsigned char bindings[20 + DATA] = { 0 }, hash[16];

	ntlm_put(bindings + 16, DATA, 4);
	memcpy(bindings + 20, prefix, PREFIX);
	memcpy(bindings + 20 + PREFIX, end_point, 32);
	md5(bindings, sizeof(bindings), hash);
	return n->has_binding && memcmp(hash, n->binding, sizeof(hash)) == 0;
}

/* A direction's key from the session's: MD5 of it and a sentence, the closing 0 included. */
static void session_key(const struct ntlm *n, bool by_server, bool seal, unsigned char out[16])
{
	char said[128];
	size_t weak = n->flags & FLAG_128 ? 16 : n->flags & FLAG_56 ? 7 : 5;
	size_t len = seal ? weak : 16;

	memcpy(said, n->session, len);
	int more = snprintf(said + len, sizeof(said) - len,
		"session key to %s %s key magic constant",
		by_server ? "server-to-client" : "client-to-server", seal ? "sealing" : "signing");

	md5(said, len + (size_t)more + 1, out);
}

bool ntlm_sign(const struct ntlm *n, bool by_server, const void *message, size_t len,
	unsigned char out[NTLM_SIGNATURE])
{
	unsigned char key[16], sum[16];
	struct text said = { 0 };

	if (!(n->flags & FLAG_EXTENDED))
		return false;
	text_add(&said, (const unsigned char[4]){ 0 }, 4); /* the sequence number */
	text_add(&said, message, len);
	session_key(n, by_server, false, key);
	hmac_md5(key, said.at, said.len, sum);
	text_free(&said);
	memset(out, 0, NTLM_SIGNATURE);
	out[0] = 1;
	if (n->flags & FLAG_KEY_EXCHANGE) {
		struct rc4 r;

		session_key(n, by_server, true, key);
		rc4_start(&r, key, sizeof(key));
		rc4_run(&r, sum, 8, sum);
	}
	memcpy(out + 4, sum, 8);
	return true;
}
