"""The commands as a user types them, on what ships with the project."""
from __future__ import annotations

import io
import json
import math
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import t2
from data import HERE, tokenizer
from data.files import fingerprint
from data.llama.chat import built_in
from data.run.checkpoints import save_model
from data.run.flags import Adapt, Ask, Train, parsed
from data.run.report import wilson
from data.run.resume import seeded
from data.run.screen import Line
from data.run.session import Session
from data.tasks.families import TASKS, UNSEEN, trained_on
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import Task
from model import GPT, Completion
from rl import Recipe
from svf import SVF

ROOT = HERE.parent


def run(*args: object) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "t2.py", *map(str, args)], cwd=ROOT, text=True,
                          capture_output=True, timeout=300)


@pytest.mark.parametrize("command", [[], ["adapt"], ["train"], ["pretrain"], ["ask"]])
def test_help_answers_without_importing_torch(command: list[str]) -> None:
    start = time.monotonic()
    done = run(*command, "--help")
    assert done.returncode == 0 and "usage" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert time.monotonic() - start < 3  # well under a second on a quiet machine
    code = f"import sys, t2\ntry: t2.main({[*command, '--help']})\nexcept SystemExit: pass\n" \
           "assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT,
                          capture_output=True).returncode == 0


def test_adapt_prints_and_writes_a_row(tmp_path: Path) -> None:
    done = run("adapt", "--task", "bus", "--n", 20, "--out", tmp_path, "--threads", 1)
    assert done.returncode == 0, done.stderr
    assert "bus" in done.stdout and str(Path("data") / "base.pt") in done.stdout
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["bus"]
    ways = ["base", "math", "code", "reasoning", "uniform", "random", "search", "prompt",
            "classifier", "few-shot"]
    assert row["n"] == 20 and list(row["ways"]) == ways
    for found in row["ways"].values():
        low, high = found["interval"]
        assert 0 <= low < high < 1.001 and low - 1e-9 <= found["accuracy"] <= high + 1e-9
        assert len(found["alpha"]) == 3 and len(found["seconds"]) == 2


def test_one_strategy_runs_alone(tmp_path: Path) -> None:
    done = run("adapt", "--task", "bus", "--n", 10, "--out", tmp_path, "--strategy", "classifier")
    row = json.loads((tmp_path / "adapt.json").read_text())["tasks"]["bus"]
    assert done.returncode == 0 and list(row["ways"]) == [
        "base", "math", "code", "reasoning", "classifier"]
    assert "\ntask      base math code reas    B\nbus" in done.stdout


def test_ask_shows_both_passes(tmp_path: Path) -> None:
    done = run("ask", "What is 12 + 7 - 3?", "--out", tmp_path)
    assert done.returncode == 0 and "pass 1" in done.stdout and "pass 2" in done.stdout
    assert json.loads((tmp_path / "ask.json").read_text())["question"] == "what is 12 +7 -3 ?"


def test_train_writes_an_expert_that_adapt_then_uses(tmp_path: Path) -> None:
    done = run("train", "--task", "math", "--steps", 2, "--n", 30, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads((tmp_path / "train.json").read_text())["experts"]["math"]
    assert {"n", "base", "expert", "parameters", "seconds"} <= set(row)
    again = run("train", "--task", "math", "--steps", 2, "--n", 30, "--out", tmp_path)
    assert "train math" not in again.stderr  # what was finished is not done again
    used = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert str(tmp_path / "math.pt") in used.stdout
    assert str(Path("data") / "code.pt") in used.stdout


def test_train_json_has_the_experts_of_one_seed(tmp_path: Path) -> None:
    for seed, task in ((0, "math"), (1, "code"), (1, "reasoning")):
        run("train", "--task", task, "--seed", seed, "--steps", 1, "--n", 3, "--out", tmp_path)
    found = json.loads((tmp_path / "train.json").read_text())
    assert found["seed"] == 1 and list(found["experts"]) == ["code", "reasoning"]


@pytest.mark.parametrize("args, says", [
    (["adapt", "--task", "nonsense"], "nonsense"), (["adapt", "--few-shot", "0"], "from 1 to"),
    (["adapt", "--few-shot", "-3"], "from 1 to"), (["adapt", "--few-shot", "many"], "many"),
    (["adapt", "--n", "0"], "from 1 to"), (["adapt", "--device", "abacus"], "abacus"),
    (["ask", ""], "empty"), ([], "COMMAND"), (["adapt", "--n", "999999"], "to 5,000")])
def test_bad_flags_are_one_clear_line(args: list[str], says: str, tmp_path: Path) -> None:
    done = run(*args, *(["--out", tmp_path] if args else []))
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_out_that_cant_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file of the user's")
    for out in (tmp_path / "file", tmp_path / "file" / "folder"):
        done = run("adapt", "--out", out)
        assert done.returncode == 2 and "can't write there" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "file").read_text() == "a file of the user's"


