"""What a user sees: a progress line, pictures where there is a terminal, errors in one line.

On a terminal that can show them, rewards are drawn as a sparkline, alpha as bars and CEM's search
as ranges; anywhere else the numbers alone are printed. Colour only there, and not if NO_COLOR is
set (no-color.org).
"""
from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
import warnings
from collections.abc import Callable
from typing import TextIO

from data.files import FIRST

LOW, HIGH = -0.75, 1.5  # of alpha, as it is drawn
CYAN, RED, BOLD = 36, 31, 1
FIRST_OF_ALL = ("reward", "validation", "loss", "best", "mean")  # of numbers that may not all fit


# --------------------------------------------------------------------------------------- pictures

def draws(stream: TextIO) -> bool:
    """Whether pictures can be shown there: a terminal whose encoding has the signs for them."""
    try:
        "█▁●─▒".encode(getattr(stream, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def painted(text: str, colour: int) -> str:
    """The text in a colour (or bold), where stdout is a terminal and the user did not say no."""
    if not draws(sys.stdout) or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{colour}m{text}\033[0m"


def spark(values: list[float], low: float = -1.0, high: float = 1.0, width: int = 20) -> str:
    """Values as one sign each, or as the means of `width` parts if there are more.

    >>> spark([-1, -.5, 0, .5, 1]), len(spark([0.0] * 99, width=20))
    ('▁▃▅▆█', 20)
    """
    n = min(width, len(values))
    cuts = [len(values) * i // n for i in range(n + 1)] if n else [0]
    means = [sum(values[a:b]) / (b - a) for a, b in zip(cuts, cuts[1:])]
    steps = [min(7, max(0, round(7 * (mean - low) / (high - low)))) for mean in means]
    return "".join(chr(0x2581 + step) for step in steps)


def bar(value: float, width: int = 8) -> str:
    """A bar as long as the value, `width` signs for 1 and at most 1.5 times as many.

    >>> bar(.5), bar(-.25), bar(0)
    ('████', '▒▒', '')
    """
    return ("█" if value > 0 else "▒") * min(round(abs(value) * width), width * 3 // 2)


def reach(mu: float, sigma: float, width: int = 13) -> str:
    """mu and what is within one sigma of it, on a line from LOW to HIGH.

    >>> reach(.375, .375), reach(9, .1)
    ('····──●──····', '············●')
    """
    def place(x: float) -> int:
        return min(width - 1, max(0, round((x - LOW) / (HIGH - LOW) * (width - 1))))
    low, mid, high = (place(x) for x in (mu - sigma, mu, mu + sigma))
    return "".join("●" if i == mid else "─" if low <= i <= high else "·"
                   for i in range(width))


def bold(text: str) -> str:
    """Bold, where that can be."""
    return painted(text, BOLD)


# --------------------------------------------------------------------------------- while at work

class Line:
    """A progress line with an ETA: rewritten in place on a terminal, else one every 10 s.

    What is done within 3 s leaves no line where there is no terminal, unless there is an alarm.
    """

    def __init__(self, what: str, steps: int) -> None:
        self.what, self.steps, self.first, self.said = what, steps, None, {""}
        self.start, self.rewards = time.monotonic(), []
        self.last = self.start - 7

    def __call__(self, step: int, facts: dict) -> None:
        now = time.monotonic()
        if self.steps == 1 or not FIRST:
            return  # done before there is anything to say, or another process says it
        if self.first is None:
            self.first, self.start = step, now
        per = (now - self.start) / max(1, step - self.first)
        self.clear()
        alarm, picture = facts.get("alarm", ""), self.picture(facts)
        eta = f"ETA {per * (self.steps - 1 - step):.0f} s" if step > self.first else "ETA ..."
        parts = [f"{self.what} {step + 1}/{self.steps}", eta, f"! {alarm}" * bool(alarm), picture,
                 *(f"{k} {v:.2f}" if isinstance(v, float) else f"{k} {v}" for k, v in sorted(
                     facts.items(), key=lambda item: item[0] not in FIRST_OF_ALL)
                   if isinstance(v, (float, int)))]
        line = "  ".join(filter(None, parts))
        final = step + 1 == self.steps
        if sys.stderr.isatty():
            room = shutil.get_terminal_size().columns - 1
            while len(line) > room and len(parts) > 1:  # as many of them as fit
                line = "  ".join(filter(None, parts := parts[:-1]))
            print("" if final else line[:room], end="", file=sys.stderr, flush=True)
        elif now - self.last > 10 or final and now - self.start > 3 or alarm not in self.said:
            print(line, file=sys.stderr, flush=True)
            self.last = now
        self.said.add(alarm)

    def picture(self, facts: dict) -> str:
        """The rewards so far, or where CEM searches; nothing where it can't be shown."""
        self.rewards += [facts["reward"]] if "reward" in facts else []
        if not draws(sys.stderr):
            return ""
        return spark(self.rewards, width=12) if self.rewards else " ".join(
            reach(mu, sigma) for mu, sigma in zip(facts.get("mu", ()), facts.get("sigmas", ())))

    def clear(self) -> None:
        """Makes room on a terminal for what is printed next."""
        if FIRST and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


# ------------------------------------------------------------- before, and when it goes wrong

def ready() -> None:
    """Prepares stdout: of several processes the first one's alone, and for whatever is printed."""
    if not FIRST:
        sys.stdout = open(os.devnull, "w")
    if hasattr(sys.stdout, "reconfigure"):  # what a model writes may be no text of this terminal
        sys.stdout.reconfigure(errors="backslashreplace")
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")  # not needed here


def printable(text: str) -> str:
    r"""Text that came from elsewhere, for a terminal: control characters are spelt out.

    >>> printable("4\n\x1b[2J")
    '4\n\\x1b[2J'
    """
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)


def note(text: str) -> None:
    """Prints a sentence, on as many lines of 79 columns as it takes."""
    print(textwrap.fill(printable(text), 79, subsequent_indent="  "), flush=True)


def why(old: object, new: dict) -> str:
    """What makes a run another one than that which left a file behind.

    >>> why({"seed": 0, "rate": .02}, {"seed": 1, "rate": .02})
    'seed is 1, and was 0'
    """
    if not isinstance(old, dict):
        return "it does not say which"
    differ = [f"its {key} changed" if isinstance(new.get(key), (dict, list))
              else f"{key} is {new.get(key)}, and was {old.get(key)}"
              for key in {**old, **new} if old.get(key) != new.get(key)]
    return "; ".join(differ)


def complain(message: object) -> None:
    """One line, whatever a user's text or a library's has in it; one write, so that lines of
    several processes stay lines."""
    sys.stderr.write(f"t2.py: {printable(' '.join(str(message).split()))[:1000]}\n")


def exit_code(work: Callable[[], None], batch: int | None, goes_on: bool = True) -> int:
    """Does the work. Whatever a user can mend is said in one line: 2. Ctrl-C: 130; else 0.

    goes_on: whether the command takes up what was saved. Who reads no more, as `head` does, is
    no mistake: 141, without a word.
    """
    try:
        work()
    except KeyboardInterrupt as stop:
        way = "; the same command goes on, from what is saved if anything is" * goes_on
        if FIRST:
            print(f"\n{str(stop) or 'stopped'}{way}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to come
        return 141
    except (ValueError, OSError) as error:
        complain(error)
        return 2
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and "memory" not in str(error):
            raise  # a mistake of ours
        now = f" (now {batch})" if batch else ""
        complain(f"out of memory: lower --batch{now}, then --max-new-tokens; with --weights, "
                 "--dtype bfloat16 halves what the model itself takes")
        return 2
    return 0
