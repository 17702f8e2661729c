"""What the jobs' results come to: `rows_*` gives what is written as JSON, `text_*` the table.

A claim is the paper's, or one that its readers would make of it; whether it held here, failed or
was not decided is computed; why.py has what we think is the reason.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from statistics import mean, median

from data.tasks.families import TASKS
from data.tasks.problem import DOMAINS, LABELS
from tests.paper import tables as need
from tests.paper.lab import FULL, SHORT, SKILL, result
from tests.paper.marks import Marks, by_seed, cell, claim, grid, number, paired, points, short
from tests.paper.studies import LIBRARIES, SHOTS
from tests.paper.tables import ORDER, POOLS, SEQUENCES, TASK_NAMES, TWO_DOMAINS, Method, Seeds

LINES = {"short": SHORT, "full": FULL}


def cells(marks: dict[str, Marks]) -> dict[str, dict]:
    return {who: cell(m) for who, m in marks.items()}


def shares(found: dict[str, dict], names: Iterable[str]) -> list[str]:
    return [short(found[who]["share"]) for who in names]


def held(marks: dict[str, Marks], *claims: tuple[str, str, str]) -> list[dict]:
    """Claims (text, worse, better) of marks by name."""
    return [claim(text, marks[worse], marks[better]) for text, worse, better in claims]


def of_tasks(job: str, seeds: Seeds, *keys: str, tasks: Iterable[str] = TASK_NAMES) -> Marks:
    """A string a seed: what stands under these keys in all tasks' results, one after another."""
    return by_seed([[reduce(getitem, keys, result(job, task, s)) for s in seeds]
                    for task in tasks])


def domains_marks(method: Method, seeds: Seeds, which: str = "own", rate: float | None = None
                  ) -> Marks:
    return by_seed([method.marks(d, seeds, which, rate) for d in DOMAINS])


def base_marks(seeds: Seeds, which: str = "own") -> dict[str, Marks]:
    return {d: [result("base", s)[which][d] for s in seeds] for d in DOMAINS}


def method_row(method: Method, seeds: Seeds) -> dict:
    runs = [result("train", method.run(d, s, method.rate())) for d in DOMAINS for s in seeds]
    return {"label": method.label, "numbers": runs[0]["numbers"], "rate": method.rate(),
            "rates": method.rates, "seconds": median(run["seconds"] for run in runs),
            "cells": {d: cell(method.marks(d, seeds)) for d in DOMAINS},
            "mean": cell(domains_marks(method, seeds)),
            "near": cell(domains_marks(method, seeds, "near"))}


def base_row(seeds: Seeds) -> dict:
    own, near = base_marks(seeds), base_marks(seeds, "near")
    return {"label": "base", "numbers": 0, "cells": cells(own),
            "mean": cell(by_seed([*own.values()])), "near": cell(by_seed([*near.values()]))}


# ---------------------------------------------------------------------- 1. SVF against LoRA

def rows_svf_lora(seeds: Seeds) -> dict:
    found = {"base": base_row(seeds), "budgets": {}, "claims": []}
    for name, steps in LINES.items():
        methods = need.rivals(steps)
        marks = {m.label: domains_marks(m, seeds) for m in methods}
        found["budgets"][name] = [
            {**method_row(m, seeds), "steps": steps,
             "svf": paired(marks[m.label], marks["SVF"])} for m in methods]
        found["claims"] += held(marks, *(
            (f"SVF beats {label}, {128 * steps:,} rollouts", label, "SVF")
            for label in marks if label != "SVF"))
    return found


def text_svf_lora(found: dict) -> str:
    head = ["method", "numbers", "rate", *DOMAINS, "mean", "SVF's lead, points"]
    base, out = found["base"], []
    for rows in found["budgets"].values():
        lines = [["base", "", "", *shares(base["cells"], DOMAINS), number(base["mean"]), ""]]
        lines += [[row["label"], f"{row['numbers']:,}", f"{row['rate']:g}",
                   *shares(row["cells"], DOMAINS), number(row["mean"]),
                   "" if row["label"] == "SVF" else points(row["svf"])] for row in rows]
        out.append(f"{128 * rows[0]['steps']:,} rollouts ({rows[0]['steps']} steps):\n\n"
                   + grid(head, lines))
    paper = ("Paper, Llama3-8B (GSM8K, MBPP-pro, ARC-Easy): base 75.9, 64.7, 88.6; LoRA (q, v, "
             "rank 16) 77.2, 67.7, 89.0; SVF 79.2, 66.7, 89.6.")
    return "\n\n".join([*out, paper])


