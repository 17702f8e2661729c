from __future__ import annotations

import json
import mmap
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from data.llama import weights
from data.run import checkpoints
from model import GPT, Config, rope_table
from tests import checkpoints
from tests.checkpoints import TOKENS, VARIANTS, framed, packed

LOGITS = json.loads((Path(__file__).parent / "fixtures" / "logits.json").read_text())


@pytest.fixture(autouse=True)
def no_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf.bpe, "encoding", lambda folder, vocab: None)


def hugging_face(folder: Path, name: str = "gqa") -> Path:
    checkpoints.write_hugging_face(folder, name)
    return folder


def meta(folder: Path, count: int = 1, name: str = "meta") -> Path:
    checkpoints.write_meta(folder, name, count)
    return folder


def load(folder: Path, dtype: torch.dtype = torch.float32) -> GPT:
    return shelf.load_llama(folder, dtype)[0]


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
    checkpoints.write_meta(tmp_path, name, count, split)
    llama = load(tmp_path)
    assert distance(llama, name) < 2e-5
    assert llama.config.tied == (name == "meta_tied")
    assert llama.config.context == 8192


def test_meta_hands_out_a_tied_head_as_a_copy(tmp_path: Path) -> None:
    path = meta(tmp_path, name="meta_tied") / "consolidated.00.pth"
    table = torch.load(path)
    torch.save({**table, "output.weight": table["tok_embeddings.weight"]}, path)
    assert distance(load(tmp_path), "meta_tied") < 2e-5


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
    assert {p.dtype for p in llama.parameters()} == {torch.bfloat16}
    expected = checkpoints.weights(name)["model.layers.1.mlp.up_proj.weight"].bfloat16()
    assert torch.equal(llama.blocks[1].mlp.up.weight, expected)
    assert distance(llama, name) < 0.5


def test_what_config_json_leaves_out(tmp_path: Path) -> None:
    found = weights.settings(hugging_face(tmp_path, "gqa"))
    assert found == dict(vocab=41, width=24, layers=2, heads=4, kv_heads=2, head_size=6, hidden=34,
                         context=96, theta=10_000.0, eps=1e-5, tied=False, scaling=None)
    Config(**found)
    edit(tmp_path / "config.json", num_key_value_heads=None, tie_word_embeddings=None)
    found = weights.settings(tmp_path)
    assert (found["kv_heads"], found["tied"]) == (4, False)


def test_what_params_json_leaves_out(tmp_path: Path) -> None:
    edit(meta(tmp_path) / "params.json", n_kv_heads=None, rope_theta=None, multiple_of=None,
         ffn_dim_multiplier=None)
    found = weights.settings(tmp_path)
    assert (found["kv_heads"], found["theta"], found["hidden"], found["context"]) == (
        8, 10_000.0, 256, 8192)  # 2/3 of 4 * 48 is 128, and the next multiple of 256 is 256


@pytest.mark.parametrize("params, hidden", [
    (dict(dim=4096, ffn_dim_multiplier=1.3, multiple_of=1024), 14336),  # Llama 3 8B
    (dict(dim=8192, ffn_dim_multiplier=1.3, multiple_of=4096), 28672),  # Llama 3 70B
    (dict(dim=2048, ffn_dim_multiplier=1.5, multiple_of=256), 8192)])  # Llama 3.2 1B
def test_metas_mlp_width(tmp_path: Path, params: dict, hidden: int) -> None:
    edit(meta(tmp_path) / "params.json", **params)
    assert weights.settings(tmp_path)["hidden"] == hidden


def test_buffers_of_rope_are_no_weights(tmp_path: Path) -> None:
    tensors = {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(3),
               **checkpoints.weights("gqa")}
    checkpoints.write_safetensors(hugging_face(tmp_path) / "model.safetensors", tensors)
    assert distance(load(tmp_path), "gqa") < 2e-5


def test_files_without_an_index_are_all_read(tmp_path: Path) -> None:
    (hugging_face(tmp_path, "indexed") / "model.safetensors.index.json").unlink()
    assert distance(load(tmp_path), "indexed") < 2e-5


def test_a_tied_head_may_stand_in_the_file_if_it_is_a_copy(tmp_path: Path) -> None:
    tensors = checkpoints.weights("tied")
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    path = hugging_face(tmp_path, "tied") / "model.safetensors"
    checkpoints.write_safetensors(path, tensors)
    assert distance(load(tmp_path), "tied") < 2e-5
    tensors["lm_head.weight"][3, 5] += 1e-3
    checkpoints.write_safetensors(path, tensors)
    assert "lm_head.weight differs from the embedding" in refused(tmp_path)


