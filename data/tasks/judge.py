"""How a text is judged: as a number, a choice, a piece of code, or as it stands.

An answer is right or wrong, as in the paper (Sec. 3.2), or it could not be judged: the reward is
that of a wrong one, and those who look at the counts see it. A model learns whatever is paid, so
in doubt nothing is: a number that is part of something larger (1:2, 5 + 7, v2, 3x) is no number,
two choices at once are none, and of several programs one is run (programs.py: which).

What a text *announces* ("The answer is ...", \\boxed{}, <answer>, GSM8K's #### ) goes before what
it merely says, and of two announcements the last counts, for models correct themselves. An answer
that was cut off is held to what is complete in it. Left out: formulas, words for numbers, and
what an option says where the line does not list it.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from data.tasks.interpreter import Refused, holds
from data.tasks.problem import Verdict
from data.tasks.programs import answered, any_of, program

DIGITS = 100      # characters of a number
LONGEST = 10_000  # characters that are looked at from each end of a text
SEEN = 50         # mentions of choices that are looked at from each end
CONTEXT = 60      # characters around a mention that say whether it is meant
HEADS = 3         # times that a text begins a question: an answer may stand before any

# ------------------------------------------------------------------------------ texts as they come

def _word(words: str) -> str:
    """Any of these, as whole words in either case; _ is a space."""
    return rf"\b(?i:{'|'.join(words.split()).replace('_', ' ')})\b"


# Scripts that put no spaces between words: each of their characters is a word here.
_DENSE = ("\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
          "\uf900-\ufaff")
_L = rf"[^\W\d_{_DENSE}]"  # a letter of the others
_ANSWER = ("(?:(?i:\\b(?:answers?|ans|antwort|respuesta)\\b)|\u7b54\u6848|\u7b54\u3048"
           "|\u6b63\u89e3|\uc815\ub2f5|\u0e04\u0e4d\u0e32\u0e15\u0e2d\u0e1a)")
_IS = "(?:(?i:\\b(?:is|be|ist|lautet|es))\\b|[:=\u662f\u306f\u4e3a\u70ba])"
# What takes an answer back, and puts the next in its place.
_RETRACTS = any_of(r"[.,;:!?]\s*(?:[Oo]h )?[Nn]o[,.]", _word(
    "wait sorry actually correction oops scratch_that my_mistake i_mean that's_wrong"))
_WORD = re.compile(rf"[^\W_{_DENSE}]+|\S")
_NEXT = re.compile(r"\n[ \t]*(?:Question|Problem|Q|Human|User)(?: ?\d+)?:")
_SIGNS = str.maketrans({**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u02d7", "-"),
                        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"), "\u2044": "/",
                        **dict.fromkeys("\u2018\u2019\u02bc", "'"), "\u066b": ".", "\u066c": ",",
                        "`": " ", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/"})
_DRESS = [(re.compile(pattern), plain) for pattern, plain in (
    (r"<<[^<>]*>>", ""),  # GSM8K's calculator
    (r"(?i)<answer>", r"\\boxed{"), (r"(?i)</answer>", "}"),
    (r"</?[A-Za-z]\w*>|<\|\w+\|>", " "),
    (r"\\(?:text|math|mbox)\w*\s?\{([^{}]*)\}", r" \1 "),
    (r"\^\s?\{?\\circ\}?", "\u00b0"),
    (r"(?<=\d)\\([dtc]?frac)", r" \\\1"),  # one and a half
    (r"\\[dtc]?frac\s?\{(-?[\d.,]+)\}\s?\{([\d.,]+)\}|\\[dtc]?frac\s?(\d)\s?(\d)", r"\1\3/\2\4"),
    (r"\\(?:times|cdot)(?![a-z])", "*"), (r"\\div(?![a-z])", "/"),
    (r"\\(?:left|right)(?![a-z])", ""),
    (r"\{,\}", ","), (r"\\[ ,;:!()\[\]]|~", " "), (r"\\([$%#&_{}])", r"\1"),
    (rf"\*\*(\(?{_L}\)?)[.:]?\*\*(?!\w)", r"(\1)"),  # a letter in bold is a letter in brackets
    (r"\*\*(?!\d)|(?<!\d)\*\*|(?<!\w)__?(?=\w)|(?<=\w)__?(?![\w{])", ""),
    (r"([=({]) ?- (?=[\d.$])", r"\1-"))]


def _normal(form: str, text: str) -> str:
    """Unicode's normal form, in pieces, since a long run of accents takes quadratic time to put
    in order; and without the two letters that stand for a sentence each."""
    return re.sub("[^\\s\ufdfa\ufdfb]{1,200}",
                  lambda piece: unicodedata.normalize(form, piece[0]), text)


def _composed(text: str) -> str:
    """One spelling for what looks the same: letters composed, all digits 0 to 9, one minus."""
    if text.isascii():
        return text.replace("`", " ")
    text = re.sub("[\u207b\u207a]?[\u00b2\u00b3\u00b9\u2070\u2074-\u2079]+", r"^\g<0>", text)
    text = re.sub("[\u00bc-\u00be\u2150-\u215e]", r" \g<0>", text)  # 2 1/2 in two characters
    text = re.sub(r"(?![ \n])\s", " ", text)
    text = re.sub(r"(?<=\w)\u2014|\u2014(?=\s)", " - ", text)
    text = _normal("NFKC", text)
    return re.sub(r"(?![0-9])\d", lambda digit: str(unicodedata.decimal(digit[0])),
                  text.translate(_SIGNS))


def plain(text: str) -> str:
    r"""A text without its dress: TeX, markdown, tags, and the many ways to write one sign.

    >>> plain(r"**Total:** \(1{,}000\)"), plain(r"\dfrac{3}{4}\text{ cm}")
    ('Total:  1,000 ', '3/4  cm ')
    """
    text = _composed(text)
    for pattern, bare in _DRESS:
        text = pattern.sub(bare, text)
    return text


def words(text: str) -> str:
    """Words and signs with one space around each: a whole word is found as a plain substring.

    >>> words("C++ or  New York?")
    ' c + + or new york ? '
    """
    return f" {' '.join(_WORD.findall(_composed(text).casefold()))} "


def _answers(text: str, cut: bool) -> Iterator[tuple[str, bool]]:
    """What may be the answer of a text, and whether that was cut; the first that says something.

    A base model that has answered asks itself another question; others repeat it, and then answer.
    """
    text = answered(text)
    heads = [text[:more.start()] + "\n\n" for more in islice(_NEXT.finditer(text), HEADS)]
    for part, is_cut in (*((head, False) for head in heads if head.strip()), (text, cut)):
        if len(part) > 2 * LONGEST:
            part = f"{part[:LONGEST]}\n\n{part[-LONGEST:]}"
        yield plain(part), is_cut


def exact(answer: str, text: str, cut: bool = False) -> Verdict:
    """The answer and no more, but for white space and how its letters are composed.

    Of a cut text only a line that came to its end is whole.
    """
    whole = not cut or "\n" in text[len(text.rstrip()):]
    return Verdict(whole and _normal("NFC", text).split() == _normal("NFC", answer).split())


# --------------------------------------------------------------------------------------- numbers

_MONEY = "[$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9]"
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "\u767e": 2,
           "\u5343": 3, "\u4e07": 4, "\u842c": 4, "\u4ebf": 8, "\u5104": 8}
# The parts of a number; what stands in brackets is read by value_of.
_DIGITS = any_of(
    any_of(r"\d{1,3}(?:,\d{3})+(?!\d)", r"\d{1,3}(?:[ '_]\d{3})+(?!\d)", r"\d+") + r"(?:\.\d+)?",
    r"(?<![\w.])\.\d+")
_SIGN = any_of(rf"(?i:minus|negative) {_MONEY}? ?", rf"-(?:{_MONEY} ?)?", rf"{_MONEY} ?-?")
_POWER = r"(?:\^|\*\*)[{(]?([+-]?\d+)[)}]?"
_EXPONENT = r"[eE]([+-]?\d+)"
_SCALE = rf"(?: ?({'|'.join(_SCALES)})(?![a-z\u7c73\u514b\u74e6]))"  # but a thousand metres
_VALUE = re.compile(rf"({_SIGN})?(?:(\d+) (?=\d+/))?({_DIGITS})(?:{_EXPONENT}|{_POWER})?"
                    rf"(?:/({_DIGITS}))?%?(?: ?\* ?10{_POWER})?{_SCALE}?")
# A whole run of numbers: one, or several with signs between, which then are none of them.
_ATOM = rf"{_DIGITS}(?:{_EXPONENT}|{_POWER})?%?"
_BETWEEN = any_of("[-,.:/^+*]", r" ?[-+*/] ?", " [:x] ", r" (?=\d+/\d)",
                  " (?i:plus|minus|times|over|divided by) ")
_RUN = re.compile(
    # It is no part of a word (H2O, v2, x_1) or a number; a minus after either subtracts.
    rf"(?:(?<!{_L})(?<![\d_)\]}}%])(?=-|(?i:minus|negative) )|(?={_MONEY})"
    rf"|(?<!{_L})(?<![\d_])(?<!\d[.,:/'_])(?=[\d.]))"
    rf"{_SIGN}?{_ATOM}(?:{_BETWEEN}-?{_MONEY}?{_ATOM})*{_SCALE}?")
# What stands before a number that is none at all (it is passed over), or a part of something.
_NAME = re.compile(any_of(rf"{_L}{_L}-", r"\b[A-Z]-", r"[_^][{(]?",  # GPT-4, x_{1}, cm^2
                          _word(r"steps? equations? eqs?") + r"[. (#]*") + "$")
_NEGATED = any_of(_word(r"not cannot never \w+n't") + "(?: be)?(?: equal to)?", "[\u4e0d\u975e]"
                  "[\u662f\u4e3a\u70ba]?", "(?:\u4e0d\u7b49|[\u5927\u5c0f\u591a])\u4e8e") + " ?"
_PART = re.compile(any_of(
    r"[\w)\]}%] ?(?:[+*/]|(?i:plus|times|over)) ?",        # 5 + 7
    rf"(?:\b{_L}|[)\]}}]|\d ?{_L}+ ) ?- ?",                # x - 5, 12 apples - 5
    r"(?:sqrt|frac|\b(?:log|ln|sin|cos|tan)(?:_\{?\w\}?)?) ?[{(\[]?", r"\u221a ?\(?", r"\}\{",
    r"\w\(", rf"[(\[{{]{_DIGITS}, ?",                      # f(5), (5, 7)
    r"\w ?[<>]=? ?", "(?<![=-])[<>]=?", r"[\u2264\u2265\u2260\u00b1] ?",
    r"\\(?:leq?|geq?|neq?|pm) ?", _NEGATED,
    any_of(r"(?:/\d+|%|percent) of", _word(
        "(?:more|less|greater|fewer|other|larger|smaller|higher|lower)_than at_(?:most|least) "
        "up_to twice double triple half (?:half|third|quarter|root|square|cube)_of"))
    + f" (?:the )?{_MONEY}?") + "$")
_UNIT = any_of("[mglshNJWVCFL]", "[cdkm\u03bc][mglLV]", "[kMGT][JWBV]", "[kMGT]?Hz", "k?\u03a9",
               "[ap]m", "ft", "in", "yd", "mi", "oz", "lbs?", "hrs?", "pt", rf"{_L}{{3,}}")
_GOES_ON = re.compile(any_of(
    r" ?(?:\\?(?:sqrt|pi|log|ln|sin|cos|tan)\b|[\u221a\u03c0])", r"\^", r"!\}",
    rf"(?:, ?-?{_DIGITS})+[)\]}}]",                        # (5, 7)
    rf" ?(?:{_L}+ )?(?:[+*] ?[\w(\\]|- [$(\d]|/ ?[$(\d])", r"\+", r" ?- ?[xyznk]\b",
    " ?" + _word("squared cubed factorial dozens? and_(?:a|one|three)_(?:half|third|quarter)s? "
                 "or_(?:more|less|fewer)"),
    rf"(?!{_UNIT}(?!{_L})){_L}"))                          # 2x, 10k
# A number that is one of several: before another, after another, and in a text of no more.
_BEFORE = re.compile(r"(?m)(?:,? or| to| and|[,;](?=(?:[^a-z\n]|and|or){0,60}$)) -?[$\d]")
_AFTER = re.compile(r"(?<!from )(?<!from \$)\b\d+(?:,? or| to) $"
                    r"|\b(?i:between|both|either) [^.\n]*\d[^.\n]* and $")
_SEVERAL = re.compile(rf"\W*{_DIGITS}(?:!|(?:(?:[,;]|,? and) -?{_MONEY}?{_DIGITS})+)[\W_]*")
# What is cut off somewhere after this is whole
_CLOSED = re.compile(r"\s*\}|\W*\n|\W+(?![^.\n]{0,30}\b(?:or?|and|to)\W*\Z)\w")
_BOX = re.compile(r"\\f?box(?:ed)?\s?\{((?:[^{}]|\{[^{}]*\})*)\}")
_FILL = any_of(r"[\s:=\"'*({\[]", r"\b[a-zA-Z] ?=", _word(
    "about approximately exactly therefore thus just simply only equal_to a_total_of now also "
    "either"))
_SAYS = re.compile(any_of(
    rf"{_ANSWER}[^.?!\n\d]{{0,40}}?{_IS}",
    rf"^(?:A|{_ANSWER})[ :*]*\n?", "(?<!#)####(?!#)") + rf"{_FILL}{{0,12}}", re.MULTILINE)
# A heading, or the number of an item in a list.
_HEADING = re.compile(r"(?m)^[ \t]*#+ [^\n]*|^(?!\A *(?!1\D))[ \t]*\d\d?[.)] +(?=[^\W\d])")
_INSTEAD = re.compile(rf"[^\d\n]{{0,30}}?\s*{_RETRACTS}(?:(?!check|verif)[^\d\n]){{0,40}}?"
                      rf"(?<!not )(?={_RUN.pattern})")


def value_of(number: str) -> Fraction | None:
    r"""The exact value of a text that is one number and no more, in any of its dresses.

    >>> [str(value_of(x)) for x in ("-$1,234.50", "50%", "3/4", "1e3", r"\frac{1}{2}", "2 km")]
    ['-2469/2', '50', '3/4', '1000', '1/2', 'None']
    """
    number = plain(number).strip(" \n$\u20ac") if len(number) <= 2 * DIGITS else ""
    box = _BOX.fullmatch(number)
    number = (box[1] if box else number).strip().removeprefix("+").removesuffix(".")
    found = _VALUE.fullmatch(number)
    if not found or len(found[0]) > DIGITS:
        return None
    sign, whole, top, exponent, power, below, ten, scale = found.groups()
    whole, top, below = (Fraction(re.sub("[, '_]", "", each)) for each in (
        whole or "0", top, below or "1"))
    power, exponent, ten = (int(each) if len(each) < 6 else DIGITS ** 2
                            for each in (power or "1", exponent or "0", ten or "0"))
    tens = exponent + ten + _SCALES.get(scale, 0)
    if abs(tens) > 2 * DIGITS or abs(power) > DIGITS or not below or not top and power < 0:
        return None
    size = (whole + top ** power / below) * Fraction(10) ** tens
    return -size if sign and re.search("(?i)-|^[mn]", sign) else size


class _Number(NamedTuple):
    start: int
    end: int
    value: Fraction | None  # None: a part of something larger


def _numbers(runs: Iterable[re.Match[str]]) -> Iterator[_Number]:
    """Runs in a text as numbers; those that are a part of a name are passed over."""
    for run in runs:
        start, end = run.span()
        before, after = run.string[max(0, start - 24):start], run.string[end:end + 24]
        if re.match(r"(?:st|nd|rd|th)\b", after) or _NAME.search(before):
            continue
        minus = "- " if run[0][0] in "mMnN" else ""  # x minus 5
        alone = not (_PART.search(before + minus) or _GOES_ON.match(after))
        yield _Number(start, end, value_of(run[0]) if alone else None)


def _first(text: str, start: int = 0) -> _Number | None:
    """The number right there; of a chain such as 5 + 7 = 12 the first that has a value."""
    while (run := _RUN.match(text, start)):
        said = next(_numbers([run]), None)
        if said and _BEFORE.match(text, said.end):
            return said._replace(value=None)  # it hedges
        chain = re.compile(r"[^=\n.,;]{0,20}= ?").match(text, run.end())
        if not said or said.value is not None or not chain:
            return said
        start = chain.end()
    return None


def _announced(text: str, cut: bool) -> Iterator[_Number]:
    """The numbers that the text announces, the last first."""
    marks = [*_BOX.finditer(text), *_SAYS.finditer(text)]
    for mark in sorted(marks, key=lambda mark: -mark.start()):
        if mark.re is _BOX:
            start = max(text.rfind("=", *mark.span(1)) + 1, mark.start(1))
            inside = [*_numbers(_RUN.finditer(text, start, mark.end(1)))]
            said = inside[0] if len(inside) == 1 else _Number(*mark.span(), None)
        else:
            said = None if re.search(f"{_NEGATED}$", mark[0]) else _first(text, mark.end())
        while said and (instead := _INSTEAD.match(text, said.end)):
            said = _first(text, instead.end())
        heading = mark[0][0] == "#" and said and re.match(r"[.)] +[A-Z].*\n", text[said.end:])
        if said and not heading and (not cut or said.end <= mark.end() and mark.re is _BOX
                                     or _CLOSED.match(text, said.end)):
            yield said


_NOTHING = _Number(0, 0, None)


def _said(text: str, cut: bool) -> _Number | None:
    """The number that a text gives as its answer, None if there is none in it."""
    if said := next(_announced(text, cut), None):
        return said
    if _SEVERAL.fullmatch(text) or re.match("####(?!#)", text.rstrip().rpartition("\n")[2]):
        return _NOTHING  # it ends in GSM8K's mark
    text = _HEADING.sub("", text)
    said = next(_numbers(reversed([] if cut else [*_RUN.finditer(text)])), None)
    return _NOTHING if said and _AFTER.search(text[:said.start][-CONTEXT:]) else said


def number(answer: str, text: str, cut: bool = False) -> Verdict:
    """What was announced last, else the last number; neither counts as a part of something.

    A cut text has announced only what it also closed, or went on after.

    >>> [str(number("12", said)) for said in ("5 + 7 = 12", "It is 12. So the answer is 13.")]
    ['right', 'wrong']
    """
    value = next(filter(None, (_said(*part) for part in _answers(text, cut))), _NOTHING).value
    return Verdict(value is not None and value == value_of(answer))


# --------------------------------------------------------------------------------------- choices

_LETTERED = re.compile(r"\(?([A-Za-z])[.):]\s+(.*\S)\s*", re.DOTALL)  # A. Paris
_ENDS = " \t\n.,:;!*()[]{}\"'"
# What follows an A or an I that is an option: neither an article nor a pronoun. And a "no" that
# is an answer, as in "no, it is not", but not in "no doubt".
_OPTION = re.compile(any_of(
    r".(?!['+#]|[-.]\w| \w)", r". [B-Z]\b", ". " + _word("is because since and or nor"),
    "A " + _word("seems looks would fits works remains")))
_NO = re.compile(r"(?!['-]?\w| \w)| " + _word(
    "it this that they he she there because since as you we but not and or is"))
# What stands before or after the option that is announced,
_KIND = _word("option choice category label class sentiment verdict conclusion statement claim")
_LEADS = re.compile(any_of(
    rf"{any_of(_ANSWER, _KIND)}[^.?!\n]{{0,30}}?(?:{_IS}|\n)", f"{_ANSWER} ", "####",
    r"\\f?box(?:ed)?\s?\{", "\u9009\u62e9?",
    _word("so therefore thus hence choose pick select go_with overall") + ",?", _RETRACTS + ",?")
    + any_of(r"[\s:='\"*({\[>-]", r"\\f?box(?:ed)?", _word(
        "option choice letter answer most likely clearly probably definitely indeed simply the an?"
    )) + "{0,12}$")
_CALLED = re.compile(any_of(_LEADS.pattern, _word("option choice letter") + " $"))
_RIGHT = re.compile(any_of(r"[)'\"*.:]* ?", r"[.):][^,;.!?\n]{0,40} - ")
                    + r"(?:(?:is|must be) )?(?:clearly )?(?:the )?(?:right|correct|best|answer)\b"
                    "|[):]* ?(?:[\u2705\u2713\u2714]|(?:\u9009\u9879)?\u662f?\u6b63\u786e)", re.I)
# that is rejected,
_IT = r"(?: (?:option|choice|answer|the|an?))*[\s'\"*({\[]*$"
_NOT = any_of(_word("not cannot"), "n't")
_REJECTS = re.compile(any_of(
    _NOT + "(?: " + _word(r"be mean say choose pick quite very \w+ly") + ")?",
    rf"{_NOT} (?:think|believe)\b[^.,;:!?\n]{{0,30}}", r"\bnon-",
    _word(r"nor neither never hardly far_from than instead_of opposed_to unlike less except "
          r"exclud\w+ eliminat\w+ rul\w+_out besides apart_from aside_from (?<!at_)least "
          r"(?:any|all|every|each)\w*(?:_(?:of|the|them|these|options?|choices?))*_but")
    + "(?: for| likely)?(?: to be)?", r"\b(?:[Nn]o|[Ww]ithout)(?: any)? ",
    "\u4e0d[\u662f\u9009]?", "\u5e76\u975e", "\u6392\u9664") + _IT)
_WRONG = _word("wrong incorrect false impossible unlikely ruled_out out eliminated invalid not")
_REJECTED = re.compile(any_of(
    rf"[)'\"*]* (?:is|are|was|seems|looks|would be)(?: \w+)? {_WRONG}",
    rf"[.):][^,;.!?\n]{{0,40}} (?:is|are|was|-) (?:\w+ )?{_WRONG}", rf"[):]* {_WRONG}(?<!not)",
    r"[)'\"*]* (?:is|does|was|can|could|would)(?:n't|not| not)\b",
    "[):]* ?(?:\u9009\u9879)?\u662f?[\u9519\u4e0d]",
    "[\u3067\u3058][\u306f\u3083][\u306a\u3042]"), re.IGNORECASE)
# or only thought of.
_ALSO = "(?: (?:also|well|just|still|possibly))*"
_HEDGES = re.compile(_word("might may could can perhaps maybe possibly") + f"{_ALSO}(?: be)?{_IT}")
_HEDGED = re.compile(rf"[)'\"*]* (?:might|may|could){_ALSO} be\b")
# And between two, both of which are then asked about, or rejected, but not chosen: a letter and
# the text of another option, too.
_LINK = re.compile(r" +|[\s()\]'\"]*(?:,? ?\b(or|and|nor|vs\.?)\b|[,/|&\u3001\u6216\u3068\u304b]"
                   r"|\u8fd8\u662f)[\s(\['\"]*(?:option |possibly |maybe )?", re.IGNORECASE)
_ITS_TEXT = re.compile(r"[ )\].:*'\"-]*(?:(?:the|an?) )?", re.IGNORECASE)  # A. Rome
_ITS_LETTER = re.compile(r" ?[(\[]")  # Rome (A)


@dataclass
class _Mention:
    """Where a text names a choice, and what is made of that."""

    start: int
    end: int
    choice: str
    before: str = ""  # from the mention before it on
    after: str = ""   # up to the next
    letter: bool = False  # of an option that has a text as well
    rejected: bool = False
    open: bool = False  # asked about, or one of several


def _mentions(text: str, choices: Iterable[str]) -> list[_Mention]:
    """Where the choices are named, in turn; of two that start at one place the longer."""
    choices = list(choices)
    parts = [_LETTERED.fullmatch(choice.strip()) for choice in choices]
    lettered = all(parts) and len({part[1] for part in parts}) == len(choices)
    values: dict[Fraction, str] = {}
    names: dict[tuple[str, ...], str] = {}
    sizes: dict[str, set[int]] = {}  # first word -> how many words a name has
    for choice, part in zip(choices, parts):
        for name in (choice, *part.groups()) if lettered else (choice,):
            spelt = tuple(word.casefold() for word in _WORD.findall(plain(name)))
            if (value := value_of(name)) is not None:
                values.setdefault(value, choice)
            elif spelt:
                names.setdefault(spelt, choice)
                sizes.setdefault(spelt[0], set()).add(len(spelt))
    found, start = [], 0
    spans = [word.span() for word in _WORD.finditer(text)]
    said = [text[slice(*span)].casefold() for span in spans]
    while start < len(said):
        tries = (tuple(said[start:start + n])
                 for n in sorted(sizes.get(said[start], ()), reverse=True))
        if name := next((name for name in tries if name in names), ()):
            stop = spans[start + len(name) - 1][1]
            found.append(_Mention(spans[start][0], stop, names[name]))
        start += len(name) or 1
    if values:
        runs = [*_RUN.finditer(text)]
        runs = runs if len(runs) <= 2 * SEEN else runs[:SEEN] + runs[-SEEN:]
        found += [_Mention(each.start, each.end, values[each.value]) for each in _numbers(runs)
                  if each.value in values]
    found.sort(key=lambda said: said.start)
    return found if len(found) <= 2 * SEEN else found[:SEEN] + found[-SEEN:]


def _is_named(text: str, said: _Mention) -> bool:
    """Whether a letter stands for an option there, and "no" for an answer."""
    word, after = text[said.start:said.end], text[said.end:said.end + 12]
    before = text[max(0, said.start - CONTEXT):said.start]
    if word.lower() == "no":
        return bool(_NO.match(after) or re.search(r"\bor $|/ ?$", before))
    if word == "\u662f":  # "yes", but for what says that the answer is ...
        return not before.endswith("\u7b54\u6848")
    if len(word) > 1 or not re.match(_L, word):
        return True
    if re.search(rf"\w['(-]$|\b{_L}[.+=]$", before) or re.match(r"['=-]\w|[+#]", after):
        return False  # I'd, f(b), B-side, U.S.A., C++
    if word.isupper() and word not in "AI":
        return True
    if re.match(r"\)", after) and re.search(r"(?:^|\s|\()$", before):
        return True
    return bool(_OPTION.match(word + after) and (word.isupper() or not before.strip("*( \n")
                                          or _CALLED.search(before)))


def _lists(text: str, said: _Mention) -> bool:
    """Whether a letter begins a line, as in a list of the options."""
    return said.end - said.start == 1 and text[said.end:said.end + 1] in (".", ")", ":") and bool(
        re.search(r"(?:^|\n)[ \t(*-]*$", text[max(0, said.start - 8):said.start]))


def _weigh(text: str, found: list[_Mention]) -> None:
    """Says of each mention whether it is rejected, or left open."""
    ends, starts = [0, *(said.end for said in found)], [*(said.start for said in found), len(text)]
    for said, end, start in zip(found, ends, starts[1:]):
        said.before = text[max(end, said.start - CONTEXT):said.start]
        said.after = text[said.end:min(start, said.end + CONTEXT)]
        said.letter = len(said.choice) > 1 == said.end - said.start and text[said.start].isalpha()
        said.rejected = bool(_REJECTS.search(said.before) or _REJECTED.match(said.after))
        said.open = said.after.lstrip(_ENDS)[:1] == "?"
    pairs = [*pairwise(found)]
    links = [_LINK.fullmatch(one.after[:20]) if one.choice != other.choice else None
             for one, other in pairs]
    for i, said in enumerate(found):
        listed = [*takewhile(bool, links[i:])]
        while listed and not listed[-1][1]:
            listed.pop()
        for other in found[i + 1:i + 1 + len(listed)]:  # not A, B or C
            other.rejected |= said.rejected
    for (one, other), link in zip(pairs, links):
        if one.choice != other.choice and one.letter != other.letter:
            link = link or (_ITS_TEXT if one.letter else _ITS_LETTER).fullmatch(one.after)
        if link and not one.rejected and not other.rejected:
            one.open = other.open = True
    rejected = {said.choice for said in found if said.rejected}
    if len({said.choice for said in found} - rejected) > 1:
        for said in found:
            said.open |= bool(_HEDGES.search(said.before) or _HEDGED.match(said.after))


def _settled(text: str, choices: Iterable[str], cut: bool) -> tuple[str | None, str | None]:
    """The choice that a text settles on, and the first that it names and does not reject."""
    for part, is_cut in _answers(text, cut):
        found = _mentions(part, choices)
        for said in found[:1]:  # the answer and no more, in either case
            if not part[:said.start].strip(_ENDS) and not part[said.end:].strip(_ENDS):
                whole = not is_cut or part[said.end:].strip(" ")
                return said.choice if whole else None, said.choice
        if found := [said for said in found if _is_named(part, said)]:
            return _settles(part, found, is_cut)
    return None, None


def _settles(text: str, found: list[_Mention], cut: bool) -> tuple[str | None, str | None]:
    """The same, of the mentions in a text."""
    _weigh(text, found)
    rejected = {said.choice for said in found if said.rejected}
    listed = {said.choice for said in found if _lists(text, said)}
    named, announced = [], []
    for said in found:
        if said.rejected or said.open:
            continue
        if _LEADS.search(said.before) or _RIGHT.match(said.after):
            announced += [said.choice] * bool(not cut or _CLOSED.match(text, said.end))
        elif said.choice not in rejected and not (len(listed) > 1 and _lists(text, said)):
            named += [said.choice] * (not cut)
    # Who goes through three options, and announces none, has answered in the first line or not.
    if len({*named}) > 2 and not re.match(r"[^\w\n]*\n\s*\n", found[0].after):
        named = []
    first = [said.choice for said in found if said.choice not in rejected]
    return (announced[-1:] or named[:1] or [None])[0], (first or [None])[0]


def chosen(text: str, choices: Iterable[str]) -> str | None:
    """The choice that a text settles on: announced last, else named first and not rejected.

    None if there is none. Whole words count, in upper or lower case; a letter where it can't be
    an article or a pronoun; a number by its value. Of a text that names several and settles on
    none, the first: pass 1 loses nothing by a guess.

    >>> chosen("A cat is no dog.", ("dog", "cat", "fish"))
    'cat'
    >>> [chosen(said, "ABC") for said in ("A bit hard: (b)", "Not A, it's B", "A or B", "c", "I")]
    ['B', 'B', 'A', 'C', None]
    """
    settled, first = _settled(text, choices, False)
    return settled or first


def choice(answer: str, choices: Iterable[str], text: str, cut: bool = False) -> Verdict:
    """The text settles on the answer: to name it among others is not enough.

    >>> [str(choice("A", "ABC", said)) for said in ("B is wrong; A", "A or B")]
    ['right', 'wrong']
    """
    said, _ = _settled(text, choices, cut)
    return Verdict(said is not None and words(said) == words(answer))


# ------------------------------------------------------------------------------------------ code

def python(tests: str, needs: Iterable[str], prompt: str, text: str, cut: bool = False) -> Verdict:
    r"""The code in the text passes the tests: assert statements, which need these names of it.

    >>> say = "Sure:\n```python\ndef f(x):\n    return 2 * x\n```\nIt doubles."
    >>> str(python("assert f(2) == 4", ["f"], "Write f.", say))
    'right'
    """
    source = program({*needs}, prompt, text, cut)
    if not source:
        return Verdict(False, f"no program that defines {', '.join(needs)}")
    try:
        return Verdict(holds(source, tests))
    except Refused as error:
        return Verdict(None if error.kind == "unsupported" else False, str(error))
