"""The judge, on what models say (tests/said.py): numbers, choices and code, whole or cut off.

    python -m tests.test_judge cases FILE    ../shared/cases/judge.jsonl: what is judged otherwise
    python -m tests.test_judge gsm8k FILE    OpenAI's example_model_solutions.jsonl: the same
"""
from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from data.tasks import judge
from data.tasks.interpreter import Refused, needed
from data.tasks.judge import value_of
from data.tasks.problem import Verdict
from data.tasks.programs import program
from tests.said import CHOICES, CUT_CHOICES, CUT_CODE, CUT_NUMBERS, NUMBERS, PROMPTS, WORDS, F

SHARED = Path(__file__).parents[2] / "shared"
CASES = SHARED / "cases/judge.jsonl"
GSM8K = SHARED / "data/gsm8k/example_model_solutions.jsonl"


def held(say: Callable[[str], Verdict], right: list[str], wrong: list[str]) -> None:
    """Each text of both lists is judged so; those that are not are shown."""
    assert [text for text in right if not say(text).right] == []
    assert [text for text in wrong if say(text).right] == []


@pytest.mark.parametrize("answer, right, wrong", NUMBERS + CUT_NUMBERS)
def test_a_number_is_read_as_a_whole(answer: str, right: list, wrong: list) -> None:
    cut = (answer, right, wrong) in CUT_NUMBERS
    held(lambda text: judge.number(answer, text, cut), right, wrong)


@pytest.mark.parametrize("choices, answer, right, wrong", CHOICES + CUT_CHOICES)
def test_a_choice_is_what_a_text_settles_on(choices: list, answer: str, right: list, wrong: list
                                            ) -> None:
    cut = (choices, answer, right, wrong) in CUT_CHOICES
    held(lambda text: judge.choice(answer, choices, text, cut), right, wrong)


def test_pass_1_guesses_where_a_reward_is_not_paid() -> None:
    kinds = ["math", "code", "others"]
    for text, kind in {"code and math": "code", "math, code or others": "math", "not math": None,
                       "Not math, nor code: others": "others", "code?": "code", "": None,
                       "math or code? code": "code", "maths": None}.items():
        assert judge.chosen(text, kinds) == kind, text
    assert not judge.choice("code", kinds, "code and math").right


@pytest.mark.parametrize("gold, text, right, words", WORDS)
def test_each_word_does_its_work(gold: list, text: str, right: bool, words: str) -> None:
    texts = [text.format(word.replace("_", " ")) for word in words.split(" ")]
    held(lambda text: judge.choice(gold[1], gold[0], text) if gold[1:] else
         judge.number(gold[0], text), texts if right else [], [] if right else texts)


TESTS = "assert f(1) == 2\nassert f(-1) == 0"


@pytest.mark.parametrize("prompt, cut", [(prompt, False) for prompt in PROMPTS]
                         + [(prompt, True) for prompt in CUT_CODE])
def test_code_is_found_where_it_is(prompt: str, cut: bool) -> None:
    held(lambda text: judge.python(TESTS, ["f"], prompt, text, cut),
         *(CUT_CODE if cut else PROMPTS)[prompt])


def test_a_gold_answer_is_one_number_and_no_more() -> None:
    assert all(value_of(row[0]) is not None for row in NUMBERS)
    for text, value in {
            "1e-7": "1/10000000", "-$1,234.5": "-2469/2", "1{,}000": "1000", "\u22125": "-5",
            "\\frac{3}{4}": "3/4", "10^3": "1000", "2^-3": "1/8", "1 1/2": "3/2", "5.": "5",
            "$\\boxed{7}$": "7", "+3": "3", "\uff17": "7", "7\u20ac": "7", "-1/2": "-1/2"}.items():
        assert value_of(text) == Fraction(value), text
    for text in ("", "a", "12 apples", "1:2", "1,2", "5 + 7", "1/0", "0^-1", "1e999999999", "v2",
                 "9^999999999", "x = 5", "(1, 2)", "nan", "inf", "-", "$", "1" * 101, "5 or 6",
                 "1e" + "9" * 90, "7^101"):
        assert value_of(text) is None, text


