/*
 * GetUserAvailability: EWS.md 8.1 and 0.2. Reads the request, refuses what is wrong with the whole
 * of it by a fault, and asks for each mailbox what the caller may see; the answer is the lower of
 * what was asked and what is granted. Answers carry no address: they stand in the order of the
 * question, whatever became of each.
 */
#include "sim/op_busy.h"

#include <stdlib.h>
#include <string.h>

#define DAY ((int64_t)86400)

/* The request */

bool busy_number(const char *s, long min, long max, int *out)
{
	char *end;
	long n;

	if (s == NULL || *s == '\0')
		return false;
	n = strtol(s, &end, 10);
	if (*end != '\0' || n < min || n > max)
		return false;
	*out = (int)n;
	return true;
}

static bool read_number(struct call *c, xmlNode *n, const char *name, const long range[2], int *out)
{
	return busy_number(node_child_text(c, n, NS_T, name), range[0], range[1], out);
}

/* -1: none, or one of the kinds of days that are no weekday. */
static int weekday_named(const char *s)
{
	static const char *const names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };

	for (int n = 0; n < 7; n++) {
		if (same(s, names[n]))
			return n;
	}
	return -1;
}

/* hh:mm:ss, to minutes. */
static bool read_clock(const char *s, int *minute)
{
	struct text t = { 0 };
	enum when_kind kind;
	int64_t at = 0;
	bool good;

	text_puts(&t, "1970-01-01T");
	text_puts(&t, s != NULL ? s : "");
	good = s != NULL && when_read(t.at, &at, &kind) && kind == WHEN_LOCAL && at < DAY;
	*minute = (int)(at / 60);
	text_free(&t);
	return good;
}

/* A change that is given with its year is a date: the weekday rule that meets it. */
static bool date_rule(struct zone_change *z, const char *year)
{
	int y;

	if (!busy_number(year, 1601, 4500, &y) || z->month < 1 || z->nth < 1 ||
		z->nth > days_in_month(y, z->month))
		return false;
	z->weekday = civil_of(civil_at(y, z->month, z->nth, 0, 0, 0)).weekday;
	z->nth = (z->nth - 1) / 7 + 1;
	return true;
}

/* t:StandardTime or t:DaylightTime. */
static bool read_change(struct call *c, xmlNode *n, struct zone_change *z, int *bias)
{
	static const long biases[] = { -1440, 1440 }, orders[] = { 0, 31 }, months[] = { 0, 12 };
	const char *year = node_child_text(c, n, NS_T, "Year");

	if (!read_number(c, n, "Bias", biases, bias) ||
		!read_number(c, n, "DayOrder", orders, &z->nth) ||
		!read_number(c, n, "Month", months, &z->month) ||
		!read_clock(node_child_text(c, n, NS_T, "Time"), &z->minute))
		return false;
	if (year != NULL && *year != '\0' && !same(year, "0"))
		return date_rule(z, year);
	z->weekday = weekday_named(node_child_text(c, n, NS_T, "DayOfWeek"));
	return z->month == 0 || (z->nth >= 1 && z->nth <= 5 && z->weekday >= 0);
}

/* Bias is what UTC is ahead by; those within are added to it. A zone without daylight time has
 * month 0, or the same bias twice. */
static bool read_zone(struct call *c, xmlNode *n, struct zone *z)
{
	static const long biases[] = { -1440, 1440 };
	xmlNode *standard = node_child(n, NS_T, "StandardTime");
	xmlNode *daylight = node_child(n, NS_T, "DaylightTime");
	int standard_bias = 0, daylight_bias = 0;

	*z = (struct zone){ .id = "", .name = "", .iana = "" };
	if (!read_number(c, n, "Bias", biases, &z->bias))
		return false;
	if ((standard != NULL && !read_change(c, standard, &z->to_standard, &standard_bias)) ||
		(daylight != NULL && !read_change(c, daylight, &z->to_daylight, &daylight_bias)))
		return false;
	z->bias += standard_bias;
	if (z->to_standard.month != 0 && z->to_daylight.month != 0)
		z->daylight_bias = daylight_bias - standard_bias;
	if (z->daylight_bias == 0)
		z->to_standard.month = z->to_daylight.month = 0;
	return true;
}

