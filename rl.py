"""What trains an expert: REINFORCE with a KL penalty to the base model (paper, Sec. 3.2).

    J(z) = E_{y ~ pi_W'(.|x)} [ log pi_W'(y|x) A(x, y) ] - lambda KL(pi_W' || pi_W)
    A_i  = r_i - mean_{j != i} r_j    over the n answers to one prompt: its group

The reward r is +1 if the answer y to the prompt x is right, and -1 if not. It has no gradient, but
its mean has: d E[r] = E[r d log pi(y)]. So answers are sampled (rollouts), judged, and then held
fixed: only log pi has a gradient. In the place of r stands the advantage A: the mean reward of the
others of its group, the baseline, is taken away, which on average changes nothing.

`Reinforce` is the loop; data/run/resume.py iterates over it, saves and reports. Answers are
sampled with the expert merged and learned from with it factored (of few gains, factored as well):
the same up to rounding, which in bfloat16 is some thousandths of a nat a token.

Left out, for those who know RL: a value network, importance ratios and clipping of them, since
each batch of answers is used once; the score-function part of the KL's gradient, d log pi times
KL, which is a few percent of it near the base. Next-token prediction, the paper's ablation, is in
tests/paper/variants.py. Departs from the paper and the authors' code: a baseline, where they have
r for A. From the code alone: sampled, not greedy, rollouts; log-probabilities of the very tokens
sampled; KL from policy to base.

Shapes: G groups (prompts) of n samples, B answers, T tokens, C width, M tokens of all answers,
V vocabulary, N length of z.
"""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from data.processes import by_rank, microbatches, seeded, summed
from data.tasks.problem import Problem, draw
from data.tasks.tally import Tally
from data.tokenizer import PromptFormat
from model import GPT, complete, generate, prefill
from svf import SVF

PIECE = 1 << 22  # logits at once: 16 MB in float32


@dataclass(frozen=True)
class Recipe:
    """How an expert is trained. The paper: AdamW at 2e-3, 256 answers a step, lambda 0 to .3."""

    steps: int = 40
    prompts: int = 16   # a step
    samples: int = 8    # a prompt: its group
    batch: int = 64     # answers learned from at once; sampling takes whole groups, one or more
    rate: float = 0.02  # of a small base; open weights: data/run/train.py
    kl: float = 0.1     # lambda
    validate: int = 10  # steps between validations
    held: int = 120     # validation prompts


