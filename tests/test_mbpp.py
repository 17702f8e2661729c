"""How much of the Python that people write the judge can run: MBPP's references, on their asserts.

`python -m tests.test_mbpp [FILE]` counts the rows of a file (tests/mbpp/ has tasks 601 to 974) and
says why the others do not run, the commonest reason first.
"""
from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from data.tasks.interpreter import Refused, holds

FOLDER = Path(__file__).with_name("mbpp")
MBPP = FOLDER / "mbpp-601-974.jsonl"


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def imports_re(row: dict) -> bool:
    return "import re" in row["code"]


def outcome(source: str, tests: str) -> str:
    """"right", "wrong", or why it was not run or broke, after the kind of refusal."""
    try:
        return "right" if holds(source, tests) else "wrong"
    except Refused as error:
        return f"{error.kind}: {error}"


def of_mbpp(row: dict) -> str:
    """How a reference does: its setup is part of it."""
    source = "\n".join([row.get("test_setup_code") or "", row["code"]]).strip()
    return outcome(source, "\n".join(row["test_list"]))


def of_ours(row: dict, solution: str | None = None) -> str:
    """How a solution does in HumanEval's form, where the answer goes on from the prompt."""
    source = row["prompt"] + (solution or row["canonical_solution"])
    return outcome(source, f"{row['test']}\ncheck({row['entry_point']})\n")


def test_at_least_92_percent_of_mbpp_is_run_and_right() -> None:
    found = Counter(of_mbpp(row).partition(":")[0] for row in rows(MBPP) if not imports_re(row))
    assert found["right"] >= 0.92 * sum(found.values())
    assert found == {"right": 324, "unsupported": 9, "budget": 1}  # 901 counts up to 12,252,240


def test_what_uses_re_is_not_judged_and_what_only_imports_it_is() -> None:
    found = Counter(of_mbpp(row) for row in rows(MBPP) if imports_re(row))
    assert found == {"unsupported: the module re is not supported": 39, "right": 1}


def test_humaneval_s_kind_is_run() -> None:
    problems = rows(FOLDER / "ours.jsonl")
    assert len(problems) == 12
    for row in problems:
        assert of_ours(row) == "right", row["task_id"]
        for wrong in ("    return None\n", "    pass\n", "    return []\n"):
            assert of_ours(row, wrong) != "right", row["task_id"]
        assert of_ours(row, row["canonical_solution"].replace("return", "return not")) != "right"


SUM = "def f(x): return x[0] + f(x[1:]) if x else 0"
FIB = "def f(n):\n  if n < 2: return n\n  return f(n - 1) + f(n - 2)\n"


@pytest.mark.parametrize("source, test", [
    (FIB, "f(15) == 610"), (FIB, "[f(i) for i in range(12)][-1] == 89"),
    ("def f(n): return n * f(n - 1) if n else 1", f"f(30) == {265252859812191058636308480000000}"),
    (SUM, "f(list(range(25))) == 300"), (SUM, "f([1] * 200) == 200"),
    ("def f(n): return sum(i for i in range(1, 2001) if i % n == 0)", "f(1) == 2001000"),
    ("def f(n): return [i for i in range(2, n) if all(i % j for j in range(2, i))]",
     "len(f(300)) == 62"),
    ("def f(a):\n  for i in range(len(a)):\n    for j in range(len(a) - 1 - i):\n"
     "      if a[j] > a[j + 1]: a[j], a[j + 1] = a[j + 1], a[j]\n  return a",
     "f(list(range(60, 0, -1))) == list(range(1, 61))"),
    ("def f(n):\n  s = [True] * (n + 1)\n  for i in range(2, n):\n    if s[i]:\n"
     "      for j in range(i * i, n + 1, i): s[j] = False\n  return sum(s[2:])", "f(5000) == 669"),
    ("def f(a, b):\n  t = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]\n"
     "  for i in range(len(a)):\n    for j in range(len(b)):\n"
     "      t[i + 1][j + 1] = (t[i][j] + 1 if a[i] == b[j] else max(t[i][j + 1], t[i + 1][j]))\n"
     "  return t[-1][-1]", "f('abcbdab' * 5, 'bdcaba' * 5) == 24"),
    ("def f(n):\n  steps = 0\n  while n != 1:\n    n = 3 * n + 1 if n % 2 else n // 2\n"
     "    steps += 1\n  return steps", "f(6171) == 261"),
    ("from itertools import permutations\ndef f(s): return sorted(set(permutations(s)))",
     "len(f('abcde')) == 120"),
])
def test_no_budget_stops_a_right_program(source: str, test: str) -> None:
    assert outcome(source, "\n".join([f"assert {test}"] * 3)) == "right"


def main(argv: list[str]) -> None:
    found = rows(Path(argv[0]) if argv else MBPP)
    plain = [row for row in found if not imports_re(row)]
    outcomes = {row["task_id"]: of_mbpp(row) for row in plain}
    right = list(outcomes.values()).count("right")
    print(f"{len(found)} rows, {len(found) - len(plain)} import re; of the other {len(plain)} "
          f"{right} are run and right ({right / len(plain):.1%})")
    for why, n in Counter(outcomes.values()).most_common():
        if why != "right":
            which = ", ".join(str(task) for task, other in outcomes.items() if other == why)
            print(f"{n:4}  {why[:60]}  ({which[:60]})")


if __name__ == "__main__":
    main(sys.argv[1:])
