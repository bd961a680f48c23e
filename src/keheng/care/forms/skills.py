"""What people can, and what customers need."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.functional import Promise

from keheng.care.queries.assignment import rules_in_force


class SkillsForm(forms.Form):
    """Some of the skills that the rules of assignment name."""

    skills = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, label: str | Promise, held: Collection[str]) -> None:
        super().__init__(data, initial={"skills": list(held)})
        field: Any = self.fields["skills"]
        field.label, field.choices = label, list(rules_in_force().rules.skills.items())
