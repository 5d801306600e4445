/* Bodies of forms: the first byte chooses urlencoded or multipart. What is read must be valid UTF-8
 * without control characters, whatever came in; certificates alone have lines.
 */
#include "fuzz.h"
#include "platform/seal.h"
#include "platform/str.h"
#include "web/form.h"

static const struct field fields[] = {
	{ "csrf", F_TOKEN, 0, 0, "Token", NULL },
	{ "email", F_EMAIL, 1, 254, "Address", NULL },
	{ "name", F_TEXT, 0, 100, "Name", NULL },
	{ "password", F_SECRET, 1, 256, "Password", NULL },
	{ "port", F_INT, 1, 65535, "Port", NULL },
	{ "host", F_HOST, 1, 253, "Host", NULL },
	{ "role", F_CHOICE, 1, 0, "Role", "member|admin" },
	{ "flag", F_FLAG, 0, 0, "Flag", NULL },
	{ "id", F_ID, 0, 0, "Id", NULL },
	{ "until", F_DATE, 0, 10, "Until", NULL },
	{ "next", F_LOCAL, 0, 1024, "Next", NULL },
	{ "ca", F_PEM, 0, FORM_PEM_MAX, "Certificate", NULL },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=XX" };
	struct arena a;
	struct form f;
	struct buf body;
	struct err e;
	size_t i;

	seal_init();
	if (size == 0 || size > 65536)
		return 0;
	arena_init(&a, 64 << 20);
	buf_init(&body, 1 << 20);
	buf_add(&body, data + 1, size - 1);
	form_init(&f, fields, &a);
	if (form_read_body(&f, types[data[0] & 1], &body, &e) == 0) {
		for (i = 0; fields[i].name; i++) {
			const char *text = f.v[i].text;

			if (!f.v[i].error &&
				(!str_utf8(text, strlen(text)) ||
					str_control(text, strlen(text), fields[i].type == F_PEM)))
				abort();
		}
	}
	buf_wipe(&body);
	arena_done(&a);
	return 0;
}
