/* Core: what the Exchange core costs, beside what it stands on.
 *
 *   core ours HOST PORT CA MAILBOX LOGIN PASSWORD COUNT FLYING ADDRESS...
 *	COUNT times the calendars of these people, FLYING at a time; NTLM
 *   core bare ...	a libcurl loop that sends the same bytes and parses a tree, no more
 *   core queue ...	all COUNT calls are asked at once, and wait
 *   core busy ...	instead: these people's busy time of a week
 *   core question ADDRESS...	prints that question
 *   core parse FILE COUNT	its answer, with so many people, into our structs, again and again
 *   core tree FILE COUNT	the same bytes into libxml2's tree and no further
 *
 * Prints one line of JSON: requests, processor and wall seconds, peak memory in KiB.
 */
#include <curl/curl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include "ews/ews.h"
#include "exchange/client.h"
#include "exchange/egress.h"
#include "exchange/transport.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"

enum { WARM_UP = 64, ANSWER_MAX = 16 << 20, PEOPLE = 100, PASSES = 200 };

/* Monday to Sunday of a week in which the generated calendars are as full as ever. */
#define WEEK_FROM INT64_C(1795392000)
#define WEEK_TO (WEEK_FROM + 7 * 86400)

struct setting {
	const char *host;
	int port;
	const char *ca, *mailbox, *login, *password;
	long count;
	int flying;
};

/* What is asked, of the same people each time. */
struct question {
	enum exchange_op op;
	const void *query;
	struct folder_ask folders[PEOPLE];
	const char *names[PEOPLE];
	struct folders_query open;
	struct busy_query busy;
};

static void ask_about(struct question *q, enum exchange_op op, char *const *people, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		q->names[i] = people[i];
		q->folders[i] = (struct folder_ask){ people[i], FOLDER_CALENDAR };
	}
	q->open = (struct folders_query){ q->folders, count, FOLDER_WANT_RIGHTS };
	q->busy = (struct busy_query){ q->names, count, WEEK_FROM, WEEK_TO };
	q->op = op;
	q->query = op == EXCHANGE_GET_BUSY ? (const void *)&q->busy : &q->open;
}

/* --- what is used --- */

struct spent {
	double cpu, wall;
};

