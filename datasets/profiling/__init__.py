"""What is in a table: figures per column, repeated rows, and what to look at."""

from datasets.profiling.table import profile

__all__ = ["profile"]
