/* Page_notify: what Latchkey tells people without being asked: reminders and alerts of an account.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "service/svc_remind.h"

/* As the form has it, or as it is kept. */
static struct reminding chosen(const struct page *p, const struct reminding *kept)
{
	const struct form *f = &p->form;

	if (p->rq->method != POST)
		return *kept;
	return (struct reminding){ .off = !form_num(f, "on"),
		.alerts_off = !form_num(f, "alerts"),
		.instead = form_num(f, "instead"),
		.text = form_text(f, "text"),
		.edited_at = form_num(f, "from") };
}

/* Whoever was told that somebody else was faster has seen what holds now. */
static void made_from(struct page *p, const struct reminding *kept, const struct reminding *now)
{
	const int told = p->status == err_info(ERR_CONFLICT)->status;
	const int64_t from = told ? kept->edited_at : now->edited_at;

	view_set(p->view, M_FROM, from ? arena_printf(p->svc.a, "%" PRId64, from) : "");
}

static void numbers(struct page *p, const struct remind_view *v)
{
	struct arena *a = p->svc.a;

	view_set(p->view, M_REMIND_WAITING, page_count(a, v->waiting, "member", "members"));
	view_set(p->view, M_REMIND_SENT, page_count(a, v->reminders, "reminder", "reminders"));
	view_set(p->view, M_REMIND_ALERTS, page_count(a, v->alerts, "alert", "alerts"));
	page_when(p->view, M_REMIND_EDITED, M_REMIND_EDITED_ISO, v->said.edited_at, a);
	view_set(p->view, M_REMIND_BY, page_by(v->said.edited_by));
}

int page_notify(struct page *p, struct err *e)
{
	struct remind_view v;
	struct reminding now;

	if (svc_remind_look(&p->svc, &v, e) < 0)
		return -1;
	now = chosen(p, &v.said);
	view_set(p->view, M_TITLE, "Notifications");
	page_settings_tabs(p);
	numbers(p, &v);
	made_from(p, &v.said, &now);
	if (!now.off)
		view_show(p->view, M_REMIND_ON);
	if (!now.alerts_off)
		view_show(p->view, M_ALERTS_ON);
	if (now.instead)
		view_show(p->view, M_INSTEAD);
	if (p->rq->method != POST)
		view_set(p->view, M_V_TEXT, now.text);
	return 0;
}

/* The same page with the mail as it would be; nothing is saved. */
static int preview(struct page *p, const struct reminding *r, struct err *e)
{
	const char *subject, *text;

	if (svc_remind_preview(&p->svc, r, &subject, &text, e) < 0)
		return -1;
	view_show(p->view, M_PREVIEW);
	view_set(p->view, M_PREVIEW_SUBJECT, subject);
	view_set(p->view, M_PREVIEW, text);
	return page_notify(p, e);
}

int page_notify_post(struct page *p, struct err *e)
{
	const struct reminding r = chosen(p, NULL);
	const int show = strcmp(form_text(&p->form, "do"), "preview") == 0;
	int rc = show ? preview(p, &r, e) : svc_remind_settings(&p->svc, &r, e);

	if (rc < 0 && e->code == ERR_FORM)
		form_fail(&p->form, "text", "%s", e->say);
	if (rc == 0 && !show)
		page_done(p, "/settings/notifications", "notify");
	return rc < 0 && e->code != ERR_FORM ? page_refuse(p, e) : rc;
}

int page_remind_post(struct page *p, struct err *e)
{
	if (svc_remind_now(&p->svc, p->id, e) < 0)
		return page_refuse(p, e);
	page_done(p, arena_printf(p->svc.a, "/members/%" PRId64, p->id), "reminded");
	return 0;
}
