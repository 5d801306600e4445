/* Control, inside: the socket (control.c) and the commands (control_commands.c). */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <jansson.h>
#include "sim/sim.h"

struct client;
struct control {
	struct sim *sim;
	int fd;
	char *path;
	struct client *clients;
	int n_clients;
};

/* The answer to one line; the line is taken apart. New reference. */
json_t *control_command(struct sim *s, char *line);
/* A piece of scenario: all its lines, up to the first that is wrong. */
json_t *control_do(struct sim *s, const char *piece);
/* Mailboxes and groups with everything that is known of them; servers, roles, applications. */
json_t *control_directory(struct sim *s, const char *glob);
json_t *control_organisation(struct sim *s);
json_t *control_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
