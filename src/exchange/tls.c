/* Tls: what a handshake showed, and what it means, in words.
 *
 * Rules: X509_verify_cert decides and its answer is returned unchanged; here it is only written
 * down. Names in certificates are foreign bytes and are cleaned before they are kept.
 */
#include "tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "clean.h"
#include "pem.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/str.h"

/* 0 for a time that is none: it then shows as 1970, and the check has refused it anyway. */
static int64_t unix_time(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

/* Text of the first entry of this kind; "" when there is none. */
static void entry_text(char *dst, size_t size, const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	int n = -1;

	dst[0] = '\0';
	if (at >= 0)
		n = ASN1_STRING_to_UTF8(
			&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (n > 0)
		clean_text(dst, size, (const char *)text, (size_t)n);
	OPENSSL_free(text);
}

/* Authorities often have no common name. */
static void name_text(char *dst, size_t size, const X509_NAME *name)
{
	static const int kinds[] = { NID_commonName, NID_organizationalUnitName,
		NID_organizationName };

	dst[0] = '\0';
	for (size_t i = 0; !dst[0] && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		entry_text(dst, size, name, kinds[i]);
}

/* One alternative name; "" for the kinds that do not name a server. */
static void alt_text(char *dst, size_t size, const GENERAL_NAME *g)
{
	const ASN1_STRING *s = g->d.ia5;
	int n;

	dst[0] = '\0';
	if (g->type != GEN_DNS && g->type != GEN_IPADD)
		return;
	n = ASN1_STRING_length(s);
	if (g->type == GEN_DNS)
		clean_text(dst, size, (const char *)ASN1_STRING_get0_data(s), (size_t)n);
	else if (n == 4 || n == 16)
		inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s), dst,
			(socklen_t)size);
}

static void list_names(struct tls_cert *out, X509 *cert)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct buf b;
	char one[TLS_NAME];
	int i, n = all ? sk_GENERAL_NAME_num(all) : 0;

	buf_init(&b, TLS_NAMES - 24); /* leaves room for "and N more" */
	for (i = 0; i < n; i++) {
		alt_text(one, sizeof(one), sk_GENERAL_NAME_value(all, i));
		if (b.len + strlen(one) + 2 > b.max)
			break;
		if (one[0])
			buf_printf(&b, "%s%s", b.len ? ", " : "", one);
	}
	snprintf(out->names, sizeof(out->names), i < n ? "%s and %d more" : "%s", buf_str(&b),
		n - i);
	buf_done(&b);
	GENERAL_NAMES_free(all);
}

static void describe(struct tls_cert *out, X509 *cert)
{
	memset(out, 0, sizeof(*out));
	name_text(out->subject, sizeof(out->subject), X509_get_subject_name(cert));
	name_text(out->issuer, sizeof(out->issuer), X509_get_issuer_name(cert));
	list_names(out, cert);
	if (!out->subject[0])
		clean_text(
			out->subject, sizeof(out->subject), out->names, strcspn(out->names, ","));
	out->from = unix_time(X509_get0_notBefore(cert));
	out->until = unix_time(X509_get0_notAfter(cert));
}

/* Called in the middle of the handshake: the cipher is agreed on and not in use yet ("pending").
 * What was sent is described, not what was built from it: the gap, if there is one, must show. */
static void note_chain(struct tls_seen *seen, X509_STORE_CTX *x)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(x);

	/* "TLSv1.3" */
	snprintf(seen->version, sizeof(seen->version), "TLS %s", SSL_get_version(ssl) + 4);
	snprintf(seen->cipher, sizeof(seen->cipher), "%s", SSL_CIPHER_get_name(cipher));
	seen->sent = sent ? (size_t)sk_X509_num(sent) : 0;
	for (seen->count = 0; seen->count < seen->sent && seen->count < TLS_CHAIN_MAX;
		seen->count++)
		describe(&seen->chain[seen->count], sk_X509_value(sent, (int)seen->count));
}

/* In place of the library's call to X509_verify_cert, with all it has prepared; the answer goes
 * back unchanged. */
