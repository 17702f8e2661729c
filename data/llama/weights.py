"""Published Llama weights: what stands in a folder of them, in two layouts.

    Hugging Face   config.json, and safetensors files: model.safetensors, or those of an index
    Meta           params.json, and consolidated.00.pth, 01, ...: one tensor-parallel shard each

The paper adapts Llama 3 8B and 70B and Mistral 7B (Sec. 4): their weights can be read, and other
folders of one of KINDS (data/README.md names them). Whatever would change the result and model.py
does not compute is refused by name, for a model that is loaded wrongly still writes text, only
worse. A folder comes from strangers: JSON is checked value by value, tensors are read by
safetensors.py and pickles.py. Left out: quantised weights, ways to stretch RoPE but Llama 3's, and
what lies beyond a sliding window.

Shapes: O rows and I columns of a matrix, D head size.
"""
from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from data.files import read_json, show
from data.llama.pickles import Shard, check_sums, shard
from data.safetensors import Piece, header

NAMES = {  # ours: (Hugging Face's, Meta's); {} is the layer
    "embed.weight": ("model.embed_tokens.weight", "tok_embeddings.weight"),
    "norm.weight": ("model.norm.weight", "norm.weight"),
    "head.weight": ("lm_head.weight", "output.weight"),
} | {f"blocks.{{}}.{ours}.weight": (f"model.layers.{{}}.{theirs}.weight",
                                    f"layers.{{}}.{metas}.weight") for ours, theirs, metas in (
    ("attention_norm", "input_layernorm", "attention_norm"),
    ("attention.q", "self_attn.q_proj", "attention.wq"),
    ("attention.k", "self_attn.k_proj", "attention.wk"),
    ("attention.v", "self_attn.v_proj", "attention.wv"),
    ("attention.o", "self_attn.o_proj", "attention.wo"),
    ("mlp_norm", "post_attention_layernorm", "ffn_norm"),
    ("mlp.gate", "mlp.gate_proj", "feed_forward.w1"),
    ("mlp.up", "mlp.up_proj", "feed_forward.w3"),
    ("mlp.down", "mlp.down_proj", "feed_forward.w2"),
)} | {f"blocks.{{}}.attention.{ours}": (f"model.layers.{{}}.self_attn.{theirs}", "")  # not Meta's
      for ours, theirs in (("q.bias", "q_proj.bias"), ("k.bias", "k_proj.bias"), ("v.bias",
      "v_proj.bias"), *[(f"{x}_norm.weight",) * 2 for x in "qk"])}
NO_WEIGHT = re.compile(r"rope\.freqs|.*\.rotary_emb\.inv_freq")  # RoPE's table, computed anyway
LARGEST = 2**24  # of each size but these two: far above every Llama, and products stay int64
LARGEST_LAYERS, LARGEST_CONTEXT = 1024, 2**21

KINDS = ("llama", "mistral", "qwen2", "qwen3")  # of model_type
ONLY = {  # in config.json: what model.py computes, and what absent and null mean
    "attention_bias": False, "mlp_bias": False, "hidden_act": "silu", "rope_interleaved": False,
    "partial_rotary_factor": 1.0, "quantization_config": None, "pretraining_tp": 1,
    "is_causal": True, "per_layer_config": None, "attention_chunk_size": None,
    "kv_sharing_modes": None, "transformers_weights": None,  # which names the file of weights
}
META = {"dim", "n_layers", "n_heads", "n_kv_heads", "vocab_size", "multiple_of", "norm_eps",
        "ffn_dim_multiplier", "rope_theta", "max_seq_len", "max_batch_size", "use_scaled_rope",
        "rope_scaling"}  # in params.json, all that is understood