static struct spent now(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (struct spent){ (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
			(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
		(double)clock_mono_us() / 1e6 };
}

/* Of this program alone: what getrusage tells begins with the memory of whoever started it. */
static long peak(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

static void report(long requests, struct spent began)
{
	const struct spent end = now();

	printf("{\"requests\":%ld,\"cpu\":%.6f,\"wall\":%.6f,\"peak\":%ld}\n", requests,
		end.cpu - began.cpu, end.wall - began.wall, peak());
}

/* --- ours --- */

struct ours {
	const struct setting *s;
	struct loop *loop;
	struct client *client;
	const struct question *q;
	long asked, ended, limit;
	struct spent began;
	struct slot {
		struct ours *o;
		struct arena a;
	} * slots;
};

static void ask_one(struct slot *slot);

/* Was everybody's part of the answer what it should be? */
static int is_whole(const struct question *q, const void *result)
{
	const struct folders_result *folders = result;
	const struct busy_result *busy = result;

	if (q->op == EXCHANGE_GET_BUSY) {
		for (size_t i = 0; i < busy->count; i++)
			if (busy->list[i].ended.reason != REASON_OK || busy->list[i].merged_only)
				return 0;
		return busy->count == q->busy.count;
	}
	for (size_t i = 0; i < folders->count; i++)
		if (!(folders->list[i].rights & RIGHT_READ))
			return 0;
	return folders->count == q->open.count;
}

static void on_end(void *ptr, const struct outcome *out, const void *result)
{
	struct slot *slot = ptr;
	struct ours *o = slot->o;

	if (out->reason != REASON_OK || !is_whole(o->q, result))
		die("core: %s %s", reason_row(out->reason)->code, out->said);
	if (++o->ended == WARM_UP)
		o->began = now();
	if (o->asked < o->limit)
		ask_one(slot);
	else
		arena_done(&slot->a);
	if (o->ended == o->limit)
		loop_stop(o->loop);
}

static void ask_one(struct slot *slot)
{
	struct ours *o = slot->o;
	struct client_how how = { .a = &slot->a, .done = on_end, .ptr = slot };

	o->asked++;
	arena_reset(&slot->a);
	client_ask(o->client, o->q->op, o->q->query, &how);
}

static struct client *connect_client(
	const struct setting *s, const struct client_tools *tools, struct err *e)
{
	struct secret *password = secret_new(s->password, strlen(s->password));
	const struct client_config cf = { .dialect = &dialect_ews,
		.host = s->host,
		.port = s->port,
		.ca_pem = "",
		.mailbox = s->mailbox,
		.signin = SIGNIN_NTLM,
		.login = s->login,
		.secret = password,
		.version = "bench",
		.authority = "",
		.tenant = "",
		.client_id = "",
		.cert_pem = "" };
	struct client *c = client_new(tools, &cf, e);

	secret_free(password);
	return c;
}

/* slots: how many are asked at once. */
static int run_ours(const struct setting *s, const struct question *q, long slots)
{
	char list[] = "/tmp/latchkey-bench-egress.XXXXXX";
	struct gate_memory *gate = gate_memory_new();
	struct ours o = { .s = s, .q = q, .limit = s->count + WARM_UP };
	struct look_tools net = { 0 };
	struct client_tools tools = { .net = &net, .gate = gate_memory_keeper(gate) };
	struct err e;
	int fd = mkstemp(list);

	if (fd < 0 || dprintf(fd, "127.0.0.0/8 1-65535\n") < 0)
		die("core: no list");
	close(fd);
	o.loop = net.loop = loop_new();
	net.egress = egress_new(list, 0);
	net.resolve = resolve_new(o.loop, "", &e);
	net.transport = transport_new(o.loop, net.egress, s->ca, "Latchkey-bench", &e);
	if (egress_load(net.egress, &e) < 0 || !net.resolve || !net.transport)
		die("core: %s", e.log);
	unlink(list);
	o.client = connect_client(s, &tools, &e);
	if (!o.client)
		die("core: %s", e.log);
	o.slots = calloc((size_t)slots, sizeof(*o.slots));
	for (long i = 0; i < slots && o.asked < o.limit; i++) {
		o.slots[i].o = &o;
		arena_init(&o.slots[i].a, ANSWER_MAX);
		ask_one(&o.slots[i]);
	}
	loop_run(o.loop);
	report(s->count, o.began);
	return 0;
}

/* --- bare --- */

struct bare {
	const struct setting *s;
	CURLM *multi;
	int epoll;
	long timeout;
	long asked, ended, limit;
	struct spent began;
	struct buf body;
	struct curl_slist *headers;
	struct transfer {
		struct bare *b;
		CURL *easy;
		struct buf answer;
	} * all;
};

static size_t on_bytes(char *p, size_t size, size_t n, void *ptr)
{
	struct transfer *t = ptr;

	return buf_add(&t->answer, p, size * n) < 0 ? 0 : size * n;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ptr, void *known)
{
	struct bare *b = ptr;
	struct epoll_event ev = { .data.fd = fd };

	(void)easy;
	ev.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(b->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	epoll_ctl(b->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
	curl_multi_assign(b->multi, fd, b);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *ptr)
{
	struct bare *b = ptr;

	(void)multi;
	b->timeout = ms;
	return 0;
}

static void begin(struct transfer *t)
{
	t->b->asked++;
	buf_clear(&t->answer);
	curl_multi_add_handle(t->b->multi, t->easy);
}

static void ended(struct transfer *t, CURLcode code)
{
	struct bare *b = t->b;
	long status = 0;
	xmlDoc *doc = xmlReadMemory(t->answer.p, (int)t->answer.len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT | XML_PARSE_NOERROR);

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK || status != 200 || !doc)
		die("core: %s, status %ld", curl_easy_strerror(code), status);
	xmlFreeDoc(doc);
	curl_multi_remove_handle(b->multi, t->easy);
	if (++b->ended == WARM_UP)
		b->began = now();
	if (b->asked < b->limit)
		begin(t);
}

static void reap(struct bare *b)
{
	struct transfer *t;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(b->multi, &left)) != NULL) {
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		ended(t, m->data.result);
	}
}

static CURL *easy_for(struct transfer *t, const char *url)
{
	const struct setting *s = t->b->s;
	CURL *e = curl_easy_init();

	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_CAINFO, s->ca);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "Latchkey-bench");
	curl_easy_setopt(e, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_HTTPAUTH, (long)CURLAUTH_NTLM);
	curl_easy_setopt(e, CURLOPT_USERNAME, s->login);
	curl_easy_setopt(e, CURLOPT_PASSWORD, s->password);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->b->headers);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, t->b->body.p);
	curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)t->b->body.len);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	return e;
}

