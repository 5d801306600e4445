/* The client's sign-ins: one proof before many, nothing after a refusal, tokens kept fresh. */
#include "tests/unit/client_unit.h"

static const struct client_config ntlm = { .signin = SIGNIN_NTLM };
static const struct client_config basic = { .signin = SIGNIN_BASIC };
static const struct client_config choice = { .signin = SIGNIN_AUTO };
static const struct client_config app = { .signin = SIGNIN_APP };
static const struct client_config user = { .signin = SIGNIN_USER };

static const char who[] = "svc@example.test";

/* --- passwords --- */

static void one_goes_first(void **state)
{
	static const struct client_config *const kinds[] = { &ntlm, &basic, &choice };
	static const int most[] = { TRANSPORT_HOST, CLIENT_BASIC_FLYING, TRANSPORT_HOST };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct world *w = unit_anew(state);

		w->c = unit_client(w, kinds[i]);
		unit_ask_many(w, 60);
		/* the question without a password, then one with it, until its answer is there */
		unit_pass(w, FLIGHT_MS + 10);
		assert_int_equal(w->looked, 1);
		assert_int_equal(w->sent, 1);
		unit_pass(w, FLIGHT_MS - 20);
		assert_int_equal(w->sent, 1);
		unit_run(w, 60);
		assert_int_equal(w->by_reason[REASON_OK], 60);
		assert_int_equal(w->most, most[i]);
		assert_int_equal(w->looked, 1);
		assert_int_equal(w->told_ok, 1);
	}
}

static void nothing_starts_after_a_refusal(void **state)
{
	static const struct client_config *const kinds[] = { &ntlm, &basic };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct world *w = unit_anew(state);
		struct client *other;

		w->good = "another";
		w->c = unit_client(w, kinds[i]);
		unit_ask_many(w, 200);
		unit_run(w, 200);
		assert_int_equal(w->sent, 1);
		assert_int_equal(w->by_reason[REASON_SIGNIN_REFUSED], 1);
		assert_int_equal(w->by_reason[REASON_SIGNIN_STOPPED], 199);
		assert_string_equal(w->last.code, "signin_refused");
		assert_int_equal(w->last.attempts, 0);
		assert_int_equal(
			unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
		/* a fresh start asks the gate, which remembers; so does it for others */
		client_fresh(w->c);
		assert_int_equal(
			unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
		other = w->c;
		w->c = unit_client(w, &ntlm);
		assert_int_equal(
			unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
		assert_int_equal(w->sent, 1);
		client_free(other);
		/* a person wants one more try */
		gate_memory_again(w->memory, who);
		client_fresh(w->c);
		assert_int_equal(
			unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_REFUSED);
		assert_int_equal(w->sent, 2);
	}
}

static void a_password_that_was_changed_stops_all(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &basic);
	unit_ask_many(w, 200);
	unit_run(w, 20);
	w->good = "another";
	unit_run(w, 200);
	assert_int_equal(w->started_after_refusal, 0);
	assert_in_range(w->by_reason[REASON_SIGNIN_REFUSED], 1, CLIENT_BASIC_FLYING);
	assert_int_equal(w->by_reason[REASON_OK] + w->by_reason[REASON_SIGNIN_REFUSED] +
			w->by_reason[REASON_SIGNIN_STOPPED],
		200);
}

static void another_secret_begins_anew(void **state)
{
	struct client_config cf = ntlm;
	struct world *w = *state;

	w->good = "another";
	w->c = unit_client(w, &ntlm);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_REFUSED);
	client_free(w->c);
	w->good = NULL;
	cf.version = "2";
	w->c = unit_client(w, &cf);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	/* the old one is still known to be wrong */
	client_free(w->c);
	w->c = unit_client(w, &ntlm);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
}

static void connections_that_are_signed_in_ask_nobody(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	for (int i = 0; i < 20; i++)
		unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_int_equal(w->gate_asked, 1);
	assert_int_equal(w->signins, 1);
	client_free(w->c);
	w->c = unit_client(w, &basic);
	for (int i = 0; i < 20; i++)
		unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_int_equal(w->gate_asked, 1 + 20);
}

