/* Script role: whom it may act for: exactly these people.
 *
 * Rules: the right is always limited by a scope, and the scope is a group that is the script's own,
 * so that a new list of people changes the group and nothing else. Exchange 2007 has no roles:
 * there two extended rights of Active Directory do the same, one on the servers, by which alone
 * nobody is reached, and one on each person.
 */
#include "script_parts.h"

/* --- the group, and the scope --- */

static const char group[] =
	"# The group of whom it may act for: exactly the people above.\n"
	"$Groups = @(Get-DistributionGroup -Filter $GroupFilter -ErrorAction Stop)\n"
	"if ($Groups.Count -eq 0) {\n"
	"    $Groups = @(New-DistributionGroup -Name $Tag -Alias $Tag -Notes 'Whom Latchkey may "
	"act "
	"for: kept by its script.' -MemberJoinRestriction Closed -MemberDepartRestriction Closed "
	"-ErrorAction Stop)\n"
	"    Set-DistributionGroup -Identity $Tag -HiddenFromAddressListsEnabled $true "
	"-BypassSecurityGroupManagerCheck -ErrorAction Stop\n"
	"    Write-Host ('MADE     the group {0}' -f $Tag)\n"
	"}\n"
	"$Group = $Groups[0]\n"
	"$GroupId = '' + $Group.Guid\n"
	"$In = @{}\n"
	"foreach ($Member in @(Get-DistributionGroupMember -Identity $GroupId -ResultSize "
	"Unlimited "
	"-ErrorAction Stop)) {\n"
	"    $In['' + $Member.Guid] = '' + $Member.PrimarySmtpAddress\n"
	"}\n"
	"$Wanted = @{}\n"
	"$Listed = @{}\n"
	"foreach ($Person in $People) { $Listed[$Person] = $true }\n"
	"\n";

static const char group_seen[] =
	"$Wanted = @{}\n"
	"$Groups = @(Get-DistributionGroup -Filter $GroupFilter -ErrorAction SilentlyContinue)\n"
	"$In = @{}\n"
	"if ($Groups.Count -eq 0) {\n"
	"    Write-Host ('NOT YET  the group {0}: there is none' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       the group {0}' -f $Tag)\n"
	"    foreach ($Member in @(Get-DistributionGroupMember -Identity ('' + $Groups[0].Guid) "
	"-ResultSize Unlimited -ErrorAction Stop)) {\n"
	"        $In['' + $Member.Guid] = '' + $Member.PrimarySmtpAddress\n"
	"    }\n"
	"}\n"
	"\n";

static const char group_gone[] =
	"$Groups = @(Get-DistributionGroup -Filter $GroupFilter -ErrorAction Stop)\n"
	"foreach ($Group in $Groups) {\n"
	"    Remove-DistributionGroup -Identity ('' + $Group.Guid) "
	"-BypassSecurityGroupManagerCheck "
	"-Confirm:$false -ErrorAction Stop\n"
	"    Write-Host ('GONE     the group {0}' -f $Tag)\n"
	"}\n"
	"if ($Groups.Count -eq 0) { Write-Host ('OK       there is no group {0}' -f $Tag) }\n";

/* A name inside the filter stands between quotes of its own. */
static const char scope[] =
	"# The scope: whoever is a member of the group.\n"
	"$GroupName = ('' + $Group.DistinguishedName).Replace('''', '''''')\n"
	"$Filter = 'MemberOfGroup -eq ''' + $GroupName + ''''\n"
	"$Scopes = @(Get-ManagementScope -ErrorAction Stop | Where-Object { $_.Name -eq $Tag })\n"
	"if ($Scopes.Count -eq 0) {\n"
	"    New-ManagementScope -Name $Tag -RecipientRestrictionFilter $Filter -ErrorAction Stop "
	"| "
	"Out-Null\n"
	"    Write-Host ('MADE     the scope {0}' -f $Tag)\n"
	"} elseif (-not ('' + $Scopes[0].RecipientFilter).Contains($GroupName)) {\n"
	"    Set-ManagementScope -Identity $Tag -RecipientRestrictionFilter $Filter -ErrorAction "
	"Stop\n"
	"    Write-Host ('SET      the scope {0}: to its group' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       the scope {0}: there already' -f $Tag)\n"
	"}\n"
	"\n";

