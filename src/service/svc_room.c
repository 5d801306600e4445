/* Service: rooms: added by hand, described, removed, tried.
 *
 * Rule: a room is a member row of its kind; what it shares with people's is changed by the calls of
 * members, and this file passes over everything that is no room.
 */
#include "svc_directory.h"

#include "platform/str.h"
#include "platform/url.h"
#include "svc_check.h"
#include "svc_work.h"

static int find(struct svc *s, int64_t id, struct member *m, struct err *e)
{
	int rc = store_member_get(s->db, s->a, s->who.account, id, m, e);

	if (rc == 0 || (rc == 1 && m->kind != MEMBER_ROOM))
		return ERR(e, ERR_MISSING, NULL, "no room %lld in the account", (long long)id);
	return rc < 0 ? -1 : 0;
}

static int describe(struct svc *s, int64_t id, const struct room_form *f, struct err *e)
{
	const struct room r = {
		.account = s->who.account, .member = id, .place = f->place, .capacity = f->seats
	};

	return store_room_described(s->db, &r, e);
}

static int add_rows(struct svc *s, const struct room_form *f, int64_t *id, struct err *e)
{
	const struct member m = { .account = s->who.account,
		.email = f->email,
		.name = f->name,
		.kind = MEMBER_ROOM,
		.calendar = "" };

	if (store_member_add(s->db, &m, "", s->who.name, id, e) < 0)
		return e->code == ERR_CONFLICT
			? ERR(e, ERR_CONFLICT,
				  "There is a room or a member with this address already.",
				  "room: address is taken")
			: -1;
	return describe(s, *id, f, e) < 0 ? -1 : svc_audit(s, AUDIT_ROOM_ADDED, f->email, NULL, e);
}

int svc_room_add(struct svc *s, const struct room_form *f, int64_t *id, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, add_rows(s, f, id, e), AUDIT_ROOM_ADDED, e);
}

static int edit_rows(struct svc *s, int64_t id, const struct room_form *f, struct err *e)
{
	struct member m;

	if (find(s, id, &m, e) < 0)
		return -1;
	m.name = f->name;
	if (store_member_edit(s->db, &m, e) < 0 || describe(s, id, f, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_ROOM_EDITED, m.email, NULL, e);
}

int svc_room_edit(struct svc *s, int64_t room, const struct room_form *f, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, edit_rows(s, room, f, e), AUDIT_ROOM_EDITED, e);
}

static int remove_rows(struct svc *s, int64_t id, struct err *e)
{
	struct member m;

	if (find(s, id, &m, e) < 0 || store_member_delete(s->db, s->who.account, id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_ROOM_REMOVED, m.email, NULL, e);
}

int svc_room_remove(struct svc *s, int64_t room, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, remove_rows(s, room, e), AUDIT_ROOM_REMOVED, e);
}

int svc_room_try(struct svc *s, int64_t room, int64_t *job, struct err *e)
{
	struct svc_work w = { .kind = ROOM_TRY_KIND,
		.most = DIRECTORY_OPEN_MAX,
		.full = DIRECTORY_FULL,
		.may = svc_check_can,
		.action = AUDIT_ROOM_TRIED };
	const char *const pairs[][2] = { { "room", arena_printf(s->a, "%lld", (long long)room) },
		{ NULL, NULL } };
	struct member m;

	if (find(s, room, &m, e) < 0)
		return -1;
	w.about = m.email;
	return svc_work_start(s, &w, url_form(s->a, pairs), job, e);
}
