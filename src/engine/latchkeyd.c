/* Latchkeyd: the engine: the process that holds the keys and talks to servers.
 *
 * The order of its start is its security: settings, another user, keys, everything that must be
 * opened, then the sandbox, and only then the first byte from anybody else. It is crash-only: all
 * state is in the store, so being killed at any moment loses nothing, and stopping is only politer.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include "doorbell.h"
#include "engine.h"
#include "exchange/binding.h"
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "exchange/zone.h"
#include "job_kinds.h"
#include "keeper.h"
#include "keyring.h"
#include "made_tell.h"
#include "mailer.h"
#include "notify.h"
#include "patrol.h"
#include "platform/log.h"
#include "platform/sandbox.h"
#include "platform/str.h"
#include "pulse.h"
#include "remind.h"
#include "sealer.h"
#include "store/migrate.h"
#include "store/store.h"
#include "watch.h"

enum { EXIT_USAGE = 64, CONFIG_ARENA = 1 << 20, OWNER_SIZE = 200 };

static const char usage[] = "usage: latchkeyd [-c FILE] [-hV]\n"
			    "  -c FILE  settings (" CONFIG_FILE ")\n"
			    "  -h       this text\n"
			    "  -V       version\n";

/* The process: the engine, and what only its start and end need. */
struct daemon {
	struct engine eng;
	struct config cf;
	struct arena a;
	const char *config_file; /* NULL: the usual one */
	struct egress *egress;
	struct notify *notify;
	int lock;
	char owner[OWNER_SIZE];
};

/* --- keys --- */

static struct keyring *load_keys(const struct config *cf, struct err *e)
{
	const struct keyfile from = { cf->key_file, cf->key_command, geteuid(), 0 };

	return keyring_load(&from, e);
}

/* A ring that cannot be read leaves the old one in place. */
static void reload_keys(struct daemon *d)
{
	struct keyring *fresh;
	struct err e;

	if (!str_empty(d->cf.key_command)) {
		log_warn("keys.restart", LF_S("why", "key_command runs at the start only"));
		return;
	}
	fresh = load_keys(&d->cf, &e);
	if (!fresh) {
		log_err("keys.kept", &e);
		return;
	}
	keyring_free(d->eng.keys);
	d->eng.keys = fresh;
	log_info("keys.loaded", LF_I("keys", keyring_count(fresh)),
		LF_S("active", keyring_active(fresh)->id));
	pulse_now(d->eng.pulse);
}

/* --- rings and signals --- */

/* A ring says where to look, never what to do: the job's number is for the log only. */
static void on_ring(void *ptr, enum bell_verb verb, int64_t job)
{
	struct daemon *d = ptr;

	log_debug("doorbell.ring", LF_I("verb", verb), LF_I("about", job));
	switch (verb) {
	case BELL_JOB:
		job_queue_wake(d->eng.jobs);
		mailer_wake(d->eng.mailer);
		watch_wake(d->eng.watch);
		patrol_wake(d->eng.patrol);
		break;
	case BELL_CANCEL:
		job_queue_wake(d->eng.jobs);
		break;
	case BELL_AUDIT:
		sealer_soon(d->eng.sealer);
		break;
	case BELL_KEYS:
		reload_keys(d);
		break;
	case BELL_PING:
	case BELL_OK:
		break;
	}
}

static void reload_level(struct daemon *d)
{
	struct config fresh;
	struct arena a;
	struct err e;

	arena_init(&a, CONFIG_ARENA);
	if (config_load(&fresh, d->config_file, &a, &e) < 0)
		log_err("config.kept", &e);
	else
		log_open("latchkeyd", (enum log_level)fresh.log_level);
	arena_done(&a);
}

/* Each part on its own: what cannot be read leaves the old in force. */
static void on_hangup(void *ptr, int signo)
{
	struct daemon *d = ptr;
	struct err e;

	(void)signo;
	log_info("engine.reload", LF_S("signal", "HUP"));
	reload_level(d);
	reload_keys(d);
	if (egress_load(d->egress, &e) < 0)
		log_err("egress.kept", &e);
}

