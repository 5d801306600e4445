/* Seal: secrets in memory, the sealing half of sealed boxes, and hashes and tokens.
 *
 * Rules: this file can close a box and never open one; only engine/keyring.c links that half of
 * libsodium. A secret lives in memory that is locked, guarded and read-only once it is filled.
 *
 * What is sealed, numbers little-endian:
 *
 *     version (1) account (8) row (8) policy (32) purpose: length (1), bytes
 *     secret: length (4), bytes; zeros up to a multiple of 64
 *
 * The zeros hide the length of a password from those who see the box.
 */
#define _GNU_SOURCE 1 /* strsep */
#include "seal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "log.h"
#include "str.h"

enum { PLAIN_VERSION = 1, PLAIN_PAD = 64, PURPOSE_MAX = 31 };

/* Where the parts of the plaintext begin. */
enum { AT_ACCOUNT = 1, AT_ROW = 9, AT_POLICY = 17, AT_PURPOSE = AT_POLICY + SEAL_HASH };

enum { PLAIN_MAX = AT_PURPOSE + 1 + PURPOSE_MAX + 4 + SEAL_SECRET_MAX + PLAIN_PAD };

enum { KEYS_FILE_LIMIT = 64 * 1024, KEYS_MAX = 64 };

_Static_assert(SEAL_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "size of a public key");

struct secret {
	size_t len;
	unsigned char bytes[];
};

void seal_init(void)
{
	if (sodium_init() < 0)
		die("libsodium does not start");
}

/* libsodium says nothing when the kernel's limit on locked memory is reached. The secret is then
 * still guarded and wiped, but could be swapped out: ops should know, once. */
static void check_locked(void *p, size_t n)
{
	static int told;

	if (told || sodium_mlock(p, n) == 0)
		return;
	told = 1;
	log_warn("secret.unlocked", LF_S("why", strerror(errno)));
}

struct secret *secret_new(const void *p, size_t n)
{
	/* Rounded up, because the memory ends, not begins, at a page: so it begins aligned. */
	size_t unit = _Alignof(struct secret), size = sizeof(struct secret) + n + 1;
	struct secret *s = NULL;

	if (n < SIZE_MAX / 2) {
		size = (size + unit - 1) / unit * unit;
		s = sodium_malloc(size);
	}
	if (!s)
		die("out of memory for a secret");
	check_locked(s, size);
	s->len = n;
	if (n > 0)
		memcpy(s->bytes, p, n);
	s->bytes[n] = '\0';
	sodium_mprotect_readonly(s);
	return s;
}

void secret_free(struct secret *s)
{
	sodium_free(s);
}

size_t secret_len(const struct secret *s)
{
	return s->len;
}

const unsigned char *secret_bytes(const struct secret *s)
{
	return s->bytes;
}

int secret_same(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && sodium_memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* Split a line at blanks into at most max fields; the number of fields, max + 1 for too many. */
static size_t split(char *line, char **fields, size_t max)
{
	char *field;
	size_t n = 0;

	while ((field = strsep(&line, " \t")) != NULL) {
		if (!*field)
			continue;
		if (n == max)
			return max + 1;
		fields[n++] = field;
	}
	return n;
}

/* Read "ID CREATED STATE KEY"; NULL, or what is wrong. */
static const char *key_read(char *line, struct seal_public *out)
{
	unsigned char id[SEAL_KEY_ID / 2];
	char *field[4];

	if (split(line, field, 4) != 4)
		return "must be: id, creation time, state, key";
	if (str_unhex(id, sizeof(id), field[0]) < 0)
		return "the id must be 8 hex digits";
	str_hex(out->id, id, sizeof(id));
	if (str_int(field[1], 0, INT64_MAX, &out->created) < 0)
		return "the creation time must be a Unix time";
	out->active = strcmp(field[2], "active") == 0;
	if (!out->active && strcmp(field[2], "old") != 0)
		return "the state must be active or old";
	if (str_unhex(out->key, sizeof(out->key), field[3]) < 0)
		return "the key must be 64 hex digits";
	return NULL;
}

/* What the reading of a key file knows so far. */
struct keys {
	const char *path;
	int line;
	size_t count;
	char ids[KEYS_MAX][SEAL_KEY_ID + 1];
};

static int key_add(struct keys *k, const struct seal_public *key, struct err *e)
{
	size_t i;

	for (i = 0; i < k->count; i++) {
		if (strcmp(k->ids[i], key->id) == 0)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: key %s is there twice", k->path,
				k->line, key->id);
	}
	if (k->count == KEYS_MAX)
		return ERR(e, ERR_SETUP, NULL, "%s:%d: over %d keys", k->path, k->line, KEYS_MAX);
	return str_copy(k->ids[k->count++], SEAL_KEY_ID + 1, key->id);
}

