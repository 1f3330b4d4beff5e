"""The part of `dataclasses` that we use, made in a twentieth of the time.

The standard library writes and compiles half a dozen methods for each class,
and loads `inspect` to do so: with a hundred records that took longer than to
lint twenty notes. Here a class costs its slots; a constructor is written once
some records were made without; what is seldom called is written once, for all.
To a type checker it is the standard library's own, so what it allows and
forbids is known.

Only what the standard decorator would do with the same arguments is done,
but for three things: a frozen record is made by a constructor of its own
(`__new__`), which is twice as fast; nothing is inherited from other records;
and there are no `fields` to ask for.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
"""True to a type checker; `typing` costs more than all records together."""

if TYPE_CHECKING:
    from dataclasses import FrozenInstanceError, dataclass, field, replace
else:

    class FrozenInstanceError(AttributeError):
        """Somebody tried to change a record that does not change."""

    class _Field:
        """What `field` was told about one field."""

        __slots__ = ("compare", "default", "factory", "init", "repr")

    _NOTHING = object()
    _FEW = 6
    """Records of a class that are made without a constructor: one costs as much as some ten."""

    def field(*, default=_NOTHING, default_factory=_NOTHING, init=True, repr=True, compare=True):
        """As `dataclasses.field`: how a field differs from the others."""
        made = _Field()
        made.default, made.factory = default, default_factory
        made.init, made.repr, made.compare = init, repr, compare
        return made

    def dataclass(*, frozen=False, slots=False, eq=True, order=False):
        """As `dataclasses.dataclass`, for classes with slots."""
        if not slots:
            raise TypeError("a record has slots")

        def decorate(cls):
            return _record(cls, frozen, eq, order)

        return decorate

    def replace(record, /, **changes):
        """A record like this one, some of its fields changed (`dataclasses.replace`)."""
        for name, each in record.__record_fields__.items():
            if each is None or each.init:
                changes.setdefault(name, getattr(record, name))
            elif name in changes:
                raise ValueError(f"`{name}` is not a parameter of {type(record).__name__}")
        return type(record)(**changes)

    def _record(cls, frozen, eq, order):
        body = dict(cls.__dict__)
        names = tuple(cls.__annotations__)
        fields = {}
        for name in names:
            given = body.pop(name, _NOTHING)
            if given is not _NOTHING and not isinstance(given, _Field):
                given = field(default=given)
            fields[name] = None if given is _NOTHING else given
        body.pop("__dict__", None)
        body.pop("__weakref__", None)
        body["__slots__"] = names
        body["__record_fields__"] = fields
        body["__record_count__"] = [0]
        body["__match_args__"] = tuple(n for n, f in fields.items() if f is None or f.init)
        body.setdefault("__repr__", _repr)
        compared = [name for name, each in fields.items() if each is None or each.compare]
        if eq:
            body["__eq__"] = _eq(_key(compared))
            body["__hash__"] = _hash(_key(compared)) if frozen else None
        if order:
            body |= _ordering(_key(compared))
        if frozen:
            body["__setattr__"] = _refuse_change
            body["__delattr__"] = _refuse_deletion
            body["__new__"] = _first_new
        else:
            body["__init__"] = _first_init
        return type(cls)(cls.__name__, cls.__bases__, body)

    def _key(names):
        """Reads what records are compared by: one value, or several as a tuple."""
        return attrgetter(*names) if names else lambda _record: ()

    def _eq(key):
        def __eq__(self, other):
            if self is other:
                return True
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) == key(other)

        return __eq__

    def _hash(key):
        def __hash__(self):
            return hash(key(self))

        return __hash__

    def _ordering(key):
        def __lt__(self, other):
            return key(self) < key(other) if other.__class__ is self.__class__ else NotImplemented

        def __le__(self, other):
            return key(self) <= key(other) if other.__class__ is self.__class__ else NotImplemented

        def __gt__(self, other):
            return key(self) > key(other) if other.__class__ is self.__class__ else NotImplemented

        def __ge__(self, other):
            return key(self) >= key(other) if other.__class__ is self.__class__ else NotImplemented

        return {"__lt__": __lt__, "__le__": __le__, "__gt__": __gt__, "__ge__": __ge__}

    def _repr(self):
        fields = self.__record_fields__.items()
        shown = (f"{n}={getattr(self, n)!r}" for n, each in fields if each is None or each.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _refuse_change(self, name, _value):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_deletion(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _first_new(cls, *args, **kwargs):
        values = _few_more(cls, args, kwargs)
        if values is None:
            cls.__new__ = _written(cls, frozen=True)
            return cls.__new__(cls, *args, **kwargs)
        self = object.__new__(cls)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if hasattr(cls, "__post_init__"):
            self.__post_init__()
        return self

    def _first_init(self, *args, **kwargs):
        cls = type(self)
        values = _few_more(cls, args, kwargs)
        if values is None:
            cls.__init__ = _written(cls, frozen=False)
            cls.__init__(self, *args, **kwargs)
            return
        for name, value in values.items():
            setattr(self, name, value)
        if hasattr(cls, "__post_init__"):
            self.__post_init__()

    def _few_more(cls, args, kwargs):
        """What the fields of one of the first few records of a class are.

        None where there have been enough of them for a constructor to pay, and where the
        arguments are not those that it takes: then it says so as every function does.
        """
        cls.__record_count__[0] += 1
        parameters = cls.__match_args__
        if cls.__record_count__[0] > _FEW or len(args) > len(parameters):
            return None
        given = dict(zip(parameters, args, strict=False))
        if not given.keys().isdisjoint(kwargs):
            return None
        given |= kwargs
        values = {}
        for name, each in cls.__record_fields__.items():
            if name in given and (each is None or each.init):
                values[name] = given.pop(name)
            elif each is None:
                return None
            elif each.factory is not _NOTHING:
                values[name] = each.factory()
            elif each.default is not _NOTHING:
                values[name] = each.default
            elif each.init:
                return None
        return None if given else values

    def _written(cls, *, frozen):
        """The constructor of a class, written and compiled."""
        known = {}
        parameters, lines = [], []
        for name, each in cls.__record_fields__.items():
            value = name
            if each is None:
                parameters.append(name)
            elif each.factory is not _NOTHING:
                known[f"_make_{name}"] = each.factory
                if each.init:
                    known["_NOTHING"] = _NOTHING
                    parameters.append(f"{name}=_NOTHING")
                    value = f"_make_{name}() if {name} is _NOTHING else {name}"
                else:
                    value = f"_make_{name}()"
            elif each.default is not _NOTHING:
                known[f"_default_{name}"] = each.default
                if each.init:
                    parameters.append(f"{name}=_default_{name}")
                else:
                    value = f"_default_{name}"
            elif each.init:
                parameters.append(name)
            else:
                continue
            lines.append(f"self.{name} = {value}")
        after = ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
        if frozen:
            # What may be changed while it is made has the same slots, and becomes the record then.
            known["_Unfinished"] = type(cls.__name__, (), {"__slots__": cls.__slots__})
            known["_new"] = object.__new__
            head = f"def __new__(cls, {', '.join(parameters)}):"
            lines = ["self = _new(_Unfinished)", *lines, "self.__class__ = cls", *after]
            lines.append("return self")
        else:
            head = f"def __init__(self, {', '.join(parameters)}):"
            lines = [*lines, *after] or ["pass"]
        exec("\n ".join((head, *lines)), known)  # noqa: S102 - our own names, as `dataclasses` does
        return known["__new__" if frozen else "__init__"]


__all__ = ("TYPE_CHECKING", "FrozenInstanceError", "dataclass", "field", "replace")
