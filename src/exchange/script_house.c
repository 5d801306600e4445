/* Script house: what is done once for an organisation: the dedicated mailbox, the way in, the pace.
 *
 * Rules: no policy is switched on that was off, because that would shut out others; the list of a
 * policy that is on gets one more. What is asked of the admin is typed when the script runs, so
 * that no file holds a password.
 */
#include "script_parts.h"

/* --- the dedicated mailbox --- */

/* That it was made here, and not only another before it, is written down at once: its settings may
 * have to wait until the directory knows it everywhere, and then the script is run again. */
static const char make_begin[] =
	"$Note = 'Made by a Latchkey script: ' + $Tag\n"
	"$There = @(Get-Recipient -Filter $AddressFilter -ErrorAction Stop)\n"
	"$Line = 'made ' + $Mailbox\n"
	"$Ours = @(Get-Content -Path $Before -ErrorAction SilentlyContinue) -contains $Line\n"
	"if (($There.Count -gt 0) -and (-not $Ours)) {\n"
	"    Write-Host ('OK       {0}: there already, left as it is' -f $Mailbox)\n"
	"}\n"
	"if ($There.Count -eq 0) {\n"
	"    $Password = Read-Host -Prompt ('A password for ' + $Mailbox) -AsSecureString\n";

static const char make_old[] =
	"    foreach ($One in @(Get-MailboxDatabase)) { Write-Host ('  ' + $One.Identity) }\n"
	"    $Database = Read-Host -Prompt 'Which of these databases is to hold it'\n"
	"    New-Mailbox -Name $Alias -Alias $Alias -UserPrincipalName $Mailbox -Database "
	"$Database "
	"-Password $Password -ResetPasswordOnNextLogon $false -ErrorAction Stop | Out-Null\n";

static const char make_house[] =
	"    New-Mailbox -Name $Alias -Alias $Alias -UserPrincipalName $Mailbox "
	"-PrimarySmtpAddress $Mailbox -Password $Password -ResetPasswordOnNextLogon $false "
	"-ErrorAction Stop | Out-Null\n";

static const char make_online[] =
	"    New-Mailbox -Name $Alias -Alias $Alias -MicrosoftOnlineServicesID $Mailbox -Password "
	"$Password -ResetPasswordOnNextLogon $false -ErrorAction Stop | Out-Null\n";

static const char make_end[] = "    Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
			       "    $Ours = $true\n"
			       "    Write-Host ('MADE     the mailbox {0}' -f $Mailbox)\n"
			       "}\n";

static const char make_note[] = "if ($Ours) {\n"
				"    Set-User -Identity $Mailbox -Notes $Note -ErrorAction Stop\n"
				"}\n";

static const char make_ews[] =
	"if ($Ours) {\n"
	"    try {\n"
	"        Set-User -Identity $Mailbox -Notes $Note -ErrorAction Stop\n"
	"        Set-CASMailbox -Identity $Mailbox -EwsEnabled $true -ErrorAction Stop\n"
	"        Write-Host 'OK       programs (EWS) are let in'\n"
	"    } catch {\n"
	"        Write-Host ('NOT YET  its settings: {0}' -f $_.Exception.Message)\n"
	"        Write-Host '         Run this script again in some minutes.'\n"
	"    }\n"
	"}\n";

static const char make_licence[] =
	"if ($Ours) { Write-Host 'Give it a licence with Exchange Online Plan 1 or higher.' }\n";

static const char made[] =
	"$Boxes = @(Get-Mailbox -Identity $Mailbox -ErrorAction SilentlyContinue |\n"
	"    Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Mailbox) })\n"
	"if ($Boxes.Count -ne 1) { throw ('NOT YET  there is no mailbox {0}' -f $Mailbox) }\n"
	"Write-Host ('OK       the mailbox {0}' -f $Mailbox)\n"
	"if (('' + $Boxes[0].HiddenFromAddressListsEnabled) -eq 'True') {\n"
	"    Write-Host 'NOT YET  it is hidden from address lists: members cannot pick it'\n"
	"} else {\n"
	"    Write-Host 'OK       it stands in address lists'\n"
	"}\n";

