"""The addresses: one list a stage, in the order a person walks them."""

from __future__ import annotations

from django.urls import include, path

from irtherapy.edge.web.views import (
    after,
    cards,
    clinic,
    course,
    course_report,
    coverage,
    device,
    evidence,
    exercises,
    explore,
    outcome,
    outcome_forms,
    own_devices,
    plan,
    preferences,
    programmes,
    screening,
    self_trial,
    session,
    settle,
    start,
    where,
)

urlpatterns = [
    path("", include(start.urlpatterns)),
    path("", include(where.urlpatterns)),
    path("", include(screening.urlpatterns)),
    path("", include(device.urlpatterns)),
    path("", include(own_devices.urlpatterns)),
    path("", include(plan.urlpatterns)),
    path("", include(clinic.urlpatterns)),
    path("", include(programmes.urlpatterns)),
    path("", include(session.urlpatterns)),
    path("", include(after.urlpatterns)),
    path("", include(course_report.urlpatterns)),
    path("", include(course.urlpatterns)),
    path("", include(explore.urlpatterns)),
    path("", include(outcome.urlpatterns)),
    path("", include(outcome_forms.urlpatterns)),
    path("", include(exercises.urlpatterns)),
    path("", include(cards.urlpatterns)),
    path("", include(coverage.urlpatterns)),
    path("", include(settle.urlpatterns)),
    path("", include(self_trial.urlpatterns)),
    path("", include(evidence.urlpatterns)),
    path("", include(preferences.urlpatterns)),
]
