/* Dialect: what is known of the operations without any dialect: the columns of EXCHANGE_OPS. */
#include "dialect.h"

static const struct row {
	const char *name;
	size_t result;
	int twice;
} rows[] = {
#define DIALECT_ROW(name, fn, query, result, twice) { #fn, sizeof(result), twice },
	EXCHANGE_OPS(DIALECT_ROW)
#undef DIALECT_ROW
};

size_t dialect_result_size(enum exchange_op op)
{
	return rows[op].result;
}

const char *dialect_op_name(enum exchange_op op)
{
	return rows[op].name;
}

int dialect_op_twice(enum exchange_op op)
{
	return rows[op].twice;
}
