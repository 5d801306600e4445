/* Proxy: the proxies that ops configured, by name: a connection can only choose from this list, so
 * that nobody who can write a row can send a password through a machine of their own.
 */
#ifndef LATCHKEY_PROXY_H
#define LATCHKEY_PROXY_H

#include "exchange/client.h"
#include "platform/config.h"

enum { PROXY_NAME = 32 };

/* The proxy of this name. Its password, if proxy_logins has one, goes with the arena. 0, or -1 with
 * ERR_INPUT (no such name) or ERR_SETUP (a setting that cannot be read). */
int proxy_find(const struct config *cf, const char *name, struct arena *a, struct client_proxy *out,
	struct err *e) must_check;
/* Can the settings be used, whichever proxy is asked for? 0, or -1 with what is wrong. */
int proxy_check(const struct config *cf, struct arena *a, struct err *e) must_check;

#endif
