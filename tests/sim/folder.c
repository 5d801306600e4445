/*
 * Folder: the tree of a mailbox. Standard folders are the same everywhere and named in the
 * mailbox's language; own folders have numbers from FOLDER_CUSTOM on, which are never given twice.
 */
#include "sim/folder.h"

#include <string.h>

const struct folder_fact folder_facts[FOLDER_CUSTOM] = {
	[FOLDER_CALENDAR] = { "calendar", "IPF.Appointment", FOLDER_ROOT },
	[FOLDER_INBOX] = { "inbox", "IPF.Note", FOLDER_ROOT },
	[FOLDER_SENT] = { "sentitems", "IPF.Note", FOLDER_ROOT },
	[FOLDER_DRAFTS] = { "drafts", "IPF.Note", FOLDER_ROOT },
	[FOLDER_OUTBOX] = { "outbox", "IPF.Note", FOLDER_ROOT },
	[FOLDER_DELETED] = { "deleteditems", "IPF.Note", FOLDER_ROOT },
	[FOLDER_CONTACTS] = { "contacts", "IPF.Contact", FOLDER_ROOT },
	[FOLDER_TASKS] = { "tasks", "IPF.Task", FOLDER_ROOT },
	[FOLDER_JUNK] = { "junkemail", "IPF.Note", FOLDER_ROOT },
	[FOLDER_ROOT] = { "msgfolderroot", NULL, FOLDER_EVERYTHING },
	[FOLDER_EVERYTHING] = { "root", NULL, -1 },
};

static const struct naming {
	const char *language;
	const char *names[FOLDER_CUSTOM];
} namings[] = {
	{ "en",
		{ "Calendar", "Inbox", "Sent Items", "Drafts", "Outbox", "Deleted Items",
			"Contacts", "Tasks", "Junk Email", "Top of Information Store", "" } },
	{ "de",
		{ "Kalender", "Posteingang", "Gesendete Elemente", "Entwürfe", "Postausgang",
			"Gelöschte Elemente", "Kontakte", "Aufgaben", "Junk-E-Mail",
			"Oberste Ebene des Informationsspeichers", "" } },
	{ "fr",
		{ "Calendrier", "Boîte de réception", "Éléments envoyés", "Brouillons",
			"Boîte d’envoi", "Éléments supprimés", "Contacts", "Tâches",
			"Courrier indésirable", "Haut de la banque d'informations", "" } },
	{ "ru",
		{ "Календарь", "Входящие", "Отправленные", "Черновики", "Исходящие", "Удаленные",
			"Контакты", "Задачи", "Нежелательная почта", "Корневой уровень хранилища",
			"" } },
	{ "ja",
		{ "予定表", "受信トレイ", "送信済みアイテム", "下書き", "送信トレイ",
			"削除済みアイテム", "連絡先", "タスク", "迷惑メール",
			"インフォメーション ストアの先頭", "" } },
	{ "es",
		{ "Calendario", "Bandeja de entrada", "Elementos enviados", "Borradores",
			"Bandeja de salida", "Elementos eliminados", "Contactos", "Tareas",
			"Correo no deseado", "Principio del almacén de información", "" } },
};

/* Only those every mailbox has; the schema knows many more. */
int folder_by_id(const char *distinguished)
{
	for (int i = 0; i < FOLDER_CUSTOM; i++)
		if (strcmp(folder_facts[i].id, distinguished) == 0)
			return i;
	return -1;
}

/* Counted from FOLDER_CUSTOM in the order they were made. */
struct folder_own *folder_own(const struct mailbox *m, int folder)
{
	struct folder_own *own = folder < FOLDER_CUSTOM ? NULL : m->own_folders;

	for (int n = folder - FOLDER_CUSTOM; own != NULL && n > 0; n--)
		own = own->next;
	return own;
}

/* Deleted folders keep their number and lose their class. */
bool folder_exists(const struct mailbox *m, int folder)
{
	const struct folder_own *own = folder_own(m, folder);

	return folder >= 0 && (folder < FOLDER_CUSTOM || (own != NULL && own->class != NULL));
}

