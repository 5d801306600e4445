/* Fuzz: what the fuzzers share. Built with --enable-fuzz CC=clang CXX=clang++; each takes
 * libFuzzer's arguments: tests/fuzz/fuzz_form -max_total_time=60 corpus/
 */
#ifndef LATCHKEY_FUZZ_H
#define LATCHKEY_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy that ends with a NUL, of exactly that size, so that reading past it is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	if (!s)
		abort();
	memcpy(s, data, size);
	s[size] = '\0';
	return s;
}

#endif
