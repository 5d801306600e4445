/* Config: one table of settings: parse, default, check, print, origin.
 *
 * File format: `name = value`, one a line, # comments. LATCHKEY_<NAME> in the environment overrides
 * the file. Unknown names, doubles and bad values are errors that name the file and the line.
 */
#ifndef LATCHKEY_CONFIG_H
#define LATCHKEY_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"
#include "err.h"

/* The build names the directories; these stand in where there is none (analysers, editors). */
#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#define LOCALSTATEDIR "/var"
#define RUNSTATEDIR "/run"
#define DATADIR "/usr/share"
#endif

#define CONFIG_FILE SYSCONFDIR "/latchkey/latchkey.conf"

enum { CONFIG_ROWS = 35 }; /* settings in the table */

enum config_tenancy { TENANCY_SINGLE, TENANCY_MULTI };

struct config {
	const char *public_url; /* no slash at its end; makes every link, cookie and origin check */
	const char *database;
	const char *socket;	  /* FastCGI */
	const char *socket_group; /* group of the web server */
	const char *doorbell;	  /* the engine's socket */
	const char *templates;
	const char *web_user;
	const char *engine_user;
	const char *group; /* shared group of both, owns the data directory */
	const char *key_file;
	const char *key_command; /* prints what key_file would hold */
	const char *public_keys; /* the public half, readable by the web tier */
	const char *head_file;	 /* the engine's own copy of the last audit seal */
	const char *egress_file;
	const char *ca_file;	  /* "" = the system's trust store */
	const char *dns_servers;  /* "" = the system's */
	const char *proxies;	  /* NAME=HOST:PORT, ... */
	const char *proxy_logins; /* file with a NAME USER PASSWORD line each; "" */
	const char *smtp_url;	  /* "" = none */
	const char *smtp_login;	  /* file with a USER PASSWORD line; "" */
	const char *mail_from;	  /* "" only without smtp_url */
	const char *mail_quiet;	  /* hours (config_hours), or "" */
	int64_t mail_per_minute;
	int64_t tenancy; /* enum config_tenancy */
	int64_t workers;
	int64_t log_level; /* enum log_level */
	int64_t max_body;
	int64_t request_timeout; /* seconds until a stuck worker is replaced */
	int64_t session_idle;
	int64_t session_absolute;
	int64_t fresh; /* seconds a sign-in counts as fresh */
	int64_t invite_days;
	int64_t reset_hours;
	int64_t check_minutes; /* between looks at a connection that is well */
	int64_t grace_hours;   /* until a secret that was replaced is erased */
	/* derived */
	int secure;	    /* public_url is https */
	const char *origin; /* scheme://host[:port] as a browser sends it */
	/* private: where each row's value comes from, in the order of the table */
	const char *origins[CONFIG_ROWS];
};

/* "22:00-07:00" as minutes of the day, not equal; 0 or -1. */
int config_hours(const char *text, int *from, int *to) must_check;

struct config_row; /* name, type, default, limits, help: private to config.c */

/* Read file (NULL: CONFIG_FILE; absent is fine only then) and environment into c. The strings live
 * in the arena. 0 or -1 with ERR_SETUP naming file, line, what is wrong and what is allowed. */
int config_load(struct config *c, const char *file, struct arena *a, struct err *e) must_check;

/* The table, for printing: row i of config_count. */
size_t config_count(void);
struct config_view {
	const char *name;
	const char *value;  /* as text */
	const char *origin; /* "default", "environment" or "FILE:LINE" */
	const char *help;
};
void config_show(const struct config *c, size_t i, struct arena *a, struct config_view *out);

#endif
