/* Service: reminders.
 *
 * Rules: whom to remind is a job, for one as for all: the engine sends, by one rule. What is said
 * about reminders holds from the next one on. A stop link needs no session: its key is the right,
 * and the same is answered whoever's it is.
 */
#include "svc_remind.h"

#include <string.h>
#include "mail/mail_text.h"
#include "mail/mail_reason.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"
#include "svc_mail.h"
#include "svc_work.h"

enum { DAY = 86400 };

/* --- now --- */

static int ready(struct svc *s, struct err *e)
{
	int rc = svc_mail_ready(s, e);

	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no way to send mail yet. Ops set a mail server, or an account "
			"admin sets up the connection.",
			"remind: no way to send mail");
	return rc < 0 ? -1 : 0;
}

int svc_remind_pick(struct svc *s, const struct roster_pick *pick, const char *about, int64_t *job,
	struct err *e)
{
	const struct svc_work w = { .kind = REMIND_KIND,
		.most = REMIND_OPEN_MAX,
		.full = "Reminders are being sent already. Try again when those are out.",
		.may = ready,
		.action = AUDIT_MEMBERS_REMINDED,
		.about = about };
	struct buf b;
	int rc;

	buf_init(&b, SVC_WORK_PARAMS);
	roster_pick_write(&b, pick);
	rc = svc_work_start(s, &w, buf_ok(&b) ? buf_str(&b) : NULL, job, e);
	buf_done(&b);
	return rc;
}

/* Had they one today? 1, 0, -1. */
static int had_today(struct svc *s, const struct roster_row *m, struct err *e)
{
	const struct mail like = { .account = m->s.account,
		.member = m->s.member,
		.dedupe =
			arena_printf(s->a, MAIL_REMINDER ":%lld", (long long)(clock_now() / DAY)) };
	struct mail found;

	return store_mail_find(s->db, s->a, &like, &found, e);
}

