/* Binding: NTLM with channel binding, by GSSAPI's NTLM mechanism.
 *
 * Rules: the mechanism never sees the password, only its NT hash, which is all that NTLM needs: the
 * mechanism would leave copies of both behind, and lose memory with each password. It keeps the
 * hash until binding_free, and overwrites it then. No variable of the environment and no file has a
 * say in who signs in. A text of the mechanism is never shown: only its numbers are.
 */
#include "binding.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "platform/str.h"

#define PREFIX "tls-server-end-point:"

enum {
	NAME_MAX_COST = 480,   /* the mechanism folds names in a fixed buffer of 512 */
	TOKEN_MAX = 16 * 1024, /* of a server's challenge, in base64 */
	HOST_MAX = 255,
	NT_HASH = 16
};

struct binding {
	gss_name_t target;
	gss_cred_id_t cred;
	gss_ctx_id_t ctx;
};

/* NTLMSSP, 1.3.6.1.4.1.311.2.2.10. The struct's members are not const; nobody writes to them. */
static char oid_bytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
static const gss_OID_desc ntlm = { sizeof(oid_bytes) - 1, oid_bytes };

static gss_OID ntlm_oid(void)
{
	return (gss_OID)(uintptr_t)&ntlm;
}

int binding_available(void)
{
	gss_OID_set mechs = GSS_C_NO_OID_SET;
	OM_uint32 minor;
	int present = 0;

	if (GSS_ERROR(gss_indicate_mechs(&minor, &mechs)))
		return 0;
	if (GSS_ERROR(gss_test_oid_set_member(&minor, ntlm_oid(), mechs, &present)))
		present = 0;
	gss_release_oid_set(&minor, &mechs);
	return present;
}

/* --- names --- */

/* "user@domain" is a name of its own, whatever the domain is called: with its @ escaped it stays
 * whole, and the directory finds it. Else it would be taken apart into a domain that need not
 * exist. */