static void on_stop(void *ptr, int signo)
{
	struct daemon *d = ptr;

	log_info("engine.stop", LF_I("signal", signo));
	loop_stop(d->eng.loop);
}

/* --- start --- */

/* Put in front of an error what it is about: a setting or a file. Returns -1. */
static int about(const char *what, struct err *e)
{
	const struct err was = *e;

	return err_fill(e, was.code, was.file, was.line, NULL, "%s: %s", what, was.log);
}

/* One engine a database: whoever holds the lock beside the doorbell. */
static int take_lock(struct daemon *d, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s.lock", d->cf.doorbell);
	d->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (d->lock < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s; user %u must be able to write there", path,
			strerror(errno), (unsigned)geteuid());
	if (flock(d->lock, LOCK_EX | LOCK_NB) < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: another engine is running", path);
	return 0;
}

/* The same after every start, so that leases of before are known again. */
static void name_owner(struct daemon *d)
{
	char host[HOST_NAME_MAX + 1] = "";
	char hex[2 * SEAL_HASH + 1];
	unsigned char hash[SEAL_HASH];

	gethostname(host, sizeof(host) - 1);
	seal_hash(hash, &d->cf.database, 1);
	str_hex(hex, hash, SEAL_HASH);
	snprintf(d->owner, sizeof(d->owner), "%s-%.16s", host, hex);
}

/* Nothing is created or migrated here: a database that is not exactly ours is for ops to look at.
 */
static int open_store(struct daemon *d, struct err *e)
{
	if (access(d->cf.database, R_OK | W_OK) < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s%s", d->cf.database, strerror(errno),
			errno == ENOENT ? "; \"latchkey init\" makes it" : "");
	if (db_sqlite_open(d->cf.database, DB_OPEN_HASTY | DB_OPEN_WIDE, &d->eng.db, e) < 0 ||
		migrate_check(d->eng.db, e) < 0)
		return about(d->cf.database, e);
	return 0;
}

static int open_network(struct daemon *d, struct err *e)
{
	struct look_tools *t = &d->eng.tools;

	t->loop = d->eng.loop;
	d->egress = egress_new(d->cf.egress_file, (int)d->cf.tenancy);
	t->egress = d->egress;
	if (egress_load(d->egress, e) < 0)
		return -1;
	if (!str_empty(d->cf.ca_file) && access(d->cf.ca_file, R_OK) < 0)
		return ERR(e, ERR_SETUP, NULL, "ca_file: %s: %s", d->cf.ca_file, strerror(errno));
	t->resolve = resolve_new(d->eng.loop, d->cf.dns_servers, e);
	if (!t->resolve)
		return -1;
	t->transport = transport_new(
		d->eng.loop, d->egress, d->cf.ca_file, "Latchkey/" LATCHKEY_VERSION, e);
	return t->transport ? 0 : -1;
}

/* Root may ring (the command line), the engine itself, and the web tier. */
static int open_doorbell(struct daemon *d, struct err *e)
{
	const struct passwd *web = str_empty(d->cf.web_user) ? NULL : getpwnam(d->cf.web_user);
	const struct doorbell_config cf = {
		.path = d->cf.doorbell,
		.group = str_empty(d->cf.group) ? NULL : d->cf.group,
		.friends = { 0, geteuid(), web ? web->pw_uid : geteuid() },
		.ring = on_ring,
		.ptr = d,
	};

	d->eng.doorbell = doorbell_new(d->eng.loop, &cf, e);
	return d->eng.doorbell ? 0 : -1;
}

/* Everything that needs a name, a file or a user that the sandbox takes away. */
static int open_all(struct daemon *d, struct err *e)
{
	d->eng.cf = &d->cf;
	if (sandbox_user(d->cf.engine_user, d->cf.group, e) < 0 || sandbox_harden(e) < 0)
		return -1;
	d->eng.keys = load_keys(&d->cf, e);
	if (!d->eng.keys || take_lock(d, e) < 0 || open_store(d, e) < 0)
		return -1;
	d->eng.loop = loop_new();
	if (open_network(d, e) < 0 || open_doorbell(d, e) < 0)
		return -1;
	d->eng.sealer = sealer_new(&d->eng, e);
	if (!d->eng.sealer)
		return about("head_file", e);
	name_owner(d);
	d->eng.keeper = keeper_new(d->eng.db, d->owner);
	tzset();
	/* Both load code and data when first used, which the sandbox would not let them. */
	log_info("engine.parts", LF_I("channel_binding", binding_available()),
		LF_I("ntlm", transport_has_ntlm()), LF_I("zones", zone_known("Europe/London")));
	made_tell(d->eng.db);
	d->notify = notify_new(d->eng.loop, getenv("NOTIFY_SOCKET"), getenv("WATCHDOG_USEC"));
	return 0;
}

/* The queue comes last: when the first job is leased, all else stands. */
static void run(struct daemon *d)
{
	struct loop *l = d->eng.loop;

	loop_signal(l, SIGTERM, on_stop, d);
	loop_signal(l, SIGINT, on_stop, d);
	loop_signal(l, SIGHUP, on_hangup, d);
	d->eng.pulse = pulse_new(&d->eng, LATCHKEY_VERSION);
	d->eng.mailer = mailer_new(&d->eng, d->owner);
	d->eng.jobs = job_queue_new(&d->eng, job_kinds, d->owner);
	d->eng.watch = watch_new(&d->eng);
	d->eng.patrol = patrol_new(&d->eng);
	d->eng.remind = remind_new(&d->eng);
	log_info("engine.start", LF_S("version", LATCHKEY_VERSION), LF_I("pid", getpid()),
		LF_S("key", keyring_active(d->eng.keys)->id), LF_S("owner", d->owner));
	notify_ready(d->notify);
	loop_run(l);
}

/* Also after a start that failed half way: every part may be missing. */
static void close_all(struct daemon *d)
{
	notify_free(d->notify);
	doorbell_free(d->eng.doorbell);
	patrol_free(d->eng.patrol);
	remind_free(d->eng.remind);
	watch_free(d->eng.watch);
	job_queue_free(d->eng.jobs);
	mailer_free(d->eng.mailer);
	pulse_free(d->eng.pulse);
	sealer_free(d->eng.sealer);
	keeper_free(d->eng.keeper);
	transport_free(d->eng.tools.transport);
	resolve_free(d->eng.tools.resolve);
	egress_free(d->egress);
	if (d->eng.loop)
		loop_free(d->eng.loop);
	db_close(d->eng.db);
	keyring_free(d->eng.keys);
	if (d->lock >= 0)
		close(d->lock);
	arena_done(&d->a);
}

/* The program's end status, or -1 to go on. */
static int options(int argc, char **argv, struct daemon *d)
{
	int c;

	while ((c = getopt(argc, argv, "c:hV")) != -1) {
		switch (c) {
		case 'c':
			d->config_file = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("latchkeyd " LATCHKEY_VERSION);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct daemon d = { .lock = -1 };
	struct err e;
	int rc = options(argc, argv, &d);

	if (rc >= 0)
		return rc;
	log_open("latchkeyd", LOG_INFO);
	seal_init();
	signal(SIGPIPE, SIG_IGN);
	arena_init(&d.a, CONFIG_ARENA);
	rc = config_load(&d.cf, d.config_file, &d.a, &e);
	if (rc == 0) {
		log_open("latchkeyd", (enum log_level)d.cf.log_level);
		rc = open_all(&d, &e);
	}
	if (rc == 0)
		rc = sandbox_lock(SANDBOX_ENGINE, &e);
	if (rc == 0)
		run(&d);
	else
		log_err("engine.failed", &e);
	close_all(&d);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
