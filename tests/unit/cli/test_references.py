"""``laboratories``, ``ranges``, ``consent-versions``: the site's lists, row by row."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from tests.commandline import act
from tests.siteward import built_site, site_session

HEAD = "laboratory,testcd,unit,low,high,sex\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A vault of the small definition with a laboratory."""
    folder = Path(shutil.copytree(built_site(), tmp_path / "site.mda5"))
    act("laboratories", folder, "add", "code=RJ", "en=Ruijin Hospital", "zh=瑞金医院检验科").good()
    return folder


def test_add_list_and_strike(site: Path) -> None:
    added = act("ranges", "add", site, "laboratory=RJ", "testcd=CK", "unit=U/L", "high=192").good()
    assert "row 1" in added.out
    text = act("ranges", site, "list").good().out
    assert "192" in text
    (row,) = act("ranges", site, "list", "--json").good().json()
    assert (row["number"], row["state"], row["high"], row["low"], row["site"]) == (1, "live", "192", "", "01")
    act("ranges", site, "strike", "1").refused(1, "Say why")
    act("ranges", site, "strike", "1", "--reason", "new kit").good()
    (row,) = act("ranges", site, "list", "--json").good().json()
    assert (row["state"], row["reason"]) == ("struck", "new kit")
    assert "已划除" in act("ranges", site, "list", "--language", "zh").good().out
    act("ranges", site, "strike", "1", "--reason", "x").refused(1, "no live row")


def test_json_of_acts_and_rows_named_by_identity(site: Path) -> None:
    words = ("version=2.0", "approved=2026-03-01")
    added = act("consent-versions", site, "add", *words, "--json").good().json()
    assert (added["number"], added["version"], added["approved"]) == (1, "2.0", "2026-03-01")
    gone = act("consent-versions", site, "strike", added["identity"], "--reason", "x", "--json").good().json()
    assert gone == {"identity": added["identity"], "state": "struck"}


@pytest.mark.parametrize(
    "words,status,said",
    [
        (["add"], 2, "laboratory=… testcd=…"),
        (["add", "RJ"], 2, "Word 1"),
        (["add", "laboratory=RJ", "testcd=CK", "unit=U/L"], 1, "lower limit, an upper limit"),
        (["add", "lab=RJ"], 1, "no field lab"),
        (["strike"], 2, "needs one word"),
        (["strike", "7", "--reason", "x"], 1, "no live row 7"),
        (["strike", "0", "--reason", "x"], 1, "no live row 0"),
        (["import"], 2, "needs one word"),
        (["import", "not there.csv"], 1, "not there.csv"),
        (["list", "more"], 2, "more"),
        (["drop"], 2, "drop"),
    ],
)
def test_what_is_refused(site: Path, words: list[str], status: int, said: str) -> None:
    done = act("ranges", site, *words)
    assert done.status == status, done.err
    assert said.casefold() in done.err.casefold()


def test_who_may_not(site: Path) -> None:
    act("ranges", site, "add", "laboratory=RJ", login="n07").refused(1, "Your account may not")
    act("ranges", site, "list", login="n07").good()


