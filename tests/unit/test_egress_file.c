/* The egress list as a file: read, refused, followed, and changed in one step. */
#include "egress_unit.h"

static void reads_the_file(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct err e;

	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 0);
	write_file(p->file, "# ours\n\n  10.0.0.0/8 # with a reason\r\n\tMail.Test 25\n#end");
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 2);
	assert_int_equal(list.list[0].bits, 8);
	assert_string_equal(list.list[1].name, "mail.test");
	assert_int_equal(list.list[1].first, 25);
}

static void bad_files_name_the_line(void **state)
{
	static const struct {
		const char *text;
		const char *where;
	} cases[] = {
		{ "10.0.0.0/8\nnot a line\n", ":2: " },
		{ "nonsense!", ":1: \"nonsense!\"" },
		{ "#\n\n\n10.0.0.1/8 # x", ":4: " },
	};
	struct place *p = *state;
	static struct egress_list list;
	struct err e;

	for (size_t i = 0; i < COUNT(cases); i++) {
		write_file(p->file, cases[i].text);
		assert_int_equal(egress_file_list(p->file, &list, &e), -1);
		assert_int_equal(e.code, ERR_SETUP);
		assert_non_null(strstr(e.log, p->file));
		if (!strstr(e.log, cases[i].where))
			fail_msg("%s", e.log);
		assert_null(strstr(e.say, p->file));
	}
}

