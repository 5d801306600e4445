/* Service: the sections of a diagnosis that read the store.
 *
 * Rules: counts of members, never members; versions and ages of secrets, never what is sealed. What
 * a step saw on the wire was chosen when it was written (exchange/trace), and is redacted once
 * more.
 */
#include "svc_diagnosis_parts.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"
#include "svc_directory.h"
#include "svc_health.h"
#include "svc_report.h"

enum {
	DAY = 86400,
	DAYS_SHOWN = 14,
	JOBS_READ = 50,
	JOBS_ENDED = 20, /* that are listed */
	TRACED = 3,	 /* of each kind */
	RAW_MAX = 8 * 1024,
	STEPS_MAX = 32 * 1024, /* bytes of one job */
	NAME_MAX_BYTES = 200
};

static const char *const stages[CONN__MAX] = { "spare", "draft", "live", "former" };
static const char *const states[HEALTH__MAX] = { "not looked at", "well", "slowed", "unreachable",
	"stopped", "paused" };
static const char *const job_states[JOB__MAX] = { "queued", "running", "done", "failed",
	"cancelled" };
static const char *const step_states[STEP__MAX] = { "waiting", "running", "ok", "ok, with a note",
	"FAILED", "skipped" };

static const char *or_none(const char *text)
{
	return str_empty(text) ? "none" : text;
}

/* --- connections --- */

static int slots(struct diagnosis *d, const struct connection *c, struct err *e)
{
	struct credential *list;
	struct signin said;
	int n = store_credential_list(d->s->db, d->s->a, d->s->who.account, c->id, &list, e),
	    rc = 0;

	for (int i = 0; i < n && rc >= 0; i++) {
		const struct credential *k = &list[i];

		rc = store_signin_refused(d->s->db, d->s->a, k->version, &said, e);
		diagnosis_line(d, arena_printf(d->s->a, "secret %s", k->purpose),
			"version %s, set %s, used %s%s%s%s%s", k->version,
			diagnosis_ago(d, k->set_at), diagnosis_ago(d, k->used_at),
			k->expires ? ", ends " : "", k->expires ? diagnosis_ago(d, k->expires) : "",
			str_empty(k->certificate) ? "" : ", a certificate's key",
			rc > 0 ? arena_printf(d->s->a, ", gate: refused %s (%s)",
					 diagnosis_ago(d, said.since), said.reason)
			       : "");
	}
	if (n == 0)
		diagnosis_line(d, "secrets", "none");
	return n < 0 || rc < 0 ? -1 : 0;
}

static int connection(struct diagnosis *d, const struct connection *c, struct err *e)
{
	diagnosis_begin(
		d, arena_printf(d->s->a, "Connection %" PRId64 ": %s", c->id, stages[c->stage]));
	diagnosis_line(d, "since", "%s", diagnosis_ago(d, c->staged_at));
	diagnosis_line(d, "method", "%s", or_none(svc_report_method(c->method)));
	diagnosis_line(
		d, "server", "%s, %s://%s:%" PRId64, or_none(c->kind), c->scheme, c->host, c->port);
	diagnosis_line(d, "proxy", "%s", or_none(c->proxy));
	diagnosis_line(d, "authority of its own", "%s", str_empty(c->ca) ? "no" : "yes");
	diagnosis_line(d, "sign-in", "%s, as %s, extended protection %s", or_none(c->signin),
		or_none(c->login), or_none(c->binding));
	if (!str_empty(c->tenant))
		diagnosis_line(d, "Microsoft", "tenant %s, application %s, by %s", c->tenant,
			or_none(c->client_id), or_none(c->authority));
	diagnosis_line(d, "mailbox", "%s", or_none(c->mailbox));
	diagnosis_line(
		d, "changed", "%s, revision %" PRId64, diagnosis_ago(d, c->edited_at), c->rev);
	if (c->paused_at)
		/* The reason is an admin's own words, and may name anybody. */
		diagnosis_line(d, "paused", "%s, %s reason", diagnosis_ago(d, c->paused_at),
			str_empty(c->paused_why) ? "without a" : "with a");
	if (slots(d, c, e) < 0)
		return -1;
	diagnosis_end(d);
	return 0;
}

