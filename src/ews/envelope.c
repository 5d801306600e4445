/* Envelope: SOAP around every operation.
 *
 * Rules: elements are told by namespace and name, a code by itself, never by the words beside it.
 * A fault, a response message and an answer that is no SOAP all end in the same outcome. What the
 * server says of versions, pauses and codes is bounded and cleaned before anything keeps it. Pages,
 * redirects and refusals do not come here: signin_http.c has read them.
 */
#include "envelope.h"

#include <stdio.h>
#include <string.h>
#include "exchange/clean.h"
#include "exchange/pace.h"
#include "exchange/zone.h"
#include "platform/str.h"

const char *const envelope_versions[EWS__MAX + 1] = {
	[EWS_2007] = "Exchange2007",
	[EWS_2007_SP1] = "Exchange2007_SP1",
	[EWS_2010] = "Exchange2010",
	[EWS_2010_SP1] = "Exchange2010_SP1",
	[EWS_2010_SP2] = "Exchange2010_SP2",
	[EWS_2013] = "Exchange2013",
	[EWS_2013_SP1] = "Exchange2013_SP1",
	[EWS_2016] = "Exchange2016",
};

/* --- out --- */

static void put_impersonation(struct xml_write *w, const struct dialect_ask *ask)
{
	if (str_empty(ask->impersonate))
		return;
	xml_open(w, "t:ExchangeImpersonation");
	xml_open(w, "t:ConnectingSID");
	xml_leaf(w, ask->version < EWS_2010 ? "t:PrimarySmtpAddress" : "t:SmtpAddress",
		ask->impersonate);
	xml_close(w);
	xml_close(w);
}

/* Only with what writes: what is read without an offset is UTC then. */
static void put_zone(struct xml_write *w, const struct dialect_ask *ask)
{
	char windows[ZONE_NAME];

	if (dialect_op_twice(ask->op) || str_empty(ask->zone) || ask->version < EWS_2010)
		return;
	if (zone_to_windows(ask->zone, windows) < 0)
		return;
	xml_open(w, "t:TimeZoneContext");
	xml_mark(w, "t:TimeZoneDefinition", "Id", windows);
	xml_close(w);
}

