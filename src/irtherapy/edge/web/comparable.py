"""What can be compared with and without: devices on a plug, those used by hand, and the simulated lamp."""

from __future__ import annotations

from dataclasses import dataclass

from irtherapy.device import catalogue, spectrum
from irtherapy.edge import devices as shelf
from irtherapy.edge import plugs
from irtherapy.edge.records import visits
from irtherapy.edge.records.models import Patient
from irtherapy.outcome.comparison import Concealment, concealment
from irtherapy.values import Device

BRIGHT_W_M2 = 1000.0  # taken for a device whose output nobody tells
LOOK_BACK = 50


@dataclass(frozen=True)
class Choice:
    """A device that can be compared, and who switches it. ``key`` names it in a form."""

    key: str
    device: Device
    driver: str
    plug: str
    concealment: Concealment

    @property
    def demo(self) -> bool:
        """Whether it is a try-out that warms nobody."""
        return self.driver == "simulated"

    @property
    def name(self) -> str:
        """Return it as a person reads it."""
        if self.demo:
            return "The simulated lamp, to try it out"
        if self.plug:
            return f"{self.device.name}, switched by the plug {self.plug}"
        return f"{self.device.name}, switched by me"

    @property
    def tells(self) -> str:
        """Return whether the person will know which block is which."""
        return {
            Concealment.HIDDEN: "You are not told which block is which before the end.",
            Concealment.SIMULATED: "You are not told which block is which before the end.",
            Concealment.BY_HAND: "You will know which block is which.",
            Concealment.LIGHT_SEEN: "It gives light that you can see, so you will know which block is which.",
        }[self.concealment]


def visible_w_m2(device: Device) -> float:
    """Return the most light that can be seen on the skin, by the spectrum of the device."""
    told = [w for _m, w in device.irradiance_profile] + [device.claimed_irradiance_w_m2 or 0.0]
    return spectrum.visible_share(device.emitter) * (max(told) or BRIGHT_W_M2)


def devices(patient: Patient | None = None) -> list[Choice]:
    """Return what can be compared: devices on a plug of one's own, those of earlier visits, and the simulated lamp."""
    known, out = shelf.known(), []
    for plug in plugs.load().values():
        if plug.device_id in known:
            device = known[plug.device_id]
            told = concealment(plug.driver, visible_w_m2(device))
            out.append(Choice(f"plug:{plug.name}", device, plug.driver, plug.name, told))
    seen = set()
    for visit in visits.visible(patient).filter(demo=False, device__isnull=False)[:LOOK_BACK]:
        used = visit.device_value
        if used is not None and used.id not in seen:
            seen.add(used.id)
            out.append(Choice(f"hand:{used.id}", used, "manual", "", Concealment.BY_HAND))
    lamp = catalogue.simulated_lamp()
    return [*out, Choice("simulated", lamp, "simulated", "", Concealment.SIMULATED)]


def last_region() -> str:
    """Return the place of the last session, or nothing."""
    last = visits.finished(None).exclude(region="").first()
    return "" if last is None else last.region
