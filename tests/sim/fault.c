/*
 * Fault: which rule strikes. Rules are asked in the order they were made; one that matches counts
 * the match, lets the first `skip` pass, rolls, and is used up after its count. The roll depends
 * on the world's seed, the rule's id and its own count alone, so that the same requests meet the
 * same faults however many other rules stand.
 */
#include "sim/fault.h"

#include <stdlib.h>
#include <string.h>

const struct fault_kind *fault_kind_find(const char *name)
{
	for (const struct fault_kind *k = fault_kinds; name != NULL && k->name != NULL; k++)
		if (same(k->name, name))
			return k;
	return NULL;
}

const char *fault_argument(const struct fault *f)
{
	return f->argument != NULL ? f->argument : f->kind->argument_default;
}

long fault_number(const struct fault *f)
{
	const char *s = fault_argument(f);

	return s == NULL ? 0 : strtol(s, NULL, 10);
}

/* Arguments */

static bool is_number(const char *s, long least, long most)
{
	char *end;
	long n = strtol(s, &end, 10);

	return *s >= '0' && *s <= '9' && *end == '\0' && n >= least && n <= most;
}

/* An hour at most: tests end sooner. */
static bool is_delay(const char *s)
{
	return is_number(s, 0, 3600000);
}

static bool is_megabytes(const char *s)
{
	return is_number(s, 1, 4096);
}

static bool is_depth(const char *s)
{
	return is_number(s, 1, 1000000);
}

/* NUMBER or NUMBER:SECONDS */
static bool is_status(const char *s)
{
	const char *colon = strchr(s, ':');
	char status[4] = "";

	if (colon == NULL)
		return is_number(s, 200, 599);
	if (colon - s != 3)
		return false;
	memcpy(status, s, 3);
	return is_number(status, 200, 599) && is_number(colon + 1, 0, 86400);
}

/* A name, as XML takes it, possibly followed by :MILLISECONDS. */
static bool is_code(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (n == 0 || (*s >= '0' && *s <= '9'))
		return false;
	return s[n] == '\0' || (s[n] == ':' && is_delay(s + n + 1));
}

static bool is_element(const char *s)
{
	return is_code(s) && strchr(s, ':') == NULL;
}

/* The good papers too: a rule before another may spare one face. */
static bool is_certificate(const char *s)
{
	for (int i = 0; i < TLS_SHOW__MAX; i++)
		if (same(tls_show_names[i], s))
			return true;
	return false;
}

static bool is_short_number(const char *s)
{
	return *s != '\0' && strlen(s) < 9 && s[strspn(s, "0123456789")] == '\0';
}

/* Anything that can stand in a header line. */
static bool is_line(const char *s)
{
	return *s != '\0' && strpbrk(s, "\r\n") == NULL;
}

static const struct {
	const char *argument;
	bool (*good)(const char *s);
	const char *wanted;
} arguments[] = {
	{ "ms", is_delay, "milliseconds, 0 to 3600000" },
	{ "megabytes", is_megabytes, "megabytes, 1 to 4096" },
	{ "depth", is_depth, "a depth, 1 to 1000000" },
	{ "status", is_status, "a status 200 to 599, or STATUS:RETRY-AFTER-SECONDS" },
	{ "code", is_code, "a response code, or CODE:BACK-OFF-MILLISECONDS" },
	{ "number", is_short_number, "the number of an AADSTS error" },
	{ "element", is_element, "the name of an element, without prefix" },
	{ "certificate", is_certificate,
		"wrong-name, expired, not-yet, self-signed, incomplete or old" },
	{ "type", is_line, "a content type" },
	{ "url", is_line, "a URL, or a host name" },
	{ NULL, NULL, NULL },
};

bool fault_argument_good(const struct fault_kind *k, const char *argument, const char **wanted)
{
	*wanted = "no argument";
	if (argument == NULL)
		return true;
	if (k->argument == NULL)
		return false;
	for (size_t i = 0; arguments[i].argument != NULL; i++) {
		if (!same(arguments[i].argument, k->argument))
			continue;
		*wanted = arguments[i].wanted;
		return arguments[i].good(argument);
	}
	return true;
}

/* Matching */

/* A part that is not known matches no rule that names it. */
static bool part_matches(const char *glob, const char *is)
{
	return glob == NULL || (is != NULL && matches(glob, is));
}

static bool rule_matches(const struct fault *f, const struct fault_at *at)
{
	if (at->anonymous && !f->kind->in_front)
		return false;
	return part_matches(f->face, at->face) && part_matches(f->host, at->host) &&
		part_matches(f->front_end, at->front_end) && part_matches(f->op, at->op) &&
		part_matches(f->mailbox, at->mailbox) && part_matches(f->caller, at->caller);
}

static bool rolls(const struct world *w, const struct fault *f)
{
	uint64_t id = f->id != NULL ? hash_nocase(f->id) : 0;

	return (int)(mix(mix(w->seed, id), f->tried) % 1000) < f->per_mille;
}

/* Matches are counted whether it strikes or not: skip and chance go by that count. */
static bool strikes(const struct world *w, struct fault *f)
{
	f->tried++;
	if (f->skip > 0 && f->tried <= (uint64_t)f->skip)
		return false;
	if (!rolls(w, f))
		return false;
	f->hit++;
	if (f->left > 0)
		f->left--;
	return true;
}

/* The first that strikes; those behind it do not see the request. */
struct fault *fault_take(struct world *w, enum fault_phase phase, const struct fault_at *at)
{
	for (struct fault *f = w->faults; f != NULL; f = f->next) {
		if (f->kind->phase != phase || f->left == 0 || !rule_matches(f, at))
			continue;
		if (at->before != NULL && rule_matches(f, at->before))
			continue;
		if (strikes(w, f))
			return f;
	}
	return NULL;
}

/* A state rather than an event: it holds as long as the rule stands. */
bool fault_refuses(const struct world *w, const char *face, const char *host)
{
	struct fault_at at = { .face = face, .host = host };

	for (const struct fault *f = w->faults; f != NULL; f = f->next)
		if (f->kind->phase == FAULT_LISTEN && f->left != 0 && rule_matches(f, &at))
			return true;
	return false;
}

/* A rule of this phase without a certificate's name is a reset. */
int fault_accept(struct world *w, const struct fault_at *at)
{
	const struct fault *f = fault_take(w, FAULT_ACCEPT, at);

	if (f == NULL)
		return TLS_GOOD;
	for (int i = 0; i < TLS_SHOW__MAX; i++)
		if (same(tls_show_names[i], fault_argument(f)))
			return i;
	return -1;
}

void fault_instead(const struct fault *f, const struct request *r, struct answer *a)
{
	f->kind->run(f, r, a);
}

void fault_after(const struct fault *f, struct answer *a)
{
	f->kind->run(f, NULL, a);
}

/* For people, and for the test of the manual page. */
void fault_list(FILE *out)
{
	for (const struct fault_kind *k = fault_kinds; k->name != NULL; k++) {
		char *usage = k->argument == NULL
			? copy(k->name)
			: format("%s [%s = %s]", k->name, k->argument, k->argument_default);

		fprintf(out, "%-44s %s\n", usage, k->about);
		free(usage);
	}
}
