"""Exercises with answers that check themselves, one idea each, from easy to hard; the last three
go back to ideas that are not the paper's.

    python -m tests.exercises                     # lists them
    python -m tests.exercises 3                   # the third in full: what to write, and a hint
    python -m tests.exercises 3 out/answers.py    # checks what you wrote in a file of your own

A checker's docstring is the question, and its parameters are what you write: functions, or shares
from 0 to 1. It computes or measures what is right, and raises Wrong, or gives what is to be
learned. Your file is run as your own code. Exit status: 0 right, 1 not yet, 2 nothing to check.
"""
from __future__ import annotations

import inspect
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from random import Random

with warnings.catch_warnings():  # torch says where there is no NumPy
    warnings.simplefilter("ignore")
    import torch
import torch.nn.functional as F
from torch import Tensor

import data.tasks.problem as tasks
import rl
from cem import CEM
from data import HERE, tokenizer
from data.run.checkpoints import fingerprint, load_expert, load_model
from data.run.report import wilson
from data.tasks.families import GOODS, MINUS, NAMES, PLUS, TASKS
from data.tasks.problem import DOMAINS, Coded, Part, Problem, Said, Worked, split_of
from model import generate
from svf import SVF, adapted_weight, decomposition, mix

LOGITS, REWARDS = torch.tensor([0.4, -0.3, 0.9]), torch.tensor([1.0, -1.0, 0.5])  # a toy: three
P = LOGITS.softmax(0)                 # answers, how likely they are, how good they are, and the
UPHILL = P * (REWARDS - P @ REWARDS)  # gradient of E[r] by the logits


class Wrong(Exception):
    """An answer that is not right yet; the message says in a line what it gave."""


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shaped(name: str, value: object, *shape: int) -> Tensor:
    if not isinstance(value, Tensor) or value.shape != shape:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"{value!r:.60}"
        raise Wrong(f"{name} gives {got}, expected a tensor of shape {shape}")
    return value.float()


def same(what: str, got: object, want: Tensor, slips: dict[str, Tensor] | None = None) -> None:
    """Wrong with the first number that differs, and with the slip that gives all of `got`."""
    got = shaped(what, got, *want.shape).detach()
    off = ~torch.isclose(got, want, 1e-3, 1e-5)
    if off.any():
        at = tuple(off.nonzero()[0].tolist())
        known = [f": {text}" for text, slip in (slips or {}).items()
                 if torch.allclose(got, slip, 1e-3, 1e-5)]
        raise Wrong(f"{what}{list(at)} is {got[at]:.4g}, expected {want[at]:.4g}"
                    + "".join(known[:1]))


def expected(step: Callable[[Tensor, Tensor], Tensor], n: int) -> Tensor:
    """The mean of step(y (n,), their rewards) over all groups of n answers of the toy."""
    groups = map(torch.tensor, product(range(3), repeat=n))
    return sum(P[y].prod() * step(y, REWARDS[y]) for y in groups)


@lru_cache
def laboratory() -> tuple[SVF, tokenizer.PromptFormat, dict[str, Tensor]]:
    """The base and the experts that ship."""
    model = load_model(HERE / "base.safetensors")
    base, svf = fingerprint(model), SVF(model)
    return svf, tokenizer.built_in(tokenizer.load()), {
        name: load_expert(HERE / f"{name}.safetensors", svf.N, base)[0]
        for name in (*DOMAINS, "classifier")}


def accuracy(z: Tensor | None, problems: list[Problem]) -> float:
    """Of z: None, the base; (N,), an expert; (problems, N), a vector for each prompt."""
    svf, fmt, _ = laboratory()
    copies = 1 if z is None or z.dim() == 1 else len(z)
    with svf.adapted(z):
        done = generate(svf.model, [fmt.prompt(p.prompt) for p in problems], fmt.ends, fmt.max_new,
                        copies=copies, follow=svf.keep)
    return sum(p.judge(*fmt.read(c.tokens)).reward == 1 for p, c in zip(problems, done)) / len(
        problems)


