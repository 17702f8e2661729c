"""Every file that a user can give, damaged in thousands of ways.

A mutant is refused by one line that names it, or it loads; never a traceback, a warning, a hang,
or memory because a file says so. What loads is what the intact file holds, to the last bit, where
checksums can tell ("sealed"); elsewhere a changed file may be another valid one, and what it gives
has to be what it says and fit for use. Of a stranger's safetensors only headers are mutated: the
format has no checksum, so that a changed weight can't be noticed, but NaN and infinity can.
"""
from __future__ import annotations

import base64
import io
import json
import os
import signal
import sys
import time
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from math import inf
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

import pytest
import torch
from torch import Tensor, nn

from data import tokenizer
from data.llama import bpe
from data.llama.chat import published as prompt_format
from data.llama.weights import META as META_KEYS
from data.llama.weights import ONLY
from data.run.checkpoints import (
    kept_factors,
    load_expert,
    load_llama,
    load_model,
    save_expert,
    save_model,
)
from data.safetensors import DTYPES, SEAL, load, save
from data.tasks import jsonl
from model import GPT, Config
from svf import decomposition, matrices
from tests import published
from tests.published import framed, raw, unframed
from tests.test_pickles import archive

try:
    import resource
except ImportError:  # Windows
    resource = None

SECONDS, MEGABYTES, LETTERS = 2, 200, 500  # that a mutant may take, and its message have
FIXTURES = Path(__file__).parent / "fixtures"
TEXTS = ["", "What is 12 + 7?\n", "  a\tb\r\n\r\n", "<|begin_of_text|>the </s>", "\0\x7f",
         "\u00e9\u4e2d\U0001f600 \ud7ff", "".join(map(chr, range(0x250)))]


# --------------------------------------------------------------------- the intact files, all tiny

FUZZ = {"vocab_size": 600, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 1, "intermediate_size": 6, "eos_token_id": 3, **ONLY,
        "rope_scaling": {**published.LLAMA3, "rope_type": "llama3", "factor": 8.0}}
META = {**FUZZ, "hidden_size": 12, "intermediate_size": 48}
LINES = [
    {"prompt": "7 plus 5?", "answer": 12, "check": "number", "domain": "sums"},
    {"prompt": "Half of 7?", "answer": "3.5", "check": "number", "domain": "sums"},
    {"prompt": "Is ice hot?", "answer": "no", "check": "choice", "choices": ["yes", "no"]},
    {"prompt": "Write f(x) = x + 1.", "check": "python", "tests": ["f(1) == 2", "f(-1) == 0"]},
    {"prompt": "Write g.", "check": "python", "tests": ["assert g([1], 'a') == ([], True)"],
     "answer": "def g(x, y):\n    return ([], True)", "domain": "code"},
    {"question": "Ann has 3 pens and 4 more.", "answer": "3 + 4 = 7 #### 7"},
    {"prompt": "Say caf\u00e9.", "answer": "caf\u00e9", "domain": "words"},
]
N, BASE = 42, "0123456789abcdef"


