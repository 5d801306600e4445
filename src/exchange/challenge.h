/* Challenge: which ways to sign in a WWW-Authenticate header offers. */
#ifndef LATCHKEY_CHALLENGE_H
#define LATCHKEY_CHALLENGE_H

#include <stddef.h>

enum { CHALLENGE_NEGOTIATE = 1, CHALLENGE_NTLM = 2, CHALLENGE_BASIC = 4, CHALLENGE_BEARER = 8 };

struct challenges {
	unsigned known;	  /* CHALLENGE_ bits */
	char others[128]; /* names of other schemes, comma separated, each once */
};

/* Add what one header value offers: any number of schemes, with or without parameters. What cannot
 * be understood is passed over. Zero the struct before the first. */
void challenge_read(struct challenges *c, const char *value, size_t n);
/* The names of all that was offered, comma separated; "" for none. What does not fit is cut. */
void challenge_list(const struct challenges *c, char *dst, size_t size);

#endif
