"""Prompt formats of open weights: chat headers, and the tokens that end an answer.

Weights that were trained to chat read headers; base models read the bare prompt. The paper's bases
were trained to chat (Sec. 4). What a folder's chat template writes around a prompt is found by
running it (template.py) on messages with marks in them, so that the tokens are those of
transformers' apply_chat_template; CHATS are for folders without one. Left out: turns after the
first, and tools.
"""
from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from data.files import opened
from data.llama.template import Run
from data.llama.weights import Fields
from data.tokenizer import Encoding, PromptFormat

PROMPT, SYSTEM, ANSWER = "\ue000prompt\ue001", "\ue000system\ue001", "\ue000answer\ue001"  # marks
LEFT, RIGHT = " \n\t", "\t\n "  # white space around a mark: what a template does with it is seen


class Chat(NamedTuple):
    """One way to chat: what stands around a prompt, in the words of tokenizer.fill; with a system
    prompt; and the token at the end of a turn.
    """

    alone: str
    with_system: str
    end: str


def header(role: str) -> str:
    """Of a turn, as Llama 3 writes it."""
    return f"<|start_header_id|>{role}<|end_header_id|>\n\n"


IM = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
USER = header("user") + "{trim}<|eot_id|>" + header("assistant")
DATED = ("<|begin_of_text|>" + header("system") + "Cutting Knowledge Date: December 2023\n"
         "Today Date: 26 Jul 2024\n\n")  # the day that Llama's template has for itself
CHATS = {
    "chatml": Chat(IM, "<|im_start|>system\n{system}<|im_end|>\n" + IM, "<|im_end|>"),
    "llama3": Chat("<|begin_of_text|>" + USER, "<|begin_of_text|>" + header("system")
                   + "{systemtrim}<|eot_id|>" + USER, "<|eot_id|>"),
    "llama3.1": Chat(DATED + "<|eot_id|>" + USER, DATED + "{systemtrim}<|eot_id|>" + USER,
                     "<|eot_id|>"),
    "llama2": Chat("<s>[INST] {trim} [/INST]",
                   "<s>[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{rtrim} [/INST]", "</s>"),
    "mistral": Chat("<s>[INST] {} [/INST]", "<s>[INST] {system}\n\n{} [/INST]", "</s>"),
}
# of a text or a turn, in anybody's tokenizer: no base model says one that it was not trained on
ENDS = ("<|end_of_text|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|eom_id|>")


def published(folder: Path, encoding: Encoding, chat: str = "auto", system: str = "",
              one_line: bool = False, max_new: int = 128, batch: int = 32) -> PromptFormat:
    """The prompt format of open weights; its `why` says which it is and what says so.

    chat: one of CHATS, or "none", as for a base model; "auto": see `chosen`. system: the system
    prompt. one_line: an answer ends with its first line. max_new, batch: as in PromptFormat.
    ValueError if headers are asked for that the tokenizer does not have, or a system prompt where
    there is no place for it.
    """
    special, ends = encoding.special | encoding.added, eos(folder, encoding.n_vocab)
    form, why = (chosen(folder, special, ends, bool(system)) if chat == "auto" else
                 (CHATS.get(chat), f"{chat}, as --chat says"))
    around = (form.with_system if system else form.alone) if form else "{}"
    if system and not around.count("{system"):
        raise ValueError(f"--system {system[:40]!r}: {folder} has no place for it ({why}); "
                         f"expected --chat {' or '.join(CHATS)}, or no --system")
    if form and chat != "auto":
        names = [*re.findall(r"<\|\w+\|>|^<s>", around), form.end]
        if absent := [name for name in names if name not in special]:
            raise ValueError(f"--chat {chat}: the tokenizer of {folder} has no special token "
                             f"{absent[0]}; expected --chat auto, or none for the bare prompt")
    if form and form.end:
        ends = [special[form.end], *ends]
    ends += [special[name] for name in ENDS if name in special]
    if not ends:
        raise ValueError(f"{folder} names no token that ends an answer; expected eos_token_id in "
                         "config.json")
    if one_line:
        ends += [i for i, piece in encoding.pieces.items()
                 if b"\n" in piece and i not in special.values()]
    before = (special[encoding.begin],) if encoding.begin and not form else ()
    return PromptFormat(encoding, before, around, tuple(dict.fromkeys(ends)),
                        "\n" if one_line else "", max_new, batch, system, f"prompts: {why}")


