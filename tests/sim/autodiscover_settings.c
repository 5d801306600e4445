/*
 * Autodiscover settings: what GetUserSettings can say of a mailbox, one row a setting. Answers come
 * in the table's order whatever the order they were asked in, as real servers do; names that exist
 * without a value here, and names that do not exist, are errors of their own.
 */
#include "sim/autodiscover.h"

#include <stdlib.h>

#define SEPARATOR ", "

/* Each gives the value, to be freed; NULL = not available. */
typedef char *value_fn(const struct discover *d, const struct mailbox *m);

static char *display_name(const struct discover *d, const struct mailbox *m)
{
	(void)d;
	return copy(m->name != NULL ? m->name : m->address);
}

static char *deployment(const struct discover *d, const struct mailbox *m)
{
	char guid[37];

	(void)m;
	discover_guid(d->world, d->premise->name, guid);
	return copy(guid);
}

static char *address(const struct discover *d, const struct mailbox *m)
{
	(void)d;
	return copy(m->address);
}

static char *online(const struct discover *d, const struct mailbox *m)
{
	(void)m;
	return copy(d->premise->online ? "True" : "False");
}

static char *version(const struct discover *d, const struct mailbox *m)
{
	const struct product *p = product_shown(d->premise);

	(void)m;
	return format("%02d.%02d.%04d.%03d", p->major, p->minor, p->build, p->revision);
}

/* All that this product takes, oldest first; clients pick the newest they know. */
static char *schemas(const struct discover *d, const struct mailbox *m)
{
	struct text t = { 0 };

	(void)m;
	for (int l = 0; l <= (int)d->premise->product->highest; l++)
		text_printf(&t, "%s%s", l > 0 ? SEPARATOR : "", level_names[l]);
	if (takes_2019(d->premise))
		text_puts(&t, SEPARATOR "Exchange2019");
	return t.at;
}

/* Mailboxes with the same value may share a subscription. */
static char *grouping(const struct discover *d, const struct mailbox *m)
{
	(void)m;
	return copy(d->premise->forest != NULL ? d->premise->forest : d->premise->name);
}

/* A name in the configuration's part of the directory. */
static char *configuration_dn(const struct discover *d, const struct mailbox *m, const char *tail)
{
	char *server = discover_server(d, m);
	char *dn = format("/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/"
			  "cn=Configuration/cn=Servers/cn=%s%s",
		d->premise->online ? "ExchangeLabs" : "First Organization", server, tail);

	free(server);
	return dn;
}

static char *mailbox_dn(const struct discover *d, const struct mailbox *m)
{
	return configuration_dn(d, m, "/cn=Microsoft Private MDB");
}

static char *server_dn(const struct discover *d, const struct mailbox *m)
{
	return configuration_dn(d, m, "");
}

static char *external_host(const struct discover *d, const struct mailbox *m)
{
	(void)m;
	return copy(d->premise->host);
}

static char *yes(const struct discover *d, const struct mailbox *m)
{
	(void)d;
	(void)m;
	return copy("True");
}

static char *no(const struct discover *d, const struct mailbox *m)
{
	(void)d;
	(void)m;
	return copy("False");
}

static char *methods(const struct discover *d, const struct mailbox *m)
{
	(void)m;
	if (d->premise->schemes & SCHEME_NTLM)
		return copy("Ntlm");
	return copy(d->premise->schemes & SCHEME_BASIC ? "Basic" : "Negotiate");
}

