"""Prompt formats of open weights: chat headers, and the tokens that end an answer.

Weights that were trained to chat read headers; base models read the bare prompt. The paper's bases
were trained to chat (Sec. 4). The templates that folders carry are programs, which are not run
here: it is looked which of CHATS one writes, by what stands in it, and for that form the tokens
are those of transformers' apply_chat_template. Left out: turns after the first, and tools.
"""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from data.files import opened
from data.llama.weights import Fields
from data.tokenizer import Encoding, PromptFormat


class Chat(NamedTuple):
    """One way to chat, in the words of tokenizer.fill.

    system, alone: what stands before a user's turn, with a system prompt and without one. trims:
    whether a turn loses the white space around it. end: the token at its end.
    """

    begin: str
    system: str
    alone: str
    user: str
    end: str
    trims: bool = False

    def around(self, system: str) -> tuple[str, str]:
        """What stands around a prompt, and the system prompt in it.

        >>> CHATS["mistral"].around(""), CHATS["mistral"].around("Be kind.")[1]
        (('<s>[INST] {} [/INST]', ''), 'Be kind.')
        """
        inside = "[INST]" in self.system  # the system prompt stands in the user's turn
        kept = system if inside or not self.trims else system.strip()
        prompt = "{}" if not self.trims else "{rtrim}" if inside and system else "{trim}"
        return (self.begin + (self.system if system else self.alone)
                + self.user.replace("{}", prompt), kept)


def header(role: str) -> str:
    """Of a turn, as Llama 3 writes it."""
    return f"<|start_header_id|>{role}<|end_header_id|>\n\n"


LLAMA3 = Chat("<|begin_of_text|>", header("system") + "{system}<|eot_id|>", "",
              header("user") + "{}<|eot_id|>" + header("assistant"), "<|eot_id|>", True)
DAY = "Cutting Knowledge Date: December 2023\n"
DATED = (header("system") + DAY + "Today Date: 26 Jul 2024\n\n"  # which the template has
         "{system}<|eot_id|>")                                   # where nobody tells it another
CHATS = {
    "chatml": Chat("", "<|im_start|>system\n{system}<|im_end|>\n", "",
                   "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"),
    "llama3": LLAMA3,
    "llama3.1": LLAMA3._replace(system=DATED, alone=DATED.replace("{system}", "")),
    "llama2": Chat("<s>", "[INST] <<SYS>>\n{system}\n<</SYS>>\n\n", "[INST] ", "{} [/INST]",
                   "</s>", True),
    "mistral": Chat("<s>", "[INST] {system}\n\n", "[INST] ", "{} [/INST]", "</s>"),
}
# of a text or a turn, in anybody's tokenizer: no base model says one that it was not trained on
ENDS = ("<|end_of_text|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|eom_id|>")


def published(folder: Path, encoding: Encoding, chat: str = "auto", system: str = "",
              one_line: bool = False, max_new: int = 128, batch: int = 32) -> PromptFormat:
    """The prompt format of open weights; its `why` says which it is and what says so.

    chat: one of CHATS, or "none", as for a base model; "auto": see `chosen`. system: the system
    prompt. one_line: an answer ends with its first line. ValueError if headers are asked for that
    the tokenizer does not have, or a system prompt where there are no headers to put it in.
    """
    special = encoding.special
    ends, first = eos(folder, encoding.n_vocab), encoding.begin
    form, why = chosen(chat, template(folder), special, ends, first)
    around = "{}"
    if form:
        around, system = form.around(system)
        named = [*re.findall(r"<\|\w+\|>", around), form.begin, form.end]
        if absent := [name for name in named if name and name not in special]:
            raise ValueError(f"--chat {chat}: the tokenizer of {folder} has no {absent[0]}; "
                             "expected --chat auto, or none for the bare prompt")
        first, ends = "", [special[form.end], *ends]
    elif system:
        raise ValueError(f"--system {system[:40]!r}: {folder} has no chat headers to put it in; "
                         f"expected --chat {' or '.join(CHATS)}, or no --system")
    ends += [special[name] for name in ENDS if name in special]
    if not ends:
        raise ValueError(f"{folder} names no token that ends an answer; expected eos_token_id in "
                         "config.json")
    if one_line:
        ends += [i for i, piece in encoding.pieces.items()
                 if b"\n" in piece and i not in special.values()]
    return PromptFormat(encoding, (special[first],) if first else (), around,
                        tuple(dict.fromkeys(ends)), "\n" if one_line else "", max_new, batch,
                        system, f"prompts: {why}")


