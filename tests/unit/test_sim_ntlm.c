/*
 * The simulator's NTLM: the vectors of [MS-NLMP] 4.2.4 and of RFC 1320 and 6229, whole handshakes
 * with every choice of a client, and messages that are cut or spoiled at every byte. SPNEGO, which
 * may wrap them, likewise.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include "sim/ntlm.h"
#include "sim/spnego.h"
#include "tests/unit/ntlm_unit.h"

static void unhex(const char *hex, struct text *out)
{
	unsigned byte;

	for (; *hex && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		text_add(out, (const unsigned char[]){ (unsigned char)byte }, 1);
}

static void assert_hex(const void *bytes, size_t len, const char *hex)
{
	struct text t = { 0 };

	unhex(hex, &t);
	assert_int_equal(t.len, len);
	assert_memory_equal(bytes, t.at, len);
	text_free(&t);
}

static void test_ciphers(void **state)
{
	static const struct {
		const char *said, *md4;
	} rows[] = {
		{ "", "31d6cfe0d16ae931b73c59d7e0c089c0" },
		{ "a", "bde52cb31de33e46245e05fbdbd6fb24" },
		{ "abc", "a448017aaf21d8525fc10ae87aa6729d" },
		{ "message digest", "d9130a8164549fe818874806e1c7014b" },
		{ "abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9" },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
			"043f8582f241db351ce627e153e7f0e4" },
		{ "1234567890123456789012345678901234567890123456789012345678901234567890"
		  "1234567890",
			"e33b4ddc9c38f2199c3e7b164fcc0536" },
	};
	static const unsigned char zeros[16];
	unsigned char out[16];
	struct rc4 r;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		md4(rows[i].said, strlen(rows[i].said), out);
		assert_hex(out, 16, rows[i].md4);
	}
	rc4_start(&r, "\1\2\3\4\5", 5);
	rc4_run(&r, zeros, 16, out);
	assert_hex(out, 16, "b2396305f03dc027ccc3524a0a1118a8");
}

/* [MS-NLMP] 4.2.4: message 3 as it is printed there, with the challenge of 4.2.1. */
static const char published[] =
	"4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000"
	"100010005c00000010001000d800000035828ae20501280a0000000f44006f006d00610069006e0055007300"
	"6500720043004f004d0050005500540045005200"
	"86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
	"68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
	"02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000"
	"c5dad2544fc9799094ce1ce90bc9d03e";

static const struct ntlm_target target = {
	.domain = "Domain",
	.computer = "Server",
	.dns_domain = "example.test",
	.dns_computer = "server.example.test",
	.challenge = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef },
	.now = 1795500000,
};

static struct ntlm *challenged(const struct ntlm_client *c, struct text *type1, struct text *type2)
{
	struct ntlm *n = ntlm_new();

	client_type1(c, type1);
	assert_true(ntlm_challenge(n, &target, type1->at, type1->len, type2));
	return n;
}

static void test_published(void **state)
{
	struct ntlm_client c = { .flags = CLIENT_USUAL };
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 }, plain = { 0 };
	struct ntlm *n = challenged(&c, &type1, &type2);
	struct ntlm_answer said;
	unsigned char sum[NTLM_SIGNATURE];

	(void)state;
	unhex(published, &type3);
	assert_true(ntlm_read(n, type3.at, type3.len, &said));
	assert_string_equal(said.user, "User");
	assert_string_equal(said.domain, "Domain");
	assert_true(said.v2 && !said.has_mic && !said.has_binding && !said.binding_zero);
	assert_false(ntlm_proves(n, "password"));
	assert_false(ntlm_proves(n, ""));
	assert_true(ntlm_proves(n, "Password"));
	assert_true(ntlm_intact(n));

	/* 4.2.4.4 signs "Plaintext" after having sealed its 18 bytes with the same stream: the
	 * checksum under the seal is what can be compared with ours. */
	struct rc4 stream;
	unsigned char key[16], own[26] = { 0 }, printed[8];
	struct text t = { 0 };

	utf16_add(&plain, "Plaintext");
	assert_true(ntlm_sign(n, false, plain.at, plain.len, sum));
	unhex("59f600973cc4960a25480a7c196e4c58", &t);
	memcpy(key, t.at, 16);
	text_clear(&t);
	unhex("7fb38ec5c55d4976", &t);
	memcpy(printed, t.at, 8);
	rc4_start(&stream, key, 16);
	rc4_run(&stream, own, 18, own);
	rc4_run(&stream, printed, 8, printed);
	rc4_start(&stream, key, 16);
	rc4_run(&stream, sum + 4, 8, sum + 4);
	assert_memory_equal(sum + 4, printed, 8);
	text_free(&t);
	text_free(&plain);
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	ntlm_free(n);
}