/* URLs: a path below the inner or the outer host. */
struct setting {
	const char *name;
	int major;	  /* since this product */
	value_fn *value;  /* or */
	const char *path; /* of a URL */
	bool internal;
	bool web; /* a WebClientUrlCollectionSetting */
};
static const struct setting settings[] = {
	{ "UserDisplayName", 14, display_name, NULL, false, false },
	{ "UserDN", 14, discover_legacy_dn, NULL, false, false },
	{ "UserDeploymentId", 14, deployment, NULL, false, false },
	{ "UserMSOnline", 15, online, NULL, false, false },
	{ "AutoDiscoverSMTPAddress", 14, address, NULL, false, false },
	{ "CasVersion", 14, version, NULL, false, false },
	{ "MailboxVersion", 15, version, NULL, false, false },
	{ "EwsSupportedSchemas", 14, schemas, NULL, false, false },
	{ "InternalMailboxServer", 14, discover_server, NULL, false, false },
	{ "InternalMailboxServerDN", 14, server_dn, NULL, false, false },
	{ "InternalRpcClientServer", 14, discover_server, NULL, false, false },
	{ "GroupingInformation", 14, grouping, NULL, false, false },
	{ "MailboxDN", 14, mailbox_dn, NULL, false, false },
	{ "InternalEcpUrl", 14, NULL, "/ecp/", true, false },
	{ "ExternalEcpUrl", 14, NULL, "/ecp/", false, false },
	{ "InternalWebClientUrls", 14, NULL, "/owa/", true, true },
	{ "ExternalWebClientUrls", 14, NULL, "/owa/", false, true },
	{ "InternalEwsUrl", 14, NULL, "/EWS/Exchange.asmx", true, false },
	{ "ExternalEwsUrl", 14, NULL, "/EWS/Exchange.asmx", false, false },
	{ "InternalEmwsUrl", 15, NULL, "/EWS/Exchange.asmx", true, false },
	{ "ExternalEmwsUrl", 15, NULL, "/EWS/Exchange.asmx", false, false },
	{ "EwsPartnerUrl", 15, NULL, "/EWS/Exchange.asmx", false, false },
	{ "InternalUMUrl", 14, NULL, "/EWS/UM2007Legacy.asmx", true, false },
	{ "ExternalUMUrl", 14, NULL, "/EWS/UM2007Legacy.asmx", false, false },
	{ "ExternalEwsVersion", 14, version, NULL, false, false },
	{ "ExternalMailboxServer", 14, external_host, NULL, false, false },
	{ "ExternalMailboxServerRequiresSSL", 14, yes, NULL, false, false },
	{ "ExternalMailboxServerAuthenticationMethods", 14, methods, NULL, false, false },
	{ "CrossOrganizationSharingEnabled", 14, no, NULL, false, false },
	{ "ShowGalAsDefaultView", 15, yes, NULL, false, false },
	{ "MapiHttpEnabled", 15, no, NULL, false, false },
	{ NULL, 0, NULL, NULL, false, false },
};

/* Settings that exist; an organisation like this one has no value for them. */
static const char *const without_value[] = { "ActiveDirectoryServer", "AlternateMailboxes",
	"CertPrincipalName", "DocumentSharingLocations", "EcpConnectUrlFragment",
	"EcpDeliveryReportUrlFragment", "EcpEmailSubscriptionsUrlFragment",
	"EcpExtensionInstallationUrlFragment", "EcpPhotoUrlFragment", "EcpPublishingUrlFragment",
	"EcpRetentionPolicyTagsUrlFragment", "EcpTeamMailboxCreatingUrlFragment",
	"EcpTeamMailboxEditingUrlFragment", "EcpTeamMailboxUrlFragment",
	"EcpTextMessagingUrlFragment", "EcpVoicemailUrlFragment", "ExchangeRpcUrl",
	"ExternalEcpConnectUrl", "ExternalEcpDeliveryReportUrl", "ExternalEcpEmailSubscriptionsUrl",
	"ExternalEcpExtensionInstallationUrl", "ExternalEcpPhotoUrl", "ExternalEcpPublishingUrl",
	"ExternalEcpRetentionPolicyTagsUrl", "ExternalEcpTeamMailboxCreatingUrl",
	"ExternalEcpTeamMailboxEditingUrl", "ExternalEcpTeamMailboxHidingUrl",
	"ExternalEcpTeamMailboxUrl", "ExternalEcpTextMessagingUrl", "ExternalEcpVoicemailUrl",
	"ExternalImap4Connections", "ExternalOABUrl", "ExternalOutlookServiceUrl",
	"ExternalPhotosUrl", "ExternalPop3Connections", "ExternalServerExclusiveConnect",
	"ExternalSmtpConnections", "InternalEcpConnectUrl", "InternalEcpDeliveryReportUrl",
	"InternalEcpEmailSubscriptionsUrl", "InternalEcpExtensionInstallationUrl",
	"InternalEcpPhotoUrl", "InternalEcpPublishingUrl", "InternalEcpRetentionPolicyTagsUrl",
	"InternalEcpTeamMailboxCreatingUrl", "InternalEcpTeamMailboxEditingUrl",
	"InternalEcpTeamMailboxHidingUrl", "InternalEcpTeamMailboxUrl",
	"InternalEcpTextMessagingUrl", "InternalEcpVoicemailUrl", "InternalImap4Connections",
	"InternalMailboxServerAuthenticationMethods", "InternalOABUrl", "InternalOutlookServiceUrl",
	"InternalPhotosUrl", "InternalPop3Connections", "InternalRpcHttpAuthenticationMethod",
	"InternalRpcHttpConnectivityRequiresSsl", "InternalRpcHttpServer",
	"InternalServerExclusiveConnect", "InternalSmtpConnections", "InteropExternalEwsUrl",
	"InteropExternalEwsVersion", "MobileMailboxPolicy", "MobileMailboxPolicyInterop",
	"PublicFolderInformation", "PublicFolderServer", "RedirectUrl", "SPMySiteHostURL",
	"SiteMailboxCreationURL", NULL };

