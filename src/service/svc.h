/* Service: what people can do. Web pages and the command line call the same functions, so that the
 * same rules hold and the same audit rows are written. Each changing function runs in one write
 * transaction together with its audit row.
 */
#ifndef LATCHKEY_SVC_H
#define LATCHKEY_SVC_H

#include "model.h"
#include "platform/arena.h"
#include "platform/bell.h"
#include "platform/config.h"
#include "platform/err.h"
#include "platform/seal.h"
#include "store/store.h"

/* Where a service works: store, memory, settings, and in whose name. */
struct svc {
	struct db *db;
	struct arena *a;
	const struct config *cf;
	struct actor who;
};

/* svc_audit.c: every action that is written, with its words. */

/* Ring the engine without waiting. A lost ring costs one poll interval, so it never fails. */
void svc_ring(const struct svc *s, enum bell_verb verb, int64_t job);

enum audit_action {
	AUDIT_ACCOUNT_ADDED,
	AUDIT_ACCOUNT_POLICY,
	AUDIT_SIGNIN,
	AUDIT_SIGNIN_REFUSED,
	AUDIT_SIGNIN_SLOWED,
	AUDIT_SIGNOUT,
	AUDIT_CONFIRMED,
	AUDIT_CONFIRM_REFUSED,
	AUDIT_ACCOUNT_CHOSEN,
	AUDIT_SESSION_ENDED,
	AUDIT_SESSIONS_ENDED,
	AUDIT_PASSWORD_SET,
	AUDIT_PASSWORD_CHANGED,
	AUDIT_INVITED,
	AUDIT_INVITE_REVOKED,
	AUDIT_INVITE_ACCEPTED,
	AUDIT_RESET_MADE,
	AUDIT_RESET_USED,
	AUDIT_ROLE,
	AUDIT_MEMBER_REMOVED,
	AUDIT_MEMBER_EDITED,
	AUDIT_MEMBER_OFF,
	AUDIT_MEMBER_ON,
	AUDIT_MEMBER_WEEK,
	AUDIT_MEMBER_ADDED,
	AUDIT_MEMBERS_IMPORT,
	AUDIT_MEMBERS_IMPORTED,
	AUDIT_MEMBERS_IMPORT_STOPPED,
	AUDIT_MEMBERS_CHECK,
	AUDIT_MEMBERS_CHECK_STOPPED,
	AUDIT_MEMBERS_EXPORTED,
	AUDIT_MEMBERS_REMOVE,
	AUDIT_MEMBERS_OFF,
	AUDIT_MEMBERS_ON,
	AUDIT_MEMBERS_STOPPED,
	AUDIT_MEMBERS_CHANGED,
	AUDIT_DIRECTORY_ASKED,
	AUDIT_DIRECTORY_ADDED,
	AUDIT_DIRECTORY_ALL,
	AUDIT_DIRECTORY_STOPPED,
	AUDIT_ROOMS_READ,
	AUDIT_ROOM_ADDED,
	AUDIT_ROOM_EDITED,
	AUDIT_ROOM_REMOVED,
	AUDIT_ROOM_TRIED,
	AUDIT_MEMBERS_REMINDED,
	AUDIT_REMINDERS_SETTINGS,
	AUDIT_BOUNDARY_SAID,
	AUDIT_BOUNDARY_MEASURED,
	AUDIT_BOUNDARY_OPENS,
	AUDIT_BOUNDARY_SHUT,
	AUDIT_BOUNDARY_EXPORTED,
	AUDIT_LOOK_STARTED,
	AUDIT_LOOK_STOPPED,
	AUDIT_EXPORTED,
	AUDIT_KEY_ADDED,
	AUDIT_KEY_DROPPED,
	AUDIT_RESEALED,
	AUDIT_BACKUP,
	AUDIT_RESTORE,
	AUDIT_MIGRATED,
	AUDIT_EGRESS,
	AUDIT_CONNECTION_ADDED,
	AUDIT_CONNECTION_REMOVED,
	AUDIT_CONNECTION_TEST,
	AUDIT_CONNECTION_TEST_STOPPED,
	AUDIT_CONNECTION_METHOD,
	AUDIT_CONNECTION_ENTERED,
	AUDIT_CONNECTION_DISCARDED,
	AUDIT_CONNECTION_PAUSED,
	AUDIT_CONNECTION_RESUMED,
	AUDIT_CONNECTION_AGAIN,
	AUDIT_CONNECTION_LIVE,
	AUDIT_CONNECTION_PROVED,
	AUDIT_CONNECTION_SWITCHED,
	AUDIT_CONNECTION_BACK,
	AUDIT_CONNECTION_DISCONNECTED,
	AUDIT_CONNECTION_STATE,
	AUDIT_TRIAL,
	AUDIT_TRIAL_STOPPED,
	AUDIT_TRIAL_EXPORTED,
	AUDIT_CREDENTIAL_SET,
	AUDIT_CREDENTIAL_SWITCHED,
	AUDIT_CREDENTIAL_REFUSED,
	AUDIT_CREDENTIAL_UNPROVED,
	AUDIT_CREDENTIAL_ERASED,
	AUDIT_CREDENTIAL_EXPIRY,
	AUDIT_OWN_SET,
	AUDIT_OWN_SWITCHED,
	AUDIT_OWN_REFUSED,
	AUDIT_OWN_UNPROVED,
	AUDIT_OWN_ERASED,
	AUDIT_OWN_REMOVED,
	AUDIT_ASK_BEGUN,
	AUDIT_ASK_REFUSED,
	AUDIT_MAIL_TEST,
	AUDIT_MAIL_RETRY,
	AUDIT_SCRIPT_DOWNLOADED,
	AUDIT_SCRIPT_SHARED,
	AUDIT_SCRIPT_OPENED,
	AUDIT_SCRIPT_RAN,
	AUDIT_SCRIPT_WITHDRAWN,
	AUDIT_DIAGNOSIS,
	AUDIT__MAX
};

