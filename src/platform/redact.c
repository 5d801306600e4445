/* Redact: stand-ins for names.
 *
 * Rules: one walk from left to right; what was written is not looked at again. At the beginning of
 * a word the shapes are tried in the order of their table, the narrowest first; a told name is
 * looked for at every byte, one of a person or a sign-in as a word only. When in doubt it is
 * replaced: a word too many does no harm.
 */
#include "redact.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "str.h"

enum {
	SLOTS = 8192, /* of the table of stand-ins */
	MOST = 4096,  /* stand-ins; what comes then has no number */
	KNOWN_MAX = 32768,
	BUCKETS = 8192,	 /* of told names */
	BEGIN = 10,	 /* bytes of a beginning */
	SHORT = 4,	 /* a told name of fewer bytes must be a word */
	OPAQUE = 32,	 /* so long is no word of anybody */
	QUOTED_MAX = 80, /* of a local part in quotes */
	HOST_MAX = 253,
	LITERAL_MAX = 45
};

struct stand {
	enum redact_kind kind;
	const char *key; /* lower case */
	size_t len;
	int n;
};

struct known {
	struct known *next;
	enum redact_kind kind;
	const char *name;
	size_t len;
};

/* Sorts of runs that are looked at from each word in them: where the last one ends is kept, so that
 * a long run costs as much as it is long. */
enum run { RUN_LOCAL, RUN_HOST, RUN_OPAQUE, RUN__MAX };

struct redact {
	struct arena *a;
	const char *text; /* that is walked over */
	const char *ends[RUN__MAX];
	const char *dull; /* up to here no word is opaque by its letters */
	int clear;
	int count, told;
	int last[REDACT__MAX];
	struct stand *slots[SLOTS];
	struct known *known[BUCKETS];
	size_t longest[BUCKETS]; /* of the names that begin so */
};

static const char *const words[REDACT__MAX] = {
	[REDACT_PERSON] = "person",
	[REDACT_DOMAIN] = "domain",
	[REDACT_SERVER] = "server",
	[REDACT_ADDRESS] = "address",
	[REDACT_ID] = "id",
	[REDACT_LOGIN] = "login",
	[REDACT_ORGANISATION] = "organisation",
	[REDACT_CERTIFICATE] = "certificate",
	[REDACT_PROXY] = "proxy",
};

/* Names that are everybody's. */
static const char *const public[] = { "schemas.microsoft.com", "schemas.xmlsoap.org", "www.w3.org",
	"docs.oasis-open.org", "outlook.office365.com", "outlook.office.com",
	"outlook.office365.us", "outlook-dod.office365.us", "partner.outlook.cn",
	"autodiscover-s.outlook.com", "login.microsoftonline.com", "login.microsoftonline.us",
	"login.partner.microsoftonline.cn", "login.windows.net", "graph.microsoft.com", "asp.net",
	NULL };
/* Ends of names of files, which are no domains. */
static const char *const files[] = { "conf", "asmx", "svc", "xml", "xsd", "dtd", "sock", "db",
	"txt", "pem", "pub", "head", "csv", "log", "json", "service", "aspx", "fcgi", NULL };
/* Words that are no names, and say nothing of an organisation. */
static const char *const common[] = { "mail", "email", "exchange", "office", "outlook",
	"onmicrosoft", "example", "test", "local", "localhost", "company", "corp", "group",
	"internal", "gmail", "calendar", "calendars", "booking", "bookings", "scheduling",
	"service", "mailbox", "connection", "account", "admin", "server", "member", "members",
	"latchkey", "engine", "ops", "root", NULL };
/* Headers whose value names a machine, also without a dot. */
static const char *const machines[] = { "X-FEServer", "X-BEServer", "X-TargetBEServer",
	"X-CalculatedBETarget", "X-DiagInfo", "x-ms-ests-server", "Via", NULL };

/* What is no letter, though its bytes look like those of one. While a text is walked over each is a
 * control character, from MARK on; others are dropped. */
