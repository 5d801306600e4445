/* Job kinds: the table. A new kind is a new file and a row here. */
#include "job_kinds.h"

const struct job_kind *const job_kinds[] = {
	&job_look,
	&job_test,
	&job_own,
	&job_certificate,
	&job_reseal,
	&job_week,
	&job_bulk,
	&job_directory,
	&job_add_found,
	&job_room_try,
	&job_remind,
	&job_boundary,
	&job_house,
	&job_check,
	&job_trial,
	&job_import,
	NULL,
};
