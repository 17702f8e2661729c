"""The names that a program of interpreter.py finds: builtins, modules, and methods by type.

All are functions of ours, f(machine, *args), in plain tables: the program never gets hold of an
attribute of the host. Each pays for what it walks and builds, and refuses, before it is built,
what could be huge.
"""
from __future__ import annotations

import copy
import functools
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
    KEYS,
    NUMBERS,
    SCALARS,
    SETS,
    SIZED,
    VIEWS,
    Builtin,
    Function,
    Lazy,
    Machine,
    Module,
    Type,
    fits,
    named,
    over,
)

Run = Callable[..., Any]


def plain(function: Callable[..., Any]) -> Run:
    """A function of the host on plain values, whose result is about as large as they are."""
    def run(machine: Machine, *args: Any, **names: Any) -> Any:
        for arg in args:
            machine.weigh(arg)
        made = function(*args, **names)
        machine.spend(len(made) if type(made) is list else 0)
        return machine.made(made)
    return run


# ----------------------------------------------------------------------------------- order and sum

def ranked(machine: Machine, values: list, key: Any) -> list:
    """What values are compared by; to sort them is paid for here."""
    keys = values if key is None else [machine.call(key, (value,)) for value in values]
    machine.spend(machine.weigh(keys) * len(keys).bit_length() >> 2)
    return keys


def sort(machine: Machine, values: list, *, key: Any = None, reverse: Any = False) -> list:
    """The values in order, equal ones in the order in which they stand."""
    keys = ranked(machine, values, key)
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(reverse))
    return [values[i] for i in order]


def best(choose: Callable[..., Any]) -> Run:
    """max or min."""
    def run(machine: Machine, *args: Any, key: Any = None, **names: Any) -> Any:
        values = machine.items(args[0]) if len(args) == 1 else list(args)
        if not values and "default" in names:
            return names["default"]
        keys = ranked(machine, values, key)
        return values[choose(range(len(keys)), key=keys.__getitem__)]
    return run


def add_up(machine: Machine, values: Any, start: Any = 0) -> Any:
    """sum: from left to right, in every version of Python."""
    if type(start) is str:
        raise TypeError("sum() can't sum strings")
    return functools.reduce(functools.partial(machine.binary, operator.add),
                            machine.walked(values), start)


# ------------------------------------------------------------------------------- numbers and texts

def to_int(machine: Machine, value: Any = 0, *base: Any, **names: Any) -> int:
    """int: of a number, or of a text of ASCII, since other digits depend on Python's version."""
    if type(value) is str:
        fits(len(value), BITS)
        machine.spend(len(value) >> 3)
        if not value.isascii():
            raise ValueError("invalid literal for int()")
    elif type(value) not in NUMBERS:
        raise TypeError(f"int() argument must be a string or a number, not {named(value)}")
    return machine.number(int(value, *base, **names))


def to_float(machine: Machine, value: Any = 0.0) -> float:
    """float: likewise."""
    if type(value) is str and not value.isascii() or type(value) not in (str, *NUMBERS):
        raise (ValueError if type(value) is str else TypeError)("could not convert to float")
    machine.weigh(value)
    return float(value)


def power(machine: Machine, base: Any, exponent: Any, modulus: Any = None) -> Any:
    """pow, with three numbers too."""
    if modulus is None:
        return machine.binary(operator.pow, base, exponent)
    for value in (base, exponent, modulus):
        if type(value) not in NUMBERS:
            raise TypeError("pow() takes numbers")
    if type(exponent) is not float and type(modulus) is not float:
        machine.spend((exponent.bit_length() * (1 + modulus.bit_length() >> 5)) >> 2)
    return machine.number(pow(base, exponent, modulus))


def character(machine: Machine, code: Any) -> str:
    """chr, but for the halves of surrogates, which are no text."""
    if type(code) in (int, bool) and 0xD800 <= code < 0xE000:
        raise ValueError("chr() arg is half of a surrogate")
    return chr(code)


