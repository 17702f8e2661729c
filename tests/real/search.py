"""How C may search, compared at equal cost on validation prompts: what wins is cem.few_shot's way.

Each variant may look at 320 answers: candidates of all iterations times shots. The first round is
of the experts of one seed. The second, of the other seeds', is about what that left open: is the
answer the last mu or the best candidate of all, and does CEM find more than chance?
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from cem import CEM, known, ranking


@dataclass(frozen=True)
class Variant:
    """mu: where every alpha starts (None: 1/K). known: whether the base, each expert and their
    mean are among the first candidates. l1: what a unit of sum |alpha| costs in accuracy. gate:
    whether the shots choose between what was found and the known ones at the end; it takes the
    place of an iteration's last candidates. best: of all candidates, so many of the best are
    averaged; 0: the answer is the last mu. better: or the base, where none has more shots right.
    """

    shots: int = 8
    population: int = 10
    iterations: int = 4
    elites: int = 3
    mu: float | None = None
    sigma: float = 0.4
    known: bool = False
    l1: float = 0.0
    gate: bool = False
    best: int = 0
    better: bool = False


FIRST = {
    "from 1/K": Variant(), "from 0": Variant(mu=0.0, sigma=0.5), "from 0.6": Variant(mu=0.6),
    "known first": Variant(known=True), "known first, L1": Variant(known=True, l1=0.02),
    "known first, from 0.6": Variant(known=True, mu=0.6),
    "known first, gate": Variant(known=True, gate=True),
    "known first, 16 shots": Variant(known=True, shots=16, iterations=2),
    "known first, 4 shots": Variant(known=True, shots=4, population=20, elites=5),
}
SECOND = {name: FIRST[name] for name in ("known first, L1", "known first")} | {
    "known first, L1, best": Variant(known=True, l1=0.02, best=1),
    "known first, best": Variant(known=True, best=1),
    "known first, best, or the base": Variant(known=True, best=1, better=True),
    "random search": Variant(population=40, iterations=1, best=1),
    "random search, best 3": Variant(population=40, iterations=1, best=3),
}


def search(v: Variant, K: int, score: Callable[[Tensor], Tensor], generator: torch.Generator
           ) -> Tensor:
    """alpha (K,) that the variant finds. score: alphas (P, K) -> (P, 2), as cem.scores."""
    start = torch.full((K,), 1 / K if v.mu is None else v.mu)
    cem, signal = CEM(start, torch.full((K,), v.sigma), v.population, v.elites, generator), False
    tried, points = [], []
    for i in range(v.iterations):
        alphas = cem.ask()
        if i == 0 and v.known:
            alphas[:K + 2] = known(K)
        found = score(alphas)
        if i == 0 and v.known:
            first = found[:K + 2]
        if found[:, 0].max() > 0:
            signal = True
            found[:, 0] -= v.l1 * alphas.abs().sum(1)
            cem.tell(alphas, found)
        tried.append(alphas)
        points.append(found)
    every = torch.cat(points)
    if v.better and every[:, 0].max() == every[0, 0]:
        return torch.zeros(K)
    if v.best and signal:
        return torch.cat(tried)[ranking(every)[:v.best]].mean(0)
    if v.gate and signal:  # one answer a shot more than the others
        both = torch.cat((known(K), cem.mu[None]))
        return both[ranking(torch.cat((first, score(cem.mu[None]))))[0]]
    return cem.mu if signal else torch.zeros(K)
