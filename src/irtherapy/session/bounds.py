"""The compiled ceilings, applied to an order below every interface. Nothing can be asked that passes them."""

from __future__ import annotations

import dataclasses

from irtherapy import limits
from irtherapy.values import DeviceKind, InputError, SessionOrder, StretchItem, in_range

COMPARISONS = ("", "hidden", "without")
LEASE_LEAST_S = 2.0  # two samples: a shorter lease would end each session as a clock gap


def bounded(order: SessionOrder) -> SessionOrder:
    """Return the order with every ceiling of its setting applied. Raises InputError on a figure that is not one."""
    ceiling = limits.ceilings(order.setting)
    if order.comparison not in COMPARISONS or (order.comparison and order.confirm_off):
        raise InputError("Comparison", "A session of a comparison is switched for the person, or not at all.")
    kind = order.device_kind or DeviceKind.LAMP
    most_min = limits.heat_ceiling_min(order.setting, kind, order.clinician_set)
    heat_s = in_range("Heat", order.heat_s, 0, 7200, "s")
    return dataclasses.replace(
        order,
        heat_s=min(heat_s, most_min * 60.0),
        skin_cutoff_c=min(in_range("Skin cut-off", order.skin_cutoff_c, 30, 60, "°C"), ceiling.skin_cutoff_c),
        skin_target_c=min(in_range("Skin target", order.skin_target_c, 30, 60, "°C"), ceiling.skin_target_c),
        cem43_max_min=min(in_range("CEM43", order.cem43_max_min, 0, 100, "min"), ceiling.cem43_min),
        lease_s=min(in_range("Lease", order.lease_s, LEASE_LEAST_S, 60, "s"), limits.LEASE_MAX_S),
        wake_every_s=min(in_range("Wake question", order.wake_every_s, 1, 3600, "s"), limits.WAKE_EVERY_MAX_S),
        wake_answer_s=min(in_range("Wake answer", order.wake_answer_s, 1, 600, "s"), 60.0),
        comfort_every_s=in_range("Comfort question", order.comfort_every_s, 1, 3600, "s"),
        massage_from_s=None
        if order.massage_from_s is None
        else in_range("Massage", order.massage_from_s, 0, 7200, "s"),
        massage_to_s=None
        if order.massage_to_s is None
        else in_range("End of massage", order.massage_to_s, 0, 7200, "s"),
        stretch=tuple(_timed(item) for item in order.stretch),
    )


def _timed(item: StretchItem) -> StretchItem:
    """Return the item when its time is a figure; a timer that never ends would hold the session."""
    in_range(f"Time of {item.name}", item.duration_s, 1, 1800, "s")
    return item
