/* Ctl: the operator's command line: what a command gets, what it can print, and every handler.
 *
 * latchkey.c holds the one table of commands; help, option parsing and the checks before a handler
 * runs follow from its rows. A handler returns 0 (done), 1 (done, and the answer is "not good":
 * exit code 1) or -1 with an error. ERR_INPUT means a wrong command line: exit code 2.
 */
#ifndef LATCHKEY_CTL_H
#define LATCHKEY_CTL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/config.h"
#include "platform/err.h"
#include "service/svc.h"

enum {
	CTL_ARGS_MAX = 64,
	CTL_FLAGS_MAX = 48,
	CTL_COMMANDS_MAX = 96,
	CTL_FAILED = 1,
	CTL_USAGE = 2
};

/* What must be there before a handler runs. */
enum ctl_need {
	CTL_CONFIG = 1,	  /* the settings are read */
	CTL_DATABASE = 2, /* the database is open and its schema is ours */
	CTL_ROOT = 4	  /* root, when the settings name users to change to */
};

struct ctl_flag {
	const char *name; /* without the dashes */
	const char *arg;  /* what follows, in capitals; NULL: nothing */
	const char *help;
};

struct ctl;

struct ctl_command {
	const char *words; /* "user reset" */
	const char *args;  /* "EMAIL [NAME]": those in brackets may be left out; dots: any number */
	const struct ctl_flag *flags;
	unsigned needs;
	int (*run)(struct ctl *c, struct err *e);
	const char *help; /* one line */
	const char *more; /* what else one should know; NULL */
};

struct ctl {
	const struct ctl_command *cmd;
	const char *file; /* -c; NULL: the usual one */
	int json;
	int quiet;
	int bare; /* no command was given: the list of them is shown, and is an error */
	int argc;
	const char *argv[CTL_ARGS_MAX];
	const char *flags[CTL_FLAGS_MAX]; /* in the order of cmd->flags; NULL: not given */
	struct arena arena;
	struct config cf;
	struct db *db;
	struct svc svc;
};

/* latchkey.c: the table. */
extern const struct ctl_command ctl_commands[];
extern const size_t ctl_command_count;

/* ctl_line.c: find the command, its options and arguments: 0, or -1 with ERR_INPUT. */
int ctl_line_read(struct ctl *c, int argc, char **argv, struct err *e) must_check;
int ctl_line_help(struct ctl *c, struct err *e) must_check;

/* ctl.c: what every command needs. */

/* Value of a flag of this command: NULL when it was not given, "" for one that takes none. */
const char *ctl_flag(const struct ctl *c, const char *name);
/* Flag as a number in [min, max]; `initial` when it was not given. */
int ctl_flag_int(const struct ctl *c, const char *name, int64_t initial, int64_t max, int64_t *out,
	struct err *e) must_check;
/* An argument as an id; `what` names it in the error. */
int ctl_id(const char *text, const char *what, int64_t *out, struct err *e) must_check;
/* Open the database that the settings name as c->db, in the name of the caller; its schema is only
 * compared when `check` is set. */
int ctl_open(struct ctl *c, int flags, int check, struct err *e) must_check;
/* One row of the audit log, for what no svc_ function does: in a transaction of its own. */
int ctl_audited(struct ctl *c, enum audit_action action, const char *about, const char *detail,
	struct err *e) must_check;