def math_problems() -> list[Problem]:
    return [p for t in ("chain", "shop", "product") for p in TASKS[t].problems(40, "test")]


def share(value: float, n: int) -> str:
    """The value with Wilson's 95% interval, over prompts."""
    return "{:.2f} [{:.2f}, {:.2f}]".format(value, *wilson(value, n))


# ------------------------------------------------------------------------------- the exercises

def svf_by_hand(adapted: Callable) -> str:
    """Write adapted(W, z), W' = U diag(S*z) V^T, by torch.linalg.svd.

    W (O, I), not square; z (R,), R = min(O, I): a gain for each singular value, the largest
    first. Returns W' (O, I); z = 1 gives W back.
    Hint: see the argument full_matrices of torch.linalg.svd; U * s scales U's columns.
    """
    for O, I in (5, 7), (7, 4):
        W, z = noise(O, I), 1 + 0.3 * noise(min(O, I), seed=1)
        U, S, Vt = decomposition(W)
        same("with z = 1, which gives W back, W'", adapted(W, 0 * z + 1), W, {"no S": U @ Vt})
        same("W'", adapted(W, z), adapted_weight(U, S, Vt, z), {
            "z does not reach it": W, "z is no gain if it is added": (U * (S + z - 1)) @ Vt,
            "to which singular value does z[0] belong?": adapted_weight(U, S, Vt, z.flip(0))})
    return "This is svf.adapted_weight: z is all that an expert is; U, S and V stay the base's."


def what_is_in_a_gain(GUESS_SHUFFLED: float, GUESS_BACKWARDS: float) -> str:
    """Predict what the math expert scores with its gains shuffled, or turned round.

    The base answers a quarter of the math test prompts right, the expert nearly all of them.
    GUESS_SHUFFLED: with the gains shuffled within each matrix, on average over eight shuffles?
    GUESS_BACKWARDS: with 2 - z, each gain as far from 1 on the other side? Shares from 0 to 1,
    right within 0.15. Then it is measured, and explained.
    Hint: which directions does a shuffled gain stretch? Where is 2 - z, seen from z = 1?
    """
    svf, _, experts = laboratory()
    z, generator = experts["math"], torch.Generator().manual_seed(0)
    problems, parts, mean = math_problems(), z.split(svf.sizes), {}
    orders = [torch.cat([x[torch.randperm(len(x), generator=generator)] for x in parts])
              for _ in range(8)]
    for name, vectors in {"base": [None], "expert": [z], "shuffled": orders, "backwards": [2 - z],
                          "its means": [torch.cat([0 * x + x.mean() for x in parts])]}.items():
        found = [accuracy(v, problems) for v in vectors]
        mean[name] = sum(found) / len(found)
        print(f"{name:<10} {share(mean[name], 120 * len(found))}"
              + f", one by one {min(found):.2f} to {max(found):.2f}" * (len(found) > 1))
    print("A gain belongs to its own u and v. In other places the same numbers are a step in some "
          "other\ndirection, which may help or harm, and on average does little; nor does what a "
          "shuffle keeps,\nthe mean of a matrix. Backwards, z - 1 leads away from the skill.")
    for name, guess in ("shuffled", GUESS_SHUFFLED), ("backwards", GUESS_BACKWARDS):
        if abs(guess - mean[name]) > 0.15:
            raise Wrong(f"GUESS_{name.upper()} is {guess:.2f}, measured {mean[name]:.2f}")
    return "You foresaw both."


