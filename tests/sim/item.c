/*
 * Items and the stores they lie in, as item.h promises. A folder is a list, oldest first; what was
 * deleted or moved away leaves a mark in its place, so that a sync can tell. Numbers are dense and
 * never used twice: by_number finds an item at once.
 */
#include "sim/item.h"

#include <stdlib.h>
#include <string.h>

const char *const busy_names[] = { "Free", "Tentative", "Busy", "OOF", "WorkingElsewhere",
	"NoData" };
const char *const sensitivity_names[] = { "Normal", "Personal", "Private", "Confidential" };
const char *const response_names[] = { "Unknown", "Organizer", "Tentative", "Accept", "Decline",
	"NoResponseReceived" };

const char *item_class_name(const struct item *i)
{
	switch (i->class) {
	case ITEM_CALENDAR:
		return "IPM.Appointment";
	case ITEM_MESSAGE:
		return "IPM.Note";
	case ITEM_REQUEST:
		return "IPM.Schedule.Meeting.Request";
	case ITEM_RESPONSE:
		if (i->my_response == RESPONSE_ACCEPT)
			return "IPM.Schedule.Meeting.Resp.Pos";
		return i->my_response == RESPONSE_DECLINE ? "IPM.Schedule.Meeting.Resp.Neg"
							  : "IPM.Schedule.Meeting.Resp.Tent";
	case ITEM_CANCELLATION:
		return "IPM.Schedule.Meeting.Canceled";
	case ITEM_REPORT:
		break;
	}
	return "REPORT.IPM.Note.NDR";
}

/* Content: what a copy copies and the end frees. */

/* Lists of strings end with NULL. */
static void words_free(char **words)
{
	for (size_t n = 0; words != NULL && words[n] != NULL; n++)
		free(words[n]);
	free(words);
}

static char **words_copy(char **words)
{
	size_t n = 0;
	char **c;

	if (words == NULL)
		return NULL;
	while (words[n] != NULL)
		n++;
	c = need((n + 1) * sizeof(*c));
	for (size_t k = 0; k < n; k++)
		c[k] = copy(words[k]);
	return c;
}

static void person_free(struct person *p)
{
	free(p->name);
	free(p->address);
}

/* Still shared with the original: becomes its own. */
static void person_own(struct person *p)
{
	p->name = copy(p->name);
	p->address = copy(p->address);
}

static void attendees_free(struct attendee *a, int n)
{
	for (int k = 0; k < n; k++)
		person_free(&a[k].who);
	free(a);
}

static struct attendee *attendees_copy(const struct attendee *a, int n)
{
	struct attendee *c;

	if (n == 0)
		return NULL;
	c = need((size_t)n * sizeof(*c));
	for (int k = 0; k < n; k++) {
		c[k] = a[k];
		person_own(&c[k].who);
	}
	return c;
}

static void tags_free(struct tag *tags, int n)
{
	for (int k = 0; k < n; k++) {
		free(tags[k].key);
		words_free(tags[k].values);
	}
	free(tags);
}

/* Everything an item points to, but its place in a list. */
static void content_free(struct item *i)
{
	char *strings[] = { i->subject, i->body, i->location, i->mime_id, i->uid };

	if (i->borrowed) {
		free(i->recurrence);
		return;
	}
	for (size_t n = 0; n < sizeof(strings) / sizeof(strings[0]); n++)
		free(strings[n]);
	words_free(i->categories);
	tags_free(i->tags, i->n_tags);
	person_free(&i->from);
	person_free(&i->sender);
	person_free(&i->organizer);
	attendees_free(i->to, i->n_to);
	attendees_free(i->attendees, i->n_attendees);
	free(i->recurrence);
	item_drop_exceptions(i);
}

void item_free(struct item *i)
{
	if (i == NULL)
		return;
	content_free(i);
	free(i);
}

void item_drop_exceptions(struct item *master)
{
	for (int n = 0; n < master->n_exceptions; n++)
		item_free(master->exceptions[n].item);
	free(master->exceptions);
	master->exceptions = NULL;
	master->n_exceptions = 0;
}

/* Every pointer of c, so far shared with the item it was copied from, becomes its own. */
static void content_own(struct item *c)
{
	char **strings[] = { &c->subject, &c->body, &c->location, &c->mime_id, &c->uid };
	const struct tag *tags = c->tags;

	for (size_t n = 0; n < sizeof(strings) / sizeof(strings[0]); n++)
		*strings[n] = copy(*strings[n]);
	c->categories = words_copy(c->categories);
	if (tags != NULL)
		c->tags = need((size_t)c->n_tags * sizeof(*tags));
	for (int n = 0; n < c->n_tags; n++) {
		c->tags[n].key = copy(tags[n].key);
		c->tags[n].values = words_copy(tags[n].values);
	}
	person_own(&c->from);
	person_own(&c->sender);
	person_own(&c->organizer);
	c->to = attendees_copy(c->to, c->n_to);
	c->attendees = attendees_copy(c->attendees, c->n_attendees);
	if (c->recurrence != NULL) {
		const struct recurrence *r = c->recurrence;

		c->recurrence = need(sizeof(*r));
		*c->recurrence = *r;
	}
}