# --------------------------------------------------------------------------- 2. unseen tasks

NAMES = {"base": "base", "lora": "LoRA", "prompt": "A", "classifier": "B", "few_shot": "C",
         "uniform": "uniform", "random": "random", "search": "random search",
         "gradient": "gradient", "in_prompt": "in prompt"}


def unseen_results(seeds: Seeds) -> dict[str, list[dict]]:
    jobs = need.unseen_jobs(seeds)
    return {task: [result(*job) for job in jobs if job[1] == task] for task in TASK_NAMES}


def unseen_marks(seeds: Seeds, who: str, tasks: tuple[str, ...] = TASK_NAMES) -> Marks:
    """A string a seed: all tasks, one after another."""
    found = unseen_results(seeds)
    return by_seed([[row["marks"][who] for row in found[task]] for task in tasks])


def rows_unseen(seeds: Seeds) -> dict:
    found, rows = unseen_results(seeds), []
    marks = {who: unseen_marks(seeds, who) for who in (*NAMES, *DOMAINS)}
    for task in TASK_NAMES:
        of = cells({who: [row["marks"][who] for row in found[task]] for who in marks})
        alpha = [mean(a) for a in zip(*(row["alpha"] for row in found[task]))]
        rows.append({"task": task, "cells": of, "alpha": alpha,
                     "oracle": max(DOMAINS, key=lambda d: of[d]["share"])})
    best = by_seed([[row["marks"][r["oracle"]] for row in found[r["task"]]] for r in rows])
    everyone = {**marks, "oracle": best}
    return {"rows": rows, "mean": cells(marks), "oracle": cell(best),
            "against": {who: paired(m, marks["few_shot"]) for who, m in everyone.items()
                        if who != "few_shot"},
            "claims": held(
                everyone, ("A beats the base", "base", "prompt"),
                ("B beats A", "prompt", "classifier"), ("C beats B", "classifier", "few_shot"),
                ("C beats LoRA of the nearest domain", "lora", "few_shot"),
                ("C beats random search at its budget", "search", "few_shot"),
                ("C beats alpha by gradient on worked solutions", "gradient", "few_shot"),
                ("C beats the best single expert (picked on test: an oracle)", "oracle",
                 "few_shot"))}


def text_unseen(found: dict) -> str:
    head = ["task", *NAMES.values(), "best single expert", "C's alpha"]
    lines = [[row["task"], *shares(row["cells"], NAMES),
              f"{short(row['cells'][row['oracle']]['share'])} ({row['oracle'][:4]})",
              " ".join(f"{a:+.2f}" for a in row["alpha"])] for row in found["rows"]]
    lines.append(["mean", *shares(found["mean"], NAMES), short(found["oracle"]["share"]),
                  " ".join(d[:4] for d in DOMAINS)])
    lines.append(["C's lead, points", *("" if who == "few_shot" else points(found["against"][who])
                                        for who in (*NAMES, "oracle")), ""])
    paper = ("Paper, Llama3-8B (MATH, HumanEval, ARC-Challenge): base 24.5, 61.0, 80.6; LoRA "
             "24.1, 52.4, 81.1; A 25.2, 61.6, 81.7; B 25.2, 62.8, 81.4; C 25.5, 63.0, 82.6.")
    return "\n\n".join([grid(head, lines), paper])


def text_front(lora: dict, unseen: dict) -> str:
    """The front door's table: whose answers are right, trained on and unseen."""
    own = {row["label"]: row["mean"] for row in lora["budgets"]["full"]}
    who = [("the base model", "nothing", lora["base"]["mean"], unseen["mean"]["base"]),
           ("LoRA of the nearest domain", "its domain", own["LoRA q, v, rank 16"],
            unseen["mean"]["lora"]),
           ("the SVF expert of its domain", "its domain", own["SVF"], None),
           ("the best single expert, picked on test: an oracle", "the answers", None,
            unseen["oracle"]),
           ("all experts, mixed evenly", "nothing", None, unseen["mean"]["uniform"]),
           ("random search of a mixture", "8 shots", None, unseen["mean"]["search"]),
           ("**A**, prompt-based", "nothing", None, unseen["mean"]["prompt"]),
           ("**B**, classification expert", "nothing", None, unseen["mean"]["classifier"]),
           ("**C**, few-shot (CEM)", "8 shots", None, unseen["mean"]["few_shot"])]
    return grid(["right answers of", "told about the task",
                 f"the experts' own tests (n = {own['SVF']['n']:,})",
                 f"ten unseen tasks (n = {unseen['oracle']['n']:,})"],
                [[name, told, *(number(cell) if cell else "" for cell in cells)]
                 for name, told, *cells in who])


