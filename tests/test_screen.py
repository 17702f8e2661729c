"""Pictures where there is a terminal that can show them, numbers elsewhere, colour if wanted."""
from __future__ import annotations

import io
import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from data.run import report, screen
from data.run.flags import Adapt
from data.run.screen import Line
from data.tasks.tally import together
from tests.conftest import Patch


class Screen(io.StringIO):
    """A terminal, as far as anybody can tell."""

    encoding, tty = "utf-8", True

    def isatty(self) -> bool:
        return self.tty


@pytest.fixture
def shown(monkeypatch: Patch) -> Callable[..., Screen]:
    """From here to the end of the test what is printed is printed there."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "")  # which is no wish, by no-color.org
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))

    def on(tty: bool = True) -> Screen:
        made = Screen()
        made.tty = tty
        for name in ("sys.stdout", "sys.stderr"):
            monkeypatch.setattr(name, made)
        return made
    return on


@pytest.mark.parametrize("encoding, tty, term, can", [
    ("utf-8", True, "xterm", True), ("ascii", True, "xterm", False),
    ("cp1252", True, "xterm", False), ("utf-8", False, "xterm", False),
    ("utf-8", True, "dumb", False), ("none", True, "", False), (None, True, "xterm", False)])
def test_pictures_are_for_terminals_that_can_show_them(encoding: str | None, tty: bool, term: str,
                                                       can: bool, monkeypatch: Patch) -> None:
    monkeypatch.setenv("TERM", term)
    assert screen.draws(SimpleNamespace(encoding=encoding, isatty=lambda: tty)) is can


def test_colour_is_for_who_did_not_say_no(shown: Callable, monkeypatch: Patch) -> None:
    terminal = shown()
    assert screen.bold("7") == "\033[1m7\033[0m"
    assert "\033[36m\u2588\u2588\u2588\u2588\033[0m" in report.coefficients(["math"], [1.0])
    monkeypatch.setenv("NO_COLOR", "1")
    assert screen.bold("7") == "7"
    assert report.coefficients(["math"], [1.0]) == "math +1.00 \u2588\u2588\u2588\u2588"
    terminal.tty = False
    assert report.coefficients(["math", "code"], [1.0, -.5]) == "math +1.00  code -0.50"


def test_a_line_is_rewritten_within_80_columns_and_gone_at_the_end(shown: Callable) -> None:
    terminal, line = shown(), Line("train math", 30)
    for step in range(30):
        line(step, {"reward": step / 30, "kl": 0.5, "entropy": 0.1, "no_signal": 0.25,
                    "validation": 0.5, "alarm": "no group has signal" if step == 9 else ""})
    said = terminal.getvalue()
    assert "\n" not in said and said.endswith("\033[K")
    pieces = said.split("\r\033[K")[1:]
    assert len(pieces) == 30 and max(map(len, pieces)) <= 79 and pieces[-1] == ""
    assert re.fullmatch("train math 29/30  ETA 0 s  [\u2581-\u2588]{12}  reward 0.93  "
                        r"validation 0\.50  kl 0\.50", pieces[-2])  # what fits, and all of that
    assert "! no group has signal" in pieces[9]


@pytest.mark.parametrize("first, steps, pace, said", [
    (0, 20, 1.0, ["4/20  ETA 16 s", "15/20  ETA 5 s", "20/20  ETA 0 s"]),
    (10, 20, 1.0, ["14/20  ETA 6 s", "20/20  ETA 0 s"]),  # goes on: what was done took no time
    (0, 5, 0.1, [])])
def test_a_line_comes_every_ten_seconds_and_at_the_end_where_there_is_no_terminal(
        first: int, steps: int, pace: float, said: list[str], shown: Callable, monkeypatch: Patch
        ) -> None:
    now = [0.0]
    monkeypatch.setattr(screen, "time", SimpleNamespace(monotonic=lambda: now[0]))
    terminal, line = shown(tty=False), Line("work", steps)
    for step in range(first, steps):
        now[0] += pace
        line(step, {})
    assert terminal.getvalue().splitlines() == ["work " + text for text in said]


def test_an_alarm_is_said_at_once_and_not_again(shown: Callable) -> None:
    terminal, line = shown(tty=False), Line("train math", 40)
    for step, alarm in enumerate(["", "KL runs away", "KL runs away", ""]):
        line(step, {"reward": 0.5, **({"alarm": alarm} if alarm else {})})
    [said] = terminal.getvalue().splitlines()
    assert re.fullmatch(r"train math 2/40  ETA \d+ s  ! KL runs away  reward 0.50", said)


SEARCHED = {"best": 0.5, "mean": 0.25, "mu": [0.25, -0.5], "sigmas": [0.1, 0.2]}
LOST = {"right": 1, "wrong": 1_000, "not judged": 199, "cut": 0, "not judged: no classes": 199}
EXPERT = {"n": 9, "base": 0.1, "expert": 0.9, "interval": [0.8, 1.0], "seconds": 3.0,
          "log": [{"reward": -1.0}, {"reward": 0.5}], "answers": {"training": together([])}}


def test_a_search_is_drawn_as_ranges_where_that_can_be(shown: Callable) -> None:
    terminal = shown()
    Line("bus: CEM", 4)(0, SEARCHED)
    assert terminal.getvalue().count("\u25cf") == 2
    assert "\u25cf" in report.narrowing(["math", "code"], [SEARCHED])
    terminal, line = shown(tty=False), Line("bus: CEM", 4)
    line.last = float("-inf")
    line(1, SEARCHED)
    assert terminal.getvalue() == "bus: CEM 2/4  ETA ...  best 0.50  mean 0.25\n"
    text = report.narrowing(["math", "code"], [SEARCHED])
    assert "+0.25 \u00b10.10" in text and not set(text) & {"\033", "\u2588", "\u25cf"}


# ------------------------------------------------------------------------------- what is printed

def a_row(shares: dict[str, float], seconds: list[float], signal: bool) -> dict:
    """A row of adapt's table in which C mixed code, and its search took two steps."""
    found = {name: {"accuracy": share, "interval": [share - 0.1, share + 0.1], "seconds": seconds,
                    "alpha": [0.0, 1.0], "answers": together([])}
             for name, share in shares.items()}
    found["few-shot"] |= {"signal": signal, "cem": [
        {**SEARCHED, "sigma": s} for s in (0.25, 0.125)]}
    return {"n": 9, "strategies": found}


