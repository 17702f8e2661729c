"""The names that a program of interpreter.py finds: builtins, modules, and methods by type.

All are functions of ours, f(machine, *args), in plain tables: the program never gets hold of an
attribute of the host. Each pays for what it walks and builds, and what could be huge is refused
before it is built. `plain` will do for what gives no more than it takes.
"""
from __future__ import annotations

import bisect
import copy
import functools
import heapq
import itertools
import math
import operator
import string
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from data.tasks.machine import (
    BITS,
    DICTS,
    DIGITS,
    KEY,
    KEYS,
    LENGTH,
    NUMBERS,
    SETS,
    SIZED,
    VIEWS,
    Builtin,
    Function,
    Lazy,
    Machine,
    Module,
    fits,
    named,
    over,
    unsupported,
)

Native = Callable[..., Any]  # (machine, *args, **names) -> value


def plain(function: Callable[..., Any]) -> Native:
    """A function of the host on plain values, whose result is about as large as they are."""
    def run(machine: Machine, *args: Any, **names: Any) -> Any:
        for arg in args:
            machine.weigh(arg)
            machine.spend(arg.bit_length() >> 3 if type(arg) is int else 0)
        made = function(*args, **names)
        machine.spend(len(made) if type(made) is list else 0)
        return machine.made(made)
    return run


def simply(function: Callable[..., Any]) -> Native:
    """A method that looks at one item at most, and builds nothing."""
    return lambda machine, self, *args, **names: function(self, *args, **names)


def lazily(function: Callable[..., Iterable]) -> Native:
    """What an iterator of the host gives one by one: map, zip, itertools."""
    def run(machine: Machine, *args: Any, **names: Any) -> Lazy:
        machine.spend(len(args))
        return machine.lazy(function(*map(machine.taken, args), **names))
    return run


def skipping(function: Callable[..., Iterable]) -> Native:
    """What gives some of the items of one iterable, the last argument: all are paid for."""
    return lambda machine, *args: machine.lazy(function(
        *map(machine.taken, args[:-1]), machine.paid(args[-1])))


def of(kind: type, names: str, how: Callable[..., Native]) -> dict[str, Native]:
    """name -> what is run, for methods of one type."""
    return {name: how(vars(kind)[name]) for name in names.split()}


def builtins(**runs: Native) -> dict[str, Builtin]:
    """name -> Builtin."""
    return {name: Builtin(name, run) for name, run in runs.items()}


def types(**kinds: tuple) -> dict[str, Builtin]:
    """name -> Builtin, of (what makes a value, its class)."""
    return {name: Builtin(name, run, None, (kind,)) for name, (run, kind) in kinds.items()}


# ----------------------------------------------------------------------------------- order and sum

def ranked(machine: Machine, values: list, key: Any) -> list:
    """What values are compared by; that they will be sorted is paid for here."""
    keys = values if key is None else [machine.call(key, (value,)) for value in values]
    heavy = machine.weigh([key for key in keys if type(key) is not KEY])
    machine.spend(heavy * len(keys).bit_length() >> 2)
    return keys


def sort(machine: Machine, values: Any, *, key: Any = None, reverse: Any = False) -> list:
    """sorted: equal values stay in the order in which they stand."""
    values = machine.items(values)
    keys = ranked(machine, values, key)
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
    return [values[i] for i in order]


def best(choose: Callable[..., Any]) -> Native:
    """max or min."""
    def run(machine: Machine, *args: Any, key: Any = None, **default: Any) -> Any:
        values = machine.items(args[0]) if len(args) == 1 else list(args)
        if not values and default:
            return default["default"]
        keys = ranked(machine, values, key)
        return values[choose(range(len(keys)), key=keys.__getitem__)]
    return run


def reduced(machine: Machine, function: Any, values: Any, *start: Any) -> Any:
    """functools.reduce."""
    return functools.reduce(machine.caller(function), machine.walked(values), *start)


def add_up(machine: Machine, values: Any, start: Any = 0) -> Any:
    """sum: from left to right, in every version of Python."""
    if type(start) is str:
        raise TypeError("sum() can't sum strings")
    return functools.reduce(functools.partial(machine.binary, operator.add),
                            machine.walked(values), start)


