/* Mailbox: what is worth knowing of the mailbox that signs in.
 *
 * Its folders are opened first, alone; then its name, its meeting mail and its zone are asked for
 * side by side, and last what the server knows of that zone. None of these hides that the mailbox
 * opens.
 *
 * Rules: folders are opened as the sign-in's own, so the calendar is opened once more by the
 * address that the connection is for: only when that lies in the same mailbox does the sign-in
 * belong to the address, which may be any of the mailbox's addresses. A dedicated mailbox
 * should be empty; meeting mail that belongs to somebody else means that they may be missing it.
 */
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "errand.h"
#include "platform/clock.h"
#include "platform/err.h"
#include "platform/str.h"
#include "zone.h"

enum { DAY = 86400, MAIL_LIMIT = 200, TRIES = 3 };

/* What is opened; ADDRESSED is the calendar once more, by the address. */
enum { CALENDAR, ADDRESSED, INBOX, SENT, FOLDERS };

static const struct mail_query mail_query = { FOLDER_INBOX, "", MAIL_LIMIT };

/* What was told of one. */
struct opened {
	struct part ended;
	const char *lies_in;
	int64_t total;
};

struct mailbox {
	struct errand e;
	struct arena *a;
	mailbox_done_fn *done;
	void *ptr;
	struct mailbox_seen seen;
	struct opened folders[FOLDERS];
	const struct mail_seen *mails; /* of the inbox */
	size_t mail_count;
	enum reason counts_end; /* why the folders' counts are not known */
	int64_t began;		/* the questions under way, monotonic */
	int tries;		/* questions about the folders */
	int asked;		/* the three questions, too */
	int zone_asked;
};

static const char *own(const struct mailbox *m)
{
	return client_mailbox(m->e.client);
}

static const char *keep(struct mailbox *m, const char *text)
{
	return text ? arena_strdup(m->a, text) : "";
}

/* --- what it amounts to --- */

/* Came because its owner made this mailbox a delegate, or is addressed to somebody else. */
static int is_foreign(const struct mailbox *m, const struct mail_seen *s)
{
	if (s->delegated)
		return 1;
	return !str_empty(s->for_whom) && strcasecmp(s->for_whom, own(m)) != 0 &&
		strcasecmp(s->for_whom, m->seen.address) != 0;
}

static void count_foreign(struct mailbox *m)
{
	if (m->seen.mail_end != REASON_OK)
		return;
	m->seen.foreign = 0;
	for (size_t i = 0; i < m->mail_count; i++)
		m->seen.foreign += is_foreign(m, &m->mails[i]);
}

static enum reason emptiness(const struct mailbox *m)
{
	const struct mailbox_seen *s = &m->seen;

	return s->inbox > 0 || s->sent > 0 || s->calendar > 0 ? REASON_NOT_EMPTY : m->counts_end;
}

/* An inbox without any mail has no meeting mail either. */
static enum reason whose_mail(const struct mailbox *m)
{
	const struct mailbox_seen *s = &m->seen;

	if (s->foreign > 0)
		return REASON_FOREIGN_MAIL;
	return s->inbox == 0 ? REASON_OK : s->mail_end;
}

static int64_t took(const struct mailbox *m)
{
	return clock_mono_ms() - m->began;
}

static void end(struct mailbox *m)
{
	struct mailbox_seen seen;
	mailbox_done_fn *done = m->done;
	void *ptr = m->ptr;

	count_foreign(m);
	m->seen.empty = emptiness(m);
	m->seen.mail_end = whose_mail(m);
	m->seen.spoken = keep(m, client_spoke(m->e.client));
	if (!m->seen.version[0])
		m->seen.version = keep(m, client_server(m->e.client));
	seen = m->seen;
	errand_close(&m->e);
	done(ptr, &seen);
}

/* --- answers --- */

enum reason mailbox_own(enum reason r)
{
	switch (r) {
	case REASON_NO_MAILBOX:
		return REASON_NO_OWN_MAILBOX;
	case REASON_NOT_DELEGATED:
		return REASON_NO_CALENDAR;
	default:
		return r;
	}
}

/* Whatever else keeps the address from opening, its mailbox is not the one that opened without. */
static enum reason whose_address(const struct opened *calendar, const struct opened *named)
{
	const enum reason r = named->ended.reason;
	const struct reason_row *row = reason_row(r);

	if (r == REASON_OK)
		return strcmp(named->lies_in, calendar->lies_in) == 0 ? REASON_OK
								      : REASON_OTHER_MAILBOX;
	/* This one the server does not look up; told as it is, it says what to enter. */
	if (r == REASON_ALIAS)
		return r;
	return row->scope == SCOPE_MEMBER && row->temper == TEMPER_LASTING ? REASON_OTHER_MAILBOX
									   : r;
}

/* How the mailbox opens: its calendar, and that it is the calendar of the address. Who acts as the
 * address is in its mailbox already. */