/* The zone given by rules stands before the one of the header, which older clients do not know. */
static void zone_of_request(struct ask *a)
{
	struct call *c = a->call;
	xmlNode *n = node_child(c->op, NS_T, "TimeZone");

	a->zone = &zones[0];
	if (n != NULL && read_zone(c, n, &a->own))
		a->zone = &a->own;
	else if (n != NULL)
		soap_fault(c, "ErrorTimeZone", NO_MORE);
	else if (c->zone != NULL && c->level >= LEVEL_2010)
		a->zone = c->zone;
	else if (!world_unsure(c->premise, UNSURE_BUSY_ZONE, "utc"))
		soap_fault(c, world_unsure_value(c->premise, UNSURE_BUSY_ZONE), NO_MORE);
}

/* Bare times are of the request's zone, others say where they are. */
static bool read_when(const struct ask *a, const char *s, utc_t *at)
{
	enum when_kind kind;

	if (s == NULL || !when_read(s, at, &kind))
		return false;
	if (kind == WHEN_LOCAL)
		*at = zone_utc(a->zone, *at);
	return true;
}

bool busy_window(const struct ask *a, xmlNode *window, utc_t *from, utc_t *to)
{
	struct call *c = a->call;

	return read_when(a, node_child_text(c, window, NS_T, "StartTime"), from) &&
		read_when(a, node_child_text(c, window, NS_T, "EndTime"), to) && *from < *to;
}

int busy_window_days(const struct ask *a)
{
	return world_unsure(a->call->premise, UNSURE_BUSY_WINDOW, "42") ? 42 : 62;
}

/* 0: nothing that can be shown. */
static int view_named(const char *words)
{
	static const struct {
		const char *name;
		int show;
	} views[] = { { "MergedOnly", SHOW_MERGED }, { "FreeBusy", SHOW_TIMES },
		{ "FreeBusyMerged", SHOW_TIMES | SHOW_MERGED },
		{ "Detailed", SHOW_TIMES | SHOW_DETAILS },
		{ "DetailedMerged", SHOW_TIMES | SHOW_DETAILS | SHOW_MERGED } };
	int show = 0;

	/* The schema makes it a list. */
	while (words != NULL && *words != '\0') {
		size_t n = strcspn(words, " \t\r\n");

		for (size_t k = 0; k < sizeof(views) / sizeof(views[0]); k++) {
			if (strlen(views[k].name) == n && memcmp(views[k].name, words, n) == 0)
				show |= views[k].show;
		}
		words += n;
		words += strspn(words, " \t\r\n");
	}
	return show;
}

/* t:FreeBusyViewOptions. */
static void options_of_request(struct ask *a, xmlNode *n)
{
	struct call *c = a->call;
	const char *s = node_child_text(c, n, NS_T, "MergedFreeBusyIntervalInMinutes");
	int interval = 30;

	if (!busy_window(a, node_child(n, NS_T, "TimeWindow"), &a->from, &a->to)) {
		soap_fault(c, "ErrorInvalidTimeInterval", NO_MORE);
		return;
	}
	if (s != NULL && !busy_number(s, 5, 1440, &interval)) {
		soap_fault(c, "ErrorInvalidMergedFreeBusyInterval", NO_MORE);
		return;
	}
	a->show = view_named(node_child_text(c, n, NS_T, "RequestedView"));
	if (a->show == 0) {
		soap_fault(c, "ErrorInvalidFreeBusyViewType", NO_MORE);
		return;
	}
	a->step = (int64_t)interval * 60;
	/* The clock may be set back an hour within a window of whole days. */
	a->too_long = a->to - a->from > busy_window_days(a) * DAY + 3600;
	/* Recordings of 2007 carry offsets, those of later servers do not. */
	a->offsets = world_unsure(c->premise, UNSURE_BUSY_TIMES, "offset") ||
		(world_unsure(c->premise, UNSURE_BUSY_TIMES, "by-version") &&
			c->premise->product->major <= 8);
	a->empty_days = world_unsure(c->premise, UNSURE_BUSY_DAY_OF_WEEK, "empty");
	a->elsewhere = c->level >= LEVEL_2013;
	if (!a->too_long)
		a->n_merged = (size_t)((a->to - a->from + a->step - 1) / a->step);
}

