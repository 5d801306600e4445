/* Bell: the doorbell between web tier, command line and engine: both ends of the protocol.
 *
 * A Unix SOCK_SEQPACKET socket; one message is 16 fixed bytes each way, so that the process that
 * holds the keys parses nothing. The queue is the database; a lost ring costs one poll interval.
 */
#ifndef LATCHKEY_BELL_H
#define LATCHKEY_BELL_H

#include <stdint.h>
#include "err.h"

enum bell_verb {
	BELL_PING = 1,	 /* answered only: the engine is alive */
	BELL_JOB = 2,	 /* look at the queues of jobs and mails now */
	BELL_CANCEL = 3, /* job wants to be cancelled: look now */
	BELL_AUDIT = 4,	 /* a sensitive audit row was written: seal the head now */
	BELL_KEYS = 5,	 /* read the key file again */
	BELL_OK = 6	 /* the answer to all of them */
};

struct bell {
	uint32_t magic; /* BELL_MAGIC, host byte order: both ends share a machine */
	uint32_t verb;
	int64_t job;
};

#define BELL_MAGIC 0x4c4b4231u /* "LKB1"; changes with the layout */

/* Connect, send, wait at most wait_ms for the answer (0: do not wait), close. 0 or -1 (ERR_ENGINE).
 */
int bell_ring(
	const char *path, enum bell_verb verb, int64_t job, int wait_ms, struct err *e) must_check;

/* The engine's side: read one message from a connected peer. 1 filled, 0 peer left, -1 not a bell
 * (then close the peer). bell_answer never blocks and never fails: a gone peer does not matter. */
int bell_read(int fd, struct bell *out, struct err *e) must_check;
void bell_answer(int fd, int64_t job);

#endif
