/*
 * Http, inside. A connection is in one stage at a time; connection_run() takes it as far as it
 * goes. http.c keeps listeners, connections and deadlines; http_wire.c moves bytes; http_read.c
 * makes requests of them; http_send.c makes bytes of answers; http_bend.c bends those.
 */
#ifndef SIM_HTTP_PRIVATE_H
#define SIM_HTTP_PRIVATE_H

#include "sim/http.h"

#include <zlib.h>

enum {
	HTTP_SPARE = 32,	   /* buffers kept for the next request, whoever's it is */
	HTTP_SPARE_ROOM = 1 << 18, /* larger ones are given back to the system */
	HTTP_READ = 1 << 16	   /* read at a time */
};

/* Bounds; tests make them small. */
struct http_limits {
	size_t head, body;
	int headers, connections;
	int64_t head_ms;   /* for the handshake, and for a head once it began */
	int64_t idle_ms;   /* between requests, for a body, and for a client that does not read */
	int64_t linger_ms; /* for the other side to close after us */
	int64_t sweep_ms;  /* how often deadlines are looked at */
};

struct http {
	struct loop *loop;
	struct tls *tls;
	struct http_limits limits;
	struct listener *listeners;
	struct connection *connections; /* newest first */
	int n_connections;
	uint64_t numbers;
	uint64_t sweep; /* timer */
	struct text spare[HTTP_SPARE];
	int n_spare;
	z_stream gzip;
	bool gzip_ready;
	char read[HTTP_READ];
};

struct listener {
	struct listener *next;
	struct http *http;
	int fd;	     /* -1 while refusing */
	int reserve; /* bound to the same port and never listening: keeps it ours */
	int port;
	bool tls;
	uint64_t pause; /* timer: out of descriptors */
	http_fn *fn;
	http_accept_fn *on_accept;
	void *arg;
};

enum stage {
	STAGE_HANDSHAKE,
	STAGE_READ,
	STAGE_WAIT, /* the answer is ready and its time has not come */
	STAGE_SEND,
	STAGE_LINGER /* our side is shut; what still comes is thrown away */
};

/* Where in a request the reader is. */
enum part {
	PART_HEAD,
	PART_BODY,	 /* of known length */
	PART_CHUNK_SIZE, /* chunked, from here */
	PART_CHUNK,
	PART_CHUNK_END,
	PART_TRAILER
};

/* What becomes of the connection once everything was sent. */
enum after {
	AFTER_KEEP,
	AFTER_CLOSE, /* close_notify, FIN */
	AFTER_FIN,   /* FIN alone: as if cut */
	AFTER_HALF,  /* as AFTER_CLOSE, but then we wait for the client as if nothing were wrong */
	AFTER_RESET
};

struct connection {
	struct connection *prev, *next;
	struct http *http;
	struct listener *listener;
	uint64_t number;
	int fd;
	SSL *ssl;     /* NULL: plain */
	bool broken;  /* TLS failed: nothing more can be said */
	bool drained; /* nothing to read until the loop says so */
	int wants;    /* LOOP_ events the last step waits for */
	int watched;  /* LOOP_ events the loop was asked for */
	enum tls_show show;
	char *name;
	void *thing;
	void (*forget)(void *thing);

	enum stage stage;
	int64_t deadline; /* loop_us; 0 = none */
	uint64_t timer;

	/* reading */
	struct text in;
	size_t in_at; /* what was taken of it */
	enum part part;
	size_t line, scanned; /* of the head: where the line begins, how far it was looked at */
	uint64_t left;	      /* of the body or of the chunk */
	struct text head;     /* the head's own copy, cut into strings */
	int room_headers;
	int minor;	 /* HTTP/1.minor */
	bool keep_asked; /* the connection stays */
	bool gzip_asked;
	bool is_head;
	struct request req;

	/* answering */
	bool answering; /* `finished` is still owed */
	struct answer a;
	struct text out;
	size_t out_at;	/* what was sent of it */
	size_t body_at; /* where the body begins in it */
	enum after after;
	bool (*more)(struct connection *c); /* refills out; false: that was all */
	uint64_t more_left;
	struct text more_unit; /* what is repeated */
	/* out from pace_from to pace_to is let go evenly over pace_ms */
	size_t pace_from, pace_to;
	int64_t pace_start, pace_ms;
};

/* What a step came to. */
enum step {
	STEP_ON,   /* there is more to do at once */
	STEP_WAIT, /* for c->wants, or for a timer */
	STEP_DEAD
};

/* http.c */
void connection_timer(struct connection *c, int64_t ms); /* one at a time */
void connection_deadline(struct connection *c, int64_t ms);
struct text http_text_take(struct http *h); /* an empty text, one of the spare */
void http_text_give(struct http *h, struct text *t);

/* http_wire.c: how many bytes moved; 0 = the other side closed (reading only); or a WIRE_. */
enum { WIRE_LATER = -1, WIRE_BROKEN = -2 };
long wire_handshake(struct connection *c); /* 1 = done */
long wire_read(struct connection *c, void *to, size_t n);
long wire_write(struct connection *c, const void *from, size_t n);
long wire_discard(struct connection *c);	   /* as reading, below TLS */
void wire_shut(struct connection *c, bool notify); /* our side only; notify: say so in TLS */
void wire_close(struct connection *c, bool reset);

/* http_read.c */
void request_feed(struct connection *c, const char *bytes, size_t n);
/* 0 = more bytes are needed, 1 = c->req is whole, else the status to refuse it with. */
int request_read(struct connection *c);
bool request_begun(const struct connection *c);
void request_done(struct connection *c); /* ready for the next */

/* http_send.c */
void answer_new(struct connection *c);		      /* c->a is there to be filled */
void answer_start(struct connection *c);	      /* c->a is whole */
void answer_refuse(struct connection *c, int status); /* a request that could not be read */
void answer_begin(struct connection *c);	      /* its time has come */
enum step answer_flush(struct connection *c, size_t to);
enum step answer_send(struct connection *c);
void answer_done(struct connection *c); /* calls `finished`, gives the buffers back */
void answer_whole(struct connection *c);
/* The head, with that Content-Length; negative = chunked. */
void answer_head(struct connection *c, int64_t length);

/* http_bend.c */
void bend_begin(struct connection *c);
int64_t bend_wait_ms(const struct answer *a); /* before anything is sent */

#endif
