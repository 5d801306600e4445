/* Reason, the rows about one member's mailbox, one booking, one search.
 *
 * Rule: folder permission with the right to send on behalf is what commands give, not a delegate
 * entry, because that redirects the owner's meeting mail (EWS.md 0.4).
 */
#include "reason_table.h"

const struct reason_row reason_member_rows[REASON__MAX] = {
	[REASON_NOT_CHECKED] = {
		.code = "not_checked",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Not checked",
		.say = "This has not been looked at yet.",
		.why = "It waits for its turn, or something that it needs failed before.",
		.steps = "",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_BUSY_ONLY] = {
		.code = "busy_time_only",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Only busy time is shared",
		.say = "Busy time can be seen, but bookings cannot be "
			"made in the calendar.",
		.why = "The calendar is not shared with the dedicated mailbox; what is "
			"seen is what everybody in the organisation sees.",
		.steps = "Open your calendar in Outlook and choose Sharing and permissions.\n"
			"Add {mailbox} and choose Can edit (classic Outlook: the level "
			"Editor).\n"
			"Choose Share, then come back and check again.\n"
			"Exchange admin: or run the commands below for this person.",
		.command = "$c = (Get-MailboxFolderStatistics -Identity '{member}' "
			"-FolderScope Calendar | Where-Object { $_.FolderType -eq "
			"'Calendar' }).Name\n"
			"Add-MailboxFolderPermission -Identity ('{member}:\\' + $c) -User "
			"'{mailbox}' -AccessRights Editor\n"
			"Set-Mailbox -Identity '{member}' -GrantSendOnBehalfTo "
			"@{Add='{mailbox}'}",
		.wait = "some minutes, up to an hour",
	},
	[REASON_READ_ONLY] = {
		.code = "rights_too_low",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Rights too low",
		.say = "The calendar opens, but not everything that bookings need is "
			"allowed: to read, to create, and to change and delete what was "
			"created.",
		.why = "It was shared with a level that only shows it, or with a level "
			"made by hand. For private bookings, private items must be visible, "
			"too.",
		.steps = "Open your calendar in Outlook and choose Sharing and permissions.\n"
			"Find {mailbox} in the list and choose Can edit (classic Outlook: "
			"the level Editor).\n"
			"If it is not listed, add it with that level.\n"
			"Come back and check again.\n"
			"Exchange admin: or run the commands below for this person; where there "
			"is no entry of the mailbox yet, write Add- in place of Set-.",
		.command = "$c = (Get-MailboxFolderStatistics -Identity '{member}' "
			"-FolderScope Calendar | Where-Object { $_.FolderType -eq "
			"'Calendar' }).Name\n"
			"Set-MailboxFolderPermission -Identity ('{member}:\\' + $c) -User "
			"'{mailbox}' -AccessRights Editor",
		.wait = "some minutes, up to an hour",
	},
	[REASON_SENDING_REFUSED] = {
		.code = "sending_refused",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Sending refused",
		.say = "Bookings can be made in the calendar, but Exchange does not let "
			"invitations leave in this person's name.",
		.why = "To send on somebody's behalf is a right of its own, which sharing "
			"a calendar does not give.",
		.steps = "Run the command below for this person.\n"
			"Member: or, in classic Outlook, choose File, Account Settings, "
			"Delegate Access, add the mailbox with Editor on the calendar, and "
			"untick the copies of meeting messages.\n"
			"Account admin: or let the scheduling application send its own "
			"invitations.",
		.command = "Set-Mailbox -Identity '{member}' -GrantSendOnBehalfTo "
			"@{Add='{mailbox}'}",
		.wait = "up to an hour",
	},
	[REASON_SENDING_UNPROVED] = {
		.code = "sending_unproved",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Sending not proved",
		.say = "Bookings can be made. Whether invitations leave in this person's "
			"name has not been seen, because nothing was sent.",
		.why = "Exchange does not tell who may send in a person's name; only an "
			"invitation that leaves proves it.",
		.steps = "Run the connection test with this person and the test booking; it "
			"is removed again.\n"
			"Exchange admin: the command below gives the right for sure.",
		.command = "Set-Mailbox -Identity '{member}' -GrantSendOnBehalfTo "
			"@{Add='{mailbox}'}",
		.wait = "up to an hour",
	},
	[REASON_NOT_DELEGATED] = {
		.code = "not_delegated",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Calendar not delegated",
		.say = "The dedicated mailbox cannot open this calendar.",
		.why = "One of these, which cannot be told apart from here: it was never "
			"shared with the dedicated mailbox; the sharing was taken back; or "
			"another calendar than the main one was shared.",
		.steps = "Open your calendar in Outlook, the main one that is called "
			"Calendar, and choose Sharing and permissions.\n"
			"Add {mailbox} and choose Can edit (classic Outlook: the level "
			"Editor).\n"
			"If it is listed already, remove it and add it anew; check that it "
			"is your main calendar.\n"
			"Choose Share, then come back and check again.\n"
			"If the mailbox cannot be found in the list, it is hidden from the "
			"address list: tell your account admin.\n"
			"Exchange admin: or run the commands below for this person. "
			"Exchange 2007 has no such command; there the person shares the "
			"calendar.",
		.command = "$c = (Get-MailboxFolderStatistics -Identity '{member}' "
			"-FolderScope Calendar | Where-Object { $_.FolderType -eq "
			"'Calendar' }).Name\n"
			"Add-MailboxFolderPermission -Identity ('{member}:\\' + $c) -User "
			"'{mailbox}' -AccessRights Editor\n"
			"Set-Mailbox -Identity '{member}' -GrantSendOnBehalfTo "
			"@{Add='{mailbox}'}",
		.wait = "some minutes, up to an hour",
	},
	[REASON_OWN_SIGNIN] = {
		.code = "own_signin_missing",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Own sign-in missing",
		.say = "Each person connects with their own sign-in, and this one has not been "
			"entered.",
		.why = "One of these: it was never entered; it was removed; or the connection "
			"leads to another server now, so it is asked for again.",
		.steps = "Sign in to Latchkey and open My connection.\n"
			"Enter your own sign-in there. It is proved before it is kept, and no "
			"admin can read it.",
		.command = "",
		.wait = "",
	},
	[REASON_IMPERSONATION_REFUSED] = {
		.code = "impersonation_refused",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "May not act as this person",
		.say = "The dedicated mailbox may not act as this person.",
		.why = "One of these, which cannot be told apart from here: the right to "
			"act as others (impersonation) was not granted; it was granted a "
			"moment ago; or it is limited to a group without this person.",
		.steps = "See who has the right, and for whom, with the first command.\n"
			"If the dedicated mailbox is missing, grant it with the second "
			"command; limit it with -CustomRecipientWriteScope.\n"
			"Exchange 2007: the right ms-Exch-EPI-May-Impersonate is set in "
			"Active Directory instead.\n"
			"Office 365: the role is gone; the application needs "
			"full_access_as_app, or the role Application EWS.AccessAsApp.",
		.command = "Get-ManagementRoleAssignment -Role ApplicationImpersonation "
			"-GetEffectiveUsers\n"
			"New-ManagementRoleAssignment -Name 'Latchkey impersonation' -Role "
			"ApplicationImpersonation -User '{mailbox}'",
		.wait = "up to 2 hours",
	},
	[REASON_OUTSIDE_SCOPE] = {
		.code = "outside_scope",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Not in the group it may act for",
		.say = "The dedicated mailbox may act as others, but not as this person.",
		.why = "Its right is limited to a group, and this person seems not to be "
			"in it. This is concluded from the fact that others work.",
		.steps = "See the limits with the first command; they name the group.\n"
			"The second command shows the person below each limit that includes "
			"them.\n"
			"Add the person to that group, directly: groups inside groups do "
			"not count everywhere.",
		.command = "Get-ManagementScope | Format-List Name,RecipientFilter\n"
			"Get-ManagementScope | Where-Object { $_.RecipientFilter } | "
			"ForEach-Object { $_.Name; Get-Recipient -ResultSize Unlimited "
			"-RecipientPreviewFilter $_.RecipientFilter | Where-Object { "
			"$_.PrimarySmtpAddress -eq '{member}' } }",
		.wait = "up to 2 hours",
	},
	[REASON_NO_MAILBOX] = {
		.code = "no_mailbox",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "No such mailbox",
		.say = "The server has no mailbox for this address.",
		.why = "One of these, which cannot be told apart from here: the address "
			"is misspelled or has changed; the person has left or has no "
			"licence; it is a guest or a contact; or the mailbox lives in the "
			"other half of a hybrid organisation.",
		.steps = "Check the address; use the primary one that Outlook shows.\n"
			"Exchange admin: look where the mailbox is with the command below.\n"
			"If it lives elsewhere, make a second connection to that place.",
		.command = "Get-Recipient -Identity '{member}' | Format-List "
			"RecipientTypeDetails,PrimarySmtpAddress,ExternalEmailAddress",
		.wait = "up to a day for a mailbox that was created or moved a moment ago",
	},
	[REASON_ELSEWHERE] = {
		.code = "mailbox_elsewhere",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Mailbox lives elsewhere",
		.say = "The address is known here, but its mailbox is not on this server.",
		.why = "The organisation has mailboxes both on servers of its own and in "
			"Office 365, and this one is on the other side.",
		.steps = "Make a second connection to the place where the mailbox is; "
			"members are then sent to the right one.\n"
			"Exchange admin: see where it is with the command below; a remote "
			"mailbox is in Office 365.",
		.command = "Get-Recipient -Identity '{member}' | Format-List "
			"RecipientTypeDetails,ExternalEmailAddress,Database",
		.wait = "",
	},
	[REASON_MOVING] = {
		.code = "mailbox_moving",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Mailbox is being moved",
		.say = "Exchange is moving this mailbox at the moment. Latchkey looks "
			"again by itself.",
		.why = "",
		.steps = "",
		.command = "",
		.wait = "minutes to some hours",
	},
	[REASON_UNAVAILABLE] = {
		.code = "mailbox_unavailable",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_PASSING,
		.title = "Mailbox does not answer",
		.say = "The server knows this mailbox but could not open it at the "
			"moment. Latchkey tries again by itself.",
		.why = "Its database is being switched to another server, is not mounted, "
			"or the server that holds it does not answer.",
		.steps = "If it lasts longer than an hour, look at the database of the "
			"mailbox with the commands below.",
		.command = "Get-MailboxStatistics -Identity '{member}' | Format-List "
			"Database,ServerName\n"
			"Get-MailboxDatabase -Status | Format-List Name,Mounted",
		.wait = "",
	},
	[REASON_MAILBOX_DISABLED] = {
		.code = "mailbox_disabled",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Mailbox disabled",
		.say = "The mailbox exists, but it is disabled.",
		.why = "The person has left, the licence was taken away, or the account "
			"was disabled.",
		.steps = "If the person is still there, enable the account and its mailbox, "
			"or give it a licence.\n"
			"Account admin: if the person has left, remove the member.",
		.command = "Get-User -Identity '{member}' | Format-List "
			"RecipientTypeDetails,UserAccountControl",
		.wait = "up to an hour",
	},
	[REASON_MEMBER_EWS_REFUSED] = {
		.code = "member_ews_refused",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Mailbox is closed to programs",
		.say = "Exchange does not let programs into this mailbox, while others "
			"work.",
		.why = "Exchange Web Services (EWS, the way in for programs) is switched "
			"off for this mailbox, only listed programs are allowed in it, or "
			"its licence does not include EWS, as those for kiosk and "
			"frontline workers.",
		.steps = "Look at the settings of the mailbox with the first command, and "
			"switch EWS on with the second.\n"
			"In Office 365, give the person a licence with Exchange Online "
			"Plan 1 or higher.",
		.command = "Get-CASMailbox -Identity '{member}' | Format-List Ews*\n"
			"Set-CASMailbox -Identity '{member}' -EwsEnabled $true",
		.wait = "up to 2 hours",
	},
	[REASON_BUSY_DENIED] = {
		.code = "busy_time_denied",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Busy time is not shared",
		.say = "It cannot be seen when this person is busy.",
		.why = "The calendar shows nothing to others: the permission of My "
			"organization (Default) is None.",
		.steps = "Open your calendar in Outlook and choose Sharing and permissions.\n"
			"Set People in my organization to Can view when I'm busy (classic "
			"Outlook: Default, Free/Busy time).\n"
			"Exchange admin: or run the commands below for this person.",
		.command = "$c = (Get-MailboxFolderStatistics -Identity '{member}' "
			"-FolderScope Calendar | Where-Object { $_.FolderType -eq "
			"'Calendar' }).Name\n"
			"Set-MailboxFolderPermission -Identity ('{member}:\\' + $c) -User "
			"Default -AccessRights AvailabilityOnly",
		.wait = "some minutes, up to an hour",
	},
	[REASON_ADDRESS_REFUSED] = {
		.code = "address_refused",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Address not accepted",
		.say = "Exchange does not accept this as the address of a person.",
		.why = "It is misspelled, or it belongs to a list, a contact or a public "
			"folder.",
		.steps = "Check the address; use the primary one that Outlook shows.\n"
			"Exchange admin: see what it is with the command below.",
		.command = "Get-Recipient -Identity '{member}' | Format-List "
			"RecipientTypeDetails,PrimarySmtpAddress",
		.wait = "",
	},
	[REASON_ALIAS] = {
		.code = "address_is_alias",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_ADMIN,
		.temper = TEMPER_LASTING,
		.title = "Address is a second name",
		.say = "The address leads to a mailbox, but it is not its primary address.",
		.why = "The mailbox was renamed, or has several addresses. Some servers "
			"ask for the primary one.",
		.steps = "If it is a member's, change the member's address to the primary "
			"one, as Outlook shows it.\n"
			"If it is the dedicated mailbox, change the mailbox address of the "
			"connection to it.\n"
			"Exchange admin: see the addresses of a member with the first command, "
			"of the dedicated mailbox with the second.",
		.command = "Get-Recipient -Identity '{member}' | Format-List "
			"PrimarySmtpAddress,EmailAddresses\n"
			"Get-Recipient -Identity '{mailbox}' | Format-List "
			"PrimarySmtpAddress,EmailAddresses",
		.wait = "",
	},
	[REASON_NO_CALENDAR] = {
		.code = "no_calendar",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "No calendar in the mailbox",
		.say = "The mailbox could be reached, but its calendar does not open.",
		.why = "Nobody has opened the mailbox since it was created, so it has no "
			"calendar yet, or its calendar is damaged.",
		.steps = "Sign in to Outlook on the web once and open the calendar, then "
			"check again.\n"
			"Account admin: if it is the dedicated mailbox, do the same with its "
			"account.\n"
			"Exchange admin: if that does not help, look at the folders of a member "
			"with the first command, of the dedicated mailbox with the second.",
		.command = "Get-MailboxFolderStatistics -Identity '{member}' -FolderScope "
			"Calendar | Format-List Name,FolderType,FolderPath\n"
			"Get-MailboxFolderStatistics -Identity '{mailbox}' -FolderScope "
			"Calendar | Format-List Name,FolderType,FolderPath",
		.wait = "",
	},
	[REASON_MAILBOX_FULL] = {
		.code = "mailbox_full",
		.scope = SCOPE_MEMBER,
		.fixer = FIXER_MEMBER,
		.temper = TEMPER_LASTING,
		.title = "Mailbox full",
		.say = "The mailbox is full, so nothing can be put into the calendar or "
			"sent.",
		.why = "",
		.steps = "Delete large or old mails and empty the folder of deleted items.\n"
			"Exchange admin: or raise the limit of the mailbox.",
		.command = "Get-MailboxStatistics -Identity '{member}' | Format-List "
			"TotalItemSize,StorageLimitStatus\n"
			"Get-Mailbox -Identity '{member}' | Format-List "
			"ProhibitSendQuota,ProhibitSendReceiveQuota",
		.wait = "up to 2 hours",
	},
	[REASON_BOOKING_GONE] = {
		.code = "booking_gone",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_LASTING,
		.title = "Booking is gone",
		.say = "The booking is no longer in the calendar.",
		.why = "Somebody deleted it in Outlook.",
		.steps = "Nothing has to be mended. The application is told; book again if "
			"it is still needed.",
		.command = "",
		.wait = "",
	},
	[REASON_BOOKING_CHANGED] = {
		.code = "booking_changed",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Booking was changed meanwhile",
		.say = "Somebody changed the booking at the same moment. Latchkey reads "
			"it again and goes on by itself.",
		.why = "",
		.steps = "",
		.command = "",
		.wait = "some seconds",
	},
	[REASON_BOOKING_INVALID] = {
		.code = "booking_invalid",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_OPS,
		.temper = TEMPER_LASTING,
		.title = "Booking not accepted",
		.say = "Exchange does not accept the booking as it was asked for.",
		.why = "A time, an address of an attendee or a text is not one that "
			"Exchange allows, for instance an end before the start.",
		.steps = "Look at the booking's details and correct what the application "
			"sent.\n"
			"Ask once more by hand and look at the trace, which has Exchange's own "
			"words: latchkey ews book --trace FILE",
		.command = "",
		.wait = "",
	},
	[REASON_NOT_ORGANIZER] = {
		.code = "not_organizer",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_LASTING,
		.title = "Belongs to another organizer",
		.say = "Only the organizer of a meeting can change or cancel it, and this "
			"mailbox is not the organizer.",
		.why = "The booking was copied or moved to another calendar, or the "
			"organizer's mailbox was replaced.",
		.steps = "Member: ask the organizer named in the event to change it, or "
			"delete your copy in Outlook.",
		.command = "",
		.wait = "",
	},
	[REASON_OUTCOME_UNKNOWN] = {
		.code = "outcome_unknown",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_PASSING,
		.title = "Outcome not known",
		.say = "The answer was lost, so it is not known whether it was done. "
			"Latchkey looks for its own mark before it does anything again, so "
			"nothing happens twice.",
		.why = "The connection broke off after the request had left.",
		.steps = "",
		.command = "",
		.wait = "some minutes",
	},
	[REASON_NOTHING_FOUND] = {
		.code = "nothing_found",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_LASTING,
		.title = "Nothing found",
		.say = "The search found nothing.",
		.why = "There is no such entry, or an address book policy hides it from "
			"the dedicated mailbox.",
		.steps = "Try the beginning of the name, or the whole address.\n"
			"Exchange admin: for rooms, check that they are members of a room "
			"list.",
		.command = "Get-DistributionGroup -RecipientTypeDetails RoomList | "
			"Format-List Name,PrimarySmtpAddress",
		.wait = "",
	},
	[REASON_OWNER_ONLY] = {
		.code = "owner_only",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_EXCHANGE,
		.temper = TEMPER_LASTING,
		.title = "Only for the owner",
		.say = "Only the owner of a mailbox, or who may act as the owner, may ask who "
			"its delegates are.",
		.why = "The dedicated mailbox is neither. This says nothing about the "
			"calendar: bookings do not need it.",
		.steps = "See the delegates and the rights with the commands below.\n"
			"Account admin: or ask with a connection of the method impersonation.",
		.command = "$c = (Get-MailboxFolderStatistics -Identity '{member}' "
			"-FolderScope Calendar | Where-Object { $_.FolderType -eq "
			"'Calendar' }).Name\n"
			"Get-MailboxFolderPermission -Identity ('{member}:\\' + $c)\n"
			"Get-Mailbox -Identity '{member}' | Format-List GrantSendOnBehalfTo",
		.wait = "",
	},
	[REASON_UNSUPPORTED] = {
		.code = "unsupported_here",
		.scope = SCOPE_BOOKING,
		.fixer = FIXER_NOBODY,
		.temper = TEMPER_LASTING,
		.title = "This server cannot do that",
		.say = "This version of Exchange does not know what was asked for.",
		.why = "Room lists and some other things came with Exchange 2010.",
		.steps = "Nothing can be mended here short of a newer Exchange. Everything "
			"else goes on working.",
		.command = "",
		.wait = "",
	},
};
