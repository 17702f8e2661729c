"""The same seed gives the same experts, bit for bit; whoever uses a model leaves it as it was; and
nothing ties the code to one platform."""
from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import t2
from cem import Search, few_shot, scores
from data import HERE
from data.processes import seeded
from data.run import resume, train
from data.run.baselines import random_search
from data.safetensors import load, raw, save
from model import GPT
from rl import Recipe, Reinforce, accuracy
from svf import SVF
from tests.conftest import Letters, Patch, Said
from tests.test_rl import Toy

ROOT = HERE.parent
CODE = [*ROOT.glob("*.py"), *HERE.rglob("*.py")]
TIED = {"fcntl", "pwd", "grp", "resource", "termios", "msvcrt", "winreg", "multiprocessing",
        "SIGALRM", "SIGKILL", "SIGHUP", "setitimer", "fork", "mkfifo", "getuid", "uname"}


def test_the_same_seed_gives_the_same_expert_bit_for_bit_and_another_another(
        tmp_path: Path, monkeypatch: Patch) -> None:
    """And the same moments; whatever the folder is called, and however its files are read."""
    def expert(folder: str, seed: int) -> dict[str, bytes]:
        out = tmp_path / folder
        assert t2.main(["train", "--task", "reasoning", "--n", "9", "--seed", str(seed), "--out",
                        str(out)]) == 0
        tensors = {**load(tmp_path / "kept", "state")[0],
                   **load(out / "reasoning.safetensors", "expert")[0]}
        return {name: bytes(raw(x)) for name, x in tensors.items()}
    monkeypatch.setattr(train, "recipe", lambda args: Recipe(3, 4, 4, held=9, validate=2))
    monkeypatch.setattr(train, "keep_going", lambda *given: resume.keep_going(*given, every=0))
    monkeypatch.setattr(resume.safetensors, "save", lambda path, *given: save(
        tmp_path / "kept" if "state" in path.name else path, *given))
    one, again, other = (expert("one run", 1), expert("noch einer, \u00fc \u6f22", 1),
                         expert("other", -1))
    assert one == again and len(one["z"]) == 4 * 2688
    assert {name for name in one if one[name] != other[name]} >= {
        "z", "best", "adamw/0/exp_avg", "adamw/0/exp_avg_sq"}


def test_every_domain_seed_step_and_prompt_has_a_stream_of_its_own() -> None:
    names = [("rollout", domain, seed, step, prompt) for domain in ("chain", "branch", "day")
             for seed in (-2, -1, 0, 1, 2) for step in range(40) for prompt in range(16)]
    assert len({seeded(*name).initial_seed() for name in names}) == len(names)


# ----------------------------------------------------------- a model is left as it was found

def a_step(svf: SVF, fmt: Letters, Z: torch.Tensor, problems: list) -> None:
    next(iter(Reinforce(svf, fmt, (Toy(),), Recipe(2, 2, 2, held=2), 0)))


def session(svf: SVF, fmt: Letters) -> SimpleNamespace:
    return SimpleNamespace(svf=svf, fmt=fmt, which="b", domains=("a",))


USES: dict[str, Callable] = {
    "few_shot": lambda *given: few_shot(*given, Search(2, 1, 2), torch.Generator()),
    "random_search": lambda *given: random_search(*given, torch.Generator()),
    "scores": lambda svf, fmt, Z, problems: scores(svf, fmt, Z, torch.eye(2), problems),
    "accuracy": lambda svf, fmt, Z, problems: accuracy(svf, Z[0], fmt, problems),
    "accuracy of the base": lambda svf, fmt, Z, problems: accuracy(svf, None, fmt, problems),
    "categorise": lambda svf, fmt, Z, problems: t2.categorise(session(svf, fmt), Z[0], ["a"]),
    "answer": lambda svf, fmt, Z, problems: t2.answer(session(svf, fmt), Z, torch.eye(2), problems,
                                                      ""),
    "a step": a_step}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("before", ["base", "expert", "rows"])
def test_whoever_uses_a_model_leaves_it_as_it_was(use: str, before: str, tiny: GPT,
                                                  monkeypatch: Patch) -> None:
    """Base, expert, or a z a row; to the bit; and where all ends in an exception."""
    svf, tokens = SVF(tiny), torch.tensor([[3, 1, 4], [1, 5, 9]])
    Z = 1 + 0.3 * torch.randn(2, svf.N, generator=seeded("Z"))
    svf.use({"base": None, "expert": Z[0], "rows": Z}[before])
    given, was = (svf, Letters(), Z, Toy().problems(2, "train", 0)), tiny(tokens)
    USES[use](*given)
    assert torch.equal(tiny(tokens), was)
    monkeypatch.setattr("model.GPT.states", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        USES[use](*given)
    monkeypatch.undo()
    assert torch.equal(tiny(tokens), was)


# ------------------------------------------------------------------------------------ platforms

def test_an_old_torch_is_one_clear_line(tmp_path: Path, monkeypatch: Patch, capsys: Said) -> None:
    monkeypatch.delattr("torch.optim.Muon", raising=False)
    assert t2.main(["pretrain", "--out", str(tmp_path)]) == 2
    monkeypatch.setattr("torch.__version__", "2.5.1+cpu")
    assert t2.main(["ask", "hello", "--out", str(tmp_path)]) == 2
    muon, old = capsys.readouterr().err.splitlines()
    assert "pretrain needs torch 2.9 or later" in muon
    assert "torch is 2.5.1+cpu, expected 2.6 or later: run `pip install" in old


def names(tree: ast.AST) -> set[str]:
    """Modules that are imported, and every name and attribute."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, (ast.Attribute, ast.Name)):
            found.add(node.attr if isinstance(node, ast.Attribute) else node.id)
    return found


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_of_one_platform_or_of_a_newer_python_and_all_says_what_it_is(path: Path
                                                                                 ) -> None:
    """A docstring for each module, class, function and method whose name has no underscore."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 10))
    assert not names(tree) & TIED
    assert not re.search(r"""["']/(dev|proc|sys|tmp)\b""", text)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name, given = ast.unparse(call.func), {keyword.arg for keyword in call.keywords}
        assert name != "torch.load" or "weights_only" in given
        if name.endswith((".read_text", ".write_text")):
            assert "encoding" in given  # Windows takes another one
        assert name not in ("eval", "exec", "pickle.load", "pickle.loads", "os.system")

    def silent(node: ast.AST, where: str) -> list[str]:
        found = [] if ast.get_docstring(node) else [where]
        for part in ast.iter_child_nodes(node):
            if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and not part.name.startswith("_"):
                if not isinstance(node, ast.FunctionDef):  # what is inside one is its own affair
                    found += silent(part, f"{where}.{part.name}")
        return found
    assert not silent(tree, path.stem)
