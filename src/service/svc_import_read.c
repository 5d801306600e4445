/* Imports: what the rows of a file say.
 *
 * Rules: a column is known by its name in many spellings, whatever its letters' case, marks and
 * signs between; a column of addresses also by what is in it. What cannot be used is refused in
 * words, with what to do; nothing is mended silently but case and blanks.
 */
#include "svc_import_read.h"

#include <ctype.h>
#include <string.h>
#include "platform/fold.h"
#include "platform/str.h"
#include "svc.h"

enum { NAME_MAX_POINTS = 100, TEXT_MAX = 254, WORD_MAX = 60 };

/* Words with several spellings, as letters alone. */
struct word {
	const char *word;
	int is;
};

static const struct word column_words[] = {
	{ "email", COLUMN_EMAIL },
	{ "mail", COLUMN_EMAIL },
	{ "address", COLUMN_EMAIL },
	{ "emailaddress", COLUMN_EMAIL },
	{ "mailaddress", COLUMN_EMAIL },
	{ "primarysmtpaddress", COLUMN_EMAIL },
	{ "smtpaddress", COLUMN_EMAIL },
	{ "userprincipalname", COLUMN_EMAIL },
	{ "emailadresse", COLUMN_EMAIL },
	{ "mailadresse", COLUMN_EMAIL },
	{ "adresse", COLUMN_EMAIL },
	{ "courriel", COLUMN_EMAIL },
	{ "name", COLUMN_NAME },
	{ "displayname", COLUMN_NAME },
	{ "fullname", COLUMN_NAME },
	{ "anzeigename", COLUMN_NAME },
	{ "firstname", COLUMN_FIRST },
	{ "givenname", COLUMN_FIRST },
	{ "vorname", COLUMN_FIRST },
	{ "lastname", COLUMN_LAST },
	{ "surname", COLUMN_LAST },
	{ "familyname", COLUMN_LAST },
	{ "nachname", COLUMN_LAST },
	{ "role", COLUMN_ROLE },
	{ "rolle", COLUMN_ROLE },
	{ "calendar", COLUMN_CALENDAR },
	{ "calendaraddress", COLUMN_CALENDAR },
	{ "mailbox", COLUMN_CALENDAR },
	{ "mailboxaddress", COLUMN_CALENDAR },
	{ "kalender", COLUMN_CALENDAR },
	{ "postfach", COLUMN_CALENDAR },
	{ "kind", COLUMN_KIND },
	{ "type", COLUMN_KIND },
	{ "art", COLUMN_KIND },
	{ "typ", COLUMN_KIND },
	{ NULL, -1 },
};

static const struct word role_words[] = {
	{ "member", ROLE_MEMBER },
	{ "mitglied", ROLE_MEMBER },
	{ "admin", ROLE_ADMIN },
	{ "accountadmin", ROLE_ADMIN },
	{ "administrator", ROLE_ADMIN },
	{ NULL, -1 },
};

static const struct word kind_words[] = {
	{ "person", MEMBER_PERSON },
	{ "people", MEMBER_PERSON },
	{ "room", MEMBER_ROOM },
	{ "raum", MEMBER_ROOM },
	{ NULL, -1 },
};

static const char *const titles[COLUMN__MAX] = { "address", "name", "first name", "last name",
	"role", "calendar", "kind" };

/* The number of a word, or -1. */
static int known(const struct word *list, const char *text)
{
	char folded[WORD_MAX];
	size_t n = 0;

	fold_text(folded, sizeof(folded), text);
	for (const char *p = folded; *p; p++) {
		if (isalpha((unsigned char)*p))
			folded[n++] = *p;
	}
	folded[n] = '\0';
	while (list->word && strcmp(list->word, folded) != 0)
		list++;
	return list->is;
}

/* The address in "ada@acme.test" or in "Ada King <ada@acme.test>", lower case, in place; what is
 * before it goes into *name. */
