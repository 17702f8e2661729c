"""Makes closures of a program's tree: what each node does, once for all the times it is run.

A closure takes the frame of the call that it runs in, a list: [the frame around it, what is
returned, name, name, ...]. A scope's names are numbered beforehand. A block pays for all of its
nodes at once, a loop in each round. What ends a block early (return, break, continue) is what a
statement returns; an exception of the program is one of the host's.

Only the nodes that have a `visit_` method can be compiled.
"""
from __future__ import annotations

import ast
import builtins
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from data.tasks.builtin import ATTRIBUTES, BUILTINS, METHODS, MODULES
from data.tasks.machine import (
    BINARY,
    BITS,
    BREAK,
    COMPARE,
    CONTINUE,
    RETURN,
    SCALARS,
    UNARY,
    UNBOUND,
    Builtin,
    Code,
    Function,
    Lazy,
    Machine,
    Module,
    Refused,
    close,
    fits,
    over,
    unsupported,
)

DEPTH = 100  # levels of the syntax tree
Closure = Callable[[list], Any]  # evaluates an expression, or runs a statement, in a frame
Bind = Callable[[list, Any], None]  # gives a target its value
_DUNDER = re.compile(r"__\w*__")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BINDING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_COMPREHENSIONS = {ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp}
# What Python has, and this has not, is not supported.
_HOST = {*dir(builtins)}
_ATTRIBUTES = {name for kind in (*METHODS, *map(import_module, MODULES)) for name in dir(kind)}


# ------------------------------------------------------------------------------- names and scopes

def bound(body: Iterable[ast.AST]) -> tuple[set[str], set[str], set[str]]:
    """The names of one scope: those that it binds, or says are global, or nonlocal.

    Not those of the functions and comprehensions inside.
    """
    found, shared, outer, stack = set(), set(), set(), list(body)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:
                found.add(node.id)
        elif kind in (ast.Yield, ast.YieldFrom):
            found.add("yield")  # which no name can be
            stack.append(node.value)
        elif kind in (ast.Global, ast.Nonlocal):
            (shared if kind is ast.Global else outer).update(node.names)
        elif kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            found.add(node.name)
        elif kind in _COMPREHENSIONS:
            # Its own names are its targets'; `:=` binds in the scope around it.
            found |= {n.target.id for n in ast.walk(node) if type(n) is ast.NamedExpr}
        elif kind is not ast.Lambda and kind is not ast.Constant and isinstance(node, ast.AST):
            if kind is ast.ExceptHandler and node.name:
                found.add(node.name)
            elif kind is ast.ImportFrom and node.names[0].name == "*":
                found |= {*MODULES.get(node.module, ())}
            elif kind is ast.alias and node.name != "*":
                found.add(node.asname or node.name)
            for part in vars(node).values():  # quicker than ast.iter_child_nodes
                stack += part if type(part) is list else (part,)
    return found, shared, outer


class Scope:
    """The names of a function, a comprehension or the module (which has no parent)."""

    def __init__(self, parent: Scope | None, names: Iterable[str],
                 shared: Iterable[str] = ()) -> None:
        self.parent, self.shared = parent, set(shared)
        self.slots = {name: i for i, name in enumerate(names, 2)}


