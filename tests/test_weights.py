"""Published weights give the logits of transformers, or one line that says why not."""
from __future__ import annotations

import json
import math
import mmap
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from data import safetensors
from data.llama import pickles, weights
from data.run import checkpoints
from model import GPT, Config, rope_table
from svf import SVF
from tests import published
from tests.published import TOKENS, VARIANTS, framed, packed

LOGITS = json.loads((Path(__file__).parent / "fixtures" / "logits.json").read_text())


@pytest.fixture(autouse=True)
def no_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints.bpe, "encoding", lambda folder, vocab: None)


def hugging_face(folder: Path, name: str = "gqa") -> Path:
    published.write_hugging_face(folder, name)
    return folder


def meta(folder: Path, count: int = 1, name: str = "meta", split: int = 0) -> Path:
    published.write_meta(folder, name, count, split)
    return folder


def load(folder: Path, dtype: torch.dtype = torch.float32) -> GPT:
    return checkpoints.load_llama(folder, dtype)[0]


@torch.no_grad()
def distance(llama: GPT, name: str) -> float:
    """Of its logits to those of transformers for the same weights."""
    found = llama(torch.tensor([TOKENS]))[0].float()
    return (found - torch.tensor(LOGITS[name])).abs().max().item()


def refused(folder: Path) -> str:
    """The one line with which a folder is refused; it names a file or folder in it."""
    with pytest.raises(ValueError) as caught:
        load(folder)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(folder)) and len(message) < 1000
    return message


# ------------------------------------------------------------------------------------ parity

@pytest.mark.parametrize("name", VARIANTS)
def test_logits_are_those_of_transformers(tmp_path: Path, name: str) -> None:
    llama = load(hugging_face(tmp_path, name))
    assert distance(llama, name) < 2e-5
    assert torch.tensor(LOGITS[name]).abs().max() > 1
    assert {p.dtype for p in llama.parameters()} == {torch.float32}


@pytest.mark.parametrize("count, split", [(1, 0), (2, 0), (2, 1), (4, 0), (4, 1)])
@pytest.mark.parametrize("name", ["meta", "meta_tied"])
def test_metas_shards_are_the_same_model(tmp_path: Path, name: str, count: int, split: int
                                         ) -> None:
    llama = load(meta(tmp_path, count, name, split))
    assert distance(llama, name) < 2e-5
    assert llama.config.tied == (name == "meta_tied")
    assert llama.config.context == 8192


@pytest.mark.parametrize("name", ["llama3_8", "llama3_32", "old_type", "meta_tied"])
def test_rope_scaling_matters_in_all_three_bands(tmp_path: Path, name: str) -> None:
    llama = load(hugging_face(tmp_path, name))
    c = llama.config
    turns = c.scaling[3] / 2 / torch.pi * c.theta ** -(torch.arange(0, c.head_size, 2)
                                                       / c.head_size)
    between = (turns > c.scaling[1]) & (turns < c.scaling[2])
    assert (turns < c.scaling[1]).any() and between.any() and (turns > c.scaling[2]).any()
    llama.cos, llama.sin = rope_table(replace(c, scaling=None))
    assert distance(llama, name) > 0.05
    llama.cos, llama.sin = rope_table(replace(c, scaling=(16.0, *c.scaling[1:])))
    assert distance(llama, name) > 0.005


@pytest.mark.parametrize("name", ["gqa", "fp16", "bf16"])
def test_weights_take_the_dtype_that_is_asked_for(tmp_path: Path, name: str) -> None:
    llama = load(hugging_face(tmp_path, name), torch.bfloat16)
    expected = published.weights(name)["model.layers.1.mlp.up_proj.weight"].bfloat16()
    assert torch.equal(llama.blocks[1].mlp.up.weight, expected) and distance(llama, name) < 0.5
    assert {p.dtype for p in llama.parameters()} == {torch.bfloat16}


@torch.no_grad()
def test_biases_and_norms_of_heads_matter_and_svf_leaves_them_alone(tmp_path: Path) -> None:
    for name, own in (("qwen2", ("q.bias", "k.bias", "v.bias")),
                      ("qwen3", ("q_norm.weight", "k_norm.weight"))):
        (folder := tmp_path / name).mkdir()
        for key in own:
            llama = load(hugging_face(folder, name))
            assert not any(key in k for k, _ in load(hugging_face(folder)).named_parameters())
            parameter = llama.blocks[1].attention.get_parameter(key)
            parameter.copy_(parameter.new_zeros(()) if "bias" in key else 1)
            assert distance(llama, name) > 0.002, key
        svf, x = SVF(llama := load(hugging_face(folder, name))), torch.tensor([TOKENS])
        base, z = llama(x), svf.neutral()
        found = {}
        for way, vector in (("merged", z), ("factored", z[None]), ("base", None)):
            svf.use(vector)
            found[way] = (llama(x) - base).abs().max().item()
        assert found["merged"] < 1e-4 and found["factored"] < 1e-4 and found["base"] == 0
        z = 1 + torch.randn(svf.N, generator=torch.Generator().manual_seed(0)) / 2
        svf.use(z)
        merged = llama(x)
        svf.use(z[None])
        assert (llama(x) - merged).abs().max() < 1e-4 and (merged - base).abs().max() > 1
        with torch.enable_grad():
            svf.use(z.requires_grad_())
            llama(x)[0, -1, 3].backward()
        assert z.grad.abs().min() > 0 and all(p.grad is None for p in llama.parameters())
        assert not any(p.requires_grad for p in llama.parameters())