def leave_one_out(advantages: Callable) -> str:
    """Write advantages(rewards): each reward less the mean of the *other* ones.

    rewards (groups, samples): a row holds those of several answers to one prompt. Returns the
    same shape. Where all are equal there is nothing to learn; and over all that may be sampled,
    the mean of A_i d log p(y_i) is the gradient of the expected reward.
    Hint: what is the sum of the others, given the sum of all? Try [[1., -1., -1.]].
    """
    same("where all rewards are 1, and nothing is to be learned, the advantage",
         advantages(torch.ones(2, 4)), torch.zeros(2, 4))

    def step(y: Tensor, r: Tensor) -> Tensor:
        A = shaped("advantages", advantages(r[None]), 1, 3)[0]
        return (A[:, None] * (F.one_hot(y, 3) - P)).mean(0)
    ratio = expected(step, 3) / UPHILL
    if not (ratio - 1).abs().max() < 1e-3:  # NaN is not either
        raise Wrong(f"the mean step over all groups of 3 is {ratio[0]:.2f} of the gradient of E[r]"
                    ", expected 1: is its own reward in the mean, or is A rescaled?")
    r = noise(3, 5).sign() + torch.arange(3.0)[:, None]
    same("the advantage", advantages(r), rl.advantages(r), {
        "held against all prompts' answers, every one to an easy prompt looks good":
        r - (r.sum() - r) / 14,
        "unbiased, but noisy: there are more answers to hold it against": r - r.roll(-1, 1)})
    return "This is rl.advantages: unbiased, since an answer is held against what knows it not."


def kl_over_the_vocabulary(kl: Callable) -> str:
    """Write kl(policy, base), exact over the vocabulary and in nats.

    policy, base (M, V): the logits of both models at M tokens. Returns (M,): at each token, the
    mean of log policy(v) - log base(v) over what the *policy* says, for it samples the answers.
    Hint: whose probabilities weigh the sum? log_softmax, for logits that are far apart.
    """
    def truth(p: Tensor, q: Tensor) -> Tensor:
        return F.kl_div(*(x.log_softmax(-1) for x in (q, p)), reduction="none",
                        log_target=True).sum(-1)
    p, q, far = 2 * noise(4, 7), 2 * noise(4, 7, seed=1), torch.tensor([[0.0, -300.0]])
    same("of a model with itself, kl", kl(p, p), torch.zeros(4))
    same("kl", kl(p, q), truth(p, q), {
        "whose answers is this a mean over? They are the policy's": truth(q, p),
        "the probabilities are the weights: who divides by V?": truth(p, q) / 7,
        "logits are no log-probabilities yet": (p.softmax(-1) * (p - q)).sum(-1)})
    same("where a logit is 300 below the other, and exp(-300) is 0, kl", kl(far, 0 * far),
         truth(far, 0 * far))
    return "This is the KL of rl.reinforce_loss: the whole sum, and no estimate from a sample."


def reinforce(loss: Callable) -> str:
    """Write loss(logits, tokens, advantages) that has the policy gradient.

    M answers of one token each: logits (M, V), the sampled tokens (M,), their advantages (M,),
    which are constants. Returns a scalar, a mean over answers. Its value means nothing: any loss
    will do whose gradient, on average over all that may be sampled, is minus that of E[r].
    Hint: d p = p d log p, and sampling brings the p with it.
    """
    def step(y: Tensor, r: Tensor) -> Tensor:
        leaf = LOGITS.clone().requires_grad_(True)
        return torch.autograd.grad(shaped("loss", loss(leaf.expand(2, 3), y, r)), leaf)[0]
    same("the expected gradient", expected(step, 2), -UPHILL, {
        "an optimiser goes downhill, and so away from reward": UPHILL,
        "a sum, where a mean over answers was asked for": -2 * UPHILL,
        "what is likely is sampled often already, and counts twice here":
        P * (P @ (P * REWARDS) - P * REWARDS),
        "its own answers, good and bad alike, teach nothing": torch.zeros(3)})
    return "This is rl.reinforce_loss without the KL. The reward was not differentiated."


