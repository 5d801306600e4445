/* Lists of members: 30,000 of them, in every order and by every filter: the pages are complete, in
 * order, and what a scan of all rows finds; kept counts say the same; a search beyond its limit;
 * folded text.
 */
#include "tests/unit/store_unit.h"

#include "platform/fold.h"

enum { ROWS = 30000, SAMPLE = 3000, PAGE = 777, OLD = NOW - DAY };

struct roster {
	struct db *db;
	struct arena a;
	int64_t account;
};

/* Names repeat, so that the number decides; one in 16 of each kind of trouble. */
static const char rows_sql[] =
	"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
	"INSERT INTO member (account_id, email, name, role, created, kind, name_key, last_key, "
	"status, reason, fixer, reach, checked_at, off_at, next_at) "
	"SELECT 1, 'p' || i || '@example.com', 'N', CASE WHEN i % 997 = 0 THEN 1 ELSE 0 END, 1, "
	"CASE WHEN i % 50 = 0 THEN 1 ELSE 0 END, "
	"printf('n%03d x%d', i * 7919 % 500, i % 3), printf('x%d n%03d', i % 3, i * 7919 % 500), "
	"s, CASE WHEN s IN (0, 5) THEN 'not_checked' WHEN s = 1 THEN 'ok' "
	"WHEN i % 2 THEN 'not_delegated' ELSE 'no_mailbox' END, "
	"CASE WHEN s IN (0, 1, 5) THEN 0 ELSE 1 + i % 3 END, "
	"CASE WHEN s IN (0, 5) THEN 0 ELSE i / 3 % 5 END, "
	"CASE WHEN s IN (0, 5) THEN 0 ELSE 1800000000 - i * 11 % 90000 END, "
	"CASE WHEN s = 5 THEN 1 ELSE 0 END, 1 "
	"FROM (SELECT i, CASE WHEN i % 4 < 3 THEN 1 ELSE i / 4 % 6 END AS s FROM n)";
static const char counts_sql[] =
	"INSERT INTO member_count (account_id, kind, status, reason, fixer, reach, n) "
	"SELECT account_id, kind, status, reason, fixer, reach, count(*) FROM member "
	"GROUP BY 1, 2, 3, 4, 5, 6";

static int setup(void **state)
{
	struct roster *w = calloc(1, sizeof(*w));
	struct err e;

	assert_non_null(w);
	clock_freeze(NOW);
	arena_init(&w->a, 256 << 20);
	w->db = today_db();
	assert_ok(store_account_add(w->db, "Example Organisation", &w->account, &e));
	run(w->db, rows_sql);
	run(w->db, counts_sql);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct roster *w = *state;

	clock_freeze(0);
	db_close(w->db);
	arena_done(&w->a);
	free(w);
	return 0;
}

/* --- what must be found --- */

static int begins(const char *key, const char *search)
{
	return strncmp(key, search, strlen(search)) == 0;
}

/* Key "n123 x1" was made of last key "x1 n123". */
static int is_found(const struct roster_row *r, const char *search)
{
	char last[64];

	snprintf(last, sizeof(last), "%s %.4s", r->key + 5, r->key);
	return begins(r->key, search) || begins(last, search) || begins(r->email, search);
}

static int fits(const struct roster_row *r, const struct roster_filter *f)
{
	const int wrong = r->s.status > STATUS_CONNECTED;

	if (r->kind != f->kind || (f->status >= 0 && (int)r->s.status != f->status))
		return 0;
	if (f->reason && (!wrong || strcmp(r->s.reason, f->reason) != 0))
		return 0;
	if (f->fixer >= 0 && (!wrong || (int)r->s.fixer != f->fixer))
		return 0;
	if (f->role >= 0 && r->role != f->role)
		return 0;
	if (f->reach >= 0 && ((int)r->s.reach != f->reach || r->s.status == STATUS_OFF))
		return 0;
	if (f->stale_before &&
		(r->s.status == STATUS_OFF || !r->s.checked_at ||
			r->s.checked_at >= f->stale_before))
		return 0;
	return !f->search || is_found(r, f->search);
}

