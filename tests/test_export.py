"""`t2.py export` on small random checkpoints: what is written, what it says, what is refused."""
from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

import t2
from data import HERE
from data.files import read_json
from data.llama import out, weights
from data.processes import seeded
from data.run import export, load_llama
from data.run.checkpoints import fingerprint, save_expert
from data.run.flags import Export
from data.run.session import Session
from data.safetensors import header
from model import Config, generate
from svf import SVF, decomposition
from tests import published
from tests.conftest import Patch, Said

FIXTURES = Path(__file__).parent / "fixtures"
TOKENS = torch.tensor([published.TOKENS])
SMALL = {"vocab_size": 600, "hidden_size": 24, "eos_token_id": 2, "max_position_embeddings": 300}
KINDS = {  # of checkpoints
    "float32": SMALL, "tied": {**SMALL, "tie_word_embeddings": True, "dtype": "bfloat16"},
    "indexed": {**SMALL, "files": 3, "dtype": "float16"}, "meta": {}, "meta of bfloat16": {},
    "qwen2": {**SMALL, "model_type": "qwen2", "dtype": "bfloat16"},
    "qwen3": {**SMALL, "model_type": "qwen3", "head_dim": 14, "dtype": "bfloat16"}}
CARD = {"run": {"seed": 3, "steps": 7, "rate": 0.5, "prompt": "secret"},
        "row": {"n": 100, "base": 0.5, "expert": 1.0}}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: Patch) -> Callable[[str], Path]:
    """A checkpoint by its kind, with a tokenizer; in OUT are two experts of it, sums and words."""
    def make(kind: str) -> Path:
        (folder := tmp_path / "source").mkdir()
        if kind.startswith("meta"):
            dtype = "bfloat16" if "bfloat16" in kind else "float32"
            monkeypatch.setitem(published.VARIANTS, kind, {
                **published.VARIANTS["meta_tied"], "vocab_size": 700, "dtype": dtype})
            published.write_meta(folder, kind, count=2)
            params = read_json(folder / "params.json") | {"vocab_size": 700, "max_seq_len": 300}
            (folder / "params.json").write_text(json.dumps(params))
            shutil.copy(HERE / "tokenizer.model", folder)
        else:
            monkeypatch.setitem(published.VARIANTS, kind, KINDS[kind])
            published.write_hugging_face(folder, kind)
            shutil.copy(FIXTURES / "smollm" / "tokenizer.json", folder)
        model, _ = load_llama(folder)
        base, N = fingerprint(model), SVF(model).N
        for name in ("sums", "words"):
            z = 1 + torch.randn(N, generator=seeded(name)) / 4
            save_expert(tmp_path / "out" / f"{name}.safetensors", z, base, CARD)
        return folder
    return make


def run(tmp_path: Path, *args: object, code: int = 0) -> Path:
    """An export of tmp_path's checkpoint; the folder that it wrote."""
    assert t2.main([*map(str, (
        "export", "--weights", tmp_path / "source", "--out", tmp_path / "out", "--threads", 1,
        "--max-new-tokens", 5, "--batch", 3, "--to", tmp_path / "to", *args))]) == code
    return tmp_path / "to"


def expert(tmp_path: Path, **more: str) -> tuple[Session, Tensor]:
    """A session, and z of what it is told to mix."""
    session = Session(Export(weights=str(tmp_path / "source"), out=tmp_path / "out", **more))
    z = torch.stack([session.library()[name] for name in session.domains])
    return session, 1 + sum(a * (row - 1) for a, row in zip(session.mixture.alpha, z))


def tensors(folder: Path) -> dict[str, Tensor]:
    """All that is in the safetensors files of a folder."""
    return {name: piece.read() for path in folder.glob("*.safetensors")
            for name, piece in header(path)[0].items()}


