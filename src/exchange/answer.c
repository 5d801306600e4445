/* Answer: what an HTTP answer to an anonymous question at the Exchange address means, in words.
 *
 * A healthy Exchange refuses an anonymous question with 401 and names its ways to sign in. Rule: an
 * answer proves little, so a sentence says what was seen and, apart from it, what it most often
 * means.
 */
#include "answer.h"

#include <string.h>
#include <strings.h>
#include "challenge.h"
#include "clean.h"
#include "platform/buf.h"

enum {
	LOCATION_MAX = 2048,
	OFFERS_MAX = 32, /* WWW-Authenticate lines */
	RAW_HEADERS = 4096,
	RAW_BODY = 512,
	SHORT = 96 /* of a foreign value inside a sentence */
};

/* What a status means. The first row whose range fits; the last fits all. */
static const struct meaning {
	long from, to;
	enum step_state state;
	const char *say;
	const char *why;
	const char *fix;
} meanings[] = {
	{ 200, 299, STEP_NOTE, "It answers without asking for a sign-in.",
		"Exchange always asks. Something in front of it may let anonymous questions "
		"through, or this is another service.",
		"Exchange admin: check that anonymous sign-in is off for EWS." },
	{ 300, 399, STEP_FAILED, "It sends on to somewhere else without saying where.",
		"The answer is a redirect, but has no address to go to.",
		"Exchange admin: check the redirect rules of the web site and of any proxy in "
		"front." },
	{ 403, 403, STEP_FAILED, "It refuses everybody at this address.",
		"EWS is switched off for the organisation, or a rule in front of the server "
		"refuses this address, this program (Latchkey) or this network.",
		"Exchange admin: check that EWS is enabled, the allow list of applications, and "
		"the firewall rules for /EWS." },
	{ 404, 404, STEP_FAILED, "There is no EWS at this address.",
		"A web server answers, but it has nothing at " ANSWER_PATH
		": this is not the Exchange server, or its EWS directory is missing.",
		"Check the server name. Exchange admin: check the EWS virtual directory." },
	{ 407, 407, STEP_FAILED, "A proxy in between wants a sign-in of its own.",
		"The way to the server leads through a proxy that intercepts connections.",
		"Ops: let this machine reach the server without that proxy." },
	{ 429, 429, STEP_FAILED, "The server says that it is being asked too often.",
		"It is throttling requests at the moment.",
		"Wait a few minutes, then look again." },
	{ 440, 440, STEP_FAILED, "It wants a sign-in through a web form.",
		"EWS is published behind a login page, which programs cannot use.",
		"Exchange admin: publish /EWS without pre-authentication." },
	{ 400, 499, STEP_FAILED, "It does not accept the question.",
		"A simple question for the Exchange address was refused before any sign-in.",
		"Check the server name. Exchange admin: look at the web server's log for this "
		"minute." },
	{ 502, 504, STEP_FAILED, "Exchange is not available behind this address at the moment.",
		"A load balancer or the web server answers, but the service behind it does not.",
		"Wait a few minutes and look again. Exchange admin: check the Exchange services." },
	{ 500, 599, STEP_FAILED, "The server reports trouble of its own.",
		"The web server answers, but the application behind it fails.",
		"Wait a few minutes and look again. Exchange admin: check the application pool of "
		"EWS." },
	{ 0, 999, STEP_FAILED, "The answer makes no sense.",
		"Its status is none that a web server gives here.",
		"Check the server name and the port." },
};

static const struct meaning web_page = { 200, 299, STEP_FAILED,
	"It shows a web page instead of EWS.",
	"Exchange answers programs at this address, not browsers. A login page in front of it, a "
	"proxy, or the public web site of the organisation does this.",
	"Check the server name. Exchange admin: publish /EWS without a login page in front." };

/* Only Exchange and its front ends send these. */
static const char *const signs[] = { "X-FEServer", "X-BEServer", "X-CalculatedBETarget",
	"X-DiagInfo", "X-TargetBEServer", "X-OWA-Version", "x-EwsHandler", "x-ms-diagnostics",
	"X-CasErrorCode", "X-SOAP-Enabled", "X-WSSecurity-Enabled" };

