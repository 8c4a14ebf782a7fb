"""Annotations by the SDTM Metadata Submission Guidelines 2.0, taken apart.

An annotation of the definition reads ``LBORRES / LBORRESU when LBTESTCD = CK``, ``TBIMG in SUPPIS`` or
``[NOT SUBMITTED]``: variables, each with a dataset where its name does not say it, and conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from mda5_crf.text import catalogue

NOT_SUBMITTED: Final = "[NOT SUBMITTED]"
RELREC: Final = "RELREC"
SUPPLEMENTAL: Final = "SUPP"
COMMENTS: Final = "CO"
# Names that begin with the letters of a domain by chance, and belong to the form's.
_NO_DOMAIN: Final = frozenset({RELREC, "SPDEVID", "SEX", "RACE", "AGE", "AGEU", "ETHNIC", "BRTHDTC"})


class Target(NamedTuple):
    """A variable, and the dataset that is named behind ``in``; "" where none is."""

    variable: str
    dataset: str = ""

    @property
    def supplemental(self) -> bool:
        """Whether it is a qualifier beside its dataset (SUPP--)."""
        return self.dataset.startswith(SUPPLEMENTAL)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation. ``head`` as it is written before ``when``, ``conditions`` as they are written."""

    head: str
    targets: tuple[Target, ...]
    conditions: tuple[str, ...]

    @property
    def required(self) -> tuple[tuple[str, str], ...]:
        """The conditions as (variable, value)."""
        parts = [one.partition(" = ") for one in self.conditions]
        return tuple((name, value) for name, _, value in parts)


@cache
def read(text: str) -> Annotation:
    """Take an annotation apart."""
    head, _, condition = text.partition(" when ")
    conditions = tuple(condition.split(" and ")) if condition else ()
    if head == NOT_SUBMITTED:
        return Annotation(head, (), conditions)
    targets = []
    for part in head.split(" / "):
        variable, _, dataset = part.partition(" in ")
        targets.append(Target(variable, dataset))
    return Annotation(head, tuple(targets), conditions)


@cache
def known_domains() -> frozenset[str]:
    """The datasets that have a name in both languages."""
    return frozenset(
        name.removeprefix("domain_") for name in catalogue("acrf") if name.startswith("domain_")
    ) - {"line"}


def domain_of(target: Target, form_domain: str) -> str:
    """The domain a variable of a form of ``form_domain`` belongs to; "" for none (RELREC, analysis alone)."""
    if target.dataset:
        return target.dataset.removeprefix(SUPPLEMENTAL)
    if target.variable == RELREC:
        return ""
    if target.variable not in _NO_DOMAIN and target.variable[:2] in known_domains():
        return target.variable[:2]
    return form_domain if form_domain in known_domains() else ""