def same_bits(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and published.raw(a) == published.raw(b)


# ------------------------------------------------------------------------------------- merged

@pytest.mark.parametrize("kind", KINDS)
def test_what_is_merged_is_the_adapted_model(kind: str, made: Callable, tmp_path: Path) -> None:
    made(kind)
    to = run(tmp_path, "--alpha", "sums=0.5,words=-0.25")
    session, z = expert(tmp_path, alpha="sums=0.5,words=-0.25")
    rounding = max(torch.finfo(W.dtype).eps for W in tensors(to).values())
    with torch.no_grad(), session.svf.adapted(z):
        exact = session.svf.model(TOKENS)
    with torch.no_grad():
        found, base = load_llama(to)[0](TOKENS), load_llama(tmp_path / "source")[0](TOKENS)
    assert (found - exact).norm() < max(4 * rounding, 1e-5) * exact.norm()
    assert (base - exact).norm() > 0.1 * exact.norm()  # so that the line above says something


@pytest.mark.parametrize("kind", KINDS)
def test_each_tensor_is_rounded_once_or_left_alone(kind: str, made: Callable, tmp_path: Path
                                                   ) -> None:
    source = made(kind)
    found = tensors(run(tmp_path, "--expert", "words"))
    session, z = expert(tmp_path, expert="words")
    config = vars(session.svf.model.config)
    shapes = {name: tuple(p.shape) for name, p in load_llama(source)[0].named_parameters()}
    gains = dict(zip(session.svf.layers, z.split(session.svf.sizes)))
    moved = 0
    for name, W in weights.tensors(source, config, shapes, None):
        W, new = W.clone(), found.pop(weights.published(name, False))
        key = ".".join(name.split(".")[1:4:2])
        if key not in gains or not name.endswith(f"{key[2:]}.weight"):
            assert same_bits(new, W)
            continue
        U, S, Vt = decomposition(W.float())
        exact = W.double() + (U.double() * (S * (gains[key] - 1))) @ Vt.double()
        error = (new.double() - exact).abs().max() / exact.abs().max()
        assert new.dtype == W.dtype and error < max(torch.finfo(W.dtype).eps / 2, 2e-6)
        moved += 1
    assert not found and moved == 14


@pytest.mark.parametrize("kind", ["float32", "tied", "indexed"])
def test_the_base_itself_is_the_source_to_the_bit(kind: str, made: Callable, tmp_path: Path
                                                  ) -> None:
    source = made(kind)
    for path in source.glob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:-4] + b"\x00\x00\x00\x80")  # -0.0, its last number
    before = tensors(source)
    assert any(published.raw(W).endswith(b"\x00\x80") for W in before.values() if W.dim() == 2)
    shutil.rmtree(tmp_path / "out")
    base, N = fingerprint(model := load_llama(source)[0]), SVF(model).N
    save_expert(tmp_path / "out" / "words.safetensors", torch.ones(N), base, {})
    after = tensors(run(tmp_path, "--expert", "words"))
    assert before.keys() == after.keys()
    assert all(same_bits(before[name], after[name]) for name in before)


def test_shards_hold_what_one_file_holds(made: Callable, tmp_path: Path, monkeypatch: Patch
                                         ) -> None:
    made("tied")
    whole = tensors(run(tmp_path, "--expert", "sums"))
    (tmp_path / "to").rename(tmp_path / "whole")
    monkeypatch.setattr(out, "SHARD", 9000)  # the embedding is larger
    to = run(tmp_path, "--expert", "sums")
    files = sorted(to.glob("*.safetensors"))
    index = json.loads((to / "model.safetensors.index.json").read_text())
    assert len(files) == 3 and files[1].name == "model-00002-of-00003.safetensors"
    for path in files:
        pieces, metadata = header(path)
        sizes = [piece.read().nbytes for piece in pieces.values()]
        assert metadata == {"format": "pt"} and (sum(sizes) <= 9000 or len(sizes) == 1)
        assert {index["weight_map"].pop(name) for name in pieces} == {path.name}
    assert not index["weight_map"]
    assert index["metadata"] == {"total_size": sum(t.nbytes for t in whole.values())}
    found = tensors(to)
    assert all(same_bits(found[name], whole[name]) for name in whole)
    assert torch.equal(load_llama(to)[0](TOKENS), load_llama(tmp_path / "whole")[0](TOKENS))


