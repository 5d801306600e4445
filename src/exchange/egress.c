/* Egress: the judge of destinations.
 *
 * Rules: the ranges are one table, and the most specific row decides, so its order does not matter.
 * Whether a host is a literal is found here, not believed. What the admin is told never contains an
 * address that he did not type himself: names of the inner network stay in the log.
 */
#include "exchange/egress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "egress_list.h"
#include "platform/config.h"

/* Longer names are not repeated in a sentence, and are cut in the log. */
enum { HOST_SHOWN = 80 };

enum class {
	PUBLIC,
	PRIVATE,
	LOOPBACK,
	LINK_LOCAL,
	METADATA,
	SHARED,
	MULTICAST,
	UNSPECIFIED,
	BROADCAST,
	RESERVED,
	DOCUMENTATION,
	BENCHMARK,
	TRANSLATED,
	UNKNOWN,
	CLASS__MAX
};

static const struct class_info {
	const char *name;
	const char *words; /* "The server's address is ..." */
	int ordinary;	   /* the rules for public and private addresses apply */
	int by_name;	   /* an entry with a name is enough */
} classes[CLASS__MAX] = {
	[PUBLIC] = { "public", "public", 1, 1 },
	[PRIVATE] = { "private", "in a private network", 1, 1 },
	[LOOPBACK] = { "loopback", "this machine itself", 0, 1 },
	[LINK_LOCAL] = { "link-local", "only valid on one cable", 0, 0 },
	[METADATA] = { "metadata", "an inner service of a cloud provider", 0, 0 },
	[SHARED] = { "shared", "in the inner network of an Internet provider", 0, 1 },
	[MULTICAST] = { "multicast", "a group of machines, not one server", 0, 1 },
	[UNSPECIFIED] = { "unspecified", "no address of any server", 0, 1 },
	[BROADCAST] = { "broadcast", "all machines of a network, not one server", 0, 1 },
	[RESERVED] = { "reserved", "not in use on the Internet", 0, 1 },
	[DOCUMENTATION] = { "documentation", "for examples in texts only", 0, 1 },
	[BENCHMARK] = { "benchmark", "for measurements in laboratories only", 0, 1 },
	[TRANSLATED] = { "translated", "another address in disguise", 0, 0 },
	[UNKNOWN] = { "unknown", "known to a proxy only", 1, 1 },
};

enum rule {
	LISTED,
	PUBLIC_PORT,
	PRIVATE_NAME,
	NO_SPECIAL,
	NO_TENANCY,
	NO_PLAIN,
	NO_PORT,
	NO_LITERAL
};

static const struct rule_info {
	const char *name;
	int allowed;
	const char *say; /* NO_SPECIAL is followed by the words of the class */
} rules[] = {
	[LISTED] = { "listed", 1, NULL },
	[PUBLIC_PORT] = { "public", 1, NULL },
	[PRIVATE_NAME] = { "private", 1, NULL },
	[NO_SPECIAL] = { "special", 0, "The server's address is refused, because it is " },
	[NO_TENANCY] = { "tenancy", 0,
		"The server is in a private network, to which nothing is connected from here" },
	[NO_PLAIN] = { "plain", 0,
		"Without encryption only port 80 of a server on the Internet is asked" },
	[NO_PORT] = { "port", 0, "The server is on a port other than 443, which is not open" },
	[NO_LITERAL] = { "literal", 0,
		"A server in a private network must be given by its name, which its certificate "
		"proves" },
};

