"""A user's lines: held to the format when read, split by prompt, judged as their check says."""
from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random

import pytest

from data.tasks.jsonl import SPLITS, Pool, Question, canonical, classified, read, split_of, which

GSM8K = [
    {"question": "A crate holds 1,200 nails. How many do 3 crates hold?",
     "answer": "Each holds 1,200.\n3 * 1200 = <<3*1200=3600>>3,600\n#### 3,600"},
    {"question": "Lu owes $9 and pays $4. What is the balance?",
     "answer": "9 - 4 = <<9-4=5>>5 are owed.\n#### -5"},
    {"question": "Half of 7?", "answer": "7 / 2 = <<7/2=3.5>>3.5\n#### 3.5"},
]


def wrote(folder: Path, *lines: object) -> Path:
    """A file of these lines: dicts as JSON, bytes as they are."""
    path = folder / "My words.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode()
                                for line in lines))
    return path


def one(folder: Path, **row: object) -> Question:
    (pool,) = read(wrote(folder, {"prompt": "p", **row})).values()
    (question,) = pool.questions
    return question


def sums(n: int, domain: str = "sums") -> list[dict]:
    return [{"prompt": f"What is {i} plus {domain}?", "answer": i, "domain": domain}
            for i in range(n)]


# -------------------------------------------------------------------------------------- splits

def test_splits_are_disjoint_and_neither_seed_nor_order_of_lines_moves_a_prompt(
        tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *sums(400)))["sums"]
    turned = read(wrote(tmp_path, *sums(400)[::-1]))["sums"]
    found: dict[str, set[str]] = {}
    for split in SPLITS:
        n = sum(split_of(q.key) == split for q in pool.questions)
        runs = [p.problems(n, split, seed) for p in (pool, turned) for seed in (0, 1)]
        assert runs[0] == runs[2] != runs[1] == runs[3]
        assert len({frozenset(q.key for q in run) for run in runs}) == 1
        found[split] = {q.key for q in runs[0]}
        assert {pool.problem(Random(i), split).key for i in range(50)} <= found[split]
        assert 0.5 < len(found[split]) / (4 * SPLITS[split]) < 1.5  # of 400, by chance
    assert len(set.union(*found.values())) == 400 == sum(map(len, found.values()))


def test_the_split_of_a_prompt_never_changes() -> None:
    """These were computed once: another hash would let a resumed run train on its test lines."""
    splits = [split_of(canonical(f"Prompt  {i}")) for i in range(20, 29)]
    assert splits == ["train", "train", "shots", "test", "shots", "train", "train", "shots",
                      "validation"]


def test_a_prompt_in_other_case_and_white_space_is_a_repeat(tmp_path: Path) -> None:
    again = [{**row, "prompt": "  " + row["prompt"].upper().replace(" ", "\n ")}
             for row in sums(20)]
    pool = read(wrote(tmp_path, *sums(30), *again))["sums"]
    assert (len(pool.questions), pool.dropped) == (30, 20)
    assert all(split_of(canonical(a["prompt"])) == split_of(canonical(b["prompt"]))
               for a, b in zip(again, sums(20)))


def test_shots_are_exactly_n_and_other_splits_at_most(tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *sums(100)))["sums"]
    there = sum(split_of(q.key) == "shots" for q in pool.questions)
    assert len(pool.problems(there, "shots")) == there
    with pytest.raises(ValueError, match=f"{there} shots .* {there + 1} were asked .*lines"):
        pool.problems(there + 1, "shots")
    assert len(pool.problems(5, "train")) == 5
    assert len(pool.problems(9999, "train")) == len(set(pool.problems(9999, "train"))) < 100


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_without_prompts_names_the_way_out(tmp_path: Path, split: str) -> None:
    lines = [row for row in sums(50) if split_of(canonical(row["prompt"])) != split]
    pool = read(wrote(tmp_path, *lines))["sums"]
    for ask in (lambda: pool.problem(Random(0), split), lambda: pool.problems(1, split)):
        with pytest.raises(ValueError, match=f"has 0 {split} prompts, 1 were .*add lines"):
            ask()


