"""Each exercise takes a right answer, and says what is wrong with those that nearly are."""
from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from data.tasks.families import TASKS
from data.tasks.problem import Task
from tests.exercises import EXERCISES, check_keys, main, read_and_judged

HEAD = """import torch, torch.nn.functional as F, random
from dataclasses import replace
from data.tasks.families import *
def svd(W): return torch.linalg.svd(W, full_matrices=False)
def mine(r): return (r.sum(1, keepdim=True) - r) / (r.shape[1] - 1)
def plus(rng):
    a, b, c = rng.randint(20, 80), rng.randint(1, 9), rng.randint(1, 9)
    ask = f" {rng.choice(NAMES)} has {a} pens , gets {b} , loses {c} . how many pens ?"
    return Worked("math", f"{a} +{b} -{c}", ask, f" {a} +{b} = {a + b} -{c} =", str(a + b - c),
                  (str(a + b + c),), " it is 5")
def chosen(scores, key): return sorted(range(len(scores)), key=key, reverse=True)
def tell_by(pick, correction=1):
    def tell(x, s, E):
        best = x[pick(s.tolist(), E)]
        return best.mean(0), best.std(0, correction=correction)
    return tell
def both(s, E): return chosen(s, lambda i: s[i])[:E]
"""
KL = "def kl(p, q):\n p, q = p.log_softmax(-1), q.log_softmax(-1)\n return "
LOSS = "def loss(x, y, A):\n logp = x.log_softmax(-1)[range(len(y)), y]\n return "
MIX = "def paper(a, Z): return a @ Z\ndef with_base(a): return "
TOP = "def adapted(W, z, k):\n U, S, Vt = svd(W)\n U, S, Vt = U[:, :k], S[:k], Vt[:k]\n return "
KNOWN = "def known(K): return torch.cat((torch.eye(K), torch.zeros(1, K), torch.ones(1, K) / K))\n"
WAY = KNOWN + "def found(a, s): return "
RIGHT = [
    (1, "def adapted(W, z):\n U, S, Vt = svd(W)\n return U @ torch.diag(S * z) @ Vt"),
    (3, "def advantages(r): return r - mine(r)"),
    (4, KL + "(p.exp() * (p - q)).sum(-1)"),
    (5, LOSS + "-(A * logp).mean()"),
    (5, LOSS + "-(A * (logp - logp.detach()).exp()).mean()"),  # another value, the same gradient
    (6, "tell = tell_by(both)"),
    (7, MIX + "torch.cat((a, 1 - a.sum(0, True)))"),
    (8, "def alpha(x, ids): return x[ids].softmax(-1)[:-1]"),
    (9, "maker = plus"),
    (10, TOP + "W - (U * S) @ Vt + (U * S * z) @ Vt"),
    (11, WAY + "a[both(s.tolist(), 1)[0]] * (s[:, 0].max() > 0)"),
    (9, "def maker(rng): return story(rng)"),
    (9, "def maker(rng): return echo(rng)"),
]
WRONG = [
    (1, "def adapted(W, z):\n U, S, Vt = svd(W)\n return (U * (S * z.flip(0))) @ Vt", "z[0]"),
    (1, "def adapted(W, z):\n U, S, Vt = svd(W)\n return (U * (S + z - 1)) @ Vt", "added"),
    (1, "def adapted(W, z):\n U, S, Vt = svd(W)\n return (U * z) @ Vt", "z = 1"),
    (1, "def adapted(W, z):\n U, S, Vt = torch.linalg.svd(W)\n return (U * S * z) @ Vt",
     "answers.py, line "),
    (3, "def advantages(r): return r - r.mean(1, keepdim=True)", "0.67 of the gradient"),
    (3, "def advantages(r):\n A = r - mine(r)\n return A / (A.std(1, keepdim=True) + 1e-6)",
     "scale"),
    (3, "def advantages(r): return r", "nothing is to be learned"),
    (3, "def advantages(r): return (r - r.mean()) * r.numel() / (r.numel() - 1)", "easy prompt"),
    (3, "def advantages(r): return r - r.roll(-1, 1)", "noisy"),
    (4, KL + "(q.exp() * (q - p)).sum(-1)", "policy's"),
    (4, KL + "(p.exp() * (p - q)).mean(-1)", "divides by V"),
    (4, KL + "-(p.exp() * q).sum(-1)", "with itself"),
    (4, "def kl(p, q):\n return (p.softmax(-1) * (p - q)).sum(-1)", "no log-probabilities"),
    (4, "def kl(p, q):\n p, q = p.softmax(-1), q.softmax(-1)\n return (p * (p / q).log()).sum(-1)",
     "nan, expected 0.6931"),
    (5, LOSS + "(A * logp).mean()", "downhill"),
    (5, LOSS + "-(A * logp.exp()).mean()", "twice"),
    (5, LOSS + "-(A * logp).sum()", "a mean over answers"),
    (5, LOSS + "-logp.mean()", "teach nothing"),
    (5, LOSS + "-(A * logp).mean().detach()", "does not require grad"),
    (6, "tell = tell_by(both, correction=0)", "shrinks on noise"),
    (6, "tell = tell_by(lambda s, E: chosen(s, lambda i: s[i][0])[:E])", "the best alone"),
    (6, """def best_alone(s, E):
 first = both(s, 1)
 return first + [i for i in chosen(s, lambda i: s[i][0]) if i not in first][:E - 1]
tell = tell_by(best_alone)""", "the best alone"),
    (6, "tell = tell_by(lambda s, E: chosen(s, lambda i: sum(s[i]))[:E])", "do not add up"),
    (7, MIX + "torch.cat((a, torch.ones(1)))", "always count whole"),
    (7, MIX + "torch.cat((1 - a.sum(0, True), a))", "with_base[0]"),
    (7, MIX + "a / a.sum()", "expected a tensor of shape (4,)"),
    (7, "def paper(a, Z): return 1 + a @ (Z - 1)\ndef with_base(a): return a", "this is ours"),
    (8, "def alpha(x, ids): return x[ids[:-1]].softmax(-1)", "nothing is left"),
    (8, "def alpha(x, ids): return x.softmax(-1)[ids[:-1]]", "any token"),
    (8, "def alpha(x, ids): return (x[ids] == x[ids].max()).float()[:-1]", "this is B"),
    (8, "def alpha(x, ids): return x[ids].softmax(-1)", "(4,), expected a tensor of shape (3,)"),
    (10, TOP + "(U * S * z) @ Vt", "the rest of W is gone"),
    (10, TOP + "W + (U * S * z) @ Vt", "once more"),
    (10, TOP + "W", "does not reach"),
    (11, WAY + "a[s[:, 0].argmax()]", "not broken"),
    (11, WAY + "a[s[:, 1].argmax()]", "accuracy comes first"),
    (11, WAY + "a[both(s.tolist(), 3)].mean(0)", "none that was tried"),
    (11, WAY + "a[both(s.tolist(), 1)[0]]", "nothing to go by"),
    (11, WAY.replace("torch.zeros(1, K)", "torch.ones(1, K)") + "a", "the base is not among"),
    (9, "def maker(rng): return plus(random)", "all chance from rng"),
    (9, "def maker(rng): return replace(plus(rng), key='x')", "1 different keys"),
    (9, "def maker(rng):\n p = plus(rng)\n return replace(p, key=p.question)", "one key"),
    (9, "def maker(rng):\n p = chain(rng)\n return replace(p, key=p.key.rpartition(' ')[0])",
     "two answers"),
    (9, "def maker(rng):\n p = plus(rng)\n return replace(p, near=(p.answer,))",
     "+1, expected -1"),
    (9, "def maker(rng): return replace(plus(rng), near=())", "near is empty"),
    (9, "def maker(rng): return replace(plus(rng), domain='code')", "Worked of math or reasoning"),
    (9, "def maker(rng):\n p = plus(rng)\n return replace(p, answer=p.answer + ' pens')",
     "-1, expected +1"),
    (9, "def maker(rng): return replace(plus(rng), question=' how many receives ?')",
     "' receives ?'"),
    (9, "def maker(rng): return 'what is 3 +4 ?'", "Worked of math or reasoning"),
]
GUESSES = [  # shuffled, backwards, what is said
    (0.25, 0.05, "You foresaw both"), (0.95, 0.05, "SHUFFLED is 0.95"),
    (0.6, 0.05, "SHUFFLED is 0.60"), (0.25, 0.25, "BACKWARDS is 0.25")]
