"""The commands as a user types them, on what ships; and the two passes, piece by piece.

In this process, where a command takes a tenth of a second; one real process each is `slow`.
"""
from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
import torch

import t2
from data import HERE, tokenizer
from data.processes import seeded
from data.run import adapt, pretrain, train
from data.run.checkpoints import fingerprint, load_model, save_model
from data.run.flags import Adapt, Ask, Train
from data.run.report import wilson
from data.run.resume import Stopped, keep_going
from data.run.session import Session
from data.safetensors import load, save
from data.tasks import jsonl
from data.tasks.families import TASKS, UNSEEN, trained_on
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import Verdict, split_of
from data.tasks.tally import together
from model import GPT, Completion, complete
from rl import Recipe
from svf import mix
from tests.conftest import Patch, Said

ROOT = HERE.parent
EXPERTS = ["math", "code", "reasoning"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: Said) -> Run:
    """t2.main with --out tmp_path: (exit code, stdout, stderr)."""
    def command(*args: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = t2.main([*map(str, args), *["--out", str(tmp_path)] * ("--out" not in args)])
        except SystemExit as end:  # of argparse
            code = end.code
        return code, *capsys.readouterr()
    return command


@pytest.fixture(scope="module")
def session() -> Session:
    """What ships; no such folder is looked for or made."""
    return Session(Adapt(out=ROOT / "no such folder"))


@pytest.fixture
def trained(monkeypatch: Patch) -> tuple[list, list]:
    """Trainings, and (whose z, problems) of each test, neither of which takes any time."""
    trainings, tests = [], []

    def going(training: object, steps: int, state: Path, run: dict, callback: object) -> list:
        trainings.append(training.recipe)
        training.best.fill_(0.5)
        state.write_text("as a run leaves it that takes longer than this")
        return [{"reward": 0.0, "seconds": 1.0}]

    def share(svf: object, z: object, fmt: object, problems: list, *rest: object) -> float:
        tests.append((z, problems))
        return float(z is not None)
    monkeypatch.setattr(train, "keep_going", going)
    monkeypatch.setattr(train, "accuracy", share)
    return trainings, tests


# ----------------------------------------------------------------------- the commands, end to end

@pytest.mark.parametrize("command", [[], ["adapt"], ["train"], ["pretrain"], ["ask"],
                                     ["play"]])
def test_help_answers_in_80_columns_without_importing_torch(command: list[str]) -> None:
    code = (f"import sys, t2\ntry: t2.main({[*command, '--help']})\nexcept SystemExit as end: "
            "assert not end.code and 'torch' not in sys.modules")
    before = os.times().children_user  # seconds of the processor: others may hold the cores
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0 and "usage" in done.stdout, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert os.times().children_user - before < 1


@pytest.mark.slow
@pytest.mark.parametrize("command, code, says", [
    ("adapt --task bus --n 5 --few-shot 2", 0, "bus  "), ("ask hello", 0, "pass 2"),
    ("train --task math --steps 1 --n 3", 0, "math        n 3"),
    ("pretrain --steps 2", 0, "run `python t2.py train --out"),
    ("adapt --task nonsense", 2, "t2.py: --task nonsense: expected one of")])
def test_a_real_process_a_command(command: str, code: int, says: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "t2.py", *command.split(), "--out", str(tmp_path)],
                          cwd=ROOT, text=True, capture_output=True, timeout=300)
    assert done.returncode == code and says in done.stdout + done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == (code > 0)


