/* Mail write: a message as it goes over the wire.
 *
 * Rules: only str_email passes as an address, which has nothing that means anything in a header. A
 * control character in a header's text becomes a space before anything else is done with it. The
 * boundary cannot occur in a body, because quoted-printable never has "=_".
 */
#include "mail_write.h"

#include <sodium.h>
#include <string.h>
#include <time.h>
#include "platform/str.h"

enum {
	PLAIN_MAX = 60,	 /* longest text of a header that stays as it is */
	WORD_BYTES = 39, /* of an encoded word: with its header's name below 76 characters */
	BODY_LINE = 76,
	HEADER_MAX = 2048,
	STOP_MAX = 900 /* a line has 998 */
};

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define BOUNDARY "=_latchkey"

/* --- headers --- */

/* How many bytes of s go into one encoded word: whole characters. */
static size_t word_bytes(const char *s)
{
	size_t n = strnlen(s, WORD_BYTES);

	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void encoded_words(struct buf *b, const char *s)
{
	char text[sodium_base64_ENCODED_LEN(WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];

	for (size_t n; *s; s += n) {
		n = word_bytes(s);
		sodium_bin2base64(text, sizeof(text), (const unsigned char *)s, n,
			sodium_base64_VARIANT_ORIGINAL);
		buf_printf(b, "=?UTF-8?B?%s?=%s", text, s[n] ? "\r\n " : "");
	}
}

/* Text of a header: what needs no care stays readable. */
static int header_text(struct buf *b, const char *s, const char *plain, struct err *e)
{
	char line[HEADER_MAX];
	size_t n = strlen(s);

	if (n >= sizeof(line) || !str_utf8(s, n))
		return ERR(e, ERR_INPUT, "The mail could not be written: a text is not UTF-8.",
			"mail: a header of %zu bytes", n);
	for (size_t i = 0; i <= n; i++)
		line[i] = (s[i] > 0 && s[i] < ' ') || s[i] == 0x7f ? ' ' : s[i];
	if (n <= PLAIN_MAX && strspn(line, plain) == n && line[0] != ' ' &&
		(n == 0 || line[n - 1] != ' ') && !strstr(line, "=?"))
		buf_puts(b, line);
	else
		encoded_words(b, line);
	return 0;
}

static int address(
	struct buf *b, const char *header, const char *name, const char *email, struct err *e)
{
	if (!str_email(email))
		return ERR(e, ERR_INPUT, "This is no address that mail can be sent to.",
			"mail: address of %s refused", header);
	buf_printf(b, "%s: ", header);
	if (name[0]) {
		if (header_text(b, name, LETTERS " -", e) < 0)
			return -1;
		buf_puts(b, "\r\n ");
	}
	buf_printf(b, "<%s>\r\n", email);
	return 0;
}

/* By tables of our own: strftime would ask the locale. */
static void date(struct buf *b, int64_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)at;
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_printf(b, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday,
		tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
}

static int message_id(struct buf *b, const struct mail_message *m, struct err *e)
{
	int name = str_host(m->host);

	if (!m->id[0] || strspn(m->id, LETTERS) != strlen(m->id) ||
		(!name && strspn(m->host, "0123456789abcdef.:") != strlen(m->host)))
		return ERR(e, ERR_INPUT, NULL, "mail: message id refused");
	buf_printf(
		b, "Message-ID: <%s@%s%s%s>\r\n", m->id, name ? "" : "[", m->host, name ? "" : "]");
	return 0;
}

/* RFC 8058: a mail program stops such mails with one POST. */
static int stop(struct buf *b, const struct mail_message *m, struct err *e)
{
	if (!m->stop || !m->stop[0])
		return 0;
	if (strspn(m->stop, LETTERS ":/.-[]") != strlen(m->stop) || strlen(m->stop) > STOP_MAX)
		return ERR(e, ERR_INPUT, NULL, "mail: stop address refused");
	buf_printf(b,
		"List-Unsubscribe: <%s>\r\n"
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		m->stop);
	return 0;
}

static int headers(struct buf *b, const struct mail_message *m, struct err *e)
{
	if (address(b, "From", m->from_name, m->from, e) < 0 ||
		address(b, "To", m->to_name, m->to, e) < 0)
		return -1;
	buf_puts(b, "Subject: ");
	if (header_text(b, m->subject, LETTERS " -.,:;!?'()/@+_", e) < 0)
		return -1;
	buf_puts(b, "\r\n");
	date(b, m->date);
	if (message_id(b, m, e) < 0)
		return -1;
	if (stop(b, m, e) < 0)
		return -1;
	buf_puts(b,
		"Auto-Submitted: auto-generated\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n\r\n");
	return 0;
}

/* --- bodies --- */

/* As it is: printable ASCII, and a blank that does not end its line. A dot at the beginning of a
 * line would be doubled on the way, which not everybody undoes. */
static int is_literal(const char *s, size_t column)
{
	if (*s == ' ')
		return s[1] && s[1] != '\n';
	return *s > ' ' && *s <= '~' && *s != '=' && (*s != '.' || column > 0);
}

static void quoted_printable(struct buf *b, const char *s)
{
	size_t column = 0, width;

	for (; *s; s++) {
		if (*s == '\n') {
			buf_puts(b, "\r\n");
			column = 0;
			continue;
		}
		width = is_literal(s, column) ? 1 : 3;
		if (column + width >= BODY_LINE) {
			buf_puts(b, "=\r\n");
			column = 0;
			width = is_literal(s, column) ? 1 : 3;
		}
		if (width == 1)
			buf_putc(b, *s);
		else
			buf_printf(b, "=%02X", (unsigned char)*s);
		column += width;
	}
}

static void part(struct buf *b, const char *type, const char *body)
{
	buf_printf(b,
		"--" BOUNDARY "\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		type);
	quoted_printable(b, body);
	buf_puts(b, "\r\n");
}

int mail_write(const struct mail_message *m, struct buf *out, struct err *e)
{
	if (!str_utf8(m->text, strlen(m->text)) || !str_utf8(m->html, strlen(m->html)))
		return ERR(e, ERR_INPUT, "The mail could not be written: a text is not UTF-8.",
			"mail: a body is not UTF-8");
	if (headers(out, m, e) < 0)
		return -1;
	part(out, "text/plain", m->text);
	part(out, "text/html", m->html);
	buf_puts(out, "--" BOUNDARY "--\r\n");
	return buf_ok(out) ? 0 : ERR(e, ERR_INPUT, "The mail is too long.", "mail: too long");
}
