/* Page_credentials: what a connection is entered with: mailbox, server, sign-in, secret.
 *
 * Rules: a secret goes from the form to the service, which seals it; it is in no page. What a field
 * cannot say for itself, because it depends on another one, is said beside it here. Nothing is
 * looked up: whether a server answers is for the test to say.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/pkce.h"
#include "platform/str.h"
#include "platform/url.h"
#include "routes.h"

enum { HTTPS_PORT = 443, DAY = 86400 };

#define AGAIN "Some fields need another look."

/* Names of ways to sign in, as the aside says them. */
static const struct page_option signins[] = {
	{ "auto", "Recommended: the strongest way that the server offers" },
	{ "ntlm", "NTLM only" },
	{ "basic", "Basic only" },
};

static const struct page_option purposes[] = {
	{ PURPOSE_CURRENT, "Current, in use" },
	{ PURPOSE_CLIENT, "Current, beside the sign-in" },
	{ PURPOSE_NEXT, "Next, to be proved" },
	{ PURPOSE_NEXT_CLIENT, "Next, beside the sign-in" },
	{ PURPOSE_REFUSED, "Refused, erased soon" },
	{ PURPOSE_FORMER, "Former, erased soon" },
	{ PURPOSE_FORMER_CLIENT, "Former, erased soon" },
};

