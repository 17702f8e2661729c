"""What is said of a user's tasks before the weights are read: these are damaged here."""
from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import t2
from data.run.checkpoints import gains, load_llama, save_expert
from data.run.flags import Ask, Train
from data.run.own import Room, answer_length, fitting, own_tasks
from data.run.session import Session
from data.tasks.jsonl import CLASSIFIER, Pool, Pools, Question, read
from data.tasks.problem import OTHERS
from data.tasks.splits import SPLITS
from svf import SVF
from tests.conftest import Patch, Said
from tests.test_open_weights import folder  # noqa: F401  (a fixture)

N = 2 * (24 + 12 + 12 + 24 + 3 * 24)  # gains of an expert of the folder's model
CONTEXT = 300  # tokens that it reads
Weights = Callable[..., Path]


@pytest.fixture
def closed(folder: Path, tmp_path: Path) -> Path:  # noqa: F811
    """The folder with weights that can't be read; lines of two domains and of others."""
    made = tmp_path / "weights"
    shutil.copytree(folder, made)
    for path in made.glob("*.safetensors"):
        path.write_bytes(b"damaged")
    return made


def lines(kind: str, n: int, start: int = 0) -> str:
    return "".join(json.dumps({"prompt": f"{kind} {i}?", "answer": "yes", "domain": kind}) + "\n"
                   for i in range(start, start + n))


@pytest.fixture
def run(closed: Path, tmp_path: Path, capsys: Said) -> Callable[[str], tuple[str, list[str]]]:
    """A command in which W are the weights, T their tasks, and FILE.jsonl lies in tmp_path: what
    it prints, and its error."""
    def command(text: str) -> tuple[str, list[str]]:
        words = [{"W": str(closed), "T": str(closed / "tasks.jsonl"), "LONG": "x " * 400}.get(
            word, str(tmp_path / word) if word.endswith(".jsonl") else word)
            for word in text.split()]
        capsys.readouterr()
        try:
            code = t2.main([*words, "--threads", "1", *["--out", str(tmp_path / "out")] * (
                "--out" not in words)])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        assert code == 2
        return said.out, said.err.splitlines()
    return command


def put(path: Path, z: torch.Tensor) -> None:
    save_expert(path, z, "a base", {})


@pytest.mark.parametrize("command, says", [
    ("train --weights W --tasks others.jsonl", "nothing to train"),
    ("train --weights W --tasks T --task chess", "expected one of sums, words, classifier"),
    ("train --weights W --tasks few.jsonl", "task few has 0 "),
    ("train --weights W --tasks T --max-new-tokens 300", "300 tokens for its answer do not fit"),
    ("train --weights W --tasks T --chat llama3", "has no special token <|begin_of_text|>"),
    ("train --weights W --tasks T --system x --chat none", "has no place for it"),
    ("adapt --weights W --tasks T --task classifier", "expected one of words, sums"),
    ("adapt --weights W --tasks T --few-shot 90", "90 were asked for"),
    ("adapt --weights W --tasks T --few-shot 90", "--shots FILE"),
    ("adapt --weights W --tasks T --shots no.jsonl", "no.jsonl is not there"),
    ("ask --weights W --tasks T --task words --few-shot 90 hi", "90 were asked for"),
    ("ask --weights W --shots T hi", "name that too"),
    ("ask --weights W LONG", "do not fit"),
    ("train --weights W --tasks T --out few.jsonl", "can't write there"),
    ("train --weights W --tasks T", "model.safetensors"),  # nothing is wrong but the weights
    ("adapt --weights W --tasks T --few-shot 2", "model.safetensors"),
    ("adapt --weights W --tasks T --few-shot 90 --strategy prompt", "model.safetensors"),
    ("ask --weights W --tasks T --few-shot 90 hi", "model.safetensors")])
def test_what_can_be_known_is_said_before_the_weights_are_read(
        command: str, says: str, run: Callable, tmp_path: Path) -> None:
    (tmp_path / "others.jsonl").write_text(lines(OTHERS, 60))
    (tmp_path / "few.jsonl").write_text('{"prompt": "a", "answer": "b"}\n')
    (tmp_path / "out").mkdir()
    put(tmp_path / "out" / "words.safetensors", torch.ones(N))
    _, errors = run(command)
    assert len(errors) == 1 and says in errors[0], errors