int diagnosis_connections(struct diagnosis *d, struct err *e)
{
	struct connection *list;
	int n = store_connection_list(d->s->db, d->s->a, d->s->who.account, &list, e);

	for (int i = 0; i < n; i++) {
		if (connection(d, &list[i], e) < 0)
			return -1;
	}
	if (n == 0) {
		diagnosis_begin(d, "Connection");
		diagnosis_line(d, "none", "nothing is entered yet");
		diagnosis_end(d);
	}
	return n < 0 ? -1 : 0;
}

/* --- how it does --- */

/* "15.2 build 1544.11": four numbers with dots would be taken for a network address. */
static const char *server_version(struct diagnosis *d, const char *version)
{
	const char *dot = strchr(version, '.'), *second = dot ? strchr(dot + 1, '.') : NULL;

	if (!second)
		return version;
	return arena_printf(d->s->a, "%.*s build %s", (int)(second - version), version, second + 1);
}

static int days(struct diagnosis *d, int64_t id, struct err *e)
{
	struct health_day *list;
	int n = store_health_days(d->s->db, d->s->a, id, d->now / DAY - DAYS_SHOWN + 1, &list, e);

	for (int i = n - 1; i >= 0; i--) {
		const int64_t ago = d->now / DAY - list[i].day;

		diagnosis_line(d,
			ago ? arena_printf(d->s->a, "%" PRId64 " days ago", ago) : "today",
			"well %" PRId64 " s, slowed %" PRId64 " s, down %" PRId64
			" s, paused %" PRId64 " s",
			list[i].well, list[i].slowed, list[i].down, list[i].paused);
	}
	return n < 0 ? -1 : 0;
}

static int calls(struct diagnosis *d, int64_t id, struct err *e)
{
	const int64_t minute = d->now / 60;
	struct health_calls *list;
	struct svc_calls sum;
	int n = store_health_calls(d->s->db, d->s->a, id, minute - HEALTH_MINUTES, &list, e);

	if (n < 0)
		return -1;
	svc_health_calls(list, n, minute, &sum);
	diagnosis_line(d, "calls in 24 h", "%" PRId64 ", failed %" PRId64, sum.calls, sum.failed);
	diagnosis_line(d, "their time", "typical %" PRId64 " ms, slow %" PRId64 " ms", sum.typical,
		sum.slow);
	return 0;
}

int diagnosis_health(struct diagnosis *d, struct err *e)
{
	const struct connection *c = &d->both.live;
	struct health h;
	int rc;

	if (!c->id)
		return 0;
	rc = store_health_get(d->s->db, d->s->a, d->s->who.account, c->id, &h, e);
	if (rc < 0)
		return -1;
	diagnosis_begin(d, "How it does");
	if (rc == 0) {
		diagnosis_line(d, "state", "not looked at yet");
	} else {
		diagnosis_line(d, "state", "%s since %s (%s)", states[h.state],
			diagnosis_ago(d, h.since), h.reason);
		diagnosis_line(d, "seen", "%s", or_none(h.say));
		diagnosis_line(d, "server", "%s (%s)", svc_health_product(h.version),
			server_version(d, h.version));
		diagnosis_line(d, "looks", "tried %s, well %s, next %s, failed in a row %" PRId64,
			diagnosis_ago(d, h.tried_at), diagnosis_ago(d, h.ok_at),
			diagnosis_ago(d, h.next_at), h.fails);
		diagnosis_line(d, "refused sign-ins", "%" PRId64 " in all", h.refused);
	}
	if (calls(d, c->id, e) < 0 || days(d, c->id, e) < 0)
		return -1;
	diagnosis_end(d);
	return 0;
}

/* --- members, mails, work --- */

static int counts(struct diagnosis *d, enum member_kind kind, struct err *e)
{
	struct roster_count *list;
	const int n = store_roster_counts(d->s->db, d->s->a, d->s->who.account, kind, &list, e);
	const int whole = n > 0 ? roster_whole(list, n) : n;

	for (int i = 0; i < whole; i++)
		diagnosis_line(d, kind == MEMBER_ROOM ? "rooms" : "people",
			"%" PRId64 " %s, %s, %s must act", list[i].n,
			reason_status_code(list[i].status), list[i].reason,
			list[i].fixer == FIXER_NOBODY ? "nobody"
						      : reason_fixer_code(list[i].fixer));
	return n < 0 ? -1 : 0;
}

int diagnosis_members(struct diagnosis *d, struct err *e)
{
	diagnosis_begin(d, "Members, counted");
	if (counts(d, MEMBER_PERSON, e) < 0 || counts(d, MEMBER_ROOM, e) < 0)
		return -1;
	diagnosis_end(d);
	return 0;
}