# ------------------------------------------------------------------------------- numbers and texts

def to_int(machine: Machine, value: Any = 0, *base: Any, **names: Any) -> int:
    """int: of a number, or of a text of ASCII, since other digits depend on Python's version."""
    if type(value) not in (str, *NUMBERS):
        raise TypeError(f"int() can't be made of {named(value)}")
    if type(value) is str:
        fits(len(value), DIGITS)
        machine.spend(len(value) >> 3)
    if type(value) is str and not value.isascii():
        raise ValueError("invalid literal for int()")
    return machine.number(int(value, *base, **names))


def to_float(machine: Machine, value: Any = 0.0) -> float:
    """float: likewise."""
    if type(value) is not str and type(value) not in NUMBERS:
        raise TypeError(f"float() can't be made of {named(value)}")
    machine.weigh(value)
    if type(value) is str and not value.isascii():
        raise ValueError("could not convert to float")
    return float(value)


def power(machine: Machine, base: Any, exponent: Any, modulus: Any = None) -> Any:
    """pow, with three numbers too."""
    if modulus is None:
        return machine.binary(operator.pow, base, exponent)
    if not {type(base), type(exponent), type(modulus)} <= {int, bool}:
        raise TypeError("pow() with three arguments takes whole numbers")
    machine.spend(exponent.bit_length() * (1 + (modulus.bit_length() >> 5)))
    return machine.number(pow(base, exponent, modulus))


def character(machine: Machine, code: Any) -> str:
    """chr, but for the halves of surrogates, which are no text."""
    if type(code) is int and 0xD800 <= code < 0xE000:
        raise ValueError("chr() arg is half of a surrogate")
    return chr(code)


def bounded(function: Callable[..., int], least: Callable[..., float]) -> Native:
    """factorial, comb or perm. least(n, k): the log2 of the result, but for rounding."""
    def run(machine: Machine, n: Any, k: Any = None) -> int:
        args = [x for x in (n, k) if x is not None]
        if all(type(x) in (int, bool) and x >= 0 for x in args):
            if n > 1 << 50 or n >= (k or 0) and least(n, n if k is None else k) > BITS + 8:
                over("size of an int")
            machine.spend(min(n, k or n, 4 * BITS) >> 1)
        return machine.number(function(*args))
    return run


def log2_factorial(n: int) -> float:
    """About log2(n!)."""
    return math.lgamma(n + 1) / math.log(2)


def rounded(machine: Machine, value: Any, digits: Any = None) -> Any:
    """round: digits are bounded, since 10 ** digits is built."""
    if type(value) not in NUMBERS:
        raise TypeError(f"{named(value)} can't be rounded")
    if type(digits) is int and digits < -BITS:
        over("size of an int")
    machine.spend(max(0, -digits) if type(digits) is int else 0)
    return machine.number(round(value, digits))


def wide(method: Callable[..., str]) -> Native:
    """A method of str that fills up to a width."""
    def run(machine: Machine, self: str, width: Any, *fill: Any) -> str:
        fits(max(len(self), operator.index(width)))
        return machine.made(method(self, width, *fill))
    return run


def replaced(machine: Machine, self: str, old: Any, new: Any, *count: Any) -> str:
    """str.replace."""
    if type(old) is not str or type(new) is not str:
        raise TypeError("replace() takes texts")
    machine.find(self, old)
    fits(len(self) + self.count(old) * max(0, len(new) - len(old)))
    return machine.made(self.replace(old, new, *count))


def stripped(method: Callable[..., str]) -> Native:
    """A method of str that holds letters against letters."""
    def run(machine: Machine, self: str, letters: Any = None) -> str:
        machine.spend(len(self) * (4 + len(letters or " ")) >> 7)
        return machine.made(method(self, letters))
    return run


