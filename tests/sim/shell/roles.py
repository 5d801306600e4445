"""Exchange's commands about groups, scopes, roles, applications and, for Exchange 2007, rights of Active Directory."""

from commands import table_of
from opath import Filter
from organisation import word
from people import ASKS, FAR, addresses, chosen, org
from values import Record, Thing, Trouble

NEW = {"where": "2010 2013 online"}
CLOUD = {"where": "online"}
OLD = {"where": "2007 2010 2013"}
USERS, APPS = "ApplicationImpersonation", "Application EWS.AccessAsApp"
ASK, MAY = "ms-Exch-EPI-Impersonation", "ms-Exch-EPI-May-Impersonate"
LONGEST = 64


def missing(name, what="object"):
    return Record(f"The operation couldn't be performed because {what} '{name}' couldn't be found.", "ManagementObjectNotFoundException")


# groups


def group_thing(r):
    data = r.data
    kind = "MailUniversalSecurityGroup" if data["kind"] == "security" else "RoomList" if data["kind"] == "rooms" else "MailUniversalDistributionGroup"
    return Thing("DistributionGroup", {
        "Name": r.name, "Alias": r.alias, "DisplayName": data["name"], "PrimarySmtpAddress": r.address, "EmailAddresses": addresses(r),
        "Guid": r.guid, "DistinguishedName": r.dn, "Identity": r.identity, "RecipientTypeDetails": kind,
        "HiddenFromAddressListsEnabled": data["hidden"],
    }, text=r.identity)


def get_group(call, out):
    out.extend(group_thing(r) for r in chosen(call, True))


def new_group(call, out):
    o, name = org(call), call.text("Name")
    alias = call.text("Alias") or name.replace(" ", "")
    address = call.text("PrimarySmtpAddress") or f"{alias}@{o.domain}"
    kind = call.text("Type", "Distribution").lower()
    if kind not in ("distribution", "security") or len(name) > LONGEST or len(alias) > LONGEST:
        raise Record("A parameter of New-DistributionGroup is not valid.", "ParameterBindingException")
    if o.find(address) or o.find(name):
        raise Record(f'The proxy address "SMTP:{address}" is already being used by the proxy addresses or LegacyExchangeDN.', "ProxyAddressExistsException")
    o.do(f"group {word(address)} {word(call.text('DisplayName') or name)} kind {kind}")
    o.load()
    out.append(group_thing(o.one(address, True)))


def set_group(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), True)
    if call.has("HiddenFromAddressListsEnabled"):
        o.change(r, f"hidden {'yes' if call.flag('HiddenFromAddressListsEnabled') else 'no'}")


def remove_group(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), True)
    o.do(f"group {word(r.address)}", "remove")
    o.load()


def member_thing(r):
    return Thing("ReducedRecipient", {
        "Name": r.name, "Alias": r.alias, "DisplayName": r.data["name"], "PrimarySmtpAddress": r.address, "Guid": r.guid,
        "DistinguishedName": r.dn, "Identity": r.identity, "RecipientType": "MailUniversalDistributionGroup" if r.group else "UserMailbox",
    }, text=r.identity)


def get_members(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), True)
    o.refresh(r)
    found = [o.by_address(a) for a in r.data["members"] + r.data["nested"]]
    members = [member_thing(m) for m in found if m]
    if call.text("ResultSize", "1000").lower() != "unlimited":
        members = members[: int(call.text("ResultSize", "1000"))]
    out.extend(members)


def add_member(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), True)
    m = o.one(call.text("Member"))
    if m.address in r.data["members"] + r.data["nested"]:
        raise Record(f'The recipient "{m.identity}" is already a member of the group "{r.identity}".', "MemberAlreadyExistsException")
    o.change(r, f"{'nested' if m.group else 'member'} {word(m.address)}")


def remove_member(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), True)
    m = o.one(call.text("Member"))
    if m.address not in r.data["members"] + r.data["nested"]:
        raise Record(f'The recipient "{m.identity}" isn\'t a member of the group "{r.identity}".', "MemberNotFoundException")
    o.change(r, f"{'no-nested' if m.group else 'no-member'} {word(m.address)}")


# scopes


def scope_thing(s):
    return Thing("ManagementScope", {"Name": s["name"], "RecipientFilter": s["filter"], "Exclusive": False, "Identity": s["name"],
                                     "ScopeRestrictionType": "RecipientScope"}, text=s["name"])


def scopes(call):
    o = org(call)
    return [s for s in o.look()["scopes"] if s["premise"] == o.premise["name"]]