def test_tensors_that_are_not_aligned(tmp_path: Path) -> None:
    path = hugging_face(tmp_path) / "model.safetensors"
    header, data = packed(checkpoints.weights("gqa"))
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
        last = weakref.ref(tensor)
        del tensor
        assert last() is None and not any(found() for found in maps)  # nobody has kept it
    assert sizes == sorted(sizes, reverse=True) and sorted(names) == sorted(shapes)
    assert len(maps) == (len(shapes) if write is hugging_face else 0)


# ----------------------------------------------------------------------------------- folders

def test_a_folder_without_weights(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    missing = tmp_path / "x"
    for folder, reason in ((tmp_path, "lacks"), (file, "is a file"), (missing, "is not there")):
        assert all(word in refused(folder) for word in (
            reason, "config.json", "safetensors", "params.json", "consolidated"))


def test_settings_without_weights(tmp_path: Path) -> None:
    (hugging_face(tmp_path) / "model.safetensors").unlink()
    assert "no *.safetensors" in refused(tmp_path)
    (tmp_path / "model.safetensors").mkdir()
    assert "model.safetensors is not a file" in refused(tmp_path)


def test_metas_settings_without_weights(tmp_path: Path) -> None:
    (meta(tmp_path) / "consolidated.00.pth").unlink()
    assert "expected consolidated.00.pth" in refused(tmp_path)


# ---------------------------------------------------------------------------------- settings

def edit(path: Path, **values: object) -> None:
    """Changes a JSON file; None takes a key out."""
    table = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({k: v for k, v in table.items() if v is not None}))


LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}
CONFIGS = [  # key, value, what the message says
    ("model_type", "qwen2", "model_type is 'qwen2', expected 'llama' or 'mistral'"),
    ("model_type", None, "model_type is not there"),
    ("model_type", ["llama"], "model_type is ['llama']"),
    ("model_type", "mistral", "sliding_window is 4096, expected None"),
    ("attention_bias", True, "attention_bias is True, expected False"),
    ("mlp_bias", True, "mlp_bias is True"),
    ("mlp_bias", 0, "mlp_bias is 0"),
    ("hidden_act", "gelu", "hidden_act is 'gelu', expected 'silu'"),
    ("rope_interleaved", True, "rope_interleaved is True"),
    ("sliding_window", 4096, "sliding_window is 4096"),
    ("partial_rotary_factor", 0.5, "partial_rotary_factor is 0.5"),
    ("quantization_config", {"bits": 4}, "quantization_config is {'bits': 4}"),
    ("pretraining_tp", 2, "pretraining_tp is 2, expected 1"),
    ("tie_word_embeddings", "no", "tie_word_embeddings is 'no', expected True or False"),
    ("tie_word_embeddings", 1, "tie_word_embeddings is 1"),
    ("vocab_size", "41", "vocab_size is '41', expected a whole number from 1"),
    ("vocab_size", True, "vocab_size is True"),
    ("vocab_size", 0, "vocab_size is 0"),
    ("vocab_size", -41, "vocab_size is -41"),
    ("vocab_size", 41.0, "vocab_size is 41.0"),
    ("vocab_size", None, "vocab_size is not there"),
    ("vocab_size", 2**31, "vocab_size is 2147483648"),
    ("vocab_size", 10**4000, "vocab_size is inf"),
    ("vocab_size", float("nan"), "vocab_size is nan"),
    ("num_hidden_layers", 1025, "is 1025, expected a whole number from 1 to 1024"),
    ("max_position_embeddings", 2**21 + 1, "max_position_embeddings is 2097153"),
    ("hidden_size", {}, "hidden_size is {}"),
    ("hidden_size", 25, "size 6.25"),
    ("intermediate_size", [[[[[[[[]]]]]]]], "intermediate_size is "),
    ("num_key_value_heads", 3, "4 heads on 3"),
    ("num_key_value_heads", 0, "num_key_value_heads is 0"),
    ("head_dim", 0, "head_dim is 0"),
    ("head_dim", 7, "size 7"),
    ("head_dim", 2**23, "size 8388608"),
    ("rms_norm_eps", 0, "rms_norm_eps is 0, expected a finite number above 0"),
    ("rms_norm_eps", "1e-5", "rms_norm_eps is '1e-5'"),
    ("rms_norm_eps", float("inf"), "rms_norm_eps is inf"),
    ("rope_theta", -1.0, "rope_theta is -1.0"),
    ("rope_theta", True, "rope_theta is True"),
    ("rope_theta", 10**400, "rope_theta is inf"),
    ("rope_scaling", "llama3", "rope_scaling is 'llama3', expected an object"),
    ("rope_scaling", {"type": "linear", "factor": 2}, "is 'linear', expected 'default' or"),
    ("rope_scaling", {"rope_type": "yarn", "factor": 2}, "rope_type is 'yarn'"),
    ("rope_scaling", {"rope_type": "default", "type": "linear"}, "type is 'linear'"),
    ("rope_scaling", {"rope_type": "default", "factor": 2}, "'factor' is 2, expected no such key"),
    ("rope_scaling", {**LLAMA3, "factor": None}, "rope_scaling.factor is not there"),
    ("rope_scaling", {**LLAMA3, "factor": "8"}, "rope_scaling.factor is '8'"),
    ("rope_scaling", {**LLAMA3, "low_freq_factor": 4}, "low_freq_factor is 4.0, expected less"),
    ("rope_scaling", {**LLAMA3, "attention_factor": 2}, "'attention_factor' is 2"),
    ("rope_scaling", {**LLAMA3, "original_max_position_embeddings": -1}, "embeddings is -1"),
    ("rope_parameters", {"rope_type": "dynamic", "rope_theta": 1e4}, "rope_type is 'dynamic'"),
    ("rope_parameters", {"full_attention": {"rope_type": "default"}}, "'full_attention' is"),
    ("rope_parameters", {"rope_theta": 10**400}, "rope_theta is inf"),
    ("rope_parameters", {"partial_rotary_factor": 0.25}, "partial_rotary_factor is 0.25"),
]


