/* What a trace shows, and above all what it never shows: a secret is planted everywhere, the bytes
 * around it are cut and bent, and it must not come out.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/trace.h"
#include "exchange/trace_parts.h"
#include "platform/str.h"

#define SECRET "hunter2Zebra"

static void check_clean(const char *text, const char *what)
{
	const char *at = strstr(text, SECRET);

	if (at)
		fail_msg("%s shows it: %.200s", what, at - text > 80 ? at - 80 : text);
	if (!str_utf8(text, strlen(text)))
		fail_msg("%s: no UTF-8: %s", what, text);
	assert_false(str_control(text, strlen(text), 1));
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\t'));
}

static void show(struct buf *out, const char *type, const char *body, size_t n)
{
	char *copy = malloc(n + 1); /* so that a read past the end is seen */

	buf_init(out, 64 * 1024);
	memcpy(copy, body, n);
	trace_body(out, type, copy, n);
	free(copy);
	assert_true(buf_ok(out));
	assert_in_range(out->len, 0, TRACE_BODY_MAX);
}

#define XML "text/xml; charset=utf-8"
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

/* A place where the secret may stand is marked with $. Flagged are values in a place that is shown,
 * kept back for their shape alone: bent, they may take the right one. */
static const struct {
	const char *type, *body;
	int shape;
} plants[] = {
	{ XML,
		"<?xml version=\"1.0\"?><?pi $?><!-- $ --><s:Envelope xmlns:s=\"$\" "
		"$=\"1\"><s:Body "
		"unknown=\"$\">$<t:CalendarItem xmlns:t='$'><t:ItemId "
		"Id=\"AAMkAGI2-long-enough-$\" "
		"ChangeKey=\"DwAAABYAAAB-long-$\"/><t:Subject>$</t:Subject><t:Body "
		"BodyType=\"$!\">$"
		"</t:Body><t:Location>$</t:Location><t:DisplayName>$</t:DisplayName><t:Name>$</"
		"t:Name>"
		"<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>$@example.com"
		"</t:EmailAddress><t:ResponseType>$</t:ResponseType></t:Mailbox></t:Attendee>"
		"</t:RequiredAttendees><t:Categories><t:String>$</t:String></t:Categories>"
		"<t:Start>2026-11-23T08:00:00Z<!--$--></t:Start>$<t:End><![CDATA[$]]></t:End>"
		"<t:ExtendedProperty><t:Value>$</t:Value></t:ExtendedProperty><t:MimeContent>$"
		"</t:MimeContent><t:Whatever>$</t:Whatever><t:UID>$</t:UID></t:CalendarItem>"
		"<m:ResponseCode>NoError<x>$</x>$</m:ResponseCode><m:Password>$</m:Password>"
		"</s:Body></s:Envelope>$",
		0 },
	{ XML, "<m:Folders>$<$>$</$></m:Folders>", 0 },
	{ XML, "<m:Folders><t:$/></m:Folders>", 0 },
	{ XML, "<m:Folders><t:Folder $/></m:Folders>", 0 },
	{ XML, "<m:Folders><t:Folder Id=$/></m:Folders>", 0 },
	{ XML, "<m:Folders><t:Folder Id=\"$</m:Folders>", 0 },
	{ XML, "<m:Folders><t:Folder Id=\"<$\"/></m:Folders>", 0 },
	{ XML, "<!DOCTYPE x [<!ENTITY e \"$\">]><m:Folders>$</m:Folders>", 0 },
	{ XML, "<m:ResponseCode><![CDATA[$]]></m:ResponseCode>", 0 },
	{ XML, "<m:ResponseCode>NoError</m:ResponseCod>$", 0 },
	{ XML, "<t:Subject>$</m:ResponseCode><m:ResponseCode>$</m:ResponseCode>", 0 },
	{ XML, "<t:Subject><m:ResponseCode>$</m:ResponseCode></t:Subject>", 0 },
	{ XML, "<m:ResponseCode><t:Subject>$", 0 },
	{ XML, "<m:ResponseCode>$ &amp; \xc3\xa4 is no code</m:ResponseCode>", 1 },
	{ XML, "<t:EmailAddress>$ is no address</t:EmailAddress>", 1 },
	{ XML, "<t:EmailAddress>/o=Org/cn=$</t:EmailAddress>", 1 },
	{ XML, "<m:MessageText>eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.$.c2lnbmF0dXJl</m:MessageText>",
		1 },
	{ XML, "<t:Value Name=\"Url\">https://user:$@mail.example.com/</t:Value>", 1 },
	{ XML, "<t:Value Name=\"Url\">https://mail.example.com/x?token=$#$</t:Value>", 1 },
	{ XML, "<ASUrl>https://mail.example.com/$ $/</ASUrl>", 1 },
	{ XML, "\xff\xfe<\0$", 1 },
	{ "text/html", "<html><body>$</body></html>", 0 },
	{ "image/$$$$$$$$$$$$$$$$$$$", "$", 0 },
	{ NULL, "$", 0 },
	{ "", "", 0 },
	{ NULL, "<html><form><input value=\"$\">$</form></html>", 0 },
	{ NULL, "{\"access_token\":\"$\"}", 0 },
	{ "text/plain", "$", 0 },
	{ JSON,
		"{\"token_type\":\"Bearer\",\"access_token\":\"$\",\"refresh_token\":\"$\",\"id_"
		"token\""
		":\"$\",\"$\":1,\"unknown\":\"$\",\"error_codes\":[50126,{\"x\":\"$\"}],\"nested\":"
		"{\"deep\":[\"$\"]},\"password\":\"$\"}",
		0 },
	{ JSON, "{\"error\":\"invalid_grant\" \"$\"}", 1 },
	{ JSON, "{\"error\":{\"$\"}}", 1 },
	{ JSON, "{\"error\":{\"x\":\"$\"}}", 1 },
	{ JSON, "{\"error\":\"$ has a blank & more\"}", 1 },
	{ JSON, "{\"error\":$}", 1 },
	{ JSON, "{\"error\":\"$", 1 },
	{ JSON, "{\"error_description\":\"eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.$.c2lnbmF0dXJl\"}",
		1 },
	{ JSON, "{\"a\":1}\"$\"", 1 },
	{ JSON, "[\"$\"]", 0 },
	{ FORM,
		"grant_type=password&username=$&password=$&client_secret=$&code=$&refresh_token=$&"
		"client_assertion=$&code_verifier=$&$=1&$&other=$&state=$&Grant_type=$",
		0 },
	{ FORM, "$", 0 },
	{ FORM, "=$", 0 },
};

