/* Service: the audit log: the words for every action, writing rows, walking the chain.
 *
 * Rules: a row is part of the transaction of what it tells about, so that neither exists without
 * the other. Text that comes from outside is cut and cleaned here, once. The name of an action
 * stays in rows for ever: names are only added to the table.
 */
#include "svc.h"

#include <string.h>
#include "platform/log.h"
#include "platform/str.h"

enum {
	TEXT_MAX = 300,		 /* bytes of one text in a row ... */
	WORD_MAX = 100,		 /* ... and of one that is an address or an id */
	VERIFY_CHUNK = 500,	 /* rows or seals in memory at a time */
	VERIFY_MEMORY = 64 << 20 /* a damaged file may hold anything */
};

/* Sensitive is what changes who may do what, or what the log itself rests on. Sign-ins are not:
 * anybody can make them fail, and the engine must not run for each. */
static const struct audit_info infos[AUDIT__MAX] = {
	[AUDIT_ACCOUNT_ADDED] = { "account.added", "Account added", "plus", 1 },
	[AUDIT_ACCOUNT_POLICY] = { "account.policy", "Session limits changed", "clock", 1 },
	[AUDIT_SIGNIN] = { "signin", "Signed in", "ok", 0 },
	[AUDIT_SIGNIN_REFUSED] = { "signin.refused", "Sign-in refused", "blocked", 0 },
	[AUDIT_SIGNIN_SLOWED] = { "signin.slowed", "Sign-in slowed down", "clock", 0 },
	[AUDIT_SIGNOUT] = { "signout", "Signed out", "door", 0 },
	[AUDIT_CONFIRMED] = { "confirm", "Own password entered again", "lock", 0 },
	[AUDIT_CONFIRM_REFUSED] = { "confirm.refused", "Own password refused", "blocked", 0 },
	[AUDIT_ACCOUNT_CHOSEN] = { "account.chosen", "Account chosen", "arrow", 0 },
	[AUDIT_SESSION_ENDED] = { "session.ended", "Session ended", "stop", 1 },
	[AUDIT_SESSIONS_ENDED] = { "session.all_ended", "Sessions ended", "stop", 1 },
	[AUDIT_PASSWORD_SET] = { "password.set", "First password set", "key", 1 },
	[AUDIT_PASSWORD_CHANGED] = { "password.changed", "Own password changed", "key", 1 },
	[AUDIT_INVITED] = { "invite", "Invitation made", "mail", 1 },
	[AUDIT_INVITE_REVOKED] = { "invite.revoked", "Link revoked", "cross", 1 },
	[AUDIT_INVITE_ACCEPTED] = { "invite.accepted", "Invitation accepted", "check", 1 },
	[AUDIT_RESET_MADE] = { "reset", "Reset link made", "mail", 1 },
	[AUDIT_RESET_USED] = { "reset.used", "Password reset", "key", 1 },
	[AUDIT_ROLE] = { "member.role", "Role changed", "person", 1 },
	[AUDIT_MEMBER_REMOVED] = { "member.removed", "Person removed", "cross", 1 },
	[AUDIT_MEMBER_EDITED] = { "member.edited", "Name or calendar address changed", "person",
		0 },
	[AUDIT_MEMBER_OFF] = { "member.deactivated", "Person deactivated", "pause", 1 },
	[AUDIT_MEMBER_ON] = { "member.activated", "Person activated", "check", 1 },
	[AUDIT_MEMBER_WEEK] = { "member.week", "Busy time of a person looked at", "calendar", 0 },
	[AUDIT_MEMBER_ADDED] = { "member.added", "Member added", "plus", 1 },
	[AUDIT_MEMBERS_IMPORT] = { "members.import", "Import of members asked for", "upload", 1 },
	[AUDIT_MEMBERS_IMPORTED] = { "members.imported", "Members imported", "upload", 1 },
	[AUDIT_MEMBERS_IMPORT_STOPPED] = { "members.import_stopped", "Import stopped", "stop", 0 },
	[AUDIT_MEMBERS_CHECK] = { "members.check", "Check of members asked for", "refresh", 0 },
	[AUDIT_MEMBERS_CHECK_STOPPED] = { "members.check_stopped", "Check of members stopped",
		"stop", 0 },
	[AUDIT_MEMBERS_EXPORTED] = { "members.exported", "Members exported", "download", 1 },
	[AUDIT_MEMBERS_REMOVE] = { "members.remove", "Removal of members asked for", "cross", 1 },
	[AUDIT_MEMBERS_OFF] = { "members.off", "Deactivation of members asked for", "pause", 1 },
	[AUDIT_MEMBERS_ON] = { "members.on", "Activation of members asked for", "check", 1 },
	[AUDIT_MEMBERS_STOPPED] = { "members.stopped", "Change of many members stopped", "stop",
		1 },
	[AUDIT_MEMBERS_CHANGED] = { "members.changed", "Many members changed", "people", 1 },
	[AUDIT_DIRECTORY_ASKED] = { "directory", "Directory asked", "search", 0 },
	[AUDIT_DIRECTORY_ADDED] = { "directory.added", "Added from the directory", "plus", 1 },
	[AUDIT_DIRECTORY_ALL] = { "directory.all", "Adding of a whole list asked for", "plus", 1 },
	[AUDIT_DIRECTORY_STOPPED] = { "directory.stopped", "Work with the directory stopped",
		"stop", 0 },
	[AUDIT_ROOMS_READ] = { "rooms.read", "Room lists have changed", "door", 0 },
	[AUDIT_ROOM_ADDED] = { "room.added", "Room added", "plus", 1 },
	[AUDIT_ROOM_EDITED] = { "room.edited", "Room described", "door", 0 },
	[AUDIT_ROOM_REMOVED] = { "room.removed", "Room removed", "cross", 1 },
	[AUDIT_ROOM_TRIED] = { "room.tried", "Test booking of a room asked for", "calendar", 0 },
	[AUDIT_MEMBERS_REMINDED] = { "members.reminded", "Reminders asked for", "mail", 0 },
	[AUDIT_REMINDERS_SETTINGS] = { "reminders.settings", "Reminders and alerts changed",
		"settings", 0 },
	[AUDIT_BOUNDARY_SAID] = { "boundary.said", "Intended boundary stated", "lock", 1 },
	[AUDIT_BOUNDARY_MEASURED] = { "boundary.measured", "Mailbox outside tried", "lock", 0 },
	[AUDIT_BOUNDARY_OPENS] = { "boundary.opens", "Mailbox outside opens", "action", 1 },
	[AUDIT_BOUNDARY_SHUT] = { "boundary.shut", "Mailbox outside stays shut", "ok", 1 },
	[AUDIT_BOUNDARY_EXPORTED] = { "boundary.exported", "Boundaries exported", "download", 1 },
	[AUDIT_LOOK_STARTED] = { "look", "Look at a server started", "search", 0 },
	[AUDIT_LOOK_STOPPED] = { "look.stopped", "Look at a server stopped", "stop", 0 },
	[AUDIT_EXPORTED] = { "audit.exported", "Audit log exported", "download", 0 },
	[AUDIT_KEY_ADDED] = { "key.added", "Sealing key added", "key", 1 },
	[AUDIT_KEY_DROPPED] = { "key.dropped", "Sealing key dropped", "key", 1 },
	[AUDIT_RESEALED] = { "key.resealed", "Secrets sealed again", "lock", 1 },
	[AUDIT_BACKUP] = { "backup", "Backup made", "download", 1 },
	[AUDIT_RESTORE] = { "restore", "Backup restored", "upload", 1 },
	[AUDIT_MIGRATED] = { "migrated", "Database upgraded", "refresh", 1 },
	[AUDIT_EGRESS] = { "egress", "Allowed destinations changed", "server", 1 },
	[AUDIT_CONNECTION_ADDED] = { "connection.added", "Connection added", "plus", 1 },
	[AUDIT_CONNECTION_TEST] = { "connection.test", "Connection test started", "search", 0 },
	[AUDIT_CONNECTION_TEST_STOPPED] = { "connection.test_stopped", "Connection test stopped",
		"stop", 0 },
	[AUDIT_MAIL_TEST] = { "mail.test", "Test mail queued", "mail", 0 },
	[AUDIT_MAIL_RETRY] = { "mail.retry", "Failed mail tried again", "mail", 0 },
	[AUDIT_SCRIPT_DOWNLOADED] = { "script.downloaded",
		"Script for the Exchange admin downloaded", "download", 0 },
	[AUDIT_SCRIPT_SHARED] = { "script.shared", "Link to a script made", "mail", 1 },
	[AUDIT_SCRIPT_OPENED] = { "script.opened", "Link to a script opened", "door", 0 },
	[AUDIT_SCRIPT_RAN] = { "script.ran", "A script has run, says whoever has its link", "check",
		0 },
	[AUDIT_SCRIPT_WITHDRAWN] = { "script.withdrawn", "Link to a script withdrawn", "cross", 1 },
	[AUDIT_DIAGNOSIS] = { "diagnosis.downloaded", "Diagnosis downloaded", "download", 0 },
	[AUDIT_CONNECTION_REMOVED] = { "connection.removed", "Connection removed", "cross", 1 },
	[AUDIT_CONNECTION_METHOD] = { "connection.method", "Method changed", "plug", 1 },
	[AUDIT_CONNECTION_ENTERED] = { "connection.entered", "Connection entered", "plug", 1 },
	[AUDIT_CONNECTION_DISCARDED] = { "connection.discarded", "Entered connection thrown away",
		"cross", 1 },
	[AUDIT_CONNECTION_PAUSED] = { "connection.paused", "Connection paused", "pause", 1 },
	[AUDIT_CONNECTION_RESUMED] = { "connection.resumed", "Connection resumed", "refresh", 1 },
	[AUDIT_CONNECTION_AGAIN] = { "connection.again", "One more sign-in allowed", "refresh", 1 },
	[AUDIT_CONNECTION_LIVE] = { "connection.live", "Connection is in use", "ok", 1 },
	[AUDIT_CONNECTION_PROVED] = { "connection.proved",
		"Connection proved beside the one in use", "check", 1 },
	[AUDIT_CONNECTION_SWITCHED] = { "connection.switched", "Switched to another connection",
		"arrow", 1 },
	[AUDIT_CONNECTION_BACK] = { "connection.back", "Went back to the former connection",
		"refresh", 1 },
	[AUDIT_CONNECTION_DISCONNECTED] = { "connection.disconnected", "Disconnected", "stop", 1 },
	[AUDIT_CONNECTION_STATE] = { "connection.state", "State of the connection", "plug", 0 },
	[AUDIT_TRIAL] = { "trial", "Trial of another connection asked for", "search", 0 },
	[AUDIT_TRIAL_STOPPED] = { "trial.stopped", "Trial of another connection stopped", "stop",
		0 },
	[AUDIT_TRIAL_EXPORTED] = { "trial.exported", "Comparison of connections exported",
		"download", 1 },
	[AUDIT_CREDENTIAL_SET] = { "credential.set", "Credential entered", "key", 1 },
	[AUDIT_CREDENTIAL_SWITCHED] = { "credential.switched", "Credential replaced", "key", 1 },
	[AUDIT_CREDENTIAL_REFUSED] = { "credential.refused", "New credential refused", "blocked",
		0 },
	[AUDIT_CREDENTIAL_UNPROVED] = { "credential.unproved", "New credential not proved", "cross",
		0 },
	[AUDIT_CREDENTIAL_ERASED] = { "credential.erased", "Old credential erased", "cross", 1 },
	[AUDIT_CREDENTIAL_EXPIRY] = { "credential.expiry", "Credential ends soon", "clock", 0 },
	[AUDIT_OWN_SET] = { "own.set", "Own sign-in entered", "key", 0 },
	[AUDIT_OWN_SWITCHED] = { "own.switched", "Own sign-in proved and used", "key", 0 },
	[AUDIT_OWN_REFUSED] = { "own.refused", "Own sign-in refused", "blocked", 0 },
	[AUDIT_OWN_UNPROVED] = { "own.unproved", "Own sign-in not proved", "cross", 0 },
	[AUDIT_OWN_ERASED] = { "own.erased", "Former own sign-in erased", "cross", 0 },
	[AUDIT_OWN_REMOVED] = { "own.removed", "Own sign-in removed", "cross", 0 },
	[AUDIT_ASK_BEGUN] = { "microsoft.begun", "Sign-in with Microsoft begun", "door", 0 },
	[AUDIT_ASK_REFUSED] = { "microsoft.refused", "Sign-in with Microsoft not taken", "blocked",
		1 },
};