@pytest.mark.parametrize("key, value, said", CONFIGS)
def test_config_json_is_refused_by_name(tmp_path: Path, key: str, value: object, said: str
                                        ) -> None:
    table = {**checkpoints.config("gqa"), key: value}
    (tmp_path / "config.json").write_text(json.dumps(
        {k: v for k, v in table.items() if v is not None or k == "rope_scaling"}))
    message = refused(tmp_path)
    assert "config.json: " in message and said in message


def test_two_spellings_of_rope_have_to_agree(tmp_path: Path) -> None:
    path = hugging_face(tmp_path, "llama3_8") / "config.json"
    both = json.loads(path.read_text())["rope_scaling"]
    edit(path, rope_parameters={**both, "factor": 32.0})
    assert "rope_scaling is" in refused(tmp_path)
    edit(path, rope_parameters=both)
    assert distance(load(tmp_path), "llama3_8") < 2e-5
    edit(path, rope_parameters={**both, "rope_theta": 300.0}, rope_scaling=None)
    assert "rope_parameters.rope_theta is 300.0, expected 200.0" in refused(tmp_path)


@pytest.mark.parametrize("raw, said", [
    (b"", "Expecting value"), (b"{", "Expecting"), (b"[1]", "it holds [1]"), (b"null", "it holds"),
    (b"\xff\xfe{", "utf-8"), (b'{"a": 1, "b": 2, "a": 1}', "'a' stands there more than once"),
    (b"[" * 100_000, "recursion"), (b'{"a":' * 100_000, "recursion")])
@pytest.mark.parametrize("file", ["config.json", "params.json", "model.safetensors.index.json"])
def test_json_that_is_none(tmp_path: Path, file: str, raw: bytes, said: str) -> None:
    if file == "model.safetensors.index.json":
        hugging_face(tmp_path)
    (tmp_path / file).write_bytes(raw)
    message = refused(tmp_path)
    assert f"{file}: expected a JSON object: " in message and said in message