LAYERS = ("full_attention", "sliding_attention")  # of layer_types
LLAMA3 = ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
MISTRALS = "consolidated*.safetensors"
OTHERS = {  # what else may be in a folder, and the way out
    "adapter_config.json": "holds an adapter: let peft merge it into its base, and name that",
    MISTRALS: "holds weights in Mistral's own layout: take config.json and model-*.safetensors",
    "*.gguf": "holds *.gguf: take the folder of safetensors that they were made from",
    "*.bin": "holds *.bin: let transformers open it and write safetensors (save_pretrained)",
}


# ---------------------------------------------------------------------------------- settings

def settings(folder: Path, notes: list[str] | None = None) -> dict:
    """The fields of model.Config, from config.json (Hugging Face) or params.json (Meta).

    notes: gets what is to be said about them, a line each. ValueError names the file, the value
    that is wrong or different from what model.py computes, and what was expected.
    """
    hugging_face = is_hugging_face(folder)
    fields = Fields(folder / ("config.json" if hugging_face else "params.json"))
    found = consistent(fields.path, from_config(fields) if hugging_face else from_params(fields))
    window, context = sliding_window(fields) if hugging_face else math.inf, found["context"]
    if window < context and notes is not None:
        notes.append(f"{fields.path}: its attention looks back {window} tokens, so the context "
                     f"ends there, not at {context}: up to there it makes no difference")
    return {**found, "context": min(context, window)}


def consistent(path: Path, found: dict) -> dict:
    """The fields of model.Config, once they go together, with the head size that is implied.

    >>> consistent(Path("config.json"), {"heads": 4, "kv_heads": 3, "head_size": 8})
    Traceback (most recent call last):
    ValueError: config.json: 4 heads on 3 key/value heads of size 8, expected a whole ratio and \
an even size
    """
    heads, size = found["heads"], found["head_size"] or found["width"] / found["heads"]
    if heads % found["kv_heads"] or size % 2 or heads * size > LARGEST:
        raise ValueError(f"{path}: {heads} heads on {found['kv_heads']} key/value heads of size "
                         f"{size}, expected a whole ratio and an even size")
    if found["context"] * size > 8 * LARGEST:
        raise ValueError(f"{path}: a context of {found['context']} with heads of size {size}: its "
                         "table of angles would fill the memory")
    theta, eps, scaling = found["theta"], found["eps"], found["scaling"]
    if theta < 1 or eps > 1 or scaling and scaling[0] < 1:  # angles would be NaN
        raise ValueError(f"{path}: theta {theta}, eps {eps}, scaling {scaling}: expected theta "
                         "and factor 1 or more, and eps 1 or less")
    return {**found, "head_size": int(size)}


def is_hugging_face(folder: Path) -> bool:
    """If not, the folder is in Meta's layout; ValueError if it is in neither.

    Mistral's folders are in both: Hugging Face's is taken, unless its weights are not there.
    """
    config, params, shards, adapter = (any(folder.glob(name)) for name in (
        "config.json", "params.json", "consolidated.*.pth", "adapter_config.json"))
    meta = params and shards and not (config and any(folder.glob("*.safetensors")))
    if not adapter and (config or meta or params and not any(folder.glob(MISTRALS))):
        return config and not meta
    raise ValueError(f"{folder} {instead(folder)}; expected a folder with config.json and "
                     "*.safetensors (Hugging Face) or params.json and consolidated.*.pth (Meta)")


def instead(folder: Path) -> str:
    """What a folder is, or holds, that is none of weights, and the way out.

    >>> instead(Path("no-such-folder"))
    'is not there'
    """
    if not folder.is_dir():
        return "is a file" if folder.exists() else "is not there"
    if found := [said for pattern, said in OTHERS.items() if any(folder.glob(pattern))]:
        return found[0]
    inside = {*folder.glob("snapshots/*")} | {  # of a hub's cache, or of a folder of folders
        path.parent for name in ("config", "params") for path in folder.glob(f"*/{name}.json")}
    return "lacks weights" + (": name " * bool(inside) + " or ".join(map(str, sorted(inside)[:3])))


