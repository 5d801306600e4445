/* Latchkey: the operator's command line.
 *
 * The table below is the program: help, option parsing, suggestions and the checks before a handler
 * runs are derived from its rows.
 */
#include "ctl.h"
#include "ctl_ews.h"
#include "ctl_mail.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/log.h"
#include "platform/sandbox.h"
#include "store/migrate.h"

enum { ARENA_MAX = 256 << 20 /* lists are limited, so that their longest texts fit */ };

static int version(struct ctl *c, struct err *e);

/* Options of the commands; each list is ended by a row without a name. */

static const struct ctl_flag no_flags[] = { { 0 } };

static const struct ctl_flag in_account[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ 0 },
};

static const struct ctl_flag init_flags[] = {
	{ "account", "NAME", "name of the first account, usually of the organisation" },
	{ "admin", "EMAIL", "address of its first admin" },
	{ "name", "PERSON", "name of that admin" },
	{ 0 },
};

static const struct ctl_flag account_flags[] = {
	{ "admin", "EMAIL", "address of the first admin" },
	{ "name", "PERSON", "name of that admin" },
	{ 0 },
};

static const struct ctl_flag people_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "limit", "N", "how many at most; 1000 when left out" },
	{ "after", "ID", "only people behind this one" },
	{ 0 },
};

static const struct ctl_flag invite_flags[] = {
	{ "role", "ROLE", "admin or member; member when left out" },
	{ "name", "PERSON", "name of the person" },
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ 0 },
};

/* Which members a command is about. */
#define WHICH                                                                                      \
	{ "account", "ID", "account to work in; may be left out when there is only one" },         \
		{ "status", "STATUS",                                                              \
			"only these: not_checked, connected, limited, action_needed, blocked, "    \
			"deactivated" },                                                           \
		{ "reason", "CODE", "only those for whom this is why; see ews reasons" },          \
		{ "who", "ACTOR",                                                                  \
			"only those for whom this one must act: member, account_admin, "           \
			"exchange_admin, entra_admin, network_admin, ops" },                       \
		{ "stale", NULL, "only those seen more than a day ago" },                          \
		{ "search", "TEXT", "only those whose name, last name or address begins so" },     \
		{ "role", "ROLE", "only admin, or only member" },                                  \
		{ "reach", "REACH",                                                                \
			"only those of whom so much opens: unknown, none, busy, calendar, full" }, \
	{                                                                                          \
		"rooms", NULL, "rooms instead of people"                                           \
	}

static const struct ctl_flag members_flags[] = {
	WHICH,
	{ "limit", "N", "how many at most; 1000 when left out" },
	{ 0 },
};

static const struct ctl_flag members_check_flags[] = {
	WHICH,
	{ "wait", NULL, "wait until all are looked at" },
	{ "timeout", "SECONDS", "how long to wait; 300 when left out" },
	{ 0 },
};

static const struct ctl_flag members_export_flags[] = {
	WHICH,
	{ "output", "FILE", "a new file instead of standard output" },
	{ 0 },
};

static const struct ctl_flag members_script_flags[] = {
	WHICH,
	{ "part", "PART", "run, verify or undo; run when left out" },
	{ "output", "FILE", "a new file, as PowerShell wants it, instead of standard output" },
	{ 0 },
};

static const struct ctl_flag diagnosis_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "clear-hosts", NULL, "leave host names as they are" },
	{ 0 },
};

static const struct ctl_flag check_flags[] = {
	{ "check", NULL, "change nothing, only tell; exit code 1 when something is to be done" },
	{ 0 },
};

static const struct ctl_flag config_flags[] = {
	{ "check", NULL, "only tell whether the settings are right" },
	{ 0 },
};

static const struct ctl_flag jobs_flags[] = {
	{ "kind", "KIND", "only jobs of this kind" },
	{ "limit", "N", "how many at most; 50 when left out" },
	{ "before", "ID", "only jobs older than this one" },
	{ 0 },
};

static const struct ctl_flag wait_flags[] = {
	{ "timeout", "SECONDS", "how long to wait; 300 when left out" },
	{ 0 },
};

static const struct ctl_flag mail_test_flags[] = {
	{ "account", "ID", "send it as mail of this account" },
	{ "timeout", "SECONDS", "how long to wait; 60 when left out" },
	{ 0 },
};

