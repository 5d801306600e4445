/* Connections: the ways to Exchange organisations.
 *
 * Rule: store_connection_policy covers everything that decides where a credential is sent and how.
 * A new member of struct connection that does so belongs into it.
 */
#include "store.h"
#include "store_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/seal.h"

enum { ADD, UPDATE, GET, STAGE, LEAVE, PAUSE, FORMER, LIST, OWN, OWN_ONLY, REMOVE };

_Static_assert(CONN_SPARE == 0 && CONN_DRAFT == 1 && CONN_LIVE == 2 && CONN_FORMER == 3,
	"the statements and the partial indexes say so");

/* What a save writes, and what is read. */
#define SETTINGS                                                                                   \
	"name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id, "       \
	"binding, mailbox, method, kind, edited_by"
#define COLUMNS                                                                                    \
	"id, account_id, " SETTINGS ", edited_at, stage, staged_at, rev, paused_at, paused_by, "   \
	"paused_why, created, owner"

/* The one that was in use last has the latest time, also of two that left in one second. */
#define BEFORE "FROM connection f WHERE f.account_id = $1 AND f.stage = 3 "

static const char *const sql[] = {
	[ADD] = "INSERT INTO connection (account_id, " SETTINGS ", edited_at, stage, staged_at, "
		"rev, created, owner) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
		"$14, $15, $16, $17, $18, $19, $18, 1, $18, $20) RETURNING id",
	[UPDATE] =
		"UPDATE connection SET name = $2, scheme = $3, host = $4, port = $5, proxy = $6, "
		"ca = $7, signin = $8, login = $9, authority = $10, tenant = $11, client_id = $12, "
		"binding = $13, mailbox = $14, method = $15, kind = $16, edited_by = $17, "
		"edited_at = $18, rev = rev + 1 WHERE account_id = $1 AND id = $19",
	[GET] = "SELECT " COLUMNS " FROM connection WHERE account_id = $1 AND id = $2",
	[STAGE] = "UPDATE connection SET stage = $3, staged_at = $4 "
		  "WHERE account_id = $1 AND id = $2",
	[LEAVE] = "UPDATE connection SET stage = 3, staged_at = CASE WHEN EXISTS "
		  "(SELECT 1 " BEFORE "AND f.staged_at >= $3) THEN "
		  "(SELECT max(f.staged_at) + 1 " BEFORE
		  ") ELSE $3 END, edited_by = $4, edited_at = $3 "
		  "WHERE account_id = $1 AND id = $2",
	[PAUSE] = "UPDATE connection SET paused_at = $3, paused_by = $4, paused_why = $5, "
		  "edited_by = $4, edited_at = $6, rev = rev + 1 "
		  "WHERE account_id = $1 AND id = $2",
	[FORMER] = "SELECT " COLUMNS " FROM connection WHERE stage = 3 AND staged_at < $1 "
		   "ORDER BY staged_at, id LIMIT 100",
	[REMOVE] = "DELETE FROM connection WHERE account_id = $1 AND id = $2",
	[LIST] = "SELECT " COLUMNS " FROM connection WHERE account_id = $1 AND owner IS NULL "
		 "ORDER BY id",
	[OWN] = "SELECT " COLUMNS " FROM connection WHERE account_id = $1 AND owner = $2 "
		"ORDER BY id DESC LIMIT 10",
	[OWN_ONLY] = "DELETE FROM connection WHERE account_id = $1 AND owner = $2 AND id <> $3",
};

/* A statement for each stage: the indexes of the live one and of the draft, of which an account has
 * at most one, are found by words of the statement only, and not by a value that comes with it. */
#define STAGED "SELECT " COLUMNS " FROM connection WHERE account_id = $1 AND stage = "
#define NEWEST " ORDER BY id DESC LIMIT 1"

static const char *const staged[CONN__MAX] = {
	[CONN_SPARE] = STAGED "0 AND owner IS NULL" NEWEST,
	[CONN_DRAFT] = STAGED "1",
	[CONN_LIVE] = STAGED "2",
	[CONN_FORMER] = STAGED "3" NEWEST,
};

/* In the order of COLUMNS. */
static const struct db_field fields[] = {
	DB_F_NUM(connection, id),
	DB_F_NUM(connection, account),
	DB_F_TEXT(connection, name),
	DB_F_TEXT(connection, scheme),
	DB_F_TEXT(connection, host),
	DB_F_NUM(connection, port),
	DB_F_TEXT(connection, proxy),
	DB_F_TEXT(connection, ca),
	DB_F_TEXT(connection, signin),
	DB_F_TEXT(connection, login),
	DB_F_TEXT(connection, authority),
	DB_F_TEXT(connection, tenant),
	DB_F_TEXT(connection, client_id),
	DB_F_TEXT(connection, binding),
	DB_F_TEXT(connection, mailbox),
	DB_F_TEXT(connection, method),
	DB_F_TEXT(connection, kind),
	DB_F_TEXT(connection, edited_by),
	DB_F_NUM(connection, edited_at),
	DB_F_ENUM(connection, stage, CONN__MAX),
	DB_F_NUM(connection, staged_at),
	DB_F_NUM(connection, rev),
	DB_F_NUM(connection, paused_at),
	DB_F_TEXT(connection, paused_by),
	DB_F_TEXT(connection, paused_why),
	DB_F_NUM(connection, created),
	DB_F_NUM(connection, owner),
};