def from_config(fields: Fields) -> dict:
    """The fields of model.Config from Hugging Face's config.json. ValueError as above."""
    kind = fields.one_of("model_type", *KINDS)
    for key, value in ONLY.items():
        fields.one_of(key, value, default=value)
    heads = fields.whole("num_attention_heads")
    theta, scaling = rope(fields)
    return dict(
        vocab=fields.whole("vocab_size"), width=fields.whole("hidden_size"), heads=heads,
        layers=fields.whole("num_hidden_layers", LARGEST_LAYERS),
        kv_heads=fields.whole("num_key_value_heads", default=heads if kind == "llama" else None),
        head_size=None if fields.get("head_dim") is None and kind != "qwen3" else fields.whole(
            "head_dim"),
        hidden=fields.whole("intermediate_size"),
        context=fields.whole("max_position_embeddings", LARGEST_CONTEXT), theta=theta,
        eps=fields.number("rms_norm_eps"), scaling=scaling, bias=kind == "qwen2",
        qk_norm=kind == "qwen3",
        tied=fields.one_of("tie_word_embeddings", True, False, default=False))


def sliding_window(fields: Fields) -> float:
    """How many tokens, itself among them, a token of some layer sees; infinite if all before it.

    A text of up to so many tokens gets what full attention gives, exactly: none is out of sight.

    >>> sliding_window(Fields(Path("config.json"), {"model_type": "mistral"}))
    4096
    """
    types, kind = fields.get("layer_types", []), fields.get("model_type")
    if not isinstance(types, list) or not all(t in LAYERS for t in types):
        fields.fail("layer_types", types, f"a list of {' and '.join(map(repr, LAYERS))}")
    slides = kind == "mistral" or LAYERS[1] in (types or LAYERS) and fields.one_of(
        "use_sliding_window", True, False, default=kind == "llama")
    absent = None if kind == "llama" else 4096  # and null: none
    if not slides or fields.table.get("sliding_window", absent) is None:
        return math.inf
    return fields.whole("sliding_window", LARGEST_CONTEXT, default=absent)


def rope(fields: Fields) -> tuple[float, tuple[float, ...] | None]:
    """theta and Llama 3's scaling from config.json, as transformers 5 writes them or as before.

    >>> rope(Fields(Path("config.json"), {"rope_theta": 500_000}))
    (500000.0, None)
    """
    inner, old = fields.inner("rope_parameters"), fields.inner("rope_scaling")
    if inner.table and old.table and inner.table != old.table:
        fields.fail("rope_scaling", old.table, "the same as rope_parameters")
    inner = inner if inner.table else old
    theta = fields.number("rope_theta", default=inner.get("rope_theta", 10_000.0))
    inner.one_of("rope_theta", theta, default=theta)
    kind = inner.one_of("rope_type", "default", "llama3", default=inner.get("type", "default"))
    inner.one_of("type", kind, default=kind)
    inner.one_of("partial_rotary_factor", 1.0, default=1.0)
    inner.known({"rope_theta", "rope_type", "type", "partial_rotary_factor",
                 *(LLAMA3 if kind == "llama3" else ())})
    if kind != "llama3":
        return theta, None
    scaling, key = llama3(inner), LLAMA3[-1]
    if fields.number(key, default=scaling[-1]) != scaling[-1]:  # transformers takes this one
        fields.fail(key, fields.get(key), f"{scaling[-1]:g} as beside {LLAMA3[0]}, or no such key")
    return theta, scaling


def llama3(fields: Fields) -> tuple[float, ...]:
    """model.Config.scaling: the four numbers are the file's own, for they differ by version.

    >>> llama3(Fields(Path("config.json"), dict(zip(LLAMA3, (8, 1, 4, 8192)))))
    (8.0, 1.0, 4.0, 8192.0)
    """
    factor, low, high, context = (fields.number(key) for key in LLAMA3)
    if low >= high:
        fields.fail("low_freq_factor", low, f"less than high_freq_factor, {high}")
    return factor, low, high, context


