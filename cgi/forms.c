/* Forms: the fields of every form, as the rows of routes.c name them.
 *
 * Rules: a field's limits are those of what it is kept in. No field is called confirm or retype.
 */
#include "forms.h"

#include "mail/mail_text.h"
#include "page_script.h"
#include "platform/password.h"
#include "service/svc_diagnosis.h"
#include "service/svc_import.h"
#include "service/svc_trial.h"

enum { NEXT_MAX = 1024, NAME_MAX_POINTS = 100 };

/* Secrets of people are not measured here but by password_weak, which also says why. */
const struct field form_next[] = {
	{ "next", F_LOCAL, 0, NEXT_MAX, "Next page", NULL },
	{ 0 },
};
const struct field form_signin[] = {
	{ "email", F_EMAIL, 1, 254, "E-mail address", NULL },
	{ "password", F_SECRET, 1, PASSWORD_MAX, "Password", NULL },
	{ "next", F_LOCAL, 0, NEXT_MAX, "Next page", NULL },
	{ 0 },
};
const struct field form_choose[] = {
	{ "account", F_ID, 1, 0, "Account", NULL },
	{ "next", F_LOCAL, 0, NEXT_MAX, "Next page", NULL },
	{ 0 },
};
const struct field form_confirm[] = {
	{ "password", F_SECRET, 1, PASSWORD_MAX, "Password", NULL },
	{ "next", F_LOCAL, 0, NEXT_MAX, "Next page", NULL },
	{ 0 },
};
/* What a link asks for depends on its kind; page_link.c checks that it came. */
const struct field form_link[] = {
	{ "token", F_TOKEN, 1, 0, "Link", NULL },
	{ "name", F_TEXT, 0, NAME_MAX_POINTS, "Name", NULL },
	{ "password", F_SECRET, 1, PASSWORD_MAX, "Password", NULL },
	{ "again", F_SECRET, 0, PASSWORD_MAX, "Password once more", NULL },
	{ 0 },
};
/* Pages of a list, by the key of the last row of the page before. */
const struct field form_before[] = {
	{ "before", F_ID, 0, 0, "Older than", NULL },
	{ 0 },
};
const struct field form_after[] = {
	{ "after", F_ID, 0, 0, "Later than", NULL },
	{ 0 },
};
/* The job is one that a button of the page began. */
const struct field form_job[] = {
	{ "job", F_ID, 0, 0, "Job", NULL },
	{ 0 },
};
const struct field form_member[] = {
	{ "before", F_ID, 0, 0, "Older than", NULL },
	{ "job", F_ID, 0, 0, "Job", NULL },
	{ 0 },
};
/* What the form was made from tells two who save at once. */
const struct field form_edit[] = {
	{ "name", F_TEXT, 0, NAME_MAX_POINTS, "Name", NULL },
	{ "calendar", F_EMAIL, 0, 254, "The calendar address", NULL },
	{ "was_name", F_TEXT, 0, 1000, "Name before", NULL },
	{ "was_calendar", F_TEXT, 0, 254, "Calendar address before", NULL },
	{ 0 },
};
/* What a form of the connection was made from. */
#define FORM_BASE                                                                                  \
	{ "from", F_ID, 0, 0, "Connection", NULL },                                                \
	{                                                                                          \
		"rev", F_ID, 0, 0, "Revision", NULL                                                \
	}
