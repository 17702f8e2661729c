"""Synthetic tasks in math, code and reasoning: seeded problems, disjoint splits, +1/-1 rewards.

A problem is one prompt made of one or two *parts*; a part knows its question, how to judge an
answer, and how the web might have answered it (`write`, used by corpus.py). The paper trains its
experts on GSM8K, MBPP-pro and ARC-Easy and adapts to MATH, HumanEval and ARC-Challenge (Sec. 4);
here each domain has three families for training and two that its expert never sees, and beside
them stand tasks that need two domains at once, one that looks like math and wants code, and
small talk that belongs to no domain.

Every part has a canonical `key` (its content without names and phrasing), and a hash of the key
puts it into one split. Pretraining, train, validation, shots and test can't overlap, whatever
the seed; of a problem with two parts both come from the same split.
"""
from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random

from data.interpreter import Refused, run

DOMAINS = ("math", "code", "reasoning")
OTHERS = "others"
LABELS = (*DOMAINS, OTHERS)
SPLITS = {"pretrain": 60, "train": 20, "validation": 6, "shots": 4, "test": 10}  # percent
LEADS = ("", " exercise :", " quick :", " hey ,")  # phrasing: says nothing about the content
OPENERS = {"math": "sum", "reasoning": "trace"}  # how an answer that is worked out begins
JOIN = " also"  # between the two questions of a two-domain prompt, and between their answers
WHICH = " ( which kind : math , code , reasoning or others ? )"


def split_of(key: str) -> str:
    """The one split that a canonical key belongs to: a fixed hash, so no seed can move it.

    >>> split_of("12 + 7 - 3") == split_of("12 + 7 - 3") and split_of("x") in SPLITS
    True
    """
    place = zlib.crc32(key.encode()) % 100
    for name, share in SPLITS.items():
        if place < share:
            return name
        place -= share
    raise AssertionError("the shares add up to 100")


# --------------------------------------------------------------------------- parts of a problem

@dataclass(frozen=True)
class Worked:
    """A question that is best worked out a step at a time; right if the last word is right."""

    domain: str  # math or reasoning
    key: str
    question: str
    working: str  # all but the answer
    answer: str
    near: tuple[str, ...]  # wrong answers that look right
    astray: str            # what goes at it as if it were another domain's question
    styles = ("good", "curt", "astray")

    def write(self, style: str, rng: Random) -> str:
        if style == "good":
            last = self.answer if rng.random() > 0.03 else rng.choice(self.near)
            return f" {OPENERS[self.domain]} :{self.working} {last}"
        if style == "curt":
            return " it is " + (self.answer if rng.random() > 0.4 else rng.choice(self.near))
        return self.astray

    def right(self, text: str) -> bool:
        return text.split()[-1:] == [self.answer]


@dataclass(frozen=True)
class Coded:
    """A function to write in Python; right if it runs and fits all cases."""

    key: str
    question: str
    answer: str
    broken: tuple[str, ...]  # Python that does something else
    javascript: str
    astray: str              # talks it through instead of writing it
    cases: tuple[tuple[tuple, object], ...]  # ((arguments), value): what it is judged on
    domain = "code"
    styles = ("good", "javascript", "astray")

    def write(self, style: str, rng: Random) -> str:
        if style == "good":
            return self.answer if rng.random() > 0.15 else rng.choice(self.broken)
        return self.javascript if style == "javascript" else self.astray

    def right(self, text: str) -> bool:
        try:
            return all(run(text.strip(), "f", args) == value for args, value in self.cases)
        except Refused:
            return False


@dataclass(frozen=True)
class Said:
    """A question with one short answer; right if it is just that."""

    key: str
    question: str
    answer: str
    near: tuple[str, ...]
    domain = OTHERS
    styles = ("good", "astray")

    def write(self, style: str, rng: Random) -> str:
        return f" {self.answer if style == 'good' else rng.choice(self.near)}"

    def right(self, text: str) -> bool:
        return text.split() == self.answer.split()


