"""The tools that measure do the work that they say, count it as the model does, and README shows
it; each of them is run once in its smallest form, or says in a line what it wants."""
from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from data.processes import seeded
from rl import Episode, answer_states
from svf import SVF, adapted_weight, largest, matrices
from tests import bench, gpu, oracle, oracle_tokens, scale
from tests.peers import measured

SMALL = dict(vocab=37, width=20, layers=2, heads=4, kv_heads=2, head_size=6, hidden=28,
             context=160, theta=1e4, tied=True)
README = (bench.RESULTS / "README.md").read_text(encoding="utf-8")
SCALE = json.loads((bench.RESULTS / "scale.json").read_text())


@pytest.fixture(scope="module")
def ours() -> bench.Ours:
    return bench.Ours(SMALL, "float32", "cpu")


def test_multiplications_and_gains_are_counted_as_the_model_has_them(ours: bench.Ours) -> None:
    dense, thin, head, merge, N = bench.counts(SMALL)
    svf = SVF(ours.model)
    layers = svf.layers.values()
    assert N == svf.N and head == ours.model.embed.weight.numel()
    assert dense == sum(layer.weight.numel() for layer in layers)
    assert thin == sum(layer.U.numel() + layer.Vt.numel() for layer in layers)
    assert merge == sum(layer.U.numel() * layer.Vt.shape[1] for layer in layers)


def test_the_released_composition_is_w_at_one_and_keeps_the_sum_of_the_singular_values(
        ours: bench.Ours) -> None:
    for layer in SVF(ours.model).layers.values():
        torch.testing.assert_close(bench.composed(layer, torch.ones_like(layer.S)), layer.weight,
                                   atol=1e-5, rtol=1e-4)
        m = torch.rand(layer.S.shape, generator=seeded("m"))
        want = adapted_weight(layer.U, layer.S, layer.Vt, m * layer.S.sum() / (layer.S * m).sum())
        torch.testing.assert_close(bench.composed(layer, m), want, atol=1e-5, rtol=1e-4)


def test_a_step_of_few_gains_has_so_many(ours: bench.Ours,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Tensor] = []
    monkeypatch.setattr("torch.optim.AdamW", lambda params, lr: SimpleNamespace(
        step=lambda: seen.append(params[0].grad.clone()), zero_grad=lambda: None))
    ours.step(2, 7, rank=3)()
    assert seen[0].shape == (3 * len(matrices(ours.model)),) and seen[0].abs().min() > 0