static const struct ctl_flag mail_flags[] = {
	{ "state", "STATE", "only queued, sent, failed or dropped ones" },
	{ "limit", "N", "how many at most; 50 when left out" },
	{ "before", "ID", "only mails older than this one" },
	{ 0 },
};

static const struct ctl_flag mail_retry_flags[] = {
	{ "all", NULL, "every mail that failed" },
	{ 0 },
};

static const struct ctl_flag recheck_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "timeout", "SECONDS", "how long to wait; 300 when left out" },
	{ 0 },
};

static const struct ctl_flag rotate_flags[] = {
	{ "out", "FILE", "with key_command: where to write the list of keys that you must store" },
	{ "new", NULL, "make another key although the last rotation left secrets behind" },
	{ 0 },
};

static const struct ctl_flag drop_flags[] = {
	{ "out", "FILE", "with key_command: where to write the list of keys that you must store" },
	{ 0 },
};

static const struct ctl_flag audit_flags[] = {
	{ "account", "ID", "only rows of this account" },
	{ "text", "TEXT", "only rows in which this text occurs" },
	{ "limit", "N", "how many at most; 50 when left out" },
	{ "before", "SEQ", "only rows older than this one" },
	{ 0 },
};

static const struct ctl_flag verify_flags[] = {
	{ "head", "SEQ:HASH", "a head that was noted before; the log must still hold it" },
	{ 0 },
};

static const struct ctl_flag force_flags[] = {
	{ "force", NULL, "do it even while the engine or the portal answers" },
	{ 0 },
};

/* THE TABLE. Rows are shown by help in this order: setting up, people, work, keys and log, copies.
 */
static const struct ctl_flag members_import_flags[] = {
	{ "dry-run", NULL, "change nobody, only tell what each line would do" },
	{ "columns", "LIST", "what the columns are, in order: \"name, -, email\"" },
	{ "delimiter", "SIGN", "what stands between them: a sign, tab, comma, semicolon or bar" },
	{ "invite", NULL, "invite by mail each person who is new" },
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ 0 },
};