@cache
def tiny() -> GPT:
    model = GPT(Config(vocab=11, width=8, layers=1, heads=2, kv_heads=1, head_size=4, hidden=6,
                       context=16, scaling=(8.0, 1.0, 4.0, 16.0)))
    model.initialise(torch.Generator().manual_seed(0))
    return model.requires_grad_(False)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each."""
    shelf = tmp_path_factory.mktemp("shelf")
    z, row = torch.linspace(0.5, 1.5, N), {"n": 3, "log": [{"step": 1, "seconds": 0.5}] * 2}
    save_expert(shelf / "expert.safetensors", z, BASE, {"run": {"seed": 0}, "row": row})
    save(shelf / "math.state.safetensors", {"z": z.double(), "best": z, "step": torch.tensor(2)},
         {"kind": "state", "run": {"seed": 0, "prompt": [1, 2]}, "log": row["log"]})
    save_model(tiny(), shelf / "base.safetensors", seed=0)
    kept_factors(shelf / "decomposition.safetensors", tiny(), lambda i, metrics: None)
    (shelf / "tasks.jsonl").write_bytes(b"".join(json.dumps(x).encode() + b"\n" for x in LINES))
    lines = [base64.b64encode(token) + b" %d\n" % i for i, token in enumerate(
        [*(bytes([b]) for b in range(256)), b"th", b"the", b" the", b"12", b"\r\n", b"  "])]
    (shelf / "vocabulary.model").write_bytes(b"".join(lines))
    with mock.patch.dict(published.VARIANTS, fuzz=FUZZ, fuzz_meta=META,
                         fuzz_indexed={**FUZZ, "files": 3}):
        for name in ("fuzz", "fuzz_indexed", "fuzz_meta"):
            (folder := shelf / name).mkdir()
            if name == "fuzz_meta":
                published.write_meta(folder, name)
                params = json.loads((folder / "params.json").read_text())
                params |= {"vocab_size": 600, "multiple_of": 2, "ffn_dim_multiplier": 1.5}
                (folder / "params.json").write_text(json.dumps(params))
                (folder / "tokenizer.model").write_bytes(b"".join(lines))
            else:
                published.write_hugging_face(folder, name)
                (folder / "tokenizer.json").write_bytes(
                    (FIXTURES / "llama3" / "tokenizer.json").read_bytes())
                (folder / "generation_config.json").write_text('{"eos_token_id": [3, 5]}')
    return shelf


# ------------------------------------------------------------------------------------- mutators

def bytes_changed(rng: Random, whole: bytes, others: list[bytes]) -> bytes:
    """One change at one place, which is more often than not near an end: there are the headers."""
    span = rng.choice([len(whole), len(whole), min(len(whole), 600)])
    i = rng.randrange(span) + rng.choice([0, len(whole) - span])
    j = min(len(whole), i + rng.choice([1, 1, 2, 8, 64, 500]))
    a, chunk, b = whole[:i], whole[i:j], whole[j:]
    k = rng.randrange(len(b) + 1)
    other = rng.choice(others)
    at = rng.randrange(len(other))
    return rng.choice([
        lambda: a + bytes([chunk[0] ^ 1 << rng.randrange(8)]) + chunk[1:] + b,
        lambda: a + bytes([rng.choice([0, 255, 10, 32, rng.randrange(256)])] * len(chunk)) + b,
        lambda: a + b,
        lambda: a + rng.randbytes(len(chunk)) + chunk + b,
        lambda: a + chunk + chunk + b,
        lambda: a,
        lambda: a + b[:k] + chunk + b[k:],
        lambda: a + other[at:at + rng.choice([4, 40, 400])] + b])()


HUGE = "1" + "0" * 400
NASTY = ["null", "true", "false", "NaN", "-Infinity", "1e999", "-1", "0", "1", "2", "0.5", "1.0",
         "1e-320", "1e300", "4096", str(2**63), HUGE, "9" * 5000, '""', r'"\u0000"', r'"\ud800"',
         r'"a\nb\u001b[31m"', '"' + "x" * 5000 + '"', "[]", "{}", "[1, [2, [3, [4, [5]]]]]",
         '{"a": {"b": null}}', "[" * 100_000 + "]" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000,
         '{"a": 1, "a": 2}', "[" + "0.5, " * 500 + "1]", "1_000", "'x'", "", '"F16"', '"llama3"',
         "[" + ", ".join(["[" + ", ".join(['"%s"' % ("y" * 99)] * 9) + "]"] * 9) + "]"]
MARK = "@mark@"


def place(rng: Random, thing: dict) -> tuple:
    """(container, key) somewhere in it: what is near the top comes as often as what is below."""
    while True:
        key = rng.choice([*thing] if isinstance(thing, dict) else range(len(thing)))
        below = thing[key]
        if not isinstance(below, (dict, list)) or not below or rng.random() < 0.3:
            return thing, key
        thing = below


def rearranged(rng: Random, thing: dict, value: Callable[[object], object]) -> None:
    """A value is replaced, deleted, copied, named otherwise, or changes places with another."""
    box, key = place(rng, thing)
    keys = [*box] if isinstance(box, dict) else range(len(box))
    other = rng.choice(keys)
    match rng.randrange(6):
        case 0 if len(keys) > 1:
            box.pop(key)
        case 1 if isinstance(box, dict):
            box[rng.choice(["x", key[1:], f"{key}_", "\x1b\ud800", other, "x" * 999])] = box.pop(
                key)
        case 2:
            box[key], box[other] = box[other], box[key]
        case 3 if rng.random() < 0.5:
            box[other if isinstance(box, list) or rng.random() < 0.5 else "bias"] = box[key]
        case _:
            box[key] = value(box[key])


def json_changed(rng: Random, whole: bytes) -> bytes:
    """The JSON of an object, one to three of its values or keys changed, and keys there twice."""
    thing, texts = json.loads(whole), []

    def nasty(was: object) -> str:
        key, same = rng.choice(["x", "rope_theta", "prompt", "domain"]), json.dumps(was)
        again = f'{same}, "{key}": {same}' + rng.choice(["", f', "{key}": {same}'])
        texts.append(rng.choice([*[again] * 2, *[near(rng, was)] * 4, *[rng.choice(NASTY)] * 9]))
        return MARK
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        rearranged(rng, thing, nasty)
    text = json.dumps(thing, separators=(",", ":"))
    for new in texts:
        text = text.replace(f'"{MARK}"', new, 1)
    return text.encode()


def near(rng: Random, was: object) -> str:
    """A value of the same kind."""
    if type(was) in (int, float):
        return json.dumps(rng.choice([was + 1, was * 2, -was, float(was), str(was), was / 2]))
    if isinstance(was, str):
        return json.dumps(rng.choice([was.upper(), was + " ", was[1:], was * 2, was[::-1], [was]]))
    return json.dumps([was, was])


def words_changed(rng: Random, whole: bytes) -> bytes:
    """A line or a word of a vocabulary is changed, dropped, copied or put elsewhere."""
    lines = [line.split() for line in whole.splitlines()]
    box = rng.choice([lines, rng.choice(lines), rng.choice(lines)])
    i, j = rng.randrange(len(box)), rng.randrange(len(box))
    nasty = rng.choice([b"", b"-1", b"1e3", b"9" * 5000, b"==", b"AA==", b"\xff", b"1_0", b"\0",
                        base64.b64encode(rng.randbytes(3)), b"+3", "\u0663".encode()])
    match rng.randrange(6):
        case 0:
            box.pop(i)
        case 1:
            box[i], box[j] = box[j], box[i]
        case 2:
            box.insert(j, box[i])
        case 3:  # of those that stand for more than a byte
            rng.choice(lines[256:])[0] = rng.choice([rng.choice(lines)[0], nasty])
        case 4:
            lines[i % 256][0], lines[j][0] = lines[j][0], lines[i % 256][0]
        case _:
            box[i] = [nasty] if box is lines else nasty
    return b"\n".join(b" ".join(line) for line in lines) + rng.choice([b"", b"\n", b"\r\n"])


def header_changed(rng: Random, whole: bytes, others: list[bytes]) -> bytes:
    """The header of a safetensors file, as bytes or as JSON; the data stay."""
    end = 8 + int.from_bytes(whole[:8], "little")
    table, share = json.loads(whole[8:end]), rng.random()
    if share < 0.3:
        return bytes_changed(rng, whole[:end], others) + whole[end:]
    if share < 0.4:  # two of a shape are one
        a, b = rng.sample([*table.values()][1:], 2)
        b["data_offsets"] = a["data_offsets"] if a["shape"] == b["shape"] else [0, 0]
        return framed(table, whole[end:])
    if share < 0.5:  # nothing is in it, but somebody means that it is added
        table["model.layers.0.mlp.up_proj.bias"] = {"dtype": "F32", "shape": [0],
                                                    "data_offsets": [0, 0]}
        return framed(table, whole[end:])
    return framed(json_changed(rng, whole[8:end]), whole[end:])


def ours_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    """A file of ours: any bytes, or header or metadata, and then the checksum is right."""
    if rng.random() < 0.4:
        return bytes_changed(rng, whole, others), True
    table, data = unframed(whole)
    text = json.dumps(table, separators=(",", ":")).encode()
    if rng.random() < 0.5:
        table["__metadata__"]["t2"] = json_changed(rng, table["__metadata__"]["t2"]).decode()
        text = json.dumps(table, separators=(",", ":")).encode()
    else:
        text = json_changed(rng, text)
    if text.startswith(SEAL):
        head, rest = SEAL + b"0" * 8, text[len(SEAL) + 8:]
        text = SEAL + b"%08x" % zlib.crc32(head + rest + data) + rest
    return framed(text, data), False


def odd(tensor: Tensor, rng: Random) -> object:
    """Something else than the tensor that was there, often of its shape."""
    flat = torch.ones(tensor.shape)
    return rng.choice([
        lambda: tensor.double(), lambda: tensor.half(), lambda: tensor.int(), lambda: tensor > 0,
        lambda: flat + 1j, lambda: flat.to_sparse(), lambda: flat.to("meta"),
        lambda: torch.ones(()).expand(tensor.shape), lambda: torch.ones(()).expand(2**40),
        lambda: flat[None], lambda: flat.flatten()[:-1], lambda: nn.Parameter(flat),
        lambda: flat * float("nan"), lambda: flat * inf, lambda: -tensor, lambda: tensor.tolist(),
        lambda: torch.empty(0), lambda: None, lambda: 10**5000, lambda: "a\nb\x1b\ud800"])()


def archive_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    """Any bytes; a member, mostly the pickle, with checksums that are right; or saved anew."""
    share = rng.random()
    if share < 0.4:
        return bytes_changed(rng, whole, others), True
    if share < 0.7:
        with zipfile.ZipFile(io.BytesIO(whole)) as file:
            members = {name: file.read(name) for name in file.namelist()}
        pickled = next(name for name in members if name.endswith("data.pkl"))
        name = rng.choice([*members, *[pickled] * len(members)])
        if rng.random() < 0.1:
            members["archive/data/99"] = members.pop(name)
        else:
            members[name] = bytes_changed(rng, members[name] or b"\0", others)
        return archive(members), False
    table = torch.load(io.BytesIO(whole), weights_only=True)
    rearranged(rng, table, lambda was: odd(was, rng))
    torch.save(table, file := io.BytesIO())
    return file.getvalue(), False


def text_changed(change: Callable[[Random, bytes], bytes]) -> Callable:
    """No checksum there: in bytes one time in two, else so that it gets past the first look."""
    def changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
        return (bytes_changed(rng, whole, others) if rng.random() < 0.4 else change(rng, whole)
                ), False
    return changed


def line_changed(rng: Random, whole: bytes) -> bytes:
    lines = whole.splitlines()
    i = rng.randrange(len(lines))
    lines[i] = json_changed(rng, lines[i])
    return b"\n".join(lines)


# --------------------------------------------------------------- how each is loaded and looked at

CODES = {dtype: code for code, dtype in DTYPES.items()}


def plain(thing: object) -> object:
    """Tensors as bytes, so that two of anything can be compared; NaN is NaN."""
    if isinstance(thing, dict):
        return {key: plain(part) for key, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [*map(plain, thing)]
    if isinstance(thing, Tensor):
        return CODES[thing.dtype], [*thing.shape], raw(thing).hex()
    return f"{type(thing).__name__} {hex(thing) if type(thing) is int else ascii(thing)}"


def parsed(text: bytes | str, huge: Callable = lambda digits: int(digits[:4000])) -> object:
    """JSON in which no key stands twice, for nobody knows which of the two is meant."""
    def once(pairs: list) -> dict:
        assert len(table := dict(pairs)) == len(pairs)
        return table
    return json.loads(text, object_pairs_hook=once,
                      parse_int=lambda digits: (int if len(digits) < 21 else huge)(digits))


def by_the_letter(whole: bytes) -> tuple[dict, dict]:
    """What a file of ours says: tensors, as `plain` has them, and meta."""
    table, data = unframed(whole)
    meta = parsed(table.pop("__metadata__")["t2"], lambda digits: inf)
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])].hex())
            for name, entry in table.items()}, meta


def as_said(said: Callable[[dict, dict], object]) -> Callable:
    """What is loaded is what the file says, read by the letter of the format."""
    def judge(new: object, old: object, now: bytes, before: bytes) -> None:
        assert new == said(*by_the_letter(now))
    return judge


def expert(path: Path) -> dict:
    z, facts = load_expert(path, N, BASE)
    assert z.shape == (N,) and z.dtype == torch.float32 and type(z) is Tensor
    assert z.isfinite().all() and not z.requires_grad
    return plain({"z": z, "facts": facts})


def expert_said(tensors: dict, meta: dict) -> dict:
    assert meta["kind"] == "expert" and meta["base"] == BASE
    return {"z": tensors["z"], "facts": plain({} if meta.get("facts") is None else meta["facts"])}


def base(path: Path) -> dict:
    model = load_model(path)
    assert all(p.isfinite().all() and p.dtype == torch.float32 and not p.requires_grad
               for p in model.parameters()) and model.cos.isfinite().all()
    return plain({"config": asdict(model.config), "weights": dict(model.named_parameters())})


def base_said(tensors: dict, meta: dict) -> dict:
    config = {**asdict(tiny().config), "scaling": None, **meta["config"]}
    config |= {key: float(config[key]) for key in ("theta", "eps")}
    config["scaling"] = config["scaling"] and [*map(float, config["scaling"])]
    return {"config": plain(config), "weights": tensors}


def kept(path: Path) -> dict:
    factors = kept_factors(path, tiny(), lambda i, metrics: None)
    for name, parent, kind in matrices(tiny()):
        U, S, Vt = decomposition(getattr(parent, kind).weight)
        u, s, vt = factors[name]
        torch.testing.assert_close((u * s) @ vt, (U * S) @ Vt, atol=1e-4, rtol=0)
    return plain(factors)


def tasks(path: Path) -> list:
    """Each line is there, as it says, and its own answer is right."""
    pools = jsonl.read(path)
    rows = [parsed(line) for line in path.read_bytes().removeprefix(b"\xef\xbb\xbf")
            .splitlines() if line.strip()]
    assert all({*row} <= {*jsonl.KEYS} for row in rows)
    assert sum(len(p.questions) + p.dropped for p in pools.values()) == len(rows)
    said = {jsonl.canonical(row.get("prompt", row.get("question"))): row for row in rows[::-1]}
    for label, pool in pools.items():
        for q in pool.questions:
            row = said.pop(q.key)
            assert q.label == label == row.get("domain", "tasks").lower()
            assert q.check == row.get("check", "number" if "question" in row else "exact")
            assert str(row.get("answer", "")).strip().endswith(q.answer)
            assert q.check == "python" and not q.answer or q.reward(q.answer) == 1
            assert len(q.cases) == len(row.get("tests", []))
            assert json.dumps(asdict(q), ensure_ascii=False).encode()  # no half characters
    assert not said
    return [plain(asdict(q)) for pool in pools.values() for q in pool.questions]


def spoken(encoding: object) -> list:
    """The ids of sample texts, which come back as they were, less bytes that have no token."""
    found, lost = [], getattr(encoding, "lost", b"")
    for text in TEXTS:
        ids = encoding.encode_ordinary(text)
        assert all(0 <= i < encoding.n_vocab for i in ids)
        assert encoding.decode_bytes(ids) == text.encode().translate(None, lost)
        found.append(ids)
    for byte in {*range(256)} - {*lost}:
        assert encoding.decode_bytes(encoding._encode_single_piece(bytes([byte]))) == bytes([byte])
    return found


def ranked(path: Path, encoding: object) -> list:
    """Each line is a token, and its number is the one that stands there."""
    lines = [line.split() for line in path.read_bytes().splitlines()]
    assert encoding._mergeable_ranks == {base64.b64decode(a): int(b) for a, b in lines}
    assert len(encoding._mergeable_ranks) == len(lines) and b"" not in encoding._mergeable_ranks
    return spoken(encoding)


def llama(path: Path) -> dict:
    """What a file's folder gives: settings, weights, tokens, and the prompt format."""
    model, encoding = load_llama(path.parent)
    fmt = prompt_format(path.parent, encoding)
    state = dict(model.named_parameters())
    assert all(p.isfinite().all() for p in state.values()) and model.cos.isfinite().all()
    assert all(0 <= i < model.config.vocab for i in (*fmt.ends, *fmt.prompt("hello")))
    return {"weights": plain(state), "config": asdict(model.config),
            "tokens": spoken(encoding), "fmt": (fmt.prompt("hello"), fmt.ends)}


