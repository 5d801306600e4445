/* Egress: where the engine may connect to, whatever name or address an admin types (SSRF guard).
 *
 * Every address has a class, from the most specific of the known ranges. The rules, in this order:
 *
 *  1. What ops listed is allowed, on the listed ports. An address entry opens a special range only
 *     from within: 127.0.0.0/8 or 127.0.0.1/32 opens loopback, 0.0.0.0/0 and 126.0.0.0/7 do not. A
 *     name entry allows every address of that name but link-local and cloud metadata addresses and
 *     translated ones (IPv4 inside IPv6, not public): those need an address entry.
 *  2. Public addresses: port 443.
 *  3. Private addresses: port 443, when one organisation runs its own install (tenancy single) and
 *     the server was given by name, so that its certificate proves it.
 *  4. All others never.
 *
 * One anonymous question may go out without TLS (Autodiscover's redirect, find.h): then rules 2 and
 * 3 are port 80 of a public address and nothing else.
 *
 * An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4) is judged by that one, and is
 * public or refused: no honest name server answers with a private address in such a form.
 *
 * Behind a proxy that ops configured a name may have no address here: then its port is all that is
 * judged, and what else the name may lead to is the proxy's business.
 *
 * Nothing here asks a name server: resolve first, check every address of the answer, connect only
 * to what egress_choose returned, and check again for each redirect and each new answer.
 */
#ifndef LATCHKEY_EGRESS_H
#define LATCHKEY_EGRESS_H

#include "platform/err.h"
#include "platform/resolve.h"

enum {
	EGRESS_MAX = 256, /* entries in the list */
	EGRESS_PORT = 443,
	EGRESS_PLAIN_PORT = 80,
	EGRESS_HOST = 254,
	EGRESS_TEXT = EGRESS_HOST + 13 /* an entry as text: name and two ports */
};

struct egress;

struct egress_verdict {
	int allowed;
	int never;	   /* refused whatever the port, the name and the tenancy */
	const char *class; /* "public", "private", "loopback", "link-local", "metadata", ... */
	const char *rule;  /* allowed: listed public private; refused: port plain tenancy literal
			      special */
	char say[256];	   /* refused: what and why, for the admin */
	char fix[192];	   /* refused: how it can be allowed */
	char log[256];	   /* for ops: the address, the range it is in, the rule */
};

/* What file lists counts from the first egress_load on. tenancy: enum config_tenancy. Never NULL.
 */
struct egress *egress_new(const char *file, int tenancy);
void egress_free(struct egress *g);
/* Read the list again if the file is another one than before; no file is an empty list. On an
 * error, which names the line, the list stays as it was. */
int egress_load(struct egress *g, struct err *e) must_check;

/* May host, which was resolved to addr (or is that literal), be connected to? 1 allowed, 0 refused;
 * out is filled in both cases. */
int egress_check(const struct egress *g, const char *host, const struct address *addr, int port,
	struct egress_verdict *out);
/* The same for all addresses of an answer: the allowed ones go to `allowed`. An answer that holds
 * even one address of the never kind is refused as a whole (a public name does not lead there by
 * accident), other refused addresses are left out. 1 at least one allowed, 0 refused. */
int egress_choose(const struct egress *g, const char *host, int port, const struct addresses *found,
	struct addresses *allowed, struct egress_verdict *out);

/* May a proxy be asked for host, which has no address here? All that can be judged is the port:
 * 443, or one that is listed for the name. */
int egress_check_name(
	const struct egress *g, const char *host, int port, struct egress_verdict *out);

/* check and choose for a connection without TLS, on which nothing but one anonymous question is
 * asked. */
int egress_check_plain(const struct egress *g, const char *host, const struct address *addr,
	int port, struct egress_verdict *out);
int egress_choose_plain(const struct egress *g, const char *host, int port,
	const struct addresses *found, struct addresses *allowed, struct egress_verdict *out);

/* The list: one entry a line, `ADDRESS[/BITS]` or `NAME`, then `PORT` or `PORT-PORT` unless it is
 * 443; # begins a comment. A name covers itself, not the names below it. */
struct egress_entry {
	int is_name;
	struct address net;
	int bits;
	char name[EGRESS_HOST]; /* lower case */
	int first;		/* ports */
	int last;
};

struct egress_list {
	size_t count;
	struct egress_entry list[EGRESS_MAX];
};

/* One entry; 0 or -1 (ERR_INPUT). */
int egress_entry_parse(const char *text, struct egress_entry *out, struct err *e) must_check;
/* Its one canonical form: "10.1.0.0/16 443", "mail.example.org 443-444"; size EGRESS_TEXT. */
void egress_entry_text(const struct egress_entry *en, char *dst, size_t size);

/* All entries of file, in its order; 0 or -1 (ERR_SETUP, naming the line). */
int egress_file_list(const char *file, struct egress_list *out, struct err *e) must_check;
/* Change file in one step, keeping comments and all other lines; mode 0644; two callers wait for
 * each other. 1 changed, 0 it was so already, -1; a file with a bad line is not changed. */
int egress_file_add(const char *file, const struct egress_entry *en, struct err *e) must_check;
int egress_file_remove(const char *file, const struct egress_entry *en, struct err *e) must_check;

#endif
