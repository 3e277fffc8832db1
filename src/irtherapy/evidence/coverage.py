"""What payers say about infrared, heat lamps, heating pads and laser: dated, with what was read and what was not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from irtherapy import tables
from irtherapy.values import InputError, Mark

COVERAGE = "coverage.csv"
OLD_YEARS = 3
LISTS = ("payers", "devices", "conditions", "hcpcs", "cpt")  # cells that hold several words, with ";" between
TEXTS = (
    "id", "payer_name", "policy", "title", "effective", "version", "settings", "indication", "criteria", "needed",
    "gap", "read", "not_read", "source",
)  # fmt: skip


class Decision(StrEnum):
    """What a payer decided. NOT_READ: a policy exists and was not readable. UNKNOWN: no policy was found."""

    COVERED = "covered"
    CONDITIONAL = "conditional"
    NOT_COVERED = "not_covered"
    INVESTIGATIONAL = "investigational"
    EXPERIMENTAL = "experimental"
    UNPROVEN = "unproven"
    UNCLEAR = "unclear"
    NOT_READ = "not_read"
    UNKNOWN = "unknown"
    OUTCOME_PAYMENT = "outcome_payment"
    THRESHOLD = "threshold"


TELLS = {
    Decision.COVERED: "covered",
    Decision.CONDITIONAL: "covered under conditions",
    Decision.NOT_COVERED: "not covered",
    Decision.INVESTIGATIONAL: "investigational, so not covered",
    Decision.EXPERIMENTAL: "experimental, so not covered",
    Decision.UNPROVEN: "unproven, so not covered",
    Decision.UNCLEAR: "unclear",
    Decision.NOT_READ: "not read",
    Decision.UNKNOWN: "unknown",
    Decision.OUTCOME_PAYMENT: "paid by outcome, not by device",
    Decision.THRESHOLD: "a measure of improvement, not coverage",
}
ASIDE = (Decision.OUTCOME_PAYMENT, Decision.THRESHOLD)  # shown beside an answer, never as one
CONDITIONS = {
    "chronic_low_back_pain": "back_pain",
    "acute_low_back_pain": "back_pain",
    "neck_pain": "neck_pain",
    "neuropathy": "neuropathy",
    "arthritis": "arthritis",
    "wounds": "wounds",
    "oral_mucositis": "oral_mucositis",
}
DEVICES = {
    "infrared": "an infrared lamp, panel or pad",
    "heat_lamp": "a heat lamp",
    "heating_pad": "an electric heating pad",
    "laser": "a low-level or high-power laser",
}
SETTINGS = {"home": "at home", "clinic": "in a clinic"}


@dataclass(frozen=True)
class Policy:
    """One decision of one policy. ``effective`` and ``version`` are ISO days, months or years, empty when not told.

    ``needed``: what would be needed. ``gap``: the gap in evidence that the payer names. ``hcpcs`` and ``cpt`` are code
    numbers, without their texts. ``read`` and ``not_read`` tell how much of the policy was seen.
    """

    id: str
    payers: tuple[str, ...]
    payer_name: str
    policy: str
    title: str
    effective: str
    version: str
    devices: tuple[str, ...]
    conditions: tuple[str, ...]
    settings: str
    indication: str
    decision: Decision
    criteria: str
    needed: str
    hcpcs: tuple[str, ...]
    cpt: tuple[str, ...]
    gap: str
    read: str
    not_read: str
    source: str
    mark: Mark

    @property
    def dated(self) -> str:
        """The newest day, month or year that the row tells; empty when none."""
        return max(self.effective, self.version)


@dataclass(frozen=True)
class Answer:
    """The answer to "is it covered?" for one kind of device.

    ``decision`` is UNCLEAR when policies disagree, UNKNOWN when none was found. ``policies`` are those it rests on.
    """

    device: str
    decision: Decision
    sentence: str
    dated: str
    needed: tuple[str, ...]
    policies: tuple[Policy, ...]


def load(text: str) -> tuple[Policy, ...]:
    """Return the rows of ``coverage.csv``.

    Raises InputError on an unknown decision, device, condition or setting, on a date that is none, and on a row that is
    not verified and yet gives a decision.
    """
    return tuple(_policy(row) for row in tables.rows(COVERAGE, text, ("payers", "payer_name", "decision", "settings")))


def _policy(row: dict[str, str]) -> Policy:
    where = f"Table {COVERAGE}, {row['id']}"
    if row["decision"] not in set(Decision):
        raise InputError(COVERAGE, f"{where}: decision must be one of {', '.join(Decision)}; got {row['decision']!r}.")
    decision, mark = Decision(row["decision"]), Mark(row["mark"])
    if mark is Mark.UNVERIFIED and decision not in (Decision.NOT_READ, Decision.UNKNOWN):
        raise InputError(COVERAGE, f"{where}: a row that is not verified can only be not_read or unknown.")
    lists: dict[str, Any] = {name: tuple(w for w in row[name].split(";") if w) for name in LISTS}
    known = {
        "devices": {*DEVICES, "programme", "measure"},
        "conditions": {*CONDITIONS.values(), "all"},
    }
    for name, allowed in known.items():
        if not lists[name] or not set(lists[name]) <= allowed:
            raise InputError(COVERAGE, f"{where}: {name} must be among {', '.join(sorted(allowed))}.")
    if row["settings"] not in {*SETTINGS, "any"}:
        raise InputError(COVERAGE, f"{where}: settings must be home, clinic or any.")
    for name in ("effective", "version"):
        if not re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", row[name]):
            raise InputError(
                COVERAGE, f"{where}: {name} must be YYYY, YYYY-MM, YYYY-MM-DD or empty; got {row[name]!r}."
            )
    plain: dict[str, Any] = {name: row[name] for name in TEXTS}
    return Policy(**plain, **lists, decision=decision, mark=mark)


def payers(policies: Sequence[Policy]) -> dict[str, str]:
    """Return payer ids and the name of each, sorted by id, without those of measures alone."""
    out: dict[str, str] = {}
    rows = [p for p in policies if p.decision is not Decision.THRESHOLD]
    for policy in sorted(rows, key=lambda p: len(p.payers)):  # the name of a row of its own goes first
        for payer in policy.payers:
            out.setdefault(payer, policy.payer_name)
    return dict(sorted(out.items()))


def matching(policies: Sequence[Policy], payer: str, condition: str, setting: str) -> tuple[Policy, ...]:
    """Return the rows of a payer for a condition and setting, newest first.

    Raises InputError naming what is allowed when payer, condition or setting is not known.
    """
    known = payers(policies)
    if payer not in known:
        raise InputError("Payer", f"Payer must be one of {', '.join(known)}; got {payer[:40]!r}.")
    if condition not in CONDITIONS:
        raise InputError("Condition", f"Condition must be one of {', '.join(CONDITIONS)}; got {condition[:40]!r}.")
    if setting not in SETTINGS:
        raise InputError("Setting", f"Setting must be home or clinic; got {setting[:40]!r}.")
    rows = [
        p
        for p in policies
        if payer in p.payers and p.settings in (setting, "any") and {CONDITIONS[condition], "all"} & set(p.conditions)
    ]
    return tuple(sorted(rows, key=lambda p: (p.dated, p.id), reverse=True))


def answers(policies: Sequence[Policy], payer: str, condition: str, setting: str) -> tuple[Answer, ...]:
    """Return one answer for each kind of device; infrared first, and "unknown" when nothing was found."""
    rows = [p for p in matching(policies, payer, condition, setting) if p.decision not in ASIDE]
    name = payers(policies)[payer]
    return tuple(
        _answer(device, [p for p in rows if device in p.devices], name, condition, setting) for device in DEVICES
    )


def _answer(device: str, rows: list[Policy], payer: str, condition: str, setting: str) -> Answer:
    own = _nearest(rows)
    every = {p.decision for p in own}
    told = every - {Decision.NOT_READ, Decision.UNCLEAR} or every - {Decision.NOT_READ} or every
    if not own:
        decision = Decision.UNKNOWN
    else:
        decision = next(iter(told)) if len(told) == 1 else Decision.UNCLEAR
    kept = tuple(p for p in own if decision is Decision.UNCLEAR or p.decision is decision)
    dated = max((p.dated for p in kept), default="")
    words = TELLS[decision]
    if decision is Decision.UNCLEAR and len(told) > 1:
        words = f"unclear, since policies differ ({', '.join(sorted(TELLS[d] for d in told))})"
    sentence = _said(payer, device, condition, setting, words, dated, decision)
    needed = tuple(dict.fromkeys(p.needed for p in kept if p.needed))
    unread = any(p.decision is Decision.NOT_READ for p in rows) and decision is not Decision.NOT_READ
    more = ["Another policy exists and was not read."] if unread else []
    return Answer(device, decision, " ".join([sentence, *more, "Ask your insurer."]), dated, needed, tuple(rows))


def _said(payer: str, device: str, condition: str, setting: str, words: str, dated: str, decision: Decision) -> str:
    """Return the answer as one whole sentence."""
    name, pain = DEVICES[device], condition.replace("_", " ")
    if decision is Decision.UNKNOWN and setting == "home":
        return f"{payer}: {name} for {pain} at home: {words}, since no policy on it was found."
    if decision is Decision.UNKNOWN:
        return f"{payer}: {name} for {pain} in a clinic: {words}, since no policy on it was found."
    if not dated and setting == "home":
        return f"{payer}: {name} for {pain} at home: {words}, with no date found."
    if not dated:
        return f"{payer}: {name} for {pain} in a clinic: {words}, with no date found."
    if setting == "home":
        return f"{payer}: {name} for {pain} at home: {words}, as of {dated}."
    return f"{payer}: {name} for {pain} in a clinic: {words}, as of {dated}."


def _nearest(rows: list[Policy]) -> list[Policy]:
    """Return the rows that name the condition and the setting most closely; an unread one always stays."""
    near = [("all" not in p.conditions) + (p.settings != "any") for p in rows]
    best = max((n for n, p in zip(near, rows, strict=True) if p.decision is not Decision.NOT_READ), default=0)
    return [p for n, p in zip(near, rows, strict=True) if n >= best or p.decision is Decision.NOT_READ]


def outcome_route(policies: Sequence[Policy], condition: str) -> tuple[Policy, ...]:
    """Return what pays for measured improvement in a condition, and the thresholds in use, for any payer."""
    wanted = {CONDITIONS.get(condition, condition), "all"}
    return tuple(p for p in policies if p.decision in ASIDE and wanted & set(p.conditions))


def is_old(policy: Policy, year: int) -> bool:
    """Return True when the newest date of a row lies more than three years before ``year``, or it has none."""
    return not policy.dated or int(policy.dated[:4]) < year - OLD_YEARS


def dates(policy: Policy, year: int) -> str:
    """Return the dates of a policy in words, and that they are old."""
    if not policy.dated:
        return "no date was found"
    told = [f"in force {policy.effective}"] if policy.effective else []
    told += [f"seen as of {policy.version}"] if policy.version else []
    old = ["more than three years old"] if is_old(policy, year) else []
    return "; ".join([", ".join(told), *old])


def questions(answer: Answer, payer: str, condition: str, setting: str) -> tuple[str, ...]:
    """Return what to ask the insurer, with the numbers of the policies and codes."""
    numbers = list(dict.fromkeys(p.policy for p in answer.policies if p.policy))
    codes = list(dict.fromkeys(c for p in answer.policies for c in (*p.hcpcs, *p.cpt)))
    device, pain = DEVICES[answer.device], condition.replace("_", " ")
    out = [f"Do you pay for {device} for {pain} at home, and under which conditions?"]
    if setting == "clinic":
        out = [f"Do you pay for {device} for {pain} in a clinic, and under which conditions?"]
    if numbers:
        out.append(f"Is policy {', '.join(numbers)} still in force, and what does its present text say?")
    if codes:
        out.append(f"Which code do you want to see ({', '.join(codes)} are named), and is prior approval needed?")
    out.append(
        "If not, do you pay for a therapy programme by its measured outcome, or for a plain electric heating pad?"
    )
    return tuple(out)
