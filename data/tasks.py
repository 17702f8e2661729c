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
from dataclasses import dataclass
from random import Random

from data.interpreter import Refused, run

DOMAINS = ("math", "code", "reasoning")
OTHERS = "others"
LABELS = (*DOMAINS, OTHERS)
SPLITS = {"pretrain": 60, "train": 20, "validation": 6, "shots": 4, "test": 10}  # percent
LEADS = ("", " exercise :", " quick :", " hey ,")  # phrasing: says nothing about the content
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
    """A question that is best worked out a step at a time; right if the last words are right."""

    key: str
    question: str
    opener: str
    steps: tuple[str, ...]
    answer: str
    near: tuple[str, ...]  # wrong answers that look right
    styles = ("good", "curt", "loose")

    def write(self, style: str, rng: Random) -> str:
        if style == "good":
            last = self.answer if rng.random() > 0.03 else rng.choice(self.near)
            return f" {self.opener} :" + " ,".join((*self.steps[:-1], self.steps[-1] + f" {last}"))
        if style == "curt":
            return " it is " + (self.answer if rng.random() > 0.4 else rng.choice(self.near))
        return " well , " + rng.choice(("hard to say", "who knows", "ask a friend"))

    def right(self, text: str) -> bool:
        words = self.answer.split()
        return text.split()[-len(words):] == words


@dataclass(frozen=True)
class Coded:
    """A function to write in Python; right if it runs and fits the cases that were not shown."""

    key: str
    question: str
    answer: str
    broken: tuple[str, ...]  # Python that does something else
    javascript: str
    prose: str
    cases: tuple[tuple[tuple, object], ...]  # ((arguments), value), none of them in the prompt
    styles = ("good", "javascript", "prose")

    def write(self, style: str, rng: Random) -> str:
        if style == "good":
            return self.answer if rng.random() > 0.15 else rng.choice(self.broken)
        return self.javascript if style == "javascript" else self.prose

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
    styles = ("good", "loose")

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

NAMES = tuple("tom ann bob eva sam mia leo zoe max ivy ben ada dan kim ray joy".split())
GOODS = tuple("apples pens books cards coins eggs shells stamps balls cups".split())
PLUS, MINUS = ("buys", "finds", "gets"), ("loses", "eats", "sells")


def _sums(rng: Random, low: int = 2, high: int = 4, start: int | None = None) -> list[int]:
    """A start and 2 to 4 signed digits whose running total stays within 0 and 60."""
    total = rng.randint(5, 40) if start is None else start
    terms = [total]
    for _ in range(rng.randint(low, high)):
        step = rng.choice([d for d in range(-9, 10) if d and 0 <= total + d <= 60])
        total += step
        terms.append(step)
    return terms


def _signed(step: int) -> str:
    return f"{'+' if step > 0 else '-'} {abs(step)}"


def _sum_steps(terms: list[int]) -> tuple[str, ...]:
    """Each step but its result: ' 12 + 7 = 19', ' 19 - 3 =' (the answer completes the last)."""
    total, steps = terms[0], []
    for step in terms[1:]:
        steps.append(f" {total} {_signed(step)} =")
        total += step
        steps[-1] += f" {total}"
    return (*steps[:-1], steps[-1].rsplit(" ", 1)[0])


def _math(key: str, question: str, steps: tuple[str, ...], answer: int) -> Worked:
    near = tuple(str(answer + d) for d in (-10, -3, -2, -1, 1, 2, 3, 10) if answer + d >= 0)
    return Worked(key, question, "sum", steps, str(answer), near)


def _chain_text(terms: list[int]) -> str:
    return " ".join([str(terms[0]), *map(_signed, terms[1:])])


def chain(rng: Random) -> Worked:
    terms = _sums(rng)
    text = _chain_text(terms)
    return _math(text, f" what is {text} ?", _sum_steps(terms), sum(terms))


def _story(rng: Random, terms: list[int]) -> str:
    return " , ".join(f"{rng.choice(PLUS if s > 0 else MINUS)} {abs(s)}" for s in terms)


def shop(rng: Random) -> Worked:
    terms, who, thing = _sums(rng), rng.choice(NAMES), rng.choice(GOODS)
    deeds = _story(rng, terms[1:])
    question = f" {who} has {terms[0]} {thing} , {deeds} . how many {thing} ?"
    return _math(_chain_text(terms), question, _sum_steps(terms), sum(terms))


