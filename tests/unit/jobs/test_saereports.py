"""The report of a serious event: filled in from what is recorded, in order, whatever is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import proving, saereports
from mda5_crf.jobs.moments import Again
from mda5_crf.pdf import Tongue
from mda5_crf.pdf.saereport import Choice, Field, Fields, Listing, Report, Story
from mda5_crf.services import pageproof
from mda5_crf.services.asof import Moment
from tests.cardward import STORY, begun, drugs, event, report, vitals
from tests.pdftext import solid, text_of
from tests.scenario import Ward
from tests.wards import NOW, Clock, built, session_at

CLOCK = Clock()
ORDER = (
    "批准文号", "报告类型", "医疗机构及专业名称", "申报单位名称", "试验用药品中文名称",
    "药品注册分类", "临床研究分类", "姓名拼音缩写",
    "合并疾病及治疗", "医学术语（诊断）", "SAE情况", "SAE发生时间", "研究者获知SAE时间",
    "对试验用药采取的措施", "SAE转归", "SAE与试验药的关系", "SAE报道情况：国内", "SAE发生及处理的详细情况",
    "报告单位名称", "报告人签名",
)  # fmt: skip
"""The order of the public form 严重不良事件报告表（SAE）."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("reports") / "ward.mda5"))
    with session_at(folder, clock=CLOCK) as session:
        yield Ward(session)


@pytest.fixture
def ward(desk: Ward) -> Ward:
    CLOCK.now = NOW
    return drugs(begun(Ward(desk.session).enrol()))


def made(ward: Ward, number: int = 1) -> Report:
    return saereports.gather(ward.session, ward.subject, number, "en").report


def fields(found: Report) -> dict[str, str]:
    """Caption → what stands there, in English."""
    told = [field for block in found.blocks if isinstance(block, Fields) for field in block.fields]
    told += [
        block.beside
        for block in found.blocks
        if isinstance(block, Choice) and isinstance(block.beside, Field)
    ]
    return {field.caption.en: field.said.en for field in told}


def ticks(found: Report) -> dict[str, set[str]]:
    return {b.caption.en: set(b.chosen) - {""} for b in found.blocks if isinstance(b, Choice)}


def table(found: Report, caption: str) -> Listing:
    return next(b for b in found.blocks if isinstance(b, Listing) and b.caption.en.startswith(caption))


def test_the_fields_stand_in_the_order_of_the_public_form(ward: Ward) -> None:
    event(ward)
    report(ward)
    order = saereports.gather(ward.session, ward.subject, 1, "zh")
    text = "".join(text_of(saereports.draw(order).data))
    places = [text.index(solid(caption)) for caption in ORDER]
    assert places == sorted(places)


def test_what_is_recorded_is_filled_in(ward: Ward) -> None:
    event(ward)
    report(ward)
    found = made(ward)
    told = fields(found)
    assert told["SAE, medical term (diagnosis)"] == "Pneumonia 肺炎"
    assert told["CTCAE grade"] == "Grade 3"
    assert told["SAE began"] == "2026-08-28"
    assert told["Investigator aware"] == "2026-09-01 08:30"
    assert told["Report due at the latest"] == "2026-09-02 08:30; 22 h 30 min left when printed"
    assert told["Weight"] == "60.0 kg (2026-08-04)"
    assert told["Trial drug, Chinese name"] == "托法替布"
    chosen = ticks(found)
    assert chosen["Type of report"] == {"INITIAL"}
    assert chosen["SAE: why serious"] == {"AESHOSP"}
    assert chosen["Action taken with the trial drug"] == {"DRUG INTERRUPTED"}
    assert chosen["SAE and the trial drug"] == {"POSSIBLY RELATED"}
    assert not chosen["Class of the trial"], "what nobody recorded is ticked by hand"
    story = next(block for block in found.blocks if isinstance(block, Story))
    assert story.said == STORY


def test_medication_is_that_of_the_days_around_the_event(ward: Ward) -> None:
    event(ward)
    report(ward)
    others = table(made(ward), "Other medication")
    names = [row[0].en for row in others.rows]
    assert any(name.startswith("Voriconazole") for name in names)
    assert "Cefuroxime" not in names  # over long before
    assert "Struck drug" not in names
    doses = table(made(ward), "Trial drug")
    assert doses.caption.en == "Trial drug taken, 2026-08-14 to 2026-08-28"
    assert [cell.en for cell in doses.rows[0]] == [
        "Tofacitinib",
        "5 mg Twice",
        "Oral",
        "2026-08-04",
        "goes on",
        "",
    ]


def test_results_around_the_onset_stand_in_columns_of_days(ward: Ward) -> None:
    event(ward)
    report(ward)
    vitals(ward, "W4", "2026-08-29", weight="58.0", oxygen="88")
    results = table(made(ward), "Results")
    assert [one.en for one in results.headings] == ["Test", "Unit", "2026-08-29"]
    assert [cell.en for cell in results.rows[0]] == ["Oxygen saturation", "%", "88"]


