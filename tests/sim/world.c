/*
 * World: its memory, its clock, its random numbers, and the fixed tables of products and switches.
 *
 * Memory is taken from big blocks: structs from a block's front, strings from its back, so that a
 * hundred thousand mailboxes cost little and go in one sweep. Time and chance come from here only:
 * the same seed and a frozen clock give the same world, byte for byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "sim/item.h"
#include "sim/world.h"

enum { BLOCK = 256 * 1024 };
struct block {
	struct block *next;
	size_t front, back; /* what lies between them is free */
	_Alignas(16) unsigned char at[];
};

const char *const level_names[LEVEL__MAX] = { "Exchange2007", "Exchange2007_SP1", "Exchange2010",
	"Exchange2010_SP1", "Exchange2010_SP2", "Exchange2013", "Exchange2013_SP1", "Exchange2015",
	"Exchange2016" };

const struct product products[] = {
	{ "2007", 8, 0, 685, 24, NULL, LEVEL_2007 },
	{ "2007sp1", 8, 1, 240, 5, "Exchange2007_SP1", LEVEL_2007_SP1 },
	{ "2007sp3", 8, 3, 83, 6, "Exchange2007_SP1", LEVEL_2007_SP1 },
	{ "2010", 14, 0, 639, 21, "Exchange2010", LEVEL_2010 },
	{ "2010sp1", 14, 1, 218, 15, "Exchange2010_SP1", LEVEL_2010_SP1 },
	{ "2010sp2", 14, 2, 247, 5, "Exchange2010_SP2", LEVEL_2010_SP2 },
	{ "2010sp3", 14, 3, 123, 4, "Exchange2010_SP2", LEVEL_2010_SP2 },
	{ "2013", 15, 0, 712, 24, "V2_3", LEVEL_2013 },
	{ "2013sp1", 15, 0, 847, 32, "V2_8", LEVEL_2013_SP1 },
	{ "2013cu23", 15, 0, 1497, 2, "V2_23", LEVEL_2013_SP1 },
	{ "2016", 15, 1, 2507, 35, "V2017_07_11", LEVEL_2016 },
	{ "2019", 15, 2, 1544, 11, "V2017_07_11", LEVEL_2016 },
	{ "se", 15, 2, 2562, 17, "V2017_07_11", LEVEL_2016 },
	{ "online", 15, 20, 9520, 5, "V2018_01_08", LEVEL_2016 },
	{ NULL, 0, 0, 0, 0, NULL, LEVEL_2007 },
};

const struct product *product_find(const char *name)
{
	for (const struct product *p = products; p->name; p++)
		if (same_nocase(p->name, name))
			return p;
	return NULL;
}

const struct unsure_row unsure_rows[UNSURE__MAX] = {
#define WORLD_UNSURE_ROW(id, name, values) { name, values },
	WORLD_UNSURE(WORLD_UNSURE_ROW)
#undef WORLD_UNSURE_ROW
};

/* The nth word of a switch's values, not ended; its length in *n. */
static const char *unsure_word(enum unsure u, int nth, size_t *n)
{
	const char *s = unsure_rows[u].values;

	for (; nth > 0 && (s = strchr(s, ' ')) != NULL; nth--)
		s++;
	*n = s ? strcspn(s, " ") : 0;
	return s;
}

bool world_unsure(const struct premise *p, enum unsure u, const char *value)
{
	size_t n;
	const char *s = unsure_word(u, p ? p->unsure[u] : 0, &n);

	return s && strlen(value) == n && memcmp(s, value, n) == 0;
}

const char *world_unsure_value(const struct premise *p, enum unsure u)
{
	/* The table's words, each ended: filled when first asked for, always the same. */
	static char words[UNSURE__MAX][8][48];
	int nth = p ? p->unsure[u] : 0;
	char *word = words[u][nth & 7];
	size_t n;
	const char *s = unsure_word(u, nth, &n);

	if (!*word && s && n < sizeof words[0][0])
		memcpy(word, s, n);
	return word;
}

static bool is_se(const struct premise *p)
{
	return same(p->product->name, "se");
}

