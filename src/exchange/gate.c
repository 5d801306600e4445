/* Gate: the rules about starting sign-ins, and a keeper in memory.
 *
 * Rules: the rules are pure and the same for every keeper. A time in the future is none: the clock
 * was set back, and nobody may wait for it.
 */
#include "gate.h"

#include <stdlib.h>
#include <string.h>
#include "platform/clock.h"

void gate_decide(
	const struct gate_known *k, int64_t lease_until, int64_t now, struct gate_view *out)
{
	memset(out, 0, sizeof(*out));
	if (k->state == GATE_REFUSED) {
		out->leave = GATE_STOPPED;
		out->reason = k->reason;
		out->since = k->since;
		return;
	}
	if (k->state == GATE_PROVEN && k->proven_at <= now && now - k->proven_at < GATE_PROVEN_S)
		out->leave = GATE_GO;
	else if (lease_until > now && lease_until <= now + GATE_LEASE_S)
		out->leave = GATE_WAIT;
	else
		out->leave = GATE_PROVE;
}

void gate_report(struct gate_known *k, enum reason r, int64_t now)
{
	int refused = reason_row(r)->temper == TEMPER_STOPPED;

	if (k->state == GATE_REFUSED || (r != REASON_OK && !refused))
		return;
	if (refused) {
		k->state = GATE_REFUSED;
		k->reason = r;
		k->since = now;
		return;
	}
	if (k->state != GATE_PROVEN)
		k->since = now;
	k->state = GATE_PROVEN;
	k->proven_at = now;
}

/* --- the keeper in memory --- */

struct entry {
	struct entry *next;
	char *who;
	char *version;
	struct gate_known known;
	int64_t lease_until;
};

struct gate_memory {
	struct entry *entries;
};

struct gate_memory *gate_memory_new(void)
{
	struct gate_memory *m = calloc(1, sizeof(*m));

	if (!m)
		die("gate: out of memory");
	return m;
}

void gate_memory_free(struct gate_memory *m)
{
	struct entry *n;

	if (!m)
		return;
	while ((n = m->entries)) {
		m->entries = n->next;
		free(n->who);
		free(n->version);
		free(n);
	}
	free(m);
}

static struct entry *entry_of(struct gate_memory *m, const char *who, const char *version)
{
	struct entry *n;

	for (n = m->entries; n; n = n->next)
		if (strcmp(n->who, who) == 0 && strcmp(n->version, version) == 0)
			return n;
	n = calloc(1, sizeof(*n));
	if (!n || !(n->who = strdup(who)) || !(n->version = strdup(version)))
		die("gate: out of memory");
	n->next = m->entries;
	m->entries = n;
	return n;
}

static int ask(
	void *ptr, const char *who, const char *version, struct gate_view *out, struct err *e)
{
	struct gate_memory *m = ptr;
	struct entry *mine = entry_of(m, who, version);
	int64_t now = clock_now(), leased = 0;

	(void)e;
	for (const struct entry *n = m->entries; n; n = n->next)
		if (strcmp(n->who, who) == 0 && n->lease_until > leased)
			leased = n->lease_until;
	gate_decide(&mine->known, leased, now, out);
	if (out->leave == GATE_PROVE)
		mine->lease_until = now + GATE_LEASE_S;
	return 0;
}

static int tell(void *ptr, const char *who, const char *version, enum reason r, struct err *e)
{
	struct entry *n = entry_of(ptr, who, version);

	(void)e;
	gate_report(&n->known, r, clock_now());
	n->lease_until = 0;
	return 0;
}

struct gate_keeper gate_memory_keeper(struct gate_memory *m)
{
	return (struct gate_keeper){ .ask = ask, .tell = tell, .ptr = m };
}

void gate_memory_again(struct gate_memory *m, const char *who)
{
	for (struct entry *n = m->entries; n; n = n->next)
		if (strcmp(n->who, who) == 0 && n->known.state == GATE_REFUSED)
			memset(&n->known, 0, sizeof(n->known));
}
