"""Every claim of the paper, again in miniature, with seeds and intervals.

    python -m tests.paper                      # all tables, into tests/results/paper
    python -m tests.paper ablations --seeds 5  # one of them
    python -m tests.paper readme               # writes what is in tests/results/paper into README
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
from data.flags import Parser, check_writable, within
from data.terminal import complain
from tests.paper import figures, lab
from tests.paper.marks import claims
from tests.paper.reading import TABLES
from tests.paper.why import WHY

RESULTS = HERE.parent / "tests" / "results" / "paper"
README = HERE.parent / "README.md"
BEGIN, END = "<!-- python -m tests.paper readme -->", "<!-- end of what it wrote -->"
FIGURES = {"svf-lora": ["training", "gains"], "unseen": ["alpha", "search"],
           "classes": ["classes"], "shots": ["shots"], "few": ["few"]}


def make(names: list[str], seeds: tuple[int, ...], processes: int) -> None:
    """Does what the tables need, stage by stage, and writes them."""
    needs = {name: TABLES[name].need(seeds) for name in names}
    stage = 0
    while needs:
        stage, jobs = stage + 1, []
        for name, need in list(needs.items()):
            more = next(need, None)
            if more is None:
                del needs[name]
                found = TABLES[name].rows(seeds)
                write_json(RESULTS / f"{name}.json", {"seeds": seeds, **found})
                print(f"\n{section(name)}\n", flush=True)
            else:
                jobs += more
        lab.do_all(jobs, f"stage {stage}", processes)


def section(name: str) -> str:
    """A table as README has it: the verdicts in sight, the figures folded."""
    found = json.loads((RESULTS / f"{name}.json").read_text())
    pictures = "".join(
        f"\n\n![{inspect.getdoc(getattr(figures, figure)).splitlines()[0]}]"
        f"(tests/results/paper/{figure}.svg)" for figure in FIGURES.get(name, []))
    verdicts = [*(f"- {note}" for note in found.get("notes", [])),
                *claims(found.get("claims", []), WHY)]
    return (f"### {TABLES[name].title}\n\n" + "\n".join(verdicts) + "\n\n"
            f"<details><summary>The figures</summary>\n\n{TABLES[name].text(found)}\n\n</details>"
            + pictures)


def written() -> str:
    """What README has between BEGIN and END."""
    return "\n\n".join([BEGIN, *map(section, TABLES), END])


def readme() -> None:
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{README}: expected the lines {BEGIN} and {END}, between which to write")
    README.write_text(before + written() + after, encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    parser = Parser(prog="python -m tests.paper", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="TABLE",
                        help=f"{', '.join(TABLES)} (default: all); or readme, or figures")
    parser.add_argument("--seeds", type=within(int, 1, 100), default=3,
                        help="so many, from 0 on (default: 3, as those that are committed)")
    parser.add_argument("--processes", type=within(int, 1, 64), default=2,
                        help="of one thread each (default: 2)")
    parser.add_argument("--out", type=Path, default=lab.OUT, help="folder of what is done")
    args = parser.parse_args(argv)
    begin = time.monotonic()
    try:
        if args.what == ["readme"]:
            readme()
            return 0
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
                make(args.what or list(TABLES), seeds, args.processes)
                print(f"{(time.monotonic() - begin) / 60:.0f} minutes; wrote {RESULTS}")
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from what is done", file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:
        complain(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