SOURCES = {  # the field of Config: the keys that it comes from, in config.json or params.json
    "vocab": ("vocab_size",), "width": ("hidden_size", "dim"),
    "layers": ("num_hidden_layers", "n_layers"), "heads": ("num_attention_heads", "n_heads"),
    "kv_heads": ("num_key_value_heads", "n_kv_heads", "num_attention_heads", "n_heads"),
    "head_size": ("head_dim", "hidden_size", "num_attention_heads", "n_heads", "dim"),
    "hidden": ("intermediate_size", "multiple_of", "ffn_dim_multiplier", "dim"),
    "context": ("max_position_embeddings", "max_seq_len"),
    "theta": ("rope_theta", "rope_parameters", "rope_scaling"),
    "eps": ("rms_norm_eps", "norm_eps"), "tied": ("tie_word_embeddings",),
    "scaling": ("rope_scaling", "rope_parameters", "use_scaled_rope")}


def settings_follow(new: dict, old: dict, now: bytes, before: bytes) -> None:
    """Only what was changed in the settings differs; weights are the same and so are tokens."""
    now, before = parsed(now), parsed(before)
    assert all(now.get(key) is None or now[key] == value for key, value in ONLY.items())
    assert "dim" not in before or {key for key in now if now[key] is not None} <= META_KEYS
    changed = {key for key in {*now, *before} if repr(now.get(key)) != repr(before.get(key))}
    for field, keys in SOURCES.items():
        assert new["config"][field] == old["config"][field] or changed & {*keys}, field
    assert {**new, "config": 0, "fmt": 0} == {**old, "config": 0, "fmt": 0}
    assert new["fmt"] == old["fmt"] or "eos_token_id" in changed