def test_files_beside_the_weights_go_along(made: Callable, tmp_path: Path) -> None:
    source = made("float32")
    (tmp_path / "blob").write_text("by a link")
    (source / "chat_template.jinja").symlink_to(tmp_path / "blob")
    (source / "dangling.json").symlink_to(tmp_path / "nowhere")
    (source / "original").mkdir()
    beside = {"tokenizer_config.json", "generation_config.json", "LICENSE", "vocab.json"}
    for name in beside | {"pytorch_model.bin", "README.md", ".gitattributes", "params.json"}:
        (source / name).write_text("{}")
    before = {path.name: path.stat().st_mtime_ns for path in source.iterdir() if path.exists()}
    to = run(tmp_path, "--expert", "sums")
    assert {path.name for path in to.iterdir()} == beside | {
        "README.md", "config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"}
    assert not (to / "chat_template.jinja").is_symlink()
    for name in ("config.json", "tokenizer.json", "chat_template.jinja", *beside):
        assert (to / name).read_bytes() == (source / name).read_bytes()
    assert before == {path.name: path.stat().st_mtime_ns for path in source.iterdir()
                      if path.exists()}


def test_metas_folder_becomes_hugging_faces(made: Callable, tmp_path: Path, capsys: Said) -> None:
    source = made("meta of bfloat16")
    to = run(tmp_path, "--expert", "sums")
    assert "transformers wants tokenizer.json" in " ".join(capsys.readouterr().out.split())
    assert {path.name for path in to.iterdir()} == {
        "README.md", "config.json", "model.safetensors", "tokenizer.model"}
    config = Config(**weights.settings(source))
    assert Config(**weights.settings(to)) == config and config.scaling and config.tied
    config = json.loads((to / "config.json").read_text())
    assert config["torch_dtype"] == "bfloat16" and config["eos_token_id"] == [
        678, 686, 685]  # ends of a text and of a turn
    assert {t.dtype for t in tensors(to).values()} == {torch.bfloat16}


# --------------------------------------------------------------------------------- an adapter

@pytest.mark.parametrize("kind", ["float32", "tied", "meta", "qwen2", "qwen3"])
def test_an_adapter_of_full_rank_is_the_expert(kind: str, made: Callable, tmp_path: Path) -> None:
    made(kind)
    found = tensors(run(tmp_path, "--alpha", "sums=0.5,words=0.7", "--lora", 1000))
    session, z = expert(tmp_path, alpha="sums=0.5,words=0.7")
    session.svf.use(z)
    for name, layer in session.svf.layers.items():
        A, B = factors(found, name)
        assert A.dtype == B.dtype == torch.float32 and len(A) == len(layer.S)
        assert torch.allclose(layer.weight + B @ A, layer.merged, atol=1e-5)
    assert len(found) == 2 * len(session.svf.layers)


def factors(found: dict[str, Tensor], name: str) -> list[Tensor]:
    """A (r, I) and B (O, r) of a matrix of SVF, such as 1.up."""
    layer, kind = name.split(".")
    part = "self_attn" if kind in ("q", "k", "v", "o") else "mlp"
    return [found[f"base_model.model.model.layers.{layer}.{part}.{kind}_proj.lora_{x}.weight"]
            for x in "AB"]


@pytest.mark.parametrize("rank", [1, 5, 13])
def test_of_a_rank_there_is_no_better_adapter(rank: int, made: Callable, tmp_path: Path) -> None:
    """By Eckart and Young: what is left out is the norm of the changes that are left out."""
    made("float32")
    to = run(tmp_path, "--expert", "words", "--lora", rank)
    session, z = expert(tmp_path, expert="words")
    gains, found = z.split(session.svf.sizes), tensors(to)
    for (name, layer), part in zip(session.svf.layers.items(), gains):
        A, B = factors(found, name)
        change = (layer.S * (part - 1)).abs().sort(descending=True).values
        r = min(rank, len(change))
        left = (layer.U * (layer.S * (part - 1))) @ layer.Vt - B @ A
        assert A.shape == (r, layer.weight.shape[1]) and B.shape == (layer.weight.shape[0], r)
        assert abs(left.norm() - change[r:].norm()) < 1e-4
    config = json.loads((to / "adapter_config.json").read_text())
    ranks = {len(part) for part in gains}
    narrow = {f"model.layers.{i}.self_attn.{kind}_proj": min(ranks) for i in (0, 1)
              for kind in "kv"} if rank > min(ranks) else {}
    assert config["rank_pattern"] == config["alpha_pattern"] == narrow
    assert config["r"] == config["lora_alpha"] == rank and ranks == {12, 24}
    assert config["target_modules"] == [f"{kind}_proj" for kind in (
        "down", "gate", "k", "o", "q", "up", "v")]
    assert config["base_model_name_or_path"] == str(tmp_path / "source")
    assert {path.name for path in to.iterdir()} == {
        "README.md", "adapter_config.json", "adapter_model.safetensors"}