def searched(method: Callable[..., Any]) -> Native:
    """A method of str that looks for a part, or parts it there."""
    def run(machine: Machine, self: str, *args: Any, **names: Any) -> Any:
        machine.weigh(self)
        machine.find(self, *args, *names.values())
        found = method(self, *args, **names)
        machine.spend(len(found) if type(found) is list else 0)
        return machine.made(found)
    return run


# -------------------------------------------------------------------------- lists, dicts and sets

def adding(method: Callable[..., None]) -> Native:
    """append, appendleft, insert: the last argument becomes an item."""
    def run(machine: Machine, self: Any, *args: Any) -> None:
        fits(len(self) + 1)
        machine.spend(len(self) >> 5 if len(args) > 1 else 0)
        machine.owns(self, args and args[-1])
        method(self, *args)
    return run


def moving(method: Callable[..., Any]) -> Native:
    """pop, reverse, rotate: they may move all items."""
    def run(machine: Machine, self: Any, *args: Any) -> Any:
        machine.spend(len(self) >> 5 if args or method is not list.pop else 0)
        return method(self, *args)
    return run


def scanning(method: Callable[..., Any]) -> Native:
    """index, count, remove: they hold an item against each."""
    def run(machine: Machine, self: Any, item: Any, *args: Any) -> Any:
        machine.scan(self, item)
        return method(self, item, *args)
    return run


def sort_in_place(machine: Machine, self: list, **names: Any) -> None:
    """list.sort; meanwhile the list is empty, as in CPython."""
    values, self[:] = self[:], []
    self[:], changed = sort(machine, values, **names), bool(self)
    if changed:
        raise ValueError("list modified during sort")


def keyed(method: Callable[..., Any]) -> Native:
    """A method of dict or set whose first argument is a key, and which adds one at most."""
    def run(machine: Machine, self: Any, key: Any, *args: Any) -> Any:
        machine.key(key, self)
        fits(len(self), KEYS)
        machine.owns(self, args)
        return method(self, key, *args)
    return run


def pairs(machine: Machine, values: Any) -> list[tuple]:
    """What dict() and update() take: a dict, or pairs of a key and a value."""
    if type(values) in DICTS:
        return machine.made(list(values.items()))
    return [tuple(machine.unpacked(pair, 2)) for pair in machine.walked(values)]


def update(machine: Machine, self: dict, *values: Any, **names: Any) -> None:
    """dict.update; that of a Counter counts."""
    for value in (*values, names):
        if type(self) is Counter and type(value) not in DICTS:
            found: Iterable = ((item, 1) for item in machine.walked(value))
        else:
            found = pairs(machine, value)
        for key, item in found:
            if type(self) is Counter:
                machine.spend(4)
                item = machine.binary(operator.add, self[machine.key(key, self)], item)
            machine.put(self, key, item)


def make_dict(kind: type) -> Native:
    """dict, OrderedDict, Counter."""
    def run(machine: Machine, *values: Any, **names: Any) -> Any:
        machine.spend(2)
        update(machine, made := kind(), *values, **names)
        return made
    return run


def make_default(machine: Machine, factory: Any = None, *values: Any, **names: Any
                 ) -> defaultdict:
    """defaultdict."""
    made = defaultdict(None if factory is None else machine.caller(factory))
    machine.owners.append(made)
    update(machine, made, *values, **names)
    return made


def from_keys(kind: type) -> Native:
    """dict.fromkeys."""
    def run(machine: Machine, keys: Any, value: Any = None) -> Any:
        made = kind()
        for key in machine.walked(keys):
            machine.put(made, key, value)
        return made
    return run


def most_common(machine: Machine, self: Counter, *n: Any) -> list:
    """Counter.most_common."""
    ranked(machine, list(self.values()), None)
    return machine.made(self.most_common(*n))


def make_set(machine: Machine, values: Any = ()) -> set:
    """set."""
    machine.spend(2)
    if type(values) in SETS:
        machine.weigh(values)
        return machine.made(set(values))
    made: set = set()
    for value in machine.walked(values):
        machine.spend(3)
        made.add(machine.key(value, made))
    return machine.made(made)