/* What message 2 says. */
static void test_challenge(void **state)
{
	static const struct {
		uint32_t asked, flags;
		const char *name;
	} rows[] = {
		{ CLIENT_USUAL, 0x60890205, "44006f006d00610069006e00" },
		/* what curl asks for */
		{ 0x00088206, 0x00898206, "446f6d61696e" },
		{ 0xe2088297, 0xe2898215, "44006f006d00610069006e00" },
	};
	static const char pairs[] = "02000c0044006f006d00610069006e00" /* Domain */
				    "01000c00530065007200760065007200" /* Server */
				    "040018006500780061006d0070006c0065002e007400650073007400"
				    "03002600730065007200760065007200"
				    "2e006500780061006d0070006c0065002e007400650073007400"
				    "050018006500780061006d0070006c0065002e007400650073007400"
				    "0700080000b02f0ad97bdd0100000000";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ntlm_client c = { .flags = rows[i].asked };
		struct text type1 = { 0 }, type2 = { 0 };
		struct ntlm *n = challenged(&c, &type1, &type2);
		const unsigned char *m = (const unsigned char *)type2.at;
		size_t name = strlen(rows[i].name) / 2, info = strlen(pairs) / 2;

		assert_int_equal(ntlm_kind(m, type2.len), 2);
		assert_int_equal(type2.len, 56 + name + info);
		assert_int_equal((uint32_t)m[20] | (uint32_t)m[21] << 8 | (uint32_t)m[22] << 16 |
				(uint32_t)m[23] << 24,
			rows[i].flags);
		assert_int_equal(m[12], name);
		assert_memory_equal(m + 24, target.challenge, 8);
		assert_int_equal(m[40], info);
		assert_int_equal(m[44], 56 + name);
		assert_hex(m + 56, name, rows[i].name);
		assert_hex(m + 56 + name, info, pairs);
		assert_int_equal(m[48], rows[i].asked & 0x2000000 ? 10 : 0);
		text_free(&type1);
		text_free(&type2);
		ntlm_free(n);
	}
}

enum { PROVED = 1, INTACT = 2, BOUND = 4, MIC = 8, BINDING = 16, ZERO = 32 };

static int outcome(struct ntlm *n, const struct text *type3, const char *password)
{
	unsigned char end_point[32];
	struct ntlm_answer said;
	int seen = 0;

	memset(end_point, 0x5a, sizeof(end_point));
	if (!ntlm_read(n, type3->at, type3->len, &said))
		return -1;
	seen |= said.has_mic ? MIC : 0;
	seen |= said.has_binding ? BINDING : 0;
	seen |= said.binding_zero ? ZERO : 0;
	seen |= ntlm_bound(n, end_point) ? BOUND : 0;
	if (ntlm_proves(n, password))
		seen |= PROVED | (ntlm_intact(n) ? INTACT : 0);
	return seen;
}

