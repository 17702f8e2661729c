"""What is stopped goes on as if it had not been, to the bit; what goes wrong is said."""
from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from data import safetensors
from data.processes import Gone
from data.run.pretrain import Pretraining, corpus_batch, next_token_loss, padded
from data.run.resume import Stopped, alarm, keep_going, why
from data.tasks.problem import Verdict
from data.tasks.tally import together
from data.tokenizer import built_in, load
from model import GPT
from rl import Reinforce
from tests.conftest import Patch, Said, random_model
from tests.test_rl import trained

MUON = pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
RUN = {"seed": 0, "rate": 0.02}


class Squares(nn.Module):
    """A training of which a step costs nothing; `at(step)` happens in the middle of it."""

    optimizers = {}

    def __init__(self, at: Callable[[int], object] = lambda step: None) -> None:
        super().__init__()
        self.at, self.done = at, []
        self.register_buffer("step", torch.tensor(0))

    def __iter__(self) -> Iterator[dict]:
        while (step := int(self.step)) < 7:
            self.at(step)
            self.done.append(step)
            self.step += 1
            yield {"square": step * step}


def going(training: nn.Module, path: Path, run: dict = RUN, every: float = 0.0,
          callback: Callable = lambda step, metrics: None) -> list[dict]:
    return keep_going(training, 7, path, run, callback, every)


def saved(path: Path) -> tuple[dict, list]:
    tensors, meta = safetensors.load(path, "state")
    return tensors, [{**row, "seconds": 0} for row in meta["log"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "math.state.safetensors"


# ----------------------------------------------------------------------------------- it is stopped

@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, Gone, KeyboardInterrupt])
def test_a_stopped_run_goes_on_where_it_was(path: Path, how: object) -> None:
    """Ctrl-C and the end of the machine's patience after the step in hand; at once where another
    process died, or at a second Ctrl-C: then that step is done again."""
    def at(step: int) -> None:
        if step == 3 and how is KeyboardInterrupt:
            for _ in range(2):
                signal.raise_signal(signal.SIGINT)
        elif step == 3 and how is Gone:
            raise Gone("another process is gone")
        elif step == 3:
            signal.raise_signal(how)
    before, shown = signal.getsignal(signal.SIGINT), []
    error = how if isinstance(how, type) else Stopped
    with pytest.raises(error, match="^stopped after step 4 of 7$" if error is Stopped else None):
        going(first := Squares(at), path, callback=lambda step, metrics: shown.append(step))
    assert signal.getsignal(signal.SIGINT) is before  # Ctrl-C is whose it was
    stopped = 4 if error is Stopped else 3
    assert first.done == shown == [*range(stopped)] and len(saved(path)[1]) == stopped
    log = going(again := Squares(), path)
    assert again.done == [*range(stopped, 7)]
    assert [(row["step"], row["square"]) for row in log] == [(i + 1, i * i) for i in range(7)]
    assert all(a["seconds"] < b["seconds"] for a, b in zip(log, log[1:]))


def test_of_several_processes_one_is_asked_and_all_stop(path: Path, monkeypatch: Patch) -> None:
    """And the Ctrl-C that torchrun passes on is not a second one, unless it is a second later."""
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    asked = []
    monkeypatch.setattr("data.run.resume.summed", lambda x: asked.append(x.item()) or x)

    def at(step: int) -> None:
        if step == 2:
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
    with pytest.raises(Stopped):
        going(Squares(at), path)
    assert asked == [0, 0, 1]
    monkeypatch.setattr("data.run.resume.summed", lambda x: x + 1)  # another one was
    with pytest.raises(Stopped, match="step 4 of 7"):
        going(Squares(), path)


def test_a_process_that_is_gone_between_a_step_and_its_validation_keeps_no_half_of_it(
        path: Path, monkeypatch: Patch) -> None:
    training = trained(random_model(), steps=2)

    def gone(*args: object) -> float:
        if training.step == 2:
            raise Gone("another process is gone")
        return 0.0
    monkeypatch.setattr("rl.accuracy", gone)
    with pytest.raises(Gone):
        going(training, path)
    assert saved(path)[0]["step"] == len(saved(path)[1]) == 1


def test_a_long_run_is_kept_every_15_seconds(path: Path, monkeypatch: Patch) -> None:
    now, kept = [0.0], []
    monkeypatch.setattr("data.run.resume.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("data.safetensors.save",
                        lambda path, tensors, meta: kept.append(len(meta["log"])))

    def at(step: int) -> None:
        now[0] += 6.0
    assert keep_going(Squares(at), 7, path, {}, lambda *given: None)[-1]["seconds"] == 42.0
    assert kept == [3, 6]


def reinforced() -> Reinforce:
    return trained(random_model(), steps=5, validate=2)


