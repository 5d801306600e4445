/* Ews: the operations of exchange.h in EWS: a writer and a reader each, one file per subject.
 *
 * A writer appends what stands in the SOAP Body (0, or -1 with ERR_INPUT: it cannot be asked so); a
 * reader gets the whole answer. dialect_ews.c puts them into its table.
 */
#ifndef LATCHKEY_EWS_H
#define LATCHKEY_EWS_H

#include "envelope.h"

extern const struct dialect dialect_ews;

#define EWS_PROTOTYPES(name, fn, query, result, twice)                                             \
	int ews_##fn##_write(struct xml_write *w, const struct dialect_ask *ask, const query *q,   \
		struct err *e);                                                                    \
	void ews_##fn##_read(const struct dialect_ask *ask, const query *q,                        \
		const struct dialect_reply *r, struct arena *a, result *out, struct outcome *o);
EXCHANGE_OPS(EWS_PROTOTYPES)
#undef EWS_PROTOTYPES

/* ews_parts.c: what several operations write or read. */

/* The extended property that carries our booking id. */
#define EWS_TAG_SET "c2f6a3de-7b1e-4c58-9a0d-5e3f8b24d617"
#define EWS_TAG_NAME "LatchkeyBooking"
#define EWS_TAG_MAX 120

void ews_field(struct xml_write *w, const char *uri); /* <t:FieldURI FieldURI=""/> */
void ews_tag_field(struct xml_write *w);	      /* <t:ExtendedFieldURI/> of our tag */
void ews_tag(struct xml_write *w, const char *tag);   /* <t:ExtendedProperty> with its value */
/* The mailbox a request acts as; "" when that is not known. Is this address (NULL, "": yes) it? */
const char *ews_acting(const struct dialect_ask *ask);
int ews_is_acting(const struct dialect_ask *ask, const char *mailbox);
/* <t:DistinguishedFolderId> with a Mailbox when it is not the one acted as. */
void ews_folder(struct xml_write *w, const struct dialect_ask *ask, const char *mailbox,
	enum folder_kind kind);
void ews_item_id(struct xml_write *w, const struct item_ref *item); /* <t:ItemId/> */
/* An address inside of `element` ("t:Mailbox", "m:Mailbox", "m:RoomList"): <t:EmailAddress>, or
 * <t:Address> in the "t:Email" of availability. */
void ews_mailbox(struct xml_write *w, const char *element, const char *address);
const char *ews_tag_read(const struct xml_node *item); /* "" */
void ews_ref_read(const struct xml_node *item, struct item_ref *out);
/* Address of <Mailbox> or of an element that holds one; "" when it is not an SMTP address. */
const char *ews_address_read(const struct xml_node *holder);
enum busy_kind ews_busy_kind(const char *text, size_t n);
const char *ews_busy_word(enum busy_kind k, int version);
unsigned ews_rights_read(const struct xml_node *effective);
/* People from the children of a list: <t:Mailbox>, <t:Address>, <t:Room>, <t:Resolution>. */
void ews_people_read(struct arena *a, const struct xml_node *list, struct people_result *out);

#endif
