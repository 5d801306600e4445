/* Dispatch: the one path of every request.
 *
 * Rules: what a route needs is checked here and nowhere else, and before its body is read. A POST
 * must name our origin or none: with an Origin or Sec-Fetch-Site header, as every browser of today
 * sends, it must be ours; with neither the form token alone decides, since a Referer can be
 * suppressed by the page that links and proves nothing. One route is the exception, NEED_KEY.
 * Bodies are wiped as soon as they are read, tokens when the request ends, and the arena, which
 * held the cookies, is given back whole. The log names the route, never the path or the query: they
 * can hold a one-time link.
 */
#define _GNU_SOURCE 1 /* explicit_bzero */
#include "dispatch.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "routes.h"
#include "store/migrate.h"

enum { ARENA_MAX = 128 << 20, NEXT_MAX = 1024, URL_MAX = 4 * NEXT_MAX, RETRY_MS = 1000 };

/* One request while it is answered. */
struct turn {
	struct world *w;
	struct request rq;
	struct response rs;
	struct session_view session;
	struct page p;
	unsigned allow; /* methods of the path, when the request's is none of them */
	int looked;	/* for the session */
	char csrf[SEAL_TOKEN_HEX + 1];
	char renewed[SEAL_TOKEN_HEX + 1]; /* the session's, when the form brought the password */
	char visitor[SEAL_TOKEN_HEX + 1]; /* new cookie for the forms of somebody not signed in */
	int64_t start;
};

/* What the levels of enum need mean. */
static const struct need_row {
	int user;
	int account;
	int admin;
	int fresh;
	int key; /* in the path: it is the right, whoever sends it */
} needs[NEED__MAX] = {
	[NEED_NONE] = { 0, 0, 0, 0, 0 },
	[NEED_KEY] = { 0, 0, 0, 0, 1 },
	[NEED_USER] = { 1, 0, 0, 0, 0 },
	[NEED_MEMBER] = { 1, 1, 0, 0, 0 },
	[NEED_FRESH] = { 1, 1, 0, 1, 0 },
	[NEED_ADMIN] = { 1, 1, 1, 0, 0 },
	[NEED_ADMIN_FRESH] = { 1, 1, 1, 1, 0 },
};

static const struct method_row {
	enum method method;
	const char *name;
} methods[] = { { GET, "GET" }, { HEAD, "HEAD" }, { POST, "POST" } };

/* The world */

void dispatch_init(struct world *w, const struct config *cf)
{
	*w = (struct world){ .cf = cf };
	arena_init(&w->arena, ARENA_MAX);
}

void dispatch_done(struct world *w)
{
	db_close(w->db);
	w->db = NULL;
	arena_done(&w->arena);
}

static int store_open(const struct config *cf, struct db **out, struct err *e)
{
	if (db_sqlite_open(cf->database, 0, out, e) < 0)
		return -1;
	if (migrate_check(*out, e) == 0)
		return 0;
	db_close(*out);
	*out = NULL;
	return -1;
}

int dispatch_open(struct world *w)
{
	int64_t now = clock_mono_ms();

	if (w->db)
		return 0;
	if (now < w->retry_at)
		return -1;
	w->retry_at = now + RETRY_MS;
	return store_open(w->cf, &w->db, &w->why);
}

/* Cookies and tokens */

static const char *session_cookie(const struct config *cf)
{
	return cf->secure ? "__Host-latchkey" : "latchkey";
}

static const char *visitor_cookie(const struct config *cf)
{
	return cf->secure ? "__Host-latchkey-form" : "latchkey-form";
}

void dispatch_cookie(struct page *p, const char *token)
{
	const struct config *cf = p->svc.cf;

	response_cookie(p->rs, session_cookie(cf), token ? token : "", token ? -1 : 0, cf->secure);
}

/* A cookie that holds a token, or NULL. */
static const char *token_of(const struct turn *t, const char *cookie)
{
	const char *value = pairs_get(&t->rq.cookies, cookie);

	if (!value || strlen(value) != SEAL_TOKEN_HEX ||
		strspn(value, "0123456789abcdef") != SEAL_TOKEN_HEX)
		return NULL;
	return value;
}

/* The form token, from the session or, before there is one, from the visitor's cookie. */
static void derive_csrf(struct turn *t)
{
	const char *key = t->p.signed_in ? t->p.token : token_of(t, visitor_cookie(t->w->cf));

	t->csrf[0] = '\0';
	if (key)
		seal_derive(t->csrf, key, "csrf", "");
}

