/* Page_script: what the pages of scripts have in common, for admins and for whoever has a link.
 */
#ifndef LATCHKEY_PAGE_SCRIPT_H
#define LATCHKEY_PAGE_SCRIPT_H

#include "page_roster.h"
#include "service/svc_script.h"
#include "service/svc_share.h"

/* Fields of a form table: whom a script is about. None of them: whoever lacks what it gives. */
#define PAGE_SCRIPT_FIELDS                                                                         \
	PAGE_ROSTER_FIELDS, { "id", F_IDS, 0, PAGE_ROSTER_ROWS, "Members", NULL },                 \
		{ "all", F_FLAG, 0, 0, "Everybody", NULL },                                        \
	{                                                                                          \
		"next", F_FLAG, 0, 0, "The connection that is entered", NULL                       \
	}

struct page_whom {
	struct page_roster r;
	const char *pick;  /* as text; "" = the usual ones */
	int next;	   /* for the connection that is entered beside the one in use */
	const char *query; /* "?..." of an address, or "" */
};
/* ERR_INPUT when it has a word that is not known: a script must not mean everybody by that. */
int page_whom_read(struct page *p, struct page_whom *out, struct err *e) must_check;
/* The same in hidden fields. */
void page_whom_hidden(struct page *p, const struct page_whom *w);

/* The script of this page, p->word: its premise, whom it is about. */
int page_script_read(struct page *p, const struct page_whom *w, struct svc_premise *premise,
	struct svc_script *x, struct err *e) must_check;
/* Fills parts/script.tpl: its parts and what is to be known of it. url: where its files are, below
 * it run.ps1 and so on; query: behind them. */
struct page_script {
	struct svc *s;
	const struct svc_script *x;
	const char *url;
	const char *query;
	const int64_t *ids; /* whom it shows: page_script_fill finds them */
	size_t count;
};
int page_script_fill(struct page *p, const struct page_script *w, struct err *e) must_check;
/* The answer is a file of it. x lives as long as the request. */
int page_script_file(struct page *p, struct svc *s, const struct svc_script *x,
	enum script_part part, struct err *e) must_check;

/* page_share.c: open links, in parts/shares.tpl; kind NULL = any. */
int page_shares(struct page *p, const char *kind, struct err *e) must_check;

#endif