/* Their items belong to the new master then. */
static void exceptions_own(struct item *c)
{
	const struct exception *from = c->exceptions;

	if (from == NULL)
		return;
	c->exceptions = need((size_t)c->n_exceptions * sizeof(*from));
	for (int n = 0; n < c->n_exceptions; n++) {
		c->exceptions[n] = from[n];
		if (from[n].item != NULL) {
			c->exceptions[n].item = item_clone(from[n].item);
			c->exceptions[n].item->master = c;
		}
	}
}

struct item *item_clone(const struct item *from)
{
	struct item *c = need(sizeof(*c));

	*c = *from;
	c->next = NULL;
	c->number = 0;
	c->borrowed = false;
	content_own(c);
	exceptions_own(c);
	return c;
}

void item_take(struct item *i, struct item *from)
{
	struct item was = *i;

	content_free(i);
	*i = *from;
	free(from);
	i->next = was.next;
	i->number = was.number;
	i->change = was.change;
	i->folder = was.folder;
	i->sync = was.sync;
	i->sync_born = was.sync_born;
	i->created = was.created;
	i->master = was.master;
	for (int n = 0; n < i->n_exceptions; n++) {
		if (i->exceptions[n].item != NULL)
			i->exceptions[n].item->master = i;
	}
}

/* Stores */

struct store *store_of(struct world *w, struct mailbox *m)
{
	if (m->store == NULL) {
		m->store = need(sizeof(*m->store));
		m->store->mailbox = m;
		if (m->generated)
			calendar_generate(w, m, m->store);
	}
	return m->store;
}

void store_free(struct store *st)
{
	if (st == NULL)
		return;
	for (int f = 0; f < st->n_folders; f++) {
		struct item *next;

		for (struct item *i = st->folders[f]; i != NULL; i = next) {
			next = i->next;
			item_free(i);
		}
	}
	free(st->folders);
	free(st->last);
	free(st->by_number);
	free(st);
}

struct item *store_folder(const struct store *st, int folder)
{
	return folder >= 0 && folder < st->n_folders ? st->folders[folder] : NULL;
}

/* Folders get their lists when the first item comes; own folders lie behind the others. */
static void folder_append(struct store *st, struct item *i)
{
	if (i->folder >= st->n_folders) {
		int n = i->folder < FOLDER_CUSTOM ? FOLDER_CUSTOM : i->folder + 1;
		size_t size = (size_t)n * sizeof(struct item *);
		size_t had = (size_t)st->n_folders * sizeof(struct item *);

		st->folders = need_more(st->folders, size);
		st->last = need_more(st->last, size);
		memset((char *)st->folders + had, 0, size - had);
		memset((char *)st->last + had, 0, size - had);
		st->n_folders = n;
	}
	i->next = NULL;
	if (st->last[i->folder] != NULL)
		st->last[i->folder]->next = i;
	else
		st->folders[i->folder] = i;
	st->last[i->folder] = i;
}

/* The room doubles: most calendars hold a handful of items. */
static void number_give(struct store *st, struct item *i)
{
	i->number = ++st->next_number;
	if (i->number > st->number_room) {
		st->number_room = st->number_room == 0 ? 8 : st->number_room * 2;
		st->by_number = need_more(st->by_number, st->number_room * sizeof(struct item *));
	}
	st->by_number[i->number - 1] = i;
}

/* New in this store: its first change key, and born with the store's count. */
static void item_add(struct store *st, struct item *i, int folder)
{
	i->folder = folder;
	i->change = 1;
	i->sync = i->sync_born = ++st->sync;
	number_give(st, i);
	folder_append(st, i);
}

struct item *item_new(struct store *st, int folder, enum item_class class)
{
	struct item *i = need(sizeof(*i));

	i->class = class;
	i->importance = 1;
	item_add(st, i, folder);
	return i;
}

struct item *item_copy(struct store *st, const struct item *from, int folder)
{
	struct item *c = item_clone(from);

	item_add(st, c, folder);
	return c;
}

struct item *item_find(struct store *st, uint64_t number)
{
	struct item *i;

