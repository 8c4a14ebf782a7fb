"""Scenes of files from outside: another system, a laboratory, coding (``tools/scenes.py``)."""

from __future__ import annotations

from mda5_crf.ui.coding_page import CodingPage
from mda5_crf.ui.import_page import ImportPage
from mda5_crf.ui.labs_page import LabsPage
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named

_ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="F" ODMVersion="1.3.2"
     CreationDateTime="2026-11-23T09:00:00+08:00" SourceSystem="Another EDC">
  <ClinicalData StudyOID="ELSEWHERE" MetaDataVersionOID="1"><SubjectData SubjectKey="7">
    <StudyEventData StudyEventOID="SE.BL"><FormData FormOID="F.VS"><ItemGroupData ItemGroupOID="IG.VS.MAIN">
      <ItemData ItemOID="I.VS.SYSBP_VSORRES" Value="121"/><ItemData ItemOID="I.UNKNOWN" Value="x"/>
    </ItemGroupData></FormData></StudyEventData>
  </SubjectData></ClinicalData>
</ODM>
"""
_LAB = """参与者编号,姓名,采样时间,标本号,名目,结果,单位,参考范围
01-001,张三,2026-01-12 07:40,S1,WBC,5.2,10^9/L,3.5-9.5
01-001,张三,2026-01-12 07:40,S1,神秘项目,12,U/L,
01-999,李四,2026-01-12,S2,HGB,112,g/L,
"""


@scene("page-import")
def _import(stage: Stage) -> None:
    stage.run("import_data")


@scene("page-import-looked-at")
def _looked_at(stage: Stage) -> None:
    page = stage.work.office.page
    assert isinstance(page, ImportPage)
    file = stage.vault.parent / "another.xml"
    file.write_text(_ODM, encoding="utf-8")
    page.take(file)
    stage.wait(page.isEnabled)


@scene("page-labs")
def _labs(stage: Stage) -> None:
    stage.run("lab_sheet")
    page = stage.work.office.page
    assert isinstance(page, LabsPage)
    file = stage.vault.parent / "lab.csv"
    file.write_bytes(_LAB.replace("\n", "\r\n").encode("gb18030"))
    page.take(file)
    stage.wait(lambda: page.sheet is not None)


@scene("page-coding")
def _coding(stage: Stage) -> None:
    stage.run("coding")
    assert isinstance(stage.work.office.page, CodingPage)
