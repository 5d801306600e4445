/* What the tests of the egress guard share: a directory with a list, and questions in short. */
#ifndef LATCHKEY_EGRESS_UNIT_H
#define LATCHKEY_EGRESS_UNIT_H

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "exchange/egress.h"
#include "platform/config.h"

struct place {
	char dir[64];
	char file[96];
	struct egress *single;
	struct egress *multi;
};

static inline int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (!p)
		return -1;
	snprintf(p->dir, sizeof(p->dir), "/tmp/test_egress.XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->file, sizeof(p->file), "%s/allow", p->dir);
	p->single = egress_new(p->file, TENANCY_SINGLE);
	p->multi = egress_new(p->file, TENANCY_MULTI);
	*state = p;
	return 0;
}

static inline int teardown(void **state)
{
	struct place *p = *state;
	int rc;

	egress_free(p->single);
	egress_free(p->multi);
	unlink(p->file);
	rc = rmdir(p->dir); /* fails when something was left behind */
	free(p);
	return rc;
}

static inline void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static inline void assert_file(const char *file, const char *text)
{
	char got[4096] = "";
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	close(fd);
	assert_string_equal(got, text);
}

/* The file is written anew, so that its stamp differs in any case. */
static inline void list_these(struct place *p, const char *text)
{
	struct err e;

	unlink(p->file);
	assert_ok(egress_load(p->single, &e));
	assert_ok(egress_load(p->multi, &e));
	write_file(p->file, text);
	assert_ok(egress_load(p->single, &e));
	assert_ok(egress_load(p->multi, &e));
}

static inline struct address parse(const char *text)
{
	struct address a;

	if (address_parse(text, &a) < 0)
		fail_msg("test data: %s", text);
	return a;
}

static inline int check(const struct egress *g, const char *host, const char *addr, int port)
{
	struct egress_verdict v;
	struct address a = parse(addr);
	int rc = egress_check(g, host, &a, port, &v);

	assert_int_equal(rc, v.allowed);
	assert_true(rc == 0 || rc == 1);
	assert_int_equal(rc == 1, v.say[0] == '\0');
	assert_non_null(strstr(v.log, v.rule));
	return rc;
}

/* Each range with its first and last address and its neighbours. */

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