def data_stay(new: dict, old: dict, now: bytes, before: bytes) -> None:
    """Header and index say where each tensor is: two of a shape may have changed places."""
    if now[8:9] == b"{":  # a header: its names are as they were
        assert {*unframed(now)[0], "__metadata__"} == {*unframed(before)[0]}
    else:
        parsed(now)
    for part in (0, 1, 2):  # dtype, shape, bytes
        was, now = (sorted(tensor[part] for tensor in side["weights"].values())
                    for side in (old, new))
        assert was == now
    assert {**new, "weights": 0} == {**old, "weights": 0}


def same_shapes(new: dict, old: dict, now: bytes, before: bytes) -> None:
    """Weights were saved anew: others, perhaps, but by the same names, less the head's if tied."""
    names, were = ({*torch.load(io.BytesIO(text), "cpu", weights_only=True)}
                   for text in (now, before))
    assert names - were == set() and were - names <= {"output.weight", "rope.freqs"}
    assert {key: part[:2] for key, part in new["weights"].items()}.items() >= {
        key: part[:2] for key, part in old["weights"].items() if "head" not in key}.items()
    assert new["tokens"] == old["tokens"]


def anything(new: object, old: object, now: bytes, before: bytes) -> None:
    """Another valid file: what it has to be, `load` has asserted."""