def from_params(fields: Fields) -> dict:
    """The same from Meta's params.json; what it leaves out is what it is in Meta's own code."""
    fields.known(META)
    scaling = fields.inner("rope_scaling")
    scaling.known(set(LLAMA3))
    scaled = bool(scaling.table)
    if fields.one_of("use_scaled_rope", True, False, default=scaled) != scaled:
        fields.fail("use_scaled_rope", not scaled, "its numbers beside true, and none beside "
                    "false. Llama 3.1's differ from 3.2's: take the Hugging Face folder, or add "
                    '"rope_scaling": {' + ", ".join(f'"{key}": ...' for key in LLAMA3) + "}")
    heads, older = fields.whole("n_heads"), fields.get("rope_theta") is None  # than CodeLlama
    tables = [shard(path) for path in shard_paths(fields.path.parent)]  # mapped, not read
    embedding = tables[0].get("tok_embeddings.weight", torch.empty(0))
    if fields.get("vocab_size", -1) == -1 and embedding.dim() == 2:
        fields.table["vocab_size"] = len(embedding)  # Llama 1 and 2 split it along its width
    return dict(
        vocab=fields.whole("vocab_size"), width=fields.whole("dim"), heads=heads,
        layers=fields.whole("n_layers", LARGEST_LAYERS),
        kv_heads=fields.whole("n_kv_heads", default=heads), head_size=None,
        hidden=meta_hidden(fields),
        context=fields.whole("max_seq_len", LARGEST_CONTEXT, default=4096 if older else 8192),
        theta=fields.number("rope_theta", default=10_000.0), eps=fields.number("norm_eps"),
        scaling=llama3(scaling) if scaled else None,
        tied=not any("output.weight" in table for table in tables))


