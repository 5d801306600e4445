/*
 * Ntlm: messages in, messages out ([MS-NLMP], NTLMv2 only). No network, no world. The challenge
 * names our target; the third message is checked with its MIC and its channel binding.
 */
#ifndef SIM_NTLM_H
#define SIM_NTLM_H

#include "sim/text.h"
#include "sim/when.h"

struct ntlm;

/* Who the challenge says we are; UTF-8, copied by nobody: only read while ntlm_challenge runs. */
struct ntlm_target {
	const char *domain, *computer;	       /* NetBIOS: EXAMPLE, EX1 */
	const char *dns_domain, *dns_computer; /* example.test, ex1.example.test */
	unsigned char challenge[8];
	utc_t now;
};

struct ntlm_answer {
	char domain[256], user[256]; /* UTF-8 */
	bool v2;		     /* false: LM, NTLMv1 or anonymous, always refused */
	bool has_mic, has_binding, binding_zero;
};

/* 1, 2 or 3; 0 = not an NTLM message. */
int ntlm_kind(const void *message, size_t len);

struct ntlm *ntlm_new(void);
void ntlm_free(struct ntlm *n);
/* Reads message 1, adds message 2 to type2. False: not NTLM. */
bool ntlm_challenge(struct ntlm *n, const struct ntlm_target *t, const void *type1, size_t len,
	struct text *type2);
/* Takes message 3 apart, after a challenge. False: not NTLM or broken. */
bool ntlm_read(struct ntlm *n, const void *type3, size_t len, struct ntlm_answer *out);
/* Does message 3 prove this password. */
bool ntlm_proves(struct ntlm *n, const char *password);
/* After ntlm_proves said yes: is the MIC right, when it carries one. */
bool ntlm_intact(const struct ntlm *n);
/* Is its channel binding this server certificate's hash (MD5 of the gss_channel_bindings struct).
 */
bool ntlm_bound(const struct ntlm *n, const unsigned char end_point[32]);

/*
 * The session's signature over a message, as the first one in its direction: what SPNEGO's
 * mechListMIC is. After ntlm_proves said yes. False: the session has no extended security.
 */
enum { NTLM_SIGNATURE = 16 };
bool ntlm_sign(const struct ntlm *n, bool by_server, const void *message, size_t len,
	unsigned char out[NTLM_SIGNATURE]);

/* The ciphers it is made of (ntlm_cipher.c); OpenSSL 3 keeps the first two in a provider that need
 * not be there. */
void md4(const void *data, size_t len, unsigned char out[16]);
struct rc4 {
	unsigned char box[256], i, j;
};
void rc4_start(struct rc4 *r, const void *key, size_t len); /* len 1..256 */
void rc4_run(struct rc4 *r, const void *in, size_t len, unsigned char *out);
void md5(const void *data, size_t len, unsigned char out[16]);
void hmac_md5(const unsigned char key[16], const void *data, size_t len, unsigned char out[16]);

#endif