@pytest.mark.parametrize("name", ["base.pt", "math.pt", "classifier.pt"])
@pytest.mark.parametrize("content", ["empty", "half", "text", "another"])
def test_damaged_files_are_one_clear_line(name: str, content: str, tmp_path: Path) -> None:
    whole = (HERE / name).read_bytes()
    other = (HERE / ("base.pt" if name != "base.pt" else "math.pt")).read_bytes()
    (tmp_path / name).write_bytes({"empty": b"", "half": whole[:len(whole) // 2],
                                   "text": b"hello", "another": other}[content])
    done = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
def test_pretrain_writes_a_base_that_ask_then_uses(tmp_path: Path) -> None:
    assert run("pretrain", "--steps", 2, "--out", tmp_path).returncode == 0
    assert {"seconds", "parameters"} <= set(json.loads((tmp_path / "pretrain.json").read_text()))
    assert not list(tmp_path.glob("*.state.pt"))
    done = run("ask", "hello", "--out", tmp_path)  # the experts that ship fit another base
    assert done.returncode == 2 and "train it again" in done.stderr


def test_an_expert_of_another_base_is_refused(tmp_path: Path) -> None:
    from data.run.checkpoints import load_model
    model = load_model(HERE / "base.pt")
    model.initialise(seeded("another"))
    save_model(model, tmp_path / "base.pt")
    done = run("adapt", "--task", "bus", "--n", 5, "--out", tmp_path)
    assert done.returncode == 2 and "train it again" in done.stderr


def test_others_is_answered_by_the_base_bit_for_bit() -> None:
    from data.run.answers import answers
    session = Session(Adapt(out=ROOT / "no such folder"))
    problems = TASKS["opposite"].problems(12, "test", 3)
    math = session.library()["math"][None]
    base = answers(session.svf, None, session.fmt, problems)
    t2.answer(session, math, torch.ones(1, 1), problems, "")  # leaves that expert's weights behind
    alpha = t2.one_hot(("math",), ["others"] * 12)
    assert t2.answer(session, math, alpha, problems, "") == base
    for layer in session.svf.layers.values():
        assert layer.merged is None and layer.gain is None


def test_each_problem_is_answered_by_its_own_alpha() -> None:
    """Who answers what: by experts whose names are the answers, problems told apart by number."""
    Z = torch.tensor([[2.0, 1.0], [1.0, 3.0]])

    def answers(z: torch.Tensor | None, problems: list, what: str) -> list[str]:
        return [f"{problem}: {None if z is None else z.tolist()}" for problem in problems]
    session = SimpleNamespace(svf=SimpleNamespace(sizes=[1, 1]), answers=answers)
    alpha = t2.one_hot(("a", "b"), ["b", "others", "a", "b"])
    assert t2.answer(session, Z, alpha, [0, 1, 2, 3], "") == [
        "0: [1.0, 3.0]", "1: None", "2: [2.0, 1.0]", "3: [1.0, 3.0]"]
    assert t2.answer(session, Z, torch.tensor([[.5], [.5]]), [7], "") == ["7: [1.5, 2.0]"]
    assert t2.answer(session, Z, torch.tensor([[.5, 0.], [0., .5]]), [7], "") == ["7: [1.5, 2.0]"]


def test_ask_has_nothing_to_go_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(args: Ask) -> None:
        raise KeyboardInterrupt
    monkeypatch.setitem(t2.COMMANDS, "ask", interrupted)
    assert t2.main(["ask", "hi", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "\nstopped\n"


def test_what_is_built_in_runs_on_one_thread_unless_told_otherwise(tmp_path: Path) -> None:
    for more, threads in (([], 1), (["--threads", "2"], 2)):
        torch.set_num_threads(3)
        Session(parsed(["adapt", "--out", str(tmp_path), *more], ""))
        assert torch.get_num_threads() == threads


@pytest.mark.skipif(sys.platform == "win32", reason="there it is another error")
def test_who_reads_no_more_is_no_mistake(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-u", "t2.py", "adapt", "--n", "2", "--out",
                                str(tmp_path)], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith("base")
    process.stdout.close()
    error = process.stderr.read()
    assert process.wait(timeout=60) == 141 and "roken" not in error and "rror" not in error


def test_ctrl_c_before_there_is_a_step_is_one_clear_line(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    def interrupted(args: Train) -> None:
        raise KeyboardInterrupt
    monkeypatch.setitem(t2.COMMANDS, "train", interrupted)
    assert t2.main(["train", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "\nstopped; the same command goes on from what is saved\n"


def test_an_alarm_is_said_at_once_and_not_again(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line("train math", 40)
    for step, alarm in enumerate(["", "KL runs away", "KL runs away", ""]):
        line(step, {"reward": 0.5, **({"alarm": alarm} if alarm else {})})
    [said] = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"train math 2/40  ETA \d+ s  ! KL runs away  reward 0.50", said)


def test_text_that_a_model_or_a_user_wrote_moves_no_cursor(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    text = "hi \x1b[2J \x9b31m \r there"
    monkeypatch.setattr("data.run.session.answers", lambda *args: [text])
    assert t2.main(["ask", "--out", str(tmp_path), text]) == 0
    said = capsys.readouterr().out
    assert said.count(r"\x1b[2J") == 3 and not set(said) & {"\x1b", "\x9b", "\r"}


def test_text_that_a_terminal_has_no_signs_for_is_spelt_out(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.run.session.answers", lambda *args: ["caf\u00e9"])
    shown = io.BytesIO()
    with io.TextIOWrapper(shown, encoding="ascii") as screen:
        monkeypatch.setattr("sys.stdout", screen)
        assert t2.main(["ask", "--out", str(tmp_path), "hi"]) == 0
        screen.flush()
        assert rb"the base      caf\xe9" in shown.getvalue()


def test_wilson_contains_the_share_and_narrows_with_n() -> None:
    low, high = wilson(0.7, 50)
    assert low < 0.7 < high
    assert wilson(0.7, 500)[1] - wilson(0.7, 500)[0] < high - low


# ------------------------------------------------------------------ the two passes, piece by piece

def test_the_first_domain_that_an_answer_names_is_the_category(monkeypatch: pytest.MonkeyPatch
                                                               ) -> None:
    """And one that names none is "others"; how sure it is, its first token says."""
    speak, asked = built_in(tokenizer.load()), []

    def completions(svf: object, z: object, brief: object, prompts: list[str]) -> list[Completion]:
        asked.extend(prompts)
        return [Completion(speak.encoding.encode_ordinary(said), [math.log(0.5), -9.0])
                for said in (" code and math", " what")]
    monkeypatch.setattr("data.run.answers.completions", completions)
    session = SimpleNamespace(svf=None, fmt=speak, domains=("math", "code"), which=" which ?")
    (one, sure), (other, _) = t2.categorise(session, None, [" a", " b"])
    assert (one, other, sure) == ("code", "others", pytest.approx(0.5))
    assert asked == [" a which ?", " b which ?"]


def test_c_and_its_baseline_search_on_the_shots_that_were_asked_for(
        monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def searched(*given: object) -> tuple[torch.Tensor, list]:
        found.append((*given[3:5], given[5].initial_seed()))
        return torch.zeros(1, 1), []
    monkeypatch.setattr("cem.few_shot", searched)
    monkeypatch.setattr("cem.random_search", lambda *given: searched(*given)[0])
    for seed in (4, 5):
        args = Adapt(few_shot=3, seed=seed, per_matrix=seed == 5)
        session = SimpleNamespace(svf=None, fmt=None, args=args)
        assert t2.search(session, None, TASKS["bus"])[1] == {"shots": 3, "cem": []}
        assert t2.search(session, None, TASKS["bus"], "search")[1] == {}
        for shots, plan, _ in found[-2:]:
            assert shots == TASKS["bus"].problems(3, "shots", seed)
            assert plan.by_matrix is args.per_matrix
    assert len({stream for _, _, stream in found}) == 4


def chosen(task: str = "bus", seed: int = 0, strategy: str = "all", classifier: bool = True
           ) -> dict[str, tuple[torch.Tensor, dict]]:
    """What each way says of two prompts; A calls both others, B one of them code."""
    session = SimpleNamespace(domains=("math", "code"), args=Adapt(seed=seed, strategy=strategy))
    library = {CLASSIFIER: torch.ones(1)} if classifier else {}
    problems = TASKS["bus"].problems(2, "test")
    ways = t2.ways(session, library, None, TASKS[task] if task else None, problems)
    return {name: choose() for name, choose in ways.items()}


def test_each_way_to_choose_alpha_is_what_its_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(t2, "categorise", lambda session, z, prompts: [
        ("others", 0.5), ("others" if z is None else "code", 1.0)])
    monkeypatch.setattr(t2, "search", lambda *given: (given[2:], {}))
    found = chosen()
    assert {name: found[name][0].flatten().tolist() for name in (
        "base", "math", "code", "uniform", "prompt", "classifier")} == {
            "base": [0, 0], "math": [1, 0], "code": [0, 1], "uniform": [0.5, 0.5],
            "prompt": [0, 0, 0, 0], "classifier": [0, 0, 0, 1]}
    assert found["classifier"][1] == {"named": {"code": 0.5, "others": 0.5}, "sure": 0.75}
    assert found["search"][0][1:] == ("search",) and found["few-shot"][0][1:] == ()
    blind = [chosen(task, seed)["random"][0] for task in ("bus", "pair") for seed in range(20)]
    assert len({tuple(alpha.flatten().tolist()) for alpha in blind}) == 40
    assert abs(torch.stack(blind).mean() - 0.5) < 0.15  # around the even mixture


def test_what_is_not_there_is_no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(t2, "categorise", lambda session, z, prompts: [("math", 1.0)] * 2)
    monkeypatch.setattr(t2, "search", lambda *given: (None, {}))
    alone = ["base", "math", "code"]
    assert [*chosen(strategy="prompt")] == [*alone, "prompt"]
    assert [*chosen(strategy="classifier", classifier=False)] == alone
    assert [*chosen(strategy="few-shot")] == [*alone, "uniform", "random", "search", "few-shot"]
    assert "classifier" not in chosen(classifier=False)


def test_a_row_has_the_seconds_of_each_pass_and_the_mean_of_alpha(monkeypatch: pytest.MonkeyPatch
                                                                  ) -> None:
    monkeypatch.setattr(t2, "answer", lambda *given: ["yes"])
    for alpha in (torch.tensor([[[1.0], [0.0]], [[0.0], [0.0]]]),  # (P, K, 1)
                  torch.tensor([[1.0, 0.0], [-1.0, 1.0]])):  # (K, M)
        monkeypatch.setattr(t2, "time", SimpleNamespace(monotonic=iter([1.0, 3.0, 8.0]).__next__))
        monkeypatch.setattr(t2, "ways", lambda *given, alpha=alpha: {
            "this": lambda: (alpha, {"sure": 1}), "that": None})
        session = SimpleNamespace(domains=("math", "code"))
        library = {"math": torch.ones(5), "code": torch.ones(5)}
        [(way, texts, facts)] = t2.passes(session, library, None, [], only=("this",))
        assert way == "this" and texts == ["yes"]
        assert facts == {"sure": 1, "alpha": [0.5, 0.0], "seconds": [2.0, 5.0]}


# ----------------------------------------------------- what is tested on, and what is gone on with

def test_adapt_tests_on_the_test_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(t2, "ways", lambda *args: given.append(args[-1]) or {})
    session = SimpleNamespace(domains=("math",), args=Adapt(n=7, seed=3))
    t2.adapt_task(session, {"math": torch.ones(1)}, TASKS["bus"])
    assert given == [TASKS["bus"].problems(7, "test", 3)]


def test_adapt_goes_on_with_the_rows_of_the_same_run_alone(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    tasks, (first, second, *_) = [], (task.name for task in UNSEEN)

    def row(session: Session, library: dict, task: Task) -> dict:
        tasks.append(task.name)
        if task.name == second:
            raise KeyboardInterrupt
        return {"n": 1, "ways": {}}
    monkeypatch.setattr(t2, "adapt_task", row)
    for more in ([], ["--few-shot", "4"], ["--strategy", "few-shot"], ["--per-matrix"],
                 ["--n", "9"], ["--seed", "1"]):
        assert t2.main(["adapt", "--out", str(tmp_path), *more]) == 130
        assert tasks == [first, second], more  # nothing of the run before
        tasks.clear()
    assert t2.main(["adapt", "--out", str(tmp_path), *more]) == 130
    assert tasks == [second]
    assert capsys.readouterr().out.splitlines()[-1].startswith(first)  # shown again
    shutil.copy(HERE / "code.pt", tmp_path / "math.pt")  # another expert of that name
    assert t2.main(["adapt", "--out", str(tmp_path), *more]) == 130
    assert tasks == [second, first, second]
    monkeypatch.setattr(t2, "adapt_task", lambda *given: {"n": 1, "ways": {}})
    assert t2.main(["adapt", "--out", str(tmp_path), *more]) == 0
    assert not list(tmp_path.glob("*.state.pt"))
    assert len(json.loads((tmp_path / "adapt.json").read_text())["tasks"]) == len(UNSEEN)
    assert t2.main(["adapt", "--out", str(tmp_path), "--task", "chain"]) == 0  # a trained one too


def test_train_tests_base_and_expert_on_test_prompts_and_does_nothing_twice(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes, tested = [], []

    def reinforce(svf: SVF, speak: object, tasks: tuple, how: Recipe, seed: int, state: Path,
                  *rest: object) -> tuple[torch.Tensor, list[dict]]:
        recipes.append(how)
        state.write_text("as a run leaves it that takes longer than this")
        return torch.ones(svf.N), [{"reward": 0.0, "seconds": 1.0}]

    def answers(session: Session, z: torch.Tensor | None, problems: list, what: str) -> list[str]:
        tested.extend(problems)
        return ["wrong" if z is None else "right"] * len(problems)
    monkeypatch.setattr("rl.reinforce", reinforce)
    monkeypatch.setattr("data.run.answers.right", lambda _, texts: [text == "right" for text in texts])
    monkeypatch.setattr(Session, "answers", answers)
    train = ["train", "--n", "9", "--seed", "2", "--out", str(tmp_path)]
    for more in (["math"], ["code"], ["code"], ["code", "--steps", "3", "--rate", "0.5",
                                               "--batch", "24"]):
        assert t2.main([*train, "--task", *more]) == 0
    assert recipes == [Recipe(), Recipe(), Recipe(steps=3, rate=0.5, batch=24)]
    assert not list(tmp_path.glob("*.state.pt"))
    rows = json.loads((tmp_path / "train.json").read_text())["experts"]
    assert [*rows] == ["math", "code"]
    assert {(row["n"], row["base"], row["expert"]) for row in rows.values()} == {(9, 0, 1)}
    assert tested[:9] == [p for t in trained_on("math") for p in t.problems(3, "test", 2)]


def test_a_recipe_is_what_help_says_where_nothing_is_asked_for() -> None:
    ours, published = t2.recipe(Train()), t2.recipe(Train(weights="DIR"))
    text = {f.name: f.metadata["help"] for f in fields(Train)}
    for name in ("steps", "rate"):
        assert text[name].endswith(f"(default: {getattr(ours, name)}; open weights "
                                   f"{getattr(published, name)})")
    assert f"{ours.batch} to train; open weights {published.batch}" in text["batch"]


@pytest.mark.parametrize("more", [["--max-new-tokens", "9"], ["--n", "9"], ["--seed", "1"]])
def test_what_a_run_must_share_to_be_gone_on_with(more: list[str], tmp_path: Path) -> None:
    def identity(*more: str) -> dict:
        return Session(parsed(["train", "--out", str(tmp_path), *more], "")).identity()
    assert identity() == identity("--batch", "7") != identity(*more)


@pytest.mark.parametrize("vocab", [0, 1])
def test_another_base_is_another_run_and_one_of_other_tokens_is_refused(vocab: int, tmp_path: Path
                                                                        ) -> None:
    here = Session(Adapt(out=tmp_path))
    model = GPT(replace(here.svf.model.config, layers=1, vocab=tokenizer.load().n_vocab + vocab))
    model.initialise(seeded("another"))
    save_model(model, tmp_path / "base.pt")
    if vocab:
        with pytest.raises(ValueError, match="the tokenizer .* run `python t2.py pretrain"):
            Session(Adapt(out=tmp_path))
    else:
        assert Session(Adapt(out=tmp_path)).identity() != here.identity()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_command_has_the_threads_that_were_asked_for(threads: int, tmp_path: Path) -> None:
    Session(Adapt(out=tmp_path, threads=threads))
    assert torch.get_num_threads() == threads


def test_answers_have_the_limits_that_were_asked_for(tmp_path: Path) -> None:
    speak = Session(Adapt(out=tmp_path, max_new_tokens=3, batch=5)).fmt
    assert (speak.max_new, speak.batch) == (3, 5)


def test_pretrain_draws_base_and_corpus_from_the_seed(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
        ) -> None:
    found = []

    def fit(model: GPT, batches: Callable[[int], list], steps: int, state: Path, *rest: object
            ) -> list[dict]:
        found.append((fingerprint(model), batches(0)))
        state.write_text("as a run leaves it that takes longer than this")
        return [{"seconds": 1.0, "loss": 1.0}]
    monkeypatch.setattr("data.run.pretrain.fit", fit)
    for seed in (0, 0, 1):
        assert t2.main(["pretrain", "--seed", str(seed), "--out", str(tmp_path)]) == 0
    first, again, other = found
    assert first == again and first[0] != other[0] and first[1] != other[1]
    assert not list(tmp_path.glob("*.state.pt"))
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    assert t2.main(["pretrain", "--out", str(tmp_path)]) == 2
    assert "start it without torchrun" in capsys.readouterr().err
