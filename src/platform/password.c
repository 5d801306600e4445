/* Password: Argon2id with two slots for all processes, and what a new password must not be.
 *
 * Rules: a hash takes 19 MiB, so at most two are made at a time, however many processes there are.
 * A slot is one byte of a lock file, locked through an open file description of this process: the
 * kernel gives it back when the process dies. An unknown user costs as much as a known one.
 */
#define _GNU_SOURCE 1 /* F_OFD_SETLK, strcasestr */
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "str.h"

#define OPS 2
#define MEMORY_KIB 19456
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define COST "$argon2id$v=19$m=" TEXT(MEMORY_KIB) ",t=" TEXT(OPS) ",p=1"

enum { SLOTS = 2, WAIT_MS = 5000, PAUSE_MS = 10, LOCAL_LEAST = 3 };

_Static_assert(PASSWORD_HASH == crypto_pwhash_STRBYTES, "size of a hash");

/* The lock file, open in this process; set by password_init. */
static int lock_fd = -1;
static pid_t lock_owner;

/* A hash with our cost, of nothing that is known: to check against it takes what any check takes.
 */
static const char nobody[PASSWORD_HASH] =
	COST "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

int password_init(const char *lock_file, struct err *e)
{
	int fd = open(lock_file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0660);

	if (fd < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s", lock_file, strerror(errno));
	/* Whoever comes first makes the file, with any umask; the group must be able to lock it.
	 * Only the owner may and needs to do this. */
	if (fchmod(fd, 0660) < 0 && errno != EPERM) {
		close(fd);
		return ERR(e, ERR_SETUP, NULL, "%s: %s", lock_file, strerror(errno));
	}
	if (lock_fd >= 0)
		close(lock_fd);
	lock_fd = fd;
	lock_owner = getpid();
	return 0;
}

/* Take or give back byte `slot` of the lock file. */
static int lock(int slot, short type)
{
	struct flock region = { .l_type = type, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1 };

	return fcntl(lock_fd, F_OFD_SETLK, &region);
}

/* The number of a free slot, or -1 when none came in time. */
static int slot_take(struct err *e)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	int64_t end = clock_mono_ms() + WAIT_MS;
	int slot;

	/* After a fork both processes would hold one and the same lock. */
	if (lock_fd < 0 || lock_owner != getpid())
		return ERR(e, ERR_INTERNAL, NULL, "password_init was not called in this process");
	for (;;) {
		for (slot = 0; slot < SLOTS; slot++) {
			if (lock(slot, F_WRLCK) == 0)
				return slot;
			if (errno != EAGAIN && errno != EACCES && errno != EINTR)
				return ERR(e, ERR_INTERNAL, NULL, "slot: %s", strerror(errno));
		}
		if (clock_mono_ms() >= end)
			return ERR(e, ERR_BUSY,
				"Many people sign in at this moment, so this did not get its turn. "
				"Wait a moment and try again.",
				"no password slot within %d ms", WAIT_MS);
		nanosleep(&pause, NULL);
	}
}

int password_hash(const struct secret *s, char out[PASSWORD_HASH], struct err *e)
{
	int rc, slot = slot_take(e);

	if (slot < 0)
		return -1;
	rc = crypto_pwhash_str_alg(out, (const char *)secret_bytes(s), secret_len(s), OPS,
		MEMORY_KIB * 1024UL, crypto_pwhash_ALG_ARGON2ID13);
	if (rc < 0)
		die("out of memory for a password hash");
	lock(slot, F_UNLCK);
	return 0;
}

int password_check(const char *hash, const struct secret *s, struct err *e)
{
	int rc, slot = slot_take(e);

	if (slot < 0)
		return -1;
	errno = 0;
	rc = crypto_pwhash_str_verify(
		hash ? hash : nobody, (const char *)secret_bytes(s), secret_len(s));
	if (rc < 0 && errno == ENOMEM)
		die("out of memory for a password hash");
	lock(slot, F_UNLCK);
	return hash && rc == 0;
}

