"""A small head in plans and simulations: light and warmth on its axis in place of those of a field without end."""

from __future__ import annotations

from collections.abc import Sequence

from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.dose.ensemble import Heating
from irtherapy.dose.exposure import Exposure
from irtherapy.dose.local import beam, centre
from irtherapy.values import Device, Placement

SMALL_M = 0.12  # a larger radius differs from a field without end by less than 0.02 K at 30 mm (tests)

NARROW_M = 0.03  # from here on light that strays over the rim changes the muscle's rise by less than 1 %


def radius_m(device: Device) -> float | None:
    """Return the radius of a head that is small enough to matter, or None."""
    found = beam.head_radius_m(device)
    return found if found is not None and centre.RADIUS_M[0] <= found <= SMALL_M else None


def narrowed(
    whole: Heating,
    ex: Exposure,
    people: Persons,
    tables: BodyTables,
    device: Device,
    placement: Placement,
    phases: Sequence[centre.Phase],
) -> Heating:
    """Return the course on the axis of the device's head, of ``whole``, the course under a field without end.

    ``phases`` are those of ``whole``: (minutes, share of power). Without a small head it is ``whole`` itself.
    """
    radius = radius_m(device)
    if radius is None:
        return whole
    factor = None
    if radius < NARROW_M and ex.source_w_m2.any():
        one, rings = people.part(slice(0, 1)), centre.places(radius)
        factor = beam.source_factor(beam.Beam(radius), one, tables, device.emitter, rings)
    return centre.under_head(whole, ex, radius, phases, factor)
