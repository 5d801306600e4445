"""The characters of a script, as PowerShell sees them: quotes, blanks, comments, words.

PowerShell takes five characters as a single quote, four as a double quote and four as a dash. Within quotes two
single quotes of any sort are one, the second of them. What begins a token depends on where it stands, so the
grammar asks for the token it can use there.
"""

import unicodedata

SINGLE = "'\u2018\u2019\u201a\u201b"
DOUBLE = '"\u201c\u201d\u201e'
DASH = "-\u2013\u2014\u2015"
MARK = "\ufeff"
# A bare word ends here, whatever it is.
ENDS = "{}();,|&\n\r"
ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Wrong(Exception):
    """Something in the text is not understood; line and column count from 1."""

    def __init__(self, say, line, column):
        super().__init__(f"line {line}, column {column}: {say}")
        self.say, self.line, self.column = say, line, column


class Token:
    """kind: string, expandable, variable, splat, parameter, number, word, operator, mark, end."""

    __slots__ = ("kind", "text", "at")

    def __init__(self, kind, text, at):
        self.kind, self.text, self.at = kind, text, at

    def __repr__(self):
        return f"{self.kind} {self.text!r}"


def blank(c):
    """Blanks that end no line; PowerShell takes every Unicode separator as one."""
    return c in " \t\v\f\u00a0\u0085" or (ord(c) > 256 and unicodedata.category(c) in ("Zs", "Zl", "Zp"))