/* The body with one $ (or all) replaced by the secret, the others by nothing. */
static size_t plant(char *dst, const char *body, int which)
{
	size_t n = 0;
	int seen = 0;

	for (; *body; body++) {
		if (*body != '$') {
			dst[n++] = *body;
		} else if (which < 0 || seen++ == which) {
			memcpy(dst + n, SECRET, sizeof(SECRET) - 1);
			n += sizeof(SECRET) - 1;
		}
	}
	return n;
}

static int count(const char *body)
{
	int n = 0;

	for (; *body; body++)
		n += *body == '$';
	return n;
}

static void no_body_shows_a_secret(void **state)
{
	static char body[8192];

	(void)state;
	for (size_t i = 0; i < COUNT(plants); i++) {
		for (int which = -1; which < count(plants[i].body); which++) {
			size_t n = plant(body, plants[i].body, which);
			struct buf out;

			show(&out, plants[i].type, body, n);
			check_clean(buf_str(&out), plants[i].body);
			buf_done(&out);
		}
	}
}

/* Cut at every byte. */
static void no_cut_body_shows_a_secret(void **state)
{
	static char body[8192];

	(void)state;
	for (size_t i = 0; i < COUNT(plants); i++) {
		size_t n = plant(body, plants[i].body, -1);

		for (size_t cut = 0; cut < n; cut++) {
			struct buf out;

			show(&out, plants[i].type, body, cut);
			check_clean(buf_str(&out), plants[i].body);
			buf_done(&out);
		}
	}
}

