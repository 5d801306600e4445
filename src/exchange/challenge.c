/* Challenge: which ways to sign in a WWW-Authenticate header offers.
 *
 * The grammar (RFC 9110, 11.6.1) uses the comma both between schemes and between the parameters of
 * one; servers bend it further. Rule: a comma outside quotes ends an item, and an item whose first
 * word is followed by "=" is a parameter; any other first word is a scheme.
 */
#include "challenge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct scheme {
	const char *name;
	unsigned bit;
} schemes[] = {
	{ "Negotiate", CHALLENGE_NEGOTIATE },
	{ "NTLM", CHALLENGE_NTLM },
	{ "Basic", CHALLENGE_BASIC },
	{ "Bearer", CHALLENGE_BEARER },
};

static int is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* A token of RFC 9110: what a scheme's name is made of. */
static int is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Length of the item at s: up to a comma outside quotes. An open quote reaches to the end. */
static size_t item_length(const char *s, size_t n)
{
	int quoted = 0;
	size_t i;

	for (i = 0; i < n && (quoted || s[i] != ','); i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
	}
	return i < n ? i : n;
}

/* Is name in the comma separated list already? */
static int listed(const char *list, const char *name, size_t len)
{
	const char *at = list;

	while (*at) {
		if (strncasecmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return 1;
		at = strchr(at, ',');
		if (!at)
			return 0;
		at += 2;
	}
	return 0;
}

static void add(struct challenges *c, const char *name, size_t len)
{
	size_t used = strlen(c->others);
	size_t comma = used ? 2 : 0;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strlen(schemes[i].name) == len &&
			strncasecmp(schemes[i].name, name, len) == 0) {
			c->known |= schemes[i].bit;
			return;
		}
	}
	if (used + comma + len >= sizeof(c->others) || listed(c->others, name, len))
		return;
	memcpy(c->others + used, ", ", comma);
	memcpy(c->others + used + comma, name, len);
	c->others[used + comma + len] = '\0';
}

static void read_item(struct challenges *c, const char *s, size_t n)
{
	size_t start = 0, end, next;

	while (start < n && is_space(s[start]))
		start++;
	for (end = start; end < n && is_token(s[end]); end++)
		;
	for (next = end; next < n && is_space(s[next]); next++)
		;
	/* a scheme stands alone or is followed by a space; "name = value" is a parameter */
	if (end == start || (next < n && (next == end || s[next] == '=')))
		return;
	add(c, s + start, end - start);
}

void challenge_read(struct challenges *c, const char *value, size_t n)
{
	size_t len;

	while (n > 0) {
		len = item_length(value, n);
		read_item(c, value, len);
		len += len < n; /* the comma */
		value += len;
		n -= len;
	}
}

void challenge_list(const struct challenges *c, char *dst, size_t size)
{
	size_t n = sizeof(schemes) / sizeof(schemes[0]), at = 0;
	const char *name;

	dst[0] = '\0';
	for (size_t i = 0; i <= n && at < size; i++) {
		name = i == n ? c->others : c->known & schemes[i].bit ? schemes[i].name : "";
		if (name[0])
			at += (size_t)snprintf(dst + at, size - at, "%s%s", at ? ", " : "", name);
	}
}
