/* The includes cmocka needs, in the order it needs them. */
#ifndef LATCHKEY_UNIT_H
#define LATCHKEY_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The call succeeds; otherwise its ops text is shown. `e` must be in scope. */
#define assert_ok(call)                                                                            \
	do {                                                                                       \
		if ((call) < 0)                                                                    \
			fail_msg("%s: %s:%d %s", #call, e.file ? e.file : "-", e.line, e.log);     \
	} while (0)

#endif
