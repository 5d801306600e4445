/* Model: the nouns. Read this first.
 *
 * Strings live in the arena of whoever asked for them. Times are Unix seconds, 0 = never. Every row
 * but user, audit and engine belongs to one account, and no query finds it without that account.
 * What belongs to a connection is in model_connection.h, what to a member's calendar in
 * model_member.h; both come with this one.
 */
#ifndef LATCHKEY_MODEL_H
#define LATCHKEY_MODEL_H

#include <stddef.h>
#include <stdint.h>
#include "model_connection.h"
#include "model_member.h"

/* An organisation that uses this installation. */
struct account {
	int64_t id;
	const char *name;
	int64_t created;
	int64_t session_idle; /* 0 = the installation's setting, which is also the upper limit */
	int64_t session_absolute;
	int64_t people; /* how many belong to it */
};

/* Somebody who can sign in: one address, one password, any number of accounts. */
struct user {
	int64_t id;
	const char *email; /* lower case, unique */
	const char *name;
	const char *pwhash; /* NULL until the first password */
	const char *theme;  /* "", "light", "dark" */
	int64_t created;
	int64_t password_at;
};

enum role { ROLE_MEMBER, ROLE_ADMIN, ROLE__MAX };

/* A person, or a room, in an account. Exists before its user: an address can be listed and never
 * sign in. How its calendar does is a struct standing. */
struct member {
	int64_t id;
	int64_t account;
	int64_t user; /* 0 = has never signed in */
	const char *email;
	const char *name;
	enum role role;
	int64_t created;
	int64_t signed_in; /* last time */
	enum member_kind kind;
	int64_t off_at;		  /* deactivated since; 0 = it is not */
	const char *calendar;	  /* address of the mailbox when it is another; "" */
	const char *account_name; /* filled where accounts are chosen from */
};

struct session {
	int64_t id;
	int64_t user;
	int64_t account; /* 0 until one is chosen */
	int64_t member;
	int64_t created;
	int64_t seen;  /* written at most once a minute */
	int64_t fresh; /* password last entered */
	const char *address;
	const char *agent;
	const char *name;  /* of the user, in lists */
	const char *email; /* of the user, in lists */
};

enum link_kind { LINK_INVITE, LINK_RESET, LINK__MAX };

/* A single-use link; only a hash of its token is stored. */
struct invitation {
	int64_t id;
	int64_t account;
	int64_t member;
	enum link_kind kind;
	int64_t by; /* member who made it; 0 = ops */
	const char *by_name;
	const char *email; /* of the member it is for */
	const char *name;
	enum role role;
	int64_t created;
	int64_t expires;
	int64_t used;
	const char *nonce; /* its maker's session derives the token from it again */
};

enum actor_kind { ACTOR_NOBODY, ACTOR_MEMBER, ACTOR_ADMIN, ACTOR_ENGINE, ACTOR_OPS, ACTOR__MAX };

/* Who does something, and from where: goes into each audit row. */
struct actor {
	enum actor_kind kind;
	int64_t account;
	int64_t member;
	int64_t user;
	const char *name;    /* "Avery Stone", "engine", "root" */
	const char *address; /* remote address, "" = this machine */
	const char *request; /* request or job id */
};

/* One line of the log that can only grow. hash covers every field and the hash before it. */
struct audit {
	int64_t seq;
	int64_t account; /* 0 = the installation */
	int64_t at;
	enum actor_kind kind;
	const char *actor;
	const char *action; /* a row of the action table, e.g. "signin.refused" */
	const char *about;
	const char *detail; /* a sentence for people; never a secret */
	const char *address;
	const char *request;
	unsigned char hash[32];
};

/* The engine's word on the head of the log. */
struct audit_seal {
	int64_t seq;
	int64_t at;
	unsigned char hash[32];
	unsigned char mac[32];
	const char *key_id;
};

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB__MAX };

/* Work for the engine. */
struct job {
	int64_t id;
	int64_t account; /* 0 = the installation */
	const char *kind;
	const char *params; /* url_pair text; each kind has a typed reader */
	enum job_state state;
	int64_t attempts;
	int64_t run_at;
	int64_t lease_until;
	int64_t cancel; /* asked to stop */
	int64_t by;	/* member, 0 = ops or the engine itself */
	const char *by_name;
	const char *request;
	int64_t created;
	int64_t started;
	int64_t ended;
	const char *outcome; /* one sentence when it ended */
};

