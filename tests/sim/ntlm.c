/*
 * NTLM over the three messages of [MS-NLMP]: reads message 1, writes message 2 and takes message 3
 * apart; ntlm_proof.c says what that is worth. Only NTLMv2 is ever proved. A message is hostile:
 * every field is looked up within its bounds, once, when it is read; later code works on what was
 * found then. The client's clock in its response is not judged, as a world's clock may be years
 * away from it.
 */
#include "sim/ntlm_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
	AV_END = 0,
	AV_COMPUTER = 1,
	AV_DOMAIN = 2,
	AV_DNS_COMPUTER = 3,
	AV_DNS_DOMAIN = 4,
	AV_DNS_TREE = 5,
	AV_FLAGS = 6,
	AV_TIME = 7,
	AV_BINDING = 10,
	AV_FLAGS_MIC = 2
};

static const unsigned char signature[8] = "NTLMSSP";

uint32_t ntlm_get16(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

uint32_t ntlm_get32(const unsigned char *p)
{
	return ntlm_get16(p) | ntlm_get16(p + 2) << 16;
}

void ntlm_put(unsigned char *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

int ntlm_kind(const void *message, size_t len)
{
	const unsigned char *m = message;

	if (len < 12 || memcmp(m, signature, sizeof(signature)) != 0)
		return 0;

	uint32_t kind = ntlm_get32(m + 8);

	return kind <= 3 ? (int)kind : 0;
}

struct ntlm *ntlm_new(void)
{
	return need(sizeof(struct ntlm));
}

void ntlm_free(struct ntlm *n)
{
	if (!n)
		return;
	for (int i = 0; i < 3; i++)
		text_free(&n->type[i]);
	text_free(&n->name16);
	free(n);
}

/* Message 2. */

static void pair(struct text *t, uint32_t id, const void *value, size_t len)
{
	unsigned char head[4];

	ntlm_put(head, id, 2);
	ntlm_put(head + 2, len, 2);
	text_add(t, head, sizeof(head));
	text_add(t, value, len);
}

static void name_pair(struct text *t, uint32_t id, const char *name)
{
	struct text wide = { 0 };

	if (name && *name && utf16_add(&wide, name) && wide.len < 1024)
		pair(t, id, wide.at, wide.len);
	text_free(&wide);
}

/* In the order Windows writes them. */
static void target_info(struct text *t, const struct ntlm_target *target)
{
	unsigned char time[8];

	name_pair(t, AV_DOMAIN, target->domain);
	name_pair(t, AV_COMPUTER, target->computer);
	name_pair(t, AV_DNS_DOMAIN, target->dns_domain);
	name_pair(t, AV_DNS_COMPUTER, target->dns_computer);
	name_pair(t, AV_DNS_TREE, target->dns_domain);
	ntlm_put(
		time, (uint64_t)(target->now + 11644473600) * 10000000, 8); /* since 1601, 100 ns */
	pair(t, AV_TIME, time, sizeof(time));
	pair(t, AV_END, "", 0);
}

static void put_field(unsigned char *head, size_t at, size_t len, size_t offset)
{
	ntlm_put(head + at, len, 2);
	ntlm_put(head + at + 2, len, 2);
	ntlm_put(head + at + 4, offset, 4);
}

bool ntlm_challenge(struct ntlm *n, const struct ntlm_target *t, const void *type1, size_t len,
	struct text *type2)
{
	static const unsigned char version[8] = { 10, 0, 0x63, 0x45, 0, 0, 0, 15 };
	unsigned char head[TYPE2_HEAD] = { 0 };
	struct text name = { 0 }, info = { 0 };

	if (ntlm_kind(type1, len) != 1 || len < TYPE1_MIN)
		return false;

	uint32_t asked = ntlm_get32((const unsigned char *)type1 + 12);
	uint32_t flags = (asked & (FLAG_ECHOED | FLAG_56)) | FLAG_NTLM | FLAG_REQUEST_TARGET |
		FLAG_TARGET_DOMAIN | FLAG_TARGET_INFO;

	if (asked & FLAG_UNICODE) {
		utf16_add(&name, t->domain);
	} else {
		flags |= FLAG_OEM;
		text_puts(&name, t->domain);
	}
	target_info(&info, t);
	memcpy(n->challenge, t->challenge, sizeof(n->challenge));
	memcpy(head, signature, sizeof(signature));
	ntlm_put(head + 8, 2, 4);
	put_field(head, 12, name.len, TYPE2_HEAD);
	ntlm_put(head + 20, flags, 4);
	memcpy(head + 24, n->challenge, 8);
	put_field(head, 40, info.len, TYPE2_HEAD + name.len);
	if (flags & FLAG_VERSION)
		memcpy(head + 48, version, sizeof(version));

	text_clear(&n->type[0]);
	text_add(&n->type[0], type1, len);
	text_clear(&n->type[1]);
	text_add(&n->type[1], head, sizeof(head));
	text_add(&n->type[1], name.at, name.len);
	text_add(&n->type[1], info.at, info.len);
	text_add(type2, n->type[1].at, n->type[1].len);
	text_free(&name);
	text_free(&info);
	return true;
}

/* Message 3. */

static bool field(const struct text *m, size_t at, struct view *out)
{
	const unsigned char *bytes = (const unsigned char *)m->at;
	size_t len = ntlm_get16(bytes + at), offset = ntlm_get32(bytes + at + 4);

	*out = (struct view){ 0 };
	if (!len)
		return true;
	if (offset > m->len || len > m->len - offset)
		return false;
	*out = (struct view){ bytes + offset, len };
	return true;
}

/*
 * RtlUpcaseUnicodeChar for the scripts names are written in: within first..last, every step-th
 * letter is small and lies `down` above its capital. Upper casing goes into the response key, so it
 * has to be the one of Windows: a letter for a letter, without looking at the language.
 */
static uint32_t upper(uint32_t c)
{
	static const struct {
		uint16_t first, last, step;
		int16_t down;
	} rows[] = {
		{ 'a', 'z', 1, 32 },
		{ 0xe0, 0xf6, 1, 32 },
		{ 0xf8, 0xfe, 1, 32 },
		{ 0xff, 0xff, 1, 0xff - 0x178 },
		{ 0x101, 0x12f, 2, 1 },
		{ 0x133, 0x137, 2, 1 },
		{ 0x13a, 0x148, 2, 1 },
		{ 0x14b, 0x177, 2, 1 },
		{ 0x17a, 0x17e, 2, 1 },
		{ 0x1a1, 0x1a5, 2, 1 },
		{ 0x1b0, 0x1b0, 1, 1 },
		{ 0x1ce, 0x1dc, 2, 1 },
		{ 0x201, 0x21f, 2, 1 },
		{ 0x3ac, 0x3ac, 1, 38 },
		{ 0x3ad, 0x3af, 1, 37 },
		{ 0x3b1, 0x3c1, 1, 32 },
		{ 0x3c3, 0x3cb, 1, 32 },
		{ 0x3cc, 0x3cc, 1, 64 },
		{ 0x3cd, 0x3ce, 1, 63 },
		{ 0x430, 0x44f, 1, 32 },
		{ 0x450, 0x45f, 1, 80 },
		{ 0x461, 0x481, 2, 1 },
		{ 0x48b, 0x4bf, 2, 1 },
		{ 0x4d1, 0x52f, 2, 1 },
		{ 0x561, 0x586, 1, 48 },
		{ 0x1e01, 0x1e95, 2, 1 },
		{ 0x1ea1, 0x1eff, 2, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (c >= rows[i].first && c <= rows[i].last &&
			(c - rows[i].first) % rows[i].step == 0)
			return (uint32_t)((int32_t)c - rows[i].down);
	return c;
}

/* A name field as UTF-16, whatever the client wrote it in. OEM text is taken byte for byte, as a
 * western server does with what lies outside ASCII. */
static bool wide_name(uint32_t flags, struct view v, struct text *wide)
{
	if (flags & FLAG_UNICODE) {
		text_add(wide, v.at, v.len);
		return v.len % 2 == 0;
	}
	for (size_t i = 0; i < v.len; i++)
		text_add(wide, (const unsigned char[]){ v.at[i], 0 }, 2);
	return true;
}

/* One of the names: into the answer, and into what the response key is made of. */
static bool take_name(struct ntlm *n, size_t at, bool raise, char out[256])
{
	struct view v;
	struct text wide = { 0 }, plain = { 0 };
	bool good = field(&n->type[2], at, &v) && wide_name(n->flags, v, &wide) &&
		utf16_read(wide.at, wide.len, &plain) && plain.len < 256 &&
		(!plain.len || !memchr(plain.at, 0, plain.len));

	out[0] = 0;
	if (good && plain.len)
		memcpy(out, plain.at, plain.len + 1);
	for (size_t i = 0; good && raise && i < wide.len; i += 2) {
		unsigned char *c = (unsigned char *)wide.at + i;

		ntlm_put(c, upper(ntlm_get16(c)), 2);
	}
	if (good)
		text_add(&n->name16, wide.at, wide.len);
	text_free(&wide);
	text_free(&plain);
	return good;
}

static bool take_pair(struct ntlm *n, uint32_t id, struct view v)
{
	if (id == AV_FLAGS) {
		n->has_mic = v.len >= 4 && (ntlm_get32(v.at) & AV_FLAGS_MIC);
		return v.len == 4;
	}
	if (id == AV_BINDING) {
		n->has_binding = v.len == sizeof(n->binding);
		if (n->has_binding)
			memcpy(n->binding, v.at, sizeof(n->binding));
		return n->has_binding;
	}
	return true;
}

/* The pairs a client sends back in its response; the end mark may be missing. */
static bool take_pairs(struct ntlm *n, struct view v)
{
	while (v.len >= 4) {
		uint32_t id = ntlm_get16(v.at);
		size_t len = ntlm_get16(v.at + 2);

		if (id == AV_END)
			return true;
		if (len > v.len - 4 || !take_pair(n, id, (struct view){ v.at + 4, len }))
			return false;
		v.at += 4 + len;
		v.len -= 4 + len;
	}
	return true;
}

static bool take_response(struct ntlm *n)
{
	n->v2 = n->nt.len > V1_RESPONSE && n->nt.len >= V2_PAIRS && n->nt.at[V2_BLOB] == 1 &&
		n->nt.at[V2_BLOB + 1] == 1;
	if (!n->v2)
		return true;
	return take_pairs(n, (struct view){ n->nt.at + V2_PAIRS, n->nt.len - V2_PAIRS }) &&
		(!n->has_mic || n->type[2].len >= TYPE3_MIC_END);
}

bool ntlm_read(struct ntlm *n, const void *type3, size_t len, struct ntlm_answer *out)
{
	*out = (struct ntlm_answer){ 0 };
	if (!n->type[1].len || ntlm_kind(type3, len) != 3 || len < TYPE3_MIN)
		return false;

	struct text *m = &n->type[2];

	text_clear(m);
	text_add(m, type3, len);
	text_clear(&n->name16);
	n->has_mic = n->has_binding = n->v2 = false;
	n->flags = ntlm_get32((const unsigned char *)m->at + TYPE3_FLAGS);
	if (!field(m, TYPE3_NT, &n->nt) || !field(m, TYPE3_KEY, &n->key) || !take_response(n) ||
		!take_name(n, TYPE3_USER, true, out->user) ||
		!take_name(n, TYPE3_DOMAIN, false, out->domain)) {
		n->v2 = false;
		return false;
	}
	if (!out->user[0])
		n->v2 = false;
	out->v2 = n->v2;
	out->has_mic = n->has_mic;
	out->has_binding = n->has_binding;
	out->binding_zero =
		n->has_binding && memcmp(n->binding, (const unsigned char[16]){ 0 }, 16) == 0;
	return true;
}
