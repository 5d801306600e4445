/* Script busy: busy time and nothing more: for the dedicated mailbox alone, or for everybody in the
 * organisation where a calendar is shut to them.
 */
#include "script_parts.h"

/* --- for the dedicated mailbox --- */

static const char busy_run[] =
	"        $Mark = $Rights -join '+'\n"
	"        if (($Entries.Count -gt 0) -and ($Mark -ne 'None')) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: {1} already' -f $Person, $Mark)\n"
	"        } else {\n"
	"            if ($Entries.Count -eq 0) {\n"
	"                Add-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights AvailabilityOnly -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            if (-not $Known.ContainsKey($Person)) {\n"
	"                $Line = '\"{0}\",\"{1}\",\"\"' -f $Person, $Mark\n"
	"                Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"                $Known[$Person] = $true\n"
	"            }\n"
	"            if ($Entries.Count -gt 0) {\n"
	"                Set-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights AvailabilityOnly -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: AvailabilityOnly' -f $Person)\n"
	"        }\n";

static const char busy_verify[] =
	"        $Mark = $Rights -join '+'\n"
	"        if ($Entries.Count -eq 0) { throw 'the dedicated mailbox has no entry here' }\n"
	"        if ($Mark -eq 'None') { throw 'the level of the dedicated mailbox is None' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}: {1}' -f $Person, $Mark)\n";

static const char busy_undo[] =
	"        $Mark = $Rights -join '+'\n"
	"        if (-not $Rows.ContainsKey($Person)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: nothing was changed here' -f $Person)\n"
	"        } else {\n"
	"            $Was = '' + $Rows[$Person].Was\n"
	"            if (($Entries.Count -gt 0) -and ($Mark -ne 'AvailabilityOnly') -and ($Mark "
	"-ne "
	"$Was)) {\n"
	"                throw ('the level is {0} by now, which the script does not give: left' -f "
	"$Mark)\n"
	"            }\n"
	"            if (($Entries.Count -gt 0) -and ($Was -eq '')) {\n"
	"                Remove-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-Confirm:$false -ErrorAction Stop\n"
	"            }\n"
	"            if (($Entries.Count -eq 0) -and ($Was -ne '')) {\n"
	"                Add-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights $Was -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            if (($Entries.Count -gt 0) -and ($Was -ne '') -and ($Was -ne $Mark)) {\n"
	"                Set-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-AccessRights $Was -ErrorAction Stop | Out-Null\n"
	"            }\n"
	"            $Undone[$Person] = $true\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: as it was before' -f $Person)\n"
	"        }\n";

#define LOOKED script_find, script_calendar, script_rights

const struct script_text script_busy[] = {
	{ .premises = ON_MODERN,
		.pieces = {
			[SCRIPT_RUN] = { script_me, script_before, script_each, LOOKED, busy_run,
				script_done },
			[SCRIPT_VERIFY] = { script_me, script_each, LOOKED, busy_verify,
				script_seen },
			[SCRIPT_UNDO] = { script_me, script_rows, script_each, LOOKED,
				script_sure, busy_undo, script_done, script_forget },
		} },
	{ 0 },
};

/* --- for everybody --- */

static const char level[] =
	"        $Entries = @(Get-MailboxFolderPermission -Identity $Calendar -User Default "
	"-ErrorAction Stop)\n"
	"        $Rights = @()\n"
	"        foreach ($Entry in $Entries) {\n"
	"            foreach ($Right in $Entry.AccessRights) { $Rights += ('' + $Right) }\n"
	"        }\n"
	"        $Mark = $Rights -join '+'\n";

static const char level_run[] =
	"        if ($Mark -ne 'None') {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: Default is {1}, left' -f $Person, $Mark)\n"
	"        } else {\n"
	"            if (-not $Known.ContainsKey($Person)) {\n"
	"                $Line = '\"{0}\",\"{1}\",\"\"' -f $Person, $Mark\n"
	"                Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"                $Known[$Person] = $true\n"
	"            }\n"
	"            Set-MailboxFolderPermission -Identity $Calendar -User Default -AccessRights "
	"AvailabilityOnly -ErrorAction Stop | Out-Null\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: Default is AvailabilityOnly' -f $Person)\n"
	"        }\n";

static const char level_verify[] =
	"        if ($Mark -eq 'None') { throw 'Default is None: shut to everybody' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}: Default is {1}' -f $Person, $Mark)\n";

static const char level_undo[] =
	"        if (-not $Rows.ContainsKey($Person)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: nothing was changed here' -f $Person)\n"
	"        } elseif ($Mark -eq 'None') {\n"
	"            $Undone[$Person] = $true\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: Default is None already' -f $Person)\n"
	"        } elseif ($Mark -ne 'AvailabilityOnly') {\n"
	"            throw ('Default is {0} by now, which the script does not give: left' -f "
	"$Mark)\n"
	"        } else {\n"
	"            Set-MailboxFolderPermission -Identity $Calendar -User Default -AccessRights "
	"None -ErrorAction Stop | Out-Null\n"
	"            $Undone[$Person] = $true\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: Default is None again' -f $Person)\n"
	"        }\n";

#define LEVEL script_find, script_calendar, level

const struct script_text script_default[] = {
	{ .premises = ON_MODERN,
		.pieces = {
			[SCRIPT_RUN] = { script_before, script_each, LEVEL, level_run,
				script_done },
			[SCRIPT_VERIFY] = { script_each, LEVEL, level_verify, script_seen },
			[SCRIPT_UNDO] = { script_rows, script_each, LEVEL, level_undo,
				script_done, script_forget },
		} },
	{ 0 },
};
