/* The egress guard: every range and its edges, disguises, ports, tenancy, the list and its file. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "exchange/egress.h"
#include "platform/config.h"

struct place {
	char dir[64];
	char file[96];
	struct egress *single;
	struct egress *multi;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (!p)
		return -1;
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_egress.XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->file, sizeof(p->file), "%s/allow", p->dir);
	p->single = egress_new(p->file, TENANCY_SINGLE);
	p->multi = egress_new(p->file, TENANCY_MULTI);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	int rc;

	egress_free(p->single);
	egress_free(p->multi);
	unlink(p->file);
	rc = rmdir(p->dir); /* fails when something was left behind */
	free(p);
	return rc;
}

static void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void assert_file(const char *file, const char *text)
{
	char got[4096] = "";
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	close(fd);
	assert_string_equal(got, text);
}

/* The file is written anew, so that its stamp differs in any case. */
static void list_these(struct place *p, const char *text)
{
	struct err e;

	unlink(p->file);
	assert_ok(egress_load(p->single, &e));
	assert_ok(egress_load(p->multi, &e));
	write_file(p->file, text);
	assert_ok(egress_load(p->single, &e));
	assert_ok(egress_load(p->multi, &e));
}

static struct address parse(const char *text)
{
	struct address a;

	if (address_parse(text, &a) < 0)
		fail_msg("test data: %s", text);
	return a;
}

static int check(const struct egress *g, const char *host, const char *addr, int port)
{
	struct egress_verdict v;
	struct address a = parse(addr);
	int rc = egress_check(g, host, &a, port, &v);

	assert_int_equal(rc, v.allowed);
	assert_true(rc == 0 || rc == 1);
	assert_int_equal(rc == 1, v.say[0] == '\0');
	assert_non_null(strstr(v.log, v.rule));
	return rc;
}

