/*
 * World: the organisation that is simulated, as data. READ FIRST.
 *
 * Made by scenario.c from a scenario file or by the control face's lines; read by everything else.
 * Nothing here knows HTTP, SOAP or XML. Everything that was added stays until the process ends (a
 * world is small), except what the scenario language can take away. Rights have a time from and
 * until which they hold, so that a front end may lag behind. Lists keep their order: answers are
 * deterministic.
 *
 * Memory: strings, structs and NULL-terminated lists of the world lie in its blocks. Whoever
 * changes one takes new memory by world_need, world_copy or world_list_with; none is freed before
 * the world is.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include "sim/premise.h"
#include "sim/rights.h"
#include "sim/text.h"
#include "sim/when.h"

enum folder_kind {
	FOLDER_CALENDAR,
	FOLDER_INBOX,
	FOLDER_SENT,
	FOLDER_DRAFTS,
	FOLDER_OUTBOX,
	FOLDER_DELETED,
	FOLDER_CONTACTS,
	FOLDER_TASKS,
	FOLDER_JUNK,
	FOLDER_ROOT,	   /* msgfolderroot */
	FOLDER_EVERYTHING, /* root */
	FOLDER_CUSTOM	   /* FOLDER_CUSTOM + n: the mailbox's nth own folder */
};

enum grantee { TO_MAILBOX, TO_GROUP, TO_DEFAULT, TO_ANONYMOUS };
struct grant {
	struct grant *next;
	enum grantee to;
	void *who;  /* mailbox or group */
	int folder; /* enum folder_kind, or further for own folders */
	uint32_t rights;
	int folder_rights; /* -1: follow from rights; else FOLDER_CAN_ bits that EffectiveRights
			      shows */
	utc_t from, until; /* until 0 = still */
};
struct delegate {
	struct delegate *next;
	struct mailbox *who;
	bool copies, sees_private; /* of meeting mail; of private items */
	uint32_t inbox, tasks,
		contacts; /* rights elsewhere, shown in GetDelegate; the calendar's are a grant */
};

enum mailbox_kind {
	MAILBOX_USER,
	MAILBOX_ROOM,
	MAILBOX_EQUIPMENT,
	MAILBOX_SHARED,
	MAILBOX_DEDICATED
};

enum room_policy { ROOM_MANUAL, ROOM_ACCEPT, ROOM_DECLINE_CONFLICTS, ROOM_DECLINE, ROOM_TENTATIVE };
struct room {
	int capacity;
	enum room_policy policy;
	int after; /* seconds until it answers */
};

struct address_list {
	struct address_list *next;
	char *name;
	struct group **groups; /* NULL-terminated: what those with this policy can look up */
};

struct folder_own {
	struct folder_own *next;
	char *name;
	char *class; /* IPF.Appointment ...; NULL = deleted, its number stays taken */
	int under;   /* 1 + the parent's folder number; 0 = the mailbox's root of folders */
};

struct mailbox {
	char *address; /* primary */
	char *name;
	char **aliases;	 /* NULL-terminated or NULL */
	uint32_t number; /* its place in world.mailboxes: what ids name it by */
	enum mailbox_kind kind : 8;
	bool enabled : 1, licensed : 1, hidden : 1, ews : 1;
	bool moving : 1;      /* ErrorMailboxMoveInProgress */
	bool generated : 1;   /* its calendar follows from the seed until it is touched */
	bool gone : 1;	      /* taken away: no address leads here, old ids do */
	struct premise *home; /* where it really lives */
	struct premise
		*knows; /* the premise whose autodiscovery still claims it (moved); NULL = home */
	const struct zone *zone;
	const char *culture;  /* of its folder names, "de-DE"; NULL = premise's */
	const char *trouble;  /* code with which nothing of it opens; NULL = it does */
	struct grant *grants; /* newest last */
	struct delegate *delegates;
	const char
		*deliver; /* DeliverMeetingRequests word; NULL = DelegatesAndSendInformationToMe */
	struct mailbox **on_behalf; /* may send for it; NULL-terminated or NULL */
	struct mailbox **openers;   /* Full Access: may open all of it, and not send for it */
	char **ews_allow;	    /* User-Agent globs, before its premise's; NULL = all */
	struct mailbox **actors;    /* 2007: may be impersonated by these */
	char *note;		    /* of its account, or NULL */
	struct policy *policy;	    /* of throttling; NULL = its premise's */
	struct room *room;
	struct address_list *book;
	struct folder_own *own_folders;
	struct identity *identity; /* its directory account, when one was described */
	struct store *store;	   /* item.h; NULL until touched */
};