def log2_factorial(n: int) -> float:
    """About log2(n!)."""
    return math.lgamma(n + 1) / math.log(2)


def counted(function: Callable[..., int]) -> Run:
    """factorial, comb or perm: how many bits it will have is known before."""
    def run(machine: Machine, n: Any, *k: Any) -> int:
        if not all(type(x) in (int, bool) and x >= 0 for x in (n, *k)):
            raise (ValueError if type(n) in (int, bool) else TypeError)("expected whole numbers")
        if n > 1 << 50:
            over("size of an int")
        rest = n - k[0] if k else 0
        if rest >= 0:
            bits = log2_factorial(n) - log2_factorial(rest)
            bits -= log2_factorial(k[0]) if function is math.comb else 0
            if bits > BITS + 8:
                over("size of an int")
            machine.spend(int(min(n, 4 * BITS)) >> 1)
        return machine.number(function(n, *k))
    return run


def rounded(machine: Machine, value: Any, digits: Any = None) -> Any:
    """round: digits are bounded, since 10 ** digits is built."""
    if type(digits) in (int, bool) and type(value) in (int, bool):
        if digits < 0 and -digits > BITS:
            over("size of an int")
    if type(value) not in NUMBERS:
        raise TypeError(f"{named(value)} can't be rounded")
    return machine.number(round(value, digits))


def joined(machine: Machine, self: str, values: Any) -> str:
    """str.join."""
    return machine.join(self, machine.items(values))


def wide(name: str) -> Run:
    """A method of str that fills up to a width."""
    def run(machine: Machine, self: str, width: Any = 8, *fill: Any) -> str:
        fits(max(len(self), operator.index(width)) if name != "expandtabs"
             else len(self) + self.count("\t") * max(operator.index(width), 0))
        return machine.made(vars(str)[name](self, width, *fill))
    return run


def replaced(machine: Machine, self: str, old: Any, new: Any, *count: Any) -> str:
    """str.replace."""
    if type(old) is not str or type(new) is not str:
        raise TypeError("replace() takes texts")
    found = machine.find(str.count, self, old)
    fits(len(self) + found * max(0, len(new) - len(old)))
    return machine.made(self.replace(old, new, *count))


def translated(machine: Machine, self: str, table: Any) -> str:
    """str.translate, letter by letter."""
    machine.spend(len(self))
    found = [table.get(ord(letter), letter) for letter in self]
    return machine.join("", ["" if x is None else chr(x) if type(x) is int else x for x in found])


def searched(name: str) -> Run:
    """A method of str that looks for a part."""
    return lambda machine, self, *args: machine.made(machine.find(vars(str)[name], self, *args))


# -------------------------------------------------------------------------- lists, dicts and sets

def append(machine: Machine, self: Any, value: Any, put: Any = None) -> None:
    """list.append and the like."""
    fits(len(self) + 1)
    machine.owns(self, value)
    (put or type(self).append)(self, value)


def insert(machine: Machine, self: Any, place: Any, value: Any) -> None:
    """list.insert, which moves all that comes after."""
    machine.spend(len(self) >> 5)
    append(machine, self, value, lambda self, value: self.insert(place, value))


def extend_left(machine: Machine, self: deque, values: Any) -> None:
    """deque.extendleft."""
    for value in machine.walked(values):
        append(machine, self, value, deque.appendleft)


def moved(name: str) -> Run:
    """pop, reverse, rotate: they may move all items."""
    def run(machine: Machine, self: Any, *args: Any) -> Any:
        machine.spend(len(self) >> 5 if args or name == "reverse" else 0)
        return vars(type(self))[name](self, *args)
    return run


def scanned(name: str) -> Run:
    """index, count, remove: they hold an item against each."""
    def run(machine: Machine, self: Any, item: Any, *args: Any) -> Any:
        machine.scan(self, item)
        return vars(type(self))[name](self, item, *args)
    return run


def sort_in_place(machine: Machine, self: list, **names: Any) -> None:
    """list.sort."""
    self[:] = sort(machine, list(self), **names)


