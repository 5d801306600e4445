/* Trace XML: a document as an outline: known elements and attributes by name, values as the tables
 * of trace_names.c say.
 *
 * Reads bytes in one pass, without a tree. Rule: where the document stops being well-formed, so
 * does the outline, because from there on nobody can say what is a name and what is a value.
 * Comments, instructions, document types and CDATA are never shown.
 */
#include <string.h>

#include "trace_parts.h"

enum { DEPTH_MAX = 64, INDENT_MAX = 24 };

/* An open element. */
struct open {
	struct piece name; /* as written, with its prefix */
	const struct trace_name *known;
	int private; /* it or one around it is, or is not known: then it may be */
};

struct xml {
	struct trace_lines *to;
	struct piece left;
	struct open stack[DEPTH_MAX];
	size_t depth;
	int fresh; /* the line ends with the element that was opened last */
	int first; /* nothing stood behind its tag as yet */
};

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int starts(struct piece v, const char *s)
{
	return v.n >= strlen(s) && memcmp(v.p, s, strlen(s)) == 0;
}

static void skip(struct xml *x, size_t n)
{
	x->left.p += n;
	x->left.n -= n;
}

/* Go behind the next `mark`; 0, or -1 when there is none. */
static int skip_to(struct xml *x, const char *mark)
{
	const char *at = memmem(x->left.p, x->left.n, mark, strlen(mark));

	if (!at)
		return -1;
	skip(x, (size_t)(at - x->left.p) + strlen(mark));
	return 0;
}

static struct piece take_name(struct xml *x)
{
	struct piece name = { x->left.p, 0 };

	while (name.n < x->left.n && is_name_char(name.p[name.n]))
		name.n++;
	skip(x, name.n);
	return name;
}

static void skip_blank(struct xml *x)
{
	while (x->left.n > 0 && is_blank(*x->left.p))
		skip(x, 1);
}

static struct piece local_name(struct piece name)
{
	const char *colon = memchr(name.p, ':', name.n);

	if (!colon)
		return name;
	return (struct piece){ colon + 1, name.n - (size_t)(colon + 1 - name.p) };
}

