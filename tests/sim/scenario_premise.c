/*
 * Scenario statements below a premise: what it is, how one signs in, how fast it is, and which of
 * the plausible behaviours it shows where nobody knows for sure.
 */
#include <string.h>
#include "sim/scenario_run.h"

/* The cloud takes tokens only; its tenant has an id from the seed until one is given. */
static void make_online(struct run *r, struct premise *p)
{
	char guid[37];

	p->online = true;
	p->product = product_find("online");
	p->schemes = SCHEME_BEARER;
	world_guid(r->w, guid);
	p->tenant = world_copy(r->w, guid);
}

/* A name as Windows has them: the host's second label, or the first of two. */
static char *forest_of(struct run *r, const char *host)
{
	const char *dot = strchr(host, '.'), *label = dot && strchr(dot + 1, '.') ? dot + 1 : host;
	char *name = world_copy(r->w, label);

	name[strcspn(name, ".")] = '\0';
	for (char *c = name; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return name;
}

/* Requests find their premise by the Host header: a name can lead to one only. */
static bool host_free(struct run *r, const char *host, const struct premise *p)
{
	const struct premise *has = world_premise_by_host(r->w, host);

	if (!*host || strpbrk(host, ":/@ "))
		return refuse(r, "'%s' is not a host name", host) == 0;
	if (has && has != p)
		return refuse(r, "the host '%s' is premise %s's", host, has->name) == 0;
	return true;
}

/* The kind and the product may stand in front of the options, each on its own. */
int st_premise(struct run *r)
{
	const char *name = next(r), *host = NULL, *word;
	struct premise *p = world_premise(r->w, name);
	const struct product *product = NULL;
	int online = -1;
	const struct option known[] = { { "host", TAKE_TEXT, &host, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	word = r->at < r->n ? r->word[r->at] : "";
	if (same(word, "onprem") || same(word, "online"))
		online = same(next(r), "online");
	if (r->at < r->n && !same(r->word[r->at], "host") &&
		!want(r, "a product", TAKE_PRODUCT, &product))
		return -1;
	if (!options(r, known) || (host && !host_free(r, host, p)))
		return -1;
	if (!p && !host)
		return refuse(r, "a new premise needs its host; usage: %s", r->statement->usage);
	if (!p && !may_make(r, "premise", name))
		return -1;
	if (!p) {
		p = world_add_premise(r->w, name);
		p->schemes = SCHEME_BASIC | SCHEME_NTLM | SCHEME_NEGOTIATE;
		p->forest = forest_of(r, host);
		if (online == 1)
			make_online(r, p);
	}
	enter(r, IN_PREMISE, p);
	if (r->dry)
		return 0;
	p->online = online >= 0 ? online == 1 : p->online;
	p->host = host ? world_copy(r->w, host) : p->host;
	p->product = product ? product : p->product;
	return 0;
}

int st_host(struct run *r)
{
	const char *host = next(r);

	if (!host_free(r, host, the_premise(r)))
		return -1;
	if (!r->dry)
		the_premise(r)->host = world_copy(r->w, host);
	return 0;
}

int st_internal_host(struct run *r)
{
	const char *host = next(r);

	if (!host_free(r, host, the_premise(r)))
		return -1;
	if (!r->dry)
		the_premise(r)->internal_host = same(host, "none") ? NULL : world_copy(r->w, host);
	return 0;
}

int st_product(struct run *r)
{
	const struct product *product;

	if (!want(r, "a product", TAKE_PRODUCT, &product))
		return -1;
	if (!r->dry)
		the_premise(r)->product = product;
	return 0;
}

/* The order of the words is the order of the SCHEME_ bits. */
int st_schemes(struct run *r)
{
	unsigned schemes = 0;
	int which;

	while (r->at < r->n) {
		if (!want_choice(r, "a scheme", "basic ntlm negotiate bearer none", &which))
			return -1;
		schemes |= which < 4 ? 1u << which : 0;
	}
	if (!r->dry)
		the_premise(r)->schemes = schemes;
	return 0;
}

int st_protection(struct run *r)
{
	int which;

	if (!want_choice(r, "a setting", "off allow require", &which))
		return -1;
	if (!r->dry)
		the_premise(r)->protection = (enum protection)which;
	return 0;
}

/* Only the hash counts: what clients see is still our own certificate. */
int st_bridge(struct run *r)
{
	const char *word = next(r);
	bool none = same(word, "none");

	if (!none && (strlen(word) != 64 || strspn(word, "0123456789abcdefABCDEF") != 64))
		return refuse(r,
			"'%s' is not a certificate's hash; expected 64 hexadecimal digits, "
			"or none",
			word);
	if (!r->dry)
		the_premise(r)->bridge = none ? NULL : world_copy(r->w, word);
	return 0;
}

/* Where a front end of this name is linked, or would be. */
static struct front_end **front_end_at(const struct run *r, const char *name)
{
	struct front_end **f = &the_premise(r)->front_ends;

	while (*f && !same_nocase((*f)->name, name))
		f = &(*f)->next;
	return f;
}

int st_front_end(struct run *r)
{
	const char *name = next(r);
	struct front_end **at = front_end_at(r, name), *f = *at;
	bool well = false, broken = false;
	int lag = f ? f->lag : 0;
	const struct option known[] = { { "well", TAKE_FLAG, &well, NULL },
		{ "broken", TAKE_FLAG, &broken, NULL }, { "lag", TAKE_SECONDS, &lag, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known) || (!f && !may_make(r, "front end", name)))
		return -1;
	if (r->dry)
		return 0;
	if (!f) {
		/* The one that every premise is born with was nobody's choice. */
		if (!the_premise(r)->front_ends_told)
			at = &the_premise(r)->front_ends;
		f = *at = world_need(r->w, sizeof *f);
		f->name = world_copy(r->w, name);
	}
	the_premise(r)->front_ends_told = true;
	f->broken = broken || (f->broken && !well);
	f->lag = lag;
	return 0;
}

/* Connections that chose it keep it: its memory stays. */
int st_no_front_end(struct run *r)
{
	const char *name = next(r);
	struct front_end **at = front_end_at(r, name);

	if (!*at)
		return r->dry ? 0 : refuse(r, "there is no front end '%s'", name);
	if (!the_premise(r)->front_ends->next)
		return refuse(r, "'%s' is the only front end; make another first", name);
	if (!r->dry)
		*at = (*at)->next;
	return 0;
}

/* Switches and their values are told by world.h: a row there is known here at once. */
int st_unsure(struct run *r)
{
	const char *name = next(r);
	struct text known = { 0 };
	int u = 0, which, end;

	while (u < UNSURE__MAX && !same(unsure_rows[u].name, name))
		u++;
	if (u == UNSURE__MAX) {
		for (int i = 0; i < UNSURE__MAX; i++)
			text_printf(&known, "%s%s", i ? " " : "", unsure_rows[i].name);
		end = refuse_known(r, "a switch", name, known.at);
		text_free(&known);
		return end;
	}
	if (!want_choice(r, "a value of this switch", unsure_rows[u].values, &which))
		return -1;
	if (!r->dry)
		the_premise(r)->unsure[u] = (unsigned char)which;
	return 0;
}

/* The value that holds without a word comes first. */
void scenario_switches(FILE *out)
{
	for (int u = 0; u < UNSURE__MAX; u++)
		fprintf(out, "%s %s\n", unsure_rows[u].name, unsure_rows[u].values);
}

/* Budgets are counted in milliseconds, and said in seconds. */
int st_throttle(struct run *r)
{
	struct throttle t = the_premise(r)->throttle;
	int budget = (int)(t.budget_ms / 1000), recharge = (int)(t.recharge_ms / 1000);
	int back_off = t.back_off_ms / 1000;
	bool off = false;
	const struct option known[] = { { "off", TAKE_FLAG, &off, NULL },
		{ "concurrency", TAKE_NUMBER, &t.concurrency, NULL },
		{ "budget", TAKE_SECONDS, &budget, NULL },
		{ "recharge", TAKE_SECONDS, &recharge, NULL },
		{ "back-off", TAKE_SECONDS, &back_off, NULL },
		{ "folder-mailboxes", TAKE_NUMBER, &t.get_folder_mailboxes, NULL },
		{ "availability-mailboxes", TAKE_NUMBER, &t.availability_mailboxes, NULL },
		{ "find-page", TAKE_NUMBER, &t.find_page, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known))
		return -1;
	if (back_off > 86400)
		return refuse(r, "a back-off of more than a day");
	if (r->dry)
		return 0;
	t.concurrency = off ? 0 : t.concurrency;
	t.budget_ms = off ? 0 : (int64_t)budget * 1000;
	t.recharge_ms = (int64_t)recharge * 1000;
	t.back_off_ms = back_off * 1000;
	the_premise(r)->throttle = t;
	return 0;
}

/* Bounded: a test that waits longer than ten minutes for an answer is a mistake. */
int st_latency(struct run *r)
{
	struct latency l = the_premise(r)->latency;
	const struct option known[] = { { "base", TAKE_NUMBER, &l.base_ms, NULL },
		{ "mailbox", TAKE_NUMBER, &l.mailbox_ms, NULL },
		{ "jitter", TAKE_NUMBER, &l.jitter_ms, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known))
		return -1;
	if (l.base_ms > 600000 || l.mailbox_ms > 600000 || l.jitter_ms > 600000)
		return refuse(r, "a latency of more than 600000 ms");
	if (!r->dry)
		the_premise(r)->latency = l;
	return 0;
}

/* Windows counts in minutes; what is said in seconds is rounded up to them. */
int st_lock_out(struct run *r)
{
	int after = 0, seconds = 1800;
	bool never = false;
	const struct option known[] = { { "never", TAKE_FLAG, &never, NULL },
		{ "after", TAKE_NUMBER, &after, NULL }, { "for", TAKE_SECONDS, &seconds, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	if (!options(r, known))
		return -1;
	if (r->dry)
		return 0;
	the_premise(r)->lock_after = never ? 0 : after;
	the_premise(r)->lock_minutes = (seconds + 59) / 60;
	return 0;
}

int st_ntlm_grace(struct run *r)
{
	int seconds;

	if (!want(r, "a duration", TAKE_SECONDS, &seconds))
		return -1;
	if (!r->dry)
		the_premise(r)->ntlm_grace_minutes = (seconds + 59) / 60;
	return 0;
}

int st_rights_delay(struct run *r)
{
	int seconds;

	if (!want(r, "a duration", TAKE_SECONDS, &seconds))
		return -1;
	if (!r->dry)
		the_premise(r)->rights_delay = seconds;
	return 0;
}

int st_premise_ews(struct run *r)
{
	bool untold = same(r->word[r->at], "untold"), yes = true;

	if (!untold && !want(r, "a value for ews", TAKE_YES, &yes))
		return -1;
	if (r->dry)
		return 0;
	the_premise(r)->ews_enabled = yes;
	the_premise(r)->ews_told = !untold;
	return 0;
}

int st_language(struct run *r)
{
	const char *word = next(r);
	size_t n = strlen(word);

	if (n < 2 || n > 10 || !strchr(word, '-') ||
		strspn(word, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
		return refuse(r, "'%s' is not a language; expected a form such as de-DE", word);
	if (!r->dry)
		the_premise(r)->language = world_copy(r->w, word);
	return 0;
}

int st_tenant(struct run *r)
{
	const char *word = next(r);
	size_t n = strlen(word);

	if (n != 36 || strspn(word, "0123456789abcdefABCDEF-") != n || word[8] != '-' ||
		word[13] != '-' || word[18] != '-' || word[23] != '-')
		return refuse(r, "'%s' is not a GUID", word);
	if (!r->dry)
		the_premise(r)->tenant = world_copy(r->w, word);
	return 0;
}

/* Accounts follow: they sign in with the domain that their premise has now. */
int st_forest(struct run *r)
{
	const char *word = next(r);

	if (!*word || strlen(word) > 15 || strpbrk(word, "\\/@. "))
		return refuse(r, "'%s' is not a NetBIOS name; expected at most 15 letters", word);
	if (r->dry)
		return 0;
	the_premise(r)->forest = world_copy(r->w, word);
	for (struct identity *i = r->w->identities; i; i = i->next)
		if (i->premise == the_premise(r))
			i->domain = the_premise(r)->forest;
	return 0;
}

/* pre-auth, old-zones: bits of a premise. */
int st_premise_flag(struct run *r)
{
	bool yes = true;

	if (r->at < r->n && !want(r, "its value", TAKE_YES, &yes))
		return -1;
	if (r->dry)
		return 0;
	if (same(r->statement->word, "pre-auth"))
		the_premise(r)->pre_auth = yes;
	else
		the_premise(r)->old_zones = yes;
	return 0;
}

/* Of mailboxes made from here on; those that are there keep theirs. */
int st_premise_zone(struct run *r)
{
	const struct zone *z;

	if (!want(r, "a zone", TAKE_ZONE, &z))
		return -1;
	if (!r->dry)
		the_premise(r)->zone = z;
	return 0;
}