static void judge_opened(struct mailbox *m)
{
	const struct opened *calendar = &m->folders[CALENDAR], *named = &m->folders[ADDRESSED];
	enum reason end = mailbox_own(calendar->ended.reason);

	outcome_set(&m->seen.opened, end, NEXT_NOTHING, calendar->ended.code);
	if (end != REASON_OK || client_acts_as(m->e.client))
		return;
	end = whose_address(calendar, named);
	outcome_set(&m->seen.opened, end, NEXT_NOTHING, named->ended.code);
}

static void take_counts(struct mailbox *m)
{
	int64_t *const counts[FOLDERS] = {
		[CALENDAR] = &m->seen.calendar,
		[INBOX] = &m->seen.inbox,
		[SENT] = &m->seen.sent,
	};

	m->counts_end = REASON_OK;
	for (size_t i = 0; i < FOLDERS; i++) {
		const struct opened *f = &m->folders[i];
		enum reason end = mailbox_own(f->ended.reason);

		if (!counts[i])
			continue;
		if (end == REASON_OK)
			*counts[i] = f->total;
		if (end == REASON_OK && f->total < 0)
			end = REASON_BAD_ANSWER;
		if (m->counts_end == REASON_OK)
			m->counts_end = end;
	}
}

/* Not asked for yet, or in trouble that passes. */
static int is_due(const struct mailbox *m, size_t i)
{
	return reason_row(m->folders[i].ended.reason)->temper == TEMPER_PASSING &&
		(i != ADDRESSED || !client_acts_as(m->e.client));
}

/* What was asked for last is told in its order. Trouble that passes, told of a folder and not of
 * the question: those are to be asked for again, not for ever. 1 when they are. */
static int take_folders(struct mailbox *m, const struct folders_result *r)
{
	size_t n = 0;
	int due = 0;

	for (size_t i = 0; i < FOLDERS; i++) {
		struct opened o = { .ended.reason = REASON_BAD_ANSWER, .lies_in = "" };

		if (!is_due(m, i))
			continue;
		if (n < r->count)
			o = (struct opened){ r->list[n].ended, keep(m, r->list[n].lies_in),
				r->list[n].total };
		m->folders[i] = o;
		due |= is_due(m, i);
		n++;
	}
	return due && ++m->tries < TRIES;
}

static void on_opened(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	struct mailbox *m = ptr;

	(void)k;
	if (o->reason == REASON_OK && take_folders(m, result))
		return;
	m->seen.opened = *o;
	m->seen.opened_ms = took(m);
	m->seen.version = keep(m, o->version);
	m->seen.server = keep(m, o->server);
	m->seen.clock_told = o->date != 0;
	if (o->date)
		m->seen.clock = o->date - clock_now();
	m->seen.opened.reason = m->counts_end = mailbox_own(o->reason);
	if (o->reason == REASON_OK) {
		take_counts(m);
		judge_opened(m);
	}
	/* Nothing else can be learned when nobody answers, or the sign-in is refused. */
	if (o->reason != REASON_OK && (errand_hopeless(&m->e, o) || !m->e.proven))
		end(m);
	else
		m->e.proven = 1;
}

/* The candidate that has our address; else the only one: then ours is another name of it. */
static const struct person *ourselves(const struct mailbox *m, const struct people_result *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcasecmp(r->list[i].address, own(m)) == 0)
			return &r->list[i];
	return r->count == 1 && !r->more && r->list[0].address[0] ? &r->list[0] : NULL;
}

static void on_name(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	struct mailbox *m = ptr;
	const struct person *p = o->reason == REASON_OK ? ourselves(m, result) : NULL;
	struct part *end = &m->seen.name_end;

	(void)k;
	m->seen.name_ms = took(m);
	end->reason = o->reason;
	if (str_copy(end->code, sizeof(end->code), o->code) < 0)
		end->code[0] = '\0';
	if (o->reason == REASON_OK && !p)
		end->reason = REASON_NOTHING_FOUND;
	if (!p)
		return;
	if (strcasecmp(p->address, own(m)) != 0)
		end->reason = REASON_ALIAS;
	m->seen.name = keep(m, p->name);
	m->seen.address = keep(m, p->address);
}

static void on_mail(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	const struct mail_result *r = result;
	struct mailbox *m = ptr;

	m->seen.mail_end = o->reason;
	m->seen.mail_ms = took(m);
	if (o->reason != REASON_OK)
		return;
	m->mails = r->list;
	m->mail_count = r->count;
	k->keep = 1; /* whose they are is clear when our own name is */
	m->seen.foreign_capped =
		r->total < 0 ? r->count >= MAIL_LIMIT : r->total > (int64_t)r->count;
}

static void on_busy(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	const struct busy_result *r = result;
	struct mailbox *m = ptr;
	char zone[ZONE_NAME];

	(void)k;
	m->seen.zone_ms = took(m);
	if (o->reason != REASON_OK || r->count == 0 || !r->list[0].has_zone)
		return;
	m->seen.has_rules = 1;
	m->seen.rules = r->list[0].zone;
	if (zone_of_rules(&m->seen.rules, clock_now(), zone) < 0)
		return;
	m->seen.zone = keep(m, zone);
	if (zone_to_windows(m->seen.zone, zone) == 0)
		m->seen.windows = keep(m, zone);
}

