/* Tell: what control.c understands, sent from a shell; so that trying things by hand needs no other
 * program. */
#include "sim/tell.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "sim/text.h"

static int connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(at.sun_path))
		die("%s: %s", path, fd < 0 ? strerror(errno) : "the path is too long for a socket");
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die("%s: %s (does the simulator run, with --control %s?)", path, strerror(errno),
			path);
	return fd;
}

static void send_all(int fd, const struct text *t)
{
	for (size_t done = 0; done < t->len;) {
		ssize_t n = write(fd, t->at + done, t->len - done);

		if (n < 0)
			die("the simulator hung up: %s", strerror(errno));
		done += (size_t)n;
	}
}

/* One line of JSON is the whole answer. */
static json_t *receive(int fd)
{
	struct text t = { 0 };
	json_t *answer;
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) > 0) {
		text_add(&t, part, (size_t)n);
		if (memchr(part, '\n', (size_t)n) != NULL)
			break;
	}
	answer = t.len > 0 ? json_loads(t.at, 0, NULL) : NULL;
	if (answer == NULL)
		die("the simulator hung up");
	text_free(&t);
	return answer;
}

static json_t *exchange(const char *path, struct text *say)
{
	int fd = connect_to(path);
	json_t *answer;

	send_all(fd, say);
	answer = receive(fd);
	close(fd);
	text_free(say);
	return answer;
}

/* 1 when the answer is an error, which is said. */
static int said_error(json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));
	json_t *line = json_object_get(answer, "line");

	if (error == NULL)
		return 0;
	if (line != NULL)
		fprintf(stderr, "line %d: ", (int)json_integer_value(line));
	fprintf(stderr, "%s\n", error);
	return 1;
}

int tell_do(const char *path, char *const *lines)
{
	struct text say = { 0 };
	json_t *answer;
	int bad;

	text_puts(&say, "do\n");
	for (; *lines != NULL; lines++)
		text_printf(&say, "%s\n", *lines);
	text_puts(&say, ".\n");
	answer = exchange(path, &say);
	bad = said_error(answer);
	json_decref(answer);
	return bad;
}

int tell_ask(const char *path, char *const *words)
{
	struct text say = { 0 };
	json_t *answer;
	int bad;

	for (; *words != NULL; words++)
		text_printf(&say, "%s ", *words);
	text_puts(&say, "\n");
	answer = exchange(path, &say);
	bad = said_error(answer);
	if (!bad) {
		json_dumpf(answer, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(answer);
	return bad;
}
