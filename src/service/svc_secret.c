/* Service: secrets of connections.
 *
 * Rule: a secret is sealed for its row, its slot and the whole way it may travel
 * (store_connection_policy) before it is stored, and never leaves this call.
 */
#include "svc_secret.h"

#include <string.h>
#include "platform/buf.h"

enum { BOX_MAX = 2 * SEAL_SECRET_MAX, VERSION_HEX = 8 };

/* Slots and what stands beside them. */
static const char *const pairs[][2] = {
	{ PURPOSE_CURRENT, PURPOSE_CLIENT },
	{ PURPOSE_NEXT, PURPOSE_NEXT_CLIENT },
	{ PURPOSE_FORMER, PURPOSE_FORMER_CLIENT },
};

const char *svc_secret_beside(const char *slot)
{
	size_t i = 0;

	while (strcmp(pairs[i][0], slot) != 0)
		i++;
	return pairs[i][1];
}

static int seal_into(struct svc *s, const struct seal_public *k, const struct connection *c,
	struct credential *cr, const struct secret *secret, struct err *e)
{
	struct seal_home home = { .account = c->account, .row = cr->id, .purpose = cr->purpose };
	struct buf box;
	int rc;

	store_connection_policy(c, home.policy);
	memcpy(cr->policy, home.policy, sizeof(cr->policy));
	buf_init(&box, BOX_MAX);
	rc = seal_close(k, &home, secret, &box, e);
	cr->key_id = k->id;
	cr->sealed = box.p;
	cr->sealed_len = box.len;
	if (rc == 0)
		rc = store_credential_save(s->db, cr, e);
	buf_done(&box);
	return rc;
}

static int set_one(struct svc *s, const struct seal_public *k, const struct connection *c,
	struct credential *cr, const struct secret *secret, struct err *e)
{
	char *version = arena_alloc(s->a, VERSION_HEX + 1);

	if (!secret)
		return 0;
	seal_random_hex(version, VERSION_HEX);
	cr->version = version;
	if (store_credential_reserve(s->db, c->account, c->id, cr->purpose, &cr->id, e) < 0)
		return -1;
	return seal_into(s, k, c, cr, secret, e);
}

/* "version 0a1b2c3d, to be proved"; of two that were entered together, both. */
static const char *set_sentence(
	struct svc *s, const struct credential *main, const struct credential *beside)
{
	const int both = main->version && beside->version;

	return arena_printf(s->a, "version %s%s%s, to be proved",
		main->version ? main->version : beside->version, both ? " and " : "",
		both ? beside->version : "");
}

int svc_secret_set(struct svc *s, const struct connection *c, const char *slot,
	const struct svc_secrets *sec, struct err *e)
{
	struct credential main = { .account = c->account,
		.connection = c->id,
		.purpose = slot,
		.set_by = s->who.member,
		.by_name = s->who.name,
		.expires = sec->expires,
		.certificate = sec->certificate };
	struct credential beside = main;
	struct seal_public k;

	beside.purpose = svc_secret_beside(slot);
	beside.certificate = "";
	if (seal_public_load(s->cf->public_keys, &k, e) < 0 || svc_secret_remove(s, c, slot, e) < 0)
		return -1;
	/* A person's token has its own end; the date is the application's. */
	if (sec->client)
		main.expires = 0;
	if (set_one(s, &k, c, &main, sec->secret, e) < 0 ||
		set_one(s, &k, c, &beside, sec->client, e) < 0)
		return -1;
	return strcmp(slot, PURPOSE_NEXT) == 0
		? svc_audit(s, c->owner ? AUDIT_OWN_SET : AUDIT_CREDENTIAL_SET, c->mailbox,
			  set_sentence(s, &main, &beside), e)
		: 0;
}

int svc_secret_remove(struct svc *s, const struct connection *c, const char *slot, struct err *e)
{
	return store_credential_remove(s->db, c->account, c->id, slot, e) < 0 ||
			store_credential_remove(
				s->db, c->account, c->id, svc_secret_beside(slot), e) < 0
		? -1
		: 0;
}
