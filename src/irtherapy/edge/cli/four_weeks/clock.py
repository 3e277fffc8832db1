"""Simulated days: what the records take for now while weeks pass in a minute, and ids and lots that the seed gives.

Only ``irtherapy demo course`` uses it, in a process and a data folder of its own. It stands in for the one clock of the
records, ``django.utils.timezone.now``; the runner has a stepped clock of its own.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid
from collections import Counter
from types import TracebackType
from typing import Any

from django.db.models import Model, UUIDField
from django.db.models.signals import pre_save
from django.utils import timezone

NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "irtherapy demo course")


class Days:
    """The simulated clock. ``at`` sets it; each look moves it on by a millisecond, so that nothing is simultaneous."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
        self._made: Counter[str] = Counter()
        self._real: Any = None
        self._drawn: Any = None

    def at(self, day: datetime.date, hour: int, minute: int = 0) -> datetime.datetime:
        """Set the clock to a time of a day where this machine stands, and return it."""
        wanted = datetime.datetime.combine(day, datetime.time(hour, minute))
        self.now = timezone.make_aware(wanted)
        return self.now

    def name(self, kind: str) -> uuid.UUID:
        """Return the next id of a kind, the same for the same seed."""
        self._made[kind] += 1
        return uuid.uuid5(NAMES, f"{self.seed}:{kind}:{self._made[kind]}")

    def _look(self, zone: datetime.tzinfo | None) -> datetime.datetime:
        self.now += datetime.timedelta(milliseconds=1)
        return self.now.astimezone(zone)

    def hex(self, nbytes: int | None = None) -> str:
        """Return what the seed gives in place of a drawn secret of so many bytes (16 where none is told)."""
        drawn = hashlib.sha256(self.name("secret").bytes).hexdigest()
        return drawn[: 2 * (nbytes or 16)]

    def __enter__(self) -> Days:
        days, self._real = self, timezone.datetime  # type: ignore[attr-defined]

        class Stepped(datetime.datetime):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> Any:
                return days._look(tz)

        timezone.datetime = Stepped  # type: ignore[attr-defined]
        self._drawn, secrets.token_hex = secrets.token_hex, self.hex
        pre_save.connect(self._named, dispatch_uid="four weeks")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        timezone.datetime = self._real  # type: ignore[attr-defined]
        secrets.token_hex = self._drawn
        pre_save.disconnect(dispatch_uid="four weeks")

    def _named(self, sender: type[Model], instance: Model, **_: Any) -> None:
        """Give what is kept for the first time the id that the seed gives it."""
        if instance._state.adding and isinstance(sender._meta.pk, UUIDField):
            instance.pk = self.name(sender.__name__)
