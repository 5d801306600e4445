/*
 * What tests of the simulator's EWS face share: a world from scenario lines, and one call handed
 * straight to ews_face, signed in by Basic, without sockets.
 *
 *	struct unit u;
 *	unit_open(&u, "premise hq\n" ...);
 *	unit_call(&u, "svc@example.test", "Exchange2016", NULL, "<m:GetFolder>...</m:GetFolder>");
 *	assert_int_equal(u.status, 200);
 *	assert_non_null(strstr(u.body, "NoError"));
 *	unit_close(&u);
 */
#ifndef LATCHKEY_SIM_UNIT_H
#define LATCHKEY_SIM_UNIT_H

#include <stdlib.h>
#include <string.h>
#include "sim/scenario.h"
#include "sim/soap.h"

#define UNIT_PASSWORD "Secret-1"

struct unit {
	struct sim sim;
	struct face face;
	struct face_kind kind;
	struct scenario_place place;
	void *connection;
	struct answer answer; /* of the last call */
	int status;
	const char *body;
	const char *agent, *anchor, *type, *method, *path; /* changed by tests; NULL = as usual */
	const char *more, *more_value;			   /* one more request header */
	bool stay; /* do not say that the answer left: the call stays open */
};

/* One or more lines of a scenario; all must be right. */
__attribute__((unused)) static void unit_say(struct unit *u, const char *lines)
{
	struct scenario_error e = { 0 };

	for (const char *at = lines; *at != '\0';) {
		size_t n = strcspn(at, "\n");
		char *line = copy_n(at, n);

		if (scenario_line(&u->place, line, &e) < 0)
			fail_msg("%s: %s", line, e.say);
		free(line);
		at += n + (at[n] != '\0');
	}
}

/* The face is the first premise's; unit_premise chooses another. */
__attribute__((unused)) static void unit_premise(struct unit *u, const char *name)
{
	u->face.premise = name == NULL ? u->sim.world->premises : world_premise(u->sim.world, name);
	assert_non_null(u->face.premise);
	u->face.host = u->face.premise->host;
}

__attribute__((unused)) static void unit_open(struct unit *u, const char *lines)
{
	memset(u, 0, sizeof(*u));
	u->sim.world = world_new();
	u->sim.journal = journal_new(1000);
	u->place.world = u->sim.world;
	u->kind = (struct face_kind){ "ews", ews_face, true };
	u->face.sim = &u->sim;
	u->face.kind = &u->kind;
	/* Stands for a connection nobody signed in on: its accessors only read fields. */
	u->connection = need(65536);
	unit_say(u, lines);
	u->sim.world->live = true; /* later changes take their time */
	unit_premise(u, NULL);
}

__attribute__((unused)) static void unit_forget(struct unit *u)
{
	if (u->answer.finished != NULL)
		u->answer.finished(u->answer.finished_arg);
	text_free(&u->answer.head);
	text_free(&u->answer.body);
	u->answer = (struct answer){ 0 };
	u->body = "";
	u->status = 0;
}

__attribute__((unused)) static void unit_close(struct unit *u)
{
	unit_forget(u);
	connection_remember(u->connection, NULL, NULL);
	throttle_free(&u->sim);
	journal_free(u->sim.journal);
	world_free(u->sim.world);
	free(u->connection);
}

/* Post these bytes as this account; login NULL = without credentials. */
__attribute__((unused)) static void unit_post(
	struct unit *u, const char *login, const char *envelope)
{
	struct header headers[6];
	struct text pair = { 0 }, secret = { 0 };
	struct request r = { .method = copy(u->method != NULL ? u->method : "POST"),
		.path = copy(u->path != NULL ? u->path : "/EWS/Exchange.asmx"),
		.headers = headers,
		.on = u->connection };
	const char *const wanted[][2] = {
		{ "Content-Type", u->type != NULL ? u->type : "text/xml; charset=utf-8" },
		{ "User-Agent", u->agent }, { "X-AnchorMailbox", u->anchor },
		{ "Authorization", NULL }, { u->more, u->more_value }
	};

	if (u->stay)
		u->answer.finished = NULL;
	unit_forget(u);
	text_puts(&secret, "Basic ");
	if (login != NULL) {
		text_printf(&pair, "%s:%s", login, UNIT_PASSWORD);
		base64_add(&secret, pair.at, pair.len);
	}
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const char *value = i == 3 && login != NULL ? secret.at : wanted[i][1];

		if (value != NULL)
			headers[r.n_headers++] = (struct header){ copy(wanted[i][0]), copy(value) };
	}
	text_puts(&r.body, envelope);
	ews_face(&u->face, &r, &u->answer);
	u->status = u->answer.status == 0 ? 200 : u->answer.status;
	u->body = u->answer.body.at != NULL ? u->answer.body.at : "";
	while (r.n_headers > 0) {
		free(headers[--r.n_headers].name);
		free(headers[r.n_headers].value);
	}
	free(r.method);
	free(r.path);
	text_free(&r.body);
	text_free(&pair);
	text_free(&secret);
}

/* One operation in an envelope: version NULL = no RequestServerVersion, headers NULL = no more. */
__attribute__((unused)) static void unit_call(
	struct unit *u, const char *login, const char *version, const char *headers, const char *op)
{
	struct text t = { 0 };

	text_printf(&t,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"%s\" "
		"xmlns:m=\"%s\" xmlns:t=\"%s\"><s:Header>",
		NS_SOAP, NS_M, NS_T);
	if (version != NULL)
		text_printf(&t, "<t:RequestServerVersion Version=\"%s\"/>", version);
	text_printf(&t, "%s</s:Header><s:Body>%s</s:Body></s:Envelope>",
		headers != NULL ? headers : "", op);
	unit_post(u, login, t.at);
	text_free(&t);
}

/* The header line for impersonating by SmtpAddress. */
#define UNIT_AS(address)                                                                           \
	"<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>" address                        \
	"</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"

#endif