/* An error in words for ops; always -1. The texts of e itself may be among the arguments. */
int ctl_fail(struct err *e, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Of n names (a pointer every `step` bytes), the one nearest to word; NULL when none is near. */
const char *ctl_nearest(const char *word, const void *names, size_t n, size_t step);

/* ctl_out.c: people get aligned text, programs (--json) one JSON value on standard output. */

enum ctl_cell_kind { CELL_TEXT, CELL_INT, CELL_BOOL, CELL_TIME, CELL_TABLE };

struct ctl_table;

struct ctl_cell {
	enum ctl_cell_kind kind;
	int64_t num;
	const char *text; /* NULL: nothing, which is null in JSON */
	const struct ctl_table *table;
};

#define C_TEXT(s) ((struct ctl_cell){ .kind = CELL_TEXT, .text = (s) })
#define C_NONE ((struct ctl_cell){ .kind = CELL_TEXT })
#define C_INT(v) ((struct ctl_cell){ .kind = CELL_INT, .num = (int64_t)(v) })
#define C_BOOL(v) ((struct ctl_cell){ .kind = CELL_BOOL, .num = (v) != 0 })
#define C_TIME(t) ((struct ctl_cell){ .kind = CELL_TIME, .num = (t) })
#define C_TABLE(t) ((struct ctl_cell){ .kind = CELL_TABLE, .table = (t) })

struct ctl_field {
	const char *key; /* of JSON; people see "signed_in" as "Signed in" */
	struct ctl_cell cell;
};

/* A table with these columns (ended by NULL), in the arena. */
struct ctl_table *ctl_out_new(struct ctl *c, const char *const *keys);
void ctl_out_row(struct ctl *c, struct ctl_table *t, const struct ctl_cell *cells, size_t n);
#define CTL_ROW(c, t, ...)                                                                         \
	ctl_out_row((c), (t), (const struct ctl_cell[]){ __VA_ARGS__ },                            \
		sizeof((const struct ctl_cell[]){ __VA_ARGS__ }) / sizeof(struct ctl_cell))
/* Print it; `empty` is what people read when there are no rows. */
void ctl_out_table(struct ctl *c, const struct ctl_table *t, const char *empty);
/* Print one thing: a line a field, tables below. */
void ctl_out_record(struct ctl *c, const struct ctl_field *fields, size_t n);
#define CTL_RECORD(c, ...)                                                                         \
	ctl_out_record((c), (const struct ctl_field[]){ __VA_ARGS__ },                             \
		sizeof((const struct ctl_field[]){ __VA_ARGS__ }) / sizeof(struct ctl_field))

/* A long list that is printed as it comes: nothing is kept. `width` of people's columns in
 * characters, 0 for the last; longer texts are not cut. */
struct ctl_stream {
	const char *const *keys;
	const int *width;
	int64_t rows;
};
void ctl_out_stream(struct ctl *c, struct ctl_stream *s, const struct ctl_cell *cells);
void ctl_out_stream_end(struct ctl *c, struct ctl_stream *s, const char *empty);

/* Beside a list that was printed as JSON: an object of its own, a line on standard error. */
void ctl_out_aside(const struct ctl_field *fields, size_t n);
/* What one must know to read a list right, on standard error, also with -q; as JSON {"ok":ok,
 * "KEY":true,"say":...}. */
void ctl_out_warn(struct ctl *c, int ok, const char *key, const char *say);

/* A remark for people; not with --json or -q. */
void ctl_out_say(struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text for people, control characters made harmless. */
void ctl_out_text(const char *s);
/* The same in a column of this width, with two blanks behind; a width of 0 is the last column. */
void ctl_out_column(const char *s, size_t width);
/* Text of several lines, set in, with a head of this width before the first. */
void ctl_out_lines(struct ctl *c, int indent, const char *head, int width, const char *text);
/* The end of an error's journey: what happened, why, what to do; on standard error. */
void ctl_out_error(struct ctl *c, const struct err *e);
/* s as a JSON string; bytes that are not UTF-8 become U+FFFD. */
void ctl_out_json(struct buf *b, const char *s);

/* ctl_place.c: every directory and file: who must own it and with which mode. */

struct ctl_place {
	const char *what;
	const char *path;
	mode_t type;	   /* S_IFDIR or S_IFREG */
	const char *user;  /* "": any */
	const char *group; /* "": any */
	mode_t mode;
	int optional; /* need not be there */
};

enum { CTL_PLACES_MAX = 16 };
/* Fill p (CTL_PLACES_MAX); returns how many. A path that comes twice is listed once. */
size_t ctl_place_list(struct ctl *c, struct ctl_place *p);
/* A command that makes the place right, in the arena. */
const char *ctl_place_fix(struct ctl *c, const struct ctl_place *p);
/* What is wrong with it, in the arena; NULL: nothing. *missing: it is not there. */
const char *ctl_place_wrong(struct ctl *c, const struct ctl_place *p, int *missing);
/* Give it owner and mode. */
int ctl_place_own(const struct ctl_place *p, struct err *e) must_check;
/* Owner and mode of the database and of the files SQLite keeps beside it. */
int ctl_place_own_database(struct ctl *c, struct err *e) must_check;
/* Ids of names: 0 or -1 when there is none; "" gives -1 as id, which chown leaves as it is. */
int ctl_place_user(const char *name, uid_t *uid) must_check;
int ctl_place_group(const char *name, gid_t *gid) must_check;
/* The command that makes a system user or group, in the arena. */
const char *ctl_place_make_user(struct ctl *c, const char *name);
const char *ctl_place_make_group(struct ctl *c, const char *name);
/* Is the name of a user "", or the one who runs this? */
int ctl_place_is_me(const char *name);

/* ctl_probe.c: does the portal answer? */

enum { CTL_PROBE_MS = 3000 };
struct ctl_answer {
	int status;
	const char *body; /* in the arena */
};
/* GET /health through the FastCGI socket. */
int ctl_probe_fastcgi(struct ctl *c, struct ctl_answer *out, struct err *e) must_check;
/* GET /health through the web server; public_url must be http, which is always on loopback. */
int ctl_probe_http(struct ctl *c, struct ctl_answer *out, struct err *e) must_check;

/* ctl_backup.c: is the file behind db whole? */
int ctl_backup_check(struct ctl *c, struct db *db, struct err *e) must_check;

/* ctl_egress.c: ask the name servers of the settings; ERR_NET when there is no address. */
struct addresses;
int ctl_egress_resolve(
	struct ctl *c, const char *host, struct addresses *found, struct err *e) must_check;

/* ctl_keys.c */

struct keyring;
/* The private keys, from where the settings say; NULL with an error. keyring_free it. */
struct keyring *ctl_keys_load(struct ctl *c, struct err *e);
/* Write them to a file of the engine's user. */
int ctl_keys_write(
	struct ctl *c, const struct keyring *k, const char *path, struct err *e) must_check;

/* ctl_people.c: work in the account of --account, or in the only one: c->svc.who.account. */
int ctl_people_choose(struct ctl *c, struct err *e) must_check;

/* ctl_jobs.c: print a job's steps as they end, for at most so many seconds (then ERR_TIMEOUT). */
int ctl_jobs_watch(struct ctl *c, int64_t id, int64_t seconds, enum job_state *state,
	struct err *e) must_check;
/* Watch to the end for --timeout seconds, and with --json print what it was. */
int ctl_jobs_follow(struct ctl *c, int64_t id, struct err *e) must_check;
/* Take HOST[:PORT] apart, with 443 as default; an IPv6 address with a port is in brackets. */
int ctl_jobs_host(struct ctl *c, const char *text, const char **host, int64_t *port,
	struct err *e) must_check;

/* ctl_secret.c */

struct secret;
/* The secret of --secret-file, or typed by whoever sits there for `whose`; and that of
 * --client-secret-file. The caller frees what was read, also after an error. */
int ctl_secret_read(struct ctl *c, const char *whose, struct secret **secret,
	struct secret **client, struct err *e) must_check;
/* The text of the PEM file that a flag names; "" when it was not given. */
int ctl_secret_pem(struct ctl *c, const char *flag, const char **out, struct err *e) must_check;

/* Handlers, one per row of the table, called through it alone; each file's name is their prefix. */

int ctl_init(struct ctl *c, struct err *e);
int ctl_init_migrate(struct ctl *c, struct err *e);

int ctl_config(struct ctl *c, struct err *e);
int ctl_diagnosis(struct ctl *c, struct err *e);

int ctl_people_account_add(struct ctl *c, struct err *e);
int ctl_people_account_list(struct ctl *c, struct err *e);
int ctl_people_user_list(struct ctl *c, struct err *e);
int ctl_people_user_reset(struct ctl *c, struct err *e);
int ctl_people_user_role(struct ctl *c, struct err *e);
int ctl_people_user_remove(struct ctl *c, struct err *e);
int ctl_people_invite(struct ctl *c, struct err *e);
int ctl_people_invite_list(struct ctl *c, struct err *e);
int ctl_people_invite_revoke(struct ctl *c, struct err *e);
int ctl_boundaries(struct ctl *c, struct err *e);
int ctl_members_list(struct ctl *c, struct err *e);
int ctl_members_check(struct ctl *c, struct err *e);
int ctl_members_export(struct ctl *c, struct err *e);
int ctl_members_script(struct ctl *c, struct err *e);

int ctl_members_import(struct ctl *c, struct err *e);

int ctl_doctor(struct ctl *c, struct err *e);

int ctl_jobs_list(struct ctl *c, struct err *e);
int ctl_jobs_show(struct ctl *c, struct err *e);
int ctl_jobs_cancel(struct ctl *c, struct err *e);
int ctl_jobs_wait(struct ctl *c, struct err *e);
int ctl_jobs_look(struct ctl *c, struct err *e);

int ctl_audit_list(struct ctl *c, struct err *e);
int ctl_audit_verify(struct ctl *c, struct err *e);

int ctl_keys_list(struct ctl *c, struct err *e);
int ctl_keys_rotate(struct ctl *c, struct err *e);
int ctl_keys_drop(struct ctl *c, struct err *e);

int ctl_egress_list(struct ctl *c, struct err *e);
int ctl_egress_allow(struct ctl *c, struct err *e);
int ctl_egress_deny(struct ctl *c, struct err *e);
int ctl_egress_check(struct ctl *c, struct err *e);

int ctl_backup(struct ctl *c, struct err *e);
int ctl_backup_restore(struct ctl *c, struct err *e);

#endif