void envelope_begin(struct xml_write *w, const struct dialect_ask *ask)
{
	static const char declaration[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
	static const char namespaces[] =
		" xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
		" xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\""
		" xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"";

	buf_add(w->b, declaration, sizeof(declaration) - 1);
	xml_open(w, "s:Envelope");
	buf_add(w->b, namespaces, sizeof(namespaces) - 1);
	xml_open(w, "s:Header");
	xml_mark(w, "t:RequestServerVersion", "Version", envelope_versions[ask->version]);
	put_impersonation(w, ask);
	put_zone(w, ask);
	xml_close(w);
	xml_open(w, "s:Body");
}

void envelope_end(struct xml_write *w)
{
	xml_close(w);
	xml_close(w);
}

/* --- in: what failed --- */

/* A failure as it was told. */
struct failure {
	char code[OUTCOME_CODE];
	struct response_meaning meaning;
	int64_t wait_ms;
	const struct xml_node *said;
};

/* An element that servers put into one of several namespaces, or into none. */
static int lax_is(const struct xml_node *n, const char *name)
{
	static const int spaces[] = { NS_E, NS_M, NS_T, NS_NONE, NS_SOAP };
	size_t i;

	for (i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		if (xml_is(n, spaces[i], name))
			return 1;
	}
	return 0;
}

static const struct xml_node *lax_child(const struct xml_node *n, const char *name)
{
	n = xml_first(n);
	while (n && !lax_is(n, name))
		n = xml_next(n);
	return n;
}

/* The named Value of a MessageXml. */
static const struct xml_node *named_value(const struct xml_node *message_xml, const char *name)
{
	const struct xml_node *n = xml_first(message_xml);
	const char *own;

	for (; n; n = xml_next(n)) {
		own = xml_attr_value(n, "Name");
		if (own && !strcmp(own, name) && lax_is(n, "Value"))
			return n;
	}
	return NULL;
}

static void copy_code(char dst[OUTCOME_CODE], const struct xml_node *n)
{
	const char *p;
	size_t len = xml_value_raw(n, &p);

	clean_text(dst, OUTCOME_CODE, p, len);
}

/* The code may hide another one, and say how long to wait. */
static void look_deeper(
	struct failure *f, const struct xml_node *message_xml, enum response_place place)
{
	struct failure inner;
	int64_t ms;

	if (xml_int(named_value(message_xml, "BackOffMilliseconds"), &ms) == 0 && ms > 0)
		f->wait_ms = ms < PACE_TOLD_MAX_MS ? ms : PACE_TOLD_MAX_MS;
	f->meaning = response_code_meaning(f->code, place);
	if (strcmp(f->code, "ErrorInternalServerError") != 0)
		return;
	copy_code(inner.code, named_value(message_xml, "InnerErrorResponseCode"));
	inner.meaning = response_code_meaning(inner.code, place);
	if (inner.meaning.reason == REASON_BAD_ANSWER || inner.meaning.reason == REASON_OK)
		return;
	memcpy(f->code, inner.code, sizeof(f->code));
	f->meaning = inner.meaning;
}

static void clean_said(char dst[OUTCOME_SAID], const struct failure *f)
{
	const char *p;
	size_t n = xml_value_raw(f->said, &p);

	clean_text(dst, OUTCOME_SAID, p, n);
}

/* What is said besides the reason. */
static void tell(const struct failure *f, struct outcome *out)
{
	if (!*out->said)
		clean_said(out->said, f);
	if (f->wait_ms > out->wait_ms)
		out->wait_ms = f->wait_ms;
}

/* What an answer means whose body does not tell. The first row whose range fits; the last fits all.
 * Some old servers answer 400 to a version they do not know. */
static void by_status(long status, struct outcome *out)
{
	static const struct status_row {
		long from, to;
		enum reason reason;
		enum outcome_next next;
	} rows[] = {
		{ 400, 400, REASON_BAD_ANSWER, NEXT_VERSION_DOWN },
		{ 429, 429, REASON_SLOWED, NEXT_SLOWER },
		{ 500, 599, REASON_SERVER_DOWN, NEXT_RETRY },
		{ 0, 0, REASON_BAD_ANSWER, NEXT_NOTHING },
	};
	const struct status_row *row = rows;

	while (row->to && (status < row->from || status > row->to))
		row++;
	outcome_set(out, row->reason, row->next, "");
	if (status == 503 && out->wait_ms > 0)
		outcome_set(out, REASON_SLOWED, NEXT_SLOWER, "");
}

static void read_fault(const struct xml_node *fault, const struct dialect_reply *r,
	enum response_place place, struct outcome *out)
{
	const struct xml_node *detail = lax_child(fault, "detail");
	struct failure f = { .said = lax_child(detail, "Message") };
	const char *colon;

	copy_code(f.code, lax_child(detail, "ResponseCode"));
	if (!*f.code) {
		copy_code(f.code, lax_child(fault, "faultcode"));
		colon = strrchr(f.code, ':');
		if (colon)
			memmove(f.code, colon + 1, strlen(colon));
	}
	if (!f.said)
		f.said = lax_child(fault, "faultstring");
	look_deeper(&f, lax_child(detail, "MessageXml"), place);
	by_status(r->status, out);
	if (f.meaning.reason == REASON_OK)
		f.meaning = (struct response_meaning){ REASON_BAD_ANSWER, NEXT_NOTHING };
	if (f.meaning.reason != REASON_BAD_ANSWER || r->status == 200 || r->status == 500)
		outcome_set(out, f.meaning.reason, f.meaning.next, f.code);
	else
		outcome_set(out, out->reason, out->next, f.code);
	tell(&f, out);
}

/* --- in: the answer --- */

/* One part of a version: a small number. */
static int version_part(const struct xml_node *info, const char *name, int64_t *out)
{
	const char *attribute = xml_attr_value(info, name);

	if (attribute)
		return str_int(attribute, 0, 99999, out);
	if (xml_int(lax_child(info, name), out) < 0 &&
		xml_int(xml_child(info, NS_A, name), out) < 0)
		return -1;
	return *out < 0 || *out > 99999 ? -1 : 0;
}

void envelope_version(const struct xml_node *header, struct outcome *out)
{
	static const char *const parts[] = { "MajorVersion", "MinorVersion", "MajorBuildNumber",
		"MinorBuildNumber" };
	const struct xml_node *info = lax_child(header, "ServerVersionInfo");
	char text[sizeof(out->version)] = "";
	int64_t number;
	size_t i, n = 0;

	if (!info)
		info = xml_child(header, NS_A, "ServerVersionInfo");
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (version_part(info, parts[i], &number) < 0)
			break;
		n += (size_t)snprintf(text + n, sizeof(text) - n, n ? ".%d" : "%d", (int)number);
	}
	if (i >= 2)
		memcpy(out->version, text, sizeof(text));
}

