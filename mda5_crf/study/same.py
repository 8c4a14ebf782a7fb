"""Items that as a rule have the answer of another item of the same visit (``same_as``): what may be named."""

from __future__ import annotations

from collections.abc import Mapping

from mda5_crf.study.load_form import ReadForm
from mda5_crf.study.model import Form, Item, ItemType
from mda5_crf.study.report import suggestion


def same_answers(read: ReadForm, forms: Mapping[str, Form], broken: frozenset[str]) -> None:
    """Report each ``same_as`` of one form that leads nowhere, or to an answer this item could not take.

    ``broken`` forms could not be read; nothing can be said about them.
    """
    for made in read.items.values():
        for index, name in enumerate(made.item.same_as):
            owner, _, item = name.partition(".")
            if owner in broken:
                continue
            form = forms.get(owner)
            other = form.items.get(item) if form is not None else None
            place = made.table.place_of("same_as").at(index)
            if form is None or other is None:
                known = [*forms] if form is None else [f"{owner}.{one}" for one in form.items]
                hint = suggestion(name if form is not None else owner, known)
                made.table.report.add(place, "unknown_item", name=name, hint=hint)
            elif owner == read.form.oid or not _fits(read.form, made.item, form, other):
                made.table.report.add(place, "same_as_unfit", name=name)


def _fits(own_form: Form, own: Item, form: Form, other: Item) -> bool:
    kinds = (own.type, own.codelist) == (other.type, other.codelist) and own.type is not ItemType.LINK
    return (
        kinds
        and not other.computed
        and not form.repeating
        and not (_in_rows(own_form, own) or _in_rows(form, other))
    )


def _in_rows(form: Form, item: Item) -> bool:
    return any(group.repeating and group.name == item.group for group in form.groups)
