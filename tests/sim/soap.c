/*
 * Soap: the whole path of a request to /EWS/Exchange.asmx.
 *
 * HTTP checks, sign-in, envelope and headers, policy, operation, grammar, faults on purpose,
 * throttling, the operation itself, the answer, its headers, the journal. The order is Exchange's:
 * nobody learns about a mailbox who has not signed in, nothing of a body matters before its headers
 * do.
 */
#include "sim/soap_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/fault.h"
#include "sim/page.h"

/* A page as IIS writes it. Clients are to notice that it is not an envelope; nothing in it
 * depends on who asks. */
static void page(struct answer *a, int status, const char *title, const char *say)
{
	a->status = status;
	a->type = "text/html";
	answer_printf(a,
		"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" "
		"\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n"
		"<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>%s</title></head>"
		"<body><h2>%s</h2><h3>%s</h3></body></html>\r\n",
		title, title, say);
}

/* Before the envelope is looked at. Each says whether the request may go on. */

static bool may_path(struct call *c)
{
	if (same_nocase(c->request->path, "/EWS/Exchange.asmx"))
		return true;
	page(c->answer, 404, "404 - File or directory not found.",
		"The resource you are looking for might have been removed, had its name changed, "
		"or is temporarily unavailable.");
	return false;
}

/* Published behind a gateway with a login form: the gateway answers before Exchange sees
 * anything, so not even a 401 comes through. */
static bool may_publish(struct call *c)
{
	struct text t = { 0 };

	if (!c->premise->pre_auth)
		return true;
	if (world_unsure(c->premise, UNSURE_LOGIN_FORM, "440")) {
		page_status(c->answer, 440);
		return false;
	}
	text_printf(&t,
		"https://%s/CookieAuth.dll?GetLogon?curl=Z2FEWSZ2FExchange.asmx&reason=0"
		"&formdir=1",
		c->premise->host);
	c->answer->status = 302;
	answer_header(c->answer, "Location", t.at);
	text_free(&t);
	return false;
}

/* Refusals are complete answers already, challenges included. */
static bool may_sign_in(struct call *c)
{
	struct door door = { c->premise, c->front_end, c->premise->protection };

	return sign_check(c->sim, &door, c->request, c->answer, &c->who) == SIGN_IN;
}

/* After sign-in a browser is shown the page of the service; this is what an administrator looks
 * at to see whether EWS is there. */
static bool may_method(struct call *c)
{
	if (strcmp(c->request->method, "POST") == 0)
		return true;
	if (strcmp(c->request->method, "GET") == 0 || strcmp(c->request->method, "HEAD") == 0) {
		page(c->answer, 200, "Service", "You have created a service.");
		return false;
	}
	answer_header(c->answer, "Allow", "GET, HEAD, POST");
	page(c->answer, 405, "405 - HTTP verb used to access this page is not allowed.",
		"The page you are looking for cannot be displayed.");
	return false;
}

/* The service speaks SOAP 1.1 only: what is not text/xml (SOAP 1.2 has another type) is refused
 * before it is read. */
static bool may_type(struct call *c)
{
	const char *type = request_header(c->request, "Content-Type");
	size_t n = type == NULL ? 0 : strcspn(type, "; \t");

	if (n == strlen("text/xml") && strncasecmp(type, "text/xml", n) == 0)
		return true;
	c->answer->status = 415;
	return false;
}

static bool any_matches(char **globs, const char *word)
{
	while (*globs != NULL && (word == NULL || !matches(*globs, word)))
		globs++;
	return *globs != NULL;
}

/* EWS.md 2, status 403: refused by policy, whatever the right. */
static bool may_ews(struct call *c)
{
	const char *agent = request_header(c->request, "User-Agent");
	const struct premise *p = c->premise;
	const struct mailbox *m = c->acting;
	bool may = p->ews_enabled && (m == NULL || (m->ews && m->licensed));

	/* A list of one's own stands before that of the house. */
	if (may && m != NULL && m->ews_allow != NULL)
		may = any_matches(m->ews_allow, agent);
	else if (may && p->ews_allow != NULL)
		may = any_matches(p->ews_allow, agent);
	if (may && p->ews_block != NULL)
		may = !any_matches(p->ews_block, agent);
	if (may && p->ews_told && p->ews_apps != NULL && c->who.app != NULL)
		may = any_matches(p->ews_apps, c->who.app->client_id);
	if (!may)
		page(c->answer, 403, "403 - Forbidden: Access is denied.",
			"You do not have permission to view this directory or page using the "
			"credentials that you supplied.");
	return may;
}

/* Which operation. */

static const struct operation *operation_of(const xmlNode *op)
{
	if (op->ns == NULL || strcmp((const char *)op->ns->href, NS_M) != 0)
		return NULL;
	for (const struct operation *o = operations; o->name != NULL; o++)
		if (strcmp(o->name, (const char *)op->name) == 0)
			return o;
	return NULL;
}