static int64_t number_of(const struct roster_row *r, enum roster_sort sort)
{
	return sort == ROSTER_STATUS	 ? (int64_t)r->s.status
		: sort == ROSTER_CHECKED ? r->s.checked_at
					 : 0;
}

static int compare(const struct roster_row *a, const struct roster_row *b, enum roster_sort sort)
{
	const int64_t x = number_of(a, sort), y = number_of(b, sort);
	const int by_key = strcmp(a->key, b->key);

	if (x != y)
		return x < y ? -1 : 1;
	if (by_key)
		return by_key;
	return a->s.member < b->s.member ? -1 : a->s.member > b->s.member;
}

/* --- pages --- */

/* All pages of a list: each row behind the one before and fit; how many. */
static int64_t read_pages(struct roster *w, const struct roster_filter *f, struct roster_place at)
{
	struct roster_row *rows, last = { 0 };
	int64_t seen = 0;
	struct err e;
	int n;

	at.limit = PAGE;
	do {
		assert_ok(n = store_roster_list(w->db, &w->a, f, &at, &rows, &e));
		for (int i = 0; i < n; i++) {
			assert_true(fits(&rows[i], f));
			if (seen++)
				assert_true(at.down ? compare(&last, &rows[i], at.sort) > 0
						    : compare(&last, &rows[i], at.sort) < 0);
			last = rows[i];
		}
		at.id = last.s.member;
		at.key = last.key;
		at.num = number_of(&last, at.sort);
	} while (n == PAGE);
	return seen;
}

static const struct roster_row *all_rows(struct roster *w, enum member_kind kind, int *n)
{
	const struct roster_filter f = roster_all(w->account, kind);
	struct roster_row *rows;
	struct err e;

	assert_ok(*n = store_roster_walk(w->db, &w->a, &f, 0, ROWS, &rows, &e));
	return rows;
}

static void test_pages(void **state)
{
	static const struct roster_filter filters[] = {
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .kind = MEMBER_ROOM },
		{ .status = STATUS_BLOCKED, .fixer = -1, .role = -1, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .reason = "not_delegated" },
		{ .status = -1, .fixer = FIXER_ADMIN, .role = -1, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = ROLE_ADMIN, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = ROLE_MEMBER, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .stale_before = OLD },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .search = "n12" },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .search = "P199" },
		{ .status = STATUS_ACTION, .fixer = FIXER_MEMBER, .role = -1, .reach = -1 },
		{ .status = STATUS_ACTION,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.reason = "no_mailbox" },
		{ .status = STATUS_CONNECTED, .fixer = -1, .role = ROLE_ADMIN, .reach = -1 },
		{ .status = STATUS_OFF, .fixer = -1, .role = -1, .reach = -1 },
		{ .status = STATUS_CONNECTED,
			.fixer = -1,
			.role = -1,
			.reach = -1 }, /* too many to sort */
		{ .status = STATUS_CONNECTED,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.stale_before = OLD },
		{ .status = STATUS_CONNECTED,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.stale_before = NOW },
		{ .status = -1,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.search = "x1",
			.stale_before = OLD },
		{ .status = STATUS_LIMITED,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.search = "nobody" },
		{ .status = -1, .fixer = -1, .role = -1, .reach = -1, .reason = "not_checked" },
		{ .status = STATUS_CONNECTED,
			.fixer = -1,
			.role = -1,
			.reach = -1,
			.reason = "ok" },
		{ .status = -1, .fixer = FIXER_NOBODY, .role = -1, .reach = -1 },
		{ .status = -1, .fixer = FIXER_NOBODY, .role = ROLE_ADMIN, .reach = -1 },
		{ .status = -1, .fixer = -1, .role = -1, .reach = REACH_FULL },
		{ .status = -1, .fixer = -1, .role = -1, .reach = REACH_UNKNOWN },
		{ .status = -1, .fixer = -1, .role = -1, .reach = REACH_BUSY, .kind = MEMBER_ROOM },
		{ .status = STATUS_CONNECTED, .fixer = -1, .role = -1, .reach = REACH_FULL },
		{ .status = -1, .fixer = -1, .role = ROLE_ADMIN, .reach = REACH_CALENDAR },
		{ .status = -1, .fixer = -1, .role = -1, .reach = REACH_FULL, .search = "n1" },
	};
	struct roster *w = *state;

	for (size_t i = 0; i < COUNT(filters); i++) {
		struct roster_filter f = filters[i], plain;
		const struct roster_row *rows;
		struct roster_row *some;
		int64_t want = 0, most;
		struct err e;
		int n;

		f.account = w->account;
		plain = f;
		plain.search = f.search && *f.search == 'P' ? "p199" : f.search;
		rows = all_rows(w, f.kind, &n);
		for (int k = 0; k < n; k++)
			want += fits(&rows[k], &plain);
		for (int sort = 0; sort < ROSTER_SORT__MAX; sort++) {
			for (int down = 0; down < 2; down++)
				assert_int_equal(read_pages(w, &plain,
							 (struct roster_place){
								 .sort = (enum roster_sort)sort,
								 .down = down }),
					want);
		}
		most = store_roster_count(w->db, &f, ROWS, &e);
		assert_int_equal(most, want);
		assert_int_equal(store_roster_walk(w->db, &w->a, &f, 0, ROWS, &some, &e), want);
		assert_int_equal(store_roster_count(w->db, &f, 5, &e), want < 5 ? want : 5);
		arena_reset(&w->a);
	}
}