const struct field form_method[] = {
	FORM_BASE,
	{ "kind", F_CHOICE, 1, 0, "Server", "exchange|office365" },
	{ "method", F_CHOICE, 1, 0, "Method", "personal|dedicated|delegate|impersonation" },
	{ 0 },
};
/* A server outside the mailbox's domain that Autodiscover named, to be agreed to. */
const struct field form_host[] = {
	{ "host", F_HOST, 0, 253, "Server name", NULL },
	{ 0 },
};
/* page_credentials.c checks what depends on something else. */
const struct field form_exchange[] = {
	FORM_BASE,
	{ "mailbox", F_EMAIL, 1, 254, "The address", NULL },
	{ "find", F_CHOICE, 1, 0, "Server address", "auto|given" },
	{ "server", F_TEXT, 0, 500, "The Exchange address", NULL },
	{ "login", F_TEXT, 0, 320, "The sign-in name", NULL },
	{ "password", F_SECRET, 0, SEAL_SECRET_MAX / 4, "The password", NULL },
	{ "signin", F_CHOICE, 1, 0, "Way to sign in", "auto|ntlm|basic" },
	{ "binding", F_FLAG, 0, 0, "Extended Protection", NULL },
	{ "ca", F_PEM, 0, FORM_PEM_MAX, "The certificate authority", NULL },
	{ "ca_file", F_PEM, 0, FORM_PEM_MAX, "The certificate authority", NULL },
	{ "proxy", F_TEXT, 0, 32, "The proxy", NULL },
	{ 0 },
};
const struct field form_office[] = {
	FORM_BASE,
	{ "mailbox", F_EMAIL, 1, 254, "The address", NULL },
	{ "tenant", F_TEXT, 1, 253, "The directory (tenant) ID", NULL },
	{ "client_id", F_TEXT, 1, 36, "The application (client) ID", NULL },
	{ "signin", F_CHOICE, 1, 0, "Who signs in", "user|app" },
	{ "proof", F_CHOICE, 1, 0, "Proof", "secret|certificate" },
	{ "secret", F_SECRET, 0, SEAL_SECRET_MAX / 4, "The client secret", NULL },
	{ "expires", F_DATE, 0, 10, "Ends on", NULL },
	{ "cloud", F_CHOICE, 1, 0, "Cloud", "worldwide|gcchigh|dod|china|typed" },
	{ "server", F_TEXT, 0, 500, "The Exchange address", NULL },
	{ "authority", F_TEXT, 0, 253, "The sign-in service", NULL },
	{ 0 },
};
const struct field form_from[] = {
	{ "from", F_ID, 1, 0, "Connection", NULL },
	{ 0 },
};
/* What is thrown away: the row and its revision, and the version that waits. */
const struct field form_discard[] = {
	FORM_BASE,
	{ "over", F_TEXT, 0, WORD_MAX, "What waits", NULL },
	{ 0 },
};
/* Both sides of a switch, as they were shown: what it leads to, and what is in use. */
#define FORM_SIDES                                                                                 \
	FORM_BASE, { "live", F_ID, 0, 0, "What is in use", NULL },                                 \
	{                                                                                          \
		"live_rev", F_ID, 0, 0, "Its revision", NULL                                       \
	}
const struct field form_switch[] = {
	FORM_SIDES,
	{ "version", F_TEXT, 0, WORD_MAX, "What was proved", NULL },
	{ 0 },
};
const struct field form_back[] = {
	FORM_SIDES,
	{ 0 },
};
const struct field form_erase[] = {
	{ "over", F_TEXT, 0, WORD_MAX, "What is erased", NULL },
	{ 0 },
};
const struct field form_look[] = {
	{ "host", F_HOST, 1, 253, "Server name", NULL },
	{ "port", F_INT, 1, 65535, "Port", NULL },
	{ 0 },
};
/* Tests of the connection. A box that is not ticked is not sent. */
const struct field form_test[] = {
	{ "which", F_CHOICE, 1, 0, "What is tested", "current|next" },
	{ "person", F_EMAIL, 0, 254, "The test person", NULL },
	{ "outside", F_EMAIL, 0, 254, "The mailbox that must not open", NULL },
	{ "write", F_FLAG, 0, 0, "Test booking", NULL },
	{ "again", F_FLAG, 0, 0, "Try once more", NULL },
	{ 0 },
};
const struct field form_with[] = {
	{ "with", F_ID, 0, 0, "Compared with", NULL },
	{ 0 },
};
/* Which secret waited when the form was made: two who change it at once are told. */
const struct field form_rotate[] = {
	{ "from", F_ID, 1, 0, "Connection", NULL },
	{ "over", F_TEXT, 0, WORD_MAX, "What waits", NULL },
	{ "secret", F_SECRET, 0, SEAL_SECRET_MAX / 4, "The secret", NULL },
	{ "expires", F_DATE, 0, 10, "Ends on", NULL },
	{ 0 },
};
const struct field form_disconnect[] = {
	FORM_BASE,
	{ "shown", F_INT, 0, 2000000000, "How many were shown", NULL },
	{ "why", F_TEXT, 0, NAME_MAX_POINTS, "Reason", NULL },
	{ 0 },
};
/* What is shown of a comparison of connections, and whom a trial is about. */
#define FORM_TRIAL                                                                                 \
	{ "only", F_CHOICE, 0, 0, "Filter", "gain|better|lose|worse|same|other|unseen" },          \
	{                                                                                          \
		"after", F_TEXT, 0, 400, "Behind", NULL                                            \
	}
