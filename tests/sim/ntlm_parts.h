/*
 * Ntlm, between its own files: the flags two sides agree on, where things stand in the messages,
 * and what was found there.
 */
#ifndef SIM_NTLM_PARTS_H
#define SIM_NTLM_PARTS_H

#include "sim/ntlm.h"

enum {
	FLAG_UNICODE = 0x1,
	FLAG_OEM = 0x2,
	FLAG_REQUEST_TARGET = 0x4,
	FLAG_SIGN = 0x10,
	FLAG_SEAL = 0x20,
	FLAG_NTLM = 0x200,
	FLAG_ALWAYS_SIGN = 0x8000,
	FLAG_TARGET_DOMAIN = 0x10000,
	FLAG_EXTENDED = 0x80000, /* session security */
	FLAG_TARGET_INFO = 0x800000,
	FLAG_VERSION = 0x2000000,
	FLAG_128 = 0x20000000,
	FLAG_KEY_EXCHANGE = 0x40000000,
	FLAG_ECHOED = FLAG_UNICODE | FLAG_SIGN | FLAG_SEAL | FLAG_ALWAYS_SIGN | FLAG_EXTENDED |
		FLAG_VERSION | FLAG_128 | FLAG_KEY_EXCHANGE
};
#define FLAG_56 0x80000000u /* more than an enum holds */

/* Where things stand in the messages. */
enum {
	TYPE1_MIN = 16, /* up to its flags */
	TYPE2_HEAD = 56,
	TYPE3_NT = 20,
	TYPE3_DOMAIN = 28,
	TYPE3_USER = 36,
	TYPE3_KEY = 52,
	TYPE3_FLAGS = 60,
	TYPE3_MIN = 64,
	TYPE3_MIC = 72, /* after eight bytes of the client's version */
	TYPE3_MIC_END = 88,
	V1_RESPONSE = 24,	/* what LM and NTLMv1 send */
	V2_BLOB = 16,		/* after the proof */
	V2_PAIRS = V2_BLOB + 28 /* after the blob's fixed part */
};

struct view {
	const unsigned char *at;
	size_t len;
};

struct ntlm {
	unsigned char challenge[8]; /* ours, in message 2 */
	struct text type[3];	    /* the messages as they were sent: what the MIC covers */
	uint32_t flags;		    /* of message 3 */
	struct view nt, key;	    /* the response and the session key, within message 3 */
	struct text name16; /* upper-case user and domain, UTF-16: what the response key is of */
	bool v2, has_mic, has_binding;
	unsigned char binding[16]; /* what the client took our certificate's to be */
	unsigned char session[16]; /* exported session key, after a proof */
};

/* Little-endian numbers, as everything here is written. */
uint32_t ntlm_get16(const unsigned char *p);
uint32_t ntlm_get32(const unsigned char *p);
void ntlm_put(unsigned char *p, uint64_t v, int bytes);

#endif