/* Mailboxes */

static uint32_t rights_on(const struct ask *a, const struct mailbox *m)
{
	const struct call *c = a->call;
	uint32_t rights = world_rights(c->world, m, FOLDER_CALENDAR, access_as(c), c->view);

	if (rights & RIGHT_READ_ANY)
		rights |= RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED;
	/* Over an organisation relationship titles and places are the most there is. */
	if (m->home != c->premise)
		rights &= RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED;
	return rights & (RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED) ? rights : 0;
}

static void add_member(struct asked *who, struct mailbox *m)
{
	for (int n = 0; n < who->n; n++) {
		if (who->members[n] == m)
			return;
	}
	if (who->n <= BUSY_GROUP_MAX)
		who->members[who->n++] = m;
}

/* One more than may be is enough to know that it is too many. */
static void add_members(struct asked *who, const struct group *g, int depth)
{
	for (int n = 0; n < g->n_members && who->n <= BUSY_GROUP_MAX; n++)
		add_member(who, g->members[n]);
	for (int n = 0; depth > 0 && g->groups != NULL && g->groups[n] != NULL; n++)
		add_members(who, g->groups[n], depth - 1);
}

static bool is_address(const char *s)
{
	const char *at = s != NULL ? strchr(s, '@') : NULL;

	return at != NULL && at != s && at[1] != '\0' && strpbrk(s, " \t\r\n<>") == NULL &&
		strchr(at + 1, '@') == NULL;
}

/* Nobody has this address. */
static const char *unknown(struct call *c, const char *address)
{
	const char *code = world_unsure_value(c->premise, UNSURE_BUSY_UNKNOWN);

	if (!is_address(address))
		return "ErrorInvalidSmtpAddress";
	if (same(code, "ErrorProxyRequestProcessingFailed"))
		c->say = "Proxy web request failed. , inner exception: System.Net.WebException: "
			 "The remote server returned an error: (404) Not Found.";
	return code;
}

const char *busy_find(struct ask *a, xmlNode *data, struct asked *who)
{
	struct call *c = a->call;
	xmlNode *email = node_child(data, NS_T, "Email");
	const char *address = node_child_text(c, email, NS_T, "Address");
	struct mailbox *m = address != NULL ? world_mailbox(c->world, address) : NULL;
	const struct group *g;

	who->n = 0;
	who->is_group = false;
	if (m != NULL && !m->gone) {
		who->members[who->n++] = m;
		return NULL;
	}
	g = address != NULL ? world_group(c->world, address) : NULL;
	if (g == NULL)
		return unknown(c, address);
	who->is_group = true;
	add_members(who, g, 16);
	if (who->n <= BUSY_GROUP_MAX)
		return NULL;
	return c->level >= LEVEL_2010 ? "ErrorFreeBusyDLLimitReached"
				      : "ErrorIndividualMailboxLimitReached";
}

const char *busy_denied(const struct ask *a, const struct mailbox *m, uint32_t *rights)
{
	const struct call *c = a->call;

	/* Switched off, it is no recipient any more. */
	if (!m->enabled)
		return "ErrorMailRecipientNotFound";
	if (m->moving)
		return "ErrorMailboxLogonFailed";
	if (m->trouble != NULL)
		return m->trouble;
	if (m->home != c->premise && !world_unsure(c->premise, UNSURE_BUSY_HYBRID, "works"))
		return world_unsure_value(c->premise, UNSURE_BUSY_HYBRID);
	*rights = rights_on(a, m);
	return *rights == 0 ? "ErrorNoFreeBusyAccess" : NULL;
}

/* Codes whose number and exception are known from real answers. */
static const struct exception_row {
	const char *code, *exception, *number;
} exceptions[] = {
	{ "ErrorMailRecipientNotFound", "MailRecipientNotFoundException", "5009" },
	{ "ErrorNoFreeBusyAccess", "NoFreeBusyAccessException", "5037" },
	{ "ErrorInvalidSmtpAddress", "InvalidSmtpAddressException", "5035" },
};

