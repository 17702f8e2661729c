"""Every flag, with values that nobody would give: one line and exit code 2, or in range."""
from __future__ import annotations

import builtins
import math
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

import t2
from data.run.flags import (
    FORMS,
    Adapt,
    Ask,
    Export,
    Play,
    Train,
    check_there,
    check_torch,
    parsed,
)
from data.run.session import Session
from data.tasks.families import TASKS
from tests.conftest import Patch, Said

NASTY = ["", " ", "0", "-0", "-1", "1e5", "1e400", "-1e-400", "nan", "inf", "-inf", "0x10", "1_0",
         "\u0661\u0662", "9" * 30, "9" * 5000, "1.5", "1/2", "True", "None", "[1]", "{}", "--",
         "-", "--n", "-h\n", "a\nb", "a\rb", "\x00", "\ud800", "\ufeff1", "\u202e", "x" * 5000,
         "..", "/", "~", "con", "a/../../b", "$(id)", "`id`", "%s%n", "{0.__class__}", "*",
         "cuda:99", "cpu:1", "meta", "cuda", "llama3", "few-shot", "math", "1", "2", "8"]
ALL = {name: [f for f in fields(form) if f.name != "prompt"] for name, form in FORMS.items()}


@pytest.fixture
def main(tmp_path: Path, monkeypatch: Patch, capsys: Said
         ) -> Callable[[list[str]], tuple[int, str]]:
    """t2.main in an empty folder: (exit code, stderr); nothing is raised but SystemExit."""
    monkeypatch.chdir(tmp_path)

    def run(argv: list[str]) -> tuple[int, str]:
        try:
            code = t2.main(argv)
        except SystemExit as stop:
            code = stop.code or 0
        return code, capsys.readouterr().err
    return run


def one_line(error: str) -> bool:
    return error.endswith("\n") and error[:-1].isprintable() and len(error) < 1100


@pytest.mark.parametrize("command", ALL)
def test_flags_are_refused_in_one_line_or_in_range(command: str, main: Callable, monkeypatch: Patch
                                                   ) -> None:
    rng, accepted = Random(command), []
    monkeypatch.setitem(t2.COMMANDS, command, accepted.append)
    refused = 0
    for _ in range(150):
        argv = [command, "a question"] if command == "ask" else [command]
        for f in rng.sample(ALL[command], rng.choice([1, 1, 2, 3])):
            argv += [f"--{f.name.replace('_', '-')}", rng.choice(NASTY)]
        code, error = main(argv)
        assert code in (0, 2) and (code == 0 or one_line(error)), (argv, error)
        refused += code == 2
    assert refused > 70 and len(accepted) > 20
    for args in accepted:
        for f in ALL[command]:
            value = getattr(args, f.name)
            assert type(value) is type(f.default)
            if type(f.default) in (int, float):
                least, most = (f.metadata[key] for key in ("least", "most"))
                assert value == f.default or least <= value <= most < math.inf


def test_a_folder_that_is_only_read_is_not_made(main: Callable) -> None:
    """And what ships does not answer instead."""
    code, error = main(["ask", "hi", "--out", "typo"])
    assert code == 2 and one_line(error) and "--out typo is not there" in error
    assert not Path("typo").exists()
    for form in (Ask, Play, Export):
        with pytest.raises(ValueError, match="--out typo is not there: expected a folder that tr"):
            check_there(form(out=Path("typo")))
        check_there(form())  # out, which is not there either: what ships is meant
        check_there(form(out=Path("typo"), weights="DIR"))  # of which nothing ships
    for form in (Train, Adapt):
        check_there(form(out=Path("typo")))


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_folder_is_not_the_one_we_are_in(blank: str, main: Callable) -> None:
    code, error = main(["adapt", "--out", blank])
    assert code == 2 and one_line(error) and f"{blank!r}: expected the name of a folder" in error


def test_ctrl_c_while_torch_begins_is_not_lost(monkeypatch: Patch) -> None:
    def begins(name: str, *more: object) -> ModuleType:
        if name == "torch":
            with suppress(KeyboardInterrupt):  # as torch does where it looks for numpy
                signal.raise_signal(signal.SIGINT)
        return imports(name, *more)
    imports, before = builtins.__import__, signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(builtins, "__import__", begins)
    with pytest.raises(KeyboardInterrupt):
        check_torch()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("flag", ["--weights", "--tasks", "--task", "--device", "--system"])