static int verify(X509_STORE_CTX *x, void *ptr)
{
	struct tls_seen *seen = ptr;
	int ok = X509_verify_cert(x);
	X509 *blamed = X509_STORE_CTX_get_current_cert(x);

	seen->checked = 1;
	note_chain(seen, x);
	seen->verify = X509_STORE_CTX_get_error(x);
	if (ok != 1 && seen->verify == X509_V_OK)
		seen->verify = X509_V_ERR_UNSPECIFIED;
	if (ok != 1 && blamed)
		describe(&seen->blamed, blamed);
	return ok;
}

/* Keeps the reason of a broken handshake as long as the library still knows it. */
static void on_info(const SSL *ssl, int where, int ret)
{
	struct tls_seen *seen = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	unsigned long code = where == SSL_CB_CONNECT_EXIT && ret <= 0 ? ERR_peek_error() : 0;

	if (code)
		seen->reason = ERR_GET_REASON(code);
}

void tls_watch(void *ssl_ctx, struct tls_seen *seen)
{
	SSL_CTX *ctx = ssl_ctx;

	memset(seen, 0, sizeof(*seen));
	SSL_CTX_set_app_data(ctx, seen);
	SSL_CTX_set_cert_verify_callback(ctx, verify, seen);
	SSL_CTX_set_info_callback(ctx, on_info);
}

/* The library's own type under our name. */
static X509_STORE *store_of(const struct tls_store *s)
{
	return (X509_STORE *)(uintptr_t)s;
}

/* One that is in it already is no error. */
static int add_text(X509_STORE *store, const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *cert;
	int count = 0, ok = in != NULL;

	while (ok && (cert = PEM_read_bio_X509(in, NULL, pem_no_password, NULL)) != NULL) {
		ok = X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
		count++;
	}
	ok = ok && count > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	BIO_free(in);
	return ok;
}

/* As libcurl does it: a chain may end at any certificate that is trusted, not at roots only. */
struct tls_store *tls_store_new(const char *file, const char *pem)
{
	X509_STORE *store = X509_STORE_new();
	int ok = store && X509_STORE_load_file(store, file) == 1 && (!pem || add_text(store, pem));

	if (ok) {
		X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	} else {
		X509_STORE_free(store);
		store = NULL;
	}
	ERR_clear_error();
	return (struct tls_store *)store;
}

void tls_store_free(struct tls_store *s)
{
	X509_STORE_free(store_of(s));
}

void tls_trust(void *ssl_ctx, const struct tls_store *s)
{
	SSL_CTX_set1_cert_store(ssl_ctx, store_of(s));
}

int tls_leaf(const void *ssl, struct buf *der)
{
	const X509 *cert = SSL_get0_peer_certificate(ssl);
	unsigned char *bytes = NULL;
	int n = cert ? i2d_X509(cert, &bytes) : -1;
	int rc = n > 0 ? buf_add(der, bytes, (size_t)n) : -1;

	OPENSSL_free(bytes);
	return rc;
}

/* The form of the connection has a field for it; the file is for all connections. */
#define OWN_ROOT                                                                                   \
	"If it is your organisation's own root, enter it with the connection as your own "         \
	"certificate authority. Ops can also add it to the file that ca_file names."

/* Why a chain is not trusted. The last row is for all other errors. */
static const struct chain_error {
	int code;
	const char *was; /* ends the sentence "The certificate ... was refused: " */
	const char *why;
	const char *fix;
} chain_errors[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "it has expired",
		"Nobody renewed it in time, or the clock of the machine Latchkey runs on is wrong.",
		"Exchange admin: install a renewed certificate on the server." },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "it is not valid yet",
		"Its first day lies ahead. Most often a clock is wrong, here or where it was made.",
		"Ops: check the clock of this machine. Exchange admin: check the certificate." },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "it is signed by itself",
		"Nobody vouches for it, and anyone can make such a certificate for any name. "
		"Exchange puts one in place when it is installed.",
		"Exchange admin: install a certificate from a public authority or from your "
		"organisation's own." },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "this root is not trusted here",
		"The server sent a whole chain, but the root at its end is not among those that "
		"this machine trusts. Most often it is an organisation's own authority.",
		OWN_ROOT },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "its key is too short",
		"A key of this length can be broken.",
		"Exchange admin: install a certificate with an RSA key of 2048 bits or more." },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "a key above it is too short",
		"A key of this length can be broken.",
		"Exchange admin: install a certificate from an authority with stronger keys." },
	{ X509_V_ERR_CA_MD_TOO_WEAK, "its signature is too weak",
		"Signatures of this kind (MD5, SHA-1) can be forged.",
		"Exchange admin: install a certificate that is signed with SHA-256 or better." },
	{ X509_V_ERR_INVALID_PURPOSE, "it was not made for a web server",
		"Its issuer allows other uses only.",
		"Exchange admin: install a certificate for server authentication." },
	{ X509_V_ERR_INVALID_CA, "a certificate in the chain may not sign others",
		"Its issuer did not make it an authority, so what it signed counts for nothing.",
		"Exchange admin: install a certificate from a real authority." },
	{ 0, "it does not stand up to the check", "The words of the check are below.",
		"Exchange admin: install a certificate from a public authority or from your "
		"organisation's own." },
};

