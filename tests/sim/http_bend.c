/*
 * Http, bends: the ways in which an answer goes wrong on the wire, one row each.
 *
 * Gigabytes are never held: white space and bombs are made while they are sent. A bomb is one
 * deflated megabyte of zeros, repeated: after a full flush a piece of deflate does not depend on
 * what came before it.
 */
#include "sim/http_private.h"

enum {
	MEGABYTE = 1 << 20,
	MEGABYTES_MAX = 100000,
	WHITE_BYTES = 1 << 16, /* of white space in a chunk */
	BOMB_UNITS = 64	       /* put out at a time */
};

static const unsigned char gzip_start[] = { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 };
static const unsigned char deflate_end[] = { 3, 0 };

static uint64_t megabytes(const struct connection *c)
{
	int64_t n = c->a.bend_ms;

	return n < 0 ? 0 : n > MEGABYTES_MAX ? MEGABYTES_MAX : (uint64_t)n;
}

/* Head and half of the body; where there is no body, half of the head. */
static void half(struct connection *c)
{
	size_t from = c->out.len, body;

	answer_whole(c);
	body = c->out.len - c->body_at;
	c->out.len = body > 0 ? c->body_at + body / 2 : from + (c->body_at - from) / 2;
}

static void slow_head(struct connection *c)
{
	c->pace_from = c->out.len;
	answer_whole(c);
	c->pace_to = c->body_at;
	c->pace_ms = c->a.bend_ms;
}

static void slow_body(struct connection *c)
{
	answer_whole(c);
	c->pace_from = c->body_at;
	c->pace_to = c->out.len;
	c->pace_ms = c->a.bend_ms;
}

/* Clients of HTTP/1.0 know no chunks: for them the end of the connection ends the body. */
static bool more_white(struct connection *c)
{
	bool chunks = c->minor > 0;

	if (c->more_left == 0)
		return false;
	c->more_left--;
	if (c->more_left > 0) {
		if (chunks)
			text_printf(&c->out, "%zx\r\n", c->more_unit.len);
		text_add(&c->out, c->more_unit.at, c->more_unit.len);
		text_puts(&c->out, chunks ? "\r\n" : "");
		return true;
	}
	if (chunks && c->a.body.len > 0)
		text_printf(&c->out, "%zx\r\n", c->a.body.len);
	text_add(&c->out, c->a.body.at, c->a.body.len);
	if (chunks)
		text_puts(&c->out, c->a.body.len > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
	return true;
}

static void huge(struct connection *c)
{
	if (c->minor == 0)
		c->after = AFTER_CLOSE;
	answer_head(c, -1);
	if (c->is_head)
		return;
	text_printf(&c->more_unit, "%*s", WHITE_BYTES, "");
	c->more_left = megabytes(c) * (MEGABYTE / WHITE_BYTES) + 1;
	c->more = more_white;
}

/* A megabyte of zeros, deflated, as a piece that can stand after any other. */
static uint32_t deflate_unit(struct text *unit)
{
	static const unsigned char zeros[MEGABYTE]; /* never written */
	unsigned char piece[4096];
	z_stream z = { 0 };

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
		Z_OK)
		die("out of memory");
	z.next_in = (unsigned char *)(uintptr_t)zeros;
	z.avail_in = sizeof(zeros);
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		(void)deflate(&z, Z_FULL_FLUSH);
		text_add(unit, piece, sizeof(piece) - z.avail_out);
	} while (z.avail_out == 0);
	deflateEnd(&z);
	return (uint32_t)crc32(0, zeros, sizeof(zeros));
}

static void add_number(struct text *t, uint32_t n)
{
	unsigned char bytes[4] = { (unsigned char)n, (unsigned char)(n >> 8),
		(unsigned char)(n >> 16), (unsigned char)(n >> 24) };

	text_add(t, bytes, sizeof(bytes));
}

/* The checksum has to be right as well: a client must not be saved by it. */
static void bomb_end(struct connection *c, uint32_t crc)
{
	uint64_t n = megabytes(c);
	unsigned long op = crc32_combine_gen(MEGABYTE), all = 0;

	for (uint64_t i = 0; i < n; i++)
		all = crc32_combine_op(all, crc, op);
	text_clear(&c->a.body);
	text_add(&c->a.body, deflate_end, sizeof(deflate_end));
	add_number(&c->a.body, (uint32_t)all);
	add_number(&c->a.body, (uint32_t)(n * MEGABYTE));
}

static bool more_bomb(struct connection *c)
{
	if (c->more_left == 0)
		return false;
	for (int i = 0; i < BOMB_UNITS && c->more_left > 1; i++, c->more_left--)
		text_add(&c->out, c->more_unit.at, c->more_unit.len);
	if (c->more_left > 1)
		return true;
	text_add(&c->out, c->a.body.at, c->a.body.len);
	c->more_left = 0;
	return true;
}

/* The answer's own body is never seen: its place is taken by the end of the bomb. */
static void bomb(struct connection *c)
{
	bomb_end(c, deflate_unit(&c->more_unit));
	answer_header(&c->a, "Content-Encoding", "gzip");
	answer_head(
		c, (int64_t)(sizeof(gzip_start) + megabytes(c) * c->more_unit.len + c->a.body.len));
	if (c->is_head)
		return;
	text_add(&c->out, gzip_start, sizeof(gzip_start));
	c->more_left = megabytes(c) + 1;
	c->more = more_bomb;
}

static const struct {
	void (*begin)(struct connection *c); /* NULL: nothing is sent */
	enum after after;		     /* AFTER_KEEP: as without a bend */
} bends[] = {
	[BEND_NONE] = { answer_whole, AFTER_KEEP },
	[BEND_RESET] = { NULL, AFTER_RESET },
	[BEND_CLOSE] = { NULL, AFTER_CLOSE },
	[BEND_HALF_CLOSE] = { half, AFTER_HALF },
	[BEND_SLOW_HEAD] = { slow_head, AFTER_KEEP },
	[BEND_SLOW_BODY] = { slow_body, AFTER_KEEP },
	[BEND_CUT] = { half, AFTER_FIN },
	[BEND_HUGE] = { huge, AFTER_KEEP },
	[BEND_BOMB] = { bomb, AFTER_KEEP },
	[BEND_SILENCE] = { NULL, AFTER_FIN },
};

void bend_begin(struct connection *c)
{
	enum bend bend = c->a.bend;

	if (bends[bend].begin != NULL)
		bends[bend].begin(c);
	if (bends[bend].after != AFTER_KEEP)
		c->after = bends[bend].after;
}

int64_t bend_wait_ms(const struct answer *a)
{
	return a->bend == BEND_SILENCE && a->bend_ms > 0 ? a->bend_ms : 0;
}