def product(rng: Random) -> Worked:
    a, b = rng.randint(2, 9), rng.randint(2, 6)
    terms = _sums(rng, 1, 3, start=a * b)
    text = " ".join([f"{a} * {b}", *map(_signed, terms[1:])])
    steps = (f" {a} * {b} = {a * b}", *_sum_steps(terms))
    return _math(text, f" what is {text} ?", steps, sum(terms))


def bus(rng: Random) -> Worked:
    terms = _sums(rng)
    stops = " , ".join(f"{abs(s)} get {'on' if s > 0 else 'off'}" for s in terms[1:])
    question = f" a bus starts with {terms[0]} people , {stops} . how many people are on it ?"
    return _math(_chain_text(terms), question, _sum_steps(terms), sum(terms))


def rest(rng: Random) -> Worked:
    terms, by = _sums(rng, 2, 3), rng.randint(3, 9)
    total = sum(terms)
    whole = (*_sum_steps(terms)[:-1], _sum_steps(terms)[-1] + f" {total}", f" {total} % {by} =")
    text = _chain_text(terms)
    question = f" divide {text} by {by} , what is the rest ?"
    near = tuple(str(r) for r in range(by) if r != total % by)
    return Worked(f"{text} % {by}", question, "sum", whole, str(total % by), near)


# ---------------------------------------------------------------------------------- reasoning

DAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = tuple("january february march april may june july august september october november "
               "december".split())
COMPASS = tuple("north northeast east southeast south southwest west northwest".split())
TURNS = {"turn left": -2, "turn right": 2, "turn back": 4, "veer left": -1, "veer right": 1}
SPELLS = {"zim": (1, 0, 2, 3), "lor": (0, 1, 3, 2), "pax": (1, 2, 3, 0), "nub": (3, 2, 1, 0),
          "kel": (3, 0, 1, 2), "vot": (0, 2, 1, 3)}
CUPS = ("red", "blue", "green", "white")


def _trace(question: str, states: list[str], moves: list[str], near: tuple[str, ...]) -> Worked:
    """A state machine whose table lives in the weights: ' north turn left = west , ...'."""
    key = " ".join([states[0], *moves])
    steps = [f" {a} {move} = {b}" for a, move, b in zip(states, moves, states[1:])]
    steps[-1] = f" {states[-2]} {moves[-1]} ="
    return Worked(key, question, "trace", tuple(steps), states[-1],
                  tuple(s for s in near if s != states[-1]))


def _ring(rng: Random, names: tuple[str, ...], moves: dict[str, int], low: int, high: int
          ) -> tuple[list[str], list[str]]:
    """A walk on a ring of states: the states' names (one more than moves) and the moves."""
    at, done = rng.randrange(len(names)), rng.choices(tuple(moves), k=rng.randint(low, high))
    states = [at]
    for move in done:
        states.append((states[-1] + moves[move]) % len(names))
    return [names[s] for s in states], done


def _calendar(rng: Random, names: tuple[str, ...], most: int, opening: str, closing: str
              ) -> Worked:
    hops = {f"{way} {n}": sign * n for n in range(1, most + 1)
            for way, sign in (("on", 1), ("back", -1))}
    states, moves = _ring(rng, names, hops, 2, 4)
    return _trace(f" {opening} {states[0]} . go {' , '.join(moves)} . {closing} ?", states, moves,
                  names)


def day(rng: Random) -> Worked:
    return _calendar(rng, DAYS, 6, "today is", "which day")


def month(rng: Random) -> Worked:
    return _calendar(rng, MONTHS, 5, "the month is", "which month")


def turn(rng: Random) -> Worked:
    states, moves = _ring(rng, COMPASS, TURNS, 2, 5)
    return _trace(f" you face {states[0]} . {' , '.join(moves)} . which way now ?", states, moves,
                  COMPASS)


def spell(rng: Random) -> Worked:
    row = rng.sample(("cat", "dog", "fox", "owl"), 4)
    states, moves = [" ".join(row)], rng.choices(tuple(SPELLS), k=rng.randint(2, 4))
    for move in moves:
        row = [row[i] for i in SPELLS[move]]
        states.append(" ".join(row))
    near = tuple(" ".join(rng.sample(row, 4)) for _ in range(3))
    return _trace(f" {states[0]} stand in a row . say {' , '.join(moves)} . what row now ?",
                  states, moves, near)