const struct xml_node *envelope_read(struct arena *a, const struct dialect_reply *r,
	const char *response, enum response_place place, struct outcome *out)
{
	const struct xml_node *root = xml_read(a, r->body, r->body_len), *body, *answer;

	out->http = r->status;
	if (!xml_is(root, NS_SOAP, "Envelope")) {
		by_status(r->status, out);
		return NULL;
	}
	envelope_version(xml_child(root, NS_SOAP, "Header"), out);
	body = xml_child(root, NS_SOAP, "Body");
	answer = xml_child(body, NS_SOAP, "Fault");
	if (answer) {
		read_fault(answer, r, place, out);
		return NULL;
	}
	answer = xml_child(body, NS_M, response);
	if (!answer)
		outcome_set(out, REASON_BAD_ANSWER, NEXT_NOTHING, "");
	return answer;
}

/* Is there anything in a message besides how it ended? Its containers stay when it failed, but are
 * empty then. */
static int has_payload(const struct xml_node *message)
{
	const struct xml_node *n = xml_first(message);

	while (n && (!xml_in(n, NS_M) || xml_is(n, NS_M, "MessageXml") || !xml_first(n)))
		n = xml_next(n);
	return n != NULL;
}

/* An unknown code leaves the word to the class; without a class, only the code is left. */
static int succeeded(const struct xml_node *message, const struct failure *f)
{
	const char *class = xml_attr_value(message, "ResponseClass");

	if (!class)
		return f->meaning.reason == REASON_OK;
	if (!strcmp(class, "Success"))
		return f->meaning.reason == REASON_OK || f->meaning.reason == REASON_BAD_ANSWER;
	return !strcmp(class, "Warning") && has_payload(message);
}

/* The pace concerns all that is asked; anything else the first part that needs it. */
static void tell_next(enum outcome_next next, struct outcome *out)
{
	if (out->next == NEXT_NOTHING || next == NEXT_SLOWER)
		out->next = next;
}

int envelope_message(struct arena *a, const struct xml_node *message, enum response_place place,
	struct part *ended, struct outcome *more)
{
	struct failure f = { .said = xml_child(message, NS_M, "MessageText") };
	char said[OUTCOME_SAID];

	copy_code(f.code, xml_child(message, NS_M, "ResponseCode"));
	look_deeper(&f, xml_child(message, NS_M, "MessageXml"), place);
	memset(ended, 0, sizeof(*ended));
	if (f.meaning.reason != REASON_OK)
		memcpy(ended->code, f.code, sizeof(ended->code));
	if (succeeded(message, &f))
		return 1;
	ended->reason = f.meaning.reason == REASON_OK ? REASON_BAD_ANSWER : f.meaning.reason;
	clean_said(said, &f);
	ended->said = arena_strdup(a, said);
	if (more) {
		tell(&f, more);
		tell_next(f.meaning.next, more);
	}
	return 0;
}

/* The next message, n itself being one: all are called responses. What a server adds between them
 * is none. */
static const struct xml_node *ours(const struct xml_node *n)
{
	while (n && !(xml_in(n, NS_M) && strstr(xml_name(n), "Response")))
		n = xml_next(n);
	return n;
}

const struct xml_node *envelope_messages(const struct xml_node *response)
{
	return ours(xml_first(xml_child(response, NS_M, "ResponseMessages")));
}

const struct xml_node *envelope_next(const struct xml_node *message)
{
	return ours(xml_next(message));
}

const struct xml_node *envelope_single(struct arena *a, const struct xml_node *response,
	enum response_place place, struct outcome *out)
{
	const struct xml_node *message = envelope_messages(response);
	struct part ended;

	if (!message && xml_attr_value(response, "ResponseClass"))
		message = response;
	else if (!message || envelope_next(message)) {
		outcome_set(out, REASON_BAD_ANSWER, NEXT_NOTHING, "");
		return NULL;
	}
	if (envelope_message(a, message, place, &ended, out))
		return message;
	outcome_set(out, ended.reason, out->next, ended.code);
	return NULL;
}

void envelope_short(struct outcome *out, size_t asked, size_t got)
{
	if (asked != got)
		outcome_set(out, REASON_BAD_ANSWER, NEXT_NOTHING, "");
}
