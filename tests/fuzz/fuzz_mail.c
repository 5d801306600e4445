/* Mails of foreign values: the input holds strings, a NUL behind each. Whatever is in them, a
 * message that is written has our headers and no others, lines that end with CRLF, nothing but
 * 7-bit text, and says what it was given when it is read again; and no value becomes markup.
 */
#include "fuzz.h"

#include <sodium.h>
#include "mail/mail_text.h"
#include "mail/mail_write.h"
#include "platform/arena.h"
#include "platform/str.h"
#include "platform/url.h"

#define MARK "--=_latchkey"
#define WORD "=?UTF-8?B?"

enum { VALUES = 8, LINE_MAX_BYTES = 998, BODY_LINE = 76, ENCODED_WORD = 75 };

static void need(int holds)
{
	if (!holds)
		abort();
}

/* --- reading a message --- */

/* The next line, without its end; NULL behind the last. */
static char *line_of(char **at)
{
	char *line = *at, *end = strstr(line, "\r\n");

	if (!*line)
		return NULL;
	need(end && end - line <= LINE_MAX_BYTES);
	*end = '\0';
	*at = end + 2;
	for (const char *p = line; *p; p++)
		need(*p >= ' ' && *p <= '~');
	return line;
}

/* A header with its folded lines: what stands behind its name. */
static void header(char **at, const char *name, struct buf *out)
{
	char *line = line_of(at);
	size_t n = strlen(name);

	need(line && strncmp(line, name, n) == 0);
	buf_clear(out);
	buf_puts(out, line + n);
	while (**at == ' ')
		buf_puts(out, line_of(at));
}

