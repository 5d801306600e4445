"""Exchange's commands about mailboxes, their folders and who may do what in these."""

from commands import table_of
from opath import Filter
from organisation import BUSY, PRIVATE, rights_named, rights_of, word
from values import Record, Table, Thing, Trouble, items, text

FAR = {"remote": True}
ASKS = {"remote": True, "asks": True}
NEW = {"where": "2010 2013 online"}


def org(call):
    return call.machine.organisation


def chosen(call, group):
    """By -Identity, by -Filter, or all; what is not found is an error only where it was named."""
    o = org(call)
    if call.has("Identity"):
        identity = call.text("Identity")
        found = o.find(identity, group) if "*" in identity else [o.one(identity, group)]
    elif call.has("Filter"):
        test = Filter(call.text("Filter"))
        found = [r for r in o.recipients if group in (None, r.group) and test.test(lambda name, r=r: prop(r, name))]
    else:
        found = [r for r in o.recipients if group in (None, r.group)]
    if not call.has("ResultSize") and len(found) > 1000:
        call.machine.say("WARNING: By default, only the first 1000 items are returned.")
        found = found[:1000]
    elif call.text("ResultSize", "Unlimited").lower() != "unlimited":
        found = found[: int(call.text("ResultSize"))]
    return found


def prop(r, name):
    """For filters."""
    known = {"name": r.name, "displayname": r.data["name"], "alias": r.alias, "primarysmtpaddress": r.address, "guid": r.guid,
             "emailaddresses": addresses(r) + [a.split(":", 1)[1] for a in addresses(r)], "distinguishedname": r.dn}
    if name not in known:
        raise Trouble(f"a filter by {name} is not covered")
    return known[name]


def addresses(r):
    return ["SMTP:" + r.address] + ["smtp:" + a for a in r.data.get("aliases", ())]


def proxies(call, r):
    """On Exchange 2007 they come as they are; later ones reach the shell as texts."""
    return [Thing("ProxyAddress", text=a) for a in addresses(r)] if call.machine.premise == "2007" else addresses(r)


def mailbox_thing(call, r):
    o, data = org(call), r.data
    kinds = {"room": "RoomMailbox", "equipment": "EquipmentMailbox", "shared": "SharedMailbox"}
    upn = data.get("upn") or r.address
    return Thing("Mailbox", {
        "Name": r.name, "Alias": r.alias, "DisplayName": data["name"], "PrimarySmtpAddress": r.address, "EmailAddresses": proxies(call, r),
        "Guid": r.guid, "DistinguishedName": r.dn, "Identity": r.identity, "UserPrincipalName": upn,
        "SamAccountName": data.get("login") or r.alias, "GrantSendOnBehalfTo": o.shown(data["on_behalf"]),
        "HiddenFromAddressListsEnabled": data["hidden"], "RecipientTypeDetails": kinds.get(data["kind"], "UserMailbox"),
        "ThrottlingPolicy": data["policy"], "WindowsEmailAddress": r.address, **({"SkuAssigned": data["licensed"]} if o.online else {}),
    }, text=r.identity)


def get_recipient(call, out):
    for r in chosen(call, None):
        kind = "MailUniversalDistributionGroup" if r.group else "UserMailbox"
        out.append(Thing("ReducedRecipient", {
            "Name": r.name, "Alias": r.alias, "DisplayName": r.data["name"], "PrimarySmtpAddress": r.address, "EmailAddresses": proxies(call, r),
            "Guid": r.guid, "DistinguishedName": r.dn, "Identity": r.identity, "RecipientType": kind}, text=r.identity))


def get_user(call, out):
    r = org(call).one(call.text("Identity"), False)
    org(call).refresh(r)
    out.append(Thing("User", {"Name": r.name, "UserPrincipalName": r.data.get("upn") or r.address, "Notes": r.data["note"] or "", "Guid": r.guid,
                              "DistinguishedName": r.dn, "Identity": r.identity}, text=r.identity))


