"""Every file that a user can give, damaged in more than 2,000 ways, and some made with intent.

A mutant is refused by one line that names it, or it loads; never a traceback, a warning, a hang,
or memory because a file says so. What loads is what the intact file holds, to the last bit, where
checksums can tell ("sealed"); elsewhere a changed file may be another valid one, and what it gives
has to be what it says and fit for use. Of safetensors only headers are mutated: the format has no
checksum, so that a changed weight can't be noticed, but NaN and infinity can.
"""
from __future__ import annotations

import base64
import io
import json
import os
import pickle
import shutil
import signal
import sys
import time
import warnings
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

import pytest
import torch
from torch import Tensor, nn

from data import tokenizer
from data.files import load_file, save_file
from data.llama import bpe
from data.llama.chat import published
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
from data.tasks import jsonl
from model import GPT, Config
from svf import SVF, decompose
from tests import published
from tests.published import framed, raw

try:
    import resource
except ImportError:  # Windows
    resource = None

MUTANTS = 300  # of each kind
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


@cache
def tiny() -> GPT:
    model = GPT(Config(vocab=11, width=8, layers=1, heads=2, kv_heads=1, head_size=4, hidden=6,
                       context=16, scaling=(8.0, 1.0, 4.0, 16)))
    model.initialise(torch.Generator().manual_seed(0))
    return model.requires_grad_(False)


