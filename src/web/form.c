/* Form: from the text of a body or a query to checked values, by a table of fields.
 *
 * Rules: a form is read whole or is malformed; a wrong value is not malformed but gets a message
 * that says what to enter. A secret goes from the body, which its owner wipes, straight into memory
 * of its own: it is never in the arena and never comes back in a message or a value.
 */
#define _GNU_SOURCE 1 /* explicit_bzero */
#include "form.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"

/* What is kept of a value that is far too long, to be shown again. */
enum { KEPT_MAX = 8192, KEPT_PEM_MAX = FORM_PEM_MAX + 1, KEPT_PASTED_MAX = 256 * 1024 };
/* A body with a text of several lines: three bytes for one that is escaped, and the other fields.
 */
enum { LINES_FACTOR = 3, LINES_REST = 64 * 1024, POINT_MAX = 4 /* bytes of a character */ };

/* Check v->text, which is not empty, and make the value of it. NULL, or what is wrong. */
typedef const char *check_fn(struct arena *a, const struct field *f, struct form_value *v);

static const char *check_length(struct arena *a, const struct field *f, size_t points)
{
	if (points > (size_t)f->max)
		return arena_printf(
			a, "%s is too long. Use at most %d characters.", f->label, f->max);
	if (points < (size_t)f->min)
		return arena_printf(
			a, "%s is too short. Use at least %d characters.", f->label, f->min);
	return NULL;
}

/* Browsers end the lines of a text area with CR LF; what is kept shall not depend on the browser.
 */
static char *plain_lines(char *s)
{
	char *to = s, *from;

	for (from = s; *from; from++) {
		if (*from != '\r')
			*to++ = *from;
	}
	*to = '\0';
	return s;
}

static const char *check_text(struct arena *a, const struct field *f, struct form_value *v)
{
	if (str_control(v->text, strlen(v->text), 0))
		return arena_printf(a,
			"%s has characters that cannot be used, such as a line break. Remove them.",
			f->label);
	return check_length(a, f, str_points(v->text));
}

static const char *check_lines(struct arena *a, const struct field *f, struct form_value *v)
{
	if (str_control(v->text, strlen(v->text), 1))
		return arena_printf(
			a, "%s has characters that cannot be used. Remove them.", f->label);
	v->text = plain_lines(arena_strdup(a, v->text));
	return check_length(a, f, str_points(v->text));
}

static const char *check_email(struct arena *a, const struct field *f, struct form_value *v)
{
	char *text = str_lower(arena_strdup(a, v->text));

	(void)f;
	if (!str_email(text))
		return "This is not an e-mail address. Enter one like avery@example.com.";
	v->text = text;
	return NULL;
}

static const char *check_int(struct arena *a, const struct field *f, struct form_value *v)
{
	if (str_int(v->text, f->min, f->max, &v->num) < 0)
		return arena_printf(a, "Enter a whole number from %d to %d.", f->min, f->max);
	return NULL;
}

/* An IP literal without brackets, or a name. */
static int host_ok(const char *host)
{
	struct in6_addr room;

	return inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1 ||
		str_host(host);
}

static const char *check_host(struct arena *a, const struct field *f, struct form_value *v)
{
	char *host = str_lower(arena_strdup(a, v->text));
	struct url u;

	(void)f;
	if (url_parse(a, v->text, &u) == 0) {
		v->text = u.host;
		return NULL;
	}
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		host++;
	}
	if (!host_ok(host))
		return "This is not a server name. Enter one like mail.example.com.";
	v->text = host;
	return NULL;
}

static const char *check_choice(struct arena *a, const struct field *f, struct form_value *v)
{
	const char *option = f->options;
	size_t n, len = strlen(v->text);

	(void)a;
	for (;; option += n + 1) {
		n = strcspn(option, "|");
		if (n == len && memcmp(option, v->text, n) == 0)
			return NULL;
		if (!option[n])
			return "This is not one of the choices. Choose one of those shown.";
	}
}

static const char *check_flag(struct arena *a, const struct field *f, struct form_value *v)
{
	(void)a;
	(void)f;
	v->num = strcmp(v->text, "1") == 0 || strcmp(v->text, "on") == 0;
	return v->num ? NULL : "Tick this box or leave it empty.";
}

static const char *check_id(struct arena *a, const struct field *f, struct form_value *v)
{
	(void)a;
	(void)f;
	if (str_int(v->text, 1, INT64_MAX, &v->num) < 0)
		return "This is not one of the choices. Choose one of those shown.";
	return NULL;
}

static const char *check_date(struct arena *a, const struct field *f, struct form_value *v)
{
	(void)a;
	(void)f;
	if (clock_day(v->text, &v->num) < 0)
		return "This is not a date. Enter one like 2026-11-17.";
	return NULL;
}