def test_a_checkpoint_of_another_kind_has_other_names(tmp_path: Path) -> None:
    for name, other, said in (
            ("qwen2", "qwen3", "missing: 'model.layers.0.self_attn.q_norm.weight'"),
            ("qwen2", "llama", "left over: 'model.layers.0.self_attn.q_proj.bias'"),
            ("qwen3", "llama", "left over: 'model.layers.0.self_attn.q_norm.weight'")):
        edit(hugging_face(tmp_path, name) / "config.json", model_type=other, head_dim=(
            published.config(name).get("head_dim", 6)))
        assert said in refused(tmp_path)


@pytest.mark.parametrize("kind, values, context", [
    ("mistral", {}, 4096), ("mistral", {"sliding_window": None}, 9000),
    ("mistral", {"sliding_window": 70}, 70), ("mistral", {"sliding_window": 9001}, 9000),
    ("mistral", {"sliding_window": 70, "use_sliding_window": False,
                 "layer_types": ["full_attention"] * 2}, 70),  # neither of which it knows
    ("llama", {}, 9000), ("llama", {"sliding_window": 70}, 70),
    ("llama", {"sliding_window": 70, "use_sliding_window": False}, 9000),
    *((kind, values, context) for kind in ("qwen2", "qwen3") for values, context in (
        ({}, 9000), ({"sliding_window": 70}, 9000), ({"use_sliding_window": True}, 4096),
        ({"sliding_window": 70, "use_sliding_window": False,
          "layer_types": ["sliding_attention"] * 2}, 9000),
        ({"sliding_window": 70, "use_sliding_window": True}, 70),
        ({"sliding_window": None, "use_sliding_window": True}, 9000),
        ({"sliding_window": 70, "use_sliding_window": True,
          "layer_types": ["full_attention"] * 2}, 9000),
        ({"sliding_window": 70, "use_sliding_window": True,
          "layer_types": ["full_attention", "sliding_attention"]}, 70)))])
def test_a_sliding_window_bounds_the_context_and_that_is_said(
        tmp_path: Path, kind: str, values: dict, context: int) -> None:
    path = hugging_face(tmp_path) / "config.json"
    path.write_text(json.dumps({**published.config("gqa"), "max_position_embeddings": 9000,
                                "model_type": kind, "head_dim": 6, **values}))
    settings, _, notes = checkpoints.about_llama(tmp_path)
    assert settings["context"] == context
    assert notes == [] if context == 9000 else (
        f"looks back {context} tokens" in notes[0] and "not at 9000" in notes[0])


def test_beyond_its_window_a_prompt_is_refused(tmp_path: Path) -> None:
    llama = load(hugging_face(tmp_path, "mistral_window"))
    llama(torch.ones(1, 30, dtype=torch.long))
    with pytest.raises(ValueError, match="31 tokens do not fit the model's 30"):
        llama(torch.ones(1, 31, dtype=torch.long))


def test_what_settings_leave_out(tmp_path: Path) -> None:
    found = weights.settings(hugging_face(tmp_path, "gqa"))
    assert found == dict(vocab=41, width=24, layers=2, heads=4, kv_heads=2, head_size=6, hidden=34,
                         context=96, theta=10_000.0, eps=1e-5, tied=False, scaling=None,
                         bias=False, qk_norm=False)
    edit(tmp_path / "config.json", num_key_value_heads=None, tie_word_embeddings=None)
    found = weights.settings(tmp_path)
    assert (found["kv_heads"], found["tied"]) == (4, False)
    (tmp_path / "config.json").unlink()
    edit(meta(tmp_path) / "params.json", n_kv_heads=None, rope_theta=None, multiple_of=None,
         ffn_dim_multiplier=None)
    found = weights.settings(tmp_path)
    assert (found["kv_heads"], found["theta"], found["hidden"], found["context"]) == (
        8, 10_000.0, 256, 4096)  # 2/3 of 4 * 48 is 128, and the next multiple of 256 is 256
    for dim, times, multiple, hidden in (  # Llama 3 8B, 70B and Llama 3.2 1B
            (4096, 1.3, 1024, 14336), (8192, 1.3, 4096, 28672), (2048, 1.5, 256, 8192)):
        edit(tmp_path / "params.json", dim=dim, ffn_dim_multiplier=times, multiple_of=multiple)
        assert weights.settings(tmp_path)["hidden"] == hidden


