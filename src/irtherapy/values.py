"""The nouns that travel along the pathway: person, device, verdict, plan, session, record.

Every value is a frozen dataclass of plain data, SI units in the names, and can be written as JSON by ``to_json``.
A later room receives an earlier room's value; it never reaches back into the code that made it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class InputError(ValueError):
    """Bad input, told in one sentence that names the field and the allowed range.

    ``field`` is the name a person sees or typed; ``str(error)`` is the whole sentence.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def in_range(field: str, value: object, low: float, high: float, unit: str = "") -> float:
    """Return ``value`` as a float, or raise InputError naming ``field`` and the range ``low`` to ``high``.

    Refuses booleans, text that is not a number, NaN and infinity.
    """
    unit_text = f" {unit}" if unit else ""
    sentence = f"{field} must be a number from {low:g} to {high:g}{unit_text}; got {value!r}."
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InputError(field, sentence)
    try:
        number = float(value)
    except ValueError:
        raise InputError(field, sentence) from None
    if not math.isfinite(number) or not low <= number <= high:
        raise InputError(field, sentence)
    return number


def to_json(value: Any) -> Any:
    """Return ``value`` (dataclasses, enums, tuples, sets, mappings) as plain JSON data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(to_json(k)): to_json(v) for k, v in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(to_json(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value


# --- who and where ---------------------------------------------------------------------------------------------------


class Region(StrEnum):
    NECK = "neck"
    UPPER_BACK = "upper_back"
    LOWER_BACK = "lower_back"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Setting(StrEnum):
    """Whose ceilings apply (design.md): at home, at home and at risk (65+, cleared diabetic ...), in a clinic."""

    HOME = "home"
    HOME_AT_RISK = "home_at_risk"
    CLINIC = "clinic"


@dataclass(frozen=True)
class Site:
    """One sore place: region of the spine, side, and pain now on the 0-10 scale (None: not asked)."""

    region: Region
    side: Side = Side.BOTH
    pain_0_10: float | None = None

    def __post_init__(self) -> None:
        if self.pain_0_10 is not None:
            in_range("Pain", self.pain_0_10, 0, 10)


@dataclass(frozen=True)
class Person:
    """What the dose needs to know of a person; None means "not told", and widens the ensemble.

    ``skin_tone`` is the Fitzpatrick type 1-6; ``fat_m`` the fat thickness over the site (half a pinch).
    ``conditions`` are the condition ids of screening (``C28`` ...) that the person answered yes or not sure to.
    """

    age_years: float | None = None
    sex: str | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    fat_m: float | None = None
    skin_tone: int | None = None
    conditions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, value, low, high, unit in (
            ("Age", self.age_years, 8, 110, "years"),
            ("Height", self.height_m, 1.0, 2.3, "m"),
            ("Weight", self.weight_kg, 25, 300, "kg"),
            ("Fat thickness", self.fat_m, 0.001, 0.08, "m"),
            ("Skin tone", self.skin_tone, 1, 6, "(Fitzpatrick type)"),
        ):
            if value is not None:
                in_range(name, value, low, high, unit)
        if self.sex not in (None, "female", "male"):
            raise InputError("Sex", f"Sex must be female, male or left out; got {self.sex!r}.")

    @property
    def bmi_kg_m2(self) -> float | None:
        """Body mass index, or None when height or weight was not told."""
        if self.height_m is None or self.weight_kg is None:
            return None
        return self.weight_kg / self.height_m**2


# --- the device ------------------------------------------------------------------------------------------------------


class DeviceKind(StrEnum):
    LAMP = "lamp"  # infrared bulb, reflector or plate lamp at a distance
    LED_PANEL = "led_panel"
    LED_PADS = "led_pads"  # MIRE pads and LED wraps on the skin
    WRAP = "wrap"  # heat wrap worn on the body
    HEATING_PAD = "heating_pad"  # far-infrared or resistive pad or mat
    CHAIR = "chair"  # massage chair or bed with heat
    HAND_HELD = "hand_held"  # hand-held massager or light


class Mark(StrEnum):
    """How well a figure is known; UNVERIFIED is never shown as a fact."""

    SEEN = "seen"
    SECONDARY = "secondary"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


class SpectrumKind(StrEnum):
    LED = "led"  # one or more lines with a bandwidth
    BLACKBODY_FILTERED = "blackbody_filtered"  # filament or plate at a temperature behind a filter
    FAR_INFRARED = "far_infrared"  # low-temperature emitter; absorbed in the outermost skin
    CONDUCTIVE = "conductive"  # no light to speak of: a warm surface on the skin


@dataclass(frozen=True)
class Emitter:
    """What leaves the device.

    ``lines``: (wavelength_nm, share of power) for LED; ``temperature_k`` with ``cut_on_nm`` (long-pass filter) and
    ``water_filter_m`` for a filtered black body; ``surface_temp_c`` for conductive and far-infrared contact devices.
    """

    kind: SpectrumKind
    lines: tuple[tuple[float, float], ...] = ()
    fwhm_nm: float = 35.0
    temperature_k: float | None = None
    cut_on_nm: float | None = None
    water_filter_m: float | None = None
    surface_temp_c: float | None = None


@dataclass(frozen=True)
class Device:
    """A device of the catalogue, or one a person described.

    ``irradiance_profile``: (distance_m, irradiance_w_m2) pairs by rising distance; a contact device has one pair at 0.
    ``irradiance_basis`` is "measured", "claimed" or "modelled".
    """

    id: str
    name: str
    maker: str
    kind: DeviceKind
    emitter: Emitter
    contact: bool
    irradiance_profile: tuple[tuple[float, float], ...] = ()
    irradiance_basis: str = "modelled"
    electrical_power_w: float | None = None
    claimed_irradiance_w_m2: float | None = None
    area_m2: float | None = None
    pulse_hz: float | None = None
    timer_min: float | None = None
    has_timer: bool = False
    has_massage: bool = False
    listed: bool = True
    mark: Mark = Mark.SEEN
    unverified_fields: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Placement:
    """How the device is used today: distance from skin (0 in contact), room temperature, clothing between."""

    distance_m: float
    room_c: float = 22.0
    clothed: bool = False

    def __post_init__(self) -> None:
        in_range("Distance", self.distance_m, 0, 2.0, "m")
        in_range("Room temperature", self.room_c, 5, 40, "degrees C")


# --- is it right for me ----------------------------------------------------------------------------------------------


class Decision(StrEnum):
    GO = "go"
    ASK_FIRST = "ask_first"
    NOT_NOW = "not_now"


class Urgency(StrEnum):
    """How fast to seek help when the decision is not_now."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SEE_DOCTOR = "see_doctor"
    NONE = "none"