int folder_end(const struct mailbox *m)
{
	int end = FOLDER_CUSTOM;

	for (const struct folder_own *own = m->own_folders; own != NULL; own = own->next)
		end++;
	return end;
}

const char *folder_class(const struct mailbox *m, int folder)
{
	const struct folder_own *own = folder_own(m, folder);

	return own != NULL ? own->class : folder_facts[folder].class;
}

int folder_parent(const struct mailbox *m, int folder)
{
	const struct folder_own *own = folder_own(m, folder);

	if (own == NULL)
		return folder_facts[folder].parent;
	return own->under > 0 ? own->under - 1 : FOLDER_ROOT;
}

/* The whole tree hangs below FOLDER_EVERYTHING, which is below nothing. */
bool folder_below(const struct mailbox *m, int folder, int above, bool deep)
{
	int parent = folder_parent(m, folder);

	/* A folder is made below one that exists: there are no circles. */
	while (deep && parent >= 0 && parent != above)
		parent = folder_parent(m, parent);
	return parent == above;
}

/* Named when the mailbox was first opened, in its owner's language; the caller's does not
 * matter. */
const char *folder_called(const struct premise *p, const struct mailbox *m, int folder)
{
	const struct folder_own *own = folder_own(m, folder);
	const char *culture = m->culture != NULL ? m->culture : p->language;

	if (own != NULL)
		return own->name;
	for (size_t i = 0; culture != NULL && i < sizeof(namings) / sizeof(namings[0]); i++)
		if (strncasecmp(culture, namings[i].language, 2) == 0)
			return namings[i].names[folder];
	return namings[0].names[folder];
}

const char *folder_name(const struct call *c, const struct mailbox *m, int folder)
{
	return folder_called(c->premise, m, folder);
}

/* IPF.Appointment.Birthday is a calendar, IPF.AppointmentX is not. */
static bool class_is(const char *class, const char *family)
{
	size_t n = strlen(family);

	return class != NULL && strncasecmp(class, family, n) == 0 &&
		(class[n] == '\0' || class[n] == '.');
}

/* The element follows the class; everything else is a plain folder. */
const char *folder_element(const struct target *t)
{
	const char *class = folder_class(t->mailbox, t->folder);

	if (class_is(class, "IPF.Appointment"))
		return "t:CalendarFolder";
	if (class_is(class, "IPF.Contact"))
		return "t:ContactsFolder";
	if (class_is(class, "IPF.Task"))
		return "t:TasksFolder";
	return "t:Folder";
}

/* Made from what it covers, so that nobody has to keep it. */
uint32_t folder_change(const struct call *c, const struct mailbox *m, int folder)
{
	const char *class = folder_class(m, folder);
	uint64_t sum = mix(hash_nocase(folder_name(c, m, folder)), (uint64_t)folder);

	sum = mix(sum, (uint64_t)folder_parent(m, folder));
	sum = class == NULL ? sum : mix(sum, hash_nocase(class));
	for (const struct grant *g = m->grants; g != NULL; g = g->next)
		if (g->folder == folder)
			sum = mix(sum, mix(g->rights, (uint64_t)g->from ^ (uint64_t)g->until));
	return (uint32_t)sum;
}

/* Busy time is asked of availability: it opens no folder. */
bool target_opens(const struct target *t)
{
	const uint32_t busy = RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED | RIGHT_PRIVATE;

	return t->owner || (t->rights & ~busy) != 0 || t->folder_rights != 0;
}

/* Owner is a right on the folder, and what an own mailbox always has. */
bool target_owns(const struct target *t)
{
	return t->owner || (t->rights & RIGHT_OWNER) != 0;
}

/* Rights are looked up anew: every folder has its own. */
void target_folder(struct call *c, const struct target *t, int folder, struct target *out)
{
	*out = *t;
	out->folder = folder;
	out->rights = world_rights(c->world, t->mailbox, folder, access_as(c), c->view);
	out->folder_rights =
		world_folder_rights(c->world, t->mailbox, folder, access_as(c), c->view);
}
