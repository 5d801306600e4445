/* Store: what can be kept and asked, noun by noun. Nothing here checks a person's rights; every
 * query about an account's rows takes the account. Functions return 1 found / 0 not found for
 * _get, 0 for success, and -1 with an error: ERR_MISSING when the row that should change is not
 * there (but for _touch and _seen), ERR_CONFLICT when there is one like it already. `created`,
 * `seen` and `fresh` of what is added are the store's to say, from clock_now(). In a list `after`
 * is the last key seen, whichever way the list runs.
 */
#ifndef LATCHKEY_STORE_H
#define LATCHKEY_STORE_H

#include "model.h"
#include "db.h"
#include "store_connect.h"
#include "store_directory.h"
#include "store_roster.h"

/* store_account.c */
int store_account_add(struct db *db, const char *name, int64_t *id, struct err *e) must_check;
int store_account_get(
	struct db *db, struct arena *a, int64_t id, struct account *out, struct err *e) must_check;
/* All of them by id; *out is an array in the arena. Returns the count or -1. */
int store_account_list(
	struct db *db, struct arena *a, struct account **out, struct err *e) must_check;
int store_account_policy(
	struct db *db, int64_t id, int64_t idle, int64_t absolute, struct err *e) must_check;

/* store_user.c */
int store_user_by_email(struct db *db, struct arena *a, const char *email, struct user *out,
	struct err *e) must_check;
int store_user_get(
	struct db *db, struct arena *a, int64_t id, struct user *out, struct err *e) must_check;
/* ERR_CONFLICT when the address is taken. */
int store_user_add(struct db *db, const char *email, const char *name, const char *pwhash,
	int64_t *id, struct err *e) must_check;
int store_user_password(struct db *db, int64_t id, const char *pwhash, struct err *e) must_check;
int store_user_theme(struct db *db, int64_t id, const char *theme, struct err *e) must_check;

/* store_member.c: counts are kept with it, and a new one is looked at soon. Their timeline begins
 * with how they came in (a sentence, ""), and by whom. */
int store_member_add(struct db *db, const struct member *m, const char *how, const char *by,
	int64_t *id, struct err *e) must_check;
/* Name and address of the mailbox; with another one it is looked at soon. */
int store_member_edit(struct db *db, const struct member *m, struct err *e) must_check;
/* Deactivate (at > 0), or take that back: then it is looked at soon. ERR_MISSING when it was so. */
int store_member_off(
	struct db *db, int64_t account, int64_t id, int64_t at, struct err *e) must_check;
/* In the caller's transaction: who is deactivated has no session in the account, no open link and
 * no mail with one that waits, and no busy time that was seen. */
int store_member_shut(struct db *db, int64_t account, int64_t member, struct err *e) must_check;
int store_member_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct member *out, struct err *e) must_check;
int store_member_by_email(struct db *db, struct arena *a, int64_t account, const char *email,
	struct member *out, struct err *e) must_check;
/* Accounts a user belongs to, with their names. Returns the count or -1. */
int store_member_of_user(struct db *db, struct arena *a, int64_t user, struct member **out,
	struct err *e) must_check;
/* People by id, keyset. Returns the count or -1. */
int store_member_list(struct db *db, struct arena *a, int64_t account, struct page_of page,
	struct member **out, struct err *e) must_check;
/* Admins by name, at most 500. Returns the count or -1. */
int store_member_admins(struct db *db, struct arena *a, int64_t account, struct member **out,
	struct err *e) must_check;
/* Ties a member row to its user, and saves its name. */
int store_member_join(struct db *db, const struct member *m, struct err *e) must_check;
int store_member_role(
	struct db *db, int64_t account, int64_t id, enum role role, struct err *e) must_check;
