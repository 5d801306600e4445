/* Calls of the store: what the directory answered, and rooms. */
#include "tests/unit/store_calls.h"

static const struct room *room_of(struct rich *x)
{
	struct room *r = arena_alloc(&x->w.a, sizeof(*r));

	*r = (struct room){ .account = x->w.acme,
		.member = x->w.bob_acme,
		.list = "one@acme.test",
		.list_name = "Building 1",
		.place = "Floor 2",
		.capacity = 8,
		.accepts = SEEN_YES,
		.accepts_at = NOW,
		.accepts_say = "It accepted.",
		.seen_at = NOW };
	return r;
}

static int add_found(struct rich *x, struct db *db, struct err *e)
{
	const struct found_one f = { .job = x->job,
		.n = ++x->count,
		.email = "bob@acme.test",
		.name = "Bob",
		.type = "Mailbox",
		.list = "",
		.list_name = "" };

	return store_found_add(db, &f, e);
}

static int list_found(struct rich *x, struct db *db, struct err *e)
{
	struct job j = job_of(x);

	j.id = x->job;
	return store_found_list(db, &x->w.a, &j, first_page, &x->out.found, e);
}

static int walk_rooms(struct rich *x, struct db *db, struct err *e)
{
	const struct room_filter f = { .account = x->w.acme,
		.list = "one@acme.test",
		.status = -1,
		.search = "b",
		.key = "",
		.limit = 9 };

	return store_room_walk(db, &x->w.a, &f, &x->out.ids, e);
}

#define CALLS(CALL)                                                                                \
	CALL(found_add, add_found(x, db, e))                                                       \
	CALL(found_clear, store_found_clear(db, x->job, e))                                        \
	CALL(found_list, list_found(x, db, e))                                                     \
	CALL(room_get, store_room_get(db, a, w->acme, w->bob_acme, &x->out.room, e))               \
	CALL(room_listed, store_room_listed(db, room_of(x), e))                                    \
	CALL(room_described, store_room_described(db, room_of(x), e))                              \
	CALL(room_answered, store_room_answered(db, room_of(x), e))                                \
	CALL(room_unlisted, store_room_unlisted(db, w->acme, NOW, e))                              \
	CALL(room_lists, store_room_lists(db, a, w->acme, &x->out.lists, e))                       \
	CALL(room_walk, walk_rooms(x, db, e))

CALLS(STORE_CALL_FN)

const struct store_call store_calls_directory[] = { CALLS(STORE_CALL_ROW) };
const size_t store_calls_directory_count = COUNT(store_calls_directory);