/* Does text repeat a piece that is itself too short for a password? */
static int repeats(const char *text, size_t n)
{
	size_t piece;

	for (piece = 1; piece < PASSWORD_MIN && piece <= n / 2; piece++) {
		if (memcmp(text, text + piece, n - piece) == 0)
			return 1;
	}
	return 0;
}

/* Is text a stretch of an alphabet, of the digits or of a keyboard's rows? */
static int in_sequence(const char *text)
{
	static const char *const sequences[] = {
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
		"zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcba",
		"012345678901234567890123456789",
		"098765432109876543210987654321",
		"qwertyuiopasdfghjklzxcvbnm",
		"qwertzuiopasdfghjklyxcvbnm",
		"azertyuiopqsdfghjklmwxcvbn",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
		"1q2w3e4r5t6y7u8i9o0p",
		"q1w2e3r4t5y6u7i8o9p0",
	};
	size_t i;

	for (i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
		if (strcasestr(sequences[i], text))
			return 1;
	}
	return 0;
}

/* Is text among the most common passwords that are long enough? */
static int is_common(const char *text)
{
	static const char *const common[] = { "1234567890qwe", "1234567890qwerty", "123456789abc",
		"1234qwerasdf", "1234qwerasdfzxcv", "abc123456789", "abcd12345678", "administrator",
		"administrator1", "changeme1234", "changeme12345", "contrasena123",
		"correct horse battery staple", "correcthorsebatterystaple", "football1234",
		"iloveyou1234", "iloveyou12345", "letmein12345", "letmein123456", "motdepasse123",
		"p@ssw0rd1234", "p@ssw0rd12345", "p@ssword1234", "passw0rd1234", "passwort1234",
		"passwort12345", "password!234", "password1234", "password12345", "password123456",
		"password2024", "password2025", "password2026", "princess1234", "qazwsxedcrfv",
		"qwer1234asdf", "qwerty123456", "qwerty1234567", "qwerty12345678", "qwertyuiop12",
		"qwertyuiop123", "sunshine1234", "superman1234", "unbelievable", "welcome12345",
		"welcome123456", "zaq12wsxcde3" };
	size_t i;

	for (i = 0; i < sizeof(common) / sizeof(*common); i++) {
		if (strcasecmp(text, common[i]) == 0)
			return 1;
	}
	return 0;
}

/* Is the part of the address before the @ in text? Very short ones are in many good passwords. */
static int names_owner(const char *text, const char *email)
{
	char local[65];
	size_t n = email ? strcspn(email, "@") : 0;

	if (n < LOCAL_LEAST || n >= sizeof(local))
		return 0;
	memcpy(local, email, n);
	local[n] = '\0';
	return strcasestr(text, local) != NULL;
}

const char *password_weak(const struct secret *s, const char *email)
{
	const char *text = (const char *)secret_bytes(s);
	size_t n = secret_len(s);

	if (n > PASSWORD_MAX)
		return "This password is too long. Use at most 256 characters; accented letters "
		       "count as two or more.";
	if (!str_utf8(text, n))
		return "This password has characters that cannot be read. Use letters, digits, "
		       "signs and spaces.";
	if (str_points(text) < PASSWORD_MIN)
		return "This password is too short. Use at least 12 characters; a few words that "
		       "have nothing to do with each other are fine.";
	if (names_owner(text, email))
		return "This password contains your address, which is the first thing to be tried. "
		       "Use one that does not.";
	if (repeats(text, n))
		return "This password repeats one short piece, so it is easy to guess. Use a more "
		       "varied one.";
	if (in_sequence(text))
		return "This password is a plain sequence, so it is easy to guess. Use a more "
		       "varied one.";
	if (is_common(text))
		return "This password is one that many people use, so it is among the first to be "
		       "tried. Use another.";
	return NULL;
}
