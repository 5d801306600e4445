/*
 * Op_directory: ResolveNames, ExpandDL, GetRoomLists, GetRooms and ConvertId.
 *
 * Who is hidden, or outside the caller's address book, is not there. A name is a prefix of a name's
 * words, of an address or of an alias; with "smtp:" it is one whole address.
 */
#include "sim/op_item.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CANDIDATES_MAX = 100 };

struct candidate {
	const struct mailbox *mailbox;
	const struct group *group;
};
struct resolution {
	struct call *c;
	const char *name;
	bool whole; /* an address as it is */
	struct candidate at[CANDIDATES_MAX];
	int n;
	bool more;
};

static void write_entry(
	struct text *out, const char *element, const char *name, const char *address, bool group)
{
	xml_open(out, element);
	xml_el(out, "t:Name", name ? name : address);
	xml_el(out, "t:EmailAddress", address);
	xml_el(out, "t:RoutingType", "SMTP");
	xml_el(out, "t:MailboxType", group ? "PublicDL" : "Mailbox");
	xml_close(out, element);
}

static void write_candidate(struct text *out, const char *element, const struct candidate *a)
{
	if (a->group)
		write_entry(out, element, a->group->name, a->group->address, true);
	else
		write_entry(out, element, a->mailbox->name, a->mailbox->address, false);
}

/* A group is in the book when the book's lists are, or hold, it. */
static bool group_listed(const struct call *c, const struct group *g)
{
	const struct address_list *book = c->acting ? c->acting->book : NULL;

	if (g->hidden)
		return false;
	if (!book || !book->groups)
		return true;
	for (struct group **at = book->groups; *at; at++) {
		if (*at == g)
			return true;
		for (struct group **in = (*at)->groups; in && *in; in++)
			if (*in == g)
				return true;
	}
	/* A list of rooms is seen when a room of it is. */
	for (int n = 0; n < g->n_members && g->kind == GROUP_ROOMS; n++)
		if (world_listed(c->world, g->members[n], c->acting))
			return true;
	return false;
}

static bool begins(const char *s, const char *name)
{
	return s && strncasecmp(s, name, strlen(name)) == 0;
}

/* At the beginning of any word of a name. */
static bool name_fits(const char *s, const char *name)
{
	for (const char *at = s; at && *at; at++)
		if ((at == s || strchr(" ,-(", at[-1])) && begins(at, name))
			return true;
	return false;
}

/* Also by alias: a person may be known under an older address. */
static bool mailbox_fits(const struct resolution *r, const struct mailbox *m)
{
	if (name_fits(m->name, r->name) || begins(m->address, r->name))
		return true;
	for (char **alias = m->aliases; alias && *alias; alias++)
		if (begins(*alias, r->name))
			return true;
	return false;
}

static void take(struct resolution *r, struct candidate one)
{
	if (r->n == CANDIDATES_MAX)
		r->more = true;
	else
		r->at[r->n++] = one;
}

/* Exact, and still only who is listed. */
static void resolve_whole(struct resolution *r)
{
	struct mailbox *m = world_mailbox(r->c->world, r->name);
	struct group *g = m ? NULL : world_group(r->c->world, r->name);

	if (m && world_listed(r->c->world, m, r->c->acting))
		take(r, (struct candidate){ .mailbox = m });
	if (g && group_listed(r->c, g))
		take(r, (struct candidate){ .group = g });
}

/* People first, then groups, each in the order of the world. */
static void resolve(struct resolution *r)
{
	const struct world *w = r->c->world;

	if (r->whole) {
		resolve_whole(r);
		return;
	}
	for (uint32_t n = 0; n < w->n_mailboxes && !r->more; n++) {
		struct mailbox *m = w->mailboxes[n];
		if (mailbox_fits(r, m) && world_listed(w, m, r->c->acting))
			take(r, (struct candidate){ .mailbox = m });
	}
	for (const struct group *g = w->groups; g && !r->more; g = g->next)
		if ((name_fits(g->name, r->name) || begins(g->address, r->name)) &&
			group_listed(r->c, g))
			take(r, (struct candidate){ .group = g });
}

static void write_addresses(struct text *out, const struct mailbox *m)
{
	int n = 1;

	xml_open(out, "t:EmailAddresses");
	text_puts(out, "<t:Entry Key=\"EmailAddress1\">SMTP:");
	xml_text(out, m->address);
	text_puts(out, "</t:Entry>");
	for (char **alias = m->aliases; alias && *alias && n < 3; alias++) {
		text_printf(out, "<t:Entry Key=\"EmailAddress%d\">smtp:", ++n);
		xml_text(out, *alias);
		text_puts(out, "</t:Entry>");
	}
	xml_close(out, "t:EmailAddresses");
}

