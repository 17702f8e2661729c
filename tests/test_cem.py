from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from cem import CEM, Search, few_shot, known, ranking, scores
from data.run.baselines import random_alphas, random_search
from data.tasks.problem import Verdict
from model import generate
from svf import SVF, mix
from tests.conftest import Letters, Patch, random_model


def cem(n: int, population: int, elites: int, seed: int = 0) -> CEM:
    return CEM(torch.zeros(n), torch.ones(n), population, elites,
               torch.Generator().manual_seed(seed))


def found(score: Callable, seed: int, n: int = 3, rounds: int = 30) -> torch.Tensor:
    search = cem(n, 60, 12, seed)
    for _ in range(rounds):
        x = search.ask()
        search.tell(x, score(x))
    return search.mu


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_the_optimum_of_a_quadratic_and_of_a_noisy_step(seed: int) -> None:
    goal, noise = torch.tensor([0.5, -1.0, 1.5]), torch.Generator().manual_seed(seed + 99)
    assert (found(lambda x: -((x - goal) ** 2).sum(1), seed) - goal).abs().max() < 0.02
    assert found(lambda x: (x[:, 0] > 0.5) + 0.2 * torch.randn(len(x), generator=noise),
                 seed, n=1)[0] > 0.5


def test_candidates_are_of_the_normal_distribution_and_the_same_for_a_seed() -> None:
    """The bounds are 6 standard errors, so a false alarm is one in 10^8."""
    wide = CEM(torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0]), 40_000, 2,
               torch.Generator().manual_seed(1)).ask()
    assert ((wide.mean(0) - torch.tensor([2.0, -1.0])).abs() < 6 * torch.tensor([.5, 3]) / 200
            ).all()
    assert ((wide.std(0) / torch.tensor([0.5, 3.0]) - 1).abs() < 6 / 80_000 ** 0.5).all()
    assert torch.equal(cem(2, 5, 2, 1).ask(), cem(2, 5, 2, 1).ask())
    assert not torch.equal(cem(2, 5, 2, 1).ask(), cem(2, 5, 2, 2).ask())


def test_ties_are_broken_for_every_elite() -> None:
    search, x = cem(1, 4, 2), torch.tensor([[0.0], [1.0], [2.0], [9.0]])
    search.tell(x, torch.tensor([[1.0, -3.0], [1.0, -1.0], [1.0, -2.0], [0.5, 0.0]]))
    assert search.mu.tolist() == [1.5]
    assert search.sigma.tolist() == pytest.approx([0.5 ** 0.5])  # by E - 1
    assert ranking(torch.tensor([0.1, 0.9, 0.5])) == [1, 2, 0]  # of one score, or two


def test_on_pure_noise_sigma_squared_is_kept_in_the_mean() -> None:
    """Three elites by chance. Divided by E the mean would be 2/3. 6 standard errors of 4,000."""
    search = cem(4000, 10, 3)
    search.tell(search.ask(), torch.rand(10, generator=torch.Generator().manual_seed(9)))
    assert abs((search.sigma ** 2).mean() - 1) < 6 / 4000 ** 0.5


@pytest.mark.parametrize("population, elites", [(1, 1), (5, 1), (5, 0), (5, 6)])
def test_no_elites_or_one_or_too_many_are_refused(population: int, elites: int) -> None:
    with pytest.raises(ValueError, match=f"{elites} elites of a population of {population}"):
        cem(1, population, elites)


# ---------------------------------------------------------------------------- with a model

SHOTS = [SimpleNamespace(prompt=text, judge=lambda said, cut, i=i: Verdict(
            cut == (i > 2) and len(said) % 3 == i % 3))
         for i, text in enumerate(["abc", "q", "hello", "zz"])]


def experts(svf: SVF, K: int = 2) -> torch.Tensor:
    return 1 + torch.randn(K, svf.N, generator=torch.Generator().manual_seed(7))


@pytest.mark.parametrize("batch", [1, 3, 9, 100])
def test_scores_are_those_of_each_candidate_and_shot_alone(batch: int, monkeypatch: Patch
                                                           ) -> None:
    """Accuracy, and the mean log p of the tokens of the right answers; in batches of any size,
    and the sum of two processes, each of which does every second candidate."""
    svf, fmt = SVF(random_model(tied=False)), Letters(max_new=7, ends=tuple(range(9)))
    Z, alphas = experts(svf), random_alphas(2, 5, torch.Generator().manual_seed(0))
    rows = []
    for z in mix(alphas, Z):
        with svf.adapted(z):
            done = [generate(svf.model, [fmt.prompt(p.prompt)], fmt.ends, 7)[0] for p in SHOTS]
        right = [c for c, p in zip(done, SHOTS) if p.judge(*fmt.read(c.tokens)).right]
        logps = sum((c.logps for c in right), [])
        rows.append([len(right) / 4, sum(logps) / len(logps) if logps else -1e9])
    found: list[torch.Tensor] = []
    monkeypatch.setattr("cem.summed", lambda x: found.append(x) or sum(found))
    for rank in range(2):
        monkeypatch.setattr("cem.by_rank", lambda n, rank=rank: range(rank, n, 2))
        got = scores(svf, replace(fmt, batch=batch), Z, alphas, SHOTS)
    torch.testing.assert_close(got, torch.tensor(rows), atol=1e-4, rtol=1e-4)
    assert len({row[0] for row in rows}) > 1