static void test_handshakes(void **state)
{
	unsigned char right[16], wrong[16], zero[16] = { 0 };
	const struct {
		struct ntlm_client client;
		int seen;
	} rows[] = {
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL) }, PROVED | INTACT },
		{ { CLIENT("anna", "EXAMPLE", "Geheim", CLIENT_USUAL) }, 0 },
		{ { CLIENT("anna@example.test", "", "geheim", CLIENT_USUAL) }, PROVED | INTACT },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_OEM | CLIENT_NTLM) },
			PROVED | INTACT },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_UNICODE), .mic = true },
			PROVED | INTACT | MIC },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .mic = true },
			PROVED | INTACT | MIC },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .mic = true,
			  .spoil_mic = true },
			PROVED | MIC },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .mic = true,
			  .binding = right },
			PROVED | INTACT | MIC | BINDING | BOUND },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .binding = wrong },
			PROVED | INTACT | BINDING },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .binding = zero },
			PROVED | INTACT | BINDING | ZERO },
		{ { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .v1 = true }, 0 },
		{ { CLIENT("", "EXAMPLE", "geheim", CLIENT_USUAL) }, 0 },
	};

	(void)state;
	client_binding(0x5a, right);
	client_binding(0x5b, wrong);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ntlm_client c = rows[i].client;
		struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 };
		struct ntlm *n = challenged(&c, &type1, &type2);
		int seen;

		client_type3(&c, &type1, &type2, &type3);
		seen = outcome(n, &type3, "geheim");
		if (seen != rows[i].seen)
			fail_msg("row %zu: %x, not %x", i, seen, rows[i].seen);
		text_free(&type1);
		text_free(&type2);
		text_free(&type3);
		ntlm_free(n);
	}
}

/* The binding of a certificate, against a hash worked out elsewhere: MD5 of the structure with
 * "tls-server-end-point:" and 32 bytes. */
static void test_binding(void **state)
{
	static const char certificate[] =
		"e3ca49271e5089cc48ce82109f1324f41dbeddc29a777410c738f7868c4ff405";
	struct text end_point = { 0 }, hash = { 0 }, type1 = { 0 }, type2 = { 0 }, type3 = { 0 };
	struct ntlm_client c = { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL) };
	struct ntlm *n = challenged(&c, &type1, &type2);
	struct ntlm_answer said;

	(void)state;
	unhex(certificate, &end_point);
	unhex("6ea19df066da4622051f9c4f92c6df74", &hash);
	c.binding = (const unsigned char *)hash.at;
	client_type3(&c, &type1, &type2, &type3);
	assert_true(ntlm_read(n, type3.at, type3.len, &said));
	assert_true(ntlm_bound(n, (const unsigned char *)end_point.at));
	end_point.at[31] ^= 1;
	assert_false(ntlm_bound(n, (const unsigned char *)end_point.at));
	text_free(&end_point);
	text_free(&hash);
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	ntlm_free(n);
}

/* A user's name goes into the key in Windows' capitals. */
static void test_capitals(void **state)
{
	static const struct {
		const char *user, *upper;
	} rows[] = {
		{ "jürgen.groß", "JÜRGEN.GROß" },
		{ "ÿvonne-łódź", "ŸVONNE-ŁÓDŹ" },
		{ "őķĸŋżș", "ŐĶĸŊŻȘ" },
		{ "άέλληνας", "ΆΈΛΛΗΝΑς" },
		{ "иванёґӑ", "ИВАНЁҐӐ" },
		{ "nguyễn.ơ", "NGUYỄN.Ơ" },
		{ "a÷b×c", "A÷B×C" },
		{ "😀x", "😀X" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* Sent small, hashed in capitals: the client hashes what it is given. */
		struct ntlm_client c = { CLIENT(rows[i].upper, "D", "p", CLIENT_USUAL) };
		struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 }, name = { 0 };
		struct ntlm *n = challenged(&c, &type1, &type2);
		struct ntlm_answer said;
		size_t at;

		client_type3(&c, &type1, &type2, &type3);
		utf16_add(&name, rows[i].user);
		at = (unsigned char)type3.at[40];
		assert_int_equal((unsigned char)type3.at[36], name.len);
		memcpy(type3.at + at, name.at, name.len);
		assert_true(ntlm_read(n, type3.at, type3.len, &said));
		assert_string_equal(said.user, rows[i].user);
		if (!ntlm_proves(n, "p"))
			fail_msg("%s", rows[i].user);
		text_free(&type1);
		text_free(&type2);
		text_free(&type3);
		text_free(&name);
		ntlm_free(n);
	}
}

