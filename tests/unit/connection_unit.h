/* What the tests of connections share: a connection, its secrets, its jobs. */
#ifndef LATCHKEY_CONNECTION_UNIT_H
#define LATCHKEY_CONNECTION_UNIT_H

#include "tests/unit/keys_unit.h"
#include "tests/unit/svc_fault.h"

#include <sys/socket.h>
#include "platform/bell.h"
#include "platform/sock.h"
#include "platform/url.h"
#include "service/svc_connection.h"

#define PASSWORD "nine quiet harbours"
#define CLIENT_SECRET "one tall heron"

static inline int setup_with(void **state, int in_file)
{
	struct world *w;

	world_setup(state, in_file);
	w = *state;
	w->cf.public_keys = keys;
	return 0;
}

static inline int setup(void **state)
{
	return setup_with(state, 0);
}

static inline int setup_race(void **state)
{
	return setup_with(state, 1);
}

static inline struct connection sample(void)
{
	return (struct connection){ .name = "Head office",
		.scheme = "https",
		.host = "mail.example.com",
		.port = 443,
		.proxy = "dmz",
		.ca = "",
		.signin = "user",
		.login = "",
		.authority = "https://login.example.com",
		.tenant = "t",
		.client_id = "c",
		.binding = "off",
		.mailbox = "svc@example.com",
		.method = "delegate" };
}

static inline int add_with(struct world *w, struct connection *c, const struct secret *secret,
	const struct secret *client, struct err *e)
{
	const struct svc_secrets sec = { .secret = secret, .client = client };

	return svc_connection_add(&w->s, c, &sec, e);
}

/* The job it makes. */
static int64_t job;

static inline int test_of(
	struct world *w, int64_t id, const char *member, const char *outside, struct err *e)
{
	const struct svc_test t = {
		.connection = id, .slot = PURPOSE_CURRENT, .member = member, .outside = outside
	};

	return svc_connection_test(&w->s, &t, &job, e);
}

static inline int64_t add(struct world *w)
{
	struct connection c = sample();
	struct err e;

	assert_ok(add_with(w, &c, pw(w, PASSWORD), NULL, &e));
	return c.id;
}

static inline int64_t count(struct world *w, const char *table)
{
	return world_number(w, arena_printf(&w->a, "SELECT count(*) FROM %s", table));
}

static inline struct credential credential(struct world *w, int64_t connection, const char *purpose)
{
	const struct credential like = {
		.account = w->account, .connection = connection, .purpose = purpose
	};
	struct credential cr;
	struct err e;

	assert_int_equal(store_credential_find(w->db, &w->a, &like, &cr, &e), 1);
	return cr;
}

static inline struct connection stored(struct world *w, int64_t id)
{
	struct connection c;
	struct err e;

	assert_int_equal(store_connection_get(w->db, &w->a, w->account, id, &c, &e), 1);
	return c;
}

/* The engine opens it for this row, and it is the secret. */
static inline void assert_opens(
	struct world *w, const struct credential *cr, const struct connection *c, const char *text)
{
	struct err e;
	struct secret *s = keyring_open(ring, cr, c, &e);

	if (!s)
		fail_msg("%s", e.log);
	assert_true(secret_same(s, pw(w, text)));
	secret_free(s);
}

#endif
