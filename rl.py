"""What trains an expert: REINFORCE with a KL penalty to the base model (paper, Sec. 3.2).

    J(z) = E_{y ~ pi_W'(.|x)} [ log pi_W'(y|x) A(x, y) ] - lambda KL(pi_W' || pi_W)
    A_i  = r_i - mean_{j != i} r_j    over the samples of one prompt; leaves the gradient unbiased

The reward r is +1 for a right answer and -1 for any other. Each step samples a group of answers
a prompt with the expert merged, then takes one gradient step with it factored. The KL is exact
over the vocabulary at each sampled position, summed over the answer. A prompt is run once for all
its samples, gradient included, and a sample that came twice is run once. Beside it next-token
prediction: the ablation, and the way in which the base model itself is pretrained.

Everything random is drawn from a stream named by (domain, seed, step, prompt): a run that was
stopped goes on exactly as if it had not been, and which of several processes runs a prompt makes
no difference. What is no number stops a run, before anything is saved; what merely looks wrong is
said (`alarms`). Departs from the authors' code: sampled, not greedy, rollouts; a baseline;
log-probabilities of the very tokens sampled; KL from policy to base.
"""
from __future__ import annotations

import math
import os
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from data.corpus import answer, document
from data.dialect import Dialect
from data.files import FIRST, load_file, save_file
from data.tasks import JOIN, Problem
from model import GPT, Completion, NotFinite, generate, prefill, watched
from svf import Adapter

Report = Callable[[int, dict], None]


def quiet(step: int, facts: dict) -> None:
    """The report of who wants none."""


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
              report: Report, every: float = 15.0) -> list[dict]:
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


def stream(*name: object) -> torch.Generator:
    """A generator for what `name` says; the same name gives the same stream.

    >>> stream(1, "a").initial_seed() == stream(-1, "a").initial_seed()
    False
    """
    return torch.Generator().manual_seed(zlib.crc32(repr(name).encode()))


# ------------------------------------------------------------------------------ several processes

share_work = True  # not so where they share the model: see joined


@contextmanager
def joined(device: str, shard: bool) -> Iterator[None]:
    """Joins the processes that torchrun started, if it did: by gloo on CPUs, NCCL on GPUs.

    shard: they share the model in place of the work, which each of them does whole, in step.
    """
    global share_work
    share_work = not shard
    if os.environ.get("WORLD_SIZE", "1") == "1":
        if shard:
            raise ValueError("--shard: expected several processes, started by `torchrun "
                             "--nproc-per-node N -- t2.py ...`")
        yield
        return
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def own(n: int) -> range:
    """Which of n things this process does, of the processes that torchrun started: all, if alone.

    >>> own(3)
    range(0, 3)
    """
    if not (dist.is_initialized() and share_work):
        return range(n)
    return range(dist.get_rank(), n, dist.get_world_size())


class Gone(ValueError):
    """Another process of this run has ended before its time."""


def summed(x: Tensor, op: dist.ReduceOp = dist.ReduceOp.SUM) -> Tensor:
    """x, summed in place over all processes, or what else op says. Gone if one of them is."""
    if dist.is_initialized():
        try:
            dist.all_reduce(x, op)
        except RuntimeError:
            raise Gone(f"rank {dist.get_rank()}: another process of this run is gone; the same "
                       "command goes on from what is saved") from None
    return x


def gathered(done: dict[tuple[int, int], Completion], keys: list[tuple[int, int]], longest: int
             ) -> list[Completion]:
    """The completions of all keys, of which each process has done its own."""
    if not dist.is_initialized():
        return [done[key] for key in keys]
    tokens, logps = torch.zeros(len(keys), longest, dtype=torch.long), torch.zeros(
        len(keys), longest)
    for row, key in enumerate(keys):
        if key in done:
            n = len(done[key].tokens)
            tokens[row, :n] = torch.tensor(done[key].tokens) + 1  # 0: no token
            logps[row, :n] = torch.tensor(done[key].logps)
    lengths = summed(tokens, dist.ReduceOp.MAX).ne(0).sum(1).tolist()
    summed(logps, dist.ReduceOp.MIN)  # none is above 0
    return [Completion((row[:n] - 1).tolist(), logp[:n].tolist())
            for row, logp, n in zip(tokens, logps, lengths)]


# ------------------------------------------------------------------------- next-token prediction

Pair = tuple[list[int], list[int]]  # prompt tokens, completion tokens (with the end token)
PROMPT_WEIGHT = 0.03  # of a prompt's tokens in the loss: most of them are drawn by chance


