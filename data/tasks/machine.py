"""What a program of interpreter.py works with: its values, what each costs, and the budget.

Values are the host's own (int, float, str, None, list, tuple, dict, set, range, deque ...), and
four kinds of ours that a program can only call or iterate: Function, Builtin, Lazy, Module. None
of them has an attribute that a program could reach.

Every budget is a count and none is a clock, so a verdict is the same on every computer. A step
pays for a node of the tree, for an item or a few that a builtin walks, or for some 128 bytes that
it builds; it takes 0.1 to 0.4 microseconds, which is what the shifts below come from. Paid for are
what was built (`made`), a look at all that is inside a value (`weigh`), what is walked (`walked`,
item by item `paid`, all at once `items`), hashed (`key`) and searched (`scan`, `find`). What could
be huge is refused before it is built. Sets are walked in CPython's order where it is
the same everywhere (numbers), else sorted, since the order of strings changes from run to run.
"""
from __future__ import annotations

import ast
import functools
import itertools
import operator
import re
import string
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import Parameter, Signature
from math import isclose
from typing import Any, NoReturn

STEPS = 300_000  # for all that an answer is asked
LENGTH = 20_000  # of a str, list, tuple, range, deque
KEYS = 4_000     # of a dict or set
BITS = 2_048     # of an int
NESTING = 20     # levels of values in values
DIGITS = 640     # that int() reads, which no setting of Python forbids; 2,048 bits are 617
KEPT = 16        # programs that are kept compiled: an answer is often sampled more than once
OPEN = 5_000     # frames of Python that calls may hold at once

SPREAD = 1 << 20  # ints up to here do not collide

UNBOUND = object()  # in the place of a name that has no value yet
KEY = type(functools.cmp_to_key(lambda a, b: 0)(0))
RETURN, BREAK, CONTINUE = "return", "break", "continue"  # what ends a block early

NUMBERS = {int, bool, float}
SCALARS = {*NUMBERS, type(None)}
DICTS = (dict, Counter, defaultdict, OrderedDict)
SETS = (set, frozenset)
_VIEWED = {}, OrderedDict()
VIEWS = tuple(type(view) for d in _VIEWED for view in (d.keys(), d.values(), d.items()))
LISTS = (list, tuple, deque)
_ROWS = {list, tuple}
_SPREAD = {str, *SCALARS}
HASHED = {*DICTS, *SETS, VIEWS[0], VIEWS[3]}
SIZED = {str, range, *LISTS, *DICTS, *SETS, *VIEWS}


class Refused(ValueError):
    """The program will not be run, or broke while running; the message says why in one line.

    kind: "unsupported" if it needs what is not run here; "budget" if it went over one; "error"
    for one of its own.
    """

    def __init__(self, why: str, kind: str = "error") -> None:
        super().__init__(why)
        self.kind = kind


def over(what: str) -> NoReturn:
    """Ends the program: it has used up a budget."""
    raise Refused(f"over budget: {what}", "budget")


def unsupported(what: str) -> NoReturn:
    """Ends the program, or keeps it from starting: what it needs is not run here."""
    raise Refused(f"{what} is not supported", "unsupported")


def fits(length: int, most: int = LENGTH) -> None:
    """A value of this length may be built."""
    if length > most:
        over("length of a value")


# ------------------------------------------------------------------------------ values of our own

class Opaque:
    """What a program can pass on, and nothing else can be done with."""

    __slots__ = ()

    def __deepcopy__(self, memo: dict) -> Opaque:
        return self


