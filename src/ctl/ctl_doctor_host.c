/* Ctl doctor host: do the programs answer, and is the machine they run on fit for them? */
#include "ctl_doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>
#include "platform/bell.h"
#include "platform/clock.h"
#include "platform/resolve.h"
#include "platform/str.h"
#include "platform/url.h"

enum {
	BELL_WAIT_MS = 2000,
	LATE_SECONDS = 300, /* a job that has waited for longer is late */
	CLOCK_SLACK = 300,  /* clocks that differ by less are one time */
	INODES_LEAST = 1000,
	HTTP_OK = 200,
	HTTP_AWAY = 503,
	SHOWN = 200 /* bytes of a page in a finding */
};

/* Nobody ran this program before then. */
#define BIRTH 1767225600 /* 2026-01-01 */

/* Bytes free: below the first a full disk is near, below the second somebody should think of it. */
static const int64_t DISK_LEAST = 100 << 20, DISK_WANTED = 1 << 30;

#define START_ENGINE "systemctl start latchkey-engine; journalctl -u latchkey-engine says more"
#define START_PORTAL "systemctl start latchkey-web; journalctl -u latchkey-web says more"

/* First line of a small file, in the arena; NULL when there is none. */
static const char *first_line(struct ctl_doctor *d, const char *path, const char *start)
{
	char line[256];
	const char *found = NULL;
	FILE *f = fopen(path, "re");

	while (f && !found && fgets(line, sizeof(line), f)) {
		if (str_starts(line, start))
			found = str_trim(arena_strdup(&d->c->arena, line));
	}
	if (f)
		fclose(f);
	return found;
}

/* It hears the bell; but does it work, is it the same version, and has it learnt the newest key? */
static void check_pulse(struct ctl_doctor *d, const struct engine_pulse *p)
{
	struct arena *a = &d->c->arena;
	struct seal_public key;
	struct err e;

	if (!svc_engine_alive(p))
		ctl_doctor_find(d, DOCTOR_FAIL, "The engine answers, but its pulse has stopped.",
			"It cannot write to the database, or works on another one.",
			"journalctl -u latchkey-engine says why");
	else if (strcmp(p->version, LATCHKEY_VERSION) != 0)
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(a, "The engine is version %s, this program %s.", p->version,
				LATCHKEY_VERSION),
			"It was not started again after an upgrade.",
			"systemctl restart latchkey-engine latchkey-web");
	else if (seal_public_load(d->c->cf.public_keys, &key, &e) == 0 &&
		strcmp(p->key_id, key.id) != 0)
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(a, "The engine works with key %s, the portal with %s.",
				p->key_id, key.id),
			"A rotation was interrupted.", "latchkey keys rotate");
	else
		ctl_doctor_find(d, DOCTOR_OK,
			arena_printf(a, "The engine answers (process %lld).", (long long)p->pid),
			NULL, NULL);
}

/* The bell is answered by the process itself, so it comes before what the store says about it. */
void ctl_doctor_engine(struct ctl_doctor *d)
{
	struct engine_pulse p = { .version = "", .key_id = "" };
	struct err e, ignored;
	int seen = d->c->db ? store_engine_get(d->c->db, &d->c->arena, &p, &ignored) : 0;

	if (bell_ring(d->c->cf.doorbell, BELL_PING, 0, BELL_WAIT_MS, &e) == 0)
		check_pulse(d, &p);
	else if (seen > 0 && svc_engine_alive(&p) && geteuid() != 0 &&
		!ctl_place_is_me(d->c->cf.engine_user))
		ctl_doctor_find(d, DOCTOR_NOTE,
			"The engine's pulse beats, but it does not answer to you.", e.log,
			"Run latchkey doctor as root.");
	else if (!ctl_doctor_hidden(d, "engine", e.log))
		ctl_doctor_find(d, DOCTOR_FAIL, "The engine does not answer.", e.log, START_ENGINE);
}

/* A queue that is not worked off shows an engine that runs and does not get on. */
void ctl_doctor_jobs(struct ctl_doctor *d)
{
	struct err e;
	int64_t due;

	if (store_job_next_due(d->c->db, &due, &e) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL, "The jobs cannot be read.", e.log, NULL);
	else if (due && due < clock_now() - LATE_SECONDS)
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(&d->c->arena, "A job has been waiting for %lld minutes.",
				(long long)(clock_now() - due) / 60),
			"The engine is away, or has more to do than it can.", "latchkey jobs list");
	else
		ctl_doctor_find(d, DOCTOR_OK, "No job is late.", NULL, NULL);
}

