/*
 * Http, the wire: bytes through TLS or plain, never waiting. Whoever gets WIRE_LATER finds in
 * c->wants what to wait for; TLS may want to read in order to write, and the other way round.
 */
#include "sim/http_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

static long later(struct connection *c, int wants)
{
	c->wants = wants;
	return WIRE_LATER;
}

/* What an OpenSSL call that moved nothing means. */
static long tls_end(struct connection *c, int result)
{
	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return later(c, LOOP_IN);
	case SSL_ERROR_WANT_WRITE:
		return later(c, LOOP_OUT);
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		c->broken = true;
		return WIRE_BROKEN;
	}
}

static long plain_end(struct connection *c, ssize_t n, int wants)
{
	if (n >= 0)
		return (long)n;
	if (errno == EAGAIN || errno == EINTR)
		return later(c, wants);
	return WIRE_BROKEN;
}

/* OpenSSL judges by its queue of errors: what is left over from elsewhere must not count. */
long wire_handshake(struct connection *c)
{
	int n;

	ERR_clear_error();
	n = SSL_accept(c->ssl);
	if (n == 1)
		return 1;
	return tls_end(c, n);
}

/*
 * One read, and whether it emptied what there is: a loop that tells levels makes it needless to
 * read on until nothing comes, but it cannot tell what OpenSSL has already taken in.
 */
long wire_read(struct connection *c, void *to, size_t n)
{
	long got;

	if (c->ssl == NULL) {
		got = plain_end(c, recv(c->fd, to, n, 0), LOOP_IN);
		c->drained = got < (long)n;
		return got;
	}
	ERR_clear_error();
	got = SSL_read(c->ssl, to, (int)n);
	if (got <= 0)
		got = tls_end(c, (int)got);
	c->drained = SSL_has_pending(c->ssl) == 0;
	return got;
}

long wire_write(struct connection *c, const void *from, size_t n)
{
	int put;

	if (c->ssl == NULL)
		return plain_end(c, send(c->fd, from, n, MSG_NOSIGNAL), LOOP_OUT);
	ERR_clear_error();
	put = SSL_write(c->ssl, from, n < HTTP_READ ? (int)n : HTTP_READ);
	if (put > 0)
		return put;
	put = (int)tls_end(c, put);
	return put == 0 ? WIRE_BROKEN : put;
}

long wire_discard(struct connection *c)
{
	struct http *h = c->http;

	return plain_end(c, recv(c->fd, h->read, sizeof(h->read), 0), LOOP_IN);
}

void wire_shut(struct connection *c, bool notify)
{
	if (c->ssl != NULL && notify && !c->broken && SSL_is_init_finished(c->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(c->ssl);
	}
	(void)shutdown(c->fd, SHUT_WR);
}

void wire_close(struct connection *c, bool reset)
{
	struct linger now = { .l_onoff = 1 };

	if (reset)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	SSL_free(c->ssl);
	close(c->fd);
}
