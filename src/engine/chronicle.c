/* Chronicle: rows of the audit log about what the engine itself has done.
 *
 * Rule: what comes from rows and servers is cut and cleaned here, once, as svc_audit does.
 */
#include "chronicle.h"

#include <stdio.h>
#include <string.h>
#include "engine.h"
#include "exchange/clean.h"
#include "platform/str.h"
#include "sealer.h"
#include "store/store.h"

enum { TEXT_MAX = 300, WORD_MAX = 100 };

static const char *cut(char *dst, size_t size, const char *text)
{
	clean_text(dst, size, text ? text : "", text ? strlen(text) : 0);
	return dst;
}

int chronicle_add(struct engine *eng, const struct chronicle *row, struct err *e)
{
	char actor[TEXT_MAX], about[TEXT_MAX], detail[TEXT_MAX], request[WORD_MAX], by[WORD_MAX];
	struct audit out = { .account = row->account,
		.kind = ACTOR_ENGINE,
		.actor = actor,
		.action = row->action,
		.about = cut(about, sizeof(about), row->about),
		.detail = cut(detail, sizeof(detail), row->detail),
		.address = "",
		.request = cut(request, sizeof(request), row->request) };

	cut(by, sizeof(by), row->by);
	snprintf(actor, sizeof(actor), by[0] ? "engine, for %s" : "engine", by);
	return store_audit_add(eng->db, &out, e);
}

void chronicle_seal(struct engine *eng)
{
	if (eng->sealer)
		sealer_soon(eng->sealer);
}
