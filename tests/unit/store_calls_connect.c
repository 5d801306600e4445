/* Calls of the store: connections and what belongs to them, notices, mails, sign-ins. */
#include "tests/unit/store_calls.h"

/* Calls that need something made first. */

static const struct health_day one_day = { .day = 1, .well = 60 };
static const struct health_calls one_minute = { .minute = 1, .calls = 1 };

static int save_connection(struct rich *x, struct db *db, int64_t id, struct err *e)
{
	struct connection c = connection_of(x);

	c.id = id;
	return store_connection_save(db, &c, e);
}

static int pause_connection(struct rich *x, struct db *db, struct err *e)
{
	struct connection c = connection_of(x);

	c.id = x->connection;
	return store_connection_pause(db, &c, e);
}

static int add_ask(struct rich *x, struct db *db, struct err *e)
{
	struct ask k = ask_of(x);

	return store_ask_add(db, &k, e);
}

static int answer_ask(struct rich *x, struct db *db, struct err *e)
{
	struct ask k = ask_of(x);

	k.id = x->ask;
	k.error = "access_denied";
	return store_ask_answer(db, &k, e);
}

static int save_health(struct rich *x, struct db *db, struct err *e)
{
	struct health h = health_of(x);

	return store_health_save(db, &h, e);
}

static int add_mail(struct rich *x, struct db *db, struct err *e)
{
	struct mail m = mail_of(x);

	return store_mail_add(db, &m, e);
}

static int add_address(struct rich *x, struct db *db, struct err *e)
{
	struct mail m = { .kind = MAIL_TEST, .email = "ops@acme.test" };

	(void)x;
	return store_mail_add(db, &m, e);
}

static int64_t add_admins(struct rich *x, struct db *db, struct err *e)
{
	struct mail m = mail_of(x);

	return store_mail_admins(db, &m, e);
}

static int find_mail(struct rich *x, struct db *db, struct err *e)
{
	struct mail m = mail_of(x);

	m.dedupe = "once";
	return store_mail_find(db, &x->w.a, &m, &x->out.mail, e);
}

static int end_mail(struct rich *x, struct db *db, struct err *e)
{
	struct mail m = x->mail;

	m.state = MAIL_SENT;
	return store_mail_end(db, &m, "one", e);
}

static int save_signin(struct db *db, struct err *e)
{
	struct signin s = signin_of("v3");

	return store_signin_save(db, &s, e);
}

static int64_t own_only(struct rich *x, struct db *db, struct err *e)
{
	struct connection c = connection_of(x);

	c.owner = x->w.bob_acme;
	if (store_connection_save(db, &c, e) < 0)
		return -1;
	return store_connection_own_only(db, x->w.acme, c.owner, c.id, e);
}

