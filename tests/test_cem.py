from __future__ import annotations

import pytest
import torch

from cem import CEM, ranking


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