def test_what_some_folders_have_besides_or_lack(tmp_path: Path) -> None:
    path = hugging_face(tmp_path) / "model.safetensors"
    buffer = "model.layers.0.self_attn.rotary_emb.inv_freq"
    published.write_safetensors(path, {buffer: torch.ones(3), **published.weights("gqa")})
    assert distance(load(tmp_path), "gqa") < 2e-5
    path.unlink()
    (hugging_face(tmp_path, "indexed") / "model.safetensors.index.json").unlink()
    assert distance(load(tmp_path), "indexed") < 2e-5  # all its files are read


def test_a_tied_head_may_stand_in_the_file_if_it_is_a_copy(tmp_path: Path) -> None:
    shard = meta(tmp_path, name="meta_tied") / "consolidated.00.pth"
    table = torch.load(shard)
    torch.save({**table, "output.weight": table["tok_embeddings.weight"]}, shard)
    assert distance(load(tmp_path), "meta_tied") < 2e-5
    tensors, path = published.weights("tied"), hugging_face(tmp_path, "tied") / "model.safetensors"
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    published.write_safetensors(path, tensors)
    assert distance(load(tmp_path), "tied") < 2e-5
    tensors["lm_head.weight"][3, 5] += 1e-3
    published.write_safetensors(path, tensors)
    assert "lm_head.weight differs from the embedding" in refused(tmp_path)


def test_tensors_that_are_not_aligned(tmp_path: Path) -> None:
    path = hugging_face(tmp_path) / "model.safetensors"
    header, data = packed(published.weights("gqa"))
    text = json.dumps(header).encode()
    for padding in range(4):
        path.write_bytes(framed(text + b" " * padding, data))
        assert distance(load(tmp_path), "gqa") < 2e-5
        (piece,) = weights.safetensors(tmp_path)[Q]
        assert piece.read().data_ptr() % 4 == 0


@pytest.mark.parametrize("write", [hugging_face, meta])
def test_tensors_come_biggest_first_and_none_stays_mapped(
        tmp_path: Path, write: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, maps, mapping = write(tmp_path), [], mmap.mmap

    def recorded(*args: object, **options: object) -> mmap.mmap:
        found = mapping(*args, **options)
        maps.append(weakref.ref(found))
        return found
    monkeypatch.setattr(mmap, "mmap", recorded)
    settings = weights.settings(folder)
    shapes = {k: tuple(p.shape) for k, p in GPT(Config(**settings)).named_parameters()}
    sizes, names = [], []
    for name, tensor in weights.tensors(folder, settings, shapes):
        assert tensor.shape == shapes[name]
        sizes.append(tensor.numel())
        names.append(name)
        assert not any(found() for found in maps)
    assert sizes == sorted(sizes, reverse=True) and sorted(names) == sorted(shapes)
    assert len(maps) == (len(shapes) if write is hugging_face else 0)


# ----------------------------------------------------------------------------------- folders

def test_a_folder_without_weights(tmp_path: Path) -> None:
    (file := tmp_path / "file").touch()
    for folder, reason in ((tmp_path, "lacks"), (file, "a file"), (tmp_path / "x", "not there")):
        assert all(word in refused(folder) for word in (
            reason, "config.json", "safetensors", "params.json", "consolidated"))


def test_settings_without_weights(tmp_path: Path) -> None:
    (hugging_face(tmp_path) / "model.safetensors").unlink()
    assert "lacks weights; expected *.safetensors beside config.json" in refused(tmp_path)
    (tmp_path / "model.safetensors").mkdir()
    assert "model.safetensors is not a file" in refused(tmp_path)
    (tmp_path / "config.json").unlink()
    (meta(tmp_path) / "consolidated.00.pth").unlink()
    assert "expected consolidated.00.pth" in refused(tmp_path)


@pytest.mark.parametrize("write, file", [
    (hugging_face, "config.json"), (hugging_face, "model.safetensors"), (meta, "params.json"),
    (meta, "consolidated.00.pth"),
    (lambda folder: hugging_face(folder, "indexed"), "model.safetensors.index.json"),
    (lambda folder: hugging_face(folder, "indexed"), "model-00002-of-00003.safetensors")])
def test_a_pointer_of_git_lfs(tmp_path: Path, write: Callable, file: str) -> None:
    write(tmp_path)
    (tmp_path / file).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    assert f"{file} is not downloaded: run `git lfs pull` in {tmp_path}" in refused(tmp_path)


def test_a_folder_around_folders_of_weights(tmp_path: Path) -> None:
    cache = tmp_path / "models--ours--gqa"
    (snapshot := cache / "snapshots" / "0a1b").mkdir(parents=True)
    hugging_face(snapshot)
    assert f"lacks weights: name {snapshot}; expected" in refused(cache)
    (other := cache / "snapshots" / "2c3d").mkdir()
    meta(other)
    assert f"name {snapshot} or {other}; expected" in refused(cache)
    assert f"name {snapshot} or {other}; expected" in refused(cache / "snapshots")
    assert distance(load(snapshot), "gqa") < 2e-5


@pytest.mark.parametrize("files, said", [
    ("config.json pytorch_model.bin", "holds *.bin: let transformers open it and write safetens"),
    ("pytorch_model.bin", "holds *.bin"), ("a.Q4_K_M.gguf", "holds *.gguf: take the folder"),
    ("config.json a.gguf", "holds *.gguf"),
    ("adapter_config.json adapter_model.safetensors", "holds an adapter: let peft merge it"),
    ("config.json adapter_config.json model.safetensors", "holds an adapter"),
    ("params.json consolidated.safetensors tokenizer.model.v3", "in Mistral's own layout: take"),
    ("config.json params.json consolidated.safetensors", "in Mistral's own layout: take")])
def test_folders_with_something_else(tmp_path: Path, files: str, said: str) -> None:
    for name in files.split():
        (tmp_path / name).write_text(json.dumps(published.config("gqa")))
    assert said in refused(tmp_path)


def test_the_same_weights_again_in_another_layout(tmp_path: Path) -> None:
    """As Mistral publishes its own: Hugging Face's layout is read, or else Meta's."""
    hugging_face(meta(tmp_path), "meta")
    (tmp_path / "consolidated.00.pth").write_text("nothing that could be read")
    assert distance(load(tmp_path), "meta") < 2e-5 and load(tmp_path).config.context == 96
    (hugging_face(tmp_path, "indexed") / "model.safetensors.index.json").unlink()
    (tmp_path / "model.safetensors").replace(tmp_path / "consolidated.safetensors")
    assert distance(load(tmp_path), "indexed") < 2e-5
    for path in tmp_path.glob("*.safetensors"):
        path.unlink()
    assert load(meta(tmp_path)).config.context == 8192


# ---------------------------------------------------------------------------------- settings

def edit(path: Path, **values: object) -> None:
    """Changes a JSON file; None takes a key out."""
    table = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({k: v for k, v in table.items() if v is not None}))


LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}
CONFIGS = [  # key, value, what the message says
    *((key, "odd", f"{key} is 'odd', expected {only!r}") for key, only in weights.ONLY.items()),
    *(("model_type", value, f"model_type is {said}") for value, said in (
        *((kind, f"{kind!r}, expected 'llama' or 'mistral' or 'qwen2' or 'qwen3'")
          for kind in ("gemma2", "phi3", "mixtral", "qwen2_moe", "qwen3_moe", "qwen2_vl")),
        (None, "not there"), (["llama"], "['llama']"))),
    ("attention_bias", True, "attention_bias is True, expected False"),
    ("is_causal", False, "is_causal is False, expected True"),
    ("per_layer_config", {"1": {"rms_norm_eps": 0.5}}, "per_layer_config is {'1': {"),
    ("attention_chunk_size", 4, "attention_chunk_size is 4, expected None"),
    ("quantization_config", {"quant_method": "gptq"}, "quantization_config is {'quant_method'"),
    ("mlp_bias", 0, "mlp_bias is 0"),
    *(("sliding_window", value, f"sliding_window is {value!r}, expected a whole number from 1 to")
      for value in (0, True, "4096", 2**21 + 1)),
    ("use_sliding_window", "no", "use_sliding_window is 'no', expected True or False"),
    *(("layer_types", value, "expected a list of 'full_attention' and 'sliding_attention'")
      for value in ({}, "full_attention", [["full_attention"]],
                    ["full_attention", "chunked_attention"])),
    *(("tie_word_embeddings", value, f"is {value!r}, expected True or False")
      for value in ("no", 1)),
    *(("vocab_size", value, f"vocab_size is {said}, expected a whole number from 1")
      for value, said in (("41", "'41'"), (True, "True"), (0, "0"), (-41, "-41"), (41.0, "41.0"),
                          (None, "not there"), (2**31, "2147483648"), (10**4000, "inf"),
                          (float("nan"), "nan"))),
    ("num_hidden_layers", 1025, "is 1025, expected a whole number from 1 to 1024"),
    ("max_position_embeddings", 2**21 + 1, "max_position_embeddings is 2097153"),
    ("hidden_size", {}, "hidden_size is {}"), ("hidden_size", 25, "size 6.25"),
    ("intermediate_size", [[[[[[[[]]]]]]]], "intermediate_size is "),
    ("num_key_value_heads", 3, "4 heads on 3"), ("num_key_value_heads", 0, "value_heads is 0"),
    ("head_dim", 0, "head_dim is 0"), ("head_dim", 7, "size 7"), ("head_dim", 2**22, "size 4194"),
    ("head_dim", 2**21, "a context of 96 with heads of size 2097152: its table of angles"),
    *(("rms_norm_eps", value, f"rms_norm_eps is {value!r}, expected a finite number above 0")
      for value in (0, "1e-5", float("inf"))),
    ("rms_norm_eps", 2.0, "eps 2.0, scaling None: expected theta and factor 1 or more, and eps 1"),
    ("rope_theta", 0.5, "theta 0.5, eps 1e-05, scaling None: expected theta"),
    *(("rope_theta", value, f"rope_theta is {said}") for value, said in (
        (-1.0, "-1.0"), (True, "True"), (10**400, "inf"))),
    ("rope_scaling", "llama3", "rope_scaling is 'llama3', expected an object"),
    *(("rope_scaling", value, said) for value, said in (
        ({"type": "linear", "factor": 2}, "is 'linear', expected 'default' or 'llama3'"),
        ({"rope_type": "yarn", "factor": 2}, "rope_type is 'yarn'"),
        ({"rope_type": "default", "type": "linear"}, "type is 'linear'"),
        ({"rope_type": "default", "factor": 2}, "'factor' is 2, expected no such key"))),
    *(("rope_scaling", {**LLAMA3, key: value}, f"{key} is {said}") for key, value, said in (
        ("factor", None, "not there"), ("factor", "8", "'8'"),
        ("low_freq_factor", 4, "4.0, expected less than high_freq_factor, 4.0"),
        ("original_max_position_embeddings", -1, "-1"))),
    ("rope_scaling", {**LLAMA3, "factor": 0.5}, "expected theta and factor 1 or more"),
    ("rope_scaling", {**LLAMA3, "attention_factor": 2}, "'attention_factor' is 2"),
    *(("rope_parameters", value, said) for value, said in (
        ({"rope_type": "dynamic", "rope_theta": 1e4}, "rope_type is 'dynamic'"),
        ({"full_attention": {"rope_type": "default"}}, "'full_attention' is"),
        ({"rope_theta": 10**400}, "rope_theta is inf"),
        ({"partial_rotary_factor": 0.25}, "partial_rotary_factor is 0.25"))),
]