/* Encoded words (RFC 2047): each of whole characters, and none too long. Where they end. */
static const char *words(const char *s, struct buf *out)
{
	char text[ENCODED_WORD];
	const char *end;
	size_t n;

	for (; strncmp(s, WORD, strlen(WORD)) == 0; s = end[2] == ' ' ? end + 3 : end + 2) {
		end = strstr(s + strlen(WORD), "?=");
		need(end && end + 2 - s <= ENCODED_WORD);
		s += strlen(WORD);
		need(sodium_base642bin((unsigned char *)text, sizeof(text), s, (size_t)(end - s),
			     NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0);
		need(str_utf8(text, n));
		buf_add(out, text, n);
	}
	return s;
}

/* What a header's text says, up to `behind`, is what it was given, on one line. */
static void says(const char *value, const char *given, const char *behind)
{
	size_t n = strlen(value), skip = strlen(behind);
	struct buf out;
	const char *s;

	need(n >= skip && strcmp(value + n - skip, behind) == 0);
	buf_init(&out, 1 << 16);
	if (strncmp(value, WORD, strlen(WORD)) == 0)
		need(strcmp(words(value, &out), behind + (*behind == ' ')) == 0);
	else
		buf_add(&out, value, n - skip);
	need(out.len == strlen(given));
	s = buf_str(&out);
	for (size_t i = 0; i < out.len; i++)
		need(s[i] ==
			((given[i] > 0 && given[i] < ' ') || given[i] == 0x7f ? ' ' : given[i]));
	buf_done(&out);
}

/* A body in quoted-printable, up to the next mark. */
static void body(char **at, const char *given)
{
	struct buf out;
	unsigned byte;

	buf_init(&out, 1 << 20);
	while (strncmp(*at, MARK, strlen(MARK)) != 0) {
		const char *p = line_of(at);
		size_t n = p ? strlen(p) : 0;

		need(p && n <= BODY_LINE && *p != '.' && (n == 0 || p[n - 1] != ' '));
		for (; *p && strcmp(p, "=") != 0; p++) {
			byte = (unsigned char)*p;
			if (*p == '=') {
				need(sscanf(p + 1, "%2X", &byte) == 1);
				p += 2;
			}
			buf_putc(&out, (char)byte);
		}
		if (!*p)
			buf_putc(&out, '\n');
	}
	buf_putc(&out, '\0');
	need(out.len == strlen(given) + 2 && memcmp(out.p, given, out.len - 2) == 0);
	buf_done(&out);
}

static void part(char **at, const char *type, const char *given)
{
	struct buf b;

	need(strcmp(line_of(at), MARK) == 0);
	buf_init(&b, 1 << 10);
	header(at, "Content-Type: ", &b);
	need(strcmp(buf_str(&b), type) == 0);
	header(at, "Content-Transfer-Encoding: quoted-printable", &b);
	need(strcmp(line_of(at), "") == 0);
	buf_done(&b);
	body(at, given);
}

static void message(char *at, const struct mail_message *m)
{
	static const char *const rest[] = { "Date: ", "Message-ID: <a1@host.test>",
		"Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: multipart/" };
	char behind[300];
	struct buf b;

	buf_init(&b, 1 << 16);
	header(&at, "From: ", &b);
	snprintf(behind, sizeof(behind), "%s<%s>", m->from_name[0] ? " " : "", m->from);
	says(buf_str(&b), m->from_name, behind);
	header(&at, "To: ", &b);
	snprintf(behind, sizeof(behind), "%s<%s>", m->to_name[0] ? " " : "", m->to);
	says(buf_str(&b), m->to_name, behind);
	header(&at, "Subject: ", &b);
	says(buf_str(&b), m->subject, "");
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		header(&at, rest[i], &b);
	buf_done(&b);
	need(strcmp(line_of(&at), "") == 0);
	part(&at, "text/plain; charset=utf-8", m->text);
	part(&at, "text/html; charset=utf-8", m->html);
	need(strcmp(line_of(&at), MARK "--") == 0 && !line_of(&at));
}

/* --- writing --- */

/* 0, or -1 when a text is refused. */
static int write_it(const struct mail_message *m)
{
	struct buf out;
	struct err e;
	int rc;

	buf_init(&out, MAIL_WIRE_MAX);
	rc = mail_write(m, &out, &e);
	if (rc == 0) {
		char *copy = fuzz_text((const uint8_t *)out.p, out.len);

		need(strlen(copy) == out.len);
		message(copy, m);
		free(copy);
	}
	buf_done(&out);
	return rc;
}

/* A mail of this sort with this value wherever words may stand. */
static int make(const struct mail_kind *k, const char *value, struct mail_text *out)
{
	static const char *const names[] = { "by", "role", "connection", "reason", "what", "title",
		"who", "mailbox", "version" };
	static struct secret *token;
	struct mail_facts f = { .organisation = value,
		.public_url = "https://portal.test",
		.name = value,
		.count = 1,
		.own = value };
	const char *pairs;
	struct buf b;
	struct err e;
	int rc;

	if (!token)
		token = secret_new(
			"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			SEAL_TOKEN_HEX);
	f.token = token;
	buf_init(&b, 1 << 16);
	buf_puts(&b, "until=1795420800&since=1795420800&at=1795420800&days=2&n=2&code=a&stop=");
	buf_puts(&b, (const char *)secret_bytes(token));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		url_pair(&b, names[i], value);
	pairs = buf_str(&b);
	f.params = &pairs;
	rc = mail_text_make(k, &f, out, &e);
	buf_done(&b);
	return rc;
}

/* Each end of a line in the own text is a mark-up of its own. */
static size_t breaks(const struct mail_kind *k, const char *own)
{
	size_t n = 0;

	for (; k->own && *own; own++)
		n += *own == '\n';
	return n;
}

static size_t marks(const struct buf *html)
{
	size_t n = 0;

	for (size_t i = 0; i < html->len; i++)
		n += html->p[i] == '<' || html->p[i] == '>' || html->p[i] == '"';
	return n;
}

static void kind(const struct mail_kind *k, const char *value, struct mail_message m)
{
	struct mail_text plain, foreign;

	need(make(k, "x", &plain) == 0);
	if (make(k, value, &foreign) == 0) {
		m.subject = buf_str(&foreign.subject);
		m.text = buf_str(&foreign.text);
		m.html = buf_str(&foreign.html);
		need(!str_control(m.subject, strlen(m.subject), 0));
		need(marks(&foreign.html) - 2 * breaks(k, value) + (k->own && !*value ? 4 : 0) ==
			marks(&plain.html));
		need(write_it(&m) == 0);
	} else {
		need(!str_utf8(value, strlen(value)));
	}
	mail_text_wipe(&plain);
	mail_text_wipe(&foreign);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *v[VALUES], *at = text;
	struct mail_message m = { .from = "portal@acme.test",
		.from_name = "",
		.to = "anna@acme.test",
		.to_name = "",
		.id = "a1",
		.host = "host.test",
		.date = 1795420800 };

	seal_init();
	for (int i = 0; i < VALUES; i++) {
		v[i] = at;
		at += at < text + size ? strlen(at) + (at + strlen(at) < text + size) : 0;
	}
	kind(&mail_kinds[(unsigned char)v[0][0] % mail_kinds_count], v[1], m);
	if (str_email(v[2]))
		m.to = v[2];
	m.from_name = v[3];
	m.to_name = v[4];
	m.subject = v[5];
	m.text = v[6];
	m.html = v[7];
	if (write_it(&m) == 0)
		need(str_utf8(m.subject, strlen(m.subject)) && str_utf8(m.text, strlen(m.text)));
	free(text);
	return 0;
}