int store_member_seen(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* Ends its sessions and links with it. */
int store_member_delete(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* Is it the only admin of its account who can sign in? 1, 0 or -1. */
int store_member_last(struct db *db, const struct member *m, struct err *e) must_check;
/* c->n more (below 0: fewer) who stand so, with those of the account; in the caller's transaction.
 */
int store_member_counted(struct db *db, int64_t account, enum member_kind kind,
	const struct roster_count *c, struct err *e) must_check;
/* How many admins who can sign in, and people in all, the account has. */
int store_member_counts(
	struct db *db, int64_t account, int64_t *admins, int64_t *all, struct err *e) must_check;

/* store_session.c: hash is seal_token_hash of the cookie. Fresh from now; the agent is cut at 300.
 */
int store_session_add(struct db *db, const struct session *s, const unsigned char hash[32],
	int64_t *id, struct err *e) must_check;
/* The session with its user, account and member rows in one statement: what every request needs. */
struct session_view {
	struct session s;
	struct user user;
	struct account account; /* id 0: none chosen yet */
	struct member member;
	struct engine_pulse pulse; /* seen 0: the engine never ran */
	struct connection live;	   /* of the account: id, mailbox, sign-in, pause */
	struct health health;	   /* of that one: what a page says at a glance */
	int64_t rooms;		   /* that the account has */
};
int store_session_get(struct db *db, struct arena *a, const unsigned char hash[32],
	struct session_view *out, struct err *e) must_check;
/* Sessions of an account (user 0) or of one user (account 0), newest use first, at most 200. */
int store_session_list(struct db *db, struct arena *a, int64_t account, int64_t user,
	struct session **out, struct err *e) must_check;
int store_session_touch(struct db *db, int64_t id, struct err *e) must_check;
int store_session_choose(struct db *db, int64_t id, int64_t account, int64_t member,
	const unsigned char hash[32], struct err *e) must_check;
/* New token, fresh now. */
int store_session_renew(
	struct db *db, int64_t id, const unsigned char hash[32], struct err *e) must_check;
/* End one: of this user (account 0), or of any user in this account. 1 ended, 0 none such. */
int store_session_end(
	struct db *db, int64_t id, int64_t account, int64_t user, struct err *e) must_check;
/* End all of a member in their account; those in other accounts stay. */
int64_t store_session_end_member(
	struct db *db, int64_t account, int64_t member, struct err *e) must_check;
/* End all of a user but `keep` (0 = none kept); returns how many, or -1. */
int64_t store_session_end_user(struct db *db, int64_t user, int64_t keep, struct err *e) must_check;
/* End all of an account but `keep`. */
int64_t store_session_end_account(
	struct db *db, int64_t account, int64_t keep, struct err *e) must_check;
/* Housekeeping: gone by idle or absolute time. */
int64_t store_session_sweep(
	struct db *db, int64_t idle_before, int64_t created_before, struct err *e) must_check;

/* store_invitation.c */
int store_invitation_add(struct db *db, const struct invitation *v, const unsigned char hash[32],
	int64_t *id, struct err *e) must_check;
/* By token hash, whether still good or not: the caller says why not. */
int store_invitation_by_hash(struct db *db, struct arena *a, const unsigned char hash[32],
	struct invitation *out, struct err *e) must_check;
int store_invitation_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct invitation *out, struct err *e) must_check;
/* Not used, not expired, newest first, at most 500. */
int store_invitation_list(struct db *db, struct arena *a, int64_t account, struct invitation **out,
	struct err *e) must_check;
/* How many those are; -1 on failure. */
int64_t store_invitation_open(struct db *db, int64_t account, struct err *e) must_check;
/* Marks it used if it still was good: 1 it was ours, 0 somebody was quicker or it is too late. */
int store_invitation_use(struct db *db, int64_t id, struct err *e) must_check;
/* Ends all open links of a kind for a member: they expire now. Returns how many, or -1. */
int64_t store_invitation_revoke(struct db *db, int64_t account, int64_t member, enum link_kind kind,
	struct err *e) must_check;
int64_t store_invitation_sweep(struct db *db, int64_t expired_before, struct err *e) must_check;

/* store_audit.c: the chain is computed here, in the caller's write transaction or one of its own.
 * Fills seq, at and hash of row. */
int store_audit_add(struct db *db, struct audit *row, struct err *e) must_check;
struct audit_filter {
	int64_t account;
	int64_t before;	  /* keyset: seq below this; 0 = from the newest */
	int64_t until;	  /* at below this; 0 = no limit */
	int kind;	  /* enum actor_kind, -1 = any */
	const char *text; /* in actor, action, about, detail or address; NULL = any */
	int limit;
};
int store_audit_list(struct db *db, struct arena *a, const struct audit_filter *f,
	struct audit **out, struct err *e) must_check;
/* What became of an account's secrets: rows of "credential." actions, newest first. */
int store_audit_secrets(struct db *db, struct arena *a, int64_t account, int limit,
	struct audit **out, struct err *e) must_check;
/* Walk rows of all accounts from `from` upwards, at most `limit`: for verify. */
int store_audit_walk(struct db *db, struct arena *a, int64_t from, int limit, struct audit **out,
	struct err *e) must_check;
/* What the hash of a row must be after `prev`. Pure. */
void store_audit_hash(const struct audit *row, const unsigned char prev[32], unsigned char out[32]);
/* Newest row's seq and hash; seq 0 when empty. */
int store_audit_head(struct db *db, int64_t *seq, unsigned char hash[32], struct err *e) must_check;
/* A head that is sealed again (with a new key) has only its newest seal. */
int store_audit_seal_add(struct db *db, const struct audit_seal *s, struct err *e) must_check;
int store_audit_seal_last(
	struct db *db, struct arena *a, struct audit_seal *out, struct err *e) must_check;
int store_audit_seal_list(struct db *db, struct arena *a, int64_t from, int limit,
	struct audit_seal **out, struct err *e) must_check;

/* store_job.c */
enum { JOB_SHARE = 6 }; /* jobs of an account that are under way at a time */
int store_job_add(struct db *db, const struct job *j, int64_t *id, struct err *e) must_check;
int store_job_get(struct db *db, struct arena *a, int64_t account, int64_t id, struct job *out,
	struct err *e) must_check;
/* Newest first; kind NULL = any; account -1 = all (ops). Returns the count or -1. */
int store_job_list(struct db *db, struct arena *a, int64_t account, const char *kind,
	struct page_of page, struct job **out, struct err *e) must_check;
/* Open (queued or running) jobs of a kind in an account. */
int64_t store_job_open(struct db *db, int64_t account, const char *kind, struct err *e) must_check;
/* An open job with the account, kind and params of `like`, which nobody has asked to stop: 1 and
 * its id, 0 none, -1. */
int store_job_same(struct db *db, const struct job *like, int64_t *id, struct err *e) must_check;
/* Lease the next due job whose account has room for it to owner until `until`, counting the
 * attempt: 1, 0 nothing due, -1. A running job whose lease has ended is due again. Steps of an
 * attempt before are removed. */
int store_job_lease(struct db *db, struct arena *a, const char *owner, int64_t until,
	struct job *out, struct err *e) must_check;
/* Is any that owner has leased asked to stop? 1, 0, -1. */
int store_job_asked(struct db *db, const char *owner, struct err *e) must_check;
/* Prolong: 1 still ours (and *cancel says whether to stop), 0 lost. */
int store_job_renew(struct db *db, int64_t id, const char *owner, int64_t until, int *cancel,
	struct err *e) must_check;
/* Back to the queue at run_at: 1, or 0 when the lease was lost. A job that was asked to stop ends
 * as cancelled instead. */
int store_job_retry(struct db *db, int64_t id, const char *owner, int64_t run_at,
	const char *outcome, struct err *e) must_check;
/* For good, in JOB_DONE or above: 1, or 0 when the lease was lost. */
int store_job_end(struct db *db, int64_t id, const char *owner, enum job_state state,
	const char *outcome, struct err *e) must_check;
/* Ask to stop: a queued job ends at once, a running one is told. 1, or 0 when it had ended. */
int store_job_cancel(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* All leases of this owner end now (it has just started and holds none). */
int store_job_release(struct db *db, const char *owner, struct err *e) must_check;
/* When the next queued job or ended lease is due, of accounts that have room; 0 = nothing waits. */
int store_job_next_due(struct db *db, int64_t *at, struct err *e) must_check;
int store_job_step_save(
	struct db *db, int64_t job, const struct job_step *s, struct err *e) must_check;
int store_job_steps(struct db *db, struct arena *a, int64_t job, struct job_step **out,
	struct err *e) must_check;
int64_t store_job_sweep(struct db *db, int64_t ended_before, struct err *e) must_check;

/* store_signin.c: what is known of the secret of an identity, one row for each version of it. */
enum signin_proof { PROOF_NONE, PROOF_GIVEN, PROOF_REFUSED, PROOF__MAX };
struct signin {
	const char *name;    /* the identity */
	const char *version; /* names the secret */
	enum signin_proof proof;
	const char *reason; /* PROOF_REFUSED: a reason's code */
	int64_t since;	    /* of this state */
	int64_t proven_at;  /* 0 = never */
	const char *holder; /* who proves it now; "" */
	int64_t lease_until;
	int64_t connection; /* in a list: whose secret it is; 0 = of none that is stored */
};
int store_signin_get(struct db *db, struct arena *a, const char *name, const char *version,
	struct signin *out, struct err *e) must_check;
/* Insert or replace by (name, version). */
int store_signin_save(struct db *db, const struct signin *s, struct err *e) must_check;
/* When the last lease of any version ends; 0 = there is none. */
int store_signin_leased(struct db *db, const char *name, int64_t *until, struct err *e) must_check;
/* The last refusal of the versions that begin so: 1, 0 there is none, -1. */
int store_signin_stopped(struct db *db, struct arena *a, const char *name, const char *begin,
	struct signin *out, struct err *e) must_check;
/* The refusal of this version: 1, 0 it is not refused, -1. */
int store_signin_refused(struct db *db, struct arena *a, const char *version, struct signin *out,
	struct err *e) must_check;
/* Remove what was not refused and is not being proved of the versions that begin so, but one. */
int store_signin_clear(struct db *db, const char *name, const char *begin, const char *but,
	struct err *e) must_check;
/* What belongs to no stored secret and has not changed since. How many rows, or -1. */
int64_t store_signin_sweep(struct db *db, int64_t before, struct err *e) must_check;
/* By name, at most 500. Returns the count or -1. */
int store_signin_list(
	struct db *db, struct arena *a, struct signin **out, struct err *e) must_check;

/* store_engine.c */
int store_engine_pulse(struct db *db, const struct engine_pulse *p, struct err *e) must_check;
int store_engine_get(
	struct db *db, struct arena *a, struct engine_pulse *out, struct err *e) must_check;

/* What it is made of, url_pair text: "libcurl=...&system=...". */
int store_engine_made(struct db *db, const char *parts, struct err *e) must_check;
int store_engine_made_get(
	struct db *db, struct arena *a, const char **parts, struct err *e) must_check;

/* store_bucket.c: token buckets. Takes one token of key when there is one: 1 taken, 0 empty (then
 * *wait says for how many seconds). `size` tokens refill evenly over `period` seconds. */
int store_bucket_take(struct db *db, const char *key, int size, int period, int64_t *wait,
	struct err *e) must_check;
/* Is there one? Takes nothing. */
int store_bucket_look(struct db *db, const char *key, int size, int period, int64_t *wait,
	struct err *e) must_check;
int store_bucket_clear(struct db *db, const char *key, struct err *e) must_check;
/* Those that have been full since before then. */
int64_t store_bucket_sweep(struct db *db, int64_t before, struct err *e) must_check;

#endif