struct audit_info {
	const char *name; /* "signin.refused", kept in the row */
	const char *say;  /* "Sign-in refused" */
	const char *icon; /* in icons.svg */
	int sensitive;	  /* the engine seals the head at once */
};

const struct audit_info *svc_audit_info(enum audit_action a);
/* By the name in a row; a name of a newer program gives NULL. */
const struct audit_info *svc_audit_named(const char *name);

/* Write a row; part of the caller's transaction. about: whom or what; detail may be NULL. */
int svc_audit(struct svc *s, enum audit_action action, const char *about, const char *detail,
	struct err *e) must_check;
/* After the commit: ring the engine when a sensitive row was written. Never fails. */
void svc_audit_ring(const struct svc *s, enum audit_action action);
/* End the transaction of a change: rc < 0 rolls back (e is filled already), else commit and ring
 * for `action`. Returns 0 or -1. */
int svc_audit_commit(struct svc *s, int rc, enum audit_action action, struct err *e) must_check;
/* A copy in the arena for a row or a key: at most max bytes, cut between characters; text that is
 * no clean line of UTF-8 keeps only its printable ASCII. NULL becomes "". */
char *svc_audit_clean(struct arena *a, const char *text, size_t max);

/* Walk the whole chain. Returns rows seen, or -1; *broken is the first bad seq (0 = whole) and *why
 * a sentence. Seals are compared by hash; their MACs are the engine's to check. */
int64_t svc_audit_verify(
	struct svc *s, int64_t *broken, const char **why, struct err *e) must_check;

/* svc_signin.c */

enum {
	SIGNIN_TRIES = 10,	   /* failures per network address and per e-mail address ... */
	SIGNIN_PERIOD = 900,	   /* ... in so many seconds */
	SIGNIN_SESSIONS_MAX = 100, /* of one user; the one unused for longest ends first */
	SIGNIN_EMAIL_MAX = 254
};

/* Check address and password: 0 and the user, or -1: ERR_DENIED (same words for unknown address and
 * wrong password) or ERR_SLOW with the wait in words. Audited. */
int svc_signin_check(struct svc *s, const char *email, const struct secret *password,
	struct user *out, struct err *e) must_check;
/* Start a session; token goes into the cookie. Chooses the account when there is just one. */
int svc_signin_open(struct svc *s, const struct user *u, const char *agent,
	char token[SEAL_TOKEN_HEX + 1], struct err *e) must_check;
/* Session of a cookie: 1 alive, 0 none, ended or too old, -1. Touches it once a minute. */
int svc_signin_session(
	struct svc *s, const char *token, struct session_view *out, struct err *e) must_check;
/* Choose (or change) the account; the token is renewed. ERR_MISSING when not theirs. */
int svc_signin_choose(struct svc *s, const struct session_view *v, int64_t account,
	char token[SEAL_TOKEN_HEX + 1], struct err *e) must_check;
/* Password again: renews the token and makes the session fresh. Rate limited like sign-in. */
int svc_signin_confirm(struct svc *s, const struct session_view *v, const struct secret *password,
	char token[SEAL_TOKEN_HEX + 1], struct err *e) must_check;
int svc_signin_out(struct svc *s, const struct session_view *v, struct err *e) must_check;
/* Is the sign-in of this session fresh? */
int svc_signin_fresh(const struct svc *s, const struct session *v);
/* End one session: of this user, or as admin any of the account. ERR_MISSING when there is none. */
int svc_signin_end(struct svc *s, int64_t session, int admin, struct err *e) must_check;
/* End all but `keep`: of this user, or as admin of the whole account. Returns how many or -1. */
int64_t svc_signin_end_all(struct svc *s, int64_t keep, int admin, struct err *e) must_check;
/* Change one's own password: needs the old one (else ERR_DENIED; ERR_FORM is about the new one);
 * renews the token, ends all other sessions and open reset links. */
int svc_signin_password(struct svc *s, const struct session_view *v, const struct secret *old,
	const struct secret *next, char token[SEAL_TOKEN_HEX + 1], struct err *e) must_check;

