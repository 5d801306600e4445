/* Text with what must not leave planted into it: whatever stands before and behind, none of it
 * comes out, and no control characters do.
 */
#include "fuzz.h"

#include <ctype.h>
#include "platform/redact.h"

static const char planted[] =
	" zqplant@zqplant.test zqplant.example.test ZQPLANT\\zqplant zqplanted\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct redact *r;
	struct buf out;
	char *text;

	if (size > 4096)
		return 0;
	arena_init(&a, 4 << 20);
	buf_init(&out, 1 << 20);
	text = arena_alloc(&a, 2 * size + sizeof(planted) + 2);
	for (size_t i = 0; i < size; i++) {
		text[i] = data[i] ? (char)data[i] : '\n';
		text[size + sizeof(planted) + i] = text[i];
	}
	text[size] = '\n';
	memcpy(text + size + 1, planted, sizeof(planted) - 1);
	text[2 * size + sizeof(planted)] = '\0';
	r = redact_new(&a, 0);
	redact_name(r, REDACT_ORGANISATION, "zqplant");
	redact_put(r, text, &out);
	for (size_t i = 0; i < out.len; i++) {
		if (iscntrl((unsigned char)out.p[i]) && out.p[i] != '\n')
			abort();
		out.p[i] = (char)tolower((unsigned char)out.p[i]);
	}
	if (!buf_ok(&out) || strstr(buf_str(&out), "zqplant"))
		abort();
	buf_done(&out);
	arena_done(&a);
	return 0;
}