# -------------------------------------------------------------------------------------- checks

@pytest.mark.parametrize("answer, right, wrong", [
    ("1,234.50", ["1234.5", "it is $1,234.50.", "= 1 or 01234.500", "+1234.5",
                  "#### 9\n#### 1234.5 9"],
     ["1,234.51", "-1234.5", "1234", "123450", "", "1234.5 or 6", "1234.5\n#### 6", "12,34.5",
      "#### x 1234.5", "1234.5\n#### "]),
    (-3, ["-3", "10-13 = -3", "\u22123", "-$3", "$-3.0", "(-3)"], ["3", "10-3", "(7)-3", "-3.1"]),
    ("50%", ["50", "50%", "50 percent.", "050"], ["0.5", "500", "5 0", "50/100"]),
    (0.5, [".5", "0.50", "1.5 - 1 = .5"], ["5", "0.5.5", "-.5"]),
    (2 ** 53 + 1, ["9007199254740993"], ["9007199254740992"]),  # which a float can't tell apart
    (0, ["0", "-0", "0.00"], ["", "zero", "O", "10"]),
    ("9" * 100, ["9" * 100], ["9" * 99, "9" * 101, "0" + "9" * 100]),
])
def test_number(tmp_path: Path, answer: object, right: list[str], wrong: list[str]) -> None:
    judged(one(tmp_path, answer=answer, check="number"), right, wrong)


def judged(question: Question, right: list[str], wrong: list[str]) -> None:
    assert {text: question.reward(text) for text in right} == dict.fromkeys(right, 1)
    assert {text: question.reward(text) for text in wrong} == dict.fromkeys(wrong, -1)


def test_exact(tmp_path: Path) -> None:
    judged(one(tmp_path, answer=" New  York "), ["New York", "\nNew\tYork  "],
           ["new york", "NewYork", "New York.", "New", "", "New York New York"])


def test_choice(tmp_path: Path) -> None:
    choices = ["York", "New York", "C", "C++", "no"]
    judged(one(tmp_path, answer="new york", check="choice", choices=choices),
           ["NEW  YORK", "in new york, no york", "new-ish? New York.", "nowhere but New York"],
           ["York", "york or new york", "new yorker", "no, New York", "anew york", "", "newyork"])
    judged(one(tmp_path, answer="C++", check="choice", choices=choices),
           ["c++", "It is C++, not C"], ["C", "C+", "C or C++", "++"])
    judged(one(tmp_path, answer=3, check="choice", choices=[3, 30, "b"]),
           ["3", "(3)", "3 b"], ["30", "b 3", "33"])


def test_choices_are_by_default_all_answers_of_the_domain(tmp_path: Path) -> None:
    rows = [{"prompt": f"p{i}", "answer": answer, "check": "choice", "domain": domain}
            for i, (answer, domain) in enumerate([("hot", "a"), ("cold", "a"), ("HOT", "a"),
                                                  ("x", "b"), ("y", "b")])]
    pools = read(wrote(tmp_path, *rows, {"prompt": "q", "answer": "warm", "domain": "a"}))
    assert [c.lower() for c in pools["a"].questions[0].choices] == ["hot", "cold"]
    assert pools["a"].questions[2].reward("hot it is") == 1
    assert pools["b"].questions[0].choices == ("x", "y")


