"""The condition under which a question is asked, in words: ``Only if: Sex = F Female``.

The compiled expression keeps its source; paper needs it readable. What this module cannot put in words
is printed as the definition has it: exact, if not pretty.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

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

    ``names``: items of the form to be called otherwise than by their label.
    """
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return both(source)
    return _Teller(study, form, source, names or {}).clause(tree)


class _Teller:
    def __init__(self, study: Study, form: Form, source: str, names: Mapping[str, Text]) -> None:
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
            return message("pdf.not", inner=self.clause(node.operand))
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            return self._call(node.func.id, node)
        return self.thing(node)

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
            whole = message("pdf.one_of", what=self.thing(node.left), list=listed)
            return whole if isinstance(node.ops[0], ast.In) else message("pdf.not", inner=whole)
        whole = self.thing(node.left)
        for sign, right in zip(node.ops, node.comparators, strict=True):
            shown = self.thing(right, asked, node.left)
            symbol = _SIGNS.get(type(sign))
            if symbol is None:
                return both(self.source)
            whole = Text(f"{whole.en} {symbol} {shown.en}", f"{whole.zh} {symbol} {shown.zh}")
        return whole

    def _call(self, name: str, node: ast.Call) -> Text:
        if name == "coalesce":  # the rest of it is what to take while nothing is known
            return self.clause(node.args[0])
        first = self.thing(node.args[0])
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
            inner = ast.parse(named.source, mode="eval").body
            return named.thing(inner) if named._item(inner) is not None else both(node.id)
        return self._verbatim(node)

    def _constant(self, value: object, asked: Item | None, beside: ast.expr | None) -> Text:
        if isinstance(beside, ast.Name) and beside.id == "EVENT" and str(value) in self.study.events:
            return self.study.events[str(value)].name
        codelist = self.study.codelists.get(asked.codelist or "") if asked else None
        known = codelist.by_code.get(str(value)) if codelist else None
        if known is None or known.text.en == known.code:
            return both(value)
        return Text(f"{known.code} {known.text.en}", f"{known.code} {known.text.zh}")

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