/* Its children are of the errors namespace, as in recorded answers. */
static void write_exception(struct ask *a, const char *code)
{
	struct call *c = a->call;
	struct text *t = &c->out;

	for (size_t n = 0; n < sizeof(exceptions) / sizeof(exceptions[0]); n++) {
		const struct exception_row *e = &exceptions[n];

		if (!same(e->code, code))
			continue;
		text_puts(t,
			"<m:MessageXml><ExceptionType xmlns=\"" NS_E
			"\">Microsoft.Exchange.InfoWorker.Common.Availability.");
		text_puts(t, e->exception);
		text_puts(t, "</ExceptionType><ExceptionCode xmlns=\"" NS_E "\">");
		text_puts(t, e->number);
		text_puts(t, "</ExceptionCode><ExceptionServerName xmlns=\"" NS_E "\">");
		xml_text(t, c->front_end != NULL ? c->front_end->name : c->premise->name);
		text_puts(t, "</ExceptionServerName></m:MessageXml>");
	}
}

/* Even then there is a view, of type None. */
static void write_error(struct ask *a, const char *code)
{
	struct call *c = a->call;

	text_puts(&c->out, "<m:FreeBusyResponse>");
	message_begin(c, "m:ResponseMessage", code, NO_MORE);
	write_exception(a, code);
	message_end(c, "m:ResponseMessage");
	text_puts(&c->out,
		"<m:FreeBusyView><t:FreeBusyViewType>None</t:FreeBusyViewType>"
		"</m:FreeBusyView></m:FreeBusyResponse>");
}

static void answer_one(struct ask *a, xmlNode *data, struct asked *who)
{
	const char *code = busy_find(a, data, who);
	uint32_t rights = 0;

	if (code == NULL && a->too_long)
		code = "ErrorTimeIntervalTooBig";
	if (code == NULL && who->is_group) {
		busy_write_group(a, who);
		return;
	}
	if (code == NULL)
		code = busy_denied(a, who->members[0], &rights);
	if (code == NULL)
		code = busy_write_mailbox(a, who->members[0], rights);
	if (code != NULL)
		write_error(a, code);
}

static int count(xmlNode *list)
{
	int n = 0;

	for (xmlNode *d = node_first(list); d != NULL; d = node_next(d))
		n++;
	return n;
}

static void answer_all(struct ask *a, xmlNode *list)
{
	struct text *t = &a->call->out;
	struct asked who;

	a->merged = need(a->n_merged + 1);
	text_puts(t, "<m:FreeBusyResponseArray>");
	for (xmlNode *d = node_first(list); d != NULL; d = node_next(d))
		answer_one(a, d, &who);
	text_puts(t, "</m:FreeBusyResponseArray>");
	free(a->merged);
	text_free(&a->working);
}

/* How many may be asked about at once. */
static const char *wrong_list(const struct call *c, int n)
{
	int max = c->premise->throttle.availability_mailboxes;

	if (n == 0)
		return "ErrorMailboxDataArrayEmpty";
	return max > 0 && n > max ? "ErrorMailboxDataArrayTooBig" : NULL;
}

void op_get_user_availability(struct call *c)
{
	struct ask a = { .call = c };
	xmlNode *list = node_child(c->op, NS_M, "MailboxDataArray");
	xmlNode *options = node_child(c->op, NS_T, "FreeBusyViewOptions");
	xmlNode *suggest = node_child(c->op, NS_T, "SuggestionsViewOptions");
	const char *wrong = wrong_list(c, count(list));

	c->items = c->mailboxes = count(list);
	if (wrong == NULL && options == NULL && suggest == NULL)
		wrong = "ErrorMissingArgument";
	if (wrong != NULL) {
		soap_fault(c, wrong, NO_MORE);
		return;
	}
	zone_of_request(&a);
	if (options != NULL && !soap_failed(c))
		options_of_request(&a, options);
	if (soap_failed(c))
		return;
	xml_open(&c->out, c->operation->element);
	if (options != NULL)
		answer_all(&a, list);
	if (suggest != NULL)
		busy_suggest(&a, suggest, list);
	xml_close(&c->out, c->operation->element);
}