def scope_named(call, name):
    found = [s for s in scopes(call) if s["name"].casefold() == name.casefold()]
    if not found:
        raise missing(name)
    return found[0]


def get_scope(call, out):
    found = [scope_named(call, call.text("Identity"))] if call.has("Identity") else scopes(call)
    out.extend(map(scope_thing, found))


def group_of(call, said):
    """The group whose members a filter means; another filter is not covered, and one that reaches nobody a mistake."""
    tree = Filter(said).tree
    if tree[0] != "compare" or tree[1] != "memberofgroup" or tree[2] != "eq":
        raise Trouble(f"only MemberOfGroup -eq is covered in a scope: {said}", call.at)
    found = [r for r in org(call).recipients if r.group and r.dn.casefold() == tree[3].casefold()]
    if not found:
        raise Trouble(f"the scope would reach nobody: {said}", call.at)
    return found[0]


def new_scope(call, out):
    name, said = call.text("Name"), call.text("RecipientRestrictionFilter")
    if any(s["name"].casefold() == name.casefold() for s in scopes(call)):
        raise Record(f'The management scope "{name}" already exists.', "ADObjectAlreadyExistsException")
    if len(name) > LONGEST:
        raise Record("The name of a management scope has at most 64 characters.", "DataValidationException")
    put_scope(call, name, said)
    out.append(scope_thing(scope_named(call, name)))


def put_scope(call, name, said):
    group = group_of(call, said)
    org(call).do(f"premise {org(call).premise['name']}", f"scope {word(name)} {word(group.address)} {word(said)}")


def set_scope(call, out):
    s = scope_named(call, call.text("Identity"))
    put_scope(call, s["name"], call.text("RecipientRestrictionFilter"))


def remove_scope(call, out):
    s = scope_named(call, call.text("Identity"))
    if any(a["scope"] == s["name"] for a in org(call).whole["assignments"]):
        raise Record(f'The management scope "{s["name"]}" is used by a role assignment.', "ManagementObjectInUseException")
    org(call).do(f"premise {org(call).premise['name']}", f"no-scope {word(s['name'])}")


# roles


def assignments(call):
    """Those of this premise, each with the role it has here."""
    o, out = org(call), []
    for a in o.look()["assignments"]:
        app = next((x for x in o.whole["apps"] if x["id"] == a["app"]), None)
        r = None if app else next(iter(o.find(a["who"], False)), None)
        if (app and app["premise"] == o.premise["name"]) or r:
            role = APPS if app else USERS
            out.append({**a, "app": app, "box": r, "role": role, "name": a["name"] or f"{role}-{r.name if r else app['name']}"})
    return out


def assignment_thing(a):
    scope = a["scope"] or (f"members of {a['group']}" if a["group"] else None)
    who = a["box"].name if a["box"] else a["app"]["principal"]
    return Thing("ManagementRoleAssignment", {
        "Name": a["name"], "Identity": a["name"], "Role": a["role"], "RoleAssigneeName": who, "RoleAssignee": a["box"].identity if a["box"] else a["app"]["object"],
        "RoleAssigneeType": "User" if a["box"] else "ServicePrincipal", "CustomRecipientWriteScope": scope if a["box"] else None,
        "CustomResourceScope": None if a["box"] else scope, "Enabled": True,
    }, text=a["name"])


def known_role(call, name):
    """As the premise has it."""
    role = next((r for r in (USERS, APPS) if r.casefold() == name.casefold()), None)
    if role is None:
        raise Trouble(f"the role {name} is not covered", call.at)
    if (role == APPS) != org(call).online:
        raise missing(name, "the role")
    return role


def get_assignment(call, out):
    found = assignments(call)
    if call.has("Role"):
        found = [a for a in found if a["role"] == known_role(call, call.text("Role"))]
    if call.has("Identity"):
        found = [assignment_named(call, call.text("Identity"))]
    out.extend(map(assignment_thing, found))


def assignment_named(call, name):
    found = [a for a in assignments(call) if a["name"].casefold() == name.casefold()]
    if not found:
        raise missing(name)
    return found[0]


def actor_lines(o, a):
    return f"app {a['app']['id']}" if a["app"] else f"mailbox {word(a['box'].address)}"