static void a_proof_is_told_now_and_then(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &basic);
	for (int i = 0; i < 5; i++) {
		unit_once(w, EXCHANGE_OPEN_FOLDERS);
		unit_pass(w, 25000);
	}
	assert_int_equal(w->told_ok, 2);
}

/* Somebody else proves it: our calls wait, and go on when he has. */
static void calls_wait_for_anothers_proof(void **state)
{
	struct gate_view wait = { .leave = GATE_WAIT };
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	w->decree = &wait;
	unit_ask_many(w, 20);
	how.deadline_ms = 3000;
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 1);
	assert_int_equal(w->last.reason, REASON_SIGNIN_WAITING);
	assert_int_equal(w->sent, 0);
	assert_in_range(w->gate_asked, 3000 / GATE_ASK_MS - 1, 3000 / GATE_ASK_MS + 2);
	w->decree = NULL;
	unit_run(w, 21);
	assert_int_equal(w->by_reason[REASON_OK], 20);
	assert_int_equal(w->withheld, w->gate_asked - 1);
}

/* What somebody else proved a moment ago needs no proof of ours. */
static void anothers_proof_is_enough(void **state)
{
	struct gate_view go = { .leave = GATE_GO };
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	w->decree = &go;
	unit_ask_many(w, 40);
	unit_run(w, 40);
	assert_int_equal(w->by_reason[REASON_OK], 40);
}

static void a_gate_that_cannot_be_asked_is_shut(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	w->keeper_broken = ERR_DAMAGED;
	unit_ask_many(w, 5);
	unit_run(w, 5);
	assert_int_equal(w->by_reason[REASON_INTERNAL], 5);
	assert_int_equal(w->sent, 0);
	unit_pass(w, 60000);
	w->keeper_broken = ERR_BUSY; /* the store is locked for a moment */
	unit_ask_many(w, 5);
	unit_pass(w, 2000);
	assert_int_equal(w->sent, 0);
	w->keeper_broken = 0;
	unit_run(w, 10);
	assert_int_equal(w->by_reason[REASON_OK], 5);
}

/* Whatever becomes of the proof, the next one may try. */
static void the_lease_comes_back(void **state)
{
	static const struct unit_answer ends[] = {
		{ TRANSPORT_BROKEN, TRANSPORT_ASKING, 0, NULL, NULL },
		{ TRANSPORT_TIMEOUT, TRANSPORT_CONNECTING, 0, NULL, NULL },
		{ .status = 503, .body = "" }, { .status = 404, .body = "" },
		{ .body = "nonsense" }, { .status = 0 }, /* cancelled */
		{ .status = 0 },			 /* freed */
	};

	for (size_t i = 0; i < COUNT(ends); i++) {
		struct world *w = unit_anew(state);
		struct gate_keeper k = gate_memory_keeper(w->memory);
		struct gate_view v;
		struct client_call *call;
		struct err e;

		w->c = unit_client(w, &ntlm);
		w->script[w->scripted++] = ends[i];
		call = unit_ask(w, EXCHANGE_CREATE_BOOKING);
		unit_pass(w, FLIGHT_MS + 10);
		assert_int_equal(w->sent, 1);
		assert_ok(k.ask(k.ptr, who, "1", &v, &e));
		assert_int_equal(v.leave, GATE_WAIT);
		if (i == COUNT(ends) - 2) {
			client_cancel(call);
		} else if (i == COUNT(ends) - 1) {
			client_free(w->c);
			w->c = NULL;
		}
		unit_pass(w, FLIGHT_MS);
		assert_ok(k.ask(k.ptr, who, "1", &v, &e));
		assert_int_equal(v.leave, GATE_PROVE);
	}
}

