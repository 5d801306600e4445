/* The simulated organisation as data: addresses, rights, impersonation, accounts, chance. */
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/item.h"
#include "sim/scenario.h"
#include "sim/world.h"

static struct world *w;
static struct premise *hq;

static int set_up(void **state)
{
	(void)state;
	w = world_new();
	w->seed = 7;
	w->frozen = true;
	w->frozen_at = civil_at(2026, 11, 23, 8, 0, 0);
	hq = world_add_premise(w, "hq");
	hq->host = world_copy(w, "mail.example.test");
	hq->internal_host = world_copy(w, "ex01.corp.test");
	hq->forest = world_copy(w, "EXAMPLE");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

static struct mailbox *add(const char *address)
{
	struct mailbox *m = world_add_mailbox(w, address, hq);

	assert_non_null(m);
	return m;
}

static void give(struct mailbox *m, enum grantee to, void *who, uint32_t rights)
{
	world_grant(w, m,
		&(struct grant){ .to = to, .who = who, .rights = rights, .folder_rights = -1 });
}

static uint32_t rights(const struct mailbox *m, const struct mailbox *who)
{
	return world_rights(w, m, FOLDER_CALENDAR, who, world_now(w));
}

static void test_addresses(void **state)
{
	struct mailbox *anna = add("Anna@example.test"), *bert = add("bert@example.test");
	struct group *staff = world_add_group(w, "staff@example.test");

	(void)state;
	assert_ptr_equal(world_mailbox(w, "anna@EXAMPLE.test"), anna);
	assert_ptr_equal(world_mailbox(w, "SMTP:anna@example.test"), anna);
	assert_null(world_mailbox(w, "smtp:"));
	assert_null(world_mailbox(w, "ann@example.test"));
	assert_null(world_mailbox(w, NULL));
	assert_ptr_equal(world_group(w, "STAFF@example.test"), staff);
	assert_null(world_add_mailbox(w, "anna@example.test", hq));
	assert_null(world_add_mailbox(w, "staff@example.test", hq));
	assert_null(world_add_group(w, "bert@example.test"));
	assert_true(world_add_alias(w, anna, "a@example.test"));
	assert_false(world_add_alias(w, bert, "A@example.test"));
	assert_false(world_add_alias(w, bert, "staff@example.test"));
	assert_ptr_equal(world_mailbox(w, "a@example.test"), anna);
	assert_true(world_drop_alias(w, anna, "A@example.test"));
	assert_false(world_drop_alias(w, anna, "a@example.test"));
	assert_null(world_mailbox(w, "a@example.test"));
	assert_int_equal(anna->number, 0);
	assert_int_equal(bert->number, 1);
}

static void test_rename_and_remove(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *bert = add("bert@example.test");

	(void)state;
	assert_true(world_rename(w, anna, "anna.berg@example.test"));
	assert_string_equal(anna->address, "anna.berg@example.test");
	assert_ptr_equal(world_mailbox(w, "anna@example.test"), anna);
	assert_true(world_rename(w, anna, "anna@example.test"));
	assert_string_equal(anna->address, "anna@example.test");
	assert_int_equal(list_count(anna->aliases), 1);
	assert_false(world_rename(w, anna, "bert@example.test"));
	world_remove(w, anna);
	assert_null(world_mailbox(w, "anna@example.test"));
	assert_null(world_mailbox(w, "anna.berg@example.test"));
	assert_true(anna->gone);
	assert_ptr_equal(w->mailboxes[0], anna);
	assert_ptr_equal(world_mailbox(w, "bert@example.test"), bert);
	assert_non_null(world_add_mailbox(w, "anna@example.test", hq));
}

/* Runs of the hash must hold together while addresses come and go. */
static void test_many_addresses(void **state)
{
	char address[64];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(address, sizeof address, "m%d@example.test", i);
		add(address);
	}
	for (int i = 0; i < 5000; i += 3)
		world_remove(w, w->mailboxes[i]);
	for (int i = 0; i < 5000; i++) {
		snprintf(address, sizeof address, "M%d@example.test", i);
		if (i % 3 == 0)
			assert_null(world_mailbox(w, address));
		else
			assert_ptr_equal(world_mailbox(w, address), w->mailboxes[i]);
	}
}

