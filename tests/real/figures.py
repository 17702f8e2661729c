"""The pictures of the real model's results, drawn by matplotlib from what the tables hold."""
from __future__ import annotations

from pathlib import Path

from tests.paper.figures import COLOURS, INK, PALE, by_step, errors, panels, ready
from tests.real.runs import DOMAINS
from tests.real.tables import NAMES

WHO = {"base": (INK, "s"), "uniform": (PALE, "o"), "prompt": (COLOURS["math"], "^"),
       "classifier": (COLOURS["code"], "v"), "few-shot": (COLOURS["reasoning"], "o")}


def draw(found: dict[str, dict], folder: Path) -> None:
    """Those whose tables are there. ValueError where matplotlib is missing."""
    ready()
    for name, make in {"experts": training, "unseen": unseen}.items():
        if name in found:
            make(found[name]).savefig(folder / f"{name}.svg", metadata={"Date": None})


def training(found: dict) -> object:
    """Reward, KL and the share of groups without signal, a line a domain: mean and range."""
    return by_step({name: [row["log"] for row in found["experts"][name]] for name in DOMAINS})


def unseen(found: dict) -> object:
    """Accuracy on families that no expert has seen: the base, 1/K, A, B and C."""
    kinds = [(kind, name) for kind, some in found["kinds"].items() for name in some]
    figure, [[ax]] = panels(1, 9, 3.4)
    for i, (who, (colour, marker)) in enumerate(WHO.items()):
        cells = [found["families"][name]["strict"][who] for _, name in kinds]
        ax.errorbar([x + 0.13 * (i - 2) for x in range(len(cells))], [c["share"] for c in cells],
                    errors(cells), fmt=marker, color=colour, markersize=4, linewidth=1,
                    label=NAMES[who])
    ax.set_xticks(range(len(kinds)), [name for _, name in kinds])
    for kind, some in found["kinds"].items():
        where = [x for x, (k, _) in enumerate(kinds) if k == kind]
        if some:
            ax.text(where[0] - 0.4, 1.04, kind, color=INK)
            ax.axvline(where[0] - 0.5, color=PALE, linewidth=0.8)
    ax.set(ylim=(0, 1.1), ylabel="right, strictly")
    ax.legend(ncols=len(WHO), loc="upper right", bbox_to_anchor=(1, -0.1))
    return figure
