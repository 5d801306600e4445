/* Egress list: the file in which ops list exceptions: entries read, written, changed.
 *
 * Rules: the file is read whole or not at all, and rewritten by a new file that takes its place; a
 * reader never sees half of it.
 */
#include "egress_list.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "platform/buf.h"
#include "platform/str.h"

enum { FILE_SIZE_MAX = 64 * 1024, LINE_SIZE = 320 };

#define BLANKS " \t"

int egress_net_parse(const char *text, struct address *net, int *bits)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	int64_t value;

	if (n >= sizeof(host))
		return -1;
	memcpy(host, text, n);
	host[n] = '\0';
	if (address_parse(host, net) < 0)
		return -1;
	value = net->family == AF_INET ? 32 : 128;
	if (slash && str_int(slash + 1, 0, value, &value) < 0)
		return -1;
	*bits = (int)value;
	return 0;
}

const unsigned char *egress_bytes(const struct address *a)
{
	return a->family == AF_INET ? (const unsigned char *)&a->v4 : a->v6.s6_addr;
}

/* Entries */

/* Ends the word at s; returns the next one, or "". */
static char *cut_word(char *s)
{
	s += strcspn(s, BLANKS);
	if (*s)
		*s++ = '\0';
	return s + strspn(s, BLANKS);
}

static int parse_ports(const char *text, struct egress_entry *out)
{
	char first[8];
	size_t n = strcspn(text, "-");
	int64_t from, to;

	if (n >= sizeof(first))
		return -1;
	memcpy(first, text, n);
	first[n] = '\0';
	if (str_int(first, 1, 65535, &from) < 0)
		return -1;
	to = from;
	if (text[n] && str_int(text + n + 1, from, 65535, &to) < 0)
		return -1;
	out->first = (int)from;
	out->last = (int)to;
	return 0;
}

/* 10.1.2.3/8 may be meant as 10.1.2.3 or as 10.0.0.0/8. */
static int has_host_bits(const struct address *net, int bits)
{
	const unsigned char *p = egress_bytes(net);
	size_t size = net->family == AF_INET ? 4 : 16;
	size_t i = (size_t)bits / 8;

	if (i < size && (p[i] & (0xff >> (bits % 8))))
		return 1;
	for (i++; i < size; i++) {
		if (p[i])
			return 1;
	}
	return 0;
}

static int parse_target(const char *text, struct egress_entry *out, struct err *e)
{
	if (egress_net_parse(text, &out->net, &out->bits) == 0) {
		if (has_host_bits(&out->net, out->bits))
			return ERR(e, ERR_INPUT, NULL,
				"\"%s\": bits are set behind the first %d; give the network or the "
				"address alone",
				text, out->bits);
		return 0;
	}
	if (str_copy(out->name, sizeof(out->name), text) < 0 || !str_host(text))
		return ERR(e, ERR_INPUT, NULL,
			"\"%s\": neither an address, nor a network, nor a host name", text);
	str_lower(out->name);
	out->is_name = 1;
	return 0;
}

int egress_entry_parse(const char *text, struct egress_entry *out, struct err *e)
{
	char copy[LINE_SIZE];
	char *ports, *rest;

	memset(out, 0, sizeof(*out));
	out->first = out->last = EGRESS_PORT;
	if (str_copy(copy, sizeof(copy), text + strspn(text, BLANKS)) < 0)
		return ERR(e, ERR_INPUT, NULL, "the entry is too long");
	ports = cut_word(copy);
	rest = cut_word(ports);
	if (*ports && parse_ports(ports, out) < 0)
		return ERR(
			e, ERR_INPUT, NULL, "\"%s\": not a port or PORT-PORT in 1 to 65535", ports);
	if (*rest)
		return ERR(e, ERR_INPUT, NULL, "\"%s\": too many words", rest);
	return parse_target(copy, out, e);
}

void egress_entry_text(const struct egress_entry *en, char *dst, size_t size)
{
	char net[INET6_ADDRSTRLEN], target[EGRESS_HOST + 4];

	if (en->is_name)
		snprintf(target, sizeof(target), "%s", en->name);
	else
		snprintf(target, sizeof(target), "%s/%d", address_text(&en->net, net, sizeof(net)),
			en->bits);
	if (en->first == en->last)
		snprintf(dst, size, "%s %d", target, en->first);
	else
		snprintf(dst, size, "%s %d-%d", target, en->first, en->last);
}

static int same_entry(const struct egress_entry *a, const struct egress_entry *b)
{
	char one[EGRESS_TEXT], two[EGRESS_TEXT];

	egress_entry_text(a, one, sizeof(one));
	egress_entry_text(b, two, sizeof(two));
	return strcmp(one, two) == 0;
}

/* The file */

/* Length of the line at p, without its end; *next is behind it. */
static size_t line_at(const char *p, const char *end, const char **next)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	*next = nl ? nl + 1 : end;
	return (size_t)((nl ? nl : end) - p);
}

/* 1 an entry, 0 blank or only a comment, -1. */
static int parse_line(const char *line, size_t n, struct egress_entry *out, struct err *e)
{
	const char *comment = memchr(line, '#', n);
	char copy[LINE_SIZE];
	char *entry;

	if (comment)
		n = (size_t)(comment - line);
	if (n >= sizeof(copy) || memchr(line, '\0', n))
		return ERR(e, ERR_INPUT, NULL, "too long, or not text");
	memcpy(copy, line, n);
	copy[n] = '\0';
	entry = str_trim(copy);
	if (!*entry)
		return 0;
	return egress_entry_parse(entry, out, e) < 0 ? -1 : 1;
}