# ----------------------------------------------------------------------------- what was lost

def test_what_was_lost_is_measured_on_what_was_written(made: Callable, tmp_path: Path,
                                                       capsys: Said) -> None:
    made("float32")
    (tmp_path / "tasks.jsonl").write_text("".join(
        json.dumps({"prompt": f"{kind} {i}?", "answer": "yes", "domain": kind}) + "\n"
        for kind in ("words", "sums", "more") for i in range(60)))
    lost = {}
    for rank in (0, 1, 12, 24):
        to = run(tmp_path, "--expert", "sums", "--tasks", tmp_path / "tasks.jsonl",
                 *["--lora", rank] * bool(rank))
        said = " ".join(capsys.readouterr().out.split())
        assert "answers to 12 test prompts of sums" in said
        lost[rank], base = (float(said.split(before)[1].split()[0].strip(";"))
                            for before in ("exact expert: ", "base's is "))
        assert said[said.index("KL to"):] in (to / "README.md").read_text()
        assert ("of what the expert changes" in said) == (lost[rank] > 0.1 * base)
        if rank == 1:
            share = float(said.split("That is ")[1].split("%")[0]) / 100
            assert abs(share * base / lost[1] - 1) < 0.1  # they have two digits
            assert said.endswith(" of what the expert changes, in KL: a higher --lora keeps more")
        shutil.rmtree(to)
    assert lost[0] < 1e-8 and lost[24] < 1e-8 < 10 * lost[12] < lost[1] < base * 2
    run(tmp_path, "--alpha", "sums=1", "--tasks", tmp_path / "tasks.jsonl")
    said = " ".join(capsys.readouterr().out.split())
    assert said.endswith("to 15 test prompts of words, sums, more")


def test_of_many_tasks_those_that_were_asked_are_named(made: Callable, tmp_path: Path) -> None:
    made("float32")
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps({
        "prompt": f"{kind} {i}?", "answer": "yes", "domain": f"t{kind}"}) + "\n"
        for kind in range(20) for i in range(9)))
    session, _ = expert(tmp_path, alpha="sums=1", tasks=str(tmp_path / "tasks.jsonl"))
    prompts, what = export.questions(session)
    asked = {f"t{prompt.split()[0]}" for prompt in prompts}
    assert {*what.removeprefix("test prompts of ").split(", ")} == asked and len(asked) == 16


def test_what_a_short_dtype_rounds_is_said(made: Callable, tmp_path: Path, capsys: Said) -> None:
    made("tied")
    run(tmp_path, "--expert", "sums", "--dtype", "bfloat16")
    said = " ".join(capsys.readouterr().out.split())
    assert "plain questions; made from U and V in bfloat16, and measured in its arithmetic" in said
    shutil.rmtree(tmp_path / "to")
    run(tmp_path, "--expert", "sums")
    assert "bfloat16" not in capsys.readouterr().out.replace(str(tmp_path), "")


def test_expert_and_exported_are_compared_as_if_run_one_by_one(
        made: Callable, tmp_path: Path, monkeypatch: Patch) -> None:
    made("tied")
    to = run(tmp_path, "--expert", "words", "--lora", 1)
    monkeypatch.setattr(export, "divergence", lambda p, q: p[:, 7] - q[:, 7])  # which is which
    session, z = expert(tmp_path, expert="words", batch=3, max_new_tokens=5)
    said, found = export.measured(session, z, to), []
    for prompt in export.PLAIN:
        row = session.fmt.prompt(prompt)
        with session.svf.adapted(z), torch.no_grad():
            answer = generate(session.svf.model, [row], session.fmt.ends, 5)[0].tokens
            exact = session.svf.model(torch.tensor([row + answer]))[0, len(row) - 1:-1]
        with export.as_written(session, to), torch.no_grad():
            other = session.svf.model(torch.tensor([row + answer]))[0, len(row) - 1:-1]
        found += (exact - other)[:, 7].tolist()
    mean = sum(found) / len(found)
    assert f"{mean:.1e} nats" in said and f"over {len(found)} tokens" in said and abs(mean) > 1e-3


