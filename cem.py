"""The cross-entropy method, and few-shot adaptation with it (paper, Sec. 3.2, strategy C).

    alpha_p ~ N(mu, diag(sigma^2)),  p = 1..P           a population of candidates
    mu, sigma <- mean and deviation of the E best        the elites

and again. `CEM` is ask/tell and knows no model; `few_shot` joins it to the experts: a candidate
is a mixture alpha, and its score is its accuracy on the shots. Ties go to the one with the higher
mean log p of a token in its own right answers; they are broken for every place among the elites
(the authors' code: for the first one alone).

Departs from the paper: the base, each expert and their mean are among the first candidates, and
the best candidate of all is what is found, so that on the shots it is no worse than what is known.
Left out: a floor of sigma, and smoothing from one iteration to the next, for four iterations are
few. The baseline of random search is in data/run/baselines.py; other ways to search, and to end,
are compared in tests/real/search.py.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from data.processes import by_rank, microbatches, summed
from data.tasks.problem import Problem
from data.tokenizer import PromptFormat
from model import Completion, generate
from svf import SVF, mix


class CEM:
    """Maximises a score over R^n.

    mu, sigma (n,): where the search starts. population P, elites E in 2..P: one has no deviation.
    `ask` gives candidates (P, n), `tell` takes their scores (P,), or (P, 2) with ties broken by
    the second.

    >>> cem = CEM(torch.zeros(2), torch.ones(2), 50, 10, torch.Generator().manual_seed(0))
    >>> for _ in range(25):
    ...     x = cem.ask(); cem.tell(x, -((x - torch.tensor([1., -2.])) ** 2).sum(1))
    >>> (cem.mu - torch.tensor([1., -2.])).abs().max().item() < 0.01
    True
    """

    def __init__(self, mu: Tensor, sigma: Tensor, population: int, elites: int,
                 generator: torch.Generator) -> None:
        if not 2 <= elites <= population:
            raise ValueError(f"{elites} elites of a population of {population}: expected 2 or "
                             "more, and no more than there are candidates")
        self.mu, self.sigma, self.population, self.elites = mu, sigma, population, elites
        self.generator = generator

    def ask(self) -> Tensor:
        """alpha_p = mu + sigma * eps_p, eps_p ~ N(0, 1): (P, n)."""
        eps = torch.randn(self.population, len(self.mu), generator=self.generator)
        return self.mu + self.sigma * eps

    def tell(self, candidates: Tensor, scores: Tensor) -> None:
        """mu, sigma <- mean and deviation of the elites.

        Divided by E - 1: by E, sigma would shrink even where scores are pure noise.

        >>> cem = CEM(torch.zeros(1), torch.ones(1), 3, 2, torch.Generator())
        >>> cem.tell(torch.tensor([[1.], [3.], [9.]]), torch.tensor([.5, .7, .1]))
        >>> cem.mu.item(), round(cem.sigma.item() ** 2, 3)
        (2.0, 2.0)
        """
        best = candidates[ranking(scores)[:self.elites]]
        self.mu, self.sigma = best.mean(0), best.std(0)


def ranking(scores: Tensor) -> list[int]:
    """Indices from the best score to the worst; scores (P,) or (P, 2), later columns break ties.

    >>> ranking(torch.tensor([[.5, -1.], [1., -9.], [.5, -.2]]))
    [1, 2, 0]
    """
    rows = scores.view(len(scores), -1).tolist()
    return sorted(range(len(rows)), key=lambda i: rows[i], reverse=True)


@dataclass(frozen=True)
class Search:
    """How few_shot searches three experts: 4 iterations of 10 (the paper: up to 100 iterations).

    >>> Search.of(3) == Search(), Search.of(12).population
    (True, 28)
    """

    population: int = 10
    iterations: int = 4
    elites: int = 3
    sigma: float = 0.4

    @classmethod
    def of(cls, K: int) -> Search:
        """For K experts: as many new candidates as `known` ones; three tenths are elites."""
        return cls(population=2 * (K + 2), elites=max(2, 6 * (K + 2) // 10))


def known(K: int) -> Tensor:
    """(K + 2, K): the base, each expert alone, and all mixed evenly.

    >>> known(2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    """
    return torch.cat((torch.zeros(1, K), torch.eye(K), torch.full((1, K), 1 / K)))


def few_shot(svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem], search: Search,
             generator: torch.Generator,
             callback: Callable[[int, dict], None] = lambda iteration, metrics: None
             ) -> tuple[Tensor, list[dict]]:
    """alpha (K,) that CEM finds on the shots, and what each iteration scored.

    experts (K, N). mu starts at 1/K, and what is found is the best candidate of all. Where none of
    the first is right about any shot there is nothing to go by: alpha is 0, the base, and nothing
    more is tried. Where that is so later, mu and sigma stay. callback(i, what iteration i scored):
    with the candidates (P, K) and their scores (P, 2) too.
    """
    K = len(experts)
    cem = CEM(torch.full((K,), 1 / K), torch.full((K,), search.sigma), search.population,
              search.elites, generator)
    tried, points, history = [], [], []
    for i in range(search.iterations):
        alphas = cem.ask()
        if i == 0:  # what is found must beat what is known, which stands in for some of these
            alphas[:K + 2] = known(K)[:search.population]
        scored = scores(svf, fmt, experts, alphas, shots)
        best, mean = scored[:, 0].max().item(), scored[:, 0].mean().item()
        if best > 0:
            cem.tell(alphas, scored)
        tried.append(alphas)
        points.append(scored)
        history.append({"best": best, "mean": mean, "sigma": cem.sigma.mean().item(),
                        "mu": cem.mu.tolist(), "sigmas": cem.sigma.tolist()})
        callback(i, {**history[-1], "alphas": alphas.tolist(), "scores": scored.tolist()})
        if i == 0 and best == 0:
            return torch.zeros(K), history
    return torch.cat(tried)[ranking(torch.cat(points))[0]], history


def scores(svf: SVF, fmt: PromptFormat, experts: Tensor, alphas: Tensor, shots: list[Problem]
           ) -> Tensor:
    """(P, 2): accuracy on the shots, and mean log p of a token of the right ones of its answers.

    alphas (P, K), mixtures of experts (K, N). The whole population is one batch, factored, with a
    z for each row, as far as fmt.batch allows. Several processes share it out.
    """
    Z = mix(alphas.to(experts.device), experts)  # (P, N)
    found, mine = torch.zeros(len(alphas), 2), list(by_rank(len(alphas)))
    prompts = [fmt.prompt(p.prompt) for p in shots]
    at_once = max(1, fmt.batch // len(shots))  # candidates, with all shots of each
    for members in (mine[i:i + at_once] for i in range(0, len(mine), at_once)):
        right: dict[int, list[Completion]] = {member: [] for member in members}
        for part in microbatches([len(prompt) for prompt in prompts], fmt.batch):
            with svf.adapted(Z[members]):
                done = generate(svf.model, [prompts[i] for i in part] * len(members), fmt.ends,
                                fmt.max_new, copies=len(members), follow=svf.keep)
            for j, c in enumerate(done):  # the first member's answers to the part, the next's ...
                if shots[part[j % len(part)]].judge(*fmt.read(c.tokens)).right:
                    right[members[j // len(part)]].append(c)
        for member, completions in right.items():
            logps = [value for c in completions for value in c.logps]
            found[member] = torch.tensor([len(completions) / len(shots),
                                          sum(logps) / len(logps) if logps else -1e9])
    return summed(found)  # over the processes, each of which has zeros in the others' rows
