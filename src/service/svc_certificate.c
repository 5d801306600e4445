/* Service: certificates of applications: having one made, showing its public part.
 *
 * The public part is no secret and stands in the row; nothing rests on what is read of it here, it
 * is only shown.
 */
#include "svc_certificate.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"

enum { PEM_MAX = 64 * 1024 };

/* --- making one --- */

/* Why none can be made; NULL: one can. */
static const char *unfit(const struct connection *c)
{
	if (strcmp(c->signin, "app") != 0)
		return "Only an application that signs in by itself is proved by a certificate. "
		       "Choose that in the settings of the connection.";
	if (c->stage != CONN_DRAFT && c->stage != CONN_LIVE)
		return "This connection is not the one in use.";
	return NULL;
}

static int make_rows(struct svc *s, int64_t connection, int64_t *job, struct err *e)
{
	struct job j = { .account = s->who.account,
		.kind = CERTIFICATE_KIND,
		.state = JOB_QUEUED,
		.params = arena_printf(s->a, "connection=%" PRId64, connection),
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };
	struct connection c;
	int rc = store_connection_get(s->db, s->a, s->who.account, connection, &c, e);
	int64_t open = rc < 0 ? -1 : store_job_open(s->db, j.account, CERTIFICATE_KIND, e);
	const char *why = rc > 0 ? unfit(&c) : NULL;

	if (open < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING, "There is no such connection.", "no connection %" PRId64,
			connection);
	if (why)
		return ERR(e, ERR_CONFLICT, why, "connection %" PRId64 " takes no certificate",
			connection);
	if (open > 0)
		return ERR(e, ERR_CONFLICT, "A certificate is being made already.",
			"a certificate is being made");
	if (store_job_add(s->db, &j, job, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CONNECTION_ENTERED, c.mailbox, "a certificate is to be made", e);
}

int svc_certificate_make(struct svc *s, int64_t connection, int64_t *job, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0 ||
		svc_audit_commit(s, make_rows(s, connection, job, e), AUDIT_CONNECTION_ENTERED, e) <
			0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}

int svc_certificate_params(struct arena *a, const char *params, int64_t *connection)
{
	const char *id = url_get(a, params, "connection");

	return id ? str_int(id, 1, INT64_MAX, connection) : -1;
}

/* --- its name --- */

static uint32_t left(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* One block of 64 bytes (RFC 3174). */
static void sha1_block(uint32_t h[5], const unsigned char *p)
{
	static const uint32_t keys[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	uint32_t w[80], v[5], f;

	for (int i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (int i = 16; i < 80; i++)
		w[i] = left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(v, h, sizeof(v));
	for (int i = 0; i < 80; i++) {
		f = i < 20	 ? (v[1] & v[2]) | (~v[1] & v[3])
			: i < 40 ? v[1] ^ v[2] ^ v[3]
			: i < 60 ? (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])
				 : v[1] ^ v[2] ^ v[3];
		f += left(v[0], 5) + v[4] + keys[i / 20] + w[i];
		memmove(v + 1, v, 4 * sizeof(*v));
		v[2] = left(v[2], 30);
		v[0] = f;
	}
	for (int i = 0; i < 5; i++)
		h[i] += v[i];
}

/* Microsoft lists certificates by it; it protects nothing, and libsodium has none. p holds n bytes
 * and room for 72 more. */
static void sha1(unsigned char *p, size_t n, unsigned char out[20])
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	size_t whole = (n + 8) / 64 * 64 + 64;

	memset(p + n, 0, whole - n);
	p[n] = 0x80;
	for (int i = 0; i < 8; i++)
		p[whole - 1 - (size_t)i] = (unsigned char)((uint64_t)n * 8 >> (8 * i));
	for (size_t at = 0; at < whole; at += 64)
		sha1_block(h, p + at);
	for (int i = 0; i < 20; i++)
		out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void thumbprint(struct arena *a, const char *pem, char out[CERTIFICATE_THUMBPRINT + 1])
{
	static const char begins[] = "-----BEGIN CERTIFICATE-----";
	const char *at = strstr(pem, begins), *end = at ? strstr(at, "-----END") : NULL;
	unsigned char *der, digest[CERTIFICATE_THUMBPRINT / 2];
	size_t n;

	*out = '\0';
	if (!end || end - at > PEM_MAX)
		return;
	at += strlen(begins);
	der = arena_alloc(a, (size_t)(end - at) + 128);
	if (sodium_base642bin(der, (size_t)(end - at), at, (size_t)(end - at), " \r\n", &n, NULL,
		    sodium_base64_VARIANT_ORIGINAL) != 0)
		return;
	sha1(der, n, digest);
	str_hex(out, digest, sizeof(digest));
	for (char *c = out; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

/* --- reading --- */

int svc_certificate_find(
	struct svc *s, int64_t connection, struct svc_certificate *out, struct err *e)
{
	static const char *const slots[] = { PURPOSE_NEXT, PURPOSE_CURRENT };
	int rc;

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		const struct credential like = {
			.account = s->who.account, .connection = connection, .purpose = slots[i]
		};

		rc = store_credential_find(s->db, s->a, &like, &out->cr, e);
		if (rc < 0)
			return -1;
		if (rc == 0 || str_empty(out->cr.certificate))
			continue;
		out->waiting = i == 0;
		thumbprint(s->a, out->cr.certificate, out->thumbprint);
		return 1;
	}
	return 0;
}