enum { MARK = 0x0e };
static const char *const marks[] = { "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98",
	"\xe2\x80\x99", "\xe2\x80\x9a", "\xe2\x80\xa6", "\xe2\x80\x93", "\xe2\x80\x94",
	"\xe2\x80\xb9", "\xe2\x80\xba", "\xc2\xab", "\xc2\xbb", "\xc2\xa0", NULL };

/* Any byte of a letter, in any language, or a digit. */
static int is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static int in_local(char c)
{
	return is_letter(c) || (c && strchr(".!#$%&'*+^_`{|}~-", c));
}

static int in_host(char c)
{
	return is_letter(c) || c == '.' || c == '-' || c == '_';
}

static int is_one_of(const char *const *list, const char *text, size_t n)
{
	for (; *list; list++) {
		if (strlen(*list) == n && strncasecmp(*list, text, n) == 0)
			return 1;
	}
	return 0;
}

static int in_opaque(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("+/_-=", c));
}

static int (*const in_run[RUN__MAX])(char c) = { in_local, in_host, in_opaque };

/* The same, from inside of a run that was looked at before, too. */
static size_t run_at(struct redact *r, enum run which, const char *p)
{
	const char *end = r->ends[which];

	if (!end || p >= end) {
		end = p;
		while (*end && in_run[which](*end) &&
			(which != RUN_LOCAL || strncmp(end, "%40", 3) != 0))
			end++;
		r->ends[which] = end;
	}
	return (size_t)(end - p);
}

/* --- stand-ins --- */

static unsigned hash_of(enum redact_kind kind, const char *key, size_t n)
{
	unsigned h = 2166136261U ^ kind;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)key[i]) * 16777619U;
	return h;
}

/* Where it is in the table, or would be. */
static struct stand **slot_of(struct redact *r, enum redact_kind kind, const char *key, size_t n)
{
	unsigned at = hash_of(kind, key, n) % SLOTS;
	struct stand *s;

	for (; (s = r->slots[at]); at = (at + 1) % SLOTS) {
		if (s->kind == kind && s->len == n && memcmp(s->key, key, n) == 0)
			break;
	}
	return &r->slots[at];
}

/* The number of what is called so, from 1; 0 when there are too many. */
static int number_of(struct redact *r, enum redact_kind kind, const char *text, size_t n)
{
	const char *key = str_lower(arena_strndup(r->a, text, n));
	struct stand **s = slot_of(r, kind, key, n);

	if (*s)
		return (*s)->n;
	if (r->count == MOST)
		return 0;
	*s = arena_alloc(r->a, sizeof(**s));
	**s = (struct stand){ kind, key, n, ++r->last[kind] };
	r->count++;
	return (*s)->n;
}

static void stand_in(
	struct redact *r, enum redact_kind kind, const char *text, size_t n, struct buf *out)
{
	const int number = number_of(r, kind, text, n);

	if (number)
		buf_printf(out, "%s-%d", words[kind], number);
	else
		buf_printf(out, "%s-more", words[kind]);
}

/* --- shapes: how many bytes were taken and replaced; 0 = it is none --- */

/* What stands behind an @: a domain, or an address in brackets; 0 = neither. */
static size_t domain_end(const char *p)
{
	size_t n = 0;

	if (*p == '[') {
		n = strcspn(p, "]\r\n <>\"");
		return p[n] == ']' ? n + 1 : 0;
	}
	while (is_letter(p[n]) || p[n] == '.' || p[n] == '-')
		n++;
	while (n > 0 && !is_letter(p[n - 1]))
		n--;
	return n;
}

/* A person of so many bytes, and the @ with the domain behind it. */
static size_t put_mail(struct redact *r, const char *p, size_t local, size_t at, struct buf *out)
{
	const size_t domain = domain_end(p + local + at), end = local + at + domain;

	if (domain == 0)
		return 0;
	stand_in(r, REDACT_PERSON, p, end, out);
	buf_add(out, p + local, at);
	if (r->clear && p[local + at] != '[')
		buf_add(out, p + local + at, domain);
	else
		stand_in(r, REDACT_DOMAIN, p + local + at, domain, out);
	return end;
}

