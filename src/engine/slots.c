/* Slots: the one place that moves secrets.
 *
 * Rules: boxes are made before the transaction begins; in it, every row they were made from is
 * compared with what it is now, and then all rows change or none. A secret keeps its version
 * wherever it goes, even through the head of whoever types it again after it was refused, so what
 * is known of its sign-ins goes with it. What cannot be opened is not kept as former: it is good
 * for nothing.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "keyring.h"
#include "notice.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "slots_parts.h"
#include "store/store.h"

/* A row may be as long as its checks let it. */
enum { ARENA = 32 << 20, BOX_MAX = 2 * SEAL_SECRET_MAX };

const struct slots_names slots_names[SLOTS_PARTS] = {
	{ PURPOSE_NEXT, PURPOSE_CURRENT, PURPOSE_FORMER },
	{ PURPOSE_NEXT_CLIENT, PURPOSE_CLIENT, PURPOSE_FORMER_CLIENT },
};

void slots_work_init(struct slots_work *w, struct engine *eng, const struct slots_proved *p)
{
	memset(w, 0, sizeof(*w));
	w->eng = eng;
	w->p = p;
	arena_init(&w->a, ARENA);
	for (int i = 0; i < SLOTS_PARTS; i++) {
		buf_init(&w->in[i].box, BOX_MAX);
		buf_init(&w->out[i].box, BOX_MAX);
	}
}

void slots_work_done(struct slots_work *w)
{
	for (int i = 0; i < SLOTS_PARTS; i++) {
		buf_done(&w->in[i].box);
		buf_done(&w->out[i].box);
	}
	arena_done(&w->a);
}

int slots_changed(struct err *e, const char *what, int64_t connection)
{
	return ERR(e, ERR_CONFLICT,
		"It was changed while it was being proved, so what was proved is not used. Look at "
		"what holds now, and try again.",
		"connection %lld: %s was changed", (long long)connection, what);
}

/* --- boxes --- */

/* 1 found, 0 or -1. */
int slots_find(struct slots_work *w, const struct connection *c, const char *slot,
	struct credential *out, struct err *e)
{
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = slot
	};

	return store_credential_find(w->eng->db, &w->a, &like, out, e);
}

/* The row of a slot, so that a secret can be sealed for it. */
static int reserve(struct engine *eng, const struct connection *c, const char *slot, int64_t *id,
	struct err *e)
{
	if (db_begin_patient(eng->db, e) < 0)
		return -1;
	return db_finish(
		eng->db, store_credential_reserve(eng->db, c->account, c->id, slot, id, e), e);
}

int slots_box(
	struct slots_work *w, struct slots_move *m, const struct slots_way *way, struct err *e)
{
	struct secret *s = keyring_open(w->eng->keys, &m->from, way->of, e);
	int rc = s ? 0 : -1;

	m->to = m->from;
	m->to.connection = way->to->id;
	m->to.purpose = way->slot;
	if (rc == 0 && (way->of->id != way->to->id || strcmp(way->slot, m->from.purpose) != 0))
		rc = reserve(w->eng, way->to, way->slot, &m->to.id, e);
	if (rc == 0)
		rc = keyring_seal(w->eng->keys, &m->to, way->to, s, &m->box, e);
	secret_free(s);
	m->to.key_id = keyring_active(w->eng->keys)->id;
	m->to.sealed = m->box.p;
	m->to.sealed_len = m->box.len;
	store_connection_policy(way->to, m->to.policy);
	m->boxed = rc == 0;
	return rc;
}

/* The same for another slot of the row that is proved, or of what that becomes. */
static int box_for(struct slots_work *w, struct slots_move *m, const char *slot,
	const struct connection *to, struct err *e)
{
	const struct slots_way way = { .of = w->p->c, .to = to, .slot = slot };

	return slots_box(w, m, &way, e);
}

