/* Minimal: the least program that could answer for a page: libfcgi, one prepared SELECT, and the
 * portal's own template with the same values. What scripts/bench holds the portal against. It
 * answers for the overview, and for the list of members with or without a status.
 *
 * usage: minimal SOCKET TEMPLATES DATABASE WORKERS
 */
#include "minimal.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char select_account[] = "SELECT name FROM account WHERE id = ?";

static const struct value around[] = {
	{ M_NOW, "2026-11-21T09:42:00Z" },
	{ M_BUILD, LATCHKEY_VERSION },
	{ M_VERSION, LATCHKEY_VERSION },
	{ M_CSRF, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ M_THEME, "" },
	{ M_THEME_SYSTEM, "true" },
	{ M_THEME_LIGHT, "false" },
	{ M_THEME_DARK, "false" },
	{ M_MY_NAME, "Avery Stone" },
	{ M_MY_EMAIL, "admin@example.com" },
	{ M_MY_ROLE, "Account admin" },
	{ M_INITIALS, "AS" },
};

static const struct value overview[] = {
	{ M_TITLE, "Overview" },
	{ M_HEALTH_CLASS, "is-unknown" },
	{ M_HEALTH_ICON, "plug" },
	{ M_HEALTH_WORD, "Not set up" },
	{ M_ADMINS, "1" },
	{ M_PEOPLE, "1" },
	{ M_LINKS, "0" },
};

static const struct value nav[][3] = {
	{ { M_NAV_URL, "/overview" }, { M_NAV_ICON, "overview" }, { M_NAV_NAME, "Overview" } },
	{ { M_NAV_URL, "/connection" }, { M_NAV_ICON, "plug" }, { M_NAV_NAME, "Connection" } },
	{ { M_NAV_URL, "/members" }, { M_NAV_ICON, "people" }, { M_NAV_NAME, "Members" } },
	{ { M_NAV_URL, "/audit" }, { M_NAV_ICON, "audit" }, { M_NAV_NAME, "Audit log" } },
	{ { M_NAV_URL, "/settings" }, { M_NAV_ICON, "settings" }, { M_NAV_NAME, "Settings" } },
};

static const struct value event[] = {
	{ M_EVENT_CLASS, "is-ok" },
	{ M_EVENT_ICON, "lock" },
	{ M_EVENT_SAY, "Own password entered again" },
	{ M_EVENT_AT_ISO, "2026-11-21T09:41:00Z" },
	{ M_EVENT_AT, "21 November 2026, 09:41 UTC" },
	{ M_EVENT_WHO, "Avery Stone" },
};

enum { EVENTS = 8 };

/* The page that is asked for. */
enum which { OVERVIEW, MEMBERS, SOME_MEMBERS, WHICH__MAX };

void minimal_set(struct view *v, const struct value *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		view_set(v, list[i].marker, list[i].text);
}

sqlite3_stmt *minimal_sql(sqlite3 *db, const char *text)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, text, -1, &st, NULL)) {
		fprintf(stderr, "minimal: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	return st;
}

struct view *minimal_page(enum tpl page, const char *here)
{
	struct view *v = view_new(T_LAYOUT, page), *row;
	size_t i;

	SET_ALL(v, around);
	view_set(v, M_HERE, here);
	for (i = 0; i < sizeof(nav) / sizeof(*nav); i++) {
		row = view_add(v, M_NAV);
		SET_ALL(row, nav[i]);
		if (strcmp(nav[i][0].text, here) == 0)
			view_show(row, M_NAV_HERE);
	}
	return v;
}

static struct view *page_overview(sqlite3_stmt *st)
{
	struct view *v = minimal_page(T_OVERVIEW, "/overview");
	size_t i;

	sqlite3_bind_int(st, 1, 1);
	if (sqlite3_step(st) == SQLITE_ROW)
		view_set(v, M_ORG, (const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	SET_ALL(v, overview);
	view_show(v, M_FINE);
	view_show(v, M_UNSET);
	view_show(v, M_NO_CENSUS);
	view_show(v, M_HEALTH_PILL);
	for (i = 0; i < EVENTS; i++)
		SET_ALL(view_add(v, M_EVENT), event);
	return v;
}

static enum which which_of(const char *uri)
{
	if (!uri || strncmp(uri, "/members", 8) != 0)
		return OVERVIEW;
	return uri[8] ? SOME_MEMBERS : MEMBERS;
}

static void page(enum which which, sqlite3_stmt *st, struct buf *out)
{
	struct view *v =
		which == OVERVIEW ? page_overview(st) : minimal_members(st, which == SOME_MEMBERS);
	struct err e;

	buf_clear(out);
	if (view_render(v, out, &e) < 0)
		exit(1);
	view_free(v);
}

static void work(int sock, const char *database)
{
	sqlite3_stmt *st[WHICH__MAX];
	FCGX_Request rq;
	enum which which;
	struct buf out;
	sqlite3 *db;

	if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL))
		exit(1);
	st[OVERVIEW] = minimal_sql(db, select_account);
	st[MEMBERS] = minimal_members_sql(db, 0);
	st[SOME_MEMBERS] = minimal_members_sql(db, 1);
	buf_init(&out, 1 << 20);
	FCGX_InitRequest(&rq, sock, 0);
	while (FCGX_Accept_r(&rq) == 0) {
		which = which_of(FCGX_GetParam("REQUEST_URI", rq.envp));
		page(which, st[which], &out);
		FCGX_FPrintF(rq.out, "Status: 200 OK\r\nContent-Type: text/html\r\n\r\n");
		FCGX_PutStr(out.p, (int)out.len, rq.out);
		FCGX_Finish_r(&rq);
	}
}

int main(int argc, char **argv)
{
	struct err e;
	pid_t self = getpid();
	int sock, i, workers;

	if (argc != 5 || FCGX_Init() != 0 || view_init(argv[2], &e) < 0)
		return 2;
	workers = (int)strtol(argv[4], NULL, 10);
	sock = FCGX_OpenSocket(argv[1], 1024);
	if (sock < 0 || chmod(argv[1], 0666) < 0)
		return 1;
	for (i = 0; i < workers; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != self)
				_exit(0);
			work(sock, argv[3]);
			_exit(0);
		}
	}
	signal(SIGTERM, SIG_DFL);
	while (wait(NULL) > 0)
		;
	return 0;
}
