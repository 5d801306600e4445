/*
 * Bend: spoil an answer's bytes, where the result is no XML, or not in the usual encoding. Only
 * what the kind says is touched; an answer that is not XML stays as it is.
 */
#include "sim/bend.h"

#include <stdlib.h>
#include <string.h>

/* Web pages and JSON stay as they are: these kinds are about answers of the service. */
static bool is_xml(const struct answer *a)
{
	return a->body.len > 0 && a->body.at[0] == '<' && strchr(a->body.at, '>') != NULL &&
		strncasecmp(a->body.at, "<!DOCTYPE HTML", 14) != 0 &&
		strncasecmp(a->body.at, "<html", 5) != 0;
}

/* Bytes into the middle. */
static void splice(struct text *t, size_t at, const char *bytes, size_t n)
{
	struct text whole = { 0 };

	text_add(&whole, t->at, at);
	text_add(&whole, bytes, n);
	text_add(&whole, t->at + at, t->len - at);
	text_free(t);
	*t = whole;
}

/* Where the document begins, after its declaration. */
static size_t after_declaration(const struct text *t)
{
	const char *end = strncmp(t->at, "<?xml", 5) == 0 ? strstr(t->at, "?>") : NULL;

	return end == NULL ? 0 : (size_t)(end - t->at) + 2;
}

/* The middle of the document's first value: the first text between tags that is not blank. Where
 * there is none, before the last end tag. */
static size_t first_value(const struct text *t)
{
	const char *s = t->at + after_declaration(t), *end;

	while ((s = strchr(s, '>')) != NULL) {
		s++;
		if (s[strspn(s, " \t\r\n")] != '<' && *s != '\0')
			return (size_t)(s - t->at);
	}
	for (end = t->at + t->len; end > t->at + 1; end--)
		if (end[-1] == '<' && end[0] == '/')
			return (size_t)(end - 1 - t->at);
	return t->len;
}

/* In a value */

static void in_value(struct answer *a, const char *bytes)
{
	if (is_xml(a))
		splice(&a->body, first_value(&a->body), bytes, strlen(bytes));
}

void bend_illegal_character(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	in_value(a, "\x01");
}

void bend_illegal_reference(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	in_value(a, "&#x0;");
}

void bend_broken_utf8(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	in_value(a, "\xff");
}

/* Around the document */

/* Allowed by the standard, and seen from real servers. */
void bend_bom(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	if (is_xml(a))
		splice(&a->body, 0, "\xef\xbb\xbf", 3);
}

/* Everything from the last end tag on is gone. */
void bend_unclosed(const struct fault *f, const struct request *r, struct answer *a)
{
	size_t end = a->body.len;

	(void)f;
	(void)r;
	if (!is_xml(a))
		return;
	while (end > 1 && !(a->body.at[end - 1] == '<' && a->body.at[end] == '/'))
		end--;
	if (end > 1) {
		a->body.len = end - 1;
		a->body.at[a->body.len] = '\0';
	}
}

/* Well formed, and deeper than a careful parser goes; before the last end tag. */
void bend_deep(const struct fault *f, const struct request *r, struct answer *a)
{
	struct text deep = { 0 };
	long n = fault_number(f);
	size_t at;

	(void)r;
	if (!is_xml(a))
		return;
	for (long i = 0; i < n; i++)
		text_puts(&deep, "<Deep>");
	for (long i = 0; i < n; i++)
		text_puts(&deep, "</Deep>");
	for (at = a->body.len; at > 1; at--)
		if (a->body.at[at - 1] == '<' && a->body.at[at] == '/')
			break;
	splice(&a->body, at - 1, deep.at, deep.len);
	text_free(&deep);
}

/* The document type is named like the root element; the entity stands in the first value. */
static void with_dtd(struct answer *a, const char *subset, const char *reference)
{
	struct text dtd = { 0 };
	const char *root;
	size_t at;

	if (!is_xml(a))
		return;
	in_value(a, reference);
	at = after_declaration(&a->body);
	root = strchr(a->body.at + at, '<');
	if (root == NULL)
		return;
	text_puts(&dtd, "<!DOCTYPE ");
	text_add(&dtd, root + 1, strcspn(root + 1, " \t\r\n/>"));
	text_printf(&dtd, " [%s]>", subset);
	splice(&a->body, at, dtd.at, dtd.len);
	text_free(&dtd);
}

/* Ten entities, each ten of the one before: 10^10 times "ha". */
void bend_entity_bomb(const struct fault *f, const struct request *r, struct answer *a)
{
	struct text subset = { 0 };

	(void)f;
	(void)r;
	text_puts(&subset, "<!ENTITY e0 \"ha\">");
	for (int i = 1; i <= 10; i++) {
		text_printf(&subset, "<!ENTITY e%d \"", i);
		for (int k = 0; k < 10; k++)
			text_printf(&subset, "&e%d;", i - 1);
		text_puts(&subset, "\">");
	}
	with_dtd(a, subset.at, "&e10;");
	text_free(&subset);
}

void bend_external_entity(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	with_dtd(a, "<!ENTITY file SYSTEM \"file:///etc/hostname\">", "&file;");
}

/* UTF-16, with its mark and its declaration. */
static void utf16(struct answer *a, bool big)
{
	struct text plain = { 0 }, wide = { 0 };
	size_t at;

	if (!is_xml(a))
		return;
	at = after_declaration(&a->body);
	/* the mark is a character like others */
	text_puts(&plain, "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-16\"?>");
	text_add(&plain, a->body.at + at, a->body.len - at);
	if (utf16_add(&wide, plain.at)) {
		for (size_t i = 0; big && i + 1 < wide.len; i += 2) {
			char low = wide.at[i];

			wide.at[i] = wide.at[i + 1];
			wide.at[i + 1] = low;
		}
		text_clear(&a->body);
		text_add(&a->body, wide.at, wide.len);
		a->type = "text/xml; charset=utf-16";
	}
	text_free(&plain);
	text_free(&wide);
}

void bend_utf16le(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	utf16(a, false);
}

void bend_utf16be(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	utf16(a, true);
}
