"""The condition under which a question is asked, in words: ``Only if: Sex = F Female``.

The compiled expression keeps its source; paper needs it readable. What this module cannot put in words
is printed as the definition has it: exact, if not pretty.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from mda5_crf.pdf.ticks import repeats
from mda5_crf.study.model import Form, Item, Study
from mda5_crf.text import Text, both, message

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "≠",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}
_WORDS = {"EVENT": "this_event", "today": "today", "WINDOW_LO": "window_low", "WINDOW_HI": "window_high"}


def condition(study: Study, form: Form, source: str, names: Mapping[str, Text] | None = None) -> Text:
    """``source``, an expression of ``form``, in words of both languages.

    ``names``: items of the form to be called otherwise than by their label. What the settings of the study
    grant anyway is left out; the result is empty when nothing else is asked.
    """
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return both(source)
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    asked = [part for part in parts if not _granted(study, part)]
    if not asked:
        return both("")
    whole = asked[0] if len(asked) == 1 else ast.BoolOp(ast.And(), asked)
    return _Teller(study, form, source, names or {}).clause(whole)


def _granted(study: Study, node: ast.expr) -> bool:
    """True for a comparison with a setting that holds for the whole study."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return False
    left, right = node.left, node.comparators[0]
    if _called(left) != "setting" or not isinstance(left, ast.Call) or not isinstance(right, ast.Constant):
        return False
    named = left.args[0] if left.args else None
    return isinstance(named, ast.Constant) and study.settings.get(str(named.value)) == right.value


