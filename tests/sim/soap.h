/*
 * Soap: one EWS call from envelope to envelope. soap.c reads and checks; ops.c has THE TABLE of
 * operations; each operation is one function that writes its response element to c->out.
 */
#ifndef SIM_SOAP_H
#define SIM_SOAP_H

#include <libxml/tree.h>
#include "sim/item.h"
#include "sim/sign.h"
#include "sim/sim.h"

#define NS_SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define NS_M "http://schemas.microsoft.com/exchange/services/2006/messages"
#define NS_T "http://schemas.microsoft.com/exchange/services/2006/types"
#define NS_E "http://schemas.microsoft.com/exchange/services/2006/errors"

struct call {
	struct sim *sim;
	struct world *world;
	struct face *face;
	struct premise *premise;
	struct front_end *front_end;
	struct request *request;
	struct answer *answer;
	struct who who;
	struct mailbox *acting; /* whose authority it has: impersonated, or the caller's own
				   mailbox; may be NULL */
	bool impersonated;
	bool by_owner_token;	 /* delegated token */
	enum level level;	 /* asked for */
	const struct zone *zone; /* TimeZoneContext; NULL = UTC */
	const char *language;	 /* of texts */
	xmlNode *op;		 /* the body's element */
	const struct operation *operation;
	utc_t now;	       /* the world's */
	utc_t view;	       /* the directory's as this front end sees it: now - lag */
	struct text out;       /* the response element */
	const char *fault;     /* set by soap_fault: the operation ends with it */
	struct text fault_xml; /* t:MessageXml values of the fault */
	char *fault_text;
	const char *say;      /* text of the next message, in place of its code's usual one */
	const char *code;     /* first response code that is not NoError: for the journal */
	int items, mailboxes; /* asked about; different mailboxes opened */
	struct mailbox *opened[64];
	void **kept; /* strings of node_*, freed with the call */
	int n_kept;
};

typedef void op_fn(struct call *c);
struct operation {
	const char *name; /* body element */
	enum level since;
	op_fn *run;
	const char *element; /* of the response, "m:GetFolderResponse" */
	bool needs_mailbox;  /* the caller must have or impersonate one */
};
extern const struct operation operations[]; /* ends with name NULL */

/* Ends a list of names and values. */
#define NO_MORE ((const char *)NULL)
/* End the call with a SOAP fault (HTTP 500). values: name, value, ... NO_MORE for t:MessageXml; may
 * be none. */
void soap_fault(struct call *c, const char *code, ...) __attribute__((sentinel));
bool soap_failed(const struct call *c);
/* Localised text of a code in the call's language; English when the language is not known. */
const char *soap_say(const char *language, const char *code);

/* One item-level message: begin writes <m:NAME ResponseClass=...>, the code and, unless NoError,
 * the text and DescriptiveLinkKey in schema order; end closes it. values as in soap_fault, for
 * m:MessageXml. */
void message_begin(struct call *c, const char *element, const char *code, ...)
	__attribute__((sentinel));
void message_warning(struct call *c, const char *element, const char *code);
void message_end(struct call *c, const char *element);
void response_begin(struct call *c); /* <m:XResponse><m:ResponseMessages> */
void response_end(struct call *c);

/* Reading what was checked (node.c). All look at (namespace, local name); strings live until the
 * call ends. */
xmlNode *node_child(
	xmlNode *n, const char *ns, const char *name); /* first, or NULL; n may be NULL */
xmlNode *node_first(xmlNode *n);		       /* first element child */
xmlNode *node_next(xmlNode *n);			       /* next element sibling */
bool node_is(const xmlNode *n, const char *ns, const char *name);
const char *node_text(struct call *c, xmlNode *n); /* trimmed; NULL when n is NULL */
const char *node_child_text(struct call *c, xmlNode *n, const char *ns, const char *name);
const char *node_attribute(struct call *c, xmlNode *n, const char *name); /* NULL = absent */
bool truth(const char *s);						  /* true, 1 */
void *call_keep(struct call *c, void *allocated); /* freed with the call; returned */

/*
 * grammar.c: the part of Microsoft's schema that our operations read, as a table of element orders
 * in our own words. False: *e says what is wrong, as Exchange says it, and where. Elements newer
 * than the product's own schema are as unknown to it as any other.
 */
struct grammar_error {
	char *say; /* malloc'ed */
	int line;
};
bool grammar_check(xmlNode *op, enum level product, struct grammar_error *e);

/* throttle.c. False: the fault or the edge's answer was written. Call it once a request; it lets go
 * by answer.finished. Cost is charged to the impersonated mailbox, else to the caller. */
bool throttle_enter(struct call *c);
void throttle_charge(struct call *c, int mailboxes, int items);
void throttle_free(struct sim *s);

/* access.c: opening what a request names. */
struct target {
	struct mailbox *mailbox;
	int folder;	   /* enum folder_kind or own */
	bool explicit;	   /* named by Mailbox: another's */
	uint32_t rights;   /* PR_RIGHTS and RIGHT_PRIVATE */
	int folder_rights; /* FOLDER_CAN_ */
	bool owner;	   /* own or impersonated */
};
/* Whose rights count: one who acts without a mailbox of his own has what everybody has. */
const struct mailbox *access_as(const struct call *c);
/* FolderId or DistinguishedFolderId. NULL = fine, else the code (denials by the premise's switch);
 * values for MessageXml in *smtp. Counts different mailboxes. */
