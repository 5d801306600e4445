/*
 * Premise: a server, or a tenant of the cloud: what product it is, how it is reached and throttled,
 * and what it does where nobody knows for sure.
 */
#ifndef SIM_PREMISE_H
#define SIM_PREMISE_H

#include <stdbool.h>
#include <stdint.h>
#include "sim/when.h"

struct mailbox;

/* Schema levels, in the order Exchange knows them. */
enum level {
	LEVEL_2007,
	LEVEL_2007_SP1,
	LEVEL_2010,
	LEVEL_2010_SP1,
	LEVEL_2010_SP2,
	LEVEL_2013,
	LEVEL_2013_SP1,
	LEVEL_2015,
	LEVEL_2016,
	LEVEL__MAX
};
extern const char *const level_names[LEVEL__MAX]; /* "Exchange2007", ... */

/* One row a product that can be simulated: EWS.md 4.1. */
struct product {
	const char *name; /* in scenarios: 2007sp1 2010sp3 2013sp1 2016 2019 se online ... */
	int major, minor, build, revision;
	const char *shown;  /* ServerVersionInfo's Version attribute; NULL = absent */
	enum level highest; /* RequestServerVersion accepted */
};
extern const struct product products[]; /* ends with name NULL */

/* Ways to prove who one is. */
enum { SCHEME_BASIC = 1, SCHEME_NTLM = 2, SCHEME_NEGOTIATE = 4, SCHEME_BEARER = 8 };
enum protection { PROTECTION_OFF, PROTECTION_ALLOW, PROTECTION_REQUIRE };

/* Where EWS.md says UNSURE, a scenario chooses: `unsure NAME VALUE` below a premise. The value is
 * an index into values; 0 is the default. Tests run with each. */
#define WORLD_UNSURE(X)                                                                            \
	/* what a folder one may not open says (class d) */                                        \
	X(DENIAL, "denial",                                                                        \
		"by-version ErrorItemNotFound ErrorAccessDenied ErrorFolderNotFound rights-false") \
	/* does EffectiveRights of a calendar show Modify and Delete to an Editor */               \
	X(EDITOR_MODIFY, "editor-modify", "false true")                                            \
	/* may a delegate read PR_RIGHTS */                                                        \
	X(PR_RIGHTS, "pr-rights", "shown hidden")                                                  \
	/* may a delegate read the permission set */                                               \
	X(PERMISSION_SET, "permission-set", "absent ErrorAccessDenied")                            \
	/* availability of an address nobody has, online */                                        \
	X(BUSY_UNKNOWN, "busy-unknown",                                                            \
		"ErrorMailRecipientNotFound ErrorProxyRequestProcessingFailed")                    \
	/* availability window: 42 or 62 days */                                                   \
	X(BUSY_WINDOW, "busy-window", "62 42")                                                     \
	/* times in an availability answer: bare local, or with the offset */                      \
	X(BUSY_TIMES, "busy-times", "by-version local offset")                                     \
	/* a zone without daylight time in an availability answer */                               \
	X(BUSY_DAY_OF_WEEK, "busy-day-of-week", "filled empty")                                    \
	/* an availability request that names no time zone */                                      \
	X(BUSY_ZONE, "busy-zone", "ErrorTimeZone ErrorMissingArgument utc")                        \
	/* availability of a mailbox at another premise of a hybrid */                             \
	X(BUSY_HYBRID, "busy-hybrid", "works ErrorProxyRequestProcessingFailed")                   \
	/* sending for somebody without the right to */                                            \
	X(SEND_REFUSED, "send-refused", "ErrorSendAsDenied bounce ErrorAccessDenied")              \
	/* creating an item where one may not */                                                   \
	X(CREATE_DENIED, "create-denied", "ErrorCreateItemAccessDenied ErrorAccessDenied")         \
	/* do private extended properties travel to attendees */                                   \
	X(TAGS_TRAVEL, "tags-travel", "no yes")                                                    \
	/* whose Deleted Items a delegate's delete fills */                                        \
	X(DELEGATE_BIN, "delegate-bin", "owner delegate")                                          \
	/* what another's private item has for a subject */                                        \
	X(PRIVATE_SUBJECT, "private-subject", "absent shown")                                      \
	/* is a UID given on create kept */                                                        \
	X(UID_KEPT, "uid-kept", "no yes")                                                          \
	/* throttled at the edge: status */                                                        \
	X(EDGE_BUSY, "edge-busy", "503 429")                                                       \
	/* does the edge say when to come back */                                                  \
	X(EDGE_WAIT, "edge-wait", "told untold")                                                   \
	/* a URL behind a login form: status */                                                    \
	X(LOGIN_FORM, "login-form", "302 440")                                                     \
	/* more mailboxes than one request may open */                                             \
	X(TOO_MANY, "too-many",                                                                    \
		"ErrorTooManyObjectsOpened ErrorInternalServerError ErrorServerBusy")              \
	/* v2 autodiscovery of an unknown address */                                               \
	X(JSON_UNKNOWN, "json-unknown", "answers UserNotFound")                                    \
	/* an operation the version does not know */                                               \
	X(OP_UNKNOWN, "op-unknown", "ErrorInvalidRequest ErrorIncorrectSchemaVersion schema")      \
	/* how a violation of the schema is written: a code, or the sender at fault */             \
	X(SCHEMA_FAULT, "schema-fault", "by-version client")                                       \
	/* the Version that a server shows, asked for */                                           \
	X(VERSION_SHOWN, "version-shown", "refused accepted")                                      \
	/* the number SE shows: of the code line of 2019, or of its own */                         \
	X(SE_NUMBER, "se-number", "15.2 15.3")                                                     \
	/* the newest version that may be asked of SE */                                           \
	X(SE_SCHEMA, "se-schema", "Exchange2016 Exchange2019")                                     \
	/* a blocked account, or one that must sign in elsewhere first: status */                  \
	X(BLOCKED, "blocked", "401 456")                                                           \
	/* does a 401 name a lock-out in its body */                                               \
	X(LOCK_TOLD, "lock-told", "no yes")                                                        \
	/* what a bearer token for an on-premises server is made out to */                         \
	X(AUDIENCE, "audience", "host resource")                                                   \
	/* a refresh token that was replaced, used again */                                        \
	X(REFRESH_REUSE, "refresh-reuse", "refused accepted")                                      \
	/* what the sign-in does with the one account its browser already has */                   \
	X(SIGNED_IN, "signed-in", "offered silent")                                                \
	/* what an account without a mailbox of its own is told */                                 \
	X(NO_MAILBOX, "no-mailbox",                                                                \
		"ErrorMissingEmailAddress ErrorNameResolutionNoMailbox ErrorNonExistentMailbox")   \
	/* what a caller without any impersonation right is told */                                \
	X(IMPERSONATION, "impersonation", "ErrorImpersonateUserDenied ErrorImpersonationDenied")
