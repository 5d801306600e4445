/*
 * SPNEGO in DER, both ways. Reading follows the tags and lengths it needs and passes over the rest;
 * a length that does not fit its surroundings, an indefinite one or one of more than two bytes
 * makes the whole message broken. Nothing is copied.
 */
#include "sim/spnego.h"

#include <string.h>

enum {
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_ENUM = 0x0a,
	TAG_SEQUENCE = 0x30,
	TAG_APPLICATION = 0x60,
	TAG_CONTEXT = 0xa0 /* + n */
};

static const unsigned char oid_spnego[] = { 0x2b, 6, 1, 5, 5, 2 };
static const unsigned char oid_ntlm[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };

/* Take the next element off `in`. */
static bool next(struct spnego_part *in, unsigned *tag, struct spnego_part *value)
{
	size_t head = 2, len;

	if (in->len < 2)
		return false;
	len = in->at[1];
	if (len >= 0x80) {
		size_t bytes = len - 0x80;

		if (bytes < 1 || bytes > 2 || in->len < head + bytes)
			return false;
		len = 0;
		for (size_t i = 0; i < bytes; i++)
			len = len << 8 | in->at[head + i];
		head += bytes;
	}
	if (len > in->len - head)
		return false;
	*tag = in->at[0];
	*value = (struct spnego_part){ in->at + head, len };
	in->at += head + len;
	in->len -= head + len;
	return true;
}

/* The value of the one element in `in`, which must have this tag. */
static bool only(struct spnego_part in, unsigned tag, struct spnego_part *value)
{
	unsigned found;

	return next(&in, &found, value) && found == tag && in.len == 0;
}

static bool is_oid(struct spnego_part v, const unsigned char *oid, size_t len)
{
	return v.len == len && memcmp(v.at, oid, len) == 0;
}

static bool read_mechs(struct spnego_part in, struct spnego *out)
{
	struct spnego_part list, oid;
	unsigned tag;

	out->mechs = in;
	if (!only(in, TAG_SEQUENCE, &list))
		return false;
	for (bool first = true; list.len; first = false) {
		if (!next(&list, &tag, &oid) || tag != TAG_OID)
			return false;
		if (is_oid(oid, oid_ntlm, sizeof(oid_ntlm))) {
			out->offered = true;
			out->preferred |= first;
		}
	}
	return true;
}

/* Both messages are a sequence of [0] to [3], of which [2] and [3] mean the same in both. */
static bool read_fields(struct spnego_part in, struct spnego *out)
{
	struct spnego_part fields, v;
	unsigned tag;
	bool good = only(in, TAG_SEQUENCE, &fields);

	while (good && fields.len) {
		good = next(&fields, &tag, &v);
		if (good && tag == TAG_CONTEXT + 0 && out->initial)
			good = read_mechs(v, out);
		else if (good && tag == TAG_CONTEXT + 2)
			good = only(v, TAG_OCTETS, &out->token);
		else if (good && tag == TAG_CONTEXT + 3)
			good = only(v, TAG_OCTETS, &out->mic);
	}
	return good;
}

bool spnego_read(const void *message, size_t len, struct spnego *out)
{
	struct spnego_part all = { message, len }, in, v;
	unsigned tag;

	*out = (struct spnego){ 0 };
	if (only(all, TAG_CONTEXT + 1, &in))
		return read_fields(in, out);
	out->initial = true;
	return only(all, TAG_APPLICATION, &in) && next(&in, &tag, &v) && tag == TAG_OID &&
		is_oid(v, oid_spnego, sizeof(oid_spnego)) && only(in, TAG_CONTEXT + 0, &v) &&
		read_fields(v, out);
}

static void element(struct text *t, unsigned tag, const void *value, size_t len)
{
	unsigned char head[4] = { (unsigned char)tag, (unsigned char)len };
	size_t n = 2;

	if (len >= 0x100) {
		head[1] = 0x82;
		head[2] = (unsigned char)(len >> 8);
		head[3] = (unsigned char)len;
		n = 4;
	} else if (len >= 0x80) {
		head[1] = 0x81;
		head[2] = (unsigned char)len;
		n = 3;
	}
	text_add(t, head, n);
	text_add(t, value, len);
}

/* Field [n], holding one element. */
static void add_field(struct text *t, unsigned n, unsigned tag, const void *value, size_t len)
{
	struct text inner = { 0 };

	element(&inner, tag, value, len);
	element(t, TAG_CONTEXT + n, inner.at, inner.len);
	text_free(&inner);
}

void spnego_write(struct text *t, enum spnego_state state, bool choose, struct spnego_part token,
	struct spnego_part mic)
{
	struct text fields = { 0 }, sequence = { 0 };
	unsigned char word = (unsigned char)state;

	add_field(&fields, 0, TAG_ENUM, &word, 1);
	if (choose)
		add_field(&fields, 1, TAG_OID, oid_ntlm, sizeof(oid_ntlm));
	if (token.at)
		add_field(&fields, 2, TAG_OCTETS, token.at, token.len);
	if (mic.at)
		add_field(&fields, 3, TAG_OCTETS, mic.at, mic.len);
	element(&sequence, TAG_SEQUENCE, fields.at, fields.len);
	element(t, TAG_CONTEXT + 1, sequence.at, sequence.len);
	text_free(&fields);
	text_free(&sequence);
}