def decode(data):
    """The text of a script file. Windows PowerShell reads a file without a mark by the machine's code page."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Wrong("this is no UTF-8", data.count(b"\n", 0, e.start) + 1, 1) from None
    if text.startswith(MARK):
        return text[1:]
    for n, line in enumerate(text.split("\n"), 1):
        if not line.isascii():
            raise Wrong("the file has no byte order mark, so Windows PowerShell would read other characters here", n, 1)
    return text


class Reader:
    """A place in the text. What was taken is kept in tokens, in order."""

    def __init__(self, text):
        self.text, self.at, self.tokens = text, 0, []
        for i, c in enumerate(text):
            if (ord(c) < 32 and c not in "\t\n\r") or c == "\x7f" or 0xD800 <= ord(c) < 0xE000:
                self.wrong(f"the character U+{ord(c):04X} has no place in a script", i)

    def wrong(self, say, at=None):
        at = self.at if at is None else at
        before = self.text[:at]
        line = before.count("\n") + 1
        raise Wrong(say, line, at - (before.rfind("\n") + 1) + 1)

    def peek(self, n=0):
        i = self.at + n
        return self.text[i] if i < len(self.text) else ""

    def take(self, kind, text, start):
        token = Token(kind, text, start)
        self.tokens.append(token)
        return token

    # what is between tokens

    def skip(self, lines=False):
        """Blanks and comments; with lines, the ends of lines too. True when anything was there."""
        start = self.at
        while True:
            c = self.peek()
            if c and (blank(c) or (lines and c in "\r\n")):
                self.at += 1
            elif c == "`" and self.peek(1) in ("\n", "\r"):
                self.at += 3 if self.text.startswith("\r\n", self.at + 1) else 2
            elif c == "#":
                self.line_comment()
            elif c == "<" and self.peek(1) == "#":
                self.block_comment()
            else:
                return self.at > start

    def line_comment(self):
        while self.peek() not in ("", "\n", "\r"):
            self.at += 1

    def block_comment(self):
        end = self.text.find("#>", self.at + 2)
        if end < 0:
            self.wrong("the comment has no end")
        self.at = end + 2

    def ended(self):
        """Nothing follows in this statement."""
        self.skip()
        return self.peek() == "" or self.peek() in "\r\n;)}|"

    # tokens

    def is_mark(self, mark):
        return self.text.startswith(mark, self.at)

    def mark(self, mark):
        """Take it when it is there."""
        if not self.is_mark(mark):
            return None
        start, self.at = self.at, self.at + len(mark)
        return self.take("mark", mark, start)

    def need(self, mark, why):
        return self.mark(mark) or self.wrong(f"'{mark}' is missing {why}")

    def end(self):
        """The end of a statement: a line's end or a semicolon."""
        self.skip()
        start, c = self.at, self.peek()
        if c == "" or c not in "\r\n;":
            return None
        self.at += 2 if self.is_mark("\r\n") else 1
        return self.take("end", ";" if c == ";" else "\n", start)

    def string(self):
        """Between single quotes, of any sort."""
        start = self.at
        if self.peek() == "" or self.peek() not in SINGLE:
            return None
        self.at += 1
        out = []
        while True:
            c = self.peek()
            if c == "":
                self.wrong("the string has no end", start)
            if c in SINGLE:
                self.at += 1
                c = self.peek()
                if c == "" or c not in SINGLE:
                    return self.take("string", "".join(out), start)
            out.append(c)
            self.at += 1

    def variable_name(self):
        """After the dollar: a name, perhaps of a scope, or one in braces."""
        start = self.at
        if self.peek() == "{":
            end = self.text.find("}", self.at)
            name = self.text[self.at + 1 : end] if end > 0 else ""
            if not name or not all(c.isalnum() or c == "_" for c in name):
                self.wrong("such a name of a variable is not covered")
            self.at = end + 1
            return name
        while self.peek() and (self.peek().isalnum() or self.peek() == "_"):
            self.at += 1
        name = self.text[start : self.at]
        if name.lower() in ("script", "global", "local", "env", "private") and self.peek() == ":" and self.peek(1).isalpha():
            self.at += 1
            return f"{name}:{self.variable_name()}"
        # In words and in strings a colon would go on with the name.
        if self.peek() == ":":
            self.wrong("a colon behind a variable is not covered; braces would part them")
        if not name:
            self.wrong("a dollar without a name is not covered")
        return name

    def variable(self):
        start = self.at
        if self.peek() != "$" or self.peek(1) == "(":
            return None
        self.at += 1
        if self.peek() in ("$", "^", "?"):
            self.wrong("this automatic variable is not covered")
        return self.take("variable", self.variable_name(), start)

    def splat(self):
        start = self.at
        if self.peek() != "@" or not (self.peek(1).isalpha() or self.peek(1) == "_"):
            return None
        self.at += 1
        return self.take("splat", self.variable_name(), start)

    def parameter(self):
        """-Name, and with a colon behind it the value belongs to it in any case."""
        start = self.at
        if self.peek() == "" or self.peek() not in DASH or not (self.peek(1).isalpha() or self.peek(1) == "_"):
            return None
        self.at += 1
        while self.peek() and (self.peek().isalnum() or self.peek() == "_"):
            self.at += 1
        name = self.text[start + 1 : self.at]
        if self.peek() and self.peek() not in ENDS + ":" and not blank(self.peek()):
            self.wrong(f"the parameter -{name} is followed by what is not covered")
        return self.take("parameter", name, start)

    def dash_operator(self):
        """-eq and the like, in expressions."""
        start = self.at
        if self.peek() == "" or self.peek() not in DASH or not self.peek(1).isalpha():
            return None
        self.at += 1
        while self.peek().isalpha():
            self.at += 1
        name = self.text[start + 1 : self.at].lower()
        if self.peek() and (self.peek().isalnum() or self.peek() == "_"):
            self.wrong(f"-{name}... is no operator", start)
        return self.take("operator", "-" + name, start)

    def number(self):
        start, i = self.at, 0
        while self.peek(i).isdigit() and self.peek(i).isascii():
            i += 1
        if i and self.peek(i) == "." and self.peek(i + 1).isdigit():
            i += 1
            while self.peek(i).isdigit():
                i += 1
        if not i:
            return None
        if self.peek(i) and (self.peek(i).isalnum() or self.peek(i) == "_"):
            self.wrong("a number in this form is not covered")
        self.at += i
        return self.take("number", self.text[start : self.at], start)

    def word(self):
        """A name in an expression: keyword, property, key of a table."""
        start = self.at
        if not (self.peek().isalpha() or self.peek() == "_"):
            return None
        while self.peek() and (self.peek().isalnum() or self.peek() == "_"):
            self.at += 1
        return self.take("word", self.text[start : self.at], start)

    def bare(self):
        """A word of a command that stands without quotes: letters, digits and what cannot be misread."""
        start = self.at
        while self.peek() and ((self.peek().isascii() and self.peek().isalnum()) or self.peek() in "-_.\\/*=+:?" or (self.at > start and self.peek() == "@")):
            self.at += 1
        if self.at == start:
            return None
        if self.peek() and self.peek() not in ENDS and not blank(self.peek()):
            self.wrong("in a word without quotes this character is not covered")
        return self.take("word", self.text[start : self.at], start)