def new_assignment(call, out):
    o, role = org(call), known_role(call, call.text("Role"))
    name, scope = call.text("Name"), call.text("CustomResourceScope") or call.text("CustomRecipientWriteScope")
    if call.has("CustomRecipientWriteScope") and o.online:
        raise Trouble("an application has a CustomResourceScope", call.at)
    if name and any(a["name"].casefold() == name.casefold() for a in assignments(call)):
        raise Record(f'The management role assignment "{name}" already exists.', "ADObjectAlreadyExistsException")
    if (name and len(name) > LONGEST) or call.has("App") != (role == APPS) or call.has("User") == call.has("App"):
        raise Record("The role assignment is not valid.", "ParameterBindingException")
    within = f" within {word(scope_named(call, scope)['name'])}" if scope else ""
    if call.has("App"):
        who = {"app": principal(call, call.text("App"))}
    else:
        who = {"app": None, "box": o.one(call.text("User"), False)}
    o.do(actor_lines(o, who), f"impersonation{within}" + (f" as {word(name)}" if name else ""))
    out.append(assignment_thing(assignments(call)[-1]))


def remove_assignment(call, out):
    a = assignment_named(call, call.text("Identity"))
    if not any(x["name"] == a["name"] for x in org(call).whole["assignments"]):
        raise Trouble("an assignment without a name of its own is not covered", call.at)
    org(call).do(actor_lines(org(call), a), f"no-impersonation {word(a['name'])}")


# applications


def apps(call):
    o = org(call)
    return [a for a in o.look()["apps"] if a["premise"] == o.premise["name"]]


def principal(call, said):
    """One that Exchange knows, by its object id."""
    found = [a for a in apps(call) if a["principal"] and said.casefold() in (a["object"].casefold(), a["id"].casefold())]
    if not found:
        raise missing(said, "the service principal")
    return found[0]


def principal_thing(a):
    return Thing("ServicePrincipal", {"AppId": a["id"], "ObjectId": a["object"], "DisplayName": a["principal"], "Identity": a["object"]}, text=a["object"])


def get_principal(call, out):
    found = [principal(call, call.text("Identity"))] if call.has("Identity") else [a for a in apps(call) if a["principal"]]
    out.extend(map(principal_thing, found))


def new_principal(call, out):
    app, thing = call.text("AppId"), call.text("ObjectId")
    found = [a for a in apps(call) if a["id"].casefold() == app.casefold()]
    if not found or found[0]["object"].casefold() != thing.casefold():
        raise missing(thing, "the enterprise application")
    if found[0]["principal"]:
        raise Record(f"The service principal {app} already exists.", "ADObjectAlreadyExistsException")
    org(call).do(f"app {found[0]['id']}", f"principal {word(call.text('DisplayName') or app)}")
    out.append(principal_thing(principal(call, thing)))


def remove_principal(call, out):
    a = principal(call, call.text("Identity"))
    if any(x["app"] == a["id"] for x in org(call).whole["assignments"]):
        raise Record("The service principal is used by a role assignment.", "ManagementObjectInUseException")
    org(call).do(f"app {a['id']}", "principal none")


def test_principal(call, out):
    """Roles by group: direct members only."""
    a = principal(call, call.text("Identity"))
    r = org(call).one(call.text("Resource"), False) if call.has("Resource") else None
    for one in assignments(call):
        if not one["app"] or one["app"]["id"] != a["id"]:
            continue
        scope = scope_named(call, one["scope"])["group"] if one["scope"] else one["group"]
        members = org(call).one(scope, True).data["members"] if scope else None
        inside = "Not Run" if r is None else scope is None or r.address in members
        out.append(Thing("ServicePrincipalAuthorization", {
            "RoleName": one["role"], "GrantedPermissions": "EWS.AccessAsApp", "AllowedResourceScope": one["scope"] or "Organization",
            "ScopeType": "CustomRecipientScope" if scope else "Organization", "InScope": inside}))


# Exchange 2007


def get_servers(call, out):
    o = org(call)
    name = o.premise["host"].split(".")[0].upper()
    dn = f"CN={name},CN=Servers,CN=Exchange,DC=" + ",DC=".join(o.domain.split("."))
    out.append(Thing("ExchangeServer", {"Name": name, "DistinguishedName": dn, "IsClientAccessServer": True, "Identity": name}, text=name))


def place_of(call):
    """(who holds the list, the list, statements) of what -Identity names."""
    o, said = org(call), call.text("Identity")
    if "CN=Servers," in said:
        o.look()
        return None, o.premise["impersonators"], ASK, "impersonators"
    r = o.one(said, False)
    o.refresh(r)
    return r, r.data["impersonated_by"], MAY, "impersonated-by"