/* A version that does not know the operation: what is said then, nobody has written down. */
static bool unknown(struct call *c)
{
	const char *code = world_unsure_value(c->premise, UNSURE_OP_UNKNOWN);
	char *say;

	if (strcmp(code, "schema") != 0) {
		soap_fault(c, code, NO_MORE);
		return false;
	}
	say = format("The element 'Body' in namespace '%s' has invalid child element '%s' in "
		     "namespace '%s'.",
		NS_SOAP, c->op->name, c->op->ns == NULL ? "" : (const char *)c->op->ns->href);
	soap_schema_fault(c, say, (int)xmlGetLineNo(c->op));
	free(say);
	return false;
}

/* The schema is that of the product, whatever version is asked for; only then matters what the
 * version knows. */
static bool may_operation(struct call *c)
{
	struct grammar_error e = { 0 };

	c->operation = operation_of(c->op);
	if (c->operation == NULL || c->operation->since > c->premise->product->highest)
		return unknown(c);
	if (!grammar_check(c->op, c->premise->product->highest, &e)) {
		soap_schema_fault(c, e.say, e.line);
		free(e.say);
	} else if (c->operation->since > c->level) {
		soap_fault(c, "ErrorIncorrectSchemaVersion", NO_MORE);
	} else if (c->operation->needs_mailbox && c->acting == NULL) {
		soap_fault(c, world_unsure_value(c->premise, UNSURE_NO_MAILBOX), NO_MORE);
	}
	return !soap_failed(c);
}

/* Whose mailbox a request is about: the impersonated, else the first it names, else the caller's.
 */

static const char *named_by(struct call *c, xmlNode *n)
{
	const char *id = node_attribute(c, n, "Id");
	const char *address = node_child_text(c, n, NS_T, "EmailAddress");
	struct id read;

	if (address == NULL)
		address = node_child_text(c, n, NS_T, "Address");
	if (address == NULL && id != NULL && id_read(c->world, id, &read))
		address = c->world->mailboxes[read.mailbox]->address;
	return address;
}

/* The first one below, in document order. The depth is that of the ids and mailboxes of
 * requests. */
static const char *named_in(struct call *c, xmlNode *n, int depth)
{
	const char *address = named_by(c, n);

	for (n = node_first(n); address == NULL && n != NULL && depth > 0; n = node_next(n))
		address = named_in(c, n, depth - 1);
	return address;
}

/* Only places that say where an operation acts: attendees and delegates are people it is about,
 * not mailboxes it opens. */
static const char *mailbox_of(struct call *c)
{
	static const char *const places[] = { "FolderIds", "ParentFolderIds", "ParentFolderId",
		"SavedItemFolderId", "SyncFolderId", "ItemIds", "ItemChanges", "FolderChanges",
		"MailboxDataArray", "Mailbox" };
	const char *address = c->impersonated ? c->acting->address : NULL;

	for (size_t i = 0; address == NULL && i < sizeof(places) / sizeof(places[0]); i++) {
		xmlNode *place = node_child(c->op, NS_M, places[i]);

		if (place != NULL)
			address = named_in(c, place, 3);
	}
	return address == NULL && c->acting != NULL ? c->acting->address : address;
}

/* What goes wrong on purpose, and what is written down. */

static const char *caller_of(const struct call *c)
{
	if (c->who.identity != NULL)
		return c->who.identity->upn;
	return c->who.app == NULL ? NULL : c->who.app->client_id;
}

static struct fault_at place_of(const struct call *c)
{
	return (struct fault_at){ .face = "ews",
		.host = c->face->host,
		.front_end = c->front_end == NULL ? NULL : c->front_end->name };
}

/* What stands in front of Exchange is met by those too who have not signed in. */
static struct fault *struck_in_front(struct call *c)
{
	struct fault_at at = place_of(c);

	at.anonymous = true;
	return fault_take(c->world, FAULT_INSTEAD, &at);
}

/* Nothing is looked up in a world without faults: that is the common case, and the fast one. */
static struct fault *struck(struct call *c, enum fault_phase phase, const char *mailbox)
{
	struct fault_at first = place_of(c), at = first;

	if (c->world->faults == NULL)
		return NULL;
	first.anonymous = true;
	at.op = c->operation == NULL ? NULL : c->operation->name;
	at.mailbox = mailbox;
	at.caller = caller_of(c);
	at.before = phase == FAULT_INSTEAD ? &first : NULL;
	return fault_take(c->world, phase, &at);
}

/* What the journal counts: the fault, else the first bad message, else that all went well. */
static const char *code_of(const struct call *c)
{
	if (c->fault != NULL)
		return c->fault;
	if (c->code != NULL)
		return c->code;
	return c->out.len > 0 ? "NoError" : NULL;
}