/* local@domain, with the @ also as %40. */
static size_t take_mail(struct redact *r, const char *p, struct buf *out)
{
	const size_t local = run_at(r, RUN_LOCAL, p);
	const size_t at = p[local] == '@' ? 1 : strncmp(p + local, "%40", 3) == 0 ? 3 : 0;

	return at && local ? put_mail(r, p, local, at, out) : 0;
}

/* "Bob Smith"@domain */
static size_t take_quoted(struct redact *r, const char *p, struct buf *out)
{
	size_t n = 1;

	while (n < QUOTED_MAX && p[n] && !strchr("\"\r\n", p[n]))
		n += p[n] == '\\' && p[n + 1] == '"' ? 2 : 1;
	return p[n - 1] && p[n] == '"' && p[n + 1] == '@' ? put_mail(r, p, n + 1, 1, out) : 0;
}

static size_t take_id(struct redact *r, const char *p, struct buf *out)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t n = 0;

	while (shape[n] && (shape[n] == 'x' ? isxdigit((unsigned char)p[n]) : p[n] == '-'))
		n++;
	if (shape[n] || is_letter(p[n]))
		return 0;
	stand_in(r, REDACT_ID, p, n, out);
	return n;
}

/* S-1-5-21-... */
static size_t take_sid(struct redact *r, const char *p, struct buf *out)
{
	size_t n;

	if (strncasecmp(p, "S-1-", 4) != 0)
		return 0;
	n = 4 + strspn(p + 4, "0123456789-");
	if (n < 8)
		return 0;
	stand_in(r, REDACT_ID, p, n, out);
	return n;
}

/* The directory's own name of somebody: /o=Acme/ou=.../cn=... */
static size_t take_directory(struct redact *r, const char *p, struct buf *out)
{
	const size_t n = strcspn(p, "\r\n<>\"");

	if (strncasecmp(p, "/o=", 3) != 0)
		return 0;
	buf_puts(out, "/o=");
	stand_in(r, REDACT_ID, p, n, out);
	return n;
}

/* "OU=": how many bytes; 0 = no such thing stands there. */
static size_t attribute(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '.')
		n++;
	return n > 0 && p[n] == '=' ? n + 1 : 0;
}

/* Up to what ends the value of an attribute. */
static size_t value_of(const char *p)
{
	size_t n = 0;

	while (p[n] && !strchr(",+;/\r\n<>\"", p[n]))
		n += p[n] == '\\' && p[n + 1] && p[n + 1] != '\n' ? 2 : 1;
	return n;
}

/* A name of a directory or a certificate: CN=Bob Smith,OU=Sales,DC=acme,DC=test */
static size_t take_name(struct redact *r, const char *p, struct buf *out)
{
	static const char *const first[] = { "CN", "OU", "DC", "O", "L", "ST", "UID", NULL };
	size_t n = attribute(p), next, gap;

	if (n == 0 || !is_one_of(first, p, n - 1))
		return 0;
	n += value_of(p + n);
	while (p[n] && strchr(",+;/", p[n])) {
		gap = 1 + strspn(p + n + 1, " ");
		next = attribute(p + n + gap);
		if (next == 0)
			break;
		n += gap + next;
		n += value_of(p + n);
	}
	stand_in(r, REDACT_ID, p, n, out);
	return n;
}

