/* Service: one member: name and calendar address, deactivated or not, busy time for a page. */
#include "svc_member.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_check.h"
#include "svc_work.h"

static int find(struct svc *s, int64_t id, struct member *out, struct err *e)
{
	int rc = store_member_get(s->db, s->a, s->who.account, id, out, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no member %" PRId64 " in the account", id);
	return rc < 0 ? -1 : 0;
}

static int tell(struct svc *s, const struct member *m, enum member_what what, const char *detail,
	struct err *e)
{
	const struct member_event v = { .account = m->account,
		.member = m->id,
		.what = what,
		.was_reason = "",
		.reason = "",
		.detail = detail,
		.by = s->who.name };

	return store_event_add(s->db, &v, e);
}

/* What was changed, as timeline and log tell it. */
static const char *changes(struct svc *s, const struct member *was, const struct member *is)
{
	const char *name = strcmp(was->name, is->name) == 0
		? ""
		: arena_printf(s->a, "The name is %s.", is->name[0] ? is->name : "empty now");
	const char *calendar = "";

	if (strcmp(was->calendar, is->calendar) != 0)
		calendar = arena_printf(s->a, "The calendar address is %s.",
			is->calendar[0] ? is->calendar : is->email);
	return arena_printf(s->a, "%s%s%s", name, *name && *calendar ? " " : "", calendar);
}

static int edit_rows(
	struct svc *s, const struct member_edit *m, const char *calendar, struct err *e)
{
	struct member was, is;
	const char *detail;

	if (find(s, m->member, &was, e) < 0)
		return -1;
	if (strcmp(was.name, m->was_name) != 0 || strcmp(was.calendar, m->was_calendar) != 0)
		return ERR(e, ERR_CONFLICT,
			"Somebody else has changed this person meanwhile. What you typed is still "
			"here: look at the page again, then save it once more.",
			"member %" PRId64 " is another by now", m->member);
	is = was;
	is.name = m->name;
	is.calendar = strcmp(calendar, was.email) == 0 ? "" : calendar;
	detail = changes(s, &was, &is);
	if (!*detail)
		return 0;
	if (store_member_edit(s->db, &is, e) < 0 || tell(s, &is, MEMBER_EDITED, detail, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MEMBER_EDITED, is.email, detail, e);
}

int svc_member_edit(struct svc *s, const struct member_edit *m, struct err *e)
{
	const char *calendar = str_lower(arena_strdup(s->a, m->calendar));

	if (svc_account_check_name(m->name, 0, e) < 0)
		return -1;
	if (*calendar && !str_email(calendar))
		return ERR(e, ERR_FORM,
			"Enter a complete e-mail address, such as name@example.com.",
			"calendar address refused");
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, edit_rows(s, m, calendar, e), AUDIT_MEMBER_EDITED, e);
}

static int off_rows(struct svc *s, int64_t member, struct err *e)
{
	struct member m;

	if (find(s, member, &m, e) < 0)
		return -1;
	if (m.off_at)
		return ERR(e, ERR_CONFLICT, "This person is deactivated already.",
			"member %" PRId64 " is off", member);
	if (svc_account_not_last(s, &m, e) < 0 ||
		store_member_shut(s->db, m.account, m.id, e) < 0 ||
		store_member_off(s->db, m.account, m.id, clock_now(), e) < 0 ||
		tell(s, &m, MEMBER_STOPPED, "", e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MEMBER_OFF, m.email, NULL, e);
}

int svc_member_off(struct svc *s, int64_t member, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, off_rows(s, member, e), AUDIT_MEMBER_OFF, e);
}

static int on_rows(struct svc *s, int64_t member, struct err *e)
{
	struct member m;

	if (find(s, member, &m, e) < 0)
		return -1;
	if (!m.off_at)
		return ERR(e, ERR_CONFLICT, "This person is active already.",
			"member %" PRId64 " is not off", member);
	if (store_member_off(s->db, m.account, m.id, 0, e) < 0 ||
		tell(s, &m, MEMBER_RESUMED, "", e) < 0)
		return -1;
	return svc_audit(s, AUDIT_MEMBER_ON, m.email, NULL, e);
}

int svc_member_on(struct svc *s, int64_t member, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, on_rows(s, member, e), AUDIT_MEMBER_ON, e);
}

/* Each who asks is told apart: an admin who looks at what another had read looks, too. */
int svc_member_week(struct svc *s, int64_t member, int64_t *job, struct err *e)
{
	struct svc_work w = { .kind = WEEK_KIND,
		.most = CHECK_OPEN_MAX,
		.full = "Many weeks are being read already. Try again in a moment.",
		.may = svc_check_can,
		.action = AUDIT_MEMBER_WEEK };
	struct member m;

	if (find(s, member, &m, e) < 0)
		return -1;
	if (m.off_at)
		return ERR(e, ERR_CONFLICT, "This person is deactivated, so nothing is read.",
			"member %" PRId64 " is off", member);
	if (s->who.member != member)
		w.about = m.email;
	return svc_work_start(s, &w,
		arena_printf(s->a, "member=%" PRId64 "&for=%" PRId64, member, s->who.member), job,
		e);
}

int svc_member_week_mine(struct svc *s, const struct job *j, int64_t member)
{
	const char *text = url_get(s->a, j->params, "member");
	int64_t id;

	return strcmp(j->kind, WEEK_KIND) == 0 && j->by == s->who.member && text &&
		str_int(text, 1, INT64_MAX, &id) == 0 && id == member;
}
