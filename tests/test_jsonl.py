"""A user's lines: held to the format when read, split by prompt, judged as their check says."""
from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from data.tasks.jsonl import SPLITS, Question, canonical, classified, read, which
from data.tasks.problem import split_of


def wrote(folder: Path, *lines: object) -> Path:
    """A file of these lines: dicts as JSON, bytes as they are."""
    path = folder / "My words.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode()
                                for line in lines))
    return path


def sums(n: int, domain: str = "sums") -> list[dict]:
    return [{"prompt": f"What is {i} plus {domain}?", "answer": i, "domain": domain}
            for i in range(n)]


def split(row: dict) -> str:
    return split_of(canonical(row["prompt"]), SPLITS)


# ------------------------------------------------------------------------------------------ splits

def test_splits_are_disjoint_and_neither_seed_nor_order_of_lines_moves_a_prompt(
        tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *sums(400)))["sums"]
    turned = read(wrote(tmp_path, *sums(400)[::-1]))["sums"]
    found: dict[str, set[str]] = {}
    for name in SPLITS:
        n = sum(q.split == name for q in pool.questions)
        runs = [p.problems(n, name, seed) for p in (pool, turned) for seed in (0, 1)]
        assert runs[0] == runs[2] != runs[1] == runs[3]
        assert len({frozenset(q.key for q in run) for run in runs}) == 1
        found[name] = {q.key for q in runs[0]}
        assert {pool.problem(Random(i), name).key for i in range(50)} <= found[name]
        assert 0.5 < len(found[name]) / (4 * SPLITS[name]) < 1.5  # of 400, by chance
    assert len(set.union(*found.values())) == 400 == sum(map(len, found.values()))


def test_a_prompt_has_one_split_for_ever_in_whatever_case_and_white_space(tmp_path: Path) -> None:
    """Computed once: another hash would let a resumed run train on its test lines."""
    assert [split({"prompt": f"Prompt  {i}"}) for i in range(20, 29)] == [
        "train", "train", "shots", "test", "shots", "train", "train", "shots", "validation"]
    again = [{**row, "prompt": "  " + row["prompt"].upper().replace(" ", "\n ")}
             for row in sums(20)]
    pool = read(wrote(tmp_path, *sums(30), *again))["sums"]
    assert (len(pool.questions), pool.dropped) == (30, 20)


def test_shots_are_exactly_n_others_at_most_and_too_few_name_the_way_out(tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *sums(100)))["sums"]
    there = sum(q.split == "shots" for q in pool.questions)
    assert len(pool.problems(there, "shots")) == there and len(pool.problems(5, "train")) == 5
    assert len(pool.problems(9999, "train")) == len(set(pool.problems(9999, "train"))) < 100
    with pytest.raises(ValueError, match=f"{there} shots .* {there + 1} were asked .*lines"):
        pool.problems(there + 1, "shots")
    for name in SPLITS:
        pool = read(wrote(tmp_path, *(row for row in sums(50) if split(row) != name)))["sums"]
        for ask, first in ((pool.problem, Random(0)), (pool.problems, 1)):
            with pytest.raises(ValueError, match=f"has 0 {name} prompts, 1 were .*add lines"):
                ask(first, name)


def digests(folder: Path, lines: list[dict]) -> dict[str, str]:
    pools = read(wrote(folder, *lines))
    return {name: pool.digest() for name, pool in {
        **pools, "classifier": classified(pools, which(sorted(pools)))}.items()}