static const char scope_seen[] =
	"$Scopes = @(Get-ManagementScope -ErrorAction Stop | Where-Object { $_.Name -eq $Tag })\n"
	"if ($Scopes.Count -eq 0) {\n"
	"    Write-Host ('NOT YET  the scope {0}: there is none' -f $Tag)\n"
	"} elseif ($Groups.Count -eq 0) {\n"
	"    Write-Host ('NOT YET  the scope {0}: its group is missing' -f $Tag)\n"
	"} elseif (('' + $Scopes[0].RecipientFilter).Contains(('' + "
	"$Groups[0].DistinguishedName).Replace('''', ''''''))) {\n"
	"    Write-Host ('OK       the scope {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('NOT YET  the scope {0}: it names another group' -f $Tag)\n"
	"}\n";

static const char scope_gone[] =
	"$Scopes = @(Get-ManagementScope -ErrorAction Stop | Where-Object { $_.Name -eq $Tag })\n"
	"if ($Scopes.Count -gt 0) {\n"
	"    Remove-ManagementScope -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"    Write-Host ('GONE     the scope {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       there is no scope {0}' -f $Tag)\n"
	"}\n";

static const char member[] =
	"        $Wanted[$Id] = $true\n"
	"        if ($In.ContainsKey($Id)) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: is in the group' -f $Person)\n"
	"        } else {\n"
	"            Add-DistributionGroupMember -Identity $GroupId -Member $Id "
	"-BypassSecurityGroupManagerCheck -ErrorAction Stop\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('ADDED    {0}' -f $Person)\n"
	"        }\n";

static const char narrow[] =
	"\n"
	"# Who is in the group, but not in the list above, leaves it.\n"
	"foreach ($Id in @($In.Keys)) {\n"
	"    if ((-not $Wanted.ContainsKey($Id)) -and (-not $Listed.ContainsKey($In[$Id]))) {\n"
	"        try {\n"
	"            Remove-DistributionGroupMember -Identity $GroupId -Member $Id "
	"-BypassSecurityGroupManagerCheck -Confirm:$false -ErrorAction Stop\n"
	"            Write-Host ('REMOVED  {0}' -f $In[$Id])\n"
	"        } catch {\n"
	"            Write-Host ('FAILED   {0}: still in the group: {1}' -f $In[$Id], "
	"$_.Exception.Message)\n"
	"        }\n"
	"    }\n"
	"}\n";

static const char member_seen[] =
	"        $Wanted[$Id] = $true\n"
	"        if (-not $In.ContainsKey($Id)) { throw 'is not in the group' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}' -f $Person)\n";

static const char narrow_seen[] =
	"foreach ($Id in @($In.Keys)) {\n"
	"    if (-not $Wanted.ContainsKey($Id)) {\n"
	"        Write-Host ('NOT YET  {0}: is in the group, but not in this list' -f $In[$Id])\n"
	"    }\n"
	"}\n";

/* --- impersonation, by the role --- */

