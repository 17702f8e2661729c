"""The same seed gives the same experts, bit for bit; and nothing ties the code to one platform."""
from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import t2
from data import HERE
from data.files import load_file
from data.run.resume import seeded
from data.tasks.families import trained_on
from rl import draw

ROOT = HERE.parent
CODE = [*ROOT.glob("*.py"), *HERE.glob("*.py")]
TIED = {"fcntl", "pwd", "grp", "resource", "termios", "msvcrt", "winreg", "multiprocessing",
        "SIGALRM", "SIGKILL", "SIGHUP", "setitimer", "fork", "mkfifo", "getuid", "uname"}


def train(out: Path, seed: int) -> tuple[bytes, bytes]:
    """z of a short run, and what its state of the optimizer would have been: as bytes."""
    code = ("import sys, rl, t2\nfrom pathlib import Path\n"
            "from data import runs\n"
            "kept = runs.save_file\n"
            "runs.save_file = lambda path, thing: kept(path.with_suffix('.kept'), thing)\n"
            "run = rl.resumable\n"
            "rl.resumable = lambda *args: run(*args, every=0)\n"
            "sys.exit(t2.main(sys.argv[1:]))")
    done = subprocess.run(
        [sys.executable, "-c", code, "train", "--task", "reasoning", "--steps", "3", "--n", "9",
         "--threads", "1", "--seed", str(seed), "--out", str(out)],
        cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    state = load_file(out / "reasoning.state.kept")
    moments = [state["optimizer"]["state"][0][name] for name in ("exp_avg", "exp_avg_sq")]
    return raw(load_file(out / "reasoning.pt")["z"]), b"".join(map(raw, moments))


def raw(x: torch.Tensor) -> bytes:
    return bytes(x.contiguous().view(torch.uint8).tolist())


def test_the_same_seed_gives_the_same_expert_bit_for_bit_and_another_another(tmp_path: Path
                                                                            ) -> None:
    one, again = train(tmp_path / "one run", 1), train(tmp_path / "noch einer, \u00fc \u6f22", 1)
    assert one == again and len(one[0]) == 4 * 2688
    other = train(tmp_path / "other", -1)
    assert other[0] != one[0] and other[1] != one[1]


def test_every_domain_seed_step_and_prompt_has_a_stream_of_its_own() -> None:
    names = [("rollout", domain, seed, step, prompt) for domain in ("chain", "branch", "day")
             for seed in (-2, -1, 0, 1, 2) for step in range(40) for prompt in range(16)]
    assert len({seeded(*name).initial_seed() for name in names}) == len(names)
    leads = {name: [p.lead for p in draw(trained_on("math"), 40, "train", name, 0, 0)]
             for name in ("math", "code", "reasoning")}
    assert len(set(map(tuple, leads.values()))) == 3


def test_an_old_torch_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                        capsys: pytest.CaptureFixture[str]) -> None:
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


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_nothing_is_of_one_platform_or_of_a_newer_python(path: Path) -> None:
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


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_everything_public_says_what_it_is(path: Path) -> None:
    """A docstring for each module, class, function and method whose name has no underscore."""
    def silent(node: ast.AST, where: str) -> list[str]:
        found = [] if ast.get_docstring(node) else [where]
        for part in ast.iter_child_nodes(node):
            if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and not part.name.startswith("_"):
                if not isinstance(node, ast.FunctionDef):  # what is inside one is its own affair
                    found += silent(part, f"{where}.{part.name}")
        return found
    assert not silent(ast.parse(path.read_text(encoding="utf-8")), path.stem)
