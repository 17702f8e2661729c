"""What marks say: shares with intervals, differences on the same prompts, and verdicts.

Marks are strings of "1" and "0", a list of them a method: one string a seed (and domain or task).
"""
from __future__ import annotations

import math

from data.run.report import wilson

Marks = list[str]
Z95 = 1.959964


def share(marks: str) -> float:
    return marks.count("1") / len(marks)


def cell(marks: Marks) -> dict:
    """Share of all, Wilson's 95% interval over prompts, n, and the share of each string.

    >>> cell(["1100", "1111"])["share"], cell(["1100", "1111"])["each"]
    (0.75, [0.5, 1.0])
    """
    every = "".join(marks)
    return {"share": share(every), "interval": list(wilson(share(every), len(every))),
            "n": len(every), "each": [share(part) for part in marks]}


def paired(worse: Marks, better: Marks) -> dict:
    """better - worse on the same prompts: points, 95% interval (Agresti and Min 2005), each.

    Half a prompt is added to each of the four outcomes of a pair, and the interval is Wald's: so
    two methods that never differ have an interval too. It counts prompts; `each` shows the seeds.

    >>> d = paired(["0011"], ["1111"]); d["points"], [round(x) for x in d["interval"]]
    (50.0, [-17, 83])
    """
    a, b = "".join(worse), "".join(better)
    assert [len(x) for x in worse] == [len(x) for x in better]
    up = sum(x < y for x, y in zip(a, b)) + 0.5
    down = sum(x > y for x, y in zip(a, b)) + 0.5
    n = len(a) + 2
    middle, spread = (up - down) / n, math.sqrt(up + down - (up - down) ** 2 / n) / n
    return {"points": 100 * (share(b) - share(a)),
            "interval": [100 * max(-1.0, middle - Z95 * spread),
                         100 * min(1.0, middle + Z95 * spread)],
            "each": [100 * (share(y) - share(x)) for x, y in zip(worse, better)], "n": len(a)}


def by_seed(parts: list[Marks]) -> Marks:
    """Lists of a string a seed, one list a domain or task: joined, a string a seed.

    >>> by_seed([["1", "0"], ["11", "00"]])
    ['111', '000']
    """
    return ["".join(seed) for seed in zip(*parts)]


def verdict(d: dict) -> str:
    """Held, failed or not decided: by the interval, and the seeds must agree.

    >>> [verdict({"interval": [1, 3], "each": each}) for each in ([1, 2, 3], [5, 5, -1])]
    ['held', 'not decided']
    """
    (low, high), each = d["interval"], d["each"]
    if low > 0 and min(each) > 0:
        return "held"
    return "failed" if high < 0 and max(each) < 0 else "not decided"


def claim(text: str, worse: Marks, better: Marks) -> dict:
    """A claim that `better` is better than `worse`; both a string a seed."""
    d = paired(worse, better)
    return {"claim": text, "verdict": verdict(d), **d}


# ---------------------------------------------------------------------------------- as text

def points(d: dict) -> str:
    """A difference with its interval and its seeds.

    >>> points({"points": 1.2, "interval": [0.4, 2.0], "each": [1.0, 1.4]})
    '+1.2 [+0.4, +2.0]'
    """
    low, high = d["interval"]
    return f"{d['points']:+.1f} [{low:+.1f}, {high:+.1f}]"


def number(c: dict) -> str:
    """A share with its interval.

    >>> number({"share": 0.5, "interval": [0.4, 0.6]})
    '.50 [.40, .60]'
    """
    low, high = c["interval"]
    return f"{short(c['share'])} [{short(low)}, {short(high)}]"


def short(x: float) -> str:
    """
    >>> short(0.504), short(1.0)
    ('.50', '1.00')
    """
    return f"{x:.2f}".removeprefix("0")


def grid(head: list[str], rows: list[list[str]]) -> str:
    """A table as Markdown has it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def between(text: str, begin: str, end: str, new: str) -> str:
    """The text with this between the marks. ValueError where it has not both.

    >>> between("a <b> old <e> z", "<b>", "<e>", " new ")
    'a <b> new <e> z'
    """
    before, first, rest = text.partition(begin)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise ValueError(f"expected the lines {begin} and {end}, between which to write")
    return before + begin + new + end + after


def claims(found: list[dict], why: dict[str, str]) -> list[str]:
    """The lines under a table: each claim, and why, if we think that we know."""
    lines = []
    for c in found:
        seeds = ", ".join(f"{x:+.1f}" for x in c["each"])
        lines.append(f"- {c['claim']}: **{c['verdict']}**, {points(c)} points ({seeds} by seed). "
                     f"{why.get(c['claim'], '')}".rstrip())
    return lines
