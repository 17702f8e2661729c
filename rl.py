"""What trains an expert: REINFORCE with a KL penalty to the base model (paper, Sec. 3.2).

    J(z) = E_{y ~ pi_W'(.|x)} [ log pi_W'(y|x) A(x, y) ] - lambda KL(pi_W' || pi_W)
    A_i  = r_i - mean_{j != i} r_j    over the samples of one prompt; leaves the gradient unbiased

The reward r is +1 for a right answer and -1 for any other. Each step samples a group of answers
a prompt with the expert merged, then takes one gradient step with it factored. The KL is exact
over the vocabulary at each sampled position, summed over the answer. Beside it next-token
prediction: the ablation, and the way in which the base model itself is pretrained.

Everything random is drawn from a stream named by (seed, step), so that a run that was stopped
goes on exactly as if it had not been. Departs from the authors' code: sampled, not greedy,
rollouts; a baseline; log-probabilities of the very tokens sampled; KL from policy to base.
"""
from __future__ import annotations

import math
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import tiktoken
import torch
import torch.nn.functional as F
from torch import Tensor

from data.corpus import answer, document
from data.tasks import JOIN, Problem
from data.tokenizer import end_token, prompt_tokens
from model import GPT, generate, load_file, save_file
from svf import Adapter

Report = Callable[[int, dict], None]


class Stopped(Exception):
    """Ctrl-C, after the step in hand was finished and saved."""


@contextmanager
def stop_after_step() -> Iterator[Callable[[], bool]]:
    """Ctrl-C no longer breaks a step in two: it sets a flag that the loop asks for."""
    asked = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def resumable(state: Path, run: dict, parts: dict, steps: int, do: Callable[[int], dict],
              report: Report, every: float = 15.0) -> list[dict]:
    """do(i) for the steps still to do; parts are kept in `state`, every 15 s and on Ctrl-C.

    parts: name -> anything with state_dict and load_state_dict. `run` says which run this is: a
    state of another one is left behind. Returns what `do` said at each step, with the seconds
    spent so far, as if the run had never been stopped. Stopped is raised after a Ctrl-C.
    """
    log: list[dict] = []
    if state.exists():
        saved = load_file(state)
        if saved.get("run") == run:
            try:
                log = list(saved["log"])
                for name, part in parts.items():
                    part.load_state_dict(saved[name])
            except (KeyError, TypeError, ValueError, RuntimeError) as error:
                raise ValueError(f"{state} does not hold what this run needs ({error}): delete it "
                                 "to start again") from None

    def save() -> None:
        save_file(state, {"run": run, "log": log,
                          **{name: part.state_dict() for name, part in parts.items()}})

    last = time.monotonic()
    start = last - (log[-1]["seconds"] if log else 0.0)
    with stop_after_step() as asked:
        for step in range(len(log), steps):
            facts = do(step)
            report(step, facts)
            log.append({"step": step + 1, **facts, "seconds": time.monotonic() - start})
            if asked():
                save()
                raise Stopped(f"stopped after step {step + 1} of {steps}")
            if time.monotonic() - last > every:
                save()
                last = time.monotonic()
    return log


def stream(*name: object) -> torch.Generator:
    """A generator for what `name` says; the same name gives the same stream.

    >>> stream(1, "a").initial_seed() == stream(-1, "a").initial_seed()
    False
    """
    return torch.Generator().manual_seed(zlib.crc32(repr(name).encode()))


# ------------------------------------------------------------------------- next-token prediction

Pair = tuple[list[int], list[int]]  # prompt tokens, completion tokens (with the end token)
PROMPT_WEIGHT = 0.03  # of a prompt's tokens in the loss: most of them are drawn by chance


def as_pair(encoding: tiktoken.Encoding, prompt: str, completion: str) -> Pair:
    """A prompt and what follows it as tokens, with the begin and end tokens where they belong."""
    return (prompt_tokens(encoding, prompt),
            [*encoding.encode_ordinary(completion), end_token(encoding)])


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


