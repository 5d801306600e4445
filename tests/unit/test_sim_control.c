/* The control socket: its commands, its lines, its bounds, its clients. */
#include "tests/unit/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "sim/control.h"
#include "sim/item.h"

struct bench {
	struct sim s;
	struct control *control;
	char dir[64], *path;
};

static int connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void turn(struct bench *b)
{
	for (int i = 0; i < 5; i++)
		loop_turn(b->s.loop, 0);
}

static void send_all(struct bench *b, int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		assert_true(sent > 0 || errno == EAGAIN);
		bytes += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
		turn(b);
	}
}

/* What came back so far; the caller frees. */
static char *receive(struct bench *b, int fd)
{
	struct text t = { 0 };
	char bytes[65536];
	ssize_t n;

	text_puts(&t, "");
	turn(b);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		text_add(&t, bytes, (size_t)n);
		turn(b);
	}
	return t.at != NULL ? t.at : copy("");
}

static struct bench *bench_new(void)
{
	struct bench *b = need(sizeof(*b));
	char *why = NULL;

	snprintf(b->dir, sizeof(b->dir), "/tmp/test-control-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->path = format("%s/control", b->dir);
	b->s.world = world_new();
	b->s.loop = loop_new();
	b->s.journal = journal_new(100);
	b->s.address = copy("127.0.0.1");
	b->control = control_new(&b->s, b->path, &why);
	assert_null(why);
	return b;
}

static void bench_free(struct bench *b)
{
	control_free(b->control);
	assert_int_equal(access(b->path, F_OK), -1);
	rmdir(b->dir);
	journal_free(b->s.journal);
	world_free(b->s.world);
	loop_free(b->s.loop);
	free(b->s.address);
	free(b->path);
	free(b);
}

/* Lines in, the objects that came back as a list. */
static json_t *talk(struct bench *b, const char *lines)
{
	int fd = connect_to(b->path);
	json_t *list = json_array();
	char *back, *at, *end;

	send_all(b, fd, lines, strlen(lines));
	back = receive(b, fd);
	close(fd);
	turn(b);
	for (at = back; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		json_t *o = json_loadb(at, (size_t)(end - at), 0, NULL);

		assert_true(json_is_object(o));
		json_array_append_new(list, o);
	}
	assert_string_equal(at, "");
	free(back);
	return list;
}

/* One command, one answer. */
static json_t *ask(struct bench *b, const char *line)
{
	char *with_end = format("%s\n", line);
	json_t *list = talk(b, with_end), *o = json_incref(json_array_get(list, 0));

	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	free(with_end);
	return o;
}

static void assert_error(struct bench *b, const char *line)
{
	json_t *o = ask(b, line);

	if (json_object_get(o, "error") == NULL)
		fail_msg("%s: no error", line);
	json_decref(o);
}

static json_int_t number(struct bench *b, const char *line, const char *key)
{
	json_t *o = ask(b, line);
	json_int_t n = json_integer_value(json_object_get(o, key));

	if (json_object_get(o, key) == NULL)
		fail_msg("%s has no %s: %s", line, key,
			json_string_value(json_object_get(o, "error")));
	json_decref(o);
	return n;
}

static void assert_text(struct bench *b, const char *line, const char *key, const char *want)
{
	json_t *o = ask(b, line);

	assert_non_null(json_object_get(o, key));
	assert_string_equal(json_string_value(json_object_get(o, key)), want);
	json_decref(o);
}

static void assert_true_in(struct bench *b, const char *line, const char *key)
{
	json_t *o = ask(b, line);

	if (!json_is_true(json_object_get(o, key)))
		fail_msg("%s: %s is not true", line, key);
	json_decref(o);
}

static const char people[] = "do\n"
			     "clock 2026-11-23T08:00:00Z frozen\n"
			     "premise hq onprem 2016 host mail.example.test\n"
			     "lock-out after 2 for 10m\n"
			     "domain example.test premise hq\n"
			     "mailbox anna@example.test Anna\n"
			     "password secret\n"
			     "mailbox svc@example.test Service\n"
			     "mailbox anna@example.test\n"
			     "grant svc@example.test Editor\n"
			     ".\n";

static void settle(struct bench *b)
{
	json_t *list = talk(b, people);

	if (!json_is_true(json_object_get(json_array_get(list, 0), "ok")))
		fail_msg("%s", json_dumps(list, 0));
	json_decref(list);
}

/* Commands */

static void test_do(void **state)
{
	struct bench *b = bench_new();
	json_t *list, *o;

	(void)state;
	settle(b);
	assert_non_null(world_mailbox(b->s.world, "anna@example.test"));
	list = talk(b,
		"do\r\nmailbox bert@example.test Bert\r\nnonsense here\nmailbox "
		"carl@example.test Carl\n.\r\ncounts\n");
	assert_int_equal(json_array_size(list), 2);
	o = json_array_get(list, 0);
	assert_int_equal(json_integer_value(json_object_get(o, "line")), 2);
	assert_non_null(json_object_get(o, "error"));
	assert_non_null(world_mailbox(b->s.world, "bert@example.test"));
	assert_null(world_mailbox(b->s.world, "carl@example.test"));
	json_decref(list);
	/* each piece begins anew: nothing to give a property to */
	list = talk(b, "do\nhidden yes\n.\n");
	assert_non_null(json_object_get(json_array_get(list, 0), "error"));
	json_decref(list);
	list = talk(b, "do\n.\n");
	assert_true(json_is_true(json_object_get(json_array_get(list, 0), "ok")));
	json_decref(list);
	bench_free(b);
}

static void test_log(void **state)
{
	struct bench *b = bench_new();
	json_t *o;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct entry e = { .op = "GetFolder", .face = "ews", .status = 200 };

		journal_add(b->s.journal, &e);
	}
	o = ask(b, "log");
	assert_int_equal(json_array_size(json_object_get(o, "log")), 5);
	json_decref(o);
	o = ask(b, "log limit 2 since 2");
	assert_int_equal(json_array_size(json_object_get(o, "log")), 2);
	json_decref(o);
	assert_int_equal(number(b, "counts", "requests"), 5);
	journal_theft(b->s.journal, "example.test", "Basic x");
	o = ask(b, "thefts");
	assert_int_equal(json_array_size(json_object_get(o, "thefts")), 1);
	json_decref(o);
	assert_true_in(b, "forget", "ok");
	assert_int_equal(number(b, "counts", "requests"), 0);
	assert_error(b, "log since");
	assert_error(b, "log since x");
	assert_error(b, "log since -1");
	assert_error(b, "log until 4");
	bench_free(b);
}