#define CALLS(CALL)                                                                                \
	CALL(connection_add, save_connection(x, db, 0, e))                                         \
	CALL(connection_save, save_connection(x, db, x->connection, e))                            \
	CALL(connection_get,                                                                       \
		store_connection_get(db, a, w->acme, x->connection, &x->out.connection, e))        \
	CALL(connection_list, store_connection_list(db, a, w->acme, &x->out.connections, e))       \
	CALL(connection_spare,                                                                     \
		store_connection_staged(db, a, w->acme, CONN_SPARE, &x->out.connection, e))        \
	CALL(connection_draft,                                                                     \
		store_connection_staged(db, a, w->acme, CONN_DRAFT, &x->out.connection, e))        \
	CALL(connection_live,                                                                      \
		store_connection_staged(db, a, w->acme, CONN_LIVE, &x->out.connection, e))         \
	CALL(connection_replaced,                                                                  \
		store_connection_staged(db, a, w->acme, CONN_FORMER, &x->out.connection, e))       \
	CALL(connection_stage, store_connection_stage(db, w->acme, x->connection, CONN_FORMER, e)) \
	CALL(connection_leave, store_connection_leave(db, w->acme, x->connection, "A", e))         \
	CALL(connection_pause, pause_connection(x, db, e))                                         \
	CALL(connection_former, store_connection_former(db, a, NOW + 1, &x->out.connections, e))   \
	CALL(connection_remove, store_connection_remove(db, w->acme, x->connection, e))            \
	CALL(credential_reserve,                                                                   \
		store_credential_reserve(db, w->acme, x->connection, "next", &x->n, e))            \
	CALL(credential_save, store_credential_save(db, &x->credential, e))                        \
	CALL(credential_get,                                                                       \
		store_credential_get(db, a, w->acme, x->credential.id, &x->out.credential, e))     \
	CALL(credential_find, store_credential_find(db, a, &x->credential, &x->out.credential, e)) \
	CALL(credential_foreign,                                                                   \
		store_credential_foreign(db, a, "k2", 0, 9, &x->out.credentials, e))               \
	CALL(credential_reseal, store_credential_reseal(db, &x->credential, "k2", "y", 1, e))      \
	CALL(credential_count, store_credential_count(db, "k1", &x->n, e))                         \
	CALL(credential_list,                                                                      \
		store_credential_list(db, a, w->acme, x->connection, &x->out.credentials, e))      \
	CALL(credential_former, store_credential_former(db, a, NOW + 1, &x->out.credentials, e))   \
	CALL(credential_expiring,                                                                  \
		store_credential_expiring(db, a, NOW + 1, 0, &x->out.credentials, e))              \
	CALL(credential_used, store_credential_used(db, w->acme, x->credential.id, e))             \
	CALL(credential_hold, store_credential_hold(db, w->acme, x->credential.id, e))             \
	CALL(credential_let, store_credential_let(db, w->acme, x->credential.id, e))               \
	CALL(credential_remove, store_credential_remove(db, w->acme, x->connection, "current", e)) \
	CALL(ask_add, add_ask(x, db, e))                                                           \
	CALL(ask_get, store_ask_get(db, a, w->acme, x->ask, &x->out.ask, e))                       \
	CALL(ask_answer, answer_ask(x, db, e))                                                     \
	CALL(ask_use, store_ask_use(db, w->acme, x->ask, e))                                       \
	CALL(ask_sweep, store_ask_sweep(db, NOW, e))                                               \
	CALL(health_get, store_health_get(db, a, w->acme, x->connection, &x->out.health, e))       \
	CALL(health_save, save_health(x, db, e))                                                   \
	CALL(health_due, store_health_due(db, a, NOW, &x->out.connections, e))                     \
	CALL(health_uncounted, store_health_uncounted(db, a, NOW, &x->out.healths, e))             \
	CALL(health_spread, store_health_spread(db, NOW, 60, e))                                   \
	CALL(health_count, store_health_count(db, x->connection, &one_day, e))                     \
	CALL(health_days, store_health_days(db, a, x->connection, 1, &x->out.days, e))             \
	CALL(health_called, store_health_called(db, x->connection, &one_minute, e))                \
	CALL(health_calls, store_health_calls(db, a, x->connection, 1, &x->out.minutes, e))        \
	CALL(health_sweep, store_health_sweep(db, 9, 9, e))                                        \
	CALL(notice_once, store_notice_once(db, w->acme, "new", NOW, e))                           \
	CALL(notice_drop, store_notice_drop(db, w->acme, "told", &x->n, e))                        \
	CALL(notice_moved, store_notice_moved(db, w->acme, x->connection, x->connection, e))       \
	CALL(notice_sweep, store_notice_sweep(db, NOW, e))                                         \
	CALL(mail_add, add_mail(x, db, e))                                                         \
	CALL(mail_add_address, add_address(x, db, e))                                              \
	CALL(mail_admins, add_admins(x, db, e))                                                    \
	CALL(mail_seal, store_mail_seal(db, x->mail.id, "k1", "x", 1, e))                          \
	CALL(mail_drop, store_mail_drop(db, w->acme, w->bob_acme, MAIL_STOPPED, e))                \
	CALL(mail_get, store_mail_get(db, a, x->mail.id, &x->out.mail, e))                         \
	CALL(mail_find, find_mail(x, db, e))                                                       \
	CALL(mail_list, store_mail_list(db, a, -1, first_page, &x->out.mails, e))                  \
	CALL(mail_of_member,                                                                       \
		store_mail_of_member(db, a,                                                        \
			&(struct member){ .id = w->bob_acme, .account = w->acme }, first_page,     \
			&x->out.mails, e))                                                         \
	CALL(mail_list_state, store_mail_list(db, a, MAIL_QUEUED, first_page, &x->out.mails, e))   \
	CALL(mail_count, store_mail_count(db, MAIL_FAILED, NOW, e))                                \
	CALL(mail_states, store_mail_states(db, w->acme, &x->out.mail_states, e))                  \
	CALL(mail_retry, store_mail_retry(db, x->failed, e))                                       \
	CALL(mail_retry_all, store_mail_retry(db, 0, e))                                           \
	CALL(mail_lease, store_mail_lease(db, a, "two", NOW + 30, &x->out.mails, e))               \
	CALL(mail_again, store_mail_again(db, &x->mail, "one", 1, e))                              \
	CALL(connection_own,                                                                       \
		store_connection_own(db, a, w->acme, w->bob_acme, &x->out.connections, e))         \
	CALL(connection_own_only, own_only(x, db, e))                                              \
	CALL(mail_end, end_mail(x, db, e))                                                         \
	CALL(mail_release, store_mail_release(db, "one", e))                                       \
	CALL(mail_next_due, store_mail_next_due(db, &x->n, e))                                     \
	CALL(mail_foreign, store_mail_foreign(db, a, "k2", first_page, &x->out.mails, e))          \
	CALL(mail_reseal, store_mail_reseal(db, &x->mail, "k2", "y", 1, e))                        \
	CALL(mail_sealed, store_mail_sealed(db, "k1", &x->n, e))                                   \
	CALL(mail_sweep, store_mail_sweep(db, NOW, e))                                             \
	CALL(signin_get, store_signin_get(db, a, "svc", "v1", &x->out.signin, e))                  \
	CALL(signin_save, save_signin(db, e))                                                      \
	CALL(signin_leased, store_signin_leased(db, "svc", &x->n, e))                              \
	CALL(signin_stopped, store_signin_stopped(db, a, "svc", "v", &x->out.signin, e))           \
	CALL(signin_refused, store_signin_refused(db, a, "v1", &x->out.signin, e))                 \
	CALL(signin_clear, store_signin_clear(db, "svc", "v", "v1", e))                            \
	CALL(signin_sweep, store_signin_sweep(db, NOW, e))                                         \
	CALL(signin_list, store_signin_list(db, a, &x->out.signins, e))

CALLS(STORE_CALL_FN)

const struct store_call store_calls_connect[] = { CALLS(STORE_CALL_ROW) };
const size_t store_calls_connect_count = COUNT(store_calls_connect);
