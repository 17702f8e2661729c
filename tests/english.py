"""Tasks in plain English for a small open model: `python -m tests.english DIR` writes them.

    train.jsonl    what an expert is trained and tested on: math, code, reasoning
    unseen.jsonl   other families, for adaptation: bags and steps (math), pair (code), member
                   (reasoning), and two that need two domains: story (math and code), count
    zero.jsonl, more.jsonl    controls: the questions of train.jsonl after no and after more shots

They take the place of the paper's data sets (Sec. 4: GSM8K, MBPP-pro, ARC-Easy, and what it
adapts to), which are beyond a model of some 100M parameters. Left out: chat headers, so that base
models can be asked too.

A prompt is text to be continued: solved questions, the same for the whole domain, then its own.
Nothing in the solved ones comes up in a question. A line's split is a hash of its prompt (see
data/tasks/jsonl.py); questions also have a key, their word or numbers, and only prompts that fall
into their key's own split are kept, so test words and sums are new ones. The words of unseen.jsonl
are test words. The controls have splits of their own: they are for the base, which was not
trained.

A family (`math`, `code`, ... `count`) is a function from a random generator to one Item.
"""
from __future__ import annotations

import json
import sys
from ast import literal_eval
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from data.files import write_whole
from data.tasks.interpreter import run
from data.tasks.jsonl import SPLITS, canonical
from data.tasks.problem import split_of

WORDS = """\
animal: dog cat horse cow pig sheep goat lion tiger bear wolf fox rabbit mouse rat deer camel \
elephant giraffe zebra monkey gorilla whale dolphin shark eagle owl frog
fruit: apple pear banana grape cherry lemon mango peach plum melon fig kiwi apricot papaya \
pineapple strawberry raspberry blueberry coconut grapefruit nectarine guava lychee
tool: hammer saw drill wrench pliers screwdriver chisel shovel rake axe hoe spade ladder clamp \
crowbar scissors tweezers mallet scythe sickle trowel hacksaw pickaxe anvil
color: red blue green yellow purple brown black white gray pink turquoise beige crimson scarlet \
maroon magenta cyan teal indigo lavender khaki mauve burgundy
country: France Spain Italy Germany Japan India Brazil Mexico Canada Egypt Kenya Norway Sweden \
Poland Greece Peru Chile Cuba Iran Iraq Nepal Vietnam Thailand Portugal Austria Belgium Denmark \
Finland Ireland Nigeria Ghana Morocco Algeria Australia
job: doctor teacher nurse lawyer farmer carpenter plumber pilot chef dentist engineer butcher \
tailor barber painter librarian judge soldier electrician waiter cashier journalist architect \
firefighter accountant mechanic secretary actor gardener
instrument: piano violin guitar flute drum trumpet cello harp clarinet saxophone trombone oboe \
banjo ukulele tuba bassoon accordion harmonica mandolin viola xylophone tambourine lute \
harpsichord piccolo
sport: soccer tennis golf hockey boxing rugby baseball basketball volleyball cricket swimming \
skiing surfing wrestling rowing cycling badminton karate judo fencing archery snowboarding \
gymnastics lacrosse softball sailing bowling skating
vegetable: carrot potato onion cabbage spinach broccoli lettuce celery cauliflower cucumber \
radish turnip asparagus zucchini eggplant leek garlic kale parsnip artichoke yam squash okra \
shallot
furniture: chair table sofa desk bed couch bookcase dresser wardrobe stool bench cupboard \
armchair nightstand cabinet bookshelf recliner ottoman footstool sideboard crib
clothing: shirt coat hat glove sock dress skirt sweater jacket scarf jeans vest pajamas blouse \
shorts mitten hoodie tuxedo apron trousers raincoat cardigan robe
metal: iron copper silver tin lead zinc nickel aluminum steel brass platinum titanium chromium \
tungsten cobalt mercury uranium magnesium lithium
"""
KINDS = {line.split(": ")[0]: line.split(": ")[1].split() for line in WORDS.splitlines()}
KIND = {word: kind for kind, words in KINDS.items() for word in words}
HELD = {kind: [w for w in words if split_of(w, SPLITS) == "test"] for kind, words in KINDS.items()}
NAMES = ("Ann Bob Carl Dora Emil Fay Gus Hana Ivan Jane Karl Lena Mia Nils Olga Paul Rosa Sam "
         "Tina Uwe").split()