def with_sets(method: Callable[..., Any]) -> Native:
    """A method of set on any number of iterables."""
    def run(machine: Machine, self: Any, *values: Any) -> Any:
        parts = [value if type(value) in SETS else machine.items(value) for value in values]
        for part in (self, *parts):
            machine.weigh(part if type(part) in SETS else make_set(machine, part))
        fits(len(self) + sum(map(len, parts)), LENGTH)
        return machine.made(method(self, *parts))
    return run


def pop_any(machine: Machine, self: set) -> Any:
    """set.pop: the first in our order."""
    machine.spend(len(self) >> 3)
    for value in machine.in_order(self):
        self.remove(value)
        return value
    raise KeyError("pop from an empty set")


# --------------------------------------------------------------------- what gives items one by one

def counting(machine: Machine, start: Any = 0, step: Any = 1) -> Lazy:
    """itertools.count."""
    def numbers(value: Any) -> Iterator:
        while True:
            yield value
            value = machine.binary(operator.add, value, step)
    return machine.lazy(numbers(start))


def accumulated(machine: Machine, values: Any, function: Any = None, **names: Any) -> Lazy:
    """itertools.accumulate."""
    add = functools.partial(machine.binary, operator.add)
    return machine.lazy(itertools.accumulate(
        machine.each(values), machine.caller(function) if function else add, **names))


def grouped(machine: Machine, values: Any, key: Any = None) -> Lazy:
    """itertools.groupby."""
    def by(value: Any) -> Any:
        name = value if key is None else machine.call(key, (value,))
        machine.weigh(name)  # it is held against the last one
        return name
    return machine.lazy((name, machine.lazy(group)) for name, group in itertools.groupby(
        machine.paid(values), by))


def sliced(machine: Machine, values: Any, *places: Any) -> Lazy:
    """itertools.islice; what is skipped is paid for too."""
    return machine.lazy(itertools.islice(machine.paid(values), *places))


def choosing(function: Callable[..., Iterable]) -> Native:
    """product, permutations, combinations: of what is gathered before."""
    def run(machine: Machine, *args: Any, **names: Any) -> Lazy:
        args = [x if type(x) is int else machine.items(x) for x in args]
        sizes = [x for x in (*args, *names.values()) if type(x) is int]
        fits(max(sizes, default=1) * max(1, len(args)))

        def found() -> Iterator:
            for made in function(*args, **names):
                machine.spend(1 + (len(made) >> 2))
                yield made
        return machine.lazy(found())
    return run


def iterated(machine: Machine, values: Any, *end: Any) -> Lazy:
    """iter, of one value."""
    if end:
        unsupported("iter with a sentinel")
    return machine.lazy(machine.each(values))


def following(machine: Machine, values: Any, *default: Any) -> Any:
    """next."""
    if type(values) is not Lazy:
        raise TypeError(f"{named(values)} is not an iterator")
    return next(values, *default)


def remembering(machine: Machine, function: Any = None, **limits: Any) -> Builtin:
    """functools.lru_cache and cache, with and without brackets."""
    if not isinstance(function, (Function, Builtin)):
        return Builtin("lru_cache", remembering)
    known: dict = {}

    def run(machine: Machine, *args: Any, **names: Any) -> Any:
        key = args, *names.items()
        if machine.key(key, known) not in known:
            machine.put(known, key, machine.call(function, args, names))
        return known[key]
    return Builtin("lru_cache", run)


def partial(machine: Machine, function: Any, *args: Any, **names: Any) -> Builtin:
    """functools.partial."""
    machine.made(args)
    machine.made(names)
    return Builtin("partial", lambda machine, *more, **others: machine.call(
        function, machine.made((*args, *more)), machine.made({**names, **others})))


def item_getter(machine: Machine, *places: Any) -> Builtin:
    """operator.itemgetter."""
    def run(machine: Machine, value: Any) -> Any:
        found = [machine.item(value, place) for place in places]
        return found[0] if len(found) == 1 else tuple(found)
    return Builtin("itemgetter", run)


