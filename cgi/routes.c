/* Routes: every URL, what it needs, and what answers it. The forms are in forms.c.
 *
 * Rules: one row a URL and method. A POST row that can come back with messages names the page that
 * shows its form (form_of), with that page's template. What asks for the password again does so
 * before anything is typed: the GET row of such a form is NEED_ADMIN_FRESH, too, unless the page
 * follows the engine, which may take longer than a sign-in is fresh. A form that was open for
 * longer is carried on (page_stale).
 */
#include "routes.h"

#include <ctype.h>
#include <string.h>
#include "forms.h"
#include "platform/str.h"

enum { ID_MAX_DIGITS = 16 };

static const int64_t id_max = INT64_C(1) << 53;

/* Two lines a row: what the request must be; what answers it. */
/* clang-format off */
const struct route routes[] = {
	/* method, path, need, form,
	 *	layout, page, handler, handler of the page with the form */
	{ GET, "/", NEED_NONE, NULL,
		T_NONE, T_NONE, page_home, NULL },
	{ GET, "/health", NEED_NONE, NULL,
		T_NONE, T_NONE, page_health, NULL },

	{ GET, "/signin", NEED_NONE, form_next,
		T_GATE, T_SIGNIN, page_signin, NULL },
	{ POST, "/signin", NEED_NONE, form_signin,
		T_GATE, T_SIGNIN, page_signin_post, page_signin },
	{ GET, "/signin/account", NEED_USER, form_next,
		T_GATE, T_SIGNIN_ACCOUNT, page_choose, NULL },
	{ POST, "/signin/account", NEED_USER, form_choose,
		T_GATE, T_SIGNIN_ACCOUNT, page_choose_post, page_choose },
	{ GET, "/confirm", NEED_USER, form_next,
		T_GATE, T_CONFIRM, page_confirm, NULL },
	{ POST, "/confirm", NEED_USER, form_confirm,
		T_GATE, T_CONFIRM, page_confirm_post, page_confirm },
	{ POST, "/signout", NEED_USER, NULL,
		T_NONE, T_NONE, page_signout_post, NULL },
	{ GET, "/link/:word", NEED_NONE, NULL,
		T_GATE, T_LINK, page_link, NULL },
	{ POST, "/link", NEED_NONE, form_link,
		T_GATE, T_LINK, page_link_post, page_link },

	{ GET, "/stop/:word", NEED_NONE, NULL,
		T_GATE, T_STOP, page_stop, NULL },
	{ POST, "/stop/:word", NEED_KEY, NULL,
		T_GATE, T_STOP, page_stop_post, NULL },
	{ POST, "/stop/:word/again", NEED_NONE, NULL,
		T_GATE, T_STOP, page_stop_again_post, NULL },

	{ GET, "/overview", NEED_MEMBER, NULL,
		T_LAYOUT, T_OVERVIEW, page_overview, NULL },

	{ GET, "/connection", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_connection, NULL },
	{ GET, "/connection/method", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_METHOD, page_method, NULL },
	{ POST, "/connection/method", NEED_ADMIN_FRESH, form_method,
		T_LAYOUT, T_CONNECTION_METHOD, page_method_post, page_method },
	{ GET, "/connection/credentials", NEED_ADMIN_FRESH, form_host,
		T_LAYOUT, T_CONNECTION_CREDENTIALS, page_credentials, NULL },
	{ POST, "/connection/credentials", NEED_ADMIN_FRESH, form_exchange,
		T_LAYOUT, T_CONNECTION_CREDENTIALS, page_credentials_post, page_credentials },
	{ POST, "/connection/credentials/office365", NEED_ADMIN_FRESH, form_office,
		T_LAYOUT, T_CONNECTION_CREDENTIALS, page_office_post, page_credentials },
	{ GET, "/connection/discard", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_DISCARD, page_discard, NULL },
	{ POST, "/connection/discard", NEED_ADMIN_FRESH, form_discard,
		T_LAYOUT, T_CONNECTION_DISCARD, page_discard_post, page_discard },

	{ GET, "/connection/look", NEED_ADMIN, form_before,
		T_LAYOUT, T_LOOKS, page_looks, NULL },
	{ POST, "/connection/look", NEED_ADMIN, form_look,
		T_LAYOUT, T_LOOKS, page_looks_post, page_looks },
	{ GET, "/connection/look/:id", NEED_ADMIN, NULL,
		T_LAYOUT, T_LOOK, page_look, NULL },
	{ POST, "/connection/look/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_look_stop_post, NULL },

	{ GET, "/connection/test", NEED_ADMIN, form_before,
		T_LAYOUT, T_CONNECTION_TESTS, page_tests, NULL },
	{ POST, "/connection/test", NEED_ADMIN, form_test,
		T_LAYOUT, T_CONNECTION_TESTS, page_tests_post, page_tests },
	{ GET, "/connection/test/:id", NEED_ADMIN, form_with,
		T_LAYOUT, T_CONNECTION_TEST, page_test, NULL },
	{ POST, "/connection/test/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_test_stop_post, NULL },
	{ GET, "/connection/test/:id/report.txt", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_test_report, NULL },
	{ GET, "/connection/rotate", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_ROTATE, page_rotate, NULL },
	{ POST, "/connection/rotate", NEED_ADMIN_FRESH, form_rotate,
		T_LAYOUT, T_CONNECTION_ROTATE, page_rotate_post, page_rotate },
	{ POST, "/connection/rotate/prove", NEED_ADMIN_FRESH, form_from,
		T_LAYOUT, T_CONNECTION_ROTATE, page_prove_post, page_rotate },
	{ GET, "/connection/erase/:id", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_ERASE, page_erase, NULL },
	{ POST, "/connection/erase/:id", NEED_ADMIN_FRESH, form_erase,
		T_LAYOUT, T_CONNECTION_ERASE, page_erase_post, page_erase },
	{ GET, "/connection/switch", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_SWITCH, page_switch, NULL },
	{ POST, "/connection/switch", NEED_ADMIN_FRESH, form_switch,
		T_LAYOUT, T_CONNECTION_SWITCH, page_switch_post, page_switch },
	{ POST, "/connection/back", NEED_ADMIN_FRESH, form_back,
		T_LAYOUT, T_CONNECTION_SWITCH, page_back_post, page_switch },
	{ GET, "/connection/disconnect", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_DISCONNECT, page_disconnect, NULL },
	{ POST, "/connection/disconnect", NEED_ADMIN_FRESH, form_disconnect,
		T_LAYOUT, T_CONNECTION_DISCONNECT, page_disconnect_post, page_disconnect },
	{ GET, "/connection/trial", NEED_ADMIN, form_trial,
		T_LAYOUT, T_CONNECTION_TRIAL, page_trial, NULL },
	{ POST, "/connection/trial", NEED_ADMIN, form_try,
		T_LAYOUT, T_CONNECTION_TRIAL, page_trial_post, page_trial },
	{ GET, "/connection/trial.csv", NEED_ADMIN, form_trial,
		T_NONE, T_NONE, page_trial_csv, NULL },
	{ POST, "/connection/trial/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_trial_stop_post, NULL },
	{ GET, "/connection/pause", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_PAUSE, page_pause, NULL },
	{ POST, "/connection/pause", NEED_ADMIN_FRESH, form_pause,
		T_LAYOUT, T_CONNECTION_PAUSE, page_pause_post, page_pause },
	{ POST, "/connection/pause/end", NEED_ADMIN_FRESH, NULL,
		T_NONE, T_NONE, page_resume_post, NULL },
	{ GET, "/connection/replace", NEED_ADMIN_FRESH, form_replace,
		T_LAYOUT, T_CONNECTION_REPLACE, page_replace, NULL },
	{ POST, "/connection/replace", NEED_ADMIN_FRESH, form_replaced,
		T_LAYOUT, T_CONNECTION_REPLACE, page_replace_post, page_replace },

	{ GET, "/connection/microsoft", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_MICROSOFT, page_microsoft, NULL },
	{ POST, "/connection/microsoft", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_MICROSOFT, page_microsoft_post, page_microsoft },
	{ GET, "/connection/microsoft/:id", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_MICROSOFT, page_microsoft_ask, NULL },
	{ POST, "/connection/microsoft/:id/finish", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_MICROSOFT, page_microsoft_finish_post, page_microsoft_ask },
	{ GET, "/connection/microsoft/refused/:word", NEED_ADMIN, NULL,
		T_LAYOUT, T_CONNECTION_MICROSOFT, page_microsoft_refused, NULL },
	{ GET, "/oauth/return", NEED_MEMBER, NULL,
		T_NONE, T_NONE, page_oauth_return, NULL },

	{ GET, "/connection/certificate", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_CERTIFICATE, page_certificate, NULL },
	{ POST, "/connection/certificate", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_CERTIFICATE, page_certificate_post, page_certificate },
	{ POST, "/connection/certificate/test", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_CONNECTION_CERTIFICATE, page_certificate_test_post, page_certificate },
	{ GET, "/connection/certificate.pem", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_certificate_pem, NULL },

	{ GET, "/scripts", NEED_ADMIN, form_whom,
		T_LAYOUT, T_SCRIPTS, page_scripts, NULL },
	{ GET, "/scripts/links/:id", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SCRIPT_LINK, page_script_link, NULL },
	{ POST, "/scripts/links/:id/withdraw", NEED_ADMIN_FRESH, NULL,
		T_NONE, T_NONE, page_script_withdraw_post, NULL },
	{ GET, "/scripts/:word", NEED_ADMIN, form_whom,
		T_LAYOUT, T_SCRIPT, page_script, NULL },
	{ GET, "/scripts/:word/run.ps1", NEED_ADMIN, form_whom,
		T_NONE, T_NONE, page_script_run, NULL },
	{ GET, "/scripts/:word/verify.ps1", NEED_ADMIN, form_whom,
		T_NONE, T_NONE, page_script_verify, NULL },
	{ GET, "/scripts/:word/undo.ps1", NEED_ADMIN, form_whom,
		T_NONE, T_NONE, page_script_undo, NULL },
	{ POST, "/scripts/:word/check", NEED_ADMIN, form_whom,
		T_LAYOUT, T_SCRIPT, page_script_check_post, page_script },
	{ GET, "/scripts/:word/share", NEED_ADMIN_FRESH, form_whom,
		T_LAYOUT, T_SCRIPT_SHARE, page_script_share, NULL },
	{ POST, "/scripts/:word/share", NEED_ADMIN_FRESH, form_share,
		T_LAYOUT, T_SCRIPT_SHARE, page_script_share_post, page_script_share },
	{ GET, "/script/:word", NEED_NONE, NULL,
		T_OUTSIDE, T_SCRIPT_OUT, page_script_out, NULL },
	{ GET, "/script/:word/run.ps1", NEED_NONE, NULL,
		T_NONE, T_NONE, page_script_out_run, NULL },
	{ GET, "/script/:word/verify.ps1", NEED_NONE, NULL,
		T_NONE, T_NONE, page_script_out_verify, NULL },
	{ GET, "/script/:word/undo.ps1", NEED_NONE, NULL,
		T_NONE, T_NONE, page_script_out_undo, NULL },
	{ POST, "/script/:word/ran", NEED_NONE, NULL,
		T_OUTSIDE, T_SCRIPT_OUT, page_script_ran_post, page_script_out },

	{ GET, "/members/:id", NEED_ADMIN, form_member,
		T_LAYOUT, T_MEMBER, page_member, NULL },
	{ POST, "/members/:id/check", NEED_ADMIN, NULL,
		T_LAYOUT, T_MEMBER, page_member_check_post, page_member },
	{ POST, "/members/:id/week", NEED_ADMIN, NULL,
		T_LAYOUT, T_MEMBER, page_member_week_post, page_member },
	{ GET, "/members/:id/edit", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_EDIT, page_member_edit, NULL },
	{ POST, "/members/:id/edit", NEED_ADMIN_FRESH, form_edit,
		T_LAYOUT, T_MEMBER_EDIT, page_member_edit_post, page_member_edit },
	{ POST, "/members/:id/role", NEED_ADMIN_FRESH, form_role,
		T_LAYOUT, T_MEMBER_EDIT, page_role_post, page_member_edit },
	{ POST, "/members/:id/reset", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_EDIT, page_reset_post, page_member_edit },
	{ POST, "/members/:id/off", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_EDIT, page_member_off_post, page_member_edit },
	{ POST, "/members/:id/on", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_EDIT, page_member_on_post, page_member_edit },
	{ GET, "/members/:id/remove", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_REMOVE, page_remove, NULL },
	{ POST, "/members/:id/remove", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBER_REMOVE, page_remove_post, page_remove },
	{ GET, "/boundaries", NEED_ADMIN, form_boundary,
		T_LAYOUT, T_BOUNDARIES, page_boundary, NULL },
	{ GET, "/boundaries.csv", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_boundary_csv, NULL },
	{ POST, "/boundaries/measure", NEED_ADMIN, form_boundary,
		T_LAYOUT, T_BOUNDARIES, page_boundary_measure_post, page_boundary },
	{ GET, "/boundaries/edit", NEED_ADMIN_FRESH, form_boundary_ask,
		T_LAYOUT, T_BOUNDARIES_EDIT, page_boundary_edit, NULL },
	{ POST, "/boundaries/edit", NEED_ADMIN_FRESH, form_boundary_edit,
		T_LAYOUT, T_BOUNDARIES_EDIT, page_boundary_edit_post, page_boundary_edit },

	{ GET, "/members", NEED_ADMIN, form_members,
		T_LAYOUT, T_MEMBERS, page_members, NULL },
	{ GET, "/members.csv", NEED_ADMIN, form_members_csv,
		T_NONE, T_NONE, page_members_csv, NULL },
	{ POST, "/members/chosen", NEED_ADMIN, form_chosen,
		T_LAYOUT, T_MEMBERS, page_members_chosen_post, page_members },
	{ GET, "/members/bulk", NEED_ADMIN_FRESH, form_bulk,
		T_LAYOUT, T_MEMBERS_BULK, page_members_bulk, NULL },
	{ POST, "/members/bulk", NEED_ADMIN_FRESH, form_bulk,
		T_LAYOUT, T_MEMBERS_BULK, page_members_bulk_post, page_members_bulk },
	{ POST, "/members/bulk/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_members_bulk_stop_post, NULL },
	{ POST, "/members/checks/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_members_check_stop_post, NULL },
	{ GET, "/members/find", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBERS_FIND, page_find, NULL },
	{ POST, "/members/find", NEED_ADMIN_FRESH, form_find,
		T_LAYOUT, T_MEMBERS_FIND, page_find_post, page_find },
	{ GET, "/members/find/:id", NEED_ADMIN, form_after,
		T_LAYOUT, T_MEMBERS_FOUND, page_found, NULL },
	{ POST, "/members/find/:id", NEED_ADMIN_FRESH, form_found,
		T_LAYOUT, T_MEMBERS_FOUND, page_found_post, page_found },
	{ POST, "/members/find/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_found_stop_post, NULL },

	{ GET, "/rooms", NEED_ADMIN, form_rooms,
		T_LAYOUT, T_ROOMS, page_rooms, NULL },
	{ POST, "/rooms/read", NEED_ADMIN, form_rooms,
		T_LAYOUT, T_ROOMS, page_rooms_read_post, page_rooms },
	{ POST, "/rooms/check", NEED_ADMIN, form_rooms,
		T_LAYOUT, T_ROOMS, page_rooms_check_post, page_rooms },
	{ GET, "/rooms/add", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_ROOMS_ADD, page_room_add, NULL },
	{ POST, "/rooms/add", NEED_ADMIN_FRESH, form_room_add,
		T_LAYOUT, T_ROOMS_ADD, page_room_add_post, page_room_add },
	{ GET, "/rooms/:id", NEED_ADMIN, form_job,
		T_LAYOUT, T_ROOMS_ROOM, page_room, NULL },
	{ POST, "/rooms/:id", NEED_ADMIN, form_room,
		T_LAYOUT, T_ROOMS_ROOM, page_room_post, page_room },
	{ POST, "/rooms/:id/check", NEED_ADMIN, NULL,
		T_LAYOUT, T_ROOMS_ROOM, page_room_check_post, page_room },
	{ POST, "/rooms/:id/try", NEED_ADMIN, NULL,
		T_LAYOUT, T_ROOMS_ROOM, page_room_try_post, page_room },
	{ GET, "/rooms/:id/remove", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_ROOMS_REMOVE, page_room_remove, NULL },
	{ POST, "/rooms/:id/remove", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_ROOMS_REMOVE, page_room_remove_post, page_room_remove },

	{ GET, "/settings", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_home, NULL },
	{ GET, "/settings/admins", NEED_ADMIN, NULL,
		T_LAYOUT, T_SETTINGS_ADMINS, page_admins, NULL },
	{ GET, "/settings/invite", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_INVITE, page_invite, NULL },
	{ POST, "/settings/invite", NEED_ADMIN_FRESH, form_invite,
		T_LAYOUT, T_SETTINGS_INVITE, page_invite_post, page_invite },
	{ GET, "/settings/invitations/:id", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_INVITATION, page_invitation, NULL },
	{ POST, "/settings/invitations/:id/again", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_INVITATION, page_reinvite_post, page_invitation },
	{ POST, "/settings/invitations/:id/revoke", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_INVITATION, page_revoke_post, page_invitation },
	{ GET, "/settings/sessions", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_SESSIONS, page_sessions, NULL },
	{ POST, "/settings/sessions/:id/end", NEED_ADMIN_FRESH, NULL,
		T_NONE, T_NONE, page_session_end_post, NULL },
	{ POST, "/settings/sessions/end", NEED_ADMIN_FRESH, NULL,
		T_NONE, T_NONE, page_sessions_end_post, NULL },
	{ GET, "/settings/security", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_SECURITY, page_security, NULL },
	{ POST, "/settings/security", NEED_ADMIN_FRESH, form_policy,
		T_LAYOUT, T_SETTINGS_SECURITY, page_policy_post, page_security },

	{ GET, "/members/add", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBERS_ADD, page_member_add, NULL },
	{ POST, "/members/add", NEED_ADMIN_FRESH, form_add,
		T_LAYOUT, T_MEMBERS_ADD, page_member_add_post, page_member_add },
	{ GET, "/members/import", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBERS_IMPORT, page_import, NULL },
	{ POST, "/members/import", NEED_ADMIN_FRESH, form_import,
		T_LAYOUT, T_MEMBERS_IMPORT, page_import_post, page_import },
	{ GET, "/members/import/:id", NEED_ADMIN, form_lines,
		T_LAYOUT, T_MEMBERS_IMPORT_LIST, page_import_list, NULL },
	{ POST, "/members/import/:id/begin", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_MEMBERS_IMPORT_LIST, page_import_begin_post, page_import_list },
	{ POST, "/members/import/:id/stop", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_import_stop_post, NULL },
	{ POST, "/members/import/:id/discard", NEED_ADMIN, NULL,
		T_LAYOUT, T_MEMBERS_IMPORT_LIST, page_import_discard_post, page_import_list },
	{ GET, "/members/import/:id/refused.csv", NEED_ADMIN, NULL,
		T_NONE, T_NONE, page_import_refused, NULL },

	{ GET, "/settings/notifications", NEED_ADMIN_FRESH, NULL,
		T_LAYOUT, T_SETTINGS_NOTIFY, page_notify, NULL },
	{ POST, "/settings/notifications", NEED_ADMIN_FRESH, form_notify,
		T_LAYOUT, T_SETTINGS_NOTIFY, page_notify_post, page_notify },

	{ POST, "/members/:id/remind", NEED_ADMIN, NULL,
		T_LAYOUT, T_MEMBER, page_remind_post, page_member },

	{ GET, "/me", NEED_MEMBER, form_mine,
		T_LAYOUT, T_MINE, page_mine, NULL },
	{ POST, "/me/check", NEED_MEMBER, form_mine,
		T_LAYOUT, T_MINE, page_mine_check_post, page_mine },
	{ POST, "/me/week", NEED_MEMBER, form_mine,
		T_LAYOUT, T_MINE, page_mine_week_post, page_mine },
	{ GET, "/me/security", NEED_MEMBER, NULL,
		T_LAYOUT, T_ME_SECURITY, page_my_security, NULL },
	{ POST, "/me/security/password", NEED_MEMBER, form_password,
		T_LAYOUT, T_ME_SECURITY, page_password_post, page_my_security },
	{ POST, "/me/security/sessions/:id/end", NEED_MEMBER, NULL,
		T_NONE, T_NONE, page_my_session_end_post, NULL },
	{ POST, "/me/security/sessions/end", NEED_MEMBER, NULL,
		T_NONE, T_NONE, page_my_sessions_end_post, NULL },
	{ GET, "/me/signin", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_SIGNIN, page_own, NULL },
	{ POST, "/me/signin", NEED_FRESH, form_own,
		T_LAYOUT, T_ME_SIGNIN, page_own_post, page_own },
	{ GET, "/me/signin/:id", NEED_MEMBER, NULL,
		T_LAYOUT, T_ME_PROOF, page_own_proof, NULL },
	{ GET, "/me/signin/remove", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_REMOVE, page_own_remove, NULL },
	{ POST, "/me/signin/remove", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_REMOVE, page_own_remove_post, page_own_remove },
	{ POST, "/me/microsoft", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_SIGNIN, page_own_microsoft_post, page_own },
	{ GET, "/me/microsoft/:id", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_MICROSOFT, page_own_ask, NULL },
	{ POST, "/me/microsoft/:id/finish", NEED_FRESH, NULL,
		T_LAYOUT, T_ME_MICROSOFT, page_own_finish_post, page_own_ask },
	{ GET, "/me/microsoft/refused/:word", NEED_MEMBER, NULL,
		T_LAYOUT, T_ME_MICROSOFT, page_own_refused, NULL },
	{ POST, "/me/theme", NEED_MEMBER, form_theme,
		T_NONE, T_NONE, page_theme_post, NULL },

	{ GET, "/diagnosis", NEED_ADMIN, form_diagnosis,
		T_LAYOUT, T_DIAGNOSIS, page_diagnosis, NULL },
	{ POST, "/diagnosis", NEED_ADMIN, form_diagnosed,
		T_LAYOUT, T_DIAGNOSIS, page_diagnosis_post, page_diagnosis },

	{ GET, "/audit", NEED_ADMIN, form_audit,
		T_LAYOUT, T_AUDIT, page_audit, NULL },
	{ GET, "/audit.csv", NEED_ADMIN, form_audit,
		T_NONE, T_NONE, page_audit_csv, NULL },
};
/* clang-format on */

const size_t routes_count = sizeof(routes) / sizeof(*routes);

/* A number without sign or leading zero: 1, 0 it is none. */
static int id_read(const char *s, size_t n, int64_t *out)
{
	char text[ID_MAX_DIGITS + 1];

	if (n == 0 || n > ID_MAX_DIGITS || s[0] < '1' || s[0] > '9')
		return 0;
	memcpy(text, s, n);
	text[n] = '\0';
	return str_int(text, 1, id_max, out) == 0;
}

/* Letters and digits of ASCII. */
static int word_ok(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && isalnum((unsigned char)s[i]);)
		i++;
	return n > 0 && n <= WORD_MAX && i == n;
}

/* What a path's variable segments hold. */
struct found {
	int64_t id;
	const char *word;
	size_t word_len;
};

/* Does a segment of a path fit the one of a row? */
static int segment(const char *want, size_t want_len, const char *s, size_t n, struct found *out)
{
	if (want_len == 3 && memcmp(want, ":id", 3) == 0)
		return id_read(s, n, &out->id);
	if (want_len == 5 && memcmp(want, ":word", 5) == 0) {
		out->word = s;
		out->word_len = n;
		return word_ok(s, n);
	}
	return want_len == n && memcmp(want, s, n) == 0;
}

/* Segment by segment; nothing may be left over on either side. */
static int fits(const char *want, const char *path, struct found *out)
{
	size_t w, n;

	*out = (struct found){ 0 };
	while (*want == '/' && *path == '/') {
		w = strcspn(++want, "/");
		n = strcspn(++path, "/");
		if (!segment(want, w, path, n, out))
			return 0;
		want += w;
		path += n;
	}
	return *want == '\0' && *path == '\0';
}

/* The row is found: its page gets what the path holds. */
static const struct route *take(const struct route *r, const struct found *f, struct page *p)
{
	p->id = f->id;
	p->word = f->word ? arena_strndup(p->rq->arena, f->word, f->word_len) : NULL;
	return r;
}

const struct route *routes_find(
	const char *path, enum method m, struct page *p, unsigned *allow, struct err *e)
{
	unsigned want = m == HEAD ? GET : m;
	struct found f;
	size_t i;

	*allow = 0;
	for (i = 0; i < routes_count; i++) {
		if (!fits(routes[i].path, path, &f))
			continue;
		if (routes[i].method == want)
			return take(&routes[i], &f, p);
		*allow |= routes[i].method == GET ? GET | HEAD : routes[i].method;
	}
	if (*allow)
		ERR(e, ERR_METHOD, NULL, "method not for this path");
	else
		ERR(e, ERR_MISSING, NULL, "no such path");
	return NULL;
}
