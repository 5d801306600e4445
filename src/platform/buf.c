/* Buf: a growing run of bytes.
 *
 * Rules: room doubles, up to the maximum and one byte for the NUL. Memory that is left behind when
 * the buffer grows or fails is overwritten, so that buf_wipe leaves no copy of a secret anywhere.
 */
#define _GNU_SOURCE 1 /* TEMP_FAILURE_RETRY */
#include "buf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUF_LEAST = 64 };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max < SIZE_MAX / 4 ? max : SIZE_MAX / 4 };
}

void buf_done(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_done(b);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = 0;
	if (b->p)
		b->p[0] = '\0';
}

/* Nothing of a text that is not whole must get out: half a page, half a number. */
static int fail(struct buf *b)
{
	buf_wipe(b);
	b->failed = 1;
	return -1;
}

static int grow(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : BUF_LEAST;
	char *p;

	if (b->failed || n > b->max - b->len)
		return fail(b);
	while (cap <= b->len + n)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = malloc(cap);
	if (!p)
		die("out of memory");
	if (b->p) {
		memcpy(p, b->p, b->len);
		explicit_bzero(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return 0;
}

int buf_reserve(struct buf *b, size_t n)
{
	return n < b->cap - b->len && n <= b->max - b->len ? 0 : grow(b, n);
}

/* Count n bytes that were put into reserved room. */
static void advance(struct buf *b, size_t n)
{
	b->len += n;
	b->p[b->len] = '\0';
}

int buf_add(struct buf *b, const void *p, size_t n)
{
	if (buf_reserve(b, n) < 0)
		return -1;
	if (n > 0)
		memcpy(b->p + b->len, p, n);
	advance(b, n);
	return 0;
}

int buf_puts(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int buf_number(struct buf *b, int64_t n)
{
	if (n > -1000 && n < 1000)
		return buf_printf(b, "%" PRId64, n);
	if (buf_number(b, n / 1000) < 0)
		return -1;
	return buf_printf(b, ",%03" PRId64, n < 0 ? -(n % 1000) : n % 1000);
}

int buf_putc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("buf: cannot print %s", fmt);
	if (buf_reserve(b, (size_t)n) < 0)
		return -1;
	va_start(ap, fmt);
	vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	advance(b, (size_t)n);
	return 0;
}

void buf_shift(struct buf *b, size_t n)
{
	if (!b->p)
		return;
	if (n > b->len)
		n = b->len;
	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
	b->p[b->len] = '\0';
}

int buf_ok(const struct buf *b)
{
	return !b->failed;
}

const char *buf_str(const struct buf *b)
{
	return b->p ? b->p : "";
}

/* The bytes of a regular file, read straight into the buffer: no second copy of a secret. */
static int read_file(struct buf *b, int fd, const char *path, struct err *e)
{
	struct stat st;
	size_t left;
	ssize_t n = 1;

	if (fstat(fd, &st) < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ERR(e, ERR_SETUP, NULL, "%s: not a regular file", path);
	if (buf_reserve(b, (size_t)st.st_size) < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: over %zu bytes", path, b->max);
	advance(b, 0);
	for (left = (size_t)st.st_size; left > 0 && n > 0; left -= (size_t)n) {
		n = TEMP_FAILURE_RETRY(read(fd, b->p + b->len, left));
		if (n < 0)
			return ERR(e, ERR_SETUP, NULL, "%s: %s", path, strerror(errno));
		advance(b, (size_t)n);
	}
	return 0;
}

int buf_file(struct buf *b, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int rc;

	if (fd < 0)
		return ERR(e, errno == ENOENT ? ERR_MISSING : ERR_SETUP, err_info(ERR_SETUP)->say,
			"%s: %s", path, strerror(errno));
	rc = read_file(b, fd, path, e);
	close(fd);
	return rc;
}
