/* Log: one line an event, logfmt, to standard error.
 *
 *     ts=2026-11-17T09:42:00.123Z level=info prog=latchkeyd job=12 event=job.done kind=probe ms=41
 *
 * A field is built from a string or an integer. struct secret (seal.h) is neither, so that a secret
 * cannot be passed by accident. Values are escaped and cut at 512 bytes.
 */
#ifndef LATCHKEY_LOG_H
#define LATCHKEY_LOG_H

#include <stddef.h>
#include <stdint.h>
#include "err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG__MAX };

struct log_field {
	const char *key;
	const char *str; /* NULL: num counts */
	int64_t num;
};

/* A string (NULL is shown as -) and an integer. */
static inline struct log_field log_str(const char *key, const char *str)
{
	return (struct log_field){ key, str ? str : "-", 0 };
}
#define LF_S(k, v) log_str((k), (v))
#define LF_I(k, v) ((struct log_field){ (k), NULL, (int64_t)(v) })

/* Name of the program on every line, and the least level that is written. */
void log_open(const char *prog, enum log_level least);
/* Level by name; -1 when unknown. */
int log_level_parse(const char *name);
/* What every following line carries, as req=ID or job=ID; NULL ends it. The id is copied. */
void log_scope(const char *key, const char *id);

void log_write(enum log_level level, const char *event, const struct log_field *f, size_t n);
#define LOG_FIELDS(...)                                                                            \
	(const struct log_field[]){ __VA_ARGS__ },                                                 \
		sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field)
#define log_debug(event, ...) log_write(LOG_DEBUG, (event), LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...) log_write(LOG_INFO, (event), LOG_FIELDS(__VA_ARGS__))
#define log_warn(event, ...) log_write(LOG_WARN, (event), LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_ERROR, (event), LOG_FIELDS(__VA_ARGS__))

/* The end of an error's journey: its code, place and ops text, at its code's level. */
void log_err(const char *event, const struct err *e);

#endif