Part = Worked | Coded | Said
Maker = Callable[[Random], Part]


@dataclass(frozen=True)
class Problem:
    """One prompt and its judge. `label` is the domain a dispatcher should name."""

    task: str
    label: str
    lead: str
    parts: tuple[Part, ...]

    @property
    def prompt(self) -> str:
        return self.lead + JOIN.join(part.question for part in self.parts)

    @property
    def key(self) -> str:
        return " & ".join(part.key for part in self.parts)

    def reward(self, completion: str) -> int:
        """+1 if every part is answered right, else -1 (paper, Sec. 3.2: r by correctness)."""
        answers = completion.split(JOIN) if len(self.parts) > 1 else [completion]
        right = len(answers) == len(self.parts) and all(
            part.right(text) for part, text in zip(self.parts, answers))
        return 1 if right else -1


@dataclass(frozen=True)
class Task:
    """A family of problems. `unseen`: no expert is trained on it. `label`: its true category."""

    name: str
    label: str
    makers: tuple[Maker, ...]
    about: str
    unseen: bool = False

    def problem(self, rng: Random, split: str) -> Problem:
        """One problem of this split, drawn by rejection on the hash of each part's key."""
        parts = []
        for make in self.makers:
            part = make(rng)
            while split_of(part.key) != split:
                part = make(rng)
            parts.append(part)
        label = self.label or parts[0].answer  # the classification task labels each prompt
        lead = "" if self.name == "classifier" else rng.choice(LEADS)
        return Problem(self.name, label, lead, tuple(parts))

    def problems(self, n: int, split: str, seed: object = 0) -> list[Problem]:
        """n problems with pairwise different keys. ValueError if the family has not so many."""
        rng, found = Random(f"{self.name} {split} {seed}"), {}
        for _ in range(50 * n + 1000):
            if len(found) == n:
                return list(found.values())
            problem = self.problem(rng, split)
            found.setdefault(problem.key, problem)
        raise ValueError(f"task {self.name} has fewer than {n} different {split} prompts")


# --------------------------------------------------------------------------------------- math
#
# Worked answers walk: a state, an operation, the next state, and so on. An operation is one word
# (" +7", " -45", " zim"), and no two operations of a problem have the same size, so that each
# names its own place: a small model copies "what came after +7" long before it can count.

NAMES = tuple("tom ann bob eva sam mia leo zoe max ivy ben ada dan kim ray joy".split())
GOODS = tuple("apples pens books cards coins eggs shells stamps balls cups".split())
PLUS, MINUS = ("buys", "finds", "gets"), ("loses", "eats", "sells")
MOST = 50  # the largest number that a sum passes through


def _walk(states: list[str], moves: list[str]) -> str:
    """A worked answer up to its result.

    >>> _walk(["12", "19", "16"], ["+7", "-3"])
    ' 12 +7 = 19 -3 ='
    """
    between = "".join(f" {move} = {state}" for move, state in zip(moves, states[1:-1]))
    return f" {states[0]}{between} {moves[-1]} ="


def _sums(rng: Random, low: int = 2, high: int = 4, start: int | None = None) -> list[int]:
    """A start and 2 to 4 signed digits of different size; all totals are within 0 and MOST."""
    total = rng.randint(2, 40) if start is None else start
    terms, left = [total], list(range(1, 10))
    for _ in range(rng.randint(low, high)):
        step = rng.choice([d for k in left for d in (-k, k) if 0 <= total + d <= MOST])
        left.remove(abs(step))
        total += step
        terms.append(step)
    return terms


def _totals(terms: list[int]) -> list[int]:
    return list(accumulate(terms))


def _text(terms: list[int]) -> str:
    return " ".join([str(terms[0]), *(f"{step:+d}" for step in terms[1:])])


def _math(question: str, states: list[int], moves: list[str]) -> Worked:
    answer = states[-1]
    near = tuple(str(answer + d) for d in (-10, -3, -2, -1, 1, 2, 3, 10) if answer + d >= 0)
    working = _walk([str(state) for state in states], moves)
    return Worked("math", " ".join([str(states[0]), *moves]), question, working, str(answer), near,
                  f" def f ( x ) : return x {' '.join(moves)}")


