"""Runs what grammar.py read: variables, blocks, functions, errors; commands are in tables of their own."""

from grammar import parse
from values import Block, Record, Secure, Table, Thing, Trouble, cast, compare, items, number, one, shaped, text, truth

STEPS = 20_000_000
DEEP = 40
ACTIONS = ("Stop", "Continue", "SilentlyContinue", "Ignore", "Inquire")


class Flow(Exception):
    """break, continue, return, exit."""

    def __init__(self, kind, value=None):
        super().__init__(kind)
        self.kind, self.value = kind, value


class Screen(list):
    """Where what nobody takes is shown, as it comes."""

    def __init__(self, show):
        super().__init__()
        self.show = show

    def append(self, value):
        self.show([value])

    def extend(self, values):
        self.show(values)


class Call:
    """A command under way: what it was given, by the names of its parameters."""

    def __init__(self, machine, command, given, before, at):
        self.machine, self.command, self.given, self.before, self.at = machine, command, given, before, at

    def has(self, name):
        return name.lower() in self.given

    def get(self, name, other=None):
        return self.given.get(name.lower(), other)

    def text(self, name, other=None):
        value = self.get(name)
        return other if value is None else text(value)

    def flag(self, name):
        return truth(self.get(name))


class Machine:
    """version: of PowerShell, as this premise's shell has it. commands: by name in lower case. ask: a function (prompt,
    is it a secret) for what the script asks when there are no answers left."""

    ask = None

    def ahead(self, name):
        """Before each of Exchange's commands: a test lets them fail here."""

    def __init__(self, commands, version=5, say=print, answers=(), directory="."):
        self.commands, self.version, self.say, self.directory = commands, version, say, directory
        self.answers, self.errors, self.warnings = list(answers), [], []
        self.scopes = [{"true": True, "false": False, "null": None, "erroractionpreference": "Continue", "error": []}]
        self.functions, self.steps, self.current = {}, 0, None

    def play(self, source):
        """The exit status: 0, what exit said, or 1 after an error that nobody caught."""
        statements, _ = parse(source)
        try:
            self.body(statements, Screen(self.show))
            status = 0
        except Record as e:
            self.tell_error(e)
            status = 1
        except Flow as f:
            if f.kind != "exit":
                raise Trouble(f"{f.kind} stands outside of what it could end") from None
            status = int(number(f.value))
        return status

    def show(self, out):
        for value in out:
            if isinstance(value, (Thing, Table)):
                for name, part in value.pairs():
                    self.say(f"{name} : {brief(part)}")
                self.say("")
            else:
                self.say(text(value))

    def tell_error(self, e, command=None):
        self.errors.insert(0, e)
        self.say(f"{command + ' : ' if command else ''}{e.message}")

    # variables

    def find(self, name):
        """The scope that has it, from the innermost out."""
        key = name.lower()
        for scope in reversed(self.scopes):
            if key in scope:
                return scope
        return None

    def read(self, name, at):
        if name.lower() in ("args", "input", "matches", "host", "psversiontable", "pid", "home", "profile", "pwd"):
            raise Trouble(f"${name} is not covered", at)
        key = name.lower().split(":")[-1]
        if key == "psscriptroot" and self.version >= 3:
            return self.directory
        if name.lower().startswith("script:") or name.lower().startswith("global:"):
            scope = self.scopes[0]
        else:
            scope = self.find(key)
        if scope is None or key not in scope:
            raise Trouble(f"${name} was never set", at)
        return scope[key]

    def write(self, name, value, at):
        key = name.lower()
        if key in ("true", "false", "error", "args", "input", "psscriptroot", "matches"):
            raise Trouble(f"${name} is not to be set", at)
        if key == "null":
            return
        if ":" in key:
            self.scopes[0][key.split(":")[1]] = value
        else:
            self.scopes[-1][key] = value

    # statements

    def body(self, statements, out):
        for node in statements:
            self.run(node, out)

    def run(self, node, out):
        """One statement; what it puts out goes to the end of out."""
        self.steps += 1
        if self.steps > STEPS:
            raise Trouble("the script does not end", node[1])
        run = getattr(self, "run_" + node[0], None)
        try:
            if run:
                run(node, out)
            else:
                out.extend(items(self.value(node)))
        except Trouble as e:
            e.at = node[1] if e.at is None else e.at
            raise

    def run_pipeline(self, node, out):
        out.extend(self.piped(node))

    def run_assign(self, node, out):
        self.assign(node)

    def run_count(self, node, out):
        self.value(node)

    def run_cast(self, node, out):
        if node[2] == "void":
            self.value(node[3])
        else:
            out.extend(items(self.value(node)))

    def run_if(self, node, out):
        _, _, ways, other = node
        for condition, body in ways:
            if truth(self.held(condition)):
                self.body(body, out)
                return
        if other is not None:
            self.body(other, out)

    def loop(self, body, out):
        """False when the loop is over."""
        try:
            self.body(body, out)
        except Flow as f:
            if f.kind == "continue":
                return True
            if f.kind != "break":
                raise
            return False
        return True

    def run_foreach(self, node, out):
        _, _, name, over, body = node
        value = self.held(over)
        # Before version 3 the loop ran once for nothing at all.
        values = [] if value is None and self.version >= 3 else items(value)
        for each in values:
            self.write(name, each, node[1])
            if not self.loop(body, out):
                return

    def run_while(self, node, out):
        while truth(self.held(node[2])):
            if not self.loop(node[3], out):
                return

    def run_try(self, node, out):
        _, at, body, caught, last = node
        if self.version < 2:
            raise Trouble("PowerShell 1 has no try", at)
        try:
            try:
                self.body(body, out)
            except Record as e:
                if caught is None:
                    raise
                self.catch(e, caught, out)
        finally:
            if last is not None:
                self.body(last, out)

    def catch(self, e, body, out):
        before, self.current = self.current, e
        self.errors.insert(0, e)
        try:
            self.with_it(record_thing(e), body, out)
        finally:
            self.current = before

    def run_throw(self, node, out):
        if node[2] is None:
            if self.current is None:
                raise Record("ScriptHalted")
            raise self.current
        value = self.held(node[2])
        raise Record(text(value), "RuntimeException", value)

    def run_function(self, node, out):
        self.functions[node[2].lower()] = node

    def run_return(self, node, out):
        if node[2] is not None:
            self.run(node[2], out)
        raise Flow("return")

    def run_exit(self, node, out):
        raise Flow("exit", 0 if node[2] is None else self.held(node[2]))

    def run_break(self, node, out):
        raise Flow("break")

    def run_continue(self, node, out):
        raise Flow("continue")

    # values

    def held(self, node):
        """What a variable would hold of it: an expression's value, or what a statement puts out."""
        if node[0] in ("pipeline", "if", "foreach", "while", "try", "assign"):
            out = []
            self.run(node, out)
            return one(out)
        return self.value(node)

    def value(self, node):
        return getattr(self, "value_" + node[0])(node)

    def value_constant(self, node):
        return node[2]

    def value_variable(self, node):
        return self.read(node[2], node[1])

    def value_list(self, node):
        return [self.value(part) for part in node[2]]

    def value_paren(self, node):
        inner = node[2]
        if inner[0] == "assign":
            return self.assign(inner)
        return self.held(inner)

    def value_scope(self, node):
        return one(self.called({}, node[2], []))

    def run_scope(self, node, out):
        self.called({}, node[2], out)

    def collected(self, node):
        out = []
        self.body(node[2], out)
        return out

    def value_sub(self, node):
        return one(self.collected(node))

    def value_array(self, node):
        return self.collected(node)

    def value_table(self, node):
        return Table((self.value(k), self.held(v)) for k, v in node[2])

    def value_block(self, node):
        return Block(node[2])

    def value_expandable(self, node):
        return "".join(text(self.value(part)) for part in node[2])

    def value_pipeline(self, node):
        return one(self.piped(node))

    def value_not(self, node):
        return not truth(self.value(node[2]))

    def value_unary(self, node):
        value = self.value(node[3])
        return "".join(text(i) for i in items(value)) if node[2] == "-join" else [w for i in items(value) for w in text(i).split()]

    def value_cast(self, node):
        if node[2] in ("pscustomobject", "ordered") and self.version < 3:
            raise Trouble(f"PowerShell {self.version} has no [{node[2]}]", node[1])
        return cast(node[2], self.value(node[3]))

    def value_count(self, node):
        before = number(self.value(node[2]))
        self.write(node[2][2], before + (1 if node[3] == "++" else -1), node[1])
        return before

    def value_binary(self, node):
        _, at, name, left, right = node
        a = self.value(left)
        if name == "-and":
            return truth(a) and truth(self.value(right))
        if name == "-or":
            return truth(a) or truth(self.value(right))
        b = self.value(right)
        if name == "-f":
            return shaped(text(a), b)
        if name == "-join" and self.version < 2:
            raise Trouble("PowerShell 1 has no -join", at)
        if name == "-join":
            return text(b).join(text(i) for i in items(a))
        if name in ("-in", "-notin") and self.version < 3:
            raise Trouble(f"PowerShell {self.version} has no {name}", at)
        if name in ("+", "-", "*", "/", "%", ".."):
            return self.reckon(name, a, b, at)
        if name in ("-split", "-replace", "-match", "-notmatch", "-is", "-isnot", "-xor"):
            raise Trouble(f"{name} is not covered", at)
        return compare(name, a, b)

    def reckon(self, name, a, b, at):
        if name == "+":
            if isinstance(a, list):
                return a + items(b)
            if isinstance(a, str):
                return a + text(b)
            if a is None:
                return b
            return number(a) + number(b)
        if name == "..":
            return list(range(number(a), number(b) + 1))
        if name == "-":
            return number(a) - number(b)
        raise Trouble(f"{name} is not covered", at)

    def assign(self, node):
        _, at, place, kind, sign, what = node
        value = self.held(what)
        if kind:
            value = cast(kind, value)
        if sign != "=":
            value = self.reckon(sign[0], self.value(place), value, at)
        if place[0] == "variable":
            self.write(place[2], value, at)
            return value
        to = self.value(place[2])
        name = place[3] if place[0] == "member" else self.value(place[3])
        if isinstance(to, Table) or (isinstance(to, Thing) and to.open):
            to.set(name, value)
        elif isinstance(to, list) and isinstance(name, int):
            to[name] = value
        else:
            raise Trouble("this cannot be set", at)
        return value

    def value_index(self, node):
        of, index = self.value(node[2]), self.value(node[3])
        if isinstance(of, Table):
            return of.get(index)
        if of is None:
            raise Record("Cannot index into a null array.")
        if isinstance(of, (list, str)) and isinstance(index, int):
            return of[index] if -len(of) <= index < len(of) else None
        if isinstance(index, int) and self.version >= 3:
            return of if index in (0, -1) else None
        raise Trouble("such an index is not covered", node[1])

    # members

    def value_member(self, node):
        _, at, of, name, static = node
        if static:
            raise Trouble(f"[{of[2]}]::{name} is not covered", at)
        return self.member(self.value(of), name, at)

    def member(self, of, name, at):
        key = name.lower()
        try:
            if isinstance(of, Thing):
                return of.get(name)
            if isinstance(of, Table):
                own = {"count": len(of.names), "keys": list(of.names.values()), "values": list(of.values.values())}
                return of.get(name) if of.has(name) else own.get(key)
            if isinstance(of, list):
                return self.member_of_list(of, name, at)
            if key == "length" and isinstance(of, str):
                return len(of)
            if key in ("count", "length") and self.version >= 3:
                return 0 if of is None else 1
        except Trouble as e:
            e.at = at
            raise
        if of is None:
            raise Trouble(f"what should have {name} is nothing at all", at)
        raise Trouble(f"such a value has no {name} in PowerShell {self.version}", at)

    def member_of_list(self, of, name, at):
        if name.lower() in ("count", "length"):
            return len(of)
        if self.version < 3:
            raise Trouble(f"a list has no {name} before PowerShell 3", at)
        return one([i for each in of for i in items(self.member(each, name, at))])

    def value_call(self, node):
        _, at, of, name, static, given = node
        values = [self.value(g) for g in given]
        if static:
            return self.static(of[2], name.lower(), values, at)
        return self.method(self.value(of), name.lower(), values, at)

    def static(self, kind, name, values, at):
        if kind == "string" and name == "isnullorempty":
            return text(values[0]) == ""
        if kind == "string" and name == "isnullorwhitespace" and self.version >= 3:
            return text(values[0]).strip() == ""
        if kind == "string" and name == "join":
            return text(values[0]).join(text(i) for i in items(values[1]))
        raise Trouble(f"[{kind}]::{name}() is not covered", at)

    def method(self, of, name, values, at):
        if of is None:
            raise Record("You cannot call a method on a null-valued expression.")
        if name == "tostring" and not values:
            return text(of)
        if name == "equals" and isinstance(of, str):
            return of == text(values[0])
        if isinstance(of, str) and name in STRING_METHODS:
            return STRING_METHODS[name](of, *values)
        if isinstance(of, list) and name == "contains":
            return any(i == values[0] for i in of)
        if isinstance(of, Table) and name in ("containskey", "contains"):
            return of.has(values[0])
        if isinstance(of, Table) and name == "add":
            if of.has(values[0]):
                raise Record("Item has already been added.", "ArgumentException")
            of.set(*values)
            return None
        if isinstance(of, Table) and name == "remove":
            of.drop(values[0])
            return None
        raise Trouble(f"the method {name}() of such a value is not covered", at)

    # commands

    def piped(self, node):
        """What the last part puts out."""
        flow = None
        for n, part in enumerate(node[2]):
            if n == 0 and part[0] != "command":
                flow = items(self.value(part))
            else:
                flow = self.command(part, flow)
        return flow

    def command(self, node, before):
        _, at, name, parts = node
        key = name.lower()
        if key in self.functions:
            return self.function(self.functions[key], parts, before, at)
        command = self.commands.get(key)
        if command is None:
            raise Trouble(f"there is no command {name} here", at)
        try:
            return self.invoke(command, parts, before, at)
        except Trouble as e:
            e.at = at if e.at is None else e.at
            raise

    def invoke(self, command, parts, before, at):
        if command.version > self.version:
            raise Trouble(f"PowerShell {self.version} has no {command.name}", at)
        given = command.bind(self.spread(parts), at)
        call = Call(self, command, given, before, at)
        action = self.action_of(call)
        out, wrong = [], []
        try:
            command.run(call, out)
        except Record as e:
            wrong.append(e)
        self.complain(call, command, wrong, action)
        if call.has("outvariable"):
            self.write(call.text("OutVariable"), list(out), at)
        return out

    def action_of(self, call):
        """Exchange's commands are run elsewhere: what a script prefers in a variable of its own does not reach them."""
        if call.has("erroraction"):
            action = next((a for a in ACTIONS if a.lower() == call.text("ErrorAction").lower()), None)
            if action is None or action == "Inquire" or (action == "Ignore" and self.version < 3):
                raise Trouble(f"-ErrorAction {call.text('ErrorAction')} is not covered", call.at)
            return action
        if call.command.remote:
            return "Continue"
        return text(self.find("erroractionpreference")["erroractionpreference"])

    def complain(self, call, command, wrong, action):
        if call.has("errorvariable"):
            self.write(call.text("ErrorVariable").lstrip("+"), [record_thing(e) for e in wrong], call.at)
        for e in wrong:
            if action == "Stop" or e.reason == "ParameterBindingException":
                raise e
            if action == "Continue":
                self.tell_error(e, command.name)
            elif action == "SilentlyContinue":
                self.errors.insert(0, e)

    def spread(self, parts):
        """Arguments with their values: ("parameter", name, has a value, value) and ("value", None, True, value)."""
        out = []
        for part in parts:
            if part[0] == "splat":
                out += self.splatted(part)
            elif part[0] == "parameter":
                out.append(("parameter", part[2], part[3] is not None, self.value(part[3]) if part[3] is not None else None))
            else:
                out.append(("value", None, True, self.value(part[2])))
        return out

    def splatted(self, part):
        table = self.read(part[2], part[1])
        if self.version < 2 or not isinstance(table, Table):
            raise Trouble("only a table is splatted, and from PowerShell 2 on", part[1])
        return [("parameter", name, True, value) for name, value in table.pairs()]

    def function(self, node, parts, before, at):
        if before is not None:
            raise Trouble("what comes through a pipeline is not covered in a function", at)
        _, _, name, params, body = node
        scope, places = {}, [p for p in params if p[1] != "switch"]
        known = {p[0].lower(): p for p in params}
        arguments = self.spread(parts)
        while arguments:
            kind, said, attached, value = arguments.pop(0)
            if kind == "parameter":
                if said.lower() not in known:
                    raise Trouble(f"the function {name} has no parameter -{said}", at)
                param = known[said.lower()]
                if not attached and param[1] == "switch":
                    value = True
                elif not attached:
                    if not arguments or arguments[0][0] == "parameter":
                        raise Trouble(f"-{said} of {name} needs a value", at)
                    value = arguments.pop(0)[3]
            else:
                free = [p for p in places if p[0].lower() not in scope]
                if not free:
                    raise Trouble(f"the function {name} takes no more values", at)
                param = free[0]
            scope[param[0].lower()] = cast(param[1], value) if param[1] else value
        for said, kind, default in params:
            if said.lower() not in scope:
                value = self.value(default) if default is not None else None
                scope[said.lower()] = cast(kind, value) if kind else value
        return self.called(scope, body, [])

    def called(self, scope, body, out):
        if len(self.scopes) > DEEP:
            raise Trouble("functions call each other too deep")
        self.scopes.append(scope)
        try:
            self.body(body, out)
        except Flow as f:
            if f.kind != "return":
                raise
        finally:
            self.scopes.pop()
        return out

    def with_it(self, value, body, out):
        """With $_; what was there before comes back."""
        scope = self.scopes[-1]
        before = {k: scope[k] for k in ("_", "psitem") if k in scope}
        scope["_"] = value
        if self.version >= 3:
            scope["psitem"] = value
        try:
            self.body(body, out)
        finally:
            scope.pop("_", None)
            scope.pop("psitem", None)
            scope.update(before)