/* Why there was no chain to look at. Several codes mean the same; the last row is for all others.
 */
static const struct handshake_error {
	int codes[6];
	const char *say;
	const char *why;
	const char *fix;
} handshake_errors[] = {
	{ { SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_VERSION_TOO_LOW,
		  SSL_R_WRONG_SSL_VERSION, SSL_R_UNSUPPORTED_SSL_VERSION },
		"The server only speaks an encryption older than TLS 1.2, so nothing was asked.",
		"TLS 1.0 and 1.1 can be broken and are never used here. Exchange 2007 and 2010 on "
		"old versions of Windows speak nothing newer.",
		"Exchange admin: switch TLS 1.2 on, or put a reverse proxy that speaks it in "
		"front." },
	{ { SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG,
		  SSL_R_UNKNOWN_PROTOCOL, SSL_R_UNEXPECTED_MESSAGE,
		  SSL_R_BAD_PROTOCOL_VERSION_NUMBER },
		"What answers on this port does not speak TLS.",
		"It may be plain HTTP or another service. Latchkey never talks to a server without "
		"encryption.",
		"Check the port; Exchange answers on 443. If it is right, Exchange admin: bind a "
		"certificate to the web site." },
	{ { SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SHARED_CIPHER, SSL_R_DH_KEY_TOO_SMALL,
		  SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, SSL_R_WRONG_CIPHER_RETURNED,
		  SSL_R_NO_SUITABLE_KEY_SHARE },
		"The server offers no way of encryption that is still safe.",
		"Its list of ciphers has nothing in common with what is accepted here.",
		"Exchange admin: switch on the current cipher suites of Windows." },
	{ { 0 }, "The encrypted connection could not be set up.",
		"The server, or something in between, ended it while it was being agreed on.",
		"Exchange admin: check the binding of the web site and any load balancer or "
		"firewall in front of it." },
};

static const struct chain_error *chain_error(int code)
{
	const struct chain_error *row = chain_errors;

	while (row->code && row->code != code)
		row++;
	return row;
}

static const struct handshake_error *handshake_error(int reason)
{
	const struct handshake_error *row = handshake_errors;

	for (; row->codes[0]; row++) {
		for (size_t i = 0; i < sizeof(row->codes) / sizeof(row->codes[0]); i++) {
			if (reason && row->codes[i] == reason)
				return row;
		}
	}
	return row;
}

static long days_left(int64_t until)
{
	return (long)((until - clock_now()) / 86400);
}

static const char *when(struct arena *a, int64_t t)
{
	char text[40];

	clock_text(text, sizeof(text), t);
	return arena_strdup(a, text);
}

/* The whole chain, and the library's words, for those who know certificates. */
static const char *raw(struct arena *a, const struct tls_seen *seen, const char *said)
{
	struct buf b;
	const char *text;

	buf_init(&b, 16 * 1024);
	if (seen->checked)
		buf_printf(&b, "%s, %s, %zu certificate%s sent\n", seen->version, seen->cipher,
			seen->sent, seen->sent == 1 ? "" : "s");
	for (size_t i = 0; i < seen->count; i++) {
		const struct tls_cert *c = &seen->chain[i];

		buf_printf(&b,
			"%zu. %s\n   names: %s\n   issuer: %s\n   valid: %s to %s (%ld days "
			"left)\n",
			i + 1, c->subject, c->names[0] ? c->names : "none", c->issuer,
			when(a, c->from), when(a, c->until), days_left(c->until));
	}
	if (seen->verify != X509_V_OK)
		buf_printf(&b, "check: %d, %s\n", seen->verify,
			X509_verify_cert_error_string(seen->verify));
	if (said[0])
		buf_printf(&b, "%s\n", said);
	text = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return text;
}

