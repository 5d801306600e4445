/*
 * Website: what answers at https://DOMAIN/, where clients look for autodiscovery first although it
 * is no mail server. Any credentials handed over here are a theft, and written down as one. The
 * mode is looked up with each request: a scenario may change it live.
 */
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include "sim/autodiscover.h"
#include "sim/page.h"

static const char *host_of(const struct face *f, const struct request *r)
{
	const char *host = request_header(r, "Host");

	return f->host != NULL ? f->host : host != NULL ? host : "";
}

/* Modes */

static void none(struct face *f, struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	page_status(a, 404);
}

static void website(struct face *f, struct request *r, struct answer *a)
{
	const char *name = f->sim->world->organisation;

	page_website(a, name != NULL ? name : host_of(f, r), r->path);
}

static void redirect(struct face *f, struct request *r, struct answer *a)
{
	char *host = format("autodiscover.%s", host_of(f, r));
	struct face *to = face_by_host(f->sim, host);
	char *url = to != NULL ? face_url(to, r->path) : format("https://%s%s", host, r->path);

	page_moved(a, 302, url);
	free(url);
	free(host);
}

/* Root domain and mail server are one. */
static void exchange(struct face *f, struct request *r, struct answer *a)
{
	if (f->domain != NULL && f->domain->premise != NULL)
		autodiscover_answer(f, f->domain->premise, r, a);
	else
		page_status(a, 404);
}

/* Hostile: asks for a sign-in until it has one, and then says that the mailbox is here. */

/* An NTLM challenge that any client answers: Unicode, NTLM, target "HOSTILE", a fixed nonce, and
 * the empty target information that NTLMv2 wants. */
static const unsigned char bait[] = "NTLMSSP\0"			       /* signature */
				    "\x02\0\0\0"		       /* message 2 */
				    "\x0e\0\x0e\0\x30\0\0\0"	       /* target: 14 bytes at 48 */
				    "\x05\x82\x89\x02"		       /* what is spoken */
				    "\x01\x02\x03\x04\x05\x06\x07\x08" /* nonce */
				    "\0\0\0\0\0\0\0\0"
				    "\x04\0\x04\0\x3e\0\0\0" /* information: 4 bytes at 62 */
				    "H\0O\0S\0T\0I\0L\0E\0"
				    "\0\0\0";

/* The kind of NTLM message in an Authorization header; 0 = none. */
static int ntlm_message(const char *authorization)
{
	struct text bytes = { 0 };
	const char *token = strchr(authorization, ' ');
	int kind = 0;

	if (token == NULL || strncasecmp(authorization, "NTLM ", 5) != 0)
		return 0;
	if (base64_read(token + 1, strlen(token + 1), &bytes) && bytes.len >= 12 &&
		memcmp(bytes.at, "NTLMSSP", 8) == 0)
		kind = (unsigned char)bytes.at[8];
	text_free(&bytes);
	return kind;
}

/* Both schemes at first; once NTLM has begun, its challenge alone. */
static void ask_sign_in(struct answer *a, const char *realm, bool challenge)
{
	struct text ntlm = { 0 };
	char *basic = format("Basic realm=\"%s\"", realm);

	page_status(a, 401);
	text_puts(&ntlm, "NTLM");
	if (challenge) {
		text_puts(&ntlm, " ");
		base64_add(&ntlm, bait, sizeof(bait));
	} else {
		answer_header(a, "WWW-Authenticate", basic);
	}
	answer_header(a, "WWW-Authenticate", ntlm.at);
	text_free(&ntlm);
	free(basic);
}

static bool path_ends(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && same_nocase(path + n - m, end);
}

/* Points to itself: a client that believes it brings its credentials again. */
static void claim_soap(struct answer *a, const char *ews)
{
	page_text(a, 200, "text/xml; charset=utf-8",
		"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
		"<GetUserSettingsResponseMessage xmlns=\"http://schemas.microsoft.com/exchange/"
		"2010/Autodiscover\"><Response xmlns:i=\"http://www.w3.org/2001/"
		"XMLSchema-instance\"><ErrorCode>NoError</ErrorCode><ErrorMessage/>"
		"<UserResponses><UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>"
		"No error.</ErrorMessage><RedirectTarget i:nil=\"true\"/><UserSettingErrors/>"
		"<UserSettings><UserSetting i:type=\"StringSetting\"><Name>ExternalEwsUrl</Name>");
	xml_el(&a->body, "Value", ews);
	text_puts(&a->body,
		"</UserSetting></UserSettings></UserResponse></UserResponses>"
		"</Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>");
}

static void claim_pox(struct answer *a, const char *ews)
{
	page_text(a, 200, "text/xml; charset=utf-8",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"http://schemas."
		"microsoft.com/exchange/autodiscover/responseschema/2006\"><Response xmlns=\""
		"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">"
		"<User><DisplayName>Mailbox</DisplayName></User><Account><AccountType>email"
		"</AccountType><Action>settings</Action><Protocol><Type>EXPR</Type><SSL>On</SSL>");
	xml_el(&a->body, "ASUrl", ews);
	xml_el(&a->body, "EwsUrl", ews);
	text_puts(&a->body, "</Protocol></Account></Response></Autodiscover>");
}

static void hostile(struct face *f, struct request *r, struct answer *a)
{
	const char *given = request_header(r, "Authorization");
	char *ews;

	if (given == NULL || ntlm_message(given) == 1) {
		ask_sign_in(a, host_of(f, r), given != NULL);
		return;
	}
	ews = face_url(f, "/EWS/Exchange.asmx");
	if (path_ends(r->path, ".svc"))
		claim_soap(a, ews);
	else if (path_ends(r->path, ".xml"))
		claim_pox(a, ews);
	else
		page_status(a, 500);
	free(ews);
}

static const struct mode {
	const char *name;
	bool harvests; /* credentials that come here are stolen */
	void (*answer)(struct face *f, struct request *r, struct answer *a);
} modes[] = {
	{ "none", true, none },
	{ "website", true, website },
	{ "redirect", true, redirect },
	{ "exchange", false, exchange },
	{ "hostile", true, hostile },
};

/* Stolen is what any but Exchange was given. */
static void answer_as(struct face *f, const char *name, struct request *r, struct answer *a)
{
	const char *given = request_header(r, "Authorization");
	const struct mode *mode = &modes[0];

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (same(modes[i].name, name))
			mode = &modes[i];
	if (mode->harvests && given != NULL)
		journal_theft(f->sim->journal, host_of(f, r), given);
	mode->answer(f, r, a);
}

void website_face(void *face, struct request *r, struct answer *a)
{
	struct face *f = face;

	answer_as(f, f->domain != NULL ? f->domain->website : NULL, r, a);
}

void hostile_face(void *face, struct request *r, struct answer *a)
{
	struct face *f = face;

	answer_as(f, f->domain != NULL ? f->domain->website : "hostile", r, a);
}
