/* Errors: the one table of codes, and filling a struct err.
 *
 * Rules: `say` is read by the person in front of the screen, so the sentences here follow the copy
 * rules of the pages: what happened, why, what to do. Text that does not fit is cut between two
 * characters, never inside one.
 */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "log.h"
#include "str.h"

static const struct err_info infos[ERR__MAX] = {
	[ERR_NONE] = { "none", 200, 0, "Done", "Everything worked." },
	[ERR_INPUT] = { "input", 400, 0, "The request could not be read",
		"Part of it is missing or has the wrong form, so nothing was changed. Check the "
		"address or the form, and try again." },
	[ERR_FORGED] = { "forged", 403, 0, "This form is no longer valid",
		"It was open for too long, or it did not come from this site, so nothing was "
		"changed. Load the page again and repeat your last step." },
	[ERR_DENIED] = { "denied", 403, 0, "You may not do this",
		"Your account does not have the right to this page or action. Ask an account "
		"admin if you need it." },
	[ERR_STALE] = { "stale", 403, 0, "Enter your password again",
		"You entered it too long ago for this, so nothing was changed. Enter it again." },
	[ERR_MISSING] = { "missing", 404, 0, "This page does not exist",
		"The address is wrong, or what was here has been removed. Go to the overview "
		"and look for it from there." },
	[ERR_METHOD] = { "method", 405, 0, "This page does not work that way",
		"The address is right, but it does not take this kind of request, so nothing "
		"was changed. Open the page from the menu." },
	[ERR_TIMEOUT] = { "timeout", 408, 0, "The request took too long",
		"It did not arrive completely in time, so nothing was changed. Check your "
		"network and try again." },
	[ERR_CONFLICT] = { "conflict", 409, 0, "This was changed meanwhile",
		"What you wanted to save exists already, or somebody else changed it first, so "
		"yours was not saved. Load the page again and repeat it." },
	[ERR_GONE] = { "gone", 410, 0, "This link is no longer valid",
		"It has been used, or it has expired. Ask for a new one." },
	[ERR_TOO_BIG] = { "too_big", 413, 0, "This is too large",
		"What was sent is over the size limit, so nothing was saved. Send less at once, "
		"for example a list in several parts." },
	[ERR_URI] = { "uri", 414, 0, "The address is too long",
		"It is over the length limit, so it was not read. Go to the overview and open "
		"the page from there." },
	[ERR_TYPE] = { "type", 415, 0, "This kind of data is not accepted",
		"The page does not read data of this kind, so nothing was saved. Send it in a "
		"form that the page names." },
	[ERR_FORM] = { "form", 422, 0, "Some fields need another look",
		"Nothing is saved yet, because some values do not fit. Change the fields that "
		"have a message; the rest is kept." },
	[ERR_SLOW] = { "slow", 429, 0, "Too many tries",
		"There were many tries in a short time, so the next one has to wait. Try again "
		"in a few minutes." },
	[ERR_HEADERS] = { "headers", 431, 0, "The browser sent too much",
		"The headers of the request, most often its cookies, are over the size limit. "
		"Delete the cookies of this site and sign in again." },
	[ERR_INTERNAL] = { "internal", 500, 1, "Something went wrong here",
		"Your last action may not have been saved. Try again; if it happens twice, tell "
		"your ops team." },
	[ERR_BUSY] = { "busy", 503, 1, "Latchkey is busy right now",
		"Too much is being saved at the same moment, so your last action was not. Wait "
		"a moment and try again." },
	[ERR_FULL] = { "full", 507, 1, "The disk is full",
		"There is no room left, so your last action was not saved. Ask your ops team to "
		"free some space, then try again." },
	[ERR_DAMAGED] = { "damaged", 500, 1, "The database cannot be used",
		"It is damaged, or it is not one of Latchkey, so it was left as it is. Ask your "
		"ops team to restore a backup." },
	[ERR_SCHEMA] = { "schema", 503, 1, "The database and the program do not match",
		"One of them is older than the other, as it is during an upgrade. Ask your ops "
		"team to finish the upgrade." },
	[ERR_SETUP] = { "setup", 503, 1, "Latchkey is not completely set up",
		"A setting, a key or the database is missing or wrong. Ops can find the reason "
		"with latchkey doctor." },
	[ERR_ENGINE] = { "engine", 503, 1, "The engine is not running",
		"You can look around and change settings, but no calendar is read or written "
		"until it is back. Ops can start it with systemctl start latchkey-engine." },
	[ERR_KEY] = { "key", 500, 1, "A stored secret does not open",
		"It was sealed with another key, or for another server or place, so it is not "
		"used. Enter the secret again." },
	[ERR_NET] = { "net", 502, 0, "The other server cannot be reached",
		"It does not answer, its name is not known, or its certificate is not trusted. "
		"Check the address, then try again." },
	[ERR_EGRESS] = { "egress", 403, 0, "This destination is not allowed",
		"Latchkey does not connect to addresses of this kind, to protect your network. "
		"Check the address, or ask ops to allow it." },
};

const struct err_info *err_info(enum err_code code)
{
	return &infos[(unsigned)code < ERR__MAX ? code : ERR_INTERNAL];
}

/* Print into dst; when it is cut, drop the bytes of a last character that is not complete. */
static void __attribute__((format(printf, 3, 0)))
print(char *dst, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(dst, size, fmt, ap);
	size_t end = size - 1, last = end - 1;

	if (n < 0)
		dst[0] = '\0';
	if (n < 0 || (size_t)n <= end)
		return;
	while (last > end - 4 && ((unsigned char)dst[last] & 0xc0) == 0x80)
		last--;
	if (!str_utf8(dst + last, end - last))
		dst[last] = '\0';
}

int err_say(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(e->say, sizeof(e->say), fmt, ap);
	va_end(ap);
	return -1;
}

int err_fill(struct err *e, enum err_code code, const char *file, int line, const char *say,
	const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	e->file = file;
	e->line = line;
	va_start(ap, fmt);
	print(e->log, sizeof(e->log), fmt, ap);
	va_end(ap);
	return err_say(e, "%s", say ? say : err_info(code)->say);
}

void die(const char *fmt, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, fmt);
	print(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_error("die", LF_S("why", why));
	abort();
}
