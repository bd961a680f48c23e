"""Who holds a post, in a branch or else in the nearest one above it."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from keheng.org.models import Staff


def nearest_holders(wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], set[int]]:
    """The holders of posts, by path of branch and code of role; one query."""
    holders: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    people = Staff.objects.people().filter(is_active=True, role__code__in={post for _path, post in wanted}).order_by()
    for post, path, pk in people.values_list("role__code", "branch__path", "pk"):
        holders[post][path].add(pk)
    return {(path, post): _nearest(holders[post], path) for path, post in wanted}


def _nearest(holders: Mapping[str, set[int]], path: str) -> set[int]:
    above = [path[: place + 1] for place, char in enumerate(path) if char == "/"]
    return next((holders[step] for step in reversed(above) if holders.get(step)), set())
