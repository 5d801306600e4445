/* Transport bound: NTLM by the mechanism, in transfers of our own on one connection.
 *
 * The first message goes without the body; the server's challenge comes back; the last message goes
 * with the body, bound to the certificate that this connection showed, unless the mechanism is
 * there only for letters that the library cannot write. Rules: the last message never leaves on
 * another connection than the first. When the server closes it in between, everything begins again,
 * once.
 */
#include <string.h>
#include <strings.h>
#include "answer.h"
#include "transport_parts.h"

enum { CERTIFICATE_MAX = 64 * 1024, SCHEME = 5 /* length of "NTLM " */ };

/* The server's challenge from its answer, appended to out; -1 when there is none. */
static int challenge(const struct transport_seat *s, struct buf *out)
{
	const struct answer w = { .headers = buf_str(&s->headers), .headers_len = s->headers.len };
	const char *value;
	size_t n, at = 0;

	for (; (value = answer_header(&w, "WWW-Authenticate", at, &n)) != NULL; at++) {
		if (n > SCHEME && strncasecmp(value, "NTLM ", SCHEME) == 0)
			return buf_add(out, value + SCHEME, n - SCHEME);
	}
	return -1;
}

/* The next message, with which the seat then flies. */
static int message(struct transport_seat *s, const char *in)
{
	const unsigned char *hash = s->pool->unbound ? NULL : s->hash;
	struct err e;

	transport_seat_clear(s);
	buf_puts(&s->secret, "Authorization: NTLM ");
	if (binding_step(s->pool->binding, in, hash, s->hash_len, &s->secret, &e) == 0 &&
		buf_ok(&s->secret))
		return 0;
	s->unable = 1;
	snprintf(s->text, sizeof(s->text), "%s", e.say);
	return -1;
}

int transport_bound_begin(struct transport_seat *s)
{
	s->hash_len = 0;
	s->leg = TRANSPORT_LEG_FIRST;
	if (message(s, NULL) < 0)
		return -1;
	transport_pool_fly(s, 0);
	return 0;
}

static int answer_challenge(struct transport_seat *s, const struct buf *in)
{
	int opened = s->opened;

	s->leg = TRANSPORT_LEG_LAST;
	if (message(s, buf_str(in)) < 0)
		return -1;
	s->opened = opened;
	transport_pool_fly(s, 1);
	return 0;
}

int transport_bound_next(struct transport_seat *s, CURLcode code)
{
	struct buf in;
	long status = 0;
	int more = 0;

	if (s->leg == TRANSPORT_LEG_LAST) {
		if (!s->lost || s->again)
			return 0;
		s->again = 1;
		return transport_bound_begin(s) == 0;
	}
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	buf_init(&in, TRANSPORT_HEADERS_MAX);
	if (code == CURLE_OK && status == 401 && challenge(s, &in) == 0)
		more = answer_challenge(s, &in) == 0;
	buf_done(&in);
	return more;
}

void transport_bound_note(struct transport_seat *s)
{
	struct curl_tlssessioninfo *info = NULL;
	struct buf der;

	buf_init(&der, CERTIFICATE_MAX);
	if (curl_easy_getinfo(s->easy, CURLINFO_TLS_SSL_PTR, &info) == CURLE_OK && info &&
		info->internals && tls_leaf(info->internals, &der) == 0)
		s->hash_len = binding_hash((const unsigned char *)der.p, der.len, s->hash);
	buf_done(&der);
}
