/* Ctl doctor parts: can this machine do what Exchange asks for: NTLM, channel binding, time zones,
 * proxies?
 */
#include "ctl_doctor.h"

#include <sys/stat.h>
#include "engine/keeper.h"
#include "engine/proxy.h"
#include "exchange/binding.h"
#include "exchange/transport.h"
#include "exchange/zone.h"
#include "platform/clock.h"

static void zones(struct ctl_doctor *d)
{
	char windows[ZONE_NAME];

	if (!zone_known("Europe/London") || zone_to_windows("Europe/London", windows) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "Time zones are not known.",
			"Bookings would be made at the wrong time.", "apt-get install tzdata");
}

/* A setting that is wrong is found when a connection is used, which is late. */
static void proxies(struct ctl_doctor *d)
{
	const struct config *cf = &d->c->cf;
	struct stat st;
	struct err e;
	uid_t engine;

	if (proxy_check(cf, &d->c->arena, &e) < 0) {
		if (!ctl_doctor_hidden(d, "file of the proxies' passwords", e.log))
			ctl_doctor_find(d, DOCTOR_FAIL, "The proxies cannot be used.", e.log,
				"Correct proxies or proxy_logins; see latchkey.conf(5).");
		return;
	}
	if (stat(cf->proxy_logins, &st) == 0 && ctl_place_user(cf->engine_user, &engine) == 0 &&
		engine != (uid_t)-1 && st.st_uid != engine)
		ctl_doctor_find(d, DOCTOR_FAIL, "The engine cannot read the proxies' passwords.",
			"Their file belongs to another user, who alone may read it.",
			arena_printf(
				&d->c->arena, "chown %s %s", cf->engine_user, cf->proxy_logins));
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
