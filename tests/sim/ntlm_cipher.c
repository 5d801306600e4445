/*
 * The four old ciphers that NTLM is made of. MD4 (RFC 1320) and RC4 are written out here, as a
 * machine's OpenSSL need not offer them any more; MD5 and its HMAC come from OpenSSL. None of them
 * protects anything: they are here because the protocol says so.
 */
#include "sim/ntlm_parts.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

/* The round functions of RFC 1320: choice, majority, parity. */
static uint32_t md4_mix(int round, uint32_t x, uint32_t y, uint32_t z)
{
	switch (round) {
	case 0:
		return (x & y) | (~x & z);
	case 1:
		return (x & y) | (x & z) | (y & z);
	default:
		return x ^ y ^ z;
	}
}

static void md4_block(uint32_t s[4], const unsigned char *block)
{
	static const uint32_t constant[3] = { 0, 0x5a827999, 0x6ed9eba1 };
	static const unsigned char turn[3][4] = { { 3, 7, 11, 19 }, { 3, 5, 9, 13 },
		{ 3, 9, 11, 15 } };
	static const unsigned char order[3][16] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		{ 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 },
		{ 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 },
	};
	uint32_t v[4] = { s[0], s[1], s[2], s[3] };

	for (int step = 0; step < 48; step++) {
		int round = step / 16, bits = turn[round][step % 4];
		uint32_t sum = v[0] + md4_mix(round, v[1], v[2], v[3]) + constant[round] +
			ntlm_get32(block + 4 * order[round][step % 16]);

		v[0] = v[3];
		v[3] = v[2];
		v[2] = v[1];
		v[1] = sum << bits | sum >> (32 - bits);
	}
	for (int i = 0; i < 4; i++)
		s[i] += v[i];
}

void md4(const void *data, size_t len, unsigned char out[16])
{
	uint32_t s[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	const unsigned char *at = data;
	size_t left = len;
	unsigned char tail[128] = { 0 };

	for (; left >= 64; at += 64, left -= 64)
		md4_block(s, at);
	if (left)
		memcpy(tail, at, left);
	tail[left] = 0x80;

	size_t last = left < 56 ? 0 : 64; /* where the block with the length begins */
	uint64_t bits = (uint64_t)len * 8;

	ntlm_put(tail + last + 56, bits, 8);
	for (size_t i = 0; i <= last; i += 64)
		md4_block(s, tail + i);
	for (int i = 0; i < 4; i++)
		ntlm_put(out + 4 * i, s[i], 4);
}

static void rc4_swap(struct rc4 *r)
{
	unsigned char kept = r->box[r->i];

	r->box[r->i] = r->box[r->j];
	r->box[r->j] = kept;
}

void rc4_start(struct rc4 *r, const void *key, size_t len)
{
	const unsigned char *k = key;

	r->j = 0;
	for (int n = 0; n < 256; n++)
		r->box[n] = (unsigned char)n;
	for (int n = 0; n < 256; n++) {
		r->i = (unsigned char)n;
		r->j = (unsigned char)(r->j + r->box[n] + k[(size_t)n % len]);
		rc4_swap(r);
	}
	r->i = r->j = 0;
}

void rc4_run(struct rc4 *r, const void *in, size_t len, unsigned char *out)
{
	const unsigned char *from = in;

	for (size_t n = 0; n < len; n++) {
		r->i++;
		r->j = (unsigned char)(r->j + r->box[r->i]);
		rc4_swap(r);
		out[n] = from[n] ^ r->box[(unsigned char)(r->box[r->i] + r->box[r->j])];
	}
}

void md5(const void *data, size_t len, unsigned char out[16])
{
	if (!EVP_Digest(data, len, out, NULL, EVP_md5(), NULL))
		die("MD5 is not there");
}

void hmac_md5(const unsigned char key[16], const void *data, size_t len, unsigned char out[16])
{
	if (!HMAC(EVP_md5(), key, 16, data, len, out, NULL))
		die("HMAC-MD5 is not there");
}
