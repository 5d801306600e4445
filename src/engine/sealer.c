/* Sealer: signs the head of the audit log.
 *
 * Rules: between two seals the chain is walked row by row, so that a seal says "whole up to here".
 * A log that is shorter than the last seal, or differs from it, is not sealed any more: it is
 * called out every minute until ops has looked (doc/OPS.md: after a restore, remove the head file).
 * The head file is written before the store, so that the store is never ahead of it.
 *
 * The head file is one line: seq, hash, mac, key id, time.
 */
#include "sealer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "keyring.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/wholefile.h"
#include "store/store.h"

enum { HEAD_SIZE = 256, ARENA = 8 << 20, HEX = 2 * SEAL_HASH + 1 };

struct sealer {
	struct engine *eng;
	struct audit_seal last; /* seq 0: none yet */
	char last_key[SEAL_KEY_ID + 1];
	int unstored; /* last is in the head file, and not in the store yet */
	struct arena a;
	uint64_t timer;
	int64_t due; /* clock_mono_ms: when the timer fires */
};

/* --- the head file --- */

/* 1 a seal, 0 an empty file: nothing is sealed yet, -1 neither. */
static int head_parse(struct sealer *s, char *line)
{
	char hash[HEX], mac[HEX];
	long long seq, at;
	int end = 0;

	if (!*line)
		return 0;
	/* NOLINTNEXTLINE(cert-err34-c): eighteen digits always fit. */
	if (sscanf(line, "%18lld %64s %64s %8s %18lld%n", &seq, hash, mac, s->last_key, &at,
		    &end) != 5 ||
		line[end] || seq < 1 || str_unhex(s->last.hash, SEAL_HASH, hash) < 0 ||
		str_unhex(s->last.mac, SEAL_HASH, mac) < 0)
		return -1;
	s->last.seq = seq;
	s->last.at = at;
	s->last.key_id = s->last_key;
	return 1;
}

/* The seal's key id may live in the ring or the arena; ours must outlive both. */
static void take_last(struct sealer *s, const struct audit_seal *seal)
{
	s->last = *seal;
	snprintf(s->last_key, sizeof(s->last_key), "%s", seal->key_id);
	s->last.key_id = s->last_key;
}

/* 1 a seal, 0 none, -1. */
static int head_read(struct sealer *s, struct err *e)
{
	const char *path = s->eng->cf->head_file;
	char text[HEAD_SIZE + 1];
	struct buf b;
	int rc;

	buf_init(&b, HEAD_SIZE);
	rc = buf_file(&b, path, e);
	snprintf(text, sizeof(text), "%s", buf_str(&b));
	buf_done(&b);
	if (rc < 0)
		return e->code == ERR_MISSING ? 0 : -1;
	rc = head_parse(s, str_trim(text));
	if (rc < 0)
		return ERR(
			e, ERR_SETUP, NULL, "%s: not a head file; look why, then remove it", path);
	if (rc == 1 && keyring_signed(s->eng->keys, &s->last) == 0)
		return ERR(e, ERR_SETUP, NULL,
			"%s: its signature is wrong; look why, then remove it", path);
	return rc;
}

static int head_write(const struct sealer *s, const struct audit_seal *seal, struct err *e)
{
	const struct wholefile f = { s->eng->cf->head_file, 0600, (uid_t)-1 };
	char text[HEAD_SIZE], hash[HEX], mac[HEX];

	if (seal->seq == 0)
		return wholefile_write(&f, "", 0, e);
	str_hex(hash, seal->hash, SEAL_HASH);
	str_hex(mac, seal->mac, SEAL_HASH);
	snprintf(text, sizeof(text), "%lld %s %s %s %lld\n", (long long)seal->seq, hash, mac,
		seal->key_id, (long long)seal->at);
	return wholefile_write(&f, text, strlen(text), e);
}

/* Without a head file, the newest seal in the store is the best that is known. */
static int start_from_store(struct sealer *s, struct err *e)
{
	struct audit_seal seal;
	int rc = store_audit_seal_last(s->eng->db, &s->a, &seal, e);

	if (rc == 1 && keyring_signed(s->eng->keys, &seal) == 1) {
		log_warn("audit.headless", LF_S("file", s->eng->cf->head_file),
			LF_I("seal", seal.seq));
		take_last(s, &seal);
	}
	return rc < 0 ? -1 : 0;
}

/* --- sealing --- */