/* Any answer of Exchange shows that the sign-in was good, also one that refuses the question. */
static void a_refused_question_is_a_proof(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 0, "denied");
	unit_ask_many(w, 60);
	unit_run(w, 60);
	assert_int_equal(w->by_reason[REASON_NOT_DELEGATED], 1);
	assert_int_equal(w->told_ok, 1);
	assert_int_equal(w->most, TRANSPORT_HOST);
}

/* An account's end told by Exchange itself stops all; told of somebody acted as, it does not. */
static void an_expired_account_stops_all(void **state)
{
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	how.impersonate = "anna@example.test";
	unit_script(w, 500, "<Envelope>expired");
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 1);
	assert_int_equal(w->last.reason, REASON_PASSWORD_EXPIRED);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	unit_script(w, 500, "<Envelope>expired");
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_PASSWORD_EXPIRED);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
	assert_string_equal(w->last.code, "password_expired");
}

/* The sign-in that is the proof begins again, and meanwhile another answer stops everything. */
static void a_withheld_proof_is_given_back(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	unit_pass(w, (GATE_PROVEN_S + 1) * 1000);
	unit_script(w, 500, "<Envelope>expired");
	w->dead_ms = 10 * FLIGHT_MS;
	unit_ask_many(w, 2);
	unit_run(w, 3);
	assert_int_equal(w->by_reason[REASON_PASSWORD_EXPIRED], 1);
	assert_int_equal(w->by_reason[REASON_SIGNIN_STOPPED], 1);
	assert_int_equal(w->withheld, 1);
	gate_memory_again(w->memory, client_identity(w->c));
	client_fresh(w->c);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
}

/* A lease holds for one request of any length. One that begins again late needs another. */
static void a_proof_does_not_outlive_its_lease(void **state)
{
	static const struct {
		int64_t dead_ms;
		int asked;
	} cases[] = { { 10 * 1000, 1 }, { TRANSPORT_REQUEST_MS, 2 } };
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		w = unit_anew(state);
		w->c = unit_client(w, &ntlm);
		w->dead_ms = cases[i].dead_ms;
		assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
		assert_int_equal(w->gate_asked, cases[i].asked);
		assert_int_equal(w->told_ok, 1);
	}
}

static void no_password_goes_where_it_is_not_wanted(void **state)
{
	static const struct {
		const struct client_config *cf;
		const char *offers;
	} cases[] = {
		{ &ntlm, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n" },
		{ &basic, "HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate, NTLM\r\n\r\n" },
		{ &choice, "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer\r\n\r\n" },
		{ &choice, "HTTP/1.1 401 No\r\n\r\n" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		w->offers = cases[i].offers;
		w->c = unit_client(w, cases[i].cf);
		unit_ask_many(w, 3);
		unit_run(w, (int)i * 3 + 3);
		assert_int_equal(w->by_reason[REASON_SIGNIN_KIND], (int)i * 3 + 3);
		client_free(w->c);
	}
	assert_int_equal(w->sent, 0);
	w->c = NULL;
}

static void both_causes_are_told_with_a_binding(void **state)
{
	struct client_config cf = ntlm;
	struct world *w = *state;

	cf.binding = BINDING_ON;
	w->good = "another";
	w->c = unit_client(w, &cf);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_REFUSED);
	assert_string_equal(w->last.code, "channel_binding_suspected");
	assert_non_null(strstr(w->last.said, "password"));
	assert_non_null(strstr(w->last.said, "Extended Protection"));
}

static void bad_configurations_are_refused(void **state)
{
	struct world *w = *state;
	struct secret *s = secret_new("x", 1);
	const struct client_config good = { .dialect = &unit_dialect,
		.host = "mail.example.test",
		.port = 443,
		.mailbox = "svc@example.test",
		.secret = s };
	struct client_config bad[] = { good, good, good, good, good, good };
	struct err e;

	bad[0].host = "";
	bad[1].secret = NULL;
	bad[2].login = "DOMAIN\\user@domain";
	bad[3].signin = SIGNIN_APP; /* no authority */
	bad[4].signin = SIGNIN_USER;
	bad[4].authority = "http://login.example.test";
	bad[5].signin = SIGNIN__MAX;
	for (size_t i = 0; i < COUNT(bad); i++) {
		memset(&e, 0, sizeof(e));
		assert_null(client_new(&w->tools, &bad[i], &e));
		assert_true(e.code != ERR_NONE && e.say[0]);
	}
	secret_free(s);
}

/* --- tokens --- */

#define TOKEN(access, more)                                                                        \
	"{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"" access "\"" more "}"

static void token(struct world *w, const char *body)
{
	w->tokens[w->token_count++] = body;
}

static void a_token_serves_many(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &app);
	w->good = NULL;
	token(w, TOKEN("one", ""));
	token(w, TOKEN("two", ""));
	assert_string_equal(client_acts_as(w->c), "svc@example.test");
	unit_ask_many(w, 50);
	unit_run(w, 50);
	assert_int_equal(w->by_reason[REASON_OK], 50);
	assert_int_equal(w->tokens_asked, 1);
	assert_int_equal(w->pools, 1); /* what the answer left in that of the question is gone */
	assert_int_equal(w->looked, 0);
	assert_string_equal(w->bearer, "one");
	assert_int_equal(w->told_ok, 1);
	/* five minutes before its end another is there */
	unit_pass(w, 54 * 60 * 1000);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_string_equal(w->bearer, "one");
	unit_pass(w, 2 * 60 * 1000);
	unit_ask_many(w, 5);
	unit_run(w, 56);
	assert_string_equal(w->bearer, "two");
	assert_int_equal(w->tokens_asked, 2);
}