def on_list(function: Callable[..., Any]) -> Native:
    """A function of heapq or bisect, which holds some items of a list against each other."""
    def run(machine: Machine, values: Any, *args: Any, **names: Any) -> Any:
        if type(values) is not list or names:
            unsupported("such a call of heapq or bisect")
        fits(len(values) + 1)
        machine.weigh(values)
        machine.weigh(args)
        machine.owns(values, args)
        return function(values, *args)
    return run


def first_few(reverse: bool) -> Native:
    """heapq.nsmallest and nlargest."""
    return lambda machine, n, values, key=None: sort(
        machine, values, key=key, reverse=reverse)[:max(0, n)]


def deep_copy(machine: Machine, value: Any) -> Any:
    """copy.deepcopy."""
    machine.spend(machine.weigh(value) << 3)
    machine.owners.append(made := [copy.deepcopy(value)])
    return made[0]


def shallow_copy(machine: Machine, value: Any) -> Any:
    """copy.copy and the methods of that name."""
    return machine.made(copy.copy(value) if type(value) in SIZED else value)


def is_instance(machine: Machine, value: Any, kinds: Any) -> bool:
    """isinstance, of a type or a tuple of them."""
    kinds = kinds if type(kinds) is tuple else (kinds,)
    if any(type(kind) is Builtin and not kind.classes for kind in kinds):
        unsupported("isinstance of a type from typing")
    if not all(type(kind) is Builtin and kind.classes for kind in kinds):
        raise TypeError("isinstance() arg 2 must be a type or a tuple of types")
    return isinstance(value, tuple([c for kind in kinds for c in kind.classes]))


def type_of(machine: Machine, value: Any) -> Builtin:
    """type, of one value."""
    return TYPE_OF.get(type(value)) or unsupported(f"the type of {named(value)}")


def length(machine: Machine, value: Any) -> int:
    """len."""
    if type(value) not in SIZED:
        raise TypeError(f"object of type {named(value)} has no len()")
    return len(value)


def raising(kind: type[Exception]) -> Native:
    """Makes an exception, which carries plain values."""
    def run(machine: Machine, *args: Any) -> Exception:
        machine.weigh(args)
        return kind(*args)
    return run


def applied(how: str, name: str) -> Native:
    """A function of operator, on two values."""
    op, do = vars(operator)[name], vars(Machine)[how]
    return lambda machine, a, b: do(machine, op, a, b)


# ------------------------------------------------------------------------------------- the tables

_LIST: dict[str, Native] = {
    "extend": lambda machine, self, values: machine.extend(self, values), "copy": shallow_copy,
    **of(list, "append insert", adding), **of(list, "pop reverse", moving),
    **of(list, "index count remove", scanning), **of(list, "clear", simply)}
_DICT = {**of(dict, "get pop setdefault", keyed), "update": update, "copy": shallow_copy,
         **of(dict, "keys values items popitem clear", simply),
         "fromkeys": lambda machine, self, *args: from_keys(dict)(machine, *args)}
_JOINED = "union intersection difference symmetric_difference issubset issuperset isdisjoint"
METHODS: dict[type, dict[str, Native]] = {
    str: {**of(str, "capitalize casefold endswith isalnum isalpha isascii isdecimal isdigit "
               "isidentifier islower isnumeric isspace istitle isupper lower removeprefix "
               "removesuffix splitlines startswith swapcase title upper", plain),
          **of(str, "lstrip rstrip strip", stripped),
          **of(str, "count find index partition rfind rindex rpartition rsplit split", searched),
          **of(str, "center ljust rjust zfill", wide), "replace": replaced,
          "join": lambda machine, self, values: machine.join(self, machine.items(values)),
          "format": lambda machine, self, *args, **names: machine.fields(self, args, names)},
    list: {**_LIST, "sort": sort_in_place},
    tuple: of(tuple, "index count", scanning),
    range: of(range, "index count", scanning),
    deque: {"extend": _LIST["extend"], "copy": shallow_copy,
            **of(deque, "append appendleft insert", adding), **of(deque, "clear popleft", simply),
            **of(deque, "pop reverse rotate", moving),
            **of(deque, "index count remove", scanning)},
    **dict.fromkeys(DICTS, _DICT),
    OrderedDict: {**_DICT, **of(
        OrderedDict, "keys values items popitem clear move_to_end", simply),
        **of(OrderedDict, "pop setdefault", keyed)},
    Counter: {**_DICT, "most_common": most_common, **of(Counter, "elements", lazily),
              "subtract": lambda machine, self, values: update(machine, self, {
                  key: -n for key, n in make_dict(Counter)(machine, values).items()})},
    set: {**of(set, _JOINED, with_sets), **of(set, "add remove discard", keyed), "pop": pop_any,
          "copy": shallow_copy, **of(set, "clear", simply),
          **of(set, "update intersection_update difference_update symmetric_difference_update",
               with_sets)},
    frozenset: {**of(frozenset, _JOINED, with_sets), "copy": shallow_copy},
    int: of(int, "bit_length", plain),
    float: of(float, "is_integer", plain)}

