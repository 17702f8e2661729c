"""A user's own prompts through both passes: `t2.py ask`, one, or many of a file or a terminal."""
from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from data.files import write_json, write_whole
from data.run.adapt import Passes
from data.run.flags import STRATEGIES, Ask
from data.run.mixture import searched
from data.run.report import show_passes
from data.run.screen import complain, printable
from data.run.session import Session
from data.tasks import rows
from data.tasks.problem import OTHERS, Problem, Said, Verdict
from data.tokenizer import tidy
from model import complete


def prompts(args: Ask, passes: Passes, started: float) -> None:
    """`t2.py ask`: one prompt, or the lines of --file, or what is typed, a line a prompt."""
    lines = asked(args)
    session = Session(args, {what: read(args, text) for what, (text, _) in lines.items()})
    if session.domains:
        session.library()  # a damaged expert is said before anything is answered
    else:
        print(f"no experts in {args.out} yet, and so no second pass: see `python t2.py train "
              "--help`")
    if args.file:
        many(session, passes, [line for _, line in lines.values()])
    elif lines:
        once(session, passes, *session.asked.values(), started)
    else:
        for text in typed():
            try:
                session.room.check(text := read(args, text))
                once(session, passes, text)
            except ValueError as error:  # of this prompt; the next one may be better
                complain(error)


def asked(args: Ask) -> dict[str, tuple[str, bytes]]:
    """Where a prompt stands -> it, and the line it is in; none if they are still to be typed.

    ValueError names the line of --file that is wrong.
    """
    if args.prompt is not None:
        if args.file:
            raise ValueError(f"a prompt and --file {args.file}: expected one of them")
        return {"the prompt": (args.prompt, b"")}
    if not args.file:
        if sys.stdin is None:
            raise ValueError("nothing can be typed, stdin is closed: expected a prompt after the "
                             "flags, or --file FILE")
        return {}
    path, found = Path(args.file), {}
    for number, row, line in rows.lines(path):
        with rows.at(path, number):
            rows.expect("answers" not in row, "keys", [*row], "none named answers: they follow")
            text = rows.text("prompt", row.get("prompt"))
        found[f"{path}, line {number}: the prompt"] = text, line
    if not found:
        raise ValueError(f'{path} has no lines: expected {{"prompt": "7 plus 5?"}} a line')
    return found


def read(args: Ask, text: str) -> str:
    """A prompt as the model reads it: what is built in knows its own spelling alone. Bytes of the
    command line that are no UTF-8 become U+FFFD, as those that are typed do.
    """
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    text = text if args.weights else tidy(text)
    if not text.strip():
        raise ValueError("the prompt is empty; expected a question, such as 'What is 12 + 7 - 3?'")
    return text


class Own(Said):
    """A question of the user's own, of which nobody knows the answer."""

    def judge(self, text: str) -> Verdict:
        """Not judged."""
        return Verdict(None, "a prompt of your own")


def unjudged(text: str) -> Problem:
    """The problem that a user's own prompt is."""
    return Problem("ask", OTHERS, "", (Own(text, text, "", ()),))


def typed() -> Iterator[str]:
    """What is typed or piped in, line by line, until it ends; without empty lines."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    sign = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(sign)
        except EOFError:
            print(end="\n" * bool(sign))  # the shell's own sign begins a line
            return
        if line.strip():
            yield line


def once(session: Session, passes: Passes, text: str, started: float | None = None) -> None:
    """One prompt, on screen and in OUT/ask.json. started: when, to say when the first token came.
    """
    print(f"the prompt    {printable(text.strip())}", flush=True)
    report = {"question": text.strip(), "seed": session.args.seed}
    if started is not None:
        complete(session.svf.model, replace(session.fmt, max_new=1), [text])
        report["first_token_seconds"] = time.monotonic() - started
        print(f"              first token {report['first_token_seconds']:.1f} s after the start")
    cut = False
    for name, [found], told in answers(session, passes, [text]):
        report[name], cut = {**told, **found}, cut or found["cut"]
        show_passes(name, session.domains, report[name])
    advise(session, cut)
    write_json(session.args.out / "ask.json", report)


def advise(session: Session, cut: bool) -> None:
    """What to do where an answer was cut off."""
    if cut:
        print(f"... an answer was cut off: raise --max-new-tokens (now {session.fmt.max_new})")
    sys.stdout.flush()


def many(session: Session, passes: Passes, lines: Sequence[bytes]) -> None:
    """The lines of a file as they are, each with its answers as well, in OUT/answers.jsonl."""
    path = session.args.out / "answers.jsonl"
    said: list[dict] = [{} for _ in lines]
    for name, found, _ in answers(session, passes, [*session.asked.values()]):
        for one, answer in zip(said, found):
            one[name] = {**answer, "alpha": dict(zip(session.domains, answer["alpha"]))}
    write_whole(path, lambda file: file.writelines(
        b'%b, "answers": %b}\n' % (line[:-1], json.dumps(one).encode())  # line ends with a brace
        for line, one in zip(lines, said)))
    cuts = {name: sum(one[name]["cut"] for one in said) for name in said[0]}
    counts = ", ".join(f"{name} {n:,}" for name, n in cuts.items())
    print(f"{len(said):,} prompts; cut off: {counts}")
    advise(session, any(cuts.values()))
    print(f"wrote {path}")


def answers(session: Session, passes: Passes, texts: list[str]
            ) -> Iterator[tuple[str, list[dict], dict]]:
    """A strategy's name, what it did with each prompt, and what it tells of all of them.

    The base and the mixture that the user names, or else the base and A, B and C; C where a task
    says what to take shots from.
    """
    args, mixture = session.args, session.mixture
    only = ("base", *STRATEGIES)
    if mixture and not args.task:
        only = ("base", *["mixture"] * any(mixture.alpha))  # which may be the base
    library = session.library() if session.domains else {}
    problems = [*map(unjudged, texts)]
    for name, alpha, said, told in passes(session, library, session.tasks.get(args.task), problems,
                                          only):
        each = {key: told.pop(key) for key in ("named", "sure") if key in told}
        each["alpha"] = alpha.expand(len(texts), -1).tolist()
        found = [{**dict(zip(each, values)), "answer": text.strip(), "cut": cut}
                 for (text, cut), *values in zip(said, *each.values())]
        if "cem" in told:  # what comes next needs no search
            session.mixture = searched(args, alpha.tolist())
        yield name, found, told
