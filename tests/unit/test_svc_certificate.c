/* Certificates of applications: having one made, and naming it as Microsoft does. */
#include "tests/unit/svc_fault.h"

#include "service/svc_certificate.h"

static const char real[] = "-----BEGIN CERTIFICATE-----\n"
			   "MIIBfDCCASGgAwIBAgIURI/vcFt6JwsS02jToP4m1eXw3hYwCgYIKoZIzj0EAwIw\n"
			   "EzERMA8GA1UEAwwITGF0Y2hrZXkwHhcNMjYxMTIxMTkzMTUwWhcNMjgxMDIxMTkz\n"
			   "MTUwWjATMREwDwYDVQQDDAhMYXRjaGtleTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
			   "A0IABFn0Ric9HZWZlTKsw1TvjiNrp6HEZGqtAI4cPA21cHOQJTzhXk9W8xjC4ogy\n"
			   "TLZiYvkvbPAmRmKr5jAe/7Nc4gSjUzBRMB0GA1UdDgQWBBTikPWRl0CJJr9fgsrI\n"
			   "REqnxHZU1DAfBgNVHSMEGDAWgBTikPWRl0CJJr9fgsrIREqnxHZU1DAPBgNVHRMB\n"
			   "Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDdClznDaugWt5zafRceD+vYIi6\n"
			   "G2nh7SSXcd28FH1wrQIhAJiHK/E7FPLgylO+3c4MMKsWZGQ+H5LcGX4JoRrqrS8M\n"
			   "-----END CERTIFICATE-----\n";

static int setup(void **state)
{
	return world_setup(state, 0);
}

static int64_t add(struct world *w, const char *signin, enum conn_stage stage)
{
	struct connection c = { .account = w->account,
		.name = "Office 365",
		.scheme = "https",
		.host = "outlook.office365.com",
		.port = 443,
		.signin = signin,
		.binding = "off",
		.mailbox = "svc@example.com",
		.method = "impersonation",
		.stage = stage };
	struct err e;

	assert_ok(store_connection_save(w->db, &c, &e));
	return c.id;
}

static void keep(struct world *w, int64_t connection, const char *slot, const char *pem)
{
	struct credential cr = { .account = w->account,
		.connection = connection,
		.purpose = slot,
		.version = "01234567",
		.key_id = "01234567",
		.sealed = "x",
		.sealed_len = 1,
		.by_name = "",
		.certificate = pem };
	struct err e;

	assert_ok(store_credential_reserve(w->db, w->account, connection, slot, &cr.id, &e));
	assert_ok(store_credential_save(w->db, &cr, &e));
}

/* --- making one --- */

static void test_make(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w, "app", CONN_DRAFT);
	int64_t job, connection;
	struct job j;
	struct err e;

	assert_ok(svc_certificate_make(&w->s, id, &job, &e));
	assert_int_equal(store_job_get(w->db, &w->a, w->account, job, &j, &e), 1);
	assert_string_equal(j.kind, CERTIFICATE_KIND);
	assert_ok(svc_certificate_params(&w->a, j.params, &connection));
	assert_int_equal(connection, id);
	assert_int_equal(svc_certificate_params(&w->a, "connection=0", &connection), -1);
	assert_int_equal(svc_certificate_params(&w->a, "x=1", &connection), -1);
	assert_string_equal(last_row(w, w->account).about, "svc@example.com");
	assert_fails(svc_certificate_make(&w->s, id, &job, &e), ERR_CONFLICT); /* one at a time */
	assert_int_equal(world_number(w, "SELECT count(*) FROM job"), 1);
	assert_whole(w);
}

