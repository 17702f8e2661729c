"""From marks to tables: which families, what experts learn, what strategies make of them."""
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

from data import HERE
from data.files import write_json
from data.tasks.jsonl import CLASSIFIER
from tests.paper import lab
from tests.paper.marks import (
    between,
    by_seed,
    cell,
    claim,
    claims,
    grid,
    number,
    paired,
    points,
    share,
    short,
)
from tests.real import english, rivals
from tests.real.runs import DOMAINS, HELD, SHOWN
from tests.real.search import FIRST, SECOND, Variant

RESULTS = HERE.parent / "tests" / "results" / "real"
LEAST, MOST, HALF, HELPS = 0.10, 0.70, 0.15, 10  # of the rules, see `families`
HELPED, ALL = "an expert helps", "all"  # the families of one domain of which it does; and all
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
    def those(names: Iterable[str]) -> str:
        return ", ".join(f"{name} {short(found['base'][name])}" for name in names)
    rows = [[home, those(english.DOMAINS.get(home, ())), those(found["chosen"][home]),
             those(name for name in some if name not in found["chosen"][home])]
            for home, some in english.UNSEEN.items()]
    return grid(["the base on families", "trained on", "unseen", "left out by the rule"], rows)


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
    for where, what in (("marks", "with"), ("bare", "without")):
        for how in (strict, lenient):
            each = {d: [[how(rows["own", who, s][where][d]) for s in seeds] for who in ("base", d)]
                    for d in DOMAINS}
            each["all three"] = [by_seed([*some]) for some in zip(*each.values())]
            for d, (before, after) in each.items():
                table[f"{d}, {what} solved questions, {how.__name__}"] = {
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

def chosen() -> dict[str, str]:
    """The families of the tables, and the domain of each."""
    some = json.loads((RESULTS / "families.json").read_text())["chosen"]
    return {name: home for home, names in some.items() for name in names}


def helped(seeds: tuple[int, ...], processes: int) -> set[str]:
    """The families of which an expert or 1/K answers more than the base, on validation prompts and
    by the mean over the seeds: decided before anything is tested.
    """
    base = json.loads((RESULTS / "families.json").read_text())["base"]
    jobs = [("validated", name, s) for s in seeds for name in chosen()]
    rows = dict(zip(jobs, done(jobs, "validation", processes)))

    def gain(name: str, who: str) -> float:
        return 100 * mean(cell([strict(rows["validated", name, s]["marks"][who])])["share"]
                          for s in seeds) - 100 * base[name]
    return {name for name in chosen()
            if max(gain(name, who) for who in ("uniform", *DOMAINS)) >= HELPS}


def ways(seeds: tuple[int, ...], processes: int) -> dict:
    """How C may search, at equal cost, with the experts of the first seed: on validation prompts.
    """
    return searched("ways", FIRST, "from 1/K", seeds[:1], processes)


def finals(seeds: tuple[int, ...], processes: int) -> dict:
    """The second round, with the experts of the other seeds."""
    return searched("finals", SECOND, "known first, L1", seeds[1:], processes)


def searched(job: str, variants: dict[str, Variant], than: str, seeds: tuple[int, ...],
             processes: int) -> dict:
    names, good = chosen(), helped(seeds, processes)
    found = done([(job, name, s) for name in names for s in seeds], job, processes)
    rows = {name: found[i * len(seeds):(i + 1) * len(seeds)] for i, name in enumerate(names)}
    marks = {way: {name: [strict(row["marks"][way]) for row in some]
                   for name, some in rows.items()} for way in variants}
    base = {name: [strict(lab.result("family", name)["marks"])] * len(seeds) for name in names}
    kinds = {HELPED: [n for n in names if n in good and names[n] != "two domains"],
             "two domains": [n for n in names if names[n] == "two domains"]}
    kinds["elsewhere"] = [n for n in names if n not in sum(kinds.values(), [])]
    return {"seeds": seeds, "than": than, "kinds": kinds, "ways": {way: {
        "of": {kind: mean(cell(some[n])["share"] for n in which)
               for kind, which in kinds.items() if which},
        "share": {n: cell(some[n])["share"] for n in names},
        "lead": paired(by_seed([*marks[than].values()]), by_seed([*some.values()])),
        "over the base": {kind: paired(by_seed([base[n] for n in which]),
                                       by_seed([some[n] for n in which]))
                          for kind, which in kinds.items() if which},
        "alpha": {n: [row["alpha"][way] for row in some] for n, some in rows.items()}}
        for way, some in marks.items()}}


def searched_text(found: dict) -> str:
    kinds = [kind for kind, some in found["kinds"].items() if some]
    seeds = " and ".join(map(str, found["seeds"]))
    return ("Points over the base in brackets: each way may look at 320 answers of the experts of "
            f"seed {seeds}; 100 prompts a family and seed.\n\n") + grid(
        ["C searches", *kinds, f"all, points over {found['than']}"], [
        [way, *(f"{short(row['of'][kind])} ({row['over the base'][kind]['points']:+.1f})"
                for kind in kinds), points(row["lead"])]
        for way, row in found["ways"].items()])


def asks(seeds: tuple[int, ...], processes: int) -> dict:
    """What A names on validation prompts of the families, by how many questions of each kind it
    reads before; with the experts of the first seed.
    """
    names = chosen()
    rows = dict(zip(names, done([("asked", name, seeds[0]) for name in names], "asks",
                                processes)))
    named: dict[str, dict[str, Counter]] = {}
    for name, home in names.items():
        some = named.setdefault(home, {str(n): Counter() for n in SHOWN})
        for n, said in some.items():
            said.update(rows[name][n])
    return {"seed": seeds[0], "named": named}


def asks_text(found: dict) -> str:
    def text(said: dict[str, int]) -> str:
        return ", ".join(f"{who} {short(n / sum(said.values()))}"
                         for who, n in sorted(said.items(), key=lambda one: -one[1]))
    return grid(["families of", "prompts", *(f"named after {n} questions of each kind"
                                             for n in SHOWN)], [
        [home, sum(said[str(SHOWN[0])].values()), *map(text, said.values())]
        for home, said in found["named"].items()])


def unseen(seeds: tuple[int, ...], processes: int) -> dict:
    """All strategies on the families of `families`; where any expert or 1/K helps is decided on
    validation prompts, before testing."""
    names, good = chosen(), helped(seeds, processes)
    jobs = [("adapt", name, s) for s in seeds for name in names]
    rows = dict(zip(jobs, done(jobs, "unseen families", processes)))
    table, two = {}, [name for name, home in names.items() if home == "two domains"]

    def of(who: str, some: list[str]) -> list[str]:
        return by_seed([[strict(rows["adapt", name, s]["marks"][who]) for s in seeds]
                        for name in some])
    one = [name for name in names if name in good and name not in two]
    kinds = {HELPED: one, "two domains": two,
             "elsewhere": [name for name in names if name not in (*one, *two)]}
    pairs = [(HELPED, who) for who in ("base", "prompt", "classifier", "uniform", "search", "best",
                                       "in_prompt", "shuffled")]
    pairs += [("two domains", "best"), ("two domains", "base"), ("elsewhere", "base")]
    for name, home in names.items():
        marks = {who: [rows["adapt", name, s]["marks"][who] for s in seeds]
                 for who in rows["adapt", name, seeds[0]]["marks"]}
        table[name] = {
            "home": home, "helps": name in good,
            "strict": {who: cell([strict(m) for m in some]) for who, some in marks.items()},
            "lenient": {who: cell([lenient(m) for m in some]) for who, some in marks.items()},
            "lead": {who: paired([strict(m) for m in some],
                                 [strict(m) for m in marks["few-shot"]])
                     for who, some in marks.items() if who != "few-shot"},
            "alpha": [rows["adapt", name, s]["alpha"]["few-shot"] for s in seeds],
            "named": [rows["adapt", name, s]["named"] for s in seeds],
            "seconds": [rows["adapt", name, s]["seconds"] for s in seeds]}
    everyone = rows["adapt", next(iter(names)), seeds[0]]["marks"]
    picked = [of(max(DOMAINS, key=lambda d: table[name]["strict"][d]["share"]), [name])
              for name in names]
    return {"seeds": seeds, "families": table, "kinds": kinds, "oracle": cell(by_seed(picked)),
            "means": {kind: {who: cell(of(who, some)) for who in everyone}
                      for kind, some in {**kinds, ALL: [*names]}.items() if some}, "claims": [
        claim(f"{kind}: C beats {NAMES[who]}", of(who, kinds[kind]), of("few-shot", kinds[kind]))
        for kind, who in pairs if kinds[kind] and who in everyone]}


def unseen_text(found: dict) -> str:
    rows = [[name, row["home"], "yes" if row["helps"] else "no",
             *(short(row["strict"][who]["share"]) for who in NAMES if who in row["strict"])]
            for name, row in found["families"].items()]
    rows += [[f"mean: {kind}", "", "", *(short(row[who]["share"]) for who in NAMES if who in row)]
             for kind, row in found["means"].items()]
    some = next(iter(found["families"].values()))
    who = [one for one in NAMES if one in some["strict"]]
    head = ["family", "of", "helps", *(NAMES[one] for one in who)]
    loose = [[name, *(short(row["lenient"][one]["share"]) for one in who)]
             for name, row in found["families"].items()]
    return "\n\n".join(("\n".join(claims(found["claims"], {})), grid(head, rows),
                        "Leniently, the right answer anywhere in the text:",
                        grid([head[0], *head[3:]], loose)))


# ------------------------------------------------------------------------- what stands beside them

def lora(seeds: tuple[int, ...], processes: int) -> dict:
    """Is it SVF, or having experts? LoRA's, of the best of three rates, by themselves and mixed by
    C; of the first seed.
    """
    seed = seeds[0]
    jobs = [("other", "lora-16", d, rate, seed) for rate in rivals.LORA for d in DOMAINS]
    rows = dict(zip(jobs, done(jobs, "LoRA", processes)))
    held = {rate: mean(rows["other", "lora-16", d, rate, seed]["validation"] for d in DOMAINS)
            for rate in rivals.LORA}
    rate = max(held, key=held.get)
    mixed = done([("mixed_lora", name, rate, seed) for name in rivals.FAMILIES], "C over LoRA",
                 processes)
    marks = {d: (*(lab.result("own", who, seed)["marks"][d] for who in ("base", d)),
                 rows["other", "lora-16", d, rate, seed]["marks"]) for d in DOMAINS}
    for name, row in zip(rivals.FAMILIES, mixed):
        of = lab.result("adapt", name, seed)["marks"]
        marks[name] = of["base"], of["few-shot"], row["marks"]["few-shot"]
    for what, names in (("own tests", DOMAINS), ("C on all three", rivals.FAMILIES)):
        marks[what] = tuple(map("".join, zip(*(marks[name] for name in names))))
    table = {name: compared(*map(strict, three)) for name, three in marks.items()}
    for name, row in zip(rivals.FAMILIES, mixed):
        table[name] |= {"each": {d: share(strict(row["marks"][d])) for d in DOMAINS},
                        "alpha": row["alpha"]}
    return {"seed": seed, "rate": rate, "validation": held, "table": table,
            "numbers": rows["other", "lora-16", DOMAINS[0], rate, seed]["numbers"]}


def compared(base: str, svf: str, other: str) -> dict:
    return {"base": cell([base]), "svf": cell([svf]), "other": cell([other]),
            "lead": paired([other], [svf])}


def lora_text(found: dict) -> str:
    return grid(["own test, or C on", "base", "SVF", "LoRA", "SVF's lead, points"], [
        [name, *(number(row[who]) for who in ("base", "svf", "other")), points(row["lead"])]
        for name, row in found["table"].items()])


def shots(seeds: tuple[int, ...], processes: int) -> dict:
    """Is it mixing, or the shots? A vector trained on them for as long as C takes: SVF's, and LoRA
    of rank 1. Each rate is the best of three on the first seed's validation prompts.
    """
    seed, rate = seeds[0], {}
    for what, rates in rivals.ON_SHOTS.items():
        jobs = [("on_shots", what, name, r, seed) for r in rates for name in rivals.FAMILIES]
        rows = dict(zip(jobs, done(jobs, f"{what} on the shots", processes)))
        rate[what] = max(rates, key=lambda r: mean(
            share(strict(rows["on_shots", what, name, r, seed]["validation"]))
            for name in rivals.FAMILIES))
    rows = {what: {name: done([("on_shots", what, name, r, s) for s in seeds],
                              f"{what} on the shots", processes) for name in rivals.FAMILIES}
            for what, r in rate.items()}
    table = {}
    for name, some in {**{name: [name] for name in rivals.FAMILIES},
                       "all three": [*rivals.FAMILIES]}.items():
        c = by_seed([[strict(lab.result("adapt", one, s)["marks"]["few-shot"]) for s in seeds]
                     for one in some])
        table[name] = {"few-shot": cell(c)}
        for what, of in rows.items():
            marks = by_seed([[strict(row["marks"]) for row in of[one]] for one in some])
            table[name][what] = {**cell(marks), "lead": paired(marks, c),
                                 "steps": [[row["steps"] for row in of[one]] for one in some]}
    return {"seeds": seeds, "rate": rate, "table": table}


def shots_text(found: dict) -> str:
    return grid(["family", "C", "SVF on the shots", "C's lead", "LoRA on the shots", "C's lead"], [
        [name, number(row["few-shot"]), *(text for what in rivals.ON_SHOTS for text in (
            number(row[what]), points(row[what]["lead"])))]
        for name, row in found["table"].items()])


def ranks(seeds: tuple[int, ...], processes: int) -> dict:
    """Does it take all singular values? Experts of few gains a matrix, of the first seed."""
    rows, base, every = beside_right([("other", f"top-{k}", rivals.PAID, rivals.RATE, seeds[0])
                                      for k in rivals.TOP], seeds[:1], processes)
    return {"seed": seeds[0], "domain": rivals.PAID, "table": gained({"none": base} | {
        f"the {k} largest": [row["marks"]] for k, row in zip(rivals.TOP, rows)} | {"all": every})}


def ranks_text(found: dict) -> str:
    return gained_text("gains of a matrix", found)


def rewards(seeds: tuple[int, ...], processes: int) -> dict:
    """Is it skill, or form? Experts paid for the form of an answer alone, or by chance."""
    rows, base, right = beside_right([("paid", what, s) for what in ("chance", "form")
                                      for s in seeds], seeds, processes)
    marks = [row["marks"] for row in rows]
    return {"seeds": seeds, "domain": rivals.PAID, "table": gained({
        "nothing": base, "chance": marks[:len(seeds)], "form": marks[len(seeds):],
        "right answers": right})}


def rewards_text(found: dict) -> str:
    return gained_text("paid for", found)


def beside_right(jobs: list[tuple], seeds: tuple[int, ...], processes: int
                 ) -> tuple[list[dict], list[str], list[str]]:
    """What comes of the jobs; and, a seed each, marks of the base and of the expert paid for right
    answers, on its own test prompts.
    """
    experts = [("expert", rivals.PAID, s) for s in seeds]
    rows = done([*experts, *jobs], "experts", processes)[len(experts):]
    own = done([("own", who, s) for who in ("base", rivals.PAID) for s in seeds], "own tests",
               processes)
    marks = [row["marks"][rivals.PAID] for row in own]
    return rows, marks[:len(seeds)], marks[len(seeds):]


def gained(marks: dict[str, list[str]]) -> dict:
    """Strict and lenient, and what each gains over the first, the base."""
    first = next(iter(marks.values()))
    return {what: {how.__name__: {**cell([*map(how, some)]), "gain": paired(
        [*map(how, first)], [*map(how, some)])} for how in (strict, lenient)}
        for what, some in marks.items()}


def gained_text(what: str, found: dict) -> str:
    return grid([what, "strict", "gain, points", "lenient", "gain, points"], [
        [name, *(text for how in ("strict", "lenient") for text in (
            number(row[how]), points(row[how]["gain"])))]
        for name, row in found["table"].items()])


TABLES = {f.__name__: f for f in (families, experts, ways, finals, asks, own, unseen, lora, ranks,
                                  shots, rewards)}
TEXTS = {name: globals().get(f"{name}_text", searched_text) for name in TABLES}
TITLES = {"families": "Which families", "experts": "What the command says of its experts",
          "ways": "How C may search, on validation prompts",
          "finals": "What C may give, on validation prompts",
          "asks": "What A names, on validation prompts", "own": "What experts have learned",
          "unseen": "Families that no expert has seen", "lora": "SVF, or having experts?",
          "ranks": "All singular values, or few?", "shots": "Mixing, or training on the shots?",
          "rewards": "Skill, or form?"}
BEGIN, END = "<!-- python -m tests.real readme -->", "<!-- end of what it wrote -->"


def made() -> dict[str, dict]:
    """The tables that are."""
    paths = {name: RESULTS / f"{name}.json" for name in TABLES}
    return {name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()}


def front(own: dict, unseen: dict) -> str:
    """The front door's table: whose answers are right, trained on and unseen."""
    before, after = (own["own"]["all three, with solved questions, strict"][who]
                     for who in ("base", "expert"))
    kinds = [kind for kind in (HELPED, "two domains", "elsewhere", ALL) if kind in unseen["means"]]
    who = [("the base model", "nothing", before, "base"),
           ("the SVF expert of its domain", "its domain", after, ""),
           ("all experts, mixed evenly", "nothing", None, "uniform"),
           ("random search of a mixture", "8 shots", None, "search"),
           ("the best single expert on the shots", "8 shots", None, "best"),
           ("the base, shots and their solutions in the prompt", "8 solved shots", None,
            "in_prompt"), ("**A**, prompt-based", "nothing", None, "prompt"),
           ("**B**, classification expert", "nothing", None, "classifier"),
           ("**C**, few-shot (CEM)", "8 shots", None, "few-shot")]
    some = {kind: unseen["means"][kind] for kind in kinds}
    return grid(["right answers of", "told about the task", f"own tests (n = {before['n']:,})", *(
                 f"{kind} (n = {row['base']['n']:,})" for kind, row in some.items())],
                [[name, told, number(cell) if cell else "", *(
                    number(row[key]) if key else "" for row in some.values())]
                 for name, told, cell, key in who])


def written() -> dict[Path, str]:
    """What each of the two READMEs has between BEGIN and END."""
    found = made()
    texts = {RESULTS.parent / "README.md": [
        f"### {TITLES[name]}\n\n{TEXTS[name](table)}" + (
            f"\n\n![{TITLES[name]}](real/{name}.svg)" * (RESULTS / f"{name}.svg").exists())
        for name, table in found.items()]}
    if {"own", "unseen"} <= {*found}:
        texts[HERE.parent / "README.md"] = [front(found["own"], found["unseen"])]
    return {path: "\n\n".join(["", *text, ""]) for path, text in texts.items()}


def readme() -> None:
    """Writes it there."""
    for path, new in written().items():
        path.write_text(between(path.read_text(encoding="utf-8"), BEGIN, END, new),
                        encoding="utf-8")