def test_the_digest_is_of_what_training_depends_on_and_of_no_more(tmp_path: Path) -> None:
    code = {"prompt": "f?", "check": "python", "domain": "words", "tests": ["f(1) == 1"]}
    pick = [{"prompt": f"p {i}", "answer": "ab"[i % 2], "check": "choice", "domain": "pick"}
            for i in range(30)]
    lines = [*sums(60), *sums(60, "words"), code, *pick]
    one = {split(row): row for row in lines[:60]}  # one of each split
    new = {split(row): row for row in sums(90)[60:]}
    before = digests(tmp_path, lines)
    assert set(before) == {"sums", "words", "pick", "classifier"}
    assert len({int(d, 16) for d in before.values() if len(d) == 16}) == 4

    def changed(more: list[dict], old: dict | None = None, **other: object) -> set[str]:
        after = digests(tmp_path, [*({**x, **other} if x == old else x for x in lines), *more])
        return {name for name in before if after[name] != before[name]}
    lines.reverse()
    assert not changed([]) and not changed(lines) and not changed([new["test"], new["shots"]])
    assert changed([new["train"]]) == changed([new["validation"]]) == {"sums", "classifier"}
    for name in SPLITS:  # other answers and checks, to the same prompts
        assert changed([], one[name], answer=99) == changed([], one[name], check="number") == (
            {"sums"} if name in ("train", "validation") else set())
    prompt = one["train"]["prompt"].upper()
    assert changed([], one["train"], prompt=prompt) == {"sums", "classifier"}
    assert changed([], one["train"], domain="pick") == {"sums", "pick", "classifier"}
    renamed = digests(tmp_path, [{**row, "domain": "adds"} for row in sums(60)])
    assert renamed["adds"] != before["sums"]
    assert split(code) == "train" and changed([], code, tests=["f(1) == []"]) == {"words"}
    # An answer that is new is a new choice for all; the order of those that are known is none.
    test = next(row for row in pick if split(row) == "test")
    assert changed([], test, answer="c") == {"pick"} and not changed([], test, answer="B")
    lines = [{**row, "choices": ["b", "a"]} if row in pick else row for row in lines]
    assert not changed([])


# ------------------------------------------------------------------------------------------ checks

def judged(question: Question, right: list[str], wrong: list[str]) -> None:
    assert {text: question.reward(text) for text in right} == dict.fromkeys(right, 1)
    assert {text: question.reward(text) for text in wrong} == dict.fromkeys(wrong, -1)


@pytest.mark.parametrize("row, right, wrong", [
    ({"answer": " New  York "}, ["New York", "\nNew\tYork  "], ["new york", "New York."]),
    ({"answer": "1,234.50", "check": "number"}, ["1234.5", "$1,234.50."], ["1234", "-1234.5"]),
    ({"answer": 3, "check": "choice", "choices": [3, 30, "b"]}, ["3", "(3)", "3 b"],
     ["30", "(b) 3", "33"]),
    ({"check": "python", "tests": ["f(2, [1]) == [1, 2]", " assert f(-1, [[]]) == [[], -1] "]},
     ["def f(x, s):\n    return s + [x]"], ["", "def f(x, s):\n    return [1, 2]"]),
    *(({"question": "3 crates of 1,200?", "answer": f"{worked}\n#### {answer}"},  # as GSM8K's
       [f"{worked}\n#### {answer}", f"{worked}\n#### {answer} ", answer, f"It is {answer}."],
       [f"{worked}\n#### {answer}1", f"{worked}\n#### so {answer}", "", "3 crates of 1,200?",
        f"{worked}\n#### 1{answer}"])
      for worked, answer in (("Each 1,200.\n3 * 1200 = <<3*1200=3600>>3,600", "3,600"),
                             ("9 - 4 = <<9-4=5>>5 are owed.", "-5"),
                             ("7 / 2 = <<7/2=3.5>>3.5", "3.5")))])
def test_what_is_right_and_what_is_wrong(tmp_path: Path, row: dict, right: list, wrong: list
                                         ) -> None:
    pool, = read(wrote(tmp_path, row if "question" in row else {"prompt": "p", **row})).values()
    judged(pool.questions[0], right, wrong)


def test_choices_are_by_default_all_answers_of_the_domain(tmp_path: Path) -> None:
    rows = [{"prompt": f"p{i}", "answer": answer, "check": "choice", "domain": domain}
            for i, (answer, domain) in enumerate([("hot", "a"), ("cold", "a"), ("HOT", "a"),
                                                  ("x", "b"), ("y", "b")])]
    pools = read(wrote(tmp_path, *rows, {"prompt": "q", "answer": "warm", "domain": "a"}))
    assert [c.lower() for c in pools["a"].questions[0].choices] == ["hot", "cold"]
    assert pools["a"].questions[2].reward("hot it is") == 1
    assert pools["b"].questions[0].choices == ("x", "y")


