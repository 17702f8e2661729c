"""The laboratory of the real model: its tasks are fair, its judges lenient where they say so."""
from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
import torch

from cem import Search, few_shot, ranking, scores
from data.run.flags import Train
from data.run.train import recipe
from data.tasks import jsonl
from data.tasks.jsonl import Question
from data.tasks.problem import split_of
from svf import SVF, TopLinear, matrices, mix
from tests.conftest import Letters, random_model
from tests.paper import lab, variants
from tests.real import __main__ as command
from tests.real import english, rivals, runs, search, tables

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


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_ways_to_search_end_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that C has is cem.few_shot to the bit; chance; and when the base stays."""
    seen: list[torch.Tensor] = []

    def scored(alphas: torch.Tensor) -> torch.Tensor:  # more of the first expert, in three steps
        seen.append(alphas)
        return torch.stack([(2 * alphas[:, 0]).floor().clamp(0, 2) / 4, -alphas.abs().sum(1)], 1)
    monkeypatch.setattr("cem.scores", lambda svf, fmt, Z, alphas, shots: scored(alphas))

    def found(way: str) -> torch.Tensor:
        seen.clear()
        return search.search(search.SECOND[way], 3, scored, torch.Generator().manual_seed(1))
    ours, _ = few_shot(None, None, torch.zeros(3, 5), [], Search(),
                       torch.Generator().manual_seed(1))
    assert torch.equal(found("known first, best"), ours) and ours.tolist() == [1, 0, 0]
    assert torch.equal(found("known first, best, or the base"), ours)  # which is more often right
    chance = found("random search")
    [tried] = seen
    order = ranking(scored(tried))
    assert len(tried) == 40 and torch.equal(chance, tried[order[0]])
    assert torch.equal(found("random search, best 3"), tried[order[:3]].mean(0))
    same = search.search(search.SECOND["known first, best, or the base"], 3, lambda a: torch.stack(
        [torch.full((len(a),), 0.5), a.sum(1)], 1), torch.Generator().manual_seed(1))
    assert not same.any()  # nothing is right more often than the base


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

    monkeypatch.setattr(rivals, "FAMILIES", ("age", "story"))

    def result(job: str, name: str, *rest: object) -> dict:
        seed = rest[-1] if rest else 0
        if job == "family":
            return {"marks": "2111"}
        if job in ("ways", "finals"):
            some = search.FIRST if job == "ways" else search.SECOND
            return {"marks": {way: "2222" if "L1" in way else "2200" for way in some},
                    "alpha": dict.fromkeys(some, [1, 0, 0])}
        if job == "asked":
            return {"4": {"math": 3, "others": 1}, "12": {"code": 1, "math": 3}}
        if job == "other":  # whose name is the adapter's
            return {"validation": rest[1], "marks": "2222", "numbers": 5}
        if job in ("mixed_lora", "on_shots"):
            right = "2" if job == "mixed_lora" or rest[1] == 0.01 else "0"
            return {"marks": {who: right + "000" for who in (*runs.DOMAINS, "few-shot")}
                    if job == "mixed_lora" else right + "000", "alpha": [0, 0, 1], "steps": 3,
                    "validation": right}
        if job == "paid":
            return {"marks": {"form": "1111", "chance": "0000"}[name]}
        if job == "expert":
            return {"n": 10, "base": 0.2, "expert": 0.5 + seed / 10, "seconds": 60}
        if job == "own":
            good = "2110" if name == "base" else "2210"
            each = {d: good for d in runs.DOMAINS}
            return {"marks": each, "bare": {d: good for d in runs.DOMAINS if name in (d, "base")}}
        if job == "validated":
            return {"marks": {who: "2" * (3 if name == "age" else 5) + "0" * 7
                              for who in ("uniform", *runs.DOMAINS)}}
        others = (*runs.DOMAINS, "search", "best", "in_prompt", "prompt", "classifier")
        return {"marks": {"base": "2000", "uniform": "1200", "few-shot": "2220",
                          **dict.fromkeys(others, "2000")},
                "named": {}, "alpha": {"few-shot": [1, 0, 0]}, "seconds": {}}
    monkeypatch.setattr(lab, "result", result)
    texts, made = {}, {}
    for stage in ("experts", "ways", "finals", "asks", "own", "unseen", "lora", "ranks",
                  "shots", "rewards"):
        found = tables.TABLES[stage]((0, 1), 1)
        made[stage] = json.loads(json.dumps(found))
        texts[stage] = tables.TEXTS[stage](made[stage])
    front = tables.front(made["own"], made["unseen"])
    assert "| math | 10 | .20 | .55 | .50, .60 | 1.0 |" in texts["experts"]
    for how, base, gain in (("strict", ".25", "+25.0"), ("lenient", ".75", "+0.0")):
        line, = re.findall(f".*math, with solved questions, {how}.*", texts["own"])
        assert f"| {base} [" in line and f"| {gain} [" in line
    assert "| age | math | yes | .25 | .25 | .25 | .25 | .25 |" in texts["unseen"]
    assert "| story | two domains | no |" in texts["unseen"]
    assert "| from 0 | .50 (+25.0) | .50 (+25.0) | +0.0 [" in texts["ways"]  # age, story
    assert "| known first, L1 | 1.00 (+75.0) | 1.00 (+75.0) | +50.0 [" in texts["ways"]
    assert "| random search | .50 (+25.0) | .50 (+25.0) | -50.0 [" in texts["finals"]
    assert "| two domains | 4 | math .75, others .25 | math .75, code .25 |" in texts["asks"]
    assert "| math | .25 [" in texts["lora"] and made["lora"]["rate"] == max(rivals.LORA)
    assert made["lora"]["table"]["story"]["lead"]["points"] == 50  # .75 and .25
    pooled = made["lora"]["table"]["C on all three"]
    assert (pooled["lead"]["points"], pooled["svf"]["n"]) == (50, 8)
    assert made["shots"]["table"]["all three"]["few-shot"]["n"] == 16
    assert made["shots"]["rate"] == {"svf": 0.005, "lora": 0.01}  # the first of what is as good
    assert made["shots"]["table"]["age"]["lora"]["steps"] == [[3, 3]]
    gains = {what: row["lenient"]["gain"]["points"]
             for what, row in made["rewards"]["table"].items()}
    assert gains == {"nothing": 0, "chance": -75, "form": 25, "right answers": 0}
    gains = {what: row["strict"]["gain"]["points"] for what, row in made["ranks"]["table"].items()}
    assert gains == {"none": 0, "the 64 largest": 75, "all": 25}
    assert made["own"]["own"]["all three, without solved questions, strict"]["gain"]["n"] == 24
    assert made["unseen"]["kinds"] == {tables.HELPED: ["age"], "two domains": ["story"],
                                       "elsewhere": []}
    assert "- two domains: C beats base: **held**, +50.0 [+3.9, +76.1]" in texts["unseen"]
    assert made["unseen"]["means"]["all"]["few-shot"]["share"] == 0.75
    assert "| **C**, few-shot (CEM) | 8 shots |  | .75 [" in front
    assert "| the base model | nothing | .25 [" in front and "| .25 [" in front
    row = made["unseen"]["families"]["age"]
    assert row["lead"]["base"]["points"] == 50 and row["lenient"]["uniform"]["share"] == 0.5


def test_the_command_says_what_it_expects(tmp_path: Path, capsys: pytest.CaptureFixture,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "LINES", 3)
    assert command.main(["nonsense", str(tmp_path)]) == 2
    assert "expected a folder of weights" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert command.main(["figures"]) == 2
    assert "figures needs matplotlib" in capsys.readouterr().err
    assert command.main(["english", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"train.jsonl", "zero.jsonl",
                                                          "unseen.jsonl"}


def test_the_results_are_shown_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                           ) -> None:
    for path, text in tables.written().items():
        shown = path.read_text(encoding="utf-8")
        assert f"{tables.BEGIN}{text}{tables.END}" in shown and shown.count(tables.BEGIN) == 1
    assert "### Which" in shown or "**C**" in shown
    (tmp_path / "real").mkdir()
    (tmp_path / "README.md").write_text(f"{tables.BEGIN} old {tables.END}")
    monkeypatch.setattr(tables, "RESULTS", tmp_path / "real")
    assert command.main(["readme"]) == 0
    assert (tmp_path / "README.md").read_text() == f"{tables.BEGIN}\n\n{tables.END}"


def test_families_do_not_depend_on_the_order_in_which_they_are_made() -> None:
    alone = english.unseen("odd", english.odd)
    english.unseen("age", english.family("age"))
    assert english.unseen("odd", english.odd) == alone
    assert english.odd(Random(3)) == english.odd(Random(3))


# ------------------------------------------------------------------------------------- the rivals

def test_mixed_loras_are_the_sum_of_their_products() -> None:
    """W' = W + sum_k alpha_k 2 B_k A_k, one alpha for all rows or one a row; 0 is the base."""
    lora = variants.LoRA(random_model(), rank=3, kinds=("q", "v"))
    experts = torch.randn(4, lora.N, generator=torch.Generator().manual_seed(0)) / 9
    mixed = rivals.Stacked(random_model(), lora, experts)
    alphas, tokens = torch.tensor([[0.5, -1, 0, 2], [0.0, 0, 0, 1]]), torch.tensor([[3, 1, 4]] * 2)
    with mixed.adapted(mix(alphas, mixed.each)):
        rows = mixed.model(tokens)
    for alpha, row in zip(alphas, rows):
        with mixed.adapted(mix(alpha, mixed.each)):
            torch.testing.assert_close(mixed.model(tokens)[0], row)
        plain = random_model()
        for name, parent, kind in matrices(plain, ("q", "v")):
            i = [*lora.layers].index(name)
            for a, v in zip(alpha, experts.split(lora.sizes, 1)[i]):
                A, B = lora.layers[name].factors(v)
                getattr(parent, kind).weight.data += a * 2 * B @ A
        torch.testing.assert_close(plain(tokens)[0], row, atol=1e-5, rtol=1e-4)
    with mixed.adapted(None):
        assert torch.equal(mixed.model(tokens), random_model()(tokens))
    with lora.adapted(experts[3]):
        torch.testing.assert_close(lora.model(tokens)[1], rows[1], atol=1e-5, rtol=1e-4)


