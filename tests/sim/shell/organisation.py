"""The organisation that a script is played on: the simulator, through its control socket, as one premise's admin sees it."""

import json
import socket
import uuid

from values import Record, Trouble, like

SPACE = uuid.UUID("6f1f3c52-2a53-4f57-8f0c-3b2f6f6f8f11")
LEVELS = {
    "none": 0, "availabilityonly": 0x800, "limiteddetails": 0x1800, "contributor": 0x402, "reviewer": 0x401, "noneditingauthor": 0x413,
    "author": 0x41B, "publishingauthor": 0x49B, "editor": 0x47B, "publishingeditor": 0x4FB, "owner": 0x7FB,
}
NAMES = ("None", "AvailabilityOnly", "LimitedDetails", "Contributor", "Reviewer", "NonEditingAuthor", "Author", "PublishingAuthor", "Editor",
         "PublishingEditor", "Owner")
SINGLE = {
    "ReadItems": 0x1, "CreateItems": 0x2, "EditOwnedItems": 0x8, "DeleteOwnedItems": 0x10, "EditAllItems": 0x20, "DeleteAllItems": 0x40,
    "CreateSubfolders": 0x80, "FolderOwner": 0x100, "FolderContact": 0x200, "FolderVisible": 0x400,
}
PRIVATE, BUSY = 0x10000, 0x1800


class Control:
    """One line of JSON for each question."""

    def __init__(self, path):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(120)
            s.connect(path)
            self.file = s.makefile("rw", encoding="utf-8", newline="\n")

    def tell(self, *lines):
        self.file.write("".join(line + "\n" for line in lines))
        self.file.flush()
        said = self.file.readline()
        if not said:
            raise Trouble("the simulator is gone")
        value = json.loads(said)
        if "error" in value:
            raise Trouble(f"the simulator does not understand: {value['error']}: {' / '.join(lines)}")
        return value


def word(said):
    """A word of the scenario language."""
    if "\n" in said or "\r" in said:
        raise Trouble("a name with a line's end is not covered")
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'


def component(name):
    """A name within a distinguished name."""
    out = "".join("\\" + c if c in '\\,+"<>;=#' else c for c in name)
    return "\\" + out if out.startswith(" ") else out


def rights_named(rights):
    """As AccessRights: one level, or the single rights."""
    rights &= ~PRIVATE
    if rights & 1:
        rights &= ~BUSY
    for name in NAMES:
        if LEVELS[name.lower()] == rights:
            return [name]
    if rights & BUSY and not rights & ~BUSY:
        return ["LimitedDetails" if rights & 0x1000 else "AvailabilityOnly"]
    return [name for name, bit in SINGLE.items() if rights & bit]


def rights_of(names):
    out = 0
    single = {k.lower(): v for k, v in SINGLE.items()}
    for name in names:
        if name.lower() not in LEVELS and name.lower() not in single:
            raise Record(f"Cannot process argument transformation on parameter 'AccessRights'. Cannot convert value \"{name}\".", "ParameterBindingException")
        out |= LEVELS.get(name.lower(), single.get(name.lower(), 0))
    return out


class Recipient:
    """A mailbox or a group, with the names that the directory has for it."""

    def __init__(self, org, data, group):
        self.org, self.data, self.group = org, data, group
        self.address = data["address"]
        self.alias = self.address.split("@")[0]
        self.guid = str(uuid.uuid5(SPACE, f"{'group' if group else 'mailbox'} {data.get('number', self.address)}"))
        self.name = ""

    def take_name(self, name):
        self.name = name
        org = self.org
        if org.online:
            self.dn = f"CN={component(name)},OU={org.tenant_name},OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=prod,DC=outlook,DC=com"
            self.identity = name
        else:
            self.dn = f"CN={component(name)},CN=Users," + ",".join("DC=" + part for part in org.domain.split("."))
            self.identity = f"{org.domain}/Users/" + name.replace("\\", "\\\\").replace("/", "\\/")

    def keys(self):
        """By what -Identity finds it, without case."""
        out = [self.address, *self.data.get("aliases", ()), self.alias, self.name, self.dn, self.identity, self.guid]
        if self.data.get("upn"):
            out.append(self.data["upn"])
        if self.data.get("login"):
            out += [self.data["login"], f"{self.org.premise['forest']}\\{self.data['login']}"]
        return {k.casefold() for k in out if k}


class Organisation:
    """What an admin of one premise can look up and change."""

    def __init__(self, control, premise=None):
        self.control = control if isinstance(control, Control) else Control(control)
        self.wanted = premise
        self.load()

    def load(self):
        """Everything anew."""
        self.whole = self.control.tell("organisation")
        premises = self.whole["premises"]
        found = [p for p in premises if self.wanted in (None, p["name"])]
        if not found:
            raise Trouble(f"there is no premise {self.wanted}; there are {', '.join(p['name'] for p in premises)}")
        self.premise = found[0]
        self.online = self.premise["online"]
        self.domain = next((d["name"] for d in self.whole["domains"] if d["premise"] == self.premise["name"]), self.whole["domains"][0]["name"])
        self.tenant_name = self.domain.split(".")[0] + ".onmicrosoft.com"
        data = self.control.tell("directory")
        self.recipients, self.by_key, self.names = [], {}, set()
        for box in data["mailboxes"]:
            if box["premise"] == self.premise["name"] and box["enabled"]:
                self.enlist(Recipient(self, box, False))
        for group in data["groups"]:
            self.enlist(Recipient(self, group, True))

    def enlist(self, r):
        name = r.data["name"] or r.address
        if name.casefold() in self.names:
            name = f"{name} ({r.address})"
        self.names.add(name.casefold())
        r.take_name(name)
        self.recipients.append(r)
        for key in r.keys():
            self.by_key.setdefault(key, []).append(r)

    def look(self):
        """Servers, roles and applications anew."""
        self.whole = self.control.tell("organisation")
        self.premise = next(p for p in self.whole["premises"] if p["name"] == self.premise["name"])
        return self.whole

    def do(self, *lines):
        self.control.tell("do", *lines, ".")

    def change(self, r, *lines):
        """Below a mailbox or a group."""
        self.do(f"{'group' if r.group else 'mailbox'} {word(r.address)}", *lines)
        self.refresh(r)

    def refresh(self, r):
        data = self.control.tell(f"directory {r.address}")
        found = [d for d in data["groups" if r.group else "mailboxes"] if d["address"].casefold() == r.address.casefold()]
        r.data = found[0] if found else r.data

    def find(self, identity, group=None):
        """All that this names; group: True, False, or either."""
        bare = identity.split(":", 1)[1] if identity.lower().startswith("smtp:") else identity
        if "*" in bare:
            found = [r for r in self.recipients if any(like(k, bare) for k in (r.name, r.alias))]
        else:
            found = self.by_key.get(bare.casefold(), [])
        return [r for r in found if group in (None, r.group)]

    def one(self, identity, group=None):
        found = self.find(identity, group)
        if not found:
            raise Record(f"The operation couldn't be performed because object '{identity}' couldn't be found on 'dc01.{self.domain}'.", "ManagementObjectNotFoundException")
        if len(found) > 1:
            raise Record(f"The operation couldn't be performed because '{identity}' matches multiple entries.", "ManagementObjectAmbiguousException")
        return found[0]

    def by_address(self, address):
        return next((r for r in self.by_key.get(address.casefold(), []) if r.address.casefold() == address.casefold()), None)

    def shown(self, addresses):
        """Of references to recipients, what the shell shows: their identity."""
        found = [self.by_address(a) for a in addresses]
        return [r.identity for r in found if r]
