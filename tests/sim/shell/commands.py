"""How commands take what they are given, and PowerShell's own commands as far as scripts use them."""

import csv
import io
import os

from values import Block, Record, Secure, Table, Thing, Trouble, equal, items, number, text, truth

COMMON = "ErrorAction:text ErrorVariable:text OutVariable:text WarningAction:text Verbose:switch"
KINDS = ("text", "texts", "int", "bool", "switch", "any", "block", "secure", "change", "table")


class Param:
    """kind!3@0o: needed, third by position, on these premises only."""

    def __init__(self, said):
        name, _, rest = said.partition(":")
        rest, _, self.where = rest.partition("@")
        self.name, self.kind = name, rest.rstrip("!0123456789")
        self.needed = "!" in rest
        place = rest[len(self.kind) :].replace("!", "")
        self.place = int(place) if place else None
        if self.kind not in KINDS:
            raise ValueError(said)


class Command:
    """One command: what it takes, and a function (call, out)."""

    def __init__(self, name, params, run, version=1, remote=False, asks=False, piped=False, where="2007 2010 2013 online"):
        self.name, self.version, self.remote, self.asks, self.piped = name, version, remote, asks, piped
        self.action, self.where = run, where.split()
        self.params = {p.name.lower(): p for p in map(Param, f"{params} {COMMON}".split())}
        self.premise = None

    def param(self, said, at):
        found = self.params.get(said.lower())
        if found is None:
            raise Trouble(f"{self.name} has no parameter -{said}", at)
        if found.where and self.premise and self.premise not in found.where.split("/"):
            raise Trouble(f"{self.name} has no parameter -{said} on Exchange {self.premise}", at)
        return found

    def bind(self, arguments, at):
        """By name in lower case; what does not fit is an error that no script should catch."""
        given, rest = {}, []
        arguments = list(arguments)
        while arguments:
            kind, said, attached, value = arguments.pop(0)
            if kind == "value":
                rest.append(value)
                continue
            param = self.param(said, at)
            if param.name.lower() in given:
                raise Trouble(f"-{said} of {self.name} is given twice", at)
            if not attached and param.kind != "switch":
                if not arguments or arguments[0][0] == "parameter":
                    raise Trouble(f"-{said} of {self.name} needs a value", at)
                value = arguments.pop(0)[3]
            given[param.name.lower()] = self.fit(param, True if param.kind == "switch" and not attached else value, at)
        for param in sorted((p for p in self.params.values() if p.place), key=lambda p: p.place):
            if rest and param.name.lower() not in given:
                given[param.name.lower()] = self.fit(param, rest.pop(0), at)
        if rest:
            raise Trouble(f"{self.name} takes no such value: {text(rest[0])}", at)
        for param in self.params.values():
            if param.needed and param.name.lower() not in given and not self.piped:
                raise Trouble(f"{self.name} needs -{param.name}", at)
        return given

    def fit(self, param, value, at):
        kind, what = param.kind, f"-{param.name} of {self.name}"
        if kind == "any":
            return value
        if kind in ("switch", "bool"):
            if not isinstance(value, bool):
                raise Trouble(f"{what} is $true or $false, not '{text(value)}'", at)
            return value
        if kind == "block":
            if not isinstance(value, Block):
                raise Trouble(f"{what} is a block", at)
            return value
        if kind == "secure":
            if not isinstance(value, Secure):
                raise Record(f"Cannot process argument transformation on parameter '{param.name}'.", "ParameterBindingException")
            return value
        if kind == "int":
            return number(value)
        if kind in ("change", "table") and isinstance(value, Table):
            return value
        if kind == "table":
            raise Trouble(f"{what} is a table", at)
        if kind in ("texts", "change"):
            return None if value is None else [text(i) for i in items(value)]
        if isinstance(value, (list, Table, Block)):
            raise Trouble(f"{what} is one text, not several", at)
        if param.needed and text(value) == "":
            raise Record(f"Cannot bind argument to parameter '{param.name}' because it is an empty string.", "ParameterBindingException")
        return None if value is None else text(value)

    def run(self, call, out):
        if call.before is not None and not self.piped:
            raise Trouble(f"nothing comes to {self.name} through a pipeline here", call.at)
        if self.asks and call.get("confirm") is not False:
            raise Trouble(f"{self.name} would ask whether it may: -Confirm:$false is missing", call.at)
        if call.flag("whatif"):
            raise Trouble("-WhatIf is not covered", call.at)
        if self.remote:
            call.machine.ahead(self.name)
        self.action(call, out)


# PowerShell's own


def flowing(call):
    """What comes through the pipeline, or was given as -InputObject."""
    if call.before is not None:
        return call.before
    return items(call.get("InputObject"))