/* Rules of a kind that no struct of ours can hold are as good as none. */
static void on_zone(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	const struct zones_result *r = result;
	struct mailbox *m = ptr;

	(void)k;
	m->seen.zone_ms += took(m);
	m->seen.zone_end = o->reason;
	if (o->reason != REASON_OK)
		return;
	if (r->count == 0 || !r->list[0].has_rules) {
		m->seen.zone_end = REASON_UNSUPPORTED;
		return;
	}
	m->seen.zone_rules = r->list[0].rules;
	m->seen.zone_until = r->list[0].rules_until;
}

/* --- questions --- */

static void ask_folders(struct mailbox *m)
{
	static const enum folder_kind kinds[FOLDERS] = { [CALENDAR] = FOLDER_CALENDAR,
		[ADDRESSED] = FOLDER_CALENDAR,
		[INBOX] = FOLDER_INBOX,
		[SENT] = FOLDER_SENT };
	struct errand_ask *k = errand_ask(&m->e);
	struct folders_query *q = arena_alloc(&k->a, sizeof(*q));
	struct folder_ask *list = arena_array(&k->a, FOLDERS, sizeof(*list));

	*q = (struct folders_query){ list, 0, FOLDER_WANT_COUNTS | FOLDER_BY_ADDRESS };
	for (size_t i = 0; i < FOLDERS; i++)
		if (is_due(m, i))
			list[q->count++] =
				(struct folder_ask){ .mailbox = i == ADDRESSED ? own(m) : NULL,
					.kind = kinds[i] };
	errand_send(k, EXCHANGE_OPEN_FOLDERS, q, on_opened);
}

static void ask_name(struct mailbox *m)
{
	struct errand_ask *k = errand_ask(&m->e);
	struct resolve_query *q = arena_alloc(&k->a, sizeof(*q));

	q->text = arena_printf(&k->a, "smtp:%s", own(m));
	errand_send(k, EXCHANGE_RESOLVE_NAME, q, on_name);
}

static void ask_busy(struct mailbox *m)
{
	struct errand_ask *k = errand_ask(&m->e);
	struct busy_query *q = arena_alloc(&k->a, sizeof(*q));
	const char **names = arena_array(&k->a, 1, sizeof(*names));
	int64_t today = clock_now() / DAY * DAY;

	names[0] = own(m);
	*q = (struct busy_query){ names, 1, today, today + DAY };
	errand_send(k, EXCHANGE_GET_BUSY, q, on_busy);
}

static void ask_zone(struct mailbox *m)
{
	struct errand_ask *k = errand_ask(&m->e);
	struct zones_query *q = arena_alloc(&k->a, sizeof(*q));
	const char **names = arena_array(&k->a, 1, sizeof(*names));

	names[0] = m->seen.windows;
	*q = (struct zones_query){ .ids = names, .count = 1, .rules_at = clock_now() };
	m->zone_asked = 1;
	errand_send(k, EXCHANGE_SERVER_ZONES, q, on_zone);
}

static void step(void *ptr)
{
	struct mailbox *m = ptr;

	if (m->e.flying > 0)
		return;
	m->began = clock_mono_ms();
	if (!m->e.proven) {
		ask_folders(m);
	} else if (!m->asked) {
		m->asked = 1;
		ask_name(m);
		errand_send(errand_ask(&m->e), EXCHANGE_FIND_MAIL, &mail_query, on_mail);
		ask_busy(m);
	} else if (m->seen.windows[0] && !m->zone_asked) {
		ask_zone(m);
	} else {
		end(m);
	}
}

static void freed(void *ptr)
{
	free(ptr);
}

struct mailbox *mailbox_start(struct client *c, struct arena *a, mailbox_done_fn *done, void *ptr)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	if (!m)
		die("mailbox: out of memory");
	m->a = a;
	m->done = done;
	m->ptr = ptr;
	m->seen = (struct mailbox_seen){ .name_end.reason = REASON_NOT_CHECKED,
		.name = "",
		.address = "",
		.zone = "",
		.windows = "",
		.zone_end = REASON_NOT_CHECKED,
		.mail_end = REASON_NOT_CHECKED,
		.version = "",
		.spoken = "",
		.server = "",
		.inbox = -1,
		.sent = -1,
		.calendar = -1,
		.foreign = -1 };
	for (size_t i = 0; i < FOLDERS; i++)
		m->folders[i].ended.reason = REASON_NOT_CHECKED;
	m->e = (struct errand){ .client = c, .step = step, .freed = freed, .ptr = m, .most = 3 };
	errand_begin(&m->e);
	return m;
}

void mailbox_stop(struct mailbox *m)
{
	if (m)
		errand_close(&m->e);
}
