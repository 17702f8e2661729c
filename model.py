"""A GPT of the Llama family from scratch: the model that the other files adapt.

    RMSNorm   x / sqrt(mean(x^2) + eps) * g
    RoPE      the (i, i + D/2) pairs of q and k turn by t * theta^(-2i/D) at position t, so that
              q.k depends on the distance of two tokens alone
    GQA       H query heads share H_kv <= H heads of keys and values
    SwiGLU    down(silu(gate(x)) * up(x))

Shapes: B batch, T tokens of this call, S tokens in the cache after it, C width, V vocabulary,
H heads, D head size. Left out: dropout and biases, which Llama has not either.
"""
from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    """The shape of a model. `kv_heads` divides `heads`; `head_size` is even."""

    vocab: int
    width: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    head_size: int = 32
    hidden: int = 352
    context: int = 256
    theta: float = 10_000.0
    eps: float = 1e-5
    tied: bool = True

    def __post_init__(self) -> None:
        if self.heads % self.kv_heads or self.head_size % 2:
            raise ValueError(f"{self.heads} heads on {self.kv_heads} key/value heads of size "
                             f"{self.head_size}: need a whole ratio and an even size")


class Cache:
    """Keys and values of the tokens so far: (B, H_kv, S_max, D) a layer, and what is padding."""

    def __init__(self, config: Config, pad: Tensor, size: int, dtype: torch.dtype) -> None:
        shape = (len(pad), config.kv_heads, size, config.head_size)
        self.kv = [[torch.empty(shape, dtype=dtype, device=pad.device) for _ in range(2)]
                   for _ in range(config.layers)]
        self.pad, self.length = pad, 0  # pad (B,): tokens of padding at the left of each row

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Appends k, v (B, H_kv, T, D) of one layer; returns all S of them."""
        end = self.length + k.shape[2]
        for store, new in zip(self.kv[layer], (k, v)):
            store[:, :, self.length:end] = new
        keys, values = self.kv[layer]
        return keys[:, :, :end], values[:, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Drops the rows that are finished."""
        self.kv = [[store[rows] for store in layer] for layer in self.kv]
        self.pad = self.pad[rows]


