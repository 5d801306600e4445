/*
 * Token face: the sign-in host's paths, and its documents about itself.
 *
 * /{tenant}/... for every online premise; the tenant is its GUID, a verified domain, or
 * organizations and common, which leave it to the person who signs in. Bodies and queries over
 * FORM_MAX are refused unread.
 */
#include "sim/token_part.h"

#include <stdlib.h>
#include <string.h>

/* Larger than any real request, small enough that looking through it many times costs nothing. */
enum { FORM_MAX = 65536 };
enum { GET = 1, POST = 2 };

/* Paths behind the tenant. v1 is what older libraries still ask. */
static const struct route {
	const char *tail, *op;
	int methods;
	bool v1;
	void (*run)(struct ask *k);
} routes[] = {
	{ "/oauth2/v2.0/token", "token", POST, false, token_grant },
	{ "/oauth2/token", "token", POST, true, token_grant },
	{ "/oauth2/v2.0/authorize", "authorize", GET | POST, false, token_authorize },
	{ "/oauth2/authorize", "authorize", GET | POST, true, token_authorize },
	{ "/oauth2/v2.0/login", "login", POST, false, token_login },
	{ "/oauth2/login", "login", POST, true, token_login },
	{ "/oauth2/v2.0/devicecode", "devicecode", POST, false, token_devicecode },
	{ "/oauth2/devicecode", "devicecode", POST, true, token_devicecode },
	{ "/oauth2/deviceauth", "deviceauth", GET | POST, false, token_deviceauth },
	{ "/oauth2/v2.0/logout", "logout", GET | POST, false, token_logout },
	{ "/oauth2/logout", "logout", GET | POST, true, token_logout },
	{ "/v2.0/.well-known/openid-configuration", "openid-configuration", GET, false,
		token_metadata },
	{ "/.well-known/openid-configuration", "openid-configuration", GET, true, token_metadata },
	{ "/discovery/v2.0/keys", "keys", GET, false, token_keys },
	{ "/discovery/keys", "keys", GET, true, token_keys },
	{ "/discovery/instance", "instance", GET, false, token_instance },
};

/* The tail of a path behind /{tenant}; "" when there is none. */
static const char *path_tail(const char *path)
{
	return *path == '/' ? path + 1 + strcspn(path + 1, "/") : "";
}

static const struct route *route_of(const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (same_nocase(routes[i].tail, path_tail(path)))
			return &routes[i];
	return NULL;
}

/* /common/userrealm/WHO: the one path that ends in a value. */
static bool is_realm(const char *path)
{
	static const char prefix[] = "/userrealm/";

	return strncasecmp(path_tail(path), prefix, sizeof(prefix) - 1) == 0;
}

const char *token_op(const struct request *r)
{
	const struct route *route = route_of(r->path);

	if (route != NULL)
		return route->op;
	return is_realm(r->path) ? "userrealm" : NULL;
}

/* Empty is absent: forms send every field. */
char *ask_value(const struct ask *k, const char *name)
{
	char *value = form_value(k->form, name);

	if (value != NULL && *value == '\0') {
		free(value);
		return NULL;
	}
	return value;
}

/* Only a GUID is echoed as correlation id: it goes into headers and texts. */
static bool is_guid(const char *s)
{
	if (s == NULL || strlen(s) != 36)
		return false;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : strchr("0123456789abcdefABCDEF", s[i]) == NULL)
			return false;
	}
	return true;
}