class Kind(NamedTuple):
    file: str
    load: Callable[[Path], object]
    mutate: Callable[[Random, bytes, list[bytes]], tuple[bytes, bool]]
    judge: Callable[[object, object, bytes, bytes], None] = anything


JSON = text_changed(json_changed)
KINDS = {
    "expert": Kind("expert.safetensors", expert, ours_changed, as_said(expert_said)),
    "state": Kind("math.state.safetensors", lambda path: plain(load(path, "state")), ours_changed,
                  as_said(lambda tensors, meta: [tensors, plain(meta)])),
    "base": Kind("base.safetensors", base, ours_changed, as_said(base_said)),
    "kept": Kind("decomposition.safetensors", kept, ours_changed),
    "tasks": Kind("tasks.jsonl", tasks, text_changed(line_changed)),
    "vocabulary": Kind("vocabulary.model", lambda path: ranked(path, tokenizer.load(path)),
                       text_changed(words_changed)),
    "tokenizer.model": Kind("fuzz_meta/tokenizer.model",
                            lambda path: ranked(path, bpe.encoding(path.parent, 600)),
                            text_changed(words_changed)),
    "tokenizer.json": Kind("fuzz/tokenizer.json", lambda path: (
        spoken(encoding := bpe.encoding(path.parent, 600)), bpe.begin(path.parent, encoding)),
        JSON, lambda new, old, now, before: parsed(now)),
    "config.json": Kind("fuzz/config.json", llama, JSON, settings_follow),
    "params.json": Kind("fuzz_meta/params.json", llama, JSON, settings_follow),
    "generation_config.json": Kind("fuzz/generation_config.json", llama, JSON, settings_follow),
    "model.safetensors": Kind("fuzz/model.safetensors", llama, lambda rng, whole, others:
                              (header_changed(rng, whole, others), False), data_stay),
    "index": Kind("fuzz_indexed/model.safetensors.index.json", llama, JSON, data_stay),
    "consolidated": Kind("fuzz_meta/consolidated.00.pth", llama, archive_changed, same_shapes),
}


