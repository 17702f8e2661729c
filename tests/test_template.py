"""Chat templates are run as Jinja would, and whatever a stranger puts into one is a ValueError."""
from __future__ import annotations

import time
import tracemalloc

import pytest

from data.llama.template import Run, cut

USER = {"role": "user", "content": " hi\n"}


def written(template: str, **names: object) -> str:
    return Run(template).write(messages=[USER], **names)


@pytest.mark.parametrize("template, said", [  # what jinja2 3.1 writes, as transformers sets it up
    ("a\n{% if true %}\n  b\n{% endif %}\nc\n", "a\n  b\nc"),
    ("a  {% if true %}b{% endif %}  \n", "a  b  "),
    ("  {% if true %}\n\n  {{- 'b' }}\n\n{%- endif %}\n c", "b c"),
    ("{{ 'a' }}\n{{ 'b' -}}\n\n c {#- no -#} d {# yes #}\n e", "a\nbcd  e"),
    ("{% set x = 'a  b' %}{{ x }}{{ \"}}\" }}{{ '%}' }}", "a  b}}%}"),
    ("{{ '<' + 'A b' | lower | trim + '>' }}{{ 1 ~ none ~ true ~ y }}", "<a b>1NoneTrue"),
    ("{% for a, b in {'k': 1, 'l': 2}.items() %}{{ a ~ b ~ loop.last }}{% endfor %}",
     "k1Falsel2True"),
    ("{% set x = 1 %}{% for m in [2, 3] %}{% set x = m %}{% endfor %}{{ x }}", "1"),
    ("{% set n = namespace(x=1) %}{% for m in [2, 3] %}{% set n.x = m %}{% endfor %}{{ n.x }}",
     "3"),
    ("{% if x %}a{% elif x is not defined and not y %}b{% else %}c{% endif %}", "b"),
    ("{% if 'a' in 'cab' and 2 not in [1] %}{{ [1, 2, 3][1:] | length }}{% endif %}", "2"),
    ("{{ messages | map(attribute='role') if false else 'z' }}", "z"),
    ("{{ x | default('d') ~ (x or 'e') ~ ('f' if messages else 'g') ~ (3 - 1) }}", "def2"),
    ("{% for m in [1, 2] %}{{ loop.previtem ~ loop.nextitem ~ loop.index }}.{% endfor %}",
     "21.12."),
    ("{% generation %}x{% endgeneration %}{{ messages[0]['content'].strip() }}", "xhi"),
    ("{{ [{'a': 0, 'b': 1}, {'b': 2}] | selectattr('a') | list | length }}{{ '\\(' }}", "0\\("),
    ("{{ strftime_now('%d %b %Y') }}{{ messages | selectattr('x') | list | length }}",
     "26 Jul 20240")])
def test_what_is_written(template: str, said: str) -> None:
    assert written(template) == said


def test_text_of_a_user_is_text() -> None:
    """Nothing in it is run."""
    run = Run("{{ messages[0].content }}")
    assert run.write(messages=[{"content": "{{ 1 }}{% x %}"}]) == "{{ 1 }}{% x %}"


ATTACKS = [
    "{{ ''.__class__ }}x{{ ''.__class__.__mro__[0] }}", "{{ messages.__class__() }}",
    "{{ messages[0].__init__.__globals__ }}{{ self.x() }}", "{{ ''.format(1) }}",
    "{{ '%s' % messages }}", "{{ '%99999999d' % 1 }}", "{{ lambda: 1 }}", "{{ [x for x in y] }}",
    "{{ f'{1}' }}", "{{ (x := 1) }}", "{{ __import__('os') }}", "{{ open('x') }}", "{{ 2 ** 9 }}",
    "{{ 'a' * 99 }}", "{{ 9 @ 9 }}", "{{ 'x' | nothing }}", "{{ x is nothing }}", "{{ messages }}",
    "{{ 1 < 2 < 3 }}", "{{ *messages }}", "{{ raise_exception('no system') }}", "{{ 'a' + 1 }}",
    "{{ strftime_now('%99999999d') }}", "{{ messages[5] }}", "{{ messages['a'] + '' }}",
    "{% for a, b in [1] %}{% endfor %}", "{% include 'x' %}", "{% set x.y.z = 1 %}",
    "{% for x in y if x %}{% endfor %}", "{% if 1 %}", "{% for x in y %}", "{{ ( }}", "{{ }}",
    "{% set x = 'a' %}" + "{% set x = x + x %}" * 60 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = x + x %}" * 60, "{{ range(10**15) | length ~ 1 - 'a' }}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}{{ 'a' * 1 if false else 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}"
    "{% endfor %}", "{{ " + "(" * 9000 + ")" * 9000 + " }}", "{{ " + "not " * 99_999 + "1 }}",
    "{% if 1 %}" * 5000 + "{% endif %}" * 5000, "a" * 300_000,
    ("{{ '" + "a" * 99_000 + "' }}") * 3,
    "{{ x.y }}", "{{ x['y'] is defined }}", "{{ " + "9" * 9999 + " }}",
    "{{ '\\ud800' | nothing }}", "{{ 1 if x }}", "{{ 1 % 0 }}", "{{ x.y.z() }}"]


@pytest.mark.parametrize("template", ATTACKS)
def test_what_is_not_known_or_does_not_end_is_one_line(template: str) -> None:
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(ValueError) as error:
            written(template)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 3
    assert len(str(error.value)) < 300 and "\n" not in str(error.value)


def test_an_empty_template_and_a_tag_that_is_none() -> None:
    assert written("") == "" and written("{ % {} }} %}") == "{ % {} }} %}"
    assert cut("x{%- y +%}")[1] == ("%", "y +")