# ----------------------------------------------------------------------------------- reading files

def test_a_file_from_windows_with_blank_lines_and_a_domain_in_capitals(tmp_path: Path) -> None:
    pools = read(wrote(
        tmp_path, b"\xef\xbb\xbf" + json.dumps(sums(1, "SUMS")[0]).encode() + b"\r", b"\r", b"",
        {"prompt": "caf\u00e9\u2028?", "answer": "yes", "domain": "others"}))
    assert [(p.name, p.label, p.unseen, p.dropped) for p in pools.values()] == [
        ("sums", "sums", False, 0), ("others", "others", False, 0)] and list(pools)[0] == "sums"


OK = {"prompt": "p", "answer": "a"}
TESTS = {"prompt": "p", "check": "python", "tests": ["f(1) == 1"]}
CHOICE = {**OK, "check": "choice"}
LINES = [  # what is wrong, and what is said of it
    (b'{"prompt": "caf\xe9", "answer": "a"}', "0xe9.*UTF-8"), (b"{'prompt': 1}", "JSON"),
    (b'{"prompt": "p", "answer": "a"', "JSON.*column"), (b'["p", "a"]', "object"),
    (b"[" * 100_000, "deep"), (b'{"prompt": "p\\ud800", "answer": "a"}', "surrogate"),
    *((b'{"prompt": "p", "answer": ' + answer + b"}", why) for answer, why in (
        (b"[" * 900 + b"]" * 900, "answer|deep"), (b"NaN", "nan"), (b"-Infinity", "inf"),
        (b"1e999", "inf"), (b"1" * 5000, "digits"), (b'"\\udfff"', "surrogate"),
        (b'"a", "answer": "b"', "'answer', 'answer'.*each once"))),
    ({"answer": "a"}, r'keys \[\]: expected one of \"prompt\"'), ({"prompt": "p"}, "answer None"),
    ({**OK, "question": "q"}, "prompt.*question.*: expected one of"),
    ({**OK, "prompt": " \n"}, "prompt"), ({**OK, "prompt": 7}, "prompt 7"),
    ({**OK, "prompt": "p" * 100_001}, "100,000"),
    ({"question": "q", "answer": "5 #### "}, "answer ''"),
    ({"question": "q", "answer": "five"}, "'five': expected one number"),
    *(({**OK, "answer": answer}, f"answer {show}") for answer, show in (
        (" ", "' '"), (True, "True"), (["a"], ""))),
    ({**OK, "chek": "exact"}, r"'chek'\]: expected one of .*check"),
    ({**OK, "check": {}}, "check {}"), ({**OK, "check": "regex"}, "'regex': expected one of ex"),
    *(({**OK, "answer": answer, "check": "number"}, why) for answer, why in (
        ("a", "'a': expected one number"), ("1 or 2", "1 or 2"), ("1" * 101, "number"))),
    *(({**OK, "domain": name}, f"domain {show}") for name, show in (
        ("base", "'base'"), ("Classifier", "'Classifier'"), ("com1", "'com1'"), ("../x", ""),
        ("decomposition", "'decomp"), ("x" * 33, ""), ("x\n", ""), ("", "''"), (None, "None"))),
    ({**OK, "choices": ["a", "b"]}, '"check": "choice"'),
    ({**TESTS, "check": "exact", "answer": "a"}, '"check": "python"'),
    ({**CHOICE, "answer": "the a", "choices": ["a", "c"]}, "one of the choices"),
    (CHOICE, "expected 2 to"),
    *(({**CHOICE, "choices": choices}, why) for choices, why in (
        (["b", "c"], "one of the choices"), (["a", "A"], "no two the same"),
        (["a"], "expected 2 to"), ([], "not empty"), ("ab", "list"), (["a", None], "choices None"),
        ([*map(str, range(200)), "a"], "2 to 200"))),
    ({"prompt": "p", "check": "python"}, "tests"), ({**TESTS, "tests": []}, "tests"),
    ({**TESTS, "tests": ["f(1) == 1", 7]}, "tests 7"),
    *(({**TESTS, "tests": [test]}, "tests .*expected a call") for test in (
        "f(1)", "f(1) = 1", "f(1) > 1", "f(x) == 1", "f(1) == g(1)", "a.f(1) == 1", "f(*[1]) == 1",
        "f(a=1) == 1", "f(1) == 1 == 1", "f(1) == 0.5", "f({}) == 1", "f(1) == {1}", "f__(1) == 1",
        "f(1) == 1; f(2) == 2", "", "f(" + "-" * 1900 + "1) == 1", "f(" * 999, "f(1) == 2 ** 9",
        f"f(1) == {2 ** 300}", "f('\ud800') == 1", "\0", "f(1) ==" + " " * 2000 + "1",
        "assert f(1) == 1, 'why'", "__import__('os').system('x') == 0")),
    ({**TESTS, "answer": "def f(x): return 2"}, "a function that passes"),
    ({**TESTS, "answer": ""}, "answer ''"),
    ({"prompt": " Q 1", "answer": "b", "domain": "words"}, "prompt .*answer.* that line 1 has"),
    ({"prompt": "q 1", "answer": "a", "domain": "others"}, "domain.* that line 1 has")]