def set_user(call, out):
    r = org(call).one(call.text("Identity"), False)
    org(call).change(r, f"note {word(call.text('Notes'))}")


def get_databases(call, out):
    out.append(Thing("MailboxDatabase", {"Name": "Mailbox Database", "Identity": "EX01\\First Storage Group\\Mailbox Database"}))


def get_mailbox(call, out):
    out.extend(mailbox_thing(call, r) for r in chosen(call, False))


def changed_list(call, name, before, find):
    """@{Add=; Remove=}, or all of them anew: the list of addresses as it is to be."""
    value = call.get(name)
    if not isinstance(value, Table):
        return [find(v) for v in value or ()]
    after = list(before)
    for key, many in value.pairs():
        for each in [find(text(v)) for v in items(many)]:
            if key.lower() == "add" and each in after:
                raise Record(f'The value "{each}" is already present in the collection.', "InvalidOperationException")
            if key.lower() == "remove" and each not in after:
                raise Record(f'The value "{each}" is not present in the collection.', "InvalidOperationException")
            if key.lower() not in ("add", "remove"):
                raise Trouble(f"-{name} of such a table is not covered", call.at)
            after = [*after, each] if key.lower() == "add" else [a for a in after if a != each]
    return after


def set_list(o, r, given, taken, before, after):
    """The simulator's two statements, for what differs."""
    lines = [f"{taken} {word(a)}" for a in before if a not in after] + [f"{given} {word(a)}" for a in after if a not in before]
    if lines:
        o.change(r, *lines)


def set_mailbox(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), False)
    if call.has("GrantSendOnBehalfTo"):
        if call.machine.premise == "2007" and isinstance(call.get("GrantSendOnBehalfTo"), Table):
            raise Trouble("Exchange 2007 takes no table here", call.at)
        after = changed_list(call, "GrantSendOnBehalfTo", r.data["on_behalf"], lambda v: o.one(v).address)
        set_list(o, r, "on-behalf", "no-on-behalf", r.data["on_behalf"], after)
    if call.has("HiddenFromAddressListsEnabled"):
        o.change(r, f"hidden {'yes' if call.flag('HiddenFromAddressListsEnabled') else 'no'}")
    if call.has("DisplayName"):
        o.change(r, f"name {word(call.text('DisplayName'))}")
    if call.has("ThrottlingPolicy"):
        set_policy(call, r, call.get("ThrottlingPolicy"))


def set_policy(call, r, name):
    o = org(call)
    known = {p["name"].casefold() for p in o.look()["premises"] for p in o.premise["policies"]}
    if name and name.casefold() not in known:
        raise Record(f"The throttling policy '{name}' couldn't be found.", "ManagementObjectNotFoundException")
    o.change(r, f"policy {word(name) if name else 'none'}")


def new_mailbox(call, out):
    """The account may sign in at once, with the password that was given."""
    o = org(call)
    upn = call.text("UserPrincipalName") or call.text("MicrosoftOnlineServicesID")
    if not upn:
        raise Trouble(f"New-Mailbox needs {'-MicrosoftOnlineServicesID' if o.online else '-UserPrincipalName'}", call.at)
    if call.machine.premise == "2007" and not call.has("Database"):
        raise Trouble("New-Mailbox needs -Database on Exchange 2007", call.at)
    address = call.text("PrimarySmtpAddress") or (f"{call.text('Alias')}@{o.domain}" if call.has("Alias") and not o.online else upn)
    if o.find(address) or o.find(call.text("Name")):
        raise Record(f'The proxy address "SMTP:{address}" is already being used by the proxy addresses or LegacyExchangeDN.', "ProxyAddressExistsException")
    lines = [f"mailbox {word(address)} {word(call.text('DisplayName') or call.text('Name'))} premise {o.premise['name']}", "kind dedicated",
             f"password {word(call.get('Password').plain)}"]
    if upn.casefold() != address.casefold():
        lines.append(f"upn {word(upn)}")
    if call.has("SamAccountName"):
        lines.append(f"login {word(call.text('SamAccountName'))}")
    if call.get("ResetPasswordOnNextLogon") is not False and not o.online:
        lines.append("state must-change")
    o.do(*lines)
    o.load()
    out.append(mailbox_thing(call, o.one(address, False)))


