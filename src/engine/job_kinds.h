/* Job kinds: the table of what the engine can do, one file per kind. */
#ifndef LATCHKEY_JOB_KINDS_H
#define LATCHKEY_JOB_KINDS_H

#include "job.h"
#include "platform/err.h"

struct engine;

/* "look", params host and port: an anonymous look at a server (exchange/look.h). Done when nothing
 * failed, failed when a step did; notes do not count. */
extern const struct job_kind job_look;
/* "test", params as service/svc_connection.h says: a stored connection is tested, or what was
 * entered is proved and then used. Done when it is used, or when no step failed. */
extern const struct job_kind job_test;
/* "own": the same of a member's own sign-in. */
extern const struct job_kind job_own;
/* "certificate", param connection: a key and a certificate are made for its application. */
extern const struct job_kind job_certificate;
/* "trial", params connection and a roster_pick, or all=1: members are looked at by a draft that was
 * proved; nothing but table trial is written. */
extern const struct job_kind job_trial;
/* "week", param member: busy time of one member, this week and the next, is read for pages. */
extern const struct job_kind job_week;
/* "reseal", no params: every secret that is sealed with another key is sealed with the active one.
 */
extern const struct job_kind job_reseal;
/* "bulk", params of roster_bulk_write: many members are removed, deactivated or activated. */
extern const struct job_kind job_bulk;
/* "directory", params as service/svc_directory.h says: people by name, a distribution list, or all
 * rooms, which become members. */
extern const struct job_kind job_directory;
/* "add_found", param from: those a "directory" job found become members. */
extern const struct job_kind job_add_found;
/* "room_try", param room: a booking that shows whether the room takes bookings. */
extern const struct job_kind job_room_try;
/* "remind", params a roster_pick: those of them who must act are reminded now. */
extern const struct job_kind job_remind;
/* "import", param import: people of a list become members, in portions. */
extern const struct job_kind job_import;
/* "boundary", no params: the mailbox that must stay shut is tried. Failed when that came to
 * nothing. */
extern const struct job_kind job_boundary;
/* "house", no params: what is too old goes. */
extern const struct job_kind job_house;
/* "check", params as roster_pick_write has them (store_roster.h); with method and connection, what
 * was seen by others counts as not seen. The chosen members' calendars are looked at. Failed when
 * the connection could not go on. */
extern const struct job_kind job_check;

/* Ended by NULL. */
extern const struct job_kind *const job_kinds[];

/* Put a "house" job into the queue, unless one is there. */
int job_house_add(struct engine *eng, struct err *e) must_check;

#endif
