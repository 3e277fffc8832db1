"""Every drawing by the id of its exercise (data/exercises.csv), and the rest at the end."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from irtherapy.programme.figures import front, kneeling, lying, neck, prone, standing
from irtherapy.programme.figures.scene import Scene

SCENES: Mapping[str, Scene] = MappingProxyType(
    {**neck.SCENES, **lying.SCENES, **prone.SCENES, **kneeling.SCENES, **standing.SCENES, **front.SCENES}
)