bool settings_has(const struct settings_asked *asked, const char *name)
{
	for (int i = 0; i < asked->n; i++)
		if (same(asked->name[i], name))
			return true;
	return false;
}

/* A product that does not know a setting has no value for it. */
static bool has_value(const struct discover *d, const struct setting *s)
{
	return d->premise->product->major >= s->major;
}

static char *value_of(const struct discover *d, const struct mailbox *m, const struct setting *s)
{
	if (s->value != NULL)
		return s->value(d, m);
	return discover_url(
		d, s->internal ? discover_internal_host(d->premise) : d->premise->host, s->path);
}

static void setting_write(
	const struct discover *d, const struct mailbox *m, const struct setting *s)
{
	struct text *t = &d->answer->body;
	char *value = value_of(d, m, s);

	text_printf(t, "<UserSetting i:type=\"%s\">",
		s->web ? "WebClientUrlCollectionSetting" : "StringSetting");
	xml_el(t, "Name", s->name);
	if (s->web) {
		text_puts(t,
			"<WebClientUrls><WebClientUrl><AuthenticationMethods>Basic, Fba"
			"</AuthenticationMethods>");
		xml_el(t, "Url", value);
		text_puts(t, "</WebClientUrl></WebClientUrls>");
	} else {
		xml_el(t, "Value", value);
	}
	text_puts(t, "</UserSetting>");
	free(value);
}

/* With a value or without: else the name itself is wrong. */
static bool exists(const char *name)
{
	for (const struct setting *s = settings; s->name != NULL; s++)
		if (same(s->name, name))
			return true;
	for (const char *const *n = without_value; *n != NULL; n++)
		if (same(*n, name))
			return true;
	return false;
}

/* Will this name get a UserSetting, rather than an error. */
static bool is_given(const struct discover *d, const char *name)
{
	for (const struct setting *s = settings; s->name != NULL; s++)
		if (same(s->name, name))
			return has_value(d, s);
	return false;
}

/* The blank before the tag is in recorded answers too. */
static void error_write(const struct discover *d, const char *name)
{
	struct text *t = &d->answer->body;
	bool known = exists(name);

	text_puts(t, "<UserSettingError>");
	xml_el(t, "ErrorCode", known ? "SettingIsNotAvailable" : "InvalidSetting");
	text_puts(t, "<ErrorMessage>User setting '");
	xml_text(t, name);
	text_puts(
		t, known ? "' is not available. </ErrorMessage>" : "' is invalid. </ErrorMessage>");
	xml_el(t, "SettingName", name);
	text_puts(t, "</UserSettingError>");
}

/* Errors stand before settings, and both containers stand even when empty. */
void settings_write(
	const struct discover *d, const struct mailbox *m, const struct settings_asked *asked)
{
	struct text *t = &d->answer->body;
	bool any = false;

	for (int i = 0; i < asked->n; i++) {
		if (is_given(d, asked->name[i]))
			continue;
		text_puts(t, any ? "" : "<UserSettingErrors>");
		any = true;
		error_write(d, asked->name[i]);
	}
	text_puts(t, any ? "</UserSettingErrors>" : "<UserSettingErrors/>");
	text_puts(t, "<UserSettings>");
	for (const struct setting *s = settings; s->name != NULL; s++)
		if (has_value(d, s) && settings_has(asked, s->name))
			setting_write(d, m, s);
	text_puts(t, "</UserSettings>");
}
