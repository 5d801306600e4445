/*
 * Scenario, inside: what the files scenario*.c share. A statement's words are read one by one by
 * its handler; nothing is changed before all of them were understood, so that a line with an error
 * leaves the world as it was, and a rule's lines can be tried without doing anything (dry).
 */
#ifndef SIM_SCENARIO_RUN_H
#define SIM_SCENARIO_RUN_H

#include "sim/scenario.h"

/* What a property belongs to; scenario_place.kind, and the index of its thing[]. */
enum place_kind {
	IN_NONE,
	IN_PREMISE,
	IN_DOMAIN,
	IN_MAILBOX,
	IN_ACCOUNT,
	IN_GROUP,
	IN_BOOK,
	IN_APP,
	IN__MAX
};
extern const char *const place_names[IN__MAX]; /* "premise", ... as statements name them */
#define ANYWHERE 0u
#define BELOW(kind) (1u << (kind))
#define BELOW_PERSON (BELOW(IN_MAILBOX) | BELOW(IN_ACCOUNT))

/* A line taken apart. Separators are told from the same words in quotes by being these very
 * pointers. */
extern const char word_then[], word_turn[], word_colon[]; /* ; | : */
enum { WORDS_MAX = 128 };
struct words {
	const char *at[WORDS_MAX];
	int n;
	char *bytes;
};
/* NULL, or what is wrong. words_free either way. */
const char *words_read(struct words *w, const char *line);
void words_free(struct words *w);

struct statement;
struct run {
	struct world *w;
	struct scenario_place *place;
	struct scenario_error *e;
	const struct statement *statement;
	const char *const *word; /* the statement's own word first */
	int n, at;		 /* at: the next to be read */
	bool dry;		 /* try only */
	bool rule;		 /* of a rule: nothing new is made */
};
typedef int statement_fn(struct run *r);
struct statement {
	const char *word;
	unsigned below;	   /* BELOW bits, or ANYWHERE */
	int least, most;   /* words after the first; most -1 = any number */
	statement_fn *run; /* 0, or -1 with the error filled */
	const char *usage, *meaning;
};
extern const struct statement statements[]; /* ends with word NULL */
statement_fn st_organisation, st_seed, st_clock, st_include, st_premise, st_domain, st_generate;
statement_fn st_host, st_internal_host, st_product, st_schemes, st_protection, st_bridge;
statement_fn st_front_end, st_no_front_end, st_unsure, st_throttle, st_latency, st_lock_out;
statement_fn st_ntlm_grace, st_rights_delay, st_premise_ews, st_ews_allow, st_language, st_tenant;
statement_fn st_forest, st_premise_flag, st_premise_zone, st_website, st_srv, st_domain_premise;
statement_fn st_mailbox, st_name, st_alias, st_no_alias, st_address, st_kind, st_zone, st_flag;
statement_fn st_home, st_moved_to, st_culture, st_trouble, st_book, st_folder, st_room, st_remove;
statement_fn st_grant, st_revoke, st_delegate, st_undelegate, st_deliver, st_on_behalf;
statement_fn st_no_on_behalf, st_mailbox_full_access, st_no_full_access;
statement_fn st_event, st_no_event, st_message;
statement_fn st_account, st_password, st_new_password, st_login, st_upn, st_state;
statement_fn st_impersonation, st_no_impersonation, st_scope, st_no_scope, st_policy, st_no_policy;
statement_fn st_mailbox_policy, st_impersonators, st_no_impersonators, st_impersonated_by;
statement_fn st_no_impersonated_by, st_ews_block, st_ews_apps, st_principal, st_remove_group;
statement_fn st_note, st_remove_account;
statement_fn st_group, st_group_kind, st_member, st_no_member, st_nested, st_no_nested;
statement_fn st_address_book, st_shows, st_app, st_secret, st_no_secret, st_certificate;
statement_fn st_redirect, st_user, st_no_user, st_app_flag;
statement_fn st_fault, st_no_fault, st_every, st_no_every;
/* Run the statements in these words, parted by ";". */
int run_words(struct run *r, const char *const *word, int n);

/* Errors: all answer -1. */
int refuse(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int refuse_known(struct run *r, const char *what, const char *word, const char *known);

/* The known word that was probably meant: tried one by one, or from a list parted by blanks. */
struct near {
	const char *word;
	char best[64];
	int distance;
};
void near_try(struct near *n, const char *known);
void near_try_list(struct near *n, const char *known);

/* Values. The kind says what `to` points to. */
enum take {
	TAKE_FLAG,    /* bool: the option's name alone */
	TAKE_YES,     /* bool: yes no on off; nothing = yes */
	TAKE_TEXT,    /* const char *, in the line: copy it */
	TAKE_NUMBER,  /* int: 0 to a billion */
	TAKE_SECONDS, /* int: 30, 30s, 5m, 2h, 1d, 1h30m */
	TAKE_MILLE,   /* int: 25% is 250 */
	TAKE_TIME,    /* utc_t: with Z or offset, or UTC */
	TAKE_PREMISE, /* struct premise * */
	TAKE_MAILBOX, /* struct mailbox * */
	TAKE_GROUP,   /* struct group * */
	TAKE_ZONE,    /* const struct zone * */
	TAKE_PRODUCT, /* const struct product * */
	TAKE_LEVEL,   /* uint32_t of rights: a level's name or 0x... */
	TAKE_CHOICE,  /* int: the index in `choices` */
	TAKE_WORDS    /* struct taken: all words up to the next option */
};
struct taken {
	const char *const *at;
	int n;
};
struct option {
	const char *word; /* NULL ends the list */
	enum take take;
	void *to;
	const char *choices; /* parted by blanks */
};
const char *next(struct run *r); /* the next word, or NULL */
/* One value that has to be there; `what` names it in messages. */
bool want(struct run *r, const char *what, enum take take, void *to);
bool want_choice(struct run *r, const char *what, const char *choices, int *to);
/* All words that are left, as options in any order. */
bool options(struct run *r, const struct option *known);
/* The mailboxes that are named come into a list, or out of it, once all of them are known: 0, -1.
 */
int change_list(struct run *r, struct mailbox ***list, bool add);
/* A moment by a person's clock: a date or date and time, also "today+3T09:00" and "monday-1"
 * (Monday of this week, and of those around it). *date = no time of day was said. */
bool want_time(struct run *r, const struct zone *zone, utc_t *at, bool *date);

/* A folder of the place's mailbox: calendar, inbox ..., or the name of one of its own. */
bool read_folder(struct run *r, const char *word, int *folder);

/* The thing a property belongs to. */
struct premise *the_premise(const struct run *r);
struct mailbox *the_mailbox(const struct run *r);
struct group *the_group(const struct run *r);
struct app *the_app(const struct run *r);
/* The account a statement is about; a mailbox's is made when it has none. NULL: the name is taken,
 * which was told. */
struct identity *the_identity(struct run *r);
/* Take up a thing: what follows belongs to it. */
void enter(struct run *r, enum place_kind kind, void *thing);
/* A name that is free, of a thing that a rule may not make. */
bool may_make(struct run *r, const char *what, const char *name);

/* Files: a scenario by name or path, below the one that is read. */
int scenario_include(struct run *r, const char *name);

/* Rules: things that change by themselves. */
struct change_rule {
	struct change_rule *next;
	char *name;
	utc_t due; /* before the world is live: seconds after that */
	int interval;
	const char ***turns; /* NULL-terminated: words of one turn, NULL-terminated */
	int turn, n_turns;
	struct scenario_place place;
};
void rules_live(struct world *w);

#endif
