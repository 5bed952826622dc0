"""May this person see this case? Asked in one place, by every list, search, count and page of the console."""

from django.db.models import Q

from argine.desk.people.models import Staff


def seen_by(person: Staff, way: str = "") -> Q:
    """What narrows a query down to the cases that a person may see; `way` leads from its rows to the case."""
    if person.sees_sensitive:
        return Q()
    # Rows that belong to no case, such as a message of test, are for everybody.
    return ~Q(**{f"{way}__sensitive" if way else "sensitive": True})


def may_see(person: Staff, *, sensitive: bool) -> bool:
    return person.sees_sensitive or not sensitive