/* The secret that was proved, in a box for `slot` of connection `to`, and the one beside it. */
static int box_next(struct slots_work *w, const struct connection *to, int same_slot, struct err *e)
{
	for (int i = 0; i < SLOTS_PARTS; i++) {
		struct slots_move *m = &w->in[i];
		int rc = slots_find(w, w->p->c, slots_names[i].next, &m->from, e);

		if (rc < 0)
			return -1;
		if (rc == 0 && i == SLOTS_MAIN)
			return slots_changed(e, "its new secret", w->p->c->id);
		m->there = rc;
		if (m->there &&
			box_for(w, m, same_slot ? slots_names[i].next : slots_names[i].current, to,
				e) < 0)
			return -1;
	}
	return strcmp(w->in[SLOTS_MAIN].from.version, w->p->version) == 0
		? 0
		: slots_changed(e, "its new secret", w->p->c->id);
}

/* What is in use until now, where something new comes into its place. */
static int box_current(struct slots_work *w, struct err *e)
{
	for (int i = 0; i < SLOTS_PARTS; i++) {
		struct slots_move *m = &w->out[i];
		int rc = w->in[i].there
			? slots_find(w, w->p->c, slots_names[i].current, &m->from, e)
			: 0;

		if (rc < 0)
			return -1;
		m->there = rc;
		if (!m->there || box_for(w, m, slots_names[i].former, w->p->c, e) == 0)
			continue;
		if (e->code != ERR_KEY)
			return -1;
		log_err("slots.closed", e);
	}
	return 0;
}

/* --- is it still what was proved? --- */

static int is_same_row(const struct connection *a, const struct connection *b)
{
	unsigned char one[SEAL_HASH], two[SEAL_HASH];

	store_connection_policy(a, one);
	store_connection_policy(b, two);
	return memcmp(one, two, sizeof(one)) == 0 && a->stage == b->stage &&
		strcmp(a->mailbox, b->mailbox) == 0 && strcmp(a->method, b->method) == 0 &&
		strcmp(a->kind, b->kind) == 0;
}

/* *now: the row as it is. */
int slots_check_row(
	struct slots_work *w, const struct connection *was, struct connection *now, struct err *e)
{
	int rc = store_connection_get(w->eng->db, &w->a, was->account, was->id, now, e);

	if (rc < 0)
		return -1;
	return rc == 1 && is_same_row(was, now) ? 0 : slots_changed(e, "a setting", was->id);
}

int slots_still(struct slots_work *w, const struct slots_move *m, struct err *e)
{
	struct credential now;
	int rc = store_credential_get(w->eng->db, &w->a, m->from.account, m->from.id, &now, e);

	if (rc <= 0)
		return rc;
	return now.sealed_len == m->from.sealed_len &&
		memcmp(now.sealed, m->from.sealed, now.sealed_len) == 0;
}

/* The row that a box was made from, or that there was none. */
static int check_move(
	struct slots_work *w, const struct slots_move *m, const char *slot, struct err *e)
{
	struct credential now;
	int rc = slots_find(w, w->p->c, slot, &now, e);

	if (rc > 0 && m->there && now.id == m->from.id)
		rc = slots_still(w, m, e);
	else if (rc >= 0)
		rc = rc == 0 && !m->there;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return slots_changed(e, slot, w->p->c->id);
}

static int check(struct slots_work *w, struct connection *now, struct err *e)
{
	if (slots_check_row(w, w->p->c, now, e) < 0)
		return -1;
	for (int i = 0; i < SLOTS_PARTS; i++) {
		if (check_move(w, &w->in[i], slots_names[i].next, e) < 0)
			return -1;
		if (w->in[i].there && w->out[i].boxed &&
			check_move(w, &w->out[i], slots_names[i].current, e) < 0)
			return -1;
	}
	return 0;
}

/* --- the switch: all of it in one transaction --- */

static int drop(struct slots_work *w, const struct connection *c, const char *slot, struct err *e)
{
	return store_credential_remove(w->eng->db, c->account, c->id, slot, e) < 0 ? -1 : 0;
}

static int move_part(struct slots_work *w, int i, struct err *e)
{
	struct slots_move *in = &w->in[i], *out = &w->out[i];

	if (!in->there)
		return 0;
	if (out->boxed) {
		out->to.set_at = clock_now();
		if (store_credential_save(w->eng->db, &out->to, e) < 0)
			return -1;
	} else if (drop(w, w->p->c, slots_names[i].former, e) < 0) {
		return -1;
	}
	if (store_credential_save(w->eng->db, &in->to, e) < 0)
		return -1;
	return drop(w, w->p->c, slots_names[i].next, e);
}

