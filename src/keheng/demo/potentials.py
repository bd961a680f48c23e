"""Lists of potential customers of the demo bank: two by rule, three of names, some of them on their way."""

from django.db.backends.utils import CursorWrapper

from keheng.customers.enums import PotentialSource
from keheng.customers.operations.potentials import Named, add_potentials, open_list
from keheng.demo.plan import Plan, table
from keheng.org.models import Branch
from keheng.org.queries import system_actor

_FIRST_PHONE = 16_600_000_000  # a range that no operator gives to people


def write_potentials(cursor: CursorWrapper, plan: Plan) -> None:
    """Open the lists and let some of their names have been contacted; part of the build."""
    words, office = table("archives")["potentials"], Branch.objects.get(parent__isnull=True)
    actor = system_actor()
    for one in words["rules"]:
        open_list(**one, source=PotentialSource.RULE, branch=office, actor=actor, at=plan.at)
    for place, one in enumerate(words["lists"]):
        held = open_list(
            name=one["name"], source=PotentialSource(one["source"]), branch=office, actor=actor, at=plan.at
        )
        people = [
            Named(name, str(_FIRST_PHONE + 100 * place + number), amount=one["amount"] * (1 + number % 4))
            for number, name in enumerate(words["people"])
        ]
        add_potentials(held=held, named=people, actor=actor, at=plan.at)
    cursor.execute(
        """
        update customers_potential
           set state = case when id %% 5 = 0 then 'declined' else 'contacted' end,
               reason = case when id %% 5 = 0 then %s else '' end
         where id %% 3 = 0 or id %% 5 = 0
        """,
        [words["declined"]],
    )