static const struct scheme_name {
	unsigned bit;
	const char *name;
} scheme_names[] = {
	{ CHALLENGE_NEGOTIATE, "Negotiate" },
	{ CHALLENGE_NTLM, "NTLM" },
	{ CHALLENGE_BEARER, "Bearer" },
	{ CHALLENGE_BASIC, "Basic" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The value on this line when it is the header `name`, trimmed. */
static const char *line_value(
	const char *line, size_t n, const char *name, size_t skip, size_t *len)
{
	if (n <= skip || line[skip] != ':' || strncasecmp(line, name, skip) != 0)
		return NULL;
	for (skip++; skip < n && (line[skip] == ' ' || line[skip] == '\t'); skip++)
		;
	while (n > skip && (line[n - 1] == ' ' || line[n - 1] == '\t' || line[n - 1] == '\r'))
		n--;
	*len = n - skip;
	return line + skip;
}

const char *answer_header(const struct answer *w, const char *name, size_t nth, size_t *len)
{
	const char *p = w->headers, *end = p + w->headers_len, *eol, *value;
	size_t skip = strlen(name);

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			eol = end;
		value = line_value(p, (size_t)(eol - p), name, skip, len);
		if (value && nth-- == 0)
			return value;
	}
	return NULL;
}

void answer_values(
	const struct answer *w, const char *const *names, size_t count, struct answer_value *out)
{
	const char *p = w->headers, *end = p + w->headers_len, *eol, *colon;

	memset(out, 0, count * sizeof(*out));
	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			eol = end;
		colon = memchr(p, ':', (size_t)(eol - p));
		for (size_t i = 0; colon && i < count; i++) {
			if ((*p | 32) != (*names[i] | 32) || out[i].p)
				continue;
			out[i].p = line_value(
				p, (size_t)(eol - p), names[i], strlen(names[i]), &out[i].n);
		}
	}
}

/* A header's value for a sentence; NULL when it is absent. */
static const char *short_value(struct arena *a, const struct answer *w, const char *name)
{
	size_t len;
	const char *value = answer_header(w, name, 0, &len);
	char *out;

	if (!value)
		return NULL;
	out = arena_alloc(a, SHORT);
	clean_text(out, SHORT, value, len);
	return out;
}

const char *answer_redirect(struct arena *a, const struct answer *w)
{
	size_t len;
	const char *value = answer_header(w, "Location", 0, &len);
	int redirects = w->status == 301 || w->status == 302 || w->status == 303 ||
		w->status == 307 || w->status == 308;

	if (!redirects || !value || len == 0 || len > LOCATION_MAX)
		return NULL;
	return clean_lines(a, value, len, LOCATION_MAX);
}

const char *answer_raw(struct arena *a, const struct answer *w)
{
	const char *head = clean_lines(a, w->headers, w->headers_len, RAW_HEADERS);

	if (w->body_len == 0)
		return head;
	return arena_printf(a, "%s%s", head, clean_lines(a, w->body, w->body_len, RAW_BODY));
}

/* EWS never speaks HTML but in its own error pages. */
static int is_html(const struct answer *w)
{
	size_t len;
	const char *type = answer_header(w, "Content-Type", 0, &len);

	return type && len >= 9 && strncasecmp(type, "text/html", 9) == 0;
}

static const struct meaning *meaning_of(const struct answer *w)
{
	const struct meaning *m = meanings;

	if (w->status >= 200 && w->status < 300 && is_html(w))
		return &web_page;
	while (w->status < m->from || w->status > m->to)
		m++;
	return m;
}

const char *answer_signs(struct arena *a, const struct answer *w)
{
	const char *list = "";
	size_t len;

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (answer_header(w, signs[i], 0, &len))
			list = arena_printf(a, "%s%s%s", list, list[0] ? ", " : "", signs[i]);
	}
	return list;
}

