/* Config: defaults, file, environment, systemd's credential; every kind of mistake is named. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "platform/config.h"
#include "platform/log.h"

static struct arena arena;
static char dir[] = "/tmp/test_config.XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 16 * 1024 * 1024);
	unsetenv("CREDENTIALS_DIRECTORY");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/latchkey.conf", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	rmdir(dir);
	arena_done(&arena);
	return 0;
}

static void write_bytes(const char *file, const char *text, size_t n)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

/* Load a file with this text. */
static int load(struct config *c, const char *text, struct err *e)
{
	write_bytes(path, text, strlen(text));
	return config_load(c, path, &arena, e);
}

static void shows(const struct config *c, const char *name, const char *value, const char *origin)
{
	struct config_view v;
	size_t i;

	for (i = 0; i < config_count(); i++) {
		config_show(c, i, &arena, &v);
		if (strcmp(v.name, name) != 0)
			continue;
		assert_string_equal(v.value, value);
		assert_string_equal(v.origin, origin);
		return;
	}
	fail_msg("no row %s", name);
}

static void defaults(void **state)
{
	struct config c;
	struct config_view v;
	struct err e = { 0 };
	size_t i;

	(void)state;
	assert_ok(load(&c, "", &e));
	assert_string_equal(c.public_url, "http://127.0.0.1:8080");
	assert_string_equal(c.origin, "http://127.0.0.1:8080");
	assert_false(c.secure);
	assert_string_equal(c.database, LOCALSTATEDIR "/lib/latchkey/latchkey.db");
	assert_string_equal(c.socket, RUNSTATEDIR "/latchkey/web.sock");
	assert_string_equal(c.socket_group, "www-data");
	assert_string_equal(c.doorbell, RUNSTATEDIR "/latchkey/engine.sock");
	assert_string_equal(c.templates, DATADIR "/latchkey/templates");
	assert_string_equal(c.web_user, "latchkey-web");
	assert_string_equal(c.engine_user, "latchkey");
	assert_string_equal(c.group, "latchkey");
	assert_string_equal(c.key_file, SYSCONFDIR "/latchkey/keyring");
	assert_string_equal(c.key_command, "");
	assert_string_equal(c.public_keys, SYSCONFDIR "/latchkey/keyring.pub");
	assert_string_equal(c.head_file, LOCALSTATEDIR "/lib/latchkey-engine/audit.head");
	assert_string_equal(c.egress_file, SYSCONFDIR "/latchkey/egress");
	assert_string_equal(c.ca_file, "");
	assert_string_equal(c.dns_servers, "");
	assert_int_equal(c.tenancy, TENANCY_SINGLE);
	assert_int_equal(c.workers, 4);
	assert_int_equal(c.log_level, LOG_INFO);
	assert_int_equal(c.max_body, 1048576);
	assert_int_equal(c.request_timeout, 60);
	assert_int_equal(c.session_idle, 28800);
	assert_int_equal(c.session_absolute, 604800);
	assert_int_equal(c.fresh, 300);
	assert_int_equal(c.invite_days, 7);
	assert_int_equal(c.reset_hours, 24);
	assert_int_equal(config_count(), CONFIG_ROWS);
	for (i = 0; i < config_count(); i++) {
		config_show(&c, i, &arena, &v);
		assert_string_equal(v.origin, "default");
		assert_true(strlen(v.help) > 5);
		assert_non_null(v.value);
	}
}

