"""The pictures of the results, drawn by matplotlib, which nothing else needs.

A colour stands for the same thing everywhere: the domains, and the ways to train.
"""
from __future__ import annotations

from pathlib import Path
from statistics import mean

import torch

from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import DOMAINS, LABELS
from svf import KINDS
from tests.paper import reading
from tests.paper.lab import library, result, session
from tests.paper.tables import TASK_NAMES, Seeds

COLOURS = {"math": "#0072b2", "code": "#d55e00", "reasoning": "#009e73", "others": "#999999"}
INK, PALE = "#333333", "#bbbbbb"


def draw(seeds: Seeds, folder: Path) -> None:
    """All of them. ValueError where matplotlib is missing."""
    ready()
    for make in (training, gains, search, alpha, classes, shots, few):
        figure = make(seeds)
        figure.savefig(folder / f"{make.__name__}.svg", metadata={"Date": None})


def ready() -> None:
    """Makes matplotlib draw as all pictures are drawn. ValueError where it is missing."""
    try:
        import matplotlib
    except ImportError:
        raise ValueError("figures needs matplotlib, which t2 itself does not: run `pip install "
                         "matplotlib` in an environment of your own") from None
    matplotlib.use("svg")
    matplotlib.rcParams.update({
        "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "t2",
        "axes.edgecolor": INK, "figure.constrained_layout.use": True, "legend.frameon": False})


def panels(columns: int, width: float, height: float, rows: int = 1, **how: object) -> tuple:
    import matplotlib.pyplot as plt
    return plt.subplots(rows, columns, figsize=(width, height), squeeze=False, **how)


def training(seeds: Seeds) -> object:
    """Reward, KL and the share of groups without signal, a line a domain: mean and range."""
    return by_step({name: [result("train", library(s)[name])["log"] for s in seeds]
                    for name in DOMAINS})


def by_step(logs: dict[str, list[list[dict]]]) -> object:
    """How trainings went: domain -> a log a seed."""
    figure, [axes] = panels(3, 9, 2.6)
    what = {"reward": "mean reward of 128 answers", "kl": "KL to the base, nats an answer",
            "no_signal": "groups without signal"}
    for ax, (key, title) in zip(axes, what.items()):
        for name, some in logs.items():
            lines = [[row[key] for row in log] for log in some]
            band(ax, range(1, len(lines[0]) + 1), lines, COLOURS[name], name)
        ax.set(title=title, xlabel="step")
    axes[2].legend(loc="upper left")
    return figure


def band(ax: object, x: object, lines: list, colour: str, label: str) -> None:
    """The mean of some lines, and between the lowest and highest of them."""
    columns = list(zip(*lines))
    ax.plot(x, list(map(mean, columns)), color=colour, label=label)
    ax.fill_between(x, list(map(min, columns)), list(map(max, columns)), color=colour, alpha=0.2,
                    linewidth=0)


def gains(seeds: Seeds) -> object:
    """z - 1 of the experts that ship: a row a matrix, the singular values from left to right."""
    figure, [axes] = panels(4, 9, 4.6, sharey=True)
    names = (*DOMAINS, CLASSIFIER)
    layers, shipped = list(session().svf.layers), session().library()
    for ax, name in zip(axes, names):
        z = shipped[name].view(len(layers), -1) - 1
        picture = ax.imshow(z, cmap="RdBu_r", vmin=-0.4, vmax=0.4, aspect="auto",
                            interpolation="nearest")
        ax.set(title=name, xlabel="singular value")
    axes[0].set_yticks(range(len(layers)), layers, fontsize=6)
    for ax in axes:
        for edge in range(len(KINDS), len(layers), len(KINDS)):
            ax.axhline(edge - 0.5, color=INK, linewidth=0.5)
    figure.colorbar(picture, ax=axes, label="z - 1", shrink=0.6)
    return figure


def search(seeds: Seeds) -> object:
    """CEM by iteration: the best and the mean candidate on the shots, and sigma."""
    figure, [axes] = panels(2, 6.5, 2.6)
    rows = [row["history"] for found in reading.unseen_results(seeds).values() for row in found]
    x = range(1, len(rows[0]) + 1)
    for key, colour in (("best", COLOURS["math"]), ("mean", INK)):
        columns = list(zip(*([step[key] for step in row] for row in rows)))
        axes[0].plot(x, list(map(mean, columns)), color=colour, marker="o", label=f"{key} of 10")
    axes[0].set(title=f"accuracy on 8 shots, mean of {len(rows)} runs", xlabel="iteration",
                ylim=(0, 1.02), xticks=x)
    axes[0].legend(loc="lower right")
    band(axes[1], x, [[step["sigma"] for step in row] for row in rows], INK, "")
    axes[1].set(title="sigma of alpha: mean and range", xlabel="iteration", xticks=x,
                ylim=(0, None))
    return figure