@pytest.mark.parametrize("key, value, said", CONFIGS)
def test_config_json_is_refused_by_name(tmp_path: Path, key: str, value: object, said: str
                                        ) -> None:
    table = {**published.config("gqa"), key: value}
    (tmp_path / "config.json").write_text(json.dumps(
        {k: v for k, v in table.items() if v is not None or k == "rope_scaling"}))
    message = refused(tmp_path)
    assert "config.json: " in message and said in message


def test_what_other_kinds_leave_out_is_not_guessed(tmp_path: Path) -> None:
    path = hugging_face(tmp_path, "qwen3") / "config.json"
    edit(path, head_dim=None)
    assert "head_dim is not there" in refused(tmp_path)
    edit(path, head_dim=14, num_key_value_heads=None)
    assert "num_key_value_heads is not there" in refused(tmp_path)
    edit(path, num_key_value_heads=1, attention_bias=True)
    assert "attention_bias is True, expected False" in refused(tmp_path)
    edit(hugging_face(tmp_path, "mistral") / "config.json", num_key_value_heads=None)
    assert "num_key_value_heads is not there" in refused(tmp_path)


def test_two_spellings_of_rope_have_to_agree(tmp_path: Path) -> None:
    path = hugging_face(tmp_path, "llama3_8") / "config.json"
    both = json.loads(path.read_text())["rope_scaling"]
    edit(path, rope_parameters={**both, "factor": 32.0})
    assert "rope_scaling is" in refused(tmp_path)
    edit(path, rope_parameters=both)
    assert distance(load(tmp_path), "llama3_8") < 2e-5
    edit(path, rope_parameters={**both, "rope_theta": 300.0}, rope_scaling=None)
    assert "rope_parameters.rope_theta is 300.0, expected 200.0" in refused(tmp_path)


def test_a_stretch_of_rope_is_said_in_one_place_or_alike(tmp_path: Path) -> None:
    """transformers takes the number beside rope_scaling, not the one in it."""
    for name in ("llama3_8", "llama3_32"):
        path, key = hugging_face(tmp_path, name) / "config.json", weights.LLAMA3[-1]
        inside = json.loads(path.read_text()).popitem()[1]  # rope_scaling, or rope_parameters
        edit(path, **{key: 32})
        assert f"{key} is 32, expected {inside[key]} as beside factor" in refused(tmp_path)
        edit(path, **{key: inside[key]})
        assert distance(load(tmp_path), name) < 2e-5
    edit(hugging_face(tmp_path) / "config.json", original_max_position_embeddings=32)
    assert distance(load(tmp_path), "gqa") < 2e-5  # which has nothing to stretch


@pytest.mark.parametrize("values, said", [
    ({"use_scaled_rope": True}, "use_scaled_rope is True, expected its numbers beside true"),
    ({"use_scaled_rope": True}, 'add "rope_scaling": {"factor": ..., "low_freq_factor": ...'),
    ({"use_scaled_rope": "yes"}, "use_scaled_rope is 'yes'"),
    ({"use_scaled_rope": False, "rope_scaling": {"factor": 8}}, "use_scaled_rope is False"),
    ({"rope_scaling": {"factor": 8}}, "rope_scaling.low_freq_factor is not there"),
    ({"rope_scaling": {"scale": 8}}, "rope_scaling.'scale' is 8, expected no such key"),
    ({"quantization_args": {"scheme": "int4"}}, "'quantization_args' is {'scheme': 'int4'}"),
    ({"vocab_size": -2}, "vocab_size is -2"),
    ({"dim": None}, "dim is not there"), ({"dim": 50}, "size 6.25"),
    ({"norm_eps": None}, "norm_eps is not there"), ({"n_layers": 10**6}, "n_layers is 1000000"),
    ({"ffn_dim_multiplier": -1.3}, "ffn_dim_multiplier is -1.3"),
    ({"ffn_dim_multiplier": 1e308}, "ffn_dim_multiplier is 1e+308"),
    ({"multiple_of": 0}, "multiple_of is 0"), ({"max_seq_len": 2.5}, "max_seq_len is 2.5")])
