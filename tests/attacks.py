r"""Programs that try to get out of the interpreter, to hang it, to fill the memory or to break it.

By class, in brackets: what is UNSUPPORTED is refused wherever it stands, a BROKEN program for an
error in it, one that goes OVER by the budget after the colon; a HARMLESS one returns the value
after → (None where there is no arrow). Each is called as f(x), with x = 1 or what stands after ←.

Two spaces part programs. ¶ ends a line, «(×9» is nine brackets, «U+200b» the character of this
number. A word with a colon says what the programs after it are: the whole text; a line that comes
after "def f(x): "; the body of f; what f returns; lines of which the last goes on forever; stairs
of so many nested statements; a line that copies so often. The rest stands in COMPUTED.
"""
from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNSUPPORTED = r"""
[imports]  text: import os  from os import path  import os as f  from . import f  from os import *
  from __future__ import annotations  import os; os.system('true')  body: import os  import os as x
  from os import path
[outside a function]  text: class f: pass  f = 1  print(1)  1  'doc'  if 1: pass  while 1: pass
  for f in 'a': pass  f: int  pass  f += 1  del f  return 1  (lambda: 1)()
[classes]  text: class f:¶ def __new__(c, x): return x
  class A(type): pass¶class f(metaclass=A): pass  body: class C: pass
[equal to anything]  text: class A:¶ def __eq__(a, b): return True¶def f(x): return A()
  body: class A:¶ def __eq__(a, b): return 1¶return A()  x.__eq__ = lambda y: True¶return x
  return: type('A', (), {'__eq__': lambda a, b: True})()  1e999  -0.0  ...  {1: 1}.keys()
  (i for i in [x])
[signatures]  text: def f(x=1): return x  def f(*x): return x  def f(**x): return x
  def f(*, x): return x  def f(x, /): return x  def f(x: int): return x  def f(x) -> int: return x
  def f(x, x): return x  def f[T](x): return x  def f(x: print(1)): return x
  def f(x=print(1)): return x  def f(x, y=[]): return y
[decorators]  text: @f¶def f(x): return x  @print¶def f(x): return x  @f(1)¶@f¶def f(x): return x
  @(lambda g: g)¶def f(x): return x  @x.y¶def f(x): return x  @[0][0]¶def f(x): return x
  @len¶class f: pass  body: @x¶def g(): pass
[async]  text: async def f(x): return 1  async def f(x):¶ yield x  body: async for i in x: pass
  async with x: pass  async def g(): pass  await f(x)  return: await x  [i async for i in x]
[global]  text: global f  body: global x  nonlocal x  global f¶f = 1  global len¶len = f
  global __builtins__  nonlocal f
[lambdas and functions in functions]  body: def g(): pass  y = lambda: y()¶y()
  def f(x): return f¶return f(x)  return: lambda: 1  (lambda f: f(f))(lambda f: f(f))
[comprehensions]  return: [i for i in x]  {i for i in x}  {i: 1 for i in x}  (i for i in x)
  sum(i for i in x)  [i for i in range(10 ** 9)]  [f for f in [1]]
  [[j for j in range(i)] for i in range(10 ** 5)]
[generator frames]  body: yield 1  yield from x  x = yield  yield
  y = (y.gi_frame.f_back for i in [1])¶return y  return: (yield)  (i for i in x).throw(SystemExit)
  (i for i in [1]).gi_frame.f_back.f_globals  f.__code__  x.gi_code
[format strings]  return: f'{x}'  f'{'a'}'  f'{x.__class__}'  f'{x!r:{x}}'  f'{x:>1000000000}'  f''
  f'{(lambda: 1)()}'  '{0.__class__}'.format(x)  '{.real}'.format(x)  '{:1000000000}'.format(x)
  '%s'.__mod__(x)  'a'.format(x)  rf'{x}'  f'{x=}'  f'{{}}'  'a' f'{x}'  f'{f'{f'{x}'}'}'
  '{x}'.format_map({'x': 1})  f'{«(×150»1«)×150»}'  f'{x:{x:{x}}}'  f'{"«a×900»"}'
[walrus and unpacking]  body: [a, b] = x  a, *b = x  (a, (b, c)) = x  *a, = x  for x[0] in x: pass
  if (y := f(x)): pass  for [a, b] in x: pass  for a, (b, c) in x: x  x[0] = 1  x[0] += 1  x.a = 1
  x[:] = x  x.a += 1  while (x := x): pass  a = *x,  return: (y := 1)  [*x]  (*x,)  {**x}  max(*x)
  max(**x)  x[*x]  [y := x, y]  f(y := x)  f(*[x])  max(*range(10 ** 9))
[match patterns]  body: match x:¶ case 1: return 1  match x:¶ case int(real=y): pass
  match x:¶ case [*y]: pass  match x:¶ case {'a': y}: pass  match x:¶ case str() | int(): pass
  match x:¶ case _: pass  match x, x:¶ case y, z if y == z: pass
  match x:¶ case object(__class__=y): return y
[exceptions]  body: try: return 1¶except: pass  try: return 1¶finally: x  raise x  raise  assert x
  assert 0, 'no'  try: f(x)¶except Exception: return 1  with x: pass  with x as y: pass
  while 1:¶ try: f(x)¶ except: continue  try: pass¶finally: return 1
  with open('/dev/zero') as y: pass
[except*]  body: try: return 1¶except* ValueError: pass  try: x¶except* x as y: pass
  try: raise ExceptionGroup('', [x])¶except* (x, x): f(x)  try: x¶except *f(x): pass
[SystemExit and BaseException]  body: raise SystemExit  raise SystemExit(0)  raise BaseException
  raise KeyboardInterrupt  raise GeneratorExit  raise MemoryError  raise SystemExit from None
  try: f(x)¶except BaseException: f(x)  raise Refused  raise type('E', (BaseException,), {})
[attributes]  body: x.append(1)  x.sort()  del x.real  f.a = 1  return: x.real  x.__class__  x.y.z
  ().__class__.__base__.__subclasses__()  f.__globals__  ''.join(x)  len.__self__  (1).bit_length()
  x.numerator.denominator  'a'.encode()  [].append  1..real  1 .real  x . real
[dunder names]  text: def f(x__): return x__  def f__(x): return 1¶def f(x): return 1
  def __init__(x): return 1  def f(__x): return 1  body: __y = 1  for __y in x: pass  __f(x)
  __debug__ += 1  return: __name__  __import__('os')  __builtins__  __file__  __debug__  __spec__
  __build_class__  a__b  __  f(__)  x__
[keywords in calls]  return: sorted(x, reverse=True)  sorted(x, key=len)  max(x, default=1)  f(x=x)
  int('1', base=36)  sum(x, start='')  str(x, encoding='u8')
[other statements]  body: del x  y: int = 1  type y = int  y: __import__('os')  break  if x: break
  if 0: continue  for i in x: pass¶else: pass  while x: pass¶else: pass  for i in x: pass¶break
[other operators]  body: x /= 2  x @= x  x |= 1  x ^= x  return: x / 2  x @ x  x | 1  x & 1  x ^ 1
  ~x  x is None  x is not 1
[towers of powers and shifts]  body: x <<= 1  x <<= 10 ** 9  x >>= 1  return: x << 1  x >> 1
  1 << 10 ** 9  1 << (1 << (1 << 9))  x >> -1
[other constants]  return: 1.5  1e9  1j  b'a'  x[...]  {}  {1}  b''  rb'a'  1e400  0.1  1_0.0
  b'%s' % x
[NUL bytes and lone surrogates]  body: '\ud800'  return: '\ud800'  '\udfff' + x  'a\udc80b'
  '\ud83d\ude00'
[calls of other things]  return: (f)(x)(x)  f(x)(1)  [f][0](1)  (f if x else f)(x)  'f'(x)  f[0](x)
  (f or f)(x)  (1)(2)  [](x)  ''()  (f)()()
[many functions]  line: «return 1¶def f(x): ×59»return 1¶class A: pass
  «return 1¶def f(x): ×59»return 1¶f(1)
[characters by name]  return: '\N{BULLET}'  '\N{KAWI LETTER A}'  r'\N'
"""
BROKEN = r"""
[arithmetic]  body: if 2 ** -1: pass  y = []¶y += 1  y = []¶y *= 'a'  y = []¶y += None
  y = ()¶y += []  y = []¶y -= []  return: 1 // 0  1 % 0  1 + 'a'  [] + ()  'a' * 'b'  -'a'  [] // 2
  'a' - 'a'  None + 1  1 + None  +[]  [] % 1  () - ()  0 ** -1  'a' ** 2  2 ** 'a'  x * range(3)
  range(3) + range(3)  not (1 + ())
[format strings]  body: y = '%999999999d'¶y %= 1  return: '%d' % x  '%1000000000d' % x  '%s' % f
  '%(a)s' % x  '%*d' % (9, 1)  '%c' % 0  '%' % ()  format(x, '1000000000')  '%.999999999f' % x
[indices]  body: x += 1¶return x[0]  return: [1][1]  x[0]  'abc'[0, 1]  'abc'['a']  'abc'[1:2,]
  x[1:'a']  ()[0]  [][:][0]  'abc'[None]  [1][[0]]  [1][1:][0]  'a'[::0]  range(3)[9]  'a'[-2]
  'abc'[1:2:3, 4]  f[0]  [0][(2 ** 200)]
[equal to anything]  return: Any()  NotImplemented  float('nan')  object() == 1
[comparison bombs]  return: 1 < 'a'  sorted([1, 'a'])  max([[1], ['a']])  1 in 1  1 in 'a'  [] < ()
  None < None  max(1, 'a')  sorted([None, None])  'a' in range  range(2) < range(3)  [1] in 'a'
[builtins with other arguments]  return: max([])  max()  min(1)  sum(['a'])  sum([], '')  abs('a')
  sum(['a'], '')  abs()  len(1)  len()  range('a')  range(1, 2, 0)  range()  range(1, 2, 3, 4)
  list(1)  list(1, 2)  min(f)  tuple(1)  reversed(1)  reversed()  sorted(x, x)  sorted([1], None)
  bool(1, 2)  sum(1)  sum([1], [])  sum([[]], 0)  sum([1], 2, 3)  str()[0]
[int/str conversion limits]  return: int('a')  int('1', 2)  int([])  int(None)  int('0' * 81)
  str([1])  str(None)  int('0x1f')  str(b, 'u8')  int('')  int('1e5')  int('--1')  int('1' * 1000)
  int('9', 36)  int('1.5')  int('_1')  int('1__0')  int('«U+663»')  int('«U+1e4f0»')  str('a', 'b')
  int('«U+ff11»')  int('1«U+2003»')  int('\x00')  int('1\x00')  str(())  repr(x)  int(f)
  str(range(3))  int(' ' * 80 + '1')
[values that would get out]  return: range(3)  [range(3)]  ([range(1)],)  range(0)
  [[1], (range(9),)]
[walrus and unpacking]  body: a, b = 1  a, b = [1]  a, b = 'abc'  for i in 5: pass  (x) += 1,«U+20»
  for a, b in [1]: pass  a, b = None  a, b = c = 1, 2, 3  () = x  () = [1]  a, = ''  a, a, a = 'ab'
  for a, b in 'ab': pass  a, b = range(1000)  x = x, = x  (a, b) += x  x := 1  *x = 1  x = *x
  f() = 1  None = 1  True += 1  1 = x  for 1 in x: pass  return: y := 1
[names]  text: def g(): return y¶def f(x):¶ y = 1¶ return g()
  def g(y): return x¶def f(x):¶« ×4»g(1)¶  body: y += 1  x = f¶x(1)  len = 1¶return len('a')  f = f
  if 0: len = 1¶return len('a')  if 0: y = 1¶return y  for y in []: pass¶return y
  f = 1¶return f(x)  x = len¶return x('a')  return: y  len  f  x(1)  f()  f(1, 2)  g(1)  [f]  range
  f == f  None()
[builtins by other ways]  body: print(x)  breakpoint()  run('1', 'f', [])  spend(-1000)
  return: open('a')  eval('1')  exec('1')  getattr(x, 'real')  type(x)  input()  globals()  super()
  locals()  vars()  dir()  compile('1', '', 'eval')  id(x)  setattr(x, 'a', 1)  delattr(x, 'a')
  hasattr(x, 'a')  object()  memoryview(x)  bytearray(10 ** 9)  bytes(10 ** 9)  map(f, x)  iter(x)
  filter(f, x)  zip(x, x)  enumerate(x)  next(x)  hash(x)  callable(f)  isinstance(x, int)  chr(1)
  pow(9, 10 ** 9)  divmod(1, 2)  ord('a')  set([1])  dict()  frozenset()  float('1')  complex(1)
  slice(1)  classmethod(f)  property(f)  bin(1)  hex(1)  oct(1)  ascii(x)  all([x])  any([x])
  round(1)  format(x, '')  aiter(x)  anext(x)  help()  staticmethod(f)  copyright()  license()
[SystemExit and BaseException]  body: exit()  quit()  SystemExit()  KeyboardInterrupt(1)
  StopIteration()  exit = 1¶exit()  return: SystemExit  BaseException()  [SystemExit][0]  Refused
  GeneratorExit()  StopIteration()
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
[encoding cookies and byte order marks]  text: «U+feff»(  «U+feff»def f(x): return 1
  «U+fffe»def f(x): return 1  # coding: utf-16¶(  # -*- coding: rot13 -*-¶qrs s(k): erghea 1
  # coding: idna¶«U+e9»  # coding: utf-7¶+AGY-
  # coding: unicode_escape¶\x64\x65\x66 f(x): return 1
[NUL bytes and lone surrogates]  text: «U+0»  ««U+0»×1900»  «U+d800»  def «U+dc80»(x): pass
  ««U+dfff»×1900»  line: return «U+0» 1  return '«U+0»'  return 1«U+0»  return 1 # «U+0»
  return 1¶«U+0»  return '«U+d800»'  return 1 # «U+dfff»  return '''«U+dcff»'''
  return 'a«U+d83d»«U+de00»'
[names that normalise]  text: def «U+ff46»(x): return 1  def f(«U+445»): return 1
  «U+3000»def f(x): return 1  «U+1d48»«U+1d49»«U+1da0» f(x): return 1  d«U+ad»ef f(x): return 1
  line: return «U+e9»  return 1«U+a0»+ 1  return «U+ff45»«U+ff56»«U+ff41»«U+ff4c»('1')  «U+212a»
  return «U+1d452»«U+1d463»«U+1d44e»«U+1d459»('1')  return «U+1d49»val  return 1 «U+ff0b» 1
  return «U+ff3f»«U+ff3f»name«U+ff3f»«U+ff3f»  return x.«U+2102»  return «U+fb01»  «U+200b»return 1
  return «U+661»  return «U+201c»1«U+201d»  return 1«U+2028»  return 1 «U+2212» 1  return «U+ff11»
  return '' + «U+202e»'a'  return '' «U+b7» ''  return 1«U+85»
[lists that hold themselves]  body: y = []¶y += [y]¶return y  y = []¶z = [y]¶y += [z]¶return y in z
  y = [1]¶y += y, ¶return 1  y = []¶y += [y]¶z = []¶z += [z]¶return y == z  x += (x,)
  y = []¶y += [[[([y],)]]]  y = []¶y += [y]¶z = '«U+1f600»' * 1000¶for i in z: y += z[1:],
  y = [[]]¶z = y[0]¶z += y  y = []¶for i in range(3): y += [y] * 99
  y, z = [], []¶y += [z]¶z += [y]
[text scan]  text: «'\×990»'  «"\×990»"  ''«'\×990»'  «'\×990»  «'"×990»'  ''«'''\×490»'  «"'\×660»
  «'×1999»  «"×3»«'×1800»  «#×1999»¶  «#'¶×660»(  ¶« ×1990»x  «¶ «U+c»×600»x  ««U+d»¶ «U+9»×480»x
  «'¶×990»  «\'×990»  «'×1981»  «r'\'×400»  «'\¶×660»  «#\¶'×490»
[deep nesting]  text: «def f(×29»  body: with «(×29»x as y  del «(×29»  match «(×29»:  print «(×29»
  match x:¶ case «[(×14»$  «x=×900»  «@×1900»  return: «(×29»  «)×1900»  «(x for x in ×25»
  ([{([{([{([{([{([{([{([{([{  «(lambda:×25»$  «f'{×55»  «[(x:=×14»  f'{«(×900»  «lambda:×270»
  «x if ×390»  «not ×480»  «~×1900»  «await ×320»  x«.×1900»  «{x:×28»  «x[×29»::
"""
OVER = r"""
[huge sources: source length]  text: «(×1000000»  ««U+0»×1000000»  «'\×1000000»  ««U+d800»×2001»
  «¶×1000000»  ««U+e9»×2001»  line: return 1 #«a×2000»  return «9×1000000»  return 1¶« ×2000»
[deep nesting: open brackets]  text: «{×1999»  «(×31»  def f«(×1900»  line: return «(×40»1«)×40»
  return «f(×900»  body: match x:¶ case «(×900»  with «(×900»x«)×900»:  return: «[×900»«]×900»
  «([{×600»  «x[×900»x  ''«[(×31»
[deep nesting: indentation]  stairs: 15 for i in 'ab'; return i  21 for i in x  50 if x  40 while 1
  40 with x  50 try  50 def f()
[deep nesting: depth]  body: «if x: pass¶el×100»if x: pass  return: «-×58»x  «-×1900»1  «not ×450»1
  «1+×900»1  «1**×500»1  «1 if x else ×150»1  x«[0]×500»  «+-×900»x  «x<(×29»x«)×29»«-1×40»
  «1-×900»1  «not (x and ×29»«not ×20»x«)×29»  «1//×600»1
[deep nesting: nesting]  body: y = [1]¶for i in range(900): y = [y]¶return y
  y = ()¶for i in range(999): y = y,¶return y  y = []¶for i in range(22): y = [y]¶return sorted(y)
  y = z = []¶for i in range(500): y = [y]; z = [z]¶return y == z
  y = []¶for i in range(22): y = [y]¶return [] in y
  y = []¶for i in range(22): y = [y]¶z = []¶z += y  return: «[×21»x«]×21»
[endless loops: steps]  body: while x: x -= 1¶pass¶pass ← 2499  while True: pass  while 1: 1
  while 1:¶ continue  for i in range(1000):¶ for j in range(1000): pass  while not 0: x += 1
  y = [1]¶while y: y *= 1  while 1:¶ for i in '': pass  while 1:¶ if x: continue¶ else: break
  forever: x  1  []  ()  -x  not x  1 < 2  1 and 1  x += 0  1 if 1 else 1  x = 1  ''[:]  pass
  0 or x  x = y = 1  stairs: 14 for i in range(9); 1  14 while 1; break
[endless loops: length of a value]  body: y = [1]¶for i in y: y += [i]
[recursion: steps]  text: def f(n): return f(n - 1) * f(n - 1) if n else 1 ← 19
  def f(n):¶ if n < 2:¶« ×2»return n¶ return f(n - 1) + f(n - 1) + f(n - 1)¶ ← 19
  def f(n):¶ for i in range(1000): f(n - 1) if n else 1 ← 19
[recursion: open calls]  text: def g(x): return f(x)¶def f(x): return g(x)
  def f(x):¶ for i in 'a': return f(x)  def f(n): return 0 if n == 1 else 1 + f(n - 1) ← 21
  def g(n): return f(n - 1) + f(n - 1)¶def f(n): return g(n)  line: f(x)  return [f(x), f(x)]
  return f(x) if f(x) else f(x)  return: f(x)  f(f(x))
[recursion: open evaluations]  text: def f(n): return 1 if n == 1 else «-×12»f(n - 1) ← 20
  def g(n): return 1 if n == 1 else ------g(n - 1)¶def f(x): return «-×33»g(19)
  line: return «[×25»f(x)«]×25»  return: «-×50»f(x)
[towers of powers and shifts: size of an int]  body: y = 3¶while 1: y *= y  y = 1¶while 1: y += y
  y = 2¶while 1: y = y ** y  r = range(9)¶while 1: r = r[:: 2**200]  y = 2¶y **= 10 ** 9
  y = -3¶while 1: y = y * y * y  return: 9 ** 9 ** 9  2 ** 256  (-2) ** 10 ** 9  2 ** 2 ** 200
  9 ** 9 ** 9 ** 9 ** 9  (-2) ** 257  2 ** 128 * 2 ** 128  2 ** 255 + 2 ** 255  sum([2 ** 255] * 2)
  -2 ** 255 - 2 ** 255 - 1  (2 ** 200) ** 2  3 ** 162  max(2 ** 255, 3 ** 99) * 3  -(2 ** 255) * 2
  10 ** 10 ** 10 % 7  (10 ** 9) ** (10 ** 9) // 1
[towers of powers and shifts: steps]  forever: y, z = 2 ** 255, -1¶z ** y  3 ** 161
  y = 2 ** 127¶y * y  y = -2 ** 255¶y % 2 ** 90  y, z = 2 ** 255, 2 ** 127 + 1¶y // z
[huge literals: size of an int]  text: def f(x):¶ return 1¶ «9×1900»  body: 0x1«0×64»
  if 0: «9×700»  return: «9×100»  0x«f×1900»  0b«1×257»  -«9×100»  «9×1900»  0o«7×1900»  1«0×78»
  «1_000×200»
[huge literals: length of a value]  text: def f(x):¶« ×4»return 1¶« ×4»'''«¶×1001»'''¶
  return: '«a×1900»'  «'a' ×302»'«b×700»'  '«\0×300»' '«a×701»'
[multiplied strings and lists: length of a value]  body: y = 'a'¶while 1: y += y
  y = [1]¶while 1: y += y  y = ['a'] * 999¶y += 'abc'  y = [1]¶y *= 10 ** 12
  y = ()¶while 1: y += (y,) * 99  y = 'a'¶while 1: y *= 9  y = []¶y += range(1001)
  y = [x]¶while 1: y = y + y  return: 'a' * 10 ** 9  'a' * 10 ** 12  [0] * 10 ** 12  (0,) * 2 ** 64
  10 ** 12 * (0,)  'a' * 1000 + 'a'  'a' * 9 * 9 * 9 * 9  [[0] * 999] * 10 ** 9  tuple(range(9999))
  [[[0] * 99] * 99] * 9999  'a' * 2 ** 63  9 ** 9 * [x]  sum(range(10 ** 9))  list(range(1001))
  sum([[0] * 600] * 2, [])  range(1001)  [] + [0] * 999 + [0] * 2  'ab' * 501  'a' * 10 ** 76
  [''] * 1000 + ['']  sorted([0] * 1001)
[multiplied strings and lists: steps]  body: y = [1]¶for i in range(19): y = [y, y]¶return y == y
  y = 'a' * 999¶for i in range(19): y = (y, y, y)¶return y  return: [[0] * 1000] * 1000
  (('a' * 1000,) * 1000,) * 1000  [[[[1] * 99] * 99] * 99]
[int/str conversion limits: size of an int]  return: int('9' * 79)  int('-' + '9' * 79)
  int('9_' * 39 + '9') ** 2
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
  r = []¶while 1: r = [r, list(range((2 ** 200), (2 ** 200) + 900))]
  r = 0¶while 1: r = [r, tuple(range(900)), list(range(-900, 0))]
  r = 0¶while 1: r = r, reversed(range(999)), sorted(range(999))
  y, r = range(1000), 0¶while 1: r = [r, [«y[1:],×280»]]
  r, y = '', 'a' * 9¶while 1: r = (y + r)[:900]; x = [x, r]  forever: y, z = [0] * 1000, []¶y += z
  y = [0] * 1000¶y *= 1  y, z = [], range(1000)¶y *= 0; y += z  y = [0] * 1000¶y[:]
  y, z = [], 'a' * 1000¶y *= 0; y += z
[quadratic algorithms: steps]  body: for i in range(100): sum(range(1000))
  y = list(range(900))¶for i in y: y = sorted(y)  y = 'a' * 999¶for i in range(100): 'ab' in y
  for i in range(60):« a,×200» = 'a' * 200  y = 'a' * 999¶for i in range(100): y == 'a' * 999
  y = 'a' * 999¶while 1: tuple(y)  y = ['a' * 999] * 999¶return min(y)
  for i in range(30):« y =×400» x  y, z = [[]] * 1000, [0] * 1000¶while 1: sum(y, z)
  y, z = [(0,)] * 500, (0,) * 500¶while 1: sum(y, z)
  y = ''¶while 1:¶ y = ''¶ for i in range(999): y = 'a' + y
  y = list(reversed(range(999)))¶while 1: sorted(y)
  y = [0] * 999¶while 1:¶ for i in y:¶« ×2»for j in y: i + j  forever: y = range(1000)¶'a' in y
  y, z = 'a' * 999, 'a' * 400 + 'b'¶z in y  y, z = [2 ** 200] * 999, 2 ** 200 + 1¶z in y
  y, z = 'a' * 999, 'a' * 40 + 'ba' + 'a' * 40¶z in y  y = [0] * 1000¶y[::-1]  copy800: y[:]  y + z
  y * 1  s + 'a'  s[1:]  s * 1  copy900: y *= 1  s += ''
[comparison bombs: steps]  body: y = [[[0] * 99] * 99] * 99¶return y == [[[0] * 99] * 99] * 99
  y = [[0] * 999] * 999¶return y == 0  y = [[0] * 999] * 999¶return 0 == y
  y = ['a' * 999] * 999¶return y < y  y = [[0] * 99] * 99¶while 1: max(y)
  y = []¶for i in range(200): y += [('a', ('b', ('c', ('d', 200 - i))))]«¶sorted(y)×3»
  y = []¶for i in range(240): y += «[×19»0 - i«]×19»¶sorted(y)  y = [[0] * 99] * 90¶while 1: y == y
  y, z = ['a' * 9] * 99, 'a' * 8 + 'b'¶while 1: z in y
  y = [['a' * 99] * 99] * 9¶return ['a' * 99] in y  forever: 1« < 2×40»
[many functions: steps]  text: def g(): 0¶def f(x):¶ while 1:¶« ×2»«g();×469»
  def g(a): a¶def f(x):¶ y = [0] * 999¶ while 1:¶« ×2»«g(y);×371»
[builtins with other arguments: steps]  forever: max(1, 2)  range(9)  len('')  abs(1)  bool(1)
  int()  list()  sum([])  sorted('')  str(x)  reversed('')  y = range(1000)¶y[1:]
"""
HARMLESS = r"""
[empty and just in budget]  text: def f(n): return 0 if n == 1 else 1 + f(n - 1) ← 20 → 19
  def f(n): return 1 if n == 1 else ------f(n - 1) ← 20 → 1
  def f(n):¶ if n < 2:¶« ×2»return n¶ return f(n - 1) + f(n - 2)¶ ← 10 → 55
  def g(n): return 1 if n == 1 else ------g(n - 1)¶def f(x): return «-×32»g(19) → 1
  line: return 1 # «(×1900» → 1  body: while x: x -= 1¶pass ← 2499  return: «-×57»x → -1
  '' * 2 ** 31, [] * -5, () * 10 ** 9 → ('', [], ())  «[×20»x«]×20» ← 'a' → «[×20»'a'«]×20»
  len('a' * 1000), len([x] * 1000), len(range(1000)) → (1000, 1000, 1000)
  '' in '', [] == [], () < (0,), [[]] * 2 → (True, True, True, [[], []])
  sum([], [1]), sum([(1,)], ()), min('ba'), max((1, 2), (1, 3)) → ([1], (1,), 'a', (1, 3))
  copy500: y[:]  y + z  y * 1  s + 'a'  s[1:]  s * 1
[deep nesting]  text: def f(x):«¶ if x < 0: pass×80»  return: «(×29»1«)×29» → 1  «-×50»x → 1
  len(«[×29»«]×29») → 1  «not ×50»x → True  '«(×400»'[0] → '('
  stairs: 14 for i in 'ab'; return i → 'a'
[equal to anything]  return: True == 1, 1 == '1', None == 0, [] == (), 'a' == ['a'], [1] == [True]
  → (True, False, False, False, False, True)
  not None, not [], not '', not () → (True, True, True, True)
  range(0) == range(5, 5), [range(2)] == [range(2)], 1 in [True] → (True, True, True)
[walrus and unpacking]  body: () = []¶for () in [[], '']: x += 1¶return x → 3
  x = x, x = x, 5¶return x → 5  a, a, a = 1, 2, 3¶x, = [a]¶(b), c = x, x¶return a, b, c → (3, 3, 3)
  a = b, c = 'xy'¶return a, b, c → ('xy', 'x', 'y')
[names]  text: def print(x): return x¶def f(x): return print(x) → 1  def f(len): return len → 1
  def eval(x): return x¶def f(x): return eval('1') → '1'  def f(f): return f → 1
  def SystemExit(x): return x¶def f(x): return SystemExit(x) → 1  body: open = x¶return open → 1
  match = case = type = _ = x¶return match + case + type + _ → 4
  int = str = 7¶return int + str → 14
[format strings]  return: '{x.__class__}' + '%s' + '{0}' → '{x.__class__}%s{0}'
  '__import__(1)' → '__import__(1)'
[line continuation, tabs, form feeds]  text: def f(x):\¶ return\¶ 1 → 1  \¶def f(x): return 1 → 1
  def f(x):«U+d»« ×2»return 1«U+d» → 1  «U+c»def f(x):¶«U+c»« ×2»return 1 → 1
  def«U+9»f(x):¶«U+9»return«U+9»1 → 1  def f(x):¶« ×2»return (¶1¶)¶ → 1
  def f(x):¶« ×2»\¶« ×2»return 1 → 1  line: return 'a\¶b' → 'ab'  return 1; → 1
[encoding cookies, type comments]  text: # coding: utf-16¶def f(x): return 1 → 1
  #!/bin/sh¶def f(x): return '«U+e9»' → '\xe9'  # -*- coding: no-such -*-¶def f(x): return 1 → 1
  def f(x):« ×2»# type: (__import__('os')) -> «U+e9»¶ y = 1« ×2»# type: ignore¶ return y → 1
  # type: ignore[«(×999»¶def f(x): return 1 → 1  line: # type: (¶ return 1 → 1
[odd text in strings]  return: '\x00\0\uffff' → '\x00\x00\uffff'  u'a' '\\' R'\b' → 'a\\\\b'
  '\777\d\x41\u0041\U0001f600' → '\u01ff\\dAA\U0001f600'
  int(' \t-1_0\n'), int('-0'), int('0' * 80), str(-0) → (-10, 0, 0, '0')
[memory holders]  body: y = []¶for i in range(999): y = [y]
  y = [1]¶y += y¶y *= 2¶z = [y, y]¶y += z[:0]¶return z → [[1, 1, 1, 1], [1, 1, 1, 1]]
  y = [1]¶for i in range(500): y = [y, y]¶return len(y) → 2
[many functions]  text: def g(x):¶ x += [1]¶def f(x):¶ g(x)¶ return x ← [] → [1]
  line: «return 1¶def f(x): ×99»return 1¶ → 1  return 1¶def f(y): return y ← 5 → 5
"""


