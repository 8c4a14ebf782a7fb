"""The catalogue of sentences: both languages, the same places, and no code without its sentence."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from mda5_crf.text import Text, both, catalogue, message

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mda5_crf"
AREAS = sorted(path.stem for path in (PACKAGE / "text").glob("[!_]*.py"))
ENTRIES = [(area, name, *pair) for area in AREAS for name, pair in catalogue(area).items()]
IDS = [f"{area}.{name}" for area, name, _, _ in ENTRIES]

CJK = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(rf"(?:{'|'.join(AREAS)})\.[a-z][a-z0-9_]*")
FORBIDDEN_EN = re.compile(r"\b(?:please|invalid|illegal|sorry|oops)\b", re.IGNORECASE)
FORBIDDEN_ZH = re.compile("非法|抱歉|对不起|哎呀")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff](?:[,;:?!](?:\s|$)|[,;?!][\u4e00-\u9fff]|\.(?:\s|$))")

areas = pytest.mark.parametrize("area", AREAS)


def places(sentence: str) -> set[str]:
    """The names of the ``{places}``; a positional one is the empty name."""
    return {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}


def bare(sentence: str) -> str:
    """The sentence without its places."""
    return "".join(literal for literal, _, _, _ in Formatter().parse(sentence))


def words_missing(code: str, en: str, zh: str) -> str:
    """What is wrong with the two languages of this sentence; "" when nothing is."""
    if not en.strip() or not zh.strip():
        return "a language is empty"
    # The switch names the language one would change to, so that who cannot read this one finds it.
    if code in {"ui.switch_language", "ui.act_language"}:
        return ""
    if CJK.search(en):
        return "the English has Chinese in it"
    # "PDF" or "{a}–{b}" is the same in both; a sentence with a word in it is not.
    if re.search(r"[a-z]{3}", bare(en)) and not CJK.search(zh):
        return "the Chinese has no Chinese in it"
    return ""


def places_wrong(_code: str, en: str, zh: str) -> str:
    """What is wrong with the places of this sentence."""
    if places(en) != places(zh):
        return f"{sorted(places(en))} in English, {sorted(places(zh))} in Chinese"
    wrong = [place for place in places(en) if not re.fullmatch(r"[a-z][a-z0-9_]*", place)]
    return f"not a name: {wrong}" if wrong else ""


def tone_wrong(_code: str, en: str, zh: str) -> str:
    """What is wrong with the tone and the punctuation of this sentence."""
    if word := FORBIDDEN_EN.search(en) or FORBIDDEN_ZH.search(zh):
        return f"{word.group()!r}"
    prose = re.sub(r"\[[^]]*\]", "", zh)  # what stands in brackets is typed as it stands
    if HALF_WIDTH.search(prose):
        return "half-width punctuation after a Chinese character"
    if "“" in en or "”" in en:
        return "curly quotes are full-width in the program's font"
    return ""


def all_wrong(area: str, wrong: Callable[[str, str, str], str]) -> dict[str, str]:
    """Code → what is wrong, of every sentence of the area that has something wrong."""
    found = {f"{area}.{name}": wrong(f"{area}.{name}", *pair) for name, pair in catalogue(area).items()}
    return {code: words for code, words in found.items() if words}


# One test for all sentences of an area: a test for each is four thousand times the work around a test.
@areas
def test_both_languages_are_there(area: str) -> None:
    assert all_wrong(area, words_missing) == {}


@areas
def test_both_languages_have_the_same_places(area: str) -> None:
    assert all_wrong(area, places_wrong) == {}


@areas
def test_the_tone(area: str) -> None:
    assert all_wrong(area, tone_wrong) == {}


@pytest.mark.parametrize(
    "wrong,en,zh",
    [
        (words_missing, " ", "好"),
        (words_missing, "good", ""),
        (words_missing, "good 好", "好"),
        (words_missing, "Save {a}", "{a}"),
        (places_wrong, "{a}", "{b}"),
        (places_wrong, "{a}{b}", "{a}"),
        (places_wrong, "{A}", "{A}"),
        (places_wrong, "{}", "{}"),
        (tone_wrong, "Please save", "请保存"),
        (tone_wrong, "Not allowed", "非法"),
        (tone_wrong, "Saved.", "已保存."),
        (tone_wrong, "Saved, closed", "已保存,已关闭"),
        (tone_wrong, "“Saved”", "已保存"),
    ],
)
def test_what_is_wrong_with_a_sentence_is_seen(
    wrong: Callable[[str, str, str], str], en: str, zh: str
) -> None:
    assert wrong("area.name", en, zh)


# ------------------------------------------------------------------ the codes in the source


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the program but the catalogue."""
    paths = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "text"]
    return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of one of the sources."""
    return tuple(ast.walk(sources()[path]))


@cache
def takers() -> frozenset[str]:
    """``message`` and every exception of the program: what takes a code as its first argument."""
    bases: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {base.id for base in node.bases if isinstance(base, ast.Name)}
    errors = {"CrfError"}
    while more := {name for name, parents in bases.items() if parents & errors} - errors:
        errors |= more
    # An exception with its own constructor may take other words first.
    own = {
        node.name
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
        and node.name != "CrfError"
        and any(isinstance(child, ast.FunctionDef) and child.name == "__init__" for child in node.body)
    }
    return frozenset((errors - own) | {"message"})


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Place and call of everything that takes a code."""
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.Call) and node.args:
                function = node.func
                name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
                if name in takers():
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def constants(node: ast.expr) -> list[str]:
    """The codes an argument can be: a text, or either branch of ``a if c else b``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return []


def test_every_code_in_the_source_exists() -> None:
    known = set(IDS)
    unknown = [
        f"{place}: {code}" for place, call in calls() for code in constants(call.args[0]) if code not in known
    ]
    assert unknown == []


def test_every_place_is_filled() -> None:
    """A call that names its parameters names all of the sentence's places."""
    sentences = dict(zip(IDS, ENTRIES, strict=True))
    gaps = []
    for place, call in calls():
        named = {word.arg for word in call.keywords}
        if None in named:
            continue
        for code in constants(call.args[0]):
            # A sentence may be filled later, by Text.format; then none of its places is named here.
            if named and code in sentences and (missing := places(sentences[code][2]) - named):
                gaps.append(f"{place}: {code} lacks {sorted(missing)}")
    assert gaps == []


def test_every_sentence_is_used() -> None:
    """Used = its code, or the fixed beginning of a code put together, is written in the source."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    beginnings = {text for text in beginnings if text.partition(".")[0] in AREAS and "." in text}
    unused = [code for code in IDS if code not in whole and not code.startswith(tuple(beginnings))]
    assert unused == []


# ------------------------------------------------------------------ the type itself


def test_a_text_inside_a_text_speaks_its_language() -> None:
    outer = Text("May not {act}.", "无权{act}。").format(act=Text("sign", "签名"))
    assert outer == Text("May not sign.", "无权签名。")
    assert (outer.in_("en"), outer.in_("zh")) == (outer.en, outer.zh)


def test_both_is_the_same_in_both() -> None:
    assert both(12) == Text("12", "12")


@pytest.mark.parametrize("code", ["access.no_such_sentence", "access", "access."])
def test_an_unknown_code_is_our_mistake(code: str) -> None:
    with pytest.raises(KeyError):
        message(code)


def test_braces_in_a_parameter_are_left_alone() -> None:
    assert Text("<{a}>", "《{a}》").format(a="{b}") == Text("<{b}>", "《{b}》")
