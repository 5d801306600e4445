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
	BUCKETS = 8192, /* of told names */
	BEGIN = 10,	/* bytes that choose one: many names begin alike */
	SHORT = 4,	/* a told name of fewer bytes must be a word */
	OPAQUE = 32,	/* so long is no word of anybody */
	LABEL_MAX = 63,
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
	struct known *next; /* longer ones first */
	enum redact_kind kind;
	const char *name;
	size_t len;
};

struct redact {
	struct arena *a;
	int clear;
	int count, told;
	int last[REDACT__MAX];
	struct stand *slots[SLOTS];
	struct known *known[BUCKETS]; /* by how they begin, in lower case */
};

static const char *const words[REDACT__MAX] = {
	[REDACT_PERSON] = "person",
	[REDACT_DOMAIN] = "domain",
	[REDACT_SERVER] = "server",
	[REDACT_ADDRESS] = "address",
	[REDACT_ID] = "id",
	[REDACT_LOGIN] = "login",
	[REDACT_ORGANISATION] = "organisation",
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
	"latchkey", NULL };
/* Headers whose value names a machine, also without a dot. */
static const char *const machines[] = { "X-FEServer", "X-BEServer", "X-TargetBEServer",
	"X-CalculatedBETarget", "X-DiagInfo", "x-ms-ests-server", NULL };

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