static void file_sets_values_and_origins(void **state)
{
	struct config c;
	struct err e = { 0 };
	char place[80];

	(void)state;
	assert_ok(load(&c,
		"# first line\r\n"
		"\n"
		"  workers=8  \r\n"
		"log_level =\tdebug\n"
		"tenancy = multi\n"
		"key_command = printf '%s' \"a = b # c\"\n"
		"dns_servers =\n"
		"web_user = J\xc3\xbcrgen",
		&e));
	assert_int_equal(c.workers, 8);
	assert_int_equal(c.log_level, LOG_DEBUG);
	assert_int_equal(c.tenancy, TENANCY_MULTI);
	assert_string_equal(c.key_command, "printf '%s' \"a = b # c\"");
	assert_string_equal(c.dns_servers, "");
	assert_string_equal(c.web_user, "J\xc3\xbcrgen");
	assert_int_equal(c.max_body, 1048576);
	snprintf(place, sizeof(place), "%s:3", path);
	shows(&c, "workers", "8", place);
	snprintf(place, sizeof(place), "%s:4", path);
	shows(&c, "log_level", "debug", place);
	shows(&c, "max_body", "1048576", "default");
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *says;
	} rows[] = {
		{ "wrokers = 4", 1, "no setting is named \"wrokers\"" },
		{ "Workers = 4", 1, "no setting is named" },
		{ "= 4", 1, "no setting is named \"\"" },
		{ "\n\nworkers 4", 3, "must be \"name = value\"" },
		{ "workers = 1\n#\nworkers = 1", 3, "workers is set in line 1, too" },
		{ "workers = 0", 1, "workers must be a whole number from 1 to 64 (not \"0\")" },
		{ "workers = 65", 1, "from 1 to 64" },
		{ "workers = four", 1, "(not \"four\")" },
		{ "workers =", 1, "(not \"\")" },
		{ "workers = 4 # many", 1, "whole number" },
		{ "max_body = 4095", 1, "from 4096 to 33554432" },
		{ "max_body = 33554433", 1, "from 4096 to 33554432" },
		{ "request_timeout = 4", 1, "from 5 to 600" },
		{ "request_timeout = 601", 1, "from 5 to 600" },
		{ "tenancy = Single", 1, "tenancy must be one of single multi" },
		{ "log_level = loud", 1, "one of debug info warn error" },
		{ "database = latchkey.db", 1, "database must be a path from the root" },
		{ "database =", 1, "a path from the root" },
		{ "ca_file = ca.pem", 1, "or empty" },
		{ "socket_group = 123456789012345678901234567890123", 1, "at most 32 bytes" },
		{ "web_user = a\x01", 1, "not plain UTF-8 text" },
		{ "web_user = \xff", 1, "not plain UTF-8 text" },
		{ "\xef\xbb\xbfworkers = 4", 1, "no setting is named" },
		{ "session_idle = 700\nsession_absolute = 600", 1, "must not be over" },
	};
	struct config c;
	struct err e;
	char place[80];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (load(&c, rows[i].text, &e) == 0)
			fail_msg("taken: %s", rows[i].text);
		assert_int_equal(e.code, ERR_SETUP);
		snprintf(place, sizeof(place), "%s:%d: ", path, rows[i].line);
		if (strncmp(e.log, place, strlen(place)) != 0 || !strstr(e.log, rows[i].says))
			fail_msg("%s is called: %s", rows[i].text, e.log);
		assert_null(strstr(e.say, dir));
	}
}

static void limits_of_the_numbers_are_taken(void **state)
{
	static const char *const rows[] = { "workers = 1", "workers = 64", "max_body = 4096",
		"max_body = 33554432", "request_timeout = 5", "request_timeout = 600" };
	struct config c;
	struct err e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_ok(load(&c, rows[i], &e));
}

/* name = then n times x */
static char *filled(const char *name, size_t n)
{
	char *text = arena_alloc(&arena, strlen(name) + n + 5);

	memcpy(text, name, strlen(name));
	memset(text + strlen(name), 'x', n);
	return text;
}