class Code:
    """What a function runs. depth: the frames of Python that a call takes."""

    def __init__(self, name: str, args: ast.arguments) -> None:
        self.name = name
        positional = [*args.posonlyargs, *args.args]
        values = dict(zip([a.arg for a in positional][::-1], args.defaults[::-1]))
        values |= {a.arg: value for a, value in zip(args.kwonlyargs, args.kw_defaults) if value}
        kinds = {Parameter.POSITIONAL_ONLY: args.posonlyargs,
                 Parameter.POSITIONAL_OR_KEYWORD: args.args,
                 Parameter.VAR_POSITIONAL: filter(None, [args.vararg]),
                 Parameter.KEYWORD_ONLY: args.kwonlyargs,
                 Parameter.VAR_KEYWORD: filter(None, [args.kwarg])}
        self.defaults: dict[str, ast.expr] = values
        self.signature = Signature([  # ValueError if a parameter is named twice
            Parameter(a.arg, kind, default=UNBOUND if a.arg in values else Parameter.empty)
            for kind, some in kinds.items() for a in some])
        self.params = [*self.signature.parameters]
        self.plain = len(positional) if len(positional) == len(self.params) else None
        self.blank: tuple = ()
        self.depth, self.body = 0, None

    def call(self, machine: Machine, function: Function, args: Sequence, names: dict | None
             ) -> Any:
        """What the function returns."""
        if names or len(args) != self.plain:
            machine.spend(30)  # it takes as long
            found = self.signature.bind(*args, **names or {})
            found.apply_defaults()
            args = [function.defaults[name] if value is UNBOUND else value
                    for name, value in found.arguments.items()]
        frame = [function.env, None, *args, *self.blank]
        machine.open += self.depth
        if machine.open > OPEN:
            over("open calls")
        signal = self.body(frame)
        machine.open -= self.depth
        return frame[1] if signal is RETURN else None


class Function(Opaque):
    """A function of the program: its code, its default values, and the names around it."""

    __slots__ = ("code", "defaults", "env")

    def __init__(self, code: Any, defaults: dict[str, Any], env: list | None) -> None:
        self.code, self.defaults, self.env = code, defaults, env

    def clear(self) -> None:
        """Lets go of all that it holds."""
        self.defaults, self.env = {}, None


class Builtin(Opaque):
    """A function of ours, run(machine, *args, **named); with classes a type, for isinstance.

    names: what may stand after a dot.
    """

    __slots__ = ("name", "run", "names", "classes")

    def __init__(self, name: str, run: Callable[..., Any], names: dict | None = None,
                 classes: tuple[type, ...] = ()) -> None:
        self.name, self.run, self.names, self.classes = name, run, names or {}, classes


class Module(Opaque):
    """A module of ours: names alone."""

    __slots__ = ("name", "names")

    def __init__(self, name: str, names: dict[str, Any]) -> None:
        self.name, self.names = name, names


class Lazy(Opaque):
    """What gives its items one by one: a generator expression, map, zip and the like."""

    __slots__ = ("machine", "source", "depth")

    def __init__(self, machine: Machine, source: Iterator, depth: int) -> None:
        self.machine, self.source, self.depth = machine, source, depth

    def clear(self) -> None:
        """Lets go of all that it holds."""
        self.source = iter(())

    def __iter__(self) -> Lazy:
        return self

    def __next__(self) -> Any:
        machine = self.machine
        before = machine.open
        machine.left -= 4
        machine.open += self.depth
        if machine.left < 0 or machine.open > OPEN:
            over("steps" if machine.left < 0 else "open calls")
        try:
            return next(self.source)
        finally:
            machine.open = before


# ------------------------------------------------------------------------------------ the machine

