/* Ctl doctor parts: can this machine do what Exchange asks for: NTLM, channel binding, time zones,
 * proxies?
 */
#include "ctl_doctor.h"

#include "engine/proxy.h"
#include "exchange/binding.h"
#include "exchange/transport.h"
#include "exchange/zone.h"

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
	struct client_proxy any;
	struct err e;

	if (proxy_find(&d->c->cf, "", &d->c->arena, &any, &e) < 0 && e.code == ERR_SETUP)
		ctl_doctor_find(d, DOCTOR_FAIL, "The proxies cannot be used.", e.log,
			"Correct the setting proxies; see latchkey.conf(5).");
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
			"it.",
			"apt-get install gss-ntlmssp");
	if (transport_has_ntlm() && binding_available())
		ctl_doctor_find(
			d, DOCTOR_OK, "Every way to sign in to Exchange works here.", NULL, NULL);
}