@cache
def svf() -> SVF:
    model = GPT(tiny().config)
    model.load_state_dict(tiny().state_dict())
    return SVF(model)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each."""
    shelf = tmp_path_factory.mktemp("shelf")
    z = torch.linspace(0.5, 1.5, svf().N)
    row = {"n": 3, "interval": (0.5, 0.75), "log": [{"step": 1, "seconds": 0.5}] * 2}
    save_expert(shelf / "expert.pt", svf(), z, {"run": {"seed": 0}, "row": row})
    optimizer = torch.optim.Adam([part := z.clone().requires_grad_(True)])
    part.sum().backward()
    optimizer.step()
    save_file(shelf / "math.state.pt", {
        "run": {"seed": 0, "prompt": [1, 2]}, "log": row["log"], "optimizer":
        optimizer.state_dict(), "expert": {"vector": z, "best": z.clone(), "accuracy": -1.0}})
    save_model(tiny(), shelf / "base.pt", seed=0)
    kept_factors(shelf / "decomposition.svd", tiny(), lambda i, facts: None)
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
            box[rng.choice(["x", key[1:] if isinstance(key, str) else 1, f"{key}_", "\x1b\ud800",
                            other, "x" * 999])] = box.pop(key)
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
    text = json.dumps(thing)
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
    if rng.random() < 0.3:
        return bytes_changed(rng, whole[:end], others) + whole[end:]
    if rng.random() < 0.1:  # two of a shape are one
        table = json.loads(whole[8:end])
        a, b = rng.sample([*table.values()][1:], 2)
        b["data_offsets"] = a["data_offsets"] if a["shape"] == b["shape"] else [0, 0]
        return framed(json.dumps(table).encode(), whole[end:])
    if rng.random() < 0.1:  # nothing is in it, but somebody means that it is added
        more = b'{"model.layers.0.mlp.up_proj.bias": {"dtype": "F32", "shape": [0], ' \
               b'"data_offsets": [0, 0]}, '
        return framed(more + whole[9:end], whole[end:])
    return framed(json_changed(rng, whole[8:end]), whole[end:])


def odd(tensor: Tensor, rng: Random) -> object:
    """Something else than the tensor that was there, often of its shape."""
    flat = torch.ones(tensor.shape if tensor.numel() < 10**6 else 3)
    return rng.choice([
        lambda: tensor.double(), lambda: tensor.half(), lambda: tensor.int(),
        lambda: tensor > 0, lambda: flat + 1j, lambda: flat.to_sparse(),
        lambda: flat.to("meta"), lambda: torch.ones(()).expand(tensor.shape),
        lambda: torch.ones(()).expand(2**40), lambda: flat[None], lambda: flat.flatten()[:-1],
        lambda: nn.Parameter(flat), lambda: flat.requires_grad_(), lambda: flat * float("nan"),
        lambda: flat * float("inf"), lambda: -tensor, lambda: tensor.tolist(),
        lambda: torch.empty(0)])()


def nasty_thing(rng: Random, was: object) -> object:
    if isinstance(was, tuple) and any(isinstance(part, Tensor) for part in was):
        i = rng.randrange(len(was))
        return rng.choice([was[:i] + (nasty_thing(rng, was[i]),) + was[i + 1:], was[::-1]])
    if isinstance(was, Tensor) and rng.random() < 0.7:
        return odd(was, rng)
    itself: list = []
    itself.append(itself)
    return rng.choice([None, True, False, float("nan"), float("inf"), -1, 0, 0.5, 1, 2**24, 2**63,
                       10**400, 10**5000, "", "x" * 5000, "a\nb\x1b\ud800", [], {}, (), itself,
                       [[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]], (1.0, 2.0, 3.0, 4.0),
                       (8.0, 4.0, 4.0, 64.0), {1, 2}, b"x", 1j, torch.device("cpu"),
                       torch.float32, torch.ones(3), torch.Size((1,)), OrderedDict(a=1)])


def archive(members: dict[str, bytes]) -> bytes:
    """A zip archive as torch.save writes it, but for the padding."""
    with zipfile.ZipFile(file := io.BytesIO(), "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def repacked(rng: Random, whole: bytes, others: list[bytes]) -> bytes:
    """A member of the archive is changed, and the checksums are right: the pickle, mostly."""
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    pickled = next(name for name in members if name.endswith("data.pkl"))
    name = rng.choice([*members, *[pickled] * len(members)])
    match rng.randrange(10):
        case 0:
            members.pop(name)
        case 1:
            members[rng.choice(["archive/x", name.upper(), "../x", "archive/data/99"])] = b"x"
        case _:
            members[name] = bytes_changed(rng, members[name] or b"\0", others)
    return archive(members)


def saved_changed(rng: Random, whole: bytes) -> bytes:
    """What torch.save was given is changed, and it is saved anew."""
    thing = torch.load(io.BytesIO(whole), weights_only=True)
    for _ in range(rng.choice([1, 1, 1, 2])):
        rearranged(rng, thing, lambda was: nasty_thing(rng, was))
    torch.save(thing, file := io.BytesIO())
    return file.getvalue()


def archive_changed(rng: Random, whole: bytes, others: list[bytes]) -> tuple[bytes, bool]:
    share = rng.random()
    if share < 0.4:
        return bytes_changed(rng, whole, others), True
    return (repacked(rng, whole, others) if share < 0.7 else saved_changed(rng, whole)), False


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

def plain(thing: object) -> object:
    """Tensors as bytes, so that two of anything can be compared."""
    if isinstance(thing, dict):
        return {key: plain(part) for key, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [type(thing).__name__, *map(plain, thing)]
    if isinstance(thing, Tensor):
        return str(thing.dtype), tuple(thing.shape), raw(thing.detach()).hex()
    return f"{type(thing).__name__} {hex(thing) if type(thing) is int else ascii(thing)}"


def expert(path: Path) -> dict:
    z, facts = load_expert(path, svf())
    assert z.shape == (svf().N,) and z.dtype == torch.float32 and type(z) is Tensor
    assert z.isfinite().all() and not z.requires_grad and isinstance(facts, dict)
    return plain({"z": z, "facts": facts})


def expert_said(saved: dict) -> dict:
    return plain({key: saved[key] for key in ("z", "facts")})


def base(path: Path) -> dict:
    model = load_model(path)
    assert all(p.isfinite().all() and p.dtype == torch.float32 and not p.requires_grad
               for p in model.parameters()) and model.cos.isfinite().all()
    return plain({"config": asdict(model.config), "weights": dict(model.named_parameters())})


def base_said(saved: dict) -> dict:
    order = dict(tiny().named_parameters())
    return plain({"config": {key: saved["config"].get(key) for key in asdict(tiny().config)},
                  "weights": {key: saved["weights"][key] for key in [*order, *saved["weights"]]}})


def kept(path: Path) -> dict:
    factors = kept_factors(path, tiny(), lambda i, facts: None)
    for name, (U, S, Vt) in decompose(tiny()).items():
        u, s, vt = factors[name]
        torch.testing.assert_close((u * s) @ vt, (U * S) @ Vt, atol=1e-4, rtol=0)
    return plain(factors)


def parsed(text: bytes) -> object:
    """JSON in which no key stands twice, for nobody knows which of the two is meant."""
    def once(pairs: list) -> dict:
        assert len(table := dict(pairs)) == len(pairs)
        return table
    return json.loads(text, object_pairs_hook=once, parse_int=lambda digits: int(digits[:4000]))


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
    found = []
    for text in TEXTS:
        ids = encoding.encode_ordinary(text)
        assert all(0 <= i < encoding.n_vocab for i in ids)
        lost = getattr(encoding, "lost", b"")
        assert encoding.decode_bytes(ids) == text.encode().translate(None, lost)
        found.append(ids)
    for byte in {*range(256)} - {*getattr(encoding, "lost", b"")}:
        assert encoding.decode_bytes(encoding._encode_single_piece(bytes([byte]))) == bytes([byte])
    return found


def ranked(path: Path, encoding: object) -> list:
    """Each line is a token, and its number is the one that stands there."""
    lines = [line.split() for line in path.read_bytes().splitlines()]
    assert encoding._mergeable_ranks == {base64.b64decode(a): int(b) for a, b in lines}
    assert len(encoding._mergeable_ranks) == len(lines) and b"" not in encoding._mergeable_ranks
    return spoken(encoding)


def llama(folder: Path) -> dict:
    """What a folder gives: settings, weights, tokens, and how it is spoken to."""
    model, encoding = load_llama(folder)
    fmt = published(folder, encoding)
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


def data_stay(new: dict, old: dict) -> None:
    """Header and index say where each tensor is: two of a shape may have changed places."""
    for part in (0, 1, 2):  # dtype, shape, bytes
        was, now = (sorted(tensor[part] for tensor in side["weights"].values())
                     for side in (old, new))
        assert was == now
    assert {**new, "weights": 0} == {**old, "weights": 0}


def header_fits(new: dict, old: dict, now: bytes, before: bytes) -> None:
    now, before = (parsed(text[8:8 + int.from_bytes(text[:8], "little")])
                   for text in (now, before))
    assert {*now, "__metadata__"} == {*before}
    data_stay(new, old)


def index_fits(new: dict, old: dict, now: bytes, before: bytes) -> None:
    parsed(now)
    data_stay(new, old)


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


def as_said(said: Callable[[dict], object]) -> Callable:
    """What the file says, read by torch itself."""
    def judge(new: object, old: object, now: bytes, before: bytes) -> None:
        assert new == said(torch.load(io.BytesIO(now), "cpu", weights_only=True))
    return judge


class Kind(NamedTuple):
    file: str
    load: Callable[[Path], object]
    mutate: Callable[[Random, bytes, list[bytes]], tuple[bytes, bool]]
    judge: Callable[[object, object, bytes, bytes], None] = anything


def of_folder(path: Path) -> dict:
    return llama(path.parent)


JSON = text_changed(json_changed)
KINDS = {
    "expert": Kind("expert.pt", expert, archive_changed, as_said(expert_said)),
    "state": Kind("math.state.pt", lambda path: plain(load_file(path)), archive_changed,
                  as_said(plain)),
    "base": Kind("base.pt", base, archive_changed, as_said(base_said)),
    "kept": Kind("decomposition.svd", kept, archive_changed),
    "tasks": Kind("tasks.jsonl", tasks, text_changed(line_changed)),
    "vocabulary": Kind("vocabulary.model", lambda path: ranked(path, tokenizer.load(path)),
                       text_changed(words_changed)),
    "tokenizer.model": Kind("fuzz_meta/tokenizer.model",
                            lambda path: ranked(path, bpe.encoding(path.parent, 600)),
                            text_changed(words_changed)),
    "tokenizer.json": Kind("fuzz/tokenizer.json", lambda path: (
        spoken(encoding := bpe.encoding(path.parent, 600)), bpe.begin(path.parent, encoding)),
        JSON, lambda new, old, now, before: parsed(now)),
    "config.json": Kind("fuzz/config.json", of_folder, JSON, settings_follow),
    "params.json": Kind("fuzz_meta/params.json", of_folder, JSON, settings_follow),
    "generation_config.json": Kind("fuzz/generation_config.json", of_folder, JSON,
                                   settings_follow),
    "model.safetensors": Kind("fuzz/model.safetensors", of_folder, lambda rng, whole, others:
                              (header_changed(rng, whole, others), False), header_fits),
    "index": Kind("fuzz_indexed/model.safetensors.index.json", of_folder, JSON, index_fits),
    "consolidated": Kind("fuzz_meta/consolidated.00.pth", of_folder, archive_changed,
                         same_shapes),
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


@pytest.mark.parametrize("name", KINDS)
def test_a_mutant_is_refused_in_a_line_or_is_what_it_says(
        name: str, shelf: Path, capfd: pytest.CaptureFixture) -> None:
    kind, counts = KINDS[name], Counter()
    others = [(shelf / other.file).read_bytes() for other in KINDS.values()]
    path = shelf / kind.file
    whole, intact = path.read_bytes(), kind.load(path)
    try:
        for i in range(MUTANTS):
            try:
                changed, sealed = kind.mutate(Random(f"{name} {i}"), whole, others)
                counts[held(kind, path, changed, sealed, intact, whole)] += 1
            except BaseException as error:
                raise AssertionError(f"{name}, mutant {i}: {error!r:.300}") from error
    finally:
        path.write_bytes(whole)
    assert capfd.readouterr() == ("", "")
    assert counts["refused"] > MUTANTS / 4 and counts["the same"]


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


def test_there_are_more_than_two_thousand() -> None:
    assert MUTANTS * len(KINDS) > 2000


# ------------------------------------------------------------------------- files made with intent

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


def refused(path: Path, load: Callable[[Path], object], says: str) -> None:
    got = outcome(load, path)
    assert isinstance(got, ValueError) and says in str(got), got


@pytest.mark.parametrize("how, says", [("deflated", "unpacks to more"), ("twice", "there twice"),
                                       ("overlapping", "unpacks to more")])
def test_an_archive_that_is_a_bomb(tmp_path: Path, how: str, says: str) -> None:
    """Small on disk, and all of it in its place but for how it is packed."""
    path = tmp_path / "expert.pt"
    save_expert(path, svf(), torch.ones(svf().N), {})
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if how == "deflated" else 0) as made:
        for name, content in members.items():
            made.writestr(name, content)
        if how == "deflated":
            made.writestr("archive/bomb", bytes(10**7))
        else:
            made.filelist += made.filelist[:1] * (1 if how == "twice" else 99)
    refused(path, lambda path: load_expert(path, svf()), says)


class Runs:
    """Calls something when its pickle is run."""

    def __init__(self, call: Callable, text: str) -> None:
        self.call, self.text = call, text

    def __reduce__(self) -> tuple:
        return self.call, (self.text,)


@pytest.mark.parametrize("call, text", [(os.system, "echo > {}"), (eval, "open({!r}, 'w')"),
                                        (os.mkdir, "{}")])
@pytest.mark.parametrize("name", ["expert", "state", "base", "kept"])
def test_a_pickle_that_runs_code_is_not_run(name: str, call: Callable, text: str, tmp_path: Path
                                            ) -> None:
    marker, path = tmp_path / "marker", tmp_path / "a.pt"
    torch.save({"z": Runs(call, text.format(str(marker)))}, path)
    refused(path, KINDS[name].load, "can't be read (UnpicklingError)")
    assert not marker.exists()
    torch.load(path, weights_only=False)
    assert marker.exists()  # it is one that would have run


class Storage(NamedTuple):
    kind: type
    key: str
    numel: int


class Said(NamedTuple):
    """What a pickle says of a tensor, be it true or not."""

    size: tuple
    stride: tuple = (1,)
    offset: int = 0
    storage: Storage | None = None

    def __reduce__(self) -> tuple:
        return torch._utils._rebuild_tensor_v2, (self.storage, self.offset, self.size, self.stride,
                                                 False, OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, thing: object) -> tuple | None:
        if isinstance(thing, Storage):
            return "storage", thing.kind, thing.key, "cpu", thing.numel


def said(path: Path, thing: object, data: bytes) -> None:
    Pickler(file := io.BytesIO(), 2).dump(thing)
    path.write_bytes(archive({"a/data.pkl": file.getvalue(), "a/byteorder": b"little",
                              "a/data/0": data, "a/version": b"3\n"}))


FLOATS, N = torch.FloatStorage, 40
CLAIMS = [
    *(Said((N,), storage=Storage(FLOATS, "0", n)) for n in (N + 1, N - 1, 10**9, 2**62, -1)),
    *(Said((N,), storage=Storage(FLOATS, key, N)) for key in ("9", "../version", "")),
    *(Said((N,), storage=Storage(kind, "0", N)) for kind in (torch.DoubleStorage, int)),
    *(Said((N,), (stride,)) for stride in (-1, 2, 2**50, "1")),
    *(Said((N,), (1,), offset) for offset in (1, -1, 2**40)),
    *(Said((size,)) for size in (N + 1, -N, 2**40, "x")),
    Said((2**62, 8), (8, 1)), Said((2**40,), (0,)), Said((N, 2**40), (1, 0))]


@pytest.mark.parametrize("claim", CLAIMS, ids=range(len(CLAIMS)))
@pytest.mark.parametrize("mmap", [False, True])
def test_a_tensor_that_is_not_where_its_pickle_says(mmap: bool, claim: Said, tmp_path: Path
                                                    ) -> None:
    path, values, truth = tmp_path / "a.pt", torch.rand(N), Storage(FLOATS, "0", N)
    said(path, {"z": Said((N,), storage=truth)}, raw(values))
    assert torch.equal(load_file(path, mmap)["z"], values)
    said(path, {"z": claim if claim.storage else claim._replace(storage=truth)}, raw(values))
    refused(path, lambda path: load_file(path, mmap), "can't be read (")


GAINS, DENSE = "expert of 42 finite gains in float32", "'z' is torch.float32, expected dense"


@pytest.mark.parametrize("change, says", [
    (Tensor.int, GAINS), (Tensor.bool, GAINS), (Tensor.double, GAINS), (Tensor.half, GAINS),
    (lambda z: z[1:].clone(), GAINS), (lambda z: z[None], GAINS), (Tensor.tolist, GAINS),
    (lambda z: z / 0, GAINS), (lambda z: z * float("nan"), GAINS),
    (lambda z: z[:1].clone().expand(42), DENSE), (Tensor.to_sparse, DENSE),
    (lambda z: z.view(6, 7).to_sparse_csr(), DENSE), (lambda z: z.to("meta"), DENSE),
    (lambda z: torch.nested.nested_tensor([z, z[1:]]), "can't be read ("),
    (lambda z: z + 1j, "'z' is torch.complex64, expected dense"),
    (lambda z: torch.quantize_per_tensor(z, 0.1, 0, torch.qint8), "can't be read (")])
def test_an_expert_of_numbers_of_another_kind(change: Callable, says: str, tmp_path: Path) -> None:
    path, z = tmp_path / "a.pt", torch.linspace(0.5, 1.5, svf().N)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch: some are in beta, some on their way out
        save_file(path, {"z": change(z), "base": svf().fingerprint, "facts": {}})
    refused(path, expert, says)


def test_an_expert_of_a_base_that_can_not_be(tmp_path: Path) -> None:
    path, z = tmp_path / "a.pt", torch.ones(svf().N)
    for other in ("x" * 5000, "a\nb\x1b", None, 10**600, torch.ones(3, 3), [1]):
        save_file(path, {"z": z, "base": other, "facts": {}})
        refused(path, expert, f"this base is {svf().fingerprint}: train it again")


@pytest.mark.parametrize("name", ["expert", "state", "base", "kept", "consolidated"])
def test_what_is_no_dictionary(name: str, shelf: Path) -> None:
    path = shelf / KINDS[name].file
    whole = path.read_bytes()
    try:
        for thing in ([1], torch.ones(2), None, "z"):
            torch.save(thing, path)
            refused(path, KINDS[name].load, "expected a dictionary")
    finally:
        path.write_bytes(whole)


def test_what_was_read_does_not_hang_on_the_file(tmp_path: Path) -> None:
    save_file(path := tmp_path / "a.pt", {"z": torch.arange(10_000)})
    z = load_file(path)["z"]
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert torch.equal(z, torch.arange(10_000))


def test_an_expert_is_never_trained_by_the_way(tmp_path: Path) -> None:
    """With a gradient it would run factored, and all that uses it would keep its history."""
    for z in (nn.Parameter(torch.ones(svf().N)), torch.ones(svf().N).requires_grad_()):
        save_file(tmp_path / "a.pt", {"z": z, "base": svf().fingerprint, "facts": {}})
        expert(tmp_path / "a.pt")


def itself() -> list:
    thing: list = []
    thing.append({"row": thing})
    return thing


def laughs() -> list:
    """Nine lists, each ten times the one before: as long as 10^9 words, and 100 on disk."""
    thing: list = ["ha"] * 10
    for _ in range(8):
        thing = [thing] * 10
    return thing


def shadowed() -> OrderedDict:
    thing = OrderedDict(row=1)
    thing.get = 5
    return thing


@pytest.mark.parametrize("facts, says", [
    (None, "facts is None, expected a dictionary"), ([1], "facts is [1], expected a dict"),
    ({"row": itself()}, "is list, expected"), (torch.ones(2), "facts is tensor([1., 1.])"),
    ({"row": {1, 2}}, "'row' is set, expected"), ({"row": b"1"}, "'row' is bytes, expected"),
    (shadowed(), "'facts' is OrderedDict, expected"), ({"row": torch.ones(2)}, "plain values"),
    ([], "facts is [], expected a dictionary"),
    ({"row": laughs()}, "unpacks to more than it is")])
def test_facts_that_are_no_facts(facts: object, says: str, tmp_path: Path) -> None:
    save_file(path := tmp_path / "a.pt", {"z": torch.ones(svf().N), "base": svf().fingerprint,
                                          "facts": facts})
    refused(path, lambda path: load_expert(path, svf()), says)


@pytest.mark.parametrize("change, says", [
    ({"theta": 1e-320}, "theta and factor 1 or more"), ({"eps": 2.0}, "eps 1 or less"),
    ({"scaling": (8.0, 4.0, 4.0, 16)}, "low below high"), ({"theta": 10**400}, "finite numbers"),
    ({"scaling": (1e-320, 1.0, 4.0, 16)}, "factor 1 or more"), ({"tied": 1}, "tied is 1"),
    ({"scaling": (8.0, 1.0, 4.0)}, "four numbers"), ({"scaling": "8124"}, "four numbers"),
    ({"layers": 1000}, "'blocks.1.attention_norm.weight' is missing in weights"),
    ({"context": 2**21, "head_size": 64}, "is not (128, 8) finite numbers in float32"),
    ({"theta": None}, "None among theta"), ({"depth": 3}, "'depth' is left over in config")])
def test_a_base_whose_config_can_not_be(change: dict, says: str, tmp_path: Path) -> None:
    config = {**asdict(tiny().config), **change}
    save_file(path := tmp_path / "base.pt", {"config": config, "weights": tiny().state_dict()})
    if tiny().config.tied:
        weights = {k: v for k, v in tiny().state_dict().items() if k != "head.weight"}
        save_file(path, {"config": config, "weights": weights})
    refused(path, base, says)


def test_a_base_with_two_heads_or_without_a_setting(tmp_path: Path) -> None:
    config = asdict(tiny().config)
    save_file(path := tmp_path / "base.pt", {"config": config, "weights": tiny().state_dict()})
    refused(path, base, "'head.weight' is left over in weights")
    config.pop("theta")
    save_file(path, {"config": config, "weights": {}})
    refused(path, base, "'theta' is missing in config")


def test_weights_too_large_for_the_dtype_asked_for(shelf: Path, tmp_path: Path) -> None:
    shutil.copytree(shelf / "fuzz", tmp_path / "fuzz")
    path = tmp_path / "fuzz" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + raw(torch.tensor([1e5])))
    llama(path.parent)
    refused(path, lambda path: load_llama(path.parent, torch.float16), "infinity in torch.float16")


@pytest.mark.parametrize("test", [r"f('\d') == 1", "f(1) is 1", "f(1) == 1if 1else 2"])
def test_a_test_that_makes_the_parser_warn_says_nothing(test: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(json.dumps({"prompt": "Write f.", "check": "python", "tests": [test]}))
    with pytest.warns(Warning):
        compile(test, "", "eval")
    outcome(jsonl.read, path)