def test_without_results_the_table_says_so(ward: Ward) -> None:
    event(ward, start="2026-06")
    report(ward)
    results = table(made(ward), "Results")
    assert not results.rows
    assert results.caption.en == "Results around the onset, 2026-05-18 to 2026-07-14"
    assert fields(made(ward))["SAE began"] == "2026-06-UN"


def test_a_report_without_an_event_leaves_boxes_and_says_why(ward: Ward) -> None:
    report(ward, link="")
    found = made(ward)
    assert found.remarks[0].en.startswith("The report names no adverse event")
    assert fields(found)["SAE, medical term (diagnosis)"] == ""
    assert not ticks(found)["Outcome of the SAE"]
    assert len(table(found, "Other medication").rows) == 2  # around the day it became serious


def test_a_struck_event_is_not_printed_and_that_is_said(ward: Ward) -> None:
    log = event(ward)
    report(ward)
    log.strike("ROWS", "another participant's")
    found = made(ward)
    assert "AE 1" in found.remarks[0].en
    assert fields(found)["SAE, medical term (diagnosis)"] == ""


def test_a_struck_report_is_refused_with_those_there_are(ward: Ward) -> None:
    event(ward)
    first = report(ward)
    report(ward)
    first.strike("ROWS", "entered twice")
    with pytest.raises(InputRefused) as refused:
        made(ward, 1)
    assert refused.value.text.en.endswith("There are: SAE#2")
    assert made(ward, 2).label == "SAE#2"


def test_nothing_entered_is_a_form_to_write_on(ward: Ward) -> None:
    ward.open("LOG", "SAE").new_row("ROWS")
    found = made(ward)
    assert "counted from when the report was begun" in fields(found)["Report due at the latest"]
    assert table(found, "Results around the onset: no day").rows == ()
    assert len(text_of(saereports.print_report(ward.session, ward.subject, 1, "both").data)) >= 2


def test_a_late_dispatch_is_said_to_be_late(ward: Ward) -> None:
    event(ward)
    log = report(ward, aware="2026-08-29T08:00")
    assert "overdue by" in fields(made(ward))["Report due at the latest"]
    log.enter("SAERPDT", "2026-08-30T10:15")
    assert fields(made(ward))["Report due at the latest"] == "2026-08-30 08:00; sent late by 2 h 15 min"


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
def test_a_long_narrative_flows_over_pages_and_loses_nothing(ward: Ward, tongue: Tongue) -> None:
    story = "".join(f"第{n}天：发热，Temperature {36 + n % 5}.{n % 10} °C；" for n in range(200))[:4000]
    event(ward)
    report(ward, story=story)
    order = saereports.gather(ward.session, ward.subject, 1, tongue)
    printed = saereports.draw(order)
    assert printed.data == saereports.draw(order).data, "same input, same bytes"
    pages = text_of(printed.data)
    assert len(pages) == printed.pages
    text = "".join(pages)
    missing = [part for part in story.split("；")[:-1] if solid(part) not in text]
    assert len(missing) <= 2, missing  # what a page break divides
    assert "Signature" in pages[-1] or "签名" in pages[-1]


def test_the_signature_never_stands_alone_on_a_page(ward: Ward) -> None:
    event(ward)
    log = report(ward)
    for lines in range(1, 40, 3):
        log.enter("SAENARR", "Fever. " * 12 * lines)
        pages = text_of(saereports.draw(saereports.gather(ward.session, ward.subject, 1, "en")).data)
        assert "Test" in pages[-1] or "nothingrecorded" in pages[-1], lines


def test_a_printed_report_proves_itself_and_is_found_changed_later(ward: Ward) -> None:
    event(ward)
    log = report(ward)
    session = ward.session
    printed = saereports.print_report(session, ward.subject, 1, "both")
    (one,) = [one for one in pageproof.prints(session) if one.subject == ward.subject]
    assert one.pages == printed.pages == len(one.codes)
    again = Again.of(one, Moment(heads=one.heads))
    order = saereports.gather(session, ward.subject, 1, "both", again)
    assert saereports.draw(order).data == printed.data
    assert one.kind in proving.AGAIN
    log.enter("SAENARR", "Another story.")
    CLOCK.now += timedelta(minutes=5)
    assert saereports.draw(saereports.gather(session, ward.subject, 1, "both")).data != printed.data


def test_the_age_is_both_ages_where_the_birthday_is_not_wholly_known(ward: Ward) -> None:
    ward.open("SCR", "DM").fill(BRTHDAT="1980-08")
    event(ward)
    report(ward)
    assert fields(made(ward))["Age at onset"] == "45 or 46 years"
