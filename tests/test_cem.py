from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from cem import CEM, Search, few_shot, random_search, ranking, scores
from data.llama.chat import built_in
from data.tasks.families import TASKS
from data.tokenizer import load
from model import GPT, Completion
from svf import SVF, mix


def run(score: object, seed: int, n: int = 3, rounds: int = 30) -> torch.Tensor:
    cem = CEM(torch.zeros(n), torch.ones(n), 60, 12, torch.Generator().manual_seed(seed))
    for _ in range(rounds):
        x = cem.ask()
        cem.tell(x, score(x))
    return cem.mu


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_optimum_of_a_quadratic(seed: int) -> None:
    goal = torch.tensor([0.5, -1.0, 1.5])
    assert (run(lambda x: -((x - goal) ** 2).sum(1), seed) - goal).abs().max() < 0.02


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_a_noisy_step(seed: int) -> None:
    noise = torch.Generator().manual_seed(seed + 99)

    def score(x: torch.Tensor) -> torch.Tensor:
        return (x[:, 0] > 0.5).float() + 0.2 * torch.randn(len(x), generator=noise)
    assert run(score, seed, n=1)[0] > 0.5


def test_ties_are_broken_for_every_elite() -> None:
    cem = CEM(torch.zeros(1), torch.ones(1), 4, 2, torch.Generator().manual_seed(0))
    x = torch.tensor([[0.0], [1.0], [2.0], [9.0]])
    cem.tell(x, torch.tensor([[1.0, -3.0], [1.0, -1.0], [1.0, -2.0], [0.5, 0.0]]))
    assert cem.mu.tolist() == [1.5]
    assert cem.sigma.tolist() == [0.5]


def test_ranking_reads_one_score_or_two() -> None:
    assert ranking(torch.tensor([0.1, 0.9, 0.5])) == [1, 2, 0]


def test_the_same_seed_asks_the_same() -> None:
    def ask(seed: int) -> torch.Tensor:
        return CEM(torch.zeros(2), torch.ones(2), 5, 2, torch.Generator().manual_seed(seed)).ask()
    assert torch.equal(ask(1), ask(1)) and not torch.equal(ask(1), ask(2))


@pytest.mark.parametrize("population, elites", [(1, 1), (5, 0), (5, 6)])
def test_no_elites_or_too_many_are_refused(population: int, elites: int) -> None:
    with pytest.raises(ValueError, match="elites"):
        CEM(torch.zeros(1), torch.ones(1), population, elites, torch.Generator())


# ---------------------------------------------------------------------------- with a model

def test_a_score_is_accuracy_and_then_how_likely_the_right_answers_are(
        monkeypatch: pytest.MonkeyPatch) -> None:
    speak, shots = built_in(load()), TASKS["opposite"].problems(2, "shots")
    right = speak.encoding.encode_ordinary(" " + shots[0].parts[0].answer)
    logps = [-1.0, -3.0]

    def done(svf: object, Z: torch.Tensor, *rest: object) -> list[Completion]:
        return [Completion(right, logps), Completion([], [-9.0]),
                Completion([], [-9.0]), Completion([], [-9.0])]
    monkeypatch.setattr("cem.completions", done)
    svf = SimpleNamespace(sizes=[1])
    found = scores(svf, speak, torch.ones(3, 1), torch.ones(2, 3), shots)
    assert found[0].tolist() == [0.5, -2.0] and found[1, 0] == 0 and found[1, 1] < -1e8


@pytest.fixture
def asked(tiny: GPT, monkeypatch: pytest.MonkeyPatch) -> tuple[SVF, list[torch.Tensor]]:
    """An SVF, and the z' that a search then asks about: the more of the first gain the better."""
    seen: list[torch.Tensor] = []

    def scored(svf: SVF, speak: object, experts: torch.Tensor, alphas: torch.Tensor,
               shots: object) -> torch.Tensor:
        alpha = alphas.view(len(alphas), len(experts), -1)
        seen.append(mix(alpha, experts, svf.sizes))
        return seen[-1][:, :1]
    monkeypatch.setattr("cem.scores", scored)
    return SVF(tiny), seen


def test_a_search_may_have_a_coefficient_for_each_matrix(asked: tuple) -> None:
    """And its history says the mean over matrices, and what the candidates scored."""
    svf, seen = asked
    plan = Search(population=40, iterations=3, elites=4, by_matrix=True)
    alpha, history = few_shot(svf, None, torch.zeros(2, svf.N), [], plan,
                              torch.Generator().manual_seed(0))
    assert alpha.shape == (2, len(svf.sizes)) and len(history) == len(seen) == 3
    assert history[-1]["mu"] == pytest.approx(alpha.mean(1).tolist())
    assert all(0.05 < sigma < 0.4 for sigma in history[-1]["sigmas"])
    assert history[-1]["sigma"] == pytest.approx(sum(history[-1]["sigmas"]) / 2)
    for Z, step in zip(seen, history):
        assert step["best"] == Z[:, 0].max() and abs(step["mean"] - Z[:, 0].mean()) < 1e-6
    mixed = 1 - seen[0][:, -1]  # of experts of zeros: the sum of alpha, which starts at 1/K each
    assert abs(mixed.mean() - 1) < 0.3


def test_random_search_takes_the_best_of_as_many(asked: tuple) -> None:
    svf, seen = asked
    plan = Search(population=5, iterations=4)
    alpha = random_search(svf, None, 2 * torch.ones(3, svf.N), [], plan,
                          torch.Generator().manual_seed(0))
    [Z] = seen
    assert len(Z) == 20 and alpha.shape == (3, 1)
    assert Z[:, 0].max() == pytest.approx(1 + alpha.sum().item())