def where_object(call, out):
    for value in flowing(call):
        if call.has("FilterScript"):
            kept = []
            call.machine.with_it(value, call.get("FilterScript").body, kept)
            if truth(kept):
                out.append(value)
            continue
        if call.machine.version < 3:
            raise Trouble("before PowerShell 3 Where-Object takes a block", call.at)
        has = call.machine.member(value, call.text("Property"), call.at)
        if equal(has, call.get("EQ")) if call.has("EQ") else truth(has):
            out.append(value)


def foreach_object(call, out):
    for value in flowing(call):
        call.machine.with_it(value, call.get("Process").body, out)


def select_object(call, out):
    values = flowing(call)
    if call.has("First"):
        values = values[: call.get("First")]
    if call.has("Last"):
        values = values[-call.get("Last") :]
    if call.has("ExpandProperty"):
        values = [i for v in values for i in items(call.machine.member(v, call.text("ExpandProperty"), call.at))]
    if call.has("Property"):
        values = [Thing("PSCustomObject", {n: property_of(call, v, n) for n in call.get("Property")}, open_=True) for v in values]
    if call.flag("Unique"):
        seen = []
        for v in values:
            if not any(equal(v, s) for s in seen):
                seen.append(v)
        values = seen
    out.extend(values)


def property_of(call, value, name):
    return call.machine.member(value, name, call.at)


def sort_object(call, out):
    name = call.get("Property")
    out.extend(sorted(flowing(call), key=lambda v: text(property_of(call, v, name[0]) if name else v).casefold()))


def new_object(call, out):
    if call.text("TypeName").lower() not in ("psobject", "system.management.automation.psobject"):
        raise Trouble("only PSObject is made here", call.at)
    if call.has("Property") and call.machine.version < 2:
        raise Trouble("PowerShell 1 has no -Property here", call.at)
    pairs = call.get("Property").pairs() if call.has("Property") else ()
    out.append(Thing("PSCustomObject", dict(pairs), open_=True))


def write_host(call, out):
    end = "" if call.flag("NoNewline") else "\n"
    call.machine.say(text(call.get("Object")) + end.rstrip("\n"))


def write_output(call, out):
    out.extend(items(call.get("InputObject")))


def write_warning(call, out):
    call.machine.warnings.append(call.text("Message"))
    call.machine.say("WARNING: " + call.text("Message"))


def write_error(call, out):
    raise Record(call.text("Message"), "WriteErrorException")


def out_null(call, out):
    """Takes everything."""


def read_host(call, out):
    prompt, secret = call.text("Prompt", ""), call.flag("AsSecureString")
    if call.machine.answers:
        said = call.machine.answers.pop(0)
    elif call.machine.ask:
        said = call.machine.ask(prompt, secret)
    else:
        raise Trouble(f"the script asks '{prompt}', and no answer was given", call.at)
    out.append(Secure(said) if secret else said)


def place(call, name="Path"):
    """A file beside the script: nothing else is touched."""
    said = call.text(name)
    path = os.path.normpath(os.path.join(call.machine.directory, said.replace("\\", "/")))
    if not path.startswith(os.path.normpath(call.machine.directory) + os.sep):
        raise Trouble(f"the file {said} is outside of the directory", call.at)
    if any(c in said for c in "*?["):
        raise Trouble(f"in the path {said} PowerShell would see a pattern", call.at)
    return path


ENCODINGS = {"utf8": "utf-8-sig", "ascii": "ascii", "unicode": "utf-16", "default": None}


def encoding(call):
    name = call.text("Encoding", "ASCII").lower()
    if ENCODINGS.get(name) is None:
        raise Trouble(f"the encoding {name} is not covered", call.at)
    return ENCODINGS[name]


def as_bytes(call, said):
    """What ASCII cannot say becomes a question mark, as in PowerShell."""
    return said.encode(encoding(call), "replace")


def quoted(x):
    return '"' + text(x).replace('"', '""') + '"'


def export_csv(call, out):
    if not call.flag("NoTypeInformation"):
        raise Trouble("without -NoTypeInformation older versions write a line of their own", call.at)
    if call.has("Append") and call.machine.version < 3:
        raise Trouble("before PowerShell 3 Export-Csv has no -Append", call.at)
    rows = flowing(call)
    if not all(isinstance(row, Thing) for row in rows):
        raise Trouble("only objects are exported", call.at)
    names = [n for n, _ in rows[0].pairs()] if rows else []
    lines = [",".join(map(quoted, names))] if names else []
    lines += [",".join(quoted(row.get(n)) for n in names) for row in rows]
    with open(place(call), "ab" if call.flag("Append") else "wb") as f:
        f.write(as_bytes(call, "".join(line + "\r\n" for line in lines)))


