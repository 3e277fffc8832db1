"""Small movements of head and neck, drawn close: sitting, at a wall, and lying."""

from __future__ import annotations

from dataclasses import replace

from irtherapy.programme.figures.body import Arm, FrontPose, Leg, Limb, SidePose
from irtherapy.programme.figures.scene import Arrow, Scene, box, chair

CLOSE = (-26.0, 27.0, 36.0, 89.0)
SIT = SidePose(
    hip=(0.0, 28.0),
    spine=(92.0, 93.0, 86.0),
    neck=84.0,
    head=90.0,
    near_arm=Arm((15.0, 33.0), hand=-20.0),
    near_leg=Leg((24.0, 3.0)),
    far_arm=None,
    far_leg=None,
)
TOWEL = Arm((-3.5, 62.0), hand=160.0, elbow=(9.5, 56.0))
HELD = replace(SIT, near_arm=TOWEL, far_arm=None)
FRONT = FrontPose(
    hip=(0.0, 28.0),
    spine=(90.0, 90.0, 90.0),
    neck=90.0,
    head=90.0,
    left_arm=Limb(-104.0, -86.0),
    right_arm=Limb(-76.0, -94.0),
)
STOOL = (((-20.0, 27.0), (20.0, 27.0)), ((-16.0, 27.0), (-16.0, 0.0)), ((16.0, 27.0), (16.0, 0.0)))
WALLED = SidePose(
    hip=(0.0, 50.0),
    spine=(94.0, 92.0, 84.0),
    neck=62.0,
    head=88.0,
    near_arm=None,
    near_leg=Leg((0.0, 3.0)),
    shift=1.5,
)
LIE = SidePose(
    hip=(0.0, 5.0),
    spine=(176.0, 182.0, 180.0),
    neck=168.0,
    head=184.0,
    near_arm=None,
    near_leg=Leg((26.0, 3.0)),
)

SCENES = {
    "neck_flexion": Scene(
        "Sitting: the chin sinks toward the chest",
        SIT,
        replace(SIT, spine=(92.0, 93.0, 83.0), neck=58.0, head=28.0),
        (Arrow("crown", 9.0, 4.0, 0.2),),
        chair(),
        focus=CLOSE,
    ),
    "neck_extension": Scene(
        "Sitting with a towel behind the neck: look up",
        HELD,
        replace(
            HELD,
            spine=(92.0, 94.0, 90.0),
            neck=104.0,
            head=132.0,
            near_arm=Arm((-5.5, 61.0), hand=140.0, elbow=(8.8, 58.0)),
        ),
        (Arrow("nose", 5.0, 0.0, -0.2),),
        chair(),
        focus=CLOSE,
    ),
    "neck_sidebend": Scene(
        "Sitting, one hand on the seat: the ear goes toward the other shoulder",
        replace(FRONT, left_arm=Limb(-100.0, -91.0)),
        replace(FRONT, left_arm=Limb(-100.0, -91.0), neck=72.0, head=48.0),
        (Arrow("crown", 6.0, 4.0, 0.2),),
        STOOL,
        focus=(-31.0, 24.0, 31.0, 86.0),
    ),
    "neck_rotation": Scene(
        "Sitting: the head turns to look over one shoulder",
        FRONT,
        replace(FRONT, yaw=66.0),
        (Arrow(((-9.0, 83.0), (10.0, 83.0)), bulge=0.2),),
        STOOL,
        focus=(-31.0, 28.0, 31.0, 90.0),
    ),
    "chin_retraction": Scene(
        "Sitting: the head slides straight back",
        replace(SIT, neck=58.0, head=90.0, shift=3.0),
        replace(SIT, neck=92.0, head=84.0, shift=-1.5),
        (Arrow(((19.0, 60.0), (9.0, 60.0))),),
        chair(),
        focus=CLOSE,
    ),
    "trap_levator": Scene(
        "Sitting, one hand on the seat: the nose goes toward the armpit",
        replace(FRONT, left_arm=Limb(-100.0, -91.0)),
        replace(FRONT, left_arm=Limb(-100.0, -91.0), neck=78.0, head=58.0, neck_seen=0.8, yaw=60.0, nod=0.2),
        (Arrow(((22.0, 79.0), (25.0, 66.0)), bulge=-0.12),),
        STOOL,
        focus=(-31.0, 24.0, 31.0, 86.0),
    ),
    "wall_chin_tuck": Scene(
        "Standing with the back to a wall: the head slides back",
        WALLED,
        replace(WALLED, neck=93.0, head=86.0, shift=-1.5),
        (Arrow(((21.0, 82.0), (11.0, 82.0))),),
        (((-8.5, 0.0), (-8.5, 112.0)),),
        focus=(-22.0, 48.0, 40.0, 110.0),
    ),
    "deep_neck_flexor_nod": Scene(
        "Lying with the head on a thin pillow: a tiny nod",
        LIE,
        replace(LIE, neck=170.0, head=164.0),
        (Arrow(((-48.0, 24.0), (-35.0, 24.0)), bulge=0.15),),
        (box(-55.0, 0.0, -33.0, 3.2), ((-70.0, 0.0), (30.0, 0.0))),
        focus=(-60.0, -16.0, 2.0, 46.0),
    ),
}
