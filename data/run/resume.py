"""How a run is kept going: what was finished is never lost, and going on changes nothing.

    keep_going    iterates over a training, such as rl.Reinforce: its state is on disk every 15 s
                  and after a Ctrl-C, and a metric that is NaN stops it before anything is saved
    alarm         what merely looks wrong is said

A training is a module whose state_dict is all that it knows, the number of steps that are done in
`step`, with an optimizer, or several, in `optimizers`, and metrics for each step of it. Its random
numbers are named by step (processes.seeded), so there is no state of them to keep.
"""
from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from data import safetensors
from data.files import FIRST
from data.processes import Gone, summed
from data.run.screen import why
from data.tasks.tally import MUCH, share, together

Callback = Callable[[int, dict], None]
KL_MOST = 10.0        # nats an answer: it is e^10 times as likely as it was in the base
ENTROPY_LEAST = 0.01  # nats a token
MOVE_MOST = 1.0       # of one number from where it started; a gain is then 0, 2 or beyond


class Stopped(KeyboardInterrupt):
    """Ctrl-C, after the step in hand was finished and saved."""


@contextmanager
def stop_after_step() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM no longer break a step in two: they set a flag that the loop asks for.

    A second one does break it: the run then goes on from what was saved last. With several
    processes it must be a second later, for torchrun passes the first one on to those that had it.
    """
    asked: list[float] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def ask(*_: object) -> None:
        if asked and time.monotonic() - asked[0] > dist.is_initialized():
            raise KeyboardInterrupt
        asked.append(time.monotonic())
        if FIRST:  # not print: it may be in the middle of a print that we are here
            os.write(2, b"\nstopping after this step; Ctrl-C once more stops at once\n")
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def keep_going(training: nn.Module, steps: int, path: Path, run: dict, callback: Callback,
               every: float = 15.0) -> list[dict]:
    """Runs the training to its end. Returns its log: the metrics of each step, and the seconds
    spent so far, as if it had never been stopped.

    path: the file of its state; run: which run this is, for a state of another one is left
    behind. Stopped is raised after a Ctrl-C, Gone where another process of the run is gone,
    ValueError where a metric is NaN or infinite, or a step can't be done: with its number.
    """
    log = restored(training, path, run)
    kept = len(log)  # steps that the file holds
    last = time.monotonic()
    start = last - (log[-1]["seconds"] if log else 0.0)

    def keep() -> None:
        nonlocal kept, last
        safetensors.save(path, state(training), {"kind": "state", "run": run, "log": log})
        kept, last = len(log), time.monotonic()

    def where() -> str:
        good = f"{path} holds step {kept}" if kept else "no step was saved yet"
        return f"{path.name.split('.')[0]}, step {len(log) + 1} of {steps} ({good})"
    with stop_after_step() as asked:
        try:
            for metrics in checked(training, where):
                callback(len(log), {**metrics, **alarm(metrics)})
                log.append({"step": len(log) + 1, **metrics,
                            "seconds": time.monotonic() - start})
                stopping = bool(summed(torch.tensor(float(asked()))))  # one is asked, all stop
                if stopping or time.monotonic() - last > every:
                    keep()
                if stopping:
                    raise Stopped(f"stopped after step {len(log)} of {steps}")
        except Gone:
            if int(training.step) == len(log):  # and not in the middle of a step
                keep()
            raise
    return log


def checked(training: nn.Module, where: Callable[[], str]) -> Iterator[dict]:
    """The metrics of each step. ValueError, and where() it is, if one is not finite, or if the
    step can't be done."""
    try:
        for metrics in training:
            if bad := [name for name, value in metrics.items()
                       if isinstance(value, float) and not math.isfinite(value)]:
                raise ValueError(f"{bad[0]} is NaN or infinite. The same command would come here "
                                 "again: try another rate, seed or dtype")
            yield metrics
    except Gone:
        raise
    except ValueError as error:
        raise ValueError(f"{where()}: {error}") from error


def state(training: nn.Module) -> dict[str, Tensor]:
    """All that the training knows, by name: its own state_dict, and its optimizers' moments."""
    found = dict(training.state_dict())
    for name, optimizer in training.optimizers.items():
        found |= {f"{name}/{i}/{key}": value.cpu()
                  for i, moments in optimizer.state_dict()["state"].items()
                  for key, value in moments.items()}
    return found


def restored(training: nn.Module, path: Path, run: dict) -> list[dict]:
    """Gives the training what the file holds of this run, if there is one: the log so far."""
    if not path.exists():
        return []
    tensors, meta = safetensors.load(path, "state")
    if meta.get("run") != run:
        print(f"{path.name} is of another run, begun anew: {why(meta.get('run'), run)}")
        return []
    try:
        own = {name: tensor for name, tensor in tensors.items() if "/" not in name}
        training.load_state_dict(own)
        for name, optimizer in training.optimizers.items():
            moments: dict[int, dict[str, Tensor]] = {}
            for key, value in tensors.items():
                if key.startswith(f"{name}/"):
                    _, i, what = key.split("/")
                    learned = [p for group in optimizer.param_groups for p in group["params"]]
                    if value.dim() and value.shape != learned[int(i)].shape:
                        raise ValueError(f"{key} is {tuple(value.shape)}")
                    moments.setdefault(int(i), {})[what] = value
            optimizer.load_state_dict({**optimizer.state_dict(), "state": moments})
        return [{**row, "seconds": float(row["seconds"])} for row in meta["log"]]
    except (AttributeError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} does not hold what this run needs ({error}): delete it to "
                         "start again") from None


def alarm(metrics: dict) -> dict:
    """{"alarm": what looks wrong in a step}, or nothing.

    >>> alarm({"reward": -1.0, "no_signal": 1.0})
    {'alarm': 'no group has signal'}
    """
    answers = metrics.get("answers") or together([])
    stuck = metrics.get("entropy", 1) < ENTROPY_LEAST and metrics.get("reward", 1) < 0.5
    said = {"no group has signal": metrics.get("no_signal") == 1,
            "entropy collapsed": stuck, "KL runs away": metrics.get("kl", 0) > KL_MOST,
            f"a gain moved by more than {MOVE_MOST:g}": metrics.get("moved", 0) > MOVE_MOST,
            "answers are cut off: raise --max-new-tokens": share(answers, "cut") > MUCH,
            "answers are not judged": share(answers, "not judged") > MUCH}
    found = "; ".join(text for text, is_so in said.items() if is_so)
    return {"alarm": found} if found else {}
