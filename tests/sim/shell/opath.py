"""Filters of Exchange, OPATH: property, comparison, value in quotes; -and, -or, -not and parentheses.

Within a filter a quote is doubled. Only the straight single quote is taken as one here: what the others mean is not
known for sure.
"""

import re

from values import Record, Trouble, like

TOKEN = re.compile(r"\s*(?:(\()|(\))|-(and|or|not|eq|ne|like|notlike)\b|'((?:[^']|'')*)'|\"([^\"`$]*)\"|([A-Za-z][A-Za-z0-9]*)|(\$(?:true|false|null)))", re.I)


def tokens(said):
    out, at = [], 0
    if any(c in said for c in "\u2018\u2019\u201a\u201b"):
        raise Trouble(f"a filter with such quotes is not covered: {said}")
    said = said.strip()
    while at < len(said):
        found = TOKEN.match(said, at)
        if not found:
            raise Record(f"Cannot bind parameter 'Filter'. The filter is not valid: \"{said}\" at position {at}.", "ParameterBindingException")
        kinds = ("open", "close", "sign", "text", "text", "name", "constant")
        kind, value = next((k, v) for k, v in zip(kinds, found.groups()) if v is not None)
        out.append((kind, value.replace("''", "'") if kind == "text" and found[4] is not None else value))
        at = found.end()
    return out


class Filter:
    """test(get): get(property) gives a value, or a list of them."""

    def __init__(self, said):
        self.said, self.list, self.at = said, tokens(said), 0
        self.tree = self.either()
        if self.at != len(self.list):
            self.wrong()

    def wrong(self):
        raise Record(f"Cannot bind parameter 'Filter'. The filter is not valid: \"{self.said}\".", "ParameterBindingException")

    def take(self, kind, *values):
        if self.at < len(self.list) and self.list[self.at][0] == kind and (not values or self.list[self.at][1].lower() in values):
            self.at += 1
            return self.list[self.at - 1][1]
        return None

    def either(self):
        left = self.both()
        while self.take("sign", "or"):
            left = ("or", left, self.both())
        return left

    def both(self):
        left = self.one()
        while self.take("sign", "and"):
            left = ("and", left, self.one())
        return left

    def one(self):
        if self.take("sign", "not"):
            return ("not", self.one())
        if self.take("open"):
            inner = self.either()
            if not self.take("close"):
                self.wrong()
            return inner
        name = self.take("name") or self.wrong()
        sign = self.take("sign", "eq", "ne", "like", "notlike") or self.wrong()
        value = self.take("text")
        if value is None:
            value = self.take("constant") or self.wrong()
        return ("compare", name.lower(), sign.lower(), value)

    def test(self, get):
        return self.judge(self.tree, get)

    def judge(self, node, get):
        if node[0] == "or":
            return self.judge(node[1], get) or self.judge(node[2], get)
        if node[0] == "and":
            return self.judge(node[1], get) and self.judge(node[2], get)
        if node[0] == "not":
            return not self.judge(node[1], get)
        has = get(node[1])
        has = has if isinstance(has, list) else [has]
        if node[2] in ("like", "notlike"):
            return any(like(h, node[3]) for h in has) == (node[2] == "like")
        return any(str(h).casefold() == node[3].casefold() for h in has) == (node[2] == "eq")
