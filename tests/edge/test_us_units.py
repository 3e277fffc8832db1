"""°F, inches and pounds: the rule over finished text, and the door of a field."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy import units
from irtherapy.edge import us_units
from irtherapy.values import InputError

WJ = us_units.DIFFERENCE


@pytest.mark.parametrize(
    ("c", "f"), [(0.0, 32.0), (100.0, 212.0), (-40.0, -40.0), (37.0, 98.6), (39.0, 102.2), (42.0, 107.6)]
)
def test_temperatures(c: float, f: float) -> None:
    assert units.fahrenheit(c) == pytest.approx(f)
    assert units.celsius(f) == pytest.approx(c)


def test_a_difference_has_no_32_in_it_and_the_inch_and_the_pound_are_exact() -> None:
    assert units.fahrenheit_rise(5.0) == 9.0
    assert units.metres(12.0) == pytest.approx(0.3048)
    assert units.inches(0.3048) == pytest.approx(12.0)
    assert units.kilograms(1.0) == 0.45359237
    assert units.pounds(0.45359237) == 1.0


@pytest.mark.parametrize(
    ("metric", "us"),
    [
        ("Minutes at 39 °C or more", "Minutes at 102 °F or more"),
        ("stays below 41.2&nbsp;°C.", "stays below 106.2&nbsp;°F."),
        ("bleibt unter 41,2\u00a0°C.", "bleibt unter 106,2\u00a0°F."),
        (f"grows 0.9{WJ}\u00a0°C warmer", "grows 1.6\u00a0°F warmer"),
        ("+1.5 °C for the median", "+2.7 °F for the median"),
        ("the muscle grows 5.0 °C", "the muscle grows 41.0 °F"),  # what is not marked is a temperature
        ("30 to 75 °C; we take", "86 to 167 °F; we take"),
        ("36.1 to 37.0&nbsp;°C", "97.0 to 98.6&nbsp;°F"),
        ("34–36 °C", "93–97 °F"),
        ("30 bis 75 °C", "86 bis 167 °F"),
        ("-5 °C outside", "23 °F outside"),
        ("At 55 cm: 8 minutes", "At 22 in: 8 minutes"),
        ("5 to 200 cm", "2 to 78.7 in"),
        ("0.5 to 60 cm", "0.2 to 23.6 in"),
        ("Between 20 and 60 cm of it", "Between 7.9 and 23.6 in of it"),
        ("5 cm away", "2 in away"),
        ("在 55 cm的地方", "在 22 in的地方"),
        ("20 mW/cm² at 60 cm and 3 J/cm², 5 cm2", "20 mW/cm² at 24 in and 3 J/cm², 5 cm2"),
        ("Often 15 cm (6 inches)", "Often 15 cm (6 inches)"),
        ("39 °C (102 °F) and 40 °C", "39 °C (102 °F) and 104 °F"),
        ("102 °F (39 °C)", "102 °F (39 °C)"),
        ("Planned °C", "Planned °F"),
        ("20 mm deep, cm", "20 mm deep, cm"),
    ],
)
def test_the_rule_over_a_text(metric: str, us: str) -> None:
    assert us_units.told(metric) == us


def test_in_a_page_what_somebody_typed_and_what_is_marked_stays() -> None:
    page = (
        '<p title="60 cm">At 60 cm</p><textarea>40 °C</textarea><span translate="no"><span>40 °C</span> 40 °C</span>'
        '<dl data-units="si">40 °C</dl><script>"40 °C"</script><b>40 °C</b>'
    )
    assert us_units.told_markup(page) == (
        '<p title="24 in">At 24 in</p><textarea>40 °C</textarea><span translate="no"><span>40 °C</span> 40 °C</span>'
        '<dl data-units="si">40 °C</dl><script>"40 °C"</script><b>104 °F</b>'
    )


FIELDS = [(5, 40, "°C"), (30, 75, "°C"), (25, 75, "°C"), (5, 200, "cm"), (5, 100, "cm"), (0.5, 60, "cm"),
          (0, 300, "cm"), (100, 230, "cm"), (25, 300, "kg")]  # fmt: skip


@pytest.mark.parametrize(("low", "high", "unit"), FIELDS)
@given(data=st.data())
def test_a_figure_that_comes_back_unchanged_is_the_figure_and_not_its_rounding(
    low: float, high: float, unit: str, data: st.DataObject
) -> None:
    kept = data.draw(st.floats(low, high))
    assert us_units.read("Field", us_units.entered(kept, unit), low, high, unit, repr(kept)) == kept


@pytest.mark.parametrize(("low", "high", "unit"), FIELDS)
@given(data=st.data())
def test_what_is_typed_in_us_units_is_in_range_inside_and_is_shown_again_as_it_was_typed(
    low: float, high: float, unit: str, data: st.DataObject
) -> None:
    first, last = us_units.bounds(low, high, unit)
    digits = us_units.UNITS[unit].digits
    typed = f"{data.draw(st.integers(round(first * 10**digits), round(last * 10**digits))) / 10**digits:g}"
    inside = us_units.read("Field", typed, low, high, unit)
    assert low <= inside <= high
    assert us_units.entered(inside, unit) == typed
    # and through the store, which may print it with fewer digits
    assert us_units.read("Field", typed, low, high, unit, f"{inside:g}") == pytest.approx(inside, rel=1e-5)


def test_a_refusal_names_the_range_in_the_units_that_were_typed() -> None:
    with pytest.raises(InputError) as caught:
        us_units.read("Distance", "300", 5, 200, "cm")
    assert str(caught.value) == "Distance must be a number from 2 to 78.7 in; got '300'."
    for wrong in ("", "nan", "inf", "1e999", "six"):
        with pytest.raises(InputError):
            us_units.read("Room temperature", wrong, 5, 40, "°C", "x")


@given(st.text(alphabet="0123456789.,-–+ °CFcmin()toand<>&;\u2060\u00a0=/"))
def test_any_text_is_told_and_telling_it_again_changes_nothing(text: str) -> None:
    once = us_units.told(text)
    assert us_units.told(once) == once
    assert WJ not in once


@pytest.mark.parametrize(
    "text", ["1" * 40_000, "1." * 20_000, "1 to " * 10_000, "1&nbsp;" * 10_000, "(" + " " * 40_000]
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    us_units.told(text)
    assert time.process_time() - begun < 2.0