def pretrained() -> Pretraining:
    fmt = built_in(load())
    model = random_model(vocab=fmt.encoding.n_vocab, layers=1)
    return Pretraining(model, lambda step: corpus_batch(fmt, 3, 0, step, 5), 5)


@pytest.mark.parametrize("made", [reinforced, pytest.param(pretrained, marks=MUON)])
def test_a_resumed_training_has_the_state_of_one_never_stopped(made: Callable, path: Path) -> None:
    """To the bit: what is learned, the best so far, all moments, and the log."""
    going(made(), path)
    whole, steps = saved(path), []
    path.unlink()
    for stop in (1, 2, None):
        def callback(step: int, metrics: dict, stop: int | None = stop) -> None:
            steps.append(step)
            if step == stop:
                signal.raise_signal(signal.SIGINT)
        try:
            going(made(), path, callback=callback)
        except Stopped:
            assert stop is not None
    tensors, log = saved(path)
    assert steps == [*range(5)] and log == whole[1] and tensors.keys() == whole[0].keys()
    assert all(torch.equal(tensors[name], whole[0][name]) for name in tensors)
    moments = [x for name, x in tensors.items() if "/" in name and x.dim()]
    assert len(moments) > 1 and all(x.abs().max() > 0 for x in moments)
    assert len(tensors) > len(moments) + 2


# ------------------------------------------------------------------------------- it is another one

def test_the_state_of_another_run_is_left_behind_and_says_why(path: Path, capsys: Said) -> None:
    said: list[str] = []
    going(Squares(), path)
    other = Squares(lambda step: said.append(capsys.readouterr().out))
    going(other, path, {"seed": 1, "rate": 0.02})
    assert other.done == [*range(7)] and said == [  # before it does
        "math.state.safetensors is of another run, begun anew: seed is 1, and was 0\n", *[""] * 6]
    assert why({"a": 1}, {"a": 2, "b": 3}) == "a is 2, and was 1; b is 3, and was None"
    assert why(None, RUN) == "it does not say which"


@pytest.mark.parametrize("spoil", [
    lambda tensors, meta: tensors.pop("z"), lambda tensors, meta: meta.pop("log"),
    lambda tensors, meta: tensors.update(z=torch.ones(3)),
    lambda tensors, meta: tensors.update({"adamw/x/step": torch.ones(3)}),
    lambda tensors, meta: meta.update(log=[3]), lambda tensors, meta: meta.update(log={"a": 1})])
def test_a_state_that_is_not_what_a_run_needs_is_one_line(spoil: Callable, path: Path) -> None:
    going(reinforced(), path)
    tensors, meta = safetensors.load(path, "state")
    spoil(tensors, meta)
    safetensors.save(path, tensors, meta)
    with pytest.raises(ValueError, match="(?s)math.state.safetensors does not hold .* delete it"):
        going(reinforced(), path)


# ------------------------------------------------------------------------------- it goes wrong

SPOILT: dict[str, Callable[[Reinforce, Patch], object]] = {
    "reward is NaN or infinite": lambda training, patch: patch.setattr(
        "rl.draw", lambda *given: [SimpleNamespace(
            prompt="a", judge=lambda *given: SimpleNamespace(why="", judged=True, right=False,
                                                             reward=math.nan))] * 2),
    "kl is NaN or infinite": lambda training, patch: patch.setattr(
        "rl.reinforce_loss", lambda logits, *rest: (logits.sum(), torch.tensor(math.inf))),
    "gradient is NaN or infinite": lambda training, patch: training.z.register_hook(
        lambda grad: grad * math.inf),
    "moved is NaN or infinite": lambda training, patch: patch.setattr(
        training.optimizers["adamw"], "step", lambda: training.z.data.fill_(math.inf)),
    "the model's logits are NaN or infinite": lambda training, patch: training.svf.layers[
        "1.up"].S.fill_(math.nan)}


@pytest.mark.parametrize("says", SPOILT)
@pytest.mark.parametrize("step, held", [(3, "{} holds step 2"), (1, "no step was saved yet")])
def test_what_is_no_number_stops_training_by_step_and_metric_and_last_good_file(
        says: str, step: int, held: str, path: Path, monkeypatch: Patch) -> None:
    training = reinforced()

    def spoil(done: int, metrics: object = None) -> None:
        if done == step - 2:
            SPOILT[says](training, monkeypatch)
    spoil(-1)
    with pytest.raises(ValueError) as caught:
        going(training, path, callback=spoil)
    said = f"math, step {step} of 7 ({held.format(path)}): {says}"
    assert str(caught.value).startswith(said) and path.exists() is (step == 3)
    if path.exists():
        tensors, log = saved(path)
        assert len(log) == 2 and all(x.isfinite().all() for x in tensors.values())


@MUON
@pytest.mark.parametrize("spoil, says", [
    (lambda model: model.blocks[0].mlp.gate.weight.data[0].fill_(math.nan), "loss is NaN"),
    (lambda model: model.norm.weight.data.fill_(math.inf), "loss is NaN"),
    (lambda model: None, "weight is NaN")])
