"""The methods that are compared, and which jobs each table needs.

Each `need_*` yields lists of jobs, a list when the one before is done: the rate that a sweep picks
decides what runs next. Rates are picked on the validation prompts of seed 0, one a method for all
domains.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from data.tasks.families import TASKS, UNSEEN
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import DOMAINS, OTHERS
from tests.paper.lab import FULL, SECOND, SHORT, SKILL, Job, Run, library, result
from tests.paper.studies import LIBRARIES

Seeds = tuple[int, ...]
TASK_NAMES = tuple(task.name for task in UNSEEN)
TWO_DOMAINS = tuple(task.name for task in UNSEEN if len(task.makers) > 1)


# -------------------------------------------------------------------------- methods and sweeps

@dataclass(frozen=True)
class Method:
    """A way to train, and the rates that its sweep tries."""

    label: str
    adapter: str
    rates: tuple[float, ...]
    learn: str = "rl"
    changes: tuple[str, ...] = ()
    kl: float = 0.1
    steps: int = SHORT

    def run(self, domain: str, seed: int, rate: float) -> Run:
        return Run(self.adapter, domain, seed, rate, self.steps, self.learn, self.changes, self.kl)

    def sweep(self) -> list[Job]:
        return [("train", self.run(d, 0, rate)) for d in DOMAINS for rate in self.rates]

    def rate(self) -> float:
        """The rate with the best mean validation of the domains' runs of seed 0; the lower if
        two are as good."""
        return max(self.rates, key=lambda rate: (mean(
            result("train", self.run(d, 0, rate))["validation"] for d in DOMAINS), -rate))

    def runs(self, seeds: Seeds) -> list[Job]:
        return [("train", self.run(d, s, self.rate())) for d in DOMAINS for s in seeds]

    def marks(self, domain: str, seeds: Seeds, which: str = "own", rate: float | None = None
              ) -> list[str]:
        """A string of marks a seed, of the runs at the picked rate, or at another one."""
        rate = rate or self.rate()
        return [result("train", self.run(domain, s, rate))[which] for s in seeds]


def swept(methods: tuple[Method, ...], seeds: Seeds) -> Iterator[list[Job]]:
    yield [job for m in methods for job in m.sweep()]
    yield [job for m in methods for job in m.runs(seeds)]


SVF_RATES = (0.01, 0.02, 0.04)
LORA = {"lora-qv-16": (0.005, 0.01, 0.02), "lora-all-1": (0.01, 0.02, 0.04),
        "lora-all-4": (0.0025, 0.005, 0.01), "lora-all-16": (0.00125, 0.0025, 0.005)}
LORA_NAMES = {"lora-qv-16": "LoRA q, v, rank 16", "lora-all-1": "LoRA all, rank 1",
              "lora-all-4": "LoRA all, rank 4", "lora-all-16": "LoRA all, rank 16"}


def higher(rates: tuple[float, ...]) -> tuple[float, ...]:
    """Rates that double, one step up: what a short run wants, or fewer gains."""
    return (*rates[1:], 2 * rates[-1])


def rivals(steps: int) -> tuple[Method, ...]:
    """SVF and LoRA, by RL."""
    rates = {"svf": SVF_RATES, **LORA}
    return tuple(Method(LORA_NAMES.get(name, "SVF"), name,
                        higher(tried) if steps == SHORT else tried, steps=steps)
                 for name, tried in rates.items())


SVF_FULL, LORA_FULL = rivals(FULL)[:2]
SHORT_SVF, SHORT_LORA = (higher(rates) for rates in (SVF_RATES, LORA["lora-qv-16"]))
SIGMOID = tuple(2 * rate for rate in SHORT_SVF)  # dz/dp is a half of what it is for z itself
ABLATIONS = (
    *(Method(f"SVF, {text}, {kinds}", adapter, rates, learn, changes)
      for adapter, kinds, rates in (("svf", "both", SHORT_SVF),
                                    ("svf-attention", "attention", higher(SHORT_SVF)),
                                    ("svf-mlp", "MLP", SHORT_SVF))
      for text, learn, changes in (("RL", "rl", ()), ("next token", "text", ("ideal",)))),
    *(Method(f"LoRA q, v, {text}", "lora-qv-16", SHORT_LORA, learn, changes)
      for text, learn, changes in (("RL", "rl", ()), ("next token", "text", ("ideal",)))),
    Method("SVF, next token, of the corpus", "svf", SHORT_SVF, "text"),
    Method("LoRA q, v, next token, of the corpus", "lora-qv-16", higher(SHORT_LORA), "text"),
    Method("SVF, RL, no KL", "svf", SHORT_SVF, kl=0.0),
    Method("SVF, RL, KL x 0.3", "svf", SHORT_SVF, kl=0.3),
    Method("SVF, RL, no baseline", "svf", SHORT_SVF, changes=("raw",)),
    Method("SVF, RL, greedy answers of 128 prompts, no baseline", "svf", SHORT_SVF,
           changes=("raw", "greedy")),
    Method("SVF, RL, one sample of 128 prompts, no baseline", "svf", SHORT_SVF,
           changes=("raw", "single")),
    Method("SVF, RL, two samples of 64 prompts", "svf", SHORT_SVF, changes=("pairs",)),
    Method("SVF, RL, sum-normalised", "normalised", SHORT_SVF),
    Method("SVF, RL, sum-normalised, sigmoid", "sigmoid", SIGMOID),
    Method("SVF, RL, all of the released code's", "sigmoid-mlp", higher(SIGMOID),
           changes=("raw", "greedy"), kl=0.0),
)
USUAL = ABLATIONS[0]
# What differs from USUAL in one thing of the training alone: compared at the same rate as well,
# lest what is compared be two rates that validation hardly tells apart.
CHANGED = tuple(m for m in ABLATIONS[1:] if m.learn == "rl" and m.rates == USUAL.rates
                and m.adapter in ("svf", "normalised"))
FEW_RATES = (0.03, 0.1, 0.3)
FEWER = (("one gain in all", "one"), ("one a kind of matrix", "kind"), ("one a matrix", "matrix"),
         ("top singular value", "top-1"), ("top 4", "top-4"), ("top 16", "top-16"))
FEW = (*(Method(label, name, FEW_RATES, steps=FULL) for label, name in FEWER), *rivals(FULL))
FEW_TEXT = tuple(
    Method(label, name, rates, "text", ("ideal",), steps=FULL) for label, name, rates in (
        ("one a matrix", "matrix", FEW_RATES), ("top 4", "top-4", FEW_RATES),
        ("SVF", "svf", SVF_RATES),
        ("LoRA q, v, rank 16", "lora-qv-16", LORA["lora-qv-16"])))


# ------------------------------------------------------------------------------- what is needed

def libraries(seeds: Seeds) -> list[Job]:
    return [("train", run) for s in seeds for run in library(s).values()]


def bases(seeds: Seeds) -> list[Job]:
    return [("base", s) for s in seeds]


def need_svf_lora(seeds: Seeds) -> Iterator[list[Job]]:
    yield bases(seeds)
    yield from swept((*rivals(SHORT), *rivals(FULL)), seeds)


def nearest_lora(task: str, seed: int) -> Run | None:
    label = TASKS[task].label
    return None if label == OTHERS else LORA_FULL.run(label, seed, LORA_FULL.rate())


def unseen_jobs(seeds: Seeds) -> list[Job]:
    return [("unseen", task, s, nearest_lora(task, s)) for s in seeds for task in TASK_NAMES]


def need_unseen(seeds: Seeds) -> Iterator[list[Job]]:
    yield [*LORA_FULL.sweep(), *libraries(seeds)]
    yield LORA_FULL.runs(seeds)
    yield unseen_jobs(seeds)


def need_ablations(seeds: Seeds) -> Iterator[list[Job]]:
    yield bases(seeds)
    yield from swept(ABLATIONS, seeds)
    yield [("train", m.run(d, s, USUAL.rate())) for m in CHANGED for d in DOMAINS for s in seeds]


def need_transfer(seeds: Seeds) -> Iterator[list[Job]]:
    yield [("pretrain", SECOND), *libraries(seeds)]
    yield [("train", run) for s in seeds for name, run in library(s, SECOND).items()
           if name != CLASSIFIER]
    yield [("transfer", task, s) for s in seeds for task in TASK_NAMES]


def need_shots(seeds: Seeds) -> Iterator[list[Job]]:
    yield from need_unseen(seeds)
    yield [("informed", task, s) for s in seeds for task in TASK_NAMES]


def need_classes(seeds: Seeds) -> Iterator[list[Job]]:
    yield libraries(seeds)
    yield [("classified", s) for s in seeds]


ORDER = (*DOMAINS, SKILL)  # in which skills are learned
SEQUENCES = {"one SVF vector": SVF_FULL, "one LoRA": LORA_FULL}


def sequence(method: Method, seed: int) -> list[Run]:
    """One vector, trained on one skill after another."""
    return [Run(method.adapter, name, seed, method.rate(), FULL, after=ORDER[:i])
            for i, name in enumerate(ORDER)]


def experts_of(seed: int) -> list[Run]:
    return [Run("svf", name, seed, SVF_FULL.rate(), FULL) for name in ORDER]


def need_skills(seeds: Seeds) -> Iterator[list[Job]]:
    yield [*bases(seeds), *SVF_FULL.sweep(), *LORA_FULL.sweep()]
    yield from need_unseen(seeds)
    yield [("train", run) for s in seeds for run in (*experts_of(s), Run("svf", SKILL, s))]
    for i in range(len(ORDER)):
        yield [("train", sequence(m, s)[i]) for m in SEQUENCES.values() for s in seeds]
    yield [("skills", run) for s in seeds for run in
           (*experts_of(s), *(run for m in SEQUENCES.values() for run in sequence(m, s)))]
    yield [("skilled", task, s) for s in seeds for task in TASK_NAMES]


POOLS = (16, 64, 256)  # prompts


def pooled(method: Method, domain: str, seed: int, pool: int) -> Run:
    return Run(method.adapter, domain, seed, method.rate(), FULL, pool=pool)


def need_overfitting(seeds: Seeds) -> Iterator[list[Job]]:
    yield from swept((SVF_FULL, LORA_FULL), seeds)
    yield [("train", pooled(m, d, s, pool)) for m in (SVF_FULL, LORA_FULL) for d in DOMAINS
           for s in seeds for pool in POOLS]


def need_few(seeds: Seeds) -> Iterator[list[Job]]:
    yield bases(seeds)
    yield from swept((*FEW, *FEW_TEXT), seeds)


def growing(seeds: Seeds) -> int:
    """Seeds enough for the largest library."""
    return max(len(seeds), max(LIBRARIES) // len(DOMAINS))


def need_beyond(seeds: Seeds) -> Iterator[list[Job]]:
    yield libraries(tuple(range(growing(seeds))))
    yield from need_unseen(seeds)
    yield [*(("beyond", task, s) for s in seeds for task in TASK_NAMES),
           *(("growth", task, s, growing(seeds)) for s in seeds for task in TASK_NAMES),
           *(("warm", s) for s in seeds)]