def padded(pairs: list[Pair], prompt_weight: float, device: torch.device | str
           ) -> tuple[Tensor, Tensor]:
    """tokens (B, T) padded at the right, and the weight (B, T) of each token as a target.

    >>> [t.tolist() for t in padded([([5, 6], [7]), ([8], [9])], 0.5, "cpu")]
    [[[5, 6, 7], [8, 9, 0]], [[0.5, 0.5, 1.0], [0.5, 1.0, 0.0]]]
    """
    T = max(len(p) + len(c) for p, c in pairs)
    tokens = [p + c + [0] * (T - len(p) - len(c)) for p, c in pairs]
    weight = [[prompt_weight] * len(p) + [1.0] * len(c) + [0.0] * (T - len(p) - len(c))
              for p, c in pairs]
    return torch.tensor(tokens, device=device), torch.tensor(weight, device=device)


def next_token_loss(model: GPT, tokens: Tensor, weight: Tensor) -> Tensor:
    """-sum_t w_t log pi(y_t | y_<t) / sum_t w_t; tokens and weight (B, T)."""
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    weight = weight[:, 1:].flatten()
    return (loss * weight).sum() / weight.sum()


def corpus_batch(dialect: Dialect, size: int, seed: int, step: int, steps: int
                 ) -> list[Pair]:
    """The documents of one step, as tokens and shortest first: a mixture of all families."""
    rng, pairs = Random(f"corpus {seed} {step}"), []
    for _ in range(size):
        prompt, completion = document(rng, step / steps)
        pairs.append((dialect.prompt(prompt), dialect.answer(completion)))
    return sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))


def pretrain(model: GPT, batches: Callable[[int], list[Pair]], steps: int, state: Path, run: dict,
             report: Report, device: str = "cpu") -> list[dict]:
    """Trains every weight on next tokens: Muon on the blocks' matrices, AdamW on the rest.

    Returns the log of `resumable`.
    """
    if not hasattr(torch.optim, "Muon"):
        raise ValueError(f"pretrain needs torch 2.9 or later (Muon), found {torch.__version__}")
    matrices = [p for p in model.blocks.parameters() if p.dim() == 2]
    rest = [p for p in model.parameters() if all(p is not m for m in matrices)]
    rates = {"muon": 0.01, "adamw": 3e-3}
    optimizers = {"muon": torch.optim.Muon(matrices, weight_decay=0.0),
                  "adamw": torch.optim.AdamW(rest, betas=(0.9, 0.98), weight_decay=0.0)}

    def gradient(pairs: list[Pair]) -> float:
        third, loss = math.ceil(len(pairs) / 3), 0.0
        for start in range(0, len(pairs), third):  # short and long apart: less padding
            part = padded(pairs[start:start + third], PROMPT_WEIGHT, device)
            piece = next_token_loss(model, *part) / 3
            piece.backward()
            loss += piece.item()
        check_finite({"the loss": torch.tensor(loss)})
        return loss

    def do(step: int) -> dict:
        decay = min(1.0, (step + 1) / 20, (steps - step) / (0.6 * steps))
        loss = by_name(model, lambda: gradient(batches(step)))
        for name, optimizer in optimizers.items():
            optimizer.param_groups[0]["lr"] = rates[name] * decay
            optimizer.step()
            optimizer.zero_grad()
        check_finite({f"the weight of {name}": p for name, p in model.named_parameters()})
        return {"loss": loss}

    return resumable(state, run, {"model": model, **optimizers}, steps, do, report)


def check_finite(tensors: dict[str, Tensor]) -> None:
    """NotFinite with the name of the first that holds NaN or infinity."""
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise NotFinite(f"{name} is NaN or infinite")


def by_name(model: GPT, compute: Callable[[], Any]) -> Any:
    """What compute() gives. Where that is not finite it is done again, to name the layer."""
    try:
        return compute()
    except NotFinite:
        with watched(model):
            compute()
        raise


# ------------------------------------------------------------------------------- reinforcement

@dataclass
class Episode:
    """One sampled answer: the tokens that were sampled (never tokenised again) and its reward."""

    prompt: list[int]
    completion: list[int]
    reward: float
    logp: float = 0.0  # of the whole answer, as it was sampled
    advantage: float = 0.0
    count: int = 1  # how often it was sampled