/* The newest active key of a key file's text goes to out. */
static int keys_read(const char *path, char *text, struct seal_public *out, struct err *e)
{
	struct keys k = { .path = path };
	struct seal_public key;
	const char *wrong;
	char *line;

	*out = (struct seal_public){ 0 };
	while ((line = str_line(&text)) != NULL) {
		k.line++;
		if (!*line || *line == '#')
			continue;
		wrong = key_read(line, &key);
		if (wrong)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: %s", path, k.line, wrong);
		if (key_add(&k, &key, e) < 0)
			return -1;
		if (key.active && (!out->active || key.created > out->created))
			*out = key;
	}
	if (!out->active)
		return ERR(e, ERR_SETUP, NULL, "%s: no active key", path);
	return 0;
}

int seal_public_load(const char *path, struct seal_public *out, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b, KEYS_FILE_LIMIT);
	rc = buf_file(&b, path, e);
	if (rc == 0 && strlen(b.p) != b.len)
		rc = ERR(e, ERR_SETUP, NULL, "%s: not a text file", path);
	if (rc == 0)
		rc = keys_read(path, b.p, out, e);
	else
		e->code = ERR_SETUP;
	buf_done(&b);
	return rc;
}

/* The low bytes of value, lowest first. */
static void put_number(struct buf *b, uint64_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_putc(b, (char)(value & 0xff));
}

static uint64_t get_number(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	while (bytes > 0)
		value = value << 8 | p[--bytes];
	return value;
}

static size_t padding(size_t n)
{
	return (PLAIN_PAD - n % PLAIN_PAD) % PLAIN_PAD;
}

void seal_plain_write(const struct seal_home *home, const struct secret *s, struct buf *out)
{
	static const char zeros[PLAIN_PAD];
	size_t start = out->len, purpose = strlen(home->purpose);

	if (purpose > PURPOSE_MAX || s->len > SEAL_SECRET_MAX)
		die("seal: a purpose of %zu, a secret of %zu bytes", purpose, s->len);
	buf_putc(out, PLAIN_VERSION);
	put_number(out, (uint64_t)home->account, 8);
	put_number(out, (uint64_t)home->row, 8);
	buf_add(out, home->policy, SEAL_HASH);
	put_number(out, purpose, 1);
	buf_add(out, home->purpose, purpose);
	put_number(out, s->len, 4);
	buf_add(out, s->bytes, s->len);
	if (buf_ok(out))
		buf_add(out, zeros, padding(out->len - start));
}

/* NULL when the plaintext belongs to home, with place and length of its secret; or what is wrong.
 * The text of the purpose is public, the hash of the policy and the secret are compared in the
 * same time wherever they differ. */
static const char *plain_fault(
	const unsigned char *p, size_t n, const struct seal_home *home, size_t *at, size_t *len)
{
	size_t purpose = strlen(home->purpose);

	if (n < AT_PURPOSE + 1 || n % PLAIN_PAD)
		return "damaged: length";
	if (p[0] != PLAIN_VERSION)
		return "unknown version";
	if (get_number(p + AT_ACCOUNT, 8) != (uint64_t)home->account)
		return "sealed for another account";
	if (get_number(p + AT_ROW, 8) != (uint64_t)home->row)
		return "sealed for another row";
	if (sodium_memcmp(p + AT_POLICY, home->policy, SEAL_HASH) != 0)
		return "sealed for another transport policy";
	*at = AT_PURPOSE + 1 + (size_t)p[AT_PURPOSE] + 4;
	if (*at > n)
		return "damaged: purpose";
	if (p[AT_PURPOSE] != purpose || memcmp(p + AT_PURPOSE + 1, home->purpose, purpose) != 0)
		return "sealed for another purpose";
	*len = (size_t)get_number(p + *at - 4, 4);
	if (*len > SEAL_SECRET_MAX || *len > n - *at)
		return "damaged: secret";
	if (n - *at - *len != padding(*at + *len) ||
		!sodium_is_zero(p + *at + *len, n - *at - *len))
		return "damaged: padding";
	return NULL;
}