int svc_remind_now(struct svc *s, int64_t member, struct err *e)
{
	const struct roster_pick pick = { .ids = &member, .count = 1 };
	struct roster_row m;
	int64_t job;
	int rc = store_roster_get(s->db, s->a, s->who.account, member, &m, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %lld", (long long)member);
	if (!member_must_act(m.kind, &m.s))
		return ERR(e, ERR_CONFLICT,
			"There is nothing that this member could do, so there is nothing to be "
			"reminded of.",
			"remind: need not act");
	if (m.silent_at)
		return ERR(e, ERR_CONFLICT,
			"This member does not want reminders. They can change that with the link "
			"in any of those that they got.",
			"remind: silent");
	rc = had_today(s, &m, e);
	if (rc < 0)
		return -1;
	if (rc > 0)
		return ERR(e, ERR_CONFLICT, "This member was reminded today already.",
			"remind: today");
	return svc_remind_pick(s, &pick, m.name[0] ? m.name : m.email, &job, e);
}

/* --- settings --- */

static int check(struct svc *s, const struct reminding *r, struct err *e)
{
	const char *unknown = mail_place_unknown(s->a, r->text);

	if (!unknown)
		return 0;
	return ERR(e, ERR_FORM,
		arena_printf(s->a,
			"There is no %s. What can stand in the text: {name}, {mailbox} and "
			"{link}.",
			unknown),
		"remind: unknown place");
}

static const char *changes(struct svc *s, const struct reminding *was, const struct reminding *is)
{
	const char *say = "";

	if (!was->off != !is->off)
		say = is->off ? "Reminders off. " : "Reminders on. ";
	if (!was->alerts_off != !is->alerts_off)
		say = arena_printf(s->a, "%sAlerts %s. ", say, is->alerts_off ? "off" : "on");
	if (strcmp(was->text, is->text) != 0 || !was->instead != !is->instead)
		say = arena_printf(s->a, "%sText changed.", say);
	return say;
}

static int save_rows(struct svc *s, const struct reminding *r, struct err *e)
{
	struct reminding was;

	if (store_reminding_get(s->db, s->a, r->account, &was, e) < 0)
		return -1;
	if (was.edited_at != r->edited_at)
		return ERR(e, ERR_CONFLICT,
			"Somebody else has changed this meanwhile. What you entered is still here: "
			"look at the page again, then save it once more.",
			"remind: settings are others by now");
	if (store_reminding_save(s->db, r, e) < 0)
		return -1;
	if (r->alerts_off && store_alert_clear(s->db, r->account, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_REMINDERS_SETTINGS, "Reminders", changes(s, &was, r), e);
}

int svc_remind_settings(struct svc *s, const struct reminding *r, struct err *e)
{
	struct reminding next = *r;

	next.account = s->who.account;
	next.edited_by = s->who.name;
	if (check(s, r, e) < 0 || db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, save_rows(s, &next, e), AUDIT_REMINDERS_SETTINGS, e);
}

int svc_remind_look(struct svc *s, struct remind_view *out, struct err *e)
{
	const int64_t account = s->who.account, since = clock_now() - 7 * DAY;
	int64_t members, admins;

	if (store_reminding_get(s->db, s->a, account, &out->said, e) < 0)
		return -1;
	out->waiting = store_remind_waiting(s->db, account, e);
	out->reminders = store_remind_mails(s->db, account, MAIL_REMINDER, since, e);
	members = store_remind_mails(s->db, account, MAIL_BROKEN, since, e);
	admins = store_remind_mails(s->db, account, MAIL_BREAKS, since, e);
	out->alerts = members + admins;
	return out->waiting < 0 || out->reminders < 0 || members < 0 || admins < 0 ? -1 : 0;
}

/* As it would be for whoever asks, if their calendar was not shared. */
static int preview(struct svc *s, const struct reminding *r, struct mail_text *out, struct err *e)
{
	char stop[SEAL_TOKEN_HEX + 1];
	struct connection c;
	struct account account;
	const char *params;
	struct mail_facts f = { .public_url = s->cf->public_url,
		.name = s->who.name,
		.params = &params,
		.count = 1,
		.own = r->text,
		.instead = (int)r->instead };
	int rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &c, e);

	if (rc < 0 || store_account_get(s->db, s->a, s->who.account, &account, e) < 0)
		return -1;
	memset(stop, '0', SEAL_TOKEN_HEX);
	stop[SEAL_TOKEN_HEX] = '\0';
	params = url_form(s->a,
		(const char *const[][2]){ { "reason", mail_reason("not_delegated") },
			{ "mailbox", rc ? c.mailbox : "" }, { "stop", stop }, { NULL, NULL } });
	f.organisation = account.name;
	return mail_text_make(mail_kind_find(MAIL_REMINDER), &f, out, e);
}

int svc_remind_preview(struct svc *s, const struct reminding *r, const char **subject,
	const char **text, struct err *e)
{
	struct mail_text made;

	if (check(s, r, e) < 0 || preview(s, r, &made, e) < 0)
		return -1;
	*subject = arena_strdup(s->a, buf_str(&made.subject));
	*text = arena_strdup(s->a, buf_str(&made.text));
	mail_text_wipe(&made);
	return 0;
}

/* --- stop links --- */

static int silence_rows(struct svc *s, const struct remind_silence *want, struct err *e)
{
	struct member_event v;
	int rc = store_remind_silence(s->db, s->a, want, &v, e);

	if (rc <= 0)
		return rc;
	v.what = MEMBER_SILENT;
	v.detail = want->silent ? "Wants no more reminders." : "Wants reminders again.";
	v.by = v.name[0] ? v.name : v.email;
	return store_event_add(s->db, &v, e);
}

int svc_remind_silence(struct svc *s, const char *key, int silent, struct err *e)
{
	const struct remind_silence want = {
		.key = key, .silent = silent, .next = clock_now() + DAY
	};

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(s->db, silence_rows(s, &want, e), e);
}
