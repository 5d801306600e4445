/* Calls of the store: members as they stand, what happened to them, how far a job has come. */
#include "tests/unit/store_calls.h"

static struct roster_filter people(const struct rich *x)
{
	return roster_all(x->w.acme, MEMBER_PERSON);
}

static int edit_member(struct rich *x, struct db *db, struct err *e)
{
	const struct member m = { .account = x->w.acme, .id = x->w.bob_acme, .name = "Bob" };

	return store_member_edit(db, &m, e);
}

/* Each way in, and each order. */
static int list_roster(struct rich *x, struct db *db, const struct roster_filter *f,
	enum roster_sort sort, struct err *e)
{
	struct roster_place at = { .sort = sort, .limit = 9 };

	if (store_roster_list(db, &x->w.a, f, &at, &x->out.rows, e) < 0)
		return -1;
	at = (struct roster_place){
		.sort = sort, .down = 1, .key = "m", .num = 1, .id = 5, .limit = 9
	};
	return store_roster_list(db, &x->w.a, f, &at, &x->out.rows, e);
}

static int ties(struct rich *x, struct db *db, const struct roster_filter *f, struct err *e)
{
	const struct roster_pick who = { .f = *f };
	const struct roster_tied t = { .most = 9 };

	return store_roster_ties(db, &who, &t, &x->out.ties, e);
}

static int ties_one(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_pick who = { .f = people(x), .ids = &x->w.bob_acme, .count = 1 };
	const struct roster_tied t = { .most = 9 };

	return store_roster_ties(db, &who, &t, &x->out.ties, e);
}

static int ties_all(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_filter f = people(x);

	return ties(x, db, &f, e);
}

static int list_by(struct rich *x, struct db *db, const struct roster_filter *f, struct err *e)
{
	for (int sort = 0; sort < ROSTER_SORT__MAX; sort++)
		if (list_roster(x, db, f, (enum roster_sort)sort, e) < 0)
			return -1;
	return store_roster_count(db, f, 9, e) < 0 ? -1 : ties(x, db, f, e);
}

static int list_status(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.status = STATUS_NOT_CHECKED;
	return list_by(x, db, &f, e);
}

static int list_reason(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.reason = "not_delegated";
	return list_by(x, db, &f, e);
}

static int list_fixer(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.fixer = FIXER_MEMBER;
	return list_by(x, db, &f, e);
}

static int list_reach(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.reach = REACH_FULL;
	return list_by(x, db, &f, e);
}

static int list_admins(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.role = ROLE_ADMIN;
	return list_by(x, db, &f, e);
}

static int list_search(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.search = "b";
	if (list_by(x, db, &f, e) < 0)
		return -1;
	f.status = STATUS_NOT_CHECKED;
	return list_by(x, db, &f, e);
}

static int list_seen(struct rich *x, struct db *db, struct err *e)
{
	struct roster_filter f = people(x);

	f.stale_before = NOW;
	return list_by(x, db, &f, e);
}

static int member_last(struct rich *x, struct db *db, struct err *e)
{
	const struct member m = { .account = x->w.acme, .role = ROLE_ADMIN, .user = x->w.ada };

	return store_member_last(db, &m, e);
}

static int list_all(struct rich *x, struct db *db, enum roster_sort sort, struct err *e)
{
	const struct roster_filter f = people(x);

	return list_roster(x, db, &f, sort, e);
}

static int walk(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_filter f = people(x);

	return store_roster_walk(db, &x->w.a, &f, 0, 9, &x->out.rows, e);
}

static int counted(struct rich *x, struct db *db, struct err *e)
{
	struct roster_count c = { .reason = "not_checked", .n = 1 };

	if (store_roster_counted(db, x->w.acme, MEMBER_PERSON, &c, e) < 0)
		return -1;
	c.n = -1;
	return store_roster_counted(db, x->w.acme, MEMBER_PERSON, &c, e);
}

static int due(struct rich *x, struct db *db, struct err *e)
{
	int n;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	n = store_standing_due(db, &x->w.a, x->w.acme, NOW + 60, 9, &x->out.due, e);
	return db_finish(db, n, e);
}