static const char made_ews[] = "$Cas = Get-CASMailbox -Identity $Mailbox -ErrorAction Stop\n"
			       "if (('' + $Cas.EwsEnabled) -eq 'False') {\n"
			       "    Write-Host 'NOT YET  programs (EWS) are not let in'\n"
			       "} else {\n"
			       "    Write-Host 'OK       programs (EWS) are let in'\n"
			       "}\n";

static const char made_licence[] =
	"if (('' + $Boxes[0].SkuAssigned) -eq 'False') {\n"
	"    Write-Host 'NOT YET  it has no licence: it needs Exchange Online Plan 1 or higher'\n"
	"}\n";

static const char unmake[] =
	"$Note = 'Made by a Latchkey script: ' + $Tag\n"
	"$Users = @(Get-User -Identity $Mailbox -ErrorAction SilentlyContinue |\n"
	"    Where-Object { ('' + $_.Notes) -eq $Note })\n"
	"if ($Users.Count -ne 1) {\n"
	"    Write-Host ('OK       {0}: not made by the script, or gone: left' -f $Mailbox)\n"
	"} else {\n"
	"    Write-Host 'The mailbox and its account are removed; Exchange keeps them for some "
	"days.'\n"
	"    $Answer = Read-Host -Prompt ('To remove it, type ' + $Mailbox)\n"
	"    if ($Answer -ne $Mailbox) { throw 'Nothing was removed.' }\n"
	"    Remove-Mailbox -Identity $Mailbox -Confirm:$false -ErrorAction Stop\n"
	"    if (Test-Path -Path $Before) { Remove-Item -Path $Before }\n"
	"    Write-Host ('GONE     the mailbox {0}' -f $Mailbox)\n"
	"}\n";

const struct script_text script_mailbox[] = {
	{ .premises = ON_2007,
		.mind = "Exchange 2007 gives it the address that your e-mail address policy says. "
			"If that is another one, add this address to it by hand.",
		.pieces = {
			[SCRIPT_RUN] = { make_begin, make_old, make_end, make_note },
			[SCRIPT_VERIFY] = { made },
			[SCRIPT_UNDO] = { unmake },
		} },
	{ .premises = ON_PREMISES,
		.pieces = {
			[SCRIPT_RUN] = { make_begin, make_house, make_end, make_ews },
			[SCRIPT_VERIFY] = { made, made_ews },
			[SCRIPT_UNDO] = { unmake },
		} },
	{ .premises = ON_LINE,
		.mind = "It needs a licence with Exchange Online Plan 1 or higher.",
		.pieces = {
			[SCRIPT_RUN] = { make_begin, make_online, make_end, make_ews,
				make_licence },
			[SCRIPT_VERIFY] = { made, made_ews, made_licence },
			[SCRIPT_UNDO] = { unmake },
		} },
	{ 0 },
};

/* --- the way in --- */

static const char allow_all[] =
	"# The dedicated mailbox is let in as well.\n"
	"if ($Mailbox -ne '') { $People = @($Mailbox) + $People }\n"
	"$Org = Get-OrganizationConfig -ErrorAction Stop\n"
	"$Policy = '' + $Org.EwsApplicationAccessPolicy\n"
	"$Listed = @($Org.EwsAllowList | Where-Object { $Agent -like $_ })\n"
	"\n";

static const char allow_off[] =
	"if (('' + $Org.EwsEnabled) -eq 'False') {\n"
	"    Write-Host 'NOT YET  EWS is off for the whole organisation; the script leaves that.'\n"
	"    Write-Host '         To switch it on: Set-OrganizationConfig -EwsEnabled $true'\n"
	"}\n";

static const char allow_org[] =
	"if (($Policy -eq 'EnforceAllowList') -and ($Listed.Count -eq 0)) {\n"
	"    Set-OrganizationConfig -EwsAllowList @{ Add = $Agent } -ErrorAction Stop\n"
	"    if (-not $Known.ContainsKey('list of programs')) {\n"
	"        Add-Content -Path $Before -Value '\"list of programs\",\"\",\"list\"' -Encoding "
	"ASCII\n"
	"    }\n"
	"    Write-Host ('ADDED    {0} to the list of programs' -f $Agent)\n"
	"} else {\n"
	"    Write-Host 'OK       the list of programs: nothing to do'\n"
	"}\n"
	"\n";