@dataclass(frozen=True, repr=False)  # tens(15), written out, would fill the memory
class Attack:
    kind: str
    source: str
    x: object = 1
    value: object = None
    budget: str = ""  # the one that stops it, if any
    returns: bool = False
    anywhere: bool = False  # it is refused where it would never run, too

    def __repr__(self) -> str:
        return f"{self.kind}: {self.source[:40]!r}"


def body(*lines: str) -> str:
    """A one-parameter function out of the lines of its body."""
    return "def f(x):\n" + "".join(f"    {line}\n" for line in lines)


def forever(*lines: str) -> str:
    """The last line in an endless loop, as often as there is room, so that little else is paid."""
    start = body(*lines[:-1], "while 1:")
    return f"{start}        " + f"{lines[-1]};" * ((1_990 - len(start)) // (len(lines[-1]) + 1))


def stairs(levels: int, line: str, end: str = "") -> str:
    steps = "".join(" " * n + f"{line}:\n" for n in range(1, levels + 1))
    return f"def f(x):\n{steps}" + " " * (levels + 1) * bool(end) + end


def copying(times: int) -> Callable[[str], str]:
    start = "y, z, s = [0] * 900, [0], 'a' * 900"
    return lambda line: body(start, f"for i in range({times}): {line}")


def tens(levels: int) -> list[object]:
    return [tens(levels - 1)] * 10 if levels else [1]


MAKE: dict[str, Callable[[str], str]] = {
    "text": str, "line": "def f(x): {}".format, "body": lambda text: body(*text.split("\n")),
    "return": lambda text: body(f"return {text}"),
    "forever": lambda text: forever(*text.split("\n")),
    "stairs": lambda text: stairs(int(text[:2]), *text[3:].split("; ")),
    **{f"copy{times}": copying(times) for times in (500, 800, 900)}}
MANY = [f"def g{n}(): 0\n" for n in range(140)]
BIG = 2**255
COMPUTED = [*(Attack(kind, source, x, None, budget) for kind, budget, source, x in [
    ("deep nesting", "indentation", "\n".join("\t" * n + "x" for n in range(60)), 1),
    ("recursion", "open calls", "".join(f"def g{n}(x): return g{n + 1}(x)\n" for n in range(50))
     + body("g0(x)"), 1),
    ("comparison bombs", "steps", body("return x"), tens(15)),
    ("comparison bombs", "steps", body("return x == x"), tens(4)),
    ("many functions", "steps", "".join(MANY[:99]) + body("while 1: g0(); g98()"), 1)]),
    *(Attack(kind, source, x, value, returns=True) for kind, source, x, value in [
        ("many functions", "".join(MANY) + "def f(x): return g7()", 1, None),
        *(("powers of 0, 1 and -1", body(f"return {text}"), BIG, value) for text, value in [
            ("1 ** x, (-1) ** x, 0 ** x, 0 ** 0", (1, 1, 0, 1)),
            ("x - 1 + x, -x - (x - 1)", (2 * BIG - 1, 1 - 2 * BIG)),
            ("3 ** 161 % 2, x // 7, -x % 5", (1, BIG // 7, -BIG % 5))]),
        ("odd text in strings", body("return '\u202e\ufeff\uff46', '\\ufeff' + x"), "\x00",
         ("\u202e\ufeff\uff46", "\ufeff\x00"))])]


def plain(text: str) -> str:
    r"""A program, its marks resolved.

    >>> plain("«(×3»«U+41»¶")
    '(((A\n'
    """
    text = re.sub(r"«U\+(\w+)»", lambda m: chr(int(m[1], 16)), text.replace("¶", "\n"))
    return re.sub(r"(?s)«([^«»]*)×(\d+)»", lambda m: m[1] * int(m[2]), text)


def read(text: str, **more: object) -> Iterator[Attack]:
    """The attacks of one of the texts above."""
    for row in re.sub("\n *([→←])", r" \1", text.strip("\n")).split("\n"):
        name, *programs = re.split(" {2,}", row)
        if name:
            kind, _, budget = name[1:-1].partition(": ")
        for program in map(plain, programs):
            how, colon, rest = program.partition(": ")
            if colon and how in MAKE:
                make, program = MAKE[how], rest
            program, _, value = program.partition(" → ")
            source, _, x = program.partition(" ← ")
            yield Attack(kind, make(source), literal_eval(x or "1"),
                         literal_eval(value or "None"), budget, **more)


ATTACKS = [*read(UNSUPPORTED, anywhere=True), *read(BROKEN), *read(OVER), *COMPUTED,
           *read(HARMLESS, returns=True)]
