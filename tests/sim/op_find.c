/*
 * Op_find: FindItem. A CalendarView expands series and takes nothing beside it; the other views
 * page through the items of a folder, masters of series among them, by restriction and order.
 *
 * One answer a folder, in the order of the request.
 */
#include "sim/folder.h"
#include "sim/op_find.h"
#include <stdlib.h>
#include <string.h>

#define YEAR ((int64_t)366 * 86400)
enum { ORDERS_MAX = 16, SEARCH_PAGE = 250 };

struct order {
	struct path path;
	bool down;
};
struct finding {
	struct call *c;
	struct item_shape shape;
	const char *code; /* nothing can be found */
	bool nothing;	  /* of the kind asked for there never is anything */
	xmlNode *view;
	long limit; /* MaxEntriesReturned, or -1 */
	utc_t from, to;
	struct test *filter;
	struct order orders[ORDERS_MAX];
	int n_orders;
};
struct row {
	struct view v;
	int place; /* keeps equal ones in order */
};
struct rows {
	struct row *at;
	int n, room;
};
struct page {
	long from, to, total;
};

/* What is no number counts as not given. */
static long number_of(struct call *c, xmlNode *n, const char *name, long otherwise)
{
	const char *s = node_attribute(c, n, name);
	char *end;
	long value = s ? strtol(s, &end, 10) : otherwise;

	return s && (end == s || *end) ? otherwise : value;
}

static bool is_calendar_view(const struct finding *f)
{
	return f->view && node_is(f->view, NS_M, "CalendarView");
}

/* Without an offset, in the zone of the request. */
static bool read_time(struct call *c, xmlNode *n, const char *name, utc_t *at)
{
	const char *s = node_attribute(c, n, name);
	enum when_kind kind;

	if (!s || !when_read(s, at, &kind))
		return false;
	if (kind == WHEN_LOCAL)
		*at = zone_utc(c->zone ? c->zone : zones, *at);
	return true;
}

/* A view of days goes by itself, over two years at most. */
static const char *read_calendar_view(struct finding *f)
{
	struct call *c = f->c;

	if (node_child(c->op, NS_M, "Restriction") || node_child(c->op, NS_M, "SortOrder") ||
		node_child(c->op, NS_M, "GroupBy") ||
		node_child(c->op, NS_M, "DistinguishedGroupBy")) {
		c->say = "Restrictions and sort order may not be specified for a CalendarView.";
		return "ErrorInvalidRequest";
	}
	if (!read_time(c, f->view, "StartDate", &f->from) ||
		!read_time(c, f->view, "EndDate", &f->to))
		return "ErrorInvalidRequest";
	if (f->to < f->from)
		return "ErrorCalendarEndDateIsEarlierThanStartDate";
	return f->to - f->from > 2 * YEAR ? "ErrorCalendarViewRangeTooBig" : NULL;
}

static const char *read_orders(struct finding *f)
{
	xmlNode *list = node_child(f->c->op, NS_M, "SortOrder");

	for (xmlNode *n = node_first(list); n; n = node_next(n)) {
		if (f->n_orders == ORDERS_MAX)
			return "ErrorUnsupportedPathForSortGroup";
		struct order *o = &f->orders[f->n_orders++];
		o->down = same(node_attribute(f->c, n, "Order"), "Descending");
		if (path_read(f->c, node_first(n), &o->path))
			return "ErrorUnsupportedPathForSortGroup";
	}
	return NULL;
}

/* The schema allows one of them. */
static xmlNode *view_of(xmlNode *op)
{
	static const char *const names[] = { "IndexedPageItemView", "FractionalPageItemView",
		"CalendarView", "SeekToConditionPageItemView", "ContactsView", NULL };

	for (int n = 0; names[n]; n++) {
		xmlNode *view = node_child(op, NS_M, names[n]);
		if (view)
			return view;
	}
	return NULL;
}

