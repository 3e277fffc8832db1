"""The day of the next session on a real broker: told when a course begins, rests, goes on, and after a record."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from django.test import Client
from django.utils import timezone

from irtherapy.edge.faults.parts import Broker, wait_for
from irtherapy.edge.records import courses
from irtherapy.edge.records.models import Visit
from irtherapy.edge.runner import announced, topics
from irtherapy.edge.web import next_day
from irtherapy.outcome import progress

pytestmark = pytest.mark.django_db
AT = topics.next_session("irtherapy_test")


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the broker of this home is told, newest last."""
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    broker, told = Broker(tmp_path), []
    announced.keep(announced.Announced("127.0.0.1", broker.port, device_id="irtherapy_test"))
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = lambda _c, _d, message: told.append(message.payload.decode())
    client.connect("127.0.0.1", broker.port)
    client.subscribe(AT, 1)
    client.loop_start()
    yield told
    client.disconnect()
    client.loop_stop()
    broker.kill()


def test_the_course_has_the_last_word(client: Client, heard: list[str]) -> None:
    today = timezone.localdate()
    form = {"programme": "home_20_10", "first_day": today.isoformat(), "time_of_day": "07:15", "per_week": "2"}
    assert client.post("/course/start/", form).status_code == 302
    wait_for(lambda: heard == [today.isoformat()])
    client.post("/course/pause/", {"reason": "A cold"})
    wait_for(lambda: len(heard) == 2)
    course = courses.current()
    assert course is not None and heard[-1] == (courses.progress(course).next_on or "None")
    client.post("/course/resume/")
    wait_for(lambda: heard[2:] == [today.isoformat()])


def test_without_a_course_the_last_record_tells_it_and_a_demonstration_does_not(heard: list[str]) -> None:
    next_day.tell(wait=True)
    record = {"ended": "completed", "ended_text": "Done.", "heat_s": 600.0}
    one = Visit.objects.create(record=record, skin_check="clean", step="done", pain_after=3.0, demo=True)
    next_day.tell(wait=True)
    time.sleep(0.3)
    assert heard == [], "nothing is known of this person"
    Visit.objects.filter(pk=one.pk).update(demo=False)
    next_day.tell(wait=True)
    due = timezone.localdate() + datetime.timedelta(days=progress.REST_DAYS)
    wait_for(lambda: heard == [due.isoformat()])


def test_a_broker_that_is_away_delays_and_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path / "home"))
    began_s = time.monotonic()
    next_day.tell(wait=True)
    announced.keep(announced.Announced("127.0.0.1", 1, device_id="irtherapy_test"))
    Visit.objects.create(record={"ended": "completed", "heat_s": 600.0}, skin_check="clean", step="done")
    next_day.tell(wait=True)
    assert time.monotonic() - began_s < next_day.ANSWER_S + 1.0
