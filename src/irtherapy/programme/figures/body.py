"""A person as joints in a plane: pure arithmetic from angles to points.

Lengths are in hundredths of the person's height, angles in degrees, 0 to the right and 90 up. Seen from the side a
person faces right when upright, so a knee bends one way and an elbow the other, whichever way the whole body lies.
Segment lengths are our own round figures for drawing, not anthropometry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]

THIGH, SHIN, FOOT, ANKLE = 24.0, 23.0, 9.0, 3.0
SPINE = (9.0, 11.0, 10.0)
NECK, HEAD = 6.0, 7.2
UPPER_ARM, FOREARM, HAND = 16.0, 14.0, 4.0
SHOULDERS, HIPS = 8.5, 4.5


def step(start: Point, angle: float, length: float) -> Point:
    """Return the point ``length`` away from ``start`` in the direction ``angle`` (degrees)."""
    turn = math.radians(angle)
    return start[0] + length * math.cos(turn), start[1] + length * math.sin(turn)


def heading(start: Point, end: Point) -> float:
    """Return the direction from one point to another in degrees."""
    return math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))


def turned(angle: float) -> float:
    """Return an angle as -180 to 180 degrees."""
    return (angle + 180.0) % 360.0 - 180.0


@dataclass(frozen=True)
class Arm:
    """An arm by where the wrist is; ``hand`` is the direction of the hand (None: on from the forearm).

    ``elbow`` places an elbow that lies out of the picture's plane, so that its upper arm is seen shortened.
    """

    wrist: Point
    hand: float | None = None
    elbow: Point | None = None


@dataclass(frozen=True)
class Leg:
    """A leg by where the ankle is, with the direction of the foot in degrees."""

    ankle: Point
    foot: float = 0.0


@dataclass(frozen=True)
class SidePose:
    """A person seen from the side: spine, neck and head as directions, limbs by where they touch."""

    hip: Point
    spine: tuple[float, float, float]
    neck: float
    head: float
    near_arm: Arm | None
    near_leg: Leg | None
    far_arm: Arm | None = None
    far_leg: Leg | None = None
    shift: float = 0.0  # the head slides forward of the neck (+) or back (-)
    yaw: float | None = None  # the face turns toward the viewer: 0 straight at the viewer, None in profile


@dataclass(frozen=True)
class Limb:
    """A limb seen from the front or back: directions and how much of each length is seen (1: all of it)."""

    upper: float
    lower: float
    upper_seen: float = 1.0
    lower_seen: float = 1.0
    end: float | None = None
    end_seen: float = 1.0


@dataclass(frozen=True)
class FrontPose:
    """A person seen from the front, or from behind with ``back``; left and right are the viewer's."""

    hip: Point
    spine: tuple[float, float, float]
    neck: float
    head: float
    left_arm: Limb | None
    right_arm: Limb | None
    left_leg: Limb | None = None
    right_leg: Limb | None = None
    pelvis: float = 0.0
    shoulders: float | None = None  # direction of the shoulder line; None: square to the upper spine
    yaw: float = 0.0  # the face turns to the viewer's right (+) or left (-), degrees
    nod: float = 0.0  # the face looks down (+), share of the head's radius
    back: bool = False
    blades: float | None = None  # seen from behind: distance of each shoulder blade from the spine
    neck_seen: float = 1.0


def bend(root: Point, tip: Point, upper: float, lower: float, sign: float) -> tuple[Point, Point]:
    """Return (joint, tip) of a two-part limb that reaches for ``tip``, bending to the side ``sign`` (+1 left)."""
    far = math.dist(root, tip)
    way = heading(root, tip)
    if far >= upper + lower:
        return step(root, way, upper), step(root, way, upper + lower)
    far = max(far, abs(upper - lower) + 1e-6)
    inner = math.degrees(math.acos((upper**2 + far**2 - lower**2) / (2 * upper * far)))
    return step(root, way + sign * inner, upper), step(root, way, far)


