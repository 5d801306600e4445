/* Page_certificate: the application's certificate: have one made, give its public part to
 * Microsoft, use it. The private key is made by the engine and is on no page.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "routes.h"
#include "service/svc_certificate.h"

/* What the pages are about: the draft, else the live connection, whose application signs in by
 * itself; its certificate, when there is one. */
struct about {
	const struct connection *c; /* NULL: none, or one of another kind */
	struct svc_certificate own;
	int has;
};

static int about_of(struct page *p, const struct connection *base, struct about *out, struct err *e)
{
	*out = (struct about){ .c = base };
	if (out->c && strcmp(out->c->signin, "app") != 0)
		out->c = NULL;
	out->has = out->c ? svc_certificate_find(&p->svc, out->c->id, &out->own, e) : 0;
	return out->has < 0 ? -1 : 0;
}

static int read_about(
	struct page *p, struct svc_connections *both, struct about *out, struct err *e)
{
	if (svc_connection_both(&p->svc, both, e) < 0)
		return -1;
	return about_of(p, svc_connection_base(both), out, e);
}

static void show_own(struct page *p, const struct about *a)
{
	const struct credential *cr = &a->own.cr;

	view_show(p->view, M_CERTIFICATE);
	view_show(p->view, a->own.waiting ? M_CERT_WAITING : M_CERT_USED);
	view_set(p->view, M_THUMBPRINT, *a->own.thumbprint ? a->own.thumbprint : "not readable");
	view_set(p->view, M_CERT_VERSION, cr->version);
	page_time(p->view, M_CERT_MADE_ISO, M_CERT_MADE, cr->set_at, p->svc.a);
	if (cr->expires) {
		view_show(p->view, M_CERT_ENDS);
		page_time(p->view, M_CERT_ENDS_ISO, M_CERT_ENDS, cr->expires, p->svc.a);
	}
}

/* The newest job that makes one for this connection: while it runs, and when it has failed. */
static int show_job(struct page *p, const struct about *a, struct err *e)
{
	struct job_step *steps;
	struct job *j;
	int64_t connection;
	int n = store_job_list(p->svc.db, p->svc.a, p->svc.who.account, CERTIFICATE_KIND,
		(struct page_of){ 0, 1 }, &j, e);

	if (n < 0)
		return -1;
	if (n == 0 || j->state == JOB_DONE ||
		svc_certificate_params(p->svc.a, j->params, &connection) < 0 ||
		connection != a->c->id ||
		(!page_job_live(j) && a->has && a->own.waiting && a->own.cr.set_at >= j->created))
		return 0;
	n = store_job_steps(p->svc.db, p->svc.a, j->id, &steps, e);
	if (n < 0)
		return -1;
	view_show(p->view, M_CERT_JOB);
	page_job(p, j, page_steps(p, steps, n, NULL), "Making the certificate");
	return 0;
}

int page_certificate(struct page *p, struct err *e)
{
	struct page_way way;
	struct about a;

	if (page_connection_tabs(p, &way, e) < 0 || about_of(p, way.base, &a, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Certificate");
	if (!a.c) {
		view_show(p->view, M_UNFIT);
		return 0;
	}
	view_show(p->view, M_MAKE);
	view_set(p->view, M_CLIENT_ID, a.c->client_id);
	view_set(p->view, M_MAKE_NAME, a.has ? "Make a new certificate" : "Make the certificate");
	if (a.has)
		show_own(p, &a);
	else
		view_show(p->view, M_NO_CERTIFICATE);
	return show_job(p, &a, e);
}

int page_certificate_post(struct page *p, struct err *e)
{
	struct svc_connections both;
	struct about a;
	int64_t job;

	if (read_about(p, &both, &a, e) < 0)
		return -1;
	if (svc_certificate_make(&p->svc, a.c ? a.c->id : 0, &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, "/connection/certificate");
	return 0;
}

int page_certificate_test_post(struct page *p, struct err *e)
{
	struct svc_test t = { .slot = PURPOSE_NEXT, .change = 1, .member = "", .outside = "" };
	struct svc_connections both;
	struct about a;
	int64_t job;

	if (read_about(p, &both, &a, e) < 0)
		return -1;
	if (!a.has || !a.own.waiting) {
		ERR(e, ERR_CONFLICT,
			"There is no certificate that waits to be used. Make one first.",
			"no certificate waits");
		return page_refuse(p, e);
	}
	t.connection = a.c->id;
	if (svc_connection_test(&p->svc, &t, &job, e) < 0)
		return page_refuse(p, e);
	response_redirect(p->rs, arena_printf(p->svc.a, "/connection/test/%" PRId64, job));
	return 0;
}

int page_certificate_pem(struct page *p, struct err *e)
{
	struct svc_connections both;
	struct about a;

	if (read_about(p, &both, &a, e) < 0)
		return -1;
	if (!a.has)
		return ERR(e, ERR_MISSING, "There is no certificate yet.", "no certificate");
	p->rs->type = "application/x-pem-file";
	response_header(
		p->rs, "Content-Disposition", "attachment; filename=\"latchkey-certificate.pem\"");
	buf_puts(&p->rs->body, a.own.cr.certificate);
	return 0;
}
