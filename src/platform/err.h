/* Errors: a function that can fail returns 0 or -1; -1 always comes with a filled struct err.
 *
 * `say` is for the person in front of the screen: what happened, why, what to do; never a secret,
 * a path or a host's inner name. `log` is for ops. An error is logged once, where its journey ends.
 */
#ifndef LATCHKEY_ERR_H
#define LATCHKEY_ERR_H

#define must_check __attribute__((warn_unused_result))

enum err_code {
	ERR_NONE,
	ERR_INPUT,    /* malformed request or argument */
	ERR_FORGED,   /* wrong or expired form token, or a foreign origin */
	ERR_DENIED,   /* known, but not allowed */
	ERR_STALE,    /* the password was entered too long ago; the page asks for it */
	ERR_MISSING,  /* no such thing, or not visible to this account */
	ERR_METHOD,   /* the page exists, this method does not */
	ERR_TIMEOUT,  /* the peer was too slow */
	ERR_CONFLICT, /* it exists already, or somebody changed it meanwhile */
	ERR_GONE,     /* a link that was used or has expired */
	ERR_TOO_BIG,  /* body over its limit */
	ERR_URI,      /* address over its limit */
	ERR_TYPE,     /* body of a kind the page does not take */
	ERR_FORM,     /* fields with errors; the page shows them in place */
	ERR_SLOW,     /* too many tries */
	ERR_HEADERS,  /* header block over its limit */
	ERR_INTERNAL, /* our fault */
	ERR_BUSY,     /* store locked for too long */
	ERR_FULL,     /* disk full */
	ERR_DAMAGED,  /* the database is damaged or not ours */
	ERR_SCHEMA,   /* database older or newer than this program */
	ERR_SETUP,    /* not set up: no database, no key, bad configuration */
	ERR_ENGINE,   /* the engine does not answer */
	ERR_KEY,      /* a seal that does not open, or opens for another row */
	ERR_NET,      /* network, DNS or TLS trouble with a foreign host */
	ERR_EGRESS,   /* the egress guard refused the destination */
	ERR__MAX
};

struct err {
	enum err_code code;
	const char *file;
	int line;
	char say[256];
	char log[256];
};

/* One row per code: its name in logs, HTTP status, and whether it is our fault (log level). */
struct err_info {
	const char *name;
	int status;
	int ours;
	const char *title; /* heading of the error page */
	const char *say;   /* default sentence when the place of the error gave none */
};

const struct err_info *err_info(enum err_code code);

/* Fill e and return -1. `say` may be NULL: the code's default sentence is used. */
int err_fill(struct err *e, enum err_code code, const char *file, int line, const char *say,
	const char *fmt, ...) __attribute__((format(printf, 6, 7)));
#define ERR(e, code, say, ...) err_fill((e), (code), __FILE__, __LINE__, (say), __VA_ARGS__)

/* Replace the sentence for the person; returns -1 so that it can end a function. */
int err_say(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* End the process at once: for what cannot happen and for exhausted memory. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