static int64_t ask(struct rich *x, struct db *db, const int64_t *ids, struct err *e)
{
	const struct roster_pick pick = { .f = people(x), .ids = ids, .count = ids ? 1 : 0 };
	const struct standing_ask ask = {
		.job = x->job, .limit = 9, .method = "delegate", .connection = 7
	};

	return store_standing_ask(db, &pick, &ask, &x->n, e);
}

static int64_t mark(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_mark m = { .job = x->job, .limit = 9 };
	const struct roster_filter f = people(x);
	int64_t n;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	n = store_roster_mark(db, &f, &m, &x->n, e);
	return db_finish(db, (int)n, e);
}

static int save_standing(struct rich *x, struct db *db, int same, struct err *e)
{
	const struct roster_due was = { .s = { .account = x->w.acme,
						.member = x->w.bob_acme,
						.reason = "ok",
						.note = "ok",
						.tried = "ok",
						.checked_at = NOW } };
	const struct standing_end end = { .was = &was, .is = &was.s, .same = same };

	return store_standing_save(db, &end, e);
}

static int save_patrol(struct rich *x, struct db *db, struct err *e)
{
	const struct patrol p = { x->w.acme, x->connection, "delegate", "v1" };

	return store_patrol_save(db, &p, e);
}

static int add_event(struct rich *x, struct db *db, struct err *e)
{
	const struct member_event v = { .account = x->w.acme, .member = x->w.bob_acme };

	return store_event_add(db, &v, e);
}

static int save_progress(struct rich *x, struct db *db, struct err *e)
{
	const struct job_progress p = { .job = x->job };

	return store_progress_save(db, &p, e);
}

static int save_week(struct rich *x, struct db *db, struct err *e)
{
	const struct week w = { .account = x->w.acme,
		.member = x->w.bob_acme,
		.seen_at = NOW,
		.reason = "ok",
		.spans = "1 2 2\n" };

	return store_week_save(db, &w, e);
}

static int save_reminding(struct rich *x, struct db *db, struct err *e)
{
	const struct reminding r = { .account = x->w.acme, .text = "Please." };

	return store_reminding_save(db, &r, e);
}

static struct roster_row bob(const struct rich *x)
{
	return (struct roster_row){ .s = { .account = x->w.acme, .member = x->w.bob_acme },
		.remind_n = 1,
		.remind_at = NOW };
}

static int remind_sent(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_row m = bob(x);

	return store_remind_sent(db, &m, e);
}

static int remind_key(struct rich *x, struct db *db, struct err *e)
{
	const struct roster_row m = bob(x);

	return store_remind_key(db, &x->w.a, &m, "k", &x->out.key, e);
}

static int silence(struct rich *x, struct db *db, int silent, struct err *e)
{
	const struct remind_silence s = { "k", silent, NOW };

	return store_remind_silence(db, &x->w.a, &s, &x->out.event, e);
}

static int begin_alert(struct rich *x, struct db *db, struct err *e)
{
	const struct alert t = { .account = x->w.acme, .reason = "no_mailbox", .since = NOW };

	return store_alert_begin(db, &t, e);
}

static int tell_alert(struct rich *x, struct db *db, struct err *e)
{
	const struct alert t = {
		.account = x->w.acme, .reason = "not_delegated", .told_at = NOW, .told_n = 1
	};

	return store_alert_told(db, &t, e);
}

static int save_broken(struct rich *x, struct db *db, struct err *e)
{
	const struct breakage b = { x->w.acme, x->w.bob_acme, "not_delegated", STATUS_CONNECTED };

	return store_broken_save(db, &b, e);
}

/* --- trials: what was tried of Bob by connection 1 and by the live one --- */

static struct standing tried(const struct rich *x, int64_t connection)
{
	return (struct standing){ .account = x->w.acme,
		.member = x->w.bob_acme,
		.connection = connection,
		.reason = "ok",
		.note = "ok",
		.tried = "ok",
		.status = STATUS_CONNECTED,
		.checked_at = NOW };
}

static int begin_trial(struct rich *x, struct db *db, struct err *e)
{
	const struct trial_head h = { x->connection, x->w.acme, "s", 0 };

	return store_trial_seen(db, &h, e);
}