enum unsure {
#define WORLD_UNSURE_ENUM(id, name, values) UNSURE_##id,
	WORLD_UNSURE(WORLD_UNSURE_ENUM)
#undef WORLD_UNSURE_ENUM
		UNSURE__MAX
};
extern const struct unsure_row {
	const char *name, *values; /* values parted by blanks */
} unsure_rows[UNSURE__MAX];

struct front_end {
	struct front_end *next;
	char *name;
	bool broken; /* answers every sign-in 401 and nothing else, as a node with a broken secure
			channel */
	int lag;     /* seconds its directory view is behind */
};

struct throttle {
	int concurrency;     /* open requests of one caller; 0 = not limited, -1 = as its product */
	int64_t budget_ms;   /* what a caller may have spent; 0 = not limited */
	int64_t recharge_ms; /* given back a minute */
	int back_off_ms;     /* told with ErrorServerBusy */
	int get_folder_mailboxes;   /* different mailboxes one GetFolder or FindItem opens: 16 */
	int availability_mailboxes; /* 100 */
	int find_page;		    /* 1000 */
};

/* A throttling policy of its own, for those who are given it. */
struct policy {
	struct policy *next;
	char *name;
	int concurrency; /* open requests of one caller; 0 = not limited */
};

struct latency {
	int base_ms, mailbox_ms, jitter_ms; /* jitter from the seed and the request's number */
};

struct premise {
	struct premise *next;
	char *name; /* "hq" */
	bool online;
	char *host;	     /* what clients are told: "mail.example.test" */
	char *internal_host; /* or NULL: the same */
	const struct product *product;
	unsigned schemes;
	enum protection protection;
	char *bridge; /* "TLS is ended by another machine": its certificate hash stands for ours;
			 NULL = none */
	bool ews_enabled;
	bool ews_told; /* somebody switched it on or off; until then the list of applications does
			  not count */
	char **ews_allow;	      /* User-Agent globs, NULL-terminated; NULL = all */
	char **ews_block;	      /* likewise: not these */
	char **ews_apps;	      /* online: applications that may ask; NULL = all */
	struct policy *policies;      /* of throttling */
	struct mailbox **actors;      /* 2007: may impersonate on its servers at all */
	char *language;		      /* of error texts: "en-US", "de-DE", ... */
	char *tenant;		      /* online: a GUID */
	char *forest;		      /* on-premises: NetBIOS domain, "EXAMPLE" */
	struct front_end *front_ends; /* at least one */
	bool front_ends_told;	      /* not just the one it is born with */
	unsigned char unsure[UNSURE__MAX];
	struct throttle throttle;
	struct latency latency;
	int lock_after, lock_minutes; /* bad passwords until locked; 0 = never */
	int ntlm_grace_minutes;	 /* how long NTLM takes the password before the last change: 60 */
	int rights_delay;	 /* seconds until a new right works */
	const struct zone *zone; /* of its mailboxes that say nothing */
	bool pre_auth;	/* published behind a login form: every EWS URL answers 302 to it */
	bool old_zones; /* its servers miss updates: their zones know no daylight time */
	int port;	/* of its own listener, once it listens */
};

bool world_unsure(
	const struct premise *p, enum unsure u, const char *value);	/* is it set to value */
const char *world_unsure_value(const struct premise *p, enum unsure u); /* a static string */

const struct product *product_find(const char *name);
/* As a server of this premise tells it to clients. */
const struct product *product_shown(const struct premise *p);
bool takes_2019(const struct premise *p); /* the version Exchange2019, which only SE might know */

#endif
