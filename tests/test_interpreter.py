"""The interpreter runs what it accepts exactly as CPython does, and refuses all the rest."""
from __future__ import annotations

import ast
import copy
import gc
import inspect
import os
import random
import re
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from data.tasks import interpreter
from data.tasks.interpreter import Refused, run
from data.tasks.jsonl import Question
from data.tasks.problem import Coded, Problem
from tests.attacks import ATTACKS, Attack, body, read

# In the notation of tests/attacks.py: what is run, x after ←, what comes out after →.
RUNS = [*read(r"""
[runs]  text: def f ( x ) : x = x * 2 ; return x + 3 ← 4 → 11  def f(x):¶« ×2»return
  def g(a, b): return a - b¶def f(x): return g(x, 1) ← 4 → 3
  def len(x): return 7¶def f(x): return len(x) ← 'ab' → 7
  def f(x):¶ 'doc'¶ # comment ((((((¶ x  def f(x):¶ return 'a\'(' + '''b¶\''''¶ → "a'(b\n'"
  line: return g(x)¶def g(x): return x + 1 → 2  return x¶def f(x): return 2 → 2  pass
[statements]  body: a, b = 0, 1¶for i in range(x): a, b = b, a + b¶return a ← 90
  → 2880067194370816120
  t = 0¶while True:¶ t += 1¶ if t == x: break¶ continue¶return t ← 7 → 7
  t = 0¶for i in x:¶ if i == 2: continue¶ if i > 3: break¶ t += i¶return t ← [1, 2, 3, 4, 5] → 4
  t = ''¶for a, b in x: t += a * b¶return t ← [('a', 2), ['b', 1]] → 'aab'
  for i in x:¶ for j in i:¶« ×2»if j: return j¶return -1 ← [[0], [0, 5]] → 5
  if x < 0: return 'neg'¶elif x == 0: return 'zero'¶else: return 'pos' ← 0 → 'zero'
  d = 2¶while d * d <= x:¶ if x % d == 0: return False¶ d += 1¶return x > 1 ← 97 → True
  d = 2¶while d * d <= x:¶ if x % d == 0: return False¶ d += 1¶return x > 1 ← 91 → False
  a = b = x¶a += [9]¶return b ← [1] → [1, 9]  b = x¶b *= 2¶return x ← [1] → [1, 1]
  x += 'ab'¶x += range(2)¶return x ← [] → ['a', 'b', 0, 1]
  b = [x] * 2¶x += [1]¶return b ← [] → [[1], [1]]  b = x¶b += (2,)¶return x ← (1,) → (1,)
  r = range(9)¶return r[2], len(r[1:5]), list(r[::3]), 3 in r, r == range(9)
  → (2, 4, [0, 3, 6], True, True)
[expressions]  return: -7 // 2, -7 % 3, 7 % -3, -2 ** 2, (-2) ** 3, 0 ** 0
  → (-4, 2, -2, -4, -8, 1)  0 and 1 // 0, x or 1 // 0, [] or '' or None, 1 and 2 → (0, 1, None, 2)
  1 if x else 1 // 0 → 1  '«U+e9»' + x ← '\u20ac' → '\xe9\u20ac'  '' * -5, x * 0 ← [1] → ('', [])
  '«(×40»' + "it's" → "«(×40»it's"  'a' * 999 + x ← 'a' → '«a×1000»'
  True + True, -True, +True, not 3, True * 'ab', 3 * [x] → (2, -1, 1, False, 'ab', [1, 1, 1])
  1 < x < 3, 1 < x > 5, x == 2 != 3, 1 in [x, 1], 3 not in (x,) ← 2
  → (True, False, True, True, True)
  x[1:], x[::-1], x[-1], x[5:1], x[None:2], x[True] ← 'abc' → ('bc', 'cba', 'c', '', 'ab', 'b')
[builtins]  return: abs(-3), min(x), max(x), max(1, 5), sum(x), sum(x, 4), len(x) ← [3, 1, 2]
  → (3, 1, 3, 5, 6, 10, 3)  sorted(x), reversed(x), list(x), tuple(x), bool(x) ← 'cab'
  → (['a', 'b', 'c'], ['b', 'a', 'c'], ['c', 'a', 'b'], ('c', 'a', 'b'), True)
  int(' -1_2 '), int(True), int(), str(-5), str(True), str('a'), str()
  → (-12, 1, 0, '-5', 'True', 'a', '')
  sum([[1], [2]], []), sum([], None), list(), tuple(), bool() → ([1, 2], None, [], (), False)
""", returns=True)]
SOME = pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.slow)])


