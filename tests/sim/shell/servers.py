"""Exchange's commands about who is let in by EWS, and how fast."""

from commands import table_of
from organisation import word
from people import ASKS, FAR, changed_list, org, set_policy
from values import Record, Table, Thing, Trouble, text

NEW = {"where": "2010 2013 online"}
HOUSE = {"where": "2010 2013"}
ALLOW, BLOCK = "EnforceAllowList", "EnforceBlockList"


def get_cas(call, out):
    r = org(call).one(call.text("Identity"), False)
    own = r.data["ews_allow"]
    has = {"Name": r.name, "Identity": r.identity, "PrimarySmtpAddress": r.address, "Guid": r.guid}
    if call.machine.premise != "2007":
        # Nobody said, is not the same as switched on; the simulator knows one state for both.
        has |= {"EwsEnabled": None if r.data["ews"] else False, "EwsApplicationAccessPolicy": None if own is None else ALLOW,
                "EwsAllowList": own, "EwsBlockList": None}
    out.append(Thing("CASMailbox", has, text=r.identity))


def set_cas(call, out):
    r = org(call).one(call.text("Identity"), False)
    if call.has("EwsEnabled"):
        org(call).change(r, f"ews {'no' if call.get('EwsEnabled') is False else 'yes'}")
    if call.has("EwsAllowList"):
        if r.data["ews_allow"] is None:
            raise Trouble("a list that nobody enforces is not covered", call.at)
        after = changed_list(call, "EwsAllowList", r.data["ews_allow"], lambda v: v)
        org(call).change(r, "ews-allow " + (" ".join(map(word, after)) or "all"))


def get_organisation(call, out):
    o = org(call)
    o.look()
    p = o.premise
    policy = ALLOW if p["ews_allow"] is not None else BLOCK if p["ews_block"] is not None else None
    has = {"Name": o.domain, "EwsEnabled": p["ews"], "EwsApplicationAccessPolicy": policy, "EwsAllowList": p["ews_allow"],
           "EwsBlockList": p["ews_block"]}
    if o.online and call.flag("RetrieveEwsOperationAccessPolicy"):
        has["EwsAllowedAppIDs"] = None if p["ews_apps"] is None else ",".join(p["ews_apps"])
    out.append(Thing("OrganizationConfig", has, text=o.domain))


def set_words(call, name, statement, none, before):
    after = changed_list(call, name, before or [], lambda v: v)
    org(call).do(f"premise {org(call).premise['name']}", f"{statement} " + (" ".join(map(word, after)) or none))


def set_organisation(call, out):
    o = org(call)
    o.look()
    p, below = o.premise, f"premise {o.premise['name']}"
    if call.has("EwsEnabled"):
        o.do(below, "ews " + {None: "untold", True: "yes", False: "no"}[call.get("EwsEnabled")])
    if call.has("EwsApplicationAccessPolicy"):
        policy = call.text("EwsApplicationAccessPolicy")
        allows, blocks = call.has("EwsAllowList") or p["ews_allow"] is not None, call.has("EwsBlockList") or p["ews_block"] is not None
        if policy is None:
            o.do(below, "ews-allow all", "ews-block none")
        elif (policy == ALLOW and not allows) or (policy == BLOCK and not blocks) or policy not in (ALLOW, BLOCK):
            raise Trouble(f"the policy {policy} without its list is not covered", call.at)
    if call.has("EwsAllowList"):
        if p["ews_allow"] is None and call.text("EwsApplicationAccessPolicy") != ALLOW:
            raise Trouble("a list that nobody enforces is not covered", call.at)
        set_words(call, "EwsAllowList", "ews-allow", "all", p["ews_allow"])
    if call.has("EwsBlockList"):
        if p["ews_block"] is None and call.text("EwsApplicationAccessPolicy") != BLOCK:
            raise Trouble("a list that nobody enforces is not covered", call.at)
        set_words(call, "EwsBlockList", "ews-block", "none", p["ews_block"])
    if call.has("EwsAllowedAppIDs"):
        said = call.text("EwsAllowedAppIDs")
        ids = [word(i.strip()) for i in said.split(",") if i.strip()] if said else []
        o.do(below, "ews-apps " + (" ".join(ids) or "all"))


