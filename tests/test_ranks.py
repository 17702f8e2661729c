"""Several processes under torchrun: the work is shared out, and what comes of it is the same."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import t2
from data import HERE
from data.files import load_file
from data.run.flags import Adapt
from data.run.session import Session

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="needs processes")
ROOT = HERE.parent
RANKS = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--", "t2.py"]
QUICK = ["--task", "reasoning", "--steps", "4", "--n", "30"]


def start(*args: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *map(str, args)], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "OMP_NUM_THREADS": "1"})


def done(*args: object) -> str:
    process = start(*args)
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return out


def test_two_processes_train_the_expert_of_one(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    alone = done("t2.py", "train", *QUICK, "--out", one)
    shared = done(*RANKS, "train", *QUICK, "--out", two)
    a, b = (load_file(out / "reasoning.pt") for out in (one, two))
    assert (a["z"] - b["z"]).abs().max() <= 1e-5 < (a["z"] - 1).abs().max()
    assert a["facts"]["row"]["base"] == b["facts"]["row"]["base"]
    logs = [x["facts"]["row"]["log"] for x in (a, b)]
    assert len(logs[0]) == len(logs[1]) == 4
    for x, y in zip(*logs):
        assert {**x, "seconds": 0} == pytest.approx({**y, "seconds": 0}, abs=1e-5)
    assert len(shared.splitlines()) == len(alone.splitlines())  # the first one alone prints
    assert {path.name for path in two.iterdir()} == {path.name for path in one.iterdir()}


def test_two_processes_that_share_the_model_train_the_expert_of_one(tmp_path: Path) -> None:
    """FSDP2: the rollouts are factored then and not merged, whose logits differ in the last bits;
    the samples of these steps are the same."""
    one, two = tmp_path / "one", tmp_path / "two"
    done("t2.py", "train", *QUICK, "--out", one)
    done(*RANKS, "train", *QUICK, "--shard", "--out", two)
    a, b = (load_file(out / "reasoning.pt") for out in (one, two))
    assert (a["z"] - b["z"]).abs().max() <= 1e-4 < (a["z"] - 1).abs().max()
    for x, y in zip(a["facts"]["row"]["log"], b["facts"]["row"]["log"]):
        assert x["reward"] == y["reward"] and x["kl"] == pytest.approx(y["kl"], abs=1e-5)


SHARES = """
import os, sys
from pathlib import Path
sys.path.insert(0, %r)
import torch
from data.processes import joined, share
from data.run.resume import seeded
from model import GPT, Config
from svf import SVF
with joined("cpu", True):
    model = GPT(Config(vocab=37, width=20, layers=2, heads=4, kv_heads=2, head_size=6, hidden=28))
    model.initialise(seeded("shares"))
    svf, tokens = SVF(model), torch.tensor([[3, 1, 4, 1, 5]])
    whole = sum(p.numel() for p in model.blocks.parameters() if p.dim() == 2)
    base = model(tokens)
    share(svf, "cpu")
    mine = sum(p.to_local().numel() for p in model.blocks.parameters() if p.dim() == 2)
    svf.use(None)
    assert torch.equal(model(tokens), base)
    Path(sys.argv[1], os.environ["RANK"] + ".share").write_text(str(mine / whole))
"""


def test_each_process_keeps_its_share_of_the_blocks_and_the_base_is_the_base(tmp_path: Path
                                                                             ) -> None:
    (tmp_path / "shares.py").write_text(SHARES % str(ROOT))
    done(*RANKS[:-1], tmp_path / "shares.py", tmp_path)
    shares = [float(path.read_text()) for path in tmp_path.glob("*.share")]
    assert len(shares) == 2 and sum(shares) == pytest.approx(1) and max(shares) < 0.55


def test_a_shard_of_one_process_is_one_line(tmp_path: Path,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    assert t2.main(["train", "--shard", "--out", str(tmp_path)]) == 2
    assert "--shard: expected several processes" in capsys.readouterr().err


def test_a_command_shares_the_model_if_it_is_told_to(tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """What it then trains is the same either way: it does not show in the result."""
    shared = []
    monkeypatch.setattr("data.run.session.share", lambda svf, device: shared.append((svf, device)))
    for shard in (False, True):
        session = Session(Adapt(out=tmp_path, shard=shard))
    assert shared == [(session.svf, "cpu")]


def test_two_processes_find_the_mixture_of_one(tmp_path: Path) -> None:
    args = ["adapt", "--task", "pair", "--few-shot", "4", "--n", "20"]
    done("t2.py", *args, "--out", tmp_path / "one")
    done(*RANKS, *args, "--out", tmp_path / "two")
    rows = [json.loads((tmp_path / name / "adapt.json").read_text())["tasks"]["pair"]
            for name in ("one", "two")]
    for found in (found for row in rows for found in row["ways"].values()):
        del found["seconds"]
    assert rows[0] == rows[1]


def workers(process: subprocess.Popen) -> list[int]:
    """The processes that torchrun started, by rank."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], text=True,
                           capture_output=True).stdout
    return sorted(map(int, found.split()))


KEEP = """
import sys
sys.path.insert(0, %r)
import rl, t2
from data.run import resume
run = runs.resumable
rl.resumable = runs.resumable = lambda *args, **every: run(*args, every=0)
sys.exit(t2.main(sys.argv[1:]))
"""  # a step is kept at once; a user's run keeps one every 15 s


@pytest.mark.skipif(sys.platform != "linux", reason="asks ps for the children of a process")
@pytest.mark.parametrize("kill", [0, 1, None])
def test_one_that_dies_ends_the_run_in_a_line_and_nothing_is_lost(tmp_path: Path,
                                                                  kill: int | None) -> None:
    """Rank 0 is killed, or rank 1; or Ctrl-C. The run goes on and ends as if nothing had been."""
    (tmp_path / "keep.py").write_text(KEEP % str(ROOT))
    args = ["train", *QUICK[:2], "--steps", "12", "--n", "9"]
    out = tmp_path / "out"
    process = start(*RANKS[:-1], tmp_path / "keep.py", *args, "--out", out)
    state, deadline = out / "reasoning.state.pt", time.monotonic() + 120
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    before = len(load_file(state)["log"])
    os.kill(process.pid if kill is None else workers(process)[kill],
            signal.SIGINT if kill is None else signal.SIGKILL)
    said = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    steps = len(load_file(state)["log"])
    if kill is None:
        assert f"stopped after step {steps} of 12; the same command goes on" in said
    else:
        assert f"t2.py: rank {1 - kill}: another process of this run is gone" in said
    assert before <= steps < 12
    done("t2.py", *args, "--out", out)
    done("t2.py", *args, "--out", tmp_path / "whole")
    a, b = (load_file(folder / "reasoning.pt") for folder in (out, tmp_path / "whole"))
    assert (a["z"] - b["z"]).abs().max() <= 1e-5
    assert len(a["facts"]["row"]["log"]) == 12


def test_more_processes_than_parts_of_a_step_is_one_line(tmp_path: Path) -> None:
    process = start(*RANKS, "train", *QUICK, "--batch", "128", "--out", tmp_path)
    said = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    assert "t2.py: a process has nothing to do: the 1 parts of a step" in said