	if (number == 0 || number > st->next_number)
		return NULL;
	i = st->by_number[number - 1];
	return i->deleted ? NULL : i;
}

void item_touch(struct world *w, struct store *st, struct item *i)
{
	i->change++;
	i->sync = ++st->sync;
	i->modified = world_now(w);
}

/* Where the list points to i. */
static struct item **folder_link(struct store *st, const struct item *i)
{
	struct item **link = &st->folders[i->folder];

	while (*link != i)
		link = &(*link)->next;
	return link;
}

void item_move(struct world *w, struct store *st, struct item *i, int folder)
{
	struct item **link, *mark;

	if (i->folder == folder)
		return;
	mark = need(sizeof(*mark));
	mark->class = i->class;
	mark->deleted = true;
	mark->number = i->number;
	mark->change = i->change;
	mark->folder = i->folder;
	mark->sync_born = i->sync_born;
	mark->sync = ++st->sync;
	mark->modified = world_now(w);
	link = folder_link(st, i);
	*link = mark;
	mark->next = i->next;
	if (st->last[i->folder] == i)
		st->last[i->folder] = mark;
	st->by_number[mark->number - 1] = mark;
	i->folder = folder;
	number_give(st, i);
	folder_append(st, i);
	item_touch(w, st, i);
	i->sync_born = i->sync;
}

void item_delete(struct world *w, struct store *st, struct item *i)
{
	struct item mark = { .next = i->next,
		.number = i->number,
		.change = i->change,
		.class = i->class,
		.folder = i->folder,
		.deleted = true,
		.sync_born = i->sync_born };

	content_free(i);
	*i = mark;
	item_touch(w, st, i);
}

/* Attendees, tags, UIDs */

struct attendee *item_attendee(struct item *i, const char *address)
{
	for (int n = 0; n < i->n_attendees; n++) {
		if (same_nocase(i->attendees[n].who.address, address))
			return &i->attendees[n];
	}
	return NULL;
}

/* Keys differ in case with the GUID's spelling. */
static struct tag *tag_find(const struct item *i, const char *key)
{
	for (int n = 0; n < i->n_tags; n++) {
		if (same_nocase(i->tags[n].key, key))
			return &i->tags[n];
	}
	return NULL;
}

const char *item_tag(const struct item *i, const char *key)
{
	const struct tag *t = tag_find(i, key);

	return t != NULL && t->values != NULL ? t->values[0] : NULL;
}

void item_set_tag(struct item *i, const char *key, char **values)
{
	struct tag *t = tag_find(i, key);

	if (t == NULL && values == NULL)
		return;
	if (t == NULL) {
		i->tags = need_more(i->tags, (size_t)(i->n_tags + 1) * sizeof(*i->tags));
		t = &i->tags[i->n_tags++];
		t->key = copy(key);
	} else {
		words_free(t->values);
	}
	t->values = words_copy(values);
	if (values == NULL) {
		free(t->key);
		*t = i->tags[--i->n_tags];
	}
}

/*
 * A global object id in hex, as Exchange makes them: a fixed mark, no date of an occurrence, the
 * time of creation in hundreds of nanoseconds since 1601, and sixteen bytes of its own.
 */
static void uid_write(struct item *i, const unsigned char own[16])
{
	static const unsigned char mark[] = { 0x04, 0, 0, 0, 0x82, 0, 0xe0, 0, 0x74, 0xc5, 0xb7,
		0x10, 0x1a, 0x82, 0xe0, 0x08, 0, 0, 0, 0 };
	uint64_t made = (uint64_t)(i->created + 11644473600) * 10000000;
	unsigned char id[56] = { 0 };
	struct text t = { 0 };

	memcpy(id, mark, sizeof(mark));
	for (size_t n = 0; n < 8; n++)
		id[20 + n] = (unsigned char)(made >> (8 * n));
	id[36] = 16;
	memcpy(id + 40, own, 16);
	hex_add(&t, id, sizeof(id));
	for (size_t n = 0; n < t.len; n++) {
		if (t.at[n] >= 'a')
			t.at[n] = (char)(t.at[n] - 'a' + 'A');
	}
	free(i->uid);
	i->uid = t.at;
}

void item_new_uid(struct world *w, struct item *i)
{
	unsigned char own[16];

	world_bytes(w, own, sizeof(own));
	uid_write(i, own);
}

void item_uid_from(struct item *i, uint64_t a, uint64_t b)
{
	unsigned char own[16];

	for (size_t n = 0; n < sizeof(own); n++)
		own[n] = (unsigned char)(mix(mix(a, b), n / 8) >> (8 * (n % 8)));
	uid_write(i, own);
}
