"""The demo's branches and staff: head office, branch and 14 outlets, 242 people, every role of requirement A3 (A9)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.contrib.auth.hashers import make_password

from keheng.demo.names import person_names
from keheng.demo.ownership import PASSWORD
from keheng.demo.plan import Integers, Plan, table
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Role, Staff

BRANCH_CODE: str = table("organisation")["branch"]["code"]


@dataclass(frozen=True)
class Organisation:
    """The outlets (``id``, ``weight``, ``wealth``), and for each outlet the staff that may own customers.

    ``managers`` look after persons, ``corporate_managers`` after companies; both hold keys of staff by place of outlet.
    """

    branch_id: int
    outlets: pl.DataFrame
    managers: list[list[int]]
    corporate_managers: list[list[int]]


def build_organisation(plan: Plan) -> Organisation:
    """Write branches and staff; one account of each role is called like the role."""
    data = table("organisation")
    root = Branch.objects.get(parent=None)
    branch = _branch(root, BranchKind.BRANCH, data["branch"])
    outlets = [_branch(branch, BranchKind.OUTLET, row) for row in data["outlets"]]
    posts = [(root, row) for row in data["posts"]["head-office"]] + [(branch, row) for row in data["posts"]["branch"]]
    for outlet, row in zip(outlets, data["outlets"], strict=True):
        posts += [(outlet, post) for post in data["posts"][row["kind"]]]
    staff = _hire(plan, [(place, role, title) for place, (role, title, number) in posts for _ in range(number)])
    return Organisation(
        branch.pk,
        pl.DataFrame(
            {
                "id": [outlet.pk for outlet in outlets],
                "weight": [row["weight"] for row in data["outlets"]],
                "wealth": [row["wealth"] for row in data["outlets"]],
            }
        ),
        [_at(staff, outlet, {"relationship-manager", "wealth-manager"}) for outlet in outlets],
        [_at(staff, outlet, {"corporate-manager"}) or _at(staff, branch, {"corporate-manager"}) for outlet in outlets],
    )


def _branch(parent: Branch, kind: BranchKind, row: dict[str, Any]) -> Branch:
    path = f"{parent.path}{row['code']}/"
    return Branch.objects.create(code=row["code"], name=row["name"], kind=kind, parent=parent, path=path)


def _hire(plan: Plan, posts: list[tuple[Branch, str, str]]) -> list[Staff]:
    random = plan.random("staff")
    roles = {role.code: role for role in Role.objects.all()}
    ages = random.integers(24, 56, len(posts))
    is_male: Integers = random.integers(0, 2, len(posts))
    names = person_names(random, plan.today.year - ages, is_male)["name"].to_list()
    password = make_password(PASSWORD)
    shown = _shown(posts)
    numbers: dict[str, int] = {}
    people = []
    for place, (branch, role, title) in enumerate(posts):
        numbers[branch.code] = numbers.get(branch.code, 0) + 1
        people.append(
            Staff(
                username=role if place == shown[role] else f"{branch.code.lower()}{numbers[branch.code]:02d}",
                name=names[place],
                branch=branch,
                role=roles[role],
                title=title,
                password=password,
                joined_on=_joined(plan.today, int(ages[place]), float(random.random())),
            )
        )
    return list(Staff.objects.bulk_create(people))


def _shown(posts: list[tuple[Branch, str, str]]) -> dict[str, int]:
    """The place of the one who bears the role's name: the first of it at the outlet of the story, else the first."""
    story = table("organisation")["story_outlet"]
    shown: dict[str, int] = {}
    for place, (branch, role, _) in enumerate(posts):
        if role not in shown or (branch.code == story and posts[shown[role]][0].code != story):
            shown[role] = place
    return shown


def _joined(today: date, age: int, luck: float) -> date:
    return today - timedelta(days=int(30 + luck * (age - 22) * 365))


def _at(staff: list[Staff], branch: Branch, roles: set[str]) -> list[int]:
    return [person.pk for person in staff if person.branch_id == branch.pk and person.role.code in roles]
