/* Script share: the calendar of each person, and sending on the person's behalf.
 *
 * Rules: rights only grow, and what is there besides stays. No delegate entry is made, because that
 * redirects the owner's meeting mail (EWS.md 0.4).
 */
#include "script_parts.h"

/* What Editor consists of, $Enough and $Missing of $Rights, $Sends. */
static const char wanted[] =
	"# What the level Editor consists of.\n"
	"$Need = @('CreateItems', 'DeleteAllItems', 'DeleteOwnedItems', 'EditAllItems',\n"
	"    'EditOwnedItems', 'FolderVisible', 'ReadItems')\n"
	"$Besides = @('CreateSubfolders', 'FolderContact', 'FolderOwner')\n"
	"$Levels = @('Owner', 'PublishingEditor', 'Editor')\n";

static const char judge[] =
	"        $High = @($Rights | Where-Object { $Levels -contains $_ })\n"
	"        $Missing = @($Need | Where-Object { -not ($Rights -contains $_) })\n"
	"        $Enough = ($High.Count -gt 0) -or ($Missing.Count -eq 0)\n"
	"        $Sends = @($Box.GrantSendOnBehalfTo | Where-Object { $MyNames -contains ('' + $_) "
	"})\n";

/* What was there before is written down before it is changed; that there was nothing only after an
 * entry could be added, which proves it. */
static const char run[] =
	"        if ($Enough -and ($Sends.Count -gt 0)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: had it already' -f $Person)\n"
	"        } else {\n"
	"            if ($Entries.Count -eq 0) {\n"
	"                Add-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights Editor -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            if (-not $Known.ContainsKey($Person)) {\n"
	"                $Sent = ''\n"
	"                if ($Sends.Count -gt 0) { $Sent = 'sends' }\n"
	"                $Line = '\"{0}\",\"{1}\",\"{2}\"' -f $Person, ($Rights -join '+'), $Sent\n"
	"                Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"                $Known[$Person] = $true\n"
	"            }\n"
	"            if (($Entries.Count -gt 0) -and (-not $Enough)) {\n"
	"                # What Editor does not include, and was there, stays.\n"
	"                $Keep = @($Rights | Where-Object { $Besides -contains $_ })\n"
	"                $New = @('Editor')\n"
	"                if ($Rights -contains 'PublishingAuthor') { $New = "
	"@('PublishingEditor') }\n"
	"                if ($Keep.Count -gt 0) { $New = $Need + $Keep }\n"
	"                Set-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights $New -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            if ($Sends.Count -eq 0) {\n"
	"                Set-Mailbox -Identity $Id -GrantSendOnBehalfTo @{ Add = $Mailbox } "
	"-ErrorAction Stop\n"
	"            }\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: Editor, and sending on behalf' -f $Person)\n"
	"        }\n";

static const char verify[] =
	"        if (-not $Enough) {\n"
	"            if ($Rights.Count -eq 0) { throw 'the calendar is not shared' }\n"
	"            throw ('the calendar is shared only as ' + ($Rights -join '+'))\n"
	"        }\n"
	"        if ($Sends.Count -eq 0) { throw 'sending on behalf is missing' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}' -f $Person)\n";

/* What is neither as it was nor as the script leaves it, somebody else has set since. Rights that
 * were kept besides may come back under the name of a level. */
static const char undo[] =
	"        if (-not $Rows.ContainsKey($Person)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: nothing was changed here' -f $Person)\n"
	"        } else {\n"
	"            $Was = '' + $Rows[$Person].Was\n"
	"            $Sent = '' + $Rows[$Person].Also\n"
	"            $Old = @($Was.Split('+'))\n"
	"            $Keep = @($Old | Where-Object { $Besides -contains $_ })\n"
	"            $Gave = 'Editor'\n"
	"            if ($Old -contains 'PublishingAuthor') { $Gave = 'PublishingEditor' }\n"
	"            $Mark = $Rights -join '+'\n"
	"            $Ours = ($Mark -eq $Was) -or ($Mark -eq $Gave) -or (($Keep.Count -gt 0) -and "
	"$Enough)\n"
	"            if (($Entries.Count -gt 0) -and (-not $Ours)) {\n"
	"                throw ('the rights are {0} by now, which the script does not give: left' "
	"-f "
	"$Mark)\n"
	"            }\n"
	"            if (($Was -eq '') -and ($Entries.Count -gt 0)) {\n"
	"                Remove-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-Confirm:$false -ErrorAction Stop\n"
	"            }\n"
	"            if (($Was -ne '') -and ($Was -ne $Mark)) {\n"
	"                if ($Entries.Count -eq 0) {\n"
	"                    Add-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights $Old -ErrorAction Stop | Out-Null\n"
	"                } else {\n"
	"                    Set-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights $Old -ErrorAction Stop | Out-Null\n"
	"                }\n"
	"            }\n"
	"            if (($Sent -eq '') -and ($Sends.Count -gt 0)) {\n"
	"                Set-Mailbox -Identity $Id -GrantSendOnBehalfTo @{ Remove = $Mailbox } "
	"-ErrorAction Stop\n"
	"            }\n"
	"            $Undone[$Person] = $true\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: as it was before' -f $Person)\n"
	"        }\n";

#define LOOKED script_find, script_calendar, script_rights, judge

const struct script_text script_share[] = {
	{ .premises = ON_MODERN,
		.pieces = {
			[SCRIPT_RUN] = { script_me, script_before, wanted, script_each, LOOKED, run,
				script_done },
			[SCRIPT_VERIFY] = { script_me, wanted, script_each, LOOKED, verify,
				script_seen },
			[SCRIPT_UNDO] = { script_me, script_rows, wanted, script_each, LOOKED,
				script_sure, undo, script_done, script_forget },
		} },
	{ 0 },
};