/* Each byte that makes structure replaced by each other such byte, or dropped. */
static void no_bent_body_shows_a_secret(void **state)
{
	static const char marks[] = "<>/\"'=!?-[]{}:,&; x\\\n";
	static char body[8192], bent[8192];

	(void)state;
	for (size_t i = 0; i < COUNT(plants); i++) {
		size_t n = plant(body, plants[i].body, -1);

		for (size_t at = 0; at < n && !plants[i].shape; at++) {
			if (!strchr(marks, body[at]))
				continue;
			for (size_t m = 0; m < sizeof(marks); m++) {
				size_t drop = marks[m] == '\0';
				struct buf out;

				memcpy(bent, body, at);
				bent[at] = marks[m];
				memcpy(bent + at + !drop, body + at + 1, n - at - 1);
				show(&out, plants[i].type, bent, n - drop);
				check_clean(buf_str(&out), plants[i].body);
				buf_done(&out);
			}
		}
	}
}

static const struct {
	const char *type, *body, *want;
} shown[] = {
	{ XML,
		"<?xml version=\"1.0\"?><s:Envelope><s:Header><h:ServerVersionInfo "
		"MajorVersion=\"15\" "
		"Version=\"V2_22\"/></s:Header><s:Body><m:GetFolderResponse><m:ResponseMessages>"
		"<m:GetFolderResponseMessage ResponseClass=\"Error\"><m:MessageText>Not found.\n"
		"</m:MessageText><m:ResponseCode> ErrorItemNotFound </m:ResponseCode><m:Folders/>"
		"</m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse></s:Body>"
		"</s:Envelope>",
		"<Envelope>\n"
		" <Header>\n"
		"  <ServerVersionInfo MajorVersion=\"15\" Version=\"V2_22\"/>\n"
		" <Body>\n"
		"  <GetFolderResponse>\n"
		"   <ResponseMessages>\n"
		"    <GetFolderResponseMessage ResponseClass=\"Error\">\n"
		"     <MessageText>Not found.\n"
		"     <ResponseCode>ErrorItemNotFound\n"
		"     <Folders/>\n" },
	{ XML,
		"<t:DistinguishedFolderId "
		"Id=\"calendar\"><t:Mailbox><t:EmailAddress>anna@example.com"
		"</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>",
		"<DistinguishedFolderId Id=\"calendar\">\n"
		" <Mailbox>\n"
		"  <EmailAddress>anna@example.com\n" },
	{ XML, "<t:FolderId Id=\"AAMkAGI2NGVhZTVlLTI1OGMtNDI4My1iZmE5\" ChangeKey=\"Ag==\"/>",
		"<FolderId Id=\"AAMk\xe2\x80\xa6(36)\" ChangeKey=\"(4 bytes)\"/>\n" },
	{ XML,
		"<t:EffectiveRights><t:CreateContents>true</t:CreateContents><t:Read>false</t:Read>"
		"</t:EffectiveRights>",
		"<EffectiveRights>\n <CreateContents>true\n <Read>false\n" },
	{ XML,
		"<t:CalendarEvent><t:StartTime>2026-11-23T08:00:00</t:StartTime><t:BusyType>Busy"
		"</t:BusyType></t:CalendarEvent>",
		"<CalendarEvent>\n <StartTime>2026-11-23T08:00:00\n <BusyType>Busy\n" },
	{ XML, "<t:DaylightTime><t:DayOfWeek>Monday Tuesday</t:DayOfWeek></t:DaylightTime>",
		"<DaylightTime>\n <DayOfWeek>Monday Tuesday\n" },
	{ XML, "<t:Subject>Lunch</t:Subject>", "<Subject>(5 bytes)\n" },
	{ XML, "<t:Foo>Lunch<t:Read>true</t:Read></t:Foo>", "<?>(5 bytes)\n <Read>(4 bytes)\n" },
	{ XML,
		"<m:MessageXml><t:Value "
		"Name=\"BackOffMilliseconds\">297749</t:Value></m:MessageXml>",
		"<MessageXml>\n <Value Name=\"BackOffMilliseconds\">297749\n" },
	{ XML,
		"<Autodiscover><ASUrl>https://mail.example.com/EWS/Exchange.asmx</ASUrl></"
		"Autodiscover>",
		"<Autodiscover>\n <ASUrl>https://mail.example.com/EWS/Exchange.asmx\n" },
	{ XML,
		"<Autodiscover><Response><User><DisplayName>Anna</DisplayName></"
		"User><Account><Protocol>"
		"<Type>EXPR</Type><EwsUrl>https://m.example/e</EwsUrl></Protocol></Account></"
		"Response>"
		"</Autodiscover>",
		"<Autodiscover>\n <Response>\n  <User>\n   <DisplayName>(4 bytes)\n  <Account>\n"
		"   <Protocol>\n    <Type>EXPR\n    <EwsUrl>https://m.example/e\n" },
	{ XML, "<m:Folders><t:Folder>", "<Folders>\n <Folder>\n(ends too early)\n" },
	{ XML, "<m:Folders></m:Items>x", "<Folders>\n(not well-formed from here: 2 bytes)\n" },
	{ "application/soap+xml", "\xef\xbb\xbf <m:Folders/>", "<Folders/>\n" },
	{ "", "<m:Folders/>", "<Folders/>\n" },
	{ "text/html; charset=utf-8", "<html></html>", "(text/html; charset=utf-8, 13 bytes)\n" },
	{ NULL, "abc", "(3 bytes)\n" },
	{ JSON,
		"{\"error\":\"invalid_grant\",\"error_codes\":[50126,7],\"error_description\":"
		"\"AADSTS50126: wrong.\",\"expires_in\":3599,\"access_token\":\"abc\",\"x\":null}",
		" error: invalid_grant\n"
		"  error_codes: 50126\n"
		"  error_codes: 7\n"
		" error_description: AADSTS50126: wrong.\n"
		" expires_in: 3599\n"
		" access_token: (3 bytes)\n"
		" ?: (4 bytes)\n" },
	{ JSON, "{\"Protocol\":\"EWS\",\"Url\":\"https://o.example/EWS/Exchange.asmx?a=b\"} x",
		" Protocol: EWS\n Url: https://o.example/EWS/Exchange.asmx?(3 bytes)\n"
		"(no JSON from here: 1 bytes)\n" },
	{ FORM, "grant_type=client_credentials&client_id=11111111-2222&client_secret=abc&x=1",
		"grant_type=client_credentials&client_id=11111111-2222&client_secret=(3 bytes)&"
		"(3 bytes)\n" },
};