/* Where to go next is not worth a message: anything strange leads nowhere. */
static const char *check_local(struct arena *a, const struct field *f, struct form_value *v)
{
	(void)a;
	if (!url_local(v->text) || strlen(v->text) > (size_t)f->max)
		v->text = "";
	return NULL;
}

/* A private key that came along by mistake is forgotten at once. */
static const char *check_pem(struct arena *a, const struct field *f, struct form_value *v)
{
	size_t n = strlen(v->text);

	if (strstr(v->text, "PRIVATE KEY")) {
		explicit_bzero((char *)(uintptr_t)v->text, n);
		v->text = "";
		return "There is a private key in it, which nobody but its server may have, so it "
		       "was dropped. Give the certificate alone: the part from BEGIN CERTIFICATE "
		       "to END CERTIFICATE.";
	}
	if (n > FORM_PEM_MAX)
		return arena_printf(
			a, "%s is too long. Use at most %d KiB.", f->label, FORM_PEM_MAX / 1024);
	if (str_control(v->text, n, 1) || !strstr(v->text, "-----BEGIN CERTIFICATE-----") ||
		!strstr(v->text, "-----END CERTIFICATE-----"))
		return "This is no certificate as text (PEM). It begins with -----BEGIN "
		       "CERTIFICATE----- and ends with -----END CERTIFICATE-----.";
	v->text = plain_lines(arena_strdup(a, v->text));
	return NULL;
}

static const char *check_secret(struct arena *a, const struct field *f, struct form_value *v)
{
	const char *text = (const char *)secret_bytes(v->secret);

	if (secret_len(v->secret) > SEAL_SECRET_MAX)
		return check_length(a, f, (size_t)f->max + 1);
	if (str_control(text, secret_len(v->secret), 0))
		return arena_printf(a,
			"%s has characters that cannot be used, such as a line break. Remove them.",
			f->label);
	return check_length(a, f, str_points(text));
}

static const char *check_token(struct arena *a, const struct field *f, struct form_value *v)
{
	unsigned char bytes[SEAL_TOKEN_HEX / 2];
	int rc = str_unhex(bytes, sizeof(bytes), (const char *)secret_bytes(v->secret));

	(void)a;
	(void)f;
	explicit_bzero(bytes, sizeof(bytes));
	return rc == 0 ? NULL : "The link is not complete. Open it again where you got it.";
}

static const char *check_ids(struct arena *a, const struct field *f, struct form_value *v)
{
	char *rest = arena_strdup(a, v->text), *word;
	int64_t id;

	for (v->num = 0; (word = strsep(&rest, ".")) != NULL; v->num++) {
		if (v->num == f->max || str_int(word, 1, INT64_MAX, &id) < 0)
			return "This is not one of the choices. Choose one of those shown.";
	}
	return NULL;
}

static const struct type {
	check_fn *check;
	int secret;
} types[F__MAX] = {
	[F_TEXT] = { check_text, 0 },
	[F_LINES] = { check_lines, 0 },
	[F_EMAIL] = { check_email, 0 },
	[F_SECRET] = { check_secret, 1 },
	[F_INT] = { check_int, 0 },
	[F_HOST] = { check_host, 0 },
	[F_CHOICE] = { check_choice, 0 },
	[F_FLAG] = { check_flag, 0 },
	[F_TOKEN] = { check_token, 1 },
	[F_ID] = { check_id, 0 },
	[F_DATE] = { check_date, 0 },
	[F_LOCAL] = { check_local, 0 },
	[F_IDS] = { check_ids, 0 },
	[F_PEM] = { check_pem, 0 },
};

/* Reading */

static void free_secret(void *s)
{
	secret_free(s);
}

static struct secret *own_secret(struct form *f, const char *text)
{
	struct secret *s = secret_new(text, strlen(text));

	arena_defer(f->arena, free_secret, s);
	return s;
}