const struct audit_info *svc_audit_info(enum audit_action a)
{
	return &infos[a];
}

const struct audit_info *svc_audit_named(const char *name)
{
	size_t i;

	for (i = 0; i < AUDIT__MAX; i++) {
		if (strcmp(infos[i].name, name) == 0)
			return &infos[i];
	}
	return NULL;
}

char *svc_audit_clean(struct arena *a, const char *text, size_t max)
{
	size_t n = text ? strnlen(text, max) : 0;
	char *copy, *p;

	/* Back to where a character begins. */
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	copy = arena_strndup(a, text ? text : "", n);
	if (str_utf8(copy, n) && !str_control(copy, n, 0))
		return copy;
	for (p = copy; *p; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	return copy;
}

int svc_audit(struct svc *s, enum audit_action action, const char *about, const char *detail,
	struct err *e)
{
	struct audit row = {
		.account = s->who.account,
		.kind = s->who.kind,
		.actor = svc_audit_clean(s->a, s->who.name, TEXT_MAX),
		.action = svc_audit_info(action)->name,
		.about = svc_audit_clean(s->a, about, TEXT_MAX),
		.detail = svc_audit_clean(s->a, detail, TEXT_MAX),
		.address = svc_audit_clean(s->a, s->who.address, WORD_MAX),
		.request = svc_audit_clean(s->a, s->who.request, WORD_MAX),
	};

	return store_audit_add(s->db, &row, e);
}

void svc_ring(const struct svc *s, enum bell_verb verb, int64_t job)
{
	struct err lost;

	if (bell_ring(s->cf->doorbell, verb, job, 0, &lost) < 0)
		log_debug("bell.lost", LF_I("verb", verb), LF_S("why", lost.log));
}

void svc_audit_ring(const struct svc *s, enum audit_action action)
{
	if (svc_audit_info(action)->sensitive)
		svc_ring(s, BELL_AUDIT, 0);
}

int svc_audit_commit(struct svc *s, int rc, enum audit_action action, struct err *e)
{
	if (db_finish(s->db, rc, e) < 0)
		return -1;
	svc_audit_ring(s, action);
	return 0;
}

/* A walk over rows and seals side by side, both by number. */
struct walk {
	struct db *db;
	struct arena rows;
	struct arena seals;
	int64_t seen; /* rows found good, and so the number of the last one */
	unsigned char last[SEAL_HASH];
	struct audit_seal *seal; /* the next one to compare */
	int sealed;		 /* how many are read and not compared */
	int64_t seals_from;	 /* where reading them goes on; 0 = there are no more */
	int64_t broken;
	const char *why;
};

/* seq: the first row that is not what it was. */
static void walk_break(struct walk *w, int64_t seq, const char *why)
{
	w->broken = seq;
	w->why = why;
}

/* Have the next seal at hand: 1, 0 there is none, -1. */
static int walk_seal(struct walk *w, struct err *e)
{
	if (w->sealed > 0 || w->seals_from == 0)
		return w->sealed > 0;
	arena_reset(&w->seals);
	w->sealed =
		store_audit_seal_list(w->db, &w->seals, w->seals_from, VERIFY_CHUNK, &w->seal, e);
	if (w->sealed < 0)
		return -1;
	w->seals_from = w->sealed == VERIFY_CHUNK ? w->seal[w->sealed - 1].seq + 1 : 0;
	return w->sealed > 0;
}

/* Compare one row with its number, with the chain, and with its seal if it has one. In this order,
 * so that the reason is the plainest one: behind a missing row the chain is broken in any case. */
static int walk_row(struct walk *w, const struct audit *row, struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int more;

	store_audit_hash(row, w->last, hash);
	if (row->seq != w->seen + 1) {
		walk_break(w, w->seen + 1, "This row is missing.");
		return 0;
	}
	if (memcmp(hash, row->hash, SEAL_HASH) != 0) {
		walk_break(
			w, row->seq, "This row, or its place, was changed after it was written.");
		return 0;
	}
	more = walk_seal(w, e);
	if (more > 0 && w->seal->seq == row->seq) {
		if (memcmp(w->seal->hash, hash, SEAL_HASH) != 0)
			walk_break(
				w, row->seq, "The engine has sealed this row with other content.");
		w->seal++;
		w->sealed--;
	}
	if (!w->broken)
		w->seen = row->seq;
	memcpy(w->last, hash, SEAL_HASH);
	return more < 0 ? -1 : 0;
}

/* One chunk of rows: 1 go on, 0 that was the end or something is broken, -1. */
static int walk_chunk(struct walk *w, struct err *e)
{
	struct audit *row;
	int i, n;

	arena_reset(&w->rows);
	n = store_audit_walk(w->db, &w->rows, w->seen + 1, VERIFY_CHUNK, &row, e);
	for (i = 0; i < n && !w->broken; i++) {
		if (walk_row(w, &row[i], e) < 0)
			return -1;
	}
	return n < 0 ? -1 : n > 0 && !w->broken;
}

/* All rows; a seal that is left over then is of a row that is gone: the end was cut off. */
static int walk_all(struct walk *w, struct err *e)
{
	int more;

	while ((more = walk_chunk(w, e)) > 0)
		;
	if (more < 0 || w->broken)
		return more;
	more = walk_seal(w, e);
	if (more > 0)
		walk_break(w, w->seen + 1, "The log ends before a row that the engine has sealed.");
	return more < 0 ? -1 : 0;
}

int64_t svc_audit_verify(struct svc *s, int64_t *broken, const char **why, struct err *e)
{
	struct walk w = { .db = s->db, .seals_from = 1 };
	int rc;

	/* One reading transaction: rows and seals of one moment, however long the walk takes. */
	if (db_begin(s->db, DB_READ, e) < 0)
		return -1;
	arena_init(&w.rows, VERIFY_MEMORY);
	arena_init(&w.seals, VERIFY_MEMORY);
	rc = walk_all(&w, e);
	db_rollback(s->db);
	arena_done(&w.rows);
	arena_done(&w.seals);
	*broken = w.broken;
	*why = w.why;
	return rc < 0 ? -1 : w.seen;
}
