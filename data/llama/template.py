"""Chat templates, as folders carry them: the part of Jinja in which they are written, run by us.

A template is a stranger's program. It is parsed and walked here, on plain values: text, numbers,
lists and dictionaries; no attribute of Python's is reached, and a budget of steps ends what does
not end. What is not known raises ValueError where it is reached (a branch for tools may have
what it likes), so that nothing is written half. As transformers sets Jinja up: a newline after a
block goes, and so do spaces before one at the start of a line. Left out: macros, imports, and
whatever else no template of this family was seen to need for a prompt.
"""
from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from data.files import show

STEPS, LETTERS = 20_000, 200_000  # of a run; of a template and of what it writes
STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
TAG = re.compile(rf"\{{#.*?#\}}|\{{([%{{])([-+]?)((?:{STRING}|[^'\"])*?)(-?)[%}}]\}}", re.S)
TODAY = date(2024, 7, 26)  # for templates that write the date: it may not change what is learned
NONE = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None}


class Undefined:
    """What a name that is not there stands for: empty, and false."""

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[None]:
        return iter(())


UNDEFINED = Undefined()
FILTERS: dict[str, Callable[..., Any]] = {
    "trim": lambda x: text(x).strip(), "length": len, "count": len, "list": list,
    "string": lambda x: text(x), "lower": lambda x: text(x).lower(),
    "upper": lambda x: text(x).upper(), "capitalize": lambda x: text(x).capitalize(),
    "first": lambda x: x[0], "last": lambda x: x[-1],
    "default": lambda x, other="", falsy=False: other if x is UNDEFINED or falsy and not x else x,
    "selectattr": lambda x, *how: [one for one in x if chosen(one, *how)],
    "rejectattr": lambda x, *how: [one for one in x if not chosen(one, *how)]}
TESTS: dict[str, Callable[[Any], bool]] = {
    "defined": lambda x: x is not UNDEFINED, "undefined": lambda x: x is UNDEFINED,
    "none": lambda x: x is None, "None": lambda x: x is None, "true": lambda x: x is True,
    "false": lambda x: x is False, "string": lambda x: isinstance(x, str),
    "mapping": lambda x: isinstance(x, dict), "number": lambda x: isinstance(x, (int, float)),
    "iterable": lambda x: isinstance(x, (str, list, dict))}
METHODS = {str: ("strip", "lstrip", "rstrip", "split", "startswith", "endswith", "upper", "lower"),
           dict: ("items", "keys", "get")}
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.LShift: lambda a, b: text(a) + text(b),  # Jinja's ~
    ast.Mod: lambda a, b: number(a) % number(b), ast.Sub: lambda a, b: number(a) - number(b),
    ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b, ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b, ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b}


def text(value: object) -> str:
    """A value as it is written out. ValueError for what has no form of its own there."""
    if value is UNDEFINED:
        return ""
    if not isinstance(value, (str, int, float, bool)) and value is not None:
        raise ValueError(f"{show(value)} is no text")
    return str(value)


def number(value: object) -> int:
    """A whole number, or ValueError: text % values could be as long as it likes."""
    if not isinstance(value, int):
        raise ValueError(f"{show(value)} is no whole number")
    return value


def chosen(one: dict, key: str, test: str = "", *value: object) -> bool:
    """Of the filters selectattr and rejectattr: whether one[key] passes a test, or is true."""
    found = one.get(key, UNDEFINED)
    return (bool(found) if not test else found == value[0] if test in ("equalto", "==", "eq")
            else TESTS[test](found))


