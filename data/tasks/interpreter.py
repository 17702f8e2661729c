"""A small interpreter for the Python functions that a language model writes.

A code task (the paper's are MBPP-pro and HumanEval, Sec. 4) is judged by running the model's
answer, and text that a model wrote must never meet `eval` or `exec`. So the answer is parsed with
`ast.parse`, every node is held against a whitelist, and the tree is compiled, once, to closures
that work on plain values (machine.py). Names that are not the program's own, and methods, come
from tables of ours (builtin.py); no attribute of the host is ever looked up. A program that is
accepted means what it means in CPython.

Left out by choice: classes, `yield`, async, `with`, `match`, and the module `re`, whose patterns
can backtrack forever. Annotations are not evaluated: a model that was shown `from typing import
List` in its prompt need not say so again.

A scope's names are numbered when it is compiled. A frame is a list: [the frame around it, what is
returned, name, name, ...].
"""
from __future__ import annotations

import ast
import builtins
import copy
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from inspect import Parameter, Signature
from math import isclose
from typing import Any

from data.tasks.builtin import ATTRIBUTES, BUILTINS, METHODS, MODULES
from data.tasks.machine import (
    BITS,
    DICTS,
    NUMBERS,
    OPEN,
    SCALARS,
    Builtin,
    Function,
    Lazy,
    Machine,
    Module,
    Refused,
    fits,
    named,
    over,
    unsupported,
)

SOURCE = 10_000  # characters of source
BRACKETS = 30  # brackets open at any point of the source
INDENTS = 16  # different indentations; CPython itself stops at 20 nested loops
DEPTH = 100  # levels of the syntax tree

# A string that is not closed goes on to the end, or each of its quotes would be tried as a start.
_QUOTED = re.compile(r"""#[^\r\n]*|('''|\"\"\"|'|")(?:\\.|(?!\1)[^\\])*(?:\1|\\?\Z)""", re.DOTALL)
_BRACKET = re.compile(r"[()\[\]{}]")
_DUNDER = re.compile(r"__\w*__")
_INDENT = re.compile(r"(?:^|[\r\n])([ \t\f]*)(?=\S)")
_SURROGATE = re.compile("[\ud800-\udfff]")


def run(source: str, function: str, args: Sequence[object]) -> object:
    """Define the functions in `source` and return what `function(*args)` returns.

    The arguments are copied, so the program cannot change the caller's. Whatever is wrong with
    the program, from a syntax error to an endless loop, is reported as `Refused`.

    >>> run("def f ( x ) : x = x * 2 ; return x + 3", "f", [4])
    11
    >>> run("def f(x): return x.real", "f", [4])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    data.tasks.machine.Refused: the attribute real is not supported
    """
    return each(source, function, [args])[0]


def each(source: str, function: str, cases: Iterable[Sequence[object]]) -> list[object]:
    """What `function` returns for each case, all on one budget. Refused as in `run`.

    >>> each("def f(x): return [x / 2]", "f", [[3], [4]])
    [[1.5], [2.0]]
    """
    def work(machine: Machine) -> list[object]:
        program = machine.kept(_Program, source, False)
        program.begin()
        return [_outside(machine, machine.call(program.named(function),
                                               _outside(machine, list(args)))) for args in cases]
    return _judged(work)


def holds(source: str, tests: str) -> bool:
    """Whether the program passes the tests: statements that end without an AssertionError.

    The tests have names of their own, and see of the program's only those that they need: what it
    defines beside these fools no test. Floats are equal to a relative 1e-9. Refused as in `run`.

    >>> holds("def f(x): return x / 10", "assert f(3) == 0.3 and sorted([f(2), f(1)])[0] == .1")
    True
    >>> holds("def f(x): return x\\ndef abs(x): return 0", "assert abs(f(3) - 4) < 1")
    False
    """
    def work(machine: Machine) -> bool:
        program, judge = (machine.kept(_Program, text, i == 1)
                          for i, text in enumerate((source, tests)))
        program.begin()
        given = [program.named(name) for name in judge.needs]
        try:
            judge.begin(given)
        except AssertionError:
            return False
        return True
    return _judged(work)


@lru_cache(256)  # each line is judged many times
def needed(tests: str) -> tuple[str, ...]:
    """The names that the tests need of a program. Refused if the tests can't be run.

    >>> needed("def g(x): return x\\nassert g(f(2)) == sum([1, 2])")
    ('f',)
    """
    return _judged(lambda machine: tuple(machine.kept(_Program, tests, True).needs))


def defined(source: str) -> set[str]:
    """The names that a program gives at its top level; none if it is no program.

    >>> sorted(defined("import math\\ndef f(x): return x\\ng = f")), defined("def f(:")
    (['f', 'g', 'math'], set())
    """
    try:
        return _bound(_parsed(source).body)
    except Exception:
        return set()


