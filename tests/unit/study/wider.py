"""The small definition with what a whole trial needs besides: linked logs, readings, closings, references."""

from __future__ import annotations

from functools import lru_cache

from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.source import pack
from tests.unit.study.definitions import Files, mini

AE = """
[form]
oid = "AE"
name = { en = "Events", zh = "事件" }
domain = "AE"
log = true

[[group]]
name = "ROWS"
title = { en = "Events", zh = "事件" }
layout = "log"
repeating = true

  [[group.item]]
  name = "AESPID"
  type = "integer"
  label = { en = "Line", zh = "行号" }
  calculate = 'line_number()'

  [[group.item]]
  name = "AETERM"
  type = "text"
  label = { en = "Term", zh = "名称" }
  length = 100
  required = true

  [[group.item]]
  name = "AESTDAT"
  type = "partial_date"
  label = { en = "Start", zh = "开始日期" }
  hard = ["RFICDAT", "today"]

  [[group.item]]
  name = "AETREATED"
  type = "integer"
  label = { en = "Treatments", zh = "治疗次数" }
  calculate = 'count(rows("CM"), selected(CMAENO, outer(row_id())))'

[[check]]
oid = "AE-01"
severity = "query"
each = "ROWS"
fires = 'contains_text(AETERM, "zoster", "带状疱疹") and AETREATED == 0'
items = ["AETERM"]
message = { en = "Zoster without a treatment.", zh = "带状疱疹未记录治疗。" }
when = "complete"
deviation = "PROCEDURE"

[[check]]
oid = "AE-02"
severity = "hard"
each = "ROWS"
fires = 'AETERM == prev_row(AETERM)'
items = ["AETERM"]
message = { en = "The same event twice.", zh = "同一事件重复。" }
"""

CM = """
[form]
oid = "CM"
name = { en = "Medication", zh = "用药" }
domain = "CM"
log = true

[[group]]
name = "ROWS"
title = { en = "Medication", zh = "用药" }
layout = "log"
repeating = true

  [[group.item]]
  name = "CMTRT"
  type = "text"
  label = { en = "Name", zh = "药名" }
  length = 100
  required = true

  [[group.item]]
  name = "CMAENO"
  type = "link"
  to = "AE"
  many = true
  label = { en = "For which events?", zh = "用于哪些事件？" }

  [[group.item]]
  name = "CMMAIN"
  type = "link"
  to = "AE"
  label = { en = "Mainly for", zh = "主要用于" }

  [[group.item]]
  name = "CMFIRST"
  type = "text"
  label = { en = "First event", zh = "首个事件" }
  length = 100
  calculate = 'first(rows("AE"), if_(row_id() == outer(CMMAIN), AETERM, None), known=True)'
"""

HR = """
[form]
oid = "HR"
name = { en = "Reading", zh = "读片" }
domain = "ZZ"
repeating = true
date_item = "HRDAT"

[[group]]
name = "MAIN"
title = { en = "Reading", zh = "读片" }
layout = "rows"

  [[group.item]]
  name = "HRREADER"
  type = "text"
  label = { en = "Reader", zh = "读片者" }
  length = 20
  required = true

  [[group.item]]
  name = "HRDAT"
  type = "date"
  label = { en = "Date", zh = "日期" }

  [[group.item]]
  name = "HRSCORE"
  type = "integer"
  label = { en = "Score", zh = "评分" }

  [[group.item]]
  name = "HROTHERS"
  type = "integer"
  label = { en = "Others at this visit", zh = "本访视其他读片数" }
  calculate = 'count(rows("HR"), form_id() != outer(form_id()))'

  [[group.item]]
  name = "HRTOTAL"
  type = "integer"
  label = { en = "Sum of all visits", zh = "全部访视合计" }
  calculate = 'sum(rows("*.HR"), HRSCORE, known=True)'

  [[group.item]]
  name = "HRBEFORE"
  type = "integer"
  label = { en = "Score before", zh = "前次评分" }
  calculate = 'prev.HR.HRSCORE'

  [[group.item]]
  name = "HRBASE"
  type = "integer"
  label = { en = "Score at baseline", zh = "基线评分" }
  calculate = 'baseline(HR.HRSCORE)'

  [[group.item]]
  name = "HRLOW"
  type = "text"
  label = { en = "Visit of the lowest weight", zh = "体重最低的访视" }
  length = 10
  calculate = 'first(rows("*.VS"), if_(WEIGHT_VSORRES == min_weight(), EVENT, None), known=True)'
""".replace("min_weight()", "LOWEST")