def test_adapt_shows_and_writes_a_row_of_all_strategies(run: Run, tmp_path: Path, session: Session
                                                        ) -> None:
    code, out, err = run("adapt", "--task", "bus", "--n", 12, "--few-shot", 2)
    assert (code, err) == (0, "") and str(Path("data") / "base.safetensors") in out
    report = json.loads((tmp_path / "adapt.json").read_text())
    row, problems = report["tasks"]["bus"], TASKS["bus"].problems(12, "test", 0)
    found = row["strategies"]
    assert (report["seed"], report["shots"], report["finished"], row["n"]) == (0, 2, True, 12)
    assert [*found] == ["base", *EXPERTS, "uniform", "random", "search", "prompt", "classifier",
                        "few-shot"]
    for one in found.values():
        low, high = one["interval"]
        assert 0 <= low < high < 1.001 and low - 1e-9 <= one["accuracy"] <= high + 1e-9
        assert len(one["alpha"]) == 3 and len(one["seconds"]) == 2
    library = session.library()
    Z = torch.stack([library[name] for name in EXPERTS])
    for name, alpha in {"base": [0, 0, 0], "code": [0, 1, 0], "uniform": [1 / 3] * 3,
                        "few-shot": found["few-shot"]["alpha"]}.items():
        with session.svf.adapted(mix(torch.tensor(alpha, dtype=torch.float), Z)):
            done = complete(session.svf.model, session.fmt, [p.prompt for p in problems])
        right = sum(p.judge(*session.fmt.read(c.tokens)).right for p, c in zip(problems, done))
        assert found[name]["accuracy"] == right / 12 and found[name]["alpha"] == pytest.approx(
            alpha)
    assert f"{found['base']['accuracy']:5.2f} {found['math']['accuracy']:4.2f}" in out
    assert found["few-shot"]["signal"] and len(found["few-shot"]["cem"]) == 4
    for one in found.values():
        assert one["answers"] == {"right": round(12 * one["accuracy"]), "cut": 0, "not judged": 0,
                                  "wrong": round(12 - 12 * one["accuracy"])}
    assert "not judged" not in out  # where nothing is lost nothing is said
    code, out, _ = run("adapt", "--task", "bus", "--n", 5, "--strategy", "classifier",
                       "--max-new-tokens", 2)
    assert "bus                 0          25           0          25\n100% cut off: raise" in out
    code, out, _ = run("adapt", "--task", "bus", "--n", 5, "--strategy", "classifier")
    assert code == 0 and "\ntask      base math code reas    B\nbus" in out


@pytest.mark.parametrize("more, strategies, says", [
    ([], ["base", "prompt", "classifier"], "sure of"),
    (["--task", "day"], ["base", "prompt", "classifier", "few-shot"], "has seen 2 shots")])
def test_ask_shows_both_passes(more: list[str], strategies: list[str], says: str, run: Run,
                               tmp_path: Path) -> None:
    code, out, _ = run("ask", "What is 12 + 7 - 3?", *more, "--few-shot", 2)
    assert code == 0 and out.count("pass 2") == len(strategies) - 1 and says in out
    report = json.loads((tmp_path / "ask.json").read_text())
    assert report["question"] == "what is 12 +7 -3 ?"
    assert list(report)[3:] == strategies and report["base"]["alpha"] == [0, 0, 0]
    assert not any(report[name]["cut"] for name in strategies) and "cut off" not in out
    code, out, _ = run("ask", "What is 12 + 7 - 3?", "--max-new-tokens", 2)
    assert out.endswith("... an answer was cut off: raise --max-new-tokens (now 2)\n")
    assert json.loads((tmp_path / "ask.json").read_text())["base"]["cut"] is True