static int same(struct piece a, struct piece b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* A value in its place. Hidden, or of an element that is not known: its length. */
static void add_text(struct xml *x, struct piece text, int hidden)
{
	const struct open *in = x->depth ? &x->stack[x->depth - 1] : NULL;
	enum keep keep = KEEP_LENGTH;

	text = piece_trim(text);
	if (text.n == 0)
		return;
	/* text behind anything else than its own tag is not to be trusted */
	if (in && !in->private && !hidden && x->first)
		keep = in->known->keep;
	x->first = 0;
	if (!x->fresh)
		buf_printf(&x->to->line, "%*s", (int)(x->depth % INDENT_MAX), "");
	trace_value(&x->to->line, keep, text);
	if (!x->fresh)
		trace_line(x->to);
}

/* name="value" pairs up to the end of the tag: 0, 1 when it is an empty element, -1 malformed. */
static int attributes(struct xml *x, const struct open *o)
{
	for (;;) {
		struct piece name, local, value;
		enum keep keep;
		const char *end;

		skip_blank(x);
		if (starts(x->left, ">")) {
			skip(x, 1);
			return 0;
		}
		if (starts(x->left, "/>")) {
			skip(x, 2);
			return 1;
		}
		name = take_name(x);
		skip_blank(x);
		if (name.n == 0 || !starts(x->left, "="))
			return -1;
		skip(x, 1);
		skip_blank(x);
		if (!starts(x->left, "\"") && !starts(x->left, "'"))
			return -1;
		end = memchr(x->left.p + 1, *x->left.p, x->left.n - 1);
		if (!end)
			return -1;
		value = (struct piece){ x->left.p + 1, (size_t)(end - x->left.p) - 1 };
		if (memchr(value.p, '<', value.n))
			return -1;
		skip(x, value.n + 2);
		local = local_name(name);
		keep = starts(name, "xmlns") ? KEEP_PRIVATE : trace_attribute(local);
		if (keep == KEEP_PRIVATE || o->private)
			continue;
		if (keep == KEEP_ID && o->known->plain_ids)
			keep = KEEP_CODE;
		buf_printf(&x->to->line, " %.*s=\"", (int)local.n, local.p);
		trace_value(&x->to->line, keep, value);
		buf_putc(&x->to->line, '"');
	}
}

/* Is what stands inside nobody's business? An element with a value has no children; one that does
 * is damaged, and its text may be anybody's. Only addresses are also names of groups. */
static int hides(const struct open *o)
{
	return o->private || (o->known->keep != KEEP_LENGTH && o->known->keep != KEEP_ADDRESS);
}

static int open_tag(struct xml *x)
{
	struct open *o;
	int end;

	skip(x, 1);
	if (x->depth == DEPTH_MAX)
		return -1;
	o = &x->stack[x->depth];
	o->name = take_name(x);
	if (o->name.n == 0)
		return -1;
	o->known = trace_element(local_name(o->name));
	o->private = !o->known || o->known->keep == KEEP_PRIVATE ||
		(x->depth && hides(&x->stack[x->depth - 1]));
	trace_line(x->to);
	buf_printf(&x->to->line, "%*s<%s", (int)(x->depth % INDENT_MAX), "",
		o->known ? o->known->name : "?");
	end = attributes(x, o);
	if (end < 0) {
		buf_putc(&x->to->line, '>');
		return -1;
	}
	buf_puts(&x->to->line, end ? "/>" : ">");
	x->fresh = x->first = !end;
	x->depth += !end;
	return 0;
}

/* Does the end tag of the open element come next? Only then what stood before it was its value. */
static int closes(const struct xml *x)
{
	struct piece name = x->depth ? x->stack[x->depth - 1].name : (struct piece){ "", 0 };

	return x->depth && starts(x->left, "</") && x->left.n > name.n + 2 &&
		memcmp(x->left.p + 2, name.p, name.n) == 0 && !is_name_char(x->left.p[name.n + 2]);
}

static int close_tag(struct xml *x)
{
	struct piece name;

	skip(x, 2);
	name = take_name(x);
	skip_blank(x);
	if (x->depth == 0 || !same(name, x->stack[x->depth - 1].name) || !starts(x->left, ">"))
		return -1;
	skip(x, 1);
	x->depth--;
	x->fresh = 0;
	trace_line(x->to);
	return 0;
}

static int cdata(struct xml *x)
{
	struct piece text;

	skip(x, sizeof("<![CDATA[") - 1);
	text = x->left;
	if (skip_to(x, "]]>") < 0)
		return -1;
	text.n -= x->left.n + 3;
	add_text(x, text, 1);
	return 0;
}

static int markup(struct xml *x)
{
	x->first = 0;
	if (starts(x->left, "<?") || starts(x->left, "<!--")) {
		int comment = starts(x->left, "<!--");

		skip(x, comment ? 4 : 2);
		return skip_to(x, comment ? "-->" : "?>");
	}
	if (starts(x->left, "<![CDATA["))
		return cdata(x);
	if (starts(x->left, "<!"))
		return -1;
	return starts(x->left, "</") ? close_tag(x) : open_tag(x);
}

void trace_xml(struct trace_lines *l, struct piece body)
{
	struct xml x = { .to = l, .left = body };

	while (x.left.n > 0 && !l->full) {
		const char *tag = memchr(x.left.p, '<', x.left.n);
		struct piece text = { x.left.p, tag ? (size_t)(tag - x.left.p) : x.left.n };

		if (tag) {
			skip(&x, text.n);
			add_text(&x, text, !closes(&x));
		}
		if (!tag || markup(&x) < 0)
			break;
	}
	trace_line(l);
	if (piece_trim(x.left).n > 0) {
		buf_printf(&l->line, "(not well-formed from here: %zu bytes)", x.left.n);
		trace_line(l);
	} else if (x.depth > 0 && !l->full) {
		buf_puts(&l->line, "(ends too early)");
		trace_line(l);
	}
}