/* Everything not named here is in the rows of no bits. */
static const struct row {
	const char *cidr;
	enum class class;
	const char *words;
	int embeds; /* byte at which an IPv4 address stands that is to be judged; 0: none */
} rows[] = {
	{ "0.0.0.0/0", PUBLIC, "Internet", 0 },
	{ "0.0.0.0/8", RESERVED, "this network", 0 },
	{ "0.0.0.0/32", UNSPECIFIED, "unspecified", 0 },
	{ "10.0.0.0/8", PRIVATE, "private network", 0 },
	{ "100.64.0.0/10", SHARED, "carrier-grade NAT", 0 },
	{ "100.100.100.200/32", METADATA, "cloud metadata", 0 },
	{ "127.0.0.0/8", LOOPBACK, "loopback", 0 },
	{ "168.63.129.16/32", METADATA, "cloud host agent", 0 },
	{ "169.254.0.0/16", LINK_LOCAL, "link-local", 0 },
	{ "169.254.169.254/32", METADATA, "cloud metadata", 0 },
	{ "172.16.0.0/12", PRIVATE, "private network", 0 },
	{ "192.0.0.0/24", RESERVED, "IETF protocols", 0 },
	{ "192.0.0.192/32", METADATA, "cloud metadata", 0 },
	{ "192.0.2.0/24", DOCUMENTATION, "documentation", 0 },
	{ "192.88.99.0/24", RESERVED, "6to4 relays", 0 },
	{ "192.168.0.0/16", PRIVATE, "private network", 0 },
	{ "198.18.0.0/15", BENCHMARK, "benchmarks", 0 },
	{ "198.51.100.0/24", DOCUMENTATION, "documentation", 0 },
	{ "203.0.113.0/24", DOCUMENTATION, "documentation", 0 },
	{ "224.0.0.0/4", MULTICAST, "multicast", 0 },
	{ "240.0.0.0/4", RESERVED, "reserved", 0 },
	{ "255.255.255.255/32", BROADCAST, "broadcast", 0 },
	{ "::/0", RESERVED, "not assigned", 0 },
	{ "::/96", TRANSLATED, "IPv4-compatible", 0 },
	{ "::/128", UNSPECIFIED, "unspecified", 0 },
	{ "::1/128", LOOPBACK, "loopback", 0 },
	{ "::ffff:0:0/96", TRANSLATED, "IPv4-mapped", 12 },
	{ "64:ff9b::/96", TRANSLATED, "NAT64", 12 },
	{ "64:ff9b:1::/48", TRANSLATED, "local NAT64", 0 },
	{ "100::/64", RESERVED, "discard only", 0 },
	{ "2000::/3", PUBLIC, "Internet", 0 },
	{ "2001::/23", RESERVED, "IETF protocols", 0 },
	{ "2001::/32", TRANSLATED, "Teredo", 0 },
	{ "2001:2::/48", BENCHMARK, "benchmarks", 0 },
	{ "2001:db8::/32", DOCUMENTATION, "documentation", 0 },
	{ "2002::/16", TRANSLATED, "6to4", 2 },
	{ "3fff::/20", DOCUMENTATION, "documentation", 0 },
	{ "fc00::/7", PRIVATE, "unique local", 0 },
	{ "fd00:c1::a9fe:a9fe/128", METADATA, "cloud metadata", 0 },
	{ "fd00:ec2::/32", METADATA, "cloud metadata", 0 },
	{ "fd20:ce::254/128", METADATA, "cloud metadata", 0 },
	{ "fe80::/10", LINK_LOCAL, "link-local", 0 },
	{ "fec0::/10", RESERVED, "site-local", 0 },
	{ "ff00::/8", MULTICAST, "multicast", 0 },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* A row with its network in binary. */
struct range {
	struct address net;
	int bits;
	const struct row *row;
};

struct egress {
	char *file;
	int tenancy;
	struct range ranges[ROWS];
	struct egress_list list;
	struct egress_list fresh; /* being read; becomes the list when all of it is right */
	struct stat stamp;	  /* of the file the list came from; zero: none */
};

/* What is to be connected to. */
struct goal {
	const char *host;
	int port;
	int plain; /* without TLS */
};

/* What is known of one address. */
struct sight {
	const struct address *addr; /* NULL: a proxy knows it */
	const struct range *range;
	struct address inner;		 /* the IPv4 address it carries */
	const struct range *inner_range; /* NULL: carries none */
	enum class class;
};

static int inside(const struct address *a, const struct address *net, int bits)
{
	const unsigned char *p = egress_bytes(a), *q = egress_bytes(net);
	size_t whole = (size_t)bits / 8;
	unsigned mask = 0xff00u >> (bits % 8) & 0xff;

	if (a->family != net->family || memcmp(p, q, whole) != 0)
		return 0;
	return mask == 0 || ((p[whole] ^ q[whole]) & mask) == 0;
}

/* The most specific range; the rows of no bits catch everything. */
static const struct range *find_range(const struct egress *g, const struct address *a)
{
	const struct range *best = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		const struct range *r = &g->ranges[i];

		if (inside(a, &r->net, r->bits) && (!best || r->bits > best->bits))
			best = r;
	}
	if (!best)
		die("egress: an address of no family");
	return best;
}

