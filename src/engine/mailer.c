/* Mailer: the engine's side of the mail queue.
 *
 * Rules: rows come from the web tier, which is not trusted: the words are ours, a recipient is a
 * member of the account with just this address (or it is a test, or an open link to a script names
 * the address), a token opens for its row only.
 * A mail that cannot be sent for good fails at once and in words; passing trouble is tried again,
 * ever more slowly, until it is too late for it to be of use. No turn of the loop waits.
 */
#include "mailer.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "exchange/clean.h"
#include "fault.h"
#include "keyring.h"
#include "mail/mail_quiet.h"
#include "mailer_way.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"
#include "store/store_remind.h"
#include "store/store_share.h"

enum { FLIGHT_ARENA = 8 << 20, MINUTE = 60, HOUR = 3600, LAST_PAUSE = 4 * HOUR, BURST = 6 };

/* Seconds until the next try, after one, two, ... of them. */
static const int pauses[] = { MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR };

/* One mail on its way, made of one row or of several. */
struct flight {
	struct flight *next;
	struct mailer *m;
	struct arena a;
	struct mail *list; /* in the order of their ids */
	int n;
	const struct mail_kind *kind;
	struct mail_text text;
	struct mailer_letter letter;
	struct mailer_way *way;
	int64_t began; /* clock_mono_ms */
	/* How it ended, until that is written. */
	int over;
	enum mail_state state; /* MAIL_QUEUED: again */
	int64_t run_at;
	int counts; /* the attempt */
	char say[SMTP_SAY];
	int faults;
	uint64_t timer;
};

struct mailer {
	struct engine *eng;
	const char *owner;
	struct flight *flights;
	int count;
	uint64_t timer;
	int released; /* the leases from before the start */
	int faults;
};

static void turn(struct mailer *m);

/* --- the end of a flight --- */

static void flight_free(struct flight *f)
{
	struct flight **at = &f->m->flights;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	f->m->count--;
	loop_cancel(f->m->eng->loop, f->timer);
	mailer_way_stop(f->way);
	mail_text_wipe(&f->text);
	arena_done(&f->a);
	free(f);
}