@pytest.mark.parametrize("case", RUNS, ids=lambda case: case.source[:30])
def test_runs(case: Attack) -> None:
    assert repr(run(case.source, "f", [case.x])) == repr(case.value)


def test_arguments_are_copied() -> None:
    mine, shared = [[1], 2], []
    source = body("y = x[0]", "y += [5]", "x += [3]", "return x")
    assert run(source, "f", (mine,)) == [[1, 5], 2, 3] and mine == [[1], 2]
    assert run("def f(a, b):\n a += [1]\n return b", "f", [shared, shared]) == [1]
    assert run("def f(): return 5", "f", []) == 5


# ---------------------------------------------------------------------------------- the attacks

def attempt(attack: Attack) -> tuple[bool, object]:
    """True and what it returns, or False and why it is refused; what else it raises, fails."""
    try:
        return True, run(attack.source, "f", [attack.x])
    except Refused as error:
        assert type(error) is Refused
        return False, str(error)


def holds(attack: Attack, depth: int = 0) -> bool:
    """Whether it comes to what is said of it, and no reward is won, from so many frames down."""
    if depth:
        return holds(attack, depth - 1)
    coded = Coded("", "", "", (), "", "", (((attack.x,), attack.value),))
    question = Question("", "", "", "python", cases=(("f", (attack.x,), attack.value),))
    rewards = [judged.judge(attack.source).reward
               for judged in (Problem("", "", "", (coded,)), question)]
    returned, value = attempt(attack)
    return (rewards == [1 if attack.returns else -1] * 2 and returned is attack.returns
            and (not returned or repr(value) == repr(attack.value)))


def test_there_are_as_many_attacks_as_is_said() -> None:
    assert len({attack.kind for attack in ATTACKS}) == 54
    assert len({(a.source, a.x if isinstance(a.x, (int, str)) else id(a.x)) for a in ATTACKS}
               ) == len(ATTACKS) == 1027
    assert Counter("returns" if a.returns else a.budget and "budget" or "refused" for a in ATTACKS
                   ) == {"refused": 706, "budget": 249, "returns": 72}


@pytest.mark.parametrize("kind", dict.fromkeys(attack.kind for attack in ATTACKS))
def test_an_attack_is_refused_or_harmless(kind: str) -> None:
    for attack in [attack for attack in ATTACKS if attack.kind == kind]:
        returned, why = attempt(attack)
        assert returned is attack.returns, attack
        if returned:
            assert repr(why) == repr(attack.value), attack
        else:
            assert why.isprintable() and 0 < len(why) < 200 and "RecursionError" not in why, attack
            assert why.startswith(f"over budget: {attack.budget}") is bool(attack.budget), attack


@SOME
def test_an_attack_takes_at_most_50_ms_and_50_mb_and_leaves_nothing(every: int) -> None:
    """Nothing is left to the garbage collector either: it may not run for hours."""
    for attack in ATTACKS[::every]:
        for _ in range(3):  # another process may take the caches, or the core, from one
            start = time.process_time()
            attempt(attack)
            if (seconds := time.process_time() - start) < 0.05:
                break
        gc.disable()
        tracemalloc.start()
        try:
            attempt(attack)
            left, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            gc.enable()
        # CPython itself keeps some hundred KB of empty lists and tuples for reuse.
        assert seconds < 0.05 and peak < 50e6 and left < 0.5e6, (attack, seconds, peak, left)


@SOME
def test_neither_a_verdict_nor_a_reward_depends_on_who_calls(every: int) -> None:
    """From 500 frames down with 100 left, and with room for more than any budget allows."""
    usual, frames = sys.getrecursionlimit(), len(inspect.stack(0))
    try:
        for attack in ATTACKS[::every]:
            sys.setrecursionlimit(frames + 600)
            assert holds(attack, depth=500), attack
            sys.setrecursionlimit(20_000)
            assert holds(attack), attack
    finally:
        sys.setrecursionlimit(usual)