static int trial_renewed(struct rich *x, struct db *db, struct err *e)
{
	const struct connection c = {
		.id = x->connection, .scheme = "https", .mailbox = "m", .method = "delegate"
	};

	return store_trial_renewed(db, &c, "1", "2", e);
}

/* What is written there is written in a transaction. */
static int whole(struct rich *x, struct db *db, int (*fn)(struct rich *, struct db *, struct err *),
	struct err *e)
{
	return db_begin(db, DB_WRITE, e) < 0 ? -1 : db_finish(db, fn(x, db, e), e);
}

static int save_trial(struct rich *x, struct db *db, struct err *e)
{
	const struct standing s = tried(x, x->connection);

	return store_trial_save(db, &s, "bob@acme.test", 1, e);
}

static int move_trial(struct rich *x, struct db *db, struct err *e)
{
	const struct standing s = tried(x, 0);

	return save_trial(x, db, e) < 0 ? -1 : store_trial_moved(db, &s, e);
}

static int drop_trial(struct rich *x, struct db *db, struct err *e)
{
	if (save_trial(x, db, e) < 0)
		return -1;
	return store_trial_drop(db, x->w.acme, x->w.bob_acme, e);
}

static int edit_trial(struct rich *x, struct db *db, struct err *e)
{
	struct member m = { .account = x->w.acme, .id = x->w.bob_acme, .calendar = "" };

	if (store_trial_edited(db, &m, "bob", e) < 0)
		return -1;
	m.calendar = "other@acme.test";
	return store_trial_edited(db, &m, "bob", e);
}

static int64_t clear_trial(struct rich *x, struct db *db, struct err *e)
{
	int64_t n;

	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	n = store_trial_clear(db, x->connection, 9, e);
	return db_finish(db, n < 0 ? -1 : 0, e) < 0 ? -1 : n;
}

static int list_trial(struct rich *x, struct db *db, int change, struct err *e)
{
	const struct trial_place at = { x->w.acme, x->connection, change, "", 0, 9 };

	return store_trial_list(db, &x->w.a, &at, &x->out.trials, e);
}

static int get_trial(struct rich *x, struct db *db, struct err *e)
{
	const struct standing like = tried(x, x->connection);

	return store_trial_get(db, &x->w.a, &like, &x->out.standing, &x->n, e);
}

static int trial_fits(struct rich *x, struct db *db, struct err *e)
{
	struct connection c = connection_of(x);

	c.id = x->connection;
	return begin_trial(x, db, e) < 0 ? -1 : store_trial_fits(db, &x->w.a, &c, e);
}

static int carry(struct rich *x, struct db *db, struct trial_carry *c, struct err *e)
{
	return store_trial_carry(db, &x->w.a, x->w.acme, x->connection, c, e);
}

static int take_trial(struct rich *x, struct db *db, struct err *e)
{
	struct trial_carry c;

	if (save_trial(x, db, e) < 0 || carry(x, db, &c, e) < 0)
		return -1;
	return store_trial_take(db, &x->w.a, &c, x->w.bob_acme, &x->out.standing, e);
}

/* The connection before the live one is a former one. */
static int keep_trial(struct rich *x, struct db *db, struct err *e)
{
	const struct standing was = tried(x, x->connection - 1), is = tried(x, x->connection);
	struct trial_carry c;

	return carry(x, db, &c, e) < 0 ? -1 : store_trial_keep(db, &x->w.a, &c, &was, &is, e);
}

static const struct boundary *boundary_of(const struct rich *x)
{
	static struct boundary b;

	b = (struct boundary){ .account = x->w.acme,
		.level = LEVEL_CALENDAR,
		.edited_by = "Ada",
		.outside = "pat@acme.test",
		.reason = "outside_scope",
		.method = "delegate",
		.tried = "ok" };
	return &b;
}

