"""The subset of PowerShell's grammar that scripts for an Exchange admin need, as a tree.

A node is a tuple: its kind, where it begins in the text, and what it has. Precedence is PowerShell's own: the comma
binds closer than -f, that closer than + and -, then comparisons, then -and and -or.
"""

from reader import DASH, DOUBLE, ESCAPES, SINGLE, Reader, blank

COMPARE = {
    "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-like", "-notlike", "-contains", "-notcontains", "-in", "-notin", "-join", "-split",
    "-replace", "-match", "-notmatch", "-is", "-isnot", "-ceq", "-cne", "-ieq", "-ine",
}
LOGIC = {"-and", "-or", "-xor"}
KEYWORDS = {"if", "foreach", "while", "try", "throw", "return", "break", "continue", "exit", "function"}
# PowerShell knows them, and here they are not covered.
OTHERS = {
    "begin", "catch", "class", "data", "define", "do", "dynamicparam", "else", "elseif", "end", "enum", "filter", "finally", "for", "from",
    "hidden", "in", "param", "process", "sequence", "parallel", "static", "switch", "trap", "until", "using", "var", "workflow",
}
TYPES = {"string", "int", "bool", "switch", "array", "void", "pscustomobject", "datetime", "securestring", "string[]", "object[]", "object", "hashtable", "ordered", "guid"}
DEEP = 60


