/* Token: reading what the token service answers.
 *
 * Rules: the answer is bounded in size and depth before it is parsed. The parser's memory held
 * tokens, so it is overwritten when it is given back. A token goes into a header line: only what
 * cannot break one is taken.
 */
#define _GNU_SOURCE 1 /* explicit_bzero */
#include "token.h"

#include <jansson.h>
#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "clean.h"
#include "platform/str.h"
#include "signin.h"

enum {
	DEPTH_MAX = 16,
	CLAIM_MAX = 384,     /* of a name, cleaned */
	EXPIRES_USUAL = 600, /* when it is not told: any real token lives longer */
	EXPIRES_MAX = 7 * 86400,
	PAYLOAD_MAX = 32 * 1024,
	NUMBER_MAX = 999999999
};

/* --- JSON whose memory is wiped --- */

/* For the parser alone, which keeps no sizes. */
static void wipe_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* Brackets outside strings never nest deeper than this. The parser is recursive. */
static int is_shallow(const char *p, size_t n)
{
	int depth = 0, quoted = 0;

	for (size_t i = 0; i < n; i++) {
		if (quoted && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			quoted = !quoted;
		else if (!quoted && (p[i] == '{' || p[i] == '['))
			depth++;
		else if (!quoted && (p[i] == '}' || p[i] == ']'))
			depth--;
		if (depth > DEPTH_MAX)
			return 0;
	}
	return 1;
}

/* An object, or NULL. A byte order mark may come first (RFC 8259, 8.1). */
static json_t *parse(const char *p, size_t n)
{
	json_t *j = NULL;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	if (n > 0 && n <= TOKEN_ANSWER_MAX && is_shallow(p, n))
		j = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(j))
		return j;
	json_decref(j);
	return NULL;
}

static const char *text_of(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

/* --- the id token --- */

static const char *claim(const json_t *claims, const char *name, struct arena *a)
{
	const char *s = text_of(claims, name);
	char clean[CLAIM_MAX];

	clean_text(clean, sizeof(clean), s, strlen(s));
	return arena_strdup(a, clean);
}

/* The middle part of a JWT, with or without padding. */
static json_t *read_claims(const char *jwt)
{
	const char *from = strchr(jwt, '.'), *end = from ? strchr(from + 1, '.') : NULL, *stop;
	unsigned char *plain;
	size_t n, len = 0;
	json_t *claims = NULL;

	if (!end || (size_t)(end - from) > PAYLOAD_MAX)
		return NULL;
	for (from++; end > from && end[-1] == '='; end--)
		;
	n = (size_t)(end - from);
	plain = malloc(n + 1);
	if (!plain)
		die("out of memory");
	if (sodium_base642bin(plain, n, from, n, NULL, &len, &stop,
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
		stop == end)
		claims = parse((const char *)plain, len);
	explicit_bzero(plain, n + 1);
	free(plain);
	return claims;
}

static void read_id(const json_t *j, const char *nonce, struct arena *a, struct token *out)
{
	json_t *claims = read_claims(text_of(j, "id_token"));

	out->tenant = claim(claims, "tid", a);
	out->object = claim(claims, "oid", a);
	out->username = claim(claims, "preferred_username", a);
	out->nonce_ok = str_empty(nonce) || str_same_secret(text_of(claims, "nonce"), nonce);
	json_decref(claims);
}

/* --- success --- */

/* Printable ASCII without spaces. */
static struct secret *read_token(const json_t *j, const char *key)
{
	const char *s = text_of(j, key);
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~')
			return NULL;
	}
	return n > 0 ? secret_new(s, n) : NULL;
}

/* A number; older faces of the service write it as a string. */
static int64_t read_expires(const json_t *j)
{
	const json_t *value = json_object_get(j, "expires_in");
	int64_t s = EXPIRES_USUAL;

	if (json_is_number(value)) {
		double d = json_number_value(value);

		s = d >= 0 && d <= EXPIRES_MAX ? (int64_t)d : d < 0 ? 0 : EXPIRES_MAX;
	} else if (json_is_string(value) &&
		str_int(json_string_value(value), 0, EXPIRES_MAX, &s) < 0) {
		s = EXPIRES_USUAL;
	}
	return s;
}

static int read_success(
	const json_t *j, const char *nonce, struct arena *a, struct token *out, struct outcome *why)
{
	const char *type = text_of(j, "token_type");

	if (!type[0] || strcasecmp(type, "Bearer") == 0)
		out->access = read_token(j, "access_token");
	if (!out->access) {
		outcome_set(why, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
		return -1;
	}
	out->refresh = read_token(j, "refresh_token");
	out->expires_in = read_expires(j);
	read_id(j, nonce, a, out);
	outcome_set(why, REASON_OK, NEXT_NOTHING, NULL);
	return 0;
}

/* --- refusal --- */

/* What a status means when the body says nothing that is known: somebody in between may have
 * answered. */
static void by_status(long status, struct outcome *why)
{
	if (status == 429) {
		why->reason = REASON_SLOWED;
		why->next = NEXT_RETRY;
	} else if (status >= 500 || status == 408) {
		why->reason = REASON_SERVER_DOWN;
		why->next = NEXT_RETRY;
	} else if (status == 407) {
		why->reason = REASON_PROXY_REFUSED;
	}
}

static void read_refusal(const json_t *j, long status, struct outcome *why)
{
	const json_t *codes = json_object_get(j, "error_codes");
	json_int_t number = json_integer_value(json_array_get(codes, 0));
	const char *trace = text_of(j, "trace_id");

	token_refused(&(struct token_error){ .error = text_of(j, "error"),
			      .suberror = text_of(j, "suberror"),
			      .description = text_of(j, "error_description"),
			      .number = number > 0 && number <= NUMBER_MAX ? (long)number : 0 },
		why);
	if (trace[0])
		clean_text(why->theirs, sizeof(why->theirs), trace, strlen(trace));
	if (why->reason == REASON_BAD_ANSWER)
		by_status(status, why);
}

int token_read(const struct dialect_reply *r, const char *nonce, struct arena *a, struct token *out,
	struct outcome *why)
{
	json_malloc_t usual_malloc;
	json_free_t usual_free;
	int rc = -1;
	json_t *j;

	*out = (struct token){ .tenant = "", .object = "", .username = "" };
	signin_evidence(r, why);
	outcome_set(why, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
	json_get_alloc_funcs(&usual_malloc, &usual_free);
	json_set_alloc_funcs(malloc, wipe_free);
	j = parse(r->body, r->body_len);
	if (j && json_object_get(j, "error"))
		read_refusal(j, r->status, why);
	else if (j && r->status == 200)
		rc = read_success(j, nonce, a, out, why);
	else
		by_status(r->status, why);
	if (!j)
		signin_title(r->body, r->body_len, why->said, sizeof(why->said));
	json_decref(j);
	json_set_alloc_funcs(usual_malloc, usual_free);
	return rc;
}
