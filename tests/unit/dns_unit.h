/* What name servers of tests share. */
#ifndef LATCHKEY_DNS_UNIT_H
#define LATCHKEY_DNS_UNIT_H

#include <stdio.h>

enum { TYPE_A = 1 };

/* "\4good\4test\0" to "good.test"; returns the length on the wire. */
static inline size_t read_name(const unsigned char *p, char *dst, size_t size)
{
	size_t at = 0, used = 0;

	while (p[at]) {
		used += (size_t)snprintf(dst + used, size - used, "%s%.*s", used ? "." : "",
			(int)p[at], (const char *)p + at + 1);
		at += p[at] + 1u;
	}
	return at + 1;
}

#endif
