"""How a run is kept going: what was finished is never lost, and going on changes nothing.

    stream        random numbers by name, (domain, seed, step, prompt): there is no state to keep,
                  and it makes no difference which of several processes draws
    resumable     a loop whose state is on disk every 15 s and after a Ctrl-C
    check_finite  NaN or infinity stops a run before anything is saved; `by_name` finds the layer
    alarms        what merely looks wrong is said

It knows nothing of models or experts: whatever has a state_dict can be kept.
"""
from __future__ import annotations

import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from data.files import FIRST, load_file, save_file
from data.processes import Gone, summed

Callback = Callable[[int, dict], None]
KL_MOST = 10.0       # nats an answer: it is e^10 times as likely as it was in the base
ENTROPY_LEAST = 0.01  # nats a token
MOVE_MOST = 1.0      # of one number from where it started; a gain is then 0, 2 or beyond


def quiet(step: int, facts: dict) -> None:
    """The report of who wants none."""


def seeded(*name: object) -> torch.Generator:
    """A generator for what `name` says; the same name gives the same stream.

    >>> seeded(1, "a").initial_seed() == seeded(-1, "a").initial_seed()
    False
    """
    return torch.Generator().manual_seed(zlib.crc32(repr(name).encode()))


class Stopped(KeyboardInterrupt):
    """Ctrl-C, after the step in hand was finished and saved."""


@contextmanager
def stop_after_step() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM no longer break a step in two: they set a flag that the loop asks for.

    A second one does break it: the run then goes on from what was saved last. With several
    processes it must be a second later: torchrun passes the first one on to all that had it, and
    ends those that another one left behind, which notice it by themselves (`Gone`).
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


def resumable(state: Path, run: dict, parts: dict, steps: int, do: Callable[[int], dict],
              report: Callback, every: float = 15.0) -> list[dict]:
    """do(i) for the steps still to do; parts are kept in `state`: every 15 s, on Ctrl-C, on Gone.

    parts: name -> anything with state_dict and load_state_dict. `run` says which run this is: a
    state of another one is left behind. Returns what `do` said at each step, with the seconds
    spent so far, as if the run had never been stopped. Stopped is raised after a Ctrl-C, Gone
    where another process of the run is; what `do` finds not finite is a ValueError (`named`).
    """
    log = restore(state, run, parts)
    kept = len(log)  # steps that `state` holds
    last = time.monotonic()
    start = last - (log[-1]["seconds"] if log else 0.0)

    def keep() -> None:
        nonlocal kept, last
        save_file(state, {"run": run, "log": log,
                          **{name: part.state_dict() for name, part in parts.items()}})
        kept, last = len(log), time.monotonic()
    with stop_after_step() as asked:
        try:
            for step in range(kept, steps):
                facts = named(do, step, f"{state.name}, step {step + 1} of {steps}",
                              f"{state} holds step {kept}" if kept else "no step was saved yet")
                report(step, facts)
                log.append({"step": step + 1, **facts, "seconds": time.monotonic() - start})
                stopping = bool(summed(torch.tensor(float(asked()))))  # one is asked, all stop
                if stopping or time.monotonic() - last > every:
                    keep()
                if stopping:
                    raise Stopped(f"stopped after step {step + 1} of {steps}")
        except Gone:
            keep()
            raise
    return log


def named(do: Callable[[int], dict], step: int, where: str, good: str) -> dict:
    """do(step). Where that finds what is not finite, a ValueError says where and what is left."""
    try:
        return do(step)
    except NotFinite as error:
        raise ValueError(f"{where}: {error}. Last good file: {good}. The same command would come "
                         "here again: try another rate, seed or dtype") from None


def restore(state: Path, run: dict, parts: dict) -> list[dict]:
    """Gives the parts what `state` holds of this run, if there is such a file: the log so far."""
    saved = load_file(state) if state.exists() else {}
    if saved.get("run") != run:
        return []
    try:
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        return [{**row, "seconds": float(row["seconds"])} for row in saved["log"]]
    except (AttributeError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{state} does not hold what this run needs ({error}): delete it to "
                         "start again") from None


# --------------------------------------------------------------------------- what is no number

class NotFinite(ValueError):
    """NaN or infinity where there should be a number; the message says where."""


def check_finite(tensors: dict[str, Tensor]) -> None:
    """NotFinite with the name of the first that holds NaN or infinity.

    >>> check_finite({"a": torch.ones(2), "b": torch.tensor([1., torch.inf])})
    Traceback (most recent call last):
    data.run.resume.NotFinite: b is NaN or infinite
    """
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise NotFinite(f"{name} is NaN or infinite")


@contextmanager
def watched(model: nn.Module) -> Iterator[None]:
    """While this lasts, the first layer whose output is not finite raises NotFinite, by name."""
    def hook(name: str) -> Callable:
        def check(module: nn.Module, args: tuple, output: Tensor) -> None:
            if not output.isfinite().all():
                raise NotFinite(f"{name} gives NaN or infinity")
        return check
    handles = [module.register_forward_hook(hook(name)) for name, module in model.named_modules()
               if not any(module.children())]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def by_name(model: nn.Module, compute: Callable[[], Any]) -> Any:
    """What compute() gives. Where that is not finite it is done again, to name the layer."""
    try:
        return compute()
    except NotFinite:
        with watched(model):
            compute()
        raise


def alarms(facts: dict, moves: dict[str, Tensor]) -> dict:
    """{"alarm": what looks wrong in a step}, or nothing. moves: each layer's vector - start.

    >>> alarms({"reward": -1.0, "no_signal": 1.0}, {"0.q": torch.zeros(3)})
    {'alarm': 'no group has signal'}
    """
    far = [name for name, move in moves.items() if move.abs().max() > MOVE_MOST]
    stuck = facts.get("entropy", 1) < ENTROPY_LEAST and facts["reward"] < 0.5
    said = {"no group has signal": facts.get("no_signal") == 1,
            "entropy collapsed": stuck, "KL runs away": facts.get("kl", 0) > KL_MOST,
            f"{', '.join(far[:1])} moved by more than {MOVE_MOST:g}": far}
    found = "; ".join(text for text, is_so in said.items() if is_so)
    return {"alarm": found} if found else {}
