/* Slots, lending: a draft that leads the same way is proved with the secret that is in use, and
 * keeps up with it.
 *
 * Rules: what is lent has the version that it has where it is in use: the gate knows it by that,
 * and a rotation finds it by that. A refresh token is lent to nobody, since a service may end all
 * that came of one that is used twice. Nothing here may keep the live connection from getting its
 * new secret: a row that does not open, or is another by then, is left as it is.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "platform/log.h"
#include "slots_parts.h"
#include "store/store.h"
#include "store/store_trial.h"

/* --- lending --- */

static int by_person(const struct connection *c)
{
	return strcmp(c->signin, "user") == 0;
}

/* The live connection of the draft's account, when it goes the draft's way: 1, 0 or -1. */
static int lender(struct slots_work *w, struct connection *out, struct err *e)
{
	const struct connection *draft = w->p->c;
	int rc;

	if (draft->stage != CONN_DRAFT)
		return 0;
	rc = store_connection_staged(w->eng->db, &w->a, draft->account, CONN_LIVE, out, e);
	return rc <= 0 ? rc : store_connection_lends(out, draft);
}

/* Has the draft none of its own in either slot? 1, 0 or -1. */
static int lacks(struct slots_work *w, const struct slots_names *names, struct err *e)
{
	struct credential cr;
	int rc = slots_find(w, w->p->c, names->next, &cr, e);

	if (rc == 0)
		rc = slots_find(w, w->p->c, names->current, &cr, e);
	return rc < 0 ? -1 : rc == 0;
}

struct loan {
	struct slots_work w; /* first: cast back */
	struct connection live;
	const struct job *j;
};

static int loan_rows(struct slots_work *w, struct err *e)
{
	struct loan *l = (struct loan *)w;
	const struct slots_move *m = &w->in[SLOTS_MAIN];
	const struct chronicle row = { .account = w->p->c->account,
		.action = "credential.set",
		.about = w->p->c->mailbox,
		.detail = arena_printf(&w->a, "version %s, as it is in use, to be proved by %s",
			m->from.version, w->p->c->method),
		.by = l->j->by_name,
		.request = l->j->request };
	struct connection now;
	int rc;

	if (slots_check_row(w, w->p->c, &now, e) < 0 || slots_check_row(w, &l->live, &now, e) < 0)
		return -1;
	rc = slots_still(w, m, e);
	if (rc <= 0)
		return rc < 0 ? -1 : slots_changed(e, "the secret in use", l->live.id);
	if (store_credential_save(w->eng->db, &m->to, e) < 0)
		return -1;
	return chronicle_add(w->eng, &row, e);
}

static int lend(struct loan *l, struct err *e)
{
	const struct connection *draft = l->w.p->c;
	const struct slots_names *names =
		&slots_names[by_person(draft) ? SLOTS_BESIDE : SLOTS_MAIN];
	const struct slots_way way = { .of = &l->live, .to = draft, .slot = names->next };
	struct slots_move *m = &l->w.in[SLOTS_MAIN];
	int rc = lender(&l->w, &l->live, e);

	if (rc > 0)
		rc = lacks(&l->w, names, e);
	if (rc > 0)
		rc = slots_find(&l->w, &l->live, names->current, &m->from, e);
	if (rc <= 0)
		return rc;
	if (l->live.paused_at)
		return ERR(e, ERR_CONFLICT,
			"The connection in use is paused, so its secret is not used. Resume it "
			"first.",
			"connection %lld lends nothing while it is paused", (long long)l->live.id);
	if (slots_box(&l->w, m, &way, e) < 0)
		return -1;
	m->to.set_at = m->to.used_at = 0;
	return slots_commit(&l->w, loan_rows, e) < 0 ? -1 : 1;
}

int slots_lend(
	struct engine *eng, const struct connection *draft, const struct job *j, struct err *e)
{
	const struct slots_proved p = { .c = draft };
	struct loan l = { .j = j };
	int rc;

	slots_work_init(&l.w, eng, &p);
	rc = lend(&l, e);
	slots_work_done(&l.w);
	return rc;
}

/* --- keeping up --- */

/* One row of another connection that holds what is replaced. */
struct slots_lent {
	struct slots_lent *next;
	struct slots_move move;
	const struct connection *c;
};

static void free_box(void *ptr)
{
	buf_done(ptr);
}

/* What is sealed for the row is the new secret: its text comes from the box that was opened. */
static int renew(struct slots_work *w, const struct connection *c, const struct credential *held,
	enum slots_part part, struct err *e)
{
	const struct slots_way way = { .of = w->p->c, .to = c, .slot = held->purpose };
	struct slots_lent *l = arena_alloc(&w->a, sizeof(*l));

	memset(l, 0, sizeof(*l));
	l->c = c;
	l->move.from = w->in[part].from;
	buf_init(&l->move.box, 2 * SEAL_SECRET_MAX);
	arena_defer(&w->a, free_box, &l->move.box);
	if (slots_box(w, &l->move, &way, e) < 0) {
		if (e->code != ERR_KEY)
			return -1;
		log_err("slots.lent", e);
		return 0;
	}
	l->move.from = *held;
	l->next = w->lent;
	w->lent = l;
	return 0;
}

/* Both slots of one part of another connection. */
static int renew_part(
	struct slots_work *w, const struct connection *c, enum slots_part part, struct err *e)
{
	const char *const slots[] = { slots_names[part].current, slots_names[part].next };
	const char *version = w->out[part].from.version;

	if (!w->in[part].there || !w->out[part].there)
		return 0;
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		struct credential held;
		int rc = slots_find(w, c, slots[i], &held, e);

		if (rc > 0 && strcmp(held.version, version) == 0)
			rc = renew(w, c, &held, part, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int slots_lent_box(struct slots_work *w, struct err *e)
{
	const struct connection *live = w->p->c;
	struct connection *list;
	int n;

	if (live->stage != CONN_LIVE || live->owner)
		return 0;
	n = store_connection_list(w->eng->db, &w->a, live->account, &list, e);
	for (int i = 0; i < n; i++) {
		const struct connection *c = &list[i];

		if ((c->stage != CONN_DRAFT && c->stage != CONN_FORMER) ||
			!store_connection_lends(live, c))
			continue;
		for (enum slots_part part = 0; part < SLOTS_PARTS; part++) {
			if (renew_part(w, c, part, e) < 0)
				return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* What was tried with what it had is as true of the same one's new secret. */
static int lent_row(struct slots_work *w, const struct slots_lent *l, struct err *e)
{
	const struct slots_move *m = &l->move;

	if (store_credential_save(w->eng->db, &m->to, e) < 0)
		return -1;
	if (strcmp(m->to.purpose, PURPOSE_CURRENT) == 0 &&
		store_trial_renewed(w->eng->db, l->c, m->from.version, m->to.version, e) < 0)
		return -1;
	return 1;
}

int slots_lent_rows(struct slots_work *w, struct err *e)
{
	int n = 0;

	for (struct slots_lent *l = w->lent; l; l = l->next) {
		int rc = slots_still(w, &l->move, e);

		if (rc > 0)
			rc = lent_row(w, l, e);
		if (rc < 0)
			return -1;
		n += rc;
	}
	return n;
}
