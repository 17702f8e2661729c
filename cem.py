"""The cross-entropy method, and few-shot adaptation with it (paper, Sec. 3.2, strategy C).

    alpha_p ~ N(mu, diag(sigma^2)),  p = 1..P           a population of candidates
    mu, sigma <- mean and deviation of the E best        the elites

and again. `CEM` is ask/tell and knows no model; `few_shot` joins it to the experts: a candidate
is a mixture alpha, and its score is how many of the shots it answers right. Candidates with the
same accuracy are ranked by the mean log-likelihood of their own right answers: all of them, so
that ties among the elites are broken too (the authors' code breaks the first place's alone).
"""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from data.llama.chat import PromptFormat
from data.run.answers import completions
from data.run.resume import Callback, quiet
from data.tasks.problem import Problem
from svf import SVF, mix


class CEM:
    """Maximises a score over R^n.

    mu, sigma (n,): where the search starts. population P >= 2, elites E in 1..P. `ask` gives
    candidates (P, n), `tell` takes their scores (P,), or (P, 2) with ties broken by the second.

    >>> cem = CEM(torch.zeros(2), torch.ones(2), 50, 10, torch.Generator().manual_seed(0))
    >>> for _ in range(25):
    ...     x = cem.ask(); cem.tell(x, -((x - torch.tensor([1., -2.])) ** 2).sum(1))
    >>> (cem.mu - torch.tensor([1., -2.])).abs().max().item() < 0.01
    True
    """

    def __init__(self, mu: Tensor, sigma: Tensor, population: int, elites: int,
                 generator: torch.Generator) -> None:
        if not 1 <= elites <= population or population < 2:
            raise ValueError(f"{elites} elites of a population of {population}: expected 2 or "
                             "more candidates and 1 to all of them elite")
        self.mu, self.sigma, self.population, self.elites = mu, sigma, population, elites
        self.generator = generator

    def ask(self) -> Tensor:
        """alpha_p = mu + sigma * eps_p, eps_p ~ N(0, 1): (P, n)."""
        eps = torch.randn(self.population, len(self.mu), generator=self.generator)
        return self.mu + self.sigma * eps

    def tell(self, candidates: Tensor, scores: Tensor) -> None:
        """mu, sigma <- mean and (biased) standard deviation of the elites.

        >>> cem = CEM(torch.zeros(1), torch.ones(1), 3, 2, torch.Generator())
        >>> cem.tell(torch.tensor([[1.], [3.], [9.]]), torch.tensor([.5, .7, .1]))
        >>> cem.mu.item(), cem.sigma.item()
        (2.0, 1.0)
        """
        best = candidates[ranking(scores)[:self.elites]]
        self.mu, self.sigma = best.mean(0), best.std(0, correction=0)


def ranking(scores: Tensor) -> list[int]:
    """Indices from the best score to the worst; scores (P,) or (P, 2), later columns break ties.

    >>> ranking(torch.tensor([[.5, -1.], [1., -9.], [.5, -.2]]))
    [1, 2, 0]
    """
    rows = scores.view(len(scores), -1).tolist()
    return sorted(range(len(rows)), key=lambda i: rows[i], reverse=True)


@dataclass(frozen=True)
class Search:
    """How few_shot searches: 40 evaluations by default (the paper: at most 100 iterations)."""

    population: int = 10
    iterations: int = 4
    elites: int = 3
    sigma: float = 0.4
    by_matrix: bool = False


def scores(svf: SVF, fmt: PromptFormat, experts: Tensor, alphas: Tensor, shots: list[Problem]
           ) -> Tensor:
    """(P, 2): accuracy on the shots and mean log-likelihood of the right answers' tokens.

    alphas (P, K) or (P, K*M): the whole population of mixtures of experts (K, N) is one batch, as
    far as the fmt's batch allows.
    """
    alpha = alphas.view(len(alphas), len(experts), -1).to(experts.device)  # (P, K, 1 or M)
    done = completions(svf, mix(alpha, experts, svf.sizes), fmt, [p.prompt for p in shots])
    rows = []
    for i in range(len(alphas)):
        mine = done[i * len(shots):(i + 1) * len(shots)]
        good = [c for p, c in zip(shots, mine) if p.reward(fmt.text(c.tokens)) == 1]
        logps = [value for c in good for value in c.logps]
        rows.append((len(good) / len(shots), sum(logps) / len(logps) if logps else -1e9))
    return torch.tensor(rows)


def few_shot(svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem],
             search: Search, generator: torch.Generator, report: Callback = quiet
             ) -> tuple[Tensor, list[dict]]:
    """alpha (K, 1) or (K, M) that CEM finds on the shots, and what each iteration scored.

    experts (K, N). mu starts at 1/K, and what is returned is the last mu: the mean of the last
    elites is steadier than the one candidate that did best on a few shots.
    """
    K, columns = len(experts), len(svf.sizes) if search.by_matrix else 1
    cem = CEM(torch.full((K * columns,), 1 / K), torch.full((K * columns,), search.sigma),
              search.population, search.elites, generator)
    history = []
    for step in range(search.iterations):
        alphas = cem.ask()
        found = scores(svf, fmt, experts, alphas, shots)
        cem.tell(alphas, found)
        mu, sigma = (x.view(K, columns).mean(1).tolist() for x in (cem.mu, cem.sigma))
        history.append({"best": found[:, 0].max().item(), "mean": found[:, 0].mean().item(),
                        "sigma": cem.sigma.mean().item(), "mu": mu, "sigmas": sigma})
        report(step, history[-1])
    return cem.mu.view(K, columns), history


def random_search(svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem],
                  search: Search, generator: torch.Generator) -> Tensor:
    """The baseline at the same budget: the best of as many random alphas, on the same shots."""
    K, n = len(experts), search.population * search.iterations
    alphas = 1 / K + search.sigma * torch.randn(n, K, generator=generator)
    found = scores(svf, fmt, experts, alphas, shots)
    return alphas[ranking(found)[0]][:, None]
