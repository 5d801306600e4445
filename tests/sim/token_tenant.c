/*
 * Tenants: which of the world's online premises a word in the path, a person, an app or an
 * audience belongs to.
 *
 * An on-premises organisation belongs to the tenant that it is hybrid with when it accepts Bearer;
 * a person of any premise does whose mailbox lives online. A domain is verified when either says
 * so.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

static const char exchange_id[] = "00000002-0000-0ff1-ce00-000000000000";

/* tenant NULL: any. A premise without a tenant cannot issue anything. */
static struct premise *first_online(struct sim *s, const char *tenant)
{
	for (struct premise *p = s->world->premises; p != NULL; p = p->next)
		if (p->online && p->tenant != NULL &&
			(tenant == NULL || same_nocase(p->tenant, tenant)))
			return p;
	return NULL;
}

struct premise *tenant_of(struct sim *s, struct premise *p)
{
	if (p == NULL || p->online)
		return p == NULL || p->tenant == NULL ? NULL : p;
	if (p->tenant != NULL)
		return first_online(s, p->tenant);
	return (p->schemes & SCHEME_BEARER) != 0 ? first_online(s, NULL) : NULL;
}

struct premise *tenant_of_identity(struct sim *s, const struct identity *id)
{
	struct premise *p = tenant_of(s, id->premise);

	if (p == NULL && id->mailbox != NULL)
		p = tenant_of(s, id->mailbox->home);
	return p;
}

struct premise *tenant_by_word(struct sim *s, const char *word)
{
	struct premise *p = first_online(s, word);
	const struct domain *d = world_domain(s->world, word);

	if (p == NULL && d != NULL)
		p = tenant_of(s, d->premise);
	for (struct identity *i = s->world->identities; p == NULL && i != NULL; i = i->next) {
		const char *at = strrchr(i->upn, '@');

		if (at != NULL && same_nocase(at + 1, word))
			p = tenant_of_identity(s, i);
	}
	return p;
}

/* https://HOST[:PORT][/], as the host and port; NULL for anything else. Caller frees. */
static char *bare_host(const char *resource)
{
	static const char scheme[] = "https://";
	size_t len;

	if (strncmp(resource, scheme, sizeof(scheme) - 1) != 0)
		return NULL;
	resource += sizeof(scheme) - 1;
	len = strcspn(resource, "/");
	return len == 0 || strcmp(resource + len + (resource[len] == '/'), "") != 0
		? NULL
		: copy_n(resource, len);
}

/* Exchange Online answers to these everywhere, besides its own host in this world. */
static bool is_exchange(const char *resource, const char *host)
{
	return same_nocase(resource, exchange_id) || same_nocase(host, "outlook.office365.com") ||
		same_nocase(host, "outlook.office.com");
}

bool resource_is(struct sim *s, const struct premise *p, const char *audience)
{
	char *host = bare_host(audience);
	bool named = host != NULL && world_premise_by_host(s->world, host) == p;
	bool exchange = is_exchange(audience, host);

	free(host);
	if (p->online)
		return exchange || named;
	return world_unsure(p, UNSURE_AUDIENCE, "host") ? named : exchange;
}

enum resource_kind resource_kind(struct sim *s, struct premise *tenant, const char *resource)
{
	char *host = bare_host(resource);
	struct premise *p = world_premise_by_host(s->world, host);
	enum resource_kind kind = RESOURCE_UNKNOWN;

	if (is_exchange(resource, host))
		kind = RESOURCE_EXCHANGE;
	else if (same_nocase(host, "graph.microsoft.com") ||
		same_nocase(resource, "00000003-0000-0000-c000-000000000000"))
		kind = RESOURCE_GRAPH;
	else if (p != NULL && tenant_of(s, p) != NULL &&
		(tenant == NULL || tenant_of(s, p) == tenant) && resource_is(s, p, resource))
		kind = RESOURCE_EXCHANGE;
	free(host);
	return kind;
}
