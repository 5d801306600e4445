/* Autodiscover, inside: what the three ways of asking share. */
#ifndef SIM_AUTODISCOVER_H
#define SIM_AUTODISCOVER_H

#include <libxml/tree.h>
#include "sim/sign.h"
#include "sim/sim.h"

struct discover {
	struct sim *sim;
	struct world *world;
	struct face *face;
	struct premise *premise;
	struct front_end *front_end;
	struct request *request;
	struct answer *answer;
	struct who who;
	const char *op;	  /* for faults and the journal */
	char *mailbox;	  /* the first address asked about */
	const char *code; /* static */
	int items;
};

/* Where an address leads. */
enum route_kind {
	ROUTE_UNKNOWN,
	ROUTE_HERE,    /* settings of this premise */
	ROUTE_ADDRESS, /* ask again with `address` */
	ROUTE_URL      /* ask the premise `elsewhere` */
};
struct route {
	enum route_kind kind;
	struct mailbox *mailbox;
	const char *address;
	struct premise *elsewhere;
};
struct route discover_route(const struct discover *d, const char *address);

/* URLs as clients must say them, with the port where it is needed; caller frees. */
char *discover_url(const struct discover *d, const char *host, const char *path);
char *discover_ews(const struct discover *d, bool internal);
/* The autodiscovery host of a premise, for an address; caller frees. */
char *discover_host(const struct world *w, const struct premise *p, const char *address);
const char *discover_internal_host(const struct premise *p);
char *discover_legacy_dn(const struct discover *d, const struct mailbox *m); /* caller frees */
char *discover_server(const struct discover *d, const struct mailbox *m);    /* GUID@DOMAIN */
void discover_guid(const struct world *w, const char *of, char out[37]);     /* always the same */

/* The request's document: never with a DTD. NULL = there is none. */
xmlDoc *discover_parse(const struct text *body);
char *discover_text(xmlNode *n); /* trimmed; caller frees; NULL when n is */
bool discover_is_address(const char *s);

void discover_pox(struct discover *d);
void discover_soap(struct discover *d);
void discover_json(struct discover *d);

/* Answer without faults and without a journal entry: for a website that passes requests on. */
void autodiscover_answer(struct face *f, struct premise *p, struct request *r, struct answer *a);

/* autodiscover_settings.c: the UserSetting elements asked for, and the errors of the others. */
enum { SETTINGS_MOST = 200 };
struct settings_asked {
	char *name[SETTINGS_MOST];
	int n;
};
bool settings_has(const struct settings_asked *asked, const char *name);
void settings_write(
	const struct discover *d, const struct mailbox *m, const struct settings_asked *asked);

#endif