static const char *scheme_name(unsigned scheme)
{
	switch (scheme) {
	case SCHEME_BASIC:
		return "Basic";
	case SCHEME_NTLM:
		return "NTLM";
	case SCHEME_NEGOTIATE:
		return "Negotiate";
	case SCHEME_BEARER:
		return "Bearer";
	default:
		return NULL;
	}
}

/* Everything of the call is still there: the journal copies what it keeps. */
static uint64_t note(struct call *c, const char *mailbox, const char *fault)
{
	const struct request *r = c->request;
	struct entry e = { .at_ms = world_now_ms(c->world),
		.connection = connection_number(r->on),
		.face = "ews",
		.host = c->face->host,
		.front_end = c->front_end == NULL ? NULL : c->front_end->name,
		.method = r->method,
		.path = r->path,
		.scheme = scheme_name(c->who.scheme),
		.login = c->who.login,
		.caller = caller_of(c),
		.op = c->op == NULL ? NULL : (const char *)c->op->name,
		.version = c->op == NULL ? NULL : level_names[c->level],
		.mailbox = mailbox,
		.anchor = request_header(r, "X-AnchorMailbox"),
		.agent = request_header(r, "User-Agent"),
		.request_id = request_header(r, "client-request-id"),
		.code = code_of(c),
		.fault = fault,
		.impersonated = c->impersonated,
		.status = c->answer->status == 0 ? 200 : c->answer->status,
		.items = c->items,
		.bytes_in = (int64_t)r->body.len,
		.bytes_out = (int64_t)c->answer->body.len,
		.took_us = loop_us() - r->arrived };

	journal_add(c->sim->journal, &e);
	return e.number;
}

/* Latency follows from the world's seed and the number of the request alone, so that the same
 * run takes the same time. */
static void slow_down(struct call *c, uint64_t number)
{
	const struct latency *l = &c->premise->latency;

	c->answer->delay_ms += l->base_ms + l->mailbox_ms * c->mailboxes;
	if (l->jitter_ms > 0)
		c->answer->delay_ms +=
			(int)(mix(c->world->seed, number) % ((uint64_t)l->jitter_ms + 1));
}

/* The envelope. Returns the fault on purpose that struck, or NULL. */
static struct fault *serve(struct call *c, const char **mailbox)
{
	xmlNode *header = NULL;
	xmlDoc *doc = soap_parse(c, &header);
	struct fault *bad = NULL;
	bool go = doc != NULL && soap_headers(c, header);

	if (go && !may_ews(c))
		return NULL;
	go = go && may_operation(c);
	*mailbox = c->op == NULL ? NULL : mailbox_of(c);
	bad = struck(c, FAULT_INSTEAD, *mailbox);
	if (bad != NULL) {
		fault_instead(bad, c->request, c->answer);
		return bad;
	}
	if (go && throttle_enter(c)) {
		c->operation->run(c);
		throttle_charge(c, c->mailboxes, c->items);
	}
	if (c->answer->status != 0)
		return NULL;
	soap_write_answer(c);
	bad = struck(c, FAULT_AFTER, *mailbox);
	if (bad != NULL)
		fault_after(bad, c->answer);
	return bad;
}

/* A front end whose directory lags sees rights as they were; everything else is as it is now. */
static void call_begin(struct call *c, struct face *f, struct request *r, struct answer *a)
{
	c->sim = f->sim;
	c->world = f->sim->world;
	c->face = f;
	c->premise = f->premise;
	c->front_end = face_front_end(f, r->on);
	c->request = r;
	c->answer = a;
	c->language = f->premise->language != NULL ? f->premise->language : "en-US";
	c->now = world_now(c->world);
	c->view = c->now - (c->front_end == NULL ? 0 : c->front_end->lag);
}

/* The document lives as long as the strings that point into it. */
static void call_end(struct call *c)
{
	if (c->op != NULL)
		xmlFreeDoc(c->op->doc);
	while (c->n_kept > 0)
		free(c->kept[--c->n_kept]);
	free(c->kept);
	free(c->fault_text);
	text_free(&c->fault_xml);
	text_free(&c->out);
}

void ews_face(void *face, struct request *r, struct answer *a)
{
	struct call c = { 0 };
	const char *mailbox = NULL;
	struct fault *bad = NULL;
	uint64_t number;

	call_begin(&c, face, r, a);
	if (c.world->faults != NULL)
		bad = struck_in_front(&c);
	if (bad != NULL)
		fault_instead(bad, r, a);
	else if (may_path(&c) && may_publish(&c) && may_sign_in(&c) && may_method(&c) &&
		may_type(&c))
		bad = serve(&c, &mailbox);
	if (bad == NULL ||
		!bad->kind->in_front) /* what is in front of Exchange has other headers */
		soap_http_headers(&c);
	number = note(&c, mailbox, bad == NULL ? NULL : bad->kind->name);
	slow_down(&c, number);
	call_end(&c);
}
