/* Reason, the rows about signing in and about the dedicated mailbox with its rights.
 *
 * Rule: whatever refused a secret is TEMPER_STOPPED. After it nothing starts with that secret until
 * a person enters another or asks for one more try, so a changed password locks no account.
 */
#include "reason_table.h"

const struct reason_row reason_signin_rows[REASON__MAX] = {
	[REASON_SIGNIN_REFUSED] = {
		.code = "signin_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Sign-in refused",
		.say = "The server does not accept this login name with this password. "
			"Nothing more is tried with it, so the account does not get locked.",
		.why = "One of these, which cannot be told apart from here: the password "
			"is wrong or was changed; it has expired or must be changed first; "
			"the account is locked, disabled or may not sign in at this time "
			"or from here; the login name is written in another form; or the "
			"server wants Extended Protection. Now and then one broken server "
			"behind a load balancer refuses everybody.",
		.steps = "Sign in to Outlook on the web with exactly this name and "
			"password. If that fails, the account or the password is the cause.\n"
			"Enter the new password in the connection, if it was changed.\n"
			"If the login name is an e-mail address, try the form DOMAIN\\user, "
			"or the other way round.\n"
			"If it works in Outlook on the web, ask for one more try in the "
			"connection.\n"
			"Exchange admin: look at the account in Active Directory: locked, "
			"disabled, expired, logon hours, allowed computers.",
		.command = "$u = '{mailbox}'\n"
			"Get-ADUser -Filter 'UserPrincipalName -eq $u' -Properties "
			"LockedOut,Enabled,PasswordExpired,AccountExpirationDate,LogonWorkstations",
		.wait = "up to 15 minutes after a new password, up to an hour until the "
			"old one ends everywhere",
	},
	[REASON_SIGNIN_STOPPED] = {
		.code = "signin_stopped",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Stopped: sign-in refused",
		.say = "An earlier sign-in was refused, so nothing more is started with "
			"this secret. What was known before still stands.",
		.why = "Each further try could lock the account.",
		.steps = "Enter the new password or secret in the connection.\n"
			"If the refusal was an error of the server, ask for one more try "
			"in the connection.",
		.command = "",
		.wait = "",
	},
	[REASON_SIGNIN_WAITING] = {
		.code = "signin_waiting",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Waiting for a first sign-in",
		.say = "Another part of Latchkey is trying this secret at this moment. "
			"This one goes on when it is proved.",
		.why = "A secret that is not proved is tried once at a time, so that a "
			"wrong one cannot lock the account.",
		.steps = "",
		.command = "",
		.wait = "some seconds",
	},
	[REASON_SIGNIN_KIND] = {
		.code = "signin_kind_not_offered",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Way to sign in not offered",
		.say = "The server offers no way to sign in that fits what is set up. The "
			"password was not sent.",
		.why = "The connection is set to a way that is switched off on the "
			"server, or the server is Office 365, which takes no passwords.",
		.steps = "Look in the connection test which ways the server offers, and "
			"choose one of them.\n"
			"For Office 365, set the connection to sign in with Microsoft.\n"
			"Exchange admin: switch on Windows authentication for EWS if the "
			"server should take a password.",
		.command = "Get-WebServicesVirtualDirectory | Format-List "
			"Identity,*Authentication",
		.wait = "",
	},
	[REASON_CHANNEL_BINDING] = {
		.code = "channel_binding_suspected",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Extended Protection suspected",
		.say = "The sign-in was refused with Extended Protection switched on, and the "
			"same secret worked elsewhere some minutes ago.",
		.why = "One of these, which cannot be told apart from here: a device in "
			"between opens the encrypted connection, so that a sign-in tied to "
			"it fails; or the password was changed meanwhile.",
		.steps = "If the password was changed, enter the new one in the connection.\n"
			"If not, switch off Extended Protection in the connection and ask "
			"for one more try.\n"
			"Exchange admin: see what the server wants with the command below; "
			"the value Require refuses programs without it.\n"
			"Network admin: a proxy in front of the server must use the same "
			"certificate as the server, or pass connections unopened.",
		.command = "Get-WebServicesVirtualDirectory -ShowMailboxVirtualDirectories | "
			"Format-List Identity,ExtendedProtection*",
		.wait = "",
	},
	[REASON_ACCOUNT_LOCKED] = {
		.code = "account_locked",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_STOPPED,
		.title = "Account locked",
		.say = "The account is locked after too many wrong passwords. Nothing "
			"more is tried with it.",
		.why = "Something used an old password again and again: often a phone, "
			"another program or a saved session with the account of the "
			"dedicated mailbox.",
		.steps = "Unlock the account, or wait until it unlocks by itself.\n"
			"Find out which computer sent the wrong passwords: event 4740 on "
			"the domain controllers.\n"
			"Account admin: then enter the right password, or ask for one more "
			"try.",
		.command = "$u = '{mailbox}'\n"
			"Get-ADUser -Filter 'UserPrincipalName -eq $u' | Unlock-ADAccount",
		.wait = "often 30 minutes until it unlocks by itself",
	},
	[REASON_PASSWORD_EXPIRED] = {
		.code = "password_expired",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Password expired",
		.say = "The password has expired or must be changed before it can be used.",
		.why = "The organisation's rules give passwords an end, or the account "
			"was made with a password to be changed.",
		.steps = "Sign in to Outlook on the web with the account, set a new "
			"password and enter it here.\n"
			"Exchange admin: give the account of the dedicated mailbox a "
			"password that does not expire.",
		.command = "$u = '{mailbox}'\n"
			"Get-ADUser -Filter 'UserPrincipalName -eq $u' | Set-ADUser "
			"-PasswordNeverExpires $true",
		.wait = "",
	},
	[REASON_ACCOUNT_DISABLED] = {
		.code = "account_disabled",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_STOPPED,
		.title = "Account disabled",
		.say = "The account exists, but nobody can sign in with it.",
		.why = "It was disabled, it has an end date that has passed, or it "
			"belongs to a shared or room mailbox, which nobody signs in to.",
		.steps = "Enable the account. For the dedicated mailbox, use a user "
			"mailbox, no shared one.",
		.command = "$u = '{mailbox}'\n"
			"Get-ADUser -Filter 'UserPrincipalName -eq $u' | Enable-ADAccount",
		.wait = "up to 15 minutes",
	},
	[REASON_SECOND_FACTOR] = {
		.code = "second_factor_needed",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Second step needed",
		.say = "Microsoft wants a second step of the sign-in, such as a code, "
			"that a program cannot give.",
		.why = "The organisation's rules ask this account for more than before, "
			"or its registration is not complete.",
		.steps = "Sign in with Microsoft again from the connection; the second step "
			"is asked then.\n"
			"Entra admin: or leave this account out of that rule, or use an "
			"application with a certificate.",
		.command = "",
		.wait = "",
	},
	[REASON_POLICY_BLOCKED] = {
		.code = "policy_blocked",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Blocked by a sign-in rule",
		.say = "Microsoft knows the account, but a rule of the organisation "
			"forbids this sign-in.",
		.why = "A Conditional Access rule, or the security defaults, do not allow "
			"this account, this place or this kind of program.",
		.steps = "Open the sign-in logs in the Entra admin center and look for this "
			"account; the tab Conditional Access names the rule.\n"
			"Leave the account of the dedicated mailbox out of that rule, or "
			"allow the address of this machine in it.\n"
			"Account admin: then ask for one more try in the connection.",
		.command = "",
		.wait = "up to an hour",
	},
	[REASON_CONSENT_MISSING] = {
		.code = "consent_missing",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Consent missing",
		.say = "Nobody has yet allowed this application to use Exchange in this "
			"organisation, or somebody took it back.",
		.why = "The permissions of the application need the consent of an Entra "
			"admin.",
		.steps = "Entra admin center: Enterprise applications, choose the "
			"application, Permissions, Grant admin consent.\n"
			"Account admin: then sign in again, or ask for one more try.",
		.command = "Get-MgServicePrincipal -Filter (\"appId eq '\" + '{app}' + \"'\") | "
			"Format-List DisplayName,AccountEnabled",
		.wait = "some minutes",
	},
	[REASON_SIGNIN_EXPIRED] = {
		.code = "signin_expired",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Sign-in with Microsoft ended",
		.say = "The sign-in with Microsoft is no longer good.",
		.why = "The password was changed or reset, an admin ended the sessions of "
			"the account, a rule gives sign-ins an end, or it was not used for "
			"90 days.",
		.steps = "Sign in with Microsoft again from the connection, as the same "
			"account.",
		.command = "",
		.wait = "",
	},
	[REASON_CLIENT_SECRET] = {
		.code = "client_secret_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Client secret refused",
		.say = "Microsoft does not accept the client secret of the application.",
		.why = "It was copied wrongly, belongs to another application or was "
			"removed. Often the secret's id was copied instead of its value.",
		.steps = "Entra admin: open App registrations, the application, "
			"Certificates & secrets; make a new secret and copy the column "
			"Value at once, it is shown only then.\n"
			"Enter the value in the connection.",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_CLIENT_SECRET_EXPIRED] = {
		.code = "client_secret_expired",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Client secret expired",
		.say = "The client secret of the application has run out.",
		.why = "Client secrets have an end date, two years at most.",
		.steps = "App registrations, the application, Certificates & secrets: make "
			"a new secret, or better upload a certificate.\n"
			"Account admin: enter it in the connection.",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_CERTIFICATE] = {
		.code = "certificate_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Certificate of the application refused",
		.say = "Microsoft does not accept the certificate with which the "
			"application signs in.",
		.why = "It is not uploaded for this application, it has run out, its key "
			"does not belong to it, or the clock of this machine is wrong.",
		.steps = "App registrations, the application, Certificates & secrets: "
			"compare the thumbprint with the one the connection shows, and "
			"upload the certificate if it is not there.\n"
			"Ops: check the clock of this machine with: timedatectl",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_APP_UNKNOWN] = {
		.code = "app_unknown",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Application unknown",
		.say = "Microsoft knows no application with this id in this organisation.",
		.why = "The application id or the tenant is mistyped, or the application "
			"was removed or never added to this tenant.",
		.steps = "Compare the application (client) id and the tenant with App "
			"registrations in the Entra admin center.\n"
			"Entra admin: if the application belongs to another tenant, grant "
			"it consent in this one.",
		.command = "Get-MgServicePrincipal -Filter (\"appId eq '\" + '{app}' + \"'\")",
		.wait = "",
	},
	[REASON_APP_DISABLED] = {
		.code = "app_disabled",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Application disabled",
		.say = "The application exists in this organisation, but sign-ins with it "
			"are switched off.",
		.why = "",
		.steps = "Enterprise applications, the application, Properties: set Enabled "
			"for users to sign in to Yes.",
		.command = "Get-MgServicePrincipal -Filter (\"appId eq '\" + '{app}' + \"'\") | "
			"ForEach-Object { Update-MgServicePrincipal -ServicePrincipalId "
			"$_.Id -AccountEnabled:$true }",
		.wait = "some minutes",
	},
	[REASON_APP_NOT_ASSIGNED] = {
		.code = "app_not_assigned",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Account not assigned",
		.say = "Only assigned accounts may use the application, and this one is "
			"not assigned.",
		.why = "",
		.steps = "Enterprise applications, the application, Users and groups: add "
			"the account.\n"
			"Or, under Properties, set Assignment required to No.",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_APP_SETUP] = {
		.code = "app_setup",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_STOPPED,
		.title = "Application set up differently",
		.say = "Microsoft refuses the request because the application is set up "
			"differently.",
		.why = "The return address (redirect URI) is not registered, the "
			"application is for a single tenant only, a secret or certificate "
			"is expected or must not be sent, or the permission for Exchange "
			"is not listed. The number beginning with AADSTS says which.",
		.steps = "App registrations, the application, Authentication: register the "
			"return address that the connection shows, of the kind Web.\n"
			"API permissions: add Office 365 Exchange Online, "
			"EWS.AccessAsUser.All for signing in as a mailbox, or "
			"full_access_as_app for an application on its own.",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_TENANT_UNKNOWN] = {
		.code = "tenant_unknown",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Tenant unknown",
		.say = "Microsoft knows no organisation under this tenant name or id.",
		.why = "It is mistyped, or the organisation is in another Microsoft cloud.",
		.steps = "Copy the tenant id from the overview of the Entra admin center.\n"
			"If the organisation is in a national cloud, choose its sign-in "
			"address in the connection.",
		.command = "",
		.wait = "",
	},
	[REASON_TOKEN_REFUSED] = {
		.code = "token_refused",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_STOPPED,
		.title = "Exchange refuses the token",
		.say = "Microsoft signed the account in, but Exchange does not accept "
			"what it issued.",
		.why = "It was issued for another service or tenant, was taken back, or "
			"the account has no mailbox there.",
		.steps = "Check that tenant and server address belong to the same "
			"organisation.\n"
			"Sign in with Microsoft again from the connection.\n"
			"Entra admin: check that the application's permission is for "
			"Office 365 Exchange Online, not for Microsoft Graph.",
		.command = "",
		.wait = "",
	},
	[REASON_PERMISSION_MISSING] = {
		.code = "permission_missing",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ENTRA,
		.temper = TEMPER_LASTING,
		.title = "Permission missing",
		.say = "The application is known to Exchange, but has no permission to do "
			"this.",
		.why = "The permission was not granted, was granted a moment ago, or is "
			"limited to a group without this mailbox.",
		.steps = "API permissions: add Office 365 Exchange Online, "
			"full_access_as_app (or EWS.AccessAsUser.All for signing in as a "
			"mailbox), and grant admin consent.\n"
			"Exchange admin: if permissions are given by role instead, test "
			"them with the command below.",
		.command = "Test-ServicePrincipalAuthorization -Identity '{app}' -Resource "
			"'{member}'",
		.wait = "up to 2 hours",
	},
	[REASON_OTHER_ACCOUNT] = {
		.code = "wrong_account",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Signed in as somebody else",
		.say = "The account that signed in is not one of this organisation, or not the "
			"one the connection is for. It was not used.",
		.why = "The browser was already signed in to Microsoft with another "
			"account, or the tenant is that of another organisation.",
		.steps = "Sign in with Microsoft again and choose {mailbox}, not "
			"{account}; a private window of the browser helps.\n"
			"If it should be {account}, make that the dedicated mailbox of the "
			"connection first.",
		.command = "",
		.wait = "",
	},
	[REASON_CREDENTIAL_MISSING] = {
		.code = "credential_missing",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "No credentials yet",
		.say = "Nobody has entered credentials for this connection yet, so nothing was "
			"asked of the server.",
		.why = "They are entered after the method is chosen, and again after the dedicated "
			"mailbox was replaced.",
		.steps = "Open the connection, Credentials, and enter them there.",
		.command = "",
		.wait = "",
	},
	[REASON_SAME_SECRET] = {
		.code = "same_secret",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "The same as the one in use",
		.say = "What was entered is what is in use already. Nothing was changed, and "
			"nothing was tried with it.",
		.why = "The old password was entered instead of the new one, or the new one was "
			"entered here before.",
		.steps = "Enter the new password or client secret.\n"
			"If the one in use is refused by the server, it has to be changed there "
			"first.",
		.command = "",
		.wait = "",
	},
	[REASON_SECRET_ID] = {
		.code = "secret_id_entered",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "The secret's id, not its value",
		.say = "What was entered looks like the id of a client secret. Its value is "
			"needed, which is another text. Nothing was tried with it.",
		.why = "The page of the application shows both in one line: the column Value is "
			"shown only when the secret is made, the column Secret ID always.",
		.steps = "Open App registrations in the Entra admin center, the application, "
			"Certificates & secrets.\n"
			"If the value is no longer shown, make a new secret and copy the column "
			"Value at once.\n"
			"Enter the value in the connection.",
		.command = "",
		.wait = "",
	},
	[REASON_NO_OWN_MAILBOX] = {
		.code = "no_own_mailbox",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Account has no mailbox",
		.say = "The sign-in worked, but the account has no mailbox that opens on "
			"this server.",
		.why = "The mailbox was never created, has no licence, is disabled, was "
			"removed, or lives in the other half of a hybrid organisation.",
		.steps = "Look with the command below whether it is a user mailbox, and "
			"where.\n"
			"Create the mailbox, or give the account a licence with Exchange "
			"Online Plan 1 or higher.\n"
			"Account admin: if the mailbox lives elsewhere, make the "
			"connection to that place.",
		.command = "Get-Recipient -Identity '{mailbox}' | Format-List "
			"RecipientTypeDetails,PrimarySmtpAddress,Database",
		.wait = "up to 30 minutes",
	},
	[REASON_OTHER_MAILBOX] = {
		.code = "other_mailbox",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Address of another mailbox",
		.say = "The sign-in worked, but the address that was entered is not an address "
			"of the mailbox that signed in.",
		.why = "The address is mistyped; or it belongs to somebody else, to a shared "
			"mailbox or to a group; or the login name is that of another account. "
			"The right to open that mailbox does not help: everything is done in "
			"the mailbox that signs in.",
		.steps = "Compare {mailbox} with the login name: both must belong to one "
			"account. Any address of its mailbox is good.\n"
			"Enter an address of the account that signs in, or sign in as the "
			"account that the address belongs to.\n"
			"Exchange admin: the command below shows whose address it is.",
		.command = "Get-Recipient -Identity '{mailbox}' | Format-List "
			"RecipientTypeDetails,PrimarySmtpAddress,EmailAddresses",
		.wait = "",
	},
	[REASON_NOT_EMPTY] = {
		.code = "mailbox_not_empty",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Dedicated mailbox is not empty",
		.say = "The dedicated mailbox holds mail or events of its own. It works, "
			"but an empty mailbox keeps the risk small.",
		.why = "It is used for something else as well, or programs write to it.",
		.steps = "Use a mailbox that nobody else uses, or empty this one.",
		.command = "",
		.wait = "",
	},
	[REASON_FOREIGN_MAIL] = {
		.code = "foreign_meeting_mail",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Meeting mail of others arrives",
		.say = "Invitations of other people arrive in the dedicated mailbox. "
			"Those people may be missing them.",
		.why = "They made the dedicated mailbox a delegate that receives copies "
			"of meeting messages, which is what Outlook proposes.",
		.steps = "Ask those people to open, in classic Outlook, File, Account "
			"Settings, Delegate Access, choose the mailbox, Permissions, and "
			"untick the copies of meeting messages.\n"
			"Or ask them to remove the mailbox under Delegate Access, and "
			"share the calendar with it as Can edit instead.\n"
			"Exchange admin: where delegate entries were made for everybody, "
			"replace them by folder permission and the right to send on behalf.",
		.command = "",
		.wait = "up to an hour",
	},
	[REASON_SCOPE_WIDE] = {
		.code = "scope_too_wide",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Reaches more than it should",
		.say = "The dedicated mailbox opened a mailbox that it should not be able "
			"to open.",
		.why = "Its right to act as others is not limited to a group, or the "
			"group is too large. Or that mailbox is shared with it, by Full "
			"Access or by its calendar's own permissions.",
		.steps = "Limit the right to a group with the commands below; put the "
			"distinguished name of your group in place of the example.\n"
			"Then remove the assignment that has no limit, which may be called "
			"Latchkey impersonation, with Remove-ManagementRoleAssignment: rights "
			"add up.\n"
			"On Exchange Online, limit the application with a role assignment "
			"and a scope, and take back the consent for all mailboxes.",
		.command = "Get-ManagementRoleAssignment -Role ApplicationImpersonation "
			"-GetEffectiveUsers\n"
			"New-ManagementScope -Name 'Latchkey members' "
			"-RecipientRestrictionFilter \"MemberOfGroup -eq 'CN=Latchkey "
			"members,OU=Groups,DC=example,DC=com'\"\n"
			"New-ManagementRoleAssignment -Name 'Latchkey impersonation limited' "
			"-Role ApplicationImpersonation -User '{mailbox}' "
			"-CustomRecipientWriteScope 'Latchkey members'",
		.wait = "up to 2 hours",
	},
	[REASON_IMPERSONATION_SETUP] = {
		.code = "impersonation_setup",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Acting as others is not set up",
		.say = "Exchange does not accept that this sign-in acts as other people "
			"at all.",
		.why = "A sign-in with Microsoft as a mailbox cannot act as others; only "
			"an application on its own can. On a server of your own, the right "
			"to act as others (impersonation) is missing or not working on "
			"that server.",
		.steps = "For Office 365, let the connection sign in as an application with "
			"a certificate, or choose delegate access.\n"
			"On a server of your own, run the command below. Exchange 2007 has "
			"no such command: there the right ms-Exch-EPI-May-Impersonate is "
			"set in Active Directory.",
		.command = "New-ManagementRoleAssignment -Name 'Latchkey impersonation' -Role "
			"ApplicationImpersonation -User '{mailbox}'",
		.wait = "up to 2 hours",
	},
	[REASON_CLOCK] = {
		.code = "clock_differs",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Clocks differ",
		.say = "The clocks of the server and of this machine differ by minutes. "
			"Sign-ins and bookings may fail because of it.",
		.why = "One of them does not follow a time server.",
		.steps = "Compare the clock of this machine with a time server: timedatectl "
			"timesync-status\n"
			"Exchange admin: compare the clock of the Exchange server with its "
			"domain: w32tm /query /status",
		.command = "",
		.wait = "",
	},
	[REASON_ZONE] = {
		.code = "zone_differs",
		.scope = SCOPE_CONNECTION,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Clock changes differ",
		.say = "This machine and the Exchange server do not agree when clocks change in "
			"the time zone of the mailbox. All-day events and repeated ones may be an "
			"hour off.",
		.why = "A country changed its rules, and one of the two has not been updated "
			"since.",
		.steps = "Update the time zone database of this machine: apt-get install "
			"--only-upgrade tzdata\n"
			"Exchange admin: if this machine is up to date, install the updates of "
			"Windows on the Exchange servers.",
		.command = "",
		.wait = "",
	},
};
