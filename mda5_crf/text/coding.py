"""Coding of verbatim terms with licensed dictionaries: the sheet, its lines, the page."""

MESSAGES: dict[str, tuple[str, str]] = {
    "waits_one": (
        "1 term waits for a code of its dictionary: go to File, Coding.",
        "1 个术语待词典编码：请打开“文件”菜单中的“医学编码”。",
    ),
    "waits": (
        "{count} terms wait for a code of their dictionary: go to File, Coding.",
        "{count} 个术语待词典编码：请打开“文件”菜单中的“医学编码”。",
    ),
    # Columns of the sheet.
    "col_id": ("Term", "术语编号"),
    "col_occurrence": ("Occurrence", "出现编号"),
    "col_dictionary": ("Dictionary", "词典"),
    "col_term": ("Verbatim term", "术语原文"),
    "col_count": ("Times", "出现次数"),
    "col_forms": ("Forms", "所在表单"),
    "col_state": ("State", "状态"),
    "col_version": ("Dictionary version", "词典版本"),
    "col_coder": ("Coder", "编码人"),
    "col_coded_on": ("Date coded", "编码日期"),
    "col_suggested": ("Suggested by the synonym list, version", "同义词表建议（版本）"),
    "col_code": ("{level} code", "{level} 编码"),
    "col_en": ("{level} in English", "{level} 英文"),
    "col_zh": ("{level} in Chinese", "{level} 中文"),
    # What becomes of a line.
    "fate_new": ("coded", "编码"),
    "fate_changed": ("coded otherwise", "改变编码"),
    "fate_same": ("coded so already", "已如此编码"),
    "fate_empty": ("no codes", "无编码"),
    "fate_refused": ("left out", "不采用"),
    "state_uncoded": ("uncoded", "未编码"),
    "state_outdated": ("changed since it was coded", "编码后原文已改"),
    "state_coded": ("coded", "已编码"),
    "no_headings": (
        "{file} has no row of headings with TERM or ID and the columns of codes. Use the sheet that the export "
        "of terms writes.",
        "{file} 中没有包含 TERM 或 ID 及编码各列的标题行，请使用导出术语时生成的表格。",
    ),
    "too_many": ("{file} has more than {most} lines. Split it.", "{file} 超过 {most} 行，请拆分。"),
    "reason_needed": (
        "Lines that would change codes already given: {count}. Say why.",
        "将改变已有编码的行：{count}。请说明原因。",
    ),
    "twice": (
        "Line {line} gives other codes to the same term.",
        "第 {line} 行为同一术语给出了不同编码。",
    ),
    "divided": (
        "Two PCs answered differently here. Settle the conflict first.",
        "两台电脑在此录入不一致，请先解决冲突。",
    ),
    "locked": (
        "Every form with this term is locked. Codes are given before the lock.",
        "含此术语的表单均已锁定；编码须在锁定前完成。",
    ),
    "occurrence_unknown": (
        "This occurrence is not here, or its term was corrected. Export the terms anew.",
        "此处没有该出现项，或其术语已更正，请重新导出术语。",
    ),
    "term_gone": (
        "No such term is recorded here now. Export the terms anew.",
        "目前没有录入此术语，请重新导出术语。",
    ),
    "term_moved": (
        "The term and its ID do not belong together. Was the sheet sorted without all its columns?",
        "术语与其编号不符，表格是否在排序时漏选了列？",
    ),
    "no_term": ("The line names no term.", "该行没有术语。"),
    "no_codes": ("The line gives no codes.", "该行没有编码。"),
    "dictionary_unknown": (
        "DICTIONARY must say which dictionary: {known}.",
        "DICTIONARY 列须注明词典：{known}。",
    ),
    "no_version": (
        "VERSION is empty: say which version of {dictionary} the codes come from.",
        "VERSION 为空，请注明编码所用的 {dictionary} 版本。",
    ),
    "too_long": ("A cell has more than {most} characters.", "有单元格超过 {most} 个字符。"),
    "level_missing": ("The level {level} is empty.", "层级 {level} 为空。"),
    "bad_code": (
        "{level}_CODE does not look like a code of {dictionary}.",
        "{level}_CODE 不像 {dictionary} 的编码。",
    ),
    "no_name": ("{level} has a code and no name.", "{level} 有编码但没有名称。"),
    "bad_date": (
        "CODED_ON is no date, or lies in the future. Write it as 2026-09-01.",
        "CODED_ON 不是日期或晚于今天，请写成 2026-09-01。",
    ),
    "contradicts": (
        "{level} {code} has another name elsewhere in this version. Have the lines slipped?",
        "{level} {code} 在同一版本的别处名称不同，是否有行错位？",
    ),
    # Results.
    "exported": (
        "{file}: {count} lines to be coded. It names nobody; it holds words as they were typed. SHA-256 {sha256}.",
        "{file}：待编码 {count} 行。不含参与者身份，含录入的原文。SHA-256 {sha256}。",
    ),
    "identifying": (
        "Terms that look as if they named a person, left out of the file: {count}. Correct or redact them first.",
        "疑似含个人身份信息的术语（未写入文件）：{count}。请先更正或涂除。",
    ),
    "nothing_to_code": ("No term waits for codes.", "没有待编码的术语。"),
    "no_items": (
        "The study definition says of no item that it is coded (key coding).",
        "研究定义中没有注明需编码的条目（coding 键）。",
    ),
    "counted": (
        "Coded: {new}; coded otherwise: {changed}; coded so already: {same}; without codes: {empty}; left out: "
        "{refused}.",
        "编码 {new} 行；改变编码 {changed} 行；已如此编码 {same} 行；无编码 {empty} 行；不采用 {refused} 行。",
    ),
    "line": ("Line {number}, {fate}: {term}", "第 {number} 行，{fate}：{term}"),
    "line_codes": ("{line} → {codes}", "{line} → {codes}"),
    "line_before": ("{line} (before: {before})", "{line}（原为：{before}）"),
    "line_why": ("{line}. {why}", "{line}。{why}"),
    "dry": ("Nothing was written.", "未写入任何内容。"),
    "taken": ("Records written: {count}.", "写入记录 {count} 条。"),
    "none_known": (
        "The synonym list knows none of the terms without codes.",
        "同义词表中没有任何未编码术语。",
    ),
    "some_left": ("Lines left out: {count}.", "不采用的行：{count}。"),
    "summary": (
        "Terms: {terms}; occurrences: {occurrences}; without codes: {waiting}.",
        "术语 {terms} 个，出现 {occurrences} 次，未编码 {waiting} 次。",
    ),
    "word_needed": ("Name the file that came back.", "请指明编码后返回的文件。"),
    "output_needed": ("Say with -o where the file goes.", "请用 -o 指明文件位置。"),
    "ending": (
        "{file} must end in .xlsx or .csv.",
        "{file} 须以 .xlsx 或 .csv 结尾。",
    ),
    "variable_code": ("{label}: {dictionary} {level} code", "{label}：{dictionary} {level} 编码"),
    "variable_name": ("{label}: {dictionary} {level}", "{label}：{dictionary} {level}（英文）"),
    "variable_name_zh": ("{label}: {dictionary} {level} in Chinese", "{label}：{dictionary} {level}（中文）"),
    "variable_version": ("{label}: dictionary and version", "{label}：词典与版本"),
    "lock_uncoded": ("{count} terms have no codes", "有 {count} 个术语未编码"),
    "said": (
        "{term} → {code} {name} ({dictionary} {version}, coded by {coder})",
        "{term} → {code} {name}（{dictionary} {version}，编码人 {coder}）",
    ),
    # The page.
    "title": ("Coding", "医学编码"),
    "export": ("Terms to a coder …", "导出待编码术语…"),
    "each": ("A line per occurrence", "每次出现一行"),
    "suggest": ("Synonym suggestions", "同义词表建议"),
    "take_file": ("Codes that came back …", "读取返回的编码…"),
    "head_line": ("Line", "行"),
    "head_fate": ("Outcome", "处理"),
    "head_dictionary": ("Dictionary", "词典"),
    "head_count": ("Times", "次数"),
    "head_term": ("Term", "术语"),
    "head_codes": ("Codes", "编码"),
    "before": ("Coded before as {before}.", "原编码：{before}。"),
    "sheet_terms": ("Terms", "术语"),
    "sheet_synonyms": ("Synonyms", "同义词"),
}