def advantages(rewards: Tensor) -> Tensor:
    """Leave-one-out: A_i = r_i - mean_{j != i} r_j. rewards (groups, samples), same out.

    >>> advantages(torch.tensor([[1., -1.], [1., 1.]])).tolist()
    [[2.0, -2.0], [0.0, 0.0]]
    """
    n = rewards.shape[1]
    if n < 2:
        raise ValueError(f"{n} sample a prompt: the leave-one-out baseline needs 2 or more")
    return (rewards - rewards.mean(1, keepdim=True)) * n / (n - 1)


def reinforce_loss(logits: Tensor, base_logits: Tensor, targets: Tensor, advantage: Tensor,
                   weight: Tensor, kl_weight: float) -> tuple[Tensor, Tensor]:
    """(loss, KL): -sum_m w_m A_m log pi(y_m) + lambda KL, KL = sum_m w_m KL_m, of M tokens.

    logits, base_logits (M, V); targets (M,); advantage (M,) of the token's answer; weight (M,):
    that of the answer among all, so that the sums are means over answers.
    KL_m = sum_v pi_W'(v) log(pi_W'(v) / pi_W(v)), in nats, exactly.
    """
    logp, base = (x.float().log_softmax(-1) for x in (logits, base_logits))
    taken = logp.gather(-1, targets[:, None])[:, 0]
    kl = (weight * (logp.exp() * (logp - base)).sum(-1)).sum()
    return kl_weight * kl - (weight * advantage * taken).sum(), kl


@dataclass(frozen=True)
class Recipe:
    """How an expert is trained. The paper: AdamW at 2e-3, batch 256, lambda in 0, .1, .2, .3."""

    steps: int = 40
    prompts: int = 16
    samples: int = 8
    batch: int = 64     # answers written and learned from at once
    rate: float = 0.02
    kl: float = 0.1
    validate: int = 10  # steps between validations
    held: int = 120     # validation prompts


PIECE = 1 << 22      # logits at once: they fit a processor's cache
KL_MOST = 10.0       # nats an answer: it is e^10 times as likely as it was in the base
ENTROPY_LEAST = 0.01  # nats a token
MOVE_MOST = 1.0      # of one number from where it started; a gain is then 0, 2 or beyond


def alarms(facts: dict, moves: dict[str, Tensor]) -> dict:
    """{"alarm": what looks wrong in a step}, or nothing. moves: each layer's vector - start."""
    far = [name for name, move in moves.items() if move.abs().max() > MOVE_MOST]
    stuck = facts.get("entropy", 1) < ENTROPY_LEAST and facts["reward"] < 0.5
    said = {"no group has signal": facts.get("no_signal") == 1,
            "entropy collapsed": stuck, "KL runs away": facts.get("kl", 0) > KL_MOST,
            f"{', '.join(far[:1])} moved by more than {MOVE_MOST:g}": far}
    found = "; ".join(text for text, is_so in said.items() if is_so)
    return {"alarm": found} if found else {}


class Expert:
    """What is learned, and the best of it so far: one vector, kept by accuracy on validation."""

    def __init__(self, start: Tensor) -> None:
        self.vector = start.clone().requires_grad_(True)
        self.best, self.accuracy = start.clone(), -1.0

    def state_dict(self) -> dict:
        return {"vector": self.vector.detach().clone(), "best": self.best,
                "accuracy": self.accuracy}

    def load_state_dict(self, saved: dict) -> None:
        with torch.no_grad():
            self.vector.copy_(saved["vector"])
        self.best, self.accuracy = saved["best"], saved["accuracy"]

    def validated(self, accuracy: float) -> None:
        if accuracy >= self.accuracy:
            self.best, self.accuracy = self.vector.detach().clone(), accuracy


def distinct(group: list[Episode]) -> list[Episode]:
    """Each different answer of a group once, with its advantage and how often it was sampled.

    What was sampled twice has the same reward and the same gradient: it is run once.
    """
    gains = advantages(torch.tensor([[float(e.reward) for e in group]]))[0].tolist()
    found: dict[tuple[int, ...], Episode] = {}
    for episode, gain in zip(group, gains):
        own = found.setdefault(tuple(episode.completion), replace(episode, count=0))
        own.advantage, own.count = gain, own.count + 1
    return list(found.values())


def batches(lengths: list[int], size: int) -> list[list[int]]:
    """Indices of all, at most `size` at once, those of like length together: less padding.

    >>> batches([5, 1, 4, 2], 2), batches([5, 1], 2)
    ([[1, 3], [2, 0]], [[0, 1]])
    """
    order = list(range(len(lengths)))
    if len(order) > size:
        order.sort(key=lambda i: lengths[i])
    return [order[i:i + size] for i in range(0, len(order), size)]


