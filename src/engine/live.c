/* Live: the connection an account uses, for a job.
 *
 * Rule: whatever a job hears of the connection its health hears, too, and a refusal stops
 * everybody else at once.
 */
#include "live.h"

#include "engine.h"
#include "exchange/egress.h"
#include "exchange/reason_fill.h"
#include "health.h"
#include "keeper.h"
#include "platform/log.h"
#include "store/store.h"

static int find(struct live *l, struct err *e)
{
	struct job_run *r = l->r;
	int rc = store_connection_staged(r->engine->db, r->a, r->job->account, CONN_LIVE, &l->c, e);

	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no connection, so Exchange cannot be asked. An account admin "
			"sets it up first.",
			"job %lld: no live connection", (long long)r->job->id);
	return rc < 0 ? -1 : 0;
}

int live_open(struct live *l, struct job_run *r, struct err *e)
{
	struct engine *eng = r->engine;
	struct line_tools tools = {
		.cf = eng->cf, .net = &eng->tools, .db = eng->db, .keys = eng->keys
	};

	*l = (struct live){ .r = r };
	/* Ops may have changed the list; a bad one leaves the old in force. */
	if (egress_load(eng->tools.egress, e) < 0)
		log_err("egress.kept", e);
	if (find(l, e) < 0)
		return -1;
	tools.gate = keeper_gate(eng->keeper);
	l->line = line_stored(&tools, &l->c, PURPOSE_CURRENT, e);
	return l->line ? 0 : -1;
}

void live_close(struct live *l)
{
	line_free(l->line);
	l->line = NULL;
}

void live_heard(struct live *l, const struct outcome *o, int64_t ms)
{
	struct err e;

	if (reason_row(o->reason)->temper == TEMPER_STOPPED && line_refused(l->line, o, &e) < 0)
		log_err("live.gate", &e);
	if (health_heard(l->r->engine, &l->c, o, ms, &e) < 0)
		log_err("live.health", &e);
}

const char *live_fix(
	struct arena *a, const struct reason_row *why, const struct reason_names *names)
{
	const char *command = reason_command(a, why, names);

	return arena_printf(a, "%s%s%s%s%s%s", why->fixer == FIXER_NOBODY ? "" : "Who: ",
		why->fixer == FIXER_NOBODY ? "" : reason_fixer(why->fixer),
		why->fixer == FIXER_NOBODY ? "" : "\n", reason_steps(a, why, names),
		command[0] ? "\n" : "", command);
}

void live_tell(struct live *l, const char *title, enum step_state state, const struct outcome *o,
	int64_t ms)
{
	const struct reason_names names = { .mailbox = l->c.mailbox, .app = l->c.client_id };
	const struct reason_row *row = reason_row(o->reason);
	struct job_step s = { .n = 1, .title = title, .state = state, .ms = ms };

	if (o->reason != REASON_OK) {
		s.say = row->say;
		s.why = row->why;
		s.fix = live_fix(l->r->a, row, &names);
		s.raw = o->said;
	}
	job_step(l->r, &s);
}
