"""The laboratory of the real model: its tasks are fair, its judges lenient where they say so."""
from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest

from data.tasks import jsonl
from data.tasks.jsonl import Question
from data.tasks.problem import split_of
from tests.paper import lab
from tests.real import __main__ as command
from tests.real import english, runs, tables

FAMILIES = {name: family for some in (*english.DOMAINS.values(), *english.UNSEEN.values())
            for name, family in some.items()}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_familys_own_answers_are_right_and_another_ones_are_not(name: str) -> None:
    """And what is right is so leniently, however many words stand around it."""
    items, wrong = english.items(FAMILIES[name], name, 40, set()), 0
    questions = [jsonl._question(english.line(item, "", "x", {"test": 100}), "") for item in items]
    for question, (_, answer, *_), other in zip(questions, items, [*items[1:], items[0]]):
        assert runs.mark(question, f" {answer}") == "2"
        wrong += runs.mark(question, f" {other[1]}") == "0"
        body = answer.rpartition("return ")[2] if question.check == "python" else (
            f"Well, not 5 or that, {answer}, I think")
        assert runs.mark(question, f" {body}") in "12"
        assert runs.mark(question, " I do not know") == "0"
    assert wrong > 15  # of two choices or few numbers some are right by chance


def test_no_key_is_in_two_splits_and_no_solved_question_is_asked() -> None:
    for domain, families in english.DOMAINS.items():
        texts, taken = english.beginnings(families, english.BEFORE, domain)
        assert [text.count("Q: ") for text in texts] == [*english.BEFORE]
        places = defaultdict(set)
        for name, family in families.items():
            for item in english.items(family, name, english.LINES, taken):
                places[item[2]].add(english.line(item, "", domain, english.SPLITS)["split"])
                assert item[2] not in taken and not any(f"Q: {item[0]}\n" in t for t in texts)
        assert all(len(split) == 1 for split in places.values())


def test_every_split_has_enough_and_unseen_families_nothing_to_train_on() -> None:
    def count(families: dict, splits: dict, taken: set[str]) -> Counter[str]:
        return Counter(split_of(item[2], splits) for name, family in families.items()
                       for item in english.items(family, name, english.LINES, taken))
    for domain, families in english.DOMAINS.items():
        _, taken = english.beginnings(families, english.BEFORE, domain)
        there = count(families, english.SPLITS, taken)
        assert there["test"] >= runs.N and there["train"] > 1000 and there["shots"] >= 100
    for families in english.UNSEEN.values():
        for name, family in families.items():
            _, taken = english.beginnings({name: family}, (3,), name)
            there = count({name: family}, english.UNTRAINED, taken)
            assert there["train"] == 0 and there["shots"] >= 20 and (
                there["validation"] >= runs.HELD and there["test"] >= 180), name


def test_files_are_what_the_judge_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "LINES", 4)
    english.write(tmp_path)
    train, zero, unseen = (jsonl.read(tmp_path / f"{name}.jsonl")
                           for name in ("train", "zero", "unseen"))
    assert [*train] == [*english.DOMAINS]
    assert [*unseen] == [name for some in english.UNSEEN.values() for name in some]
    questions = [q for pool in zero.values() for q in pool.questions]
    assert {q.split for q in questions} == {"test"}
    assert all(q.prompt.count("Q: ") == 1 for q in questions)


@pytest.mark.parametrize("check, answer, text, want", [
    ("number", "12", "It is 12 of 13", "1"), ("number", "12", "112", "0"),
    ("choice", "fruit", "Not a fruit, a tool", "1"), ("choice", "fruit", "fruits", "0"),
    ("python", "", "x + 3", "1"), ("python", "", "def f(x): x + 3", "0"),
    ("python", "", "f(x) = x + 3", "1"), ("python", "", "return x + 3.", "1")])
def test_lenient_is_the_right_answer_anywhere(check: str, answer: str, text: str, want: str
                                              ) -> None:
    more = {"choice": {"choices": ("fruit", "tool")},
            "python": {"tests": "assert f(1) == 4\nassert f(5) == 8", "needs": ("f",)}}
    question = Question("Q: Write f(x): x plus 3.\nA:", answer, "code", check,
                        **more.get(check, {}))
    assert runs.mark(question, text) == want
    assert (tables.strict(want), tables.lenient(want)) == ("0", want)