def test_exactly_is_but_for_space_and_composed_letters() -> None:
    held(lambda text: judge.exact(" New  York ", text), ["New York", "\nNew\tYork  "],
         ["new york", "NewYork", "New York.", "New", "", "New York New York"])
    held(lambda text: judge.exact("caf\u00e9", text), ["caf\u00e9", "cafe\u0301"], ["cafe"])
    held(lambda text: judge.exact("12", text, cut=True), ["12\n", "12 \n "],
         ["12", "12 ", "12\n3"])


def test_the_prompts_helpers_come_with_its_signature_and_are_not_paid_for_themselves() -> None:
    prompt = "import math\n\nN = 7\n\ndef up(x):\n    return x + 1\n\n\ndef f(x: int) -> int:\n"
    for text in ("    return up(x)", "def f(x):\n    return up(x)", "return up(x)\n\n\nx = 1"):
        said = program({"f"}, prompt, text)
        assert "import math" in said and "N = 7" in said and "up(x)" in said
    assert not program({"up"}, prompt, "up")


def test_of_several_programs_the_first_that_defines_what_is_needed_is_judged() -> None:
    """Not the first that passes: a model that lists its guesses would be paid for one of them."""
    wrong, right = "def f(x):\n    return x", "def f(x):\n    return x + 1"
    for n in range(4):
        blocks = [wrong] * n + [right] + [wrong] * 3
        text = "\n".join(f"```python\n{block}\n```" for block in blocks)
        assert judge.python(TESTS, ["f"], "", text).right is (n == 0)


@pytest.mark.parametrize("kind, right", [
    ("unsupported", None), ("budget", False), ("error", False)])
def test_what_can_not_be_run_is_not_judged(monkeypatch: pytest.MonkeyPatch, kind: str,
                                           right: bool | None) -> None:
    def refuse(source: str, tests: str) -> bool:
        error = Refused("no classes")
        error.kind = kind
        raise error
    monkeypatch.setattr(judge, "holds", refuse)
    said = judge.python(TESTS, ["f"], "", "def f(x): return x")
    assert (said.right, said.why, said.reward) == (right, "no classes", -1)
    assert str(judge.python(TESTS, ["f"], "", "I can't.")) == "wrong: no program that defines f"


@pytest.mark.parametrize("text, why", [
    (f"class A:\n    pass\n\n\n{F} if A else 0", "ClassDef"), ("class f:\n    x = 1", "ClassDef"),
    ("async def f(x):\n    return x", "AsyncFunctionDef"),
    (f"{F} if '\\N{{DASH}}' else 0", "a character by its name")])
def test_a_program_that_needs_what_is_not_run_is_not_judged(text: str, why: str) -> None:
    needs = {"A", "f"} if "class A" in text else {"f"}
    assert str(judge.python(TESTS, needs, "", text)) == f"not judged: {why} is not supported"
    assert "ASCII" in judge.python(TESTS, ["f"], "", f"{F} - 0 * \u00e9t\u00e9").why


HOSTILE = {name: (text * 100_000)[:100_000] for name, text in {
    "commas": "1,", "thousands": "111,", "minus": "-", "fences": "```", "blocks": "```\n",
    "digits": "1", "marks": "#### ", "dots": "1.", "dollars": "-$", "nul": "\0", "quotes": "'",
    "surrogates": "\ud800", "spaces": " ", "lines": "\n", "brackets": "(", "choices": "red ",
    "almost": "new yor ", "Arabic": "\u0661", "boxes": "\\boxed{1}", "open boxes": "\\boxed{",
    "answers": "answer ", "answer is": "answer is ", "H2O": "H2O ", "GPT": "GPT-4 ",
    "sums": "1 + ", "letters": "A ", "or": "A or B, ", "no": "no ", "tags": "<<", "A": "A: \n",
    "headings": "# 1\n", "long": "\ufdfa", "defs": "def f(x):\n", "imports": "import x\n",
    "prompts": ">>> def\n", "ticks": "`def` ", "is": "x=", "tildes": "~~~\n", "bold": "**a**",
    "thoughts": "<think>", "questions": "\nQ", "powers": "2^", "squares": "2\u00b2",
    "Thai": "\u0e44\u0e21\u0e48", "halves": "1 1/", "fractions": "\\frac{1}", "quoted": '"""',
    "items": "a[b]", "exponents": "1e", "struck": "<s>", "ends": "</s>",
    "prompts again": "1\nQ: ", "maybe": "might be ", "except": "all of the ",
    "wait": "The answer is 1, wait, ", "several": "111, ", "between": "between 1 and ",
    "also": "answer is 1; ", "no, no": "answer is 1 no, ", "items of lists": "1. a\n"}.items()}
