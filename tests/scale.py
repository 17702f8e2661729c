"""How cost grows: a training step, merging and a CEM generation, measured and by formula.

    python -m tests.scale            # measures into tests/results/scale.json, prints the tables
    python -m tests.scale table      # what tests/results/README shows of it
    python -m tests.scale figure     # draws tests/results/scale.svg from it (needs matplotlib)
    python -m tests.scale bytes      # what a step holds on SmolLM2-135M's shape, into it as well
    python -m tests.scale llama      # the same formulas on paper: Llama 1B, 8B, 70B on H100s

One thing grows at a time from START. Formulas, in multiplications, for matrices of (O, I), with
R = min(O, I):  dense = sum O I,  thin = sum R (O + I),  head = V C,  and

    step        2 (2 thin + 2 head) FLOPs a token: factored forward and backward, no dW'
    merge       2 sum O R I
    generation  2 P shots ((prompt + new - 1) thin + new head), factored, a member a block of rows
    mixing      2 P K N

Attention is left out of them (below 5% at these lengths). Memory, in numbers of 4 bytes:

    step        tokens layers (15 C + 3 hidden) + 6 pieces of logits: what norms, attention, SwiGLU
                and x V of each matrix leave for the backward pass, and what is made of the logits;
                with the k largest singular values alone k in the place of each R
    merge       dense: W' itself
    generation  2 P shots (prompt + new) layers H_kv D: the cache
    mixing      P (K + 1) N: alpha_k (z_k - 1) before the sum, and after it

Left out: the weights and factors, which are there before; what a layer needs while it runs; and
attention's masks and scores, which grow by the square of the length.
"""
from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

import rl
from data.files import write_json
from tests.bench import OURS, RESULTS, SHAPE, Side, counts, rates

START = dict(width=256, layers=8, experts=3, population=16, shots=8)
GROWTH = dict(width=(128, 256, 512, 1024), layers=(4, 8, 16, 32), experts=(2, 8, 32),
              population=(8, 16, 32, 64), shots=(4, 8, 16, 32))
TOUCHES = {"step": ("width", "layers"), "merge": ("width", "layers"), "mixing": ("experts",),
           "generation": ("width", "layers", "population", "shots")}
ROWS, LENGTH, PROMPT, NEW, RANK = 4, 128, 64, 20, 128
WORKS = {"step": "training step", "merge": "merging", "generation": "CEM generation",
         "mixing": "mixing K experts"}


def shape_of(point: dict) -> dict:
    width = point["width"]
    return dict(vocab=4096, width=width, layers=point["layers"], heads=width // 64,
                kv_heads=width // 128 or 1, head_size=64, hidden=width * 8 // 3 // 32 * 32,
                context=256, theta=1e4, tied=True)


def predicted(work: str, point: dict) -> tuple[float, float]:
    """(FLOPs, bytes) by the formulas above."""
    shape = shape_of(point)
    dense, thin, head, merge, N = counts(shape)
    P, S = point["population"], point["shots"]
    cache = P * S * (PROMPT + NEW) * 2 * shape["layers"] * shape["kv_heads"] * shape["head_size"]
    if work == "step":
        learned = ROWS * (LENGTH - 1)
        logits = min(learned * shape["vocab"], rl.PIECE)
        return 4 * learned * (thin + head), 4 * (ROWS * LENGTH * kept(shape) + 6 * logits)
    if work == "merge":
        return 2 * merge, 4 * dense
    if work == "mixing":
        return 2 * P * point["experts"] * N, 4 * P * (point["experts"] + 1) * N
    # the 48 tokens that all prompts begin with are run once a member
    run = 48 + S * (PROMPT - 48 + NEW - 1)
    return 2 * P * (run * thin + S * NEW * head), 4 * cache


def kept(shape: dict, rank: int = 0) -> int:
    """Numbers that a token leaves in the blocks for the backward pass; rank: as in `counts`."""
    few = counts(shape, rank)[-1] - counts(shape)[-1]  # Rs that are not there, in all layers
    return shape["layers"] * (15 * shape["width"] + 3 * shape["hidden"]) + few


def arguments(work: str, point: dict) -> tuple[str, dict]:
    return {"step": ("step", {"rows": ROWS, "length": LENGTH}), "merge": ("merge", {}),
            "generation": ("population", {"members": point["population"],
                                          "shots": point["shots"], "new": NEW}),
            "mixing": ("mixing", {"members": point["population"],
                                  "experts": point["experts"]})}[work]


def measure(point: dict, works: list[str]) -> dict:
    """Seconds, median of 3 after a first one, and the bytes by which that first one rose."""
    found = {}
    for work in works:
        first = {"shape": shape_of(point), "dtype": "float32", "device": "cpu", "threads": 1}
        with Side(sys.executable, OURS, first) as side:
            asked = arguments(work, point)
            start, *runs = [side(asked) for _ in range(4)]
        flops, size = predicted(work, point)
        found[work] = {"seconds": statistics.median(run["seconds"] for run in runs),
                       "bytes": start["peak"] - start["before"], "flops": flops,
                       "predicted_bytes": size}
    return found


