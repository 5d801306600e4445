/* Keyring: the private keys, and everything that needs one. The only file that opens a seal.
 *
 * Rules: the whole ring lives in one piece of locked, guarded memory that is wiped when freed and
 * can only be read once it is filled. Where a secret belongs is worked out from the rows of the
 * moment, never taken from what was stored beside the box. Each private key has two uses, kept
 * apart: opening boxes, and through a derived key the signing of the audit log.
 */
#include "keyring.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/wholefile.h"
#include "store/store_mail.h"

enum { LINE_SIZE = 128, FIELDS = 4, SIGN_KEY = 1 };

static const char SIGN_CONTEXT[] = "lkaudit1"; /* exactly crypto_kdf_CONTEXTBYTES */

_Static_assert(sizeof(SIGN_CONTEXT) == crypto_kdf_CONTEXTBYTES + 1, "context of the signing key");
_Static_assert(crypto_box_SECRETKEYBYTES == crypto_kdf_KEYBYTES, "a box key derives others");

struct key {
	struct seal_public public;
	unsigned char box[crypto_box_SECRETKEYBYTES];
	unsigned char sign[crypto_generichash_KEYBYTES];
};

struct keyring {
	size_t count;
	struct key keys[KEYRING_MAX];
};

/* Locked, between guard pages, never in a core dump, wiped when freed. */
static void *guarded(size_t size)
{
	void *p = sodium_malloc(size);

	if (!p)
		die("keyring: out of memory");
	return p;
}

struct keyring *keyring_new(void)
{
	struct keyring *k = guarded(sizeof(*k));

	memset(k, 0, sizeof(*k));
	return k;
}

void keyring_free(struct keyring *k)
{
	sodium_free(k);
}

size_t keyring_count(const struct keyring *k)
{
	return k->count;
}

const struct seal_public *keyring_at(const struct keyring *k, size_t i)
{
	return &k->keys[i].public;
}

/* --- reading and making keys --- */

/* Fill what follows from the private half. */
static int complete(struct key *key)
{
	crypto_kdf_derive_from_key(key->sign, sizeof(key->sign), SIGN_KEY, SIGN_CONTEXT, key->box);
	return crypto_scalarmult_base(key->public.key, key->box);
}

static const struct key *find(const struct keyring *k, const char *id)
{
	for (size_t i = 0; i < k->count; i++) {
		if (strcmp(k->keys[i].public.id, id) == 0)
			return &k->keys[i];
	}
	return NULL;
}

/* The newest of the active ones: the same choice as seal_public_load makes in the public file, so
 * that both tiers mean one key. */
static const struct key *active(const struct keyring *k)
{
	const struct key *best = NULL;

	for (size_t i = 0; i < k->count; i++) {
		const struct key *key = &k->keys[i];

		if (key->public.active && (!best || key->public.created > best->public.created))
			best = key;
	}
	return best;
}

const struct seal_public *keyring_active(const struct keyring *k)
{
	const struct key *key = active(k);

	return key ? &key->public : NULL;
}

/* The next word of a line, cut off in place; "" at the end. */
static char *word(char **rest)
{
	char *start = *rest + strspn(*rest, " \t");
	char *end = start + strcspn(start, " \t");

	*rest = *end ? end + 1 : end;
	*end = '\0';
	return start;
}