def test_pretraining_stops_at_a_weight_that_is_no_number(spoil: Callable, says: str, path: Path,
                                                         monkeypatch: Patch) -> None:
    def steep(model: GPT, *batch: torch.Tensor) -> torch.Tensor:  # its gradient is NaN, it is not
        return next_token_loss(model, *batch) + (0 * model.norm.weight.sum()).sqrt()
    training = pretrained()
    spoil(training.model)
    if says == "weight is NaN":
        monkeypatch.setattr("data.run.pretrain.next_token_loss", steep)
    with pytest.raises(ValueError, match=f"math, step 1 of 7 .*: {says}"):
        going(training, path)
    assert not path.exists()


def test_what_looks_wrong_in_a_step_is_said(path: Path) -> None:
    fine = {"reward": 0.0, "kl": 1.0, "entropy": 0.5, "no_signal": 0.5, "moved": 0.9}
    assert alarm(fine) == alarm({"loss": 3.0, "weight": 9.0}) == {}  # which has none of these
    assert alarm({**fine, "no_signal": 1.0}) == {"alarm": "no group has signal"}
    assert alarm({**fine, "entropy": 0.009}) == {"alarm": "entropy collapsed"}
    assert alarm({**fine, "entropy": 0.0, "reward": 1.0}) == {}  # sure, and right
    assert alarm({**fine, "kl": 11.0, "moved": 1.1}) == {
        "alarm": "KL runs away; a gain moved by more than 1"}
    for lost, says in (("cut", "cut off: raise --max-new-tokens"), ("not judged", "not judged")):
        answers = together([{"right": 8, "wrong": 2 - (lost != "cut"), lost: 1}])
        assert alarm({**fine, "answers": answers}) == {}  # a tenth
        assert alarm({**fine, "answers": together([answers, {lost: 1}])}) == {
            "alarm": f"answers are {says}"}
    training, shown = trained(random_model(), steps=1, rate=0.0), []
    training.tasks[0].problem = lambda *_: SimpleNamespace(
        prompt="ab", judge=lambda text, cut: Verdict(None, "why"))
    going(training, path, callback=lambda step, metrics: shown.append(metrics))
    assert shown[0]["no_signal"] == 1 and "no group has signal" in shown[0]["alarm"]
    assert shown[0]["answers"] == {"right": 0, "wrong": 0, "not judged": 4, "cut": 4,
                                   "not judged: why": 4}
    assert abs(shown[0]["entropy"] - math.log(37)) < 1.5  # of a random model


# ---------------------------------------------------------------------------------- pretraining

def test_next_token_prediction_weighs_each_token_as_a_target(tiny: GPT) -> None:
    """And neither padding nor, at weight 0, a prompt: the mean of the answers' tokens."""
    tokens, weight = padded([([3, 1], [4]), ([5], [6])], 0.0, "cpu")
    assert tokens.tolist() == [[3, 1, 4], [5, 6, 0]]
    assert weight.tolist() == [[0, 0, 1], [0, 1, 0]]
    want = -(tiny(tokens)[0, 1].log_softmax(-1)[4] + tiny(tokens)[1, 0].log_softmax(-1)[6]) / 2
    torch.testing.assert_close(next_token_loss(tiny, tokens, weight), want)
    half, rest = torch.tensor([[9.0, 0.25, 0.5]]), tiny(tokens[:1])[0].log_softmax(-1)
    torch.testing.assert_close(next_token_loss(tiny, tokens[:1], half),
                               -(rest[0, 1] / 4 + rest[1, 4] / 2) / 0.75)


@MUON
def test_a_step_of_pretraining_is_of_its_own_batch_by_a_rate_that_rises_and_falls() -> None:
    """And its gradient that of the mean loss of short, middling and long documents."""
    training, steps, losses = pretrained(), [], []
    pairs, parameters = training.batches(0), [*training.model.parameters()]
    want = sum(next_token_loss(training.model, *padded([pair], 0.03, "cpu")) for pair in pairs) / 3
    slopes = torch.autograd.grad(want, parameters)
    assert training.gradient(pairs) == pytest.approx(want.item())
    for p, slope in zip(parameters, slopes):
        torch.testing.assert_close(p.grad, slope, atol=1e-6, rtol=1e-4)
    training.steps, training.batches = 25, lambda step: steps.append(step) or pairs
    for step, metrics in enumerate(training):
        losses.append(metrics["loss"])
        for name, most in (("muon", 0.01), ("adamw", 3e-3)):
            assert training.optimizers[name].param_groups[0]["lr"] == pytest.approx(
                most * min(1, (step + 1) / 20, (25 - step) / 15))
    assert steps == [*range(25)] and losses[-1] < losses[0] - 1