/* What every answer has: not to be cached, and with the ids that support asks for. */
static void ask_open(struct ask *k, struct face *f, const struct request *r, struct answer *a)
{
	const char *correlation = request_header(r, "client-request-id");
	struct text stamp = { 0 };

	*k = (struct ask){ .s = f->sim, .t = f->sim->tokens, .face = f, .r = r, .a = a };
	k->form = same(r->method, "POST") ? r->body.at : r->query;
	world_guid(k->s->world, k->trace);
	if (is_guid(correlation))
		snprintf(k->correlation, sizeof(k->correlation), "%s", correlation);
	else
		world_guid(k->s->world, k->correlation);
	when_write_utc(&stamp, world_now(k->s->world));
	stamp.at[strcspn(stamp.at, "T")] = ' ';
	k->stamp = stamp.at;
	answer_header(a, "Cache-Control", "no-store, no-cache");
	answer_header(a, "Pragma", "no-cache");
	answer_header(a, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
	answer_header(a, "X-Content-Type-Options", "nosniff");
	answer_header(a, "x-ms-request-id", k->trace);
	if (is_guid(correlation))
		answer_header(a, "client-request-id", correlation);
}

static void ask_close(struct ask *k)
{
	free(k->say);
	free(k->stamp);
}

/* The first part of the path, as a tenant. False: it is none. */
static bool tenant_read(struct ask *k)
{
	const char *word = k->r->path + 1;
	size_t n = strcspn(word, "/");

	if (n >= sizeof(k->tenant_word))
		return ask_fail(k, 90002, word, NULL);
	memcpy(k->tenant_word, word, n);
	if (same_nocase(k->tenant_word, "common") || same_nocase(k->tenant_word, "organizations"))
		return true;
	if (same_nocase(k->tenant_word, "consumers"))
		return ask_fail(k, 9002346, NULL, NULL);
	k->tenant = tenant_by_word(k->s, k->tenant_word);
	return k->tenant != NULL || ask_fail(k, 90002, k->tenant_word, NULL);
}

/* Pages tell people, everything else tells programs. */
static void refuse(struct ask *k, const struct route *route)
{
	if (route->run == token_authorize || route->run == token_login ||
		route->run == token_deviceauth || route->run == token_logout)
		html_error(k, k->error->status);
	else
		ask_fail_json(k);
}

/* Size and method first, then the tenant, then the endpoint. Endpoints that did not answer what
 * they refused leave it to us. */
static void run(struct ask *k, const struct route *route)
{
	bool post = same(k->r->method, "POST"),
	     get = same(k->r->method, "GET") || same(k->r->method, "HEAD");

	k->v1 = route->v1;
	if ((k->r->query != NULL && strlen(k->r->query) > FORM_MAX) || k->r->body.len > FORM_MAX)
		ask_fail(k, 90015, NULL, NULL);
	else if (!(post && (route->methods & POST)) && !(get && (route->methods & GET)))
		ask_fail(k, 900561, k->r->method, NULL);
	else if (tenant_read(k))
		route->run(k);
	if (k->error != NULL && k->a->body.len == 0 && k->a->status == 0)
		refuse(k, route);
}

/* Short names people are told to type. */
static bool is_device_page(const char *path)
{
	return same_nocase(path, "/device") || same_nocase(path, "/devicelogin");
}

/* Nothing here knows of faults or the journal: the caller of a face does. */
void token_face(void *face, struct request *r, struct answer *a)
{
	const struct route *route = route_of(r->path);
	struct ask k;

	ask_open(&k, face, r, a);
	tickets_trim(k.t->tickets);
	if (route != NULL) {
		run(&k, route);
	} else if (is_realm(r->path)) {
		token_realm(&k);
	} else if (is_device_page(r->path)) {
		char *url = face_url(k.face, "/common/oauth2/deviceauth");

		a->status = 302;
		answer_header(a, "Location", url);
		free(url);
	} else {
		a->status = 404;
		html_message(&k, "Not found", "There is no such page here.");
	}
	ask_close(&k);
}

bool token_refuse(struct face *f, const struct request *r, struct answer *a, int number)
{
	struct ask k;

	if (token_error_find(number) == NULL)
		return false;
	ask_open(&k, f, r, a);
	ask_fail(&k, number, "", "");
	ask_fail_json(&k);
	ask_close(&k);
	return true;
}

/* Documents */

/* For common and organizations the issuer is a pattern that clients fill in. */
static char *issuer(const struct ask *k)
{
	const char *tenant = k->tenant != NULL ? k->tenant->tenant : "{tenantid}";
	char *path, *url;

	if (k->v1)
		return format("https://sts.windows.net/%s/", tenant);
	path = format("/%s/v2.0", tenant);
	url = face_url(k->face, path);
	free(path);
	return url;
}

/* Documents name the tenant by its GUID, however they were asked for. */
static void put_url(struct ask *k, json_t *j, const char *name, const char *v2, const char *v1)
{
	const char *tenant = k->tenant != NULL ? k->tenant->tenant : k->tenant_word;
	char *path = format("/%s%s", tenant, k->v1 ? v1 : v2), *url = face_url(k->face, path);

	json_object_set_new(j, name, json_safe(url));
	free(path);
	free(url);
}

/* What a library reads before anything else. */
void token_metadata(struct ask *k)
{
	json_t *j = json_pack("{s:[sss], s:[sss], s:[s], s:[s], s:[ssss], s:[ssss], s:b, s:b, s:b, "
			      "s:s}",
		"token_endpoint_auth_methods_supported", "client_secret_post", "private_key_jwt",
		"client_secret_basic", "response_modes_supported", "query", "fragment", "form_post",
		"subject_types_supported", "pairwise", "id_token_signing_alg_values_supported",
		"RS256", "response_types_supported", "code", "id_token", "code id_token",
		"id_token token", "scopes_supported", "openid", "profile", "email",
		"offline_access", "request_uri_parameter_supported", 0, "http_logout_supported", 1,
		"frontchannel_logout_supported", 1, "tenant_region_scope", "EU");
	char *iss = issuer(k);

	json_object_set_new(j, "issuer", json_safe(iss));
	put_url(k, j, "token_endpoint", "/oauth2/v2.0/token", "/oauth2/token");
	put_url(k, j, "jwks_uri", "/discovery/v2.0/keys", "/discovery/keys");
	put_url(k, j, "authorization_endpoint", "/oauth2/v2.0/authorize", "/oauth2/authorize");
	put_url(k, j, "device_authorization_endpoint", "/oauth2/v2.0/devicecode",
		"/oauth2/devicecode");
	put_url(k, j, "end_session_endpoint", "/oauth2/v2.0/logout", "/oauth2/logout");
	free(iss);
	ask_json(k, 200, j);
}

void token_keys(struct ask *k)
{
	char *iss = issuer(k);

	ask_json(k, 200, jwt_key_set(k->t->key, iss));
	free(iss);
}

/* Old libraries ask the well-known host whether an authority is genuine. */
void token_instance(struct ask *k)
{
	char *path = format("/%s/v2.0/.well-known/openid-configuration",
		k->tenant != NULL ? k->tenant->tenant : k->tenant_word);
	char *url = face_url(k->face, path);

	ask_json(k, 200,
		json_pack("{s:s, s:s, s:[]}", "tenant_discovery_endpoint", url, "api-version",
			"1.1", "metadata"));
	free(path);
	free(url);
}

/* Is this person's password kept here: what libraries ask before they send one. */
void token_realm(struct ask *k)
{
	const char *login = strrchr(k->r->path, '/') + 1, *at = strrchr(login, '@');
	bool known = at != NULL && tenant_by_word(k->s, at + 1) != NULL;
	json_t *j = json_pack("{s:s, s:s, s:s}", "ver", "1.0", "account_type",
		known ? "Managed" : "Unknown", "cloud_instance_name", "microsoftonline.com");

	if (known)
		json_object_set_new(j, "domain_name", json_safe(at + 1));
	ask_json(k, 200, j);
}
