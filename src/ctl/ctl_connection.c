/* Ctl connection: the ways to Exchange that are stored: add, list, remove. */
#include "ctl_ews.h"

#include "platform/str.h"
#include "service/svc_connection.h"

/* The words are checked as the engine will check them, before a secret is asked for. */
static int add(struct ctl_ews *x, struct err *e)
{
	struct ctl *c = x->c;
	struct svc_secrets secrets;

	x->connection.name = c->argv[0];
	if (!c->db)
		return ctl_fail(e, ERR_SETUP,
			"There is no database here. Make it with \"latchkey "
			"init\".");
	if (ctl_people_choose(c, e) < 0 || line_check(&c->cf, &x->connection, &x->a, e) < 0 ||
		ctl_ews_secrets(x, e) < 0)
		return -1;
	secrets = (struct svc_secrets){
		.secret = x->secret, .client = x->client_secret, .certificate = x->certificate
	};
	if (svc_connection_add(&c->svc, &x->connection, &secrets, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(x->connection.id) }, { "name", C_TEXT(x->connection.name) },
		{ "server", C_TEXT(x->connection.host) },
		{ "mailbox", C_TEXT(x->connection.mailbox) },
		{ "method", C_TEXT(x->connection.method) });
	return 0;
}

int ctl_connection_add(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = NULL;

	/* Opened here it waits for a busy store: nobody types a secret twice. */
	if (ctl_open(c, 0, 1, e) == 0)
		x = ctl_ews_prepare(c, e);
	return x ? ctl_ews_close(x, add(x, e), e) : -1;
}

int ctl_connection_list(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "id", "name", "server", "port", "mailbox", "method",
		"signin", "login", "proxy", "binding", "created", NULL };
	struct ctl_table *t = ctl_out_new(c, keys);
	struct connection *list;
	int n;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	n = store_connection_list(c->db, &c->arena, c->svc.who.account, &list, e);
	for (int i = 0; i < n; i++)
		CTL_ROW(c, t, C_INT(list[i].id), C_TEXT(list[i].name), C_TEXT(list[i].host),
			C_INT(list[i].port), C_TEXT(list[i].mailbox), C_TEXT(list[i].method),
			C_TEXT(list[i].signin), C_TEXT(list[i].login), C_TEXT(list[i].proxy),
			C_TEXT(list[i].binding), C_TIME(list[i].created));
	if (n < 0)
		return -1;
	ctl_out_table(c, t, "There is no connection.");
	return 0;
}

int ctl_connection_remove(struct ctl *c, struct err *e)
{
	int64_t id;

	if (ctl_id(c->argv[0], "a connection", &id, e) < 0 || ctl_people_choose(c, e) < 0 ||
		svc_connection_remove(&c->svc, id, e) < 0)
		return -1;
	CTL_RECORD(c, { "id", C_INT(id) }, { "removed", C_BOOL(1) });
	return 0;
}

int ctl_connection_test(struct ctl *c, struct err *e)
{
	struct svc_test t = { .slot = PURPOSE_CURRENT,
		.member = c->argc > 1 ? c->argv[1] : "",
		.outside = ctl_flag(c, "outside") ? ctl_flag(c, "outside") : "" };
	int64_t job;

	if (ctl_id(c->argv[0], "a connection", &t.connection, e) < 0 ||
		ctl_people_choose(c, e) < 0 || svc_connection_test(&c->svc, &t, &job, e) < 0)
		return -1;
	ctl_out_say(c, "Job %lld tests connection %lld.", (long long)job, (long long)t.connection);
	return ctl_jobs_follow(c, job, e);
}
