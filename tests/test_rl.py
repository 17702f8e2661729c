"""Gradients against what they are by definition: enumerated, or one answer at a time.

In float64 where that is compared to the last digits; a toy model is asked in letters.
"""
from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import product
from random import Random
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

import rl
from data.processes import seeded
from data.tasks.families import trained_on
from data.tasks.problem import Verdict, draw
from model import generate
from rl import Episode, Recipe, Reinforce, accuracy, advantages, reinforce_loss, rollouts
from svf import SVF
from tests.conftest import Letters, Patch, random_model


@dataclass
class Judged(Episode):
    """An answer whose reward is known before it is judged."""

    reward: float = 0.0


class Toy:
    """Prompts of two letters; an answer is right if its first letter is from a to i."""

    name = "toy"

    def __init__(self) -> None:
        self.splits: list[str] = []  # of which prompts were asked for

    def problem(self, rng: Random, split: str) -> SimpleNamespace:
        self.splits.append(split)
        return SimpleNamespace(prompt="".join(rng.choices("abcdefghijk", k=2)),
                               judge=lambda text, cut: Verdict(text[:1] in [*"abcdefghi"]))

    def problems(self, n: int, split: str, seed: object) -> list[SimpleNamespace]:
        return [self.problem(Random(f"{seed} {i}"), split) for i in range(n)]


def trained(model: torch.nn.Module, *tasks: object, seed: int = 0, max_new: int = 4,
            **recipe: object) -> Reinforce:
    """A training that begins beside the base, where KL is not 0."""
    how = Recipe(**{"steps": 4, "prompts": 2, "samples": 2, "held": 3, "validate": 9, **recipe})
    training = Reinforce(SVF(model), Letters(max_new=max_new), tasks or (Toy(),), how, seed)
    with torch.no_grad():
        training.z += 0.2 * torch.randn(training.svf.N, generator=seeded("z"))
    return training


def gradient(training: Reinforce, monkeypatch: Patch, groups: list[list[Judged]]
             ) -> tuple[Tensor, dict]:
    """-dJ/dz of these sampled answers, and the metrics."""
    def sampled(model: object, fmt: object, problems: list[int], uniforms: object) -> list:
        training.sizes.append(len(problems))
        return [groups[p.group] for p in problems]
    training.sizes = []  # of the microbatches
    rewards = [{training.fmt.text(e.completion): e.reward for e in group} for group in groups]
    monkeypatch.setattr("rl.rollouts", sampled)
    training.z.grad = torch.zeros_like(training.z)
    metrics = training.policy_gradient(
        [SimpleNamespace(prompt=training.fmt.text(group[0].prompt), group=i,
                         judge=lambda text, cut, i=i: Verdict(rewards[i][text] > 0))
         for i, group in enumerate(groups)])
    return training.z.grad, metrics


def by_definition(training: Reinforce, z: Tensor, episode: Episode) -> tuple[Tensor, Tensor]:
    """log p of an answer, and the sum of its tokens' KL to the base: the whole text at once."""
    svf, tokens = training.svf, torch.tensor([episode.prompt + episode.completion])
    place = torch.arange(len(episode.completion)) + len(episode.prompt) - 1
    with svf.adapted(None):
        base = svf.model(tokens)[0, place].log_softmax(-1)
    with svf.adapted(z):
        logp = svf.model(tokens)[0, place].log_softmax(-1)
    taken = logp.gather(1, torch.tensor(episode.completion)[:, None]).sum()
    return taken, (logp.exp() * (logp - base)).sum()