THINGS = "pears books coins cards shells stamps marbles buttons pens eggs cups keys".split()
# Solved questions, in words, names and numbers that no family draws.
SHOTS = """\
math: Vera has 31 nuts and loses 11. How many nuts are left? => 31 - 11 = 20
math: Hugo has 24 hats and gets 13 more. How many hats does Hugo have now? => 24 + 13 = 37
math: Vera has 35 nuts and Hugo has 12. How many nuts do they have together? => 35 + 12 = 47
bags: Vera has 3 bags with 11 nuts in each. How many nuts does Vera have? => 3 * 11 = 33
bags: Hugo has 10 bags with 5 hats in each. How many hats does Hugo have? => 10 * 5 = 50
steps: Vera has 31 nuts, gets 10 more and loses 11. How many nuts are left? => 31 + 10 - 11 = 30
steps: Hugo has 24 hats, gets 13 more and loses 5. How many hats are left? => 24 + 13 - 5 = 32
code: Write f(x): subtract 17 from x, then double it. => def f(x): return 2 * (x - 17)
code: Write f(x): the last item of the list x plus 18. => def f(x): return x[-1] + 18
code: Write f(x): 44 if x is over 31, else x. => def f(x): return 44 if x > 31 else x
code: Write f(x): triple x, then add 16. => def f(x): return 3 * x + 16
code: Write f(x): the sum of the list x times 19. => def f(x): return sum(x) * 19
code: Write f(x): 36 if x is under 51, else x. => def f(x): return 36 if x < 51 else x
pair: Write f(c, d): 12 times c, minus d. => def f(c, d): return 12 * c - d
pair: Write f(g, h): the larger of g and h, minus 11. => def f(g, h): return max(g, h) - 11
story: Write f(x): Vera has x nuts and loses 12, how many now. => def f(x): return x - 12
story: Write f(x): Hugo has x bags of 11 hats, how many hats in all. => def f(x): return x * 11
reasoning: Is tulip a flower, planet, drink or building? => flower
reasoning: Is coffee a dance, building, vehicle or drink? => drink
reasoning: Is Saturn a vehicle, planet, flower or gem? => planet
reasoning: Is truck a drink, gem, vehicle or dance? => vehicle
reasoning: Is ruby a gem, flower, dance or planet? => gem
reasoning: Is waltz a planet, vehicle, building or dance? => dance
reasoning: Is castle a drink, building, gem or flower? => building
reasoning: Is daisy a vehicle, dance, flower or drink? => flower
member: Which is a gem: coffee, ruby, truck or tulip? => ruby
member: Which is a vehicle: daisy, castle, tea or bus? => bus
count: How many of tulip, truck, rose and tea name a flower? => 2
count: How many of coffee, bus, castle and ruby name a drink? => 1
count: How many of milk, tea, truck and coffee name a drink? => 3
"""
USED = {"math": 2, "code": 3, "reasoning": 4}  # shots of train.jsonl; elsewhere all
Item = tuple[str, str, str, dict]  # question, answer, key, the other fields of its line