static void what_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shown); i++) {
		struct buf out;

		show(&out, shown[i].type, shown[i].body, strlen(shown[i].body));
		assert_string_equal(buf_str(&out), shown[i].want);
		buf_done(&out);
	}
}

/* Each known name is found again: the table is searched by halves and has to be in order. */
static void names_are_found(void **state)
{
	static const char *const names[] = { "ASUrl", "AbsoluteDateTransition", "Value", "Values",
		"Violation", "Year", "faultcode", "faultstring", "detail", "ResponseCode", "From" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct trace_name *n =
			trace_element((struct piece){ names[i], strlen(names[i]) });

		assert_non_null(n);
		assert_string_equal(n->name, names[i]);
		assert_ptr_not_equal(
			trace_element((struct piece){ names[i], strlen(names[i]) - 1 }), n);
	}
	assert_null(trace_element((struct piece){ "Password", 8 }));
	assert_null(trace_element((struct piece){ "", 0 }));
	assert_int_equal(trace_attribute((struct piece){ "Id", 2 }), KEEP_ID);
	assert_int_equal(trace_attribute((struct piece){ "I", 1 }), KEEP_PRIVATE);
	assert_int_equal(trace_attribute((struct piece){ "Idx", 3 }), KEEP_PRIVATE);
}

/* --- whole exchanges --- */

static struct trace_side side(const char *headers, const char *body)
{
	return (struct trace_side){ headers, headers ? strlen(headers) : 0, body,
		body ? strlen(body) : 0 };
}