def test_leave_one_out_takes_the_mean_of_the_others() -> None:
    r = torch.tensor([[1.0, -1.0, -1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    for g, i in product(range(2), range(4)):
        others = (r[g].sum() - r[g, i]) / 3
        assert advantages(r)[g, i].item() == pytest.approx((r[g, i] - others).item())
    with pytest.raises(ValueError, match="2 or more"):
        advantages(torch.ones(3, 1))


def test_the_loss_is_float32_whatever_the_model_is() -> None:
    args = torch.tensor([0]), torch.ones(1), torch.ones(1), 0.1
    loss, kl = reinforce_loss(*torch.randn(2, 1, 9).bfloat16(), *args)
    assert loss.dtype == kl.dtype == torch.float32


@pytest.mark.parametrize("kl", [0.0, 0.7])
def test_the_gradient_is_unbiased_by_enumeration(float64: None, kl: float, monkeypatch: Patch
                                                 ) -> None:
    """Three tokens, at most two to an answer: over all pairs of answers that may be sampled the
    mean gradient is that of the expected reward, so that the baseline adds no bias; and KL is, in
    the mean, that of the two distributions. Its gradient lacks the score-function part alone.
    """
    training = trained(random_model(vocab=3, layers=1), max_new=2, prompts=1, kl=kl)
    reward = [1, -1, 1, -1, -1, 1, -1]
    answers = [Judged([1], y, reward=r) for y, r in zip(
        [[0], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]], reward)]
    z = training.z.detach().clone().requires_grad_()
    def expected(values: list[Tensor]) -> Tensor:
        return sum(q.item() * value for q, value in zip(p, values))
    logp, kl_sums = zip(*(by_definition(training, z, e) for e in answers))
    p = torch.stack(logp).exp()
    assert p.sum().item() == pytest.approx(1)
    want, = torch.autograd.grad((p * torch.tensor(reward)).sum() - kl * expected(kl_sums), z,
                                retain_graph=True)
    grad, mean = torch.zeros_like(want), 0.0
    for i, j in product(range(7), repeat=2):
        found, metrics = gradient(training, monkeypatch, [[answers[i], answers[j]]])
        weight = (p[i] * p[j]).item()
        grad, mean = grad - weight * found, mean + weight * metrics["kl"]
    torch.testing.assert_close(grad, want, atol=1e-12, rtol=1e-9)
    base = torch.stack([by_definition(training, None, e)[0] for e in answers])
    exact = (p * (p.log() - base)).sum()
    assert mean == pytest.approx(exact.item(), rel=1e-9) and mean > 0.01
    score = (p * torch.stack(kl_sums).detach()).sum()
    whole, pathwise, score = (torch.autograd.grad(x, z, retain_graph=True)[0]
                              for x in (exact, expected(kl_sums), score))
    torch.testing.assert_close(whole, pathwise + score)
    assert (score.norm() / whole.norm()).item() == pytest.approx(0.064, abs=0.001)  # README


def groups_of() -> list[list[Judged]]:
    """Answers of many lengths; two groups share a long beginning; some were sampled twice, and
    of one group all are wrong."""
    g, start, groups = torch.Generator().manual_seed(0), list(range(1, 12)), []
    for prompt, wrong in ((start + [7, 8, 9], 0), ([4, 9], 0), (start + [3], 1)):
        group = [Judged(prompt, torch.randint(1, 37, (n,), generator=g).tolist(), -float(n),
                        reward=-1 if wrong else (-1) ** n) for n in (4, 1, 3)]
        groups.append([*group, group[0], group[2]])
    return groups


@pytest.mark.parametrize("batch, piece", [(100, 1 << 22), (100, 1), (10, 1 << 22), (10, 40),
                                          (3, 1 << 22), (1, 37 * 4)])
def test_a_step_is_the_naive_loss_of_one_answer_at_a_time(batch: int, piece: int, float64: None,
                                                          monkeypatch: Patch) -> None:
    """However many groups are run at once, in pieces of any size, and what came twice once; of a
    group no more answers than a batch has.
    """
    monkeypatch.setattr("rl.PIECE", piece)
    learned, states = [], rl.answer_states
    monkeypatch.setattr("rl.answer_states", lambda model, groups: (
        learned.append(sum(map(len, groups))), states(model, groups))[1])
    groups = groups_of()
    training = trained(random_model(), prompts=3, samples=5, batch=batch, kl=0.3)
    found, metrics = gradient(training, monkeypatch, groups)
    assert training.sizes == {100: [3], 10: [2, 1]}.get(batch, [1, 1, 1])
    assert max(learned) <= batch and sum(learned) == 2 * sum(
        len({tuple(e.completion) for e in group}) for group in groups)  # policy and base
    z, loss, total = training.z.detach().clone().requires_grad_(), 0.0, 0.0
    for group in groups:
        A = advantages(torch.tensor([[float(e.reward) for e in group]]))[0]
        for episode, advantage in zip(group, A):
            logp, kl = by_definition(training, z, episode)
            loss, total = loss + (0.3 * kl - advantage * logp) / 15, total + kl.item() / 15
    want, = torch.autograd.grad(loss, z)
    torch.testing.assert_close(found, want, atol=1e-12, rtol=1e-12)
    assert want.abs().max() > 1e-3
    rewards = [e.reward for group in groups for e in group]
    assert metrics.pop("answers") == {"right": 4, "wrong": 11, "not judged": 0, "cut": 15}
    assert metrics == pytest.approx({"reward": sum(rewards) / 15, "kl": total, "entropy": 1.0,
                                     "no_signal": 1 / 3}, rel=1e-12)


@pytest.mark.parametrize("ranks", [2, 4])
def test_the_processes_of_a_run_make_the_step_of_one_and_its_metrics(ranks: int, float64: None,
                                                                     monkeypatch: Patch) -> None:
    """Each does its share, and the last of four has nothing to do; the sum is that of one."""
    groups, so_far = groups_of(), {}
    training = trained(random_model(), prompts=3, samples=5, batch=5)
    want, metrics = gradient(training, monkeypatch, groups)

    def summed(x: Tensor) -> Tensor:  # of the ranks so far
        so_far[x.shape] = so_far.get(x.shape, 0) + x.clone()
        return x.copy_(so_far[x.shape]) if rank == ranks - 1 else x.copy_(torch.ones_like(x))
    monkeypatch.setattr("rl.summed", summed)
    counts: list[Counter] = []
    monkeypatch.setattr("data.processes.added", lambda own: counts.append(own) or sum(
        counts, Counter()))
    for rank in range(ranks):
        monkeypatch.setattr("rl.by_rank", lambda n, rank=rank: range(rank, n, ranks))
        found, others = gradient(training, monkeypatch, groups)
    torch.testing.assert_close(found, want, atol=1e-12, rtol=1e-12)
    assert others.pop("answers") == metrics.pop("answers") and len(counts) == ranks
    assert others == pytest.approx(metrics, rel=1e-12)


# ------------------------------------------------------------------------------ what is sampled

def test_a_group_answers_its_own_prompt_by_its_own_numbers() -> None:
    model, fmt = random_model(tied=False), Letters(ends=tuple(range(5)))
    problems = Toy().problems(3, "train", 1)
    uniforms = torch.rand(3, 4, 4, generator=torch.Generator().manual_seed(0))
    groups = rollouts(model, fmt, problems, uniforms)
    for problem, group, numbers in zip(problems, groups, uniforms, strict=True):
        alone = generate(model, [fmt.prompt(problem.prompt)], fmt.ends, 4, numbers)
        for episode, c in zip(group, alone, strict=True):
            assert (episode.prompt, episode.completion) == (fmt.prompt(problem.prompt), c.tokens)
            assert episode.logp == pytest.approx(sum(c.logps), abs=1e-4)


def test_each_domain_seed_step_and_prompt_has_numbers_of_its_own(monkeypatch: Patch) -> None:
    """And prompts that are trained on: of the families' own splits, no test prompt is seen."""
    seen: list[tuple] = []

    def record(model: object, fmt: object, problems: list, uniforms: Tensor) -> list:
        seen.append((tuple(p.prompt for p in problems), uniforms))
        return rollouts(model, fmt, problems, uniforms)
    monkeypatch.setattr("rl.rollouts", record)
    for domain, seed in product("ab", (-1, 0, 1)):
        (toy := Toy()).name = domain
        for _ in trained(random_model(), toy, seed=seed, steps=2, prompts=6, batch=4):
            pass
        assert toy.splits == 3 * ["validation"] + 2 * 6 * ["train"]
    prompts, uniforms = zip(*seen)
    rows = torch.stack(uniforms).flatten(0, 2)  # one a sample: no two of all are alike
    assert len(set(prompts)) == len(seen) == 2 * 3 * 2 * 3
    assert len(rows.unique(dim=0)) == len(rows) == 36 * 2 * 2 and 0 <= rows.min() < rows.max() < 1
    tasks = trained_on("math")
    again = [[p.prompt for p in draw(tasks, 6, "train", "math", 0, step)] for step in (1, 1, 2)]
    assert again[0] == again[1] != again[2]
    assert {p.task for p in draw(tasks, 6, "train", "math", 0, 1)} == {"chain", "shop", "product"}


def test_answers_are_sampled_with_the_expert_as_it_is_at_that_step(monkeypatch: Patch) -> None:
    training, seen = trained(random_model(), rate=0.5), []

    def record(model: object, *rest: object) -> list:
        seen.append(training.z.detach().float())
        layer = training.svf.layers["0.q"]
        torch.testing.assert_close(layer.merged, (layer.U * (layer.S * seen[-1][:20])) @ layer.Vt)
        return rollouts(model, *rest)
    monkeypatch.setattr("rl.rollouts", record)
    list(training)
    assert len({z[0].item() for z in seen}) == len(seen) == 4


@pytest.mark.parametrize("ranks", [1, 2])
def test_accuracy_is_the_share_of_right_greedy_answers_of_an_expert_or_the_base(
        ranks: int, monkeypatch: Patch) -> None:
    svf, fmt, problems = SVF(random_model(tied=False)), Letters(batch=4), Toy().problems(9, "", 0)
    z, shares = 1 + 3 * torch.randn(svf.N, generator=seeded("z")), set()
    for one in (None, z):
        right, found = 0, []
        for p in problems:
            with svf.adapted(one):
                c, = generate(svf.model, [fmt.prompt(p.prompt)], fmt.ends, 4)
            right += p.judge(*fmt.read(c.tokens)).right
        monkeypatch.setattr("rl.summed", lambda x, found=found: found.append(x) or sum(found))
        for rank in range(ranks):
            monkeypatch.setattr("rl.by_rank", lambda n, rank=rank: range(rank, n, ranks))
            share = accuracy(svf, one, fmt, problems)
        assert share == right / 9
        shares.add(right)
    assert len(shares) == 2


# ------------------------------------------------------------------------------------- the loop

def test_it_learns() -> None:
    training = trained(random_model(), steps=14, prompts=8, samples=8, rate=0.3, kl=0.0)
    log = list(training)
    rewards = [row["reward"] for row in log]
    assert sum(rewards[:3]) / 3 < -0.3 and sum(rewards[-3:]) / 3 > 0.1
    assert log[-1]["moved"] == (training.z.detach() - 1).abs().max().item() > 0.2
    assert training.accuracy == log[-1]["validation"] == 1


def test_a_step_is_adamw_on_the_clipped_gradient_by_a_warm_cosine(monkeypatch: Patch) -> None:
    training = trained(random_model(), steps=9, rate=0.3)
    adamw = training.optimizers["adamw"]
    slope = torch.randn(training.svf.N, generator=seeded("slope"), dtype=torch.float64)
    slope *= 100 / slope.norm()

    def steep(problems: list) -> dict:
        training.z.grad += slope
        return {}
    monkeypatch.setattr(training, "policy_gradient", steep)
    start, before = training.z.detach().clone(), training.z.detach().clone()
    for step, metrics in enumerate(training):
        rate = adamw.param_groups[0]["lr"]
        assert rate == pytest.approx(0.3 * min(1, (step + 1) / 5)
                                     * (0.55 + 0.45 * math.cos(math.pi * step / 9)))
        torch.testing.assert_close(training.z.detach(), before - rate * slope.sign(), atol=1e-4,
                                   rtol=0)  # as AdamW does where the gradient stays what it is
        assert metrics["gradient"] == pytest.approx(100)
        before = training.z.detach().clone()
    first, second = (adamw.state[training.z][name] for name in ("exp_avg", "exp_avg_sq"))
    assert first.norm().item() == pytest.approx(1 - 0.9 ** 9)  # of a gradient of norm 1
    assert second.sum().item() == pytest.approx(1 - 0.98 ** 9)
    assert (before - start).abs().max() > 1


def test_validation_keeps_the_best_and_of_two_as_good_the_later(monkeypatch: Patch) -> None:
    """Before the first step, every few, and at the end; what is kept does not move any more."""
    training, shares, seen = trained(random_model(), steps=5, validate=2), [.25, .5, .5, .25], []

    def share(svf: object, z: Tensor, fmt: object, held: list) -> float:
        assert held is training.held and len(held) == 3
        seen.append((int(training.step), z.float().clone()))
        return shares[len(seen) - 1]
    monkeypatch.setattr("rl.accuracy", share)
    log = [row["validation"] for row in training]
    assert [step for step, _ in seen] == [0, 2, 4, 5] and log == [.25, .25, .5, .5, .5]
    assert torch.equal(training.best, seen[2][1]) and training.accuracy == 0.5
    assert rl.Recipe() == Recipe(40, 16, 8, 64, 0.02, 0.1, 10, 120)  # what README's tables are of
