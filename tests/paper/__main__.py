"""Every claim of the paper, again in miniature, with seeds and intervals.

    python -m tests.paper                      # all tables, into tests/results/paper
    python -m tests.paper ablations --seeds 5  # one of them
    python -m tests.paper readme               # writes the tables of both READMEs from them
    python -m tests.paper figures              # draws the pictures anew; needs matplotlib

What is done is kept in OUT and not done again, whichever table it was done for; Ctrl-C stops, and
the same command goes on.
"""
from __future__ import annotations

import argparse
import inspect
import json
import sys
import time
from pathlib import Path

from data import HERE
from data.files import alone, write_json
from data.run.flags import Parser, check_writable, within
from data.run.screen import exit_code
from tests.paper import figures, lab
from tests.paper.marks import between, claims
from tests.paper.reading import TABLES, text_front
from tests.paper.why import WHY

RESULTS = HERE.parent / "tests" / "results" / "paper"
README, ALL = HERE.parent / "README.md", RESULTS.parent / "README.md"  # the front door; the rest
BEGIN, END = "<!-- python -m tests.paper readme -->", "<!-- end of what it wrote -->"
FIGURES = {"svf-lora": ["training", "gains"], "unseen": ["alpha", "search"],
           "classes": ["classes"], "shots": ["shots"], "few": ["few"]}


def make(names: list[str], seeds: tuple[int, ...], processes: int, folder: Path) -> None:
    """Does what the tables need, stage by stage, and writes them into the folder."""
    needs = {name: TABLES[name].need(seeds) for name in names}
    stage = 0
    while needs:
        stage, jobs = stage + 1, []
        for name, need in list(needs.items()):
            more = next(need, None)
            if more is None:
                del needs[name]
                found = TABLES[name].rows(seeds)
                write_json(folder / f"{name}.json", {"seeds": seeds, **found})
                print(f"\n{section(name, folder)}\n", flush=True)
            else:
                jobs += more
        lab.do_all(jobs, f"stage {stage}", processes)


def section(name: str, folder: Path = RESULTS) -> str:
    """A table as it is shown: the verdicts in sight, the figures folded."""
    found = kept(name, folder)
    pictures = "".join(
        f"\n\n![{inspect.getdoc(getattr(figures, figure)).splitlines()[0]}]"
        f"(paper/{figure}.svg)" for figure in FIGURES.get(name, []))
    verdicts = [*(f"- {note}" for note in found.get("notes", [])),
                *claims(found.get("claims", []), WHY)]
    return (f"### {TABLES[name].title}\n\n" + "\n".join(verdicts) + "\n\n"
            f"<details><summary>The figures</summary>\n\n{TABLES[name].text(found)}\n\n</details>"
            + pictures)


def kept(name: str, folder: Path = RESULTS) -> dict:
    """A table's figures, as they were found."""
    return json.loads((folder / f"{name}.json").read_text())


def written() -> dict[Path, str]:
    """What each of the two files has between BEGIN and END."""
    texts = {README: [text_front(kept("svf-lora"), kept("unseen"))], ALL: map(section, TABLES)}
    return {path: "\n\n".join(["", *text, ""]) for path, text in texts.items()}


def readme() -> None:
    """Writes it there. ValueError, and nothing is written, where one has not both marks."""
    try:
        made = written()
    except KeyError as error:
        raise ValueError(f"{RESULTS}: a table there has no {error}, which it has now: make it "
                         "again") from None
    texts = {}
    for path, new in made.items():
        try:
            texts[path] = between(path.read_text(encoding="utf-8"), BEGIN, END, new)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    parser = Parser(prog="python -m tests.paper", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="TABLE",
                        help=f"{', '.join(TABLES)} (default: all); or readme, or figures")
    parser.add_argument("--seeds", type=within(int, 1, 100), default=3,
                        help="so many, from 0 on (default: 3; the tables of fewer go to OUT)")
    parser.add_argument("--processes", type=within(int, 1, 64), default=2,
                        help="of one thread each (default: 2)")
    parser.add_argument("--out", type=Path, default=lab.OUT, help="folder of what is done")
    args = parser.parse_args(argv)
    return exit_code(lambda: work(args), None)


def work(args: argparse.Namespace) -> None:
    """What was asked for. ValueError for what can't be."""
    begin = time.monotonic()
    if args.what == ["readme"]:
        readme()
        return
    unknown = [name for name in args.what if name not in TABLES]
    if unknown and args.what != ["figures"]:
        raise ValueError(f"{unknown[0]:.40}: expected some of {', '.join(TABLES)}; or, alone, "
                         "readme or figures")
    check_writable(args.out)
    with alone(args.out):
        lab.begin(args.out)
        lab.check_base()
        seeds = tuple(range(args.seeds))
        if args.what == ["figures"]:
            figures.draw(seeds, RESULTS)
        else:
            folder = RESULTS if len(seeds) >= 3 else args.out  # too few to be shown
            make(args.what or list(TABLES), seeds, args.processes, folder)
            print(f"{(time.monotonic() - begin) / 60:.0f} minutes; wrote {folder}")


if __name__ == "__main__":
    sys.exit(main())
