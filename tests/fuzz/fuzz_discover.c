/* Autodiscover's answers in all three forms, and answers to an anonymous look. The first two bytes
 * choose form and status; headers end at the first empty line.
 */
#include "fuzz.h"
#include "ews/discover.h"
#include "platform/str.h"
#include "platform/url.h"

static void check(const struct discovered *d, const struct outcome *o, struct arena *a)
{
	struct url u;

	if ((d->kind == DISCOVER_SETTINGS) != (o->reason == REASON_OK))
		abort();
	if (d->kind == DISCOVER_SETTINGS &&
		(url_parse(a, d->url, &u) < 0 || strcmp(u.scheme, "https") != 0))
		abort();
	if (d->kind == DISCOVER_ADDRESS && !str_email(d->to))
		abort();
	if (!str_utf8(d->display_name, strlen(d->display_name)) ||
		str_control(d->display_name, strlen(d->display_name), 0) ||
		!str_utf8(o->said, strlen(o->said)) || !str_utf8(o->code, strlen(o->code)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 401, 302, 404, 500, 400, 503, 204 };
	struct dialect_reply r = { 0 };
	struct discovered d;
	struct outcome o = { 0 };
	struct arena a;
	const char *gap;
	char *text;

	if (size < 2)
		return 0;
	text = fuzz_text(data + 2, size - 2);
	gap = memmem(text, size - 2, "\r\n\r\n", 4);
	r.status = statuses[data[1] % 8];
	r.headers = text;
	r.headers_len = gap ? (size_t)(gap - text) + 2 : 0;
	r.body = gap ? gap + 4 : text;
	r.body_len = size - 2 - (size_t)(r.body - text);
	arena_init(&a, 256 << 20);
	discover_read((enum discover_form)(data[0] % 3), &r, &a, &d, &o);
	check(&d, &o, &a);
	discover_is_exchange(&r);
	arena_done(&a);
	free(text);
	return 0;
}