def test_shots_are_put_between_the_beginning_and_the_question(tmp_path: Path) -> None:
    path = tmp_path / "age.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in english.unseen(
        "age", english.family("age"))))
    pool = jsonl.read(path)["age"]
    shots, (problem,) = pool.problems(2, "shots"), pool.problems(1, "test")
    [found] = runs.in_prompt(shots, [problem])
    assert found.prompt.count("Q: ") == 6 and found.prompt.count("A:") == 6
    before, _, question = problem.prompt.rpartition("Q: ")
    assert found.prompt.startswith(before) and found.prompt.endswith(f"Q: {question}")
    assert " = " in found.prompt.removeprefix(before).split("\n")[1]  # worked, as they all are


def test_families_are_taken_by_the_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """10% to 70% with one domain, each half from 15% with two, and the one of none."""
    share = dict.fromkeys(FAMILIES, 0.5) | {"age": 0.71, "trip": 0.7, "price": 0.1, "steps": 0.09,
                                            "story": 0.0, "member": 0.14, "past": 1.0}
    monkeypatch.setattr(lab, "do_all", lambda *given: None)
    monkeypatch.setattr(lab, "result", lambda job, name: {
        "marks": "2" * round(100 * share[name]) + "1" * (100 - round(100 * share[name]))})
    found = tables.families((0,), 1)
    assert found["chosen"]["math"] == ["trip", "price"]
    assert found["chosen"]["two domains"] == ["story", "costs", "ages"]  # no member, no halves
    assert found["chosen"]["no domain"] == ["past"] and set(found["lenient"].values()) == {1.0}
    assert "age .71, steps .09" in tables.families_text(found)


def test_tables_are_made_of_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strict and lenient, paired on the same prompts; C leads by what it has more; a family is one
    that an expert helps by its validation prompts alone."""
    monkeypatch.setattr(lab, "do_all", lambda *given: None)
    monkeypatch.setattr(tables, "RESULTS", tmp_path)
    chosen = {"math": ["age"], "two domains": ["story"]}
    (tmp_path / "families.json").write_text(json.dumps(
        {"chosen": chosen, "base": {"age": 0.2, "story": 0.5}}))

    def result(job: str, name: str, seed: int) -> dict:
        if job == "expert":
            return {"n": 10, "base": 0.2, "expert": 0.5 + seed / 10, "seconds": 60}
        if job == "own":
            good = "2110" if name == "base" else "2210"
            each = {d: good for d in runs.DOMAINS}
            return {"marks": each, "bare": {d: good for d in runs.DOMAINS if name in (d, "base")}}
        if job == "validated":
            return {"marks": {who: "2" * (3 if name == "age" else 5) + "0" * 7
                              for who in ("uniform", *runs.DOMAINS)}}
        return {"marks": {"base": "2000", "uniform": "1200", "few-shot": "2220"}, "named": {},
                "alpha": {"few-shot": [1, 0, 0]}, "seconds": {}}
    monkeypatch.setattr(lab, "result", result)
    texts = {}
    for stage in ("experts", "own", "unseen"):
        found = tables.TABLES[stage]((0, 1), 1)
        texts[stage] = tables.TEXTS[stage](json.loads(json.dumps(found)))
    assert "| math | 10 | .20 | .55 | .50, .60 | 1.0 |" in texts["experts"]
    assert "| math marks strict | .25 [" in texts["own"] and "| +25.0 [" in texts["own"]
    assert "| math marks lenient | .75 [" in texts["own"] and "| +0.0 [" in texts["own"]
    assert "| age | math | yes | .25 | .25 | .75 |" in texts["unseen"]
    assert "| story | two domains | no |" in texts["unseen"]
    row = found["families"]["age"]
    assert row["lead"]["base"]["points"] == 50 and row["lenient"]["uniform"]["share"] == 0.5


def test_the_command_says_what_it_expects(tmp_path: Path, capsys: pytest.CaptureFixture,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "LINES", 3)
    assert command.main(["nonsense", str(tmp_path)]) == 2
    assert "expected a folder of weights" in capsys.readouterr().err
    assert command.main(["english", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"train.jsonl", "zero.jsonl",
                                                          "unseen.jsonl"}


def test_families_do_not_depend_on_the_order_in_which_they_are_made() -> None:
    alone = english.unseen("odd", english.odd)
    english.unseen("age", english.family("age"))
    assert english.unseen("odd", english.odd) == alone
    assert english.odd(Random(3)) == english.odd(Random(3))