static void test_make_refused(void **state)
{
	struct world *w = *state;
	const int64_t password = add(w, "auto", CONN_SPARE), spare = add(w, "app", CONN_SPARE);
	const int64_t user = add(w, "user", CONN_DRAFT), app = add(w, "app", CONN_LIVE);
	int64_t job;
	struct err e;

	assert_fails(svc_certificate_make(&w->s, password, &job, &e), ERR_CONFLICT);
	assert_fails(svc_certificate_make(&w->s, user, &job, &e), ERR_CONFLICT);
	assert_fails(svc_certificate_make(&w->s, spare, &job, &e), ERR_CONFLICT);
	assert_fails(svc_certificate_make(&w->s, 999, &job, &e), ERR_MISSING);
	world_as(w, &w->blake);
	assert_fails(svc_certificate_make(&w->s, app, &job, &e), ERR_MISSING);
	world_as(w, &w->avery);
	assert_ok(svc_certificate_make(&w->s, app, &job, &e));
}

static int64_t made;

static void before_make(struct world *w)
{
	made = add(w, "app", CONN_DRAFT);
}

static int change_make(struct world *w, struct err *e)
{
	int64_t job;

	return svc_certificate_make(&w->s, made, &job, e);
}

static void test_all_or_nothing(void **state)
{
	static const struct change make = { "make", before_make, change_make };

	(void)state;
	assert_all_or_nothing(&make, 1);
}

/* --- reading --- */

static struct svc_certificate found(struct world *w, int64_t id)
{
	struct svc_certificate c;
	struct err e;

	assert_int_equal(svc_certificate_find(&w->s, id, &c, &e), 1);
	return c;
}

static void test_find(void **state)
{
	struct world *w = *state;
	const int64_t id = add(w, "app", CONN_LIVE);
	struct svc_certificate c;
	struct err e;

	assert_int_equal(svc_certificate_find(&w->s, id, &c, &e), 0);
	keep(w, id, PURPOSE_CURRENT, "");
	assert_int_equal(svc_certificate_find(&w->s, id, &c, &e), 0);
	keep(w, id, PURPOSE_CURRENT, "two");
	assert_string_equal(found(w, id).cr.certificate, "two");
	assert_false(found(w, id).waiting);
	keep(w, id, PURPOSE_NEXT, real);
	assert_true(found(w, id).waiting);
	assert_string_equal(found(w, id).cr.certificate, real);
	world_as(w, &w->blake);
	assert_int_equal(svc_certificate_find(&w->s, id, &c, &e), 0);
}

/* SHA-1 of what stands between the lines: of a real certificate, of RFC 3174's samples, of lengths
 * around a block. */
static void test_thumbprint(void **state)
{
	static const struct {
		const char *body, *sum;
	} rows[] = {
		{ real, "2C7F7B7756A810AF079E6610ED032406AE743E13" },
		{ "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n",
			"A9993E364706816ABA3E25717850C26C9CD0D89D" },
		{ "-----BEGIN "
		  "CERTIFICATE-----"
		  "\nYWJjZGJjZGVjZGVmZGVmZ2VmZ2hmZ2hpZ2hpamhpamtpamtsamtsbWtsbW5sbW5vbW5vcG5vcHE="
		  "\n-----END CERTIFICATE-----\n",
			"84983E441C3BD26EBAAE4AA1F95129E5E54670F1" },
		{ "-----BEGIN "
		  "CERTIFICATE-----"
		  "\nYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ=="
		  "\n-----END CERTIFICATE-----\n",
			"C1C8BBDC22796E28C0E15163D20899B65621D65A" },
		{ "-----BEGIN "
		  "CERTIFICATE-----"
		  "\nYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYW"
		  "FhYWFhYQ==\n-----END CERTIFICATE-----\n",
			"0098BA824B5C16427BD7A1122A5A442A25EC644D" },
		{ "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "" },
		{ "-----BEGIN CERTIFICATE-----\nYWJj\n", "" },
		{ "no certificate", "" },
	};
	struct world *w = *state;
	const int64_t id = add(w, "app", CONN_LIVE);

	for (size_t i = 0; i < COUNT(rows); i++) {
		keep(w, id, PURPOSE_CURRENT, rows[i].body);
		assert_string_equal(found(w, id).thumbprint, rows[i].sum);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_make),
		TEST(test_make_refused),
		TEST(test_find),
		TEST(test_thumbprint),
		cmocka_unit_test(test_all_or_nothing),
	};

	seal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