def test_experts_are_trained_and_then_used(run: Run, tmp_path: Path, monkeypatch: Patch) -> None:
    how = Recipe(steps=1, prompts=2, samples=2, held=3)
    monkeypatch.setattr(train, "recipe", lambda args: how)
    for seed, task in ((0, "math"), (1, "code")):
        code, out, err = run("train", "--task", task, "--seed", seed, "--n", 3)
        assert code == 0 and f"\n{task:<11} n 3  base" in out and "anew" not in out, err
    found = json.loads((tmp_path / "train.json").read_text())
    assert found["seed"] == 1 and list(found["experts"]) == ["code"]  # those of one seed
    assert {"n", "base", "expert", "interval", "parameters", "seconds", "log"} <= set(
        found["experts"]["code"])
    row = found["experts"]["code"]  # 4 rollouts, 3 test prompts
    assert row["answers"]["training"] == together(step["answers"] for step in row["log"])
    for name, n in (("training", 4), ("base", 3), ("expert", 3)):
        assert sum(row["answers"][name][kind] for kind in ("right", "wrong", "not judged")) == n
        assert row["answers"][name]["right"] == n * row.get(name, row["log"][0]["reward"] / 2 + .5)
    assert {path.name for path in tmp_path.iterdir()} == {
        "math.safetensors", "code.safetensors", "train.json", ".lock"}
    out = run("adapt", "--task", "bus", "--n", 1, "--strategy", "prompt")[1]
    assert str(tmp_path / "math.safetensors") in out
    assert str(Path("data") / "reasoning.safetensors") in out


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
def test_another_base_is_used_and_the_experts_that_ship_do_not_fit_it(
        run: Run, tmp_path: Path, trained: tuple[list, list], monkeypatch: Patch) -> None:
    bases, starts = [], []
    monkeypatch.setattr(pretrain, "keep_going", lambda training, *given: starts.append(
        fingerprint(training.model)) or keep_going(training, *given, every=0))
    for seed in (1, 0, 0):
        assert run("pretrain", "--steps", 2, "--seed", seed)[0] == 0
        bases.append((tmp_path / "base.safetensors").read_bytes())
    assert bases[0] != bases[1] == bases[2] and starts[0] != starts[1]  # to the bit
    report = json.loads((tmp_path / "pretrain.json").read_text())
    assert report["parameters"] == 508_416 and report["steps"] == 2
    assert not list(tmp_path.glob("*.state.safetensors"))
    code, out, err = run("ask", "hello")
    assert code == 2 and "train it again" in err and len(err.splitlines()) == 1
    shutil.copy(HERE / "math.safetensors", tmp_path)
    out = run("train", "--task", "math", "--n", 3)[1]  # is said before it is lost
    said = [line for line in out.splitlines() if line.startswith("math")]
    assert re.match("math +trained anew: .* is an expert of base", said[0]) and len(said) == 2
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    code, _, err = run("pretrain")
    assert code == 2 and "start it without torchrun" in err


# ---------------------------------------------------------------------- what a user can mend

@pytest.mark.parametrize("args, says", [
    ("adapt --task nonsense", "nonsense"), ("adapt --few-shot 0", "from 1 to"),
    ("adapt --few-shot many", "many"), ("adapt --n 999999", "to 5,000"),
    ("adapt --device abacus", "abacus"), ("ask |", "empty"), ("train --task bus", "one of math"),
    ("adapt --out FILE", "can't write there"), ("adapt --out FILE/more", "can't write there")])
def test_what_can_not_be_is_one_clear_line(args: str, says: str, run: Run, tmp_path: Path) -> None:
    (file := tmp_path / "file").write_text("a file of the user's")
    code, _, err = run(*args.replace("FILE", str(file)).replace("|", "\t").split(" "))
    assert code == 2 and says in err and len(err.splitlines()) == 1
    assert file.read_text() == "a file of the user's"