def test_params_json_is_refused_by_name(tmp_path: Path, values: dict, said: str) -> None:
    edit(meta(tmp_path) / "params.json", **values)
    message = refused(tmp_path)
    assert "params.json: " in message and said in message
    (tmp_path / "params.json").write_text("[1]")
    assert "params.json: expected a JSON object: it holds [1]" in refused(tmp_path)


# What they publish, less what says nothing; the numbers of parameters are theirs, too
LLAMA2 = {"model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "num_hidden_layers": 32,
          "num_attention_heads": 32, "num_key_value_heads": 32, "intermediate_size": 11008,
          "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "hidden_act": "silu",
          "pretraining_tp": 1, "rope_scaling": None, "tie_word_embeddings": False}
GQA8 = {**LLAMA2, "num_key_value_heads": 8, "intermediate_size": 14336}
MISTRAL = {**GQA8, "model_type": "mistral", "max_position_embeddings": 32768, "rope_theta": 1e6}
LLAMA3_8B = {**GQA8, "vocab_size": 128256, "rope_theta": 5e5, "attention_bias": False}
LONG = {"rope_type": "llama3", "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192}
QWEN2 = {"model_type": "qwen2", "vocab_size": 151936, "rms_norm_eps": 1e-6, "hidden_act": "silu",
         "rope_theta": 1e6, "max_position_embeddings": 32768, "use_sliding_window": False,
         "sliding_window": 32768, "max_window_layers": 21}
QWEN3 = {**QWEN2, "model_type": "qwen3", "attention_bias": False, "head_dim": 128,
         "rope_scaling": None, "max_position_embeddings": 40960, "sliding_window": None}
FOLDERS = {  # name: config.json, parameters, context
    "Llama 1 7B": ({**LLAMA2, "num_key_value_heads": None, "max_position_embeddings": 2048,
                    "rms_norm_eps": 1e-6}, 6_738_415_616, 2048),
    "Llama 2 7B": (LLAMA2, 6_738_415_616, 4096),
    "Vicuna 7B v1.5": (LLAMA2, 6_738_415_616, 4096),
    "CodeLlama 7B": ({**LLAMA2, "vocab_size": 32016, "max_position_embeddings": 16384,
                      "rope_theta": 1_000_000}, 6_738_546_688, 16384),
    "TinyLlama 1.1B": ({**LLAMA2, "hidden_size": 2048, "num_hidden_layers": 22,
                        "num_key_value_heads": 4, "intermediate_size": 5632,
                        "max_position_embeddings": 2048}, 1_100_048_384, 2048),
    "Llama 3 8B": ({**LLAMA3_8B, "max_position_embeddings": 8192}, 8_030_261_248, 8192),
    "Llama 3.1 8B": ({**LLAMA3_8B, "max_position_embeddings": 131072, "mlp_bias": False,
                      "rope_scaling": {**LONG, "factor": 8.0}}, 8_030_261_248, 131072),
    "Llama 3.2 1B": ({**LLAMA3_8B, "max_position_embeddings": 131072, "hidden_size": 2048,
                      "num_hidden_layers": 16, "intermediate_size": 8192, "head_dim": 64,
                      "rope_scaling": {**LONG, "factor": 32.0}, "tie_word_embeddings": True},
                     1_235_814_400, 131072),
    "SmolLM2 135M": ({**LLAMA2, "vocab_size": 49152, "hidden_size": 576, "num_hidden_layers": 30,
                      "num_attention_heads": 9, "num_key_value_heads": 3, "rope_theta": 100000,
                      "intermediate_size": 1536, "max_position_embeddings": 8192,
                      "rope_interleaved": False, "tie_word_embeddings": True}, 134_515_008, 8192),
    "Mistral 7B v0.1": ({**MISTRAL, "rope_theta": 10000.0, "sliding_window": 4096}, 7_241_732_096,
                        4096),
    "Mistral 7B v0.3": ({**MISTRAL, "vocab_size": 32768, "sliding_window": None}, 7_248_023_552,
                        32768),
    "Mistral Nemo": ({**MISTRAL, "vocab_size": 131072, "hidden_size": 5120, "head_dim": 128,
                      "num_hidden_layers": 40, "max_position_embeddings": 131072,
                      "sliding_window": None}, 12_247_782_400, 131072),
    "Qwen 2.5 0.5B": ({**QWEN2, "hidden_size": 896, "num_hidden_layers": 24,
                       "num_attention_heads": 14, "num_key_value_heads": 2,
                       "intermediate_size": 4864, "tie_word_embeddings": True},
                      494_032_768, 32768),
    "Qwen 2.5 7B": ({**QWEN2, "vocab_size": 152064, "hidden_size": 3584, "num_hidden_layers": 28,
                     "num_attention_heads": 28, "num_key_value_heads": 4,
                     "intermediate_size": 18944, "max_position_embeddings": 131072,
                     "sliding_window": 131072}, 7_615_616_512, 131072),
    "Qwen 3 0.6B": ({**QWEN3, "hidden_size": 1024, "num_hidden_layers": 28,
                     "num_attention_heads": 16, "num_key_value_heads": 8,
                     "intermediate_size": 3072, "tie_word_embeddings": True}, 596_049_920, 40960),
    "Qwen 3 8B": ({**QWEN3, "hidden_size": 4096, "num_hidden_layers": 36,
                   "num_attention_heads": 32, "num_key_value_heads": 8,
                   "intermediate_size": 12288}, 8_190_735_360, 40960),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_by_name(tmp_path: Path, name: str) -> None:
    table, parameters, context = FOLDERS[name]
    (tmp_path / "config.json").write_text(json.dumps(table))
    config = Config(**weights.settings(tmp_path))
    assert sum(map(math.prod, checkpoints.weight_shapes(config).values())) == parameters
    assert config.context == context


@pytest.mark.parametrize("name, table, said", [
    ("Vicuna 7B v1.5 16k", {**LLAMA2, "rope_scaling": {"factor": 4.0, "type": "linear"}},
     "rope_scaling.rope_type is 'linear'"),
    ("Qwen 2.5 7B for 131,072 tokens", {**QWEN2, "num_attention_heads": 28, "rope_scaling": {
        "factor": 4.0, "original_max_position_embeddings": 32768, "type": "yarn"}}, "is 'yarn'"),
    ("Mixtral 8x7B", {**MISTRAL, "model_type": "mixtral", "num_local_experts": 8}, "'mixtral'"),
    ("Qwen 3 30B A3B", {**QWEN3, "model_type": "qwen3_moe", "num_experts": 128}, "'qwen3_moe'"),
    ("Llama 4", {"model_type": "llama4", "text_config": {}}, "'llama4'"),
    ("Gemma 2 2B", {"model_type": "gemma2"}, "'gemma2'"), ("Phi 3", {"model_type": "phi3"}, "phi"),
    ("an 8 bit Llama 3.1", {**LLAMA3_8B, "quantization_config": {"quant_method": "fbgemm_fp8"}},
     "quantization_config is {'quant_method': 'fbgemm_fp8'}, expected None")])
def test_folders_that_are_refused_by_name(tmp_path: Path, name: str, table: dict, said: str
                                          ) -> None:
    (tmp_path / "config.json").write_text(json.dumps(table))
    assert said in refused(tmp_path), name


# ------------------------------------------------------------------------------- safetensors

Q, NORM = "model.layers.0.self_attn.q_proj.weight", "model.norm.weight"


def damaged(folder: Path, damage: Callable[[dict[str, Tensor]], object]) -> str:
    """In many more ways: tests/test_safetensors.py."""
    damage(tensors := published.weights("gqa"))
    published.write_safetensors(hugging_face(folder) / "model.safetensors", tensors)
    return refused(folder)


@pytest.mark.parametrize("damage, said", [
    (lambda t: t.pop(Q), f"missing: '{Q}'; expected the 21 tensors"),
    *((lambda t, f=f: t.update({Q: f(t[Q])}), f"{Q} is {shape}, expected (24, 24)")
      for f, shape in ((lambda W: W[:-1], (23, 24)), (Tensor.flatten, (576,)),
                       (lambda W: W[None], (1, 24, 24)))),
    *((lambda t, name=name: t.update({name: t[Q]}), f"left over: {name!r}")
      for name in (Q[:-6] + "bias", Q.replace("0", "2"), "a\nb")),
    *((lambda t, name=name, bad=bad: t[name].flatten()[4:5].fill_(bad), f"{name} holds NaN or inf")
      for name, bad in ((Q, float("nan")), (Q, -float("inf")), (NORM, float("inf")))),
    (lambda t: [t.pop(k) for k in list(t) if ".1." in k], "and 6 more"),
    (dict.clear, "missing")])
def test_missing_left_over_misshapen_and_not_finite(tmp_path: Path, damage: Callable, said: str
                                                    ) -> None:
    assert said in damaged(tmp_path, damage)


def test_nothing_is_read_before_names_and_shapes_are_checked(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safetensors, "mapped", lambda *a: pytest.fail("read"))
    damaged(tmp_path, lambda t: t.update({Q: t[Q][:-1]}))


@pytest.mark.parametrize("change, said", [
    ({Q: "../model.safetensors"}, "'../model.safetensors', expected the plain name"),
    *(({Q: file}, "expected the plain name of a .safetensors file")
      for file in ("/etc/passwd", "C:\\x.safetensors", "a\nb.safetensors", 3)),
    *(({Q: file}, f"disagree on '{Q}'") for file in ("model-00001-of-00003.safetensors", None)),
    *(({"x": file}, f"3 of 4 files that the index names are there, missing: {file}; download")
      for file in ("model-9.safetensors", "x.safetensors")),
    ({"x": "model-00001-of-00003.safetensors"}, "disagree on 'x'")])
def test_an_index_that_is_wrong(tmp_path: Path, change: dict, said: str) -> None:
    path = hugging_face(tmp_path, "indexed") / "model.safetensors.index.json"
    table = {**json.loads(path.read_text())["weight_map"], **change}
    edit(path, weight_map={k: v for k, v in table.items() if v is not None})
    assert said in refused(tmp_path)
    for table, said in (([], "weight_map is [], expected an object"), ({}, "missing: ")):
        edit(path, weight_map=table)
        assert said in refused(tmp_path)


def test_a_name_in_two_files(tmp_path: Path) -> None:
    (hugging_face(tmp_path, "indexed") / "model.safetensors.index.json").unlink()
    published.write_safetensors(tmp_path / "more.safetensors", {
        Q: published.weights("indexed")[Q]})
    assert f"more.safetensors: '{Q}' is in model-0000" in refused(tmp_path)


# ------------------------------------------------------------------------------ Meta's shards

WQ = "layers.0.attention.wq.weight"


@pytest.mark.parametrize("damage, said", [
    (lambda t: t.pop(WQ), f"disagree on '{WQ}'"),
    (lambda t: t.update({"x": t[WQ]}), "disagree on 'x'"),
    (lambda t: t.update({WQ: t[WQ][:-1]}), f"{WQ} is (24, 48) and (23, 48), expected (48, 48)"),
    (lambda t: t.update({WQ: t[WQ].repeat(2, 1)}), f"{WQ} is (24, 48) and (48, 48)"),
    (lambda t: t.update({WQ: t[WQ][:, :-1]}), f"{WQ} is (24, 48) and (24, 47)"),
    (lambda t: t["norm.weight"].add_(1), "01.pth: norm.weight differs from that of cons"),
    (lambda t: t[WQ][3].__setitem__(4, float("nan")), f"01.pth: {WQ} holds NaN"),
    (lambda t: t.update({WQ: t[WQ].to(torch.int8)}), f"'{WQ}' is torch.int8, expected dense"),
    (lambda t: t.update({5: t[WQ]}), "5 is torch.float32, expected dense")])
def test_shards_that_do_not_fit(tmp_path: Path, damage: Callable, said: str) -> None:
    path = meta(tmp_path, 2) / "consolidated.01.pth"
    table = torch.load(path)
    damage(table)
    torch.save(table, path)
    assert said in refused(tmp_path)


def test_a_copy_of_another_dtype_is_none(tmp_path: Path) -> None:
    for i, path in enumerate(sorted(meta(tmp_path, 2).glob("*.pth"))):
        dtype = torch.float32 if i else torch.float16
        torch.save({**torch.load(path), "norm.weight": torch.ones(48, dtype=dtype)}, path)
    assert "01.pth: norm.weight differs from that of consolidated.00.pth" in refused(tmp_path)


def test_shards_that_are_missing(tmp_path: Path) -> None:
    (meta(tmp_path, 4) / "consolidated.03.pth").unlink()
    assert "is (11, 48) and (11, 48) and (11, 48), expected (44, 48)" in refused(tmp_path)
    (tmp_path / "consolidated.01.pth").unlink()
    assert "expected consolidated.00.pth, consolidated.01.pth" in refused(tmp_path)


@pytest.mark.parametrize("given", [{"vocab_size": -1}, {"vocab_size": None}])
def test_llama_2_has_as_many_tokens_as_its_embedding_has_rows(tmp_path: Path, given: dict) -> None:
    edit(meta(tmp_path, 2, split=1) / "params.json", **given)
    assert distance(load(tmp_path), "meta") < 2e-5 and load(tmp_path).config.vocab == 44
    table = torch.load(path := tmp_path / "consolidated.00.pth")
    for wrong in (torch.tensor(3.0), torch.ones(0, 24)):
        torch.save({**table, "tok_embeddings.weight": wrong}, path)
        assert "vocab_size is " in refused(tmp_path)


def test_nothing_big_is_read_before_settings_and_tokenizer(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(folder: Path, vocab: int) -> None:
        raise ValueError(f"{folder}: no tokenizer")
    monkeypatch.setattr(checkpoints.bpe, "encoding", none)
    monkeypatch.setattr(weights, "check_sums", lambda path: pytest.fail("read"))
    monkeypatch.setattr(weights, "header", lambda path: pytest.fail("read"))
    for i, write in enumerate((meta, lambda folder: meta(folder, 2, split=1), hugging_face)):
        (folder := tmp_path / str(i)).mkdir()
        assert "no tokenizer" in refused(write(folder))


def test_a_shard_is_mapped_anew_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    loads, real = [], pickles.shard
    monkeypatch.setattr(pickles, "shard", lambda path: loads.append(path) or real(path))
    load(meta(tmp_path, name="meta"))
    assert 13 <= len(loads) <= 2 * 7 + 4  # its 16 matrices; norms and kv go with others
