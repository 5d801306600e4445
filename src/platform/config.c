/* Config: the table of settings, and the three places a value comes from.
 *
 * Rules: one row is all that a setting needs; parse, default, limits, message and print follow from
 * it. Defaults go through the same check as what is typed. The environment wins over the file, the
 * file over the default. A mistake stops the start and names its place: nothing is guessed.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log.h"
#include "str.h"
#include "url.h"

/* Longest file and line, and longest values: text and paths, socket paths, names of users. */
enum {
	FILE_LIMIT = 256 * 1024,
	LINE_LIMIT = 8192,
	TEXT_LIMIT = 4096,
	SOCKET_LIMIT = 107,
	NAME_LIMIT = 32
};

#define ENVIRONMENT "environment"
#define CREDENTIAL "latchkey-keyring"

struct config_row;

/* How a kind of value is read and shown. parse gives NULL, or what is allowed instead. */
struct config_type {
	const char *(*parse)(
		const struct config_row *r, const char *text, void *slot, struct arena *a);
	const char *(*print)(const struct config_row *r, const void *slot, struct arena *a);
};

struct config_row {
	const char *name;
	const struct config_type *type;
	size_t offset;
	const char *initial;
	int64_t min, max;	  /* of a number, or of a text's length */
	const char *const *words; /* of an enum, ended by NULL: its values are 0, 1, ... */
	const char *help;
};

static const char *parse_text(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	size_t n = strlen(text);

	if (n < (size_t)r->min || n > (size_t)r->max)
		return arena_printf(a, "%s%lld bytes of text", r->min ? "1 to " : "at most ",
			(long long)r->max);
	*(const char **)slot = arena_strdup(a, text);
	return NULL;
}

static const char *parse_path(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	size_t n = strlen(text);

	if (n < (size_t)r->min || n > (size_t)r->max || (n > 0 && text[0] != '/'))
		return arena_printf(a, "a path from the root, of at most %lld bytes%s",
			(long long)r->max, r->min ? "" : ", or empty");
	*(const char **)slot = arena_strdup(a, text);
	return NULL;
}

static const char *print_text(const struct config_row *r, const void *slot, struct arena *a)
{
	(void)r;
	(void)a;
	return *(const char *const *)slot;
}

static const char *parse_int(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	if (str_int(text, r->min, r->max, slot) == 0)
		return NULL;
	return arena_printf(
		a, "a whole number from %lld to %lld", (long long)r->min, (long long)r->max);
}

static const char *print_int(const struct config_row *r, const void *slot, struct arena *a)
{
	(void)r;
	return arena_printf(a, "%lld", (long long)*(const int64_t *)slot);
}

static const char *parse_enum(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	const char *allowed = "one of";
	int64_t i;

	for (i = 0; r->words[i]; i++) {
		if (strcmp(text, r->words[i]) == 0) {
			*(int64_t *)slot = i;
			return NULL;
		}
		allowed = arena_printf(a, "%s %s", allowed, r->words[i]);
	}
	return allowed;
}

static const char *print_enum(const struct config_row *r, const void *slot, struct arena *a)
{
	(void)a;
	return r->words[*(const int64_t *)slot];
}

/* Does this host never leave the machine? */
static int loopback(const char *host)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

/* Kept as a browser writes an origin: links, cookies and the origin check compare with it. */
static const char *parse_url(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	struct url u;
	int tls, v6;

	(void)r;
	if (url_parse(a, text, &u) < 0 || strcmp(u.path, "/") != 0 || strchr(text, '#'))
		return "an address as https://portal.example.com, without a path";
	tls = strcmp(u.scheme, "https") == 0;
	if (!tls && !loopback(u.host))
		return "https: http has no TLS, so it is for loopback addresses only";
	v6 = u.literal && strchr(u.host, ':');
	text = arena_printf(a, "%s://%s%s%s", u.scheme, v6 ? "[" : "", u.host, v6 ? "]" : "");
	if (u.port != (tls ? 443 : 80))
		text = arena_printf(a, "%s:%d", text, u.port);
	*(const char **)slot = text;
	return NULL;
}

/* Kept as it is: what the words mean is asked again where they are used. */
static const char *parse_smtp(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	struct url u;

	(void)r;
	if (text[0] && url_parse_mail(a, text, &u) < 0)
		return "an address as smtp://mail.example.com:587 (or smtps://...), or empty";
	if (text[0] && strcmp(u.scheme, "smtp-plain") == 0 && !loopback(u.host))
		return "smtp:// or smtps://: smtp-plain has no TLS, so it is for loopback "
		       "addresses only";
	*(const char **)slot = arena_strdup(a, text);
	return NULL;
}

