/* Egress: the judge of destinations, and the file in which ops list exceptions.
 *
 * Rules: the ranges are one table, and the most specific row decides, so its order does not matter.
 * Whether a host is a literal is found here, not believed. What the admin is told never contains an
 * address that he did not type himself: names of the inner network stay in the log. The file is
 * read whole or not at all, and rewritten by a new file that takes its place.
 */
#include "exchange/egress.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/buf.h"
#include "platform/config.h"
#include "platform/str.h"

enum {
	FILE_SIZE_MAX = 64 * 1024,
	LINE_SIZE = 320,
	HOST_SHOWN = 80, /* longer names are not repeated in a sentence, and are cut in the log */
};

#define BLANKS " \t"

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
};

enum rule { LISTED, PUBLIC_PORT, PRIVATE_NAME, NO_SPECIAL, NO_TENANCY, NO_PORT, NO_LITERAL };

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

/* What is known of one address. */
struct sight {
	const struct address *addr;
	const struct range *range;
	struct address inner;		 /* the IPv4 address it carries */
	const struct range *inner_range; /* NULL: carries none */
	enum class class;
};

static int parse_net(const char *text, struct address *net, int *bits)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	int64_t value;

	if (n >= sizeof(host))
		return -1;
	memcpy(host, text, n);
	host[n] = '\0';
	if (address_parse(host, net) < 0)
		return -1;
	value = net->family == AF_INET ? 32 : 128;
	if (slash && str_int(slash + 1, 0, value, &value) < 0)
		return -1;
	*bits = (int)value;
	return 0;
}

static const unsigned char *bytes_of(const struct address *a)
{
	return a->family == AF_INET ? (const unsigned char *)&a->v4 : a->v6.s6_addr;
}

