"""What can be wrong with a study definition. Read by whoever writes one; ``docs/definition.md`` says the rules."""

MESSAGES: dict[str, tuple[str, str]] = {
    "definition_has_problems": (
        "The study definition has {count} problem(s).",
        "研究定义有 {count} 个问题。",
    ),
    "language_newer": (
        "The study definition is written in version {found} of the definition's language; version {ours} of this "
        "program reads up to {known}. Nothing was changed; install the newer program here first.",
        "研究定义采用第 {found} 版定义语言编写；本程序 {ours} 版可读至第 {known} 版。未作任何更改；"
        "请先在本机安装更新版本的程序。",
    ),
    "did_you_mean": ("; did you mean {name}?", "；是否应为 {name}？"),
    # files
    "languages_without_origin": (
        "The key languages goes with origin: a definition written here has both languages.",
        "languages 须与 origin 同用：在此编写的定义须有两种语言。",
    ),
    "not_origin": (
        "This file cannot be read. Import the study again from its own file.",
        "此文件无法读取。请从原文件重新导入研究。",
    ),
    "file_missing": ("This file of the definition is missing.", "研究定义缺少此文件。"),
    "file_unreadable": ("This file cannot be read; check its permissions.", "无法读取此文件，请检查权限。"),
    "file_not_utf8": ("The file is not UTF-8 text from this line on.", "文件自此行起不是 UTF-8 文本。"),
    "file_name": (
        "A form's file is named after its OID, such as forms/VS.toml; rename it.",
        "表单文件须以其 OID 命名，例如 forms/VS.toml，请改名。",
    ),
    "no_forms": ("The definition has no forms.", "研究定义中没有表单。"),
    "source_damaged": (
        "These bytes are no study definition, or have been altered.",
        "这些数据不是研究定义，或已被改动。",
    ),
    "not_toml": ("The text does not follow TOML: {detail}.", "文本不符合 TOML 语法（{detail}）。"),
    # keys
    "key_missing": ("The key {key} is missing.", "缺少键 {key}。"),
    "unknown_key": ("The key {key} is not known here{hint}.", "此处没有键 {key}{hint}。"),
    "not_a_string": ("{key} must be a text in quotes.", "{key} 须为带引号的文本。"),
    "not_a_flag": ("{key} must be true or false.", "{key} 须为 true 或 false。"),
    "not_a_whole_number": ("{key} must be a whole number.", "{key} 须为整数。"),
    "number_out_of_limits": ("{key} must lie between {low} and {high}.", "{key} 须在 {low} 与 {high} 之间。"),
    "not_a_choice": (
        "{word} is no {key}: {choices}{hint}.",
        "{key} 没有取值 {word}，可用：{choices}{hint}。",
    ),
    "not_a_list": ("{key} must be a list in [ ].", "{key} 须为 [ ] 列表。"),
    "not_a_list_of_tables": ("{key} must be a list of tables.", "{key} 须为表的列表。"),
    "not_a_table": ("{key} must be a table.", "{key} 须为表。"),
    "listed_twice": ("{name} is listed twice.", "{name} 重复列出。"),
    "empty_list": ("{key} must not be empty.", "{key} 不得为空。"),
    "empty_text": ("{key} must not be empty.", "{key} 不得为空。"),
    "bad_name": (
        "{name} cannot be a name here: capital letters, digits and underscores, beginning with a letter.",
        "{name} 不能用作名称：限大写字母、数字和下划线，并以字母开头。",
    ),
    "bad_instrument_name": (
        "{name} cannot name an instrument: small letters, digits and underscores.",
        "{name} 不能用作量表名称：限小写字母、数字和下划线。",
    ),
    # languages
    "chinese_is_english": ("The Chinese text is not Chinese.", "中文文本并非中文。"),
    "english_has_chinese": ("The English text has Chinese characters in it.", "英文文本中含有汉字。"),
    # study, units, codelists
    "unknown_timezone": (
        "{name} is no time zone this machine knows, such as Asia/Shanghai.",
        "本机不认识时区 {name}，正确示例：Asia/Shanghai。",
    ),
    "bad_pattern": ("{key} is not a regular expression.", "{key} 不是正则表达式。"),
    "no_other_reason": ("The reasons for change need the code OTHER.", "更改原因须包含代码 OTHER。"),
    "unit_into_itself": ("The unit {unit} converts into itself.", "单位 {unit} 换算为其自身。"),
    "bad_factor": ("{key} must be an exact number, a factor above 0.", "{key} 须为准确数值，系数须大于 0。"),
    "range_and_values": ("Give either range or values, not both.", "range 与 values 只能填写其一。"),
    "bad_code_range": (
        "A range of codes is two whole numbers, the lower first, at most 1000 apart.",
        "代码范围须为两个整数，先小后大，相差不超过 1000。",
    ),
    "entries_and_values": (
        "Give either entries_of or {key}, not both.",
        "entries_of 与 {key} 只能填写其一。",
    ),
    "no_entries": (
        "No form has template entries [[{name}]].",
        "没有任何表单含模板条目 [[{name}]]。",
    ),
    "duplicate_code": (
        "The code {word} is already taken by {other}; codes are typed without regard to capitals.",
        "代码 {word} 与 {other} 重复；录入代码时不区分大小写。",
    ),
    "bad_code": (
        "{word} cannot be a code: letters, digits, spaces and _ . , / + - ( ) up to 60 characters.",
        "{word} 不能用作代码：限字母、数字、空格及 _ . , / + - ( )，最多 60 个字符。",
    ),
    "code_not_whole": (
        "{word} is not a whole number, but integers = true.",
        "已设 integers = true，但 {word} 不是整数。",
    ),
    # schedule
    "duplicate_event": ("There is another event {name}.", "访视 {name} 重复。"),
    "no_day_zero": ("There is no study day 0.", "研究日没有第 0 天。"),
    "target_outside_window": ("The target day lies outside the window.", "目标日不在时间窗内。"),
    "repeating_with_target": ("A repeating event has no target day.", "可重复的访视没有目标日。"),
    "bad_window": (
        "A window is two study days, the earlier first.",
        "时间窗须为两个研究日，先早后晚。",
    ),
    "duplicate_due": ("{form} is already due at {event}.", "{event} 已安排 {form}。"),
    "conditional_without_when": (
        "The mark conditional needs when.",
        "标记 conditional 须与 when 同时使用。",
    ),
    "duplicate_closing": ("There is another closing {name}.", "结束规则 {name} 重复。"),
    "within_and_carried": (
        "within belongs to the mark carried, and carried needs within (days).",
        "within（天数）与标记 carried 须同时使用。",
    ),
    # references
    "unknown_event": ("There is no event {name}{hint}.", "没有访视 {name}{hint}。"),
    "unknown_form": ("There is no form {name}{hint}.", "没有表单 {name}{hint}。"),
    "unknown_group": ("There is no group {name} on this form{hint}.", "本表单没有分组 {name}{hint}。"),
    "unknown_item": ("There is no item {name}{hint}.", "没有条目 {name}{hint}。"),
    "unknown_unit": ("units.toml has no unit {name}{hint}.", "units.toml 中没有单位 {name}{hint}。"),
    "unknown_codelist": (
        "codelists.toml has no codelist {name}{hint}.",
        "codelists.toml 中没有代码表 {name}{hint}。",
    ),
    "unknown_code": (
        "{name} can never be {word}: its codelist {codelist} has no such code{hint}.",
        "{name} 的代码表 {codelist} 中没有代码 {word}{hint}。",
    ),
    "number_as_text": (
        "{name} has whole numbers as codes: compare with the number, not with the text {word}.",
        "{name} 的代码为整数，请与数值比较，不要与文本 {word} 比较。",
    ),
    "unknown_missing_code": (
        "study.toml has no missing code {name}{hint}.",
        "study.toml 中没有缺失代码 {name}{hint}。",
    ),
    "unknown_source": (
        "study.toml has no source {name}{hint}.",
        "study.toml 中没有源数据类型 {name}{hint}。",
    ),
    "unknown_setting": ("study.toml has no setting {name}{hint}.", "study.toml 中没有设置项 {name}{hint}。"),
    "unknown_instrument": (
        "This form has no instrument {name}{hint}.",
        "本表单没有量表 {name}{hint}。",
    ),
    "unknown_part": ("The instrument gives no {name}{hint}.", "量表结果中没有 {name}{hint}。"),
    "unknown_function": (
        "There is no instrument function {name}{hint}.",
        "没有量表函数 {name}{hint}。",
    ),
    "unknown_argument": (
        "{function} takes no argument {name}{hint}.",
        "{function} 没有参数 {name}{hint}。",
    ),
    "argument_missing": ("{function} needs the argument {name}.", "{function} 缺少参数 {name}。"),
    "unknown_term": ("CTCAE v5.0 has no term {name} here{hint}.", "此处没有CTCAE v5.0术语 {name}{hint}。"),
    "unknown_heading": (
        "The group has no row or column {name}{hint}.",
        "该分组没有行或列 {name}{hint}。",
    ),
    "event_repeats": (
        "{name} can occur several times, so an expression cannot name it; use prev.",
        "{name} 可多次出现，表达式不能直接引用，请用 prev。",
    ),
    "form_not_at_event": ("{form} is not on the schedule of {event}.", "{event} 未安排 {form}。"),
    "form_unreachable": (
        "{form} is never at the same event as {own}, nor at one event only; name the event.",
        "{form} 与 {own} 从不在同一访视，也并非只属于一个访视，请写明访视。",
    ),
    "row_item_outside": (
        '{name} stands in the rows of {group}: read it with rows(…), or give the check each = "{group}".',
        '{name} 位于 {group} 的各行中：请用 rows(…) 读取，或为核查设置 each = "{group}"。',
    ),
    "row_word_outside": (
        "{name} has a meaning only in a row: give the check each, or use it inside rows(…).",
        "{name} 仅在行内有意义：请为核查设置 each，或在 rows(…) 内使用。",
    ),
    "rows_without_rows": ("{name} has no repeating rows.", "{name} 没有可重复的行。"),
    "performed_without_date": (
        "performed needs the date of {name}, which has no date_item.",
        "performed 需要 {name} 的日期，但该表单没有 date_item。",
    ),
    "circle": ("These values wait for each other: {way}.", "以下取值互相等待：{way}。"),
    "bad_expression": ("{why} (character {column})", "{why}（第 {column} 个字符）"),
    # items
    "duplicate_item": ("There is another item {name} on this form.", "本表单中条目 {name} 重复。"),
    "key_not_for_type": ("{key} has no meaning for the type {type}.", "{key} 不适用于类型 {type}。"),
    "key_of_entered_item": (
        "{key} is for entered items; this one is calculated.",
        "{key} 仅用于录入条目，而本条目为计算值。",
    ),
    "bad_range": (
        '{key} is [low, high]: numbers, expressions, or "" for one open end.',
        '{key} 须为 [下限, 上限]：数值、表达式，或以 "" 表示一端开放。',
    ),
    "range_reversed": ("{key}: the lower limit is above the upper.", "{key} 的下限大于上限。"),
    "range_oid_without_range": ("There is no {key} range to be named.", "没有可命名的 {key} 范围。"),
    "range_of_words": (
        "{key}: the codes of {codelist} are no numbers, so they have no range.",
        "{codelist} 的代码不是数值，不能设置 {key} 范围。",
    ),
    "code_of_several": (
        "The code {word} of {codelist} has a comma in it, which separates the answers of a multi item.",
        "{codelist} 的代码 {word} 含逗号，而逗号用于分隔多选答案。",
    ),
    "number_for_date": (
        '{key}: the limits of a date or time are expressions, such as "today".',
        '{key}：日期或时间的界限须为表达式，例如 "today"。',
    ),
    "soft_outside_hard": (
        "A soft limit lies beyond the hard limit and can never be met.",
        "软性范围超出硬性范围，永远不会生效。",
    ),
    "units_without_unit": (
        "Other units need the stored unit (unit).",
        "填写其他单位时须先给出存储单位（unit）。",
    ),
    "no_conversion": (
        "{name} has no conversion into {unit} in units.toml{hint}; give {{ unit = …, factor = … }}.",
        "units.toml 中没有 {name} 到 {unit} 的换算{hint}；请写 {{ unit = …, factor = … }}。",
    ),
    "course_in_log": (
        "The rows of a log are different things: they have no course in time.",
        "日志各行互不相同，不能显示变化趋势。",
    ),
    "course_lines": ("A course has at most {limit} lines.", "趋势图最多 {limit} 条界值线。"),
    "course_empty": ("A course needs lines, a band, or both.", "course 须包含 lines 或 band。"),
    "course_limit": (
        "{key} must be a number or an expression in quotes.",
        "{key} 须为数值或带引号的表达式。",
    ),
    "same_as_unfit": (
        "same_as must name an entered item outside the rows of a log, of another form and of the same type and "
        "codelist, not {name}.",
        "same_as 须指向其他表单中、日志行以外、类型与编码表相同的录入条目，{name} 不符合。",
    ),
    "unit_from_unfit": (
        "unit_from must name a number in the same group with a unit of its own and the same stored unit, not {name}.",
        "unit_from 须指向同组中自带单位且存储单位相同的数值条目，{name} 不符合。",
    ),
    "unit_from_other_units": (
        "The units differ from those of {name}, in whose unit this is typed; leave them out.",
        "单位与 {name} 不同，而本条目按其单位录入，请省略 units。",
    ),
    "not_done_unfit": (
        "not_done_item must name another, entered item of type code, not {name}.",
        "not_done_item 须指向另一个录入的 code 类型条目，{name} 不符合。",
    ),
    # groups and forms
    "duplicate_group": ("There is another group {name} on this form.", "本表单中分组 {name} 重复。"),
    "duplicate_heading": ("There is another heading {name}.", "行列标题 {name} 重复。"),
    "duplicate_entry": ("There is another entry {name}.", "条目 {name} 重复。"),
    "duplicate_form": ("There is another form {name}.", "表单 {name} 重复。"),
    "duplicate_check": ("There is another check {name} on this form.", "本表单中核查 {name} 重复。"),
    "check_differs": (
        "The check {name} of form {form} has another severity or message; one rule says one thing.",
        "核查 {name} 在表单 {form} 中的级别或提示不同；同一规则须一致。",
    ),
    "empty_group": ("The group has no items.", "该分组没有条目。"),
    "log_repeats": (
        "layout log and repeating = true belong together.",
        "layout 为 log 时须设 repeating = true，反之亦然。",
    ),
    "log_without_rows": ("A log form needs a group with layout log.", "日志表单须有 layout 为 log 的分组。"),
    "key_not_for_layout": ("{key} has no meaning in the layout {layout}.", "{key} 不适用于布局 {layout}。"),
    "cell_taken": (
        "Row {row}, column {column} already holds {other}.",
        "第 {row} 行第 {column} 列已有 {other}。",
    ),
    "zero_row_code": (
        "{word} is no code of the coded items of this grid.",
        "{word} 不是本网格编码条目的代码。",
    ),
    "rest_code": (
        "{word} is no answer of the items it is to be set in.",
        "{word} 不是相应条目的答案。",
    ),
    "total_of_what": (
        "A total names an item, or a rule and the items it is made of.",
        "合计应写明条目，或写明规则及其所含条目。",
    ),
    "total_unfit": (
        "{name} is no calculated number and cannot be a total.",
        "{name} 不是计算所得的数值，不能作为合计。",
    ),
    "not_a_date_item": (
        "date_item: {name} is no date item of this form{hint}.",
        "date_item：{name} 不是本表单的日期条目{hint}。",
    ),
    "form_file_name": (
        "Form {name} must stand in forms/{name}.toml.",
        "表单 {name} 须保存为 forms/{name}.toml。",
    ),
    "form_never_due": ("Form {name} is due at no event of the schedule.", "访视计划中没有安排表单 {name}。"),
    "unknown_deviation": (
        "{name} is no category of protocol deviations: {codelist} has no such code{hint}.",
        "{codelist} 中没有方案偏离类别 {name}{hint}。",
    ),
    "event_without_target": (
        "The event {name} has no target day, so it has no planned date.",
        "访视 {name} 没有目标日，因此没有计划日期。",
    ),
    "planned_without_day_one": (
        "A planned date is counted from day 1: study.toml needs the name {name}.",
        "计划日期自第1天起算：study.toml 须有名称 {name}。",
    ),
    "link_to_no_log": (
        "to: {name} is no log form, so it has no lines to be linked.",
        "to：{name} 不是日志表单，没有可关联的行。",
    ),
    "each_not_repeating": (
        "each: {name} is no repeating group of this form.",
        "each：{name} 不是本表单的可重复分组。",
    ),
    "check_without_own_item": (
        "A check stands beside an item of its own form: name one in items.",
        "核查须标在本表单的条目旁：请在 items 中至少列出一个。",
    ),
    # templates
    "entry_key": (
        "The template {template} does not use the key {key}{hint}.",
        "模板 {template} 未使用键 {key}{hint}。",
    ),
    "placeholder_empty": (
        "The template needs {place}, which the entry {entry} does not give.",
        "模板需要 {place}，而条目 {entry} 未提供。",
    ),
}
