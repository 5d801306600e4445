/* Answers recorded from real servers: LATCHKEY_EWS names the directory with traces/; without it
 * ../shared/ews beside the source is looked at. They cannot be redistributed, so where they are not
 * there the test says so and is skipped.
 */
#ifndef LATCHKEY_EWS_TRACE_H
#define LATCHKEY_EWS_TRACE_H

#include "tests/unit/ews_golden.h"

/* An answer and what must be read in it. */
struct trace_row {
	const char *name;
	enum exchange_op op;
	const void *query;
	void (*print)(struct buf *out, const void *result);
	const char *want;
};

static inline const char *trace_directory(char *dst, size_t size)
{
	const char *told = getenv("LATCHKEY_EWS"), *source = getenv("LATCHKEY_SRC");
	const char *file = strstr(__FILE__, "tests/unit/");

	if (told)
		snprintf(dst, size, "%s", told);
	else if (source)
		snprintf(dst, size, "%s/../shared/ews", source);
	else
		snprintf(dst, size, "%.*s../shared/ews", (int)(file ? file - __FILE__ : 0),
			__FILE__);
	return dst;
}

static inline int trace_load(struct buf *out, const char *name)
{
	char directory[PATH_MAX], path[PATH_MAX + 128];
	struct err e;

	snprintf(path, sizeof(path), "%s/traces/ews-javascript-api/%s.xml",
		trace_directory(directory, sizeof(directory)), name);
	return buf_file(out, path, &e);
}

/* Each is read as told, and refused when it is cut. */
static inline void trace_check(const struct trace_row *rows, size_t count)
{
	struct buf document, got;
	struct outcome o;
	size_t i, n;

	buf_init(&document, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	for (i = 0; i < count; i++) {
		const struct trace_row *row = &rows[i];
		struct golden g = { .op = row->op, .query = row->query, .print = row->print };

		buf_clear(&document);
		if (trace_load(&document, row->name) < 0) {
			print_message("SKIP: no recorded answer %s; LATCHKEY_EWS names no "
				      "directory with traces/\n",
				row->name);
			buf_done(&document);
			buf_done(&got);
			skip();
			return;
		}
		golden_read(&g, document.p, document.len, &got, &o);
		if (strcmp(buf_str(&got), row->want) != 0)
			fail_msg("%s: read as\n%s", row->name, buf_str(&got));
		for (n = 0; n + 16 < document.len; n += 1 + document.len / 500) {
			golden_read(&g, document.p, n, &got, &o);
			assert_true(golden_refused(buf_str(&got)));
		}
	}
	buf_done(&document);
	buf_done(&got);
}

#endif
