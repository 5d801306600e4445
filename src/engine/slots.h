/* Slots: the one place that moves secrets: from "next", where a person's or a browser's goes, to
 * "current", which all work uses, and to "former", until its grace has ended. A seal holds for one
 * slot, so nobody without the private key can do it.
 */
#ifndef LATCHKEY_SLOTS_H
#define LATCHKEY_SLOTS_H

#include "model.h"
#include "platform/arena.h"
#include "platform/err.h"
#include "platform/seal.h"

enum { SLOTS_AGAIN_S = 3600 /* a new secret is looked at again on a fresh connection then */ };

struct engine;

/* What was proved, as it was read when the proof began. */
struct slots_proved {
	const struct connection *c;
	const char *version; /* of the secret in "next" */
	const char *request; /* of the job */
};

/* What was proved is in "current" from now on, all of it or nothing. A draft becomes the live
 * connection, or waits beside the one that is there until a person switches to it. Where the live
 * one gets a new secret, whoever was lent the old one gets it, too. Everything that happens is
 * audited. 0 in use, 1 it waits, or -1 with ERR_CONFLICT when the secret or the settings are not
 * those any more. */
int slots_switch(struct engine *eng, const struct slots_proved *p, struct err *e) must_check;
/* A draft that has no secret of its own gets that of the live connection to be proved with, where
 * it goes the same way (store_connection_lends): for a sign-in with Microsoft the application's
 * alone, since what a person signed in with must not be there twice. It keeps its version. 1 lent,
 * 0 there is nothing to lend, -1. */
int slots_lend(struct engine *eng, const struct connection *draft, const struct job *j,
	struct err *e) must_check;
/* Is the secret in "next" the one in "current", and the application's likewise? 1, 0 or -1. */
int slots_same(struct engine *eng, const struct connection *c, struct err *e) must_check;

/* The secret in "next" was refused: what it is stays known until its grace has ended or another one
 * is switched to, so that whoever types it once more does not sign in with it once more. */
int slots_refused(struct engine *eng, const struct slots_proved *p, struct err *e) must_check;
/* Is it the refused one that was typed again for the same way? Then it has that one's version, of
 * which the gate knows. */
int slots_recognise(struct engine *eng, const struct connection *c, struct err *e) must_check;

/* Autodiscover has found the server: the row leads there, and "next" is sealed for it. *out is the
 * row of now, in the arena. ERR_CONFLICT as above. */
struct slots_server {
	const char *host;
	int port;
};
int slots_found(struct engine *eng, const struct slots_proved *p, const struct slots_server *found,
	struct arena *a, struct connection *out, struct err *e) must_check;

/* A secret that was made or received here goes to "next"; what was there is gone. The application's
 * beside it stays. */
struct slots_new {
	const struct secret *secret;
	const char *version;
	const char *certificate; /* "" */
	int64_t expires;
	int64_t by; /* member */
	const char *by_name;
	const char *detail; /* for the audit log */
	const char *request;
};
int slots_keep(struct engine *eng, const struct connection *c, const struct slots_new *n,
	struct err *e) must_check;

/* The name of an action in the audit log: of members' own sign-ins they have names of their own. */
const char *slots_action(const struct connection *c, const char *action);

/* Erase former secrets whose grace has ended, and connections that nobody can go back to any more:
 * how many, or -1. */
int64_t slots_grace(struct engine *eng, int64_t now, struct err *e) must_check;

#endif
