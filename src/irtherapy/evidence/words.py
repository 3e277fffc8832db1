"""Names of conditions, of light and heat, and the sentences of the evidence: plain, and only as sure as the trials."""

from __future__ import annotations

from collections.abc import Sequence

from irtherapy.evidence.trials import Comparator, Condition, Finding, Kind, Modality, OutcomeKind, Trial

CONDITION = {
    Condition.CHRONIC_LOW_BACK_PAIN: "chronic low back pain",
    Condition.ACUTE_LOW_BACK_PAIN: "acute and subacute low back pain",
    Condition.NECK_PAIN: "neck pain",
    Condition.NEUROPATHY: "nerve damage of the feet (neuropathy)",
    Condition.ARTHRITIS: "arthritis and worn joints",
}
MODALITY = {
    Modality.INFRARED_WRAP: "an infrared wrap or belt",
    Modality.INFRARED_LAMP: "an infrared lamp or infrared light",
    Modality.LED_PADS: "infrared light from pads (890 nm)",
    Modality.NEAR_INFRARED: "near-infrared light",
    Modality.FAR_INFRARED: "far-infrared cloth, collar or patch",
    Modality.WIRA: "water-filtered infrared",
    Modality.LASER: "laser or laser-like light (not heat)",
    Modality.HEAT_WRAP: "heat by touch (wrap, pad or blanket)",
}
SHORT = {
    Modality.INFRARED_WRAP: "infrared wrap",
    Modality.INFRARED_LAMP: "infrared lamp",
    Modality.LED_PADS: "890 nm pads",
    Modality.NEAR_INFRARED: "near infrared",
    Modality.FAR_INFRARED: "far infrared",
    Modality.WIRA: "water-filtered infrared",
    Modality.LASER: "laser",
    Modality.HEAT_WRAP: "heat",
}
AGAINST_WHAT = {
    Comparator.SHAM: "sham",
    Comparator.OTHER_SHAM: "another sham",
    Comparator.ORAL_PLACEBO: "placebo pill",
    Comparator.NOT_TOLD: "not told",
}
FINDING = {
    Finding.FAVOURS_ACTIVE: "better than the comparison",
    Finding.NO_DIFFERENCE: "no clear difference",
    Finding.FAVOURS_CONTROL: "worse than the comparison",
    Finding.UNCLEAR: "unclear",
    Finding.NO_ANSWER: "cannot tell",
    Finding.UNCONTROLLED: "no control group",
    Finding.NO_RESULT: "no result",
}
TOLD = (Finding.FAVOURS_ACTIVE, Finding.NO_DIFFERENCE, Finding.FAVOURS_CONTROL)
LESS_MORE = {
    OutcomeKind.PAIN: "pain",
    OutcomeKind.RELIEF: "relief",
    OutcomeKind.DISABILITY: "disability",
    OutcomeKind.FUNCTION: "function",
    OutcomeKind.STIFFNESS: "stiffness",
    OutcomeKind.MOVEMENT: "movement",
    OutcomeKind.SENSATION: "sensation",
    OutcomeKind.OTHER: "change",
}
FOR = {
    1: "It is very uncertain whether {it} does anything for {them}: {few_are} in its favour, but weak.",
    2: "{It} may bring a little relief in {them}.",
    3: "{It} probably brings some relief in {them}.",
    4: "{It} brings relief in {them}.",
}
SAME = {
    1: "It is very uncertain whether {it} does anything for {them}: {few} found no clear difference.",
    2: "{It} may make no difference in {them}.",
    3: "{It} probably makes no difference in {them}.",
    4: "{It} makes no difference in {them}.",
}
AGAINST = {
    1: "It is very uncertain what {it} does in {them}: {few} went against it.",
    2: "{It} may make {them} worse than the comparison does.",
    3: "{It} probably makes {them} worse than the comparison does.",
    4: "{It} makes {them} worse than the comparison does.",
}
DISAGREE = dict.fromkeys((1, 2, 3, 4), "The trials of {it} in {them} disagree, so it is not known whether it works.")
MIXED = "The one trial of {it} in {them} had mixed results, so it is not known whether it works."
LIMIT = {
    Modality.HEAT_WRAP: "This is heat by touch, in most trials a wrap of 40 \u00b0C for 8 hours; that a lamp does "
    "the same is an assumption.",
    Modality.LASER: "This is light without heat: it says nothing about a lamp or a warm wrap.",
}
BY_VERDICT = {"for": FOR, "no_difference": SAME, "against": AGAINST, "disagree": DISAGREE}