/* Bounds that make no sense are refused before any folder is opened. */
static const char *read_view(struct finding *f)
{
	if (!f->view)
		return NULL;
	f->limit = number_of(f->c, f->view, "MaxEntriesReturned", -1);
	if (node_attribute(f->c, f->view, "MaxEntriesReturned") && f->limit < 1)
		return "ErrorInvalidPagingMaxRows";
	if (node_is(f->view, NS_M, "CalendarView"))
		return read_calendar_view(f);
	if (node_is(f->view, NS_M, "IndexedPageItemView"))
		return number_of(f->c, f->view, "Offset", -1) < 0
			? "ErrorInvalidIndexedPagingParameters"
			: NULL;
	if (!node_is(f->view, NS_M, "FractionalPageItemView"))
		return "ErrorUnsupportedQueryFilter";
	long top = number_of(f->c, f->view, "Numerator", -1);
	long bottom = number_of(f->c, f->view, "Denominator", 0);
	return top < 0 || bottom < 1 || top > bottom ? "ErrorInvalidFractionalPagingParameters"
						     : NULL;
}

/* What is wrong with the request is told for each folder, once that folder opened. */
static void finding_read(struct finding *f, struct call *c)
{
	xmlNode *shape = node_child(c->op, NS_M, "ItemShape");

	*f = (struct finding){ .c = c, .limit = -1, .view = view_of(c->op) };
	f->nothing = !same(node_attribute(c, c->op, "Traversal"), "Shallow");
	f->code = item_shape_read(c, shape, true, &f->shape);
	if (!f->code)
		f->code = read_view(f);
	if (!f->code && node_child(c->op, NS_M, "QueryString"))
		f->code = "ErrorUnsupportedQueryFilter";
	if (!f->code &&
		(node_child(c->op, NS_M, "GroupBy") ||
			node_child(c->op, NS_M, "DistinguishedGroupBy")))
		f->code = "ErrorUnsupportedPathForSortGroup";
	if (!f->code)
		f->code = filter_read(
			c, node_first(node_child(c->op, NS_M, "Restriction")), &f->filter);
	if (!f->code)
		f->code = read_orders(f);
}

static struct view *rows_add(struct rows *r)
{
	if (r->n == r->room) {
		r->room = r->room ? r->room * 2 : 16;
		r->at = need_more(r->at, (size_t)r->room * sizeof *r->at);
	}
	r->at[r->n].place = r->n;
	return &r->at[r->n++].v;
}

struct gathering {
	struct finding *f;
	const struct target *t;
	struct rows *rows;
};

static bool gather(void *arg, const struct occurrence *o)
{
	struct gathering *g = arg;

	view_occurrence(rows_add(g->rows), g->f->c, g->t, o);
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->v.start != y->v.start)
		return x->v.start < y->v.start ? -1 : 1;
	return x->place - y->place;
}

/* A calendar beside the standard one. */
static void expand_folder(struct gathering *g, const struct store *st)
{
	for (const struct item *i = store_folder(st, g->t->folder); i; i = i->next)
		if (!i->deleted && i->class == ITEM_CALENDAR)
			item_expand(i, g->f->from, g->f->to, gather, g);
	if (g->rows->n > 1)
		qsort(g->rows->at, (size_t)g->rows->n, sizeof *g->rows->at, by_start);
}

/* Masters and single items; marks of deleted ones are passed over. */
static void gather_items(struct finding *f, const struct target *t, struct rows *rows)
{
	const struct store *st = store_of(f->c->world, t->mailbox);

	for (const struct item *i = store_folder(st, t->folder); i; i = i->next) {
		struct view v;
		if (i->deleted)
			continue;
		view_item(&v, f->c, t, i);
		/* The store compares, and knows nothing of who may read a private item. */
		struct view whole = v;
		whole.is_private = false;
		if (filter_passes(f->filter, &whole))
			*rows_add(rows) = v;
	}
}

/* Equal ones stay in the order of the folder. */
static int by_orders(const void *a, const void *b, void *arg)
{
	const struct row *x = a, *y = b;
	const struct finding *f = arg;

	for (int n = 0; n < f->n_orders; n++) {
		struct value left = path_value(&f->orders[n].path, &x->v);
		struct value right = path_value(&f->orders[n].path, &y->v);
		int order = value_compare(&left, &right);
		if (order)
			return f->orders[n].down ? -order : order;
	}
	return x->place - y->place;
}

/* How many one answer may carry; since 2013 fewer when the store has to search. */
static long most(const struct finding *f)
{
	long page = f->c->premise->throttle.find_page;

	if (page <= 0)
		page = 1000;
	if (f->filter && page > SEARCH_PAGE && f->c->premise->product->major >= 15)
		page = SEARCH_PAGE;
	return f->limit > 0 && f->limit < page ? f->limit : page;
}

/* From the end, an offset of 0 means the last page. */
static struct page page_of(const struct finding *f, long n)
{
	long first = 0, count = most(f);
	bool back = false;