def _judged(work: Callable[[Machine], Any]) -> Any:
    """What this work on one answer returns. Whatever goes wrong is Refused, and nothing stays."""
    try:
        machine = _MACHINES.pop()
    except IndexError:
        machine = Machine()
    limit, frame, depth = sys.getrecursionlimit(), sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    sys.setrecursionlimit(max(limit, depth + 3 * OPEN))  # OPEN ends a program before this does
    try:
        return work(machine)
    except Refused as error:
        why = str(error), error.kind
    except (RecursionError, MemoryError) as error:
        why = f"over budget: {type(error).__name__}", "budget"
    except Exception as error:
        # The program's own errors, and whatever the parser raises on text like this: a caller
        # judges thousands of answers and must never fall over one of them.
        said = " ".join([str(x) for x in error.args if type(x) in (int, str)])
        why = " ".join(f"{type(error).__name__}: {ascii(said[:100])[1:-1]}".split()), "error"
    finally:
        sys.setrecursionlimit(limit)
        machine.end()
        _MACHINES.append(machine)
    raise Refused(*why)  # here, where the program's error and all that hangs on it is gone


_MACHINES: list[Machine] = []


def _outside(machine: Machine, value: object) -> object:
    """A copy of a value that comes in or goes out: it is plain, all through."""
    machine.weigh(value)
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind in (list, tuple, set, frozenset):
            stack += item
        elif kind in DICTS:
            stack += [*item, *item.values()]
        elif kind not in SCALARS and kind is not str:
            raise Refused(f"a {kind.__name__} is not supported here")
        if kind is not float and kind is not type(None):
            machine.made(item)
    return copy.deepcopy(value)


# ------------------------------------------------------------------------- before anything is run

def _parsed(source: str) -> ast.Module:
    """The tree, of text that can't cost the parser much time or stack."""
    if len(source) > SOURCE:
        over("source length")
    if "\\N" in source:  # which names there are depends on Python's version
        unsupported("a character by its name")
    code = _QUOTED.sub("0", source)
    if not code.isascii():  # the parser would fold look-alike letters into ASCII names
        raise Refused("only strings and comments may be outside ASCII")
    depth = 0
    for bracket in _BRACKET.findall(code):
        depth += 1 if bracket in "([{" else -1
        if depth > BRACKETS:
            over("open brackets")
    if len(set(_INDENT.findall(code))) > INDENTS:
        over("indentation")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _bound(body: Iterable[ast.AST]) -> set[str]:
    """The names that are bound in one scope: not in the functions and comprehensions inside."""
    found, stack = set(), list(body)
    while stack:
        node = stack.pop()
        match node:
            case ast.FunctionDef():
                found.add(node.name)
                stack += [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
                continue
            case ast.Lambda():
                continue
            case ast.Name(name, ast.Store() | ast.Del()) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.alias(name, other):
                found.add(other or name.partition(".")[0])
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                # Its own names are its targets'; `:=` binds in the scope around it.
                found |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
                continue
        if node is not None:
            stack += ast.iter_child_nodes(node)
    return found


def _declared(body: Iterable[ast.stmt], kind: type) -> set[str]:
    """The names that a scope says are `global` or `nonlocal`."""
    found, stack = set(), list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, kind):
            found.update(node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.expr)):
            stack += ast.iter_child_nodes(node)
    return found


def _of_a_module(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """What is run of an answer, and whether it must not fail: all up to the last definition, but
    for the main guard; after that, where examples and tests are, only what binds a name.
    """
    binds = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom)
    last = max((i for i, node in enumerate(body) if isinstance(node, ast.FunctionDef)), default=-1)
    for i, node in enumerate(body):
        guard = isinstance(node, ast.If) and "__name__" in ast.dump(node.test)
        if i <= last and not guard or isinstance(node, binds):
            yield node, i <= last


# -------------------------------------------------------------------------------------- a program

_UNBOUND = object()
_RETURN, _BREAK, _CONTINUE = "return", "break", "continue"  # what ends a block early
_Run = Callable[[list], Any]  # evaluates an expression, or runs a statement, in a frame


class _Code:
    """What a function runs. depth: the frames of Python that a call takes."""

    def __init__(self, name: str, args: ast.arguments) -> None:
        self.name = name
        kinds = {Parameter.POSITIONAL_ONLY: args.posonlyargs,
                 Parameter.POSITIONAL_OR_KEYWORD: args.args,
                 Parameter.VAR_POSITIONAL: args.vararg and [args.vararg],
                 Parameter.KEYWORD_ONLY: args.kwonlyargs,
                 Parameter.VAR_KEYWORD: args.kwarg and [args.kwarg]}
        values = dict(zip([a.arg for a in (*args.posonlyargs, *args.args)][::-1],
                          args.defaults[::-1]))
        values |= {a.arg: value for a, value in zip(args.kwonlyargs, args.kw_defaults) if value}
        self.defaults: dict[str, ast.expr] = values
        self.signature = Signature([  # ValueError if a parameter is named twice
            Parameter(a.arg, kind, default=_UNBOUND if a.arg in values else Parameter.empty)
            for kind, some in kinds.items() for a in some or ()])
        self.params = [*self.signature.parameters]
        self.plain = not (args.vararg or args.kwonlyargs or args.kwarg) and len(self.params)
        self.blank: tuple = ()
        self.depth, self.body = 0, None

    def call(self, machine: Machine, function: Function, args: Sequence, names: dict | None
             ) -> Any:
        """What the function returns."""
        if names or self.plain is False or len(args) != self.plain:
            machine.spend(30)  # it takes as long
            found = self.signature.bind(*args, **names or {})
            found.apply_defaults()
            args = [function.defaults[name] if value is _UNBOUND else value
                    for name, value in found.arguments.items()]
        frame = [function.env, None, *args, *self.blank]
        machine.open += self.depth
        if machine.open > OPEN:
            over("open calls")
        self.body(frame)
        machine.open -= self.depth
        return frame[1]