int diagnosis_mails(struct diagnosis *d, struct err *e)
{
	struct mail_states m;

	if (store_mail_states(d->s->db, d->s->who.account, &m, e) < 0)
		return -1;
	diagnosis_begin(d, "Mails, as many as are kept");
	diagnosis_line(d, "leave", "%s",
		d->s->cf->smtp_url[0] ? "by the mail server" : "through the mailbox");
	diagnosis_line(d, "wait", "%" PRId64, m.n[MAIL_QUEUED]);
	diagnosis_line(d, "sent", "%" PRId64, m.n[MAIL_SENT]);
	diagnosis_line(d, "failed", "%" PRId64, m.n[MAIL_FAILED]);
	diagnosis_line(d, "not sent any more", "%" PRId64, m.n[MAIL_DROPPED]);
	diagnosis_end(d);
	return 0;
}

static int job_line(struct diagnosis *d, const struct job *j, struct err *e)
{
	struct job_progress g = { 0 };
	/* What the directory was asked for may be somebody's name. */
	const int told = !str_empty(j->outcome) && strcmp(j->kind, DIRECTORY_KIND) != 0;
	const char *far = "";

	if (j->state < JOB_DONE && store_progress_get(d->s->db, d->s->a, j->id, &g, e) < 0)
		return -1;
	if (g.job)
		far = arena_printf(d->s->a, ", %" PRId64 " of %" PRId64 " done, %" PRId64 " failed",
			g.done, g.total, g.failed);
	diagnosis_line(d, arena_printf(d->s->a, "%" PRId64 " %s", j->id, j->kind),
		"%s%s, asked for %s, tried %" PRId64 " times%s%s%s", job_states[j->state],
		j->cancel ? ", told to stop" : "", diagnosis_ago(d, j->created), j->attempts, far,
		told ? ": " : "", told ? j->outcome : "");
	return 0;
}

int diagnosis_jobs(struct diagnosis *d, struct err *e)
{
	const struct page_of newest = { .limit = JOBS_READ };
	struct job *list;
	int n = store_job_list(d->s->db, d->s->a, d->s->who.account, NULL, newest, &list, e),
	    ended = 0;

	diagnosis_begin(d, "Work, newest first");
	for (int i = 0; i < n; i++) {
		if (list[i].state >= JOB_DONE && ended++ >= JOBS_ENDED)
			continue;
		if (job_line(d, &list[i], e) < 0)
			return -1;
	}
	if (n == 0)
		diagnosis_line(d, "none", "nothing was asked for yet");
	diagnosis_end(d);
	return n < 0 ? -1 : 0;
}

/* --- what was seen on the wire --- */

/* Each line of a text, indented; of a long one the beginning. */
static void lines(struct diagnosis *d, const char *begin, const char *text)
{
	const size_t all = strlen(text);
	char *rest = arena_strndup(d->s->a, text, all < RAW_MAX ? all : RAW_MAX), *line;

	while ((line = strsep(&rest, "\n"))) {
		if (*line || rest)
			buf_printf(&d->part, "\n%s%s", begin, line);
	}
	if (all > RAW_MAX)
		buf_printf(&d->part, "\n%s(%zu more bytes)", begin, all - RAW_MAX);
}

static void step(struct diagnosis *d, const struct job_step *s)
{
	buf_printf(&d->part, "\n%3" PRId64 ". %s: %s, %" PRId64 " ms", s->n, s->title,
		step_states[s->state], s->ms);
	lines(d, "       ", or_none(s->say));
	if (!str_empty(s->why))
		lines(d, "       why: ", s->why);
	if (!str_empty(s->raw))
		lines(d, "       | ", s->raw);
}

/* "Avery Stone, avery.stone@example.com": whose mailbox a step has opened, which need not be one of
 * the account's. */
static void opened_name(struct diagnosis *d, const char *say)
{
	const char *comma = strstr(say, ", ");
	const size_t n = comma ? (size_t)(comma - say) : 0;

	if (n > 0 && n <= NAME_MAX_BYTES && memchr(comma, '@', strcspn(comma, "\n")))
		redact_name(d->r, REDACT_PERSON, arena_strndup(d->s->a, say, n));
}

/* One of several names with commas between; hosts with a dot have a shape. */
static void chain_name(struct diagnosis *d, enum redact_kind kind, const char *p, size_t n)
{
	if (n > 0 && n <= NAME_MAX_BYTES && !memchr(p, '.', n))
		redact_name(d->r, kind, arena_strndup(d->s->a, p, n));
}

