"""The forms of ownership: who gets whom, why, from when."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.ownership import Absence, Part, Source
from keheng.care.policies.assignment import AssignmentRules, TierRule
from keheng.care.queries.people import colleagues, takers
from keheng.customers.models import Customer
from keheng.org.models import Role, Staff
from keheng.versions.forms import reason_field


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, told apart by role and branch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": _("Choose a person"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.title or obj.role} · {obj.branch}"


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"data-wide": ""}))


class ToPersonForm(forms.Form):
    """Give all of a set to one person."""

    owner = PersonField(queryset=Staff.objects.none(), label=_("To whom"))
    reason = _reason()

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = takers(actor)  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """Offer customers of one owner to another."""

    taker = PersonField(queryset=Staff.objects.none(), label=_("To whom"))
    reason = _reason()
    note = forms.CharField(
        label=_("What the next owner must know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-wide": ""}),
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = takers(actor).exclude(pk=actor.pk)  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """Somebody leaves: by rule, or all to one person."""

    to = PersonField(
        queryset=Staff.objects.none(), label=_("To whom"), required=False, empty_label=_("By the rules of assignment")
    )
    reason = _reason()

    def __init__(self, *args: Any, actor: Staff, member: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = takers(actor).exclude(pk=member.pk)  # type: ignore[attr-defined]


class ReferForm(forms.Form):
    """Pass a customer on."""

    taker = PersonField(queryset=Staff.objects.none(), label=_("To whom"))
    need = forms.CharField(
        label=_("What the customer needs"), max_length=200, widget=forms.TextInput(attrs={"data-wide": ""})
    )
    passes_on = forms.BooleanField(
        label=_("Ownership passes on"),
        required=False,
        help_text=_("On acceptance. Income stays credited to the present owner."),
    )

    def __init__(self, *args: Any, actor: Staff, prefer: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues(actor).exclude(pk=actor.pk).filter(role__permissions__overlap=["care.refer", "care.*", "*"])
        if prefer and people.filter(role__code__in=prefer).exists():
            people = people.filter(role__code__in=prefer)
        self.fields["taker"].queryset = people  # type: ignore[attr-defined]


class LobbyReferForm(ReferForm):
    """Pass on whoever stands in the lobby; the ticket is added to what they need."""

    need = forms.CharField(
        label=_("What the customer needs"), max_length=120, widget=forms.TextInput(attrs={"data-wide": ""})
    )


class AnswerForm(forms.Form):
    """Why something is declined."""

    answer = _reason()


class PartForm(forms.Form):
    """Give somebody a part beside the owner."""

    part = forms.ChoiceField(label=_("Part"), choices=[(part, part.label) for part in Part if part != Part.OWNER])
    staff = PersonField(queryset=Staff.objects.none(), label=_("Who"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, actor: Staff, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = colleagues(actor).exclude(pk=customer.owner_id or 0)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = self.cleaned_data
        return {"part": Part(given["part"]), "staff": given["staff"], "reason": given["reason"]}


class ChoiceForm(forms.Form):
    """Whom the customer chose."""

    chosen = PersonField(queryset=Staff.objects.none(), label=_("Chosen by the customer"))
    support = PersonField(
        queryset=Staff.objects.none(),
        label=_("Supported by"),
        required=False,
        help_text=_("Where the customer keeps somebody who needs professional support."),
    )
    said = forms.CharField(
        label=_("How the customer said so"), max_length=200, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = takers(actor)  # type: ignore[attr-defined]
        self.fields["support"].queryset = colleagues(actor)  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """Who acts while somebody is away."""

    member = PersonField(queryset=Staff.objects.none(), label=pgettext_lazy("absence", "Who is away"))
    cover = PersonField(
        queryset=Staff.objects.none(), label=_("Covered by"), required=False, empty_label=_("Nobody yet")
    )
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Absence)
    note = forms.CharField(
        label=_("What to know"), required=False, max_length=300, widget=forms.TextInput(attrs={"data-wide": ""})
    )

    def __init__(self, *args: Any, actor: Staff, members: "QuerySet[Staff]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
        self.fields["cover"].queryset = colleagues(actor)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        return {**self.cleaned_data, "kind": Absence(self.cleaned_data["kind"])}


class NameCoverForm(forms.Form):
    """Who acts on the days of an absence that stands already."""

    cover = PersonField(queryset=Staff.objects.none(), label=_("Covered by"))

    def __init__(self, *args: Any, actor: Staff, member: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"].queryset = colleagues(actor).exclude(pk=member.pk)  # type: ignore[attr-defined]


def _roles() -> list[tuple[str, str]]:
    return [(role.code, str(role)) for role in Role.objects.exclude(code="system")]


class TierRuleForm(forms.Form):
    """Who owns the customers of a tier."""

    roles = forms.MultipleChoiceField(label=_("Positions"), choices=_roles, widget=forms.CheckboxSelectMultiple)
    posts = forms.CharField(
        label=_("Posts"), required=False, max_length=80, help_text=_("Words of the post, separated by commas.")
    )
    level = forms.ChoiceField(
        label=_("Where"),
        choices=[("outlet", _("Outlet")), ("branch", _("The branch above")), ("head", _("Head office"))],
    )
    requires = forms.MultipleChoiceField(
        label=_("Chosen by rule only with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    by_name = forms.BooleanField(
        label=_("Each customer needs an owner by name"),
        required=False,
        help_text=_("Otherwise the position serves those whom nobody owns; they are no gap."),
    )
    adopt = forms.BooleanField(label=_("Open for adoption"), required=False)
    on_request = forms.CharField(
        label=_("On request"), required=False, max_length=80, widget=forms.TextInput(attrs={"data-wide": ""})
    )
    reason = reason_field()

    def __init__(self, data: Any = None, *, rules: AssignmentRules, rule: TierRule) -> None:
        super().__init__(data, initial=self._initial(rule))
        self.fields["requires"].choices = list(rules.skills.items())  # type: ignore[attr-defined]

    def _initial(self, rule: TierRule) -> dict[str, Any]:
        return {
            "roles": list(rule.owner.roles),
            "posts": ", ".join(rule.owner.posts),
            "level": rule.owner.level,
            "requires": list(rule.owner.requires),
            "by_name": rule.by_name,
            "adopt": rule.adopt,
            "on_request": rule.on_request,
        }

    def applied(self, rules: AssignmentRules, rule: TierRule) -> dict[str, Any]:
        """The whole of the rules with this tier as the form says."""
        given, content = self.cleaned_data, rules.model_dump(mode="json")
        for one in content["tiers"]:
            if (one["scheme"], one["tier"]) == (rule.scheme, rule.tier):
                posts = [post.strip() for post in given["posts"].replace("，", ",").split(",") if post.strip()]
                one["owner"] = {"posts": posts} | {name: given[name] for name in ("roles", "level", "requires")}
                one |= {name: given[name] for name in ("by_name", "adopt", "on_request")}
        return content


class LimitsForm(forms.Form):
    """Capacities, caps of adoption, deadlines of hand-overs."""

    most = forms.IntegerField(label=_("Adopted at a time, at most"), min_value=1, max_value=10_000)
    most_a_month = forms.IntegerField(label=_("Adopted in a month, at most"), min_value=1, max_value=10_000)
    accept_days = forms.IntegerField(label=_("Days to accept a hand-over"), min_value=1, max_value=60)
    first_contact_days = forms.IntegerField(label=_("Days to the first contact"), min_value=0, max_value=60)
    cover_days = forms.IntegerField(label=_("Days the head covers whoever left"), min_value=1, max_value=366)
    approval_rank = forms.IntegerField(label=_("Approved from tier rank"), min_value=0, max_value=99)
    kept = forms.MultipleChoiceField(
        label=_("Never passed on by a batch"),
        choices=Source,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Customers whose owner came to them in one of these ways stay with the owner."),
    )

    def __init__(self, *args: Any, rules: AssignmentRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            **rules.adoption.model_dump(),
            **rules.hand_over.model_dump(),
            **rules.leaving.model_dump(),
            "kept": list(rules.kept),
        }
        self.rules = rules
        names = dict(_roles())
        for role, number in rules.capacity.items():
            self.fields[f"capacity-{role}"] = forms.IntegerField(
                label=_("Capacity: %(role)s") % {"role": names.get(role, role)},
                min_value=0,
                max_value=100_000,
                initial=number,
            )
        self.fields["reason"] = reason_field()

    def applied(self) -> dict[str, Any]:
        """The whole of the rules with these limits."""
        content, given = self.rules.model_dump(mode="json"), self.cleaned_data
        content["kept"] = given["kept"]
        content["capacity"] = {role: given[f"capacity-{role}"] for role in content["capacity"]}
        for part in ("adoption", "hand_over", "leaving"):
            content[part] |= {name: given[name] for name in content[part] if name in given}
        return content