/* Another account's members are in no list. */
static void test_account(void **state)
{
	struct roster *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	struct roster_place at = { .limit = 9 };
	struct roster_count *kept;
	struct roster_row *rows, row;
	struct err e;

	assert_int_equal(store_roster_list(w->db, &w->a, &f, &at, &rows, &e), 9);
	assert_int_equal(store_roster_get(w->db, &w->a, w->account, rows[0].s.member, &row, &e), 1);
	assert_int_equal(
		store_roster_get(w->db, &w->a, w->account + 1, rows[0].s.member, &row, &e), 0);
	f.account++;
	assert_int_equal(store_roster_list(w->db, &w->a, &f, &at, &rows, &e), 0);
	assert_int_equal(store_roster_walk(w->db, &w->a, &f, 0, 9, &rows, &e), 0);
	assert_int_equal(store_roster_count(w->db, &f, 9, &e), 0);
	assert_int_equal(store_roster_counts(w->db, &w->a, f.account, MEMBER_PERSON, &kept, &e), 0);
}

/* Kept counts tell of statuses, reasons and actors, and of what joins them; of nothing else. */
static void test_kept(void **state)
{
	struct roster *w = *state;
	const char *const reasons[] = { NULL, "not_delegated", "no_mailbox", "not_checked", "ok",
		"gone" };
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	struct roster_count *kept;
	struct err e;
	int n;

	assert_ok(n = store_roster_counts(w->db, &w->a, w->account, MEMBER_PERSON, &kept, &e));
	for (f.status = -1; f.status < STATUS__MAX; f.status++) {
		for (size_t r = 0; r < COUNT(reasons); r++) {
			for (f.fixer = -1; f.fixer <= FIXER_EXCHANGE; f.fixer++) {
				f.reason = reasons[r];
				f.reach = (int)(r + (size_t)f.fixer) % (REACH__MAX + 1) - 1;
				assert_int_equal(roster_kept(kept, n, &f),
					store_roster_count(w->db, &f, ROWS, &e));
			}
		}
	}
	f = roster_all(w->account, MEMBER_PERSON);
	assert_int_equal(roster_kept(kept, n, &f), ROWS - ROWS / 50);
	f.role = ROLE_ADMIN;
	assert_int_equal(roster_kept(kept, n, &f), -1);
	f.role = -1;
	f.reach = REACH_FULL;
	assert_int_equal(roster_kept(kept, n, &f), store_roster_count(w->db, &f, ROWS, &e));
	assert_true(roster_kept(kept, n, &f) > 0);
	f.reach = -1;
	f.stale_before = 1;
	assert_int_equal(roster_kept(kept, n, &f), -1);
	f.stale_before = 0;
	f.search = "n";
	assert_int_equal(roster_kept(kept, n, &f), -1);
}

