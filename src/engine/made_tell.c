/* Made tell: the web tier has neither libcurl nor OpenSSL, so it cannot ask them for their
 * versions.
 *
 * Rule: told before the sandbox closes, because names of the system stand in files.
 */
#include "made_tell.h"

#include <string.h>
#include <time.h>
#include "exchange/made.h"
#include "platform/arena.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/url.h"
#include "store/store.h"

#define SYSTEM_FILE "/etc/os-release"

enum { FILE_MAX = 16 * 1024, PARTS_MAX = 2000, ARENA = 64 * 1024 };

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static const char *system_name(struct arena *a)
{
	static const char key[] = "\nPRETTY_NAME=";
	const char *at, *name = "not known";
	struct buf b;
	struct err e;

	buf_init(&b, FILE_MAX);
	buf_putc(&b, '\n');
	if (buf_file(&b, SYSTEM_FILE, &e) == 0 && (at = strstr(buf_str(&b), key))) {
		at += strlen(key);
		at += *at == '"';
		name = arena_strndup(a, at, strcspn(at, "\"\n"));
	}
	buf_done(&b);
	return name;
}

/* "UTC, +0000" */
static const char *zone_name(struct arena *a)
{
	const time_t now = (time_t)clock_now();
	char text[64];
	struct tm tm;

	if (!localtime_r(&now, &tm) || strftime(text, sizeof(text), "%Z, %z", &tm) == 0)
		return "not known";
	return arena_strdup(a, text);
}

void made_tell(struct db *db)
{
	struct arena a;
	struct buf b;
	struct err e;

	arena_init(&a, ARENA);
	buf_init(&b, PARTS_MAX);
	made_of(&b);
	url_pair(&b, "system", system_name(&a));
	url_pair(&b, "zone", zone_name(&a));
	if (store_engine_made(db, buf_ok(&b) ? buf_str(&b) : "", &e) < 0)
		log_err("engine.made", &e);
	buf_done(&b);
	arena_done(&a);
}