static const char *parse_email(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	(void)r;
	if (text[0] && !str_email(text))
		return "an e-mail address, or empty";
	*(const char **)slot = arena_strdup(a, text);
	return NULL;
}

/* Two digits, at most `most`; or -1. */
static int two_digits(const char *p, int most)
{
	static const char digits[] = "0123456789";
	const int n = (p[0] - '0') * 10 + p[1] - '0';

	return strspn(p, digits) >= 2 && n <= most ? n : -1;
}

/* "22:00" in minutes of the day; or -1. */
static int minutes_of(const char *text)
{
	const int h = two_digits(text, 23), m = two_digits(text + 3, 59);

	return h < 0 || m < 0 || text[2] != ':' ? -1 : h * 60 + m;
}

int config_hours(const char *text, int *from, int *to)
{
	if (strlen(text) != strlen("22:00-07:00") || text[5] != '-')
		return -1;
	*from = minutes_of(text);
	*to = minutes_of(text + strlen("22:00-"));
	return *from < 0 || *to < 0 || *from == *to ? -1 : 0;
}

static const char *parse_hours(
	const struct config_row *r, const char *text, void *slot, struct arena *a)
{
	int from, to;

	(void)r;
	if (text[0] && config_hours(text, &from, &to) < 0)
		return "hours as 22:00-07:00, or empty";
	*(const char **)slot = arena_strdup(a, text);
	return NULL;
}

static const struct config_type type_text = { parse_text, print_text };
static const struct config_type type_path = { parse_path, print_text };
static const struct config_type type_int = { parse_int, print_int };
static const struct config_type type_enum = { parse_enum, print_enum };
static const struct config_type type_smtp = { parse_smtp, print_text };
static const struct config_type type_email = { parse_email, print_text };
static const struct config_type type_hours = { parse_hours, print_text };
static const struct config_type type_url = { parse_url, print_text };

static const char *const tenancies[] = { "single", "multi", NULL };
static const char *const levels[] = { "debug", "info", "warn", "error", NULL };

/* A setting is named as its member of struct config. */
#define MEMBER(name, type) #name, &type_##type, offsetof(struct config, name)