# ------------------------------------------------------------------------------------ 3. time

STRATEGIES = {"prompt": "A", "classifier": "B", "few_shot": "C"}


def rows_time(seeds: Seeds) -> dict:
    every = [row for rows in unseen_results(seeds).values() for row in rows]
    found, notes = {}, []
    for who, name in STRATEGIES.items():
        pairs = [row["seconds"][who] for row in every]
        first, second = ([median(x), min(x), max(x)] for x in zip(*pairs))
        found[who] = {"first": first, "second": second,
                      "ratio": median(a / b for a, b in pairs)}
        if name == "C":
            continue
        quick = cell(["".join(str(int(a < b)) for a, b in pairs)])
        low, high = quick["interval"]
        found[who]["quick"] = quick["share"]
        said = "held" if low > 0.5 else "failed" if high < 0.5 else "not decided"
        notes.append(f"pass 1 of {name} takes less time than pass 2: **{said}**, in "
                     f"{quick['share']:.0%} of {len(every)} tasks and seeds.")
    return {"n": len(every[0]["marks"]["base"]), "jobs": len(every), "rows": found,
            "notes": notes}


def text_time(found: dict) -> str:
    head = ["strategy", "pass 1, s", "pass 2, s", "pass 1 / pass 2", "paid"]
    paid = {"prompt": "for each prompt", "classifier": "for each prompt",
            "few_shot": "once a task"}
    lines = [[STRATEGIES[who],
              *("{:.2f} ({:.2f} to {:.2f})".format(*row[key]) for key in ("first", "second")),
              f"{row['ratio']:.2f}", paid[who]] for who, row in found["rows"].items()]
    return (grid(head, lines) + f"\n\nMedian and range over {found['jobs']} tasks and seeds, "
            f"{found['n']} prompts each, one thread, another process beside it. Paper, Llama3-8B, "
            "pass 1 and 2 (MATH, HumanEval, ARC-Challenge): 42.6 and 321.2, 2.8 and 14.3, 13.4 "
            "and 28.5 s: .13, .19 and .47.")


# ------------------------------------------------------------------------------- 4. ablations

ABLATION_CLAIMS = (
    ("attention and MLP together beat attention alone", "SVF, RL, attention", "SVF, RL, both"),
    ("attention and MLP together beat MLP alone", "SVF, RL, MLP", "SVF, RL, both"),
    ("RL beats next-token prediction of the corpus (SVF)", "SVF, next token, of the corpus",
     "SVF, RL, both"),
    ("RL beats next-token prediction of ideal answers (SVF)", "SVF, next token, both",
     "SVF, RL, both"),
    ("RL beats next-token prediction of ideal answers (LoRA)", "LoRA q, v, next token",
     "LoRA q, v, RL"),
    ("the KL penalty helps", "SVF, RL, no KL", "SVF, RL, both"),
    ("the baseline helps", "SVF, RL, no baseline", "SVF, RL, both"),
    ("8 samples of 16 prompts with a baseline beat greedy answers of 128",
     "SVF, RL, greedy answers of 128 prompts, no baseline", "SVF, RL, both"),
    ("8 samples of 16 prompts with a baseline beat one sample of 128 without",
     "SVF, RL, one sample of 128 prompts, no baseline", "SVF, RL, both"),
    ("8 samples of 16 prompts beat 2 of 64", "SVF, RL, two samples of 64 prompts",
     "SVF, RL, both"),
    ("plain z beats sum-normalised", "SVF, RL, sum-normalised", "SVF, RL, both"),
    ("the paper's choices beat all of the released code's", "SVF, RL, all of the released code's",
     "SVF, RL, both"))