static void explain_trusted(struct arena *a, const struct tls_seen *seen, struct job_step *out)
{
	const struct tls_cert *first = &seen->chain[0];

	for (size_t i = 1; i < seen->count; i++) {
		if (seen->chain[i].until < first->until)
			first = &seen->chain[i];
	}
	out->state = STEP_OK;
	out->say = arena_printf(a,
		"%s. Issued for %s by \xe2\x80\x9c%s\xe2\x80\x9d, valid until %s.", seen->version,
		seen->chain[0].subject, seen->chain[0].issuer, when(a, seen->chain[0].until));
	if (days_left(first->until) >= TLS_SOON_DAYS)
		return;
	out->state = STEP_NOTE;
	out->why =
		arena_printf(a, "The certificate \xe2\x80\x9c%s\xe2\x80\x9d expires in %ld days.",
			first->subject, days_left(first->until));
	out->fix = "Exchange admin: renew it before that day; afterwards nothing here works.";
}

/* An intermediate that is not sent and a root that is not known look the same from here; so both
 * ways to mend it are named. */
static void explain_missing(struct arena *a, const struct tls_seen *seen, struct job_step *out)
{
	const char *issuer = seen->blamed.issuer;

	out->say = arena_printf(a,
		"The chain of certificates has a gap: \xe2\x80\x9c%s\xe2\x80\x9d, which issued "
		"\xe2\x80\x9c%s\xe2\x80\x9d, is missing.",
		issuer, seen->blamed.subject);
	out->why = "The server did not send this certificate, and it is not among those that this "
		   "machine trusts. Browsers often hide the gap by fetching it themselves.";
	out->fix = arena_printf(a,
		"Exchange admin: install the intermediate certificate \xe2\x80\x9c%s\xe2\x80\x9d "
		"on the server, so that it is sent along. " OWN_ROOT,
		issuer);
}

static void explain_chain(struct arena *a, const struct tls_seen *seen, struct job_step *out)
{
	const struct chain_error *row = chain_error(seen->verify);

	if (seen->verify == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
		seen->verify == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
		seen->verify == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE) {
		explain_missing(a, seen, out);
		return;
	}
	out->say = arena_printf(a,
		"The certificate \xe2\x80\x9c%s\xe2\x80\x9d, issued by \xe2\x80\x9c%s\xe2\x80\x9d, "
		"valid from %s to %s, was refused: %s.",
		seen->blamed.subject, seen->blamed.issuer, when(a, seen->blamed.from),
		when(a, seen->blamed.until), row->was);
	out->why = row->why;
	out->fix = row->fix;
}

static void explain_name(
	struct arena *a, const struct tls_seen *seen, const char *host, struct job_step *out)
{
	const struct tls_cert *c = &seen->chain[0];

	out->say = arena_printf(a, "The certificate is for %s, not for %s.",
		c->names[0] ? c->names : c->subject, host);
	out->why = "So this may be another server than the one you mean.";
	out->fix = arena_printf(a,
		"Enter one of the names in the certificate, if that is your server. Or, Exchange "
		"admin: install a certificate that contains %s.",
		host);
}

static void explain_broken(const struct tls_seen *seen, struct job_step *out)
{
	const struct handshake_error *row = handshake_error(seen->reason);

	out->say = row->say;
	out->why = row->why;
	out->fix = row->fix;
}

static void explain_silence(struct job_step *out)
{
	out->say = "The server took the connection and then said nothing.";
	out->why = "It is overloaded, or what listens on this port does not speak TLS.";
	out->fix = "Check the port; Exchange answers on 443. If it is right, Exchange admin: look "
		   "at the load of the server and at any firewall in front of it.";
}

void tls_explain(struct arena *a, const struct tls_seen *seen, const char *host, enum tls_end end,
	const char *said, struct job_step *out)
{
	out->state = STEP_FAILED;
	out->raw = raw(a, seen, said);
	if (end == TLS_TRUSTED)
		explain_trusted(a, seen, out);
	else if (end == TLS_OTHER_NAME)
		explain_name(a, seen, host, out);
	else if (seen->checked && seen->verify != X509_V_OK)
		explain_chain(a, seen, out);
	else if (end == TLS_TIMEOUT)
		explain_silence(out);
	else
		explain_broken(seen, out);
}
