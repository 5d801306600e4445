/* Tally, reminders: who must act is reminded from the next day on, until it works. */
#include "tally.h"

enum { DAY = 86400 };

static int must_act(const struct standing *s)
{
	return s->status == STATUS_ACTION ||
		(s->status == STATUS_LIMITED && s->fixer == FIXER_MEMBER);
}

void tally_remind(const struct roster_due *was, struct tally *t, int64_t now)
{
	const int musts = was->kind == MEMBER_PERSON && must_act(&t->is);

	t->remind_n = musts ? was->remind_n : 0;
	t->remind_at = musts ? was->remind_at : 0;
	if (musts && !must_act(&was->s)) {
		t->remind_n = 0;
		t->remind_at = now + DAY;
	}
}