static void bare_loop(struct bare *b)
{
	struct epoll_event got[64];
	int n, running;

	while (b->ended < b->limit) {
		n = epoll_wait(b->epoll, got, 64, (int)b->timeout);
		if (n == 0) {
			b->timeout = -1;
			curl_multi_socket_action(b->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		}
		for (int i = 0; i < n; i++)
			curl_multi_socket_action(b->multi, got[i].data.fd,
				(got[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
					(got[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0),
				&running);
		reap(b);
	}
}

/* The lines that our own requests have. */
static struct curl_slist *lines(const struct setting *s)
{
	static const char *const fixed[] = { "Content-Type: text/xml; charset=utf-8",
		"client-request-id: 7e0f5a3c-52b1-4c57-a1b8-4f1d0c6e9a20",
		"Accept-Encoding: identity" };
	struct curl_slist *list = NULL;
	char anchor[256];

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		list = curl_slist_append(list, fixed[i]);
	snprintf(anchor, sizeof(anchor), "X-AnchorMailbox: %s", s->mailbox);
	return curl_slist_append(list, anchor);
}

static void write_question(const struct question *q, const char *mailbox, struct buf *out)
{
	const struct dialect_ask what = {
		.op = q->op, .query = q->query, .version = dialect_ews.usual, .mailbox = mailbox
	};
	struct err e;

	buf_init(out, ANSWER_MAX);
	if (dialect_ews.write(&what, out, &e) < 0)
		die("core: %s", e.log);
}

static int run_bare(const struct setting *s, const struct question *q)
{
	struct bare b = { .s = s, .timeout = 0, .limit = s->count + WARM_UP };
	char url[512];

	snprintf(url, sizeof(url), "https://%s:%d%s", s->host, s->port, dialect_ews.path);
	write_question(q, s->mailbox, &b.body);
	b.headers = lines(s);
	b.epoll = epoll_create1(0);
	b.multi = curl_multi_init();
	curl_multi_setopt(b.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(b.multi, CURLMOPT_SOCKETDATA, &b);
	curl_multi_setopt(b.multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(b.multi, CURLMOPT_TIMERDATA, &b);
	b.all = calloc((size_t)s->flying, sizeof(*b.all));
	for (int i = 0; i < s->flying; i++) {
		b.all[i].b = &b;
		buf_init(&b.all[i].answer, ANSWER_MAX);
		b.all[i].easy = easy_for(&b.all[i], url);
		begin(&b.all[i]);
	}
	bare_loop(&b);
	report(s->count, b.began);
	return 0;
}

/* --- parsing --- */

static int run_question(const struct question *q)
{
	struct buf text;

	write_question(q, "", &text);
	puts(buf_str(&text));
	return 0;
}

static void parse_ours(const struct question *q, const struct buf *text, struct arena *a)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n\r\n";
	const struct dialect_ask what = { .op = q->op, .query = q->query };
	const struct dialect_reply reply = { 200, head, sizeof(head) - 1, text->p, text->len };
	struct busy_result out = { 0 };
	struct outcome o = { 0 };

	dialect_ews.read(&what, &reply, a, &out, &o);
	if (o.reason != REASON_OK || !is_whole(q, &out))
		die("core: %s %s", reason_row(o.reason)->code, o.said);
	arena_reset(a);
}

static void parse_tree(const struct buf *text)
{
	xmlDoc *doc = xmlReadMemory(text->p, (int)text->len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT | XML_PARSE_NOERROR |
			XML_PARSE_NOWARNING);

	if (!doc)
		die("core: no tree");
	xmlFreeDoc(doc);
}

static int run_parse(const char *file, size_t people, int ours)
{
	static char *names[PEOPLE];
	struct question q;
	struct spent began;
	struct buf text;
	struct arena a;
	struct err e;

	for (size_t i = 0; i < people; i++)
		names[i] = "a@example.test";
	ask_about(&q, EXCHANGE_GET_BUSY, names, people);
	buf_init(&text, ANSWER_MAX);
	if (buf_file(&text, file, &e) < 0)
		die("core: %s", e.log);
	arena_init(&a, 64 << 20);
	began = now();
	for (int i = 0; i < PASSES; i++) {
		if (ours)
			parse_ours(&q, &text, &a);
		else
			parse_tree(&text);
	}
	report(PASSES, began);
	return 0;
}

/* --- which --- */

static long number(const char *text, long max)
{
	int64_t n;

	if (str_int(text, 1, max, &n) < 0)
		die("core: %s is no number up to %ld", text, max);
	return (long)n;
}

static int run_calls(const char *mode, char **arg, size_t people)
{
	const struct setting s = { arg[0], (int)number(arg[1], 65535), arg[2], arg[3], arg[4],
		arg[5], number(arg[6], 100000000), (int)number(arg[7], 64) };
	struct question q;

	ask_about(&q, strcmp(mode, "busy") == 0 ? EXCHANGE_GET_BUSY : EXCHANGE_OPEN_FOLDERS,
		arg + 8, people);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (strcmp(mode, "bare") == 0)
		return run_bare(&s, &q);
	return run_ours(&s, &q, strcmp(mode, "queue") == 0 ? s.count : s.flying);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[1] : "";
	struct question q;

	seal_init();
	log_open("core", LOG_ERROR);
	if (argc == 4 && (strcmp(mode, "parse") == 0 || strcmp(mode, "tree") == 0))
		return run_parse(argv[2], (size_t)number(argv[3], PEOPLE), mode[0] == 'p');
	if (strcmp(mode, "question") == 0 && argc <= 2 + PEOPLE) {
		ask_about(&q, EXCHANGE_GET_BUSY, argv + 2, (size_t)argc - 2);
		return run_question(&q);
	}
	if (argc > 10 && argc <= 10 + PEOPLE)
		return run_calls(mode, argv + 2, (size_t)argc - 10);
	die("usage: core ours|bare|queue|busy HOST PORT CA MAILBOX LOGIN PASSWORD COUNT FLYING "
	    "ADDRESS...");
}