static char *address_of(char *cell, const char **name)
{
	char *open = strchr(cell, '<'), *close = open ? strchr(open, '>') : NULL;

	*name = "";
	if (close && !close[1]) {
		*open = *close = '\0';
		*name = str_trim(cell);
		cell = open + 1;
	}
	return str_lower(str_trim(cell));
}

static int is_address(struct arena *a, const char *cell)
{
	const char *name;

	return str_email(address_of(arena_strdup(a, cell), &name));
}

/* --- columns --- */

static void none(struct import_columns *c)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < COLUMN__MAX; i++)
		c->at[i] = -1;
}

/* The first of two that claim to be the same. */
static void claim(struct import_columns *c, int column, size_t cell)
{
	if (column >= 0 && c->at[column] < 0)
		c->at[column] = (int)cell;
}

/* The first cell with an address, or -1. */
static int address_in(struct arena *a, const struct csv *row)
{
	for (size_t i = 0; i < row->count; i++) {
		if (is_address(a, row->cells[i]))
			return (int)i;
	}
	return -1;
}

/* "name, -, email" */
static int from_words(struct arena *a, const char *given, struct import_columns *out, struct err *e)
{
	char *rest = arena_strdup(a, given), *word;
	int column;

	for (size_t i = 0; (word = strsep(&rest, ",;")) != NULL; i++) {
		word = str_trim(word);
		column = known(column_words, word);
		if (column < 0 && *word && strcmp(word, "-") != 0) {
			ERR(e, ERR_FORM, NULL, "import: no such column");
			return err_say(e,
				"There is no column \"%.40s\". Use: email, name, first name, last "
				"name, role, calendar, kind, and - for one to leave out.",
				word);
		}
		claim(out, column, i);
	}
	if (out->at[COLUMN_EMAIL] < 0)
		return ERR(e, ERR_FORM,
			"Say which column has the addresses: call it email, as in: name, email.",
			"import: no column email");
	return 0;
}

/* Names in the first row. */
static void from_header(const struct csv *row, struct import_columns *out)
{
	for (size_t i = 0; i < row->count; i++)
		claim(out, known(column_words, row->cells[i]), i);
}

/* Next to a lone column of addresses there are names. */
static void from_addresses(const struct csv *row, int email, struct import_columns *out)
{
	out->at[COLUMN_EMAIL] = email;
	if (row->count == 2)
		out->at[COLUMN_NAME] = 1 - email;
}

static int no_addresses(const struct csv *row, struct err *e)
{
	ERR(e, ERR_FORM, NULL, "import: no addresses");
	return err_say(e,
		"No column with e-mail addresses was found. The first line begins with \"%.40s\". "
		"Give the column of the addresses the name email, or say what the columns are.",
		row->count ? row->cells[0] : "");
}

int import_columns_find(struct arena *a, struct csv *file, const char *given,
	struct import_columns *out, struct err *e)
{
	struct csv first = *file, second;
	int rc = csv_next(&first, e);

	none(out);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_FORM, "There is nothing in it. Give a list with addresses.",
			"import: empty");
	out->header = address_in(a, &first) < 0;
	if (*given)
		return from_words(a, given, out, e);
	if (!out->header) {
		from_addresses(&first, address_in(a, &first), out);
		return 0;
	}
	from_header(&first, out);
	second = first;
	rc = csv_next(&second, e);
	if (rc > 0 && out->at[COLUMN_EMAIL] < 0)
		out->at[COLUMN_EMAIL] = address_in(a, &second);
	if (rc < 0)
		return -1;
	return out->at[COLUMN_EMAIL] < 0 ? no_addresses(&first, e) : 0;
}

const char *import_columns_say(
	struct arena *a, const struct csv *c, const struct import_columns *columns)
{
	const char *text = "";

	for (int i = 0; i < COLUMN__MAX; i++) {
		if (columns->at[i] >= 0)
			text = arena_printf(a, "%s%s%s (column %d)", text, *text ? ", " : "",
				titles[i], columns->at[i] + 1);
	}
	return arena_printf(a, "%s, separated by %s; %s. Read: %s.", csv_encoding_name(c->encoding),
		csv_delimiter_name(c->delimiter),
		columns->header ? "the first line has the names of the columns"
				: "no line of names",
		text);
}