def get_ad(call, out):
    r, has, right, _ = place_of(call)
    who = org(call).one(call.text("User"), False)
    if who.address in has:
        out.append(Thing("ADAcePresentationObject", {"Identity": call.text("Identity"), "User": who.identity, "Deny": False, "IsInherited": False,
                                                     "ExtendedRights": [right], "AccessRights": ["ExtendedRight"]}))


def change_ad(call, prefix):
    o = org(call)
    r, has, right, statement = place_of(call)
    who = o.one(call.text("User"), False)
    if [x.lower() for x in call.get("ExtendedRights")] != [right.lower()]:
        raise Trouble(f"only {right} is covered here", call.at)
    if (who.address in has) == (prefix == ""):
        call.machine.say("WARNING: The appropriate access control entry is " + ("already" if prefix == "" else "not") + " present.")
        return
    line = f"{prefix}{statement} {word(who.address)}"
    if r:
        o.change(r, line)
    else:
        o.do(f"premise {o.premise['name']}", line)


def add_ad(call, out):
    change_ad(call, "")
    get_ad(call, out)


def remove_ad(call, out):
    change_ad(call, "no-")


def commands():
    return table_of(
        ("Get-DistributionGroup", "Identity:text1 Filter:text ResultSize:text", get_group, FAR),
        ("New-DistributionGroup", "Name:text!1 Alias:text DisplayName:text Type:text Notes:text MemberJoinRestriction:text "
         "MemberDepartRestriction:text PrimarySmtpAddress:text OrganizationalUnit:text", new_group, {**FAR, **NEW}),
        ("Set-DistributionGroup", "Identity:text!1 HiddenFromAddressListsEnabled:bool BypassSecurityGroupManagerCheck:switch", set_group, {**FAR, **NEW}),
        ("Remove-DistributionGroup", "Identity:text!1 BypassSecurityGroupManagerCheck:switch Confirm:switch", remove_group, {**ASKS, **NEW}),
        ("Get-DistributionGroupMember", "Identity:text!1 ResultSize:text", get_members, FAR),
        ("Add-DistributionGroupMember", "Identity:text!1 Member:text! BypassSecurityGroupManagerCheck:switch", add_member, {**FAR, **NEW}),
        ("Remove-DistributionGroupMember", "Identity:text!1 Member:text! BypassSecurityGroupManagerCheck:switch Confirm:switch", remove_member,
         {**ASKS, **NEW}),
        ("Get-ManagementScope", "Identity:text1", get_scope, {**FAR, **NEW}),
        ("New-ManagementScope", "Name:text!1 RecipientRestrictionFilter:text!", new_scope, {**FAR, **NEW}),
        ("Set-ManagementScope", "Identity:text!1 RecipientRestrictionFilter:text!", set_scope, {**FAR, **NEW}),
        ("Remove-ManagementScope", "Identity:text!1 Confirm:switch", remove_scope, {**ASKS, **NEW}),
        ("Get-ManagementRoleAssignment", "Identity:text1 Role:text", get_assignment, {**FAR, **NEW}),
        ("New-ManagementRoleAssignment", "Name:text1 Role:text! User:text App:text@online CustomRecipientWriteScope:text "
         "CustomResourceScope:text@online", new_assignment, {**FAR, **NEW}),
        ("Remove-ManagementRoleAssignment", "Identity:text!1 Confirm:switch", remove_assignment, {**ASKS, **NEW}),
        ("Get-ServicePrincipal", "Identity:text1", get_principal, {**FAR, **CLOUD}),
        ("New-ServicePrincipal", "AppId:text! ObjectId:text! DisplayName:text", new_principal, {**FAR, **CLOUD}),
        ("Remove-ServicePrincipal", "Identity:text!1 Confirm:switch", remove_principal, {**ASKS, **CLOUD}),
        ("Test-ServicePrincipalAuthorization", "Identity:text!1 Resource:text", test_principal, {**FAR, **CLOUD}),
        ("Get-ExchangeServer", "Identity:text1", get_servers, {**FAR, **OLD}),
        ("Get-ADPermission", "Identity:text!1 User:text!", get_ad, {**FAR, **OLD}),
        ("Add-ADPermission", "Identity:text!1 User:text! ExtendedRights:texts!", add_ad, {**FAR, **OLD}),
        ("Remove-ADPermission", "Identity:text!1 User:text! ExtendedRights:texts! Confirm:switch", remove_ad, {**ASKS, **OLD}),
    )
