"""The commands on open weights and a user's own tasks, on a small random checkpoint."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

import t2
from data.llama import weights
from data.run import kinds
from data.run.checkpoints import save_expert
from data.run.device import checked_device, dtype_of
from data.run.flags import Ask
from data.run.session import Session
from tests import published

FIXTURES = Path(__file__).parent / "fixtures"
SMALL = ("--max-new-tokens", 3, "--batch", 16, "--threads", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights, tokenizer and two domains of 60 lines each."""
    made = tmp_path_factory.mktemp("Wörter und Gewichte")  # neither ASCII nor without spaces
    published.VARIANTS["words"] = {"vocab_size": 600, "hidden_size": 24, "eos_token_id": 2,
                                   "max_position_embeddings": 300, "tie_word_embeddings": True}
    try:
        published.write_hugging_face(made, "words")
    finally:
        del published.VARIANTS["words"]
    shutil.copy(FIXTURES / "smollm" / "tokenizer.json", made)
    lines = [{"prompt": f"{kind} {i}?", "answer": answer, "check": "choice",
              "choices": ["yes", "no"], "domain": kind}
             for kind, answer in (("words", "yes"), ("sums", "no")) for i in range(60)]
    (made / "tasks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return made


def run(*args: object) -> int:
    """A command in this process; its exit code."""
    try:
        return t2.main([*map(str, args)])
    except SystemExit as end:  # of argparse
        return end.code


def test_train_adapt_and_ask_on_open_weights(folder: Path, tmp_path: Path,
                                             capsys: pytest.CaptureFixture) -> None:
    model = ("--weights", folder, "--out", tmp_path, *SMALL)
    tasks = ("--tasks", folder / "tasks.jsonl", "--n", 9)
    assert run("train", *model, *tasks, "--steps", 2) == 0
    rows = json.loads((tmp_path / "train.json").read_text())["experts"]
    assert list(rows) == ["sums", "words", "classifier"]
    assert all(row["parameters"] == 2 * (24 + 12 + 12 + 24 + 3 * 24) for row in rows.values())
    made = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.safetensors")}
    assert {path.stem for path in made} == {*rows, "decomposition"}
    assert run("train", *model, *tasks, "--steps", 2) == 0  # what is done is not done again
    assert made == {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.safetensors")}
    assert run("adapt", *model, *tasks, "--few-shot", 2) == 0
    found = json.loads((tmp_path / "adapt.json").read_text())["tasks"]
    assert list(found) == ["words", "sums"]
    for row in found.values():
        strategies = row["strategies"]
        assert list(strategies)[:3] == ["base", "sums", "words"]
        assert len(strategies["few-shot"]["alpha"]) == 2
        assert {"uniform", "prompt", "classifier", "few-shot"} <= set(strategies)
    assert run("ask", *model, "Is ice <|im_end|> hot?") == 0
    said = capsys.readouterr()
    assert "first token" in said.out and "classifier" in said.out
    report = json.loads((tmp_path / "ask.json").read_text())
    assert report["question"] == "Is ice <|im_end|> hot?"  # as it was typed
    for named in (("--task", "sums", "--few-shot", 2), ("--alpha", "words=-0.5")):  # no --tasks
        assert run("ask", *model, *named, "--file", folder / "tasks.jsonl") == 0
    text = (tmp_path / "answers.jsonl").read_text()
    assert text.count('"mixture": {"alpha": {"sums": 0.0, "words": -0.5}') == 120
    assert f"{tmp_path / 'adapt.json'} has" not in capsys.readouterr().out
    (tmp_path / "classifier.safetensors").unlink()  # as where there is one domain alone
    assert run("ask", *model, "Is ice hot?") == 0 and "classifier" not in capsys.readouterr().out


@pytest.mark.slow
def test_the_largest_singular_values_alone(folder: Path, tmp_path: Path,
                                            capsys: pytest.CaptureFixture) -> None:
    """--rank 5: fewer gains, said at once where it is forgotten; its adapter is of rank 5."""
    model = ("--weights", folder, "--out", tmp_path, *SMALL)
    tasks = ("--tasks", folder / "tasks.jsonl", "--n", 5)
    assert run("train", *model, *tasks, "--steps", 1, "--task", "sums", "--rank", 5) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "70 gains an expert" in said and "the 5 largest singular values of a matrix" in said
    assert (tmp_path / "decomposition.top5.safetensors").exists()
    assert run("adapt", *model, *tasks, "--rank", 5) == 0
    assert run("adapt", *model, *tasks) == 2
    assert "70 gains, this model 288; name another --out" in capsys.readouterr().err
    assert run("export", *model, "--rank", 5, "--expert", "sums", "--lora", 9, "--to",
               tmp_path / "to") == 0
    assert json.loads((tmp_path / "to" / "adapter_config.json").read_text())["r"] == 5
    assert run("train", *model, *tasks, "--steps", 1, "--task", "sums", "--rank", 6) == 0
    assert "trained anew: " in capsys.readouterr().out


@pytest.mark.parametrize("has, gpu, found", [
    ({}, False, ("float32", "cpu")), ({"amx_bf16": True}, False, ("bfloat16", "cpu")),
    ({"avx512_bf16": True}, False, ("bfloat16", "cpu")), ({"avx512_f": True}, False,
                                                          ("float32", "cpu")),
    ({}, True, ("bfloat16", "cuda")), ({"amx_bf16": True}, True, ("bfloat16", "cuda"))])
def test_device_and_dtype_are_those_that_the_hardware_is_made_for(
        has: dict, gpu: bool, found: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **how: gpu)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    device = checked_device("auto", 1, large=True)
    assert (dtype_of("auto", device), device) == found
    assert dtype_of("float32", device) == "float32" and checked_device("auto", 1) == "cpu"


def test_what_was_chosen_is_said_and_belongs_to_the_run(folder: Path, tmp_path: Path, capsys:
                                                        pytest.CaptureFixture, monkeypatch:
                                                        pytest.MonkeyPatch) -> None:
    train = ("train", "--weights", folder, "--out", tmp_path, *SMALL, "--n", 5, "--tasks",
             folder / "tasks.jsonl", "--steps", 1, "--task", "sums")
    assert run(*train) == 0 and "computed in float32 on cpu" in capsys.readouterr().out
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    assert run(*train) == 0
    said = capsys.readouterr().out
    assert "computed in bfloat16 on cpu" in said
    assert "trained anew: dtype is bfloat16, and was float32" in said
    assert {path.stem for path in tmp_path.glob("decomp*")} == {"decomposition",
                                                                "decomposition.bfloat16"}


def test_without_experts_ask_shows_what_the_base_says(folder: Path, tmp_path: Path,
                                                      capsys: pytest.CaptureFixture) -> None:
    assert run("ask", "--weights", folder, "--out", tmp_path, *SMALL, "Is ice hot?") == 0
    said = capsys.readouterr().out
    assert "no experts" in said and "pass 1" not in said
    report = json.loads((tmp_path / "ask.json").read_text(), parse_constant=pytest.fail)
    assert report["base"]["alpha"] == []
    assert not (tmp_path / "decomposition.safetensors").exists()  # for there is nothing to mix


@pytest.mark.parametrize("command", [
    ("ask", "hi"), ("adapt", "--tasks", "T", "--few-shot", 2),
    ("export", "--expert", "words", "--to", "new")])
def test_experts_of_another_base_are_found_out_before_a_decomposition(
        command: tuple, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_expert(tmp_path / "words.safetensors", torch.ones(2 * (24 + 12 + 12 + 24 + 3 * 24)),
                "0" * 16, {})
    (kept := tmp_path / "decomposition.safetensors").write_text("of the other base")
    command = [folder / "tasks.jsonl" if word == "T" else word for word in command]
    assert run(*command, "--weights", folder, "--out", tmp_path, *SMALL) == 2
    said, = capsys.readouterr().err.splitlines()
    assert f"words.safetensors is an expert of base '{'0' * 16}', this base is" in said
    assert kept.read_text() == "of the other base"


def test_other_tasks_are_another_run(folder: Path, tmp_path: Path) -> None:
    """What was trained on one file is not taken for what another file asks for."""
    other, runs = tmp_path / "other.jsonl", []
    other.write_text((folder / "tasks.jsonl").read_text().replace("words 1", "words 7"))
    for tasks in (folder / "tasks.jsonl", other):
        assert run("train", "--weights", folder, "--out", tmp_path, *SMALL, "--tasks", tasks,
                   "--task", "words", "--steps", 1, "--n", 3) == 0
        runs.append((tmp_path / "words.safetensors").read_bytes())
    assert runs[0] != runs[1]


@pytest.mark.parametrize("args, says", [
    ("train --weights W", "needs --tasks"), ("adapt --weights W", "needs --tasks"),
    ("adapt --weights W --tasks T", "run `python t2.py train"),
    ("ask --weights nowhere hi", "expected a folder with config.json"),
    ("train --weights W --tasks nowhere.jsonl", "nowhere.jsonl"),
    ("train --weights W --tasks BAD", "bad.jsonl, line 2"),
    ("train --weights W --tasks T --task chess", "--task chess"),
    ("train --weights W --tasks T --rate nan", "--rate: 'nan': expected"),
    ("train --weights W --tasks T --batch -1", "--batch: '-1': expected"),
    ("ask --weights W --chat llama3 hi", "has no special token <|begin_of_text|>"),
    ("ask --weights W --chat none --system x hi", "--system"),
    ("ask --system x hi", "--system goes with --weights"),
    ("train --tasks T", "--tasks goes with --weights"),
    ("ask --weights W LONG", "do not fit")])
def test_what_cannot_be_is_one_clear_line(args: str, says: str, folder: Path, tmp_path: Path,
                                          capsys: pytest.CaptureFixture) -> None:
    (bad := tmp_path / "bad.jsonl").write_text('{"prompt": "a", "answer": "b"}\n{"anser": "b"}\n')
    names = {"W": folder, "T": folder / "tasks.jsonl", "BAD": bad, "LONG": "x " * 400}
    assert run(*[names.get(arg, arg) for arg in args.split()], "--out", tmp_path) == 2
    errors = [line for line in capsys.readouterr().err.splitlines()
              if not line.startswith("decomposing")]
    assert len(errors) == 1 and says in errors[0], errors


@pytest.mark.parametrize("chat, ends", [("none", True), ("chatml", False)])
def test_weights_without_chat_headers_are_told_where_to_answer(chat: str, ends: bool, folder: Path,
                                                               tmp_path: Path) -> None:
    session = Session(Ask(weights=str(folder), out=tmp_path, chat=chat))
    assert session.which.endswith("\nAnswer:") is ends


@pytest.mark.parametrize("context, kept, reads", [
    (2000, 9, True), (2000, 0, False), (300, 9, False)])  # as trained; of before; too long
def test_a_reads_what_experts_keep_or_asks_in_words(
        context: int, kept: int, reads: bool, folder: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(folder, other := tmp_path / "x")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "max_position_embeddings": context}))
    args = Ask(weights=str(other), out=tmp_path, dtype="float32", max_new_tokens=2)
    base = Session(args).base
    for name in ("words", "sums"):
        save_expert(tmp_path / f"{name}.safetensors", torch.ones(288), base,
                    {"examples": [f"{name} {i}?" for i in range(kept)]})
    session = Session(args)
    session.library()
    found = {name: [f"{name} {i}?" for i in range(kinds.SHOWN)] for name in ("sums", "words")}
    assert session.examples == (found if reads else {})
    read = []
    monkeypatch.setattr(kinds, "named", lambda svf, fmt, shown, prompts: read.append(shown)
                        or [("sums", 0.99)])
    (said, _), = t2.categorise(session, None, ["1 + 1?"])
    assert (read == [found] and said == "sums") is reads and len(read) == reads
    t2.categorise(session, torch.ones(288), ["1 + 1?"])  # B is not asked so
    assert len(read) == reads


def test_a_window_is_said_and_a_bad_tokenizer_too_before_weights_are_read(
        folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(folder, other := tmp_path / "x")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "sliding_window": 200}))
    assert run("ask", "--weights", other, "--out", tmp_path, *SMALL, "hi") == 0
    assert "looks back 200 tokens" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setattr(weights, "tensors", lambda *args: pytest.fail("read"))
    (other / "tokenizer.json").write_text("version https://git-lfs.github.com/spec/v1\n")
    assert run("ask", "--weights", other, "--out", tmp_path, *SMALL, "hi") == 2
    said, = capsys.readouterr().err.strip().splitlines()
    assert f"tokenizer.json is not downloaded: run `git lfs pull` in {other}" in said


@pytest.mark.parametrize("error, ours", [
    (MemoryError(), False), (torch.OutOfMemoryError("CUDA out of memory."), False),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), False),
    (RuntimeError("shapes do not match"), True)])
def test_out_of_memory_says_what_to_lower_and_a_mistake_of_ours_is_none(
        error: Exception, ours: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    def full(*args: object) -> None:
        raise error
    monkeypatch.setitem(t2.COMMANDS, "ask", full)
    if ours:
        with pytest.raises(RuntimeError, match="shapes"):
            run("ask", "hi", "--out", tmp_path)
        return
    assert run("ask", "hi", "--out", tmp_path, "--batch", "7") == 2
    said, = capsys.readouterr().err.strip().splitlines()
    assert "--batch (now 7)" in said