static int inside(const struct address *a, const struct address *net, int bits)
{
	const unsigned char *p = bytes_of(a), *q = bytes_of(net);
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
	memcpy(&s->inner.v4, bytes_of(addr) + s->range->row->embeds, sizeof(s->inner.v4));
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

static int covers(const struct egress_entry *en, const char *host, const struct sight *s)
{
	if (en->is_name)
		return classes[s->class].by_name && strcasecmp(en->name, host) == 0;
	return net_covers(en, s);
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

static enum rule decide(const struct egress *g, const char *host, int port, const struct sight *s)
{
	if (is_listed(g, host, port, s))
		return LISTED;
	if (!classes[s->class].ordinary)
		return NO_SPECIAL;
	if (s->class == PRIVATE && g->tenancy != TENANCY_SINGLE)
		return NO_TENANCY;
	if (port != EGRESS_PORT)
		return NO_PORT;
	if (s->class == PRIVATE && is_literal(host))
		return NO_LITERAL;
	return s->class == PRIVATE ? PRIVATE_NAME : PUBLIC_PORT;
}

/* The sentences for the admin and for ops. */
static void explain(
	const char *host, int port, const struct sight *s, enum rule rule, struct egress_verdict *v)
{
	const struct class_info *info = &classes[s->class];
	const char *shown = strlen(host) <= HOST_SHOWN ? host : "NAME";
	char text[INET6_ADDRSTRLEN];

	if (!rules[rule].allowed) {
		snprintf(v->say, sizeof(v->say), "%s%s.", rules[rule].say,
			rule == NO_SPECIAL ? info->words : "");
		snprintf(v->fix, sizeof(v->fix),
			info->by_name || is_literal(host)
				? "Ops can allow it with: latchkey egress allow %s %d"
				: "Ops can allow the address itself, which the log names.",
			shown, port);
	}
	snprintf(v->log, sizeof(v->log), "%s port %d for %.*s: %s (%s: %s)",
		address_text(s->addr, text, sizeof(text)), port, HOST_SHOWN, host, rules[rule].name,
		s->range->row->cidr, s->range->row->words);
}

int egress_check(const struct egress *g, const char *host, const struct address *addr, int port,
	struct egress_verdict *out)
{
	struct sight s;
	enum rule rule;

	memset(out, 0, sizeof(*out));
	look_at(g, addr, &s);
	rule = decide(g, host, port, &s);
	out->allowed = rules[rule].allowed;
	out->class = classes[s.class].name;
	out->rule = rules[rule].name;
	out->never = rule == NO_SPECIAL;
	explain(host, port, &s, rule, out);
	return out->allowed;
}

int egress_choose(const struct egress *g, const char *host, int port, const struct addresses *found,
	struct addresses *allowed, struct egress_verdict *out)
{
	struct egress_verdict refused = { .class = "none",
		.rule = "empty",
		.say = "The name has no address, so nothing is connected to." };
	struct egress_verdict v;

	allowed->count = 0;
	for (size_t i = 0; i < found->count; i++) {
		if (egress_check(g, host, &found->list[i], port, &v)) {
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

struct egress *egress_new(const char *file, int tenancy)
{
	struct egress *g = calloc(1, sizeof(*g));

	if (!g || !(g->file = strdup(file)))
		die("egress: out of memory");
	g->tenancy = tenancy;
	for (size_t i = 0; i < ROWS; i++) {
		g->ranges[i].row = &rows[i];
		if (parse_net(rows[i].cidr, &g->ranges[i].net, &g->ranges[i].bits) < 0)
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

/* Entries */

/* Ends the word at s; returns the next one, or "". */
static char *cut_word(char *s)
{
	s += strcspn(s, BLANKS);
	if (*s)
		*s++ = '\0';
	return s + strspn(s, BLANKS);
}

static int parse_ports(const char *text, struct egress_entry *out)
{
	char first[8];
	size_t n = strcspn(text, "-");
	int64_t from, to;

	if (n >= sizeof(first))
		return -1;
	memcpy(first, text, n);
	first[n] = '\0';
	if (str_int(first, 1, 65535, &from) < 0)
		return -1;
	to = from;
	if (text[n] && str_int(text + n + 1, from, 65535, &to) < 0)
		return -1;
	out->first = (int)from;
	out->last = (int)to;
	return 0;
}

/* 10.1.2.3/8 may be meant as 10.1.2.3 or as 10.0.0.0/8. */
static int has_host_bits(const struct address *net, int bits)
{
	const unsigned char *p = bytes_of(net);
	size_t size = net->family == AF_INET ? 4 : 16;
	size_t i = (size_t)bits / 8;

	if (i < size && (p[i] & (0xff >> (bits % 8))))
		return 1;
	for (i++; i < size; i++) {
		if (p[i])
			return 1;
	}
	return 0;
}

static int parse_target(const char *text, struct egress_entry *out, struct err *e)
{
	if (parse_net(text, &out->net, &out->bits) == 0) {
		if (has_host_bits(&out->net, out->bits))
			return ERR(e, ERR_INPUT, NULL,
				"\"%s\": bits are set behind the first %d; give the network or the "
				"address alone",
				text, out->bits);
		return 0;
	}
	if (str_copy(out->name, sizeof(out->name), text) < 0 || !str_host(text))
		return ERR(e, ERR_INPUT, NULL,
			"\"%s\": neither an address, nor a network, nor a host name", text);
	str_lower(out->name);
	out->is_name = 1;
	return 0;
}

int egress_entry_parse(const char *text, struct egress_entry *out, struct err *e)
{
	char copy[LINE_SIZE];
	char *ports, *rest;

	memset(out, 0, sizeof(*out));
	out->first = out->last = EGRESS_PORT;
	if (str_copy(copy, sizeof(copy), text + strspn(text, BLANKS)) < 0)
		return ERR(e, ERR_INPUT, NULL, "the entry is too long");
	ports = cut_word(copy);
	rest = cut_word(ports);
	if (*ports && parse_ports(ports, out) < 0)
		return ERR(
			e, ERR_INPUT, NULL, "\"%s\": not a port or PORT-PORT in 1 to 65535", ports);
	if (*rest)
		return ERR(e, ERR_INPUT, NULL, "\"%s\": too many words", rest);
	return parse_target(copy, out, e);
}

void egress_entry_text(const struct egress_entry *en, char *dst, size_t size)
{
	char net[INET6_ADDRSTRLEN], target[EGRESS_HOST + 4];

	if (en->is_name)
		snprintf(target, sizeof(target), "%s", en->name);
	else
		snprintf(target, sizeof(target), "%s/%d", address_text(&en->net, net, sizeof(net)),
			en->bits);
	if (en->first == en->last)
		snprintf(dst, size, "%s %d", target, en->first);
	else
		snprintf(dst, size, "%s %d-%d", target, en->first, en->last);
}

static int same_entry(const struct egress_entry *a, const struct egress_entry *b)
{
	char one[EGRESS_TEXT], two[EGRESS_TEXT];

	egress_entry_text(a, one, sizeof(one));
	egress_entry_text(b, two, sizeof(two));
	return strcmp(one, two) == 0;
}

/* The file */

/* Length of the line at p, without its end; *next is behind it. */
static size_t line_at(const char *p, const char *end, const char **next)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	*next = nl ? nl + 1 : end;
	return (size_t)((nl ? nl : end) - p);
}

/* 1 an entry, 0 blank or only a comment, -1. */
static int parse_line(const char *line, size_t n, struct egress_entry *out, struct err *e)
{
	const char *comment = memchr(line, '#', n);
	char copy[LINE_SIZE];
	char *entry;

	if (comment)
		n = (size_t)(comment - line);
	if (n >= sizeof(copy) || memchr(line, '\0', n))
		return ERR(e, ERR_INPUT, NULL, "too long, or not text");
	memcpy(copy, line, n);
	copy[n] = '\0';
	entry = str_trim(copy);
	if (!*entry)
		return 0;
	return egress_entry_parse(entry, out, e) < 0 ? -1 : 1;
}

static int parse_text(
	const char *file, const struct buf *text, struct egress_list *out, struct err *e)
{
	const char *p = buf_str(text), *end = p + text->len, *next;
	struct err why;
	int rc;

	out->count = 0;
	for (int line = 1; p < end; p = next, line++) {
		size_t n = line_at(p, end, &next);
		struct egress_entry en;

		rc = parse_line(p, n, &en, &why);
		if (rc < 0)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: %s", file, line, why.log);
		if (rc == 0)
			continue;
		if (out->count == EGRESS_MAX)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: more than %d entries", file, line,
				EGRESS_MAX);
		out->list[out->count++] = en;
	}
	return 0;
}

static int read_all(int fd, struct buf *text)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0) {
		if (buf_add(text, part, (size_t)n) < 0) {
			errno = EFBIG;
			return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* The text of file; no file is an empty text, and st is zero then. Who may write it decides where
 * we connect to. */
static int read_list(const char *file, struct buf *text, struct stat *st, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	memset(st, 0, sizeof(*st));
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, st) < 0)
		rc = ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
	else if (!S_ISREG(st->st_mode) || (st->st_mode & S_IWOTH))
		rc = ERR(e, ERR_SETUP, NULL, "%s: not a file, or everybody may write it", file);
	else if (read_all(fd, text) < 0)
		rc = ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static int same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int egress_load(struct egress *g, struct err *e)
{
	struct stat st;
	struct buf text;
	int rc;

	if (stat(g->file, &st) == 0 && same_file(&st, &g->stamp))
		return 0;
	buf_init(&text, FILE_SIZE_MAX);
	rc = read_list(g->file, &text, &st, e);
	if (rc == 0)
		rc = parse_text(g->file, &text, &g->fresh, e);
	if (rc == 0) {
		g->list = g->fresh;
		g->stamp = st;
	}
	buf_done(&text);
	return rc;
}

int egress_file_list(const char *file, struct egress_list *out, struct err *e)
{
	struct stat st;
	struct buf text;
	int rc;

	buf_init(&text, FILE_SIZE_MAX);
	rc = read_list(file, &text, &st, e);
	if (rc == 0)
		rc = parse_text(file, &text, out, e);
	buf_done(&text);
	return rc;
}

/* Changes */

static void append_entry(const struct buf *text, const struct egress_entry *en, struct buf *out)
{
	char line[EGRESS_TEXT];

	egress_entry_text(en, line, sizeof(line));
	buf_add(out, buf_str(text), text->len);
	if (text->len > 0 && text->p[text->len - 1] != '\n')
		buf_putc(out, '\n');
	buf_printf(out, "%s\n", line);
}

static void leave_out(const struct buf *text, const struct egress_entry *en, struct buf *out)
{
	const char *p = buf_str(text), *end = p + text->len, *next;

	for (; p < end; p = next) {
		struct egress_entry here;
		struct err e;
		size_t n = line_at(p, end, &next);

		if (parse_line(p, n, &here, &e) != 1 || !same_entry(&here, en))
			buf_add(out, p, (size_t)(next - p));
	}
}

/* What the file is to hold; 1 in out, 0 nothing changes, -1. */
static int compose(
	const char *file, const struct egress_entry *en, int add, struct buf *out, struct err *e)
{
	struct egress_list *now = calloc(1, sizeof(*now));
	struct buf text;
	struct stat st;
	int known = 0, rc;

	if (!now)
		die("egress: out of memory");
	buf_init(&text, FILE_SIZE_MAX);
	rc = read_list(file, &text, &st, e);
	if (rc == 0)
		rc = parse_text(file, &text, now, e);
	for (size_t i = 0; rc == 0 && i < now->count; i++)
		known |= same_entry(&now->list[i], en);
	if (rc == 0 && add && !known && now->count == EGRESS_MAX)
		rc = ERR(e, ERR_SETUP, NULL, "%s: has %d entries already", file, EGRESS_MAX);
	if (rc == 0 && add != known) {
		if (add)
			append_entry(&text, en, out);
		else
			leave_out(&text, en, out);
		rc = buf_ok(out) ? 1 : ERR(e, ERR_SETUP, NULL, "%s: would be too large", file);
	}
	buf_done(&text);
	free(now);
	return rc;
}

static int write_all(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t n;

	while (done < text->len) {
		n = write(fd, text->p + done, text->len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* A new file takes the place of the old one, on disk before it is seen. */
static int replace_file(const char *file, const struct buf *text, int dir, struct err *e)
{
	char temp[PATH_MAX];
	int fd, rc;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", file) >= (int)sizeof(temp))
		return ERR(e, ERR_SETUP, NULL, "%s: the name is too long", file);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s", temp, strerror(errno));
	rc = write_all(fd, text) < 0 || fchmod(fd, 0644) < 0 || fsync(fd) < 0 ||
		rename(temp, file) < 0 || fsync(dir) < 0;
	if (rc) {
		ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
		unlink(temp);
	}
	close(fd);
	return rc ? -1 : 0;
}

/* The directory of file, locked until it is closed; -1 with errno. */
static int lock_directory(const char *file)
{
	const char *slash = strrchr(file, '/');
	char dir[PATH_MAX] = ".";
	int fd;

	if (slash && snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - file), file) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) == 0)
		return fd;
	close(fd);
	return -1;
}

static int change(const char *file, const struct egress_entry *en, int add, struct err *e)
{
	struct buf text;
	int dir = lock_directory(file), rc;

	if (dir < 0)
		return ERR(e, ERR_SETUP, NULL, "directory of %s: %s", file, strerror(errno));
	buf_init(&text, FILE_SIZE_MAX);
	rc = compose(file, en, add, &text, e);
	if (rc == 1 && replace_file(file, &text, dir, e) < 0)
		rc = -1;
	buf_done(&text);
	close(dir);
	return rc;
}

int egress_file_add(const char *file, const struct egress_entry *en, struct err *e)
{
	return change(file, en, 1, e);
}

int egress_file_remove(const char *file, const struct egress_entry *en, struct err *e)
{
	return change(file, en, 0, e);
}
