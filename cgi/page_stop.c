/* Page_stop: the link of a reminder that stops them: for whoever has it, signed in or not.
 *
 * Rules: opening the link changes nothing, because programs that scan mail open links, too; its
 * button does, and so does the one POST of a mail program (RFC 8058), which is not redirected. What
 * is shown never depends on the key, so nobody learns from it which ones there are.
 */
#include "page_layout.h"

#include "service/svc_remind.h"

static void words(struct page *p, const char *title, enum marker section)
{
	view_set(p->view, M_TITLE, title);
	view_set(p->view, M_STOP_URL, arena_printf(p->svc.a, "/stop/%s", p->word));
	view_show(p->view, section);
}

int page_stop(struct page *p, struct err *e)
{
	(void)e;
	words(p, "Stop reminders", M_STOP_ASK);
	return 0;
}

int page_stop_post(struct page *p, struct err *e)
{
	if (svc_remind_silence(&p->svc, p->word, 1, e) < 0)
		return -1;
	words(p, "Reminders have stopped", M_STOP_DONE);
	return 0;
}

int page_stop_again_post(struct page *p, struct err *e)
{
	if (svc_remind_silence(&p->svc, p->word, 0, e) < 0)
		return -1;
	words(p, "Reminders come again", M_STOP_AGAIN);
	return 0;
}