# throttling


def policies(call):
    o = org(call)
    o.look()
    return o.premise["policies"]


def policy_thing(p):
    return Thing("ThrottlingPolicy", {"Name": p["name"], "Identity": p["name"], "EwsMaxConcurrency": str(p["concurrency"]) if p["concurrency"] else "Unlimited",
                                      "IsDefault": False, "ThrottlingPolicyScope": "Regular"}, text=p["name"])


def policy_named(call, name):
    found = [p for p in policies(call) if p["name"].casefold() == name.casefold()]
    if not found:
        raise Record(f"The throttling policy '{name}' couldn't be found.", "ManagementObjectNotFoundException")
    return found[0]


def get_policies(call, out):
    found = [policy_named(call, call.text("Identity"))] if call.has("Identity") else policies(call)
    out.extend(map(policy_thing, found))


def new_policy(call, out):
    name = call.text("Name")
    if any(p["name"].casefold() == name.casefold() for p in policies(call)):
        raise Record(f'The throttling policy "{name}" already exists.', "ADObjectAlreadyExistsException")
    put_policy(call, name)
    out.append(policy_thing(policy_named(call, name)))


def put_policy(call, name):
    said = call.text("EwsMaxConcurrency", "27")
    most = 0 if said.lower() == "unlimited" else int(said)
    org(call).do(f"premise {org(call).premise['name']}", f"policy {word(name)} concurrency {most}")


def set_policies(call, out):
    put_policy(call, policy_named(call, call.text("Identity"))["name"])


def remove_policy(call, out):
    name = policy_named(call, call.text("Identity"))["name"]
    if any(r.data.get("policy") == name for r in org(call).recipients):
        raise Record(f'The throttling policy "{name}" is associated with a mailbox.', "CannotRemoveAssociatedThrottlingPolicyException")
    org(call).do(f"premise {org(call).premise['name']}", f"no-policy {word(name)}")


def get_association(call, out):
    r = org(call).one(call.text("Identity"), False)
    out.append(Thing("ThrottlingPolicyAssociation", {"Name": r.name, "Identity": r.identity, "ThrottlingPolicyId": r.data["policy"]}, text=r.identity))


def set_association(call, out):
    r = org(call).one(call.text("Identity"), False)
    set_policy(call, r, call.get("ThrottlingPolicy"))


def commands():
    return table_of(
        ("Get-CASMailbox", "Identity:text!1", get_cas, FAR),
        ("Set-CASMailbox", "Identity:text!1 EwsEnabled:any@2010/2013/online EwsAllowList:change@2010/2013/online", set_cas, FAR),
        ("Get-OrganizationConfig", "RetrieveEwsOperationAccessPolicy:switch@online", get_organisation, FAR),
        ("Set-OrganizationConfig", "EwsEnabled:any EwsApplicationAccessPolicy:text EwsAllowList:change EwsBlockList:change "
         "EwsAllowedAppIDs:text@online", set_organisation, {**FAR, **NEW}),
        ("Get-ThrottlingPolicy", "Identity:text1", get_policies, {**FAR, **HOUSE}),
        ("New-ThrottlingPolicy", "Name:text!1 EwsMaxConcurrency:text ThrottlingPolicyScope:text@2013 EwsMaxBurst:text@2013 "
         "EwsRechargeRate:text@2013 EwsCutoffBalance:text@2013", new_policy, {**FAR, **HOUSE}),
        ("Set-ThrottlingPolicy", "Identity:text!1 EwsMaxConcurrency:text", set_policies, {**FAR, **HOUSE}),
        ("Remove-ThrottlingPolicy", "Identity:text!1 Confirm:switch", remove_policy, {**ASKS, **HOUSE}),
        ("Get-ThrottlingPolicyAssociation", "Identity:text!1", get_association, {**FAR, **HOUSE}),
        ("Set-ThrottlingPolicyAssociation", "Identity:text!1 ThrottlingPolicy:text", set_association, {**FAR, **HOUSE}),
    )
