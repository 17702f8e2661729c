"""Several processes under torchrun: the work is shared out, and what comes of it is the same."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import torch

from data import HERE
from data.processes import Gone, added, by_rank, summed
from data.safetensors import load
from tests.conftest import Patch
from tests.test_kill import RUN

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="needs processes")
ROOT = HERE.parent
RANKS = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--"]
QUICK = ["--task", "reasoning", "--steps", "4", "--n", "30"]


def start(*args: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *map(str, args)], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)})


def done(*args: object) -> str:
    process = start(*args)
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return out


def test_things_are_shared_out_and_a_process_that_is_gone_is_said(monkeypatch: Patch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("Connection closed by peer")
    for name, value in (("is_initialized", True), ("get_world_size", 3), ("get_rank", 1)):
        monkeypatch.setattr(f"torch.distributed.{name}", lambda value=value: value)
    assert [*by_rank(8)] == [1, 4, 7] and [*by_rank(1)] == []
    monkeypatch.setattr("torch.distributed.all_reduce", broken)
    for share in (lambda: summed(torch.ones(1)), lambda: added(Counter(a=1))):
        with pytest.raises(Gone, match="^rank 1: another process of this run is gone; the same c"):
            share()


def test_counts_of_all_processes_are_added_up(monkeypatch: Patch) -> None:
    """The longest count, here the second's, gives the length of the message of each."""
    said = [json.dumps(counts).encode() for counts in ({"a": 1}, {"a": 2, "over budget": 3}, {})]

    def longest(size: torch.Tensor, how: object) -> None:
        assert how == torch.distributed.ReduceOp.MAX
        size.fill_(max(map(len, said)))

    def gather(found: list[torch.Tensor], own: torch.Tensor) -> None:
        for into, one in zip(found, said):
            into.copy_(torch.tensor([*one.ljust(len(own))]))
        assert torch.equal(found[0], own)
    for name, value in (("is_initialized", lambda: True), ("get_world_size", lambda: 3),
                        ("all_reduce", longest), ("all_gather", gather)):
        monkeypatch.setattr(f"torch.distributed.{name}", value)
    assert added(Counter(a=1)) == {"a": 3, "over budget": 3}


@pytest.mark.slow
def test_two_processes_train_the_expert_of_one_to_the_bit(tmp_path: Path) -> None:
    """The first alone writes and prints; metrics are those of both."""
    one, two = tmp_path / "one", tmp_path / "two"
    alone = done("t2.py", "train", *QUICK, "--out", one)
    shared = done(*RANKS, "t2.py", "train", *QUICK, "--out", two)
    (a, x), (b, y) = (load(out / "reasoning.safetensors", "expert") for out in (one, two))
    assert torch.equal(a["z"], b["z"]) and (a["z"] - 1).abs().max() > 1e-3
    x, y = x["facts"]["row"], y["facts"]["row"]
    assert [x[key] for key in ("base", "expert", "asked", "answers")] == [
        y[key] for key in ("base", "expert", "asked", "answers")]
    assert len(x["log"]) == len(y["log"]) == 4
    for row, other in zip(x["log"], y["log"]):
        assert row.pop("answers") == other.pop("answers")
        assert {**row, "seconds": 0} == pytest.approx({**other, "seconds": 0}, rel=1e-9)
    assert len(shared.splitlines()) == len(alone.splitlines())
    assert {path.name for path in two.iterdir()} == {path.name for path in one.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 20])  # one prompt: a process has nothing to do
def test_two_processes_find_the_mixture_of_one(n: int, tmp_path: Path) -> None:
    args, rows = ["t2.py", "adapt", "--task", "pair", "--few-shot", "4", "--n", n, "--out"], []
    for out, command in ((tmp_path / "one", []), (tmp_path / "two", RANKS)):
        done(*command, *args, out)
        rows.append(json.loads((out / "adapt.json").read_text())["tasks"]["pair"]["strategies"])
    for name, found in rows[0].items():
        sure = pytest.approx(found.get("sure", 0), abs=1e-5)  # the rounding of another batch
        assert {**rows[1][name], "seconds": 0} == {**found, "seconds": 0} | (
            {"sure": sure} if "sure" in found else {})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks ps for the children of a process")
@pytest.mark.parametrize("kill", [0, 1, None])
def test_one_that_dies_ends_the_run_in_a_line_and_nothing_is_lost(tmp_path: Path, kill: int | None
                                                                  ) -> None:
    """Rank 0 is killed, or rank 1; or Ctrl-C. The run goes on and ends as if nothing had been."""
    (tmp_path / "keep.py").write_text(RUN)
    args, out = ["train", *QUICK[:2], "--steps", "12", "--n", "9", "--out"], tmp_path / "out"
    process = start(*RANKS, tmp_path / "keep.py", *args, out)
    state, deadline = out / "reasoning.state.safetensors", time.monotonic() + 120
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    before = len(load(state, "state")[1]["log"])
    ranks = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], text=True,
                           capture_output=True).stdout.split()
    os.kill(process.pid if kill is None else sorted(map(int, ranks))[kill],
            signal.SIGINT if kill is None else signal.SIGKILL)
    said = process.communicate(timeout=60)[1]
    steps = len(load(state, "state")[1]["log"])
    assert process.returncode != 0 and before <= steps < 12
    assert (f"stopped after step {steps} of 12; the same command goes on" if kill is None else
            f"t2.py: rank {1 - kill}: another process of this run is gone") in said
    done("t2.py", *args, out)
    done("t2.py", *args, tmp_path / "whole")
    a, b = (load(folder / "reasoning.safetensors", "expert") for folder in
            (out, tmp_path / "whole"))
    assert torch.equal(a[0]["z"], b[0]["z"]) and len(a[1]["facts"]["row"]["log"]) == 12