static void chain_names(struct diagnosis *d, const char *list)
{
	while (*list && *list != '\n') {
		const size_t n = strcspn(list, ",\n");

		chain_name(d, REDACT_SERVER, list, n);
		list += n + strspn(list + n, ", ");
	}
}

/* What certificates and their authorities are called: in the lines of a chain, and in quotes in the
 * sentences about it. Each line of it names one (exchange/tls). */
static void certificate_names(struct diagnosis *d, const struct job_step *s)
{
	static const char issuer[] = "\n   issuer: ", names[] = "\n   names: ";
	static const char open[] = "\xe2\x80\x9c", shut[] = "\xe2\x80\x9d";
	const char *const says[] = { s->say, s->why, s->fix };
	const char *p = s->raw, *end;

	if (!strstr(s->raw, issuer))
		return;
	while ((p = strstr(p, issuer))) {
		p += sizeof(issuer) - 1;
		chain_name(d, REDACT_CERTIFICATE, p, strcspn(p, "\n"));
	}
	for (p = s->raw; (p = strstr(p, names)); p += sizeof(names) - 1) {
		for (end = p; end > s->raw && end[-1] != '\n'; end--)
			;
		end += strspn(end, "0123456789. ");
		chain_name(d, REDACT_CERTIFICATE, end, (size_t)(p - end));
		chain_names(d, p + sizeof(names) - 1);
	}
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		for (p = says[i]; (p = strstr(p, open)); p = end) {
			p += sizeof(open) - 1;
			end = strstr(p, shut);
			if (!end)
				break;
			chain_name(d, REDACT_CERTIFICATE, p, (size_t)(end - p));
		}
	}
}

/* Whatever the steps of a job name without a shape. */
static int step_names(struct diagnosis *d, const struct job *j, struct err *e)
{
	struct job_step *steps;
	int n = store_job_steps(d->s->db, d->s->a, j->id, &steps, e);

	for (int i = 0; i < n; i++) {
		opened_name(d, steps[i].say);
		certificate_names(d, &steps[i]);
	}
	return n < 0 ? -1 : 0;
}

static int traced(struct diagnosis *d, const struct job *j, struct err *e)
{
	struct job_step *steps;
	int n = store_job_steps(d->s->db, d->s->a, j->id, &steps, e);

	if (n <= 0)
		return n;
	diagnosis_begin(d,
		arena_printf(d->s->a, "Steps of %s %" PRId64 ", %s", j->kind, j->id,
			diagnosis_ago(d, j->created)));
	for (int i = 0; i < n; i++) {
		if (d->part.len > STEPS_MAX) {
			buf_printf(&d->part, "\n     (%d more steps)", n - i);
			break;
		}
		step(d, &steps[i]);
	}
	diagnosis_end(d);
	return 0;
}

static const char *const traced_kinds[] = { TEST_KIND, LOOK_KIND };

/* The newest jobs of each kind that have steps. */
static int each_traced(struct diagnosis *d,
	int (*run)(struct diagnosis *d, const struct job *j, struct err *e), struct err *e)
{
	const struct page_of newest = { .limit = TRACED };

	for (size_t k = 0; k < sizeof(traced_kinds) / sizeof(traced_kinds[0]); k++) {
		struct job *list;
		int n = store_job_list(
			d->s->db, d->s->a, d->s->who.account, traced_kinds[k], newest, &list, e);

		for (int i = 0; i < n; i++) {
			if (run(d, &list[i], e) < 0)
				return -1;
		}
		if (n < 0)
			return -1;
	}
	return 0;
}

int diagnosis_names(struct diagnosis *d, struct err *e)
{
	const struct page_of newest = { .limit = JOBS_READ };
	struct job *list;
	int n = store_job_list(d->s->db, d->s->a, d->s->who.account, NULL, newest, &list, e);

	for (int i = 0; i < n; i++) {
		const char *host = url_get(d->s->a, list[i].params, "host");

		redact_name(d->r, REDACT_PERSON, list[i].by_name);
		if (!str_empty(host) && !strchr(host, '.'))
			redact_name(d->r, REDACT_SERVER, host);
	}
	return n < 0 ? -1 : each_traced(d, step_names, e);
}

int diagnosis_traces(struct diagnosis *d, struct err *e)
{
	return each_traced(d, traced, e);
}
