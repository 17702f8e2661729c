"""How a command runs: what stands around the paper, and calls it.

flags.py, session.py, resume.py, checkpoints.py, pretrain.py: before and meanwhile; screen.py and
report.py: what a user sees; baselines.py: what the paper is measured against.
"""