@pytest.mark.parametrize("values, said", [
    ({"use_scaled_rope": True}, "use_scaled_rope is True"),
    ({"use_scaled_rope": True}, '"rope_scaling": {"factor": ..., "low_freq_factor": ...'),
    ({"use_scaled_rope": True}, "take the Hugging Face folder"),
    ({"use_scaled_rope": "yes"}, "use_scaled_rope is 'yes'"),
    ({"use_scaled_rope": False, "rope_scaling": {"factor": 8}}, "use_scaled_rope is False"),
    ({"rope_scaling": {"factor": 8}}, "rope_scaling.low_freq_factor is not there"),
    ({"rope_scaling": {"scale": 8}}, "rope_scaling.'scale' is 8, expected no such key"),
    ({"quantization_args": {"scheme": "int4"}}, "'quantization_args' is {'scheme': 'int4'}"),
    ({"vocab_size": -1}, "vocab_size is -1"),
    ({"dim": None}, "dim is not there"),
    ({"dim": 50}, "size 6.25"),
    ({"norm_eps": None}, "norm_eps is not there"),
    ({"n_layers": 10**6}, "n_layers is 1000000"),
    ({"ffn_dim_multiplier": -1.3}, "ffn_dim_multiplier is -1.3"),
    ({"ffn_dim_multiplier": 1e308}, "ffn_dim_multiplier is 1e+308"),
    ({"multiple_of": 0}, "multiple_of is 0"),
    ({"max_seq_len": 2.5}, "max_seq_len is 2.5")])
def test_params_json_is_refused_by_name(tmp_path: Path, values: dict, said: str) -> None:
    edit(meta(tmp_path) / "params.json", **values)
    message = refused(tmp_path)
    assert "params.json: " in message and said in message


# ------------------------------------------------------------------------------- safetensors

Q = "model.layers.0.self_attn.q_proj.weight"


def change(**values: object) -> Callable[[dict], object]:
    return lambda header: header[Q].update(values)


def offsets(start: int, end: int) -> Callable[[dict], object]:
    """Moves the ends of q's span."""
    def move(header: dict) -> None:
        was = header[Q]["data_offsets"]
        header[Q]["data_offsets"] = [was[0] + start, was[1] + end]
    return move


def shifted(by: int) -> Callable[[dict], object]:
    """Moves all spans from q's on."""
    def move(header: dict) -> None:
        at = header[Q]["data_offsets"][0]
        for entry in header.values():
            if entry.get("data_offsets", [-1])[0] >= at:
                entry["data_offsets"] = [x + by for x in entry["data_offsets"]]
    return move


@pytest.mark.parametrize("wrong, said", [
    (change(dtype="I8"), "is of dtype 'I8', expected BF16, F16 or F32: quantised"),
    (change(dtype="F64"), "is of dtype 'F64'"),
    (change(dtype=["F32"]), "is of dtype ['F32']"),
    (change(dtype="F16"), "expected 1152 bytes for F16"),
    (change(shape=[24, 25]), "expected 2400 bytes for F32 of shape [24, 25]"),
    (change(shape=[True, 576]), "shape is [True, 576]"),
    (change(shape=[-24, -24]), "shape is [-24, -24]"),
    (change(shape="24"), "shape is '24'"),
    (change(shape=[24, 24] + [1] * 9), "shape is"),
    (change(shape=[10**30, 0]), "shape is [inf, 0]"),
    (change(data_offsets=[0]), "data_offsets is [0]"),
    (change(data_offsets=[False, 2304]), "data_offsets is [False, 2304]"),
    (change(data_offsets=[0.0, 2304.0]), "data_offsets is [0.0, 2304.0]"),
    (change(data_offsets=[-2304, 0]), "data_offsets is [-2304, 0]"),
    (change(data_offsets=[2304, 0]), "data_offsets is [2304, 0]"),
    (change(data_offsets=[0, 2304]), "expected 2304: no holes and no overlaps"),
    (change(data_offsets=[2**63, 2**63 + 2304]), "begins at byte 6528 of the data, expected 4224"),
    (change(more=1), "expected dtype, shape and data_offsets"),
    (lambda header: header.update({Q: 5}), "is 5, expected dtype"),
    (lambda header: header[Q].pop("shape"), "expected dtype, shape"),
    (offsets(4, 4), "no holes and no overlaps"),
    (offsets(0, 4), "expected 2304 bytes"),
    (shifted(4), "no holes and no overlaps"),
    (shifted(-4), "no holes and no overlaps"),
    (lambda header: header.pop(Q), "no holes and no overlaps"),
    (lambda header: header.pop("lm_head.weight"), "bytes of data, expected"),
])
def test_a_header_that_can_not_be(tmp_path: Path, wrong: Callable, said: str) -> None:
    tensors = checkpoints.weights("gqa")
    tensors = {**{k: v for k, v in tensors.items() if k != "lm_head.weight"},
               "lm_head.weight": tensors["lm_head.weight"]}
    header, data = packed(tensors)
    wrong(header)
    path = hugging_face(tmp_path) / "model.safetensors"
    path.write_bytes(framed(json.dumps(header).encode(), data))
    message = refused(tmp_path)
    assert message.startswith(f"{path}: ") and said in message