def measured_all() -> dict:
    rate, _ = rates("cpu", "float32", 1)
    results = {"gflops": rate / 1e9, "threads": 1, "points": []}
    points = [(name, value) for name, values in GROWTH.items() for value in values]
    for i, (name, value) in enumerate(points):
        works = [work for work in WORKS if name in TOUCHES[work]]
        found = measure({**START, name: value}, works)
        results["points"].append({"grows": name, "to": value, "works": found})
        print(f"{i + 1}/{len(points)} {name} {value}", flush=True, file=sys.stderr)
    return results


def measured_bytes() -> list[dict]:
    """By how much a step raises what a process holds, with all gains and with few; bfloat16."""
    found = []
    for rank in (0, RANK):
        first = {"shape": SHAPE, "dtype": "bfloat16", "device": "cpu", "threads": 1}
        with Side(sys.executable, OURS, first) as side:
            run = side(("step", {"rows": 2 * SAMPLES, "length": LENGTH, "rank": rank}))
        found.append({"rank": rank, "bytes": run["peak"] - run["before"], "predicted_bytes":
                      2 * 2 * SAMPLES * LENGTH * kept(SHAPE, rank) + 4 * 6 * rl.PIECE})
    return found


def bytes_text(rows: list[dict]) -> str:
    lines = ["| gains of a matrix | GB to learn, measured | by formula |", "|---" * 3 + "|"]
    return "\n".join(lines + [
        f"| {'the ' * bool(row['rank'])}{row['rank'] or 'all'}{' largest' * bool(row['rank'])} | "
        f"{short(row['bytes'] / 1e9)} | {short(row['predicted_bytes'] / 1e9)} |" for row in rows])


def short(x: float) -> str:
    """Three digits, and no powers of ten.

    >>> short(3364.2), short(0.0644)
    ('3,364', '0.0644')
    """
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def brief(results: dict) -> str:
    """The table: the smallest and the greatest of each, measured / by formula."""
    lines = ["| work | grows | ms (by formula) | MB (by formula) |", "|---" * 4 + "|"]
    for work, title in WORKS.items():
        for grows in TOUCHES[work]:
            points = [p for p in results["points"] if p["grows"] == grows]
            ends = [points[0], points[-1]]
            rows = [p["works"][work] for p in ends]
            ms = [f"{short(1e3 * r['seconds'])} ({short(r['flops'] / results['gflops'] / 1e6)})"
                  for r in rows]
            mb = [f"{short(r['bytes'] / 1e6)} ({short(r['predicted_bytes'] / 1e6)})" for r in rows]
            lines.append(f"| {title} | {grows} {ends[0]['to']} to {ends[1]['to']} | "
                         f"{' to '.join(ms)} | {' to '.join(mb)} |")
    return "\n".join(lines)


def figure(results: dict) -> None:
    try:
        import matplotlib
    except ImportError:
        raise SystemExit("the figure needs matplotlib: pip install matplotlib") from None
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "t2"  # the same figure is the same file
    from matplotlib import pyplot
    fig, axes = pyplot.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    for axis, work in zip(axes, ("step", "merge", "generation")):
        for i, grows in enumerate(TOUCHES[work]):
            points = [p for p in results["points"] if p["grows"] == grows]
            by = [p["to"] / START[grows] for p in points]
            rows = [p["works"][work] for p in points]
            axis.plot(by, [1e3 * r["seconds"] for r in rows], "o-", color=f"C{i}", label=grows)
            axis.plot(by, [r["flops"] / results["gflops"] / 1e6 for r in rows], ":", color=f"C{i}")
        axis.set(xscale="log", yscale="log", title=WORKS[work], ylabel="ms",
                 xlabel="times the start")
        ticks = [0.5, 1, 2, 4]
        axis.set_xticks(ticks, [f"{t:g}" for t in ticks])
        axis.minorticks_off()
        axis.legend(frameon=False)
    fig.suptitle("Measured (solid), and by formula at the rate of a large product (dotted); one "
                 "thread; 1: width 256, 8 layers, population 16, 8 shots", fontsize=10)
    fig.savefig(RESULTS / "scale.svg", metadata={"Date": None})


# ------------------------------------------------------------------------------------- on paper

LLAMAS = {
    "Llama 3.2 1B": dict(width=2048, layers=16, heads=32, kv_heads=8, head_size=64, hidden=8192,
                         vocab=128256, tied=True, batch=64),
    "Llama 3.1 8B": dict(width=4096, layers=32, heads=32, kv_heads=8, head_size=128, hidden=14336,
                         vocab=128256, tied=False, batch=16),
    "Llama 3.1 8B, --rank 128": dict(width=4096, layers=32, heads=32, kv_heads=8, head_size=128,
                                     hidden=14336, vocab=128256, tied=False, batch=2, rank=128),
    "Llama 3.1 70B": dict(width=8192, layers=80, heads=64, kv_heads=8, head_size=128, hidden=28672,
                          vocab=128256, tied=False, batch=16)}