enum group_kind { GROUP_SECURITY, GROUP_DISTRIBUTION, GROUP_ROOMS };
struct group {
	struct group *next;
	char *address, *name;
	enum group_kind kind;
	struct mailbox **members; /* NULL-terminated */
	int n_members, room_members;
	unsigned char *has; /* a bit for each mailbox number below 8 * room_has */
	uint32_t room_has;
	struct group **groups; /* nested, NULL-terminated or NULL */
	bool hidden;
	bool gone; /* taken away: no address leads here */
};

/* A directory account: the one bad-password counter. */
struct identity {
	struct identity *next;
	char *upn, *domain, *sam; /* svc@example.test, EXAMPLE, svc */
	char *sid, *object_id;
	char *password;
	struct old_password {
		char *password;
		utc_t changed; /* when it stopped being the password */
	} old[2];	       /* newest first */
	int bad;
	utc_t locked_until;
	bool disabled, expired, must_change, mfa, hours; /* hours: not now (logon hours) */
	struct premise *premise;
	struct mailbox *mailbox; /* or NULL */
	int64_t revoked;	 /* moves on when what was issued before dies */
};

/* Whom a role is for: as the admin named and filtered it, and the group that the filter means. */
struct scope {
	struct scope *next;
	char *name, *filter;
	struct premise *premise;
	struct group *group;
};

/* May act as others. */
struct assignment {
	struct assignment *next;
	char *name;		   /* or NULL */
	struct scope *named;	   /* its group is the scope; NULL = none of that sort */
	struct identity *identity; /* or */
	struct app *app;
	struct group *scope; /* NULL = whole organisation */
	utc_t from, until;
};

struct app_secret {
	struct app_secret *next;
	char *id, *value; /* value NULL: a certificate */
	char *pem;	  /* public part */
	utc_t expires;
};
struct app {
	struct app *next;
	char *client_id, *name, *object_id;
	struct premise *premise; /* whose tenant it is registered in */
	struct app_secret *secrets;
	char **redirects;
	bool disabled, public_client, consented, single_tenant;
	bool full_access;   /* full_access_as_app */
	bool delegated;	    /* EWS.AccessAsUser.All */
	bool assigned_only; /* users must be assigned: 50105 unless in `users` */
	char *principal;    /* what its tenant's Exchange calls it; NULL = does not know it */
	struct identity **users;
};

struct fault; /* fault.h */

struct domain {
	struct domain *next;
	char *name;
	struct premise *premise; /* whose autodiscovery answers for it */
	char *website; /* what https://DOMAIN/ is: none, website, hostile, redirect, exchange */
	bool srv;
};

struct world {
	char *name; /* of the scenario */
	char *organisation;
	uint64_t seed;
	bool frozen;
	utc_t frozen_at;
	int64_t shift;		    /* seconds added to the real clock when it is not frozen */
	utc_t born;		    /* when it went live; generated calendars lie around it */
	bool live;		    /* set up: from now on changes take their time, by the clock */
	struct block *blocks;	    /* memory, see above */
	struct grant *spare_grants; /* forgotten ones, to be used again */
	struct domain *domains;
	struct premise *premises;
	struct mailbox **mailboxes;
	uint32_t n_mailboxes, room_mailboxes;
	struct group *groups;
	struct address_list *lists;
	struct identity *identities;
	struct assignment *assignments;
	struct scope *scopes;
	struct app *apps;
	struct fault *faults;
	struct change_rule *rules;   /* things that happen by themselves: scenario.h */
	struct post *post;	     /* mail under way: item.h */
	uint64_t count;		     /* how many nonces and ids were made so far */
	struct mailbox **by_address; /* open addressing; aliases too */
	const char **by_address_key;
	uint32_t by_address_room, by_address_used;
};