struct secret *seal_plain_read(
	const unsigned char *p, size_t n, const struct seal_home *home, struct err *e)
{
	size_t at = 0, len = 0;
	const char *fault = plain_fault(p, n, home, &at, &len);

	if (fault) {
		ERR(e, ERR_KEY, NULL, "account %lld row %lld purpose %s: %s",
			(long long)home->account, (long long)home->row, home->purpose, fault);
		return NULL;
	}
	return secret_new(p + at, len);
}

int seal_close(const struct seal_public *k, const struct seal_home *home, const struct secret *s,
	struct buf *out, struct err *e)
{
	unsigned char box[PLAIN_MAX + crypto_box_SEALBYTES];
	struct buf plain;
	int rc;

	if (s->len > SEAL_SECRET_MAX)
		return ERR(e, ERR_TOO_BIG, NULL, "a secret of %zu bytes", s->len);
	buf_init(&plain, PLAIN_MAX);
	seal_plain_write(home, s, &plain);
	rc = crypto_box_seal(box, (const unsigned char *)buf_str(&plain), plain.len, k->key);
	if (rc < 0)
		rc = ERR(e, ERR_SETUP, NULL, "public key %s cannot be used", k->id);
	else if (buf_add(out, box, plain.len + crypto_box_SEALBYTES) < 0)
		rc = ERR(e, ERR_INTERNAL, NULL, "no room for a sealed secret");
	buf_wipe(&plain);
	return rc;
}

/* BLAKE2b, keyed when there is a key, over each part with its length before it. */
static void hash_parts(
	unsigned char out[SEAL_HASH], const unsigned char *key, const char *const *parts, size_t n)
{
	crypto_generichash_state state;
	unsigned char size[8];
	size_t i, k, len;

	crypto_generichash_init(&state, key, key ? SEAL_HASH : 0, SEAL_HASH);
	for (i = 0; i < n; i++) {
		len = parts[i] ? strlen(parts[i]) : 0;
		for (k = 0; k < sizeof(size); k++)
			size[k] = (unsigned char)((uint64_t)len >> 8 * k);
		crypto_generichash_update(&state, size, sizeof(size));
		if (len > 0)
			crypto_generichash_update(&state, (const unsigned char *)parts[i], len);
	}
	crypto_generichash_final(&state, out, SEAL_HASH);
	sodium_memzero(&state, sizeof(state));
}

void seal_hash(unsigned char out[SEAL_HASH], const char *const *parts, size_t n)
{
	hash_parts(out, NULL, parts, n);
}

void seal_derive(char out[SEAL_TOKEN_HEX + 1], const char *key, const char *label, const char *text)
{
	unsigned char fixed[SEAL_HASH], hash[SEAL_HASH];

	/* A key may have any length: its hash is the key. */
	hash_parts(fixed, NULL, (const char *const[]){ "derive", key }, 2);
	hash_parts(hash, fixed, (const char *const[]){ label, text }, 2);
	str_hex(out, hash, sizeof(hash));
	sodium_memzero(fixed, sizeof(fixed));
	sodium_memzero(hash, sizeof(hash));
}

void seal_token(char out[SEAL_TOKEN_HEX + 1])
{
	seal_random_hex(out, SEAL_TOKEN_HEX);
}

void seal_token_hash(unsigned char out[SEAL_HASH], const char *token)
{
	hash_parts(out, NULL, (const char *const[]){ "token", token }, 2);
}

void seal_random_hex(char *dst, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	randombytes_buf(dst, n);
	for (i = 0; i < n; i++)
		dst[i] = digits[(unsigned char)dst[i] & 15];
	dst[n] = '\0';
}
