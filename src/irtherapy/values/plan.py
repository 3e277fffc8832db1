"""Minutes of heat, the limits that set them, and what they will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from irtherapy.values.device import Placement
from irtherapy.values.person import Setting, Site


@dataclass(frozen=True)
class LimitStep:
    """One ceiling in the chain: stable ``name``, ``minutes`` allowed (inf: does not bind), ``text`` for people."""

    name: str
    minutes: float
    text: str
    source: str = ""


@dataclass(frozen=True)
class Curve:
    """A predicted course with its spread: three percentiles over people like this one, same length as ``time_s``."""

    p2_5: tuple[float, ...]
    p50: tuple[float, ...]
    p97_5: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """Minutes of heat and what they will do; the lowest limit of ``limit_chain`` (ascending minutes) set them.

    Times run from heat start through heat end and ten minutes of cooling. ``temperature_c`` is time by depth
    (``temperature_c[i_time][i_depth]``) of the median person; the terminal and ``dose.simulate`` tell depth by time.
    ``warm_at_s``: when the muscle surface of the median person has risen by 1 K, or None when it never does.
    ``reach_mm``: keys ``rise_1k``, ``rise_0_5k``, ``light_10pct``, ``light_1pct`` (the light keys are absent for
    devices without light). ``perfusion_ratio`` (over that at rest, at the end of the heat) and ``fluence_rate_w_m2``
    are those of the median person by depth; plans kept by earlier versions lack both.
    """

    minutes: float
    limit: LimitStep
    runner_up: LimitStep
    limit_chain: tuple[LimitStep, ...]
    setting: Setting
    site: Site
    device_id: str
    placement: Placement
    time_s: tuple[float, ...]
    depth_mm: tuple[float, ...]
    skin_c: Curve
    muscle_c: Curve
    temperature_c: tuple[tuple[float, ...], ...]
    irradiance_w_m2: float
    absorbed_w_m2: float
    reflected_fraction: float
    skin_peak_c: float  # 97.5th percentile over the session
    muscle_rise_c: float  # median, at the muscle surface
    cem43_min: float  # 97.5th percentile
    reach_mm: Mapping[str, float]
    layer_depths_mm: Mapping[str, float]  # where each layer begins, of the median person; includes "spine"
    warm_at_s: float | None
    perfusion_ratio: tuple[float, ...] = ()
    fluence_rate_w_m2: tuple[float, ...] = ()
    advice: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    seed: int = 0
    persons: int = 0


@dataclass(frozen=True)
class Forecast:
    """What the live estimator expects from now on; without it the shorter open-loop minutes hold."""

    now_s: float
    skin_p97_5_c: float
    muscle_rise_c: float
    safe_s: float
