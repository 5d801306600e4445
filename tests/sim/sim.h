/* Sim: the whole simulator in one struct, and its faces. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/http.h"
#include "sim/journal.h"
#include "sim/loop.h"
#include "sim/world.h"

/* One listening port. All faces listen on every port: the Host header chooses among the world's
 * host names, and only a name nobody has (localhost, 127.0.0.1) falls to the port's own face. */
struct face {
	struct face *next;
	struct sim *sim;
	const struct face_kind *kind;
	struct premise *premise; /* ews, autodiscover */
	struct domain *domain;	 /* website */
	char *host;		 /* the world's name of it */
	struct listener *listener;
	struct listener *shared; /* of the port of all names, which is the first face's */
	int port;
};
/* "ews" "autodiscover" "signin" "website" "hostile" "plain" */
struct face_kind {
	const char *name;
	http_fn *handler; /* arg = struct face */
	bool tls;
};
extern const struct face_kind face_kinds[]; /* ends with name NULL */

struct sim {
	struct loop *loop;
	struct tls *tls;
	struct http *http;
	struct world *world;
	struct journal *journal;
	struct tokens *tokens;
	struct face *faces;
	struct spend *spend;	   /* throttling: soap.h */
	char *address;		   /* 127.0.0.1 */
	char *ca_path;		   /* where the root certificate was written, or NULL */
	int https_port, http_port; /* shared by all names; 0 = only the faces' own ports */
};

/* Faces for everything in the world: each premise's ews and autodiscover, the sign-in when there is
 * an online premise, each domain's website, plain http for redirects. Prints nothing. NULL *why =
 * fine. */
void faces_open(struct sim *s, char **why);
void faces_close(struct sim *s);
void faces_refresh(struct sim *s); /* after the world changed: refusals begin or end */
struct face *face_by_host(struct sim *s, const char *host);
/* https://HOST[:PORT] as a client on this machine must say it to reach the face; caller frees. */
char *face_url(const struct face *f, const char *path);
struct face *face_of_kind(struct sim *s, const char *kind); /* the first, or NULL */
/* {"ews": [{"premise": "hq", "url": ...}], "autodiscover": ..., "signin": ..., "ca": PATH, ...} */
json_t *faces_json(const struct sim *s);
/* The front end of this connection: one after the other, as a load balancer deals them out. */
struct front_end *face_front_end(struct face *f, struct connection *c);

/* The world's clock moved, or real time passed: deliver mail, run rules. Called by a timer and by
 * control. */
void sim_tick(struct sim *s);
void sim_start_clock(struct sim *s); /* ticks from now on, ten a second */

/* control.c: the Unix socket. */
struct control;
struct control *control_new(struct sim *s, const char *path, char **why);
void control_free(struct control *c);

/* Handlers of faces, one a file. */
void ews_face(void *face, struct request *r, struct answer *a);
void autodiscover_face(void *face, struct request *r, struct answer *a);
void website_face(void *face, struct request *r, struct answer *a);
void hostile_face(void *face, struct request *r, struct answer *a);

#endif
