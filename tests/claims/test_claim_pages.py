"""The pages of cards, coverage and "what would settle it", the claim tag, and the terminal's `trial`."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from django.template import engines
from django.template.exceptions import TemplateSyntaxError
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from irtherapy.edge import cards
from irtherapy.edge import cards as shelf
from irtherapy.edge.cli import build, show, walk
from irtherapy.edge.records.models import Visit
from irtherapy.edge.web.views import settle as page
from irtherapy.evidence import designs, planner
from irtherapy.values import InputError

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str, status: int = 200, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == status
    return response.content.decode()


def rendered(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context)


def test_the_tag_writes_the_sentence_and_a_mark_that_leads_to_its_card(client: Client) -> None:
    out = rendered('{% claim "gale-2006" %}Less <em>pain</em> than {{ what }}.{% endclaim %}', what="<sham>")
    assert out.startswith("Less <em>pain</em> than &lt;sham&gt;.<a ")
    address = re.search(r'href="([^"]+)"', out)
    assert address and "6.9 to 3.0" in shown(client, address[1])


@pytest.mark.parametrize(
    "tag", ['{% claim "no-such" %}x{% endclaim %}', "{% claim gale-2006 %}x{% endclaim %}", "{% claim %}x"]
)
def test_a_template_that_names_no_card_cannot_be_loaded(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        rendered(tag)


def test_a_sentence_made_in_code_gets_its_mark_and_another_stays_plain() -> None:
    out = rendered("{{ a|carded }}|{{ b|carded }}", a="Bare skin is safer.", b="Sit <down>.")
    assert "/evidence/cards/bare-skin/" in out and out.endswith("|Sit &lt;down&gt;.")


def test_the_first_page_marks_its_claim(client: Client) -> None:
    assert "/evidence/cards/heat-helps-some/" in shown(client, "/")


def test_every_card_is_shown_with_source_date_and_studies(client: Client) -> None:
    listed = shown(client, reverse("cards"))
    for card in cards.all_cards().values():
        assert reverse("card", args=[card.id]) in listed
        text = shown(client, reverse("card", args=[card.id]))
        assert f"Read on {card.read_on.day} {card.read_on:%B %Y}" in text and "again by" in text
        assert text.count('<span class="tag">') == len(card.studies)
    assert "no difference" in shown(client, reverse("card", args=["gale-2006"]))
    shown(client, "/evidence/cards/nothing/", status=404)


def test_a_card_past_its_day_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime.date(2099, 1, 1)
    monkeypatch.setattr("irtherapy.edge.web.views.cards.timezone.localdate", lambda: late)
    assert "should have been looked at again" in shown(client, reverse("card", args=["gale-2006"]))


def test_coverage_tells_decision_date_source_and_what_was_not_read(client: Client) -> None:
    text = shown(client, reverse("coverage"), payer="aetna", condition="neck_pain", setting="home")
    for part in ("Infrared lamp, panel or pad: not read", "Electric heating pad: covered", "as of 2020-03-10",
                 "more than three years old", "What was not read", "Ask your insurer", "ACCESS model",
                 "What would be needed"):  # fmt: skip
        assert part in text
    assert "Payer must be one of" in shown(client, reverse("coverage"), status=400, payer="nobody")


def test_settle_shows_the_plan_and_its_files_hold_the_same_plan(client: Client) -> None:
    query = {"condition": "chronic_low_back_pain", "design": "crossover", "difference": "1.5", "power": "0.9"}
    text = shown(client, reverse("settle"), **query)
    trial = page.shelf.trial(query)
    size = planner.size(trial)
    assert f'settle-size">{size.per_arm}<small>people in all' in text and text.count("<svg") == 1
    assert f"{size.per_arm} persons analysed in all" in shown(client, reverse("settle-text"), **query)
    assert "No trials of infrared in this condition may be pooled" in text
    assert "Given what trials tell already" in shown(client, reverse("settle"), condition="acute_low_back_pain")


def test_the_form_sent_back_as_shown_plans_the_same(client: Client) -> None:
    text = shown(client, reverse("settle"))
    fields = dict(re.findall(r'name="(\w+)" type="number"[^>]* value="([^"]*)"', text))
    assert fields["sd"] == "2.95" and len(fields) == 8
    again = shown(client, reverse("settle"), condition="neck_pain", design="parallel", sham="warm", **fields)
    assert "worked out from the interval" in again and 'settle-size">138' in again


@pytest.mark.parametrize("condition", designs.CONDITIONS)
def test_settle_answers_for_every_condition_with_its_cards(client: Client, condition: str) -> None:
    text = shown(client, reverse("settle"), condition=condition)
    for card in designs.CONDITIONS[condition].cards:
        assert reverse("card", args=[card]) in text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"condition": "love"}, "Condition must be one of"),
        ({"difference": "0"}, "Difference must be a number from 0.05 to 10 points"),
        ({"power": "<b>"}, "Power must be a number"),
        ({"design": "guess"}, "Design must be one of parallel, crossover, self_trials"),
        ({"blocks": "2.5"}, "Blocks must be a whole number"),
        ({"sham": "cold", "arms": "3"}, "Arms must be 2 unless the sham is warm"),
        ({"difference": "0.05", "sd": "10", "effect_sd": "10", "design": "self_trials", "power": "0.8"}, ""),
        (
            {"difference": "0.05", "sd": "10", "effect_sd": "10", "design": "self_trials", "power": "0.999"},
            "must be larger",
        ),
    ],
)
def test_a_wrong_figure_is_one_sentence(client: Client, query: dict[str, str], says: str) -> None:
    if says:
        assert says in shown(client, reverse("settle"), status=400, **query)
        assert says in shown(client, reverse("settle-text"), status=400, **query)
    else:
        assert "people in all" in shown(client, reverse("settle"), **query)


def test_the_data_set_of_the_database_holds_no_try_out_and_no_true_date(client: Client) -> None:
    record = {"heat_s": 600.0, "ended": "completed"}
    for demo, month in ((False, 3), (False, 4), (True, 5)):
        Visit.objects.create(
            demo=demo, step="done", record=record, sites=[{"region": "neck", "side": "both", "pain_0_10": 6.0}],
            person={"age_years": 47.0}, created=datetime.datetime(2026, month, 2, 12, tzinfo=datetime.UTC),
        )  # fmt: skip
    text = shown(client, reverse("settle-data"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["day"], r["age_group"], r["heat_min"], r["pain_before"]) for r in rows] == [
        ("0", "40-49", "10.0", "6"), ("31", "40-49", "10.0", "6")]  # fmt: skip
    for row, true_day in zip(rows, ("2026-03-02", "2026-04-02"), strict=True):  # cells: a code may hold any digits
        assert not {true_day, "47", "47.0"} & set(row.values())
    assert "2 sessions from this database" in shown(client, reverse("settle"))
    assert [r["column"] for r in csv.DictReader(io.StringIO(shown(client, reverse("settle-dictionary"))))] == list(
        rows[0]
    )


def test_pasted_self_trials_are_put_together_and_not_kept(client: Client) -> None:
    lines = "person,difference,standard_error\nAda,-1.1,0.6\nBo,-0.2,0.7\nCy,0.4,0.9\n"
    told = client.post(
        reverse("settle") + "?condition=neck_pain&difference=1.5", {"self_trials": lines}
    ).content.decode()
    assert "The answer is open." in told and "3 people: " in told and "more people like these" in told
    assert "at least 1.5 points of less pain is" in told and '<th scope="row" translate="no">Ada</th>' in told
    firm = "person,difference,standard_error\n" + "".join(f"p{k},-2,0.3\n" for k in range(9))
    assert "firm: less pain" in client.post(reverse("settle"), {"self_trials": firm}).content.decode()
    refused = client.post(reverse("settle"), {"self_trials": "person,difference,standard_error\na,<b>,1\n"})
    assert refused.status_code == 400 and "Difference of person 1 must be a number" in refused.content.decode()
    assert 'settle-size">138' in refused.content.decode() and "<b>" not in refused.content.decode()
    assert "Ada" not in shown(client, reverse("settle"))


def run(*words: str) -> str:
    done = CliRunner().invoke(build(("trial",)), ["trial", *words])
    if isinstance(done.exception, InputError):
        return f"refused: {done.exception}"
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_terminal_plans_the_same_and_writes_its_files(tmp_path: Path) -> None:
    curve, text = tmp_path / "c.svg", tmp_path / "p.md"
    told = json.loads(run("--condition", "neck-pain", "--json", "--curve", str(curve), "--preregistration", str(text)))
    assert told["proposal"]["size"]["per_arm"] == 138 and told["cards"] == ["infrared-neck", "heat-helps-some"]
    assert told["files"] == [str(curve), str(text)]
    assert curve.read_text().startswith("<svg") and "138 persons analysed" in text.read_text()
    assert "must end in .svg" in run("--condition", "neck_pain", "--curve", str(tmp_path / "c.png"))
    assert "138 people" in run("--condition", "neck_pain")


def test_the_terminal_puts_self_trials_together(tmp_path: Path) -> None:
    rows = [("a", -1.1, 0.6), ("b", -0.2, 0.7), ("c", 0.4, 0.9)]
    table, plain = tmp_path / "s.csv", tmp_path / "s.json"
    table.write_text("person,difference,standard_error\n" + "".join(f"{p},{d},{s}\n" for p, d, s in rows))
    plain.write_text(json.dumps([{"person": p, "difference": d, "standard_error": s} for p, d, s in rows]))
    by = [
        json.loads(run("--condition", "neck_pain", "--json", "--self-trials", str(f)))["self_trials"]
        for f in (table, plain)
    ]
    assert by[0] == by[1] and by[0]["firmness"]["answer"] == "open" and by[0]["firmness"]["more"] > 0
    assert "more persons" in run("--condition", "neck_pain", "--self-trials", str(table))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs the columns"),
        ("[1]", "must be a JSON list"),
        ("[", "not valid JSON"),
        ("person,difference,standard_error\na,x,1\nb,1,1\n", "Difference of person 1 must be a number"),
        ("person,difference,standard_error\na,1,1\nb,1,nan\n", "Standard error of person 2 must be a number"),
        ("person,difference,standard_error\na,1,1\na,1,1\n", "appears twice"),
        ("person,difference,standard_error\na,1,1\n", "at least 2 persons"),
    ],
)
def test_a_bad_file_of_self_trials_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text)
    assert says in run("--condition", "neck_pain", "--self-trials", str(path))


HEAVY = ("scipy.stats", "matplotlib", "django", "statsmodels", "scipy.optimize", "pandas")


@pytest.mark.parametrize(
    "words", [["trial", "--condition", "neck_pain"], ["coverage", "--payer", "aetna"]], ids=["trial", "coverage"]
)
def test_the_answer_takes_less_than_a_second_and_loads_nothing_heavy(words: list[str]) -> None:
    """Counted in processor time, so that other work on the machine does not decide."""
    code = (
        "import sys, json; sys.argv = ['irtherapy', *json.loads(sys.argv[1])]\n"
        "from irtherapy.edge.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    taken = []
    for _ in range(3):
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code, json.dumps(words)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ},
        )
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(ended.ru_utime - began.ru_utime + ended.ru_stime - began.ru_stime)
        assert done.stderr.strip().endswith("[]")
    assert min(taken) < 1.0


def test_what_trials_tell_already_is_in_points_and_below_zero_is_less_pain() -> None:
    """The pooled standardised relief of the heat wraps (more is better) times the SD, with its sign turned."""
    sd = designs.default_spread().between_sd
    known = page.shelf.known("acute_low_back_pain", sd)
    assert known is not None and known.of_heat and known.effect < 0.0 < known.standard_error
    twice = page.shelf.known("acute_low_back_pain", 2.0 * sd)
    assert twice is not None and twice.effect == pytest.approx(2.0 * known.effect)
    assert page.shelf.known("neck_pain", sd) is None


def test_the_terminal_writes_the_card_behind_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """As pages mark it: a line, a row of a table, and what is refused."""
    for bound in shelf.bound():
        if bound.card and bound.text != "*":
            assert show.carded(f"Well. {bound.text} So it is.").endswith(f"(card: {shelf.card_of(bound.text)})")
    show.console.print("Through clothes the heat cannot be seen. Bare skin is safer.")
    show.rows([("advice", "Bare skin is safer.")])
    show.refuse(InputError("Minutes", "This plan has no safe minutes of heat, so there is no session to start."), False)
    out, err = capsys.readouterr()
    assert out.count("(card: bare-skin)") == 2 and "(card: limits)" in " ".join(err.split())
    show.console.print("Sit down.")
    assert capsys.readouterr().out == "Sit down.\n"


def test_screening_and_plan_in_the_terminal_name_the_cards_of_their_pages(capsys: pytest.CaptureFixture[str]) -> None:
    made = walk.healthy(["lower_back"], "simulated_lamp", 60.0, 1)
    show.verdict(made.verdict)
    show.plan(made.plan)
    out = capsys.readouterr().out
    for card in ("screening", "limits", "temperatures-predicted"):
        assert f"(card: {card})" in " ".join(out.split())
