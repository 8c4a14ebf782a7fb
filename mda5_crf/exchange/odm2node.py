"""Elements of ODM as nodes (:mod:`mda5_crf.exchange.odmread`), and what of one version stands in the other.

ODM 1.3 and 2.0 differ in what they have a place for. What one of them lacks goes into a namespace of its own:
:data:`ONLY_2` for what only 2.0 knows, inside a 1.3 tree, :data:`ONLY_1` the other way round. So both ways
lead back, and a reader that knows nothing of it sees content of a vendor, which the standard lets pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from mda5_crf.exchange.odm_names import OWN as OWN_URI
from mda5_crf.exchange.odmgrammar import Grammar, Shape

Node = list[Any]
"""``[name, {attribute: value}, text or None, [nodes]]``."""

ONLY_2: Final = "urn:mda5-crf:odm:2.0-only"
ONLY_1: Final = "urn:mda5-crf:odm:1.3-only"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
KEPT: Final = f"{{{ONLY_2}}}Kept"
"""On a definition or AdminData in 1.3: it came from 2.0, and all that only 2.0 knows is still in it, so that
nothing is made up on the way back."""
MADE: Final = f"{{{ONLY_2}}}Made"
"""On a form, group or reference in 1.3 that 2.0 does not have: 1.3 has two floors, 2.0 any number."""
FILE_ABOUT: Final = f"{{{ONLY_2}}}FileDescription"
"""In a study in 1.3: the Description of the file of 2.0, which stands before the study there."""
XML: Final = "#xml"
PLAIN: Final = "text/plain"


def only2(name: str) -> str:
    """A name of 2.0 inside a 1.3 tree."""
    return f"{{{ONLY_2}}}{name}"


def only1(name: str) -> str:
    """A name of 1.3 inside a 2.0 tree."""
    return f"{{{ONLY_1}}}{name}"


def own(name: str) -> str:
    """A name of the program's own namespace."""
    return f"{{{OWN_URI}}}{name}"


def made(name: str, attributes: dict[str, str | None], *children: Node, text: str | None = None) -> Node:
    """A new node, without the attributes that are None."""
    return [name, {key: value for key, value in attributes.items() if value is not None}, text, [*children]]


def all_of(node: Node, *names: str) -> list[Node]:
    """Its children of these names, in their order."""
    return [one for one in node[3] if one[0] in names]


def first_of(node: Node, name: str) -> Node | None:
    """The first child of that name."""
    return next((one for one in node[3] if one[0] == name), None)


def words(node: Node | None) -> str:
    """The text of an element; "" where there is none."""
    return "" if node is None else node[2] or ""


def without(node: Node, drop: Callable[[Node], bool]) -> None:
    """Take children out."""
    node[3] = [one for one in node[3] if not drop(one)]


def copied(node: Node) -> Node:
    """A copy that shares nothing."""
    return [node[0], dict(node[1]), node[2], [copied(one) for one in node[3]]]


def same(one: Node, other: Node) -> bool:
    """Whether two trees say the same; empty text is no text."""
    return (
        one[0] == other[0]
        and one[1] == other[1]
        and (one[2] or "").strip() == (other[2] or "").strip()
        and len(one[3]) == len(other[3])
        and all(map(same, one[3], other[3]))
    )


def walk(node: Node) -> Iterator[Node]:
    """The node and all in it."""
    yield node
    for one in node[3]:
        yield from walk(one)


def aside(node: Node, uri: str) -> Node:
    """The same tree in a namespace where it is content of a vendor."""
    name = node[0] if node[0][0] in "{#" else f"{{{uri}}}{node[0]}"
    return [name, dict(node[1]), node[2], [aside(one, uri) for one in node[3]]]


def back(node: Node, uri: str) -> Node:
    """What :func:`aside` was given."""
    return [node[0].removeprefix(f"{{{uri}}}"), node[1], node[2], [back(one, uri) for one in node[3]]]


def settle(node: Node, grammar: Grammar, here: str, there: str) -> Node:
    """Bring a tree into the shape of a version: what was set aside for it (``here``) comes back, what it has
    no place for goes aside (``there``), and children stand in its order.
    """
    shape = grammar.get(node[0])
    if shape is None:
        return node
    node[1] = _attributes(node[1], shape, here, there)
    mine, seen = [], set()
    for one in node[3]:
        child = back(one, here) if one[0].startswith(f"{{{here}}}") else one
        if child[0][0] not in "{#":
            alone = child[0] in shape.single and child[0] in seen
            if child[0] not in shape.children or alone:
                child = aside(child, there)
            else:
                seen.add(child[0])
                child = settle(child, grammar, here, there)
        mine.append(child)
    last = len(shape.children) + 1
    node[3] = sorted(mine, key=lambda one: shape.children.get(one[0], 0 if one[0] == XML else last))
    return node


def _attributes(said: dict[str, str], shape: Shape, here: str, there: str) -> dict[str, str]:
    found, back_again = {}, {}
    prefix = f"{{{here}}}"
    for name, value in said.items():
        if name.startswith(prefix):
            local = name[len(prefix) :]
            back_again[LANG if local == "lang" else local] = value  # of xml:lang only the local name stands
        elif name[0] == "{" or name in shape.attributes:
            found[name] = value
        else:
            found[f"{{{there}}}{name}"] = value
    return found | back_again


def renamed(root: Node, kinds: dict[str, dict[str, str]]) -> None:
    """Give OIDs other names wherever they stand. ``kinds``: element of the definition → old → new."""
    by_attribute = {
        attribute: kinds[kind] for attribute, kind in _REFERENCES.items() if kinds.get(kind)
    }  # fmt: skip
    for node in walk(root):
        if (table := kinds.get(node[0])) and (oid := node[1].get("OID")) in table:
            node[1]["OID"] = table[oid]
        for attribute in node[1].keys() & by_attribute.keys():
            old = node[1][attribute]
            node[1][attribute] = by_attribute[attribute].get(old, old)


_REFERENCES: Final = {
    "StudyEventOID": "StudyEventDef", "FormOID": "FormDef", "ItemGroupOID": "ItemGroupDef",
    "ItemOID": "ItemDef", "CodeListOID": "CodeList", "RoleCodeListOID": "CodeList",
    "CollectionExceptionConditionOID": "ConditionDef", "MethodOID": "MethodDef",
    own("CodeListOID"): "CodeList", own("LinksTo"): "FormDef", own("DateItem"): "ItemDef",
}  # fmt: skip


def unused(wanted: str, used: Iterable[str]) -> str:
    """``wanted``, or the first name like it that nobody has."""
    taken = used if isinstance(used, (set, frozenset, dict)) else set(used)
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}~{count}"
    return name
