/* Job "look": an anonymous look at a server that an admin named.
 *
 * A failed step is a result, not a fault: the look is not repeated because of it. Only an engine
 * that was killed makes it begin again.
 */
#include "engine.h"
#include "exchange/egress.h"
#include "exchange/look.h"
#include "job_kinds.h"
#include "platform/log.h"
#include "platform/resolve.h"
#include "platform/str.h"
#include "platform/url.h"

static void on_step(void *ptr, const struct job_step *s)
{
	job_step(ptr, s);
}

static void on_done(void *ptr, const struct look_end *e)
{
	job_end(ptr, e->ok ? JOB_DONE : JOB_FAILED, e->outcome);
}

/* The params come from the web tier, which is not trusted. */
static int read_params(struct job_run *r, const char **host, int64_t *port)
{
	const char *text = url_get(r->a, r->job->params, "port");
	struct address literal;

	*host = url_get(r->a, r->job->params, "host");
	if (!*host || !text || str_int(text, 1, 65535, port) < 0)
		return -1;
	return str_host(*host) || address_parse(*host, &literal) == 0 ? 0 : -1;
}

static void start(struct job_run *r)
{
	const struct look_listener listener = { on_step, on_done, r };
	struct look_query q = { .host = NULL };
	struct err e;
	int64_t port;

	/* Ops may have changed the list since the last look; a bad one leaves the old in force. */
	if (egress_load(r->engine->tools.egress, &e) < 0)
		log_err("egress.kept", &e);
	if (read_params(r, &q.host, &port) < 0) {
		job_end(r, JOB_FAILED, "This is not the address of a server.");
		return;
	}
	q.port = (int)port;
	r->state = look_start(&r->engine->tools, r->a, &q, &listener);
}

static int stop(struct job_run *r)
{
	look_stop(r->state);
	return 1;
}

const struct job_kind job_look = {
	.name = "look",
	.start = start,
	.stop = stop,
	.attempts = 3,
	.limit = 330, /* more than all waits of a look together: it ends by itself */
	.pause = 2,
};