Q = """
[form]
oid = "Q"
name = { en = "Questions", zh = "提问" }
domain = "ZZ"

[[group]]
name = "MAIN"
title = { en = "Questions", zh = "提问" }
layout = "rows"

  [[group.item]]
  name = "QVERSION"
  type = "text"
  label = { en = "Version", zh = "版本" }
  length = 10

  [[group.item]]
  name = "QDAT"
  type = "partial_date"
  label = { en = "Date", zh = "日期" }

  [[group.item]]
  name = "QSTATUS"
  type = "text"
  label = { en = "Status of consent", zh = "知情同意状态" }
  length = 20
  calculate = 'form_status("SCR.IC")'

  [[group.item]]
  name = "QSIGNED"
  type = "text"
  label = { en = "Signed", zh = "已签名" }
  length = 1
  calculate = 'signed("SCR.IC")'

  [[group.item]]
  name = "QOPEN"
  type = "integer"
  label = { en = "Open queries", zh = "未关闭质疑" }
  calculate = 'open_queries()'

  [[group.item]]
  name = "QPLAN"
  type = "date"
  label = { en = "Week 12 is planned on", zh = "第12周计划日期" }
  calculate = 'planned("W12")'

  [[group.item]]
  name = "QNEXT"
  type = "date"
  label = { en = "Next muscle test", zh = "下次肌力检查" }
  calculate = 'next_planned("MM")'

  [[group.item]]
  name = "QVALID"
  type = "text"
  label = { en = "Version in force", zh = "版本有效" }
  length = 1
  calculate = 'consent_approved(QVERSION, QDAT)'

  [[group.item]]
  name = "QDUE"
  type = "text"
  label = { en = "Newest version", zh = "最新版本" }
  length = 10
  calculate = 'consent_version_due(QDAT)'

  [[group.item]]
  name = "QMAY"
  type = "text"
  label = { en = "May take consent", zh = "可获取知情同意" }
  length = 1
  calculate = 'delegated("NURSE1", "CONSENT", QDAT)'

  [[group.item]]
  name = "QREADINGS"
  type = "text"
  label = { en = "A reading was made", zh = "已读片" }
  length = 1
  calculate = 'performed("HR")'
"""

SCHEDULE = """
[[event]]
oid = "FU"
name = { en = "Follow-up", zh = "随访" }
kind = "followup"
repeating = true

[[due]]
event = "LOG"
form = "AE"
mark = "log"

[[due]]
event = "LOG"
form = "CM"
mark = "log"

[[due]]
event = "BL"
form = "HR"
mark = "required"

[[due]]
event = "W4"
form = "HR"
mark = "optional"
when = 'SCR.IC.SEX == "F"'

[[due]]
event = "UNS"
form = "HR"
mark = "optional"

[[due]]
event = "BL"
form = "Q"
mark = "required"

[[due]]
event = "W4"
form = "Q"
mark = "required"

[[due]]
event = "UNS"
form = "Q"
mark = "optional"

[[due]]
event = "FU"
form = "Q"
mark = "optional"

[[due]]
event = "LOG"
form = "Q"
mark = "optional"

[[closing]]
oid = "STOPPED"
when = 'count(rows("EX"), ECONGO == "N") >= 2'
events = ["W4", "W12"]
except_forms = ["VS"]
text = { en = "Treatment has ended.", zh = "治疗已结束。" }

[[closing]]
oid = "MALE"
when = 'SCR.IC.SEX == "M"'
events = ["W4", "UNS"]
text = { en = "For women only.", zh = "仅限女性。" }
"""

LISTS = """
[codelist.DVCAT]
values = [ { code = "PROCEDURE", en = "Procedure", zh = "操作" } ]

[codelist.TESTCD]
entries_of = "analyte"
"""


def wider() -> Files:
    """The files of the wider definition."""
    files = mini()
    files |= {"forms/AE.toml": AE, "forms/CM.toml": CM, "forms/HR.toml": HR, "forms/Q.toml": Q}
    lowest = "[names]\nLOWEST = 'min(rows(\"*.VS\"), WEIGHT_VSORRES, known=True)'"
    files["study.toml"] = files["study.toml"].replace("[names]", lowest)
    files["schedule.toml"] += SCHEDULE
    files["codelists.toml"] += LISTS
    return files


@lru_cache(maxsize=1)
def wider_study() -> Study:
    """The wider definition, read once."""
    return load_source(pack(wider()))
