/* The keyring: reading and refusing key files, opening seals and refusing those that belong
 * elsewhere, signing, and changing keys.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "store/store.h"

#define SECRET_A "0101010101010101010101010101010101010101010101010101010101010101"
#define SECRET_B "0202020202020202020202020202020202020202020202020202020202020202"
#define LINE_A "aaaaaaaa 100 active " SECRET_A "\n"
#define LINE_B "bbbbbbbb 200 old " SECRET_B "\n"

struct place {
	char dir[64];
	char file[96];
	char public[96];
	struct keyfile from;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	seal_init();
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_keyring.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->file, sizeof(p->file), "%s/keys", p->dir);
	snprintf(p->public, sizeof(p->public), "%s/keys.pub", p->dir);
	p->from = (struct keyfile){ p->file, "", geteuid(), 0 };
	*state = p;
	return 0;
}

/* Fails when something was left behind. */
static int teardown(void **state)
{
	struct place *p = *state;
	int rc;

	unlink(p->file);
	unlink(p->public);
	rc = rmdir(p->dir);
	free(p);
	return rc;
}

static void put(const char *path, const char *text, mode_t mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static struct keyring *load(struct place *p, const char *text)
{
	struct keyring *k;
	struct err e = { 0 };

	put(p->file, text, 0400);
	k = keyring_load(&p->from, &e);
	if (!k)
		fail_msg("%s", e.log);
	return k;
}

static void test_load(void **state)
{
	struct keyring *k =
		load(*state, "# keys\n\n" LINE_B "  aaaaaaaa\t100  active " SECRET_A "\n");

	assert_int_equal(keyring_count(k), 2);
	assert_string_equal(keyring_at(k, 0)->id, "bbbbbbbb");
	assert_string_equal(keyring_active(k)->id, "aaaaaaaa");
	assert_int_equal(keyring_active(k)->created, 100);
	keyring_free(k);
	k = load(*state, LINE_A "cccccccc 300 active " SECRET_B "\n");
	assert_string_equal(keyring_active(k)->id, "cccccccc");
	keyring_free(k);
}

/* Refused, with what is wrong in the log and nothing of the key anywhere. */
static void refuse(struct place *p, const char *expected)
{
	struct err e = { 0 };

	assert_null(keyring_load(&p->from, &e));
	assert_int_equal(e.code, ERR_SETUP);
	if (!strstr(e.log, expected))
		fail_msg("\"%s\" is not in: %s", expected, e.log);
	assert_null(strstr(e.log, "0101"));
	assert_null(strstr(e.say, "0101"));
}

static void test_text_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "no active key" },
		{ LINE_B, "no active key" },
		{ LINE_A LINE_A, ":2: this key is there twice" },
		{ LINE_A "AAAAAAAA 300 old " SECRET_A "\n", ":2: this key is there twice" },
		{ "aaaaaaaa 100 active\n", ":1: must be" },
		{ "aaaaaaaa 100 active " SECRET_A " more\n", ":1: must be" },
		{ "aaaaaaa 100 active " SECRET_A "\n", "8 hex digits" },
		{ "aaaaaaag 100 active " SECRET_A "\n", "8 hex digits" },
		{ "aaaaaaaa -1 active " SECRET_A "\n", "Unix time" },
		{ "aaaaaaaa 1x active " SECRET_A "\n", "Unix time" },
		{ "aaaaaaaa 100 new " SECRET_A "\n", "active or old" },
		{ "aaaaaaaa 100 active " SECRET_A "01\n", "64 hex digits" },
		{ "aaaaaaaa 100 active 01\n", "64 hex digits" },
		{ "aaaaaaaa 100 active 01" SECRET_A "\n", "64 hex digits" },
	};
	struct place *p = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		put(p->file, rows[i].text, 0400);
		refuse(p, rows[i].why);
	}
}

