"""Read this export with pandas: types, labels and codes as the codebook says.

    python read_export.py            a summary of every table
    from read_export import read     tables = read("."); tables["VS"]

Numbers are numbers, complete dates are dates, codes are categories with their codes. Texts stay texts, a
partial date is text. Labels, units and codelists stand in frame.attrs["variables"]; the answers that no
typed column can hold are the table ASTYPED. Needs pandas, for .xlsx openpyxl, for .xpt .sav .dta pyreadstat.
"""

import functools
import json
import sys
from pathlib import Path

import pandas as pd

LANGUAGE = "en"


def read(folder="."):
    """Name of the table -> DataFrame, for all tables of the export."""
    folder = Path(folder)
    book = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))
    return {table["model"]: read_table(folder, book, table) for table in book["tables"]}


def read_table(folder, book, table):
    """One table, its columns named as in the codebook's "model" names."""
    frame = _texts(folder, book, table)
    made = {}
    for one in table["variables"]:
        if one["part"]:
            made[one["model"]] = made[one["model"]] + frame[one["name"]]  # a long text, continued
        else:
            made[one["model"]] = frame[one["name"]]
    for one in table["variables"]:
        if not one["part"]:
            made[one["model"]] = _typed(made[one["model"]], one, book)
    result = pd.DataFrame(made)
    result.attrs["label"] = table["label"]
    result.attrs["variables"] = {one["model"]: one for one in table["variables"] if not one["part"]}
    return result


def decoded(frame, column, codelists, language=LANGUAGE):
    """The words of a coded column instead of its codes."""
    words = {one["code"]: one[language] for one in codelists[frame.attrs["variables"][column]["codelist"]]}
    return frame[column].map(lambda code: words.get(str(code)) if pd.notna(code) else None)


def _texts(folder, book, table):
    """All cells as text, "" for nothing."""
    kind, name = book["format"], folder / table["file"]
    if kind == "csv":
        frame = pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if not book["raw"]:  # texts that a spreadsheet would take for formulas have an apostrophe in front
            for number, escaped in enumerate(frame.pop("ESCAPED")):
                for column in escaped.split():
                    place = frame.columns.get_loc(column)
                    frame.iloc[number, place] = frame.iloc[number, place][1:]
        return frame
    if kind == "xlsx":
        return _from_workbook(folder, table)
    if kind == "dataset-json":
        return _from_json(name, book)
    import pyreadstat

    reader = {"xpt": pyreadstat.read_xport, "sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}[kind]
    frame, _ = reader(str(name))
    coded = {}
    if kind == "dta":  # codes are numbers there: 1 is the first of the codelist
        coded = {one["name"]: one["codelist"] for one in table["variables"] if one["type"] == "code"}
    for column in frame.columns:
        codes = [one["code"] for one in book["codelists"].get(coded.get(column, ""), [])]
        frame[column] = frame[column].map(lambda cell, codes=codes: _as_text(cell, codes)).astype(object)
    return frame.reset_index(drop=True)


@functools.cache
def _workbook(file):
    from openpyxl import load_workbook

    return load_workbook(file, read_only=True)


def _from_workbook(folder, table):
    book = _workbook(folder / "data.xlsx")
    rows, name, number = [], table["name"], 1
    while name in book.sheetnames:
        lines = book[name].iter_rows(values_only=True)
        head = next(lines)
        next(lines)  # the labels
        for line in lines:  # empty cells at the end of a row are not there
            cells = ["" if cell is None else _as_text(cell, []) for cell in line]
            rows.append(cells + [""] * (len(head) - len(cells)))
        number += 1
        name = f"{table['name'][: 31 - len(str(number))]}{number}"  # more rows than a sheet has
    return pd.DataFrame(rows, columns=[str(cell) for cell in head], dtype=object)


def _from_json(name, book):
    with open(name, encoding="utf-8") as file:
        if book["lines"]:
            told = json.loads(file.readline())
            rows = [json.loads(line) for line in file]
        else:
            told = json.load(file)
            rows = told["rows"]
    rows = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return pd.DataFrame(rows, columns=[one["name"] for one in told["columns"]], dtype=object)


def _as_text(cell, codes):
    """A cell of a typed format as the text that the model has."""
    if cell is None or (isinstance(cell, float) and cell != cell) or cell is pd.NaT:
        return ""
    if codes:
        return codes[int(cell) - 1]
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if hasattr(cell, "isoformat"):
        return cell.isoformat()[:10]
    return str(cell)


def _typed(texts, one, book):
    """A column of the type that the codebook says."""
    if one["type"] == "integer":
        return pd.to_numeric(texts.where(texts != "", None)).astype("Int64")
    if one["type"] == "decimal":
        return pd.to_numeric(texts.where(texts != "", None)).astype("Float64")
    if one["type"] == "date":
        return pd.to_datetime(texts.where(texts != "", None), format="%Y-%m-%d")
    if one["type"] == "code":
        codes = [each["code"] for each in book["codelists"][one["codelist"]]]
        return pd.Series(pd.Categorical(texts.where(texts != "", None), categories=codes), index=texts.index)
    return texts.where(texts != "", None)


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    for name, frame in read(where).items():
        print(f"{name:12} {len(frame):7} rows {len(frame.columns):4} columns  {frame.attrs['label'][LANGUAGE]}")
