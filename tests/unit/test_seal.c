/* Seal: secrets in memory, boxes that open only where they belong, key files, hashes, tokens. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "platform/seal.h"
#include "platform/str.h"

enum { HEAD = 1 + 8 + 8 + SEAL_HASH };

static const struct seal_home home = {
	.account = 7, .row = -3, .purpose = "exchange", .policy = { 1, 2, 3 }
};

static void secrets_are_copies(void **state)
{
	char text[] = "hunter2";
	struct secret *a = secret_new(text, 7), *b, *c, *d;

	(void)state;
	sodium_memzero(text, sizeof(text));
	assert_int_equal(secret_len(a), 7);
	assert_string_equal((const char *)secret_bytes(a), "hunter2");
	b = secret_new("hunter2", 7);
	c = secret_new("hunter3", 7);
	d = secret_new("hunter", 6);
	assert_true(secret_same(a, b));
	assert_false(secret_same(a, c));
	assert_false(secret_same(a, d));
	secret_free(a);
	secret_free(b);
	secret_free(c);
	secret_free(d);
	secret_free(NULL);
}

static void secrets_may_be_empty_or_hold_zeros(void **state)
{
	struct secret *a = secret_new(NULL, 0), *b = secret_new("a\0b", 3);

	(void)state;
	assert_int_equal(secret_len(a), 0);
	assert_int_equal(secret_bytes(a)[0], 0);
	assert_memory_equal(secret_bytes(b), "a\0b", 4);
	secret_free(a);
	secret_free(b);
}

/* How a child ends that does this with a secret. */
static int child_status(void (*deed)(struct secret *))
{
	struct secret *s = secret_new("secret", 6);
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		deed(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	secret_free(s);
	return status;
}

static void write_it(struct secret *s)
{
	*(volatile unsigned char *)(uintptr_t)secret_bytes(s) = 'x';
}

static void read_it(struct secret *s)
{
	if (*(const volatile unsigned char *)secret_bytes(s) != 's')
		_exit(1);
}

/* 16 bytes after the NUL and what alignment adds, the next page begins. */
static void read_past_it(struct secret *s)
{
	if (((const volatile unsigned char *)secret_bytes(s))[secret_len(s) + 16])
		_exit(0);
}

static void use_after_free(struct secret *s)
{
	const volatile unsigned char *p = secret_bytes(s);

	secret_free(s);
	if (*p)
		_exit(0);
}

static void a_secret_is_read_only_and_guarded(void **state)
{
	int status = child_status(read_it);

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	status = child_status(write_it);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	status = child_status(read_past_it);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	status = child_status(use_after_free);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void plain_write(struct buf *b, const char *text, size_t n)
{
	struct secret *s = secret_new(text, n);

	buf_init(b, 8192);
	seal_plain_write(&home, s, b);
	assert_true(buf_ok(b));
	secret_free(s);
}

static void plain_has_the_written_layout(void **state)
{
	static const unsigned char start[] = { 1, 7, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 1, 2, 3, 0 };
	struct buf b;

	(void)state;
	plain_write(&b, "pw", 2);
	assert_memory_equal(b.p, start, sizeof(start));
	assert_memory_equal(b.p + HEAD, "\010exchange\002\0\0\0pw", 15);
	assert_int_equal(b.len, 64);
	buf_wipe(&b);
}

static void plain_lengths_tell_little(void **state)
{
	static const size_t lengths[][2] = { { 0, 64 }, { 2, 64 }, { 3, 128 }, { 66, 128 },
		{ 67, 192 }, { SEAL_SECRET_MAX, 4160 } };
	char text[SEAL_SECRET_MAX];
	struct secret *s;
	struct buf b;
	struct err e = { 0 };
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < COUNT(lengths); i++) {
		plain_write(&b, text, lengths[i][0]);
		assert_int_equal(b.len, lengths[i][1]);
		s = seal_plain_read((const unsigned char *)b.p, b.len, &home, &e);
		assert_non_null(s);
		assert_int_equal(secret_len(s), lengths[i][0]);
		assert_memory_equal(secret_bytes(s), text, lengths[i][0]);
		secret_free(s);
		buf_wipe(&b);
	}
}

/* The whole buffer, not only its start, decides about the padding. */
static void plain_is_padded_behind_other_bytes(void **state)
{
	struct secret *s = secret_new("pw", 2);
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(buf_puts(&b, "12345"), 0);
	seal_plain_write(&home, s, &b);
	assert_int_equal(b.len, 5 + 64);
	secret_free(s);
	buf_wipe(&b);
}

static void plain_refuses_other_homes(void **state)
{
	static const struct {
		struct seal_home home;
		const char *says;
	} rows[] = {
		{ { 8, -3, "exchange", { 1, 2, 3 } }, "another account" },
		{ { 7, 3, "exchange", { 1, 2, 3 } }, "another row" },
		{ { 7, -3, "exchange", { 1, 2, 4 } }, "another transport policy" },
		{ { 7, -3, "exchangf", { 1, 2, 3 } }, "another purpose" },
		{ { 7, -3, "exchang", { 1, 2, 3 } }, "another purpose" },
		{ { 7, -3, "", { 1, 2, 3 } }, "another purpose" },
	};
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	plain_write(&b, "pw-in-plain", 11);
	for (i = 0; i < COUNT(rows); i++) {
		assert_null(seal_plain_read((const unsigned char *)b.p, b.len, &rows[i].home, &e));
		assert_int_equal(e.code, ERR_KEY);
		assert_non_null(strstr(e.log, rows[i].says));
		assert_null(strstr(e.log, "pw-in-plain"));
		assert_string_equal(e.say, err_info(ERR_KEY)->say);
	}
	buf_wipe(&b);
}

/* Read a copy of exact size in which one byte is changed, or which is cut. */
static struct secret *read_changed(
	const struct buf *b, size_t n, size_t at, int value, struct err *e)
{
	unsigned char *copy = malloc(n ? n : 1);
	struct secret *s;

	assert_non_null(copy);
	memcpy(copy, b->p, n);
	if (at < n)
		copy[at] = (unsigned char)value;
	s = seal_plain_read(copy, n, &home, e);
	free(copy);
	return s;
}

static void plain_refuses_damage(void **state)
{
	static const struct {
		size_t at;
		int value;
		const char *says;
	} rows[] = {
		{ 0, 2, "unknown version" },
		{ 0, 0, "unknown version" },
		{ HEAD, 255, "damaged: purpose" },
		{ HEAD, 7, "another purpose" },
		{ HEAD + 9, 3, "damaged: padding" },
		{ HEAD + 9, 0, "damaged: padding" },
		{ HEAD + 9, 255, "damaged: secret" },
		{ HEAD + 10, 255, "damaged: secret" },
		{ HEAD + 12, 255, "damaged: secret" },
		{ 127, 1, "damaged: padding" },
	};
	struct buf b;
	struct err e;
	size_t i;

	(void)state;
	plain_write(&b, "hello", 5);
	assert_int_equal(b.len, 128);
	for (i = 0; i < COUNT(rows); i++) {
		/* A secret of 3 leaves two bytes of it where zeros belong. */
		assert_null(read_changed(&b, b.len, rows[i].at, rows[i].value, &e));
		if (!strstr(e.log, rows[i].says))
			fail_msg("byte %zu: %s", rows[i].at, e.log);
	}
	for (i = 0; i < b.len; i++) {
		assert_null(read_changed(&b, i, b.len, 0, &e));
		assert_int_equal(e.code, ERR_KEY);
	}
	/* One block too many: the same secret must have one form only. */
	assert_int_equal(buf_add(&b, (const char[64]){ 0 }, 64), 0);
	assert_null(read_changed(&b, b.len, b.len, 0, &e));
	assert_non_null(strstr(e.log, "damaged: padding"));
	buf_wipe(&b);
}

static void write_long_purpose(struct secret *s)
{
	struct seal_home other = home;
	struct buf b;

	other.purpose = "12345678901234567890123456789012";
	buf_init(&b, 8192);
	seal_plain_write(&other, s, &b);
}

static void a_long_purpose_is_our_mistake(void **state)
{
	int status = child_status(write_long_purpose);

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void seals_for_the_holder_of_the_key(void **state)
{
	unsigned char private[SEAL_KEY_SIZE], plain[64];
	struct seal_public k = { .id = "0a1b2c3d", .active = 1 };
	struct secret *s = secret_new("pw", 2), *back;
	struct buf box, again;
	struct err e = { 0 };

	(void)state;
	crypto_box_keypair(k.key, private);
	buf_init(&box, 8192);
	buf_init(&again, 8192);
	assert_ok(seal_close(&k, &home, s, &box, &e));
	assert_ok(seal_close(&k, &home, s, &again, &e));
	assert_int_equal(box.len, 64 + crypto_box_SEALBYTES);
	assert_memory_not_equal(box.p, again.p, box.len);
	assert_int_equal(
		crypto_box_seal_open(plain, (const unsigned char *)box.p, box.len, k.key, private),
		0);
	back = seal_plain_read(plain, sizeof(plain), &home, &e);
	assert_non_null(back);
	assert_true(secret_same(s, back));
	secret_free(back);
	secret_free(s);
	buf_done(&box);
	buf_done(&again);
}

static void sealing_can_fail(void **state)
{
	static char text[SEAL_SECRET_MAX + 1];
	struct seal_public k = { .id = "0a1b2c3d", .key = { 0 }, .active = 1 };
	struct secret *s = secret_new(text, SEAL_SECRET_MAX + 1), *small = secret_new("x", 1);
	unsigned char private[SEAL_KEY_SIZE];
	struct buf box;
	struct err e;

	(void)state;
	buf_init(&box, 100);
	/* An all-zero key has no secret half. */
	assert_int_equal(seal_close(&k, &home, small, &box, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	crypto_box_keypair(k.key, private);
	assert_int_equal(seal_close(&k, &home, s, &box, &e), -1);
	assert_int_equal(e.code, ERR_TOO_BIG);
	assert_int_equal(seal_close(&k, &home, small, &box, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
	secret_free(s);
	secret_free(small);
	buf_done(&box);
}

#define KEY1 "1111111111111111111111111111111111111111111111111111111111111111"
#define KEY2 "2222222222222222222222222222222222222222222222222222222222222222"

static char path[] = "/tmp/test_seal.XXXXXX";

static int load(const char *text, size_t n, struct seal_public *out, struct err *e)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	return seal_public_load(path, out, e);
}

static void loads_the_newest_active_key(void **state)
{
	static const char text[] = "# keys\n\n"
				   "00000001 1700000000 active " KEY1 "\n"
				   "  0000000A\t1700000002  active " KEY2 " \r\n"
				   "00000003 1700000001 active " KEY1 "\n"
				   "00000004 1800000000 old " KEY1;
	struct seal_public k;
	struct err e = { 0 };

	(void)state;
	assert_ok(load(text, strlen(text), &k, &e));
	assert_string_equal(k.id, "0000000a");
	assert_true(k.created == 1700000002);
	assert_true(k.active);
	assert_int_equal(k.key[0], 0x22);
	assert_int_equal(k.key[31], 0x22);
}

static void names_what_is_wrong_with_a_key_file(void **state)
{
	static const struct {
		const char *text;
		int line; /* 0: the file as a whole */
		const char *says;
	} rows[] = {
		{ "", 0, "no active key" },
		{ "# nothing\n", 0, "no active key" },
		{ "00000001 1 old " KEY1, 0, "no active key" },
		{ "\n00000001 1 active", 2, "must be" },
		{ "00000001 1 active " KEY1 " more", 1, "must be" },
		{ "0000001 1 active " KEY1, 1, "id" },
		{ "000000001 1 active " KEY1, 1, "id" },
		{ "0000000g 1 active " KEY1, 1, "id" },
		{ "00000001 -1 active " KEY1, 1, "creation time" },
		{ "00000001 now active " KEY1, 1, "creation time" },
		{ "00000001 1 Active " KEY1, 1, "state" },
		{ "00000001 1 active " KEY1 "1", 1, "64 hex digits" },
		{ "00000001 1 active 11", 1, "64 hex digits" },
		{ "0000000a 1 active " KEY1 "\n#\n0000000A 2 old " KEY2, 3,
			"0000000a is there twice" },
	};
	struct seal_public k;
	struct err e;
	char place[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(load(rows[i].text, strlen(rows[i].text), &k, &e), -1);
		assert_int_equal(e.code, ERR_SETUP);
		snprintf(place, sizeof(place), "%s:%d: ", path, rows[i].line);
		if (rows[i].line && !str_starts(e.log, place))
			fail_msg("%s is called: %s", rows[i].text, e.log);
		if (!strstr(e.log, rows[i].says))
			fail_msg("%s is called: %s", rows[i].text, e.log);
	}
	assert_int_equal(load("#\0", 2, &k, &e), -1);
	assert_non_null(strstr(e.log, "not a text file"));
	assert_int_equal(seal_public_load("/nonexistent/keyring.pub", &k, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_string_equal(e.say, err_info(ERR_SETUP)->say);
}

static void key_files_are_bounded(void **state)
{
	struct seal_public k;
	struct err e = { 0 };
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 100000);
	for (i = 0; i < 64; i++)
		assert_int_equal(buf_printf(&b, "%08x %d active " KEY1 "\n", (unsigned)i, i), 0);
	assert_ok(load(b.p, b.len, &k, &e));
	assert_string_equal(k.id, "0000003f");
	assert_int_equal(buf_puts(&b, "00000040 99 active " KEY1 "\n"), 0);
	assert_int_equal(load(b.p, b.len, &k, &e), -1);
	assert_non_null(strstr(e.log, ":65: over 64 keys"));
	buf_clear(&b);
	for (i = 0; i < 65537; i++)
		assert_int_equal(buf_putc(&b, '#'), 0);
	assert_int_equal(load(b.p, b.len, &k, &e), -1);
	assert_non_null(strstr(e.log, "over 65536 bytes"));
	buf_done(&b);
}

static void hashes_of_lists_do_not_collide(void **state)
{
	static const char *const lists[][3] = { { "ab", "c", "" }, { "a", "bc", "" },
		{ "abc", "", "" }, { "", "abc", "" }, { "ab", "", "c" } };
	unsigned char hash[COUNT(lists)][SEAL_HASH], two[SEAL_HASH], again[SEAL_HASH];
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(lists); i++) {
		seal_hash(hash[i], lists[i], 3);
		for (k = 0; k < i; k++)
			assert_memory_not_equal(hash[i], hash[k], SEAL_HASH);
	}
	seal_hash(two, lists[0], 2);
	assert_memory_not_equal(two, hash[0], SEAL_HASH);
	seal_hash(again, (const char *const[]){ "ab", "c", NULL }, 3);
	assert_memory_equal(again, hash[0], SEAL_HASH);
}

/* The layout of what is hashed is stored in databases: it must not change by accident. */
static void the_hash_is_the_documented_one(void **state)
{
	unsigned char hash[SEAL_HASH], want[SEAL_HASH];

	(void)state;
	seal_hash(hash, (const char *const[]){ "ab", "" }, 2);
	crypto_generichash(want, sizeof(want),
		(const unsigned char *)"\2\0\0\0\0\0\0\0ab\0\0\0\0\0\0\0\0", 18, NULL, 0);
	assert_memory_equal(hash, want, SEAL_HASH);
}

static void derived_tokens_depend_on_everything(void **state)
{
	char a[SEAL_TOKEN_HEX + 1], b[SEAL_TOKEN_HEX + 1];
	char longer[200];

	(void)state;
	seal_derive(a, "key", "form", "text");
	assert_int_equal(strlen(a), SEAL_TOKEN_HEX);
	seal_derive(b, "key", "form", "text");
	assert_string_equal(a, b);
	seal_derive(b, "kez", "form", "text");
	assert_string_not_equal(a, b);
	seal_derive(b, "key", "link", "text");
	assert_string_not_equal(a, b);
	seal_derive(b, "key", "form", "texu");
	assert_string_not_equal(a, b);
	seal_derive(b, "key", "formt", "ext");
	assert_string_not_equal(a, b);
	memset(longer, 'k', sizeof(longer));
	longer[199] = '\0';
	seal_derive(a, longer, "form", "text");
	longer[198] = 'l';
	seal_derive(b, longer, "form", "text");
	assert_string_not_equal(a, b);
}

static void tokens_are_random_and_their_hash_is_not(void **state)
{
	char a[SEAL_TOKEN_HEX + 1], b[SEAL_TOKEN_HEX + 1];
	unsigned char ha[SEAL_HASH], hb[SEAL_HASH], plain[SEAL_HASH];

	(void)state;
	seal_token(a);
	seal_token(b);
	assert_int_equal(strlen(a), SEAL_TOKEN_HEX);
	assert_int_equal(str_unhex(plain, sizeof(plain), a), 0);
	assert_string_not_equal(a, b);
	seal_token_hash(ha, a);
	seal_token_hash(hb, a);
	assert_memory_equal(ha, hb, SEAL_HASH);
	assert_memory_not_equal(ha, plain, SEAL_HASH);
	seal_token_hash(hb, b);
	assert_memory_not_equal(ha, hb, SEAL_HASH);
}

static void random_hex_uses_every_digit_and_stays_within(void **state)
{
	char text[1002];
	size_t n;

	(void)state;
	for (n = 0; n < 20; n++) {
		memset(text, 'z', sizeof(text));
		seal_random_hex(text, n);
		assert_int_equal(strlen(text), n);
		assert_int_equal(text[n + 1], 'z');
	}
	seal_random_hex(text, 1000);
	assert_int_equal(strspn(text, "0123456789abcdef"), 1000);
	for (n = 0; n < 16; n++)
		assert_non_null(strchr(text, "0123456789abcdef"[n]));
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	seal_init();
	seal_init();
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_copies),
		cmocka_unit_test(secrets_may_be_empty_or_hold_zeros),
		cmocka_unit_test(a_secret_is_read_only_and_guarded),
		cmocka_unit_test(plain_has_the_written_layout),
		cmocka_unit_test(plain_lengths_tell_little),
		cmocka_unit_test(plain_is_padded_behind_other_bytes),
		cmocka_unit_test(plain_refuses_other_homes),
		cmocka_unit_test(plain_refuses_damage),
		cmocka_unit_test(a_long_purpose_is_our_mistake),
		cmocka_unit_test(seals_for_the_holder_of_the_key),
		cmocka_unit_test(sealing_can_fail),
		cmocka_unit_test(loads_the_newest_active_key),
		cmocka_unit_test(names_what_is_wrong_with_a_key_file),
		cmocka_unit_test(key_files_are_bounded),
		cmocka_unit_test(hashes_of_lists_do_not_collide),
		cmocka_unit_test(the_hash_is_the_documented_one),
		cmocka_unit_test(derived_tokens_depend_on_everything),
		cmocka_unit_test(tokens_are_random_and_their_hash_is_not),
		cmocka_unit_test(random_hex_uses_every_digit_and_stays_within),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