def test_python(tmp_path: Path) -> None:
    tests = ["f(2, [1]) == [1, 2]", "assert f('a', []) == ['a']", " f(-1, [[]]) == [[], -1] "]
    good = "def f(x, s):\n    return s + [x]"
    question = one(tmp_path, check="python", tests=tests)
    assert question.answer == ""
    judged(question, [good, f"So:\n```python\n{good}\n```\nor\n```\nno\n```", f"```\n{good}\n```",
                      f" {good}\n", f"```py\n{good}"],
           ["", good.replace("+", "-"), "def f(x, s): return [x] + s", "return s + [x]",
            f"Here: {good}", f"```\nno\n```\n```\n{good}\n```", good.replace("f(", "g("),
            "def f(x, s): return f(x, s)", "import os", "\0", "```", "def f(x): return [x]",
            "def f(x, s): return [1, 2]", f"on the fence's line: ``` {good} ```"])
    assert one(tmp_path, check="python", tests=tests, answer=good).reward(good) == 1


def test_python_cannot_be_won_by_the_last_or_the_first_case_alone(tmp_path: Path) -> None:
    question = one(tmp_path, check="python", tests=["f(1) == 1", "f(2) == 4"])
    judged(question, ["def f(x): return x * x"], ["def f(x): return x", "def f(x): return x + 2"])


HOSTILE = {
    "commas": "1," * 50_000, "thousands": "1" + ",111" * 25_000, "minus": "-" * 100_000,
    "fences": "```" * 30_000, "blocks": "```\n" * 25_000, "digits": "1" * 1_000_000,
    "marks": "#### " * 20_000, "dots": "1." * 50_000, "dollars": "-$" * 50_000, "nul": "\0" * 1000,
    "surrogates": "\ud800" * 50_000, "spaces": " " * 100_000, "brackets": "(" * 100_000,
    "choices": "red " * 25_000, "almost": "new yor " * 12_500, "Arabic": "\u0661" * 1000,
    "empty": "", "quotes": "'" * 1999, "minuses": "x=" + "-" * 1990 + "1",
}