def test_divergence_is_that_of_a_closed_form() -> None:
    p, q = torch.tensor([[.5, .5], [.4, .6]]).log(), torch.tensor([[.25, .75], [.4, .6]]).log()
    assert torch.allclose(export.divergence(p, q + 3), torch.tensor([.143841, 0.]).double())


# ------------------------------------------------------------------------- the card, the command

def test_the_card_says_what_the_experts_say_and_no_more(made: Callable, tmp_path: Path) -> None:
    made("float32")
    session, z = expert(tmp_path, expert="sums")
    said = {"run": {"seed": 4, "rate": "<b>", "steps": True, "held": [1]},
            "row": {"n": 0, "base": .5, "expert": 1.0}}
    (tmp_path / "out" / "words.safetensors").unlink()
    for name, facts in (("words", said), ("a`b](x)|", {
            "run": [], "row": {"n": 9, "base": .5, "expert": 2.0}})):
        save_expert(tmp_path / "out" / f"{name}.safetensors", z, session.base, facts)
    card = (run(tmp_path, "--alpha", "sums=0.5,words=2,a`b](x)|=1") / "README.md").read_text()
    lines = card.splitlines()
    assert "- expert sums, alpha 0.5: seed 3, steps 7, rate 0.5" in lines
    assert ("  - right on 100 test prompts: base 0.500 [0.404, 0.596], expert 1.000 "
            "[0.963, 1.000] (Wilson's 95%)") in lines
    assert lines[lines.index("- expert words, alpha 2: seed 4") + 1].startswith("- KL")
    assert "- expert a?b??x??, alpha 1" in lines and "secret" not in card
    assert f"(fingerprint {session.base})" in card
    assert str(tmp_path) not in card
    assert lines[0] == "# a?b??x?? and sums and words on source" and "Merged weights" in card
    shutil.rmtree(tmp_path / "to")
    card = (run(tmp_path, "--expert", "base", "--lora", 3) / "README.md").read_text()
    assert card.startswith("# The base on source\n\nA LoRA adapter of rank 3 for source (")
    assert str(tmp_path) not in card


@pytest.mark.parametrize("kind, more, calls", [
    ("tied", [], ["tokenizer .", "model ."]), ("meta", [], ["tokenizer .", "model ."]),
    ("tied", ["--lora", 3], ["tokenizer X/Y-1--Z", "model X/Y-1--Z", "peft ."])])
def test_the_code_of_the_card_runs_in_its_folder(kind: str, more: list, calls: list[str],
                                                 made: Callable, tmp_path: Path,
                                                 monkeypatch: Patch) -> None:
    snapshot = tmp_path / "models--X--Y-1--Z" / "snapshots" / "0123"
    snapshot.parent.mkdir(parents=True)
    made(kind).rename(snapshot)  # as in a hub's cache
    (tmp_path / "source").symlink_to(snapshot)
    card, seen = (run(tmp_path, "--expert", "sums", *more) / "README.md").read_text(), []

    def opens(what: str) -> SimpleNamespace:
        return SimpleNamespace(from_pretrained=lambda *names: seen.append(f"{what} {names[-1]}"))
    monkeypatch.setitem(sys.modules, "transformers", SimpleNamespace(
        AutoTokenizer=opens("tokenizer"), AutoModelForCausalLM=opens("model")))
    monkeypatch.setitem(sys.modules, "peft", SimpleNamespace(PeftModel=opens("peft")))
    exec(card.split("```python\n")[1].split("```")[0], {})
    assert seen == calls and str(tmp_path) not in card
    assert not more or json.loads((tmp_path / "to" / "adapter_config.json").read_text())[
        "base_model_name_or_path"] == str(tmp_path / "source")  # as it was typed
    assert ("tokenizer.json is to be put here" in card) == (kind == "meta")


