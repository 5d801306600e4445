/* Ctl doctor: examines an installation.
 *
 * Rules: it changes nothing. Every examination is a row and stands alone: what one needs and is not
 * there makes it silent, because the row that looks for that has spoken. A finding says what is so,
 * why that matters, and the command that mends it. What cannot be seen without being root is a
 * note, never taken as good.
 */
#include "ctl_doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "platform/str.h"

static const char *const levels[DOCTOR__MAX] = { "ok", "note", "warn", "fail" };

/* What an examination needs to have anything to look at. */
enum { ALWAYS = 0, SETTINGS = 1, DATABASE = 2 };

static void settings(struct ctl_doctor *d);

/* In the order of dependence, so that the first failure is most often the cause of the others. */
static const struct examination {
	const char *name;
	unsigned needs;
	void (*run)(struct ctl_doctor *d);
} examinations[] = {
	{ "settings", ALWAYS, settings },
	{ "users", SETTINGS, ctl_doctor_users },
	{ "files", SETTINGS, ctl_doctor_places },
	{ "database", SETTINGS, ctl_doctor_database },
	{ "keys", SETTINGS, ctl_doctor_keys },
	{ "audit", DATABASE, ctl_doctor_audit },
	{ "egress", SETTINGS, ctl_doctor_egress },
	{ "engine", SETTINGS, ctl_doctor_engine },
	{ "jobs", DATABASE, ctl_doctor_jobs },
	{ "portal", SETTINGS, ctl_doctor_portal },
	{ "web server", SETTINGS, ctl_doctor_front },
	{ "exchange", SETTINGS, ctl_doctor_parts },
	{ "sign-ins", DATABASE, ctl_doctor_signins },
	{ "connections", DATABASE, ctl_doctor_connections },
	{ "mail", DATABASE, ctl_doctor_mail },
	{ "clock", ALWAYS, ctl_doctor_clock },
	{ "dns", SETTINGS, ctl_doctor_dns },
	{ "disk", SETTINGS, ctl_doctor_disk },
	{ "cores", ALWAYS, ctl_doctor_cores },
};

enum { EXAMINATIONS = sizeof(examinations) / sizeof(examinations[0]) };

/* The lines below a finding, under its first words. */
static void tell(const char *head, const char *text)
{
	if (str_empty(text))
		return;
	printf("%-18s%s", "", head);
	ctl_out_text(text);
	putchar('\n');
}

void ctl_doctor_find(struct ctl_doctor *d, enum ctl_doctor_level level, const char *what,
	const char *why, const char *fix)
{
	struct arena *a = &d->c->arena;

	d->counts[level]++;
	CTL_ROW(d->c, d->findings, C_TEXT(levels[level]), C_TEXT(d->check),
		C_TEXT(arena_strdup(a, what)), C_TEXT(arena_strdup(a, why)),
		C_TEXT(arena_strdup(a, fix)));
	if (d->c->json || (d->c->quiet && level < DOCTOR_WARN))
		return;
	printf("%-5s %-11s ", levels[level], d->check);
	ctl_out_text(what);
	putchar('\n');
	tell("", why);
	tell("Fix: ", fix);
	fflush(stdout);
}

int ctl_doctor_hidden(struct ctl_doctor *d, const char *what, const char *log)
{
	if (geteuid() == 0 || !strstr(log, strerror(EACCES)))
		return 0;
	ctl_doctor_find(d, DOCTOR_NOTE,
		arena_printf(&d->c->arena, "The %s was not examined.", what), log,
		"Run latchkey doctor as root.");
	return 1;
}

/* Everything else needs the settings, so this one comes first and ends it when they are wrong. */
static void settings(struct ctl_doctor *d)
{
	const char *file = d->c->file ? d->c->file : CONFIG_FILE;
	struct config_view v;
	struct err e;
	size_t i, set = 0;

	if (config_load(&d->c->cf, d->c->file, &d->c->arena, &e) < 0) {
		ctl_doctor_find(d, DOCTOR_FAIL, "The settings cannot be used.", e.log,
			"Correct that line; latchkey.conf(5) lists every setting. Then: latchkey "
			"config --check");
		return;
	}
	d->settings = 1;
	for (i = 0; i < CONFIG_ROWS; i++) {
		config_show(&d->c->cf, i, &d->c->arena, &v);
		set += strcmp(v.origin, "default") != 0;
	}
	ctl_doctor_find(d, set ? DOCTOR_OK : DOCTOR_NOTE,
		arena_printf(&d->c->arena, "%zu of %d settings are set, in %s or the environment.",
			set, CONFIG_ROWS, file),
		set ? NULL : "All others have their defaults; public_url should be yours.",
		set ? NULL
		    : arena_printf(&d->c->arena, "Write public_url = https://... to %s", file));
}

/* Needs nothing from the table of commands: what would end another command is a finding here. */
int ctl_doctor(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "level", "check", "what", "why", "fix", NULL };
	struct ctl_doctor d = { .c = c, .findings = ctl_out_new(c, columns) };
	size_t i;

	(void)e;
	for (i = 0; i < EXAMINATIONS; i++) {
		if ((examinations[i].needs & (SETTINGS | DATABASE) && !d.settings) ||
			(examinations[i].needs & DATABASE && !c->db))
			continue;
		d.check = examinations[i].name;
		examinations[i].run(&d);
	}
	if (c->json)
		CTL_RECORD(c, { "healthy", C_BOOL(d.counts[DOCTOR_FAIL] == 0) },
			{ "failed", C_INT(d.counts[DOCTOR_FAIL]) },
			{ "warnings", C_INT(d.counts[DOCTOR_WARN]) },
			{ "findings", C_TABLE(d.findings) });
	ctl_out_say(c, "failed: %lld, warnings: %lld, notes: %lld, fine: %lld",
		(long long)d.counts[DOCTOR_FAIL], (long long)d.counts[DOCTOR_WARN],
		(long long)d.counts[DOCTOR_NOTE], (long long)d.counts[DOCTOR_OK]);
	return d.counts[DOCTOR_FAIL] ? CTL_FAILED : 0;
}
