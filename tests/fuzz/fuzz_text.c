/* Small parsers of foreign text: addresses of servers, IP literals, sign-in challenges, entries of
 * the egress list, certificates, the words of servers. An entry that was accepted must read the
 * same again.
 */
#include "fuzz.h"

#include <sodium.h>
#include "exchange/certificate.h"
#include "exchange/challenge.h"
#include "exchange/clean.h"
#include "exchange/egress.h"
#include "platform/resolve.h"
#include "platform/str.h"
#include "platform/url.h"

static void entry(const char *text)
{
	char first[EGRESS_TEXT], second[EGRESS_TEXT];
	struct egress_entry en;
	struct err e;

	if (egress_entry_parse(text, &en, &e) < 0)
		return;
	egress_entry_text(&en, first, sizeof(first));
	if (egress_entry_parse(first, &en, &e) < 0)
		abort();
	egress_entry_text(&en, second, sizeof(second));
	if (strcmp(first, second) != 0)
		abort();
}

static void certificate(const char *pem)
{
	char print[CERTIFICATE_PRINT];
	int64_t until;
	struct err e;

	if (certificate_read(pem, &until, print, &e) == 0 && strlen(print) != sizeof(print) - 1)
		abort();
}

/* The bytes as those of a certificate: what lies behind PEM's letters is reached at once. */
static void wrapped(const uint8_t *data, size_t size)
{
	enum { ROW = 48 };
	char line[sodium_base64_ENCODED_LEN(ROW, sodium_base64_VARIANT_ORIGINAL)];
	struct buf pem;

	buf_init(&pem, 2 * size + 1024);
	buf_puts(&pem, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0, n; i < size; i += n) {
		n = size - i < ROW ? size - i : ROW;
		sodium_bin2base64(line, sizeof(line), data + i, n, sodium_base64_VARIANT_ORIGINAL);
		buf_printf(&pem, "%s\n", line);
	}
	buf_puts(&pem, "-----END CERTIFICATE-----\n");
	certificate(buf_str(&pem));
	buf_done(&pem);
}

/* What a server said, for showing: in any room it is text without control characters. */
static void shown(const char *text, size_t size)
{
	char dst[400];

	for (size_t room = 4; room <= sizeof(dst); room += 99) {
		clean_text(dst, room, text, size);
		if (!str_utf8(dst, strlen(dst)) || str_control(dst, strlen(dst), 0))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct challenges c = { 0 };
	struct address literal;
	struct arena a;
	struct url u;

	arena_init(&a, 16 << 20);
	if (url_parse(&a, text, &u) == 0 &&
		(!u.host[0] || u.port < 1 || u.port > 65535 || u.path[0] != '/'))
		abort();
	if (address_parse(text, &literal) == 0 && literal.family != AF_INET &&
		literal.family != AF_INET6)
		abort();
	challenge_read(&c, text, size);
	if (!memchr(c.others, '\0', sizeof(c.others)))
		abort();
	entry(text);
	certificate(text);
	wrapped(data, size);
	shown(text, size);
	arena_done(&a);
	free(text);
	return 0;
}
