/* Mend: what members are told of their own calendar: how it is, in their words, and, when they can
 * mend it, the steps in each Outlook. Pure.
 *
 * reason.h speaks to admins, of this person and of commands. Here it is "you", and nothing but
 * Outlook.
 */
#ifndef LATCHKEY_MEND_H
#define LATCHKEY_MEND_H

#include "reason.h"

enum outlook { OUTLOOK_WEB, OUTLOOK_NEW, OUTLOOK_CLASSIC, OUTLOOK_MAC, OUTLOOK__MAX };

struct mend_step {
	const char *title; /* what to do, in a few words */
	const char *say;   /* where it is */
};

/* A way out, for each Outlook. */
struct mend_way {
	const char *title; /* above the steps */
	int mailbox;	   /* the dedicated mailbox has to be found: its address goes with it */
	const char *stuck; /* what it may be when the steps lead nowhere; "" */
	const struct mend_step *const *begin;	     /* by Outlook, what several begin with; NULL */
	const struct mend_step *steps[OUTLOOK__MAX]; /* then these: use mend_step */
};

struct mend {
	const char *title;	    /* how it is: "Your calendar is not shared yet." */
	const char *say;	    /* what that means */
	const struct mend_way *way; /* NULL: nothing that the member can do in Outlook */
	int own;		    /* their own sign-in has to be entered */
};

/* method: the code of the one it was seen by. */
struct mend mend_of(const char *method, enum reason r);
/* Step n, from 0; NULL when there are no more. */
const struct mend_step *mend_step(const struct mend_way *way, enum outlook o, int n);
/* "On the web", and its short name in forms and addresses: "web". */
const char *mend_outlook_title(enum outlook o);
const char *mend_outlook_code(enum outlook o);
/* OUTLOOK_WEB when there is none of that name. */
enum outlook mend_outlook_parse(const char *code);

#endif