@pytest.mark.parametrize("line, why", LINES)
def test_a_bad_line_is_named_with_what_was_expected(tmp_path: Path, line: object, why: str
                                                    ) -> None:
    good = [{"prompt": f"q {i}", "answer": "a", "domain": "words"} for i in (1, 2)]
    path = wrote(tmp_path, good[0], b"", line, good[1])
    with pytest.raises(ValueError, match=f"(?s)jsonl, line 3: .*{why}") as error:
        read(path)
    str(error.value).encode()  # it can be printed
    assert len(str(error.value)) < 600


@pytest.mark.parametrize("stem, domain", [("GSM8K train", "gsm8k-train"), ("2024_sums", "sums"),
                                          ("\u65e5\u672c", "tasks"), ("x" * 50, "x" * 32)])
def test_the_files_name_is_the_domain_and_an_empty_one_an_error(tmp_path: Path, stem: str,
                                                                domain: str) -> None:
    path = wrote(tmp_path, OK).rename(tmp_path / f"{stem}.jsonl")
    assert list(read(path)) == [domain]
    with pytest.raises(ValueError, match="line 1: domain 'base'"):
        read(path.rename(tmp_path / "base.jsonl"))
    for content in (b"", b"\n \r\n", b"\xef\xbb\xbf"):
        with pytest.raises(ValueError, match="has no lines"):
            read(wrote(tmp_path, content))


# ---------------------------------------------------------------------------- which kind is it?

def test_the_classification_task_shares_splits_and_draws_evenly_over_domains(tmp_path: Path
                                                                             ) -> None:
    """300 lines of sums to 60 of words; 900 draws, mean 300 and deviation 14 a domain."""
    ask = "\n\nWhich kind of question is this: sums, words or others? Answer with one word."
    assert which(["sums", "words"]) == which(("sums", "others", "words")) == ask
    pools = read(wrote(tmp_path, *sums(300, "sums"), *sums(60, "words"), *sums(60, "others")))
    task, rng = classified(pools, which(pools)), Random(5)
    assert (task.name, len(task.questions)) == ("classifier", 420)
    for name in SPLITS:
        for label, pool in pools.items():
            assert {q.prompt + ask for q in pool.questions if q.split == name} == {
                q.prompt for q in task.questions if q.split == name and q.label == label}
    assert task.questions[0].choices == ("sums", "words", "others")
    judged(task.questions[0], ["sums", "Sums, not words."], ["words", "others", "", "math"])
    drawn = [task.problem(rng, "train").label for _ in range(900)]
    assert all(abs(drawn.count(label) - 300) < 75 for label in pools)
    listed = [q.label for q in task.problems(30, "train")]
    assert all(listed.count(label) == 10 for label in pools)
    assert {q.label for q in classified({"words": pools["words"]}, "?").questions} == {"words"}
