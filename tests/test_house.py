"""The house: imports run one way, each folder says what lives in it, --help waits for no torch."""
from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import accumulate, chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# From the ground up. A room may use those on the floors below it and itself, and none beside it.
FLOORS = (("data",), ("data/tasks", "data/llama"), ("model.py",), ("svf.py",), ("rl.py", "cem.py"),
          ("data/run",), ("t2.py",))
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
         for top in ("*.py", "data/**/*.py") for path in sorted(ROOT.glob(top))}
HELP = [name for name in FILES if name.startswith("data/tasks/") or name in {
    "t2.py", "data/files.py", "data/run/flags.py", "data/run/screen.py", "data/run/report.py",
    "data/run/mixture.py"}]


def room(name: str) -> str:
    """Where a file is: its folder, or itself at the top level."""
    return name.rpartition("/")[0] or name


def file_of(module: str) -> str | None:
    """The file of ours that a dotted name stands for, if it is one."""
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if name in FILES), None)


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that one statement imports, by their dotted names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert not node.level, f"line {node.lineno}: expected the whole name, not dots"
        whole = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name if file_of(name) else node.module for name in whole)


def arrows(name: str) -> set[str]:
    """The files of ours that it imports anywhere: in a function, or for TYPE_CHECKING, too."""
    return {file for node in ast.walk(FILES[name]) for module in imported(node)
            if (file := file_of(module))}


def at_once(name: str) -> set[str]:
    """The modules that are loaded as soon as it is: not in functions, nor for TYPE_CHECKING."""
    nodes, found = list(FILES[name].body), set()
    while nodes:
        node = nodes.pop()
        found.update(imported(node))
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes += node.orelse
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            nodes += ast.iter_child_nodes(node)
    return found


def packages(module: str) -> Iterator[str]:
    """It and the packages that it lies in, whose __init__ runs before it."""
    return accumulate(module.split("."), "{}.{}".format)


@pytest.mark.parametrize("name", FILES)
def test_imports_run_one_way(name: str) -> None:
    assert room(name) in FLOOR, f"{name} stands in no room: expected one of {', '.join(FLOOR)}"
    wrong = [other for other in arrows(name) if room(other) != room(name)
             and FLOOR[room(other)] >= FLOOR[room(name)]]
    assert not wrong, f"{name} imports {', '.join(wrong)}, which is no floor below it"


def test_no_files_import_each_other_in_a_circle() -> None:
    TopologicalSorter({name: arrows(name) for name in FILES}).prepare()  # CycleError names it


@pytest.mark.parametrize("name", HELP)
def test_help_waits_for_no_torch(name: str) -> None:
    """Whatever it loads, at whatever distance; t2.py is all that --help loads."""
    seen, new = set(), {name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")}
    while new := {*chain.from_iterable(map(packages, new))} - seen:
        seen |= new
        new = {module for one in new if (file := file_of(one)) for module in at_once(file)}
    assert "torch" not in seen


@pytest.mark.parametrize("folder", sorted({room(name) for name in FILES if "/" in name}))
def test_a_folder_says_what_lives_in_it(folder: str) -> None:
    """Each file is named, and what is named is there: in this folder, or by its whole path."""
    text = ast.get_docstring(FILES[f"{folder}/__init__.py"]) or ""
    said = set(re.findall(r"[\w/]+\.py\b", text))
    there = {name.rpartition("/")[2] for name in FILES if room(name) == folder} - {"__init__.py"}
    assert there <= said and all(name in there or name in FILES for name in said)
    assert all(f"{other.rpartition('/')[2]}/" in text for other in {room(name) for name in FILES}
               if other.rpartition("/")[0] == folder)


def test_each_file_says_what_it_carries_and_has_a_name_of_its_own() -> None:
    assert not [name for name, tree in FILES.items() if not ast.get_docstring(tree)]
    names = {path.stem for path in [*map(Path, FILES), *(ROOT / "tests").rglob("*.py")]}
    assert not names & sys.stdlib_module_names, "they hide modules of the standard library"
