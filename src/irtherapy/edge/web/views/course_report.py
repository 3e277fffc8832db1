"""The page of a course for a doctor and others: who reads it, what is on it, and the page itself as HTML and PDF."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from irtherapy import pathway
from irtherapy.edge.pdf import pdf_bytes
from irtherapy.edge.records import charts, course_report
from irtherapy.edge.records.models import Patient
from irtherapy.edge.web.telling import told, whole_page
from irtherapy.export.course_page import DETAIL, FRONT, READERS, chosen
from irtherapy.values import InputError


def whose(asked: QueryDict) -> tuple[Patient | None, str | None]:
    """Return the patient and the course an address names: at home nobody and the newest."""
    code, course = asked.get("patient", ""), asked.get("course", "")
    return charts.patient_of(code) if code else None, course or None


@require_GET
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Ask who the page is for and what shall be on it."""
    reader = request.GET.get("reader", "doctor")
    try:
        patient, course = whose(request.GET)
        ticked = chosen(request.GET.getlist("sections"), reader)
        found = course_report.figures(patient, course)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("start")
    same = {name: value for name in ("patient", "course") if (value := request.GET.get(name, ""))}
    address = reverse("course-report")
    context: dict[str, Any] = {
        "patient": patient,
        "found": found,
        "kept": same,
        "reader": reader,
        "readers": [(k, name, f"{address}?{urlencode({**same, 'reader': k})}") for k, name in READERS.items()],
        "front": [(key, name, key in ticked) for key, name in FRONT.items()],
        "detail": [(key, name, key in ticked) for key, name in DETAIL.items()],
    }
    return render(request, "course_report/choose.html", context)


def made(request: HttpRequest) -> tuple[str, Patient | None]:
    """Return the page that is asked for and whose it is. Raises InputError."""
    patient, course = whose(request.GET)
    asked = request.GET.get("reader", "doctor")
    page = course_report.course_html(patient, course, request.GET.getlist("sections"), asked, told)
    return whole_page(page), patient


@require_GET
@never_cache
def shown(request: HttpRequest) -> HttpResponse:
    """Show the page; its one style sheet is inside it and named to the browser by its hash."""
    try:
        page, _ = made(request)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("start")
    digest = base64.b64encode(hashlib.sha256(pathway.COURSE_CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; frame-ancestors 'none'"
    return HttpResponse(page, headers={"Content-Security-Policy": policy})


@require_GET
@never_cache
def as_pdf(request: HttpRequest) -> HttpResponse:
    """Send the page as PDF."""
    try:
        page, patient = made(request)
        body = pdf_bytes(page)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("start")
    named = f'inline; filename="{course_report.file_name(patient)}"'
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": named})


urlpatterns = [
    path("course-report/", choose, name="course-report"),
    path("course-report/page/", shown, name="course-report-page"),
    path("course-report/page.pdf", as_pdf, name="course-report-pdf"),
]