/* A page with forms for somebody without either: a new visitor. */
static void new_visitor(struct turn *t)
{
	const struct config *cf = t->w->cf;

	seal_token(t->visitor);
	response_cookie(&t->rs, visitor_cookie(cf), t->visitor, -1, cf->secure);
	seal_derive(t->csrf, t->visitor, "csrf", "");
}

/* Who */

static int find_session(struct turn *t, const char *token, struct err *e)
{
	struct page *p = &t->p;
	int rc = 0;

	t->looked = 1;
	p->token = token;
	if (p->token)
		rc = svc_signin_session(&p->svc, p->token, &t->session, e);
	p->signed_in = rc > 0;
	if (p->signed_in)
		p->svc = svc_signin_as(&p->svc, &t->session.user,
			t->session.account.id ? &t->session.member : NULL);
	derive_csrf(t);
	return rc < 0 ? -1 : 0;
}

/* The nearest page at or above the path of a request: where to go on afterwards. */
static const char *page_near(struct turn *t)
{
	char *path = arena_strdup(&t->w->arena, t->rq.path);
	struct page scratch = { .rq = &t->rq };
	const struct route *r;
	struct err unknown;
	unsigned allow;

	while (path[1]) {
		r = routes_find(path, GET, &scratch, &allow, &unknown);
		if (r && r->page != T_NONE)
			return path;
		*strrchr(path, '/') = '\0';
		if (!*path)
			return "/";
	}
	return path;
}

/* Redirect to a page in between, which leads on to another one. 1: the answer is made. */
static int detour(struct turn *t, const char *to, const char *next)
{
	struct buf url;

	buf_init(&url, URL_MAX);
	buf_puts(&url, to);
	if (next[1] && strlen(next) <= NEXT_MAX && url_local(next)) {
		buf_puts(&url, "?next=");
		url_encode(&url, next);
	}
	response_redirect(&t->rs, buf_str(&url));
	buf_done(&url);
	return 1;
}

/* Session, account and role. 0 go on, 1 answered, -1. */
static int check_person(struct turn *t, struct err *e)
{
	const struct need_row *need = &needs[t->p.route->need];
	const char *next;

	if (find_session(t, token_of(t, session_cookie(t->w->cf)), e) < 0)
		return -1;
	next = t->rq.method == POST ? page_near(t) : t->rq.path;
	if (need->user && !t->p.signed_in)
		return detour(t, "/signin", next);
	if (need->account && !t->session.account.id)
		return detour(t, "/signin/account", next);
	if (need->admin && t->session.member.role != ROLE_ADMIN)
		return ERR(e, ERR_DENIED, "This page is for account admins. Ask one of yours.",
			"not an admin");
	return 0;
}

/* What a POST must be */

static int check_type(const struct request *rq, struct err *e)
{
	static const char *const types[] = { "application/x-www-form-urlencoded",
		"multipart/form-data" };
	size_t i, n = rq->type ? strcspn(rq->type, "; \t") : 0;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (n == strlen(types[i]) && strncasecmp(rq->type, types[i], n) == 0)
			return 0;
	}
	return ERR(e, ERR_TYPE, NULL, "content type is not that of a form");
}

static int check_origin(const struct turn *t, struct err *e)
{
	const char *site = t->rq.fetch_site, *origin = t->rq.origin;

	if (origin && strcmp(origin, t->w->cf->origin) != 0)
		return ERR(e, ERR_FORGED, NULL, "origin is not public_url's");
	if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return ERR(e, ERR_FORGED, NULL, "sent from another site");
	return 0;
}

static void wipe(void *body)
{
	buf_wipe(body);
}

/* The body becomes the form, and is gone before anything else can fail; but with a file in it,
 * which is read where it lies, it stays until the request ends. */
static int read_form(struct turn *t, struct err *e)
{
	const size_t usual = (size_t)t->w->cf->max_body;
	const size_t most = form_body_max(t->p.route->form, usual);
	struct buf *body = arena_alloc(&t->w->arena, sizeof(*body));
	int rc;

	arena_defer(&t->w->arena, wipe, body);
	rc = request_body(&t->rq, most, body, e);
	if (rc == 0)
		rc = form_read_body(&t->p.form, t->rq.type, body, e);
	if (most == usual)
		buf_wipe(body);
	return rc;
}

/* Compared in constant time, though a token is of use in one session only. */
static int check_token(const struct turn *t, struct err *e)
{
	const struct secret *sent = t->p.form.csrf;

	if (!sent || !str_same_secret((const char *)secret_bytes(sent), t->csrf))
		return ERR(e, ERR_FORGED, NULL, "form token is missing or wrong");
	return 0;
}

