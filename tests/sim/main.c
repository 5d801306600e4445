/* latchkey-sim: a simulated Exchange organisation in one process. See latchkey-sim(1). */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libxml/parser.h>
#include "sim/fault.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/soap.h"
#include "sim/tell.h"
#include "sim/token.h"

enum { KEEP = 100000 };

struct options {
	const char *scenario, *control, *ca, *ports, *address;
	int https_port, http_port;
	bool quiet;
	const char *tell;			 /* a running simulator's control socket */
	int (*how)(const char *, char *const *); /* tell_do or tell_ask */
};

static void usage(FILE *out)
{
	fputs("usage: latchkey-sim [--scenario NAME|FILE] [--address ADDRESS] [--port N] "
	      "[--http-port N]\n"
	      "                    [--control SOCKET] [--ca FILE] [--ports FILE] [--quiet]\n"
	      "       latchkey-sim --check NAME|FILE\n"
	      "       latchkey-sim --do SOCKET STATEMENT...\n"
	      "       latchkey-sim --ask SOCKET COMMAND\n"
	      "       latchkey-sim --list-scenarios | --statements | --faults | --switches\n"
	      "                    | --version\n",
		out);
}

/* A scenario's world, or the reason on standard error. */
static struct world *read_world(const char *scenario)
{
	struct world *w = world_new();
	struct scenario_error e = { 0 };

	if (scenario_read(w, scenario, &e) == 0)
		return w;
	if (e.line > 0)
		fprintf(stderr, "%s:%d: %s\n", e.file, e.line, e.say);
	else
		fprintf(stderr, "%s: %s\n", e.file, e.say);
	scenario_error_free(&e);
	world_free(w);
	return NULL;
}

static int check(const char *scenario)
{
	struct world *w = read_world(scenario);

	if (w == NULL)
		return 1;
	printf("%s: %u mailboxes, no error\n", scenario, w->n_mailboxes);
	world_free(w);
	return 0;
}

static int port_number(const char *name, const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || n < 1 || n > 65535)
		die("--%s %s is not a port number (1 to 65535)", name, s);
	return (int)n;
}

/* Written beside and moved, so that a reader never sees half of it. */
static void write_file(const char *path, const char *text)
{
	char *beside = format("%s.new", path);
	FILE *f = fopen(beside, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 || rename(beside, path) != 0)
		die("cannot write %s: %m", path);
	free(beside);
}

static void write_places(struct sim *s, const struct options *o)
{
	json_t *places;
	char *text;

	if (o->ca != NULL) {
		write_file(o->ca, tls_ca_pem(s->tls));
		s->ca_path = copy(o->ca);
	}
	if (o->ports == NULL)
		return;
	places = faces_json(s);
	text = json_dumps(places, JSON_INDENT(1) | JSON_SORT_KEYS);
	write_file(o->ports, text);
	free(text);
	json_decref(places);
}

static void tell(struct sim *s)
{
	printf("latchkey-sim plays \"%s\": %u mailboxes\n",
		s->world->organisation != NULL ? s->world->organisation : s->world->name,
		s->world->n_mailboxes);
	for (const struct face *f = s->faces; f != NULL; f = f->next) {
		char *url = face_url(f, same(f->kind->name, "ews") ? "/EWS/Exchange.asmx" : "/");

		printf("  %-12s %s (port %d)\n", f->kind->name, url, f->port);
		free(url);
	}
	fflush(stdout);
}

static int run(const struct options *o)
{
	struct sim s = { .https_port = o->https_port, .http_port = o->http_port };
	struct control *control = NULL;
	char *why = NULL;

	s.world = read_world(o->scenario);
	if (s.world == NULL)
		return 1;
	s.address = copy(o->address);
	s.loop = loop_new();
	s.journal = journal_new(KEEP);
	s.tokens = tokens_new(&s);
	faces_open(&s, &why);
	if (why == NULL && o->control != NULL)
		control = control_new(&s, o->control, &why);
	if (why != NULL)
		die("%s", why);
	write_places(&s, o);
	if (!o->quiet)
		tell(&s);
	sim_start_clock(&s);
	faces_refresh(&s);
	loop_run(s.loop);
	if (control != NULL)
		control_free(control);
	faces_close(&s);
	throttle_free(&s);
	tokens_free(s.tokens);
	journal_free(s.journal);
	world_free(s.world);
	loop_free(s.loop);
	free(s.ca_path);
	free(s.address);
	return 0;
}

enum {
	OPT_SCENARIO = 256,
	OPT_CHECK,
	OPT_LIST,
	OPT_STATEMENTS,
	OPT_FAULTS,
	OPT_SWITCHES,
	OPT_CONTROL,
	OPT_PORT,
	OPT_HTTP,
	OPT_ADDRESS,
	OPT_CA,
	OPT_PORTS,
	OPT_QUIET,
	OPT_DO,
	OPT_ASK,
	OPT_VERSION,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "check", required_argument, NULL, OPT_CHECK },
	{ "list-scenarios", no_argument, NULL, OPT_LIST },
	{ "statements", no_argument, NULL, OPT_STATEMENTS },
	{ "faults", no_argument, NULL, OPT_FAULTS },
	{ "switches", no_argument, NULL, OPT_SWITCHES },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "http-port", required_argument, NULL, OPT_HTTP },
	{ "address", required_argument, NULL, OPT_ADDRESS },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "ports", required_argument, NULL, OPT_PORTS },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "do", required_argument, NULL, OPT_DO },
	{ "ask", required_argument, NULL, OPT_ASK },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* What to do instead of running; -1 = run. */
static int option(struct options *o, int opt)
{
	switch (opt) {
	case OPT_SCENARIO:
		o->scenario = optarg;
		return -1;
	case OPT_CONTROL:
		o->control = optarg;
		return -1;
	case OPT_PORT:
		o->https_port = port_number("port", optarg);
		return -1;
	case OPT_HTTP:
		o->http_port = port_number("http-port", optarg);
		return -1;
	case OPT_ADDRESS:
		o->address = optarg;
		return -1;
	case OPT_CA:
		o->ca = optarg;
		return -1;
	case OPT_PORTS:
		o->ports = optarg;
		return -1;
	case OPT_QUIET:
		o->quiet = true;
		return -1;
	case OPT_DO:
	case OPT_ASK:
		o->tell = optarg;
		o->how = opt == OPT_DO ? tell_do : tell_ask;
		return -1;
	case OPT_CHECK:
		return check(optarg);
	case OPT_LIST:
		scenario_list(stdout);
		return 0;
	case OPT_STATEMENTS:
		scenario_statements(stdout);
		return 0;
	case OPT_FAULTS:
		fault_list(stdout);
		return 0;
	case OPT_SWITCHES:
		scenario_switches(stdout);
		return 0;
	case OPT_VERSION:
		puts("latchkey-sim " LATCHKEY_VERSION);
		return 0;
	case OPT_HELP:
		usage(stdout);
		return 0;
	default:
		usage(stderr);
		return 2;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .scenario = "demo", .address = "127.0.0.1" };
	int opt;

	signal(SIGPIPE, SIG_IGN);
	xmlInitParser();
	while ((opt = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		int end = option(&o, opt);

		if (end >= 0)
			return end;
	}
	if (o.tell != NULL)
		return o.how(o.tell, argv + optind);
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	return run(&o);
}