static size_t run_of(const char *p, int (*in)(char c))
{
	size_t n = 0;

	while (p[n] && in(p[n]))
		n++;
	return n;
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

/* local@domain, with the @ also as %40. */
static size_t take_mail(struct redact *r, const char *p, struct buf *out)
{
	size_t local = 0, at, end;

	while (p[local] && in_local(p[local]) && strncmp(p + local, "%40", 3) != 0)
		local++;
	at = p[local] == '@' ? 1 : strncmp(p + local, "%40", 3) == 0 ? 3 : 0;
	end = local + at;
	while (at && (is_letter(p[end]) || p[end] == '.' || p[end] == '-'))
		end++;
	while (end > local + at && !is_letter(p[end - 1]))
		end--;
	if (!at || local == 0 || end == local + at)
		return 0;
	stand_in(r, REDACT_PERSON, p, end, out);
	buf_add(out, p + local, at);
	if (r->clear)
		buf_add(out, p + local + at, end - local - at);
	else
		stand_in(r, REDACT_DOMAIN, p + local + at, end - local - at, out);
	return end;
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

/* With a port behind it, or at the end of a sentence, it is shorter than the run. */
static size_t take_network(struct redact *r, const char *p, struct buf *out)
{
	char text[LITERAL_MAX + 1];
	size_t n = run_of(p, in_network);

	if (n > LITERAL_MAX || is_letter(p[n]))
		return 0;
	for (; n > 1; n--) {
		memcpy(text, p, n);
		text[n] = '\0';
		if (is_literal(text))
			break;
	}
	if (n <= 1 || isxdigit((unsigned char)p[n]))
		return 0;
	if (is_plain(text))
		buf_add(out, p, n);
	else
		stand_in(r, REDACT_ADDRESS, p, n, out);
	return n;
}

static int in_opaque(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("+/_-=", c));
}

/* Nobody writes such a word: hex digits, or letters of both cases with digits. */
static size_t take_opaque(struct redact *r, const char *p, struct buf *out)
{
	const size_t n = run_of(p, in_opaque);
	size_t hex = 0, upper = 0, lower = 0, digits = 0;

	(void)r;
	for (size_t i = 0; i < n; i++) {
		hex += isxdigit((unsigned char)p[i]) != 0;
		upper += isupper((unsigned char)p[i]) != 0;
		lower += islower((unsigned char)p[i]) != 0;
		digits += isdigit((unsigned char)p[i]) != 0;
	}
	if (n < OPAQUE || (hex != n && !(upper && lower && digits)))
		return 0;
	buf_printf(out, "(%zu characters)", n);
	return n;
}

/* ACME\svc, or acme.example\svc. */
static size_t take_login(struct redact *r, const char *p, struct buf *out)
{
	const size_t domain = run_of(p, in_host);
	size_t n;

	if (domain == 0 || p[domain] != '\\')
		return 0;
	n = run_of(p + domain + 1, in_host);
	if (n == 0)
		return 0;
	stand_in(r, REDACT_LOGIN, p, domain + 1 + n, out);
	return domain + 1 + n;
}

/* At least two labels, of which the last is of letters: n is without dots behind it. */
static int is_host(const char *p, size_t n)
{
	size_t label = 0, dots = 0;

	for (size_t i = 0; i < n; i++) {
		label = p[i] == '.' ? 0 : label + 1;
		dots += p[i] == '.';
		if ((p[i] == '.' && p[i + 1] == '.') || label > LABEL_MAX)
			return 0;
	}
	if (dots == 0 || n > HOST_MAX || label < 2 || p[0] == '.')
		return 0;
	if (strncasecmp(p + n - label, "xn--", 4) == 0)
		return 1;
	for (size_t i = n - label; i < n; i++) {
		if (!is_letter(p[i]) || isdigit((unsigned char)p[i]))
			return 0;
	}
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

static size_t take_host(struct redact *r, const char *p, struct buf *out)
{
	size_t n = run_of(p, in_host);

	while (n > 0 && !is_letter(p[n - 1]))
		n--;
	if (!is_host(p, n))
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
	if (n)
		stand_in(r, REDACT_SERVER, p + from, n, out);
	return from + n;
}

static size_t (*const shapes[])(struct redact *r, const char *p, struct buf *out) = {
	take_machine,
	take_mail,
	take_id,
	take_sid,
	take_network,
	take_opaque,
	take_login,
	take_host,
};

/* --- told names --- */

/* Where names that begin so are; one shorter than that is found by itself. */
static unsigned bucket_of(const char *p, size_t n)
{
	unsigned h = (unsigned)n;

	for (size_t i = 0; i < n; i++)
		h = h * 31 + (unsigned)tolower((unsigned char)p[i]);
	return h % BUCKETS;
}

static size_t take_begun(
	struct redact *r, const char *text, const char *p, size_t begin, struct buf *out)
{
	const struct known *k = r->known[bucket_of(p, begin)];

	for (; k; k = k->next) {
		if (strncasecmp(p, k->name, k->len) != 0)
			continue;
		if ((k->len < SHORT || k->kind == REDACT_PERSON || k->kind == REDACT_LOGIN) &&
			((p > text && is_letter(p[-1])) || is_letter(p[k->len])))
			continue;
		stand_in(r, k->kind, k->name, k->len, out);
		return k->len;
	}
	return 0;
}

static size_t take_known(struct redact *r, const char *text, const char *p, struct buf *out)
{
	const size_t most = strnlen(p, BEGIN);
	size_t n = 0;

	for (size_t begin = most; begin > 0 && n == 0; begin--)
		n = take_begun(r, text, p, begin, out);
	return n;
}

void redact_name(struct redact *r, enum redact_kind kind, const char *name)
{
	struct known **at, *k;
	size_t n;

	if (str_empty(name) || r->told == KNOWN_MAX || (r->clear && kind == REDACT_SERVER))
		return;
	n = strlen(name);
	if (is_one_of(common, name, n))
		return;
	for (at = &r->known[bucket_of(name, n < BEGIN ? n : BEGIN)]; *at && (*at)->len >= n;
		at = &(*at)->next) {
		if ((*at)->len == n && strncasecmp((*at)->name, name, n) == 0)
			return;
	}
	k = arena_alloc(r->a, sizeof(*k));
	*k = (struct known){ *at, kind, arena_strdup(r->a, name), n };
	*at = k;
	r->told++;
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

static size_t take(struct redact *r, const char *text, const char *p, struct buf *out)
{
	size_t n = 0;

	if (*p == '/') {
		n = take_directory(r, p, out);
	} else if (*p == ':') {
		n = take_network(r, p, out);
	} else if (is_letter(*p) && (p == text || !is_letter(p[-1]))) {
		for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && n == 0; i++)
			n = shapes[i](r, p, out);
	}
	return n ? n : take_known(r, text, p, out);
}

static void put_plain(struct buf *out, char c)
{
	const unsigned char u = (unsigned char)c;

	if (c == '\t')
		buf_putc(out, ' ');
	else if (c == '\n' || (u >= ' ' && u != 0x7f))
		buf_putc(out, c);
}

void redact_put(struct redact *r, const char *text, struct buf *out)
{
	const char *p = text;

	while (*p) {
		const size_t n = take(r, text, p, out);

		if (n == 0)
			put_plain(out, *p);
		p += n ? n : 1;
	}
}