def side_joints(pose: SidePose) -> dict[str, Point]:
    """Return every joint of a pose seen from the side by name."""
    at: dict[str, Point] = {"hip": pose.hip}
    at["waist"] = step(pose.hip, pose.spine[0], SPINE[0])
    at["chest"] = step(at["waist"], pose.spine[1], SPINE[1])
    at["nape"] = step(at["chest"], pose.spine[2], SPINE[2])
    at["shoulder"] = step(at["nape"], pose.spine[2] + 180, 2.5)
    base = step(at["nape"], pose.neck, NECK)
    at["skull"] = step(base, pose.head - 90, pose.shift)
    at["head"] = step(at["skull"], pose.head, HEAD * 0.86)
    at["head"] = step(at["head"], pose.head - 90, 1.2)
    at["crown"] = step(at["head"], pose.head, HEAD)
    at["nose"] = step(at["head"], pose.head - 90, HEAD + 2)
    for side, arm in (("near", pose.near_arm), ("far", pose.far_arm)):
        if arm is not None:
            elbow, wrist = bend(at["shoulder"], arm.wrist, UPPER_ARM, FOREARM, -1.0)
            at[f"{side}_elbow"], at[f"{side}_wrist"] = (elbow, wrist) if arm.elbow is None else (arm.elbow, arm.wrist)
            way = heading(at[f"{side}_elbow"], at[f"{side}_wrist"]) if arm.hand is None else arm.hand
            at[f"{side}_hand"] = step(at[f"{side}_wrist"], way, HAND)
    for side, leg in (("near", pose.near_leg), ("far", pose.far_leg)):
        if leg is not None:
            at[f"{side}_knee"], at[f"{side}_ankle"] = bend(pose.hip, leg.ankle, THIGH, SHIN, 1.0)
            at[f"{side}_toe"] = step(at[f"{side}_ankle"], leg.foot, FOOT)
    return at


def front_joints(pose: FrontPose) -> dict[str, Point]:
    """Return every joint of a pose seen from the front or back by name."""
    at: dict[str, Point] = {"hip": pose.hip}
    at["waist"] = step(pose.hip, pose.spine[0], SPINE[0])
    at["chest"] = step(at["waist"], pose.spine[1], SPINE[1])
    at["nape"] = step(at["chest"], pose.spine[2], SPINE[2])
    at["skull"] = step(at["nape"], pose.neck, NECK * pose.neck_seen)
    at["head"] = step(at["skull"], pose.head, HEAD)
    at["crown"] = step(at["head"], pose.head, HEAD)
    across = pose.spine[2] - 90 if pose.shoulders is None else pose.shoulders
    collar = step(at["nape"], pose.spine[2] + 180, 2.5)
    at["collar"] = collar
    for side, turn, arm, leg in (
        ("left", 180.0, pose.left_arm, pose.left_leg),
        ("right", 0.0, pose.right_arm, pose.right_leg),
    ):
        at[f"{side}_shoulder"] = step(collar, across + turn, SHOULDERS)
        at[f"{side}_hip"] = step(pose.hip, pose.pelvis + turn, HIPS)
        if arm is not None:
            at[f"{side}_elbow"] = step(at[f"{side}_shoulder"], arm.upper, UPPER_ARM * arm.upper_seen)
            at[f"{side}_wrist"] = step(at[f"{side}_elbow"], arm.lower, FOREARM * arm.lower_seen)
            way = arm.lower if arm.end is None else arm.end
            at[f"{side}_hand"] = step(at[f"{side}_wrist"], way, HAND * arm.end_seen)
        if leg is not None:
            at[f"{side}_knee"] = step(at[f"{side}_hip"], leg.upper, THIGH * leg.upper_seen)
            at[f"{side}_ankle"] = step(at[f"{side}_knee"], leg.lower, SHIN * leg.lower_seen)
            way = leg.lower if leg.end is None else leg.end
            at[f"{side}_toe"] = step(at[f"{side}_ankle"], way, FOOT * leg.end_seen)
    return at


def flexion(at: Mapping[str, Point], side: str) -> dict[str, float]:
    """Return the bends of knee, elbow and hip seen from the side in degrees; 0 is straight, less is impossible."""
    out: dict[str, float] = {}
    if f"{side}_knee" in at:
        thigh = heading(at["hip"], at[f"{side}_knee"])
        out["knee"] = turned(thigh - heading(at[f"{side}_knee"], at[f"{side}_ankle"]))
        out["hip"] = turned(thigh - heading(at["hip"], at["waist"]) - 180.0)
        shin = heading(at[f"{side}_knee"], at[f"{side}_ankle"])
        out["ankle"] = turned(shin + 90.0 - heading(at[f"{side}_ankle"], at[f"{side}_toe"]))
    if f"{side}_elbow" in at:
        upper = heading(at["shoulder"], at[f"{side}_elbow"])
        out["elbow"] = turned(heading(at[f"{side}_elbow"], at[f"{side}_wrist"]) - upper)
        out["shoulder"] = turned(upper - heading(at["chest"], at["nape"]) + 90.0) + 90.0
    return out