static void lengths_are_bounded(void **state)
{
	struct config c;
	struct err e = { 0 };
	char *text;

	(void)state;
	assert_ok(load(&c, filled("database = /", 4095), &e));
	assert_int_equal(load(&c, filled("database = /", 4096), &e), -1);
	assert_non_null(strstr(e.log, "at most 4096 bytes"));
	assert_ok(load(&c, filled("socket = /", 106), &e));
	assert_int_equal(load(&c, filled("socket = /", 107), &e), -1);
	assert_ok(load(&c, filled("key_command = ", 4096), &e));
	assert_int_equal(load(&c, filled("key_command = ", 4097), &e), -1);
	assert_int_equal(load(&c, filled("key_command = ", 9000), &e), -1);
	assert_non_null(strstr(e.log, "line over 8192 bytes"));
	text = filled("#", 256 * 1024 - 1);
	assert_ok(load(&c, text, &e));
	text = filled("#", 256 * 1024);
	assert_int_equal(load(&c, text, &e), -1);
	assert_non_null(strstr(e.log, "over 262144 bytes"));
}

static void a_file_must_be_text_and_there(void **state)
{
	struct config c;
	struct err e;

	(void)state;
	write_bytes(path, "workers = 4\n\0max_body = 1\n", 26);
	assert_int_equal(config_load(&c, path, &arena, &e), -1);
	assert_non_null(strstr(e.log, "not a text file"));
	unlink(path);
	assert_int_equal(config_load(&c, path, &arena, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
	assert_non_null(strstr(e.log, path));
	assert_string_equal(e.say, err_info(ERR_SETUP)->say);
	assert_int_equal(config_load(&c, dir, &arena, &e), -1);
	assert_int_equal(e.code, ERR_SETUP);
}

static void the_environment_wins(void **state)
{
	struct config c;
	struct err e = { 0 };

	(void)state;
	setenv("LATCHKEY_WORKERS", "9", 1);
	setenv("LATCHKEY_CA_FILE", "", 1);
	setenv("LATCHKEY_NO_SUCH_SETTING", "x", 1);
	assert_ok(load(&c, "workers = 3\nca_file = /a\n", &e));
	assert_int_equal(c.workers, 9);
	assert_string_equal(c.ca_file, "");
	shows(&c, "workers", "9", "environment");
	setenv("LATCHKEY_WORKERS", "900", 1);
	assert_int_equal(load(&c, "", &e), -1);
	assert_non_null(strstr(e.log, "environment: workers must be a whole number"));
	setenv("LATCHKEY_WORKERS", "9\n", 1);
	assert_int_equal(load(&c, "", &e), -1);
	assert_non_null(strstr(e.log, "LATCHKEY_WORKERS: not plain UTF-8 text"));
	unsetenv("LATCHKEY_WORKERS");
	unsetenv("LATCHKEY_CA_FILE");
	unsetenv("LATCHKEY_NO_SUCH_SETTING");
}

static void a_credential_of_systemd_is_the_default_key_file(void **state)
{
	struct config c;
	struct err e = { 0 };
	char key[96];

	(void)state;
	snprintf(key, sizeof(key), "%s/latchkey-keyring", dir);
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_ok(load(&c, "", &e));
	shows(&c, "key_file", SYSCONFDIR "/latchkey/keyring", "default");
	write_bytes(key, "x", 1);
	assert_ok(load(&c, "", &e));
	shows(&c, "key_file", key, "environment");
	assert_ok(load(&c, "key_file = /mine", &e));
	assert_string_equal(c.key_file, "/mine");
	setenv("LATCHKEY_KEY_FILE", "/other", 1);
	assert_ok(load(&c, "key_file = /mine", &e));
	assert_string_equal(c.key_file, "/other");
	unsetenv("LATCHKEY_KEY_FILE");
	unsetenv("CREDENTIALS_DIRECTORY");
	unlink(key);
}

static void mail_settings(void **state)
{
	static const struct {
		const char *text, *why; /* why NULL: taken */
	} rows[] = {
		{ "smtp_url = smtp://mail.example.com\nmail_from = a@example.com", NULL },
		{ "smtp_url = smtp-plain://localhost\nmail_from = a@example.com", NULL },
		{ "smtp_url = smtp-plain://[::1]:26\nmail_from = a@example.com", NULL },
		{ "smtp_url = smtp-plain://mail.example.com", "loopback" },
		{ "smtp_url = http://mail.example.com", "smtp_url must be" },
		{ "smtp_url = smtp://mail.example.com", "needs mail_from" },
		{ "mail_from = Portal <a@example.com>", "mail_from must be an e-mail address" },
		{ "mail_per_minute = 0", "from 1 to 6000" },
		{ "mail_quiet = 22:00-07:00", NULL },
		{ "mail_quiet = 00:00-23:59", NULL },
		{ "mail_quiet =", NULL },
		{ "mail_quiet = 22-7", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00-24:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:60-07:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00-22:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00-07:00x", "mail_quiet must be hours" },
		{ "mail_quiet = 2:00 -07:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00- 7:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00-+7:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22.00-07:00", "mail_quiet must be hours" },
		{ "mail_quiet = 22:00/07:00", "mail_quiet must be hours" },
		{ "mail_quiet = -1:00-07:00", "mail_quiet must be hours" },
	};
	struct config c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int rc = load(&c, rows[i].text, &e);

		if ((rc == 0) != (rows[i].why == NULL))
			fail_msg("%s: %d", rows[i].text, rc);
		if (rc < 0 && !strstr(e.log, rows[i].why))
			fail_msg("%s: %s", rows[i].text, e.log);
	}
}

static void public_urls(void **state)
{
	static const struct {
		const char *text, *origin; /* NULL: refused */
		int secure;
	} rows[] = {
		{ "https://portal.example.com", "https://portal.example.com", 1 },
		{ "https://portal.example.com/", "https://portal.example.com", 1 },
		{ "HTTPS://Portal.Example.com:443/", "https://portal.example.com", 1 },
		{ "https://portal.example.com:8443", "https://portal.example.com:8443", 1 },
		{ "https://192.0.2.1", "https://192.0.2.1", 1 },
		{ "https://[2001:db8::1]:444", "https://[2001:db8::1]:444", 1 },
		{ "http://localhost:8080/", "http://localhost:8080", 0 },
		{ "http://localhost:80", "http://localhost", 0 },
		{ "http://127.9.9.9", "http://127.9.9.9", 0 },
		{ "http://[::1]:81", "http://[::1]:81", 0 },
		{ "http://portal.example.com", NULL, 0 },
		{ "http://192.0.2.1", NULL, 0 },
		{ "http://128.0.0.1", NULL, 0 },
		{ "http://[::2]", NULL, 0 },
		{ "http://localhost.example.com", NULL, 0 },
		{ "http://127.0.0.1.example.com", NULL, 0 },
		{ "https://portal.example.com/latchkey", NULL, 0 },
		{ "https://portal.example.com//", NULL, 0 },
		{ "https://portal.example.com?x", NULL, 0 },
		{ "https://portal.example.com/#x", NULL, 0 },
		{ "https://a@portal.example.com", NULL, 0 },
		{ "portal.example.com", NULL, 0 },
		{ "ftp://portal.example.com", NULL, 0 },
		{ "", NULL, 0 },
	};
	struct config c;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (load(&c, arena_printf(&arena, "public_url = %s", rows[i].text), &e) < 0) {
			if (rows[i].origin)
				fail_msg("%s is refused: %s", rows[i].text, e.log);
			continue;
		}
		assert_string_equal(c.origin, rows[i].origin ? rows[i].origin : "refused");
		assert_string_equal(c.public_url, c.origin);
		assert_int_equal(c.secure, rows[i].secure);
	}
	assert_int_equal(load(&c, "public_url = http://portal.example.com", &e), -1);
	assert_non_null(strstr(e.log, "TLS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(file_sets_values_and_origins),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(limits_of_the_numbers_are_taken),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(a_file_must_be_text_and_there),
		cmocka_unit_test(the_environment_wins),
		cmocka_unit_test(a_credential_of_systemd_is_the_default_key_file),
		cmocka_unit_test(mail_settings),
		cmocka_unit_test(public_urls),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
