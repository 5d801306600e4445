/*
 * Tickets: what the sign-in handed out (codes, refresh tokens, sessions, device codes, consents)
 * and must know again.
 *
 * Spent and expired ones stay, so that a second use is told apart from nonsense; there are at most
 * TICKETS, and the oldest goes first. A ticket of a user dies with the password it was given for.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* Enough for a hundred thousand requests of a test that never looks back; about 30 MB at worst. */
enum { TICKETS = 1 << 16, BUCKETS = 1 << 13 };

struct tickets {
	struct world *world;
	struct ticket *buckets[BUCKETS];
	struct ticket *oldest, **end;
	uint32_t count;
};

struct tickets *tickets_new(struct world *w)
{
	struct tickets *t = need(sizeof(*t));

	t->world = w;
	t->end = &t->oldest;
	return t;
}

static void ticket_free(struct ticket *k)
{
	free(k->key);
	free(k->redirect);
	free(k->challenge);
	free(k->nonce);
	free(k->scope);
	free(k->link);
	free(k);
}

void tickets_free(struct tickets *t)
{
	struct ticket *newer;

	for (struct ticket *k = t->oldest; k != NULL; k = newer) {
		newer = k->newer;
		ticket_free(k);
	}
	free(t);
}

/* The hash ignores case, the comparison does not. */
static struct ticket **bucket(struct tickets *t, enum ticket_kind kind, const char *key)
{
	return &t->buckets[mix(hash_nocase(key), kind) % BUCKETS];
}

static void drop_oldest(struct tickets *t)
{
	struct ticket *k = t->oldest, **at = bucket(t, k->kind, k->key);

	while (*at != k)
		at = &(*at)->next;
	*at = k->next;
	t->oldest = k->newer;
	if (t->oldest == NULL)
		t->end = &t->oldest;
	t->count--;
	ticket_free(k);
}

void tickets_trim(struct tickets *t)
{
	while (t->count > TICKETS)
		drop_oldest(t);
}

/* The shape real ones have: a version, then base64url of what only the maker can read. */
static char *secret(struct tickets *t, size_t bytes)
{
	struct text out = { 0 };
	unsigned char *b = need(bytes);

	world_bytes(t->world, b, bytes);
	text_puts(&out, "1.A");
	base64url_add(&out, b, bytes);
	free(b);
	return out.at;
}

/* At the end of its bucket: several of one key are found in the order they came. */
struct ticket *ticket_new(
	struct tickets *t, enum ticket_kind kind, const char *key, size_t bytes, int64_t seconds)
{
	struct ticket *k = need(sizeof(*k)), **at;

	k->kind = kind;
	k->key = key != NULL ? copy(key) : secret(t, bytes);
	k->issued = world_now(t->world);
	k->expires = k->issued + seconds;
	for (at = bucket(t, kind, k->key); *at != NULL;)
		at = &(*at)->next;
	*at = k;
	*t->end = k;
	t->end = &k->newer;
	t->count++;
	return k;
}

static struct ticket *same_from(struct ticket *k, enum ticket_kind kind, const char *key)
{
	while (k != NULL && (k->kind != kind || !same(k->key, key)))
		k = k->next;
	return k;
}

struct ticket *ticket_find(struct tickets *t, enum ticket_kind kind, const char *key)
{
	return key == NULL ? NULL : same_from(*bucket(t, kind, key), kind, key);
}

struct ticket *ticket_next(const struct ticket *k)
{
	return same_from(k->next, k->kind, k->key);
}

void ticket_own(struct ticket *k, struct identity *id)
{
	k->identity = id;
	k->revoked = id->revoked;
	k->password = id->password;
}

bool ticket_expired(const struct tickets *t, const struct ticket *k)
{
	return world_now(t->world) >= k->expires;
}

/* Not by comparing times: a frozen clock says the same before and after a reset. */
bool ticket_revoked(const struct ticket *k)
{
	return k->identity != NULL &&
		(k->identity->revoked != k->revoked || k->identity->password != k->password);
}

bool ticket_alive(const struct tickets *t, const struct ticket *k)
{
	return !k->spent && !ticket_expired(t, k) && !ticket_revoked(k);
}

/* All are looked at: it happens once in a theft. */
void tickets_kill_family(struct tickets *t, uint64_t family)
{
	for (struct ticket *k = t->oldest; k != NULL; k = k->newer)
		if (k->kind == TICKET_REFRESH && k->family == family)
			k->declined = true;
}