def remove_mailbox(call, out):
    o, r = org(call), org(call).one(call.text("Identity"), False)
    o.do(f"mailbox {word(r.address)}", "remove")
    if r.data.get("upn"):
        o.do(f"account {word(r.data['upn'])}", "remove")
    o.load()


# folders


def folder_of(call):
    """(mailbox, folder) of ADDRESS:\\NAME."""
    said = call.text("Identity")
    who, colon, path = said.partition(":\\")
    if not colon:
        raise Record(f"The specified folder identity '{said}' is not valid.", "ArgumentException")
    r = org(call).one(who, False)
    for folder in r.data["folders"]:
        if folder["name"].casefold() == path.casefold():
            return r, folder
    raise Record(f"The operation couldn't be performed because '{said}' couldn't be found.", "ManagementObjectNotFoundException")


def get_statistics(call, out):
    r = org(call).one(call.text("Identity"), False)
    if call.text("FolderScope", "").lower() != "calendar":
        raise Trouble("only -FolderScope Calendar is covered", call.at)
    for folder in r.data["folders"]:
        if (folder["class"] or "").startswith("IPF.Appointment"):
            kind = "Calendar" if folder["id"] == "calendar" else "User Created"
            out.append(Thing("MailboxFolderStatistics", {"Name": folder["name"], "FolderPath": "/" + folder["name"], "FolderType": kind,
                                                         "Identity": f"{r.identity}\\{folder['name']}", "ItemsInFolder": 0}))


def user_of(call):
    """("default" or "anonymous", None), or ("mailbox" or "group", recipient)."""
    said = call.text("User")
    if said.lower() in ("default", "anonymous"):
        return said.lower(), None
    found = org(call).find(said)
    if len(found) != 1:
        raise Record(f'The user "{said}" is either not valid SMTP address, or there is no matching information.', "InvalidExternalUserIdException")
    if found[0].group and found[0].data["kind"] != "security":
        raise Record(f'The user "{said}" is no security principal.', "InvalidInternalUserIdException")
    return ("group" if found[0].group else "mailbox"), found[0]


def entry_of(folder, to, who):
    """What stands in the folder for them, or nothing. The two that everybody has are always there."""
    found = [g for g in folder["grants"] if g["to"] == to and (who is None or g["who"] == who.address)]
    if found:
        return found[-1]
    usual = {"default": 0x800 if folder["id"] == "calendar" else 0, "anonymous": 0}
    return {"to": to, "who": None, "rights": usual[to]} if to in usual else None


def permission_thing(call, folder, entry):
    names = {"default": "Default", "anonymous": "Anonymous"}
    r = org(call).by_address(entry["who"]) if entry["who"] else None
    name = names.get(entry["to"]) or (r.data["name"] if r else "NT User:" + entry["who"])
    user = Thing("MailboxFolderUserId", {"DisplayName": name, "UserType": names.get(entry["to"], "Internal")}, text=name)
    return Thing("MailboxFolderPermission", {"FolderName": folder["name"], "User": user, "AccessRights": rights_named(entry["rights"]),
                                             "Identity": name, "IsValid": True})


def get_permission(call, out):
    _, folder = folder_of(call)
    if call.has("User"):
        to, who = user_of(call)
        entry = entry_of(folder, to, who)
        if entry is None:
            raise Record(f"There is no existing permission entry found for user: {who.data['name']}.", "UserNotFoundInPermissionEntryException")
        out.append(permission_thing(call, folder, entry))
        return
    both = [entry_of(folder, "default", None), entry_of(folder, "anonymous", None)]
    out.extend(permission_thing(call, folder, e) for e in both + [g for g in folder["grants"] if g["to"] in ("mailbox", "group")])