const struct product *product_shown(const struct premise *p)
{
	static const struct product apart = { "se", 15, 3, 100, 1, "V2017_07_11", LEVEL_2016 };

	return is_se(p) && world_unsure(p, UNSURE_SE_NUMBER, "15.3") ? &apart : p->product;
}

bool takes_2019(const struct premise *p)
{
	return is_se(p) && world_unsure(p, UNSURE_SE_SCHEMA, "Exchange2019");
}

static struct block *block_for(struct world *w, size_t size)
{
	struct block *b = w->blocks;
	size_t room = size > BLOCK ? size : BLOCK;

	if (b && b->back - b->front >= size)
		return b;
	b = need(sizeof *b + room);
	b->back = room;
	b->next = w->blocks;
	w->blocks = b;
	return b;
}

void *world_need(struct world *w, size_t size)
{
	struct block *b;
	void *at;

	size = (size + 15) & ~(size_t)15;
	b = block_for(w, size);
	at = b->at + b->front;
	b->front += size;
	return at;
}

char *world_copy(struct world *w, const char *s)
{
	struct block *b;
	size_t n;

	if (!s)
		return NULL;
	n = strlen(s) + 1;
	/* Rounded, so that what is left for structs keeps its alignment. */
	b = block_for(w, n + 15);
	b->back -= n;
	return memcpy(b->at + b->back, s, n);
}

size_t list_count(const void *list)
{
	const void *const *at = list;
	size_t n = 0;

	while (at && at[n])
		n++;
	return n;
}

void *world_list_with(struct world *w, const void *list, void *thing)
{
	size_t n = list_count(list);
	void **new = world_need(w, (n + 2) * sizeof *new);

	if (n > 0)
		memcpy(new, list, n * sizeof *new);
	new[n] = thing;
	return new;
}

void *world_list_without(struct world *w, const void *list, const void *thing)
{
	const void *const *at = list;
	size_t n = list_count(list), kept = 0;
	const void **new = n ? world_need(w, (n + 1) * sizeof *new) : NULL;

	for (size_t i = 0; i < n; i++)
		if (at[i] != thing)
			new[kept++] = at[i];
	return kept ? new : NULL;
}

struct world *world_new(void)
{
	struct world *w = need(sizeof *w);

	w->organisation = world_copy(w, "Example");
	w->name = world_copy(w, "unnamed");
	w->seed = 1;
	w->post = post_new();
	return w;
}

void world_free(struct world *w)
{
	struct block *next;

	if (!w)
		return;
	for (uint32_t i = 0; i < w->n_mailboxes; i++)
		if (w->mailboxes[i]->store)
			store_free(w->mailboxes[i]->store);
	for (struct group *g = w->groups; g; g = g->next) {
		free(g->members);
		free(g->has);
	}
	post_free(w->post);
	free(w->mailboxes);
	free(w->by_address);
	free(w->by_address_key);
	for (struct block *b = w->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(w);
}

int64_t world_now_ms(const struct world *w)
{
	struct timespec now;

	if (w->frozen)
		return w->frozen_at * 1000;
	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec + w->shift) * 1000 + now.tv_nsec / 1000000;
}

utc_t world_now(const struct world *w)
{
	int64_t ms = world_now_ms(w);

	return ms / 1000 - (ms % 1000 < 0);
}

void world_bytes(struct world *w, void *out, size_t n)
{
	struct dice d = { mix(w->seed, ++w->count) };
	unsigned char *at = out;

	for (; n > 0;) {
		uint64_t bits = dice_next(&d);
		size_t some = n < sizeof bits ? n : sizeof bits;

		memcpy(at, &bits, some);
		at += some;
		n -= some;
	}
}

void world_guid(struct world *w, char out[37])
{
	unsigned char b[16];
	char *at = out;

	world_bytes(w, b, sizeof b);
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		at += snprintf(at, 3, "%02x", b[i]);
	}
}

void world_new_password(struct world *w, struct identity *id, const char *password)
{
	if (id->password) {
		id->old[1] = id->old[0];
		id->old[0].password = id->password;
		id->old[0].changed = world_now(w);
	}
	id->password = world_copy(w, password);
	/* Two changes within a second are two changes. */
	id->revoked = id->revoked >= world_now(w) ? id->revoked + 1 : world_now(w);
}
