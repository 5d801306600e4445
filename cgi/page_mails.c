/* Page_mails: which mails were sent to a member: what, when, and what became of them. */
#include "page_layout.h"

#include <string.h>
#include "store/store_mail.h"

enum { MAILS = 20 };

/* Whatever has no word here is a notice. */
static const struct page_option mail_words[] = {
	{ MAIL_INVITATION, "Invitation" },
	{ MAIL_RESET, "Link for a new password" },
	{ MAIL_STOPPED, "Notice: the connection stopped" },
	{ MAIL_UNREACHABLE, "Notice: Exchange does not answer" },
	{ MAIL_WELL, "Notice: the connection works again" },
	{ MAIL_EXPIRY, "Notice: a secret ends soon" },
	{ MAIL_EXPIRED, "Notice: a secret has ended" },
	{ MAIL_SWITCHED, "Notice: new credentials" },
	{ MAIL_REMINDER, "Reminder to share the calendar" },
	{ MAIL_BROKEN, "Notice: the own calendar stopped working" },
	{ MAIL_BREAKS, "Notice: calendars of members stopped working" },
	{ MAIL_MENDED, "Notice: calendars of members work again" },
};

static const char *mail_word(const char *kind)
{
	for (size_t i = 0; i < sizeof(mail_words) / sizeof(*mail_words); i++) {
		if (strcmp(mail_words[i].value, kind) == 0)
			return mail_words[i].name;
	}
	return "Notice";
}

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
		row = view_add(p->view, M_MAIL);
		view_set(row, M_MAIL, mail_word(list[i].kind));
		view_set(row, M_MAIL_STATE, states[list[i].state]);
		view_set(row, M_MAIL_PROBLEM, list[i].problem);
		page_time(row, M_MAIL_AT_ISO, M_MAIL_AT,
			list[i].ended ? list[i].ended : list[i].created, p->svc.a);
	}
	if (n > 0)
		view_show(p->view, M_MAILS);
	return n < 0 ? -1 : 0;
}