def test_numbers_that_are_judged_to_the_letter_are_said(tmp_path: Path, capsys: Said) -> None:
    """Each of these would be wrong with a word before it, and nobody would know why."""
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(json.dumps({"prompt": f"{i}?", "answer": answer}) + "\n"
                            for i, answer in enumerate(("56", "-1,234.5", 56, "v2", "a"))))
    own_tasks(Ask(weights="W", tasks=str(path)))
    said = " ".join(capsys.readouterr().out.split())
    assert "2 answers that are judged by exact are numbers" in said
    path.write_text('{"prompt": "a", "answer": "b"}\n')
    own_tasks(Ask(weights="W", tasks=str(path)))
    assert "are numbers" not in capsys.readouterr().out


@pytest.mark.parametrize("splits, command, lacks", [
    ("train test", "train", ["validation"]), ("train validation", "train", ["test"]),
    ("shots", "adapt", ["test"]), ("shots", "adapt --strategy prompt", ["test"]),
    ("train", "adapt", ["test", "shots"]), ("shots", "train", ["train", "validation", "test"])])
def test_every_split_that_a_command_needs_is_asked_for(
        splits: str, command: str, lacks: list[str], run: Callable, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text("".join(
        json.dumps({"prompt": f"{split} {i}?", "answer": "a", "split": split}) + "\n"
        for split in splits.split() for i in range(8)))
    (tmp_path / "out").mkdir()
    put(tmp_path / "out" / "own.safetensors", torch.ones(N))
    _, [error] = run(f"{command} --weights W --tasks own.jsonl")
    assert [split for split in SPLITS if f"own has 0 {split} prompts" in error] == [
        split for split in SPLITS if split in lacks]


@pytest.mark.parametrize("command", [
    "ask --expert words hi", "ask --alpha words=1 hi", "ask --task words --tasks T hi",
    "adapt --tasks T", "export --to new.jsonl --expert words",
    "export --to new.jsonl --expert base"])
def test_where_there_are_no_experts_is_said_what_makes_some(
        command: str, run: Callable, closed: Path, tmp_path: Path) -> None:
    _, [error] = run(f"{command} --weights W")
    assert error.endswith(f"no experts of these weights in {tmp_path / 'out'}: run `python t2.py "
                          f"train --weights {closed} --tasks FILE --out {tmp_path / 'out'}` first")


def test_a_task_of_no_file_is_refused_with_the_tasks_that_c_knows(run: Callable, tmp_path: Path
                                                                  ) -> None:
    (out := tmp_path / "out").mkdir()
    put(out / "words.safetensors", torch.ones(N))
    needs = "t2.py: --task 'chess' needs --tasks FILE, which has its examples: "
    said, [error] = run("ask --weights W --task chess hi")
    assert error == f"{needs}there is no adapt.json in {out} either"
    (out / "adapt.json").write_text(json.dumps({"run": {"experts": {}}, "tasks": {
        name: {"strategies": dict.fromkeys(found)} for name, found in (
            ("sums", ["base", "few-shot"]), ("facts", ["base"]), ("bus", ["few-shot"]))}}))
    said, [error] = run("ask --weights W --task chess hi")
    assert error == (f"{needs}{out / 'adapt.json'} has nothing that C found for 'chess', but for "
                     "'sums', 'bus'")
    assert "searches" not in said


@pytest.mark.parametrize("z, says", [
    (None, "run `python t2.py train"), (torch.ones(N + 1), "is an expert of another model"),
    (torch.full((N,), torch.nan), f"is not ({N},) finite numbers"), (b"", "words.safetensors")])
def test_experts_that_can_not_be_are_found_out_before_the_weights_are_read(
        z: torch.Tensor | bytes | None, says: str, run: Callable, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("words", CLASSIFIER)[:1 if z is None else 2]:
        path = tmp_path / "out" / f"{name}.safetensors"
        if z is not None:
            path.write_bytes(z) if isinstance(z, bytes) else put(path, z)
        _, errors = run("adapt --weights W --tasks T --few-shot 2")
        assert len(errors) == 1 and says.replace("words", name) in errors[0], errors
        put(path, torch.ones(N))


def test_the_gains_of_a_model_are_known_by_its_settings(folder: Path) -> None:  # noqa: F811
    model, _ = load_llama(folder)
    assert gains(model.config) == SVF(model).N == N


def test_a_tokenizer_that_can_not_be_read_comes_before_the_weights(run: Callable, closed: Path
                                                                   ) -> None:
    (closed / "tokenizer.json").write_text("{}")
    _, errors = run("train --weights W --tasks T")
    assert len(errors) == 1 and "tokenizer.json" in errors[0]


def test_prompts_without_room_are_left_out_and_counted(run: Callable, tmp_path: Path) -> None:
    """With the question of pass 1 after it, a prompt and its answer fit, or it is not asked."""
    text = lines("sums", 60) + lines("words", 60)
    long = json.dumps({"prompt": "long \x1b " * 200, "answer": "x", "domain": "sums"}) + "\n"
    (tmp_path / "tasks.jsonl").write_text(text + long)
    out, errors = run("train --weights W --tasks tasks.jsonl")
    assert "model.safetensors" in errors[0]  # the run goes on
    said = " ".join(out.split())
    assert ("sums: left out 1 of 61 prompts, for a prompt and 128 tokens for its answer do not "
            "fit the 300 that the model reads: 'long \\x1b long" in said)
    assert max(map(len, out.splitlines())) <= 79 and "words: left out" not in out
    (tmp_path / "all.jsonl").write_text(long)
    out, errors = run("train --weights W --tasks all.jsonl")
    assert "has 0 train prompts" in errors[0]  # as if it had no lines


def test_a_prompt_fits_to_the_token(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    session = Session(Ask(weights=str(folder), out=tmp_path, max_new_tokens=100))
    fmt, which = session.fmt, "\nWhich?"
    prompts = ["a " * n + "?" for n in range(150, 250)]
    pool = read(wrote(tmp_path, prompts))["tasks"]
    kept = fitting(Pools(tasks=pool), Room(fmt, which, CONTEXT))["tasks"].questions
    sizes = {prompt: len(fmt.prompt(prompt + which)) for prompt in prompts}
    assert {q.prompt for q in kept} == {prompt.strip() for prompt, n in sizes.items()
                                        if n + 100 - 1 <= CONTEXT}
    assert 0 < len(kept) < 100 and CONTEXT - 99 in sizes.values()
    longest = max((q.prompt for q in kept), key=len)
    session.svf.model(torch.tensor([fmt.prompt(longest + which) + [1] * 99]))  # and it does fit


def wrote(tmp_path: Path, prompts: list[str], answer: str = "a") -> Path:
    (path := tmp_path / "tasks.jsonl").write_text("".join(
        json.dumps({"prompt": prompt, "answer": answer}) + "\n" for prompt in prompts))
    return path


def test_a_default_length_has_room_for_nearly_all_gold_answers(
        folder: Path, tmp_path: Path, capsys: Said) -> None:  # noqa: F811
    """Half as many tokens again, in steps of 128, and no more than half the context."""
    fmt = Session(Ask(weights=str(folder), out=tmp_path)).fmt
    assert fmt.max_new == 128 and "tokens" not in capsys.readouterr().out

    def length(context: int, *sizes: int, usual: int = 128) -> int:
        golds = ["a " * (size - 1) for size in sizes]
        assert {len(fmt.answer(gold.strip())) for gold in golds} <= {*sizes}
        pools = Pools(tasks=Pool("tasks", "tasks", "", tuple(
            Question(f"{i}?", "a", "tasks", "exact", gold=gold.strip())
            for i, gold in enumerate(golds))))
        return answer_length(pools, replace(fmt, max_new=usual), context)
    assert length(2000, *range(2, 86)) == 128 and not capsys.readouterr().out
    assert length(2000, *[2] * 19, 500) == 128  # one in twenty may be longer
    assert not capsys.readouterr().out
    assert length(2000, *[2] * 18, 90, 90) == 256
    assert capsys.readouterr().out == ("an answer may have 256 tokens (--max-new-tokens): gold "
                                       "answers have 90, the\n  model reads 2000\n")
    assert length(2000, *[200] * 5) == 384 and length(700, *[200] * 5) == 350
    assert length(200, 2) == 100 and length(2000, *[200] * 5, usual=512) == 512


def test_a_length_that_was_asked_for_is_taken(run: Callable, tmp_path: Path) -> None:
    wrote(tmp_path, [f"{i}?" for i in range(60)], "a " * 90)
    out, _ = run("train --weights W --tasks tasks.jsonl")
    assert "an answer may have 150 tokens (--max-new-tokens): gold answers have 9" in out
    out, _ = run("train --weights W --tasks tasks.jsonl --max-new-tokens 9")
    assert "tokens" not in out


def test_what_the_reader_has_to_say_is_said_once_in_80_columns(
        run: Callable, monkeypatch: Patch) -> None:
    pools = Pools(sums=Pool("sums", "sums", "", ()))
    pools.notes = ("\x1b ignored " + "the key id " * 9, "another")
    monkeypatch.setattr("data.run.own.read", lambda path: pools)
    out, _ = run("adapt --weights W --tasks T")
    assert out.splitlines()[1].startswith(r"\x1b ignored the key id")
    assert out.splitlines()[-1] == "another" and out.count("ignored") == 1
    assert max(map(len, out.splitlines())) <= 79


def test_c_sees_the_examples_of_a_file_and_none_of_them_is_tested_on(
        folder: Path, tmp_path: Path, monkeypatch: Patch) -> None:  # noqa: F811
    """And they are of the run's identity: with others its rows are made anew."""
    seen, tested, runs = [], [], []
    put(tmp_path / "words.safetensors", torch.ones(N))
    monkeypatch.setattr("data.run.session.load_expert", lambda *given: (torch.ones(N), {}))
    monkeypatch.setattr("cem.few_shot", lambda svf, fmt, Z, shots, *rest: seen.append(shots) or (
        torch.zeros(1), []))
    monkeypatch.setattr("data.run.baselines.random_search", lambda svf, fmt, Z, shots, *rest: (
        seen.append(shots) or torch.zeros(1)))
    monkeypatch.setattr("t2.answer", lambda session, Z, alpha, problems, what: tested.append(
        problems) or [("", False)] * len(problems))
    monkeypatch.setattr("t2.categorise", lambda session, z, prompts: [("words", 1.0)] * len(
        prompts))
    monkeypatch.setattr("data.run.adapt.Table", lambda session, run, tasks: runs.append(run) or (
        SimpleNamespace(rows={}, add=lambda *given: None, end=lambda: None, path="")))
    own = {q.prompt for q in read(folder / "tasks.jsonl")["words"].questions if q.split == "test"}
    for i, start in ((0, 0), (1, 10)):
        (shots := tmp_path / f"{i}.jsonl").write_text("".join(
            json.dumps({**json.loads(line), "check": "choice", "choices": ["yes", "no"]}) + "\n"
            for line in lines("words", 30, start).splitlines()))
        assert t2.main(["adapt", "--weights", str(folder), "--tasks", str(folder / "tasks.jsonl"),
                        "--shots", str(shots), "--out", str(tmp_path), "--few-shot", "30",
                        "--task", "words"]) == 0
        given = {f"words {n}?" for n in range(start, start + 30)}
        assert {q.prompt for q in tested[-1]} == own - given != own
        assert len(seen) == 2 and all(len(some) == 30 for some in seen)
        assert all(len({q.prompt for q in some} & given) > 20 for some in seen)
        assert not any({q.prompt for q in some} & own - given for some in seen)
        seen.clear()
    assert runs[0]["examples"] != runs[1]["examples"] and runs[0]["file"] == runs[1]["file"]


def test_what_does_not_fit_with_the_question_of_pass_1_is_in_no_pool(
        folder: Path, tmp_path: Path, capsys: Said) -> None:  # noqa: F811
    fmt = Session(Ask(weights=str(folder), out=tmp_path)).fmt
    long = "a " * (CONTEXT - 128 - len(fmt.prompt("")) - 1) + "?"
    assert len(fmt.prompt(long)) + 128 - 1 == CONTEXT  # alone it fits, to the token
    path = tmp_path / "tasks.jsonl"
    path.write_text(lines("sums", 20) + lines("words", 20)
                    + json.dumps({"prompt": long, "answer": "x", "domain": "sums"}) + "\n")
    session = Session(Train(weights=str(folder), tasks=str(path), out=tmp_path))
    assert "sums: left out 1 of 21 prompts" in capsys.readouterr().out
    for name, n in (("sums", 20), ("words", 20), (CLASSIFIER, 40)):
        assert len(session.trained[name][0].questions) == n
