"""The one way to write JSON that is hashed, signed or encrypted, and the strict way to read it.

Equal to RFC 8785 for the values allowed here: keys ``[a-z0-9_]+``, text, whole numbers with an
absolute value below 2**53, true, false, null, lists and objects, nested at most eight deep. There
are no floats: decimals, dates and times are text. Text is kept as it is, never normalised.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

MAX_DEPTH = 8
MAX_INTEGER = 2**53 - 1
_KEY = re.compile(r"[a-z0-9_]+")
_MOST_ALLOWED = 4096
_allowed: set[object] = set()
_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)
# Made once: ``encode`` makes a new one at each call, which costs more than a small content itself.
_make: Any = getattr(json.encoder, "c_make_encoder", None)  # absent where Python has none in C
_text = json.encoder.encode_basestring
_pieces = _make and _make(None, _encoder.default, _text, None, ":", ",", True, False, False)


def _encode(value: object) -> str:
    """What ``_encoder.encode`` says of a checked value."""
    if _pieces is None or type(value) is str:
        return _encoder.encode(value)
    return "".join(_pieces(value, 0))


class CanonError(ValueError):
    """Bytes or an object outside the canonical form. The text never quotes the data."""


def canon(value: object) -> bytes:
    """The canonical UTF-8 bytes of ``value`` (objects as dicts, lists as lists or tuples).

    Raises CanonError for a float, a key or type that is not allowed, an integer of 2**53 or more,
    a nesting deeper than eight or a lone surrogate.
    """
    _check(value, 0)
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise CanonError("lone surrogate") from None


def parse_canon(data: bytes) -> Any:  # noqa: ANN401 - JSON has no useful static type
    """Read bytes that :func:`canon` wrote. Raises CanonError for anything else, however close.

    The caller bounds the length. Python's own reader lets NaN, duplicate keys and lone surrogates
    pass; writing the value again and comparing the bytes catches those and all other spellings.
    """
    try:
        value = _read(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise CanonError("not UTF-8") from None
    except CanonError:
        raise
    except RecursionError:
        raise CanonError("nested too deeply") from None
    except ValueError:
        raise CanonError("not JSON") from None
    if canon(value) != data:
        raise CanonError("not in canonical form")
    return value


def whole_text(text: str) -> str:
    """``text`` with every lone surrogate replaced by U+FFFD: for places where text enters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _check(value: object, depth: int) -> None:
    """Refuse what RFC 8785 or this project does not allow; recursion is bounded by MAX_DEPTH."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise CanonError("integer out of range")
        return
    if depth >= MAX_DEPTH:
        raise CanonError("nested too deeply")
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _allowed:
                _allow(key)
            if type(inner) is not str:
                _check(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if type(inner) is not str:
                _check(inner, depth + 1)
    else:
        raise CanonError("type not allowed")


def _allow(key: object) -> None:
    """Raise CanonError for a key that is not allowed; one that is is remembered, up to some thousands."""
    if type(key) is not str or _KEY.fullmatch(key) is None:
        raise CanonError("key not allowed")
    if len(_allowed) < _MOST_ALLOWED:
        _allowed.add(key)


def _integer(digits: str) -> int:
    if len(digits) > 17:  # checked before int(): its cost grows with the square of the length
        raise CanonError("integer out of range")
    return int(digits)


def _no_float(_: str) -> NoReturn:
    raise CanonError("floats are not allowed")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CanonError("duplicate key")
    return found


_read = json.JSONDecoder(
    parse_int=_integer, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_object
).decode