@pytest.mark.parametrize("check", ["exact", "number", "choice", "python"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_raises_or_takes_long(name: str, check: str) -> None:
    """50 ms for 100 KB is what was measured at most; a slip into backtracking takes seconds."""
    question = Question("p", "7", "d", check, ("7", "new york"), (("f", (1,), 2),))
    start = time.process_time()
    assert question.reward(HOSTILE[name]) == -1
    assert time.process_time() - start < 0.1 * max(1, len(HOSTILE[name]) / 100_000)


# --------------------------------------------------------------------------------- reading files

def test_gsm8k(tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *GSM8K))["my-words"]
    assert [q.answer for q in pool.questions] == ["3,600", "-5", "3.5"]
    for question, row in zip(pool.questions, GSM8K):
        worked = row["answer"]
        judged(question, [worked, worked + " ", question.answer, f"It is {question.answer}."],
               [worked + "1", worked.replace("####", "#### so"), "", question.prompt,
                worked.replace("#### ", "#### 1")])


def test_a_file_from_windows_with_blank_lines_and_a_domain_in_capitals(tmp_path: Path) -> None:
    path = wrote(tmp_path, b"\xef\xbb\xbf" + json.dumps(sums(1, "SUMS")[0]).encode() + b"\r",
                 b"\r", b"", {"prompt": "caf\u00e9\u2028?", "answer": "yes", "domain": "others"})
    pools = read(path)
    assert list(pools) == ["sums", "others"]
    assert [(p.name, p.label, p.unseen, p.dropped) for p in pools.values()] == [
        ("sums", "sums", False, 0), ("others", "others", False, 0)]


OK = {"prompt": "p", "answer": "a"}
CODE = {"prompt": "p", "check": "python"}
PICK = {**OK, "check": "choice"}


@pytest.mark.parametrize("line, why", [
    (b'{"prompt": "caf\xe9", "answer": "a"}', "0xe9.*UTF-8"),
    (b"{'prompt': 1}", "JSON"),
    (b'{"prompt": "p", "answer": "a"', "JSON.*column"),
    (b'["p", "a"]', "object"),
    (b"[" * 100_000, "deep"),
    (b'{"prompt": "p", "answer": ' + b"[" * 900 + b"]" * 900 + b"}", "answer|deep"),
    (b'{"prompt": "p", "answer": NaN}', "nan"),
    (b'{"prompt": "p", "answer": -Infinity}', "inf"),
    (b'{"prompt": "p", "answer": 1e999}', "inf"),
    (b'{"prompt": "p", "answer": ' + b"1" * 5000 + b"}", "digits"),
    (b'{"prompt": "p", "answer": "a", "answer": "b"}', "'answer', 'answer'.*each once"),
    (b'{"prompt": "p\\ud800", "answer": "a"}', "surrogate"),
    (b'{"prompt": "p", "answer": "\\udfff"}', "surrogate"),
    ({"answer": "a"}, r'keys \[\]: expected one of \"prompt\"'),
    ({**OK, "question": "q"}, "prompt.*question.*: expected one of"),
    ({"prompt": " \n", "answer": "a"}, "prompt"),
    ({"prompt": 7, "answer": "a"}, "prompt 7"),
    ({"prompt": "p" * 100_001, "answer": "a"}, "100,000"),
    ({"prompt": "p"}, "answer None"),
    ({"prompt": "p", "answer": " "}, "answer ' '"),
    ({"prompt": "p", "answer": True}, "answer True"),
    ({"prompt": "p", "answer": ["a"]}, "answer"),
    ({"question": "q", "answer": "5 #### "}, "answer ''"),
    ({"question": "q", "answer": "five"}, "'five': expected one number"),
    ({**OK, "chek": "exact"}, r"'chek'\]: expected one of .*check"),
    ({**OK, "check": "regex"}, "'regex': expected one of exact"),
    ({**OK, "check": {}}, "check {}"),
    ({**OK, "check": "number"}, "'a': expected one number"),
    ({"prompt": "p", "answer": "1/2", "check": "number"}, "1/2"),
    ({"prompt": "p", "answer": 1e-7, "check": "number"}, "1e-07"),
    ({"prompt": "p", "answer": "1" * 101, "check": "number"}, "number"),
    ({**OK, "domain": "base"}, "base"),
    ({**OK, "domain": "Classifier"}, "Classifier"),
    ({**OK, "domain": "com1"}, "com1"),
    ({**OK, "domain": "../x"}, "domain"),
    ({**OK, "domain": "x" * 33}, "domain"),
    ({**OK, "domain": "x\n"}, "domain"),
    ({**OK, "domain": ""}, "domain ''"),
    ({**OK, "domain": None}, "domain None"),
    ({**OK, "choices": ["a", "b"]}, '"check": "choice"'),
    ({**OK, "tests": ["f(1) == 1"]}, '"check": "python"'),
    ({**PICK, "choices": ["b", "c"]}, "one of the choices"),
    ({**PICK, "answer": "the a", "choices": ["a", "c"]}, "one of the choices"),
    ({**PICK, "choices": ["a", "A"]}, "no two the same"),
    ({**PICK, "choices": ["a"]}, "expected 2 to"),
    ({**PICK, "choices": []}, "not empty"),
    ({**PICK, "choices": "ab"}, "list"),
    ({**PICK, "choices": ["a", None]}, "choices None"),
    ({**PICK, "choices": [*map(str, range(200)), "a"]}, "2 to 200"),
    (PICK, "expected 2 to"),
    (CODE, "tests"),
    ({**CODE, "tests": []}, "tests"),
    ({**CODE, "tests": ["f(1) == 1", 7]}, "tests 7"),
    *(({**CODE, "tests": [test]}, "tests .*expected a call") for test in (
        "f(1)", "f(1) = 1", "f(1) > 1", "f(x) == 1", "f(1) == g(1)", "a.f(1) == 1", "f(*[1]) == 1",
        "f(a=1) == 1", "f(1) == 1 == 1", "f(1) == 0.5", "f({}) == 1", "f(1) == {1}", "f__(1) == 1",
        "f(1) == 1; f(2) == 2", "", "f(" + "-" * 1900 + "1) == 1", "f(" * 999, "f(1) == 2 ** 9",
        f"f(1) == {2 ** 300}", "f('\ud800') == 1", "\0", "f(1) ==" + " " * 2000 + "1",
        "assert f(1) == 1, 'why'", "__import__('os').system('x') == 0")),
    ({**CODE, "tests": ["f(1) == 1"], "answer": "def f(x): return 2"}, "a function that passes"),
    ({**CODE, "tests": ["f(1) == 1"], "answer": ""}, "answer ''"),
    ({"prompt": " Q 1", "answer": "b", "domain": "words"}, "prompt .*answer.* that line 1 has"),
    ({"prompt": "q 1", "answer": "a", "domain": "others"}, "domain.* that line 1 has"),
])
def test_a_bad_line_is_named_with_what_was_expected(tmp_path: Path, line: object, why: str
                                                    ) -> None:
    good = [{"prompt": f"q {i}", "answer": "a", "domain": "words"} for i in (1, 2)]
    path = wrote(tmp_path, good[0], b"", line, good[1])
    with pytest.raises(ValueError, match=f"(?s)jsonl, line 3: .*{why}") as error:
        read(path)
    str(error.value).encode()  # it can be printed
    assert len(str(error.value)) < 600


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ValueError, match="has no lines"):
        read(wrote(tmp_path, content))


