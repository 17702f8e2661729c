"""How a command runs: what stands around the paper, and calls it.

adapt.py, ask.py, train.py, pretrain.py, export.py: the commands; flags.py, screen.py, report.py:
what a user says and sees; session.py, own.py (a user's own tasks), checkpoints.py, resume.py,
device.py: what they work with, and how they go on; baselines.py: what the strategies are measured
against; mixture.py: the one mixture that a user names; kinds.py: how A asks open weights; play.py:
what the page of `t2.py play`, play.html, is answered, and serve.py, which serves it.
"""
from typing import Any


def __getattr__(name: str) -> Any:
    """`from data.run import load_llama`, which imports torch only when it is asked for."""
    if name != "load_llama":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from data.run.checkpoints import load_llama
    return load_llama