def get(machine: Machine, self: dict, key: Any, default: Any = None) -> Any:
    """dict.get."""
    return self.get(machine.key(key, self), default)


def setdefault(machine: Machine, self: dict, key: Any, default: Any = None) -> Any:
    """dict.setdefault."""
    if machine.key(key, self) not in self:
        machine.put(self, key, default)
    return self[key]


def pop_key(machine: Machine, self: dict, key: Any, *default: Any) -> Any:
    """dict.pop."""
    return self.pop(machine.key(key, self), *default)


def pairs(machine: Machine, values: Any) -> Iterable[tuple]:
    """What dict() and update() take."""
    if type(values) in DICTS:
        machine.spend(len(values))
        return list(values.items())
    found = [tuple(machine.items(pair)) for pair in machine.walked(values)]
    if any(len(pair) != 2 for pair in found):
        raise ValueError("expected pairs of a key and a value")
    return found


def update(machine: Machine, self: dict, *values: Any, **names: Any) -> None:
    """dict.update; Counter.update counts."""
    if type(self) is Counter:
        for value in (*values, names):
            tally(machine, self, value)
        return
    for key, value in itertools.chain(*(pairs(machine, v) for v in values), names.items()):
        machine.put(self, key, value)


def tally(machine: Machine, self: Counter, values: Any, sign: int = 1) -> None:
    """Adds to a Counter what a mapping says, or one for each item."""
    found = (pairs(machine, values) if type(values) in DICTS
             else ((value, 1) for value in machine.walked(values)))
    for key, count in found:
        before = self[machine.key(key, self)]
        machine.put(self, key, machine.binary(operator.add, before, sign * count))


def make_dict(kind: type) -> Run:
    """dict, OrderedDict, Counter."""
    def run(machine: Machine, *values: Any, **names: Any) -> Any:
        machine.spend(2)
        update(machine, made := kind(), *values, **names)
        return made
    return run


def make_default(machine: Machine, factory: Any = None, *values: Any) -> defaultdict:
    """defaultdict."""
    made = defaultdict(None if factory is None else machine.caller(factory))
    machine.owners.append(made)
    update(machine, made, *values)
    return made


def from_keys(machine: Machine, keys: Any, value: Any = None) -> dict:
    """dict.fromkeys."""
    made: dict = {}
    for key in machine.walked(keys):
        machine.put(made, key, value)
    return made


def most_common(machine: Machine, self: Counter, n: Any = None) -> list:
    """Counter.most_common."""
    ranked(machine, list(self.values()), None)
    return machine.made(self.most_common(n))


def elements(machine: Machine, self: Counter) -> Lazy:
    """Counter.elements."""
    return machine.lazy(self.elements())


def make_set(machine: Machine, values: Any = (), kind: Any = set) -> Any:
    """set, or whatever becomes one."""
    if type(values) in SETS:
        machine.weigh(values)
        return machine.made(kind(values))
    made: set = set()
    for value in machine.walked(values):
        made.add(machine.key(value, made))
    machine.spend(2)
    return machine.made(made if kind is set else kind(made))


def set_method(name: str) -> Run:
    """A method of set on any number of iterables."""
    def run(machine: Machine, self: Any, *values: Any) -> Any:
        machine.weigh(self)
        sets = [make_set(machine, value) for value in values]
        fits(len(self) + sum(map(len, sets)), KEYS)
        for one in sets:
            machine.weigh(one)
        return machine.made(vars(type(self))[name](self, *sets))
    return run


def key_method(name: str) -> Run:
    """add, remove or discard."""
    def run(machine: Machine, self: set, value: Any) -> None:
        machine.key(value, self)
        fits(len(self) + 1, KEYS)
        vars(set)[name](self, value)
    return run


def pop_any(machine: Machine, self: set) -> Any:
    """set.pop: the first in our order."""
    machine.spend(len(self) >> 3)
    for value in machine.in_order(self):
        self.remove(value)
        return value
    raise KeyError("pop from an empty set")


