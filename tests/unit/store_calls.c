/* Calls of the store: people, the log, jobs, the engine, buckets. */
#include "tests/unit/store_calls.h"

static const char *new_email(struct rich *x)
{
	return arena_printf(&x->w.a, "new%d@acme.test", (int)x->count++);
}

static const unsigned char *new_hash(struct rich *x)
{
	x->count++;
	memcpy(x->hash, &x->count, sizeof(x->count));
	return x->hash;
}

/* Calls that need something made first. */

static int add_member_row(struct rich *x, struct db *db, struct err *e)
{
	struct member m = { .account = x->w.acme, .email = new_email(x) };

	return store_member_add(db, &m, "", "", &x->n, e);
}

static int join_member(struct rich *x, struct db *db, struct err *e)
{
	const struct member m = { .id = x->w.ada_acme,
		.account = x->w.acme,
		.email = "ada@acme.test",
		.name = "Ada",
		.user = x->w.ada };

	return store_member_join(db, &m, e);
}

static int add_session(struct rich *x, struct db *db, struct err *e)
{
	struct session s = session_of(x);

	return store_session_add(db, &s, new_hash(x), &x->n, e);
}

static int add_invitation(struct rich *x, struct db *db, struct err *e)
{
	struct invitation v = invitation_of(x);

	return store_invitation_add(db, &v, new_hash(x), &x->n, e);
}

static int add_audit(struct rich *x, struct db *db, struct err *e)
{
	struct audit row = { .account = x->w.acme, .action = "x" };

	return store_audit_add(db, &row, e);
}

static int list_audit(struct rich *x, struct db *db, int kind, const char *text, struct err *e)
{
	const struct audit_filter f = {
		.account = x->w.acme, .kind = kind, .text = text, .limit = 9
	};

	return store_audit_list(db, &x->w.a, &f, &x->out.audits, e);
}

static int add_job(struct rich *x, struct db *db, struct err *e)
{
	struct job j = job_of(x);

	return store_job_add(db, &j, &x->n, e);
}

static int same_job(struct rich *x, struct db *db, struct err *e)
{
	const struct job j = job_of(x);

	return store_job_same(db, &j, &x->n, e);
}

static int list_jobs(
	struct rich *x, struct db *db, int64_t account, const char *kind, struct err *e)
{
	return store_job_list(db, &x->w.a, account, kind, first_page, &x->out.jobs, e);
}

