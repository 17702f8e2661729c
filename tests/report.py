"""README's tables, from the JSON that `train` and `adapt` left behind for several seeds.

    python -m tests.report out/0 out/1 out/2

Shares are pooled over the seeds, each of which has other rollouts, shots and test prompts. The
intervals are Newcombe's 95% of a difference, as if both sides had answered different prompts,
which errs on the wide side; they count prompts, not how one search differs from the next.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

from t2 import cells, heads, wilson

Runs = list[dict]


def gain(before: float, after: float, n: int) -> tuple[float, float, float]:
    """after - before with Newcombe's interval, n trials each.

    >>> [round(x, 3) for x in gain(0.5, 0.9, 100)]
    [0.4, 0.278, 0.506]
    """
    (low0, high0), (low1, high1) = wilson(before, n), wilson(after, n)
    d = after - before
    return (d, d - ((after - low1) ** 2 + (high0 - before) ** 2) ** 0.5,
            d + ((high1 - after) ** 2 + (before - low0) ** 2) ** 0.5)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def points(d: tuple[float, float, float]) -> str:
    return f"{100 * d[0]:+.0f} [{100 * d[1]:+.0f}, {100 * d[2]:+.0f}]"


def experts_table(runs: Runs) -> list[str]:
    lines = ["| expert | n | base | expert | gain, points | by seed | training |",
             "|---|---|---|---|---|---|---|"]
    for name in runs[0]["experts"]:
        rows = [run["experts"][name] for run in runs]
        n, base, after = (mean([row[key] for row in rows]) for key in ("n", "base", "expert"))
        n = round(n) * len(rows)
        seeds = ", ".join(f"{100 * (row['expert'] - row['base']):+.0f}" for row in rows)
        lines.append(f"| {name} | {n} | {base:.3f} | {after:.3f} | {points(gain(base, after, n))} "
                     f"| {seeds} | {mean([row['seconds'] for row in rows]):.0f} s |")
    return lines


def experts_of(runs: Runs) -> list[str]:
    return list(next(iter(runs[0]["tasks"].values()))["experts"])


def tasks_table(runs: Runs) -> list[str]:
    domains = experts_of(runs)
    lines = [f"| task | {' | '.join(heads(domains))} | C - base, points | alpha (mean) |",
             "|---" * (len(heads(domains)) + 3) + "|"]
    shares, n = {}, 0
    for name in runs[0]["tasks"]:
        rows = [run["tasks"][name] for run in runs]
        shares[name] = [mean(list(column)) for column in zip(*map(cells, rows))]
        n = sum(row["n"] for row in rows)
        alpha = " ".join(f"{mean(list(a)):+.2f}" for a in zip(*(row["alpha"] for row in rows)))
        lines.append(line(name, shares[name], n, alpha))
    total = [mean(list(column)) for column in zip(*shares.values())]
    lines.append(line("mean", total, n * len(shares), " ".join(d[:2] for d in domains)))
    return lines


def against_table(runs: Runs) -> list[str]:
    """By how much C beats each other column, on average over the tasks."""
    rows = [row for run in runs for row in run["tasks"].values()]
    n, shares = sum(row["n"] for row in rows), [mean(list(c)) for c in zip(*map(cells, rows))]
    names = heads(experts_of(runs))
    gains = [points(gain(share, shares[-1], n)) for share in shares[:-1]]
    return [f"| C against | {' | '.join(names[:-1])} |", "|---" * len(names) + "|",
            f"| points | {' | '.join(gains)} |"]


def line(name: str, row: list[float], n: int, alpha: str) -> str:
    return (f"| {name} | {' | '.join(f'{x:.2f}' for x in row)} | "
            f"{points(gain(row[0], row[-1], n))} | {alpha} |")


def seeds_table(runs: Runs) -> list[str]:
    names = heads(experts_of(runs))
    lines = [f"| mean over the tasks | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for run in runs:
        total = [mean(list(column)) for column in zip(*map(cells, run["tasks"].values()))]
        lines.append(f"| seed {run['seed']} | {' | '.join(f'{x:.3f}' for x in total)} |")
    return lines


def main(folders: list[str]) -> None:
    if not folders:
        raise SystemExit("expected folders that hold train.json and adapt.json: out/0 out/1 out/2")

    def read(name: str) -> Runs:
        return [json.loads((Path(folder) / name).read_text()) for folder in folders]
    trained, adapted = read("train.json"), read("adapt.json")
    for table in (experts_table(trained), tasks_table(adapted), against_table(adapted),
                  seeds_table(adapted)):
        print("\n".join(table), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
