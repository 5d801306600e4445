/* Whatever real servers and the examples of our own reference say, given to every reader: each
 * reads the answers to its own questions, and refuses those to other ones. Both come from
 * LATCHKEY_EWS.
 */
#include "tests/unit/ews_trace.h"

#include <dirent.h>

/* The answer that each operation waits for. */
static const char *const responses[EXCHANGE__MAX] = {
	[EXCHANGE_OPEN_FOLDERS] = "GetFolderResponse",
	[EXCHANGE_LIST_DELEGATES] = "GetDelegateResponse",
	[EXCHANGE_GET_BUSY] = "GetUserAvailabilityResponse",
	[EXCHANGE_LIST_EVENTS] = "FindItemResponse",
	[EXCHANGE_FIND_TAGGED] = "FindItemResponse",
	[EXCHANGE_CREATE_BOOKING] = "CreateItemResponse",
	[EXCHANGE_CHANGE_BOOKING] = "UpdateItemResponse",
	[EXCHANGE_REMOVE_ITEM] = "DeleteItemResponse",
	[EXCHANGE_GET_ITEMS] = "GetItemResponse",
	[EXCHANGE_SYNC_CALENDAR] = "SyncFolderItemsResponse",
	[EXCHANGE_FIND_MAIL] = "FindItemResponse",
	[EXCHANGE_SEND_MESSAGE] = "CreateItemResponse",
	[EXCHANGE_RESOLVE_NAME] = "ResolveNamesResponse",
	[EXCHANGE_EXPAND_LIST] = "ExpandDLResponse",
	[EXCHANGE_LIST_ROOM_LISTS] = "GetRoomListsResponse",
	[EXCHANGE_LIST_ROOMS] = "GetRoomsResponse",
	[EXCHANGE_SERVER_ZONES] = "GetServerTimeZonesResponse",
};

enum { PARTS = 3 };

static const struct folder_ask folders[PARTS];
static const char *const people[PARTS] = { "a@b.test", "c@d.test", "e@f.test" };
static const struct item_ref refs[PARTS];

/* A question of n parts that has this answer. */
union any_query {
	struct folders_query folders;
	struct delegates_query delegates;
	struct busy_query busy;
	struct events_query events;
	struct tagged_query tagged;
	struct booking booking;
	struct change_query change;
	struct remove_query remove;
	struct items_query items;
	struct sync_query sync;
	struct mail_query mail;
	struct message message;
	struct resolve_query resolve;
	struct expand_query expand;
	struct room_lists_query room_lists;
	struct zones_query zones;
};

static union any_query question(enum exchange_op op, size_t n)
{
	union any_query q;

	memset(&q, 0, sizeof(q));
	switch (op) {
	case EXCHANGE_OPEN_FOLDERS:
		q.folders = (struct folders_query){ folders, n, 0 };
		break;
	case EXCHANGE_GET_BUSY:
		q.busy = (struct busy_query){ people, n, 0, INT64_C(4000000000) };
		break;
	case EXCHANGE_LIST_EVENTS:
		q.events = (struct events_query){ NULL, 0, INT64_C(4000000000), 1000 };
		break;
	case EXCHANGE_GET_ITEMS:
		q.items = (struct items_query){ refs, n };
		break;
	case EXCHANGE_SYNC_CALENDAR:
		q.sync = (struct sync_query){ NULL, "", EXCHANGE_SYNC_MAX };
		break;
	case EXCHANGE_FIND_MAIL:
		q.mail = (struct mail_query){ FOLDER_INBOX, "", 100 };
		break;
	default:
		break;
	}
	return q;
}

static void print_nothing(struct buf *out, const void *result)
{
	(void)result;
	buf_puts(out, "read\n");
}

/* Is the document read as an answer to a question of some size? */
static int is_read(enum exchange_op op, const char *document, size_t len)
{
	struct outcome o = { .reason = REASON_INTERNAL };
	struct buf got;
	size_t n;

	buf_init(&got, GOLDEN_MAX);
	for (n = 1; n <= PARTS && o.reason != REASON_OK; n++) {
		union any_query q = question(op, n);
		struct golden g = { .op = op, .query = &q, .print = print_nothing };

		golden_read(&g, document, len, &got, &o);
	}
	buf_done(&got);
	return o.reason == REASON_OK;
}

