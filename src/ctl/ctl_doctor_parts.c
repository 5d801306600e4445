/* Ctl doctor parts: can this machine do what Exchange asks for: NTLM, channel binding, time zones,
 * proxies? And can it send mail?
 */
#include "ctl_doctor.h"

#include <sys/stat.h>
#include "engine/keeper.h"
#include "engine/proxy.h"
#include "exchange/binding.h"
#include "exchange/transport.h"
#include "exchange/zone.h"
#include "platform/clock.h"
#include "platform/login.h"
#include "platform/str.h"
#include "store/store_mail.h"

enum { EXPIRY_DAYS = 30, DAY = 86400 };

static void zones(struct ctl_doctor *d)
{
	char windows[ZONE_NAME];

	if (!zone_known("Europe/London") || zone_to_windows("Europe/London", windows) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "Time zones are not known.",
			"Bookings would be made at the wrong time.", "apt-get install tzdata");
}

/* Is a file of passwords the engine's? */
static void owned(struct ctl_doctor *d, const char *path, const char *what)
{
	const char *user = d->c->cf.engine_user;
	struct stat st;
	uid_t engine;

	if (stat(path, &st) == 0 && ctl_place_user(user, &engine) == 0 && engine != (uid_t)-1 &&
		st.st_uid != engine)
		ctl_doctor_find(d, DOCTOR_FAIL, what,
			"The file belongs to another user, who alone may read it.",
			arena_printf(&d->c->arena, "chown %s %s", user, path));
}

/* A setting that is wrong is found when a connection is used, which is late. */
static void proxies(struct ctl_doctor *d)
{
	const struct config *cf = &d->c->cf;
	struct err e;

	if (proxy_check(cf, &d->c->arena, &e) < 0) {
		if (!ctl_doctor_hidden(d, "file of the proxies' passwords", e.log))
			ctl_doctor_find(d, DOCTOR_FAIL, "The proxies cannot be used.", e.log,
				"Correct proxies or proxy_logins; see latchkey.conf(5).");
		return;
	}
	owned(d, cf->proxy_logins, "The engine cannot read the proxies' passwords.");
}

void ctl_doctor_parts(struct ctl_doctor *d)
{
	zones(d);
	proxies(d);
	if (!transport_has_ntlm())
		ctl_doctor_find(d, DOCTOR_FAIL, "This libcurl cannot sign in with NTLM.",
			"Most Exchange servers in an own network ask for it.",
			"Install Debian's libcurl4");
	if (!binding_available())
		ctl_doctor_find(d, DOCTOR_NOTE, "Channel binding is not available.",
			"A server that requires Extended Protection refuses every sign-in without "
			"it; nor does NTLM work with a password of other than English letters.",
			"apt-get install gss-ntlmssp");
	if (transport_has_ntlm() && binding_available())
		ctl_doctor_find(
			d, DOCTOR_OK, "Every way to sign in to Exchange works here.", NULL, NULL);
}

/* Nothing is asked with a refused secret any more, so nothing else would say why all is quiet. */
static void refused(struct ctl_doctor *d, const struct keeper_entry *k)
{
	const struct reason_row *r = reason_row(k->known.reason);
	struct arena *a = &d->c->arena;
	char at[40];

	clock_text(at, sizeof(at), k->known.since);
	ctl_doctor_find(d, DOCTOR_FAIL,
		arena_printf(a, "Connection %lld is stopped: %s was refused on %s (%s).",
			(long long)k->connection, k->who, at, r->code),
		r->say,
		arena_printf(a,
			"latchkey ews reasons %s; then: latchkey ews test --connection %lld "
			"--again",
			r->code, (long long)k->connection));
}

void ctl_doctor_signins(struct ctl_doctor *d)
{
	struct keeper *k = keeper_new(d->c->db, "doctor");
	struct keeper_entry *list;
	struct err e;
	int stopped = 0, n = keeper_list(k, &d->c->arena, &list, &e);

	keeper_free(k);
	for (int i = 0; i < n; i++) {
		if (list[i].known.state != GATE_REFUSED || !list[i].connection)
			continue;
		refused(d, &list[i]);
		stopped++;
	}
	if (n < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "The sign-ins cannot be read.", e.log, NULL);
	else if (!stopped)
		ctl_doctor_find(
			d, DOCTOR_OK, "No connection is stopped by a refused sign-in.", NULL, NULL);
}

/* --- mail --- */

/* Without a mail server mail goes out of the mailbox of an account's connection. */
static void mail_way(struct ctl_doctor *d)
{
	const struct config *cf = &d->c->cf;
	struct login login;
	struct err e;

	if (str_empty(cf->smtp_url)) {
		ctl_doctor_find(d, DOCTOR_NOTE, "No mail server is set.",
			"Mail goes out of the mailbox of an account's connection; without one it "
			"waits.",
			"Set smtp_url and mail_from; then: latchkey mail test ADDRESS");
		return;
	}
	if (login_find("smtp_login", cf->smtp_login, NULL, &d->c->arena, &login, &e) == 0)
		owned(d, cf->smtp_login, "The engine cannot read the login of the mail server.");
	else if (!ctl_doctor_hidden(d, "login of the mail server", e.log))
		ctl_doctor_find(d, DOCTOR_FAIL, "The login of the mail server cannot be used.",
			e.log, "Correct smtp_login; see latchkey.conf(5).");
}