static const char allow_read[] =
	"        $Cas = Get-CASMailbox -Identity $Id -ErrorAction Stop\n"
	"        $Off = (('' + $Cas.EwsEnabled) -eq 'False')\n"
	"        $Shut = (('' + $Cas.EwsApplicationAccessPolicy) -eq 'EnforceAllowList')\n"
	"        if ($Shut) {\n"
	"            $Own = @($Cas.EwsAllowList | Where-Object { $Agent -like $_ })\n"
	"            $Shut = ($Own.Count -eq 0)\n"
	"        }\n";

static const char allow_run[] =
	"        if ((-not $Off) -and (-not $Shut)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: let in already' -f $Person)\n"
	"        } else {\n"
	"            if (-not $Known.ContainsKey($Person)) {\n"
	"                $Was = ''\n"
	"                $Also = ''\n"
	"                if ($Off) { $Was = 'off' }\n"
	"                if ($Shut) { $Also = 'list' }\n"
	"                $Line = '\"{0}\",\"{1}\",\"{2}\"' -f $Person, $Was, $Also\n"
	"                Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"                $Known[$Person] = $true\n"
	"            }\n"
	"            if ($Off) { Set-CASMailbox -Identity $Id -EwsEnabled $true -ErrorAction Stop "
	"}\n"
	"            if ($Shut) { Set-CASMailbox -Identity $Id -EwsAllowList @{ Add = $Agent } "
	"-ErrorAction Stop }\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: let in' -f $Person)\n"
	"        }\n";

static const char allow_org_seen[] =
	"if (($Policy -eq 'EnforceAllowList') -and ($Listed.Count -eq 0)) {\n"
	"    Write-Host ('NOT YET  the list of programs has no {0}' -f $Agent)\n"
	"} else {\n"
	"    Write-Host 'OK       the list of programs'\n"
	"}\n";

static const char allow_verify[] =
	"        if ($Off) { throw 'EWS is off for this mailbox' }\n"
	"        if ($Shut) { throw 'only listed programs are let in, and not this one' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}' -f $Person)\n";

static const char allow_org_undo[] =
	"if ($Rows.ContainsKey('list of programs')) {\n"
	"    Set-OrganizationConfig -EwsAllowList @{ Remove = $Agent } -ErrorAction Stop\n"
	"    $Undone['list of programs'] = $true\n"
	"    Write-Host ('REMOVED  {0} from the list of programs' -f $Agent)\n"
	"}\n";

static const char allow_undo[] =
	"        if (-not $Rows.ContainsKey($Person)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: nothing was changed here' -f $Person)\n"
	"        } else {\n"
	"            $Row = $Rows[$Person]\n"
	"            if ($Row.Was -eq 'off') { Set-CASMailbox -Identity $Id -EwsEnabled $false "
	"-ErrorAction Stop }\n"
	"            if ($Row.Also -eq 'list') { Set-CASMailbox -Identity $Id -EwsAllowList "
	"@{ Remove = $Agent } -ErrorAction Stop }\n"
	"            $Undone[$Person] = $true\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('DONE     {0}: as it was before' -f $Person)\n"
	"        }\n";

/* Office 365 has a list of applications besides, which is one text, is told only when it is asked
 * for, and is written whole. */
static const char apps[] =
	"$Access = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy -ErrorAction Stop\n"
	"$Text = (@($Access.EwsAllowedAppIDs) -join ',').Replace(' ', '')\n"
	"$Apps = @($Text.Split(',') | Where-Object { $_ -ne '' })\n"
	"$Ours = @($Apps | Where-Object { $_ -eq $AppId })\n"
	"$On = '' + $Org.EwsEnabled\n";