def update_of_cem(tell: Callable) -> str:
    """Write tell(candidates, scores, elites), one update of CEM.

    candidates (P, n); scores (P, 2): accuracy on the shots, and a log-likelihood that breaks
    ties, for every place among the elites. elites: how many, E. Returns (mu (n,), sigma (n,)),
    sigma the unbiased one, sqrt(sum((x - mu)^2) / (E - 1)): scores that are noise leave it as it
    is, on average of its square.
    Hint: sorted(range(P), key=...), the key a pair; std has an argument `correction`.
    """
    x, scores = noise(8, 3), torch.tensor([[.5, -.1], [.75, -.9], [.75, -.8], [1., -2.], [1., -.5],
                                           [.75, -.3], [.75, -.2], [.25, -.1]])
    cem = CEM(torch.zeros(3), torch.ones(3), 8, 4, torch.Generator())
    cem.tell(x, scores)
    mu, sigma = tell(x, scores, 4)
    same("mu", mu, cem.mu, {
        "ties were broken for the best alone, or not at all": x[1:5].mean(0),
        "accuracy comes first": x[scores[:, 1].topk(4)[1]].mean(0),
        "accuracy comes first, the two do not add up": x[scores.sum(1).topk(4)[1]].mean(0)})
    same("sigma", sigma, cem.sigma, {
        "divided by E, it shrinks on noise too": cem.sigma * (3 / 4) ** 0.5})
    return ("This is cem.CEM.tell. Eight shots give nine accuracies at most, so they tie often.")


def two_ways_to_mix(paper: Callable, with_base: Callable) -> str:
    """Write paper(alpha, Z), the paper's mixture, and with_base(alpha), for ours.

    alpha (K,), Z (K, N). paper's is (N,). Ours is 1 + sum_k alpha_k (z_k - 1), svf.mix. with_base
    gives (K + 1,): coefficients for the K experts and, last, the base, which is a vector of ones,
    so that the paper's sum is ours. For which alphas is the base's 0?
    Hint: expand ours: what is left before the 1?
    """
    Z = 1 + 0.3 * noise(3, 6)
    for alpha in map(torch.tensor, ([0.2, 0.5, -0.3], [0.5, 0.3, 0.2], [0.0, 0.0, 0.0])):
        ours, what = mix(alpha, Z), f"for alphas that add up to {alpha.sum():.1f} "
        same(f"{what}paper", paper(alpha, Z), alpha @ Z, {
            "this is ours": ours, "nothing is divided by their sum": alpha @ Z / alpha.sum()})
        full = shaped("with_base", with_base(alpha), 4) @ torch.cat((Z, torch.ones(1, 6)))
        same(f"{what}the paper's sum with with_base", full, ours, {
            "does the base always count whole?": alpha @ Z + 1})
    return "Both agree where alphas add up to 1; at alpha = 0 the paper's sum has no weights left."


def soft_dispatch(alpha: Callable) -> str:
    """Write alpha(logits, ids), strategy D: as much of each expert as is likely.

    logits (V,), of the first token of the classification expert's answer. ids: K + 1 tokens, one
    a category, the last one "others", which has no expert. Returns (K,): p(k | prompt), given
    that it is one of these K + 1; what others has is left to the base, as svf.mix does. It is
    tried on prompts that want a sum and a function, of which B's one expert knows one.
    Hint: logits[ids] are K + 1 numbers. Which probabilities do they stand for?
    """
    ids, logits = [7, 2, 9, 4], noise(11)
    same("alpha", alpha(logits, ids), logits[ids].softmax(0)[:3], {
        "they add up to 1, and nothing is left for others": logits[ids[:3]].softmax(0),
        "of any token, where one of the categories is given": logits.softmax(0)[ids[:3]],
        "the likeliest takes all: this is B": F.one_hot(logits[ids].argmax(), 4)[:3].float()})
    (svf, fmt, experts), problems = laboratory(), TASKS["sum+code"].problems(100, "test")
    ids = [fmt.answer(f" {label}")[0] for label in tasks.LABELS]
    with svf.adapted(experts["classifier"]):
        rows = [svf.model(torch.tensor([fmt.prompt(p.prompt + tasks.WHICH)]))[0, -1]
                for p in problems]
    Z = torch.stack([experts[name] for name in DOMAINS])
    B, D = (accuracy(mix(torch.stack(a), Z), problems)
            for a in ([F.one_hot(row[ids].argmax(), 4)[:3] for row in rows],
                      [shaped("alpha", alpha(row, ids), 3) for row in rows]))
    if D <= B:
        raise Wrong(f"on sum+code {D:.2f} are answered right, expected more than B's {B:.2f}")
    return (f"On sum+code B answers {share(B, 100)} right, yours {share(D, 100)}: where two "
            "experts are needed, doubt between them is what mixes them.")


