"""The laboratory of a real model: its tasks, its runs, its tables."""
