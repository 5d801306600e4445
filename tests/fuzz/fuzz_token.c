/* Answers of the token service and of HTTP servers: any bytes. The first byte chooses a status; the
 * rest is a body, and an HTTP answer as well. What comes out must be fit to be shown, and a token
 * fit for a header line.
 */
#include "fuzz.h"
#include "exchange/signin.h"
#include "exchange/token.h"
#include "platform/str.h"

static const long statuses[] = { 200, 302, 400, 401, 403, 404, 407, 413, 429, 440, 456, 500, 503,
	0 };

static void check_text(const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	if (n == size || !str_utf8(s, n) || str_control(s, n, 0))
		abort();
}

static void check_outcome(const struct outcome *o)
{
	check_text(o->code, sizeof(o->code));
	check_text(o->said, sizeof(o->said));
	check_text(o->theirs, sizeof(o->theirs));
	check_text(o->server, sizeof(o->server));
	if ((unsigned)o->reason >= REASON__MAX || o->wait_ms < 0 || o->wait_ms > 15 * 60 * 1000)
		abort();
}

static void check_secret(const struct secret *s)
{
	size_t n = s ? secret_len(s) : 0;

	for (size_t i = 0; i < n; i++) {
		if (secret_bytes(s)[i] <= ' ' || secret_bytes(s)[i] > '~')
			abort();
	}
}

static void read_token(long status, const char *body, size_t n)
{
	const struct dialect_reply r = { .status = status, .body = body, .body_len = n };
	struct outcome o = { 0 };
	struct arena a;
	struct token t;
	int rc;

	arena_init(&a, 1 << 20);
	rc = token_read(&r, "nonce", &a, &t, &o);
	check_outcome(&o);
	check_secret(t.access);
	check_secret(t.refresh);
	check_text(t.tenant, 4096);
	check_text(t.object, 4096);
	check_text(t.username, 4096);
	if ((rc == 0) != (o.reason == REASON_OK) || (rc == 0) != (t.access != NULL) ||
		t.expires_in < 0)
		abort();
	token_done(&t);
	arena_done(&a);
}

static void read_http(long status, const char *p, size_t n, int bearer)
{
	const char *end = memmem(p, n, "\r\n\r\n", 4);
	size_t head = end ? (size_t)(end - p) + 4 : n;
	const struct dialect_reply r = { status, p, head, p + head, n - head };
	struct outcome o = { .reason = REASON_OK };

	if (!signin_http(&r, bearer, &o) && o.reason != REASON_OK)
		abort();
	check_outcome(&o);
}

/* A name that was accepted reads the same again. */
static void read_login(const char *text)
{
	const char *login, *again;
	struct arena a;
	struct err e;

	arena_init(&a, 1 << 20);
	login = signin_login(&a, text, &e);
	again = login ? signin_login(&a, login, &e) : NULL;
	if (login && (!again || strcmp(login, again) != 0 || !login[0]))
		abort();
	if (login && strlen(signin_identity(&a, login)) != strlen(login))
		abort();
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;
	char *text;
	long status;

	if (!ready) {
		seal_init();
		ready = 1;
	}
	if (size == 0)
		return 0;
	status = statuses[data[0] % (sizeof(statuses) / sizeof(statuses[0]))];
	text = fuzz_text(data + 1, size - 1);
	read_token(status, text, size - 1);
	read_http(status, text, size - 1, data[0] >> 7);
	if (size < 1024)
		read_login(text);
	free(text);
	return 0;
}