const char *slots_action(const struct connection *c, const char *action)
{
	static const char *const own[][2] = {
		{ "credential.set", "own.set" },
		{ "credential.switched", "own.switched" },
		{ "credential.refused", "own.refused" },
		{ "credential.unproved", "own.unproved" },
		{ "credential.erased", "own.erased" },
	};

	for (size_t i = 0; c->owner && i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(own[i][0], action) == 0)
			return own[i][1];
	return action;
}

/* What is said of it in the audit log. */
static int tell(struct slots_work *w, const char *action, const char *detail, struct err *e)
{
	const struct chronicle row = { .account = w->p->c->account,
		.action = slots_action(w->p->c, action),
		.about = w->p->c->mailbox,
		.detail = detail,
		.by = w->in[SLOTS_MAIN].from.by_name,
		.request = w->p->request };

	return chronicle_add(w->eng, &row, e);
}

/* A draft becomes the live connection, where there is none; beside one it waits as it is. */
static int move_stage(struct slots_work *w, struct err *e)
{
	const struct connection *c = w->p->c;
	struct connection live;
	int rc = store_connection_staged(w->eng->db, &w->a, c->account, CONN_LIVE, &live, e);

	if (rc < 0)
		return -1;
	w->renewed = 0;
	w->beside = rc;
	if (w->beside)
		return tell(w, "connection.proved",
			arena_printf(&w->a, "version %s: %s by %s; %s by %s stays in use",
				w->p->version, c->method, c->host, live.method, live.host),
			e);
	if (store_connection_stage(w->eng->db, c->account, c->id, CONN_LIVE, e) < 0)
		return -1;
	return tell(w, "connection.live", arena_printf(&w->a, "%s by %s", c->method, c->host), e);
}

/* Looked at again later; and a connection that was stopped is looked at as soon as it can be, even
 * if this engine ends here. */
static int ask_health(struct slots_work *w, struct err *e)
{
	const int64_t now = clock_now();
	struct health h = { .connection = w->p->c->id,
		.account = w->p->c->account,
		.state = HEALTH_NEW,
		.reason = "ok",
		.since = now,
		.counted_to = now };

	if (store_health_get(w->eng->db, &w->a, h.account, h.connection, &h, e) < 0)
		return -1;
	h.proof_at = now + SLOTS_AGAIN_S;
	if (h.state != HEALTH_PAUSED)
		h.next_at = now;
	return store_health_save(w->eng->db, &h, e);
}

/* A member's own sign-in is the one that works now; the calendar is looked at with it. */
static int own_proved(struct slots_work *w, const struct connection *c, struct err *e)
{
	const struct member_event v = { .account = c->account,
		.member = c->owner,
		.what = MEMBER_SIGNED,
		.by = w->in[SLOTS_MAIN].from.by_name };

	if (store_connection_own_only(w->eng->db, c->account, c->owner, c->id, e) < 0 ||
		store_event_add(w->eng->db, &v, e) < 0)
		return -1;
	return store_standing_soon(w->eng->db, c->account, c->owner, clock_now(), e);
}

/* What becomes of the row: a draft is live, or waits; what is live is looked at soon. */
static int use(struct slots_work *w, const struct connection *now, struct err *e)
{
	if (now->stage == CONN_DRAFT && move_stage(w, e) < 0)
		return -1;
	if (w->beside)
		return 0;
	if ((now->owner ? own_proved(w, now, e) : ask_health(w, e)) < 0)
		return -1;
	return w->renewed && !now->owner ? notice_switched(w->eng, now, &w->in[SLOTS_MAIN].to, e)
					 : 0;
}

static int switch_rows(struct slots_work *w, struct err *e)
{
	const struct slots_move *out = &w->out[SLOTS_MAIN];
	struct connection now;
	int lent;

	if (check(w, &now, e) < 0)
		return -1;
	w->renewed = out->there;
	for (int i = 0; i < SLOTS_PARTS; i++) {
		if (move_part(w, i, e) < 0)
			return -1;
	}
	lent = slots_lent_rows(w, e);
	if (lent < 0 || use(w, &now, e) < 0 || drop(w, &now, PURPOSE_REFUSED, e) < 0)
		return -1;
	if (w->beside)
		return 0;
	return tell(w, "credential.switched",
		arena_printf(&w->a, "version %s%s%s, proved%s", w->p->version,
			out->there ? " in place of " : "", out->there ? out->from.version : "",
			lent ? "; what waits beside it, or was in use before, has it, too" : ""),
		e);
}

