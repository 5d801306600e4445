/* Forms: what each reads; only for routes.c. */
#ifndef LATCHKEY_FORMS_H
#define LATCHKEY_FORMS_H

#include "web/form.h"

enum { WORD_MAX = 64 /* bytes of a word in a path, or of a version */ };

extern const struct field form_next[], form_signin[], form_choose[], form_confirm[], form_link[],
	form_before[], form_after[], form_job[], form_member[], form_edit[], form_method[],
	form_host[], form_exchange[], form_office[], form_from[], form_discard[], form_switch[],
	form_back[], form_erase[], form_look[], form_test[], form_with[], form_rotate[],
	form_disconnect[], form_trial[], form_try[], form_pause[], form_replace[], form_replaced[],
	form_find[], form_found[], form_rooms[], form_room[], form_room_add[], form_invite[],
	form_add[], form_import[], form_lines[], form_role[], form_policy[], form_notify[],
	form_password[], form_own[], form_mine[], form_theme[], form_audit[], form_diagnosis[],
	form_diagnosed[], form_members[], form_chosen[], form_bulk[], form_members_csv[],
	form_whom[], form_share[], form_boundary[], form_boundary_ask[], form_boundary_edit[];

#endif