def a(kind: str) -> str:
    """A kind with its article.

    >>> a("fruit"), a("instrument")
    ('a fruit', 'an instrument')
    """
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def listed(words: list[str], last: str) -> str:
    """Words in a row, with "or" or "and" before the last.

    >>> listed(["fig", "drum", "saw"], "or")
    'fig, drum or saw'
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def value(sum_: str) -> int:
    """What a sum such as "9 + 4 - 2" comes to, its signs from left to right.

    >>> value("9 + 4 - 2"), value("3 * 5")
    (11, 15)
    """
    first, *rest = sum_.split()
    total = int(first)
    for sign, n in zip(rest[::2], map(int, rest[1::2])):
        total = {"+": total + n, "-": total - n, "*": total * n}[sign]
    return total


def worked(question: str, sum_: str) -> Item:
    """An Item whose answer works a sum out; the sum is its key.

    >>> worked("How many pears?", "9 + 4 - 2")
    ('How many pears?', '9 + 4 - 2 = 11', '9 + 4 - 2', {'check': 'number'})
    """
    return question, f"{sum_} = {value(sum_)}", sum_, {"check": "number"}


def math(rng: Random) -> Item:
    """A word problem of one addition or subtraction.

    >>> math(Random(0))[:2]
    ('Mia has 20 pears and gets 8 more. How many pears does Mia have now?', '20 + 8 = 28')
    """
    n, m, t, shape = *rng.sample(NAMES, 2), rng.choice(THINGS), rng.randrange(3)
    x, y = rng.randrange(5, 21), rng.randrange(2, 10)
    if shape == 0:
        x = max(x, y + 2)
    return worked(*[
        (f"{n} has {x} {t} and loses {y}. How many {t} are left?", f"{x} - {y}"),
        (f"{n} has {x} {t} and gets {y} more. How many {t} does {n} have now?", f"{x} + {y}"),
        (f"{n} has {x} {t} and {m} has {y}. How many {t} do they have together?", f"{x} + {y}"),
    ][shape])


def bags(rng: Random) -> Item:
    """A word problem of one multiplication.

    >>> bags(Random(1))[:2]
    ('Emil has 3 bags with 6 eggs in each. How many eggs does Emil have?', '3 * 6 = 18')
    """
    n, t, x, y = rng.choice(NAMES), rng.choice(THINGS), rng.randrange(2, 10), rng.randrange(2, 10)
    return worked(f"{n} has {x} bags with {y} {t} in each. How many {t} does {n} have?",
                  f"{x} * {y}")


def steps(rng: Random) -> Item:
    """A word problem of an addition and then a subtraction.

    >>> steps(Random(1))[:2]
    ('Emil has 7 eggs, gets 6 more and loses 2. How many eggs are left?', '7 + 6 - 2 = 11')
    """
    n, t, x = rng.choice(NAMES), rng.choice(THINGS), rng.randrange(5, 21)
    y, z = rng.randrange(2, 10), rng.randrange(2, 5)
    return worked(f"{n} has {x} {t}, gets {y} more and loses {z}. How many {t} are left?",
                  f"{x} + {y} - {z}")


def python(question: str, head: str, body: str, calls: list[str]) -> Item:
    """An Item that asks for f; its tests are what the answer itself returns.

    question: what f does. head, body: its parameters and expression. calls: arguments to test.

    >>> python("double x", "x", "2 * x", ["3", "-1"])[2:]
    ('', {'check': 'python', 'tests': ['f(3) == 6', 'f(-1) == -2']})
    """
    source = f"def f({head}): return {body}"
    tests = [f"f({call}) == {run(source, 'f', literal_eval(f'({call},)'))!r}" for call in calls]
    return f"Write f({head}): {question}.", source, "", {"check": "python", "tests": tests}


def code(rng: Random) -> Item:
    """A function of one line: `linear`, `lists` or `branch`.

    >>> code(Random(1))[:2]
    ('Write f(x): triple x, then subtract 11.', 'def f(x): return 3 * x - 11')
    """
    return rng.choice((linear, lists, branch))(rng)


def linear(rng: Random) -> Item:
    """Multiply and add, in one order or the other.

    >>> linear(Random(3))[:2]
    ('Write f(x): subtract 5 from x, then multiply it by 4.', 'def f(x): return 4 * (x - 5)')
    """
    k, j = rng.randrange(2, 16), rng.randrange(2, 10)
    times = {2: "double", 3: "triple"}.get(j, "multiply") + " {}" + f" by {j}" * (j > 3)
    add, sign, to = rng.choice((("add", "+", "to"), ("subtract", "-", "from")))
    return python(*rng.choice((
        (f"{times.format('x')}, then {add} {k}", "x", f"{j} * x {sign} {k}"),
        (f"{add} {k} {to} x, then {times.format('it')}", "x", f"{j} * (x {sign} {k})"))),
        ["0", "1", "5", "-3"])


def lists(rng: Random) -> Item:
    """One number out of a list, and one operation on it.

    >>> lists(Random(0))[:2]
    ('Write f(x): the smallest item of the list x minus 2.', 'def f(x): return min(x) - 2')
    """
    what, body = rng.choice((("sum", "sum(x)"), ("largest item", "max(x)"), ("length", "len(x)"),
                             ("smallest item", "min(x)"), ("first item", "x[0]"),
                             ("last item", "x[-1]")))
    sign, word = rng.choice((("+", "plus"), ("-", "minus"), ("*", "times")))
    k = rng.randrange(2, 16)
    return python(f"the {what} of the list x {word} {k}", "x", f"{body} {sign} {k}",
                  ["[3, 1, 7]", "[5, 9, 2, 4]"])


def branch(rng: Random) -> Item:
    """A condition; its tests stand on both sides of it and on its border.

    >>> branch(Random(0))[:2]
    ('Write f(x): 8 if x is under 15, else x.', 'def f(x): return 8 if x < 15 else x')
    """
    k, j = rng.sample(range(2, 16), 2)
    word, sign = rng.choice((("over", ">"), ("under", "<")))
    return python(f"{j} if x is {word} {k}, else x", "x", f"{j} if x {sign} {k} else x",
                  ["0", f"{k}", f"{k + 1}", f"{k - 1}", "50"])


def pair(rng: Random) -> Item:
    """A function of two parameters.

    >>> pair(Random(1))[:2]
    ('Write f(x, y): x plus 3 times y.', 'def f(x, y): return x + 3 * y')
    """
    (a, b), k = rng.choice(("ab", "xy", "mn", "pq", "uv", "st")), rng.randrange(2, 10)
    return python(*rng.choice((
        (f"the sum of {a} and {b}, times {k}", f"{a}, {b}", f"({a} + {b}) * {k}"),
        (f"{k} times {a}, minus {b}", f"{a}, {b}", f"{k} * {a} - {b}"),
        (f"{a} plus {k} times {b}", f"{a}, {b}", f"{a} + {k} * {b}"),
        (f"the product of {a} and {b}, plus {k}", f"{a}, {b}", f"{a} * {b} + {k}"),
        (f"the larger of {a} and {b}, minus {k}", f"{a}, {b}", f"max({a}, {b}) - {k}"))),
        ["1, 2", "5, 3", "-1, 4"])


def story(rng: Random) -> Item:
    """A word problem that wants a function.

    >>> story(Random(0))[:2]
    ('Write f(x): Mia has x marbles and loses 2, how many now.', 'def f(x): return x - 2')
    """
    n, t, k = rng.choice(NAMES), rng.choice(THINGS), rng.randrange(2, 10)
    return python(*rng.choice((
        (f"{n} has x {t} and gets {k} more, how many now", "x", f"x + {k}"),
        (f"{n} has x {t} and loses {k}, how many now", "x", f"x - {k}"),
        (f"{n} has x bags of {k} {t}, how many {t} in all", "x", f"x * {k}"))),
        ["10", "3", "20"])


def choice(question: str, answer: str, choices: list[str], key: str) -> Item:
    """An Item whose answer is one of `choices`."""
    return question, answer, key, {"check": "choice", "choices": choices}


def reasoning(rng: Random) -> Item:
    """A word to be put under one of four kinds; the word is the key.

    >>> reasoning(Random(0))[:3]
    ('Is skiing a sport, animal, instrument or country?', 'sport', 'skiing')
    """
    word = rng.choice(list(KIND))
    kinds = [KIND[word], *rng.sample([k for k in KINDS if k != KIND[word]], 3)]
    rng.shuffle(kinds)
    return choice(f"Is {word} {a(listed(kinds, 'or'))}?", KIND[word], kinds, word)


def member(rng: Random) -> Item:
    """Which of four test words is of this kind?

    >>> member(Random(2))[:2]
    ('Which is a fruit: lion, coconut, vest or tailor?', 'coconut')
    """
    words = [rng.choice(HELD[kind]) for kind in rng.sample(list(KINDS), 4)]
    word = rng.choice(words)
    return choice(f"Which is {a(KIND[word])}: {listed(words, 'or')}?", word, words, "")


def count(rng: Random) -> Item:
    """How many of four test words are of this kind: to sort and to count.

    >>> count(Random(3))[:2]
    ('How many of spade, crib, Thailand and Ghana name a country?', '2')
    """
    kind, *others = rng.sample([kind for kind in KINDS if len(HELD[kind]) > 2], 4)
    n = rng.randrange(1, 4)
    words = rng.sample(HELD[kind], n) + [rng.choice(HELD[k]) for k in others[n - 1:]]
    rng.shuffle(words)
    return (f"How many of {listed(words, 'and')} name {a(kind)}?", str(n), "",
            {"check": "number"})


TRAIN, UNSEEN = (math, code, reasoning), (bags, steps, pair, story, member, count)


def lines(family: Callable[[Random], Item], n: int, shots: int | None) -> list[dict]:
    """Up to n lines, five for each key, so that no split has more than its share of keys.

    shots: how many solved questions stand before each; None: all that there are.

    >>> lines(reasoning, 1, shots=1)[0]["prompt"].splitlines()[:2]
    ['Q: Is tulip a flower, planet, drink or building?', 'A: flower']
    >>> lines(reasoning, 1, shots=1)[0]["prompt"].splitlines()[3:]
    ['Q: Is Iran a furniture, color, country or job?', 'A:']
    """
    name, rows, used = family.__name__, {}, Counter()
    rng, mark = Random(f"english {name}"), f"{name}: "
    solved = ["Q: {}\nA: {}\n\n".format(*line.removeprefix(mark).split(" => "))
              for line in SHOTS.splitlines() if line.startswith(mark)]
    before, usual = "".join(solved[:shots]), "".join(solved[:USED.get(name)])
    for _ in range(20 * n):
        question, answer, key, fields = family(rng)
        place = split_of(canonical(f"{usual}Q: {question}\nA:"), SPLITS)
        if question not in rows and (not key or place == split_of(key, SPLITS) and used[key] < 5):
            used[key] += 1
            answer = answer.rpartition("= ")[2] if fields["check"] == "number" else answer
            rows[question] = {"prompt": f"{before}Q: {question}\nA:", "domain": name,
                              "answer": answer, **fields}
        if len(rows) == n:
            break
    return list(rows.values())


def write(folder: Path) -> None:
    """The four files, up to 1500 lines a family. ValueError if one can't be written."""
    for name, families, shots in (("train", TRAIN, USED), ("unseen", UNSEEN, {}),
                                  ("zero", TRAIN, dict.fromkeys(USED, 0)), ("more", TRAIN, {})):
        rows = [row for family in families
                for row in lines(family, 1500, shots.get(family.__name__))]
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        write_whole(folder / f"{name}.jsonl", lambda file, text=text: file.write(text))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.english FOLDER")
    try:
        write(Path(sys.argv[1]))
    except ValueError as error:
        raise SystemExit(str(error)) from None