struct world *world_new(void);
void world_free(struct world *w);
/* Memory of the world: zeroed, never given back one by one. */
void *world_need(struct world *w, size_t size);
char *world_copy(struct world *w, const char *s); /* NULL stays NULL */
/* A NULL-terminated list of pointers with one more, or without those equal to one (by pointer);
 * list NULL = empty. world_list_without answers NULL for an empty list. */
void *world_list_with(struct world *w, const void *list, void *thing);
void *world_list_without(struct world *w, const void *list, const void *thing);
size_t list_count(const void *list);
utc_t world_now(const struct world *w);
int64_t world_now_ms(const struct world *w);
/* Bytes for nonces, ids and jitter, from the seed and a running count; a GUID in text likewise. */
void world_bytes(struct world *w, void *out, size_t n);
void world_guid(struct world *w, char out[37]);
/* Finders; NULL when absent. Addresses without case, "smtp:" allowed in front. */
struct mailbox *world_mailbox(const struct world *w, const char *address);
struct group *world_group(const struct world *w, const char *address);
struct premise *world_premise(const struct world *w, const char *name);
struct premise *world_premise_by_host(const struct world *w, const char *host); /* host[:port] */
struct domain *world_domain(const struct world *w, const char *name);
/* DOMAIN\sam, UPN; the e-mail address only when it equals the UPN. */
struct identity *world_identity(const struct world *w, const char *login);
struct app *world_app(const struct world *w, const char *client_id);

/* Makers. Those with an address answer NULL when it is taken. */
struct mailbox *world_add_mailbox(struct world *w, const char *address, struct premise *home);
bool world_add_alias(struct world *w, struct mailbox *m, const char *address);
bool world_drop_alias(struct world *w, struct mailbox *m, const char *address);
/* A new primary address; the old one stays as an alias. False when it is another's. */
bool world_rename(struct world *w, struct mailbox *m, const char *address);
void world_remove(struct world *w, struct mailbox *m); /* no address leads to it any more */
struct group *world_add_group(struct world *w, const char *address);
void world_remove_group(struct world *w, struct group *g); /* nobody is in it, nothing names it */
struct premise *world_add_premise(struct world *w, const char *name);
struct domain *world_add_domain(struct world *w, const char *name, struct premise *p);
struct identity *world_add_identity(struct world *w, const char *upn, struct premise *p);
/* The two passwords before are kept, and tokens of before are dead. */
void world_new_password(struct world *w, struct identity *id, const char *password);
/* Members may be added by the hundred thousand. */
void group_add(struct group *g, struct mailbox *m);
void group_drop(struct group *g, const struct mailbox *m);
bool group_has(const struct group *g, const struct mailbox *m); /* nested groups too */
/* Rights: replaces what that grantee had on that folder; rights 0 takes it away (None is a grant of
 * 0 for Default; one of 0 with folder_rights 0 stands as an explicit None). While the world is not
 * yet live it always held; after that `from` is now plus the premise's rights_delay. */
void world_grant(struct world *w, struct mailbox *m, const struct grant *g);

/*
 * What `who` (NULL = nobody signed in) may do in a folder of m, as seen at `at` (a lagging front
 * end's now): the union of own and group grants; Default only when there is none. Owner's own
 * mailbox, and one opened with Full Access: everything.
 */
uint32_t world_rights(const struct world *w, const struct mailbox *m, int folder,
	const struct mailbox *who, utc_t at);
int world_folder_rights(const struct world *w, const struct mailbox *m, int folder,
	const struct mailbox *who, utc_t at); /* FOLDER_CAN_ bits, the override when there is one */
bool world_may_impersonate(const struct world *w, const struct identity *id, const struct app *app,
	const struct mailbox *target, utc_t at);
/* Does any assignment exist for the caller at all. */
bool world_has_assignment(
	const struct world *w, const struct identity *id, const struct app *app, utc_t at);
bool world_sends_on_behalf(const struct mailbox *owner, const struct mailbox *sender);
/* May `who` look `m` up: hidden, address-book policies. */
bool world_listed(const struct world *w, const struct mailbox *m, const struct mailbox *who);

#endif
