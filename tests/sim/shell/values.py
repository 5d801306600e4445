"""Values of PowerShell: how they turn into each other, how they compare, how they are written."""

import re


class Trouble(Exception):
    """The script does what this interpreter does not cover, or what PowerShell itself would refuse; it cannot be caught."""

    def __init__(self, say, at=None):
        super().__init__(say)
        self.say, self.at = say, at


class Record(Exception):
    """An error as a script can catch it: a message, and the reason that Exchange names by its class."""

    def __init__(self, message, reason="RuntimeException", value=None):
        super().__init__(message)
        self.message, self.reason, self.value = message, reason, value


class Thing:
    """An object: properties without case, in order; text is what it turns into."""

    def __init__(self, kind, properties=None, text=None, open_=False):
        self.kind, self.text, self.open = kind, text, open_
        self.names, self.values = {}, {}
        for name, value in (properties or {}).items():
            self.set(name, value)

    def set(self, name, value):
        self.names.setdefault(name.lower(), name)
        self.values[name.lower()] = value

    def has(self, name):
        return name.lower() in self.names

    def get(self, name):
        if name.lower() not in self.names:
            raise Trouble(f"{self.kind} has no property {name}")
        return self.values[name.lower()]

    def pairs(self):
        return [(self.names[k], v) for k, v in self.values.items()]

    def __repr__(self):
        return f"<{self.kind} {dict(self.pairs())}>"


class Table:
    """@{ }: names without case."""

    def __init__(self, pairs=()):
        self.names, self.values = {}, {}
        for name, value in pairs:
            self.set(name, value)

    def set(self, name, value):
        key = fold(name)
        self.names.setdefault(key, name)
        self.values[key] = value

    def get(self, name):
        return self.values.get(fold(name))

    def has(self, name):
        return fold(name) in self.names

    def drop(self, name):
        self.names.pop(fold(name), None)
        self.values.pop(fold(name), None)

    def pairs(self):
        return [(self.names[k], v) for k, v in self.values.items()]


class Block:
    """{ }, with what it says."""

    def __init__(self, body):
        self.body = body


class Secure:
    """A SecureString."""

    def __init__(self, text):
        self.plain = text


def fold(x):
    return x.lower() if isinstance(x, str) else x


def text(x):
    """As in double quotes."""
    if x is None:
        return ""
    if isinstance(x, bool):
        return "True" if x else "False"
    if isinstance(x, str):
        return x
    if isinstance(x, (list, tuple)):
        return " ".join(text(i) for i in x)
    if isinstance(x, Thing):
        if x.text is not None:
            return x.text
        if x.open:
            return "@{" + "; ".join(f"{k}={text(v)}" for k, v in x.pairs()) + "}"
        raise Trouble(f"what {x.kind} looks like as text is not covered")
    if isinstance(x, Table):
        return "System.Collections.Hashtable"
    if isinstance(x, Secure):
        return "System.Security.SecureString"
    if isinstance(x, float) and x == int(x):
        return str(int(x))
    return str(x)


def truth(x):
    if isinstance(x, (list, tuple)):
        return len(x) > 1 or (len(x) == 1 and truth(x[0]))
    if isinstance(x, (Thing, Table, Block, Secure)):
        return True
    return bool(x)


def number(x):
    """A number, or an error as PowerShell has it."""
    if x is None:
        return 0
    if isinstance(x, bool):
        return int(x)
    if isinstance(x, (int, float)):
        return x
    if isinstance(x, str) and re.fullmatch(r"\s*-?[0-9]+\s*", x):
        return int(x)
    raise Record(f'Cannot convert value "{text(x)}" to type "System.Int32".', "PSInvalidCastException")


def items(x):
    """What a pipeline would hand on of it."""
    return list(x) if isinstance(x, (list, tuple)) else [x]


def one(out):
    """What a variable gets of what was put out."""
    return None if not out else out[0] if len(out) == 1 else list(out)


