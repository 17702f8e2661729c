"""The commands as a user types them, on what ships with the project."""
from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import t2
from data import HERE
from data.flags import Adapt, Ask, Train
from data.report import wilson
from data.tasks import TASKS
from data.terminal import Line
from data.workshop import Workshop

ROOT = HERE.parent


def run(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "t2.py", *map(str, args)], cwd=ROOT, text=True,
                          capture_output=True, timeout=300)


@pytest.mark.parametrize("command", [[], ["adapt"], ["train"], ["pretrain"], ["ask"]])
def test_help_answers_without_importing_torch(command: list[str]) -> None:
    start = time.monotonic()
    done = run(*command, "--help")
    assert done.returncode == 0 and "usage" in done.stdout
    assert time.monotonic() - start < 3  # well under a second on a quiet machine
    code = f"import sys, t2\ntry: t2.main({[*command, '--help']})\nexcept SystemExit: pass\n" \
           "assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT,
                          capture_output=True).returncode == 0


def test_adapt_prints_and_writes_a_row(tmp_path: Path) -> None:
    done = run("adapt", "--task", "bus", "--n", 20, "--out", tmp_path, "--threads", 1)
    assert done.returncode == 0, done.stderr
    assert "bus" in done.stdout and str(Path("data") / "base.pt") in done.stdout
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["bus"]
    ways = ["base", "math", "code", "reasoning", "uniform", "random", "search", "prompt",
            "classifier", "few-shot"]
    assert row["n"] == 20 and list(row["ways"]) == ways
    for found in row["ways"].values():
        low, high = found["interval"]
        assert 0 <= low < high < 1.001 and low - 1e-9 <= found["accuracy"] <= high + 1e-9
        assert len(found["alpha"]) == 3 and len(found["seconds"]) == 2


def test_one_strategy_runs_alone(tmp_path: Path) -> None:
    done = run("adapt", "--task", "bus", "--n", 10, "--out", tmp_path, "--strategy", "classifier")
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["bus"]
    assert done.returncode == 0 and list(row["ways"]) == [
        "base", "math", "code", "reasoning", "classifier"]
    assert "\ntask      base math code reas    B\nbus" in done.stdout


def test_ask_shows_both_passes(tmp_path: Path) -> None:
    done = run("ask", "What is 12 + 7 - 3?", "--out", tmp_path)
    assert done.returncode == 0 and "pass 1" in done.stdout and "pass 2" in done.stdout
    assert json.loads((tmp_path / "ask.json").read_text())["question"] == "what is 12 +7 -3 ?"


def test_train_writes_an_expert_that_adapt_then_uses(tmp_path: Path) -> None:
    done = run("train", "--task", "math", "--steps", 2, "--n", 30, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads((tmp_path / "train.json").read_text())["experts"]["math"]
    assert {"n", "base", "expert", "parameters", "seconds"} <= set(row)
    again = run("train", "--task", "math", "--steps", 2, "--n", 30, "--out", tmp_path)
    assert "train math" not in again.stderr  # what was finished is not done again
    used = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert str(tmp_path / "math.pt") in used.stdout
    assert str(Path("data") / "code.pt") in used.stdout


def test_train_json_has_the_experts_of_one_seed(tmp_path: Path) -> None:
    for seed, task in ((0, "math"), (1, "code"), (1, "reasoning")):
        run("train", "--task", task, "--seed", seed, "--steps", 1, "--n", 3, "--out", tmp_path)
    found = json.loads((tmp_path / "train.json").read_text())
    assert found["seed"] == 1 and list(found["experts"]) == ["code", "reasoning"]


@pytest.mark.parametrize("args, says", [
    (["adapt", "--task", "nonsense"], "nonsense"), (["adapt", "--few-shot", "0"], "from 1 to"),
    (["adapt", "--few-shot", "-3"], "from 1 to"), (["adapt", "--few-shot", "many"], "many"),
    (["adapt", "--n", "0"], "from 1 to"), (["adapt", "--device", "abacus"], "abacus"),
    (["ask", ""], "empty"), ([], "COMMAND"), (["adapt", "--n", "999999"], "to 5,000")])
def test_bad_flags_are_one_clear_line(args: list[str], says: str, tmp_path: Path) -> None:
    done = run(*args, *(["--out", tmp_path] if args else []))
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_out_that_cant_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file of the user's")
    for out in (tmp_path / "file", tmp_path / "file" / "folder"):
        done = run("adapt", "--out", out)
        assert done.returncode == 2 and "can't write there" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "file").read_text() == "a file of the user's"


