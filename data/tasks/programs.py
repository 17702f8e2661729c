"""Where the program is in what a model says: in fences, in prose, or the body of a function.

Of several programs the first that defines what is needed is meant, whether it passes or not. What
stands before it gives it what it defines, and runs nothing. A text that was cut off is held to
what is complete in it. No code is run here: interpreter.py does that.
"""
from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from textwrap import indent

from data.tasks.interpreter import defined

LONGEST = 20_000  # characters that are looked at
TRIED = 20        # blocks of code in an answer


def any_of(*patterns: str) -> str:
    """Matches any of these."""
    return f"(?:{'|'.join(patterns)})"


def answered(text: str) -> str:
    """What was said after thinking."""
    return text.rpartition("</think>")[2].partition("<think>")[0]


_FENCE = re.compile(  # or Llama's and MBPP's brackets; code may follow on the same line
    r"(?P<shut>\[/(?:PYTHON|CODE)\]|\[(?:DONE|END)\])|\[(?:PYTHON|CODE|BEGIN)\]"
    r"|(?:`{3,}|^[ \t]*~{3,})(?P<tag>[ \t]*(?i:python[23]?|py3?)\b|[\w+#-]+(?=[ \t]*$))?[ \t]*",
    re.MULTILINE)
_TICKED = re.compile(r"`([^`\n]*\b(?:def|lambda)\b[^`\n]*)`")
# Lines that define something; that code in prose may begin with; and that are statements, or go
# on with one: what else stands at the margin is prose.
_DEFINES = re.compile(r"(?:async )?def \w|class \w|@\w|import \w|from [\w.]+ import\b")
_BEGINS = re.compile(any_of(_DEFINES.pattern, r"\w+ ?=(?!=)", r"(?:if|for|while)\b.*:$", "try:"))
_STATEMENT = re.compile(any_of(
    _BEGINS.pattern, r"[)\]}#]", r"[\w.]+\(", r"(?:assert|return)\b", "(?:else|except|finally):",
    r"(?:if|for|while|with|elif|except)\b.*:\s*(?:#.*)?$",
    r"[A-Za-z_*][\w., *]*(?:\[.*\])?\s?(?::[^=]+)?[-+*/%|&^]{0,2}=(?!=)"))
_STUB = re.compile(
    r"(?P<head>def (?P<name>\w+)\([^\n]*(?:\n[^\n]*){0,9}?:[ \t]*(?:#[^\n]*)?\n"
    r"(?:\s*[rR]?(?P<quote>\"{3}|'{3})(?:(?!(?P=quote)).)*(?P=quote))?)"
    r"(?:\s|#[^\n]*|pass\b|\.\.\.)*\Z", re.DOTALL)
# Where a chat ends; but a program may well strike <s>through</s>, and "</s>" may be a string.
_END = re.compile(r"<s>[^\n]{0,200}?</s>|(?P<end><\|(?:im_end|eot_id|endoftext)\|>"
                  r"|</s>(?:(?=<s>)|(?![^\n]{0,200}['\"])))")
_KEPT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_BINDS = (ast.Assign, ast.AnnAssign, ast.If, ast.Try)
_TYPOS = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2212": "-",
                        "\u00a0": " ", "\u3000": " ", **dict.fromkeys("\u200b\u2060\ufeff")})


def _blocks(text: str) -> tuple[list[str], str, bool]:
    r"""What stands between fences, what stands outside, and whether the last block is open.

    >>> _blocks("So: ```python x = 1``` or\n~~~\nx = 2\n~~~\n[BEGIN] x = 3")
    (['x = 1', '\nx = 2\n', ' x = 3'], 'So: or\n\n', True)
    """
    parts: tuple[list[str], list[str]] = [], []  # outside, inside
    inside, start, margin = False, 0, 0
    for mark in _FENCE.finditer(text):
        indented = re.search(r"(?:^|\n)([ \t]*)$", text[max(0, mark.start() - 40):mark.start()])
        if inside and indented and len(indented[1]) > margin + 3:
            continue  # in a docstring
        margin = margin if inside else len(indented[1]) if indented else 0
        parts[inside].append(text[start:mark.start()])
        fence = mark[0][0] != "["
        inside, start = not (mark["shut"] or fence and inside and not mark["tag"]), mark.end()
    parts[inside].append(text[start:])
    return parts[1], "".join(parts[0]), inside


def _tidy(code: str) -> str:
    """Code from its first line's margin on; a doctest's prompts go, and what it printed."""
    lines = re.sub(r"\A\s*\n(?:python3?\s*\n)?", "", code).splitlines()
    if lines and lines[0].lstrip().startswith(">>> "):
        lines = [line.lstrip()[4:] for line in lines if re.match(r"\s*(?:>>>|\.\.\.)", line)]
    margin = re.match(r"\s*", lines[0])[0] if lines else ""
    return "".join(f"{line.removeprefix(margin)}\n" for line in lines).rstrip() + "\n"


