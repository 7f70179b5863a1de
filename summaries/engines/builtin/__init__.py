"""The built-in engine: offline, deterministic, honest. It writes down what the record shows and nothing else."""

from summaries.engines.builtin.engine import BuiltInEngine

__all__ = ["BuiltInEngine"]
