"""The built-in families of problems, in math, code, reasoning and none of these.

The paper trains its experts on GSM8K, MBPP-pro and ARC-Easy and adapts to MATH, HumanEval and
ARC-Challenge (Sec. 4); here each domain has three families for training and two that its expert
never sees, and beside them stand tasks that need two domains at once, one that looks like math
and wants code, and small talk that belongs to no domain. Left out: the data sets themselves,
which a model of this size can't learn, and pictures (the paper's TextVQA), for the model reads
text alone.

A maker is a function from a random generator to one part: `chain`, `day`, `cond` and so on, each
with a specimen in its docstring. `TASKS`, at the end, is all families by name.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from random import Random

from data.tasks.problem import LABELS, LEADS, OTHERS, WHICH, Coded, Said, Task, Worked

# ------------------------------------------------------------------------------------------- math
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


def _signed(numbers: list[int]) -> list[str]:
    return [f"{number:+d}" for number in numbers]


def _math(question: str, states: list[int], moves: list[str]) -> Worked:
    """A part of this question; "{}" in it is the first state and all moves."""
    answer, key = states[-1], " ".join([str(states[0]), *moves])
    near = tuple(str(answer + d) for d in (-10, -3, -2, -1, 1, 2, 3, 10) if answer + d >= 0)
    working = _walk([str(state) for state in states], moves)
    return Worked("math", key, question.format(key), working, str(answer), near,
                  f" def f ( x ) : return x {' '.join(moves)}")


def _summed(question: str, terms: list[int]) -> Worked:
    return _math(question, [*accumulate(terms)], _signed(terms[1:]))


def chain(rng: Random) -> Worked:
    """A chain of additions and subtractions.

    >>> chain(Random(0)).question
    ' what is 26 +1 -6 -7 ?'
    """
    return _summed(" what is {} ?", _sums(rng))


def _deeds(rng: Random, steps: list[int], plus: tuple[str, ...], minus: tuple[str, ...]) -> str:
    return " , ".join(f"{rng.choice(plus if s > 0 else minus)} {abs(s)}" for s in steps)


def shop(rng: Random) -> Worked:
    """Such a chain as a word problem, about things that come and go.

    >>> shop(Random(2)).question
    ' mia has 5 coins , finds 1 , gets 4 . how many coins ?'
    """
    terms, who, thing = _sums(rng), rng.choice(NAMES), rng.choice(GOODS)
    deeds = _deeds(rng, terms[1:], PLUS, MINUS)
    return _summed(f" {who} has {terms[0]} {thing} , {deeds} . how many {thing} ?", terms)


def product(rng: Random) -> Worked:
    """A product, then additions and subtractions.

    >>> product(Random(1)).question, product(Random(1)).working
    (' what is 4 *2 +2 +9 ?', ' 4 *2 = 8 +2 = 10 +9 =')
    """
    a, b = rng.randint(2, 9), rng.randint(2, 5)
    terms = _sums(rng, 1, 3, start=a * b)
    return _math(" what is {} ?", [a, *accumulate(terms)], [f"*{b}", *_signed(terms[1:])])


def bus(rng: Random) -> Worked:
    """People get on and off a bus.

    >>> bus(Random(2)).question
    ' a bus starts with 5 people , takes 1 , collects 4 . how many people are on it ?'
    """
    terms = _sums(rng)
    stops = _deeds(rng, terms[1:], ("takes", "collects"), ("drops", "leaves"))
    question = f" a bus starts with {terms[0]} people , {stops} . how many people are on it ?"
    return _summed(question, terms)


def times(rng: Random) -> Worked:
    """A chain that comes to 2 to 9, and then a multiple of it.

    >>> times(Random(1)).question
    ' what is 3 +4 +6 -9 , and all of that *5 ?'
    """
    terms, by = _sums(rng), rng.randint(2, 5)
    while not 2 <= sum(terms) <= 9:
        terms = _sums(rng)
    text = " ".join([str(terms[0]), *_signed(terms[1:])])
    return _math(f" what is {text} , and all of that *{by} ?",
                 [*accumulate(terms), sum(terms) * by], [*_signed(terms[1:]), f"*{by}"])


# -------------------------------------------------------------------------------------- reasoning

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
    moves = _signed([hop * unit for hop in hops])

    def after(state: str, move: str) -> str:
        return names[(names.index(state) + int(move) // unit) % len(names)]
    return _trace(rng, question, rng.choice(names), moves, after, names)


def day(rng: Random) -> Worked:
    """Weekdays, on and back.

    >>> day(Random(0)).question
    ' today is friday . go +5 -4 +2 days . which day ?'
    >>> day(Random(0)).working
    ' friday +5 = wednesday -4 = saturday +2 ='
    """
    return _ring(rng, DAYS, 6, 1, " today is {} . go {} days . which day ?")


def month(rng: Random) -> Worked:
    """Months, on and back.

    >>> month(Random(0)).question, month(Random(0)).answer
    (' the month is october . go +5 -4 +2 months . which month ?', 'january')
    """
    return _ring(rng, MONTHS, 6, 1, " the month is {} . go {} months . which month ?")


def turn(rng: Random) -> Worked:
    """A compass of eight directions, in degrees.

    >>> turn(Random(0)).question, turn(Random(0)).answer
    (' you face west . turn +180 -90 +45 degrees . which way now ?', 'northeast')
    """
    return _ring(rng, COMPASS, 5, 45, " you face {} . turn {} degrees . which way now ?")


def spell(rng: Random) -> Worked:
    """Each spell turns an animal into another one, by a rule that only the text can teach.

    >>> spell(Random(1)).question
    ' a wizard has a dog and says lor pax . what animal is it now ?'
    >>> spell(Random(1)).working
    ' dog lor = cat pax ='
    """
    def after(animal: str, word: str) -> str:
        at, key = ANIMALS.index(animal), SPELLS[word]
        return ANIMALS[(at * (3 if key % 2 else 5) + key) % len(ANIMALS)]
    words = rng.sample(tuple(SPELLS), rng.randint(2, 4))
    return _trace(rng, " a wizard has a {} and says {} . what animal is it now ?",
                  rng.choice(ANIMALS), words, after, ANIMALS)


def cups(rng: Random) -> Worked:
    """A ball under one of five cups, of which two at a time are swapped.

    >>> cups(Random(2)).question
    ' the ball is under red . swap red-green blue-white . where is the ball ?'
    >>> cups(Random(2)).working
    ' red red-green = green blue-white ='
    """
    def after(cup: str, swap: str) -> str:
        a, b = swap.split("-")
        return {a: b, b: a}.get(cup, cup)
    return _trace(rng, " the ball is under {} . swap {} . where is the ball ?", rng.choice(CUPS),
                  rng.sample(SWAPS, rng.randint(2, 4)), after, CUPS)


# ------------------------------------------------------------------------------------------- code

WORDS = {"+": "add", "-": "subtract", "*": "multiply by"}


def _apply(value: int, *steps: tuple[str, int]) -> int:
    """What operations make of a value, one after another.

    >>> _apply(3, ("+", 2), ("*", 10))
    50
    """
    for op, k in steps:
        value = value + k if op == "+" else value - k if op == "-" else value * k
    return value


def _ops(rng: Random, low: int, high: int, kinds: str = "+-*") -> list[tuple[str, int]]:
    """Operations with numbers of different size."""
    sizes = rng.sample(range(2, 16), rng.randint(low, high))
    return [(rng.choice(kinds), k) for k in sizes]


def _coded(key: str, ask: str, params: str, body: list[str], broken: list[list[str]],
           cases: list[tuple[tuple, int]], prose: str = "") -> Coded:
    """A part whose answer is this body: lines, the last of them what f returns."""
    python, *wrong = [" ; ".join([*lines, f"return {result}"])
                      for *lines, result in (body, *broken)]
    head = f" def f ( {params} ) : "
    return Coded(key, f" write f ( {params} ) : {ask} .", head + python,
                 tuple(head + text for text in wrong),
                 f" function f ( {params} ) {{ {python} ; }}",
                 f" trace : {params} , {prose or ask}", tuple(cases))


def _inputs(rng: Random) -> list[int]:
    """Eight distinct small inputs, 0 and a negative one among them."""
    return [0, -rng.randint(1, 9), *rng.sample(range(1, 15), 6)]


def _steps_problem(rng: Random, ops: list[tuple[str, int]], ask: str) -> Coded:
    """f(x) that applies ops one after another, a statement each."""
    *first, last = [f"x = x {op}{k}" for op, k in ops]
    ends = [[f"x = x {op}{ops[-1][1]}"] for op in "+-*" if op != ops[-1][0]]
    return _coded(" ".join(f"{op}{k}" for op, k in ops), ask, "x", [*first, last, "x"],
                  [[*first, *end, "x"] for end in (*ends, [])],
                  [((x,), _apply(x, *ops)) for x in _inputs(rng)],
                  prose=" , ".join(f"{WORDS[op]} {k}" for op, k in ops))


def ops(rng: Random) -> Coded:
    """Write f(x) from a list of operations.

    >>> ops(Random(2)).question
    ' write f ( x ) : do -3 +15 in this order .'
    >>> ops(Random(2)).answer
    ' def f ( x ) : x = x -3 ; x = x +15 ; return x'
    """
    steps = _ops(rng, 2, 4)
    text = " ".join(f"{op}{k}" for op, k in steps)
    return _steps_problem(rng, steps, f"do {text} in this order")


def story(rng: Random) -> Coded:
    """A word problem that looks like math and wants a function.

    >>> story(Random(2)).question
    ' ivy has x coins , sells 3 , buys 15 . how many coins , as f ( x ) ?'
    """
    steps = _ops(rng, 2, 4, "+-")
    who, thing = rng.choice(NAMES), rng.choice(GOODS)
    deeds = _deeds(rng, [_apply(0, step) for step in steps], PLUS, MINUS)
    part = _steps_problem(rng, steps, f"how many {thing}")
    question = f" {who} has x {thing} , {deeds} . how many {thing} , as f ( x ) ?"
    return replace(part, question=question)


def poly(rng: Random) -> Coded:
    """Write f(x), a polynomial of the second degree.

    >>> poly(Random(1)).question
    ' write f ( x ) : 6 squares of x , -4 times x , +10 .'
    >>> poly(Random(1)).answer
    ' def f ( x ) : return 6 * x * x -4 * x +10'
    """
    a, b, c = rng.sample(range(2, 20), 3)
    b, c = b * rng.choice((-1, 1)), c * rng.choice((-1, 1))
    return _coded(f"poly {a} {b} {c}", f"{a} squares of x , {b:+d} times x , {c:+d}", "x",
                  [f"{a} * x * x {b:+d} * x {c:+d}"],
                  [[f"{a} * x * x {b:+d} * x"], [f"{a} * x {c:+d}"]],
                  [((x,), a * x * x + b * x + c) for x in _inputs(rng)])


def cond(rng: Random) -> Coded:
    """Write f(x) with a condition; the cases stand on both sides of it and on its border.

    >>> cond(Random(2)).question
    ' write f ( x ) : if x < 10 then *7 , else *4 .'
    >>> cond(Random(2)).answer
    ' def f ( x ) : return x *7 if x < 10 else x *4'
    """
    bar, sign = rng.randint(10, 19), rng.choice("<>")
    (p, i), (q, j) = _ops(rng, 2, 2)

    def value(x: int) -> int:
        return _apply(x, (p, i) if (x > bar if sign == ">" else x < bar) else (q, j))
    test = f"x {sign} {bar}"
    return _coded(f"{sign} {bar} {p}{i} {q}{j}", f"if {test} then {p}{i} , else {q}{j}", "x",
                  [f"x {p}{i} if {test} else x {q}{j}"],
                  [[f"x {q}{j} if {test} else x {p}{i}"], [f"x {p}{i}"]],
                  [((x,), value(x)) for x in sorted({*_inputs(rng), bar - 1, bar, bar + 1})])


def pair(rng: Random) -> Coded:
    """Write f(x, y): one or two operations, then one with y, then a last one.

    >>> pair(Random(2)).question
    ' write f ( x , y ) : do -3 * y +15 in this order .'
    >>> pair(Random(2)).answer
    ' def f ( x , y ) : x = x -3 ; x = x * y ; x = x +15 ; return x'
    """
    steps = _ops(rng, 2, 3)
    op = rng.choice("+-*")
    *first, last = [f"{o}{k}" for o, k in steps]
    moves = [*first, f"{op} y", last]
    lines, ask = [f"x = x {move}" for move in moves], f"do {' '.join(moves)} in this order"
    return _coded(f"xy {ask}", ask, "x , y", [*lines, "x"], [[*lines[:-1], "x"], [*lines, "y"]],
                  [((x, y), _apply(x, *steps[:-1], (op, y), steps[-1]))
                   for x, y in zip(_inputs(rng), _inputs(rng))])


LISTS = {"sum": sum, "max": max, "min": min, "len": len}


def lists(rng: Random) -> Coded:
    """Write f(s) on a list: two of its sum, max, min and len, weighed.

    >>> lists(Random(2)).question
    ' write f ( s ) : sum *3 - len *4 , -9 .'
    >>> lists(Random(2)).answer
    ' def f ( s ) : return sum ( s ) *3 - len ( s ) *4 -9'
    """
    f, g = rng.sample(tuple(LISTS), 2)
    a, b, k = rng.sample(range(2, 10), 3)
    op, end = rng.choice("+-"), rng.choice("+-")

    def value(s: list[int]) -> int:
        return _apply(LISTS[f](s) * a, (op, LISTS[g](s) * b), (end, k))
    cases = [[rng.randint(1, 9) for _ in range(rng.randint(2, 4))] for _ in range(6)]
    right = f"{f} ( s ) *{a} {op} {g} ( s ) *{b}"
    return _coded(f"{f} {a} {op} {g} {b} {end}{k}", f"{f} *{a} {op} {g} *{b} , {end}{k}", "s",
                  [f"{right} {end}{k}"],
                  [[right], [f"{g} ( s ) *{a} {op} {f} ( s ) *{b} {end}{k}"]],
                  [((s,), value(s)) for s in cases])


# ----------------------------------------------------------------------------- no domain, and all

OPPOSITES = dict(hot="cold", big="small", old="new", wet="dry", fast="slow", high="low",
                 hard="soft", full="empty", light="dark", loud="quiet", rich="poor", near="far",
                 early="late", sweet="sour", clean="dirty", long="short")
THINGS = tuple("soup house road river chair table stone horse train garden window shirt bread "
               "candle bottle ladder pillow carpet basket bridge tower field island forest "
               "kettle hammer mirror wagon saddle blanket lantern barrel cabin tunnel harbor "
               "valley meadow castle engine anchor".split())


def opposite(rng: Random) -> Said:
    """Small talk that wants the opposite of a word.

    >>> opposite(Random(2)).question, opposite(Random(2)).answer
    (' bob says the table is wet . no , it is the opposite , it is', 'dry')
    """
    pairs = [*OPPOSITES.items(), *((b, a) for a, b in OPPOSITES.items())]
    (word, other), who, thing = rng.choice(pairs), rng.choice(NAMES), rng.choice(THINGS)
    question = f" {who} says the {thing} is {word} . no , it is the opposite , it is"
    return Said(f"{who} {thing} {word}", question, other, (word, "old", "new"))


def echo(rng: Random) -> Said:
    """Words to be said again.

    >>> echo(Random(2)).question, echo(Random(2)).answer
    (' please say table forest window', 'table forest window')
    """
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
    Task("echo", OTHERS, (echo,), "say some words; of no domain"),
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
# Labels are drawn evenly by prompt, so "others" (one family of ten) is named three times.
_TRAINED = (*(t for t in TASKS.values() if not t.unseen and t.name != "classifier"),
            TASKS["echo"], TASKS["echo"])


def trained_on(expert: str) -> tuple[Task, ...]:
    """The families that an expert (a domain, or "classifier") is trained and tested on.

    >>> [task.name for task in trained_on("math")]
    ['chain', 'shop', 'product']
    """
    if expert == "classifier":
        return (TASKS["classifier"],)
    return tuple(t for t in TASKS.values() if t.label == expert and not t.unseen)
