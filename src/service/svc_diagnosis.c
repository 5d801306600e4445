/* Service: the diagnosis.
 *
 * Rules: every word of it goes through the redactor, section by section, so nothing has to be
 * thought of twice. Names that have no shape of their own (organisation, people who sign in, the
 * sign-in, hosts without a dot) are told to it before. What is most useful comes first, because the
 * end is what is cut. In an installation for many, settings of ops are shown to ops alone.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/migrate.h"
#include "svc_diagnosis_parts.h"

enum {
	KEY = 22,
	PART_MAX = 128 * 1024,
	PIECE_MAX = 2 * PART_MAX, /* a stand-in may be longer than the name */
	WORD_MIN = 5,		  /* letters of a name's word that is a name by itself */
	PORTION = 500,
	PORTION_MEMORY = 16 << 20,
	NAMES_MAX = 15000, /* of people, and of rooms */
	TAIL = 1024,	   /* kept for the last words */
	TIME_SIZE = 40,
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR
};

/* --- sections --- */

void diagnosis_begin(struct diagnosis *d, const char *title)
{
	buf_clear(&d->part);
	buf_printf(&d->part, "\n\n%s\n", title);
	for (size_t i = strlen(title); i > 0; i--)
		buf_putc(&d->part, '-');
}

void diagnosis_line(struct diagnosis *d, const char *name, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(d->s->a, fmt, ap);
	va_end(ap);
	buf_printf(&d->part, "\n%-*s  %s", KEY, name, text);
}

void diagnosis_end(struct diagnosis *d)
{
	struct buf piece;

	buf_init(&piece, PIECE_MAX);
	redact_put(d->r, buf_str(&d->part), &piece);
	if (!buf_ok(&d->part) || !buf_ok(&piece) || d->out->len + piece.len + TAIL > DIAGNOSIS_MAX)
		d->left_out++;
	else
		buf_add(d->out, piece.p, piece.len);
	buf_done(&piece);
}

static const char *span(struct diagnosis *d, int64_t s)
{
	if (s < 2 * MINUTE)
		return arena_printf(d->s->a, "%" PRId64 " s", s);
	if (s < 2 * HOUR)
		return arena_printf(d->s->a, "%" PRId64 " min", s / MINUTE);
	if (s < 2 * DAY)
		return arena_printf(
			d->s->a, "%" PRId64 " h %" PRId64 " min", s / HOUR, s % HOUR / MINUTE);
	return arena_printf(d->s->a, "%" PRId64 " days", s / DAY);
}

const char *diagnosis_ago(struct diagnosis *d, int64_t t)
{
	if (t == 0)
		return "never";
	return t > d->now ? arena_printf(d->s->a, "in %s", span(d, t - d->now))
			  : arena_printf(d->s->a, "%s ago", span(d, d->now - t));
}

/* --- names to replace --- */

static void host_name(struct diagnosis *d, const char *host)
{
	if (!str_empty(host) && !strchr(host, '.'))
		redact_name(d->r, REDACT_SERVER, host);
}

/* NAME=HOST:PORT, ... */
static void proxy_names(struct diagnosis *d)
{
	char *rest = arena_strdup(d->s->a, d->s->cf->proxies), *word;

	while ((word = strsep(&rest, ", "))) {
		char *host = strchr(word, '=');

		if (!host)
			continue;
		*host++ = '\0';
		redact_name(d->r, REDACT_PROXY, word);
		host[strcspn(host, ":")] = '\0';
		host_name(d, host);
	}
}

static void setting_names(struct diagnosis *d)
{
	struct arena *a = d->s->a;
	struct url u;

	proxy_names(d);
	redact_domain_of(d->r, d->s->cf->mail_from);
	if (url_parse(a, d->s->cf->public_url, &u) == 0)
		host_name(d, u.host);
	if (d->s->cf->smtp_url[0] && url_parse_mail(a, d->s->cf->smtp_url, &u) == 0)
		host_name(d, u.host);
}