/* What differs by reach alone becomes one. */
static void test_whole(void **state)
{
	struct roster *w = *state;
	struct roster_count *kept;
	int64_t sum = 0, all = 0;
	struct err e;
	int n, left;

	assert_ok(n = store_roster_counts(w->db, &w->a, w->account, MEMBER_PERSON, &kept, &e));
	for (int i = 0; i < n; i++)
		all += kept[i].n;
	left = roster_whole(kept, n);
	assert_int_equal(left,
		number(w->db,
			"SELECT count(*) FROM (SELECT 1 FROM member WHERE kind = 0 "
			"GROUP BY status, reason, fixer)"));
	assert_true(left < n);
	for (int i = 0; i < left; i++)
		sum += kept[i].n;
	assert_int_equal(sum, all);
	assert_int_equal(roster_whole(kept, 0), 0);
}

/* A filter by reach is one in the params of a job, too; one that was queued before there was such a
 * word is about any. */
static void test_params(void **state)
{
	static const char before[] = "kind=0&status=1&fixer=-1&role=-1&stale=0&reason=&search=";
	struct roster *w = *state;
	struct roster_pick pick = { .f = roster_all(w->account, MEMBER_PERSON) }, back;
	struct buf b;
	struct err e;

	for (int reach = -1; reach < REACH__MAX; reach++) {
		pick.f.reach = reach;
		buf_init(&b, 4096);
		roster_pick_write(&b, &pick);
		assert_ok(roster_pick_read(&w->a, buf_str(&b), w->account, &back, &e));
		assert_int_equal(back.f.reach, reach);
		buf_done(&b);
	}
	assert_ok(roster_pick_read(&w->a, before, w->account, &back, &e));
	assert_int_equal(back.f.reach, -1);
	assert_int_equal(back.f.status, STATUS_CONNECTED);
	assert_err(ERR_INPUT,
		roster_pick_read(
			&w->a, arena_printf(&w->a, "%s&reach=5", before), w->account, &back, &e));
}

/* What a store function changes, the counts follow. */
static void test_counts_follow(void **state)
{
	static const char wrong[] =
		"SELECT count(*) FROM (SELECT account_id, kind, status, reason, fixer, reach, "
		"count(*) AS n FROM member GROUP BY 1, 2, 3, 4, 5, 6 EXCEPT SELECT account_id, "
		"kind, status, reason, fixer, reach, n FROM member_count)";
	struct roster *w = *state;
	struct member m = { .account = w->account, .email = "new@example.com", .name = "New" };
	struct err e;

	run(w->db, "UPDATE account SET people = (SELECT count(*) FROM member WHERE kind = 0)");
	assert_ok(store_member_add(w->db, &m, "", "", &m.id, &e));
	assert_int_equal(number(w->db, wrong), 0);
	assert_ok(store_member_off(w->db, m.account, m.id, NOW, &e));
	assert_int_equal(number(w->db, wrong), 0);
	assert_err(ERR_MISSING, store_member_off(w->db, m.account, m.id, NOW, &e));
	assert_ok(store_member_off(w->db, m.account, m.id, 0, &e));
	assert_int_equal(number(w->db, wrong), 0);
	assert_ok(store_member_delete(w->db, m.account, 7, &e));
	assert_int_equal(number(w->db, wrong), 0);
}

/* A walk in portions meets each row once, whatever goes meanwhile. */
static void test_walk(void **state)
{
	struct roster *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	struct roster_row *rows;
	int64_t after = 0, seen = 0, want;
	struct err e;
	int n;

	f.status = STATUS_CONNECTED;
	want = store_roster_count(w->db, &f, ROWS, &e);
	do {
		assert_ok(n = store_roster_walk(w->db, &w->a, &f, after, 500, &rows, &e));
		for (int i = 0; i < n; i++) {
			assert_true(rows[i].s.member > after && fits(&rows[i], &f));
			after = rows[i].s.member;
			seen++;
		}
		if (n > 0)
			assert_ok(store_member_delete(w->db, w->account, rows[0].s.member, &e));
	} while (n == 500);
	assert_int_equal(seen, want);
}