# ---------------------------------------------------------------------- what gives items one by one

def lazily(generator: Callable[..., Iterator]) -> Run:
    """What a generator of ours gives, as a value of the program."""
    return lambda machine, *args, **names: machine.lazy(generator(machine, *args, **names))


def mapped(machine: Machine, function: Any, *values: Any) -> Iterator:
    """map."""
    for args in zip(*map(machine.each, values)):
        yield machine.call(function, args)


def starmapped(machine: Machine, function: Any, values: Any) -> Iterator:
    """itertools.starmap."""
    for args in machine.each(values):
        yield machine.call(function, machine.items(args))


def kept(wanted: bool, forever: bool = True) -> Run:
    """filter, filterfalse; takewhile and dropwhile where the first other one ends or starts it."""
    def run(machine: Machine, function: Any, values: Any) -> Iterator:
        for value in machine.each(values):
            if bool(machine.call(function, (value,)) if function else value) is wanted:
                yield value
            elif not forever:
                return
    return lazily(run)


def dropped(machine: Machine, function: Any, values: Any) -> Iterator:
    """itertools.dropwhile."""
    rest = iter(machine.each(values))
    for value in rest:
        if not machine.call(function, (value,)):
            yield value
            break
    yield from rest


def accumulated(machine: Machine, values: Any, function: Any = None, *, initial: Any = None
                ) -> Iterator:
    """itertools.accumulate."""
    total, begun = initial, initial is not None
    if begun:
        yield total
    for value in machine.each(values):
        total = (value if not begun else machine.binary(operator.add, total, value)
                 if function is None else machine.call(function, (total, value)))
        begun = True
        yield total


def counting(machine: Machine, start: Any = 0, step: Any = 1) -> Iterator:
    """itertools.count."""
    while True:
        yield start
        start = machine.binary(operator.add, start, step)


def grouped(machine: Machine, values: Any, key: Any = None) -> Iterator:
    """itertools.groupby."""
    def by(value: Any) -> Any:
        name = value if key is None else machine.call(key, (value,))
        machine.weigh(name)  # it is held against the last one
        return name
    for name, group in itertools.groupby(machine.each(values), by):
        yield name, machine.lazy(group)


def chosen(function: Callable[..., Iterable]) -> Run:
    """product, permutations, combinations: of what is gathered before."""
    def run(machine: Machine, *args: Any, **names: Any) -> Iterator:
        sizes = [x for x in (*args, *names.values()) if type(x) is int]
        args = [x if type(x) is int else machine.items(x) for x in args]
        fits(max(sizes, default=1) * max(1, len(args)))
        for found in function(*args, **names):
            machine.spend(1 + (len(found) >> 2))
            yield found
    return lazily(run)


def from_lists(function: Callable[..., Iterable]) -> Run:
    """A function of itertools that takes iterables and numbers, and calls nothing."""
    def run(machine: Machine, *args: Any, **names: Any) -> Iterator:
        yield from function(*[x if type(x) in SCALARS else machine.each(x) for x in args], **names)
    return lazily(run)


def chain_all(machine: Machine, values: Any) -> Iterator:
    """itertools.chain.from_iterable."""
    for value in machine.each(values):
        yield from machine.each(value)


def tee(machine: Machine, values: Any, n: Any = 2) -> tuple:
    """itertools.tee."""
    fits(n)
    machine.spend(n)
    return tuple([machine.lazy(one) for one in itertools.tee(machine.each(values), n)])


def following(machine: Machine, values: Any, *default: Any) -> Any:
    """next."""
    if type(values) is not Lazy:
        raise TypeError(f"{named(values)} is not an iterator")
    return next(values, *default)


def backwards(machine: Machine, values: Any) -> Iterator:
    """reversed."""
    if type(values) in (*SETS, Lazy):
        raise TypeError(f"{named(values)} is not reversible")
    return reversed(machine.each(values))


