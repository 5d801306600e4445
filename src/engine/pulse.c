/* Pulse: what the engine says of itself, and the hour that brings housekeeping.
 *
 * Rule: pages call the engine away when its pulse is older than 30 s, so one lost beat is nothing.
 */
#include "pulse.h"

#include <stdlib.h>
#include <unistd.h>
#include "engine.h"
#include "job_kinds.h"
#include "keyring.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "store/store.h"

struct pulse {
	struct engine *eng;
	const char *version;
	int64_t started;
	int64_t house_at; /* clock_mono_ms */
	uint64_t timer;
};

static int tell(const struct pulse *p, struct err *e)
{
	const struct engine_pulse now = {
		.pid = getpid(),
		.started = p->started,
		.version = p->version,
		.key_id = keyring_active(p->eng->keys)->id,
	};

	return store_engine_pulse(p->eng->db, &now, e);
}

static int call_house(struct pulse *p, struct err *e)
{
	if (clock_mono_ms() < p->house_at)
		return 0;
	if (job_house_add(p->eng, e) < 0)
		return -1;
	p->house_at = clock_mono_ms() + PULSE_HOUSE_MS;
	return 0;
}

static void on_beat(void *ptr)
{
	struct pulse *p = ptr;
	struct err e;

	if ((tell(p, &e) < 0 || call_house(p, &e) < 0) && e.code != ERR_BUSY)
		log_err("engine.pulse", &e);
	p->timer = loop_after(p->eng->loop, PULSE_MS, on_beat, p);
}

struct pulse *pulse_new(struct engine *eng, const char *version)
{
	struct pulse *p = calloc(1, sizeof(*p));

	if (!p)
		die("pulse: out of memory");
	p->eng = eng;
	p->version = version;
	p->started = clock_now();
	p->house_at = clock_mono_ms();
	p->timer = loop_after(eng->loop, 0, on_beat, p);
	return p;
}

void pulse_now(struct pulse *p)
{
	loop_cancel(p->eng->loop, p->timer);
	on_beat(p);
}

void pulse_free(struct pulse *p)
{
	if (!p)
		return;
	loop_cancel(p->eng->loop, p->timer);
	free(p);
}
