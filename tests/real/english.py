"""Tasks in plain English for a small open model: `python -m tests.real english DIR` writes them.

    train.jsonl    what experts are trained and tested on: math, code, reasoning
    unseen.jsonl   families that no expert is trained on, each a domain of its own in the file
    zero.jsonl     the test questions of train.jsonl without solved ones before them

They take the place of the paper's data sets (Sec. 4: GSM8K, MBPP-pro, ARC-Easy, and what it
adapts to), which are beyond a model of some 100M parameters. Left out: chat headers, so that base
models can be asked too.

A prompt is text to be continued: solved questions, then its own. A domain has six such beginnings,
of one to four questions of any of its families; an unseen family has one, of three of its own. A
question has a key, its numbers or its words, and the key alone decides in which split it is:
neither another name nor other solved questions move it, and no key of a solved question is asked.

A family is a function from a random generator to one Item. Which of the unseen ones stand in the
tables, families.py measures; the rule is there.
"""
from __future__ import annotations

import json
from ast import literal_eval
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from data.files import write_whole
from data.tasks.interpreter import run
from data.tasks.problem import split_of
from data.tasks.splits import SPLITS

LINES = 500    # of a family
BEFORE = (1, 2, 3, 4, 4, 4)  # solved questions in each beginning of a domain
UNTRAINED = {"validation": 30, "shots": 20, "test": 50}  # percent: nothing to train on
Item = tuple[str, str, str, dict]  # question, answer, key, the other fields of its line
Family = Callable[[Random], Item]

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
NAMES = ("Ann Bob Carl Dora Emil Fay Gus Hana Ivan Jane Karl Lena Mia Nils Olga Paul Rosa Sam "
         "Tina Uwe Vera Hugo Otto Ida").split()
THINGS = ("pears books coins cards shells stamps marbles buttons pens eggs cups keys nuts hats "
          "spoons rings").split()
GOODS = "book pen cup hat ball cake lamp toy bag bell".split()
OPPOSITES = """hot cold|big small|up down|fast slow|open closed|early late|light dark|old young|\
hard soft|wet dry|rich poor|high low|full empty|loud quiet|strong weak|thick thin|happy sad|\
long short|wide narrow|clean dirty|near far|first last|win lose|buy sell|push pull|start stop|\
give take|love hate|above below|inside outside|left right|north south|east west|day night|\
alive dead|brave afraid|cheap expensive|deep shallow|easy difficult|sweet sour|sharp blunt|\
rough smooth|true false|always never|come go|sit stand|laugh cry|begin end|heavy light|\
awake asleep"""
PAIRS = [pair.split() for pair in OPPOSITES.split("|")]
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
SIZES = [  # from small to large
    "ant bee mouse frog rabbit cat goat pig lion horse elephant whale".split(),
    "pea grape plum apple coconut melon".split(),
    "spoon cup pan bucket bathtub".split(),
    "hut house church castle city country planet".split(),
    "bike car van truck train ship".split()]
PAST = """walk walked|go went|eat ate|see saw|run ran|sing sang|write wrote|take took|give gave|\
drink drank|swim swam|fly flew|drive drove|speak spoke|break broke|buy bought|bring brought|\
catch caught|teach taught|think thought|find found|fight fought|sleep slept|keep kept|feel felt|\
leave left|meet met|read read|sit sat|stand stood|tell told|sell sold|win won|lose lost|know knew|\
grow grew|throw threw|draw drew|begin began|ring rang|sink sank|come came|become became|hold held|\
send sent|spend spent|build built|lend lent|make made|say said|pay paid|hear heard|wear wore|\
tear tore|choose chose|freeze froze|steal stole|wake woke|ride rode|rise rose|hide hid|bite bit|\
fall fell|forget forgot|get got|shoot shot|cut cut|put put|play played|cook cooked|look looked|\
ask asked|call called|open opened|talk talked|help helped|jump jumped|wash washed|stop stopped|\
plan planned|try tried|cry cried|study studied|carry carried|love loved|dance danced|close closed|\
live lived|smile smiled|use used|start started|want wanted|need needed|paint painted"""
VERBS = dict(pair.split() for pair in PAST.split("|"))