static void test_finders(void **state)
{
	struct premise *cloud = world_add_premise(w, "cloud");

	(void)state;
	cloud->host = world_copy(w, "outlook.example.test");
	assert_ptr_equal(world_premise(w, "HQ"), hq);
	assert_null(world_premise(w, "h"));
	assert_ptr_equal(world_premise_by_host(w, "Mail.Example.Test:8443"), hq);
	assert_ptr_equal(world_premise_by_host(w, "ex01.corp.test"), hq);
	assert_ptr_equal(world_premise_by_host(w, "outlook.example.test"), cloud);
	assert_null(world_premise_by_host(w, "mail.example.tes"));
	assert_null(world_premise_by_host(w, "mail.example.test.evil"));
	assert_null(world_premise_by_host(w, "mail@example.test"));
	assert_null(world_premise_by_host(w, ""));
	assert_null(world_premise_by_host(w, NULL));
	world_add_domain(w, "example.test", hq);
	assert_non_null(world_domain(w, "EXAMPLE.test"));
	assert_null(world_domain(w, "example"));
	assert_null(world_app(w, "x"));
}

static void test_identities(void **state)
{
	struct identity *svc = world_add_identity(w, "svc@example.test", hq);
	struct identity *two = world_add_identity(w, "svc2@example.test", hq);

	(void)state;
	assert_ptr_equal(world_identity(w, "SVC@example.test"), svc);
	assert_ptr_equal(world_identity(w, "example\\Svc"), svc);
	assert_ptr_equal(world_identity(w, "EXAMPLE\\svc2"), two);
	assert_null(world_identity(w, "svc"));
	assert_null(world_identity(w, "OTHER\\svc"));
	assert_null(world_identity(w, "\\svc"));
	assert_null(world_identity(w, "EXAMPLE\\"));
	assert_null(world_identity(w, NULL));
	assert_null(world_add_identity(w, "svc@EXAMPLE.test", hq));
	assert_string_not_equal(svc->sid, two->sid);
	assert_string_not_equal(svc->object_id, two->object_id);
	svc->upn = world_copy(w, "service@example.test");
	assert_null(world_identity(w, "svc@example.test"));
}

static void test_passwords(void **state)
{
	struct identity *id = world_add_identity(w, "svc@example.test", hq);
	int64_t revoked;

	(void)state;
	world_new_password(w, id, "one");
	assert_null(id->old[0].password);
	world_new_password(w, id, "two");
	revoked = id->revoked;
	world_new_password(w, id, "three");
	assert_true(id->revoked > revoked);
	w->frozen_at += 60;
	world_new_password(w, id, "four");
	assert_string_equal(id->password, "four");
	assert_string_equal(id->old[0].password, "three");
	assert_string_equal(id->old[1].password, "two");
	assert_true(id->old[0].changed == w->frozen_at);
	assert_true(id->old[1].changed == w->frozen_at - 60);
}

static void test_groups(void **state)
{
	struct group *a = world_add_group(w, "a@example.test");
	struct group *b = world_add_group(w, "b@example.test");
	struct mailbox *anna = add("anna@example.test"), *bert = add("bert@example.test");

	(void)state;
	group_add(a, anna);
	group_add(a, anna);
	assert_int_equal(a->n_members, 1);
	assert_null(a->members[1]);
	b->groups = world_list_with(w, b->groups, a);
	a->groups = world_list_with(w, a->groups, b); /* a circle */
	assert_true(group_has(b, anna));
	assert_false(group_has(b, bert));
	group_drop(a, bert);
	group_drop(a, anna);
	assert_false(group_has(b, anna));
	assert_int_equal(a->n_members, 0);
	for (int i = 0; i < 1000; i++) {
		char address[64];

		snprintf(address, sizeof address, "m%d@example.test", i);
		group_add(b, add(address));
	}
	assert_int_equal(b->n_members, 1000);
	assert_true(group_has(a, w->mailboxes[1001]));
	assert_false(group_has(a, anna));
}

static void test_levels(void **state)
{
	(void)state;
	for (const struct permission_level *l = permission_levels; l->name; l++) {
		assert_ptr_equal(level_of_rights(l->rights), l);
		assert_ptr_equal(level_find(l->name), l);
		assert_ptr_equal(level_find(l->calendar), l);
	}
	assert_string_equal(level_of_rights(0x1c7b)->name, "Editor");
	assert_string_equal(level_of_rights(0x47b | RIGHT_PRIVATE)->name, "Editor");
	assert_null(level_of_rights(0x43b));
	assert_null(level_find("Edit"));
}

