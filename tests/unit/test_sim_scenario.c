/*
 * The scenario language: every statement, right and wrong, and what a mistake says; the built-in
 * scenarios; and that the manual page knows every statement and switch.
 */
#include "tests/unit/unit.h"
#include "tests/unit/scenario_unit.h"
#include "tests/unit/sim_admin_unit.h"

/* One line below what it belongs to: right (say NULL), or with what it says. */
static const struct row {
	const char *below, *line, *say;
} rows[] = {
	{ NULL, "organisation \"Other Ltd\"", NULL },
	{ NULL, "organisation", "something is missing after 'organisation'" },
	{ NULL, "organisation a b", "'b' is too much" },
	{ NULL, "organization X", "did you mean 'organisation'?" },
	{ NULL, "organisation \"Other", "a quoted word does not end" },
	{ NULL, "organisation \"Other\"x", "expected a blank after the closing" },
	{ NULL, "seed 7", NULL },
	{ NULL, "seed", "is missing" },
	{ NULL, "seed x", "a number from 0" },
	{ NULL, "seed 99999999999", "a number from 0" },
	{ NULL, "seed -1", "a number from 0" },
	{ NULL, "clock 2026-12-01T08:00:00Z", NULL },
	{ NULL, "clock now running", NULL },
	{ NULL, "clock +1h30m", NULL },
	{ NULL, "clock -5m frozen", NULL },
	{ NULL, "clock frozen", NULL },
	{ NULL, "clock", "is missing" },
	{ NULL, "clock tomorrow", "is not a time" },
	{ NULL, "clock +x", "a duration" },
	{ NULL, "clock now stopped", "expected one of: frozen running" },
	{ NULL, "include nowhere.sim", "cannot read ./nowhere.sim" },
	{ NULL, "include", "is missing" },
	{ NULL, "generate 5", NULL },
	{ NULL,
		"generate 5 premise cloud domain example.test zone Asia/Tokyo grant "
		"svc@example.test Editor percent 50% on-behalf group staff@example.test",
		NULL },
	{ NULL, "generate", "is missing" },
	{ NULL, "generate many", "a number from 0" },
	{ NULL, "generate 5 domain nowhere.test", "there is no domain 'nowhere.test'" },
	{ NULL, "generate 5 grant svc@example.test", "grant takes an address and a level" },
	{ NULL, "generate 5 grant svc@example.test Edit", "did you mean 'Editor'?" },
	{ NULL, "generate 5 percent 101%", "a percentage" },
	{ NULL, "generate 5 on-behalf", "on-behalf needs grant" },
	{ NULL, "generate 2000000", "too many" },
	{ NULL, "generate 5 premis hq", "did you mean 'premise'?" },

	{ NULL, "premise other onprem se host mx.other.test", NULL },
	{ NULL, "premise hq", NULL },
	{ NULL, "premise", "is missing" },
	{ NULL, "premise other onprem", "a new premise needs its host" },
	{ NULL, "premise other onprem 2020 host mx.other.test", "is not a product" },
	{ NULL, "premise other onprem 2016 host mail.example.test", "is premise hq's" },
	{ NULL, "premise other onprem 2016 hots mx.other.test", "did you mean 'host'?" },
	{ NULL, "premise other onprem host", "expected a value for host" },
	{ "premise hq", "host mx.example.test", NULL },
	{ "premise hq", "host", "is missing" },
	{ "premise hq", "host https://x", "is not a host name" },
	{ "premise hq", "host outlook.example.test", "is premise cloud's" },
	{ "premise hq", "internal-host ex01.corp.test", NULL },
	{ "premise hq", "internal-host none", NULL },
	{ "premise hq", "internal-host", "is missing" },
	{ "premise hq", "internal-host a:1", "is not a host name" },
	{ "premise hq", "product 2010sp3", NULL },
	{ "premise hq", "product", "is missing" },
	{ "premise hq", "product 2010sp4", "did you mean '2010sp" },
	{ "premise hq", "schemes basic ntlm negotiate bearer", NULL },
	{ "premise hq", "schemes none", NULL },
	{ "premise hq", "schemes", "is missing" },
	{ "premise hq", "schemes basick", "did you mean 'basic'?" },
	{ "premise hq", "extended-protection require", NULL },
	{ "premise hq", "extended-protection", "is missing" },
	{ "premise hq", "extended-protection on", "expected one of: off allow require" },
	{ "premise hq", "bridge 0123456789abcdef0123456789abcdef0123456789ABCDEF0123456789abcdef",
		NULL },
	{ "premise hq", "bridge none", NULL },
	{ "premise hq", "bridge", "is missing" },
	{ "premise hq", "bridge abc", "expected 64 hexadecimal digits" },
	{ "premise hq", "front-end EX02 broken lag 30", NULL },
	{ "premise hq", "front-end", "is missing" },
	{ "premise hq", "front-end EX02 brocken", "did you mean 'broken'?" },
	{ "premise hq", "front-end EX02 lag long", "a duration" },
	{ "premise hq", "no-front-end EX01", "is the only front end" },
	{ "premise hq", "no-front-end EX09", "there is no front end" },
	{ "premise hq", "no-front-end", "is missing" },
	{ "premise cloud", "no-front-end B", NULL },
	{ "premise hq", "front-end EX01 ; front-end EX02 ; no-front-end EX01", NULL },
	{ "premise hq", "unsure pr-rights hidden", NULL },
	{ "premise hq", "unsure pr-rights", "is missing" },
	{ "premise hq", "unsure pr-right hidden", "did you mean 'pr-rights'?" },
	{ "premise hq", "unsure pr-rights hide", "expected one of: shown hidden" },
	{ "premise hq",
		"throttle concurrency 10 budget 30s recharge 5m back-off 10s folder-mailboxes 16 "
		"availability-mailboxes 50 find-page 100",
		NULL },
	{ "premise hq", "throttle off", NULL },
	{ "premise hq", "throttle", "is missing" },
	{ "premise hq", "throttle concurency 5", "did you mean 'concurrency'?" },
	{ "premise hq", "throttle budget x", "a duration" },
	{ "premise hq", "latency base 5 mailbox 1 jitter 3", NULL },
	{ "premise hq", "latency", "is missing" },
	{ "premise hq", "latency base 5ms", "a number from 0" },
	{ "premise hq", "latency base 900000", "more than 600000" },
	{ "premise hq", "lock-out after 5 for 30m", NULL },
	{ "premise hq", "lock-out never", NULL },
	{ "premise hq", "lock-out", "is missing" },
	{ "premise hq", "lock-out afetr 5", "did you mean 'after'?" },
	{ "premise hq", "ntlm-grace 60m", NULL },
	{ "premise hq", "ntlm-grace", "is missing" },
	{ "premise hq", "ntlm-grace ever", "a duration" },
	{ "premise hq", "rights-delay 2m", NULL },
	{ "premise hq", "rights-delay", "is missing" },
	{ "premise hq", "rights-delay 2x", "a duration" },
	{ "premise hq", "ews off", NULL },
	{ "premise hq", "ews", "is missing" },
	{ "premise hq", "ews maybe", "expected yes or no" },
	{ "premise hq", "ews-allow Latchkey/* curl/*", NULL },
	{ "premise hq", "ews-allow all", NULL },
	{ "premise hq", "ews-allow", "is missing" },
	{ "premise hq", "language de-DE", NULL },
	{ "premise hq", "language", "is missing" },
	{ "premise hq", "language german", "is not a language" },
	{ "premise cloud", "tenant 8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11", NULL },
	{ "premise cloud", "tenant", "is missing" },
	{ "premise cloud", "tenant 8f0c5d52", "is not a GUID" },
	{ "premise hq", "forest CORP", NULL },
	{ "premise hq", "forest", "is missing" },
	{ "premise hq", "forest corp.example.test", "is not a NetBIOS name" },
	{ "premise hq", "pre-auth", NULL },
	{ "premise hq", "pre-auth perhaps", "expected yes or no" },
	{ "premise hq", "old-zones", NULL },
	{ "premise hq", "old-zones perhaps", "expected yes or no" },
	{ "premise hq", "zone \"W. Europe Standard Time\"", NULL },
	{ "premise hq", "zone", "is missing" },
	{ "premise hq", "zone Europe/Berln", "did you mean 'Europe/Berlin'?" },
	{ "premise hq", "grant svc@example.test Editor", "belongs below a mailbox" },

	{ NULL, "domain other.test premise cloud website exchange srv", NULL },
	{ NULL, "domain example.test website none", NULL },
	{ NULL, "domain", "is missing" },
	{ NULL, "domain other.test", "a new domain needs its premise" },
	{ NULL, "domain other premise hq", "is not a domain" },
	{ NULL, "domain other.test premise hk", "did you mean 'hq'?" },
	{ NULL, "domain other.test premise nowhere", "there is no premise 'nowhere'" },
	{ NULL, "domain other.test premise hq website webiste", "did you mean 'website'?" },
	{ "domain example.test", "premise-of cloud", NULL },
	{ "domain example.test", "premise-of", "is missing" },
	{ "domain example.test", "premise-of clod", "did you mean 'cloud'?" },
	{ "domain example.test", "website hostile", NULL },
	{ "domain example.test", "website", "is missing" },
	{ "domain example.test", "website evil", "expected one of:" },
	{ "domain example.test", "srv", NULL },
	{ "domain example.test", "srv 1", "expected yes or no" },

	{ NULL, "mailbox new@example.test \"New One\" premise cloud", NULL },
	{ NULL, "mailbox anna@example.test", NULL },
	{ NULL, "mailbox", "is missing" },
	{ NULL, "mailbox anna", "is not an address" },
	{ NULL, "mailbox anna@exmaple.test", "did you mean 'example.test'?" },
	{ NULL, "mailbox staff@example.test", "is a group's" },
	{ NULL, "mailbox new@example.test New premise x", "there is no premise 'x'" },
	{ NULL, "malibox anna@example.test", "did you mean 'mailbox'?" },
	{ "mailbox anna@example.test", "name \"Anna B.\"", NULL },
	{ "group staff@example.test", "name Staff", NULL },
	{ "app client-1", "name App", NULL },
	{ "mailbox anna@example.test", "name", "is missing" },
	{ "domain example.test", "name x", "belongs below a mailbox" },
	{ "mailbox anna@example.test", "alias a@example.test aa@example.test", NULL },
	{ "mailbox anna@example.test", "alias", "is missing" },
	{ "mailbox anna@example.test", "alias a@example.test bert@example.test", "is taken" },
	{ "mailbox anna@example.test", "alias a@other.test", "there is no domain" },
	{ "mailbox bert@example.test", "no-alias b@example.test", NULL },
	{ "mailbox bert@example.test", "no-alias", "is missing" },
	{ "mailbox bert@example.test", "no-alias bert@example.test", "is not an alias" },
	{ "mailbox anna@example.test", "no-alias b@example.test", "is not an alias" },
	{ "mailbox anna@example.test", "address anna.berg@example.test", NULL },
	{ "mailbox anna@example.test", "address", "is missing" },
	{ "mailbox anna@example.test", "address bert@example.test", "is taken" },
	{ "mailbox anna@example.test", "address x@other.test", "there is no domain" },
	{ "mailbox anna@example.test", "kind dedicated", NULL },
	{ "mailbox anna@example.test", "kind", "is missing" },
	{ "mailbox anna@example.test", "kind romo", "did you mean 'room'?" },
	{ "mailbox anna@example.test", "zone America/New_York", NULL },
	{ "mailbox anna@example.test", "zone", "is missing" },
	{ "mailbox anna@example.test", "zone Mars", "is not a known time zone" },
	{ "mailbox anna@example.test", "licensed no", NULL },
	{ "mailbox anna@example.test", "licensed nope", "expected yes or no" },
	{ "mailbox anna@example.test", "enabled off", NULL },
	{ "mailbox anna@example.test", "enabled 0", "expected yes or no" },
	{ "mailbox anna@example.test", "hidden", NULL },
	{ "group staff@example.test", "hidden yes", NULL },
	{ "mailbox anna@example.test", "hidden yes yes", "is too much" },
	{ "mailbox anna@example.test", "ews no", NULL },
	{ "mailbox anna@example.test", "ews", "is missing" },
	{ "mailbox anna@example.test", "moving", NULL },
	{ "mailbox anna@example.test", "moving slowly", "expected yes or no" },
	{ "mailbox anna@example.test", "trouble ErrorQuotaExceeded", NULL },
	{ "mailbox anna@example.test", "trouble much", "is not a code" },
	{ "mailbox anna@example.test", "home cloud", NULL },
	{ "mailbox anna@example.test", "home", "is missing" },
	{ "mailbox anna@example.test", "home nowhere", "there is no premise" },
	{ "mailbox anna@example.test", "moved-to cloud", NULL },
	{ "mailbox anna@example.test", "moved-to", "is missing" },
	{ "mailbox anna@example.test", "moved-to nowhere", "there is no premise" },
	{ "mailbox anna@example.test", "culture de-DE", NULL },
	{ "mailbox anna@example.test", "culture", "is missing" },
	{ "mailbox anna@example.test", "culture de", "is not a language" },
	{ "mailbox anna@example.test", "book All", NULL },
	{ "mailbox anna@example.test", "book none", NULL },
	{ "mailbox anna@example.test", "book", "is missing" },
	{ "mailbox anna@example.test", "book Al", "did you mean 'All'?" },
	{ "mailbox anna@example.test", "folder Team", NULL },
	{ "mailbox anna@example.test", "folder Notes IPF.Note", NULL },
	{ "mailbox anna@example.test", "folder", "is missing" },
	{ "mailbox bert@example.test", "folder spare", "there is a folder" },
	{ "mailbox anna@example.test", "folder Team Calendar", "is not a class of folders" },
	{ "mailbox anna@example.test", "room capacity 8 policy accept after 5", NULL },
	{ "mailbox anna@example.test", "room", NULL },
	{ "mailbox anna@example.test", "room policy agree", "expected one of: manual" },
	{ "mailbox anna@example.test", "room capasity 8", "did you mean 'capacity'?" },
	{ "mailbox anna@example.test", "remove", NULL },
	{ "mailbox anna@example.test", "remove all", "is too much" },

	{ "mailbox anna@example.test", "grant svc@example.test Editor", NULL },
	{ "mailbox anna@example.test", "grant staff@example.test 0x043b on inbox private", NULL },
	{ "mailbox anna@example.test", "grant default None", NULL },
	{ "mailbox bert@example.test", "grant anonymous AvailabilityOnly on Spare", NULL },
	{ "mailbox anna@example.test",
		"grant svc@example.test Editor folder-rights read,create,modify,delete,hierarchy",
		NULL },
	{ "mailbox anna@example.test", "grant svc@example.test Editor folder-rights none", NULL },
	{ "mailbox anna@example.test", "grant svc@example.test", "is missing" },
	{ "mailbox anna@example.test", "grant scv@example.test Editor",
		"did you mean 'svc@example.test'?" },
	{ "mailbox anna@example.test", "grant svc@example.test Edito", "did you mean 'Editor'?" },
	{ "mailbox anna@example.test", "grant svc@example.test 0xzz", "is not a permission level" },
	{ "mailbox anna@example.test", "grant svc@example.test 0xffff", "is not a permission" },
	{ "mailbox anna@example.test", "grant svc@example.test Editor on Spare",
		"is not a folder" },
	{ "mailbox anna@example.test", "grant svc@example.test Editor folder-rights raed",
		"is not a right on a folder" },
	{ "mailbox anna@example.test", "grant svc@example.test Editor o inbox",
		"did you mean 'on'" },
	{ "mailbox anna@example.test", "revoke svc@example.test", NULL },
	{ "mailbox anna@example.test", "revoke default on inbox", NULL },
	{ "mailbox anna@example.test", "revoke", "is missing" },
	{ "mailbox anna@example.test", "revoke nobody@example.test", "there is no mailbox" },
	{ "mailbox anna@example.test", "revoke default on inbx", "did you mean 'inbox'?" },
	{ "mailbox anna@example.test",
		"delegate svc@example.test copies private calendar Editor inbox Reviewer tasks "
		"Author contacts None",
		NULL },
	{ "mailbox anna@example.test", "delegate", "is missing" },
	{ "mailbox anna@example.test", "delegate anna@example.test", "its own delegate" },
	{ "mailbox anna@example.test", "delegate staff@example.test", "there is no mailbox" },
	{ "mailbox anna@example.test", "delegate svc@example.test copis",
		"did you mean 'copies'?" },
	{ "mailbox bert@example.test", "undelegate svc@example.test", NULL },
	{ "mailbox bert@example.test", "undelegate", "is missing" },
	{ "mailbox anna@example.test", "undelegate svc@example.test", "is not a delegate" },
	{ "mailbox anna@example.test", "deliver NoForward", NULL },
	{ "mailbox anna@example.test", "deliver", "is missing" },
	{ "mailbox anna@example.test", "deliver DelegatesAndI", "did you mean 'DelegatesAndMe'?" },
	{ "mailbox anna@example.test", "on-behalf svc@example.test bert@example.test", NULL },
	{ "mailbox anna@example.test", "on-behalf", "is missing" },
	{ "mailbox anna@example.test", "on-behalf svc@example.test x@example.test",
		"there is no mailbox 'x@example.test'" },
	{ "mailbox anna@example.test", "no-on-behalf svc@example.test", NULL },
	{ "mailbox anna@example.test", "no-on-behalf", "is missing" },
	{ "mailbox anna@example.test", "no-on-behalf x", "there is no mailbox" },
	{ "mailbox anna@example.test", "full-access svc@example.test", NULL },
	{ "mailbox anna@example.test", "full-access", "is missing" },
	{ "mailbox anna@example.test", "full-access yes", "there is no mailbox" },
	{ "mailbox anna@example.test", "no-full-access svc@example.test", NULL },
	{ "mailbox anna@example.test", "no-full-access x", "there is no mailbox" },

	{ "mailbox anna@example.test", "event Planning 2026-11-23T09:00", NULL },
	{ "mailbox anna@example.test",
		"event Planning 2026-11-23T09:00 1h30m tentative private repeat weekly mon,wed "
		"every 2 until 2027-06-30 except 2026-12-07 at \"Room 1\" zone Europe/London",
		NULL },
	{ "mailbox anna@example.test", "event Off 2026-11-23 3d away all-day", NULL },
	{ "mailbox anna@example.test", "event Home monday+1 elsewhere repeat yearly times 3",
		NULL },
	{ "mailbox anna@example.test", "event A today-2T10:00 free repeat monthly last fri", NULL },
	{ "mailbox anna@example.test", "event A 2026-11-23T09:00Z repeat monthly 31", NULL },
	{ "mailbox anna@example.test",
		"event Meeting 2026-11-23T09:00 1h with bert@example.test x@elsewhere.test sent "
		"uid 0400",
		NULL },
	{ "mailbox anna@example.test",
		"event Invited 2026-11-23T09:00 by bert@example.test with anna@example.test answer "
		"accept cancelled",
		NULL },
	{ "mailbox bert@example.test", "event A 2026-11-23T09:00 on Spare", NULL },
	{ "mailbox anna@example.test", "event Planning", "is missing" },
	{ "mailbox anna@example.test", "event Planning soon", "is not a time" },
	{ "mailbox anna@example.test", "event Planning monday+x", "is not a time" },
	{ "mailbox anna@example.test", "event Planning todayT25:00", "is not a time" },
	{ "mailbox anna@example.test", "event A 2026-11-23T09:00 1x", "a duration" },
	{ "mailbox anna@example.test", "event A 2026-11-23T09:00 busi", "did you mean 'busy'?" },
	{ "mailbox anna@example.test", "event A 2026-11-23T09:00 busy away", "is one of busy" },
	{ "mailbox anna@example.test", "event A 2026-11-23 1h", "lasts whole days" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat", "a value for repeat" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat hourly",
		"expected one of: daily" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat weekly mo", "is not a weekday" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat daily mon", "is too much after" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat monthly 32",
		"a day of the month" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat monthly 6 mon",
		"a day of the month" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat daily every 0", "an interval" },
	{ "mailbox anna@example.test", "event A 2026-11-23 until 2026-12-01", "need repeat" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat daily until x", "is not a time" },
	{ "mailbox anna@example.test", "event A 2026-11-23 repeat daily except 2026-11-24T09:00",
		"has a time of day" },
	{ "mailbox anna@example.test", "event A 2026-11-23 with bert", "is not an address" },
	{ "mailbox anna@example.test", "event A 2026-11-23 by bert", "is not an address" },
	{ "mailbox anna@example.test", "event A 2026-11-23 by b@x.test sent",
		"only the organizer" },
	{ "mailbox anna@example.test", "event A 2026-11-23 zone Mars", "is not a known time zone" },
	{ "mailbox anna@example.test", "event A 2026-11-23 on Nowhere", "is not a folder" },
	{ "mailbox bert@example.test", "no-event Old", NULL },
	{ "mailbox anna@example.test", "no-event all", NULL },
	{ "mailbox bert@example.test", "no-event", "is missing" },
	{ "mailbox bert@example.test", "no-event New", "is called 'New'" },
	{ "mailbox anna@example.test", "message from bert@example.test Hello \"A word\" read",
		NULL },
	{ "mailbox bert@example.test", "message from x@elsewhere.test Hello Text on Spare", NULL },
	{ "mailbox anna@example.test", "message from bert@example.test Hello", "is missing" },
	{ "mailbox anna@example.test", "message form bert@example.test Hello Text",
		"is not from and an address" },
	{ "mailbox anna@example.test", "message from bert@example.test Hello Text red",
		"did you mean 'read'?" },

	{ NULL, "account two@example.test premise cloud password x", NULL },
	{ NULL, "account admin@example.test", NULL },
	{ NULL, "account", "is missing" },
	{ NULL, "account two", "is not a user principal name" },
	{ NULL, "account two@other.test", "is of no domain made above" },
	{ NULL, "account two@example.test pasword x", "did you mean 'password'?" },
	{ "mailbox anna@example.test", "password secret", NULL },
	{ "account admin@example.test", "password secret", NULL },
	{ "mailbox anna@example.test", "password", "is missing" },
	{ "account admin@example.test", "new-password other", NULL },
	{ "account admin@example.test", "new-password", "is missing" },
	{ "mailbox anna@example.test", "login aberg", NULL },
	{ "mailbox anna@example.test", "login", "is missing" },
	{ "mailbox anna@example.test", "login a\\b", "is not a login name" },
	{ "mailbox anna@example.test", "upn aberg@corp.test", NULL },
	{ "mailbox anna@example.test", "upn", "is missing" },
	{ "mailbox anna@example.test", "upn aberg", "is not a user principal name" },
	{ "mailbox anna@example.test", "upn admin@example.test", "is taken" },
	{ "mailbox anna@example.test", "state disabled expired must-change locked mfa hours",
		NULL },
	{ "account admin@example.test", "state well", NULL },
	{ "mailbox anna@example.test", "state", "is missing" },
	{ "mailbox anna@example.test", "state lokced", "did you mean 'locked'?" },
	{ "mailbox anna@example.test", "impersonation", NULL },
	{ "account admin@example.test", "impersonation scope staff@example.test", NULL },
	{ "app client-1", "impersonation scope staff@example.test", NULL },
	{ "mailbox anna@example.test", "impersonation scope stuff@example.test",
		"did you mean 'staff@example.test'?" },
	{ "mailbox anna@example.test", "impersonation staff@example.test",
		"expected one of: scope" },
	{ "account admin@example.test", "no-impersonation", NULL },
	{ "account admin@example.test", "no-impersonation all more", "is too much" },

	{ NULL, "group new@example.test \"New group\" kind distribution", NULL },
	{ NULL, "group staff@example.test", NULL },
	{ NULL, "group", "is missing" },
	{ NULL, "group new", "is not an address" },
	{ NULL, "group anna@example.test", "is a mailbox's" },
	{ NULL, "group new@example.test New kind romos", "did you mean 'rooms'?" },
	{ "group staff@example.test", "kind distribution", NULL },
	{ "group staff@example.test", "kind", "is missing" },
	{ "group staff@example.test", "kind user", "expected one of: security" },
	{ "group staff@example.test", "member svc@example.test bert@example.test", NULL },
	{ "group staff@example.test", "member", "is missing" },
	{ "group staff@example.test", "member svc@example.test x@example.test", "no mailbox 'x@" },
	{ "group staff@example.test", "no-member anna@example.test", NULL },
	{ "group staff@example.test", "no-member", "is missing" },
	{ "group staff@example.test", "no-member x", "there is no mailbox" },
	{ "group list@example.test", "nested staff@example.test", NULL },
	{ "group list@example.test", "nested", "is missing" },
	{ "group list@example.test", "nested anna@example.test", "there is no group" },
	{ "group list@example.test", "no-nested staff@example.test", NULL },
	{ "group list@example.test", "no-nested", "is missing" },
	{ "group list@example.test", "no-nested x", "there is no group" },
	{ NULL, "address-book Some", NULL },
	{ NULL, "address-book", "is missing" },
	{ NULL, "address-bok Some", "did you mean 'address-book'?" },
	{ "address-book All", "shows staff@example.test list@example.test", NULL },
	{ "address-book All", "shows", "is missing" },
	{ "address-book All", "shows anna@example.test", "there is no group" },

	{ NULL, "app client-2 Two tenant cloud", NULL },
	{ NULL, "app client-1", NULL },
	{ NULL, "app", "is missing" },
	{ NULL, "app client-2", "a new app needs its premise" },
	{ NULL, "app client-2 Two tenat cloud", "did you mean 'tenant'?" },
	{ "app client-1", "secret two value expires 2027-01-01", NULL },
	{ "app client-1", "secret two", "is missing" },
	{ "app client-1", "secret two value expires never", "expected a time" },
	{ "app client-1", "no-secret main", NULL },
	{ "app client-1", "no-secret all", NULL },
	{ "app client-1", "no-secret", "is missing" },
	{ "app client-1", "no-secret other", "there is no secret" },
	{ "app client-1", "certificate one nowhere.pem", "cannot read ./nowhere.pem" },
	{ "app client-1", "certificate one /dev/null", "holds no certificate" },
	{ "app client-1", "certificate one", "is missing" },
	{ "app client-1", "redirect https://a.test/x http://localhost", NULL },
	{ "app client-1", "redirect", "is missing" },
	{ "app client-1", "redirect a.test", "is not a URI" },
	{ "app client-1", "consent", NULL },
	{ "app client-1", "consent given", "expected yes or no" },
	{ "app client-1", "full-access no", NULL },
	{ "app client-1", "full-access all", "expected yes or no" },
	{ "app client-1", "delegated yes", NULL },
	{ "app client-1", "delegated x", "expected yes or no" },
	{ "app client-1", "disabled", NULL },
	{ "app client-1", "disabled x", "expected yes or no" },
	{ "app client-1", "public", NULL },
	{ "app client-1", "public x", "expected yes or no" },
	{ "app client-1", "single-tenant", NULL },
	{ "app client-1", "single-tenant x", "expected yes or no" },
	{ "app client-1", "assigned-only", NULL },
	{ "app client-1", "assigned-only x", "expected yes or no" },
	{ "app client-1", "user admin@example.test", NULL },
	{ "app client-1", "user", "is missing" },
	{ "app client-1", "user anna@example.test", "there is no account" },
	{ "app client-1", "no-user admin@example.test", NULL },
	{ "app client-1", "no-user", "is missing" },
	{ "app client-1", "no-user x", "there is no account" },

	{ NULL, "fault one delay", NULL },
	{ NULL,
		"fault one status 503:30 op Get* face ews host * front-end EX01 mailbox anna@* "
		"caller svc@* chance 2.5% times 3 after 1",
		NULL },
	{ NULL, "fault one", "is missing" },
	{ NULL, "fault one dealy", "did you mean 'delay'?" },
	{ NULL, "fault one delay soon", "milliseconds" },
	{ NULL, "fault one reset now", "does not fit reset" },
	{ NULL, "fault one delay 5 chance 200%", "a percentage" },
	{ NULL, "fault one delay 5 ops Get*", "did you mean 'op'?" },
	{ NULL, "no-fault late", NULL },
	{ NULL, "no-fault all", NULL },
	{ NULL, "no-fault", "is missing" },
	{ NULL, "no-fault lat", "such as late" },
	{ NULL, "every 2m first 5s as two : mailbox anna@example.test ; ews no | clock +1s", NULL },
	{ "mailbox anna@example.test", "every 2m : grant svc@example.test Editor | revoke default",
		NULL },
	{ NULL, "every 2m : hidden", "belongs below a mailbox" },
	{ NULL, "every", "is missing" },
	{ NULL, "every 2m hidden yes", "a colon is missing" },
	{ NULL, "every 2m first 5s :", "nothing stands after the colon" },
	{ NULL, "every x : mailbox anna@example.test", "a duration" },
	{ NULL, "every 0 : mailbox anna@example.test", "a second at least" },
	{ NULL, "every 2m fist 5s : mailbox anna@example.test", "did you mean 'first'?" },
	{ NULL, "every 2m : mailbox anna@example.test |", "a turn is empty" },
	{ NULL, "every 2m : | mailbox anna@example.test", "a turn is empty" },
	{ NULL, "every 2m : mailbox ana@example.test", "a rule only changes what was made" },
	{ NULL, "every 2m : mailbox anna@example.test ; ewws no", "did you mean 'ews'?" },
	{ NULL, "every 2m : mailbox anna@example.test ; ews maybe", "expected yes or no" },
	{ NULL, "every 2m : every 3m : mailbox anna@example.test", "cannot hold a rule" },
	{ NULL, "no-every tick", NULL },
	{ NULL, "no-every all", NULL },
	{ NULL, "no-every", "is missing" },
	{ NULL, "no-every tock", "such as tick" },

	ADMIN_ROWS,

	{ NULL, "", NULL },
	{ NULL, "   # only a comment", NULL },
	{ NULL, "seed 5 # and a comment", NULL },
	{ NULL, "organisation \"a # b\"", NULL },
	{ NULL, "organisation \"a \\\"quoted\\\" \\\\ word\"", NULL },
	{ NULL, "xyzzy", "is not a statement" },
	{ NULL, "\"seed\" 5", NULL },
	{ NULL, "seed 5 ; seed 6 ;", NULL },
};

static void add_grants(struct text *t, const struct mailbox *m)
{
	for (const struct grant *g = m->grants; g; g = g->next)
		text_printf(t, " %d:%d:%x:%d", (int)g->to, g->folder, g->rights, g->folder_rights);
	for (const struct delegate *d = m->delegates; d; d = d->next)
		text_printf(t, " d%u%d%d", d->who->number, d->copies, d->sees_private);
	text_printf(t, " %zu %zu", list_count(m->aliases), list_count(m->on_behalf));
	if (m->store)
		text_printf(t, " s%llu", (unsigned long long)m->store->sync);
}

/* All that a wrong line must not have changed, as text. */
static char *portrait(void)
{
	struct text t = { 0 };

	text_printf(&t, "%s %llu %d %lld %u", w->organisation, (unsigned long long)w->seed,
		w->frozen, (long long)w->frozen_at, w->n_mailboxes);
	for (uint32_t i = 0; i < w->n_mailboxes; i++) {
		const struct mailbox *m = w->mailboxes[i];

		text_printf(&t, "\n%s %s %d %d%d%d%d%d%d %s %s %p", m->address, m->name,
			(int)m->kind, m->enabled, m->licensed, m->hidden, m->ews, m->moving,
			m->gone, m->home->name, m->zone->id, (void *)m->identity);
		add_grants(&t, m);
		for (const struct folder_own *f = m->own_folders; f; f = f->next)
			text_printf(&t, " %s", f->name);
	}
	for (const struct premise *p = w->premises; p; p = p->next)
		text_printf(&t, "\n%s %s %s %u %d %s %d %zu %s", p->name, p->host, p->product->name,
			p->schemes, (int)p->protection, p->language, p->throttle.concurrency,
			list_count(p->ews_allow), p->front_ends->name);
	for (const struct domain *d = w->domains; d; d = d->next)
		text_printf(&t, "\n%s %s %s %d", d->name, d->premise->name, d->website, d->srv);
	for (const struct group *g = w->groups; g; g = g->next)
		text_printf(&t, "\n%s %s %d %d %zu", g->address, g->name, (int)g->kind,
			g->n_members, list_count(g->groups));
	for (const struct identity *i = w->identities; i; i = i->next)
		text_printf(&t, "\n%s %s %s %d", i->upn, i->sam, i->password, i->disabled);
	for (const struct app *a = w->apps; a; a = a->next)
		text_printf(&t, "\n%s %s %p %zu %zu %d", a->client_id, a->name, (void *)a->secrets,
			list_count(a->users), list_count(a->redirects), a->consented);
	for (const struct fault *f = w->faults; f; f = f->next)
		text_printf(&t, "\n%s %s", f->id, f->kind->name);
	for (const struct change_rule *r = w->rules; r; r = r->next)
		text_printf(&t, "\n%s %d", r->name, r->n_turns);
	add_admin(&t, w);
	for (const struct address_list *l = w->lists; l; l = l->next)
		text_printf(&t, "\n%s %zu", l->name, list_count(l->groups));
	return t.at;
}

static void test_statements(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		char *before, *after;

		set_up(state);
		if (r->below)
			line(r->below);
		before = portrait();
		if (r->say)
			wrong(r->line, r->say);
		else
			line(r->line);
		after = portrait();
		if (r->say && !same(before, after))
			fail_msg("'%s' changed the world:\n%s\n%s", r->line, before, after);
		free(before);
		free(after);
		tear_down(state);
	}
}

/* Rules run the same statements: a right line in a rule does nothing until its time. */
static void test_rules_are_dry(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct scenario_error e = { 0 };
		char *before, *after, *rule;

		if (r->say || !*r->line || strchr(r->line, '#') || strstr(r->line, "every"))
			continue;
		set_up(state);
		line("no-every all");
		if (r->below)
			line(r->below);
		before = portrait();
		rule = format("every 60s as dry : %s", r->line);
		/* What makes something new cannot stand in a rule; all else can. */
		if (scenario_line(&place, rule, &e) < 0 && !strstr(e.say, "a rule only changes"))
			fail_msg("%s: %s", rule, e.say);
		scenario_error_free(&e);
		line("no-every all");
		after = portrait();
		assert_string_equal(before, after);
		free(before);
		free(after);
		free(rule);
		tear_down(state);
	}
}

