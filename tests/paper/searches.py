"""Other searches of alpha, ask/tell as cem.CEM is, each at the same number of evaluations.

A search starts at 1/K with sigma 0.4, asks for 10 candidates four times, and ends at `mu`.
"""
from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from cem import CEM, Search, ranking, scores
from data.run.baselines import random_alphas
from data.tasks.problem import Problem
from data.tokenizer import PromptFormat
from svf import SVF

USUAL = Search()


class Cem(CEM):
    """That of cem.py, without the known candidates of few_shot, and with mu for an answer."""

    def __init__(self, K: int, generator: torch.Generator, start: Tensor | None = None) -> None:
        super().__init__(torch.full((K,), 1 / K) if start is None else start,
                         torch.full((K,), USUAL.sigma), USUAL.population, USUAL.elites, generator)


class Random:
    """The best of as many candidates, all drawn from where the others start."""

    def __init__(self, K: int, generator: torch.Generator) -> None:
        self.mu, self.best, self.K, self.generator = torch.full((K,), 1 / K), None, K, generator

    def ask(self) -> Tensor:
        return random_alphas(self.K, USUAL.population, self.generator)

    def tell(self, candidates: Tensor, found: Tensor) -> None:
        first = ranking(found)[0]
        score = found[first].tolist()
        if self.best is None or score > self.best:
            self.best, self.mu = score, candidates[first]


class OpenAIES:
    """mu <- mu + a / (P sigma) sum_p u_p eps_p, in mirrored pairs, u the centred ranks
    (Salimans et al., arXiv 1703.03864)."""

    def __init__(self, K: int, generator: torch.Generator, rate: float = 0.3) -> None:
        self.mu, self.rate, self.generator = torch.full((K,), 1 / K), rate, generator

    def ask(self) -> Tensor:
        half = torch.randn(USUAL.population // 2, len(self.mu), generator=self.generator)
        self.eps = torch.cat((half, -half))
        return self.mu + USUAL.sigma * self.eps

    def tell(self, candidates: Tensor, found: Tensor) -> None:
        P = len(candidates)
        u = torch.empty(P)
        u[torch.tensor(ranking(found))] = torch.linspace(0.5, -0.5, P)
        self.mu = self.mu + self.rate / (P * USUAL.sigma) * (u[:, None] * self.eps).sum(0)


class SepCMAES:
    """CMA-ES with a diagonal covariance (Ros and Hansen 2008), with Hansen's usual constants."""

    def __init__(self, K: int, generator: torch.Generator) -> None:
        n, P = K, USUAL.population
        w = math.log(P / 2 + 0.5) - torch.arange(1, P // 2 + 1).log()
        self.w = w / w.sum()
        m = 1 / float((self.w ** 2).sum())  # how many of the candidates really count
        self.m, self.generator = m, generator
        self.c_sigma = (m + 2) / (n + m + 5)
        self.d_sigma = 1 + self.c_sigma + 2 * max(0.0, math.sqrt((m - 1) / (n + 1)) - 1)
        self.c_c = (4 + m / n) / (n + 4 + 2 * m / n)
        faster = (n + 2) / 3  # the diagonal alone is learned faster
        self.c_1 = faster * 2 / ((n + 1.3) ** 2 + m)
        self.c_mu = min(1 - self.c_1, faster * 2 * (m - 2 + 1 / m) / ((n + 2) ** 2 + m))
        self.chi = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        self.mu, self.sigma, self.C = torch.full((n,), 1 / n), USUAL.sigma, torch.ones(n)
        self.p_sigma, self.p_c, self.step = torch.zeros(n), torch.zeros(n), 0

    def ask(self) -> Tensor:
        eps = torch.randn(USUAL.population, len(self.mu), generator=self.generator)
        return self.mu + self.sigma * self.C.sqrt() * eps

    def tell(self, candidates: Tensor, found: Tensor) -> None:
        best = torch.tensor(ranking(found)[:len(self.w)])
        y = (candidates[best] - self.mu) / self.sigma  # (P/2, n)
        mean = (self.w[:, None] * y).sum(0)
        self.mu, self.step = self.mu + self.sigma * mean, self.step + 1
        c, m = self.c_sigma, self.m
        self.p_sigma = (1 - c) * self.p_sigma + math.sqrt(c * (2 - c) * m) * mean / self.C.sqrt()
        length = float(self.p_sigma.norm())
        usual = 1 - (1 - c) ** (2 * self.step)
        grows = length / math.sqrt(usual) < (1.4 + 2 / (len(self.mu) + 1)) * self.chi
        c = self.c_c
        self.p_c = (1 - c) * self.p_c + grows * math.sqrt(c * (2 - c) * m) * mean
        self.C = ((1 - self.c_1 - self.c_mu) * self.C
                  + self.c_1 * (self.p_c ** 2 + (not grows) * c * (2 - c) * self.C)
                  + self.c_mu * (self.w[:, None] * y ** 2).sum(0))
        self.sigma *= math.exp(self.c_sigma / self.d_sigma * (length / self.chi - 1))


SEARCHES: dict[str, Callable] = {"cem": Cem, "random search": Random, "OpenAI-ES": OpenAIES,
                                 "separable CMA-ES": SepCMAES}


def run(make: Callable, svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem],
        generator: torch.Generator, iterations: int = USUAL.iterations) -> Tensor:
    """alpha (K,) at which make(K, generator) ends; as in few_shot, 0 if no shot was ever right."""
    return climb(make(len(experts), generator), iterations,
                 lambda alphas: scores(svf, fmt, experts, alphas, shots))


def climb(search: Callable, iterations: int, score: Callable[[Tensor], Tensor]) -> Tensor:
    """Where the search ends. What it asks for where no shot is right is not told: drawn again."""
    signal = False
    for _ in range(iterations):
        candidates = search.ask()
        found = score(candidates)
        if found[:, 0].max() > 0:
            search.tell(candidates, found)
            signal = True
    return search.mu if signal else torch.zeros_like(search.mu)


def mix_by_matrix(alpha: Tensor, experts: Tensor, sizes: list[int]) -> Tensor:
    """As svf.mix, with a coefficient for each matrix: alpha (..., K, M). Returns (..., N).

    >>> experts = torch.tensor([[3., 1., 5.], [1., 9., 1.]])
    >>> mix_by_matrix(torch.tensor([[.5, 0.], [.25, 1.]]), experts, [2, 1]).tolist()
    [2.0, 3.0, 1.0]
    """
    each = alpha.repeat_interleave(torch.tensor(sizes), -1)  # (..., K, N)
    return 1 + (each * (experts - 1)).sum(-2)


def by_matrix(svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem],
              generator: torch.Generator) -> Tensor:
    """z (N,) by CEM with a coefficient for each matrix, at the same number of evaluations."""
    K, M, P = len(experts), len(svf.sizes), USUAL.population

    def mixed(alphas: Tensor) -> Tensor:
        return mix_by_matrix(alphas.view(*alphas.shape[:-1], K, M), experts, svf.sizes)
    search = Cem(K * M, generator, torch.full((K * M,), 1 / K))  # each candidate is an expert:
    return mixed(climb(search, USUAL.iterations, lambda alphas: scores(
        svf, fmt, mixed(alphas), torch.eye(P), shots)))
