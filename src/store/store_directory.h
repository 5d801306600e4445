/* Store, directory: what it answered to a job, and the rooms that came out of it. The rules of
 * store.h hold.
 */
#ifndef LATCHKEY_STORE_DIRECTORY_H
#define LATCHKEY_STORE_DIRECTORY_H

#include "model.h"
#include "db.h"

/* store_found.c */
int store_found_add(struct db *db, const struct found_one *f, struct err *e) must_check;
/* A job begins again. */
int store_found_clear(struct db *db, int64_t job, struct err *e) must_check;
/* By n above page.after, each with who in the account has its address. Returns the count or -1. */
int store_found_list(struct db *db, struct arena *a, const struct job *j, struct page_of page,
	struct found_one **out, struct err *e) must_check;

/* store_room.c: each saves one part of a room's row, which it makes when there is none. */
int store_room_get(struct db *db, struct arena *a, int64_t account, int64_t member,
	struct room *out, struct err *e) must_check;
/* list, list_name, seen_at */
int store_room_listed(struct db *db, const struct room *r, struct err *e) must_check;
/* place, capacity */
int store_room_described(struct db *db, const struct room *r, struct err *e) must_check;
/* accepts, accepts_at, accepts_say */
int store_room_answered(struct db *db, const struct room *r, struct err *e) must_check;
/* Those that no list has named since `before` are in no list any more: how many, or -1. */
int64_t store_room_unlisted(
	struct db *db, int64_t account, int64_t before, struct err *e) must_check;
/* The account's lists, by address. Returns the count or -1. */
int store_room_lists(struct db *db, struct arena *a, int64_t account, struct room_list **out,
	struct err *e) must_check;
/* Rooms of one list, by name, as ids of members. Returns the count or -1. */
struct room_filter {
	int64_t account;
	const char *list;
	int status;	    /* enum status; -1 = any */
	const char *search; /* beginning of name or address, folded; NULL = any */
	const char *key;    /* roster_row.key of the row before, and its id; "" and 0 */
	int64_t after;
	int limit;
};
int store_room_walk(struct db *db, struct arena *a, const struct room_filter *f, int64_t **out,
	struct err *e) must_check;

#endif
