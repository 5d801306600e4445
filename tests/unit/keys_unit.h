/* The engine's keys, for tests of what is sealed for it. */
#ifndef LATCHKEY_KEYS_UNIT_H
#define LATCHKEY_KEYS_UNIT_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "platform/log.h"
#include "platform/seal.h"

/* They, and the file with their public halves. */
static struct keyring *ring;
static char keys[64];

static inline int keys_setup(void **state)
{
	struct err e;

	(void)state;
	seal_init();
	log_open("test", LOG__MAX);
	snprintf(keys, sizeof(keys), "/tmp/latchkey-keys-XXXXXX");
	assert_int_equal(close(mkstemp(keys)), 0);
	ring = keyring_new();
	assert_non_null(keyring_generate(ring, &e));
	assert_ok(keyring_write_public(ring, keys, &e));
	return 0;
}

static inline int keys_teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	return unlink(keys);
}

#endif
