"""What SVF does to a real model, beside what could embarrass it: the tables of open weights.

    python -m tests.english tasks
    for s in 0 1 2; do
        python t2.py train --weights DIR --tasks tasks/train.jsonl --seed $s --out real/$s FLAGS
    done
    python -m tests.real lora DIR tasks real        # the same with LoRA: same rollouts, own rate
    python -m tests.real svf DIR tasks real         # each expert on each domain's test prompts
    python -m tests.real controls DIR tasks real    # no training: other shots, calibrated labels
    python -m tests.real tables real

FLAGS are those of `FLAGS` below. Each row is written when it is done and not done again. Accuracy
is greedy, on test prompts that nobody was trained, validated or selected on.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import mean

import torch
from torch import Tensor

import rl
from data.files import alone, remove, write_json
from data.run.checkpoints import load_expert, load_llama
from data.run.flags import Train
from data.run.report import wilson
from data.run.resume import keep_going
from data.run.screen import Line
from data.run.session import SUFFIX, Session
from data.run.train import recipe
from data.tasks import jsonl
from svf import SVF
from tests.paper.variants import LoRA

FLAGS = dict(one_line=True, chat="none", max_new_tokens=20, batch=64, steps=16, rate=0.004,
             threads=1)
RATE = 0.002         # of LoRA
N, OTHER = 200, 100  # test prompts of the expert's own domain, and of each other one
SEEDS = (0, 1, 2)
DOMAINS = ("math", "code", "reasoning")
EMPTY = ("N/A", "it", "something")  # words without content: what they are called is the prior


def gain(before: float, after: float, n: int) -> tuple[float, float, float]:
    """after - before with Newcombe's interval, n trials each, as if of different prompts.

    >>> [round(x, 3) for x in gain(0.5, 0.9, 100)]
    [0.4, 0.278, 0.506]
    """
    (low0, high0), (low1, high1) = wilson(before, n), wilson(after, n)
    d = after - before
    return (d, d - ((after - low1) ** 2 + (high0 - before) ** 2) ** 0.5,
            d + ((high1 - after) ** 2 + (before - low0) ** 2) ** 0.5)


def points(d: tuple[float, float, float]) -> str:
    return f"{100 * d[0]:+.0f} [{100 * d[1]:+.0f}, {100 * d[2]:+.0f}]"


def kept(path: Path, make: Callable[[], dict]) -> dict:
    """A row that is done is read, any other made."""
    if not path.exists():
        write_json(path, make())
        print(path, json.dumps(json.loads(path.read_text()))[:200], flush=True)
    return json.loads(path.read_text())


def session_of(weights: str, tasks: str, out: Path, seed: int) -> Session:
    return Session(Train(weights=weights, tasks=f"{tasks}/train.jsonl", out=out / str(seed),
                         seed=seed, **FLAGS))


def share(adapter: SVF, z: Tensor | None, session: Session, pool: jsonl.Pool, n: int = N) -> float:
    return rl.accuracy(adapter, z, session.fmt, pool.problems(n, "test"))


def everywhere(adapter: SVF, z: Tensor | None, session: Session, own: str) -> dict[str, float]:
    """Accuracy on each domain's test prompts; an expert's own domain is the one that counts."""
    return {name: share(adapter, z, session, session.tasks[name], N if own in (name, "") else
                        OTHER) for name in DOMAINS}


def each_run(out: Path, method: str, domains: list[str], make: Callable[[str, int], dict]) -> None:
    """The rows of a method: make(domain, seed) each."""
    for name in domains:
        for seed in SEEDS:
            kept(out / f"{method}-{name}-{seed}.json", partial(make, name, seed))


def svf(weights: str, tasks: str, out: Path, domains: list[str]) -> None:
    session = session_of(weights, tasks, out, 0)

    def row(name: str, seed: int) -> dict:
        path = out / str(seed) / f"{name}{SUFFIX}"
        z, facts = load_expert(path, session.svf.N, session.base)
        return {"seconds": facts["row"]["seconds"], "parameters": session.svf.N,
                "share": everywhere(session.svf, z, session, name)}
    kept(out / "base.json", lambda: everywhere(session.svf, None, session, ""))
    each_run(out, "svf", domains, row)


def lora(weights: str, tasks: str, out: Path, domains: list[str]) -> None:
    """Rank 16 on q and v, as in the paper, by the same RL on the same number of rollouts."""
    session = session_of(weights, tasks, out, 0)  # for its tasks and fmt
    adapter = LoRA(load_llama(weights)[0])
    how = recipe(Train(weights=weights, **{**FLAGS, "rate": RATE}))

    def row(name: str, seed: int) -> dict:
        training = rl.Reinforce(adapter, session.fmt, session.trained[name], how, seed)
        state = out / f"lora-{name}-{seed}.state{SUFFIX}"
        log = keep_going(training, how.steps, state, {"rate": RATE},
                         Line(f"LoRA {name} {seed}", how.steps))
        found = everywhere(adapter, training.best, session, name)
        remove(state)
        return {"seconds": log[-1]["seconds"], "parameters": adapter.N, "share": found}
    each_run(out, "lora", domains, row)


def controls(weights: str, tasks: str, out: Path, domains: list[str]) -> None:
    """The base alone: without shots, with more of them, and with the labels' prior taken out."""
    session = session_of(weights, tasks, out, 0)
    for name in ("zero", "more"):
        pools = jsonl.read(Path(tasks) / f"{name}.jsonl")
        kept(out / f"{name}.json", lambda pools=pools: {
            domain: share(session.svf, None, session, pools[domain]) for domain in domains})
    kept(out / "calibrated.json", lambda: calibrated(session))