static void test_clock(void **state)
{
	struct bench *b = bench_new();
	utc_t then;

	(void)state;
	assert_text(b, "clock freeze 2026-11-23T08:00:00Z", "now", "2026-11-23T08:00:00Z");
	assert_true_in(b, "clock", "frozen");
	assert_text(b, "clock advance 90", "now", "2026-11-23T08:01:30Z");
	assert_text(b, "clock", "now", "2026-11-23T08:01:30Z");
	then = world_now(b->s.world);
	assert_in_range(number(b, "clock run", "at"), then, then + 2);
	assert_false(b->s.world->frozen);
	assert_in_range(number(b, "clock advance 3600", "at"), then + 3600, then + 3602);
	assert_true_in(b, "clock freeze", "frozen");
	assert_in_range(world_now(b->s.world), then + 3600, then + 3602);
	assert_error(b, "clock freeze tomorrow");
	assert_error(b, "clock advance");
	assert_error(b, "clock advance -5");
	assert_error(b, "clock advance 99999999999");
	assert_error(b, "clock stop");
	bench_free(b);
}

static json_t *first(json_t *o, const char *list)
{
	return json_array_get(json_object_get(o, list), 0);
}

static const char *word_of(json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

/* What an admin's commands rest on: all that was said is told, and what is of use stays. */
static void test_directory(void **state)
{
	struct bench *b = bench_new();
	json_t *o, *calendar, *grant;

	(void)state;
	settle(b);
	json_decref(talk(b,
		"do\nmailbox dora@example.test Dora\nculture de-DE\nnote \"a note\"\nalias "
		"d@example.test\n"
		"grant default None\ngroup ours@example.test Ours\nmember dora@example.test\n"
		".\n"));
	json_decref(talk(b,
		"do\npremise hq\nscope Ours ours@example.test \"MemberOfGroup -eq 'x'\"\n"
		"policy Fast concurrency 60\nmailbox dora@example.test\npolicy Fast\n"
		"impersonation within Ours as Role\n.\n"));
	o = ask(b, "directory d*");
	assert_int_equal(json_array_size(json_object_get(o, "groups")), 0);
	calendar = first(first(o, "mailboxes"), "folders");
	grant = first(calendar, "grants");
	assert_string_equal(word_of(first(o, "mailboxes"), "note"), "a note");
	assert_string_equal(word_of(first(o, "mailboxes"), "policy"), "Fast");
	assert_string_equal(word_of(calendar, "name"), "Kalender");
	assert_string_equal(word_of(grant, "to"), "default");
	assert_int_equal(json_integer_value(json_object_get(grant, "rights")), 0);
	json_decref(o);
	o = ask(b, "organisation");
	assert_string_equal(word_of(first(o, "scopes"), "filter"), "MemberOfGroup -eq 'x'");
	assert_string_equal(word_of(first(o, "assignments"), "scope"), "Ours");
	assert_string_equal(word_of(first(o, "assignments"), "name"), "Role");
	json_decref(o);
	assert_error(b, "do\ngroup ours@example.test\nremove\n.");
	assert_error(b, "do\npremise hq\nno-scope Ours\n.");
	assert_error(b, "do\npremise hq\nno-policy Fast\n.");
	json_decref(talk(b,
		"do\nmailbox dora@example.test\nno-impersonation Role\npolicy none\npremise hq\n"
		"no-scope Ours\nno-policy Fast\ngroup ours@example.test\nremove\n.\n"));
	o = ask(b, "directory *ours*");
	assert_int_equal(json_array_size(json_object_get(o, "groups")), 0);
	json_decref(o);
	o = ask(b, "organisation");
	assert_int_equal(json_array_size(json_object_get(o, "scopes")), 0);
	json_decref(o);
	bench_free(b);
}

static void test_mailboxes(void **state)
{
	static const struct {
		const char *asked;
		size_t n;
	} rows[] = { { "mailboxes", 4 }, { "mailboxes *", 4 }, { "mailboxes a*@example.test", 1 },
		{ "mailboxes GONE@example.test", 0 }, { "mailboxes nobody", 0 } };
	struct bench *b = bench_new();
	json_t *o, *oak;

	(void)state;
	settle(b);
	json_decref(talk(b,
		"do\nmailbox oak@example.test Oak\nroom capacity 12\nhidden\n"
		"mailbox gone@example.test\nremove\nmailbox bert@example.test\n.\n"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		o = ask(b, rows[i].asked);
		if (json_array_size(json_object_get(o, "mailboxes")) != rows[i].n)
			fail_msg("%s: %s", rows[i].asked, json_dumps(o, 0));
		json_decref(o);
	}
	o = ask(b, "mailboxes oak*");
	oak = json_array_get(json_object_get(o, "mailboxes"), 0);
	assert_string_equal(json_string_value(json_object_get(oak, "address")), "oak@example.test");
	assert_string_equal(json_string_value(json_object_get(oak, "name")), "Oak");
	assert_string_equal(json_string_value(json_object_get(oak, "kind")), "room");
	assert_string_equal(json_string_value(json_object_get(oak, "premise")), "hq");
	assert_int_equal(json_integer_value(json_object_get(oak, "capacity")), 12);
	assert_true(json_is_true(json_object_get(oak, "hidden")));
	assert_true(json_is_true(json_object_get(oak, "enabled")));
	assert_null(json_object_get(oak, "knows"));
	json_decref(o);
	bench_free(b);
}

static void test_people(void **state)
{
	struct bench *b = bench_new();
	struct identity *anna;

	(void)state;
	settle(b);
	anna = world_identity(b->s.world, "anna@example.test");
	anna->bad = 1;
	assert_int_equal(number(b, "who anna@example.test", "bad"), 1);
	anna->locked_until = world_now(b->s.world) + 60;
	assert_true_in(b, "who anna@example.test", "locked");
	assert_text(b, "who anna@example.test", "locked_until", "2026-11-23T08:01:00Z");
	assert_text(b, "who anna@example.test", "mailbox", "anna@example.test");
	assert_text(b, "rights anna@example.test svc@example.test", "level", "Editor");
	assert_int_equal(
		number(b, "rights svc@example.test anna@example.test", "rights") & RIGHT_EDIT_ANY,
		0);
	assert_true(number(b, "rights anna@example.test Default", "rights") >= 0);
	assert_error(b, "who");
	assert_error(b, "who nobody@example.test");
	assert_error(b, "rights anna@example.test");
	assert_error(b, "rights anna@example.test nobody@example.test");
	assert_error(b, "rights nobody@example.test Default");
	bench_free(b);
}

static void test_faults(void **state)
{
	struct bench *b = bench_new();
	json_t *o, *f;

	(void)state;
	o = talk(b, "do\nfault busy soap-fault op GetFolder times 3\n.\n");
	json_decref(o);
	o = ask(b, "faults");
	f = json_array_get(json_object_get(o, "faults"), 0);
	assert_string_equal(json_string_value(json_object_get(f, "id")), "busy");
	assert_string_equal(json_string_value(json_object_get(f, "kind")), "soap-fault");
	assert_string_equal(
		json_string_value(json_object_get(f, "argument")), "ErrorServerBusy:10000");
	assert_string_equal(json_string_value(json_object_get(f, "op")), "GetFolder");
	assert_int_equal(json_integer_value(json_object_get(f, "left")), 3);
	assert_int_equal(json_integer_value(json_object_get(f, "per_mille")), 1000);
	json_decref(o);
	bench_free(b);
}

static void test_mail(void **state)
{
	struct bench *b = bench_new();
	json_t *o;

	(void)state;
	settle(b);
	o = ask(b, "messages anna@example.test");
	assert_true(json_is_array(json_object_get(o, "messages")));
	json_decref(o);
	o = ask(b, "messages");
	assert_true(json_is_array(json_object_get(o, "messages")));
	json_decref(o);
	assert_int_equal(number(b, "deliver 60", "waited"), 0);
	assert_true_in(b, "deliver", "idle");
	assert_true_in(b, "tick", "ok");
	assert_error(b, "deliver soon");
	bench_free(b);
}

static void test_help(void **state)
{
	struct bench *b = bench_new();
	json_t *o, *list;

	(void)state;
	o = ask(b, "help");
	list = json_object_get(o, "commands");
	assert_true(json_array_size(list) > 10);
	json_decref(o);
	assert_text(b, "faces", "address", "127.0.0.1");
	assert_error(b, "");
	assert_error(b, "   ");
	assert_error(b, "nonsense");
	assert_error(b, "log 1 2 3 4 5 6 7");
	assert_error(b, ".");
	bench_free(b);
}

/* Lines and clients */

static void test_pieces_of_lines(void **state)
{
	struct bench *b = bench_new();
	int fd = connect_to(b->path);
	char *back;

	(void)state;
	send_all(b, fd, "cou", 3);
	back = receive(b, fd);
	assert_string_equal(back, "");
	free(back);
	send_all(b, fd, "nts\ncounts\n", 11);
	back = receive(b, fd);
	assert_non_null(strchr(strchr(back, '\n') + 1, '\n'));
	free(back);
	close(fd);
	turn(b);
	assert_int_equal(b->control->n_clients, 0);
	bench_free(b);
}

/* A client that asks much and reads nothing: everything comes when it reads. */
static void test_slow_reader(void **state)
{
	struct bench *b = bench_new();
	int fd = connect_to(b->path);
	size_t lines = 0;
	char *back;

	(void)state;
	for (int i = 0; i < 300; i++)
		send_all(b, fd, "help\n", 5);
	back = receive(b, fd);
	for (const char *s = back; (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	assert_int_equal(lines, 300);
	free(back);
	close(fd);
	turn(b);
	bench_free(b);
}

static void test_bounds(void **state)
{
	struct bench *b = bench_new();
	int fds[70], open = 0, fd;
	char *big = need(1 << 21), *back;

	(void)state;
	memset(big, 'x', (1 << 21) - 1);
	fd = connect_to(b->path);
	for (size_t sent = 0; sent < 1 << 21;) {
		ssize_t n = send(fd, big + sent, (1 << 21) - sent, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
		turn(b);
	}
	back = receive(b, fd);
	assert_non_null(strstr(back, "error"));
	assert_int_equal(b->control->n_clients, 0);
	free(back);
	close(fd);
	for (int i = 0; i < 70; i++) {
		fds[i] = connect_to(b->path);
		turn(b);
	}
	for (int i = 0; i < 70; i++) {
		char byte;

		open += recv(fds[i], &byte, 1, 0) < 0;
		close(fds[i]);
	}
	assert_int_equal(open, 64);
	free(big);
	turn(b);
	assert_int_equal(b->control->n_clients, 0);
	bench_free(b);
}

static void test_nul_bytes(void **state)
{
	struct bench *b = bench_new();
	int fd = connect_to(b->path);
	char *back;

	(void)state;
	send_all(b, fd, "\0\0counts\n\xff\xfe\n", 12);
	back = receive(b, fd);
	assert_non_null(strstr(back, "error"));
	free(back);
	close(fd);
	turn(b);
	bench_free(b);
}

/* A socket that nobody listens on any more. */
static void leave_socket(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
}

static void test_socket(void **state)
{
	struct bench *b = bench_new();
	char *why = NULL, *file = format("%s/file", b->dir), *far;
	char *left = format("%s/left", b->dir);
	struct control *again;
	struct stat st;
	FILE *f;

	(void)state;
	assert_int_equal(stat(b->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* an earlier run's socket is taken over; one that is in use and a file are left alone */
	leave_socket(left);
	again = control_new(&b->s, left, &why);
	assert_non_null(again);
	assert_null(why);
	control_free(again);
	assert_int_not_equal(access(left, F_OK), 0);
	free(left);
	assert_null(control_new(&b->s, b->path, &why));
	assert_non_null(why);
	free(why);
	close(connect_to(b->path));
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	assert_null(control_new(&b->s, file, &why));
	assert_non_null(why);
	assert_int_equal(access(file, F_OK), 0);
	free(why);
	unlink(file);
	far = need(300);
	memset(far, 'a', 299);
	assert_null(control_new(&b->s, far, &why));
	assert_non_null(why);
	free(why);
	free(far);
	free(file);
	control_free(NULL);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_do),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_mailboxes),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_pieces_of_lines),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_nul_bytes),
		cmocka_unit_test(test_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