@SOME
def test_neither_depends_on_python_s_settings(every: int) -> None:
    code = ("from tests import test_interpreter as t; "
            f"print([a for a in t.ATTACKS[::{every}] if not t.holds(a)])")
    settings = {"PYTHONHASHSEED": "7", "PYTHONINTMAXSTRDIGITS": "640", "LC_ALL": "C"}
    found = subprocess.run(
        [sys.executable, "-OO", "-W", "error", "-c", code], env={**os.environ, **settings},
        cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("[]\n", "")


def test_refuses_the_unsupported_even_where_it_would_never_run() -> None:
    for attack in (attack for attack in ATTACKS if attack.anywhere):
        source = attack.source.replace("def f(x):\n", "def f(x):\n    return 1\n")
        if not source.startswith("def f("):
            source += "\ndef f(x): return 1\n"
        returned, why = attempt(Attack(attack.kind, source))
        assert not returned and "budget" not in why, source


@pytest.mark.parametrize("error", [RecursionError, MemoryError, SystemError, ValueError("a\nb"),
                                   SyntaxError("a", ("", 1, 2, "b")), OverflowError, Exception])
def test_whatever_the_parser_raises_is_a_refusal(
        error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(source: str) -> None:
        raise error
    monkeypatch.setattr(interpreter.ast, "parse", parse)
    returned, why = attempt(Attack("parser", "def f(x): return 1"))
    assert not returned and "\n" not in why
    question = Question("", "", "", "python", cases=(("f", (1,), 1),))
    assert question.reward("def f(x): return 1") == -1
    error = KeyboardInterrupt  # but the user can still interrupt
    with pytest.raises(KeyboardInterrupt):
        run("def f(x): return 1", "f", [1])


@pytest.mark.parametrize("source, function, args", [
    (body("return " + "9" * 1900), "f", [1]),  # the parser's own limit where it is lowered
    ("def f(x, x): return x", "f", [1, 2]), (None, "f", [1]), (b"def f(x): return 1", "f", [1]),
    *((body("x"), "f", [x])
      for x in (1.5, {}, [{1}], range(3), object(), b"a", type("L", (list,), {})())),
    *((body("return x"), "f", args) for args in ([2**256], ["a" * 1001], [], [1, 2], 5)),
    *((body("x"), name, [1]) for name in ("g", "", "len", "__init__", None, 3, [], "\ud800"))])
def test_refuses_odd_inputs(source: str, function: str, args: list[object]) -> None:
    with pytest.raises(Refused):
        run(source, function, args)


def test_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    source = body(r"y = '\d'", "return 1if x else 2")
    with pytest.warns((SyntaxWarning, DeprecationWarning)):
        ast.parse(source)  # which shows that there is something to say
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(source, "f", [0]) == 2
    assert capsys.readouterr() == ("", "")


def test_knows_no_more_builtins_than_these_and_never_evaluates_text() -> None:
    assert {*interpreter._CONSTANT_TIME, *interpreter._WALKING} == set(
        "abs bool int len list max min range reversed sorted str sum tuple".split())
    tree = ast.parse(Path(interpreter.__file__).read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "_Walker" in names
    assert not names & {"eval", "exec", "compile", "__import__", "globals", "open"}


# -------------------------------------------------------------------------------- against CPython

# {int} is an expression of this kind, one level down, {int0} one of level 0: once in a hundred it
# is of another kind, but not after a "="; {list/str} is of one of these kinds, {part} of the one
# that a bool compares. Of what stands between bars one is drawn.
NAMES = {"int": ["n", "i"], "str": ["s", "t"], "list": ["a", "b"], "rows": ["c"]}
LEAVES = {"int": "n|i|0|1|2|7|-3|True", "str": "s|t|''|'ab'|\"c\"",
          "list": "a|b|[]|[1, 2, 3]|[5, 0]", "rows": "c|[a]|[b, a]|[[1], [2, 3]]"}
RULES = {
    "int": ["({int} {+|-|*|//|%} {int})", "({int} {+|-|*|//|%} {int})", "({int}) ** {0|1|2|3|5}",
            "-{int}", "({int} if {=bool} else {int})", "{abs|int}({int})",
            "{min|max}({int}, {int})", "len({str/list/rows})", "sum({list})", "{list}[{int}]",
            "([1, 2] + {list})[{int} % 2]", "sum(range({int}, {int}))", "g({int}, {int})"],
    "bool": ["({part} {<|<=|>|>=|==|!=} {part})",
             "({part} {<|<=|>|>=|==|!=} {part} {<|<=|>|>=|==|!=} {part})", "(not {part})",
             "({part} {and|or} {part})", "({part} {in|not in} {list0})", "({=str0} in {=str})",
             "({=list0} in {=rows})", "bool({part})"],
    "str": ["({str} + {str})", "{str} * {0|1|2|3}", "{str}[{slice}]", "('abc' + {str})[{int0}]",
            "('ab' + {str})[{int} % 2]", "str(-{int})", "({=str} or {=str})"],  # not str of a list
    "list": ["[{int}, {int}]", "({list} + {list})", "{list} * {0|1|2|3}", "{list}[{slice}]",
             "sorted({list/str})", "list(reversed({list/str}))", "list({list/str})",
             "list(tuple({list/str}))", "list(range({int}))", "(c + {=rows})[{0|1|i}]",
             "sum({=rows}, {=list0})", "{min|max}({=rows})"],
    "rows": ["[{list}, {list}]", "({rows} + {rows})", "[{list}] * {0|1|2|3}", "{rows}[{slice}]",
             "sorted({rows})"]}
SIMPLE = ["{name} = {kind2}", "{name} = {kind2}; {name} += {kind1}", "{name} += {kind2}",
          "{a, b = b, a|b = a|n, i = c|c = a, b = [n], a}", "i, n = {int1}, {int1}",
          "a *= {0|1|2}", "if {=bool1}: return {kind2}"]
NESTED = ["if {=bool2}:\n{block}{indent}elif {=bool1}:\n{block}{indent}else:\n{block}",
          "for {name} in {list1}:\n{loop}", "for i in range({int0}):\n{loop}",
          "for t in {str1}:\n{loop}", "for a in {rows1}:\n{loop}",
          "while {=bool1}:\n{loop}{indent}  {break|n += 1|s += 'a'}"]


class Writer(random.Random):
    """Writes random programs of the accepted grammar, mostly but not always well typed."""

    def fill(self, rule: str, depth: int, words: dict[str, Callable[[int], str]]) -> str:
        def drawn(found: re.Match) -> str:
            what, level = found[1], int(found[2]) if found[2] else depth - 1
            if "|" in what:
                return self.choice(found[0][1:-1].split("|"))
            if "/" in what:
                return self.any(self.choice(what.split("/")), level)
            if what in words:
                return words[what](level)
            return self.one(what[1:], level) if what[0] == "=" else self.any(what, level)
        return re.sub(r"{([^{}]+?)([0-2]?)}", drawn, rule)

    def any(self, kind: str, depth: int) -> str:
        if self.random() < 0.01:
            kind = self.choice(["int", "str", "list", "rows", "bool"])
        return self.one(kind, depth)

    def one(self, kind: str, depth: int) -> str:
        part = self.choice(["int", "int", "str", "list"]) if kind == "bool" else ""
        if not part and (depth <= 0 or kind == "int" and self.random() < 0.15):
            return self.choice(LEAVES[kind].split("|"))
        return self.fill(self.choice(RULES[kind]), depth, {
            "part": lambda level: self.any(part, level), "slice": self.slice})

    def slice(self, depth: int) -> str:
        def part() -> str:
            return self.choice(["", self.any("int", depth)])
        return f"{part()}:{part()}" + self.choice(["", "", f":{part()}", ":-1"])

    def statement(self, indent: str, depth: int, looping: bool) -> str:
        kind = self.choice(list(NAMES))
        name = self.choice(NAMES[kind])
        rules = SIMPLE + ["if {=bool1}: {break|continue}"] * looping + NESTED * 2 * (depth > 0)
        return indent + self.fill(self.choice(rules), depth, {
            "name": lambda level: name, "indent": lambda level: indent,
            "kind": lambda level: self.any(kind, level),
            "block": lambda level: self.block(indent + "  ", level, looping),
            "loop": lambda level: self.block(indent + "  ", level, True)}).rstrip() + "\n"

    def block(self, indent: str, depth: int, looping: bool) -> str:
        count = self.choice([1, 1, 2, 3])
        return "".join(self.statement(indent, depth, looping) for _ in range(count))

    def program(self) -> str:
        values = ["n - i", "n * 2 + i", "n and i"] * 3 + ["i // n", "s * n + t", "a + b"]
        text = self.block("  ", 2, False) + self.block("  ", 1, False)
        return ("def g(n, i):\n  s, t, a, b = 'x', '', [n], []\n"
                f"  return {self.choice(values)}\n"
                f"def f(n, s, a):\n  i, t, b, c = 2, 'yz', a, [[4], a]\n"
                f"{text}  return n, i, s, t, a, b, c\n")


def in_cpython(source: str, args: list[object]) -> str | None:
    """What CPython makes of it. Only for programs that `Writer` above has written, and only after
    the interpreter found them small: text from a model is never passed here."""
    names: dict[str, Callable[..., object]] = {}
    exec(source, names)
    try:
        return repr(names["f"](*copy.deepcopy(args)))
    except Exception:
        return None


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # CPython's, about the odd programs
@pytest.mark.parametrize("n, found", [
    (100, {"returned": 62, "broke": 30, "over": 8}),
    pytest.param(5_600, {"returned": 3_259, "broke": 1_872, "over": 469}, marks=pytest.mark.slow)])
def test_agrees_with_cpython(n: int, found: dict[str, int]) -> None:
    counts = Counter()
    for seed in range(n):
        source = Writer(seed).program()
        args = [seed % 7 - 2, "hello"[:seed % 6], [3, 1, 2, 9][:seed % 5]]
        try:
            ours, how = repr(run(source, "f", args)), "returned"
        except Refused as error:
            assert not str(error).endswith("is not supported"), source
            over = str(error).startswith(("over budget", "a list cannot hold itself"))
            ours, how = None, "over" if over else "broke"
        counts[how] += 1
        assert how == "over" or ours == in_cpython(source, args), source  # CPython would go on
    assert counts == found


# ---------------------------------------------------------------------------------------- garbage

SCRAPS = [
    *"()[]{}'\"\\#:;,=%/@~.-*x\n\r\t\x00\x0c\ud800\ufeff\u00e9\uff46", "  ", "==", "**", "//",
    "__", "...", "'''", "not ", "lambda:", "def f(", "return ", "for ", " in ", "while 1:", "if ",
    "else:", "0x", "1e9", "9" * 90, "async ", "await ", "yield ", " is ", "f(x)", "x[", "[x]*999",
    "x+=x;", "x*=x;", "break", "True", "int(", "str(", "match x:", "f'{x}'"]
SWAPS = ["1", "2", "0", "+", "-", "*", "<", "==", "if", "while", "x", "a", "return ", ", ", "i"]


def mangle(rng: random.Random, source: str) -> str:
    """Cut a few characters, paste scraps, or swap an operator or number for another."""
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        start = rng.randrange(len(source) + 1)
        scrap = rng.choice(SCRAPS) * rng.choice([1, 1, 1, 30])
        source = (source.replace(*rng.sample(SWAPS, 2), 1) if rng.random() < 0.5 else
                  source[:start] + scrap + source[start + rng.choice([0, 0, 1, 3]):])
    return source


def test_garbage_is_refused_or_run() -> None:
    rng, outcomes = random.Random(0), Counter()
    for number in range(600):
        case = rng.choice(RUNS)
        source = (mangle(rng, case.source) if number % 6 else
                  "".join(rng.choices(SCRAPS, k=rng.randrange(60))))
        start = time.perf_counter()
        returned, why = attempt(Attack("garbage", source, case.x))
        assert returned or why.isprintable() and len(why) < 200, source
        assert time.perf_counter() - start < 1, source
        outcomes[returned] += 1
    assert outcomes[True] > 50 and outcomes[False] > 300, outcomes