/* Every statement was tried right and wrong above. */
static void test_all_are_tested(void **state)
{
	(void)state;
	for (const struct statement *s = statements; s->word; s++) {
		size_t n = strlen(s->word);
		int right = 0, bad = 0;

		for (size_t i = 0; i < COUNT(rows); i++)
			if (strncmp(rows[i].line, s->word, n) == 0 &&
				(rows[i].line[n] == ' ' || rows[i].line[n] == '\0')) {
				right += !rows[i].say;
				bad += rows[i].say != NULL;
			}
		/* Those that read a file are tried right with one, further down. */
		if (same(s->word, "certificate") || same(s->word, "include"))
			right = 1;
		if (right == 0 || bad == 0)
			fail_msg("%s: %d right and %d wrong lines", s->word, right, bad);
		if (strncmp(s->usage, s->word, n) != 0)
			fail_msg("%s: usage %s", s->word, s->usage);
	}
}

static char *read_whole(const char *path)
{
	FILE *f = fopen(path, "r");
	struct text t = { 0 };
	char some[4096];
	size_t n;

	if (!f)
		fail_msg("cannot read %s", path);
	while ((n = fread(some, 1, sizeof some, f)) > 0)
		text_add(&t, some, n);
	fclose(f);
	return t.at;
}

static void test_manual(void **state)
{
	char *path = format("%s/../../../doc/man/latchkey-sim.1", scenario_directory());
	char *manual = read_whole(path);

	(void)state;
	for (const struct statement *s = statements; s->word; s++) {
		char *item = format("\n.It Ic %s", s->word);

		if (!strstr(manual, item))
			fail_msg("%s: the statement %s is missing", path, s->word);
		free(item);
	}
	for (int u = 0; u < UNSURE__MAX; u++) {
		char *item = format("\n.It Cm %s\n", unsure_rows[u].name);
		const char *value = unsure_rows[u].values;
		size_t n;

		if (!strstr(manual, item))
			fail_msg("%s: the switch %s is missing", path, unsure_rows[u].name);
		for (; *value; value += n + (value[n] == ' ')) {
			char *word = format("%.*s", (int)(n = strcspn(value, " ")), value);

			if (!strstr(strstr(manual, item), word))
				fail_msg("%s: %s: the value %s is missing", path,
					unsure_rows[u].name, word);
			free(word);
		}
		free(item);
	}
	for (const struct product *p = products; p->name; p++)
		if (!strstr(manual, p->name))
			fail_msg("%s: the product %s is missing", path, p->name);
	free(manual);
	free(path);
}

