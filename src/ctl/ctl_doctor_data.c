/* Ctl doctor data: what is on disk: users and files, database, keys, audit seals, egress list. */
#include "ctl_doctor.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "exchange/egress.h"
#include "platform/clock.h"
#include "platform/resolve.h"
#include "platform/str.h"
#include "store/migrate.h"

enum {
	DAY = 86400,
	KEY_DAYS = 400,	    /* a year, and time to get round to it */
	SEAL_SECONDS = 180, /* the engine seals every minute */
	CREDENTIALS = 500   /* looked at in one go */
};

/* Two users are the wall between the tier that may be broken into and the keys. */
void ctl_doctor_users(struct ctl_doctor *d)
{
	const struct config *cf = &d->c->cf;
	const char *const users[] = { cf->engine_user, cf->web_user };
	const char *const groups[] = { cf->group, cf->socket_group };
	int64_t before = d->counts[DOCTOR_FAIL];
	uid_t uid;
	gid_t gid;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (ctl_place_group(groups[i], &gid) < 0)
			ctl_doctor_find(d, DOCTOR_FAIL,
				arena_printf(&d->c->arena, "There is no group %s.", groups[i]),
				NULL, ctl_place_make_group(d->c, groups[i]));
		if (ctl_place_user(users[i], &uid) < 0)
			ctl_doctor_find(d, DOCTOR_FAIL,
				arena_printf(&d->c->arena, "There is no user %s.", users[i]), NULL,
				ctl_place_make_user(d->c, users[i]));
	}
	if (d->counts[DOCTOR_FAIL] > before)
		return;
	if (!*cf->engine_user || !*cf->web_user || strcmp(cf->engine_user, cf->web_user) == 0)
		ctl_doctor_find(d, DOCTOR_WARN, "Engine and portal do not have users of their own.",
			"A portal that was broken into could read the keys.",
			"Set engine_user and web_user to two system users.");
	else
		ctl_doctor_find(
			d, DOCTOR_OK, "The users and groups of the settings exist.", NULL, NULL);
}

/* Without users of their own the programs keep nothing from each other, so the mode of a directory
 * does not matter then. */
static void place_wrong(
	struct ctl_doctor *d, const struct ctl_place *p, const char *wrong, int missing)
{
	int minor = p->type == S_IFDIR && !*d->c->cf.engine_user;

	if (missing)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&d->c->arena, "The %s is missing: %s", p->what, p->path), NULL,
			"latchkey init");
	else if (!ctl_doctor_hidden(d, p->what, wrong))
		ctl_doctor_find(d, minor ? DOCTOR_NOTE : DOCTOR_FAIL,
			arena_printf(
				&d->c->arena, "The %s is not as it should be: %s", p->what, wrong),
			NULL, ctl_place_fix(d->c, p));
}

void ctl_doctor_places(struct ctl_doctor *d)
{
	struct ctl_place p[CTL_PLACES_MAX];
	size_t i, n = ctl_place_list(d->c, p), bad = 0;
	const char *wrong;
	int missing;

	for (i = 0; i < n; i++) {
		wrong = ctl_place_wrong(d->c, &p[i], &missing);
		if (!wrong || (missing && p[i].optional))
			continue;
		bad++;
		place_wrong(d, &p[i], wrong, missing);
	}
	if (!bad)
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(&d->c->arena,
				"%zu directories and files have their owners and modes.", n),
			NULL, NULL);
}