def rows_ablations(seeds: Seeds) -> dict:
    usual, rate = domains_marks(need.USUAL, seeds), need.USUAL.rate()
    marks = {m.label: domains_marks(m, seeds) for m in need.ABLATIONS}
    same = {m.label: domains_marks(m, seeds, rate=rate) for m in need.CHANGED}
    rows = [{**method_row(m, seeds), "usual": paired(usual, marks[m.label])}
            for m in need.ABLATIONS]
    for row in rows:
        if row["label"] in same:
            row["same"] = paired(usual, same[row["label"]])
    return {"base": base_row(seeds), "steps": SHORT, "rows": rows,
            "claims": held(marks | same, *ABLATION_CLAIMS)}


def text_ablations(found: dict) -> str:
    head = ["method", "numbers", "rate", *DOMAINS, "mean", "unseen families",
            "against the first row, points", "at its rate, points"]
    lines = [[row["label"], f"{row['numbers']:,}", f"{row['rate']:g}" if "rate" in row else "",
              *shares(row["cells"], DOMAINS), number(row["mean"]), number(row["near"]),
              points(row["usual"]) if i and "usual" in row else "",
              points(row["same"]) if "same" in row else ""]
             for i, row in enumerate((*found["rows"], found["base"]))]
    paper = (f"{found['steps']} steps of 128 answers each; next token: of ideal ones, or as said. "
             "Paper, Llama3-8B (GSM8K, MATH): SVF, RL, both 79.2, 25.0; SVF, next token, "
             "attention 60.5, 18.5; LoRA, RL 57.9, 15.7.")
    return "\n\n".join([grid(head, lines), paper])


# --------------------------------------------------------------------------------- 5. transfer

TRANSFER = {"base": "base 2", "ordered": "expert of base 1", "shuffled": "shuffled",
            "ordered_few_shot": "C of base 1's", "shuffled_few_shot": "C of shuffled",
            "own": "own expert", "own_few_shot": "C of its own"}


def rows_transfer(seeds: Seeds) -> dict:
    def marks(tasks: Iterable[str]) -> dict[str, Marks]:
        return {who: of_tasks("transfer", seeds, who, tasks=tasks) for who in TRANSFER}
    every = marks(TASK_NAMES)
    return {"rows": [{"task": task, "cells": cells(marks([task]))} for task in TASK_NAMES],
            "mean": cells(every),
            "claims": held(
                every, ("experts of base 1, in order, help base 2", "base", "ordered"),
                ("in order they beat shuffled ones", "shuffled", "ordered"),
                ("C with base 1's experts helps base 2", "base", "ordered_few_shot"),
                ("C with base 1's experts beats C with shuffled ones", "shuffled_few_shot",
                 "ordered_few_shot"))}


def text_transfer(found: dict) -> str:
    lines = [[row["task"], *shares(row["cells"], TRANSFER)] for row in found["rows"]]
    lines.append(["mean", *(number(found["mean"][who]) for who in TRANSFER)])
    paper = ("Paper, Llama's experts on Mistral (MATH, HumanEval, ARC-Challenge): in order 12.0, "
             "45.1, 72.0; shuffled 10.5, 40.2, 70.8.")
    return "\n\n".join([grid(["task", *TRANSFER.values()], lines), paper])


# ------------------------------------------------------------------------- 6. more information

def rows_shots(seeds: Seeds) -> dict:
    marks = {"A": unseen_marks(seeds, "prompt"), "B": unseen_marks(seeds, "classifier")}
    marks |= {n: of_tasks("informed", seeds, n) for n in map(str, SHOTS)}
    few, many = str(SHOTS[1]), str(SHOTS[-1])
    return {"cells": cells(marks), "claims": held(
        marks, (f"{many} shots beat {few}", few, many), (f"{few} shots beat 1", "1", few),
        ("C with 3 shots beats B", "B", "3"))}


def text_shots(found: dict) -> str:
    cells = found["cells"]
    lines = [["all seeds", *map(number, cells.values())]]
    for i in range(len(cells["A"]["each"])):
        lines.append([f"seed {i}", *(f"{c['each'][i]:.3f}".removeprefix("0")
                                     for c in cells.values())])
    return "\n\n".join([grid(["mean of the unseen tasks", "A", "B", *(
        f"C, {n} shots" if n != "1" else "C, 1 shot" for n in cells if n not in "AB")], lines),
        "Paper, Llama3-8B, ARC-Challenge: 82.2, 82.6 and 82.6 with 3, 10 and 20 shots."])