def reading(call):
    try:
        with open(place(call), "rb") as f:
            data = f.read()
    except OSError:
        raise Record(f"Cannot find path '{call.text('Path')}' because it does not exist.", "ItemNotFoundException") from None
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if data.startswith(mark):
            return data.decode(name)
    if call.has("Encoding"):
        return data.decode(encoding(call))
    if not data.isascii():
        raise Trouble("Windows PowerShell would read this file by the machine's code page", call.at)
    return data.decode()


def import_csv(call, out):
    if call.has("Encoding") and call.machine.version < 3:
        raise Trouble("before PowerShell 3 Import-Csv has no -Encoding", call.at)
    rows = list(csv.reader(io.StringIO(reading(call), newline="")))
    if not rows:
        return
    if rows[0] and rows[0][0].startswith("#TYPE"):
        rows.pop(0)
    for row in rows[1:]:
        out.append(Thing("PSCustomObject", dict(zip(rows[0], row)), open_=True))


def add_content(call, out):
    with open(place(call), "ab") as f:
        for value in items(call.get("Value")):
            f.write(as_bytes(call, text(value) + "\r\n"))


def set_content(call, out):
    with open(place(call), "wb") as f:
        for value in items(call.get("Value")):
            f.write(as_bytes(call, text(value) + "\r\n"))


def get_content(call, out):
    out.extend(reading(call).splitlines())


def test_path(call, out):
    out.append(os.path.exists(place(call)))


def remove_item(call, out):
    try:
        os.remove(place(call))
    except OSError:
        raise Record(f"Cannot find path '{call.text('Path')}' because it does not exist.", "ItemNotFoundException") from None


def join_path(call, out):
    out.append(call.text("Path").rstrip("\\/") + "\\" + call.text("ChildPath"))


def convert_secure(call, out):
    out.append(Secure(call.text("String")))


def get_command(call, out):
    """What there is on this premise, by its name."""
    found = call.machine.commands.get(call.text("Name").lower())
    if found is None:
        raise Record(f"The term '{call.text('Name')}' is not recognized as the name of a cmdlet.", "CommandNotFoundException")
    out.append(Thing("CommandInfo", {"Name": found.name}, text=found.name))


def measure(call, out):
    out.append(Thing("GenericMeasureInfo", {"Count": len(flowing(call))}))


def sleep(call, out):
    """Time does not matter here."""


def table_of(*rows):
    return {row[0].lower(): Command(*row[:3], **(row[3] if len(row) > 3 else {})) for row in rows}


PIPED = {"piped": True}


def own():
    """PowerShell's own commands, as far as they are covered."""
    return table_of(
        ("Where-Object", "FilterScript:block1 Property:text EQ:any InputObject:any", where_object, PIPED),
        ("ForEach-Object", "Process:block!1 InputObject:any", foreach_object, PIPED),
        ("Select-Object", "Property:texts1 First:int Last:int ExpandProperty:text Unique:switch InputObject:any", select_object, PIPED),
        ("Sort-Object", "Property:texts1 InputObject:any", sort_object, PIPED),
        ("Measure-Object", "InputObject:any", measure, PIPED),
        ("New-Object", "TypeName:text!1 Property:table", new_object),
        ("Write-Host", "Object:any1 ForegroundColor:text BackgroundColor:text NoNewline:switch", write_host),
        ("Write-Output", "InputObject:any!1", write_output),
        ("Write-Warning", "Message:text!1", write_warning),
        ("Write-Error", "Message:text!1", write_error),
        ("Out-Null", "InputObject:any", out_null, PIPED),
        ("Read-Host", "Prompt:text1 AsSecureString:switch", read_host),
        ("Export-Csv", "Path:text!1 NoTypeInformation:switch Encoding:text Append:switch InputObject:any", export_csv, PIPED),
        ("Import-Csv", "Path:text!1 Encoding:text", import_csv),
        ("Add-Content", "Path:text!1 Value:any!2 Encoding:text", add_content),
        ("Set-Content", "Path:text!1 Value:any!2 Encoding:text", set_content),
        ("Get-Content", "Path:text!1 Encoding:text", get_content),
        ("Test-Path", "Path:text!1", test_path),
        ("Remove-Item", "Path:text!1", remove_item),
        ("Join-Path", "Path:text!1 ChildPath:text!2", join_path),
        ("ConvertTo-SecureString", "String:text!1 AsPlainText:switch Force:switch", convert_secure),
        ("Get-Command", "Name:text!1", get_command),
        ("Start-Sleep", "Seconds:int!1", sleep),
    )