@dataclass(frozen=True)
class Reason:
    """One answer that decided something: the row it comes from, what it means, what to do, where it stands."""

    id: str
    decision: Decision
    urgency: Urgency
    text: str
    action: str
    source: str
    answer: str = "yes"  # "yes" or "not_sure"
    clearable: bool = False


@dataclass(frozen=True)
class Clearance:
    """A recorded word from a clinician that heat is all right despite the named "ask first" reasons.

    Dates are ISO days (YYYY-MM-DD). "Not now" reasons can never be cleared.
    """

    who: str
    given_on: str
    covers: frozenset[str]
    until: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of screening. ``precautions`` do not block; ``setting`` says whose ceilings apply."""

    decision: Decision
    reasons: tuple[Reason, ...]
    precautions: tuple[Reason, ...]
    setting: Setting
    next_step: str
    urgency: Urgency = Urgency.NONE
    cleared: tuple[Reason, ...] = ()  # ask-first reasons that a valid clearance covers


# --- how long, how close ---------------------------------------------------------------------------------------------


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

    Times run from heat start through heat end and ten minutes of cooling. ``temperature_c`` is depth-major by time:
    ``temperature_c[i_time][i_depth]`` of the median person. ``warm_at_s``: when the muscle surface of the median person
    has risen by 1 K, or None when it never does. ``reach_mm``: keys ``rise_1k``, ``rise_0_5k``, ``light_10pct``,
    ``light_1pct`` (the light keys are absent for devices without light).
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
    advice: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    seed: int = 0
    persons: int = 0


@dataclass(frozen=True)
class Forecast:
    """What the live estimator expects from now on (optional; without it the shorter open-loop minutes hold)."""

    now_s: float
    skin_p97_5_c: float
    muscle_rise_c: float
    safe_s: float


# --- the session -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StretchItem:
    """One timed item of the stretching block; ``say`` is the instruction, ``duration_s`` includes changing position."""

    exercise_id: str
    name: str
    side: Side
    hold_s: float
    reps: int
    move_s: float
    duration_s: float
    position: str
    say: str
    stop_rule: str


@dataclass(frozen=True)
class SessionOrder:
    """Everything the session machine needs, frozen before START. Ceilings are applied again inside the machine.

    ``checks``: ids and sentences the person confirms before START. ``massage_from_s``: heat time at which massage is
    cued (None: never). ``wake_every_s``: how often the are-you-awake question comes; unanswered for ``wake_answer_s``
    means OFF. ``sensor``: a skin thermometer is expected. ``confirm_off``: a person switches (manual device).
    """

    session_id: str
    setting: Setting
    region: Region
    device_id: str
    driver: str  # "simulated" | "manual" | ...
    heat_s: float
    skin_cutoff_c: float
    skin_target_c: float
    cem43_max_min: float
    lease_s: float
    checks: tuple[tuple[str, str], ...]
    stretch: tuple[StretchItem, ...]
    massage_from_s: float | None = None
    wake_every_s: float = 270.0
    wake_answer_s: float = 60.0
    comfort_every_s: float = 180.0
    sensor: bool = False
    confirm_off: bool = False
    pain_before_0_10: float | None = None
    planned_skin_c: tuple[float, ...] = ()  # median by planned_time_s, for the chart beside the actual
    planned_time_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that happened, at ``at_s`` seconds of session time. ``data`` holds plain JSON values.

    The journal is a list of these; every state is a fold over them.
    """

    at_s: float
    kind: str
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """One second or less of a session: temperatures None where unknown."""

    at_s: float
    heat_on: bool
    skin_c: float | None
    power_w: float | None = None


@dataclass(frozen=True)
class SessionRecord:
    """What was planned, what happened and why it ended; computed from the journal alone."""

    session_id: str
    order: SessionOrder
    started_at: str | None  # ISO 8601 with offset, or None when START was never pressed
    phase: str
    ended: str  # stable reason, e.g. "completed", "stopped", "no_answer", "too_hot", "skin_cutoff", "program_stopped"
    ended_text: str
    heat_s: float
    massage_s: float
    stretch_s: float
    skin_peak_c: float | None
    cem43_min: float
    samples: tuple[Sample, ...]
    events: tuple[Event, ...]
    pain_before_0_10: float | None = None
    pain_after_0_10: float | None = None
    skin_check: str | None = None  # "clean" | "red_fading" | "marks"
    note: str = ""


# --- the course and whether it helps ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """Where the course stands: how each session ended, when the next may be, and why it may be paused."""

    done: int
    part: int
    stopped: int
    next_on: str | None
    pause_reason: str | None
    clean_skin_checks: int


@dataclass(frozen=True)
class Summary:
    """Change in pain against what matters, or the honest sentence that there are too few days to tell."""

    sessions: int
    mean_change: float | None
    meaningful_change: float
    sentence: str