static void look_at(const struct egress *g, const struct address *addr, struct sight *s)
{
	memset(s, 0, sizeof(*s));
	s->addr = addr;
	s->range = find_range(g, addr);
	s->class = s->range->row->class;
	if (!s->range->row->embeds)
		return;
	s->inner.family = AF_INET;
	memcpy(&s->inner.v4, egress_bytes(addr) + s->range->row->embeds, sizeof(s->inner.v4));
	s->inner_range = find_range(g, &s->inner);
	if (s->inner_range->row->class != PRIVATE)
		s->class = s->inner_range->row->class;
}

/* Does an entry of so many bits lie within the range, or is the range an ordinary one? */
static int may_open(int bits, const struct range *r)
{
	return r->row->class == PUBLIC || bits >= r->bits;
}

/* An entry for a carrying address counts for the carried one too: its bits behind the carrier's. */
static int net_covers(const struct egress_entry *en, const struct sight *s)
{
	int carrier = s->range->row->embeds * 8;

	if (inside(s->addr, &en->net, en->bits))
		return may_open(en->bits, s->range) &&
			(!s->inner_range || may_open(en->bits - carrier, s->inner_range));
	return s->inner_range && inside(&s->inner, &en->net, en->bits) &&
		may_open(en->bits, s->inner_range);
}

/* Is an entry with the name enough? Not for a disguise, unless what is in it is public. */
static int by_name(const struct sight *s)
{
	return classes[s->class].by_name &&
		(!s->inner_range || s->inner_range->row->class == PUBLIC);
}

static int covers(const struct egress_entry *en, const char *host, const struct sight *s)
{
	if (en->is_name)
		return by_name(s) && strcasecmp(en->name, host) == 0;
	return s->addr && net_covers(en, s);
}

static int is_listed(const struct egress *g, const char *host, int port, const struct sight *s)
{
	for (size_t i = 0; i < g->list.count; i++) {
		const struct egress_entry *en = &g->list.list[i];

		if (port >= en->first && port <= en->last && covers(en, host, s))
			return 1;
	}
	return 0;
}

static int is_literal(const char *host)
{
	struct address a;

	return address_parse(host, &a) == 0;
}

static enum rule decide(const struct egress *g, const struct goal *to, const struct sight *s)
{
	if (is_listed(g, to->host, to->port, s))
		return LISTED;
	if (!classes[s->class].ordinary)
		return NO_SPECIAL;
	if (s->class == PRIVATE && g->tenancy != TENANCY_SINGLE)
		return NO_TENANCY;
	if (to->plain)
		return s->class == PUBLIC && to->port == EGRESS_PLAIN_PORT ? PUBLIC_PORT : NO_PLAIN;
	if (to->port != EGRESS_PORT)
		return NO_PORT;
	if (s->class == PRIVATE && is_literal(to->host))
		return NO_LITERAL;
	return s->class == PRIVATE ? PRIVATE_NAME : PUBLIC_PORT;
}

/* The sentences for the admin and for ops. */
static void explain(
	const struct goal *to, const struct sight *s, enum rule rule, struct egress_verdict *v)
{
	const struct class_info *info = &classes[s->class];
	const char *shown = strlen(to->host) <= HOST_SHOWN ? to->host : "NAME";
	const struct row *row = s->range ? s->range->row : NULL;
	char text[INET6_ADDRSTRLEN];

	if (!rules[rule].allowed) {
		snprintf(v->say, sizeof(v->say), "%s%s.", rules[rule].say,
			rule == NO_SPECIAL ? info->words : "");
		snprintf(v->fix, sizeof(v->fix),
			by_name(s) || is_literal(to->host)
				? "Ops can allow it with: latchkey egress allow %s %d"
				: "Ops can allow the address itself, which the log names.",
			shown, to->port);
	}
	snprintf(v->log, sizeof(v->log), "%s port %d for %.*s: %s (%s: %s)",
		s->addr ? address_text(s->addr, text, sizeof(text)) : "no address", to->port,
		HOST_SHOWN, to->host, rules[rule].name, row ? row->cidr : "-",
		row ? row->words : info->words);
}