/* Run `rows` in one transaction that must not be lost. */
int slots_commit(
	struct slots_work *w, int (*rows)(struct slots_work *w, struct err *e), struct err *e)
{
	if (db_begin_patient(w->eng->db, e) < 0 || db_finish(w->eng->db, rows(w, e), e) < 0)
		return -1;
	chronicle_seal(w->eng);
	return 0;
}

int slots_switch(struct engine *eng, const struct slots_proved *p, struct err *e)
{
	struct err late;
	struct slots_work w;
	int rc;

	slots_work_init(&w, eng, p);
	rc = box_next(&w, p->c, 0, e);
	if (rc == 0)
		rc = box_current(&w, e);
	if (rc == 0)
		rc = slots_lent_box(&w, e);
	if (rc == 0)
		rc = slots_commit(&w, switch_rows, e);
	if (rc == 0)
		rc = w.beside;
	slots_work_done(&w);
	if (rc >= 0) {
		log_info(rc ? "slots.proved" : "slots.switched", LF_I("connection", p->c->id),
			LF_S("version", p->version));
		if (slots_grace(eng, clock_now(), &late) < 0)
			log_err("slots.grace", &late); /* the house comes again */
	}
	return rc;
}

/* --- the same one again --- */

/* Do two slots hold the same? 1, 0 another or none, -1. What cannot be opened is another: it was
 * sealed for another way. */
static int alike(
	struct slots_work *w, struct credential *one, struct credential *two, struct err *e)
{
	struct secret *s = keyring_open(w->eng->keys, one, w->p->c, e), *t = NULL;
	int rc;

	if (s)
		t = keyring_open(w->eng->keys, two, w->p->c, e);
	rc = s && t ? secret_same(s, t) : s && e->code == ERR_KEY ? 0 : -1;
	secret_free(s);
	secret_free(t);
	return rc;
}

/* One of the two: 1 the same or nothing new, 0 another, -1. */
static int same_part(struct slots_work *w, int i, struct err *e)
{
	struct credential next, current;
	int rc = slots_find(w, w->p->c, slots_names[i].next, &next, e);
	int has = rc == 1 ? slots_find(w, w->p->c, slots_names[i].current, &current, e) : 0;

	if (rc < 0 || has < 0)
		return -1;
	if (rc == 0)
		return i == SLOTS_BESIDE;
	return has ? alike(w, &next, &current, e) : 0;
}

int slots_same(struct engine *eng, const struct connection *c, struct err *e)
{
	const struct slots_proved p = { .c = c };
	struct slots_work w;
	int rc;

	slots_work_init(&w, eng, &p);
	rc = same_part(&w, SLOTS_MAIN, e);
	if (rc == 1)
		rc = same_part(&w, SLOTS_BESIDE, e);
	slots_work_done(&w);
	return rc;
}

/* --- refused --- */

/* The row of "next" that was read is still there; then the other one is saved. */
static int save_beside_next(struct slots_work *w, struct err *e)
{
	const struct slots_move *m = &w->in[SLOTS_MAIN];

	return check_move(w, m, PURPOSE_NEXT, e) < 0 ? -1
						     : store_credential_save(w->eng->db, &m->to, e);
}

int slots_refused(struct engine *eng, const struct slots_proved *p, struct err *e)
{
	struct slots_work w;
	struct slots_move *m = &w.in[SLOTS_MAIN];
	int rc;

	slots_work_init(&w, eng, p);
	rc = m->there = slots_find(&w, p->c, PURPOSE_NEXT, &m->from, e);
	if (rc == 1 && strcmp(m->from.version, p->version) == 0) {
		rc = box_for(&w, m, PURPOSE_REFUSED, p->c, e);
		m->to.set_at = 0;
		if (rc == 0)
			rc = slots_commit(&w, save_beside_next, e);
	}
	slots_work_done(&w);
	return rc < 0 ? -1 : 0;
}

