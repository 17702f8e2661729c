"""Killed without warning, at 40 random moments: every file loads, and the run goes on.

Each command is killed again and again until it gets through; it then has what it would have had
without. A step is kept at once here (a user's run keeps one every 15 s), so that many kills fall
into the writing of a file.
"""
from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
import torch

from data import HERE
from data.files import load_file

ROOT = HERE.parent
RUN = """
import sys
import rl, t2
from data.run import resume
run = runs.resumable
def resumable(*args, **every):
    print("ready", flush=True)
    return run(*args, every=0)
rl.resumable = runs.resumable = resumable
sys.exit(t2.main(sys.argv[1:]))
"""
ROWS = """
import sys
from pathlib import Path
from data.files import alone
from tests.real import kept
out = Path(sys.argv[-1])
out.mkdir(exist_ok=True)
print("ready", flush=True)
with alone(out):
    for i in range(60):
        kept(out / f"{i}.json", lambda: {"row": i, "text": "x" * 100_000})
"""  # as the tables are made: a file a row, and no row twice


def killed(code: str, args: list[object], seconds: float) -> bool:
    """Runs `code` and kills it `seconds` after it is ready: whether it was still running."""
    command = [sys.executable, "-c", code, *map(str, args)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        while process.stdout.readline() not in ("ready\n", ""):
            pass
        try:
            error = process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    assert process.returncode == 0, error
    return False


def check(out: Path) -> int:
    """The steps done. Every file that has its name is whole; half written ones are temporary."""
    steps = rows = 0
    for path in out.iterdir():
        if path.suffix == ".pt":
            steps = max(steps, len(load_file(path).get("log", [])))
        elif path.suffix == ".json":
            rows += bool(json.loads(path.read_text()))
        else:
            assert path.name == ".lock" or path.suffix == ".tmp", path
    return steps or rows


def run_and_kill(code: str, args: list[object], out: Path, times: int, longest: float) -> None:
    """Kills it `times` times; from kill to kill no step is lost. Then it is let through."""
    rng, steps, most = Random(" ".join(map(str, args))), 0, 0
    for _ in range(times):
        while not killed(code, [*args, out], rng.uniform(0, longest)) or done(out):
            shutil.rmtree(out)  # it got through first: once more from the start
            steps = 0
        before, steps = steps, check(out)
        assert steps >= before, f"{before} steps were done, {steps} are left"
        most = max(most, steps)
    assert most > 1, "no kill came late enough for anything to be there"
    assert not killed(code, [*args, out], 300)
    check(out)
    assert not list(out.glob("*.tmp"))


def done(out: Path) -> bool:
    """Whether there was nothing left to kill but the last words."""
    made = [path for path in out.glob("*.pt") if not path.match("*.state.pt")]
    return bool(made) and not list(out.glob("*.state.pt"))


def files(out: Path) -> dict[str, object]:
    """What was made, without the seconds that it took."""
    def timeless(thing: object) -> object:
        if isinstance(thing, dict):
            return {k: timeless(v) for k, v in thing.items() if k not in ("seconds", "sources")}
        if isinstance(thing, torch.Tensor):
            return thing.tolist()
        return [timeless(x) for x in thing] if isinstance(thing, list) else thing
    return {path.name: timeless(load_file(path) if path.suffix == ".pt" else
                                json.loads(path.read_text()))
            for path in out.iterdir() if path.name != ".lock"}


@pytest.mark.slow
@pytest.mark.parametrize("args", [
    ["train", "--task", "math", "--steps", 20, "--n", 100, "--threads", 1],
    ["pretrain", "--steps", 40, "--threads", 1],
    ["adapt", "--n", 10, "--threads", 1, "--strategy", "few-shot"]], ids=lambda args: args[0])
def test_what_is_killed_goes_on_and_ends_as_if_it_had_not_been(args: list[object], tmp_path: Path
                                                               ) -> None:
    if args[0] == "pretrain" and not hasattr(torch.optim, "Muon"):
        pytest.skip("pretrain needs torch 2.9")
    start = time.monotonic()
    assert not killed(RUN, [*args, "--out", tmp_path / "whole"], 300)
    run_and_kill(RUN, [*args, "--out"], tmp_path / "killed", 6, (time.monotonic() - start) / 7)
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_rows_of_a_table_survive_kills(tmp_path: Path) -> None:
    out = tmp_path / "rows"
    run_and_kill(ROWS, [], out, 10, 0.05)
    rows = [json.loads(path.read_text())["row"] for path in out.glob("*.json")]
    assert sorted(rows) == [*range(60)]


@pytest.mark.skipif(sys.platform == "win32", reason="no program can press Ctrl-C there")
def test_ctrl_c_stops_after_the_step_and_says_what_to_do(tmp_path: Path) -> None:
    args = ["train", "--task", "classifier", "--steps", "400", "--threads", "1", "--out", tmp_path]
    with subprocess.Popen([sys.executable, "-c", RUN, *map(str, args)], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not (tmp_path / "classifier.state.pt").exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 130 and "Traceback" not in "".join(error)
    steps = len(load_file(tmp_path / "classifier.state.pt")["log"])
    assert error[-1] == (f"stopped after step {steps} of 400; the same command goes on from what "
                         "is saved")