def task_of_your_own(maker: Callable) -> str:
    """Write maker(rng), a new family of problems.

    See data/tasks/families.py. All chance is rng's, a random.Random. The part's own answer is
    rewarded, its wrong ones (near; broken, javascript, astray) are not. Its key is the content
    without names and phrasing: a hash of it picks the split, so what is asked twice has one key,
    and a key has one answer. Of 600 draws 540 differ, and the tokenizer knows every word.
    Hint: begin with `shop` or `echo`; data.tokenizer.tidy spells a text.
    """
    if maker(Random(1)) != maker(Random(1)):
        raise Wrong("maker(Random(1)) gives two different problems, expected all chance from rng")
    rng = Random(0)
    parts = [read_and_judged(maker(rng)) for _ in range(3000)]
    if (found := len({part.key for part in parts[:600]})) < 540:
        raise Wrong(f"600 draws have {found} different keys, expected 540 or more")
    check_keys(parts)
    problems = tasks.Task("yours", parts[0].domain, (maker,), "").problems(60, "test")
    scores = [f"{name} {share(accuracy(laboratory()[2].get(name), problems), 60)}"
              for name in ("base", *DOMAINS)]
    return (f"Shares of 60 test prompts: {', '.join(scores)}. What the base has never read, no "
            "expert brings out: see 'How to carry on' in tests/README.md.")


def read_and_judged(part: Part) -> Part:
    """The part. Wrong unless the tokenizer knows its words, and right and wrong are told apart."""
    kind, domain = type(part), getattr(part, "domain", None)
    if kind not in (Worked, Coded, Said) or kind is Worked and domain not in tasks.OPENERS:
        raise Wrong(f"maker gives {part!r:.60}, expected a Coded, a Said or a Worked of "
                    f"{' or '.join(tasks.OPENERS)}")
    start = f" {tasks.OPENERS[domain]} :{part.working} " if kind is Worked else " "
    own, slips = ((part.answer, (*part.broken, part.javascript, part.astray)) if kind is Coded
                  else (start + part.answer, [start + text for text in part.near]))
    for text, want in [(own, 1), *((slip, -1) for slip in slips)]:
        if Problem("", "", "", (part,)).judge(text).reward != want:
            raise Wrong(f"{text!r:.60} to {part.question!r:.60} is rewarded {-want:+d}, expected "
                        f"{want:+d}")
    if not slips:
        raise Wrong("near is empty, expected wrong answers that look right")
    fmt = laboratory()[1]
    for tokens in map(fmt.encoding.encode_ordinary, (part.question, own)):
        if bytes_at := [i for i, token in enumerate(tokens) if token < 256]:
            raise Wrong(f"{fmt.text(tokens[bytes_at[0]:])!r:.30} begins with a single byte, "
                        "expected words that the tokenizer knows, a space before each")
    return part


def check_keys(parts: list[Part]) -> None:
    """Wrong where a key has two answers, or what is asked twice, as far as we see, two keys."""
    group = {word: kind for kind in (NAMES, GOODS, PLUS, MINUS) for word in kind}
    answers, keys = {}, {}
    for part in parts:
        if answers.setdefault(part.key, part.answer) != part.answer:
            raise Wrong(f"key {part.key!r:.60} has two answers, expected one: what is not in it?")
        asked = part.question if isinstance(part, Said) else " ".join(
            str(group.get(word, word)) for word in part.question.split())
        if (first := keys.setdefault((asked, part.answer), part.key)) != part.key:
            raise Wrong(f"{first!r:.60} (of {split_of(first)}) and {part.key!r:.60} (of "
                        f"{split_of(part.key)}) differ in names or phrasing, expected one key")