class Machine:
    """The budget of one answer, and all that must be paid from it.

    left: steps. open: frames that open calls hold. owners: containers that were put something in,
    functions and frames, which may hold themselves: they are taken apart at the end, or their
    memory would wait for the garbage collector.
    """

    def __init__(self) -> None:
        self.left, self.open, self.owners = STEPS, 0, []
        self.caught: list[Exception] = []  # those that are being handled, for a bare `raise`
        self.programs: dict[tuple, Any] = {}

    def end(self) -> None:
        """Takes apart what may hold itself, and fills the budget up again."""
        for owner in self.owners:
            owner.clear()
        self.left, self.open, self.owners, self.caught = STEPS, 0, [], []

    def kept(self, make: Callable[..., Any], *args: Any) -> Any:
        """make(machine, *args), or the same one again if it was made lately."""
        made = self.programs.pop(args, None) or make(self, *args)
        self.programs[args] = made
        if len(self.programs) > KEPT:
            del self.programs[next(iter(self.programs))]
        return made

    def spend(self, cost: int) -> None:
        """Charge steps; over budget, the program ends."""
        self.left -= cost
        if self.left < 0:
            over("steps")

    def number(self, value: Any) -> Any:
        """A number that was just made."""
        if type(value) is int:
            if (bits := value.bit_length()) > BITS:
                over("size of an int")
            self.spend(bits >> 6)
        elif type(value) is complex:
            unsupported("a complex number")
        return value

    def made(self, value: Any) -> Any:
        """Pass on a value that was just built, and charge for it."""
        kind = type(value)
        if kind in SIZED:
            if kind is not range and kind not in VIEWS:
                length = len(value)
                fits(length, KEYS if kind in HASHED else LENGTH)
                self.spend(length >> 5 if kind is str else length >> 4 if kind in LISTS
                           else length)
        elif kind is int:
            self.number(value)
        return value

    def owns(self, owner: Any, value: Any) -> None:
        """Note that a container was given this value: it may hold itself now, as after
        x.append(x), and only the garbage collector would free it."""
        if type(value) not in SCALARS and type(value) is not str:
            self.spend(1)
            self.owners.append(owner)

    def weigh(self, value: object, depth: int = 0) -> int:
        """Charge for a look at all that is inside a value, and again for what is shared."""
        kind = type(value)
        if kind not in SIZED or kind is range:
            if kind is KEY:  # it is equal to whatever a function of the program says
                raise TypeError("a key is there to sort by")
            return 1 + self.weigh(value.args, depth + 1) if isinstance(value, Exception) else 1
        shift = 2 if kind is not str else 6 if value.isascii() else 4
        self.spend(cost := 6 + (len(value) >> shift))
        if kind is str:
            return cost
        if depth >= NESTING:
            over("nesting of a value")
        if kind in HASHED and not spread(value):
            self.spend(len(value) ** 2 >> 7)
        parts = [*value, *value.values()] if kind in DICTS else value
        kinds = set(map(type, parts))
        if kinds <= _ROWS:  # of scalars, as a rule: looked at without a loop of ours
            self.spend(cells := sum(map(len, parts)) >> 3)
            if set(map(type, itertools.chain.from_iterable(parts))) <= SCALARS:
                return cost + cells
        if not kinds <= SCALARS:
            for part in parts:
                if type(part) not in SCALARS:
                    cost += self.weigh(part, depth + 1)
        return cost

    def key(self, value: Any, owner: Any = ()) -> Any:
        """Pass on what is about to be hashed. Keys that may be chosen so that all fall into one
        slot, such as multiples of 2**61 - 1, pay for being held against one another."""
        if type(value) is not str and not (type(value) is int and -SPREAD <= value < SPREAD):
            if type(value) in SIZED:
                self.weigh(value)
            if not spread((value,)):
                self.spend(1 + (len(owner) >> 3))
        return value

    # --------------------------------------------------------------------------- what is iterated

    def each(self, value: Any) -> Iterable:
        """What `for` walks, item by item; who walks pays for it."""
        kind = type(value)
        if kind in SETS:
            return self.in_order(value)
        if kind in SIZED or kind is Lazy:
            return value
        raise TypeError(f"{named(value)} is not iterable")

    def in_order(self, value: Any) -> Iterable:
        """The items of a set, in an order that is the same in every process."""
        self.spend(len(value) >> 3)
        if set(map(type, value)) <= NUMBERS:
            return value
        return sorted(value, key=self.show)

    def walked(self, value: Any) -> Iterable:
        """What a builtin walks, paid for."""
        if type(value) is not Lazy:  # which pays for each
            self.spend(len(value) if type(value) in SIZED else 0)
        return self.each(value)

    def paid(self, value: Any) -> Iterator:
        """What is walked, each item paid for when it comes."""
        for item in self.each(value):
            self.spend(1)
            yield item

    def items(self, value: Any) -> list:
        """All items at once, paid for."""
        if type(value) is Lazy:
            found = list(itertools.islice(value, LENGTH + 1))
        else:
            found = self.each(value)
            self.spend(len(found) >> 1)
            found = list(found)
        fits(len(found))
        return found

    def lazy(self, source: Iterable, depth: int = 4) -> Lazy:
        """What gives these items one by one; depth: the frames that it takes to make one."""
        self.spend(6)
        self.owners.append(made := Lazy(self, iter(source), depth))
        return made

    def ranged(self, *ends: Any) -> range:
        """range(*ends): it takes no memory, however long it is."""
        made = range(*ends)
        if max(map(abs, ends)) >> 64:
            over("size of an int")
        return made

    def item(self, value: Any, index: Any) -> Any:
        """value[index]; a slice is paid for as a copy."""
        kind = type(value)
        if isinstance(value, Builtin):  # list[int], List[int]
            return value
        if kind in DICTS:
            found = value[self.key(index, value)]
            fits(len(value), KEYS)  # a defaultdict may have grown
            return found
        if kind not in SIZED or kind in HASHED or kind in VIEWS:
            raise TypeError(f"{named(value)} is not subscriptable")
        found = value[index]
        if type(index) is slice and kind is range:
            return self.ranged(found.start, found.stop, found.step)
        return self.made(found) if type(index) is slice else found

    def put(self, owner: Any, index: Any, value: Any) -> None:
        """owner[index] = value."""
        kind = type(owner)
        if kind in DICTS:
            self.spend(2)
            if self.key(index, owner) not in owner:
                fits(len(owner) + 1, KEYS)
        elif kind not in (list, deque):
            raise TypeError(f"{named(owner)} does not support item assignment")
        elif type(index) is slice:
            value = self.items(value)
            fits(len(owner) + len(value))
            self.spend(len(owner) >> 5)
        self.owns(owner, value)
        owner[index] = value

    def remove(self, owner: Any, index: Any) -> None:
        """del owner[index]."""
        if type(owner) in DICTS:
            self.key(index, owner)
        elif type(owner) not in (list, deque):
            raise TypeError(f"{named(owner)} does not support item deletion")
        else:
            self.spend(len(owner) >> 5)
        del owner[index]

    def unpacked(self, value: Any, n: int) -> list:
        """The items of a value that must have n of them; -1: however many."""
        if n < 0:
            return self.items(value)
        found = list(itertools.islice(self.each(value), n + 1))
        if len(found) != n:
            raise ValueError(f"expected {n} values to unpack")
        return found

    # --------------------------------------------------------------------------------- operators

    def binary(self, op: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
        """a op b: numbers, or what `_OPERANDS` knows of."""
        if type(a) in NUMBERS and type(b) in NUMBERS:
            self.spend(4 if op is operator.pow else 0)
            if op is operator.pow and type(a) is not float and type(b) is not float:
                # abs(a) >= 2 ** (bits - 1), so this refuses only what is too big.
                if (a.bit_length() - 1) * b >= BITS:
                    over("size of an int")
            elif op is operator.lshift and b > BITS and type(b) is int:
                over("size of an int")
            return self.number(op(a, b))
        if (op, type(a), type(b)) in _OPERANDS:
            return self.sized(op, a, b)
        if isinstance(a, Opaque) or isinstance(b, Opaque):  # int | str
            unsupported(f"an operator on {named(a)} and {named(b)}")
        raise TypeError(f"unsupported operand types: {named(a)} and {named(b)}")

    def sized(self, op: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
        """a op b of which one at least has a length."""
        self.spend(1)
        if op is operator.mod:
            return self.percent(a, b)
        if op is operator.mul:
            if type(a) in NUMBERS:
                a, b = b, a
            fits(len(a) * b)
        elif op is operator.add and type(a) is not Counter:
            fits(len(a) + len(b))
        else:
            self.weigh(a)
            self.weigh(b)
        return self.made(op(a, b))

    def unary(self, op: Callable[[Any], Any], value: Any) -> Any:
        """`-value` and the like."""
        if op is not operator.not_ and type(value) not in NUMBERS:
            raise TypeError(f"bad operand type for a sign: {named(value)}")
        return self.made(op(value))

    def in_place(self, op: Callable[[Any, Any], Any], old: Any, value: Any) -> Any:
        """old op= value: a list, set or dict is changed where it is, as in CPython."""
        kind = type(old)
        if op is operator.add and kind in (list, deque):
            self.extend(old, value)
            return old
        made = self.binary(op, old, value)  # it is small enough
        return _IN_PLACE[op](old, value) if kind in _CHANGED and op in _IN_PLACE else made

    def extend(self, owner: Any, values: Any) -> None:
        """owner.extend(values)."""
        values = self.items(values)
        fits(len(owner) + len(values))
        self.owns(owner, self.made(values))
        owner.extend(values)

    def compare(self, op: Callable[[Any, Any], bool], a: Any, b: Any) -> bool:
        """a op b, one of ==, !=, <, <=, >, >=."""
        if type(a) not in SCALARS and type(b) not in SCALARS:
            self.weigh(a)
            self.weigh(b)
        return op(a, b)

    def contains(self, value: Any, item: Any) -> bool:
        """item in value."""
        kind = type(value)
        if kind is str:
            self.find(value, item)
            return item in value
        if kind in HASHED or kind in (VIEWS[2], VIEWS[5]):
            return self.key(item, value) in value
        if kind is Lazy:
            return any(one is item or self.compare(operator.eq, one, item) for one in value)
        if kind not in SIZED:
            raise TypeError(f"argument of type {named(value)} is not iterable")
        if kind is not range or type(item) not in (int, bool):
            self.scan(value, item)
        return item in value

    def scan(self, values: Any, item: Any) -> None:
        """Charge for holding an item against each of some values."""
        self.spend(1 + (len(values) >> 2))
        if type(item) is str:
            self.spend(len(item) * len(values) >> 9)
        elif type(item) is int:
            self.spend(item.bit_length() * len(values) >> 10)
        elif type(item) not in SCALARS:
            self.weigh(item)
            self.weigh(values)

    def find(self, text: str, *parts: Any) -> None:
        """Charge for a search in a text: Python 3.10 looks at every place for every letter."""
        for part in parts:
            if type(part) is str:
                self.spend(1 + (len(text) * len(part) >> 9))

    # ------------------------------------------------------------------------------------- texts

    def show(self, value: Any, depth: int = 0) -> str:
        """repr(value); sets in our order."""
        if not depth:
            self.weigh(value)
        kind, inner = type(value), depth + 1
        if kind in SCALARS or kind in (str, range):
            self.spend(2 + (value.bit_length() >> 4 if kind is int else 0))
            return repr(value)
        self.spend(4)
        if kind is list:
            return f"[{self.shown(value, inner)}]"
        if kind is tuple:
            return f"({self.shown(value, inner)}{',' * (len(value) == 1)})"
        if kind is dict:
            return f"{{{self.pairs(value.items(), inner)}}}"
        if kind is set:
            return f"{{{self.shown(self.in_order(value), inner)}}}" if value else "set()"
        if kind is frozenset:
            body = f"{{{self.shown(self.in_order(value), inner)}}}" if value else ""
            return f"frozenset({body})"
        if kind is Counter:
            pairs = self.pairs(value.most_common(), inner)
            return f"Counter({{{pairs}}})" if value else "Counter()"
        if kind is OrderedDict:
            return f"OrderedDict([{self.shown(value.items(), inner)}])" if value else (
                "OrderedDict()")
        if kind is deque:
            return f"deque([{self.shown(value, inner)}])"
        if kind in VIEWS:
            return f"{kind.__name__}([{self.shown(value, inner)}])"
        if isinstance(value, Exception):
            return f"{kind.__name__}({self.shown(value.args, inner)})"
        if kind is Builtin and value.classes:
            return f"<class '{value.name}'>"
        return unsupported(f"the text of {named(value)}")

    def shown(self, values: Iterable, depth: int) -> str:
        """The texts of some values, with commas."""
        return ", ".join([self.show(value, depth) for value in values])

    def pairs(self, items: Iterable[tuple], depth: int) -> str:
        """What stands between the braces of a dict."""
        return ", ".join([f"{self.show(k, depth)}: {self.show(v, depth)}" for k, v in items])

    def text(self, value: Any) -> str:
        """str(value)."""
        if type(value) is str:
            return value
        if isinstance(value, Exception):
            args = value.args
            if len(args) == 1:
                return self.text(args[0]) if type(value) is not KeyError else self.show(args[0])
            return self.show(args) if args else ""
        return self.made(self.show(value))

    def format(self, value: Any, spec: str, how: str = "") -> str:
        """What an f-string makes of a value; spec: of bounded width and precision; how: r or s.
        """
        if how or not spec:
            value = self.show(value) if how == "r" else self.text(value)
        if not spec:
            return value
        if type(value) not in NUMBERS and type(value) is not str:
            raise TypeError(f"unsupported format string passed to {named(value)}")
        if (found := _SPEC.fullmatch(spec)) is None:
            raise ValueError("invalid format specifier")
        self.room(found, value)
        return self.made(format(value, spec))

    def room(self, found: re.Match, value: Any) -> None:
        """Charge for a width and a precision, and refuse large ones."""
        width, precision = int(found["width"] or 0), int(found["precision"] or 0)
        fits(max(width, precision))
        self.spend(2 + (width >> 5) + precision)
        self.spend(value.bit_length() >> 4 if type(value) is int else 0)

    def fields(self, text: str, args: Sequence, names: dict) -> str:
        """text.format(*args, **names); no attribute and no index of a field is looked at."""
        parts, count = [], itertools.count()
        self.spend(len(text) >> 1)
        for literal, field, spec, how in _FORMATTER.parse(text):
            parts.append(literal)
            if field is not None:
                if not _FIELD.fullmatch(field) or "{" in spec or how not in (None, "r", "s"):
                    unsupported("such a format field")
                value = (names[field] if field and not field.isdigit()
                         else args[int(field or next(count))])
                parts.append(self.format(value, spec, how or ""))
        return self.join("", parts)

    def join(self, between: str, parts: list) -> str:
        """between.join(parts)."""
        if not set(map(type, parts)) <= {str}:
            raise TypeError("expected str instances to join")
        fits(sum(map(len, parts)) + len(between) * len(parts))
        return self.made(between.join(parts))

    def percent(self, text: str, values: Any) -> str:
        """text % values, of %d, %s and the like, of bounded width and precision."""
        values = iter(values if type(values) is tuple else (values,))
        nothing, parts, end = object(), [], 0
        self.spend(len(text))
        for found in _PERCENT.finditer(text):
            parts.append(text[end:found.start()])
            end = found.end()
            if found["kind"] == "%":
                parts.append("%")
                continue
            if (value := next(values, nothing)) is nothing:
                raise TypeError("not enough arguments for format string")
            self.room(found, value)
            if found["kind"] in "sr":
                value = (self.text if found["kind"] == "s" else self.show)(value)
            elif type(value) not in NUMBERS:
                raise TypeError("a number is required")
            parts.append(f"{found[0][:-1]}s" % value if type(value) is str else
                         self.made(found[0] % value))
        if "%" in "".join([*_PERCENT.split(text)[::4]]):
            unsupported("such a format")
        if next(values, nothing) is not nothing:
            raise TypeError("not all arguments converted during string formatting")
        return self.join("", [*parts, text[end:]])

    # ------------------------------------------------------------------------------------- calls

    def attribute(self, value: Any, name: str, methods: dict[type, dict]) -> Any:
        """value.name: of a module or a type of ours, or a method as a value."""
        if isinstance(value, (Module, Builtin)) and name in value.names:
            return value.names[name]
        kind = value.classes[0] if type(value) is Builtin and value.classes else None
        if name in (known := methods.get(kind, {})):
            def run(machine: Machine, owner: Any, *args: Any, **names: Any) -> Any:
                if type(owner) is not kind:
                    raise TypeError(f"{name} of another type")
                return known[name](machine, owner, *args, **names)
            return Builtin(name, run)
        if name in (known := methods.get(type(value), {})):
            return Builtin(name, lambda machine, *args, **names: known[name](
                machine, value, *args, **names))
        if isinstance(value, Exception) and name == "args":
            return value.args
        raise AttributeError(f"{named(value)} has no attribute {name}")

    def call(self, function: Any, args: Sequence = (), names: dict | None = None) -> Any:
        """function(*args, **names): one of the program's, or one of ours."""
        before = self.open
        if type(function) is Function:
            return function.code.call(self, function, args, names)
        if not isinstance(function, Builtin):
            raise TypeError(f"{named(function)} is not callable")
        self.open = before + 4
        if self.open > OPEN:
            over("open calls")
        self.spend(4)
        value = function.run(self, *args, **names or {})
        self.open = before
        return value

    def taken(self, value: Any) -> Any:
        """A value as the host's own iterators take one: what they walk, or call."""
        if type(value) in (Function, Builtin):
            return self.caller(value)
        return self.each(value) if type(value) in SIZED or type(value) is Lazy else value

    def caller(self, function: Any) -> Callable[..., Any]:
        """A function of the program as the host's own libraries call one."""
        return lambda *args: self.call(function, args)


def spread(keys: Any) -> bool:
    """Whether no choice of these keys can make many of them collide in a hash table."""
    kinds = set(map(type, keys))
    if kinds == {tuple}:
        keys = [*itertools.chain.from_iterable(keys)]
        kinds = set(map(type, keys))
        if -2 in keys:  # hash(-1) == hash(-2): of tuples of these, very many are the same
            return False
    if int not in kinds:
        return kinds <= _SPREAD
    ints = keys if len(kinds) == 1 else [key for key in keys if type(key) is int]
    return kinds <= _SPREAD and -SPREAD <= min(ints) and max(ints) < SPREAD


def close(a: Any, b: Any) -> bool:
    """Whether two values are the same but for rounding.

    >>> close([1, (0.1 + 0.2,)], [1, (0.3,)]), close(0.3, 0.31), close(2, 2.0000000001)
    (True, False, False)
    """
    if type(a) is not type(b):
        return False
    if type(a) is float:
        return isclose(a, b)
    if type(a) is dict:
        return a.keys() == b.keys() and all(a[x] == b[x] or close(a[x], b[x]) for x in a)
    return type(a) in (list, tuple) and len(a) == len(b) and all(
        x == y or close(x, y) for x, y in zip(a, b))


def named(value: object) -> str:
    """The name of a value's type, for messages."""
    return f"'{type(value).__name__}'"


BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor}
UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Invert: operator.invert}
COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge}
_CHANGED = {list, set, deque, *DICTS}
_IN_PLACE = {operator.add: operator.iadd, operator.mul: operator.imul, operator.sub: operator.isub,
             operator.or_: operator.ior, operator.and_: operator.iand, operator.xor: operator.ixor}
