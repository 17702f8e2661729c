r"""Programs that try to get out of the interpreter, to hang it, to fill the memory or to break it.

By class, in brackets: what is UNSUPPORTED is refused as such where it is reached, a BROKEN program
for an error in it, one that goes OVER by the budget after the colon; a HARMLESS one returns the
value after → (None where there is no arrow). Each is called as f(x), with x = 1 or what stands
after ←.

Two spaces part programs. ¶ ends a line, «(×9» is nine brackets, «U+200b» the character of this
number, a line that begins with ↳ goes on from the one above. A word with a colon says what the
programs after it are: the whole text; a line that comes after "def f(x): "; the body of f; what f
returns; lines of which the last goes on forever; stairs of so many nested statements; a line that
copies so often. With the library at hand (`it` is itertools) a body is "lines", what f returns
"std", and what goes on forever "stdever". The rest stands in COMPUTED.
"""
from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from data.tasks.compiler import DEPTH
from data.tasks.interpreter import BRACKETS, INDENTS, SOURCE
from data.tasks.machine import BITS, KEYS, LENGTH, NESTING

UNSUPPORTED = r"""
[imports]  text: import os as f  from . import f  from os import *  import os; os.system('true')
  import sys¶def f(x): return sys.modules  from math import __doc__¶def f(x): return 1
  from operator import attrgetter¶def f(x): return attrgetter('real')(x)
  from functools import wraps as f  from copy import os as f
  from functools import _lru_cache_wrapper as f  from typing import get_type_hints as f
  import math¶def f(x): return math.__loader__  import math¶def f(x): return math + 1
  import math as m¶def f(x): return str(m)  import math¶def f(x):¶ math.pi = 3¶ return math.pi
  import math¶def f(x):¶ del math.pi  import math¶math.sqrt = 1¶def f(x): return 1
  import itertools¶def f(x): return itertools.chain.__self__
  import string¶def f(x): return string.Formatter().format('{0.real}', x)
  import operator¶def f(x): return operator.attrgetter('__class__')(x)
  import operator¶def f(x): return operator.methodcaller('upper')('a')
  import copy¶def f(x): return copy._copy_dispatch  import functools¶def f(x): return functools.sys
  import collections¶def f(x): return collections._sys.modules
  import heapq¶def f(x): return heapq.__builtins__  import typing¶def f(x): return typing.sys
  import sys¶def f(x): return sys._getframe(0)  import sys¶def f(x): sys.exit()
  import sys¶def f(x): return sys.stdin.read()
  def f(x):¶ try:¶« ×2»import cmath¶ except ImportError:¶« ×2»return 5¶ return cmath.zeros(x)
  def f(x):¶ import re¶ return re.escape(x)
[outside a function]  text: class f: pass
[classes]  text: class f:¶ def __new__(c, x): return x
  class A(type): pass¶class f(metaclass=A): pass  body: class A: pass¶return A()
[equal to anything]  text: class A:¶ def __eq__(a, b): return True¶def f(x): return A()
  body: class A:¶ def __eq__(a, b): return 1¶return A()  x.__eq__ = lambda y: True¶return x
  return: ...  NotImplemented  object() == 1
[decorators]  text: @len¶class f: pass  @staticmethod¶def f(x): return x
  @property¶def f(x): return x
  from functools import lru_cache, wraps¶@lru_cache()¶def f(x): return x
[async]  text: async def f(x): return 1  async def f(x):¶ yield x  body: async for i in x: pass
  async with x: pass  await f(x)  async def g(): pass¶return g
  if x < 5:¶ async with x: pass¶return x  return: await x  [i async for i in x]
[generator frames]  body: yield 1  yield from x  x = yield  yield  return: (yield)
  (i for i in x).throw(SystemExit)  f.__code__
[format strings]  body: y = '%999999999d'¶y %= 1  return: f'{x.__class__}'
  '{0.__class__}'.format(x)  '{.real}'.format(x)  '%s'.__mod__(x)  '{x}'.format_map({'x': 1})
  '%1000000000d' % x  '%s' % f  '%(a)s' % x  '%*d' % (9, 1)  '%c' % 0  '%' % ()  '%.999999999f' % x
  '{:{}}'.format(x, 10 ** 9)  '{:{}{}}'.format(1, 9, 'd')  '{:0{w}d}'.format(x, w=10 ** 9)
  '%.1000000000f' % 1.5  '%*d' % (10 ** 9, x)  '%-*d' % (10 ** 9, x)  '%.*f' % (10 ** 9, 1.5)
  '%0999999999d' % x  '{0.real}'.format(x)  '{[0]}'.format([1])  '{a[b]}'.format(a={'b': 1})
  '{0[__class__]}'.format({})  '{!r:{}}'.format(x, '999999999')  '{:{:{}}}'.format(1, 2, 3)
  '%c' % 10 ** 9  '%c' % (10 ** 9)  '%c' % 0xd800  '{!z}'.format(x)  '%(a)s' % {'a': x}
  '%(a)1000000000s' % {'a': x}  '%q' % x  '{}'.format_map({})  f'{f}'  f'{print}'  str(f)  repr(f)
  '{}'.format(f)  '{}'.format(lambda: x)  ('{0' + '.__class__' * 9 + '}').format(x)
  f'{1.5:.3}' + f'{1.5!r}' + f'{"a"!a}'  '{:{0}}'.format(x)  '%99999999999999999999d' % x
  '%(a' % {}  '%(a)' % {'a': 1}  '%(a)d' % x  '%*s' % ('a', x)  '%#.9999999999x' % x
  '%+09999999.9999999999d' % x  ascii('«U+1f600»' * 9999)  '%a' % '«U+1f600»'
  '{.__class__}'.format(x)  '{.a}'.format(x)  '{x.y}'.format(x=x)  '{0.a[b].c}'.format(x)
  '{ x }'.format(x=1)  '{-1}'.format(x)
[walrus and unpacking]  body: x.a = 1  x.a += 1  *x = 1  x = *x
[match patterns]  body: match x:¶ case 1: return 1  match x:¶ case int(real=y): pass
  match x:¶ case [*y]: pass  match x:¶ case {'a': y}: pass  match x:¶ case str() | int(): pass
  match x:¶ case _: pass  match x, x:¶ case y, z if y == z: pass
  match x:¶ case object(__class__=y): return y  if x < 5:¶ match x:¶« ×2»case 5: return 7¶return x
[exceptions]  body: with x: pass  with x as y: pass  with open('/dev/zero') as y: pass
  try: return f(x)¶except BaseException: return 1
  try: 1 / 0¶except ZeroDivisionError as e: return e.__traceback__
  try: 1 / 0¶except Exception as e: return e.__class__  raise NotImplemented
  try: raise SystemExit¶except Exception: return 1
  try: raise SystemExit¶except SystemExit: return 1
  try: raise KeyboardInterrupt¶except BaseException: return 1  raise OSError(2, 'a', 'b')
  raise UnicodeDecodeError('a', b'b', 1, 2, 'c')  raise UnicodeError
  raise SyntaxError('a', ('b', 1, 2, 'c'))  raise IndentationError  raise ExceptionGroup('', [])
  raise Warning  raise DeprecationWarning('a')
[except*]  body: try: return 1¶except* ValueError: pass  try: x¶except* x as y: pass
  try: raise ExceptionGroup('', [x])¶except* (x, x): f(x)  try: x¶except *f(x): pass
[SystemExit and BaseException]  body: raise SystemExit  raise SystemExit(0)  raise BaseException
  raise KeyboardInterrupt  raise GeneratorExit  raise MemoryError  raise SystemExit from None
  try: f(x)¶except BaseException: f(x)  raise type('E', (BaseException,), {})  exit()  quit()
  SystemExit()  KeyboardInterrupt(1)  return: SystemExit  BaseException()  [SystemExit][0]
  GeneratorExit()
[attributes]  body: del x.real  f.a = 1  return: x.real  x.__class__
  ().__class__.__base__.__subclasses__()  f.__globals__  len.__self__  x.numerator.denominator
  'a'.encode()  1..real  1 .real  x . real
[dunder names]  text: def __init__(x): return 1  body: __debug__ += 1  return: __name__
  __import__('os')  __builtins__  __file__  __debug__  __spec__  __build_class__
[other operators]  body: x @= x  return: x @ x
[other constants]  return: 1j  b'a'  x[...]  b''  rb'a'  b'%s' % x
[NUL bytes and lone surrogates]  text: «U+d800»  def «U+dc80»(x): pass  ««U+dfff»×1900»
  body: '\ud800'  return: '\ud800'  '\udfff' + x  'a\udc80b'  '\ud83d\ude00'
[characters by name]  return: '\N{BULLET}'  '\N{KAWI LETTER A}'  r'\N'
[builtins by other ways]  body: breakpoint()  return: open('a')  eval('1')  exec('1')
  getattr(x, 'real')  input()  globals()  super()  locals()  vars()  dir()
  compile('1', '', 'eval')  id(x)  setattr(x, 'a', 1)  delattr(x, 'a')  hasattr(x, 'a')  object()
  memoryview(x)  bytearray(10 ** 9)  bytes(10 ** 9)  hash(x)  complex(1)  slice(1)  classmethod(f)
  property(f)  ascii(x)  aiter(x)  anext(x)  help()  staticmethod(f)  copyright()  license()
[encoding cookies and byte order marks]  text: «U+feff»(  «U+feff»def f(x): return 1
  «U+fffe»def f(x): return 1  # coding: idna¶«U+e9»
[names that normalise]  text: def «U+ff46»(x): return 1  def f(«U+445»): return 1
  «U+3000»def f(x): return 1  «U+1d48»«U+1d49»«U+1da0» f(x): return 1  d«U+ad»ef f(x): return 1
  line: return «U+e9»  return 1«U+a0»+ 1  return «U+ff45»«U+ff56»«U+ff41»«U+ff4c»('1')  «U+212a»
  return «U+1d452»«U+1d463»«U+1d44e»«U+1d459»('1')  return «U+1d49»val  return 1 «U+ff0b» 1
  return «U+ff3f»«U+ff3f»name«U+ff3f»«U+ff3f»  return x.«U+2102»  return «U+fb01»  «U+200b»return 1
  return «U+661»  return «U+201c»1«U+201d»  return 1«U+2028»  return 1 «U+2212» 1  return «U+ff11»
  return '' + «U+202e»'a'  return '' «U+b7» ''  return 1«U+85»
[huge sources]  text: ««U+d800»×2001»  ««U+e9»×2001»
[key functions]  std: bisect.bisect([1, 2, 3], -2, key=lambda i: -i)
[generators that never end]  std: list(it.compress(it.count(), it.repeat(0)))
  next(it.compress(it.count(), it.repeat(0)))  list(it.starmap(max, it.repeat((1, 2))))
  list(iter(lambda: 1, 2))  next(iter(lambda: 1, 2))  list(iter(int, 1))  sum(iter(int, 1))
  collections.deque(maxlen=0).extendleft(it.count())  sorted(iter(dict, 1))  '%s' % it.count()
  lines: for i in iter(int, 1): pass  y = {}¶y |= it.repeat((1, 2))  y = set()¶y |= it.count()
  with it.count() as y: pass
[iterators in iterators]
  lines: y = [1]¶for i in range(10 ** 4): y = it.compress(y, [1])¶return list(y)
  y = iter(int, 1)¶for i in range(10 ** 4): y = map(abs, y)¶return next(y)
[deep values]  lines: y = ()¶for i in range(10 ** 4): y = (y,)¶return hash(y)
  y = collections.ChainMap()¶for i in range(10 ** 4): y = collections.ChainMap(y)¶return y.get(1)
  y = collections.ChainMap()¶for i in range(10 ** 4): y = y.new_child()¶return y.get(1)
  y = 0¶for i in range(10 ** 4): y = slice(y)
[shared values]  lines: y = (1,)¶for i in range(99): y = (y, y)¶return hash(y)
  y = (0,) * 9999¶while 1: hash(y)
[colliding keys]  return: {...: 1}  hash([])  hash(())  {bytearray(b'a')}  {slice(1)}
  {NotImplemented}  std: set(map((2 ** 61 - 1).__mul__, range(9999)))
[NaN]  return: hash(float('nan')) == 0
[recursion through other things]  return: list(iter(lambda: f(x), 1))
  std: list(it.starmap(f, [(x,)]))
[loops inside of the host]  std: next(it.compress(range(10 ** 9), it.repeat(0)))
  list(it.compress(range(10 ** 9), range(0)))  math.dist(range(10 ** 9), range(10 ** 9))
  lines: y = collections.ChainMap(*[{i: i} for i in range(99)])¶while 1: len(y)
  stdever: y = [0] * 9999¶next(it.compress(y, y), 0)
[big sources]  return: x«.real×95»
[big comprehensions]  return: [x.y for x.y in x]  [await i for i in [x]]  [(yield i) for i in x]
  [i for i in x if (yield)]
[float and int conversions]  return: (-8) ** 0.5  (-8) ** (1 / 3)  (1.5).hex()
  (1e308).as_integer_ratio() > (1,)  5e-324.as_integer_ratio()  (5).to_bytes(10 ** 9, 'big')
  (1).conjugate()  (1.5).real  (1.5).__int__()  (1.5).fromhex('0x1p99999')  float.fromhex('0x1p1')
  int.from_bytes([1], 'big')  (5).bit_count()  1e5j  pow(-8, 1 / 3)
  forever: y = 5e-324¶y.as_integer_ratio()  std: math.dist([0, 0], [3, 4])  math.dist([1], [1, 2])
  math.ldexp(1, 10 ** 9)  math.ldexp(1.0, 3)  math.frexp(8)  math.modf(1.5)  math.gamma(200)
  math.gamma(5)  math.cbrt(8)  math.nextafter(1, 2) > 1  math.ulp(1) > 0  math.remainder(7, 4)
  math.erf(0)  stdever: y = [0.1] * 999¶math.dist(y, y)
  y = collections.Counter(range(3999))¶y.total()
  y = collections.ChainMap({1: 2}, *[{}] * 999)¶y.get(1)  y = [0] * 9999¶operator.countOf(y, 0)
  y = [0] * 9999¶operator.contains(y, 1)  y = 'a' * 9999¶string.capwords(y)
[texts that grow]  return: '\t'.expandtabs(10 ** 9)  ('\t' * 9999).expandtabs(9999)
  '\ta'.expandtabs(4)  '\t'.expandtabs(-1)  'a'.translate({97: 'b' * 9999}) > 'a'
  ('a' * 9999).translate({97: 'b' * 9999})  'a'.translate({97: 10 ** 9})
  'a'.translate({97: 0xd800})  'a'.translate({97: None})  'ab'.translate(['x'] * 98)
  'a'.translate({97: [1]})  'ab'.translate(str.maketrans('ab', 'xy'))
  str.maketrans({'a': 1, 'bc': 2})  str.maketrans('a', 'bc')  str.maketrans('«a×3»', 'bcd', 'e')
  'ab'.translate(5)
  'a1'.isalnum(), '1'.isdigit(), 'a'.isalpha(), ' '.isspace(), 'A'.isupper(), 'a'.islower(),
  ↳ 'Aa'.istitle(), '1'.isnumeric(), '1'.isdecimal(), 'a'.isidentifier(), 'a'.isascii(),
  ↳ '\x00'.isprintable()
  'a'.encode('idna')  b'a'.decode()  'a'.encode('a' * 9999)  'a'.__len__()  'a'.__class__
  str.__add__('a', 'b')  str.format('{0.real}', 1)  str.format_map('{a.real}', {'a': 1})
  str.__format__('a', '999999999')  'a' @ 'b'  str(iter([]))  str(map(abs, []))  str(b'a', 'u8')
  str(len)  ascii('«U+e9»')  forever: y = '\t' * 1249¶y.expandtabs()
  y, z = 'a' * 9999, {97: 'b'}¶y.translate(z)  y, z = 'a' * 9999, 'b' * 9999¶str.maketrans(y, z)
  y = 'a' * 9999¶hash(y)  y = '%(' * 4999¶y % {}  y = '%' + '#' * 9998¶y % 1
[lists that grow and shrink]  body: y = [1]¶y.append = 1
[values that hold themselves]  body: y = []¶y.append(y)¶return hash((y,))
  lines: y = collections.ChainMap()¶y[1] = y
  y = []¶operator.setitem({}, 1, y)¶operator.iadd(y, [y])
[many arguments]  body: g = f¶g.a = 1  def g(): pass¶g.a = 1  iter(1, 2)  range(9).start
  hash(range(10 ** 9))
  return isinstance(x, int), isinstance(x, (int, str)), isinstance('a', str), isinstance([],
  ↳ (list, (tuple,))), isinstance(True, int), isinstance(1.0, float), isinstance(None,
  ↳ type(None)), isinstance({}, dict), isinstance(x, object)
  isinstance(x, int | str)  return isinstance(x, int | str)  isinstance(f, type)
  issubclass(bool, int)  return issubclass(bool, int), callable(f), callable(1), callable(len)
  type(x).__name__  type(x).__subclasses__()  int.__add__(1, 2)  (1).__add__(2)  int.real  int + 1
  int | None  return {1: 2}.__class__  [].__len__()  {}.__contains__(1)
  return {1: 2}.__contains__(1)  'a'.__add__('b')  hash(f)  hash(x) == 1  id(x)
  return id(x) == id(x)  vars()  dir()  locals()  globals()['f']  ascii()
  return divmod(7, 2), divmod(-7, 2), hex(255), oct(8), bin(-5), abs(-3), pow(2, 3), round(1.567,
  ↳ 1), format(3.14159, '.2f'), repr('a'), ascii('a'), chr(97), ord('a')
  slice(1, 2)  return [1, 2, 3][slice(1, 2)]  object()  memoryview  bytes([1])  bytearray()
  super().x  property  staticmethod  classmethod(f)  NotImplemented  Ellipsis
  return ... is Ellipsis  __name__  return __name__ == '__main__'
[assignments of every kind]  body: *a = 'abc'  for x.y in 'a': pass  y = [1]¶y[0] @= 1
  y = 5¶y.real += 1  del (x), ()¶return 1  del (x, y)  y, z = 1, 2¶del (y, [z])¶return 'z'  *x
  yield x
[libraries with odd arguments]
  std: list(it.compress('abc', [1, 0, 1])), list(it.takewhile(lambda i: i < 3, [1, 5, 2])),
  ↳ list(it.dropwhile(lambda i: i < 3, [1, 5, 2])), list(it.filterfalse(lambda i: i % 2,
  ↳ range(4))), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.repeat(7, 2)),
  ↳ list(it.islice(it.count(5, 2), 3)), list(it.islice(it.cycle('ab'), 3))
  list(it.starmap(pow, [(9, 10 ** 9)]))  list(it.starmap(operator.lshift, [(1, 10 ** 9)]))
  list(it.starmap(pow, [1]))  functools.reduce(operator.concat, [[0] * 999] * 99)
  operator.lshift(1, 10 ** 9)  operator.mod('%999999999d', 1)  operator.attrgetter('__class__')(x)
  operator.methodcaller('upper')('a')
  operator.add(1, 2), operator.sub(5, 3), operator.truediv(1, 2), operator.floordiv(7, 2),
  ↳ operator.neg(1), operator.xor(1, 3), operator.eq(1, 1), operator.lt(1, 2), operator.not_(1),
  ↳ operator.contains([1], 1), operator.getitem([5], 0), operator.and_(1, 3)
  operator.matmul(1, 2)  operator.truth(1)  operator.__add__(1, 2)  operator.concat([1], [2])
  operator.length_hint([1])  operator.iconcat([1], [2])  operator.call(f, x)
  functools.singledispatch(f)  functools.cached_property(f)  functools.total_ordering(int)
  functools.wraps(f)(len)('ab')  list(map('%s'.__mod__, [1]))
  list(iter('a'.upper, 'A')), list(iter([1, 2].pop, 1))  list(iter('a'.upper, 1))
  collections.Counter({1: [0] * 99}).total()  str(collections.defaultdict(list))
  collections.deque('ab').maxlen  collections.ChainMap({1: 2}, {1: 3, 4: 5})[4]
  dict(collections.ChainMap({1: 2}, {1: 3, 4: 5})) == {1: 2, 4: 5}  collections.ChainMap({}).maps
  collections.ChainMap(1)[1]  collections.ChainMap({})[1]  collections.namedtuple('A', 'b')(1)
  collections.UserDict()  collections.abc.Mapping  collections.UserList([1]).data
  heapq.heappush(1, 1)  heapq.heapify('a')  heapq.heapify((1,))  heapq._heapify_max([1])
  bisect.bisect(1, 1)  bisect.insort('a', 'b')  bisect.insort((1,), 2)
  bisect.bisect(range(10 ** 9), 5)  bisect.bisect('abc', 'b')  bisect.bisect(it.count(), 5)
  bisect.bisect({1: 2}, 1)  copy.Error  string.Template('a')  string.capwords('ab cd')
  string.printable[:2]  typing.cast(int, x)  typing.NamedTuple('A', [])
  lines: y = collections.deque([1, 2])¶y.append(3)¶y.appendleft(0)¶y.extendleft([8,
  ↳ 9])¶y.rotate(1)¶y.remove(8)¶return list(y), y.pop(), y.popleft(), len(y), y.count(1)
  def d(g):¶ @functools.wraps(g)¶ def h(*a, **k): return g(*a, **k) + 1¶ return h¶@d¶@d¶def g(i):
  ↳ return i¶return g(5)
[around the functions]  text: y = input()¶def f(x): return 1  T = int | None¶def f(x): return x
  with open('a') as y: pass¶def f(x): return 1  def f(x): return f.__name__
  def f(x): return __doc__  import re¶def f(x): return re  class A: pass¶def f(x): return A
  def g(x): yield x¶def f(x): return g(x)  async def g(x): return x¶def f(x): return g
[nested functions]  body: def g():¶ yield 1¶return list(g())  def g():¶ return 1¶ yield¶return g()
  class A:¶ def g(self): return 1¶return A().g()  g = lambda: (yield)  def g(): pass¶g + 1
  def g(): pass¶hash(g)  def g(): pass¶g.__globals__  def g(): pass¶g.__code__ = 1
  def g(): pass¶str(g)  def g(): pass¶f'{g}'  def g(): pass¶'%s' % g  def g(): pass¶g @ g
[other statements]  body: if x < 5:¶ with x: pass¶return x
[shadowed by what is lost]
  text: class sum:¶ def __new__(c, x): return 5¶def f(x): return sum([1, 2])
  from math import sqrt¶from cmath import sqrt¶def f(x): return sqrt(4)
  from cmath import sum¶def f(x): return sum([4])  from cmath import *¶def f(x): return sum([4])
  async def len(x): return 1¶def f(x): return len('a')
  def f(x): return 1¶def f(x):¶ return 2¶ yield  def f(x): return 1¶import re as f
  body: g = 1¶class g: pass¶return g  g = 1¶import re as g¶return g
  def g():¶ if x > 5: yield x¶ return [x]¶return g()  import re¶del re¶return re
  global sum¶import no.such as sum¶return sum([x])
"""
BROKEN = r"""
[imports]  text: import os  from os import path  from __future__ import annotations
  import math¶def f(x): return math  import math¶def f(x): return math()
  import math¶def f(x): return math.no_such_thing  import copy¶def f(x): return copy.copy(copy)
[outside a function]  text: f = 1  print(1)  1  'doc'  if 1: pass  for f in 'a': pass  f: int  pass
  f += 1  del f  return 1  (lambda: 1)()
[equal to anything]  return: type('A', (), {'__eq__': lambda a, b: True})()  {1: 1}.keys()
  (i for i in [x])  Any()
[signatures]  text: def f(**x): return x  def f(*, x): return x  def f(x, x): return x
[newer syntax]  text: def f[T](x): return x  body: type y = int  return: f'{'a'}'  f'{f'{f'{x}'}'}'
[decorators]  text: @f¶def f(x): return x  @print¶def f(x): return x  @f(1)¶@f¶def f(x): return x
  @x.y¶def f(x): return x  @[0][0]¶def f(x): return x  def d(g): return 5¶@d¶def f(x): return x
  def d(g): print(1)¶@d¶def f(x): return x  @dataclass¶def f(x): return x
  @functools.lru_cache¶def f(x): return x  @1¶def f(x): return x  @len¶def f(x): return x
  @int¶def f(x): return x  @list¶def f(x): return x  @type¶def f(x): return x
  @f¶@f¶def f(x): return x  @isinstance¶def f(x): return x
  def d(g): return d¶@d¶def f(x): return x  @sorted¶def f(x): return x  @map¶def f(x): return x
  body: @x¶def g(): pass
[global]  text: global f
[lambdas and functions in functions]  body: def f(x): return f¶return f(x)  return: lambda: 1
[comprehensions]  return: [i for i in x]  {i for i in x}  {i: 1 for i in x}  (i for i in x)
  sum(i for i in x)
[generator frames]  body: y = (y.gi_frame.f_back for i in [1])¶return y
  return: (i for i in [1]).gi_frame.f_back.f_globals  x.gi_code
[format strings]  body: y = '{}'¶for i in range(99): y = y.format(y + y)
  y = '%s%s'¶for i in range(99): y = y % (y, y)  return: f'{x:>1000000000}'
  '{:1000000000}'.format(x)  f'{x:{x:{x}}}'  format(x, '1000000000')  '{:>1000000000}'.format(x)
  '{:.1000000000f}'.format(1.5)  f'{x:{10 ** 9}}'  f'{x:{"9" * 9}}'  f'{x!r:>999999999}'
  f'{x=:999999999}'  '{:c}'.format(10 ** 9)  '{:c}'.format(-1)  f'{0xd800:c}'  f'{55296:c}'
  '{:e}'.format(10 ** 400)  '{:s}'.format(x)  '{:d}'.format(1.5)  '{}{}'.format(x)  '{a}'.format(x)
  '{'.format(x)  '}'.format()  '{:'.format(1)  format(x, '>' + '9' * 4300)
  format(1.5, '.9999999999f')  '%s %s' % x  '%d' % 'a'  f'{"a":=5}'  f'{[]:5}'  f'{None:5}'
  f'{x:{"{"}}'  f'{f:5}'  ('{:' + '{' * 99).format(x)  f'{x:.3}'  '{:-999999999}'.format(x)
  '{:99999999999999999999}'.format(x)  f'{10 ** 600:.9999f}'  '{99999999999999999999}'.format(x)
[walrus and unpacking]  body: [a, b] = x  a, *b = x  (a, (b, c)) = x  *a, = x  for x[0] in x: pass
  for [a, b] in x: pass  for a, (b, c) in x: x  x[0] = 1  x[0] += 1  x[:] = x  a = *x,  a, b = 1
  a, b = [1]  a, b = 'abc'  for i in 5: pass  (x) += 1,«U+20»  for a, b in [1]: pass  a, b = None
  a, b = c = 1, 2, 3  () = x  () = [1]  a, = ''  a, a, a = 'ab'  for a, b in 'ab': pass
  a, b = range(1000)  x = x, = x  (a, b) += x  x := 1  f() = 1  None = 1  True += 1  1 = x
  for 1 in x: pass  return: [*x]  (*x,)  {**x}  max(*x)  max(**x)  x[*x]  y := 1
[exceptions]  body: raise x  raise  assert 0, 'no'  try: 1 / 0¶finally: raise ValueError
  try: raise ValueError(x)¶except ValueError as e: return e
  try: 1 / 0¶except Exception as e: return type(e)
  try: 1 / 0¶except Exception as e: raise e from e  try: 1 / 0¶except Exception as e: raise
  raise 1  raise 'a'  raise f  raise (ValueError, x)  raise ValueError, x
  raise NotImplementedError  raise int  raise ValueError from 1  raise ValueError from None
  raise type(x)  try: x()¶except 1: pass  try: x()¶except f: pass
  try: x()¶except (TypeError, 1): return 2  try: x()¶except (ValueError, 1): return 2
  try: x()¶except (((TypeError,),),): return 2  try: x()¶except []: return 2
  try: x()¶except int: return 2  try: 1 / 0¶except Exception as y: pass¶return y
  y = 1¶try: 1 / 0¶except Exception as y: pass¶return y  raise ValueError('a' * 9999)
  raise ValueError('«U+1b»[31m¶')  raise ValueError('\x1b[31m\n\x00')  raise ValueError([0] * 9999)
  raise ValueError(f)  raise KeyError(f)  raise ValueError(*[x] * 9999)  raise Exception(10 ** 600)
  assert 0, 'a' * 9999  assert 0, '\n\u2028\x85\ud7ff'  assert x == 2, f'{x}'
  raise ValueError(print)  raise ValueError(int)  raise ValueError({}, set())
  raise ValueError((i for i in 'a'))  raise RuntimeError(RuntimeError('a'))  raise StopIteration(x)
  raise ImportError(name='a')  raise AttributeError('a', name='b')  y = ValueError(1)¶return y < y
  return list(next(iter([])) for i in 'ab')  return [next(iter([])) for i in 'ab']
  def g(i): raise StopIteration¶return sorted('ab', key=g)
  def g(i): raise StopIteration¶return {1: 2}[g(1)]  try: pass  try: 1¶else: 2  except: 1
  try: 1¶except as y: 2  try: 1¶except ValueError, y: 2  try: 1¶except ValueError as (a, b): 2
  try: 1¶finally: 2¶except: 3  try: 1¶except ValueError as x.y: 2
[SystemExit and BaseException]  body: raise Refused  exit = 1¶exit()  return: Refused
  StopIteration()
[attributes]  body: x.append(1)  x.sort()  return: x.y.z  ''.join(x)  [].append  'a'.foo
  [].push(1)  x.length  {}.has_key(1)
[dunder names]  body: for __y in x: pass  __f(x)  return: a__b  __  f(__)  x__
[keywords in calls]  return: sorted(x, reverse=True)  sorted(x, key=len)  max(x, default=1)
  sum(x, start='')  str(x, encoding='u8')
[other statements]  body: break  if x: break  if 0: continue  for i in x: pass¶else: pass
  for i in x: pass¶break
[towers of powers and shifts]  return: x >> -1
[calls of other things]  return: 'f'(x)  f[0](x)  (1)(2)  [](x)  ''()  (f)()()
[arithmetic]  body: y = []¶y += 1  y = []¶y *= 'a'  y = []¶y += None  y = ()¶y += []
  y = []¶y -= []  return: 1 // 0  1 % 0  1 + 'a'  [] + ()  'a' * 'b'  -'a'  [] // 2  'a' - 'a'
  None + 1  1 + None  +[]  [] % 1  () - ()  0 ** -1  'a' ** 2  2 ** 'a'  x * range(3)
  range(3) + range(3)  not (1 + ())
[indices]  body: x += 1¶return x[0]  return: [1][1]  x[0]  'abc'[0, 1]  'abc'['a']  'abc'[1:2,]
  x[1:'a']  ()[0]  [][:][0]  'abc'[None]  [1][[0]]  [1][1:][0]  'a'[::0]  range(3)[9]  'a'[-2]
  'abc'[1:2:3, 4]  f[0]  [0][(2 ** 200)]
[comparison bombs]  return: 1 < 'a'  sorted([1, 'a'])  max([[1], ['a']])  1 in 1  1 in 'a'  [] < ()
  None < None  max(1, 'a')  sorted([None, None])  'a' in range  range(2) < range(3)  [1] in 'a'
[builtins with other arguments]  return: max([])  max()  min(1)  sum(['a'])  sum([], '')  abs('a')
  sum(['a'], '')  abs()  len(1)  len()  range('a')  range(1, 2, 0)  range()  range(1, 2, 3, 4)
  list(1)  list(1, 2)  min(f)  tuple(1)  reversed(1)  reversed()  sorted(x, x)  sorted([1], None)
  bool(1, 2)  sum(1)  sum([1], [])  sum([[]], 0)  sum([1], 2, 3)  str()[0]
[int/str conversion limits]  return: int('a')  int([])  int(None)  int('0x1f')  str(b, 'u8')
  int('')  int('1e5')  int('--1')  int('1.5')  int('_1')  int('1__0')  int('«U+663»')
  int('«U+1e4f0»')  str('a', 'b')  int('«U+ff11»')  int('1«U+2003»')  int('\x00')  int('1\x00')
  int(f)
[values that would get out]  return: range(3)  [range(3)]  ([range(1)],)  range(0)
  [[1], (range(9),)]
[names]  text: def g(): return y¶def f(x):¶ y = 1¶ return g()
  def g(y): return x¶def f(x):¶« ×4»g(1)¶  body: y += 1  len = 1¶return len('a')  f = f
  if 0: len = 1¶return len('a')  if 0: y = 1¶return y  for y in []: pass¶return y
  f = 1¶return f(x)  return: y  len  f  x(1)  f()  f(1, 2)  g(1)  [f]  range  None()
[builtins by other ways]  body: run('1', 'f', [])  spend(-1000)  return: type(x)  map(f, x)
  iter(x)  filter(f, x)  zip(x, x)  enumerate(x)  next(x)
[syntax errors]  text: « ×0»  «U+20»  ¶  def  def f  def g(x): return x  def f(): return 1  print 1
  def f(x, y): return 1  def f(x) return 1  def f(x):¶return 1  def f(x):¶« ×2»return 1¶ return 2
  elif  }  def f(x):  def f(None): pass  def f(True): return 1  def f(x):¶« ×2»if x:¶« ×2»return 1
  def f((a, b)): return 1  def 1f(x): pass  else: pass  def f(x}: pass  line: return (1  return 1)
  return 'a  return '''a  return 0777  return 1_  return 0x  return !x  return 0b2  x x  $  ?  x++
  return 1 <> 2  return `x`  ;  return 1 if x  return not  for  return x[  return 1 2  return 1x
  if x: return 1  return [1)  return u'\x1'  return '\u12'  return '\U00110000'  exec 'x'
  body: else: pass  elif x: pass
[line continuation, tabs, form feeds]  text: \  def f(x):¶«U+9»return 1¶« ×8»x  «\¶×900»  «\¶×900»x
  «U+20»def f(x): return 1  « ¶×900»  «U+9»def f(x): return 1  def f(x):¶«U+c»¶return 1
  ««U+c»×1900»  def«U+b»f(x): return 1  def f(x):«U+d»¶« ×2»return 1«U+d» return 2  ««U+d»×1900»
  def f(x):¶ «U+c» return 1¶« ×2»return 2  ««U+9»×1900»  line: \  return 1 \ ¶ + 1  return 1 \x
  \¶\¶\¶  return«U+1c»1  return 1«U+1a»  return 1«U+7f»  return «U+1b»[31m1
[encoding cookies and byte order marks]  text: # coding: utf-16¶(
  # -*- coding: rot13 -*-¶qrs s(k): erghea 1  # coding: utf-7¶+AGY-
  # coding: unicode_escape¶\x64\x65\x66 f(x): return 1
[NUL bytes and lone surrogates]  text: «U+0»  ««U+0»×1900»  line: return «U+0» 1  return '«U+0»'
  return 1«U+0»  return 1 # «U+0»  return 1¶«U+0»  return '«U+d800»'  return 1 # «U+dfff»
  return '''«U+dcff»'''  return 'a«U+d83d»«U+de00»'
[lists that hold themselves]  body: x += (x,)
[text scan]  text: «'\×990»'  «"\×990»"  ''«'\×990»'  «'\×990»  «'"×990»'  ''«'''\×490»'  «"'\×660»
  «'×1999»  «"×3»«'×1800»  «#×1999»¶  «#'¶×660»(  ¶« ×1990»x  «¶ «U+c»×600»x  ««U+d»¶ «U+9»×480»x
  «'¶×990»  «\'×990»  «'×1981»  «r'\'×400»  «'\¶×660»  «#\¶'×490»
[deep nesting]  text: «def f(×29»  body: with «(×29»x as y  del «(×29»  match «(×29»:  print «(×29»
  match x:¶ case «[(×14»$  «x=×900»  «@×1900»  return: «(×29»  «)×1900»  «(x for x in ×25»
  ([{([{([{([{([{([{([{([{([{  «(lambda:×25»$  «f'{×55»  «[(x:=×14»  f'{«(×900»  «lambda:×270»
  «x if ×390»  «not ×480»  «~×1900»  «await ×320»  x«.×1900»  «{x:×28»  «x[×29»::
[multiplied strings and lists]  return: range(1001)
[key functions]  body: y = [3, 1, 2]¶y.sort(key=lambda i: y.append(i))¶return y
  y = [1, 2]¶y.sort(lambda i: i)  y = [1]¶for i in y: y.sort(key=lambda j: y.append(j))
  return: sorted([1, 2], key=lambda i: {})  sorted([1, 'a'], key=lambda i: i)
  sorted([1, 2], key=1)  sorted([1, 2], key=len)  sorted([1, 2], key=lambda: 1)
  sorted([1, 2], key=lambda i, j: 1)  sorted([1, 2], key=lambda i: f)
  sorted([1, 2], key=lambda i: 1 / 0)  sorted([1, 2], key=lambda i: next(iter([])))  max([], key=f)
  sorted([1], f)  sorted(key=f)  max(key=f)  sorted([1, 2], key=lambda i: (i for i in [1]))
  sorted([1, 2], key=lambda i: None)  sorted([1, 2], key=print)
  std: sorted([1, 2], key=functools.cmp_to_key(lambda a, b: 'a'))
  sorted([1, 2], key=functools.cmp_to_key(1))
  sorted([1, 2], key=functools.cmp_to_key(lambda a: 1))
  sorted([1, 2], key=functools.cmp_to_key(lambda a, b: None))
  functools.cmp_to_key(f)(1) < functools.cmp_to_key(f)(2)
  sorted([1, 2], key=functools.cmp_to_key(lambda a, b: 1 / 0))
  heapq.nsmallest(2, [1, 2], key=lambda i: {})  list(heapq.merge([2], [1], key=lambda i: 1 / 0))
  sorted([[2], [1]], key=operator.itemgetter(5))
[generators that never end]  std: it.tee(it.count())  reversed(it.count())  len(it.count())
  it.count()[0]  it.count('a')  list(it.repeat(1, 10 ** 20))  next(it.cycle([]))  (it.count(),)
  it.count()  it.repeat(1)  it.cycle(it.count())  next(zip())  (0 for i in it.repeat(0) if i)
  lines: a, b = it.count()  (a, b), c = it.repeat(it.repeat(1))  del it.count()[0]
[iterators in iterators]  lines: y = (next(y) for i in [1])¶return next(y)
  y = [1]¶y = (i for i in y for j in y)¶return list(y)
  y = it.count()¶y = it.chain([1], (next(y) for i in y))¶return next(y), next(y), next(y)
[deep values]  lines: y = ()¶for i in range(10 ** 4): y = (y,)¶isinstance(1, y)
  y = int,¶for i in range(10 ** 4): y = y,¶return isinstance(x, y)
  y = ValueError,¶for i in range(10 ** 4): y = y,¶try: 1 / 0¶except y: pass
  y = []¶for i in range(10 ** 4): y = [y]¶assert 0, y
  y = collections.Counter()¶for i in range(10 ** 4): y = collections.Counter(a=y)¶return y == y
[shared values]  lines: y = (1,)¶for i in range(40): y = (y, y)¶assert 0, y
  y = (1,)¶for i in range(40): y = (y, y)¶int(y)
[colliding keys]  return: {f: 1}  {f}  {lambda: 1: 2}  {(i for i in 'ab')}  {iter([])}  {[]: 1}
  {{}}  {set()}  {1: 2}[[]]  set([[]])  {(1, [])}  {([],): 1}  dict([([], 1)])  {}.get([])
  [] in {}  [] in set()  dict.fromkeys([[]])  frozenset([[]])  {1}.add([])  {1}.discard([])
  {1} & [[]]  {1}.union([[]])
[NaN]  return: {float('nan'): 1}[float('nan')]  int(float('nan'))  round(float('nan'))
  range(float('nan'))  [1][float('nan')]  'a' * float('nan')  '%d' % float('nan')
  f'{float("nan"):d}'  int(float('inf'))  round(float('inf'))  range(float('inf'))
  std: math.floor(math.nan)  math.ceil(math.inf)  math.gcd(math.nan)
[recursion through other things]  text: def f(x): return lambda: f(x)
  def f(x): return (f(i) for i in [x])  return: enumerate(map(f, [x]))
  lines: y = lambda i: i¶for i in range(9999): y = functools.partial(max, key=y)¶y([1, 2])
[loops inside of the host]  lines: y = set(range(3999))¶while 1:¶ a, b = y
  stdever: y = [0] * 9999¶zip(*y[:99])
[big sources]  text: «'\×4990»  «"\×4990»  ''«'\×4990»  «\'×4990»  «'"×4990»  ''«'''\×2490»
  «"'\×3300»  «'×9999»  «"×3»«'×9800»  «#×9999»¶  «#'¶×3300»(  ¶« ×9990»x  «¶ «U+c»×3300»x
  ««U+d»¶ «U+9»×2400»x  «'¶×4990»  «\'×4950»  «r'\'×2400»  «'\¶×3300»  «#\¶'×2490»  «¶ ×4900»x
  «\¶×4900»  «x=×4900»1  «@×9000»  «@x¶×3300»  «x;×4900»  «x:×4900»  «,×9900»  «x,×4900»
  «1<×4900»1  «1 and ×1600»1  «await ×1600»1  «*×9900»x  «'a' ×2400»  «f'' ×2400»  «x:=×3000»1
  «else:¶×1600»  «try:¶×1900»  «class A:×1200»  «def f():×1200»  «import math¶×800»
  «from math import pi¶×500»  «global x¶×1000»  «del x¶×1600»  def f(x«, a=1×1900»): return x
  def f(x):¶ return f(x«, a=1×1900»)  return: «max(×28»1, 2«)×28»
[big comprehensions]  body: y = []¶while 1: y = [[«{*y},×300»], y]
  y = [2 ** 2000]¶while 1: y = [[«y[0]+1,×300»], y]  return: [y for y in [y]]  [i for i, j in [1]]
  [i for i in range(3) for j in i]  [i := 0 for i in x]  [*i for i in [[1]]]  {**i for i in [{}]}
  [x[0] for x[0] in [1]]  (i for i in x, 1)  f(i for i in x, 1)  [«0 for i in [1] ×200»]
[float and int conversions]  return: int(1e400)  float('')  float('a')  float('«U+ff11»')
  float('1__0')  float('0x1p3')  float(10 ** 400)  float([])  float(None)  float(1, 2)  round('a')
  round(1, 2.0)  round(None)  round()  round(f)  10.0 ** 400  0.0 ** -1  2 ** 1e9  1 / 0.0  1 / 0
  10 ** 400 / 3  10 ** 400 * 1.0  2 ** 2000 + 0.5  5.5 // 0  5.5 % 0  divmod(1, 0)  divmod('a', 1)
  int('1', 1)  int('1', 37)  int(1.5, 2)  int('1', base='a')  int(x='1')  int(' 1«U+3000»')
  bin(1.5)  hex('a')  chr(10 ** 9)  chr(-1)  chr(0xd800)  chr(0xdfff)  chr(1.5)  chr('a')  ord('')
  ord('ab')  ord(1)  ord(None)  ord(chr(0xd800))  ~1.5  1.5 | 1  1.5 << 1  x << -1  2.0 ** 10000
  pow(2, -1, 4)  pow(x, 2, 0)  pow(2, 2, 1.5)  pow(2.0, 2, 3)  pow('a', 2)  pow(2, 'a')  pow(2)
  pow(0, -1)  sum([1, 'a'])  sum('ab', '')  sum([(1,), [2]], ())
  forever: y = '9' * 600 + 'a'¶int(y)  std: math.factorial(-1)  math.factorial(1.5)
  math.factorial('a')  math.comb(-1, 2)  math.pow(10, 400)  math.pow(-8, 1 / 3)  math.exp(1000)
  math.isqrt(-1)  math.isqrt(1.5)  math.sqrt(-1)  math.sqrt('a')  math.log(0)  math.log(-1)
  math.log(2, 1)  math.gcd(1.5, 2)  math.floor('a')  math.fsum([1e308] * 9)
  math.isclose(1, 1.1, rel_tol=0.2), math.isclose(1, 2, abs_tol=-1)  math.acos(2)
  stdever: y = [1e308, 1e-308] * 4000¶math.fsum(y)
[texts that grow]  return: 'a'.center(9, 'ab')  'a'.center(-10 ** 30)  'a'.split('')  'a'.split(1)
  'a'.split(',', 10 ** 30)  'a'.rsplit(',', maxsplit=-10 ** 30)  'a'.partition('')  'a'.index('b')
  'a'.find(1)  'a'.startswith(1)  'a'.startswith(['a'])  'a'.startswith((1,))  'a'.strip(1)
  'a'.join(1)  'a'.join([1])  ''.join(['a', None])  'a'.format  'a'.upper  ['a'.upper]
  'a'.upper.upper  'a'.no_such()  'a'.append('b')  'a'._x  str.upper(1)  str.upper()  'abc'[::0]
  'abc'[10 ** 30]  'abc'['a':]  'a' < 1  'a' % 1  'a' - 'b'  'a' * 1.5
  forever: y = '{' * 9999¶y.format()  y = '>' + '0' * 9998¶format(1, y)
  y = '{:' + ' ' * 9000 + '}'¶y.format(1)
[lists that grow and shrink]  body: y = [1]¶y[1:2] = 5  y = [1, 2]¶y[::2] = [1, 2]
  y = [1]¶y[5] = 1  y = [1]¶del y[5]  y = [1]¶y['a'] = 1  y = [1]¶y[10 ** 30] = 1
  y = (1, 2)¶y[0] = 1  y = 'ab'¶y[0] = 'c'  y = 'ab'¶del y[0]  y = ([],)¶y[0] += [1]
  y = range(3)¶y[0] = 1  y = [0] * 9999¶while 1: y.index(1)
  y = [0] * 9999¶while 1: y[::2] = y[1::2]  y = [0] * 9999¶while 1: f(*y)  [].pop()  [1].pop(5)
  [1].pop('a')  [1].remove(2)  [1].index(2)  [1].insert('a', 1)  [1].insert(10 ** 30, 1)
  [1].insert(1)  [1].append()  [1].append(1, 2)  [1].extend(1)  [1].extend(None)  [].sort(1)
  [1, 'a'].sort()  [].sort(key=len, reverse='a')  y = []¶return y.append  y = []¶y.append.x
  list.append(1, 2)  y: int¶return y
[values that hold themselves]  body: y = set()¶y.add(y)  y = set()¶y.add((y,))
  y = []¶y.append(y)¶assert 0, y  lines: y = [1]¶heapq.heappushpop(y, y)
[dicts and sets in use]  body: y = {1: 2}¶for i in y: y[i + 1] = 1
  y = {1: 2, 3: 4}¶for i in y: del y[i]  y = {1: 2}¶for i, j in y.items(): y.pop(i)
  y = {1, 2}¶for i in y: y.add(i + 2)  y = {1, 2}¶for i in y: y.discard(i)  y = {}¶y.update([1])
  y = {}¶y.update(1)  {}.popitem()  {}.pop(1)  {}[1]  del {}[1]  {1: 2}.pop()  {}.get()
  {1: 2}.items()[0]  dict(1)  dict([1])  dict([(1,)])  dict('ab')  dict(a=1, **{'a': 2})
  dict(**{1: 2})  {**1}  {**[1]}  {*1}  {1: 2} < {3: 4}  {1: 2} + {3: 4}  {1: 2} | [(1, 2)]
  set().pop()  {1}.remove(2)  {1} | [2]  {1} + {2}  {1}[0]  {1} < [1]  {1}.union(1)  set(1)
  y = set(range(3999))¶while 1: for i in y: pass
  y = dict.fromkeys(range(3999))¶while 1: max(y.values(), default=0)  y = {}¶y[1, 2], y[1:2] = 1, 2
[many arguments]  body: def g(a, *, b): return a + b¶g(1, 2)  def g(a, /): return a¶g(a=1)
  def g(a): return a¶g()  def g(a): return a¶g(1, 2)  def g(a): return a¶g(1, a=2)
  def g(a): return a¶g(b=1)  def g(a): return a¶g(**{'a': 1}, **{'a': 2})
  def g(a): return a¶g(*[1], *[2])  def g(**k): return k¶g(**{1: 2})
  def g(**k): return k¶g(a=1, a=2)  def g(a, a): pass  def g(a=1, b): pass  def g(*a, *b): pass
  def g(**k, a): pass  def g(*): pass  def g(*, **k): pass  def g(a, /, b, /): pass
  g = lambda a, a: 1  def g(): return g.a¶g()  f(*[1] * 9999)
  f(**{str(i): i for i in range(3999)})  f(*1)  f(**1)  f(*x)  f(**[1])
  sorted([1], key=None, reverse=False, x=1)  sorted(iterable=[1])  list(enumerate('a', 'b'))
  list(zip('ab', 'c', strict=True))  zip(1)  zip('a', x=1)  map(1)  map()  list(map(1, [1]))
  filter(1)  list(filter(1, [1]))  map(f, 1)  len()  len(1)  len(iter([]))  len(map(abs, []))
  len(f)  abs('a')  abs()  min()  min(1)  min(1, 'a')  max(None, 1)  max([1], 2)  max(x=1)  all(1)
  any(1)  all()  sum(1)  sum(None)  sum([1], 2, 3)  next(1)  next([1])  next()
  next(iter([]), 1, 2)  iter(1)  iter()  reversed({1})  reversed(1)  reversed(iter([]))  range(1.5)
  range('a')  range(1, 2, 0)  range()
  return list(range(5, 0, -2)), range(3)[1], len(range(10 ** 3)), range(5)[1:3], 3 in range(5),
  ↳ 3.0 in range(5), 'a' in range(3), range(3).index(2), range(3).count(1), range(0) == range(1, 1)
  range(9) + range(9)  range(9) * 2  range(3)[::0]  bool(1, 2)  bool(x=1)  list(1)  list(1, 2)
  list(x=1)  tuple(1)  set(1, 2)  frozenset(1)  isinstance(x)  isinstance(x, 1)
  isinstance(x, 'int')  isinstance(x, f)  isinstance(x, [int])  type('A', (), {})  type(x).x
  type()  type(x, x)  int()()  callable()  format(x, 5)  format()  repr()  repr(1, 2)  chr()  ord()
  hex()  divmod(1)
[assignments of every kind]  body: *a, *b = 'abc'  a, *b, c = [1]  a, b, *c = [1]  a, b = 1, 2, 3
  (a, b), c = 1, 2  for y[0] in 'a': pass  y = []¶y[0] += 1  y = {}¶y['a'] += 1  y := 5  (y.z := 5)
  (y[0] := 5)  ((a, b) := (1, 2))  f(y=y := 1)  del x¶return x  y = 1¶del y¶return y
  y = 1¶del y¶del y  del f  del f(x)  del 1  del print  y = 'a'¶y += 1  x += y += 1  x = y = += 1
  x = 1 if x else¶return x  x, y += 1, 2  [x] += 1  x: int, y: int = 1, 2
  y = 1¶def g(): y += 1¶g()  def g(): return z¶return g()  y = 1¶def g():¶ print(y)¶ y = 2¶g()
  for i in []: pass¶return i  1 < 'a' < f(x)  return *x, 1  return [*1]  return [**{}]  return f, 1
  return print  return [len]  return int  return {1: f}  return math  return (range(2), [range(1)])
  return iter([1])  return map(abs, [1])  return (i for i in 'ab')  return zip([1], [2])
  return {1: 2}.items()  return {1: 2}.keys()  return ValueError  return ValueError(1)
  return [ValueError(1)]  return enumerate([1])  return reversed([1])  return filter(None, [1])
[libraries with odd arguments]  std: it.product('ab', repeat=-1)  it.product(1)
  it.product('ab', x=1)  it.combinations(range(3), -1)  it.combinations('ab', 'c')
  list(it.islice('abc', -1))  list(it.islice('abc', 10 ** 30))  list(it.islice('abc', 1.5))
  it.islice('abc')  it.islice('abc', 0, 1, 0)  it.tee('a', 10 ** 9)  it.tee('a', -1)  it.tee(1)
  list(it.chain(1))  list(it.chain.from_iterable(1))  list(it.chain.from_iterable([1]))
  list(it.accumulate([1, 'a']))  list(it.accumulate([1, 2], 1))  list(it.groupby([1, 2], key=1))
  it.batched('abc', 2)  functools.reduce(max, [])  functools.reduce(1, [1, 2])
  functools.reduce(max)  operator.itemgetter(1)([1])  operator.itemgetter(*range(9999))([1])
  operator.itemgetter()  operator.index(1.5)  operator.add('a', 1)  operator.add(1)
  functools.partial(1)  functools.partial()  functools.lru_cache('a')(len)
  functools.lru_cache(None)(len)([])  functools.lru_cache(None)(1)
  list(map('{:999999999}'.format, [1]))  list(map(str.format, ['{:999999999}'], [1]))
  sorted([1], key='{:999999999}'.format)  collections.defaultdict()[1]
  collections.defaultdict(list)[[]]  list(collections.Counter({1: 10 ** 30}).elements())
  list(collections.Counter({1: 'a'}).elements())  collections.Counter(1)
  collections.Counter(a='b') + collections.Counter(a=1)
  collections.Counter({1: 'a', 2: 3}).most_common()  collections.Counter('a').x
  collections.Counter(a=[]) | collections.Counter(a=())
  collections.Counter({'a': {}}).update({'a': 1})  collections.deque(maxlen=-1)
  collections.deque('ab', 'c')  collections.deque('ab', 10 ** 30)  collections.deque([1]) * 10 ** 9
  collections.deque('ab')[5]  collections.deque().pop()  collections.deque().popleft()
  collections.deque('ab').rotate(10 ** 30)  collections.deque('ab').index('c')
  collections.deque('ab')[0:1]  collections.OrderedDict().move_to_end(1)  heapq.heappop([])
  heapq.heapify([1, 'a'])  list(heapq.merge([1], 1))  list(heapq.merge([1], ['a']))
  heapq.nsmallest('a', [1])  heapq.nsmallest(1, 1)  heapq.heapreplace([], 1)
  bisect.bisect([1], 'a')  bisect.bisect_left([1], 1, -1)  bisect.bisect([1], 1, 0, 10 ** 9)
  bisect.bisect([1], 1, 10 ** 30)  copy.deepcopy((i for i in 'a'))  copy.copy(it.count())
  copy.deepcopy(lambda: 1)(x)  copy.deepcopy(map(abs, [1]))  copy.copy(print)  copy.copy()
  copy.replace(x)  copy.deepcopy(x, {})  string.x  string.ascii_lowercase.x  typing.List[int]
  typing.Optional  lines: y = collections.deque('ab')¶for i in y: y.append(i)
  y = collections.Counter('aab')¶for i in y: y[i + 'x'] = 1
  y = collections.defaultdict(int)¶y[1]¶for i in y: y[i + 1]
  for i in range(99): @print¶« ×2»def g(): pass
[around the functions]  text: assert 1 == 2¶def f(x): return x  1 / 0¶def f(x): return x  f = 5
  y = 0¶def f(x): y += x; return y  return 5¶def f(x): return 1  break¶def f(x): return 1
  y = f¶def f(x): return 1  def f(x, y): return x  def f(x, *, y): return x
  def f(x): raise NotImplementedError  def f(x):¶ # TODO¶  def f(x):¶«U+9»y = 1¶« ×8»return y
[nested functions]  body: def g(): del x¶g()  def g(x): del x; return x¶g(1)
  y = 1¶def g():¶ y¶ y = 2¶g()  y = 1¶def g():¶ for y in [y]: pass¶g()
  def g(): [zz := 5 for i in 'a']¶g()¶return zz  def g(): pass¶g < g  def g(): pass¶g[0]
  def g(): pass¶g()()  def g(): pass¶for i in g: pass  def g(): pass¶len(g)
  def g(): pass¶g.func_globals  def g(): pass¶sorted([g, g])  def g(): pass¶raise g
  def g(): pass¶int(g)  def g(): pass¶return g  def g(): pass¶[*g]  def g(): pass¶**g
  def g(): pass¶-g  def g(): pass¶del g()  def g(): pass¶range(g)  def g(): pass¶x[g]
"""
OVER = r"""
[outside a function: steps]  text: while 1: pass
[lambdas and functions in functions: open calls]  body: y = lambda: y()¶y()
  return: (lambda f: f(f))(lambda f: f(f))
[comprehensions: steps]  return: [i for i in range(10 ** 9)]
  [[j for j in range(i)] for i in range(10 ** 5)]
[walrus and unpacking: open calls]  body: if (y := f(x)): pass  return: f(y := x)  f(*[x])
[walrus and unpacking: steps]  body: while (x := x): pass  return: max(*range(10 ** 9))
[exceptions: open calls]  body: try: f(x)¶except Exception: return 1
  while 1:¶ try: f(x)¶ except: continue  while 1:¶ try: f(x)¶ except: pass
  try: f(x)¶except Exception as e: return 1  def g(n):¶ try: return n / 0¶ finally: g(n + 1)¶g(0)
  def g(n):¶ try: return g(n + 1)¶ except: return g(n + 1)¶g(0)
  def g(n):¶ try: return g(n + 1)¶ finally: return 1¶return g(0)
  try: [][0]¶except (IndexError, f(x)): return 1
[keywords in calls: open calls]  return: f(x=x)
[other statements: steps]  body: while x: pass¶else: pass
[towers of powers and shifts: size of an int]  body: x <<= 10 ** 9  y = 3¶while 1: y *= y
  y = 1¶while 1: y += y  y = 2¶while 1: y = y ** y  r = range(9)¶while 1: r = r[:: 2**200]
  y = 2¶y **= 10 ** 9  y = -3¶while 1: y = y * y * y  return: 1 << 10 ** 9  1 << (1 << (1 << 9))
  9 ** 9 ** 9  (-2) ** 10 ** 9  2 ** 2 ** 200  9 ** 9 ** 9 ** 9 ** 9  10 ** 10 ** 10 % 7
  (10 ** 9) ** (10 ** 9) // 1
[calls of other things: open calls]  return: (f)(x)(x)  f(x)(1)  [f][0](1)  (f if x else f)(x)
  (f or f)(x)
[int/str conversion limits: length of a value]  return: int('1' * 1000)
[names: open calls]  body: x = f¶x(1)
[builtins by other ways: size of an int]  return: pow(9, 10 ** 9)
[lists that hold themselves: nesting of a value]  body: y = []¶y += [y]¶return y
  y = []¶z = [y]¶y += [z]¶return y in z  y = []¶y += [y]¶z = []¶z += [z]¶return y == z
[huge sources: source length]  text: «(×1000000»  ««U+0»×1000000»  «'\×1000000»  «¶×1000000»
  line: return «9×1000000»
[deep nesting: open brackets]  text: «{×1999»  «(×31»  def f«(×1900»  line: return «(×40»1«)×40»
  return «f(×900»  body: match x:¶ case «(×900»  with «(×900»x«)×900»:  return: «[×900»«]×900»
  «([{×600»  «x[×900»x  ''«[(×31»
[deep nesting: indentation]  stairs: 15 for i in 'ab'; return i  21 for i in x  50 if x  40 while 1
  40 with x  50 try  50 def f()
[deep nesting: depth of the syntax tree]  body: «if x: pass¶el×100»if x: pass  return: «-×1900»1
  «not ×450»1  «1+×900»1  «1**×500»1  «1 if x else ×150»1  x«[0]×500»  «+-×900»x  «1-×900»1
  «1//×600»1
[deep nesting: nesting of a value]  body: y = [1]¶for i in range(900): y = [y]¶return y
  y = ()¶for i in range(999): y = y,¶return y  y = []¶for i in range(22): y = [y]¶return sorted(y)
  y = z = []¶for i in range(500): y = [y]; z = [z]¶return y == z
  y = []¶for i in range(22): y = [y]¶return [] in y
[endless loops: steps]  body: while True: pass  while 1: 1  while 1:¶ continue
  for i in range(1000):¶ for j in range(1000): pass  while not 0: x += 1  y = [1]¶while y: y *= 1
  while 1:¶ for i in '': pass  while 1:¶ if x: continue¶ else: break  forever: x  1  []  ()  -x
  not x  1 < 2  1 and 1  x += 0  1 if 1 else 1  x = 1  ''[:]  pass  0 or x  x = y = 1  import re
  import os as y  from no_such import y  stairs: 14 for i in range(9); 1  14 while 1; break
[endless loops: length of a value]  body: y = [1]¶for i in y: y += [i]
[recursion: steps]  text: def f(n): return f(n - 1) * f(n - 1) if n else 1 ← 19
  def f(n):¶ if n < 2:¶« ×2»return n¶ return f(n - 1) + f(n - 1) + f(n - 1)¶ ← 19
  def f(n):¶ for i in range(1000): f(n - 1) if n else 1 ← 19
[recursion: open calls]  text: def g(x): return f(x)¶def f(x): return g(x)
  def f(x):¶ for i in 'a': return f(x)  def g(n): return f(n - 1) + f(n - 1)¶def f(n): return g(n)
  line: f(x)  return [f(x), f(x)]  return f(x) if f(x) else f(x)  return «[×25»f(x)«]×25»
  return: f(x)  f(f(x))  «-×50»f(x)
[towers of powers and shifts: steps]  forever: y, z = 2 ** 255, -1¶z ** y  3 ** 161
  y = 2 ** 127¶y * y  y = -2 ** 255¶y % 2 ** 90  y, z = 2 ** 255, 2 ** 127 + 1¶y // z
[longer literals: size of an int]  text: def f(x):¶ return 1¶ «9×1900»  body: if 0: «9×700»
  return: 0x«f×1900»  «9×1900»  0o«7×1900»  «1_000×200»
[multiplied strings and lists: length of a value]  body: y = 'a'¶while 1: y += y
  y = [1]¶while 1: y += y  y = [1]¶y *= 10 ** 12  y = ()¶while 1: y += (y,) * 99
  y = 'a'¶while 1: y *= 9  y = [x]¶while 1: y = y + y  return: 'a' * 10 ** 9  'a' * 10 ** 12
  [0] * 10 ** 12  (0,) * 2 ** 64  10 ** 12 * (0,)  [[0] * 999] * 10 ** 9  'a' * 2 ** 63
  9 ** 9 * [x]  'a' * 10 ** 76
[multiplied strings and lists: steps]  body: y = [1]¶for i in range(19): y = [y, y]¶return y == y
  y = 'a' * 999¶for i in range(19): y = (y, y, y)¶return y  return: [[[0] * 99] * 99] * 9999
  sum(range(10 ** 9))  (('a' * 1000,) * 1000,) * 1000
[int/str conversion limits: steps]  forever: y = 2 ** 255¶str(y)  y = '1' * 77¶int(y)
  y = -2 ** 255¶int(str(y))
[memory holders: steps]  body: y, r = [0] * 1000, []¶for i in y:¶ z = [«y * 1,×280»]¶ r += [z]
  r = 0¶while 1: r = [r]  y, r = [0] * 1000, []¶for i in y: r = [r, [«y[:],×300»]]
  y, r = [0] * 500, []¶for i in range(999): r = [r, [«y + y,×300»]]
  y, r = (0,) * 999, 0¶while 1: r = r, («y + (1,),×200»)  r = 0¶while 1: r = [r, [«[],(1,),×230»]]
  y, r = [0] * 99, []¶while 1: r = [r, [«y[:],×300»]]  r = 0¶while 1: r = r, r, r, r, r, r, r
  y, r = '«U+1f600»' * 1000, 0¶while 1: r = [r, [«y[1:],×250»]]
  y, r = '«U+1f600»' * 500, 0¶while 1: r = [r, [«y + y,×250»]]
  y, r = '«U+1f600»', 0¶while 1: r = [r, [«y * 1000,×190»]]
  r = 0¶while 1: r = [r, tuple(range(900)), list(range(-900, 0))]
  r = 0¶while 1: r = r, reversed(range(999)), sorted(range(999))
  y, r = range(1000), 0¶while 1: r = [r, [«y[1:],×280»]]
  r, y = '', 'a' * 9¶while 1: r = (y + r)[:900]; x = [x, r]  forever: y, z = [0] * 1000, []¶y += z
  y = [0] * 1000¶y *= 1  y, z = [], range(1000)¶y *= 0; y += z  y = [0] * 1000¶y[:]
  y, z = [], 'a' * 1000¶y *= 0; y += z
[memory holders: size of an int]
  body: r = []¶while 1: r = [r, list(range((2 ** 200), (2 ** 200) + 900))]
[quadratic algorithms: steps]  body: y = list(range(900))¶for i in y: y = sorted(y)
  y = 'a' * 999¶while 1: tuple(y)  y, z = [[]] * 1000, [0] * 1000¶while 1: sum(y, z)
  y, z = [(0,)] * 500, (0,) * 500¶while 1: sum(y, z)
  y = ''¶while 1:¶ y = ''¶ for i in range(999): y = 'a' + y
  y = list(reversed(range(999)))¶while 1: sorted(y)
  y = [0] * 999¶while 1:¶ for i in y:¶« ×2»for j in y: i + j  forever: y = range(1000)¶'a' in y
  y, z = 'a' * 999, 'a' * 400 + 'b'¶z in y  y, z = [2 ** 200] * 999, 2 ** 200 + 1¶z in y
  y, z = 'a' * 999, 'a' * 40 + 'ba' + 'a' * 40¶z in y  y = [0] * 1000¶y[::-1]  copy800: y[:]  y + z
  y * 1  copy900: y *= 1
[comparison bombs: steps]  body: y = [[0] * 99] * 99¶while 1: max(y)
  y = [[0] * 99] * 90¶while 1: y == y  y, z = ['a' * 9] * 99, 'a' * 8 + 'b'¶while 1: z in y
  forever: 1« < 2×40»
[many functions: steps]  text: def g(): 0¶def f(x):¶ while 1:¶« ×2»«g();×469»
  def g(a): a¶def f(x):¶ y = [0] * 999¶ while 1:¶« ×2»«g(y);×371»
[builtins with other arguments: steps]  forever: max(1, 2)  range(9)  len('')  abs(1)  bool(1)
  int()  list()  sum([])  sorted('')  str(x)  reversed('')  y = range(1000)¶y[1:]
[format strings: length of a value]  body: y = 9¶while 1: y = f'{y}{y}'  return: '%s' * 10 ** 9 % x
  ('%s' * 4999) % (('ab' * 99,) * 4999)  '{}'.format([10 ** 600] * 99)
  ('{0}' * 3000).format('a' * 3000)  '%.99999d' % x  '{:.99999f}'.format(1.5)  '%.99999f' % 1.5
  '%.99999e' % 1.5  f'{1e300:.99999g}'  '%r' % ('\x00' * 9999)  repr('\x00' * 9999)
[format strings: steps]  return: '%s' % [['a' * 9999] * 9999]  forever: '%9999d' % 1
  '{:9999}'.format(1)  f'{x:9999}'  '%.9999f' % 1.5  format(x, '9999')  '{}'.format('a' * 9999)
[key functions: steps]  body: def g(i):¶ while 1: pass¶return sorted([1], key=g)
  return: sorted(range(9999), key=lambda i: [0] * 9999)
  sorted(range(99), key=lambda i: sum(range(10 ** 6)))
  sorted([0] * 9999, key=lambda i: '%9999d' % i)
  std: sorted(range(9999), key=functools.cmp_to_key(lambda a, b: sum(range(999))))
[key functions: nesting of a value]
  body: y = [[1], [2]]¶return sorted(y, key=lambda i: i.append(i) or 1)
[key functions: open calls]
  return: sorted([1, 2], key=lambda i: sorted([1], key=lambda j: sorted([2], key=f)))
  sorted([x], key=f)  max([x], key=f)  min([x, x], key=f)
  std: sorted([1, 2], key=functools.cmp_to_key(lambda a, b: f(x)))
  heapq.nlargest(1, [x, x], key=f)  [list(j) for i, j in it.groupby([x], f)]
  heapq.merge([x], [x], key=f)  sorted('ba', key=functools.lru_cache(None)(lambda i: f(i)))
[key functions: length of a value]  return: max([1, 2], key=lambda i: [i] * 10 ** 9)
[generators that never end: steps]  std: sum(it.count())  any(i < 0 for i in it.count())
  all(it.count(1))  'x' in it.cycle('a')  -1 in it.count()  set(it.repeat(0))
  dict(it.repeat((1, 2)))  dict.fromkeys(it.repeat(1))  list(filter(None, it.repeat(0)))
  next(filter(None, it.repeat(0)))  next(i for i in it.repeat(0) if i)  [i for i in it.count()]
  {i for i in it.repeat(1)}  {i: i for i in it.repeat(1)}
  list(it.chain.from_iterable(it.repeat([])))  list(it.chain.from_iterable(it.repeat(())))
  collections.Counter(it.repeat(1))  next(it.islice(it.count(), 10 ** 12, None))
  list(it.islice(it.count(), 0, 10 ** 12, 10 ** 9))  list(it.dropwhile(lambda i: True, it.count()))
  next(it.dropwhile(abs, it.count(1)))  list(it.filterfalse(None, it.count(1)))
  next(it.filterfalse(abs, it.count(1)))  list(it.accumulate(it.repeat([1]), operator.add))
  list(it.groupby(it.repeat(1)))  sum(it.tee(it.count())[0])  functools.reduce(max, it.count())
  functools.reduce(lambda a, b: a, it.count())  math.prod(it.repeat(1))  math.prod(it.repeat(0))
  sum(it.repeat(0))  sum(it.repeat([]), [])  sum(it.repeat(()), ())  sum(it.repeat(0.5))
  {}.update(it.repeat((1, 2)))  collections.Counter().update(it.repeat(1))
  collections.Counter().subtract(it.repeat(1))  list(map(max, it.repeat(1), it.repeat(2)))
  [0 for i in it.repeat(0) if i]  sum(0 for i in it.count() for j in it.count())
  [[0 for j in it.count()] for i in it.count()]
  next(it.chain.from_iterable(map(lambda i: [], it.count())))  any(it.repeat([]))
  any(map(bool, it.repeat(0)))  lines: y = it.groupby(it.repeat(1))¶next(y)¶next(y)
  for i in it.count(): pass  for i in it.cycle([1]): x += 1  for i in (j for j in it.count()): pass
  for i, j in enumerate(it.count()): pass  for i in it.groupby(it.count()): pass
  y = it.count()¶for i in y: next(y)  y = it.count(2 ** 2000, 2 ** 2000)¶for i in y: pass
  for i in it.count(1, 0): pass  y = it.tee(it.count())¶for i in y[0]: pass
  for i in it.islice(it.count(), 10 ** 9, None): pass  assert it.count() in it.repeat(1)
  y = iter([])¶while 1: next(y, 0)
[generators that never end: length of a value]  std: list(it.count())  sorted(it.cycle('ab'))
  max(it.repeat(1))  min(it.cycle([1]))  tuple(it.repeat(0))  dict.fromkeys(it.count())
  ''.join(it.repeat('a'))  ''.join(it.repeat(''))  list(zip(it.count(), it.count()))
  list(map(abs, it.count()))  list(enumerate(it.count()))  list(it.chain(it.count(), x))
  [*it.count()]  (*it.count(),)  {*it.repeat(1)}  f(*it.count())  max(*it.count())
  print(*it.repeat(1))  collections.Counter(it.count())  collections.deque(it.count(), maxlen=1)
  collections.deque(it.count(), 5)  collections.deque(it.count(), 0)
  list(it.islice(it.count(), 10 ** 9))  list(it.takewhile(lambda i: True, it.count()))
  list(it.accumulate(it.count()))  list(it.zip_longest(it.count(), 'a'))
  it.product(it.count(), 'a')  it.permutations(it.count())  it.combinations(it.count(), 2)
  it.combinations_with_replacement(it.repeat(1), 2)  list(heapq.merge(it.count(), it.count()))
  next(heapq.merge(it.count(), it.count()))  heapq.nsmallest(1, it.count())
  heapq.nlargest(1, it.count())  math.fsum(it.repeat(0.0))  math.gcd(*it.repeat(0))
  min(it.count(), default=1)  max(it.repeat(float('nan')))  set().union(it.count())
  set().update(it.repeat(1))  set().intersection(it.count())  {1}.issubset(it.repeat(1))
  {1}.issuperset(it.repeat(1))  {1}.isdisjoint(it.repeat(2))  {1}.difference(it.repeat(2))
  {1}.symmetric_difference(it.repeat(2))  collections.deque().extend(it.count())
  collections.deque(maxlen=1).extend(it.count())  list(it.cycle('ab'))  list(zip(*it.repeat('ab')))
  'a'.startswith((*it.repeat('b'),))  isinstance(1, tuple(it.repeat(str)))
  max(it.count(), key=lambda i: 0)  lines: a, *b = it.count()  y = []¶y += it.count()
  y = []¶y.extend(it.count())  y = []¶y[:] = it.count()  y = []¶y[0:0] = it.repeat(1)
  y = [1, 2]¶y[::2] = it.repeat(1)  raise ValueError(*it.count())
[iterators in iterators: steps]
  lines: y = iter('')¶for i in range(10 ** 5): y = it.chain(y, [i])¶return list(y)
  y = []¶for i in range(10 ** 5): y = filter(None, y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = heapq.merge(y, [1])¶return list(y)
  y = [1]¶for i in range(10 ** 5): y = map(lambda j: j, y)
  y = lambda: 1¶for i in range(10 ** 5): y = lambda y=y: y()
[iterators in iterators: open calls]
  lines: y = iter('')¶for i in range(10 ** 4): y = it.chain(y, [1])¶return sum(y)
  y = []¶for i in range(10 ** 4): y = map(abs, y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = zip(y)¶return list(y)
  y = []¶for i in range(10 ** 4): y = enumerate(y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.islice(y, 9)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.accumulate(y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = (j for j in y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.takewhile(bool, y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.cycle(y)¶return next(y)
  y = [1]¶for i in range(10 ** 4): y = it.tee(y)[0]¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.zip_longest(y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.chain.from_iterable([y])¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = iter(y)¶return list(y)
  y = [1]¶for i in range(10 ** 4): y = it.groupby(y)¶return len(list(y))
  y = lambda: 1¶for i in range(10 ** 4): y = functools.partial(y)¶return y()
  y = max¶for i in range(10 ** 4): y = functools.partial(y, i)¶return y(x)
  y = lambda: 1¶for i in range(10 ** 4): y = (lambda z: lambda: z())(y)¶return y()
  y = lambda: 1¶for i in range(10 ** 4): y = functools.lru_cache(None)(y)¶return y()
  y = it.count()¶for i in range(10 ** 4): y = zip(y, y)¶return next(y)
  y = it.count()¶y = map(lambda i: next(y), y)¶return next(y)
  y = map(lambda i: next(y), it.count())¶return next(y)
  z = []¶y = it.chain.from_iterable(z)¶z.append(y)¶return list(y)
[iterators in iterators: length of a value]  lines: y = [1]¶for i in range(30): y = [*y, *y]
  y = []¶y.append(iter(y))¶for i in y[0]: y.append(i)
[deep values: steps]  lines: y = ()¶for i in range(10 ** 5): y = (y,)¶return {y}
  y = {}¶for i in range(10 ** 5): y = {1: y}  y = ()¶for i in range(10 ** 5): y = (*y, y)
[deep values: nesting of a value]  lines: y = ()¶for i in range(10 ** 4): y = (y,)¶{y: 1}
  y = ()¶for i in range(10 ** 4): y = (y,)¶y in {1}
  y = ()¶for i in range(10 ** 4): y = (y,)¶return repr(y)
  y = []¶for i in range(10 ** 4): y = [y]¶return str(y)
  y = []¶for i in range(10 ** 4): y = [y]¶copy.deepcopy(y)
  y = {}¶for i in range(10 ** 4): y = {1: y}¶return repr(y)
  y = z = {}¶for i in range(10 ** 4): y = {1: y}; z = {1: z}¶return y == z
  y = frozenset()¶for i in range(10 ** 4): y = frozenset([y])¶return len(y)
  y = z = frozenset()¶for i in range(10 ** 4): y = frozenset([y]); z = frozenset([z])¶return y == z
  y = []¶for i in range(10 ** 4): y = collections.deque([y])¶return str(y)
  y = z = ()¶for i in range(10 ** 4): y = (y,); z = (z,)¶return y < z
  y = 'a',¶for i in range(10 ** 4): y = y,¶'a'.startswith(y)
  y = ()¶for i in range(10 ** 4): y = (y,)¶f'{y}'
  y = ()¶for i in range(10 ** 4): y = (y,)¶'%s' % (y,)
  y = ()¶for i in range(10 ** 4): y = (y,)¶print(y)
  y = []¶for i in range(10 ** 4): y = [y]¶print(y)
  y = ()¶for i in range(10 ** 4): y = (y,)¶raise ValueError(y)
  y = ()¶for i in range(10 ** 4): y = (y,)¶raise KeyError(y)
  y = Exception()¶for i in range(10 ** 4): y = Exception(y)¶return str(y)
  y = Exception()¶for i in range(10 ** 4): y = Exception(y)¶raise y
  y = z = []¶for i in range(10 ** 4): y = [y]; z = [z]¶return y in [z]
  y = []¶for i in range(10 ** 4): y = [y]¶[y].index([y])
  y = []¶for i in range(10 ** 4): y = [y]¶max([y, [y]])
  y = []¶for i in range(10 ** 4): y = [y]¶heapq.heappush([y], [y])
  y = []¶for i in range(10 ** 4): y = [y]¶bisect.bisect([y], y)
  y = ()¶for i in range(10 ** 4): y = (y,)¶functools.lru_cache(None)(lambda i: 1)(y)
  y = ()¶for i in range(10 ** 4): y = (y,)¶return collections.Counter([y])
  y = ()¶for i in range(10 ** 4): y = (y,)¶return [i for i in it.groupby([y, (y,)])]
  y = []¶for i in range(10 ** 4): y = y, [y]¶return y == y
  y = x¶for i in range(10 ** 4): y = {'a': [y]}¶return y == {'a': [y]}
  y = []¶for i in range(15): y = {1: [y]}¶return y == {1: [y]}
[deep values: length of a value]  lines: y = []¶for i in range(10 ** 5): y.append(y)
[shared values: nesting of a value]  lines: y = (1,)¶for i in range(99): y = (y, y)¶return {y}
  y = (1,)¶for i in range(99): y = (y, y)¶{}.get(y)
  y = z = (1,)¶for i in range(99): y, z = (y, y), (z, z)¶return y == z
  y = [1]¶for i in range(99): y = [y, y]¶return str(y)
  y = [1]¶for i in range(99): y = [y, y]¶f'{y}'  y = [1]¶for i in range(99): y = [y, y]¶'%s' % y
  y = [1]¶for i in range(99): y = [y, y]¶'{}'.format(y)
  y = [1]¶for i in range(99): y = [y, y]¶print(y)
  y = [1]¶for i in range(99): y = [y, y]¶return copy.deepcopy(y)
  y = (1,)¶for i in range(40): y = (y, y)¶raise ValueError(y)
  y = (1,)¶for i in range(40): y = (y, y)¶raise KeyError(y)
  y = (1,)¶for i in range(40): y = (y, y)¶{1: 2}[y]
  y = (1,)¶for i in range(40): y = (y, y)¶[].remove(y)
[shared values: steps]
  lines: y = z = (1,)¶for i in range(15): y, z = (y, y), (z, z)¶while 1: y == z
  y = z = [1]¶for i in range(18): y, z = [y, y], [z, z]¶return [y].count(z)
  y = z = [1]¶for i in range(19): y, z = [y, y], [z, z]¶return y in [z]
  y = z = [1]¶for i in range(19): y, z = [y, y], [z, z]¶return max(y, z)
  y = z = [1]¶for i in range(19): y, z = [y, y], [z, z]¶return [y].index(z)
  y = z = [1]¶for i in range(19): y, z = [y, y], [z, z]¶[y].remove(z)
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶return len({y, z})
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶return {y: 1}[z]
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶collections.Counter([y, z])
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶collections.defaultdict(int)[y]
  y = (1,)¶for i in range(18): y = (y, y)¶{}.setdefault(y)
  y = (1,)¶for i in range(18): y = (y, y)¶{}.pop(y, 0)
  y = (1,)¶for i in range(18): y = (y, y)¶functools.lru_cache(None)(len)(y)
  y = (1,)¶for i in range(18): y = (y, y)¶frozenset([y])
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶list(it.groupby([y, z]))
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶bisect.bisect([y] * 9, z)
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶heapq.heapify([y, z] * 9)
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶operator.eq(y, z)
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶list(map(operator.lt, [y], [z]))
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶set([y]) & set([z])
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶sorted([y, z] * 9)
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶return {1: y} == {1: z}
  y = z = (1,)¶for i in range(18): y, z = (y, y), (z, z)¶sorted([1, 2], key=lambda i: y)
  y = [0] * 9999¶z = [y] * 9999¶return z == z
  y = [0] * 9999¶z = [y[:] for i in range(9)]¶while 1: y in z  y = [0] * 999¶z = [y] * 999¶str(z)
  y = ['a' * 9999] * 9999¶repr(y)  y = (0,) * 9999¶z = {}¶while 1: z[y] = 1
  y = (0,) * 9999¶z = {y}¶while 1: y in z  y = 'a' * 9999¶z = {}¶while 1: z[y + ''] = 1
  y = [(0,) * 9999] * 9999¶set(y)  y = [(0,) * 9999] * 9999¶dict.fromkeys(y)
  y = [(0,) * 9999] * 9999¶collections.Counter(y)
  y = [(i,) + (0,) * 999 for i in range(99)]¶while 1: set(y)  y = [[0] * 9999] * 9999¶sorted(y)
  y = [[0] * 9999] * 9999¶y.sort()¶y.reverse()
[shared values: length of a value]  lines: y = {1: 'a' * 9999}¶str([y] * 999)
  y = 'a' * 9999¶return {i: y for i in range(9999)}
  y = frozenset(range(9999))¶while 1: frozenset(y) == y
[colliding keys: steps]  return: {i * (2 ** 61 - 1): 0 for i in range(9999)}
  set(i * (2 ** 61 - 1) for i in range(9999))  len({i * (2 ** 61 - 1) for i in range(4000)})
  {i << 61 for i in range(9999)}  dict.fromkeys([i * (2 ** 61 - 1) for i in range(9999)])
  frozenset([i * (2 ** 61 - 1) for i in range(9999)])  {(i * (2 ** 61 - 1),) for i in range(9999)}
  len({i * 2 ** 32 for i in range(9999)})  std: set(it.product([-1, -2], repeat=13))
  {i: 1 for i in it.product([-1, -2], repeat=13)}
  collections.Counter(it.product([-1, -2], repeat=13))
  collections.Counter(i * (2 ** 61 - 1) for i in range(9999))
  set(frozenset([i * (2 ** 61 - 1)]) for i in range(9999))
  collections.defaultdict(int, {i * (2 ** 61 - 1): 0 for i in range(9999)})
  functools.reduce(lambda a, b: a | {b * (2 ** 61 - 1)}, range(9999), set())
  set(it.permutations([0, 2 ** 61 - 1, 2 ** 62 - 2, 3 * (2 ** 61 - 1), 4 * (2 ** 61 - 1), 5 * (2
  ↳ ** 61 - 1), 6 * (2 ** 61 - 1)]))
  dict(zip(map(lambda i: i * (2 ** 61 - 1), range(9999)), it.repeat(0)))
  lines: y = [i * (2 ** 61 - 1) for i in range(9999)]¶z = set(y)
  y = {}¶for i in range(9999): y[i * (2 ** 61 - 1)] = i
  y = set()¶for i in range(9999): y.add(i * (2 ** 61 - 1))
  y = {}¶for i in range(9999): y.setdefault(i * (2 ** 61 - 1))
  y = {i * (2 ** 61 - 1) for i in range(1000)}¶while 1: -1 * (2 ** 61 - 1) in y
  y = {}¶y.update((i * (2 ** 61 - 1), 0) for i in range(9999))
  y = {}¶for i in range(9999): y.get(i * (2 ** 61 - 1)); y[(2 ** 61 - 1) * i] = 1
  @functools.lru_cache(None)¶def g(i): return 1¶for i in range(9999): g(i * (2 ** 61 - 1))
  y = [i * (2 ** 61 - 1) for i in range(999)]¶z = dict.fromkeys(y)¶while 1: z == dict(z)
  y = {i * (2 ** 61 - 1) for i in range(999)}¶while 1: y | {1}
  y = {i * (2 ** 61 - 1) for i in range(999)}¶while 1: y.copy()
  y = [i * (2 ** 61 - 1) for i in range(3000)]¶while 1: [i for i in y if i in set(y)]
  y = collections.OrderedDict()¶for i in range(9999): y[i * (2 ** 61 - 1)] = 0
  y = [((2 ** 61 - 1) * i, -1) for i in range(5000)]¶return len(set(y))
  y = {}¶for i in range(5000): y[i * (2 ** 61 - 1), i] = 1¶return len(y)
  y = {}¶for i in range(5000): y[(i * (2 ** 61 - 1), -1), -2] = 1¶return len(y)
[colliding keys: length of a value]  return: {float('nan') for i in range(9999)} == 0
  {i * (2.0 ** 61): 0 for i in range(9999)} == 0  len({i / 3 for i in range(9999)})
  len({'%d' % i for i in range(9999)})
[NaN: length of a value]  lines: y = {float('nan')}¶while 1: y.add(float('nan'))
  y = {}¶for i in range(9999): y[float('nan')] = i¶return len(y)
[recursion through other things: open calls]
  text: from functools import lru_cache¶@lru_cache(None)¶def f(x): return f(x + 1)
  from functools import lru_cache¶@lru_cache¶def f(x): return f(x)
  def d(g): return lambda x: d(g)(x)¶@d¶def f(x): return x
  def d(g): return lambda x: g(x)¶«@d¶×900»def f(x): return x
  def f(x): return g(x)¶def g(x): return h(x)¶def h(x): return f(x)  f = lambda x: f(x)
  f = lambda x, y=[]: f(y)  def f(x, n=0): return f(x, n + 1)
  def f(x):¶ return [f(i) for i in range(9)]  def f(x): return {**f(x)}
  body: def g(): return g()¶return g()  y = lambda: [y() for i in 'a']¶y()
  def g(h): return h(h)¶return g(g)  y = [0]¶y[0] = lambda: y[0]()¶y[0]()
  y = {}¶y['a'] = lambda: y['a']()¶y['a']()  def g(): return h()¶def h(): return g()¶g()
  g = lambda h: lambda: g(h)()¶g(1)()  def g(n):¶ def h(): return g(n + 1)¶ return h()¶return g(0)
  try: f(x)¶except RecursionError: return 1  try: return f(x)¶finally: f(x)  for i in f(x): pass
  while f(x): pass  assert f(x)  raise f(x)  assert 0, f(x)  y = [1]¶y[f(x)] = 1  del x[f(x)]
  x += f(x)  def g(y=f(x)): pass  lambda y=f(x): y  (y := f(x))  y = (f(i) for i in [1])¶next(y)
  global g¶g = f¶return g(x)  def g(n): return g(n - 1)¶g(1)
  def g(n): return g(n + 1) if n < 10 ** 9 else 1¶g(1)  def g(*y): return g(*y, 1)¶g()
  def g(**y): return g(**y)¶g()  def g(*y): return g(y, *y)¶g()  return: list(map(f, [x]))
  next(map(f, [x]))  sum(f(i) for i in [x])  [f(i) for i in [x]]  {f(x): 1}  {f(x) for i in [x]}
  list(filter(f, [x]))  any(map(f, [x]))  all(f(x) for i in [x])  list(zip(map(f, [x])))  f'{f(x)}'
  f'{x:{f(x)}}'  '%s' % f(x)  '{}'.format(f(x))  x[f(x)]  x[f(x):]  f(x=f(x))  f(*[f(x)])
  f(**{'x': x})  f(x) if x else 1  x < f(x) < x  not f(x)  x and f(x)  (lambda: f(x))()
  (lambda y: y(y))(lambda y: y(y))  [f][0](x)  ''.join(map(f, 'a'))  dict(map(f, [x]))
  tuple(f(i) for i in [x])  [*map(f, [x])]  f(*map(f, [x]))  max(map(f, [x]))  sorted(map(f, [x]))
  x in map(f, [x])  list(enumerate(map(f, [x])))  print(f(x))  isinstance(f(x), int)
  std: functools.reduce(lambda a, b: f(x), [1, 2])  list(it.accumulate([1, 2], lambda a, b: f(x)))
  functools.partial(f, x)()  functools.partial(functools.partial, f)(x)()
  list(it.takewhile(f, [x]))  collections.defaultdict(lambda: f(x))['a']
  functools.lru_cache(None)(f)(x)  collections.Counter(map(f, [x]))  collections.deque(map(f, [x]))
  heapq.nsmallest(1, map(f, [x]))  list(heapq.merge(map(f, [x])))  math.prod(map(f, [x]))
  list(it.chain(map(f, [x])))  list(it.filterfalse(f, [x]))  copy.deepcopy(f(x))
  lines: d = collections.defaultdict(lambda: d['a'])¶d['a']
  d = collections.defaultdict(lambda: d[len(d)])¶d['a']  y = functools.partial(lambda: y())¶y()
  y = functools.lru_cache(None)(lambda i: y(i + 1))¶y(0)
  y = functools.reduce(lambda g, h: lambda i: g(h(i)), [abs] * 9999)¶return y(0)
[recursion through other things: length of a value]  text: def f(x, *y): return f(x, *y, *y, 1)
[loops inside of the host: steps]  std: next(it.islice(range(10 ** 9), 10 ** 9 - 1, None))
  next(it.filterfalse(None, range(1, 10 ** 9)))  next(filter(None, map(int, it.repeat(0))))
  sum(it.islice(range(10 ** 9), 0, 10 ** 9, 10 ** 8))
  next(it.dropwhile(lambda i: True, range(10 ** 9)))
  len(list(it.groupby(range(10 ** 9), lambda i: 0)))  10 ** 9 in it.chain(range(10 ** 9))
  math.gcd(*[3 ** 1200 * i for i in range(1, 999)]) > 1  max(range(10 ** 9), key=abs)
  lines: y = set(range(3999))¶while 1:¶ for i in y: break  y = set(range(3999))¶while 1: zip(y, y)
  y = set(range(3999))¶while 1: map(abs, y)  y = set(range(3999))¶while 1: enumerate(y)
  y = set(range(3999))¶while 1: iter(y)  y = set(range(3999))¶while 1: next(iter(y))
  y = set(range(3999))¶while 1: [0 for i in y if 0]
  y = {str(i) for i in range(3999)}¶while 1:¶ for i in y: break
  y = {str(i) for i in range(3999)}¶while 1: (0 for i in y)
  y = {(i, str(i)) for i in range(3999)}¶while 1: zip(y, y)
  y = frozenset(range(3999))¶while 1: {y}  y = frozenset(range(3999))¶while 1: filter(None, y)
  y = {str(i) for i in range(3999)}¶while 1: any(y)
  y = {str(i) for i in range(3999)}¶while 1: a, *b = y
  y = {str(i) for i in range(3999)}¶while 1: [].extend(y)
  y = {str(i) for i in range(3999)}¶while 1: max(y)
  y = {'a' * 9000 + str(i) for i in range(99)}¶while 1:¶ for i in y: break
  y = {((((((i,),),),),),) for i in range(999)}¶while 1:¶ for i in y: break
  y = {1.5, *range(3998)}¶while 1:¶ for i in y: break
  y = collections.Counter(range(3999))¶while 1:¶ for i in y: break
  y = dict.fromkeys(range(3999))¶for i in range(3998): del y[i]¶while 1:¶ for i in y: break
  y = dict.fromkeys(range(3999))¶for i in range(3998): del y[i]¶while 1: y.popitem(); y[3998] = 1
  y = collections.deque(range(9999))¶while 1: y[5000] = 1
  y = collections.deque(range(9999))¶while 1: del y[5000]; y.append(1)
  y = collections.deque([0] * 9999)¶while 1: y.count(0)
  y = collections.deque([0] * 9999)¶while 1: y == y.copy()
  y = collections.deque([[0]] * 9999)¶while 1: [1] in y
  y = collections.deque([0] * 9999, 9999)¶while 1: y.extend([1])
  y = collections.deque(maxlen=1)¶while 1: y.extend(range(9999))
  y = collections.defaultdict(int)¶while 1: y[len(y) * (2 ** 61 - 1)] += 1
  y = [(-1, -2) * 5] * 99¶z = set(it.product((-1, -2), repeat=11))¶while 1: y[0] + (3,) in z
  z = set(it.product((-1, -2), repeat=11))¶while 1: (-1,) * 11 in z
  z = dict.fromkeys(it.product((-1, -2), repeat=11))¶while 1: z[(-2,) * 11]
  z = {frozenset([i * (2 ** 61 - 1)]) for i in range(999)}¶while 1: frozenset([1 - 2 ** 61]) in z
  z = {2.0 ** (61 * i) * j for i in range(-8, 8) for j in range(1, 200)}¶while 1: 0.5 in z
  z = {float(i * 2 ** 40) for i in range(3999)}¶while 1: 1.5 in z; z | {1}
  z = {i * 2 ** 12 for i in range(250)}¶while 1: 250 * 2 ** 12 in z
  z = {i << 8 for i in range(3999)}¶while 1: -1 in z; 4000 << 8 in z
  z = {(i, j, -1) for i in (-1, -2) for j in range(1999)}¶while 1: (-2, 5, -2) in z
  stdever: y = [0] * 9999¶next(filter(None, y), 0)  y = [1] * 9999¶next(it.filterfalse(None, y), 0)
  y = [0] * 9999¶z = it.groupby(y); next(z); next(z, 0)
  y = [[]] * 9999¶next(it.chain.from_iterable(y), 0)  y = [[]] * 9999¶next(it.chain(*y), 0)
  y = range(9999)¶next(it.islice(y, 9998, None))
  y = [0] * 9999¶z = it.islice(y, 9999, None); next(z, 0)  y = [0] * 9999¶any(y); all(y)
  y = [0] * 9999¶next(it.dropwhile(lambda i: 1, y), 0)  y = [0] * 9999¶z = it.tee(y, 99)
  y = range(9999)¶z = it.permutations(y, 2)  y = 'a' * 9999¶it.product(y, y)
  y = [0] * 9999¶next(it.zip_longest(y, y))  y = [[0] * 99] * 99¶list(zip(*y))
  y = [0.5] * 9999¶sum(y)  y = [()] * 9999¶sum(y, ())  y = [[]] * 9999¶sum(y, [])
  y = [0] * 9999¶max(*y)  y = [0] * 9999¶print(*y)  y = [0] * 9999¶[*y, *y[:1]]
  y = ['a'] * 9999¶' '.join(y)
  y = [i * 7919 % 9973 / (i % 2 + 1) if i % 2 else i * 7919 % 9973 for i in range(9999)]¶sorted(y)
  y = [str(i * 7919 % 9973) for i in range(9999)]¶sorted(y)
  y = [i * 7919 % 9973 for i in range(9999)]¶sorted(y)
  y = [(i * 7919 % 9973, i) for i in range(5000)]¶sorted(y)
  y = [(0, 0, 0, i * 7919 % 9973) for i in range(5000)]¶sorted(y)
  y = [[i * 7919 % 9973 / 2] for i in range(5000)]¶sorted(y)
  y = [2 ** 2000 + i * 7919 % 9973 for i in range(9999)]¶sorted(y)
  y = [-i * 1.5 for i in range(9999)]¶heapq.heapify(y); y.sort(reverse=True)
  y = [i * 7919 % 9973 / 2 for i in range(9999)]¶max(y); min(y)
  y = [i * 7919 % 9973 / 2 for i in range(9999)]¶heapq.nsmallest(9, y)
[loops inside of the host: size of an int]  std: next(it.islice(range(10 ** 30), 10 ** 18, None))
  math.lcm(*[3 ** 1200 + i for i in range(999)])  math.lcm(*[2 ** 61 - i for i in range(1, 999)])
[loops inside of the host: length of a value]
  lines: y = collections.defaultdict(list)¶while 1: y[len(y)].append(y)
[big sources: depth of the syntax tree]  text: if «-×3000»1: pass¶def f(x): return x
  if «not ×2000»1: pass¶def f(x): return x  if 1«+1×4000»: pass¶def f(x): return x
  if x«.y×4000»: pass¶def f(x): return x  if x«[0]×3000»: pass¶def f(x): return x  «not ×2480»1
  «lambda:×1400»1  «x if x else ×800»x  «1+×4900»1  def f(x):¶ return 1«+1×4900»
  def f(x):¶ return «lambda:×90»1  return: x«+x×99»
[big sources: MemoryError]  text: if «-×9000»1: pass¶def f(x): return x  «-×9900»1  «~×9900»1
  «1**×3300»1
[big sources: open brackets]  text: «x(×3000»  «x[×3000»  «f'{×2400»
[big sources: source length]  text: «f'{1}'×1900»  «if x:¶×1900»  «if 1: pass¶el×900»if 1: pass
[big sources: steps]  text: «x = [0] * 9000¶×600»def f(x): return len(x)
  return: [«[0]*9999,×900»] == 0
[big sources: length of a value]  return: ['a'«*9×90»] == 0
[exceptions: steps]  body: while 1:¶ try: 1 / 0¶ except: continue
  try:¶ while 1: pass¶except: return 1  try:¶ while 1: pass¶finally: return 1
  while 1:¶ try: return 1¶ finally: continue
  y = []¶for i in range(9999):¶ try: raise ValueError([0] * 9999)¶ except ValueError as e:
  ↳ y.append(e)
  y = [ValueError('a' * 9999) for i in range(9999)]
  y = [ValueError('a' * 9999 + str(i)) for i in range(9999)]
[exceptions: length of a value]  body: try: 'a' * 10 ** 9¶except: return 1
[exceptions: size of an int]  body: try: 9 ** 9 ** 9¶finally:¶ while 1: pass
[exceptions: nesting of a value]
  body: y = []¶try: raise ValueError(y)¶except ValueError as e: y.append(e)¶return y == y
  y = None¶for i in range(10 ** 4):¶ try: raise KeyError(y)¶ except KeyError as e: y = e
[exceptions: indentation]  stairs: 15 try; pass  15 while 1; break
[big comprehensions: steps]
  body: y = [[i] * 99 for i in range(999)]¶while 1: y = [i[:] for i in y]
  y = []¶while 1: y = [[set() for i in range(999)], y]
  y = []¶while 1: y = [[{} for i in range(999)], y]  y = []¶while 1: y.append({1: 2})
  y = []¶while 1: y = [{1, 2, 3, 4, 5}, y]  y = []¶while 1: y = [{**{1: 2}}, y]
  y = []¶while 1: y = [lambda: 1, y]  y = []¶while 1: y = [(i for i in 'a'), y]
  y = 0¶while 1: y = [range(9999), y]  y = 0¶while 1: y = [[*range(999)], y]
  y = 0¶while 1: y = [{*range(999)}, y]  y = 0¶while 1: y = [dict.fromkeys(range(999)), y]
  y = 0¶while 1: y = [set(range(3999)), y]  y, z = 0, set(range(3999))¶while 1: y = [z.copy(), y]
  y, z = 0, set(range(3999))¶while 1: y = [z | z, y]
  y, z = 0, dict.fromkeys(range(3999))¶while 1: y = [dict(z), y]
  y, z = 0, dict.fromkeys(range(3999))¶while 1: y = [{**z}, y]
  y, z = 0, dict.fromkeys(range(3999))¶while 1: y = [z | z, y]
  y, z = 0, dict.fromkeys(range(3999))¶while 1: y = [list(z.items()), y]
  y, z = 0, 'a ' * 4999¶while 1: y = [z.split(), y]
  y, z = 0, 'ab' * 4999¶while 1: y = [list(z), y]
  y, z = 0, '«U+1f600»' * 9999¶while 1: y = [z + '', z.upper(), z[1:], y]
  y, z = 0, '«U+1f600»' * 9999¶while 1: y = [z.replace('a', 'b'), z[::-1], z.lower(), y]
  y, z = 0, '«U+1f600»' * 4999¶while 1: y = [z + z, z * 2, f'{z}{z}', z.join('ab'),
  ↳ z.center(9999), y]
  y, z = 0, '«U+1f600»'¶while 1: y = [z.ljust(9999), z.zfill(9999), z.rjust(9999, z), z * 9999, y]
  y = 0¶while 1: y = [2 ** 2000 + 1, -2 ** 2000 - 1, y]
  y, z = 0, 2 ** 2000¶while 1: y = [z + 1, z - 1, z * 3, z // 3, ~z, z | 1, z ^ 1, -z, y]
  y, z = 0, 2 ** 1000¶while 1: y = [z * z, divmod(z * z, 3), abs(-z * z), y]
  y, z = [], [*range(9999)]¶while 1: y.append(z[:])
  y, z = [], [*range(9999)]¶while 1: y.append([*z, *z[5000:], 1][:9999])
  y, z = [], [*range(9999)]¶while 1: y.append(sorted(z))
  y, z = [], [*range(9999)]¶while 1: y.append(z.copy())
  y, z = [], [*range(9999)]¶while 1: y.append((*z,))
  y, z = [], [*range(4999)]¶while 1: y.append(z + z)
  y, z = [], [*range(4999)]¶while 1: y.append([z, z.extend(z), z.clear(), z.extend(range(4999))])
  y, z = [], [*range(9999)]¶while 1: y.append([*map(str, z)])
  y, z = [], [*range(3999)]¶while 1: y.append(dict(zip(z, z)))
  y, z = [], [*range(9999)]¶while 1: y.append([*zip(z, z)])
  y, z = [], [*range(9999)]¶while 1: y.append([*enumerate(z)])
  y, z = [], 'a' * 9999¶while 1: y.append(z.split('a'))
  y, z = [], 'ab' * 4999¶while 1: y.append(z.partition('b'))
  y, z = [], 'a\n' * 4999¶while 1: y.append(z.splitlines())
  y, z = [], [[] for i in range(9999)]¶while 1: y.append([i[:] for i in z])
  y = []¶while 1: y = [[«{},[],{1},(x,),×300»], y]  y = []¶while 1: y = [[«lambda: 1,×300»], y]
  y = []¶while 1: y = [[«(i for i in y),×300»], y]  y = []¶while 1: y = [[«iter(y),×300»], y]
  y = [2 ** 2000]¶while 1: y = [y[0], [«-y[0],×300»], y]  return: [0 for i in range(10 ** 9)]
  [[0 for j in range(999)] for i in range(999)]
  [i for i in range(999) for j in range(999) for k in range(999)]  {i for i in range(10 ** 9)}
  {i: 0 for i in range(10 ** 9)}  {0 for i in range(10 ** 9)}  sum(1 for i in range(10 ** 9))
  [[0] * 9999 for i in range(9999)]  ['a' * 9999 + str(i) for i in range(9999)]
  ['a' * 9000 + str(i) for i in range(9999)]  {i: [0] * 9999 for i in range(9999)}
  [[set() for j in range(999)] for i in range(999)]  [2 ** 2000 + i for i in range(9999)] == 1
  [str(2 ** 2000 + i) for i in range(9999)] == 1  [0 «for i in [0, 1] ×30»]
  [0 «for i in [0, 1] ×90»]  [[[0] * 999 for i in range(999)] for j in range(999)]
  [[0] * i for i in range(9999)]  ['a' * i for i in range(9999)]
  [tuple(range(i)) for i in range(9999)]  [set('abcdefgh') for i in range(9999)] == 1
  [set(range(40)) for i in range(9999)] == 1  lines: y = []¶while 1: y = [collections.deque(), y]
  y = []¶while 1: y = [[collections.deque() for i in range(999)], y]
  y = []¶while 1: y = [[collections.Counter() for i in range(999)], y]
  y = []¶while 1: y = [[collections.OrderedDict() for i in range(999)], y]
  y = []¶while 1: y = [[collections.defaultdict(list) for i in range(999)], y]
  y = []¶while 1: y = [it.product('ab', 'cd'), y]
  y = []¶while 1: y = [it.permutations(range(999)), y]
  y = []¶while 1: y = [it.product(range(9999), repeat=9), y]
  y = []¶while 1: y = [it.tee('a', 99), y]
  y = []¶while 1: y = [it.combinations(range(9999), 999), y]
  y = []¶while 1: y = [it.cycle(range(9999)), y]
  y = []¶while 1: z = it.cycle(range(9999)); next(z); y.append(z)
  y = collections.deque(range(9999))¶z = 0¶while 1: z = [y.copy(), z]
  y = collections.deque([0] * 9999)¶while 1: y.rotate(5000)
  y = collections.Counter(range(3999))¶z = 0¶while 1: z = [y + y, z]
  y = collections.Counter(range(3999))¶z = 0¶while 1: z = [y.most_common(), z]
  y = [0] * 9999¶z = 0¶while 1: z = [copy.copy(y), z]
  y = [[0]] * 9999¶z = 0¶while 1: z = [copy.deepcopy(y), z]
  y = list(range(9999))¶z = 0¶while 1: z = [heapq.nsmallest(9999, y), z]
  y = list(range(9999))¶while 1: heapq.heapify(y)
  y = list(range(9999))¶while 1: bisect.insort(y, 5); y.pop()
  y = [*it.combinations(range(40), 2)]¶z = 0¶while 1: z = [[*it.combinations(range(40), 2)], z]
  z = 0¶while 1: z = [[*it.permutations(range(6))], z]
  z = 0¶while 1: z = [[*it.product(range(9), repeat=4)], z]
  @functools.lru_cache(None)¶def g(i): return [0] * 9999¶for i in range(10 ** 5): g(i)
  @functools.lru_cache(None)¶def g(i): return i¶for i in range(10 ** 5): g(i)
  @functools.lru_cache(maxsize=2)¶def g(i): return [i] * 9999¶for i in range(10 ** 5): g(i)
  @functools.lru_cache(None)¶def g(*i): return 1¶for i in range(999): g(*range(i, i + 999))
  @functools.lru_cache(None)¶def g(i): return 1¶for i in range(9999): g('«U+1f600»' * 9000 +
  ↳ str(i))
[big comprehensions: length of a value]  return: {(i, j) for i in range(200) for j in range(200)}
[float and int conversions: length of a value]  return: int('9' * 10 ** 4)  int('9' * 9999)
  int('1' * 9999, 2)  int('1' * 2000, 2) > 0  int('0' * 9999 + '1')  sum([[0] * 9999] * 9, [])
  forever: y = '1' * 2000¶int(y, 2)  std: math.prod([[0] * 999, 9, 9, 9])
[float and int conversions: size of an int]  return: round(1.5, -10 ** 9)
  round(10 ** 300, -10 ** 9)  round(5, -10 ** 5)  round(x, -10 ** 30)  bin(2 ** 100000)
  1 << 10 ** 30  0 << 10 ** 30  (1 << 2047) + (1 << 2047)  1 << 2047 << 1  (1 << 2000) ** 2
  -1 << 2048  2 ** 2046 * 4  3 ** 1300  (-3) ** 1300  (-2) ** 2049  pow(2, 10 ** 9)
  sum([2 ** 2047] * 2)  forever: y, z = 3 ** 1200, 2 ** 2000 - 1¶y * z % 7
  y = 2 ** 2047 - 1¶y * y // y  std: math.factorial(10 ** 6)  math.factorial(10 ** 60)
  math.comb(10 ** 6, 5 * 10 ** 5)  math.comb(10 ** 600, 10 ** 600)  math.comb(10 ** 600, 2)
  math.perm(10 ** 5)  math.perm(10 ** 9, 10 ** 8)  math.prod(range(1, 10 ** 4))
  math.sqrt(10 ** 700)  math.lcm(*range(1, 9999))
[float and int conversions: steps]  return: sum([[i] for i in range(9999)], [])
  sum([(i,) for i in range(9999)], ())  forever: pow(3, 2 ** 2047, 2 ** 2047 - 1)
  y = 2 ** 2047 - 1¶pow(3, y, y)  y = 2 ** 2047 - 1¶pow(y - 5, -1, y)  y = 10 ** 600¶str(y)
  y = '9' * 600¶int(y)  y = 2 ** 2047¶f'{y}'  y = 2 ** 2047 - 1¶y % 3 ** 600
  y = 2 ** 2047 - 1¶divmod(y, 3 ** 600)  y = 3 ** 1200¶'%d' % y  y = 3 ** 1200¶hex(y); bin(y)
  y = '1' * 4000¶float(y)  y = '0.' + '0' * 8000 + '1'¶float(y)  y = '1' * 700 + 'e-700'¶float(y)
  y = 1.5e308¶'%.999f' % y  y = 1.5e-308¶f'{y:.1100f}'  y = 3 ** 1200¶y / (y - 1)
  y = 3 ** 1200¶y == y + 1 - 1  y = 3 ** 640¶float(y)  y = 2 ** 2047¶round(y, -300)
  y = 'z' * 390¶int(y, 36)  y = 2 ** 2047¶y.bit_length()
  stdever: y, z = 3 ** 1200, 2 ** 2000 - 1¶math.gcd(y, z)
  y, z = 3 ** 600, 2 ** 1000 - 1¶math.lcm(y, z)  y = 3 ** 1200¶math.isqrt(y)  math.factorial(290)
  math.comb(2000, 1000)  math.perm(290)  y = [3] * 1200¶math.prod(y)  y = [0.1] * 9999¶math.fsum(y)
  y = range(9999)¶math.gcd(*y)  math.comb(10 ** 15, 40)
  y = 2 ** 2046¶math.sqrt(y >> 1100); math.log(y)  y = ['a' * 99] * 99¶it.accumulate(y)
  y = [0] * 9999¶heapq.heapify(y)  y = [0] * 9999¶heapq.heappush(y, 1); heapq.heappop(y)
  y = [(0,) * 99] * 99¶heapq.heapify(y)  y = [(0,) * 999 + (1,)] * 9¶bisect.bisect(y, y[0])
  y = ['a' * 999] * 999¶bisect.bisect(y, 'a' * 999)  y = [0] * 9999¶copy.copy(y)
  y = [[0] * 99] * 99¶copy.deepcopy(y)  y = collections.deque([0] * 9999)¶y.rotate(4999)
  y = collections.deque([0] * 9999)¶1 in y
  y = collections.deque([0] * 9999)¶y.insert(5000, 1); y.pop()
  y = collections.deque([0] * 9999)¶y[5000]  y = collections.Counter(range(3999))¶y.most_common(1)
  y = collections.Counter({1: 9000})¶list(y.elements())  y = range(9999)¶collections.deque(y)
  y = list(range(9999))¶heapq.nlargest(5, y)  y = [0] * 9999¶functools.reduce(max, y)
  y = 'a' * 9999¶collections.Counter(y)  y = [0] * 9999¶list(it.islice(y, 9000, None))
  y = [0] * 9999¶next(it.islice(y, 9999, None), 0)  y = [0] * 9999¶list(it.pairwise(y))
  y = [0] * 99¶list(it.product(y, y))  y = 'abcdefg'¶list(it.permutations(y))
  y = range(9999)¶operator.itemgetter(*y)
[texts that grow: length of a value]  return: ('a' * 9999).replace('a', 'b' * 9999)
  ('a' * 9999).replace('', 'a' * 9999)  ('a' * 9999).join('a' * 9999)
  ('a' * 9999).join(['', '', ''])  ','.join(['a' * 999] * 999)  'a'.center(10 ** 9)
  'a'.ljust(10 ** 9)  'a'.rjust(10 ** 9, 'b')  'a'.zfill(10 ** 9)  'a'.center(10 ** 30)
  'a'.zfill(10 ** 30)  ('«U+390»' * 9999).upper()
[texts that grow: steps]  return: ('a' * 9999).strip('b' * 9998 + 'a')
  ('ab' * 4999).strip('a' * 4999 + 'b')  forever: y = 'a' * 9999¶y.replace('a', 'b')
  y = 'a' * 9999¶y.count('a')  y = 'a' * 9999¶y.count('a' * 5000 + 'b')
  y, z = 'a' * 9999, 'a' * 4000 + 'b' + 'a' * 500¶y.find(z)
  y, z = 'a' * 9999, 'a' * 4000 + 'b' + 'a' * 500¶z in y
  y, z = 'ab' * 4999, 'ab' * 2000 + 'ba'¶y.find(z)  y, z = 'a' * 9999, 'b' + 'a' * 99¶y.rfind(z)
  y, z = 'a' * 9999, 'b' + 'a' * 4999¶y.rfind(z)  y, z = 'a' * 9999, 'b' + 'a' * 4999¶y.rsplit(z)
  y, z = 'a' * 9999, 'b' + 'a' * 99¶y.rpartition(z)
  y, z = 'a' * 9999, 'a' * 4000 + 'b'¶y.split(z); y.partition(z)
  y, z = 'a' * 9999, 'a' * 4000 + 'b'¶y.replace(z, 'a')  y = 'a' * 9999¶y.upper()
  y = 'a' * 9999¶y.split('a')  y = 'a' * 9999¶y.strip('a')  y = 'a' * 9999¶y.isalpha()
  y = 'a' * 9999¶y.title()  y, z = 'ab' * 4999, 'c' * 9000 + 'ab'¶y.strip(z)
  y = 'a' * 9999¶y.zfill(9999)  y = 'a' * 9999¶y.center(9999)  y = 'a' * 9999¶y.startswith(y)
  y = ('b',) * 9999¶'a'.startswith(y)  y, z = 'a' * 9998, ('a' * 9997 + 'b',) * 999¶y.startswith(z)
  y = 'a' * 9999¶y.index('a', 9000)  y = 'a' * 9999¶repr(y)  y = [1] * 999¶str(y)
  y = 'a' * 9999¶list(y)  y = 'a' * 9999¶y[::-1]  y = 'a' * 9999¶y == y + ''
  y = 'a' * 9999¶y < y + ''  y = 'a' * 9999¶set(y)  y = 'a' * 9999¶sorted(y)  y = 'a' * 9999¶max(y)
  y = ['a'] * 9999¶''.join(y)  y = 'a b ' * 2499¶y.split()  y = 'a' * 9999¶y.isidentifier()
  y = 'a' * 9999¶f'{y}'  y = 'a' * 9999¶'%s' % y  y = 'a' * 9999¶y.casefold()
  y = 'a' * 9999¶y.removeprefix(y)  y = 'a' * 9999¶y.splitlines()  y = 'a' * 9999¶print(y)
  y = '{}' * 999¶y.format(*y)  y = '%%' * 4999¶y % ()  y = '{{' * 4999¶y.format()
[lists that grow and shrink: steps]  body: y = []¶while 1: y.insert(0, 1)
  y = [0] * 9999¶while 1: y.insert(0, 1); y.pop()  y = [0] * 9999¶while 1: y.append(y.pop(0))
  y = [1]¶for i in y: y.insert(0, i)  y = [0] * 9999¶while 1: y.count(0)
  y = [0] * 9999¶while 1: y.reverse()  y = [0] * 9999¶while 1: y.sort()
  y = [0] * 9999¶while 1: y[::-1]  y = [0] * 9999¶while 1: y[:] = y
  y = [0] * 9999¶while 1: del y[:1]; y.append(0)  y = [0] * 9999¶while 1: y[0:1] = [1, 2]; y.pop()
  y = [0] * 9998 + [1]¶while 1: y.remove(1); y.append(1)
  y = [0] * 9999¶while 1: del y[0]; y += [1]  y = [0] * 9999¶while 1: y[0:0] = [1]; del y[-1]
  y = [0] * 9999¶while 1: y.copy()  y = [0] * 9999¶while 1: y + [1][:0]
  y = [0] * 9999¶while 1: 1 in y  y = [0] * 9999¶while 1: y == y[:]  y = [0] * 9999¶while 1: min(y)
  y = [0] * 9999¶while 1: any(y)  y = [0] * 9999¶while 1: all(y); sum(y)
  y = [0] * 9999¶while 1: tuple(y)  y = [0] * 9999¶while 1: set(y)
  y = [0] * 9999¶while 1: list(reversed(y))  y = [0] * 9999¶while 1: [*y]
  y = [0] * 9999¶while 1: a, *b = y  y = [0] * 9999¶while 1: list(zip(y))
  y = [0] * 9999¶while 1: list(map(abs, y))  y = [0] * 9999¶while 1: [i for i in y if i]
  y = [0] * 9999¶while 1: next((i for i in y if i), 0)  y = [0] * 9999¶while 1: max(y, key=abs)
  y = [0] * 9999¶while 1: dict.fromkeys(y)  y = [0] * 9999¶while 1: list(enumerate(y))
  y = [0] * 9999¶while 1: y *= 1  y = [0] * 9999¶while 1: y += []; y *= True
  y = [0] * 9999¶while 1: y.extend([]); y.clear(); y.extend(range(9999))
[lists that grow and shrink: length of a value]  body: y = [1]¶while 1: y.extend(y)
  y = [1]¶while 1: y *= 2  y = [1]¶while 1: y[0:0] = y  y = [1]¶while 1: y[:] = y * 2
  y = [1]¶while 1: y = [*y, *y]  y = [1]¶while 1: y[len(y):] = y  y = [1]¶for i in y: y.append(i)
[values that hold themselves: nesting of a value]  body: y = []¶y.append(y)¶return y
  y = [1]¶y[0] = y¶return y == y  y = [1]¶y[0] = y¶z = [1]¶z[0] = z¶return y == z
  y = []¶y.append(y)¶return str(y)  y = []¶y.append(y)¶f'{y}'  y = []¶y.append(y)¶print(y)
  y = {}¶y['y'] = y¶return y  y = {}¶y['y'] = y¶return str(y)
  y, z = [], []¶y.append(z)¶z.append(y)¶return y == z
  y, z = [], []¶y.append(z)¶z.append(y)¶return y < z
  y = []¶y.append(y)¶return y in y, y.index(y), y.count(y)
  y = []¶y.append(y)¶return sorted([y, y]) == 1  y = []¶y.append(y)¶y == [[y]]
  y = []¶y.append(y)¶return [[y]] == y  y = []¶y.append(y)¶max(y, [y])
  y = []¶y.append(y)¶raise ValueError(y)  x[0] = x¶return x ← [1]
  lines: y = []¶y.append(y)¶copy.deepcopy(y)  y = collections.OrderedDict()¶y[1] = y¶str(y)
[dicts and sets in use: steps]  body: while 1: x = {1: x}  y = set(range(3999))¶while 1: y & y
  y = set(range(3999))¶while 1: y == set(range(3999))  y = set(range(3999))¶while 1: y.issubset(y)
  y = set(range(3999))¶while 1: sorted(y)  y = set(map(str, range(3999)))¶while 1: list(y)
  y = set(map(str, range(3999)))¶while 1: y.pop(); y.add('a')
  y = set(map(str, range(3999)))¶while 1: next(iter(y))
  y = set(range(3999))¶while 1: y.pop(); y.add(5)  y = set(range(3999))¶while 1: y.isdisjoint([])
  y = dict.fromkeys(range(3999))¶while 1: y == dict(y)
  y = dict.fromkeys(range(3999))¶while 1: next(iter(y))
  y = dict.fromkeys(range(3999))¶while 1: y.popitem(); y[5] = 5
  y = dict.fromkeys(range(3999))¶for i in range(3990): del y[i]¶while 1: next(iter(y))
  y = dict.fromkeys(range(3999))¶while 1: y.copy()
  y = dict.fromkeys(range(3999))¶while 1: 5 in y.values()
  y = dict.fromkeys(range(3999))¶while 1: (5, 1) in y.items()
  y = dict.fromkeys(range(3999))¶while 1: y.keys() & y.keys()
  y = dict.fromkeys(range(3999))¶while 1: y.items() == y.items()
  y = dict.fromkeys(range(3999))¶while 1: y.update(y)
  y = dict.fromkeys(range(3999))¶while 1: y |= y
  y = dict.fromkeys(range(3999), 0)¶while 1: list(y.values())
  y = {1: (0,) * 9999}¶while 1: (1, (0,) * 9999) in y.items()
  y = {1: 'a' * 9999}¶z = {1: 'a' * 9998 + 'b'}¶while 1: y == z
  y = {'a' * 9999}¶while 1: 'a' * 9998 + 'b' in y
[dicts and sets in use: length of a value]  body: y = {}¶while 1: y[len(y)] = 1
  y = set()¶while 1: y.add(len(y))
[many arguments: steps]  body: def g(*a): return len(a)¶return g(*range(10 ** 9))
  def g(**k): return len(k)¶while 1: g(**{str(i): i for i in range(999)})
  def g(*a): return a¶y = range(9999)¶while 1: g(*y)
  def g(*a): return a¶y, z = 0, range(9999)¶while 1: y = [g(*z), y]  max(*range(10 ** 9))
  print(*range(10 ** 9))  while 1: print('a' * 9999)  while 1: print()
  10 ** 8 + 0.5 in range(10 ** 9)  'a' in range(10 ** 9)  range(10 ** 9).index('a')
  range(10 ** 9).count(1.5)  range(10 ** 9).index(7.5)  list(range(10 ** 9))
  for i in range(10 ** 9): pass
[many arguments: open calls]  body: f(1)(2)  f(x)[0]
[many arguments: size of an int]  body: len(range(10 ** 30))  range(10 ** 30)[5]  range(10 ** 700)
  for i in range(10 ** 30): return i  bool(range(10 ** 30))
[assignments of every kind: open calls]  body: f(y := 1)
[libraries with odd arguments: length of a value]  std: list(it.product(range(99), repeat=10))
  it.product('ab', repeat=10 ** 9)  list(it.combinations(range(99), 10 ** 9))
  it.combinations_with_replacement(range(9), 10 ** 9)  it.permutations(range(10), 10 ** 9)
  list(it.combinations(range(30), 15))  list(it.accumulate(['a' * 9999] * 9999))
  list(it.accumulate([[0] * 999] * 999))  functools.reduce(operator.add, ['a' * 9999] * 9999)
  functools.reduce(lambda a, b: a + a, range(99), 'a')  operator.mul('a', 10 ** 9)
  functools.partial('a'.zfill, 10 ** 9)()  list(map(operator.mul, ['a'], [10 ** 9]))
  list(map('a'.center, [10 ** 9]))  max([10 ** 9], key='a'.ljust)  list(map(int, ['9' * 9999]))
  collections.defaultdict(lambda: 'a' * 10 ** 9)[1]
  list(collections.Counter(a=10 ** 9).elements())
  lines: y = collections.defaultdict(int)¶for i in y: y[i]¶for i in range(10 ** 9): y[i]
  y = 'ab'¶for i in range(99): y = ''.join(it.chain(y, y))
[libraries with odd arguments: steps]  std: next(it.product(range(10 ** 9)))
  list(it.permutations(range(99)))  list(it.combinations(range(99), 50))
  sum(1 for i in it.permutations(range(10)))  sum(1 for i in it.product(range(10), repeat=9))
  list(it.accumulate(range(99), lambda a, b: [a, a]))  list(map(list, [range(10 ** 9)]))
  copy.deepcopy([[0] * 9999] * 9999) == 1
  lines: y = {'a': [2 ** 2000] * 999}¶for i in range(99): y = copy.deepcopy([y, y])
[libraries with odd arguments: size of an int]
  std: list(it.accumulate([2 ** 2000] * 999, operator.mul))
  functools.reduce(operator.mul, [10 ** 600] * 9999)  functools.reduce(pow, [9, 9, 9, 9])
  operator.pow(9, 10 ** 9)  functools.partial(pow, 9)(10 ** 9)
  functools.lru_cache(None)(pow)(9, 10 ** 9)  list(map(pow, [9], [10 ** 9]))
  list(map(range, [10 ** 30]))
  collections.Counter({1: 2 ** 2047}) + collections.Counter({1: 2 ** 2047})
[libraries with odd arguments: nesting of a value]
  std: functools.reduce(lambda a, b: (a, b), range(9999))
[decorators: steps]  text: def d(g):¶ while 1: pass¶@d¶def f(x): return x
[decorators: open calls]  text: def d(g): d(g)¶@d¶def f(x): return x
[around the functions: steps]  text: while 1: pass¶def f(x): return 1
[around the functions: size of an int]  text: y = 9 ** 9 ** 9¶def f(x): return 1
[around the functions: length of a value]  text: y = [0] * 10 ** 9¶def f(x): return 1
[nested functions: indentation]  stairs: 15 def g(); return 1  17 def g(); return 1
[nested functions: depth of the syntax tree]  body: g = «lambda: ×60»1¶return g«()×60»
  g = «lambda: ×200»1¶g()
"""
HARMLESS = r"""
[imports]  text: import re¶def f(x): return x → 1  import builtins¶def f(x): return x → 1
  from sys import modules¶def f(x): return 1 → 1  import importlib¶def f(x): return 1 → 1
  import cmath as np¶def f(x): return 1 → 1  import collections.abc¶def f(x): return 1 → 1
  from operator import methodcaller¶def f(x): return 1 → 1
  from string import Formatter¶def f(x): return 1 → 1
  from string import Template¶def f(x): return 1 → 1
  from collections import namedtuple¶def f(x): return 1 → 1
  from typing import NamedTuple, TypedDict¶def f(x): return 1 → 1
  from math import sqrt as f¶ → 1.0  import math¶def f(x): return [math][0].pi → 3.141592653589793
  def f(x):¶ if x > 5:¶« ×2»import re¶« ×2»return re.sub('a', 'b', x)¶ return x → 1
  def f(x):¶ import re¶ return x → 1  body: import os  import os as x  from os import path
  import re  import math¶return math.floor(x) → 1  from math import pi as y¶return 1 → 1
  from math import (pi,¶ e)¶return pi > e → True
[classes]  body: class C: pass  class A: pass¶return x → 1
[equal to anything]  return: 1e999 → 1e999  -0.0 → -0.0
  True == 1, 1 == '1', None == 0, [] == (), 'a' == ['a'], [1] == [True]
  → (True, False, False, False, False, True)
  not None, not [], not '', not () → (True, True, True, True)
  range(0) == range(5, 5), [range(2)] == [range(2)], 1 in [True] → (True, True, True)
[signatures]  text: def f(x=1): return x → 1  def f(*x): return x → (1,)  def f(x, /): return x → 1
  def f(x: int): return x → 1  def f(x) -> int: return x → 1  def f(x: print(1)): return x → 1
  def f(x=print(1)): return x → 1  def f(x, y=[]): return y → []
[async]  body: async def g(): pass  async def g(): pass¶return x → 1
[global]  body: global f¶f = 1  global len¶len = f  global __builtins__
[lambdas and functions in functions]  body: def g(): pass
[comprehensions]  return: [f for f in [1]] → [1]
[format strings]  return: f'{x}' → '1'  f'{x!r:{x}}' → '1'  f'' → ''  f'{(lambda: 1)()}' → '1'
  'a'.format(x) → 'a'  rf'{x}' → '1'  f'{x=}' → 'x=1'  f'{{}}' → '{}'  'a' f'{x}' → 'a1'
  f'{«(×150»1«)×150»}' → '1'  '%d' % x → '1'  '{x.__class__}' + '%s' + '{0}' → '{x.__class__}%s{0}'
  '__import__(1)' → '__import__(1)'  ('%s' * 4999) % ((x,) * 4999) == '1' * 4999 → True
  '{:,}'.format(10 ** 400)[:9] → '10,000,00'  '{:x}'.format(2 ** 2000)[:9] → '100000000'
  f'{1e308:f}'[:9] → '100000000'  '{x!s}'.format(x=x) → '1'  '%d' % 1.5 → '1'  '%x' % 255 → 'ff'
  '%s' % ((x,),) → '(1,)'  '%r' % [x] → '[1]'  '%%' % () → '%'  '%s' % {} → '{}'  f'{x:>{x}}' → '1'
  f'{x:,}' + f'{x:_}' + f'{x:+}' + f'{x:#x}' → '11+10x1'  '%.9999d' % x == '0' * 9998 + '1' → True
  '{:.9999}'.format('a' * 9999) == 'a' * 9999 → True
[walrus and unpacking]  body: () = []¶for () in [[], '']: x += 1¶return x → 3
  x = x, x = x, 5¶return x → 5  a, a, a = 1, 2, 3¶x, = [a]¶(b), c = x, x¶return a, b, c → (3, 3, 3)
  a = b, c = 'xy'¶return a, b, c → ('xy', 'x', 'y')  return: (y := 1) → 1  [y := x, y] → [1, 1]
[attributes]  return: (1).bit_length() → 1  x.bit_length() → 1
[dunder names]  text: def f(x__): return x__ → 1  def f__(x): return 1¶def f(x): return 1 → 1
  def f(__x): return 1 → 1  body: __y = 1
[keywords in calls]  return: int('1', base=36) → 1
[other statements]  body: del x  y: int = 1  y: __import__('os')
  if x > 5:¶ with x: pass¶return x → 1
[other operators]  body: x /= 2  x |= 1  x ^= x  return: x / 2 → 0.5  x | 1 → 1  x & 1 → 1
  x ^ 1 → 0  ~x → -2  x is None → False  x is not 1 → False
[towers of powers and shifts]  body: x <<= 1  x >>= 1  return: x << 1 → 2  x >> 1 → 0
  2 ** 256 → 115792089237316195423570985008687907853269984665640564039457584007913129639936
  (-2) ** 257 → -231584178474632390847141970017375815706539969331281128078915168015826259279872
  2 ** 128 * 2 ** 128
  → 115792089237316195423570985008687907853269984665640564039457584007913129639936
  2 ** 255 + 2 ** 255
  → 115792089237316195423570985008687907853269984665640564039457584007913129639936
  sum([2 ** 255] * 2)
  → 115792089237316195423570985008687907853269984665640564039457584007913129639936
  -2 ** 255 - 2 ** 255 - 1
  → -115792089237316195423570985008687907853269984665640564039457584007913129639937
  3 ** 162 → 196627050475552913618075908526912116283103450944214766927315415537966391196809
  max(2 ** 255, 3 ** 99) * 3
  → 173688133855974293135356477513031861779904976998460846059186376011869694459904
  -(2 ** 255) * 2 → -115792089237316195423570985008687907853269984665640564039457584007913129639936
[other constants]  return: 1.5 → 1.5  1e9 → 1000000000.0  {} → {}  {1} → {1}  1e400 → 1e999
  0.1 → 0.1  1_0.0 → 10.0
[many functions]  text: def g(x):¶ x += [1]¶def f(x):¶ g(x)¶ return x ← [] → [1]
  line: «return 1¶def f(x): ×59»return 1¶class A: pass → 1
  «return 1¶def f(x): ×59»return 1¶f(1) → 1  «return 1¶def f(x): ×99»return 1¶ → 1
  return 1¶def f(y): return y ← 5 → 5
[arithmetic]  body: if 2 ** -1: pass
[int/str conversion limits]  return: int('1', 2) → 1  int('0' * 81) → 0  str([1]) → '[1]'
  str(None) → 'None'  int('9', 36) → 9  str(()) → '()'  repr(x) → '1'
  str(range(3)) → 'range(0, 3)'  int(' ' * 80 + '1') → 1
  int('9' * 79) → 9999999999999999999999999999999999999999999999999999999999999999999999999999999
  int('-' + '9' * 79)
  → -9999999999999999999999999999999999999999999999999999999999999999999999999999999
  int('9_' * 39 + '9') ** 2
  → 99999999999999999999999999999999999999980000000000000000000000000000000000000001
[names]  text: def print(x): return x¶def f(x): return print(x) → 1  def f(len): return len → 1
  def eval(x): return x¶def f(x): return eval('1') → '1'  def f(f): return f → 1
  def SystemExit(x): return x¶def f(x): return SystemExit(x) → 1  body: x = len¶return x('a') → 1
  open = x¶return open → 1  match = case = type = _ = x¶return match + case + type + _ → 4
  int = str = 7¶return int + str → 14  return: f == f → True
[builtins by other ways]  body: print(x)  return: callable(f) → True  isinstance(x, int) → True
  chr(1) → '\x01'  divmod(1, 2) → (0, 1)  ord('a') → 97  set([1]) → {1}  dict() → {}
  float('1') → 1.0  bin(1) → '0b1'  hex(1) → '0x1'  oct(1) → '0o1'  all([x]) → True
  any([x]) → True  round(1) → 1  format(x, '') → '1'
[SystemExit and BaseException]  body: StopIteration()
[lists that hold themselves]  body: y = [1]¶y += y, ¶return 1 → 1  y = []¶y += [[[([y],)]]]
  y = []¶y += [y]¶z = '«U+1f600»' * 1000¶for i in z: y += z[1:],  y = [[]]¶z = y[0]¶z += y
  y = []¶for i in range(3): y += [y] * 99  y, z = [], []¶y += [z]¶z += [y]
[huge sources]  line: return 1 #«a×2000» → 1  return 1¶« ×2000» → 1
[deep nesting]  text: def f(x):«¶ if x < 0: pass×80»
  body: y = []¶for i in range(22): y = [y]¶z = []¶z += y  return: «-×58»x → 1
  «x<(×29»x«)×29»«-1×40» → False  «not (x and ×29»«not ×20»x«)×29» → False
  «[×21»x«]×21» → [[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]  «(×29»1«)×29» → 1  «-×50»x → 1
  len(«[×29»«]×29») → 1  «not ×50»x → True  '«(×400»'[0] → '('
  stairs: 14 for i in 'ab'; return i → 'a'
[endless loops]  body: while x: x -= 1¶pass¶pass ← 2499
[recursion]  text: def f(n): return 0 if n == 1 else 1 + f(n - 1) ← 21 → 20
  def f(n): return 1 if n == 1 else «-×12»f(n - 1) ← 20 → 1
  def g(n): return 1 if n == 1 else ------g(n - 1)¶def f(x): return «-×33»g(19) → -1
[huge literals]  text: def f(x):¶« ×4»return 1¶« ×4»'''«¶×1001»'''¶ → 1  body: 0x1«0×64»
  return: 0b«1×257»
  → 231584178474632390847141970017375815706539969331281128078915168015826259279871
  1«0×78» → 1000000000000000000000000000000000000000000000000000000000000000000000000000000
[multiplied strings and lists]  body: y = ['a'] * 999¶y += 'abc'  y = []¶y += range(1001)
[quadratic algorithms]  body: for i in range(100): sum(range(1000))
  y = 'a' * 999¶for i in range(100): 'ab' in y  for i in range(60):« a,×200» = 'a' * 200
  y = 'a' * 999¶for i in range(100): y == 'a' * 999  for i in range(30):« y =×400» x
  copy800: s + 'a'  s[1:]  s * 1  copy900: s += ''
[comparison bombs]  body: y = [[[0] * 99] * 99] * 99¶return y == [[[0] * 99] * 99] * 99 → True
  y = [[0] * 999] * 999¶return y == 0 → False  y = [[0] * 999] * 999¶return 0 == y → False
  y = ['a' * 999] * 999¶return y < y → False
  y = []¶for i in range(200): y += [('a', ('b', ('c', ('d', 200 - i))))]«¶sorted(y)×3»
  y = []¶for i in range(240): y += «[×19»0 - i«]×19»¶sorted(y)
  y = [['a' * 99] * 99] * 9¶return ['a' * 99] in y → False
[empty and just in budget]  text: def f(n): return 0 if n == 1 else 1 + f(n - 1) ← 20 → 19
  def f(n): return 1 if n == 1 else ------f(n - 1) ← 20 → 1
  def f(n):¶ if n < 2:¶« ×2»return n¶ return f(n - 1) + f(n - 2)¶ ← 10 → 55
  def g(n): return 1 if n == 1 else ------g(n - 1)¶def f(x): return «-×32»g(19) → 1
  line: return 1 # «(×1900» → 1  body: while x: x -= 1¶pass ← 2499  return: «-×57»x → -1
  '' * 2 ** 31, [] * -5, () * 10 ** 9 → ('', [], ())
  «[×20»x«]×20» ← 'a' → [[[[[[[[[[[[[[[[[[[['a']]]]]]]]]]]]]]]]]]]]
  len('a' * 1000), len([x] * 1000), len(range(1000)) → (1000, 1000, 1000)
  '' in '', [] == [], () < (0,), [[]] * 2 → (True, True, True, [[], []])
  sum([], [1]), sum([(1,)], ()), min('ba'), max((1, 2), (1, 3)) → ([1], (1,), 'a', (1, 3))
  copy500: y[:]  y + z  y * 1  s + 'a'  s[1:]  s * 1
[line continuation, tabs, form feeds]  text: def f(x):\¶ return\¶ 1 → 1  \¶def f(x): return 1 → 1
  def f(x):«U+d»« ×2»return 1«U+d» → 1  «U+c»def f(x):¶«U+c»« ×2»return 1 → 1
  def«U+9»f(x):¶«U+9»return«U+9»1 → 1  def f(x):¶« ×2»return (¶1¶)¶ → 1
  def f(x):¶« ×2»\¶« ×2»return 1 → 1  line: return 'a\¶b' → 'ab'  return 1; → 1
[encoding cookies, type comments]  text: # coding: utf-16¶def f(x): return 1 → 1
  #!/bin/sh¶def f(x): return '«U+e9»' → 'é'  # -*- coding: no-such -*-¶def f(x): return 1 → 1
  def f(x):« ×2»# type: (__import__('os')) -> «U+e9»¶ y = 1« ×2»# type: ignore¶ return y → 1
  # type: ignore[«(×999»¶def f(x): return 1 → 1  line: # type: (¶ return 1 → 1
[odd text in strings]  return: '\x00\0\uffff' → '\x00\x00\uffff'  u'a' '\\' R'\b' → 'a\\\\b'
  '\777\d\x41\u0041\U0001f600' → 'ǿ\\dAA😀'
  int(' \t-1_0\n'), int('-0'), int('0' * 80), str(-0) → (-10, 0, 0, '0')
[memory holders]  body: y = []¶for i in range(999): y = [y]
  y = [1]¶y += y¶y *= 2¶z = [y, y]¶y += z[:0]¶return z → [[1, 1, 1, 1], [1, 1, 1, 1]]
  y = [1]¶for i in range(500): y = [y, y]¶return len(y) → 2
[key functions]  body: y = [3, 1, 2]¶y.sort(key=lambda i: y.clear() or i)
  y = [1, 2]¶return sorted(y, key=lambda i: y.append(i) or -i) → [2, 1]
  y = []¶y.sort(key=1)¶return y → []  y = [2, 1]¶y.sort(key=None, reverse=1)¶return y → [2, 1]
  y = [2, 1]¶y.sort(key=lambda i: y.sort() or i)
  y = {2, 1}¶return sorted(y, key=lambda i: y.add(i + 2) or i) → [1, 2]
  return: sorted([2, 1], key=None) → [1, 2]
  sorted(range(3), key=lambda i: float('nan')) → [0, 1, 2]  sorted([10, 9], key=str) → [10, 9]
  max([], key=f, default=x) → 1  min('ab', key='ba'.find) → 'b'
  sorted([1], key=lambda i: None) → [1]  sorted(['b', 'a'], key=lambda *i: i) → ['a', 'b']
  std: sorted([1, 2], key=functools.cmp_to_key(lambda a, b: 1.5)) → [1, 2]
  sorted([1, 3, 2], key=functools.cmp_to_key(lambda a, b: b - a)) → [3, 2, 1]
  sorted(range(9), key=functools.cmp_to_key(lambda a, b: 1)) → [0, 1, 2, 3, 4, 5, 6, 7, 8]
  heapq.nsmallest(2, [1, 2, 3], key=lambda i: -i) → [3, 2]
  [(i, list(j)) for i, j in it.groupby([1, 3, 2], lambda i: i % 2)] → [(1, [1, 3]), (0, [2])]
  sorted([1, 2], key=functools.partial(max, 1)) → [1, 2]
  sorted([[2], [1]], key=operator.itemgetter(0)) → [[1], [2]]
[generators that never end]  std: list(it.islice(it.count(), 3)) → [0, 1, 2]
  list(it.takewhile(lambda i: i < 3, it.count())) → [0, 1, 2]  it.count() == it.count() → False
  list(it.repeat(x, -1)) → []  list(it.cycle([])) → []  next(it.count(10 ** 600)) % 7 → 1
  next(it.count(0.5, 0.25)) → 0.5  bool(it.count()) → True  all([it.count()]) → True
  next(it.cycle(it.count())) → 0  list(zip(it.repeat(1), [])) → []  list(zip()) → []
  it.count() is it.count() → False
  lines: y = (i for i in it.count())¶return next(y), next(y) → (0, 1)
  y = it.count()¶return 5 in y, next(y) → (True, 6)
  y = (i for i in [1, 2])¶return list(y), list(y) → ([1, 2], [])
  y = it.tee(it.count())¶return next(y[0]), next(y[0]), next(y[1]) → (0, 1, 0)
  y = iter([1])¶return next(y), next(y, 5), next(y, None) → (1, 5, None)
  y = zip(it.count())¶return (0,) in y, (9,) in y → (True, True)
[iterators in iterators]  lines: y = [1]¶for i in range(10 ** 4): y = it.filterfalse(None, y)
  y = [1]¶for i in range(10 ** 4): y = reversed([*y])¶return list(y) → [1]
  y = (1 for j in [1])¶for i in range(10 ** 4): y = (j for j in y)
  y = [1]¶for i in range(99): y = map(lambda j: j + 1, y)¶return list(y) → [100]
  y = [1]¶for i in range(20): y = (j for j in y)¶return list(y) → [1]
  y = [1]¶for i in range(30): y = it.chain(y, y)¶return list(y) → [1, 1]
  y = []¶for i in range(60): y = it.product(y, y)
  y = zip(*[iter('abcd')] * 2)¶return list(y) → [('a', 'b'), ('c', 'd')]
[deep values]  lines: y = ()¶for i in range(15): y = (y,)¶return {y: 1}[y] → 1
[colliding keys]  return: {2 ** (61 * i) for i in range(33)} == 0 → False
  {1: 1, True: 2, 1.0: 3} → {1: 3}  {0.0: 1, -0.0: 2, 0: 3, False: 4} → {0.0: 4}
  {(1, 2): 3}[1.0, 2] → 3  {-1: 1, -2: 2} → {-1: 1, -2: 2}  {print: 1}[print] → 1
  {int: 'i', str: 's'}[type(x)] → 'i'  {range(3): 1}[range(3)] → 1  {None: 1}[None] → 1
  {1} in {1} → False  {frozenset()} == {frozenset([])} → True  {1: 2} in [{1: 2}] → True
  {1}.union([2], (3,), 'a') == {1, 2, 3, 'a'} → True
[NaN]  return: float('nan') in [float('nan')] → False  float('nan') == float('nan') → False
  sorted([2, float('nan'), 1]) == 0 → False
  max(float('nan'), 1) > 0, max(1, float('nan')) → (False, 1)
  len({float('nan'), float('nan')}) → 2  [float('nan')] == [float('nan')] → False
  float('nan') != float('nan') → True  not float('nan') → False  float('nan') // 1 == 1 → False
  divmod(float('nan'), 1) == 1 → False  float('nan') < 1, float('nan') > 1 → (False, False)
  bool(float('nan')) → True  str(-float('nan')) → 'nan'  float('nan') is float('nan') → False
  sum([float('nan')]) > 0 → False  {float('inf'): 1}[float('inf')] → 1
  float('inf') - float('inf') == 0 → False  float('inf') == 1e999 → True  1e999 // 1 == 1 → False
  0 * 1e999 == 0 → False  1e999 % 2 == 0 → False  -1e999 < -10 ** 600 → True
  1e999 > 10 ** 600 → True
  std: math.nan in {math.nan}, [math.nan] == [math.nan], math.nan == math.nan → (True, True, False)
  {math.nan: 1}[math.nan] → 1  len({math.nan, math.nan}), len({math.nan, -math.nan}) → (1, 2)
  math.nan is math.nan → True  max([math.nan, 1]) > 0 → False  min(1, math.nan) → 1
  collections.Counter([math.nan] * 3) == {math.nan: 3} → True
  math.isnan(math.nan), math.isinf(-math.inf) → (True, True)  [math.nan].index(math.nan) → 0
  (math.nan,) < (math.nan,) → False  list(it.groupby([math.nan, math.nan]))[0] == 1 → False
  lines: y = float('nan')¶z = {y: 1}¶return z[y], y in z, y in [y], [y] == [y], y == y
  → (1, True, True, True, False)
  y = float('nan')¶return sorted([y, y]) == 0, (y,) == (y,), {y} == {y} → (False, True, True)
[recursion through other things]  text: def d(g): return g¶«@d¶×99»def f(x): return x → 1
  def d(g): return lambda x: g(x) + 1¶«@d¶×50»def f(x): return x → 51
  body: def g(n): return 0 if n == 0 else 1 + g(n - 1)¶return g(200) → 200
  def g(n): return n and g(n - 1)¶return [g(150) for i in 'abc'] → [0, 0, 0]
  def g(n): return n and [g(n - 1) for i in 'a'][0]¶return g(40) → 0
  def g(n): return n and sum(map(g, [n - 1]))¶return g(40) → 0
  def g(n): return n and max([n - 1], key=g)¶return g(20) → 19
  lines: y = functools.lru_cache(None)(lambda n: n if n < 2 else y(n - 1) + y(n - 2))¶return
  ↳ y(150) % 1000 → 200
  y = functools.reduce(lambda g, h: lambda i: g(h(i)), [lambda i: i + 1] * 99)¶return y(0) → 99
[loops inside of the host]  std: next(it.chain(*[[]] * 9999), 0) → 0
  next(it.chain.from_iterable([[]] * 9999), 0) → 0  math.hypot(*[1e300] * 9999) > 1 → True
[big sources]  text: def f(x):¶ return max(«1,×4900») → 1
  def f(x):¶ return [«1,×4900»] == 0 → False  def f(x):¶ return {«1,×4900»} == 0 → False
  def f(x):¶ return {«1:1,×2400»} == 0 → False  def f(x):¶ return '''«a×9900»''' == 0 → False
  def f(x):¶ return f'''«{x}×3300»''' == 0 → False  def f(x):¶ «x=×4900»1¶ return 5 → 5
  def f(x):¶ return 1 «or 1 ×1600» → 1  def f(x):¶ return «0 or ×1600»1 → 1
  def f(x):¶ return 1«<2×50» → False  def f(x):¶ return 0 «if 0 else 1 ×90» → 1
  def f(x):¶ return «(lambda: ×28»1«)×28» is None → False  «def f(x): return x¶×500» → 1
  «def f(x): return x¶×500»f(1) → 1  «f = lambda x: x¶×600» → 1
  «x = x, x = 1, 1¶×500»def f(x): return x → 1  y = [«[],×3000»]¶def f(x): return len(y) → 3000
  return: «x and ×48»x → 1  '%d' % «-×90»1 → '1'  x«+x×95» → 96
[values that hold themselves]  body: y = []¶y.append(y)¶return len(y) → 1  y = []¶y.extend([y])
  y = []¶y[:] = [y]  y = []¶y.insert(0, (y,))  y = {}¶y['y'] = y¶return len(y) → 1
  y = {}¶y.update(y=y)  y = {}¶y.setdefault('y', [y])  y = {}¶y.setdefault('y', []).append(y)
  y = {}¶y |= {1: y}  y = []¶y.append(lambda: y)¶return len(y) → 1  y = []¶y.append(lambda z=y: z)
  def g(): return g¶g()  def g(y=[]): y.append(g)¶g()  g = lambda: g¶g()
  y = [i for i in range(3)]¶y.append((i for i in y))  y = []¶y.append(iter(y))
  y = []¶y.append(map(lambda i: y, y))  y = []¶y.append(y.append)
  y = []¶z = [y]¶w = (z, {1: z})¶y.append(w)¶return len(w) → 2  y = {}¶y[1] = y.items()
  y = {}¶y[1] = y.values()¶return len(y) → 1
  y = []¶y.append({1: [(y,)]})¶return y[0][1][0][0] is y → True
  y = []¶try: raise ValueError(y)¶except ValueError as e: y.append(e)
  def g(n):¶ def h(): return g, h, n¶ return h¶y = [g(i) for i in range(999)]
  y = [[] for i in range(999)]¶for i in y: i.append(y)
  y = [{} for i in range(999)]¶for i in y: i[1] = y
  y = [0] * 9999¶y[0] = y¶return y[0][0][0][1] → 0
  y = []¶for i in range(999): y.append([y, '«U+1f600»' * 999])
  y = [[0] * 999 for i in range(99)]¶for i in y: i.append(i)  y = []¶y += [lambda: y, *y]
  y = []¶y.append(y)¶return {(1, 2): y} == 1 → False  y = []¶y.append(y)¶for i in y: y = i
  y = []¶y.append(y)¶y.clear()¶return y → []  x.append(x) ← [1]
  x[0] = [x]¶return x[0] is x ← [[]] → False  y = lambda: z¶z = [y]¶return z[0]() is z → True
  lines: y = []¶y.append(y)¶return len(copy.copy(y)) → 1  y = collections.deque()¶y.append(y)
  y = collections.defaultdict(lambda: y)¶y[1]  y = collections.Counter()¶y[1] = y
  y = functools.partial(lambda: y)¶y()
  y = []¶y.append(functools.partial(len, y))¶return y[0]() → 1
  y = []¶y.append(it.chain(y))¶return len(list(y[0])) → 1  y = []¶y.append(it.cycle(y))
  y = []¶heapq.heappush(y, y)  @functools.lru_cache(None)¶def g(): return g¶g()
  y = it.tee(iter('ab'))¶z = [y]¶z.append(z)
  y = []¶z = it.accumulate([y, y], lambda a, b: [a, b])¶y.append(z)¶return len(list(z)) → 2
  y = collections.deque([1], maxlen=2)¶y.extend([y, y])
  y = collections.defaultdict(list)¶y[1].append(y)
  y = []¶y.append(zip(y, y))¶y.append(reversed(y))¶y.append(enumerate(y))
[match patterns]  body: if x > 5:¶ match x:¶« ×2»case 5: return 7¶return x → 1
"""
# An error of syntax in the older Pythons, or where few digits of a number may be read.
NEWER = {"except*", "newer syntax", "longer literals"}


