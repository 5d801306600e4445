/* Dialect ews: the table through which the machinery speaks EWS.
 *
 * Which version knows which operation stands here and nowhere else (EWS.md 11).
 */
#include "ews.h"

#include "exchange/answer.h"

static int write_op(struct xml_write *w, const struct dialect_ask *ask, struct err *e)
{
	switch (ask->op) {
#define EWS_WRITE(name, fn, question, answer, twice)                                               \
	case EXCHANGE_##name:                                                                      \
		return ews_##fn##_write(w, ask, ask->query, e);
		EXCHANGE_OPS(EWS_WRITE)
#undef EWS_WRITE
	default:
		return ERR(e, ERR_INPUT, NULL, "no such operation");
	}
}

static int write(const struct dialect_ask *ask, struct buf *body, struct err *e)
{
	struct xml_write w;

	if (ask->op < 0 || ask->op >= EXCHANGE__MAX || ask->version >= EWS__MAX ||
		ask->version < dialect_ews.lowest[ask->op])
		return ERR(e, ERR_INPUT, NULL, "operation %d in version %d", (int)ask->op,
			ask->version);
	xml_write_init(&w, body);
	envelope_begin(&w, ask);
	if (write_op(&w, ask, e) < 0)
		return -1;
	envelope_end(&w);
	if (!buf_ok(body))
		return ERR(e, ERR_INPUT, NULL, "operation %d: too long a question", (int)ask->op);
	return 0;
}

/* The rights of everybody on a calendar can be many; our own are a few lines. */
static int is_brief(const struct dialect_ask *ask)
{
	switch (ask->op) {
	case EXCHANGE_OPEN_FOLDERS:
		return !(
			((const struct folders_query *)ask->query)->want & FOLDER_WANT_PERMISSIONS);
	case EXCHANGE_CREATE_BOOKING:
	case EXCHANGE_CHANGE_BOOKING:
	case EXCHANGE_REMOVE_ITEM:
	case EXCHANGE_SEND_MESSAGE:
		return 1;
	default:
		return 0;
	}
}

static void read(const struct dialect_ask *ask, const struct dialect_reply *r, struct arena *a,
	void *into, struct outcome *out)
{
	switch (ask->op) {
#define EWS_READ(name, fn, question, answer, twice)                                                \
	case EXCHANGE_##name:                                                                      \
		ews_##fn##_read(ask, ask->query, r, a, into, out);                                 \
		break;
		EXCHANGE_OPS(EWS_READ)
#undef EWS_READ
	default:
		outcome_set(out, REASON_INTERNAL, NEXT_NOTHING, "");
	}
}

const struct dialect dialect_ews = {
	.name = "ews",
	.path = ANSWER_PATH,
	.content_type = "text/xml; charset=utf-8",
	.versions = envelope_versions,
	.usual = EWS_2010_SP2,
	.lowest = {
		[EXCHANGE_OPEN_FOLDERS] = EWS_2007,
		[EXCHANGE_LIST_DELEGATES] = EWS_2007_SP1,
		[EXCHANGE_GET_BUSY] = EWS_2007,
		[EXCHANGE_LIST_EVENTS] = EWS_2007,
		[EXCHANGE_FIND_TAGGED] = EWS_2007,
		[EXCHANGE_CREATE_BOOKING] = EWS_2007,
		[EXCHANGE_CHANGE_BOOKING] = EWS_2007,
		[EXCHANGE_REMOVE_ITEM] = EWS_2007,
		[EXCHANGE_GET_ITEMS] = EWS_2007,
		[EXCHANGE_SYNC_CALENDAR] = EWS_2007,
		[EXCHANGE_FIND_MAIL] = EWS_2007,
		[EXCHANGE_SEND_MESSAGE] = EWS_2007,
		[EXCHANGE_RESOLVE_NAME] = EWS_2007,
		[EXCHANGE_EXPAND_LIST] = EWS_2007,
		[EXCHANGE_LIST_ROOM_LISTS] = EWS_2010,
		[EXCHANGE_LIST_ROOMS] = EWS_2010,
		[EXCHANGE_SERVER_ZONES] = EWS_2010,
	},
	.write = write,
	.is_brief = is_brief,
	.read = read,
};