const char *access_folder(struct call *c, xmlNode *id, struct target *t, const char **smtp);
/* May it be read at all; the denial code when not. */
const char *access_read(struct call *c, const struct target *t);
/* ItemId, OccurrenceItemId, RecurringMasterItemId. */
struct found {
	struct target in;
	struct item *item;
	int instance;		/* 1..: an occurrence of a recurring master; 0 = the item itself */
	utc_t start;		/* of that occurrence */
	const char *change_key; /* as given, or NULL */
};
const char *access_item(struct call *c, xmlNode *id, struct found *f);
/* FolderShape and ItemShape, read once. */
struct shape {
	enum { SHAPE_ID, SHAPE_DEFAULT, SHAPE_ALL } base;
	enum { BODY_BEST, BODY_HTML, BODY_TEXT } body;
	xmlNode *additional; /* t:AdditionalProperties or NULL */
};
void shape_read(struct call *c, xmlNode *shape, struct shape *s);
/* Is this field named in the shape, beyond what its base has: "folder:EffectiveRights". */
bool shape_wants(const struct shape *s, const char *field);
/* Write a folder element of this target. */
void folder_write(struct call *c, const struct target *t, const struct shape *s);
const char *folder_element(const struct target *t); /* t:CalendarFolder ... */
const char *folder_name(const struct call *c, const struct mailbox *m, int folder); /* localised */

/* id.c: opaque ids. They name mailbox, folder or item, and the path by which it was reached (own,
 * explicit), and are checked: a bent one is ErrorInvalidIdMalformed. Case-sensitive base64, about
 * 150 characters. */
enum id_kind { ID_FOLDER, ID_ITEM, ID_OCCURRENCE, ID_ATTACHMENT };
struct id {
	enum id_kind kind;
	uint32_t mailbox;
	uint64_t object; /* folder number or item number */
	int64_t start;	 /* occurrence */
	bool by_explicit;
};
void id_write(struct text *t, const struct world *w, const struct id *id);
bool id_read(const struct world *w, const char *s, struct id *id);
/* As ConvertId's HexEntryId: what availability answers name items by. */
void id_write_hex(struct text *t, const struct world *w, const struct id *id);
void change_key_write(struct text *t, uint32_t change);
bool change_key_read(const char *s, uint32_t *change);

/* Operations, one group a file: op_folder.c op_delegate.c op_busy.c op_item.c op_find.c op_sync.c
 * op_directory.c. X(name, what the request's element has after it, first version, must the caller
 * have or impersonate a mailbox, function) */
#define SIM_OPERATIONS(X)                                                                          \
	X(GetFolder, "", LEVEL_2007, false, op_get_folder)                                         \
	X(FindFolder, "", LEVEL_2007, false, op_find_folder)                                       \
	X(UpdateFolder, "", LEVEL_2007, false, op_update_folder)                                   \
	X(CreateFolder, "", LEVEL_2007, false, op_create_folder)                                   \
	X(DeleteFolder, "", LEVEL_2007, false, op_delete_folder)                                   \
	X(SyncFolderHierarchy, "", LEVEL_2007, false, op_sync_folder_hierarchy)                    \
	X(GetDelegate, "", LEVEL_2007_SP1, true, op_get_delegate)                                  \
	X(AddDelegate, "", LEVEL_2007_SP1, true, op_add_delegate)                                  \
	X(UpdateDelegate, "", LEVEL_2007_SP1, true, op_update_delegate)                            \
	X(RemoveDelegate, "", LEVEL_2007_SP1, true, op_remove_delegate)                            \
	X(GetUserAvailability, "Request", LEVEL_2007, false, op_get_user_availability)             \
	X(CreateItem, "", LEVEL_2007, false, op_create_item)                                       \
	X(GetItem, "", LEVEL_2007, false, op_get_item)                                             \
	X(UpdateItem, "", LEVEL_2007, false, op_update_item)                                       \
	X(DeleteItem, "", LEVEL_2007, false, op_delete_item)                                       \
	X(SendItem, "", LEVEL_2007, false, op_send_item)                                           \
	X(FindItem, "", LEVEL_2007, false, op_find_item)                                           \
	X(SyncFolderItems, "", LEVEL_2007, false, op_sync_folder_items)                            \
	X(ResolveNames, "", LEVEL_2007, false, op_resolve_names)                                   \
	X(ExpandDL, "", LEVEL_2007, false, op_expand_dl)                                           \
	X(GetRoomLists, "", LEVEL_2010, true, op_get_room_lists)                                   \
	X(GetRooms, "", LEVEL_2010, true, op_get_rooms)                                            \
	X(GetServerTimeZones, "", LEVEL_2010, false, op_get_server_time_zones)                     \
	X(ConvertId, "", LEVEL_2007_SP1, false, op_convert_id)
#define SIM_OPERATION_FN(name, tail, since, needs_mailbox, fn) op_fn fn;
SIM_OPERATIONS(SIM_OPERATION_FN)
#undef SIM_OPERATION_FN

#endif
