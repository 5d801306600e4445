/* What tests of TLS share: an authority of their own, certificates of all kinds, and servers that
 * behave as they are told, each a child process on a loopback port.
 */
#ifndef LATCHKEY_TLS_UNIT_H
#define LATCHKEY_TLS_UNIT_H

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A certificate and its key. */
struct cert {
	X509 *x;
	EVP_PKEY *key;
};

struct cert_order {
	const char *cn;
	const char *san;       /* NULL: none */
	const struct cert *by; /* NULL: itself */
	int authority;
	long from_days; /* from now */
	long until_days;
};

static inline void cert_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *text)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, text);

	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static inline struct cert cert_make(const struct cert_order *o)
{
	static long serial;
	struct cert c = { X509_new(), EVP_EC_gen("P-256") };
	const struct cert *by = o->by ? o->by : &c;
	X509_NAME *name = X509_NAME_new();
	X509V3_CTX ctx;

	assert_non_null(c.key);
	X509_set_version(c.x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c.x), ++serial);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_UTF8, (const unsigned char *)o->cn, -1, -1, 0);
	X509_set_subject_name(c.x, name);
	X509_set_issuer_name(c.x, o->by ? X509_get_subject_name(by->x) : name);
	X509_NAME_free(name);
	X509_gmtime_adj(X509_getm_notBefore(c.x), o->from_days * 86400);
	X509_gmtime_adj(X509_getm_notAfter(c.x), o->until_days * 86400);
	X509_set_pubkey(c.x, c.key);
	X509V3_set_ctx(&ctx, by->x, c.x, NULL, NULL, 0);
	cert_extension(
		c.x, &ctx, NID_basic_constraints, o->authority ? "critical,CA:TRUE" : "CA:FALSE");
	cert_extension(c.x, &ctx, NID_subject_key_identifier, "hash");
	if (o->san)
		cert_extension(c.x, &ctx, NID_subject_alt_name, o->san);
	assert_true(X509_sign(c.x, by->key, EVP_sha256()) > 0);
	return c;
}

static inline void cert_free(struct cert *c)
{
	X509_free(c->x);
	EVP_PKEY_free(c->key);
}

static inline void cert_write(const struct cert *c, const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, c->x), 1);
	fclose(f);
}

enum server_mode {
	SERVE,	       /* TLS, then the reply */
	SERVE_PLAIN,   /* the reply without TLS */
	SERVE_SILENT,  /* takes the connection and says nothing */
	SERVE_RESET,   /* ends the connection at once, hard */
	SERVE_HANG,    /* TLS, then nothing */
	SERVE_HEADERS, /* TLS, then headers without end */
	SERVE_BODY,    /* TLS, the reply, then a body without end */
	SERVE_CLOSE,   /* TLS, reads the request, ends the connection */
	SERVE_TUNNEL   /* a proxy: leads to any port of this machine, or answers the reply */
};

struct server_order {
	enum server_mode mode;
	const struct cert *cert;
	const struct cert *extra[3]; /* the rest of the chain */
	int max_version;	     /* 0: any */
	const char *reply;	     /* a printf format: %d is the server's port */
	const char *later; /* what is replied to every path but the Exchange one, or NULL */
};

struct server {
	pid_t pid;
	int port;
	int hits; /* pipe: a byte for each request that came through TLS */
};

static inline void server_flood(SSL *ssl, const char *line)
{
	while (SSL_write(ssl, line, (int)strlen(line)) > 0)
		;
}

