"""Killed without warning, at random moments: every file loads, and the run goes on.

Each command is killed again and again until it gets through; it then has what it would have had
without. A step is kept at once here (a user's run keeps one every 15 s), so that many kills fall
into the writing of a file.
"""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
import torch

from data import HERE, safetensors

pytestmark = pytest.mark.slow
ROOT = HERE.parent
RUN = """
import sys, t2
from data.run import adapt, pretrain, resume, train
def going(*args):
    print("ready", flush=True)
    return resume.keep_going(*args, every=0)
def table(*args, table=adapt.Table):
    print("ready", flush=True)
    return table(*args)
pretrain.keep_going, train.keep_going, adapt.Table = going, going, table
sys.exit(t2.main(sys.argv[1:]))
"""
ROWS = """
import sys
from pathlib import Path
from data.files import alone, write_json
out = Path(sys.argv[-1])
out.mkdir(exist_ok=True)
print("ready", flush=True)
with alone(out):
    for path in [out / f"{i}.json" for i in range(60)]:
        if not path.exists():
            write_json(path, {"row": path.stem, "text": "x" * 100_000})
"""  # as tables are made: a file a row, and no row twice


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


def held(path: Path) -> object:
    """What a file holds, without the seconds that it took and where it lies."""
    def timeless(thing: object) -> object:
        if isinstance(thing, dict):
            return {k: timeless(v) for k, v in thing.items() if k not in ("seconds", "sources")}
        if isinstance(thing, torch.Tensor):
            return thing.tolist()
        return [timeless(x) for x in thing] if isinstance(thing, (list, tuple)) else thing
    if path.suffix == ".json":
        return timeless(json.loads(path.read_text()))
    kind = "base" if path.stem == "base" else "expert"
    return timeless(safetensors.load(path, "state" if ".state" in path.name else kind))


def check(out: Path) -> int:
    """The steps done, or rows. Whatever has its name is whole; half written ones are temporary."""
    steps = rows = 0
    for path in out.iterdir():
        if path.suffix in (".json", ".safetensors"):
            found = held(path)
            rows += len(found.get("tasks", "1")) if path.suffix == ".json" else 0
            steps = max(steps, len(found[1].get("log", [])) if ".state" in path.name else 0)
        else:
            assert path.name == ".lock" or path.suffix == ".tmp", path
    return steps or rows


def run_and_kill(code: str, args: list[object], out: Path, times: int, longest: float) -> None:
    """Kills it `times` times; from kill to kill no step is lost. Then it is let through."""
    rng, steps, most = Random(" ".join(map(str, args))), 0, 0
    for _ in range(times):
        while not killed(code, [*args, out], rng.uniform(0, longest)) or (
                {*out.glob("*.safetensors")} - {*out.glob("*.state.safetensors")}):
            shutil.rmtree(out)  # it got through first: once more from the start
            steps = 0
        before, steps = steps, check(out)
        assert steps >= before, f"{before} steps were done, {steps} are left"
        most = max(most, steps)
    assert most > 1, "no kill came late enough for anything to be there"
    assert not killed(code, [*args, out], 300)
    check(out)
    assert not list(out.glob("*.tmp"))


@pytest.mark.parametrize("args", [
    ["train", "--task", "math", "--steps", 15, "--n", 30],
    ["pretrain", "--steps", 40], ["adapt", "--n", 5, "--few-shot", 2]],
    ids=lambda args: args[0])
def test_what_is_killed_goes_on_and_ends_as_if_it_had_not_been(args: list[object], tmp_path: Path
                                                               ) -> None:
    if args[0] == "pretrain" and not hasattr(torch.optim, "Muon"):
        pytest.skip("pretrain needs torch 2.9")
    start = time.monotonic()
    assert not killed(RUN, [*args, "--out", tmp_path / "whole"], 300)
    run_and_kill(RUN, [*args, "--out"], tmp_path / "killed", 5, (time.monotonic() - start) / 7)
    ends = [{path.name: held(path) for path in (tmp_path / name).iterdir()
             if path.name != ".lock"} for name in ("whole", "killed")]
    assert ends[0] == ends[1]


def test_rows_of_a_table_survive_kills(tmp_path: Path) -> None:
    run_and_kill(ROWS, [], out := tmp_path / "rows", 8, 0.05)
    assert {json.loads(path.read_text())["row"] for path in out.glob("*.json")} == {
        str(i) for i in range(60)}