FLOPS, BYTES, ROOM = 989e12 * 0.4, 3.35e12 * 0.6, 80e9  # an H100's, at shares that are common
LINK = 450e9 * 0.6                                      # bytes/s from the others, one way
PROMPTS, SAMPLES, READ, WRITTEN = 8, 8, 256, 256        # a step of RL, in tokens


def on_paper(shape: dict, gpus: int) -> dict:
    """bfloat16; seconds of a step of RL: rollouts merged, base and policy factored; with a rank
    W is run as well and no W' is formed (svf.TopLinear). The most that a GPU holds is when it
    writes (W', cache) or when it learns (what is kept for the backward pass, pieces of logits).
    """
    top, batch, answers = shape.get("rank", 0), shape["batch"], PROMPTS * SAMPLES
    dense, thin, head, merge, N = counts(shape, top)
    weights = 2 * (dense + head * (1 if shape["tied"] else 2))
    factors = 2 * thin + 4 * N
    if top:
        thin, merge = thin + dense, 0
    token = 2 * 2 * shape["layers"] * shape["kv_heads"] * shape["head_size"]

    def held(batch: int) -> tuple[int, float]:
        """Bytes of the cache, and of what is learned from, where so many answers are at once."""
        prompts = max(1, batch // SAMPLES)
        cache = max(batch, SAMPLES) * (READ + WRITTEN) * token
        learned = 2 * (prompts * READ + batch * WRITTEN) * kept(shape, top)
        return cache, learned + 4 * 6 * rl.PIECE
    cache, learned = held(batch)
    merged = 0 if top else 2 * dense
    fits = weights + factors + max(merged + cache, learned) < ROOM
    shared = fits and gpus > 1  # prompts are shared out; else the model is, and the work is not
    part = 1 / gpus if shared else 1.0
    if shared:
        cache, learned = held(min(batch, int(answers * part)))
    once = min(max(batch, SAMPLES), answers * part)  # answers that are written at once
    prefill = 2 * PROMPTS * READ * part * dense / FLOPS
    decode = WRITTEN * answers * part / once * max(
        (weights + cache / 2) / BYTES / (1 if fits else gpus), 2 * once * (dense + head) / FLOPS)
    again = -(-SAMPLES // batch)  # a prompt is run for each part of its answers
    run = (PROMPTS * READ * again + answers * WRITTEN) * part
    learn = run * (2 * dense + 4 * thin) / FLOPS + 6 * answers * WRITTEN * part * head / FLOPS
    total = weights + factors + max(merged * fits + cache, learned)
    each = total if fits else total / gpus
    seconds = prefill + decode + learn
    if fits:
        seconds += 2 * merge / FLOPS
    else:  # every forward pass, and the backward pass, gets W, U and V of the others anew
        passes = WRITTEN * answers / max(batch, SAMPLES) + 4 * answers / batch
        seconds += passes * 2 * (dense + thin) * (1 - 1 / gpus) / LINK
    return {"weights": weights, "factors": factors, "merged": merged, "cache": cache, "N": N,
            "learned": learned, "each": each, "seconds": seconds if each < ROOM else None}


def llamas() -> str:
    lines = ["| model | `--batch` | gains | weights | U, S, V | W' | cache | to learn | a GPU, "
             "on 1 | on 8 | s a step, on 1 | on 8 |", "|---" * 12 + "|"]
    for name, shape in LLAMAS.items():
        one, eight = on_paper(shape, 1), on_paper(shape, 8)
        cells = [short(one[key] / 1e9) for key in ("weights", "factors", "merged", "cache",
                                                   "learned")]
        lines.append(f"| {name} | {shape['batch']} | {one['N']:,} | {' | '.join(cells)} | "
                     + " | ".join(short(x["each"] / 1e9) for x in (one, eight)) + " | "
                     + " | ".join("does not fit" if x["seconds"] is None else short(x["seconds"])
                                  for x in (one, eight)) + " |")
    return "\n".join(lines)


def main(what: list[str]) -> None:
    path: Path = RESULTS / "scale.json"
    if what == ["llama"]:
        print(llamas())
    elif what == ["table"]:
        print(brief(json.loads(path.read_text())))
    elif what == ["bytes"]:
        write_json(path, {**json.loads(path.read_text()), "bytes": measured_bytes()})
        print(bytes_text(json.loads(path.read_text())["bytes"]))
    elif what == ["figure"]:
        figure(json.loads(path.read_text()))
    elif not what:
        write_json(path, {**measured_all(), "bytes": measured_bytes()})
        print(brief(json.loads(path.read_text())))
    else:
        raise SystemExit(f"{' '.join(what)}: expected nothing, `table`, `figure`, "
                         "`bytes` or `llama`")


if __name__ == "__main__":
    main(sys.argv[1:])
