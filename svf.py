"""Singular value fine-tuning: an expert is one gain for each singular value (paper, Sec. 3.2).

    W = U diag(S) V^T      the frozen thin SVD of each attention and MLP matrix
    W' = U diag(S*z) V^T   the adapted matrix; z is all that is learned, z = 1 is the base model

An expert is the flat vector z (N,) of all matrices in order, N = sum of min(O, I). What is mixed
is each expert's change, z' = 1 + sum_k alpha_k (z_k - 1), and since W' is linear in z the weights
mix with them: W'(z') = W + sum_k alpha_k (W'(z_k) - W). One layer runs in one of two ways:

    merged    y = x W'^T                    W' is formed once: for generating with one z
    factored  y = ((x V) * (S*z)) U^T       for training z (x V is all that backward keeps, and
                                            dL/dz = S * sum_t (dL/dy U)(x V)), and for a batch in
                                            which every row has a z of its own

Whatever trains or applies an expert takes any Adapter: LoRA, the paper's baseline, is flattened to
one vector as well, in tests/paper/variants.py, beside others.

Shapes: B batch, T tokens, O/I out/in, R = min(O, I), K experts, M matrices, N length of z.
Departs from the authors' code: no sigmoid, no sum(S)/sum(S*z) factor, attention adapted too.
"""
from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from data.files import fingerprint
from data.processes import product
from data.run.resume import Callback, quiet
from model import GPT

Factors = tuple[Tensor, Tensor, Tensor]  # U (O, R), S (R,), Vt (R, I)
ATTENTION, MLP = ("q", "k", "v", "o"), ("gate", "up", "down")
KINDS = ATTENTION + MLP