static void test_built_ins(void **state)
{
	static const char *const names[] = { "basic", "big", "demo", "hostile", "hybrid",
		"versions" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	scenario_list(out);
	fclose(out);
	for (size_t i = 0; i < COUNT(names); i++) {
		read_scenario(names[i], NULL);
		if (!strstr(text, names[i]))
			fail_msg("%s is not listed in\n%s", names[i], text);
	}
	free(text);
	read_scenario("nosuch", "cannot read nosuch");
	read_scenario("/nonexistent/x.sim", "cannot read /nonexistent/x.sim");
}

static void test_demo(void **state)
{
	struct world *demo = world_new();
	struct scenario_error e = { 0 };
	int people = 0, rooms = 0, lists = 0;
	const struct mailbox *svc;

	(void)state;
	assert_int_equal(scenario_read(demo, "demo", &e), 0);
	for (uint32_t i = 0; i < demo->n_mailboxes; i++) {
		const struct mailbox *m = demo->mailboxes[i];

		people += m->kind == MAILBOX_USER && !m->gone;
		rooms += m->kind == MAILBOX_ROOM;
	}
	for (const struct group *g = demo->groups; g; g = g->next)
		lists += g->kind == GROUP_ROOMS;
	assert_int_equal(people, 240);
	assert_int_equal(rooms, 12);
	assert_int_equal(lists, 2);
	svc = world_mailbox(demo, "calendar@example.com");
	assert_non_null(svc);
	assert_ptr_equal(world_identity(demo, "EXAMPLE\\calendar"), svc->identity);
	for (const struct premise *p = demo->premises; p; p = p->next)
		assert_non_null(strstr(p->host, ".localhost"));
	world_free(demo);
}

/* Bytes that are no scenario at all. */
static void test_nonsense(void **state)
{
	struct dice d = { 11 };
	static const char letters[] = "abegmnrs \"\\#;|:@.0159-+=T\t";

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char s[64];
		uint32_t n = dice_below(&d, sizeof s - 1);
		struct scenario_error e = { 0 };

		for (uint32_t k = 0; k < n; k++)
			s[k] = letters[dice_below(&d, sizeof letters - 1)];
		s[n] = '\0';
		scenario_line(&place, s, &e);
		scenario_error_free(&e);
	}
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t n = strlen(rows[i].line); n > 0; n--) {
			struct scenario_error e = { 0 };
			char *s = copy_n(rows[i].line, n);

			/* Nothing here makes a crowd. */
			if (strncmp(s, "gene", 4) != 0)
				scenario_line(&place, s, &e);
			scenario_error_free(&e);
			free(s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_rules_are_dry),
		cmocka_unit_test(test_all_are_tested),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_built_ins),
		cmocka_unit_test(test_demo),
		cmocka_unit_test_setup_teardown(test_nonsense, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