const struct ctl_command ctl_commands[] = {
	/* Setting up. Doctor needs nothing: what another command would end with is a finding there.
	 */
	{ "init", "", init_flags, CTL_CONFIG | CTL_ROOT, ctl_init,
		"set up directories, key, database and the first account",
		"What exists already is kept. On a terminal it asks for what is missing." },
	{ "migrate", "", check_flags, CTL_CONFIG, ctl_init_migrate,
		"bring the database to the schema of this program", NULL },
	{ "diagnosis", "", diagnosis_flags, CTL_CONFIG | CTL_DATABASE, ctl_diagnosis,
		"write one text for support: versions, settings, states, traces",
		"Names of people, hosts, networks and organisations are replaced by stand-ins; "
		"secrets are not in it." },
	{ "config", "[NAME]", config_flags, CTL_CONFIG, ctl_config,
		"show the settings and where each comes from", NULL },
	{ "doctor", "", no_flags, 0, ctl_doctor, "examine the whole installation",
		"Each finding comes with its cause and a fix. Exit code 1 when something fails." },
	/* People. */
	{ "account add", "NAME", account_flags, CTL_CONFIG | CTL_DATABASE, ctl_people_account_add,
		"add an account and print the one-time link for its first admin", NULL },
	{ "account list", "", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_people_account_list,
		"list the accounts", NULL },
	{ "user list", "", people_flags, CTL_CONFIG | CTL_DATABASE, ctl_people_user_list,
		"list the people of an account", NULL },
	{ "user reset", "EMAIL", in_account, CTL_CONFIG | CTL_DATABASE, ctl_people_user_reset,
		"print a one-time link that sets a new password", NULL },
	{ "user role", "EMAIL ROLE", in_account, CTL_CONFIG | CTL_DATABASE, ctl_people_user_role,
		"make a person admin or member", NULL },
	{ "user remove", "EMAIL", in_account, CTL_CONFIG | CTL_DATABASE, ctl_people_user_remove,
		"remove a person from an account", NULL },
	{ "invite", "EMAIL", invite_flags, CTL_CONFIG | CTL_DATABASE, ctl_people_invite,
		"print a one-time invitation link", NULL },
	{ "invite list", "", in_account, CTL_CONFIG | CTL_DATABASE, ctl_people_invite_list,
		"list open invitations and reset links", NULL },
	{ "invite revoke", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_people_invite_revoke,
		"end an open link", NULL },
	{ "boundaries", "", in_account, CTL_CONFIG | CTL_DATABASE, ctl_boundaries,
		"tell how far mailboxes are meant to be reached, and how far they are",
		"Exit code 1 when it is more than intended, or a mailbox opens that must not." },
	{ "members list", "", members_flags, CTL_CONFIG | CTL_DATABASE, ctl_members_list,
		"list members: does it work, why not, who can mend it", NULL },
	{ "members check", "[ADDRESS...]", members_check_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_members_check, "have members' calendars looked at now",
		"Those of the addresses, else all that the options find." },
	{ "members export", "", members_export_flags, CTL_CONFIG | CTL_DATABASE, ctl_members_export,
		"write members as CSV", NULL },
	{ "members script", "[KIND] [ADDRESS...]", members_script_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_members_script,
		"make a PowerShell script for the Exchange admin, or list which there are",
		"It names whoever lacks what it gives, else those of the addresses, or all that "
		"the "
		"options find." },
	{ "members import", "FILE", members_import_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_members_import, "add and change members from a table as text (CSV)",
		"FILE - is standard input. Nobody is removed. The same file again changes nothing. "
		"Exit code 1 when a line is refused." },
	/* The engine's work, and where it may connect to. */
	{ "jobs list", "", jobs_flags, CTL_CONFIG | CTL_DATABASE, ctl_jobs_list,
		"list the engine's jobs, newest first", NULL },
	{ "jobs show", "ID", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_jobs_show,
		"show one job and its steps", NULL },
	{ "jobs cancel", "ID", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_jobs_cancel,
		"ask a job to stop", NULL },
	{ "jobs wait", "ID", wait_flags, CTL_CONFIG | CTL_DATABASE, ctl_jobs_wait,
		"print a job's steps as they happen; exit code 1 unless it is done well", NULL },
	{ "jobs look", "HOST[:PORT]", wait_flags, CTL_CONFIG | CTL_DATABASE, ctl_jobs_look,
		"have the engine look at a server, and wait for what it sees",
		"Port 443 when left out. No credentials are sent." },
	{ "mail test", "ADDRESS", mail_test_flags, CTL_CONFIG | CTL_DATABASE, ctl_mail_test,
		"send a test mail, and wait for what the mail server says", NULL },
	{ "mail list", "", mail_flags, CTL_CONFIG | CTL_DATABASE, ctl_mail_list,
		"list mails and what became of them, newest first", NULL },
	{ "mail retry", "[ID]", mail_retry_flags, CTL_CONFIG | CTL_DATABASE, ctl_mail_retry,
		"try failed mail again", NULL },
	{ "egress list", "", no_flags, CTL_CONFIG, ctl_egress_list,
		"list the destinations that are allowed beyond the usual ones", NULL },
	{ "egress allow", "ENTRY [PORTS]", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_egress_allow,
		"let the engine connect to a destination", NULL },
	{ "egress deny", "ENTRY [PORTS]", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_egress_deny,
		"take an entry off the list", NULL },
	{ "egress check", "HOST[:PORT]", no_flags, CTL_CONFIG, ctl_egress_check,
		"tell whether the engine would connect, address by address", NULL },
	/* The Exchange core by hand. Needs only what the settings say: it runs without a database,
	 * too, and uses the gate of the one that is there. */
	{ "connection add", "NAME", ctl_connection_add_flags, CTL_CONFIG, ctl_connection_add,
		"store a way to Exchange, with its sealed secret", NULL },
	{ "connection list", "", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_list,
		"list the stored ways to Exchange", NULL },
	{ "connection remove", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_remove,
		"remove one, with its secret", NULL },
	{ "connection test", "ID [MEMBER]", ctl_connection_test_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_connection_test, "have the engine test one step by step, and wait for it",
		"With MEMBER, whether the method works for that mailbox as well." },
	{ "connection show", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_show,
		"show its settings, its secrets without their contents, and how it does", NULL },
	{ "connection rotate", "ID", ctl_connection_rotate_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_connection_rotate, "have the engine prove a new secret and change to it",
		"Nothing is changed when it does not work; what is under way goes on." },
	{ "connection pause", "ID", ctl_connection_pause_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_connection_pause, "make no calls until it is resumed", NULL },
	{ "connection resume", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_resume,
		"make calls again", NULL },
	{ "connection switch", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_switch,
		"use the one that waits, and has proved itself, in place of the one in use",
		"For 7 days \"latchkey connection back\" undoes it." },
	{ "connection back", "ID", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_back,
		"go back to the one that was in use last", NULL },
	{ "connection disconnect", "ID", ctl_connection_pause_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_connection_disconnect, "use none any more; members and settings are kept",
		"For 7 days \"latchkey connection back\" undoes it." },
	{ "connection recheck", "ID", recheck_flags, CTL_CONFIG | CTL_DATABASE,
		ctl_connection_recheck, "try a refused sign-in once more",
		"Each try that is refused again may count against the account." },
	{ "connection trial", "", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_trial,
		"tell what would change for members by the connection that waits beside the one in "
		"use",
		"After a switch: by going back." },
	{ "connection report", "JOB", in_account, CTL_CONFIG | CTL_DATABASE, ctl_connection_report,
		"print the report of a test, for the Exchange admin",
		"It names no secret, and no address but those of the test." },
	{ "ews discover", "", ctl_ews_discover_flags, CTL_CONFIG, ctl_ews_discover,
		"find the server of a mailbox, candidate by candidate",
		"Every candidate is looked at without credentials first; one host gets them." },
	{ "ews test", "[MEMBER]", ctl_ews_test_flags, CTL_CONFIG, ctl_ews_test,
		"test a connection step by step",
		"With MEMBER, whether the method works for that mailbox as well." },
	{ "ews calendars", "[ADDRESS...]", ctl_ews_calendars_flags, CTL_CONFIG, ctl_ews_calendars,
		"tell for each person whether it works, why not, and who can mend it", NULL },
	{ "ews busy", "[ADDRESS...]", ctl_ews_busy_flags, CTL_CONFIG, ctl_ews_busy,
		"show when people are busy", "Only begin, end and kind are ever read." },
	{ "ews book", "MEMBER BOOKING", ctl_ews_book_flags, CTL_CONFIG, ctl_ews_book,
		"make a booking",
		"BOOKING is your own id of it: the same id again makes no second one." },
	{ "ews change", "MEMBER BOOKING", ctl_ews_change_flags, CTL_CONFIG, ctl_ews_change,
		"change a booking: what is given, and nothing else", NULL },
	{ "ews cancel", "MEMBER BOOKING", ctl_ews_cancel_flags, CTL_CONFIG, ctl_ews_cancel,
		"cancel a booking", NULL },
	{ "ews follow", "MEMBER", ctl_ews_follow_flags, CTL_CONFIG, ctl_ews_follow,
		"show what became of our bookings in a calendar", NULL },
	{ "ews delegates", "MEMBER", ctl_ews_plain_flags, CTL_CONFIG, ctl_ews_delegates,
		"list the delegates of a mailbox",
		"Only its owner may ask, or whoever may act as the owner." },
	{ "ews people", "TEXT", ctl_ews_plain_flags, CTL_CONFIG, ctl_ews_people,
		"search the directory for a name or an address", NULL },
	{ "ews members", "LIST", ctl_ews_plain_flags, CTL_CONFIG, ctl_ews_members,
		"list the members of a distribution list, and of the lists inside it", NULL },
	{ "ews rooms", "", ctl_ews_plain_flags, CTL_CONFIG, ctl_ews_rooms,
		"list the rooms of all room lists", NULL },
	{ "ews zones", "[NAME...]", ctl_ews_plain_flags, CTL_CONFIG, ctl_ews_zones,
		"list the server's time zones; Exchange 2010 and newer", NULL },
	{ "ews send", "ADDRESS", ctl_ews_send_flags, CTL_CONFIG, ctl_ews_send,
		"send a message from the dedicated mailbox", NULL },
	{ "ews reasons", "[CODE]", no_flags, CTL_CONFIG, ctl_ews_reasons,
		"explain the reasons that the other commands name", NULL },
	/* What must be provable, and what must be kept secret. */
	{ "audit list", "", audit_flags, CTL_CONFIG | CTL_DATABASE, ctl_audit_list,
		"list the audit log, newest first", NULL },
	{ "audit verify", "", verify_flags, CTL_CONFIG | CTL_DATABASE, ctl_audit_verify,
		"check that no row of the audit log was changed, cut out or cut off",
		"As root the engine's seals are checked with its key and its own copy, too." },
	{ "keys list", "", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_keys_list,
		"list the sealing keys and how much each seals", NULL },
	{ "keys rotate", "", rotate_flags, CTL_CONFIG | CTL_DATABASE | CTL_ROOT, ctl_keys_rotate,
		"add a key and have the engine seal every secret with it",
		"A rotation that was interrupted is continued: no second key is made." },
	{ "keys drop", "ID", drop_flags, CTL_CONFIG | CTL_DATABASE | CTL_ROOT, ctl_keys_drop,
		"destroy a key that seals nothing any more", NULL },
	/* Copies. A restore opens the database itself: the one in place may be the damaged one. */
	{ "backup", "FILE", no_flags, CTL_CONFIG | CTL_DATABASE, ctl_backup,
		"copy the database to a new file while everything runs",
		"The keys are not in it: keep a copy of the key file elsewhere." },
	{ "restore", "FILE", force_flags, CTL_CONFIG | CTL_ROOT, ctl_backup_restore,
		"put a backup in the database's place; the old one is kept beside it", NULL },
	{ "version", "", no_flags, 0, version, "print the version", NULL },
	{ "help", "[COMMAND] [WORD]", no_flags, 0, ctl_line_help, "explain a command", NULL },
};

