"""What a command prints of what it found: adapt's table, both passes of ask, an expert's line.

All of it fits 80 columns with three experts. Shares come with Wilson's interval.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data.files import read_json, write_json
from data.run.flags import STRATEGIES
from data.run.screen import (
    CYAN,
    RED,
    Line,
    bar,
    bold,
    draws,
    painted,
    printable,
    reach,
    spark,
    why,
)
from data.tasks.problem import OTHERS
from data.tasks.tally import KINDS, MUCH, is_counts, share, together

if TYPE_CHECKING:
    from data.run.session import Session

LETTERS = {"prompt": "A", "classifier": "B", "few-shot": "C"}
HEADS = {"uniform": "unif", "random": "rand", "search": "srch", **LETTERS}  # of adapt's columns


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share of n trials.

    >>> [round(x, 3) for x in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    z = 1.959964
    mid, half = share + z * z / (2 * n), z * (share * (1 - share) / n + (z / (2 * n)) ** 2) ** 0.5
    low, high = ((mid + x) / (1 + z * z / n) for x in (-half, half))
    return max(0.0, low), min(1.0, high)  # which rounding passes by 1e-18


class Table:
    """The rows of adapt, shown and written as they are made, or found after a stop.

    run: which run this is; rows of the same one that was stopped are taken up.
    """

    def __init__(self, session: Session, run: dict, tasks: int) -> None:
        self.args, self.domains, self.rows = session.args, session.domains, {}
        self.line = Line("adapt", tasks)
        self.path = self.args.out / "adapt.json"
        self.head = {"seed": self.args.seed, "shots": self.args.few_shot,
                     "sources": session.sources, "run": run}
        self.max_new = session.fmt.max_new
        heads = "".join(f"{HEADS.get(name, name)[:4]:>5}" for name in self.columns())
        few = bool(self.args.weights) and any(
            session.tasks[name].count("test") < self.args.n for name in session.names)
        about = (f"Accuracy on {'at most ' * few}{self.args.n} test prompts a task, of the base "
                 "and each expert alone")
        if "few-shot" in self.columns():
            heads += "  C: 95%"
            about += (";\nunif: the experts mixed evenly; rand: at random; srch: by random search,"
                      " with\nC's budget; A, B, C: the strategies. C has seen "
                      f"{self.args.few_shot} shots.")
        rows = unfinished(self.path, run)
        print(f"\n{about}\n\n{'task':<9}{heads}", flush=True)
        for name, row in rows.items():
            self.add(name, row)

    def columns(self) -> list[str]:
        """Every strategy and baseline that was asked for, in the order of the columns."""
        wanted = {*HEADS} if self.args.strategy == "all" else {self.args.strategy}
        wanted |= {*HEADS} - {*STRATEGIES} if "few-shot" in wanted else set()
        return ["base", *self.domains, *(name for name in HEADS if name in wanted)]

    def add(self, name: str, row: dict) -> None:
        """Shows the row, and writes all rows so far."""
        self.rows[name] = row
        found, end = row["strategies"], ""
        if "few-shot" in found:
            end = "  {:.2f}-{:.2f}".format(*found["few-shot"]["interval"])
        self.show(name, {which: one["accuracy"] for which, one in found.items()}, end)
        self.write(finished=False)
        if len(self.rows) < self.line.steps:  # after the last one comes the mean
            self.line(len(self.rows) - 1, {})

    def write(self, finished: bool) -> None:
        """OUT/adapt.json, with all rows so far."""
        write_json(self.path, {**self.head, "finished": finished, "tasks": self.rows})

    def show(self, task: str, shares: dict[str, float], end: str = "") -> None:
        """Task, and a share a column; what was not asked for stays empty."""
        self.line.clear()
        cells = [f"{shares[name]:5.2f}" if name in shares else " " * 5
                 for name in self.columns()]
        print(f"{task[:9]:<9}{''.join(cells[:-1])}{bold(cells[-1])}{end}", flush=True)

    def end(self) -> None:
        """The means, what C mixed and how its search narrowed, and the seconds."""
        rows = {name: row["strategies"] for name, row in self.rows.items()}
        there = [name for name in self.columns() if all(name in row for row in rows.values())]
        self.show("mean", {name: sum(row[name]["accuracy"] for row in rows.values()) / len(rows)
                           for name in there})
        if "few-shot" in there:
            print("\nWhat C mixes, and sigma after each iteration of its search:")
            for name, row in rows.items():
                self.show_search(name, row["few-shot"])
        lines = lost({name: together(found["answers"] for found in row.values())
                      for name, row in rows.items()}, self.max_new)
        print("".join(f"{line}\n" for line in [""] * bool(lines) + lines), end="")
        spent = {name: map(sum, zip(*(row[name]["seconds"] for row in rows.values())))
                 for name in STRATEGIES if name in there}
        print("\n1st+2nd pass, s:  " + "  ".join(
            f"{name} {first:.1f}+{second:.1f}" for name, (first, second) in spent.items()))
        self.write(finished=True)

    def show_search(self, name: str, found: dict) -> None:
        """What C found for a task; iteration by iteration where there is one task."""
        if len(self.rows) == 1:
            print(narrowing(self.domains, found["cem"]))
        sigmas = " ".join(f"{step['sigma']:.2f}"[1:] for step in found["cem"])
        said = (f"{coefficients(self.domains, found['alpha'])}  {sigmas}" if found["signal"]
                else "no shot was answered right by any candidate: alpha is 0, the base")
        print(f"{name[:9]:<9}{said}")


def unfinished(path: Path, run: dict) -> dict[str, dict]:
    """The rows of a run of adapt that was stopped, if the report there is of this very run."""
    try:
        found = read_json(path)
        if not found["finished"] and found["run"] != run:
            print(f"{path.name} is of another run, begun anew: {why(found['run'], run)}")
        same = not found["finished"] and found["run"] == run
        return {name: row for name, row in found["tasks"].items()
                if name in run["tasks"] and is_row(row)} if same else {}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}  # not there, or no report of ours: it is made anew


def is_row(row: dict) -> bool:
    """Whether a row from a file can be shown: nothing is missing, and all numbers are finite.

    >>> found = {"accuracy": .5, "interval": [.4, .6], "alpha": [0, 0], "seconds": [.1, .2],
    ...          "answers": together([])}
    >>> is_row({"strategies": {"base": found}}), is_row({"strategies": {"base": {}}})
    (True, False)
    """
    try:
        numbers, size = [], len(row["strategies"]["base"]["alpha"])
        for name, found in row["strategies"].items():
            parts = [found["accuracy"]], found["interval"], found["seconds"], found["alpha"]
            searched = found["cem"] if name == "few-shot" and found["signal"] in (0, 1) else []
            steps = [part for step in searched for part in (step["mu"], step["sigmas"])]
            if ([*map(len, parts)] != [1, 2, 2, size] or {*map(len, steps)} - {size}
                    or not is_counts(found["answers"])):
                return False
            numbers += [x for part in (*parts, *steps) for x in part]
            numbers += [step[key] for step in searched for key in ("best", "mean", "sigma")]
        return all(type(x) in (int, float) and abs(x) < 1e6 for x in numbers)
    except (LookupError, TypeError, AttributeError):
        return False


def coefficients(names: list[str], alpha: list[float], width: int = 4) -> str:
    """alpha as numbers, and as bars where they can be shown.

    >>> coefficients(["math", "code"], [1.0, -0.25])
    'math +1.00  code -0.25'
    """
    cells = [f"{name} {value:+.2f}" for name, value in zip(names, alpha)]
    if draws(sys.stdout):
        cells = [cell + " " + painted(bar(value, width).ljust(width), CYAN if value > 0 else RED)
                 for cell, value in zip(cells, alpha)]
    return "  ".join(cells)


def rewards(log: list[dict]) -> str:
    """The mean rewards of a training: first and last, and all between as a sparkline.

    >>> rewards([{"reward": -.5}, {"reward": .25}])
    'reward -0.50 to +0.25'
    """
    values = [step["reward"] for step in log]
    picture = f" {painted(spark(values), CYAN)} " if draws(sys.stdout) else " to "
    return f"reward {values[0]:+.2f}{picture}{values[-1]:+.2f}"


def narrowing(names: list[str], history: list[dict]) -> str:
    """CEM's search, a line an iteration: scores on the shots; mu and sigma of each expert.

    >>> print(narrowing(["math"], [{"best": 1, "mean": .5, "mu": [.9], "sigmas": [.1]}]))
    iter  best mean  math
       1  1.00 0.50  +0.90 ±0.10
    """
    rows = ["iter  best mean  " + "  ".join(f"{name:<19}" for name in names)]
    for i, step in enumerate(history, 1):
        cells = [f"{mu:+.2f} " + (reach(mu, sigma) if draws(sys.stdout) else f"±{sigma:.2f}")
                 for mu, sigma in zip(step["mu"], step["sigmas"])]
        rows.append(f"{i:>4}  {step['best']:.2f} {step['mean']:.2f}  "
                    + "  ".join(f"{cell:<19}" for cell in cells))
    return "\n".join(row.rstrip() for row in rows)


def show_passes(strategy: str, domains: Sequence[str], found: dict) -> None:
    """What pass 1 found and what pass 2 answered; for the base there is nothing to find."""
    first, second = (f"   ({s:.2f} s)" for s in found["seconds"])
    said = printable(found["answer"]) or "(nothing)"
    if strategy == "base":
        print(f"the base      {said}{second}")
        return
    said_first = (f"{OTHERS}: the base" if found.get("named") == OTHERS
                  else f"{found['sure']:.0%} sure of {found['named']}" if "sure" in found
                  else printable(found["of"]) if "of" in found
                  else f"has seen {found['shots']} shots" if found["signal"]
                  else "no shot was answered right by any candidate: the base")
    head = f"{LETTERS[strategy]} {strategy}" if strategy in LETTERS else strategy
    print(f"{head:<13} {said_first}\n"
          f"  pass 1      {coefficients(domains, found['alpha'])}{first}\n"
          f"  pass 2      {bold(said)}{second}")


def lost(counts: dict[str, dict[str, int]], max_new: int) -> list[str]:
    r"""Lines on what no reward tells, of each name's answers: those not judged, those cut off.

    None where there are none. What to do is said where more than a tenth is lost.

    >>> counts = {"right": 3, "wrong": 6, "not judged": 1, "cut": 2, "not judged: no classes": 1}
    >>> print("\n".join(lost({"bus": counts, "day": together([])}, 128)))
    answers         right       wrong  not judged of all, cut
    bus                 3           6           1           2
         1 not judged: no classes
    20% cut off: raise --max-new-tokens (now 128)
    """
    counts = {name: one for name, one in counts.items() if one["not judged"] or one["cut"]}
    if not counts:
        return []
    cut, unjudged = (max(share(one, kind) for one in counts.values())
                     for kind in ("cut", "not judged"))
    reasons = [*together(counts.values()).items()][len(KINDS):]
    advice = {f"{cut:.0%} cut off: raise --max-new-tokens (now {max_new})": cut > MUCH,
              f"{unjudged:.0%} not judged, which pays -1: say in the prompts what an answer may "
              "use": unjudged > MUCH}
    return ["answers  " + "".join(f"{head:>12}" for head in (*KINDS[:3], "of all, cut")),
            *(f"{name[:9]:<9}" + "".join(f"{one[kind]:>12,}" for kind in KINDS)
              for name, one in counts.items()),
            *(printable(f"{n:>6} {reason}")[:79] for reason, n in reasons),
            *(line for line, is_so in advice.items() if is_so)]


def show_expert(name: str, row: dict, max_new: int) -> None:
    """On a trained expert: accuracy on test prompts before and after, its rewards, what was lost.
    """
    low, high = row["interval"]
    print(f"{name:<11} n {row['n']}  base {row['base']:.3f}  expert {row['expert']:.3f} "
          f"[{low:.3f}, {high:.3f}]  {row['seconds']:.0f} s")
    print("\n".join([f"{'':<11} {rewards(row['log'])}", *lost(row["answers"], max_new)]),
          flush=True)