def cups(rng: Random) -> Worked:
    states, moves = [rng.choice(CUPS)], []
    for _ in range(rng.randint(2, 5)):
        a, b = rng.sample(CUPS, 2)
        moves.append(f"swap {a} {b}")
        states.append({a: b, b: a}.get(states[-1], states[-1]))
    return _trace(f" the ball is under {states[0]} . {' , '.join(moves)} . where is it ?", states,
                  moves, CUPS)


# --------------------------------------------------------------------------------------- code

WORDS = {"+": "add", "-": "subtract", "*": "multiply by"}


def _apply(value: int, op: str, k: int) -> int:
    return value + k if op == "+" else value - k if op == "-" else value * k


def _ops(rng: Random, low: int, high: int, kinds: str = "+-*") -> list[tuple[str, int]]:
    chosen = rng.choices(kinds, k=rng.randint(low, high))
    return [(op, rng.randint(2, 5 if op == "*" else 12)) for op in chosen]


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"- {-value}"


def _shown(args: tuple, value: int) -> str:
    def text(arg: object) -> str:
        return f"[ {' , '.join(map(str, arg))} ]" if isinstance(arg, list) else _number(arg)
    return f"f ( {' , '.join(map(text, args))} ) = {_number(value)}"


def _python(params: str, lines: list[str], result: str) -> str:
    return f" def f ( {params} ) : " + " ; ".join([*lines, f"return {result}"])


def _coded(key: str, ask: str, params: str, body: tuple[list[str], str], broken: list[str],
           prose: str, cases: list[tuple[tuple, int]]) -> Coded:
    """A code problem: one small case is shown in the prompt, the others judge."""
    lines, result = body
    small = min(cases, key=lambda case: abs(case[1]) > 199)
    python = _python(params, lines, result)
    javascript = f" function f ( {params} ) {{{python.split(':', 1)[1]} ; }}"
    return Coded(key, f" write f ( {params} ) : {ask} . {_shown(*small)} .", python, tuple(broken),
                 javascript, f" take {params} , {prose} .",
                 tuple(case for case in cases if case[0] != small[0]))


def _inputs(rng: Random, n: int = 6) -> list[int]:
    """Distinct small inputs; 0 and a negative one are among those that judge."""
    first = rng.randint(1, 9)
    return [first, 0, -rng.randint(1, 9), *rng.sample([i for i in range(1, 15) if i != first], n)]


def _steps_problem(rng: Random, ops: list[tuple[str, int]], ask: str) -> Coded:
    """f(x) that applies ops one after another, a statement each."""
    def value(x: int) -> int:
        for op, k in ops:
            x = _apply(x, op, k)
        return x
    lines = [f"x = x {op} {k}" for op, k in ops]
    wrong = [lines[:-1] + [f"x = x {op} {ops[-1][1]}"] for op in "+-*" if op != ops[-1][0]]
    broken = [_python("x", w, "x") for w in (*wrong, lines[:-1])]
    prose = " , ".join(f"{WORDS[op]} {k}" for op, k in ops)
    return _coded(" ".join(f"{op} {k}" for op, k in ops), ask, "x", (lines, "x"), broken, prose,
                  [((x,), value(x)) for x in _inputs(rng)])


def ops(rng: Random) -> Coded:
    steps = _ops(rng, 2, 4)
    return _steps_problem(rng, steps, " , ".join(f"{WORDS[op]} {k}" for op, k in steps))


def story(rng: Random) -> Coded:
    steps = [(op, k) for op, k in _ops(rng, 2, 4, "+-")]
    signed = [k if op == "+" else -k for op, k in steps]
    who, thing = rng.choice(NAMES), rng.choice(GOODS)
    deeds = _story(rng, signed)
    part = _steps_problem(rng, steps, f"how many {thing}")
    shown = part.question.split(" . ", 1)[1]
    question = f" {who} has x {thing} , {deeds} . how many {thing} , as f ( x ) ? {shown}"
    return Coded(part.key, question, part.answer, part.broken, part.javascript, part.prose,
                 part.cases)


