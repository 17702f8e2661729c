"""Open weights as they are published, read without trust: they become a model in data/run.

weights.py: settings and tensors; bpe.py: tokenizers; chat.py: what stands around a prompt, and
where an answer ends.
"""