def equal(a, b, case=False):
    """-eq, for two single values: the left one says how."""
    if a is None or b is None:
        return a is None and b is None
    if isinstance(a, bool):
        return a == truth(b)
    if isinstance(a, (int, float)):
        try:
            return a == number(b)
        except Record:
            return False
    if isinstance(a, str):
        return a == text(b) if case else a.casefold() == text(b).casefold()
    if isinstance(a, Thing) and isinstance(b, Thing):
        return a is b
    raise Trouble("such values cannot be compared here; their texts can")


def like(a, pattern):
    """-like: * ? [a-c]."""
    out, i = "", 0
    while i < len(pattern):
        c = pattern[i]
        if c == "*":
            out += ".*"
        elif c == "?":
            out += "."
        elif c in "[`":
            raise Trouble("in a pattern of -like only * and ? are covered")
        else:
            out += re.escape(c)
        i += 1
    return re.fullmatch(out, text(a), re.I | re.S) is not None


def compare(name, a, b):
    """One of the comparing operators; a list on the left is searched."""
    negative = {"-ne": "-eq", "-notlike": "-like", "-cne": "-ceq", "-ine": "-ieq"}
    if name in ("-contains", "-notcontains"):
        return any(equal(i, b) for i in items(a)) == (name == "-contains")
    if name in ("-in", "-notin"):
        return any(equal(i, a) for i in items(b)) == (name == "-in")
    if isinstance(a, (list, tuple)):
        return [i for i in a if compare(name, i, b)]
    if name in negative:
        return not compare(negative[name], a, b)
    if name in ("-eq", "-ieq", "-ceq"):
        return equal(a, b, name == "-ceq")
    if name == "-like":
        return like(a, text(b))
    if name in ("-lt", "-le", "-gt", "-ge"):
        if isinstance(a, str):
            raise Trouble("texts are not compared by order here")
        x, y = number(a), number(b)
        return {"-lt": x < y, "-le": x <= y, "-gt": x > y, "-ge": x >= y}[name]
    raise Trouble(f"{name} is not covered")


def shaped(pattern, values):
    """-f: {0}, {0,-20}, {0:N0}, and {{ for a brace."""
    given, out, i = items(values), [], 0
    while i < len(pattern):
        c = pattern[i]
        if c in "{}" and pattern[i + 1 : i + 2] == c:
            out.append(c)
            i += 2
            continue
        if c not in "{}":
            out.append(c)
            i += 1
            continue
        found = re.match(r"\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}", pattern[i:])
        if not found or int(found[1]) >= len(given):
            raise Record("Error formatting a string: Input string was not in a correct format.", "FormatException")
        value = given[int(found[1])]
        if found[3] in ("N0", "n0"):
            said = f"{number(value):,}"
        elif found[3] is None:
            said = text(value)
        else:
            raise Trouble(f"the format {found[3]} is not covered")
        width = int(found[2] or 0)
        out.append(said.ljust(-width) if width < 0 else said.rjust(width))
        i += len(found[0])
    return "".join(out)


def cast(kind, x):
    """[kind]x."""
    if kind in ("string", "guid"):
        return text(x)
    if kind == "int":
        return round(number(x))
    if kind in ("bool", "switch"):
        return truth(x)
    if kind in ("array", "object[]"):
        return [] if x is None else items(x)
    if kind == "string[]":
        return None if x is None else [text(i) for i in items(x)]
    if kind == "pscustomobject" and isinstance(x, Table):
        return Thing("PSCustomObject", dict(x.pairs()), open_=True)
    if kind in ("ordered", "hashtable") and isinstance(x, Table):
        return x
    if kind == "object":
        return x
    if kind == "securestring" and (x is None or isinstance(x, Secure)):
        return x
    if kind == "void":
        return None
    raise Trouble(f"[{kind}] of such a value is not covered")
