/* Page: a handler's whole world, and the handlers' prototypes.
 *
 * A handler is called only when the route table's needs are met: method, session, role, freshness,
 * form token, form. It fills p->view, or redirects. 0, or -1 with an error: the dispatcher shows
 * the error page, or for ERR_FORM the same page again with the messages beside the fields.
 */
#ifndef LATCHKEY_PAGE_H
#define LATCHKEY_PAGE_H

#include "platform/config.h"
#include "service/svc.h"
#include "web/form.h"
#include "web/request.h"
#include "web/response.h"
#include "web/view.h"

struct route;

struct page {
	struct request *rq;
	struct response *rs;
	struct svc svc; /* store, arena, settings, actor */
	const struct route *route;
	int64_t id;	   /* the :id of the path, 0 = none */
	const char *word;  /* the :word of the path, NULL = none */
	const char *token; /* the session cookie's value, NULL = none */
	int signed_in;
	struct session_view *session; /* valid when signed_in */
	struct form form;	      /* valid when the route has one */
	struct view *view; /* NULL when the route has no template, or the body is written */
	const char *csrf;  /* goes into every form */
	int status;	   /* of the page; 200 */
	/* What a page that only shows has to write down, once all of it is read; NULL: nothing. */
	int (*after)(struct page *p, struct err *e);
};

/* Handlers: one per row of the route table; a GET row's handler also fills the page again when the
 * POST row that names it in `form_of` came back with errors. */
int page_home(struct page *p, struct err *e);
int page_health(struct page *p, struct err *e);

int page_signin(struct page *p, struct err *e);
int page_signin_post(struct page *p, struct err *e);
int page_choose(struct page *p, struct err *e);
int page_choose_post(struct page *p, struct err *e);
int page_confirm(struct page *p, struct err *e);
int page_confirm_post(struct page *p, struct err *e);
int page_signout_post(struct page *p, struct err *e);
int page_link(struct page *p, struct err *e);
int page_link_post(struct page *p, struct err *e);

int page_overview(struct page *p, struct err *e);

int page_connection(struct page *p, struct err *e);
int page_method(struct page *p, struct err *e);
int page_method_post(struct page *p, struct err *e);
int page_credentials(struct page *p, struct err *e);
int page_credentials_post(struct page *p, struct err *e);
int page_office_post(struct page *p, struct err *e);
int page_discard(struct page *p, struct err *e);
int page_discard_post(struct page *p, struct err *e);

int page_looks(struct page *p, struct err *e);
int page_looks_post(struct page *p, struct err *e);
int page_look(struct page *p, struct err *e);
int page_look_stop_post(struct page *p, struct err *e);

int page_tests(struct page *p, struct err *e);
int page_tests_post(struct page *p, struct err *e);
int page_test(struct page *p, struct err *e);
int page_test_stop_post(struct page *p, struct err *e);
int page_test_report(struct page *p, struct err *e);

int page_boundary(struct page *p, struct err *e);
int page_boundary_edit(struct page *p, struct err *e);
int page_boundary_edit_post(struct page *p, struct err *e);
int page_boundary_measure_post(struct page *p, struct err *e);
int page_boundary_csv(struct page *p, struct err *e);

int page_rotate(struct page *p, struct err *e);
int page_rotate_post(struct page *p, struct err *e);
int page_prove_post(struct page *p, struct err *e);
int page_erase(struct page *p, struct err *e);
int page_erase_post(struct page *p, struct err *e);
int page_switch(struct page *p, struct err *e);
int page_switch_post(struct page *p, struct err *e);
int page_back_post(struct page *p, struct err *e);
int page_disconnect(struct page *p, struct err *e);
int page_disconnect_post(struct page *p, struct err *e);
int page_trial(struct page *p, struct err *e);
int page_trial_post(struct page *p, struct err *e);
int page_trial_stop_post(struct page *p, struct err *e);
int page_trial_csv(struct page *p, struct err *e);
int page_pause(struct page *p, struct err *e);
int page_pause_post(struct page *p, struct err *e);
int page_resume_post(struct page *p, struct err *e);
int page_replace(struct page *p, struct err *e);
int page_replace_post(struct page *p, struct err *e);

int page_microsoft(struct page *p, struct err *e);
int page_microsoft_post(struct page *p, struct err *e);
int page_microsoft_ask(struct page *p, struct err *e);
int page_microsoft_finish_post(struct page *p, struct err *e);
int page_microsoft_refused(struct page *p, struct err *e);
int page_oauth_return(struct page *p, struct err *e);

int page_own(struct page *p, struct err *e);
int page_own_post(struct page *p, struct err *e);
int page_own_proof(struct page *p, struct err *e);
int page_own_remove(struct page *p, struct err *e);
int page_own_remove_post(struct page *p, struct err *e);
int page_own_microsoft_post(struct page *p, struct err *e);
int page_own_ask(struct page *p, struct err *e);
int page_own_finish_post(struct page *p, struct err *e);
int page_own_refused(struct page *p, struct err *e);

int page_certificate(struct page *p, struct err *e);
int page_certificate_post(struct page *p, struct err *e);
int page_certificate_test_post(struct page *p, struct err *e);
int page_certificate_pem(struct page *p, struct err *e);

