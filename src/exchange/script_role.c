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

const struct script_text script_role[] = {
	{ ON_PREMISES,
		{
			[SCRIPT_RUN] = { script_me, group, scope, assignment, script_each,
				script_find, member, script_done, narrow },
			[SCRIPT_VERIFY] = { script_me, group_seen, scope_seen, assignment_seen,
				script_each, script_find, member_seen, script_seen, narrow_seen },
			[SCRIPT_UNDO] = { assignment_gone, scope_gone, group_gone },
		} },
	{ 0 },
};
