from __future__ import annotations

import copy
import math
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
import torch
from data.run.answers import completions, padded

from data.files import load_file
from data.llama.chat import built_in
from data.processes import Gone, kept_bytes
from data.run.pretrain import fit, next_token_loss
from data.run.resume import NotFinite, Stopped, alarms, quiet, resumable, seeded
from data.tasks.families import trained_on
from data.tasks.problem import split_of
from data.tokenizer import load
from model import GPT, Config, generate
from rl import (
    Episode,
    Expert,
    Recipe,
    advantages,
    answer_states,
    backward,
    distinct,
    draw,
    policy_step,
    reinforce,
    reinforce_loss,
    rollouts,
)
from svf import KINDS, SVF
from tests.paper.variants import LoRA, imitate


def test_leave_one_out_takes_the_mean_of_the_others() -> None:
    r = torch.tensor([[1.0, -1.0, -1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    for g, row in enumerate(r):
        for i in range(4):
            others = (row.sum() - row[i]) / 3
            assert advantages(r)[g, i].item() == pytest.approx((row[i] - others).item())
    with pytest.raises(ValueError, match="2 or more"):
        advantages(torch.ones(3, 1))


def test_kl_of_a_model_with_itself_is_zero_and_agrees_with_the_sum_over_sequences() -> None:
    """Two tokens of a vocabulary of three: KL of the sequences = expected sum of the KL_t."""
    g = torch.Generator().manual_seed(0)
    first = [torch.randn(3, generator=g) for _ in range(2)]       # policy and base, token 1
    second = [torch.randn(3, 3, generator=g) for _ in range(2)]   # token 2 after each token 1

    def logits(which: int, y: tuple[int, int]) -> torch.Tensor:
        return torch.stack([first[which], second[which][y[0]]])  # (M, V)

    def logp(which: int, y: tuple[int, int]) -> float:
        rows = logits(which, y).log_softmax(-1)
        return (rows[0, y[0]] + rows[1, y[1]]).item()
    exact, estimate, zero = 0.0, 0.0, 0.0
    for y in product(range(3), repeat=2):
        p = torch.tensor(logp(0, y)).exp().item()
        args = torch.tensor(y), torch.zeros(2), torch.ones(2), 1.0
        exact += p * (logp(0, y) - logp(1, y))
        estimate += p * reinforce_loss(logits(0, y), logits(1, y), *args)[1].item()
        zero += abs(reinforce_loss(logits(0, y), logits(0, y), *args)[1].item())
    assert estimate == pytest.approx(exact, abs=1e-5)
    assert zero < 1e-6 < exact


def gradient_of(theta: torch.Tensor, y: torch.Tensor, advantage: torch.Tensor) -> torch.Tensor:
    """What reinforce_loss says of one-token answers y (B,) with logits theta (3,)."""
    theta = theta.clone().requires_grad_(True)
    logits = theta.expand(len(y), 3)
    loss, _ = reinforce_loss(logits, logits.detach(), y, advantage,
                             torch.full((len(y),), 1 / len(y)), 0.0)
    loss.backward()
    return -theta.grad


def test_reinforce_agrees_with_the_enumerated_gradient_and_the_baseline_adds_no_bias() -> None:
    """20,000 groups of 4: the bound is 6 standard errors, so a false alarm is one in 10^8."""
    theta, reward = torch.tensor([0.3, -0.5, 0.8]), torch.tensor([1.0, -1.0, -1.0])
    p = theta.clone().requires_grad_(True)
    (p.softmax(-1) * reward).sum().backward()
    groups = 20_000
    y = torch.multinomial(theta.softmax(-1), groups * 4, True,
                          generator=torch.Generator().manual_seed(0)).view(groups, 4)
    for weights in (reward[y], advantages(reward[y])):
        found = gradient_of(theta, y.flatten(), weights.flatten())
        assert (found - p.grad).abs().max() < 6 * 2 / (groups * 4) ** 0.5
        assert p.grad.abs().max() > 0.2


def test_prompt_tokens_and_padding_do_not_train() -> None:
    tokens, mask = padded([([5, 6, 7], [8]), ([5], [6])], 0.0, "cpu")
    assert tokens.tolist() == [[5, 6, 7, 8], [5, 6, 0, 0]]
    assert mask.tolist() == [[0, 0, 0, 1], [0, 1, 0, 0]]


def test_next_token_prediction_weighs_each_token_as_a_target(tiny: GPT) -> None:
    tokens, weight = torch.tensor([[3, 1, 4]]), torch.tensor([[9.0, 0.0, 0.5]])
    want = -tiny(tokens)[0, 1].log_softmax(-1)[4]  # the third token's alone, given two
    torch.testing.assert_close(next_token_loss(tiny, tokens, weight), want)


class Counter:
    def __init__(self) -> None:
        self.seen: list[int] = []

    def state_dict(self) -> dict:
        return {"seen": list(self.seen)}

    def load_state_dict(self, saved: dict) -> None:
        self.seen = list(saved["seen"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, "gone"])
def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, how: object,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, the end of the machine's patience, or another process that died."""
    state, steps = tmp_path / "s.pt", []

    def counted(counter: Counter, seed: int, stop_at: int | None = None) -> list[dict]:
        def do(step: int) -> dict:
            counter.seen.append(step)
            if step == stop_at and how != "gone":
                signal.raise_signal(how)
            return {"square": step * step}
        def report(step: int, facts: dict) -> None:
            steps.append(step)
            if step == stop_at and how == "gone":  # as what follows would notice it
                raise_in_summed.append(True)
        return resumable(state, {"seed": seed}, {"counter": counter}, 7, do, report)
    raise_in_summed: list[bool] = []

    def summed(x: torch.Tensor) -> torch.Tensor:
        if raise_in_summed:
            raise_in_summed.clear()
            raise Gone("another process is gone")
        return x
    monkeypatch.setattr("data.run.resume.summed", summed)
    with pytest.raises(Gone if how == "gone" else Stopped, match="gone|step 4 of 7"):
        counted(Counter(), 1, stop_at=3)
    again, other = Counter(), Counter()
    log = counted(again, 1)
    assert again.seen == list(range(7)) == steps
    assert [row["square"] for row in log] == [0, 1, 4, 9, 16, 25, 36]
    assert all(a["seconds"] < b["seconds"] for a, b in zip(log, log[1:]))
    counted(other, 2)  # another run's state is no state of this one
    assert other.seen == steps[7:] == list(range(7))


def test_streams_differ_by_seed_and_by_name() -> None:
    names = [(0, "a"), (0, "b"), (1, "a"), (-1, "a")]
    assert len({seeded(*name).initial_seed() for name in names}) == 4


def test_each_domain_seed_and_step_has_prompts_and_samples_of_its_own(
        trial: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple] = []

    def record(adapter: SVF, fmt: object, problems: list, draws: torch.Tensor) -> list:
        seen.append((tuple(p.prompt for p in problems), draws))
        return rollouts(adapter, fmt, problems, draws)
    monkeypatch.setattr("rl.rollouts", record)
    [chain, *_] = trained_on("math")
    for domain, trial.seed in product("ab", (-1, 0, 1)):
        trial.tasks = (replace(chain, name=domain),)  # the same family under two names
        trial.state.unlink(missing_ok=True)
        trial.train(9, lambda: None, steps=2)
    prompts, draws = zip(*seen)
    rows = torch.stack(draws).flatten(0, 2)  # one a sample: no two of all are alike
    assert len(set(prompts)) == len(seen) == 2 * 3 * 2
    assert len(rows.unique(dim=0)) == len(rows) == 12 * 2 * 2
    assert 0 <= rows.min() < 0.1 and 0.9 < rows.max() < 1


def test_it_learns_from_train_and_is_picked_by_validation(trial: Run,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """By the split that the content of each prompt belongs to; no test prompt is ever seen."""
    seen: dict[str, list] = {"train": [], "validation": []}

    def record(adapter: SVF, fmt: object, problems: list, draws: torch.Tensor) -> list:
        seen["train"].extend(problems)
        return rollouts(adapter, fmt, problems, draws)

    def validated(adapter: SVF, z: object, fmt: object, problems: list) -> list[str]:
        seen["validation"].extend(problems)
        return [""] * len(problems)
    monkeypatch.setattr("rl.rollouts", record)
    monkeypatch.setattr("rl.answers", validated)
    trial.train(9, lambda: None, steps=2)
    assert [len(problems) for problems in seen.values()] == [2 * 2, 3 + 3]  # and once at the end
    for split, problems in seen.items():
        assert {split_of(part.key) for p in problems for part in p.parts} == {split}


def test_of_two_that_are_as_good_the_later_is_kept() -> None:
    expert = Expert(torch.ones(2))
    for value, accuracy in ((2.0, 0.5), (3.0, 0.5), (4.0, 0.25)):
        expert.vector.data.fill_(value)
        expert.validated(accuracy)
    assert expert.best.tolist() == [3.0, 3.0] and expert.accuracy == 0.5


def test_each_step_draws_other_prompts_the_same_again() -> None:
    tasks = trained_on("math")

    def prompts(step: int) -> list[str]:
        return [p.prompt for p in draw(tasks, 6, "train", "math", 0, step)]
    assert prompts(1) == prompts(1) != prompts(2)
    assert {p.task for p in draw(tasks, 6, "train", "math", 0, 1)} == {"chain", "shop", "product"}


class Run:
    """A short run of SVF on a small model, in which something goes wrong."""

    def __init__(self, folder: Path) -> None:
        self.fmt = replace(built_in(load()), max_new=3)
        model = GPT(Config(vocab=self.fmt.encoding.n_vocab, width=20, layers=2, heads=2,
                           kv_heads=1, head_size=12, hidden=28))
        model.initialise(seeded("raw"))
        self.svf, self.state = SVF(model), folder / "math.state.pt"
        self.tasks, self.seed, self.reports = trained_on("math"), 0, []

    def train(self, at: int, spoil: Callable[[], None], steps: int = 4, rate: float = 0.02
              ) -> None:
        """`spoil` is called when step `at` is done; what a step leaves behind is kept."""
        def report(step: int, facts: dict) -> None:
            self.reports.append(facts)
            if step == at:
                spoil()
        recipe = Recipe(steps=steps, prompts=2, samples=2, held=3, validate=9, rate=rate)
        reinforce(self.svf, self.fmt, self.tasks, recipe, self.seed, self.state,
                  {"rate": rate}, report)


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for user in ("rl", "data.run.pretrain"):
        monkeypatch.setattr(f"{user}.resumable", partial(resumable, every=0))
    return Run(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_stop_training_by_step_layer_and_last_good_file(
        trial: Run, value: float) -> None:
    def spoil() -> None:
        trial.svf.layers["1.up"].S[3] = value
    with pytest.raises(ValueError) as caught:
        trial.train(1, spoil)
    said = str(caught.value)
    assert "step 3 of 4" in said and "blocks.1.mlp.up gives NaN or infinity" in said
    assert f"{trial.state} holds step 2" in said and "\n" not in said
    assert len(load_file(trial.state)["log"]) == 2


def test_a_reward_that_is_no_number_stops_training(trial: Run,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.tasks.problem.Problem.reward", lambda problem, text: float("nan"))
    with pytest.raises(ValueError, match="step 1 of 4: a reward .* no step was saved yet"):
        trial.train(9, lambda: None)
    assert not trial.state.exists()


def test_a_gradient_that_is_no_number_is_never_taken(trial: Run,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(adapter: SVF, z: torch.Tensor, *rest: object) -> dict:
        facts = policy_step(adapter, z, *rest)
        if trial.reports:
            z.grad[-1] = float("inf")
        return facts
    monkeypatch.setattr("rl.policy_step", spoiled)
    with pytest.raises(ValueError, match="step 2 of 4: the gradient of layer 1.down is NaN or"):
        trial.train(9, lambda: None)


@pytest.mark.parametrize("rate, says", [
    (1e38, r"step \d of 4: .* NaN or infin"),
    (math.inf, "step 1 of 4: the vector of layer 0.q is")])
def test_a_rate_beyond_reason_ends_in_one_line_too(trial: Run, rate: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        trial.train(9, lambda: None, rate=rate)


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
def test_pretraining_stops_at_a_weight_that_is_no_number(trial: Run) -> None:
    model, pairs = GPT(Config(vocab=37, width=20, hidden=28)), [([1, 2], [3, 4])] * 3
    model.initialise(seeded("raw"))

    def spoil(step: int, facts: dict) -> None:
        with torch.no_grad():
            model.blocks[2].mlp.gate.weight[0, 0] = float("nan")
    with pytest.raises(ValueError, match="step 2 of 3: blocks.2.mlp.gate gives NaN .* step 1"):
        fit(model, lambda step: pairs, 3, trial.state, {}, spoil)


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="pretrain needs torch 2.9")
def test_pretraining_keeps_no_weight_that_is_no_number(trial: Run,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    def steep(model: GPT, *batch: torch.Tensor) -> torch.Tensor:  # its gradient is NaN, it is not
        return next_token_loss(model, *batch) + (0 * model.norm.weight.sum()).sqrt()
    monkeypatch.setattr("data.run.pretrain.next_token_loss", steep)
    model = GPT(Config(vocab=37, width=20, hidden=28))
    model.initialise(seeded("raw"))
    with pytest.raises(ValueError, match="step 1 of 3: the weight of norm.weight is NaN"):
        fit(model, lambda step: [([1, 2], [3, 4])] * 3, 3, trial.state, {}, quiet)
    assert not trial.state.exists()


def same(a: object, b: object) -> bool:
    """Whether all is equal to the bit, the seconds aside."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k != "seconds")
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


def test_a_resumed_run_has_the_state_of_one_never_stopped(trial: Run) -> None:
    trial.train(9, lambda: None, steps=5)
    whole = load_file(trial.state)
    trial.state.unlink()
    for at in (1, 2):
        with pytest.raises(Stopped):
            trial.train(at, lambda: signal.raise_signal(signal.SIGINT), steps=5)
    trial.train(9, lambda: None, steps=5)
    assert len(trial.reports) == 5 + 5  # no step was done twice
    assert same(load_file(trial.state), whole)
    assert {"run", "log", "expert", "optimizer"} == whole.keys()
    assert whole["optimizer"]["state"][0]["exp_avg"].abs().max() > 0
    assert not same(whole, {**whole, "log": whole["log"][:-1]})


def test_a_second_ctrl_c_stops_at_once(trial: Run) -> None:
    def twice() -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trial.train(2, twice)
    assert len(load_file(trial.state)["log"]) == 2


def test_answers_of_a_model_that_gives_no_numbers_are_refused(tiny: GPT) -> None:
    with torch.no_grad():
        tiny.blocks[1].mlp.down.weight[2] = float("inf")
    for draws in (None, torch.rand(1, 3)):
        with pytest.raises(NotFinite, match="logits"):
            generate(tiny, [[1, 2]], (0,), 3, draws)


def test_what_looks_wrong_in_a_step_is_said() -> None:
    fine = {"reward": 0.0, "kl": 1.0, "entropy": 0.5, "no_signal": 0.5}
    near, far = {"a": torch.tensor([0.9, -0.9])}, {"a": torch.zeros(2), "b": torch.tensor([-1.1])}
    assert alarms(fine, near) == {}
    assert alarms({"loss": 3.0}, near) == {}  # next-token prediction knows no reward
    assert alarms({**fine, "no_signal": 1.0}, near) == {"alarm": "no group has signal"}
    assert alarms({**fine, "kl": 11.0}, near) == {"alarm": "KL runs away"}
    assert alarms({**fine, "entropy": 0.009}, near) == {"alarm": "entropy collapsed"}
    assert alarms({**fine, "entropy": 0.0, "reward": 1.0}, near) == {}  # sure, and right
    assert alarms({**fine, "kl": 11.0}, far) == {"alarm": "KL runs away; b moved by more than 1"}


def test_a_step_says_the_alarms_and_the_entropy(trial: Run) -> None:
    trial.train(9, lambda: None, steps=1)
    [first] = trial.reports
    assert first["no_signal"] == 1 and "no group has signal" in first["alarm"]  # a random model
    assert abs(first["entropy"] - math.log(trial.fmt.encoding.n_vocab)) < 1.5  # of 12 tokens


def test_next_token_prediction_trains_lora_by_the_same_loop(tmp_path: Path) -> None:
    fmt = replace(built_in(load()), max_new=5)
    model = GPT(Config(vocab=fmt.encoding.n_vocab, width=20, layers=1, heads=2, kv_heads=1,
                       head_size=12, hidden=28))
    model.initialise(seeded("raw"))
    lora = LoRA(model, rank=3, kinds=KINDS)
    recipe = Recipe(steps=12, prompts=4, samples=4, held=3, validate=12, rate=0.05)
    best, log = imitate(lora, fmt, trained_on("code"), recipe, 0, tmp_path / "s.pt", {},
                        lambda step, facts: None)
    losses = [row["loss"] for row in log]
    assert best.shape == (lora.N,) and len(losses) == 12
    assert sum(losses[-4:]) < sum(losses[:4]) - 1  # at rate 0 they stay within 0.1


def group(tiny: GPT, prompt: list[int], lengths: tuple[int, ...], seed: int) -> list[Episode]:
    g = torch.Generator().manual_seed(seed)
    return [Episode(prompt, torch.randint(1, 37, (n,), generator=g).tolist(), (-1) ** i)
            for i, n in enumerate(lengths)]


def groups_of(tiny: GPT) -> list[list[Episode]]:
    start = list(range(1, 12))  # long enough for a pass of its own
    return [group(tiny, start + [7, 8, 9], (4, 1, 6), 0), group(tiny, start + [3], (2, 5, 3), 1)]


@pytest.mark.parametrize("recompute", [False, True])
def test_the_answers_states_are_those_of_the_whole_text(tiny: GPT, recompute: bool) -> None:
    groups, tiny.recompute = groups_of(tiny), recompute
    episodes = [e for group in groups for e in group]
    states, targets, row = answer_states(tiny, groups)
    assert states.shape == (21, 20) and targets.tolist() == sum((e.completion for e in episodes),
                                                               [])
    for i, episode in enumerate(episodes):
        whole = tiny.states(torch.tensor([episode.prompt + episode.completion]))[0]
        n, start = len(episode.completion), len(episode.prompt) - 1
        assert (row == i).sum() == n
        torch.testing.assert_close(states[row == i], whole[start:start + n], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("size", [1, 40, 37 * 4, 1 << 22])
def test_the_loss_in_pieces_is_the_loss_at_once(tiny: GPT, size: int,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rl.PIECE", size)
    states = torch.randn(11, 20, generator=seeded("states")).requires_grad_(True)
    weight = torch.rand(11, 37, generator=seeded("weight"))
    (tiny.head(2 * states) ** 2 * weight).sum().backward()
    want, states.grad = states.grad, None
    total = backward(tiny, 2 * states, lambda logits, i: (
        (logits ** 2 * weight[i]).sum(), logits.sum()))
    torch.testing.assert_close(states.grad, want, atol=1e-5, rtol=1e-4)
    assert total == pytest.approx(tiny.head(2 * states).sum().item(), rel=1e-4, abs=1e-3)


def gradient_by(tiny: GPT, batch: int, recompute: bool) -> tuple[torch.Tensor, dict]:
    svf = SVF(copy.deepcopy(tiny))
    z = (svf.neutral() + 0.1 * torch.randn(svf.N, generator=seeded("z"))).requires_grad_(True)
    groups = [*groups_of(tiny), group(tiny, [4, 9], (3, 1, 2), 2)]
    parts = [groups[i:i + batch] for i in range(0, 3, batch)]
    with patch("rl.memory", lambda device: 1.0 if recompute else 1e12):
        facts = policy_step(svf, z, parts, 0.3)
    return z.grad, facts


def test_the_gradient_is_one_however_it_is_computed(tiny: GPT) -> None:
    """All at once with one prompt a group; in parts; blocks recomputed, no sharing."""
    want, facts = gradient_by(tiny, 3, False)
    assert want.abs().max() > 1e-3 and facts["kl"] > 0
    for batch, recompute in ((1, False), (2, False), (3, True), (2, True)):
        found, others = gradient_by(tiny, batch, recompute)
        torch.testing.assert_close(found, want, atol=1e-6, rtol=1e-4)
        assert others == pytest.approx(facts, rel=1e-4)


def test_what_was_sampled_twice_is_run_once_and_counts_twice(tiny: GPT) -> None:
    groups = groups_of(tiny)
    groups[0] += [replace(e) for e in groups[0][:2]]
    groups[1] += [replace(e) for e in groups[1][1:]]
    assert [[e.count for e in distinct(group)] for group in groups] == [[2, 2, 1], [1, 2, 2]]
    svf = SVF(tiny)
    start = svf.neutral() + 0.1 * torch.randn(svf.N, generator=seeded("z"))
    z = start.clone().requires_grad_(True)
    policy_step(svf, z, [groups], 0.3)
    once = z.grad
    want = torch.zeros(svf.N)
    for group in groups:  # one answer at a time, from the definition
        gains = advantages(torch.tensor([[float(e.reward) for e in group]]))[0]
        for episode, gain in zip(group, gains):
            z = start.clone().requires_grad_(True)
            svf.use(None)
            base = tiny.head(answer_states(tiny, [[episode]])[0])
            svf.use(z)
            states, targets, row = answer_states(tiny, [[episode]])
            loss, _ = reinforce_loss(tiny.head(states), base, targets, gain.expand(len(row)),
                                     torch.ones(len(row)), 0.3)
            loss.backward()
            want += z.grad / 10
    torch.testing.assert_close(once, want, atol=1e-6, rtol=1e-4)


def test_blocks_are_recomputed_when_memory_asks_for_it(tiny: GPT) -> None:
    svf = SVF(tiny)
    for room, recompute in ((1e12, False), (1.0, True)):
        with patch("rl.memory", lambda device, room=room: room):
            policy_step(svf, svf.neutral().requires_grad_(True), [groups_of(tiny)], 0.1)
        assert tiny.recompute is recompute


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="older torch keeps more")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_backward_pass_keeps_about_what_is_reckoned_with(dtype: torch.dtype, tiny: GPT
                                                            ) -> None:
    svf, groups, kept = SVF(tiny.to(dtype)), groups_of(tiny), {}
    own = {x.untyped_storage().data_ptr() for x in (
        *tiny.parameters(), *(layer.S for layer in svf.layers.values()))}

    def pack(x: torch.Tensor) -> torch.Tensor:
        if x.untyped_storage().data_ptr() not in own:
            kept[x.untyped_storage().data_ptr()] = x
        return x
    svf.use(svf.neutral().requires_grad_(True))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        answer_states(tiny, groups)
    size = sum(x.untyped_storage().nbytes() for x in kept.values())
    states, *logits = (kept_bytes(tiny, groups, most) for most in (0, 100, 10**8, 10**9))
    assert size < states < 1.3 * size and states < logits[0] < logits[1] == logits[2]


def test_answers_do_not_depend_on_the_batches_they_are_written_in(tiny: GPT) -> None:
    fmt, svf = replace(built_in(load()), max_new=6), None
    model = GPT(Config(vocab=fmt.encoding.n_vocab, width=20, layers=2, heads=2, kv_heads=1,
                       head_size=12, hidden=28))
    model.initialise(seeded("raw"))
    svf = SVF(model)
    prompts = [p.prompt for p in trained_on("math")[0].problems(7, "test")]
    Z = 1 + 0.3 * torch.randn(3, svf.N, generator=seeded("Z"))
    for z in (None, Z[0], Z):
        at_once = completions(svf, z, fmt, prompts)
        for batch in (2, 20):
            apart = completions(svf, z, replace(fmt, batch=batch), prompts)
            assert [c.tokens for c in at_once] == [c.tokens for c in apart]
    alone = [completions(svf, z, fmt, [prompt])[0].tokens for z in Z for prompt in prompts]
    assert [c.tokens for c in at_once] == alone and len(alone) == 3 * 7
    shared = completions(svf, Z, fmt, ["what all of them begin with " + p for p in prompts])
    for i, c in enumerate(shared):
        prompt = "what all of them begin with " + prompts[i % 7]
        assert c.tokens == completions(svf, Z[i // 7], fmt, [prompt])[0].tokens


def test_a_long_run_is_kept_every_15_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    """And after it Ctrl-C is whose it was before."""
    now, kept, handler = [0.0], [], signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("data.run.resume.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("data.run.resume.save_file", lambda path, thing: kept.append(len(thing["log"])))

    def do(step: int) -> dict:
        now[0] += 4.0
        return {}
    log = resumable(tmp_path / "s.pt", {}, {}, 9, do, quiet)
    assert kept == [4, 8] and log[-1]["seconds"] == 36.0
    assert signal.getsignal(signal.SIGINT) is handler
