"""What trains an expert: REINFORCE with a KL penalty to the base model (paper, Sec. 3.2).

    J(z) = E_{y ~ pi_W'(.|x)} [ log pi_W'(y|x) A(x, y) ] - lambda KL(pi_W' || pi_W)
    A_i  = r_i - mean_{j != i} r_j    over the samples of one prompt; leaves the gradient unbiased

The answers y are drawn and then held fixed: no gradient flows through the sampling, in either
term. The reward r is +1 for a right answer and -1 for any other. Each step samples a group of
answers a prompt with the expert merged, then takes one gradient step with it factored. The KL is
exact over the vocabulary at each sampled position, summed over the answer. A prompt is run once
for all its samples, gradient included, and a sample that came twice is run once. Left out: a value
network and clipping, since each batch of answers is used once; next-token prediction, the paper's
ablation, is tests/paper/variants.py's, and the base's own training data/run/pretrain.py's.

Everything random is drawn from a stream named by (domain, seed, step, prompt), so that a run which
was stopped goes on as if it had not been (data/run/resume.py). Departs from the authors' code: sampled,
not greedy, rollouts; a baseline; log-probabilities of the very tokens sampled; KL from policy to
base.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn

from data.llama.chat import PromptFormat
from data.processes import kept_bytes, memory, own, summed
from data.run.answers import answers, batches, padded, right
from data.run.resume import Callback, alarms, by_name, check_finite, resumable, seeded
from data.tasks.problem import Problem
from model import GPT, generate, prefill
from svf import Adapter

PIECE = 1 << 22      # logits at once: they fit a processor's cache


# ----------------------------------------------------------------------------------- the objective

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

    >>> even, one = torch.zeros(1, 2), torch.ones(1)  # p = 1/2 each: log p = -.6931
    >>> loss, kl = reinforce_loss(even, even, torch.tensor([0]), 2 * one, one, 0.1)
    >>> round(loss.item(), 3), kl.item()
    (1.386, 0.0)
    """
    logp, base = (x.float().log_softmax(-1) for x in (logits, base_logits))
    taken = logp.gather(-1, targets[:, None])[:, 0]
    kl = (weight * (logp.exp() * (logp - base)).sum(-1)).sum()
    return kl_weight * kl - (weight * advantage * taken).sum(), kl


# ---------------------------------------------------------------------------------------- one step

@dataclass
class Episode:
    """One sampled answer: the tokens that were sampled (never tokenised again) and its reward."""

    prompt: list[int]
    completion: list[int]
    reward: float
    logp: float = 0.0  # of the whole answer, as it was sampled
    advantage: float = 0.0
    count: int = 1  # how often it was sampled


