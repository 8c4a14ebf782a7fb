"""Definitions that come and go as tables: the workbook, REDCap's data dictionary, XLSForm."""

MESSAGES: dict[str, tuple[str, str]] = {
    "at_sheet": ("Sheet {sheet}: {what}", "工作表 {sheet}：{what}"),
    "at_row": ("{sheet}, row {row}: {what}", "{sheet} 第 {row} 行：{what}"),
    "at_cell": ("{sheet}, row {row}, column {column}: {what}", "{sheet} 第 {row} 行“{column}”列：{what}"),
    "at_definition": ("{place}: {what}", "{place}：{what}"),
    # -- what is wrong with a cell --
    "cell_flag": ("Write yes or no.", "请填写 yes 或 no。"),
    "cell_whole": ("Write a whole number.", "请填写整数。"),
    "cell_toml": (
        'This is not readable as a value. Texts stand in quotes, lists in square brackets, tables in curly ones: ["kPa"].',
        '无法识别该值。文本加引号，列表用方括号，表用花括号，例如 ["kPa"]。',
    ),
    "cell_needed": (
        "This cell is empty, and the row means nothing without it. Fill it in.",
        "此单元格为空，该行因此无意义。请填写。",
    ),
    "cell_word": ("Write one of: {words}.", "请填写以下之一：{words}。"),
    "twice": (
        "{name} stands here a second time. Rename one of the two or delete the row.",
        "{name} 重复出现。请改名或删除该行。",
    ),
    "said_twice": (
        "{name} stands in a column of its own and in more. Delete one of the two.",
        "{name} 既在单独的列中，又在 more 列中。请删除其一。",
    ),
    "one_row": ("It has exactly one row below the headings. Put it back.", "标题下应恰好有一行。请恢复。"),
    "no_headings": (
        "The row of headings was not found. It has the columns {names}; put them back.",
        "未找到标题行。标题行应包含 {names} 列，请恢复。",
    ),
    "heading_twice": (
        "Two columns have this heading. Rename or delete one.",
        "有两列使用该标题。请改名或删除其一。",
    ),
    "conversion_from": (
        "A conversion needs the unit it starts from. Fill in the column from.",
        "换算需要写明起始单位。请填写 from 列。",
    ),
    "unknown_form": (
        "The sheet forms has no form {name}. Add it there or correct the name.",
        "forms 工作表中没有表单 {name}。请添加或更正名称。",
    ),
    "unknown_group": (
        "No row begin_group or begin_repeat of this form opens the group {name}. Add one or correct the name.",
        "该表单没有以 begin_group 或 begin_repeat 开始的分组 {name}。请添加或更正名称。",
    ),
    "unknown_template": (
        "The sheet survey has no rows of a template {name} in this form. Correct the name.",
        "survey 工作表中该表单没有模板 {name} 的行。请更正名称。",
    ),
    "template_groups": (
        "The rows of template {name} stand in one group. Name the same group in all.",
        "模板 {name} 的各行应在同一分组。请统一分组名称。",
    ),
    "other_function": (
        "The rows of {name} name two functions. Name the same one in all.",
        "{name} 的各行写了两个函数。请统一。",
    ),
    # -- what is said besides --
    "quotes": ("Curly quotation marks were read as straight ones.", "弯引号已按直引号读取。"),
    "unknown_sheet": (
        "A sheet of this name is not part of a definition; it was not read.",
        "该名称的工作表不属于研究定义，未读取。",
    ),
    "no_place": (
        "This column means nothing in this row; its content was not read.",
        "该列在此行没有意义，内容未读取。",
    ),
    "no_heading_above": ("Text without a heading above it was not read.", "上方没有标题的文字未读取。"),
    # -- tables of other systems --
    "kept_as_is": (
        "This has no counterpart here; it is kept with the definition and does nothing.",
        "此项在本程序中没有对应，随定义保留，不起作用。",
    ),
    "not_executable": (
        "This expression is not understood here. It is kept as it is and does not run; write it anew if it is needed.",
        "无法识别此表达式，已原样保留但不执行。如有需要请重新编写。",
    ),
    "taken_out": (
        "{name}: this does not run here and was taken out; it is kept with the definition. {why}",
        "{name}：此项在本程序中无法执行，已移出并随定义保留。{why}",
    ),
    "piped": (
        "The text refers to an answer; it is shown as it is written.",
        "文本引用了某个答案，按原文显示。",
    ),
    "row_unnamed": ("The row has no name here and was left out.", "该行缺少名称，未采用。"),
    "unknown_type": (
        "The type {name} is not known; the field was read as text.",
        "未知类型 {name}，该字段按文本读取。",
    ),
    "no_choices": ("No answers were found; the field was read as text.", "未找到选项，该字段按文本读取。"),
    "choice_without_label": (
        "The answer {name} has no label; its code is shown.",
        "选项 {name} 没有标签，显示其编码。",
    ),
    "choice_twice": ("The answer {name} stands twice; the first counts.", "选项 {name} 重复，以第一个为准。"),
    "form_in_pieces": (
        "The fields of form {name} do not stand together; they were put together.",
        "表单 {name} 的字段不连续，已合并。",
    ),
    "form_unknown": (
        "The dictionary has no form {name}; the line was left out.",
        "数据字典中没有表单 {name}，该行未采用。",
    ),
    "forms_of_no_event": (
        "These forms belong to no visit and were given one of their own: {names}.",
        "下列表单不属于任何访视，已单独设一次访视：{names}。",
    ),
    "forms_everywhere": (
        "The table of events names no forms; every form may be filled at every visit. Give the table that assigns "
        "forms to events to have it exact.",
        "事件表未列出表单，各次访视均可填写全部表单。如需准确，请提供事件与表单对应表。",
    ),
    "nothing_in_it": ("The dictionary has no fields.", "数据字典中没有字段。"),
    "not_closed": (
        "The group {name} is not closed; it ends with the sheet.",
        "分组 {name} 没有结束行，至工作表末尾为止。",
    ),
    "not_open": ("This ends a group that was not begun.", "此行结束了一个未开始的分组。"),
    "repeat_in_repeat": (
        "The repeat {name} stands inside another; its rows are rows of a log of their own.",
        "重复组 {name} 位于另一重复组内，其行成为单独的日志行。",
    ),
    # -- export --
    "not_whole": (
        "The definition cannot be laid out as a workbook without loss. Nothing was written; edit its files themselves.",
        "该定义无法完整地写成工作簿，未写入任何内容。请直接编辑其文件。",
    ),
    "cell_long": (
        "A text of the definition is longer than a cell of a workbook holds. Nothing was written; edit its files themselves.",
        "定义中有文本超过工作簿单元格的长度，未写入任何内容。请直接编辑其文件。",
    ),
    "exported": (
        "{file} is written: {forms} forms, {items} items, {checks} checks.",
        "已写入 {file}：{forms} 张表单、{items} 个条目、{checks} 条核查。",
    ),
    "not_written": ("{file} cannot be written there. Choose another place.", "无法写入 {file}。请另选位置。"),
    "about": (
        "This workbook holds the definition of a study. Edit it in Excel or WPS and give it back: mda5-crf study "
        "import shows what changed before anything is written. Columns may be moved; rows may be sorted and "
        "filtered, since the column order says where they belong: a new row takes a number between two others. "
        "Empty cells say nothing. The column more holds what has no column of its own. Names in expressions and "
        "codes stay as they are: they stand in stored data.",
        "本工作簿为一项研究的定义。可在 Excel 或 WPS 中编辑后交回：mda5-crf study import 在写入前显示改动。"
        "列可移动；行可排序和筛选，order 列记录其位置，新行填两数之间的数。空单元格表示未写。"
        "more 列存放没有单独列的内容。表达式中的名称和编码请勿改动，它们存在于已保存的数据中。",
    ),
    "of_settings": ("The study itself; one row.", "研究本身，仅一行。"),
    "of_events": (
        "Visits: the day counted from day 1, and how many days before and after it are within the window.",
        "访视：自第1天起的研究日，以及窗口期前后天数。",
    ),
    "of_schedule": ("Which form is due at which visit, and when.", "各访视应填写的表单及条件。"),
    "of_forms": ("The forms.", "表单。"),
    "of_survey": (
        "Groups (begin_group; begin_repeat = rows of a log) with their items below. relevant: when it applies; "
        "hard: outside is an error; soft: outside is asked about. A row with template is made once for each of "
        "its entries.",
        "分组（begin_group；begin_repeat 为日志行）及其条目。relevant：适用条件；hard：超出为错误；"
        "soft：超出则询问。填有 template 的行按各条目各生成一次。",
    ),
    "of_choices": ("The answers of each list, with their codes.", "各选项列表的答案及编码。"),
    "of_checks": ("Checks: the expression is true when something is wrong.", "核查：表达式为真表示有问题。"),
    "of_lists": (
        "Named expressions, settings, reasons for a missing value or a change, sources.",
        "命名表达式、设置、缺失原因、更改原因、来源。",
    ),
    "of_units": (
        "Units, and how others convert: stored = (typed + offset) × factor.",
        "单位及换算：存储值 = (输入值 + offset) × factor。",
    ),
    "of_codelists": (
        "The lists of answers: whether codes are numbers, or a range of numbers.",
        "选项列表：编码是否为数字，或为数字范围。",
    ),
    "of_headings": ("Headings of tables: rows and columns.", "表格的行标题与列标题。"),
    "of_entries": ("What the rows of a template are made for.", "模板的各条目。"),
    "of_instruments": ("Scored instruments and where their inputs are.", "量表计分及其输入。"),
    "of_closings": ("What ends the expectation of visits.", "终止后续访视的条件。"),
    "of_files": (
        "Further files of the definition, as they are. Leave them.",
        "定义的其他文件，原样保存，请勿改动。",
    ),
    # -- import --
    "not_known": (
        "{file} is no definition that can be read: it is neither ODM, nor REDCap's data dictionary, nor XLSForm, nor a "
        "workbook written by this program. Export it again as one of these.",
        "{file} 不是可读取的研究定义：既非 ODM、REDCap 数据字典、XLSForm，也非本程序导出的工作簿。请按其中之一重新导出。",
    ),
    "other_kind": (
        "{file} is read as {kind}, not as what --as says. Leave --as out or name that.",
        "{file} 识别为 {kind}，与 --as 不符。请省略 --as 或按此填写。",
    ),
    "read_as": ("{file} was read as {kind}: {counts}.", "{file} 读取为 {kind}：{counts}。"),
    "makes": (
        "It makes a definition of {events} visits, {forms} forms, {items} items and {checks} checks.",
        "生成的定义含 {events} 次访视、{forms} 张表单、{items} 个条目、{checks} 条核查。",
    ),
    "problems": (
        "{count} problems, so nothing was written. Correct them in the file and import it again.",
        "有 {count} 个问题，未写入任何内容。请在文件中更正后重新导入。",
    ),
    "repaired": ("Read in another way than written: {count}.", "读取时作了调整：{count} 处。"),
    "kept": ("Kept as it is, without effect here: {count}.", "原样保留、在此不起作用：{count} 处。"),
    "unknown": ("Not understood and left out: {count}.", "未能识别、未采用：{count} 处。"),
    "same": ("It says the same as {name}.", "与 {name} 内容相同。"),
    "nothing_written": ("Nothing was written.", "未写入任何内容。"),
    "folder_full": (
        "{name} is not empty, so nothing was written. Name another folder, or say --replace to replace the definition "
        "in it.",
        "{name} 不是空文件夹，未写入任何内容。请另选文件夹，或用 --replace 替换其中的定义。",
    ),
    "wrote": ("The definition is written to {name}: {count} files.", "定义已写入 {name}：{count} 个文件。"),
    "wrote_some": (
        "{name}: {count} files were written anew (comments in them are gone), {left} were left as they were.",
        "{name}：重写 {count} 个文件（其中的注释不再保留），{left} 个文件未变。",
    ),
    "took_away": (
        "{name} is not in the definition any more and was deleted.",
        "{name} 已不在定义中，已删除。",
    ),
    "words_export": (
        "study export needs a folder or vault, -o FILE, and --as workbook, odm or odm2.",
        "study export 需要文件夹或数据库、-o FILE 以及 --as workbook、odm 或 odm2。",
    ),
    "words_import": (
        "study import needs the file to read: study import FILE -o DIR.",
        "study import 需要指定文件：study import FILE -o DIR。",
    ),
}