	if (f->view && node_is(f->view, NS_M, "IndexedPageItemView")) {
		first = number_of(f->c, f->view, "Offset", 0);
		back = same(node_attribute(f->c, f->view, "BasePoint"), "End");
	} else if (f->view && node_is(f->view, NS_M, "FractionalPageItemView")) {
		long bottom = number_of(f->c, f->view, "Denominator", 1);
		first = (long)((double)n * (double)number_of(f->c, f->view, "Numerator", 0) /
			(double)bottom);
	}
	if (first > n)
		first = n;
	if (count > n - first)
		count = n - first;
	if (back)
		return (struct page){ n - first - count, n - first, n };
	return (struct page){ first, first + count, n };
}

/* The offset is where the next page begins; it is absent when no page was asked for. */
static void write_page(struct finding *f, const struct rows *rows)
{
	struct text *out = &f->c->out;
	struct page p = page_of(f, rows->n);
	bool indexed = f->view && node_is(f->view, NS_M, "IndexedPageItemView");
	bool back = indexed && same(node_attribute(f->c, f->view, "BasePoint"), "End");

	text_puts(out, "<m:RootFolder");
	if (indexed)
		text_printf(out, " IndexedPagingOffset=\"%ld\"", back ? p.total - p.from : p.to);
	if (f->view && node_is(f->view, NS_M, "FractionalPageItemView"))
		text_printf(
			out, " NumeratorOffset=\"%ld\" AbsoluteDenominator=\"%ld\"", p.to, p.total);
	text_printf(out, " TotalItemsInView=\"%ld\" IncludesLastItemInRange=\"%s\">", p.total,
		(back ? p.from == 0 : p.to == p.total) ? "true" : "false");
	xml_open(out, "t:Items");
	for (long n = p.from; n < p.to; n++)
		item_write(&rows->at[n].v, &f->shape, out);
	xml_close(out, "t:Items");
	text_puts(out, "</m:RootFolder>");
}

/* The standard calendar of a mailbox that nobody touched is looked at without being made. */
static const char *find_in_calendar(
	struct finding *f, const struct target *t, struct rows *rows, struct calendar_view *view)
{
	const char *class = folder_class(t->mailbox, t->folder);
	struct gathering g = { f, t, rows };

	if (!class || strncmp(class, "IPF.Appointment", 15) != 0)
		return "ErrorCalendarFolderIsInvalidForCalendarView";
	if (t->folder != FOLDER_CALENDAR) {
		expand_folder(&g, store_of(f->c->world, t->mailbox));
	} else {
		calendar_view(f->c->world, t->mailbox, f->from, f->to, view);
		for (int n = 0; n < view->n; n++)
			gather(&g, &view->at[n]);
	}
	return f->limit < 0 && rows->n > most(f) ? "ErrorExceededFindCountLimit" : NULL;
}

static const char *find_in(struct finding *f, xmlNode *folder, const char **smtp, struct target *t,
	struct rows *rows, struct calendar_view *view)
{
	const char *code = access_folder(f->c, folder, t, smtp);

	if (!code)
		code = access_read(f->c, t);
	if (!code)
		code = f->code;
	if (code || f->nothing)
		return code;
	if (is_calendar_view(f))
		return find_in_calendar(f, t, rows, view);
	gather_items(f, t, rows);
	if (f->n_orders && rows->n > 1)
		qsort_r(rows->at, (size_t)rows->n, sizeof *rows->at, by_orders, f);
	return NULL;
}

/* Temporary items live until they were written. */
static void find_one(struct finding *f, xmlNode *folder)
{
	static const char *const message = "m:FindItemResponseMessage";
	struct calendar_view view = { 0 };
	struct rows rows = { 0 };
	struct target t;
	const char *smtp = NULL;
	const char *code = find_in(f, folder, &smtp, &t, &rows, &view);

	message_code(f->c, message, code, smtp);
	if (!code)
		write_page(f, &rows);
	message_end(f->c, message);
	free(rows.at);
	calendar_done(&view);
}

void op_find_item(struct call *c)
{
	struct finding f;

	finding_read(&f, c);
	response_begin(c);
	xmlNode *folders = node_child(c->op, NS_M, "ParentFolderIds");
	for (xmlNode *n = node_first(folders); n; n = node_next(n))
		find_one(&f, n);
	response_end(c);
	item_shape_free(&f.shape);
}
