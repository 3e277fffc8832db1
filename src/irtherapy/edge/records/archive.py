"""Everything that is kept, as one JSON file that comes back: written and read a record at a time.

    {"format": "irtherapy", "schema_version": 3, "records": [
    {"model": "patient", "pk": "...", "fields": {...}},
    ...
    ], "count": 2, "sha256": "..."}

One record a line, those that others lean on first, in the order of their keys; nothing of the clock. So the same data
is the same file, byte for byte, and a file that was cut or touched is known by its count and digest. ``schema_version``
is the number of the last migration: an older one is brought up to date where a step for it is in ``STEPS``, a newer one
is refused.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from irtherapy.edge.records.models import Comparison, Course, Told, Visit
from irtherapy.values import InputError

FORMAT = "irtherapy"
APP = "records"
AT_ONCE = 200
FIRST_SCHEMA = 3
# From a schema to the next: a function that makes a record of the newer one, or None when it is gone there.
Step = Callable[[dict[str, Any]], "dict[str, Any] | None"]
STEPS: Mapping[int, Step] = {}


@cache
def schema_version() -> int:
    """Return the number of the last migration of the records."""
    from django.db.migrations.loader import MigrationLoader

    return max(int(name[:4]) for app, name in MigrationLoader(None).disk_migrations if app == APP)


def kinds() -> list[type[models.Model]]:
    """Return every model that is kept, those that others point to first."""
    left, done = list(apps.get_app_config(APP).get_models()), []
    while left:
        ready = [m for m in left if not any(to in left and to is not m for to in _pointed_to(m))]
        done += sorted(ready, key=lambda m: m.__name__)
        left = [m for m in left if m not in ready]
    return done


def _pointed_to(model: type[models.Model]) -> list[Any]:
    return [field.related_model for field in model._meta.fields if field.is_relation]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _line(record: Mapping[str, Any]) -> str:
    told = {"model": record["model"].split(".")[-1], "pk": record["pk"], "fields": record["fields"]}
    return json.dumps(told, default=_plain, ensure_ascii=False, sort_keys=True, allow_nan=False)


def count() -> int:
    """Return how many records there are."""
    return sum(model._default_manager.count() for model in kinds())


def lines() -> Iterator[str]:
    """Yield the text of everything that is kept, a line at a time."""
    yield f'{{"format": "{FORMAT}", "schema_version": {schema_version()}, "records": [\n'
    digest, written = hashlib.sha256(), 0
    for model in kinds():
        for one in model._default_manager.order_by("pk").iterator(AT_ONCE):
            text = _line(serializers.serialize("python", [one])[0])
            digest.update(text.encode())
            yield (",\n" if written else "") + text
            written += 1
    yield ("\n" if written else "") + f'], "count": {written}, "sha256": "{digest.hexdigest()}"}}\n'


def read(text: Iterable[str]) -> tuple[int, int]:
    """Keep the records of an exported file; return how many were new and how many were here already.

    Either all of them are kept or none. Raises InputError for a file that is no export, damaged, of a newer program, or
    that says something else of a record that is here.
    """
    found = iter(text)
    schema = _head(next(found, ""))
    known = {model._meta.model_name: model for model in kinds()}
    new = same = 0
    try:
        with transaction.atomic():
            for told in _checked(found):
                record = _up_to_date(told, schema)
                if record is None:
                    continue
                if _keep(record, known):
                    new += 1
                else:
                    same += 1
    except DatabaseError as error:
        raise InputError("File", f"The file does not fit together: {error}. Nothing was changed.") from None
    return new, same


def _head(line: str) -> int:
    try:
        head = json.loads(line.strip() + "]}")
        schema = int(head["schema_version"])
        if head["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise InputError("File", "This is no export of irtherapy: its first line must name the format.") from None
    if schema > schema_version():
        raise InputError(
            "File",
            f"This file is of a newer irtherapy (schema {schema}; this one reads {FIRST_SCHEMA} to "
            f"{schema_version()}). Update irtherapy first. Nothing was changed.",
        )
    if schema < FIRST_SCHEMA:
        raise InputError("File", f"Schema of the file must be {FIRST_SCHEMA} to {schema_version()}; got {schema}.")
    return schema


def _checked(found: Iterator[str]) -> Iterator[dict[str, Any]]:
    digest = hashlib.sha256()
    for many, line in enumerate(found):
        text = line.rstrip("\r\n").removesuffix(",")
        if text.startswith("]"):
            try:
                tail = json.loads('{"records": [' + text)
                whole = tail["count"] == many and tail["sha256"] == digest.hexdigest()
            except (ValueError, KeyError, TypeError):
                whole = False
            if whole:
                return
            break
        try:
            told = json.loads(text, parse_constant=_no_number)
            if not isinstance(told["fields"], dict):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise InputError("File", f"Line {many + 2} of the file is damaged. Nothing was changed.") from None
        digest.update(text.encode())
        yield told
    raise InputError("File", "The file is cut short or was changed after it was written. Nothing was changed.")


def _no_number(word: str) -> None:
    raise ValueError(word)


def _up_to_date(told: dict[str, Any], schema: int) -> dict[str, Any] | None:
    record: dict[str, Any] | None = told
    for number in range(schema, schema_version()):
        if record is not None and number in STEPS:
            record = STEPS[number](record)
    return record


def _keep(told: dict[str, Any], known: Mapping[str | None, type[models.Model]]) -> bool:
    """Keep one record; return whether it was new."""
    name = f"{told.get('model')} {str(told.get('pk'))[:40]}"
    model = known.get(told.get("model"))
    if model is None:
        raise InputError("File", f"{name}: no such kind of record is known here. Nothing was changed.")
    try:
        (found,) = Deserializer([{**told, "model": f"{APP}.{told['model']}"}])
        for field in model._meta.fields:
            value = getattr(found.object, field.attname)
            if not field.is_relation and value not in field.empty_values:
                field.clean(value, found.object)
        if isinstance(found.object, (Visit, Comparison, Course, Told)):
            found.object.clean()
    except (DeserializationError, FieldDoesNotExist, ValidationError, TypeError, ValueError, OverflowError) as error:
        said = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise InputError("File", f"{name} cannot be kept: {said} Nothing was changed.") from None
    soon = timezone.now() + datetime.timedelta(days=1)  # clocks differ, and so do zones of time
    for field in model._meta.fields:
        at = getattr(found.object, field.name) if isinstance(field, models.DateTimeField) else None
        if at is not None and at > soon:
            raise InputError("File", f"{name}: {field.name} lies in the future ({at.date()}). Nothing was changed.")
    here = model._default_manager.filter(pk=found.object.pk).first()
    if here is None:
        found.save(force_insert=True)
        return True
    if _line(serializers.serialize("python", [here])[0]) != _line(serializers.serialize("python", [found.object])[0]):
        raise InputError("File", f"{name} is kept here already and says something else. Nothing was changed.")
    return False