static void test_rights(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *svc = add("svc@example.test");
	struct group *g = world_add_group(w, "g@example.test");

	(void)state;
	assert_int_equal(rights(anna, anna), RIGHTS_ALL);
	assert_int_equal(rights(anna, svc), RIGHT_BUSY_SIMPLE);
	assert_int_equal(world_rights(w, anna, FOLDER_INBOX, svc, world_now(w)), 0);
	assert_int_equal(rights(anna, NULL), 0);
	give(anna, TO_DEFAULT, NULL, 0);
	assert_int_equal(rights(anna, svc), 0);
	give(anna, TO_DEFAULT, NULL, RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED);
	give(anna, TO_ANONYMOUS, NULL, RIGHT_BUSY_SIMPLE);
	assert_int_equal(rights(anna, NULL), RIGHT_BUSY_SIMPLE);
	give(anna, TO_MAILBOX, svc, 0x401);
	assert_int_equal(rights(anna, svc), 0x401);
	group_add(g, svc);
	give(anna, TO_GROUP, g, 0x402);
	assert_int_equal(rights(anna, svc), 0x403);
	give(anna, TO_MAILBOX, svc, 0); /* taken away: the group's stay */
	assert_int_equal(rights(anna, svc), 0x402);
	give(anna, TO_GROUP, g, 0);
	assert_int_equal(rights(anna, svc), RIGHT_BUSY_SIMPLE | RIGHT_BUSY_DETAILED);
	/* An entry of None stands before Default. */
	world_grant(w, anna, &(struct grant){ .to = TO_MAILBOX, .who = svc, .folder_rights = 0 });
	assert_int_equal(rights(anna, svc), 0);
	world_grant(w, anna,
		&(struct grant){ .to = TO_MAILBOX, .who = svc, .folder_rights = FOLDER_CAN_READ });
	assert_int_equal(rights(anna, svc), 0);
}

static int folder(const struct mailbox *m, const struct mailbox *who)
{
	return world_folder_rights(w, m, FOLDER_CALENDAR, who, world_now(w));
}

static void test_folder_rights(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *svc = add("svc@example.test");

	(void)state;
	assert_int_equal(folder(anna, anna), 31);
	assert_int_equal(folder(anna, svc), 0);
	give(anna, TO_MAILBOX, svc, level_find("Editor")->rights);
	assert_int_equal(folder(anna, svc), FOLDER_CAN_READ | FOLDER_CAN_CREATE);
	hq->unsure[UNSURE_EDITOR_MODIFY] = 1;
	assert_int_equal(folder(anna, svc),
		FOLDER_CAN_READ | FOLDER_CAN_CREATE | FOLDER_CAN_MODIFY | FOLDER_CAN_DELETE);
	hq->unsure[UNSURE_EDITOR_MODIFY] = 0;
	give(anna, TO_MAILBOX, svc, level_find("Owner")->rights);
	assert_int_equal(folder(anna, svc), 31);
	give(anna, TO_MAILBOX, svc, level_find("Contributor")->rights);
	assert_int_equal(folder(anna, svc), FOLDER_CAN_CREATE);
	world_grant(w, anna,
		&(struct grant){ .to = TO_MAILBOX,
			.who = svc,
			.rights = 0x47b,
			.folder_rights = FOLDER_CAN_HIERARCHY });
	assert_int_equal(folder(anna, svc), FOLDER_CAN_HIERARCHY);
	assert_int_equal(rights(anna, svc), 0x47b);
}

static void test_private(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *svc = add("svc@example.test");
	struct delegate d = { .who = svc, .sees_private = true };

	(void)state;
	anna->delegates = &d;
	assert_int_equal(rights(anna, svc), RIGHT_BUSY_SIMPLE);
	give(anna, TO_MAILBOX, svc, 0x47b);
	assert_int_equal(rights(anna, svc), 0x47b | RIGHT_PRIVATE);
	d.sees_private = false;
	assert_int_equal(rights(anna, svc), 0x47b);
	give(anna, TO_MAILBOX, svc, 0x47b | RIGHT_PRIVATE);
	assert_int_equal(rights(anna, svc), 0x47b | RIGHT_PRIVATE);
	assert_true(world_sends_on_behalf(anna, svc));
	anna->delegates = NULL;
	assert_false(world_sends_on_behalf(anna, svc));
	anna->on_behalf = world_list_with(w, NULL, svc);
	assert_true(world_sends_on_behalf(anna, svc));
	assert_false(world_sends_on_behalf(svc, anna));
}

