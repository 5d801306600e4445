/* Page_layout: what the handlers share: words, confirmations, refusals. */
#ifndef LATCHKEY_PAGE_LAYOUT_H
#define LATCHKEY_PAGE_LAYOUT_H

#include "page.h"
#include "exchange/boundary.h"
#include "service/svc_connection.h"
#include "service/svc_switch.h"

/* EWS in Office 365: off unless somebody keeps it on, then gone. */
enum {
	EWS_OFF_AT = 1790812800, /* 1 October 2026 */
	EWS_GONE_AT = 1806537600 /* 1 April 2027 */
};

/* "Account admin". */
const char *page_role(enum role role);
/* "5 minutes", "8 hours", "7 days"; in the arena. */
const char *page_span(struct arena *a, int64_t seconds);
/* "12,345"; in the arena. */
const char *page_number(struct arena *a, int64_t n);
/* "1 person", "12,345 people"; in the arena. */
const char *page_count(struct arena *a, int64_t n, const char *one, const char *many);
/* What to call somebody: the name, or the address when there is none yet. */
const char *page_name(const char *name, const char *email);
/* An address in a list: it breaks before its @ where it is narrow. */
void page_address(struct view *row, struct arena *a, const char *email);
/* Who did it: whoever has no name here did it on the command line. */
const char *page_by(const char *name);
/* A time, when there is one: the section has the marker of its text. */
void page_when(struct view *v, enum marker at, enum marker iso, int64_t t, struct arena *a);

/* Redirect to a path of this site, with a query or without, where the confirmation `code` is shown
 * once. */
void page_done(struct page *p, const char *path, const char *code);
/* Redirect to where the page is for this person; a confirmation goes along. */
void page_lead(struct page *p, const char *path);
/* A POST was refused for a reason that no single field has: fill its page again, with the reason in
 * e above it. 0, or -1 with e when it was our fault. */
int page_refuse(struct page *p, struct err *e) must_check;

/* A sentence of an error in bold above the page, what follows it beside. */
void page_failed(struct page *p, const char *say);

/* A choice of a <select> or of radio buttons; one row of `section`. */
struct page_option {
	const char *value;
	const char *name;
};
void page_option(struct view *v, enum marker section, const struct page_option *o, int chosen);

/* page_signin.c: sign in as this user, for this browser; ends the session that was there. */
int page_enter(struct page *p, const struct user *u, struct err *e) must_check;
/* page_steps.c: a job of the engine and its steps. */
struct page_face {
	const char *class;
	const char *icon;
	const char *title; /* while there is no outcome; NULL: what runs has a word of its own */
	const char *say;
};
/* Has it not ended? */
int page_job_live(const struct job *j);
/* note: one of its steps has one. */
const struct page_face *page_job_face(const struct job *j, int note);
/* The verdict in one sentence: the engine's, once there is one. now: of one that runs. */
const char *page_job_title(const struct job *j, const struct page_face *face, const char *now);
/* The job of this page, which is of that kind, and its steps: how many, or -1. */
int page_job_read(struct page *p, const char *kind, struct job *j, struct job_step **s,
	struct err *e) must_check;
/* Class, icon and word of a step; returns the word. */
const char *page_step_face(struct view *row, enum step_state state);
/* Where a step that failed leads: 1; 0 = nowhere. */
typedef int (*page_link_of)(struct page *p, const struct job_step *s, struct page_option *out);
struct page_ran {
	int all, done;
	int note; /* one of them has one */
};
/* Fills parts/steps.tpl; find may be NULL. */
struct page_ran page_steps(struct page *p, const struct job_step *s, int n, page_link_of find);
/* Fills parts/verdict.tpl, and what is known of the job itself. */
void page_job(struct page *p, const struct job *j, struct page_ran ran, const char *now);
/* page_look.c: rows of a list of looks; shows that there are some or none. */
void page_look_rows(struct page *p, const struct job *list, int n);
/* page_audit.c: one event of a timeline. */
void page_event(struct page *p, struct view *v, const struct audit *row);
/* page_me.c: rows of a table of sessions. base: path before a session's number; who: rows name the
 * person (else they name the browser). */
void page_session_rows(
	struct page *p, const struct session *list, int n, const char *base, int who);
/* page_standing.c: how members stand, in words. */
/* Class, icon and word of parts/status.tpl. */
void page_status(struct view *v, enum status s);
/* "is-limited": for whatever else has the colour. */
const char *page_status_class(enum status s);
const char *page_status_icon(enum status s);
/* "Calendar not delegated"; "" when nothing is wrong. A member that is not checked waits. */
const char *page_standing_reason(const struct standing *s);
/* "Read, create, change, delete"; "None"; "Unknown". */
const char *page_standing_rights(const struct standing *s);
/* "Avery Stone to Zoe Marsh, 50 of 1,204": what a page of a list shows, which is at least one row;
 * all: the number of all. */
const char *page_standing_rows(
	struct arena *a, const struct roster_row *list, int n, const char *all);
/* Is what was seen older than a day, or was nothing? */
enum { STANDING_OLD = 24 * 60 * 60 };
int page_standing_old(const struct standing *s);
/* page_fix.c: what the table of reasons says; of a code that this program does not know, only that.
 */