static const char apps_run[] =
	"if (($On -eq 'True') -and ($Ours.Count -gt 0)) {\n"
	"    Write-Host 'OK       the list of applications: there already'\n"
	"} else {\n"
	"    $Answer = 'yes'\n"
	"    if (($On -ne 'True') -or ($Apps.Count -eq 0)) {\n"
	"        Write-Host ('EWS is not on for listed applications in this organisation "
	"(EwsEnabled: "
	"{0}).' -f $On)\n"
	"        Write-Host ('If you go on, it is on, and let in are Latchkey and these: {0}' -f "
	"$Text)\n"
	"        $Answer = Read-Host -Prompt 'Type yes to do that'\n"
	"    }\n"
	"    if ($Answer -ne 'yes') { throw 'Nothing was changed.' }\n"
	"    if (-not $Known.ContainsKey('list of applications')) {\n"
	"        $Line = '\"list of applications\",\"{0}\",\"{1}\"' -f $On, $Text.Replace(',', ' "
	"')\n"
	"        Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"    }\n"
	"    if ($Ours.Count -eq 0) {\n"
	"        $New = ($Apps + @($AppId)) -join ','\n"
	"        Set-OrganizationConfig -EwsAllowedAppIDs $New -ErrorAction Stop\n"
	"        Write-Host 'ADDED    the application to the list of applications'\n"
	"    }\n"
	"    if ($On -ne 'True') {\n"
	"        Set-OrganizationConfig -EwsEnabled $true -ErrorAction Stop\n"
	"        Write-Host 'SET      EWS is on, for listed applications'\n"
	"    }\n"
	"}\n";

static const char apps_seen[] =
	"if ($On -ne 'True') { Write-Host 'NOT YET  EWS is not on in this organisation' }\n"
	"if ($Ours.Count -eq 0) {\n"
	"    Write-Host 'NOT YET  the application is not in the list of applications'\n"
	"} else {\n"
	"    Write-Host 'OK       the application is in the list of applications'\n"
	"}\n";

static const char apps_undo[] =
	"if ($Rows.ContainsKey('list of applications')) {\n"
	"    $Row = $Rows['list of applications']\n"
	"    $Rest = @($Apps | Where-Object { $_ -ne $AppId })\n"
	"    $Old = @($Row.Also.Split(' ') | Where-Object { $_ -eq $AppId })\n"
	"    if (($Ours.Count -gt 0) -and ($Old.Count -eq 0)) {\n"
	"        $New = $Rest -join ','\n"
	"        if ($New -eq '') { $New = $null }\n"
	"        Set-OrganizationConfig -EwsAllowedAppIDs $New -ErrorAction Stop\n"
	"        Write-Host 'REMOVED  the application from the list of applications'\n"
	"    }\n"
	"    if (($Row.Was -ne 'True') -and (($Rest -join ' ') -eq $Row.Also)) {\n"
	"        $Was = $null\n"
	"        if ($Row.Was -eq 'False') { $Was = $false }\n"
	"        Set-OrganizationConfig -EwsEnabled $Was -ErrorAction Stop\n"
	"        Write-Host 'SET      EWS for the organisation: as it was before'\n"
	"    } elseif ($Row.Was -ne 'True') {\n"
	"        Write-Host 'LEFT     EWS stays on: others were let in meanwhile'\n"
	"    }\n"
	"    $Undone['list of applications'] = $true\n"
	"}\n";

const struct script_text script_allow[] = {
	{ .premises = ON_PREMISES,
		.pieces = {
			[SCRIPT_RUN] = { script_before, allow_all, allow_off, allow_org,
				script_each, script_find, allow_read, allow_run, script_done },
			[SCRIPT_VERIFY] = { allow_all, allow_off, allow_org_seen, script_each,
				script_find, allow_read, allow_verify, script_seen },
			[SCRIPT_UNDO] = { script_rows, allow_all, allow_org_undo,
				script_each, script_find, allow_undo, script_done, script_forget },
		} },
	{ .premises = ON_LINE,
		.mind = "In Office 365 a change of the list of applications can take a day.",
		.pieces = {
			[SCRIPT_RUN] = { script_before, allow_all, apps, apps_run, allow_org,
				script_each, script_find, allow_read, allow_run, script_done },
			[SCRIPT_VERIFY] = { allow_all, apps, apps_seen, allow_org_seen, script_each,
				script_find, allow_read, allow_verify, script_seen },
			[SCRIPT_UNDO] = { script_rows, allow_all, apps, apps_undo,
				allow_org_undo, script_each, script_find, allow_undo, script_done,
				script_forget },
		} },
	{ 0 },
};

