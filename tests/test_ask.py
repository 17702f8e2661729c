"""`ask` put to use: mixtures that are named, many prompts from a file, one a line from a terminal.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data import HERE
from data.files import file_digest
from data.run.flags import Ask, Mixed
from data.run.mixture import Mixture, chosen
from tests.conftest import Said

EXPERTS = ("math", "code", "reasoning")


def shipped(name: str) -> Path:
    return HERE / f"{name}.safetensors"


def report(out: Path, **change: object) -> dict:
    """OUT/adapt.json as a run of adapt leaves it, as far as it is looked at."""
    cem = [{"best": 1.0, "mean": 0.5, "sigma": 0.1, "mu": [0.5] * 3, "sigmas": [0.1] * 3}]
    one = {"accuracy": 0.5, "interval": [0.4, 0.6], "seconds": [0.1, 0.2], "alpha": [0, 0, 0],
           "answers": {"right": 1, "wrong": 1, "not judged": 0, "cut": 0}}
    found = {**one, "alpha": [0.6, 0.7, -0.1], "signal": True, "cem": cem, "shots": 8}
    experts = {name: file_digest(shipped(name)) for name in (*EXPERTS, "classifier")}
    made = {"run": {"seed": 0, "shots": 8, "experts": experts, "file": "", "examples": ""},
            "tasks": {"story": {"n": 5, "strategies": {"base": one, "few-shot": found}}}}
    (out / "adapt.json").write_text(json.dumps(made))
    return made


# ------------------------------------------------------------------------- which mixture is named

@pytest.mark.parametrize("named, name, alpha", [
    ({}, None, None), ({"expert": "base"}, "base", (0, 0, 0)),
    ({"expert": "reasoning"}, "reasoning", (0, 0, 1)),
    ({"alpha": "reasoning=-1e-1 , math = 2"}, "math=2,reasoning=-0.1", (2, 0, -0.1)),
    ({"task": "story"}, "what C found for story in OUT/adapt.json (8 shots)", (0.6, 0.7, -0.1))])
def test_a_mixture_is_what_was_named_in_the_order_of_the_experts(
        named: dict, name: str | None, alpha: tuple | None, tmp_path: Path) -> None:
    report(tmp_path)
    for form in (Ask, Mixed):
        got = chosen(form(out=tmp_path, **named), EXPERTS, shipped)
        name = name and name.replace("OUT", str(tmp_path))
        assert got == (name and Mixture(name, alpha))


@pytest.mark.parametrize("named, says", [
    ({"expert": "math", "alpha": "math=1"}, "--expert and --alpha name a mixture each"),
    ({"alpha": "math=1", "task": "story"}, "--alpha and --task name"),
    ({"expert": "classifier"}, "'classifier': expected one of base, math, code, reasoning"),
    ({"expert": "Math\n"}, "expected one of base"),
    *(({"alpha": text}, f"--alpha {part!r}: expected math=X,code=X,reasoning=X, each once")
      for text, part in (("math", "math"), ("=1", "=1"), ("math=", "math="), ("math=1,,", ""),
                         ("math=nan", "math=nan"), ("math=inf", "math=inf"), (",", ""),
                         ("math=1,math=1", "math=1"), ("math=10.1", "math=10.1"),
                         ("base=1", "base=1"), ("math=1=2", "math=1=2")))])
def test_what_is_no_mixture_is_one_clear_line(named: dict, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as error:
        chosen(Ask(out=tmp_path, **named), EXPERTS, shipped)
    assert says in str(error.value) and "\n" not in str(error.value)


def damaged(change: Callable[[dict], object]) -> Callable[[Path], object]:
    """A report in which something was changed."""
    def write(out: Path) -> None:
        made = report(out)
        change(made)
        (out / "adapt.json").write_text(json.dumps(made))
    return write


@pytest.mark.parametrize("change, reason", [
    (lambda made: made["run"].update(seed=1), "of another run: seed is 0, and was 1"),
    (lambda made: made["run"].update(shots=4), "shots is 8, and was 4"),
    (lambda made: made["run"]["experts"].update(code="0" * 16), "its experts changed"),
    (lambda made: made["run"]["experts"].pop("code"), "its experts changed"),
    (lambda made: made["run"].update(experts=dict(sorted(made["run"]["experts"].items()))),
     "its experts changed"),  # alpha has another order
    (lambda made: made["tasks"]["story"]["strategies"].pop("few-shot"), "nothing that C found"),
    (lambda made: made["tasks"].pop("story"), "nothing that C found for 'story'"),
    (lambda made: made["tasks"]["story"].pop("strategies"), "is damaged"),
    (lambda made: made.pop("run"), "is damaged"), (lambda made: made.update(tasks=3), "damaged"),
    *((lambda made, alpha=alpha: made["tasks"]["story"]["strategies"]["few-shot"].update(
        alpha=alpha), "is damaged") for alpha in (
            [0.5, 0.5], [1, 2, 3, 4], [0, 0, float("nan")], [0, 0, 11], "123", [0, 0, "1"], None)),
])
def test_a_report_that_does_not_fit_is_not_taken(change: Callable, reason: str, tmp_path: Path,
                                                 capsys: Said) -> None:
    """`ask` says why it searches then; where no search can follow, it is an error."""
    damaged(change)(tmp_path)
    assert chosen(Ask(out=tmp_path, task="story"), EXPERTS, shipped) is None
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("C searches anew: ") and reason in said
    with pytest.raises(ValueError) as error:
        chosen(Mixed(out=tmp_path, task="story"), EXPERTS, shipped)
    assert reason in str(error.value) and "run `python t2.py adapt --task NAME" in str(error.value)


def test_without_a_report_ask_searches_without_a_word(tmp_path: Path, capsys: Said) -> None:
    assert chosen(Ask(out=tmp_path, task="story"), EXPERTS, shipped) is None
    assert capsys.readouterr().out == ""
    with pytest.raises(ValueError, match="there is no adapt.json; run `python t2.py adapt --task "
                                         "NAME --weights DIR --tasks FILE --out"):
        chosen(Mixed(out=tmp_path, task="story", weights="DIR"), EXPERTS, shipped)


def test_a_file_of_tasks_that_is_named_has_to_be_the_one_of_the_report(tmp_path: Path) -> None:
    report(tmp_path)
    (mine := tmp_path / "mine.jsonl").write_text("{}\n")
    asked = Ask(out=tmp_path, task="story", tasks=str(mine))
    assert chosen(asked, EXPERTS, shipped) is None
    damaged(lambda made: made["run"].update(file=file_digest(mine)))(tmp_path)
    assert chosen(asked, EXPERTS, shipped).alpha == (0.6, 0.7, -0.1)