static int write_name(const char *login, struct buf *out)
{
	size_t cost = 0;

	/* Upper case may take three times the bytes, outside ASCII only. */
	for (const char *p = login; *p; p++)
		cost += (unsigned char)*p < 0x80 ? 1 : 3;
	if (cost == 0 || cost > NAME_MAX_COST)
		return -1;
	for (const char *p = login; *p; p++) {
		if (*p == '@' && !strchr(login, '\\'))
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	return buf_ok(out) ? 0 : -1;
}

/* GSSAPI's buffers are not const; an input is never written to. */
static gss_name_t import(const char *text, size_t n, gss_OID type)
{
	gss_buffer_desc b = { n, (void *)(uintptr_t)text };
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 minor;

	return GSS_ERROR(gss_import_name(&minor, &b, type, &name)) ? GSS_C_NO_NAME : name;
}

static gss_name_t login_name(const char *login)
{
	gss_name_t name = GSS_C_NO_NAME;
	struct buf text;

	buf_init(&text, (size_t)NAME_MAX_COST * 2);
	if (write_name(login, &text) == 0)
		name = import(text.p, text.len, GSS_C_NT_USER_NAME);
	buf_done(&text);
	return name;
}

/* --- a conversation --- */

/* Code point of the UTF-8 character at *p, which is valid; *p moves on. */
static uint32_t next_point(const unsigned char **p)
{
	uint32_t c = *(*p)++;
	int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	c &= more ? 0x3fU >> more : 0x7fU;
	while (more-- > 0)
		c = c << 6 | (*(*p)++ & 0x3fU);
	return c;
}

static void add_unit(struct buf *out, uint32_t unit)
{
	unsigned char two[2] = { (unsigned char)unit, (unsigned char)(unit >> 8) };

	buf_add(out, two, sizeof(two));
}

/* UTF-16, little end first. */
static void add_wide(struct buf *out, const struct secret *s)
{
	const unsigned char *p = secret_bytes(s), *end = p + secret_len(s);
	uint32_t c;

	while (p < end) {
		c = next_point(&p);
		if (c < 0x10000) {
			add_unit(out, c);
			continue;
		}
		add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
		add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

/* MD4 is in a provider that is loaded for this one digest, in a context of its own: nobody else
 * shall find it. */
static int md4(const struct buf *b, unsigned char hash[NT_HASH])
{
	OSSL_LIB_CTX *own = OSSL_LIB_CTX_new();
	OSSL_PROVIDER *legacy = own ? OSSL_PROVIDER_load(own, "legacy") : NULL;
	EVP_MD *md = legacy ? EVP_MD_fetch(own, "MD4", NULL) : NULL;
	unsigned len = 0;
	int ok = md && EVP_Digest(b->p, b->len, hash, &len, md, NULL) == 1 && len == NT_HASH;

	EVP_MD_free(md);
	if (legacy)
		OSSL_PROVIDER_unload(legacy);
	OSSL_LIB_CTX_free(own);
	ERR_clear_error();
	return ok ? 0 : -1;
}

/* In hexadecimal, upper case: so the mechanism reads it. */
static int nt_hash(const struct secret *password, char hex[2 * NT_HASH + 1])
{
	unsigned char hash[NT_HASH];
	struct buf wide;
	int rc;

	buf_init(&wide, secret_len(password) * 2);
	add_wide(&wide, password);
	rc = buf_ok(&wide) ? md4(&wide, hash) : -1;
	for (size_t i = 0; rc == 0 && i < NT_HASH; i++) {
		hex[2 * i] = "0123456789ABCDEF"[hash[i] >> 4];
		hex[2 * i + 1] = "0123456789ABCDEF"[hash[i] & 15];
	}
	hex[rc == 0 ? 2 * NT_HASH : 0] = '\0';
	explicit_bzero(hash, sizeof(hash));
	buf_wipe(&wide);
	return rc;
}

/* The credential is good for any number of conversations. */
static int acquire(
	struct binding *b, const char *login, const struct secret *password, struct err *e)
{
	char hex[2 * NT_HASH + 1];
	gss_key_value_element_desc hash = { "ntlmssp_nthash", hex };
	gss_key_value_set_desc store = { 1, &hash };
	gss_OID_set_desc mechs = { 1, ntlm_oid() };
	gss_name_t name = login_name(login);
	OM_uint32 major = GSS_S_FAILURE, minor;

	if (!name)
		return ERR(e, ERR_INPUT, "The login name cannot be used for NTLM.",
			"binding: login name refused");
	if (nt_hash(password, hex) == 0)
		major = gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &mechs,
			GSS_C_INITIATE, &store, &b->cred, NULL, NULL);
	explicit_bzero(hex, sizeof(hex));
	gss_release_name(&minor, &name);
	if (GSS_ERROR(major))
		return ERR(e, ERR_SETUP,
			"This kind of sign-in by NTLM does not work on this machine. Ops can check "
			"the packages gss-ntlmssp and libssl3.",
			"binding: no MD4, or no credential: GSSAPI %x", (unsigned)major);
	return 0;
}

/* The service that is meant: "HTTP/HOST", as a browser would say it. */
static gss_name_t target_name(const char *host)
{
	gss_name_t name = GSS_C_NO_NAME;
	struct buf text;

	buf_init(&text, HOST_MAX + sizeof("HTTP@"));
	if (buf_printf(&text, "HTTP@%s", host) == 0)
		name = import(text.p, text.len, GSS_C_NT_HOSTBASED_SERVICE);
	buf_done(&text);
	return name;
}

struct binding *binding_new(
	const char *host, const char *login, const struct secret *password, struct err *e)
{
	struct binding *b;

	if (!binding_available()) {
		ERR(e, ERR_SETUP,
			"NTLM with channel binding, or with a password of other than English "
			"letters, needs the package gss-ntlmssp on this machine. Ops can install "
			"it.",
			"binding: GSSAPI has no NTLM mechanism");
		return NULL;
	}
	if (!password || secret_len(password) == 0 ||
		!str_utf8((const char *)secret_bytes(password), secret_len(password))) {
		ERR(e, ERR_INPUT, "The password is missing or cannot be used.",
			"binding: password empty, or no UTF-8");
		return NULL;
	}
	b = calloc(1, sizeof(*b));
	if (!b)
		die("out of memory");
	b->target = target_name(host);
	if (b->target && acquire(b, login, password, e) == 0)
		return b;
	if (!b->target)
		ERR(e, ERR_INPUT, "The server's name cannot be used for NTLM.",
			"binding: no target name");
	binding_free(b);
	return NULL;
}

/* The conversation ends, the credential stays. */
static void forget(struct binding *b)
{
	OM_uint32 minor;

	if (b->ctx)
		gss_delete_sec_context(&minor, &b->ctx, GSS_C_NO_BUFFER);
	b->ctx = GSS_C_NO_CONTEXT;
}

void binding_free(struct binding *b)
{
	OM_uint32 minor;

	if (!b)
		return;
	forget(b);
	if (b->cred)
		gss_release_cred(&minor, &b->cred);
	if (b->target)
		gss_release_name(&minor, &b->target);
	free(b);
}

static void add_base64(struct buf *out, const void *p, size_t n)
{
	size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
	char *text = malloc(size);

	if (!text)
		die("out of memory");
	sodium_bin2base64(text, size, p, n, sodium_base64_VARIANT_ORIGINAL);
	buf_puts(out, text);
	explicit_bzero(text, size);
	free(text);
}

/* One turn: the server's token in (or none), ours out. */
static int turn(struct binding *b, gss_buffer_t in, gss_channel_bindings_t channel, struct buf *out,
	struct err *e)
{
	gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor, ignored;
	int ok;

	major = gss_init_sec_context(&minor, b->cred, &b->ctx, b->target, ntlm_oid(), 0,
		GSS_C_INDEFINITE, channel, in, NULL, &token, NULL, NULL);
	ok = !GSS_ERROR(major) && token.length > 0;
	if (ok)
		add_base64(out, token.value, token.length);
	if (token.value)
		explicit_bzero(token.value, token.length);
	gss_release_buffer(&ignored, &token);
	if (ok && buf_ok(out))
		return 0;
	forget(b);
	if (GSS_ROUTINE_ERROR(major) == GSS_S_CONTEXT_EXPIRED)
		return ERR(e, ERR_NET,
			"The server's clock is more than 36 hours behind; NTLM does not work so.",
			"binding: the challenge is too old");
	return ERR(e, ERR_NET,
		channel ? "The server's NTLM challenge cannot be answered with channel binding."
			: "The server's NTLM challenge cannot be answered.",
		"binding: GSSAPI %x, %x", (unsigned)major, (unsigned)minor);
}

/* The struct of RFC 2744 with application data only. */
static int answer(struct binding *b, const char *in, const unsigned char *hash, size_t hash_len,
	struct buf *out, struct err *e)
{
	unsigned char data[sizeof(PREFIX) - 1 + BINDING_HASH_MAX];
	struct gss_channel_bindings_struct channel = { 0 };
	gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
	size_t n = strlen(in);
	int rc = -1;

	memcpy(data, PREFIX, sizeof(PREFIX) - 1);
	if (hash)
		memcpy(data + sizeof(PREFIX) - 1, hash, hash_len);
	channel.application_data.value = data;
	channel.application_data.length = sizeof(PREFIX) - 1 + hash_len;
	token.value = malloc(n + 1);
	if (!token.value)
		die("out of memory");
	if (sodium_base642bin(token.value, n, in, n, NULL, &token.length, NULL,
		    sodium_base64_VARIANT_ORIGINAL) == 0)
		rc = turn(b, &token, hash ? &channel : GSS_C_NO_CHANNEL_BINDINGS, out, e);
	else
		ERR(e, ERR_NET, "The server's NTLM challenge cannot be read.",
			"binding: the challenge is no base64");
	free(token.value);
	return rc;
}

int binding_step(struct binding *b, const char *in, const unsigned char *hash, size_t hash_len,
	struct buf *out, struct err *e)
{
	if (!in) {
		forget(b);
		return turn(b, GSS_C_NO_BUFFER, GSS_C_NO_CHANNEL_BINDINGS, out, e);
	}
	if (!b->ctx)
		return ERR(e, ERR_NET, "The server's NTLM challenge came out of turn.",
			"binding: no conversation under way");
	if ((hash && hash_len == 0) || hash_len > BINDING_HASH_MAX || strlen(in) > TOKEN_MAX)
		return ERR(e, ERR_NET, "The server's NTLM challenge cannot be answered.",
			"binding: hash of %zu bytes, challenge of %zu", hash_len, strlen(in));
	return answer(b, in, hash, hash_len, out, e);
}

/* --- the certificate --- */

/* The digest of the certificate's signature; SHA-256 where that is too weak or none is told, as
 * with EdDSA. */
static const EVP_MD *digest_of(const X509 *x)
{
	int nid = NID_undef, key = NID_undef, bits = 0;
	uint32_t flags = 0;
	const EVP_MD *md = NULL;

	if (X509_get_signature_info((X509 *)(uintptr_t)x, &nid, &key, &bits, &flags) == 1 &&
		nid != NID_undef && nid != NID_md5 && nid != NID_sha1 && nid != NID_md5_sha1)
		md = EVP_get_digestbynid(nid);
	return md ? md : EVP_sha256();
}

size_t binding_hash(const unsigned char *der, size_t n, unsigned char out[BINDING_HASH_MAX])
{
	const unsigned char *end = der;
	X509 *x = n > 0 && n <= LONG_MAX ? d2i_X509(NULL, &end, (long)n) : NULL;
	unsigned len = 0;

	/* Over the bytes as they came, not as they would be written anew. */
	if (x && EVP_Digest(der, (size_t)(end - der), out, &len, digest_of(x), NULL) != 1)
		len = 0;
	X509_free(x);
	ERR_clear_error();
	return len <= BINDING_HASH_MAX ? len : 0;
}