static int parse_text(
	const char *file, const struct buf *text, struct egress_list *out, struct err *e)
{
	const char *p = buf_str(text), *end = p + text->len, *next;
	struct err why;
	int rc;

	out->count = 0;
	for (int line = 1; p < end; p = next, line++) {
		size_t n = line_at(p, end, &next);
		struct egress_entry en;

		rc = parse_line(p, n, &en, &why);
		if (rc < 0)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: %s", file, line, why.log);
		if (rc == 0)
			continue;
		if (out->count == EGRESS_MAX)
			return ERR(e, ERR_SETUP, NULL, "%s:%d: more than %d entries", file, line,
				EGRESS_MAX);
		out->list[out->count++] = en;
	}
	return 0;
}

static int read_all(int fd, struct buf *text)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0) {
		if (buf_add(text, part, (size_t)n) < 0) {
			errno = EFBIG;
			return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* The text of file; no file is an empty text, and st is zero then. Who may write it decides where
 * we connect to. */
static int read_list(const char *file, struct buf *text, struct stat *st, struct err *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;

	memset(st, 0, sizeof(*st));
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, st) < 0)
		rc = ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
	else if (!S_ISREG(st->st_mode) || (st->st_mode & S_IWOTH))
		rc = ERR(e, ERR_SETUP, NULL, "%s: not a file, or everybody may write it", file);
	else if (read_all(fd, text) < 0)
		rc = ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

int egress_file_read(const char *file, struct egress_list *out, struct stat *stamp, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text, FILE_SIZE_MAX);
	rc = read_list(file, &text, stamp, e);
	if (rc == 0)
		rc = parse_text(file, &text, out, e);
	buf_done(&text);
	return rc;
}

int egress_file_list(const char *file, struct egress_list *out, struct err *e)
{
	struct stat stamp;

	return egress_file_read(file, out, &stamp, e);
}

/* Changes */

static void append_entry(const struct buf *text, const struct egress_entry *en, struct buf *out)
{
	char line[EGRESS_TEXT];

	egress_entry_text(en, line, sizeof(line));
	buf_add(out, buf_str(text), text->len);
	if (text->len > 0 && text->p[text->len - 1] != '\n')
		buf_putc(out, '\n');
	buf_printf(out, "%s\n", line);
}

static void leave_out(const struct buf *text, const struct egress_entry *en, struct buf *out)
{
	const char *p = buf_str(text), *end = p + text->len, *next;

	for (; p < end; p = next) {
		struct egress_entry here;
		struct err e;
		size_t n = line_at(p, end, &next);

		if (parse_line(p, n, &here, &e) != 1 || !same_entry(&here, en))
			buf_add(out, p, (size_t)(next - p));
	}
}

/* What the file is to hold; 1 in out, 0 nothing changes, -1. */
static int compose(
	const char *file, const struct egress_entry *en, int add, struct buf *out, struct err *e)
{
	struct egress_list *now = calloc(1, sizeof(*now));
	struct buf text;
	struct stat st;
	int known = 0, rc;

	if (!now)
		die("egress: out of memory");
	buf_init(&text, FILE_SIZE_MAX);
	rc = read_list(file, &text, &st, e);
	if (rc == 0)
		rc = parse_text(file, &text, now, e);
	for (size_t i = 0; rc == 0 && i < now->count; i++)
		known |= same_entry(&now->list[i], en);
	if (rc == 0 && add && !known && now->count == EGRESS_MAX)
		rc = ERR(e, ERR_SETUP, NULL, "%s: has %d entries already", file, EGRESS_MAX);
	if (rc == 0 && add != known) {
		if (add)
			append_entry(&text, en, out);
		else
			leave_out(&text, en, out);
		rc = buf_ok(out) ? 1 : ERR(e, ERR_SETUP, NULL, "%s: would be too large", file);
	}
	buf_done(&text);
	free(now);
	return rc;
}

static int write_all(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t n;

	while (done < text->len) {
		n = write(fd, text->p + done, text->len - done);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* A new file takes the place of the old one, on disk before it is seen. */
static int replace_file(const char *file, const struct buf *text, int dir, struct err *e)
{
	char temp[PATH_MAX];
	int fd, rc;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", file) >= (int)sizeof(temp))
		return ERR(e, ERR_SETUP, NULL, "%s: the name is too long", file);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s", temp, strerror(errno));
	rc = write_all(fd, text) < 0 || fchmod(fd, 0644) < 0 || fsync(fd) < 0 ||
		rename(temp, file) < 0 || fsync(dir) < 0;
	if (rc) {
		ERR(e, ERR_SETUP, NULL, "%s: %s", file, strerror(errno));
		unlink(temp);
	}
	close(fd);
	return rc ? -1 : 0;
}

/* The directory of file, locked until it is closed; -1 with errno. */
static int lock_directory(const char *file)
{
	const char *slash = strrchr(file, '/');
	char dir[PATH_MAX] = ".";
	int fd;

	if (slash && snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - file), file) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) == 0)
		return fd;
	close(fd);
	return -1;
}

static int change(const char *file, const struct egress_entry *en, int add, struct err *e)
{
	struct buf text;
	int dir = lock_directory(file), rc;

	if (dir < 0)
		return ERR(e, ERR_SETUP, NULL, "directory of %s: %s", file, strerror(errno));
	buf_init(&text, FILE_SIZE_MAX);
	rc = compose(file, en, add, &text, e);
	if (rc == 1 && replace_file(file, &text, dir, e) < 0)
		rc = -1;
	buf_done(&text);
	close(dir);
	return rc;
}

int egress_file_add(const char *file, const struct egress_entry *en, struct err *e)
{
	return change(file, en, 1, e);
}

int egress_file_remove(const char *file, const struct egress_entry *en, struct err *e)
{
	return change(file, en, 0, e);
}