def largest_alone(adapted: Callable) -> str:
    """Write adapted(W, z, k): gains for the k largest singular values alone.

    W (O, I), z (k,), k < min(O, I). Nothing else of W changes: what the k values do not hold
    stays as it is. Returns W' (O, I). It needs no singular vector beyond the k-th.
    Hint: what is added to W where z = 1? And which rank has what is added?
    """
    W, k = noise(6, 9), 3
    z = 1 + 0.3 * noise(k, seed=1)
    U, S, Vt = decomposition(W)
    U, S, Vt = U[:, :k], S[:k], Vt[:k]
    want = W + (U * (S * (z - 1))) @ Vt
    same("with z = 1, W'", adapted(W, 0 * z + 1, k), W, {
        "the rest of W is gone": (U * S) @ Vt,
        "what is in W already was added once more": W + (U * S) @ Vt})
    same("W'", adapted(W, z, k), want, {"z does not reach it": W})
    return "This is svf.TopLinear: k (O + I) numbers beside W, and an expert is a LoRA of rank k."


def the_way_back(known: Callable, found: Callable) -> str:
    """Write known(K) and found(alphas, scores), the way back to what is known.

    known(K): alphas (K + 2, K) among the first candidates: the base, each expert alone, all mixed
    evenly. found(alphas (n, K), scores (n, 2)): of all the candidates of a search alpha (K,), the
    best: by accuracy on the shots, and where that ties by a log-likelihood; but the base, where
    none is ever right. Then a search in which one expert alone is right ends in both ways.
    Hint: which alpha is the base? And which accuracy says that there is nothing to go by?
    """
    K, x = 3, noise(5, 3)
    rows = shaped("known(3)", known(K), K + 2, K)
    for name, row in {"the base": torch.zeros(K), "the even mixture": torch.full((K,), 1 / K),
                      **{f"expert {k} alone": torch.eye(K)[k] for k in range(K)}}.items():
        if not torch.isclose(rows, row).all(1).any():
            raise Wrong(f"{name} is not among the rows of known(3)")
    scores = torch.tensor([[.5, -.1], [.75, -.9], [.75, -.2], [.25, -.05], [.75, -.4]])
    same("found", found(x, scores), x[2], {
        "ties were not broken": x[1], "accuracy comes first": x[3],
        "the mean of the best is none that was tried": x[[1, 2, 4]].mean(0)})
    same("found, where no shot is right", found(x, torch.tensor([[0.0, -1e9]] * 5)),
         torch.zeros(K), {"there is nothing to go by, so nothing to add": x[0]})
    cem = CEM(torch.full((K,), 1 / K), torch.full((K,), 0.4), 10, 3,
              torch.Generator().manual_seed(0))
    tried, points = [], []
    for i in range(4):
        tried.append(cem.ask())
        if i == 0:
            tried[0][:K + 2] = rows
        near = (tried[-1] - torch.eye(K)[0]).norm(dim=1)
        points.append(torch.stack([0.5 + 0.5 * (near < 0.1), -near], 1))
        cem.tell(tried[-1], points[-1])
    mu, best = (" ".join(f"{x:+.2f}" for x in alpha.tolist())
                for alpha in (cem.mu, found(torch.cat(tried), torch.cat(points))))
    return (f"This is cem.few_shot. Where the first expert alone is right, mu ends at {mu}, and "
            f"the best of all is {best}.")


