/* Ctl mail: what became of mails, a test, and another try.
 *
 * Rule: the engine sends; here rows are queued and looked at.
 */
#include "ctl_mail.h"

#include <string.h>
#include <time.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "service/svc_mail.h"
#include "store/store_mail.h"

enum { LIMIT = 50, LIMIT_MAX = 20000, TIMEOUT = 60, TIMEOUT_MAX = 3600, POLL_MS = 100 };

static const char *const states[MAIL__MAX] = { "queued", "sent", "failed", "dropped" };

static int state_of(struct ctl *c, int *out, struct err *e)
{
	const char *word = ctl_flag(c, "state");

	*out = -1;
	for (int i = 0; word && i < MAIL__MAX; i++) {
		if (strcmp(word, states[i]) == 0)
			*out = i;
	}
	return !word || *out >= 0
		? 0
		: ctl_fail(e, ERR_INPUT,
			  "A state is queued, sent, failed or dropped, not \"%.40s\".", word);
}

int ctl_mail_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "id", "kind", "account", "to", "state", "attempts",
		"created", "run_at", "ended", "problem", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct page_of page = { 0 };
	struct mail *m;
	int64_t limit;
	int i, n, state;

	if (state_of(c, &state, e) < 0 ||
		ctl_flag_int(c, "limit", LIMIT, LIMIT_MAX, &limit, e) < 0 ||
		ctl_flag_int(c, "before", 0, INT64_MAX, &page.after, e) < 0)
		return -1;
	page.limit = (int)limit;
	n = store_mail_list(c->db, &c->arena, state, page, &m, e);
	for (i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(m[i].id), C_TEXT(m[i].kind), C_INT(m[i].account),
			C_TEXT(m[i].email), C_TEXT(states[m[i].state]), C_INT(m[i].attempts),
			C_TIME(m[i].created), C_TIME(m[i].state == MAIL_QUEUED ? m[i].run_at : 0),
			C_TIME(m[i].ended), C_TEXT(m[i].problem));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "There is no mail.");
	return 0;
}

/* --- test --- */

/* Ended, or tried and put back: then there is something to tell. */
static int is_told(const struct mail *m)
{
	return m->state != MAIL_QUEUED || m->problem[0];
}

/* Looks again and again until the engine has tried it. */
static int watch(struct ctl *c, int64_t id, int64_t seconds, struct mail *m, struct err *e)
{
	const struct timespec nap = { .tv_nsec = POLL_MS * 1000000L };
	int64_t until = clock_mono_ms() + seconds * 1000;
	int rc;

	while ((rc = store_mail_get(c->db, &c->arena, id, m, e)) > 0 && !is_told(m)) {
		if (clock_mono_ms() >= until)
			return ctl_fail(e, ERR_TIMEOUT,
				"The engine has not sent mail %lld yet. Is it running? See "
				"\"latchkey mail list\".",
				(long long)id);
		nanosleep(&nap, NULL);
	}
	if (rc == 0)
		return ctl_fail(e, ERR_MISSING, "There is no mail %lld any more.", (long long)id);
	return rc < 0 ? -1 : 0;
}

int ctl_mail_test(struct ctl *c, struct err *e)
{
	int64_t id, seconds;
	struct mail m;

	if (ctl_flag_int(c, "timeout", TIMEOUT, TIMEOUT_MAX, &seconds, e) < 0)
		return -1;
	if ((ctl_flag(c, "account") || str_empty(c->cf.smtp_url)) && ctl_people_choose(c, e) < 0)
		return -1;
	if (svc_mail_test(&c->svc, c->argv[0], &id, e) < 0 || watch(c, id, seconds, &m, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(m.id) }, { "to", C_TEXT(m.email) },
		{ "by",
			C_TEXT(str_empty(c->cf.smtp_url) ? "the live connection"
							 : c->cf.smtp_url) },
		{ "state", C_TEXT(states[m.state]) }, { "problem", C_TEXT(m.problem) });
	if (m.state == MAIL_QUEUED)
		ctl_out_say(
			c, "It is tried again; \"latchkey mail list\" tells what becomes of it.");
	return m.state == MAIL_SENT ? 0 : CTL_FAILED;
}

/* --- retry --- */

int ctl_mail_retry(struct ctl *c, struct err *e)
{
	int all = ctl_flag(c, "all") != NULL;
	int64_t id = 0, n;

	if (all == (c->argc > 0))
		return ctl_fail(e, ERR_INPUT, "Name one mail, or give --all.");
	if ((!all && ctl_id(c->argv[0], "a mail", &id, e) < 0) ||
		svc_mail_retry(&c->svc, id, &n, e) < 0)
		return -1;
	CTL_RECORD(c, { "queued", C_INT(n) });
	return 0;
}
