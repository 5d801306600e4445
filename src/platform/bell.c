/* Bell: the doorbell, both ends of its protocol in one place.
 *
 * Rules: a message is exactly sizeof(struct bell) bytes; what is longer, shorter or out of range is
 * no bell, and nothing more is learned from it. Neither end waits for the other's buffer: a ring
 * that does not fit is lost, and the engine finds the job at its next poll.
 */
#include "bell.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock.h"
#include "sock.h"

/* One whole message; 1, 0 when the peer left, -1 with errno, which is EBADMSG when it is no bell.
 */
static int receive(int fd, struct bell *out)
{
	ssize_t n = recv(fd, out, sizeof(*out), MSG_DONTWAIT | MSG_TRUNC);

	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return -1;
	errno = EBADMSG;
	return n == (ssize_t)sizeof(*out) && out->magic == BELL_MAGIC ? 1 : -1;
}

static int transmit(int fd, enum bell_verb verb, int64_t job)
{
	const struct bell m = { BELL_MAGIC, verb, job };

	return send(fd, &m, sizeof(m), MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* 1 readable, 0 not within ms. */
static int wait_readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t end = clock_mono_ms() + ms;
	int64_t left = ms;

	while (poll(&p, 1, (int)left) < 0 && errno == EINTR) {
		left = end - clock_mono_ms();
		if (left < 0)
			left = 0;
	}
	return p.revents != 0;
}

static int await(int fd, int64_t job, int wait_ms, struct err *e)
{
	struct bell m;
	int rc;

	if (!wait_readable(fd, wait_ms))
		return ERR(e, ERR_ENGINE, NULL, "doorbell: no answer within %d ms", wait_ms);
	rc = receive(fd, &m);
	if (rc < 0)
		return ERR(e, ERR_ENGINE, NULL, "doorbell: %s", strerror(errno));
	if (rc == 0)
		return ERR(e, ERR_ENGINE, NULL, "doorbell: the engine hung up");
	if (m.verb != BELL_OK || m.job != job)
		return ERR(e, ERR_ENGINE, NULL, "doorbell: answer to something else");
	return 0;
}

int bell_ring(const char *path, enum bell_verb verb, int64_t job, int wait_ms, struct err *e)
{
	int fd = sock_connect(path, SOCK_SEQPACKET, e);
	int rc = 0;

	if (fd < 0) {
		e->code = ERR_ENGINE;
		return err_say(e, "%s", err_info(ERR_ENGINE)->say);
	}
	if (transmit(fd, verb, job) < 0)
		rc = ERR(e, ERR_ENGINE, NULL, "doorbell: %s", strerror(errno));
	else if (wait_ms > 0)
		rc = await(fd, job, wait_ms, e);
	close(fd);
	return rc;
}

int bell_read(int fd, struct bell *out, struct err *e)
{
	int rc = receive(fd, out);

	if (rc < 0)
		return ERR(e, ERR_INPUT, NULL, "doorbell: %s", strerror(errno));
	if (rc == 1 && (out->verb < BELL_PING || out->verb > BELL_KEYS || out->job < 0))
		return ERR(e, ERR_INPUT, NULL, "doorbell: verb %u, job %lld", out->verb,
			(long long)out->job);
	return rc;
}

void bell_answer(int fd, int64_t job)
{
	(void)transmit(fd, BELL_OK, job);
}
