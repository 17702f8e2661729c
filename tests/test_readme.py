"""What README claims runs: its commands, its snippets, its tables' rows, its counts and links."""
from __future__ import annotations

import ast
import doctest
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import rl
from data import HERE, tokenizer
from data.run import load_llama
from data.run.checkpoints import fingerprint, save_expert
from data.run.flags import parsed
from model import GPT
from svf import SVF
from tests.exercises import EXERCISES
from tests.paper.__main__ import RESULTS
from tests.test_exercises import HEAD, RIGHT
from tests.test_open_weights import folder  # noqa: F401  (a fixture)

ROOT = HERE.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTES = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "data/README.md", "tests/README.md", "tests/results/README.md"]
CORE = ("t2", "svf", "rl", "cem", "model")
PICTURES = re.compile("[\u2581-\u2588\u2592\u2500\u25cf\u00b7]+")
SMALL = ["--max-new-tokens", "3", "--batch", "16", "--chat", "none"]
# What makes a command quick; its output keeps its form.
QUICK = {"adapt": ["--n", "5"], "train": ["--n", "9", "--steps", "2"],
         "pretrain": ["--steps", "2"], "ask": [], "export": []}
ELSEWHERE = {  # what is not run from here, and why
    "pip install -r requirements.txt": ".ci/run does that",
    ".ci/run": "runs this very test", "python t2.py play": "goes on until Ctrl-C",
    "python -m tests.browser": "needs Chromium",
    "ruff check .": "needs ruff, which is no dependency",
    "python -m pytest": "is what runs", 'python -m pytest -m ""': "is what runs"}


# ---------------------------------------------------------------------------------- its commands

def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README + NOTES, re.M | re.S)


def commands(block: str) -> list[str]:
    """One a line, without what it says about itself; but those that run as an output block."""
    found = [re.sub(r"\s+# .*", "", line) for line in block.splitlines()]
    return [line for line in found if f"```console\n$ {line}\n" not in README]


def words(command: str, weights: Path, tmp: Path) -> list[str]:
    """What to run for it, quick and in a folder of its own."""
    for name, value in (("DIR", weights), ("my_tasks.jsonl", tmp / "my_tasks.jsonl"),
                        ("FOLDER", tmp / "exported")):
        command = command.replace(name, shlex.quote(value.as_posix()))
    given = shlex.split(command)
    if given[0] == "torchrun":
        given = ["python", "-m", "torch.distributed.run", *given[1:], "--task", "reasoning"]
    assert given[0] == "python"
    if "t2.py" in given:
        which = given[given.index("t2.py") + 1]
        given += [*QUICK[which], *(SMALL if "--weights" in given else []),
                  "--out", str(tmp / "out")]
    return [sys.executable, *given[1:]]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block.split("#")[0][:30])
def test_its_commands_run(block: str, folder: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "answers.py").write_text(HEAD + dict(RIGHT)[4])
    (tmp_path / "my_tasks.jsonl").write_text("".join(
        json.dumps({"prompt": f"{kind} {i}?", "answer": kind, "domain": kind}) + "\n"
        for kind in ("facts", "math") for i in range(200)))
    for command in commands(block):
        if command not in ELSEWHERE:
            cwd = tmp_path if "tests.exercises" in command else ROOT
            done = subprocess.run(words(command, folder, tmp_path), cwd=cwd, text=True,
                                  capture_output=True, timeout=300, env={
                                      **os.environ, "OMP_NUM_THREADS": "1",
                                      "PYTHONPATH": str(ROOT)})
            assert done.returncode == 0, (command, done.stderr)


def on_terminal(given: list[str]) -> str:
    """What it prints where stdout is a terminal of 80 columns."""
    pty = pytest.importorskip("pty")  # Windows has none
    ours, its = pty.openpty()
    with open(its, "wb") as end:
        done = subprocess.Popen(given, cwd=ROOT, stdout=end, stderr=subprocess.DEVNULL, env={
            **os.environ, "NO_COLOR": "1", "TERM": "xterm", "PYTHONIOENCODING": "utf-8"})
    said = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # Linux says so at the end, macOS by an empty piece
            piece = b""
        if not piece:
            break
        said += piece
    os.close(ours)
    assert done.wait(timeout=300) == 0
    return said.decode().replace("\r\n", "\n")