/* --- the pace --- */

static const char pace_look[] =
	"$Policies = @(Get-ThrottlingPolicy -ErrorAction Stop | Where-Object { $_.Name -eq $Tag "
	"})\n"
	"$Bond = Get-ThrottlingPolicyAssociation -Identity $Mailbox -ErrorAction Stop\n"
	"$Now = '' + $Bond.ThrottlingPolicyId\n"
	"$Ours = ($Now -eq $Tag) -or ($Now -like ('*/' + $Tag)) -or ($Now -like ('*\\' + $Tag))\n";

static const char pace_begin[] =
	"if (($Now -ne '') -and (-not $Ours)) {\n"
	"    throw ('{0} has a policy already: {1}. Nothing was changed.' -f $Mailbox, $Now)\n"
	"}\n"
	"if ($Policies.Count -eq 0) {\n";

/* Exchange 2010 counts shares of time, which stay as in its default policy. */
static const char pace_old[] =
	"    New-ThrottlingPolicy -Name $Tag -EWSMaxConcurrency 60 -ErrorAction Stop | Out-Null\n";

/* Twice what a person has. */
static const char pace_new[] =
	"    New-ThrottlingPolicy -Name $Tag -ThrottlingPolicyScope Regular -EwsMaxConcurrency 60 "
	"-EwsMaxBurst 600000 -EwsRechargeRate 1800000 -EwsCutoffBalance 6000000 -ErrorAction Stop "
	"| "
	"Out-Null\n";

static const char pace_end[] =
	"    Write-Host ('MADE     the throttling policy {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       the throttling policy {0}: there already' -f $Tag)\n"
	"}\n"
	"if ($Ours) {\n"
	"    Write-Host ('OK       {0}: has it already' -f $Mailbox)\n"
	"} else {\n"
	"    Set-ThrottlingPolicyAssociation -Identity $Mailbox -ThrottlingPolicy $Tag "
	"-ErrorAction "
	"Stop\n"
	"    Write-Host ('GIVEN    to {0}' -f $Mailbox)\n"
	"}\n";

static const char pace_seen[] =
	"if ($Policies.Count -eq 0) {\n"
	"    Write-Host ('NOT YET  the throttling policy {0}: there is none' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       the throttling policy {0}' -f $Tag)\n"
	"}\n"
	"if ($Ours) {\n"
	"    Write-Host ('OK       {0}: has it' -f $Mailbox)\n"
	"} else {\n"
	"    Write-Host ('NOT YET  {0}: has another one, or none' -f $Mailbox)\n"
	"}\n";

static const char pace_undo[] =
	"if ($Ours) {\n"
	"    Set-ThrottlingPolicyAssociation -Identity $Mailbox -ThrottlingPolicy $null "
	"-ErrorAction "
	"Stop\n"
	"    Write-Host ('GONE     from {0}' -f $Mailbox)\n"
	"}\n"
	"if ($Policies.Count -gt 0) {\n"
	"    Remove-ThrottlingPolicy -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"    Write-Host ('GONE     the throttling policy {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       there is no throttling policy {0}' -f $Tag)\n"
	"}\n";

#define PACE(begin)                                                                                \
	[SCRIPT_RUN] = { script_me, pace_look, pace_begin, begin, pace_end },                      \
	[SCRIPT_VERIFY] = { script_me, pace_look, pace_seen },                                     \
	[SCRIPT_UNDO] = { script_me, pace_look, pace_undo }

const struct script_text script_pace[] = {
	{ .premises = ON_2010, .pieces = { PACE(pace_old) } },
	{ .premises = ON_2013, .pieces = { PACE(pace_new) } },
	{ 0 },
};
