/*
 * Scopes: the words of a v2 scope, or the resource of v1, taken apart.
 *
 * One resource a token. Words without a resource are Graph's, except those of OpenID Connect.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* What Exchange Online offers to delegated callers. */
static const char *const exchange_names[] = { "EWS.AccessAsUser.All", "Calendars.Read",
	"Calendars.ReadWrite", "Contacts.Read", "Contacts.ReadWrite", "EAS.AccessAsUser.All",
	"Exchange.Manage", "IMAP.AccessAsUser.All", "Mail.Read", "Mail.ReadWrite", "Mail.Send",
	"MailboxSettings.Read", "POP.AccessAsUser.All", "SMTP.Send", "User.Read",
	"user_impersonation", NULL };

void scopes_free(struct scopes *s)
{
	free(s->resource);
	text_free(&s->names);
	*s = (struct scopes){ 0 };
}

/* A word of OpenID Connect: the flag it sets, or NULL. */
static bool *openid_word(struct scopes *s, const char *word)
{
	const struct {
		const char *word;
		bool *flag;
	} words[] = { { "openid", &s->openid }, { "profile", &s->profile }, { "email", &s->email },
		{ "offline_access", &s->offline } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (same(words[i].word, word))
			return words[i].flag;
	return NULL;
}

static size_t without_slash(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && s[n - 1] == '/' ? n - 1 : n;
}

static bool same_resource(const char *a, const char *b)
{
	size_t n = without_slash(a);

	return n == without_slash(b) && strncasecmp(a, b, n) == 0;
}

/* As it is written in a token, or NULL: Graph's are too many to know, but are plain words. */
static const char *name_known(bool graph, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.-_";

	if (graph)
		return *name != '\0' && name[strspn(name, plain)] == '\0' ? name : NULL;
	for (const char *const *n = exchange_names; *n != NULL; n++)
		if (same_nocase(*n, name))
			return *n;
	return NULL;
}

/* The first word decides the resource; takes `resource`. */
static bool set_resource(struct ask *k, struct scopes *s, char *resource, const char *word)
{
	enum resource_kind kind = resource_kind(k->s, k->tenant, resource);
	bool again = s->resource != NULL;

	if (again && !same_resource(s->resource, resource)) {
		free(resource);
		return ask_fail(k, 28000, word, NULL);
	}
	if (kind == RESOURCE_UNKNOWN) {
		ask_fail(k, 500011, resource, k->tenant_word);
		free(resource);
		return false;
	}
	if (again)
		free(resource);
	else
		s->resource = resource;
	s->graph = kind == RESOURCE_GRAPH;
	return true;
}

/* A resource may end in a slash of its own: https://host//.default is one word of two parts. */
static bool add_word(struct ask *k, struct scopes *s, const char *word)
{
	const char *slash = strrchr(word, '/'), *name = slash == NULL ? word : slash + 1;
	bool *flag = openid_word(s, word);

	if (flag != NULL) {
		*flag = true;
		return true;
	}
	if (slash == word)
		return ask_fail(k, 70011, word, NULL);
	if (!set_resource(k, s,
		    slash == NULL ? copy("https://graph.microsoft.com")
				  : copy_n(word, (size_t)(slash - word)),
		    word))
		return false;
	if (same(name, ".default"))
		s->all = true;
	else if ((name = name_known(s->graph, name)) == NULL)
		return ask_fail(k, 70011, word, NULL);
	else
		text_printf(&s->names, "%s%s", s->names.len > 0 ? " " : "", name);
	if (s->all && s->names.len > 0)
		return ask_fail(k, 70011, word, NULL);
	return true;
}

/* Only OpenID words are a request too: for a token about the person. */
bool scopes_read(struct ask *k, const char *words, struct scopes *out)
{
	bool good = true;

	*out = (struct scopes){ 0 };
	while (good && *(words += strspn(words, " \t\r\n")) != '\0') {
		size_t n = strcspn(words, " \t\r\n");
		char *word = copy_n(words, n);

		good = add_word(k, out, word);
		free(word);
		words += n;
	}
	if (good && out->resource == NULL && !out->openid)
		good = ask_fail(k, 70011, "", NULL);
	if (good && out->resource == NULL) {
		out->resource = copy("https://graph.microsoft.com");
		out->graph = true;
		text_puts(&out->names, "openid");
	}
	if (!good)
		scopes_free(out);
	return good;
}

/* v1 gives everything that was registered, a refresh token and an id_token unasked. */
bool scopes_of_resource(struct ask *k, const char *resource, struct scopes *out)
{
	*out = (struct scopes){ .all = true, .openid = true, .offline = true };
	return set_resource(k, out, copy(resource), resource);
}

/* Said to be missing by the name that its version has. */
bool ask_scopes(struct ask *k, struct scopes *out)
{
	const char *name = k->v1 ? "resource" : "scope";
	char *value = ask_value(k, name);
	bool good;

	*out = (struct scopes){ 0 };
	if (value == NULL)
		return ask_fail(k, 900144, name, NULL);
	good = k->v1 ? scopes_of_resource(k, value, out) : scopes_read(k, value, out);
	free(value);
	return good;
}

/* EWS.AccessAsUser.All is what the world's apps are described with; the rest is consent. */
bool scopes_listed(struct ask *k, const struct scopes *s, const struct app *app)
{
	bool ews = !s->graph && (s->all || strstr(s->names.at, exchange_names[0]) != NULL);

	return !ews || app->delegated || ask_fail(k, 650057, app->client_id, app->name);
}

bool scopes_granted(
	struct ask *k, const struct scopes *s, const struct identity *id, const struct app *app)
{
	if (!scopes_listed(k, s, app))
		return false;
	return user_consented(k, id, app) || ask_fail(k, 65001, app->client_id, app->name);
}
