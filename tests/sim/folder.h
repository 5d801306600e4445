/*
 * Folder: what is known of a mailbox's folders: the standard ones by a table, own ones behind them,
 * and what the folder operations share.
 */
#ifndef SIM_FOLDER_H
#define SIM_FOLDER_H

#include "sim/soap.h"

/* A standard folder, by enum folder_kind. */
struct folder_fact {
	const char *id;	   /* DistinguishedFolderId */
	const char *class; /* NULL = none */
	int parent;	   /* -1 = none */
};
extern const struct folder_fact folder_facts[FOLDER_CUSTOM];
int folder_by_id(const char *distinguished); /* -1 = this mailbox has none */
const char *folder_class(const struct mailbox *m, int folder);
/* As its owner reads it, by the language of the mailbox, else of the premise. */
const char *folder_called(const struct premise *p, const struct mailbox *m, int folder);
int folder_parent(const struct mailbox *m, int folder);
bool folder_exists(const struct mailbox *m, int folder);
int folder_end(const struct mailbox *m); /* numbers are below it; not all exist */
struct folder_own *folder_own(const struct mailbox *m, int folder); /* NULL for standard ones */
/* Is it somewhere below `above`, or directly. */
bool folder_below(const struct mailbox *m, int folder, int above, bool deep);
/* Changes when name, place, class or permissions do: the change key, and what sync compares. */
uint32_t folder_change(const struct call *c, const struct mailbox *m, int folder);
/* The same mailbox's other folder, as this caller sees it. */
void target_folder(struct call *c, const struct target *t, int folder, struct target *out);
/* Does this caller see that it is there. */
bool target_opens(const struct target *t);
bool target_owns(const struct target *t); /* may look at and change its permissions */

/* folder_write.c: one property, for restrictions: malloc'ed text, or NULL. */
char *folder_property(struct call *c, const struct target *t, xmlNode *path);
void folder_write_id(struct call *c, const struct target *t, const char *element);
/* As found by FindFolder or SyncFolderHierarchy: without permissions. */
void folder_write_found(struct call *c, const struct target *t, const struct shape *s);

/* folder_match.c: does it meet a restriction. */
bool folder_matches(struct call *c, const struct target *t, xmlNode *restriction);

/* folder_permission.c */
void permission_set_write(struct call *c, const struct target *t);
/* Replace the whole set by t:PermissionSet; NULL = by an empty one. A code, or NULL. */
const char *permission_set_read(struct call *c, const struct target *t, xmlNode *set);
/* A t:UserId, written and found. */
void user_id_write(struct call *c, const struct mailbox *m);
struct mailbox *user_id_find(struct call *c, xmlNode *user_id);

#endif