# ---------------------------------------------------------------------------- 7. classification

def rows_classes(seeds: Seeds) -> dict:
    found = [result("classified", s) for s in seeds]
    rows, right = [], {"prompt": [], "classifier": []}
    for name, task in TASKS.items():
        if not task.label:
            continue
        row = {"task": name, "label": task.label, "unseen": task.unseen}
        for who in right:
            said = [f[who][name] for f in found]
            row["n"] = len("".join(said))
            row[who] = {label: "".join(said).count(label[0]) / row["n"] for label in LABELS}
            if len(task.makers) == 1:  # of two domains, neither is the one
                right[who].append(["".join(str(int(c == task.label[0])) for c in letters)
                                   for letters in said])
        rows.append(row)
    totals = {who: by_seed(parts) for who, parts in right.items()}
    return {"rows": rows, "right": cells(totals), "claims": held(
        totals, ("B names the category better than A", "prompt", "classifier"))}


def text_classes(found: dict) -> str:
    head = ["task", "n", *(f"{s}: {label}" for s in "AB" for label in LABELS)]
    lines = [[f"{row['task']} ({row['label']}{', unseen' * row['unseen']})", row["n"],
              *(f"**{short(v)}**" if label == row["label"] else short(v) if v else "-"
                for who in ("prompt", "classifier") for label, v in row[who].items())]
             for row in found["rows"]]
    a, b = (found["right"][who] for who in ("prompt", "classifier"))
    return grid(head, lines) + (
        f"\n\nRight, on all tasks of one category: A {number(a)}, B {number(b)}.")


# ------------------------------------------------- 8. new skills, few prompts, two skills at once

def rows_skills(seeds: Seeds) -> dict:
    def row(label: str, now: dict[str, Marks], then: dict[str, Marks] | None = None) -> dict:
        return {"label": label, "then": then and cells(then), "now": cells(now)}

    def old(marks: dict[str, Marks]) -> Marks:
        return by_seed([marks[name] for name in ORDER[:-1]])
    separate = {name: [result("skills", need.experts_of(s)[i])[name] for s in seeds]
                for i, name in enumerate(ORDER)}
    base = {name: [result("base", s)["own"][name] for s in seeds] for name in ORDER}
    rows, claims = [row("base", base), row("an SVF expert each", separate)], []
    for label, method in SEQUENCES.items():
        runs = [need.sequence(method, s) for s in seeds]
        then = {name: [result("skills", run[i])[name] for run in runs]
                for i, name in enumerate(ORDER)}
        now = {name: [result("skills", run[-1])[name] for run in runs] for name in ORDER}
        rows.append(row(f"{label}, in sequence", now, then))
        claims += [claim(f"{label} forgets old skills in sequence", old(now), old(then)),
                   claim(f"an SVF expert each keeps the old skills better than {label}", old(now),
                         old(separate))]

    def three_and_four(*tasks: str) -> list[Marks]:
        return [unseen_marks(seeds, "few_shot", tasks),
                of_tasks("skilled", seeds, "marks", tasks=tasks)]
    others = tuple(task for task in TASK_NAMES if task != SKILL)
    three, four = three_and_four(*others)
    return {"rows": rows, "claims": [*claims, claim(
                "C on the other tasks gains from the fourth expert", three, four)],
            "three": cell(three), "four": cell(four), "added": paired(three, four),
            "others": {task: [*map(cell, three_and_four(task))] for task in others},
            "skill": dict(zip(("three", "four"), map(cell, three_and_four(SKILL))))}


def text_skills(found: dict) -> str:
    lines = []
    for row in found["rows"]:
        if row["then"]:
            lines.append([row["label"] + ": when learned", *shares(row["then"], ORDER)])
        lines.append([row["label"] + ": at the end" * bool(row["then"]),
                      *shares(row["now"], ORDER)])
    added = [[f"C with {text}", *(short(pair[i]["share"]) for pair in found["others"].values())]
             for i, text in enumerate(("three experts", "the fourth as well"))]
    return "\n\n".join([
        grid(["own test, in the order learned", *ORDER], lines),
        grid(["unseen task", *found["others"]], added),
        f"C on the other unseen tasks with three experts {number(found['three'])}, with the "
        f"fourth beside them {number(found['four'])}: {points(found['added'])} points; on "
        f"{SKILL} itself {number(found['skill']['three'])} and {number(found['skill']['four'])}."])


