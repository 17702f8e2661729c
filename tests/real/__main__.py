"""Transformer-Squared on a real model: SmolLM2-135M, or any folder of open weights.

    python -m tests.real english FOLDER             # writes the tasks, see english.py
    python -m tests.real families DIR               # which families the tables are of
    python -m tests.real experts DIR --seeds 1      # trains the experts of seed 0
    python -m tests.real DIR                        # all of it: three seeds, all tables
    python -m tests.real readme                     # writes the tables of tests/results/README.md
    python -m tests.real figures                    # draws the pictures anew; needs matplotlib

DIR: the folder of weights. What is done is kept in OUT and not done again; Ctrl-C stops, and the
same command goes on. Figures go to tests/results/real. About 8 hours on two cores.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from data.files import alone, write_json
from data.run.flags import Parser, check_writable, within
from data.run.screen import exit_code
from tests.paper import lab
from tests.real import english, figures, tables

STAGES = (*tables.TABLES,)


def prepare(weights: str, dtype: str) -> None:
    """The tasks, and what OUT is of. ValueError where it holds runs of other weights."""
    path, now = lab.OUT / "about.json", {"weights": weights, "dtype": dtype}
    if path.exists() and (before := json.loads(path.read_text())) != now:
        raise ValueError(f"--out {lab.OUT} holds runs of {before}, not of {now}: name another "
                         "folder")
    if not path.exists():
        english.write(lab.OUT / "tasks")
        write_json(path, now)


def main(argv: list[str] | None = None) -> int:
    parser = Parser(prog="python -m tests.real", description=__doc__,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="STAGE",
                        help=f"{', '.join(STAGES)} (default: all), then the folder of weights; or "
                        "english and a folder; or, alone, readme or figures")
    parser.add_argument("--seeds", type=within(int, 1, 100), default=3,
                        help="so many, from 0 on (default: 3; the tables of fewer go to OUT)")
    parser.add_argument("--processes", type=within(int, 1, 64), default=2,
                        help="of one thread each (default: 2)")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="bfloat16",
                        help="of the weights (default: bfloat16)")
    parser.add_argument("--out", type=Path, default=Path("out/real"),
                        help="folder of what is done (default: out/real)")
    args = parser.parse_args(argv)
    return exit_code(lambda: work(args), None)


def work(args: argparse.Namespace) -> None:
    """What was asked for. ValueError for what can't be."""
    *stages, folder = args.what or [""]
    if stages == ["english"]:
        english.write(Path(folder))
    elif args.what == ["readme"]:
        tables.readme()
    elif args.what == ["figures"]:
        figures.draw(tables.made(), tables.RESULTS)
    elif not Path(folder).is_dir() or {*stages} - {*STAGES}:
        raise ValueError(f"{' '.join(args.what) or 'nothing'!r:.60}: expected a folder of "
                         f"weights, before it perhaps some of {', '.join(STAGES)}; or english "
                         "and a folder; or, alone, readme or figures")
    else:
        check_writable(args.out)
        with alone(args.out):
            lab.begin(args.out, "tests.real.rivals")
            prepare(str(Path(folder).resolve()), args.dtype)
            tables.make(stages or STAGES, tuple(range(args.seeds)), args.processes)


if __name__ == "__main__":
    sys.exit(main())
