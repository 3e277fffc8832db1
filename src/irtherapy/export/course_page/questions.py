"""What is open after a course, most urgent first: what a doctor or therapist is asked to say."""

from __future__ import annotations

from irtherapy.export.course_page.digest import WORSE_POINTS, Digest
from irtherapy.export.course_page.words import REGIONS, Cut, day

MISSED_SHARE = 1 / 3
NO_GAIN_DAYS = 26  # four weeks of a course, less the weekend at its end
ENOUGH = 4


def open_questions(d: Digest, cut: Cut, matters: float = WORSE_POINTS) -> list[str]:
    """Return the open questions of a course; ``matters`` is the change of pain, in points, that counts."""
    return [*_alarms(d, cut), *_no_gain(d, matters), *_kept_from(d), *_care(d, cut), _end(d)]


def _alarms(d: Digest, cut: Cut) -> list[str]:
    out = []
    marks = [s for s in d.sessions if s.skin_check == "marks"]
    if marks:
        out.append(f"Marks on the skin on {day(marks[-1].day)}: should heat at this site stop for good?")
    severe = [e for e in d.chart.effects if int(e["grade"]) >= 3]
    if severe:
        out.append(f"Severe: {cut(str(severe[-1]['text']), 50)}. Is it clear what it came from?")
    weeks = d.weeks_pain(d.region)
    if weeks is not None and weeks[1] - weeks[0] >= 1.0:
        out.append(
            f"Pain rose by {weeks[1] - weeks[0]:.1f} points from the first to the last week. Should heat be stopped?"
        )
    course = d.course or {}
    if course.get("status") == "on-hold":
        why = cut(str(course.get("note") or "no reason was told").rstrip("."), 50)
        out.append(f"The course is paused ({why}). May it go on?")
    guarded = sum(bool(s.guards) for s in d.sessions)
    if guarded:
        out.append(f"Sessions that a guard of the program ended: {guarded} (see details). What should change?")
    return out


def _no_gain(d: Digest, matters: float) -> list[str]:
    weeks, first, last = d.weeks_pain(d.region), d.first_day, d.last_day
    if weeks is None or first is None or last is None or (min(last, d.today) - first).days < NO_GAIN_DAYS:
        return []
    gain = weeks[0] - weeks[1]
    if gain <= -1.0 or gain >= min(matters, 0.3 * weeks[0]):
        return []
    where = REGIONS.get(d.region, d.region)
    return [f"After four weeks the pain at the {where} is not less by as much as matters. Is something else better?"]


def _kept_from(d: Digest) -> list[str]:
    if d.due and len(d.missed) / d.due > MISSED_SHARE:
        return [f"{len(d.missed)} of {d.due} planned sessions were not done. What stands in the way?"]
    return []


def _care(d: Digest, cut: Cut) -> list[str]:
    return [f"Still right to use heat with this: {cut(str(r['text']), 50)}" for r in d.verdict.get("cleared", ())][:2]


def _end(d: Digest) -> str:
    if d.course is None:
        return "Is heat at home, with stretching, right for this person, and for how long?"
    if d.course.get("status") == "completed" or (d.last_day and d.last_day <= d.today):
        return "The course is over. Go on, taper, stop, or something else?"
    return "Is it right to go on with this course to its end?"
