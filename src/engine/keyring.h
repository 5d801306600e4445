/* Keyring: the private keys, and everything that needs one: opening seals, signing the audit log,
 * making and changing keys. Only latchkeyd and the command line link this.
 *
 * The file has one key a line: ID CREATED_UNIX active|old SECRETHEX; # begins a comment. When keys
 * change, the private file is written first and the engine told (BELL_KEYS), the public file last,
 * so that nothing is sealed with a key that the engine does not have yet.
 */
#ifndef LATCHKEY_KEYRING_H
#define LATCHKEY_KEYRING_H

#include <sys/types.h>
#include "keyfile.h"
#include "model.h"
#include "platform/buf.h"
#include "platform/seal.h"

enum { KEYRING_MAX = 16 };

struct keyring;

/* Read all keys. NULL with ERR_SETUP that names the file and what is wrong with it. */
struct keyring *keyring_load(const struct keyfile *from, struct err *e);
struct keyring *keyring_new(void); /* without keys: for the first one */
void keyring_free(struct keyring *k);

/* The public halves, in the order of the file. What is returned is good until the ring changes. */
size_t keyring_count(const struct keyring *k);
const struct seal_public *keyring_at(const struct keyring *k, size_t i);
/* The newest active key; NULL only in a ring without keys. */
const struct seal_public *keyring_active(const struct keyring *k);

/* Open the secret of a credential that belongs to this connection. NULL with ERR_KEY when its key
 * is not here, the box is damaged, or it was sealed for another row, account or transport policy.
 */
struct secret *keyring_open(const struct keyring *k, const struct credential *cr,
	const struct connection *c, struct err *e);
/* The secret in a new box of the active key, appended to out, for this row of this connection, in
 * its slot and with its policy of now; 0 or -1. */
int keyring_seal(const struct keyring *k, const struct credential *cr, const struct connection *c,
	const struct secret *s, struct buf *out, struct err *e) must_check;
/* Open and seal again where it is; 0 or -1 as keyring_open. */
int keyring_reseal(const struct keyring *k, const struct credential *cr, const struct connection *c,
	struct buf *out, struct err *e) must_check;
/* Open what a browser brought back from a sign-in. NULL with ERR_KEY, as keyring_open. */
struct secret *keyring_open_ask(const struct keyring *k, const struct ask *ask, struct err *e);

/* The same for the token of a mail (store_mail.h). */
struct secret *keyring_open_mail(const struct keyring *k, const struct mail *m, struct err *e);
int keyring_reseal_mail(
	const struct keyring *k, const struct mail *m, struct buf *out, struct err *e) must_check;

/* Sign seq and hash of s with the active key: fills mac and key_id (which lives in k). */
void keyring_sign(const struct keyring *k, struct audit_seal *s);
/* Is the mac right? 1 yes, 0 no, -1 its key is not here. */
int keyring_signed(const struct keyring *k, const struct audit_seal *s);

/* A new active key; all others become old. NULL with ERR_CONFLICT when the ring is full. */
const struct seal_public *keyring_generate(struct keyring *k, struct err *e);
/* Forget an old key. ERR_MISSING, or ERR_CONFLICT for the active one. What it sealed is lost: count
 * first (store_credential_count). */
int keyring_drop(struct keyring *k, const char *id, struct err *e) must_check;
/* Write the private file (0400, for owner) or the public one (0644), whole or not at all. */
int keyring_write(const struct keyring *k, const char *path, uid_t owner, struct err *e) must_check;
int keyring_write_public(const struct keyring *k, const char *path, struct err *e) must_check;

#endif
