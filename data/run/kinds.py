"""Strategy A on open weights (paper, Sec. 3.2): of which kind is a prompt? By Bayes' rule.

A small base that is asked for a word says its favourite one, whatever the prompt. But it tells
well what goes on from what it has read: after some questions of one kind, another one of that kind
is likelier than after those of another kind. With no kind likelier than another beforehand,

    p(kind | prompt) = p(prompt | questions of the kind) / sum over all kinds of the same

The questions are training prompts, and are kept with the expert. Of a prompt its last paragraph
counts: solved questions before it are other questions.

Departs from the paper, whose model names the kind: ours is only read, and writes nothing.
"""
from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from data.tasks.problem import OTHERS, Task
from data.tokenizer import PromptFormat
from rl import PIECE, Episode, answer_states
from svf import SVF

SHOWN = 4      # questions of each kind
LONGEST = 200  # characters of each, and of a prompt that is asked about
WORST = "\U0001f9ff" * LONGEST  # in tokens
SURE = 0.95    # a kind is named if it is at least so likely, else "others"
BETWEEN = "\n\n"


def shortened(prompt: str) -> str:
    r"""The last paragraph of a prompt, and of that the end.

    >>> shortened("Q: 1 + 1?\nA: 2\n\nQ: 2 + 2?\nA:")
    'Q: 2 + 2?\nA:'
    """
    return prompt.strip().rpartition(BETWEEN)[2][-LONGEST:]


def examples(task: Task, seed: int) -> list[str]:
    """What is kept with an expert."""
    return [shortened(p.prompt) for p in task.problems(SHOWN, "train", seed)]


def usable(kept: dict[str, object]) -> bool:
    """Whether each kind has examples: experts of before have none.

    >>> usable({"math": ["1 + 1?"]}), usable({"math": []}), usable({"math": None})
    (True, False, False)
    """
    return all(isinstance(texts, list) and texts
               and all(isinstance(text, str) and len(text) <= LONGEST for text in texts)
               for texts in kept.values())


@torch.no_grad()
def likelihoods(svf: SVF, fmt: PromptFormat, kept: dict[str, list[str]], prompts: Sequence[str]
                ) -> Tensor:
    """log p of each prompt after the examples of each kind, by the base: (prompts, K).

    kept: name of a kind -> its `examples`. Bare text, whatever a chat's headers are.
    """
    e, found = fmt.encoding, []
    begin = [e.special[e.begin]] if e.begin else []

    def read(texts: Sequence[str]) -> list[int]:
        return [token for text in texts for token in e.encode_ordinary(text, first=False)]
    starts = [begin + read([part for text in texts for part in (text, BETWEEN)])
              for texts in kept.values()]
    asked = [read([shortened(p) or BETWEEN]) for p in prompts]  # one token at least
    size = max(1, fmt.batch // len(kept))
    for some in (asked[i:i + size] for i in range(0, len(asked), size)):
        with svf.adapted(None):  # a kind's examples are run once for all prompts
            states, targets, row = answer_states(svf.model, [
                [Episode(start, tokens) for tokens in some] for start in starts])
        piece = PIECE // svf.model.config.vocab or 1
        logp = torch.cat([svf.model.head(s).float().log_softmax(-1).gather(-1, t[:, None])[:, 0]
                          for s, t in zip(states.split(piece), targets.split(piece))])
        sums = torch.zeros(len(starts) * len(some)).index_add_(0, row.cpu(), logp.cpu())
        found.append(sums.view(len(starts), -1).T)
    return torch.cat(found)


def named(svf: SVF, fmt: PromptFormat, kept: dict[str, list[str]], prompts: Sequence[str]
          ) -> list[tuple[str, float]]:
    """(kind, its probability) of each prompt; (others, what the likeliest kind leaves)."""
    p = likelihoods(svf, fmt, kept, prompts).softmax(-1)
    return [([*kept][i], sure) if sure >= SURE else (OTHERS, 1 - sure)
            for sure, i in zip(*(x.tolist() for x in p.max(-1)))]
