"""What a command prints of what it found: adapt's table, both passes of ask, an expert's line.

All of it fits 80 columns with three experts. Shares come with Wilson's interval.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data.files import write_json
from data.run.flags import STRATEGIES
from data.run.screen import CYAN, RED, Line, bar, bold, draws, painted, printable, reach, spark

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
    return (mid - half) / (1 + z * z / n), (mid + half) / (1 + z * z / n)


class Table:
    """The rows of adapt, shown and written as they are made, or found after a stop."""

    def __init__(self, session: Session, tasks: int) -> None:
        self.args, self.domains, self.rows = session.args, session.domains, {}
        self.line, self.tasks = Line("adapt", tasks), tasks
        self.path = self.args.out / "adapt.json"
        self.facts = {"seed": self.args.seed, "shots": self.args.few_shot, "sources": session.sources}
        heads = "".join(f"{HEADS.get(name, name)[:4]:>5}" for name in self.columns())
        about = f"Accuracy on {self.args.n} test prompts a task, of the base and each expert alone"
        if "few-shot" in self.columns():
            heads += "  C: 95%"
            about += (";\nunif: the experts mixed evenly; rand: at random; srch: by random search,"
                      " with\nC's budget; A, B, C: the strategies. C has seen "
                      f"{self.args.few_shot} shots.")
        print(f"\n{about}\n\n{'task':<9}{heads}", flush=True)

    def columns(self) -> list[str]:
        """Every way to choose alpha that was asked for, in the order of the columns."""
        wanted = {*HEADS} if self.args.strategy == "all" else {self.args.strategy}
        wanted |= {*HEADS} - {*STRATEGIES} if "few-shot" in wanted else set()
        return ["base", *self.domains, *(way for way in HEADS if way in wanted)]

    def add(self, name: str, row: dict) -> None:
        """Shows the row, and writes all rows so far."""
        self.rows[name] = row
        ways = row["ways"]
        end = "  {:.2f}-{:.2f}".format(*ways["few-shot"]["interval"]) if "few-shot" in ways else ""
        self.show(name, {way: found["accuracy"] for way, found in ways.items()}, end)
        write_json(self.path, {**self.facts, "tasks": self.rows})

    def report(self, i: int, facts: dict) -> None:
        """The progress after task i; after the last row comes the mean, with nothing between."""
        if i + 1 < self.tasks:
            self.line(i, facts)

    def show(self, name: str, shares: dict[str, float], end: str = "") -> None:
        """Task, and a share a column; what was not asked for stays empty."""
        self.line.clear()
        cells = [f"{shares[way]:5.2f}" if way in shares else " " * 5 for way in self.columns()]
        print(f"{name[:9]:<9}{''.join(cells[:-1])}{bold(cells[-1])}{end}", flush=True)

    def end(self) -> None:
        """The means, what C mixed and how its search narrowed, and the seconds."""
        rows = {name: row["ways"] for name, row in self.rows.items()}
        there = [way for way in self.columns() if all(way in ways for ways in rows.values())]
        self.show("mean", {way: sum(ways[way]["accuracy"] for ways in rows.values()) / len(rows)
                           for way in there})
        if "few-shot" in there:
            print("\nWhat C mixes, and sigma after each iteration of its search:")
            for name, ways in rows.items():
                found = ways["few-shot"]
                if len(rows) == 1:
                    print(narrowing(self.domains, found["cem"]))
                print(f"{name[:9]:<9}{coefficients(self.domains, found['alpha'])}  "
                      + " ".join(f"{step['sigma']:.2f}"[1:] for step in found["cem"]))
        spent = {way: map(sum, zip(*(ways[way]["seconds"] for ways in rows.values())))
                 for way in STRATEGIES if way in there}
        print("\n1st+2nd pass, s:  " + "  ".join(
            f"{way} {first:.1f}+{second:.1f}" for way, (first, second) in spent.items()))

    def state_dict(self) -> dict:
        """The rows, for a run that is stopped."""
        return self.rows

    def load_state_dict(self, rows: dict) -> None:
        """Shows the rows that were found after a stop."""
        for name, row in rows.items():
            self.add(name, row)


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


def show_passes(way: str, domains: Sequence[str], found: dict) -> None:
    """What pass 1 found and what pass 2 answered; for the base there is nothing to find."""
    first, second = (f"   ({s:.2f} s)" for s in found["seconds"])
    said = printable(found["answer"]) or "(nothing)"
    if way == "base":
        print(f"the base      {said}{second}")
        return
    said_first = (f"{found['sure']:.0%} sure of {', '.join(found['named'])}" if "sure" in found
                  else f"has seen {found['shots']} shots")
    print(f"{LETTERS[way]} {way:<11} {said_first}\n"
          f"  pass 1      {coefficients(domains, found['alpha'])}{first}\n"
          f"  pass 2      {bold(said)}{second}")


def show_expert(name: str, row: dict) -> None:
    """On a trained expert: accuracy on test prompts before and after, and its rewards."""
    low, high = row["interval"]
    print(f"{name:<11} n {row['n']}  base {row['base']:.3f}  expert {row['expert']:.3f} "
          f"[{low:.3f}, {high:.3f}]  {row['seconds']:.0f} s\n{'':<11} {rewards(row['log'])}",
          flush=True)