def corpus_batch(encoding: tiktoken.Encoding, size: int, seed: int, step: int, steps: int
                 ) -> list[Pair]:
    """The documents of one step, as tokens and shortest first: a mixture of all families."""
    rng, pairs = Random(f"corpus {seed} {step}"), []
    for _ in range(size):
        pairs.append(as_pair(encoding, *document(rng, step / steps)))
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

    def do(step: int) -> dict:
        decay = min(1.0, (step + 1) / 20, (steps - step) / (0.6 * steps))
        pairs, loss = batches(step), 0.0
        third = math.ceil(len(pairs) / 3)
        for start in range(0, len(pairs), third):  # short and long apart: less padding
            part = padded(pairs[start:start + third], PROMPT_WEIGHT, device)
            piece = next_token_loss(model, *part) / 3
            piece.backward()
            loss += piece.item()
        for name, optimizer in optimizers.items():
            optimizer.param_groups[0]["lr"] = rates[name] * decay
            optimizer.step()
            optimizer.zero_grad()
        check_finite(loss, f"pretraining, step {step}")
        return {"loss": loss}

    return resumable(state, run, {"model": model, **optimizers}, steps, do, report)


def check_finite(loss: float, where: str) -> None:
    if not math.isfinite(loss):
        raise ValueError(f"{where}: the loss is {loss}; try a lower rate or another seed")


# ------------------------------------------------------------------------------- reinforcement

@dataclass
class Episode:
    """One sampled answer: the tokens that were sampled (never tokenised again) and its reward."""

    prompt: list[int]
    completion: list[int]
    reward: float


def advantages(rewards: Tensor) -> Tensor:
    """Leave-one-out: A_i = r_i - mean_{j != i} r_j. rewards (groups, samples), same out.

    >>> advantages(torch.tensor([[1., -1.], [1., 1.]])).tolist()
    [[2.0, -2.0], [0.0, 0.0]]
    """
    n = rewards.shape[1]
    if n < 2:
        raise ValueError(f"{n} sample a prompt: the leave-one-out baseline needs 2 or more")
    return (rewards - rewards.mean(1, keepdim=True)) * n / (n - 1)


def reinforce_loss(logits: Tensor, base_logits: Tensor, targets: Tensor, mask: Tensor,
                   advantage: Tensor, kl_weight: float) -> tuple[Tensor, Tensor]:
    """(loss, KL): -mean_b A_b sum_t log pi(y_bt) + lambda KL, KL = mean_b sum_t KL_t exactly.

    logits, base_logits (B, T, V); targets and mask (B, T), mask 1 on the answer's tokens;
    advantage (B,). KL_t = sum_v pi_W'(v) log(pi_W'(v) / pi_W(v)), in nats.
    """
    logp, base = logits.log_softmax(-1), base_logits.log_softmax(-1)
    taken = logp.gather(-1, targets[..., None])[..., 0]  # (B, T)
    kl = ((logp.exp() * (logp - base)).sum(-1) * mask).sum(1).mean()
    return kl_weight * kl - (advantage * (taken * mask).sum(1)).mean(), kl


@dataclass(frozen=True)
class Recipe:
    """How an expert is trained. The paper: AdamW at 2e-3, batch 256, lambda in 0, .1, .2, .3."""

    steps: int = 40
    prompts: int = 16
    samples: int = 8
    rate: float = 0.02
    kl: float = 0.1
    max_new: int = 72
    validate: int = 10  # steps between validations
    held: int = 120     # validation prompts


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


def answers(adapter: Adapter, z: Tensor | None, encoding: tiktoken.Encoding,
            problems: list[Problem], max_new: int = 72) -> list[str]:
    """Greedy answers of the expert z (None: the base) to each problem's prompt."""
    adapter.use(z)
    prompts = [prompt_tokens(encoding, p.prompt) for p in problems]
    done = generate(adapter.model, prompts, end_token(encoding), max_new, on_keep=adapter.keep)
    return [text_of(encoding, c.tokens) for c in done]


def text_of(encoding: tiktoken.Encoding, tokens: list[int]) -> str:
    """The answer as text, without its end token; bytes that are no UTF-8 become U+FFFD."""
    end = end_token(encoding)
    return encoding.decode([t for t in tokens if t != end], errors="replace")


def right(problems: list[Problem], texts: list[str]) -> list[bool]:
    return [p.reward(text) == 1 for p, text in zip(problems, texts)]


def rollouts(adapter: Adapter, z: Tensor, encoding: tiktoken.Encoding, problems: list[Problem],
             recipe: Recipe, generator: torch.Generator) -> list[Episode]:
    """`samples` answers to each problem at temperature 1, group after group."""
    adapter.use(z.detach())
    asked = [p for p in problems for _ in range(recipe.samples)]
    prompts = [prompt_tokens(encoding, p.prompt) for p in asked]
    done = generate(adapter.model, prompts, end_token(encoding), recipe.max_new, 1.0, generator)
    return [Episode(prompt, c.tokens, p.reward(text_of(encoding, c.tokens)))
            for p, prompt, c in zip(asked, prompts, done)]