def record_thing(e):
    exception = Thing("Exception", {"Message": e.message}, text=e.message)
    category = Thing("ErrorCategoryInfo", {"Reason": e.reason, "Category": "NotSpecified"}, text=e.reason)
    return Thing("ErrorRecord", {"Exception": exception, "CategoryInfo": category, "FullyQualifiedErrorId": e.reason, "TargetObject": e.value}, text=e.message)


def brief(x):
    if isinstance(x, list):
        return "{" + ", ".join(brief(i) for i in x) + "}"
    return "***" if isinstance(x, Secure) else text(x)


STRING_METHODS = {
    "tolower": lambda s: s.lower(),
    "tolowerinvariant": lambda s: s.lower(),
    "toupper": lambda s: s.upper(),
    "trim": lambda s: s.strip(),
    "startswith": lambda s, x: s.startswith(text(x)),
    "endswith": lambda s, x: s.endswith(text(x)),
    "contains": lambda s, x: text(x) in s,
    "replace": lambda s, a, b: s.replace(text(a), text(b)),
    "indexof": lambda s, x: s.find(text(x)),
    "substring": lambda s, a, n=None: s[a:] if n is None else s[a : a + n],
    "split": lambda s, x: s.split(text(x)),
    "padright": lambda s, n: s.ljust(n),
    "padleft": lambda s, n: s.rjust(n),
}