def rollouts(adapter: Adapter, fmt: PromptFormat, problems: list[Problem], draws: Tensor
             ) -> list[list[Episode]]:
    """Answers to each problem at temperature 1, all at once: one group a problem.

    draws (problems, samples, max_new), uniform in [0, 1): see `generate`.
    """
    prompts, samples = [fmt.prompt(p.prompt) for p in problems], draws.shape[1]
    done = generate(adapter.model, prompts, fmt.ends, fmt.max_new, draws.flatten(0, 1))
    episodes = [Episode(prompts[i // samples], c.tokens,
                        problems[i // samples].reward(fmt.text(c.tokens)), sum(c.logps))
                for i, c in enumerate(done)]
    return [episodes[i:i + samples] for i in range(0, len(episodes), samples)]


def distinct(group: list[Episode]) -> list[Episode]:
    """Each different answer of a group once, with its advantage and how often it was sampled.

    What was sampled twice has the same reward and the same gradient: it is run once.

    >>> group = [Episode([1], [2], 1), Episode([1], [2], 1), Episode([1], [3], -1)]
    >>> [(e.completion, round(e.advantage), e.count) for e in distinct(group)]
    [([2], 1, 2), ([3], -2, 1)]
    """
    gains = advantages(torch.tensor([[float(e.reward) for e in group]]))[0].tolist()
    found: dict[tuple[int, ...], Episode] = {}
    for episode, gain in zip(group, gains):
        own = found.setdefault(tuple(episode.completion), replace(episode, count=0))
        own.advantage, own.count = gain, own.count + 1
    return list(found.values())


def policy_step(adapter: Adapter, z: Tensor, parts: list[list[list[Episode]]], kl_weight: float
                ) -> dict:
    """Puts the gradient of the loss, -dJ/dz, into z.grad; returns what is worth watching.

    parts: groups that run at once, sampled with W'. Of each: the advantages of its rewards, one
    backward pass of `reinforce_loss`; all else that stands here and below saves time and memory.

    reward, kl (nats an answer), entropy (nats a token, estimated by what was sampled), no_signal:
    the share of groups in which all answers have the same reward, and so no advantage. Several
    processes with parts of their own get the gradient and the facts of all of them: sums are in
    float64, so that who has which part does not show.
    """
    room = memory(z.device)
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
    """Adds -dJ/dz of groups that run at once to z.grad; returns the KL of an answer.

    Blocks are recomputed in the backward pass where it would keep more than `room` bytes of them.
    """
    model = adapter.model
    model.recompute = kept_bytes(model, groups, PIECE) > room
    adapter.use(None)
    with torch.no_grad():
        base, targets, row = answer_states(model, groups)
    adapter.use(z)
    states = answer_states(model, groups)[0]
    episodes = [e for group in groups for e in group]
    gains = torch.tensor([e.advantage for e in episodes], device=z.device)[row]
    counts = torch.tensor([float(e.count) for e in episodes], device=z.device)
    weight = (counts / counts.sum())[row]

    def loss(logits: Tensor, piece: slice) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            base_logits = model.head(base[piece])
        return reinforce_loss(logits, base_logits, targets[piece], gains[piece], weight[piece],
                              kl_weight)
    return backward(model, states, loss)


def answer_states(model: GPT, groups: list[list[Episode]]) -> tuple[Tensor, Tensor, Tensor]:
    """What the head reads at the answers' tokens alone, these tokens, and whose they are.

    states (M, C), targets (M,), row (M,): the answer that each of the M tokens belongs to. A group
    shares one prompt, which is run once for all its answers, gradient included; not so where
    blocks are recomputed, which a shared cache does not allow.
    """
    device = model.embed.weight.device
    episodes = [episode for group in groups for episode in group]
    if model.recompute:
        tokens, mask = padded([(e.prompt, e.completion) for e in episodes], 0.0, device)
        states, targets, mask = model.states(tokens[:, :-1]), tokens[:, 1:], mask[:, 1:]
    else:
        targets, mask = padded([([], e.completion) for e in episodes], 0.0, device)
        first, cache = prefill(model, [group[0].prompt for group in groups], targets.shape[1])
        rows = torch.tensor([i for i, group in enumerate(groups) for _ in group], device=device)
        cache.pick(rows)
        states = first[rows][:, None]
        if targets.shape[1] > 1:
            states = torch.cat((states, model.states(targets[:, :-1], cache)), 1)
    real = mask.bool()
    return states[real], targets[real], real.nonzero()[:, 0]


def backward(model: GPT, states: Tensor, loss: Callable[[Tensor, slice], tuple[Tensor, Tensor]]
             ) -> float:
    """Adds the gradient of sum_i loss(head(states[i]), i)[0] over pieces i of the M tokens.

    states (M, C). The head's gradient with respect to the states is all that the blocks need of
    it: so a piece's logits (m, V), of which all together would fill the memory, go at once.
    Returns the sum of what loss gives beside its value.
    """
    leaf, total = states.detach().requires_grad_(True), 0.0
    size = max(1, PIECE // model.config.vocab)
    for start in range(0, len(leaf), size):
        piece = slice(start, start + size)
        value, beside = loss(model.head(leaf[piece]), piece)
        check_finite({"the loss": value})
        value.backward()
        total += beside.item()
    states.backward(leaf.grad)
    return total


# ---------------------------------------------------------------------------------------- training

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


def reinforce(adapter: Adapter, fmt: PromptFormat, tasks: tuple, recipe: Recipe,
              seed: int, state: Path, run: dict, report: Callback) -> tuple[Tensor, list[dict]]:
    """Trains one expert from the base: the vector that was best on validation, and the log.

    A step's prompts are run in parts of at most recipe.batch answers, which are the same however
    many processes share them out. ValueError if there are fewer parts.
    """
    at_once = max(1, recipe.batch // recipe.samples)
    n_parts = math.ceil(recipe.prompts / at_once)
    if not own(n_parts):
        raise ValueError(f"a process has nothing to do: the {n_parts} parts of a step are for as "
                         "many processes; lower --batch for more parts, from "
                         f"{at_once * recipe.samples} answers")

    def gradient(step: int, z: Tensor) -> dict:
        problems = draw(tasks, recipe.prompts, "train", tasks[0].name, seed, step)
        parts = batches([len(fmt.prompt(p.prompt)) for p in problems], at_once)
        adapter.use(z.detach())
        done = []
        for part in (parts[k] for k in own(len(parts))):
            draws = [torch.rand(recipe.samples, fmt.max_new,
                                generator=seeded("rollout", tasks[0].name, seed, step, i))
                     for i in part]
            done.append(rollouts(adapter, fmt, [problems[i] for i in part],
                                 torch.stack(draws)))
        return policy_step(adapter, z, done, recipe.kl)
    return learn(adapter, fmt, tasks, recipe, gradient, state, run, report)


def draw(tasks: tuple, n: int, split: str, *name: object) -> list[Problem]:
    """n problems spread evenly over the tasks, from the stream named by `name`.

    >>> from data.tasks.families import trained_on
    >>> [p.task for p in draw(trained_on("math"), 4, "train", "any name", 0)]
    ['chain', 'shop', 'product', 'chain']
    """
    rng = Random(repr((split, *name)))
    return [tasks[i % len(tasks)].problem(rng, split) for i in range(n)]


class Expert(nn.Module):
    """What is learned, and the best of it so far: one vector, kept by accuracy on validation."""

    def __init__(self, start: Tensor) -> None:
        super().__init__()
        self.vector = nn.Parameter(start.clone())
        self.register_buffer("best", start.clone())
        self.register_buffer("accuracy", torch.tensor(-1.0, dtype=torch.float64))

    def validated(self, accuracy: float) -> None:
        """The vector becomes the best one if it is at least as good."""
        if accuracy >= self.accuracy:
            self.best.copy_(self.vector.detach())
            self.accuracy.fill_(accuracy)


def learn(adapter: Adapter, fmt: PromptFormat, tasks: tuple, recipe: Recipe,
          gradient: Callable[[int, Tensor], dict], state: Path, run: dict, report: Callback
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
        warm = min(1.0, (step + 1) / 5)  # five steps of it
        optimizer.param_groups[0]["lr"] = recipe.rate * warm * decay
        facts = by_name(adapter.model, lambda: gradient(step, expert.vector))
        check_finite(adapter.parts("the gradient", expert.vector.grad))
        torch.nn.utils.clip_grad_norm_([expert.vector], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        moves = adapter.parts("the vector", expert.vector.detach() - start)
        check_finite(moves)
        return {**facts, **alarms(facts, moves), "validation": expert.accuracy.item()}

    def validate() -> None:
        texts = answers(adapter, expert.vector.detach(), fmt, held)
        expert.validated(sum(right(held, texts)) / len(held))

    log = resumable(state, run, {"expert": expert, "optimizer": optimizer}, recipe.steps, do,
                    report)
    validate()
    return expert.best, log
