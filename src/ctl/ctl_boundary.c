/* Ctl boundary: how far an account's mailboxes are meant to be reached, and how far they are.
 *
 * Rule: the same numbers and the same sentence as on the page.
 */
#include "ctl.h"

#include "exchange/boundary.h"
#include "platform/str.h"
#include "service/svc_boundary.h"

static const char *opens_word(enum seen opens)
{
	return opens == SEEN_YES ? "opens" : opens == SEEN_NO ? "shut" : NULL;
}

static struct ctl_cell word(const char *text)
{
	return str_empty(text) ? C_NONE : C_TEXT(text);
}

static const struct ctl_table *reaches(struct ctl *c, const struct boundary_view *v)
{
	static const char *const columns[] = { "reach", "verdict", "people", "rooms", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);

	for (enum reach r = REACH__MAX; r-- > 0;)
		CTL_ROW(c, t, C_TEXT(boundary_reach_code(r)),
			C_TEXT(boundary_fit_code(boundary_fit(v->said.level, r))),
			C_INT(v->n[MEMBER_PERSON][r]), C_INT(v->n[MEMBER_ROOM][r]));
	return t;
}

int ctl_boundaries(struct ctl *c, struct err *e)
{
	const struct boundary *s;
	struct boundary_view v;

	if (ctl_people_choose(c, e) < 0 || svc_boundary_look(&c->svc, &v, e) < 0)
		return -1;
	s = &v.said;
	CTL_RECORD(c, { "say", C_TEXT(svc_boundary_sentence(&c->arena, &v)) },
		{ "intended", word(boundary_level_code(s->level)) },
		{ "said_by", word(s->edited_by) }, { "said", C_TIME(s->edited_at) },
		{ "method", word(v.method) }, { "oldest", C_TIME(v.ages.oldest) },
		{ "newest", C_TIME(v.ages.newest) }, { "outside", word(s->outside) },
		{ "outside_is", word(opens_word(s->opens)) },
		{ "outside_seen", C_TIME(s->seen_at) }, { "reaches", C_TABLE(reaches(c, &v)) });
	return v.of[FIT_MORE] || svc_boundary_alarm(&v) ? CTL_FAILED : 0;
}