static int read_post(struct turn *t, struct err *e)
{
	const int key = needs[t->p.route->need].key;

	if (check_type(&t->rq, e) < 0 || (!key && check_origin(t, e) < 0) || read_form(t, e) < 0)
		return -1;
	return key ? 0 : check_token(t, e);
}

/* The query of a page may be odd, its field then has a message; that of a download may not. */
static int read_get(struct turn *t, struct err *e)
{
	if (!t->p.route->form)
		return 0;
	if (form_read_query(&t->p.form, &t->rq.query, e) < 0)
		return -1;
	if (t->p.form.errors && t->p.route->page == T_NONE)
		return ERR(e, ERR_INPUT, NULL, "a value in the query is wrong");
	return 0;
}

/* Freshness */

/* The address of a page with what its form read of the query. */
static const char *here(const struct turn *t)
{
	const struct form *f = &t->p.form;
	const char *url = t->rq.path;
	struct buf query;
	size_t i;

	buf_init(&query, NEXT_MAX);
	for (i = 0; f->fields[i].name; i++) {
		if (*f->v[i].text)
			url_pair(&query, f->fields[i].name, f->v[i].text);
	}
	if (query.len && buf_ok(&query))
		url = arena_printf(&t->w->arena, "%s?%s", url, buf_str(&query));
	buf_done(&query);
	return url;
}

/* A form that was open for longer than the sign-in is fresh comes again with the password. */
static int confirm(struct turn *t, struct err *e)
{
	struct page *p = &t->p;

	if (!p->form.confirm || !p->signed_in || svc_signin_fresh(&p->svc, &t->session.s))
		return 0;
	if (svc_signin_confirm(&p->svc, &t->session, p->form.confirm, t->renewed, e) < 0) {
		t->renewed[0] = '\0';
		return -1;
	}
	dispatch_cookie(p, t->renewed);
	return find_session(t, t->renewed, e);
}

/* Asked after the form token: a forged POST must not even make somebody type a password. */
static int check_fresh(struct turn *t, struct err *e)
{
	if (!needs[t->p.route->need].fresh || svc_signin_fresh(&t->p.svc, &t->session.s))
		return 0;
	if (t->rq.method != POST)
		return detour(t, "/confirm", here(t));
	return ERR(e, ERR_STALE, NULL, "the sign-in is not fresh any more");
}

/* The answer */

static void begin_view(struct turn *t, enum tpl layout, enum tpl page)
{
	struct page *p = &t->p;

	if (page == T_NONE)
		return;
	if (!t->csrf[0])
		new_visitor(t);
	p->view = view_new(layout, page);
	arena_defer(&t->w->arena, view_free, p->view);
	page_layout(p);
}

/* A page that only shows is read in one transaction: it shows one state of the store, and each of
 * its statements is spared a lock of its own. */
static int show(struct page *p, struct err *e)
{
	struct db *db = p->svc.db;
	int rc;

	if (p->rq->method == POST || p->route->page == T_NONE)
		return p->route->handler(p, e);
	if (db_begin(db, DB_READ, e) < 0)
		return -1;
	rc = p->route->handler(p, e);
	if (rc < 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, e) < 0)
		return -1;
	return p->after ? p->after(p, e) : 0;
}

/* The handler, or for a form with errors the page that shows it. */
static int handle(struct turn *t, struct err *e)
{
	struct page *p = &t->p;
	int rc;

	if (t->rq.method == POST && p->form.errors)
		rc = ERR(e, ERR_FORM, NULL, "%d fields with errors", p->form.errors);
	else
		rc = show(p, e);
	if (rc < 0 && e->code == ERR_FORM && p->route->form_of) {
		p->status = err_info(ERR_FORM)->status;
		rc = p->route->form_of(p, e);
	}
	return rc;
}

static int render(struct turn *t, struct err *e)
{
	struct page *p = &t->p;

	t->rs.status = p->status;
	if (p->view && view_render(p->view, &t->rs.body, e) < 0)
		return -1;
	return buf_ok(&t->rs.body)
		? 0
		: ERR(e, ERR_INTERNAL, NULL, "answer over %zu bytes", t->rs.body.max);
}

static int finish(struct turn *t, struct err *e)
{
	if (t->rs.status != 200)
		return 0;
	if (t->p.view)
		page_fields(&t->p);
	return render(t, e);
}