def alpha(seeds: Seeds) -> object:
    """What C mixes on each unseen task (the paper's Fig. 7): the seeds' mean, and each seed."""
    figure, [[ax]] = panels(1, 9, 2.8)
    found = reading.unseen_results(seeds)
    for k, name in enumerate(DOMAINS):
        for i, task in enumerate(TASK_NAMES):
            values = [row["alpha"][k] for row in found[task]]
            x = i + 0.27 * (k - 1)
            ax.bar(x, mean(values), 0.25, color=COLOURS[name], label=name if i == 0 else None)
            ax.plot([x] * len(values), values, "o", color=INK, markersize=2.5)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set_xticks(range(len(TASK_NAMES)), TASK_NAMES)
    ax.set(ylabel="alpha", title="how much of each expert C mixes in; dots are seeds")
    ax.legend(ncols=3)
    return figure


def classes(seeds: Seeds) -> object:
    """What A and B call the prompts of each task (the paper's Fig. 6)."""
    rows = reading.rows_classes(seeds)["rows"]
    figure, [axes] = panels(2, 7, 4.6, sharey=True)
    for ax, (who, text) in zip(axes, (("prompt", "A, prompt-based"),
                                      ("classifier", "B, classification expert"))):
        table = torch.tensor([[row[who][label] for label in LABELS] for row in rows])
        ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for i, row in enumerate(rows):
            for j, label in enumerate(LABELS):
                value = row[who][label]
                if value:
                    ax.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=7,
                            color="white" if value > 0.5 else INK)
                if label == row["label"]:
                    ax.add_patch(rectangle(j, i))
        ax.set_xticks(range(len(LABELS)), LABELS)
        ax.set(title=text, xlabel="called")
    axes[0].set_yticks(range(len(rows)), [row["task"] for row in rows])
    figure.suptitle("share of prompts; a frame is the task's own category", fontsize=8)
    return figure


def rectangle(x: int, y: int) -> object:
    from matplotlib.patches import Rectangle
    return Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor=COLOURS["code"], linewidth=1)


def shots(seeds: Seeds) -> object:
    """Accuracy of C by the number of shots, beside A and B."""
    cells = reading.rows_shots(seeds)["cells"]
    figure, [[ax]] = panels(1, 5, 3)
    x = [int(n) for n in cells if n not in "AB"]
    for seed in range(len(seeds)):
        ax.plot(x, [cells[str(n)]["each"][seed] for n in x], color=PALE, linewidth=1,
                label="one seed" if seed == 0 else None)
    ax.errorbar(x, [cells[str(n)]["share"] for n in x], errors([cells[str(n)] for n in x]),
                color=COLOURS["math"], marker="o", label="C, few-shot")
    for who, style in (("A", ":"), ("B", "--")):
        ax.axhline(cells[who]["share"], color=INK, linestyle=style)
        ax.text(20, cells[who]["share"] + 0.005, who)
    ax.set(xlabel="shots", ylabel="mean of the unseen tasks", ylim=(0.5, 1), xticks=x)
    ax.legend(loc="center right")
    return figure


def errors(cells: list[dict]) -> list[list[float]]:
    return [[c["share"] - c["interval"][0] for c in cells],
            [c["interval"][1] - c["share"] for c in cells]]


def few(seeds: Seeds) -> object:
    """Accuracy by how many numbers are trained, SVF and LoRA, by RL and by next token."""
    rows = reading.rows_few(seeds)
    figure, [[ax]] = panels(1, 7, 3.8)
    kinds = (("SVF, shared gains", "one", COLOURS["reasoning"]),
             ("SVF, first singular values", ("top", "SVF"), COLOURS["math"]),
             ("LoRA", "LoRA", COLOURS["code"]))
    for name, begins, colour in kinds:
        mine = [row for row in rows["rows"] if row["label"].startswith(begins)]
        for key, text, style in ((None, "RL", "-"), ("text", "next token, ideal answers", ":")):
            some = [(row["numbers"], row[key] if key else row) for row in mine
                    if key is None or row[key]]
            ax.errorbar([n for n, _ in some], [row["mean"]["share"] for _, row in some],
                        errors([row["mean"] for _, row in some]), color=colour, marker="o",
                        markersize=4, linestyle=style, label=f"{name}, {text}",
                        markerfacecolor=colour if key is None else "white")
        up = 1 if begins == "one" else -1  # where there is room for words
        for row in mine if begins != "LoRA" else []:
            ax.annotate(row["label"], (row["numbers"], row["mean"]["share"]), xytext=(0, 6 * up),
                        textcoords="offset points", fontsize=7, color=colour, rotation=30 * up,
                        va="bottom" if up > 0 else "top")
    ax.axhline(rows["base"]["mean"]["share"], color=INK, linestyle="--", label="base")
    ax.set(xscale="log", xlabel="trained numbers", ylabel="mean of the domains' own tests",
           ylim=(0, 1.02))
    ax.legend(fontsize=7, loc="center right")
    return figure


