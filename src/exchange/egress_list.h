/* Egress list: what egress.c and egress_list.c share; the list itself is in egress.h. */
#ifndef LATCHKEY_EGRESS_LIST_H
#define LATCHKEY_EGRESS_LIST_H

#include <sys/stat.h>
#include "egress.h"

/* "10.0.0.0/8", "::1"; 0 or -1. */
int egress_net_parse(const char *text, struct address *net, int *bits) must_check;
/* The bytes of an address in network order: 4 or 16. */
const unsigned char *egress_bytes(const struct address *a);
/* All entries of file and what it is now, to see later whether it has changed. 0 or -1; no file is
 * an empty list with a stamp of zeros. */
int egress_file_read(
	const char *file, struct egress_list *out, struct stat *stamp, struct err *e) must_check;

#endif
