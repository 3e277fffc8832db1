"""The devices of this person: the listed ones, and those told and measured here, kept in ``own_devices.json``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

from irtherapy.device.own import OwnDevice, slug
from irtherapy.edge import data, home
from irtherapy.export import svg
from irtherapy.values import Device, InputError, from_json, to_json

FILE = "own_devices.json"
WIDTH, HEIGHT = 350, 270


def load() -> dict[str, OwnDevice]:
    """Return the person's own devices by id. Raises InputError when the file cannot be read as such."""
    path = home.data_home() / FILE
    if not path.exists():
        return {}
    try:
        told = [from_json(OwnDevice, one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, KeyError, StopIteration) as error:
        raise InputError(FILE, f"{path} cannot be read: {error}.") from None
    return {one.id: one for one in told}


def known() -> dict[str, Device]:
    """Return every device that can be chosen, by id: the catalogue, the simulated lamp, and the person's own."""
    return {**data.catalogue(), **{key: one.device() for key, one in load().items()}}


def find(name: str) -> OwnDevice:
    """Return one of the person's own devices by its id or its name. Raises InputError on none of that name."""
    own = load()
    for one in own.values():
        if name in (one.id, one.name) or slug(name) == slug(one.name):
            return one
    raise InputError("Device", f"There is no device {name[:60]!r} of your own. Known: {', '.join(own) or 'none'}.")


def keep(told: OwnDevice) -> None:
    """Keep a device under its name, in the place of one of the same name; all or nothing is written."""
    _write({**load(), told.id: told})


def forget(name: str) -> None:
    """Remove a device by its id or its name. Raises InputError on none of that name."""
    gone = find(name)
    _write({key: one for key, one in load().items() if key != gone.id})


def _write(own: dict[str, OwnDevice]) -> None:
    path = home.data_home() / FILE
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump([to_json(one) for one in own.values()], out, indent=2, allow_nan=False)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def sentences(told: OwnDevice) -> list[str]:
    """Return what is known of the output of a device, claimed beside measured, in plain sentences."""
    out = [_claim(told)]
    law, seen = told.law(), told.seen()
    if law is not None:
        near, far = law.readings[0], law.readings[-1]
        e, (low, high) = law.at(near.distance_m)[0], law.band(near.distance_m)
        out.append(
            f"Measured: {e / 10:.1f} mW/cm² at {near.distance_m * 100:g} cm; 19 of 20 devices measured so lie between "
            f"{low / 10:.1f} and {high / 10:.1f}."
        )
        if far.distance_m > near.distance_m:
            a_cm, off = law.falloff_m * 100, law.residual
            out.append(f"With distance it falls as E0/(1+d/a)², a = {a_cm:.0f} cm.")
            if len(law.readings) > 2:  # two lie on it always
                out.append(f"The readings miss it by {off:.1%}.")
        elif not told.touches:
            out.append("One distance fixes it there alone: farther away the spread grows. A second one narrows it.")
        out += law.doubts
    if seen is not None and seen.spread:
        out.append(
            f"A solar power meter sees {seen.share:.0%} of what this device gives, none beyond 1100 nm, and its scale "
            f"is made for sunlight: its readings were multiplied by {seen.true_over_shown:.2g} (between "
            f"{seen.low:.2g} and {seen.high:.2g})."
        )
    if told.measured_surface_c is not None:
        out.append(f"Measured: its surface gets {told.measured_surface_c:g} °C warm.")
    if told.claimed_over_measured > 1.0 and law is not None:
        out.append(
            f"The label claims {told.claimed_over_measured:.1f} times what was measured. The limits reckon with the "
            "higher of the two."
        )
    return [sentence for sentence in out if sentence]


def _claim(told: OwnDevice) -> str:
    parts = []
    if told.claimed_w_m2 is not None:
        claim = f"{told.claimed_w_m2 / 10:g} mW/cm²"
        parts.append(claim if told.touches else f"{claim} at {told.claim_distance_m * 100:g} cm")
    if told.watts is not None:
        parts.append(f"{told.watts:g} W from the wall")
    if told.surface_c is not None:
        parts.append(f"a surface of {told.surface_c:g} °C")
    return f"Claimed: {', '.join(parts)}." if parts else "Claimed: nothing."


def rows(told: OwnDevice) -> list[tuple[str, str, str]]:
    """Return the measured curve as text: (cm, mW/cm2, 19 of 20 between); empty when no light was measured."""
    law = told.law()
    if law is None:
        return []
    near, far = law.range_m
    where = [near, *(d for d in (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5) if near < d <= far)]
    bands = [law.band(d) for d in where]
    return [
        (f"{d * 100:.0f}", f"{law.at(d)[0] / 10:.1f}", f"{low / 10:.1f} to {high / 10:.1f}")
        for d, (low, high) in zip(where, bands, strict=True)
    ]


def chart(told: OwnDevice, say: Callable[[str], str] = str, draw: Callable[..., str] = svg.line_chart) -> str:
    """Return irradiance by distance with the readings and the band as SVG; empty when there is no curve to draw.

    ``say`` translates the words on it; ``draw`` draws it, in other units where a reader has those.
    """
    law = told.law()
    if law is None or told.touches:
        return ""
    where = law.distances_m()
    cm = [d * 100 for d in where]
    bands = [law.band(d) for d in where]
    strokes: list[tuple[float, float | None]] = []
    for one in law.readings:
        swing = 1.96 * one.spread
        shown = one.irradiance_w_m2 / 10
        strokes += [(one.distance_m * 100, shown * (1 - swing)), (one.distance_m * 100, shown * (1 + swing))]
        strokes.append((one.distance_m * 100, None))
    at = f"claimed at {told.claim_distance_m * 100:g} cm"
    claim = [] if told.claimed_w_m2 is None else [(told.claimed_w_m2 / 10, at)]
    top = max([high for _, high in bands] + [y * 10 for y, _ in claim]) / 10
    return draw(
        [
            svg.Series("measured", cm, [law.at(d)[0] / 10 for d in where], ember=True),
            svg.Series("", [x for x, _ in strokes], [y for _, y in strokes]),
        ],
        "cm from the device",
        "mW/cm²",
        f"Light of {told.name} by distance",
        "The readings are upright strokes, as long as their own error; the band holds 19 of 20 devices measured so.",
        band=svg.Band(cm, [low / 10 for low, _ in bands], [high / 10 for _, high in bands], "19 of 20 lie in here"),
        limits=claim,
        y_range=(0.0, top * 1.08),
        width=WIDTH,
        height=HEIGHT,
        say=say,
    )


def public(told: OwnDevice) -> dict[str, object]:
    """Return it as JSON data: what was told, claimed beside measured, and the curve the plan uses."""
    law = told.law()
    made = {
        "id": told.id,
        **to_json(told),
        "claimed": {"irradiance_w_m2": told.claimed_w_m2, "at_m": told.claim_distance_m, "watts": told.watts,
                    "surface_c": told.surface_c},
        "measured": None,
        "claimed_over_measured": None,
        "sentences": sentences(told),
    }  # fmt: skip
    if law is not None:
        made["measured"] = {
            "e0_w_m2": law.e0_w_m2,
            "falloff_m": law.falloff_m,
            "residual": law.residual,
            "curve": [
                {"distance_m": d, "irradiance_w_m2": law.at(d)[0], "spread": law.at(d)[1], "low_w_m2": law.band(d)[0],
                 "high_w_m2": law.band(d)[1]}
                for d in ((0.0,) if told.touches else law.distances_m())
            ],
        }  # fmt: skip
        made["claimed_over_measured"] = None if told.claimed_w_m2 is None else told.claimed_over_measured
    elif told.measured_surface_c is not None:
        made["measured"] = {"surface_c": told.measured_surface_c}
    return made