class Reinforce(nn.Module):
    """Trains one expert from the base. Iterate over it: each step yields its metrics.

    Beside those of `policy_gradient` they are gradient (its norm before it is clipped), moved (max
    |z - 1|) and validation (accuracy of the best z). Its state_dict holds z, the best z so far by
    accuracy on validation prompts, and the step.
    z is learned in float64 and on the CPU: there the gradients of microbatches, and of several
    processes, add up to the same float32 number in whatever order they come.
    """

    def __init__(self, svf: SVF, fmt: PromptFormat, tasks: tuple, recipe: Recipe, seed: int
                 ) -> None:
        super().__init__()
        self.svf, self.fmt, self.tasks, self.recipe = svf, fmt, tasks, recipe
        self.stream = tasks[0].name, seed  # names all that is random in this run
        self.z = nn.Parameter(svf.neutral().double())
        self.register_buffer("best", svf.neutral())
        self.register_buffer("accuracy", torch.tensor(-1.0, dtype=torch.float64))  # of the best
        self.register_buffer("step", torch.tensor(0))  # steps that are done
        self.optimizers = {"adamw": torch.optim.AdamW(  # decay would pull z to 0; the base is 1
            [self.z], betas=(0.9, 0.98), weight_decay=0.0)}
        self.held = [p for t in tasks
                     for p in t.problems(recipe.held // len(tasks), "validation", 0)]

    def __iter__(self) -> Iterator[dict]:
        how, adamw = self.recipe, self.optimizers["adamw"]
        while (step := int(self.step)) < how.steps:
            if step % how.validate == 0:
                self.validate()
            problems = draw(self.tasks, how.prompts, "train", *self.stream, step)
            self.z.grad = torch.zeros_like(self.z)  # not None: a process may have nothing to add
            metrics = self.policy_gradient(problems)
            norm = nn.utils.clip_grad_norm_([self.z], 1.0)  # no group may throw z far off
            adamw.param_groups[0]["lr"] = learning_rate(how, step)
            adamw.step()
            self.step += 1
            if self.step == how.steps:
                self.validate()
            moved = (self.z.detach() - self.svf.neutral()).abs().max()
            yield {**metrics, "gradient": norm.item(), "moved": moved.item(),
                   "validation": self.accuracy.item()}

    def policy_gradient(self, problems: list[Problem]) -> dict:
        """Adds -dJ/dz to z.grad, without the KL's score-function part. Returns the step's metrics.

        reward; kl (nats an answer); entropy (nats a token, estimated by what was sampled);
        no_signal: the share of groups whose answers all have the same reward, and no advantage;
        answers: how many were right, wrong, not judged, cut off.
        """
        svf, fmt, how, tally = self.svf, self.fmt, self.recipe, Tally()
        sums = dict.fromkeys(("reward", "kl", "surprise", "tokens", "no_signal"), 0.0)
        # Sample. W' is merged, once for all tokens; nothing here has a gradient.
        with svf.adapted(self.z.detach()):
            sampled = [(some, rollouts(svf.model, fmt, some, uniforms))
                       for some, uniforms in self.batched(problems)]
        for some, groups in sampled:
            # Judge: +1 or -1 an answer, and how much better that is than the rest of its group.
            rewards = torch.tensor([[tally.reward(p, *fmt.read(e.completion)) for e in group]
                                    for p, group in zip(some, groups)])  # (G, n)
            unique = [distinct(group, A) for group, A in zip(groups, advantages(rewards))]
            # Several groups fit one batch; one group alone may be more than a batch.
            for i in range(0, max(map(len, unique)), how.batch):
                sums["kl"] += self.learn([group[i:i + how.batch] for group in unique])
            sums["reward"] += rewards.mean(1).sum().item()
            sums["surprise"] -= sum(e.logp for group in groups for e in group)
            sums["tokens"] += sum(len(e.completion) for group in groups for e in group)
            sums["no_signal"] += (rewards == rewards[:, :1]).all(1).sum().item()
        summed(self.z.grad)  # in place, over all processes
        total = summed(torch.tensor([*map(float, sums.values())], dtype=torch.float64)).tolist()
        reward, kl, surprise, tokens, no_signal = total
        return {"reward": reward / how.prompts, "kl": kl, "entropy": surprise / tokens,
                "no_signal": no_signal / how.prompts, "answers": tally.total()}

    def learn(self, groups: list[list[Episode]]) -> Tensor:
        """Adds the gradient of these answers' loss to z.grad; the answers of a group are distinct
        and share a prompt. Returns their share of the step's KL.
        """
        svf, how, total = self.svf, self.recipe, 0.0
        # The policy, factored since z has a gradient; the base beside it has none.
        with svf.adapted(self.z):
            states, targets, row = answer_states(svf.model, groups)  # (M, C), (M,), (M,)
        with svf.adapted(None), torch.no_grad():
            base, _, _ = answer_states(svf.model, groups)
        A, count = torch.tensor([[e.advantage, e.count] for group in groups for e in group]
                                ).to(row.device).T[:, row]  # (M,) each: of a token's answer
        weight = count / (how.prompts * how.samples)  # mean over answers, sum over their tokens
        # All logits at once, (M, V), would fill the memory. So head and loss take a piece of the
        # states at a time, whose logits fit a cache. Each is detached: its backward stops there
        # and leaves leaf.grad. The gradient of all of them then goes through the blocks once.
        size = PIECE // svf.model.config.vocab or 1
        leaves = [piece.requires_grad_() for piece in states.detach().split(size)]
        for leaf, base_leaf, *rest in zip(leaves, *(
                x.split(size) for x in (base, targets, A, weight))):
            loss, kl = reinforce_loss(*map(svf.model.head, (leaf, base_leaf)), *rest, how.kl)
            loss.backward()
            total += kl.double()  # no .item(): the CPU need not wait for a GPU
        states.backward(torch.cat([leaf.grad for leaf in leaves]))  # adds to z.grad
        return total

    def batched(self, problems: list[Problem]) -> Iterator[tuple[list[Problem], Tensor]]:
        """This process's microbatches of a step: some problems, and what samples their answers.

        uniforms (problems, samples, max_new) in [0, 1): a stream for each step and prompt.
        """
        how, size = self.recipe, max(1, self.recipe.batch // self.recipe.samples)
        parts = microbatches([len(self.fmt.prompt(p.prompt)) for p in problems], size)
        for part in (parts[i] for i in by_rank(len(parts))):
            uniforms = [torch.rand(how.samples, self.fmt.max_new, generator=seeded(
                "rollout", *self.stream, int(self.step), i)) for i in part]
            yield [problems[i] for i in part], torch.stack(uniforms)

    def validate(self) -> None:
        """z becomes the best if it is as good or better on validation prompts."""
        share = accuracy(self.svf, self.z.detach(), self.fmt, self.held)
        if share >= self.accuracy:
            self.best.copy_(self.z.detach())
            self.accuracy.fill_(share)


def learning_rate(how: Recipe, step: int) -> float:
    """The rate at a step: five steps of warm-up, and a cosine down to a tenth of how.rate.

    >>> [round(learning_rate(Recipe(), step), 4) for step in (0, 4, 39)]
    [0.004, 0.0196, 0.002]
    """
    return how.rate * min(1.0, (step + 1) / 5) * (
        0.55 + 0.45 * math.cos(math.pi * step / how.steps))


def advantages(rewards: Tensor) -> Tensor:
    """Leave-one-out: A_i = r_i - mean_{j != i} r_j. rewards (G, n), same out.

    >>> advantages(torch.tensor([[1., -1.], [1., 1.]])).tolist()
    [[2.0, -2.0], [0.0, 0.0]]
    """
    n = rewards.shape[1]
    if n < 2:
        raise ValueError(f"{n} sample a prompt: the leave-one-out baseline needs 2 or more")
    return (rewards - rewards.mean(1, keepdim=True)) * n / (n - 1)  # r_i - (sum - r_i) / (n-1)


def reinforce_loss(logits: Tensor, base_logits: Tensor, targets: Tensor, advantage: Tensor,
                   weight: Tensor, kl_weight: float) -> tuple[Tensor, Tensor]:
    """(loss, KL): -sum_m w_m A_m log pi(y_m) + lambda KL, KL = sum_m w_m KL_m, of M tokens.

    logits, base_logits (M, V); targets (M,); advantage (M,) of the token's answer; weight (M,):
    that of the answer among all, so that the sums are means over answers.
    KL_m = sum_v pi_W'(v) log(pi_W'(v) / pi_W(v)), in nats, exactly. The KL returned is detached.

    >>> even, one = torch.zeros(1, 2), torch.ones(1)  # p = 1/2 each: log p = -.6931
    >>> loss, kl = reinforce_loss(even, even, torch.tensor([0]), 2 * one, one, 0.1)
    >>> round(loss.item(), 3), kl.item()
    (1.386, 0.0)
    """
    logp, base = (x.float().log_softmax(-1) for x in (logits, base_logits))
    taken = logp.gather(-1, targets[:, None])[:, 0]
    kl = (weight * (logp.exp() * (logp - base)).sum(-1)).sum()
    return kl_weight * kl - (weight * advantage * taken).sum(), kl.detach()


# ---------------------------------------------------------------------- what a step is made of

@dataclass
class Episode:
    """One sampled answer: the very tokens that were sampled, never tokenised again."""

    prompt: list[int]
    completion: list[int]
    logp: float = 0.0  # of the whole answer, as it was sampled
    advantage: float = 0.0
    count: int = 1  # how often it was sampled


def rollouts(model: GPT, fmt: PromptFormat, problems: list[Problem], uniforms: Tensor
             ) -> list[list[Episode]]:
    """Answers to each problem at temperature 1, all at once: one group a problem.

    uniforms (problems, samples, max_new), in [0, 1); see `generate`.
    """
    prompts, samples = [fmt.prompt(p.prompt) for p in problems], uniforms.shape[1]
    done = generate(model, prompts, fmt.ends, fmt.max_new, uniforms.flatten(0, 1))
    episodes = [Episode(prompts[i // samples], c.tokens, sum(c.logps))
                for i, c in enumerate(done)]
    return [episodes[i:i + samples] for i in range(0, len(episodes), samples)]


def distinct(group: list[Episode], A: Tensor) -> list[Episode]:
    """Each different answer of a group once, with its advantage and how often it was sampled.

    What was sampled twice has the same reward and the same gradient: it is run once.

    >>> group = [Episode([1], [2]), Episode([1], [2]), Episode([1], [3])]
    >>> [(e.completion, e.advantage, e.count) for e in distinct(group, torch.tensor([1, 1, -2]))]
    [([2], 1, 2), ([3], -2, 1)]
    """
    count = Counter(tuple(e.completion) for e in group)
    found = {tuple(e.completion): replace(e, advantage=advantage, count=count[tuple(e.completion)])
             for e, advantage in zip(group, A.tolist())}
    return list(found.values())


def answer_states(model: GPT, groups: list[list[Episode]]) -> tuple[Tensor, Tensor, Tensor]:
    """For each token of each answer: the state from which the head predicts it (M, C), the token
    (M,), and the index of its answer (M,).

    A group shares one prompt, which is run once for all its answers, gradient included; so is
    what all prompts begin with.
    """
    episodes, device = [e for group in groups for e in group], model.embed.weight.device
    tokens = [torch.tensor(e.completion) for e in episodes]
    targets = nn.utils.rnn.pad_sequence(tokens, batch_first=True, padding_value=-1).to(device)
    last, cache = prefill(model, [group[0].prompt for group in groups], targets.shape[1])
    rows = torch.tensor([i for i, group in enumerate(groups) for _ in group], device=device)
    cache.pick(rows)  # each prompt's, once for each of its answers
    # A prompt's last state predicts the first token, the state of each token the next one.
    states = last[rows][:, None]  # (B, 1, C)
    if targets.shape[1] > 1:
        later = model.states(targets[:, :-1].clamp(min=0), cache)  # padding is last: none sees it
        states = torch.cat((states, later), 1)  # (B, T, C)
    real = targets >= 0  # -1: padding
    return states[real], targets[real], real.nonzero()[:, 0]


def accuracy(svf: SVF, z: Tensor | None, fmt: PromptFormat, problems: list[Problem],
             callback: Callable[[int, dict], None] = lambda batch, metrics: None,
             tally: Tally | None = None) -> float:
    """The share of problems that the expert z (None: the base) answers right, greedily."""
    mine, tally = [problems[i] for i in by_rank(len(problems))], tally or Tally()
    with svf.adapted(z):
        done = complete(svf.model, fmt, [p.prompt for p in mine], callback)
    right = sum(tally.reward(p, *fmt.read(c.tokens)) == 1 for p, c in zip(mine, done))
    return summed(torch.tensor(float(right), dtype=torch.float64)).item() / len(problems)