@pytest.mark.parametrize("raw", [
    b"", b"\0" * 7, b"\0" * 8, (2**63).to_bytes(8, "little") + b"{}", b"\xff" * 16,
    (3).to_bytes(8, "little") + b"{}", (1).to_bytes(8, "little") + b"{}", b"version https://git-lfs",
    framed(b"[]"), framed(b"null"), framed(b"{}x"), framed(b"\x80\x80"), framed(b"{}", b"x"),
    framed(b"[" * 100_000), framed(b'{"a":' * 100_000), framed(b'{"a": 1, "a": 1}'),
    framed(b'{"a": ' + b"9" * 100_000 + b"}")])
def test_a_file_that_is_no_safetensors(tmp_path: Path, raw: bytes) -> None:
    path = hugging_face(tmp_path) / "model.safetensors"
    path.write_bytes(raw)
    assert refused(tmp_path).startswith(f"{path}: ")


def test_a_file_that_was_cut_off_or_grew(tmp_path: Path) -> None:
    path = hugging_face(tmp_path) / "model.safetensors"
    whole = path.read_bytes()
    for end in [*range(0, len(whole), len(whole) // 40), 9, len(whole) - 1]:
        path.write_bytes(whole[:end])
        assert refused(tmp_path).startswith(f"{path}: ")
    path.write_bytes(whole + b"\0")
    assert "bytes of data, expected" in refused(tmp_path)


def damaged(folder: Path, damage: Callable[[dict[str, Tensor]], object]) -> str:
    tensors = checkpoints.weights("gqa")
    damage(tensors)
    checkpoints.write_safetensors(hugging_face(folder) / "model.safetensors", tensors)
    return refused(folder)


@pytest.mark.parametrize("damage, said", [
    (lambda t: t.pop(Q), f"missing: '{Q}'; expected the 21 tensors"),
    (lambda t: t.update({Q: t[Q][:-1]}), f"{Q} is (23, 24), expected (24, 24)"),
    (lambda t: t.update({Q: t[Q].flatten()}), f"{Q} is (576,), expected (24, 24)"),
    (lambda t: t.update({Q: t[Q][None]}), f"{Q} is (1, 24, 24), expected (24, 24)"),
    (lambda t: t.update({Q[:-6] + "bias": t[Q][0]}), "left over: 'model.layers.0.self_attn.q_"),
    (lambda t: t.update({Q.replace("0", "2"): t[Q]}), "left over: 'model.layers.2."),
    (lambda t: t.update({"a\nb": t[Q]}), "left over: 'a\\nb'"),
    (lambda t: t[Q][3].__setitem__(4, float("nan")), f"{Q} holds NaN or infinity"),
    (lambda t: t[Q][3].__setitem__(4, float("-inf")), f"{Q} holds NaN or infinity"),
    (lambda t: t["model.norm.weight"].__setitem__(4, float("inf")), "model.norm.weight holds NaN"),
    (lambda t: [t.pop(k) for k in list(t) if ".1." in k], "and 6 more"),
    (dict.clear, "missing")])
def test_missing_left_over_misshapen_and_not_finite(tmp_path: Path, damage: Callable, said: str
                                                    ) -> None:
    assert said in damaged(tmp_path, damage)


def test_nothing_is_read_before_names_and_shapes_are_checked(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "mapped", lambda *a: pytest.fail("read"))
    damaged(tmp_path, lambda t: t.update({Q: t[Q][:-1]}))


@pytest.mark.parametrize("change, said", [
    ({Q: "../model.safetensors"}, "'../model.safetensors', expected the plain name"),
    ({Q: "/etc/passwd"}, "'/etc/passwd', expected the plain name"),
    ({Q: "C:\\x.safetensors"}, "expected the plain name"),
    ({Q: "a\nb.safetensors"}, "expected the plain name"),
    ({Q: 3}, "is in 3, expected the plain name"),
    ({Q: "model-9.safetensors"}, f"disagree on '{Q}'"),
    ({"x": "model-9.safetensors"}, "model-9.safetensors is not there"),
    ({Q: "model-00001-of-00003.safetensors"}, f"disagree on '{Q}'"),
    ({"x": "model-00001-of-00003.safetensors"}, "disagree on 'x'"),
    ({Q: None}, f"disagree on '{Q}'")])
def test_an_index_that_is_wrong(tmp_path: Path, change: dict, said: str) -> None:
    path = hugging_face(tmp_path, "indexed") / "model.safetensors.index.json"
    table = {**json.loads(path.read_text())["weight_map"], **change}
    edit(path, weight_map={k: v for k, v in table.items() if v is not None})
    assert said in refused(tmp_path)


@pytest.mark.parametrize("table, said", [([], "weight_map is [], expected an object"),
                                         ({}, "missing: ")])
def test_an_index_without_names(tmp_path: Path, table: object, said: str) -> None:
    edit(hugging_face(tmp_path, "indexed") / "model.safetensors.index.json", weight_map=table)
    assert said in refused(tmp_path)


def test_a_name_in_two_files(tmp_path: Path) -> None:
    (hugging_face(tmp_path, "indexed") / "model.safetensors.index.json").unlink()
    checkpoints.write_safetensors(tmp_path / "more.safetensors", {
        Q: checkpoints.weights("indexed")[Q]})
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
    (lambda t: t.update({WQ: t[WQ].to_sparse()}), f"'{WQ}' is torch.float32, expected dense"),
    (lambda t: t.update({WQ: t[WQ].to("meta")}), f"'{WQ}' is torch.float32, expected dense"),
    (lambda t: t.update({WQ: "text"}), f"'{WQ}' is str, expected dense"),
    (lambda t: t.update({5: t[WQ]}), "5 is torch.float32, expected dense")])