const struct field form_trial[] = {
	FORM_TRIAL,
	{ 0 },
};
const struct field form_try[] = {
	FORM_TRIAL,
	{ "who", F_CHOICE, 1, 0, "Who is tried", "all|status|sample|typed" },
	{ "status", F_CHOICE, 0, 0, "Status", PAGE_ROSTER_STATUSES },
	{ "sample", F_INT, 0, TRIAL_SAMPLE_MAX, "How many", NULL },
	{ "addresses", F_LINES, 0, 20000, "Members", NULL },
	{ 0 },
};
const struct field form_pause[] = {
	{ "shown", F_INT, 0, 2000000000, "How many were shown", NULL },
	{ "why", F_TEXT, 0, NAME_MAX_POINTS, "Reason", NULL },
	{ 0 },
};
/* First the address alone, by GET; then with the secret. */
const struct field form_replace[] = {
	{ "what", F_CHOICE, 0, 0, "What has happened", "renamed|other" },
	{ "mailbox", F_EMAIL, 0, 254, "The new address", NULL },
	{ 0 },
};
const struct field form_replaced[] = {
	{ "from", F_ID, 1, 0, "Connection", NULL },
	{ "rev", F_ID, 1, 0, "Revision", NULL },
	{ "what", F_CHOICE, 1, 0, "What has happened", "renamed|other" },
	{ "mailbox", F_EMAIL, 1, 254, "The new address", NULL },
	{ "login", F_TEXT, 0, 320, "The sign-in name", NULL },
	{ "secret", F_SECRET, 0, SEAL_SECRET_MAX / 4, "The secret", NULL },
	{ "expires", F_DATE, 0, 10, "Ends on", NULL },
	{ "later", F_FLAG, 0, 0, "Certificate", NULL },
	{ 0 },
};
const struct field form_find[] = {
	{ "q", F_TEXT, 1, 254, "A name or an address", NULL },
	{ "what", F_CHOICE, 1, 0, "What is asked", "search|list" },
	{ 0 },
};
/* Check boxes n.NUMBER, or one of two buttons; which page they are on. */
const struct field form_found[] = {
	{ "n", F_IDS, 0, 100, "Who is ticked", NULL },
	{ "all", F_FLAG, 0, 0, "Everybody", NULL },
	{ "open", F_EMAIL, 0, 254, "The list", NULL },
	{ "after", F_ID, 0, 0, "Later than", NULL },
	{ 0 },
};
const struct field form_rooms[] = {
	{ "q", F_TEXT, 0, 100, "Search", NULL },
	{ "list", F_TEXT, 0, 254, "List", NULL },
	{ "status", F_CHOICE, 0, 0, "Status", PAGE_ROSTER_STATUSES },
	{ "after", F_ID, 0, 0, "Later than", NULL },
	{ 0 },
};
#define FORM_ROOM                                                                                  \
	{ "name", F_TEXT, 0, NAME_MAX_POINTS, "Name", NULL },                                      \
		{ "place", F_TEXT, 0, 100, "Place", NULL },                                        \
	{                                                                                          \
		"seats", F_INT, 0, 10000, "Seats", NULL                                            \
	}
const struct field form_room[] = {
	FORM_ROOM,
	{ 0 },
};
const struct field form_room_add[] = {
	{ "email", F_EMAIL, 1, 254, "Address of the room", NULL },
	FORM_ROOM,
	{ 0 },
};
const struct field form_invite[] = {
	{ "email", F_EMAIL, 1, 254, "E-mail address", NULL },
	{ "name", F_TEXT, 0, NAME_MAX_POINTS, "Name", NULL },
	{ "role", F_CHOICE, 1, 0, "Role", "member|admin" },
	{ 0 },
};
const struct field form_add[] = {
	{ "email", F_EMAIL, 1, 254, "E-mail address", NULL },
	{ "name", F_TEXT, 0, NAME_MAX_POINTS, "Name", NULL },
	{ "calendar", F_EMAIL, 0, 254, "Address of the mailbox", NULL },
	{ "role", F_CHOICE, 1, 0, "Role", "member|admin" },
	{ "invite", F_FLAG, 0, 0, "Invitation", NULL },
	{ 0 },
};
const struct field form_import[] = {
	{ "file", F_FILE, 0, IMPORT_FILE_MAX, "The file", NULL },
	{ "list", F_FILE, 0, IMPORT_FILE_MAX, "The list", NULL },
	{ "columns", F_TEXT, 0, 300, "What the columns are", NULL },
	{ 0 },
};
const struct field form_lines[] = {
	{ "only", F_CHOICE, 0, 0, "Filter", "new|changed|same|twice|refused" },
	{ "after", F_ID, 0, 0, "Later than", NULL },
	{ 0 },
};
const struct field form_role[] = {
	{ "role", F_CHOICE, 1, 0, "Role", "member|admin" },
	{ 0 },
};
const struct field form_policy[] = {
	{ "idle", F_INT, 0, 31536000, "Time without any click", NULL },
	{ "absolute", F_INT, 0, 31536000, "Time in all", NULL },
	{ 0 },
};
/* It is told from another by when it was saved. */
const struct field form_notify[] = {
	{ "from", F_ID, 0, 0, "Saved before", NULL },
	{ "do", F_CHOICE, 1, 0, "What to do", "save|preview" },
	{ "on", F_FLAG, 0, 0, "Reminders", NULL },
	{ "alerts", F_FLAG, 0, 0, "Alerts", NULL },
	{ "instead", F_FLAG, 0, 0, "In place of our words", NULL },
	{ "text", F_LINES, 0, MAIL_OWN_MAX, "The text", NULL },
	{ 0 },
};
const struct field form_password[] = {
	{ "old", F_SECRET, 1, PASSWORD_MAX, "Password now", NULL },
	{ "password", F_SECRET, 1, PASSWORD_MAX, "New password", NULL },
	{ "again", F_SECRET, 1, PASSWORD_MAX, "New password once more", NULL },
	{ 0 },
};
const struct field form_own[] = {
	{ "login", F_TEXT, 0, 320, "The sign-in name", NULL },
	{ "password", F_SECRET, 1, SEAL_SECRET_MAX / 4, "The password", NULL },
	{ 0 },
};
/* The check that was asked for, and the Outlook whose steps are open. */
const struct field form_mine[] = {
	{ "check", F_ID, 0, 0, "Check", NULL },
	{ "outlook", F_CHOICE, 0, 0, "Outlook", "web|new|classic|mac" },
	{ 0 },
};
const struct field form_theme[] = {
	{ "theme", F_CHOICE, 0, 0, "Theme", "light|dark" },
	{ "next", F_LOCAL, 0, NEXT_MAX, "Next page", NULL },
	{ 0 },
};
const struct field form_audit[] = {
	{ "q", F_TEXT, 0, 100, "Search", NULL },
	{ "who", F_CHOICE, 0, 0, "Who", "nobody|member|admin|engine|ops" },
	{ "until", F_DATE, 0, 10, "Until", NULL },
	{ "before", F_ID, 0, 0, "Older than", NULL },
	{ 0 },
};