int slots_recognise(struct engine *eng, const struct connection *c, struct err *e)
{
	const struct slots_proved p = { .c = c };
	struct credential refused;
	struct slots_work w;
	struct slots_move *m = &w.in[SLOTS_MAIN];
	int rc;

	slots_work_init(&w, eng, &p);
	rc = m->there = slots_find(&w, c, PURPOSE_NEXT, &m->from, e);
	if (rc == 1)
		rc = slots_find(&w, c, PURPOSE_REFUSED, &refused, e);
	if (rc == 1 && strcmp(m->from.version, refused.version) != 0)
		rc = alike(&w, &m->from, &refused, e);
	else
		rc = rc < 0 ? -1 : 0;
	if (rc == 1) {
		m->to = m->from;
		m->to.version = refused.version;
		rc = slots_commit(&w, save_beside_next, e) < 0 ? -1 : 1;
	}
	slots_work_done(&w);
	return rc;
}

/* --- found by Autodiscover --- */

struct found {
	struct slots_work w; /* first: cast back */
	struct connection to;
};

static int found_rows(struct slots_work *w, struct err *e)
{
	struct found *f = (struct found *)w;
	struct connection now;

	if (check(w, &now, e) < 0)
		return -1;
	now.scheme = f->to.scheme;
	now.host = f->to.host;
	now.port = f->to.port;
	if (store_connection_save(w->eng->db, &now, e) < 0)
		return -1;
	for (int i = 0; i < SLOTS_PARTS; i++) {
		if (w->in[i].there && store_credential_save(w->eng->db, &w->in[i].to, e) < 0)
			return -1;
	}
	return tell(w, "connection.entered",
		arena_printf(&w->a, "found by Autodiscover in %s: server %s, port %lld",
			w->p->c->host, now.host, (long long)now.port),
		e);
}

int slots_found(struct engine *eng, const struct slots_proved *p, const struct slots_server *found,
	struct arena *a, struct connection *out, struct err *e)
{
	struct found f;
	int rc;

	slots_work_init(&f.w, eng, p);
	f.to = *p->c;
	f.to.scheme = "https";
	f.to.host = found->host;
	f.to.port = found->port;
	rc = box_next(&f.w, &f.to, 1, e);
	if (rc == 0)
		rc = slots_commit(&f.w, found_rows, e);
	slots_work_done(&f.w);
	if (rc < 0)
		return -1;
	return store_connection_get(eng->db, a, p->c->account, p->c->id, out, e) == 1
		? 0
		: slots_changed(e, "a setting", p->c->id);
}

/* --- made or received here --- */

struct kept {
	struct slots_work w; /* first: cast back */
	const struct slots_new *n;
};

static int keep_rows(struct slots_work *w, struct err *e)
{
	const struct slots_new *n = ((struct kept *)w)->n;
	struct chronicle row = { .account = w->p->c->account,
		.action = slots_action(w->p->c, "credential.set"),
		.about = w->p->c->mailbox,
		.detail = arena_printf(&w->a, "version %s, %s", n->version, n->detail),
		.by = n->by_name,
		.request = n->request };
	struct connection now;

	if (slots_check_row(w, w->p->c, &now, e) < 0 ||
		store_credential_save(w->eng->db, &w->in[SLOTS_MAIN].to, e) < 0)
		return -1;
	return chronicle_add(w->eng, &row, e);
}

int slots_keep(
	struct engine *eng, const struct connection *c, const struct slots_new *n, struct err *e)
{
	const struct slots_proved p = { .c = c };
	struct kept k = { .n = n };
	struct slots_move *m = &k.w.in[SLOTS_MAIN];
	int rc;

	slots_work_init(&k.w, eng, &p);
	m->to = (struct credential){ .account = c->account,
		.connection = c->id,
		.purpose = PURPOSE_NEXT,
		.version = n->version,
		.key_id = keyring_active(eng->keys)->id,
		.set_by = n->by,
		.by_name = n->by_name,
		.expires = n->expires,
		.certificate = n->certificate };
	store_connection_policy(c, m->to.policy);
	rc = reserve(eng, c, PURPOSE_NEXT, &m->to.id, e);
	if (rc == 0)
		rc = keyring_seal(eng->keys, &m->to, c, n->secret, &m->box, e);
	m->to.sealed = m->box.p;
	m->to.sealed_len = m->box.len;
	if (rc == 0)
		rc = slots_commit(&k.w, keep_rows, e);
	slots_work_done(&k.w);
	return rc;
}
