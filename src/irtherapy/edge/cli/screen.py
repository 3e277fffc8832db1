"""`irtherapy screen`: is it right for me, in the terminal or from a file of answers."""

from __future__ import annotations

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.edge.cli.spoken import Spoken
from irtherapy.values import DeviceKind

OWN_WORDS = {  # besides those of English
    "de": {"j": "yes", "ja": "yes", "nein": "no"},
    "es": {"s": "yes", "si": "yes", "sí": "yes"},
    "zh-hans": {"是": "yes", "否": "no", "不": "no", "？": "not_sure"},
}
WORDS = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "": "no", "?": "not_sure", "not_sure": "not_sure"}


def ask(pages: object) -> dict[str, str]:
    """Ask every question in the terminal; Enter is no, ? is not sure."""
    found: dict[str, str] = {}
    words = {**WORDS, **OWN_WORDS.get(Spoken.language, {})}
    show.console.print("Answer y, n or ? (not sure). Enter means no.\n")
    for number, page in enumerate(pages, start=1):  # type: ignore[arg-type, var-annotated]
        show.console.print(f"[bold]{page.title}[/bold]  ({number} of {len(pages)})  {page.intro}")  # type: ignore[arg-type]
        for question in page.items:
            while True:
                word = show.ask(f"  {question.text}", default="", show_default=False).strip().lower()
                if word in words:
                    found[question.id] = words[word]
                    break
                show.console.print("  Please answer y, n or ?.")
    return found


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(
        epilog="Examples:  irtherapy screen --site neck --age 52   |   "
        "irtherapy screen --questions --json   |   irtherapy screen --answers answers.json --json",
    )
    def screen(
        site: list[str] = arguments.SITE,
        pain: float = arguments.PAIN,
        age: float = arguments.AGE,
        kind: str = typer.Option("lamp", "--kind", help="Kind of device: lamp, led_panel, led_pads, wrap ..."),
        answers: str = typer.Option(
            None, "--answers", help="JSON file of question id to yes, no or not_sure; - reads stdin."
        ),
        clearance: str = typer.Option(None, "--clearance", help="JSON file: who, given_on, covers, until."),
        questions: bool = typer.Option(False, "--questions", help="Only list the questions that apply."),
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Check whether heat is right for you today: go, ask first, or not now."""
        from irtherapy import pathway
        from irtherapy.edge import data
        from irtherapy.screening.questions import pages_for

        sites = arguments.sites(site, pain)
        device_kind = arguments.choice("Kind", kind, DeviceKind)
        years = arguments.told_age(arguments.person(age, None, None))
        asked = data.questionnaire()
        pages = pages_for(asked, frozenset(s.region for s in sites), frozenset({device_kind}), years)
        if questions:
            listed = [{"id": q.id, "page": p.title, "text": q.text} for p in pages for q in p.items]
            if as_json:
                show.emit(listed)
            else:
                show.rows((show.AsIs(q["id"]), q["text"]) for q in listed)
            return
        given = arguments.answers(answers) if answers else ask(pages)
        result = pathway.screen(
            asked, sites, device_kind, years, given, arguments.today(), arguments.clearance(clearance)
        )
        if as_json:
            show.emit(result)
        else:
            show.verdict(result)