/* Microsoft's clouds: where mailboxes are, and where one signs in. */
static const struct cloud {
	struct page_option o;
	const char *host;
	const char *authority;
} clouds[] = {
	{ { "worldwide", "Worldwide" }, "outlook.office365.com", PKCE_AUTHORITY },
	{ { "gcchigh", "US Government GCC High" }, "outlook.office365.us",
		"https://login.microsoftonline.us" },
	{ { "dod", "US Government DoD" }, "outlook-dod.office365.us",
		"https://login.microsoftonline.us" },
	{ { "china", "China, operated by 21Vianet" }, "partner.outlook.cn",
		"https://login.partner.microsoftonline.cn" },
	{ { "typed", "Another one, typed below" }, NULL, NULL },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int is_office(const struct connection *c)
{
	return strcmp(c->kind, "office365") == 0;
}

static const char *text_of(const char *s)
{
	return s ? s : "";
}

static const char *domain_of(const char *mailbox)
{
	const char *at = strchr(text_of(mailbox), '@');

	return at ? at + 1 : "";
}

/* "mail.example.com", with the port when it is an unusual one. */
static const char *server_text(struct page *p, const struct connection *c)
{
	const char *open = strchr(c->host, ':') ? "[" : "", *shut = *open ? "]" : "";

	return c->port == HTTPS_PORT
		? c->host
		: arena_printf(p->svc.a, "%s%s%s:%" PRId64, open, c->host, shut, c->port);
}

static int is_found(const struct connection *c)
{
	return strcmp(c->scheme, "discover") == 0;
}

/* --- reading the form --- */

/* "mail.example.com", "mail.example.com:8443" or the whole address of Exchange. 0, or -1 with a
 * message beside the field. */
static int read_server(struct page *p, struct connection *c)
{
	const char *text = form_text(&p->form, "server");
	struct url u;

	if (!*text)
		form_fail(&p->form, "server", "Enter the name of the server.");
	else if (strncasecmp(text, "http://", 7) == 0)
		form_fail(
			&p->form, "server", "Use https. A password is never sent over plain http.");
	else if (url_parse(p->svc.a,
			 strstr(text, "://") ? text : arena_printf(p->svc.a, "https://%s", text),
			 &u) < 0 ||
		strcmp(u.scheme, "https") != 0)
		form_fail(&p->form, "server",
			"This is not a server. Enter one like mail.example.com or "
			"https://mail.example.com/EWS/Exchange.asmx.");
	if (p->form.errors)
		return -1;
	c->host = u.host;
	c->port = u.port;
	return 0;
}

/* Each try with a name that no directory has counts as a wrong password somewhere. */
static void check_login(struct page *p, const char *login)
{
	const char *slash = strchr(login, '\\');

	if (strchr(login, '/'))
		form_fail(&p->form, "login",
			"The slash leans the wrong way. Windows wants a backslash: DOMAIN\\user.");
	else if (slash && strchr(login, '@'))
		form_fail(&p->form, "login",
			"This mixes two forms. Enter user@domain, DOMAIN\\user or user.");
	else if (slash && (slash == login || !slash[1] || strchr(slash + 1, '\\')))
		form_fail(&p->form, "login",
			"A name stands on each side of the backslash: DOMAIN\\user.");
}

/* The file, else the text, else none; what differs from before in white space alone does not
 * differ, since the secret is bound to it. */
static const char *read_ca(struct page *p, const struct connection *base)
{
	const char *file = form_text(&p->form, "ca_file");
	const char *text = *file ? file : form_text(&p->form, "ca");
	const char *was = str_trim(arena_strdup(p->svc.a, text_of(base->ca)));

	if (strcmp(text, was) == 0)
		return text_of(base->ca);
	return *text ? arena_printf(p->svc.a, "%s\n", text) : "";
}

/* The names in ops' list, one after another; NULL at the end. */
static const char *proxy_next(struct page *p, const char **rest)
{
	size_t n;
	char *one;

	while (**rest) {
		n = strcspn(*rest, ",");
		one = arena_strndup(p->svc.a, *rest, n);
		*rest += n + ((*rest)[n] == ',');
		one[strcspn(one, "=")] = '\0';
		one = str_trim(one);
		if (*one)
			return one;
	}
	return NULL;
}

static const char *read_proxy(struct page *p)
{
	const char *want = form_text(&p->form, "proxy"), *rest = text_of(p->svc.cf->proxies);
	const char *name;

	if (!*want)
		return "";
	while ((name = proxy_next(p, &rest)) != NULL) {
		if (strcmp(name, want) == 0)
			return name;
	}
	form_fail(&p->form, "proxy", "There is no such proxy any more. Choose one of those shown.");
	return "";
}

/* What was typed is not dropped without a word. */
static void check_found(struct page *p, const struct connection *base)
{
	const char *typed = form_text(&p->form, "server");

	if (*typed && (is_found(base) || strcmp(typed, server_text(p, base)) != 0))
		form_fail(&p->form, "server",
			"The server is to be found, and one is typed as well. Choose “I know the "
			"address” to use this one, or leave the field empty.");
}

static void read_exchange(struct page *p, const struct connection *base, struct connection *c)
{
	c->signin = form_text(&p->form, "signin");
	c->binding = form_num(&p->form, "binding") ? "on" : "off";
	c->login = form_text(&p->form, "login");
	c->ca = read_ca(p, base);
	c->proxy = read_proxy(p);
	check_login(p, c->login);
	c->port = HTTPS_PORT;
	if (strcmp(form_text(&p->form, "find"), "auto") == 0) {
		check_found(p, base);
		c->scheme = "discover";
		c->host = domain_of(c->mailbox);
		return;
	}
	c->scheme = "https";
	(void)read_server(p, c);
}

static void read_cloud(struct page *p, const struct connection *base, struct connection *c)
{
	const char *code = form_text(&p->form, "cloud");
	const struct cloud *cloud = clouds;

	while (strcmp(cloud->o.value, code) != 0)
		cloud++;
	c->scheme = "https";
	c->host = cloud->host;
	c->port = HTTPS_PORT;
	/* The same service by no name, as ops leave it: the secret is bound to what is written. */
	c->authority = !str_empty(base->host) && str_empty(base->authority) && cloud == clouds
		? ""
		: cloud->authority;
	if (cloud->host)
		return;
	c->authority = form_text(&p->form, "authority");
	(void)read_server(p, c);
	if (str_empty(c->authority) || !pkce_authority(p->svc.a, c->authority))
		form_fail(&p->form, "authority",
			"Enter the address of the sign-in service without anything behind it, like "
			"https://login.example.com.");
}

static void check_application(struct page *p, const struct connection *c)
{
	if (!pkce_tenant(c->tenant) || pkce_any_tenant(c->tenant))
		form_fail(&p->form, "tenant",
			"Enter the ID of your own directory, or one of its domains, like "
			"example.com.");
	if (!str_guid(c->client_id))
		form_fail(&p->form, "client_id",
			"This is not an application ID. It looks like "
			"00000000-0000-0000-0000-000000000000.");
	if (!svc_connection_fits(c->method, c->signin))
		form_fail(&p->form, "signin",
			"This does not go with the method. Choose one of those shown.");
}

int64_t page_client_secret_end(const struct page *p)
{
	const int64_t day = form_num(&p->form, "expires");

	return day ? day + DAY - 1 : 0;
}

void page_check_client_secret(struct page *p)
{
	const int64_t end = page_client_secret_end(p);

	if (str_guid((const char *)secret_bytes(form_secret(&p->form, "secret"))))
		form_fail(&p->form, "secret",
			"This looks like the secret’s ID. Enter its value: Microsoft shows it "
			"once, right after the secret was made.");
	if (end && end <= clock_now())
		form_fail(&p->form, "expires",
			"This day is over. A secret that has ended cannot be used: make a new "
			"one.");
}

/* A certificate of Latchkey's is for an application that signs in alone. */
static int by_certificate(const struct page *p)
{
	return strcmp(form_text(&p->form, "proof"), "certificate") == 0;
}

static void read_office(struct page *p, const struct connection *base, struct connection *c)
{
	c->method = base->method;
	c->signin = form_text(&p->form, "signin");
	c->tenant = form_text(&p->form, "tenant");
	c->client_id = form_text(&p->form, "client_id");
	c->binding = "off";
	c->ca = text_of(base->ca);
	c->proxy = text_of(base->proxy);
	check_application(p, c);
	if (by_certificate(p) && strcmp(c->signin, "user") == 0)
		form_fail(&p->form, "proof",
			"Where the mailbox signs in, the application proves itself with a client "
			"secret. A certificate is for an application that signs in alone.");
	page_check_client_secret(p);
	read_cloud(p, base, c);
}

/* --- saving --- */

/* The field of the form that a missing secret is said beside. */
static const char *secret_field(const struct page *p)
{
	return p->route->handler == page_office_post ? "secret" : "password";
}

/* After the form: to the proof, or to what is still missing. */
static void go_on(struct page *p, const struct svc_secrets *sec, int64_t job)
{
	if (job)
		response_redirect(p->rs, arena_printf(p->svc.a, "/connection/test/%" PRId64, job));
	else
		response_redirect(
			p->rs, sec->later ? "/connection/certificate" : "/connection/microsoft");
}

static int save(struct page *p, struct connection *c, const struct svc_secrets *sec, struct err *e)
{
	int64_t job;

	if (svc_connection_enter(&p->svc, c, sec, &job, e) == 0) {
		go_on(p, sec, job);
		return 0;
	}
	if (e->code != ERR_FORM)
		return page_refuse(p, e);
	form_fail(&p->form, secret_field(p), "%s", e->say);
	return -1;
}

/* What the form is about, and the row it was made from. 1, 0 when there is nothing any more, -1. */
static int begin(struct page *p, struct connection *c, struct connection *base, struct err *e)
{
	struct svc_connections both;

	if (svc_connection_both(&p->svc, &both, e) < 0)
		return -1;
	if (!svc_connection_base(&both))
		return 0;
	*base = *svc_connection_base(&both);
	if (is_office(base) != (p->route->handler == page_office_post))
		return ERR(e, ERR_CONFLICT,
			"The kind of server was changed while you had this page open. Nothing you "
			"typed was saved; this is the form for the other kind.",
			"the form is not that of %s", base->kind);
	*c = (struct connection){ .id = form_num(&p->form, "from"),
		.rev = form_num(&p->form, "rev"),
		.mailbox = form_text(&p->form, "mailbox"),
		.login = "",
		.authority = "",
		.tenant = "",
		.client_id = "" };
	return 1;
}

/* The form cannot be read as it is: the page that shows why. */
static int begin_again(struct page *p, int rc, struct err *e)
{
	return rc < 0 ? page_refuse(p, e) : page_credentials(p, e);
}

static const struct secret *typed_secret(struct page *p)
{
	const struct secret *s = form_secret(&p->form, secret_field(p));

	return secret_len(s) ? s : NULL;
}

int page_credentials_post(struct page *p, struct err *e)
{
	const struct svc_secrets sec = { .secret = typed_secret(p) };
	struct connection c, base;
	int rc = begin(p, &c, &base, e);

	if (rc <= 0)
		return begin_again(p, rc, e);
	read_exchange(p, &base, &c);
	if (p->form.errors)
		return ERR(e, ERR_FORM, AGAIN, "%d fields", p->form.errors);
	return save(p, &c, &sec, e);
}

/* A person's own token is the secret, and the application's stands beside it. */
int page_office_post(struct page *p, struct err *e)
{
	struct svc_secrets sec = { .expires = page_client_secret_end(p) };
	struct connection c, base;
	int rc = begin(p, &c, &base, e);

	if (rc <= 0)
		return begin_again(p, rc, e);
	read_office(p, &base, &c);
	if (p->form.errors)
		return ERR(e, ERR_FORM, AGAIN, "%d fields", p->form.errors);
	sec.later = by_certificate(p);
	if (!sec.later && strcmp(c.signin, "user") == 0)
		sec.client = typed_secret(p);
	else if (!sec.later)
		sec.secret = typed_secret(p);
	return save(p, &c, &sec, e);
}

/* --- the page --- */

/* What was typed, when this form was sent; else what is stored. */
static const char *now(const struct page *p, const char *field, const char *stored)
{
	const struct field *f = p->form.fields;

	for (size_t i = 0; p->route->method == POST && f[i].name; i++) {
		if (strcmp(f[i].name, field) == 0)
			return p->form.v[i].text;
	}
	return stored;
}

static void options(struct page *p, enum marker section, const struct page_option *o, size_t n,
	const char *chosen)
{
	for (size_t i = 0; i < n; i++)
		page_option(p->view, section, &o[i], strcmp(o[i].value, chosen) == 0);
}

static void show_proxies(struct page *p, const char *chosen)
{
	const struct page_option none = { "", "None" };
	const char *rest = text_of(p->svc.cf->proxies);
	struct page_option o;
	int any = 0;

	while ((o.value = o.name = proxy_next(p, &rest)) != NULL) {
		if (!any++) {
			view_show(p->view, M_PROXIES);
			page_option(p->view, M_PROXY, &none, !*chosen);
		}
		page_option(p->view, M_PROXY, &o, strcmp(o.value, chosen) == 0);
	}
}

/* A host that Autodiscover led to is entered for the admin, who agrees to it by typing the password
 * again. Returns it, or NULL. */
static const char *agreed_host(struct page *p, const struct connection *c)
{
	const char *host = p->route->method == GET ? form_text(&p->form, "host") : "";
	const char *domain = domain_of(c->mailbox);
	size_t n = strlen(host), m = strlen(domain);

	if (!*host || p->form.errors)
		return NULL;
	if (!m || n < m || strcmp(host + n - m, domain) != 0 || (n > m && host[n - m - 1] != '.')) {
		view_show(p->view, M_FOREIGN);
		view_set(p->view, M_FOREIGN_HOST, host);
		view_set(p->view, M_FOREIGN_DOMAIN, m ? domain : "your mailbox’s domain");
	}
	return host;
}

static void show_exchange(struct page *p, const struct connection *c)
{
	const char *host = agreed_host(p, c);
	const int found = is_found(c);
	const char *find = now(p, "find", found && !host ? "auto" : "given");

	if (p->route->handler == page_credentials_post)
		form_show(&p->form, "ca", "ca_file");
	view_show(p->view, M_EXCHANGE);
	view_show(p->view, strcmp(find, "auto") == 0 ? M_FIND_AUTO : M_FIND_GIVEN);
	view_set(p->view, M_V_MAILBOX, c->mailbox);
	view_set(p->view, M_V_SERVER, host ? host : found ? "" : server_text(p, c));
	view_set(p->view, M_V_LOGIN, c->login);
	view_set(p->view, M_V_CA, c->ca);
	options(p, M_SIGNIN, signins, COUNT(signins), now(p, "signin", c->signin));
	if (*now(p, "binding", strcmp(c->binding, "on") == 0 ? "1" : ""))
		view_show(p->view, M_BINDING);
	show_proxies(p, now(p, "proxy", text_of(c->proxy)));
	if (!str_empty(c->ca) || !str_empty(c->proxy) || strcmp(c->binding, "on") == 0 ||
		p->form.errors)
		view_show(p->view, M_MORE);
}

static const struct cloud *cloud_of(const struct connection *c)
{
	const char *authority = str_empty(c->authority) ? clouds->authority : c->authority;
	const struct cloud *cloud = clouds;

	if (str_empty(c->host))
		return cloud;
	while (cloud->host &&
		(strcmp(cloud->host, c->host) != 0 || c->port != HTTPS_PORT ||
			strcmp(cloud->authority, authority) != 0))
		cloud++;
	return cloud;
}

/* Who signs in, where the method leaves a choice. */
static void show_signins(struct page *p, const struct connection *c)
{
	const char *signin = now(p, "signin", c->signin);

	if (svc_connection_fits(c->method, "app"))
		view_show(p->view, M_BY_CERTIFICATE);
	else
		view_show(p->view, M_BY_SECRET);
	if (svc_connection_fits(c->method, "user"))
		view_show(p->view, M_REDIRECT);
	if (svc_connection_fits(c->method, "app") && svc_connection_fits(c->method, "user")) {
		view_show(p->view, M_BOTH_SIGNINS);
	} else {
		view_show(p->view, M_ONE_SIGNIN);
		view_show(p->view,
			svc_connection_fits(c->method, "app") ? M_NEEDS_APP : M_NEEDS_USER);
	}
	view_show(p->view, strcmp(signin, "app") == 0 ? M_SIGNIN_APP : M_SIGNIN_USER);
	view_set(p->view, M_ONE_SIGNIN_CODE, c->signin);
}

static void show_office(struct page *p, const struct connection *c, const struct credential *main)
{
	const struct cloud *cloud = cloud_of(c);
	const char *code = now(p, "cloud", cloud->o.value);
	const char *proof =
		now(p, "proof", main && !str_empty(main->certificate) ? "certificate" : "secret");

	view_show(p->view, M_OFFICE);
	view_set(p->view, M_V_MAILBOX, c->mailbox);
	view_set(p->view, M_V_TENANT, c->tenant);
	view_set(p->view, M_V_CLIENT_ID, c->client_id);
	view_set(p->view, M_V_SERVER, cloud->host ? "" : server_text(p, c));
	view_set(p->view, M_V_AUTHORITY, cloud->host ? "" : c->authority);
	view_show(
		p->view, strcmp(proof, "certificate") == 0 ? M_PROOF_CERTIFICATE : M_PROOF_SECRET);
	show_signins(p, c);
	for (size_t i = 0; i < COUNT(clouds); i++)
		page_option(p->view, M_CLOUD, &clouds[i].o, strcmp(clouds[i].o.value, code) == 0);
	if (strcmp(code, clouds[0].o.value) != 0 || p->form.errors)
		view_show(p->view, M_MORE);
	view_set(p->view, M_REDIRECT_URI,
		arena_printf(p->svc.a, "%s%s", p->svc.cf->public_url, PKCE_RETURN));
}

/* --- what is stored --- */

static const char *kind_of(const struct connection *c, const struct credential *cr)
{
	if (!str_empty(cr->certificate))
		return "Certificate";
	if (!is_office(c))
		return strcmp(c->signin, "ntlm") == 0	  ? "Password, NTLM"
			: strcmp(c->signin, "basic") == 0 ? "Password, Basic"
							  : "Password";
	return strcmp(c->signin, "user") == 0 && !strstr(cr->purpose, PURPOSE_CLIENT)
		? "Sign-in with Microsoft"
		: "Client secret";
}

static void stored_row(struct page *p, const struct connection *c, const struct credential *cr)
{
	struct view *row = view_add(p->view, M_STORED);
	size_t i = 0;

	while (i + 1 < COUNT(purposes) && strcmp(purposes[i].value, cr->purpose) != 0)
		i++;
	view_set(row, M_STORED_SLOT, purposes[i].name);
	view_set(row, M_STORED_KIND, kind_of(c, cr));
	view_set(row, M_STORED_VERSION, cr->version);
	view_set(row, M_STORED_BY, page_by(cr->by_name));
	page_time(row, M_STORED_SET_ISO, M_STORED_SET, cr->set_at, p->svc.a);
	page_when(row, M_STORED_USED, M_STORED_USED_ISO, cr->used_at, p->svc.a);
	page_when(row, M_STORED_END, M_STORED_END_ISO, cr->expires, p->svc.a);
}

/* What forms may leave empty to keep: the newest secret of a slot that is tried. */
static void keepable(struct page *p, const struct credential *cr, int lent)
{
	view_show(p->view, lent ? M_KEEP_LENT : M_KEEP);
	page_time(p->view, M_KEEP_ISO, M_KEEP_AT, cr->set_at, p->svc.a);
}

/* How near a slot is to what is tried next: its own secret first, then the application's. */
static int rank(const char *purpose)
{
	static const char *const order[] = { PURPOSE_NEXT, PURPOSE_CURRENT, PURPOSE_NEXT_CLIENT,
		PURPOSE_CLIENT };
	int i = 0;

	while (i < (int)COUNT(order) && strcmp(order[i], purpose) != 0)
		i++;
	return i;
}

/* Rows of one connection. *main: the one an empty field keeps; NULL when there is none. */
static int stored(
	struct page *p, const struct connection *c, const struct credential **main, struct err *e)
{
	struct credential *list;
	int n = store_credential_list(p->svc.db, p->svc.a, p->svc.who.account, c->id, &list, e);
	int best = rank("");

	*main = NULL;
	for (int i = 0; i < n; i++) {
		stored_row(p, c, &list[i]);
		if (rank(list[i].purpose) >= best)
			continue;
		*main = &list[i];
		best = rank(list[i].purpose);
	}
	return n < 0 ? -1 : 0;
}

static int show_stored(
	struct page *p, const struct page_way *way, const struct credential **main, struct err *e)
{
	const struct credential *live = NULL, *draft = NULL;
	int lent;

	if ((way->both.live.id && stored(p, &way->both.live, &live, e) < 0) ||
		(way->both.draft.id && stored(p, &way->both.draft, &draft, e) < 0))
		return -1;
	lent = svc_connection_lends(&p->svc, &way->both, e);
	if (lent < 0)
		return -1;
	*main = way->both.draft.id && !lent ? draft : live;
	if (*main)
		keepable(p, *main, lent);
	if (!live && !draft)
		view_show(p->view, M_NOTHING_STORED);
	if (way->both.live.id)
		view_show(p->view, M_ROTATE);
	view_set(p->view, M_ROTATE,
		way->both.live.id && is_office(&way->both.live) ? "Change secret"
								: "Change password");
	return 0;
}

/* What holds now, to be compared with what is in the form. */
static void compare(struct page *p, const struct connection *c, const char *title)
{
	if (str_empty(c->mailbox))
		return;
	view_show(p->view, M_COMPARE);
	view_set(p->view, M_COMPARE, title);
	view_set(p->view, M_COMPARE_MAILBOX, c->mailbox);
	view_set(p->view, M_COMPARE_SERVER,
		is_found(c) ? arena_printf(p->svc.a, "Found by Autodiscover in %s", c->host)
			    : server_text(p, c));
	if (!str_empty(c->login))
		view_show(p->view, M_COMPARE_LOGIN);
	view_set(p->view, M_COMPARE_LOGIN, c->login);
	view_set(p->view, M_COMPARE_BY, page_by(c->edited_by));
	page_time(p->view, M_COMPARE_ISO, M_COMPARE_AT, c->edited_at, p->svc.a);
}

int page_credentials(struct page *p, struct err *e)
{
	const struct credential *main;
	struct page_way way;

	if (page_connection_tabs(p, &way, e) < 0)
		return -1;
	if (!way.base) {
		response_redirect(p->rs, "/connection/method");
		return 0;
	}
	if (show_stored(p, &way, &main, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Credentials");
	page_connection_base(p, way.base);
	view_show(p->view, strcmp(way.base->method, "personal") == 0 ? M_PERSONAL : M_OURS);
	if (way.both.live.id && way.both.draft.id) {
		view_show(p->view, M_DRAFT);
		if (page_connection_over(p, &way.both.draft, e) < 0)
			return -1;
	}
	if (is_office(way.base))
		show_office(p, way.base, main);
	else
		show_exchange(p, way.base);
	if (p->route->method == POST)
		compare(p, way.base, "Saved now");
	else if (way.both.live.id && way.both.draft.id)
		compare(p, &way.both.live, "In use now");
	return 0;
}
