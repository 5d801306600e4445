/* Transport line: one of the library's multi handles in the loop, with its seats and connections.
 *
 * Rules: the library's callbacks only note what they see; what has ended is told once the library
 * has returned. A line that is retired stays until its last call has ended. Cookies are bounded.
 */
#include <stdlib.h>
#include "platform/clock.h"
#include "transport_parts.h"

enum {
	COOKIES_MAX = 64,  /* kept; a server that sets more starts with none again */
	COOKIES_LOOK = 256 /* after so many headers the jar is counted */
};

/* --- cookies --- */

/* They are shared by the seats of a pool, and by nobody else. */
struct transport_jar *transport_jar_new(void)
{
	struct transport_jar *jar = calloc(1, sizeof(*jar));

	if (!jar || !(jar->share = curl_share_init()) ||
		curl_share_setopt(jar->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK)
		die("transport: out of memory");
	jar->users = 1;
	return jar;
}

void transport_jar_drop(struct transport_jar *jar)
{
	if (!jar || --jar->users > 0)
		return;
	curl_share_cleanup(jar->share);
	free(jar);
}

/* A server that sets cookie after cookie must not fill the memory. */
static void jar_tidy(struct transport_seat *s)
{
	struct transport_jar *jar = s->line->jar;
	struct curl_slist *all = NULL;
	int count = 0;

	if (jar->set < COOKIES_LOOK)
		return;
	jar->set = 0;
	curl_easy_getinfo(s->easy, CURLINFO_COOKIELIST, &all);
	for (const struct curl_slist *c = all; c; c = c->next)
		count++;
	curl_slist_free_all(all);
	if (count > COOKIES_MAX)
		TRANSPORT_SET(s, CURLOPT_COOKIELIST, "ALL");
}

/* --- the end of a line --- */

/* Connections are closed while the seats that their sign-in was noted in are still there. */
void transport_line_free(struct transport_line *line)
{
	struct transport_seat *s;

	if (!line)
		return;
	curl_loop_done(&line->driven);
	loop_cancel(line->t->loop, line->rest);
	while ((s = line->idle) != NULL) {
		line->idle = s->next;
		transport_seat_free(s);
	}
	transport_jar_drop(line->jar);
	free(line);
}

/* A line stays as long as one of its seats is taken. */
static void line_unused(struct transport_line *line)
{
	struct transport_line **at;

	if (!line->retired || line->flying > 0)
		return;
	at = &line->pool->lines;
	while (*at != line)
		at = &(*at)->next;
	*at = line->next;
	transport_line_free(line);
}

void transport_line_retire(struct transport_line *line)
{
	line->retired = 1;
	line_unused(line);
}

/* An idle line holds connections for nothing. */
static void on_rest(void *ptr)
{
	struct transport_line *line = ptr;
	int64_t left = line->used + line->t->idle_ms - clock_mono_ms();

	line->rest = 0;
	if (line->flying > 0)
		return;
	if (left > 0)
		line->rest = loop_after(line->t->loop, left, on_rest, line);
	else
		transport_line_retire(line);
}

/* Its call wants nothing of the seat any more. A connection whose sign-in did not stand is of no
 * use to anybody. */
void transport_line_release(struct transport_seat *s)
{
	struct transport_line *line = s->line;

	jar_tidy(s);
	transport_seat_clear(s);
	s->call = NULL;
	s->next = line->idle;
	line->idle = s;
	line->flying--;
	line->used = clock_mono_ms();
	if (transport_pool_binds(line->pool) && !line->proven)
		line->retired = 1;
	if (!line->rest && !line->retired)
		line->rest = loop_after(line->t->loop, line->t->idle_ms, on_rest, line);
	line_unused(line);
}

/* --- loop and library --- */

/* Note every transfer that has ended. */
static void reap(struct transport_line *line)
{
	struct transport_seat *s = NULL;
	CURLMsg *m;
	CURLcode code;
	int left;

	while ((m = curl_multi_info_read(line->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		code = m->data.result;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&s);
		curl_multi_remove_handle(line->multi, s->easy);
		if (s->pool && transport_pool_landed(s, code))
			continue;
		transport_seat_reply(s, code);
		transport_ended(s->call);
	}
}

static void on_act(void *ptr, curl_socket_t fd, int mask)
{
	struct transport_line *line = ptr;
	struct transport *t = line->t;
	int running;

	line->flying++; /* it is needed to the end of this, whatever ends in it */
	curl_multi_socket_action(line->multi, fd, mask, &running);
	reap(line);
	line->flying--;
	line_unused(line);
	transport_soon(t);
}

/* --- the beginning --- */

/* Where a sign-in holds for a connection there is no second one. */
static void join(struct transport_line *line, struct transport_pool *p)
{
	curl_multi_setopt(line->multi, CURLMOPT_MAXCONNECTS,
		transport_pool_binds(p) ? 1L : (long)p->lane.top);
	line->jar = p->jar;
	line->jar->users++;
	line->next = p->lines;
	p->lines = line;
}

struct transport_line *transport_line_new(struct transport *t, struct transport_pool *p)
{
	struct transport_line *line = calloc(1, sizeof(*line));

	if (!line)
		die("transport: out of memory");
	line->t = t;
	line->pool = p;
	line->multi = curl_loop_init(&line->driven, t->loop, on_act, line);
	if (p)
		join(line, p);
	return line;
}
