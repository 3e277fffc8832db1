"""The command and the pages: what a person, a program and a printer get, how fast, and what is refused."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
import trial_table
from django.test import Client
from typer.testing import CliRunner

from irtherapy.edge.cli import build
from irtherapy.evidence.trials import Condition

CALL = "from irtherapy.edge.cli import main; main()"
SLUGS = [c.value.replace("_", "-") for c in Condition]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CALL, "evidence", *words], capture_output=True, text=True, check=False)


def told(*words: str) -> str:
    done = CliRunner().invoke(build(("evidence",)), ["evidence", *words], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


def test_it_answers_under_a_second_from_a_cold_start_without_heavy_packages() -> None:
    heavy = "import sys; bad = {'scipy.stats', 'matplotlib', 'django', 'pandas', 'numba'} & set(sys.modules); "
    code = f"import sys\ntry:\n    {CALL}\nfinally:\n    {heavy}print(sorted(bad), file=sys.stderr)"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, "evidence", "--condition", "acute-low-back-pain", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stderr.strip() == "[]"
    # Seconds of work, not of the clock: what else the machine does decides nothing here.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


@pytest.mark.parametrize("slug", SLUGS)
def test_json_holds_every_row_with_source_and_day(slug: str) -> None:
    out = json.loads(told("--condition", slug, "--json"))
    assert out["looked_on"] == "2026-11-23" and out["cards"] == ["pooled-trials"]
    rows = [row["trial"] for question in out["questions"] for row in question["rows"]]
    assert rows and all(r["source"] and r["looked_on"] == "2026-11-23" for r in rows)
    assert {q["grade"]["certainty"] for q in out["questions"]} <= {"not known", "very low", "low", "moderate", "high"}


def test_text_names_the_pool_the_doubts_and_what_is_not_pooled() -> None:
    acute = told("--condition", "acute_low_back_pain")
    for words in ("certainty: low", "REML, Hartung-Knapp", "\u22121.34", "Cochrane CD004750", "2026-11-23"):
        assert words in acute, words
    chronic = told("--condition", "chronic-low-back-pain")
    assert "Nothing is pooled here" in chronic and "SD" in chronic and "Guimaraes 2021" in chronic
    assert all(slug in told() for slug in SLUGS)
    assert len(json.loads(told("--json"))) == len(SLUGS)


def test_the_plot_is_a_file_for_printing(tmp_path: Path) -> None:
    file = tmp_path / "neck.svg"
    assert str(file) in told("--condition", "neck-pain", "--plot", str(file))
    svg = ElementTree.parse(file).getroot()
    assert svg.tag.endswith("svg") and "Chow 2009" in "".join(svg.itertext())
    assert "http" not in file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")


def test_ones_own_table_is_read_and_a_bad_one_refused_in_a_sentence(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    both = {"pool": "p", "apart": ""}
    mine.write_text(trial_table.text(both, both, both), encoding="utf-8")
    out = json.loads(told("--condition", "neck-pain", "--trials", str(mine), "--json"))
    pool = out["questions"][0]["pools"][0]
    assert pool["headline"]["k"] == 3 and pool["headline"]["estimate"] == pytest.approx(-1.0)
    assert len(pool["without"]) == 3
    mine.write_text(trial_table.text(both, both | {"heat": "none"}), encoding="utf-8")
    done = run("--condition", "neck-pain", "--trials", str(mine))
    assert done.returncode == 2 and "not added together" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--condition", "knees"), "Condition must be one of"),
        (("--plot", "a.svg"), "give --condition as well"),
        (("--condition", "neck-pain", "--plot", "a.pdf"), "must be a file that ends in .svg"),
        (("--condition", "neck-pain", "--plot", "/nowhere/a.svg"), "cannot be written"),
        (("--condition", "neck-pain", "--trials", "/nowhere.csv"), "cannot be read as text"),
    ],
)
def test_a_wrong_word_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.returncode == 2 and says in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
    as_json = run(*words, "--json")
    assert says in json.loads(as_json.stdout)["error"]["message"]


@pytest.mark.django_db
def test_the_list_of_conditions_says_what_is_known_of_each(client: Client) -> None:
    page = unescape(client.get("/evidence/").content.decode())
    for slug in SLUGS:
        assert f'href="/evidence/{slug}/"' in page
    assert 'href="/evidence/"' in unescape(client.get("/").content.decode())
    assert "certainty low" in page and "certainty not known" in page and "23 November 2026" in page


@pytest.mark.django_db
@pytest.mark.parametrize("condition", list(Condition))
def test_a_page_shows_every_row_with_its_source_beside_the_drawing(client: Client, condition: Condition) -> None:
    page = unescape(client.get(f"/evidence/{condition.value.replace('_', '-')}/").content.decode())
    rows = [t for t in trial_table.shipped() if condition in t.conditions]
    assert page.count("How it was done") == len(rows) == page.count("Looked at on 23 November 2026")
    for t in rows:
        assert t.source in page and t.finding_text in page and t.study in page
    assert page.count('class="forest"') == 1
    pooled = condition is Condition.ACUTE_LOW_BACK_PAIN
    assert ("Nothing is added together here" in page) is not pooled and ("REML, Hartung-Knapp" in page) is pooled
    assert page.count("<li>Not pooled: ") == sum(not t.pool for t in rows)


@pytest.mark.django_db
def test_the_drawing_is_sent_as_a_file_and_an_unknown_condition_is_not_found(client: Client) -> None:
    sent = client.get("/evidence/neuropathy.svg")
    assert sent["Content-Type"] == "image/svg+xml" and "attachment" in sent["Content-Disposition"]
    assert ElementTree.fromstring(sent.content).tag.endswith("svg")
    assert client.get("/evidence/knees/").status_code == 404
    assert client.get("/evidence/cards/").status_code == 200
    assert client.post("/evidence/").status_code == 405