def wanted_rights(call, folder):
    rights = rights_of(call.get("AccessRights"))
    if rights & BUSY and folder["id"] != "calendar" and folder["class"] != "IPF.Appointment":
        raise Record("Only calendars know such rights.", "InvalidOperationException")
    return rights


def give(call, r, folder, to, who, rights):
    whom = to if who is None else word(who.address)
    entry = entry_of(folder, to, who)
    private = " private" if entry and entry["rights"] & PRIVATE else ""
    level = rights_named(rights)
    said = level[0] if len(level) == 1 and rights_of(level) == rights else f"0x{rights:x}"
    org(call).change(r, f"grant {whom} {said} on {word(folder['id'] if folder['id'] == 'calendar' else folder['name'])}{private}")


def add_permission(call, out):
    r, folder = folder_of(call)
    to, who = user_of(call)
    rights = wanted_rights(call, folder)
    if entry_of(folder, to, who) is not None:
        name = who.data["name"] if who else call.text("User")
        raise Record(f"An existing permission entry was found for user: {name}.", "UserAlreadyExistsInPermissionEntryException")
    give(call, r, folder, to, who, rights)
    _, folder = folder_of(call)
    out.append(permission_thing(call, folder, entry_of(folder, to, who)))


def existing(call):
    r, folder = folder_of(call)
    to, who = user_of(call)
    if entry_of(folder, to, who) is None:
        raise Record(f"There is no existing permission entry found for user: {who.data['name']}.", "UserNotFoundInPermissionEntryException")
    return r, folder, to, who


def set_permission(call, out):
    r, folder, to, who = existing(call)
    give(call, r, folder, to, who, wanted_rights(call, folder))


def remove_permission(call, out):
    r, folder, to, who = existing(call)
    if who is None:
        raise Record(f"The permission of {call.text('User')} can't be removed.", "InvalidOperationException")
    org(call).change(r, f"revoke {word(who.address)} on {word(folder['id'] if folder['id'] == 'calendar' else folder['name'])}")


def commands():
    return table_of(
        ("Get-Mailbox", "Identity:text1 Filter:text ResultSize:text", get_mailbox, FAR),
        ("Set-Mailbox", "Identity:text!1 GrantSendOnBehalfTo:change HiddenFromAddressListsEnabled:bool DisplayName:text "
         "ThrottlingPolicy:text@2010/2013 Confirm:switch", set_mailbox, FAR),
        ("New-Mailbox", "Name:text!1 Alias:text UserPrincipalName:text@2007/2010/2013 MicrosoftOnlineServicesID:text@online Password:secure! "
         "ResetPasswordOnNextLogon:bool DisplayName:text PrimarySmtpAddress:text SamAccountName:text@2007/2010/2013 Database:text@2007/2010/2013 "
         "OrganizationalUnit:text@2007/2010/2013", new_mailbox, FAR),
        ("Get-Recipient", "Identity:text1 Filter:text ResultSize:text", get_recipient, FAR),
        ("Get-User", "Identity:text!1", get_user, FAR),
        ("Set-User", "Identity:text!1 Notes:text!", set_user, FAR),
        ("Get-MailboxDatabase", "", get_databases, {**FAR, "where": "2007 2010 2013"}),
        ("Remove-Mailbox", "Identity:text!1 Confirm:switch", remove_mailbox, ASKS),
        ("Get-MailboxFolderStatistics", "Identity:text!1 FolderScope:text", get_statistics, FAR),
        ("Get-MailboxFolderPermission", "Identity:text!1 User:text", get_permission, {**FAR, **NEW}),
        ("Add-MailboxFolderPermission", "Identity:text!1 User:text! AccessRights:texts! Confirm:switch", add_permission, {**FAR, **NEW}),
        ("Set-MailboxFolderPermission", "Identity:text!1 User:text! AccessRights:texts! Confirm:switch", set_permission, {**FAR, **NEW}),
        ("Remove-MailboxFolderPermission", "Identity:text!1 User:text! Confirm:switch", remove_permission, {**ASKS, **NEW}),
    )