def _summed(question: str, terms: list[int]) -> Worked:
    return _math(question, _totals(terms), [f"{step:+d}" for step in terms[1:]])


def chain(rng: Random) -> Worked:
    terms = _sums(rng)
    return _summed(f" what is {_text(terms)} ?", terms)


def _deeds(rng: Random, steps: list[int], plus: tuple[str, ...], minus: tuple[str, ...]) -> str:
    return " , ".join(f"{rng.choice(plus if s > 0 else minus)} {abs(s)}" for s in steps)


def shop(rng: Random) -> Worked:
    terms, who, thing = _sums(rng), rng.choice(NAMES), rng.choice(GOODS)
    deeds = _deeds(rng, terms[1:], PLUS, MINUS)
    return _summed(f" {who} has {terms[0]} {thing} , {deeds} . how many {thing} ?", terms)


def product(rng: Random) -> Worked:
    a, b = rng.randint(2, 9), rng.randint(2, 5)
    terms = _sums(rng, 1, 3, start=a * b)
    moves = [f"*{b}", *(f"{step:+d}" for step in terms[1:])]
    return _math(f" what is {a} {' '.join(moves)} ?", [a, *_totals(terms)], moves)


def bus(rng: Random) -> Worked:
    terms = _sums(rng)
    stops = _deeds(rng, terms[1:], ("takes", "collects"), ("drops", "leaves"))
    question = f" a bus starts with {terms[0]} people , {stops} . how many people are on it ?"
    return _summed(question, terms)


def times(rng: Random) -> Worked:
    terms, by = _sums(rng), rng.randint(2, 5)
    while not 2 <= sum(terms) <= 9:
        terms = _sums(rng)
    moves = [*(f"{step:+d}" for step in terms[1:]), f"*{by}"]
    return _math(f" what is {_text(terms)} , and all of that *{by} ?",
                 [*_totals(terms), sum(terms) * by], moves)


# ---------------------------------------------------------------------------------- reasoning

DAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = tuple("january february march april may june july august september october november "
               "december".split())
COMPASS = tuple("north northeast east southeast south southwest west northwest".split())
ANIMALS = tuple("cat dog fox owl frog bear duck goat".split())
SPELLS = {"zim": 3, "lor": 5, "pax": 7, "nub": 1, "kel": 6, "vot": 2, "ruk": 4, "hap": 0}
CUPS = ("red", "blue", "green", "white", "black")
SWAPS = tuple(f"{a}-{b}" for i, a in enumerate(CUPS) for b in CUPS[i + 1:])


def _trace(rng: Random, question: str, state: str, moves: list[str],
           after: Callable[[str, str], str], names: tuple[str, ...]) -> Worked:
    """A state machine whose table lives in the weights: ' north +90 = east -45 = ...'."""
    states = list(accumulate(moves, after, initial=state))
    return Worked("reasoning", " ".join([state, *moves]),
                  question.format(state, " ".join(moves)), _walk(states, moves), states[-1],
                  tuple(n for n in names if n != states[-1]), f" sum : {rng.randint(0, MOST)}")


