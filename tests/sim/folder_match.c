/*
 * Folder, matching: does a folder meet a restriction of FindFolder. Numbers are compared as
 * numbers, all else as text without case; a property the folder has not meets no comparison.
 */
#include <stdlib.h>
#include <string.h>
#include "sim/folder.h"

/* Counts are numbers on the wire; names that happen to be numbers compare the same way. */
static int compare(const char *a, const char *b)
{
	char *end_a, *end_b;
	long x = strtol(a, &end_a, 10), y = strtol(b, &end_b, 10);

	if (*a != '\0' && *b != '\0' && *end_a == '\0' && *end_b == '\0')
		return (x > y) - (x < y);
	return strcasecmp(a, b);
}

static const struct comparison {
	const char *name;
	bool less, equal, more;
} comparisons[] = {
	{ "IsEqualTo", false, true, false },
	{ "IsNotEqualTo", true, false, true },
	{ "IsGreaterThan", false, false, true },
	{ "IsGreaterThanOrEqualTo", false, true, true },
	{ "IsLessThan", true, false, false },
	{ "IsLessThanOrEqualTo", true, true, false },
};

/* The other side is a constant or another property. */
static bool compares(
	struct call *c, const struct target *t, xmlNode *n, const struct comparison *how)
{
	char *value = folder_property(c, t, node_first(n));
	xmlNode *other = node_first(node_child(n, NS_T, "FieldURIOrConstant"));
	char *wanted = other == NULL || node_is(other, NS_T, "Constant")
		? copy(node_attribute(c, other, "Value"))
		: folder_property(c, t, other);
	bool met = false;

	if (value != NULL && wanted != NULL) {
		int order = compare(value, wanted);

		met = order < 0 ? how->less : order == 0 ? how->equal : how->more;
	}
	free(value);
	free(wanted);
	return met;
}

/* ASCII letters only, which is enough for classes and for tests. */
static const char *find_nocase(const char *s, const char *part)
{
	size_t n = strlen(part);

	while (*s != '\0' && strncasecmp(s, part, n) != 0)
		s++;
	return *s != '\0' || n == 0 ? s : NULL;
}

/* Modes that speak of words are taken as Substring, or as Prefixed. */
static bool contains(struct call *c, const struct target *t, xmlNode *n)
{
	const char *mode = node_attribute(c, n, "ContainmentMode");
	const char *wanted = node_attribute(c, node_child(n, NS_T, "Constant"), "Value");
	char *value = folder_property(c, t, node_first(n));
	const char *at = value == NULL || wanted == NULL ? NULL : find_nocase(value, wanted);
	bool met = at != NULL;

	if (met && mode != NULL && strcmp(mode, "FullString") == 0)
		met = strcasecmp(value, wanted) == 0;
	if (met && mode != NULL && strncmp(mode, "Prefix", 6) == 0)
		met = at == value;
	free(value);
	return met;
}

/* A property that would not be written does not exist. */
static bool exists(struct call *c, const struct target *t, xmlNode *n)
{
	char *value = folder_property(c, t, node_first(n));
	bool met = value != NULL;

	free(value);
	return met;
}

/* libxml2 bounds the depth of what comes in. */
bool folder_matches(struct call *c, const struct target *t, xmlNode *n)
{
	bool all = node_is(n, NS_T, "And");

	if (node_is(n, NS_T, "Not"))
		return !folder_matches(c, t, node_first(n));
	if (node_is(n, NS_T, "Exists"))
		return exists(c, t, n);
	if (node_is(n, NS_T, "Contains"))
		return contains(c, t, n);
	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++)
		if (node_is(n, NS_T, comparisons[i].name))
			return compares(c, t, n, &comparisons[i]);
	if (!all && !node_is(n, NS_T, "Or"))
		return false;
	for (xmlNode *part = node_first(n); part != NULL; part = node_next(part))
		if (folder_matches(c, t, part) != all)
			return !all;
	return all;
}