/* Bytes of s to keep: at most max, and no half character. */
static size_t cut(const char *s, size_t max)
{
	size_t n = strnlen(s, max + 1);

	if (n <= max)
		return n;
	for (n = max; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

void form_init(struct form *f, const struct field *fields, struct arena *a)
{
	static const struct field none = { 0 };
	size_t i;

	*f = (struct form){ .fields = fields ? fields : &none, .arena = a };
	for (i = 0; i < FORM_FIELDS; i++)
		f->v[i].text = "";
	for (i = 0; f->fields[i].name; i++) {
		if (i == FORM_FIELDS)
			die("a form of over %d fields", FORM_FIELDS);
	}
}

static void fail(struct form *f, struct form_value *v, const char *error)
{
	if (v->error)
		return;
	v->error = error;
	f->errors++;
}

/* Is the name one of those in a list with spaces between? */
static int listed(const char *list, const char *name)
{
	const size_t n = strlen(name);
	const char *at = list;

	while (at && (at = strstr(at, name)) != NULL) {
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return 1;
		at += n;
	}
	return 0;
}

/* A pasted list is shown again when it is short; a file cannot be. */
static void take_file(struct form *f, size_t i, const char *raw)
{
	const struct field *field = &f->fields[i];
	struct form_value *v = &f->v[i];

	if (!v->data && *raw) {
		v->data = raw;
		v->len = strlen(raw);
	}
	if (v->len > (size_t)field->max)
		fail(f, v,
			arena_printf(f->arena, "%s is too large. It may have %d MiB.", field->label,
				field->max >> 20));
	else if (!v->data && listed(f->retype, field->name))
		fail(f, v,
			arena_printf(f->arena,
				"%s was not kept while you entered your own password. Give it once "
				"more.",
				field->label));
	if (v->data && !v->file && v->len <= KEPT_PASTED_MAX && str_utf8(v->data, v->len))
		v->text = arena_strndup(f->arena, v->data, v->len);
	v->withheld = v->data ? !*v->text : listed(f->retype, field->name);
}

/* More than may be typed, so that too much is told and not cut. */
static size_t kept_of(const struct field *f)
{
	const size_t lines = f->type == F_LINES ? POINT_MAX * (size_t)f->max + 1 : 0;

	if (f->type == F_PEM)
		return KEPT_PEM_MAX;
	return lines > KEPT_MAX ? lines : KEPT_MAX;
}

/* One field, from what was sent for it; "" when nothing was. */
static void take(struct form *f, size_t i, const char *raw)
{
	const struct field *field = &f->fields[i];
	const struct type *type = &types[field->type];
	struct form_value *v = &f->v[i];
	const size_t kept = kept_of(field);
	const char *error = NULL;
	int empty;

	if (type->secret)
		v->secret = own_secret(f, raw);
	else
		v->text = str_trim(arena_strndup(f->arena, raw, cut(raw, kept)));
	empty = type->secret ? !*raw : !*v->text;
	if (!empty)
		error = type->check(f->arena, field, v);
	else if (listed(f->retype, field->name))
		error = arena_printf(f->arena,
			"%s was not kept while you entered your own password. Enter it once more.",
			field->label);
	else if (field->min > 0 && field->type == F_CHOICE)
		error = "Nothing is chosen yet. Choose one of those shown.";
	else if (field->min > 0)
		error = arena_printf(f->arena, "%s is missing. Enter it here.", field->label);
	if (error)
		fail(f, v, error);
	if (error && type->secret)
		v->secret = own_secret(f, "");
	v->withheld = empty ? listed(f->retype, field->name) : !*v->text;
}

/* The numbers of those boxes that were ticked. */
static const char *ticked(struct form *f, const char *name, const struct pairs *sent)
{
	const size_t n = strlen(name);
	const char *text;
	struct buf b;

	buf_init(&b, KEPT_MAX);
	for (size_t i = 0; i < sent->count; i++) {
		const char *key = sent->list[i].key;

		if (strncmp(key, name, n) == 0 && key[n] == '.')
			buf_puts(&b, key + n + (b.len == 0));
	}
	text = b.len ? arena_strdup(f->arena, buf_str(&b)) : NULL;
	buf_done(&b);
	return text;
}

static void take_all(struct form *f, const struct pairs *sent)
{
	const char *raw;
	size_t i;

	for (i = 0; f->fields[i].name; i++) {
		raw = pairs_get(sent, f->fields[i].name);
		if (!raw && f->fields[i].type == F_IDS)
			raw = ticked(f, f->fields[i].name, sent);
		if (f->fields[i].type == F_FILE)
			take_file(f, i, raw ? raw : "");
		else
			take(f, i, raw ? raw : "");
	}
}

int form_read_query(struct form *f, const struct pairs *query, struct err *e)
{
	(void)e;
	take_all(f, query);
	return 0;
}

/* Only certificates are read from files; to a form, others do not exist. One in its binary form, or
 * an empty one, is no malformed request but a wrong value: it gets a message. */
static int wants_file(const struct form *f, struct part *part)
{
	size_t i;

	for (i = 0; f->fields[i].name; i++) {
		if (f->fields[i].type == F_PEM && strcmp(f->fields[i].name, part->name) == 0)
			break;
	}
	if (*part->file && (!part->len || !str_utf8(part->data, part->len))) {
		part->data = arena_strdup(f->arena, "?");
		part->len = 1;
	}
	return f->fields[i].name != NULL;
}

/* The field of a file, whatever is in it: 1, 0 it is none, -1. */
static int add_file(struct form *f, const struct part *part, struct err *e)
{
	struct form_value *v;
	size_t i;

	for (i = 0; f->fields[i].name; i++) {
		if (f->fields[i].type == F_FILE && strcmp(f->fields[i].name, part->name) == 0)
			break;
	}
	if (!f->fields[i].name)
		return 0;
	v = &f->v[i];
	if (v->data)
		return ERR(e, ERR_INPUT, NULL, "a file comes twice");
	if (part->len == 0)
		return 1;
	v->data = part->data;
	v->len = part->len;
	v->file = part->file;
	return 1;
}

/* One part as a pair. */
static int add_part(struct pairs *to, const struct part *part, struct err *e)
{
	if (!str_utf8(part->data, part->len))
		return ERR(e, ERR_INPUT, NULL, "a part is no text");
	if (to->count == REQUEST_PAIRS_MAX)
		return ERR(e, ERR_INPUT, NULL, "over %d parts", REQUEST_PAIRS_MAX);
	if (pairs_get(to, part->name))
		return ERR(e, ERR_INPUT, NULL, "a part comes twice");
	to->list[to->count++] = (struct pair){ part->name, part->data };
	return 0;
}

static int read_parts(
	struct form *f, const char *type, struct buf *body, struct pairs *out, struct err *e)
{
	struct multipart m;
	struct part part;
	int rc;

	*out = (struct pairs){ 0 };
	out->list = arena_array(f->arena, REQUEST_PAIRS_MAX, sizeof(*out->list));
	if (multipart_init(&m, type, body, e) < 0)
		return -1;
	while ((rc = multipart_next(&m, f->arena, &part, e)) > 0) {
		rc = add_file(f, &part, e);
		if (rc < 0)
			return -1;
		if (rc == 0 && (!part.file || wants_file(f, &part)) && add_part(out, &part, e) < 0)
			return -1;
	}
	return rc;
}

size_t form_body_max(const struct field *fields, size_t usual)
{
	size_t most = usual, need;

	for (; fields && fields->name; fields++) {
		need = 0;
		if (fields->type == F_FILE)
			need = (size_t)fields->max + usual;
		else if (fields->type == F_LINES)
			need = LINES_FACTOR * (size_t)fields->max + LINES_REST;
		if (need > most)
			most = need;
	}
	return most;
}

int form_read_body(struct form *f, const char *type, struct buf *body, struct err *e)
{
	struct pairs sent;
	const char *csrf, *confirm, *retype;

	if (type && strncasecmp(type, "multipart/", strlen("multipart/")) == 0) {
		if (read_parts(f, type, body, &sent, e) < 0)
			return -1;
	} else if (pairs_parse(f->arena, body->p, body->len, &sent, e) < 0) {
		return -1;
	}
	csrf = pairs_get(&sent, FORM_CSRF);
	if (csrf && strlen(csrf) == SEAL_TOKEN_HEX)
		f->csrf = own_secret(f, csrf);
	confirm = pairs_get(&sent, FORM_CONFIRM);
	if (confirm)
		f->confirm = own_secret(f, confirm);
	retype = pairs_get(&sent, FORM_RETYPE);
	if (retype)
		f->retype = arena_strdup(f->arena, retype);
	take_all(f, &sent);
	return 0;
}

/* Asking */

static size_t find(const struct form *f, const char *name)
{
	size_t i;

	for (i = 0; f->fields[i].name; i++) {
		if (strcmp(f->fields[i].name, name) == 0)
			return i;
	}
	die("no field %s in this form", name);
}

const char *form_text(const struct form *f, const char *name)
{
	return f->v[find(f, name)].text;
}

const struct form_value *form_file(const struct form *f, const char *name)
{
	const struct form_value *v = &f->v[find(f, name)];

	return v->data ? v : NULL;
}

int64_t form_num(const struct form *f, const char *name)
{
	return f->v[find(f, name)].num;
}

const struct secret *form_secret(const struct form *f, const char *name)
{
	const struct form_value *v = &f->v[find(f, name)];

	if (!v->secret)
		die("field %s is no secret, or was not read", name);
	return v->secret;
}

void form_show(struct form *f, const char *name, const char *file)
{
	const struct form_value *from = &f->v[find(f, file)];
	struct form_value *to = &f->v[find(f, name)];

	if (*from->text && !from->error && !to->error)
		to->text = from->text;
}

void form_fail(struct form *f, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(f, &f->v[find(f, name)], arena_vprintf(f->arena, fmt, ap));
	va_end(ap);
}