def a(kind: str) -> str:
    """A kind with its article.

    >>> a("fruit"), a("instrument")
    ('a fruit', 'an instrument')
    """
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def listed(words: Sequence[str], last: str) -> str:
    """Words in a row, with "or" or "and" before the last.

    >>> listed(["fig", "drum", "saw"], "or")
    'fig, drum or saw'
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


# ------------------------------------------------------------------------------------------- math

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


def sums(*phrasings: str) -> Family:
    """A family of word problems, each "question => sum", with places for

    n, m, k different names; t things, o one of goods; x from 10 to 20; y, z, w from 2 to 9;
    b 10, 15, 20 or 30, a banknote or so.
    """
    def family(rng: Random) -> Item:
        n, m, k = rng.sample(NAMES, 3)
        places = dict(n=n, m=m, k=k, t=rng.choice(THINGS), o=rng.choice(GOODS),
                      x=rng.randrange(10, 21), b=rng.choice((10, 15, 20, 30)),
                      **{name: rng.randrange(2, 10) for name in "yzw"})
        question, _, sum_ = rng.choice(phrasings).format(**places).partition(" => ")
        return worked(question, sum_)
    return family


MATH = {
    "change": sums("{n} has {x} {t} and loses {y}. How many {t} are left? => {x} - {y}",
                   "There were {x} {t}. {n} took {y}. How many {t} remain? => {x} - {y}",
                   "{n} has {x} {t} and gets {y} more. How many {t} does {n} have now? "
                   "=> {x} + {y}",
                   "{n} had {x} {t} and found {y}. How many {t} has {n} now? => {x} + {y}"),
    "together": sums("{n} has {x} {t} and {m} has {y}. How many {t} do they have together? "
                     "=> {x} + {y}",
                     "There are {x} {t} here and {y} there. How many {t} are there in all? "
                     "=> {x} + {y}",
                     "{n}, {m} and {k} have {y}, {z} and {w} {t}. How many {t} is that in all? "
                     "=> {y} + {z} + {w}",
                     "{n} has {y} {t}, {m} has {z} and {k} has {w}. How many {t} do they have in "
                     "all? => {y} + {z} + {w}"),
    "bags": sums("{n} has {y} bags with {z} {t} in each. How many {t} does {n} have? "
                 "=> {y} * {z}",
                 "There are {y} boxes of {z} {t}. How many {t} are there? => {y} * {z}",
                 "{n} gets {y} packs. Each pack has {z} {t} in it. How many {t} does {n} get? "
                 "=> {y} * {z}"),
    "money": sums("A {o} costs {y} dollars. {n} pays with {b} dollars. How many dollars does {n} "
                  "get back? => {b} - {y}",
                  "{n} has {b} dollars and buys a {o} for {y} dollars. How many dollars are left? "
                  "=> {b} - {y}",
                  "A {o} costs {y} dollars and a box {z} dollars. How many dollars is that "
                  "together? => {y} + {z}"),
    "compare": sums("{n} has {x} {t} and {m} has {y} more than {n}. How many {t} does {m} have? "
                    "=> {x} + {y}",
                    "{n} has {x} {t} and {m} has {y} fewer. How many {t} does {m} have? "
                    "=> {x} - {y}"),
    "plain": sums("What is {x} + {y}? => {x} + {y}", "What is {x} - {y}? => {x} - {y}",
                  "What is {y} times {z}? => {y} * {z}", "How much is {x} plus {y}? => {x} + {y}",
                  "How much is {x} minus {y}? => {x} - {y}"),
}
UNSEEN_MATH = {
    "age": sums("{n} is {x} years old. How old will {n} be in {y} years? => {x} + {y}",
                "{n} is {x} years old and {m} is {y} years younger. How old is {m}? => {x} - {y}",
                "{n} is {x} years old and {m} is {y} years older. How old is {m}? => {x} + {y}"),
    "trip": sums("A trip takes {x} minutes and {y} have passed. How many minutes are left? "
                 "=> {x} - {y}",
                 "{n} walks {x} miles on Monday and {y} on Tuesday. How many miles is that? "
                 "=> {x} + {y}",
                 "A bus with {x} people stops and {y} get off. How many people are on the bus? "
                 "=> {x} - {y}"),
    "price": sums("A {o} costs {y} dollars. How many dollars do {z} of them cost? => {z} * {y}",
                  "{n} buys {z} {t} for {y} dollars each. How many dollars does {n} pay? "
                  "=> {z} * {y}"),
    "steps": sums("{n} has {x} {t}, gets {y} more and loses {z}. How many {t} are left? "
                  "=> {x} + {y} - {z}",
                  "A bus has {x} people. {z} get off and {y} get on. How many people are on it? "
                  "=> {x} - {z} + {y}"),
}


# ------------------------------------------------------------------------------------------- code

def functions(calls: Sequence[str], *phrasings: str) -> Family:
    """A family of functions, each "head | what it does | body", with places for

    v, w different letters, its parameters; j, k numbers from 2 to 40, j < k, and their neighbours
    j0, j1, k0, k1; i one from 2 to 9; c a word; n a name, t things, o one of goods. The key has
    always the same letters. calls: arguments that its tests call it with.
    """
    def family(rng: Random) -> Item:
        j, k = sorted(rng.sample(range(2, 41), 2))
        v, w = sorted(rng.sample("abcdmnpqxyz", 2))
        places = dict(v=v, w=w, j=j, k=k, j0=j - 1, j1=j + 1, k0=k - 1, k1=k + 1,
                      i=rng.randrange(2, 10), c=rng.choice(list(KIND)),
                      n=rng.choice(NAMES), t=rng.choice(THINGS), o=rng.choice(GOODS))
        phrasing = rng.choice(phrasings)
        head, what, body = phrasing.format(**places).split(" | ")
        key = phrasing.format(**{**places, "v": "v", "w": "w"}).rpartition(" | ")[2]
        return (f"Write f({head}): {what}.", f"def f({head}): return {body}", key,
                {"check": "python", "calls": [call.format(**places) for call in calls]})
    return family


def tested(source: str, calls: Sequence[str]) -> list[str]:
    """Tests of f: what the right one returns.

    >>> tested("def f(x): return 2 * x", ["3", "-1"])
    ['f(3) == 6', 'f(-1) == -2']
    """
    return [f"f({call}) == {run(source, 'f', literal_eval(f'({call},)'))!r}" for call in calls]


NUMBERS, LISTS = ("0", "1", "5", "-3", "20"), ("[3, 1, 7]", "[5, 9, 2, 4, 12]")
BORDERS = ("0", "{j0}", "{j}", "{j1}", "{k0}", "{k}", "{k1}", "36", "50")
TWO, TEXTS = ("1, 2", "5, 3", "-1, 4"), ("'abcdefghijklmnopq'", "'The quick brown fox'")
CODE = {
    "linear": functions(NUMBERS, "x | double x, then add {k} | 2 * x + {k}",
                        "x | triple x, then subtract {k} | 3 * x - {k}",
                        "x | multiply x by {i}, then add {k} | {i} * x + {k}",
                        "x | add {k} to x, then multiply it by {i} | {i} * (x + {k})",
                        "x | subtract {k} from x, then double it | 2 * (x - {k})",
                        "x | {k} minus x | {k} - x", "x | {k} times x | {k} * x"),
    "lists": functions(LISTS, "x | the sum of the list x plus {k} | sum(x) + {k}",
                       "x | the largest item of the list x times {k} | max(x) * {k}",
                       "x | the smallest item of the list x minus {k} | min(x) - {k}",
                       "x | the length of the list x plus {k} | len(x) + {k}",
                       "x | the first item of the list x times {k} | x[0] * {k}",
                       "x | the last item of the list x minus {k} | x[-1] - {k}"),
    "branch": functions(BORDERS,
                        "x | {j} if x is over {k}, else x | {j} if x > {k} else x",
                        "x | {j} if x is under {k}, else x | {j} if x < {k} else x",
                        "x | {k} if x is {j}, else x | {k} if x == {j} else x"),
    "strings": functions(TEXTS, "s | the first {i} letters of the string s | s[:{i}]",
                         "s | the string s without its first {i} letters | s[{i}:]",
                         "s | the string s repeated {k} times | s * {k}",
                         "s | the length of the string s plus {k} | len(s) + {k}",
                         "s | the string s followed by {c} | s + '{c}'"),
    "two": functions(TWO, "a, b | the sum of a and b, plus {k} | a + b + {k}",
                     "a, b | a times b, minus {k} | a * b - {k}",
                     "a, b | {k} times a, plus b | {k} * a + b",
                     "a, b | the larger of a and b, plus {k} | max(a, b) + {k}"),
    "tests": functions(BORDERS,
                       "x | whether x is over {k} | x > {k}",
                       "x | whether x is under {k} | x < {k}",
                       "x | whether x is {k} | x == {k}",
                       "x | whether x is a multiple of {i} | x % {i} == 0",
                       "x | whether x is between {j} and {k} | {j} < x < {k}"),
}
UNSEEN_CODE = {
    "each": functions(LISTS, "{v} | each item of the list {v} plus {k} | [i + {k} for i in {v}]",
                      "{v} | each item of the list {v} times {k} | [i * {k} for i in {v}]",
                      "{v} | {k} minus each item of the list {v} | [{k} - i for i in {v}]"),
    "filter": functions(("[3, 1, 40, 0]", "[{k1}, 0, {k}, {k0}]"),
                        "{v} | the items of the list {v} over {k} | [i for i in {v} if i > {k}]",
                        "{v} | the items of the list {v} under {k} | [i for i in {v} if i < {k}]"),
    "pair": functions(TWO, "{v}, {w} | the difference of {v} and {w}, times {k} "
                           "| ({v} - {w}) * {k}",
                      "{v}, {w} | {i} times {v}, minus {k} times {w} | {i} * {v} - {k} * {w}",
                      "{v}, {w} | the smaller of {v} and {w}, minus {k} | min({v}, {w}) - {k}",
                      "{v}, {w} | {j} if {v} is over {w}, else {k} | {j} if {v} > {w} else {k}"),
    "three": functions(("1, 2, 3", "5, 3, -1", "0, 4, 7"),
                       "{v}, {w}, t | {v} times {w}, plus t, minus {k} | {v} * {w} + t - {k}",
                       "{v}, {w}, t | the sum of {v}, {w} and t, times {k} "
                       "| ({v} + {w} + t) * {k}",
                       "{v}, {w}, t | the largest of {v}, {w} and t, plus {k} "
                       "| max({v}, {w}, t) + {k}"),
    "limit": functions(BORDERS,
                       "{v} | {v}, but {k} at most | min({v}, {k})",
                       "{v} | {v} plus {i}, but {k} at least | max({v} + {i}, {k})",
                       "{v} | the square of {v}, plus {k} | {v} ** 2 + {k}"),
}


# -------------------------------------------------------------------------------------- reasoning

def choice(question: str, answer: str, choices: Sequence[str], key: str) -> Item:
    """An Item whose answer is one of `choices`."""
    return question, answer, key, {"check": "choice", "choices": list(choices)}


def kinds(rng: Random) -> Item:
    """A word to be put under one of four kinds.

    >>> kinds(Random(0))[:2]
    ('What is skiing: sport, animal, instrument or country?', 'sport')
    """
    word = rng.choice(list(KIND))
    some = [KIND[word], *rng.sample([k for k in KINDS if k != KIND[word]], 3)]
    rng.shuffle(some)
    ask = rng.choice((f"Is {word} {a(listed(some, 'or'))}?",
                      f"What is {word}: {listed(some, 'or')}?"))
    return choice(ask, KIND[word], some, word)


def alien(word: str, split: str) -> bool:
    """Whether a word belongs to another split than this one."""
    return split_of(word, SPLITS) != split


def some_words(rng: Random, n: int, split: str = "") -> list[str]:
    """n words of different kinds, all of one split: that of the first, if none is named."""
    names = rng.sample(list(KINDS), n)
    split = split or split_of(rng.choice(KINDS[names[0]]), SPLITS)
    return [rng.choice([w for w in KINDS[name] if not alien(w, split)] or KINDS[name])
            for name in names]


def member(rng: Random) -> Item:
    """Which of four words is of this kind?"""
    words = some_words(rng, 4)
    word = words[0]
    rng.shuffle(words)
    ask = rng.choice((f"Which is {a(KIND[word])}: {listed(words, 'or')}?",
                      f"Name the {KIND[word]}: {listed(words, 'or')}."))
    return choice(ask, word, words, word)


def is_kind(rng: Random) -> Item:
    """Is this word of this kind, yes or no?"""
    word = rng.choice(list(KIND))
    yes = rng.random() < 0.5
    kind = KIND[word] if yes else rng.choice([k for k in KINDS if k != KIND[word]])
    ask = rng.choice((f"Is {word} {a(kind)}, yes or no?", f"{word} is {a(kind)}: yes or no?"))
    return choice(ask, "yes" if yes else "no", ("yes", "no"), word)


def common(rng: Random) -> Item:
    """Under which of four kinds do two words come?"""
    word = rng.choice(list(KIND))
    split = split_of(word, SPLITS)
    other = rng.choice([w for w in KINDS[KIND[word]] if not alien(w, split)])
    some = [KIND[word], *rng.sample([k for k in KINDS if k != KIND[word]], 3)]
    rng.shuffle(some)
    return choice(f"What are {word} and {other}: {listed(some, 'or')}?", KIND[word], some, word)


def opposite(rng: Random) -> Item:
    """Which of four words is the opposite?"""
    pair, *others = rng.sample(PAIRS, 4)
    word, answer = rng.sample(pair, 2)
    words = [answer, *(rng.choice(other) for other in others)]
    rng.shuffle(words)
    ask = rng.choice((f"What is the opposite of {word}: {listed(words, 'or')}?",
                      f"Which is the opposite of {word}: {listed(words, 'or')}?"))
    return choice(ask, answer, words, pair[0])


def order(rng: Random) -> Item:
    """What comes after, or before, a day or a month?"""
    row = rng.choice((DAYS, MONTHS))
    i, step = rng.randrange(len(row)), rng.choice((-1, 1))
    answer = row[(i + step) % len(row)]
    words = [answer, *rng.sample([w for w in row if w not in (answer, row[i])], 3)]
    rng.shuffle(words)
    word = "after" if step > 0 else "before"
    return choice(f"What comes right {word} {row[i]}: {listed(words, 'or')}?", answer, words,
                  f"{word} {row[i]} {sorted(words)}")


REASONING = {f.__name__: f for f in (kinds, member, is_kind, common, opposite, order)}


def odd(rng: Random) -> Item:
    """Which of four words is of another kind?"""
    one, other = rng.sample(list(KINDS), 2)
    words = [*rng.sample(KINDS[one], 3), rng.choice(KINDS[other])]
    answer = words[-1]
    rng.shuffle(words)
    return choice(f"Which does not belong: {listed(words, 'or')}?", answer, words, str(words))


def count(rng: Random) -> Item:
    """How many of four words are of this kind."""
    kind, *others = rng.sample(list(KINDS), 4)
    n = rng.randrange(1, 4)
    words = rng.sample(KINDS[kind], n) + [rng.choice(KINDS[k]) for k in others[n - 1:]]
    rng.shuffle(words)
    return (f"How many of {listed(words, 'and')} name {a(kind)}?", str(n), f"{kind} {words}",
            {"check": "number"})


def analogy(rng: Random) -> Item:
    """As a word is to its kind, another one is to which of four?"""
    one, two, *rest = rng.sample(list(KINDS), 5)
    some = [two, *rest]
    rng.shuffle(some)
    word, other = rng.choice(KINDS[one]), rng.choice(KINDS[two])
    return choice(f"{word} is to {one} as {other} is to what: {listed(some, 'or')}?", two, some,
                  f"{word} {other}")


def larger(rng: Random) -> Item:
    """Which of three things is the largest, or the smallest?"""
    row = rng.choice(SIZES)
    some = sorted(rng.sample(row, 3), key=row.index)
    most = rng.random() < 0.5
    answer, shown = some[-1] if most else some[0], rng.sample(some, 3)
    word = "largest" if most else "smallest"
    return choice(f"Which is the {word}: {listed(shown, 'or')}?", answer, shown, f"{word} {shown}")


def letter(rng: Random) -> Item:
    """Which of four words begins with this letter?"""
    words = some_words(rng, 4, "train")
    while len({w[0].lower() for w in words}) < 4:
        words = some_words(rng, 4, "train")
    answer = rng.choice(words)
    return choice(f"Which begins with {answer[0]}: {listed(words, 'or')}?", answer, words,
                  str(words))


UNSEEN_REASONING = {f.__name__: f for f in (odd, count, analogy, larger, letter)}


# -------------------------------------------------------------------------- two domains, and none

def basket(rng: Random) -> Item:
    """A sum of what is of one kind: reasoning and math."""
    kind, other = rng.sample("fruit tool instrument vegetable furniture clothing".split(), 2)
    words = [*rng.sample(KINDS[kind], 2), rng.choice(KINDS[other])]
    shown = rng.sample([(rng.randrange(2, 10), word) for word in words], 3)
    things = listed([f"{n} of {word}" for n, word in shown], "and")
    return worked(f"A shop has {things}. How many of the kind {kind} does it have?",
                  " + ".join(str(n) for n, word in shown if KIND[word] == kind))


def shelf(rng: Random) -> Item:
    """A function that returns the word of a kind: reasoning and code."""
    words = some_words(rng, 4)
    word = words[0]
    rng.shuffle(words)
    return (f"Write f(x): x and the {KIND[word]} among {listed(words, 'or')}.",
            f"def f(x): return [x, '{word}']", word,
            {"check": "python", "calls": ["1", "'a'"]})


TWO_DOMAINS = {
    "story": functions(NUMBERS,
                       "{v} | {n} has {v} {t} and gets {k} more, how many now | {v} + {k}",
                       "{v} | {n} has {v} {t} and loses {k}, how many now | {v} - {k}",
                       "{v} | {n} has {v} bags of {k} {t}, how many {t} in all | {v} * {k}"),
    "costs": functions(NUMBERS,
                       "{v} | {v} {t} cost {k} dollars each, how many dollars in all | {k} * {v}",
                       "{v} | {n} has {v} dollars and buys a {o} for {k}, how many dollars are "
                       "left | {v} - {k}",
                       "{v} | a {o} costs {v} dollars and a box {k}, how many dollars together "
                       "| {v} + {k}"),
    "ages": functions(TWO, "{v}, {w} | {n} is {v} years old, how old will {n} be in {w} years "
                           "| {v} + {w}",
                      "{v}, {w} | {n} is {v} years old and a friend {w} years younger, how old "
                      "is the friend | {v} - {w}",
                      "{v}, {w} | {n} has {v} boxes of {w} {t} and {k} more, how many {t} in all "
                      "| {v} * {w} + {k}"),
    "basket": basket, "shelf": shelf}
# What each half of a two-domain family asks for, as a family of its own.
HALVES = {"story": ("change", "linear"), "costs": ("money", "linear"), "ages": ("compare", "two"),
          "basket": ("plain", "member"), "shelf": ("member", "strings")}


def past(rng: Random) -> Item:
    """The past tense of a verb: of no domain."""
    verb = rng.choice(list(VERBS))
    ask = rng.choice(("What is the past tense of {}?", "Today I {}. What did I do yesterday?",
                      "Put into the past: I {}.", "The verb {}, in the past?"))
    return ask.format(verb), VERBS[verb], f"{ask} {verb}", {
        "check": "choice", "choices": sorted({VERBS[verb], *rng.sample(
            [v for pair in VERBS.items() for v in pair if v != VERBS[verb]], 3)})}


DOMAINS = {"math": MATH, "code": CODE, "reasoning": REASONING}
UNSEEN = {"math": UNSEEN_MATH, "code": UNSEEN_CODE, "reasoning": UNSEEN_REASONING,
          "two domains": TWO_DOMAINS, "no domain": {"past": past}}


# ------------------------------------------------------------------------------------- the files

def line(item: Item, before: str, domain: str, splits: dict[str, int]) -> dict:
    """A line of the files. Its split is that of the item's key."""
    question, answer, key, fields = item
    gold = answer.rpartition("= ")[2] if fields["check"] == "number" else answer
    more = {"tests": tested(answer, fields["calls"])} if "calls" in fields else {}
    return {"prompt": f"{before}Q: {question}\nA:", "domain": domain, "answer": gold,
            **{name: value for name, value in fields.items() if name != "calls"}, **more,
            "split": split_of(key, splits)}