static const char assignment[] =
	"# The role, for this mailbox, within the scope.\n"
	"$Mine = @()\n"
	"$Roles = @(Get-ManagementRoleAssignment -Role ApplicationImpersonation -ErrorAction "
	"Stop)\n"
	"foreach ($One in @($Roles | Where-Object { $_.Name -eq $Tag })) {\n"
	"    if ($MyNames -contains ('' + $One.RoleAssigneeName)) {\n"
	"        $Mine += $One\n"
	"    } else {\n"
	"        Remove-ManagementRoleAssignment -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"        Write-Host ('GONE     the role of {0}, which was the mailbox before' -f "
	"$One.RoleAssigneeName)\n"
	"    }\n"
	"}\n"
	"if ($Mine.Count -eq 0) {\n"
	"    New-ManagementRoleAssignment -Name $Tag -Role ApplicationImpersonation -User $Mailbox "
	"-CustomRecipientWriteScope $Tag -ErrorAction Stop | Out-Null\n"
	"    Write-Host ('GIVEN    ApplicationImpersonation to {0}' -f $Mailbox)\n"
	"} else {\n"
	"    Write-Host ('OK       ApplicationImpersonation of {0}: there already' -f $Mailbox)\n"
	"}\n"
	"\n";

static const char assignment_seen[] =
	"$Limited = @()\n"
	"foreach ($One in @(Get-ManagementRoleAssignment -Role ApplicationImpersonation "
	"-ErrorAction Stop)) {\n"
	"    if ($MyNames -contains ('' + $One.RoleAssigneeName)) {\n"
	"        if (('' + $One.CustomRecipientWriteScope) -eq $Tag) {\n"
	"            $Limited += $One\n"
	"        } else {\n"
	"            Write-Host ('NOT YET  {0}: the assignment {1} reaches others, too' -f "
	"$Mailbox, $One.Name)\n"
	"        }\n"
	"    }\n"
	"}\n"
	"if ($Limited.Count -gt 0) {\n"
	"    Write-Host ('OK       ApplicationImpersonation of {0} within the scope' -f $Mailbox)\n"
	"} else {\n"
	"    Write-Host ('NOT YET  {0}: has no ApplicationImpersonation within the scope' -f "
	"$Mailbox)\n"
	"}\n"
	"Write-Host ''\n";

static const char assignment_gone[] =
	"$Roles = @(Get-ManagementRoleAssignment -Role ApplicationImpersonation -ErrorAction Stop "
	"|\n"
	"    Where-Object { $_.Name -eq $Tag })\n"
	"if ($Roles.Count -gt 0) {\n"
	"    Remove-ManagementRoleAssignment -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"    Write-Host ('GONE     the role assignment {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       there is no role assignment {0}' -f $Tag)\n"
	"}\n";

/* --- the application, in Office 365 --- */

/* Entra knows it, Exchange does not; nothing that we can read tells it. */
static const char object[] =
	"# Which application it is: the Entra admin center shows it under Enterprise "
	"applications,\n"
	"# Latchkey, Object ID. (The Object ID under App registrations is another one.)\n"
	"$ObjectId = ''\n"
	"$Known = @(Get-ServicePrincipal -ErrorAction Stop | Where-Object { ('' + $_.AppId) -eq "
	"$AppId "
	"})\n"
	"if ($Known.Count -gt 0) { $ObjectId = '' + $Known[0].ObjectId }\n";

static const char object_asked[] =
	"if ($ObjectId -eq '') {\n"
	"    $ObjectId = Read-Host -Prompt 'Object ID of the enterprise application'\n"
	"    if ($ObjectId.Length -ne 36) {\n"
	"        throw 'That is no Object ID. Nothing was changed.'\n"
	"    }\n"
	"    New-ServicePrincipal -AppId $AppId -ObjectId $ObjectId -DisplayName $Tag -ErrorAction "
	"Stop | Out-Null\n"
	"    Write-Host 'MADE     a pointer to the application'\n"
	"}\n"
	"\n";

static const char object_seen[] =
	"if ($ObjectId -eq '') { throw 'NOT YET  Exchange does not know the application.' }\n"
	"Write-Host 'OK       Exchange knows the application'\n"
	"\n";

static const char app_role[] =
	"# The role, for this application, within the scope.\n"
	"$Roles = @(Get-ManagementRoleAssignment -Role 'Application EWS.AccessAsApp' -ErrorAction "
	"Stop |\n"
	"    Where-Object { $_.Name -eq $Tag })\n"
	"$Mine = @(Test-ServicePrincipalAuthorization -Identity $ObjectId -ErrorAction Stop |\n"
	"    Where-Object { ($_.RoleName -eq 'Application EWS.AccessAsApp') -and (('' + "
	"$_.AllowedResourceScope) -eq $Tag) })\n"
	"if (($Roles.Count -gt 0) -and ($Mine.Count -eq 0)) {\n"
	"    Remove-ManagementRoleAssignment -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"    Write-Host 'GONE     the role of another application, which was in use before'\n"
	"    $Roles = @()\n"
	"}\n"
	"if ($Roles.Count -eq 0) {\n"
	"    New-ManagementRoleAssignment -Name $Tag -App $ObjectId -Role 'Application "
	"EWS.AccessAsApp' -CustomResourceScope $Tag -ErrorAction Stop | Out-Null\n"
	"    Write-Host 'GIVEN    Application EWS.AccessAsApp to the application'\n"
	"} else {\n"
	"    Write-Host 'OK       Application EWS.AccessAsApp: there already'\n"
	"}\n"
	"\n";

/* Exchange is asked what it would allow. What is consented in Entra is not in its answer. */
static const char app_seen[] =
	"        $Tests = @(Test-ServicePrincipalAuthorization -Identity $ObjectId -Resource $Id "
	"-ErrorAction Stop |\n"
	"            Where-Object { $_.RoleName -eq 'Application EWS.AccessAsApp' })\n"
	"        if ($Tests.Count -eq 0) { throw 'the application has no role here' }\n"
	"        $Open = @($Tests | Where-Object { ('' + $_.InScope) -eq 'True' })\n"
	"        if ($Open.Count -eq 0) { throw 'is not in the scope of the application' }\n"
	"        $Done = $Done + 1\n"
	"        Write-Host ('OK       {0}' -f $Person)\n";

static const char wanted[] = "        $Wanted[$Id] = $true\n";

static const char app_gone[] =
	"$Roles = @(Get-ManagementRoleAssignment -Role 'Application EWS.AccessAsApp' -ErrorAction "
	"Stop |\n"
	"    Where-Object { $_.Name -eq $Tag })\n"
	"if ($Roles.Count -gt 0) {\n"
	"    Remove-ManagementRoleAssignment -Identity $Tag -Confirm:$false -ErrorAction Stop\n"
	"    Write-Host ('GONE     the role assignment {0}' -f $Tag)\n"
	"} else {\n"
	"    Write-Host ('OK       there is no role assignment {0}' -f $Tag)\n"
	"}\n";

/* The pointer is the script's own only when it has the script's name. */
static const char object_gone[] =
	"foreach ($One in @(Get-ServicePrincipal -ErrorAction Stop)) {\n"
	"    if ((('' + $One.AppId) -eq $AppId) -and (('' + $One.DisplayName) -eq $Tag)) {\n"
	"        Remove-ServicePrincipal -Identity ('' + $One.ObjectId) -Confirm:$false "
	"-ErrorAction Stop\n"
	"        Write-Host 'GONE     the pointer to the application'\n"
	"    }\n"
	"}\n";

/* --- Exchange 2007 --- */

/* No try, no -join and no New-Object -Property: there may be PowerShell 1.0. What was given is told
 * by reading it again, and is written down before that, because the reading may fail, too. */
static const char old_me[] =
	"$User = '' + $Me.DistinguishedName\n"
	"$Servers = @(Get-ExchangeServer | Where-Object { $_.IsClientAccessServer -eq $true })\n"
	"$Done = 0\n"
	"$Left = 0\n"
	"$Bad = 0\n"
	"\n";

static const char old_run[] =
	"# The servers: the mailbox may ask to act as somebody. By this alone it reaches nobody.\n"
	"foreach ($Server in $Servers) {\n"
	"    $Has = @(Get-ADPermission -Identity $Server.DistinguishedName -User $User |\n"
	"        Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-Impersonation*') })\n"
	"    if ($Has.Count -gt 0) {\n"
	"        Write-Host ('OK       the server {0}: there already' -f $Server.Name)\n"
	"    } else {\n"
	"        Add-ADPermission -Identity $Server.DistinguishedName -User $User -ExtendedRights "
	"ms-Exch-EPI-Impersonation | Out-Null\n"
	"        $Line = '\"{0}\",\"\",\"\"' -f ('server ' + $Server.Name)\n"
	"        Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"        $Has = @(Get-ADPermission -Identity $Server.DistinguishedName -User $User |\n"
	"            Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-Impersonation*') })\n"
	"        if ($Has.Count -gt 0) {\n"
	"            Write-Host ('GIVEN    the server {0}: to ask' -f $Server.Name)\n"
	"        } else {\n"
	"            $Bad = $Bad + 1\n"
	"            Write-Host ('FAILED   the server {0}: the right is not there' -f "
	"$Server.Name)\n"
	"        }\n"
	"    }\n"
	"}\n"
	"\n"
	"# The people: each may be acted for.\n"
	"foreach ($Person in $People) {\n"
	"    $Found = @(Get-Mailbox -Identity $Person -ErrorAction SilentlyContinue |\n"
	"        Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Person) })\n"
	"    if ($Found.Count -ne 1) {\n"
	"        $Bad = $Bad + 1\n"
	"        Write-Host ('FAILED   {0}: no mailbox here has exactly this address' -f $Person)\n"
	"    } else {\n"
	"        $Box = '' + $Found[0].DistinguishedName\n"
	"        $Has = @(Get-ADPermission -Identity $Box -User $User |\n"
	"            Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-May-Impersonate*') })\n"
	"        if ($Has.Count -gt 0) {\n"
	"            $Left = $Left + 1\n"
	"            Write-Host ('OK       {0}: there already' -f $Person)\n"
	"        } else {\n"
	"            Add-ADPermission -Identity $Box -User $User -ExtendedRights "
	"ms-Exch-EPI-May-Impersonate | Out-Null\n"
	"            $Line = '\"{0}\",\"\",\"\"' -f $Person\n"
	"            Add-Content -Path $Before -Value $Line -Encoding ASCII\n"
	"            $Has = @(Get-ADPermission -Identity $Box -User $User |\n"
	"                Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-May-Impersonate*') })\n"
	"            if ($Has.Count -gt 0) {\n"
	"                $Done = $Done + 1\n"
	"                Write-Host ('GIVEN    {0}' -f $Person)\n"
	"            } else {\n"
	"                $Bad = $Bad + 1\n"
	"                Write-Host ('FAILED   {0}: the right is not there' -f $Person)\n"
	"            }\n"
	"        }\n"
	"    }\n"
	"}\n"
	"Write-Host ('Of {0} changed: {1}. Nothing to do: {2}. Failed: {3}.' -f $People.Count, "
	"$Done, "
	"$Left, $Bad)\n"
	"Write-Host 'Who was in an earlier list and is not in this one keeps the right: undo that "
	"one.'\n";

static const char old_verify[] =
	"foreach ($Server in $Servers) {\n"
	"    $Has = @(Get-ADPermission -Identity $Server.DistinguishedName -User $User |\n"
	"        Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-Impersonation*') })\n"
	"    if ($Has.Count -gt 0) {\n"
	"        Write-Host ('OK       the server {0}' -f $Server.Name)\n"
	"    } else {\n"
	"        Write-Host ('NOT YET  the server {0}: the mailbox may not ask' -f $Server.Name)\n"
	"    }\n"
	"}\n"
	"foreach ($Person in $People) {\n"
	"    $Found = @(Get-Mailbox -Identity $Person -ErrorAction SilentlyContinue |\n"
	"        Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Person) })\n"
	"    if ($Found.Count -ne 1) {\n"
	"        $Bad = $Bad + 1\n"
	"        Write-Host ('NOT YET  {0}: no mailbox here has exactly this address' -f $Person)\n"
	"    } else {\n"
	"        $Box = '' + $Found[0].DistinguishedName\n"
	"        $Has = @(Get-ADPermission -Identity $Box -User $User |\n"
	"            Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-May-Impersonate*') })\n"
	"        if ($Has.Count -gt 0) {\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('OK       {0}' -f $Person)\n"
	"        } else {\n"
	"            $Bad = $Bad + 1\n"
	"            Write-Host ('NOT YET  {0}: the right is missing' -f $Person)\n"
	"        }\n"
	"    }\n"
	"}\n"
	"Write-Host ('OK: {0} of {1}. Not yet: {2}.' -f $Done, $People.Count, $Bad)\n";

static const char old_undo[] =
	"foreach ($Person in $People) {\n"
	"    $Found = @(Get-Mailbox -Identity $Person -ErrorAction SilentlyContinue |\n"
	"        Where-Object { @($_.EmailAddresses | ForEach-Object { '' + $_ }) "
	"-contains ('smtp:' + $Person) })\n"
	"    if (-not $Rows.ContainsKey($Person)) {\n"
	"        $Left = $Left + 1\n"
	"        Write-Host ('OK       {0}: nothing was changed here' -f $Person)\n"
	"    } elseif ($Found.Count -ne 1) {\n"
	"        $Bad = $Bad + 1\n"
	"        Write-Host ('FAILED   {0}: no mailbox here has exactly this address' -f $Person)\n"
	"    } else {\n"
	"        $Box = '' + $Found[0].DistinguishedName\n"
	"        Remove-ADPermission -Identity $Box -User $User -ExtendedRights "
	"ms-Exch-EPI-May-Impersonate -Confirm:$false\n"
	"        $Has = @(Get-ADPermission -Identity $Box -User $User |\n"
	"            Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-May-Impersonate*') })\n"
	"        if ($Has.Count -gt 0) {\n"
	"            $Bad = $Bad + 1\n"
	"            Write-Host ('FAILED   {0}: the right is still there' -f $Person)\n"
	"        } else {\n"
	"            $Undone[$Person] = $true\n"
	"            $Done = $Done + 1\n"
	"            Write-Host ('GONE     {0}' -f $Person)\n"
	"        }\n"
	"    }\n"
	"}\n"
	"# The servers only when nobody is left who was given the right.\n"
	"$Others = @($Rows.Keys | Where-Object { (-not $Undone.ContainsKey($_)) -and (-not ($_ "
	"-like "
	"'server *')) })\n"
	"foreach ($Server in $Servers) {\n"
	"    $Key = 'server ' + $Server.Name\n"
	"    if (($Others.Count -eq 0) -and $Rows.ContainsKey($Key)) {\n"
	"        Remove-ADPermission -Identity $Server.DistinguishedName -User $User "
	"-ExtendedRights ms-Exch-EPI-Impersonation -Confirm:$false\n"
	"        $Has = @(Get-ADPermission -Identity $Server.DistinguishedName -User $User |\n"
	"            Where-Object { (-not $_.Deny) -and (('' + $_.ExtendedRights) -like "
	"'*ms-Exch-EPI-Impersonation*') })\n"
	"        if ($Has.Count -gt 0) {\n"
	"            $Bad = $Bad + 1\n"
	"            Write-Host ('FAILED   the server {0}: the right is still there' -f "
	"$Server.Name)\n"
	"        } else {\n"
	"            $Undone[$Key] = $true\n"
	"            Write-Host ('GONE     the server {0}' -f $Server.Name)\n"
	"        }\n"
	"    }\n"
	"}\n"
	"Write-Host ('Of {0} changed: {1}. Nothing to do: {2}. Failed: {3}.' -f $People.Count, "
	"$Done, "
	"$Left, $Bad)\n";

/* --- which when --- */

const struct script_text script_role[] = {
	{ .premises = ON_2007,
		.changes = "On each Client Access server: the right to ask to act as somebody "
			   "(ms-Exch-EPI-Impersonation), by which alone nobody is reached.\n"
			   "On each of these people: the right to be acted for "
			   "(ms-Exch-EPI-May-Impersonate).",
		.leaves = "Everybody who is not in the list; who was in an earlier one keeps the "
			  "right until that is undone.\n"
			  "Databases and servers as a whole.",
		.mind = "The dedicated mailbox must be in no group of admins: Exchange 2007 denies "
			"those the right.",
		.pieces = {
			[SCRIPT_RUN] = { script_me, script_before, old_me, old_run },
			[SCRIPT_VERIFY] = { script_me, old_me, old_verify },
			[SCRIPT_UNDO] = { script_me, script_rows, old_me, old_undo, script_forget },
		} },
	{ .premises = ON_PREMISES,
		.pieces = {
			[SCRIPT_RUN] = { script_me, group, scope, assignment, script_each,
				script_find, member, script_done, narrow },
			[SCRIPT_VERIFY] = { script_me, group_seen, scope_seen, assignment_seen,
				script_each, script_find, member_seen, script_seen, narrow_seen },
			[SCRIPT_UNDO] = { assignment_gone, scope_gone, group_gone },
		} },
	{ 0 },
};

const struct script_text script_app[] = {
	{ .premises = ON_LINE,
		.mind = "Do not consent full_access_as_app in Entra as well: what is granted there "
			"adds to this, and reaches everybody.",
		.pieces = {
			[SCRIPT_RUN] = { object, object_asked, group, scope, app_role, script_each,
				script_find, member, script_done, narrow },
			[SCRIPT_VERIFY] = { object, object_seen, group_seen, scope_seen,
				script_each, script_find, wanted, app_seen, script_seen,
				narrow_seen },
			[SCRIPT_UNDO] = { app_gone, scope_gone, group_gone, object_gone },
		} },
	{ 0 },
};
