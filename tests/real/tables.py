"""From marks to tables: which families, what experts learn, what strategies make of them."""
from __future__ import annotations

import json
from statistics import mean

from data import HERE
from data.files import write_json
from data.tasks.jsonl import CLASSIFIER
from tests.paper import lab
from tests.paper.marks import cell, grid, number, paired, points, short
from tests.real import english
from tests.real.runs import DOMAINS, HELD

RESULTS = HERE.parent / "tests" / "results" / "real"
LEAST, MOST, HALF, HELPS = 0.10, 0.70, 0.15, 10  # of the rules, see `families`
NAMES = {"base": "base", **{d: d for d in DOMAINS}, "uniform": "1/K", "random": "random",
         "search": "random search", "best": "best expert on the shots",
         "in_prompt": "shots in the prompt", "shuffled": "C, gains shuffled",
         "prompt": "A", "classifier": "B", "few-shot": "C"}


def strict(marks: str) -> str:
    """
    >>> strict("210"), lenient("210")
    ('100', '110')
    """
    return "".join(str(int(m == "2")) for m in marks)


def lenient(marks: str) -> str:
    """Right wherever the right answer stands in the text."""
    return "".join(str(int(m != "0")) for m in marks)


def make(stages: list[str], seeds: tuple[int, ...], processes: int) -> None:
    """Does what the stages need, in turn, and writes their tables."""
    folder = RESULTS if len(seeds) >= 3 else lab.OUT  # too few to be shown
    for stage in stages:
        found = TABLES[stage](seeds, processes)
        write_json((RESULTS if stage == "families" else folder) / f"{stage}.json", found)
        print(f"\n{TEXTS[stage](found)}\n", flush=True)


def done(jobs: list[tuple], what: str, processes: int) -> list[dict]:
    lab.do_all(jobs, what, processes)
    return [lab.result(*job) for job in jobs]


# --------------------------------------------------------------------------------- which families

def families(seeds: tuple[int, ...], processes: int) -> dict:
    """The rule, written before anything was measured: of the unseen families in english.py stand
    in the tables those of one domain that the base answers to 10 to 70% on 100 validation prompts;
    those of two domains of which it answers each half (a family of its own, see english.HALVES) to
    15% or more; and the one of no domain.
    """
    names = [name for some in (*english.DOMAINS.values(), *english.UNSEEN.values())
             for name in some]
    rows = done([("family", name) for name in names], "families", processes)
    base = {name: cell([strict(row["marks"])])["share"] for name, row in zip(names, rows)}
    chosen = {}
    for home, some in english.UNSEEN.items():
        chosen[home] = [name for name in some if (
            home == "no domain" or all(base[half] >= HALF for half in english.HALVES[name])
            if name in english.HALVES or home == "no domain" else LEAST <= base[name] <= MOST)]
    return {"n": HELD, "base": base, "lenient": {
        name: cell([lenient(row["marks"])])["share"] for name, row in zip(names, rows)},
        "chosen": chosen}


def families_text(found: dict) -> str:
    rows = [[home, *(", ".join(f"{name} {short(found['base'][name])}" for name in some
                               if (name in found["chosen"].get(home, some)) == there)
                     for there in (True, False))]
            for home, some in (*english.DOMAINS.items(), *english.UNSEEN.items())]
    return grid(["families", "base, in the tables", "left out"], rows)


# --------------------------------------------------------------------------------- what is learned

def experts(seeds: tuple[int, ...], processes: int) -> dict:
    names = (*DOMAINS, CLASSIFIER)
    jobs = [("expert", name, seed) for seed in seeds for name in names]
    rows = dict(zip(jobs, done(jobs, "experts", processes)))
    return {"seeds": seeds, "experts": {name: [rows["expert", name, s] for s in seeds]
                                        for name in names}}


def experts_text(found: dict) -> str:
    return grid(["expert", "n a seed", "base", "expert", "by seed", "minutes"], [
        [name, rows[0]["n"], short(mean(r["base"] for r in rows)),
         short(mean(r["expert"] for r in rows)), ", ".join(short(r["expert"]) for r in rows),
         f"{mean(r['seconds'] for r in rows) / 60:.1f}"]
        for name, rows in found["experts"].items()])


