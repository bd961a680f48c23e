"""The rules of confidentiality and privacy in force over HTTP, to read; pages change them (A15)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from keheng.customers.api.privacy import endpoints
from keheng.customers.enums import Confidentiality, Disclosure, FieldGroup, ReaderKind
from keheng.customers.permissions import VIEW
from keheng.customers.permissions.privacy import PRIVACY
from keheng.customers.policies.consent import PrivacyRules
from keheng.customers.privacy.fields import catalogue
from keheng.customers.queries.rules import confidentiality_rules, privacy_rules


class FieldOut(Schema):
    """A classified field; ``data_class`` is that of JR/T 0171-2020."""

    code: str
    label: str
    data_class: str


class CellOut(Schema):
    """How much of a group a reader in one capacity is shown of archives of one level."""

    level: Confidentiality
    reader: ReaderKind
    shown: str


class GroupOut(Schema):
    """Fields that open or stay closed as one."""

    group: FieldGroup
    name: str
    fields: list[FieldOut]
    cells: list[CellOut]


class ConfidentialityOut(Schema):
    """The matrix, and the limits of emergency access (minutes, days until its review) and of exports."""

    groups: list[GroupOut]
    emergency: dict[str, Any]
    exports: dict[str, Any]


@endpoints.get(
    "/confidentiality", permission=VIEW, summary=_("Confidentiality rules in force"), response=ConfidentialityOut
)
def confidentiality(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  # the same for everybody
    """``shown`` is hidden, masked, reveal (masked; whole with a reason, logged) or open."""
    rules, fields = confidentiality_rules(), catalogue()
    return {
        "groups": [
            {
                "group": group,
                "name": str(group.label),
                "fields": [
                    {"code": code, "label": str(entry.label), "data_class": entry.data_class}
                    for code, entry in fields[group]
                ],
                "cells": [
                    {"level": level, "reader": reader, "shown": Disclosure(shown).name.lower()}
                    for level, row in rules.matrix[group].items()
                    for reader, shown in row.items()
                ],
            }
            for group in FieldGroup
        ],
        "emergency": rules.emergency.model_dump(mode="json"),
        "exports": rules.exports.model_dump(mode="json"),
    }


@endpoints.get("/rules", permission=PRIVACY, summary=_("Privacy rules in force"), response=PrivacyRules)
def rules(request: HttpRequest) -> PrivacyRules:  # noqa: ARG001  # the same for everybody
    """Purposes with their wording, channels, clocks of requests, retention."""
    return privacy_rules()