def test_the_sources_are_those_of_the_mixture(made: Callable, tmp_path: Path, capsys: Said
                                              ) -> None:
    made("tied")
    run(tmp_path, "--alpha", "words=0.5,sums=0")
    said = capsys.readouterr().out
    assert "\nbase " in f"\n{said}" and "\nwords  " in said and "\nsums " not in said


@pytest.mark.parametrize("args, says", [
    ("--to NEW", "export needs --expert NAME"), ("--expert sums --to", "expected one argument"),
    ("--expert sums", "needs --to FOLDER"), ("--expert sums --to FULL", "FULL is not empty"),
    ("--expert sums --to FULL/file", "is a file"), ("--expert chess --to NEW", "chess"),
    ("--weights", "needs --weights DIR (what is built in fits no other program) and --to FOLDER "
     "and --expert NAME, --alpha NAME=X,... or --task NAME"),
    ("--expert sums --to FULL/link", "FULL/link is a link to nothing"),
    ("--expert sums --to FULL/file/x", "x can't be written (Not a directory)"),
    ("--expert sums --to .", "is where this command runs"),
    ("--expert sums --to NEW --lora 0", "--lora: '0': expected"),
    ("--expert sums --to SOURCE", "with the weights"),
    ("--expert sums --to SOURCE/x/y", "with the weights"),
    ("--expert sums --to NEW --lora -1", "--lora: '-1': expected"),
    ("--expert sums --to NEW --weights", "needs --weights DIR"),
    ("--expert sums --alpha sums=1 --to NEW", "expected one"),
    ("--alpha sums=nan --to NEW", "--alpha"), ("--task sums --to NEW", "adapt.json")])
def test_what_cannot_be_is_said_before_the_weights_are_read(
        args: str, says: str, made: Callable, tmp_path: Path, capsys: Said, monkeypatch: Patch
        ) -> None:
    source = made("tied")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    (tmp_path / "full" / "link").symlink_to(tmp_path / "new")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("data.run.session.llama", lambda *_: pytest.fail("reads the weights"))
    given = [arg.replace("SOURCE", str(source)).replace("FULL", str(tmp_path / "full"))
             .replace("NEW", str(tmp_path / "new")) for arg in args.split()]
    given = ["--weights", str(source), "--out", str(tmp_path / "out"), *given]
    given += [""] * (given[-1] == "--weights")
    try:
        code = t2.main(["export", *given])
    except SystemExit as end:
        code = end.code
    error, = capsys.readouterr().err.splitlines()
    assert code == 2 and says in error.replace(str(tmp_path / "full"), "FULL")
    assert (tmp_path / "full" / "file").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"full", "here", "out", "source"}


@pytest.mark.parametrize("error, code, says", [
    (OSError(28, "No space left on device"), 2, "can't be written (No space left on device)"),
    (KeyboardInterrupt(), 130, "stopped"), (ValueError("x is infinite"), 2, "x is infinite")])
@pytest.mark.parametrize("where", ["raw", "copy_the_rest"])
@pytest.mark.parametrize("place", ["new", "empty", "link"])
def test_what_breaks_off_leaves_all_as_it_was(error: BaseException, code: int, says: str,
                                              where: str, place: str, made: Callable,
                                              tmp_path: Path, capsys: Said, monkeypatch: Patch
                                              ) -> None:
    made("tied")
    if place != "new":
        (tmp_path / ("to" if place == "empty" else "real")).mkdir()
    if place == "link":
        (tmp_path / "to").symlink_to(tmp_path / "real")
    before = sorted(tmp_path.glob("[!o]*/**"))  # all but out
    capsys.readouterr()

    def broken(*_: object) -> None:
        assert len([*tmp_path.glob(".*.tmp/model.safetensors")]) == 1
        raise error
    monkeypatch.setattr(out, where, broken)
    run(tmp_path, "--expert", "sums", code=code)
    assert sorted(tmp_path.glob("[!o]*/**")) == before and not [*tmp_path.glob(".*")]
    said = [line for line in capsys.readouterr().err.splitlines() if line]
    assert len(said) == 1 and says in said[0] and "goes on" not in said[0]


