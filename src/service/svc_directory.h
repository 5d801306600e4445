/* Svc_directory: the directory of Exchange, asked through the connection in use; members out of
 * what it answered; rooms.
 *
 * Params of the jobs, url_pair text. "directory": what (search, list, rooms) and text (what is
 * searched for, or the list's address). "add_found": from (the "directory" job). "room_try": room
 * (the member).
 */
#ifndef LATCHKEY_SVC_DIRECTORY_H
#define LATCHKEY_SVC_DIRECTORY_H

#include "svc.h"

#define DIRECTORY_KIND "directory"
#define ADD_FOUND_KIND "add_found"
#define ROOM_TRY_KIND "room_try"

#define DIRECTORY_MAILBOX "Mailbox" /* found_one.type of who can be a member */
#define DIRECTORY_LIST "PublicDL"   /* and of a list that can be opened */

enum {
	DIRECTORY_OPEN_MAX = 5, /* of each kind, running or waiting in one account */
	DIRECTORY_PICK_MAX = 100,
	ROOM_PLACE_MAX = 100,
	ROOM_SEATS_MAX = 10000
};

#define DIRECTORY_FULL                                                                             \
	"Several of these are running or waiting already. Try again when one has ended."

enum directory_what { DIRECTORY_SEARCH, DIRECTORY_LISTED, DIRECTORY_ROOMS, DIRECTORY__MAX };

/* Ask. *job is the open one when the same is asked for already. ERR_CONFLICT when there is no
 * connection that works, or too many wait; ERR_FORM when the text is no address of a list. */
int svc_directory_ask(struct svc *s, enum directory_what what, const char *text, int64_t *job,
	struct err *e) must_check;
/* What a "directory" job was asked; what is DIRECTORY__MAX when that is not known. */
void svc_directory_params(
	struct arena *a, const char *params, enum directory_what *what, const char **text);
/* Stop a job of one of the three kinds; ERR_CONFLICT when it has ended. */
int svc_directory_stop(struct svc *s, int64_t job, struct err *e) must_check;

/* Of what a "directory" job found, those with these numbers become members: how many are new, or
 * -1. Who cannot be a member, or is one, is passed over. */
int svc_directory_add(
	struct svc *s, int64_t job, const int64_t *n, size_t count, struct err *e) must_check;
/* All of them, by a job. */
int svc_directory_add_all(struct svc *s, int64_t from, int64_t *job, struct err *e) must_check;

/* svc_room.c. ERR_MISSING when there is no such room. ERR_CONFLICT from adding: the address is a
 * member's or a room's already. */
struct room_form {
	const char *email, *name, *place;
	int64_t seats; /* 0 = not known */
};
int svc_room_add(struct svc *s, const struct room_form *f, int64_t *id, struct err *e) must_check;
/* Name, place and seats. */
int svc_room_edit(struct svc *s, int64_t room, const struct room_form *f, struct err *e) must_check;
int svc_room_remove(struct svc *s, int64_t room, struct err *e) must_check;
/* Try a booking. */
int svc_room_try(struct svc *s, int64_t room, int64_t *job, struct err *e) must_check;

#endif
