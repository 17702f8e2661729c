"""The commands on open weights and a user's own tasks, on a small random checkpoint."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

import t2
from data.run.flags import Ask
from data.run.session import Session
from tests import published
from tests.test_t2 import run

FIXTURES = Path(__file__).parent / "fixtures"
ROWS = 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights, tokenizer and two domains of 60 lines each."""
    made = tmp_path_factory.mktemp("Wörter und Gewichte")  # neither ASCII nor without spaces
    published.VARIANTS["words"] = {"vocab_size": ROWS, "hidden_size": 24, "eos_token_id": 2,
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


SMALL = ("--max-new-tokens", 3, "--batch", 16, "--threads", 1)


def test_train_adapt_and_ask_on_open_weights(folder: Path, tmp_path: Path) -> None:
    model = ("--weights", folder, "--out", tmp_path, *SMALL)
    tasks = ("--tasks", folder / "tasks.jsonl", "--n", 9)
    assert run("train", *model, *tasks, "--steps", 2).returncode == 0
    rows = json.loads((tmp_path / "train.json").read_text())["experts"]
    assert list(rows) == ["sums", "words", "classifier"]
    assert all(row["parameters"] == 2 * (24 + 12 + 12 + 24 + 3 * 24) for row in rows.values())
    before = (tmp_path / "words.pt").read_bytes()
    again = run("train", *model, *tasks, "--steps", 2)
    assert again.returncode == 0 and (tmp_path / "words.pt").read_bytes() == before
    assert "decomposing" not in again.stderr
    done = run("adapt", *model, *tasks, "--few-shot", 2)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "adapt.json").read_text())["tasks"]
    assert list(found) == ["words", "sums"]
    for row in found.values():
        assert list(row["ways"])[:3] == ["base", "sums", "words"]
        assert len(row["ways"]["few-shot"]["alpha"]) == 2
        assert {"uniform", "prompt", "classifier", "few-shot"} <= set(row["ways"])
    asked = run("ask", *model, "Is ice <|im_end|> hot?")
    assert asked.returncode == 0, asked.stderr
    assert "first token" in asked.stdout and "classifier" in asked.stdout
    report = json.loads((tmp_path / "ask.json").read_text())
    assert report["question"] == "Is ice <|im_end|> hot?"  # as it was typed
    (tmp_path / "classifier.pt").unlink()  # as where there is one domain alone
    asked = run("ask", *model, "Is ice hot?")
    assert asked.returncode == 0 and "classifier" not in asked.stdout


def test_ask_without_experts_mixes_none(folder: Path, tmp_path: Path) -> None:
    asked = run("ask", "--weights", folder, "--out", tmp_path, *SMALL, "Is ice hot?")
    assert asked.returncode == 0 and "no experts" in asked.stdout, asked.stderr
    report = json.loads((tmp_path / "ask.json").read_text(), parse_constant=pytest.fail)
    assert report["base"]["alpha"] == []


def test_other_tasks_are_another_run(folder: Path, tmp_path: Path) -> None:
    """What was trained on one file is not taken for what another file asks for."""
    other = tmp_path / "other.jsonl"
    other.write_text((folder / "tasks.jsonl").read_text().replace("words 7?", "words 70?"))
    runs = []
    for tasks in (folder / "tasks.jsonl", other):
        assert run("train", "--weights", folder, "--out", tmp_path, *SMALL, "--tasks", tasks,
                   "--task", "words", "--steps", 1, "--n", 3).returncode == 0
        runs.append((tmp_path / "words.pt").read_bytes())
    assert runs[0] != runs[1]


@pytest.mark.parametrize("args, says", [
    (["train", "--weights", "W"], "needs --tasks"),
    (["adapt", "--weights", "W"], "needs --tasks"),
    (["adapt", "--weights", "W", "--tasks", "T"], "run `python t2.py train"),
    (["ask", "--weights", "nowhere", "hi"], "expected a folder with config.json"),
    (["train", "--weights", "W", "--tasks", "nowhere.jsonl"], "nowhere.jsonl"),
    (["train", "--weights", "W", "--tasks", "T", "--task", "chess"], "--task chess"),
    (["train", "--weights", "W", "--tasks", "T", "--rate", "nan"], "--rate: 'nan': expected"),
    (["train", "--weights", "W", "--tasks", "T", "--batch", "-1"], "--batch: '-1': expected"),
    (["ask", "--weights", "W", "--chat", "llama3", "hi"], "has no <|begin_of_text|>"),
    (["ask", "--weights", "W", "--chat", "none", "--system", "x", "hi"], "--system"),
    (["ask", "--system", "x", "hi"], "--system goes with --weights"),
    (["train", "--tasks", "T"], "--tasks goes with --weights"),
    (["ask", "--weights", "W", "x " * 400], "do not fit"),
])
def test_what_cannot_be_is_one_clear_line(args: list[str], says: str, folder: Path, tmp_path: Path
                                          ) -> None:
    names = {"W": str(folder), "T": str(folder / "tasks.jsonl")}
    done = run(*[names.get(arg, arg) for arg in args], "--out", tmp_path)
    assert done.returncode == 2 and says in done.stderr, done.stderr
    errors = [line for line in done.stderr.splitlines() if not line.startswith("decomposing")]
    assert len(errors) == 1


def test_ask_without_experts_shows_what_the_base_says(folder: Path, tmp_path: Path) -> None:
    done = run("ask", "--weights", folder, "--out", tmp_path, "--max-new-tokens", 2, "hi")
    assert done.returncode == 0 and "no experts" in done.stdout and "pass 1" not in done.stdout


def test_weights_without_chat_headers_are_told_where_to_answer(folder: Path, tmp_path: Path
                                                               ) -> None:
    for chat, ends in (("none", True), ("chatml", False)):
        session = Session(Ask(weights=str(folder), out=tmp_path, chat=chat))
        assert session.which.endswith("\nAnswer:") is ends


def test_a_damaged_line_is_named_by_its_number(folder: Path, tmp_path: Path) -> None:
    tasks = tmp_path / "bad.jsonl"
    tasks.write_text('{"prompt": "a", "answer": "b"}\n{"prompt": "a2", "anser": "b"}\n')
    done = run("train", "--weights", folder, "--tasks", tasks, "--out", tmp_path)
    assert done.returncode == 2 and "bad.jsonl, line 2" in done.stderr and "anser" in done.stderr


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory."),
                                   RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_out_of_memory_says_what_to_lower(error: Exception, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture) -> None:
    def full(*args: object) -> None:
        raise error
    monkeypatch.setitem(t2.COMMANDS, "ask", full)
    assert t2.main(["ask", "hi", "--out", str(tmp_path), "--batch", "7"]) == 2
    said = capsys.readouterr().err
    assert "--batch (now 7)" in said and len(said.strip().splitlines()) == 1


def test_a_mistake_of_ours_is_not_taken_for_a_lack_of_memory(tmp_path: Path,
                                                             monkeypatch: pytest.MonkeyPatch
                                                             ) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("shapes do not match")
    monkeypatch.setitem(t2.COMMANDS, "ask", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        t2.main(["ask", "hi", "--out", str(tmp_path)])
