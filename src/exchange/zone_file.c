/* Zone file: reading a file of the time zone database (TZif, RFC 8536): a list of changes, and a
 * rule for the time after the last one.
 *
 * Only the second block is used, the one with 64-bit times. Rule: any bytes are read or refused;
 * leap seconds are not ours.
 */
#include "zone_clock.h"

#include <string.h>

enum { HEAD = 44, TYPE = 6, TYPES_MAX = 256, FOOTER_MAX = 80, OFFSET_MAX = 26 * 3600 };

/* What is left to be read. */
struct bytes {
	const unsigned char *p;
	size_t n;
};

/* The counts of a block, in the order of its head. */
struct counts {
	uint32_t utc, standard, leap, times, types, letters;
};

static const unsigned char *take(struct bytes *b, size_t n)
{
	const unsigned char *p = b->p;

	if (n > b->n)
		return NULL;
	b->p += n;
	b->n -= n;
	return p;
}

static uint32_t big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t big64(const unsigned char *p)
{
	return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static int read_head(struct bytes *b, struct counts *c)
{
	const unsigned char *p = take(b, HEAD);

	if (!p || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return -1;
	p += 20;
	*c = (struct counts){ big32(p), big32(p + 4), big32(p + 8), big32(p + 12), big32(p + 16),
		big32(p + 20) };
	return c->utc > TYPES_MAX || c->standard > TYPES_MAX || c->leap > ZONE_CHANGES_MAX ||
			c->times > ZONE_CHANGES_MAX || c->types == 0 || c->types > TYPES_MAX ||
			c->letters > ZONE_FILE_MAX
		? -1
		: 0;
}

/* What follows the times, in a block whose times have `size` bytes. */
static size_t rest_of(const struct counts *c, size_t size)
{
	return (size_t)c->types * TYPE + c->letters + c->leap * (size + 4) + c->standard + c->utc;
}

static int32_t type_offset(const unsigned char *types, size_t i)
{
	return (int32_t)big32(types + i * TYPE);
}

static int read_changes(struct bytes *b, const struct counts *c, struct zone_file *out)
{
	const unsigned char *at = take(b, (size_t)c->times * 8);
	const unsigned char *which = take(b, c->times);
	const unsigned char *types = take(b, rest_of(c, 8));

	if (!at || !which || !types || c->leap > 0)
		return -1;
	for (size_t i = 0; i < c->types; i++) {
		if (type_offset(types, i) > OFFSET_MAX || type_offset(types, i) < -OFFSET_MAX)
			return -1;
	}
	out->first = type_offset(types, 0);
	for (size_t i = 0; i < c->times; i++) {
		out->at[i] = big64(at + i * 8);
		if (which[i] >= c->types || (i > 0 && out->at[i] <= out->at[i - 1]))
			return -1;
		out->offset[i] = type_offset(types, which[i]);
	}
	out->count = c->times;
	return 0;
}

static int read_footer(struct bytes *b, struct zone_file *out)
{
	char text[FOOTER_MAX];
	const unsigned char *end;
	size_t len;

	if (b->n < 2 || b->p[0] != '\n')
		return -1;
	end = memchr(b->p + 1, '\n', b->n - 1);
	len = end ? (size_t)(end - b->p) - 1 : sizeof(text);
	if (len >= sizeof(text))
		return -1;
	memcpy(text, b->p + 1, len);
	text[len] = '\0';
	if (len == 0)
		return 0;
	out->has_tail = 1;
	return zone_file_rule(text, &out->tail);
}

int zone_file_read(const void *bytes, size_t n, struct zone_file *out)
{
	struct bytes b = { bytes, n };
	struct counts c;

	memset(out, 0, sizeof(*out));
	if (n > ZONE_FILE_MAX || read_head(&b, &c) < 0 ||
		!take(&b, (size_t)c.times * 5 + rest_of(&c, 4)) || read_head(&b, &c) < 0 ||
		read_changes(&b, &c, out) < 0 || read_footer(&b, out) < 0)
		return -1;
	return 0;
}

/* A number of at most three digits at *s; -1 when none stands there. */
static int number(const char **s)
{
	int v = 0, digits = 0;

	for (; **s >= '0' && **s <= '9' && digits < 3; (*s)++, digits++)
		v = v * 10 + (**s - '0');
	return digits ? v : -1;
}

/* [+-]hh[:mm[:ss]] in seconds; 0 or -1. */
static int clock_time(const char **s, int *out)
{
	int sign = **s == '-' ? -1 : 1, part, seconds = 0;

	if (**s == '-' || **s == '+')
		(*s)++;
	for (int unit = 3600; unit > 0; unit /= 60) {
		part = number(s);
		if (part < 0 || (unit < 3600 && part > 59))
			return -1;
		seconds += part * unit;
		if (**s != ':')
			break;
		(*s)++;
	}
	*out = sign * seconds;
	return seconds <= 167 * 3600 ? 0 : -1;
}

/* A name of letters, or of anything in angle brackets; 0 or -1. */
static int name(const char **s)
{
	const char *from = *s;

	if (**s == '<') {
		*s = strchr(*s, '>');
		if (!*s) {
			*s = from;
			return -1;
		}
		(*s)++;
		return 0;
	}
	while ((**s >= 'A' && **s <= 'Z') || (**s >= 'a' && **s <= 'z'))
		(*s)++;
	return *s - from >= 3 ? 0 : -1;
}

/* ",Mm.w.d[/time]"; the database has no other form. */
static int change(const char **s, struct zone_change *out)
{
	if ((*s)[0] != ',' || (*s)[1] != 'M')
		return -1;
	*s += 2;
	out->month = number(s);
	if (*(*s)++ != '.')
		return -1;
	out->order = number(s);
	if (*(*s)++ != '.')
		return -1;
	out->day = number(s);
	out->second = 2 * 3600;
	if (out->month < 1 || out->month > 12 || out->order < 1 || out->order > 5 || out->day < 0 ||
		out->day > 6)
		return -1;
	if (**s != '/')
		return 0;
	(*s)++;
	return clock_time(s, &out->second);
}

int zone_file_rule(const char *text, struct zone_rules *out)
{
	const char *s = text;
	int standard, daylight;

	memset(out, 0, sizeof(*out));
	if (name(&s) < 0 || clock_time(&s, &standard) < 0)
		return -1;
	out->bias = standard / 60;
	if (*s == '\0')
		return 0;
	if (name(&s) < 0)
		return -1;
	daylight = standard - 3600;
	if (*s != ',' && clock_time(&s, &daylight) < 0)
		return -1;
	out->daylight.bias = (daylight - standard) / 60;
	if (change(&s, &out->daylight) < 0 || change(&s, &out->standard) < 0)
		return -1;
	return *s == '\0' ? 0 : -1;
}

void zone_file_span(const void *clock, int64_t t, struct zone_span *out)
{
	const struct zone_file *f = clock;
	size_t low = 0, high = f->count; /* the first change after t lies in [low, high] */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->at[middle] <= t)
			low = middle + 1;
		else
			high = middle;
	}
	out->from = low > 0 ? f->at[low - 1] : INT64_MIN;
	out->until = low < f->count ? f->at[low] : INT64_MAX;
	out->offset = low > 0 ? f->offset[low - 1] : f->first;
	if (low == f->count && f->has_tail) {
		int64_t last = out->from;

		zone_rules_span(&f->tail, t, out);
		if (out->from < last)
			out->from = last;
	}
}
