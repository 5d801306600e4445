/* Page_diagnosis: one text for whoever supports the installation, seen before it leaves.
 *
 * Rules: what is downloaded is what stood in the form, to the letter: admins may strike out or add
 * what they like. Host names are replaced unless they were asked to stay. The script sends a form
 * once, but a file may be saved again: so it is the button that says POST, not the form.
 */
#include "page_layout.h"

#include "platform/clock.h"
#include "routes.h"
#include "service/svc_diagnosis.h"

enum { NAME_SIZE = 32, ISO_DAY = 10 };

int page_diagnosis(struct page *p, struct err *e)
{
	const int clear = form_num(&p->form, "hosts") != 0;
	struct buf b;
	int rc = 0;

	view_set(p->view, M_TITLE, "Diagnosis");
	if (clear)
		view_show(p->view, M_CLEAR);
	else
		view_show(p->view, M_REPLACED);
	buf_init(&b, DIAGNOSIS_MAX);
	if (p->route->method == GET)
		rc = svc_diagnosis(&p->svc, clear, &b, e);
	if (rc == 0)
		view_set(p->view, M_V_TEXT,
			p->route->method == GET ? arena_strdup(p->svc.a, buf_str(&b))
						: form_text(&p->form, "text"));
	buf_done(&b);
	return rc;
}

int page_diagnosis_post(struct page *p, struct err *e)
{
	char day[NAME_SIZE];

	if (svc_diagnosis_left(&p->svc, form_num(&p->form, "hosts") != 0, e) < 0)
		return -1;
	clock_iso(day, sizeof(day), clock_now());
	buf_puts(&p->rs->body, form_text(&p->form, "text"));
	p->view = NULL; /* the body is the file */
	p->rs->type = "text/plain; charset=utf-8";
	response_header(p->rs, "Content-Disposition",
		arena_printf(p->svc.a, "attachment; filename=\"latchkey-diagnosis-%.*s.txt\"",
			ISO_DAY, day));
	return 0;
}