def test_a_file_row_by_row(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "范围.csv"
    rows = [
        "RJ,CK,U/L,26,140,F", "RJ,CK,U/L,38,174,M", "", "RJ,CK,U/L,30,200,F", "RJ,KLM,U/L,1,2,",
        "RJ,ALT,U/L,7,40,,extra", "RJ,ALT,U/L,7,40",
    ]  # fmt: skip
    file.write_text("\ufeff" + HEAD + "\n".join(rows), encoding="utf-8")
    dry = act("ranges", site, "import", file, "--dry-run")
    dry.refused(1, "3 rows were not taken")
    assert "3 rows would be taken" in dry.out
    assert "Row 3 not taken: RJ already has a range of CK that meets this one: 26–140 U/L, F" in dry.out
    assert act("ranges", site, "list", "--json").good().json() == []
    done = act("ranges", site, "import", file, "--json")
    assert done.status == 1
    found = done.json()
    assert (found["taken"], found["dry_run"]) == (3, False)
    assert [one["row"] for one in found["not_taken"]] == [3, 4, 5]
    assert "+0" in found["not_taken"][2]["en"]
    assert len(act("ranges", site, "list", "--json").good().json()) == 3
    again = act("ranges", site, "import", file).refused(1, "6 rows")
    assert "0 rows taken" in again.out


def test_a_whole_file_is_taken(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "labs.csv"
    file.write_bytes("code,en,zh\nZS,Zhongshan,中山医院\n".encode("gb18030"))  # as Excel in Chinese writes it
    assert "1 rows taken" in act("laboratories", site, "import", file).good().out
    assert act("laboratories", site, "--json").good().json()[1]["zh"] == "中山医院"


@pytest.mark.parametrize(
    "content,said",
    [
        (b"", "first line must name"), (b"lab,testcd\n", "first line must name"),
        (b"low,low\n", "first line must name"), (b'laboratory\n"RJ', "no table"),
        (b"laboratory\n" + b"RJ\n" * 20_001, "larger than"), (b"x" * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)  # fmt: skip
def test_files_that_are_no_list(site: Path, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    act("ranges", site, "import", file).refused(1, said)
    assert act("ranges", site, "--json").good().json() == []


# -- readings, links, clocks on the command line ---------------------------------------------------------


@pytest.fixture
def subject(site: Path) -> Path:
    act("enrol", site).good()
    return site


def test_readings_are_named_by_number(subject: Path) -> None:
    place = (subject, "01-001", "SCR")
    act("show", *place, "HRCT").refused(1, "no HRCT#1 at SCR")
    done = act("enter", *place, "HRCT", "READER=R1", "--json").good().json()
    assert done["form"] == "HRCT#1"
    act("enter", *place, "HRCT#3", "READER=R3").refused(1, "no HRCT#3 at SCR")
    assert "HRCT#2" in act("enter", *place, "hrct#2", "READER=R2").good().out
    assert act("enter", *place, "HRCT", "HRTHK=1.25", "--json").good().json()["form"] == "HRCT#2"
    shown = act("show", *place, "HRCT#1", "--json").good().json()
    assert (shown["form"], [i["text"] for i in shown["items"]]) == ("HRCT#1", ["R1", None])
    assert act("show", *place, "HRCT#2").good().out.startswith("HRCT#2 Chest HRCT")
    tree = act("show", *place, "--json").good().json()
    assert list(tree["events"][0]["forms"]) == ["DM", "LB", "HRCT#1", "HRCT#2"]
    assert "+ HRCT#3" in act("show", *place).good().out
    assert list(act("show", subject, "01-001", "W4", "--json").good().json()["events"][0]["forms"]) == [
        "LB",
        "HRCT",
    ]
    act("query", subject, "raise", "01-001", "SCR", "HRCT#2", "READER", "--text", "Who?").good()
    act("query", subject, "raise", "01-001", "SCR", "HRCT#2", "--text", "Where?").good()
    listed = act("query", subject, "list").good().out
    assert "HRCT#2.READER" in listed
    found = act("query", subject, "list", "--json").good().json()
    assert {(q["event"], q["form"]) for q in found} == {("SCR", "HRCT#2")}


def test_links_show_lines_never_identities(subject: Path) -> None:
    for term in ("A", "B"):
        act("enter", subject, "01-001", "LOG", "AE", f"AETERM={term}", "--row", "new").good()
    act("enter", subject, "01-001", "LOG", "CM", "CMAENO=1,2", "--row", "new").good()
    (item,) = [
        i
        for i in act("show", subject, "01-001", "LOG", "CM", "--json").good().json()["items"]
        if i["item"] == "CMAENO"
    ]
    assert (item["text"], item["value"], item["status"]) == ("1, 2", "1, 2", "valid")
    assert "1, 2" in act("show", subject, "01-001", "LOG", "CM").good().out


def test_a_struck_row_keeps_its_number_on_the_command_line(subject: Path) -> None:
    place = (subject, "01-001", "LOG")
    for term in ("A", "B", "C"):
        act("enter", *place, "AE", f"AETERM={term}", "--row", "new").good()
    act("enter", *place, "CM", "CMAENO=2,3", "--row", "new").good()
    with site_session(subject) as session:
        log = session.entry(ItemKey(session.subjects()[0].identity, "LOG", form="AE"))
        row = log.key._replace(group="ROWS", group_repeat=log.rows("ROWS")[1])
        log.strike_row(row, Reason("TYPING"))
    listed = act("show", *place, "AE", "--json").good().json()["items"]
    assert [(i["row"], i["text"]) for i in listed if i["item"] == "AETERM"] == [(1, "A"), (3, "C")]
    assert "#3 AETERM" in act("show", *place, "AE#3").good().out
    assert "2 (struck), 3" in act("show", *place, "CM").good().out
    assert "2（已划除）, 3" in act("show", *place, "CM", "--language", "zh").good().out
    for words in (("show", *place, "AE#2"), ("enter", *place, "AE#2", "AETERM=x")):
        act(*words).refused(1, "AE#2 of participant 01-001 was struck out")
    act("enter", *place, "AE", "AETERM=x", "--row", "2").refused(1, "struck out")
    act("query", subject, "raise", "01-001", "LOG", "AE#2", "AETERM", "--text", "?").refused(1, "struck out")
    act("enter", *place, "AE", "AETERM=x", "--row", "5").refused(1, "no row 5")
    act("enter", *place, "AE", "AETERM=CC", "--row", "3").good()
    act("enter", *place, "AE#4", "AETERM=D").good()
    listed = act("show", *place, "AE", "--json").good().json()["items"]
    assert [(i["row"], i["text"]) for i in listed if i["item"] == "AETERM"] == [(1, "A"), (3, "CC"), (4, "D")]


def test_running_clocks_come_first(subject: Path) -> None:
    assert "!" not in act("show", subject).good().out.splitlines()[0]
    act("enter", subject, "01-001", "LOG", "AE", "AETERM=Pneumonia", "AESER=Y", "--row", "new").good()
    for words in ((), ("01-001",), ("01-001", "LOG", "AE")):
        lines = act("show", subject, *words).good().out.splitlines()
        assert lines[0].startswith("! Serious event 01-001 AE#1: report due")
        assert "23 h 59 min left" in lines[0]
        assert "marked serious" in lines[1]
    assert act("show", subject, "--language", "zh").good().out.startswith("! 严重不良事件 01-001 AE#1")
    row = ("enter", subject, "01-001", "LOG", "SAE#1")
    act(*row, "AESPID=1", "SAEAWDT=2026-01-05 08:00").good()
    assert (
        act("show", subject)
        .good()
        .out.startswith("! SERIOUS EVENT 01-001 SAE#1: report was due 2026-01-06 08:00")
    )
    (clock,) = act("show", subject, "--json").good().json()["sae_clocks"]
    assert clock["due"] == "2026-01-06T08:00+08:00"
    assert (clock["stopped"], clock["overdue"], clock["ae_line"], clock["basis"]) == (
        None,
        True,
        1,
        "awareness",
    )
    assert clock["remaining_seconds"] < 0
    act(*row, "SAERPDT=2026-01-05 20:00").good()
    assert not act("show", subject).good().out.startswith("!")
    (clock,) = act("show", subject, "01-001", "--json").good().json()["sae_clocks"]
    assert (clock["stopped"], clock["remaining_seconds"]) == ("2026-01-05T20:00+08:00", 12 * 3600)


def test_a_closed_visit_says_why(subject: Path) -> None:
    act("enter", subject, "01-001", "SCR", "DM", "WITHDRAW=Y").good()
    assert "Consent was withdrawn" in act("show", subject, "01-001").good().out
    (event,) = act("show", subject, "01-001", "W4", "--json").good().json()["events"]
    assert event["closed"]["zh"].startswith("已撤回")
    assert event["forms"]["LB"]["status"] == "closed"
    (row,) = act("show", subject, "--json").good().json()["subjects"]
    assert row["events"]["W4"]["closed"]["en"].startswith("Consent")
    assert row["events"]["SCR"]["closed"] is None


def test_a_clock_behind_is_said_on_standard_error(subject: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime, timedelta

    from mda5_crf.services.session import Session

    past = datetime.now(UTC) - timedelta(days=2)
    monkeypatch.setattr(Session, "now", lambda _: past)
    done = act("show", subject, "--json").good()
    assert "already seen" in done.err
    assert done.json()["site"] == "01"