HOSTILE |= {
    "empty": "", "accents": "\u0301" * 50_000 + "\u0316" * 50_000, "million": "1" * 10 ** 6,
    "signature": "def f(" + "\n" * 99_000, "fills": "answer" + " " * 99_000,
    **{line: f"```\n{line * (9_900 // len(line))}\n```\n" * 20
       for line in ("a=1\n", "a=1+1+1+1\n", "a.b[c](d)\n", "def g(x): return x\n")},
    "ifs": "import x\n" + "if " * 33_000, "minuses": "x=" + "-" * 1990 + "1"}
CHECKS: dict[str, Callable[[str], Verdict]] = {
    "exact": lambda text: judge.exact("7", text), "number": lambda text: judge.number("7", text),
    "choice": lambda text: judge.choice("7", ["7", "new york"], text),
    "letter": lambda text: judge.choice("B", [*"ABCD", "no"], text),
    "python": lambda text: judge.python(TESTS, ["f"], "", text),
    "body": lambda text: judge.python(TESTS, ["f"], 'def f(x):\n    """f."""\n', text)}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_raises_or_takes_long(name: str, check: str) -> None:
    """100 KB: 100 ms or less is usual; a slip into backtracking takes seconds."""
    start = time.process_time()
    assert not CHECKS[check](HOSTILE[name]).right
    assert time.process_time() - start < 0.5 * max(1, len(HOSTILE[name]) / 100_000)


def test_two_hundred_choices_cost_no_more_than_two() -> None:
    choices = [f"new york {i}" for i in range(200)]
    start = time.process_time()
    assert not judge.choice("new york 7", choices, "new york " * 11_000).right
    assert time.process_time() - start < 0.5


# ------------------------------------------------------------------------ what others have judged

def cases(path: Path) -> Iterator[tuple[dict, bool, Verdict]]:
    """Of each collected answer: the line, whether it is right, and what the judge says."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        tests = "\n".join(f"assert {test}" for test in row.get("tests", ()))
        match row["check"]:
            case "number":
                verdict = judge.number(row["answer"], row["text"])
            case "choice":
                verdict = judge.choice(row["answer"], row["choices"], row["text"])
            case "python":
                verdict = judge.python(tests, needed(tests), "", row["text"])
        yield row, row["right"], verdict


def gsm8k(path: Path) -> Iterator[tuple[dict, bool, Verdict]]:
    """The same of the four answers to each of 1,319 questions that OpenAI has published."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        for said in row.values():
            if isinstance(said, dict):
                gold = row["ground_truth"].rpartition("A: ")[2]
                yield said, said["is_correct"], judge.number(gold, said["solution"])


@pytest.mark.parametrize("judged, path, n, most", [
    (cases, CASES, 142, 4), (gsm8k, GSM8K, 5276, 0)])
def test_others_judged_the_same(judged: Callable, path: Path, n: int, most: int) -> None:
    if not path.exists():
        pytest.skip(f"{path} is not here")
    said = [(bool(verdict.right), right) for _, right, verdict in judged(path)]
    assert len(said) == n and sum(ours != theirs for ours, theirs in said) <= most
    assert (True, False) not in said  # nothing wrong is paid


if __name__ == "__main__":
    total = otherwise = paid = 0
    for line, right, verdict in {"cases": cases, "gsm8k": gsm8k}[sys.argv[1]](Path(sys.argv[2])):
        total += 1
        if bool(verdict.right) != right:
            otherwise, paid = otherwise + 1, paid + bool(verdict.right)
            print(verdict, json.dumps(line))
    print(f"{total} answers, {otherwise} judged otherwise, {paid} of them paid though wrong")