const struct reason_row *page_reason(const char *code);
/* Its words about a member of this kind: of a room they say "this room". In the arena. */
const char *page_said(struct arena *a, enum member_kind kind, const char *text);
/* Fills parts/fix.tpl and parts/command.tpl. live: the account's connection; id 0: none. */
struct page_fix {
	const struct standing *s;
	enum member_kind kind;
	const char *name, *mailbox;
	const struct connection *live;
};
void page_fix(struct page *p, const struct page_fix *f);
/* page_scripts.c: for the overview, the script that most are in need of; for a member's page, the
 * one that mends what is wrong: fills parts/fix.tpl. */
int page_script_next(struct page *p, struct err *e) must_check;
int page_script_fix(struct page *p, const struct standing *s, struct err *e) must_check;
/* page_mails.c: the latest mails to a member in parts/mails.tpl; shows that there are some. */
int page_mails(struct page *p, const struct member *m, struct err *e) must_check;
/* page_work.c: fills parts/works.tpl with what is done with many members; only: the kind of job,
 * NULL = any. url: the page itself, which asks for itself again while something runs. How many run,
 * or -1. */
int page_works(struct page *p, const char *only, const char *url, struct err *e) must_check;
/* page_week.c: fills parts/week.tpl; NULL: nothing is known. */
void page_week(struct page *p, const struct week *w);
/* page_member.c: what every page of one member names them by; p->id is theirs. */
void page_member_head(struct page *p, const struct member *m);
/* page_people.c: the radio buttons of parts/role.tpl, and what was chosen of them. */
void page_role_options(struct page *p, enum role chosen);
enum role page_role_chosen(const struct page *p);
/* What is true of the mail with a link now; it is sent by the engine, a moment later. */
const char *page_mail_say(struct page *p, const struct mail *m);
/* Will a link go by mail, or is it handed over? */
int page_link_way(struct page *p, struct err *e) must_check;
/* page_state.c: how the live connection does. */
struct page_state {
	const char *class;
	const char *icon;
	const char *word;  /* "Healthy" */
	const char *title; /* the verdict */
	const char *act;   /* what that means, and what to do */
};
/* live->id 0: there is none. */
const struct page_state *page_state_of(const struct connection *live, const struct health *h);
/* A pause and its end hold at once, before the engine has seen them. */
void page_state_pause(const struct connection *live, struct health *h);
struct page_secret {
	const char *signin;
	const char *title; /* "Password" */
	const char *name;  /* "password" */
	const char *again; /* "Enter the new password" */
	const char *then;  /* what may be behind a refusal, and what to do */
};
/* What a connection signs in with, in words. */
const struct page_secret *page_secret(const struct connection *c);
/* Whoever paused it, and why. */
void page_paused(struct page *p, const struct connection *live);
/* Fills parts/refused.tpl. */
void page_refused(struct page *p, const struct connection *live, const struct health *h);
/* The pill in the bar, and a refused sign-in above the page. */
void page_state_pill(struct page *p);
/* page_connection.c: the tabs above every page of the connection; fills what they are for. */
struct page_way {
	struct svc_connections both;
	const struct connection *base; /* what forms begin with; NULL = nothing is chosen */
	int ready;		       /* the base has a secret that can be tried */
	struct svc_sides sides;	       /* what there is to switch between */
};
int page_connection_tabs(struct page *p, struct page_way *out, struct err *e) must_check;
/* "Dedicated mailbox", by its code. */
const char *page_method_name(const char *method);
/* The base of a form in hidden fields, so that two who save at once are told. */
void page_connection_base(struct page *p, const struct connection *base);
/* The version of what waits to be proved in a hidden field, for the same reason: 1, 0 or -1. */
int page_connection_over(struct page *p, const struct connection *c, struct err *e) must_check;
/* page_switch.c: fills parts/sides.tpl, switch.tpl, back.tpl and gone.tpl. */
void page_switch_sides(struct page *p, const struct svc_sides *s);
/* Their settings beside each other, a row of M_SIDE_LINE each; from->id 0: there is none. */
void page_switch_beside(struct page *p, const struct connection *from, const struct connection *to);
/* page_census.c: all members at a glance, for the overview. */
int page_census(struct page *p, struct err *e) must_check;
/* page_reach.c: the picture of how far Latchkey reaches; nothing while nothing is connected. */
int page_reach(struct page *p, struct err *e) must_check;
/* page_boundary.c: "is-limited": for whatever shows how something is to what is intended. */
const char *page_fit_class(enum fit fit);
/* page_charts.c: days and calls of the connection in use. */
int page_charts(struct page *p, const struct connection *live, struct err *e) must_check;
/* page_credentials.c: the fields "secret" and "expires" of an application's secret. It is good
 * through the day that was entered, in UTC as all times here. */
void page_check_client_secret(struct page *p);
int64_t page_client_secret_end(const struct page *p); /* 0 = not known */
/* page_settings.c: the tabs above every page of the settings. */
void page_settings_tabs(struct page *p);

#endif