/* Name, addresses and alias: the directory here holds no more of a person. */
static void write_contact(struct call *c, const struct mailbox *m)
{
	struct text *out = &c->out;
	const char *name = m->name ? m->name : m->address;
	const char *last = strrchr(name, ' ');
	size_t local = strcspn(m->address, "@");
	char *given = copy_n(name, last ? (size_t)(last - name) : strlen(name));
	char *alias = copy_n(m->address, local);

	xml_open(out, "t:Contact");
	xml_el(out, "t:Culture", m->culture ? m->culture : "en-US");
	xml_el(out, "t:DisplayName", name);
	xml_el(out, "t:GivenName", given);
	write_addresses(out, m);
	xml_el(out, "t:ContactSource", "ActiveDirectory");
	xml_el(out, "t:Surname", last ? last + 1 : "");
	if (c->level >= LEVEL_2010_SP2)
		xml_el(out, "t:Alias", alias);
	xml_close(out, "t:Contact");
	free(given);
	free(alias);
}

static void write_resolutions(const struct resolution *r)
{
	struct call *c = r->c;
	bool full = truth(node_attribute(c, c->op, "ReturnFullContactData"));

	text_printf(&c->out,
		"<m:ResolutionSet TotalItemsInView=\"%d\" IncludesLastItemInRange=\"%s\">", r->n,
		r->more ? "false" : "true");
	for (int n = 0; n < r->n; n++) {
		xml_open(&c->out, "t:Resolution");
		write_candidate(&c->out, "t:Mailbox", &r->at[n]);
		if (full && r->at[n].mailbox)
			write_contact(c, r->at[n].mailbox);
		xml_close(&c->out, "t:Resolution");
	}
	text_puts(&c->out, "</m:ResolutionSet>");
}

/* More than one is a Warning with all of them; none is an Error. */
void op_resolve_names(struct call *c)
{
	static const char *const message = "m:ResolveNamesResponseMessage";
	const char *name = node_child_text(c, c->op, NS_M, "UnresolvedEntry");
	const char *scope = node_attribute(c, c->op, "SearchScope");
	bool whole = begins(name, "smtp:");
	struct resolution r = { .c = c, .name = whole ? name + 5 : name, .whole = whole };

	/* Contacts alone: nobody here keeps any. */
	if (c->acting && name && *r.name && !same(scope, "Contacts"))
		resolve(&r);
	c->items++;
	response_begin(c);
	if (!c->acting)
		message_code(c, message, "ErrorNameResolutionNoMailbox", NULL);
	else if (!r.n)
		message_code(c, message, "ErrorNameResolutionNoResults", NULL);
	else if (r.n == 1)
		message_code(c, message, NULL, NULL);
	else
		message_warning(c, message, "ErrorNameResolutionMultipleResults");
	if (r.n)
		write_resolutions(&r);
	message_end(c, message);
	response_end(c);
}

/* The group an address or an id-less mailbox element names, when the caller may see it. */
static struct group *group_of(struct call *c, xmlNode *mailbox)
{
	const char *address = node_child_text(c, mailbox, NS_T, "EmailAddress");
	struct group *g = address ? world_group(c->world, address) : NULL;

	return g && group_listed(c, g) ? g : NULL;
}

/* One level: groups in it are told as groups. */
void op_expand_dl(struct call *c)
{
	static const char *const message = "m:ExpandDLResponseMessage";
	const struct group *g = group_of(c, node_child(c->op, NS_M, "Mailbox"));
	int total = g ? g->n_members : 0;

	c->items++;
	response_begin(c);
	message_code(c, message, g ? NULL : "ErrorNameResolutionNoResults", NULL);
	for (struct group **in = g ? g->groups : NULL; in && *in; in++)
		total++;
	if (g) {
		text_printf(&c->out,
			"<m:DLExpansion TotalItemsInView=\"%d\" IncludesLastItemInRange=\"true\">",
			total);
		for (int n = 0; n < g->n_members; n++)
			write_entry(&c->out, "t:Mailbox", g->members[n]->name,
				g->members[n]->address, false);
		for (struct group **in = g->groups; in && *in; in++)
			write_entry(&c->out, "t:Mailbox", (*in)->name, (*in)->address, true);
		text_puts(&c->out, "</m:DLExpansion>");
	}
	message_end(c, message);
	response_end(c);
}

/* Rooms answer on the response element itself. */
void op_get_room_lists(struct call *c)
{
	const char *element = c->operation->element;

	message_code(c, element, NULL, NULL);
	xml_open(&c->out, "m:RoomLists");
	for (const struct group *g = c->world->groups; g; g = g->next)
		if (g->kind == GROUP_ROOMS && group_listed(c, g))
			write_entry(&c->out, "t:Address", g->name, g->address, true);
	xml_close(&c->out, "m:RoomLists");
	message_end(c, element);
}

