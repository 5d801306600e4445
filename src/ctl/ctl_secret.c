/* Ctl secret: secrets and certificates that ops give to a command.
 *
 * Rule: they come from a file, the input or the terminal, never from the command line, where every
 * process could read them; and no copy of them is left that nobody wipes.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>
#include "platform/seal.h"
#include "platform/str.h"

enum { FILE_MAX = 64 * 1024 /* certificates */ };

/* What would end or stop us while the terminal does not show what is typed. */
static const int held[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP };

/* A line, or a signal that waits: its bytes, 0 for a signal, -1. */
static ssize_t line_or_signal(int tty, int signals, char *dst, size_t size)
{
	struct pollfd p[] = { { .fd = signals, .events = POLLIN },
		{ .fd = tty, .events = POLLIN } };

	ssize_t n;

	if (poll(p, sizeof(p) / sizeof(p[0]), -1) < 0)
		return -1;
	if (p[0].revents)
		return 0;
	n = read(tty, dst, size);
	return n > 0 ? n : -1; /* nobody types any more */
}

/* A line that is not shown while it is typed. Signals wait until the terminal is as it was, and
 * then do what they do; whoever goes on after one is asked again. Bytes, 0 for that, -1. */
static ssize_t read_unseen(int tty, char *dst, size_t size)
{
	struct termios was, silent;
	sigset_t set, before;
	ssize_t n = -1;
	int signals;

	if (tcgetattr(tty, &was) < 0)
		return -1;
	silent = was;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, &before);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	tcsetattr(tty, TCSAFLUSH, &silent);
	if (signals >= 0)
		n = line_or_signal(tty, signals, dst, size);
	tcsetattr(tty, TCSAFLUSH, &was);
	dprintf(tty, "\n");
	if (signals >= 0)
		close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n;
}

/* Read and written without a buffer of anybody else's: no copy that nobody wipes. */
static struct secret *ask_secret(const char *mailbox, struct err *e)
{
	char text[SEAL_SECRET_MAX + 1] = "";
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct secret *s = NULL;
	ssize_t n = tty < 0 ? -1 : 0;

	while (n == 0) {
		dprintf(tty, "Password or secret of %s: ", mailbox);
		n = read_unseen(tty, text, sizeof(text));
	}
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (n > 0)
		s = secret_new(text, (size_t)n);
	else
		ctl_fail(e, ERR_INPUT,
			"There is no secret. Give --secret-file FILE, or use a terminal.");
	explicit_bzero(text, sizeof(text));
	if (tty >= 0)
		close(tty);
	return s;
}

/* The marks that editors put in front of a text. */
#define MARK_UTF8 "\xef\xbb\xbf"
#define MARK_UTF16_LITTLE "\xff\xfe"
#define MARK_UTF16_BIG "\xfe\xff"

/* What counts of n bytes: a PEM file is taken whole, of others the first line. NULL: what is there
 * would be another secret than the one that was meant. */
static struct secret *secret_of(const char *path, const char *text, size_t n, struct err *e)
{
	size_t skip = str_starts(text, MARK_UTF8) ? strlen(MARK_UTF8) : 0, len = 0;

	text += skip;
	n -= skip;
	if (str_starts(text, "-----BEGIN"))
		len = n;
	while (len < n && text[len] != '\r' && text[len] != '\n')
		len++;
	if (len == 0)
		ctl_fail(e, ERR_INPUT, "%.120s is empty.", path);
	else if (memchr(text, '\0', len) || str_starts(text, MARK_UTF16_LITTLE) ||
		str_starts(text, MARK_UTF16_BIG))
		ctl_fail(e, ERR_INPUT,
			"%.120s is no plain text: it holds zero bytes, as UTF-16 does, and a wrong "
			"secret would be sent. Save it as UTF-8.",
			path);
	else if (len > SEAL_SECRET_MAX)
		ctl_fail(e, ERR_INPUT,
			"%.120s is too long: a secret has at most %d bytes. Is it the right file? "
			"An RSA key may have up to 4096 bits.",
			path, SEAL_SECRET_MAX);
	else
		return secret_new(text, len);
	return NULL;
}

static struct secret *read_secret(const char *path, struct err *e)
{
	const char *from = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
	char text[sizeof(MARK_UTF8) + SEAL_SECRET_MAX + 1]; /* one more than may be there */
	FILE *f = fopen(from, "re");
	struct secret *s;
	size_t n;

	if (!f) {
		ctl_fail(e, ERR_INPUT, "%.120s cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	setvbuf(f, NULL, _IONBF, 0); /* no copy that nobody wipes */
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	s = secret_of(path, text, n, e);
	explicit_bzero(text, sizeof(text));
	return s;
}

int ctl_secret_pem(struct ctl *c, const char *flag, const char **out, struct err *e)
{
	const char *path = ctl_flag(c, flag);
	struct buf b;
	int rc = 0;

	*out = "";
	if (!path)
		return 0;
	buf_init(&b, FILE_MAX);
	if (buf_file(&b, path, e) < 0)
		rc = ctl_fail(e, ERR_INPUT, "%.120s cannot be read as a PEM file.", path);
	else
		*out = arena_strdup(&c->arena, buf_str(&b));
	buf_done(&b);
	return rc;
}

/* The input can be one thing only: what is left of it for the second would be nothing. */
static int check_input(struct ctl *c, struct err *e)
{
	static const char *const readers[] = { "secret-file", "client-secret-file", "file" };
	int n = 0;

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		n += ctl_flag(c, readers[i]) && strcmp(ctl_flag(c, readers[i]), "-") == 0;
	return n < 2 ? 0
		     : ctl_fail(e, ERR_INPUT,
			       "Only one of --secret-file, --client-secret-file and --file can be "
			       "read from the input.");
}

int ctl_secret_read(struct ctl *c, const char *whose, struct secret **secret,
	struct secret **client, struct err *e)
{
	const char *file = ctl_flag(c, "secret-file");
	const char *beside = ctl_flag(c, "client-secret-file");

	if (check_input(c, e) < 0)
		return -1;
	*secret = file ? read_secret(file, e) : ask_secret(whose, e);
	if (!*secret)
		return -1;
	if (beside)
		*client = read_secret(beside, e);
	return beside && !*client ? -1 : 0;
}