static void odd_files_are_refused(void **state)
{
	static const char nul[] = "10.0.0.0/8\0 443\n";
	struct place *p = *state;
	static struct egress_list list;
	struct err e;
	int fd;

	assert_int_equal(mkdir(p->file, 0755), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(rmdir(p->file), 0);
	assert_int_equal(mkfifo(p->file, 0644), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(unlink(p->file), 0);
	write_file(p->file, "10.0.0.0/8\n");
	assert_int_equal(chmod(p->file, 0666), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_non_null(strstr(e.log, "everybody may write"));
	assert_int_equal(chmod(p->file, 0644), 0);
	assert_ok(egress_file_list(p->file, &list, &e));
	fd = open(p->file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(write(fd, nul, sizeof(nul) - 1), sizeof(nul) - 1);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_int_equal(ftruncate(fd, 64 * 1024 + 1), 0);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	close(fd);
	assert_int_equal(egress_file_list("/dev/null", &list, &e), -1);
}

static void unreadable_file_is_an_error(void **state)
{
	struct place *p = *state;
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip();
	write_file(p->file, "10.0.0.0/8\n");
	assert_int_equal(chmod(p->file, 0600), 0);
	assert_int_equal(chmod(p->dir, 0755), 0);
	child = fork();
	if (child == 0) {
		struct err e;

		if (setuid(65534) < 0)
			_exit(2);
		_exit(egress_load(p->multi, &e) == -1 && e.code == ERR_SETUP ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void fill_file(struct place *p, int entries)
{
	char text[EGRESS_MAX * 16 + 32];
	size_t n = 0;

	for (int i = 0; i < entries; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "10.0.%d.%d\n", i / 256, i % 256);
	write_file(p->file, text);
}

static void number_of_entries_is_bounded(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct egress_entry en;
	struct err e;

	fill_file(p, EGRESS_MAX);
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, EGRESS_MAX);
	assert_ok(egress_entry_parse("11.0.0.0/8", &en, &e));
	assert_int_equal(egress_file_add(p->file, &en, &e), -1);
	fill_file(p, EGRESS_MAX + 1);
	assert_int_equal(egress_file_list(p->file, &list, &e), -1);
	assert_non_null(strstr(e.log, ":257: "));
}

/* A list that is broken later leaves what was allowed before, and no more. */
static void load_follows_the_file(void **state)
{
	struct place *p = *state;
	struct err e;

	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	write_file(p->file, "127.0.0.1\n");
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 1);
	write_file(p->file, "127.0.0.1\n127.0.0.2\nbroken line here\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(egress_load(p->multi, &e), -1);
		assert_non_null(strstr(e.log, ":3: "));
		assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 1);
		assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 0);
	}
	write_file(p->file, "127.0.0.2\n");
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.1", 443), 0);
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 1);
	assert_int_equal(unlink(p->file), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 0);
}

/* Same size, other time; same size and time, other file. */
static void each_part_of_the_stamp_counts(void **state)
{
	const struct timespec then[2] = { { 1000000000, 1 }, { 1000000000, 1 } };
	struct place *p = *state;
	struct err e;
	char other[112];

	write_file(p->file, "127.0.0.1\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	snprintf(other, sizeof(other), "%s.new", p->file);
	write_file(other, "127.0.0.2\n");
	assert_int_equal(utimensat(AT_FDCWD, other, then, 0), 0);
	assert_int_equal(rename(other, p->file), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.2", 443), 1);
	write_file(p->file, "127.0.0.3\n");
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.3", 443), 1);
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	write_file(p->file, "127.0.0.33\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	/* with the same stamp it is not read again */
	write_file(p->file, "not..valid\n");
	assert_int_equal(utimensat(AT_FDCWD, p->file, then, 0), 0);
	assert_ok(egress_load(p->multi, &e));
	assert_int_equal(check(p->multi, "a.test", "127.0.0.33", 443), 1);
}

static int change(struct place *p, const char *entry, int add)
{
	struct egress_entry en;
	struct err e;
	int rc;

	assert_ok(egress_entry_parse(entry, &en, &e));
	rc = add ? egress_file_add(p->file, &en, &e) : egress_file_remove(p->file, &en, &e);
	assert_ok(rc);
	return rc;
}

static void adds_and_removes(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(change(p, "10.0.0.0/8", 0), 0);
	assert_int_equal(access(p->file, F_OK), -1);
	assert_int_equal(change(p, "10.0.0.0/8", 1), 1);
	assert_file(p->file, "10.0.0.0/8 443\n");
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(change(p, "10.0.0.0/8 443", 1), 0);
	assert_int_equal(change(p, "Mail.Test 8443", 1), 1);
	assert_file(p->file, "10.0.0.0/8 443\nmail.test 8443\n");
	assert_int_equal(change(p, "mail.test", 0), 0);
	assert_int_equal(change(p, "10.0.0.0/8", 0), 1);
	assert_file(p->file, "mail.test 8443\n");
	assert_int_equal(change(p, "mail.test 8443", 0), 1);
	assert_file(p->file, "");
}

static void comments_are_kept(void **state)
{
	struct place *p = *state;

	write_file(p->file, "# ours\n\n10.0.0.0/8 # office\nMAIL.test\n10.0.0.0/8 443\n# end");
	assert_int_equal(change(p, "11.0.0.0/8", 1), 1);
	assert_file(p->file,
		"# ours\n\n10.0.0.0/8 # office\nMAIL.test\n10.0.0.0/8 443\n# end\n"
		"11.0.0.0/8 443\n");
	assert_int_equal(change(p, "10.0.0.0/8", 0), 1);
	assert_file(p->file, "# ours\n\nMAIL.test\n# end\n11.0.0.0/8 443\n");
	assert_int_equal(change(p, "mail.TEST", 0), 1);
	assert_file(p->file, "# ours\n\n# end\n11.0.0.0/8 443\n");
}

static void failed_changes_leave_the_file(void **state)
{
	struct place *p = *state;
	struct egress_entry en;
	struct err e;

	assert_ok(egress_entry_parse("10.0.0.0/8", &en, &e));
	write_file(p->file, "what is this\n");
	assert_int_equal(egress_file_add(p->file, &en, &e), -1);
	assert_non_null(strstr(e.log, ":1: "));
	assert_int_equal(egress_file_remove(p->file, &en, &e), -1);
	assert_file(p->file, "what is this\n");
	assert_int_equal(egress_file_add("/no/such/place/allow", &en, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
}

/* The file is replaced, not written over: a reader sees the old text or the new one. */
static void change_is_one_step(void **state)
{
	struct place *p = *state;
	char text[64] = "";
	int old;

	write_file(p->file, "10.0.0.0/8\n");
	old = open(p->file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(change(p, "11.0.0.0/8", 1), 1);
	assert_int_equal(read(old, text, sizeof(text)), 11);
	assert_string_equal(text, "10.0.0.0/8\n");
	close(old);
}

/* Several callers at once lose nothing. */
static void callers_wait_for_each_other(void **state)
{
	struct place *p = *state;
	static struct egress_list list;
	struct err e;
	pid_t children[4];
	int status;

	for (int c = 0; c < 4; c++) {
		children[c] = fork();
		for (int i = 0; children[c] == 0 && i < 10; i++) {
			struct egress_entry en;
			char text[32];

			snprintf(text, sizeof(text), "10.0.%d.%d", c, i);
			if (egress_entry_parse(text, &en, &e) < 0 ||
				egress_file_add(p->file, &en, &e) != 1)
				_exit(1);
		}
		if (children[c] == 0)
			_exit(0);
	}
	for (int c = 0; c < 4; c++) {
		assert_int_equal(waitpid(children[c], &status, 0), children[c]);
		assert_int_equal(status, 0);
	}
	assert_ok(egress_file_list(p->file, &list, &e));
	assert_int_equal(list.count, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_the_file),
		TEST(bad_files_name_the_line),
		TEST(odd_files_are_refused),
		TEST(unreadable_file_is_an_error),
		TEST(number_of_entries_is_bounded),
		TEST(load_follows_the_file),
		TEST(each_part_of_the_stamp_counts),
		TEST(adds_and_removes),
		TEST(comments_are_kept),
		TEST(failed_changes_leave_the_file),
		TEST(change_is_one_step),
		TEST(callers_wait_for_each_other),
	};

	egress_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