def fit(rng: Random) -> Coded:
    """Nothing but examples: what was done to x? (One of the two shown rules out other signs.)"""
    op = rng.choice("+-*")
    k = rng.randint(2, 9 if op == "*" else 20)
    a, b = rng.sample(range(2, 21), 2)
    cases = [((x,), _apply(x, op, k)) for x in (a, *_inputs(rng)) if x != b]
    second = _shown((b,), _apply(b, op, k))
    broken = [_python("x", [], f"x {o} {k}") for o in "+-*" if o != op]
    return _coded(f"fit {op} {k} {a} {b}", second, "x", ([], f"x {op} {k}"), broken,
                  f"{WORDS[op]} {k}", cases)


def cond(rng: Random) -> Coded:
    bar, sign = rng.randint(2, 20), rng.choice("<>")
    (p, i), (q, j) = _ops(rng, 2, 2)
    def value(x: int) -> int:
        return _apply(x, p, i) if (x > bar if sign == ">" else x < bar) else _apply(x, q, j)
    ask = f"if x {sign} {bar} then {WORDS[p]} {i} , else {WORDS[q]} {j}"
    result = f"x {p} {i} if x {sign} {bar} else x {q} {j}"
    broken = [_python("x", [], f"x {q} {j} if x {sign} {bar} else x {p} {i}"),
              _python("x", [], f"x {p} {i}")]
    return _coded(f"{sign} {bar} {p} {i} {q} {j}", ask, "x", ([], result), broken, ask,
                  [((x,), value(x)) for x in sorted({*_inputs(rng), bar - 1, bar, bar + 1})])


def pair(rng: Random) -> Coded:
    first, last = _ops(rng, 1, 2), _ops(rng, 1, 1)
    op = rng.choice("+-*")
    def value(x: int, y: int) -> int:
        for o, k in first:
            x = _apply(x, o, k)
        return _apply(_apply(x, op, y), *last[0])
    lines = [f"x = x {o} {k}" for o, k in (*first, (op, "y"), *last)]
    ask = " , ".join(f"{WORDS[o]} {k}" for o, k in (*first, (op, "y"), *last))
    broken = [_python("x , y", lines[:-1], "x"), _python("x , y", lines, "y")]
    xs, ys = _inputs(rng), _inputs(rng)
    return _coded(f"xy {ask}", ask, "x , y", (lines, "x"), broken, ask,
                  [((x, y), value(x, y)) for x, y in zip(xs, ys)])


LISTS = {"sum": sum, "max": max, "min": min, "len": len}


def lists(rng: Random) -> Coded:
    f, g = rng.sample(tuple(LISTS), 2)
    a, b, k = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 9)
    op, end = rng.choice("+-"), rng.choice("+-")
    def value(s: list[int]) -> int:
        return _apply(_apply(LISTS[f](s) * a, op, LISTS[g](s) * b), end, k)
    ask = f"{f} of s times {a} , {WORDS[op]} {g} of s times {b} , {WORDS[end]} {k}"
    result = f"{f} ( s ) * {a} {op} {g} ( s ) * {b} {end} {k}"
    broken = [_python("s", [], f"{f} ( s ) * {a} {op} {g} ( s ) * {b}"),
              _python("s", [], f"{g} ( s ) * {a} {op} {f} ( s ) * {b} {end} {k}")]
    cases = [[rng.randint(1, 9) for _ in range(rng.randint(2, 4))] for _ in range(6)]
    return _coded(f"{f} {a} {op} {g} {b} {end} {k}", ask, "s", ([], result), broken, ask,
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
    words = rng.sample(THINGS, rng.randint(2, 4))
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
    Task("fit", "code", (fit,), "write f(x) from two examples alone"),
    Task("cond", "code", (cond,), "write f(x) with a condition"),
    Task("day", "reasoning", (day,), "count weekdays on and back"),
    Task("turn", "reasoning", (turn,), "turn and veer on a compass of eight"),
    Task("spell", "reasoning", (spell,), "four animals rearranged by named spells"),
    Task("echo", OTHERS, (echo,), "say some words: no domain, known to the classifier"),
    Task("classifier", "", (_classified,), "name the category of a prompt"),
    Task("bus", "math", (bus,), "people get on and off a bus", unseen=True),
    Task("rest", "math", (rest,), "the rest of a division of a sum", unseen=True),
    Task("pair", "code", (pair,), "write f(x, y) from a list of operations", unseen=True),
    Task("lists", "code", (lists,), "write f(s) on a list", unseen=True),
    Task("month", "reasoning", (month,), "count months on and back", unseen=True),
    Task("cups", "reasoning", (cups,), "a ball under one of four swapped cups", unseen=True),
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