static int connection_names(struct diagnosis *d, struct err *e)
{
	struct connection *list;
	int n = store_connection_list(d->s->db, d->s->a, d->s->who.account, &list, e);

	for (int i = 0; i < n; i++) {
		const char *bare = strchr(list[i].login, '\\');

		redact_domain_of(d->r, list[i].mailbox);
		redact_name(d->r, REDACT_LOGIN, list[i].login);
		redact_name(d->r, REDACT_LOGIN, bare ? bare + 1 : NULL);
		redact_name(d->r, REDACT_ID, list[i].tenant);
		host_name(d, list[i].host);
	}
	return n < 0 ? -1 : 0;
}

/* "Acme", of "Acme Holding", too. */
static void organisation_names(struct diagnosis *d, const char *name)
{
	char *rest = arena_strdup(d->s->a, name), *word;

	redact_name(d->r, REDACT_ORGANISATION, name);
	while ((word = strsep(&rest, " ,."))) {
		if (strlen(word) >= WORD_MIN)
			redact_name(d->r, REDACT_ORGANISATION, word);
	}
}

/* What the engine wrote may name anybody whose calendar it opened. */
static int member_names(struct diagnosis *d, enum member_kind kind, struct err *e)
{
	const struct roster_filter f = roster_all(d->s->who.account, kind);
	struct roster_row *rows;
	struct arena a;
	int64_t after = 0;
	int n = PORTION;

	arena_init(&a, PORTION_MEMORY);
	for (int all = 0; n == PORTION && all < NAMES_MAX; all += n) {
		arena_reset(&a);
		n = store_roster_walk(d->s->db, &a, &f, after, PORTION, &rows, e);
		for (int i = 0; i < n; i++) {
			redact_name(d->r, REDACT_PERSON, rows[i].name);
			after = rows[i].s.member;
		}
	}
	arena_done(&a);
	return n < 0 ? -1 : 0;
}

static int people_names(struct diagnosis *d, struct err *e)
{
	struct account account;
	struct member *list;
	int rc = store_account_get(d->s->db, d->s->a, d->s->who.account, &account, e);
	int n = rc < 0 ? -1 : store_member_admins(d->s->db, d->s->a, d->s->who.account, &list, e);

	if (rc > 0)
		organisation_names(d, account.name);
	for (int i = 0; i < n; i++) {
		redact_name(d->r, REDACT_PERSON, list[i].name);
		redact_domain_of(d->r, list[i].email);
	}
	redact_name(d->r, REDACT_PERSON, d->s->who.name);
	return n < 0 || member_names(d, MEMBER_PERSON, e) < 0 ? -1
							      : member_names(d, MEMBER_ROOM, e);
}

/* --- what it is --- */

static const char *time_text(struct diagnosis *d, int64_t t)
{
	char *text = arena_alloc(d->s->a, TIME_SIZE);

	clock_text(text, TIME_SIZE, t);
	return text;
}

static void head(struct diagnosis *d)
{
	buf_puts(d->out,
		"Latchkey diagnosis\n==================\n\n"
		"For whoever supports this installation. Passwords, secrets, keys, tokens, "
		"subjects\n"
		"and names of members are not in it. People, organisations, networks and ids have\n"
		"stand-ins: the same is always called the same.");
	buf_puts(d->out,
		d->clear ? "\nHost names are left as they are." : "\nHost names have, too.");
	diagnosis_begin(d, "Made");
	diagnosis_line(d, "at", "%s", time_text(d, d->now));
	diagnosis_line(d, "by", "%s",
		d->s->who.kind == ACTOR_OPS ? "ops, with the command line" : "an account admin");
	diagnosis_end(d);
}

