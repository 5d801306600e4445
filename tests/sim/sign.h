/*
 * Sign: who is asking. Basic, NTLMv2 (bound to its connection), Negotiate carrying NTLM, and
 * Bearer; one bad-password counter per identity, whatever way it came.
 */
#ifndef SIM_SIGN_H
#define SIM_SIGN_H

#include "sim/http.h"
#include "sim/sim.h"

enum sign_end {
	SIGN_IN,
	SIGN_AGAIN
}; /* AGAIN: the answer is the 401 (a challenge, a refusal) to send */

struct who {
	struct identity *identity; /* NULL for an app-only token */
	struct app *app;	   /* of a token; NULL for passwords */
	struct mailbox *mailbox;   /* the identity's, or NULL */
	unsigned scheme;	   /* the one tried, also when refused; 0 = none */
	bool app_only;
	const char *login; /* as it was given, for the journal; valid until the request ends */
};

/* Where somebody signs in. */
struct door {
	struct premise *premise;     /* its schemes are offered */
	struct front_end *front_end; /* a broken one refuses everyone; may be NULL */
	enum protection protection;  /* autodiscovery has its own: EWS.md 3.1 */
};

/*
 * Look at the request's Authorization and the connection's memory. Fills the 401 with
 * every WWW-Authenticate offered, or adds to the head of the answer what ends a Negotiate
 * handshake. who->login is set even when refused.
 */
enum sign_end sign_check(
	struct sim *s, const struct door *d, struct request *r, struct answer *a, struct who *who);

/* The counter (sign_judge.c). */
enum password_end {
	PASSWORD_RIGHT,
	PASSWORD_WRONG,
	PASSWORD_LOCKED,
	PASSWORD_DISABLED,
	PASSWORD_EXPIRED,
	PASSWORD_MUST_CHANGE,
	PASSWORD_HOURS
};
/*
 * Judge an attempt. `right` says whether a candidate secret was what the client knows: called for
 * the current password and, for NTLM within its grace time, the one before. A wrong one counts
 * unless it is one of the two most recent old passwords. A locked account refuses the right
 * password too.
 */
enum password_end sign_judge(struct sim *s, struct identity *id, bool ntlm,
	bool (*right)(void *arg, const char *candidate), void *arg);
enum password_end sign_password(struct sim *s, struct identity *id, const char *password);

/* How the 401 is written (sign_challenge.c). */
struct sign_refusal {
	const struct premise *premise;
	unsigned scheme;	  /* of the handshake under way, or 0 */
	const struct text *token; /* its next message, or NULL */
	bool bearer;		  /* a token was refused, for: */
	int reason;		  /* enum token_end */
	bool locked;		  /* the account is locked out: told when `lock-told` says so */
	bool blocked;		  /* locked, or something else is wrong that no password mends */
};
void sign_refuse(struct sim *s, const struct sign_refusal *why, struct answer *a);
/* One WWW-Authenticate line with a handshake's message. */
void sign_token(unsigned scheme, const struct text *token, struct answer *a);

#endif