def meta_hidden(fields: Fields) -> int:
    """2/3 of four times the width, times a multiplier, rounded up to a multiple: Llama 3 8B's.

    >>> sizes = {"dim": 4096, "multiple_of": 1024, "ffn_dim_multiplier": 1.3}
    >>> meta_hidden(Fields(Path("params.json"), sizes))
    14336
    """
    multiple = fields.whole("multiple_of", default=256)
    times = fields.number("ffn_dim_multiplier", default=1.0)
    hidden = int(min(int(2 * 4 * fields.whole("dim") / 3) * times, 2 * LARGEST))  # not infinite
    hidden = -(-hidden // multiple) * multiple
    if not 1 <= hidden <= LARGEST:
        fields.fail("ffn_dim_multiplier", times, f"an MLP width from 1 to {LARGEST}, not {hidden}")
    return hidden


class Fields:
    """A JSON object in a file, asked key by key; null is the same as absent.

    ValueError names the file, the key, the value and what was expected.
    """

    def __init__(self, path: Path, table: dict | None = None, where: str = "") -> None:
        self.path, self.where = path, where
        self.table = read_json(path) if table is None else table

    def get(self, key: str, default: object = None) -> object:
        """The value as it stands there, or the default.

        >>> Fields(Path("config.json"), {"head_dim": None}).get("head_dim", 64)
        64
        """
        return default if self.table.get(key) is None else self.table[key]

    def fail(self, key: str, value: object, expected: str) -> None:
        """Raises the ValueError: file, key, value and what was expected."""
        value = "not there" if value is None else show(value)
        raise ValueError(f"{self.path}: {self.where}{key} is {value}, expected {expected}")

    def whole(self, key: str, most: int = LARGEST, default: int | None = None) -> int:
        """A whole number from 1 to `most`. ValueError for any other; True is none.

        >>> Fields(Path("config.json"), {"vocab_size": True}).whole("vocab_size", most=9)
        Traceback (most recent call last):
        ValueError: config.json: vocab_size is True, expected a whole number from 1 to 9
        """
        value = self.get(key, default)
        if type(value) is not int or not 1 <= value <= most:  # not isinstance: True is an int
            self.fail(key, value, f"a whole number from 1 to {most}")
        return value

    def number(self, key: str, default: object = None) -> float:
        """A finite number above 0, as a float. ValueError for any other.

        >>> Fields(Path("config.json"), {"rms_norm_eps": float("inf")}).number("rms_norm_eps")
        Traceback (most recent call last):
        ValueError: config.json: rms_norm_eps is inf, expected a finite number above 0
        """
        value = self.get(key, default)
        if type(value) not in (int, float) or not 0 < value < math.inf:
            self.fail(key, value, "a finite number above 0")
        return float(value)

    def one_of(self, key: str, *allowed: object, default: object = None) -> object:
        """One of the values allowed. ValueError for any other; 0 is not False.

        >>> Fields(Path("config.json"), {"mlp_bias": 0}).one_of("mlp_bias", True, False)
        Traceback (most recent call last):
        ValueError: config.json: mlp_bias is 0, expected True or False
        """
        value = self.get(key, default)
        if not any(value == a and isinstance(value, bool) == isinstance(a, bool) for a in allowed):
            self.fail(key, value, " or ".join(map(repr, allowed)))
        return value

    def inner(self, key: str) -> Fields:
        """The object at a key, to be asked in the same way; an empty one if there is none.

        >>> Fields(Path("config.json"), {"rope": {"theta": -1}}).inner("rope").number("theta")
        Traceback (most recent call last):
        ValueError: config.json: rope.theta is -1, expected a finite number above 0
        """
        value = self.get(key, {})
        if not isinstance(value, dict):
            self.fail(key, value, "an object or null")
        return Fields(self.path, value, f"{self.where}{key}.")

    def known(self, keys: set[str]) -> None:
        """ValueError if there is a key besides these, unless null.

        >>> Fields(Path("params.json"), {"dim": 64, "moe": 8}).known({"dim"})
        Traceback (most recent call last):
        ValueError: params.json: 'moe' is 8, expected no such key, but dim alone
        """
        for key, value in self.table.items():
            if key not in keys and value is not None:
                self.fail(show(key), value, f"no such key, but {', '.join(sorted(keys))} alone")


# ----------------------------------------------------------------------------------- tensors

def tensors(folder: Path, settings: dict, shapes: dict[str, tuple[int, ...]],
            dtype: torch.dtype | None = torch.float32, device: str = "cpu"
            ) -> Iterator[tuple[str, Tensor]]:
    """(our name, tensor) of all `shapes`, the biggest first. dtype None: that of each on disk.

    A file is mapped only while one is copied from it: what is held besides is largest when there
    are none yet. ValueError names what is missing, left over or misshapen before anything is
    read, and then what is not finite in `dtype` or, with tied embeddings, not tied.
    """
    meta, pieces = on_disk(folder)
    names = {name: published(name, meta) for name in shapes}
    wanted = {names[name]: shape for name, shape in shapes.items()}
    head = NAMES["head.weight"][meta]
    if settings["tied"] and head in pieces:
        wanted[head] = shapes["embed.weight"]
    check_names(folder, wanted, pieces)
    seams = {name: seam(name, pieces[name], shape) for name, shape in wanted.items()}
    for name in sorted(shapes, key=lambda name: -math.prod(shapes[name])):
        parts = pieces[names[name]]
        tensor = torch.empty(shapes[name], dtype=dtype or parts[0].dtype, device=device)
        fill(tensor, names[name], parts, seams[names[name]])  # whose temporary ones come after it
        if name == "embed.weight" and settings["tied"] and head in pieces and not torch.equal(
                tensor, fill(torch.empty_like(tensor), head, pieces[head], seams[head])):
            raise ValueError(f"{folder}: {head} differs from the embedding, expected a copy: its "
                             "settings say that the two are tied")
        if meta and name.endswith(("attention.q.weight", "attention.k.weight")):
            tensor.copy_(halved(tensor, settings["head_size"]))
        yield name, tensor


def on_disk(folder: Path) -> tuple[bool, dict[str, list[Piece]]]:
    """Whether the folder is in Meta's layout; and its weights, by the names there."""
    meta = not is_hugging_face(folder)
    return meta, {name: pieces for name, pieces in (shards if meta else safetensors)(
        folder).items() if not NO_WEIGHT.fullmatch(name)}


def published(name: str, meta: bool) -> str:
    """Our name to that of a layout.

    >>> published("blocks.3.mlp.up.weight", False), published("blocks.3.mlp.up.weight", True)
    ('model.layers.3.mlp.up_proj.weight', 'layers.3.feed_forward.w3.weight')
    """
    layer = "".join(filter(str.isdigit, name))
    return NAMES[name.replace(f".{layer}.", ".{}.") if layer else name][meta].format(layer)


def check_names(folder: Path, wanted: Collection[str], found: Collection[str]) -> None:
    """ValueError unless the tensors found are those wanted, none missing and none left over.

    >>> check_names(Path("llama"), ["norm", "head"], ["norm"])
    Traceback (most recent call last):
    ValueError: llama: missing: 'head'; expected the 2 tensors that its settings imply
    """
    missing, spare = [n for n in wanted if n not in found], [n for n in found if n not in wanted]
    for what, names in (("missing", missing), ("left over", spare)):
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise ValueError(f"{folder}: {what}: {', '.join(map(show, names[:3]))}{more}; "
                             f"expected the {len(wanted)} tensors that its settings imply")


def seam(name: str, pieces: list[Piece], shape: tuple[int, ...]) -> int | None:
    """The dimension along which the pieces add up to `shape`; None if each is whole.

    >>> seam("w", [Piece(Path("a"), (2, 5), Tensor), Piece(Path("b"), (4, 5), Tensor)], (6, 5))
    0
    """
    if all(piece.shape == shape for piece in pieces):
        return None
    for d in range(len(shape)):
        sizes = [p.shape[d] for p in pieces
                 if len(p.shape) == len(shape) and p.shape[d] > 0
                 and p.shape[:d] + p.shape[d + 1:] == shape[:d] + shape[d + 1:]]
        if len(sizes) == len(pieces) and sum(sizes) == shape[d]:
            return d
    found = " and ".join(show(piece.shape) for piece in pieces[:8])
    raise ValueError(f"{pieces[0].path}: {name} is {found}, expected {shape}")


def fill(whole: Tensor, name: str, pieces: list[Piece], seam: int | None) -> Tensor:
    """Copies the pieces into `whole` and returns it; what each holds whole (the norms) must be
    equal. pieces: one a shard. seam: as above. ValueError for NaN and what is infinite in dtype.

    >>> rows = [Piece(Path("a"), (1, 2), lambda n=n: torch.full((1, 2), n)) for n in (3., 4.)]
    >>> fill(torch.empty(2, 2, dtype=torch.float16), "w", rows, 0).tolist()
    [[3.0, 3.0], [4.0, 4.0]]
    """
    parts, most = [piece.read() for piece in pieces], torch.finfo(whole.dtype).max
    for piece, part in zip(pieces, parts):
        if not all(-most <= end <= most for end in map(float, part.aminmax())):  # NaN is passed on
            raise ValueError(f"{piece.path}: {name} holds NaN or infinity in {whole.dtype}, "
                             f"expected numbers up to {most:.3g}")
        if seam is None and (part.dtype != parts[0].dtype or not torch.equal(part, parts[0])):
            raise ValueError(f"{piece.path}: {name} differs from that of {pieces[0].path.name}, "
                             "expected a copy")
    places = [whole] if seam is None else whole.split([part.shape[seam] for part in parts], seam)
    for place, part in zip(places, parts):
        place.copy_(part)
    return whole


def halved(weight: Tensor, head_size: int) -> Tensor:
    """Rows of q or k (O, I): within a head, Meta's RoPE turns rows 2i, 2i+1; ours i, i + D/2.

    >>> halved(torch.arange(4).view(4, 1), 4)[:, 0].tolist()
    [0, 2, 1, 3]
    """
    pairs = weight.reshape(-1, head_size // 2, 2, weight.shape[1])  # (H, D/2, 2, I)
    return pairs.transpose(1, 2).reshape(weight.shape)


# ------------------------------------------------------------------------------- safetensors

def safetensors(folder: Path) -> dict[str, list[Piece]]:
    """The tensors of the index's files, or of model.safetensors, or of all *.safetensors."""
    index = folder / "model.safetensors.index.json"
    if index.exists():
        return indexed(index)
    single = folder / "model.safetensors"
    mistrals = {*folder.glob(MISTRALS)}  # the same again, in another layout
    paths = [single] if single.exists() else sorted({*folder.glob("*.safetensors")} - mistrals)
    if not paths:
        raise ValueError(f"{folder} {instead(folder)}; expected *.safetensors beside config.json")
    pieces = {}
    for path in paths:
        for name, piece in header(path)[0].items():
            if name in pieces:
                raise ValueError(f"{path}: {show(name)} is in {pieces[name][0].path.name} too")
            pieces[name] = [piece]
    return pieces


def indexed(index: Path) -> dict[str, list[Piece]]:
    """The tensors of the files that an index names, each in the file that it names for it."""
    files: dict[str, list[str]] = {}
    for name, file in Fields(index).inner("weight_map").table.items():
        if not isinstance(file, str) or not re.fullmatch(r"[\w.-]{1,99}\.safetensors", file, re.A):
            raise ValueError(f"{index}: {show(name)} is in {show(file)}, expected the plain name "
                             "of a .safetensors file beside it")
        files.setdefault(file, []).append(name)
    if away := [file for file in files if not (index.parent / file).exists()]:
        raise ValueError(f"{index}: {len(files) - len(away)} of {len(files)} files that the index "
                         f"names are there, missing: {', '.join(away[:9])}; download them, too")
    pieces = {}
    for file, names in files.items():
        found = header(index.parent / file)[0]
        if wrong := [n for n in {*names} ^ {*found} if not NO_WEIGHT.fullmatch(n)]:
            raise ValueError(f"{index} and {file} disagree on {show(min(wrong))}, expected it in "
                             "both or in neither")
        pieces.update((name, [piece]) for name, piece in found.items())
    return pieces


# ------------------------------------------------------------------------------ Meta's shards

def shard_paths(folder: Path) -> list[Path]:
    """consolidated.00.pth, consolidated.01.pth, ... without a gap."""
    paths = sorted(folder.glob("consolidated.*.pth"))
    expected = [f"consolidated.{i:02d}.pth" for i in range(len(paths) or 1)]
    if [path.name for path in paths] != expected:
        raise ValueError(f"{folder} has params.json and beside it {[p.name for p in paths][:8]}, "
                         f"expected {', '.join(expected[:8])}")
    return paths


def shards(folder: Path) -> dict[str, list[Piece]]:
    """The tensors of Meta's files, each with one piece a file."""
    paths, pieces = shard_paths(folder), {}
    for i, path in enumerate(paths):
        check_sums(path)
        table, source = shard(path), Shard(path)
        if i and (wrong := table.keys() ^ pieces.keys()):
            raise ValueError(f"{path} and {paths[0].name} disagree on {show(min(wrong))}, "
                             "expected it in both or in neither")
        for name, tensor in table.items():
            piece = Piece(path, tuple(tensor.shape), partial(source.read, name), tensor.dtype)
            pieces.setdefault(name, []).append(piece)
    return pieces