def _ring(rng: Random, names: tuple[str, ...], most: int, unit: int, question: str) -> Worked:
    """A walk on a ring of names: 2 to 4 hops of different size, up to `most` on or back.

    Short hops and hops on are the likelier ones. Were all alike, every name would follow every
    name equally often, and a table without a slope is all but impossible to learn.
    """
    sizes = range(1, most + 1)
    drawn = dict.fromkeys(rng.choices(sizes, [1 / (k + 1) for k in sizes], k=60))
    hops = [hop * rng.choice((1, 1, 1, -1)) for hop in list(drawn)[:rng.choice((2, 3, 4, 4))]]
    moves = [f"{hop * unit:+d}" for hop in hops]

    def after(state: str, move: str) -> str:
        return names[(names.index(state) + int(move) // unit) % len(names)]
    return _trace(rng, question, rng.choice(names), moves, after, names)


def day(rng: Random) -> Worked:
    return _ring(rng, DAYS, 6, 1, " today is {} . go {} days . which day ?")


def month(rng: Random) -> Worked:
    return _ring(rng, MONTHS, 6, 1, " the month is {} . go {} months . which month ?")


def turn(rng: Random) -> Worked:
    return _ring(rng, COMPASS, 5, 45, " you face {} . turn {} degrees . which way now ?")


def spell(rng: Random) -> Worked:
    """Each spell turns an animal into another one, by a rule that only the text can teach."""
    def after(animal: str, word: str) -> str:
        at, key = ANIMALS.index(animal), SPELLS[word]
        return ANIMALS[(at * (3 if key % 2 else 5) + key) % len(ANIMALS)]
    words = rng.sample(tuple(SPELLS), rng.randint(2, 4))
    return _trace(rng, " a wizard has a {} and says {} . what animal is it now ?",
                  rng.choice(ANIMALS), words, after, ANIMALS)


def cups(rng: Random) -> Worked:
    def after(cup: str, swap: str) -> str:
        a, b = swap.split("-")
        return {a: b, b: a}.get(cup, cup)
    return _trace(rng, " the ball is under {} . swap {} . where is the ball ?", rng.choice(CUPS),
                  rng.sample(SWAPS, rng.randint(2, 4)), after, CUPS)


# --------------------------------------------------------------------------------------- code

WORDS = {"+": "add", "-": "subtract", "*": "multiply by"}


def _apply(value: int, op: str, k: int) -> int:
    return value + k if op == "+" else value - k if op == "-" else value * k


def _ops(rng: Random, low: int, high: int, kinds: str = "+-*") -> list[tuple[str, int]]:
    """Operations with numbers of different size."""
    sizes = rng.sample(range(2, 16), rng.randint(low, high))
    return [(rng.choice(kinds), k) for k in sizes]


def _python(params: str, lines: list[str], result: str) -> str:
    return f" def f ( {params} ) : " + " ; ".join([*lines, f"return {result}"])


def _coded(key: str, ask: str, params: str, body: tuple[list[str], str], broken: list[str],
           prose: str, cases: list[tuple[tuple, int]]) -> Coded:
    lines, result = body
    python = _python(params, lines, result)
    javascript = f" function f ( {params} ) {{{python.split(':', 1)[1]} ; }}"
    return Coded(key, f" write f ( {params} ) : {ask} .", python, tuple(broken), javascript,
                 f" trace : {params} , {prose}", tuple(cases))


def _inputs(rng: Random, n: int = 6) -> list[int]:
    """Distinct small inputs, 0 and a negative one among them."""
    return [0, -rng.randint(1, 9), *rng.sample(range(1, 15), n)]


def _steps_problem(rng: Random, ops: list[tuple[str, int]], ask: str) -> Coded:
    """f(x) that applies ops one after another, a statement each."""
    def value(x: int) -> int:
        for op, k in ops:
            x = _apply(x, op, k)
        return x
    lines = [f"x = x {op}{k}" for op, k in ops]
    wrong = [lines[:-1] + [f"x = x {op}{ops[-1][1]}"] for op in "+-*" if op != ops[-1][0]]
    broken = [_python("x", w, "x") for w in (*wrong, lines[:-1])]
    prose = " , ".join(f"{WORDS[op]} {k}" for op, k in ops)
    return _coded(" ".join(f"{op}{k}" for op, k in ops), ask, "x", (lines, "x"), broken, prose,
                  [((x,), value(x)) for x in _inputs(rng)])


def ops(rng: Random) -> Coded:
    steps = _ops(rng, 2, 4)
    text = " ".join(f"{op}{k}" for op, k in steps)
    return _steps_problem(rng, steps, f"do {text} in this order")


def story(rng: Random) -> Coded:
    steps = _ops(rng, 2, 4, "+-")
    signed = [k if op == "+" else -k for op, k in steps]
    who, thing = rng.choice(NAMES), rng.choice(GOODS)
    deeds = _deeds(rng, signed, PLUS, MINUS)
    part = _steps_problem(rng, steps, f"how many {thing}")
    question = f" {who} has x {thing} , {deeds} . how many {thing} , as f ( x ) ?"
    return replace(part, question=question)


def poly(rng: Random) -> Coded:
    a, b, c = rng.sample(range(2, 20), 3)
    b, c = b * rng.choice((-1, 1)), c * rng.choice((-1, 1))
    result = f"{a} * x * x {b:+d} * x {c:+d}"
    ask = f"{a} squares of x , {b:+d} times x , {c:+d}"
    broken = [_python("x", [], f"{a} * x * x {b:+d} * x"), _python("x", [], f"{a} * x {c:+d}")]
    return _coded(f"poly {a} {b} {c}", ask, "x", ([], result), broken, ask,
                  [((x,), a * x * x + b * x + c) for x in _inputs(rng)])


def cond(rng: Random) -> Coded:
    bar, sign = rng.randint(10, 19), rng.choice("<>")
    (p, i), (q, j) = _ops(rng, 2, 2)

    def value(x: int) -> int:
        return _apply(x, p, i) if (x > bar if sign == ">" else x < bar) else _apply(x, q, j)
    ask = f"if x {sign} {bar} then {p}{i} , else {q}{j}"
    result = f"x {p}{i} if x {sign} {bar} else x {q}{j}"
    broken = [_python("x", [], f"x {q}{j} if x {sign} {bar} else x {p}{i}"),
              _python("x", [], f"x {p}{i}")]
    return _coded(f"{sign} {bar} {p}{i} {q}{j}", ask, "x", ([], result), broken, ask,
                  [((x,), value(x)) for x in sorted({*_inputs(rng), bar - 1, bar, bar + 1})])


def pair(rng: Random) -> Coded:
    """f(x, y): one or two operations, then one with y, then a last one."""
    steps = _ops(rng, 2, 3)
    op = rng.choice("+-*")
    (*first, last) = [f"{o}{k}" for o, k in steps]

    def value(x: int, y: int) -> int:
        for o, k in steps[:-1]:
            x = _apply(x, o, k)
        return _apply(_apply(x, op, y), *steps[-1])
    moves = [*first, f"{op} y", last]
    lines = [f"x = x {move}" for move in moves]
    ask = f"do {' '.join(moves)} in this order"
    broken = [_python("x , y", lines[:-1], "x"), _python("x , y", lines, "y")]
    xs, ys = _inputs(rng), _inputs(rng)
    return _coded(f"xy {ask}", ask, "x , y", (lines, "x"), broken, ask,
                  [((x, y), value(x, y)) for x, y in zip(xs, ys)])


LISTS = {"sum": sum, "max": max, "min": min, "len": len}


def lists(rng: Random) -> Coded:
    f, g = rng.sample(tuple(LISTS), 2)
    a, b, k = rng.sample(range(2, 10), 3)
    op, end = rng.choice("+-"), rng.choice("+-")

    def value(s: list[int]) -> int:
        return _apply(_apply(LISTS[f](s) * a, op, LISTS[g](s) * b), end, k)
    ask = f"{f} *{a} {op} {g} *{b} , {end}{k}"
    result = f"{f} ( s ) *{a} {op} {g} ( s ) *{b} {end}{k}"
    broken = [_python("s", [], f"{f} ( s ) *{a} {op} {g} ( s ) *{b}"),
              _python("s", [], f"{g} ( s ) *{a} {op} {f} ( s ) *{b} {end}{k}")]
    cases = [[rng.randint(1, 9) for _ in range(rng.randint(2, 4))] for _ in range(6)]
    return _coded(f"{f} {a} {op} {g} {b} {end}{k}", ask, "s", ([], result), broken, ask,
                  [((s,), value(s)) for s in cases])


# -------------------------------------------------------------------------- no domain, and all

OPPOSITES = dict(hot="cold", big="small", old="new", wet="dry", fast="slow", high="low",
                 hard="soft", full="empty", light="dark", loud="quiet", rich="poor", near="far",
                 early="late", sweet="sour", clean="dirty", long="short")
THINGS = tuple("soup house road river chair table stone horse train garden window shirt bread "
               "candle bottle ladder pillow carpet basket bridge tower field island forest "
               "kettle hammer mirror wagon saddle blanket lantern barrel cabin tunnel harbor "
               "valley meadow castle engine anchor".split())


def opposite(rng: Random) -> Said:
    pairs = [*OPPOSITES.items(), *((b, a) for a, b in OPPOSITES.items())]
    (word, other), who, thing = rng.choice(pairs), rng.choice(NAMES), rng.choice(THINGS)
    question = f" {who} says the {thing} is {word} . no , it is the opposite , it is"
    return Said(f"{who} {thing} {word}", question, other, (word, "old", "new"))


def echo(rng: Random) -> Said:
    words = rng.sample(THINGS, rng.randint(3, 6))
    text = " ".join(words)
    return Said(text, f" please say {text}", text, (" ".join(words[:-1]), words[0]))


def _classified(rng: Random) -> Said:
    """A prompt of a trained family or of none, and the question what kind it is."""
    task = rng.choice(_TRAINED)
    part = task.makers[0](rng)
    near = tuple(label for label in LABELS if label != task.label)
    return Said(part.key, rng.choice(LEADS) + part.question + WHICH, task.label, near)


TASKS = {task.name: task for task in (
    Task("chain", "math", (chain,), "add and subtract a chain of numbers"),
    Task("shop", "math", (shop,), "a word problem about things that come and go"),
    Task("product", "math", (product,), "a product, then additions and subtractions"),
    Task("ops", "code", (ops,), "write f(x) from a list of operations"),
    Task("poly", "code", (poly,), "write f(x), a polynomial"),
    Task("cond", "code", (cond,), "write f(x) with a condition"),
    Task("day", "reasoning", (day,), "count weekdays on and back"),
    Task("turn", "reasoning", (turn,), "turn and veer on a compass of eight"),
    Task("spell", "reasoning", (spell,), "an animal transformed by named spells"),
    Task("echo", OTHERS, (echo,), "say some words: no domain, known to the classifier"),
    Task("classifier", "", (_classified,), "name the category of a prompt"),
    Task("bus", "math", (bus,), "people get on and off a bus", unseen=True),
    Task("times", "math", (times,), "a sum, and then a multiple of it", unseen=True),
    Task("pair", "code", (pair,), "write f(x, y) from a list of operations", unseen=True),
    Task("lists", "code", (lists,), "write f(s) on a list", unseen=True),
    Task("month", "reasoning", (month,), "count months on and back", unseen=True),
    Task("cups", "reasoning", (cups,), "a ball under one of five swapped cups", unseen=True),
    Task("sum+code", "math", (chain, ops), "a sum and a function in one prompt", unseen=True),
    Task("day+code", "reasoning", (day, cond), "a weekday and a function in one prompt",
         unseen=True),
    Task("story", "code", (story,), "a word problem that wants a function", unseen=True),
    Task("opposite", OTHERS, (opposite,), "small talk, no domain", unseen=True),
)}
UNSEEN = tuple(task for task in TASKS.values() if task.unseen)
_TRAINED = tuple(t for t in TASKS.values() if not t.unseen and t.name != "classifier")
# Labels are drawn evenly by prompt, so "others" (one family of ten) is named three times.
_TRAINED = (*_TRAINED, TASKS["echo"], TASKS["echo"])


def trained_on(expert: str) -> tuple[Task, ...]:
    """The families that an expert (a domain, or "classifier") is trained and tested on."""
    if expert == "classifier":
        return (TASKS["classifier"],)
    return tuple(t for t in TASKS.values() if t.label == expert and not t.unseen)
