/* Password: hashing, the two slots between processes, the cost of nobody, weak passwords. */
#define _GNU_SOURCE 1 /* F_OFD_SETLK */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/password.h"
#include "platform/str.h"

static char dir[] = "/tmp/test_password.XXXXXX";
static char path[64];
static struct secret *right, *wrong;

static int setup(void **state)
{
	struct err e;

	(void)state;
	seal_init();
	right = secret_new("seven blue kettles", 18);
	wrong = secret_new("seven blue kettlez", 18);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/slots", dir);
	return password_init(path, &e);
}

static int teardown(void **state)
{
	(void)state;
	secret_free(right);
	secret_free(wrong);
	unlink(path);
	return rmdir(dir);
}

static void a_hash_knows_its_password(void **state)
{
	char hash[PASSWORD_HASH], other[PASSWORD_HASH];
	struct err e = { 0 };

	(void)state;
	assert_ok(password_hash(right, hash, &e));
	assert_ok(password_hash(right, other, &e));
	assert_true(str_starts(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_string_not_equal(hash, other);
	assert_int_equal(crypto_pwhash_str_needs_rehash(hash, 2, 19922944), 0);
	assert_int_equal(password_check(hash, right, &e), 1);
	assert_int_equal(password_check(other, right, &e), 1);
	assert_int_equal(password_check(hash, wrong, &e), 0);
}

static void what_is_no_hash_is_wrong(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(password_check("", right, &e), 0);
	assert_int_equal(password_check("x", right, &e), 0);
	assert_int_equal(password_check("$argon2id$v=19$m=19456,t=2,p=1$", right, &e), 0);
}

/* Of this process: what else the machine does meanwhile is not counted. */
static int64_t worked_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t fastest(const char *hash)
{
	int64_t start, took, best = INT64_MAX;
	struct err e;
	int i;

	for (i = 0; i < 5; i++) {
		start = worked_us();
		assert_int_equal(password_check(hash, wrong, &e), 0);
		took = worked_us() - start;
		best = took < best ? took : best;
	}
	return best;
}

static void nobody_takes_as_long(void **state)
{
	char hash[PASSWORD_HASH];
	struct err e = { 0 };
	int64_t known, unknown;

	(void)state;
	assert_ok(password_hash(right, hash, &e));
	known = fastest(hash);
	unknown = fastest(NULL);
	/* A hash that does not parse would end in microseconds. */
	if (unknown < known / 2 || unknown > known * 2)
		fail_msg("known %lld us, unknown %lld us", (long long)known, (long long)unknown);
}

static void the_lock_file_is_for_the_group(void **state)
{
	char other[80];
	struct stat st;
	struct err e = { 0 };
	mode_t before = umask(077);

	(void)state;
	snprintf(other, sizeof(other), "%s/other", dir);
	assert_ok(password_init(other, &e));
	umask(before);
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	unlink(other);
	assert_int_equal(symlink("elsewhere", other), 0);
	assert_int_equal(password_init(other, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	unlink(other);
	assert_int_equal(password_init("/nonexistent/slots", &e), -1);
	assert_ok(password_init(path, &e));
}

/* A process that holds byte `slot` until it is killed. */
static pid_t hold(int slot)
{
	struct flock region = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1
	};
	int fds[2], fd;
	char c = 0;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		c = fcntl(fd, F_OFD_SETLK, &region) == 0 ? 'y' : 'n';
		if (write(fds[1], &c, 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	close(fds[0]);
	close(fds[1]);
	return child;
}

static void let_go(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
}

/* A process that hashes, and tells by its exit that no slot came. */
static pid_t hash_in_vain(void)
{
	char hash[PASSWORD_HASH];
	struct err e = { 0 };
	pid_t child = fork();

	if (child == 0)
		_exit(password_init(path, &e) < 0 || password_hash(right, hash, &e) != -1 ||
			e.code != ERR_BUSY);
	return child;
}

static void two_slots_then_a_wait_then_busy(void **state)
{
	char hash[PASSWORD_HASH];
	pid_t first = hold(0), second, other;
	struct err e = { 0 };
	int64_t start;
	int status;

	(void)state;
	/* One is taken: the other one serves. */
	assert_ok(password_hash(right, hash, &e));
	second = hold(1);
	other = hash_in_vain();
	start = clock_mono_ms();
	assert_int_equal(password_check(hash, right, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	assert_in_range(clock_mono_ms() - start, 4990, 8000);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(status, 0);
	/* The kernel takes a dead process's slot back. */
	let_go(first);
	assert_int_equal(password_check(hash, right, &e), 1);
	let_go(second);
}

/* Only another process can tell: to this one its own lock is no obstacle. */
static void slots_are_given_back(void **state)
{
	char hash[PASSWORD_HASH];
	struct err e = { 0 };

	(void)state;
	assert_ok(password_hash(right, hash, &e));
	let_go(hold(0));
	assert_int_equal(password_check(hash, wrong, &e), 0);
	let_go(hold(0));
	let_go(hold(1));
}

/* Locks belong to an open file, which a fork shares: such a child must open its own. */
static void a_forked_process_needs_its_own(void **state)
{
	struct err e;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		if (password_check(NULL, right, &e) != -1 || e.code != ERR_INTERNAL)
			_exit(1);
		if (password_init(path, &e) < 0 || password_check(NULL, right, &e) != 0)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define A64 "kQ2vLm9xTzR4wYb7NcD1sEf6GhJ3pUo8aVi5XtZr0qMn-WlSkBjHgFdPyCeTu_Io"

static void weak_passwords(void **state)
{
	static const struct {
		const char *text, *says; /* NULL: good */
	} rows[] = {
		{ "seven blue kettles", NULL },
		{ "kettle-blau-7", NULL },
		{ "\xc3\xa4\xc3\xb6\xc3\xbcxyzvwqrt1", NULL },
		{ A64 "!" A64 "?" A64 "+"
		      "kQ2vLm9xTzR4wYb7NcD1sEf6GhJ3pUo8aVi5XtZr0qMn-WlSkBjHgFdPyCeTu",
			NULL },
		{ A64 "!" A64 "?" A64 "+" A64, "too long" },
		{ "", "too short" },
		{ "short", "too short" },
		{ "elevenchars", "too short" },
		/* 12 bytes, 6 characters */
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", "too short" },
		{ "bad \xff bytes here", "cannot be read" },
		{ "my casey.lee words", "your address" },
		{ "CASEY.LEE 12345 x", "your address" },
		{ "aaaaaaaaaaaa", "repeats" },
		{ "abcabcabcabc", "repeats" },
		{ "passwordpassword", "repeats" },
		{ "Password12Password12", "repeats" },
		{ "            ", "repeats" },
		{ "abcdefghijkl", "sequence" },
		{ "ABCDEFGHIJKLmnop", "sequence" },
		{ "nopqrstuvwxyzabc", "sequence" },
		{ "zyxwvutsrqpon", "sequence" },
		{ "1234567890123", "sequence" },
		{ "210987654321", "sequence" },
		{ "qwertyuiopas", "sequence" },
		{ "1qaz2wsx3edc", "sequence" },
		{ "Password1234", "many people use" },
		{ "correcthorsebatterystaple", "many people use" },
		{ "AdmiNistrator", "many people use" },
	};
	struct secret *s;
	const char *says;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		s = secret_new(rows[i].text, strlen(rows[i].text));
		says = password_weak(s, "casey.lee@example.com");
		if (says && rows[i].says ? !strstr(says, rows[i].says) : says != rows[i].says)
			fail_msg("%s: %s", rows[i].text, says ? says : "good");
		assert_true(!says || !strchr(says, '!'));
		secret_free(s);
	}
}

static void weakness_and_addresses(void **state)
{
	struct secret *s = secret_new("my al words fine", 16);
	struct secret *nul = secret_new("abcdefgh\0jklmn", 14);
	const char *says;

	(void)state;
	assert_null(password_weak(s, NULL));
	assert_null(password_weak(s, ""));
	assert_null(password_weak(s, "al@example.com"));
	assert_null(password_weak(s, "@example.com"));
	assert_non_null(password_weak(s, "words@example.com"));
	assert_non_null(password_weak(s, "Fine"));
	assert_null(password_weak(s, A64 A64 "@example.com"));
	says = password_weak(nul, NULL);
	assert_true(says && strstr(says, "cannot be read"));
	secret_free(s);
	secret_free(nul);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_knows_its_password),
		cmocka_unit_test(what_is_no_hash_is_wrong),
		cmocka_unit_test(nobody_takes_as_long),
		cmocka_unit_test(the_lock_file_is_for_the_group),
		cmocka_unit_test(two_slots_then_a_wait_then_busy),
		cmocka_unit_test(slots_are_given_back),
		cmocka_unit_test(a_forked_process_needs_its_own),
		cmocka_unit_test(weak_passwords),
		cmocka_unit_test(weakness_and_addresses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