class Run:
    """One run of a template.

    >>> Run("{% for m in messages %}<{{ m.role }}>{{ m['content'] | trim }}{% endfor %}").write(
    ...     messages=[{"role": "user", "content": " hi "}])
    '<user>hi'
    """

    def __init__(self, template: str) -> None:
        self.template, self.steps, self.out, self.letters = template, STEPS, [], LETTERS

    def write(self, **names: object) -> str:
        """What it writes with these names. ValueError says what can't be followed, or what the
        template says itself.
        """
        try:
            self.run(self.block(iter(cut(self.template)), ())[0], names)
        except (TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ValueError(f"it has what is not known ({show(error)})") from None
        return "".join(self.out)

    def block(self, parts: Iterator[tuple[str, str]], ends: tuple[str, ...]
              ) -> tuple[list, str]:
        """Statements up to one that begins with a word of `ends`, and that one."""
        found: list = []
        for kind, code in parts:
            word, rest = re.match(r"(\w*)\s*(.*)", code, re.S).groups()
            if kind != "%":
                found.append((kind, code))
            elif word in ends:
                return found, code
            elif word == "if":
                found.append(("if", *self.branches(parts, rest)))
            elif word == "for" and (match := re.fullmatch(r"([\w, ]+?)\s+in\s+(.+)", rest, re.S)):
                body, _ = self.block(parts, ("endfor",))
                found.append(("for", re.split(r"\s*,\s*", match[1]), match[2], body))
            elif word == "set" and (match := re.fullmatch(r"([\w.]+)\s*=(.+)", rest, re.S)):
                found.append(("set", match[1].split("."), match[2]))
            elif word not in ("generation", "endgeneration"):  # which mark what is trained on
                found.append(("unknown", code))
        if ends:
            raise ValueError(f"it lacks {ends[-1]}")
        return found, ""

    def branches(self, parts: Iterator[tuple[str, str]], condition: str) -> tuple[list, list]:
        """An if's (condition, statements), of elif too; and those of else."""
        found: list = []
        while True:
            body, end = self.block(parts, ("elif", "else", "endif"))
            found.append((condition, body))
            if end.startswith("elif"):
                condition = end[4:]
                continue
            return found, self.block(parts, ("endif",))[0] if end == "else" else []

    def run(self, body: list, names: dict) -> None:
        """Runs statements; what they set, they set in `names`."""
        for kind, *code in body:
            if kind in ("text", "{"):
                said = code[0] if kind == "text" else text(self.worth(code[0], names))
                self.letters -= len(said)
                self.out.append(said)
            elif kind == "if":
                self.run(next((statements for condition, statements in code[0]
                               if self.worth(condition, names)), code[1]), names)
            elif kind == "set":
                (*owner, name), made = code[0], self.worth(code[1], names)
                (names[owner[0]] if owner else names)[name] = made
            elif kind == "unknown":
                raise ValueError(f"it has {show(code[0])}, which is not known")
            else:
                rows = [*self.worth(code[1], names)]
                for i, row in enumerate(rows):
                    self.step()
                    loop = {"index0": i, "index": i + 1, "first": i == 0, "length": len(rows),
                            "last": i + 1 == len(rows),
                            "previtem": rows[i - 1] if i else UNDEFINED,
                            "nextitem": rows[i + 1] if i + 1 < len(rows) else UNDEFINED}
                    given = zip(code[0], row, strict=True) if code[0][1:] else [(code[0][0], row)]
                    self.run(code[2], {**names, "loop": loop, **dict(given)})
            self.step()

    def step(self) -> None:
        """Counts a step."""
        self.steps -= 1
        if self.steps < 0 or self.letters < 0:
            raise ValueError("it does not end")

    def worth(self, code: str, names: dict) -> Any:
        """The value of an expression of Jinja's."""
        return self.value(expression(code), names)

    def value(self, node: ast.expr, names: dict) -> Any:
        """The value of an expression, which may not grow without end."""
        self.step()
        found = self.computed(node, names, lambda part: self.value(part, names))
        if isinstance(found, (str, list)) and len(found) > LETTERS:
            raise ValueError("it does not end")
        return found

    def computed(self, node: ast.expr, names: dict, of: Callable[[ast.expr], Any]) -> Any:
        """The value of an expression; of: that of a part."""
        match node:
            case ast.Constant(value=str() | int() | float() | None as constant):
                return constant
            case ast.Name(id=name):
                return names[name] if name in names else NONE.get(name, UNDEFINED)
            case ast.Attribute(value=owner, attr=name) | ast.Subscript(
                    value=owner, slice=ast.Constant(value=str() as name)):
                if (found := of(owner)) is UNDEFINED:
                    raise ValueError(f"it asks for {show(name)} of what is not there")
                return found.get(name, UNDEFINED) if isinstance(found, dict) else UNDEFINED
            case ast.Subscript(value=owner, slice=ast.Slice(lower=a, upper=b, step=c)):
                return of(owner)[slice(*(of(x) if x else None for x in (a, b, c)))]
            case ast.Subscript(value=owner, slice=place):
                return of(owner)[of(place)]
            case ast.BoolOp(op=op, values=parts):
                stop = isinstance(op, ast.Or)
                for part in parts:
                    if bool(found := of(part)) is stop:
                        break
                return found
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return not of(part)
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return -of(part)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return of(yes) if of(test) else of(no)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [*map(of, parts)]
            case ast.Dict(keys=keys, values=parts):
                return {of(key): of(part) for key, part in zip(keys, parts)}
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return added(of(left), of(right))
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):  # a filter
                called = isinstance(right, ast.Call)
                name = right.func if called else right
                args, more = self.arguments(right, names) if called else ((), {})
                return FILTERS[name.id](of(left), *args, **more)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](of(left), of(right))
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op],
                             comparators=[ast.Name(id=name) | ast.Constant(value=name)]):
                return TESTS[str(name)](of(left)) is isinstance(op, ast.Is)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return OPERATORS[type(op)](of(left), of(right))
            case ast.Call(func=ast.Name(id=name)):
                return self.called(name, *self.arguments(node, names))
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                found, (args, more) = of(owner), self.arguments(node, names)
                if name not in METHODS.get(type(found), ()) or more:
                    raise ValueError(f"it calls {name} of {show(found)}, which is not known")
                made = getattr(found, name)(*args)  # a method that is named above, of str or dict
                return made if isinstance(made, (str, bool, int)) or name == "get" else [*made]
        raise ValueError(f"it has {show(ast.unparse(node))}, which is not known")

    def arguments(self, node: ast.Call, names: dict) -> tuple[list, dict]:
        """Of a call: by place, and by name."""
        return ([self.value(part, names) for part in node.args],
                {str(part.arg): self.value(part.value, names) for part in node.keywords})

    def called(self, name: str, args: list, more: dict) -> Any:
        """What a function gives, of those that transformers lends to templates."""
        if name == "raise_exception":
            raise ValueError(f"it says: {show(args[0])}")
        if name == "namespace":
            return dict(more)
        if name == "strftime_now":
            if not re.fullmatch(r"(%[A-Za-z]|[^%]){1,60}", args[0], re.S):
                raise ValueError(f"it writes the date as {show(args[0])}")
            return TODAY.strftime(args[0])
        if name == "range":
            return [*islice(range(*args), STEPS)]
        raise ValueError(f"it calls {name}, which is not known")