/* All folders, private items and permissions, and no right to send. */
static void test_full_access(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *svc = add("svc@example.test");

	(void)state;
	give(anna, TO_MAILBOX, svc, 0);
	anna->openers = world_list_with(w, NULL, svc);
	assert_int_equal(rights(anna, svc), RIGHTS_ALL);
	assert_int_equal(world_rights(w, anna, FOLDER_ROOT, svc, world_now(w)), RIGHTS_ALL);
	assert_true(folder(anna, svc) & FOLDER_CAN_MODIFY);
	assert_int_equal(rights(svc, anna), RIGHT_BUSY_SIMPLE);
	assert_false(world_sends_on_behalf(anna, svc));
}

/* A live world: rights take their time, and a lagging front end sees the old ones. */
static void test_lag(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *svc = add("svc@example.test");
	utc_t start = w->frozen_at;

	(void)state;
	hq->front_ends->lag = 100;
	hq->rights_delay = 10;
	give(anna, TO_MAILBOX, svc, 0x401);
	assert_int_equal(world_rights(w, anna, 0, svc, 0), 0x401);
	w->live = true;
	give(anna, TO_MAILBOX, svc, 0x47b);
	assert_int_equal(rights(anna, svc), 0x401);
	w->frozen_at = start + 10;
	assert_int_equal(rights(anna, svc), 0x47b);
	assert_int_equal(world_rights(w, anna, 0, svc, start + 9), 0x401);
	give(anna, TO_MAILBOX, svc, 0);
	w->frozen_at = start + 20;
	assert_int_equal(rights(anna, svc), RIGHT_BUSY_SIMPLE);
	assert_int_equal(world_rights(w, anna, 0, svc, start + 19), 0x47b);
	/* What nobody can see any more is let go of: a world that changes for days stays small. */
	for (int i = 0; i < 1000; i++) {
		w->frozen_at += 1000;
		give(anna, TO_MAILBOX, svc, i % 2 ? 0x47b : 0);
	}
	w->frozen_at += 1000;
	assert_int_equal(rights(anna, svc), 0x47b);
	assert_ptr_equal(anna->grants->next ? anna->grants->next->next : NULL, NULL);
}

static void test_impersonation(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *bert = add("bert@example.test");
	struct identity *id = world_add_identity(w, "svc@example.test", hq);
	struct identity *other = world_add_identity(w, "other@example.test", hq);
	struct group *scope = world_add_group(w, "scope@example.test");
	struct premise *cloud = world_add_premise(w, "cloud");
	struct app app = { .premise = cloud, .full_access = true };
	struct assignment a = { .identity = id, .scope = scope, .from = 100, .until = 200 };

	(void)state;
	group_add(scope, anna);
	w->assignments = &a;
	assert_true(world_may_impersonate(w, id, NULL, anna, 150));
	assert_false(world_may_impersonate(w, id, NULL, bert, 150));
	assert_true(world_has_assignment(w, id, NULL, 150));
	assert_false(world_has_assignment(w, other, NULL, 150));
	assert_false(world_may_impersonate(w, other, NULL, anna, 150));
	assert_false(world_may_impersonate(w, id, NULL, anna, 99));
	assert_false(world_may_impersonate(w, id, NULL, anna, 200));
	assert_false(world_may_impersonate(w, NULL, NULL, anna, 150));
	a.scope = NULL;
	assert_true(world_may_impersonate(w, id, NULL, bert, 150));
	/* An application with full access reaches its own tenant only. */
	assert_false(world_may_impersonate(w, NULL, &app, anna, 150));
	bert->home = cloud;
	assert_true(world_may_impersonate(w, NULL, &app, bert, 150));
	assert_true(world_has_assignment(w, NULL, &app, 150));
	app.disabled = true;
	assert_false(world_may_impersonate(w, NULL, &app, bert, 150));
	a.identity = NULL;
	a.app = &app;
	assert_true(world_may_impersonate(w, NULL, &app, anna, 150));
}

