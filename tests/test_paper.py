"""The laboratory does what its tables say, and README shows what it found."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from random import Random

import pytest
import torch

import rl
from cem import scores
from data import HERE, safetensors
from data.processes import seeded
from data.run.checkpoints import load_llama
from data.run.pretrain import next_token_loss, padded
from data.run.session import SUFFIX
from data.tasks.families import TASKS, trained_on
from data.tasks.jsonl import CLASSIFIER
from data.tasks.problem import DOMAINS, Problem
from data.tokenizer import built_in, load
from model import GPT, Config, complete, generate
from svf import KINDS, mix
from tests import published
from tests.paper import __main__ as command
from tests.paper import lab, marks, reading, searches, studies, tables, variants
from tests.paper.lab import Run

RESULTS = {name: json.loads((command.RESULTS / f"{name}.json").read_text())
           for name in reading.TABLES}
PEFT = json.loads((Path(__file__).parent / "fixtures" / "lora.json").read_text())
TOKENS = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A laboratory of its own."""
    monkeypatch.setattr(lab, "OUT", tmp_path)
    lab.session.cache_clear()
    lab.adapted.cache_clear()
    yield tmp_path
    lab.session.cache_clear()
    lab.adapted.cache_clear()


# -------------------------------------------------------------------------------- the figures

def test_readme_shows_what_the_results_say() -> None:
    for path, text in command.written().items():
        assert text in path.read_text(encoding="utf-8")
    for name, figures in command.FIGURES.items():
        assert name in reading.TABLES
        assert all((command.RESULTS / f"{figure}.svg").exists() for figure in figures)