def chosen(folder: Path, special: dict[str, int], ends: list[int], system: bool
           ) -> tuple[Chat | None, str]:
    """The form for a folder, None for bare prompts; and which it is and why, for people.

    special, ends: the added tokens, and those that end an answer by the folder's own settings.
    Without a template it is the form of CHATS whose end of turn is among these ends. A template
    whose end is not among them is a base model's, for those who train it further.
    """
    text, tokens = template(folder)
    if text is None:
        for name in ("chatml", "llama3"):
            if special.get(end := CHATS[name].end) in ends:
                return CHATS[name], (f"{name}, for its settings end an answer with {end}; it has "
                                     "no chat_template")
        return None, "bare, as of a base model: it has no chat_template (else say --chat)"
    try:
        form = followed(text, tokens, special, system)
    except ValueError as error:
        return None, (f"bare, for its chat_template is not followed: {error}; if it is like one "
                      f"of {', '.join(CHATS)}, say --chat")
    if form.end and special[form.end] not in ends:
        return None, (f"bare, for {form.end}, which ends a turn of its chat_template, is no end "
                      "in its settings")
    return form, f"as its chat_template writes them: {(form.with_system or form.alone)[:240]!r}"


def followed(text: str, tokens: dict[str, str], special: dict[str, int], system: bool) -> Chat:
    """What a template writes. tokens: names that it may use; special: added tokens and ids.

    ValueError says why it can't be followed; with_system is "" if no system prompt is wanted.

    >>> followed("{{ bos_token }}[{{ messages[0].content | trim }}]", {"bos_token": "<s>"}, {},
    ...          False).alone
    '<s>[{trim}]'
    """
    def write(prompt: str, *turns: dict, asks: bool = True) -> str:
        user = {"role": "user", "content": prompt}
        return Run(text).write(messages=[*turns[:1], user, *turns[1:]], tools=None, documents=None,
                               add_generation_prompt=asks, **tokens)

    def seen(mark: str, plain: str, padded: str, words: dict[str, str]) -> str:
        """The word for how white space around the mark comes out."""
        if plain.count(mark) != 1:
            raise ValueError(f"it writes {mark[1:-1]} {plain.count(mark)} times")
        for word, pieces in words.items():
            if padded == plain.replace(mark, pieces.replace("*", mark)):
                return word
        raise ValueError(f"it changes the white space of {mark[1:-1]} in a way of its own")

    def form(*turns: dict) -> str:
        plain = write(PROMPT, *turns)
        found = plain.replace("{", "{brace}").replace(PROMPT, seen(
            PROMPT, plain, write(LEFT + PROMPT + RIGHT, *turns), {
                "{}": LEFT + "*" + RIGHT, "{trim}": "*", "{rtrim}": LEFT + "*",
                "{ltrim}": "*" + RIGHT}))
        if not turns:
            return found
        padded = write(PROMPT, turns[0] | {"content": LEFT + SYSTEM + RIGHT})
        return found.replace(SYSTEM, seen(SYSTEM, plain, padded, {
            "{system}": LEFT + "*" + RIGHT, "{systemtrim}": "*"}))
    wanted = {"role": "system", "content": SYSTEM}
    alone, with_system = form(), form(wanted) if system else ""
    return Chat(alone, with_system, end_of_turn(write, special))


def end_of_turn(write: Callable[..., str], special: dict[str, int]) -> str:
    """The added token that follows an assistant's answer, "" if none is seen to."""
    turns = {"role": "user", "content": "?"}, {"role": "assistant", "content": ANSWER}
    try:
        after = write(PROMPT, *turns, asks=False).partition(ANSWER)[2].lstrip()
    except ValueError:
        return ""
    return max((name for name in special if after.startswith(name)), key=len, default="")


def template(folder: Path) -> tuple[str | None, dict[str, str]]:
    """The text of the folder's chat template, from the file of its own or tokenizer_config.json,
    and the tokens that it may name: bos_token and its like.

    ValueError if there is one that can't be read.
    """
    text, tokens = None, {}
    if os.path.lexists(path := folder / "tokenizer_config.json"):
        fields = Fields(path)
        for key, value in fields.table.items():
            name = value.get("content") if isinstance(value, dict) else value
            if key.endswith("_token") and isinstance(name, str):
                tokens[key] = name
        text = fields.get("chat_template")
        if isinstance(text, list):  # several, of which one is the usual
            text = next((one.get("template") for one in text
                         if isinstance(one, dict) and one.get("name") == "default"), text)
        if text is not None and not isinstance(text, str):
            fields.fail("chat_template", text, "a text, or a list with a default")
    if os.path.lexists(path := folder / "chat_template.jinja"):
        with opened(path) as file:
            text = file.read(1_000_000).decode(errors="replace")
    return text, tokens


def eos(folder: Path, vocab: int) -> list[int]:
    """eos_token_id of the folder's settings: a number or a list of them, or null."""
    found: list[int] = []
    for name in ("generation_config.json", "config.json"):
        if os.path.lexists(folder / name):  # a link to nothing is an error, not an absence
            fields = Fields(folder / name)
            value = fields.get("eos_token_id", [])
            found += value if isinstance(value, list) else [value]
            if any(type(end) is not int or not 0 <= end < vocab for end in found):
                fields.fail("eos_token_id", value, f"a whole number below {vocab}, or some")
    return found
