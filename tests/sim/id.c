/*
 * Id: opaque names of folders and items, as clients get and send them.
 *
 * Shaped like the real ones: base64 of a mailbox GUID in text and an entry id, 152 characters,
 * case-sensitive. The same object has another id for who reached it by naming the mailbox. A mark
 * made from the world's seed finds out ids that were bent, or come from another world.
 */
#include "sim/soap.h"

#include <stdlib.h>
#include <string.h>

enum {
	ID_HEAD = 4,
	ID_GUID = 36,
	ID_BODY = ID_HEAD + ID_GUID,
	ID_MARK = 104, /* where the mark begins; between are zeros and what is named */
	ID_SIZE = 112,
	KEY_SIZE = 28,
	KEY_CHANGE = 24
};

/* Big-endian, as entry ids have their numbers. */
static void put(unsigned char *at, uint64_t value, size_t n)
{
	while (n-- > 0) {
		at[n] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t get(const unsigned char *at, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | at[i];
	return value;
}

/* The mailbox's GUID in text, as real ids begin with it: the same for all ids of a mailbox. */
static void guid_of(const struct world *w, uint32_t mailbox, unsigned char out[ID_GUID])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t bits[2] = { mix(w->seed, mailbox), mix(mailbox, ~w->seed) };

	for (size_t i = 0, digit = 0; i < ID_GUID; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			out[i] = '-';
			continue;
		}
		out[i] = (unsigned char)digits[bits[digit / 16] >> (digit % 16 * 4) & 15];
		digit++;
	}
}

/* Not a secret: it only has to notice what was changed on the way. */
static uint64_t mark_of(const struct world *w, const unsigned char *bytes)
{
	uint64_t mark = w->seed;

	for (size_t i = ID_BODY; i < ID_MARK; i += 8)
		mark = mix(mark, get(bytes + i, 8));
	return mark;
}

static void fill(const struct world *w, const struct id *id, unsigned char bytes[ID_SIZE])
{
	unsigned char *body = bytes + ID_BODY;

	memset(bytes, 0, ID_SIZE);
	memcpy(bytes, "\0\3\44", 4);
	guid_of(w, id->mailbox, bytes + ID_HEAD);
	body[1] = id->kind == ID_FOLDER ? 0x2e : 0x46;
	body[8] = (unsigned char)id->kind;
	body[9] = id->by_explicit;
	put(body + 16, id->mailbox, 4);
	put(body + 20, id->object, 8);
	put(body + 28, (uint64_t)id->start, 8);
	put(bytes + ID_MARK, mark_of(w, bytes), 8);
}

void id_write(struct text *t, const struct world *w, const struct id *id)
{
	unsigned char bytes[ID_SIZE];

	fill(w, id, bytes);
	base64_add(t, bytes, sizeof(bytes));
}

/* What was read is written again: any bent byte shows, in whatever place. */
static bool id_from(const struct world *w, const unsigned char *bytes, struct id *id)
{
	const unsigned char *body = bytes + ID_BODY;
	unsigned char again[ID_SIZE];

	*id = (struct id){ .kind = body[8],
		.by_explicit = body[9] != 0,
		.mailbox = (uint32_t)get(body + 16, 4),
		.object = get(body + 20, 8),
		.start = (int64_t)get(body + 28, 8) };
	if (body[8] > ID_ATTACHMENT || id->mailbox >= w->n_mailboxes)
		return false;
	fill(w, id, again);
	return memcmp(again, bytes, ID_SIZE) == 0;
}

bool id_read(const struct world *w, const char *s, struct id *id)
{
	struct text t = { 0 };
	size_t n = strlen(s);
	bool good = n == (ID_SIZE + 2) / 3 * 4 && base64_read(s, n, &t) && t.len == ID_SIZE &&
		id_from(w, (const unsigned char *)t.at, id);

	text_free(&t);
	return good;
}

void id_write_hex(struct text *t, const struct world *w, const struct id *id)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char bytes[ID_SIZE];
	char out[2 * ID_SIZE];

	fill(w, id, bytes);
	for (size_t i = 0; i < ID_SIZE; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	text_add(t, out, sizeof(out));
}

/* A change key holds the number of the change and what makes it look like one. */
static void key_fill(unsigned char bytes[KEY_SIZE], uint32_t change)
{
	memset(bytes, 0, KEY_SIZE);
	bytes[0] = 0x0f;
	bytes[4] = 0x16;
	put(bytes + 8, mix(change, 0x5a), 8);
	put(bytes + KEY_CHANGE, change, 4);
}

void change_key_write(struct text *t, uint32_t change)
{
	unsigned char bytes[KEY_SIZE];

	key_fill(bytes, change);
	base64_add(t, bytes, sizeof(bytes));
}

bool change_key_read(const char *s, uint32_t *change)
{
	struct text t = { 0 };
	unsigned char again[KEY_SIZE];
	bool good = base64_read(s, strlen(s), &t) && t.len == KEY_SIZE;

	if (good) {
		*change = (uint32_t)get((const unsigned char *)t.at + KEY_CHANGE, 4);
		key_fill(again, *change);
		good = memcmp(again, t.at, KEY_SIZE) == 0;
	}
	text_free(&t);
	return good;
}