_TYPES = types(
    int=(to_int, int), float=(to_float, float), set=(make_set, set), dict=(make_dict(dict), dict),
    str=(lambda machine, value="": machine.text(value), str),
    bool=(lambda machine, value=False: bool(value), bool),
    list=(lambda machine, values=(): machine.made(machine.items(values)), list),
    tuple=(lambda machine, values=(): machine.made(tuple(machine.items(values))), tuple),
    frozenset=(lambda machine, values=(): frozenset(make_set(machine, values)), frozenset),
    range=(lambda machine, *ends: machine.ranged(*ends), range))
_TYPES["dict"].names = builtins(fromkeys=from_keys(dict))
_ERRORS = types(**{kind.__name__: (raising(kind), kind) for kind in (
    Exception, ArithmeticError, AssertionError, AttributeError, ImportError, IndexError, KeyError,
    LookupError, NameError, NotImplementedError, OverflowError, RecursionError, RuntimeError,
    StopIteration, TypeError, UnboundLocalError, ValueError, ZeroDivisionError)})
_COLLECTIONS = types(
    Counter=(make_dict(Counter), Counter), defaultdict=(make_default, defaultdict),
    OrderedDict=(make_dict(OrderedDict), OrderedDict),
    deque=(lambda machine, values=(), maxlen=None: machine.made(
        deque(machine.items(values), maxlen)), deque))
_COLLECTIONS["OrderedDict"].names = builtins(fromkeys=from_keys(OrderedDict))
_OTHERS = types(**{name: (raising(TypeError), kind) for name, kind in (
    ("NoneType", type(None)), ("function", Function), ("builtin_function_or_method", Builtin),
    ("generator", Lazy), ("module", Module), *((kind.__name__, kind) for kind in VIEWS))})
TYPE_OF: dict[type, Builtin] = {
    kind: made for names in (_TYPES, _ERRORS, _COLLECTIONS, _OTHERS) for made in names.values()
    for kind in made.classes}
BUILTINS: dict[str, Any] = {**_TYPES, **_ERRORS, **builtins(
    abs=plain(abs), all=lambda machine, values: all(machine.walked(values)),
    any=lambda machine, values: any(machine.walked(values)), bin=plain(bin), chr=character,
    callable=lambda machine, value: isinstance(value, (Function, Builtin)),
    divmod=lambda machine, a, b: (machine.binary(operator.floordiv, a, b),
                                  machine.binary(operator.mod, a, b)),
    enumerate=lazily(enumerate), filter=skipping(filter),
    format=lambda machine, value, spec="": machine.format(value, spec), hex=plain(hex),
    isinstance=is_instance, iter=iterated, len=length, map=lazily(map), max=best(max),
    min=best(min), next=following, oct=plain(oct), ord=plain(ord), pow=power,
    print=lambda machine, *values, **names: machine.weigh(values) and None,
    repr=lambda machine, value: machine.made(machine.show(value)), reversed=lazily(reversed),
    round=rounded, sorted=sort, sum=add_up, type=type_of, zip=lazily(zip))}