/* The healthy answer. Whether it is Exchange matters before anybody enters a password. */
static void explain_401(struct arena *a, const struct answer *w, struct job_step *out)
{
	const char *server = short_value(a, w, "Server");
	const char *seen = answer_signs(a, w);
	const char *said = server ? arena_printf(a, " It calls itself %s.", server) : "";

	out->state = STEP_OK;
	if (seen[0]) {
		out->say = arena_printf(a,
			"HTTP 401: it asks for a sign-in, as Exchange does, and shows signs of "
			"Exchange (%s).%s",
			seen, said);
		return;
	}
	out->state = STEP_NOTE;
	out->say = arena_printf(
		a, "HTTP 401: it asks for a sign-in, but shows no sign of Exchange.%s", said);
	out->why = "It may be Exchange behind a proxy that hides its headers, or another service.";
	out->fix =
		"Make sure that this is your Exchange server before you enter a password for it.";
}

void answer_explain(struct arena *a, const struct answer *w, struct job_step *out)
{
	const struct meaning *m = meaning_of(w);
	const char *after = short_value(a, w, "Retry-After");

	out->raw = answer_raw(a, w);
	if (w->status == 401) {
		explain_401(a, w, out);
		return;
	}
	out->state = m->state;
	out->say = arena_printf(a, "HTTP %ld: %s", w->status, m->say);
	if (after)
		out->say = arena_printf(a, "%s It asks to wait: Retry-After: %s.", out->say, after);
	out->why = m->why;
	out->fix = m->fix;
}

/* "A", "A and B", "A, B and C" */
static const char *known_names(struct arena *a, unsigned known)
{
	const char *list = "", *glue = "";

	for (size_t i = 0; i < COUNT(scheme_names); i++) {
		if (!(known & scheme_names[i].bit))
			continue;
		known &= ~scheme_names[i].bit;
		if (list[0])
			glue = known ? ", " : " and ";
		list = arena_printf(a, "%s%s%s", list, glue, scheme_names[i].name);
	}
	return list;
}

/* The nth line that offers ways to sign in; NULL behind the last that counts. */
static const char *nth_offer(const struct answer *w, size_t nth, size_t *len)
{
	return nth < OFFERS_MAX ? answer_header(w, "WWW-Authenticate", nth, len) : NULL;
}

static void explain_none(struct arena *a, const struct challenges *c, struct job_step *out)
{
	out->state = STEP_NOTE;
	out->say = "The server offers no way to sign in that Latchkey can use.";
	if (c->others[0])
		out->say = arena_printf(a, "%s It offers %s.", out->say, c->others);
	out->why = "All ways are switched off for EWS, or a proxy in front takes the offer away.";
	out->fix =
		"Exchange admin: switch on Windows authentication or OAuth for the EWS directory.";
}

void answer_offers(const struct answer *w, struct challenges *out)
{
	const char *value;
	size_t len;

	*out = (struct challenges){ 0 };
	for (size_t i = 0; (value = nth_offer(w, i, &len)); i++)
		challenge_read(out, value, len);
}

void answer_signin(
	struct arena *a, const struct answer *w, const char **names, struct job_step *out)
{
	const char *value, *raw = "";
	struct challenges c;
	size_t len;

	answer_offers(w, &c);
	for (size_t i = 0; (value = nth_offer(w, i, &len)); i++)
		raw = arena_printf(a, "%sWWW-Authenticate: %s\n", raw,
			clean_lines(a, value, len, LOCATION_MAX));
	out->raw = raw;
	*names = known_names(a, c.known);
	if (!c.known) {
		explain_none(a, &c, out);
		return;
	}
	out->state = STEP_OK;
	out->say = arena_printf(a, "The server offers %s.", *names);
	if (!(c.known & CHALLENGE_BASIC))
		return;
	out->state = STEP_NOTE;
	out->why = "Basic sends the password itself with every request, protected by TLS alone.";
	out->fix = "Exchange admin: switch Basic off for EWS, if nothing else needs it.";
}