/* Read from memory of exactly its size, so that a byte too far is seen. */
static int hostile(struct ntlm *n, const char *bytes, size_t len)
{
	char *exact = malloc(len ? len : 1);
	struct text m = { exact, len, len };
	int seen;

	assert_non_null(exact);
	if (len)
		memcpy(exact, bytes, len);
	seen = outcome(n, &m, "geheim");
	free(exact);
	return seen;
}

static void test_cut(void **state)
{
	unsigned char right[16];
	struct ntlm_client c = { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .mic = true,
		.binding = right };
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 }, none = { 0 };
	struct ntlm *n = challenged(&c, &type1, &type2);

	(void)state;
	client_binding(0x5a, right);
	client_type3(&c, &type1, &type2, &type3);
	for (size_t len = 0; len < type3.len; len++)
		assert_int_equal(hostile(n, type3.at, len), -1);
	assert_int_equal(hostile(n, type3.at, type3.len), PROVED | INTACT | BOUND | MIC | BINDING);
	for (size_t len = 0; len < 16; len++)
		assert_false(ntlm_challenge(n, &target, type1.at, len, &none));
	assert_int_equal(none.len, 0);
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	ntlm_free(n);
}

/* Every byte changed to some telling values: nothing reads outside, and no change of the response
 * or of anything under the MIC is let through. */
static void test_spoilt(void **state)
{
	static const unsigned char values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct ntlm_client c = { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL), .mic = true };
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 };
	struct ntlm *n = challenged(&c, &type1, &type2);

	(void)state;
	client_type3(&c, &type1, &type2, &type3);
	for (size_t i = 0; i < type3.len; i++)
		for (size_t v = 0; v < COUNT(values); v++) {
			char kept = type3.at[i];

			type3.at[i] = (char)values[v];
			if (type3.at[i] != kept) {
				int seen = hostile(n, type3.at, type3.len);

				if (seen >= 0 && (seen & MIC) && (seen & INTACT))
					fail_msg("byte %zu as %x passes", i, values[v]);
			}
			type3.at[i] = kept;
		}
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	ntlm_free(n);
}

/* Messages no client writes. */
static void test_odd(void **state)
{
	struct ntlm_client c = { CLIENT("anna", "EXAMPLE", "geheim", CLIENT_USUAL) };
	struct text type1 = { 0 }, type2 = { 0 }, type3 = { 0 }, none = { 0 };
	struct ntlm *n = ntlm_new();
	struct ntlm_answer said;

	(void)state;
	client_type1(&c, &type1);
	unhex(published, &type3);
	assert_false(ntlm_read(n, type3.at, type3.len, &said)); /* without a challenge */
	assert_false(ntlm_proves(n, "geheim"));
	assert_false(ntlm_challenge(n, &target, type3.at, type3.len, &none));
	assert_true(ntlm_challenge(n, &target, type1.at, type1.len, &type2));
	assert_false(ntlm_read(n, type1.at, type1.len, &said));
	assert_int_equal(ntlm_kind("NTLMSSP\0\4\0\0\0", 12), 0);
	assert_int_equal(ntlm_kind("NTLMSSP\0\3\0\0\0", 12), 3);
	assert_int_equal(ntlm_kind("NTLMSSP\0\3\0\0", 11), 0);

	/* a name longer than any account's, and one with a zero in it */
	char longer[300];

	memset(longer, 'x', sizeof(longer));
	longer[299] = 0;
	c.user = longer;
	text_clear(&type3);
	client_type3(&c, &type1, &type2, &type3);
	assert_false(ntlm_read(n, type3.at, type3.len, &said));
	c.user = "anna";
	text_clear(&type3);
	client_type3(&c, &type1, &type2, &type3);
	type3.at[(unsigned char)type3.at[40] + 2] = 0;
	assert_false(ntlm_read(n, type3.at, type3.len, &said));
	text_free(&type1);
	text_free(&type2);
	text_free(&type3);
	text_free(&none);
	ntlm_free(n);
}

