"""The first page, a new visit, and the pass-phrase page."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from irtherapy.edge import home
from irtherapy.edge.records import compared_told, courses, outcomes, visits
from irtherapy.edge.web import live
from irtherapy.edge.web.middleware import SESSION_KEY
from irtherapy.edge.web.stages import changing_questions
from irtherapy.edge.web.steps import address_of
from irtherapy.edge.web.views import outcome
from irtherapy.values import InputError


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what this is and is not, and where to begin or go on."""
    course = courses.current()
    where = None if course is None else courses.progress(course)
    if course is not None and where is not None:
        courses.finish_if_over(course, where)
    unfinished, broken = visits.latest_unfinished(), visits.broken_off()
    return render(
        request,
        "start.html",
        {
            "clinic_on": home.clinic_on(),
            "unfinished": unfinished,
            "unfinished_address": None if unfinished is None else address_of(unfinished),
            "left": () if broken is None else broken[1],
            "left_min": 0 if broken is None else round(sum(item.duration_s for item in broken[1]) / 60),
            "comparison": compared_told.on_start(),
            "finished": visits.in_short(visits.finished(None))[:10],
            "where": where,
            "reminder": None if course is None or where is None else courses.remind(course, where),
            "morning": outcome.morning(None),
            "told_any": outcomes.any_told(None),
            "scale": range(11),
        },
    )


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Make a new visit, with the simulated lamp when asked, and go to its first page."""
    demo = request.POST.get("demo") == "yes"
    course = courses.current(demo=demo)
    found = None if course is None else courses.progress(course)
    if found is not None and found.held is not None:
        messages.error(request, found.sentence)
        return redirect("course")
    again = found is not None and found.rescreen
    visit = visits.next_visit(demo, changing_questions(), course=course, in_full=again)
    return redirect("where", visit.id)


@require_POST
def finish_stretch(request: HttpRequest) -> HttpResponse:
    """Go on with the stretches of the session that broke off."""
    broken = visits.broken_off()
    if broken is None:
        messages.error(request, "There are no stretches left to finish.")
        return redirect("start")
    return redirect("session", live.begin_rest(*broken).id)


@require_http_methods(["GET", "POST"])
def pass_phrase(request: HttpRequest) -> HttpResponse:
    """Ask for the pass-phrase that this server was started with."""
    wanted = settings.PASS_PHRASE_HASH
    error = ""
    if request.method == "POST" and wanted:
        if check_password(request.POST.get("pass_phrase", ""), wanted):
            request.session[SESSION_KEY] = wanted[-16:]
            return redirect("start")
        error = "That is not the pass-phrase. Look at how irtherapy was started on the other machine."
    elif not wanted:
        return redirect("start")
    return render(request, "pass_phrase.html", {"error": error}, status=403 if error else 200)


@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest) -> HttpResponse:
    """Delete every visit and session folder after a plain yes; not while a session runs."""
    error = ""
    if request.method == "POST":
        if request.POST.get("sure") == "yes":
            try:
                visits.delete_all()
            except InputError as refused:
                error = str(refused)
            else:
                messages.success(request, "Everything is deleted.")
                return redirect("start")
        else:
            error = "Please tick the box if you want everything deleted."
    context = {"error": error, "count": visits.visible().count()}
    return render(request, "forget.html", context, status=422 if error else 200)


urlpatterns = [
    path("", start, name="start"),
    path("delete/", forget, name="forget"),
    path("visit/new/", begin, name="visit-new"),
    path("stretch/", finish_stretch, name="finish-stretch"),
    path("pass-phrase/", pass_phrase, name="pass-phrase"),
]
