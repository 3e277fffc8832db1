"""Samples packed and found again, and the journal that is put away."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtherapy.edge import journal
from irtherapy.edge.records import columns
from irtherapy.values import Event, InputError

figure = st.none() | st.integers(-40_000, 5_000_000).map(lambda n: n / 1000)
rows = st.lists(
    st.tuples(st.integers(0, 3_600_000).map(lambda n: n / 1000), st.booleans(), figure, figure), max_size=200
)


@given(rows)
def test_samples_come_back_to_the_thousandth(told):
    assert columns.unpack(columns.pack(told)) == told


@given(rows, st.data())
def test_damaged_samples_are_refused_in_one_sentence(told, data):
    packed = columns.pack(told)
    with pytest.raises(InputError, match="damaged"):
        columns.unpack(packed[: data.draw(st.integers(0, len(packed) - 1))])


def test_a_quiet_session_takes_three_bytes_a_sample_at_most():
    told = [(n * 1.003, n < 600, 33.0 + 5.0 * n / (n + 120) + (n * 37 % 11) / 100, 148.0 + n % 3) for n in range(1200)]
    assert len(columns.pack(told)) / len(told) < 3.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 3e6])
def test_a_figure_that_is_none_is_refused(value):
    with pytest.raises(InputError, match="Skin temperature"):
        columns.pack([(0.0, True, value, None)])


def test_a_journal_put_away_reads_the_same_and_is_not_taken_from_its_writer(tmp_path):
    path = tmp_path / journal.JOURNAL
    writer = journal.Journal(path)
    for n in range(50):
        writer.append(Event(float(n), "sample", {"skin_c": 35.0 + n / 10, "heat_on": True}))
    journal.put_away(path)
    assert path.exists()  # still being written
    writer.close()
    before, lines = journal.read(path), list(journal.lines(path))
    journal.put_away(path)
    assert not path.exists() and journal.read(path) == before and len(before) == 50
    assert list(journal.lines(path, lines[20][0])) == lines[21:]
    packed = path.with_name(path.name + journal.AWAY).read_bytes()
    assert len(packed) < len(gzip.decompress(packed)) / 4
    journal.put_away(path)  # nothing left to do
    assert journal.read(path) == before
