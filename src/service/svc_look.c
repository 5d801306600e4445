/* Service: a look at a server: what its name, network, TLS and Exchange say, run by the engine.
 *
 * Rules: the job row is the request; the bell only saves the engine a poll. What is queued here is
 * checked by the engine again, which trusts no row.
 */
#include "svc.h"

#include <arpa/inet.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_work.h"

enum {
	PORT_MAX = 65535,
	PULSE_MAX = 30 /* seconds without a word until the engine counts as away */
};

/* A host name or an IP address. inet_pton and not platform/resolve.c, which is the engine's. */
static int host_ok(const char *host)
{
	struct in6_addr any;

	return str_host(host) || inet_pton(AF_INET, host, &any) == 1 ||
		inet_pton(AF_INET6, host, &any) == 1;
}

/* For people: "host:port". */
static const char *where(struct arena *a, const char *host, int64_t port)
{
	return arena_printf(a, strchr(host, ':') ? "[%s]:%lld" : "%s:%lld", host, (long long)port);
}

/* The typed writer of this job's parameters; its reader is svc_look_params. */
static const char *params_of(struct arena *a, const char *host, int64_t port)
{
	const char *const pairs[][2] = {
		{ "host", host },
		{ "port", arena_printf(a, "%lld", (long long)port) },
		{ NULL, NULL },
	};

	return url_form(a, pairs);
}

int svc_look_params(struct arena *a, const char *params, const char **host, int64_t *port)
{
	const char *text = url_get(a, params, "port");

	*host = url_get(a, params, "host");
	if (!text || !*host || !host_ok(*host))
		return -1;
	return str_int(text, 1, PORT_MAX, port);
}

/* Counting and adding under one write lock: two at once cannot both be the last that fits. */
static int start_rows(
	struct svc *s, const struct job *j, const char *about, int64_t *id, struct err *e)
{
	int64_t open = store_job_open(s->db, j->account, LOOK_KIND, e);

	if (open < 0)
		return -1;
	if (open >= LOOK_OPEN_MAX)
		return ERR(e, ERR_CONFLICT,
			"Too many looks are running or waiting. Wait until one has ended, or stop "
			"one.",
			"%lld looks open", (long long)open);
	if (store_job_add(s->db, j, id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_LOOK_STARTED, about, NULL, e);
}

int svc_look_start(struct svc *s, const char *host, int64_t port, int64_t *job, struct err *e)
{
	struct job j = { .account = s->who.account, .kind = LOOK_KIND, .state = JOB_QUEUED };
	int rc;

	if (!host_ok(host))
		return ERR(e, ERR_FORM, "Enter the name or the IP address of a server.",
			"look: no host name or address");
	if (port < 1 || port > PORT_MAX)
		return ERR(e, ERR_FORM, "Enter a port from 1 to 65535.", "look: port out of range");
	host = str_lower(arena_strdup(s->a, host));
	j.params = params_of(s->a, host, port);
	j.run_at = clock_now();
	j.by = s->who.member;
	j.by_name = s->who.name;
	j.request = s->who.request;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = start_rows(s, &j, where(s->a, host, port), job, e);
	if (svc_audit_commit(s, rc, AUDIT_LOOK_STARTED, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, *job);
	return 0;
}

static const char *about_of(struct svc *s, const struct job *j)
{
	const char *host;
	int64_t port;

	return svc_look_params(s->a, j->params, &host, &port) == 0 ? where(s->a, host, port) : "";
}

int svc_look_stop(struct svc *s, int64_t job, struct err *e)
{
	static const struct svc_work_end end = {
		.kind = LOOK_KIND, .action = AUDIT_LOOK_STOPPED, .about_of = about_of
	};

	return svc_work_stop(s, &end, 1, job, e);
}

int svc_engine_alive(const struct engine_pulse *p)
{
	return p->seen > 0 && clock_now() - p->seen <= PULSE_MAX;
}
