"""Every exercise has a drawing of a possible person: joints bend the right way, nobody sinks into the floor."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest

from irtherapy.edge.data import exercises
from irtherapy.programme.compose import REST_ID
from irtherapy.programme.figures import SCENES, moving, svg
from irtherapy.programme.figures.body import FOREARM, SHIN, THIGH, UPPER_ARM, SidePose, bend, flexion
from irtherapy.programme.figures.draw import FRAMES, POSES, between, joints
from irtherapy.values import InputError

IDS = [e.id for e in exercises()]
# Passive ranges in degrees, rounded outward: knee and elbow never bend backwards; the ankle includes the forefoot.
RANGES = {"knee": (-1, 156), "elbow": (-1, 160), "hip": (-35, 140), "ankle": (-30, 85), "shoulder": (-75, 195)}
FROM_ABOVE = {"thoracic_rotation_open_book", "supine_knee_roll", "prone_y"}
BOTH = [(name, pose) for name in SCENES for pose in POSES]


def test_every_exercise_has_a_drawing_and_no_drawing_is_left_over() -> None:
    assert set(SCENES) == {*IDS, REST_ID}


@pytest.mark.parametrize(("name", "pose"), BOTH)
def test_a_drawing_is_whole_svg_that_stays_in_its_frame_of_numbers(name: str, pose: str) -> None:
    text = svg(name, pose, size=120)
    root = ET.fromstring(text)
    assert root.get("width") == root.get("height") == "120" and root.get("role") == "img"
    assert root[0].tag.endswith("title") and root[0].text
    assert not any(word in text for word in ("nan", "inf", "style=", "href", "None"))
    assert ('class="arrow"' in text) is (pose == "end"), "the end pose alone shows where the movement goes"
    assert text == svg(name, pose, size=120)


@pytest.mark.parametrize(("name", "pose"), BOTH)
def test_joints_bend_as_joints_do(name: str, pose: str) -> None:
    scene = SCENES[name]
    chosen = scene.start if pose == "start" else scene.end
    if not isinstance(chosen, SidePose):
        return
    at = joints(scene, pose)
    for side in ("near", "far"):
        arm, leg = getattr(chosen, f"{side}_arm"), getattr(chosen, f"{side}_leg")
        bends = flexion(at, side)
        if arm is not None and arm.elbow is not None:
            bends = {k: v for k, v in bends.items() if k not in ("elbow", "shoulder")}
            assert math.dist(at["shoulder"], arm.elbow) <= UPPER_ARM + 1
            assert math.dist(arm.elbow, arm.wrist) <= FOREARM + 1
        for joint, value in bends.items():
            low, high = RANGES[joint]
            assert low <= value <= high, f"{side} {joint} {value:.0f}"
        if leg is not None:
            assert math.dist(at[f"{side}_ankle"], leg.ankle) < 1.5, f"{side} foot misses its place"
        if arm is not None:
            assert math.dist(at[f"{side}_wrist"], arm.wrist) < 1.5, f"{side} hand misses its place"


@pytest.mark.parametrize(("name", "pose"), [b for b in BOTH if b[0] not in FROM_ABOVE])
def test_nobody_sinks_into_the_floor(name: str, pose: str) -> None:
    sunk = {joint: point for joint, point in joints(SCENES[name], pose).items() if point[1] < -0.5}
    assert sunk == {}


@pytest.mark.parametrize("name", [n for n in SCENES if n not in ("abdominal_brace", REST_ID, "scap_retraction")])
def test_start_and_end_differ_so_that_the_movement_is_seen(name: str) -> None:
    assert (
        svg(name, "start").split("</title>")[1] != svg(name, "end").split("</title>")[1].split('<path class="arrow"')[0]
    )
    first, last = joints(SCENES[name], "start"), joints(SCENES[name], "end")
    yaws = (getattr(SCENES[name].start, "yaw", 0), getattr(SCENES[name].end, "yaw", 0))
    assert max(math.dist(first[k], last[k]) for k in first if k in last) > 2 or yaws[0] != yaws[1]


def test_mirrored_shows_the_other_side() -> None:
    assert "matrix(-1 0 0 1 120 0)" in svg("neck_rotation", "end", mirrored=True)


def test_a_limb_keeps_its_lengths() -> None:
    knee, ankle = bend((0, 50), (10, 12), THIGH, SHIN, 1.0)
    assert math.dist((0, 50), knee) == pytest.approx(THIGH) and math.dist(knee, ankle) == pytest.approx(SHIN)


@pytest.mark.parametrize(("name", "pose"), [("headstand", "start"), ("cat_cow", "middle")])
def test_what_has_no_drawing_is_told(name: str, pose: str) -> None:
    with pytest.raises(InputError):
        svg(name, pose)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_the_movement_goes_from_the_start_to_the_end(name: str) -> None:
    frames = re.findall(r'<g class="frame f(\d)"( opacity="0")?>', moving(name))
    assert [number for number, _ in frames] == [str(i) for i in range(FRAMES)]
    assert [bool(hidden) for _, hidden in frames] == [True] * (FRAMES - 1) + [False]
    scene = SCENES[name]
    assert between(scene.start, scene.end, 0.0) == scene.start and between(scene.start, scene.end, 1.0) == scene.end