@pytest.mark.parametrize("piece", [7 * 37, 1 << 22])  # logits: 7 tokens at once, or all
def test_both_recipes_of_a_training_step_find_the_same_direction(
        piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the sigmoid and the rescaling the two are one gradient, found in two ways."""
    seen: list[torch.Tensor] = []
    monkeypatch.setattr("rl.PIECE", piece)
    monkeypatch.setattr("torch.optim.AdamW", lambda params, lr: SimpleNamespace(
        step=lambda: seen.append(params[0].grad.float()), zero_grad=lambda: None))
    monkeypatch.setattr("torch.Tensor.sigmoid", lambda p: p + 1)
    monkeypatch.setattr(bench, "composed", lambda layer, m: adapted_weight(
        layer.U, layer.S, layer.Vt, m))
    for name in ("step", "released_step"):
        getattr(bench.Ours(SMALL, "float32", "cpu"), name)(3, 11)()
    torch.testing.assert_close(seen[0], seen[1], atol=1e-6, rtol=1e-3)
    assert seen[0].abs().max() > 1e-3


@pytest.mark.parametrize("name, args", [
    ("generate", {"rows": 2, "prompt": 5, "new": 3}),
    ("generate", {"rows": 2, "prompt": 5, "new": 3, "samples": 4}),
    ("step", {"rows": 2, "length": 7}), ("released_step", {"rows": 2, "length": 7}),
    ("step", {"rows": 2, "length": 7, "rank": 3}),
    ("population", {"members": 3, "shots": 2, "new": 2}),
    ("one_by_one", {"members": 3, "shots": 2, "new": 2}), ("compose", {}), ("switch", {}),
    ("merge", {}), ("mixing", {"members": 3, "experts": 4})])
def test_each_work_can_be_done_twice(ours: bench.Ours, name: str, args: dict) -> None:
    before = [(p, p.clone()) for p in ours.model.parameters()]
    work = getattr(ours, name)(**args)
    work(), work()
    for p, copy in before:  # and leaves the base's weights as they were
        assert torch.equal(p, copy)


@pytest.mark.parametrize("rank", [0, 16])
def test_what_a_step_keeps_is_what_the_formula_says(rank: int) -> None:
    """All that the blocks keep for the backward pass, but for weights and factors."""
    shape, kept = {**scale.shape_of({"width": 128, "layers": 4}), "vocab": 64}, {}
    model = bench.Ours(shape, "float32", "cpu").model
    groups = [[Episode([1], [2] * (scale.LENGTH - 1), 0.0)]] * scale.ROWS
    svf = SVF(model, factors={
        name: largest(getattr(parent, kind).weight, rank)
        for name, parent, kind in matrices(model)} if rank else None)

    def pack(x: torch.Tensor) -> torch.Tensor:
        kept[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x
    with (svf.adapted(svf.neutral().requires_grad_(True)),
          torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x)):
        states, _, _ = answer_states(model, groups)
    frozen = [x for layer in svf.layers.values() for x in (layer.U, layer.S, layer.Vt)]
    for x in (*frozen, *model.parameters(), *model.buffers()):
        kept.pop(x.untyped_storage().data_ptr(), None)
    assert states.requires_grad
    predicted = 4 * scale.ROWS * scale.LENGTH * scale.kept(shape, rank)
    assert 0.8 < sum(kept.values()) / predicted < 1.05


def test_every_row_is_in_the_results_and_readme_shows_them() -> None:
    paths = [*(bench.RESULTS / "bench").glob("*.json")]
    for path in paths:
        found = json.loads(path.read_text())
        assert {*found} - {*bench.rows()} == {"machine"} and bench.table(found) in README
        assert all(row.get("n", 5) >= 5 for row in found.values())
    assert paths
    for table in (scale.brief(SCALE), scale.bytes_text(SCALE["bytes"]), scale.llamas()):
        assert table in README
    assert (bench.RESULTS / "scale.svg").exists()


def test_the_formulas_hold_where_products_are_large() -> None:
    """Measured within a factor of 1 to 1.5 at the greatest width; memory within 0.5 to 2."""
    [point] = [p for p in SCALE["points"] if (p["grows"], p["to"]) == ("width", 1024)]
    for row in point["works"].values():
        by = row["seconds"] * SCALE["gflops"] * 1e9 / row["flops"]
        assert 1 <= by < 1.5 and 0.5 < row["bytes"] / row["predicted_bytes"] < 2
    for point in SCALE["points"]:  # and those that are kept are those that are computed
        for work, row in point["works"].items():
            assert scale.predicted(work, {**scale.START, point["grows"]: point["to"]}) == (
                row["flops"], row["predicted_bytes"])


@pytest.mark.parametrize("batch, writes", [(1, True), (3, True), (8, False), (64, False)])
def test_a_gpu_holds_what_writing_or_what_learning_takes(batch: int, writes: bool) -> None:
    """The larger of the two, beside weights and factors; both by hand."""
    shape = {**scale.LLAMAS["Llama 3.2 1B"], "batch": batch}
    found, layers = scale.on_paper(shape, 1), 16
    learned = 2 * (max(1, batch // 8) * 256 + batch * 256) * layers * (15 * 2048 + 3 * 8192)
    assert found["learned"] == learned + 6 * 4 * 2**22
    assert found["cache"] == max(8, batch) * 512 * 2 * 2 * layers * 8 * 64
    writing = found["merged"] + found["cache"]
    assert (writing > found["learned"]) is writes
    assert found["each"] == found["weights"] + found["factors"] + max(writing, found["learned"])


def test_what_does_not_fit_one_gpu_is_shared_by_eight() -> None:
    for name, fits in (("Llama 3.2 1B", True), ("Llama 3.1 8B", True), ("Llama 3.1 70B", False)):
        one, eight = (scale.on_paper(scale.LLAMAS[name], gpus) for gpus in (1, 8))
        assert (one["seconds"] is not None) is fits and eight["each"] < scale.ROOM
        assert eight["seconds"] is not None


def test_an_8b_model_of_few_gains_fits_24_gb_by_bytes_that_were_measured() -> None:
    assert scale.on_paper(scale.LLAMAS["Llama 3.1 8B, --rank 128"], 1)["each"] < 24e9
    for row in SCALE["bytes"]:
        assert 0.9 < row["bytes"] / row["predicted_bytes"] < 1


# ------------------------------------------------------------- each tool in its smallest form

class Here:
    """As bench.Side, in this process."""

    def __init__(self, python: str, file: Path, first: dict) -> None:
        first.pop("threads")
        self.able = bench.Ours(**first)

    def __call__(self, work: tuple[str, dict]) -> dict:
        return measured(getattr(self.able, work[0])(**work[1]), cuda=False)

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bench, scale):
        monkeypatch.setattr(module, "SHAPE", SMALL)
        monkeypatch.setattr(module, "rates", lambda *_: (1e9, 1e9))


@pytest.mark.slow
def test_a_row_is_measured_by_two_processes(small: None, tmp_path: Path,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bench.json"
    bench.main(["merge", "generate-1", "--repeats", "2", "--threads", "1", "--out", str(path)])
    said = capsys.readouterr().out
    assert "1/2 merge: ours " in said and "generate-1: skipped, it needs --peers PYTHON" in said
    found = json.loads(path.read_text())
    assert found["merge"]["n"] == 2 and bench.table(found) in said


@pytest.mark.slow
def test_a_row_that_can_not_be_done_says_how_to_see_why() -> None:
    with (bench.Side(sys.executable, bench.PEERS, {"shape": {}}) as side,
          pytest.raises(SystemExit, match="generate ended before it was done: run it alone with")):
        side(("generate", {}))


@pytest.mark.slow
def test_cost_is_measured_where_it_grows(small: None, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch,
                                         capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(scale, "RESULTS", tmp_path)
    monkeypatch.setattr(scale, "Side", Here)
    start = dict(width=128, layers=1, experts=2, population=2, shots=2)
    monkeypatch.setattr(scale, "START", start)
    monkeypatch.setattr(scale, "GROWTH", {grows: (value,) for grows, value in start.items()})
    scale.main([])
    said = capsys.readouterr().out
    assert said.count("\n") == 2 + sum(map(len, scale.TOUCHES.values()))
    scale.main(["bytes"])
    assert re.findall(r"\| (all|the 128 largest) \| .+ \|", capsys.readouterr().out) == [
        "all", "the 128 largest"]
    scale.main(["table"])  # which is still there
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("main, words, why", [
    (scale.main, ["figure"], "needs matplotlib"), (scale.main, ["tables"], "expected nothing, "),
    (oracle.main, [], "transformers"), (oracle.main, ["compare"], "compare: expected nothing, "),
    (oracle_tokens.main, [], "nothing: expected `make`"),
    (oracle_tokens.main, ["compare"], "compare: expected `make`")])
def test_a_tool_says_in_a_line_what_it_wants(main: object, words: list[str], why: str,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    for missing in ("matplotlib", "transformers"):
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert why in str(stop.value) and "\n" not in str(stop.value)


def test_what_a_gpu_is_asked_is_rehearsed_without_one(tmp_path: Path, capsys:
                                                      pytest.CaptureFixture) -> None:
    """All but the commands, which are tested as such."""
    checks = [name for name in gpu.CHECKS if name != "commands"]
    gpu.main([*checks, "--device", "cpu", "--tiny", "--out", str(tmp_path / "gpu.json")])
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert not any("failed" in found[name] for name in checks), capsys.readouterr().out
    assert found["parity"]["tokens equal"] and found["parity"]["logits"] < 1e-4
    assert found["replayed"] == {"greedy": "4 of 4 answers are the same",
                                 "drawn": "8 of 8 answers are the same"}
    assert found["decode"]["3"]["captured"]["tokens/s"] > 0
    assert found["step"]["2^27"]["seconds"] > 0
    assert max(found["attention"][form]["differs by"] for form in ("as tokens", "copied")) < 1e-5
    if not torch.cuda.is_available():
        with pytest.raises(SystemExit):
            gpu.main([])
        assert "there is no CUDA device" in capsys.readouterr().err
