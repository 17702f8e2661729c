"""What the strategies are measured against, and the paper does not have: alpha by chance."""
from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from cem import Search, ranking, scores
from data.processes import seeded
from data.run.session import Session
from data.tasks.problem import Problem, Task
from data.tokenizer import PromptFormat
from svf import SVF


def random_alphas(K: int, n: int, generator: torch.Generator) -> Tensor:
    """(n, K), drawn from where CEM begins.

    >>> random_alphas(3, 5, torch.Generator().manual_seed(0)).shape
    torch.Size([5, 3])
    """
    return 1 / K + Search.sigma * torch.randn(n, K, generator=generator)


def random_search(svf: SVF, fmt: PromptFormat, experts: Tensor, shots: list[Problem],
                  generator: torch.Generator) -> Tensor:
    """alpha (K,): the best of as many as CEM may try, on the same shots; 0 if none is ever right.
    """
    plan = Search.of(len(experts))
    alphas = random_alphas(len(experts), plan.population * plan.iterations, generator)
    found = scores(svf, fmt, experts, alphas, shots)
    return alphas[ranking(found)[0]] * bool(found[:, 0].any())


def shuffled(experts: Tensor, sizes: list[int], seed: int) -> Tensor:
    """Each expert's gains (K, N) in another order, matrix by matrix; sizes: how many it has.

    >>> shuffled(torch.tensor([[1., 2., 3., 9.]]), [3, 1], 1).tolist()
    [[2.0, 1.0, 3.0, 9.0]]
    """
    generator = seeded("shuffle", seed)
    return torch.cat([part[:, torch.randperm(part.shape[1], generator=generator)]
                      for part in experts.split(sizes, dim=1)], dim=1)


def baselines(session: Session, experts: Tensor, task: Task) -> dict[str, Callable]:
    """Name -> what chooses alpha (K,), as t2.strategies have it: the experts mixed evenly, at
    random, and by random search.
    """
    K, args = len(experts), session.args

    def randomly() -> tuple[Tensor, dict]:
        return random_alphas(K, 1, seeded("random", task.name, args.seed))[0], {}

    def searched() -> tuple[Tensor, dict]:
        shots = task.problems(args.few_shot, "shots", args.seed)
        return random_search(session.svf, session.fmt, experts, shots,
                             seeded("search", task.name, args.seed)), {}
    return {"uniform": lambda: (torch.full((K,), 1 / K), {}), "random": randomly,
            "search": searched}