def test_a_population_of_mixed_loras_is_scored_as_each_alone() -> None:
    lora = variants.LoRA(random_model(tied=False), rank=2)
    mixed = rivals.Stacked(random_model(tied=False), lora, torch.randn(
        3, lora.N, generator=torch.Generator().manual_seed(1)) / 3)
    shots = [Question(text, "a", "x", "exact") for text in ("abc", "q", "hello")]
    fmt, alphas = Letters(max_new=3, batch=4), torch.randn(5, 3)
    together = scores(mixed, fmt, mixed.each, alphas, shots)
    alone = [scores(mixed, fmt, mixed.each, a[None], shots) for a in alphas]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-4, rtol=1e-4)


def test_few_gains_are_of_the_largest_values_and_leave_the_base_alone(
        monkeypatch: pytest.MonkeyPatch) -> None:
    svf = SVF(random_model())
    monkeypatch.setattr(rivals, "session", lambda seed: SimpleNamespace(svf=svf))
    few = rivals.adapter("top-3", "of this test")
    assert set(few.sizes) == {3} and min(svf.sizes) > 3 and few.model is not svf.model
    for name, layer in few.layers.items():
        assert layer is not svf.layers[name] and isinstance(layer, TopLinear)
        torch.testing.assert_close(layer.S, svf.layers[name].S[:3])
    assert rivals.RATE == recipe(Train(weights="DIR")).rate


def test_chance_pays_half_of_all_answers_and_the_same_one_alike() -> None:
    question = rivals.Chance("f(x)?", "", "code", "python")
    paid = [question.judge(f"return x + {n}").right for n in range(400)]
    assert 140 < sum(paid) < 260 and paid == [question.judge(f"return x + {n}").right
                                              for n in range(400)]


def test_training_on_the_shots_sees_nothing_else() -> None:
    some = tuple(Question(f"{n}?", str(n), "x", "number") for n in range(4))
    pool = rivals.Shots("x", "x", "", some)
    assert pool.problems(3, "validation") == [*some[:3]]
    assert {pool.problem(Random(n), "train") for n in range(99)} == {*some}
