"""Pictures where there is a terminal that can show them, numbers elsewhere, colour if wanted."""
from __future__ import annotations

import io
import os
import re

import pytest

from data import report, terminal
from data.terminal import Line


class Screen(io.StringIO):
    """A terminal, as far as anybody can tell."""

    def __init__(self, encoding: str = "utf-8", tty: bool = True) -> None:
        super().__init__()
        self._encoding, self.tty = encoding, tty

    @property
    def encoding(self) -> str:
        return self._encoding

    def isatty(self) -> bool:
        return self.tty

    def shown(self) -> None:
        """From here to the end of the test what is printed is printed here."""
        for name in ("sys.stdout", "sys.stderr"):
            self.patch(name, self)


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Not yet in use, for pytest has streams of its own: see `shown`."""
    made = Screen()
    made.patch = monkeypatch.setattr
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "")  # which is no wish, by no-color.org
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    return made


@pytest.mark.parametrize("screen, term, can", [
    (Screen(), "xterm", True), (Screen("ascii"), "xterm", False),
    (Screen("cp1252"), "xterm", False), (Screen(tty=False), "xterm", False),
    (Screen(), "dumb", False), (Screen("none"), "", False)])
def test_pictures_are_for_terminals_that_can_show_them(screen: Screen, term: str, can: bool,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    assert terminal.draws(screen) is can


def test_colour_is_for_who_did_not_say_no(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.shown()
    assert terminal.bold("7") == "\033[1m7\033[0m"
    assert "\033[36m\u2588\u2588\u2588\u2588\033[0m" in report.coefficients(["math"], [1.0])
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.bold("7") == "7"
    assert report.coefficients(["math"], [1.0]) == "math +1.00 \u2588\u2588\u2588\u2588"
    screen.tty = False
    assert report.coefficients(["math", "code"], [1.0, -.5]) == "math +1.00  code -0.50"


def test_bars_and_ranges_are_as_long_as_what_they_show() -> None:
    assert [len(terminal.bar(x, 8)) for x in (0.25, 0.5, 1, 9, -0.5)] == [2, 4, 8, 12, 4]
    assert set(terminal.bar(1)) != set(terminal.bar(-1))  # told apart without colour
    middles = [terminal.reach(mu, 0.1).index("\u25cf") for mu in (-9, -0.75, 0.375, 1.5, 9)]
    assert middles == [0, 0, 6, 12, 12]
    wide, narrow = (terminal.reach(0.4, s).count("\u2500") for s in (0.5, 0.1))
    assert wide > narrow
    rising = terminal.spark([-1 + i / 50 for i in range(100)], width=10)
    assert len(rising) == 10 and list(rising) == sorted(rising) and rising[0] == "\u2581"
    assert terminal.spark([]) == ""


def test_a_line_is_rewritten_within_80_columns_and_gone_at_the_end(screen: Screen) -> None:
    screen.shown()
    line = Line("train math", 30)
    for step in range(30):
        line(step, {"reward": step / 30, "kl": 0.5, "entropy": 0.1, "no_signal": 0.25,
                    "validation": 0.5, "alarm": "no group has signal" if step == 9 else ""})
    said = screen.getvalue()
    assert "\n" not in said and said.endswith("\033[K")
    pieces = said.split("\r\033[K")[1:]
    assert len(pieces) == 30 and max(map(len, pieces)) <= 79 and pieces[-1] == ""
    assert re.match("train math 29/30  ETA 0 s  [\u2581-\u2588]{12}  reward 0.93  validation",
                    pieces[-2])
    assert "! no group has signal" in pieces[9]


def test_a_search_is_drawn_as_ranges(screen: Screen) -> None:
    screen.shown()
    line = Line("bus: CEM", 4)
    line(0, {"best": 0.5, "mean": 0.25, "mu": [0.0, 1.0], "sigmas": [0.4, 0.1]})
    assert screen.getvalue().count("\u25cf") == 2
    screen.tty = False
    line = Line("bus: CEM", 4)
    line.last = float("-inf")
    line(1, {"best": 0.5, "mean": 0.25, "mu": [0.0, 1.0], "sigmas": [0.4, 0.1]})
    assert screen.getvalue().endswith("bus: CEM 2/4  ETA ...  best 0.50  mean 0.25\n")


def test_what_is_no_terminal_gets_plain_lines(screen: Screen) -> None:
    screen.shown()
    screen.tty = False
    history = [{"best": 1.0, "mean": 0.5, "mu": [0.25, -0.5], "sigmas": [0.1, 0.2]}]
    row = {"n": 9, "base": 0.1, "expert": 0.9, "interval": [0.8, 1.0], "seconds": 3.0,
           "log": [{"reward": -1.0}, {"reward": 0.5}]}
    report.show_expert("math", row)
    text = screen.getvalue() + report.narrowing(["math", "code"], history)
    assert "reward -1.00 to +0.50" in text and "+0.25 \u00b10.10" in text
    assert not set(text) & {"\033", "\u2588", "\u25cf"}
