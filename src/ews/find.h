/* Find: which server holds a mailbox: Autodiscover's candidates, each with its own outcome.
 *
 * Rules (EWS.md 0.6, 12): candidates are looked at anonymously first; what does not look like
 * Exchange gets nothing; credentials go to one host only, inside the domain looked in or agreed to
 * by name; plain http is only ever taken as a redirect to https; Microsoft is asked only with
 * consent. 10 redirects and FIND_MS in all.
 *
 * A redirect leads to a further candidate, which is looked at just as hard. Another host gets
 * credentials only when the first one has taken them, is Exchange, and sends there, within the same
 * bounds. After a refused sign-in nothing is asked any more. At https://DOMAIN/, where the public
 * web site lives, a demand for a sign-in alone is no proof: signs of Exchange must stand beside it.
 */
#ifndef LATCHKEY_FIND_H
#define LATCHKEY_FIND_H

#include "discover.h"
#include "exchange/client.h"

enum { FIND_MS = 60 * 1000, FIND_CANDIDATES = 12, FIND_REDIRECTS = 10 };

enum find_how {
	FIND_DOMAIN,	   /* https://DOMAIN/autodiscover/ */
	FIND_AUTODISCOVER, /* https://autodiscover.DOMAIN/autodiscover/ */
	FIND_HTTP,	   /* http://autodiscover.DOMAIN/, for its redirect only */
	FIND_SRV,	   /* _autodiscover._tcp.DOMAIN */
	FIND_MICROSOFT,	   /* Microsoft's JSON service, without credentials */
	FIND_REDIRECT,	   /* somebody of the above sent us on */
	FIND_TYPED	   /* the person named it */
};

enum find_state {
	FIND_SKIPPED, /* not needed, or not consented to */
	FIND_NOTHING, /* nothing there, or not Exchange */
	FIND_ALIVE,   /* Autodiscover answers anonymously */
	FIND_FOREIGN, /* would be asked, but its host needs consent */
	FIND_SENT_ON, /* redirected */
	FIND_FOUND,
	FIND_FAILED, /* asked, and it said no */
	FIND_LOOKING /* under way */
};

struct find_candidate {
	enum find_how how;
	enum find_state state;
	const char *url; /* for FIND_SRV without a target the name of the record */
	struct outcome end;
	const char *say; /* one sentence */
};

struct find_result {
	struct find_candidate list[FIND_CANDIDATES];
	size_t count;
	int found;
	struct discovered settings; /* when found */
	const char *host;	    /* of the EWS endpoint */
	int port;
	const char *path;
	const char *consent; /* host that needs consent before it can go on; "" */
	/* The end is NOT_ALLOWED: where the guard let nobody connect. */
	const struct find_candidate *forbidden;
};

/* It and all it points to must stay until the end. */
struct find_query {
	const char *mailbox;
	const char *domain; /* to look in; "" = the mailbox's */
	const char *host;   /* a person named it: asked first, counts as agreed; "" or NULL */
	const char *const *agreed; /* hosts that were agreed to by name; ended by NULL; or NULL */
	int ask_microsoft;	   /* consent to tell Microsoft the address */
	int signed_in;		   /* the config below may be used to ask with credentials */
	int http_port, https_port; /* 0 = 80 and 443; others for tests */
	const struct client_config *cf; /* sign-in, CA, proxy; host and port are not looked at */
	struct trace *trace;		/* what was asked and answered is kept here; or NULL */
};

struct find;
/* The outcome is OK when the server was found, or, without credentials, when one is alive. */
typedef void find_done_fn(void *ptr, const struct find_result *r, const struct outcome *o);
/* A candidate is new or has changed. Must not stop the search. */
typedef void find_seen_fn(void *ptr, size_t i, const struct find_candidate *c);

/* The result lives in the arena. Ends later, never from inside. seen may be NULL. */
struct find *find_start(const struct client_tools *tools, struct arena *a,
	const struct find_query *q, find_seen_fn *seen, find_done_fn *done, void *ptr);
void find_stop(struct find *f); /* without a word */

/* Is this host the domain itself, or a name below it? */
int find_inside(const char *domain, const char *host);

#endif