/* Any other group is none to this question. */
void op_get_rooms(struct call *c)
{
	const char *element = c->operation->element;
	const struct group *g = group_of(c, node_child(c->op, NS_M, "RoomList"));
	bool good = g && g->kind == GROUP_ROOMS;

	c->items++;
	message_code(c, element, good ? NULL : "ErrorNameResolutionNoResults", NULL);
	if (good)
		xml_open(&c->out, "m:Rooms");
	for (int n = 0; good && n < g->n_members; n++) {
		const struct mailbox *m = g->members[n];
		if (!world_listed(c->world, m, c->acting))
			continue;
		xml_open(&c->out, "t:Room");
		write_entry(&c->out, "t:Id", m->name, m->address, false);
		xml_close(&c->out, "t:Room");
	}
	if (good)
		xml_close(&c->out, "m:Rooms");
	message_end(c, element);
}

/* Formats of an id, and how the same bytes look in each. */
static void hex_upper(struct text *out, const struct text *bytes)
{
	size_t from = out->len;

	hex_add(out, bytes->at, bytes->len);
	for (char *s = out->at + from; *s; s++)
		*s = *s >= 'a' && *s <= 'f' ? (char)(*s - 32) : *s;
}

static void plain_base64(struct text *out, const struct text *bytes)
{
	base64_add(out, bytes->at, bytes->len);
}

static void url_base64(struct text *out, const struct text *bytes)
{
	struct text plain = { 0 };

	base64_add(&plain, bytes->at, bytes->len);
	percent_add(out, plain.at);
	text_free(&plain);
}

static const struct id_format {
	const char *name;
	void (*write)(struct text *out, const struct text *bytes);
	char kind; /* h hex, u percent-encoded, b base64 */
} formats[] = {
	{ "EwsLegacyId", plain_base64, 'b' },
	{ "EwsId", plain_base64, 'b' },
	{ "EntryId", plain_base64, 'b' },
	{ "HexEntryId", hex_upper, 'h' },
	{ "StoreId", plain_base64, 'b' },
	{ "OwaId", url_base64, 'u' },
	{ NULL, NULL, 0 },
};

static const struct id_format *format_of(const char *name)
{
	for (const struct id_format *f = formats; f->name; f++)
		if (same(f->name, name))
			return f;
	return NULL;
}

/* The same bytes under any format. */
static bool id_bytes(const struct id_format *f, const char *s, struct text *bytes)
{
	struct text plain = { 0 };
	bool good = false;

	if (f->kind == 'h')
		good = hex_read(s, bytes);
	else if (f->kind == 'b')
		good = base64_read(s, strlen(s), bytes);
	else if (percent_read(s, strlen(s), &plain))
		good = base64_read(plain.at ? plain.at : "", plain.len, bytes);
	text_free(&plain);
	return good && bytes->len > 0;
}

/* No mailbox is opened: an id that could be one of ours will do. */
static const char *convert(struct call *c, xmlNode *n, const struct id_format *to, struct text *out)
{
	const struct id_format *from = format_of(node_attribute(c, n, "Format"));
	const char *s = node_attribute(c, n, "Id");
	const char *mailbox = node_attribute(c, n, "Mailbox");
	struct text bytes = { 0 }, ews = { 0 };
	struct id id;

	if (!from || !to || !node_is(n, NS_T, "AlternateId"))
		return "ErrorUnsupportedTypeForConversion";
	if (!mailbox || !strchr(mailbox, '@'))
		return "ErrorInvalidSmtpAddress";
	bool good = s && id_bytes(from, s, &bytes);
	if (good) {
		plain_base64(&ews, &bytes);
		good = id_read(c->world, ews.at, &id);
	}
	if (good)
		to->write(out, &bytes);
	text_free(&bytes);
	text_free(&ews);
	return good ? NULL : "ErrorInvalidIdMalformed";
}

void op_convert_id(struct call *c)
{
	static const char *const message = "m:ConvertIdResponseMessage";
	const char *wanted = node_attribute(c, c->op, "DestinationFormat");

	response_begin(c);
	xmlNode *ids = node_child(c->op, NS_M, "SourceIds");
	for (xmlNode *n = node_first(ids); n; n = node_next(n)) {
		struct text id = { 0 };
		const char *code = convert(c, n, format_of(wanted), &id);
		c->items++;
		message_code(c, message, code, NULL);
		if (!code) {
			text_printf(&c->out,
				"<m:AlternateId xmlns:xsi=\"http://www.w3.org/2001/"
				"XMLSchema-instance\" xsi:type=\"t:AlternateIdType\" "
				"Format=\"%s\" Id=\"%s\" Mailbox=\"",
				wanted, id.at);
			xml_text(&c->out, node_attribute(c, n, "Mailbox"));
			text_puts(&c->out, "\"/>");
		}
		message_end(c, message);
		text_free(&id);
	}
	response_end(c);
}
