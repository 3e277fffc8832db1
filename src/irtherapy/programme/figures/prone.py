"""Lying on the front."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import Arm, FrontPose, Leg, Limb, SidePose
from irtherapy.programme.figures.scene import Arrow, Scene, box, floor

FLAT = SidePose(
    hip=(0.0, 5.0),
    spine=(2.0, 4.0, 0.0),
    neck=24.0,
    head=40.0,
    near_arm=Arm((23.0, 2.0), hand=0.0),
    near_leg=Leg((-46.8, 4.0), foot=190.0),
)
ELBOWS = SidePose(
    hip=(0.0, 5.0),
    spine=(2.0, 26.0, 48.0),
    neck=30.0,
    head=35.0,
    near_arm=Arm((38.0, 2.0), hand=0.0),
    near_leg=Leg((-46.5, 3.5), foot=190.0),
)
ABOVE = FrontPose(
    hip=(0.0, 46.0),
    spine=(90.0, 90.0, 90.0),
    neck=90.0,
    head=90.0,
    left_arm=Limb(126.0, 124.0),
    right_arm=Limb(54.0, 56.0),
    left_leg=Limb(-93.0, -91.0, end=-100.0, end_seen=0.6),
    right_leg=Limb(-87.0, -89.0, end=-80.0, end_seen=0.6),
    back=True,
)

SCENES = {
    "prone_pressup": Scene(
        "Lying on the front: the arms press the chest up, the hips stay down",
        FLAT,
        replace(FLAT, spine=(18.0, 48.0, 64.0), neck=74.0, head=80.0, near_arm=Arm((23.0, 2.0), hand=0.0)),
        (Arrow(((46.0, 14.0), (40.0, 34.0)), bulge=0.12),),
        (floor(-58.0, 54.0),),
    ),
    "plank_knees": Scene(
        "On forearms and knees: the trunk straightens and holds",
        ELBOWS,
        replace(
            ELBOWS,
            hip=(-2.3, 10.5),
            spine=(15.0, 15.0, 14.0),
            neck=12.0,
            head=18.0,
            near_arm=Arm((38.0, 2.0), hand=0.0),
            near_leg=Leg((-47.5, 3.5), foot=190.0),
        ),
        (Arrow("hip", 0.0, 15.0),),
        (floor(-60.0, 54.0),),
    ),
    "prone_hip_lift": Scene(
        "Lying on the front over a pillow: one arm and the other leg lift a little",
        replace(FLAT, hip=(0.0, 8.0), near_arm=Arm((56.0, 4.0)), far_arm=Arm((56.0, 3.0)), far_leg=FLAT.near_leg),
        replace(
            FLAT,
            hip=(0.0, 8.0),
            spine=(2.0, 6.0, 4.0),
            near_arm=Arm((52.0, 24.0)),
            far_arm=Arm((56.0, 3.0)),
            near_leg=Leg((-46.0, 4.0), foot=190.0),
            far_leg=Leg((-44.0, 20.0), foot=158.0),
        ),
        (Arrow(((65.0, 10.0), (65.0, 24.0))), Arrow("far_ankle", 0.0, 11.0)),
        (floor(-60.0, 70.0), box(-2.0, 0.0, 16.0, 4.5)),
    ),
    "prone_y": Scene(
        "Seen from above, lying on the front: arms lift in a Y and draw down into a W",
        ABOVE,
        replace(ABOVE, left_arm=Limb(206.0, 112.0), right_arm=Limb(-26.0, 68.0)),
        (Arrow(((-36.0, 98.0), (-36.0, 82.0))), Arrow(((36.0, 98.0), (36.0, 82.0)))),
        (box(-46.0, -12.0, 46.0, 110.0),),
    ),
}
