/* Service: the directory of Exchange, and members out of what it answered.
 *
 * Rules: the job row is the request, and the engine checks it again. Whom somebody picked from one
 * page is added here, at once; a whole list is a job of its own.
 */
#include "svc_directory.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_check.h"
#include "svc_work.h"

static const char *const whats[DIRECTORY__MAX] = {
	[DIRECTORY_SEARCH] = "search",
	[DIRECTORY_LISTED] = "list",
	[DIRECTORY_ROOMS] = "rooms",
};

static const struct svc_work_end ends[] = {
	{ .kind = DIRECTORY_KIND,
		.action = AUDIT_DIRECTORY_STOPPED,
		.about = "Reading of the directory" },
	{ .kind = ADD_FOUND_KIND,
		.action = AUDIT_DIRECTORY_STOPPED,
		.about = "Adding from the directory" },
	{ .kind = ROOM_TRY_KIND,
		.action = AUDIT_DIRECTORY_STOPPED,
		.about = "Test booking of a room" },
};

static const char *params_of(struct arena *a, const char *key, const char *value, const char *text)
{
	const char *const pairs[][2] = { { key, value }, { "text", text }, { NULL, NULL } };
	const char *const short_pairs[][2] = { { key, value }, { NULL, NULL } };

	return url_form(a, text ? pairs : short_pairs);
}

int svc_directory_ask(
	struct svc *s, enum directory_what what, const char *text, int64_t *job, struct err *e)
{
	const struct svc_work w = { .kind = DIRECTORY_KIND,
		.most = DIRECTORY_OPEN_MAX,
		.full = DIRECTORY_FULL,
		.may = svc_check_can,
		.action = AUDIT_DIRECTORY_ASKED,
		.about = what == DIRECTORY_ROOMS ? "Room lists" : text };

	if (what == DIRECTORY_LISTED) {
		text = str_lower(arena_strdup(s->a, text));
		if (!str_email(text))
			return ERR(e, ERR_FORM,
				"This is not the address of a list. Enter one like "
				"everybody@example.com.",
				"directory: no address");
	}
	return svc_work_start(s, &w, params_of(s->a, "what", whats[what], text), job, e);
}

void svc_directory_params(
	struct arena *a, const char *params, enum directory_what *what, const char **text)
{
	const char *word = url_get(a, params, "what");

	*text = url_get(a, params, "text");
	if (!*text)
		*text = "";
	*what = 0;
	while (*what < DIRECTORY__MAX && (!word || strcmp(word, whats[*what]) != 0))
		(*what)++;
}

int svc_directory_stop(struct svc *s, int64_t job, struct err *e)
{
	return svc_work_stop(s, ends, sizeof(ends) / sizeof(ends[0]), job, e);
}

/* --- adding --- */

static int find(struct svc *s, int64_t id, struct job *j, struct err *e)
{
	int rc = store_job_get(s->db, s->a, s->who.account, id, j, e);

	if (rc == 0 || (rc == 1 && strcmp(j->kind, DIRECTORY_KIND) != 0))
		return ERR(e, ERR_MISSING, NULL, "no answer of the directory %lld", (long long)id);
	return rc < 0 ? -1 : 0;
}

/* 1 added, 0 passed over, -1 */
static int add_one(struct svc *s, const struct job *j, int64_t n, struct err *e)
{
	struct member m = { .account = s->who.account, .calendar = "" };
	struct found_one *f;
	int64_t id;
	int rc = store_found_list(s->db, s->a, j, (struct page_of){ n - 1, 1 }, &f, e);

	if (rc != 1 || f->n != n || f->member || strcmp(f->type, DIRECTORY_MAILBOX) != 0)
		return rc < 0 ? -1 : 0;
	m.email = f->email;
	m.name = f->name;
	if (store_member_add(s->db, &m, "From the directory.", s->who.name, &id, e) < 0 ||
		svc_audit(s, AUDIT_DIRECTORY_ADDED, m.email, NULL, e) < 0)
		return -1;
	return 1;
}

static int add_rows(struct svc *s, int64_t job, const int64_t *n, size_t count, struct err *e)
{
	struct job j;
	int added = 0, rc = find(s, job, &j, e);

	for (size_t i = 0; i < count && rc >= 0; i++) {
		rc = add_one(s, &j, n[i], e);
		added += rc > 0;
	}
	return rc < 0 ? -1 : added;
}

int svc_directory_add(struct svc *s, int64_t job, const int64_t *n, size_t count, struct err *e)
{
	int added;

	if (count > DIRECTORY_PICK_MAX)
		return ERR(e, ERR_INPUT, NULL, "directory: %zu at once", count);
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	added = add_rows(s, job, n, count, e);
	if (svc_audit_commit(s, added, AUDIT_DIRECTORY_ADDED, e) < 0)
		return -1;
	return added;
}

int svc_directory_add_all(struct svc *s, int64_t from, int64_t *job, struct err *e)
{
	struct svc_work w = { .kind = ADD_FOUND_KIND,
		.most = DIRECTORY_OPEN_MAX,
		.full = DIRECTORY_FULL,
		.action = AUDIT_DIRECTORY_ALL,
		.about = "Everybody in a list" };
	const char *text;
	enum directory_what what;
	struct job j;

	if (find(s, from, &j, e) < 0)
		return -1;
	svc_directory_params(s->a, j.params, &what, &text);
	if (what == DIRECTORY_LISTED)
		w.about = text;
	return svc_work_start(s, &w,
		params_of(s->a, "from", arena_printf(s->a, "%lld", (long long)from), NULL), job, e);
}