/* Read "ID CREATED STATE SECRET" into key; NULL, or what is wrong. */
static const char *key_read(char *line, struct key *key)
{
	unsigned char id[SEAL_KEY_ID / 2];
	const char *f[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		f[i] = word(&line);
	if (*line || !*f[FIELDS - 1])
		return "must be: id, creation time, state, key";
	if (str_unhex(id, sizeof(id), f[0]) < 0)
		return "the id must be 8 hex digits";
	str_hex(key->public.id, id, sizeof(id));
	if (str_int(f[1], 0, INT64_MAX, &key->public.created) < 0)
		return "the creation time must be a Unix time";
	key->public.active = strcmp(f[2], "active") == 0;
	if (!key->public.active && strcmp(f[2], "old") != 0)
		return "the state must be active or old";
	if (str_unhex(key->box, sizeof(key->box), f[3]) < 0)
		return "the key must be 64 hex digits";
	return complete(key) < 0 ? "this is not a key" : NULL;
}

/* The key is read into its place at the end and only counted when it is good. */
static const char *key_add(struct keyring *k, char *line)
{
	struct key *key = &k->keys[k->count];
	const char *wrong;

	if (k->count == KEYRING_MAX)
		return "too many keys; drop old ones";
	wrong = key_read(line, key);
	if (!wrong && find(k, key->public.id))
		wrong = "this key is there twice";
	k->count += !wrong;
	return wrong;
}

static int parse(struct keyring *k, const char *place, char *text, struct err *e)
{
	const char *wrong;
	char *line;

	for (int n = 1; (line = str_line(&text)) != NULL; n++) {
		wrong = *line && *line != '#' ? key_add(k, line) : NULL;
		if (wrong)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: %s", place, n, wrong);
	}
	if (!active(k))
		return ERR(e, ERR_SETUP, NULL, "%s: no active key", place);
	return 0;
}

struct keyring *keyring_load(const struct keyfile *from, struct err *e)
{
	struct keyring *k = keyring_new();
	char *text = guarded(KEYFILE_MAX + 1);
	int rc = keyfile_read(from, text, e);

	if (rc == 0)
		rc = parse(k, str_empty(from->command) ? from->file : "key_command", text, e);
	sodium_free(text);
	if (rc < 0) {
		keyring_free(k);
		return NULL;
	}
	sodium_mprotect_readonly(k);
	return k;
}

const struct seal_public *keyring_generate(struct keyring *k, struct err *e)
{
	struct key *key = &k->keys[k->count];
	int64_t now = clock_now();

	if (k->count == KEYRING_MAX) {
		ERR(e, ERR_CONFLICT, "There are too many keys. Drop old ones first.", "%d keys",
			KEYRING_MAX);
		return NULL;
	}
	sodium_mprotect_readwrite(k);
	for (size_t i = 0; i < k->count; i++) {
		k->keys[i].public.active = 0;
		if (k->keys[i].public.created >= now) /* the newest is the active one */
			now = k->keys[i].public.created + 1;
	}
	do
		seal_random_hex(key->public.id, SEAL_KEY_ID);
	while (find(k, key->public.id));
	key->public.created = now;
	key->public.active = 1;
	randombytes_buf(key->box, sizeof(key->box));
	if (complete(key) < 0)
		die("keyring: a random key is none");
	k->count++;
	sodium_mprotect_readonly(k);
	return &key->public;
}

int keyring_drop(struct keyring *k, const char *id, struct err *e)
{
	const struct key *key = find(k, id);
	size_t at;

	if (!key)
		return ERR(e, ERR_MISSING, "There is no key of this name.", "key %.16s", id);
	if (key == active(k))
		return ERR(e, ERR_CONFLICT,
			"The active key cannot be dropped. Make a new one first.",
			"key %s is active", id);
	at = (size_t)(key - k->keys);
	sodium_mprotect_readwrite(k);
	k->count--;
	memmove(&k->keys[at], &k->keys[at + 1], (k->count - at) * sizeof(*key));
	sodium_memzero(&k->keys[k->count], sizeof(*key));
	sodium_mprotect_readonly(k);
	return 0;
}

/* --- writing --- */

/* All lines of one kind, after a comment that says what this is. */
static void print(const struct keyring *k, int private, char *text)
{
	size_t at = (size_t)snprintf(text, LINE_SIZE,
		"# Latchkey, %s keys: id, creation time, state, key\n",
		private ? "private" : "public");
	char hex[2 * SEAL_KEY_SIZE + 1];

	for (size_t i = 0; i < k->count; i++) {
		const struct key *key = &k->keys[i];

		str_hex(hex, private ? key->box : key->public.key, SEAL_KEY_SIZE);
		at += (size_t)snprintf(text + at, LINE_SIZE, "%s %lld %s %s\n", key->public.id,
			(long long)key->public.created, key->public.active ? "active" : "old", hex);
	}
	sodium_memzero(hex, sizeof(hex));
}

static int write_keys(
	const struct keyring *k, int private, const struct wholefile *f, struct err *e)
{
	char *text = guarded((KEYRING_MAX + 1) * LINE_SIZE);
	int rc;

	print(k, private, text);
	rc = wholefile_write(f, text, strlen(text), e);
	sodium_free(text);
	return rc;
}

int keyring_write(const struct keyring *k, const char *path, uid_t owner, struct err *e)
{
	const struct wholefile f = { path, 0400, owner };

	return write_keys(k, 1, &f, e);
}

int keyring_write_public(const struct keyring *k, const char *path, struct err *e)
{
	const struct wholefile f = { path, 0644, (uid_t)-1 };

	return write_keys(k, 0, &f, e);
}

/* --- opening --- */

/* Where the secret of this row belongs. */
static int home_of(const struct credential *cr, const struct connection *c, struct seal_home *home,
	struct err *e)
{
	if (c->id != cr->connection || c->account != cr->account)
		return ERR(e, ERR_KEY, NULL, "credential %lld is not of connection %lld",
			(long long)cr->id, (long long)c->id);
	home->account = cr->account;
	home->row = cr->id;
	home->purpose = cr->purpose;
	store_connection_policy(c, home->policy);
	return 0;
}

/* A box as its row has it. */
struct box {
	const char *what; /* "credential", for the log */
	const char *key_id;
	const void *sealed;
	size_t len;
};

/* The length is checked before memory is asked for: the row may be anything. */
static struct secret *open_box(
	const struct keyring *k, const struct box *b, const struct seal_home *home, struct err *e)
{
	const struct key *key = find(k, b->key_id);
	size_t n = b->len > crypto_box_SEALBYTES ? b->len - crypto_box_SEALBYTES : 0;
	long long id = home->row;
	struct secret *s = NULL;
	unsigned char *plain;

	if (!key) {
		ERR(e, ERR_KEY, NULL, "%s %lld: key %.16s is not in the key file", b->what, id,
			b->key_id);
		return NULL;
	}
	if (n == 0 || n > SEAL_SECRET_MAX + 256) {
		ERR(e, ERR_KEY, NULL, "%s %lld: a box of %zu bytes", b->what, id, b->len);
		return NULL;
	}
	plain = guarded(n);
	if (crypto_box_seal_open(plain, b->sealed, b->len, key->public.key, key->box) < 0)
		ERR(e, ERR_KEY, NULL, "%s %lld does not open with key %s", b->what, id,
			key->public.id);
	else
		s = seal_plain_read(plain, n, home, e);
	sodium_free(plain);
	return s;
}

/* Opened, and closed again with the active key. */
static int reseal_box(const struct keyring *k, const struct box *b, const struct seal_home *home,
	struct buf *out, struct err *e)
{
	struct secret *s = open_box(k, b, home, e);
	int rc = s ? seal_close(keyring_active(k), home, s, out, e) : -1;

	secret_free(s);
	return rc;
}

static struct box credential_box(const struct credential *cr)
{
	return (struct box){ "credential", cr->key_id, cr->sealed, cr->sealed_len };
}

struct secret *keyring_open(const struct keyring *k, const struct credential *cr,
	const struct connection *c, struct err *e)
{
	const struct box b = credential_box(cr);
	struct seal_home home;

	return home_of(cr, c, &home, e) < 0 ? NULL : open_box(k, &b, &home, e);
}

int keyring_seal(const struct keyring *k, const struct credential *cr, const struct connection *c,
	const struct secret *s, struct buf *out, struct err *e)
{
	struct seal_home home;

	return home_of(cr, c, &home, e) < 0 ? -1 : seal_close(keyring_active(k), &home, s, out, e);
}

int keyring_reseal(const struct keyring *k, const struct credential *cr, const struct connection *c,
	struct buf *out, struct err *e)
{
	const struct box b = credential_box(cr);
	struct seal_home home;

	return home_of(cr, c, &home, e) < 0 ? -1 : reseal_box(k, &b, &home, out, e);
}

struct secret *keyring_open_ask(const struct keyring *k, const struct ask *ask, struct err *e)
{
	const struct box b = { "ask", ask->key_id, ask->sealed, ask->sealed_len };
	const struct seal_home home = { .account = ask->account, .row = ask->id, .purpose = "ask" };

	return open_box(k, &b, &home, e);
}

static struct box mail_box(const struct mail *m, struct seal_home *home)
{
	store_mail_home(m, home);
	return (struct box){ "mail", m->key_id, m->sealed, m->sealed_len };
}

struct secret *keyring_open_mail(const struct keyring *k, const struct mail *m, struct err *e)
{
	struct seal_home home;
	const struct box b = mail_box(m, &home);

	return open_box(k, &b, &home, e);
}

int keyring_reseal_mail(
	const struct keyring *k, const struct mail *m, struct buf *out, struct err *e)
{
	struct seal_home home;
	const struct box b = mail_box(m, &home);

	return reseal_box(k, &b, &home, out, e);
}

/* --- signing the audit log --- */

/* seq, lowest byte first, then the hash: fixed lengths, so that no two heads have one text. */
static void mac_of(const struct key *key, const struct audit_seal *s, unsigned char out[32])
{
	unsigned char text[8 + sizeof(s->hash)];

	for (size_t i = 0; i < 8; i++)
		text[i] = (unsigned char)((uint64_t)s->seq >> 8 * i);
	memcpy(text + 8, s->hash, sizeof(s->hash));
	crypto_generichash(out, 32, text, sizeof(text), key->sign, sizeof(key->sign));
}

void keyring_sign(const struct keyring *k, struct audit_seal *s)
{
	const struct key *key = active(k);

	s->key_id = key->public.id;
	mac_of(key, s, s->mac);
}

int keyring_signed(const struct keyring *k, const struct audit_seal *s)
{
	const struct key *key = find(k, s->key_id);
	unsigned char mac[32];

	if (!key)
		return -1;
	mac_of(key, s, mac);
	return sodium_memcmp(mac, s->mac, sizeof(mac)) == 0;
}