class _Scope:
    """The names of a function, a comprehension or the module (which has no parent)."""

    def __init__(self, parent: _Scope | None, names: Iterable[str] = (),
                 shared: Iterable[str] = ()) -> None:
        self.parent, self.shared = parent, set(shared)
        self.slots = {name: i for i, name in enumerate(dict.fromkeys(names), 2)}


class _Program:
    """A program compiled for one machine; the same one, begun again, for each answer like it."""

    def __init__(self, machine: Machine, source: str, tests: bool) -> None:
        self.machine, self.needs = machine, []
        compiler = _Compiler(machine, tests)
        tree = _parsed(source)
        compiler.scope = root = _Scope(None, sorted(_bound(tree.body)))
        rows = [(node, True) for node in tree.body] if tests else _of_a_module(tree.body)
        self.parts = [*filter(None, (compiler.part(node, strict) for node, strict in rows))]
        self.slots, self.frame = root.slots, compiler.frame
        if tests:
            self.needs = compiler.missing

    def begin(self, given: Sequence = ()) -> None:
        """Runs the module; given: the values of the names that it needs."""
        self.machine.owners.append(self)
        self.frame[:] = [None, None, *[_UNBOUND] * len(self.slots)]
        for name, value in zip(self.needs, given):
            self.frame[self.slots[name]] = value
        for part in self.parts:
            part(self.frame)

    def clear(self) -> None:
        """Lets go of all that its names hold."""
        self.frame.clear()

    def named(self, name: str) -> Any:
        """The value that a name of the module has. Refused if it has none."""
        slot = self.slots.get(name)
        if slot is None or self.frame[slot] is _UNBOUND:
            raise Refused(f"{name!a:.40} is not defined")
        return self.frame[slot]


