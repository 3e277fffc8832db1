"""Sitting and standing, seen from the front or from behind."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import FrontPose, Limb
from irtherapy.programme.figures.neck import FRONT, STOOL
from irtherapy.programme.figures.scene import Arrow, Scene, floor

UPRIGHT = FrontPose(
    hip=(0.0, 50.0),
    spine=(90.0, 90.0, 90.0),
    neck=90.0,
    head=90.0,
    left_arm=Limb(-100.0, -94.0),
    right_arm=Limb(-80.0, -86.0),
    left_leg=Limb(-94.0, -90.0, end=-140.0, end_seen=0.55),
    right_leg=Limb(-86.0, -90.0, end=-40.0, end_seen=0.55),
)
SQUEEZE = replace(FRONT, back=True, left_arm=Limb(-102.0, -94.0), right_arm=Limb(-78.0, -86.0), blades=5.6)
ANGEL = replace(UPRIGHT, left_arm=Limb(184.0, 92.0), right_arm=Limb(-4.0, 88.0))

SCENES = {
    "standing_side_bend": Scene(
        "Standing: one hand slides down the thigh and the body bends to that side",
        UPRIGHT,
        replace(
            UPRIGHT,
            hip=(-2.0, 50.0),
            spine=(84.0, 72.0, 60.0),
            neck=60.0,
            head=58.0,
            left_arm=Limb(-114.0, -108.0),
            right_arm=Limb(-92.0, -98.0),
            left_leg=Limb(-91.0, -88.0, end=-140.0, end_seen=0.55),
            right_leg=Limb(-83.0, -88.0, end=-40.0, end_seen=0.55),
        ),
        (Arrow("crown", 4.0, 5.0, 0.2),),
        (floor(-30.0, 40.0),),
    ),
    "scap_retraction": Scene(
        "Seen from behind: the shoulder blades draw together",
        SQUEEZE,
        replace(SQUEEZE, left_arm=Limb(-106.0, -96.0, 0.94), right_arm=Limb(-74.0, -84.0, 0.94), blades=2.8),
        (Arrow(((-20.0, 49.0), (-8.0, 49.0))), Arrow(((20.0, 49.0), (8.0, 49.0)))),
        STOOL,
        focus=(-31.0, 22.0, 31.0, 84.0),
    ),
    "wall_angel": Scene(
        "Standing with the back to a wall: the arms slide up and down",
        ANGEL,
        replace(ANGEL, left_arm=Limb(124.0, 104.0), right_arm=Limb(56.0, 76.0)),
        (Arrow("left_hand", -9.0, 0.0, 0.15), Arrow("right_hand", 9.0, 0.0, -0.15)),
        (floor(-46.0, 46.0), ((-46.0, 0.0), (-46.0, 118.0), (46.0, 118.0), (46.0, 0.0))),
    ),
}