def _called(node: ast.expr) -> str:
    """The name of the function a call calls; empty for anything else."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


class _Teller:
    def __init__(
        self,
        study: Study,
        form: Form,
        source: str,
        names: Mapping[str, Text],
        *,
        outside: _Teller | None = None,
    ) -> None:
        """``outside``: the teller of the expression in which this one stands inside ``rows``."""
        self.outside = outside
        self.names = names
        self.study = study
        self.form = form
        self.source = source.strip()

    def clause(self, node: ast.expr) -> Text:
        if isinstance(node, ast.BoolOp):
            told = [self._inside(part, node) for part in node.values]
            code = "pdf.and" if isinstance(node.op, ast.And) else "pdf.or"
            whole = told[0]
            for part in told[1:]:
                whole = message(code, left=whole, right=part)
            return whole
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._negated(node.operand)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            return self._call(node.func.id, node)
        return self.thing(node)

    def _negated(self, node: ast.expr) -> Text:
        """What must not hold; two equal things that must not be are unequal ones."""
        meant = self._unfolded(node)
        if isinstance(meant, ast.Compare) and len(meant.ops) == 1 and isinstance(meant.ops[0], ast.Eq):
            return self._comparison(ast.Compare(meant.left, [ast.NotEq()], meant.comparators))
        return message("pdf.not", inner=self.clause(node))

    def _unfolded(self, node: ast.expr) -> ast.expr:
        """A name of the study by what it stands for; what to take while nothing is known is left out."""
        if isinstance(node, ast.Name) and node.id in self.study.names and self._item(node) is None:
            return self._unfolded(ast.parse(self.study.names[node.id].source.strip(), mode="eval").body)
        if _called(node) == "coalesce" and isinstance(node, ast.Call):
            return self._unfolded(node.args[0])
        return node

    def _inside(self, part: ast.expr, outer: ast.BoolOp) -> Text:
        """A part of and/or, in brackets when it is the other of the two."""
        told = self.clause(part)
        if isinstance(part, ast.BoolOp) and type(part.op) is not type(outer.op):
            return Text(f"({told.en})", f"（{told.zh}）")
        return told

    def _comparison(self, node: ast.Compare) -> Text:
        asked = self._item(node.left)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            choices = node.comparators[0]
            values = choices.elts if isinstance(choices, (ast.Tuple, ast.List)) else [choices]
            told = [self.thing(value, asked, node.left) for value in values]
            listed = Text(", ".join(one.en for one in told), "、".join(one.zh for one in told))
            code = "pdf.one_of" if isinstance(node.ops[0], ast.In) else "pdf.none_of"
            return message(code, what=self.thing(node.left), list=listed)
        switched = self._switched(node)
        if switched is not None:
            return switched
        whole = self.thing(node.left)
        for sign, right in zip(node.ops, node.comparators, strict=True):
            shown = self.thing(right, asked, node.left)
            symbol = _SIGNS.get(type(sign))
            if symbol is None:
                return both(self.source)
            whole = Text(f"{whole.en} {symbol} {shown.en}", f"{whole.zh} {symbol} {shown.zh}")
        return whole

    def _switched(self, node: ast.Compare) -> Text | None:
        """A setting that is on or off; None for any other comparison."""
        right = node.comparators[0]
        if _called(node.left) != "setting" or not isinstance(node.left, ast.Call) or len(node.ops) != 1:
            return None
        if not isinstance(right, ast.Constant) or right.value not in ("true", "false"):
            return None
        on = (right.value == "true") is isinstance(node.ops[0], ast.Eq)
        return message("pdf.setting_on" if on else "pdf.setting_off", name=self.thing(node.left.args[0]))

    def _call(self, name: str, node: ast.Call) -> Text:
        if name == "coalesce":  # the rest of it is what to take while nothing is known
            return self.clause(node.args[0])
        if name in ("any", "first") and len(node.args) > 1 and _called(node.args[0]) == "rows":
            return self._among(name, node)
        first = self.thing(node.args[0])
        if name == "outer":
            return (self.outside or self).thing(node.args[0])
        if name == "setting":
            return message("pdf.setting", name=first)
        if name == "present":
            return message("pdf.present", what=first)
        if name == "prev_row":
            return message("pdf.row_before", what=first)
        if name == "missing":
            return message("pdf.is_missing", what=first)
        if name == "selected" and len(node.args) > 1:
            asked = self._item(node.args[0])
            return message("pdf.chosen", what=first, value=self.thing(node.args[1], asked))
        return self._verbatim(node)

    def _among(self, name: str, node: ast.Call) -> Text:
        """What must hold in a row of a log, or what its first row says."""
        rows = node.args[0]
        named = rows.args[0] if isinstance(rows, ast.Call) and rows.args else None
        oid = str(named.value).rpartition(".")[2] if isinstance(named, ast.Constant) else ""
        form = self.study.forms.get(oid)
        if form is None:
            return self._verbatim(node)
        inner = _Teller(self.study, form, self.source, {}, outside=self)
        if name == "first":
            asked = inner._item(node.args[1])
            if asked is None:
                return self._verbatim(node)
            one = any(group.repeating for group in form.groups)
            return message("pdf.first_row", what=asked.label, form=form.name) if one else asked.label
        parts = node.args[1].values if isinstance(node.args[1], ast.BoolOp) else [node.args[1]]
        conjoined = not isinstance(node.args[1], ast.BoolOp) or isinstance(node.args[1].op, ast.And)
        links = [link for part in parts if conjoined and (link := self._link(part)) is not None]
        rest = [part for part in parts if self._link(part) is None]
        if not links or not rest:
            return message("pdf.some_row", form=form.name, inner=inner.clause(node.args[1]))
        told = inner.clause(rest[0] if len(rest) == 1 else ast.BoolOp(ast.And(), rest))
        return message("pdf.of_linked", link=links[0].label, inner=told)

    def _link(self, node: ast.expr) -> Item | None:
        """The link whose row is meant: ``row_id() == outer(LINK)`` or ``selected(outer(LINK), row_id())``."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            sides = [node.left, node.comparators[0]]
        elif _called(node) == "selected" and isinstance(node, ast.Call):
            sides = list(node.args)
        else:
            return None
        if "row_id" not in [_called(one) for one in sides]:
            return None
        found = [self._item(one.args[0]) for one in sides if isinstance(one, ast.Call) and one.args]
        return next((item for item in found if item is not None), None)

    def thing(self, node: ast.expr, asked: Item | None = None, beside: ast.expr | None = None) -> Text:
        """A name or a constant; a code is told with its text when ``asked`` has a codelist."""
        if isinstance(node, ast.Constant):
            return self._constant(node.value, asked, beside)
        if isinstance(node, ast.Name) and node.id in _WORDS:
            return message(f"pdf.{_WORDS[node.id]}")
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        item = self._item(node)
        if item is not None:
            return self._where(node, item.label)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            return self._call(node.func.id, node)
        if isinstance(node, ast.Name) and node.id in self.study.names:
            named = _Teller(self.study, self.form, self.study.names[node.id].source, self.names)
            told = named.clause(ast.parse(named.source, mode="eval").body)
            return both(node.id) if named.source in told.en else told
        return self._verbatim(node)

    def _constant(self, value: object, asked: Item | None, beside: ast.expr | None) -> Text:
        if isinstance(beside, ast.Name) and beside.id == "EVENT" and str(value) in self.study.events:
            return self.study.events[str(value)].name
        codelist = self.study.codelists.get(asked.codelist or "") if asked else None
        known = codelist.by_code.get(str(value)) if codelist else None
        if known is None or known.text.en == known.code:
            return both(value)
        told = known.text
        en, zh = ("" if repeats(known.code, said) else f"{known.code} " for said in (told.en, told.zh))
        return Text(f"{en}{told.en}", f"{zh}{told.zh}")

    def _item(self, node: ast.expr | None) -> Item | None:
        """The item a name or a dotted name means, if it means one."""
        path: list[str] = []
        while isinstance(node, ast.Attribute):
            path.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        path.insert(0, node.id)
        form = self.form if len(path) == 1 else self.study.forms.get(path[-2])
        return form.items.get(path[-1]) if form is not None else None

    def _where(self, node: ast.expr, label: Text) -> Text:
        """The label, with the visit when the name points at another one."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            root = node.value.value
            if isinstance(root, ast.Name) and root.id == "prev":
                return message("pdf.before", what=label)
            if isinstance(root, ast.Name) and root.id in self.study.events:
                return message("pdf.at_baseline", what=label, event=self.study.events[root.id].name)
        return label

    def _verbatim(self, node: ast.expr) -> Text:
        return both(ast.get_source_segment(self.source, node) or self.source)
