"""Records to JSON and back, times and durations kept as what they are.

Used for what is sealed: kept idempotent answers, message parameters, a flow's secrets. Times become
`{"$t": ISO 8601}`, durations `{"$d": seconds}`, records of `model.py` `{"$c": name, …}`; lists come
back as tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from portvakt import model


def dump(value: Any) -> Any:
    """A JSON value for `value`; TypeError names what has no plain form."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"$t": value.isoformat()}
        case timedelta():
            return {"$d": value.total_seconds()}
        case Mapping():
            return {str(k): dump(v) for k, v in value.items()}
        case list() | tuple():
            return [dump(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        name = type(value).__name__
        return {"$c": name, **{f.name: dump(getattr(value, f.name)) for f in fields(value)}}
    raise TypeError(f"{type(value).__name__} has no plain form")


def load(value: Any) -> Any:
    """What `dump` was given."""
    if isinstance(value, list):
        return tuple(load(v) for v in value)
    if not isinstance(value, dict):
        return value
    if "$t" in value:
        return datetime.fromisoformat(value["$t"])
    if "$d" in value:
        return timedelta(seconds=value["$d"])
    if "$c" in value:
        record = getattr(model, value["$c"])
        return record(**{k: load(v) for k, v in value.items() if k != "$c"})
    return {k: load(v) for k, v in value.items()}