/* The portal says 503 when the engine is away; that is the engine's finding, not the portal's. */
static int is_healthy(const struct ctl_answer *a)
{
	return a->status == HTTP_OK || (a->status == HTTP_AWAY && strstr(a->body, "store: ok"));
}

/* A page of words as one line. */
static const char *one_line(struct ctl_doctor *d, const char *text)
{
	char *copy = arena_strndup(&d->c->arena, text, strnlen(text, SHOWN)), *p;

	for (p = copy; *p; p++) {
		if (*p == '\r' || *p == '\n')
			*p = ' ';
	}
	return str_trim(copy);
}

void ctl_doctor_portal(struct ctl_doctor *d)
{
	struct ctl_answer a = { 0 };
	struct err e;

	if (ctl_probe_fastcgi(d->c, &a, &e) < 0) {
		if (!ctl_doctor_hidden(d, "portal", e.log))
			ctl_doctor_find(
				d, DOCTOR_FAIL, "The portal does not answer.", e.log, START_PORTAL);
		return;
	}
	if (is_healthy(&a))
		ctl_doctor_find(d, DOCTOR_OK, "The portal answers.", NULL, NULL);
	else
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&d->c->arena, "The portal answers with status %d: %s",
				a.status, one_line(d, a.body)),
			"It cannot use the database, the templates or the public keys.",
			"journalctl -u latchkey-web says why");
}

void ctl_doctor_front(struct ctl_doctor *d)
{
	struct arena *arena = &d->c->arena;
	const char *url = d->c->cf.public_url;
	struct ctl_answer a = { 0 };
	struct err e;

	if (d->c->cf.secure)
		ctl_doctor_find(d, DOCTOR_NOTE, "The web server in front was not asked.",
			"Its certificate should be judged from where the people are.",
			arena_printf(arena, "From there: curl --fail %s/health", url));
	else if (ctl_probe_http(d->c, &a, &e) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(arena, "No web server answers at %s.", url), e.log,
			"Start the web server; doc/examples has settings for nginx and Apache.");
	else if (!is_healthy(&a))
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(arena, "The web server answers with status %d.", a.status),
			"It cannot connect to the portal's socket, or passes other addresses "
			"there.",
			"Compare its settings with doc/examples, and its group with socket_group.");
	else
		ctl_doctor_find(d, DOCTOR_OK, arena_printf(arena, "%s answers.", url), NULL, NULL);
}

/* When the newest row of the audit log was written; 0 = there is none. */
static int64_t newest_row(struct ctl_doctor *d)
{
	unsigned char hash[SEAL_HASH];
	struct audit *r;
	struct err e;
	int64_t seq;

	if (!d->c->db || store_audit_head(d->c->db, &seq, hash, &e) < 0 || seq == 0 ||
		store_audit_walk(d->c->db, &d->c->arena, seq, 1, &r, &e) != 1)
		return 0;
	return r->at;
}

/* Three witnesses: the log, the machine's own clock, and the kernel's word on synchronisation. */
void ctl_doctor_clock(struct ctl_doctor *d)
{
	const char *line = first_line(d, "/sys/class/rtc/rtc0/since_epoch", "");
	int64_t now = clock_now(), last = newest_row(d), rtc = 0;
	struct timex tx = { 0 };
	int known = line && str_int(line, 0, INT64_MAX, &rtc) == 0;

	if (now < BIRTH)
		ctl_doctor_find(d, DOCTOR_FAIL, "The clock is years behind.",
			"Links and sessions would last too long, certificates are refused.",
			"timedatectl set-ntp true");
	else if (now + CLOCK_SLACK < last)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(&d->c->arena,
				"The clock is %lld s behind the newest row of the audit log.",
				(long long)(last - now)),
			"It was wrong then, or it is now.", "timedatectl set-ntp true");
	else if (known && (rtc > now + CLOCK_SLACK || rtc < now - CLOCK_SLACK))
		ctl_doctor_find(d, DOCTOR_WARN,
			arena_printf(&d->c->arena, "The machine's own clock differs by %lld s.",
				(long long)(rtc - now)),
			"After the next start the time would be wrong.", "hwclock --systohc");
	else if (adjtimex(&tx) == TIME_ERROR)
		ctl_doctor_find(d, DOCTOR_NOTE, "Nothing keeps the clock right.",
			"Sign-in codes and certificates need the time.",
			"timedatectl set-ntp true");
	else
		ctl_doctor_find(d, DOCTOR_OK, "The clock is right.", NULL, NULL);
}