def added(left: Any, right: Any) -> Any:
    """Text after text, a list after a list, or a sum."""
    if left is UNDEFINED or right is UNDEFINED or type(left) is not type(right):
        raise ValueError(f"it adds {show(left)} and {show(right)}")
    return left + right


def cut(template: str) -> list[tuple[str, str]]:
    """("text", it), ("%", statement) or ("{", expression), one after the other.

    >>> cut("a \\n  {%- if x %}\\nb{{ y -}} \\n c{# no #}")
    [('text', 'a'), ('%', 'if x'), ('text', 'b'), ('{', 'y'), ('text', 'c'), ('text', '')]
    """
    if len(template) > LETTERS:
        raise ValueError(f"it has {len(template)} letters, expected {LETTERS} at most")
    parts, at, eats, trims = [], 0, False, False
    for tag in TAG.finditer(template):
        said, comment = template[at:tag.start()], tag[1] is None
        left, right = (tag[0][2], tag[0][-3]) if comment else (tag[2], tag[4])
        said = said.lstrip() if eats else said.removeprefix("\n") if trims else said
        if left == "-":
            said = said.rstrip()
        elif tag[1] != "{" and left != "+" and begins_line(template, tag.start()):
            said = said.rstrip(" \t")
        parts += [("text", said)] * bool(said) + [(tag[1], (tag[3] or "").strip())] * (not comment)
        eats, trims, at = right == "-", tag[1] != "{", tag.end()
    said = template[at:]
    said = said.lstrip() if eats else said.removeprefix("\n") if trims else said
    return parts + [("text", said.removesuffix("\n"))]


def begins_line(template: str, at: int) -> bool:
    """Whether nothing but spaces stands before this place in its line."""
    while at and template[at - 1] in " \t":
        at -= 1
    return at == 0 or template[at - 1] == "\n"


def expression(code: str) -> ast.expr:
    """Jinja's expression as a tree of Python's: its | is @ there, which binds as it does; ~ is <<.
    """
    pieces = re.split(f"({STRING})", code)
    pieces[::2] = [piece.replace("|", "@").replace("~", "<<") for piece in pieces[::2]]
    pieces[1::2] = [piece.replace("\n", "\\n") for piece in pieces[1::2]]
    try:
        with warnings.catch_warnings():  # on backslashes before any letter
            warnings.simplefilter("ignore")
            return ast.parse(f"({''.join(pieces)}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"it has {show(code)}, which is not known") from None
