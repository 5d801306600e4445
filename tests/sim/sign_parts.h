/* Sign, between its own files: a connection's memory and one request's attempt. */
#ifndef SIM_SIGN_PARTS_H
#define SIM_SIGN_PARTS_H

#include "sim/ntlm.h"
#include "sim/sign.h"

/* What a connection remembers. */
struct sign {
	const struct premise *premise;
	unsigned scheme;   /* of the handshake under way, or of what signed it in */
	struct ntlm *ntlm; /* after message 2, until message 3 */
	bool wrapped;	   /* in SPNEGO, whose list of mechanisms was: */
	struct text mechs;
	bool in; /* signed in, as: */
	struct identity *identity;
	struct text login; /* of the last attempt */
};

/* One request's attempt, while it is looked at. */
struct attempt {
	struct sim *sim;
	struct premise *premise;
	const struct front_end *front_end;
	enum protection protection;
	struct request *request;
	struct answer *answer;
	struct who *who;
	struct sign *sign;
	struct sign_refusal refusal;
	struct text token; /* that the refusal hands out */
};

/* Forget who the connection was, and any handshake; its last login stays for the journal. */
void sign_begin_anew(struct sign *c);
/* Whom the request is from. NULL: nobody of the directory. */
void sign_as(struct who *who, struct identity *id);
void sign_login(struct attempt *t, const char *login);
bool sign_broken(const struct attempt *t);
/* Right passwords sign in; of all others it may show that no password would. */
bool sign_right(struct attempt *t, enum password_end end);
/* NTLM or Negotiate, whatever follows its name (sign_ntlm.c). False: the 401 carries on. */
bool sign_handshake(struct attempt *t, const char *credentials);

#endif