def own(seeds: tuple[int, ...], processes: int) -> dict:
    """Own test prompts before and after, strict and lenient, with and without solved questions;
    and the other domains'."""
    jobs = [("own", name, seed) for seed in seeds for name in ("base", *DOMAINS)]
    rows = dict(zip(jobs, done(jobs, "own tests", processes)))
    table: dict[str, dict] = {}
    for where in ("marks", "bare"):
        for how in (strict, lenient):
            for d in DOMAINS:
                before, after = ([how(rows["own", who, s][where][d]) for s in seeds]
                                 for who in ("base", d))
                table[f"{d} {where} {how.__name__}"] = {
                    "base": cell(before), "expert": cell(after), "gain": paired(before, after)}
    elsewhere = {}
    for name in DOMAINS:
        for d in DOMAINS:
            if d != name:
                after = [strict(rows["own", name, s]["marks"][d]) for s in seeds]
                before = [strict(rows["own", "base", s]["marks"][d])[:len(m)]
                          for s, m in zip(seeds, after)]
                elsewhere[f"{name} on {d}"] = paired(before, after)
    return {"seeds": seeds, "own": table, "elsewhere": elsewhere}


def own_text(found: dict) -> str:
    rows = [[name, number(row["base"]), number(row["expert"]), points(row["gain"])]
            for name, row in found["own"].items()]
    other = [[name, points(d)] for name, d in found["elsewhere"].items()]
    return (grid(["test prompts", "base", "expert", "gain, points"], rows) + "\n\n"
            + grid(["expert elsewhere", "gain, points"], other))


# ------------------------------------------------------------------------------- unseen families

def unseen(seeds: tuple[int, ...], processes: int) -> dict:
    """All strategies on the families of `families`; where any expert or 1/K helps is decided on
    validation prompts, before testing."""
    homes = json.loads((RESULTS / "families.json").read_text())
    names = {name: home for home, some in homes["chosen"].items() for name in some}
    jobs = [("validated", name, s) for s in seeds for name in names]
    held = dict(zip(jobs, done(jobs, "validation", processes)))
    helps = {name: max(mean(100 * cell([strict(held["validated", name, s]["marks"][who])])["share"]
                            for s in seeds) for who in ("uniform", *DOMAINS))
             - 100 * homes["base"][name] >= HELPS for name in names}
    jobs = [("adapt", name, s) for s in seeds for name in names]
    rows = dict(zip(jobs, done(jobs, "unseen families", processes)))
    table = {}
    for name, home in names.items():
        marks = {who: [rows["adapt", name, s]["marks"][who] for s in seeds]
                 for who in rows["adapt", name, seeds[0]]["marks"]}
        table[name] = {
            "home": home, "helps": helps[name],
            "strict": {who: cell([strict(m) for m in some]) for who, some in marks.items()},
            "lenient": {who: cell([lenient(m) for m in some]) for who, some in marks.items()},
            "lead": {who: paired([strict(m) for m in some],
                                 [strict(m) for m in marks["few-shot"]])
                     for who, some in marks.items() if who != "few-shot"},
            "alpha": [rows["adapt", name, s]["alpha"]["few-shot"] for s in seeds],
            "named": [rows["adapt", name, s]["named"] for s in seeds],
            "seconds": [rows["adapt", name, s]["seconds"] for s in seeds]}
    return {"seeds": seeds, "families": table}


def unseen_text(found: dict) -> str:
    rows = [[name, row["home"], "yes" if row["helps"] else "no",
             *(short(row["strict"][who]["share"]) for who in NAMES if who in row["strict"])]
            for name, row in found["families"].items()]
    some = next(iter(found["families"].values()))["strict"]
    return grid(["family", "of", "helps", *(NAMES[who] for who in NAMES if who in some)], rows)


TABLES = {f.__name__: f for f in (families, experts, own, unseen)}
TEXTS = {"families": families_text, "experts": experts_text, "own": own_text,
         "unseen": unseen_text}
