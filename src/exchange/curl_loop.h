/* Curl loop: one of libcurl's multi handles in our event loop. */
#ifndef LATCHKEY_CURL_LOOP_H
#define LATCHKEY_CURL_LOOP_H

#include <curl/curl.h>
#include "platform/loop.h"

/* Hand this to curl_multi_socket_action, then look what has ended. May end the handle. */
typedef void curl_loop_fn(void *ptr, curl_socket_t fd, int mask);

struct curl_loop {
	struct loop *loop;
	CURLM *multi;
	uint64_t timer;
	curl_loop_fn *act;
	void *ptr;
};

/* A new multi handle, also to be found in k, which stays where it is. */
CURLM *curl_loop_init(struct curl_loop *k, struct loop *l, curl_loop_fn *act, void *ptr);
/* Frees the multi handle. */
void curl_loop_done(struct curl_loop *k);

#endif
