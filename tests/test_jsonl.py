"""A user's lines: held to the format when read, split by prompt, judged as their check says."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from data.tasks import jsonl
from data.tasks.jsonl import (
    SPLITS,
    Question,
    canonical,
    classified,
    lacking,
    read,
    which,
    with_shots,
)
from data.tasks.problem import split_of
from data.tasks.splits import FEW, enough, shares


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
    again = [{**row, "prompt": "  " + row["prompt"].upper().replace(" ", "\n "),
              "answer": row["answer"] + 1} for row in sums(20)]
    for n in (30, 300):  # few, and many
        pool = read(wrote(tmp_path, *sums(n), *again, *sums(7)))["sums"]
        assert (len(pool.questions), pool.dropped) == (n + 20, 7)
        first, second = pool.questions[:20], pool.questions[n:]
        assert [(q.key, q.split) for q in first] == [(q.key, q.split) for q in second]
        assert all(int(a.answer) + 1 == int(b.answer) for a, b in zip(first, second))
        turned = read(wrote(tmp_path, *again[::-1], *sums(n)))["sums"]
        assert turned.problems(99, "train") == pool.problems(99, "train")


def test_of_many_prompts_a_hash_decides_and_of_few_each_split_has_its_share(tmp_path: Path
                                                                           ) -> None:
    for n in range(1, FEW):
        found = shares(n)
        assert list(found) == list(SPLITS) and sum(found.values()) == n and found["train"] > 0
        assert min(found.values()) >= (n > 3) and found["test"] >= min(n // 5, n - 1)
        assert (found["shots"] >= 8 or n < 17) and (n < 80 or found["shots"] == n // 10)
        for name in SPLITS:
            assert shares(enough(name, found[name]))[name] >= found[name] or not found[name]
    for n in (60, FEW - 1, FEW, 400):
        read_ = [read(wrote(tmp_path, *sums(n)[::step]))["sums"] for step in (1, -1)]
        assert len({frozenset((q.prompt, q.split) for q in pool.questions) for pool in read_}) == 1
        pool = read_[0]
        counts = {name: pool.count(name) for name in SPLITS}
        by_hash = [q.split == split({"prompt": q.prompt}) for q in pool.questions]
        assert counts == shares(n) if n < FEW else all(by_hash)
        assert sum(by_hash) > 0.7 * n  # the same order, so that few move as their number grows
    for seed in range(20):  # 60 lines of three domains were enough for 8 shots one time in three
        rng = Random(seed)
        pools = read(wrote(tmp_path, *({"prompt": f"{rng.random()}", "answer": 1,
                                        "domain": domain} for domain in "abc" for _ in range(20))))
        assert all(len(pool.problems(8, "shots")) == 8 for pool in pools.values())


def test_a_line_may_say_its_split_and_moves_no_other(tmp_path: Path) -> None:
    lines = sums(40)
    before = {q.prompt: q.split for q in read(wrote(tmp_path, *lines))["sums"].questions}
    said = [{"prompt": f"mine {i}", "answer": i, "split": name, "domain": "sums"}
            for i, name in enumerate([*SPLITS] * 3)]
    pools = read(wrote(tmp_path, *said, *lines))
    after = {q.prompt: q.split for q in pools["sums"].questions}
    assert after == {**before, **{row["prompt"]: row["split"] for row in said}}
    [note] = pools.notes
    assert "few prompts" in note and "sums 20/4/8/8;" in note and sum(shares(40).values()) == 40
    assert read(wrote(tmp_path, *said)).notes == ()
    task = classified(pools, which(pools))
    assert {q.prompt.removesuffix(which(pools)): q.split for q in task.questions} == after
    few = replace(pools["sums"], questions=pools["sums"].questions[:9])
    assert [q.split for q in few.questions] == [after[q.prompt] for q in few.questions]


def test_prompts_of_two_domains_that_differ_in_case_share_a_split(tmp_path: Path) -> None:
    lines = [{**row, "domain": "adds", "prompt": row["prompt"].upper()} for row in sums(20)]
    said = [{**row, "split": "shots"} for row in sums(150)]
    for both in ((lines, sums(150)), (lines, sums(400)), (lines, said)):
        seen = []
        for rows_ in (both, both[::-1]):
            pools = read(wrote(tmp_path, *rows_[0], *rows_[1]))
            seen.append({q.key: q.split for q in pools["sums"].questions})
            assert all(q.split == seen[0][q.key] for q in pools["adds"].questions)
        assert seen[0] == seen[1]


def test_shots_are_exactly_n_others_at_most_and_too_few_name_the_way_out(tmp_path: Path) -> None:
    pool = read(wrote(tmp_path, *sums(300)))["sums"]
    there = pool.count("shots")
    assert there == sum(q.split == "shots" for q in pool.questions) > 9
    assert len(pool.problems(there, "shots")) == there and len(pool.problems(5, "train")) == 5
    assert len(pool.problems(9999, "train")) == len(set(pool.problems(9999, "train"))) < 300
    says = (f"sums has {there} shots prompts, {there + 1} were asked for: add lines to its 300 .*"
            '"split": "shots"')
    with pytest.raises(ValueError, match=says) as error:
        pool.problems(there + 1, "shots")
    assert lacking({"sums": pool}, {"train": 1, "shots": there + 1}) == [str(error.value)]
    assert not lacking({"sums": pool}, {"train": 1, "shots": there, "test": pool.count("test")})
    for name in SPLITS:
        pool = read(wrote(tmp_path, *(row for row in sums(900) if split(row) != name)))["sums"]
        for ask, first in ((pool.problem, Random(0)), (pool.problems, 1)):
            with pytest.raises(ValueError, match=f"has 0 {name} prompts, 1 were .*add lines"):
                ask(first, name)


def test_a_file_of_shots_takes_the_place_of_a_pools_own(tmp_path: Path) -> None:
    """And what is shown to C is not asked: a prompt that is in both files leaves the others."""
    pick = [{"prompt": f"p {i}", "answer": "abc"[i % 3], "check": "choice", "domain": "pick"}
            for i in range(30)]
    pools = read(wrote(tmp_path, *sums(60), *pick, *sums(30, "words")))
    test = pools["sums"].problems(3, "test")
    mine = [{"prompt": q.prompt.upper(), "answer": 7, "domain": "sums"} for q in test[:2]]
    mine += [{"prompt": f"new {i}", "answer": "A", "check": "choice", "domain": "pick"}
             for i in range(9)]
    path = wrote(tmp_path, *mine).rename(tmp_path / "mine.jsonl")
    made = with_shots(pools, path)
    assert {q.prompt for q in made["sums"].problems(2, "shots")} == {
        row["prompt"] for row in mine[:2]} and made["sums"].count("shots") == 2
    left = {q.prompt for q in made["sums"].questions if q.split != "shots"}
    assert left == {q.prompt for q in pools["sums"].questions
                    if q.split != "shots" and q not in test[:2]}
    assert {q.split for q in pools["sums"].questions} == set(SPLITS)  # those are as they were
    assert made["pick"].count("shots") == 9 and made["words"].questions == (
        pools["words"].questions)  # of which the file has none
    assert all(sorted(q.choices) == ["a", "b", "c"] for q in made["pick"].questions)
    assert made.notes == (*pools.notes, "mine.jsonl: its prompts have left test (2)")
    for rows_, why in (
            ([{"prompt": "x", "answer": 1}], "domain 'mine': expected one of .*, pick, words"),
            ([{"prompt": "x", "answer": 1, "domain": "sums", "split": "test"}], "one of shots")):
        wrote(tmp_path, *rows_).rename(path)
        with pytest.raises(ValueError, match=f"mine.jsonl, line 1: .*{why}"):
            with_shots(pools, path)
    one = read(wrote(tmp_path, *({"prompt": str(i), "answer": i} for i in range(9))))
    wrote(tmp_path, {"prompt": "x", "answer": 1}).rename(path)  # no domain: there is but one
    assert [q.prompt for q in with_shots(one, path)["my-words"].problems(1, "shots")] == ["x"]


def digests(folder: Path, lines: list[dict]) -> dict[str, str]:
    pools = read(wrote(folder, *lines))
    return {name: pool.digest() for name, pool in {
        **pools, "classifier": classified(pools, which(sorted(pools)))}.items()}


@pytest.mark.slow
def test_the_digest_is_of_what_training_depends_on_and_of_no_more(tmp_path: Path) -> None:
    code = {"prompt": "f?", "check": "python", "domain": "words", "tests": ["f(1) == 1"],
            "split": "train"}
    pick = [{"prompt": f"p {i}", "answer": "ab"[i % 2], "check": "choice", "domain": "pick",
             "split": [*SPLITS][i % 4]} for i in range(12)]
    lines = [*sums(210), *sums(9, "words"), code, *pick]
    one = {split(row): row for row in lines[:210]}  # one of each split
    new = {split(row): row for row in sums(300)[210:]}
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
        assert changed([], one[name], answer=99) == changed([], one[name], check="exact") == (
            {"sums"} if name in ("train", "validation") else set())
    prompt = one["train"]["prompt"].upper()
    assert changed([], one["train"], prompt=prompt) == {"sums", "classifier"}
    assert changed([], one["train"], domain="pick") == {"sums", "pick", "classifier"}
    assert changed([], one["train"], split="test") == {"sums", "classifier"}
    assert not changed([], one["train"], split="train", id=7)
    renamed = digests(tmp_path, [{**row, "domain": "adds"} for row in sums(210)])
    assert renamed["adds"] != before["sums"]
    assert changed([], code, tests=["f(1) == []"]) == {"words"}
    # An answer that is new is a new choice for all; the order of those that are known is none.
    test = pick[3]
    assert changed([], test, answer="c") == {"pick"} and not changed([], test, answer="B")
    lines = [{**row, "choices": ["b", "a"]} if row in pick else row for row in lines]
    assert not changed([])


# ------------------------------------------------------------------------------------------ checks

def judged(question: Question, right: list[str], wrong: list[str]) -> None:
    assert {text: question.judge(text).reward for text in right} == dict.fromkeys(right, 1)
    assert {text: question.judge(text).reward for text in wrong} == dict.fromkeys(wrong, -1)


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
    assert pools["a"].questions[2].judge("hot it is").right
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
    ({"answer": "a"}, '"prompt" is missing'), ({"prompt": "p"}, '"answer" is missing'),
    ({"prompt": "p", "answer": None}, "is missing"),
    ({**OK, "question": "q"}, "prompt.*question.*: expected one of"),
    ({**OK, "prompt": " \n"}, "prompt"), ({**OK, "prompt": 7}, "prompt 7"),
    ({**OK, "prompt": "p" * 100_001}, "100,000"),
    ({"question": "q", "answer": "5 #### "}, "answer ''"),
    ({"question": "q", "answer": "five"}, "'five': expected one number"),
    *(({**OK, "answer": answer}, f"answer {show}") for answer, show in (
        (" ", "' '"), (True, "True"), (["a"], ""))),
    *(({**OK, key: "exact"}, f"keys '{key}': expected \"{meant}\"") for key, meant in (
        ("chek", "check"), ("CHECK", "check"), ("anwser", "answer"), ("choises", "choices"),
        ("test", "tests"), ("splits", "split"), ("message", "messages"), ("promt", "prompt"))),
    *(({**OK, key: "x"}, f"keys '{key}': expected one of prompt, .*level") for key in (
        "context", "options", "label", "text", "entry_point", "x", "")),
    ({**OK, "split": "dev"}, "split 'dev': expected one of train, validation, shots, test"),
    ({**OK, "check": {}}, "check {}"), ({**OK, "check": "regex"}, "'regex': expected one of ex"),
    *(({**OK, "answer": answer, "check": "number"}, why) for answer, why in (
        ("a", "'a': expected one number"), ("12 apples", '12 apples.*12, -3.*"check": "exact"'),
        ("1 or 2", "1 or 2"), ("1" * 101, "number"))),
    ({**OK, "answer": 1e300}, "expected one number"),
    *(({**OK, "domain": name}, f"domain {show}") for name, show in (
        ("base", "'base'"), ("Classifier", "'Classifier'"), ("com1", "'com1'"), ("../x", ""),
        ("decomposition", "'decomp"), ("x" * 33, ""), ("x\n", ""), ("", "''"), (7, "7"))),
    ({**OK, "choices": ["a", "b"]}, '"check": "choice"'),
    ({**TESTS, "check": "exact", "answer": "a"}, '"check": "python"'),
    ({**CHOICE, "answer": "the a", "choices": ["a", "c"]}, "one of the choices"),
    (CHOICE, "expected 2 to"),
    *(({**CHOICE, "choices": choices}, why) for choices, why in (
        (["b", "c"], "one of the choices"), (["a", "A"], "no two the same"),
        (["a"], "expected 2 to"), ([], "not empty"), ("ab", "list"), (["a", None], "is missing"),
        ([*map(str, range(200)), "a"], "2 to 200"))),
    ({"prompt": "p", "check": "python"}, "tests"), ({**TESTS, "tests": []}, "tests"),
    ({**TESTS, "tests": "f(1) == 1"}, "a list"),
    ({**TESTS, "tests": ["f(1) == 1", 7]}, "tests 7"),
    *(({**TESTS, "tests": [test]}, "tests .*expected one expression or assert") for test in (
        "f(1) = 1", "f(1).real == 1", "f(1) == 1; f(2) == 2", "import math",
        "assert f(1) == 1\nassert f(2) == 2", "f(1), 1", "assert (f(1) == 1, 'why')", "f", "True",
        "", "assert", "f(" + "-" * 1900 + "1) == 1", "f(" * 999, "\0",
        "f('\ud800') == 1", "f(1) ==" + " " * 20_000 + "1", "def f(x): return 1", "x = f(1)",
        "__import__('os').system('x') == 0")),
    *(({**TESTS, "tests": tests}, "tests .*a function that the answer defines") for tests in (
        ["len([1]) == 1"], ["abs(-1) == 1", "max(1, 2) == 2"])),
    ({**TESTS, "answer": "def f(x): return 2"}, "a function that passes"),
    ({"prompt": "q 1", "answer": "b", "domain": "words"}, "prompt .*answer.* that line 1 has"),
    ({"prompt": "q 1", "answer": "a", "domain": "others"}, "domain.* that line 1 has"),
    ({"prompt": "q 1", "answer": "a", "domain": "words", "split": "test"}, "split that line 1"),
    ({"prompt": " Q 3", "answer": "a", "split": "test"}, "test.: expected train as in line 2")]


@pytest.mark.parametrize("line, why", LINES)
def test_a_bad_line_is_named_with_what_was_expected(tmp_path: Path, line: object, why: str
                                                    ) -> None:
    good = [{"prompt": f"q {i}", "answer": "a", "domain": "words"} for i in (1, 2, 3)]
    good[2]["split"] = "train"
    path = wrote(tmp_path, good[0], good[2], line, good[1])
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


# ------------------------------------------------------------------- what others' lines look like

def chat(*turns: tuple[str, object], **more: object) -> dict:
    return {"messages": [{"role": role, "content": text} for role, text in turns], **more}


USER, SAYS = ("user", "2 + 2?"), ("assistant", "4")
WORKED = "Two and two.\n#### 4"
PARTS = [{"type": "text", "text": "2 + "}, {"type": "text", "text": "2?"}]


@pytest.mark.parametrize("row, prompt, answer, check", [
    (chat(USER, SAYS), "2 + 2?", "4", "number"),
    (chat(("system", "Add."), USER, SAYS), "Add.\n\n2 + 2?", "4", "number"),
    (chat(("developer", "Add."), USER, ("assistant", "four ")), "Add.\n\n2 + 2?", "four", "exact"),
    (chat(USER, ("assistant", WORKED)), "2 + 2?", "4", "number"),
    (chat(USER, ("assistant", "Two and two.\n4"), answer=4), "2 + 2?", "4", "number"),
    (chat(USER, answer="4", check="number", domain="words"), "2 + 2?", "4", "number"),
    (chat(("user", PARTS), SAYS, check="exact"), "2 + 2?", "4", "exact"),
    (chat(USER, ("assistant", "so" * 60), check="exact"), "2 + 2?", "so" * 60, "exact"),
    (chat(USER, ("assistant", "yes"), check="choice", choices=["yes", "no"]), "2 + 2?", "yes",
     "choice"),
    ({"prompt": "2 + 2?", "completion": " 4"}, "2 + 2?", "4", "number"),
    ({"prompt": "2 + 2?", "completion": 4}, "2 + 2?", "4", "number"),
    ({"prompt": "2 + 2?", "completion": WORKED}, "2 + 2?", "4", "number"),
    ({"prompt": "2 + 2?", "completion": "four"}, "2 + 2?", "four", "exact"),
    ({"prompt": chat(USER)["messages"], "completion": chat(SAYS)["messages"]}, "2 + 2?", "4",
     "number"),
    ({"question": "2 + 2?", "answer": WORKED}, "2 + 2?", "4", "number"),
    ({"question": "2 + 2?", "answer": "four", "check": "exact"}, "2 + 2?", "four", "exact"),
    ({"prompt": "2 + 2?", "answer": WORKED, "check": "number"}, "2 + 2?", "4", "number"),
    ({"question": "2 + 2?", "answer": "so\n#### b", "check": "choice", "choices": ["a", "b"]},
     "2 + 2?", "b", "choice"),
    ({"prompt": "2 + 2?", "answer": 4}, "2 + 2?", "4", "number"),
    ({"prompt": "2 + 2?", "answer": "4"}, "2 + 2?", "4", "exact"),
    ({"prompt": "2 + 2?", "answer": 1e-7}, "2 + 2?", "0.0000001", "number"),
    ({"prompt": "2 + 2?", "answer": 2e22}, "2 + 2?", "2" + "0" * 22, "number"),
    ({"prompt": "2 + 2?", "answer": 4, "check": "exact", "domain": None, "choices": None,
      "tests": None, "split": None, "chek": None}, "2 + 2?", "4", "exact")])
def test_lines_of_other_kinds_become_questions(
        tmp_path: Path, row: dict, prompt: str, answer: str, check: str) -> None:
    [pool] = read(wrote(tmp_path, row)).values()
    [question] = pool.questions
    assert (question.prompt, question.answer, question.check) == (prompt, answer, check)
    assert question.gold.strip().endswith(answer) or "messages" in row
    assert jsonl.judged(row, answer).right and not jsonl.judged(row, "5 no").right


@pytest.mark.parametrize("row, why", [
    *((row, "messages .*one of user and then one of assistant.*longer talk") for row in (
        chat(), chat(SAYS), chat(USER, SAYS, USER, SAYS), chat(USER, USER), chat(("tool", "x")),
        chat(("system", "x"), SAYS), {"messages": "hello"}, {"messages": ["hello"]},
        {"messages": [{"content": "x"}]}, {"messages": [{"role": ["user"], "content": "x"}]})),
    (chat(("user", " "), SAYS), "content ' '"), (chat(("user", None), SAYS), "is missing"),
    (chat(("user", [{"type": "image"}]), SAYS), "content .*text alone"),
    (chat(USER), "is missing"), (chat(USER, SAYS, prompt="p"), "keys.*prompt.*none beside"),
    (chat(USER, SAYS, completion="4"), "keys.*completion.*none beside"),
    (chat(USER, ("assistant", "Well, yes.\nIt is.")), "answer .*expected a number, .*####.*check"),
    ({"prompt": "p", "completion": "so " * 60}, "answer .*expected a number, .*####.*check"),
    ({"prompt": "p", "completion": "4", "choices": ["4", "5"]}, '"check": "choice"')])
def test_chats_that_can_not_be_meant_are_refused(tmp_path: Path, row: dict, why: str) -> None:
    with pytest.raises(ValueError, match=f"(?s)jsonl, line 1: .*{why}") as error:
        read(wrote(tmp_path, row))
    assert len(str(error.value)) < 600


def test_keys_that_say_nothing_are_passed_over_and_counted(tmp_path: Path) -> None:
    named = {"task_id": "7", "source": None, "level": 3, "problemType": {}, "__index_level_0__": 1,
             "_mine": [], "Unnamed: 0": 0, "solution": "x", "created-date": 1, "uuid": 1}
    lines = [{**row, **named} for row in sums(250)] + sums(400)[250:]
    pools = read(wrote(tmp_path, *lines))
    [note] = pools.notes
    assert note.startswith("250 lines have keys that are passed over: 'task_id' ("
                           "line 1, 2, 3 and 247 more), ") and len(note) < 400
    assert pools["sums"].questions == read(wrote(tmp_path, *sums(400)))["sums"].questions
    again = [{**row, "answer": f"{row['answer']} it is #### {row['answer']}", "check": "number"}
             for row in sums(2)]
    [note] = read(wrote(tmp_path, *sums(300), *again)).notes
    assert note == "2 lines are repeats and are dropped: 'sums' (line 301, 302)"


MBPP = {"task_id": 11, "text": "Write a function to double a number.", "test_setup_code": "",
        "code": "def twice(x):\r\n  return 2 * x", "challenge_test_list": [],
        "test_list": ["assert twice(2) == 4", "assert twice(-1) == -2"]}
HUMAN = {"task_id": "HumanEval/0", "prompt": 'def twice(x):\n    """Twice x."""\n',
         "canonical_solution": "    return 2 * x\n", "entry_point": "twice",
         "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n"
                 "    assert candidate(3) == 6\n"}


def test_mbpp_and_human_eval_are_read_as_they_are(tmp_path: Path) -> None:
    sane = {"source_file": "x", "task_id": 2, "prompt": "Double.", "code": MBPP["code"],
            "test_imports": ["import math"], "test_list": MBPP["test_list"], "domain": "sane"}
    del (bare := dict(MBPP, text="Again."))["code"]
    pools = read(wrote(tmp_path, MBPP, HUMAN, sane, bare))
    one, two, four = pools["my-words"].questions
    assert one.prompt == (f"{MBPP['text']}\n\nThe code should pass these tests:\n"
                          "assert twice(2) == 4\nassert twice(-1) == -2")
    assert two.prompt == HUMAN["prompt"]
    assert two.gold == HUMAN["prompt"] + HUMAN["canonical_solution"]
    assert four.answer == "" and "import math" in pools["sane"].questions[0].tests
    for question in (one, two, four, *pools["sane"].questions):
        assert question.needs == ("twice",)
        judged(question, ["def twice(x): return x + x"], ["def twice(x): return 4", ""])
    no_text = {key: value for key, value in MBPP.items() if key != "text"}
    for row in (MBPP, {**MBPP, "check": "python"}, HUMAN, sane, no_text):
        assert jsonl.judged(row, "def twice(x): return x + x").right
        assert jsonl.judged(row, "def twice(x): return 4").right is False


def test_what_of_mbpp_the_judge_cannot_run_is_counted_and_named(tmp_path: Path) -> None:
    regex = {**MBPP, "text": "Another.", 
             "code": "import re\ndef twice(x): return 2 * x if re else 0"}
    wrong = {**MBPP, "text": "Wrong.", "code": "def twice(x): return 7"}
    own = {**MBPP, "text": "Sum.", "code": "def sum(a): return a", "test_list": ["assert sum(1)"]}
    odd = {**HUMAN, "prompt": "# odd\n", "test": "class A: pass\ndef check(f): assert f(2) == 4"}
    pools = read(wrote(tmp_path, MBPP, regex, wrong, own, HUMAN, odd))
    assert [q.prompt.split(".")[0] for q in pools["my-words"].questions[1:]] == [
        "Another", HUMAN["prompt"].split(".")[0]]
    keys, unheld, left, few = pools.notes
    assert keys.startswith("6 lines") and "(line 2)" in unheld and "few" in few
    assert unheld.startswith("1 lines have an answer that the judge can't run")
    assert left.startswith("3 lines are left out")
    assert all(f"(line {i})" in left for i in (3, 4, 6))
    assert jsonl.judged(odd, "def twice(x): return 2 * x").right is None
    own = {"prompt": "Mine.", "check": "python", "tests": ["f(1)"],
           "answer": "import re\ndef f(x): return re"}
    assert any("that the judge can't run" in note for note in read(wrote(tmp_path, own)).notes)
    with pytest.raises(ValueError, match="no lines to learn from: .*1 lines are left out"):
        read(wrote(tmp_path, odd))
    for row, why in (({**MBPP, "test_list": "f(1)"}, "test_list 'f.*a list"),
                     ({**MBPP, "test_list": [7]}, "test_list 7"), ({**MBPP, "text": 7}, "text 7"),
                     ({**MBPP, "test_list": []}, "test_list"), ({**MBPP, "code": 7}, "code 7"),
                     ({**MBPP, "answer": "x"}, "keys.*answer.*none beside"),
                     ({**MBPP, "check": "exact"}, "keys.*check.*none beside"),
                     ({**HUMAN, "entry_point": "f(1)"}, "entry_point 'f.*name"),
                     ({**MBPP, "cod": "x"}, "keys 'cod'")):
        with pytest.raises(ValueError, match=f"line 2: {why}"):
            read(wrote(tmp_path, MBPP, row))


@pytest.mark.parametrize("test, right, wrong", [
    ("f(2) == 3", 3, 2), ("assert f(2) == 3, 'why'", 3, 2), ("f(2) is True", True, 1),
    ("f(2)", 1, 0), ("not f(2)", 0, 1), ("sorted(f(2)) == [1, 2]", [2, 1], [2]),
    ("set(f(2)) == set([1, 2])", [2, 1, 1], [1]), ("abs(f(2) - 0.5) < 1e-6", 0.5, 0.6),
    ("f(2) == 0.3", 0.1 + 0.2, 0.31), ("f(2) == {'a': [1]}", {"a": [1]}, {}),
    ("f(2) == {1, 2}", {2, 1}, {1}), ("f(2) == (1, None)", (1, None), (1,)),
    ("f(2) is None  # nothing", None, 0), ("f(2) == (\n  3)", 3, 2), ("f(2) > 3", 4, 3),
    ("f(2) != f(3) or f(2) == 3", 3, 2), ("f(*[2]) == 3", 3, 2), ("f(x=2) == 3", 3, 2)])
def test_tests_in_a_line_are_what_people_write(tmp_path: Path, test: str, right: object,
                                               wrong: object) -> None:
    row = {"prompt": "Write f.", "check": "python", "tests": [test], "answer": ""}
    [pool] = read(wrote(tmp_path, row)).values()
    assert pool.questions[0].needs == ("f",)
    judged(pool.questions[0], [f"def f(x): return {right!r}"], [f"def f(x): return {wrong!r}"])


def test_judged_takes_a_line_as_it_stands_with_whatever_else_is_in_it() -> None:
    line = {"check": "choice", "answer": "b", "choices": ["a", "b"], "right": True, "text": "(b)"}
    assert jsonl.judged(line, "b").right
    assert jsonl.judged({**line, "prompt": "p"}, "a").right is False
    for wrong, why in (
            ({**line, "choices": None}, "choices"), ({**line, "answer": "c"}, "one of the"),
            ({**line, "chek": 1}, '"check"'), ({"prompt": "p"}, "is missing"), ([], "object"),
            ({"answer": "twelve", "check": "number"}, "one number"), ({7: 7}, "keys 7"),
            ({"check": "python", "answer": "", "tests": ["1 == 1"]}, "tests")):
        with pytest.raises(ValueError, match=why):
            jsonl.judged(wrong, "b")


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


@pytest.mark.parametrize("line, text", [
    ({"answer": "12"}, "12"), ({"answer": 12}, "12"),
    ({"answer": "B", "choices": ["A", "B"], "check": "choice"}, "B"),
    ({"answer": "", "tests": ["f(1) == 2"], "check": "python"}, "def f(x):\n    return x + 1")])
def test_what_was_cut_off_might_have_gone_on(line: dict, text: str) -> None:
    question = jsonl._question({"prompt": "?", **line}, "")
    assert question.judge(text).right and not question.judge(text, cut=True).right
