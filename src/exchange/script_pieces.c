/* Script pieces: PowerShell that several scripts need.
 *
 * Rules: PowerShell 2.0 takes every line. A person is looked up by address, but only who has
 * exactly this address counts, because some cmdlets take * as anything; from then on the person is
 * a GUID. Exchange 2007 has objects in place of addresses, which need not equal a text: so they are
 * made texts first. Every cmdlet that may fail has its own ErrorAction: what a script sets for
 * itself does not reach the cmdlets of a remote session. One person's trouble never ends the walk.
 */
#include "script_parts.h"

const char script_me[] =
	"$Mine = @(Get-Mailbox -Identity $Mailbox -ErrorAction SilentlyContinue |\n"
	"    Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Mailbox) })\n"
	"if ($Mine.Count -ne 1) { throw ('There is no mailbox {0} here.' -f $Mailbox) }\n"
	"$Me = $Mine[0]\n"
	"$MyNames = @(('' + $Me.Name), ('' + $Me.Identity),\n"
	"    ('' + $Me.DistinguishedName), ('' + $Me.Guid))\n"
	"\n";

const char script_each[] = "$Done = 0\n"
			   "$Left = 0\n"
			   "$Failed = @()\n"
			   "foreach ($Person in $People) {\n"
			   "    try {\n";

const char script_find[] =
	"        $Found = @(Get-Mailbox -Identity $Person -ErrorAction Stop |\n"
	"            Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Person) })\n"
	"        if ($Found.Count -ne 1) { throw 'No mailbox here has exactly this address.' }\n"
	"        $Box = $Found[0]\n"
	"        $Id = '' + $Box.Guid\n";

const char script_calendar[] =
	"        # The calendar has another name in each language: it is looked up.\n"
	"        $Folders = @(Get-MailboxFolderStatistics -Identity $Id -FolderScope Calendar "
	"-ErrorAction Stop |\n"
	"            Where-Object { $_.FolderType -eq 'Calendar' })\n"
	"        if ($Folders.Count -eq 0) { throw 'There is no calendar yet: sign in to the "
	"mailbox once.' }\n"
	"        $Calendar = $Id + ':\\' + $Folders[0].Name\n";

const char script_rights[] =
	"        $Entries = @(Get-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-ErrorAction SilentlyContinue)\n"
	"        $Rights = @()\n"
	"        foreach ($Entry in $Entries) {\n"
	"            foreach ($Right in $Entry.AccessRights) { $Rights += ('' + $Right) }\n"
	"        }\n";

const char script_sure[] =
	"        if ($Entries.Count -eq 0) {\n"
	"            # Is there nothing, or was nothing read? Who undoes has to be sure.\n"
	"            Get-MailboxFolderPermission -Identity $Calendar -ErrorAction Stop | Out-Null\n"
	"            $Again = @(Get-MailboxFolderPermission -Identity $Calendar -User $Mailbox "
	"-ErrorAction SilentlyContinue)\n"
	"            if ($Again.Count -gt 0) { throw 'The rights could not be read just now.' }\n"
	"        }\n";

#define CAUGHT                                                                                     \
	"    } catch {\n"                                                                          \
	"        $Why = '' + $_.Exception.Message\n"                                               \
	"        $Failed += New-Object PSObject -Property @{ Person = $Person; Why = $Why }\n"

const char script_done[] = CAUGHT
	"        Write-Host ('FAILED   {0}: {1}' -f $Person, $Why)\n"
	"    }\n"
	"}\n"
	"\n"
	"if (Test-Path -Path $Failures) { Remove-Item -Path $Failures }\n"
	"if ($Failed.Count -gt 0) {\n"
	"    $Failed | Select-Object -Property @('Person', 'Why') | Export-Csv -Path $Failures "
	"-NoTypeInformation "
	"-Encoding UTF8\n"
	"    Write-Host ''\n"
	"    Write-Host ('These failed; they stand in {0}, too:' -f $Failures)\n"
	"    foreach ($One in $Failed) { Write-Host ('  {0}: {1}' -f $One.Person, $One.Why) }\n"
	"}\n"
	"Write-Host ''\n"
	"Write-Host ('Of {0} changed: {1}. Nothing to do: {2}. Failed: {3}.' -f "
	"$People.Count, $Done, $Left, $Failed.Count)\n";

const char script_seen[] = CAUGHT
	"        Write-Host ('NOT YET  {0}: {1}' -f $Person, $Why)\n"
	"    }\n"
	"}\n"
	"Write-Host ''\n"
	"Write-Host ('OK: {0} of {1}. Not yet: {2}.' -f $Done, $People.Count, $Failed.Count)\n";

const char script_before[] =
	"# What was there before goes into this file, for the script that undoes. Who stands in "
	"it\n"
	"# already is left as it stands: that is how it was before the first time.\n"
	"$Known = @{}\n"
	"if (Test-Path -Path $Before) {\n"
	"    foreach ($Row in @(Import-Csv -Path $Before)) { $Known[$Row.Person] = $true }\n"
	"} else {\n"
	"    Add-Content -Path $Before -Value '\"Person\",\"Was\",\"Also\"' -Encoding ASCII\n"
	"}\n"
	"\n";

const char script_rows[] =
	"# The file that was written when it was run: what was there before.\n"
	"if (-not (Test-Path -Path $Before)) {\n"
	"    Write-Host ('{0} is not in this folder.' -f $Before)\n"
	"    throw 'Without it nobody can tell what was there before. Nothing was changed.'\n"
	"}\n"
	"$Rows = @{}\n"
	"$Undone = @{}\n"
	"foreach ($Row in @(Import-Csv -Path $Before)) { $Rows[$Row.Person] = $Row }\n"
	"\n";

const char script_forget[] =
	"$Rest = @(Import-Csv -Path $Before | Where-Object { -not "
	"$Undone.ContainsKey($_.Person) })\n"
	"if ($Rest.Count -gt 0) {\n"
	"    $Rest | Select-Object -Property @('Person', 'Was', 'Also') | Export-Csv -Path $Before "
	"-NoTypeInformation -Encoding ASCII\n"
	"} else {\n"
	"    # Empty it stays: it says that nothing is left to undo.\n"
	"    Set-Content -Path $Before -Value '\"Person\",\"Was\",\"Also\"' -Encoding ASCII\n"
	"}\n";
