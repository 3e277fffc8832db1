"""The Django app that keeps visits."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Visits and clearances, in the database of the data home."""

    name = "irtherapy.edge.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