def test_a_table_says_what_was_found_and_says_it_again_after_a_stop(shown: Callable, tmp_path: Path
                                                                    ) -> None:
    """What was not asked for stays empty; means over tasks, sums of seconds; JSON has all rows."""
    session = SimpleNamespace(domains=("math", "code"), sources={"base": "b.safetensors"},
                              fmt=SimpleNamespace(max_new=128),
                              args=Adapt(out=tmp_path, seed=1, few_shot=4, n=9))
    rows = {"bus": a_row({"base": .2, "math": .9, "code": .1, "few-shot": .5}, [1.0, 2.0], True),
            "pair": a_row({"base": .4, "math": .3, "code": .8, "few-shot": .75}, [4, 8.0], False)}
    run = {"n": 9, "tasks": ["bus", "pair"]}
    shown(tty=False)
    report.Table(session, run, 2).add("bus", rows["bus"])
    assert json.loads((tmp_path / "adapt.json").read_text())["finished"] is False
    terminal = shown(tty=False)
    table = report.Table(session, run, 2)
    assert [*table.rows] == ["bus"]
    table.add("pair", rows["pair"])
    table.end()
    assert terminal.getvalue().splitlines()[5:] == [
        "task      base math code unif rand srch    A    B    C  C: 95%",
        "bus       0.20 0.90 0.10                          0.50  0.40-0.60",
        "pair      0.40 0.30 0.80                          0.75  0.65-0.85",
        "mean      0.30 0.60 0.45                          0.62",
        "", "What C mixes, and sigma after each iteration of its search:",
        "bus      math +0.00  code +1.00  .25 .12",
        "pair     no shot was answered right by any candidate: alpha is 0, the base",
        "", "1st+2nd pass, s:  few-shot 5.0+10.0"]
    assert json.loads((tmp_path / "adapt.json").read_text()) == {
        "seed": 1, "shots": 4, "sources": {"base": "b.safetensors"}, "run": run,
        "finished": True, "tasks": rows}
    shown(tty=False)
    assert report.Table(session, run, 2).rows == {}  # what is finished is made anew


@pytest.mark.parametrize("name, change", [
    ("bus", {"accuracy": "x"}), ("bus", {"accuracy": math.nan}), ("bus", {"alpha": [1e308] * 2}),
    ("bus", {"alpha": [1]}), ("bus", {"interval": [1]}), ("bus", {"seconds": "ab"}),
    ("bus", {"answers": {"right": 1}}), ("bus", {"cem": None}), ("bus", {"cem": [{}]}),
    ("another", {}), ("bus", None)])