static void a_whole_exchange(void **state)
{
	struct trace t;
	struct trace_exchange x = {
		.at_ms = 1795220523045,
		.ms = 412,
		.method = "POST",
		.url = "https://mail.example.com/EWS/Exchange.asmx?x=" SECRET "#" SECRET,
		.out = side("Content-Type: text/xml\r\nAuthorization: Basic " SECRET
			    "\r\nX-AnchorMailbox: anna@example.com\r\nX-Own: " SECRET "\r\n",
			"<m:GetFolder/>"),
		.in = side("HTTP/1.1 200 " SECRET "\r\nSet-Cookie: a=" SECRET
			   "\r\nrequest-id: 1-2\r\n"
			   "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Bearer t=\"" SECRET
			   "\", NTLM " SECRET "\r\nLocation: https://a:" SECRET "@b/\r\n\r\n",
			"<m:ResponseCode>NoError</m:ResponseCode>"),
		.status = 200,
		.note = "ok",
	};

	(void)state;
	trace_init(&t);
	trace_add(&t, &x);
	check_clean(buf_str(&t.text), "the exchange");
	assert_string_equal(buf_str(&t.text),
		"=== 2026-11-21T00:22:03.045Z POST https://mail.example.com/EWS/Exchange.asmx"
		"?(14 bytes)\n"
		"> Content-Type: text/xml\n"
		"> Authorization: (Basic, 12 bytes)\n"
		"> X-AnchorMailbox: anna@example.com\n"
		"> (19 bytes)\n"
		">\n"
		"> <GetFolder/>\n"
		"< HTTP/1.1 200\n"
		"< Set-Cookie: (14 bytes)\n"
		"< request-id: 1-2\n"
		"< WWW-Authenticate: Negotiate (9 bytes)\n"
		"< WWW-Authenticate: NTLM, Bearer (42 bytes)\n"
		"< Location: (25 bytes)\n"
		"<\n"
		"< <ResponseCode>NoError\n"
		"= HTTP 200, 412 ms: ok\n");
	trace_done(&t);
}

static void nothing_at_all(void **state)
{
	struct trace_exchange x = { 0 };
	struct trace t;

	(void)state;
	trace_add(NULL, &x);
	trace_init(&t);
	trace_add(&t, &x);
	assert_string_equal(
		buf_str(&t.text), "=== 1970-01-01T00:00:00.000Z  \n= no answer, 0 ms\n");
	trace_done(&t);
}

/* Every header name known or not, with the secret as its value, in any case and shape. */
static void no_header_shows_a_secret(void **state)
{
	static const char *const rows[] = { "Authorization: Basic $", "authorization:$",
		"AUTHORIZATION: $ x", "Proxy-Authorization: NTLM $", "Cookie: $", "Set-Cookie: $=1",
		"X-Unknown: $", "$: 1", "$", ": $", "HTTP/1.1 200 $", "HTTP/$ 200",
		"Location: /x?$", "Location: javascript:$", "WWW-Authenticate: $",
		"WWW-Authenticate: Basic realm=\"$\"", "Content-Type: text/xml\r\n\tfolded $",
		"Date: x\r\n $", "Authorization : Basic $", " Authorization: Basic $",
		"Server: eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.$.c2ln", "Authorization: Bearer\t$",
		"Content-Type\r\n: $", "\r$", "\n\n$", "Co\0okie: $" };
	static char block[512];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = plant(block, rows[i], -1);
		struct trace_exchange x = { .out = { block, n, NULL, 0 },
			.in = { block, n, SECRET, sizeof(SECRET) - 1 },
			.url = "https://x/" };
		struct trace t;

		trace_init(&t);
		trace_add(&t, &x);
		check_clean(buf_str(&t.text), rows[i]);
		trace_done(&t);
	}
}

static void urls(void **state)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{ "https://a.example/EWS/Exchange.asmx", "https://a.example/EWS/Exchange.asmx" },
		{ "https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x" },
		{ "https://o.example/autodiscover/"
		  "autodiscover.json?Email=anna%40b.example&Protocol=EWS",
			"https://o.example/autodiscover/autodiscover.json?Email=anna%40b.example&"
			"Protocol=EWS" },
		{ "https://a:b@c.example/", "(22 bytes)" },
		{ "https://a.example/?token=abc", "https://a.example/?(9 bytes)" },
		{ "https://a.example/#abc", "https://a.example/" },
		{ "ftp://a.example/", "(16 bytes)" },
		{ "/EWS/Exchange.asmx", "/EWS/Exchange.asmx" },
		{ "https://a.example/x y", "(21 bytes)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trace_exchange x = { .method = "GET", .url = rows[i].url };
		struct trace t;
		char want[256];

		trace_init(&t);
		trace_add(&t, &x);
		snprintf(want, sizeof(want), "Z GET %s\n", rows[i].want);
		if (!strstr(buf_str(&t.text), want))
			fail_msg("%s: %s", rows[i].url, buf_str(&t.text));
		trace_done(&t);
	}
}

/* --- bounds --- */