static void refresh_tokens_rotate(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &user);
	w->good = NULL;
	token(w, TOKEN("one", ",\"refresh_token\":\"next\""));
	token(w, TOKEN("two", ""));
	assert_null(client_acts_as(w->c));
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_string_equal(w->renewed, "next");
	client_fresh(w->c);
	w->renewed[0] = '\0';
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_string_equal(w->bearer, "two");
	assert_string_equal(w->renewed, "");
}

/* One uses a refresh token at a time, and as it is then. */
static void refresh_tokens_wait_their_turn(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &user);
	w->good = NULL;
	w->busy = 3;
	w->newer = "of another line";
	token(w, TOKEN("one", ""));
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_int_equal(w->busy, 0);
	assert_int_equal(w->begun, 0);
	assert_int_equal(w->tokens_asked, 1);
	assert_non_null(strstr(w->form, "refresh_token=of%20another%20line"));
}

/* A store that cannot be written ends the call in words, and nobody waits. */
static void refresh_tokens_without_a_store(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &user);
	w->busy = -1;
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_INTERNAL);
	assert_int_equal(w->tokens_asked, 0);
	assert_int_equal(w->begun, 0);
}

static const char expired[] =
	"HTTP/1.1 401 No\r\nx-ms-diagnostics: "
	"2000002;reason=\"The token has expired.\";error_category=\"token_expired\"\r\n\r\n";

static void an_expired_token_is_replaced_once(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &app);
	w->good = NULL;
	token(w, TOKEN("one", ""));
	token(w, TOKEN("two", ""));
	token(w, TOKEN("three", ""));
	w->script[w->scripted++] = (struct unit_answer){ .status = 401, .headers = expired };
	/* also for a question that must not be asked twice: it never got in */
	assert_int_equal(unit_once(w, EXCHANGE_CREATE_BOOKING)->reason, REASON_OK);
	assert_int_equal(w->last.attempts, 2);
	assert_int_equal(w->tokens_asked, 2);
	w->script[w->scripted++] = (struct unit_answer){ .status = 401, .headers = expired };
	w->script[w->scripted++] = (struct unit_answer){ .status = 401, .headers = expired };
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_EXPIRED);
	assert_int_equal(w->last.attempts, 2);
	assert_int_equal(w->tokens_asked, 3);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
}