class Compiler:
    """Compiles for one machine, and one module: of an answer, or of tests.

    missing: names that nothing binds; tests take them from the answer. cost: nodes compiled since
    a block began. level: of the tree. depth, deepest: frames of Python, in the function at hand.
    """

    def __init__(self, machine: Machine, tree: ast.Module, tests: bool) -> None:
        self.machine, self.tests = machine, tests
        self.frame: list = []  # of the module
        self.missing: list[str] = []
        self.lost: dict[str, str] = {}  # names of what can't be run, and why
        self.cost = self.level = self.depth = self.deepest = 0
        self.looping = False
        self.scope = self.root = Scope(None, sorted(bound(tree.body)[0]))

    # ------------------------------------------------------------------------ what is whitelisted

    def node(self, node: ast.AST | None) -> Closure:
        """The closure of a node, if there is a method for its type; None for what is left out."""
        if node is None:
            return _idle
        if (visit := _VISITS.get(type(node))) is None:
            unsupported(type(node).__name__)
        frames = 2 if isinstance(node, ast.stmt) else 1
        self.cost += 1
        self.level += 1
        self.depth += frames
        self.deepest = max(self.deepest, self.depth)
        if self.level > DEPTH:
            over("depth of the syntax tree")
        run = visit(self, node)
        self.level -= 1
        self.depth -= frames
        return run

    def nodes(self, nodes: Iterable[ast.AST | None]) -> list[Closure]:
        """The closures of some."""
        return [self.node(node) for node in nodes]

    def apply(self, function: Callable[..., Any], *nodes: ast.expr | None) -> Closure:
        """A closure that passes the values of some nodes, from left to right, to a function."""
        runs = self.nodes(nodes)
        if len(runs) == 1:
            only, = runs
            return lambda frame: function(only(frame))
        if len(runs) == 2:
            left, right = runs
            return lambda frame: function(left(frame), right(frame))
        return lambda frame: function(*[run(frame) for run in runs])

    def counted(self, compile: Callable[..., Any], *args: Any) -> tuple[Any, int]:
        """What is compiled, and how many nodes it has, which are not counted where it stands."""
        before, self.cost = self.cost, 1
        made, cost = compile(*args), self.cost
        self.cost = before
        return made, cost

    def block(self, body: list[ast.stmt]) -> Closure:
        """Statements in turn, up to the first that ends the block; all are paid for at once."""
        machine = self.machine
        steps, cost = self.counted(lambda: [self.statement(node) for node in body])

        def run(frame: list) -> str | None:
            machine.left -= cost
            if machine.left < 0:
                over("steps")
            for step in steps:
                if (signal := step(frame)) is not None:
                    return signal
            return None
        return run if body else _idle

    def statement(self, node: ast.stmt, stray: bool = False) -> Closure:
        """The closure of a statement. One that can't be run is refused where it is reached, but
        for what only binds names, such as an import: these are refused where they are read.

        stray: so are those of any other statement.
        """
        before = vars(self).copy()
        try:
            return self.node(node)
        except Refused as error:
            if error.kind != "unsupported" or self.tests:  # a line of tests is refused at once
                raise
            vars(self).update(before)
            why = str(error)
        names = bound([node])[0] if stray or isinstance(node, _BINDING) else set()
        self.lost.update(dict.fromkeys(names, why))
        puts = [self.setter(name) for name in names]
        self.cost += 1 + len(puts)

        def refuse(frame: list) -> None:
            for put in puts:
                put(frame, UNBOUND)
            if not puts and not stray:
                raise Refused(why, "unsupported")
        return refuse

    def function(self, name: str, args: ast.arguments, nodes: list) -> Closure:
        """What makes a function of the program, its defaults evaluated."""
        code, machine = Code(self.allowed(name), args), self.machine
        params = [self.allowed(param) for param in code.params]
        values = {name: self.node(value) for name, value in code.defaults.items()}
        names, shared, outer = bound(nodes)
        if "yield" in names:
            unsupported("Yield")
        names -= {*params, *shared, *outer}
        outside = self.scope, self.depth, self.deepest, self.looping
        self.scope = Scope(self.scope, [*params, *sorted(names)], shared)
        self.depth, self.deepest, self.looping = 5, 5, False
        code.body = self.block(nodes)
        code.depth, code.blank = self.deepest, (UNBOUND,) * len(names)
        self.scope, self.depth, self.deepest, self.looping = outside
        self.cost += 6

        def run(frame: list) -> Function:
            made = Function(code, {name: value(frame) for name, value in values.items()}, frame)
            machine.owners.append(made)
            return made
        return run

    # ------------------------------------------------------------------------------------- names

    def allowed(self, name: str) -> str:
        """A name of the program; none that means something to Python."""
        if _DUNDER.fullmatch(name):
            unsupported(f"the name {name:.40}")
        return name

    def place(self, name: str) -> tuple[int, int] | None:
        """How many frames up a name is, -1 for the module's, and its slot there; None: nowhere."""
        scope, up = self.scope, 0
        while scope is not self.root and name not in scope.shared:
            if name in scope.slots:
                return up, scope.slots[name]
            scope, up = scope.parent, up + 1
        return (-1, self.root.slots[name]) if name in self.root.slots else None

    def missed(self, name: str) -> tuple[int, int]:
        """A place in the module for a name that nothing binds."""
        self.missing.append(name)
        return -1, self.root.slots.setdefault(name, len(self.root.slots) + 2)

    def visit_Name(self, node: ast.Name) -> Closure:
        """A variable, or what is built in."""
        name, module, lost = self.allowed(node.id), self.frame, self.lost
        where, known = self.place(name), BUILTINS.get(name, UNBOUND)
        if where is None and known is not UNBOUND:
            return lambda frame: known
        if where is None and self.tests and name in MODULES:
            module_of_ours = Module(name, MODULES[name])
            return lambda frame: module_of_ours
        if where is None and name in _HOST:
            unsupported(f"the function {name}")
        up, slot = where or self.missed(name)
        known = known if up < 0 else UNBOUND

        def read(frame: list) -> Any:
            if (value := frame[slot]) is UNBOUND:
                if name in lost:
                    raise Refused(lost[name], "unsupported")
                if (value := known) is UNBOUND:
                    error = NameError if up else UnboundLocalError
                    raise error(f"{name:.40} has no value yet")
            return value

        def climb(frame: list) -> Any:
            for _ in range(up):
                frame = frame[0]
            return read(frame)
        return read if up == 0 else climb if up > 0 else lambda frame: read(module)

    def setter(self, name: str) -> Bind:
        """What gives a name its value."""
        module, (up, slot) = self.frame, self.place(self.allowed(name)) or self.missed(name)

        def put(frame: list, value: Any) -> None:
            for _ in range(up):
                frame = frame[0]
            (frame if up >= 0 else module)[slot] = value
        return put

    def target(self, node: ast.expr) -> Bind:
        """What binds a target: a name, `a[i]`, or several of them, one with a star."""
        self.cost += 1
        machine = self.machine
        match node:
            case ast.Name():
                return self.setter(node.id)
            case ast.Subscript():
                owner, index = self.nodes((node.value, node.slice))
                return lambda frame, value: machine.put(owner(frame), index(frame), value)
            case ast.Tuple() | ast.List():
                return self.targets(node.elts)
        return unsupported(f"assignment to a {type(node).__name__}")

    def targets(self, nodes: list[ast.expr]) -> Bind:
        """What gives each of several targets an item, and one with a star the rest."""
        stars = [i for i, node in enumerate(nodes) if isinstance(node, ast.Starred)]
        puts = [self.target(node.value if i in stars else node) for i, node in enumerate(nodes)]
        machine, n = self.machine, -1 if stars else len(nodes)
        if len(stars) > 1:
            raise Refused("SyntaxError: two targets with a star")

        def bind(frame: list, value: Any) -> None:
            items = machine.unpacked(value, n)
            for i in stars:
                if len(items) < len(puts) - 1:
                    raise ValueError("not enough values to unpack")
                end = len(items) - (len(puts) - i - 1)
                items[i:end] = [items[i:end]]
            for put, item in zip(puts, items):
                put(frame, item)
        return bind

    # -------------------------------------------------------------------------------- expressions

    def visit_Constant(self, node: ast.Constant) -> Closure:
        """A number, a text, None."""
        value = node.value
        if type(value) not in SCALARS and type(value) is not str:
            unsupported(f"a constant of type {type(value).__name__}")
        if type(value) is str and _SURROGATE.search(value):
            unsupported("half of a surrogate")
        if type(value) is int and value.bit_length() > BITS:
            over("size of an int")
        fits(len(value) if type(value) is str else 0)
        return lambda frame: value

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Closure:
        """`-a`, `+a`, `~a` or `not a`."""
        return self.apply(partial(self.machine.unary, UNARY[type(node.op)]), node.operand)

    def visit_BinOp(self, node: ast.BinOp) -> Closure:
        """`a + b` and the like, on small ints at once."""
        op, binary = self.operator(node), self.machine.binary

        def run(a: Any, b: Any) -> Any:
            if type(a) is int and type(b) is int and op not in (operator.pow, operator.lshift):
                value = op(a, b)
                if type(value) is float or -_SMALL < value < _SMALL:
                    return value
            return binary(op, a, b)
        return self.apply(run, node.left, node.right)

    def operator(self, node: ast.BinOp | ast.AugAssign) -> Callable[[Any, Any], Any]:
        """The function of the host that does what an operator says."""
        if type(node.op) not in BINARY:
            unsupported(type(node.op).__name__)
        return BINARY[type(node.op)]

    def visit_BoolOp(self, node: ast.BoolOp) -> Closure:
        """`and`, `or`: they stop at the first operand that decides, and return it."""
        operands, wanted = self.nodes(node.values), isinstance(node.op, ast.Or)

        def run(frame: list) -> Any:
            for operand in operands:
                value = operand(frame)
                if bool(value) is wanted:
                    break
            return value
        return run

    def visit_Compare(self, node: ast.Compare) -> Closure:
        """`a < b < c` and the like: it stops at the first that is false."""
        tests = [self.test(type(op)) for op in node.ops]
        if len(tests) == 1:
            return self.apply(tests[0], node.left, node.comparators[0])
        first, *others = self.nodes((node.left, *node.comparators))

        def run(frame: list) -> Any:
            left, found = first(frame), True
            for test, operand in zip(tests, others):
                right = operand(frame)
                if not (found := test(left, right)):
                    break
                left = right
            return found
        return run

    def test(self, kind: type) -> Callable[[Any, Any], bool]:
        """What one operator of a comparison does."""
        compare, contains, op = self.machine.compare, self.machine.contains, COMPARE.get(kind)
        if op is None:
            return {ast.Is: operator.is_, ast.IsNot: operator.is_not,
                    ast.In: lambda item, items: contains(items, item),
                    ast.NotIn: lambda item, items: not contains(items, item)}[kind]
        if self.tests and op in (operator.eq, operator.ne):
            return lambda a, b: (compare(operator.eq, a, b) or close(a, b)) is (kind is ast.Eq)
        return lambda a, b: (op(a, b) if type(a) is int and type(b) is int else compare(op, a, b))

    def visit_IfExp(self, node: ast.IfExp) -> Closure:
        """`a if test else b`: only one of the two is evaluated."""
        test, yes, no = self.nodes((node.test, node.body, node.orelse))
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Closure:
        """`name := value`."""
        value, put = self.node(node.value), self.target(node.target)

        def run(frame: list) -> Any:
            put(frame, found := value(frame))
            return found
        return run

    def several(self, nodes: list[ast.expr]) -> Callable[[list], list]:
        """The values of some nodes, from left to right, those with a star spread out."""
        self.cost += 1
        stars = [isinstance(node, ast.Starred) for node in nodes]
        runs = self.nodes(node.value if star else node for node, star in zip(nodes, stars))
        machine = self.machine
        if len(runs) == 1 and not stars[0]:
            only, = runs
            return lambda frame: [only(frame)]
        if not any(stars):
            return lambda frame: [run(frame) for run in runs]

        def values(frame: list) -> list:
            found: list = []
            for run, star in zip(runs, stars):
                found += machine.items(run(frame)) if star else (run(frame),)
            return machine.made(found)
        return values

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> Closure:
        """`[a, b]`, `(a, b)`, `{a, b}`."""
        values, machine = self.several(node.elts), self.machine
        return {ast.List: values, ast.Tuple: lambda frame: tuple(values(frame)),
                ast.Set: lambda frame: machine.call(BUILTINS["set"], [values(frame)])}[type(node)]

    visit_Tuple = visit_List = visit_Set = listed

    def visit_Dict(self, node: ast.Dict) -> Closure:
        """`{key: value, **more}`."""
        rows = [(key and self.node(key), self.node(value))
                for key, value in zip(node.keys, node.values)]
        machine = self.machine
        self.cost += 2

        def run(frame: list) -> dict:
            made: dict = {}
            for key, value in rows:
                if key is None:
                    METHODS[dict]["update"](machine, made, value(frame))
                else:
                    machine.put(made, key(frame), value(frame))
            return made
        return run

    def comprehension(self, node: Any) -> Closure:
        """[..], {..}, {..: ..} or (.. for .. in ..): a scope of its own, with a frame."""
        machine, kind, first = self.machine, type(node), self.node(node.generators[0].iter)
        part = ast.Tuple([node.key, node.value]) if kind is ast.DictComp else node.elt
        outside = self.scope, self.depth, self.deepest
        self.scope = Scope(self.scope, sorted(bound(g.target for g in node.generators)[0]))
        if kind is ast.GeneratorExp:  # it runs when it is asked, on frames that Lazy counts
            self.depth = self.deepest = 4
        rounds, value = self.rounds(node.generators, part)
        depth, blank = self.deepest, [UNBOUND] * len(self.scope.slots)
        self.scope, self.depth, before = outside
        self.deepest = before if kind is ast.GeneratorExp else depth
        self.cost += 12 if kind is ast.GeneratorExp else 4

        def begin(frame: list) -> tuple[list, Iterator]:
            inside = [frame, None, *blank]
            return inside, rounds(inside, machine.each(first(frame)))

        def listed(frame: list) -> list:
            inside, each = begin(frame)
            return machine.made([value(inside) for _ in each])

        def lazy(frame: list) -> Lazy:
            inside, each = begin(frame)
            return machine.lazy((value(inside) for _ in each), depth)
        return {ast.ListComp: listed, ast.GeneratorExp: lazy,
                ast.SetComp: lambda frame: machine.call(BUILTINS["set"], [listed(frame)]),
                ast.DictComp: lambda frame: machine.call(BUILTINS["dict"], [listed(frame)])}[kind]

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def rounds(self, generators: list[ast.comprehension], part: ast.expr
               ) -> tuple[Callable[[list, Iterable], Iterator], Closure]:
        """What goes through the rounds of a comprehension, and what its part is in each."""
        machine, generator, rest = self.machine, generators[0], generators[1:]
        if generator.is_async:
            unsupported("async")
        self.depth += 1

        def compile() -> tuple:
            bind, tests = self.target(generator.target), self.nodes(generator.ifs)
            source = self.node(rest[0].iter) if rest else None
            return (bind, tests, source,
                    *(self.rounds(rest, part) if rest else (None, self.node(part))))
        (bind, tests, source, inner, value), cost = self.counted(compile)

        def run(frame: list, items: Iterable) -> Iterator:
            for item in items:
                machine.left -= cost
                if machine.left < 0:
                    over("steps")
                bind(frame, item)
                for test in tests:
                    if not test(frame):
                        break
                else:
                    if inner:
                        yield from inner(frame, machine.each(source(frame)))
                    else:
                        yield
        return run, value

    def visit_Lambda(self, node: ast.Lambda) -> Closure:
        """`lambda x: ...`."""
        return self.function("lambda", node.args, [ast.Return(node.body)])

    def visit_Subscript(self, node: ast.Subscript) -> Closure:
        """`a[i]` or `a[i:j:k]`."""
        return self.apply(self.machine.item, node.value, node.slice)

    def visit_Slice(self, node: ast.Slice) -> Closure:
        """What stands in the brackets of a slice."""
        return self.apply(slice, node.lower, node.upper, node.step)

    def visit_Attribute(self, node: ast.Attribute) -> Closure:
        """`module.name`, or a method as a value."""
        machine, name = self.machine, self.known(node.attr)
        return self.apply(lambda value: machine.attribute(value, name, METHODS), node.value)

    def known(self, name: str) -> str:
        """What stands after a dot, if it is in our tables."""
        if name not in ATTRIBUTES and (name in _ATTRIBUTES or _DUNDER.fullmatch(name)):
            unsupported(f"the attribute {name:.40}")
        return name  # what Python does not have either is an error of the program

    def visit_Call(self, node: ast.Call) -> Closure:
        """A call, of a method or of any value."""
        machine, method = self.machine, isinstance(node.func, ast.Attribute)
        name = self.known(node.func.attr) if method else ""
        called = self.node(node.func.value if method else node.func)
        args, names = self.several(node.args), self.keywords(node.keywords)
        if not method:
            return lambda frame: machine.call(called(frame), args(frame), names(frame))

        def run(frame: list) -> Any:
            owner = called(frame)
            known = METHODS.get(type(owner), _NOTHING).get(name)
            if known is None:
                function = machine.attribute(owner, name, METHODS)
                return machine.call(function, args(frame), names(frame))
            return known(machine, owner, *args(frame), **names(frame))
        return run

    def keywords(self, nodes: list[ast.keyword]) -> Callable[[list], dict]:
        """The named arguments of a call."""
        rows, machine = [(node.arg, self.node(node.value)) for node in nodes], self.machine

        def names(frame: list) -> dict:
            found: dict = {}
            for name, value in rows:
                more = {name: value(frame)} if name else dict(value(frame))
                machine.spend(2 * len(more))
                if found.keys() & more or not all(type(key) is str for key in more):
                    raise TypeError("an argument is named twice, or by no text")
                found |= more
            return found
        return names if nodes else lambda frame: _NOTHING

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Closure:
        """An f-string."""
        parts, machine = self.nodes(node.values), self.machine
        return lambda frame: machine.join("", [part(frame) for part in parts])

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Closure:
        """What stands in the braces of an f-string."""
        machine, how = self.machine, {-1: "", ord("r"): "r", ord("s"): "s"}.get(node.conversion)
        if how is None:
            unsupported("such a conversion")
        return self.apply(lambda value, spec: machine.format(value, spec or "", how),
                          node.value, node.format_spec)

    # --------------------------------------------------------------------------------- statements

    def nothing(self, node: ast.stmt) -> Closure:
        """`pass`, `global`, `nonlocal`."""
        return _idle

    visit_Pass = visit_Global = visit_Nonlocal = nothing

    def visit_Assign(self, node: ast.Assign) -> Closure:
        """`a = b = value`: the value once, then the targets from left to right."""
        value, puts = self.node(node.value), [self.target(target) for target in node.targets]

        def run(frame: list) -> None:
            found = value(frame)
            for put in puts:
                put(frame, found)
        return run

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Closure:
        """`name: type = value`; the type is not looked at."""
        return self.visit_Assign(ast.Assign([node.target], node.value)) if node.value else _idle

    def visit_AugAssign(self, node: ast.AugAssign) -> Closure:
        """`x += value` and the like, in place where CPython does so."""
        machine, target, value = self.machine, node.target, self.node(node.value)
        op = self.operator(node)
        self.cost += 2
        if isinstance(target, ast.Name):
            old, put = self.visit_Name(target), self.setter(target.id)
            return lambda frame: put(frame, machine.in_place(op, old(frame), value(frame)))
        if not isinstance(target, ast.Subscript):
            unsupported("such an assignment")
        owner, index = self.nodes((target.value, target.slice))

        def run(frame: list) -> None:
            of, at = owner(frame), index(frame)
            machine.put(of, at, machine.in_place(op, machine.item(of, at), value(frame)))
        return run

    def visit_Delete(self, node: ast.Delete) -> Closure:
        """`del a[i]` and `del name`."""
        runs = []
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                runs.append(self.apply(self.machine.remove, target.value, target.slice))
            elif isinstance(target, ast.Name):
                runs += self.visit_Name(target), partial(self.setter(target.id), value=UNBOUND)
            else:
                unsupported("such a deletion")
        return lambda frame: [run(frame) for run in runs] and None

    def visit_If(self, node: ast.If) -> Closure:
        """`if`, with `else`; `elif` is an `if` within the `else`."""
        test, yes, no = self.node(node.test), self.block(node.body), self.block(node.orelse)
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def body(self, node: ast.For | ast.While) -> tuple[Closure, Closure]:
        """What a loop does in each round, and at its end."""
        outside, self.looping = self.looping, True
        body = self.block(node.body)
        self.looping = outside
        return body, self.block(node.orelse)

    def visit_For(self, node: ast.For) -> Closure:
        """`for`, with `else`."""
        machine, items, put = self.machine, self.node(node.iter), self.target(node.target)
        body, orelse = self.body(node)

        def run(frame: list) -> str | None:
            for item in machine.each(items(frame)):
                put(frame, item)
                signal = body(frame)
                if signal is BREAK or signal is RETURN:
                    return None if signal is BREAK else signal
            return orelse(frame)
        return run

    def visit_While(self, node: ast.While) -> Closure:
        """`while`, with `else`."""
        machine, (test, cost) = self.machine, self.counted(self.node, node.test)
        body, orelse = self.body(node)

        def run(frame: list) -> str | None:
            while test(frame):
                machine.left -= cost
                signal = body(frame)
                if signal is BREAK or signal is RETURN:
                    return None if signal is BREAK else signal
            return orelse(frame)
        return run

    def visit_Return(self, node: ast.Return) -> Closure:
        """`return`, with or without a value."""
        if self.scope is self.root:
            raise Refused("SyntaxError: return outside a function")
        value = self.node(node.value)

        def run(frame: list) -> str:
            frame[1] = value(frame)
            return RETURN
        return run

    def jump(self, node: ast.Break | ast.Continue) -> Closure:
        """`break` and `continue`."""
        if not self.looping:
            raise Refused("SyntaxError: break or continue outside a loop")
        signal = BREAK if isinstance(node, ast.Break) else CONTINUE
        return lambda frame: signal

    visit_Break = visit_Continue = jump

    def visit_Expr(self, node: ast.Expr) -> Closure:
        """An expression as a statement: evaluated, then forgotten."""
        bare = isinstance(node.value, ast.Constant) and node.value.value is ...
        return _idle if bare else self.apply(lambda value: None, node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Closure:
        """`def`, with decorators."""
        if vars(node).get("type_params"):
            unsupported("a type parameter")
        wraps = self.nodes(node.decorator_list)
        make, put = self.function(node.name, node.args, node.body), self.setter(node.name)
        machine = self.machine

        def run(frame: list) -> None:
            outer = [wrap(frame) for wrap in wraps]
            made = make(frame)
            for wrap in reversed(outer):
                made = machine.call(wrap, (made,))
            put(frame, made)
        return run

    def imports(self, node: ast.Import | ast.ImportFrom) -> Closure:
        """`import math`, `from math import gcd as g`: names of ours."""
        puts = []
        for alias in node.names:
            name = node.module if isinstance(node, ast.ImportFrom) else alias.name
            if name not in MODULES or vars(node).get("level"):
                unsupported(f"the module {name or '.':.40}")
            value = Module(name, MODULES[name])
            if alias.name == "*":
                if self.scope is not self.root:
                    raise Refused("SyntaxError: import * outside the module's level")
                puts += [partial(self.setter(one), value=made)
                         for one, made in value.names.items()]
                continue
            if isinstance(node, ast.ImportFrom):
                if alias.name not in value.names:
                    unsupported(f"the name {alias.name:.40} of the module {name}")
                value = value.names[alias.name]
            puts.append(partial(self.setter(alias.asname or alias.name), value=value))
        self.cost += len(puts)
        return lambda frame: [put(frame) for put in puts] and None

    visit_Import = visit_ImportFrom = imports

    def visit_Assert(self, node: ast.Assert) -> Closure:
        """`assert`."""
        test, why = self.nodes((node.test, node.msg))

        def run(frame: list) -> None:
            if not test(frame):
                raise AssertionError(*[why(frame)] if node.msg else [])
        return run

    def visit_Raise(self, node: ast.Raise) -> Closure:
        """`raise`; what stands after `from` is not looked at."""
        value, machine = self.node(node.exc), self.machine

        def run(frame: list) -> None:
            found = [value(frame)] if node.exc else machine.caught[-1:]
            if found and type(found[0]) is Builtin:
                found = [machine.call(found[0])]
            if not found:
                raise RuntimeError("no exception to raise again")
            if not isinstance(found[0], Exception):
                raise TypeError("exceptions must derive from BaseException")
            raise found.pop()
        return run

    def visit_Try(self, node: ast.Try) -> Closure:
        """`try`, with `except`, `else` and `finally`. No program catches that it is Refused."""
        body, orelse, last = map(self.block, (node.body, node.orelse, node.finalbody))
        handlers = [(self.node(h.type), self.setter(h.name) if h.name else _idle,
                     h.type is None, self.block(h.body)) for h in node.handlers]
        machine = self.machine

        def caught(run: Closure, frame: list) -> tuple[str | None, list[Exception]]:
            before = machine.open
            try:
                return run(frame), []
            except (Refused, RecursionError, MemoryError):
                raise
            except Exception as error:
                error.__traceback__ = error.__context__ = None  # they would hold all frames
                machine.open = before
                return None, [error]  # in a list: a frame with its name would be held by it

        def handled(frame: list) -> str | None:
            signal, errors = caught(body, frame)
            if not errors:
                return signal or orelse(frame)
            for kind, put, every, handler in handlers:
                if every or machine.call(BUILTINS["isinstance"], (errors[0], kind(frame))):
                    put(frame, errors[0])
                    machine.caught.append(errors.pop())
                    signal, errors = caught(handler, frame)
                    machine.caught.pop()
                    put(frame, UNBOUND)
                    break
            if errors:
                raise errors.pop()
            return signal

        def run(frame: list) -> str | None:
            signal, errors = caught(handled, frame)
            value = frame[1]
            if (end := last(frame)) is not None:
                return end
            if errors:
                raise errors.pop()
            frame[1] = value
            return signal
        return run if node.finalbody else handled


def _idle(frame: list, value: Any = None) -> None:
    """What `pass` does, or a part that is left out; where what has no name goes."""


_SMALL = 1 << 64
_NOTHING: dict = {}
_VISITS = {vars(ast)[name.removeprefix("visit_")]: visit for name, visit in vars(Compiler).items()
           if name.startswith("visit_")}
