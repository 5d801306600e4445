/* Calls of the store: imports, links to scripts. */
#include "tests/unit/store_calls.h"

static int add(struct rich *x, struct db *db, struct err *e)
{
	const struct import i = { .account = x->w.acme, .name = "people.csv" };

	return store_import_add(db, &i, &x->n, e);
}

static int add_row(struct rich *x, struct db *db, struct err *e)
{
	const struct import_row r = { .line = 100, .email = "new@acme.test", .kind = -1 };

	return store_import_row_add(db, x->imports[IMPORT_READING], &r, e);
}

static int make_ready(struct rich *x, struct db *db, struct err *e)
{
	const struct import i = {
		.id = x->imports[IMPORT_READING], .account = x->w.acme, .shape = "As it is."
	};

	return store_import_ready(db, &i, e);
}

/* With rows of each kind that does something. */
static int portion(struct rich *x, struct db *db, struct err *e)
{
	struct import i;
	int rc = store_import_get(db, &x->w.a, x->w.acme, x->imports[IMPORT_RUNNING], &i, e);

	return rc < 1 ? -1 : store_import_portion(db, &x->w.a, &i, 9, e);
}

static const struct import *running(const struct rich *x)
{
	static struct import i;

	i = (struct import){ .id = x->imports[IMPORT_RUNNING], .account = x->w.acme };
	return &i;
}

static int add_share(struct rich *x, struct db *db, struct err *e)
{
	unsigned char hash[32];
	struct share s = share_of(x);

	fill(hash, (int)(100 + x->count++ % 100));
	return store_share_add(db, &s, hash, e);
}

static const struct mail *share_mail(const struct rich *x)
{
	static struct mail m;

	m = (struct mail){ .id = 7, .account = x->w.acme, .email = "exchange@acme.test" };
	return &m;
}

#define CALLS(CALL)                                                                                \
	CALL(import_add, add(x, db, e))                                                            \
	CALL(import_get,                                                                           \
		store_import_get(db, a, w->acme, x->imports[IMPORT_READY], &x->out.import, e))     \
	CALL(import_list, store_import_list(db, a, w->acme, 9, &x->out.imports, e))                \
	CALL(import_row_add, add_row(x, db, e))                                                    \
	CALL(import_line, store_import_line(db, running(x)->id, "one@acme.test", &x->n, e))        \
	CALL(import_ready, make_ready(x, db, e))                                                   \
	CALL(import_rows,                                                                          \
		store_import_rows(db, a, running(x), -1, first_page, &x->out.import_rows, e))      \
	CALL(import_rows_of,                                                                       \
		store_import_rows(                                                                 \
			db, a, running(x), IMPORT_NEW, first_page, &x->out.import_rows, e))        \
	CALL(import_counts, store_import_counts(db, running(x), x->verdicts, e))                   \
	CALL(import_begin, store_import_begin(db, w->acme, x->imports[IMPORT_READY], x->job, e))   \
	CALL(import_portion, portion(x, db, e))                                                    \
	CALL(import_remove, store_import_remove(db, w->acme, x->imports[IMPORT_READY], e))         \
	CALL(import_clear, store_import_clear(db, w->acme, w->ada_acme, e))                        \
	CALL(import_sweep, store_import_sweep(db, NOW + 1, e))                                     \
	CALL(share_add, add_share(x, db, e))                                                       \
	CALL(share_mail, store_share_mail(db, w->acme, x->share, 7, e))                            \
	CALL(share_by_hash, store_share_by_hash(db, a, x->hash, &x->out.share, e))                 \
	CALL(share_get, store_share_get(db, a, w->acme, x->share, &x->out.share, e))               \
	CALL(share_list, store_share_list(db, a, w->acme, NULL, &x->out.shares, e))                \
	CALL(share_list_kind, store_share_list(db, a, w->acme, "share", &x->out.shares, e))        \
	CALL(share_mailed, store_share_mailed(db, share_mail(x), e))                               \
	CALL(share_count, store_share_count(db, w->acme, 1, e))                                    \
	CALL(share_opened, store_share_opened(db, w->acme, x->share, e))                           \
	CALL(share_ran, store_share_ran(db, w->acme, x->share, e))                                 \
	CALL(share_end, store_share_end(db, w->acme, x->share, e))                                 \
	CALL(share_sweep, store_share_sweep(db, NOW + 2 * DAY, e))                                 \
	CALL(member_counted, store_member_counted(db, w->acme, MEMBER_ROOM, &one_room, e))

static const struct roster_count one_room = { .reason = "not_checked", .n = 1 };

CALLS(STORE_CALL_FN)

const struct store_call store_calls_import[] = { CALLS(STORE_CALL_ROW) };
const size_t store_calls_import_count = COUNT(store_calls_import);
