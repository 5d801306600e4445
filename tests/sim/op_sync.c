/*
 * Op_sync: SyncFolderItems. The state is opaque: which folder, up to which change of its store,
 * and a mark made from the world's seed by which a bent one is found out.
 *
 * Changes come oldest first, one an item. Masters of series only, never occurrences.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>

struct sync {
	struct call *c;
	struct target t;
	struct item_shape shape;
	struct store *st;
	uint64_t from, to;
	const struct item **changed; /* by their change */
	size_t n;
	bool all; /* nothing was left for the next time */
};

/* Bound to the folder: a state of one is bent for all others. */
static uint64_t mark_of(const struct sync *s, uint64_t upto)
{
	return mix(
		mix(s->c->world->seed, upto), mix(s->t.mailbox->number, (uint64_t)s->t.folder + 1));
}

/* A fixed length, so that it tells nothing by it. */
static void state_write(const struct sync *s, struct text *out)
{
	char plain[64];
	int n = snprintf(plain, sizeof plain, "I1 %016llx %016llx", (unsigned long long)s->to,
		(unsigned long long)mark_of(s, s->to));

	base64_add(out, plain, (size_t)n);
}

/* A state from the future of this store is bent as well: the world began anew. */
static bool state_read(struct sync *s, const char *state)
{
	struct text plain = { 0 };
	bool good = base64_read(state, strlen(state), &plain) && plain.len == 36 &&
		memcmp(plain.at, "I1 ", 3) == 0;

	if (good) {
		char *end;
		s->from = strtoull(plain.at + 3, &end, 16);
		uint64_t mark = strtoull(end, NULL, 16);
		good = mark == mark_of(s, s->from) && s->from <= s->st->sync;
	}
	text_free(&plain);
	return good;
}

/* Named items are left out once, and are past with the new state. */
static bool ignored(struct call *c, const struct item *i)
{
	xmlNode *ignore = node_child(c->op, NS_M, "Ignore");
	struct id id;

	for (xmlNode *n = node_first(ignore); n; n = node_next(n)) {
		const char *s = node_attribute(c, n, "Id");
		if (s && id_read(c->world, s, &id) && id.object == i->number)
			return true;
	}
	return false;
}

static int by_change(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a;
	const struct item *y = *(const struct item *const *)b;

	return x->sync < y->sync ? -1 : x->sync > y->sync;
}

/* The state reached is that of the last change told, or the store's when that was all. */
static void gather(struct sync *s, size_t limit)
{
	size_t room = 0;

	for (const struct item *i = store_folder(s->st, s->t.folder); i; i = i->next) {
		/* What came and went in between was never there. */
		if (i->sync <= s->from || (i->deleted && i->sync_born > s->from))
			continue;
		if (s->n == room) {
			room = room ? room * 2 : 64;
			s->changed = need_more(s->changed, room * sizeof(struct item *));
		}
		s->changed[s->n++] = i;
	}
	if (s->n > 1)
		qsort(s->changed, s->n, sizeof(struct item *), by_change);
	s->all = s->n <= limit;
	s->n = s->all ? s->n : limit;
	s->to = s->all ? s->st->sync : s->changed[s->n - 1]->sync;
}

static void write_change(struct sync *s, const struct item *i)
{
	struct text *out = &s->c->out;
	const char *what = i->deleted	 ? "t:Delete"
		: i->sync_born > s->from ? "t:Create"
					 : "t:Update";
	struct view v;

	view_item(&v, s->c, &s->t, i);
	xml_open(out, what);
	if (i->deleted)
		item_write_id(&v, "t:ItemId", out);
	else
		item_write(&v, &s->shape, out);
	xml_close(out, what);
}

static void write_changes(struct sync *s)
{
	struct text *out = &s->c->out;

	xml_open(out, "m:SyncState");
	state_write(s, out);
	xml_close(out, "m:SyncState");
	xml_flag(out, "m:IncludesLastItemInRange", s->all);
	xml_open(out, "m:Changes");
	for (size_t n = 0; n < s->n; n++)
		if (!ignored(s->c, s->changed[n]))
			write_change(s, s->changed[n]);
	xml_close(out, "m:Changes");
}

/* The grammar has checked the bounds already where the schema has them. */
static const char *sync_open(struct sync *s, const char **smtp)
{
	struct call *c = s->c;
	xmlNode *folder = node_first(node_child(c->op, NS_M, "SyncFolderId"));
	const char *state = node_child_text(c, c->op, NS_M, "SyncState");
	const char *most = node_child_text(c, c->op, NS_M, "MaxChangesReturned");
	long limit = most ? strtol(most, NULL, 10) : 0;
	const char *code = folder ? access_folder(c, folder, &s->t, smtp) : "ErrorInvalidRequest";

	if (same(code, "ErrorFolderNotFound"))
		return "ErrorSyncFolderNotFound";
	if (!code)
		code = access_read(c, &s->t);
	if (!code)
		code = item_shape_read(c, node_child(c->op, NS_M, "ItemShape"), true, &s->shape);
	if (code)
		return code;
	if (limit < 1 || limit > 512)
		return "ErrorInvalidRequest";
	s->st = store_of(c->world, s->t.mailbox);
	if (state && *state && !state_read(s, state))
		return "ErrorInvalidSyncStateData";
	gather(s, (size_t)limit);
	return NULL;
}

void op_sync_folder_items(struct call *c)
{
	static const char *const message = "m:SyncFolderItemsResponseMessage";
	struct sync s = { .c = c };
	const char *smtp = NULL;
	const char *code = sync_open(&s, &smtp);

	response_begin(c);
	message_code(c, message, code, smtp);
	if (!code) {
		write_changes(&s);
	} else {
		/* What holds the answer stays there, empty. */
		xml_el(&c->out, "m:SyncState", "");
		xml_flag(&c->out, "m:IncludesLastItemInRange", true);
	}
	message_end(c, message);
	response_end(c);
	free(s.changed);
	item_shape_free(&s.shape);
}