# ------------------------------------------------------------------------------------ the oracle

class Late(BaseException):
    """Nothing that a loader would catch."""


@contextmanager
def in_time(seconds: int = 10) -> Iterator[None]:
    """Late where something waits for ever."""
    def late(*_: object) -> None:
        raise Late(f"more than {seconds} s")
    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
    return size / (2**20 if sys.platform == "darwin" else 2**10)


def outcome(load: Callable[[Path], object], path: Path) -> object:
    """What it gives, or the ValueError, held to what every error here has to be."""
    start, before = time.process_time(), peak()
    with warnings.catch_warnings(record=True) as said, in_time():
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)  # as without pytest
        try:
            got = load(path)
        except ValueError as error:
            got, text, place = error, str(error), str(path.parent)
            assert text.replace(place, "").isprintable() and place in text, text
            assert len(text.replace(place, "")) < LETTERS, text
    assert not said, said[0]
    assert time.process_time() - start < SECONDS
    assert peak() - before < MEGABYTES
    return got


def held(kind: Kind, path: Path, changed: bytes, sealed: bool, intact: object, whole: bytes
         ) -> str:
    """What became of one mutant."""
    path.write_bytes(changed)
    got = outcome(kind.load, path)
    if isinstance(got, ValueError):
        return "refused"
    if sealed:
        assert got == intact, "another content, and no word"
    else:
        kind.judge(got, intact, changed, whole)
    return "the same" if got == intact else "another"