def test_shards_that_do_not_fit(tmp_path: Path, damage: Callable, said: str) -> None:
    path = meta(tmp_path, 2) / "consolidated.01.pth"
    table = torch.load(path)
    damage(table)
    torch.save(table, path)
    assert said in refused(tmp_path)


def test_shards_that_are_missing(tmp_path: Path) -> None:
    (meta(tmp_path, 4) / "consolidated.03.pth").unlink()
    assert "is (11, 48) and (11, 48) and (11, 48), expected (44, 48)" in refused(tmp_path)
    (tmp_path / "consolidated.01.pth").unlink()
    assert "expected consolidated.00.pth, consolidated.01.pth" in refused(tmp_path)


class Hostile:
    """Makes a marker file if its pickle is run."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return __import__("os").mkdir, (str(self.marker),)


def test_a_pickle_that_runs_code_is_refused_and_not_run(tmp_path: Path) -> None:
    path, marker = meta(tmp_path) / "consolidated.00.pth", tmp_path / "marker"
    torch.save({**torch.load(path), "x": Hostile(marker)}, path)
    assert "consolidated.00.pth can't be read (UnpicklingError)" in refused(tmp_path)
    assert not marker.exists()
    with pytest.raises(FileNotFoundError):  # the pickle is one that would have run
        Hostile(tmp_path / "a" / "b").__reduce__()[0](str(tmp_path / "a" / "b"))


@pytest.mark.parametrize("raw", [b"", b"PK\3\4", b"\x80\x02}q\0.", b"not a zip" * 100])
def test_a_shard_that_is_no_zip(tmp_path: Path, raw: bytes) -> None:
    (meta(tmp_path) / "consolidated.00.pth").write_bytes(raw)
    assert "can't be read" in refused(tmp_path)


def test_a_shard_is_mapped_anew_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    loads, real = [], weights.shard
    monkeypatch.setattr(weights, "shard", lambda path: loads.append(path) or real(path))
    load(meta(tmp_path, name="meta"))
    assert 15 <= len(loads) <= 2 + 2 * 7 + 4  # its 16 matrices; norms and kv go with others


def test_a_shard_that_was_cut_off_or_is_no_dictionary(tmp_path: Path) -> None:
    path = meta(tmp_path) / "consolidated.00.pth"
    whole = path.read_bytes()
    for end in range(0, len(whole), len(whole) // 8):
        path.write_bytes(whole[:end])
        assert "can't be read" in refused(tmp_path)
    torch.save([torch.ones(2)], path)
    assert "expected a dictionary of tensors" in refused(tmp_path)
