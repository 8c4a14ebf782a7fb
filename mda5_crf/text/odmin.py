"""Studies of other people, in ODM: what cannot be read, and what became of what was read."""

MESSAGES: dict[str, tuple[str, str]] = {
    "not_xml": (
        "Line {line} of the file is not well-formed XML. Have it exported again by the program it came from.",
        "文件第 {line} 行不是格式正确的 XML。请用原程序重新导出。",
    ),
    "entities": (
        "The file declares entities. Such files are not read; have it exported without them.",
        "文件声明了实体，此类文件不予读取；请重新导出不含实体声明的文件。",
    ),
    "not_odm": (
        "The file is XML, but nothing in it is ODM. Choose the ODM export of the study.",
        "该文件是 XML，但其中没有 ODM 内容。请选择研究的 ODM 导出文件。",
    ),
    "no_study": (
        "The file holds neither a study nor data. Choose the ODM export of a study.",
        "文件中既没有研究定义也没有数据。请选择研究的 ODM 导出文件。",
    ),
    "not_runnable": (
        "No study could be made of the definition in this file; it fails at {where}. Report the file.",
        "无法由此文件的定义生成研究，问题在 {where}。请报告该文件。",
    ),
    "too_large": (
        "The definition in this file is larger than a vault can hold. Have it exported in parts.",
        "此文件中的定义超出数据库可容纳的大小。请分部分导出。",
    ),
    # what a study made of a file says by itself
    "yes": ("Yes", "是"),
    "no": ("No", "否"),
    "empty_form": ("The file has no items for this form.", "文件中此表单没有条目。"),
    "out_of_range": ("The value does not meet: {shown}", "数值不符合：{shown}"),
    "reason_other": ("Other, in own words", "其他，请说明"),
    "reason_error": ("Entered wrongly", "录入错误"),
    "missing_unknown": ("Unknown", "不详"),
    "event_only": ("The study", "研究"),
    "event_rest": ("Forms of no visit", "不属于访视的表单"),
    "visit_form": ("Visit", "访视"),
    "visit_date": ("Date of the visit", "访视日期"),
    # the report
    "study_has": (
        "The study has {events} visits, {forms} forms and {items} items.",
        "研究有 {events} 次访视、{forms} 个表单、{items} 个条目。",
    ),
    "read": ("Read: {n} elements: {parts}", "已读入 {n} 个元素：{parts}"),
    "kept": (
        "Kept as written, without effect here: {n} elements: {parts}",
        "原样保留、在此不起作用的 {n} 个元素：{parts}",
    ),
    "kept_foreign": (
        "Kept as written, of other systems: {n} elements: {parts}",
        "原样保留的其他系统元素 {n} 个：{parts}",
    ),
    "translated": ("Expressions that run here: {n}", "可在此执行的表达式：{n} 个"),
    "repaired": ("Put right: {what} ({n})", "已修正：{what}（{n}）"),
    "not_understood": ("Not understood, kept as written: {what} ({n})", "未能理解、原样保留：{what}（{n}）"),
    "such_as": ("such as {examples}", "例如 {examples}"),
    # what was put right
    "leading_space": ("blanks before the beginning of the XML", "XML 开头之前有空白"),
    "doctype": ("a DOCTYPE, which is not followed", "DOCTYPE，未予采用"),
    "comment": ("comments in the XML, which are not kept", "XML 注释，未予保留"),
    "study_added": ("a definition without a Study around it", "定义之外没有 Study 元素"),
    "other_versions": (
        "other versions and studies in the file, kept but not run",
        "文件中的其他版本或研究，仅保留不运行",
    ),
    "no_oid": ("definitions without an OID", "没有 OID 的定义"),
    "oid_twice": ("an OID used twice; the first counts", "OID 重复，以第一个为准"),
    "reference_twice": ("the same reference twice in one place", "同一处重复引用"),
    "form_not_defined": (
        "forms that are named and not defined, empty here",
        "被引用但未定义的表单，在此为空",
    ),
    "group_not_defined": ("groups that are named and not defined", "被引用但未定义的分组"),
    "item_not_defined": (
        "items that are named and not defined, texts here",
        "被引用但未定义的条目，在此为文本",
    ),
    "event_not_defined": ("visits that are named and not defined", "被引用但未定义的访视"),
    "condition_not_defined": ("conditions that are named and not defined", "被引用但未定义的条件"),
    "method_not_defined": ("methods that are named and not defined", "被引用但未定义的计算方法"),
    "list_not_defined": ("codelists that are named and not defined or empty", "被引用但未定义或为空的编码表"),
    "unit_not_defined": ("units that are named and not defined", "被引用但未定义的单位"),
    "unknown_type": ("unknown types of data, texts here", "未知的数据类型，在此为文本"),
    "no_type": ("items without a type of data, texts here", "没有数据类型的条目，在此为文本"),
    "unknown_event_type": ("unknown types of visits", "未知的访视类型"),
    "code_twice": ("a code twice in one list; the first counts", "同一编码表中编码重复，以第一个为准"),
    "code_empty": ("an answer with an empty code", "编码为空的选项"),
    "day_one": (
        "day 1 of the visit windows is taken from a date of the visit on that day",
        "访视窗口的第 1 天取自该日访视的日期",
    ),
    "made_of_data": ("no definition in the file: made of what its data show", "文件中没有定义：依其数据生成"),
    # what was not understood
    "expression": ("expressions, which are not executable here", "在此不可执行的表达式"),
    "range": ("range checks that are no range here", "在此无法作为范围的范围核查"),
    "soft_outside": ("a soft range outside the hard one", "软性范围超出硬性范围"),
    "window": ("windows of visits", "访视窗口"),
    "include_elsewhere": ("an Include of a version that is not in the file", "引用了文件中没有的版本"),
    "list_too_long": (
        "codelists too long to choose from; their items are texts here",
        "过长而无法选择的编码表，其条目在此为文本",
    ),
}