static inline void server_talk(SSL *ssl, const struct server_order *o, int port, int hits)
{
	char request[4096], reply[8192];
	int n = SSL_read(ssl, request, sizeof(request) - 1);
	const char *format = o->reply;

	if (n <= 0)
		return;
	request[n] = '\0';
	if (write(hits, "r", 1) != 1)
		_exit(1);
	if (o->later && !strstr(request, "/EWS/Exchange.asmx"))
		format = o->later;
	if (o->mode == SERVE_HANG)
		pause();
	if (o->mode == SERVE_HEADERS) {
		SSL_write(ssl, "HTTP/1.1 200 OK\r\n", 17);
		server_flood(ssl,
			"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
	}
	if (o->mode == SERVE_CLOSE)
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = snprintf(reply, sizeof(reply), format, port, port);
#pragma GCC diagnostic pop
	SSL_write(ssl, reply, n);
	if (o->mode == SERVE_BODY)
		server_flood(ssl, "all work and no play makes a long body ");
}

static inline SSL_CTX *server_context(const struct server_order *o)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, o->max_version);
	SSL_CTX_use_certificate(ctx, o->cert->x);
	SSL_CTX_use_PrivateKey(ctx, o->cert->key);
	for (size_t i = 0; i < COUNT(o->extra) && o->extra[i]; i++) {
		X509_up_ref(o->extra[i]->x);
		SSL_CTX_add_extra_chain_cert(ctx, o->extra[i]->x);
	}
	return ctx;
}

/* Bytes from one side to the other until either ends. */
static inline void server_pump(int a, int b)
{
	struct pollfd both[2] = { { a, POLLIN, 0 }, { b, POLLIN, 0 } };
	char piece[8192];

	while (poll(both, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (!both[i].revents)
				continue;
			n = recv(both[i].fd, piece, sizeof(piece), 0);
			if (n <= 0 || send(both[!i].fd, piece, (size_t)n, MSG_NOSIGNAL) != n)
				return;
		}
	}
}

/* Whatever name is asked for is this machine. With a reply it says just that. */
static inline void server_tunnel(int fd, const struct server_order *o, int hits)
{
	static const char done[] = "HTTP/1.1 200 OK\r\n\r\n";
	struct sockaddr_in sa = { .sin_family = AF_INET };
	char head[4096];
	ssize_t n = recv(fd, head, sizeof(head) - 1, 0);
	const char *port;
	int far;

	if (n <= 0 || strncmp(head, "CONNECT ", 8) != 0)
		return;
	head[n] = '\0';
	if (write(hits, "p", 1) != 1)
		_exit(1);
	if (o->reply) {
		send(fd, o->reply, strlen(o->reply), MSG_NOSIGNAL);
		return;
	}
	port = strchr(head + 8, ':');
	far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)atoi(port ? port + 1 : "0"));
	if (connect(far, (struct sockaddr *)&sa, sizeof(sa)) == 0 &&
		send(fd, done, sizeof(done) - 1, MSG_NOSIGNAL) > 0)
		server_pump(fd, far);
	close(far);
}

static inline void server_one(
	int fd, SSL_CTX *ctx, const struct server_order *o, int port, int hits)
{
	const struct linger hard = { 1, 0 };
	char hello[16];
	SSL *ssl;

	if (o->mode == SERVE_SILENT)
		pause();
	if (o->mode == SERVE_TUNNEL) {
		server_tunnel(fd, o, hits);
		return;
	}
	if (o->mode == SERVE_RESET) {
		recv(fd, hello, sizeof(hello), 0); /* not before the connection stands */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		return;
	}
	if (o->mode == SERVE_PLAIN) {
		if (write(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28) != 28)
			_exit(1);
		return;
	}
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		server_talk(ssl, o, port, hits);
	SSL_shutdown(ssl);
	SSL_free(ssl);
}

/* The child: one connection after the other, until it is killed. */
static inline void __attribute__((noreturn))
server_main(int listener, const struct server_order *o, int port, int hits)
{
	SSL_CTX *ctx = o->cert ? server_context(o) : NULL;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		server_one(fd, ctx, o, port, hits);
		close(fd);
	}
	_exit(0);
}

static inline struct server server_start(const struct server_order *o)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t size = sizeof(sa);
	struct server s;
	int ends[2], fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &size), 0);
	assert_int_equal(pipe(ends), 0);
	s.port = ntohs(sa.sin_port);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0)
		server_main(fd, o, s.port, ends[1]);
	close(fd);
	close(ends[1]);
	s.hits = ends[0];
	return s;
}

/* Ends it; how many requests it has seen. */
static inline int server_stop(struct server *s)
{
	char got[64];
	ssize_t n;

	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	n = read(s->hits, got, sizeof(got));
	close(s->hits);
	return (int)n;
}

#endif