@dataclass(frozen=True, repr=False)  # tens(15), written out, would fill the memory
class Attack:
    kind: str
    source: str
    x: object = 1
    value: object = None
    budget: str = ""  # the one that stops it, if any
    how: str = "returns"  # or the kind of its refusal

    def __repr__(self) -> str:
        return f"{self.kind}: {self.source[:40]!r}"


IMPORTS = "import bisect, collections, copy, functools, heapq, itertools as it, math, operator, "
IMPORTS += "string, typing\n"


def body(*lines: str) -> str:
    """A one-parameter function out of the lines of its body."""
    return "def f(x):\n" + "".join(f"    {line}\n" for line in lines)


def forever(*lines: str, room: int = SOURCE - 10) -> str:
    """The last line in an endless loop, as often as there is room, so that little else is paid."""
    start = body(*lines[:-1], "while 1:")
    return f"{start}        " + f"{lines[-1]};" * ((room - len(start)) // (len(lines[-1]) + 1))


def stairs(levels: int, line: str, end: str = "") -> str:
    steps = "".join(" " * n + f"{line}:\n" for n in range(1, levels + 1))
    return f"def f(x):\n{steps}" + " " * (levels + 1) * bool(end) + end


def copying(times: int) -> Callable[[str], str]:
    start = "y, z, s = [0] * 9000, [0], 'a' * 9000"
    return lambda line: body(start, f"for i in range({times}): {line}")


def tens(levels: int) -> list[object]:
    return [tens(levels - 1)] * 10 if levels else [1]


MAKE: dict[str, Callable[[str], str]] = {
    "text": str, "line": "def f(x): {}".format, "body": lambda text: body(*text.split("\n")),
    "return": lambda text: body(f"return {text}"),
    "forever": lambda text: forever(*text.split("\n")),
    "stairs": lambda text: stairs(int(text[:2]), *text[3:].split("; ")),
    "std": lambda text: IMPORTS + body(f"return {text}"),
    "lines": lambda text: IMPORTS + body(*text.split("\n")),
    "stdever": lambda text: IMPORTS + forever(*text.split("\n"), room=SOURCE - 200),
    **{f"copy{times}": copying(times) for times in (500, 800, 900)}}
MANY = [f"def g{n}(): 0\n" for n in range(140)]
BIG = 2 ** (BITS - 1)


def inside(levels: int, of: str = "[%s]") -> str:
    """So many levels of brackets."""
    text = "1"
    for _ in range(levels):
        text = of % text
    return text


def budgets() -> Iterator[Attack]:
    """Just in a budget, and just over it."""
    for kind, most, make in [
            ("source length", SOURCE, lambda n: "def f(x): 0".ljust(n, "#")),
            ("open brackets", BRACKETS, lambda n: body(f"return {inside(n, '(%s)')} and None")),
            ("indentation", INDENTS - 2, lambda n: stairs(n, "if x", "0")),
            ("depth of the syntax tree", DEPTH - 2, lambda n: body(f"{'-' * (n - 1)}x")),
            ("length of a value", LENGTH, lambda n: body(f"[0] * {n}")),
            ("length of a value", LENGTH, lambda n: body(f"'a' * {n}")),
            ("length of a value", LENGTH, lambda n: body(f"list(range({n}))")),
            ("length of a value", LENGTH, lambda n: body(f"[0 for i in range({n})]; 0")),
            ("length of a value", KEYS, lambda n: body(f"set(range({n}))")),
            ("length of a value", KEYS, lambda n: body(f"dict.fromkeys(range({n}))")),
            ("length of a value", KEYS, lambda n: body(f"z = {{i: 1 for i in range({n})}}")),
            ("size of an int", BITS, lambda n: body(f"2 ** {n - 1}")),
            ("size of an int", BITS, lambda n: body(f"-1 << {n - 1}")),
            ("size of an int", BITS, lambda n: body(f"(1 << {n - 1}) - 1 + (1 << {n - 1})")
             if n == BITS else body("x << 2047 << 1")),
            ("nesting of a value", NESTING, lambda n: body(
                f"y = {inside(n + 1)}", f"return y == {inside(n + 1)} and None"))]:
        yield Attack("just in budget", make(most))
        yield Attack("just over budget", make(most + 1), budget=kind, how="budget")


COMPUTED = [*(Attack(kind, source, x, None, budget, "budget") for kind, budget, source, x in [
    ("deep nesting", "indentation", "\n".join("\t" * n + "x" for n in range(60)), 1),
    ("recursion", "steps", "".join(f"def g{n}(x): return g{n + 1}(x)\n" for n in range(50))
     + body("while 1: g0(x)") + "def g50(x): return x\n", 1),
    ("comparison bombs", "steps", body("return x"), tens(15)),
    ("comparison bombs", "steps", body("while 1: x == x"), tens(4)),
    ("many functions", "steps", "".join(MANY[:99]) + body("while 1: g0(); g98()"), 1)]),
    *(Attack(kind, source, x, value) for kind, source, x, value in [
        ("many functions", "".join(MANY) + "def f(x): return g7()", 1, None),
        *(("powers of 0, 1 and -1", body(f"return {text}"), BIG, value) for text, value in [
            ("1 ** x, (-1) ** x, 0 ** x, 0 ** 0", (1, 1, 0, 1)),
            ("x - 1 + x, -x - (x - 1)", (2 * BIG - 1, 1 - 2 * BIG)),
            ("3 ** 161 % 2, x // 7, -x % 5", (1, BIG // 7, -BIG % 5))]),
        ("odd text in strings", body("return '\u202e\ufeff\uff46', '\\ufeff' + x"), "\x00",
         ("\u202e\ufeff\uff46", "\ufeff\x00"))]), *budgets()]


def plain(text: str) -> str:
    r"""A program, its marks resolved.

    >>> plain("«(×3»«U+41»¶")
    '(((A\n'
    """
    text = re.sub(r"«U\+(\w+)»", lambda m: chr(int(m[1], 16)), text.replace("¶", "\n"))
    return re.sub(r"(?s)«([^«»]*)×(\d+)»", lambda m: m[1] * int(m[2]), text)


def read(text: str, how: str = "returns") -> Iterator[Attack]:
    """The attacks of one of the texts above."""
    text = re.sub("\n *↳", "", re.sub("\n *([→←])", r" \1", text.strip("\n")))
    for row in text.split("\n"):
        name, *programs = re.split(" {2,}", row)
        if name:
            kind, _, budget = name[1:-1].partition(": ")
        for program in map(plain, programs):
            word, colon, rest = program.partition(": ")
            if colon and word in MAKE:
                make, program = MAKE[word], rest
            program, _, value = program.partition(" → ")
            source, _, x = program.partition(" ← ")
            yield Attack(kind, make(source), literal_eval(x or "1"),
                         literal_eval(value or "None"), budget, how)


ATTACKS = [*read(UNSUPPORTED, "unsupported"), *read(BROKEN, "error"), *read(OVER, "budget"),
           *COMPUTED, *read(HARMLESS)]
