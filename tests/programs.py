r"""Programs of every construct that the interpreter runs, and what they return.

In the notation of attacks.py. They return what CPython returns, but for those that are MEANT to
differ.
"""
from __future__ import annotations

from tests.attacks import read

RUNS = [*read(r"""
[runs]  text: def f ( x ) : x = x * 2 ; return x + 3 ← 4 → 11  def f(x):¶« ×2»return
  def g(a, b): return a - b¶def f(x): return g(x, 1) ← 4 → 3
  def len(x): return 7¶def f(x): return len(x) ← 'ab' → 7
  def f(x):¶ 'doc'¶ # comment ((((((¶ x  def f(x):¶ return 'a\'(' + '''b¶\''''¶ → "a'(b\n'"
  line: return g(x)¶def g(x): return x + 1 → 2  return x¶def f(x): return 2 → 2  pass
[statements]  body: a, b = 0, 1¶for i in range(x): a, b = b, a + b¶return a ← 90
  → 2880067194370816120
  t = 0¶while True:¶ t += 1¶ if t == x: break¶ continue¶return t ← 7 → 7
  t = 0¶for i in x:¶ if i == 2: continue¶ if i > 3: break¶ t += i¶return t ← [1, 2, 3, 4, 5] → 4
  t = ''¶for a, b in x: t += a * b¶return t ← [('a', 2), ['b', 1]] → 'aab'
  for i in x:¶ for j in i:¶« ×2»if j: return j¶return -1 ← [[0], [0, 5]] → 5
  if x < 0: return 'neg'¶elif x == 0: return 'zero'¶else: return 'pos' ← 0 → 'zero'
  d = 2¶while d * d <= x:¶ if x % d == 0: return False¶ d += 1¶return x > 1 ← 97 → True
  d = 2¶while d * d <= x:¶ if x % d == 0: return False¶ d += 1¶return x > 1 ← 91 → False
  a = b = x¶a += [9]¶return b ← [1] → [1, 9]  b = x¶b *= 2¶return x ← [1] → [1, 1]
  x += 'ab'¶x += range(2)¶return x ← [] → ['a', 'b', 0, 1]
  b = [x] * 2¶x += [1]¶return b ← [] → [[1], [1]]  b = x¶b += (2,)¶return x ← (1,) → (1,)
  r = range(9)¶return r[2], len(r[1:5]), list(r[::3]), 3 in r, r == range(9)
  → (2, 4, [0, 3, 6], True, True)
[expressions]  return: -7 // 2, -7 % 3, 7 % -3, -2 ** 2, (-2) ** 3, 0 ** 0
  → (-4, 2, -2, -4, -8, 1)  0 and 1 // 0, x or 1 // 0, [] or '' or None, 1 and 2 → (0, 1, None, 2)
  1 if x else 1 // 0 → 1  '«U+e9»' + x ← '\u20ac' → '\xe9\u20ac'  '' * -5, x * 0 ← [1] → ('', [])
  '«(×40»' + "it's" → "«(×40»it's"  'a' * 999 + x ← 'a' → '«a×1000»'
  True + True, -True, +True, not 3, True * 'ab', 3 * [x] → (2, -1, 1, False, 'ab', [1, 1, 1])
  1 < x < 3, 1 < x > 5, x == 2 != 3, 1 in [x, 1], 3 not in (x,) ← 2
  → (True, False, True, True, True)
  x[1:], x[::-1], x[-1], x[5:1], x[None:2], x[True] ← 'abc' → ('bc', 'cba', 'c', '', 'ab', 'b')
[builtins]  return: abs(-3), min(x), max(x), max(1, 5), sum(x), sum(x, 4), len(x) ← [3, 1, 2]
  → (3, 1, 3, 5, 6, 10, 3)  sorted(x), list(reversed(x)), list(x), tuple(x), bool(x) ← 'cab'
  → (['a', 'b', 'c'], ['b', 'a', 'c'], ['c', 'a', 'b'], ('c', 'a', 'b'), True)
  int(' -1_2 '), int(True), int(), str(-5), str(True), str('a'), str()
  → (-12, 1, 0, '-5', 'True', 'a', '')
  sum([[1], [2]], []), sum([], None), list(), tuple(), bool() → ([1, 2], None, [], (), False)
[decorators]  text: @(lambda g: g)¶def f(x): return x → 1
  def d(g): return g¶@d¶def f(x): return x → 1
  def d(n): return lambda g: lambda x: g(x) * n¶@d(3)¶def f(x): return x → 3
  @(lambda g: lambda x: 7)¶def f(x): return x → 7
  import functools¶@functools.lru_cache(maxsize=None)¶def f(x): return x → 1
  @[lambda g: g][0]¶def f(x): return x → 1  @lambda g: g¶def f(x): return x → 1
[exceptions]  body: try: return 1¶except: pass → 1  try: return 1¶finally: x → 1  assert x
  try: pass¶finally: return 1 → 1  while 1:¶ try: return 1¶ finally: break
  for i in [1, 2]:¶ try: return i¶ finally: continue  try: return 1¶finally: return 2 → 2
  try: 1 / 0¶finally: return 2 → 2
  try: raise ValueError(x)¶except ValueError as e: return str(e), repr(e) → ('1', 'ValueError(1)')
  try: raise ValueError(1, 2)¶except Exception as e: return e.args → (1, 2)
  try: raise KeyError('a')¶except LookupError as e: return str(e) → "'a'"
  try: y¶except NameError: return 2 → 2  try: return [1][5]¶except IndexError: return 2 → 2
  try: return {}[5]¶except KeyError: return 2 → 2
  try: return 'a' + 1¶except TypeError: return 2 → 2
  try: return int('a')¶except ValueError: return 2 → 2
  try: return 1 / 0¶except ArithmeticError: return 2 → 2
  try: return 1.5 % 0¶except ZeroDivisionError: return 2 → 2
  try: return 1e308 ** 2¶except OverflowError: return 2 → 2
  try: return [].pop()¶except IndexError: return 2 → 2
  try: return next(iter([]))¶except StopIteration: return 2 → 2
  try: assert 0, 'no'¶except AssertionError as e: return str(e) → 'no'
  try: [1].remove(2)¶except ValueError: return 2 → 2
  try: a, b = [1]¶except ValueError: return 2 → 2  try: f()¶except TypeError: return 2 → 2
  try: return (1).no_such¶except AttributeError: return 2 → 2
  try: return no_such¶except NameError as e: return 2 → 2
  try: return chr(-1)¶except ValueError: return 2 → 2
  try: return {[]: 1}¶except TypeError: return 2 → 2
  try: return sorted([1, 'a'])¶except TypeError: return 2 → 2
  try: return '{}'.format()¶except IndexError: return 2 → 2
  try: return '%d' % 'a'¶except TypeError: return 2 → 2
  try: return 1 << -1¶except ValueError: return 2 → 2
  try: 1 / 0¶except ValueError: return 1¶except (TypeError, ZeroDivisionError): return 2¶else:
  ↳ return 3¶finally: x → 2
  try: x¶except: return 1¶else: return 2¶finally: x += 1 → 2
  try: raise¶except RuntimeError: return 2 → 2  assert (x == 2, 'always')
  y = None¶for i in range(10 ** 4):¶ try: raise KeyError from y¶ except KeyError as e: y = e
  y = None¶for i in range(10 ** 4):¶ try:¶« ×2»try: 1 / 0¶« ×2»finally: 1 / 0¶ except Exception as
  ↳ e: y = [y, e]
  def g(n):¶ try: 1 / 0¶ except ZeroDivisionError: return n and g(n - 1)¶return g(90) → 0
  y = ValueError()¶return y == y, y in [y], [y] == [y], y != ValueError()
  → (True, True, True, True)
  y = ValueError(1)¶return {y: 1}[y] → 1  y = ValueError(1)¶return y.args[0] → 1
  y = ValueError¶try: raise y(3)¶except y as e: return str(e) → '3'
  y = (ValueError, KeyError)¶try: raise KeyError¶except y: return 2 → 2
  return isinstance(ValueError(), Exception) → True
  try: list(map(lambda i: next(iter([])), 'ab'))¶except: return 2
  return list(map(lambda i: next(iter([])), 'ab')) → []
  def g(): raise StopIteration¶for i in map(lambda i: g(), 'ab'): pass¶return 3 → 3
  def g(i): raise StopIteration¶return list(filter(g, 'ab')), tuple(map(g, 'ab')) → ([], ())
  def g(i): raise StopIteration¶return any(map(g, 'ab')), sum(map(g, 'ab')) → (False, 0)
  for i in range(5):¶ try:¶« ×2»if i == 3: break¶« ×2»continue¶ finally: x += 10¶return x, i
  → (41, 3)
  try:¶ try: 1 / 0¶ finally: x += 1¶except ZeroDivisionError: return x → 2
  try: pass¶except: 1 / 0¶else: return 4 → 4
[big comprehensions]  return: [i for i in [[0] * 9999] * 9999][5][7] → 0
  [{} for i in range(9999)] == 1 → False  [set() for i in range(9999)] == 1 → False
  [{1: 2} for i in range(9999)] == 1 → False  [{i} for i in range(9999)] == 1 → False
  [frozenset([i]) for i in range(9999)] == 1 → False  [(i,) for i in range(9999)] == 1 → False
  [lambda: i for i in range(9999)] == 1 → False
  [(j for j in 'a') for i in range(9999)] == 1 → False
  [map(abs, []) for i in range(9999)] == 1 → False  [[i] * 99 for i in range(9999)] == 1 → False
  [i / 7 for i in range(9999)] == 1 → False  [range(i) for i in range(9999)] == 1 → False
  [iter([]) for i in range(9999)] == 1 → False  [zip([], []) for i in range(9999)] == 1 → False
  [i for i in range(5) if i % 2 if i > 1] → [3]
  [(i, j) for i in 'ab' for j in 'cd' if i < j] → [('a', 'c'), ('a', 'd'), ('b', 'c'), ('b', 'd')]
  {i: j for i, j in zip('ab', 'cd')} → {'a': 'c', 'b': 'd'}
  {j for i in [[1, 2], [2, 3]] for j in i} → {1, 2, 3}
  [[j for j in range(i)] for i in range(3)] → [[], [0], [0, 1]]
  [x for x in [x, 5]] + [x] → [1, 5, 1]  [i for i in [i for i in [1]]] → [1]
  [(i := j) for j in range(3)] + [i] → [0, 1, 2, 2]  [j for i in range(3) if (j := i)] → [1, 2]
  [lambda: i for i in range(3)][0]() → 2  [(lambda i=i: i)() for i in range(3)] → [0, 1, 2]
  [i for *i, j in [[1, 2, 3]]] → [[1, 2]]  [i for [i, j] in [[1, 2]]] → [1]
  sum(i for i in [1, 2]), max((i for i in [1, 2]), default=0) → (3, 2)
  sum((i for i in [1, 2]), 5) → 8  «[i for i in ×28»[x]«]×28» → [1]
  «[0 for i in [1] if ×20»x«]×20» → [0]  (lambda: [i for i in range(x)])() → [0]
  [(lambda: i + x)() for i in range(3)] → [1, 2, 3]  len([None for i in range(10 ** 4)]) → 10000
  len([None for i in range(10 ** 4 + 1)]) → 10001
  {i % 3: i for i in range(9)} → {0: 6, 1: 7, 2: 8}
  {str(i): {j: i for j in 'ab'} for i in range(2)} → {'0': {'a': 0, 'b': 0}, '1': {'a': 1, 'b': 1}}
  [[] for i in range(9999)] == 1 → False  [[[]] for i in range(9999)] == 1 → False
  [[[[]]] for i in range(9999)] == 1 → False  [dict(a=i) for i in range(9999)] == 1 → False
  [list('abcdefgh') for i in range(9999)] == 1 → False
  [[i, i + 1, i + 2] for i in range(9999)] == 1 → False
  [{i: i, -i: i} for i in range(9999)] == 1 → False
[float and int conversions]  return: int(1e308) > 0 → True  int(-1e308) < 0 → True
  float('1e999') → 1e999
  float('infinity'), float('-Inf'), str(float('nan')) → (1e999, -1e999, 'nan')
  float('1' * 9999) → 1e999  float('0.' + '0' * 9000 + '1') → 0.0  float('1_0') → 10.0
  float(' 1\n') → 1.0  float() → 0.0  float(True) → 1.0  float('1e-400') → 0.0
  float('1' * 300 + 'e-300') → 0.1111111111111111  float('1' + '0' * 9000 + 'e-9000') → 1.0
  round(x, 10 ** 9) → 1  round(1.5, 10 ** 9) → 1.5  round(12345, -2) → 12300
  round(2.5), round(3.5), round(-2.5) → (2, 4, -2)  round(2.675, 2) → 2.67  round(1.5, None) → 2
  round(1e308, -308) → 1e+308  round(1.5, 10 ** 30) → 1.5  round(x, 10 ** 30) → 1
  round(1e300, 400) → 1e+300  round(5e-324, 323) → 0.0  round(True) → 1  2 ** -1 → 0.5
  1e308 * 10 → 1e999  -1e308 * 10 → -1e999  1e308 + 1e308 → 1e999  10 ** 400 / 10 ** 399 → 10.0
  -7.5 // 2, -7.5 % 2, 7.5 % -2 → (-4.0, 0.5, -0.5)  divmod(-7.5, 2) → (-4.0, 0.5)
  divmod(1e308, 1e-308) == 1 → False  1e308 // 1e-308 → 1e999  divmod(2 ** 2047, 3) > (1, 1) → True
  5e-324 / 2 → 0.0  0.1 + 0.2 → 0.30000000000000004  1e16 + 1 → 1e+16
  1e22, 1e21, 123456789.125, 1e-5, 0.0001, -0.0
  → (1e+22, 1e+21, 123456789.125, 1e-05, 0.0001, -0.0)
  1_0.5 → 10.5  .5, 5., 1E3 → (0.5, 5.0, 1000.0)  int('zz', 36) → 1295  int('1', 0) → 1
  int('0b11', 0), int('0x1f', 16) → (3, 31)  int('12', base=3) → 5  int(2.9), int(-2.9) → (2, -2)
  str(1e22), str(1e16), repr(0.1), str(1.0) → ('1e+22', '1e+16', '0.1', '1.0')
  len(str(2 ** 2047)) → 617
  hex(2 ** 2047)[:9], bin(5), oct(8), hex(-255) → ('0x8000000', '0b101', '0o10', '-0xff')
  len(bin(2 ** 2000)) → 2003  len('{:b}'.format(2 ** 2047)) → 2048
  int(hex(2 ** 2000), 16) == 2 ** 2000 → True  chr(0x10ffff) > 'a' → True
  chr(955), ord('«U+3bb»') → ('λ', 955)  (1.5).is_integer(), (2.0).is_integer() → (False, True)
  (255).bit_length() → 8  (2 ** 2000).bit_length() → 2001  abs(-2 ** 2047) > 0 → True
  abs(-1.5) → 1.5  abs(-(-1)), -(-1.5), +True, ~True, ~5 → (1, 1.5, 1, -2, -6)
  min(1, 2.0), max(2, 2.0), max(2.0, 2) → (1, 2, 2.0)
  1 == 1.0, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53 → (True, True, False)
  10 ** 400 > 1e308, 10 ** 400 == 1e308 → (True, False)  -1e308 < -10 ** 400 → False
  True + 1.5 → 2.5  1 >> 10 ** 30 → 0  -1 >> 10 ** 9 → -1
  5 & 3, 5 | 3, 5 ^ 3, ~5, 5 << 2, 5 >> 1, -5 >> 1 → (1, 7, 6, -6, 20, 2, -3)
  True & False, True | 2, True ^ True → (False, 3, False)  2 ** 2047 | -1 → -1  x << True → 2
  2 ** 0.5 → 1.4142135623730951  2 ** -1.5 → 0.3535533905932738  0 ** 0, 0.0 ** 0 → (1, 1.0)
  pow(2, 10 ** 9, 7) → 2  pow(3, 2 ** 2047, 2 ** 2047 - 1) > 0 → True  pow(2, -1, 7) → 4
  pow(2, 3, -5) → -2  pow(10 ** 9, 10 ** 9, 10 ** 9 + 7) → 312556845  pow(2, -2) → 0.25
  pow(2 ** 2000, 2, 10) → 6  pow(2, 2 ** 2000, 10) → 6  sum([0.1] * 10) → 0.9999999999999999
  sum([1e308] * 2) → 1e999  sum([[1], [2]], start=[3]) → [3, 1, 2]  sum([True, False, True]) → 2
  sum([1.5, 2]) → 3.5  sum({1: 2, 3: 4}) → 4  sum(range(10 ** 4)) → 49995000
  len(sum([[i] for i in range(900)], [])) → 900
  std: math.factorial(30) → 265252859812191058636308480000000  math.factorial(300) % 10 ** 9 → 0
  math.comb(40, 20) → 137846528820  math.comb(10 ** 9, 2) → 499999999500000000  math.comb(5, 9) → 0
  math.perm(5, 2) → 20  math.prod([1.5, 2]), math.prod([], start=3) → (3.0, 3)
  math.prod(['a', 2]) → 'aa'  math.pow(2, 3) → 8.0  math.isqrt(10 ** 600) % 10 → 0
  math.sqrt(16), math.sqrt(2) → (4.0, 1.4142135623730951)  math.log(10 ** 600) → 1381.5510557964274
  math.log(8, 2), math.log2(8), math.log10(1000), math.log1p(0) → (3.0, 3.0, 3.0, 0.0)
  math.gcd(12, 18), math.gcd(0, 0), math.gcd(-4, 6) → (6, 0, 2)  math.lcm(4, 6) → 12
  math.floor(1e308) > 0 → True  math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5) → (-2, -1, -1)
  math.fsum([0.1] * 10) → 1.0  math.hypot(3, 4) → 5.0  math.fmod(-7, 3) → -1.0
  math.pi, math.e, math.inf, math.tau
  → (3.141592653589793, 2.718281828459045, 1e999, 6.283185307179586)
  math.isclose(0.1 + 0.2, 0.3) → True
  math.degrees(math.pi), math.radians(180) → (180.0, 3.141592653589793)
  math.sin(0), math.cos(0), math.tan(0), math.atan2(1, 1) → (0.0, 1.0, 0.0, 0.7853981633974483)
  math.copysign(1, -0.0) → -1.0  math.fabs(-2) → 2.0
[texts that grow]  return: ('«U+df»' * 4000).upper() == 'S' * 8000 → True
  len(('a ' * 4999).split()) → 4999  len(('a' * 9999).split('a')) → 10000
  len('a' * 9999 + 'b') → 10000
  'a,b,,c'.split(','), 'a b'.split(' ', 1), ' a« ×2»b '.split(None, 1)
  → (['a', 'b', '', 'c'], ['a', 'b'], ['a', 'b '])
  'abc'.split(sep='b', maxsplit=1), 'a.b.c'.rsplit('.', 1), 'a\nb\r\nc'.splitlines(),
  ↳ 'a-b'.partition('-'), 'a-b-c'.rpartition('-')
  → (['a', 'c'], ['a.b', 'c'], ['a', 'b', 'c'], ('a', '-', 'b'), ('a-b', '-', 'c'))
  'a'.count(''), 'aaa'.count('aa'), 'abc'.find('c'), 'abc'.rfind('x'), 'abcb'.index('b', 2),
  ↳ 'abc'.find('', 9) → (2, 1, 2, -1, 3, -1)
  'a'.count('a', None, 10 ** 30) → 1  'a'.find('a', -10 ** 30) → 0
  'abc'.startswith(('x', 'a')), 'abc'.endswith('bc', 1) → (True, True)
  'aXb'.swapcase(), 'hello world'.title(), 'hello'.capitalize(), 'A'.lower(), 'a'.upper(),
  ↳ 'xxaxx'.strip('x'), ' a '.lstrip(), 'abc'.rstrip('cb'), 'abc'.removeprefix('a'),
  ↳ 'abc'.removesuffix('c') → ('AxB', 'Hello World', 'Hello', 'a', 'A', 'a', 'a ', 'a', 'bc', 'ab')
  '«U+1e4f0»'.isdigit(), '«U+b2»'.isdigit(), '«U+663»'.isdecimal(), '«U+bd»'.isnumeric()
  → (False, True, True, True)
  '«U+1c89»'.lower() → '\u1c89'  '«U+a7dc»'.lower() → '\ua7dc'  '«U+2c2f»'.lower() → 'ⱟ'
  '«U+e9»'.upper(), '«U+3a3»'.lower() → ('É', 'σ')  'a'.strip(None) → 'a'  'a'.join({'x'}) → 'x'
  'a'.join({'x': 1, 'y': 2}) → 'xay'  ','.join('abc') → 'a,b,c'
  ','.join(str(i) for i in range(3)) → '0,1,2'  ''.join(reversed('abc')) → 'cba'
  ('a'.upper)() → 'A'  [i() for i in ['a'.upper, 'B'.lower]] → ['A', 'b']
  str.upper('a'), list(map(str.upper, 'ab')) → ('A', ['A', 'B'])  str.join(',', 'ab') → 'a,b'
  str.format('{}', 1) → '1'  'a' in 'ba', 'a' not in '', '' in '' → (True, True, True)
  'abc'[::-1], 'abc'[-2:], 'abcdef'[::2], 'abc'[5:], 'abc'[:-5] → ('cba', 'bc', 'ace', '', '')
  'abc'[10 ** 30:] → ''  'a' < 'b', 'a' < 'B', '' < 'a', 'a' == 'a' → (True, False, True, True)
  sorted('bca'), max('abc'), min('abc'), len('«U+1f600»') → (['a', 'b', 'c'], 'c', 'a', 1)
  'a' 'b' * 3 → 'ababab'  'a' % () → 'a'  'a' * -1 → ''  'a' * True → 'a'
  ''.join(['a'] * 9999) == 'a' * 9999 → True
  str([1, 'a', None, (2,), {3: 4.5}, True]) → "[1, 'a', None, (2,), {3: 4.5}, True]"
  repr('a\'b"c\n\x00«U+e9»\u200b') → '\'a\\\'b"c\\n\\x00é\\u200b\''
  str(('a',)), str(()), str({}), str(set()), str([[]]), repr('a')
  → ("('a',)", '()', '{}', 'set()', '[[]]', "'a'")
  str(frozenset('a')) → "frozenset({'a'})"  str({1: {2}}) → '{1: {2}}'
  str(range(3)), repr(range(1, 2, 3)) → ('range(0, 3)', 'range(1, 2, 3)')
  str({}.keys()), str({1: 2}.items()) → ('dict_keys([])', 'dict_items([(1, 2)])')
  str(int), str(type(x)) → ("<class 'int'>", "<class 'int'>")
  str(ValueError('a')), repr(ValueError('a')) → ('a', "ValueError('a')")
  repr(1.5), repr(None), repr(True) → ('1.5', 'None', 'True')
[lists that grow and shrink]  body: y = [1, 2, 3, 4]¶for i in y: y.remove(i)¶return y → [2, 4]
  y = [1, 2, 3]¶for i in y: y.clear()¶return y → []  y = [1, 2]¶for i in y: y = [9]¶return y → [9]
  y = list(range(9))¶y[::2] = 'abcde'¶del y[1::3]¶y[2:4] = [7]¶y[-1] = 0¶return y
  → ['a', 'b', 7, 'd', 0]
  y = [1, 2, 3]¶y[::-1] = y¶return y → [3, 2, 1]
  y = [1, 2, 3]¶y[1:1] = y¶return y → [1, 1, 2, 3, 2, 3]
  y = [1, 2]¶y[10 ** 30:] = [3]¶y[-10 ** 30:0] = [0]¶return y → [0, 1, 2, 3]
  y = [1, 2]¶del y[10 ** 30:]¶del y[:1]¶return y → [2]
  y = ([],)¶try: y[0] += [1]¶except TypeError: return y → ([1],)
  y = [1, 2, 3]¶del y[0], y[0]¶return y → [3]
  y = [[0] * 2] * 2¶y[0][0] = 1¶return y → [[1, 0], [1, 0]]
  y = [5, 3]¶y.sort()¶y.append(1)¶y.extend('ab')¶y.insert(1, 9)¶y.insert(-100, 8)¶y.insert(100,
  ↳ 7)¶y.remove(9)¶y.reverse()¶return y, y.pop(), y.pop(0), y.index('a'), y.count(3), y.copy(),
  ↳ len(y) → (['b', 'a', 1, 5, 3], 8, 7, 1, 1, ['b', 'a', 1, 5, 3], 5)
  y = []¶list.append(y, 1)¶list.sort(y)¶return y → [1]
  y = [1]¶return y.sort() is None, y.append(2) → (True, None)
  y = [1, 2, 3]¶y[0], y[1:], z = 5, [6, 7], 8¶return y, z → ([5, 6, 7], 8)
  y = [0, 0]¶i = 0¶i, y[i] = 1, 2¶return i, y → (1, [0, 2])  (y) = [1]¶y[0]: int = 5¶return y → [5]
  y: list = [1]¶return y → [1]  y = [1, 2]¶y[0], y[1] = y[1], y[0]¶return y → [2, 1]
  y = [[1, 2], [3]]¶y[0][1:], *y[1] = [9], 8, 7¶return y → [[1, 9], [8, 7]]
[dicts and sets in use]  body: y = {1: 2}¶for i in y: y[i] = 5¶return y → {1: 5}
  y = {1: 2, 3: 4}¶for i in list(y): del y[i]¶return y → {}
  y = {1: 2}¶z = y.keys()¶y[3] = 4¶return list(z), 3 in z, len(z) → ([1, 3], True, 2)
  y = {}¶y.update([(1, 2)], a=3)¶return y → {1: 2, 'a': 3}
  y = {'a': 1}¶y |= {'b': 2}¶return y, y | {'a': 3}, {**y, 'c': 4}
  → ({'a': 1, 'b': 2}, {'a': 3, 'b': 2}, {'a': 1, 'b': 2, 'c': 4})
  y = {1: 2}¶return y.get(5), y.get(1), y.get(5, 'a'), y.pop(1), y.pop(1, 7), y.setdefault(3, 4),
  ↳ y.setdefault(3), y.popitem(), y → (None, 2, 'a', 2, 7, 4, 4, (3, 4), {})
  y = {2: 'b', 1: 'a'}¶return list(y), list(y.values()), list(y.items()), sorted(y), min(y),
  ↳ len(y), 2 in y, list(reversed(y))
  → ([2, 1], ['b', 'a'], [(2, 'b'), (1, 'a')], [1, 2], 1, 2, True, [1, 2])
  y = {1: 2}¶return y.keys() & {1}, y.keys() | {2}, y.keys() - {1}, y.items() & {(1, 2)}, y.keys()
  ↳ == {1} → ({1}, {1, 2}, set(), {(1, 2)}, True)
  y = {1: 2}¶y.clear()¶return y, dict(a=1), dict([(1, 2)], b=3), dict({1: 2}), {}.fromkeys('ab', 0)
  → ({}, {'a': 1}, {1: 2, 'b': 3}, {1: 2}, {'a': 0, 'b': 0})
  dict(['ab'])  {1: 2} == {1: 2.0}, {1: 2, 3: 4} == {3: 4, 1: 2}, {} == []
  y = {1, 2, 3}¶return y | {4}, y & {1}, y - {1}, y ^ {1, 9}, y <= {1, 2, 3, 4}, y < y, y >= {1},
  ↳ y == {3, 2, 1}, 1 in y, len(y), sorted(y), sum(y)
  → ({1, 2, 3, 4}, {1}, {2, 3}, {2, 3, 9}, True, False, True, True, True, 3, [1, 2, 3], 6)
  y = {1, 2}¶y.add(3)¶y.discard(9)¶y.remove(1)¶y.update([5], (6,))¶y |= {7}¶y &= {2, 5, 7}¶y -=
  ↳ {5}¶y ^= {2}¶return y, y.pop(), y → (set(), 7, set())
  {1, 2}.issubset([1, 2, 3]), {1}.isdisjoint([2]), {1}.issuperset([])
  y = {'b', 'a', 'c'}¶return sorted(y), 'b' in y, len(y) → (['a', 'b', 'c'], True, 3)
  return list({'b', 'a', 'c'}) == 1 → False
  y = {'b', 'a'}¶return len([i for i in y]), len(list(y)), y.pop() in ('a', 'b') → (2, 2, True)
  y = set('hello')¶return sorted(y) → ['e', 'h', 'l', 'o']
  for i in {5, 3, 1}: x = i¶return x in (1, 3, 5) → True
  y = [1, 2]¶z = {tuple(y): 1}¶return z[1, 2] → 1  y = {}¶y[1, 2] = 3¶return y → {(1, 2): 3}
  y = {1: {2: 3}}¶y[1][2] += 4¶del y[1][2]¶return y → {1: {}}
  lines: y = collections.OrderedDict(a=1, b=2)¶z = y.pop('a'), y.pop('c', 5)¶y.setdefault('d',
  ↳ 4)¶y.update(e=6)¶y.update({'b': 3})¶return z, list(y.items()), len(y)
  → ((1, 5), [('b', 3), ('d', 4), ('e', 6)], 3)
  y = collections.OrderedDict.fromkeys('aba', 0)¶y['c'] = 1¶y.move_to_end('a')¶return
  ↳ list(y.items()), y == {'b': 0, 'a': 0, 'c': 1} → ([('b', 0), ('c', 1), ('a', 0)], True)
  y = collections.OrderedDict([('b', 1), ('a', 2)])¶z = y.setdefault('b', 9), y.popitem(),
  ↳ y.popitem(last=False)¶return z, dict(y) → ((1, ('a', 2), ('b', 1)), {})
  y = collections.Counter('aab')¶y.subtract('ab')¶y.subtract({'a': 3})¶return sorted(y.items())
  → [('a', -2), ('b', 0)]
  y = collections.defaultdict(list)¶y['a'].append(1)¶return dict(y), 'b' in y, len(y)
  → ({'a': [1]}, False, 1)
[many arguments]
  body: def g(*a, **k): return a, k¶return g(1, *[2, 3], b=4, **{'c': 5})
  → ((1, 2, 3), {'b': 4, 'c': 5})
  def g(a, b=2, *c, d, e=5, **k): return a, b, c, d, e, k¶return g(1, d=4), g(1, 2, 3, d=4, z=9)
  → ((1, 2, (), 4, 5, {}), (1, 2, (3,), 4, 5, {'z': 9}))
  def g(a, /, b): return a, b¶return g(1, b=2) → (1, 2)
  def g(a, /, **k): return a, k¶return g(1, a=2) → (1, {'a': 2})
  def g(a, *, b): return a + b¶return g(1, b=2) → 3
  def g(**k): return k¶return g(**{'a b': 1}) → {'a b': 1}
  def g(**k): return k¶return g(**{'__class__': 1}) → {'__class__': 1}
  g = lambda *a, b=2, **k: (a, b, k)¶return g(1, c=3) → ((1,), 2, {'c': 3})  lambda x=x: x
  return (lambda: x)(), (lambda x: x)(5), (lambda x, y=2: x + y)(1) → (1, 5, 3)
  def g(y=[]): y.append(1); return y¶g()¶return g(), g([5]) → ([1, 1], [5, 1])
  def g(a, y={}): y[a] = 1; return len(y)¶return [g(i) for i in range(3)] → [1, 2, 3]
  def g(a=x): return a¶x = 9¶return g() → 1
  def g(a, b): return a - b¶return g(b=1, a=2), g(*(5, 3)), g(**{'b': 1, 'a': 4}) → (1, 2, 3)
  def g(): return¶return g()  def g():¶ '''doc'''¶return g()  def g(): ...¶return g()
  def g(*a): return len(a)¶return g(*range(9999)) → 9999
  def g(**k): return len(k)¶return g(**{str(i): i for i in range(999)}) → 999  print(*range(9999))
  print('a', 1, sep='b', end='c')  print(flush=True)  print(f)
  print([1], {2}, (3,), {4: 5}, 1.5, None)  print('«U+1f600»' * 9999)  print('\x00\x1b[31m')
  print(int)  return print(1)  y = print¶y(1)  enumerate('a', start=2)
  return list(enumerate('ab', start=2)), list(enumerate('ab', 5))
  → ([(2, 'a'), (3, 'b')], [(5, 'a'), (6, 'b')])
  return list(zip('ab', 'cd', strict=True)) → [('a', 'c'), ('b', 'd')]
  return list(zip()), list(zip('ab')), list(zip('ab', 'cde', 'f'))
  → ([], [('a',), ('b',)], [('a', 'c', 'f')])
  return list(map(max, [1, 5], [3, 2])), list(map(str, [1])), list(filter(None, [0, 1])),
  ↳ list(filter(lambda i: i > 1, [1, 2])) → ([3, 5], ['1'], [1], [2])
  min([], [])
  return min([], []), max([1], [2]), min('b', 'a'), min([3, 1]), min((2, 1), default=5), min([],
  ↳ default=None), max({1: 2, 3: 4}) → ([], [2], 'a', 1, 1, None, 3)
  return all([]), any([]), all([1, 0]), any([0, 2]), all('ab'), any({0: 1})
  → (True, False, False, True, True, False)
  return next(iter('ab')), list(iter([1])), next(iter({}), 5) → ('a', [1], 5)
  return list(reversed([1, 2])), list(reversed('ab')), list(reversed(range(3))), list(reversed((1,
  ↳ 2))) → ([2, 1], ['b', 'a'], [2, 1, 0], [2, 1])
  return range(10 ** 9)[5] → 5  10 ** 8 in range(10 ** 9)  range(10 ** 9) == range(10 ** 9)
  sum(range(10 ** 9)[::10 ** 8])  return sum(range(10 ** 9)[::10 ** 8]) → 4500000000
  range(2 ** 63)[-1] + 1
  return bool(range(0)), bool(range(5)), bool({}), bool([0]), bool(''), bool(0.0), bool(None),
  ↳ bool(f), bool(print), bool({0})
  → (False, True, False, True, False, False, False, True, True, True)
  isinstance(x, ())  isinstance(x, type(x))
  return isinstance(x, type(x)), type(x) == int, type(x) is int, type('a') == type('b'), type([])
  ↳ in (list, tuple), type(1.5) != int → (True, True, True, True, True, True)
  return type(x)('5'), type([])('ab'), type('')(5) → (5, ['a', 'b'], '5')
  type(type(x))('A', (), {})  type(type)(1)  type(None)()  type(ValueError())('a')
  type(type(x)) == type  list[int]  return list[int]([1]) == [1] → True  dict[str, int]  format(x)
  divmod(7, 2)
[assignments of every kind]  body: a = b = []¶a.append(1)¶return b → [1]
  a, b = b, a = 1, 2¶return a, b → (2, 1)  [a, b] = 1, 2¶return a, b → (1, 2)
  (a, (b, *c), d) = 1, 'xyz', 2¶return a, b, c, d → (1, 'x', ['y', 'z'], 2)
  *a, b = 'abc'¶return a, b → (['a', 'b'], 'c')  a, *b = [1]¶return a, b → (1, [])
  *a, = 'ab'¶return a → ['a', 'b']  [] = ''¶() = []¶return 1 → 1
  for a, *b in ['abc', [1]]: x = a, b¶return x → (1, [])
  y = [0]¶for y[0] in 'ab': pass¶return y → ['b']
  for (a, b), c in [((1, 2), 3)]: return a, b, c → (1, 2, 3)
  y = [1, 2]¶y[0] += 5¶y[1] -= 1¶y[0] *= 2¶y[0] //= 5¶y[0] **= 3¶y[1] /= 2¶y[0] %= 7¶y[0] <<=
  ↳ 2¶y[0] >>= 1¶y[0] |= 8¶y[0] &= 12¶y[0] ^= 5¶return y → [13, 0.5]
  (y := 5)¶return y → 5  return [y := 1, y ** 2] → [1, 1]  if (y := x + 1) > 1: return y → 2
  while (y := x) < 5: x += 1¶return x, y → (5, 5)  print(y := 1) or y  lambda: (y := 1)
  return (lambda: (y := 1))() → 1  def g(y=(z := 5)): return y¶return g(), z → (5, 5)
  y = [1, 2, 3]¶del y[0], y[-1]¶return y → [2]  y = {1: 2}¶del y[1]¶return y → {}
  y = x¶y += 1¶return x, y → (1, 2)
  y = x = []¶y += 'a'¶y = y + ['b']¶return x, y → (['a'], ['a', 'b'])
  y = ()¶y += 1,¶return y → (1,)  x =+ 1¶return x → 1  x -=- 1¶return x → 2
  y: int = 5¶return y → 5  (y): int = 5¶return y → 5  y: no_such_name = 1¶return y → 1  y: print(1)
  y: 'a b c' = 2¶return y → 2  global y¶y = 5¶return y → 5
  def g():¶ global y¶ y = 7¶g()¶return y → 7
  y = 1¶def g():¶ nonlocal y¶ y += 1¶g()¶g()¶return y → 3
  y = 1¶def g(): return y¶y = 2¶return g() → 2  def g(): return y¶y = 3¶return g() → 3
  y = 0¶def g():¶ y = 1¶ def h():¶« ×2»nonlocal y¶« ×2»y += 1¶« ×2»return y¶ return h() + y¶return
  ↳ g(), y → (4, 0)
  def g():¶ global x¶ x = 5¶g()¶return x → 1  global f¶f = 1¶return f → 1
  def g():¶ for i in range(3): pass¶ return i¶return g() → 2  for i in range(3): pass¶return i → 2
  for i in range(3): i = 9¶return i → 9  for x in range(3): pass¶else: return 'e' → 'e'
  for i in range(3):¶ break¶else: return 'e'¶return i → 0
  while x < 3: x += 1¶else: return 'e' → 'e'
  while x:¶ x -= 1¶ if not x: break¶else: return 'e'¶return 'b' → 'b'
  while 0: pass¶else: return 'e' → 'e'
  for i in 'ab':¶ for j in 'cd':¶« ×2»if j == 'd': break¶ else: return 1¶else: return i, j
  → ('b', 'd')
  while True:¶ try: break¶ finally: x = 7¶return x → 7
  for i in range(2):¶ def g(): return i¶return g() → 1
  y = [lambda: i for i in range(3)]¶return [g() for g in y] → [2, 2, 2]  x is None or x is not None
  return x is None, None is None, x is x, x is not None, [] is [], True is True, () == (), x is
  ↳ True → (False, True, True, True, False, True, True, False)
  1 < 2 < 3 < 1
  return 1 < 3 > 2 != 5 in [5], (1 < 2) < 3, 1 == 1 == 1, not 1 == 2 → (True, True, True, True)
  return 3 < 1 < f(x) → False
  return x if x else f(x), 0 or 5, 0 and f(x), 1 and 2, not 0, x and [] or 'a'
  → (1, 5, 0, 2, True, 'a')
  return [1, 2, *[3, 4]], (*'ab', 1), {*[1], 2}, {**{1: 2}, 3: 4}, [*range(3)], [*{1: 2}]
  → ([1, 2, 3, 4], ('a', 'b', 1), {1, 2}, {1: 2, 3: 4}, [0, 1, 2], [1])
  return *[1, 2], 3 → (1, 2, 3)  return (*[1],) → (1,)  return x; y → 1
[libraries with odd arguments]  std: next(it.permutations(range(99))) == 1 → False
  next(it.permutations(range(9999), 9999)) == 1 → False
  len(next(it.combinations(range(99), 50))) → 50
  next(it.combinations(range(9999), 5000)) == 1 → False
  len(list(it.product(range(10), repeat=3))) → 1000
  list(it.islice('abcdef', 1, None, 2)), list(it.islice('abc', 2)) → (['b', 'd', 'f'], ['a', 'b'])
  [list(i) for i in it.tee('ab', 2)] → [['a', 'b'], ['a', 'b']]
  it.zip_longest(*[[1]] * 9999) == 1 → False
  list(it.zip_longest('ab', 'c', fillvalue='-')) → [('a', 'c'), ('b', '-')]
  list(it.chain(*[[]] * 9999)) → []
  list(it.chain('ab', [1])), list(it.chain.from_iterable(['ab', [1]]))
  → (['a', 'b', 1], ['a', 'b', 1])
  list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], operator.mul)),
  ↳ list(it.accumulate('abc')), list(it.accumulate([1, 2], initial=5)), list(it.accumulate([3, 1,
  ↳ 4], max)) → ([1, 3, 6], [1, 2, 6], ['a', 'ab', 'abc'], [5, 6, 8], [3, 3, 4])
  list(it.accumulate([1, 2], lambda a, b: a * 10 ** 500)) == 1 → False
  list(it.accumulate(['a' * 99] * 99)) == 1 → False
  [(i, list(j)) for i, j in it.groupby('aabca')]
  → [('a', ['a', 'a']), ('b', ['b']), ('c', ['c']), ('a', ['a'])]
  list(it.pairwise('abc')) → [('a', 'b'), ('b', 'c')]
  functools.reduce(lambda a, b: a + b, [1, 2, 3]), functools.reduce(operator.mul, [1, 2, 3], 10),
  ↳ functools.reduce(lambda a, b: b, [5]) → (6, 60, 5)
  functools.reduce(lambda a, b: [a, b], range(9999)) == 1 → False
  operator.itemgetter(1)([5, 6]), operator.itemgetter(0, 1)('ab'), operator.itemgetter('a')({'a':
  ↳ 1}) → (6, ('a', 'b'), 1)
  functools.partial(max, key=abs)(-5, 3) → -5
  functools.partial(sorted, reverse=True)([1, 2]) → [2, 1]
  functools.partial(lambda a, b=1: a - b, b=5)(1) → -4  functools.lru_cache(-1)(len)('ab') → 2
  functools.lru_cache(len)('ab') → 2  functools.cache(len)('ab') → 2
  functools.lru_cache(maxsize=128)(lambda i, j=1: i + j)(1, j=5) → 6
  functools.lru_cache(typed=True)(abs)(-1) → 1  dict(map(divmod, [7], [2])) → {3: 1}
  list(map(sum, [[1, 2], [3]])), list(map(len, ['a', 'bc'])), list(map(lambda i, j: i * j, [1, 2],
  ↳ [3, 4])) → ([3, 3], [1, 2], [3, 8])
  collections.defaultdict(list)[1], collections.defaultdict(int)[1], collections.defaultdict(None,
  ↳ {1: 2})[1] → ([], 0, 2)
  collections.defaultdict(lambda: 5, a=1)['b'] → 5
  dict(collections.defaultdict(list, {1: [2]})) → {1: [2]}
  collections.Counter('abca') == {'a': 2, 'b': 1, 'c': 1} → True
  collections.Counter('abca')['a'], collections.Counter('a')['z'],
  ↳ collections.Counter('aab').most_common(1), sorted(collections.Counter('ab').items()),
  ↳ collections.Counter([1, 1])[1] → (2, 0, [('a', 2)], [('a', 1), ('b', 1)], 2)
  list(collections.Counter(a=2, b=-1).elements()) → ['a', 'a']
  next(collections.Counter(a=10 ** 9).elements()) → 'a'
  collections.Counter('ab').most_common(10 ** 30) → [('a', 1), ('b', 1)]
  collections.Counter('aab').most_common(-1) → []
  collections.Counter(a=3) + collections.Counter(a=1) == {'a': 4} → True
  collections.Counter(a=3) - collections.Counter(a=5) == {} → True
  collections.Counter(a=3) & collections.Counter(a=1) == {'a': 1} → True
  sum(collections.Counter('aab').values()) → 3
  str(collections.Counter('aab')), str(collections.OrderedDict(a=1)) > '',
  ↳ str(collections.deque([1])) → ("Counter({'a': 2, 'b': 1})", True, 'deque([1])')
  collections.deque('abc', 2) == collections.deque('bc') → True
  list(collections.deque('abc', maxlen=2)) → ['b', 'c']
  collections.deque([1]) + collections.deque([2]) == collections.deque([1, 2]) → True
  len(collections.deque('ab')), collections.deque('ab')[0], 'a' in collections.deque('ab')
  → (2, 'a', True)
  collections.OrderedDict([(1, 2)]) == {1: 2} → True
  collections.OrderedDict(a=1).popitem(last=False) → ('a', 1)  heapq.nsmallest(10 ** 30, [1]) → [1]
  heapq.nlargest(-1, [1]) → []
  heapq.nsmallest(2, [3, 1, 2]), heapq.nlargest(2, [3, 1, 2]), list(heapq.merge([1, 4], [2])),
  ↳ heapq.heappop([1, 2]), heapq.heappushpop([2], 1), heapq.heapreplace([2], 1)
  → ([1, 2], [3, 2], [1, 2, 4], 1, 1, 2)
  list(heapq.merge([3, 1], [2], reverse=True)) → [3, 2, 1]
  bisect.bisect_left([1, 2, 2, 3], 2), bisect.bisect_right([1, 2, 2, 3], 2), bisect.bisect([1],
  ↳ 5), bisect.bisect([1, 2, 3], 2, 0, 1) → (1, 3, 1, 1)
  copy.deepcopy([[1], {2: [3]}]), copy.copy([1]), copy.deepcopy(5), copy.copy((1,))
  → ([[1], {2: [3]}], [1], 5, (1,))
  copy.deepcopy(f) is f → True  copy.deepcopy([f])[0] is f → True
  copy.copy({1: 2}), copy.deepcopy({(1,): {2}}) → ({1: 2}, {(1,): {2}})
  copy.deepcopy(collections.deque([[1]])) == collections.deque([[1]]) → True
  string.ascii_lowercase, string.digits, string.punctuation[:3], string.ascii_letters[:2],
  ↳ string.ascii_uppercase[-1], string.hexdigits[:2], string.whitespace
  → ('abcdefghijklmnopqrstuvwxyz', '0123456789', '!"#', 'ab', 'Z', '01', ' \t\n\r\x0b\x0c')
  lines: y = [3, 1, 2]¶heapq.heapify(y)¶heapq.heappush(y, 0)¶return heapq.heappop(y),
  ↳ heapq.heappop(y) → (0, 1)
  y = [1, 3]¶bisect.insort(y, 2)¶return y → [1, 2, 3]
  y = collections.Counter('aab')¶y.update('b')¶y.subtract('a')¶y['z'] += 1¶del y['a']¶return
  ↳ dict(y) → {'b': 2, 'z': 1}
  y = collections.OrderedDict()¶y['b'], y['a'] = 1, 2¶y.move_to_end('b')¶return list(y.items()),
  ↳ y.popitem(), list(y) → ([('a', 2), ('b', 1)], ('b', 1), ['a'])
  y = collections.defaultdict(list)¶y['a'].append(1)¶y['b']¶return dict(y), 'z' in y, y.get('z'),
  ↳ len(y) → ({'a': [1], 'b': []}, False, None, 2)
  y = collections.defaultdict(lambda: collections.defaultdict(int))¶y[1][2] += 3¶return y[1][2],
  ↳ y[4][5] → (3, 0)
  y = [[1]]¶z = copy.deepcopy(y)¶z[0].append(2)¶return y, z → ([[1]], [[1, 2]])
  y = [[1]]¶z = copy.copy(y)¶z[0].append(2)¶return y, z → ([[1, 2]], [[1, 2]])
  @functools.lru_cache(maxsize=None)¶def g(n): return n if n < 2 else g(n - 1) + g(n - 2)¶return
  ↳ g(80) → 23416728348467685
  y = []¶@functools.lru_cache(None)¶def g(n): y.append(n)¶g(1)¶g(1)¶return y → [1]
  y = functools.partial(pow, 2)¶z = functools.partial(sorted, reverse=True)¶return y(5), z([1, 3,
  ↳ 2]), list(map(functools.partial(max, 2), [1, 3])) → (32, [3, 2, 1], [2, 3])
[around the functions]  text: y = 5¶def f(x): return x + y → 6
  y = [1, 2]¶def f(x): y.append(x); return y → [1, 2, 1]
  from typing import List, Optional, Dict, Tuple, Any, Union, Callable¶def f(x: List[int]) ->
  ↳ Optional[int]: return x → 1
  'doc'¶def f(x): return x → 1  y = 1¶y += 1¶def f(x): return y → 2  def f(x): return y¶y = 9 → 9
  if 1:¶ def f(x): return 8 → 8  for i in range(3): y = i¶def f(x): return y → 2
  try:¶ y = 1 / 0¶except ZeroDivisionError: y = 4¶def f(x): return y → 4
  def f(x): return x¶if __name__ == '__main__':¶ print(input()) → 1
  print('a')¶def f(x): return x → 1  f = lambda x: x + 1 → 2  f = abs → 1  f = [].append
  f, g = lambda x: x, 1 → 1  def f(x): return x¶def f(x): return x + 1 → 2
  import math¶def f(x): return math.floor(x) → 1
  import math as m, string¶def f(x): return m.ceil(1.2) → 2
  from math import sqrt as s, pi¶def f(x): return s(4) → 2.0
  from math import *¶def f(x): return sqrt(4) → 2.0
  import collections¶def f(x): return collections.Counter('ab')['a'] → 1
  from __future__ import annotations¶def f(x: int) -> int: return x → 1
  try:¶ import no_such¶except ImportError: pass¶def f(x): return 1 → 1
  MOD = 10 ** 9 + 7¶def f(x): return MOD % 10 → 7  Vector = list[int]¶def f(x): return x → 1
  y: int = 3¶def f(x): return y → 3  y: int¶def f(x): return x → 1
  def g(): return 1¶y = g()¶def f(x): return y → 1  def f(x):¶ global y¶ y = x¶ return y → 1
  y = 0¶def f(x):¶ global y¶ y += x¶ return y → 1
  y = [i for i in range(3)]¶def f(x): return y → [0, 1, 2]  class A: pass¶def f(x): return 1 → 1
  def f(x): return x¶class A: pass → 1  def f(x): return x¶import re → 1
  async def g(): pass¶def f(x): return 1 → 1  def g(): yield 1¶def f(x): return 1 → 1
  lambda: 1¶def f(x): return 2 → 2  global y¶y = 1¶def f(x): return y → 1
  def f(x):¶ def g(): return __name__¶ return 1 → 1
  def f(x): return sorted([x, 0])¶def sorted(y): return y → [1, 0]
  def f(x): return list¶list = 5 → 5  len = 5¶def f(x): return len → 5
  def f(x): return len('ab')¶len = lambda y: 9 → 9  print = 5¶def f(x): return print → 5
  int = str¶def f(x): return int(x) → '1'  x = 1¶def f(y): return x + y → 2
  def f(x=5, *y, **z): return x, y, z → (1, (), {})
  def f(x, y=2, *, z=3): return x, y, z → (1, 2, 3)
  def f(x):¶ '''Doc.¶ >>> f(1)¶ 1¶ '''¶ return x → 1  def f(x): pass  def f(x): ...
  def f(x): return¶  def f(x): 'doc'  def f(x): return x«U+d»¶y = 5«U+d»¶ → 1
  def f(x):«U+d»¶«U+9»if x:«U+d»¶«U+9»«U+9»return 5«U+d»¶«U+9»return 6«U+d»¶ → 5
  def f(x):¶« ×4»return x → 1  def f(x: int) -> int:¶ return x¶¶¶def g(y): return 1 → 1
  def f(x):return x;y=1 → 1  def f(x): return x if x else(0) → 1
  def f(x): return not(x)or[5] → [5]  class A:¶ def m(self): return 1¶def f(x): return x → 1
  def g(x): yield x¶def f(x): return x → 1  async def g(x): return await x¶def f(x): return x → 1
  def f(x): return [c for c in x if c in V]¶V = set('aeiou') ← 'hello' → ['e', 'o']
  def f(x): return x + K¶K = len('ab') * sum([1, 2]) → 7
  from collections.abc import Iterable, Sequence¶def f(x: Iterable[int]) -> Sequence: return x → 1
  from math import *¶def f(x): return sqrt(4) + floor(pi) + gcd(4, 6) → 7.0
[nested functions]  text: def f(x): return x and 1 + f(x - 1) ← 300 → 300
  def g(x):¶ if x == 0: return 0¶ return 1 + h(x - 1)¶def h(x):¶ if x == 0: return 0¶ return 1 +
  ↳ g(x - 1)¶def f(x): return g(x) ← 300 → 300
  import functools¶@functools.cache¶def g(x): return x if x < 2 else g(x - 1) + g(x - 2)¶def f(x):
  ↳ return g(x) ← 70 → 190392490709135
  body: «def g(): return 1¶×300»return g() → 1  g = «lambda: ×28»1¶return g«()×28» → 1
  def c():¶ n = 0¶ def g():¶« ×2»nonlocal n¶« ×2»n += 1¶« ×2»return n¶ return g¶a, b = c(),
  ↳ c()¶return a(), a(), b() → (1, 2, 1)
  def add(n): return lambda m: n + m¶return add(2)(3), list(map(add(1), [1, 2])) → (5, [2, 3])
  def g(n):¶ if n: return g(n - 1) + 1¶ return 0¶return g(50) → 50
  def even(n): return n == 0 or odd(n - 1)¶def odd(n): return n != 0 and even(n - 1)¶return
  ↳ even(10), odd(7) → (True, True)
  def g(self): return self¶return g(5) → 5  def g(x): return x + y¶y = 5¶return g(1) → 6
  def g(): x = 5; return x¶return g(), x → (5, 1)  def g(): return x¶x = 7¶return g() → 7
  def g(): return [x for i in 'a']¶return g() → [1]  def g(): return (lambda: x)()¶return g() → 1
  y = 1¶def g(): return [y for y in [5]], y¶return g() → ([5], 1)
  y = 1¶def g(): [y := 5 for i in 'a']; return y¶return g(), y → (5, 1)
  y = 1¶def g(h): return h()¶return g(lambda: y) → 1
  compose = lambda a, b: lambda i: a(b(i))¶return compose(abs, int)('-3') → 3
  def g(n): return [] if not n else [g]¶return len(g(1)) → 1
  def g(): pass¶return g is g, g == g, g != f, [g] == [g], g in [g], not g, bool(g)
  → (True, True, True, True, True, False, True)
  def g(): pass¶return {g: 1}[g] → 1  def g(): pass¶return len({g, f, g}) → 2
  def g(): pass¶isinstance(g, int)  def g(): pass¶print(g)  stairs: 14 def g(x); return x
""")]
# An example after the functions is not run, an import that nothing reads may fail, annotations are
# not evaluated, the order of a set of strings is ours, and the limit of recursion is the host's.
MEANT = [*read(r"""
[imports]  text: import math.os¶def f(x): return 1 → 1  from math import os¶def f(x): return 1 → 1
  import sys¶def f(x): return sys.setrecursionlimit(10)
  import sys¶sys.setrecursionlimit(10 ** 6)¶def f(x): return x → 1  body: import no.such.thing
[texts that grow]  return: str({'b', 'a'}) → "{'a', 'b'}"
[many arguments]
  body: def g(a: int, *b: 'str', c: f(x) = 1, **k: int) -> print(1): return a¶return g(2) → 2
[libraries with odd arguments]  std: typing.TypeVar('T')
[around the functions]  text: def f(x: List[int], y: 'no such' = 2) -> Dict[str, Any]: return y → 2
  def f(x): return x¶print(f(5))¶assert f(1) == 2 → 1  def f(x): return x¶while 1: pass → 1
  def f(x): return x¶f(1)¶1 / 0 → 1
  from no_such import y¶def f(x): return 1 → 1  nonlocal y¶def f(x): return 1 → 1
""")]
RUNS += MEANT
