r"""Programs that try to get out of the interpreter, to hang it, to fill the memory or to break it.

By class, each in one of four lists: UNSUPPORTED programs are refused wherever it stands what they
hold, BROKEN ones for an error in them, OVER ones by the budget that is named; HARMLESS ones
return a value.  Each is called as f(x), with x = 1 where a tuple gives no other.
"""

from collections.abc import Iterator
from dataclasses import dataclass


def body(*lines: str) -> str:
    """A one-parameter function out of the lines of its body."""
    return "def f(x):\n" + "".join(f"    {line}\n" for line in lines)


def forever(line: str, *before: str, room: int = 1_990) -> str:
    """As often in the source as there is room for, so that little else is paid for."""
    start = body(*before, "while 1:")
    return start + "        " + f"{line};" * ((room - len(start)) // (len(line) + 1))


def returning(*expressions: str) -> list[str]:
    return [body(f"return {expression}") for expression in expressions]


def stairs(line: str, levels: int) -> str:
    return "def f(x):\n" + "".join(" " * n + f" {line}:\n" for n in range(levels))


def laughs(levels: int) -> list[object]:
    value: list[object] = [1]
    for _ in range(levels):
        value = [value] * 10
    return value


def wrapped(value: object, levels: int) -> object:
    return [wrapped(value, levels - 1)] if levels else value


FIB = "def f(n):\n if n < 2:\n  return n\n return f(n - 1) + f(n - 2)\n"
GRIN = "'\U0001f600'"  # four bytes a character
DOWN = "def f(n): return 0 if n == 1 else 1 + f(n - 1)"
WIDE = "def f(n): return 1 if n == 1 else " + "-" * 6 + "f(n - 1)"  # 9 nodes open a call
HUGE = "(2 ** 200)"
COPIES = ("y[:]", "y + z", "y * 1", "s + 'a'", "s[1:]", "s * 1")


def open_nodes(more: int) -> str:
    return WIDE.replace("f(", "g(") + "\ndef f(x): return " + "-" * more + "g(19)"


def copying(line: str, times: int) -> str:
    return body("y, z, s = [0] * 900, [0], 'a' * 900", f"for i in range({times}): {line}")


def countdown(more: int) -> str:
    """With x = 2499 and one more, all the steps that a run may take."""
    return body("while x: x -= 1", *["pass"] * more)


UNSUPPORTED: dict[str, list[str]] = {
    "imports": [
        "import os", "from os import path", "import os as f", "from . import f",
        "from os import *", "from __future__ import annotations", "import os; os.system('true')",
        body("import os"), body("from os import path"), body("import os as x"),
    ],
    "outside a function": [
        "class f: pass", "f = 1", "print(1)", "1", "'doc'", "if 1: pass", "while 1: pass",
        "for f in 'a': pass", "f: int", "pass", "f += 1", "del f", "return 1", "(lambda: 1)()",
    ],
    "classes": [
        body("class C: pass"), "class f:\n def __new__(c, x): return x",
        "class A(type): pass\nclass f(metaclass=A): pass",
    ],
    "equal to anything": [
        "class A:\n def __eq__(a, b): return True\ndef f(x): return A()",
        body("class A:", " def __eq__(a, b): return 1", "return A()"),
        body("x.__eq__ = lambda y: True", "return x"),
        *returning("type('A', (), {'__eq__': lambda a, b: True})()", "1e999", "-0.0",
                   "...", "{1: 1}.keys()", "(i for i in [x])"),
    ],
    "signatures": [
        "def f(x=1): return x", "def f(*x): return x", "def f(**x): return x",
        "def f(*, x): return x", "def f(x, /): return x", "def f(x: int): return x",
        "def f(x) -> int: return x", "def f(x, x): return x", "def f[T](x): return x",
        "def f(x: print(1)): return x", "def f(x=print(1)): return x", "def f(x, y=[]): return y",
    ],
    "decorators": [
        "@f\ndef f(x): return x", "@print\ndef f(x): return x",
        "@(lambda g: g)\ndef f(x): return x", "@x.y\ndef f(x): return x",
        "@f(1)\n@f\ndef f(x): return x", "@[0][0]\ndef f(x): return x",
        body("@x", "def g(): pass"), "@len\nclass f: pass",
    ],
    "async": [
        "async def f(x): return 1", body("async for i in x: pass"), body("async with x: pass"),
        body("return await x"), body("async def g(): pass"), body("return [i async for i in x]"),
        "async def f(x):\n yield x", body("await f(x)"),
    ],
    "global": [
        body("global x"), body("nonlocal x"), "global f", body("global f", "f = 1"),
        body("global len", "len = f"), body("global __builtins__"), body("nonlocal f"),
    ],
    "lambdas and functions in functions": [
        body("return lambda: 1"), body("def g(): pass"), body("y = lambda: y()", "y()"),
        body("return (lambda f: f(f))(lambda f: f(f))"), body("def f(x): return f", "return f(x)"),
    ],
    "comprehensions": [
        *returning("[i for i in x]", "{i for i in x}", "{i: 1 for i in x}", "(i for i in x)",
                   "sum(i for i in x)", "[i for i in range(10 ** 9)]", "[f for f in [1]]",
                   "[[j for j in range(i)] for i in range(10 ** 5)]"),
    ],
    "generator frames": [
        body("yield 1"), body("yield from x"), body("x = yield"), body("yield"),
        body("y = (y.gi_frame.f_back for i in [1])", "return y"), body("return (yield)"),
        *returning("(i for i in [1]).gi_frame.f_back.f_globals", "f.__code__", "x.gi_code",
                   "(i for i in x).throw(SystemExit)"),
    ],
    "format strings": [
        *returning("f'{x}'", "f'{'a'}'", "f'{x.__class__}'", "f'{x!r:{x}}'", "f'{x:>1000000000}'",
                   "f'{(lambda: 1)()}'", "'{0.__class__}'.format(x)", "'{.real}'.format(x)",
                   "'{:1000000000}'.format(x)", "'%s'.__mod__(x)", "'a'.format(x)", "rf'{x}'",
                   "f'{x=}'", "f''", "f'{{}}'", "'a' f'{x}'", "f'{f'{f'{x}'}'}'",
                   "'{x}'.format_map({'x': 1})", "f'{" + "(" * 150 + "1" + ")" * 150 + "}'",
                   "f'{x:{x:{x}}}'", "f'{\"" + "a" * 900 + "\"}'"),
    ],
    "walrus and unpacking": [
        *returning("(y := 1)", "[*x]", "(*x,)", "{**x}", "max(*x)", "max(**x)", "x[*x]",
                   "[y := x, y]", "f(y := x)", "f(*[x])", "max(*range(10 ** 9))"),
        body("[a, b] = x"), body("a, *b = x"), body("(a, (b, c)) = x"), body("*a, = x"),
        body("for x[0] in x: pass"), body("for [a, b] in x: pass"), body("for a, (b, c) in x: x"),
        body("x[0] = 1"), body("x[0] += 1"), body("x.a = 1"), body("x[:] = x"), body("x.a += 1"),
        body("if (y := f(x)): pass"), body("while (x := x): pass"), body("a = *x,"),
    ],
    "match patterns": [
        body("match x:", "    case 1: return 1"), body("match x:", "    case int(real=y): pass"),
        body("match x:", "    case {'a': y}: pass"), body("match x:", "    case [*y]: pass"),
        body("match x:", "    case str() | int(): pass"), body("match x:", "    case _: pass"),
        body("match x, x:", "    case y, z if y == z: pass"),
        body("match x:", "    case object(__class__=y): return y"),
    ],
    "exceptions": [
        body("try: return 1", "except: pass"), body("try: return 1", "finally: x"),
        body("raise x"), body("raise"), body("assert x"), body("assert 0, 'no'"),
        body("try: f(x)", "except Exception: return 1"), body("with x: pass"),
        body("with x as y: pass"), body("while 1:", " try: f(x)", " except: continue"),
        body("try: pass", "finally: return 1"), body("with open('/dev/zero') as y: pass"),
    ],
    "except*": [
        body("try: return 1", "except* ValueError: pass"), body("try: x", "except* x as y: pass"),
        body("try: raise ExceptionGroup('', [x])", "except* (x, x): f(x)"),
        body("try: x", "except *f(x): pass"),
    ],
    "SystemExit and BaseException": [
        body("raise SystemExit"), body("raise SystemExit(0)"), body("raise KeyboardInterrupt"),
        body("raise BaseException"), body("raise GeneratorExit"), body("raise MemoryError"),
        body("try: f(x)", "except BaseException: f(x)"), body("raise Refused"),
        body("raise SystemExit from None"), body("raise type('E', (BaseException,), {})"),
    ],
    "attributes": [
        *returning("x.real", "x.__class__", "().__class__.__base__.__subclasses__()",
                   "f.__globals__", "''.join(x)", "len.__self__", "x.numerator.denominator",
                   "'a'.encode()", "(1).bit_length()", "x.y.z", "[].append", "1..real", "1 .real",
                   "x . real"),
        body("x.append(1)"), body("x.sort()"), body("del x.real"), body("f.a = 1"),
    ],
    "dunder names": [
        *returning("__name__", "__import__('os')", "__builtins__", "__file__", "__debug__",
                   "__build_class__", "__spec__", "a__b", "__", "f(__)", "x__"),
        body("__y = 1"), body("for __y in x: pass"), body("__debug__ += 1"), body("__f(x)"),
        "def f(x__): return x__", "def f__(x): return 1\ndef f(x): return 1",
        "def __init__(x): return 1", "def f(__x): return 1",
    ],
    "keywords in calls": [
        *returning("sorted(x, reverse=True)", "sorted(x, key=len)", "max(x, default=1)",
                   "int('1', base=36)", "sum(x, start='')", "str(x, encoding='u8')", "f(x=x)"),
    ],
    "other statements": [
        body("del x"), body("y: int = 1"), body("type y = int"), body("y: __import__('os')"),
        body("break"), body("if 0: continue"), body("for i in x: pass", "else: pass"),
        body("while x: pass", "else: pass"), body("if x: break"),
        body("for i in x: pass", "break"),
    ],
    "other operators": [
        *returning("x / 2", "x @ x", "x | 1", "x & 1", "x ^ 1", "~x", "x is None", "x is not 1"),
        body("x /= 2"), body("x @= x"), body("x |= 1"), body("x ^= x"),
    ],
    "towers of powers and shifts": [
        *returning("x << 1", "x >> 1", "1 << 10 ** 9", "1 << (1 << (1 << 9))", "x >> -1"),
        body("x <<= 1"), body("x <<= 10 ** 9"), body("x >>= 1"),
    ],
    "other constants": [
        *returning("1.5", "1e9", "1j", "b'a'", "x[...]", "{}", "{1}", "b''", "rb'a'", "1e400",
                   "0.1", "1_0.0", "b'%s' % x"),
    ],
    "NUL bytes and lone surrogates": [
        *returning("'\\ud800'", "'\\udfff' + x", "'a\\udc80b'", "'\\ud83d\\ude00'"),
        body("'\\ud800'"),
    ],
    "calls of other things": [
        *returning("(f)(x)(x)", "f(x)(1)", "[f][0](1)", "(f if x else f)(x)", "'f'(x)", "f[0](x)",
                   "(f or f)(x)", "(1)(2)", "[](x)", "''()", "(f)()()"),
    ],
    "many functions": [
        "def f(x): return 1\n" * 60 + "class A: pass", "def f(x): return 1\n" * 60 + "f(1)",
    ],
    "characters by name": returning(r"'\N{BULLET}'", r"'\N{KAWI LETTER A}'", r"r'\N'"),
}  # fmt: skip

BROKEN: dict[str, list[str]] = {
    "arithmetic": [
        *returning("1 // 0", "1 % 0", "1 + 'a'", "[] + ()", "'a' * 'b'", "-'a'", "'a' - 'a'",
                   "None + 1", "1 + None", "+[]", "[] % 1", "[] // 2", "() - ()", "0 ** -1",
                   "'a' ** 2", "2 ** 'a'", "x * range(3)", "range(3) + range(3)", "not (1 + ())"),
        body("if 2 ** -1: pass"), body("y = []", "y += 1"), body("y = []", "y *= 'a'"),
        body("y = []", "y += None"), body("y = ()", "y += []"), body("y = []", "y -= []"),
    ],
    "format strings": [
        *returning("'%d' % x", "'%1000000000d' % x", "'%s' % f", "'%(a)s' % x", "'%*d' % (9, 1)",
                   "'%c' % 0", "'%' % ()", "format(x, '1000000000')", "'%.999999999f' % x"),
        body("y = '%999999999d'", "y %= 1"),
    ],
    "indices": [
        *returning("[1][1]", "x[0]", "'abc'[0, 1]", "'abc'['a']", "'abc'[1:2,]", "x[1:'a']",
                   "()[0]", "[][:][0]", "'abc'[None]", "[1][[0]]", "[1][1:][0]", "'a'[::0]",
                   "range(3)[9]", "'abc'[1:2:3, 4]", "f[0]", "'a'[-2]",
                   "[0][" + HUGE + "]"),
        body("x += 1", "return x[0]"),
    ],
    "equal to anything": returning("Any()", "NotImplemented", "float('nan')", "object() == 1"),
    "comparison bombs": [
        *returning("1 < 'a'", "sorted([1, 'a'])", "max([[1], ['a']])", "1 in 1", "1 in 'a'",
                   "None < None", "[] < ()", "max(1, 'a')", "sorted([None, None])", "'a' in range",
                   "range(2) < range(3)", "[1] in 'a'"),
    ],
    "builtins with other arguments": [
        *returning("max([])", "max()", "min(1)", "sum(['a'])", "sum([], '')", "sum(['a'], '')",
                   "abs('a')", "abs()", "len(1)", "len()", "range('a')", "range(1, 2, 0)",
                   "range()", "range(1, 2, 3, 4)", "list(1)", "list(1, 2)", "tuple(1)",
                   "reversed(1)", "reversed()", "sorted(x, x)", "sorted([1], None)", "bool(1, 2)",
                   "min(f)", "sum(1)", "sum([1], [])", "sum([[]], 0)", "sum([1], 2, 3)",
                   "str()[0]"),
    ],
    "int/str conversion limits": [
        *returning("int('a')", "int('1', 2)", "int([])", "int(None)", "int('0' * 81)", "str([1])",
                   "str(None)", "str(b, 'u8')", "int('')", "int('0x1f')", "int('1e5')",
                   "int('--1')", "int('1' * 1000)", "int('9', 36)", "int('1.5')", "int('_1')",
                   "int('1__0')", "int('\u0663')", "int('\U0001e4f0')", "int('\uff11')",
                   "int('1\u2003')", "int('\\x00')", "int('1\\x00')", "str('a', 'b')", "str(())",
                   "repr(x)", "int(f)", "str(range(3))",
                   "int(' ' * 80 + '1')"),
    ],
    "values that would get out": [
        *returning("range(3)", "[range(3)]", "([range(1)],)", "range(0)", "[[1], (range(9),)]"),
    ],
    "walrus and unpacking": [
        body("a, b = 1"), body("a, b = [1]"), body("a, b = 'abc'"), body("for i in 5: pass"),
        body("for a, b in [1]: pass"), body("a, b = c = 1, 2, 3"), body("() = x"),
        body("() = [1]"), body("a, = ''"), body("for a, b in 'ab': pass"), body("a, b = None"),
        body("a, a, a = 'ab'"), body("a, b = range(1000)"), body("x = x, = x"), body("(x) += 1, "),
        body("(a, b) += x"), body("x := 1"), body("return y := 1"), body("*x = 1"), body("x = *x"),
        body("f() = 1"), body("None = 1"), body("True += 1"), body("1 = x"),
        body("for 1 in x: pass"),
    ],
    "names": [
        body("return y"), body("y += 1"), body("return len"), body("return f"),
        body("x = f", "x(1)"), body("return x(1)"), body("return f()"), body("return f(1, 2)"),
        body("return g(1)"), body("len = 1", "return len('a')"),
        body("if 0: len = 1", "return len('a')"), body("if 0: y = 1", "return y"),
        body("for y in []: pass", "return y"), body("f = f"), body("return [f]"),
        body("return f == f"), body("f = 1", "return f(x)"), body("return None()"),
        body("x = len", "return x('a')"), body("return range"),
        "def g(): return y\ndef f(x):\n y = 1\n return g()", "def g(y): return x\n" + body("g(1)"),
    ],
    "builtins by other ways": [
        *returning("open('a')", "eval('1')", "exec('1')", "getattr(x, 'real')", "type(x)",
                   "input()", "globals()", "locals()", "vars()", "dir()",
                   "compile('1', '', 'eval')", "id(x)", "setattr(x, 'a', 1)", "delattr(x, 'a')",
                   "hasattr(x, 'a')", "object()", "super()", "memoryview(x)", "bytearray(10 ** 9)",
                   "bytes(10 ** 9)", "map(f, x)", "iter(x)", "filter(f, x)", "zip(x, x)",
                   "enumerate(x)", "next(x)", "hash(x)", "callable(f)", "isinstance(x, int)",
                   "pow(9, 10 ** 9)", "divmod(1, 2)", "chr(1)", "ord('a')", "set([1])", "dict()",
                   "frozenset()", "float('1')", "complex(1)", "slice(1)", "classmethod(f)",
                   "property(f)", "bin(1)", "hex(1)", "oct(1)", "ascii(x)", "all([x])", "any([x])",
                   "round(1)", "format(x, '')", "aiter(x)", "anext(x)", "staticmethod(f)",
                   "copyright()", "license()", "help()"),
        body("print(x)"), body("breakpoint()"), body("run('1', 'f', [])"), body("spend(-1000)"),
    ],
    "SystemExit and BaseException": [
        body("exit()"), body("quit()"), body("SystemExit()"), body("return SystemExit"),
        body("return BaseException()"), body("KeyboardInterrupt(1)"), body("StopIteration()"),
        body("exit = 1", "exit()"), body("return [SystemExit][0]"), body("return Refused"),
        body("return GeneratorExit()"), body("return StopIteration()"),
    ],
    "syntax errors": [
        "", " ", "\n", "def", "def f", "def g(x): return x", "def f(): return 1",
        "def f(x, y): return 1", "def f(x) return 1", "def f(x):\nreturn 1",
        "def f(x):\n  return 1\n return 2", "def f(x): return (1", "def f(x): return 1)",
        "def f(x): return 'a", "def f(x): return '''a", "def f(x): return 0777",
        "def f(x): return 1_", "def f(x): return 0x", "def f(x): return 0b2", "def f(x): x x",
        "def f(x): $", "def f(x): ?", "def f(x): return !x", "def f(x): return 1 <> 2", "print 1",
        "def f(x): return `x`", "def f(x): x++", "def f(x):", "def f(x): ;", "def f(None): pass",
        "def f(True): return 1", "def f(x):\n  if x:\n  return 1", "def f((a, b)): return 1",
        "def f(x): return 1 if x", "def f(x): return not", "def f(x): return x[",
        "def 1f(x): pass", "def f(x): return 1 2", "def f(x): return 1x", "def f(x): for", "elif",
        "else: pass", body("else: pass"), body("elif x: pass"), "def f(x): if x: return 1", "}",
        "def f(x}: pass", "def f(x): return [1)", "def f(x): return u'\\x1'",
        "def f(x): return '\\u12'", "def f(x): return '\\U00110000'", "def f(x): exec 'x'",
    ],
    "line continuation, tabs, form feeds": [
        "\\", "def f(x): \\", "def f(x):\n\treturn 1\n        x", "def f(x): return 1 \\ \n + 1",
        "def f(x): return 1 \\x", "\\\n" * 900, "\\\n" * 900 + "x", "def f(x): \\\n\\\n\\\n",
        " def f(x): return 1", "\tdef f(x): return 1", "def f(x):\n\x0c\nreturn 1", "\x0c" * 1_900,
        "def f(x):\r\n  return 1\r return 2", "def\x0bf(x): return 1", "def f(x): return\x1c1",
        "def f(x):\n \x0c return 1\n  return 2", "\r" * 1_900, "\t" * 1_900, " \n" * 900,
        "def f(x): return 1\x1a", "def f(x): return 1\x7f", "def f(x): return \x1b[31m1",
    ],
    "encoding cookies and byte order marks": [
        "\ufeff(", "\ufeffdef f(x): return 1", "\ufffedef f(x): return 1", "# coding: utf-16\n(",
        "# -*- coding: rot13 -*-\nqrs s(k): erghea 1", "# coding: idna\n\u00e9",
        "# coding: unicode_escape\n\\x64\\x65\\x66 f(x): return 1", "# coding: utf-7\n+AGY-",
    ],
    "NUL bytes and lone surrogates": [
        "\x00", "def f(x): return \x00 1", "def f(x): return '\x00'", "def f(x): return 1\x00",
        "def f(x): return 1 # \x00", "def f(x): return 1\n\x00", "\x00" * 1_900,
        "def f(x): return '\ud800'", "def f(x): return 1 # \udfff", "\ud800",
        "def \udc80(x): pass", "def f(x): return '''\udcff'''", "\udfff" * 1_900,
        "def f(x): return 'a\ud83d\ude00'",
    ],
    "names that normalise": [
        "def \uff46(x): return 1", "def f(x): return \u00e9", "def f(x): return 1\u00a0+ 1",
        "def f(\u0445): return 1", "def f(x): return \uff45\uff56\uff41\uff4c('1')",
        "def f(x): return \U0001d452\U0001d463\U0001d44e\U0001d459('1')",
        "def f(x): return \u1d49val", "def f(x): return \uff3f\uff3fname\uff3f\uff3f",
        "def f(x): return x.\u2102", "def f(x): \u212a", "def f(x): return \ufb01",
        "\u1d48\u1d49\u1da0 f(x): return 1", "def f(x): \u200breturn 1", "def f(x): return \u0661",
        "def f(x): return 1 \uff0b 1", "def f(x): return \u201c1\u201d",
        "def f(x): return 1\u2028", "def f(x): return 1 \u2212 1", "d\u00adef f(x): return 1",
        "def f(x): return '' + \u202e'a'", "def f(x): return '' \u00b7 ''",
        "\u3000def f(x): return 1", "def f(x): return 1\x85", "def f(x): return \uff11",
    ],
    "lists that hold themselves": [  # they would outlive the run
        body("y = []", "y += [y]", "return y"),
        body("y = []", "z = [y]", "y += [z]", "return y in z"),
        body("y = []", "y += [y]", "z = []", "z += [z]", "return y == z"),
        body("y = [1]", "y += y, ", "return 1"), body("y = []", "y += [[[([y],)]]]"),
        body("y = []", "y += [y]", f"z = {GRIN} * 1000", "for i in z: y += z[1:],"),
        body("y = []", "for i in range(3): y += [y] * 99"), body("x += (x,)"),
        body("y, z = [], []", "y += [z]", "z += [y]"), body("y = [[]]", "z = y[0]", "z += y"),
    ],
    "text scan": [
        "'" + "\\'" * 990, '"' + '\\"' * 990, "'''" + "\\'" * 990, "'\\" * 990, "'\"" * 990 + "'",
        "'''" + "''\\'" * 490, "\"'\\" * 660, "'" * 1_999, '"""' + "'''" * 600, "#" * 1_999 + "\n",
        "#'\n" * 660 + "(", "\n" + " " * 1_990 + "x", "\n \x0c" * 600 + "x", "\r\n \t" * 480 + "x",
        "'\n" * 990, "\\'" * 990, "''" * 990 + "'", "r'\\'" * 400, "'\\\n" * 660, "#\\\n'" * 490,
    ],
    "deep nesting": [
        body("return " + "(" * 29), body("return " + ")" * 1_900), body("return " + "([{" * 9),
        body("return " + "(x for x in " * 25), body("return " + "(lambda:" * 25 + "$"),
        body("return " + "[(x:=" * 14), body("with " + "(" * 29 + "x as y"),
        body("del " + "(" * 29), body("match " + "(" * 29 + ":"),
        body("match x:", "    case " + "[(" * 14 + "$"), body("return f'{" + "(" * 900),
        body("return " + "f'{" * 55), body("x=" * 900), body("return " + "lambda:" * 270),
        body("return " + "x if " * 390), body("return " + "not " * 480),
        body("return " + "~" * 1_900), body("@" * 1_900), body("return " + "await " * 320),
        body("return x" + "." * 1_900), "def f(" * 29, body("return " + "{x:" * 28),
        body("return " + "x[" * 29 + "::"), body("print " + "(" * 29),
    ],
}  # fmt: skip

OVER: dict[str, dict[str, list[str | tuple[str, object]]]] = {
    "huge sources": {
        "source length": [
            "def f(x): return 1 #" + "a" * 2_000, "(" * 10**6, "\x00" * 10**6, "'\\" * 10**6,
            "\ud800" * 2_001, "\n" * 10**6, "def f(x): return " + "9" * 10**6,
            "def f(x): return 1\n" + " " * 2_000, "\u00e9" * 2_001,
        ],
    },
    "deep nesting": {
        "open brackets": [
            "def f(x): return " + "(" * 40 + "1" + ")" * 40,
            body("return " + "[" * 900 + "]" * 900), "def f(x): return " + "f(" * 900, "{" * 1_999,
            "(" * 31, body("return " + "([{" * 600), body("match x:", "    case " + "(" * 900),
            body("with " + "(" * 900 + "x" + ")" * 900 + ":"), body("return x" + "[x" * 900),
            "def f" + "(" * 1_900, body("return ''" + "[(" * 31),
        ],
        "indentation": [
            stairs("for i in 'ab'", 15) + " " * 16 + "return i",
            stairs("for i in x", 21), stairs("if x", 50), stairs("while 1", 40),
            stairs("with x", 40), stairs("try", 50), stairs("def f()", 50),
            "\n".join("\t" * n + "x" for n in range(60)),
        ],
        "depth": [
            body("return " + "-" * 58 + "x"),
            body("return " + "-" * 1_900 + "1"), body("return " + "not " * 450 + "1"),
            body("return " + "1+" * 900 + "1"), body("return " + "1**" * 500 + "1"),
            body("return " + "1 if x else " * 150 + "1"), body("return x" + "[0]" * 500),
            body("if x: pass", *["elif x: pass"] * 100), body("return " + "+-" * 900 + "x"),
            body("return x" + "<(x" * 29 + ")" * 29 + "-1" * 40),
            body("return " + "1-" * 900 + "1"),
            body("return " + "not (x and " * 29 + "not " * 20 + "x" + ")" * 29),
            body("return " + "1//" * 600 + "1"),
        ],
        "nesting": [
            body("return " + "[" * 21 + "x" + "]" * 21),
            body("y = [1]", "for i in range(900): y = [y]", "return y"),
            body("y = z = []", "for i in range(500): y = [y]; z = [z]", "return y == z"),
            body("y = ()", "for i in range(999): y = y,", "return y"),
            body("y = []", "for i in range(22): y = [y]", "return sorted(y)"),
            body("y = []", "for i in range(22): y = [y]", "return [] in y"),
            body("y = []", "for i in range(22): y = [y]", "z = []", "z += y"),
        ],
    },
    "endless loops": {
        "steps": [
            (countdown(2), 2_499),
            body("while True: pass"), body("while 1:", "    continue"), body("while 1: 1"),
            body("for i in range(1000):", "    for j in range(1000): pass"),
            body("while not 0: x += 1"), body("y = [1]", "while y: y *= 1"),
            stairs("for i in range(9)", 14) + " " * 15 + "1",
            stairs("while 1", 14) + " " * 15 + "break", body("while 1:", " for i in '': pass"),
            body("while 1:", " if x: continue", " else: break"),
            *map(forever, ("x", "1", "[]", "()", "-x", "not x", "1 < 2", "1 and 1", "x += 0",
                           "1 if 1 else 1", "x = 1", "''[:]", "pass", "x = y = 1", "0 or x")),
        ],
        "length of a value": [body("y = [1]", "for i in y: y += [i]")],
    },
    "recursion": {
        "steps": [(FIB.replace("f(n - 2)", "f(n - 1) + f(n - 1)"), 19),
                  ("def f(n): return f(n - 1) * f(n - 1) if n else 1", 19),
                  ("def f(n):\n for i in range(1000): f(n - 1) if n else 1", 19)],
        "open calls": [
            body("return f(x)"), "def g(x): return f(x)\ndef f(x): return g(x)", (DOWN, 21),
            "def f(x): f(x)", "def f(x): return [f(x), f(x)]", body("return f(f(x))"),
            "def g(n): return f(n - 1) + f(n - 1)\ndef f(n): return g(n)",
            "def f(x):\n for i in 'a': return f(x)", "def f(x): return f(x) if f(x) else f(x)",
            "".join(f"def g{n}(x): return g{n + 1}(x)\n" for n in range(50)) + body("g0(x)"),
        ],
        "open evaluations": [
            open_nodes(33),
            body("return " + "-" * 50 + "f(x)"),
            "def f(x): return " + "[" * 25 + "f(x)" + "]" * 25, (WIDE.replace("--", "-" * 4), 20),
        ],
    },
    "towers of powers and shifts": {
        "size of an int": [
            *returning("9 ** 9 ** 9", "2 ** 256", "(-2) ** 10 ** 9", "2 ** 2 ** 200",
                       "9 ** 9 ** 9 ** 9 ** 9", "2 ** 128 * 2 ** 128", "2 ** 255 + 2 ** 255",
                       "-2 ** 255 - 2 ** 255 - 1", "sum([2 ** 255] * 2)", "(2 ** 200) ** 2",
                       "3 ** 162", "(-2) ** 257", "max(2 ** 255, 3 ** 99) * 3", "-(2 ** 255) * 2",
                       "10 ** 10 ** 10 % 7", "(10 ** 9) ** (10 ** 9) // 1"),
            body("y = 3", "while 1: y *= y"), body("y = 2", "while 1: y = y ** y"),
            body("y = 1", "while 1: y += y"), body("r = range(9)", "while 1: r = r[:: 2**200]"),
            body("y = 2", "y **= 10 ** 9"), body("y = -3", "while 1: y = y * y * y"),
        ],
        "steps": [forever("z ** y", "y, z = 2 ** 255, -1"), forever("3 ** 161"),
                  forever("y * y", "y = 2 ** 127"),
                  forever("y // z", "y, z = 2 ** 255, 2 ** 127 + 1"),
                  forever("y % 2 ** 90", "y = -2 ** 255")],
    },
    "huge literals": {
        "size of an int": [
            *returning("9" * 100, "0x" + "f" * 1_900, "0b" + "1" * 257, "-" + "9" * 100,
                       "9" * 1_900, "0o" + "7" * 1_900, "1_000" * 200, "1" + "0" * 78),
            "def f(x):\n return 1\n " + "9" * 1_900, body("0x1" + "0" * 64),
            body("if 0: " + "9" * 700),
        ],
        "length of a value": [
            *returning("'" + "a" * 1_900 + "'", "'a' " * 302 + "'" + "b" * 700 + "'",
                       "'" + "\\0" * 300 + "' '" + "a" * 701 + "'"),
            body("return 1", "'''" + "\n" * 1_001 + "'''"),
        ],
    },
    "multiplied strings and lists": {
        "length of a value": [
            *returning("'a' * 10 ** 9", "'a' * 10 ** 12", "[0] * 10 ** 12", "10 ** 12 * (0,)",
                       "'a' * 1000 + 'a'", "'a' * 9 * 9 * 9 * 9", "[[0] * 999] * 10 ** 9",
                       "[[[0] * 99] * 99] * 9999", "'a' * 2 ** 63", "(0,) * 2 ** 64",
                       "9 ** 9 * [x]", "sum(range(10 ** 9))", "list(range(1001))",
                       "sum([[0] * 600] * 2, [])", "range(1001)", "[] + [0] * 999 + [0] * 2",
                       "'ab' * 501", "tuple(range(9999))", "'a' * 10 ** 76", "[''] * 1000 + ['']",
                       "sorted([0] * 1001)"),
            body("y = 'a'", "while 1: y += y"), body("y = [1]", "while 1: y += y"),
            body("y = ['a'] * 999", "y += 'abc'"), body("y = [1]", "y *= 10 ** 12"),
            body("y = ()", "while 1: y += (y,) * 99"), body("y = 'a'", "while 1: y *= 9"),
            body("y = []", "y += range(1001)"), body("y = [x]", "while 1: y = y + y"),
        ],
        "steps": [
            *returning("[[0] * 1000] * 1000", "(('a' * 1000,) * 1000,) * 1000",
                       "[[[[1] * 99] * 99] * 99]"),
            body("y = [1]", "for i in range(19): y = [y, y]", "return y == y"),
            body("y = 'a' * 999", "for i in range(19): y = (y, y, y)", "return y"),
        ],
    },
    "int/str conversion limits": {
        "size of an int": [body("return int('9' * 79)"), body("return int('-' + '9' * 79)"),
                           body("return int('9_' * 39 + '9') ** 2")],
        "steps": [forever("str(y)", "y = 2 ** 255"), forever("int(y)", "y = '1' * 77"),
                  forever("int(str(y))", "y = -2 ** 255")],
    },
    "memory holders": {
        "steps": [
            forever("y += z", "y, z = [0] * 1000, []"), forever("y *= 1", "y = [0] * 1000"),
            forever("y *= 0; y += z", "y, z = [], range(1000)"),
            forever("y *= 0; y += z", "y, z = [], 'a' * 1000"), forever("y[:]", "y = [0] * 1000"),
            body("y, r = [0] * 1000, []", "for i in y:", " z = [" + "y * 1," * 280 + "]",
                 " r += [z]"),
            body("y, r = [0] * 1000, []", "for i in y: r = [r, [" + "y[:]," * 300 + "]]"),
            body("y, r = [0] * 500, []", "for i in range(999): r = [r, [" + "y + y," * 300 + "]]"),
            body("y, r = (0,) * 999, 0", "while 1: r = r, (" + "y + (1,)," * 200 + ")"),
            body("y, r = [0] * 99, []", "while 1: r = [r, [" + "y[:]," * 300 + "]]"),
            body(f"y, r = {GRIN} * 1000, 0", "while 1: r = [r, [" + "y[1:]," * 250 + "]]"),
            body(f"y, r = {GRIN} * 500, 0", "while 1: r = [r, [" + "y + y," * 250 + "]]"),
            body(f"y, r = {GRIN}, 0", "while 1: r = [r, [" + "y * 1000," * 190 + "]]"),
            body("r = []", f"while 1: r = [r, list(range({HUGE}, {HUGE} + 900))]"),
            body("r = 0", "while 1: r = [r, tuple(range(900)), list(range(-900, 0))]"),
            body("r = 0", "while 1: r = r, reversed(range(999)), sorted(range(999))"),
            body("r = 0", "while 1: r = [r, [" + "[],(1,)," * 230 + "]]"),
            body("r = 0", "while 1: r = [r]"), body("r = 0", "while 1: r = r, r, r, r, r, r, r"),
            body("y, r = range(1000), 0", "while 1: r = [r, [" + "y[1:]," * 280 + "]]"),
            body("r, y = '', 'a' * 9", "while 1: r = (y + r)[:900]; x = [x, r]"),
        ],
    },
    "quadratic algorithms": {
        "steps": [
            *(copying(line, 800) for line in COPIES), copying("y *= 1", 900),
            copying("s += ''", 900),
            body("for i in range(100): sum(range(1000))"),
            body("y = list(range(900))", "for i in y: y = sorted(y)"),
            body("y = 'a' * 999", "for i in range(100): 'ab' in y"),
            body("y = 'a' * 999", "for i in range(100): y == 'a' * 999"),
            body("y = 'a' * 999", "while 1: tuple(y)"),
            body("y = ['a' * 999] * 999", "return min(y)"),
            body("for i in range(30): " + "y = " * 400 + "x"),
            body("for i in range(60): " + "a, " * 200 + "= 'a' * 200"),
            forever("z in y", "y, z = 'a' * 999, 'a' * 400 + 'b'"),
            forever("z in y", "y, z = 'a' * 999, 'a' * 40 + 'ba' + 'a' * 40"),
            forever("z in y", "y, z = [2 ** 200] * 999, 2 ** 200 + 1"),
            forever("'a' in y", "y = range(1000)"), forever("y[::-1]", "y = [0] * 1000"),
            body("y, z = [[]] * 1000, [0] * 1000", "while 1: sum(y, z)"),
            body("y, z = [(0,)] * 500, (0,) * 500", "while 1: sum(y, z)"),
            body("y = ''", "while 1:", " y = ''", " for i in range(999): y = 'a' + y"),
            body("y = list(reversed(range(999)))", "while 1: sorted(y)"),
            body("y = [0] * 999", "while 1:", " for i in y:", "  for j in y: i + j"),
        ],
    },
    "comparison bombs": {
        "steps": [
            body("y = [[[0] * 99] * 99] * 99", "return y == [[[0] * 99] * 99] * 99"),
            body("y = [[0] * 999] * 999", "return y == 0"),
            body("y = [[0] * 999] * 999", "return 0 == y"),
            body("y = ['a' * 999] * 999", "return y < y"),
            body("y = [[0] * 99] * 99", "while 1: max(y)"),
            body("y = []", "for i in range(200): y += [('a', ('b', ('c', ('d', 200 - i))))]",
                 "sorted(y)", "sorted(y)",
                 "sorted(y)"),
            body("y = []", "for i in range(240): y += [" + "[" * 18 + "0 - i" + "]" * 18 + "]",
                 "sorted(y)"),
            body("y, z = ['a' * 9] * 99, 'a' * 8 + 'b'", "while 1: z in y"),
            body("y = [[0] * 99] * 90", "while 1: y == y"), forever("1" + " < 2" * 40),
            body("y = [['a' * 99] * 99] * 9", "return ['a' * 99] in y"),
            (body("return x"), laughs(15)), (body("return x == x"), laughs(4)),
        ],
    },
    "builtins with other arguments": {
        "steps": [*map(forever, ("max(1, 2)", "range(9)", "len('')", "abs(1)", "bool(1)", "int()",
                                 "list()", "sum([])", "sorted('')", "reversed('')", "str(x)")),
                  forever("y[1:]", "y = range(1000)")],
    },
    "many functions": {
        "steps": ["def g(): 0\n" + forever("g()", room=1_900),
                  "def g(a): a\n" + forever("g(y)", "y = [0] * 999", room=1_900),
                  "".join(f"def g{n}(): 0\n" for n in range(99)) + body("while 1: g0(); g98()")],
    },
}  # fmt: skip

HARMLESS: dict[str, list[tuple[str, object, object]]] = {
    "powers of 0, 1 and -1": [
        (body("return 1 ** x, (-1) ** x, 0 ** x, 0 ** 0"), 2**255, (1, 1, 0, 1)),
        (body("return 2 ** 255 - 1 + 2 ** 255, -(2 ** 255) - (2 ** 255 - 1)"), 1,
         (2**256 - 1, 1 - 2**256)),
        (body("return 3 ** 161 % 2, x // 7, -x % 5"), 2**255, (1, 2**255 // 7, -(2**255) % 5)),
    ],
    "empty and just in budget": [
        (body("return '' * 2 ** 31, [] * -5, () * 10 ** 9"), 1, ("", [], ())),
        (body("return len('a' * 1000), len([x] * 1000), len(range(1000))"), 1, (1000, 1000, 1000)),
        (body("return '' in '', [] == [], () < (0,), [[]] * 2"), 1, (True, True, True, [[], []])),
        (body("return sum([], [1]), sum([(1,)], ()), min('ba'), max((1, 2), (1, 3))"), 1,
         ([1], (1,), "a", (1, 3))),
        (DOWN, 20, 19), (WIDE, 20, 1), (FIB, 10, 55), (open_nodes(32), 1, 1),
        (countdown(1), 2_499, None), *((copying(line, 500), 1, None) for line in COPIES),
        (body("return " + "[" * 20 + "x" + "]" * 20), "a", wrapped("a", 20)),
        (body("return " + "-" * 57 + "x"), 1, -1),
        ("def f(x): return 1 # " + "(" * 1_900, 1, 1),
    ],
    "deep nesting": [
        (body("return " + "(" * 29 + "1" + ")" * 29), 1, 1),
        (body("return " + "-" * 50 + "x"), 1, 1),
        (body("return len(" + "[" * 29 + "]" * 29 + ")"), 1, 1),
        (body("return " + "not " * 50 + "x"), 1, True),
        (body("return '" + "(" * 400 + "'[0]"), 1, "("),
        (stairs("for i in 'ab'", 14) + " " * 15 + "return i", 1, "a"),
        ("\n".join(["def f(x):"] + ["  if x < 0: pass"] * 80), 1, None),
    ],
    "equal to anything": [
        (body("return True == 1, 1 == '1', None == 0, [] == (), 'a' == ['a'], [1] == [True]"), 1,
         (True, False, False, False, False, True)),
        (body("return range(0) == range(5, 5), [range(2)] == [range(2)], 1 in [True]"), 1,
         (True, True, True)),
        (body("return not None, not [], not '', not ()"), 1, (True,) * 4),
    ],
    "walrus and unpacking": [
        (body("() = []", "for () in [[], '']: x += 1", "return x"), 1, 3),
        (body("a, a, a = 1, 2, 3", "x, = [a]", "(b), c = x, x", "return a, b, c"), 1, (3, 3, 3)),
        (body("x = x, x = x, 5", "return x"), 1, 5),
        (body("a = b, c = 'xy'", "return a, b, c"), 1, ("xy", "x", "y")),
    ],
    "names": [
        ("def print(x): return x\ndef f(x): return print(x)", 1, 1),
        ("def eval(x): return x\ndef f(x): return eval('1')", 1, "1"),
        ("def SystemExit(x): return x\ndef f(x): return SystemExit(x)", 1, 1),
        (body("match = case = type = _ = x", "return match + case + type + _"), 1, 4),
        (body("int = str = 7", "return int + str"), 1, 14),
        (body("open = x", "return open"), 1, 1), ("def f(f): return f", 1, 1),
        ("def f(len): return len", 1, 1),
    ],
    "format strings": [
        (body("return '{x.__class__}' + '%s' + '{0}'"), 1, "{x.__class__}%s{0}"),
        (body("return '__import__(1)'"), 1, "__import__(1)"),
    ],
    "line continuation, tabs, form feeds": [
        ("def f(x):\\\n return\\\n 1", 1, 1), ("def f(x):\r  return 1\r", 1, 1),
        ("\x0cdef f(x):\n\x0c  return 1", 1, 1), ("def\tf(x):\n\treturn\t1", 1, 1),
        ("def f(x):\n  return (\n1\n)\n", 1, 1), ("\\\ndef f(x): return 1", 1, 1),
        ("def f(x): return 'a\\\nb'", 1, "ab"), ("def f(x): return 1;", 1, 1),
        ("def f(x):\n  \\\n  return 1", 1, 1),
    ],
    "encoding cookies, type comments": [
        ("# coding: utf-16\ndef f(x): return 1", 1, 1),
        ("#!/bin/sh\ndef f(x): return '\u00e9'", 1, "\u00e9"),
        ("# -*- coding: no-such -*-\ndef f(x): return 1", 1, 1),
        ("def f(x):  # type: (__import__('os')) -> \u00e9\n y = 1  # type: ignore\n return y", 1,
         1),
        ("def f(x): # type: (\n return 1", 1, 1),
        ("# type: ignore[" + "(" * 999 + "\ndef f(x): return 1", 1, 1),
    ],
    "odd text in strings": [
        (body("return '\\x00\\0\\uffff'"), 1, "\x00\x00\uffff"),
        (body("return '\u202e\ufeff\uff46', '\\ufeff' + x"), "\x00",
         ("\u202e\ufeff\uff46", "\ufeff\x00")),
        (body(r"return '\777\d\x41\u0041\U0001f600'"), 1, "\u01ff\\dAA\U0001f600"),
        (body("return int(' \\t-1_0\\n'), int('-0'), int('0' * 80), str(-0)"), 1,
         (-10, 0, 0, "0")),
        (body(r"return u'a' '\\' R'\b'"), 1, r"a\\b"),
    ],
    "memory holders": [
        (body("y = [1]", "y += y", "y *= 2", "z = [y, y]", "y += z[:0]", "return z"), 1,
         [[1] * 4] * 2),
        (body("y = []", "for i in range(999): y = [y]"), 1, None),
        (body("y = [1]", "for i in range(500): y = [y, y]", "return len(y)"), 1, 2),
    ],
    "many functions": [
        ("".join(f"def g{n}(): 0\n" for n in range(140)) + "def f(x): return g7()", 1, None),
        ("def f(x): return 1\n" * 100, 1, 1), ("def f(x): return 1\ndef f(y): return y", 5, 5),
        ("def g(x):\n x += [1]\ndef f(x):\n g(x)\n return x", [], [1]),
    ],
}  # fmt: skip


@dataclass(frozen=True, repr=False)  # laughs(15), written out, would fill the memory
class Attack:
    kind: str
    source: str
    x: object = 1
    budget: str = ""  # the one that stops it, if any
    returns: bool = False
    value: object = None

    def __repr__(self) -> str:
        return f"{self.kind}: {self.source[:40]!r}"


def _all() -> Iterator[Attack]:
    for group in (UNSUPPORTED, BROKEN):
        for kind, sources in group.items():
            yield from (Attack(kind, source) for source in sources)
    for kind, budgets in OVER.items():
        for budget, entries in budgets.items():
            for entry in entries:
                source, x = entry if isinstance(entry, tuple) else (entry, 1)
                yield Attack(kind, source, x, budget)
    for kind, returning_ in HARMLESS.items():
        for source, x, value in returning_:
            yield Attack(kind, source, x, returns=True, value=value)


ATTACKS = list(_all())
