/* Proof: the evidence behind a verdict as urlencoded pairs, empty ones left out. */
#include "proof.h"

#include <stddef.h>
#include <string.h>
#include "clean.h"
#include "platform/str.h"
#include "platform/url.h"

/* An encoded byte is three at most. The rooms together are below PROOF_TEXT. */
static const struct {
	const char *key;
	size_t offset;
	size_t room;
} fields[] = {
	{ "code", offsetof(struct proof, code), 64 },
	{ "said", offsetof(struct proof, said), 180 },
	{ "server", offsetof(struct proof, server), 64 },
	{ "version", offsetof(struct proof, version), 24 },
	{ "request", offsetof(struct proof, request), 48 },
	{ "theirs", offsetof(struct proof, theirs), 48 },
	{ "host", offsetof(struct proof, host), 80 },
	{ "calendar", offsetof(struct proof, calendar), 64 },
	{ "detail", offsetof(struct proof, detail), 16 },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]), ROOM_MAX = 180 };

static const char **field(struct proof *p, size_t i)
{
	return (const char **)(void *)((char *)p + fields[i].offset);
}

const char *proof_write(char dst[PROOF_TEXT], const struct proof *p)
{
	struct proof copy = *p;
	char text[ROOM_MAX];
	struct buf b;

	buf_init(&b, PROOF_TEXT - 1);
	for (size_t i = 0; i < FIELDS; i++) {
		const char *value = *field(&copy, i);

		if (str_empty(value))
			continue;
		clean_text(text, fields[i].room, value, strlen(value));
		url_pair(&b, fields[i].key, text);
	}
	memcpy(dst, buf_str(&b), b.len + 1);
	buf_done(&b);
	return dst;
}

void proof_read(struct arena *a, const char *text, struct proof *out)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const char *value = url_get(a, text, fields[i].key);

		*field(out, i) = value ? value : "";
	}
}