static int in_network(char c)
{
	return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

/* This machine, or none, is nobody's. */
static int is_plain(const char *text)
{
	return strncmp(text, "127.", 4) == 0 || strcmp(text, "0.0.0.0") == 0 ||
		strcmp(text, "::1") == 0 || strcmp(text, "::") == 0;
}

static int is_literal(const char *text)
{
	unsigned char raw[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

/* With a port behind it, at the end of a sentence, or with more of the kind behind it, it is
 * shorter than the run. */
static size_t take_network(struct redact *r, const char *p, struct buf *out)
{
	char text[LITERAL_MAX + 1];
	size_t n = 0;

	while (n < LITERAL_MAX && in_network(p[n]))
		n++;
	for (; n > 1; n--) {
		memcpy(text, p, n);
		text[n] = '\0';
		if (!is_letter(p[n]) && is_literal(text))
			break;
	}
	if (n <= 1)
		return 0;
	if (is_plain(text))
		buf_add(out, p, n);
	else
		stand_in(r, REDACT_ADDRESS, p, n, out);
	return n;
}

/* Nobody writes such a word: hex digits, or letters of both cases with digits. */
static size_t take_opaque(struct redact *r, const char *p, struct buf *out)
{
	const size_t n = run_at(r, RUN_OPAQUE, p);
	size_t hex = 0, upper = 0, lower = 0, digits = 0;

	if (n < OPAQUE)
		return 0;
	while (isxdigit((unsigned char)p[hex]))
		hex++;
	for (size_t i = 0; i < n && p >= r->dull; i++) {
		upper += isupper((unsigned char)p[i]) != 0;
		lower += islower((unsigned char)p[i]) != 0;
		digits += isdigit((unsigned char)p[i]) != 0;
	}
	if (hex != n && !(upper && lower && digits)) {
		r->dull = p + n;
		return 0;
	}
	buf_printf(out, "(%zu characters)", n);
	return n;
}

/* ACME\svc, ACME\\svc, or acme.example\svc@acme. */
static size_t take_login(struct redact *r, const char *p, struct buf *out)
{
	const size_t domain = run_at(r, RUN_HOST, p);
	size_t from = domain, n = 0;

	while (p[from] == '\\')
		from++;
	if (domain == 0 || from == domain || !is_letter(p[from]))
		return 0;
	while (in_local(p[from + n]) || p[from + n] == '@')
		n++;
	while (n > 0 && !is_letter(p[from + n - 1]) && p[from + n - 1] != '$')
		n--;
	stand_in(r, REDACT_LOGIN, p, from + n, out);
	return from + n;
}

/* At least two labels, of which the last begins with a letter: n is without dots behind it. */
static int is_host(const char *p, size_t n)
{
	size_t label = 0, dots = 0;

	for (size_t i = 0; i < n; i++) {
		label = p[i] == '.' ? 0 : label + 1;
		dots += p[i] == '.';
	}
	if (dots == 0 || label < 2 || !is_letter(p[n - label]) ||
		isdigit((unsigned char)p[n - label]) || memchr(p + n - label, '_', label))
		return 0;
	return !is_one_of(files, p + n - label, label);
}

/* The domain of mail that it is, or lies in: where that begins; n = none that is known. */
static size_t domain_in(struct redact *r, const char *p, size_t n)
{
	const char *key = str_lower(arena_strndup(r->a, p, n)), *at = key;

	for (; at; at = strchr(at, '.')) {
		at += *at == '.';
		if (*slot_of(r, REDACT_DOMAIN, at, n - (size_t)(at - key)))
			return (size_t)(at - key);
	}
	return n;
}

/* "server-1.domain-1" where the domain of its name is one of mail. */
static void put_host(struct redact *r, const char *p, size_t n, struct buf *out)
{
	const size_t domain = domain_in(r, p, n);

	if (domain > 0)
		stand_in(r, REDACT_SERVER, p, n, out);
	if (domain > 0 && domain < n)
		buf_putc(out, '.');
	if (domain < n)
		stand_in(r, REDACT_DOMAIN, p + domain, n - domain, out);
}

/* "https://exch01/": whatever stands there is a host. */
static int is_behind_scheme(const struct redact *r, const char *p)
{
	return p - r->text >= 3 && memcmp(p - 3, "://", 3) == 0;
}

/* Up to two dots, and without what ends a sentence. */
static size_t host_end(const char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (p[i] == '.' && p[i + 1] == '.')
			n = i;
	}
	while (n > 0 && !is_letter(p[n - 1]))
		n--;
	return n;
}

static size_t take_host(struct redact *r, const char *p, struct buf *out)
{
	size_t n = run_at(r, RUN_HOST, p);

	if (n > HOST_MAX && memchr(p, '.', HOST_MAX)) {
		buf_printf(out, "(%zu characters)", n);
		return n;
	}
	n = n > HOST_MAX ? 0 : host_end(p, n);
	if (!is_host(p, n) && (n == 0 || !is_behind_scheme(r, p)))
		return 0;
	if (r->clear || is_one_of(public, p, n))
		buf_add(out, p, n);
	else
		put_host(r, p, n, out);
	return n;
}

/* "X-FEServer: EXCH01", to the end of the line. */
static size_t take_machine(struct redact *r, const char *p, struct buf *out)
{
	const size_t name = strcspn(p, ": \n");
	size_t from, n;

	if (r->clear || p[name] != ':' || !is_one_of(machines, p, name))
		return 0;
	from = name + 1 + strspn(p + name + 1, " ");
	n = strcspn(p + from, "\r\n");
	buf_add(out, p, from);
	if (n) {
		stand_in(r, REDACT_SERVER, p + from, n, out);
		redact_name(r, REDACT_SERVER,
			arena_strndup(r->a, p + from, strcspn(p + from, ".,; \r\n")));
	}
	return from + n;
}

/* What asks for a sign-in calls itself as it likes. */
static size_t take_realm(struct redact *r, const char *p, struct buf *out)
{
	static const char begin[] = "realm=\"";
	const size_t from = sizeof(begin) - 1;
	size_t n;

	if (r->clear || strncasecmp(p, begin, from) != 0)
		return 0;
	n = strcspn(p + from, "\"\r\n");
	buf_add(out, p, from);
	if (n)
		stand_in(r, REDACT_SERVER, p + from, n, out);
	return from + n;
}

static size_t (*const shapes[])(struct redact *r, const char *p, struct buf *out) = {
	take_machine,
	take_realm,
	take_name,
	take_mail,
	take_id,
	take_sid,
	take_network,
	take_opaque,
	take_login,
	take_host,
};

/* --- told names --- */

/* A text as it is walked over. */
static void put_marked(const char *text, struct buf *out)
{
	for (const char *p = text; *p; p++) {
		const unsigned char c = (unsigned char)*p;
		size_t i = 0;

		while ((c & 0x80) && marks[i] && strncmp(p, marks[i], strlen(marks[i])) != 0)
			i++;
		if ((c & 0x80) && marks[i]) {
			buf_putc(out, (char)(MARK + i));
			p += strlen(marks[i]) - 1;
		} else if (c >= ' ' || strchr("\t\r\n", c)) {
			buf_putc(out, *p);
		}
	}
}

static unsigned hash_add(unsigned h, char c)
{
	return (h ^ (unsigned)tolower((unsigned char)c)) * 16777619U;
}

static unsigned hash_name(const char *p, size_t n)
{
	unsigned h = 2166136261U;

	for (size_t i = 0; i < n; i++)
		h = hash_add(h, p[i]);
	return h;
}

static const struct known *find_known(struct redact *r, const char *p, size_t n, unsigned h)
{
	const struct known *k = r->known[h % BUCKETS];

	while (k && (k->len != n || strncasecmp(k->name, p, n) != 0))
		k = k->next;
	return k;
}

/* Not a part of a word, where it may not be one. */
static int stands(const struct redact *r, const struct known *k, const char *p)
{
	if (k->len >= SHORT && (k->kind == REDACT_SERVER || k->kind == REDACT_ORGANISATION))
		return 1;
	return (p == r->text || !is_letter(p[-1])) && !is_letter(p[k->len]);
}

/* The longest. How long names are that begin so tells how far it is worth looking. */
static size_t take_known(struct redact *r, const char *p, struct buf *out)
{
	const struct known *found = NULL;
	unsigned h = 2166136261U;
	size_t most = 0;

	for (size_t n = 1; p[n - 1] && (n <= BEGIN || n <= most); n++) {
		const struct known *k;

		h = hash_add(h, p[n - 1]);
		if (n == BEGIN)
			most = r->longest[h % BUCKETS];
		k = find_known(r, p, n, h);
		if (k && stands(r, k, p))
			found = k;
	}
	if (!found)
		return 0;
	stand_in(r, found->kind, found->name, found->len, out);
	return found->len;
}

static void add_known(struct redact *r, enum redact_kind kind, const char *name, size_t n)
{
	const unsigned h = hash_name(name, n);
	size_t *longest = &r->longest[hash_name(name, n < BEGIN ? n : BEGIN) % BUCKETS];
	struct known *k;

	if (is_one_of(common, name, n) || find_known(r, name, n, h))
		return;
	k = arena_alloc(r->a, sizeof(*k));
	*k = (struct known){ r->known[h % BUCKETS], kind, arena_strndup(r->a, name, n), n };
	r->known[h % BUCKETS] = k;
	if (n > *longest)
		*longest = n;
	r->told++;
}

void redact_name(struct redact *r, enum redact_kind kind, const char *name)
{
	struct buf b;

	if (str_empty(name) || r->told == KNOWN_MAX || (r->clear && kind == REDACT_SERVER))
		return;
	buf_init(&b, strlen(name) + 1);
	put_marked(name, &b);
	if (b.len)
		add_known(r, kind, buf_str(&b), b.len);
	buf_done(&b);
}

void redact_domain_of(struct redact *r, const char *email)
{
	const char *at = str_empty(email) ? NULL : strrchr(email, '@');
	const char *label, *dot;

	if (!at || !at[1])
		return;
	if (!r->clear)
		number_of(r, REDACT_DOMAIN, at + 1, strlen(at + 1));
	for (label = at + 1; (dot = strchr(label, '.')); label = dot + 1) {
		const size_t n = (size_t)(dot - label);

		if (n >= SHORT && !is_one_of(common, label, n))
			redact_name(r, REDACT_ORGANISATION, arena_strndup(r->a, label, n));
	}
}

/* --- the walk --- */

struct redact *redact_new(struct arena *a, int clear)
{
	struct redact *r = arena_alloc(a, sizeof(*r));

	*r = (struct redact){ .a = a, .clear = clear };
	return r;
}

static size_t take(struct redact *r, const char *p, struct buf *out)
{
	size_t n = 0;

	if (*p == '/') {
		n = take_directory(r, p, out);
	} else if (*p == '"') {
		n = take_quoted(r, p, out);
	} else if (*p == ':') {
		n = take_network(r, p, out);
	} else if (is_letter(*p) && (p == r->text || !is_letter(p[-1]))) {
		for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && n == 0; i++)
			n = shapes[i](r, p, out);
	}
	return n ? n : take_known(r, p, out);
}

static void put_plain(struct buf *out, char c)
{
	const unsigned char u = (unsigned char)c;

	if (c == '\t')
		buf_putc(out, ' ');
	else if (u >= MARK && u < MARK + sizeof(marks) / sizeof(marks[0]) - 1)
		buf_puts(out, marks[u - MARK]);
	else if (c == '\n' || (u >= ' ' && u != 0x7f))
		buf_putc(out, c);
}

void redact_put(struct redact *r, const char *text, struct buf *out)
{
	struct buf b;
	const char *p;

	buf_init(&b, strlen(text) + 1);
	put_marked(text, &b);
	p = r->text = r->dull = buf_str(&b);
	memset(r->ends, 0, sizeof(r->ends));
	while (*p) {
		const size_t n = take(r, p, out);

		if (n == 0)
			put_plain(out, *p);
		p += n ? n : 1;
	}
	buf_done(&b);
}