/* Each range with its first and last address and its neighbours. */
static const struct sample {
	const char *addr;
	const char *class;
} samples[] = {
	{ "0.0.0.0", "unspecified" },
	{ "0.0.0.1", "reserved" },
	{ "0.255.255.255", "reserved" },
	{ "1.0.0.0", "public" },
	{ "9.255.255.255", "public" },
	{ "10.0.0.0", "private" },
	{ "10.255.255.255", "private" },
	{ "11.0.0.0", "public" },
	{ "100.63.255.255", "public" },
	{ "100.64.0.0", "shared" },
	{ "100.100.100.199", "shared" },
	{ "100.100.100.200", "metadata" },
	{ "100.100.100.201", "shared" },
	{ "100.127.255.255", "shared" },
	{ "100.128.0.0", "public" },
	{ "126.255.255.255", "public" },
	{ "127.0.0.0", "loopback" },
	{ "127.0.0.1", "loopback" },
	{ "127.255.255.255", "loopback" },
	{ "128.0.0.0", "public" },
	{ "168.63.129.15", "public" },
	{ "168.63.129.16", "metadata" },
	{ "168.63.129.17", "public" },
	{ "169.253.255.255", "public" },
	{ "169.254.0.0", "link-local" },
	{ "169.254.169.253", "link-local" },
	{ "169.254.169.254", "metadata" },
	{ "169.254.169.255", "link-local" },
	{ "169.254.255.255", "link-local" },
	{ "169.255.0.0", "public" },
	{ "172.15.255.255", "public" },
	{ "172.16.0.0", "private" },
	{ "172.31.255.255", "private" },
	{ "172.32.0.0", "public" },
	{ "191.255.255.255", "public" },
	{ "192.0.0.0", "reserved" },
	{ "192.0.0.191", "reserved" },
	{ "192.0.0.192", "metadata" },
	{ "192.0.0.193", "reserved" },
	{ "192.0.0.255", "reserved" },
	{ "192.0.1.0", "public" },
	{ "192.0.1.255", "public" },
	{ "192.0.2.0", "documentation" },
	{ "192.0.2.255", "documentation" },
	{ "192.0.3.0", "public" },
	{ "192.88.98.255", "public" },
	{ "192.88.99.0", "reserved" },
	{ "192.88.99.255", "reserved" },
	{ "192.88.100.0", "public" },
	{ "192.167.255.255", "public" },
	{ "192.168.0.0", "private" },
	{ "192.168.255.255", "private" },
	{ "192.169.0.0", "public" },
	{ "198.17.255.255", "public" },
	{ "198.18.0.0", "benchmark" },
	{ "198.19.255.255", "benchmark" },
	{ "198.20.0.0", "public" },
	{ "198.51.99.255", "public" },
	{ "198.51.100.0", "documentation" },
	{ "198.51.100.255", "documentation" },
	{ "198.51.101.0", "public" },
	{ "203.0.112.255", "public" },
	{ "203.0.113.0", "documentation" },
	{ "203.0.113.255", "documentation" },
	{ "203.0.114.0", "public" },
	{ "223.255.255.255", "public" },
	{ "224.0.0.0", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "240.0.0.0", "reserved" },
	{ "255.255.255.254", "reserved" },
	{ "255.255.255.255", "broadcast" },
	{ "::", "unspecified" },
	{ "::1", "loopback" },
	{ "::2", "translated" },
	{ "::7f00:1", "translated" },
	{ "::8.8.8.8", "translated" },
	{ "::ffff:ffff", "translated" },
	{ "::1:0:0", "reserved" },
	{ "::fffe:ffff:ffff", "reserved" },
	{ "::ffff:0:0", "unspecified" },
	{ "::ffff:8.8.8.8", "public" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "::ffff:169.254.169.254", "metadata" },
	{ "::ffff:169.254.1.1", "link-local" },
	{ "::ffff:100.64.0.1", "shared" },
	{ "::ffff:10.0.0.1", "translated" },
	{ "::ffff:192.168.255.255", "translated" },
	{ "::ffff:255.255.255.255", "broadcast" },
	{ "::1:0:0:0", "reserved" },
	{ "::ffff:0:127.0.0.1", "reserved" },
	{ "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "64:ff9b::", "unspecified" },
	{ "64:ff9b::8.8.8.8", "public" },
	{ "64:ff9b::127.0.0.1", "loopback" },
	{ "64:ff9b::10.1.2.3", "translated" },
	{ "64:ff9b::169.254.169.254", "metadata" },
	{ "64:ff9b::ffff:ffff", "broadcast" },
	{ "64:ff9b::1:0:0", "reserved" },
	{ "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "64:ff9b:1::", "translated" },
	{ "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "translated" },
	{ "64:ff9b:2::", "reserved" },
	{ "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "100::", "reserved" },
	{ "100::ffff:ffff:ffff:ffff", "reserved" },
	{ "100:0:0:1::", "reserved" },
	{ "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "2000::", "public" },
	{ "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2001::", "translated" },
	{ "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "translated" },
	{ "2001:1::", "reserved" },
	{ "2001:2::", "benchmark" },
	{ "2001:2:0:ffff:ffff:ffff:ffff:ffff", "benchmark" },
	{ "2001:2:1::", "reserved" },
	{ "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "2001:200::", "public" },
	{ "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2001:db8::", "documentation" },
	{ "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
	{ "2001:db9::", "public" },
	{ "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "2002::", "unspecified" },
	{ "2002:808:808::1", "public" },
	{ "2002:7f00:1::1", "loopback" },
	{ "2002:a9fe:a9fe::", "metadata" },
	{ "2002:a00:1::", "translated" },
	{ "2002:c0a8:101::", "translated" },
	{ "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "broadcast" },
	{ "2003::", "public" },
	{ "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "3fff::", "documentation" },
	{ "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
	{ "3fff:1000::", "public" },
	{ "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "public" },
	{ "4000::", "reserved" },
	{ "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "fc00::", "private" },
	{ "fd00:ec1:ffff:ffff:ffff:ffff:ffff:ffff", "private" },
	{ "fd00:ec2::", "metadata" },
	{ "fd00:ec2::254", "metadata" },
	{ "fd00:ec3::", "private" },
	{ "fd00:c1::a9fe:a9fe", "metadata" },
	{ "fd00:c1::a9fe:a9fd", "private" },
	{ "fd20:ce::254", "metadata" },
	{ "fd20:ce::255", "private" },
	{ "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "private" },
	{ "fe00::", "reserved" },
	{ "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "fe80::", "link-local" },
	{ "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local" },
	{ "fec0::", "reserved" },
	{ "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
	{ "ff00::", "multicast" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast" },
};

/* With an empty list the class alone decides: public yes, private by name in single, others never.
 */
static void every_range(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(samples); i++) {
		struct address a = parse(samples[i].addr);
		int is_public = strcmp(samples[i].class, "public") == 0;
		int is_private = strcmp(samples[i].class, "private") == 0;
		struct egress_verdict v;

		assert_int_equal(
			egress_check(p->single, "a.test", &a, 443, &v), is_public || is_private);
		if (strcmp(v.class, samples[i].class) != 0)
			fail_msg("%s: %s, not %s", samples[i].addr, v.class, samples[i].class);
		assert_int_equal(v.never, !is_public && !is_private);
		assert_int_equal(check(p->multi, "a.test", samples[i].addr, 443), is_public);
		assert_int_equal(
			check(p->single, samples[i].addr, samples[i].addr, 443), is_public);
		assert_int_equal(check(p->single, "a.test", samples[i].addr, 80), 0);
	}
}

/* What is refused is told with its reason and the way out; nobody learns an address that way. */
static void sentences(void **state)
{
	static const struct {
		const char *host;
		const char *addr;
		int port;
		int tenancy;
		const char *rule;
		const char *say[2];
	} cases[] = {
		{ "mail.test", "8.8.8.8", 443, TENANCY_MULTI, "public", { "", "" } },
		{ "mail.test", "10.7.7.7", 443, TENANCY_SINGLE, "private", { "", "" } },
		{ "mail.test", "8.8.8.8", 8443, TENANCY_SINGLE, "port",
			{ "port other than 443", "latchkey egress allow mail.test 8443" } },
		{ "mail.test", "10.7.7.7", 8443, TENANCY_SINGLE, "port",
			{ "port other than 443", "latchkey egress allow mail.test 8443" } },
		{ "mail.test", "10.7.7.7", 443, TENANCY_MULTI, "tenancy",
			{ "private network", "latchkey egress allow mail.test 443" } },
		{ "10.7.7.7", "10.7.7.7", 443, TENANCY_SINGLE, "literal",
			{ "by its name", "latchkey egress allow 10.7.7.7 443" } },
		{ "mail.test", "127.0.0.1", 443, TENANCY_SINGLE, "special",
			{ "this machine itself", "latchkey egress allow mail.test 443" } },
		{ "mail.test", "169.254.169.254", 443, TENANCY_SINGLE, "special",
			{ "cloud provider", "Ops can allow the address itself" } },
		{ "169.254.169.254", "169.254.169.254", 443, TENANCY_SINGLE, "special",
			{ "cloud provider", "latchkey egress allow 169.254.169.254 443" } },
		{ "mail.test", "fe80::1", 443, TENANCY_SINGLE, "special",
			{ "one cable", "Ops can allow the address itself" } },
		{ "mail.test", "::ffff:10.7.7.7", 443, TENANCY_SINGLE, "special",
			{ "in disguise", "Ops can allow the address itself" } },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address a = parse(cases[i].addr);
		struct egress_verdict v;

		egress_check(cases[i].tenancy == TENANCY_SINGLE ? p->single : p->multi,
			cases[i].host, &a, cases[i].port, &v);
		if (strcmp(v.rule, cases[i].rule) != 0 || !strstr(v.say, cases[i].say[0]) ||
			!strstr(v.fix, cases[i].say[1]))
			fail_msg("%s %s: %s: %s", cases[i].host, cases[i].addr, v.rule, v.say);
		if (strcmp(cases[i].host, cases[i].addr) != 0)
			assert_null(strstr(v.say, cases[i].addr));
		assert_non_null(strstr(v.log, cases[i].addr));
		assert_non_null(strstr(v.log, cases[i].host));
	}
}

static void long_names_do_not_cut_the_sentence(void **state)
{
	struct place *p = *state;
	char host[EGRESS_HOST];
	struct address a = parse("127.0.0.1");
	struct egress_verdict v;

	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(egress_check(p->single, host, &a, 443, &v), 0);
	assert_non_null(strstr(v.fix, "latchkey egress allow NAME 443"));
	assert_non_null(strstr(v.log, "(127.0.0.0/8: loopback)"));
	host[80] = '\0';
	for (size_t i = 0; i < COUNT(samples); i++) {
		a = parse(samples[i].addr);
		if (!egress_check(p->single, host, &a, 65535, &v))
			assert_true(strlen(v.say) < sizeof(v.say) - 1);
	}
}

static void ports(void **state)
{
	static const int closed[] = { -1, 0, 1, 80, 442, 444, 8443, 65535, 65536, 65536 + 443 };
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(closed); i++)
		assert_int_equal(check(p->single, "a.test", "8.8.8.8", closed[i]), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 443), 1);
	list_these(p, "a.test 8000-8100\n8.8.4.4 25\n");
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 7999), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8000), 1);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8100), 1);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 8101), 0);
	assert_int_equal(check(p->single, "a.test", "8.8.8.8", 443), 1);
	assert_int_equal(check(p->single, "b.test", "8.8.8.8", 8000), 0);
	assert_int_equal(check(p->single, "b.test", "8.8.4.4", 25), 1);
	assert_int_equal(check(p->single, "b.test", "8.8.8.8", 25), 0);
}

/* What an entry opens and what it does not. */
static void entries(void **state)
{
	static const struct {
		const char *list;
		const char *host;
		const char *addr;
		int port;
		int allowed;
	} cases[] = {
		/* addresses and networks */
		{ "127.0.0.1", "a.test", "127.0.0.1", 443, 1 },
		{ "127.0.0.1", "127.0.0.1", "127.0.0.1", 443, 1 },
		{ "127.0.0.1", "a.test", "127.0.0.2", 443, 0 },
		{ "127.0.0.1 8443", "a.test", "127.0.0.1", 443, 0 },
		{ "127.0.0.0/8", "a.test", "127.9.9.9", 443, 1 },
		{ "::1", "a.test", "::1", 443, 1 },
		{ "::1", "a.test", "127.0.0.1", 443, 0 },
		{ "10.1.0.0/16", "10.1.255.255", "10.1.255.255", 443, 1 },
		{ "10.1.0.0/16", "a.test", "10.2.0.0", 443, 0 },
		{ "10.1.0.128/25", "a.test", "10.1.0.127", 443, 0 },
		{ "10.1.0.128/25", "a.test", "10.1.0.128", 443, 1 },
		{ "fc00::/7", "a.test", "fd12::1", 443, 1 },
		{ "224.0.0.0/4", "a.test", "224.0.0.1", 443, 1 },
		/* a special range opens from within only */
		{ "0.0.0.0/0 1-65535", "a.test", "8.8.8.8", 8443, 1 },
		{ "0.0.0.0/0", "a.test", "127.0.0.1", 443, 0 },
		{ "0.0.0.0/0", "a.test", "10.0.0.1", 443, 0 },
		{ "126.0.0.0/7", "a.test", "127.0.0.1", 443, 0 },
		{ "0.0.0.0/0", "a.test", "169.254.169.254", 443, 0 },
		{ "169.254.0.0/16", "a.test", "169.254.1.1", 443, 1 },
		{ "169.254.0.0/16", "a.test", "169.254.169.254", 443, 0 },
		{ "169.254.169.254", "a.test", "169.254.169.254", 443, 1 },
		{ "100.64.0.0/10", "a.test", "100.100.100.200", 443, 0 },
		{ "::/0 1-65535", "a.test", "2a00::1", 8443, 1 },
		{ "::/0", "a.test", "::1", 443, 0 },
		{ "::/0", "a.test", "fd00::1", 443, 0 },
		{ "::/0", "a.test", "8.8.8.8", 8443, 0 },
		{ "fc00::/7", "a.test", "fd00:ec2::254", 443, 0 },
		{ "fd00:ec2::254", "a.test", "fd00:ec2::254", 443, 1 },
		/* names */
		{ "a.test", "a.test", "127.0.0.1", 443, 1 },
		{ "a.test", "A.Test", "127.0.0.1", 443, 1 },
		{ "A.TEST", "a.test", "127.0.0.1", 443, 1 },
		{ "a.test", "b.a.test", "127.0.0.1", 443, 0 },
		{ "a.test", "a.test", "127.0.0.1", 444, 0 },
		{ "a.test", "a.test", "10.0.0.1", 443, 1 },
		{ "a.test", "127.0.0.1", "127.0.0.1", 443, 0 },
		{ "a.test", "a.test", "169.254.169.254", 443, 0 },
		{ "a.test", "a.test", "168.63.129.16", 443, 0 },
		{ "a.test", "a.test", "169.254.0.1", 443, 0 },
		{ "a.test", "a.test", "fe80::1", 443, 0 },
		{ "a.test", "a.test", "::ffff:169.254.169.254", 443, 0 },
		{ "a.test", "a.test", "64:ff9b::a9fe:a9fe", 443, 0 },
		{ "a.test", "a.test", "64:ff9b:1::a9fe:a9fe", 443, 0 },
		{ "a.test", "a.test", "::ffff:127.0.0.1", 443, 1 },
		/* disguises: the entry of the carried address, or one of the carrier as narrow */
		{ "127.0.0.0/8", "a.test", "::ffff:127.0.0.1", 443, 1 },
		{ "10.0.0.0/8", "a.test", "::ffff:10.0.0.1", 443, 1 },
		{ "11.0.0.0/8", "a.test", "::ffff:10.0.0.1", 443, 0 },
		{ "10.0.0.0/8", "a.test", "2002:a00:1::1", 443, 1 },
		{ "::ffff:0:0/96", "a.test", "::ffff:10.0.0.1", 443, 0 },
		{ "::ffff:10.0.0.0/104", "a.test", "::ffff:10.0.0.1", 443, 1 },
		{ "64:ff9b::/96", "a.test", "64:ff9b::169.254.169.254", 443, 0 },
		{ "64:ff9b::/96 25", "a.test", "64:ff9b::8.8.8.8", 25, 1 },
		{ "2002::/16", "a.test", "2002:7f00:1::", 443, 0 },
		{ "2002:7f00::/24", "a.test", "2002:7f00:1::", 443, 1 },
		{ "64:ff9b:1::/48", "a.test", "64:ff9b:1::1", 443, 1 },
		{ "2001::/32", "a.test", "2001:0:1::1", 443, 1 },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		list_these(p, cases[i].list);
		if (check(p->multi, cases[i].host, cases[i].addr, cases[i].port) !=
			cases[i].allowed)
			fail_msg("\"%s\" for %s %s %d: should be %d", cases[i].list, cases[i].host,
				cases[i].addr, cases[i].port, cases[i].allowed);
	}
}

/* found and allowed as lists of texts; "" when refused as a whole. */
static void choose(struct place *p, const char *const *found, const char *const *want)
{
	struct addresses in = { 0 }, out;
	struct egress_verdict v;
	char text[INET6_ADDRSTRLEN];
	size_t n = 0;
	int rc;

	while (found[in.count]) {
		in.list[in.count] = parse(found[in.count]);
		in.count++;
	}
	rc = egress_choose(p->multi, "a.test", 443, &in, &out, &v);
	while (want[n]) {
		assert_true(n < out.count);
		assert_string_equal(address_text(&out.list[n], text, sizeof(text)), want[n]);
		n++;
	}
	assert_int_equal(out.count, n);
	assert_int_equal(rc, n > 0);
	assert_int_equal(v.allowed, rc);
	assert_int_equal(v.say[0] == '\0', rc);
}

static void answers_are_judged_as_a_whole(void **state)
{
	static const struct {
		const char *list;
		const char *found[5];
		const char *want[5];
	} cases[] = {
		{ "", { NULL }, { NULL } },
		{ "", { "8.8.8.8", "2a00::1" }, { "8.8.8.8", "2a00::1" } },
		/* private ones are left out where they are not allowed */
		{ "", { "10.0.0.1", "8.8.8.8", "fd00::1" }, { "8.8.8.8" } },
		{ "", { "10.0.0.1" }, { NULL } },
		{ "10.0.0.1", { "10.0.0.1", "8.8.8.8" }, { "10.0.0.1", "8.8.8.8" } },
		/* one of the never kind spoils all, wherever it stands */
		{ "", { "8.8.8.8", "127.0.0.1" }, { NULL } },
		{ "", { "127.0.0.1", "8.8.8.8" }, { NULL } },
		{ "", { "10.0.0.1", "8.8.8.8", "::ffff:127.0.0.1", "8.8.4.4" }, { NULL } },
		{ "", { "8.8.8.8", "169.254.169.254" }, { NULL } },
		{ "a.test", { "8.8.8.8", "127.0.0.1" }, { "8.8.8.8", "127.0.0.1" } },
		{ "a.test", { "8.8.8.8", "169.254.169.254" }, { NULL } },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		list_these(p, cases[i].list);
		choose(p, cases[i].found, cases[i].want);
	}
}

static void parses_and_normalises(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} cases[] = {
		{ "10.0.0.0/8", "10.0.0.0/8 443" },
		{ "10.1.2.3", "10.1.2.3/32 443" },
		{ "2001:DB8::", "2001:db8::/128 443" },
		{ "2001:db8:0::/48 25-26", "2001:db8::/48 25-26" },
		{ "0.0.0.0/0 1-65535", "0.0.0.0/0 1-65535" },
		{ "Mail.Example.ORG", "mail.example.org 443" },
		{ "  mail.example.org \t 8443  ", "mail.example.org 8443" },
		{ "mail 443-443", "mail 443" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4/128 443" },
		{ "", NULL },
		{ "   ", NULL },
		{ "443", NULL },
		{ "10.1.2.3/8", NULL },
		{ "10.0.0.1/31", NULL },
		{ "2001:db8::1/64", NULL },
		{ "::1/0", NULL },
		{ "10.0.0.0/33", NULL },
		{ "10.0.0.0/-1", NULL },
		{ "10.0.0.0/", NULL },
		{ "10.0.0.0/8x", NULL },
		{ "::/129", NULL },
		{ "/8", NULL },
		{ "10.0.0/8", NULL },
		{ "127.1", NULL },
		{ "0x7f.1", NULL },
		{ "010.0.0.1", NULL },
		{ "2130706433", NULL },
		{ "fe80::1%lo", NULL },
		{ "[::1]", NULL },
		{ "*.example.org", NULL },
		{ "mail.example.org:443", NULL },
		{ "https://mail.example.org", NULL },
		{ "mail_1.example.org", NULL },
		{ "-mail.example.org", NULL },
		{ "mail..org", NULL },
		{ "mail.org 0", NULL },
		{ "mail.org 65536", NULL },
		{ "mail.org 443-", NULL },
		{ "mail.org -443", NULL },
		{ "mail.org 444-443", NULL },
		{ "mail.org 1-2-3", NULL },
		{ "mail.org 443x", NULL },
		{ "mail.org 000000443", NULL },
		{ "mail.org 443 444", NULL },
		{ "mail.org\n10.0.0.0/8", NULL },
		{ "mail.org 443\n", NULL },
		{ "m\xc3\xa4il.org", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct egress_entry en;
		struct err e = { 0 };
		char text[EGRESS_TEXT] = "refused";
		int rc = egress_entry_parse(cases[i].in, &en, &e);

		if (rc == 0)
			egress_entry_text(&en, text, sizeof(text));
		else
			assert_int_equal(e.code, ERR_INPUT);
		if (strcmp(text, cases[i].out ? cases[i].out : "refused") != 0)
			fail_msg("\"%s\": %s", cases[i].in, text);
	}
}

static void longest_entry(void **state)
{
	char in[600], text[EGRESS_TEXT];
	struct egress_entry en;
	struct err e;
	size_t n = 0;

	(void)state;
	while (n < 250)
		n += (size_t)snprintf(in + n, sizeof(in) - n, "%s", "abcdefghi.");
	snprintf(in + n, sizeof(in) - n, "org 10000-65535");
	assert_ok(egress_entry_parse(in, &en, &e));
	egress_entry_text(&en, text, sizeof(text));
	assert_string_equal(text, in);
	memset(in, 'a', sizeof(in) - 1);
	in[sizeof(in) - 1] = '\0';
	assert_int_equal(egress_entry_parse(in, &en, &e), -1);
	in[254] = '\0';
	assert_int_equal(egress_entry_parse(in, &en, &e), -1);
}

static void reads_the_file(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct err e;

	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 0);
	write_file(p->file, "# ours\n\n  10.0.0.0/8 # with a reason\r\n\tMail.Test 25\n#end");
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.list[0].bits, 8);
	assert_string_equal(list.list[1].name, "mail.test");
	assert_int_equal(list.list[1].first, 25);
}

static void bad_files_name_the_line(void **state)
{
	static const struct {
		const char *text;
		const char *where;
	} cases[] = {
		{ "10.0.0.0/8\nnot a line\n", ":2: " },
		{ "nonsense!", ":1: \"nonsense!\"" },
		{ "#\n\n\n10.0.0.1/8 # x", ":4: " },
	};
	struct place *p = *state;
	static struct egress_list list;
	struct err e;

	for (size_t i = 0; i < COUNT(cases); i++) {
		write_file(p->file, cases[i].text);
		assert_int_equal(egress_file_list(p->file, &list, &e), -1);
		assert_int_equal(e.code, ERR_SETUP);
		assert_non_null(strstr(e.log, p->file));
		if (!strstr(e.log, cases[i].where))
			fail_msg("%s", e.log);
		assert_null(strstr(e.say, p->file));
	}
}

static void odd_files_are_refused(void **state)
{
	static const char nul[] = "10.0.0.0/8\0 443\n";
	struct place *p = *state;
	static struct egress_list list;
	struct err e;
	int fd;

	assert_int_equal(mkdir(p->file, 0755), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(rmdir(p->file), 0);
	assert_int_equal(mkfifo(p->file, 0644), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(unlink(p->file), 0);
	write_file(p->file, "10.0.0.0/8\n");
	assert_int_equal(chmod(p->file, 0666), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_non_null(strstr(e.log, "everybody may write"));
	assert_int_equal(chmod(p->file, 0644), 0);
	assert_ok(egress_file_list(p->file, &list, &e));
	fd = open(p->file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, nul, sizeof(nul) - 1), sizeof(nul) - 1);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(ftruncate(fd, 64 * 1024 + 1), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	close(fd);
	assert_int_equal(egress_file_list("/dev/null", &list, &e), -1);
}

static void unreadable_file_is_an_error(void **state)
{
	struct place *p = *state;
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip();
	write_file(p->file, "10.0.0.0/8\n");
	assert_int_equal(chmod(p->file, 0600), 0);
	assert_int_equal(chmod(p->dir, 0755), 0);
	child = fork();
	if (child == 0) {
		struct err e;

		if (setuid(65534) < 0)
			_exit(2);
		_exit(egress_load(p->multi, &e) == -1 && e.code == ERR_SETUP ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void fill_file(struct place *p, int entries)
{
	char text[EGRESS_MAX * 16 + 32];
	size_t n = 0;

	for (int i = 0; i < entries; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "10.0.%d.%d\n", i / 256, i % 256);
	write_file(p->file, text);
}

static void number_of_entries_is_bounded(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct egress_entry en;
	struct err e;

	fill_file(p, EGRESS_MAX);
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, EGRESS_MAX);
	assert_ok(egress_entry_parse("11.0.0.0/8", &en, &e));
	assert_int_equal(egress_file_add(p->file, &en, &e), -1);
	fill_file(p, EGRESS_MAX + 1);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_non_null(strstr(e.log, ":257: "));
}

/* A list that is broken later leaves what was allowed before, and no more. */
static void load_follows_the_file(void **state)
{
	struct place *p = *state;
	struct err e;

	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	write_file(p->file, "127.0.0.1\n");
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 1);
	write_file(p->file, "127.0.0.1\n127.0.0.2\nbroken line here\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(egress_load(p->multi, &e), -1);
		assert_non_null(strstr(e.log, ":3: "));
		assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 1);
		assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 0);
	}
	write_file(p->file, "127.0.0.2\n");
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 1);
	assert_int_equal(unlink(p->file), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 0);
}

/* Same size, other time; same size and time, other file. */
static void each_part_of_the_stamp_counts(void **state)
{
	const struct timespec then[2] = { { 1000000000, 1 }, { 1000000000, 1 } };
	struct place *p = *state;
	struct err e;
	char other[112];

	write_file(p->file, "127.0.0.1\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	snprintf(other, sizeof(other), "%s.new", p->file);
	write_file(other, "127.0.0.2\n");
	assert_int_equal(utimensat(AT_FDCWD, other, then, 0), 0);
	assert_int_equal(rename(other, p->file), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 1);
	write_file(p->file, "127.0.0.3\n");
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.3", 443), 1);
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	write_file(p->file, "127.0.0.33\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	/* with the same stamp it is not read again */
	write_file(p->file, "not..valid\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.33", 443), 1);
}

static int change(struct place *p, const char *entry, int add)
{
	struct egress_entry en;
	struct err e;
	int rc;

	assert_ok(egress_entry_parse(entry, &en, &e));
	rc = add ? egress_file_add(p->file, &en, &e) : egress_file_remove(p->file, &en, &e);
	assert_ok(rc);
	return rc;
}

static void adds_and_removes(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(change(p, "10.0.0.0/8", 0), 0);
	assert_int_equal(access(p->file, F_OK), -1);
	assert_int_equal(change(p, "10.0.0.0/8", 1), 1);
	assert_file(p->file, "10.0.0.0/8 443\n");
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(change(p, "10.0.0.0/8 443", 1), 0);
	assert_int_equal(change(p, "Mail.Test 8443", 1), 1);
	assert_file(p->file, "10.0.0.0/8 443\nmail.test 8443\n");
	assert_int_equal(change(p, "mail.test", 0), 0);
	assert_int_equal(change(p, "10.0.0.0/8", 0), 1);
	assert_file(p->file, "mail.test 8443\n");
	assert_int_equal(change(p, "mail.test 8443", 0), 1);
	assert_file(p->file, "");
}

static void comments_are_kept(void **state)
{
	struct place *p = *state;

	write_file(p->file, "# ours\n\n10.0.0.0/8 # office\nMAIL.test\n10.0.0.0/8 443\n# end");
	assert_int_equal(change(p, "11.0.0.0/8", 1), 1);
	assert_file(p->file,
		"# ours\n\n10.0.0.0/8 # office\nMAIL.test\n10.0.0.0/8 443\n# end\n"
		"11.0.0.0/8 443\n");
	assert_int_equal(change(p, "10.0.0.0/8", 0), 1);
	assert_file(p->file, "# ours\n\nMAIL.test\n# end\n11.0.0.0/8 443\n");
	assert_int_equal(change(p, "mail.TEST", 0), 1);
	assert_file(p->file, "# ours\n\n# end\n11.0.0.0/8 443\n");
}

static void failed_changes_leave_the_file(void **state)
{
	struct place *p = *state;
	struct egress_entry en;
	struct err e;

	assert_ok(egress_entry_parse("10.0.0.0/8", &en, &e));
	write_file(p->file, "what is this\n");
	assert_int_equal(egress_file_add(p->file, &en, &e), -1);
	assert_non_null(strstr(e.log, ":1: "));
	assert_int_equal(egress_file_remove(p->file, &en, &e), -1);
	assert_file(p->file, "what is this\n");
	assert_int_equal(egress_file_add("/no/such/place/allow", &en, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
}

/* The file is replaced, not written over: a reader sees the old text or the new one. */
static void change_is_one_step(void **state)
{
	struct place *p = *state;
	char text[64] = "";
	int old;

	write_file(p->file, "10.0.0.0/8\n");
	old = open(p->file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(change(p, "11.0.0.0/8", 1), 1);
	assert_int_equal(read(old, text, sizeof(text)), 11);
	assert_string_equal(text, "10.0.0.0/8\n");
	close(old);
}

/* Several callers at once lose nothing. */
static void callers_wait_for_each_other(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct err e;
	pid_t children[4];
	int status;

	for (int c = 0; c < 4; c++) {
		children[c] = fork();
		for (int i = 0; children[c] == 0 && i < 10; i++) {
			struct egress_entry en;
			char text[32];

			snprintf(text, sizeof(text), "10.0.%d.%d", c, i);
			if (egress_entry_parse(text, &en, &e) < 0 ||
				egress_file_add(p->file, &en, &e) != 1)
				_exit(1);
		}
		if (children[c] == 0)
			_exit(0);
	}
	for (int c = 0; c < 4; c++) {
		assert_int_equal(waitpid(children[c], &status, 0), children[c]);
		assert_int_equal(status, 0);
	}
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 40);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_range),
		TEST(sentences),
		TEST(long_names_do_not_cut_the_sentence),
		TEST(ports),
		TEST(entries),
		TEST(answers_are_judged_as_a_whole),
		cmocka_unit_test(parses_and_normalises),
		cmocka_unit_test(longest_entry),
		TEST(reads_the_file),
		TEST(bad_files_name_the_line),
		TEST(odd_files_are_refused),
		TEST(unreadable_file_is_an_error),
		TEST(number_of_entries_is_bounded),
		TEST(load_follows_the_file),
		TEST(each_part_of_the_stamp_counts),
		TEST(adds_and_removes),
		TEST(comments_are_kept),
		TEST(failed_changes_leave_the_file),
		TEST(change_is_one_step),
		TEST(callers_wait_for_each_other),
	};

	egress_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