/* Leaves the database open for the examinations that follow, if it is good. */
void ctl_doctor_database(struct ctl_doctor *d)
{
	struct ctl *c = d->c;
	struct err e;
	int n;

	if (ctl_open(c, 0, 0, &e) < 0) {
		if (ctl_doctor_hidden(d, "database", e.log))
			return;
		ctl_doctor_find(d, DOCTOR_FAIL, "The database cannot be opened.", e.log,
			e.code == ERR_DAMAGED ? "latchkey restore FILE" : "latchkey init");
		return;
	}
	n = migrate_current(c->db, &e);
	if (n < 0 || ctl_backup_check(c, c->db, &e) < 0) {
		ctl_doctor_find(d, DOCTOR_FAIL, "The database is damaged.", e.log,
			"latchkey restore FILE, with the newest backup");
	} else if (n < migrate_newest()) {
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&c->arena, "The database has schema %d, not %d.", n,
				migrate_newest()),
			"It is older than the programs.", "latchkey migrate");
	} else if (migrate_check(c->db, &e) < 0) {
		ctl_doctor_find(d, DOCTOR_FAIL, "The schema is not ours.", e.log,
			e.code == ERR_SCHEMA ? "Install the newer Latchkey that made it."
					     : "latchkey restore FILE");
	} else {
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(&c->arena, "The database is whole and has schema %d.", n),
			NULL, NULL);
		return;
	}
	/* Nothing else can be asked of it; the examinations that need it stay silent. */
	db_close(c->db);
	c->db = NULL;
}

/* Secrets that no key of the ring opens. */
static int64_t lost_secrets(struct ctl_doctor *d, const struct keyring *k)
{
	struct ctl *c = d->c;
	struct credential *list;
	struct err e;
	int64_t lost = 0, after = 0;
	size_t i;
	int n, at;

	/* No key is named "", so these are all. */
	while ((n = store_credential_foreign(c->db, &c->arena, "", after, CREDENTIALS, &list, &e)) >
		0) {
		for (at = 0; at < n; at++) {
			for (i = 0; i < keyring_count(k); i++) {
				if (strcmp(keyring_at(k, i)->id, list[at].key_id) == 0)
					break;
			}
			lost += i == keyring_count(k);
		}
		after = list[n - 1].id;
	}
	return lost;
}

/* The portal seals with the public file, so it must be the newest private key's other half: or
 * secrets are sealed that the engine cannot open. */
static void check_public(struct ctl_doctor *d, const struct seal_public *key)
{
	struct seal_public p;
	struct err e;

	if (seal_public_load(d->c->cf.public_keys, &p, &e) < 0)
		ctl_doctor_find(
			d, DOCTOR_FAIL, "The public keys cannot be read.", e.log, "latchkey init");
	else if (strcmp(p.id, key->id) != 0)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&d->c->arena, "The public key is %s, the private one %s.",
				p.id, key->id),
			"A rotation was interrupted.", "latchkey keys rotate");
	else if (memcmp(p.key, key->key, sizeof(p.key)) != 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "The public key does not fit the private one.",
			"What is sealed now cannot be opened. Somebody may have changed the file.",
			arena_printf(&d->c->arena, "rm %s && latchkey init", d->c->cf.public_keys));
}

/* A key is not worn out by use; but the longer it is there, the more copies of it there are. */
static void check_ring(struct ctl_doctor *d, const struct keyring *k)
{
	const struct seal_public *key = keyring_active(k);
	int64_t days = (clock_now() - key->created) / DAY;
	int64_t bad = d->counts[DOCTOR_FAIL];
	int64_t lost = d->c->db ? lost_secrets(d, k) : 0;

	check_public(d, key);
	if (lost)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&d->c->arena, "%lld secrets are sealed with a lost key.",
				(long long)lost),
			"Their keys are not in the key file.",
			"Bring the key file back from its copy, or have the secrets entered "
			"again.");
	if (days > KEY_DAYS)
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(&d->c->arena, "The key is %lld days old.", (long long)days),
			"Whoever copied it meanwhile can open every secret.",
			"latchkey keys rotate");
	else if (d->counts[DOCTOR_FAIL] == bad)
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(&d->c->arena, "Key %s is %lld days old; its halves fit.",
				key->id, (long long)days),
			NULL, NULL);
}

