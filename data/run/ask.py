"""One prompt through both passes: `t2.py ask`."""
from __future__ import annotations

import time
from dataclasses import replace

from data.files import write_json
from data.run.adapt import Passes
from data.run.flags import STRATEGIES, Ask
from data.run.report import show_passes
from data.run.screen import printable
from data.run.session import Session
from data.tasks.problem import OTHERS, Problem, Said
from data.tokenizer import tidy
from model import complete


def once(args: Ask, passes: Passes, started: float) -> None:
    """`t2.py ask`: both passes on one prompt; C where a task says what to take shots from."""
    text = args.prompt if args.weights else tidy(args.prompt)
    if not text.strip():
        raise ValueError("the prompt is empty; expected a question, such as 'What is 12 + 7 - 3?'")
    session = Session(args)
    task = session.tasks[args.task] if args.task else None
    problem = Problem("ask", OTHERS, "", (Said(text, text, "", ()),))
    print(f"the prompt    {printable(text.strip())}")
    complete(session.svf.model, replace(session.fmt, max_new=1), [text])
    report = {"question": text.strip(), "seed": args.seed,
              "first_token_seconds": time.monotonic() - started}
    print(f"              first token {report['first_token_seconds']:.1f} s after the start")
    library = session.library() if session.domains else {}
    for name, alpha, [(said, cut)], told in passes(session, library, task, [problem],
                                            ("base", *STRATEGIES)):
        if "named" in told:
            told |= {"named": {told["named"][0]: 1.0}, "sure": told["sure"][0]}
        report[name] = {**told, "alpha": alpha.flatten().tolist(), "answer": said.strip(),
                        "cut": cut}
        show_passes(name, session.domains, report[name])
    if any(report[name]["cut"] for name in ("base", *STRATEGIES) if name in report):
        print(f"... an answer was cut off: raise --max-new-tokens (now {session.fmt.max_new})")
    if not library:
        print(f"no experts in {args.out} yet, and so no second pass: see `python t2.py train "
              "--help`")
    write_json(args.out / "ask.json", report)
