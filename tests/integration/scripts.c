/* Scripts: scripts for the Exchange admin in bulk, for integration tests, with names that no store
 * would take.
 *
 *	scripts < QUERIES
 *
 * A query is one line of fields with U+001F between them: kind, part, premise (0 to 3),
 * organisation, mailbox, application, tag, agent, made, and then people. The answer to each is a
 * number of bytes, a line's end and so many bytes, as a file would have them; or "-", what is wrong
 * and a line's end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/script.h"
#include "platform/str.h"

enum { LINE = 1 << 20, FIELDS = 9, PEOPLE = 10000, SCRIPT = 1 << 24 };

static int write_script(struct buf *b, const struct script_query *q, char **people, struct err *e)
{
	if (script_begin(b, q, e) < 0)
		return -1;
	for (int64_t i = 0; script_names(q) && i < q->people; i++)
		if (script_person(b, q, people[i], e) < 0)
			return -1;
	return script_end(b, q, e);
}

static void answer(const struct script_query *q, char **people)
{
	struct buf text, file;
	struct err e = { 0 };

	buf_init(&text, SCRIPT);
	buf_init(&file, SCRIPT);
	if (write_script(&text, q, people, &e) < 0) {
		printf("-%s\n", e.say);
	} else if (script_file(&file, buf_str(&text), text.len, 1) < 0) {
		printf("-too big\n");
	} else {
		printf("%zu\n", file.len);
		fwrite(buf_str(&file), 1, file.len, stdout);
	}
	fflush(stdout);
	buf_done(&text);
	buf_done(&file);
}

int main(void)
{
	static char line[LINE], *field[FIELDS + PEOPLE];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		int n = 0;
		struct script_query q = { 0 };

		line[strcspn(line, "\n")] = '\0';
		for (char *at = line; at != NULL && n < FIELDS + PEOPLE; n++) {
			field[n] = at;
			at = strchr(at, '\x1f');
			if (at != NULL)
				*at++ = '\0';
		}
		if (n < FIELDS)
			return 1;
		q.kind = script_parse(field[0]);
		q.part = script_part_parse(field[1]);
		q.premise = (enum script_premise)(field[2][0] - '0');
		q.organisation = field[3];
		q.mailbox = field[4];
		q.app = field[5];
		q.tag = field[6];
		q.agent = field[7];
		q.made = field[8];
		q.people = n - FIELDS;
		answer(&q, field + FIELDS);
	}
	return 0;
}