void ctl_doctor_keys(struct ctl_doctor *d)
{
	struct err e;
	struct keyring *k;

	/* A missing file is a finding of the files. */
	if (!*d->c->cf.key_command && access(d->c->cf.key_file, F_OK) < 0)
		return;
	k = ctl_keys_load(d->c, &e);
	if (k)
		check_ring(d, k);
	else if (!ctl_doctor_hidden(d, "key file", e.log))
		ctl_doctor_find(d, DOCTOR_FAIL, "The private keys cannot be used.", e.log,
			"Correct that, or bring the key file back from its copy.");
	keyring_free(k);
}

/* The chain, and whether the engine keeps sealing it; signatures are for "audit verify". */
void ctl_doctor_audit(struct ctl_doctor *d)
{
	struct ctl *c = d->c;
	struct audit_seal seal = { 0 };
	struct audit *r;
	int64_t broken, rows;
	const char *why;
	struct err e;

	rows = svc_audit_verify(&c->svc, &broken, &why, &e);
	if (rows < 0 || store_audit_seal_last(c->db, &c->arena, &seal, &e) < 0 ||
		store_audit_walk(c->db, &c->arena, seal.seq + 1, 1, &r, &e) < 0) {
		ctl_doctor_find(d, DOCTOR_FAIL, "The audit log cannot be read.", e.log,
			"latchkey audit verify");
		return;
	}
	if (broken)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&c->arena, "The audit log is broken at row %lld.",
				(long long)broken),
			why, "latchkey audit verify, as root; then find out who changed it");
	else if (rows > seal.seq && clock_now() - r->at > SEAL_SECONDS)
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(&c->arena, "%lld rows of the audit log are not sealed.",
				(long long)(rows - seal.seq)),
			"The engine seals every minute. It does not run, or it refuses to seal a "
			"log that does not continue its own copy.",
			"latchkey audit verify, as root");
	else
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(&c->arena, "The audit log's %lld rows follow one another.",
				(long long)rows),
			NULL, NULL);
}

/* An entry that opens what is otherwise never connected to. A name may lead anywhere. */
static int is_special(const struct egress *bare, const struct egress_entry *en)
{
	struct egress_verdict v;

	if (en->is_name)
		return strcmp(en->name, "localhost") == 0;
	return !egress_check(bare, "entry", &en->net, EGRESS_PORT, &v) && v.never;
}

/* What ops listed on purpose is no mistake, but somebody should remember it. */
static void check_entries(struct ctl_doctor *d, const struct egress_list *l)
{
	/* A judge without a list: what it would never allow is what the entry opens. */
	struct egress *bare = egress_new("/dev/null", TENANCY_SINGLE);
	/* Without TLS the portal is on loopback: a demo, which has its servers there, too. */
	int demo = !d->c->cf.secure;
	char text[EGRESS_TEXT];
	size_t i, special = 0;

	for (i = 0; i < l->count; i++) {
		if (!is_special(bare, &l->list[i]))
			continue;
		special++;
		egress_entry_text(&l->list[i], text, sizeof(text));
		ctl_doctor_find(d, demo ? DOCTOR_NOTE : DOCTOR_WARN,
			arena_printf(&d->c->arena, "\"%s\" is on the egress list.", text),
			"It opens addresses of this machine or of inner services to whoever is an "
			"admin of an account.",
			arena_printf(&d->c->arena, "latchkey egress deny %s", text));
	}
	if (!special)
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(&d->c->arena,
				"The egress list has %zu entries, none of them dangerous.",
				l->count),
			NULL, NULL);
	egress_free(bare);
}

void ctl_doctor_egress(struct ctl_doctor *d)
{
	struct egress_list *l = arena_alloc(&d->c->arena, sizeof(*l));
	struct err e;

	if (egress_file_list(d->c->cf.egress_file, l, &e) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "The egress list cannot be used.", e.log,
			"Correct that line; until then the engine keeps the list it had.");
	else
		check_entries(d, l);
}