/* More than a search alone shows: at least so many of each kind of match, in order. */
static void test_search_limit(void **state)
{
	struct roster *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	int64_t shown;
	struct err e;

	f.search = "x1"; /* a third of all last names */
	shown = read_pages(w, &f, (struct roster_place){ .sort = ROSTER_NAME });
	assert_int_equal(shown, ROSTER_SEARCH_MAX);
	assert_int_equal(store_roster_count(w->db, &f, ROWS, &e), ROSTER_SEARCH_MAX);
	f.status = STATUS_CONNECTED; /* with another filter none is left out */
	assert_true(read_pages(w, &f, (struct roster_place){ .sort = ROSTER_NAME }) > SAMPLE);
}

/* A search for nothing but a blank is none: a list says so as well as a walk. */
static void test_search_nothing(void **state)
{
	struct roster *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	const int64_t want = store_roster_count(w->db, &f, ROWS, &(struct err){ 0 });
	struct roster_row *rows;
	struct err e;

	f.search = "\xe3\x80\x80";
	assert_int_equal(store_roster_count(w->db, &f, ROWS, &e), want);
	assert_int_equal(store_roster_walk(w->db, &w->a, &f, 0, ROWS, &rows, &e), want);
}

/* More names than that begin so: they are all there, and whoever is found by the rest is not. */
static void test_search_names(void **state)
{
	static const char named[] =
		"SELECT count(*) FROM member WHERE kind = 0 AND name_key LIKE 'n1%'";
	struct roster *w = *state;
	struct roster_filter f = roster_all(w->account, MEMBER_PERSON);
	const int64_t want = number(w->db, named);
	struct err e;

	f.search = "n1";
	assert_true(want > ROSTER_SEARCH_MAX);
	run(w->db, "UPDATE member SET last_key = 'n1 aside' WHERE id % 1000 = 9");
	for (int down = 0; down < 2; down++)
		assert_int_equal(read_pages(w, &f, (struct roster_place){ .down = down }), want);
	assert_int_equal(store_roster_count(w->db, &f, ROWS, &e), want);
	assert_int_equal(store_roster_count(w->db, &f, 5, &e), 5);
}

/* --- folded text --- */

/* Every tenth person can sign in, of whom some have sessions, an open link, a sign-in of their own.
 */
static const char *const ties_sql[] = {
	"INSERT INTO users (id, email, name, created, password_at) "
	"SELECT id, email, name, 1, 1 FROM member WHERE id % 10 = 0",
	"UPDATE member SET user_id = id WHERE id % 10 = 0",
	"INSERT INTO session (hash, user_id, account_id, member_id, created, seen, fresh, address, "
	"agent) SELECT randomblob(32), id, 1, id, 1, 1800000000 - id % 7, 1, '', '' FROM member "
	"WHERE id % 30 = 0",
	"INSERT INTO invitation (hash, account_id, member_id, kind, made_by, by_name, created, "
	"expires, used, nonce) SELECT randomblob(32), 1, id, id % 2, 1, '', 1, "
	"1800000000 + id % 3 - 1, id % 4 = 0, '' FROM member WHERE id % 7 = 0",
	"INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, "
	"authority, tenant, client_id, created, owner) SELECT 1, 'x', '', '', 0, '', '', '', '', "
	"'', '', '', 1, id FROM member WHERE id % 25 = 0",
};

static struct roster_ties ties_of(const struct roster_row *r)
{
	const int64_t id = r->s.member;
	const int user = id % 10 == 0 && r->s.status != STATUS_OFF;
	struct roster_ties t = { .all = 1,
		.users = user,
		.admins = user && r->role == ROLE_ADMIN,
		.own = id % 25 == 0,
		.sessions = id % 30 == 0 && id % 7 <= 3,
		.links = id % 7 == 0 && id % 4 != 0 && id % 3 == 2 };

	t.n[r->s.status] = 1;
	return t;
}

static void sum_up(struct roster_ties *all, const struct roster_ties *one)
{
	int64_t *a = &all->all;
	const int64_t *b = &one->all;

	for (size_t i = 0; i < sizeof(*all) / sizeof(*a); i++)
		a[i] += b[i];
}

