/*
 * Soap, headers: which version is asked for, in whose language and zone, and with whose authority.
 *
 * Headers are found by name; their order is free. Without a version the answer is as in 2007. A
 * mailbox that lives on another premise does not exist here.
 */
#include "sim/soap_parts.h"

#include <stdlib.h>
#include <string.h>

/* Most rules end in a fault without values. */
static bool fail(struct call *c, const char *code)
{
	soap_fault(c, code, NO_MORE);
	return false;
}

/* A later schema by its form, or only something else. */
static bool looks_newer(const char *version)
{
	return strncmp(version, "Exchange20", 10) == 0;
}

/* Names for the newest schema that are in no list of versions, and might be taken all the same. */
static bool is_another_name(const struct premise *p, const char *version)
{
	return (takes_2019(p) && strcmp(version, "Exchange2019") == 0) ||
		(world_unsure(p, UNSURE_VERSION_SHOWN, "accepted") &&
			same(version, p->product->shown));
}

/* The product decides which versions there are. Without the header the lowest useful one holds,
 * as documented. */
static bool read_version(struct call *c, xmlNode *header)
{
	const struct product *p = c->premise->product;
	xmlNode *n = node_child(header, NS_T, "RequestServerVersion");
	const char *version = node_attribute(c, n, "Version");

	c->level = p->highest < LEVEL_2007_SP1 ? p->highest : LEVEL_2007_SP1;
	if (n == NULL)
		return true;
	if (version != NULL && is_another_name(c->premise, version)) {
		c->level = p->highest;
		return true;
	}
	for (int i = 0; version != NULL && i < LEVEL__MAX; i++) {
		if (strcmp(version, level_names[i]) != 0)
			continue;
		c->level = (enum level)i;
		if (c->level <= p->highest)
			return true;
	}
	/* EWS.md 4.1: from 2013 on a version of the right form but too new is an invalid request.
	 */
	if (version != NULL && looks_newer(version) && p->major >= 15)
		return fail(c, "ErrorInvalidRequest");
	return fail(c, "ErrorInvalidServerVersion");
}

/* Only names of Windows zones count. Older versions do not know the header and pass over it. */
static bool read_zone(struct call *c, xmlNode *header)
{
	xmlNode *n = node_child(header, NS_T, "TimeZoneContext");
	xmlNode *definition = node_child(n, NS_T, "TimeZoneDefinition");
	const char *id = node_attribute(c, definition, "Id");

	if (n == NULL || c->level < LEVEL_2010)
		return true;
	c->zone = id == NULL ? NULL : zone_find(id);
	/* Finding takes names of places too; Exchange does not. */
	if (c->zone == NULL || strcmp(c->zone->id, id) != 0)
		return fail(c, "ErrorTimeZone");
	return true;
}

/* A word of the right form: en, en-US, sr-Latn-RS. */
static bool is_culture(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");

	return n >= 2 && n <= 16 && s[n] == '\0';
}

/* It names a language for texts. One that is not even a word of the right form is ignored, as
 * Exchange does. */
static void read_culture(struct call *c, xmlNode *header)
{
	const char *culture = node_child_text(c, header, NS_T, "MailboxCulture");

	if (culture != NULL && is_culture(culture))
		c->language = culture;
}

/* Nothing here is finer than a second: the header is checked and otherwise of no effect. */
static bool read_precision(struct call *c, xmlNode *header)
{
	const char *precision = node_child_text(c, header, NS_T, "DateTimePrecision");

	if (precision == NULL || strcmp(precision, "Seconds") == 0 ||
		strcmp(precision, "Milliseconds") == 0)
		return true;
	return fail(c, "ErrorInvalidRequest");
}

/* Impersonation. Each way to name somebody finds a mailbox, or fails the call. */

static struct mailbox *nobody(struct call *c, const char *address)
{
	soap_fault(c, "ErrorNonExistentMailbox", "SmtpAddress", address, NO_MORE);
	return NULL;
}

/* Any address of a mailbox, its aliases too. */
static struct mailbox *by_smtp(struct call *c, const char *address)
{
	const char *at = strchr(address, '@');
	struct mailbox *m = world_mailbox(c->world, address);

	if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL) {
		fail(c, "ErrorInvalidSmtpAddress");
		return NULL;
	}
	return m != NULL ? m : nobody(c, address);
}

/* An alias is no primary address; the right one is told. */
static struct mailbox *by_primary(struct call *c, const char *address)
{
	struct mailbox *m = by_smtp(c, address);

	if (m != NULL && !same_nocase(m->address, address)) {
		soap_fault(c, "ErrorNonPrimarySmtpAddress", "Primary", m->address, NO_MORE);
		return NULL;
	}
	return m;
}

/* The account's name, which need not be an address of its mailbox. */
static struct mailbox *by_principal(struct call *c, const char *upn)
{
	for (struct identity *i = c->world->identities; i != NULL; i = i->next)
		if (same_nocase(i->upn, upn))
			return i->mailbox != NULL ? i->mailbox : nobody(c, NULL);
	if (strchr(upn, '@') == NULL) {
		fail(c, "ErrorInvalidUserPrincipalName");
		return NULL;
	}
	/* Accounts are described only where it matters: the others' names are their addresses. */
	return world_mailbox(c->world, upn) != NULL ? by_primary(c, upn) : nobody(c, NULL);
}

