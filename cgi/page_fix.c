/* Page_fix: who can mend a calendar, and how, in parts/fix.tpl and parts/command.tpl.
 *
 * Rule: the words are those of the one table of exchange/; of a room it says "room", and nobody
 * signs in to one, so what a person would do in their own calendar an Exchange admin does for it.
 */
#include "page_layout.h"

#include <string.h>
#include "exchange/reason_fill.h"
#include "platform/buf.h"
#include "platform/str.h"

enum { SAID_MAX = 4096 };

const struct reason_row *page_reason(const char *code)
{
	const enum reason r = reason_parse(code);

	return reason_row(r < REASON__MAX ? r : REASON_INTERNAL);
}

const char *page_said(struct arena *a, enum member_kind kind, const char *text)
{
	static const char person[] = "this person";
	const char *at;
	struct buf b;

	if (kind != MEMBER_ROOM || !strstr(text, person))
		return text;
	buf_init(&b, SAID_MAX);
	for (; (at = strstr(text, person)); text = at + sizeof(person) - 1)
		buf_printf(&b, "%.*sthis room", (int)(at - text), text);
	buf_printf(&b, "%s", text);
	text = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return text;
}

static void steps(struct page *p, enum member_kind kind, const char *text)
{
	char *rest = arena_strdup(p->svc.a, page_said(p->svc.a, kind, text)), *line;

	while ((line = str_line(&rest)))
		if (*line)
			view_set(view_add(p->view, M_FIX_STEP), M_FIX_STEP, line);
}

static const char *who(const struct page_fix *f, int for_room)
{
	if (for_room)
		return reason_fixer(FIXER_EXCHANGE);
	if (f->s->fixer == FIXER_NOBODY)
		return "Nobody has to";
	return f->s->fixer == FIXER_MEMBER ? f->name : reason_fixer(f->s->fixer);
}

void page_fix(struct page *p, const struct page_fix *f)
{
	const struct reason_row *row = page_reason(f->s->reason);
	const struct reason_names names = {
		.member = f->mailbox, .mailbox = f->live->mailbox, .app = f->live->client_id
	};
	const char *command = reason_command(p->svc.a, row, &names);
	const int for_room = f->kind == MEMBER_ROOM && f->s->fixer == FIXER_MEMBER && *command;

	if (f->s->status < STATUS_LIMITED || f->s->status == STATUS_OFF || !row->steps[0])
		return;
	view_show(p->view, M_FIX);
	view_set(p->view, M_FIX_WHO, who(f, for_room));
	steps(p, f->kind,
		for_room ? "Run the commands below, then check again."
			 : reason_steps(p->svc.a, row, &names));
	if (row->wait[0]) {
		view_show(p->view, M_FIX_WAIT);
		view_set(p->view, M_FIX_WAIT, row->wait);
	}
	if (*command) {
		view_show(p->view, M_COMMAND);
		view_set(p->view, M_COMMAND_NAME, f->name);
		view_set(p->view, M_COMMAND, command);
	}
}
