/* Ctl audit: read the audit log and prove that it is whole.
 *
 * Rules: the chain shows that no row was changed or taken out; the engine's seals, its own copy of
 * the last one and a head that somebody noted show that none was cut off the end. What cannot be
 * read, because one is not root, is said and never counted as good.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>
#include "engine/keyring.h"
#include "platform/str.h"

enum {
	LIMIT = 50, /* rows listed unless told otherwise */
	LIMIT_MAX = 10000,
	CHUNK = 500, /* rows or seals in memory at a time */
	CHUNK_MEMORY = 8 << 20,
	HEX = 2 * SEAL_HASH,
	COPY_MAX = 512 /* the engine's copy is one line of less than half of that */
};

static const char *const kinds[ACTOR__MAX] = { "nobody", "member", "admin", "engine", "ops" };

/* List */

struct list {
	struct ctl *c;
	struct ctl_table *t;
	struct arena a;	  /* of one chunk */
	int64_t account;  /* 0 = any */
	const char *text; /* NULL = any */
	int64_t before;	  /* number of the oldest row seen */
	int64_t left;	  /* rows still to be found */
};

/* Is the row one that was asked for? Done here and not in the store, because that only knows the
 * rows of one account. */
static int holds(const struct list *l, const struct audit *r)
{
	const char *const where[] = { r->actor, r->action, r->about, r->detail, r->address };
	size_t i;

	if (l->account && r->account != l->account)
		return 0;
	for (i = 0; l->text && i < sizeof(where) / sizeof(where[0]); i++) {
		if (where[i] && strcasestr(where[i], l->text))
			return 1;
	}
	return l->text == NULL;
}

/* Copies: the chunk's memory is gone before the table is printed. */
static void list_row(struct list *l, const struct audit *r)
{
	struct arena *a = &l->c->arena;

	CTL_ROW(l->c, l->t, C_INT(r->seq), C_TIME(r->at), C_INT(r->account), C_TEXT(kinds[r->kind]),
		C_TEXT(arena_strdup(a, r->actor)), C_TEXT(arena_strdup(a, r->action)),
		C_TEXT(arena_strdup(a, r->about)), C_TEXT(arena_strdup(a, r->detail)),
		C_TEXT(arena_strdup(a, r->address)));
	l->left--;
}

/* The rows before l->before, newest first; rows are numbered without holes. 1 go on, 0 done, -1. */
static int list_chunk(struct list *l, struct err *e)
{
	int64_t from = l->before > CHUNK ? l->before - CHUNK : 1;
	struct audit *r;
	int n;

	arena_reset(&l->a);
	n = store_audit_walk(l->c->db, &l->a, from, (int)(l->before - from), &r, e);
	if (n < 0)
		return -1;
	/* A walk goes up, the list goes down. */
	while (n-- > 0 && l->left > 0) {
		if (holds(l, &r[n]))
			list_row(l, &r[n]);
	}
	l->before = from;
	return l->left > 0 && from > 1;
}

int ctl_audit_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "seq", "at", "account", "kind", "actor", "action",
		"about", "detail", "address", NULL };
	struct list l = { .c = c, .t = ctl_out_new(c, columns), .text = ctl_flag(c, "text") };
	unsigned char hash[SEAL_HASH];
	int64_t head;
	int more;

	if (ctl_flag_int(c, "account", 0, INT64_MAX, &l.account, e) < 0 ||
		ctl_flag_int(c, "limit", LIMIT, LIMIT_MAX, &l.left, e) < 0 ||
		store_audit_head(c->db, &head, hash, e) < 0 ||
		ctl_flag_int(c, "before", head + 1, INT64_MAX, &l.before, e) < 0)
		return -1;
	l.before = l.before > head + 1 ? head + 1 : l.before;
	arena_init(&l.a, CHUNK_MEMORY);
	while ((more = l.before > 1 ? list_chunk(&l, e) : 0) > 0)
		;
	arena_done(&l.a);
	if (more < 0)
		return -1;
	ctl_out_table(c, l.t, "No row of the audit log is like that.");
	return 0;
}

/* Verify */

/* What is found out about the log. */
struct proof {
	struct ctl *c;
	int64_t rows;
	int64_t broken; /* first bad row, 0 = none */
	const char *why;
	int64_t seals;	  /* whose signature is right */
	int64_t unknown;  /* whose key is gone */
	const char *key;  /* how the signatures were checked, in words */
	const char *copy; /* what the engine's copy says, in words */
	int64_t noted;	  /* a head that was noted before, 0 = none */
	unsigned char noted_hash[SEAL_HASH];
};

/* Of several faults the first row counts: what follows it is its consequence. */
static void broken_at(struct proof *p, int64_t seq, const char *why)
{
	if (p->broken && p->broken <= seq)
		return;
	p->broken = seq;
	p->why = why;
}

/* The log must hold a row with this number and this hash. */
static int must_hold(
	struct proof *p, int64_t seq, const unsigned char *hash, const char *why, struct err *e)
{
	struct audit *r;
	int n = store_audit_walk(p->c->db, &p->c->arena, seq, 1, &r, e);

	if (n < 0)
		return -1;
	if (seq && (n == 0 || r->seq != seq || memcmp(r->hash, hash, SEAL_HASH) != 0))
		broken_at(p, seq, why);
	return 0;
}

/* A full chunk may have another one behind it: 1. A signature whose key was dropped proves nothing,
 * neither way; it is counted apart. */