/* The password is asked for, and nothing that was typed is lost by that. */
static int ask_password(struct turn *t, struct err *e)
{
	struct page *p = &t->p;

	log_err("page.refused", e);
	begin_view(t, T_GATE, T_CONFIRM);
	page_stale(p, e);
	p->status = err_info(e->code)->status;
	return render(t, e);
}

/* What the form asks for is done, when the sign-in is fresh enough for it. */
static int act(struct turn *t, struct err *e)
{
	struct page *p = &t->p;
	int rc = check_fresh(t, e);

	if (rc == 0) {
		begin_view(t, p->route->layout, p->route->page);
		rc = handle(t, e);
	}
	if (rc < 0 && e->code == ERR_STALE && t->rq.method == POST)
		return ask_password(t, e);
	return rc < 0 ? -1 : finish(t, e);
}

static int answer(struct turn *t, struct err *e)
{
	struct page *p = &t->p;
	int rc;

	p->route = routes_find(t->rq.path, t->rq.method, p, &t->allow, e);
	if (!p->route)
		return -1;
	if (dispatch_open(t->w) < 0) {
		*e = t->w->why;
		return -1;
	}
	p->svc.db = t->w->db;
	rc = check_person(t, e);
	if (rc != 0)
		return rc;
	form_init(&p->form, p->route->form, &t->w->arena);
	rc = t->rq.method == POST ? read_post(t, e) : read_get(t, e);
	if (rc < 0)
		return -1;
	if (confirm(t, e) < 0)
		return err_info(e->code)->ours ? -1 : ask_password(t, e);
	return act(t, e);
}

/* The methods of a path, for the Allow header. */
static void allow(struct turn *t)
{
	struct buf b;
	size_t i;

	buf_init(&b, 64);
	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (t->allow & methods[i].method)
			buf_printf(&b, "%s%s", b.len ? ", " : "", methods[i].name);
	}
	response_header(&t->rs, "Allow", buf_str(&b));
	buf_done(&b);
}

/* An error page; whoever is signed in sees it in their own frame. */
static void refuse(struct turn *t, const struct err *e)
{
	struct err lost;

	log_err("request.failed", e);
	if (e->code == ERR_DAMAGED || e->code == ERR_SCHEMA) {
		db_close(t->w->db);
		t->w->db = NULL;
		t->w->why = *e;
	}
	t->p.svc.db = t->w->db;
	if (!t->looked && t->w->db &&
		find_session(t, token_of(t, session_cookie(t->w->cf)), &lost) < 0)
		log_err("request.session", &lost);
	response_clear(&t->rs);
	if (t->renewed[0])
		dispatch_cookie(&t->p, t->renewed);
	page_error(&t->p, e);
	if (e->code == ERR_METHOD)
		allow(t);
}

static const char *method_name(enum method m)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (methods[i].method == m)
			return methods[i].name;
	}
	return "other";
}

static void begin(struct turn *t, struct world *w)
{
	t->w = w;
	t->start = clock_mono_us();
	response_init(&t->rs);
	t->p = (struct page){
		.rq = &t->rq,
		.rs = &t->rs,
		.svc = { .a = &w->arena, .cf = w->cf, .who = { .kind = ACTOR_NOBODY, .name = "" } },
		.session = &t->session,
		.csrf = t->csrf,
		.status = 200,
	};
}

static void end(struct turn *t)
{
	response_done(&t->rs);
	arena_done(&t->w->arena);
	explicit_bzero(t->csrf, sizeof(t->csrf));
	explicit_bzero(t->renewed, sizeof(t->renewed));
	explicit_bzero(t->visitor, sizeof(t->visitor));
	log_scope(NULL, NULL);
}

void dispatch_run(struct world *w, const struct request_io *io)
{
	struct turn t = { 0 };
	struct err e;
	int rc, gone;

	begin(&t, w);
	rc = request_read(&t.rq, io, &w->arena, &e);
	t.p.svc.who.address = t.rq.address;
	t.p.svc.who.request = t.rq.id;
	log_scope("req", t.rq.id);
	if (rc < 0 || answer(&t, &e) < 0)
		refuse(&t, &e);
	gone = response_send(&t.rs, &t.rq) < 0;
	log_info("request", LF_S("method", method_name(t.rq.method)),
		LF_S("route", t.p.route ? t.p.route->path : NULL), LF_I("status", t.rs.status),
		LF_I("ms", (clock_mono_us() - t.start) / 1000), LF_I("bytes", t.rs.sent),
		LF_I("gone", gone));
	end(&t);
}