static void test_size_refused(void **state)
{
	struct place *p = *state;
	char text[KEYFILE_MAX + 200];
	size_t n = 0;

	for (int i = 0; i <= KEYRING_MAX; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%08d %d active " SECRET_A "\n", i, i);
	put(p->file, text, 0400);
	refuse(p, ":17: too many keys");
	memset(text, '#', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	put(p->file, text, 0400);
	refuse(p, "File too large");
}

static void test_file_refused(void **state)
{
	static const mode_t modes[] = { 0600, 0440, 0404, 0401, 0444, 0666, 0500, 0420 };
	struct place *p = *state;
	int fd;

	refuse(p, "there is no key file");
	for (size_t i = 0; i < COUNT(modes); i++) {
		put(p->file, LINE_A, modes[i]);
		p->from.owner =
			geteuid() ? geteuid() : 4321; /* root's own may have a group right */
		if (geteuid() == 0)
			assert_int_equal(chown(p->file, 4321, 4321), 0);
		refuse(p, "must be 0400");
	}
	put(p->file, LINE_A, 0400);
	p->from.owner = geteuid() + 77;
	if (geteuid() == 0) /* root's files are systemd's */
		assert_int_equal(chown(p->file, 99, 99), 0);
	refuse(p, "must belong to uid");
	p->from.owner = geteuid();
	p->from.file = p->dir;
	refuse(p, "not a file");
	p->from.file = p->file;
	fd = open(p->file, O_WRONLY | O_TRUNC);
	if (fd >= 0)
		close(fd);
	unlink(p->file);
	assert_int_equal(mkfifo(p->file, 0400), 0);
	refuse(p, "not a file");
	put(p->file, "", 0400);
}

static void test_nul_refused(void **state)
{
	struct place *p = *state;
	int fd;

	put(p->file, "", 0600);
	fd = open(p->file, O_WRONLY);
	assert_int_equal(write(fd, LINE_A "\0x", sizeof(LINE_A) + 1), sizeof(LINE_A) + 1);
	assert_int_equal(fchmod(fd, 0400), 0);
	close(fd);
	refuse(p, "not a text");
}

static void test_command(void **state)
{
	struct place *p = *state;
	struct keyring *k;
	struct err e;

	p->from.file = "/nonexistent";
	p->from.command = "printf '%s\\n' 'aaaaaaaa 100 active " SECRET_A "'; exec 2>&-";
	k = keyring_load(&p->from, &e);
	assert_non_null(k);
	assert_string_equal(keyring_active(k)->id, "aaaaaaaa");
	keyring_free(k);
	p->from.command = "echo '" SECRET_A "'";
	refuse(p, "key_command:1: must be");
	p->from.command = "printf '%s\\n' 'aaaaaaaa 100 active " SECRET_A "'; exit 3";
	refuse(p, "ended with status 3");
	p->from.command = "kill -9 $$";
	refuse(p, "ended with signal 9");
	p->from.command = "true";
	refuse(p, "no active key");
	p->from.command = "/nonexistent/program 2>/dev/null";
	refuse(p, "ended with status 127");
	p->from.command = "yes aaaaaaaa 100 active 2>/dev/null";
	refuse(p, "File too large");
}

/* One that says nothing, and one that closes its output and stays, together take one time limit
 * each. */
static void test_command_slow(void **state)
{
	struct place *p = *state;
	int64_t start = clock_mono_ms();

	p->from.limit_ms = 700;
	p->from.command = "sleep 60 & sleep 60";
	refuse(p, "timed out");
	assert_in_range(clock_mono_ms() - start, 700, 3000);
	start = clock_mono_ms();
	p->from.command = "echo 'aaaaaaaa 100 active " SECRET_A "'; exec >&-; sleep 60";
	refuse(p, "signal 9");
	assert_in_range(clock_mono_ms() - start, 700, 3000);
}

/* --- opening --- */

static const struct connection way = { .id = 7,
	.account = 3,
	.name = "main",
	.scheme = "https",
	.host = "mail.example.com",
	.port = 443,
	.proxy = "",
	.ca = "",
	.signin = "ntlm",
	.login = "EXAMPLE\\scheduling",
	.authority = "",
	.tenant = "",
	.client_id = "" };

/* A credential of `way`, sealed with the active key of k. */
static struct credential sealed(const struct keyring *k, struct buf *box, const char *text)
{
	struct credential cr = { .id = 11, .account = 3, .connection = 7, .purpose = "current" };
	struct seal_home home = { .account = 3, .row = 11, .purpose = "current" };
	struct secret *s = secret_new(text, strlen(text));
	struct err e;

	store_connection_policy(&way, home.policy);
	buf_init(box, 65536);
	assert_ok(seal_close(keyring_active(k), &home, s, box, &e));
	secret_free(s);
	cr.key_id = keyring_active(k)->id;
	cr.sealed = box->p;
	cr.sealed_len = box->len;
	return cr;
}

static void assert_opens(const struct keyring *k, const struct credential *cr, const char *text)
{
	struct err e = { 0 };
	struct secret *s = keyring_open(k, cr, &way, &e);

	if (!s)
		fail_msg("%s", e.log);
	assert_int_equal(secret_len(s), strlen(text));
	assert_memory_equal(secret_bytes(s), text, strlen(text));
	secret_free(s);
}

static void assert_shut(const struct keyring *k, const struct credential *cr,
	const struct connection *c, const char *why)
{
	struct err e = { 0 };

	assert_null(keyring_open(k, cr, c, &e));
	assert_int_equal(e.code, ERR_KEY);
	if (!strstr(e.log, why))
		fail_msg("\"%s\" is not in: %s", why, e.log);
}

static void test_open(void **state)
{
	struct keyring *k = load(*state, LINE_A LINE_B);
	char longest[SEAL_SECRET_MAX + 1];
	struct credential cr;
	struct buf box;

	cr = sealed(k, &box, "correct horse");
	assert_opens(k, &cr, "correct horse");
	buf_done(&box);
	cr = sealed(k, &box, "");
	assert_opens(k, &cr, "");
	buf_done(&box);
	memset(longest, 'p', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	cr = sealed(k, &box, longest);
	assert_opens(k, &cr, longest);
	buf_done(&box);
	keyring_free(k);
}

/* The row was put in another place. */
static void test_swapped_rows(void **state)
{
	struct keyring *k = load(*state, LINE_A);
	struct connection other = way;
	struct credential cr, bad;
	struct buf box;

	cr = sealed(k, &box, "secret");
	bad = cr;
	bad.id = 12;
	assert_shut(k, &bad, &way, "another row");
	bad = cr;
	bad.purpose = "next";
	assert_shut(k, &bad, &way, "another purpose");
	bad = cr;
	bad.account = other.account = 4;
	assert_shut(k, &bad, &other, "another account");
	bad = cr;
	bad.connection = 8;
	assert_shut(k, &bad, &way, "not of connection");
	bad = cr;
	bad.account = 4;
	assert_shut(k, &bad, &way, "not of connection");
	buf_done(&box);
	keyring_free(k);
}

/* Everything that decides where the secret goes. The name does not. */
static void test_changed_policy(void **state)
{
	struct keyring *k = load(*state, LINE_A);
	struct connection bad[] = { way, way, way, way, way, way, way, way, way, way, way };
	struct connection renamed = way;
	struct credential cr;
	struct secret *s;
	struct buf box;
	struct err e;

	cr = sealed(k, &box, "secret");
	bad[0].scheme = "http";
	bad[1].host = "evil.example";
	bad[2].port = 8443;
	bad[3].proxy = "evil.example:3128";
	bad[4].ca = "-----BEGIN CERTIFICATE-----";
	bad[5].signin = "basic";
	bad[6].login = "EXAMPLE\\other";
	bad[7].authority = "https://evil.example";
	bad[8].tenant = "t";
	bad[9].client_id = "c";
	bad[10].binding = "on";
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_shut(k, &cr, &bad[i], "another transport policy");
	renamed.name = "other name";
	s = keyring_open(k, &cr, &renamed, &e);
	assert_non_null(s);
	secret_free(s);
	buf_done(&box);
	keyring_free(k);
}

static void test_damaged(void **state)
{
	struct keyring *k = load(*state, LINE_A LINE_B);
	struct credential cr, bad;
	struct buf box;
	char *bytes;

	cr = sealed(k, &box, "secret");
	bad = cr;
	bad.key_id = "bbbbbbbb";
	assert_shut(k, &bad, &way, "does not open with key");
	bad.key_id = "cccccccc";
	assert_shut(k, &bad, &way, "is not in the key file");
	bad = cr;
	for (bad.sealed_len = 0; bad.sealed_len < cr.sealed_len; bad.sealed_len++)
		assert_shut(k, &bad, &way, "credential 11");
	bytes = malloc(200000);
	assert_non_null(bytes);
	memcpy(bytes, cr.sealed, cr.sealed_len);
	bad.sealed = bytes;
	for (size_t i = 0; i < cr.sealed_len; i++) {
		bytes[i] ^= 1;
		assert_shut(k, &bad, &way, "does not open");
		bytes[i] ^= 1;
	}
	bad.sealed_len = 200000;
	assert_shut(k, &bad, &way, "a box of");
	free(bytes);
	buf_done(&box);
	keyring_free(k);
}

static void test_reseal(void **state)
{
	struct place *p = *state;
	struct keyring *k = load(p, LINE_A);
	struct buf box, again;
	struct credential cr = sealed(k, &box, "secret"), next;
	struct connection bad = way;
	char id[SEAL_KEY_ID + 1];
	struct err e;

	assert_non_null(keyring_generate(k, &e));
	buf_init(&again, 65536);
	bad.host = "evil.example";
	assert_int_equal(keyring_reseal(k, &cr, &bad, &again, &e), -1);
	assert_int_equal(again.len, 0);
	assert_ok(keyring_reseal(k, &cr, &way, &again, &e));
	next = cr;
	snprintf(id, sizeof(id), "%s", keyring_active(k)->id);
	next.key_id = id;
	cr.key_id = "aaaaaaaa";
	next.sealed = again.p;
	next.sealed_len = again.len;
	assert_opens(k, &cr, "secret");
	assert_opens(k, &next, "secret");
	assert_ok(keyring_drop(k, "aaaaaaaa", &e));
	assert_opens(k, &next, "secret");
	assert_shut(k, &cr, &way, "is not in the key file");
	buf_done(&box);
	buf_done(&again);
	keyring_free(k);
}

/* --- signing --- */

static void test_sign(void **state)
{
	struct keyring *k = load(*state, LINE_A), *other = keyring_new();
	struct audit_seal s = { .seq = 42 }, bad;
	struct err e;

	memset(s.hash, 7, sizeof(s.hash));
	keyring_sign(k, &s);
	assert_string_equal(s.key_id, "aaaaaaaa");
	assert_int_equal(keyring_signed(k, &s), 1);
	bad = s;
	bad.seq++;
	assert_int_equal(keyring_signed(k, &bad), 0);
	bad = s;
	bad.hash[31] ^= 1;
	assert_int_equal(keyring_signed(k, &bad), 0);
	bad = s;
	bad.mac[0] ^= 1;
	assert_int_equal(keyring_signed(k, &bad), 0);
	assert_non_null(keyring_generate(other, &e));
	assert_int_equal(keyring_signed(other, &s), -1);
	bad = s;
	bad.key_id = keyring_active(other)->id;
	assert_int_equal(keyring_signed(other, &bad), 0);
	/* the word of a key that became old still counts */
	assert_non_null(keyring_generate(k, &e));
	assert_int_equal(keyring_signed(k, &s), 1);
	bad = s;
	keyring_sign(k, &bad);
	assert_string_not_equal(bad.key_id, "aaaaaaaa");
	assert_memory_not_equal(bad.mac, s.mac, sizeof(s.mac));
	keyring_free(k);
	keyring_free(other);
}

/* --- changing --- */

static void test_generate_and_drop(void **state)
{
	struct keyring *k = keyring_new();
	struct err e;

	(void)state;
	clock_freeze(1000);
	assert_null(keyring_active(k));
	for (size_t i = 1; i <= KEYRING_MAX; i++) {
		assert_non_null(keyring_generate(k, &e));
		assert_int_equal(keyring_count(k), i);
		assert_string_equal(keyring_active(k)->id, keyring_at(k, i - 1)->id);
	}
	clock_freeze(0);
	assert_null(keyring_generate(k, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	for (size_t i = 0; i + 1 < KEYRING_MAX; i++) {
		assert_int_equal(keyring_at(k, i)->active, 0);
		for (size_t n = 0; n < i; n++)
			assert_memory_not_equal(
				keyring_at(k, i)->key, keyring_at(k, n)->key, SEAL_KEY_SIZE);
	}
	assert_int_equal(keyring_drop(k, keyring_active(k)->id, &e), -1);
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(keyring_drop(k, "zzzzzzzz", &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	while (keyring_count(k) > 1)
		assert_ok(keyring_drop(k, keyring_at(k, 0)->id, &e));
	assert_int_equal(keyring_at(k, 0)->active, 1);
	keyring_free(k);
}

static void test_write(void **state)
{
	struct place *p = *state;
	struct keyring *k = keyring_new(), *back;
	struct seal_public pub;
	struct credential cr;
	struct stat st;
	struct buf box;
	struct err e;

	assert_non_null(keyring_generate(k, &e));
	assert_non_null(keyring_generate(k, &e));
	assert_ok(keyring_write(k, p->file, geteuid(), &e));
	assert_ok(keyring_write(k, p->file, geteuid(), &e)); /* over the old one */
	assert_ok(keyring_write_public(k, p->public, &e));
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(stat(p->public, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	back = keyring_load(&p->from, &e);
	assert_non_null(back);
	assert_int_equal(keyring_count(back), 2);
	assert_ok(seal_public_load(p->public, &pub, &e));
	assert_string_equal(pub.id, keyring_active(back)->id);
	assert_memory_equal(pub.key, keyring_active(back)->key, SEAL_KEY_SIZE);
	cr = sealed(k, &box, "secret");
	assert_opens(back, &cr, "secret");
	buf_done(&box);
	keyring_free(back);
	keyring_free(k);
}

/* The public file gives nothing of the private keys away. */
static void test_public_is_public(void **state)
{
	struct place *p = *state;
	struct keyring *k = load(p, LINE_A LINE_B);
	struct buf b;
	struct err e;

	assert_ok(keyring_write_public(k, p->public, &e));
	buf_init(&b, 8192);
	assert_ok(buf_file(&b, p->public, &e));
	assert_null(strstr(b.p, SECRET_A));
	assert_null(strstr(b.p, SECRET_B));
	assert_non_null(strstr(b.p, "aaaaaaaa 100 active "));
	assert_non_null(strstr(b.p, "bbbbbbbb 200 old "));
	buf_done(&b);
	keyring_free(k);
}

/* What cannot be written leaves the old file as it was, and no half one beside it. */
static void test_write_refused(void **state)
{
	struct place *p = *state;
	struct keyring *k = load(p, LINE_A);
	char path[128];
	struct err e;

	snprintf(path, sizeof(path), "%s/none/keys", p->dir);
	assert_int_equal(keyring_write(k, path, geteuid(), &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	snprintf(path, sizeof(path), "%s/keys.new", p->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(keyring_write(k, p->file, geteuid(), &e), -1);
	assert_int_equal(rmdir(path), 0);
	keyring_free(k);
	k = keyring_load(&p->from, &e);
	assert_non_null(k);
	assert_string_equal(keyring_active(k)->id, "aaaaaaaa");
	/* a leftover of somebody who was killed is in nobody's way, and a link is not followed */
	snprintf(path, sizeof(path), "%s/keys.new", p->dir);
	assert_int_equal(symlink("/nonexistent/trap", path), 0);
	assert_ok(keyring_write(k, p->file, geteuid(), &e));
	assert_int_equal(access(path, F_OK), -1);
	keyring_free(k);
}

#define place_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(test_load),
		place_test(test_text_refused),
		place_test(test_size_refused),
		place_test(test_file_refused),
		place_test(test_nul_refused),
		place_test(test_command),
		place_test(test_command_slow),
		place_test(test_open),
		place_test(test_swapped_rows),
		place_test(test_changed_policy),
		place_test(test_damaged),
		place_test(test_reseal),
		place_test(test_sign),
		place_test(test_generate_and_drop),
		place_test(test_write),
		place_test(test_public_is_public),
		place_test(test_write_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