#define CALLS(CALL)                                                                                \
	CALL(member_edit, edit_member(x, db, e))                                                   \
	CALL(member_shut, store_member_shut(db, w->acme, w->bob_acme, e))                          \
	CALL(member_off, store_member_off(db, w->acme, w->bob_acme, NOW, e))                       \
	CALL(roster_list, list_all(x, db, ROSTER_NAME, e))                                         \
	CALL(roster_list_status, list_all(x, db, ROSTER_STATUS, e))                                \
	CALL(roster_list_checked, list_all(x, db, ROSTER_CHECKED, e))                              \
	CALL(roster_by_status, list_status(x, db, e))                                              \
	CALL(roster_by_reason, list_reason(x, db, e))                                              \
	CALL(roster_by_fixer, list_fixer(x, db, e))                                                \
	CALL(roster_by_reach, list_reach(x, db, e))                                                \
	CALL(boundary_get, store_boundary_get(db, a, w->acme, &x->out.boundary, e))                \
	CALL(boundary_save, store_boundary_save(db, boundary_of(x), e))                            \
	CALL(boundary_saw, store_boundary_saw(db, boundary_of(x), e))                              \
	CALL(boundary_whose, store_boundary_whose(db, a, boundary_of(x), &x->out.whose, e))        \
	CALL(boundary_ages,                                                                        \
		store_boundary_ages(db, w->acme, MEMBER_PERSON, &x->out.boundary_ages, e))         \
	CALL(roster_by_role, list_admins(x, db, e))                                                \
	CALL(roster_by_search, list_search(x, db, e))                                              \
	CALL(roster_by_seen, list_seen(x, db, e))                                                  \
	CALL(member_last, member_last(x, db, e))                                                   \
	CALL(session_end_member, store_session_end_member(db, w->acme, w->bob_acme, e))            \
	CALL(roster_ties, ties_all(x, db, e))                                                      \
	CALL(roster_ties_one, ties_one(x, db, e))                                                  \
	CALL(roster_walk, walk(x, db, e))                                                          \
	CALL(roster_mark, mark(x, db, e))                                                          \
	CALL(roster_get, store_roster_get(db, a, w->acme, w->bob_acme, &x->out.row, e))            \
	CALL(roster_counts, store_roster_counts(db, a, w->acme, MEMBER_PERSON, &x->out.counts, e)) \
	CALL(roster_counted, counted(x, db, e))                                                    \
	CALL(roster_day_keep, store_roster_day_keep(db, w->acme, 20000, e))                        \
	CALL(roster_days,                                                                          \
		store_roster_days(db, a, w->acme, MEMBER_PERSON, 1, &x->out.member_days, e))       \
	CALL(roster_days_sweep, store_roster_days_sweep(db, 20000, e))                             \
	CALL(standing_due, due(x, db, e))                                                          \
	CALL(standing_asked, store_standing_asked(db, a, 7, 0, 9, &x->out.due, e))                 \
	CALL(standing_ask, ask(x, db, NULL, e))                                                    \
	CALL(standing_ask_ids, ask(x, db, &w->bob_acme, e))                                        \
	CALL(standing_get, store_standing_get(db, a, w->acme, w->bob_acme, &x->out.due_one, e))    \
	CALL(standing_witness, store_standing_witness(db, a, w->acme, &x->out.due_one, e))         \
	CALL(standing_unask, store_standing_unask(db, 7, NOW, 9, e))                               \
	CALL(standing_wanted, store_standing_wanted(db, 0, &x->n, e))                              \
	CALL(standing_over, store_standing_over(db, 7, e))                                         \
	CALL(standing_save, save_standing(x, db, 0, e))                                            \
	CALL(standing_save_same, save_standing(x, db, 1, e))                                       \
	CALL(standing_soon, store_standing_soon(db, w->acme, w->bob_acme, NOW, e))                 \
	CALL(patrol_get, store_patrol_get(db, a, w->acme, &x->out.patrol, e))                      \
	CALL(patrol_save, save_patrol(x, db, e))                                                   \
	CALL(patrol_due, store_patrol_due(db, a, 0, &x->out.patrols, e))                           \
	CALL(event_add, add_event(x, db, e))                                                       \
	CALL(event_list, store_event_list(db, a, w->acme, 0, first_page, &x->out.events, e))       \
	CALL(event_list_member,                                                                    \
		store_event_list(db, a, w->acme, w->bob_acme, first_page, &x->out.events, e))      \
	CALL(event_since, store_event_since(db, a, w->acme, first_page, &x->out.events, e))        \
	CALL(event_sweep, store_event_sweep(db, NOW, e))                                           \
	CALL(progress_save, save_progress(x, db, e))                                               \
	CALL(progress_get, store_progress_get(db, a, x->job, &x->out.progress, e))                 \
	CALL(week_save, save_week(x, db, e))                                                       \
	CALL(week_get, store_week_get(db, a, w->acme, w->bob_acme, &x->out.week, e))               \
	CALL(week_drop, store_week_drop(db, w->acme, w->bob_acme, e))                              \
	CALL(week_sweep, store_week_sweep(db, NOW, e))                                             \
	CALL(roster_remind, store_roster_remind(db, a, w->acme, 9, &x->out.rows, e))               \
	CALL(reminding_get, store_reminding_get(db, a, w->acme, &x->out.reminding, e))             \
	CALL(reminding_save, save_reminding(x, db, e))                                             \
	CALL(reminding_cursor, store_reminding_cursor(db, w->acme, 7, e))                          \
	CALL(remind_sent, remind_sent(x, db, e))                                                   \
	CALL(remind_key, remind_key(x, db, e))                                                     \
	CALL(remind_silence, silence(x, db, 1, e))                                                 \
	CALL(remind_loud, silence(x, db, 0, e))                                                    \
	CALL(remind_waiting, store_remind_waiting(db, w->acme, e))                                 \
	CALL(remind_mails, store_remind_mails(db, w->acme, MAIL_REMINDER, NOW, e))                 \
	CALL(alert_list, store_alert_list(db, a, w->acme, &x->out.alerts, e))                      \
	CALL(alert_begin, begin_alert(x, db, e))                                                   \
	CALL(alert_told, tell_alert(x, db, e))                                                     \
	CALL(alert_drop, store_alert_drop(db, w->acme, "not_delegated", e))                        \
	CALL(alert_clear, store_alert_clear(db, w->acme, e))                                       \
	CALL(broken_get, store_broken_get(db, a, w->acme, w->bob_acme, &x->out.breakage, e))       \
	CALL(broken_save, save_broken(x, db, e))                                                   \
	CALL(broken_drop, store_broken_drop(db, w->acme, w->bob_acme, e))                          \
	CALL(standing_walk, store_standing_walk(db, a, w->acme, 0, 9, &x->out.due, e))             \
	CALL(trial_head, store_trial_head(db, a, w->acme, x->connection, &x->out.trial_head, e))   \
	CALL(trial_seen, begin_trial(x, db, e))                                                    \
	CALL(trial_renewed, trial_renewed(x, db, e))                                               \
	CALL(trial_fits, trial_fits(x, db, e))                                                     \
	CALL(trial_counts, store_trial_counts(db, x->connection, x->out.changes, e))               \
	CALL(trial_orphan, store_trial_orphan(db, &x->n, e))                                       \
	CALL(trial_clear, clear_trial(x, db, e))                                                   \
	CALL(trial_get, get_trial(x, db, e))                                                       \
	CALL(trial_save, whole(x, db, save_trial, e))                                              \
	CALL(trial_list, list_trial(x, db, -1, e))                                                 \
	CALL(trial_list_gain, list_trial(x, db, TRIAL_GAIN, e))                                    \
	CALL(trial_span, store_trial_span(db, w->acme, &x->n, &x->n2, e))                          \
	CALL(trial_moved, whole(x, db, move_trial, e))                                             \
	CALL(trial_drop, whole(x, db, drop_trial, e))                                              \
	CALL(trial_edited, whole(x, db, edit_trial, e))                                            \
	CALL(trial_carry, carry(x, db, &(struct trial_carry){ 0 }, e))                             \
	CALL(trial_take, whole(x, db, take_trial, e))                                              \
	CALL(trial_keep, whole(x, db, keep_trial, e))

CALLS(STORE_CALL_FN)

const struct store_call store_calls_members[] = { CALLS(STORE_CALL_ROW) };
const size_t store_calls_members_count = COUNT(store_calls_members);
