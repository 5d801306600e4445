/* Find trust: which hosts may have credentials.
 *
 * Rule: a name is compared by whole labels, with the domain that the person looks in and with what
 * he agreed to; nothing is guessed about who owns a name.
 */
#include <string.h>
#include <strings.h>
#include "find_parts.h"

static const char *const microsoft[] = { "outlook.com", "office365.com", "office.com",
	"office365.us", "outlook.cn", "microsoft.com", "microsoftonline.com" };

static int is_below(const char *domain, const char *host)
{
	size_t n = strlen(host), tail = strlen(domain);

	return n > tail + 1 && host[n - tail - 1] == '.' && strcmp(host + n - tail, domain) == 0;
}

/* A domain of one label has nothing below it that would be its own: "com" owns no names. */
int find_inside(const char *domain, const char *host)
{
	if (!domain[0])
		return 0;
	return strcmp(domain, host) == 0 || (strchr(domain, '.') && is_below(domain, host));
}

int find_is_microsoft(const char *host)
{
	for (size_t i = 0; i < sizeof(microsoft) / sizeof(microsoft[0]); i++) {
		if (find_inside(microsoft[i], host))
			return 1;
	}
	return 0;
}

int find_is_agreed(const struct find *f, const char *host)
{
	const char *const *name = f->q->agreed;

	if (f->q->host && strcasecmp(f->q->host, host) == 0)
		return 1;
	for (; name && *name; name++) {
		if (strcasecmp(*name, host) == 0)
			return 1;
	}
	return 0;
}

/* One host gets credentials. When it has taken them and is Exchange, it may send to another, which
 * then is the one (find_follow). */
static int is_second(const struct find *f)
{
	return f->given[0] && strcmp(f->given, f->at.host) != 0;
}

/* Names that exist for Autodiscover alone. Anywhere else may be a web site that asks everybody for
 * a password: a demand for a sign-in proves nothing there. */
static int is_dedicated(const struct find *f)
{
	static const char first[] = "autodiscover.";

	return f->c->how == FIND_SRV || strncmp(f->at.host, first, sizeof(first) - 1) == 0;
}

int find_may_sign(const struct find *f)
{
	if (find_is_agreed(f, f->at.host))
		return 1;
	if (is_second(f) || !find_inside(f->trusted, f->at.host))
		return 0;
	return f->signs || is_dedicated(f);
}
