/* One call of every function of the store, and of each of its ways, in a world in which each finds
 * something to do: for tests of what holds for all of them.
 */
#ifndef LATCHKEY_STORE_CALLS_H
#define LATCHKEY_STORE_CALLS_H

#include "tests/unit/store_unit.h"

#include "store/store_boundary.h"
#include "store/store_import.h"
#include "store/store_mail.h"
#include "store/store_remind.h"
#include "store/store_trial.h"
#include "store/store_share.h"

struct rich {
	struct world w;
	int64_t session, invitation, connection, job, leased, ask, failed, share;
	struct credential credential;
	struct mail mail;		     /* leased by "one" */
	int64_t imports[IMPORT_RUNNING + 1]; /* one in each state */
	int64_t count;			     /* makes each new thing another one */
	/* where calls put what they find */
	int64_t n, n2;
	int cancel;
	int64_t verdicts[IMPORT_VERDICT__MAX];
	unsigned char hash[32];
	union {
		struct account account, *accounts;
		struct user user;
		struct member member, *members;
		struct session *sessions;
		struct session_view view;
		struct invitation invitation, *invitations;
		struct audit *audits;
		struct audit_seal seal, *seals;
		struct job job, *jobs;
		struct job_step *steps;
		struct connection connection, *connections;
		struct credential credential, *credentials;
		struct ask ask;
		struct health health, *healths;
		struct health_day *days;
		struct health_calls *minutes;
		struct mail mail, *mails;
		struct mail_states mail_states;
		struct signin signin, *signins;
		struct engine_pulse pulse;
		struct roster_row row, *rows;
		struct roster_count *counts;
		struct roster_ties ties;
		struct boundary boundary;
		struct boundary_ages boundary_ages;
		enum whose whose;
		struct roster_day *member_days;
		struct roster_due *due, due_one;
		struct patrol patrol, *patrols;
		struct member_event *events;
		struct job_progress progress;
		struct week week;
		struct found_one *found;
		struct room room;
		struct room_list *lists;
		int64_t *ids;
		struct reminding reminding;
		struct alert *alerts;
		struct breakage breakage;
		struct member_event event;
		const char *key;
		struct trial_head trial_head;
		struct trial_row *trials;
		struct standing standing;
		int64_t changes[TRIAL__MAX];
		struct import import, *imports;
		struct import_row *import_rows;
		struct share share, *shares;
	} out;
};

struct store_call {
	const char *name;
	int64_t (*fn)(struct rich *x, struct db *db, struct err *e);
};

/* People, the log, jobs, the engine; connections and what belongs to them, mails, sign-ins; how
 * members stand; imports. */
extern const struct store_call store_calls[], store_calls_connect[], store_calls_members[],
	store_calls_import[];
extern const size_t store_calls_count, store_calls_connect_count, store_calls_members_count,
	store_calls_import_count;

extern const struct store_call store_calls_directory[]; /* ... and the directory */
extern const size_t store_calls_directory_count;

/* From a table of calls: their functions, and a row for each. */
#define STORE_CALL_FN(name, expr)                                                                  \
	static int64_t call_##name(struct rich *x, struct db *db, struct err *e)                   \
	{                                                                                          \
		struct world *w = &x->w;                                                           \
		struct arena *a = &w->a;                                                           \
                                                                                                   \
		(void)w;                                                                           \
		(void)a;                                                                           \
		return (expr);                                                                     \
	}
#define STORE_CALL_ROW(name, expr) { #name, call_##name },

static const struct page_of first_page = { .limit = 10 };
static const struct engine_pulse pulse = { .pid = 1, .version = "0.1", .key_id = "k1" };
static const struct job_step step = { .n = 1, .title = "Resolve" };
static const struct audit_seal seal = { .seq = 1, .key_id = "k1" };

static inline struct session session_of(const struct rich *x)
{
	return (struct session){ .user = x->w.ada, .account = x->w.acme, .member = x->w.ada_acme };
}

static inline struct invitation invitation_of(const struct rich *x)
{
	return (struct invitation){
		.account = x->w.acme, .member = x->w.bob_acme, .expires = NOW + DAY
	};
}

static inline struct share share_of(const struct rich *x)
{
	return (struct share){ .account = x->w.acme,
		.member = x->w.ada_acme,
		.by_name = "Ada",
		.kind = "share",
		.pick = "",
		.about = "",
		.message = "",
		.email = "exchange@acme.test",
		.nonce = "0123456789abcdef",
		.expires = NOW + DAY };
}

static inline struct job job_of(const struct rich *x)
{
	return (struct job){ .account = x->w.acme, .kind = "probe" };
}

static inline struct connection connection_of(const struct rich *x)
{
	return (struct connection){ .account = x->w.acme,
		.name = "Exchange",
		.scheme = "https",
		.host = "mail.acme.test",
		.port = 443 };
}

static inline struct ask ask_of(const struct rich *x)
{
	return (struct ask){ .account = x->w.acme,
		.connection = x->connection,
		.session = x->session,
		.member = x->w.ada_acme,
		.nonce = "0123456789abcdef",
		.expires = NOW + DAY,
		.key_id = "k1",
		.error = "" };
}

static inline struct health health_of(const struct rich *x)
{
	return (struct health){ .account = x->w.acme,
		.connection = x->connection,
		.state = HEALTH_WELL,
		.reason = "ok" };
}

/* All that are made so are one group. */
static inline struct mail mail_of(const struct rich *x)
{
	return (struct mail){
		.account = x->w.acme, .member = x->w.bob_acme, .kind = MAIL_STOPPED, .group = "g"
	};
}

static inline struct signin signin_of(const char *version)
{
	return (struct signin){ .name = "svc", .version = version, .proof = PROOF_REFUSED };
}

#endif
