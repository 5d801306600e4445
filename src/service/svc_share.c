/* Service: links to a script, for somebody who has no sign-in.
 *
 * Rules: as with invitations only the hash of a token is stored, and the session that made it, and
 * no other, can show it again; a mail's is sealed for the engine. A link shows one script and lets
 * one thing happen: that the people it is about are looked at. It says the same of a link that is
 * unknown, over or withdrawn. The mail has our words alone; what the admin writes is on the page,
 * so that nobody can have us send a text of theirs to strangers.
 */
#include "svc_share.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_roster.h"
#include "svc_check.h"
#include "store/store_mail.h"
#include "svc_mail.h"

enum {
	NONCE = 32,
	DAY = 86400,
	DAYS_MAX = 30,
	USES = 60, /* of one link ... */
	USES_PERIOD = 600,
	RAN_PERIOD = 300 /* between two checks that it asks for */
};

static int check_order(const struct share_order *o, struct err *e)
{
	if (o->days < 1 || o->days > DAYS_MAX)
		return ERR(e, ERR_FORM, "A link lasts from 1 to 30 days.", "share: days");
	if (*o->email && !str_email(o->email))
		return ERR(e, ERR_FORM,
			"Enter a complete e-mail address, such as name@example.com.",
			"e-mail address refused");
	if (str_points(o->message) > SHARE_MESSAGE_MAX)
		return ERR(e, ERR_FORM, "Write at most 200 characters.", "share: message");
	return 0;
}

/* --- making one --- */

static const char *params_of(struct svc *s, const struct share_order *o, const struct share *x)
{
	const char *const pairs[][2] = {
		{ "by", x->by_name },
		{ "title", o->x->row->title },
		{ "until", arena_printf(s->a, "%lld", (long long)x->expires) },
		{ NULL, NULL },
	};

	return url_form(s->a, pairs);
}

/* The mail is the row's first, so it is named after it. */
static int send(struct svc *s, const struct share_order *o, const struct share *x, struct link *out,
	struct err *e)
{
	struct mail m = { .account = x->account,
		.kind = MAIL_SCRIPT,
		.email = x->email,
		.name = "",
		.params = params_of(s, o, x),
		.expires = x->expires };
	int ready = svc_mail_ready(s, e);

	if (ready <= 0)
		return ready < 0 ? -1
				 : ERR(e, ERR_CONFLICT,
					   "There is no way to send mail yet. Leave the address "
					   "empty, and hand the link over yourself.",
					   "share: no way to send mail");
	out->mailed = 1;
	if (svc_mail_to(s, &m, out->token, e) < 0)
		return -1;
	return store_share_mail(s->db, x->account, x->id, m.id, e);
}

static int add_rows(struct svc *s, const struct share_order *o, struct share *x, struct link *out,
	struct err *e)
{
	const int64_t made = store_share_count(s->db, x->account, clock_now() - DAY, e);
	unsigned char hash[SEAL_HASH];
	char day[64];

	if (made < 0)
		return -1;
	if (made >= SHARE_A_DAY)
		return ERR(e, ERR_SLOW,
			"20 links were made in a day, which is the most. Make the next one "
			"tomorrow.",
			"share: %lld in a day", (long long)made);
	seal_token_hash(hash, out->token);
	if (store_share_add(s->db, x, hash, e) < 0)
		return -1;
	out->id = x->id;
	out->expires = x->expires;
	if (*x->email && send(s, o, x, out, e) < 0)
		return -1;
	clock_text(day, sizeof(day), x->expires);
	return svc_audit(s, AUDIT_SCRIPT_SHARED, o->x->row->title,
		arena_printf(
			s->a, "%s%s. Until %s.", *x->email ? "To " : "By a link", x->email, day),
		e);
}

int svc_share_add(struct svc *s, const struct share_order *o, struct link *out, struct err *e)
{
	char nonce[NONCE + 1];
	struct share x = { .account = s->who.account,
		.member = s->who.member,
		.by_name = s->who.name,
		.kind = o->x->row->code,
		.pick = o->x->text,
		.draft = o->x->next,
		.about = svc_script_about(s, o->x),
		.message = o->message,
		.email = o->email,
		.nonce = nonce,
		.expires = clock_now() + o->days * DAY };
	int rc;

	*out = (struct link){ 0 };
	if (check_order(o, e) < 0)
		return -1;
	seal_random_hex(nonce, NONCE);
	seal_derive(out->token, o->session, "script", nonce);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = add_rows(s, o, &x, out, e);
	if (svc_audit_commit(s, rc, AUDIT_SCRIPT_SHARED, e) < 0)
		return -1;
	if (out->mailed)
		svc_mail_ring(s);
	return 0;
}

const char *svc_share_url(const struct svc *s, const struct link *l)
{
	return arena_printf(s->a, "%s/script/%s", s->cf->public_url, l->token);
}

/* --- for the account's admins --- */

static int get(struct svc *s, int64_t id, struct share *x, struct err *e)
{
	int rc = store_share_get(s->db, s->a, s->who.account, id, x, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING,
			"This link has ended, or there is none. The audit log says more.",
			"no open share %lld in the account", (long long)id);
	return rc < 0 ? -1 : 0;
}

int svc_share_again(struct svc *s, int64_t id, const char *session, struct share *x,
	struct link *out, int *mine, struct err *e)
{
	unsigned char hash[SEAL_HASH];
	struct share same;
	int rc;