@pytest.mark.parametrize("mutants", [20, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", KINDS)
def test_a_mutant_is_refused_in_a_line_or_is_what_it_says(
        name: str, mutants: int, shelf: Path, capfd: pytest.CaptureFixture) -> None:
    kind, counts = KINDS[name], Counter()
    others = [(shelf / other.file).read_bytes() for other in KINDS.values()]
    path = shelf / kind.file
    whole, intact = path.read_bytes(), kind.load(path)
    try:
        for i in range(mutants):
            try:
                changed, sealed = kind.mutate(Random(f"{name} {i}"), whole, others)
                counts[held(kind, path, changed, sealed, intact, whole)] += 1
            except BaseException as error:
                raise AssertionError(f"{name}, mutant {i}: {error!r:.300}") from error
    finally:
        path.write_bytes(whole)
    assert capfd.readouterr() == ("", "")
    assert counts["refused"] > mutants / 5 and (counts["the same"] or mutants < 1000), counts


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tasks", "config.json", "params.json"])
def test_every_value_is_replaced_by_every_nasty_one(name: str, shelf: Path) -> None:
    kind = KINDS[name]
    path = shelf / kind.file
    whole, intact = path.read_bytes(), kind.load(path)
    try:
        for line in whole.splitlines():
            for key in (table := json.loads(line)):
                for new in NASTY:
                    changed = whole.replace(line, json.dumps({**table, key: MARK}).encode()
                                            .replace(json.dumps(MARK).encode(), new.encode()))
                    try:
                        held(kind, path, changed, False, intact, whole)
                    except BaseException as error:
                        raise AssertionError(f"{name}: {key} is {new:.40}: {error!r:.300}"
                                             ) from error
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_file_or_in_another_encoding(name: str, shelf: Path) -> None:
    kind = KINDS[name]
    path = shelf / kind.file
    whole, intact, put = path.read_bytes(), kind.load(path), path.write_bytes
    nodes = [lambda: path.mkdir(), lambda: put(b""), lambda: put(b"\0"), lambda: put(b"{"),
             lambda: put(b"\xef\xbb\xbf" + whole), lambda: put(whole.replace(b"\n", b"\r\n")),
             lambda: put(whole.decode("latin-1").encode("utf-16"))]
    if os.name == "posix":
        nodes += [lambda: os.mkfifo(path), lambda: path.symlink_to(path),
                  lambda: path.symlink_to("nowhere"), lambda: path.symlink_to("/dev/null")]
    for i, make in enumerate(nodes):
        path.unlink()
        try:
            make()
            got = outcome(kind.load, path)
            assert isinstance(got, ValueError) or got == intact, i
        finally:
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
            path.write_bytes(whole)


def test_weights_too_large_for_the_dtype_asked_for(shelf: Path) -> None:
    path = shelf / "fuzz" / "model.safetensors"
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-4] + raw(torch.tensor([1e5])))
        llama(path)
        got = outcome(lambda path: load_llama(path.parent, torch.float16), path)
        assert "infinity in torch.float16" in str(got)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("test", [r"f('\d') == 1", "f(1) is 1", "f(1) == 1if 1else 2"])
def test_a_test_that_makes_the_parser_warn_says_nothing(test: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps({"prompt": "Write f.", "check": "python", "tests": [test]}))
    with pytest.warns(Warning):
        compile(test, "", "eval")
    outcome(jsonl.read, path)