static const struct config_row rows[] = {
	{ MEMBER(public_url, url), "http://127.0.0.1:8080", 0, 0, NULL,
		"address of the portal as browsers see it; https, except on loopback" },
	{ MEMBER(database, path), LOCALSTATEDIR "/lib/latchkey/latchkey.db", 1, TEXT_LIMIT, NULL,
		"the database file" },
	{ MEMBER(socket, path), RUNSTATEDIR "/latchkey/web.sock", 1, SOCKET_LIMIT, NULL,
		"FastCGI socket the web server connects to" },
	{ MEMBER(socket_group, text), "www-data", 0, NAME_LIMIT, NULL, "group of the web server" },
	{ MEMBER(doorbell, path), RUNSTATEDIR "/latchkey/engine.sock", 1, SOCKET_LIMIT, NULL,
		"socket of the engine" },
	{ MEMBER(templates, path), DATADIR "/latchkey/templates", 1, TEXT_LIMIT, NULL,
		"directory of the templates" },
	{ MEMBER(web_user, text), "latchkey-web", 0, NAME_LIMIT, NULL,
		"user of the web tier; empty: whoever starts it" },
	{ MEMBER(engine_user, text), "latchkey", 0, NAME_LIMIT, NULL,
		"user of the engine; empty: whoever starts it" },
	{ MEMBER(group, text), "latchkey", 0, NAME_LIMIT, NULL,
		"shared group of both; owns the data directory" },
	{ MEMBER(key_file, path), SYSCONFDIR "/latchkey/keyring", 0, TEXT_LIMIT, NULL,
		"private keys, for the engine alone" },
	{ MEMBER(key_command, text), "", 0, TEXT_LIMIT, NULL,
		"command that prints what key_file would hold" },
	{ MEMBER(public_keys, path), SYSCONFDIR "/latchkey/keyring.pub", 1, TEXT_LIMIT, NULL,
		"public halves of the keys, for the web tier" },
	{ MEMBER(head_file, path), LOCALSTATEDIR "/lib/latchkey-engine/audit.head", 1, TEXT_LIMIT,
		NULL, "the engine's own copy of the last audit seal" },
	{ MEMBER(egress_file, path), SYSCONFDIR "/latchkey/egress", 1, TEXT_LIMIT, NULL,
		"destinations that ops allow beyond the usual ones" },
	{ MEMBER(ca_file, path), "", 0, TEXT_LIMIT, NULL,
		"certificate authorities; empty: those of the system" },
	{ MEMBER(dns_servers, text), "", 0, 512, NULL,
		"name servers, with commas between; empty: the system's" },
	{ MEMBER(proxies, text), "", 0, TEXT_LIMIT, NULL,
		"proxies that connections may use: NAME=HOST:PORT, comma separated" },
	{ MEMBER(proxy_logins, path), "", 0, TEXT_LIMIT, NULL,
		"file with a line NAME USER PASSWORD for each proxy that asks for a sign-in" },
	{ MEMBER(smtp_url, smtp), "", 0, 0, NULL,
		"mail server: smtp://HOST[:PORT] (STARTTLS) or smtps://HOST[:PORT]; empty: none" },
	{ MEMBER(smtp_login, path), "", 0, TEXT_LIMIT, NULL,
		"file with a line USER PASSWORD for the mail server" },
	{ MEMBER(mail_from, email), "", 0, 0, NULL,
		"address that mail comes from; needed with smtp_url" },
	{ MEMBER(mail_per_minute, int), "30", 1, 6000, NULL, "mails sent a minute, at most" },
	{ MEMBER(mail_quiet, hours), "", 0, 0, NULL,
		"hours, as 22:00-07:00, in which only urgent mail is sent; empty: none" },
	{ MEMBER(tenancy, enum), "single", 0, 0, tenancies,
		"single: one organisation; multi: many" },
	{ MEMBER(workers, int), "4", 1, 64, NULL, "processes that answer requests" },
	{ MEMBER(log_level, enum), "info", 0, 0, levels,
		"least level that is logged: debug, info, warn, error" },
	{ MEMBER(max_body, int), "1048576", 4096, 33554432, NULL,
		"largest request body, in bytes" },
	{ MEMBER(request_timeout, int), "60", 5, 600, NULL,
		"seconds until a stuck worker is replaced" },
	{ MEMBER(session_idle, int), "28800", 300, 2592000, NULL,
		"seconds until an idle session ends" },
	{ MEMBER(session_absolute, int), "604800", 300, 7776000, NULL,
		"seconds until any session ends" },
	{ MEMBER(fresh, int), "300", 30, 3600, NULL, "seconds a sign-in counts as fresh" },
	{ MEMBER(invite_days, int), "7", 1, 90, NULL, "days an invitation is valid" },
	{ MEMBER(reset_hours, int), "24", 1, 168, NULL, "hours a reset link is valid" },
	{ MEMBER(check_minutes, int), "5", 1, 60, NULL,
		"minutes between two looks at a connection that works" },
	{ MEMBER(grace_hours, int), "24", 0, 720, NULL,
		"hours until a secret that was replaced is erased; 0 = at once" },
};

_Static_assert(sizeof(rows) / sizeof(*rows) == CONFIG_ROWS, "CONFIG_ROWS counts the table");
_Static_assert(sizeof(levels) / sizeof(*levels) == LOG__MAX + 1, "levels are those of log.h");

/* A load in progress. Mistakes name a place, so every value is set together with where it is from.
 */
struct load {
	struct config *c;
	struct arena *a;
	const char *file;
	int lines[CONFIG_ROWS]; /* where the file set a row; 0: nowhere */
};

static int set(struct load *l, size_t i, const char *text, const char *origin, struct err *e)
{
	const char *allowed =
		rows[i].type->parse(&rows[i], text, (char *)l->c + rows[i].offset, l->a);

	if (allowed)
		return ERR(e, ERR_SETUP, NULL, "%s: %s must be %s (not \"%.40s\")", origin,
			rows[i].name, allowed, text);
	l->c->origins[i] = origin;
	return 0;
}