def rows_overfitting(seeds: Seeds) -> dict:
    rows, marks = [], {}
    for label, method in (("SVF", need.SVF_FULL), ("LoRA", need.LORA_FULL)):
        for pool in POOLS:
            runs = [[result("train", need.pooled(method, d, s, pool)) for s in seeds]
                    for d in DOMAINS]
            seen, own = (by_seed([[run[key] for run in row] for row in runs])
                         for key in ("seen", "own"))
            marks[label, pool] = own
            rows.append({"label": label, "pool": pool, "train": cell(seen), "test": cell(own)})
        every = domains_marks(method, seeds)
        rows.append({"label": label, "pool": None, "train": None, "test": cell(every)})
    few = POOLS[0]
    return {"rows": rows, "claims": [claim(
        f"trained on {few} prompts, SVF beats LoRA on the test prompts", marks["LoRA", few],
        marks["SVF", few])]}


def text_overfitting(found: dict) -> str:
    lines = []
    for row in found["rows"]:
        seen, gap = "", ""
        if row["train"]:
            seen = number(row["train"])
            gap = f"{100 * (row['train']['share'] - row['test']['share']):+.1f}"
        lines.append([row["label"], row["pool"] or "all", seen, number(row["test"]), gap])
    return grid(["method", "training prompts", "on them (all there are)", "on test prompts",
                 "gap, points"], lines)


def rows_two(seeds: Seeds) -> dict:
    found, rows, parts = unseen_results(seeds), [], {"best": [], "mixed": []}
    for task in TWO_DOMAINS:
        marks = {who: [row["marks"][who] for row in found[task]]
                 for who in ("base", *DOMAINS, "uniform", "few_shot")}
        rows.append({"task": task, "cells": cells(marks)})
        parts["best"].append(marks[max(DOMAINS, key=lambda d: cell(marks[d])["share"])])
        parts["mixed"].append(marks["few_shot"])
    return {"rows": rows, "claims": held(
        {who: by_seed(strings) for who, strings in parts.items()},
        ("a mixture beats every single expert where two skills are asked for at once", "best",
         "mixed"))}


def text_two(found: dict) -> str:
    head = ["task", "base", *DOMAINS, "uniform", "C"]
    lines = [[row["task"], *map(number, row["cells"].values())] for row in found["rows"]]
    return grid(head, lines)


# ------------------------------------------------------------------------------ 9. how few gains

def rows_few(seeds: Seeds) -> dict:
    texts = {m.label: m for m in need.FEW_TEXT}
    rows = [{**method_row(m, seeds),
             "text": method_row(texts[m.label], seeds) if m.label in texts else None}
            for m in need.FEW]
    marks = {m.label: domains_marks(m, seeds) for m in need.FEW}
    marks["base"] = by_seed([*base_marks(seeds).values()])
    return {"rows": sorted(rows, key=lambda row: row["numbers"]), "base": base_row(seeds),
            "claims": held(
                marks, ("one gain a matrix beats the base", "base", "one a matrix"),
                ("one gain in all beats the base", "base", "one gain in all"),
                ("every gain beats the top 16 of each matrix", "top 16", "SVF"),
                ("28 gains of first singular values beat 28 gains of whole matrices",
                 "one a matrix", "top singular value"))}


def text_few(found: dict) -> str:
    head = ["trained", "numbers", "rate", *DOMAINS, "mean, RL", "mean, next token (ideal)"]
    base = found["base"]
    lines = [["base", "0", "", *shares(base["cells"], DOMAINS), number(base["mean"]), ""]]
    lines += [[row["label"], f"{row['numbers']:,}", f"{row['rate']:g}",
               *shares(row["cells"], DOMAINS), number(row["mean"]),
               number(row["text"]["mean"]) if row["text"] else ""] for row in found["rows"]]
    return grid(head, lines)


# ---------------------------------------------------------------------------- 10. beyond the paper

