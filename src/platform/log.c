/* Log: lines in logfmt to standard error, one write each.
 *
 * Rules: a value can never end its line or begin another field: it is quoted and escaped as soon as
 * it holds more than plain text. A line has 4 KiB at most; a field that does not fit is left out
 * whole, and cut=1 says so. Nothing here allocates or fails, because the dying call it, too.
 */
#define _GNU_SOURCE 1 /* TEMP_FAILURE_RETRY */
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "str.h"

enum { LOG_LINE = 4096, LOG_VALUE = 512 };

#define LOG_TAIL " cut=1\n"

struct line {
	char text[LOG_LINE];
	size_t len;
	int full;
};

static const char *const level_names[LOG__MAX] = { "debug", "info", "warn", "error" };

/* What log_open and log_scope set: every line of this process carries it. */
static struct {
	char prog[32];
	char key[16];
	char id[64];
	enum log_level least;
} scope = { .prog = "latchkey", .least = LOG_INFO };

/* As much of src as fits. */
static void copy_cut(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src);
}

void log_open(const char *prog, enum log_level least)
{
	copy_cut(scope.prog, sizeof(scope.prog), prog);
	scope.least = least;
}

int log_level_parse(const char *name)
{
	int i;

	for (i = 0; i < LOG__MAX; i++) {
		if (strcmp(name, level_names[i]) == 0)
			return i;
	}
	return -1;
}

void log_scope(const char *key, const char *id)
{
	copy_cut(scope.key, sizeof(scope.key), key && id ? key : "");
	copy_cut(scope.id, sizeof(scope.id), key && id ? id : "");
}

static void put(struct line *l, const char *s, size_t n)
{
	if (l->full || n > LOG_LINE - sizeof(LOG_TAIL) - l->len) {
		l->full = 1;
		return;
	}
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

static void put_str(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

/* May this byte be shown as it is? Bytes of characters may, if the text is UTF-8 and the character
 * is no control character (U+0080 to U+009F, which terminals obey). */
static int shows(const unsigned char *s, size_t i, int utf8)
{
	if (s[i] < 0x80)
		return s[i] >= 0x20 && s[i] != 0x7f;
	if (!utf8 || (s[i] == 0xc2 && s[i + 1] < 0xa0))
		return 0;
	return !(s[i] < 0xa0 && s[i - 1] == 0xc2);
}

static void put_escaped(struct line *l, const unsigned char *s, size_t i, int utf8)
{
	static const char names[] = "\"\\\n\r\t", letters[] = "\"\\nrt";
	const char *name = strchr(names, s[i]);
	char text[8];

	if (name && *name)
		snprintf(text, sizeof(text), "\\%c", letters[name - names]);
	else if (shows(s, i, utf8))
		snprintf(text, sizeof(text), "%c", s[i]);
	else
		snprintf(text, sizeof(text), "\\x%02x", (unsigned)s[i]);
	put_str(l, text);
}

/* Length of s, or where to cut it: before the character that does not fit whole. */
static size_t value_len(const char *s)
{
	size_t n = strnlen(s, LOG_VALUE + 1);

	if (n <= LOG_VALUE)
		return n;
	for (n = LOG_VALUE; n > LOG_VALUE - 4; n--) {
		if (((unsigned char)s[n] & 0xc0) != 0x80)
			return n;
	}
	return LOG_VALUE;
}

static int plain(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] > '~' || strchr("\"\\=", s[i]))
			return 0;
	}
	return n > 0 && !s[n];
}

static void put_value(struct line *l, const char *s)
{
	size_t i, n = value_len(s);
	int utf8 = str_utf8(s, n);

	if (plain(s, n)) {
		put(l, s, n);
		return;
	}
	put_str(l, "\"");
	for (i = 0; i < n; i++)
		put_escaped(l, (const unsigned char *)s, i, utf8);
	put_str(l, s[n] ? "...\"" : "\"");
}

/* A whole field, or none of it. */
static void put_field(struct line *l, const char *key, const char *value)
{
	size_t mark = l->len;

	put_str(l, mark > 0 ? " " : "");
	put_str(l, key);
	put_str(l, "=");
	put_value(l, value);
	if (l->full)
		l->len = mark;
}

static void put_head(struct line *l, enum log_level level, const char *event)
{
	int64_t ms = clock_now_ms();
	char iso[24], ts[32];

	clock_iso(iso, sizeof(iso), ms / 1000);
	snprintf(ts, sizeof(ts), "%.19s.%03dZ", iso, (int)(ms % 1000));
	put_field(l, "ts", ts);
	put_field(l, "level", level_names[level]);
	put_field(l, "prog", scope.prog);
	if (scope.key[0])
		put_field(l, scope.key, scope.id);
	put_field(l, "event", event);
}

void log_write(enum log_level level, const char *event, const struct log_field *f, size_t n)
{
	struct line l = { .len = 0 };
	char number[24];
	size_t i;

	if (level < scope.least)
		return;
	put_head(&l, level, event);
	for (i = 0; i < n; i++) {
		snprintf(number, sizeof(number), "%lld", (long long)f[i].num);
		put_field(&l, f[i].key, f[i].str ? f[i].str : number);
	}
	memcpy(l.text + l.len, l.full ? LOG_TAIL : "\n", l.full ? sizeof(LOG_TAIL) - 1 : 1);
	l.len += l.full ? sizeof(LOG_TAIL) - 1 : 1;
	/* A log that cannot be written has nowhere to complain. */
	if (TEMP_FAILURE_RETRY(write(STDERR_FILENO, l.text, l.len)) < 0)
		return;
}

void log_err(const char *event, const struct err *e)
{
	const struct err_info *info = err_info(e->code);
	const char *slash = e->file ? strrchr(e->file, '/') : NULL;
	char place[96];

	snprintf(place, sizeof(place), "%s:%d",
		slash		  ? slash + 1
			: e->file ? e->file
				  : "-",
		e->line);
	log_write(info->ours ? LOG_ERROR : LOG_INFO, event,
		LOG_FIELDS(LF_S("code", info->name), LF_S("at", place), LF_S("why", e->log)));
}
