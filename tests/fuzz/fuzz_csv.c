/* Tables as text: the first byte chooses the delimiter or leaves it to be found. A cell of a file
 * without a mark of its encoding is UTF-8 whatever came in; lines count upwards; what was read and
 * is written again reads the same.
 */
#include "fuzz.h"

#include "platform/csv.h"
#include "platform/str.h"

static struct csv c, again;

static void same_again(void)
{
	struct buf b;
	struct err e;

	buf_init(&b, 4 * CSV_ROW_MAX);
	for (size_t i = 0; i < c.count; i++)
		csv_cell(&b, c.cells[i], i + 1 == c.count);
	csv_open(&again, b.p, b.len, ',');
	if (!c.cut && (csv_next(&again, &e) != 1 || again.count != c.count))
		abort();
	for (size_t i = 0; !again.cut && i < again.count && i < c.count; i++) {
		if (strcmp(again.cells[i], c.cells[i]) != 0)
			abort();
	}
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char signs[] = { '\0', ',', ';', '\t' };
	const int marked = size > 4 && memcmp(data + 1, "\xef\xbb\xbf", 3) == 0;
	int64_t line = 0;
	struct err e;

	if (size == 0)
		return 0;
	csv_open(&c, data + 1, size - 1, signs[data[0] % sizeof(signs)]);
	while (csv_next(&c, &e) == 1) {
		if (c.line <= line || c.count == 0 || c.count > CSV_CELLS_MAX)
			abort();
		line = c.line;
		for (size_t i = 0; i < c.count; i++) {
			if (!marked && !str_utf8(c.cells[i], strlen(c.cells[i])))
				abort();
		}
		if (!marked)
			same_again();
	}
	return 0;
}
