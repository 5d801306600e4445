/* Login: names and passwords from a file.
 *
 * Rules: a mistake is told with its place and without the password. Nothing is cached: the file may
 * change. What was read is wiped.
 */
#include "login.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "buf.h"
#include "str.h"

enum { FILE_LIMIT = 64 * 1024 };

static void forget(void *ptr)
{
	secret_free(ptr);
}

/* The next word, cut off; *rest moves behind it. */
static char *word(char **rest)
{
	char *s = *rest, *end = s + strcspn(s, " \t");

	*rest = end;
	if (*end) {
		*end = '\0';
		*rest = str_trim(end + 1);
	}
	return s;
}

/* A line that is about this name. */
static int read_line(char *line, const char *name, struct arena *a, struct login *out)
{
	const char *user;

	if (line[0] == '#' || !line[0] || (name && strcmp(word(&line), name) != 0) || !line[0])
		return 0;
	user = word(&line);
	out->user = arena_strdup(a, user);
	out->password = secret_new(line, strlen(line));
	arena_defer(a, forget, (void *)(uintptr_t)out->password);
	return 1;
}

static int guarded(const char *setting, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return ERR(e, ERR_SETUP, NULL, "%s: %s: %s", setting, path, strerror(errno));
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return ERR(e, ERR_SETUP, NULL,
			"%s: %s may be read by others than its owner; use chmod 600", setting,
			path);
	return 0;
}

int login_find(const char *setting, const char *path, const char *name, struct arena *a,
	struct login *out, struct err *e)
{
	struct buf text;
	char *rest, *line;
	int rc;

	*out = (struct login){ .user = "" };
	if (str_empty(path))
		return 0;
	buf_init(&text, FILE_LIMIT);
	rc = guarded(setting, path, e);
	if (rc == 0)
		rc = buf_file(&text, path, e);
	for (rest = rc == 0 ? text.p : NULL; rest && (line = str_line(&rest)) != NULL;) {
		if (read_line(line, name, a, out))
			break;
	}
	buf_wipe(&text);
	return rc;
}