def test_a_row_that_can_not_be_shown_is_made_anew(name: str, change: dict | None, shown: Callable,
                                                  tmp_path: Path) -> None:
    row, run = a_row({"base": .2, "few-shot": .5}, [1.0, 2.0], True), {"tasks": ["bus"]}
    path, text = tmp_path / "adapt.json", {"finished": False, "run": run}
    path.write_text(json.dumps({**text, "tasks": {"bus": row}}))
    assert report.unfinished(path, run) == {"bus": row}
    row["strategies"]["few-shot"] = change and {**row["strategies"]["few-shot"], **change}
    if name == "another":
        row = a_row({"base": .2, "few-shot": .5}, [1.0, 2.0], True)
    for tasks in ({name: row}, [1, 2], None):
        path.write_text(json.dumps({**text, "tasks": tasks}))
        assert report.unfinished(path, run) == {}
    path.write_text("[" * 200_000)
    assert report.unfinished(path, run) == {}


def test_what_is_lost_is_counted_in_80_columns_and_what_to_do_is_said_above_a_tenth(
        shown: Callable, tmp_path: Path) -> None:
    terminal, most = shown(tty=False), {"right": 5000, "wrong": 5000, "not judged": 5000, "cut": 1}
    report.show_expert("math", {**EXPERT, "answers": {
        "training": LOST, "base": together([]), "expert": most | {"not judged: \x1b" * 9: 1}}}, 7)
    assert terminal.getvalue().splitlines()[2:] == [
        "answers         right       wrong  not judged of all, cut",
        "training            1       1,000         199           0",
        "expert          5,000       5,000       5,000           1",
        "   199 not judged: no classes",
        "     1 " + (r"not judged: \x1b" * 9)[:72],
        "33% not judged, which pays -1: say in the prompts what an answer may use"]
    for cut, says in ((1, False), (2, True)):
        counts = {"right": 10, "wrong": 0, "not judged": 0, "cut": cut}
        found = report.lost({"bus": counts, "day": together([])}, 7)
        assert ("20% cut off: raise --max-new-tokens (now 7)" in found) is says
        assert len(found) == 2 + says
    session = SimpleNamespace(domains=("math", "code"), sources={}, args=Adapt(out=tmp_path),
                              fmt=SimpleNamespace(max_new=7))
    table = report.Table(session, {"tasks": ["bus"]}, 1)
    row = a_row({"base": .2, "few-shot": .5}, [1.0, 2.0], True)
    for found in row["strategies"].values():
        found["answers"] = {**LOST, "cut": 600}
    table.add("bus", row)
    table.end()
    said = terminal.getvalue().splitlines()
    assert "bus                 2       2,000         398       1,200" in said
    assert "50% cut off: raise --max-new-tokens (now 7)" in said


def test_both_passes_and_an_expert_are_told_with_their_own_figures(shown: Callable) -> None:
    terminal = shown(tty=False)
    found = {"seconds": [1.0, 2.0], "alpha": [0.25], "answer": " 7"}
    report.show_passes("base", ["math"], found)
    report.show_passes("prompt", ["math"], {**found, "sure": 0.751, "named": "math"})
    report.show_passes("classifier", ["math"], {**found, "sure": 0.1, "named": "others"})
    report.show_passes("few-shot", ["math"], {**found, "shots": 3, "answer": "", "signal": True})
    report.show_passes("few-shot", ["math"], {**found, "shots": 3, "signal": False})
    report.show_expert("math", EXPERT, 128)
    assert terminal.getvalue().splitlines() == [
        "the base       7   (2.00 s)",
        "A prompt      75% sure of math", "  pass 1      math +0.25   (1.00 s)",
        "  pass 2       7   (2.00 s)",
        "B classifier  others: the base", "  pass 1      math +0.25   (1.00 s)",
        "  pass 2       7   (2.00 s)",
        "C few-shot    has seen 3 shots", "  pass 1      math +0.25   (1.00 s)",
        "  pass 2      (nothing)   (2.00 s)",
        "C few-shot    no shot was answered right by any candidate: the base",
        "  pass 1      math +0.25   (1.00 s)", "  pass 2       7   (2.00 s)",
        "math        n 9  base 0.100  expert 0.900 [0.800, 1.000]  3 s",
        "            reward -1.00 to +0.50"]


def test_an_interval_lies_between_0_and_1() -> None:
    for n in range(1, 2000):
        (low, high), (few, all_) = report.wilson(0.0, n), report.wilson(1.0, n)
        assert f"{low:.3f}" == "0.000" and all_ <= 1 and 0 < high < 1 and 0 < few < 1