static void report(const struct audit_seal *seal)
{
	char hash[HEX], mac[HEX];

	str_hex(hash, seal->hash, SEAL_HASH);
	str_hex(mac, seal->mac, SEAL_HASH);
	log_info("audit.seal", LF_I("seq", seal->seq), LF_S("hash", hash), LF_S("mac", mac),
		LF_S("key", seal->key_id));
}

static int store_last(struct sealer *s, struct err *e)
{
	if (s->unstored && store_audit_seal_add(s->eng->db, &s->last, e) < 0)
		return -1;
	s->unstored = 0;
	return 0;
}

/* Head file first: should the store then fail or this process die, the next start knows more than
 * the store, never less. */
static int seal(struct sealer *s, const struct audit *row, struct err *e)
{
	struct audit_seal next = { .seq = row->seq, .at = clock_now() };

	memcpy(next.hash, row->hash, SEAL_HASH);
	keyring_sign(s->eng->keys, &next);
	if (head_write(s, &next, e) < 0)
		return -1;
	take_last(s, &next);
	s->unstored = 1;
	report(&next);
	return store_last(s, e);
}

/* Loud, and again every minute: this is either an attack or a restore that was done by hand. */
static int broken(const char *why, int64_t seq)
{
	log_error("audit.broken", LF_S("why", why), LF_I("seq", seq));
	return 0;
}

/* The chain from the last seal over n rows; the first is the sealed row itself. 1 whole, 0 broken.
 */
static int is_whole(const struct sealer *s, const struct audit *row, int n)
{
	unsigned char expected[SEAL_HASH];
	int64_t seq = s->last.seq;

	if (seq == 0)
		seq = n > 0 ? row[0].seq : 0; /* the log before the first seal is taken as it is */
	else if (n == 0 || row[0].seq != seq)
		return broken("the log ends before the last seal", seq);
	else if (memcmp(row[0].hash, s->last.hash, SEAL_HASH) != 0)
		return broken("the sealed row was changed", seq);
	for (int i = 1; i < n; i++) {
		store_audit_hash(&row[i], row[i - 1].hash, expected);
		if (row[i].seq != seq + i || memcmp(expected, row[i].hash, SEAL_HASH) != 0)
			return broken("a row does not follow the one before", row[i].seq);
	}
	return 1;
}

static void schedule(struct sealer *s, int64_t ms);

/* One batch: check, then seal its end. 1 there may be more, 0 done, -1 the store or a file failed.
 */
static int advance(struct sealer *s, struct err *e)
{
	struct audit *row = NULL;
	int n = store_audit_walk(s->eng->db, &s->a, s->last.seq, SEALER_BATCH, &row, e);

	if (n < 0 || store_last(s, e) < 0)
		return -1;
	if (!is_whole(s, row, n))
		return 0;
	if (n > 0 && row[n - 1].seq > s->last.seq && seal(s, &row[n - 1], e) < 0)
		return -1;
	return n == SEALER_BATCH;
}

static void on_time(void *ptr)
{
	struct sealer *s = ptr;
	struct err e;
	int rc = advance(s, &e);

	s->timer = 0;
	if (rc < 0 && e.code != ERR_BUSY)
		log_err("audit.unsealed", &e);
	arena_reset(&s->a);
	schedule(s, rc < 0 ? SEALER_RETRY_MS : rc == 1 ? 0 : SEALER_EVERY_MS);
}

/* At the latest in ms; an earlier time stays. */
static void schedule(struct sealer *s, int64_t ms)
{
	int64_t due = clock_mono_ms() + ms;

	if (s->timer && s->due <= due)
		return;
	loop_cancel(s->eng->loop, s->timer);
	s->due = due;
	s->timer = loop_after(s->eng->loop, ms, on_time, s);
}

void sealer_soon(struct sealer *s)
{
	schedule(s, SEALER_SOON_MS);
}

/* What will be needed every minute is tried once at the start, where somebody looks. */
static int prepare(struct sealer *s, struct err *e)
{
	int rc = head_read(s, e);

	if (rc == 0)
		rc = start_from_store(s, e);
	return rc < 0 ? -1 : head_write(s, &s->last, e);
}

struct sealer *sealer_new(struct engine *eng, struct err *e)
{
	struct sealer *s = calloc(1, sizeof(*s));

	if (!s)
		die("sealer: out of memory");
	s->eng = eng;
	arena_init(&s->a, ARENA);
	if (prepare(s, e) < 0) {
		sealer_free(s);
		return NULL;
	}
	arena_reset(&s->a);
	schedule(s, 0);
	return s;
}

void sealer_free(struct sealer *s)
{
	if (!s)
		return;
	loop_cancel(s->eng->loop, s->timer);
	arena_done(&s->a);
	free(s);
}