static void test_listed(void **state)
{
	struct mailbox *anna = add("anna@example.test"), *bert = add("bert@example.test");
	struct group *g = world_add_group(w, "g@example.test");
	struct address_list book = { .name = (char *)(uintptr_t) "book" };

	(void)state;
	assert_true(world_listed(w, anna, NULL));
	assert_true(world_listed(w, anna, bert));
	bert->book = &book;
	assert_false(world_listed(w, anna, bert));
	assert_true(world_listed(w, bert, bert));
	book.groups = world_list_with(w, NULL, g);
	group_add(g, anna);
	assert_true(world_listed(w, anna, bert));
	anna->hidden = true;
	assert_false(world_listed(w, anna, bert));
	anna->hidden = false;
	anna->enabled = false;
	assert_false(world_listed(w, anna, NULL));
}

static void test_unsure(void **state)
{
	(void)state;
	for (int u = 0; u < UNSURE__MAX; u++) {
		const char *values = unsure_rows[u].values;
		int n = 1;

		for (const char *c = values; *c; c++)
			n += *c == ' ';
		for (int i = 0; i < n; i++) {
			const char *value;

			hq->unsure[u] = (unsigned char)i;
			value = world_unsure_value(hq, (enum unsure)u);
			assert_non_null(strstr(values, value));
			assert_true(*value != '\0' && !strchr(value, ' '));
			assert_true(world_unsure(hq, (enum unsure)u, value));
			assert_false(world_unsure(hq, (enum unsure)u, "x"));
			assert_false(world_unsure(hq, (enum unsure)u, ""));
		}
		hq->unsure[u] = 0;
	}
	assert_true(world_unsure(NULL, UNSURE_EDITOR_MODIFY, "false"));
	assert_false(world_unsure(hq, UNSURE_DENIAL, "ErrorItem"));
	assert_string_equal(world_unsure_value(hq, UNSURE_BUSY_WINDOW), "62");
}

static void test_products(void **state)
{
	(void)state;
	assert_string_equal(level_names[product_find("2010sp3")->highest], "Exchange2010_SP2");
	assert_string_equal(level_names[product_find("2007SP1")->highest], "Exchange2007_SP1");
	assert_string_equal(level_names[product_find("2019")->highest], "Exchange2016");
	assert_null(product_find("2007")->shown);
	assert_null(product_find("2020"));
	for (int i = 0; i < LEVEL__MAX; i++)
		assert_non_null(level_names[i]);
}

static void test_chance(void **state)
{
	struct world *again = world_new();
	unsigned char a[23], b[23];
	char guid[37], guid2[37];

	(void)state;
	again->seed = 7;
	world_bytes(w, a, sizeof a);
	world_bytes(again, b, sizeof b);
	assert_memory_equal(a, b, sizeof a);
	world_bytes(w, a, sizeof a);
	assert_memory_not_equal(a, b, sizeof a);
	world_bytes(again, b, sizeof b);
	world_guid(w, guid);
	world_guid(again, guid2);
	assert_string_equal(guid, guid2);
	assert_int_equal(strlen(guid), 36);
	assert_int_equal(guid[14], '4');
	world_guid(again, guid2);
	assert_string_not_equal(guid, guid2);
	world_free(again);
}

static void test_clock(void **state)
{
	utc_t now;

	(void)state;
	assert_true(world_now_ms(w) == w->frozen_at * 1000);
	w->frozen = false;
	w->shift = 0;
	now = world_now(w);
	w->shift = 3600;
	assert_in_range(world_now(w) - now, 3600, 3601);
}

static void test_lists(void **state)
{
	int a, b;
	int **list = world_list_with(w, NULL, &a);

	(void)state;
	assert_int_equal(list_count(NULL), 0);
	list = world_list_with(w, list, &b);
	assert_int_equal(list_count(list), 2);
	list = world_list_without(w, list, &a);
	assert_int_equal(list_count(list), 1);
	assert_ptr_equal(list[0], &b);
	assert_null(world_list_without(w, list, &b));
	assert_null(world_list_without(w, NULL, &b));
}

