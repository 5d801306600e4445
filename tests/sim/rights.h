/* Rights: what a person may do in a folder: PR_RIGHTS, the named levels of them, and what
 * EffectiveRights shows. */
#ifndef SIM_RIGHTS_H
#define SIM_RIGHTS_H

#include <stdint.h>

/* PR_RIGHTS, [MS-OXCPERM] values as EWS.md 0.1 gives them. */
enum {
	RIGHT_READ_ANY = 0x1,
	RIGHT_CREATE = 0x2,
	RIGHT_EDIT_OWNED = 0x8,
	RIGHT_DELETE_OWNED = 0x10,
	RIGHT_EDIT_ANY = 0x20,
	RIGHT_DELETE_ANY = 0x40,
	RIGHT_SUBFOLDER = 0x80,
	RIGHT_OWNER = 0x100,
	RIGHT_CONTACT = 0x200,
	RIGHT_VISIBLE = 0x400,
	RIGHT_BUSY_SIMPLE = 0x800,
	RIGHT_BUSY_DETAILED = 0x1000,
	/* not in PR_RIGHTS, kept beside: set for what only some grants have */
	RIGHT_PRIVATE = 0x10000
};
struct permission_level {
	const char *name;     /* Editor; for folders opened through EWS: CalendarPermissionLevel */
	const char *calendar; /* the same in CalendarPermissionLevel terms (FreeBusyTimeOnly ...) */
	uint32_t rights;
};
extern const struct permission_level permission_levels[]; /* ends with name NULL; None first */
const struct permission_level *level_of_rights(uint32_t rights); /* NULL = Custom */
const struct permission_level *level_find(const char *name);	 /* either name, without case */
/* What an owner has. */
#define RIGHTS_ALL 0x107fbu

enum {
	FOLDER_CAN_READ = 1,
	FOLDER_CAN_CREATE = 2,
	FOLDER_CAN_MODIFY = 4,
	FOLDER_CAN_DELETE = 8,
	FOLDER_CAN_HIERARCHY = 16
};

#endif