# ----------------------------------------------------------------------------- functions and heaps

def reduced(machine: Machine, function: Any, values: Any, *start: Any) -> Any:
    """functools.reduce."""
    return functools.reduce(machine.caller(function), machine.walked(values), *start)


def partial(machine: Machine, function: Any, *args: Any, **names: Any) -> Builtin:
    """functools.partial."""
    return Builtin("partial", lambda machine, *more, **others: machine.call(
        function, (*args, *more), {**names, **others}))


def remembering(machine: Machine, function: Any = None, **limits: Any) -> Builtin:
    """functools.lru_cache and cache, with and without brackets."""
    if not isinstance(function, (Function, Builtin)):
        return Builtin("lru_cache", remembering)
    known: dict = {}

    def run(machine: Machine, *args: Any) -> Any:
        if machine.key(args, known) not in known:
            machine.put(known, args, machine.call(function, args))
        return known[args]
    return Builtin("lru_cache", run)


def applied(how: str, name: str) -> Run:
    """A function of operator, on two values."""
    op, do = vars(operator)[name], vars(Machine)[how]
    return lambda machine, a, b: do(machine, op, a, b)


def item_getter(machine: Machine, *places: Any) -> Builtin:
    """operator.itemgetter."""
    def run(machine: Machine, value: Any) -> Any:
        found = [machine.item(value, place) for place in places]
        return found[0] if len(found) == 1 else tuple(found)
    return Builtin("itemgetter", run)


def less(machine: Machine, a: Any, b: Any) -> bool:
    """a < b, paid for."""
    return machine.compare(operator.lt, a, b)


