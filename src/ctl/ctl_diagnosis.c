/* Ctl diagnosis: the same text as the page's, on standard output. */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "service/svc_diagnosis.h"

static int make(struct ctl *c, int clear, struct buf *b, struct err *e)
{
	int rc;

	if (db_begin(c->db, DB_READ, e) < 0)
		return -1;
	rc = svc_diagnosis(&c->svc, clear, b, e);
	db_rollback(c->db);
	return rc;
}

int ctl_diagnosis(struct ctl *c, struct err *e)
{
	const int clear = ctl_flag(c, "clear-hosts") != NULL;
	struct buf b;
	int rc;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	buf_init(&b, DIAGNOSIS_MAX);
	rc = make(c, clear, &b, e);
	if (rc == 0)
		rc = svc_diagnosis_left(&c->svc, clear, e);
	if (rc == 0 && c->json)
		CTL_RECORD(c, { "text", C_TEXT(buf_str(&b)) });
	else if (rc == 0 && (fwrite(b.p, 1, b.len, stdout) != b.len || fputc('\n', stdout) == EOF))
		rc = ctl_fail(e, ERR_FULL, "It could not be written: %s.", strerror(errno));
	buf_done(&b);
	return rc;
}
