/* Proxy: the proxies that ops configured, by name.
 *
 * Rules: one setting names them, a file of the engine's user holds their passwords (login.h). A
 * mistake in either is told with its place and without the password.
 */
#include "proxy.h"

#include <string.h>
#include "platform/login.h"
#include "platform/str.h"

enum { PROXIES_MAX = 64, PORT_MAX = 65535 };

struct entry {
	const char *name;
	const char *host;
	int64_t port;
};

/* The host of "[2001:db8::1]:3128" without its brackets. */
static int split(char *text, struct entry *out)
{
	char *equals = strchr(text, '=');
	char *colon = strrchr(text, ':');
	char *host;
	size_t n;

	if (!equals || !colon || colon < equals)
		return -1;
	host = equals + 1;
	*equals = *colon = '\0';
	n = strlen(host);
	if (host[0] == '[' && n > 2 && host[n - 1] == ']') {
		host[n - 1] = '\0';
		host++;
	}
	out->name = str_trim(text);
	out->host = str_lower(str_trim(host));
	return out->name[0] && strlen(out->name) < PROXY_NAME && out->host[0]
		? str_int(str_trim(colon + 1), 1, PORT_MAX, &out->port)
		: -1;
}

/* All entries of the setting: how many, or -1. */
static int entries(
	const struct config *cf, struct arena *a, struct entry list[PROXIES_MAX], struct err *e)
{
	char *rest = arena_strdup(a, cf->proxies), *one;
	int n = 0;

	while ((one = strsep(&rest, ",")) != NULL) {
		one = str_trim(one);
		if (!one[0])
			continue;
		if (n == PROXIES_MAX || split(one, &list[n]) < 0)
			return ERR(e, ERR_SETUP, NULL,
				"proxies: entry %d is not NAME=HOST:PORT, or there are more than "
				"%d",
				n + 1, PROXIES_MAX);
		n++;
	}
	return n;
}

static int find_login(const struct config *cf, const char *name, struct arena *a,
	struct client_proxy *out, struct err *e)
{
	struct login found;

	if (login_find("proxy_logins", cf->proxy_logins, name, a, &found, e) < 0)
		return -1;
	out->user = found.user;
	out->password = found.password;
	return 0;
}

int proxy_find(const struct config *cf, const char *name, struct arena *a, struct client_proxy *out,
	struct err *e)
{
	struct entry list[PROXIES_MAX];
	int n = entries(cf, a, list, e);

	for (int i = 0; i < n; i++) {
		if (strcmp(list[i].name, name) != 0)
			continue;
		out->host = list[i].host;
		out->port = (int)list[i].port;
		return find_login(cf, name, a, out, e);
	}
	return n < 0
		? -1
		: ERR(e, ERR_INPUT,
			  "There is no proxy of that name. Ops name them in the setting proxies.",
			  "no proxy \"%.40s\"", name);
}

int proxy_check(const struct config *cf, struct arena *a, struct err *e)
{
	struct entry list[PROXIES_MAX];
	struct client_proxy none;

	return entries(cf, a, list, e) < 0 ? -1 : find_login(cf, "", a, &none, e);
}
