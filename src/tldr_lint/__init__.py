"""The linter that keeps a collection of Markdown notes true to itself."""

__version__ = "0.1.0"