def _statements(lines: list[str], cut: bool, begins: re.Pattern[str] = _STATEMENT) -> str:
    """Lines without the prose among them; if they were cut, without the last statement."""
    kept, keeps = [], True
    for line in lines:
        if line.strip() and not line[0].isspace():
            keeps = bool(begins.match(line))
        kept += [line] * keeps
    while cut and keeps and kept:
        if (line := kept.pop()).strip() and not line[0].isspace() and line[0] not in ")]}":
            break
    return "\n".join([*kept, ""])


def _code(text: str, cut: bool = False) -> str:
    r"""The code in a text without fences: from its first def or import on, if it has any.

    >>> _code("Sure!\n\n  def f(x):\n      return x\n\nf(1) returns 1.")
    'def f(x):\n    return x\n\n'
    """
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines)
                  if _BEGINS.match(line.lstrip().removeprefix(">>> "))), len(lines))
    whole = _tidy("\n".join(lines[first:]))
    loose, strict = (_statements(whole.splitlines(), cut, begins)
                     for begins in (_STATEMENT, _DEFINES))
    return next(filter(defined, (loose, "" if cut else whole, strict)), loose)


def _helpers(code: str, needs: set[str]) -> str:
    """What a block gives to those after it: no examples, which may use what is still to come.

    >>> _helpers("import math\\nN = 3\\nprint(f(N))\\ny = f(N)\\ndef g(x):\\n    return x", {"f"})
    'import math\\nN = 3\\n\\n\\ndef g(x):\\n    return x\\n'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except Exception:  # it is one but for a name or a character that is not run here
        return ""
    lines = code.splitlines()
    for node in body:
        named = isinstance(getattr(node, "value", None), ast.Lambda)
        if not named and not isinstance(node, _KEPT) and (not isinstance(node, _BINDS) or any(
                isinstance(part, ast.Call) or isinstance(part, ast.Name) and part.id in needs
                for part in ast.walk(node))):
            lines[node.lineno - 1:node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join([*lines, ""])


def _stub(needs: set[str], prompt: str) -> str:
    """The code of a prompt that ends in a signature, or "": HumanEval's, with its docstring."""
    blocks, outside, _ = _blocks(prompt)
    for asked in (*reversed(blocks), outside):
        code = _code(asked)
        head, _, tail = code.rpartition("\ndef ")
        stub = _STUB.match(f"def {tail}" if head else tail)
        if stub and stub["name"] in needs:
            return f"{head}\n{stub['head']}\n"
    return ""


def _bodies(text: str, cut: bool) -> Iterator[str]:
    """A text as the body of a function: its first line may have lost its margin, or all."""
    lines = _tidy(text).splitlines() or [""]
    raw = re.sub(r"\A\s*\n", "", text).splitlines() or [""]
    flat = any(_STATEMENT.match(line) for line in lines[1:2]) or any(
        line.startswith("return") for line in lines[1:])
    if raw[0] != lines[0] or not (flat and lines[1:]):
        yield _statements(["    " + lines[0], *raw[1:]], cut)
    yield indent(_statements(["if 1:", *lines], cut).partition("\n")[2], "    ")


def program(needs: set[str], prompt: str, text: str, cut: bool = False) -> str:
    r"""The program that an answer means: the first that defines what is needed, "" if none does.

    Fenced code goes before code in prose; helpers come from the blocks before it, and from a
    prompt that ends in a signature, whose body may be all that the answer is.

    >>> program({"f"}, "Double it.", "So:\n```\nf(2)\n```\nwith\n```\ndef f(x): return 2 * x\n```")
    'def f(x): return 2 * x\n'
    """
    text = answered(text).replace("\r\n", "\n").lstrip("\ufeff")
    text, cut = text[:LONGEST], cut or len(text) > LONGEST
    if end := next((mark for mark in _END.finditer(text) if mark["end"]), None):
        text, cut = text[:end.start()], False
    stub, opened = _stub(needs, prompt), _blocks(prompt)[2]
    if stub and "```" in text and re.match(r"(?:[ \t]*\n)*(?:  |\t)\s*[^\s`]", text):
        opened = True  # it goes on with the body, and closes a fence that nobody opened
    blocks, outside, still = _blocks("```\n" * opened + text)
    blocks = blocks[:len(blocks) - (still and cut)][:TRIED]
    bare = _code(outside, cut and not still)
    given, names, earlier = stub and f"{stub}    pass\n\n", set(), []
    for piece in (*map(_tidy, blocks), bare, *_TICKED.findall(outside)[:TRIED]):
        code = piece if defined(piece) else piece.translate(_TYPOS)
        new = defined(code)
        if new and needs <= names | new:
            return given + "".join(_helpers(block, needs) for block in earlier) + code
        names |= new
        earlier += [code] * bool(new)
    for piece in (blocks or [outside]) if stub else ():
        for body in _bodies(piece, cut and not blocks):
            if body.strip() and defined(stub + body):
                return stub + body
    return ""
