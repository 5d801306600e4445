/* Signin: which way to prove who a connection is, and the name it does it with.
 *
 * Rules: one scheme is chosen, before anything secret leaves; there is no second best after a
 * refusal. A login name that a directory cannot know is refused here, because each try there
 * counts as a bad password.
 */
#include "signin.h"

#include <string.h>
#include "clean.h"
#include "platform/str.h"

enum { LOGIN_MAX = 320 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Strongest first. */
static const struct kind {
	const char *code;
	unsigned schemes[2];
} kinds[SIGNIN__MAX] = {
	[SIGNIN_AUTO] = { "auto", { CHALLENGE_NTLM, CHALLENGE_BASIC } },
	[SIGNIN_BASIC] = { "basic", { CHALLENGE_BASIC, 0 } },
	[SIGNIN_NTLM] = { "ntlm", { CHALLENGE_NTLM, 0 } },
	[SIGNIN_APP] = { "app", { CHALLENGE_BEARER, 0 } },
	[SIGNIN_USER] = { "user", { CHALLENGE_BEARER, 0 } },
};

const char *signin_kind_code(enum signin_kind k)
{
	return (unsigned)k < SIGNIN__MAX ? kinds[k].code : "";
}

enum signin_kind signin_kind_parse(const char *code)
{
	unsigned k = 0;

	while (k < SIGNIN__MAX && strcmp(kinds[k].code, code) != 0)
		k++;
	return (enum signin_kind)k;
}

/* Nothing fits: the person who has to change a setting needs to know what there is. */
static void name_offer(const struct challenges *offered, struct outcome *why)
{
	char list[sizeof(why->said)];

	challenge_list(offered, list, sizeof(list));
	outcome_set(why, REASON_SIGNIN_KIND, NEXT_NOTHING, NULL);
	clean_text(why->said, sizeof(why->said), list, strlen(list));
}

unsigned signin_choose(enum signin_kind k, const struct challenges *offered, struct outcome *why)
{
	const unsigned *wanted = (unsigned)k < SIGNIN__MAX ? kinds[k].schemes : (unsigned[2]){ 0 };
	int silent = !offered->known && !offered->others[0];

	for (size_t i = 0; i < COUNT(kinds[0].schemes); i++) {
		if (wanted[i] & offered->known)
			return wanted[i];
	}
	/* A token may be sent unasked (RFC 6750): nothing is lost by it, because it is made for
	 * this service and soon over. A password never is. */
	if (silent && wanted[0] == CHALLENGE_BEARER)
		return CHALLENGE_BEARER;
	name_offer(offered, why);
	return 0;
}

/* --- login names --- */

static const char login_forms[] =
	"Give it as DOMAIN\\user, as user@domain.example, or as a plain user name.";

static const char *refuse(struct err *e, const char *what)
{
	ERR(e, ERR_INPUT, NULL, "login name refused: %s", what);
	err_say(e, "The login name %s %s", what, login_forms);
	return NULL;
}

/* What comes along when text is copied from a page or a mail, and cannot be seen. */
static int has_invisible(const char *s)
{
	static const char *const marks[] = { "\xc2\xa0", "\xc2\xad", "\xe2\x80\x8b", "\xe2\x80\x8c",
		"\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x81\xa0", "\xef\xbb\xbf" };

	for (size_t i = 0; i < COUNT(marks); i++) {
		if (strstr(s, marks[i]))
			return 1;
	}
	return 0;
}

static size_t count(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

/* No account has these in its name; the colon would also end the name in Basic. */
static const char *bad_bytes(const char *s)
{
	size_t n = strlen(s);

	if (n == 0)
		return "is empty.";
	if (n > LOGIN_MAX)
		return "is longer than 320 bytes.";
	if (!str_utf8(s, n) || str_control(s, n, 0))
		return "contains characters that no name has.";
	if (has_invisible(s))
		return "contains an invisible character; type it instead of copying it.";
	if (strpbrk(s, "\"<>[]:;|,*?"))
		return "contains a character that no login name has: \" < > [ ] : ; | , * or ?.";
	return NULL;
}

static const char *bad_form(const char *s)
{
	size_t backslashes = count(s, '\\'), ats = count(s, '@'), n = strlen(s);

	if (backslashes > 1)
		return "has more than one slash.";
	if (backslashes && ats)
		return "mixes two forms, a slash and an @.";
	if (ats > 1)
		return "has more than one @.";
	if (strchr("\\@", s[0]) || strchr("\\@", s[n - 1]))
		return "has nothing on one side of the slash or the @.";
	return NULL;
}

/* "DOMAIN \ user" as "DOMAIN\user": no name begins or ends with a space. */
static void close_up(char *s)
{
	char *slash = strchr(s, '\\'), *left, *right;

	if (!slash)
		return;
	for (left = slash; left > s && left[-1] == ' '; left--)
		;
	for (right = slash + 1; *right == ' '; right++)
		;
	*left++ = '\\';
	memmove(left, right, strlen(right) + 1);
}

const char *signin_login(struct arena *a, const char *text, struct err *e)
{
	char *s = str_trim(arena_strdup(a, text ? text : ""));
	const char *bad = bad_bytes(s);

	if (bad)
		return refuse(e, bad);
	for (char *p = s; *p; p++) {
		if (*p == '/')
			*p = '\\';
	}
	close_up(s);
	bad = bad_form(s);
	return bad ? refuse(e, bad) : s;
}

/* "EXAMPLE\svc", "svc@example.test" and "svc" may be one account or three: only the directory
 * knows, so each is counted by itself, and a connection keeps to one form. Letters outside ASCII
 * keep their case: the directory folds them, but by rules of its own. */
const char *signin_identity(struct arena *a, const char *login)
{
	return str_lower(str_trim(arena_strdup(a, login)));
}
