"""The site's own lists: laboratories, reference ranges, versions of the consent form."""

MESSAGES: dict[str, tuple[str, str]] = {
    "unknown_table": (
        "There is no list {table}. Known lists: {known}.",
        "没有列表 {table}。可用列表：{known}。",
    ),
    "unknown_row": (
        "There is no live row {row} in this site's list. The list shows the rows and their numbers.",
        "本中心的列表中没有有效的条目 {row}。请在列表中查看条目及其编号。",
    ),
    "unknown_field": (
        "A row has no field {field}. Known fields: {known}.",
        "条目没有字段 {field}。可用字段：{known}。",
    ),
    "reason_required": (
        "Say why the row is struck out; it stays readable with this reason.",
        "请说明划除该条目的原因；该条目及原因将继续可读。",
    ),
    "of_centre": (
        "These lists belong to the sites; a coordinating centre reads them and keeps none of its own.",
        "这些列表由各中心维护；协调中心只读取，不自行维护。",
    ),
    "laboratory_code": (
        '"{code}" is no code of a laboratory: 1 to 20 letters A–Z and digits, such as RENJI1.',
        "“{code}”不能作为实验室代码：应为1至20位大写字母和数字，例如 RENJI1。",
    ),
    "laboratory_name": (
        "Laboratory {code} needs a name in English (en) and in Chinese (zh), each up to {most} characters.",
        "实验室 {code} 需要英文名称（en）和中文名称（zh），各不超过{most}个字符。",
    ),
    "laboratory_of_definition": (
        "{code} is already a laboratory of the study definition. Give the site's laboratory another code.",
        "{code} 已是研究定义中的实验室，请为本中心的实验室另取代码。",
    ),
    "laboratory_known": (
        "Laboratory {code} is in the list already. Strike that row first, or choose another code.",
        "实验室 {code} 已在列表中。请先划除原条目，或另取代码。",
    ),
    "laboratory_struck": ("{name} (no longer used)", "{name}（已停用）"),
    "unknown_laboratory": (
        "There is no laboratory {laboratory}. Known laboratories: {known}. Add the laboratory first.",
        "没有实验室 {laboratory}。可用实验室：{known}。请先添加该实验室。",
    ),
    "unknown_analyte": (
        "The study measures no analyte {testcd}. Known analytes: {known}.",
        "本研究没有检验项目 {testcd}。可用项目：{known}。",
    ),
    "unknown_unit": (
        "{testcd} is not measured in {unit}. Known units: {known}.",
        "{testcd} 不使用单位 {unit}。可用单位：{known}。",
    ),
    "unknown_sex": (
        "{sex} is no code for sex. Known codes: {known}; leave it empty when the range holds for everybody.",
        "{sex} 不是性别代码。可用代码：{known}；不分性别时留空。",
    ),
    "not_a_number": (
        'Field {field}: "{text}" is not a number, such as 3.5.',
        "字段 {field}：“{text}”不是数值，应写作例如 3.5。",
    ),
    "not_an_age": (
        'Field {field}: "{text}" is no age in completed years (0 to {most}).',
        "字段 {field}：“{text}”不是周岁年龄（0至{most}）。",
    ),
    "not_a_date": (
        'Field {field}: "{text}" is no complete date, such as 2026-03-01.',
        "字段 {field}：“{text}”不是完整日期，应写作例如 2026-03-01。",
    ),
    "limit_needed": (
        "Range of {testcd}: enter a lower limit, an upper limit or both.",
        "{testcd} 的参考范围：请填写下限、上限或两者。",
    ),
    "limits_reversed": (
        "Range of {testcd}: the lower limit {low} is not below the upper limit {high}.",
        "{testcd} 的参考范围：下限 {low} 不低于上限 {high}。",
    ),
    "ages_reversed": (
        "The range begins at age {low}, which is after its end at age {high}.",
        "起始年龄{low}岁大于终止年龄{high}岁。",
    ),
    "dates_reversed": ("The last day lies before the first day.", "终止日期早于起始日期。"),
    "overlap": (
        "{laboratory} already has a range of {testcd} that meets this one: {range}. Two ranges for one person and "
        "day decide nothing. Strike that row, or give both their sex, ages or dates.",
        "{laboratory} 已有 {testcd} 的参考范围与此重叠：{range}。同一人同一日有两个范围则无法判定。请划除原条目，"
        "或分别注明性别、年龄或日期。",
    ),
    "ages": ("age {low}–{high}", "年龄{low}–{high}岁"),
    "days": ("{low} to {high}", "{low}至{high}"),
    "version_needed": (
        "Name the version of the consent form, such as 2.1 (up to {most} characters).",
        "请填写知情同意书版本号，例如 2.1（不超过{most}个字符）。",
    ),
    "version_known": (
        "Version {version} of the consent form is in the list already. Strike that row first.",
        "知情同意书版本 {version} 已在列表中，请先划除原条目。",
    ),
    "approved_needed": (
        "Version {version}: enter the day on which the ethics committee approved it.",
        "版本 {version}：请填写伦理委员会批准日期。",
    ),
    "approved_later": (
        "Version {version}: the day of approval lies in the future. Enter it once it is approved.",
        "版本 {version}：批准日期晚于今天，请在获批后录入。",
    ),
    "in_force_before_approval": (
        "Version {version}: it cannot be in force before it was approved.",
        "版本 {version}：生效日期不能早于批准日期。",
    ),
}