def form_or_skill(GUESS_FORM: float, GUESS_RIGHT: float) -> str:
    """Predict how much of what the math expert has learned is form.

    Of its answers to 120 math test prompts 118 are right, and all begin with "sum :"; of the
    base's 27 are right. GUESS_FORM: which share of the base's answers begins with "sum :"?
    GUESS_RIGHT: which share of the 120 does the base answer right if these two tokens are
    written for it, and it goes on from there? Shares from 0 to 1, right within 0.15.
    Hint: what is wrong with the base's 93 wrong answers: what they compute?
    """
    (svf, fmt, _), problems = laboratory(), math_problems()
    form = fmt.answer(" sum :")[:2]
    found = []
    for start in ([], form):
        with svf.adapted(None):
            done = generate(svf.model, [fmt.prompt(p.prompt) + start for p in problems], fmt.ends,
                            fmt.max_new)
        found.append([start + c.tokens for c in done])
    formed = sum(tokens[:2] == form for tokens in found[0]) / len(problems)
    alone, helped = (sum(p.judge(*fmt.read(tokens)).right for p, tokens in zip(problems, said))
                     / len(problems) for said in found)
    n = len(problems)
    print(f"{share(formed, n)} of the base's answers have the form, {share(alone, n)} are right; "
          f"with it, {share(helped, n)}\nIt could add all the time: here the expert is a way to "
          "begin. That is what gains are good at,\nand a reason to be careful with what they are "
          "said to teach.")
    for name, guess, is_so in ("FORM", GUESS_FORM, formed), ("RIGHT", GUESS_RIGHT, helped):
        if abs(guess - is_so) > 0.15:
            raise Wrong(f"GUESS_{name} is {guess:.2f}, measured {is_so:.2f}")
    return "You foresaw both."


# -------------------------------------------------------------------------------- command line

EXERCISES = (svf_by_hand, what_is_in_a_gain, leave_one_out, kl_over_the_vocabulary, reinforce,
             update_of_cem, two_ways_to_mix, soft_dispatch, task_of_your_own, largest_alone,
             the_way_back, form_or_skill)


def written(path: Path, check: Callable) -> Iterator[object]:
    """What the reader's file has for the checker's parameters; functions are guarded."""
    own = guarded(runpy.run_path, path.name, path)(str(path))
    for name, parameter in inspect.signature(check).parameters.items():
        value, number = own.get(name), parameter.annotation == "float"
        if not (isinstance(value, (int, float)) and 0 <= value <= 1 if number
                else callable(value)):
            raise Wrong(f"{name} is {f'{value!r:.40}' if name in own else 'missing'}, expected a "
                        f"{'number from 0 to 1' if number else 'function'} in {path.name}")
        yield value if number else guarded(value, name, path)


def guarded(function: Callable, name: str, path: Path) -> Callable:
    """The function, on copies of tensors; what it raises is Wrong, with the line in `path`."""
    def call(*args: object) -> object:
        try:
            return function(*(x.clone() if isinstance(x, Tensor) else x for x in args))
        except (Exception, SystemExit) as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
                     if frame.filename == str(path)]
            where = f" ({path.name}, line {lines[-1]})" if lines else ""
            raise Wrong(f"{name} raises {type(error).__name__}: {error}{where}") from None
    return call


def main(argv: list[str]) -> int:
    torch.set_num_threads(1)
    known = {str(i): check for i, check in enumerate(EXERCISES, 1)}
    number, file = (*argv, "", "")[:2]
    if argv and number not in known or len(argv) > 2 or file and not Path(file).is_file():
        print(f"{' '.join(argv)!r:.200}: expected a number from 1 to {len(known)}, and perhaps a "
              "file that is there", file=sys.stderr)
        return 2
    if not file:
        for i, check in known.items():
            question = inspect.getdoc(check)
            if i == number:
                print(f"{question}\nThen:  python -m tests.exercises {i} out/answers.py")
            elif not number:
                print(f"{i}  {question.splitlines()[0]}")
        return 0
    try:
        print(f"Right. {known[number](*written(Path(file).resolve(), known[number]))}")
        return 0
    except Wrong as wrong:
        said = str(wrong)
    except Exception as error:  # what was given can't be worked with
        said = f"what it gives can't be checked: {type(error).__name__}: {error}"
    print(f"Not yet: {' '.join(said.split())[:600]}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