def adapted_weight(U: Tensor, S: Tensor, Vt: Tensor, z: Tensor) -> Tensor:
    """W' = U diag(S*z) V^T (paper, Sec. 3.2).

    U (O, R), S (R,), Vt (R, I): thin SVD of W. z (R,): unitless gains; z = 1 gives W.
    Returns W' (O, I). ValueError if z is not (R,).

    >>> U, S, Vt = torch.linalg.svd(torch.tensor([[3., 0.], [0., 2.]]))
    >>> adapted_weight(U, S, Vt, torch.tensor([1., .5])).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    if z.shape != S.shape:  # a (1,) z would broadcast silently: one knob, not R
        raise ValueError(f"z is {tuple(z.shape)}, expected {tuple(S.shape)}")
    scaled = U * (S * z)  # U's columns; no (R, R) diagonal is built
    return (scaled @ Vt.to(scaled.dtype)).to(U.dtype)


def mix(alpha: Tensor, experts: Tensor, sizes: list[int]) -> Tensor:
    """z' = 1 + sum_k alpha_k (z_k - 1): the base takes the rest, 1 - sum_k alpha_k (Sec. 3.2).

    alpha (..., K, 1), or (..., K, M) with a coefficient for each matrix; experts (K, N), sizes
    the M lengths that add up to N. Returns (..., N). alpha = 0 is the base, one-hot an expert.
    Departs from the paper, where sum_k alpha_k z_k leaves the size of the weights to the search.

    >>> mix(torch.tensor([[.5], [0.]]), torch.tensor([[3., 1.], [1., 9.]]), [1, 1]).tolist()
    [2.0, 1.0]
    """
    if alpha.shape[-1] > 1:
        alpha = alpha.repeat_interleave(torch.tensor(sizes, device=alpha.device), dim=-1)
    return 1 + (alpha * (experts - 1)).sum(-2)


def decomposition(W: Tensor) -> Factors:
    """U (O, R), S (R,), Vt (R, I): the thin SVD of W (O, I), from the smaller Gram matrix.

        W^T W = V diag(S^2) V^T,  U = W V diag(1/S)      (O >= I; else the same of W^T)

    In float64, so that the squares lose nothing that float32 could show, and still no slower than
    an SVD in float32. Where S is 0 the vector is 0 as well: U diag(S) V^T is W in any case. S is
    descending, in float32 at least; U and Vt have W's dtype.

    >>> U, S, Vt = decomposition(torch.tensor([[3., 0.], [0., 0.], [0., -4.]]))
    >>> S.tolist(), ((U * S) @ Vt).tolist()
    ([4.0, 3.0], [[3.0, 0.0], [0.0, 0.0], [0.0, -4.0]])
    """
    if W.shape[0] < W.shape[1]:
        V, S, Ut = decomposition(W.T)
        return Ut.T.contiguous(), S, V.T.contiguous()
    W64 = W.double()
    V = torch.linalg.eigh(W64.T @ W64).eigenvectors.flip(-1)
    scaled = W64 @ V  # U diag(S)
    S = scaled.norm(dim=0)
    U = scaled / S.clamp(min=torch.finfo(S.dtype).tiny)
    S = S.to(torch.promote_types(W.dtype, torch.float32))
    return U.to(W.dtype).contiguous(), S, V.T.to(W.dtype).contiguous()


class SVFLinear(nn.Module):
    """A linear layer that runs as the base, merged, or factored; `use` decides which.

    >>> linear, z, x = nn.Linear(2, 3, bias=False), torch.tensor([2., 0.]), torch.ones(1, 1, 2)
    >>> layer = SVFLinear(linear, decomposition(linear.weight.detach()))
    >>> layer.use(z, merge=True); merged = layer(x)
    >>> layer.use(z, merge=False); torch.allclose(layer(x), merged, atol=1e-6)
    True
    """

    def __init__(self, linear: nn.Linear, factors: Factors) -> None:
        super().__init__()
        U, self.S, Vt = factors
        self.weight, self.U, self.Vt = (  # parameters, for FSDP shards nothing else
            nn.Parameter(part, requires_grad=False) for part in (linear.weight.detach(), U, Vt))
        self.merged: Tensor | None = None  # W' (O, I)
        self.gain: Tensor | None = None    # S*z: (R,), or (B, 1, R) with a z a row

    def neutral(self, generator: torch.Generator) -> Tensor:
        """z = 1 (R,), the base; nothing about it is random."""
        return torch.ones_like(self.S)

    def use(self, z: Tensor | None, merge: bool) -> None:
        """z None: the base's own weights, bit for bit. z (R,) merged or factored. z (B, R)."""
        self.merged = self.gain = None
        if merge:
            self.merged = adapted_weight(self.U, self.S, self.Vt, z)
        elif z is not None:
            gain = (self.S * z).to(self.weight.dtype)
            self.gain = gain if z.dim() == 1 else gain[:, None]

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, I) -> (B, T, O)."""
        if self.gain is not None:
            return product(product(x, self.Vt) * self.gain, self.U)
        return product(x, self.weight if self.merged is None else self.merged)


class Adapter:
    """Wraps a model in place, so that `use(vector)` turns it into an expert.

    kinds: which matrices of each block; all seven, as in the paper, or attention or MLP alone.
    What trains or applies an expert sees N, neutral and use, and not what the vector means.
    ValueError for an unknown kind of matrix, or a vector of another length.
    """

    def __init__(self, model: GPT, kinds: tuple[str, ...],
                 wrap: Callable[[str, nn.Linear], nn.Module]) -> None:
        self.fingerprint = fingerprint(model)  # before wrapping: the base's own weights
        self.sharded = False
        self.model, self.layers = model.requires_grad_(False), {}
        for name, parent, kind in matrices(model, kinds):
            self.layers[name] = wrap(name, getattr(parent, kind))
            setattr(parent, kind, self.layers[name])
        self.sizes = [part.numel() for part in self._neutral()]
        self.N = sum(self.sizes)

    def _neutral(self) -> list[Tensor]:
        generator = torch.Generator().manual_seed(0)
        return [layer.neutral(generator) for layer in self.layers.values()]

    def parts(self, what: str, vector: Tensor) -> dict[str, Tensor]:
        """A vector (N,) by layer: {"what of layer 0.q": (R,), ...}."""
        return {f"{what} of layer {name}": part
                for name, part in zip(self.layers, vector.split(self.sizes))}

    def neutral(self) -> Tensor:
        """The base model as a vector (N,), where training starts."""
        return torch.cat(self._neutral())

    def use(self, z: Tensor | None) -> None:
        """Makes the model the expert z.

        None: the base, bit for bit. z (N,): merged, or factored if z is being learned.
        z (B, N), SVF alone: factored, a z for each row. ValueError on any other shape.
        """
        if z is not None and (z.shape[-1] != self.N or z.dim() > 2):
            raise ValueError(f"z is {tuple(z.shape)}, expected ({self.N},) or (rows, {self.N})")
        merge = z is not None and z.dim() == 1 and not (z.requires_grad or self.sharded)
        parts = [None] * len(self.sizes) if z is None else z.split(self.sizes, dim=-1)
        for layer, part in zip(self.layers.values(), parts):
            layer.use(part, merge)


class SVF(Adapter):
    """z (N,): one gain a singular value, N = sum of min(O, I); neutral() is z = 1.

    factors: what `decompose` gives; without it the matrices are decomposed here.

    >>> from model import Config
    >>> svf = SVF(GPT(Config(vocab=11, width=6, layers=2, head_size=2)), ("q",))  # q (8, 6)
    >>> svf.sizes, svf.N, list(svf.parts("z", svf.neutral()))
    ([6, 6], 12, ['z of layer 0.q', 'z of layer 1.q'])
    """

    def __init__(self, model: GPT, kinds: tuple[str, ...] = KINDS,
                 factors: dict[str, Factors] | None = None) -> None:
        factors = factors or decompose(model, kinds)
        super().__init__(model, kinds, lambda name, linear: SVFLinear(linear, factors[name]))

    def keep(self, rows: Tensor) -> None:
        """These rows of a batch stay, in this order, each with its z if it has its own."""
        for layer in self.layers.values():
            if layer.gain is not None and layer.gain.dim() == 3:
                layer.gain = layer.gain[rows]


def decompose(model: GPT, kinds: tuple[str, ...] = KINDS,
              report: Callback = quiet) -> dict[str, Factors]:
    """Name -> factors of each matrix; report(i, {}) after each."""
    factors = {}
    for i, (name, parent, kind) in enumerate(matrices(model, kinds)):
        factors[name] = decomposition(getattr(parent, kind).weight.detach())
        report(i, {})
    return factors


def matrices(model: GPT, kinds: tuple[str, ...]) -> list[tuple[str, nn.Module, str]]:
    """(name, parent module, attribute) of each matrix of these kinds, in the order of z.

    >>> from model import Config
    >>> [name for name, *_ in matrices(GPT(Config(vocab=7, width=6, layers=2)), ("v", "up"))]
    ['0.v', '0.up', '1.v', '1.up']
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"unknown kinds of matrices {sorted(unknown)}, expected some of {KINDS}")
    return [(f"{i}.{kind}", part, kind) for i, block in enumerate(model.blocks)
            for part, own in ((block.attention, ATTENTION), (block.mlp, MLP))
            for kind in own if kind in kinds]