static int judge(const struct egress *g, const struct goal *to, const struct sight *s,
	struct egress_verdict *out)
{
	enum rule rule = decide(g, to, s);

	memset(out, 0, sizeof(*out));
	out->allowed = rules[rule].allowed;
	out->class = classes[s->class].name;
	out->rule = rules[rule].name;
	out->never = rule == NO_SPECIAL;
	explain(to, s, rule, out);
	return out->allowed;
}

static int check(const struct egress *g, const struct goal *to, const struct address *addr,
	struct egress_verdict *out)
{
	struct sight s;

	look_at(g, addr, &s);
	return judge(g, to, &s, out);
}

static int choose(const struct egress *g, const struct goal *to, const struct addresses *found,
	struct addresses *allowed, struct egress_verdict *out)
{
	struct egress_verdict refused = { .class = "none",
		.rule = "empty",
		.say = "The name has no address, so nothing is connected to." };
	struct egress_verdict v;

	allowed->count = 0;
	for (size_t i = 0; i < found->count; i++) {
		if (check(g, to, &found->list[i], &v)) {
			allowed->list[allowed->count++] = found->list[i];
			*out = v;
			continue;
		}
		refused = v;
		if (v.never) {
			allowed->count = 0;
			break;
		}
	}
	if (allowed->count == 0)
		*out = refused;
	return out->allowed;
}

int egress_check(const struct egress *g, const char *host, const struct address *addr, int port,
	struct egress_verdict *out)
{
	const struct goal to = { .host = host, .port = port };

	return check(g, &to, addr, out);
}

int egress_check_name(
	const struct egress *g, const char *host, int port, struct egress_verdict *out)
{
	const struct goal to = { .host = host, .port = port };
	const struct sight s = { .class = UNKNOWN };

	return judge(g, &to, &s, out);
}

int egress_choose(const struct egress *g, const char *host, int port, const struct addresses *found,
	struct addresses *allowed, struct egress_verdict *out)
{
	const struct goal to = { .host = host, .port = port };

	return choose(g, &to, found, allowed, out);
}

int egress_check_plain(const struct egress *g, const char *host, const struct address *addr,
	int port, struct egress_verdict *out)
{
	const struct goal to = { .host = host, .port = port, .plain = 1 };

	return check(g, &to, addr, out);
}

int egress_choose_plain(const struct egress *g, const char *host, int port,
	const struct addresses *found, struct addresses *allowed, struct egress_verdict *out)
{
	const struct goal to = { .host = host, .port = port, .plain = 1 };

	return choose(g, &to, found, allowed, out);
}

struct egress *egress_new(const char *file, int tenancy)
{
	struct egress *g = calloc(1, sizeof(*g));

	if (!g || !(g->file = strdup(file)))
		die("egress: out of memory");
	g->tenancy = tenancy;
	for (size_t i = 0; i < ROWS; i++) {
		g->ranges[i].row = &rows[i];
		if (egress_net_parse(rows[i].cidr, &g->ranges[i].net, &g->ranges[i].bits) < 0)
			die("egress: row %s", rows[i].cidr);
	}
	return g;
}

void egress_free(struct egress *g)
{
	if (!g)
		return;
	free(g->file);
	free(g);
}

static int same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int egress_load(struct egress *g, struct err *e)
{
	struct stat st;

	if (stat(g->file, &st) == 0 && same_file(&st, &g->stamp))
		return 0;
	if (egress_file_read(g->file, &g->fresh, &st, e) < 0)
		return -1;
	g->list = g->fresh;
	g->stamp = st;
	return 0;
}
