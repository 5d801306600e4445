/* Proxies by name: what ops may write, what is refused, and that a password others may read is not
 * taken.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/proxy.h"

struct bench {
	struct arena a;
	struct config cf;
	char path[64];
};

static void write_logins(struct bench *b, const char *text, mode_t mode)
{
	FILE *f = fopen(b->path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(b->path, mode), 0);
	b->cf.proxy_logins = b->path;
}

static int setup(void **state)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	seal_init();
	arena_init(&b.a, 1 << 20);
	snprintf(b.path, sizeof(b.path), "/tmp/latchkey-proxy.XXXXXX");
	close(mkstemp(b.path));
	b.cf.proxies = "";
	b.cf.proxy_logins = "";
	*state = &b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	unlink(b->path);
	arena_done(&b->a);
	return 0;
}

static void test_setting(void **state)
{
	static const struct {
		const char *proxies, *name;
		const char *host; /* NULL: an error */
		int port;
		enum err_code code;
	} rows[] = {
		{ "corp=proxy.example.org:3128", "corp", "proxy.example.org", 3128, 0 },
		{ " a = b:1 , corp = Proxy.Example.ORG : 8080 ,", "corp", "proxy.example.org", 8080,
			0 },
		{ "v6=[2001:db8::1]:3128", "v6", "2001:db8::1", 3128, 0 },
		{ "", "corp", NULL, 0, ERR_INPUT },
		{ "corp=p:1", "Corp", NULL, 0, ERR_INPUT },
		{ "corp", "corp", NULL, 0, ERR_SETUP },
		{ "corp=p", "corp", NULL, 0, ERR_SETUP },
		{ "corp=:80", "corp", NULL, 0, ERR_SETUP },
		{ "=p:80", "corp", NULL, 0, ERR_SETUP },
		{ "corp:80", "corp", NULL, 0, ERR_SETUP },
		{ "a:1=b", "corp", NULL, 0, ERR_SETUP },
		{ "corp=p:0", "corp", NULL, 0, ERR_SETUP },
		{ "corp=p:65536", "corp", NULL, 0, ERR_SETUP },
		{ "corp=p:x", "corp", NULL, 0, ERR_SETUP },
		{ "good=p:1,corp=p", "good", NULL, 0, ERR_SETUP },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client_proxy p;
		struct err e;

		b->cf.proxies = rows[i].proxies;
		if (proxy_find(&b->cf, rows[i].name, &b->a, &p, &e) < 0) {
			assert_null(rows[i].host);
			assert_int_equal(e.code, rows[i].code);
			continue;
		}
		assert_non_null(rows[i].host);
		assert_string_equal(p.host, rows[i].host);
		assert_int_equal(p.port, rows[i].port);
		assert_string_equal(p.user, "");
		assert_null(p.password);
	}
}

static void test_logins(void **state)
{
	static const char text[] = "# ours\n\nother ann secret1\ncorp  bob  two words \ncorp x y\n";
	struct bench *b = *state;
	struct client_proxy p;
	struct err e;

	b->cf.proxies = "corp=p:1,dmz=q:2";
	write_logins(b, text, 0600);
	assert_ok(proxy_find(&b->cf, "corp", &b->a, &p, &e));
	assert_string_equal(p.user, "bob");
	assert_string_equal((const char *)secret_bytes(p.password), "two words");
	assert_ok(proxy_find(&b->cf, "dmz", &b->a, &p, &e));
	assert_null(p.password);
}

static void test_bad_file(void **state)
{
	struct bench *b = *state;
	struct client_proxy p;
	struct err e;

	b->cf.proxies = "corp=p:1";
	write_logins(b, "corp bob secret\n", 0640);
	assert_int_equal(proxy_find(&b->cf, "corp", &b->a, &p, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_int_equal(proxy_check(&b->cf, &b->a, &e), -1);
	assert_non_null(strstr(e.log, "chmod 600"));
	assert_null(strstr(e.log, "secret"));
	unlink(b->path);
	assert_int_equal(proxy_find(&b->cf, "corp", &b->a, &p, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_int_equal(proxy_check(&b->cf, &b->a, &e), -1);
	assert_non_null(strstr(e.log, "No such file"));
}

/* Without a name to look for, the same is seen. */
static void test_check(void **state)
{
	struct bench *b = *state;
	struct err e;

	assert_ok(proxy_check(&b->cf, &b->a, &e));
	b->cf.proxies = "corp=p:1";
	assert_ok(proxy_check(&b->cf, &b->a, &e));
	write_logins(b, "corp bob secret\n", 0600);
	assert_ok(proxy_check(&b->cf, &b->a, &e));
	b->cf.proxies = "corp";
	assert_int_equal(proxy_check(&b->cf, &b->a, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_setting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_logins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_check, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