def policy_step(adapter: Adapter, z: Tensor, episodes: list[Episode], recipe: Recipe) -> dict:
    """Adds dJ/dz of these episodes to z.grad; returns reward, KL and the share without signal."""
    rewards = torch.tensor([float(e.reward) for e in episodes]).view(-1, recipe.samples)
    device = z.device
    tokens, mask = padded([(e.prompt, e.completion) for e in episodes], 0.0, device)
    adapter.use(None)
    with torch.no_grad():
        base = adapter.model(tokens[:, :-1])
    adapter.use(z)
    loss, kl = reinforce_loss(adapter.model(tokens[:, :-1]), base, tokens[:, 1:], mask[:, 1:],
                              advantages(rewards).flatten().to(device), recipe.kl)
    check_finite(loss.item(), "reinforce")
    loss.backward()
    same = (rewards == rewards[:, :1]).all(1).float().mean().item()
    return {"reward": rewards.mean().item(), "kl": kl.item(), "no_signal": same}


def draw(tasks: tuple, n: int, split: str, *name: object) -> list[Problem]:
    """n problems spread evenly over the tasks, from the stream named by `name`."""
    rng = Random(repr((split, *name)))
    return [tasks[i % len(tasks)].problem(rng, split) for i in range(n)]


def reinforce(adapter: Adapter, encoding: tiktoken.Encoding, tasks: tuple, recipe: Recipe,
              seed: int, state: Path, run: dict, report: Report) -> tuple[Tensor, list[dict]]:
    """Trains one expert from the base: the vector that was best on validation, and the log."""
    def gradient(step: int, z: Tensor) -> dict:
        problems = draw(tasks, recipe.prompts, "train", seed, step)
        episodes = rollouts(adapter, z, encoding, problems, recipe,
                            stream("rollout", tasks[0].name, seed, step))
        return policy_step(adapter, z, episodes, recipe)
    return learn(adapter, encoding, tasks, recipe, gradient, state, run, report)


def imitate(adapter: Adapter, encoding: tiktoken.Encoding, tasks: tuple, recipe: Recipe,
            seed: int, state: Path, run: dict, report: Report) -> tuple[Tensor, list[dict]]:
    """The ablation: next-token prediction of what the corpus answers to the same prompts."""
    def gradient(step: int, z: Tensor) -> dict:
        rng = Random(repr(("imitate", tasks[0].name, seed, step)))
        problems = draw(tasks, recipe.prompts * recipe.samples, "train", seed, step)
        pairs = [as_pair(encoding, p.prompt, JOIN.join(answer(part, p.lead, rng)
                                                       for part in p.parts)) for p in problems]
        adapter.use(z)
        loss = next_token_loss(adapter.model, *padded(pairs, 0.0, z.device))
        check_finite(loss.item(), "imitate")
        loss.backward()
        return {"loss": loss.item()}
    return learn(adapter, encoding, tasks, recipe, gradient, state, run, report)


def learn(adapter: Adapter, encoding: tiktoken.Encoding, tasks: tuple, recipe: Recipe,
          gradient: Callable[[int, Tensor], dict], state: Path, run: dict, report: Report
          ) -> tuple[Tensor, list[dict]]:
    """AdamW on one vector; gradient(step, z) adds to z.grad. Returns the best, and the log."""
    expert = Expert(adapter.neutral())
    optimizer = torch.optim.AdamW([expert.vector], lr=recipe.rate, betas=(0.9, 0.98),
                                  weight_decay=0.0)
    held = [p for t in tasks for p in t.problems(recipe.held // len(tasks), "validation", 0)]

    def do(step: int) -> dict:
        if step % recipe.validate == 0:
            validate()
        decay = 0.55 + 0.45 * math.cos(math.pi * step / recipe.steps)  # to a tenth
        optimizer.param_groups[0]["lr"] = recipe.rate * min(1.0, (step + 1) / 5) * decay
        facts = gradient(step, expert.vector)
        torch.nn.utils.clip_grad_norm_([expert.vector], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return {**facts, "validation": expert.accuracy}

    def validate() -> None:
        texts = answers(adapter, expert.vector.detach(), encoding, held, recipe.max_new)
        expert.validated(sum(right(held, texts)) / len(held))

    log = resumable(state, run, {"expert": expert, "optimizer": optimizer}, recipe.steps, do,
                    report)
    validate()
    return expert.best, log
