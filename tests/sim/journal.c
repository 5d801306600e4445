/*
 * Journal: the last requests in a ring, and counts of all of them. Strings of an entry are copied
 * into one block, so that a long run costs one allocation a request and forgets as cheaply.
 */
#include "sim/journal.h"

#include <stdlib.h>
#include <string.h>
#include "sim/text.h"

/* The string members of struct entry, in the order they are told. */
#define STRINGS(X)                                                                                 \
	X(face)                                                                                    \
	X(host)                                                                                    \
	X(front_end)                                                                               \
	X(method)                                                                                  \
	X(path)                                                                                    \
	X(scheme)                                                                                  \
	X(login)                                                                                   \
	X(caller)                                                                                  \
	X(op)                                                                                      \
	X(version)                                                                                 \
	X(mailbox)                                                                                 \
	X(anchor)                                                                                  \
	X(agent)                                                                                   \
	X(request_id)                                                                              \
	X(code)                                                                                    \
	X(fault)

enum { STRING_MOST = 1000, THEFTS_MOST = 1000 };

/* Counts by a short string; few different ones, so a list is found quickest. */
struct tally {
	char *name;
	uint64_t n;
};
struct tallies {
	struct tally *at;
	size_t n;
};
enum { BY_OP, BY_CODE, BY_STATUS, BY_FACE, BY__MAX };
static const char *const by_names[BY__MAX] = { "by_op", "by_code", "by_status", "by_face" };

struct journal {
	struct entry *ring;
	char **blocks; /* of each place in the ring */
	uint32_t keep;
	uint64_t last;	/* number of the newest */
	uint64_t first; /* number of the oldest that is still told */
	uint64_t requests;
	struct tallies by[BY__MAX];
	json_t *thefts;
};

struct journal *journal_new(uint32_t keep)
{
	struct journal *j = need(sizeof(*j));

	j->keep = keep > 0 ? keep : 1;
	j->ring = need(j->keep * sizeof(*j->ring));
	j->blocks = need(j->keep * sizeof(*j->blocks));
	j->first = 1;
	j->thefts = json_array();
	return j;
}

static void forget_counts(struct journal *j)
{
	for (int i = 0; i < BY__MAX; i++) {
		for (size_t k = 0; k < j->by[i].n; k++)
			free(j->by[i].at[k].name);
		free(j->by[i].at);
		j->by[i] = (struct tallies){ NULL, 0 };
	}
	j->requests = 0;
}

void journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	forget_counts(j);
	for (uint32_t i = 0; i < j->keep; i++)
		free(j->blocks[i]);
	free(j->blocks);
	free(j->ring);
	json_decref(j->thefts);
	free(j);
}

void journal_reset(struct journal *j)
{
	forget_counts(j);
	j->first = j->last + 1;
	json_array_clear(j->thefts);
}

/* Adding */

/* At most this many different values are counted each by itself: names come from requests. */
enum { TALLIES_MOST = 1000 };

/* What is new over the bound counts as "other". */
static void count(struct tallies *t, const char *name)
{
	const char *as = t->n < TALLIES_MOST ? name : "other";

	for (size_t i = 0; i < t->n; i++) {
		if (same(t->at[i].name, name) || same(t->at[i].name, as)) {
			t->at[i].n++;
			return;
		}
	}
	t->at = need_more(t->at, (t->n + 1) * sizeof(*t->at));
	t->at[t->n++] = (struct tally){ copy(as), 1 };
}

/* Long strings are cut: a path may be 64 KiB. */
static size_t kept(const char *s)
{
	size_t n = strlen(s);

	return n < STRING_MOST ? n : STRING_MOST;
}

static const char *keep_string(char **room, const char *s)
{
	char *at = *room;
	size_t n;

	if (s == NULL)
		return NULL;
	n = kept(s);
	memcpy(at, s, n);
	at[n] = '\0';
	*room += n + 1;
	return at;
}