def solved(items: Sequence[Item]) -> str:
    """Questions with their answers, as they stand before a prompt's own."""
    return "".join(f"Q: {question}\nA: {answer}\n\n" for question, answer, *_ in items)


def family(name: str) -> Family:
    """An unseen family by its name."""
    return next(some[name] for some in UNSEEN.values() if name in some)


def items(family: Family, name: str, n: int, taken: set[str]) -> list[Item]:
    """Up to n different questions of a family, none of a key in `taken`."""
    rng, found = Random(f"english {name}"), {}
    for _ in range(30 * n):
        item = family(rng)
        if item[2] not in taken:
            found.setdefault(item[0], item)
        if len(found) == n:
            break
    return list(found.values())


def beginnings(families: dict[str, Family], sizes: Sequence[int], name: str
               ) -> tuple[list[str], set[str]]:
    """Texts of solved questions, and their keys. A family comes twice when all have come once."""
    rng, texts, keys, left = Random(f"before {name}"), [], set(), []
    for size in sizes:
        chosen = []
        for _ in range(size):
            left = left or rng.sample(list(families.values()), len(families))
            chosen.append(left.pop()(rng))
        keys |= {item[2] for item in chosen}
        texts.append(solved(chosen))
    return texts, keys


def trained(domain: str, before: bool = True, family: str = "") -> list[dict]:
    """The lines of a domain that experts are trained on, or of one of its families alone."""
    texts, taken = beginnings(DOMAINS[domain], BEFORE, domain)
    rng = Random(f"which {domain}")
    rows = [(name, line(item, text := rng.choice(texts), family or domain, SPLITS), text)
            for name, make in DOMAINS[domain].items() for item in items(make, name, LINES, taken)]
    return [row if before else {**row, "prompt": row["prompt"].removeprefix(text)}
            for name, row, text in rows if family in ("", name)]


def unseen(name: str, make: Family) -> list[dict]:
    """The lines of a family that no expert is trained on; "_worked": the whole answer."""
    [text], taken = beginnings({name: make}, (3,), name)
    return [{**line(item, text, name, UNTRAINED), "_worked": item[1]}
            for item in items(make, name, LINES, taken)]


def write(folder: Path) -> None:
    """The files. ValueError if one can't be written."""
    files = {"train": [row for domain in DOMAINS for row in trained(domain)],
             "zero": [row for domain in DOMAINS for row in trained(domain, before=False)
                      if row["split"] == "test"],
             "unseen": [row for families in UNSEEN.values() for name, make in families.items()
                        for row in unseen(name, make)]}
    for name, rows in files.items():
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        write_whole(folder / f"{name}.jsonl", lambda file, text=text: file.write(text))
