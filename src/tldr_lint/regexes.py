"""Regular expressions that are compiled when they are first used.

To compile one takes as long as to load a small module, a run on a healthy
collection uses a third of ours, and compiling all was a fifth of a small run.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""True to a type checker (as in `records`)."""

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - to its callers it is a function
        """As `re.compile`; a pattern that is wrong is an error at its first use."""

        __slots__ = ("__dict__", "_written")

        def __init__(self, pattern, flags=0):
            self._written = pattern, flags

        def __getattr__(self, name):
            import re  # noqa: PLC0415 - a run answered from memory needs none

            compiled = re.compile(*self._written)
            # From now on what is asked for often is found without coming here.
            for each in ("match", "fullmatch", "search", "findall", "finditer", "split", "sub"):
                setattr(self, each, getattr(compiled, each))
            return getattr(compiled, name)


__all__ = ("regex",)