_FORMATTER = string.Formatter()
_FIELD = re.compile(r"\w*")
_SPEC = re.compile(r"(?:.?[<>=^])?[-+ ]?#?0?(?P<width>[0-9]{1,6})?[,_]?"
                   r"(?:\.(?P<precision>[0-9]{1,6}))?[bdeEfFgGosxX%]?", re.DOTALL)
_PERCENT = re.compile(r"%[-+ 0#]*(?P<width>[0-9]{1,6})?(?:\.(?P<precision>[0-9]{1,6}))?"
                      r"(?P<kind>[diouxXeEfFgGrs%])")
_INTS = (int, bool)
_BOTH = (set, frozenset, VIEWS[0], VIEWS[2])
_OPERANDS = {  # which types the operators that are not for numbers take
    (op, left, right) for op, lefts, rights in (
        *((operator.add, (kind,), (kind,)) for kind in (str, list, tuple, deque, Counter)),
        (operator.mul, (str, list, tuple), _INTS), (operator.mul, _INTS, (str, list, tuple)),
        (operator.mod, (str,), (*SIZED, *SCALARS)), (operator.or_, DICTS, DICTS),
        *((op, (Counter,), (Counter,)) for op in (operator.sub, operator.and_)),
        *((op, _BOTH, _BOTH) for op in (
            operator.sub, operator.and_, operator.or_, operator.xor)))
    for left in lefts for right in rights}