def rows_beyond(seeds: Seeds) -> dict:
    names = list(result("beyond", TASK_NAMES[0], seeds[0])["marks"])
    every = {name: of_tasks("beyond", seeds, "marks", name) for name in names}
    every["gradient"] = unseen_marks(seeds, "gradient")
    every["B"] = unseen_marks(seeds, "classifier")
    every["C"] = unseen_marks(seeds, "few_shot")
    warm = [result("warm", s) for s in seeds]
    for who in ("cold 0", "warm 0", "cold 1", "warm 1", "cold 2", "warm 2"):
        every[who] = ["".join(w[task][who] for task in TASK_NAMES) for w in warm]
    growth, many = [], need.growing(seeds)
    for K in map(str, LIBRARIES):
        rows = [[result("growth", task, s, many)[K] for s in seeds] for task in TASK_NAMES]
        every[f"K {K}"] = by_seed([[r["marks"] for r in row] for row in rows])
        growth.append({"experts": int(K), **cell(every[f"K {K}"]),
                       "seconds": median(r["seconds"][0] for row in rows for r in row)})
    small, large = (f"K {K}" for K in (LIBRARIES[0], LIBRARIES[-1]))
    return {"cells": cells(every), "growth": growth,
            "against": {who: paired(every["cem"], m) for who, m in every.items() if who != "cem"},
            "claims": held(
                every, ("CEM beats OpenAI-ES", "OpenAI-ES", "cem"),
                ("CEM beats separable CMA-ES", "separable CMA-ES", "cem"),
                ("CEM beats random search", "random search", "cem"),
                ("C, which starts from what is known, beats CEM alone", "cem", "C"),
                ("soft dispatch beats B", "B", "soft dispatch"),
                ("a coefficient a matrix beats one an expert", "cem", "by matrix"),
                ("the best of past tasks' alphas, without a search, beats B", "B", "warm 0"),
                ("after one iteration, a start from past tasks beats 1/K", "cold 1", "warm 1"),
                ("C gets worse from 3 to 12 experts", large, small))}


BEYOND = {"cem": ("CEM from 1/K", 40), "C": ("C: known ones first, the best of all", 40),
          "random search": ("random search", 40),
          "OpenAI-ES": ("OpenAI-ES", 40), "separable CMA-ES": ("separable CMA-ES", 40),
          "by matrix": ("CEM, a coefficient for each matrix", 40),
          "gradient": ("gradient on worked solutions", "40 gradients"),
          "cold 0": ("1/K", 0), "warm 0": ("the best of past tasks' alphas, and 1/K", "1 each"),
          "cold 1": ("CEM from 1/K", 10), "warm 1": ("CEM from the best of them", "10 + 1 each"),
          "cold 2": ("CEM from 1/K", 20), "warm 2": ("CEM from the best of them", "20 + 1 each"),
          "B": ("B", 0), "soft dispatch": ("soft dispatch", 0)}


def text_beyond(found: dict) -> str:
    lines = [[text, budget, number(found["cells"][who]),
              points(found["against"][who]) if who != "cem" else ""]
             for who, (text, budget) in BEYOND.items()]
    grown = [[row["experts"], number(row), f"{row['seconds']:.1f}"] for row in found["growth"]]
    return "\n\n".join([
        grid(["alpha by", "evaluations", "mean, unseen tasks", "against CEM, points"], lines),
        grid(["experts", "C, mean, unseen tasks", "search, s"], grown)])


# ------------------------------------------------------------------------------------------ all

@dataclass(frozen=True)
class Table:
    title: str
    need: Callable[[Seeds], object]
    rows: Callable[[Seeds], dict]
    text: Callable[[dict], str]


TABLES = {
    "svf-lora": Table("SVF against LoRA", need.need_svf_lora, rows_svf_lora, text_svf_lora),
    "unseen": Table("Tasks that no expert has seen", need.need_unseen, rows_unseen, text_unseen),
    "time": Table("Time of the two passes", need.need_unseen, rows_time, text_time),
    "ablations": Table("Ablations", need.need_ablations, rows_ablations, text_ablations),
    "transfer": Table("Experts on another base", need.need_transfer, rows_transfer, text_transfer),
    "shots": Table("More information helps", need.need_shots, rows_shots, text_shots),
    "classes": Table("What A and B call a prompt", need.need_classes, rows_classes, text_classes),
    "skills": Table("A fourth skill", need.need_skills, rows_skills, text_skills),
    "overfitting": Table("Few training prompts", need.need_overfitting, rows_overfitting,
                         text_overfitting),
    "two": Table("Two skills at once", need.need_unseen, rows_two, text_two),
    "few": Table("How few gains are enough", need.need_few, rows_few, text_few),
    "beyond": Table("Beyond the paper", need.need_beyond, rows_beyond, text_beyond)}