/* The oldest place is taken; its block goes. */
void journal_add(struct journal *j, struct entry *e)
{
	uint32_t place;
	struct entry *to;
	size_t size = 0;
	char status[24], *room;

	e->number = ++j->last;
	place = (uint32_t)(e->number % j->keep);
	to = &j->ring[place];
	*to = *e;
#define SIZE(name) size += e->name == NULL ? 0 : kept(e->name) + 1;
	STRINGS(SIZE)
#undef SIZE
	free(j->blocks[place]);
	j->blocks[place] = room = need(size);
#define KEEP(name) to->name = keep_string(&room, e->name);
	STRINGS(KEEP)
#undef KEEP
	j->requests++;
	snprintf(status, sizeof(status), "%d", e->status);
	count(&j->by[BY_STATUS], status);
	if (to->op != NULL)
		count(&j->by[BY_OP], to->op);
	if (to->code != NULL)
		count(&j->by[BY_CODE], to->code);
	if (to->face != NULL)
		count(&j->by[BY_FACE], to->face);
}

/* Reading */

/* What came from a request may be no UTF-8: it is told as Latin-1 then. */
static json_t *string_json(const char *s)
{
	json_t *v = json_string(s);
	struct text t = { 0 };

	if (v != NULL)
		return v;
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		char two[2] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };

		if (c < 0x80)
			text_add(&t, s, 1);
		else
			text_add(&t, two, 2);
	}
	v = json_string(t.at);
	text_free(&t);
	return v;
}

static json_t *entry_json(const struct entry *e)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:i, s:i, s:I, s:I, s:I, s:b}", "number",
		(json_int_t)e->number, "at_ms", (json_int_t)e->at_ms, "connection",
		(json_int_t)e->connection, "status", e->status, "items", e->items, "bytes_in",
		(json_int_t)e->bytes_in, "bytes_out", (json_int_t)e->bytes_out, "took_us",
		(json_int_t)e->took_us, "impersonated", (int)e->impersonated);

#define TELL(name)                                                                                 \
	if (e->name != NULL)                                                                       \
		json_object_set_new(o, #name, string_json(e->name));
	STRINGS(TELL)
#undef TELL
	return o;
}

/* Numbers say where: an entry stands at its number modulo the ring. */
json_t *journal_read(const struct journal *j, uint64_t since, uint32_t limit)
{
	json_t *list = json_array();
	uint64_t from = j->last >= j->keep ? j->last - j->keep + 1 : 1;

	if (from < j->first)
		from = j->first;
	if (since >= j->last)
		return list;
	if (from <= since)
		from = since + 1;
	for (; from <= j->last && limit > 0; from++, limit--)
		json_array_append_new(list, entry_json(&j->ring[from % j->keep]));
	return list;
}

json_t *journal_counts(const struct journal *j)
{
	json_t *o = json_object();

	json_object_set_new(o, "requests", json_integer((json_int_t)j->requests));
	json_object_set_new(o, "last", json_integer((json_int_t)j->last));
	for (int i = 0; i < BY__MAX; i++) {
		json_t *by = json_object();

		for (size_t k = 0; k < j->by[i].n; k++) {
			const struct tally *t = &j->by[i].at[k];

			if (json_object_set_new(by, t->name, json_integer((json_int_t)t->n)) < 0)
				json_object_set_new_nocheck(
					by, "?", json_integer((json_int_t)t->n));
		}
		json_object_set_new(o, by_names[i], by);
	}
	return o;
}

/* Thefts */

/* "Basic ..." is taken apart; of other schemes the token is the secret. */
static json_t *theft_json(const char *host, const char *authorization)
{
	size_t n = strcspn(authorization, " ");
	const char *secret = authorization + n + strspn(authorization + n, " ");
	char *scheme = copy_n(authorization, n);
	struct text plain = { 0 };
	json_t *o = json_object();

	json_object_set_new(o, "host", string_json(host));
	json_object_set_new(o, "scheme", string_json(scheme));
	if (same_nocase(scheme, "Basic") && base64_read(secret, strlen(secret), &plain) &&
		plain.len > 0) {
		char *colon = strchr(plain.at, ':');

		secret = colon != NULL ? colon + 1 : "";
		if (colon != NULL)
			*colon = '\0';
		json_object_set_new(o, "login", string_json(plain.at));
	}
	json_object_set_new(o, "secret", string_json(secret));
	json_object_set_new(o, "length", json_integer((json_int_t)strlen(secret)));
	text_free(&plain);
	free(scheme);
	return o;
}

void journal_theft(struct journal *j, const char *host, const char *authorization)
{
	if (authorization == NULL || json_array_size(j->thefts) >= THEFTS_MOST)
		return;
	json_array_append_new(j->thefts, theft_json(host != NULL ? host : "", authorization));
}

json_t *journal_thefts(const struct journal *j)
{
	return json_deep_copy(j->thefts);
}