class Grammar(Reader):
    """Reads a whole text: tree() gives its statements."""

    def __init__(self, text):
        super().__init__(text)
        self.depth = 0

    def tree(self):
        body = self.statements("")
        if self.peek():
            self.wrong("this does not belong here")
        return body

    # statements

    def statements(self, until):
        """Up to the closing mark, which stays, or to the end."""
        out = []
        while True:
            self.skip()
            if self.end():
                continue
            if self.peek() == "" or (until and self.is_mark(until)):
                return out
            out.append(self.statement())
            self.skip()
            if self.peek() and not self.end() and not (until and self.is_mark(until)) and out[-1][0] not in ("if", "foreach", "while", "try", "function"):
                self.wrong("the statement goes on in a way that is not covered")

    def statement(self):
        self.depth += 1
        if self.depth > DEEP:
            self.wrong("this is nested too deep")
        node = self.one_statement()
        self.depth -= 1
        return node

    def one_statement(self):
        name = self.word_ahead()
        if name in KEYWORDS:
            start = self.at
            self.word()
            return getattr(self, "read_" + name)(start)
        if name in OTHERS:
            self.wrong(f"'{name}' is not covered")
        return self.pipeline()

    def word_ahead(self):
        """A name that stands alone, without case: a keyword, perhaps."""
        i = 0
        while self.peek(i).isalpha():
            i += 1
        c = self.peek(i)
        alone = i and (c == "" or c in "({;)}|\r\n" or blank(c))
        return self.text[self.at : self.at + i].lower() if alone else ""

    def block(self, why):
        self.skip(True)
        self.need("{", why)
        body = self.statements("}")
        self.need("}", "at the end of the block")
        return body

    def condition(self, why):
        self.skip(True)
        self.need("(", why)
        self.skip(True)
        node = self.pipeline()
        self.skip(True)
        self.need(")", why)
        return node

    def read_if(self, start):
        ways, other = [(self.condition("behind if"), self.block("behind the condition"))], None
        while True:
            before, taken = self.at, len(self.tokens)
            self.skip(True)
            name = self.word_ahead()
            if name == "elseif":
                self.word()
                ways.append((self.condition("behind elseif"), self.block("behind the condition")))
            elif name == "else":
                self.word()
                other = self.block("behind else")
                return ("if", start, ways, other)
            else:
                self.at = before
                del self.tokens[taken:]
                return ("if", start, ways, other)

    def read_foreach(self, start):
        self.skip(True)
        self.need("(", "behind foreach")
        self.skip(True)
        name = self.variable() or self.wrong("foreach needs a variable")
        self.skip(True)
        if self.word_ahead() != "in":
            self.wrong("foreach needs 'in'")
        self.word()
        self.skip(True)
        over = self.pipeline()
        self.skip(True)
        self.need(")", "behind foreach")
        return ("foreach", start, name.text, over, self.block("behind foreach"))

    def read_while(self, start):
        return ("while", start, self.condition("behind while"), self.block("behind while"))

    def read_try(self, start):
        body, caught, last = self.block("behind try"), None, None
        while True:
            before = self.at
            self.skip(True)
            name = self.word_ahead()
            if name == "catch" and caught is None and last is None:
                self.word()
                self.skip(True)
                if self.peek() == "[":
                    self.wrong("to catch by type is not covered")
                caught = self.block("behind catch")
            elif name == "finally" and last is None:
                self.word()
                last = self.block("behind finally")
            else:
                self.at = before
                break
        if caught is None and last is None:
            self.wrong("try needs catch or finally")
        return ("try", start, body, caught, last)

    def read_function(self, start):
        self.skip()
        name = self.bare() or self.wrong("a function needs a name")
        self.skip()
        params = self.params() if self.peek() == "(" else []
        self.skip(True)
        self.need("{", "behind the function's name")
        self.skip(True)
        if self.word_ahead() == "param":
            self.word()
            self.skip(True)
            params = self.params()
        body = self.statements("}")
        self.need("}", "at the end of the function")
        return ("function", start, name.text, params, body)

    def params(self):
        """(name, type, default) of each."""
        self.need("(", "before parameters")
        out = []
        while True:
            self.skip(True)
            if self.mark(")"):
                return out
            kind = None
            if self.peek() == "[":
                kind = self.type_name()
                self.skip(True)
            name = self.variable() or self.wrong("a parameter is a variable")
            self.skip(True)
            default = None
            if self.mark("="):
                self.skip(True)
                default = self.single()
                self.skip(True)
            out.append((name.text, kind, default))
            if not self.mark(",") and self.peek() != ")":
                self.wrong("between parameters there are commas")

    def read_throw(self, start):
        return ("throw", start, None if self.ended() else self.pipeline())

    def read_return(self, start):
        return ("return", start, None if self.ended() else self.pipeline())

    def read_exit(self, start):
        return ("exit", start, None if self.ended() else self.pipeline())

    def read_break(self, start):
        return ("break", start)

    def read_continue(self, start):
        return ("continue", start)

    # pipelines

    def pipeline(self):
        """One expression or assignment, or commands that hand on to each other."""
        start = self.at
        first = self.element()
        if first[0] != "command":
            self.skip()
            sign = next((s for s in ("+=", "-=", "=") if self.is_mark(s)), None)
            if sign:
                return self.assignment(start, first, sign)
        parts = [first]
        while True:
            self.skip()
            if self.is_mark("||") or self.is_mark("&&"):
                self.wrong("Windows PowerShell does not know this")
            if self.peek() in ("&", ">", "<"):
                self.wrong("this is not covered")
            if not self.mark("|"):
                return first if len(parts) == 1 and first[0] != "command" else ("pipeline", start, parts)
            self.skip(True)
            if self.expression_ahead():
                self.wrong("behind | there is a command")
            parts.append(self.command())

    def assignment(self, start, to, sign):
        self.mark(sign)
        kind, place = None, to
        if place[0] == "cast":
            kind, place = place[2], place[3]
        if place[0] not in ("variable", "member", "index"):
            self.wrong("nothing can be assigned to this", start)
        self.skip(True)
        return ("assign", start, place, kind, sign, self.statement())

    def expression_ahead(self):
        c = self.peek()
        if c == "" or c.isdigit() or c in "$([!,{" or c in SINGLE or c in DOUBLE or c in DASH:
            return True
        return c == "@" and self.peek(1) != "" and self.peek(1) in "({"

    def element(self):
        start = self.at
        if self.mark("&"):
            self.skip()
            if self.peek() != "{":
                self.wrong("behind & only a block is covered")
            return ("scope", start, self.block("behind &"))
        if not self.expression_ahead():
            return self.command()
        return self.expression()

    def command(self):
        start = self.at
        name = self.bare()
        if not name:
            self.wrong("here this is not covered")
        if not name.text[0].isalpha():
            self.wrong("a command has a name", start)
        parts = []
        while not self.ended():
            if parts and not (blank(self.text[self.at - 1]) or self.text[self.at - 1] in "\r\n"):
                self.wrong("between arguments there are blanks")
            parts.append(self.argument())
        return ("command", start, name.text, parts)

    def argument(self):
        start = self.at
        token = self.splat()
        if token:
            return ("splat", start, token.text)
        token = self.parameter()
        if token:
            value = None
            if self.mark(":"):
                self.skip()
                value = self.value()
            return ("parameter", start, token.text, value)
        return ("value", start, self.value())

    def value(self):
        """A value of a command; several are parted by commas."""
        return self.several(self.one_value)

    def several(self, one):
        start = self.at
        many = [one()]
        while True:
            before = self.at
            self.skip()
            if not self.mark(","):
                self.at = before
                return many[0] if len(many) == 1 else ("list", start, many)
            self.skip(True)
            many.append(one())

    def one_value(self):
        c = self.peek()
        if c and (c in "$({" or c in SINGLE or c in DOUBLE or (c == "@" and self.peek(1) != "" and self.peek(1) in "({\"'\u201c\u201d\u201e\u2018\u2019\u201a\u201b")):
            return self.postfix(self.primary())
        start = self.at
        word = self.bare() or self.wrong("here this is not covered")
        if word.text.isdigit() or (word.text[0] in DASH and word.text[1:].isdigit()):
            return ("constant", start, int(word.text))
        if word.text[0].isdigit() or word.text[0] in "+-":
            self.wrong("a word that begins like a number needs quotes", start)
        return ("constant", start, word.text)

    # expressions

    def expression(self):
        self.depth += 1
        if self.depth > DEEP:
            self.wrong("this is nested too deep")
        left = self.comparison()
        while self.operator_ahead() in LOGIC:
            left = self.binary(left, self.comparison)
        self.depth -= 1
        return left

    def operator_ahead(self):
        self.skip()
        before = self.at
        token = self.dash_operator()
        if not token:
            return None
        self.tokens.pop()
        self.at = before
        return token.text

    def binary(self, left, right):
        token = self.dash_operator()
        self.skip(True)
        return ("binary", token.at, token.text, left, right())

    def comparison(self):
        left = self.sum()
        while True:
            name = self.operator_ahead()
            if name in COMPARE:
                left = self.binary(left, self.sum)
            elif name is None or name in LOGIC or name == "-f":
                return left
            else:
                self.wrong(f"the operator {name} is not covered")

    def signs(self, which, part):
        left = part()
        while True:
            self.skip()
            c, start = self.peek(), self.at
            sign = "-" if c and c in DASH else c
            if not c or sign not in which or self.peek(1) == "=" or self.peek(1).isalpha() or (self.peek(1) and self.peek(1) == c):
                return left
            self.mark(c)
            self.skip(True)
            left = ("binary", start, sign, left, part())

    def sum(self):
        return self.signs("+-", self.product)

    def product(self):
        return self.signs("*/%", self.formatted)

    def formatted(self):
        left = self.span()
        while self.operator_ahead() == "-f":
            left = self.binary(left, self.span)
        return left

    def span(self):
        left = self.listed()
        self.skip()
        if self.is_mark(".."):
            start = self.at
            self.mark("..")
            self.skip(True)
            return ("binary", start, "..", left, self.listed())
        return left

    def listed(self):
        return self.several(self.unary)

    def single(self):
        """An expression in which a comma parts it from the next."""
        many, self.listed = self.listed, self.unary
        try:
            return self.expression()
        finally:
            self.listed = many

    def unary(self):
        start = self.at
        if self.mark("!"):
            self.skip()
            return ("not", start, self.unary())
        if self.mark(","):
            self.skip()
            return ("list", start, [self.unary()])
        name = self.operator_ahead()
        if name == "-not":
            self.dash_operator()
            self.skip()
            return ("not", start, self.unary())
        if name in ("-join", "-split"):
            self.dash_operator()
            self.skip()
            return ("unary", start, name, self.unary())
        if name:
            self.wrong(f"{name} needs something before it")
        if self.peek() and self.peek() in DASH and self.peek(1).isdigit():
            self.mark(self.peek())
            return ("constant", start, -self.plain_number())
        if self.peek() == "[":
            kind = self.type_name()
            if self.is_mark("::"):
                return self.postfix(("type", start, kind))
            self.skip()
            return ("cast", start, kind, self.unary())
        return self.postfix(self.primary())

    def type_name(self):
        start = self.at
        self.mark("[")
        i = self.at
        while self.peek() and (self.peek().isalnum() or self.peek() in "._"):
            self.at += 1
        if self.is_mark("[]"):
            self.at += 2
        name = self.text[i : self.at]
        self.take("word", name, i)
        self.need("]", "behind a type")
        short = name.lower().removeprefix("system.")
        known = {"int32": "int", "boolean": "bool", "security.securestring": "securestring", "management.automation.pscustomobject": "pscustomobject"}
        short = known.get(short, short)
        if short not in TYPES:
            self.wrong(f"the type [{name}] is not covered", start)
        return short

    def plain_number(self):
        token = self.number() or self.wrong("a number is missing")
        return float(token.text) if "." in token.text else int(token.text)

    def primary(self):
        start, c = self.at, self.peek()
        if c == "$" and self.peek(1) == "(":
            return self.group("$(", "sub", start)
        if c == "@" and self.peek(1) == "(":
            return self.group("@(", "array", start)
        if c == "@" and self.peek(1) == "{":
            return self.table(start)
        if c == "@":
            self.wrong("a here-string is not covered" if self.peek(1) and self.peek(1) in SINGLE + DOUBLE else "this is not covered")
        if c == "(":
            self.mark("(")
            self.skip(True)
            inner = self.statement()
            if inner[0] in KEYWORDS:
                self.wrong("within parentheses there is a pipeline", start)
            self.skip(True)
            self.need(")", "at the end of the parentheses")
            return ("paren", start, inner)
        if c == "{":
            return ("block", start, self.block("here"))
        if c and c in DOUBLE:
            return self.expandable()
        token = self.string()
        if token:
            return ("constant", start, token.text)
        token = self.variable()
        if token:
            return ("variable", start, token.text)
        if c and c.isdigit():
            return ("constant", start, self.plain_number())
        self.wrong("here a value is missing" if c else "the text ends where a value is missing")

    def group(self, mark, kind, start):
        self.mark(mark)
        body = self.statements(")")
        self.need(")", "at the end of the parentheses")
        return (kind, start, body)

    def table(self, start):
        self.mark("@{")
        pairs = []
        while True:
            self.skip(True)
            if self.mark(";"):
                continue
            if self.mark("}"):
                return ("table", start, pairs)
            at = self.at
            token = self.word() or self.string() or self.number()
            if not token:
                self.wrong("a table has names with values")
            self.skip()
            self.need("=", "behind a name in a table")
            self.skip(True)
            pairs.append((("constant", at, token.text), self.statement()))
            self.skip()
            if self.peek() and self.peek() not in "\r\n;}":
                self.wrong("between the values of a table there are line ends or semicolons")

    def postfix(self, node):
        """What follows without a blank: members, calls, indexes."""
        while True:
            start = self.at
            if self.peek() == "." and (self.peek(1).isalpha() or self.peek(1) == "_"):
                self.mark(".")
                node = self.member(node, start, False)
            elif self.is_mark("::") and node[0] == "type":
                self.mark("::")
                node = self.member(node, start, True)
            elif self.is_mark("++") or self.is_mark("--"):
                if node[0] != "variable":
                    self.wrong("only variables are counted on")
                sign = self.text[self.at : self.at + 2]
                self.mark(sign)
                return ("count", start, node, sign)
            elif self.peek() == "[":
                self.mark("[")
                self.skip(True)
                node = ("index", start, node, self.expression())
                self.skip(True)
                self.need("]", "at the end of the index")
            elif self.peek() and (self.peek() in ".(@{$:" or self.peek() in SINGLE or self.peek() in DOUBLE or self.peek().isalnum() or self.peek() == "_"):
                if self.is_mark(".."):
                    return node
                self.wrong("what follows without a blank is not covered")
            else:
                if node[0] == "type":
                    self.wrong("a type needs :: or a value behind it")
                return node

    def member(self, node, start, static):
        name = self.word() or self.wrong("a member has a name")
        if self.peek() != "(":
            return ("member", start, node, name.text, static)
        self.mark("(")
        given = []
        self.skip(True)
        while not self.mark(")"):
            given.append(self.single())
            self.skip(True)
            if not self.mark(","):
                self.need(")", "behind what a method is given")
                break
            self.skip(True)
        return ("call", start, node, name.text, static, given)

    def expandable(self):
        """Between double quotes: values of variables and of $( ) are put in."""
        start = self.at
        self.at += 1
        parts, text, shape = [], [], []
        while True:
            c = self.peek()
            if c == "":
                self.wrong("the string has no end", start)
            if c in DOUBLE:
                self.at += 1
                c = self.peek()
                if c == "" or c not in DOUBLE:
                    break
                text.append(c)
                self.at += 1
            elif c == "`":
                text.append(self.escape())
            elif c == "$" and (self.peek(1).isalpha() or self.peek(1) in ("_", "{", "(")):
                parts.append(("constant", start, "".join(text)))
                text = []
                parts.append(self.inserted())
                shape.append("$")
            elif c == "$":
                self.wrong("a dollar that begins nothing is not covered in double quotes")
            else:
                text.append(c)
                self.at += 1
        parts.append(("constant", start, "".join(text)))
        self.take("expandable", "".join(p[2] if p[0] == "constant" else "$" for p in parts), start)
        return ("expandable", start, parts)

    def escape(self):
        c = self.peek(1)
        if c.isalnum() and c not in ESCAPES:
            self.wrong(f"`{c} means other things in other versions")
        if c in ("", "\r", "\n"):
            self.wrong("a line that goes on within a string is not covered")
        self.at += 2
        return ESCAPES.get(c, c)

    def inserted(self):
        if self.peek(1) == "(":
            node = self.group("$(", "sub", self.at)
        else:
            token = self.variable()
            node = ("variable", token.at, token.text)
        return node


def parse(text):
    """(statements, tokens) of a text that came through decode."""
    g = Grammar(text)
    return g.tree(), g.tokens