static void refused_token_questions_stop(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &app);
	w->token_status = 401;
	token(w,
		"{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid "
		"client secret provided.\",\"error_codes\":[7000215]}");
	unit_ask_many(w, 30);
	unit_run(w, 30);
	assert_int_equal(w->by_reason[REASON_CLIENT_SECRET], 30);
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_SIGNIN_STOPPED);
	assert_int_equal(w->tokens_asked, 1);
	assert_int_equal(w->sent, 0);
}

static void trouble_of_the_token_service_passes(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &app);
	w->good = NULL;
	w->token_status = 503;
	token(w, "");
	token(w, TOKEN("one", ""));
	unit_ask_many(w, 3);
	unit_pass(w, FLIGHT_MS + 10);
	assert_int_equal(w->tokens_asked, 1);
	w->token_status = 200;
	unit_run(w, 3);
	assert_int_equal(w->by_reason[REASON_OK], 3);
	assert_int_equal(w->tokens_asked, 2);
}

static void tokens_pass_the_gate(void **state)
{
	struct gate_view wait = { .leave = GATE_WAIT };
	struct gate_view stopped = { .leave = GATE_STOPPED, .reason = REASON_SIGNIN_EXPIRED };
	struct world *w = *state;

	w->c = unit_client(w, &user);
	w->decree = &wait;
	unit_ask_many(w, 3);
	unit_pass(w, 5000);
	assert_int_equal(w->tokens_asked, 0);
	w->decree = &stopped;
	unit_run(w, 3);
	assert_int_equal(w->by_reason[REASON_SIGNIN_STOPPED], 3);
	assert_string_equal(w->last.code, "signin_expired");
	assert_int_equal(w->tokens_asked, 0);
}

static void token_clients_end_at_any_moment(void **state)
{
	struct world *w = *state;

	for (int turns = 0; turns < 30; turns++) {
		struct client_call *call;

		w->tokens_asked = 0;
		w->token_count = 0;
		token(w, TOKEN("one", ""));
		token(w, TOKEN("two", ""));
		w->good = NULL;
		w->c = unit_client(w, &app);
		w->ended = 0;
		call = unit_ask(w, EXCHANGE_OPEN_FOLDERS);
		for (int i = 0; i < turns / 3 && w->ended == 0; i++)
			unit_turn(&w->loop, INT64_MAX);
		if (turns % 3 == 1)
			client_fresh(w->c);
		if (turns % 3 == 2 && w->ended == 0)
			client_cancel(call);
		unit_turn(&w->loop, unit_ms);
		client_free(w->c);
		assert_int_equal(w->loop.count, 0);
		assert_int_equal(w->pools, 0);
	}
	w->c = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(one_goes_first),
		client_test(nothing_starts_after_a_refusal),
		client_test(a_password_that_was_changed_stops_all),
		client_test(another_secret_begins_anew),
		client_test(connections_that_are_signed_in_ask_nobody),
		client_test(a_proof_is_told_now_and_then),
		client_test(calls_wait_for_anothers_proof),
		client_test(anothers_proof_is_enough),
		client_test(a_gate_that_cannot_be_asked_is_shut),
		client_test(the_lease_comes_back),
		client_test(a_refused_question_is_a_proof),
		client_test(an_expired_account_stops_all),
		client_test(a_withheld_proof_is_given_back),
		client_test(a_proof_does_not_outlive_its_lease),
		client_test(no_password_goes_where_it_is_not_wanted),
		client_test(both_causes_are_told_with_a_binding),
		client_test(bad_configurations_are_refused),
		client_test(a_token_serves_many),
		client_test(refresh_tokens_rotate),
		client_test(refresh_tokens_wait_their_turn),
		client_test(refresh_tokens_without_a_store),
		client_test(an_expired_token_is_replaced_once),
		client_test(refused_token_questions_stop),
		client_test(trouble_of_the_token_service_passes),
		client_test(tokens_pass_the_gate),
		client_test(token_clients_end_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