def form(text: str) -> list[str]:
    """What stays the same from machine to machine and with fewer prompts."""
    return [re.sub(r"[-+]?\d*\.?\d+", "N", " ".join(line.split()))
            for line in PICTURES.sub("", text).splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.split("\n")[0][2:40])
def test_its_output_has_the_form_that_is_shown(block: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    command, shown = block.removeprefix("$ ").split("\n", 1)
    said = on_terminal(words(command, tmp_path, tmp_path))
    said = said.replace(str(tmp_path / "out"), re.search(r"wrote (out\S*)/|$", shown)[1] or "")
    assert form(said) == form(shown)
    assert max(map(len, [*said.splitlines(), *shown.splitlines()])) <= 80


def test_its_snippets_run() -> None:
    failed, tried = doctest.testfile("../README.md", encoding="utf-8")
    assert tried >= 15 and not failed


# -------------------------------------------------------------------- its tables, counts and links

def rows(title: str) -> list[list[str]]:
    section = NOTES.split(f"## {title}")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


def found(name: str) -> object:
    """module.attribute.attribute, imported."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:n]))
        except ModuleNotFoundError:
            continue
        for part in parts[n:]:
            thing = getattr(thing, part)
        return thing
    raise AssertionError(f"{name} is nowhere")


@pytest.mark.parametrize("row", rows("The paper, function by function"), ids=lambda row: row[0])
def test_every_row_of_the_paper_map_is_there(row: list[str]) -> None:
    _, here, test = (cell.strip("`") for cell in row)
    assert found(here).__doc__ and callable(found(f"tests.{test}"))


@pytest.mark.parametrize("row", rows("Where we depart"), ids=lambda row: row[0])
def test_every_departure_is_complete_and_tested_where_it_can_be(row: list[str]) -> None:
    what, paper, released, here, why, test = row
    assert what and here and why and (paper or released)
    assert not test or callable(found(f"tests.{test.strip('`')}"))


def test_every_kind_of_folder_that_is_listed_has_a_test() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    table = text.split("| folder |")[1].split("\n\n")[0].splitlines()[2:]
    named = [re.findall(r"`(test_\w+)`", line.split("|")[-2]) for line in table]
    assert len(named) > 9 and all(named)
    assert all(callable(found(f"tests.test_weights.{test}")) for row in named for test in row)


def test_files_named_for_who_carries_on_are_there() -> None:
    for row in rows("How to carry on"):
        named = [path for cell in row for path in re.findall(r"[\w./]+\.(?:py|html|md)", cell)]
        assert named or "JSON" in row[1], row
        for path in named:
            assert (ROOT / path).exists() or path in ("reading.py",), path


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_its_counts_are_right() -> None:
    counts = {name: lines(ROOT / f"{name}.py") for name in CORE}
    assert f"{sum(counts.values()):,} lines with their docstrings" in " ".join(README.split())
    for name, n in counts.items():
        assert re.search(rf"\b{name}\.py +{n} ", README), (name, n)
    assert f"data/ {sum(map(lines, HERE.rglob('*.py'))):,} lines" in README
    best = json.loads((RESULTS / "svf-lora.json").read_text())["budgets"]["full"]
    numbers = {row["label"]: row["numbers"] for row in best}
    assert (f"An SVF expert is {numbers['SVF']:,} numbers here, the LoRA "
            f"{numbers['LoRA q, v, rank 16']:,}.") in " ".join(README.split())
    words = "No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split()
    assert f"## Exercises\n\n{words[len(EXERCISES)]}, " in README


def test_it_depends_on_what_it_says_alone() -> None:
    wanted = (ROOT / "requirements.txt").read_text().split()
    assert [line.split("==")[0] for line in wanted] == ["torch", "tiktoken", "pytest"]
    there = {"torch", "tiktoken", "regex", "data", *CORE}  # tiktoken brings regex along
    for path in [*ROOT.glob("*.py"), *HERE.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = ([alias.name for alias in node.names] if isinstance(node, ast.Import) else
                     [node.module] if isinstance(node, ast.ImportFrom) else [])
            for name in (name.split(".")[0] for name in names):
                assert name in {*there, *sys.stdlib_module_names}, (path, name)


def test_what_ci_runs_is_there() -> None:
    """Each t2.py command of both files can be said, each module and file be found."""
    found = 0
    for name in ("run", "github.yml"):
        text = (ROOT / ".ci" / name).read_text(encoding="utf-8")
        assert "\t" not in text
        for what, rest in re.findall(r'python"? (-m|t2\.py) ([^\n>]*)', text):
            given, found = shlex.split(rest.replace("$work", "work")), found + 1
            if what == "t2.py":
                parsed(given, "")  # SystemExit, if it can't be said
            else:
                assert given[0] == "pip" or importlib.util.find_spec(given[0]), given
            assert all((ROOT / word).exists() for word in given if word.endswith((".py", ".txt")))
        assert all((ROOT / path).exists() for path in re.findall(r"run: (\S+/\S+)", text))
    assert found == 11


@pytest.mark.parametrize("page", PAGES)
def test_its_links_and_pictures_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert path.startswith("http") or target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.*)", target.read_text(encoding="utf-8"), re.M)
            assert anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
                              for head in heads], link


def test_the_examples_of_task_lines_are_read(tmp_path: Path) -> None:
    from data.tasks.jsonl import read
    [block] = re.findall(r"^```\n(\{.*?)^```", (HERE / "README.md").read_text(encoding="utf-8"),
                         re.M | re.S)
    (tmp_path / "mine.jsonl").write_text(block, encoding="utf-8")
    assert set(read(tmp_path / "mine.jsonl")) == {
        json.loads(line).get("domain", "mine") for line in block.splitlines()}


def test_the_library_is_used_as_is_shown(folder: Path, tmp_path: Path,  # noqa: F811
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """On another model, whose answers are others; each line runs, and gives text where it does."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    page = text.split("# As a library\n")[1].split("\n# ")[0]
    monkeypatch.chdir(tmp_path)
    shutil.copytree(folder, "smol")
    model, _ = load_llama("smol")
    base, svf = fingerprint(model), SVF(model)
    save_expert(Path("out/reasoning.safetensors"), svf.neutral() + 1, base, {})
    names: dict[str, object] = {}
    test = doctest.DocTestParser().get_doctest(page, names, "library", None, None)
    shown = [example for example in test.examples if example.want]
    for example in test.examples:
        example.want = ""
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
    got = re.findall(r"^Got:\n((?:    .*\n)+)", "".join(said), re.M)
    assert len(got) == len(shown) == 2 and "Exception" not in "".join(said)
    first, second = map(ast.literal_eval, got[1].split("\n")[:2])
    assert isinstance(first, str) and first != second  # the expert is at work
    assert "<|im_start|>user" in got[0]


# ------------------------------------------------------------- departures that had no test before

def test_the_tokens_that_were_sampled_are_the_ones_that_are_learned(tiny: GPT) -> None:
    """"cat" said as "c", "a", "t" is another text to the model than the one token that it has."""
    speak = tokenizer.built_in(tokenizer.load())
    said = [ord(c) for c in " cat"]  # the first 256 tokens are the bytes
    again = speak.encoding.encode_ordinary(speak.text(said))
    assert speak.text(said) == " cat" and len(again) == 1
    said = [token % tiny.config.vocab for token in said]
    group = [rl.Episode([1, 2, 3], said)]
    assert rl.answer_states(tiny, [group])[1].tolist() == said