def test_what_a_command_itself_has_to_refuse_is_one_line_too(flag: str, main: Callable) -> None:
    for value in NASTY[::4 if flag == "--task" else 1]:  # which is known with the model alone
        if value not in ("", "--"):  # which are no value at all
            code, error = main(["adapt", "--n", "1", f"{flag}={value}"])
            assert code == 2 and one_line(error), (value, error)


@pytest.mark.slow
def test_any_prompt_is_answered_or_refused_in_one_line(main: Callable, monkeypatch: Patch) -> None:
    session = Session(Ask(max_new_tokens=2))

    def asking(args: Ask, asked: dict) -> Session:  # without reading the model again
        session.asked = asked
        session.roomy(session.room.context)
        return session
    monkeypatch.setattr("data.run.ask.Session", asking)
    for prompt in NASTY + ["what is " * 2000, "a" * 100_000, "\U0001f600", "<|end_of_text|>"]:
        code, error = main(["ask", "--", prompt])
        assert code == 0 or code == 2 and one_line(error), (prompt, error)


@pytest.mark.parametrize("typed, says", [
    ("ask is -3 + 4 5?", "unrecognized: -3 + 4 5?; a prompt of several words goes in quotes"),
    ("ask hi --foo bar", "unrecognized: --foo bar"), ("ask --file x --foo", "unrecognized: --foo"),
    ("train math", "unrecognized: math")])
def test_what_is_too_much_names_the_page_of_the_command(typed: str, says: str, main: Callable
                                                        ) -> None:
    command = typed.split()[0]
    assert main(typed.split()) == (2, f"t2.py: {says} (see `t2.py {command} --help`)\n")


def test_help_names_the_tasks_and_the_defaults(capsys: Said) -> None:
    with pytest.raises(SystemExit):
        t2.main(["adapt", "--help"])
    said = capsys.readouterr().out
    for task in TASKS.values():
        row = rf"^  {re.escape(task.name)} +{task.label} "
        assert not task.label or re.search(row, said, re.M)
    assert "look at (default: 8)" in " ".join(said.split())


def test_help_says_what_export_needs_and_which_command_searches(capsys: Said) -> None:
    for command in ("export", "ask"):
        with pytest.raises(SystemExit):
            t2.main([command, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert ("searche" in said) == (command == "ask") and "`ask`" not in said
        assert ("new or empty; needed" in said) == (command == "export")


@pytest.mark.parametrize("command", ALL)
def test_every_number_may_be_the_least_and_the_most_that_is_said(command: str) -> None:
    for f in (f for f in ALL[command] if "least" in f.metadata):
        for value in (f.metadata["least"], f.metadata["most"]):
            flag = f"--{f.name.replace('_', '-')}={value}"
            args = parsed([command, flag, *["hi"] * (command == "ask")], "")
            assert getattr(args, f.name) == value
        below = 0 if f.metadata["least"] > 0 else f.metadata["least"] - 1
        with pytest.raises(SystemExit):  # though 0 may be the default
            parsed([command, f"{flag.split('=')[0]}={below}", *["hi"] * (command == "ask")], "")


@pytest.mark.parametrize("flag", ["steps", "rate", "batch", "threads", "rank", "max-new-tokens"])
def test_a_typed_0_is_not_taken_for_the_default(flag: str, main: Callable) -> None:
    code, error = main(["train", f"--{flag}", "0"])
    assert code == 2 and one_line(error) and "'0': expected" in error


def test_a_folder_that_takes_no_file_is_refused_before_there_is_work(main: Callable,
                                                                     monkeypatch: Patch) -> None:
    def refused(**more: object) -> None:
        raise OSError(30, "Read-only file system")
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    monkeypatch.setitem(t2.COMMANDS, "train", lambda args: pytest.fail("is at work"))
    code, error = main(["train"])
    assert code == 2 and "can't write there (Read-only file system)" in error and one_line(error)