@pytest.mark.parametrize("name", ["base", "math", "classifier"])
def test_damaged_files_and_old_ones_are_one_clear_line(name: str, run: Run, tmp_path: Path
                                                       ) -> None:
    """An expert in the format of before is not passed over for the one that ships."""
    path, command = tmp_path / f"{name}.safetensors", ("adapt", "--task", "bus", "--n", 5)
    whole = (HERE / path.name).read_bytes()
    other = (HERE / f"{'code' if name == 'base' else 'base'}.safetensors").read_bytes()
    for content in (b"", whole[:len(whole) // 2], b"hello", other):
        path.write_bytes(content)
        code, _, err = run(*command)
        assert code == 2 and path.name in err and len(err.splitlines()) == 1
        assert "delete it" in err
    path.unlink()
    for put, says in ((lambda: path.symlink_to("nowhere"), "is not a file"),
                      (path.mkdir, "a folder where a file belongs")):
        put()  # neither is passed over for what ships, nor found out after the work
        code, _, err = run(*command)
        assert code == 2 and path.name in err and says in err and len(err.splitlines()) == 1
        path.unlink() if path.is_symlink() else path.rmdir()
    (tmp_path / f"{name}.pt").write_bytes(whole)
    code, _, err = run(*command)
    again = "pretrain" if name == "base" else "train"
    assert code == 2 and f"{name}.pt beside it" in err and f"run `python t2.py {again}`" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("error, code, says", [
    (KeyboardInterrupt(), 130, "\nstopped{}\n"), (Stopped("after 3"), 130, "\nafter 3{}\n"),
    (ValueError("no\n such"), 2, "t2.py: no such\n"), (OSError("no"), 2, "t2.py: no\n")])
def test_how_a_command_ends_before_its_time(error: BaseException, code: int, says: str, run: Run,
                                            monkeypatch: Patch) -> None:
    def fail(args: object) -> None:
        raise error
    goes_on = "; the same command goes on, from what is saved if anything is"
    for command, more in (("train", goes_on), ("ask", "")):
        monkeypatch.setitem(t2.COMMANDS, command, fail)
        assert run(command, *["hi"] * (command == "ask")) == (code, "", says.format(more))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there it is another error")
def test_who_reads_no_more_is_no_mistake(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-u", "t2.py", "adapt", "--n", "2", "--out",
                                str(tmp_path)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith("base")
    process.stdout.close()
    error = process.stderr.read()
    assert process.wait(timeout=60) == 141 and "roken" not in error and "rror" not in error


def test_text_that_a_model_or_a_user_wrote_moves_no_cursor(run: Run, tmp_path: Path,
                                                           monkeypatch: Patch) -> None:
    """And what a terminal has no signs for is spelt out."""
    text = "hi \x1b[2J \x9b31m \r there"
    monkeypatch.setattr(t2, "answer", lambda *args: [(text, False)])
    code, out, _ = run("ask", text)
    assert code == 0 and out.count(r"\x1b[2J") >= 3 and not set(out) & {"\x1b", "\x9b", "\r"}
    monkeypatch.setattr(t2, "answer", lambda *args: [("caf\u00e9", False)])
    shown = io.BytesIO()
    with io.TextIOWrapper(shown, encoding="ascii") as screen:
        monkeypatch.setattr("sys.stdout", screen)
        assert t2.main(["ask", "--out", str(tmp_path), "hi"]) == 0
        screen.flush()
        assert rb"the base      caf\xe9" in shown.getvalue()


# ------------------------------------------------------------------ the two passes, piece by piece

def test_the_first_domain_that_an_answer_names_is_the_category(session: Session, monkeypatch: Patch
                                                               ) -> None:
    """And one that names none is "others"; how sure it is, its first token says."""
    asked, z = [], torch.ones(session.svf.N)

    def complete(model: object, brief: tokenizer.PromptFormat, prompts: list[str]) -> list:
        asked.extend([*prompts, brief.max_new, session.svf.layers["0.q"].merged is not None])
        return [Completion(brief.encoding.encode_ordinary(said), [math.log(0.5), -9.0])
                for said in (" code", " what")]
    monkeypatch.setattr("model.complete", complete)
    (one, sure), (other, _) = t2.categorise(session, z, [" a", " b"])
    assert (one, other, sure) == ("code", "others", pytest.approx(0.5))
    assert asked == [f" a{session.which}", f" b{session.which}", 8, True]  # B: by the expert z
    t2.categorise(session, None, [])
    assert asked[-1] is False  # A: by the base


def test_each_problem_is_answered_by_its_own_alpha_and_others_by_the_base_bit_for_bit(
        session: Session, monkeypatch: Patch) -> None:
    library, plain, used = session.library(), session.svf.use, []
    Z = torch.stack([library[name] for name in EXPERTS])
    problems = TASKS["opposite"].problems(2, "test", 3) + TASKS["bus"].problems(2, "test", 3)
    alpha = t2.one_hot(EXPERTS, ["others", "math", "others", "reasoning"])
    monkeypatch.setattr(session.svf, "use", lambda z: used.append(z) or plain(z))
    found = t2.answer(session, Z, alpha, problems, "")
    assert used[0] is None and [*map(torch.Tensor.tolist, used[1:])] == Z[[0, 2]].tolist()
    for i, z in enumerate((None, Z[0], None, Z[2])):
        with session.svf.adapted(z):
            c, = complete(session.svf.model, session.fmt, [problems[i].prompt])
        assert found[i] == session.fmt.read(c.tokens)
    assert t2.answer(session, Z, torch.tensor([0, 0, 1.0]), problems[3:], "") == found[3:]
    assert t2.answer(session, Z, alpha[:0], [], "") == []


def test_c_and_its_baseline_search_on_the_shots_that_were_asked_for(session: Session,
                                                                    monkeypatch: Patch) -> None:
    found = []

    def searched(svf: object, fmt: object, Z: object, shots: list, *rest: object) -> tuple:
        found.append((shots, [x for x in rest if isinstance(x, torch.Generator)][0]))
        return torch.zeros(1), [{"best": seed - 4.0}, {"best": 0.0}]
    monkeypatch.setattr("cem.few_shot", searched)
    monkeypatch.setattr("data.run.baselines.random_search", searched)
    for seed in (4, 5):
        monkeypatch.setattr(session, "args", Adapt(few_shot=3, seed=seed))
        found_by = t2.strategies(session, session.library(), torch.ones(3, 1), TASKS["bus"], [])
        told = found_by["few-shot"]()[1]
        assert (told["shots"], told["signal"], len(told["cem"])) == (3, seed == 5, 2)
        found_by["search"]()
        assert [shots for shots, _ in found[-2:]] == [TASKS["bus"].problems(3, "shots", seed)] * 2
    streams = [generator for _, generator in found] + [seeded("random", "bus", n) for n in (4, 5)]
    assert len({generator.initial_seed() for generator in streams}) == 6


def chosen(task: str = "bus", seed: int = 0, strategy: str = "all", more: str = CLASSIFIER
           ) -> dict[str, tuple[torch.Tensor, dict]]:
    """What each strategy says of two prompts; A calls both others, B one of them code."""
    session = SimpleNamespace(domains=("math", "code"), mixture=None,
                              args=Adapt(seed=seed, strategy=strategy))
    found = t2.strategies(session, {more: torch.ones(1)}, torch.ones(2, 1), TASKS[task],
                          TASKS["bus"].problems(2, "test"))
    return {name: pass_1() for name, pass_1 in found.items() if name != "search"}


def test_each_strategy_is_what_its_name_says(monkeypatch: Patch) -> None:
    monkeypatch.setattr(t2, "categorise", lambda session, z, prompts: [
        ("others", 0.5), ("others" if z is None else "code", 1.0)])
    monkeypatch.setattr(t2, "search", lambda *given: (torch.tensor([9.0, 9.0]), {}))
    found = chosen()
    assert {name: alpha.flatten().tolist() for name, (alpha, _) in found.items()
            if name != "random"} == {
        "base": [0, 0], "math": [1, 0], "code": [0, 1], "uniform": [0.5, 0.5],
        "prompt": [0, 0, 0, 0], "classifier": [0, 0, 0, 1], "few-shot": [9, 9]}
    assert found["classifier"][1] == {"named": ["others", "code"], "sure": [0.5, 1.0]}
    blind = [chosen(task, seed)["random"][0] for task in ("bus", "pair") for seed in range(20)]
    assert len({tuple(alpha.tolist()) for alpha in blind}) == 40
    assert abs(torch.stack(blind).mean() - 0.5) < 0.15  # around the even mixture
    alone = ["base", "math", "code"]  # and what is not there is no strategy
    assert [*chosen(strategy="prompt")] == [*alone, "prompt"]
    assert [*chosen(strategy="classifier", more="")] == alone
    assert [*chosen(strategy="few-shot")] == [*alone, "uniform", "random", "few-shot"]


@pytest.mark.parametrize("ranks", [1, 2, 4])  # of four one has nothing to do
def test_a_row_has_the_seconds_of_each_pass_and_the_means_of_all_processes(
        ranks: int, session: Session, monkeypatch: Patch) -> None:
    """Of what was right, of alpha, of who was named and of how sure that was."""
    problems = TASKS["bus"].problems(3, "test", 0)
    told = dict(zip([p.prompt for p in problems], [("code", 1.0), ("others", .25), ("code", .25)]))
    monkeypatch.setattr(session, "args", Adapt(n=3, strategy="prompt"))
    monkeypatch.setattr(t2, "categorise", lambda session, z, prompts: [told[p] for p in prompts])
    monkeypatch.setattr(t2, "answer", lambda session, Z, alpha, mine, what: [
        (p.parts[0].answer * ("code" in what or p.prompt in [*told][:1]), "math" in what)
        for p in mine])
    so_far: dict[int, torch.Tensor] = {}
    counted: list[list[Counter]] = []
    for rank in range(ranks):
        sums, clock = iter(range(99)), iter([1.0, 3.0, 8.0] * 9)

        def summed(x: torch.Tensor, sums: object = sums) -> torch.Tensor:
            i = next(sums)
            so_far[i] = so_far.get(i, 0) + x  # of one shape, as those of processes have to be
            return x.copy_(so_far[i])
        counted.append([])
        monkeypatch.setattr("data.processes.added", lambda own: counted[-1].append(own) or sum(
            (mine[len(counted[-1]) - 1] for mine in counted), Counter()))
        monkeypatch.setattr(adapt, "summed", summed)
        monkeypatch.setattr(adapt, "by_rank", lambda n, rank=rank: range(rank, n, ranks))
        monkeypatch.setattr(t2, "time", SimpleNamespace(monotonic=clock.__next__))
        row = adapt.row(session, session.library(), TASKS["bus"], t2.passes)
    found = row["strategies"]
    assert row["n"] == 3 and [*found] == ["base", *EXPERTS, "prompt"]
    assert found["math"]["answers"]["cut"] == found["code"]["answers"]["right"] == 3
    assert found["code"]["accuracy"] == 1 and found["math"]["accuracy"] == pytest.approx(1 / 3)
    assert found["prompt"] == {
        "accuracy": pytest.approx(1 / 3), "interval": pytest.approx(wilson(1 / 3, 3)),
        "answers": {"right": 1, "wrong": 2, "not judged": 0, "cut": 0},
        "alpha": pytest.approx([0, 2 / 3, 0]), "sure": 0.5, "seconds": [2.0, 5.0],
        "named": pytest.approx({"code": 2 / 3, "others": 1 / 3})}


def test_c_without_a_right_shot_is_the_base_and_says_so(run: Run, tmp_path: Path,
                                                        monkeypatch: Patch) -> None:
    monkeypatch.setattr("data.tasks.problem.Problem.judge", lambda *given: Verdict(False))
    code, out, _ = run("adapt", "--task", "bus", "--n", 2, "--few-shot", 1, "--strategy",
                       "few-shot")
    found = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["bus"]["strategies"]
    assert code == 0 and found["few-shot"]["signal"] is False
    assert found["few-shot"]["alpha"] == [0, 0, 0]
    assert "bus      no shot was answered right by any candidate: alpha is 0, the base" in out
    out = run("ask", "hello", "--task", "bus", "--few-shot", 1)[1]
    assert "(1 shots): the base\n  pass 1      math +0.00" in out
    (tmp_path / "adapt.json").unlink()
    code, out, _ = run("ask", "hello", "--task", "bus", "--few-shot", 1)
    found = json.loads((tmp_path / "ask.json").read_text())
    assert found["few-shot"]["signal"] is False
    assert found["few-shot"]["answer"] == found["base"]["answer"]
    assert "C few-shot    no shot was answered right by any candidate: the base" in out


# ----------------------------------------------------- what is tested on, and what is gone on with

def test_adapt_goes_on_with_the_rows_of_the_same_run_alone(run: Run, tmp_path: Path,
                                                           monkeypatch: Patch) -> None:
    tasks, (first, second, *_) = [], (task.name for task in UNSEEN)

    def row(session: Session, library: dict, task: object, passes: object) -> dict:
        tasks.append(task.name)
        if task.name == second:
            raise KeyboardInterrupt
        return done
    base = {"accuracy": 0.5, "interval": [0.1, 0.9], "alpha": [0] * 3, "seconds": [0, 0],
            "answers": together([])}
    done = {"n": 1, "strategies": {"base": base}}
    monkeypatch.setattr(adapt, "row", row)
    for more, why in (([], ""), (["--few-shot", 4], "shots is 4, and was 8"),
                      (["--strategy", "prompt"], "shots is 8, and was 4; strategy is prompt"),
                      (["--n", 9], "n is 9, and was 1"), (["--seed", 1], "seed is 1, and was 0")):
        code, out, _ = run("adapt", *more)
        assert code == 130 and tasks == [first, second]  # nothing of the run before
        assert (f"adapt.json is of another run, begun anew: {why}" in out) is bool(why)
        tasks.clear()
    code, out, _ = run("adapt", *more)
    assert tasks == [second] and "anew" not in out and f"\n{first} " in out  # shown again
    shutil.copy(HERE / "code.safetensors", tmp_path / "math.safetensors")  # another of that name
    run("adapt", *more)
    assert tasks == [second, first, second]
    old = json.loads((tmp_path / "adapt.json").read_text())
    del old["run"]["search"]  # from when C searched in another way
    (tmp_path / "adapt.json").write_text(json.dumps(old))
    assert "adapt.json is of another run, begun anew: its search changed" in run("adapt", *more)[1]
    monkeypatch.setattr(adapt, "row", lambda *given: done)
    for which, why in ((["--task", "chain"], "its tasks changed"), ([], "")):
        code, out, _ = run("adapt", *more, *which)  # a trained one too; what is finished is over
        assert code == 0 and (f"begun anew: {why}" if why else "\n\ntask") in out
        report = json.loads((tmp_path / "adapt.json").read_text())
        assert report["finished"] and [*report["tasks"]] == (
            which[1:] or [task.name for task in UNSEEN])


@pytest.mark.parametrize("more, trains, tests, says", [
    ([], 0, 0, ""), (["--batch", 7], 0, 0, ""), (["--n", 30], 0, 2, ""), (["--n", 1], 0, 2, ""),
    (["--seed", 1], 1, 2, "seed is 1, and was 0"), (["--steps", 3], 1, 2, "steps is 3, and was 4"),
    (["--rate", 0.5], 1, 2, "rate is 0.5, and was 0.02"),
    (["--max-new-tokens", 9], 1, 2, "max_new is 9, and was 72")])
def test_what_training_depends_on_is_a_run_of_its_own_and_what_tests_depend_on_is_tested_again(
        more: list, trains: int, tests: int, says: str, run: Run, trained: tuple[list, list],
        tmp_path: Path) -> None:
    (trainings, tested), command = trained, ["train", "--task", "math", "--n", 9]
    assert run(*command)[0] == 0 and trainings == [Recipe()]
    assert [z if z is None else z.unique().tolist() for z, _ in tested] == [None, [0.5]]
    assert tested[0][1] == [p for t in trained_on("math") for p in t.problems(3, "test", 0)]
    code, out, _ = run(*command, *more)
    assert (code, len(trainings), len(tested)) == (0, 1 + trains, 2 + tests)
    lines = [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("math")]
    assert lines[0].startswith(f"trained anew: {says}" if trains else "n ")
    row = json.loads((tmp_path / "train.json").read_text())["experts"]["math"]
    assert (row["n"], row["base"], row["expert"]) == (len(tested[-1][1]), 0, 1)
    assert row["interval"] == [*wilson(1, row["n"])]
    assert row["n"] == {"--n": max(3, more[-1]) if more else 9}.get(*more[:1] or [""], 9)
    assert not list(tmp_path.glob("*.state.safetensors"))


@pytest.mark.parametrize("change", [
    {"row": {}}, {"row": []}, {"row": {"log": []}}, {"run": [1]}, {"run": {"seed": 0}, "row": 0},
    {"row": {"asked": "x", "log": [{"reward": 0.5}], "seconds": 1, "parameters": 1,
             "answers": {}}},
    {"row": {"answers": {"training": {"cut": 1}}, "log": [{"reward": 0.5}], "seconds": 1,
             "parameters": 1}}])
def test_an_expert_that_says_odd_things_of_itself_is_trained_anew(
        change: dict, run: Run, trained: tuple[list, list], tmp_path: Path) -> None:
    """Its own, and those beside it: they are read for train.json."""
    command, path = ["train", "--task", "math", "--n", 9], tmp_path / "math.safetensors"
    assert run(*command)[0] == 0
    tensors, meta = load(path, "expert")
    for name in ("math", "code"):
        save(tmp_path / f"{name}.safetensors", tensors, {**meta, "facts": meta["facts"] | change})
    code, out, _ = run(*command)
    assert code == 0 and "trained anew" in out and len(trained[0]) == 2
    assert [*json.loads((tmp_path / "train.json").read_text())["experts"]] == ["math"]


def test_a_line_of_another_domain_trains_nothing_and_a_test_line_is_tested(
        trained: tuple[list, list], session: Session, tmp_path: Path, monkeypatch: Patch,
        capsys: Said) -> None:
    (trainings, tested), path = trained, tmp_path / "tasks.jsonl"
    lines = [{"prompt": f"{kind} {i}?", "answer": str(i), "domain": kind}
             for kind in ("sums", "words") for i in range(300)]
    new = {split: next(f"sums {i}?" for i in range(300, 999)
                       if split_of(f"sums {i}?", jsonl.SPLITS) == split)
           for split in ("train", "test", "shots")}
    monkeypatch.setattr(session, "args", Train(weights="DIR", out=tmp_path, n=20))
    for more, domain, trains, tests in (
            ("sums 0?", "sums", 1, 2), ("what?", "words", 1, 2), (new["shots"], "sums", 1, 2),
            (new["test"], "sums", 1, 4), (new["train"], "sums", 2, 6)):
        lines.append({"prompt": more, "answer": "0", "domain": domain})
        Random(more).shuffle(lines)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        monkeypatch.setattr(session, "trained", {
            name: (pool,) for name, pool in jsonl.read(path).items()})
        row = train.train_one(session, "sums")
        assert (len(trainings), len(tested)) == (trains, tests), more
        assert row["n"] == len(tested[-1][1]) and all(p.label == "sums" for p in tested[-1][1])
    assert capsys.readouterr().out.count("trained anew: its questions changed") == 1
    for name, value, says in (
            ("dtype", "bfloat16", "dtype is bfloat16, and was"),
            ("fmt", replace(session.fmt, stop="."), "stop is ., and was "),
            ("fmt", replace(session.fmt, stop=".", around="{}?"), "its prompt changed")):
        monkeypatch.setattr(session, name, value)
        train.train_one(session, "sums")
        assert capsys.readouterr().out.startswith(f"sums        trained anew: {says}")
    files: list[str] = []  # adapt has made its rows of another file

    def table(session: object, run: dict, rows: int) -> None:
        files.append(run["file"])
        raise KeyboardInterrupt
    monkeypatch.setattr(adapt, "Session", lambda args: session)
    monkeypatch.setattr(adapt, "Table", table)
    monkeypatch.setattr(session, "library", dict)
    for more in ("", "\n"):
        path.write_text(path.read_text() + more)
        with pytest.raises(KeyboardInterrupt):
            adapt.table(Adapt(tasks=str(path)), t2.passes)
    assert len(set(files)) == 2


def test_a_recipe_is_what_help_says_where_nothing_is_asked_for() -> None:
    ours, published = train.recipe(Train()), train.recipe(Train(weights="DIR"))
    text = {f.name: f.metadata["help"] for f in fields(Train)}
    for name in ("steps", "rate"):
        assert text[name].endswith(f"(default: {getattr(ours, name)}; open weights "
                                   f"{getattr(published, name)})")
    assert f"{ours.batch} to train; open weights {published.batch}" in text["batch"]
    assert train.recipe(Train(steps=3, rate=0.5, batch=24)) == Recipe(steps=3, rate=0.5, batch=24)


def test_a_run_is_of_its_base_and_one_of_other_tokens_is_refused(session: Session, run: Run,
                                                                 tmp_path: Path) -> None:
    ships = fingerprint(load_model(HERE / "base.safetensors"))
    assert session.identity()["base"] == session.base == ships  # another base is another run
    config = session.svf.model.config
    model = GPT(replace(config, layers=1, vocab=config.vocab + 1))
    model.initialise(seeded("another"))
    save_model(model, tmp_path / "base.safetensors")
    code, _, err = run("ask", "hi")
    assert code == 2 and "the tokenizer" in err and "run `python t2.py pretrain`" in err


@pytest.mark.parametrize("asked, threads", [(0, 1), (1, 1), (2, 2)])
def test_a_session_has_the_limits_and_threads_that_were_asked_for(
        asked: int, threads: int, tmp_path: Path, monkeypatch: Patch) -> None:
    """What is built in runs on one thread unless it is told otherwise."""
    monkeypatch.setattr("data.run.session.SVF", lambda model: None)
    monkeypatch.setattr("data.run.device.quickest", lambda threads: threads)
    torch.set_num_threads(3)
    fmt = Session(Ask(out=tmp_path, max_new_tokens=3, batch=5, threads=asked)).fmt
    assert torch.get_num_threads() == threads and (fmt.max_new, fmt.batch) == (3, 5)
