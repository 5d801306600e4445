/* Curl loop: one of libcurl's multi handles in our event loop. */
#include "curl_loop.h"

static void on_fd(void *ptr, int fd, int events)
{
	struct curl_loop *k = ptr;

	k->act(k->ptr, fd,
		(events & LOOP_READ ? CURL_CSELECT_IN : 0) |
			(events & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_time(void *ptr)
{
	struct curl_loop *k = ptr;

	k->timer = 0;
	k->act(k->ptr, CURL_SOCKET_TIMEOUT, 0);
}

static int on_interest(CURL *easy, curl_socket_t fd, int what, void *ptr, void *unused)
{
	struct curl_loop *k = ptr;
	int events = what == CURL_POLL_IN ? LOOP_READ
		: what == CURL_POLL_OUT	  ? LOOP_WRITE
		: what == CURL_POLL_INOUT ? LOOP_READ | LOOP_WRITE
					  : 0;

	(void)easy, (void)unused;
	loop_watch(k->loop, fd, events, on_fd, k);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *ptr)
{
	struct curl_loop *k = ptr;

	(void)multi;
	loop_cancel(k->loop, k->timer);
	k->timer = ms < 0 ? 0 : loop_after(k->loop, ms, on_time, k);
	return 0;
}

CURLM *curl_loop_init(struct curl_loop *k, struct loop *l, curl_loop_fn *act, void *ptr)
{
	*k = (struct curl_loop){ .loop = l, .multi = curl_multi_init(), .act = act, .ptr = ptr };
	if (!k->multi)
		die("curl: out of memory");
	curl_multi_setopt(k->multi, CURLMOPT_SOCKETFUNCTION, on_interest);
	curl_multi_setopt(k->multi, CURLMOPT_SOCKETDATA, k);
	curl_multi_setopt(k->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(k->multi, CURLMOPT_TIMERDATA, k);
	return k->multi;
}

void curl_loop_done(struct curl_loop *k)
{
	curl_multi_cleanup(k->multi);
	loop_cancel(k->loop, k->timer);
}
