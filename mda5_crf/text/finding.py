"""What the form engine says: about values that do not read, limits, required items, expressions.

An item is named in its own words, the sentence says what to do, and different failures say different
things.
"""

MESSAGES: dict[str, tuple[str, str]] = {
    # -- required ---------------------------------------------------------------------------------
    "enter": ("Enter {item}", "请填写{item}"),
    "answer": ('Answer "{item}"', "请回答“{item}”"),
    # -- text that is no value of the item's type ---------------------------------------------------
    "number": ("{item} must be a number, such as {example}", "{item}必须是数字，例如 {example}"),
    "number_plain": ("{item} must be a number", "{item}必须是数字"),
    "number_or_limit": (
        "{item} must be a number, such as {example} or <{example}",
        "{item}必须是数字，例如 {example} 或 <{example}",
    ),
    "number_no_limit": (
        "{item} must be an exact number, without < or >, such as {example}",
        "{item}必须是确切的数字，不带 < 或 >，例如 {example}",
    ),
    "number_no_comma": (
        "{item} must be a number without commas, such as {example}",
        "{item}必须是不含逗号的数字，例如 {example}",
    ),
    "number_too_long": (
        "{item} must have at most {limit} digits",
        "{item}最多 {limit} 位数字",
    ),
    "whole_number": ("{item} must be a whole number, such as {example}", "{item}必须是整数，例如 {example}"),
    "whole_number_plain": ("{item} must be a whole number", "{item}必须是整数"),
    "unit_unknown": ("{item} must be in {units}", "{item}的单位必须是 {units}"),
    "unit_none": ("{item} must be a number without a unit", "{item}必须是不带单位的数字"),
    "or": (" or ", "或"),
    "date": ("{item} must be a date, such as {example}", "{item}必须是日期，例如 {example}"),
    "date_plain": ("{item} must be a date", "{item}必须是日期"),
    "date_real": ("{item} must be a real date", "{item}必须是真实存在的日期"),
    "date_month": ("{item} must include a month", "{item}必须包含月份"),
    "date_day": ("{item} must include a day", "{item}必须包含日"),
    "date_year": ("{item} must include at least the year", "{item}至少要有年份"),
    "partial_date": (
        "{item} must be a date or part of one, such as 2022-03-15, 2022-03 or 2022",
        "{item}必须是日期或部分日期，例如 2022-03-15、2022-03 或 2022",
    ),
    "time": ("{item} must be a time, such as 09:30", "{item}必须是时间，例如 09:30"),
    "time_plain": ("{item} must be a time", "{item}必须是时间"),
    "datetime": (
        "{item} must be a date and time, such as 2022-03-15 09:30",
        "{item}必须是日期和时间，例如 2022-03-15 09:30",
    ),
    "datetime_plain": ("{item} must be a date and time", "{item}必须是日期和时间"),
    "code": ("{item} must be one of the listed answers: {codes}", "{item}必须是所列选项之一：{codes}"),
    "code_many": ("{item} must be one of the listed answers", "{item}必须是所列选项之一"),
    "codes": ("{item} must be listed answers only: {codes}", "{item}只能是所列选项：{codes}"),
    "codes_many": ("{item} must be listed answers only", "{item}只能是所列选项"),
    "link": (
        "{item} must be the number of one line of {log} that is there, such as 3",
        "{item}必须是 {log} 中现有的一行的行号，例如 3",
    ),
    "links": (
        "{item} must be numbers of lines of {log} that are there, such as 1, 3",
        "{item}必须是 {log} 中现有各行的行号，例如 1, 3",
    ),
    "text_too_long": (
        "{item} must be {limit} characters or fewer; it has {count}",
        "{item}最多 {limit} 个字符，现为 {count} 个",
    ),
    "pattern": ("{item} must have the form shown in the hint", "{item}必须符合提示的格式"),
    "pattern_plain": ("{item} must be written in its fixed form", "{item}必须按固定格式填写"),
    "missing_code": (
        "{item} does not take this missing code: enter a value or another code",
        "{item}不接受该缺失代码，请填写数值或其他代码",
    ),
    # -- limits -----------------------------------------------------------------------------------
    "hard_between": ("{item} must be between {low} and {high}{unit}", "{item}必须在{low}至{high}{unit}之间"),
    "hard_low": ("{item} must be {low}{unit} or more", "{item}必须不小于{low}{unit}"),
    "hard_high": ("{item} must be {high}{unit} or less", "{item}必须不大于{high}{unit}"),
    "hard_not_before": ("{item} must be {low} or later", "{item}必须是{low}或更晚"),
    "hard_not_after": ("{item} must be {high} or earlier", "{item}必须是{high}或更早"),
    "soft_between": (
        "{item} is usually {low}–{high}{unit}. Check it, or press F8 to confirm",
        "{item}通常为{low}–{high}{unit}，请核对，或按 F8 确认",
    ),
    "soft_point": (
        "{item} is usually {low}{unit}. Check it, or press F8 to confirm",
        "{item}通常为{low}{unit}，请核对，或按 F8 确认",
    ),
    "soft_low": (
        "{item} is usually {low}{unit} or more. Check it, or press F8 to confirm",
        "{item}通常不小于{low}{unit}，请核对，或按 F8 确认",
    ),
    "soft_high": (
        "{item} is usually {high}{unit} or less. Check it, or press F8 to confirm",
        "{item}通常不大于{high}{unit}，请核对，或按 F8 确认",
    ),
    "soft_not_before": (
        "{item} is usually {low} or later. Check it, or press F8 to confirm",
        "{item}通常是{low}或更晚，请核对，或按 F8 确认",
    ),
    "soft_not_after": (
        "{item} is usually {high} or earlier. Check it, or press F8 to confirm",
        "{item}通常是{high}或更早，请核对，或按 F8 确认",
    ),
    "today": ("today", "今天"),
    "undecided_low": (
        "{item} may lie before {low}: complete the date, or explain",
        "{item}可能早于{low}，请补全日期或说明",
    ),
    "undecided_high": (
        "{item} may lie after {high}: complete the date, or explain",
        "{item}可能晚于{high}，请补全日期或说明",
    ),
    # -- other findings ---------------------------------------------------------------------------
    "conflict": (
        "{item} has two different entries: enter the right one",
        "{item}有两个不同的录入值，请填写正确的值",
    ),
    "line_struck": ("{number} (struck)", "{number}（已划除）"),
    "link_gone": (
        "{item} names a line of {log} that is not there: choose the line again",
        "{item}所关联的 {log} 行已不存在，请重新选择",
    ),
    "identity_idno": (
        "{item} seems to hold an id-number: who a participant is stands in the identification list alone",
        "{item}中似乎有身份证号码；参与者的身份信息只应记录在鉴认代码表中",
    ),
    "identity_phone": (
        "{item} seems to hold a mobile number: how to reach a participant stands in the identification list"
        " alone",
        "{item}中似乎有手机号码；参与者的联系方式只应记录在鉴认代码表中",
    ),
    "blank": ("blank", "空白"),
    "rows": ("{count} rows", "{count} 行"),
    # -- expressions that are not in the language ---------------------------------------------------
    "expression_empty": ("the expression is empty", "表达式为空"),
    "expression_too_long": (
        "the expression is longer than {limit} characters",
        "表达式超过 {limit} 个字符",
    ),
    "expression_syntax": ("the expression cannot be read from here on", "表达式从此处起无法解析"),
    "expression_too_deep": (
        "the expression is nested too deeply or is too large: split it into items",
        "表达式嵌套过深或过大，请拆分为多个条目",
    ),
    "expression_not_allowed": ('"{what}" is not part of the expression language', "表达式语言中没有“{what}”"),
    "expression_not_an_item": (
        "an item is expected here: ITEM, FORM.ITEM, EVENT.FORM.ITEM or prev.FORM.ITEM",
        "此处应为条目：ITEM、FORM.ITEM、EVENT.FORM.ITEM 或 prev.FORM.ITEM",
    ),
    "expression_power": (
        "the exponent of ** must be a written number of at most {limit}",
        "** 的指数必须是不超过 {limit} 的数字常量",
    ),
    "expression_in": (
        'after in, a list in brackets is expected, such as ("A", "B")',
        '“in”之后应为括号内的列表，例如 ("A", "B")',
    ),
    "expression_unknown_function": ("there is no function {name}", "没有函数 {name}"),
    "expression_arguments": (
        "{name} cannot be called with these arguments",
        "函数 {name} 的参数不符",
    ),
    "expression_written_text": (
        "{name} needs a text written in quotes",
        "函数 {name} 需要引号内的文字常量",
    ),
    "expression_pattern": ("the pattern is no regular expression", "该模式不是正则表达式"),
    "expression_date": ('the date must be written as "2026-01-31"', '日期须写成 "2026-01-31"'),
    "expression_oid": (
        '"{name}" names nothing: an OID without a dot is expected',
        "“{name}”不是名称：应为不带点的 OID",
    ),
    "expression_form": (
        '"{name}" names no form: FORM, EVENT.FORM or *.FORM is expected',
        "“{name}”不是表单名：应为 FORM、EVENT.FORM 或 *.FORM",
    ),
    "expression_needs_rows": (
        '{name} needs rows("FORM") as its first argument',
        '函数 {name} 的第一个参数应为 rows("FORM")',
    ),
    "expression_rows_alone": (
        "rows(…) stands only as the first argument of count, first, last, any, all, sum, mean, min or max",
        "rows(…) 只能作为 count、first、last、any、all、sum、mean、min、max 的第一个参数",
    ),
}