def rope_table(config: Config) -> tuple[Tensor, Tensor]:
    """cos and sin (context, D) of t * theta^(-2i/D), each frequency twice: once a half."""
    i = torch.arange(0, config.head_size, 2, dtype=torch.float64) / config.head_size
    angle = torch.outer(torch.arange(config.context, dtype=torch.float64), config.theta ** -i)
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE on x (B, H, T, D) with cos, sin (T, D)."""
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)


class Attention(nn.Module):
    def __init__(self, c: Config, layer: int) -> None:
        super().__init__()
        self.config, self.layer = c, layer
        self.q = nn.Linear(c.width, c.heads * c.head_size, bias=False)
        self.k = nn.Linear(c.width, c.kv_heads * c.head_size, bias=False)
        self.v = nn.Linear(c.width, c.kv_heads * c.head_size, bias=False)
        self.o = nn.Linear(c.heads * c.head_size, c.width, bias=False)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None,
                cache: Cache | None) -> Tensor:
        B, T, _ = x.shape
        q, k, v = (f(x).view(B, T, -1, self.config.head_size).transpose(1, 2)  # (B, H, T, D)
                   for f in (self.q, self.k, self.v))
        q, k = rotate(q, *rope), rotate(k, *rope)
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)
        share = self.config.heads // self.config.kv_heads
        k, v = k.repeat_interleave(share, dim=1), v.repeat_interleave(share, dim=1)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return self.o(y.transpose(1, 2).reshape(B, T, -1))


class MLP(nn.Module):
    def __init__(self, c: Config) -> None:
        super().__init__()
        self.gate = nn.Linear(c.width, c.hidden, bias=False)
        self.up = nn.Linear(c.width, c.hidden, bias=False)
        self.down = nn.Linear(c.hidden, c.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, c: Config, layer: int) -> None:
        super().__init__()
        self.attention_norm, self.mlp_norm = RMSNorm(c.width, c.eps), RMSNorm(c.width, c.eps)
        self.attention, self.mlp = Attention(c, layer), MLP(c)

    def forward(self, x: Tensor, rope: tuple[Tensor, Tensor], mask: Tensor | None,
                cache: Cache | None) -> Tensor:
        x = x + self.attention(self.attention_norm(x), rope, mask, cache)
        return x + self.mlp(self.mlp_norm(x))


class GPT(nn.Module):
    """tokens (B, T) -> logits (B, T, V)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.width)
        self.blocks = nn.ModuleList(Block(config, i) for i in range(config.layers))
        self.norm = RMSNorm(config.width, config.eps)
        self.head = nn.Linear(config.width, config.vocab, bias=False)
        if config.tied:
            self.head.weight = self.embed.weight
        cos, sin = rope_table(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def initialise(self, generator: torch.Generator) -> None:
        """Random weights of standard deviation 1/sqrt(I), those that write to x smaller still."""
        for name, p in self.named_parameters():
            if p.dim() == 2:
                depth = 2 * self.config.layers if name.endswith(("o.weight", "down.weight")) else 1
                nn.init.normal_(p, std=(p.shape[1] * depth) ** -0.5, generator=generator)

    def forward(self, tokens: Tensor, cache: Cache | None = None, pad: Tensor | None = None,
                last: bool = False) -> Tensor:
        """Logits (B, T, V), or (B, 1, V) of the last position alone.

        tokens (B, T) continue what `cache` holds. pad (B,): how many tokens at the left of each
        row are padding; RoPE sees distances alone, so a padded row needs no other care than a
        mask. ValueError if the tokens do not fit the context.
        """
        past = cache.length if cache else 0
        end = past + tokens.shape[1]
        if end > self.config.context:
            raise ValueError(f"{end} tokens do not fit the model's {self.config.context}")
        pad = cache.pad if cache else pad
        mask = None if pad is None else visible(pad, past, end)
        rope = self.cos[past:end], self.sin[past:end]
        x = self.embed(tokens)  # (B, T, C)
        for block in self.blocks:
            x = block(x, rope, mask, cache)
        if cache:
            cache.length = end
        return self.head(self.norm(x[:, -1:] if last else x))


def visible(pad: Tensor, past: int, end: int) -> Tensor:
    """Attention mask (B, 1, T, S): causal, without padding; each token at least sees itself.

    >>> visible(torch.tensor([1]), 0, 3)[0, 0].int().tolist()
    [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    """
    key, query = torch.arange(end, device=pad.device), torch.arange(past, end, device=pad.device)
    causal = key <= query[:, None]
    real = key >= pad[:, None, None]
    return (causal & real | (key == query[:, None]))[:, None]


@dataclass
class Completion:
    """What the model wrote: token ids (the end token included, if it came) and log p of each."""

    tokens: list[int]
    logps: list[float]


@torch.no_grad()
def generate(model: GPT, prompts: list[list[int]], end: int, max_new: int,
             temperature: float = 0.0, generator: torch.Generator | None = None,
             on_keep: Callable[[Tensor], None] | None = None) -> list[Completion]:
    """Continues each prompt until its end token or max_new tokens; greedy at temperature 0.

    Rows that are finished leave the batch; on_keep(rows) tells whoever carries state a row.
    The log-probabilities are those of the distribution sampled from (temperature 1 if greedy).
    """
    device = model.embed.weight.device
    tokens, pad = left_padded(prompts, device)
    cache = Cache(model.config, pad, tokens.shape[1] + max_new, model.embed.weight.dtype)
    done = [Completion([], []) for _ in prompts]
    alive = list(range(len(prompts)))
    while alive:
        logits = model(tokens, cache, last=True)[:, -1].float()  # (B, V)
        logp = torch.log_softmax(logits / (temperature or 1.0), dim=-1)
        tokens = (torch.multinomial(logp.exp(), 1, generator=generator) if temperature
                  else logp.argmax(-1, keepdim=True))  # (B, 1)
        picked = zip(alive, tokens[:, 0].tolist(), logp.gather(1, tokens)[:, 0].tolist())
        for row, token, value in picked:
            done[row].tokens.append(token)
            done[row].logps.append(value)
        going = [i for i, row in enumerate(alive)
                 if done[row].tokens[-1] != end and len(done[row].tokens) < max_new]
        if len(going) < len(alive):
            rows = torch.tensor(going, device=device, dtype=torch.long)
            alive, tokens = [alive[i] for i in going], tokens[rows]
            cache.keep(rows)
            if on_keep:
                on_keep(rows)
    return done


def left_padded(rows: list[list[int]], device: torch.device | str) -> tuple[Tensor, Tensor]:
    """tokens (B, T) with zeros at the left, and pad (B,), how many."""
    longest = max(map(len, rows))
    pad = torch.tensor([longest - len(row) for row in rows], device=device)
    tokens = torch.tensor([[0] * (longest - len(row)) + row for row in rows], device=device)
    return tokens, pad


# ------------------------------------------------------------------------------------- files

def save_file(path: Path, thing: object) -> None:
    """torch.save, whole or not at all: a temporary file beside it, flushed, then renamed."""
    def write(file: BinaryIO) -> None:
        torch.save(thing, file)
    write_whole(path, write)


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Writes a file so that whoever reads it sees the old content or the new, nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_file(path: Path) -> dict:
    """A dictionary that save_file wrote. ValueError if it is not there, broken or not ours."""
    try:
        thing = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ValueError(f"{path} is not there") from None
    except Exception as error:  # a pickle can break in any way; what it holds is never run
        raise ValueError(f"{path} can't be read ({type(error).__name__}): damaged, or not made "
                         "by t2.py; delete it or make it again") from None
    if not isinstance(thing, dict):
        raise ValueError(f"{path} holds a {type(thing).__name__}, expected a dictionary")
    return thing


def save_model(model: GPT, path: Path, **facts: object) -> None:
    """Config and weights in float32; the tied head is not written twice."""
    weights = {k: v for k, v in model.state_dict().items()
               if not (k == "head.weight" and model.config.tied)}
    save_file(path, {"config": asdict(model.config), "weights": weights, "facts": facts})


def load_model(path: Path, device: str = "cpu") -> GPT:
    """The model that save_model wrote. ValueError names what is missing or left over."""
    saved = load_file(path)
    try:
        model = GPT(Config(**saved["config"]))
        weights = dict(saved["weights"])
        if model.config.tied:
            weights["head.weight"] = weights["embed.weight"]
        model.load_state_dict(weights)
    except (KeyError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} is not a base model of t2.py: {reason}") from None
    if not all(torch.isfinite(p).all() for p in model.parameters()):
        raise ValueError(f"{path}: some weights are not finite")
    return model.to(device).eval()


def fingerprint(model: GPT) -> str:
    """16 hex digits of the config and all weights: an expert fits the base it was trained on."""
    digest = hashlib.sha256(repr(model.config).encode())
    for name, p in sorted(model.state_dict().items()):
        p = p.detach().cpu().contiguous()
        digest.update(name.encode())
        digest.update(ctypes.string_at(p.data_ptr(), p.numel() * p.element_size()))
    return digest.hexdigest()[:16]