def test_readme_is_written_between_its_marks_and_nowhere_else(
        out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    want = {}
    for name, path in (("README", command.README), ("ALL", command.ALL)):
        text, own = path.read_text(encoding="utf-8"), out / f"{name}.md"
        begin, end = text.index(command.BEGIN), text.index(command.END)
        own.write_text(text[:begin] + command.BEGIN + "\nold\n" + text[end:], encoding="utf-8")
        monkeypatch.setattr(command, name, own)
        want[own] = text
    assert command.main(["readme"]) == 0
    for own, text in want.items():
        assert own.read_text(encoding="utf-8") == text


def every_cell(found: object) -> Iterator[dict]:
    if isinstance(found, dict):
        yield from [found] * ("share" in found)
        # but for "train", the training prompts: there are no more of them
        found = [value for key, value in found.items() if key != "train"]
    for value in found if isinstance(found, list) else []:
        yield from every_cell(value)


@pytest.mark.parametrize("name", reading.TABLES)
def test_every_figure_has_three_seeds_and_two_hundred_prompts(name: str) -> None:
    found = RESULTS[name]
    seeds, claims = len(found["seeds"]), found.get("claims", [])
    assert seeds >= 3
    for cell in every_cell(found):
        low, high = cell["interval"]
        assert 0 <= low <= cell["share"] <= high <= 1
    for one in (*every_cell(found), *claims):
        assert one["n"] >= 600 and len(one["each"]) == seeds
    assert all(claim["verdict"] == marks.verdict(claim) for claim in claims)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_nothing_that_was_trained_searched_or_picked_on_is_tested_on(seeds: tables.Seeds) -> None:
    def keys(problems: list[Problem]) -> set[str]:
        return {part.key for p in problems for part in p.parts}
    for name in DOMAINS:
        tasks = trained_on(name)
        held = keys(lab.spread(tasks, lab.HELD, "validation", 0))
        test = keys([p for s in seeds for p in lab.spread(tasks, lab.N, "test", s)])
        assert not held & test
        for seed in seeds:
            pool = [p for part in lab.few(tasks, 256, seed) for p in part.seen]
            assert len(pool) == 256 and not keys(pool) & (test | held)
    for task in (t.name for t in TASKS.values() if t.unseen):
        shots = [studies.shots(task, s, max(studies.SHOTS)) for s in seeds]
        assert studies.shots(task, 0, 3) == shots[0][:3]
        test = keys([p for s in seeds for p in studies.tests(task, s)])
        assert not keys([p for some in shots for p in some]) & test


def test_a_difference_is_taken_on_the_same_prompts() -> None:
    d = marks.paired(["0011", "1111"], ["1111", "1100"])
    assert d["each"] == [50, -50] and d["points"] == 0
    worse = marks.paired(["1" * 90 + "0" * 10], ["0" * 5 + "1" * 95])
    same = marks.paired(["1" * 90 + "0" * 10], ["1" * 95 + "0" * 5])
    assert worse["points"] == pytest.approx(5) == same["points"]
    assert worse["interval"][0] < 0 < same["interval"][0]  # the same lead, less agreed upon
    with pytest.raises(AssertionError):
        marks.paired(["01"], ["011"])


# ------------------------------------------------------------------------------ runs and jobs

def test_a_name_says_all_that_makes_a_run_what_it_is() -> None:
    one = Run("svf", "math", 0)
    others = {"adapter": "one", "domain": "code", "seed": 1, "rate": 0.3, "steps": 3,
              "learn": "text", "changes": ("raw",), "kl": 0.0, "pool": 16, "after": ("code",),
              "base": lab.SECOND}
    assert set(others) == {f.name for f in fields(Run)}
    names = [str(replace(one, **{key: value})) for key, value in others.items()]
    assert len({str(one), *names}) == 1 + len(others)


@pytest.mark.slow
def test_a_job_is_done_once_and_gives_the_same_whoever_does_it(
        out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole command, in its smallest form, and the same here."""
    job = ("train", Run("top-2", "reasoning", 0, steps=2, pool=16))
    monkeypatch.setitem(reading.TABLES, "tiny", reading.Table(
        "Tiny", lambda seeds: iter([[job]]), lambda seeds: lab.result(*job), lambda found: "!"))
    assert command.main(["tiny", "--seeds", "1", "--processes", "1", "--out", str(out)]) == 0
    assert "### Tiny" in capsys.readouterr().out
    found, z = lab.result(*job), lab.vector(job[1])
    assert len(z) == found["numbers"] == 2 * 28 and (z != 1).any()
    assert (len(found["own"]), len(found["near"]), len(found["seen"])) == (210, 210, 16)
    kept = lab.place(job).read_bytes()
    lab.do(job)
    assert lab.place(job).read_bytes() == kept
    lab.place(job).with_suffix(SUFFIX).unlink()  # is all that it takes to have it made again
    lab.do(job)
    assert {**lab.result(*job), "seconds": 0} == {**found, "seconds": 0}
    assert torch.equal(lab.vector(job[1]), z)


@pytest.fixture
def quick(out: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Trainings of which little is validated and marked."""
    monkeypatch.setattr(lab, "N", 6)
    monkeypatch.setattr(lab, "HELD", 6)
    return out


def test_the_library_is_what_train_makes(quick: Path) -> None:
    """The expert that ships was made by `t2.py train --task reasoning`: its first two steps.

    Bits differ from one processor to another, and a sample may follow them.
    """
    _, meta = safetensors.load(HERE / f"reasoning{SUFFIX}", "expert")
    found = lab.train(replace(lab.library(0)["reasoning"], steps=2))["log"]
    for ours, its in zip(found, meta["facts"]["row"]["log"]):
        assert ours["reward"] == pytest.approx(its["reward"], abs=0.05)
        assert ours["kl"] == pytest.approx(its["kl"], rel=0.05, abs=1e-6)


@pytest.mark.slow
def test_a_later_run_starts_where_the_earlier_one_ended(quick: Path) -> None:
    first, start = Run("kind", "math", 0, rate=1e-9, steps=1), torch.arange(7) / 10 + 0.5
    safetensors.save(lab.place(("train", first)).with_suffix(SUFFIX), {"z": start},
                     {"kind": "run"})
    later = replace(first, domain="code", after=("math",))
    lab.train(later)
    torch.testing.assert_close(lab.vector(later), start)


NO_TABLE = ": expected some of svf-lora, unseen"


@pytest.mark.parametrize("words, why", [
    (["tow"], NO_TABLE), (["few", "figures"], NO_TABLE), (["readme", "few"], NO_TABLE),
    (["figures"], "figures needs matplotlib"), (["two"], "holds runs of another base model than")])
def test_what_can_not_be_made_is_one_line(words: list[str], why: str, out: Path,
                                          monkeypatch: pytest.MonkeyPatch,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as where it is not installed
    if words == ["two"]:
        (out / "base.json").write_text('{"base": "another"}')
    assert command.main([*words, "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert why in said and said.count("\n") == 1


@pytest.mark.parametrize("seeds, shown", [(2, False), (3, True)])
def test_tables_of_few_seeds_do_not_take_the_place_of_those_that_are_shown(
        seeds: int, shown: bool, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = []
    monkeypatch.setattr(command, "make", lambda *given: folders.append(given[-1]))
    assert command.main(["time", "--seeds", str(seeds), "--out", str(out)]) == 0
    assert folders == [command.RESULTS if shown else out]


def test_what_is_damaged_or_missing_is_named(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ("base", 0)
    with pytest.raises(ValueError, match="0.json is not there: make the tables first"):
        lab.result(*job)
    lab.place(job).parent.mkdir()
    lab.place(job).write_text('{"own": ')
    with pytest.raises(ValueError, match="0.json is damaged"):
        lab.result(*job)
    second = ("pretrain", lab.SECOND)  # a second base that is gone is not the first
    lab.place(second).parent.mkdir()
    lab.place(second).write_text("{}")
    assert not lab.is_done(second)
    with pytest.raises(ValueError, match="base.safetensors is not there"):
        lab.session(lab.SECOND)
    for name, text in (("README", f"{command.BEGIN}\nold\n{command.END}\n"),
                       ("ALL", f"{command.BEGIN}\nno end")):
        (out / f"{name}.md").write_text(text)
        monkeypatch.setattr(command, name, out / f"{name}.md")
    assert command.main(["readme"]) == 2  # and neither of the two is written
    assert "old" in (out / "README.md").read_text() and "no end" in (out / "ALL.md").read_text()


def test_a_claim_is_held_by_who_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """One method is always right and all others never: what is said of it, and of them."""
    winner = "few_shot"

    def done(kind: str, *about: object) -> dict:
        if kind == "train":
            run = about[0]
            won = (run.adapter, run.learn, run.changes, run.kl) == ("svf", "rl", (), 0.1)
            return {"own": "01"[won] * 9, "near": "0" * 9, "numbers": 1, "seconds": 1,
                    "validation": 0}
        marks_of = {who: "01"[who == winner] * 9 for who in (*reading.NAMES, *DOMAINS)}
        if kind == "unseen":
            return {"marks": marks_of, "alpha": [0] * 3}
        nothing = dict.fromkeys((*DOMAINS, "story"), "0" * 9)
        return {"base": {"own": nothing, "near": nothing},
                "transfer": {who: "01"[who == winner] * 9 for who in reading.TRANSFER}}[kind]
    for module in (reading, tables):
        monkeypatch.setattr(module, "result", done)
    said = {c["claim"]: c["verdict"] for rows in (reading.rows_unseen, reading.rows_ablations,
            reading.rows_svf_lora) for c in rows((0, 1, 2))["claims"]}
    for text, verdict in said.items():
        even = text in ("A beats the base", "B beats A") or "ideal answers (LoRA)" in text
        assert verdict == ("not decided" if even else "held"), text
    winner = "ordered"
    assert [c["verdict"] for c in reading.rows_transfer((0, 1))["claims"]] == [
        "held", "held", "not decided", "not decided"]


def test_a_sweep_picks_by_validation(out: Path) -> None:
    method = tables.Method("x", "one", (0.1, 0.2, 0.3), steps=2)
    for rate, validation in zip(method.rates, (0.4, 0.6, 0.6)):
        for domain in DOMAINS:
            path = lab.place(("train", method.run(domain, 0, rate)))
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps({"validation": validation, "own": "111" if rate == 0.3
                                        else "000"}))
    assert method.rate() == 0.2  # not what is best on test; the lower of two
    assert method.marks("code", (0,)) == ["000"]


# ------------------------------------------------------------------------------------ variants

@pytest.mark.parametrize("name, n", [
    ("svf", 372), ("svf-attention", 192), ("svf-mlp", 180), ("one", 1), ("kind", 7),
    ("matrix", 21), ("top-5", 21 * 5), ("lora-qv-2", 3 * 2 * (44 + 32)), ("normalised", 372),
    ("sigmoid-mlp", 180)])
def test_an_adapter_starts_at_the_base_and_leaves_it(tiny: GPT, name: str, n: int) -> None:
    base = tiny(TOKENS)
    adapter = variants.adapter(name, tiny)
    z = adapter.neutral()
    assert z.shape == (n,)
    with adapter.adapted(z):
        torch.testing.assert_close(tiny(TOKENS), base, atol=3e-5, rtol=1e-4)
    moved = (z + 0.5 * torch.rand(len(z), generator=seeded("z"))).double().requires_grad_(True)
    with adapter.adapted(moved):  # factored, as rl.py has it in training
        factored = tiny(TOKENS)
    assert not torch.allclose(factored, base, atol=1e-3)
    factored.pow(2).sum().backward()
    assert (moved.grad != 0).sum() > 0.9 * len(z)
    with adapter.adapted(moved.detach()):
        torch.testing.assert_close(tiny(TOKENS), factored, atol=3e-5, rtol=1e-4)
    assert torch.equal(tiny(TOKENS), base)


@pytest.mark.parametrize("name", published.LORA["kinds"])
def test_lora_is_the_one_of_peft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
                                 ) -> None:
    """Of the forward pass and of a merged weight; fixtures/lora.json holds what peft gave."""
    monkeypatch.setattr("data.llama.bpe.encoding", lambda folder, vocab: None)
    how, theirs = published.LORA, PEFT[name]
    published.write_hugging_face(tmp_path, how["checkpoint"])
    model, _ = load_llama(tmp_path)
    lora = variants.LoRA(model, how["rank"], how["kinds"][name])
    v, tokens = torch.tensor(published.lora_numbers(lora.N)), torch.tensor([published.TOKENS])
    logits = torch.tensor(theirs["logits"])
    assert (logits - model(tokens)[0]).abs().max() > 1
    for vector in (v.clone().requires_grad_(True), v):  # as in training, and merged
        lora.use(vector)
        torch.testing.assert_close(model(tokens)[0], logits, atol=2e-4, rtol=1e-4)
    torch.testing.assert_close(lora.layers[f"{how['layer']}.v"].merged,
                               torch.tensor(theirs["merged"]), atol=1e-6, rtol=1e-5)
    with pytest.raises(ValueError, match="SVF alone"):
        lora.use(v.expand(2, -1))


def test_next_token_prediction_trains_lora_by_the_same_loop() -> None:
    fmt = replace(built_in(load()), max_new=5)
    model = GPT(Config(vocab=fmt.encoding.n_vocab, width=20, layers=1, heads=2, kv_heads=1,
                       head_size=12, hidden=28))
    model.initialise(seeded("raw"))
    lora = variants.LoRA(model, rank=3, kinds=KINDS)
    recipe = rl.Recipe(steps=12, prompts=16, samples=1, held=3, validate=12, rate=0.05)
    training = variants.Imitation(lora, fmt, trained_on("code"), recipe, 0)
    losses = [metrics["loss"] for metrics in training]
    assert training.best.shape == (lora.N,) and len(losses) == 12
    assert sum(losses[-4:]) < sum(losses[:4]) - 1  # at rate 0 they stay within 0.1


def test_shared_gains_are_the_gains_that_they_stand_for(tiny: GPT) -> None:
    kind, v = variants.adapter("kind", tiny), torch.arange(7) / 10 + 0.5
    kind.use(v)
    for name, layer in kind.layers.items():
        want = v[KINDS.index(name.split(".")[1])] * layer.weight
        torch.testing.assert_close(layer.merged, want, atol=1e-5, rtol=1e-4)
    top = variants.adapter("top-2", tiny)
    full = torch.cat((torch.rand(2 * len(top.layers), generator=seeded("v")), torch.ones(1)))
    for part in full[top.place].split(top.sizes):
        assert (part[:2] != 1).all() and (part[2:] == 1).all()


@pytest.mark.parametrize("name", ["normalised", "sigmoid"])
def test_the_released_codes_matrices_keep_the_sum_of_their_singular_values(tiny: GPT, name: str
                                                                           ) -> None:
    adapter = variants.adapter(name, tiny)
    adapter.use(adapter.neutral() + torch.rand(adapter.N, generator=seeded("p")))
    for layer in adapter.layers.values():
        got = torch.linalg.svdvals(layer.merged).sum()
        torch.testing.assert_close(got, layer.S.sum(), atol=1e-4, rtol=1e-4)


def test_changes_last_as_long_as_they_should() -> None:
    before = rl.advantages, rl.rollouts, variants.answer
    with variants.changed("raw", "greedy", "ideal"):
        rewards = torch.tensor([[1.0, -1.0, -1.0]])
        assert torch.equal(rl.advantages(rewards), rewards) and rl.rollouts is variants.greedy
        assert variants.answer is variants.ideal
    assert (rl.advantages, rl.rollouts, variants.answer) == before


def test_greedy_rollouts_are_the_greedy_answers(out: Path) -> None:
    svf, fmt = lab.session().svf, lab.session().fmt
    problems = TASKS["chain"].problems(5, "train")
    groups = variants.greedy(svf.model, fmt, problems, torch.rand(5, 1, 72))
    done = complete(svf.model, fmt, [p.prompt for p in problems])
    assert [[e.completion for e in group] for group in groups] == [[c.tokens] for c in done]


def test_ideal_answers_are_right() -> None:
    rng = Random(0)
    for name in (*DOMAINS, lab.SKILL):
        for task in lab.families(name):
            for p in task.problems(40, "train"):
                assert p.judge(studies.solution(p, rng)).right


# ------------------------------------------------------------------------------------- studies

@pytest.mark.parametrize("name", searches.SEARCHES)
def test_each_search_climbs_a_hill(name: str) -> None:
    want = torch.tensor([0.8, -0.1, 0.5])
    found = []
    for seed in range(20):
        search = searches.SEARCHES[name](3, seeded(name, seed))
        for _ in range(4):
            x = search.ask()
            assert x.shape == (10, 3)
            search.tell(x, -((x - want) ** 2).sum(1))
        found.append(float((search.mu - want).norm()))
    start = float((torch.full((3,), 1 / 3) - want).norm())
    assert sum(found) / len(found) < 0.75 * start


def test_separable_cma_es_finds_an_optimum_whose_axes_differ() -> None:
    scale, want = torch.tensor([1.0, 10.0, 100.0]), torch.tensor([0.8, -0.1, 0.5])
    search = searches.SepCMAES(3, seeded("axes"))
    for _ in range(150):
        x = search.ask()
        search.tell(x, -((scale * (x - want)) ** 2).sum(1))
    assert (search.mu - want).abs().max() < 1e-3
    assert search.C[0] > 10 * search.C[2]  # it has learned which axis is steep


def test_a_coefficient_a_matrix_that_is_the_same_for_all_is_one_an_expert(out: Path) -> None:
    svf, fmt, shots = lab.session().svf, lab.session().fmt, TASKS["bus"].problems(3, "shots")
    Z = torch.stack([z for name, z in lab.session().library().items() if name in DOMAINS])
    alphas = torch.tensor([[0.9, 0.1, -0.2], [0.0, 1.0, 0.0]])
    each = searches.mix_by_matrix(alphas[..., None].expand(-1, -1, 28), Z, svf.sizes)
    torch.testing.assert_close(each, mix(alphas, Z))
    found = scores(svf, fmt, each, torch.eye(2), shots)  # each candidate as an expert, one-hot
    torch.testing.assert_close(found, scores(svf, fmt, Z, alphas, shots), atol=1e-4, rtol=1e-4)
    assert found[0, 0] > found[1, 0]


def test_what_no_shot_says_is_not_told() -> None:
    told = []

    class Watched(searches.Cem):
        def tell(self, candidates: torch.Tensor, found: torch.Tensor) -> None:
            told.append(found)
            super().tell(candidates, found)
    rights = iter([0.0, 0.5, 0.0, 0.0])
    mu = searches.climb(Watched(3, seeded(0)), 4, lambda x: torch.full((len(x), 2), next(rights)))
    assert [float(found[0, 0]) for found in told] == [0.5] and (mu != 0).all()
    never = searches.climb(Watched(3, seeded(0)), 4, lambda x: torch.zeros(len(x), 2))
    assert not never.any() and len(told) == 1  # alpha = 0, the base


def test_no_shots_in_the_prompt_is_the_base(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = TASKS["bus"].problems(40, "test")
    base = lab.marks(lab.session().svf, None, problems)
    assert studies.in_prompt([], problems) == base and "1" in base
    seen: list[list[int]] = []
    monkeypatch.setattr(studies, "generate", lambda model, prompts, ends, most: (
        seen.extend(prompts), generate(model, prompts[:1], ends, 1) * len(prompts))[1])
    [shot], fmt = TASKS["bus"].problems(1, "shots"), lab.session().fmt
    studies.in_prompt([shot], problems)
    solved = fmt.answer(studies.solution(shot, Random("solutions")))
    assert seen[7] == fmt.prompt(shot.prompt) + solved + fmt.prompt(problems[7].prompt)


def test_alpha_by_gradient_makes_the_solutions_likelier(out: Path) -> None:
    svf, fmt = lab.session().svf, lab.session().fmt
    Z = 1 + 0.2 * torch.randn(3, svf.N, generator=seeded("Z"))
    problems = TASKS["times"].problems(4, "shots")
    pairs = padded([(fmt.prompt(p.prompt), fmt.answer(
        studies.solution(p, Random("solutions")))) for p in problems], 0.0, "cpu")

    def loss(alpha: torch.Tensor) -> float:
        with svf.adapted(mix(alpha, Z)), torch.no_grad():
            return float(next_token_loss(svf.model, *pairs))
    found = studies.by_gradient(Z, problems, steps=8)
    assert loss(found) < 0.75 * loss(torch.full((3,), 1 / 3))


def test_soft_dispatch_of_a_certain_classifier_is_the_expert_it_names(
        out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    svf, problems = lab.session().svf, TASKS["bus"].problems(6, "test")
    Z = 1 + 0.1 * torch.randn(3, svf.N, generator=seeded("Z"))
    monkeypatch.setattr(studies, "experts", lambda seed: Z)
    monkeypatch.setattr(studies, "vector", lambda run: torch.ones(svf.N))
    monkeypatch.setattr(torch.Tensor, "softmax", lambda x, dim: torch.tensor([0., 1, 0, 0]))
    assert studies.soft("bus", 0, problems) == lab.marks(svf, Z[1], problems)


def test_shuffled_gains_are_the_same_gains_matrix_by_matrix() -> None:
    Z, sizes = torch.randn(3, 11, generator=seeded("Z")), [4, 7]
    mixed = studies.shuffled(Z, sizes, 0)
    assert not torch.equal(mixed, Z)
    for a, b in zip(Z.split(sizes, 1), mixed.split(sizes, 1)):
        assert torch.equal(a.sort(1).values, b.sort(1).values)


@pytest.mark.slow
@pytest.mark.parametrize("job, given, methods", [
    ("unseen", ("story", 0, None), {"few_shot": 3, "classifier": 3, "in_prompt": 3}),
    ("informed", ("story", 0), {"2": 3}), ("beyond", ("story", 0), {"by matrix": 3}),
    ("transfer", ("story", 0), {"shuffled": 3}), ("classified", (0,), {}), ("warm", (0,), {}),
    ("growth", ("story", 0, 2), {}), ("skilled", ("story", 0), {})])
def test_every_job_runs(job: str, given: tuple, methods: dict, out: Path,
                        monkeypatch: pytest.MonkeyPatch) -> None:
    """With what ships in the place of trained experts, and 3 test prompts."""
    shipped = lab.session().library()
    Z = torch.stack([shipped[name] for name in DOMAINS])
    monkeypatch.setattr(studies, "session", lambda base=lab.FIRST: lab.session())
    monkeypatch.setattr(studies, "experts", lambda seed, base=lab.FIRST: Z)
    monkeypatch.setattr(studies, "vector", lambda run: shipped[CLASSIFIER])
    monkeypatch.setattr(studies, "UNSEEN", studies.UNSEEN[:2])
    for name, value in (("N", 3), ("SHOTS", (2,)), ("USUAL", 2), ("LIBRARIES", (6,))):
        monkeypatch.setattr(studies, name, value)
    row = json.loads(json.dumps(getattr(studies, job)(*given)))
    found = row.get("marks", row)
    assert row and methods == {name: len(found[name]) for name in methods}


@pytest.mark.slow
def test_whoever_kills_the_laboratory_ends_its_jobs_too(tmp_path: Path) -> None:
    """Else they would go on for hours, beside those of the command that goes on."""
    (tmp_path / "endless.py").write_text(
        "import os, pathlib, time\n"
        "def wait(path):\n"
        "    pathlib.Path(path).write_text(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "JOBS = (wait,)\n")
    path = tmp_path / "pid"
    code = ("from pathlib import Path; from tests.paper import lab\n"
            f"lab.begin(Path({str(tmp_path)!r}), 'endless')\n"
            f"lab.do_all([('wait', {str(path)!r})], 'wait', 1)")
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    with subprocess.Popen([sys.executable, "-c", code],
                          env={**os.environ, "PYTHONPATH": paths}) as process:
        while not (path.exists() and path.read_text()):
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()
    for _ in range(100):
        try:
            os.kill(int(path.read_text()), 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("the job goes on")
