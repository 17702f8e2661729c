"""What becomes of answers: right, wrong, not judged, cut off.

All but the first have the same reward, -1: whoever sees rewards alone can't tell a model that errs
from a judge that can't read it, or from answers that never come to an end.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from data.tasks.problem import Problem

KINDS = ("right", "wrong", "not judged", "cut")  # a cut answer is one of the other three as well
REASONS = 3    # why answers were not judged: the commonest are kept
LONGEST = 100  # characters of it
MUCH = 0.1     # of all answers: where more are lost, a user is told


class Tally:
    """Judges answers, and counts them.

    >>> from data.tasks.problem import Said
    >>> problem, tally = Problem("", "", "", (Said("", "", "old", ()),)), Tally()
    >>> tally.reward(problem, "old", False), tally.reward(problem, "old and", True)
    (1.0, -1.0)
    >>> tally.total()
    {'right': 1, 'wrong': 1, 'not judged': 0, 'cut': 1}
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()  # of KINDS, and of "not judged: why"

    def reward(self, problem: Problem, text: str, cut: bool) -> float:
        """Judges and counts the answer: +1 if it is right, else -1 (paper, Sec. 3.2)."""
        verdict = problem.judge(text, cut)
        self.counts["right" if verdict.right else "wrong" if verdict.judged else "not judged"] += 1
        if not verdict.judged or verdict.why.startswith("over budget"):
            self.counts[str(verdict)[:LONGEST]] += 1
        self.counts["cut"] += cut
        return float(verdict.reward)

    def total(self) -> dict[str, int]:
        """The counts of all processes."""
        from data.processes import added  # torch: not where nothing is counted
        return together([added(self.counts)])


def together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts added up: of each of KINDS, and of the commonest reasons.

    >>> together([{"wrong": 2, "cut": 1}, {"not judged": 1, "not judged: import os": 1}])
    {'right': 0, 'wrong': 2, 'not judged': 1, 'cut': 1, 'not judged: import os': 1}
    """
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    reasons = sorted((-n, key) for key, n in found.items() if key not in KINDS)[:REASONS]
    return {kind: found[kind] for kind in KINDS} | {key: -n for n, key in reasons}


def share(counts: Mapping[str, int], kind: str) -> float:
    """Of all answers, those of this kind.

    >>> share({"right": 1, "wrong": 2, "not judged": 1, "cut": 2}, "cut")
    0.5
    """
    return counts[kind] / max(1, sum(counts[one] for one in KINDS if one != "cut"))


def is_counts(found: object) -> bool:
    """Whether what a file holds are counts as `together` makes them.

    >>> is_counts(together([])), is_counts({"right": 1}), is_counts(together([{"why": 0.5}]))
    (True, False, False)
    """
    return (isinstance(found, dict) and {*KINDS} <= {*found}
            and all(type(n) is int and 0 <= n < 10**9 for n in found.values()))