#define CALLS(CALL)                                                                                \
	CALL(account_add, store_account_add(db, "New", &x->n, e))                                  \
	CALL(account_get, store_account_get(db, a, w->acme, &x->out.account, e))                   \
	CALL(account_list, store_account_list(db, a, &x->out.accounts, e))                         \
	CALL(account_policy, store_account_policy(db, w->acme, 1, 2, e))                           \
	CALL(user_by_email, store_user_by_email(db, a, "ada@acme.test", &x->out.user, e))          \
	CALL(user_get, store_user_get(db, a, w->ada, &x->out.user, e))                             \
	CALL(user_add, store_user_add(db, new_email(x), "", NULL, &x->n, e))                       \
	CALL(user_password, store_user_password(db, w->ada, "x", e))                               \
	CALL(user_theme, store_user_theme(db, w->ada, "dark", e))                                  \
	CALL(member_add, add_member_row(x, db, e))                                                 \
	CALL(member_get, store_member_get(db, a, w->acme, w->bob_acme, &x->out.member, e))         \
	CALL(member_by_email,                                                                      \
		store_member_by_email(db, a, w->acme, "bob@acme.test", &x->out.member, e))         \
	CALL(member_of_user, store_member_of_user(db, a, w->ada, &x->out.members, e))              \
	CALL(member_admins, store_member_admins(db, a, w->acme, &x->out.members, e))               \
	CALL(member_list, store_member_list(db, a, w->acme, first_page, &x->out.members, e))       \
	CALL(member_join, join_member(x, db, e))                                                   \
	CALL(member_role, store_member_role(db, w->acme, w->bob_acme, ROLE_ADMIN, e))              \
	CALL(member_seen, store_member_seen(db, w->acme, w->bob_acme, e))                          \
	CALL(member_counts, store_member_counts(db, w->acme, &x->n, &x->n2, e))                    \
	CALL(member_delete, store_member_delete(db, w->acme, w->ada_acme, e))                      \
	CALL(session_add, add_session(x, db, e))                                                   \
	CALL(session_get, store_session_get(db, a, x->hash, &x->out.view, e))                      \
	CALL(session_of_account, store_session_list(db, a, w->acme, 0, &x->out.sessions, e))       \
	CALL(session_of_user, store_session_list(db, a, 0, w->ada, &x->out.sessions, e))           \
	CALL(session_touch, store_session_touch(db, x->session, e))                                \
	CALL(session_choose,                                                                       \
		store_session_choose(db, x->session, w->other, w->ada_other, new_hash(x), e))      \
	CALL(session_renew, store_session_renew(db, x->session, new_hash(x), e))                   \
	CALL(session_end_in_account, store_session_end(db, x->session, w->acme, 0, e))             \
	CALL(session_end_of_user, store_session_end(db, x->session, 0, w->ada, e))                 \
	CALL(session_end_user, store_session_end_user(db, w->ada, 0, e))                           \
	CALL(session_end_account, store_session_end_account(db, w->acme, 0, e))                    \
	CALL(session_sweep, store_session_sweep(db, NOW, NOW, e))                                  \
	CALL(invitation_add, add_invitation(x, db, e))                                             \
	CALL(invitation_by_hash, store_invitation_by_hash(db, a, x->hash, &x->out.invitation, e))  \
	CALL(invitation_get,                                                                       \
		store_invitation_get(db, a, w->acme, x->invitation, &x->out.invitation, e))        \
	CALL(invitation_list, store_invitation_list(db, a, w->acme, &x->out.invitations, e))       \
	CALL(invitation_open, (int)store_invitation_open(db, w->acme, e))                          \
	CALL(invitation_use, store_invitation_use(db, x->invitation, e))                           \
	CALL(invitation_revoke, store_invitation_revoke(db, w->acme, w->bob_acme, LINK_RESET, e))  \
	CALL(invitation_sweep, store_invitation_sweep(db, NOW, e))                                 \
	CALL(audit_add, add_audit(x, db, e))                                                       \
	CALL(audit_list, list_audit(x, db, -1, NULL, e))                                           \
	CALL(audit_list_kind, list_audit(x, db, ACTOR_OPS, NULL, e))                               \
	CALL(audit_list_text, list_audit(x, db, -1, "x", e))                                       \
	CALL(audit_list_both, list_audit(x, db, ACTOR_OPS, "x", e))                                \
	CALL(audit_secrets, store_audit_secrets(db, a, w->acme, 9, &x->out.audits, e))             \
	CALL(audit_walk, store_audit_walk(db, a, 1, 9, &x->out.audits, e))                         \
	CALL(audit_head, store_audit_head(db, &x->n, x->hash, e))                                  \
	CALL(audit_seal_add, store_audit_seal_add(db, &seal, e))                                   \
	CALL(audit_seal_last, store_audit_seal_last(db, a, &x->out.seal, e))                       \
	CALL(audit_seal_list, store_audit_seal_list(db, a, 1, 9, &x->out.seals, e))                \
	CALL(job_add, add_job(x, db, e))                                                           \
	CALL(job_get, store_job_get(db, a, w->acme, x->job, &x->out.job, e))                       \
	CALL(job_list_all, list_jobs(x, db, -1, NULL, e))                                          \
	CALL(job_list_all_kind, list_jobs(x, db, -1, "probe", e))                                  \
	CALL(job_list_house, list_jobs(x, db, 0, NULL, e))                                         \
	CALL(job_list_house_kind, list_jobs(x, db, 0, "probe", e))                                 \
	CALL(job_list_account, list_jobs(x, db, w->acme, NULL, e))                                 \
	CALL(job_list_account_kind, list_jobs(x, db, w->acme, "probe", e))                         \
	CALL(job_open_house, store_job_open(db, 0, "probe", e))                                    \
	CALL(job_open_account, store_job_open(db, w->acme, "probe", e))                            \
	CALL(job_same, same_job(x, db, e))                                                         \
	CALL(job_lease, store_job_lease(db, a, "two", NOW + 30, &x->out.job, e))                   \
	CALL(job_asked, store_job_asked(db, "one", e))                                             \
	CALL(job_renew, store_job_renew(db, x->leased, "one", NOW + 60, &x->cancel, e))            \
	CALL(job_retry, store_job_retry(db, x->leased, "one", NOW + 60, "", e))                    \
	CALL(job_end, store_job_end(db, x->leased, "one", JOB_DONE, "", e))                        \
	CALL(job_cancel, store_job_cancel(db, w->acme, x->job, e))                                 \
	CALL(job_release, store_job_release(db, "one", e))                                         \
	CALL(job_next_due, store_job_next_due(db, &x->n, e))                                       \
	CALL(job_step_save, store_job_step_save(db, x->leased, &step, e))                          \
	CALL(job_steps, store_job_steps(db, a, x->leased, &x->out.steps, e))                       \
	CALL(job_sweep, store_job_sweep(db, NOW, e))                                               \
	CALL(engine_pulse, store_engine_pulse(db, &pulse, e))                                      \
	CALL(engine_get, store_engine_get(db, a, &x->out.pulse, e))                                \
	CALL(engine_made, store_engine_made(db, "libcurl=8", e))                                   \
	CALL(engine_made_get, store_engine_made_get(db, a, &x->out.key, e))                        \
	CALL(bucket_take, store_bucket_take(db, "new", 9, 60, &x->n, e))                           \
	CALL(bucket_take_empty, store_bucket_take(db, "empty", 1, 60, &x->n, e))                   \
	CALL(bucket_look, store_bucket_look(db, "empty", 1, 60, &x->n, e))                         \
	CALL(bucket_clear, store_bucket_clear(db, "empty", e))                                     \
	CALL(bucket_sweep, store_bucket_sweep(db, NOW, e))

CALLS(STORE_CALL_FN)

const struct store_call store_calls[] = { CALLS(STORE_CALL_ROW) };
const size_t store_calls_count = COUNT(store_calls);