/* Strings from the back and structs from the front of a block never meet. */
static void test_memory(void **state)
{
	char *last = world_copy(w, "begin"), *big;

	(void)state;
	for (size_t i = 1; i < 3000; i++) {
		char *struct_like = world_need(w, i), *s;

		assert_int_equal((uintptr_t)struct_like % 16, 0);
		for (size_t k = 0; k < i; k++)
			assert_int_equal(struct_like[k], 0);
		memset(struct_like, 'x', i);
		s = world_copy(w, "a string");
		assert_string_equal(last, i == 1 ? "begin" : "a string");
		last = s;
	}
	big = world_need(w, 1 << 20);
	assert_int_equal(big[(1 << 20) - 1], 0);
	assert_null(world_copy(w, NULL));
}

static void test_generate(void **state)
{
	struct group *g = world_add_group(w, "g@example.test");
	struct mailbox *svc = add("svc@example.test");
	struct generate how = { .count = 30000,
		.home = hq,
		.domain = "example.test",
		.grantee = svc,
		.rights = 0x47b,
		.grant_percent = 90,
		.on_behalf = true,
		.group = g };
	int granted = 0;

	(void)state;
	generate(w, &how);
	assert_int_equal(w->n_mailboxes, 30001);
	assert_int_equal(g->n_members, 30000);
	for (uint32_t i = 1; i < w->n_mailboxes; i++) {
		struct mailbox *m = w->mailboxes[i];

		assert_ptr_equal(world_mailbox(w, m->address), m);
		assert_true(m->generated);
		for (const char *c = m->address; *c; c++)
			if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.@", *c))
				fail_msg("'%s' is no plain address", m->address);
		granted += rights(m, svc) == 0x47b;
		assert_int_equal(world_sends_on_behalf(m, svc), rights(m, svc) == 0x47b);
	}
	assert_in_range(granted, 26500, 27500);
	/* Nobody is alike until the names run out. */
	assert_null(strpbrk(w->mailboxes[5000]->address, "0123456789"));
}

/* To be given nothing is less than not to be named. */
static void test_generate_none(void **state)
{
	struct mailbox *svc = add("svc@example.test");
	struct generate how = { .count = 1,
		.home = hq,
		.domain = "example.test",
		.grantee = svc,
		.grant_percent = 100 };

	(void)state;
	generate(w, &how);
	assert_int_equal(rights(w->mailboxes[1], svc), 0);
	assert_int_equal(rights(w->mailboxes[1], add("bert@example.test")), RIGHT_BUSY_SIMPLE);
}

static void test_generated_is_the_seeds(void **state)
{
	struct world *again = world_new();
	struct premise *p = world_add_premise(again, "hq");
	struct generate how = { .count = 300, .home = hq, .domain = "example.test" };
	struct calendar_view a, b;
	int different = 0, total = 0;

	(void)state;
	again->seed = w->seed + 1;
	again->frozen = true;
	again->frozen_at = w->frozen_at;
	generate(w, &how);
	how.home = p;
	generate(again, &how);
	for (uint32_t i = 0; i < 300; i++) {
		different += !same(w->mailboxes[i]->address, again->mailboxes[i]->address);
		calendar_view(w, w->mailboxes[i], w->frozen_at, w->frozen_at + 7 * 86400, &a);
		store_of(w, w->mailboxes[i]);
		calendar_view(w, w->mailboxes[i], w->frozen_at, w->frozen_at + 7 * 86400, &b);
		assert_int_equal(a.n, b.n);
		for (int k = 0; k < a.n; k++) {
			assert_true(a.at[k].start == b.at[k].start);
			assert_true(a.at[k].end > a.at[k].start);
			assert_string_equal(a.at[k].item->subject, b.at[k].item->subject);
			assert_non_null(b.at[k].item->uid);
		}
		total += a.n;
		calendar_done(&a);
		calendar_done(&b);
	}
	assert_true(different > 250);
	assert_in_range(total, 300, 3000);
	world_free(again);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_addresses),
		TEST(test_rename_and_remove),
		TEST(test_many_addresses),
		TEST(test_finders),
		TEST(test_identities),
		TEST(test_passwords),
		TEST(test_groups),
		TEST(test_levels),
		TEST(test_rights),
		TEST(test_folder_rights),
		TEST(test_private),
		TEST(test_full_access),
		TEST(test_lag),
		TEST(test_impersonation),
		TEST(test_listed),
		TEST(test_unsure),
		TEST(test_products),
		TEST(test_chance),
		TEST(test_clock),
		TEST(test_lists),
		TEST(test_memory),
		TEST(test_generate),
		TEST(test_generate_none),
		TEST(test_generated_is_the_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