/* Only a name of this installation is asked for: an examination tells no stranger that it runs. */
void ctl_doctor_dns(struct ctl_doctor *d)
{
	struct arena *a = &d->c->arena;
	struct addresses found;
	struct url u;
	struct err e;

	if (url_parse(a, d->c->cf.public_url, &u) < 0 || u.literal)
		ctl_doctor_find(d, DOCTOR_NOTE, "The name servers were not asked.",
			"public_url holds no name to ask for.",
			"Ask for a server of yours: latchkey egress check HOST");
	else if (ctl_egress_resolve(d->c, u.host, &found, &e) < 0)
		ctl_doctor_find(d, DOCTOR_FAIL,
			arena_printf(a, "The address of %s was not found.", u.host), e.log,
			*d->c->cf.dns_servers ? "Correct dns_servers."
					      : "Correct /etc/resolv.conf, or set dns_servers.");
	else
		ctl_doctor_find(d, DOCTOR_OK, arena_printf(a, "The name servers know %s.", u.host),
			NULL, NULL);
}

/* SQLite needs room for the database's growth and for its log, at the same place. */
void ctl_doctor_disk(struct ctl_doctor *d)
{
	struct arena *a = &d->c->arena;
	const char *path = d->c->cf.database;
	const char *dir = arena_strndup(a, path, (size_t)(strrchr(path, '/') + 1 - path));
	struct statvfs fs;
	int64_t left;

	if (statvfs(dir, &fs) < 0)
		return; /* a missing directory is a finding of the files */
	left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	ctl_doctor_find(d,
		left < DISK_LEAST	     ? DOCTOR_FAIL
			: left < DISK_WANTED ? DOCTOR_WARN
					     : DOCTOR_OK,
		arena_printf(a, "%lld MiB are free at %s.", (long long)(left >> 20), dir),
		left < DISK_WANTED ? "When the disk is full nothing can be saved." : NULL,
		left < DISK_WANTED ? "Free some space, or move the database to a larger disk."
				   : NULL);
	if (fs.f_files > 0 && fs.f_favail < INODES_LEAST)
		ctl_doctor_find(d, DOCTOR_WARN, "The disk has hardly any free inodes.",
			"No file can be made when there are none.", "Remove files there.");
}

/* May the running engine leave its memory on disk? */
static int engine_dumps(struct ctl_doctor *d)
{
	struct engine_pulse p;
	struct err e;
	const char *line;

	if (!d->c->db || store_engine_get(d->c->db, &d->c->arena, &p, &e) <= 0 ||
		!svc_engine_alive(&p))
		return 0;
	/* "Max core file size  SOFT  HARD  bytes" */
	line = first_line(d, arena_printf(&d->c->arena, "/proc/%lld/limits", (long long)p.pid),
		"Max core file size ");
	return line && line[strcspn(line, "0123456789u")] != '0';
}

/* The programs switch dumps off themselves; here is what could undo it. */
void ctl_doctor_cores(struct ctl_doctor *d)
{
	const char *line = first_line(d, "/proc/sys/fs/suid_dumpable", "");

	if (line && strcmp(line, "1") == 0)
		ctl_doctor_find(d, DOCTOR_WARN, "The kernel dumps processes that changed users.",
			"A crash could leave keys on disk.", "sysctl fs.suid_dumpable=0");
	else if (engine_dumps(d))
		ctl_doctor_find(d, DOCTOR_WARN, "The engine may leave a core file.",
			"It would hold keys.",
			"LimitCORE=0 in the unit; systemctl restart latchkey-engine");
	else
		ctl_doctor_find(d, DOCTOR_OK, "No process leaves its memory on disk.", NULL, NULL);
}
