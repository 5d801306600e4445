/* Page_mails: which mails were sent to a member: what, when, and what became of them. What servers
 * say of it is for admins. */
#include "page_layout.h"

#include "mail/mail_text.h"
#include "store/store_mail.h"

enum { MAILS = 20 };

int page_mails(struct page *p, const struct member *m, struct err *e)
{
	static const char *const states[MAIL__MAX] = {
		[MAIL_QUEUED] = "Waiting",
		[MAIL_SENT] = "Sent",
		[MAIL_FAILED] = "Could not be sent",
		[MAIL_DROPPED] = "Not sent",
	};
	struct mail *list;
	struct view *row;
	int n = store_mail_of_member(
		p->svc.db, p->svc.a, m, (struct page_of){ .limit = MAILS }, &list, e);

	for (int i = 0; i < n; i++) {
		const struct mail_kind *kind = mail_kind_find(list[i].kind);

		row = view_add(p->view, M_MAIL);
		view_set(row, M_MAIL, kind ? kind->name : "Mail");
		view_set(row, M_MAIL_STATE, states[list[i].state]);
		if (p->session->member.role == ROLE_ADMIN)
			view_set(row, M_MAIL_PROBLEM, list[i].problem);
		page_time(row, M_MAIL_AT_ISO, M_MAIL_AT,
			list[i].ended ? list[i].ended : list[i].created, p->svc.a);
	}
	if (n > 0)
		view_show(p->view, M_MAILS);
	return n < 0 ? -1 : 0;
}