const struct field form_diagnosis[] = {
	{ "hosts", F_FLAG, 0, 0, "Host names", NULL },
	{ 0 },
};
/* What stood on the page, with whatever an admin made of it. */
const struct field form_diagnosed[] = {
	{ "hosts", F_FLAG, 0, 0, "Host names", NULL },
	{ "text", F_LINES, 1, DIAGNOSIS_NOTED_MAX, "The text", NULL },
	{ 0 },
};
const struct field form_members[] = {
	PAGE_ROSTER_FIELDS,
	{ 0 },
};
/* What is done with many: with those that are ticked, with everyone on the page (without script),
 * or with all that the filter finds. */
const struct field form_chosen[] = {
	PAGE_ROSTER_FIELDS,
	{ "do", F_CHOICE, 1, 0, "What to do", "check|remind|export|script|remove|off|on" },
	{ "id", F_IDS, 0, PAGE_ROSTER_ROWS, "Members", NULL },
	{ "here", F_IDS, 0, PAGE_ROSTER_ROWS, "Members", NULL },
	{ "page", F_FLAG, 0, 0, "This page", NULL },
	{ "match", F_FLAG, 0, 0, "All that match", NULL },
	{ 0 },
};
const struct field form_bulk[] = {
	PAGE_ROSTER_FIELDS,
	{ "do", F_CHOICE, 1, 0, "What to do", "remove|off|on" },
	{ "id", F_IDS, 0, PAGE_ROSTER_ROWS, "Members", NULL },
	{ "shown", F_INT, 0, 2000000000, "How many were shown", NULL },
	{ 0 },
};
const struct field form_members_csv[] = {
	PAGE_ROSTER_FIELDS,
	{ "id", F_IDS, 0, PAGE_ROSTER_ROWS, "Members", NULL },
	{ 0 },
};

const struct field form_whom[] = {
	PAGE_SCRIPT_FIELDS,
	{ 0 },
};
const struct field form_share[] = {
	PAGE_SCRIPT_FIELDS,
	{ "email", F_EMAIL, 0, 254, "E-mail address", NULL },
	{ "days", F_CHOICE, 1, 0, "How long it lasts", "1|7|30" },
	{ "message", F_TEXT, 0, SHARE_MESSAGE_MAX, "Message", NULL },
	{ 0 },
};

/* What was seen of members; and what is intended, made from a revision. */
const struct field form_boundary[] = {
	PAGE_ROSTER_FIELDS,
	{ "kind", F_CHOICE, 0, 0, "Kind", "person|room" },
	{ 0 },
};
#define FORM_BOUNDARY(must)                                                                        \
	{ "level", F_CHOICE, must, 0, "The level", "full|calendars|busy" },                        \
		{ "outside", F_EMAIL, 0, 254, "The mailbox outside", NULL },                       \
	{                                                                                          \
		"from", F_ID, 0, 0, "Revision", NULL                                               \
	}
const struct field form_boundary_ask[] = {
	FORM_BOUNDARY(0),
	{ 0 },
};
const struct field form_boundary_edit[] = {
	FORM_BOUNDARY(1),
	{ "sure", F_FLAG, 0, 0, "Sure", NULL },
	{ 0 },
};
