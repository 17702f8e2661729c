"""How a command runs: what stands around the paper, and calls it.

flags.py, session.py, resume.py, checkpoints.py, pretrain.py: before and meanwhile; screen.py and
report.py: what a user sees; baselines.py: what the paper is measured against.
"""
from typing import Any


def __getattr__(name: str) -> Any:
    """`from data.run import load_llama`, which imports torch only when it is asked for."""
    if name != "load_llama":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from data.run.checkpoints import load_llama
    return load_llama