/* What has the form of a SID may be unknown; anything else is malformed. */
static struct mailbox *by_sid(struct call *c, const char *sid)
{
	for (struct identity *i = c->world->identities; i != NULL; i = i->next)
		if (i->sid != NULL && same_nocase(i->sid, sid))
			return i->mailbox != NULL ? i->mailbox : nobody(c, NULL);
	if (strncmp(sid, "S-1-", 4) == 0)
		return nobody(c, NULL);
	fail(c, "ErrorInvalidUserSid");
	return NULL;
}

static const struct naming {
	const char *element;
	enum level since;
	struct mailbox *(*find)(struct call *c, const char *value);
} namings[] = {
	{ "PrincipalName", LEVEL_2007, by_principal },
	{ "SID", LEVEL_2007, by_sid },
	{ "PrimarySmtpAddress", LEVEL_2007, by_primary },
	{ "SmtpAddress", LEVEL_2010, by_smtp },
};

static const struct naming *naming_of(const struct call *c, const xmlNode *n)
{
	for (size_t i = 0; i < sizeof(namings) / sizeof(namings[0]); i++)
		if (node_is(n, NS_T, namings[i].element) &&
			namings[i].since <= c->premise->product->highest)
			return &namings[i];
	return NULL;
}

/* Headers are not in the grammar's table: their only rule that is ever broken is this one. */
static struct mailbox *bad_child(struct call *c, const xmlNode *n)
{
	char *say = format("The element 'ConnectingSID' in namespace '%s' has invalid child "
			   "element '%s' in namespace '%s'.",
		NS_T, n->name, n->ns == NULL ? "" : (const char *)n->ns->href);

	soap_schema_fault(c, say, (int)xmlGetLineNo(n));
	free(say);
	return NULL;
}

/* Exactly one way to name somebody, known to the product's schema. */
static struct mailbox *impersonated(struct call *c, xmlNode *header)
{
	xmlNode *n = node_first(node_child(header, NS_T, "ConnectingSID"));
	const struct naming *naming = n == NULL ? NULL : naming_of(c, n);
	const char *value = node_text(c, n);

	if (n != NULL && naming == NULL)
		return bad_child(c, n);
	/* Exchange 2007 allows several names and takes the first. */
	if (node_next(n) != NULL && !is_2007(c))
		return bad_child(c, node_next(n));
	if (n == NULL || *value == '\0') {
		fail(c, "ErrorInvalidExchangeImpersonationHeaderData");
		return NULL;
	}
	return naming->find(c, value);
}

/* A server does not say where a mailbox is instead: to it, one that lives elsewhere does not
 * exist. */
static bool lives_here(struct call *c, struct mailbox *m)
{
	if (m->home == c->premise && m->enabled && !m->gone)
		return true;
	nobody(c, m->address);
	return false;
}

/* Known from the directory, but not to be opened now. */
static bool stays_here(struct call *c, const struct mailbox *m)
{
	return !m->moving || fail(c, "ErrorMailboxMoveInProgress");
}

/* Token first, then the target, then the right: so that one who has no right at all still learns
 * that the address is wrong, as on real servers. */
static bool impersonate(struct call *c, xmlNode *header)
{
	struct mailbox *m;

	if (c->who.app != NULL && !c->who.app_only) {
		soap_fault_saying(c, "ErrorInvalidExchangeImpersonationHeaderData",
			"ExchangeImpersonation SOAP header must not exist for this type of OAuth "
			"token.");
		return false;
	}
	m = impersonated(c, header);
	if (m == NULL || !lives_here(c, m))
		return false;
	if (!world_may_impersonate(c->world, c->who.identity, c->who.app, m, c->view)) {
		bool some = world_has_assignment(c->world, c->who.identity, c->who.app, c->view);

		return fail(c,
			some ? "ErrorImpersonateUserDenied"
			     : world_unsure_value(c->premise, UNSURE_IMPERSONATION));
	}
	c->acting = m;
	c->impersonated = true;
	return stays_here(c, m);
}

/* Whose authority: at most one header may say. */
static bool read_access(struct call *c, xmlNode *header)
{
	static const char *const modes[] = { "ExchangeImpersonation", "SerializedSecurityContext",
		"OpenAsAdminOrSystemService" };
	xmlNode *found = NULL;
	int n = 0;

	for (xmlNode *h = node_first(header); h != NULL; h = node_next(h))
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (node_is(h, NS_T, modes[i])) {
				found = h;
				n++;
			}
	if (n > 1)
		return fail(c, "ErrorMoreThanOneAccessModeSpecified");
	if (n == 1 && !node_is(found, NS_T, "ExchangeImpersonation"))
		return fail(c, "ErrorTokenSerializationDenied");
	if (n == 1)
		return impersonate(c, found);
	if (c->who.app_only) {
		soap_fault_saying(c, "ErrorInvalidExchangeImpersonationHeaderData",
			"ExchangeImpersonation SOAP header must be present for this type of OAuth "
			"token.");
		return false;
	}
	c->acting = c->who.mailbox;
	return c->acting == NULL || (lives_here(c, c->acting) && stays_here(c, c->acting));
}

/* The version comes first: it decides how the others are read. */
bool soap_headers(struct call *c, xmlNode *header)
{
	read_culture(c, header);
	c->by_owner_token = c->who.app != NULL && !c->who.app_only;
	return read_version(c, header) && read_precision(c, header) && read_zone(c, header) &&
		read_access(c, header);
}
