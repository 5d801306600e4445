/* Page_share: links to a script: how an admin makes and withdraws one, and the page that whoever
 * has it sees.
 *
 * Rules: the page behind a link needs no session and knows nothing but this script. A link that is
 * unknown, over or withdrawn is one page, without a difference. What it asks for, that those people
 * are looked at, is a button: opening it changes nothing but that it was opened.
 */
#include "page_layout.h"

#include <string.h>
#include "page_script.h"
#include "platform/str.h"
#include "routes.h"

/* Of a link. */
static const struct page_option days[] = {
	{ "1", "1 day" },
	{ "7", "7 days" },
	{ "30", "30 days" },
};

/* --- open links --- */

static const char *link_url(struct page *p, int64_t id, const char *more)
{
	return arena_printf(p->svc.a, "/scripts/links/%lld%s", (long long)id, more);
}

static const char *share_title(const struct share *x)
{
	const enum script_kind k = script_parse(x->kind);

	return k < SCRIPT__MAX ? script_row(k)->title : x->kind;
}

/* What has become of it. */
static void state(struct page *p, struct view *v, const struct share *x)
{
	view_set(v, M_SHARE_TIMES, page_count(p->svc.a, x->opened, "time", "times"));
	if (!x->opened)
		view_show(v, M_SHARE_NEW);
	page_when(v, M_SHARE_OPENED, M_SHARE_OPENED_ISO, x->opened_at, p->svc.a);
	page_when(v, M_SHARE_RAN, M_SHARE_RAN_ISO, x->ran_at, p->svc.a);
}

int page_shares(struct page *p, const char *kind, struct err *e)
{
	struct share *list;
	int n = store_share_list(p->svc.db, p->svc.a, p->svc.who.account, kind, &list, e);

	if (n > 0)
		view_show(p->view, M_SHARES);
	for (int i = 0; i < n; i++) {
		struct view *v = view_add(p->view, M_SHARE);

		view_set(v, M_SHARE_URL, link_url(p, list[i].id, ""));
		view_set(v, M_SHARE_END, link_url(p, list[i].id, "/withdraw"));
		view_set(v, M_SHARE_TITLE, share_title(&list[i]));
		view_set(v, M_SHARE_ABOUT, list[i].about);
		view_set(v, M_SHARE_TO, *list[i].email ? list[i].email : "Handed over, not mailed");
		view_set(v, M_SHARE_BY, page_by(list[i].by_name));
		page_time(v, M_SHARE_ENDS_ISO, M_SHARE_ENDS, list[i].expires, p->svc.a);
		state(p, v, &list[i]);
	}
	return n < 0 ? -1 : 0;
}

/* --- making one --- */