/* In the caller's transaction. A row whose lease was lost is somebody else's. */
static int write_rows(struct flight *f, struct err *e)
{
	for (int i = 0; i < f->n; i++) {
		struct mail *row = &f->list[i];
		int rc;

		row->state = f->state;
		row->run_at = f->run_at;
		row->problem = f->say;
		rc = f->state == MAIL_QUEUED
			? store_mail_again(f->m->eng->db, row, f->m->owner, f->counts, e)
			: store_mail_end(f->m->eng->db, row, f->m->owner, e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int write_end(struct flight *f)
{
	static const char *const names[MAIL__MAX] = { "again", "sent", "failed", "dropped" };
	struct db *db = f->m->eng->db;
	struct err e;
	int rc = db_begin(db, DB_WRITE, &e);

	if (rc == 0)
		rc = db_finish(db, write_rows(f, &e), &e);
	if (rc < 0)
		fault_count(&f->faults, "mail.end", &e);
	else
		log_info("mail.end", LF_I("mail", f->list[0].id), LF_I("rows", f->n),
			LF_S("kind", f->list[0].kind), LF_S("state", names[f->state]),
			LF_I("attempt", f->list[0].attempts), LF_S("say", f->say),
			LF_I("ms", clock_mono_ms() - f->began));
	return rc;
}

static void on_end(void *ptr)
{
	struct flight *f = ptr;
	struct mailer *m = f->m;

	f->timer = 0;
	if (write_end(f) < 0) {
		f->timer = loop_after(m->eng->loop, fault_pause(f->faults), on_end, f);
		return;
	}
	flight_free(f);
	mailer_wake(m); /* there is room for another */
}

static void end(struct flight *f, enum mail_state state, const char *say)
{
	f->over = 1;
	f->state = state;
	clean_text(f->say, sizeof(f->say), say, strlen(say));
	f->timer = loop_after(f->m->eng->loop, 0, on_end, f);
}

static void wait_until(struct flight *f, int64_t at, const char *say)
{
	f->run_at = at;
	end(f, MAIL_QUEUED, say);
}

/* The last moment at which sending it is of use. */
static int64_t limit_of(const struct mail *m)
{
	return m->expires && m->expires < m->give_up ? m->expires : m->give_up;
}

static void again(struct flight *f, const char *say)
{
	const struct mail *m = &f->list[0];
	size_t i = m->attempts > 0 ? (size_t)m->attempts - 1 : 0;
	int64_t pause = i < sizeof(pauses) / sizeof(pauses[0]) ? pauses[i] : LAST_PAUSE;

	f->counts = 1;
	if (clock_now() + pause < limit_of(m))
		wait_until(f, clock_now() + pause, say);
	else
		end(f, MAIL_FAILED, say);
}

/* --- sending --- */

static void on_sent(void *ptr, enum smtp_end how, const char *say)
{
	struct flight *f = ptr;

	f->way = NULL;
	if (how == SMTP_LATER)
		again(f, say);
	else
		end(f, how == SMTP_SENT ? MAIL_SENT : MAIL_FAILED, say);
}

/* The name on it: of the account, or of the portal itself. */
static int organisation(struct flight *f, const char **out, struct err *e)
{
	const struct engine *eng = f->m->eng;
	struct account account;
	struct url portal;
	int rc;

	if (f->list[0].account == 0) {
		*out = url_parse(&f->a, eng->cf->public_url, &portal) == 0 ? portal.host : "";
		return 0;
	}
	rc = store_account_get(eng->db, &f->a, f->list[0].account, &account, e);
	if (rc == 0)
		return ERR(e, ERR_MISSING, "The account is gone.", "mail: no account");
	*out = rc > 0 ? account.name : "";
	return rc < 0 ? -1 : 0;
}

static int write_text(struct flight *f, struct err *e)
{
	const char **params = arena_array(&f->a, (size_t)f->n, sizeof(*params));
	struct mail_facts facts = { .organisation = f->letter.organisation,
		.public_url = f->m->eng->cf->public_url,
		.name = f->list[0].name,
		.params = params,
		.count = (size_t)f->n };
	struct secret *token = NULL;
	struct reminding said;
	int rc;

	for (int i = 0; i < f->n; i++)
		params[i] = f->list[i].params;
	if (f->kind->own) {
		if (store_reminding_get(f->m->eng->db, &f->a, f->list[0].account, &said, e) < 0)
			return -1;
		facts.own = said.text;
		facts.instead = (int)said.instead;
	}
	if (f->kind->linked) {
		token = keyring_open_mail(f->m->eng->keys, &f->list[0], e);
		if (!token)
			return -1;
	}
	facts.token = token;
	rc = mail_text_make(f->kind, &facts, &f->text, e);
	secret_free(token);
	return rc;
}

/* The same for the same rows, so that whoever gets it twice can know. */
static const char *message_id(struct flight *f)
{
	const struct mail *first = &f->list[0];

	return arena_printf(&f->a, "m%lldn%lldt%lld", (long long)first->id,
		(long long)f->list[f->n - 1].id, (long long)first->created);
}

/* Is it still for a member, and for this address? 1, 0 (then say why), -1. */
static int is_recipient(struct flight *f, const char **say, struct err *e)
{
	const struct mail *m = &f->list[0];
	struct member member;
	int rc;

	*say = "It is not for a member of the account.";
	if (m->member == 0 && strcmp(m->kind, MAIL_SCRIPT) == 0) {
		*say = "Its link has ended.";
		return store_share_mailed(f->m->eng->db, m, e);
	}
	if (m->member == 0)
		return strcmp(m->kind, MAIL_TEST) == 0;
	rc = store_member_get(f->m->eng->db, &f->a, m->account, m->member, &member, e);
	if (rc > 0 && strcmp(member.email, m->email) != 0)
		*say = "The person has another address now.";
	return rc > 0 ? strcmp(member.email, m->email) == 0 : rc;
}

/* What asks a member to act is for nothing once they have acted, or want no more of it. 1, 0, -1.
 */
static int is_needed(struct flight *f, const char **say, struct err *e)
{
	const struct mail *m = &f->list[0];
	struct roster_row row;
	int rc;

	*say = "It is not needed any more.";
	if (!f->kind->stops)
		return 1;
	rc = store_roster_get(f->m->eng->db, &f->a, m->account, m->member, &row, e);
	return rc == 1 ? !row.silent_at && member_must_act(row.kind, &row.s) : rc;
}

static int send_it(struct flight *f, struct err *e)
{
	if (organisation(f, &f->letter.organisation, e) < 0 || write_text(f, e) < 0)
		return -1;
	f->letter.mail = &f->list[0];
	f->letter.text = &f->text;
	f->letter.id = message_id(f);
	f->way = mailer_way_start(f->m->eng, &f->letter, on_sent, f, e);
	return f->way ? 0 : -1;
}

/* What went wrong before anything was sent. */
static void not_sent(struct flight *f, const struct err *e)
{
	if (e->code != ERR_MISSING)
		log_err("mail.not_sent", e);
	if (e->code == ERR_MISSING || e->code == ERR_SETUP)
		wait_until(f, clock_now() + MAILER_NO_WAY, e->say);
	else if (e->code == ERR_INPUT || e->code == ERR_KEY)
		end(f, MAIL_FAILED, e->say);
	else
		again(f, e->say);
}

static void begin(struct flight *f)
{
	const struct mail *m = &f->list[0];
	int64_t now = clock_now(), quiet;
	const char *say;
	struct err e = { 0 };
	int rc;

	f->began = clock_mono_ms();
	f->kind = mail_kind_find(m->kind);
	if (!f->kind) {
		end(f, MAIL_FAILED, "This engine does not know this kind of mail.");
		return;
	}
	if (now >= limit_of(m)) {
		end(f, MAIL_FAILED, m->problem[0] ? m->problem : "It could not be sent in time.");
		return;
	}
	quiet = f->kind->urgent ? 0 : mail_quiet_until(f->m->eng->cf->mail_quiet, now);
	if (quiet) {
		wait_until(f, quiet, "It waits for the end of the quiet hours.");
		return;
	}
	rc = is_recipient(f, &say, &e);
	if (rc == 1)
		rc = is_needed(f, &say, &e);
	if (rc == 0)
		end(f, MAIL_DROPPED, say);
	else if (rc < 0 || send_it(f, &e) < 0)
		not_sent(f, &e);
}

/* --- the queue --- */

/* Lease what is due and send it: 1, 0 nothing is due, -1. */
static int start_one(struct mailer *m, struct err *e)
{
	struct flight *f = calloc(1, sizeof(*f));
	int n;

	if (!f)
		die("mailer: out of memory");
	f->m = m;
	arena_init(&f->a, FLIGHT_ARENA);
	f->next = m->flights;
	m->flights = f;
	m->count++;
	f->n = store_mail_lease(
		m->eng->db, &f->a, m->owner, clock_now() + MAILER_LEASE, &f->list, e);
	n = f->n;
	if (n > 0)
		begin(f);
	else
		flight_free(f);
	return n > 0 ? 1 : n;
}

/* The limit of a minute, in portions, so that not all of them leave at its beginning. */
static int may_send(struct mailer *m, int64_t *wait, struct err *e)
{
	int a_minute = (int)m->eng->cf->mail_per_minute;
	int size = a_minute >= 2 * BURST ? a_minute / BURST : 1;

	return store_bucket_take(
		m->eng->db, "mail", size, (size * MINUTE + a_minute - 1) / a_minute, wait, e);
}

/* Send what is due and may go; *wait_ms is lowered to the time until the next. */
static int send_due(struct mailer *m, int64_t *wait_ms, struct err *e)
{
	int64_t at, seconds;
	int rc = 1;

	while (rc == 1 && m->count < MAILER_FLYING) {
		if (store_mail_next_due(m->eng->db, &at, e) < 0)
			return -1;
		if (!at || at > clock_now())
			return 0;
		rc = may_send(m, &seconds, e);
		if (rc == 0 && seconds * 1000 < *wait_ms)
			*wait_ms = seconds * 1000;
		if (rc == 1)
			rc = start_one(m, e);
	}
	return rc < 0 ? -1 : 0;
}

/* The leases of before the start are nobody's. */
static int release(struct mailer *m, struct err *e)
{
	if (!m->released && store_mail_release(m->eng->db, m->owner, e) < 0)
		return -1;
	m->released = 1;
	return 0;
}

static void on_turn(void *ptr)
{
	turn(ptr);
}

static void turn(struct mailer *m)
{
	int64_t wait = MAILER_POLL_MS;
	struct err e;

	loop_cancel(m->eng->loop, m->timer);
	if (release(m, &e) < 0 || send_due(m, &wait, &e) < 0) {
		fault_count(&m->faults, "mail.queue", &e);
		wait = fault_pause(m->faults);
	} else {
		m->faults = 0;
	}
	m->timer = loop_after(m->eng->loop, wait, on_turn, m);
}

struct mailer *mailer_new(struct engine *eng, const char *owner)
{
	struct mailer *m = calloc(1, sizeof(*m));

	if (!m)
		die("mailer: out of memory");
	m->eng = eng;
	m->owner = owner;
	m->timer = loop_after(eng->loop, 0, on_turn, m);
	return m;
}

/* While the store fails, a ring does not shorten the pause. */
void mailer_wake(struct mailer *m)
{
	if (!m->faults)
		turn(m);
}

void mailer_free(struct mailer *m)
{
	struct flight *f;

	if (!m)
		return;
	while ((f = m->flights) != NULL) {
		if (!f->over) {
			f->state = MAIL_QUEUED;
			f->run_at = clock_now();
		}
		(void)write_end(f);
		flight_free(f);
	}
	loop_cancel(m->eng->loop, m->timer);
	free(m);
}