_ON_NUMBERS = ("acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees exp fabs "
               "floor fmod gcd hypot isclose isfinite isinf isnan isqrt log log10 log1p log2 "
               "pow radians sin sinh sqrt tan tanh trunc")
MODULES: dict[str, dict[str, Any]] = {
    "math": {
        **builtins(
            **{name: plain(vars(math)[name]) for name in _ON_NUMBERS.split()},
            lcm=lambda machine, *n: functools.reduce(
                lambda a, b: machine.number(math.lcm(a, b)), n, 1),
            factorial=bounded(math.factorial, lambda n, k: log2_factorial(n)),
            comb=bounded(math.comb, lambda n, k: (
                log2_factorial(n) - log2_factorial(n - k) - log2_factorial(k))),
            perm=bounded(math.perm, lambda n, k: log2_factorial(n) - log2_factorial(n - k)),
            fsum=lambda machine, values: math.fsum(machine.items(values)),
            prod=lambda machine, values, start=1: functools.reduce(
                functools.partial(machine.binary, operator.mul), machine.walked(values), start)),
        **{name: vars(math)[name] for name in "pi e tau inf nan".split()}},
    "collections": _COLLECTIONS,
    "itertools": {
        **builtins(
            accumulate=accumulated, count=counting, cycle=lazily(itertools.cycle),
            dropwhile=skipping(itertools.dropwhile),
            filterfalse=skipping(itertools.filterfalse),
            groupby=grouped, islice=sliced, pairwise=lazily(itertools.pairwise),
            repeat=lambda machine, *args: machine.lazy(itertools.repeat(*args)),
            takewhile=lazily(itertools.takewhile), zip_longest=lazily(itertools.zip_longest),
            tee=lambda machine, values, n=2: tuple([
                machine.lazy(one) for one in itertools.tee(machine.each(values), min(n, KEYS))]),
            **{name: choosing(vars(itertools)[name]) for name in (
                "combinations combinations_with_replacement permutations product").split()}),
        "chain": Builtin("chain", lazily(itertools.chain), builtins(
            from_iterable=lambda machine, values: machine.lazy(itertools.chain.from_iterable(
                machine.each(one) for one in machine.paid(values)))))},
    "functools": builtins(
        cache=remembering, lru_cache=remembering, partial=partial, reduce=reduced,
        cmp_to_key=lambda machine, function: Builtin("key", lambda machine, value: (
            functools.cmp_to_key(machine.caller(function))(value)))),
    "heapq": builtins(
        merge=lambda machine, *values, **names: machine.lazy(sort(
            machine, [x for one in values for x in machine.items(one)], **names)),
        nlargest=first_few(True), nsmallest=first_few(False),
        **{name: on_list(vars(heapq)[name]) for name in (
            "heapify heappop heappush heappushpop heapreplace").split()}),
    "bisect": builtins(**{name: on_list(vars(bisect)[name]) for name in (
        "bisect bisect_left bisect_right insort insort_left insort_right").split()}),
    "operator": builtins(
        itemgetter=item_getter,
        **{name: applied("binary", name) for name in (
            "add sub mul truediv floordiv mod pow and_ or_ xor").split()},
        **{name: applied("compare", name) for name in "eq ne lt le gt ge".split()}),
    "string": {name: vars(string)[name] for name in (
        "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation "
        "whitespace").split()},
    "copy": builtins(copy=shallow_copy, deepcopy=deep_copy),
    "sys": {"maxsize": 2**63 - 1, **builtins(setrecursionlimit=lambda machine, depth: None)},
    "typing": builtins(**dict.fromkeys((
        "Any Callable Collection Counter DefaultDict Deque Dict FrozenSet Generator Hashable "
        "Iterable Iterator List Literal Mapping MutableMapping NoReturn Optional OrderedDict "
        "Sequence Set Text Tuple Type TypeVar Union").split(),
        lambda machine, *args, **names: None)),
    "__future__": {"annotations": None},
}
MODULES["collections.abc"] = MODULES["typing"]
ATTRIBUTES = {"fromkeys", "from_iterable", "args"} | {
    name for names in (*METHODS.values(), *MODULES.values()) for name in names}
