"""How experts are trained, tested and kept: `t2.py train`, around the loop of rl.py."""
from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, replace

from data.files import remove, write_json
from data.run.checkpoints import save_expert
from data.run.flags import Train
from data.run.kinds import examples
from data.run.report import show_expert, wilson
from data.run.resume import keep_going
from data.run.screen import Line, note, why
from data.run.session import Session
from data.tasks.jsonl import CLASSIFIER
from data.tasks.tally import Tally, is_counts, together
from rl import Recipe, Reinforce, accuracy


def experts(args: Train) -> None:
    """`t2.py train`: an expert for each domain, and the classification expert."""
    session = Session(args)
    session.show_sources()
    print(f"{session.svf.N:,} gains an expert", flush=True)
    for name in session.names:
        show_expert(name, train_one(session, name), session.fmt.max_new)
        known = {one: session.known(one)[1] for one in session.trained}
        write_json(args.out / "train.json", {"seed": args.seed, "experts": {
            one: facts["row"] for one, facts in known.items()  # not those of another seed
            if is_result(facts) and facts["run"].get("seed") == args.seed}})
    print(f"wrote {args.out / 'train.json'} and the experts beside it")


def train_one(session: Session, name: str) -> dict:
    """Trains and tests one expert, or takes what this very run had finished before it stopped."""
    args, tasks, how = session.args, session.trained[name], recipe(session.args)
    path, state = (args.out / f"{name}{end}.safetensors" for end in ("", ".state"))
    run = {"expert": name, **session.identity(name), **asdict(how)}
    del run["batch"]  # who runs out of memory goes on with a lower one: the gradient is the same
    z, facts, reason = session.known(name)
    if z is not None and (facts.get("run") != run or not is_result(facts)):
        z, reason = None, why(facts.get("run"), run) or "what it says of itself is damaged or old"
    if z is None:
        if reason:
            print(f"{name:<11} trained anew: {reason}", flush=True)
        if args.weights:  # a step takes a while, and the first line comes after it
            note(f"{name}: {how.steps} steps of {how.prompts} prompts x {how.samples} answers")
        training = Reinforce(session.svf, session.fmt, tasks, how, args.seed)
        log = keep_going(training, how.steps, state, run, Line(f"train {name}", how.steps))
        z = training.best
        counts = [step["answers"] for step in log if is_counts(step.get("answers"))]
        facts = {"run": run, "row": {"parameters": session.svf.N, "seconds": log[-1]["seconds"],
                                     "answers": {"training": together(counts)}, "log": log}}
        if args.weights and name != CLASSIFIER:
            facts["examples"] = examples(tasks[0], args.seed)
        save_expert(path, z, session.base, facts)
        remove(state)
    problems = [p for t in tasks
                for p in t.problems(max(1, args.n // len(tasks)), "test", args.seed)]
    asked = hashlib.sha256(ascii(problems).encode()).hexdigest()[:16]
    if facts["row"].get("asked") != asked:
        n, batches = len(problems), math.ceil(len(problems) / session.fmt.batch)
        tallies = {"base": Tally(), "expert": Tally()}
        base, expert = (accuracy(session.svf, vector, session.fmt, problems,
                                 Line(f"{name}: test of {who}", batches), tallies[who])
                        for who, vector in (("base", None), ("expert", z)))
        facts["row"] |= {"asked": asked, "n": n, "base": base, "expert": expert,
                         "interval": wilson(expert, n)}
        facts["row"]["answers"] |= {who: tally.total() for who, tally in tallies.items()}
        save_expert(path, z, session.base, facts)
    return facts["row"]


def is_result(facts: dict) -> bool:
    """Whether an expert's facts say what `train_one` writes into them."""
    row = facts.get("row")
    log = row.get("log") if isinstance(row, dict) else None
    return (isinstance(facts.get("run"), dict) and isinstance(log, list) and bool(log)
            and all(isinstance(step, dict) and type(step.get("reward")) is float for step in log)
            and isinstance(counts := row.get("answers"), dict)
            and all(map(is_counts, counts.values()))
            and all(type(row.get(key)) in (float, int) for key in ("seconds", "parameters"))
            and ("asked" not in row or all(type(x) in (float, int) for x in (
                row.get("n"), row.get("base"), row.get("expert"), *row.get("interval", [""])))))


def recipe(args: Train) -> Recipe:
    """What the user asked for; else what was found to do for either kind of model.

    Tried on a model of 135M parameters, one seed each, by validation: at .006 answers to questions
    about words became certain before they were right, and so they did at temperature .7; without
    the KL of groups that have no signal they stayed so, and prompts that replace such groups did
    not help.
    """
    usual = (Recipe(steps=30, batch=32, rate=0.005, validate=6, held=60)
             if args.weights else Recipe())
    return replace(usual, steps=args.steps or usual.steps, rate=args.rate or usual.rate,
                   batch=args.batch or usual.batch)