static int versions(struct diagnosis *d, struct err *e)
{
	const struct db_driver *drv = db_driver(d->s->db);
	const int step = migrate_current(d->s->db, e);
	struct engine_pulse pulse = { 0 };
	static const char *const made[] = { "libcurl", "OpenSSL", "ICU", "system", "zone" };
	const char *parts, *value;
	int rc = step < 0 ? -1 : store_engine_get(d->s->db, d->s->a, &pulse, e);

	if (rc < 0 || store_engine_made_get(d->s->db, d->s->a, &parts, e) < 0)
		return -1;
	diagnosis_begin(d, "Versions");
	diagnosis_line(d, "Latchkey", "%s", LATCHKEY_VERSION);
	diagnosis_line(d, "its engine", "%s", rc ? pulse.version : "has never run");
	diagnosis_line(d, "store", "%s %s, schema %d of %d", drv->name,
		drv->version ? drv->version() : "", step, migrate_newest());
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		value = url_get(d->s->a, parts, made[i]);
		diagnosis_line(d, arena_printf(d->s->a, "engine: %s", made[i]), "%s",
			str_empty(value) ? "not told" : value);
	}
	diagnosis_end(d);
	diagnosis_begin(d, "Engine");
	diagnosis_line(d, "heard of", "%s", diagnosis_ago(d, pulse.seen));
	diagnosis_line(d, "runs since", "%s", diagnosis_ago(d, pulse.started));
	diagnosis_line(d, "answers", "%s", svc_engine_alive(&pulse) ? "yes" : "no");
	diagnosis_end(d);
	return 0;
}

/* --- settings --- */

static int is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static void settings(struct diagnosis *d)
{
	const int all = d->s->cf->tenancy == TENANCY_SINGLE || d->s->who.kind == ACTOR_OPS;
	struct config_view v;

	diagnosis_begin(d, "Settings");
	for (size_t i = 0; i < config_count(); i++) {
		config_show(d->s->cf, i, d->s->a, &v);
		if (!all && !is_number(v.value))
			continue;
		if (strcmp(v.name, "key_command") == 0 && v.value[0])
			v.value = "(set)";
		diagnosis_line(d, v.name, "%s%s", v.value[0] ? v.value : "(empty)",
			strcmp(v.origin, "default") == 0 ? "  (default)" : "");
	}
	if (!all)
		diagnosis_line(d, "others", "known to ops only, in an installation for many");
	diagnosis_end(d);
}

static void tail(struct diagnosis *d)
{
	if (d->left_out)
		buf_printf(d->out,
			"\n\nLeft out\n--------\n%d sections that did not fit into %d KiB: the "
			"oldest of "
			"them.",
			d->left_out, DIAGNOSIS_MAX / 1024);
	buf_puts(d->out,
		"\n\nLogs are not in this text: journalctl -u latchkey-engine -u latchkey-web");
}

static int sections(struct diagnosis *d, struct err *e)
{
	if (connection_names(d, e) < 0 || people_names(d, e) < 0 || diagnosis_names(d, e) < 0 ||
		svc_connection_both(d->s, &d->both, e) < 0)
		return -1;
	setting_names(d);
	head(d);
	if (versions(d, e) < 0 || diagnosis_connections(d, e) < 0 || diagnosis_health(d, e) < 0 ||
		diagnosis_members(d, e) < 0 || diagnosis_mails(d, e) < 0 ||
		diagnosis_jobs(d, e) < 0)
		return -1;
	settings(d);
	if (diagnosis_traces(d, e) < 0)
		return -1;
	tail(d);
	return 0;
}

int svc_diagnosis(struct svc *s, int clear, struct buf *out, struct err *e)
{
	struct diagnosis d = { .s = s, .clear = clear, .now = clock_now(), .out = out };
	int rc;

	d.r = redact_new(s->a, clear);
	buf_init(&d.part, PART_MAX);
	rc = sections(&d, e);
	buf_done(&d.part);
	if (rc == 0 && !buf_ok(out))
		rc = ERR(e, ERR_TOO_BIG, "The diagnosis is too long.", "diagnosis");
	return rc;
}

int svc_diagnosis_left(struct svc *s, int clear, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s,
		svc_audit(s, AUDIT_DIAGNOSIS, "Diagnosis",
			clear ? "Host names were left as they are." : "Host names were replaced.",
			e),
		AUDIT_DIAGNOSIS, e);
}