def rise(machine: Machine, heap: list, i: int) -> None:
    """Moves an item of a heap up to its place."""
    while i and less(machine, heap[i], heap[(i - 1) // 2]):
        heap[i], heap[(i - 1) // 2] = heap[(i - 1) // 2], heap[i]
        i = (i - 1) // 2


def sink(machine: Machine, heap: list, i: int = 0) -> None:
    """Moves an item of a heap down to its place."""
    while (child := 2 * i + 1) < len(heap):
        machine.spend(2)
        if child + 1 < len(heap) and not less(machine, heap[child], heap[child + 1]):
            child += 1
        if less(machine, heap[i], heap[child]):
            break
        heap[i], heap[child], i = heap[child], heap[i], child


def heap_push(machine: Machine, heap: list, item: Any) -> None:
    """heapq.heappush."""
    append(machine, heap, item)
    rise(machine, heap, len(heap) - 1)


def heap_pop(machine: Machine, heap: list) -> Any:
    """heapq.heappop."""
    last = heap.pop()
    return heap_replace(machine, heap, last) if heap else last


def heap_replace(machine: Machine, heap: list, item: Any) -> Any:
    """heapq.heapreplace."""
    first, heap[0] = heap[0], item
    machine.owns(heap, item)
    sink(machine, heap)
    return first


def heap_push_pop(machine: Machine, heap: list, item: Any) -> Any:
    """heapq.heappushpop."""
    return (heap_replace(machine, heap, item) if heap and less(machine, heap[0], item) else item)


def heapify(machine: Machine, heap: list) -> None:
    """heapq.heapify."""
    for i in reversed(range(len(heap) // 2)):
        sink(machine, heap, i)


def bisected(right: bool, put: bool = False) -> Run:
    """bisect_left and bisect_right; insort where the item is put there."""
    def run(machine: Machine, values: list, item: Any, low: Any = 0, high: Any = None) -> Any:
        high = len(values) if high is None else high
        while low < high:
            middle = (low + high) // 2
            machine.spend(2)
            if (not less(machine, item, values[middle]) if right
                    else less(machine, values[middle], item)):
                low = middle + 1
            else:
                high = middle
        return insert(machine, values, low, item) if put else low
    return run


def first_few(reverse: bool) -> Run:
    """heapq.nsmallest and nlargest."""
    return lambda machine, n, values, key=None: sort(
        machine, machine.items(values), key=key, reverse=reverse)[:max(0, n)]


def merged(machine: Machine, *values: Any) -> Lazy:
    """heapq.merge."""
    return machine.lazy(sort(machine, [x for one in values for x in machine.items(one)]))


def deep_copy(machine: Machine, value: Any) -> Any:
    """copy.deepcopy."""
    machine.spend(machine.weigh(value) << 3)
    machine.owners.append(made := [copy.deepcopy(value)])
    return made[0]


def shallow_copy(machine: Machine, value: Any) -> Any:
    """copy.copy and the methods of that name."""
    return machine.made(copy.copy(value) if type(value) in COPIED else value)


def is_instance(machine: Machine, value: Any, kinds: Any) -> bool:
    """isinstance, of a type or a tuple of them."""
    kinds = kinds if type(kinds) is tuple else (kinds,)
    if not set(map(type, kinds)) <= {Type}:
        raise TypeError("isinstance() arg 2 must be a type or a tuple of types")
    return isinstance(value, tuple(c for kind in kinds for c in kind.classes))


def type_of(machine: Machine, value: Any) -> Type:
    """type, of one value."""
    return TYPE_OF[type(value)]


def length(machine: Machine, value: Any) -> int:
    """len."""
    if type(value) not in SIZED:
        raise TypeError(f"object of type {named(value)} has no len()")
    return len(value)


def raising(kind: type[Exception]) -> Run:
    """Makes an exception, which carries plain values."""
    def run(machine: Machine, *args: Any) -> Exception:
        machine.weigh(args)
        return kind(*args)
    return run


# ------------------------------------------------------------------------------------- the tables

def of(kind: type, names: str, how: Callable[[str], Run] | None = None) -> dict[str, Run]:
    """name -> what is run, for methods of this type."""
    return {name: how(name) if how else plain(vars(kind)[name]) for name in names.split()}


COPIED = (list, dict, set, Counter, defaultdict, OrderedDict, deque)
_LIST = {"append": append, "extend": lambda machine, self, values: machine.extend(self, values), "insert": insert, "copy": shallow_copy,
         **of(list, "pop reverse", moved), **of(list, "index count remove", scanned),
         **of(list, "clear")}
_DICT = {"get": get, "setdefault": setdefault, "pop": pop_key, "update": update,
         "copy": shallow_copy, **of(dict, "keys values items popitem clear")}
_SET = {name: set_method(name) for name in (
    "union intersection difference symmetric_difference issubset issuperset isdisjoint").split()}
METHODS: dict[type, dict[str, Run]] = {
    str: {**of(str, "capitalize casefold endswith isalnum isalpha isascii isdecimal isdigit "
               "isidentifier islower isnumeric isprintable isspace istitle isupper lower lstrip "
               "partition removeprefix removesuffix rpartition rsplit rstrip split splitlines "
               "startswith strip swapcase title upper"),
          **of(str, "count find index rfind rindex", searched),
          **of(str, "center expandtabs ljust rjust zfill", wide),
          "join": joined, "replace": replaced, "translate": translated,
          "format": lambda machine, self, *args, **names: machine.fields(self, args, names)},
    list: {**_LIST, "sort": sort_in_place},
    tuple: of(tuple, "index count", scanned),
    range: of(range, "index count", scanned),
    deque: {**_LIST, **of(deque, "popleft clear"), **of(deque, "rotate", moved),
            "appendleft": lambda machine, self, value: append(
                machine, self, value, deque.appendleft),
            "extendleft": extend_left},
    dict: _DICT,
    defaultdict: _DICT,
    OrderedDict: {**_DICT, **of(OrderedDict, "move_to_end popitem")},
    Counter: {**_DICT, "most_common": most_common, "elements": elements,
              "subtract": lambda machine, self, values: tally(machine, self, values, -1)},
    set: {**_SET, **of(set, "add remove discard", key_method), "pop": pop_any,
          "copy": shallow_copy, **of(set, "clear"),
          **of(set, "update intersection_update difference_update symmetric_difference_update",
               set_method)},
    frozenset: {**_SET, "copy": shallow_copy},
    int: of(int, "bit_length conjugate"),
    float: of(float, "is_integer"),
}
METHODS[bool] = METHODS[int]


def table(*items: Builtin) -> dict[str, Builtin]:
    """name -> function, by their own names."""
    return {item.name: item for item in items}


def builtins(**runs: Run) -> dict[str, Builtin]:
    """name -> Builtin."""
    return {name.rstrip("_"): Builtin(name.rstrip("_"), run) for name, run in runs.items()}


_TYPES = table(
    Type("int", to_int, (int,)), Type("float", to_float, (float,)),
    Type("str", lambda machine, value="": machine.text(value), (str,),
         builtins(maketrans=plain(str.maketrans))),
    Type("bool", lambda machine, value=False: bool(value), (bool,)),
    Type("list", lambda machine, values=(): machine.made(machine.items(values)), (list,)),
    Type("tuple", lambda machine, values=(): machine.made(tuple(machine.items(values))), (tuple,)),
    Type("dict", make_dict(dict), (dict,), builtins(fromkeys=from_keys)),
    Type("set", make_set, (set,)),
    Type("frozenset", lambda machine, values=(): make_set(machine, values, frozenset),
         (frozenset,)),
    Type("range", lambda machine, *ends: machine.ranged(*ends), (range,)))
_ERRORS = table(*(Type(kind.__name__, raising(kind), (kind,)) for kind in (
    Exception, ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, LookupError,
    NameError, NotImplementedError, OverflowError, RecursionError, RuntimeError, StopIteration,
    TypeError, UnboundLocalError, ValueError, ZeroDivisionError)))
_COLLECTIONS = table(
    Type("Counter", make_dict(Counter), (Counter,)), Type("defaultdict", make_default,
                                                          (defaultdict,)),
    Type("OrderedDict", make_dict(OrderedDict), (OrderedDict,)),
    Type("deque", lambda machine, values=(), maxlen=None: machine.made(
        deque(machine.items(values), maxlen)), (deque,)))
_OTHERS = table(*(Type(name, raising(TypeError), kinds) for name, kinds in {
    "NoneType": (type(None),), "function": (Function,), "builtin_function_or_method": (Builtin,),
    "generator": (Lazy,), "module": (Module,), "dict_keys": VIEWS[:1], "dict_values": VIEWS[1:2],
    "dict_items": VIEWS[2:]}.items()))
TYPE_OF: dict[type, Type] = {
    kind: made for names in (_TYPES, _ERRORS, _COLLECTIONS, _OTHERS) for made in names.values()
    for kind in made.classes} | {Type: Type("type", type_of, (Type,))}
BUILTINS: dict[str, Any] = {
    **_TYPES, **_ERRORS, **builtins(
        abs=plain(abs), all=lambda machine, values: all(machine.walked(values)),
        any=lambda machine, values: any(machine.walked(values)), bin=plain(bin), chr=character,
        callable=lambda machine, value: isinstance(value, (Function, Builtin)),
        divmod=lambda machine, a, b: (machine.binary(operator.floordiv, a, b),
                                      machine.binary(operator.mod, a, b)),
        enumerate=from_lists(enumerate), filter=kept(True),
        format=lambda machine, value, spec="": machine.format(value, spec), hex=plain(hex),
        isinstance=is_instance, iter=from_lists(iter), len=length, map=lazily(mapped),
        max=best(max), min=best(min), next=following, oct=plain(oct), ord=plain(ord), pow=power,
        print=lambda machine, *values, **names: machine.weigh(values) and None,
        repr=lambda machine, value: machine.made(machine.show(value)),
        reversed=lazily(backwards), round=rounded,
        sorted=lambda machine, values, **names: sort(machine, machine.items(values), **names),
        sum=add_up, type=type_of, zip=from_lists(zip))}
_ON_NUMBERS = {name: vars(math)[name] for name in (
    "acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees exp fabs floor fmod "
    "gcd hypot isclose isfinite isinf isnan isqrt lcm log log10 log1p log2 pow radians sin sinh "
    "sqrt tan tanh trunc").split()}
MODULES: dict[str, dict[str, Any]] = {
    "math": {**builtins(**{name: plain(run) for name, run in _ON_NUMBERS.items()},
                        factorial=counted(math.factorial), comb=counted(math.comb),
                        perm=counted(math.perm), fsum=lambda machine, values: math.fsum(
                            machine.items(values)),
                        prod=lambda machine, values, start=1: functools.reduce(functools.partial(
                            machine.binary, operator.mul), machine.walked(values), start)),
             "pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf, "nan": math.nan},
    "collections": _COLLECTIONS,
    "itertools": {
        **builtins(accumulate=lazily(accumulated), combinations=chosen(itertools.combinations),
                   combinations_with_replacement=chosen(itertools.combinations_with_replacement),
                   compress=from_lists(itertools.compress), count=lazily(counting),
                   cycle=from_lists(itertools.cycle), dropwhile=lazily(dropped),
                   filterfalse=kept(False), groupby=lazily(grouped),
                   islice=from_lists(itertools.islice), pairwise=from_lists(itertools.pairwise),
                   permutations=chosen(itertools.permutations), product=chosen(itertools.product),
                   repeat=lazily(lambda machine, value, *times: itertools.repeat(value, *times)),
                   starmap=lazily(starmapped), takewhile=kept(True, False), tee=tee,
                   zip_longest=from_lists(itertools.zip_longest)),
        "chain": Builtin("chain", lazily(lambda machine, *values: chain_all(machine, values)),
                         builtins(from_iterable=lazily(chain_all)))},
    "functools": builtins(cache=remembering, cmp_to_key=lambda machine, function: Builtin(
        "key", lambda machine, value: functools.cmp_to_key(machine.caller(function))(value)),
        lru_cache=remembering, partial=partial, reduce=reduced,
        wraps=lambda machine, function: Builtin("wraps", lambda machine, wrapper: wrapper)),
    "heapq": builtins(heapify=heapify, heappop=heap_pop, heappush=heap_push,
                      heappushpop=heap_push_pop, heapreplace=heap_replace, merge=merged,
                      nlargest=first_few(True), nsmallest=first_few(False)),
    "bisect": builtins(bisect=bisected(True), bisect_left=bisected(False),
                       bisect_right=bisected(True), insort=bisected(True, True),
                       insort_left=bisected(False, True), insort_right=bisected(True, True)),
    "operator": {
        **builtins(**{name: applied("binary", name) for name in (
            "add sub mul truediv floordiv mod pow and_ or_ xor").split()}),
        **builtins(**{name: applied("compare", name) for name in "eq ne lt le gt ge".split()}),
        **builtins(itemgetter=item_getter, neg=plain(operator.neg), not_=lambda machine, value:
                   not value, contains=lambda machine, a, b: machine.contains(a, b))},
    "string": {name: vars(string)[name] for name in (
        "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits punctuation "
        "whitespace").split()},
    "copy": builtins(copy=shallow_copy, deepcopy=deep_copy),
    "sys": {"maxsize": 2**63 - 1, **builtins(setrecursionlimit=lambda machine, depth: None)},
    "typing": builtins(**dict.fromkeys((
        "Any Callable Collection Counter DefaultDict Deque Dict FrozenSet Generator Generic "
        "Hashable Iterable Iterator List Literal Mapping MutableMapping NoReturn Optional "
        "OrderedDict Sequence Set Text Tuple Type TypeVar Union").split(),
        lambda machine, *args, **names: None)),
    "__future__": {"annotations": None},
}
ATTRIBUTES = {"maketrans", "fromkeys", "from_iterable", "args"} | {
    name for names in (*METHODS.values(), *MODULES.values()) for name in names}