class _Compiler:
    """Makes closures of the nodes of a tree.

    cost: the nodes compiled since a block began, which the block pays for whenever it is run.
    level: of the tree; depth, deepest: frames of Python in the function at hand.
    """

    def __init__(self, machine: Machine, tests: bool) -> None:
        self.machine, self.tests = machine, tests
        self.frame: list = []  # of the module
        self.missing: list[str] = []  # names that the tests take from the program
        self.cost = self.level = self.depth = self.deepest = 0
        self.looping = False
        self.scope: _Scope

    # ------------------------------------------------------------------------ what is whitelisted

    def node(self, table: dict, node: ast.AST, frames: int) -> _Run:
        """The closure of a node, if its type is in the table."""
        kind = type(node)
        if kind not in table:
            unsupported(kind.__name__)
        self.cost += 1
        self.level += 1
        self.depth += frames
        self.deepest = max(self.deepest, self.depth)
        if self.level > DEPTH:
            over("depth of the syntax tree")
        run = table[kind](self, node)
        self.level -= 1
        self.depth -= frames
        return run

    def expr(self, node: ast.expr) -> _Run:
        """The closure of an expression."""
        return self.node(_EXPRESSIONS, node, 1)

    def exprs(self, nodes: Iterable[ast.expr]) -> list[_Run]:
        """The closures of some."""
        return [self.expr(node) for node in nodes]

    def optional(self, node: ast.expr | None) -> _Run:
        """The closure of what may lack: then it is None."""
        return self.expr(node) if node else lambda frame: None

    def part(self, node: ast.stmt, strict: bool) -> _Run | None:
        """A statement of the module; where it is not strict, what fails is left out."""
        try:
            run = self.block([node])
        except Refused as error:
            if strict or error.kind == "budget":
                raise
            return None

        def leniently(frame: list) -> None:
            try:
                run(frame)
            except Refused as error:
                if error.kind == "budget":
                    raise
            except Exception:
                pass
        return run if strict else leniently

    def counted(self, compile: Callable[..., Any], *args: Any) -> tuple[Any, int]:
        """What is compiled, and how many nodes it has, which are not counted where it stands."""
        before, self.cost = self.cost, 1
        made, cost = compile(*args), self.cost
        self.cost = before
        return made, cost

    def block(self, body: list[ast.stmt]) -> _Run:
        """Statements in turn, up to the first that ends the block; all are paid for at once."""
        machine = self.machine
        steps, cost = self.counted(lambda: [self.node(_STATEMENTS, node, 2) for node in body])

        def run(frame: list) -> str | None:
            machine.left -= cost
            if machine.left < 0:
                over("steps")
            for step in steps:
                if (signal := step(frame)) is not None:
                    return signal
            return None
        return run

    def function(self, name: str, args: ast.arguments, body: Callable[[], _Run],
                 nodes: list[ast.AST]) -> _Run:
        """What makes a function of the program, its defaults evaluated."""
        code, machine = _Code(self.allowed(name), args), self.machine
        params = [self.allowed(param) for param in code.params]
        values = {name: self.expr(value) for name, value in code.defaults.items()}
        shared = _declared(nodes, ast.Global)
        names = _bound(nodes) - shared - _declared(nodes, ast.Nonlocal)
        outside = self.scope, self.depth, self.deepest, self.looping
        inner = _Scope(self.scope, [*params, *sorted(names - {*params})], shared)
        self.scope, self.depth, self.deepest, self.looping = inner, 5, 5, False
        code.body, _ = self.counted(body)
        code.depth = self.deepest
        self.scope, self.depth, self.deepest, self.looping = outside
        code.blank = (_UNBOUND,) * (len(inner.slots) - len(params))
        self.cost += 2

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
        """How many scopes up a name is, and its slot there; -1 for the module's; None if nowhere.
        """
        scope, up = self.scope, 0
        while scope.parent is not None and name not in scope.shared:
            if name in scope.slots:
                return up, scope.slots[name]
            scope, up = scope.parent, up + 1
        while scope.parent is not None:
            scope = scope.parent
        return (-1, scope.slots[name]) if name in scope.slots else None

    def name(self, node: ast.Name) -> _Run:
        """A variable, or what is built in."""
        name = self.allowed(node.id)
        where, known = self.place(name), BUILTINS.get(name, _UNBOUND)
        if where is None and known is not _UNBOUND:
            return lambda frame: known
        if where is None and name in _HOST:
            unsupported(f"the function {name}")
        if where is None:
            where = -1, self.missed(name)
        get = self.getter(*where)

        def load(frame: list) -> Any:
            value = get(frame)
            if value is _UNBOUND:
                value = known
                if value is _UNBOUND or where[0] >= 0:
                    raise UnboundLocalError(f"{name:.40} has no value yet")
            return value
        return load

    def missed(self, name: str) -> int:
        """A slot of the module for a name that nothing binds: of tests, what they need."""
        root = self.scope
        while root.parent:
            root = root.parent
        self.missing.append(name)
        return root.slots.setdefault(name, len(root.slots) + 2)

    def getter(self, up: int, slot: int) -> _Run:
        """What reads a slot so many frames up."""
        if up == 0:
            return lambda frame: frame[slot]
        module = self.frame
        if up < 0:
            return lambda frame: module[slot]

        def get(frame: list) -> Any:
            for _ in range(up):
                frame = frame[0]
            return frame[slot]
        return get

    def setter(self, name: str) -> Callable[[list, Any], None]:
        """What gives a name its value."""
        where, module = self.place(self.allowed(name)), self.frame
        up, slot = where or (-1, self.missed(name))
        if up == 0:
            return lambda frame, value: frame.__setitem__(slot, value)
        if up < 0:
            return lambda frame, value: module.__setitem__(slot, value)

        def put(frame: list, value: Any) -> None:
            for _ in range(up):
                frame = frame[0]
            frame[slot] = value
        return put

    def target(self, node: ast.expr) -> Callable[[list, Any], None]:
        """What binds a target: a name, `a[i]`, or several of them, one with a star."""
        self.cost += 1
        machine = self.machine
        match node:
            case ast.Name():
                return self.setter(node.id)
            case ast.Subscript():
                value, index = self.expr(node.value), self.expr(node.slice)
                return lambda frame, item: machine.put(value(frame), index(frame), item)
            case ast.Tuple() | ast.List():
                return self.targets(node.elts)
        return unsupported(f"assignment to a {type(node).__name__}")

    def targets(self, nodes: list[ast.expr]) -> Callable[[list, Any], None]:
        """What gives each of several targets an item."""
        stars = [i for i, node in enumerate(nodes) if isinstance(node, ast.Starred)]
        if len(stars) > 1:
            raise Refused("SyntaxError: two starred targets")
        binds = [self.target(node.value if isinstance(node, ast.Starred) else node)
                 for node in nodes]
        machine, n = self.machine, len(nodes)

        def bind(frame: list, value: Any) -> None:
            items = machine.unpacked(value, -1 if stars else n)
            if stars:
                after = n - stars[0] - 1
                if len(items) < n - 1:
                    raise ValueError("not enough values to unpack")
                end = len(items) - after
                items[stars[0]:end] = [items[stars[0]:end]]
            for put, item in zip(binds, items):
                put(frame, item)
        return bind

    # -------------------------------------------------------------------------------- expressions

    def constant(self, node: ast.Constant) -> _Run:
        """A number, a text, None."""
        value = node.value
        if type(value) is str and _SURROGATE.search(value):
            unsupported("half of a surrogate")
        if type(value) is not str and type(value) not in SCALARS:
            unsupported(f"a constant of type {type(value).__name__}")
        if type(value) is int and value.bit_length() > BITS:
            over("size of an int")
        fits(len(value) if type(value) is str else 0)
        return lambda frame: value

    def unary(self, node: ast.UnaryOp) -> _Run:
        """`-a`, `+a`, `~a` or `not a`."""
        operand, op, machine = self.expr(node.operand), _UNARY[type(node.op)], self.machine

        def run(frame: list) -> Any:
            value = operand(frame)
            if op is not operator.not_ and type(value) not in NUMBERS:
                raise TypeError(f"bad operand type for unary operator: {named(value)}")
            return machine.made(op(value))
        return run

    def binary(self, node: ast.BinOp) -> _Run:
        """`a + b` and the like."""
        left, right = self.expr(node.left), self.expr(node.right)
        op, binary = _BINARY.get(type(node.op)), self.machine.binary
        if op is None:
            unsupported(type(node.op).__name__)
        if op in (operator.pow, operator.lshift):
            return lambda frame: binary(op, left(frame), right(frame))

        def run(frame: list) -> Any:
            a, b = left(frame), right(frame)
            if type(a) is int and type(b) is int:
                value = op(a, b)
                if type(value) is float or -_SMALL < value < _SMALL:
                    return value
            return binary(op, a, b)
        return run

    def logic(self, node: ast.BoolOp) -> _Run:
        """`and`, `or`: they stop at the first operand that decides, and return it."""
        operands, wanted = self.exprs(node.values), isinstance(node.op, ast.Or)

        def run(frame: list) -> Any:
            for operand in operands:
                value = operand(frame)
                if bool(value) is wanted:
                    break
            return value
        return run

    def comparison(self, node: ast.Compare) -> _Run:
        """`a < b < c` and the like: it stops at the first that is false."""
        operands = self.exprs([node.left, *node.comparators])
        tests = [self.test(type(op)) for op in node.ops]
        if len(tests) == 1:
            left, right, one = *operands, tests[0]
            return lambda frame: one(left(frame), right(frame))

        def run(frame: list) -> Any:
            left = operands[0](frame)
            for test, operand in zip(tests, operands[1:]):
                right = operand(frame)
                if not (found := test(left, right)):
                    break
                left = right
            return found
        return run

    def test(self, kind: type) -> Callable[[Any, Any], bool]:
        """What one operator of a comparison does."""
        compare, contains = self.machine.compare, self.machine.contains
        if kind in (ast.Is, ast.IsNot):
            return _IS[kind]
        if kind is ast.In:
            return lambda item, items: contains(items, item)
        if kind is ast.NotIn:
            return lambda item, items: not contains(items, item)
        op = _COMPARE[kind]
        if self.tests and kind in (ast.Eq, ast.NotEq):
            equal = kind is ast.Eq
            return lambda a, b: (compare(operator.eq, a, b) or _close(a, b)) is equal

        def run(a: Any, b: Any) -> bool:
            if type(a) is int and type(b) is int:
                return op(a, b)
            return compare(op, a, b)
        return run

    def choose(self, node: ast.IfExp) -> _Run:
        """`a if test else b`: only one of the two is evaluated."""
        test, yes, no = self.exprs((node.test, node.body, node.orelse))
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def walrus(self, node: ast.NamedExpr) -> _Run:
        """`name := value`."""
        value, put = self.expr(node.value), self.target(node.target)

        def run(frame: list) -> Any:
            put(frame, found := value(frame))
            return found
        return run

    def several(self, nodes: list[ast.expr]) -> Callable[[list], list]:
        """The values of some nodes, from left to right, those with a star spread out."""
        stars = [isinstance(node, ast.Starred) for node in nodes]
        runs = self.exprs(n.value if star else n for n, star in zip(nodes, stars))
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
            fits(len(found))
            return found
        return values

    def listed(self, node: ast.List | ast.Tuple | ast.Set) -> _Run:
        """`[a, b]`, `(a, b)`, `{a, b}`."""
        values, machine = self.several(node.elts), self.machine
        if isinstance(node, ast.List):
            return values
        if isinstance(node, ast.Tuple):
            return lambda frame: tuple(values(frame))
        self.cost += 2
        return lambda frame: machine.call(BUILTINS["set"], (values(frame),))

    def pairs(self, node: ast.Dict) -> _Run:
        """`{key: value, **more}`."""
        rows = [(key and self.expr(key), self.expr(value))
                for key, value in zip(node.keys, node.values)]
        machine, update = self.machine, METHODS[dict]["update"]
        self.cost += 2

        def run(frame: list) -> dict:
            made: dict = {}
            for key, value in rows:
                if key is None:
                    update(machine, made, value(frame))
                else:
                    machine.put(made, key(frame), value(frame))
            return made
        return run

    def comprehension(self, node: Any) -> _Run:
        """[..], {..}, {..: ..} or (.. for .. in ..): a scope of its own, with a frame."""
        machine, kind, first = self.machine, type(node), self.expr(node.generators[0].iter)
        parts = [node.key, node.value] if kind is ast.DictComp else [node.elt]
        outside = self.scope, self.depth, self.deepest
        self.scope = _Scope(self.scope, sorted(_bound(g.target for g in node.generators)))
        if kind is ast.GeneratorExp:  # it runs when it is asked, on frames that Lazy counts
            self.depth = self.deepest = 4
        rounds, values = self.rounds(node.generators, parts)
        value, depth, blank = values[0], self.deepest, [_UNBOUND] * len(self.scope.slots)
        self.scope, self.depth, _ = outside
        if kind is ast.GeneratorExp:
            self.deepest = outside[2]
        self.cost += 3

        def begin(frame: list) -> tuple[list, Iterator]:
            inside = [frame, None, *blank]
            return inside, rounds(inside, machine.each(first(frame)))

        def listed(frame: list) -> list:
            inside, each = begin(frame)
            return machine.made([value(inside) for _ in each])

        def collected(frame: list) -> set:
            made: set = set()
            inside, each = begin(frame)
            for _ in each:
                made.add(machine.key(value(inside), made))
            return machine.made(made)

        def mapped(frame: list) -> dict:
            made: dict = {}
            inside, each = begin(frame)
            for _ in each:
                machine.put(made, value(inside), values[1](inside))
            return made

        def lazy(frame: list) -> Lazy:
            def generate() -> Iterator:
                for _ in each:
                    yield value(inside)
            inside, each = begin(frame)
            return machine.lazy(generate(), depth)
        return {ast.ListComp: listed, ast.SetComp: collected, ast.DictComp: mapped,
                ast.GeneratorExp: lazy}[kind]

    def rounds(self, generators: list[ast.comprehension], parts: list[ast.expr]
               ) -> tuple[Callable[[list, Iterable], Iterator], list[_Run]]:
        """What goes through the rounds of a comprehension, and what its parts are in each."""
        machine, generator, rest = self.machine, generators[0], generators[1:]
        if generator.is_async:
            unsupported("async")
        self.depth += 1

        def compile() -> tuple:
            bind, tests = self.target(generator.target), self.exprs(generator.ifs)
            source = self.expr(rest[0].iter) if rest else None
            return (bind, tests, source,
                    self.rounds(rest, parts) if rest else (None, self.exprs(parts)))
        (bind, tests, source, (inner, values)), cost = self.counted(compile)

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
        return run, values

    def closure(self, node: ast.Lambda) -> _Run:
        """`lambda x: ...`."""
        def body() -> _Run:
            value = self.expr(node.body)
            return lambda frame: frame.__setitem__(1, value(frame))
        machine = self.machine

        def paid() -> _Run:
            run, cost = self.counted(body)

            def pay(frame: list) -> None:
                machine.left -= cost
                if machine.left < 0:
                    over("steps")
                run(frame)
            return pay
        return self.function("lambda", node.args, paid, [node.body])

    def subscript(self, node: ast.Subscript) -> _Run:
        """`a[i]` or `a[i:j:k]`."""
        value, index, item = self.expr(node.value), self.expr(node.slice), self.machine.item

        def run(frame: list) -> Any:
            of, at = value(frame), index(frame)
            return of[at] if type(of) is list and type(at) is int else item(of, at)
        return run

    def cut(self, node: ast.Slice) -> _Run:
        """What stands in the brackets of a slice."""
        parts = [self.optional(part) for part in (node.lower, node.upper, node.step)]
        return lambda frame: slice(*[part(frame) for part in parts])

    def attribute(self, node: ast.Attribute) -> _Run:
        """`module.name`, or a method as a value."""
        value, machine, name = self.expr(node.value), self.machine, self.known(node)
        return lambda frame: machine.attribute(value(frame), name, METHODS)

    def known(self, node: ast.Attribute) -> str:
        """The name after the dot, if there is one such in our tables."""
        if node.attr not in ATTRIBUTES:
            unsupported(f"the attribute {node.attr:.40}")
        return node.attr

    def call(self, node: ast.Call) -> _Run:
        """A call, of a method or of any value."""
        machine, names = self.machine, self.keywords(node.keywords)
        if isinstance(node.func, ast.Attribute):
            value, name = self.expr(node.func.value), self.known(node.func)
            args = self.several(node.args)

            def method(frame: list) -> Any:
                of = value(frame)
                run = METHODS.get(type(of), _NOTHING).get(name)
                if run is None:
                    function = machine.attribute(of, name, METHODS)
                    return machine.call(function, args(frame), names and names(frame))
                if names:
                    return run(machine, of, *args(frame), **names(frame))
                return run(machine, of, *args(frame))
            return method
        function, args = self.expr(node.func), self.several(node.args)

        def run(frame: list) -> Any:
            called = function(frame)
            return machine.call(called, args(frame), names and names(frame))
        return run

    def keywords(self, nodes: list[ast.keyword]) -> Callable[[list], dict] | None:
        """The named arguments of a call."""
        if not nodes:
            return None
        rows = [(node.arg, self.expr(node.value)) for node in nodes]

        def names(frame: list) -> dict:
            found: dict = {}
            for name, value in rows:
                more = {name: value(frame)} if name else dict(value(frame))
                if found.keys() & more or not all(type(key) is str for key in more):
                    raise TypeError("an argument is named twice, or by no text")
                found |= more
            return found
        return names

    def joined(self, node: ast.JoinedStr) -> _Run:
        """An f-string."""
        parts, machine = self.exprs(node.values), self.machine
        return lambda frame: machine.join("", [part(frame) for part in parts])

    def formatted(self, node: ast.FormattedValue) -> _Run:
        """What stands in the braces of an f-string."""
        value, spec, machine = self.expr(node.value), self.optional(node.format_spec), self.machine
        how = {-1: lambda value: value, ord("r"): machine.show, ord("s"): machine.text}.get(
            node.conversion)
        if how is None:
            unsupported("such a conversion")
        return lambda frame: machine.format(how(value(frame)), spec(frame) or "")

    # --------------------------------------------------------------------------------- statements

    def assign(self, node: ast.Assign) -> _Run:
        """`a = b = value`: the value once, then the targets from left to right."""
        value, puts = self.expr(node.value), [self.target(target) for target in node.targets]
        if len(puts) == 1:
            put, = puts
            return lambda frame: put(frame, value(frame))

        def run(frame: list) -> None:
            found = value(frame)
            for put in puts:
                put(frame, found)
        return run

    def annotated(self, node: ast.AnnAssign) -> _Run:
        """`name: type = value`; the type is not looked at."""
        return self.assign(ast.Assign([node.target], node.value)) if node.value else self.nothing()

    def augment(self, node: ast.AugAssign) -> _Run:
        """`x += value` and the like, in place where CPython does so."""
        value, op, machine = self.expr(node.value), _BINARY.get(type(node.op)), self.machine
        if op is None:
            unsupported(type(node.op).__name__)
        match node.target:
            case ast.Name(name):
                old, put = self.name(node.target), self.setter(name)
                return lambda frame: put(frame, machine.in_place(op, old(frame), value(frame)))
            case ast.Subscript():
                owner, index = self.expr(node.target.value), self.expr(node.target.slice)

                def run(frame: list) -> None:
                    of, at = owner(frame), index(frame)
                    machine.put(of, at, machine.in_place(op, machine.item(of, at), value(frame)))
                return run
        return unsupported("such an assignment")

    def delete(self, node: ast.Delete) -> _Run:
        """`del a[i]` and `del name`."""
        runs, machine = [], self.machine
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                owner, index = self.expr(target.value), self.expr(target.slice)
                runs.append(lambda frame, owner=owner, index=index: machine.remove(
                    owner(frame), index(frame)))
            elif isinstance(target, ast.Name):
                get, put = self.name(target), self.setter(target.id)
                runs.append(lambda frame, get=get, put=put: put(frame, (get(frame), _UNBOUND)[1]))
            else:
                unsupported("such a deletion")
        return lambda frame: [run(frame) for run in runs] and None

    def branch(self, node: ast.If) -> _Run:
        """`if`, with `else`; `elif` is an `if` within the `else`."""
        test, yes = self.expr(node.test), self.block(node.body)
        no = self.block(node.orelse) if node.orelse else self.nothing()
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def body(self, node: ast.For | ast.While) -> tuple[_Run, _Run]:
        """What a loop does in each round, and in the end."""
        outside, self.looping = self.looping, True
        body = self.block(node.body)
        self.looping = outside
        return body, self.block(node.orelse) if node.orelse else self.nothing()

    def loop(self, node: ast.For) -> _Run:
        """`for`."""
        machine, items = self.machine, self.expr(node.iter)
        bind, (body, orelse) = self.target(node.target), self.body(node)

        def run(frame: list) -> str | None:
            for item in machine.each(items(frame)):
                bind(frame, item)
                signal = body(frame)
                if signal is _BREAK:
                    return None
                if signal is _RETURN:
                    return signal
            return orelse(frame)
        return run

    def repeat(self, node: ast.While) -> _Run:
        """`while`."""
        machine = self.machine
        (test, cost), (body, orelse) = self.counted(self.expr, node.test), self.body(node)

        def run(frame: list) -> str | None:
            while test(frame):
                machine.left -= cost
                signal = body(frame)
                if signal is _BREAK:
                    return None
                if signal is _RETURN:
                    return signal
            return orelse(frame)
        return run

    def leave(self, node: ast.Return) -> _Run:
        """`return`, with or without a value."""
        if self.scope.parent is None:
            raise Refused("SyntaxError: return outside a function")
        value = self.optional(node.value)

        def run(frame: list) -> str:
            frame[1] = value(frame)
            return _RETURN
        return run

    def jump(self, node: ast.Break | ast.Continue) -> _Run:
        """`break` and `continue`."""
        if not self.looping:
            raise Refused("SyntaxError: break or continue outside a loop")
        signal = _BREAK if isinstance(node, ast.Break) else _CONTINUE
        return lambda frame: signal

    def discard(self, node: ast.Expr) -> _Run:
        """An expression as a statement: evaluated, then forgotten."""
        if isinstance(node.value, ast.Constant) and node.value.value is ...:
            return self.nothing()
        value = self.expr(node.value)

        def run(frame: list) -> None:
            value(frame)
        return run

    def nothing(self, node: ast.AST | None = None) -> _Run:
        """`pass`, `global`, `nonlocal`, an `else` that is not there."""
        return lambda frame: None

    def define(self, node: ast.FunctionDef) -> _Run:
        """`def`, with decorators."""
        if vars(node).get("type_params"):
            unsupported("a type parameter")
        wraps = self.exprs(node.decorator_list)
        make = self.function(node.name, node.args, lambda: self.block(node.body), node.body)
        put, machine = self.setter(node.name), self.machine

        def run(frame: list) -> None:
            made = make(frame)
            for wrap in [wrap(frame) for wrap in wraps][::-1]:
                made = machine.call(wrap, (made,))
            put(frame, made)
        return run

    def imports(self, node: ast.Import | ast.ImportFrom) -> _Run:
        """`import math`, `from math import gcd as g`: names of ours."""
        puts = []
        for alias in node.names:
            name = node.module if isinstance(node, ast.ImportFrom) else alias.name
            names = MODULES.get(name)
            if names is None or vars(node).get("level"):
                unsupported(f"the module {name or '.':.40}")
            if isinstance(node, ast.Import):
                puts.append((self.setter(alias.asname or name), Module(name, names)))
            elif alias.name == "*" or alias.name not in names:
                unsupported(f"the name {alias.name:.40} of the module {name}")
            else:
                puts.append((self.setter(alias.asname or alias.name), names[alias.name]))

        def run(frame: list) -> None:
            for put, value in puts:
                put(frame, value)
        return run

    def ensure(self, node: ast.Assert) -> _Run:
        """`assert`."""
        test, why = self.expr(node.test), self.optional(node.msg)

        def run(frame: list) -> None:
            if not test(frame):
                raise AssertionError(why(frame)) if node.msg else AssertionError()
        return run

    def throw(self, node: ast.Raise) -> _Run:
        """`raise`; what stands after `from` is not looked at."""
        value, machine = self.optional(node.exc), self.machine

        def run(frame: list) -> None:
            found = [value(frame)] if node.exc else machine.caught[-1:]
            if found and type(found[0]) is Builtin:
                found = [machine.call(found[0])]
            if not found or not isinstance(found[0], Exception):
                raise TypeError("exceptions must derive from BaseException")
            raise found.pop()
        return run

    def attempt(self, node: ast.Try) -> _Run:
        """`try`, with `except`, `else` and `finally`. No program catches that it is Refused."""
        body, orelse, last = map(self.block, (node.body, node.orelse, node.finalbody))
        handlers = [(self.optional(h.type), self.setter(h.name) if h.name else _nowhere,
                     h.type is None, self.block(h.body)) for h in node.handlers]
        machine = self.machine

        def caught(run: _Run, frame: list) -> tuple[str | None, list[Exception]]:
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
                    put(frame, _UNBOUND)
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