const size_t ctl_command_count = sizeof(ctl_commands) / sizeof(ctl_commands[0]);
_Static_assert(
	sizeof(ctl_commands) / sizeof(ctl_commands[0]) <= CTL_COMMANDS_MAX, "CTL_COMMANDS_MAX");

/* The schema is told as well: it decides which databases this program takes. */
static int version(struct ctl *c, struct err *e)
{
	(void)e;
	if (c->json)
		CTL_RECORD(c, { "version", C_TEXT(LATCHKEY_VERSION) },
			{ "schema", C_INT(migrate_newest()) });
	else
		printf("latchkey %s (schema %d)\n", LATCHKEY_VERSION, migrate_newest());
	return 0;
}

/* Files must end up with their owners, so whoever cannot give them away must not make any. */
static int need_root(struct ctl *c, struct err *e)
{
	if (geteuid() == 0 ||
		(ctl_place_is_me(c->cf.web_user) && ctl_place_is_me(c->cf.engine_user)))
		return 0;
	return ctl_fail(e, ERR_DENIED,
		"\"latchkey %s\" needs root, because it makes files for the users %s and %s. "
		"Run it with sudo.",
		c->cmd->words, c->cf.web_user, c->cf.engine_user);
}

/* What the row of the table asks for, cheapest first. */
static int prepare(struct ctl *c, struct err *e)
{
	if (c->cmd->needs & CTL_CONFIG && config_load(&c->cf, c->file, &c->arena, e) < 0)
		return -1;
	if (c->cmd->needs & CTL_ROOT && need_root(c, e) < 0)
		return -1;
	if (c->cmd->needs & CTL_DATABASE && ctl_open(c, 0, 1, e) < 0)
		return -1;
	return 0;
}

/* The one place where a command's end becomes an exit code. */
static int run(struct ctl *c, int argc, char **argv)
{
	struct err e = { 0 };
	int rc = ctl_line_read(c, argc, argv, &e);

	if (rc == 0)
		rc = sandbox_private(&e); /* keys, passwords and tokens pass through here */
	if (rc == 0)
		rc = prepare(c, &e);
	if (rc == 0)
		rc = c->cmd->run(c, &e);
	if (rc >= 0)
		return rc;
	ctl_out_error(c, &e);
	return e.code == ERR_INPUT || e.code == ERR_FORM ? CTL_USAGE : CTL_FAILED;
}

int main(int argc, char **argv)
{
	struct ctl c = { 0 };
	int rc;

	umask(007); /* portal and engine share what is made through their group */
	log_open("latchkey", LOG_WARN);
	seal_init();
	arena_init(&c.arena, ARENA_MAX);
	rc = run(&c, argc, argv);
	db_close(c.db);
	arena_done(&c.arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("latchkey: the output could not be written\n", stderr);
		rc = CTL_FAILED;
	}
	return c.bare && rc == 0 ? CTL_USAGE : rc;
}
