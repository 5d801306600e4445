/* Svc_diagnosis_parts: what the two files of the diagnosis share. */
#ifndef LATCHKEY_SVC_DIAGNOSIS_PARTS_H
#define LATCHKEY_SVC_DIAGNOSIS_PARTS_H

#include "platform/redact.h"
#include "svc_connection.h"
#include "svc_diagnosis.h"

struct diagnosis {
	struct svc *s;
	int clear;
	int64_t now;
	struct redact *r;
	struct buf *out;
	struct buf part; /* the section that is being written, with its names */
	int left_out;	 /* sections that did not fit */
	struct svc_connections both;
};

/* A section: its title, its lines, then it is redacted and appended if it fits. */
void diagnosis_begin(struct diagnosis *d, const char *title);
void diagnosis_line(struct diagnosis *d, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void diagnosis_end(struct diagnosis *d);
/* "3 h 12 min ago", "in 5 s", "never"; in the arena. */
const char *diagnosis_ago(struct diagnosis *d, int64_t t);

/* Tell the redactor what jobs and their steps name without a shape. */
int diagnosis_names(struct diagnosis *d, struct err *e) must_check;

/* svc_diagnosis_parts.c: the sections that read the store. 0 or -1. */
int diagnosis_connections(struct diagnosis *d, struct err *e) must_check;
int diagnosis_health(struct diagnosis *d, struct err *e) must_check;
int diagnosis_members(struct diagnosis *d, struct err *e) must_check;
int diagnosis_mails(struct diagnosis *d, struct err *e) must_check;
int diagnosis_jobs(struct diagnosis *d, struct err *e) must_check;
int diagnosis_traces(struct diagnosis *d, struct err *e) must_check;

#endif