/* --- rows --- */

/* What a cell says, or "". */
static char *cell_of(struct csv *c, const struct import_columns *columns, enum import_column column)
{
	static char empty[1];
	const int at = columns->at[column];

	return at < 0 || (size_t)at >= c->count ? empty : str_trim(c->cells[at]);
}

static const char *full_name(struct arena *a, struct csv *c, const struct import_columns *columns)
{
	const char *first = cell_of(c, columns, COLUMN_FIRST),
		   *last = cell_of(c, columns, COLUMN_LAST);
	const char *name = cell_of(c, columns, COLUMN_NAME);

	if (*name || (!*first && !*last))
		return name;
	return arena_printf(a, "%s%s%s", first, *first && *last ? " " : "", last);
}

/* NULL, or why it cannot be used. */
static const char *check_email(struct arena *a, const char *email)
{
	if (!*email)
		return "There is no address in this line. Enter one, or take the line out.";
	if (!str_email(email))
		return arena_printf(a,
			"\"%.60s\" is not an e-mail address. Enter one like avery@example.com.",
			svc_audit_clean(a, email, WORD_MAX));
	return NULL;
}

static const char *check_name(const char *name)
{
	const size_t n = strlen(name);

	if (!str_utf8(name, n) || str_control(name, n, 0))
		return "The name has characters that cannot be used, such as a line break. Remove "
		       "them.";
	if (str_points(name) > NAME_MAX_POINTS)
		return "The name is too long. Use at most 100 characters.";
	return NULL;
}

static const char *check_words(
	struct arena *a, const char *role, const char *kind, struct import_row *r)
{
	r->role = known(role_words, role);
	r->kind = known(kind_words, kind);
	if (*role && r->role < 0)
		return arena_printf(a, "There is no role \"%s\". Write member or admin.",
			svc_audit_clean(a, role, WORD_MAX));
	if (*kind && r->kind < 0)
		return arena_printf(a, "There is no kind \"%s\". Write person or room.",
			svc_audit_clean(a, kind, WORD_MAX));
	if (r->kind == MEMBER_ROOM && r->role == ROLE_ADMIN)
		return "A room cannot be an account admin. Leave its role empty.";
	return NULL;
}

static const char *check_calendar(struct arena *a, const char *calendar)
{
	if (!*calendar || str_email(calendar))
		return NULL;
	return arena_printf(a,
		"The calendar \"%s\" is not an e-mail address. Enter that of the mailbox, or "
		"nothing when it is the person's own.",
		svc_audit_clean(a, calendar, WORD_MAX));
}

int import_row_read(
	struct arena *a, struct csv *c, const struct import_columns *columns, struct import_row *r)
{
	const char *role = cell_of(c, columns, COLUMN_ROLE),
		   *kind = cell_of(c, columns, COLUMN_KIND);
	const char *before, *why[4];

	*r = (struct import_row){ .line = c->line };
	r->email = address_of(cell_of(c, columns, COLUMN_EMAIL), &before);
	r->name = full_name(a, c, columns);
	r->name = *r->name ? r->name : before;
	r->calendar = str_lower(cell_of(c, columns, COLUMN_CALENDAR));
	r->say = c->cut ? "This line is too long. Is there a quotation mark too many in it?" : NULL;
	why[0] = check_email(a, r->email);
	why[1] = check_name(r->name);
	why[2] = check_words(a, role, kind, r);
	why[3] = check_calendar(a, r->calendar);
	for (int i = 0; i < 4 && !r->say; i++)
		r->say = why[i];
	if (!r->say) {
		r->say = "";
		return 1;
	}
	r->verdict = IMPORT_REFUSED;
	r->email = svc_audit_clean(a, r->email, TEXT_MAX);
	r->name = svc_audit_clean(a, r->name, TEXT_MAX);
	r->calendar = svc_audit_clean(a, r->calendar, TEXT_MAX);
	return 0;
}