	*out = (struct link){ 0 };
	if (get(s, id, x, e) < 0)
		return -1;
	seal_derive(out->token, session, "script", x->nonce);
	seal_token_hash(hash, out->token);
	rc = store_share_by_hash(s->db, s->a, hash, &same, e);
	*mine = rc == 1 && same.id == id;
	out->id = id;
	out->expires = x->expires;
	return rc < 0 ? -1 : 0;
}

int svc_share_mail(struct svc *s, const struct share *x, struct mail *out, struct err *e)
{
	return x->mail ? store_mail_get(s->db, s->a, x->mail, out, e) : 0;
}

static const char *title_of(const struct share *x)
{
	const enum script_kind k = script_parse(x->kind);

	return k < SCRIPT__MAX ? script_row(k)->title : x->kind;
}

static int withdraw_rows(struct svc *s, int64_t id, struct err *e)
{
	struct share x;

	if (get(s, id, &x, e) < 0 || store_share_end(s->db, s->who.account, id, e) < 0)
		return -1;
	return svc_audit(s, AUDIT_SCRIPT_WITHDRAWN, title_of(&x),
		*x.email ? arena_printf(s->a, "To %s.", x.email) : NULL, e);
}

int svc_share_withdraw(struct svc *s, int64_t id, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, withdraw_rows(s, id, e), AUDIT_SCRIPT_WITHDRAWN, e);
}

/* --- for whoever has the link --- */

static int unknown(struct err *e)
{
	return ERR(e, ERR_MISSING,
		"This link does not lead to a script any more. Ask whoever sent it for a new one.",
		"share: no open link");
}

int svc_share_look(
	struct svc *s, const char *token, struct share *out, struct svc *in, struct err *e)
{
	unsigned char hash[SEAL_HASH];
	int64_t wait;
	int rc;

	if (strlen(token) != SEAL_TOKEN_HEX)
		return unknown(e);
	seal_token_hash(hash, token);
	rc = store_share_by_hash(s->db, s->a, hash, out, e);
	if (rc <= 0)
		return rc < 0 ? -1 : unknown(e);
	rc = store_bucket_look(s->db, arena_printf(s->a, "share:%lld", (long long)out->id), USES,
		USES_PERIOD, &wait, e);
	if (rc == 0)
		return ERR(e, ERR_SLOW, "This link is used very often. Try again in some minutes.",
			"share %lld: too often", (long long)out->id);
	*in = *s;
	/* Even where somebody is signed in, who may be of another account. */
	in->who = (struct actor){ .account = out->account,
		.name = *out->email ? out->email : "somebody with the link",
		.address = s->who.address,
		.request = s->who.request };
	return rc < 0 ? -1 : 0;
}

int svc_share_script(struct svc *in, const struct share *x, struct svc_script *out, struct err *e)
{
	struct svc_premise p;
	int rc = x->draft ? svc_script_premise_next(in, &p, e) : 0;

	/* What was entered may be the one in use by now. */
	if (rc == 0)
		rc = svc_script_premise(in, &p, e);
	if (rc < 0 || svc_script_counts(in, &p, e) < 0)
		return -1;
	if (svc_script_read(in, &p, script_parse(x->kind), x->pick, out, e) == 0)
		return 0;
	return e->code == ERR_MISSING ? unknown(e) : -1;
}

/* Whether it was too much is seen at the next use. */
int svc_share_used(struct svc *in, const struct share *x, struct err *e)
{
	int64_t wait;

	return store_bucket_take(in->db, arena_printf(in->a, "share:%lld", (long long)x->id), USES,
		       USES_PERIOD, &wait, e) < 0
		? -1
		: 0;
}

static int opened_rows(struct svc *in, const struct share *x, struct err *e)
{
	if (svc_share_used(in, x, e) < 0 || store_share_opened(in->db, x->account, x->id, e) < 0)
		return -1;
	return x->opened ? 0 : svc_audit(in, AUDIT_SCRIPT_OPENED, title_of(x), NULL, e);
}

int svc_share_opened(struct svc *in, const struct share *x, struct err *e)
{
	if (db_begin(in->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(in, opened_rows(in, x, e), AUDIT_SCRIPT_OPENED, e);
}

static const char *ran_key(struct svc *in, const struct share *x)
{
	return arena_printf(in->a, "share-ran:%lld", (long long)x->id);
}

static int ran_rows(struct svc *in, const struct share *x, int *may, struct err *e)
{
	int64_t wait;

	*may = store_bucket_take(in->db, ran_key(in, x), 1, RAN_PERIOD, &wait, e);
	if (*may <= 0)
		return *may;
	if (store_share_ran(in->db, x->account, x->id, e) < 0)
		return -1;
	return svc_audit(in, AUDIT_SCRIPT_RAN, title_of(x), x->about, e);
}

/* The check comes first: the same that is asked for again is one. */
int svc_share_ran(struct svc *in, const struct share *x, int *check, struct err *e)
{
	struct svc_script script;
	int64_t wait;
	int may;

	*check = 0;
	if (svc_share_script(in, x, &script, e) < 0)
		return -1;
	may = store_bucket_look(in->db, ran_key(in, x), 1, RAN_PERIOD, &wait, e);
	if (may <= 0)
		return may;
	if (script.people > 0 && !script.next) {
		*check = svc_script_check(in, &script, e) == 0;
		if (!*check && e->code != ERR_CONFLICT)
			return -1;
	}
	if (db_begin(in->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(in, ran_rows(in, x, &may, e), AUDIT_SCRIPT_RAN, e);
}