int page_script_share(struct page *p, struct err *e)
{
	const int typed = p->route->method == POST;
	const char *chosen = typed ? form_text(&p->form, "days") : "7";
	struct svc_premise premise;
	struct page_whom w;
	struct page_way way;
	struct svc_script x;

	if (page_connection_tabs(p, &way, e) < 0 || page_whom_read(p, &w, e) < 0 ||
		page_script_read(p, &w, &premise, &x, e) < 0 || page_link_way(p, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Send this script");
	view_set(p->view, M_SCRIPT_TITLE, x.row->title);
	view_set(p->view, M_SCRIPT_ABOUT, svc_script_about(&p->svc, &x));
	view_set(p->view, M_SHARE_URL, arena_printf(p->svc.a, "/scripts/%s/share", x.row->code));
	view_set(
		p->view, M_BACK_URL, arena_printf(p->svc.a, "/scripts/%s%s", x.row->code, w.query));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		page_option(p->view, M_DAYS, &days[i], strcmp(days[i].value, chosen) == 0);
	page_whom_hidden(p, &w);
	return 0;
}

int page_script_share_post(struct page *p, struct err *e)
{
	struct svc_premise premise;
	struct page_whom w;
	struct svc_script x;
	struct link link;
	struct share_order o = { .x = &x,
		.email = form_text(&p->form, "email"),
		.message = form_text(&p->form, "message"),
		.session = p->token };

	if (page_whom_read(p, &w, e) < 0 || page_script_read(p, &w, &premise, &x, e) < 0 ||
		str_int(form_text(&p->form, "days"), 1, 30, &o.days) < 0)
		return -1;
	if (svc_share_add(&p->svc, &o, &link, e) < 0)
		return page_refuse(p, e);
	page_done(p, link_url(p, link.id, ""), "shared");
	explicit_bzero(&link, sizeof(link));
	return 0;
}

/* --- one of them, for admins --- */

static int show_mail(struct page *p, const struct share *x, struct err *e)
{
	struct mail m;
	int rc = svc_share_mail(&p->svc, x, &m, e);

	if (rc > 0) {
		view_show(p->view, M_MAILED);
		view_set(p->view, M_MAIL_SAY, page_mail_say(p, &m));
	}
	if (rc == 0 || (rc > 0 && m.state > MAIL_SENT))
		view_show(p->view, M_BY_HAND);
	return rc < 0 ? -1 : 0;
}

int page_script_link(struct page *p, struct err *e)
{
	struct page_way way;
	struct share x;
	struct link link;
	int mine;

	if (page_connection_tabs(p, &way, e) < 0 ||
		svc_share_again(&p->svc, p->id, p->token, &x, &link, &mine, e) < 0)
		return -1;
	view_show(p->view, mine ? M_SHOWN : M_HIDDEN);
	view_set(p->view, M_LINK_URL, mine ? svc_share_url(&p->svc, &link) : "");
	explicit_bzero(&link, sizeof(link));
	if (show_mail(p, &x, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Link to a script");
	view_set(p->view, M_SCRIPT_TITLE, share_title(&x));
	view_set(p->view, M_SCRIPT_ABOUT, x.about);
	view_set(p->view, M_BACK_URL,
		arena_printf(p->svc.a, "/scripts/%s%s", x.kind, x.draft ? "?next=1" : ""));
	view_set(p->view, M_SHARE_END, link_url(p, p->id, "/withdraw"));
	view_set(p->view, M_SHARE_BY, page_by(x.by_name));
	if (*x.message) {
		view_show(p->view, M_MESSAGE);
		view_set(p->view, M_MESSAGE, x.message);
	}
	page_time(p->view, M_CREATED_ISO, M_CREATED, x.created, p->svc.a);
	page_time(p->view, M_SHARE_ENDS_ISO, M_SHARE_ENDS, x.expires, p->svc.a);
	state(p, p->view, &x);
	return 0;
}

int page_script_withdraw_post(struct page *p, struct err *e)
{
	if (svc_share_withdraw(&p->svc, p->id, e) < 0)
		return -1;
	page_done(p, "/scripts", "withdrawn");
	return 0;
}

/* --- for whoever has it --- */

/* What a link leads to, as it is now. */
struct behind {
	struct share x;
	struct svc in;
	struct svc_script script;
};

static int behind(struct page *p, struct behind *b, struct err *e)
{
	if (svc_share_look(&p->svc, p->word, &b->x, &b->in, e) < 0)
		return -1;
	return svc_share_script(&b->in, &b->x, &b->script, e);
}

static int opened(struct page *p, struct err *e)
{
	struct share x;
	struct svc in;

	return svc_share_look(&p->svc, p->word, &x, &in, e) < 0 || svc_share_opened(&in, &x, e) < 0
		? -1
		: 0;
}

static int dead(struct page *p, const struct err *why)
{
	view_set(p->view, M_TITLE, "This link does not work");
	view_set(p->view, M_ORG, "");
	view_show(p->view, M_DEAD);
	p->status = err_info(why->code)->status;
	return 0;
}

int page_script_out(struct page *p, struct err *e)
{
	struct behind *b = arena_alloc(p->svc.a, sizeof(*b));
	struct page_script fill = { .s = &b->in, .x = &b->script, .query = "" };

	response_header(p->rs, "X-Robots-Tag", "noindex, nofollow");
	if (behind(p, b, e) < 0)
		return e->code == ERR_MISSING ? dead(p, e) : -1;
	fill.url = arena_printf(p->svc.a, "/script/%s", p->word);
	view_show(p->view, M_OPEN);
	view_set(p->view, M_ORG, b->script.q.organisation);
	view_set(p->view, M_BY, page_by(b->x.by_name));
	view_set(p->view, M_RAN_URL, arena_printf(p->svc.a, "%s/ran", fill.url));
	if (*b->x.message) {
		view_show(p->view, M_MESSAGE);
		view_set(p->view, M_MESSAGE, b->x.message);
	}
	page_time(p->view, M_SHARE_ENDS_ISO, M_SHARE_ENDS, b->x.expires, p->svc.a);
	page_when(p->view, M_SHARE_RAN, M_SHARE_RAN_ISO, b->x.ran_at, p->svc.a);
	if (p->rq->method == GET)
		p->after = opened;
	return page_script_fill(p, &fill, e);
}

static int download(struct page *p, enum script_part which, struct err *e)
{
	struct behind *b = arena_alloc(p->svc.a, sizeof(*b));

	response_header(p->rs, "X-Robots-Tag", "noindex, nofollow");
	if (behind(p, b, e) < 0 || svc_share_used(&b->in, &b->x, e) < 0)
		return -1;
	return page_script_file(p, &b->in, &b->script, which, e);
}

int page_script_out_run(struct page *p, struct err *e)
{
	return download(p, SCRIPT_RUN, e);
}

int page_script_out_verify(struct page *p, struct err *e)
{
	return download(p, SCRIPT_VERIFY, e);
}

int page_script_out_undo(struct page *p, struct err *e)
{
	return download(p, SCRIPT_UNDO, e);
}

int page_script_ran_post(struct page *p, struct err *e)
{
	struct share x;
	struct svc in;
	int check;

	if (svc_share_look(&p->svc, p->word, &x, &in, e) < 0 ||
		svc_share_ran(&in, &x, &check, e) < 0)
		return page_refuse(p, e);
	page_done(p, arena_printf(p->svc.a, "/script/%s", p->word), check ? "ran" : "ranlater");
	return 0;
}