void ctl_doctor_mail(struct ctl_doctor *d)
{
	struct arena *a = &d->c->arena;
	struct mail *newest;
	struct err e;
	int64_t failed = store_mail_count(d->c->db, MAIL_FAILED, clock_now() - DAY, &e), waiting;

	mail_way(d);
	waiting = failed < 0 ? -1 : store_mail_count(d->c->db, MAIL_QUEUED, 0, &e);
	if (waiting < 0) {
		ctl_doctor_find(d, DOCTOR_FAIL, "The mails cannot be read.", e.log, NULL);
	} else if (failed > 0 &&
		store_mail_list(d->c->db, a, MAIL_FAILED, (struct page_of){ 0, 1 }, &newest, &e) >
			0) {
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(a, "%lld mails failed since yesterday.", (long long)failed),
			newest->problem,
			"See: latchkey mail list --state failed; then: latchkey mail retry --all");
	} else {
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(a, "No mail failed since yesterday, %lld wait.",
				(long long)waiting),
			NULL, NULL);
	}
}

/* --- connections --- */

/* What each state is to ops. A stopped one was told by its sign-in. */
static const struct {
	enum ctl_doctor_level level;
	const char *word;
	int mend; /* there is something to do */
} states[HEALTH__MAX] = {
	[HEALTH_NEW] = { DOCTOR_NOTE, "has not been looked at yet", 0 },
	[HEALTH_WELL] = { DOCTOR_OK, "works", 0 },
	[HEALTH_SLOWED] = { DOCTOR_NOTE, "is slowed by Exchange", 0 },
	[HEALTH_UNREACHABLE] = { DOCTOR_FAIL, "does not work", 1 },
	[HEALTH_STOPPED] = { DOCTOR_NOTE, "is stopped", 0 },
	[HEALTH_PAUSED] = { DOCTOR_NOTE, "is paused", 0 },
};

static void state(struct ctl_doctor *d, const struct connection *c, const struct health *h)
{
	struct arena *a = &d->c->arena;
	char ok[40];

	clock_text(ok, sizeof(ok), h->ok_at);
	ctl_doctor_find(d, states[h->state].level,
		arena_printf(a, "Connection %lld (%s) %s; %s%s.", (long long)c->id, c->mailbox,
			states[h->state].word, h->ok_at ? "it worked last on " : "it never worked",
			h->ok_at ? ok : ""),
		c->paused_at ? c->paused_why : h->say,
		states[h->state].mend
			? arena_printf(a,
				  "latchkey ews reasons %s; then: latchkey connection test %lld",
				  h->reason, (long long)c->id)
			: NULL);
}

static int account_state(struct ctl_doctor *d, int64_t account, struct err *e)
{
	struct connection c;
	struct health h = { .reason = "", .say = "" };
	int rc = store_connection_staged(d->c->db, &d->c->arena, account, CONN_LIVE, &c, e);

	if (rc <= 0)
		return rc;
	if (store_health_get(d->c->db, &d->c->arena, account, c.id, &h, e) < 0)
		return -1;
	state(d, &c, &h);
	return 1;
}

/* One page of secrets that end soon; *after moves on. Returns how many, or -1. */
static int expiring(struct ctl_doctor *d, int64_t *after, struct err *e)
{
	const int64_t now = clock_now();
	struct arena *a = &d->c->arena;
	struct credential *list;
	int n = store_credential_expiring(
		d->c->db, a, now + (int64_t)EXPIRY_DAYS * DAY, *after, &list, e);

	for (int i = 0; i < n; i++) {
		const struct credential *cr = &list[i];
		const int over = cr->expires <= now;
		char at[40];

		clock_text(at, sizeof(at), cr->expires);
		ctl_doctor_find(d, over ? DOCTOR_FAIL : DOCTOR_WARN,
			arena_printf(a, "The %s of connection %lld %s %s.",
				cr->certificate[0] ? "certificate" : "secret",
				(long long)cr->connection, over ? "has ended on" : "ends on", at),
			"Nothing can be asked with it afterwards.",
			"Its account admin enters a new one in the portal.");
		*after = cr->id;
	}
	return n;
}

void ctl_doctor_connections(struct ctl_doctor *d)
{
	struct account *list;
	struct err e;
	int64_t after = 0;
	int n = store_account_list(d->c->db, &d->c->arena, &list, &e), live = 0, rc = n;

	for (int i = 0; i < n && rc >= 0; i++) {
		rc = account_state(d, list[i].id, &e);
		live += rc == 1;
	}
	while (rc >= 0 && (rc = expiring(d, &after, &e)) > 0)
		;
	if (rc < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "The connections cannot be read.", e.log, NULL);
	else if (!live)
		ctl_doctor_find(d, DOCTOR_OK, "No account has a connection yet.", NULL, NULL);
}
