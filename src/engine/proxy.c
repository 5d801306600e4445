/* Proxy: the proxies that ops configured, by name.
 *
 * Rules: one setting names them, a file of the engine's user holds their passwords. A mistake in
 * either is told with its place and without the password. Nothing is cached: the file may change.
 */
#include "proxy.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/buf.h"
#include "platform/str.h"

enum { LOGINS_MAX = 64 * 1024, PROXIES_MAX = 64, PORT_MAX = 65535 };

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

/* --- sign-in at the proxy --- */

static void forget(void *ptr)
{
	secret_free(ptr);
}

/* A line of the file, when it is about this proxy. */
static int read_login(char *line, const char *name, struct arena *a, struct client_proxy *out)
{
	char *user = line + strcspn(line, " \t"), *password;

	if (line[0] == '#' || !line[0] || !*user)
		return 0;
	*user++ = '\0';
	user = str_trim(user);
	password = user + strcspn(user, " \t");
	if (strcmp(line, name) != 0)
		return 0;
	if (*password)
		*password++ = '\0';
	out->user = arena_strdup(a, user);
	password = str_trim(password);
	out->password = secret_new(password, strlen(password));
	arena_defer(a, forget, (void *)(uintptr_t)out->password);
	return 1;
}

static int guarded(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return ERR(e, ERR_SETUP, NULL, "proxy_logins: %s: %s", path, strerror(errno));
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return ERR(e, ERR_SETUP, NULL,
			"proxy_logins: %s may be read by others than its owner; use chmod 600",
			path);
	return 0;
}

/* All of the file into text, which must be wiped; nothing when there is none. */
static int load_logins(const struct config *cf, struct buf *text, struct err *e)
{
	buf_init(text, LOGINS_MAX);
	if (str_empty(cf->proxy_logins))
		return 0;
	return guarded(cf->proxy_logins, e) < 0 ? -1 : buf_file(text, cf->proxy_logins, e);
}

static int find_login(const struct config *cf, const char *name, struct arena *a,
	struct client_proxy *out, struct err *e)
{
	struct buf text;
	char *rest, *line;
	int rc = load_logins(cf, &text, e);

	out->user = "";
	out->password = NULL;
	for (rest = rc == 0 ? text.p : NULL; rest && (line = str_line(&rest)) != NULL;) {
		if (read_login(line, name, a, out))
			break;
	}
	buf_wipe(&text);
	return rc;
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
	struct buf text;
	int rc;

	if (entries(cf, a, list, e) < 0)
		return -1;
	rc = load_logins(cf, &text, e);
	buf_wipe(&text);
	return rc;
}
