"""The forest plot: what is drawn is what was worked out, in valid SVG that no word leaves."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import trial_table

from irtherapy.evidence import answer, plot, pool, trials
from irtherapy.evidence.trials import Condition

SVG = "{http://www.w3.org/2000/svg}"
TWELVE = [(-1.0 + 0.15 * i, 0.2 + 0.05 * i) for i in range(12)]


def many() -> answer.Answer:
    """Twelve trials that may be pooled: enough for leave-one-out, a prediction interval and Egger."""
    rows = [
        {"effect": f"{y:.2f}", "ci_low": f"{y - 2 * se:.2f}", "ci_high": f"{y + 2 * se:.2f}", "pool": "p", "apart": "",
         "study": f"Trial {i} 20{i:02}"}
        for i, (y, se) in enumerate(TWELVE)
    ]  # fmt: skip
    return answer.about(trials.load(trial_table.text(*rows)), Condition.NECK_PAIN)


def drawn(found: answer.Answer, width: int) -> ElementTree.Element:
    return ElementTree.fromstring(plot.forest(found, width))


@pytest.mark.parametrize("condition", list(Condition))
@pytest.mark.parametrize("width", [360, 720])
def test_every_effect_is_drawn_and_no_word_leaves_the_drawing(condition: Condition, width: int) -> None:
    found = answer.about(trial_table.shipped(), condition)
    svg = drawn(found, width)
    rows = [r for q in found.questions for r in q.rows]
    lines = [line for panel in found.panels for line in panel.lines]
    assert len(svg.findall(f".//{SVG}g")) == len(lines)
    assert len(lines) == sum(r.effect is not None for r in rows) + sum(bool(r.trial.pool) for r in rows)
    hollow = list(svg.iter(f"{SVG}circle"))
    assert len(hollow) == sum(line.low is None for line in lines)
    height = float(svg.attrib["viewBox"].split()[3])
    for text in svg.iter(f"{SVG}text"):
        size, x, words = float(text.attrib["font-size"]), float(text.attrib["x"]), text.text or ""
        reach = 0.5 * size * len(words)
        left = {"start": x, "middle": x - reach / 2, "end": x - reach}[text.attrib["text-anchor"]]
        assert left > -4 and left + reach < width + 4, words
        assert 0 < float(text.attrib["y"]) < height
    told = "".join(svg.itertext())
    assert "2026-11-23" in told
    for name in found.without_figure:
        assert name.split(",")[0].split()[0] in told


def test_a_point_stands_where_its_number_says() -> None:
    """Gale 2006 at -2.5, Guimaraes 2021 at 0.01 and the line of no difference share one axis."""
    svg = drawn(answer.about(trial_table.shipped(), Condition.CHRONIC_LOW_BACK_PAIN), 720)
    null = float(svg.findall(f".//{SVG}line[@class='null']")[0].attrib["x1"])
    gale = float(next(svg.iter(f"{SVG}circle")).attrib["cx"])
    square = next(svg.iter(f"{SVG}rect")).attrib
    guimaraes = float(square["x"]) + float(square["width"]) / 2
    assert (guimaraes - null) / (null - gale) == pytest.approx(0.01 / 2.5, abs=0.001)
    assert gale < null < guimaraes


def test_nothing_is_added_up_outside_a_pool() -> None:
    chronic = answer.about(trial_table.shipped(), Condition.CHRONIC_LOW_BACK_PAIN)
    assert 'class="diamond"' not in plot.forest(chronic) and all(p.pooled is None for p in chronic.panels)
    assert plot.forest(answer.about(trial_table.shipped(), Condition.ACUTE_LOW_BACK_PAIN)).count('class="diamond"') == 1


def test_the_square_is_the_weight_and_the_diamond_the_interval() -> None:
    found = many()
    p = found.questions[0].pools[0]
    assert p.headline == pool.combine([y for y, _ in p_effects(found)], [se for _, se in p_effects(found)],
                                      pool.Method.REML, hartung_knapp=True)  # fmt: skip
    svg = drawn(found, 720)
    sides = [float(r.attrib["width"]) for r in svg.iter(f"{SVG}rect")]
    assert len(sides) == 12  # a pool in the trials' own unit is not drawn a second time
    assert sides[0] ** 2 / sides[5] ** 2 == pytest.approx(p.headline.weights[0] / p.headline.weights[5], rel=0.05)
    diamond = next(e for e in svg.iter(f"{SVG}polygon") if e.attrib.get("class") == "diamond")
    points = [float(n) for n in re.findall(r"[-\d.]+(?=,)", diamond.attrib["points"])]
    prediction = svg.find(f".//{SVG}line[@class='prediction']")
    assert prediction is not None
    width = (points[2] - points[0]) / (p.headline.ci_high - p.headline.ci_low)
    assert (points[1] - points[0]) / width == pytest.approx(p.headline.estimate - p.headline.ci_low, abs=0.01)
    assert float(prediction.attrib["x1"]) < points[0] and float(prediction.attrib["x2"]) > points[2]


def p_effects(found: answer.Answer) -> list[tuple[float, float]]:
    rows = [r.effect for q in found.questions for r in q.rows]
    return [(e.estimate, e.se) for e in rows if e is not None and e.se is not None]


def test_enough_trials_bring_leave_one_out_and_the_small_study_check() -> None:
    p = many().questions[0].pools[0]
    assert len(p.without) == 12 and p.small_study is not None and p.small_study.df == 10
    assert p.headline.prediction_low is not None and p.headline.hartung_knapp
    two = answer.about(trial_table.shipped(), Condition.ACUTE_LOW_BACK_PAIN).questions[0].pools[0]
    assert two.without == () and two.small_study is None and "at least 10" in two.small_study_note
    assert two.headline.method is pool.Method.FIXED


def test_the_drawing_is_told_in_words() -> None:
    told = plot.describe(answer.about(trial_table.shipped(), Condition.ACUTE_LOW_BACK_PAIN))
    assert "Nadler 2003, day 0.69 (0.40 to 0.98)" in told and "Pooled 0.78 (0.52 to 1.03)" in told
    bare = trials.load(trial_table.text({"effect": "", "ci_low": "", "ci_high": "", "rule": ""}))
    neck = plot.describe(answer.about(bare, Condition.NECK_PAIN))
    assert neck == "No study printed a figure that could be drawn."


def test_a_word_from_a_table_cannot_break_out_of_the_drawing() -> None:
    found = answer.about(trials.load(trial_table.text({"study": "<script>1</script>"})), Condition.NECK_PAIN)
    assert "<script>" not in plot.forest(found) and "&lt;script&gt;" in plot.forest(found)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-37.2, 4.0), (0.0, 0.013), (-1e6, 2e6)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = plot.ticks(low, high)
    assert 2 <= len(found) <= 7 and all(low <= t <= high for t in found) and 0.0 in found