@pytest.mark.parametrize("name", ["base.pt", "math.pt", "classifier.pt"])
@pytest.mark.parametrize("content", ["empty", "half", "text", "another"])
def test_damaged_files_are_one_clear_line(name: str, content: str, tmp_path: Path) -> None:
    whole = (HERE / name).read_bytes()
    other = (HERE / ("base.pt" if name != "base.pt" else "math.pt")).read_bytes()
    (tmp_path / name).write_bytes({"empty": b"", "half": whole[:len(whole) // 2],
                                   "text": b"hello", "another": other}[content])
    done = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
def test_pretrain_writes_a_base_that_ask_then_uses(tmp_path: Path) -> None:
    assert run("pretrain", "--steps", 2, "--out", tmp_path).returncode == 0
    assert {"seconds", "parameters"} <= set(json.loads((tmp_path / "pretrain.json").read_text()))
    assert not list(tmp_path.glob("*.state.pt"))
    done = run("ask", "hello", "--out", tmp_path)  # the experts that ship fit another base
    assert done.returncode == 2 and "train it again" in done.stderr


def test_an_expert_of_another_base_is_refused(tmp_path: Path) -> None:
    from data.runs import stream
    from data.shelf import load_model, save_model
    model = load_model(HERE / "base.pt")
    model.initialise(stream("another"))
    save_model(model, tmp_path / "base.pt")
    done = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert done.returncode == 2 and "train it again" in done.stderr


def test_others_is_answered_by_the_base_bit_for_bit() -> None:
    from data.answers import answers
    shop = Workshop(Adapt(out=ROOT / "no such folder"))
    problems = TASKS["opposite"].problems(12, "test", 3)
    math = shop.library()["math"][None]
    base = answers(shop.svf, None, shop.dialect, problems)
    t2.answer(shop, math, torch.ones(1, 1), problems, "")  # leaves that expert's weights behind
    alpha = t2.one_hot(("math",), ["others"] * 12)
    assert t2.answer(shop, math, alpha, problems, "") == base
    for layer in shop.svf.layers.values():
        assert layer.merged is None and layer.gain is None


def test_each_problem_is_answered_by_its_own_alpha() -> None:
    """Who answers what: by experts whose names are the answers, problems told apart by number."""
    Z = torch.tensor([[2.0, 1.0], [1.0, 3.0]])

    def answers(z: torch.Tensor | None, problems: list, what: str) -> list[str]:
        return [f"{problem}: {None if z is None else z.tolist()}" for problem in problems]
    shop = SimpleNamespace(svf=SimpleNamespace(sizes=[1, 1]), answers=answers)
    alpha = t2.one_hot(("a", "b"), ["b", "others", "a", "b"])
    assert t2.answer(shop, Z, alpha, [0, 1, 2, 3], "") == [
        "0: [1.0, 3.0]", "1: None", "2: [2.0, 1.0]", "3: [1.0, 3.0]"]
    assert t2.answer(shop, Z, torch.tensor([[.5], [.5]]), [7], "") == ["7: [1.5, 2.0]"]
    assert t2.answer(shop, Z, torch.tensor([[.5, 0.], [0., .5]]), [7], "") == ["7: [1.5, 2.0]"]


def test_ask_has_nothing_to_go_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(args: Ask) -> None:
        raise KeyboardInterrupt
    monkeypatch.setitem(t2.COMMANDS, "ask", interrupted)
    assert t2.main(["ask", "hi", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "\nstopped\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is another error")
def test_who_reads_no_more_is_no_mistake(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-u", "t2.py", "adapt", "--n", "2", "--out",
                                str(tmp_path)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith("base")
    process.stdout.close()
    error = process.stderr.read()
    assert process.wait(timeout=60) == 141 and "roken" not in error and "rror" not in error


def test_ctrl_c_before_there_is_a_step_is_one_clear_line(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    def interrupted(args: Train) -> None:
        raise KeyboardInterrupt
    monkeypatch.setitem(t2.COMMANDS, "train", interrupted)
    assert t2.main(["train", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "\nstopped; the same command goes on from what is saved\n"


def test_an_alarm_is_said_at_once_and_not_again(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line("train math", 40)
    for step, alarm in enumerate(["", "KL runs away", "KL runs away", ""]):
        line(step, {"reward": 0.5, **({"alarm": alarm} if alarm else {})})
    [said] = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"train math 2/40  ETA \d+ s  ! KL runs away  reward 0.50", said)


def test_text_that_a_model_or_a_user_wrote_moves_no_cursor(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    text = "hi \x1b[2J \x9b31m \r there"
    monkeypatch.setattr("data.workshop.answers", lambda *args: [text])
    assert t2.main(["ask", "--out", str(tmp_path), text]) == 0
    said = capsys.readouterr().out
    assert said.count(r"\x1b[2J") == 3 and not set(said) & {"\x1b", "\x9b", "\r"}


def test_wilson_contains_the_share_and_narrows_with_n() -> None:
    low, high = wilson(0.7, 50)
    assert low < 0.7 < high
    assert wilson(0.7, 500)[1] - wilson(0.7, 500)[0] < high - low
