"""A small interpreter for the Python functions that a language model writes.

A code task (the paper's are MBPP-pro and HumanEval, Sec. 4) is judged by running the model's
answer, and text that a model wrote must never meet `eval` or `exec`. So the answer is parsed with
`ast.parse`, every node is held against a whitelist, and the tree is compiled, once, to closures
(compiler.py) that work on plain values and on a budget of counts (machine.py). Names that are not
the program's own, and methods, come from tables of ours (builtin.py); no attribute of the host is
ever looked up. A program that is accepted means what it means in CPython.

Left out by choice: classes, `yield`, async, `with`, `match`, and the module `re`, whose patterns
can backtrack forever. Annotations are not evaluated: a model that was shown `from typing import
List` in its prompt need not say so again.
"""
from __future__ import annotations

import ast
import copy
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from data.tasks.compiler import Compiler, bound
from data.tasks.machine import DICTS, OPEN, SCALARS, UNBOUND, Machine, Refused, over, unsupported

SOURCE = 10_000  # characters of source
BRACKETS = 30  # brackets open at any point of the source
INDENTS = 16  # different indentations; CPython itself stops at 20 nested loops

# A string that is not closed goes on to the end, or each of its quotes would be tried as a start.
_QUOTED = re.compile(r"""#[^\r\n]*|('''|\"\"\"|'|")(?:\\.|(?!\1)[^\\])*(?:\1|\\?\Z)""", re.DOTALL)
_BRACKET = re.compile(r"[()\[\]{}]")
_INDENT = re.compile(r"(?:^|[\r\n])([ \t\f]*)(?=\S)")


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


@lru_cache(256)  # the search for a program asks more than once
def defined(source: str) -> frozenset[str]:
    """The names that a program gives at its top level; none if it is no program.

    What is not run here may be one all the same: a class, names that are not ASCII.

    >>> sorted(defined("import math\\nclass A: pass\\ng = A")), sorted(defined("def f(:"))
    (['A', 'g', 'math'], [])
    """
    try:
        body = _parsed(re.sub(r"[^\W\x00-\x7f]|\\(?=N)", "_", source)).body
        return frozenset(bound(body)[0]).union(
            node.name for node in body if isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef)))
    except Exception:
        return frozenset()


def _judged(work: Callable[[Machine], Any]) -> Any:
    """What this work on one answer returns. Whatever goes wrong is Refused, and nothing stays."""
    try:
        machine = _MACHINES.pop()
    except IndexError:
        machine = Machine()
    limit, frame, depth = sys.getrecursionlimit(), sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    # OPEN, a count of the frames that a program takes, ends it before Python does.
    sys.setrecursionlimit(max(limit, depth + 2 * OPEN))
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
    if type(value) in (list, tuple) and set(map(type, value)) <= SCALARS:
        return type(value)([machine.made(item) for item in value])
    machine.weigh(value)  # which ends if the value is nested deep, or holds itself
    copies, calling, stack = {}, [], [value]  # copies: by id, as deepcopy notes them
    while stack:
        item = machine.made(stack.pop())
        kind = type(item)
        if kind in (list, tuple, set, frozenset):
            stack += item
            if kind is set:
                copies[id(item)] = item.copy()  # in the same order
        elif kind in DICTS:
            stack += [*item, *item.values()]
            calling += [item] * (kind is defaultdict)
        elif kind not in SCALARS and kind is not str:
            raise Refused(f"a {kind.__name__} is not supported here")
    made = copy.deepcopy(value, copies)
    for item in calling:
        copies[id(item)].default_factory = None  # a function of the program stays inside
    return made


# ------------------------------------------------------------------------- before anything is run

def _parsed(source: str) -> ast.Module:
    """The tree, of text that can't cost the parser much time or stack."""
    if len(source) > SOURCE:
        over("source length")
    if "\\N" in source:  # which names there are depends on Python's version
        unsupported("a character by its name")
    code = _QUOTED.sub("0", source)
    if not code.isascii():  # the parser would fold look-alike letters into ASCII names
        raise Refused("only strings and comments may be outside ASCII", "unsupported")
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


# -------------------------------------------------------------------------------------- a program

class _Program:
    """A program compiled for one machine; the same one, begun again, for each answer like it.

    needs: the names that tests take from an answer.
    """

    def __init__(self, machine: Machine, source: str, tests: bool) -> None:
        tree = _parsed(source)
        compiler = Compiler(machine, tree, tests)
        self.machine, self.slots, self.frame = machine, compiler.root.slots, compiler.frame
        self.needs, self.lost = compiler.missing if tests else [], compiler.lost
        body, strays = (tree.body, []) if tests else _parts(tree.body)
        self.body = compiler.block(body)
        self.strays = [compiler.counted(compiler.statement, node, True) for node in strays]

    def begin(self, given: Sequence = ()) -> None:
        """Runs the module; given: the values of the names that it needs."""
        self.machine.owners.append(self)
        self.frame[:] = [None, None, *[UNBOUND] * len(self.slots)]
        for name, value in zip(self.needs, given):
            self.frame[self.slots[name]] = value
        self.body(self.frame)
        for run, cost in self.strays:
            self.machine.spend(cost)
            try:
                run(self.frame)
            except (Refused, RecursionError, MemoryError):
                raise
            except Exception:  # of an example, say
                self.machine.open = 0

    def clear(self) -> None:
        """Lets go of all that its names hold."""
        self.frame.clear()

    def named(self, name: str) -> Any:
        """The value that a name of the module has. Refused if it has none."""
        if name not in self.slots or self.frame[self.slots[name]] is UNBOUND:
            why = self.lost.get(name)
            raise Refused(why or f"{name!a:.40} is not defined", "unsupported" if why else "error")
        return self.frame[self.slots[name]]


def _parts(body: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """What is run of an answer: all up to the last definition, but for the main guard; and what
    comes after it, where examples and tests are, if it binds a name or an item, and calls nothing
    with a function of the answer. That may fail.
    """
    defines = [isinstance(node, ast.FunctionDef) or isinstance(node, (ast.If, ast.Try)) and any(
        isinstance(one, ast.FunctionDef) for one in ast.walk(node)) for node in body]
    last = max((i for i, defined in enumerate(defines) if defined), default=len(body))
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}

    def guard(node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and "'__name__'" in ast.dump(node.test)

    def stray(node: ast.stmt) -> bool:
        inside = [*ast.walk(node)]
        binds = bound([node])[0] or any(isinstance(one, ast.Subscript)
                                        and isinstance(one.ctx, ast.Store) for one in inside)
        return bool(binds) and not guard(node) and not (
            any(isinstance(one, ast.Call) for one in inside)
            and any(isinstance(one, ast.Name) and one.id in names for one in inside))
    return ([node for node in body[:last + 1] if not guard(node)],
            [node for node in body[last + 1:] if stray(node)])
