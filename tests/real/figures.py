"""The pictures of the real model's results, drawn by matplotlib from what the tables hold."""
from __future__ import annotations

from pathlib import Path

from tests.paper.figures import COLOURS, INK, PALE, by_step, errors, panels, ready
from tests.real.runs import DOMAINS
from tests.real.tables import NAMES

WHO = {"base": (INK, "s"), "uniform": (PALE, "o"), "prompt": (COLOURS["math"], "^"),
       "classifier": (COLOURS["code"], "v"), "few-shot": (COLOURS["reasoning"], "o")}
FIRST, SVF, OTHER = WHO["base"], WHO["few-shot"], (COLOURS["code"], "^")


def draw(found: dict[str, dict], folder: Path) -> None:
    """Those whose tables are there. ValueError where matplotlib is missing."""
    ready()
    for make in (experts, unseen, lora, ranks, shots, rewards):
        name = make.__name__
        if name in found:
            make(found[name]).savefig(folder / f"{name}.svg", metadata={"Date": None})


def experts(found: dict) -> object:
    """Reward, KL and the share of groups without signal, a line a domain: mean and range."""
    return by_step({name: [row["log"] for row in found["experts"][name]] for name in DOMAINS})


def dots(rows: dict[str, dict], series: dict[str, tuple[str, tuple[str, str]]], width: float = 6.5,
         what: str = "right, strictly") -> tuple:
    """Shares and their intervals: the figure and its axis. series: label -> (key of a row's cell,
    (colour, marker)).
    """
    figure, [[ax]] = panels(1, width, 3.4)
    for i, (label, (key, (colour, marker))) in enumerate(series.items()):
        cells = [row[key] for row in rows.values()]
        ax.errorbar([x + 0.13 * (i - (len(series) - 1) / 2) for x in range(len(cells))],
                    [c["share"] for c in cells], errors(cells), fmt=marker, color=colour,
                    markersize=4, linewidth=1, label=label)
    ax.set_xticks(range(len(rows)), rows)
    ax.set(ylim=(0, 1.1), ylabel=what)
    ax.legend(ncols=len(series), loc="upper right", bbox_to_anchor=(1, -0.1))
    return figure, ax


def unseen(found: dict) -> object:
    """Families that no expert has seen: the base, 1/K, A, B and C."""
    rows = {name: found["families"][name]["strict"] for some in found["kinds"].values()
            for name in some}
    figure, ax = dots(rows, {NAMES[who]: (who, look) for who, look in WHO.items()}, 9)
    start = 0
    for kind, some in found["kinds"].items():
        if some:
            ax.text(start - 0.4, 1.04, kind, color=INK)
            ax.axvline(start - 0.5, color=PALE, linewidth=0.8)
        start += len(some)
    return figure


def lora(found: dict) -> object:
    """Experts on their own tests, and C over them."""
    return dots(found["table"], {"base": ("base", FIRST), "SVF": ("svf", SVF),
                                 "LoRA": ("other", OTHER)}, 9)[0]


def shots(found: dict) -> object:
    """C, and what is trained on its shots in its time."""
    return dots(found["table"], {"C": ("few-shot", FIRST), "SVF on the shots": ("svf", SVF),
                                 "LoRA on the shots": ("lora", OTHER)})[0]


def ranks(found: dict) -> object:
    """Experts on their own test prompts, by how many gains a matrix they have."""
    return dots(found["table"], {"strict": ("strict", SVF), "lenient": ("lenient", FIRST)},
                what="right")[0]


def rewards(found: dict) -> object:
    """The same, by what they were paid for."""
    return ranks(found)