int page_member(struct page *p, struct err *e);
int page_member_check_post(struct page *p, struct err *e);
int page_member_week_post(struct page *p, struct err *e);
int page_member_edit(struct page *p, struct err *e);
int page_member_edit_post(struct page *p, struct err *e);
int page_role_post(struct page *p, struct err *e);
int page_reset_post(struct page *p, struct err *e);
int page_member_off_post(struct page *p, struct err *e);
int page_member_on_post(struct page *p, struct err *e);
int page_remove(struct page *p, struct err *e);
int page_remove_post(struct page *p, struct err *e);
int page_find(struct page *p, struct err *e);
int page_find_post(struct page *p, struct err *e);
int page_found(struct page *p, struct err *e);
int page_found_post(struct page *p, struct err *e);
int page_found_stop_post(struct page *p, struct err *e);

int page_rooms(struct page *p, struct err *e);
int page_rooms_read_post(struct page *p, struct err *e);
int page_rooms_check_post(struct page *p, struct err *e);
int page_room(struct page *p, struct err *e);
int page_room_post(struct page *p, struct err *e);
int page_room_check_post(struct page *p, struct err *e);
int page_room_try_post(struct page *p, struct err *e);
int page_room_add(struct page *p, struct err *e);
int page_room_add_post(struct page *p, struct err *e);
int page_room_remove(struct page *p, struct err *e);
int page_room_remove_post(struct page *p, struct err *e);

int page_admins(struct page *p, struct err *e);
int page_invite(struct page *p, struct err *e);
int page_invite_post(struct page *p, struct err *e);
int page_invitation(struct page *p, struct err *e);
int page_reinvite_post(struct page *p, struct err *e);
int page_revoke_post(struct page *p, struct err *e);
int page_sessions(struct page *p, struct err *e);
int page_session_end_post(struct page *p, struct err *e);
int page_sessions_end_post(struct page *p, struct err *e);
int page_security(struct page *p, struct err *e);
int page_policy_post(struct page *p, struct err *e);

int page_mine(struct page *p, struct err *e);
int page_mine_check_post(struct page *p, struct err *e);
int page_mine_week_post(struct page *p, struct err *e);
int page_my_security(struct page *p, struct err *e);

int page_notify(struct page *p, struct err *e);
int page_notify_post(struct page *p, struct err *e);
int page_remind_post(struct page *p, struct err *e);
int page_stop(struct page *p, struct err *e);
int page_stop_post(struct page *p, struct err *e);
int page_stop_again_post(struct page *p, struct err *e);

int page_member_add(struct page *p, struct err *e);
int page_member_add_post(struct page *p, struct err *e);
int page_import(struct page *p, struct err *e);
int page_import_post(struct page *p, struct err *e);
int page_import_list(struct page *p, struct err *e);
int page_import_begin_post(struct page *p, struct err *e);
int page_import_stop_post(struct page *p, struct err *e);
int page_import_discard_post(struct page *p, struct err *e);
int page_import_refused(struct page *p, struct err *e);
int page_password_post(struct page *p, struct err *e);
int page_my_session_end_post(struct page *p, struct err *e);
int page_my_sessions_end_post(struct page *p, struct err *e);
int page_theme_post(struct page *p, struct err *e);

int page_members(struct page *p, struct err *e);
int page_members_chosen_post(struct page *p, struct err *e);
int page_members_bulk(struct page *p, struct err *e);
int page_members_bulk_post(struct page *p, struct err *e);
int page_members_check_stop_post(struct page *p, struct err *e);
int page_members_bulk_stop_post(struct page *p, struct err *e);
int page_members_csv(struct page *p, struct err *e);

int page_scripts(struct page *p, struct err *e);
int page_script(struct page *p, struct err *e);
int page_script_run(struct page *p, struct err *e);
int page_script_verify(struct page *p, struct err *e);
int page_script_undo(struct page *p, struct err *e);
int page_script_check_post(struct page *p, struct err *e);
int page_script_share(struct page *p, struct err *e);
int page_script_share_post(struct page *p, struct err *e);
int page_script_link(struct page *p, struct err *e);
int page_script_withdraw_post(struct page *p, struct err *e);
int page_script_out(struct page *p, struct err *e);
int page_script_out_run(struct page *p, struct err *e);
int page_script_out_verify(struct page *p, struct err *e);
int page_script_out_undo(struct page *p, struct err *e);
int page_script_ran_post(struct page *p, struct err *e);
int page_diagnosis(struct page *p, struct err *e);
int page_diagnosis_post(struct page *p, struct err *e);

int page_audit(struct page *p, struct err *e);
int page_audit_csv(struct page *p, struct err *e);

/* page_error.c: any error as a page (or as plain text when not even that works). */
void page_error(struct page *p, const struct err *e);

/* page_signin.c: the own password is asked for, in a page that carries on what was typed into the
 * form of the request; e says why. */
void page_stale(struct page *p, const struct err *e);

/* page_layout.c: what every page shows around its content. */
void page_layout(struct page *p);
/* A time twice: ISO for machines, words for people. */
void page_time(struct view *v, enum marker iso, enum marker text, int64_t t, struct arena *a);
/* Field values and messages of the form into the view: M_V_<NAME> and M_E_<NAME> by the field's
 * name. */
void page_fields(struct page *p);

#endif
