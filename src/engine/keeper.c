/* Keeper: the gate's memory in the store.
 *
 * Rules: gate.h decides; here it is only read, decided and written in one write transaction, so
 * that of two processes exactly one gets the lease. What was proven a moment ago is answered by a
 * single read. Who does not hold the lease cannot give it back. A report waits for a busy store:
 * a refusal that is not written down is tried again by the next one who comes.
 */
#include "keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/seal.h"
#include "platform/str.h"
#include "store/store.h"

enum { HOLDER = 100, ARENA = 4 << 20 };

#define TYPED "typed-" /* how the versions of typed secrets begin */

_Static_assert((int)PROOF_NONE == GATE_UNPROVEN && (int)PROOF_GIVEN == GATE_PROVEN &&
		(int)PROOF_REFUSED == GATE_REFUSED && (int)PROOF__MAX == GATE_STATE__MAX,
	"the store keeps the gate's states");

struct keeper {
	struct db *db;
	char holder[HOLDER + 1];
	struct arena a; /* of the question under way */
};

/* A reason that this program does not know was written by another version of it. */
static enum reason reason_of(const char *code)
{
	enum reason r = reason_parse(code);

	return r < REASON__MAX ? r : REASON_SIGNIN_REFUSED;
}

static struct gate_known known_of(const struct signin *s)
{
	return (struct gate_known){
		.state = (enum gate_state)s->proof,
		.reason = s->proof == PROOF_REFUSED ? reason_of(s->reason) : REASON_OK,
		.since = s->since,
		.proven_at = s->proven_at,
	};
}

static void take_known(struct signin *s, const struct gate_known *k)
{
	s->proof = (enum signin_proof)k->state;
	s->reason = k->state == GATE_REFUSED ? reason_row(k->reason)->code : "";
	s->since = k->since;
	s->proven_at = k->proven_at;
}

/* The row, or what stands for one that is not there. 0 or -1. */
static int row_of(
	struct keeper *k, const char *who, const char *version, struct signin *s, struct err *e)
{
	int rc = store_signin_get(k->db, &k->a, who, version, s, e);

	if (rc == 0)
		*s = (struct signin){ .name = who, .version = version, .since = clock_now() };
	return rc < 0 ? -1 : 0;
}

static int is_typed(const char *version)
{
	return str_starts(version, TYPED);
}

/* What the version may do now. A refusal of one typed secret counts for all. 0 or -1. */
static int seen_of(
	struct keeper *k, const char *who, const char *version, struct signin *s, struct err *e)
{
	int rc = is_typed(version) ? store_signin_stopped(k->db, &k->a, who, TYPED, s, e) : 0;

	return rc == 0 ? row_of(k, who, version, s, e) : rc < 0 ? -1 : 0;
}

static int decide(struct keeper *k, struct signin *s, struct gate_view *out, struct err *e)
{
	struct gate_known known = known_of(s);
	int64_t until, now = clock_now();

	if (store_signin_leased(k->db, s->name, &until, e) < 0)
		return -1;
	gate_decide(&known, until, now, out);
	if (out->leave != GATE_PROVE)
		return 0;
	s->holder = k->holder;
	s->lease_until = now + GATE_LEASE_S;
	return store_signin_save(k->db, s, e);
}

static int ask(
	void *ptr, const char *who, const char *version, struct gate_view *out, struct err *e)
{
	struct keeper *k = ptr;
	struct gate_known known;
	struct signin s;
	int rc;

	arena_reset(&k->a);
	if (seen_of(k, who, version, &s, e) < 0)
		return -1;
	known = known_of(&s);
	gate_decide(&known, 0, clock_now(), out);
	if (out->leave != GATE_PROVE)
		return 0;
	if (db_begin(k->db, DB_WRITE, e) < 0)
		return -1;
	rc = seen_of(k, who, version, &s, e);
	if (rc == 0)
		rc = decide(k, &s, out, e);
	return db_finish(k->db, rc, e);
}

static int report(
	struct keeper *k, const char *who, const char *version, enum reason r, struct err *e)
{
	struct gate_known known;
	struct signin s;

	if (row_of(k, who, version, &s, e) < 0)
		return -1;
	known = known_of(&s);
	gate_report(&known, r, clock_now());
	take_known(&s, &known);
	if (strcmp(s.holder ? s.holder : "", k->holder) == 0) {
		s.holder = "";
		s.lease_until = 0;
	}
	if (store_signin_save(k->db, &s, e) < 0)
		return -1;
	return is_typed(version) ? store_signin_clear(k->db, who, TYPED, version, e) : 0;
}

static int tell(void *ptr, const char *who, const char *version, enum reason r, struct err *e)
{
	struct keeper *k = ptr;

	arena_reset(&k->a);
	if (db_begin_patient(k->db, e) < 0)
		return -1;
	return db_finish(k->db, report(k, who, version, r, e), e);
}

struct keeper *keeper_new(struct db *db, const char *holder)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (!k)
		die("keeper: out of memory");
	k->db = db;
	snprintf(k->holder, sizeof(k->holder), "%s", holder);
	arena_init(&k->a, ARENA);
	return k;
}

void keeper_free(struct keeper *k)
{
	if (!k)
		return;
	arena_done(&k->a);
	free(k);
}

struct gate_keeper keeper_gate(struct keeper *k)
{
	return (struct gate_keeper){ .ask = ask, .tell = tell, .ptr = k };
}

void keeper_typed(char out[KEEPER_TYPED])
{
	enum { BEGIN = sizeof(TYPED) - 1 };

	memcpy(out, TYPED, BEGIN);
	seal_random_hex(out + BEGIN, KEEPER_TYPED - BEGIN - 1);
}

int keeper_again(struct keeper *k, const char *who, const char *version, struct err *e)
{
	struct signin s;
	int rc, any = 0;

	arena_reset(&k->a);
	if (db_begin_patient(k->db, e) < 0)
		return -1;
	while ((rc = seen_of(k, who, version, &s, e)) == 0 && s.proof == PROOF_REFUSED) {
		s.proof = PROOF_NONE;
		s.reason = "";
		s.since = clock_now();
		any = 1;
		if ((rc = store_signin_save(k->db, &s, e)) < 0)
			break;
	}
	return db_finish(k->db, rc < 0 ? -1 : any, e);
}

int keeper_list(struct keeper *k, struct arena *a, struct keeper_entry **out, struct err *e)
{
	struct signin *list;
	int n = store_signin_list(k->db, a, &list, e);
	int64_t now = clock_now();

	if (n < 0)
		return -1;
	*out = arena_array(a, (size_t)n, sizeof(**out));
	for (int i = 0; i < n; i++) {
		const struct signin *s = &list[i];

		(*out)[i] = (struct keeper_entry){ .who = s->name,
			.version = s->version,
			.known = known_of(s),
			.proving = s->lease_until > now && s->lease_until <= now + GATE_LEASE_S,
			.holder = s->holder,
			.connection = s->connection };
	}
	return n;
}