MISTAKES = [
    ("", "advantages is missing, expected a function in answers.py"),
    ("advantages = 3", "advantages is 3, expected a function"),
    ("def advantages(r):\n    return r.nonsense", "line 2"),
    ("def advantages(r):\n    exit()", "SystemExit"),
    ("def advantages(): pass", "takes 0 positional arguments"),
    ("def advantages(r): return 1.5", "gives 1.5, expected a tensor of shape (2, 4)"),
    ("def advantages(r): return r[0]", "gives shape (4,)"),
    ("def advantages(r: return r", "SyntaxError"),
    ("import nothing_of_the_sort", "answers.py, line 1"),
]


def check(number: int, source: str, folder: Path, capsys: pytest.CaptureFixture[str]
          ) -> tuple[int, str]:
    """Exit status, and what was printed."""
    (folder / "answers.py").write_text(source, encoding="utf-8")
    status = main([str(number), str(folder / "answers.py")])
    said = capsys.readouterr()
    assert not said.err
    return status, said.out


def known(cases: list[tuple]) -> list:
    """Those that run the model on many prompts are slow."""
    return [pytest.param(*case, marks=[pytest.mark.slow] * (case[0] in (8, 9))) for case in cases]


@pytest.mark.parametrize("number, source", known(RIGHT))
def test_a_right_answer_is_right(number: int, source: str, tmp_path: Path,
                                 capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(number, HEAD + source, tmp_path, capsys)
    assert status == 0 and said.startswith("Right. ") and said.count("\n") == 1


@pytest.mark.parametrize("number, source, why", WRONG)
def test_a_near_miss_is_told_in_a_line_what_it_is(number: int, source: str, why: str,
                                                  tmp_path: Path,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(number, HEAD + source, tmp_path, capsys)
    assert status == 1 and said.startswith("Not yet: ") and said.count("\n") == 1
    assert why in said


@pytest.mark.slow
@pytest.mark.parametrize("shuffled, backwards, why", GUESSES)
def test_a_guess_is_held_against_what_is_measured(shuffled: float, backwards: float, why: str,
                                                  tmp_path: Path,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(2, f"GUESS_SHUFFLED, GUESS_BACKWARDS = {shuffled}, {backwards}", tmp_path,
                         capsys)
    assert status == (why != GUESSES[0][2]) and why in said.splitlines()[-1]
    assert [line.split()[0] for line in said.splitlines()[:3]] == ["base", "expert", "shuffled"]


@pytest.mark.slow
@pytest.mark.parametrize("form, right, why", [
    (0.2, 1, "Right. You foresaw both."), (0.7, 1, "FORM is 0.70"), (0.2, 0.3, "RIGHT is 0.30")])
def test_what_the_base_could_do_all_the_time(form: float, right: float, why: str, tmp_path: Path,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(12, f"GUESS_FORM, GUESS_RIGHT = {form}, {right}", tmp_path, capsys)
    assert status == (not why.startswith("Right")) and why in said.splitlines()[-1]
    assert "with it, 1.00 [" in said


@pytest.mark.parametrize("source, why", MISTAKES)
def test_a_readers_mistake_is_one_line(source: str, why: str, tmp_path: Path,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(3, source, tmp_path, capsys)
    assert status == 1 and why in said and said.count("\n") == 1


def test_a_guess_is_a_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(2, "GUESS_SHUFFLED = 20", tmp_path, capsys)
    assert status == 1 and "GUESS_SHUFFLED is 20, expected a number from 0 to 1" in said


def test_all_are_listed_and_each_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(EXERCISES)
    for number in range(1, len(EXERCISES) + 1):
        assert main([str(number)]) == 0
        assert "\nHint: " in capsys.readouterr().out


@pytest.mark.parametrize("argv", [["0"], ["13"], ["x"], ["-1"], ["3", "none.py"], ["3", "."],
                                  ["99", "none.py"], ["3", __file__, "more"], ["9" * 5000]])
def test_no_such_exercise_or_file_is_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]
                                              ) -> None:
    assert main(argv) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1 and "from 1 to 12" in said.err


@pytest.mark.parametrize("task", [t for t in TASKS.values() if t.label], ids=lambda t: t.name)
def test_families_of_this_repository_would_pass(task: Task) -> None:
    rng = Random(0)
    parts = [make(rng) for make in task.makers for _ in range(200)]
    check_keys(parts)
    for part in parts:
        if part.answer not in ("old", "new"):  # `opposite` has these among its wrong ones
            read_and_judged(part)
