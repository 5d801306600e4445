/* Resolve: names to addresses by c-ares, inside the loop, never blocking. */
#ifndef LATCHKEY_RESOLVE_H
#define LATCHKEY_RESOLVE_H

#include <netinet/in.h>
#include <stddef.h>
#include "err.h"
#include "loop.h"

enum { RESOLVE_MAX = 16, RESOLVE_TARGETS = 8, RESOLVE_HOST = 254, RESOLVE_TIMEOUT_MS = 5000 };

struct address {
	int family; /* AF_INET or AF_INET6 */
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

struct addresses {
	size_t count;
	struct address list[RESOLVE_MAX];
};

/* Where a service is offered, best first: by priority, and by chance among equals as their weights
 * say (RFC 2782). */
struct resolve_targets {
	size_t count;
	struct resolve_target {
		char host[RESOLVE_HOST]; /* lower case */
		int port;
		int priority, weight;
	} list[RESOLVE_TARGETS];
};

struct resolve;
/* e is NULL on success; a name without addresses is an error: ERR_MISSING when there is no such
 * name or address, ERR_NET when the name servers could not say. */
typedef void resolve_fn(void *ptr, const struct addresses *found, const struct err *e);

/* Was it that? */
int resolve_missing(const struct err *e);

/* servers: "" for the system's, or "127.0.0.1:5353,..."; NULL on failure. */
struct resolve *resolve_new(struct loop *l, const char *servers, struct err *e);
/* Pending questions end with an error; what their callbacks ask then is not answered. */
void resolve_free(struct resolve *r);
/* Time limit of the questions to come instead of RESOLVE_TIMEOUT_MS; for tests. */
void resolve_limit(struct resolve *r, int ms);
/* Literals are answered too (on the next turn). The number cancels: then fn is not called. */
uint64_t resolve_ask(struct resolve *r, const char *host, resolve_fn *fn, void *ptr);
/* e is NULL on success, also when nobody offers the service: then there are no targets. */
typedef void resolve_srv_fn(void *ptr, const struct resolve_targets *found, const struct err *e);
/* Ask for the SRV records of service ("_autodiscover._tcp") in a domain. */
uint64_t resolve_srv(
	struct resolve *r, const char *service, const char *domain, resolve_srv_fn *fn, void *ptr);
void resolve_cancel(struct resolve *r, uint64_t question); /* of either kind */

/* Text of an address; size INET6_ADDRSTRLEN. */
const char *address_text(const struct address *a, char *dst, size_t size);
/* Parse a literal; 0 or -1. */
int address_parse(const char *text, struct address *out) must_check;

#endif
