"""The nouns that travel along the pathway: person, device, verdict, plan, session, record.

Every value is a frozen dataclass of plain data, SI units in the names, and can be written as JSON by ``to_json``.
A later room receives an earlier room's value; it never reaches back into the code that made it.
"""

from irtherapy.values.checks import InputError, from_json, in_range, to_json
from irtherapy.values.course import Away, Break, Course, EndAdvice, Progress, Slot, SlotState, Summary, WarmSkin
from irtherapy.values.device import Device, DeviceKind, Emitter, Mark, Placement, SpectrumKind
from irtherapy.values.outcome import DayOutcome, SideEffect
from irtherapy.values.person import Person, Region, Setting, Side, Site
from irtherapy.values.plan import Curve, Forecast, LimitStep, Plan
from irtherapy.values.programme import WITH_HEAT, Phase, PhaseKind, Prescription, Programme
from irtherapy.values.session import Event, Sample, SessionOrder, SessionRecord, StretchItem
from irtherapy.values.verdict import Clearance, Decision, Reason, Urgency, Verdict

__all__ = [
    "WITH_HEAT",
    "Away",
    "Break",
    "Clearance",
    "Course",
    "Curve",
    "DayOutcome",
    "Decision",
    "Device",
    "DeviceKind",
    "Emitter",
    "EndAdvice",
    "Event",
    "Forecast",
    "InputError",
    "LimitStep",
    "Mark",
    "Person",
    "Phase",
    "PhaseKind",
    "Placement",
    "Plan",
    "Prescription",
    "Programme",
    "Progress",
    "Reason",
    "Region",
    "Sample",
    "SessionOrder",
    "SessionRecord",
    "Setting",
    "Side",
    "SideEffect",
    "Site",
    "SpectrumKind",
    "Slot",
    "SlotState",
    "StretchItem",
    "Summary",
    "Urgency",
    "Verdict",
    "WarmSkin",
    "from_json",
    "in_range",
    "to_json",
]
