/*
 * Item_write_mime: bodies in the form that was asked for, and MimeContent: a message as
 * [RFC 5322], a calendar item as [RFC 5545]. Simple ones: enough to be read, no more.
 */
#include "sim/op_item.h"
#include <string.h>

/* A bracket that never closes is one character of text lost. */
static size_t tag_end(const char *s)
{
	const char *end = strchr(s, '>');

	return end ? (size_t)(end - s) + 1 : 1;
}

static const struct {
	const char *name, *text;
} entities[] = {
	{ "&amp;", "&" },
	{ "&lt;", "<" },
	{ "&gt;", ">" },
	{ "&quot;", "\"" },
	{ "&nbsp;", " " },
	{ NULL, NULL },
};

/* Appends what it stands for, and tells how much was read; an unknown one is a plain ampersand.
 */
static size_t entity(struct text *out, const char *s)
{
	for (int n = 0; entities[n].name; n++) {
		size_t length = strlen(entities[n].name);
		if (strncmp(s, entities[n].name, length) == 0) {
			text_puts(out, entities[n].text);
			return length;
		}
	}
	text_puts(out, "&");
	return 1;
}

void body_plain(struct text *out, const char *body, bool html)
{
	if (!body)
		return;
	if (!html) {
		text_puts(out, body);
		return;
	}
	while (*body) {
		size_t n = strcspn(body, "<&");
		text_add(out, body, n);
		body += n;
		if (*body == '<')
			body += tag_end(body);
		else if (*body == '&')
			body += entity(out, body);
	}
}

/* Line breaks stay. */
static void body_html(struct text *out, const char *body)
{
	text_puts(out, "<html><body><pre>");
	xml_text(out, body);
	text_puts(out, "</pre></body></html>");
}

/* Best is the form it was made in. IsTruncated came with Exchange 2013. */
void body_write(const struct view *v, struct text *out, const char *element)
{
	const struct item *i = v->item;
	bool has = i->body && *i->body;
	bool html = v->body == BODY_HTML || (v->body == BODY_BEST && i->body_html && has);
	struct text shown = { 0 };

	text_printf(out, "<%s BodyType=\"%s\"", element, html ? "HTML" : "Text");
	if (v->c->level >= LEVEL_2013)
		text_puts(out, " IsTruncated=\"false\"");
	if (!has) {
		text_puts(out, "/>");
		return;
	}
	text_puts(out, ">");
	if (html == i->body_html)
		text_puts(&shown, i->body);
	else if (html)
		body_html(&shown, i->body);
	else
		body_plain(&shown, i->body, true);
	xml_text(out, shown.at ? shown.at : "");
	text_free(&shown);
	xml_close(out, element);
}

/* One content line: escaped, and folded at 75 octets between characters. */
static void ical_line(struct text *out, const char *name, const char *value)
{
	struct text line = { 0 };

	if (!value)
		return;
	text_printf(&line, "%s:", name);
	for (; *value; value++) {
		if (*value == '\n')
			text_puts(&line, "\\n");
		else if (strchr("\\;,", *value))
			text_printf(&line, "\\%c", *value);
		else if (*value != '\r')
			text_add(&line, value, 1);
	}
	size_t width = 0;
	for (size_t n = 0; n < line.len; n++) {
		bool begins = ((unsigned char)line.at[n] & 0xc0) != 0x80;
		if (begins && width >= 70) {
			text_puts(out, "\r\n ");
			width = 1;
		}
		text_add(out, line.at + n, 1);
		width++;
	}
	text_puts(out, "\r\n");
	text_free(&line);
}

/* UTC, without separators. */
static void ical_time(struct text *out, const char *name, utc_t at)
{
	struct civil t = civil_of(at);

	text_printf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, t.year, t.month, t.day, t.hour,
		t.minute, t.second);
}

static void ical_person(struct text *out, const char *name, const struct person *p)
{
	if (p->address)
		text_printf(out, "%s:MAILTO:%s\r\n", name, p->address);
}

/* One event; METHOD as Exchange exports it. */
static void ical(struct text *out, const struct view *v)
{
	const struct item *i = v->item;
	struct text body = { 0 };

	body_plain(&body, i->body, i->body_html);
	text_puts(out,
		"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nPRODID:Microsoft Exchange Server\r\n"
		"VERSION:2.0\r\nBEGIN:VEVENT\r\n");
	ical_person(out, "ORGANIZER", &i->organizer);
	for (int n = 0; n < i->n_attendees; n++)
		ical_person(out, "ATTENDEE", &i->attendees[n].who);
	ical_line(out, "UID", i->uid);
	ical_line(out, "SUMMARY", i->subject);
	ical_line(out, "LOCATION", i->location);
	ical_line(out, "DESCRIPTION", body.at);
	ical_time(out, "DTSTART", v->start);
	ical_time(out, "DTEND", v->end);
	ical_time(out, "DTSTAMP", i->modified ? i->modified : i->created);
	text_printf(out, "SEQUENCE:%d\r\nTRANSP:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", i->sequence,
		i->busy == BUSY_FREE ? "TRANSPARENT" : "OPAQUE");
	text_free(&body);
}

/* Bcc is not among them. */
static void mime_people(struct text *out, const char *name, const struct item *i, int kind)
{
	bool any = false;

	for (int n = 0; n < i->n_to; n++) {
		if ((int)i->to[n].kind != kind || !i->to[n].who.address)
			continue;
		text_printf(out, "%s<%s>", any ? ", " : name, i->to[n].who.address);
		any = true;
	}
	if (any)
		text_puts(out, "\r\n");
}

/* A header's value without line ends, so that none can make another header. */
static void mime_header(struct text *out, const char *name, const char *value)
{
	if (!value)
		return;
	text_printf(out, "%s: ", name);
	for (; *value; value++)
		text_add(out, *value == '\r' || *value == '\n' ? " " : value, 1);
	text_puts(out, "\r\n");
}

static void mime_date(struct text *out, utc_t at)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil t = civil_of(at);

	text_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.weekday], t.day,
		months[t.month - 1], t.year, t.hour, t.minute, t.second);
}

static void mime(struct text *out, const struct item *i)
{
	if (i->from.address)
		text_printf(out, "From: <%s>\r\n", i->from.address);
	if (i->sender.address && !same_nocase(i->sender.address, i->from.address))
		text_printf(out, "Sender: <%s>\r\n", i->sender.address);
	mime_people(out, "To: ", i, ATTENDEE_REQUIRED);
	mime_people(out, "Cc: ", i, ATTENDEE_OPTIONAL);
	mime_header(out, "Subject", i->subject);
	mime_date(out, i->sent ? i->sent : i->created);
	mime_header(out, "Message-ID", i->mime_id);
	text_printf(out,
		"MIME-Version: 1.0\r\nContent-Type: %s; charset=utf-8\r\n"
		"Content-Transfer-Encoding: 8bit\r\n\r\n",
		i->body_html ? "text/html" : "text/plain");
	text_puts(out, i->body ? i->body : "");
}

void item_write_mime(const struct view *v, struct text *out, const char *element)
{
	struct text bytes = { 0 };

	/* A calendar item's MimeContent is bare iCalendar. */
	if (v->item->class == ITEM_CALENDAR)
		ical(&bytes, v);
	else
		mime(&bytes, v->item);
	text_printf(out, "<%s CharacterSet=\"UTF-8\">", element);
	base64_add(out, bytes.at, bytes.len);
	xml_close(out, element);
	text_free(&bytes);
}