def calibrated(session: Session) -> dict[str, float]:
    """The likeliest choice, and the same less its likelihood for words without content."""
    problems = session.tasks["reasoning"].problems(N, "test")
    own = [problem.prompt.rpartition("Q: Is ")[2].split()[0] for problem in problems]
    plain = likelihoods(session, problems, own)
    prior = sum(likelihoods(session, problems, [word] * len(own)) for word in EMPTY) / len(EMPTY)
    right = {name: [p.choices[i] == p.answer for p, i in zip(problems, scores.argmax(1).tolist())]
             for name, scores in (("plain", plain), ("calibrated", plain - prior))}
    return {name: mean(hits) for name, hits in right.items()}


@torch.no_grad()
def likelihoods(session: Session, problems: list, words: list[str]) -> Tensor:
    """log p of each of four choices as the whole answer, the word asked about replaced: (n, 4)."""
    encode, rows = session.fmt.encoding.encode_ordinary, []
    for start in range(0, len(problems), 16):
        groups = []
        for problem, word in zip(problems[start:start + 16], words[start:start + 16]):
            before, mark, asked = problem.prompt.rpartition("Q: Is ")
            tokens = session.fmt.prompt(f"{before}{mark}{word} {asked.partition(' ')[2]}")
            groups.append([rl.Episode(tokens, encode(f" {text}\n"))
                           for text in problem.choices])
        states, targets, row = rl.answer_states(session.svf.model, groups)
        logp = session.svf.model.head(states).log_softmax(-1).gather(-1, targets[:, None])[:, 0]
        rows.append(torch.zeros(4 * len(groups)).index_add_(0, row, logp).view(-1, 4))
    return torch.cat(rows)


def tables(out: Path) -> None:
    """From the rows that are there; "-" where none is."""
    def read(name: str) -> list[dict]:
        return [json.loads(path.read_text()) for path in sorted(out.glob(f"{name}.json"))]
    [base], [zero], [more], [labels] = map(read, ("base", "zero", "more", "calibrated"))
    print("| domain | base | no shots | more shots | SVF | gain, points | by seed | LoRA | gain, "
          "points | by seed | minutes, SVF and LoRA |\n" + "|---" * 11 + "|")
    for name in DOMAINS:
        cells, minutes = [name, *(f"{row[name]:.2f}" for row in (base, zero, more))], []
        for method in ("svf", "lora"):
            rows = read(f"{method}-{name}-?")
            found = [row["share"][name] for row in rows]
            cells += [f"{mean(found):.2f}", points(gain(base[name], mean(found), N * len(rows))),
                      ", ".join(f"{100 * (s - base[name]):+.0f}" for s in found)
                      ] if rows else ["-"] * 3
            minutes += [f"{mean([row['seconds'] for row in rows]) / 60:.1f}" if rows else "-"]
        print(f"| {' | '.join(cells)} | {' and '.join(minutes)} |")
    print(f"\nreasoning by likelihood of the choices: {labels['plain']:.2f}, with calibrated "
          f"label priors {labels['calibrated']:.2f}\n")
    print(f"| trained on | {' | '.join(f'{m}: on {d}' for m in ('SVF', 'LoRA') for d in DOMAINS)}"
          " |\n" + "|---" * 7 + "|")
    print(f"| nothing | {' | '.join(f'{base[d]:.2f}' for d in (*DOMAINS, *DOMAINS))} |")
    for name in DOMAINS:
        rows = [read(f"{method}-{name}-?") for method in ("svf", "lora")]
        cells = [f"{mean([row['share'][d] for row in found]):.2f}" if found else "-"
                 for found in rows for d in DOMAINS]
        print(f"| {name} | {' | '.join(cells)} |")


def main(argv: list[str]) -> None:
    works = {"svf": svf, "lora": lora, "controls": controls}
    if argv[:1] == ["tables"] and len(argv) == 2:
        tables(Path(argv[1]))
    elif argv and argv[0] in works and len(argv) >= 4:
        what, weights, tasks, out, *domains = argv
        with alone(Path(out)):
            works[what](weights, tasks, Path(out), domains or list(DOMAINS))
    else:
        raise SystemExit(f"{' '.join(argv) or 'nothing'}: expected `tables OUT`, or one of "
                         f"{', '.join(works)} with DIR TASKS OUT and, perhaps, domains")


if __name__ == "__main__":
    main(sys.argv[1:])