static int check_chunk(struct proof *p, const struct keyring *k, const struct audit_seal *s, int n)
{
	int i, rc;

	for (i = 0; i < n; i++) {
		rc = keyring_signed(k, &s[i]);
		p->seals += rc > 0;
		p->unknown += rc < 0;
		if (rc == 0)
			broken_at(p, s[i].seq, "The seal of this row was not made by the engine.");
	}
	return n == CHUNK;
}

/* The chain's own walk has compared the seals' hashes with the rows; here their signatures are
 * compared with the key, which the web tier does not have. */
static int check_seals(struct proof *p, const struct keyring *k, struct err *e)
{
	struct audit_seal *s;
	struct arena a;
	int64_t from = 0;
	int n, more;

	arena_init(&a, CHUNK_MEMORY);
	do {
		arena_reset(&a);
		n = store_audit_seal_list(p->c->db, &a, from, CHUNK, &s, e);
		more = n > 0 ? check_chunk(p, k, s, n) : 0;
		from = n > 0 ? s[n - 1].seq + 1 : from;
	} while (more);
	arena_done(&a);
	return n < 0 ? -1 : 0;
}

/* Without the key the log can still be proved whole against the seals' hashes, but whoever changed
 * both would not be noticed: so it is said. */
static int check_keys(struct proof *p, struct err *e)
{
	struct err why; /* not an error of this command: it is told as a result */
	struct keyring *k = ctl_keys_load(p->c, &why);
	int rc;

	if (!k) {
		p->key = "not checked: the key cannot be read";
		return 0;
	}
	rc = check_seals(p, k, e);
	keyring_free(k);
	p->key = p->unknown ? "some not checked: their key was dropped" : "checked";
	return rc;
}

/* The file is one line that begins with number and hash; an empty one knows of no seal. */
static int parse_copy(struct proof *p, const char *line, struct err *e)
{
	unsigned char hash[SEAL_HASH];
	char hex[HEX + 1];
	long long seq;

	p->copy = "there is none yet";
	if (!*line)
		return 0;
	/* NOLINTNEXTLINE(cert-err34-c): eighteen digits always fit. */
	if (sscanf(line, "%18lld %64s", &seq, hex) != 2 || seq < 1 ||
		str_unhex(hash, SEAL_HASH, hex) < 0) {
		p->copy = "damaged";
		broken_at(
			p, p->rows + 1, "The engine's own copy of the head cannot be understood.");
		return 0;
	}
	p->copy = "compared";
	return must_hold(p, seq, hash,
		"The engine has sealed the log up to here, and this row is gone or changed.", e);
}

/* The engine's copy lies where only root and the engine can look. */
static int check_copy(struct proof *p, struct err *e)
{
	struct buf b;
	struct err why;
	int rc = 0;

	buf_init(&b, COPY_MAX);
	if (buf_file(&b, p->c->cf.head_file, &why) == 0)
		rc = parse_copy(p, str_trim(b.p), e);
	else
		p->copy = why.code == ERR_MISSING ? "there is none yet"
						  : "not compared: it cannot be read";
	buf_done(&b);
	return rc;
}

/* SEQ:HASH as verify and the engine's log print it. */
static int parse_head(const char *text, int64_t *seq, unsigned char hash[SEAL_HASH], struct err *e)
{
	const char *colon = strchr(text, ':');
	char number[24];

	if (colon && (size_t)(colon - text) < sizeof(number)) {
		memcpy(number, text, (size_t)(colon - text));
		number[colon - text] = '\0';
		if (str_int(number, 1, INT64_MAX, seq) == 0 && strlen(colon + 1) == HEX &&
			str_unhex(hash, SEAL_HASH, colon + 1) == 0)
			return 0;
	}
	return ctl_fail(e, ERR_INPUT,
		"--head needs SEQ:HASH, a number and 64 hex digits, as \"latchkey audit verify\" "
		"prints it.");
}

/* Everything that can be asked, in one order; the first bad row wins. */
static int prove(struct proof *p, struct err *e)
{
	p->rows = svc_audit_verify(&p->c->svc, &p->broken, &p->why, e);
	if (p->rows < 0)
		return -1;
	if (check_keys(p, e) < 0 || check_copy(p, e) < 0)
		return -1;
	return must_hold(p, p->noted, p->noted_hash,
		"The head that was noted is not in the log: rows were cut off or changed.", e);
}

int ctl_audit_verify(struct ctl *c, struct err *e)
{
	struct proof p = { .c = c };
	const char *noted = ctl_flag(c, "head");
	unsigned char hash[SEAL_HASH];
	char hex[HEX + 1];
	int64_t head;

	if (noted && parse_head(noted, &p.noted, p.noted_hash, e) < 0)
		return -1;
	if (prove(&p, e) < 0 || store_audit_head(c->db, &head, hash, e) < 0)
		return -1;
	str_hex(hex, hash, sizeof(hash));
	CTL_RECORD(c, { "whole", C_BOOL(!p.broken) }, { "rows", C_INT(p.rows) },
		{ "first_broken", p.broken ? C_INT(p.broken) : C_NONE }, { "why", C_TEXT(p.why) },
		{ "seals", C_INT(p.seals) }, { "unchecked", C_INT(p.unknown) },
		{ "signatures", C_TEXT(p.key) }, { "engine_copy", C_TEXT(p.copy) },
		{ "head", C_TEXT(arena_printf(&c->arena, "%lld:%s", (long long)head, hex)) });
	if (!p.broken)
		ctl_out_say(c,
			"Note the head elsewhere; a later \"latchkey audit verify --head "
			"SEQ:HASH\" proves that nothing before it is gone.");
	return p.broken ? CTL_FAILED : 0;
}