static void test_ties(void **state)
{
	struct roster *w = *state;
	const struct roster_tied t = { .most = ROWS, .seen_since = NOW - 3 };
	struct roster_filter f[8];
	struct roster_ties seen;
	const struct roster_row *rows;
	struct err e;
	int n;

	for (size_t i = 0; i < COUNT(ties_sql); i++)
		run(w->db, ties_sql[i]);
	for (size_t i = 0; i < COUNT(f); i++)
		f[i] = roster_all(w->account, MEMBER_PERSON);
	f[1].status = STATUS_LIMITED;
	f[2].reason = "not_delegated";
	f[3].fixer = FIXER_ADMIN;
	f[4].role = ROLE_ADMIN;
	f[5].stale_before = OLD;
	f[6].search = "n1";
	f[7].search = "n12";
	f[7].status = STATUS_CONNECTED;
	rows = all_rows(w, MEMBER_PERSON, &n);
	for (size_t i = 0; i < COUNT(f); i++) {
		const struct roster_pick who = { .f = f[i] };
		struct roster_ties want = { 0 }, one;

		for (int r = 0; r < n; r++) {
			one = ties_of(&rows[r]);
			if (fits(&rows[r], &f[i]) && (i != 6 || begins(rows[r].key, "n1")))
				sum_up(&want, &one);
		}
		assert_true(want.all > 0);
		assert_ok(store_roster_ties(w->db, &who, &t, &seen, &e));
		assert_memory_equal(&seen, &want, sizeof(seen));
	}
}

static void test_ties_of_some(void **state)
{
	struct roster *w = *state;
	const int64_t ids[] = { 30, 210, 999999, 25 };
	const struct roster_pick who = {
		.f = roster_all(w->account, MEMBER_PERSON), .ids = ids, .count = COUNT(ids)
	};
	struct roster_pick all = { .f = who.f };
	struct roster_tied t = { .most = 7, .seen_since = NOW - 3 };
	struct roster_ties seen;
	struct err e;

	assert_ok(store_roster_ties(w->db, &who, &t, &seen, &e));
	assert_int_equal(seen.all, 3);
	assert_int_equal(seen.own, 1);
	assert_int_equal(seen.sessions, 2);
	assert_ok(store_roster_ties(w->db, &all, &t, &seen, &e));
	assert_int_equal(seen.all, 7);
	all.f.account = 99;
	assert_ok(store_roster_ties(w->db, &all, &t, &seen, &e));
	assert_int_equal(seen.all, 0);
}

static void test_fold(void **state)
{
	static const struct {
		const char *text, *folded, *last;
	} rows[] = {
		{ "Ada King", "ada king", "king ada" },
		{ "  ZO\xc3\x8b   de la Cruz ", "zoe de la cruz", "cruz zoe de la" },
		{ "\xc5\x81ukasz", "lukasz", "lukasz" },
		{ "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", "\xd0\xb0\xd0\xbd\xd0\xbd\xd0\xb0",
			"\xd0\xb0\xd0\xbd\xd0\xbd\xd0\xb0" },
		{ "Zoe\xcc\x88 O\xcc\x88rn", "zoe orn", "orn zoe" }, /* a letter and its mark */
		{ "Ada\xc2\xa0King", "ada king", "king ada" },	     /* a hard blank */
		{ "\xff", "", "" },
		{ "", "", "" },
	};
	static const char *const ends[][2] = { { "a", "b" }, { "az", "a{" }, { "", "" },
		{ "\xed\x9f\xbf", "\xee\x80\x80" }, { "a\xf4\x8f\xbf\xbf", "b" } };
	char dst[FOLD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		fold_text(dst, FOLD_MAX + 1, rows[i].text);
		assert_string_equal(dst, rows[i].folded);
		fold_last(dst, FOLD_MAX + 1, rows[i].text);
		assert_string_equal(dst, rows[i].last);
	}
	for (size_t i = 0; i < COUNT(ends); i++) {
		fold_after(dst, ends[i][0]);
		assert_string_equal(dst, ends[i][1]);
	}
	fold_text(dst, 4, "ab\xc3\xb8\xd0\xb0z"); /* cut between characters */
	assert_string_equal(dst, "abo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_search_limit),
		cmocka_unit_test(test_search_nothing),
		cmocka_unit_test(test_search_names),
		cmocka_unit_test(test_counts_follow),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_ties_of_some),
		cmocka_unit_test(test_fold),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
