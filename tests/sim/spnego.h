/*
 * Spnego: the wrapping (RFC 4178) in which a Negotiate header may carry NTLM. Only what an acceptor
 * that knows NTLM alone has to read and write.
 */
#ifndef SIM_SPNEGO_H
#define SIM_SPNEGO_H

#include "sim/text.h"

struct spnego_part {
	const unsigned char *at; /* into the message; NULL = not there */
	size_t len;
};

/* One message of a client. */
struct spnego {
	bool initial;		  /* NegTokenInit, else NegTokenResp */
	struct spnego_part mechs; /* MechTypeList with its tag: what mechListMIC is made over */
	bool offered, preferred;  /* NTLM is in the list; and is the first there */
	struct spnego_part token, mic;
};
/* False: not SPNEGO, or broken. */
bool spnego_read(const void *message, size_t len, struct spnego *out);

enum spnego_state { SPNEGO_COMPLETED, SPNEGO_INCOMPLETE, SPNEGO_REJECT, SPNEGO_REQUEST_MIC };
/* A NegTokenResp of ours; `choose` names NTLM as the mechanism, parts that are NULL stay out. */
void spnego_write(struct text *t, enum spnego_state state, bool choose, struct spnego_part token,
	struct spnego_part mic);

#endif