def _nowhere(frame: list, value: Any) -> None:
    """Where an exception without a name goes."""


def _close(a: Any, b: Any) -> bool:
    """Whether two values are the same but for rounding."""
    if type(a) is not type(b):
        return False
    if type(a) is float:
        return isclose(a, b)
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(x == y or _close(x, y) for x, y in zip(a, b))
    return type(a) is dict and a.keys() == b.keys() and all(
        a[key] == b[key] or _close(a[key], b[key]) for key in a)


_SMALL = 1 << 64
_NOTHING: dict = {}
_HOST = {*dir(builtins)}  # what Python has and this has not is said to be so
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Invert: operator.invert}
_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge}
_IS = {ast.Is: operator.is_, ast.IsNot: operator.is_not}
_EXPRESSIONS: dict[type, Callable[[_Compiler, Any], _Run]] = {
    ast.Constant: _Compiler.constant, ast.Name: _Compiler.name, ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.binary, ast.BoolOp: _Compiler.logic, ast.Compare: _Compiler.comparison,
    ast.IfExp: _Compiler.choose, ast.NamedExpr: _Compiler.walrus, ast.List: _Compiler.listed,
    ast.Tuple: _Compiler.listed, ast.Set: _Compiler.listed, ast.Dict: _Compiler.pairs,
    ast.ListComp: _Compiler.comprehension, ast.SetComp: _Compiler.comprehension,
    ast.DictComp: _Compiler.comprehension, ast.GeneratorExp: _Compiler.comprehension,
    ast.Lambda: _Compiler.closure, ast.Subscript: _Compiler.subscript, ast.Slice: _Compiler.cut,
    ast.Attribute: _Compiler.attribute, ast.Call: _Compiler.call,
    ast.JoinedStr: _Compiler.joined, ast.FormattedValue: _Compiler.formatted}
_STATEMENTS: dict[type, Callable[[_Compiler, Any], _Run]] = {
    ast.Assign: _Compiler.assign, ast.AnnAssign: _Compiler.annotated,
    ast.AugAssign: _Compiler.augment, ast.Delete: _Compiler.delete, ast.If: _Compiler.branch,
    ast.For: _Compiler.loop, ast.While: _Compiler.repeat, ast.Return: _Compiler.leave,
    ast.Break: _Compiler.jump, ast.Continue: _Compiler.jump, ast.Pass: _Compiler.nothing,
    ast.Global: _Compiler.nothing, ast.Nonlocal: _Compiler.nothing, ast.Expr: _Compiler.discard,
    ast.FunctionDef: _Compiler.define, ast.Import: _Compiler.imports,
    ast.ImportFrom: _Compiler.imports, ast.Assert: _Compiler.ensure, ast.Raise: _Compiler.throw,
    ast.Try: _Compiler.attempt}
