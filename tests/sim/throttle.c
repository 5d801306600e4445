/*
 * Throttle: what a caller may have open at once, and how much work he may ask for a minute.
 *
 * With impersonation the budget is the target mailbox's, without it the caller's. Over the budget
 * the answer is ErrorServerBusy with a back-off; who goes on all the same is turned away at the
 * edge, before any envelope is read.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/soap.h"

/* What work costs, in milliseconds of budget. */
enum { COST_CALL = 10, COST_MAILBOX = 10, COST_ITEM = 1, MINUTE_MS = 60000 };
enum { BUCKETS = 1024 };

struct account {
	struct account *next;
	const void *who; /* mailbox, identity or app */
	int64_t spent, at_ms;
	int open;
};
struct spend {
	struct account *buckets[BUCKETS];
};

/* Who pays is who is acted for: one service account with impersonation does not use up one
 * budget, but the ones of those it acts for, which are theirs too. */
static const void *payer(const struct call *c)
{
	if (c->acting != NULL)
		return c->acting;
	return c->who.identity != NULL ? (const void *)c->who.identity : c->who.app;
}

/* Accounts are made when they are first charged and stay to the end. */
static struct account *account_of(struct call *c)
{
	const void *who = payer(c);
	struct account **at;

	if (c->sim->spend == NULL)
		c->sim->spend = need(sizeof(*c->sim->spend));
	at = &c->sim->spend->buckets[mix((uintptr_t)who, 0) % BUCKETS];
	while (*at != NULL && (*at)->who != who)
		at = &(*at)->next;
	if (*at == NULL) {
		*at = need(sizeof(**at));
		(*at)->who = who;
		(*at)->at_ms = world_now_ms(c->world);
	}
	return *at;
}

static void recharge(struct call *c, struct account *a)
{
	int64_t now = world_now_ms(c->world), back;

	if (now <= a->at_ms)
		return;
	back = (now - a->at_ms) * c->premise->throttle.recharge_ms / MINUTE_MS;
	/* Small gains are not lost to rounding: time only moves on with what it gave. */
	if (back == 0)
		return;
	a->spent = a->spent > back ? a->spent - back : 0;
	a->at_ms = now;
}

/* When the answer has left, or its connection died. */
static void let_go(void *arg)
{
	struct account *a = arg;

	a->open--;
}

/* The web server's own answer, without an envelope: clients must cope with that. */
static void edge(struct call *c)
{
	const char *status = world_unsure_value(c->premise, UNSURE_EDGE_BUSY);
	int seconds = (c->premise->throttle.back_off_ms + 999) / 1000;
	char *after = format("%d", seconds > 0 ? seconds : 1);

	c->answer->status = (int)strtol(status, NULL, 10);
	c->answer->type = "text/html";
	if (world_unsure(c->premise, UNSURE_EDGE_WAIT, "told"))
		answer_header(c->answer, "Retry-After", after);
	answer_printf(c->answer, "%s",
		c->answer->status == 503 ? "The service is unavailable." : "Too many requests.");
	free(after);
}

/* EWS.md 5.2: the default policies of the products; Exchange 2007 had none. */
static int concurrency(const struct call *c)
{
	const struct premise *p = c->premise;
	const struct mailbox *m = c->who.mailbox;

	if (m != NULL && m->policy != NULL)
		return m->policy->concurrency;
	if (p->throttle.concurrency >= 0)
		return p->throttle.concurrency;
	return p->product->major <= 8 ? 0 : p->product->major == 14 ? 10 : 27;
}

/* Refused calls cost too: hammering makes it worse. */
bool throttle_enter(struct call *c)
{
	const struct throttle *limit = &c->premise->throttle;
	int open = concurrency(c);
	struct account *a;

	if (open == 0 && limit->budget_ms == 0)
		return true;
	a = account_of(c);
	recharge(c, a);
	if (limit->budget_ms > 0 && a->spent > limit->budget_ms) {
		char *wait = format("%d", limit->back_off_ms);

		a->spent += COST_CALL;
		if (a->spent > 2 * limit->budget_ms)
			edge(c);
		else
			soap_fault(c, "ErrorServerBusy", "BackOffMilliseconds", wait, NO_MORE);
		free(wait);
		return false;
	}
	if (open > 0 && a->open >= open) {
		soap_fault(c, "ErrorExceededConnectionCount", NO_MORE);
		return false;
	}
	a->open++;
	c->answer->finished = let_go;
	c->answer->finished_arg = a;
	return true;
}

void throttle_charge(struct call *c, int mailboxes, int items)
{
	if (c->premise->throttle.budget_ms > 0)
		account_of(c)->spent +=
			COST_CALL + (int64_t)mailboxes * COST_MAILBOX + (int64_t)items * COST_ITEM;
}

void throttle_free(struct sim *s)
{
	for (size_t i = 0; s->spend != NULL && i < BUCKETS; i++) {
		struct account *next;

		for (struct account *a = s->spend->buckets[i]; a != NULL; a = next) {
			next = a->next;
			free(a);
		}
	}
	free(s->spend);
	s->spend = NULL;
}