static void newest_stay(void **state)
{
	struct trace t;
	char note[32];

	(void)state;
	trace_init(&t);
	for (int i = 0; i < 3000; i++) {
		struct trace_exchange x = { .method = "GET", .url = "https://x/", .note = note };

		snprintf(note, sizeof(note), "number %d.", i);
		trace_add(&t, &x);
		assert_true(buf_ok(&t.text));
		assert_in_range(t.text.len, 1, TRACE_MAX);
		assert_int_equal(strncmp(buf_str(&t.text), "=== ", 4), 0);
	}
	assert_non_null(strstr(buf_str(&t.text), "number 2999."));
	assert_non_null(strstr(buf_str(&t.text), "number 2700."));
	assert_null(strstr(buf_str(&t.text), "number 1000."));
	trace_done(&t);
}

/* Much of everything, on both sides. */
static void large_bodies_are_cut(void **state)
{
	static const struct {
		const char *type, *head, *part;
	} rows[] = {
		{ XML, "<m:Folders>", "<t:Folder><t:Read>true</t:Read></t:Folder>" },
		{ XML, "", "<t:Folder>" },
		{ XML, "<m:ResponseCode>", "<!-- x -->NoError" },
		{ XML, "<m:MessageText>", "word " },
		{ XML, "<m:ResponseCode ", "Id=\"abc\" " },
		{ XML, "<", "<" },
		{ JSON, "{", "\"error\":\"x\"," },
		{ JSON, "", "{\"a\":" },
		{ FORM, "", "scope=a&" },
		{ "text/plain", "", "a" },
	};
	enum { SIZE = 300000 };
	char *body = malloc(SIZE + 256);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t part = strlen(rows[i].part), n = strlen(rows[i].head);
		char type[128];
		struct trace_exchange x = { .method = "POST", .url = "https://x/", .note = "end" };
		struct trace t;
		struct buf out;

		memcpy(body, rows[i].head, n);
		for (; n < SIZE; n += part)
			memcpy(body + n, rows[i].part, part);
		show(&out, rows[i].type, body, n);
		check_clean(buf_str(&out), rows[i].part);
		if (i < 1 || i == 6)
			assert_non_null(strstr(buf_str(&out), "... (cut)\n"));
		buf_done(&out);
		snprintf(type, sizeof(type), "Content-Type: %s\r\n", rows[i].type);
		x.in = (struct trace_side){ type, strlen(type), body, n };
		x.out = (struct trace_side){ body, n, body, n };
		trace_init(&t);
		trace_add(&t, &x);
		trace_add(&t, &x);
		assert_in_range(t.text.len, 1, TRACE_MAX);
		check_clean(buf_str(&t.text), rows[i].part);
		assert_non_null(strstr(buf_str(&t.text), ": end\n"));
		trace_done(&t);
	}
	free(body);
}

/* Whatever bytes: no control characters, valid UTF-8, one exchange a heading. */
static void any_bytes(void **state)
{
	unsigned long seed = 20261121;
	char bytes[600];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct trace_exchange x = {
			.method = bytes, .url = bytes + 40, .note = bytes + 80
		};
		struct trace t;

		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 6364136223846793005UL + 1442695040888963407UL;
			bytes[i] = (char)(seed >> 56);
			if (round % 3 && (seed >> 40) % 3 == 0)
				bytes[i] = "<>/=\":{}[],&?!-\n t:RadFolderId"[(seed >> 48) % 30];
		}
		bytes[39] = bytes[79] = bytes[119] = '\0';
		bytes[120] = "<{\x00"[round % 3];
		x.out = (struct trace_side){ bytes + 120, 200, bytes + 120, 480 };
		x.in = x.out;
		trace_init(&t);
		trace_add(&t, &x);
		check_clean(buf_str(&t.text), "any bytes");
		assert_int_equal(strncmp(buf_str(&t.text), "=== ", 4), 0);
		assert_null(strstr(buf_str(&t.text) + 1, "\n=== "));
		trace_done(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown),
		cmocka_unit_test(no_body_shows_a_secret),
		cmocka_unit_test(no_cut_body_shows_a_secret),
		cmocka_unit_test(no_bent_body_shows_a_secret),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(a_whole_exchange),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(no_header_shows_a_secret),
		cmocka_unit_test(urls),
		cmocka_unit_test(newest_stay),
		cmocka_unit_test(large_bodies_are_cut),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