def completions(adapter: Adapter, z: Tensor | None, dialect: Dialect, prompts: list[str],
                report: Report = quiet) -> list[Completion]:
    """Greedy completions of all prompts with z: None, the base, or (N,), an expert.

    With z (P, N) by each of P experts, SVF alone: those of the first come first; as many experts
    at once as the dialect's batch has room for. Several processes share out the prompts, or the
    experts, and each gets all. report(i, {}) after the i-th batch of an expert.
    """
    rows, done, step = [dialect.prompt(text) for text in prompts], {}, 0
    many = z is not None and z.dim() == 2
    which, who = (range(len(rows)), own(len(z))) if many else (own(len(rows)), range(1))
    parts = [[which[i] for i in part]
             for part in batches([len(rows[i]) for i in which], dialect.batch)]
    at_once = max(1, dialect.batch // max(1, len(which)))
    for first in range(0, len(who), at_once):
        some = who[first:first + at_once]
        for part in parts:
            if len(some) > 1:  # factored; generate takes the rows of z away
                adapter.use(z[list(some)])
            elif part is parts[0]:
                adapter.use(z[some[0]] if many else z)
            given = generate(adapter.model, [rows[i] for i in part] * len(some), dialect.ends,
                             dialect.max_new, None, len(some),
                             adapter.keep if len(some) > 1 else None)
            done.update(zip([(p, i) for p in some for i in part], given))
            step += len(some)
            report(step - 1, {})
    keys = [(p, i) for p in range(len(z) if many else 1) for i in range(len(rows))]
    return gathered(done, keys, dialect.max_new)


def answers(adapter: Adapter, z: Tensor | None, dialect: Dialect, problems: list[Problem],
            report: Report = quiet) -> list[str]:
    """Greedy answers of the expert z (None: the base) to each problem's prompt."""
    done = completions(adapter, z, dialect, [p.prompt for p in problems], report)
    return [dialect.text(c.tokens) for c in done]


def right(problems: list[Problem], texts: list[str]) -> list[bool]:
    return [p.reward(text) == 1 for p, text in zip(problems, texts)]


def rollouts(adapter: Adapter, dialect: Dialect, problems: list[Problem], draws: Tensor
             ) -> list[list[Episode]]:
    """Answers to each problem at temperature 1, all at once: one group a problem.

    draws (problems, samples, max_new), uniform in [0, 1): see `generate`.
    """
    prompts, samples = [dialect.prompt(p.prompt) for p in problems], draws.shape[1]
    done = generate(adapter.model, prompts, dialect.ends, dialect.max_new, draws.flatten(0, 1))
    episodes = [Episode(prompts[i // samples], c.tokens,
                        problems[i // samples].reward(dialect.text(c.tokens)), sum(c.logps))
                for i, c in enumerate(done)]
    return [episodes[i:i + samples] for i in range(0, len(episodes), samples)]


def answer_states(model: GPT, groups: list[list[Episode]]) -> tuple[Tensor, Tensor, Tensor]:
    """What the head reads at the answers' tokens alone, these tokens, and whose they are.

    states (M, C), targets (M,), row (M,): the answer that each of the M tokens belongs to. A group
    shares one prompt, which is run once for all its answers, gradient included; not so where
    blocks are recomputed, which a shared cache does not allow.
    """
    device = model.embed.weight.device
    episodes = [episode for group in groups for episode in group]
    targets, mask = padded([([], e.completion) for e in episodes], 0.0, device)
    if model.recompute:
        tokens, _ = padded([(e.prompt, e.completion) for e in episodes], 0.0, device)
        states = model.states(tokens[:, :-1])
        index = torch.tensor([len(e.prompt) - 1 for e in episodes], device=device)[:, None]
        index = index + torch.arange(targets.shape[1], device=device)
        index = index.clamp(max=states.shape[1] - 1)  # beyond the end: masked
        states = states.gather(1, index[..., None].expand(-1, -1, states.shape[2]))
    else:
        first, cache = prefill(model, [group[0].prompt for group in groups], targets.shape[1])
        rows = torch.tensor([i for i, group in enumerate(groups) for _ in group], device=device)
        cache.pick(rows)
        states = first[rows][:, None]
        if targets.shape[1] > 1:
            states = torch.cat((states, model.states(targets[:, :-1], cache)), 1)
    real = mask.bool()
    return states[real], targets[real], real.nonzero()[:, 0]


def backward(model: GPT, states: Tensor, loss: Callable[[Tensor, slice], Tensor]) -> float:
    """Adds the gradient of sum_i loss(head(states[i]), i) over pieces i of tokens; gives the sum.

    states (M, C). The head's gradient with respect to the states is all that the blocks need of
    it: so a piece's logits (m, V), of which all together would fill the memory, go at once.
    """
    leaf, total = states.detach().requires_grad_(True), 0.0
    size = max(1, PIECE // model.config.vocab)
    for start in range(0, len(leaf), size):
        piece = slice(start, start + size)
        value = loss(model.head(leaf[piece]), piece)
        check_finite({"the loss": value})
        value.backward()
        total += value.item()
    states.backward(leaf.grad)
    return total


def kept_bytes(model: GPT, groups: list[list[Episode]]) -> float:
    """About what the backward pass needs kept of these groups' forward passes.

    A token and layer: some 15 C + 3 hidden numbers (what the norms, attention, SwiGLU and x V of
    each matrix leave behind); of the logits, and what is made of them, no more than a piece.
    """
    c, size = model.config, model.embed.weight.element_size()
    written = sum(len(group) * max(len(e.completion) for e in group) for group in groups)
    tokens = written + sum(len(group[0].prompt) for group in groups)
    piece = min(written * c.vocab, PIECE)
    return size * tokens * c.layers * (15 * c.width + 3 * c.hidden) + 24 * piece


def memory(device: torch.device) -> float:
    """Bytes that training may fill: what a GPU has free, half of what a computer has."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2
    except (AttributeError, ValueError, OSError):  # Windows can't say: 8 GB are common
        return 4e9


def policy_step(adapter: Adapter, z: Tensor, parts: list[list[list[Episode]]], kl_weight: float,
                room: float | None = None) -> dict:
    """Puts dJ/dz into z.grad; returns what is worth watching. parts: groups that run at once.

    reward, kl (nats an answer), entropy (nats a token, estimated by what was sampled), no_signal:
    the share of groups in which all answers have the same reward, and so no advantage. Several
    processes with parts of their own get the gradient and the facts of all of them: sums are in
    float64, so that who has which part does not show.

    Where a part's forward pass would keep more than `room` bytes (None: what there is), blocks
    are recomputed in the backward pass.
    """
    room = memory(z.device) if room is None else room
    gradient, facts = torch.zeros(len(z), dtype=torch.float64), torch.zeros(6, dtype=torch.float64)
    for groups in parts:
        rewards = torch.tensor([[float(e.reward) for e in group] for group in groups])
        check_finite({"a reward": rewards})
        z.grad = None
        kl = part_step(adapter, z, [distinct(group) for group in groups], kl_weight, room)
        gradient += len(groups) * z.grad.double().cpu()
        sampled = [e for group in groups for e in group]
        facts += torch.tensor([len(groups), rewards.mean(1).sum(), len(groups) * kl,
                               -sum(e.logp for e in sampled),
                               sum(len(e.completion) for e in sampled),
                               (rewards == rewards[:, :1]).all(1).sum()], dtype=torch.float64)
    n, reward, kl, surprise, tokens, same = summed(facts).tolist()
    z.grad = (summed(gradient) / n).to(z)
    return {"reward": reward / n, "kl": kl / n, "entropy": surprise / tokens,
            "no_signal": same / n}


def part_step(adapter: Adapter, z: Tensor, groups: list[list[Episode]], kl_weight: float,
              room: float) -> float:
    """Adds dJ/dz of groups that run at once to z.grad; returns the KL of an answer."""
    model = adapter.model
    model.recompute = kept_bytes(model, groups) > room
    adapter.use(None)
    with torch.no_grad():
        base, targets, row = answer_states(model, groups)
    adapter.use(z)
    states = answer_states(model, groups)[0]
    gains, counts = (torch.tensor([float(getattr(e, key)) for group in groups for e in group],
                                  device=z.device)[row] for key in ("advantage", "count"))
    weight, kls = counts / sum(e.count for group in groups for e in group), []

    def loss(logits: Tensor, piece: slice) -> Tensor:
        with torch.no_grad():
            base_logits = model.head(base[piece])
        value, kl = reinforce_loss(logits, base_logits, targets[piece], gains[piece],
                                   weight[piece], kl_weight)
        kls.append(kl.item())
        return value
    backward(model, states, loss)
    return sum(kls)


def draw(tasks: tuple, n: int, split: str, *name: object) -> list[Problem]:
    """n problems spread evenly over the tasks, from the stream named by `name`."""
    rng = Random(repr((split, *name)))
    return [tasks[i % len(tasks)].problem(rng, split) for i in range(n)]


def reinforce(adapter: Adapter, dialect: Dialect, tasks: tuple, recipe: Recipe,
              seed: int, state: Path, run: dict, report: Report) -> tuple[Tensor, list[dict]]:
    """Trains one expert from the base: the vector that was best on validation, and the log.

    A step's prompts are run in parts of at most recipe.batch answers, which are the same however
    many processes share them out. ValueError if there are fewer parts.
    """
    at_once = max(1, recipe.batch // recipe.samples)
    parts = math.ceil(recipe.prompts / at_once)
    if not own(parts):
        raise ValueError(f"rank {dist.get_rank()} has nothing to do: the {parts} parts of a step "
                         "are for as many processes; lower --batch for more parts, from "
                         f"{at_once * recipe.samples} answers")

    def gradient(step: int, z: Tensor) -> dict:
        problems = draw(tasks, recipe.prompts, "train", tasks[0].name, seed, step)
        parts = batches([len(dialect.prompt(p.prompt)) for p in problems], at_once)
        adapter.use(z.detach())
        done = []
        for part in (parts[k] for k in own(len(parts))):
            draws = [torch.rand(recipe.samples, dialect.max_new,
                                generator=stream("rollout", tasks[0].name, seed, step, i))
                     for i in part]
            done.append(rollouts(adapter, dialect, [problems[i] for i in part],
                                 torch.stack(draws)))
        return policy_step(adapter, z, done, recipe.kl)
    return learn(adapter, dialect, tasks, recipe, gradient, state, run, report)


def imitate(adapter: Adapter, dialect: Dialect, tasks: tuple, recipe: Recipe,
            seed: int, state: Path, run: dict, report: Report) -> tuple[Tensor, list[dict]]:
    """The ablation: next-token prediction of what the corpus answers to the same prompts."""
    def gradient(step: int, z: Tensor) -> dict:
        rng = Random(repr(("imitate", tasks[0].name, seed, step)))
        problems = draw(tasks, recipe.prompts * recipe.samples, "train", tasks[0].name, seed, step)
        pairs = [(dialect.prompt(p.prompt),
                  dialect.answer(JOIN.join(answer(part, p.lead, rng) for part in p.parts)))
                 for p in problems]
        adapter.use(z)
        loss = next_token_loss(adapter.model, *padded(pairs, 0.0, z.device))
        check_finite({"the loss": loss})
        loss.backward()
        return {"loss": loss.item()}
    return learn(adapter, dialect, tasks, recipe, gradient, state, run, report)


def learn(adapter: Adapter, dialect: Dialect, tasks: tuple, recipe: Recipe,
          gradient: Callable[[int, Tensor], dict], state: Path, run: dict, report: Report
          ) -> tuple[Tensor, list[dict]]:
    """AdamW on one vector; gradient(step, z) adds to z.grad. Returns the best, and the log."""
    start = adapter.neutral()
    expert = Expert(start)
    optimizer = torch.optim.AdamW([expert.vector], lr=recipe.rate, betas=(0.9, 0.98),
                                  weight_decay=0.0)
    held = [p for t in tasks for p in t.problems(recipe.held // len(tasks), "validation", 0)]

    def do(step: int) -> dict:
        if step % recipe.validate == 0:
            by_name(adapter.model, validate)
        decay = 0.55 + 0.45 * math.cos(math.pi * step / recipe.steps)  # to a tenth
        optimizer.param_groups[0]["lr"] = recipe.rate * min(1.0, (step + 1) / 5) * decay
        facts = by_name(adapter.model, lambda: gradient(step, expert.vector))
        check_finite(adapter.parts("the gradient", expert.vector.grad))
        torch.nn.utils.clip_grad_norm_([expert.vector], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        moves = adapter.parts("the vector", expert.vector.detach() - start)
        check_finite(moves)
        return {**facts, **alarms(facts, moves), "validation": expert.accuracy}

    def validate() -> None:
        texts = answers(adapter, expert.vector.detach(), dialect, held)
        expert.validated(sum(right(held, texts)) / len(held))

    log = resumable(state, run, {"expert": expert, "optimizer": optimizer}, recipe.steps, do,
                    report)
    validate()
    return expert.best, log