/* Index of the row with this name; CONFIG_ROWS when there is none. */
static size_t find(const char *name)
{
	size_t i = 0;

	while (i < CONFIG_ROWS && strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

/* A default that breaks its own rule is found at the first start, on any machine. */
static int load_defaults(struct load *l, struct err *e)
{
	size_t i;

	for (i = 0; i < CONFIG_ROWS; i++) {
		if (set(l, i, rows[i].initial, "default", e) < 0)
			return -1;
	}
	return 0;
}

/* systemd gives a service its secret files in a directory of its own (LoadCredential). */
static int load_credential(struct load *l, struct err *e)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	const char *path;

	if (str_empty(dir))
		return 0;
	path = arena_printf(l->a, "%s/" CREDENTIAL, dir);
	if (access(path, F_OK) < 0)
		return 0;
	return set(l, find("key_file"), path, ENVIRONMENT, e);
}

static int plain_text(const char *s)
{
	size_t n = strlen(s);

	return str_utf8(s, n) && !str_control(s, n, 0);
}

/* One line that is neither empty nor a comment. */
static int load_line(struct load *l, char *name, int number, struct err *e)
{
	char *value = strchr(name, '=');
	const char *place = arena_printf(l->a, "%s:%d", l->file, number);
	size_t i;

	if (strlen(name) > LINE_LIMIT)
		return ERR(e, ERR_SETUP, NULL, "%s: line over %d bytes", place, LINE_LIMIT);
	if (!value)
		return ERR(e, ERR_SETUP, NULL, "%s: must be \"name = value\"", place);
	*value++ = '\0';
	name = str_trim(name);
	value = str_trim(value);
	if (!plain_text(name) || !plain_text(value))
		return ERR(e, ERR_SETUP, NULL, "%s: not plain UTF-8 text", place);
	i = find(name);
	if (i == CONFIG_ROWS)
		return ERR(e, ERR_SETUP, NULL, "%s: no setting is named \"%.40s\"", place, name);
	if (l->lines[i])
		return ERR(e, ERR_SETUP, NULL, "%s: %s is set in line %d, too; once is allowed",
			place, name, l->lines[i]);
	l->lines[i] = number;
	return set(l, i, value, place, e);
}

/* A NUL would hide the rest of its line, and so a setting. */
static int load_lines(struct load *l, char *text, size_t n, struct err *e)
{
	char *line;
	int number;

	if (strlen(text) != n)
		return ERR(e, ERR_SETUP, NULL, "%s: not a text file", l->file);
	for (number = 1; (line = str_line(&text)) != NULL; number++) {
		if (*line && *line != '#' && load_line(l, line, number, e) < 0)
			return -1;
	}
	return 0;
}

/* file NULL: the usual one, which may be absent. */
static int load_file(struct load *l, const char *file, struct err *e)
{
	struct buf b;
	int rc;

	l->file = file ? file : CONFIG_FILE;
	buf_init(&b, FILE_LIMIT);
	rc = buf_file(&b, l->file, e);
	if (rc == 0)
		rc = load_lines(l, b.p, b.len, e);
	buf_done(&b);
	if (rc < 0 && e->code == ERR_MISSING) {
		e->code = ERR_SETUP;
		return file ? -1 : 0;
	}
	return rc;
}

/* Only names of the table are looked at: LATCHKEY_ is the prefix of other variables, too. */
static int load_environment(struct load *l, struct err *e)
{
	char name[64];
	const char *text;
	size_t i, k;

	for (i = 0; i < CONFIG_ROWS; i++) {
		snprintf(name, sizeof(name), "LATCHKEY_%s", rows[i].name);
		for (k = 0; name[k]; k++) {
			if (name[k] >= 'a' && name[k] <= 'z')
				name[k] = (char)(name[k] - 'a' + 'A');
		}
		text = getenv(name);
		if (!text)
			continue;
		if (!plain_text(text))
			return ERR(e, ERR_SETUP, NULL, "%s: not plain UTF-8 text", name);
		if (set(l, i, text, ENVIRONMENT, e) < 0)
			return -1;
	}
	return 0;
}

/* What follows from the rows, and what they must be to each other. */
static int derive(struct config *c, struct err *e)
{
	c->secure = str_starts(c->public_url, "https:");
	c->origin = c->public_url;
	if (c->session_idle > c->session_absolute)
		return ERR(e, ERR_SETUP, NULL,
			"%s: session_idle must not be over session_absolute (%lld, from %s)",
			c->origins[find("session_idle")], (long long)c->session_absolute,
			c->origins[find("session_absolute")]);
	if (c->smtp_url[0] && !c->mail_from[0])
		return ERR(e, ERR_SETUP, NULL,
			"%s: smtp_url needs mail_from, the address that mail comes from",
			c->origins[find("smtp_url")]);
	return 0;
}

int config_load(struct config *c, const char *file, struct arena *a, struct err *e)
{
	struct load l = { .c = c, .a = a };

	*c = (struct config){ 0 };
	if (load_defaults(&l, e) < 0 || load_credential(&l, e) < 0)
		return -1;
	if (load_file(&l, file, e) < 0 || load_environment(&l, e) < 0)
		return -1;
	return derive(c, e);
}

size_t config_count(void)
{
	return CONFIG_ROWS;
}

void config_show(const struct config *c, size_t i, struct arena *a, struct config_view *out)
{
	const struct config_row *r = &rows[i];

	out->name = r->name;
	out->value = r->type->print(r, (const char *)c + r->offset, a);
	out->origin = c->origins[i];
	out->help = r->help;
}