/* SPNEGO. */

#define NTLM_OID "060a2b06010401823702020a"
#define KRB5_OID "06092a864886f712010202"

static void test_spnego_read(void **state)
{
	static const struct {
		const char *hex;
		bool good, initial, offered, preferred;
		const char *token, *mic;
	} rows[] = {
		/* NegTokenInit: NTLM alone with a token */
		{ "601c06062b0601050502a0123010a00e300c" NTLM_OID, true, true, true, true, NULL,
			NULL },
		{ "602206062b0601050502a0183016a00e300c" NTLM_OID "a2040402abcd", true, true, true,
			true, "abcd", NULL },
		/* Kerberos first, then NTLM */
		{ "602d06062b0601050502a0233021a0193017" KRB5_OID NTLM_OID "a2040402abcd", true,
			true, true, false, "abcd", NULL },
		{ "602106062b0601050502a0173015a00d300b" KRB5_OID "a2040402abcd", true, true, false,
			false, "abcd", NULL },
		/* NegTokenResp: a token; a token and a signature */
		{ "a1083006a2040402abcd", true, false, false, false, "abcd", NULL },
		{ "a1133011a0030a0101a2040402abcda3040402ef01", true, false, false, false, "abcd",
			"ef01" },
		{ "a18181307fa27d047b" /* a long length, cut short */, false, false, false, false,
			NULL, NULL },
		{ "a1023000", true, false, false, false, NULL, NULL },
		{ "a1803000", false, false, false, false, NULL, NULL },
		{ "a183000002"
		  "3000",
			false, false, false, false, NULL, NULL },
		{ "a102300000", false, false, false, false, NULL, NULL },
		{ "a1083006a2040302abcd", false, false, false, false, NULL, NULL },
		{ "601c06062b0601050503a0123010a00e300c" NTLM_OID, false, true, false, false, NULL,
			NULL },
		{ "600b06092a864886f712010202", false, true, false, false, NULL, NULL },
		{ "", false, true, false, false, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text m = { 0 };
		struct spnego s;

		text_add(&m, "", 0);
		unhex(rows[i].hex, &m);
		if (spnego_read(m.at, m.len, &s) != rows[i].good)
			fail_msg("row %zu", i);
		if (rows[i].good) {
			assert_int_equal(s.initial, rows[i].initial);
			assert_int_equal(s.offered, rows[i].offered);
			assert_int_equal(s.preferred, rows[i].preferred);
			assert_int_equal(s.token.at != NULL, rows[i].token != NULL);
			assert_int_equal(s.mic.at != NULL, rows[i].mic != NULL);
			if (rows[i].token)
				assert_hex(s.token.at, s.token.len, rows[i].token);
			if (rows[i].mic)
				assert_hex(s.mic.at, s.mic.len, rows[i].mic);
		}
		text_free(&m);
	}
}

static void test_spnego_write(void **state)
{
	struct spnego_part none = { 0 }, token = { 0 };
	unsigned char bytes[300] = { 0 };
	struct text t = { 0 };
	struct spnego s;

	(void)state;
	spnego_write(&t, SPNEGO_REQUEST_MIC, true, none, none);
	assert_hex(t.at, t.len, "a1153013a0030a0103a10c" NTLM_OID);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		text_clear(&t);
		token = (struct spnego_part){ bytes, len };
		spnego_write(&t, SPNEGO_INCOMPLETE, true, token, none);
		assert_true(spnego_read(t.at, t.len, &s));
		assert_int_equal(s.token.len, len);
		for (size_t cut = 0; cut < t.len; cut++)
			assert_false(spnego_read(t.at, cut, &s));
	}
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ciphers),
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_binding),
		cmocka_unit_test(test_capitals),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_spnego_read),
		cmocka_unit_test(test_spnego_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