@pytest.fixture
def asked(monkeypatch: Patch) -> list[torch.Tensor]:
    """What a search asks about; a candidate of the more of the first expert is the better, unless
    an iteration (`silent`) has no right answer at all."""
    seen: list[torch.Tensor] = []

    def scored(svf: object, fmt: object, Z: object, alphas: torch.Tensor, shots: object
               ) -> torch.Tensor:
        seen.append(alphas)
        quiet = len(seen) in getattr(svf, "silent", ())
        accuracy = torch.zeros(len(alphas)) if quiet else alphas[:, 0].sigmoid()
        return torch.stack([accuracy, torch.full((len(alphas),), -1e9)], 1)
    monkeypatch.setattr("cem.scores", scored)
    monkeypatch.setattr("data.run.baselines.scores", scored)
    return seen


def search(silent: tuple[int, ...], **plan: int) -> tuple[torch.Tensor, list[dict]]:
    return few_shot(SimpleNamespace(silent=silent), None, torch.zeros(2, 5), [], Search(**plan),
                    torch.Generator().manual_seed(0))


def test_a_search_starts_at_the_even_mixture_and_finds_the_best_of_all(asked: list) -> None:
    alpha, history = search((), population=400, iterations=3, elites=40)
    every = torch.cat(asked)
    assert len(asked) == len(history) == 3 and torch.equal(alpha, every[every[:, 0].argmax()])
    assert torch.equal(asked[0][:4], known(2)) and not torch.equal(asked[1][:4], known(2))
    assert (asked[0][4:].mean(0) - 0.5).abs().max() < 6 * 0.4 / 20
    assert (asked[0][4:].std(0) - 0.4).abs().max() < 6 * 0.4 / 800 ** 0.5
    for step, alphas in zip(history, asked):
        elites = alphas[alphas[:, 0].argsort(descending=True)[:40]]
        assert step["mu"] == pytest.approx(elites.mean(0).tolist())
        assert step["sigmas"] == pytest.approx(elites.std(0).tolist())
        assert step["sigma"] == pytest.approx(sum(step["sigmas"]) / 2)
        assert step["best"] == alphas[:, 0].sigmoid().max()
        assert step["mean"] == pytest.approx(alphas[:, 0].sigmoid().mean().item())
    with pytest.raises(ValueError, match="1 elites"):
        search((), elites=1)


def test_an_iteration_without_a_right_shot_tells_nothing_and_is_drawn_again(asked: list) -> None:
    """The search is then where it was, and other candidates are drawn from there."""
    _, history = search((2,), iterations=4)
    first, second, third, _ = history
    assert first["mu"] == second["mu"] != third["mu"] and first["sigmas"] == second["sigmas"]
    assert len({alphas[0, 0].item() for alphas in asked}) == 4


def test_where_no_first_candidate_is_right_the_base_stays_and_nothing_is_searched(asked: list
                                                                                  ) -> None:
    alpha, history = search((1,))
    assert alpha.tolist() == [0, 0] and [step["best"] for step in history] == [0] and (
        len(asked) == 1)


@pytest.mark.parametrize("best", range(4))
def test_what_is_known_is_found_where_nothing_is_better(best: int, monkeypatch: Patch) -> None:
    """Even if a later iteration, and its mu, are far from it: here at the even mixture."""
    monkeypatch.setattr("cem.scores", lambda svf, fmt, Z, alphas, shots: torch.stack(
        [1 - 0.1 * (alphas != known(2)[best]).any(1), -(alphas - 0.5).norm(dim=1)], 1))
    alpha, history = search(())
    assert torch.equal(alpha, known(2)[best]) and history[-1]["best"] < 1 == history[0]["best"]
    assert (torch.tensor(history[-1]["mu"]) - 0.5).abs().max() < 0.3


def test_a_search_of_few_candidates_begins_with_as_many_known_ones(asked: list) -> None:
    search((), population=2, elites=2, iterations=1)
    assert torch.equal(asked[0], known(2)[:2])


def test_random_search_takes_the_best_of_as_many_as_the_search_tries(asked: list) -> None:
    alpha = random_search(SimpleNamespace(), None, torch.zeros(3, 5), [],
                          torch.Generator().manual_seed(0))
    [alphas] = asked
    assert alphas.shape == (40, 3) and torch.equal(alpha, alphas[alphas[:, 0].argmax()])
    many = random_alphas(3, 40_000, torch.Generator().manual_seed(0))
    assert (many.mean(0) - 1 / 3).abs().max() < 6 * 0.4 / 200  # from where the search starts
    assert (many.std(0) - 0.4).abs().max() < 6 * 0.4 / 80_000 ** 0.5


def test_random_search_without_any_right_shot_is_the_base(monkeypatch: Patch) -> None:
    monkeypatch.setattr("data.run.baselines.scores",
                        lambda *given: torch.tensor([[0.0, -1e9]] * 40))
    assert not random_search(None, None, torch.zeros(3, 5), [], torch.Generator()).any()