def test_what_c_found_for_a_task_is_exported_on_its_own_prompts(
        made: Callable, tmp_path: Path, capsys: Said) -> None:
    made("float32")
    (tasks := tmp_path / "tasks.jsonl").write_text("".join(
        json.dumps({"prompt": f"{kind} {i}?", "answer": "yes", "domain": kind}) + "\n"
        for kind in ("words", "more") for i in range(60)))
    model = ("--weights", tmp_path / "source", "--out", tmp_path / "out", "--threads", 1,
             "--max-new-tokens", 5, "--tasks", tasks, "--few-shot", 2)
    assert t2.main([*map(str, ("adapt", *model, "--n", 3, "--strategy", "few-shot"))]) == 0
    path = tmp_path / "out" / "adapt.json"
    report = json.loads(path.read_text())
    report["tasks"]["more"]["strategies"]["few-shot"]["alpha"] = [0.5, -0.25]
    path.write_text(json.dumps(report))
    to = run(tmp_path, "--task", "more", "--tasks", tasks, "--few-shot", 2)
    card = (to / "README.md").read_text()
    assert card.startswith("# What C found for more on source\n")
    assert "sums, alpha 0.5" in card and "words, alpha -0.25" in card
    assert card.count("test prompts of more\n") == 1


def test_numbers_that_leave_the_dtype_are_refused(made: Callable, tmp_path: Path, capsys: Said
                                                  ) -> None:
    source = made("indexed")
    base, N = fingerprint(model := load_llama(source)[0]), SVF(model).N
    save_expert(tmp_path / "out" / "sums.safetensors", torch.full((N,), 1e6), base, {})
    assert not run(tmp_path, "--expert", "sums", code=2).exists()
    assert "is infinite in torch.float16: expected a smaller --alpha" in capsys.readouterr().err


def test_an_empty_folder_is_as_good_as_a_new_one_and_so_is_a_link_to_it(
        made: Callable, tmp_path: Path) -> None:
    made("tied")
    (tmp_path / "real").mkdir()
    (tmp_path / "to").symlink_to(tmp_path / "real")
    assert (run(tmp_path, "--expert", "sums") / "config.json").exists()
    assert (tmp_path / "to").is_symlink() and (tmp_path / "real" / "README.md").exists()
    assert not [*tmp_path.glob(".*")]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_comes_there_meanwhile_stays(what: str, made: Callable, tmp_path: Path, capsys: Said,
                                          monkeypatch: Patch) -> None:
    made("tied")
    path = tmp_path / "to" / "mine" if what == "folder" else tmp_path / "to"
    write = export.write

    def wrote(*given: object) -> str:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
        return write(*given)
    monkeypatch.setattr(export, "write", wrote)
    run(tmp_path, "--expert", "sums", code=2)
    assert path.read_text() == "mine" and not [*tmp_path.glob(".*")]
    assert f"{tmp_path / 'to'} can't be written (" in capsys.readouterr().err
    assert what == "file" or [*(tmp_path / "to").iterdir()] == [path]


@pytest.mark.parametrize("error, code, says", [
    (PermissionError(13, "Permission denied", "source/LICENSE"), 2, "denied: 'source/LICENSE'"),
    (BrokenPipeError(32, "Broken pipe"), 141, "")])
def test_what_cannot_be_read_or_printed_is_not_said_of_the_new_folder(
        error: OSError, code: int, says: str, made: Callable, tmp_path: Path, capsys: Said,
        monkeypatch: Patch) -> None:
    made("tied")

    def broken(*_: object) -> None:
        raise error
    monkeypatch.setattr(shutil, "copyfile", broken)
    monkeypatch.setattr(sys, "stdout", (tmp_path / "said").open("w"))  # for what 141 does to it
    monkeypatch.setattr("os.dup2", lambda *_: None)
    run(tmp_path, "--expert", "sums", code=code)
    said = capsys.readouterr().err
    assert says in said and "can't be written" not in said and not [*tmp_path.glob(".*")]
