/* Small parsers of foreign text: addresses of servers, IP literals, sign-in challenges, entries of
 * the egress list. An entry that was accepted must read the same again.
 */
#include "fuzz.h"
#include "exchange/challenge.h"
#include "exchange/egress.h"
#include "platform/resolve.h"
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
	arena_done(&a);
	free(text);
	return 0;
}
