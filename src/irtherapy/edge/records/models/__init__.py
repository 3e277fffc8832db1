"""Everything that is kept, one subject a file; what a stage decided is the JSON that ``values.to_json`` writes."""

from irtherapy.edge.records.models.course import Course
from irtherapy.edge.records.models.outcome import Answer, Effect, Illness, Motion, PainEntry, Told
from irtherapy.edge.records.models.self_trial import HIDDEN, ComparedSession, Comparison
from irtherapy.edge.records.models.visit import CLEARANCE_MAX_DAYS, SKIN_CHECKS, Clearance, Patient, Samples, Visit

__all__ = [
    "CLEARANCE_MAX_DAYS",
    "HIDDEN",
    "SKIN_CHECKS",
    "Answer",
    "Clearance",
    "ComparedSession",
    "Comparison",
    "Course",
    "Effect",
    "Illness",
    "Motion",
    "PainEntry",
    "Patient",
    "Samples",
    "Told",
    "Visit",
]
