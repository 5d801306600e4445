/*
 * Scenario table: every statement of the language, once. The reader, --statements and the test of
 * the manual page go by it. Rows with the same word differ in what they belong to.
 */
#include "sim/scenario_run.h"

const char *const place_names[IN__MAX] = { "", "premise", "domain", "mailbox", "account", "group",
	"address-book", "app" };

#define PREMISE BELOW(IN_PREMISE)
#define DOMAIN BELOW(IN_DOMAIN)
#define MAILBOX BELOW(IN_MAILBOX)
#define GROUP BELOW(IN_GROUP)
#define BOOK BELOW(IN_BOOK)
#define APP BELOW(IN_APP)
#define MEMBERS (BELOW_PERSON | APP)

const struct statement statements[] = {
	/* the world */
	{ "organisation", ANYWHERE, 1, 1, st_organisation, "organisation NAME",
		"what the organisation is called" },
	{ "seed", ANYWHERE, 1, 1, st_seed, "seed NUMBER",
		"what all chance comes from: the same seed, the same world" },
	{ "clock", ANYWHERE, 1, 2, st_clock,
		"clock TIME|now|+DURATION|-DURATION|frozen|running [frozen|running]",
		"sets or moves the world's clock; TIME is UTC unless it says otherwise" },
	{ "include", ANYWHERE, 1, 1, st_include, "include FILE|NAME",
		"reads another scenario here" },
	{ "generate", ANYWHERE, 1, -1, st_generate,
		"generate COUNT [premise P] [domain D] [zone Z] [grant ADDRESS LEVEL] [percent P%] "
		"[on-behalf] [group G]",
		"makes that many mailboxes, with names and calendars from the seed" },
	{ "every", ANYWHERE, 3, -1, st_every,
		"every DURATION [first DURATION] [as NAME] : STATEMENT [; STATEMENT]... [| "
		"STATEMENT...]...",
		"changes the world by itself: one turn each time, in a circle; turns are parted "
		"by |" },
	{ "no-every", ANYWHERE, 1, 1, st_no_every, "no-every NAME|all", "ends such changes" },
	{ "fault", ANYWHERE, 2, -1, st_fault,
		"fault ID KIND [ARGUMENT] [op GLOB] [face GLOB] [host GLOB] [front-end GLOB] "
		"[mailbox GLOB] [caller GLOB] [chance P%] [times N] [after N]",
		"lets something go wrong; kinds: latchkey-sim --faults" },
	{ "no-fault", ANYWHERE, 1, 1, st_no_fault, "no-fault ID|all", "mends it" },

	/* premises */
	{ "premise", ANYWHERE, 1, -1, st_premise,
		"premise NAME [onprem|online] [PRODUCT] [host HOST]",
		"a server, or a tenant of the cloud; a new one needs its host" },
	{ "host", PREMISE, 1, 1, st_host, "host HOST", "its name for clients" },
	{ "internal-host", PREMISE, 1, 1, st_internal_host, "internal-host HOST|none",
		"its name inside the organisation's own network" },
	{ "product", PREMISE, 1, 1, st_product, "product PRODUCT",
		"what it is: 2007, 2007sp1, ... 2019, se, online" },
	{ "schemes", PREMISE, 1, 4, st_schemes, "schemes SCHEME...",
		"the ways to sign in it offers: basic ntlm negotiate bearer, or none" },
	{ "extended-protection", PREMISE, 1, 1, st_protection,
		"extended-protection off|allow|require", "channel bindings in NTLM" },
	{ "bridge", PREMISE, 1, 1, st_bridge, "bridge HEX|none",
		"TLS is ended by another machine, with this SHA-256 of its certificate" },
	{ "front-end", PREMISE, 1, 4, st_front_end, "front-end NAME [well|broken] [lag DURATION]",
		"one of the machines behind the name; the first statement replaces EX01" },
	{ "no-front-end", PREMISE, 1, 1, st_no_front_end, "no-front-end NAME",
		"takes it out; one always stays" },
	{ "unsure", PREMISE, 2, 2, st_unsure, "unsure SWITCH VALUE",
		"what it does where nobody knows for sure" },
	{ "throttle", PREMISE, 1, -1, st_throttle,
		"throttle [off] [concurrency N] [budget DURATION] [recharge DURATION] [back-off "
		"DURATION] [folder-mailboxes N] [availability-mailboxes N] [find-page N]",
		"how much one caller may ask; 0 = any number; recharge is given back a minute" },
	{ "latency", PREMISE, 1, -1, st_latency, "latency [base MS] [mailbox MS] [jitter MS]",
		"how long answers take: each, and for each mailbox in them" },
	{ "lock-out", PREMISE, 1, -1, st_lock_out, "lock-out never|after N [for DURATION]",
		"bad passwords until an account is locked, and for how long" },
	{ "ntlm-grace", PREMISE, 1, 1, st_ntlm_grace, "ntlm-grace DURATION",
		"how long NTLM takes the password before the last change" },
	{ "rights-delay", PREMISE, 1, 1, st_rights_delay, "rights-delay DURATION",
		"how long a new right takes to work" },
	{ "ews", PREMISE, 1, 1, st_premise_ews, "ews yes|no|untold",
		"no = every EWS request is answered 403; untold = as it comes" },
	{ "ews-allow", PREMISE, 1, -1, st_ews_allow, "ews-allow GLOB...|all",
		"only clients whose User-Agent matches" },
	{ "ews-block", PREMISE, 1, -1, st_ews_block, "ews-block GLOB...|none",
		"not clients whose User-Agent matches" },
	{ "ews-apps", PREMISE, 1, -1, st_ews_apps, "ews-apps CLIENT-ID...|all",
		"only these applications, of those that sign in as one" },
	{ "policy", PREMISE, 1, 3, st_policy, "policy NAME [concurrency N]",
		"a throttling policy of its own, for mailboxes that are given it" },
	{ "no-policy", PREMISE, 1, 1, st_no_policy, "no-policy NAME", "takes it away" },
	{ "scope", PREMISE, 2, 3, st_scope, "scope NAME GROUP [FILTER]",
		"a scope with a name: whom an assignment is for" },
	{ "no-scope", PREMISE, 1, 1, st_no_scope, "no-scope NAME", "takes it away" },
	{ "impersonators", PREMISE, 1, -1, st_impersonators, "impersonators ADDRESS...",
		"as of 2007: these may impersonate on its servers, whoever lets them" },
	{ "no-impersonators", PREMISE, 1, -1, st_no_impersonators, "no-impersonators ADDRESS...",
		"these no longer" },
	{ "language", PREMISE, 1, 1, st_language, "language LANGUAGE",
		"of error texts and folder names: de-DE" },
	{ "tenant", PREMISE, 1, 1, st_tenant, "tenant GUID", "its directory's id, online" },
	{ "forest", PREMISE, 1, 1, st_forest, "forest NAME",
		"its NetBIOS domain, for DOMAIN\\user" },
	{ "pre-auth", PREMISE, 0, 1, st_premise_flag, "pre-auth [yes|no]",
		"published behind a login form: every URL leads there" },
	{ "old-zones", PREMISE, 0, 1, st_premise_flag, "old-zones [yes|no]",
		"its servers miss updates: their zones know no daylight time" },
	{ "zone", PREMISE, 1, 1, st_premise_zone, "zone ZONE",
		"of mailboxes that are made later and say nothing; a Windows or an IANA name" },

	/* domains */
	{ "domain", ANYWHERE, 1, -1, st_domain, "domain NAME [premise P] [website WEBSITE] [srv]",
		"a mail domain; a new one needs its premise" },
	{ "premise-of", DOMAIN, 1, 1, st_domain_premise, "premise-of PREMISE",
		"which premise's autodiscovery answers for it" },
	{ "website", DOMAIN, 1, 1, st_website, "website none|website|hostile|redirect|exchange",
		"what https://DOMAIN/ is; hostile keeps the credentials it is given" },
	{ "srv", DOMAIN, 0, 1, st_srv, "srv [yes|no]", "has an _autodiscover._tcp record" },

	/* mailboxes */
	{ "mailbox", ANYWHERE, 1, -1, st_mailbox, "mailbox ADDRESS [NAME] [premise P]",
		"a mailbox; its premise is its domain's unless said" },
	{ "name", MAILBOX | GROUP | APP, 1, 1, st_name, "name NAME", "what people read" },
	{ "alias", MAILBOX, 1, -1, st_alias, "alias ADDRESS...", "further addresses" },
	{ "no-alias", MAILBOX, 1, -1, st_no_alias, "no-alias ADDRESS...", "takes them away" },
	{ "address", MAILBOX, 1, 1, st_address, "address ADDRESS",
		"a new primary address; the old one stays as an alias" },
	{ "kind", MAILBOX, 1, 1, st_kind, "kind user|room|equipment|shared|dedicated",
		"what sort of mailbox it is" },
	{ "zone", MAILBOX, 1, 1, st_zone, "zone ZONE", "its time zone" },
	{ "licensed", MAILBOX, 0, 1, st_flag, "licensed [yes|no]", "online: no = 403" },
	{ "enabled", MAILBOX, 0, 1, st_flag, "enabled [yes|no]", "no = the mailbox is off" },
	{ "hidden", MAILBOX | GROUP, 0, 1, st_flag, "hidden [yes|no]", "not in the address list" },
	{ "ews", MAILBOX, 1, 1, st_flag, "ews yes|no", "no = 403 for this mailbox" },
	{ "note", MAILBOX, 1, 1, st_note, "note TEXT", "what its account has for notes" },
	{ "moving", MAILBOX, 0, 1, st_flag, "moving [yes|no]", "on its way to another server" },
	{ "home", MAILBOX, 1, 1, st_home, "home PREMISE", "lives there, and everybody knows" },
	{ "moved-to", MAILBOX, 1, 1, st_moved_to, "moved-to PREMISE",
		"lives there now, while autodiscovery still names where it was" },
	{ "culture", MAILBOX, 1, 1, st_culture, "culture LANGUAGE", "of its folder names" },
	{ "trouble", MAILBOX, 1, 1, st_trouble, "trouble CODE|none",
		"nothing of it opens: ErrorMailboxStoreUnavailable, ErrorQuotaExceeded ..." },
	{ "book", MAILBOX, 1, 1, st_book, "book NAME|none",
		"sees only what this address book shows" },
	{ "folder", MAILBOX, 1, 2, st_folder, "folder NAME [CLASS]",
		"a folder of its own; a calendar (IPF.Appointment) unless said" },
	{ "room", MAILBOX, 0, -1, st_room,
		"room [capacity N] [policy manual|accept|decline-conflicts|decline|tentative] "
		"[after DURATION]",
		"is a room, which answers invitations in this way" },
	{ "remove", MAILBOX, 0, 0, st_remove, "remove", "takes the mailbox away for good" },

	/* rights */
	{ "grant", MAILBOX, 2, -1, st_grant,
		"grant ADDRESS|default|anonymous LEVEL|0xRIGHTS [on FOLDER] [folder-rights "
		"WORD,...] [private]",
		"gives a mailbox, a group or everybody rights in a folder (calendar unless said)" },
	{ "revoke", MAILBOX, 1, 3, st_revoke, "revoke ADDRESS|default|anonymous [on FOLDER]",
		"takes them away" },
	{ "delegate", MAILBOX, 1, -1, st_delegate,
		"delegate ADDRESS [copies] [private] [calendar LEVEL] [inbox LEVEL] [tasks LEVEL] "
		"[contacts LEVEL]",
		"a delegate entry, as Outlook makes it; without calendar no right is given there" },
	{ "undelegate", MAILBOX, 1, 1, st_undelegate, "undelegate ADDRESS",
		"removes the entry; rights stay" },
	{ "deliver", MAILBOX, 1, 1, st_deliver,
		"deliver DelegatesOnly|DelegatesAndMe|DelegatesAndSendInformationToMe|NoForward",
		"who gets meeting mail when there are delegates" },
	{ "on-behalf", MAILBOX, 1, -1, st_on_behalf, "on-behalf ADDRESS...",
		"these may send on its behalf" },
	{ "no-on-behalf", MAILBOX, 1, -1, st_no_on_behalf, "no-on-behalf ADDRESS...",
		"these no longer" },

	{ "impersonated-by", MAILBOX, 1, -1, st_impersonated_by, "impersonated-by ADDRESS...",
		"as of 2007: these may act as it, when its servers let them impersonate" },
	{ "no-impersonated-by", MAILBOX, 1, -1, st_no_impersonated_by,
		"no-impersonated-by ADDRESS...", "these no longer" },
	{ "ews-allow", MAILBOX, 1, -1, st_ews_allow, "ews-allow GLOB...|all",
		"only clients whose User-Agent matches; stands before its premise's" },
	{ "policy", MAILBOX, 1, 1, st_mailbox_policy, "policy NAME|none", "its throttling policy" },

	/* what lies in it */
	{ "full-access", MAILBOX, 1, -1, st_mailbox_full_access, "full-access ADDRESS...",
		"these may open all of it (Full Access); sending is another right" },
	{ "no-full-access", MAILBOX, 1, -1, st_no_full_access, "no-full-access ADDRESS...",
		"these no longer" },
	{ "event", MAILBOX, 2, -1, st_event,
		"event SUBJECT WHEN [DURATION] [busy|free|tentative|away|elsewhere] [all-day] "
		"[private] [repeat RULE] [every N] [until DATE] [times N] [except DATE...] [at "
		"PLACE] [by ADDRESS] [with ADDRESS...] [sent] [answer WORD] [uid UID] [cancelled] "
		"[zone ZONE] [on FOLDER]",
		"something in its calendar" },
	{ "no-event", MAILBOX, 1, 1, st_no_event, "no-event SUBJECT|all",
		"deletes what is called so" },
	{ "message", MAILBOX, 4, 7, st_message,
		"message from ADDRESS SUBJECT BODY [read] [on FOLDER]", "mail, as it came in" },

	/* accounts */
	{ "account", ANYWHERE, 1, -1, st_account, "account UPN [premise P] [password P]",
		"a directory account without a mailbox" },
	{ "password", BELOW_PERSON, 1, 1, st_password, "password PASSWORD",
		"its password; gives a mailbox its account" },
	{ "new-password", BELOW_PERSON, 1, 1, st_new_password, "new-password PASSWORD",
		"changes it: the two before are remembered, tokens die" },
	{ "login", BELOW_PERSON, 1, 1, st_login, "login NAME", "its name in DOMAIN\\name" },
	{ "upn", BELOW_PERSON, 1, 1, st_upn, "upn NAME@DOMAIN",
		"its user principal name, when it is not the address" },
	{ "state", BELOW_PERSON, 1, 6, st_state,
		"state well|disabled|expired|must-change|locked|mfa|hours...",
		"the account's state; well clears all" },
	{ "impersonation", MEMBERS, 0, 6, st_impersonation,
		"impersonation [scope GROUP] [within SCOPE] [as NAME]",
		"may act as everybody, or as the group's members, or as whom a scope is for" },
	{ "no-impersonation", MEMBERS, 0, 1, st_no_impersonation, "no-impersonation [NAME]",
		"takes all of that away, or what has this name" },

	/* groups and address books */
	{ "group", ANYWHERE, 1, -1, st_group,
		"group ADDRESS [NAME] [kind security|distribution|rooms]",
		"a group; kind rooms is a room list" },
	{ "kind", GROUP, 1, 1, st_group_kind, "kind security|distribution|rooms",
		"what sort of group it is" },
	{ "member", GROUP, 1, -1, st_member, "member ADDRESS...", "mailboxes in it" },
	{ "no-member", GROUP, 1, -1, st_no_member, "no-member ADDRESS...", "no longer in it" },
	{ "nested", GROUP, 1, -1, st_nested, "nested GROUP...", "groups in it" },
	{ "no-nested", GROUP, 1, -1, st_no_nested, "no-nested GROUP...", "no longer in it" },
	{ "remove", BELOW(IN_ACCOUNT), 0, 0, st_remove_account, "remove",
		"takes the account away for good" },
	{ "remove", GROUP, 0, 0, st_remove_group, "remove", "takes the group away for good" },
	{ "address-book", ANYWHERE, 1, 1, st_address_book, "address-book NAME",
		"an address-book policy: see book" },
	{ "shows", BOOK, 1, -1, st_shows, "shows GROUP...", "whose members it shows" },

	/* applications of the Microsoft sign-in */
	{ "app", ANYWHERE, 1, -1, st_app, "app CLIENT-ID [NAME] [tenant PREMISE]",
		"a registered application; a new one needs its premise" },
	{ "secret", APP, 2, 4, st_secret, "secret ID VALUE [expires TIME]", "a client secret" },
	{ "no-secret", APP, 1, 1, st_no_secret, "no-secret ID|all",
		"takes a secret or certificate away" },
	{ "certificate", APP, 2, 4, st_certificate, "certificate ID FILE [expires TIME]",
		"a certificate (PEM) that signs its assertions" },
	{ "redirect", APP, 1, -1, st_redirect, "redirect URI...",
		"where signed-in browsers may be sent" },
	{ "consent", APP, 0, 1, st_app_flag, "consent [yes|no]", "an admin consented" },
	{ "full-access", APP, 0, 1, st_app_flag, "full-access [yes|no]",
		"application permission full_access_as_app" },
	{ "delegated", APP, 0, 1, st_app_flag, "delegated [yes|no]",
		"delegated permission EWS.AccessAsUser.All" },
	{ "disabled", APP, 0, 1, st_app_flag, "disabled [yes|no]", "switched off" },
	{ "public", APP, 0, 1, st_app_flag, "public [yes|no]", "a public client" },
	{ "single-tenant", APP, 0, 1, st_app_flag, "single-tenant [yes|no]",
		"not for other tenants" },
	{ "assigned-only", APP, 0, 1, st_app_flag, "assigned-only [yes|no]", "only for its users" },
	{ "principal", APP, 1, 1, st_principal, "principal NAME|none",
		"what its tenant's Exchange calls it, once it was told of it" },
	{ "user", APP, 1, -1, st_user, "user UPN...", "accounts assigned to it" },
	{ "no-user", APP, 1, -1, st_no_user, "no-user UPN...", "no longer assigned" },
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};

void scenario_statements(FILE *out)
{
	unsigned below = ~0u;

	for (const struct statement *s = statements; s->word; s++) {
		if (s->below != below) {
			fputs(s->below ? "below" : "anywhere", out);
			for (int k = IN_PREMISE; k < IN__MAX; k++)
				if (s->below & BELOW(k))
					fprintf(out, " %s", place_names[k]);
			fputs(":\n", out);
			below = s->below;
		}
		fprintf(out, "  %s\n        %s\n", s->usage, s->meaning);
	}
}