def verdict(condition: Condition, modality: Modality, said: str, certainty: int, trials: int) -> str:
    """Return the graded sentence: ``said`` is the verdict, ``certainty`` 1 very low to 4 high, of so many trials."""
    if said == "disagree" and trials == 1:
        return _fill(MIXED, condition, modality)
    few, few_are = ("the one trial", "the one trial is") if trials == 1 else ("the few trials", "the few trials are")
    return _fill(BY_VERDICT[said][certainty], condition, modality, few=few, few_are=few_are)


def counts(found: Sequence[Finding | None], people: int) -> str:
    """Return how many trials found what; None is a trial whose results differ from each other."""
    told = [(sum(f is each for f in found), each) for each in (*TOLD, None)]
    if len(found) == 1:
        return f"1 trial with a comparison ({people} people) found {_found(found[0])}."
    parts = [f"{n} found {_found(each)}" for n, each in told if n]
    return f"{len(found)} trials with a comparison ({people} people): {', '.join(parts)}."


def _found(finding: Finding | None) -> str:
    if finding is None:
        return "now the one, now the other"
    return FINDING[finding] if finding is Finding.NO_DIFFERENCE else f"it {FINDING[finding]}"


def said(lead: str, studies: Sequence[str], found: Sequence[Finding | None]) -> str:
    """Return what some trials found, by finding, after a lead such as "Outside the pool"."""
    parts = []
    for each in (*TOLD, None):
        named = list(dict.fromkeys(s for s, f in zip(studies, found, strict=True) if f is each))
        if named:
            parts.append(f"{FINDING[each] if each else 'now the one, now the other'} in {', '.join(named)}")
    return f"{lead}: {'; '.join(parts)}."


def pooled(k: int, people: int, estimate: float, low: float, high: float, unit: str) -> str:
    """Return the pooled figure as a sentence."""
    return f"Pooled from {k} trials ({people} people): {plain(estimate)} ({plain(low)} to {plain(high)}), {unit}."


def makers(studies: Sequence[str]) -> str:
    """Return which studies have ties to a maker."""
    return f"Paid for by a maker, or written by its people: {', '.join(dict.fromkeys(studies))}."


def plain(value: float) -> str:
    """Return a figure with two decimals and a true minus sign."""
    text = f"{value:.2f}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("-")


def two(low: float, high: float) -> str:
    """Return what two trials cannot tell."""
    return (f"Two trials cannot show how much trials differ: an interval that allows for it would reach from "
            f"{plain(low)} to {plain(high)}.")  # fmt: skip


def silent(condition: Condition, modality: Modality, rows: Sequence[Trial]) -> str:
    """Return what is said when no trial compared."""
    text = _fill("Not known: no trial that answers was found for {it} in {them}.", condition, modality)
    alone = len({t.cohort for t in rows if t.kind is Kind.UNCONTROLLED})
    if alone:
        one = "1 study without a control group cannot show it."
        return f"{text} {one if alone == 1 else f'{alone} studies without a control group cannot show it.'}"
    return text


def _fill(text: str, condition: Condition, modality: Modality, **more: str) -> str:
    it = MODALITY[modality]
    return text.format(it=it, It=it[0].upper() + it[1:], them=CONDITION[condition], **more)


def against(trial: Trial) -> str:
    """Return in a word or two what the other people had."""
    return AGAINST_WHAT.get(trial.comparator, trial.comparator_text)


def directions(kind: OutcomeKind, better: str) -> tuple[str, str]:
    """Return what stands left of the null line and what stands right of it, active minus control."""
    what = LESS_MORE[kind]
    left, right = f"less {what}", f"more {what}"
    return (f"{left} (better)", right) if better == "lower" else (left, f"{right} (better)")


def is_rule(remark: str) -> bool:
    """Return whether a remark is a rule of this program rather than what was read of certain studies."""
    return remark.startswith("Two trials cannot show") or remark in LIMIT.values()