/* Does the document hold this element? */
static int holds(const char *document, const char *element)
{
	const char *p = document;
	size_t n = strlen(element);

	while ((p = strstr(p, element))) {
		if (p > document && (p[-1] == '<' || p[-1] == ':') && strchr(" >/\r\n", p[n]))
			return 1;
		p++;
	}
	return 0;
}

/* One of the recordings was spoilt by whoever kept it. */
static int is_xml(const char *document, size_t len)
{
	struct arena a;
	int is;

	arena_init(&a, GOLDEN_MAX);
	is = xml_read(&a, document, len) != NULL;
	arena_done(&a);
	return is;
}

/* Every reader reads its own, and nothing else. Returns how many did. */
static int every_reader(const char *name, const char *document, size_t len)
{
	int sound = is_xml(document, len) && !strstr(document, "ResponseClass=\"Error\"");
	int op, own, got, count = 0;

	for (op = 0; op < EXCHANGE__MAX; op++) {
		own = holds(document, responses[op]);
		got = is_read((enum exchange_op)op, document, len);
		if ((own && sound && !got) || (got && !own))
			fail_msg("%s is %sread by %s", name, got ? "" : "not ",
				dialect_op_name((enum exchange_op)op));
		count += got;
	}
	return count;
}

static void recorded_answers(void **state)
{
	char directory[PATH_MAX], path[PATH_MAX + 300];
	struct dirent *entry;
	int files = 0, count = 0;
	struct buf document;
	struct err e = { 0 };
	DIR *d;

	(void)state;
	trace_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/traces/ews-javascript-api", directory);
	d = opendir(path);
	if (!d) {
		print_message("SKIP: LATCHKEY_EWS names no directory with traces/\n");
		skip();
		return;
	}
	buf_init(&document, GOLDEN_MAX);
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/traces/ews-javascript-api/%s", directory,
			entry->d_name);
		buf_clear(&document);
		assert_ok(buf_file(&document, path, &e));
		count += every_reader(entry->d_name, document.p, document.len);
		files++;
	}
	closedir(d);
	buf_done(&document);
	assert_true(files > 40);
	assert_true(count > 20);
}

/* The next fenced example: from behind its first line to its end; NULL. */
static char *example(char **text, int *is_payload)
{
	char *begin = strstr(*text, "\n```xml "), *end;

	if (!begin)
		return NULL;
	*is_payload = begin[8] == 'm';
	begin = strchr(begin + 1, '\n') + 1;
	end = strstr(begin, "\n```");
	assert_non_null(end);
	*end = '\0';
	*text = end + 4;
	return begin;
}

/* All examples of the reference that are answers; the same again, cut and mutilated, in the tests
 * of each operation. */
static void examples_of_the_reference(void **state)
{
	char directory[PATH_MAX], path[PATH_MAX + 300], name[64], *text, *p;
	struct buf reference, document;
	int count = 0, is_payload;
	struct err e;

	(void)state;
	snprintf(path, sizeof(path), "%s/EWS.md", trace_directory(directory, sizeof(directory)));
	buf_init(&reference, GOLDEN_MAX);
	buf_init(&document, GOLDEN_MAX);
	if (buf_file(&reference, path, &e) < 0) {
		print_message("SKIP: LATCHKEY_EWS names no directory with EWS.md\n");
		skip();
		return;
	}
	text = reference.p;
	while ((p = example(&text, &is_payload))) {
		buf_clear(&document);
		if (is_payload)
			golden_wrap(&document, p);
		else
			buf_puts(&document, p);
		snprintf(name, sizeof(name), "%.60s", p);
		count += every_reader(name, document.p, document.len);
	}
	assert_true(count > 15);
	buf_done(&reference);
	buf_done(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_answers),
		cmocka_unit_test(examples_of_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
