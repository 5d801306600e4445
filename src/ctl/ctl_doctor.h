/* Ctl doctor: what its examinations share. A finding is told as soon as it is made. */
#ifndef LATCHKEY_CTL_DOCTOR_H
#define LATCHKEY_CTL_DOCTOR_H

#include "ctl.h"

enum ctl_doctor_level { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR__MAX };

struct ctl_doctor {
	struct ctl *c;
	const char *check; /* name of the examination */
	struct ctl_table *findings;
	int64_t counts[DOCTOR__MAX];
	int settings; /* they could be read */
};

/* what was found; why it matters or came about; how to mend it. The last two may be NULL. */
void ctl_doctor_find(struct ctl_doctor *d, enum ctl_doctor_level level, const char *what,
	const char *why, const char *fix);

/* Did something fail only because whoever runs this may not look there? Then it is a note: 1. log
 * is the failure's text for ops. */
int ctl_doctor_hidden(struct ctl_doctor *d, const char *what, const char *log);

/* ctl_doctor_data.c: what is on disk. */
void ctl_doctor_users(struct ctl_doctor *d);
void ctl_doctor_places(struct ctl_doctor *d);
void ctl_doctor_database(struct ctl_doctor *d);
void ctl_doctor_keys(struct ctl_doctor *d);
void ctl_doctor_audit(struct ctl_doctor *d);
void ctl_doctor_egress(struct ctl_doctor *d);

/* ctl_doctor_host.c: what runs, and the machine it runs on. */
void ctl_doctor_engine(struct ctl_doctor *d);
void ctl_doctor_jobs(struct ctl_doctor *d);
void ctl_doctor_portal(struct ctl_doctor *d);
void ctl_doctor_front(struct ctl_doctor *d);
void ctl_doctor_clock(struct ctl_doctor *d);
void ctl_doctor_dns(struct ctl_doctor *d);
void ctl_doctor_disk(struct ctl_doctor *d);
void ctl_doctor_cores(struct ctl_doctor *d);

/* ctl_doctor_parts.c: what talking to Exchange needs. */
void ctl_doctor_parts(struct ctl_doctor *d);
void ctl_doctor_signins(struct ctl_doctor *d);
void ctl_doctor_connections(struct ctl_doctor *d);
void ctl_doctor_mail(struct ctl_doctor *d);

#endif
