"""People and places: AdminData of ODM 1.3 and of 2.0, both ways.

2.0 knows organizations apart from locations; for every location of 1.3 that says what it is, one is made.
"""

from __future__ import annotations

from typing import Final

from mda5_crf.exchange.odm2node import (
    KEPT,
    ONLY_1,
    ONLY_2,
    Node,
    all_of,
    copied,
    first_of,
    made,
    only2,
    same,
    settle,
    walk,
    without,
)
from mda5_crf.exchange.odmgrammar import grammar

_TYPES: Final = frozenset({"Sponsor", "Site", "CRO", "Lab", "Other"})
_USERS: Final = frozenset({"Sponsor", "Investigator", "Lab", "Other"})
_NAMES: Final = {"LoginName": "UserName", "FirstName": "GivenName", "LastName": "FamilyName"}
_BACK: Final = {new: old for old, new in _NAMES.items()}
_TELECOM: Final = ("Email", "Pager", "Fax", "Phone")


def admin_up(node: Node) -> Node:
    """AdminData of 2.0 from that of 1.3. The node given is not changed."""
    node = copied(node)
    kept = node[1].pop(KEPT, "") == "Yes"
    for user in all_of(node, "User"):
        _user_up(user)
    organizations = []
    for place in all_of(node, "Location"):
        kind = place[1].pop("LocationType", None)
        if kept or kind is None:
            continue
        place[1]["Role"] = kind
        if kind in _TYPES:
            oid = f"ORG.{place[1].get('OID', '')}"
            said: dict[str, str | None] = {
                "OID": oid, "Name": place[1].get("Name") or oid, "Type": kind,
                "LocationOID": place[1].get("OID"),
            }  # fmt: skip
            organizations.append(made("Organization", said))
            place[1]["OrganizationOID"] = oid
    node[3] += organizations
    _typed(node)
    return settle(node, grammar("2.0"), ONLY_2, ONLY_1)


def admin_down(node: Node) -> Node:
    """AdminData of 1.3 from that of 2.0: what :func:`admin_up` makes again is left out, all else is kept."""
    clean = _down(node, kept=False)
    if same(admin_up(clean), settle(copied(node), grammar("2.0"), ONLY_2, ONLY_1)):
        return clean
    return _down(node, kept=True)


def _down(node: Node, *, kept: bool) -> Node:
    node = copied(node)
    for user in all_of(node, "User"):
        _user_down(user)
    if kept:
        node[1][KEPT] = "Yes"
    else:
        without(node, lambda one: one[0] == "Organization")
    for place in all_of(node, "Location"):
        if kept:
            role = place[1].get("Role", "")
            place[1]["LocationType"] = role if role in _TYPES else "Other"
        else:
            place[1].pop("OrganizationOID", None)
            if place[1].get("Role") in _TYPES:  # any other word stays as 2.0 has it
                place[1]["LocationType"] = place[1].pop("Role")
    return settle(node, grammar("1.3.2"), ONLY_1, ONLY_2)


def _typed(node: Node) -> None:
    for one in walk(node):
        if one[0] == "TranslatedText" and only2("Type") not in one[1]:
            one[1].setdefault("Type", "text/plain")


def _user_up(user: Node) -> None:
    for one in user[3]:
        if one[0] in _NAMES:
            one[0] = _NAMES[one[0]]
        elif one[0] in _TELECOM:
            one[1] |= {"TelecomType": one[0], "Value": one[2] or ""}
            one[0], one[2] = "Telecom", None
    ref = first_of(user, "LocationRef")
    if ref is not None:
        user[1]["LocationOID"] = ref[1].get("LocationOID", "")
        without(user, lambda one: one is ref)


def _user_down(user: Node) -> None:
    kinds = set()
    for one in user[3]:
        if one[0] in _BACK:
            one[0] = _BACK[one[0]]
        elif one[0] == "Telecom" and (kind := one[1].get("TelecomType")) in _TELECOM and kind not in kinds:
            if kind == "Pager":
                kinds.add(kind)
            one[0], one[2] = kind, one[1].pop("Value", "")
            del one[1]["TelecomType"]
    if "LocationOID" in user[1]:
        user[3].append(made("LocationRef", {"LocationOID": user[1].pop("LocationOID")}))
    kind = user[1].get("UserType")
    if kind is not None and kind not in _USERS:
        user[1] |= {only2("UserType"): kind, "UserType": "Other"}