@pytest.mark.parametrize("stem, domain", [("GSM8K train", "gsm8k-train"), ("2024_sums", "sums"),
                                          ("\u65e5\u672c", "tasks"), ("x" * 50, "x" * 32)])
def test_the_files_name_is_the_domain(tmp_path: Path, stem: str, domain: str) -> None:
    path = wrote(tmp_path, OK).rename(tmp_path / f"{stem}.jsonl")
    assert list(read(path)) == [domain]
    with pytest.raises(ValueError, match="line 1: domain 'base'"):
        read(path.rename(tmp_path / "base.jsonl"))


# -------------------------------------------------------------------------- which kind is it?

def test_which_names_each_domain_once_and_others_last() -> None:
    ask = "\n\nWhich kind of question is this: words, sums or others? Answer with one word."
    assert which(["words", "sums"]) == which(("words", "others", "sums")) == ask
    assert "this: a or others?" in which({"a": 1})


def mixed(folder: Path) -> dict[str, Pool]:
    return read(wrote(folder, *sums(300, "sums"), *sums(60, "words"), *sums(60, "others")))


def test_the_classification_task_shares_the_splits_of_its_prompts(tmp_path: Path) -> None:
    pools = mixed(tmp_path)
    task, ask = classified(pools, which(pools)), which(pools)
    assert (task.name, len(task.questions)) == ("classifier", 420)
    for split in SPLITS:
        for label, pool in pools.items():
            prompts = {q.prompt + ask for q in pool.questions if split_of(q.key) == split}
            mine = {q.prompt for q in task.questions
                    if split_of(q.key) == split and q.label == label}
            assert prompts == mine
    question = task.questions[0]
    assert question.choices == ("sums", "words", "others")
    judged(question, ["sums", "Sums, not words."], ["words", "others", "", "math", "summs"])


def test_the_classification_task_draws_evenly_over_domains(tmp_path: Path) -> None:
    """300 lines of sums to 60 of words; 900 draws, mean 300 and deviation 14 a domain."""
    pools, rng = mixed(tmp_path), Random(5)
    task = classified(pools, which(pools))
    drawn = [task.problem(rng, "train").label for _ in range(900)]
    assert all(abs(drawn.count(label) - 300) < 75 for label in pools)
    listed = [q.label for q in task.problems(30, "train")]
    assert all(listed.count(label) == 10 for label in pools)
    assert {q.label for q in classified({"words": pools["words"]}, "?").questions} == {"words"}
