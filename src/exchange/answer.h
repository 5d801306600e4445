/* Answer: what an HTTP answer to an anonymous question at the Exchange address means, in words.
 *
 * Pure: a header block goes in, a step's texts come out. */
#ifndef LATCHKEY_ANSWER_H
#define LATCHKEY_ANSWER_H

#include <stddef.h>
#include "challenge.h"
#include "model.h"
#include "platform/arena.h"

#define ANSWER_PATH "/EWS/Exchange.asmx"

struct answer {
	long status;
	const char *headers; /* status line and headers as they came */
	size_t headers_len;
	const char *body; /* its beginning */
	size_t body_len;
};

/* Value of the header with this name, the nth (from 0) when there are several, trimmed, with its
 * length in *len. Not ended by a NUL; NULL when there is none. */
const char *answer_header(const struct answer *w, const char *name, size_t nth, size_t *len);

/* The first of each of these, in one pass; p is NULL for what is not there. */
struct answer_value {
	const char *p;
	size_t n;
};
void answer_values(
	const struct answer *w, const char *const *names, size_t count, struct answer_value *out);

/* Where a redirect leads: the cleaned Location in the arena; NULL when it is no redirect. */
const char *answer_redirect(struct arena *a, const struct answer *w);

/* Fill state, say, why, fix and raw for any answer but a redirect. */
void answer_explain(struct arena *a, const struct answer *w, struct job_step *out);

/* The names of headers that only Exchange sends, comma separated; "" for none. */
const char *answer_signs(struct arena *a, const struct answer *w);

/* All ways to sign in that it offers. */
void answer_offers(const struct answer *w, struct challenges *out);
/* The same in words, as a step; only for 401. `names` gets them for a sentence, "" = none. */
void answer_signin(
	struct arena *a, const struct answer *w, const char **names, struct job_step *out);

/* The answer word for word, bounded, for the step's raw text. */
const char *answer_raw(struct arena *a, const struct answer *w);

#endif
