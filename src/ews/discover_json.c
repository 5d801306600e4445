/* Discover JSON: Autodiscover's second version, which is asked without a sign-in (EWS.md 12.3).
 *
 * An answer proves less than with the other forms: it may be given for addresses that nobody has.
 */
#include <jansson.h>
#include <string.h>
#include <strings.h>
#include "discover_parts.h"
#include "platform/url.h"

enum { PATH_MAX_LEN = 1024, JSON_MAX = 64 * 1024 };

static const struct discover_code codes[] = {
	{ "UserNotFound", REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "ProtocolNotSupported", REASON_UNSUPPORTED, NEXT_NOTHING },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *discover_json_path(struct arena *a, const char *mailbox)
{
	const char *path;
	struct buf b;

	buf_init(&b, PATH_MAX_LEN);
	buf_puts(&b, DISCOVER_JSON_PATH "?Email=");
	url_encode(&b, mailbox);
	buf_puts(&b, "&Protocol=EWS");
	path = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return path;
}

/* A text without NUL inside, which the rest would not see; "" when there is none. */
static const char *text(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);
	const char *s = json_string_value(value);

	return s && strlen(s) == json_string_length(value) ? s : "";
}

static void read_object(const json_t *j, struct arena *a, struct discovered *out, struct outcome *o)
{
	const char *code = text(j, "ErrorCode"), *protocol = text(j, "Protocol");

	if (code[0]) {
		discover_fail(codes, COUNT(codes), code, text(j, "ErrorMessage"), o);
		return;
	}
	if (!protocol[0] || strcasecmp(protocol, "EWS") == 0)
		out->url = discover_https(a, text(j, "Url"));
	if (out->url[0])
		discover_settle(out, o);
	else
		discover_bad(o, "It is JSON, but names no address of EWS.");
}

/* Errors come with statuses of their own; what is no JSON at all was judged by its status. */
void discover_json_read(
	const struct dialect_reply *r, struct arena *a, struct discovered *out, struct outcome *o)
{
	json_t *j = r->body_len > JSON_MAX
		? NULL
		: json_loadb(r->body, r->body_len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(j) && (r->status == 200 || text(j, "ErrorCode")[0]))
		read_object(j, a, out, o);
	else if (o->reason == REASON_OK)
		discover_bad(o, "The answer is not JSON.");
	json_decref(j);
}