static const struct db_shape shape = DB_SHAPE(connection, fields);

int store_connection_save(struct db *db, struct connection *c, struct err *e)
{
	/* Both statements take the same values but for the last ones. */
	struct db_value v[] = { DB_I(c->account), DB_S(c->name), DB_S(c->scheme), DB_S(c->host),
		DB_I(c->port), DB_S(c->proxy), DB_S(c->ca), DB_S(c->signin), DB_S(c->login),
		DB_S(c->authority), DB_S(c->tenant), DB_S(c->client_id), DB_S(c->binding),
		DB_S(c->mailbox), DB_S(c->method), DB_S(c->kind), DB_S(c->edited_by),
		DB_I(clock_now()), DB_I(c->id), DB_REF(c->owner) };
	const size_t n = sizeof(v) / sizeof(v[0]);

	c->edited_at = v[n - 3].num;
	if (c->id) {
		c->rev++;
		return db_must(db, sql[UPDATE], v, n - 1, e);
	}
	c->created = c->staged_at = c->edited_at;
	c->rev = 1;
	v[n - 2] = DB_I(c->stage);
	return db_insert(db, sql[ADD], v, n, &c->id, e);
}

int store_connection_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct connection *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, sql[GET], DB_ARGS(DB_I(account), DB_I(id)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_connection_staged(struct db *db, struct arena *a, int64_t account, enum conn_stage stage,
	struct connection *out, struct err *e)
{
	struct db_rows r;

	if (db_query(db, staged[stage], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	return db_one(&r, &shape, a, out, e);
}

int store_connection_stage(
	struct db *db, int64_t account, int64_t id, enum conn_stage stage, struct err *e)
{
	return db_must(db, sql[STAGE],
		DB_ARGS(DB_I(account), DB_I(id), DB_I(stage), DB_I(clock_now())), e);
}

int store_connection_leave(
	struct db *db, int64_t account, int64_t id, const char *by, struct err *e)
{
	return db_must(
		db, sql[LEAVE], DB_ARGS(DB_I(account), DB_I(id), DB_I(clock_now()), DB_S(by)), e);
}

int store_connection_pause(struct db *db, const struct connection *c, struct err *e)
{
	return db_must(db, sql[PAUSE],
		DB_ARGS(DB_I(c->account), DB_I(c->id), DB_I(c->paused_at), DB_S(c->paused_by),
			DB_S(c->paused_why), DB_I(clock_now())),
		e);
}

int store_connection_former(
	struct db *db, struct arena *a, int64_t before, struct connection **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[FORMER], DB_ARGS(DB_I(before)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_connection_list(
	struct db *db, struct arena *a, int64_t account, struct connection **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[LIST], DB_ARGS(DB_I(account)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int store_connection_own(struct db *db, struct arena *a, int64_t account, int64_t owner,
	struct connection **out, struct err *e)
{
	struct db_rows r;
	int n;

	if (db_query(db, sql[OWN], DB_ARGS(DB_I(account), DB_I(owner)), &r, e) < 0)
		return -1;
	*out = db_list(&r, &shape, a, &n, e);
	return n;
}

int64_t store_connection_own_only(
	struct db *db, int64_t account, int64_t owner, int64_t keep, struct err *e)
{
	return db_changed(db, sql[OWN_ONLY], DB_ARGS(DB_I(account), DB_I(owner), DB_I(keep)), e);
}

int store_connection_remove(struct db *db, int64_t account, int64_t id, struct err *e)
{
	return db_must(db, sql[REMOVE], DB_ARGS(DB_I(account), DB_I(id)), e);
}

void store_connection_policy(const struct connection *c, unsigned char out[32])
{
	char port[24];
	const char *parts[] = { c->scheme, c->host, port, c->proxy, c->ca, c->signin, c->login,
		c->authority, c->tenant, c->client_id, c->binding };
	size_t n = sizeof(parts) / sizeof(parts[0]);

	snprintf(port, sizeof(port), "%" PRId64, c->port);
	for (size_t i = 0; i < n; i++)
		if (!parts[i])
			parts[i] = "";
	seal_hash(out, parts, n);
}

int store_connection_same_way(const struct connection *a, const struct connection *b)
{
	unsigned char one[SEAL_HASH], two[SEAL_HASH];
	struct connection x = *a, y = *b;

	x.login = y.login = "";
	store_connection_policy(&x, one);
	store_connection_policy(&y, two);
	return memcmp(one, two, sizeof(one)) == 0;
}

/* Without a name to sign in with, the mailbox's address is the name. */
int store_connection_lends(const struct connection *from, const struct connection *to)
{
	const int token = strcmp(from->signin, "app") == 0 || strcmp(from->signin, "user") == 0;
	unsigned char one[SEAL_HASH], two[SEAL_HASH];

	store_connection_policy(from, one);
	store_connection_policy(to, two);
	return from->id != to->id && memcmp(one, two, sizeof(one)) == 0 &&
		(token || (from->login && from->login[0]) ||
			strcmp(from->mailbox, to->mailbox) == 0);
}
