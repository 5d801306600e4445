/*
 * The bad-password counter: one per identity, whatever URL, login form or scheme an attempt came
 * by. It keeps the rules of a directory: a wrong password counts, unless it is one of the two most
 * recent old ones; a success forgets what was counted; while the account is locked nothing is
 * looked at and nothing is counted; what else is wrong with an account shows only to those who know
 * its password, and neither counts nor forgets.
 */
#include "sim/sign.h"

/* Also lets go of a lock whose time has passed, and of what led to it. */
static bool is_locked(const struct world *w, struct identity *id)
{
	if (id->locked_until && world_now(w) >= id->locked_until) {
		id->locked_until = 0;
		id->bad = 0;
	}
	return id->locked_until != 0;
}

/* No minutes: until somebody unlocks it. */
static void count_bad(const struct world *w, struct identity *id)
{
	const struct premise *p = id->premise;

	id->bad++;
	if (p && p->lock_after > 0 && id->bad >= p->lock_after)
		id->locked_until =
			p->lock_minutes > 0 ? world_now(w) + 60 * p->lock_minutes : INT64_MAX;
}

static bool in_grace(const struct world *w, const struct identity *id)
{
	return id->premise && id->old[0].password &&
		world_now(w) < id->old[0].changed + 60 * id->premise->ntlm_grace_minutes;
}

static enum password_end admitted(struct identity *id)
{
	if (id->disabled)
		return PASSWORD_DISABLED;
	if (id->hours)
		return PASSWORD_HOURS;
	if (id->expired)
		return PASSWORD_EXPIRED;
	if (id->must_change)
		return PASSWORD_MUST_CHANGE;
	id->bad = 0;
	return PASSWORD_RIGHT;
}

enum password_end sign_judge(struct sim *s, struct identity *id, bool ntlm,
	bool (*right)(void *arg, const char *candidate), void *arg)
{
	if (is_locked(s->world, id))
		return PASSWORD_LOCKED;
	if (id->password && right(arg, id->password))
		return admitted(id);
	if (ntlm && in_grace(s->world, id) && right(arg, id->old[0].password))
		return admitted(id);
	for (int i = 0; i < 2; i++)
		if (id->old[i].password && right(arg, id->old[i].password))
			return PASSWORD_WRONG;
	count_bad(s->world, id);
	return PASSWORD_WRONG;
}

static bool is_same(void *said, const char *candidate)
{
	return same(said, candidate);
}

enum password_end sign_password(struct sim *s, struct identity *id, const char *password)
{
	return sign_judge(s, id, false, is_same, (void *)(uintptr_t)password);
}