enum step_state {
	STEP_WAITING,
	STEP_RUNNING,
	STEP_OK,
	STEP_NOTE, /* works, and something should be known */
	STEP_FAILED,
	STEP_SKIPPED,
	STEP__MAX
};

/* One step of a job, written as it happens. Texts are for the admin. */
struct job_step {
	int64_t n;
	const char *title;
	enum step_state state;
	int64_t ms;
	const char *say;  /* what was seen */
	const char *why;  /* failed: the cause */
	const char *fix;  /* failed: what to do, and who */
	const char *raw;  /* what the other side said, word for word */
	const char *host; /* failed: the server that somebody may agree to by name; "" */
};

/* Kinds of mail, each with its words in src/mail/mail_kind.c. */
#define MAIL_INVITATION "invitation"
#define MAIL_RESET "reset"
#define MAIL_STOPPED "connection_stopped"
#define MAIL_UNREACHABLE "connection_unreachable"
#define MAIL_WELL "connection_well"
#define MAIL_EXPIRY "credential_expiry"
#define MAIL_EXPIRED "credential_expired"
#define MAIL_SWITCHED "connection_switched"
#define MAIL_MOVED "connection_moved"
#define MAIL_GONE "connection_gone"
#define MAIL_REMINDER "reminder"
#define MAIL_BROKEN "calendar_broken"
#define MAIL_BREAKS "members_broken"
#define MAIL_MENDED "members_mended"
#define MAIL_SCRIPT "script"
#define MAIL_BOUNDARY "boundary_opens"
#define MAIL_TEST "test"

enum mail_state { MAIL_QUEUED, MAIL_SENT, MAIL_FAILED, MAIL_DROPPED, MAIL__MAX };

/* A mail to one person: it waits, or has become of it what state says. */
struct mail {
	int64_t id;
	int64_t account; /* 0 = the installation */
	int64_t member;	 /* 0 = nobody of an account: ops' test */
	const char *kind;
	const char *email;
	const char *name;
	const char *params; /* url_pair text; the words of its kind say which */
	const char *dedupe; /* NULL, or: once for a person */
	const char *group;  /* those of one kind, group and person may become one mail; "" */
	const char *key_id;
	const void *sealed; /* the token of its link, until it was sent */
	size_t sealed_len;
	enum mail_state state;
	int64_t attempts;
	int64_t run_at;	 /* when it is due; while it is being sent: the end of the lease */
	int64_t expires; /* when its link ends; 0 = it has none */
	int64_t give_up; /* not tried again after this */
	int64_t created;
	int64_t ended;
	const char *problem; /* of the last try, a sentence */
};

/* How far an account admin wants Latchkey to reach. Numbers are stored. */
enum level { LEVEL_UNSAID, LEVEL_FULL, LEVEL_CALENDAR, LEVEL_BUSY, LEVEL__MAX };

/* Whose a mailbox is that is named as one that must stay shut: only nobody's proves anything. */
enum whose { WHOSE_NOBODYS, WHOSE_MEMBERS, WHOSE_OURS, WHOSE__MAX };

/* What an account has said about that; and a mailbox that must stay shut, with what was seen of it.
 * Zeros are what holds before it has. */
struct boundary {
	int64_t account;
	enum level level;
	const char *edited_by;
	int64_t edited_at;
	int64_t rev;	     /* grows with each change by a person */
	const char *outside; /* address; "" = none was named */
	enum seen opens;     /* the last answer */
	const char *reason;  /* code: why it is shut; "ok" when it opens */
	int64_t since;	     /* opens is so */
	int64_t seen_at;     /* when that was seen last; 0 = never */
	const char *method;  /* by which, and by which connection */
	int64_t connection;
	const char *tried; /* why the last attempt came to nothing: a code; "ok" */
	int64_t tried_at;
};

/* What the engine says of itself every few seconds. */
struct engine_pulse {
	int64_t pid;
	int64_t started;
	int64_t seen;
	const char *version;
	const char *key_id;
};

#endif