def chosen(chat: str, text: str | None, special: dict[str, int], ends: list[int], first: str
           ) -> tuple[Chat | None, str]:
    """The form for a folder, None for bare prompts; and which it is and why, for people.

    chat: what the user wants. text: the folder's template, if it has one. special, ends: the
    special tokens, and those that end an answer by its own settings. first: as in `written`.
    Without a template it is the form whose end of turn is among these ends. A form whose end is
    not among them is a base model's, which got its template for those who train it further.

    >>> chosen("auto", "... '<|im_start|>assistant\\\\n'", {"<|im_end|>": 2}, [0], "")[1]
    'bare, for <|im_end|>, which ends a turn of its chatml template, is no end in its settings'
    """
    name, form = written(text or "", first)
    if chat != "auto":
        return form if chat == name else CHATS.get(chat), f"{chat}, as --chat says"
    if text is None:
        for usual in ("chatml", "llama3"):
            if special.get(end := CHATS[usual].end) in ends:
                return CHATS[usual], (f"{usual}, for its settings end an answer with {end}; it "
                                      "has no chat_template")
        return None, "bare, as of a base model: it has no chat_template (else say --chat)"
    if not form:
        return None, (f"bare: the chat_template writes none of {', '.join(CHATS)}; if it is like "
                      "one of them, say --chat")
    if special.get(form.end) not in ends:
        return None, (f"bare, for {form.end}, which ends a turn of its {name} template, is no end "
                      "in its settings")
    default = ", with its default system prompt if --system is none"
    return form, f"{name}, as its chat_template" + default * (name == "chatml" and form.alone > "")


def written(text: str, first: str = "") -> tuple[str, Chat | None]:
    """The form that a template's text writes, and its name; "" and None if it is none of CHATS.

    first: what stands before every text of this tokenizer, where the form has no word for it. A
    default system prompt, whether turns lose their white space, and the spaces around [INST] are
    read from the text.

    >>> name, form = written("{{ '[INST]' + m.content + '[/INST]' }}")
    >>> name, form.alone, form.user, form.begin, form.trims
    ('mistral', '[INST]', '{}[/INST]', '', False)
    """
    text = text.replace("\\n", "\n")
    name = ("chatml" if "<|im_start|>assistant\n" in text else
            "llama3.1" if header("assistant") in text and DAY in text else
            "llama3" if header("assistant") in text else
            "" if "[INST]" not in text or "[/INST]" not in text else
            "llama2" if "<<SYS>>\n" in text else "mistral")
    if not name:
        return "", None
    form = CHATS[name]
    default = re.search(r"(['\"])(<\|im_start\|>system\n[^'\"]+<\|im_end\|>\n)\1", text)
    if name == "chatml" and default:
        form = form._replace(alone=default[2])
    left, right = (re.search(rf"['\"](\s?\[{word}\]\s?)['\"]", text) for word in ("INST", "/INST"))
    if name == "mistral" and left and right:
        form = form._replace(system=left[1] + "{system}\n\n", alone=left[1], user="{}" + right[1])
    start = form.begin or first
    return name, form._replace(begin=start if "bos_token" in text or start in text else "",
                               trims=bool(re.search(r"\|\s*trim\b|\.strip\(\)", text)))


def template(folder: Path) -> str | None:
    """The text of the folder's chat template, from the file of its own or tokenizer_config.json.

    ValueError if there is one that can't be read.
    """
    if os.path.lexists(path := folder / "chat_template.jinja"):
        with opened(path) as file:
            return file.read(1_000_000).decode(errors="replace")
    if not os.path.lexists(path := folder / "tokenizer_config.json"):
        return None
    fields = Fields(path)
    found = fields.get("chat_template")
    if isinstance(found, list):  # several, of which one is the usual
        found = next((one.get("template") for one in found
                      if isinstance(one, dict) and one.get("name") == "default"), None)
    if found is not None and not isinstance(found, str):
        fields.fail("chat_template", found, "a text, or a list with a default")
    return found


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