/* For the other files of this floor. */

/* May a password be tried now, from this address and for this e-mail address (NULL: any)? 0, or -1
 * with ERR_SLOW, written down once per SIGNIN_PERIOD so that a flood does not fill the log. */
int svc_signin_may(struct svc *s, const char *email, struct err *e) must_check;
/* Count a failure against both and write its row. */
int svc_signin_failed(struct svc *s, const char *email, enum audit_action refused,
	const char *detail, struct err *e) must_check;
/* One try of a password, outside of any transaction: 1 right (the e-mail address starts anew),
 * 0 wrong (counted, with the row `refused`), -1. A NULL hash is nobody's: as slow, and wrong. */
int svc_signin_try(struct svc *s, const char *email, const char *hash,
	const struct secret *password, enum audit_action refused, struct err *e) must_check;
/* The same world in the name of a user; m NULL: in no account. */
struct svc svc_signin_as(const struct svc *s, const struct user *u, const struct member *m);

/* svc_account.c: accounts, people in them, links. */

/* How a link's token is made: from the maker's session (so that only that session can show it
 * again) or, for the command line, at random. The token itself never touches the store; a mail's
 * is sealed for the engine, and goes once it was sent. */
struct link {
	int64_t id;
	char token[SEAL_TOKEN_HEX + 1];
	int64_t expires;
	int mailed; /* it is being sent to the person, too */
};

/* The address of a link, in the arena: public_url/link/TOKEN. */
const char *svc_account_link_url(const struct svc *s, const struct link *l);

/* New account with its first admin and that admin's one-time link. */
int svc_account_add(struct svc *s, const char *name, const char *email, const char *person,
	int64_t *account, struct link *out, struct err *e) must_check;
int svc_account_policy(struct svc *s, int64_t idle, int64_t absolute, struct err *e) must_check;

/* Invite an address as `role`: makes the member row when new; replaces an open invitation. session
 * is the cookie's token, NULL on the command line. ERR_CONFLICT when they can already sign in. */
int svc_account_invite(struct svc *s, const char *email, const char *name, enum role role,
	const char *session, struct link *out, struct err *e) must_check;
/* A new link for an open invitation; the old one ends. */
int svc_account_reinvite(struct svc *s, int64_t invitation, const char *session, struct link *out,
	struct err *e) must_check;
int svc_account_revoke(struct svc *s, int64_t invitation, struct err *e) must_check;
/* A reset link. ERR_DENIED when the person also belongs to another account: then only ops may. */
int svc_account_reset(struct svc *s, int64_t member, const char *session, struct link *out,
	struct err *e) must_check;
/* The link again, for the session that made it and while it is open; else ERR_MISSING. */
int svc_account_link_again(struct svc *s, int64_t invitation, const char *session,
	struct invitation *v, struct link *out, struct err *e) must_check;

/* What a link leads to, without using it: 0, or -1 with ERR_GONE (used, expired, replaced) or
 * ERR_MISSING. *known: the person has a password, so an invitation asks for that one. */
int svc_account_link_look(struct svc *s, const char *token, struct invitation *out, int *known,
	struct err *e) must_check;
/* Use it. Invitation: with the name and first password, or the known password. Reset: a new
 * password, all sessions end. *out is the user to sign in. Rate limited per remote address. */
int svc_account_link_use(struct svc *s, const char *token, const char *name,
	const struct secret *password, struct user *out, struct err *e) must_check;

/* Inside a transaction: end all open reset links of a user, who knows the password now. */
int svc_account_end_resets(struct svc *s, int64_t user, struct err *e) must_check;

/* The last admin cannot be made a member or removed (ERR_CONFLICT). Another role ends the person's
 * sessions in this account; removing ends them, and open links, too. */
int svc_account_role(struct svc *s, int64_t member, enum role role, struct err *e) must_check;
int svc_account_remove(struct svc *s, int64_t member, struct err *e) must_check;

/* For the other files of this floor. A name of a person or an account; min is 0 when it may be
 * empty. */
int svc_account_check_name(const char *name, size_t min, struct err *e) must_check;
/* ERR_CONFLICT when m is the only admin of the account who can sign in. */
int svc_account_not_last(struct svc *s, const struct member *m, struct err *e) must_check;

/* svc_look.c: the first job kind, a look at a server. */
#define LOOK_KIND "look"    /* in the job table */
enum { LOOK_OPEN_MAX = 5 }; /* running at a time in one account */
/* ERR_CONFLICT when too many run. The job is queued even when the engine is away. */
int svc_look_start(
	struct svc *s, const char *host, int64_t port, int64_t *job, struct err *e) must_check;
int svc_look_stop(struct svc *s, int64_t job, struct err *e) must_check;
/* host and port of a job's params; 0 or -1. */
int svc_look_params(
	struct arena *a, const char *params, const char **host, int64_t *port) must_check;

/* The engine has told of itself in the last 30 s? */
int svc_engine_alive(const struct engine_pulse *p);

#endif
