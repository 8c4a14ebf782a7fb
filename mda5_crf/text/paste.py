"""Pasting a block of cells, and setting what is still empty in one act."""

MESSAGES: dict[str, tuple[str, str]] = {
    # why nothing can be pasted
    "nothing": ("Nothing is on the clipboard that could be pasted", "剪贴板中没有可粘贴的内容"),
    "too_many": (
        "{count} lines are on the clipboard; at most {most} are taken at once. Copy them in parts.",
        "剪贴板中有 {count} 行，一次最多粘贴 {most} 行。请分批复制。",
    ),
    "too_large": (
        "{size} kB are on the clipboard; at most {most} kB are taken at once. Copy them in parts.",
        "剪贴板中有 {size} kB，一次最多粘贴 {most} kB。请分批复制。",
    ),
    "no_table": (
        "Cells are pasted into a log or a grid: go into one first",
        "单元格只能粘贴到记录表或表格中，请先进入其中一个",
    ),
    "not_second": (
        "A second entry is typed from the source; a block cannot be pasted into it",
        "第二次录入须对照原始资料逐项输入，不能粘贴",
    ),
    # why a cell is left out
    "no_column": (
        "This column goes nowhere: choose a question for it below, or leave it out",
        "该列没有对应的问题：请在下方选择，或不取该列",
    ),
    "twice": (
        "{item}: another cell of the block goes there already. Choose another question for one of the columns.",
        "{item}：粘贴内容中已有另一单元格对应此处，请为其中一列另选问题。",
    ),
    "computed": ("{item} is calculated; nobody enters it", "{item}由程序计算，无需录入"),
    "too_long": (
        "{item}: longer than {most} characters. Shorten it in the spreadsheet.",
        "{item}：超过 {most} 个字符，请在电子表格中缩短。",
    ),
    "same": ("{item}: this stands there already", "{item}：内容与现有的相同"),
    "standing": (
        '{item}: something else stands there. To replace it, tick "Replace what stands there".',
        "{item}：此处已有其他内容。如需替换，请勾选“替换已有内容”。",
    ),
    "no_cell": ("{row}: this is not asked there", "{row}：此处无此问题"),
    "unknown_row": (
        "The first cell of this line names no row of the table: correct it in the spreadsheet",
        "该行第一格不是本表的行标题，请在电子表格中更正",
    ),
    "below_table": ("Below the last row of the table", "超出表格最后一行"),
    "not_asked": (
        "{item} is not asked, by what else is answered. Enter it after that answer was changed.",
        "根据其他答案，无需填写{item}。如需填写，请先更改相关答案。",
    ),
    # why a cell gets a mark
    "serial": (
        "{item}: this may be the inner number of a date in the spreadsheet, and is not guessed. "
        "Give the column the format of a date there and copy it again.",
        "{item}：这可能是电子表格中日期的内部序号，程序不作猜测。请在表格中将该列设为日期格式后重新复制。",
    ),
    "no_value": ("{item}: this does not read as an answer", "{item}：无法识别为答案"),
    # the preview
    "title": ("Paste into {group}: {count} cells are taken", "粘贴到“{group}”：将录入 {count} 格"),
    "new_rows": ("new rows: {count}", "新增 {count} 行"),
    "with_mark": ("with a mark: {count}", "带标记：{count}"),
    "to_check": ("to be checked: {count}", "需核对：{count}"),
    "left_out": ("left out: {count}", "不录入：{count}"),
    "comma": ("; ", "；"),
    "preview": ("What is pasted", "粘贴预览"),
    "reasons": ("Cells to look at", "需留意的单元格"),
    "where": ("Line {line}, column {column}", "第 {line} 行 {column} 列"),
    "reason_line": ("{where}, {typed}: {words}", "{where}“{typed}”：{words}"),
    "more": ("and {count} more, in the table", "另有 {count} 格，见表格"),
    "fate_taken": ("Taken", "录入"),
    "fate_marked": ("Taken with a mark", "带标记录入"),
    "fate_left": ("Left out", "不录入"),
    "fate_heading": ("Heading", "标题"),
    "said": ("{fate}: {words}", "{fate}：{words}"),
    "where_many": ("Column {column}, {count} cells", "{column} 列 {count} 格"),
    "where_same": ("{where}: {words}", "{where}：{words}"),
    "column_goes": ("Column {column} goes to", "{column} 列对应"),
    "nowhere": ("left out", "不取"),
    "names_rows": ("names the rows", "行标题"),
    "headed": ("First line is headings", "首行为标题"),
    "only_answers": ("Leave out what gets a mark", "不录入带标记的内容"),
    "replace": ("Replace what stands there", "替换已有内容"),
    "take": ("Take {count} cells (Enter)", "录入 {count} 格（Enter）"),
    "cancel": ("Cancel (Esc)", "取消（Esc）"),
    "reason": ("Why are these values entered?", "为何录入这些值？"),
    "done": ("{count} cells pasted", "已粘贴 {count} 格"),
    "done_rows": ("{count} cells pasted in {rows} rows", "已粘贴 {count} 格，共 {rows} 行"),
    "go_on": ("Go to the rows", "转到这些行"),
    "strike_these": ("Strike out these {count} rows", "划除这 {count} 行"),
    "strike_this": ("Strike out this row", "划除该行"),
    "reason_strike": ("Why are these {count} rows struck out?", "为何划除这 {count} 行？"),
    "struck": ("{count} rows struck out", "已划除 {count} 行"),
    # what was done, read later
    "struck_on": ("Struck out on {date}: {reason}", "{date} 划除：{reason}"),
    "history_pasted": ("{words} (pasted)", "{words}（粘贴）"),
    "history_rest": ("{words} (all the rest)", "{words}（其余一并设置）"),
    # what is set at rest
    "rest_set": ("{count} cells set to {codes}", "{count} 个空格已设为 {codes}"),
    "rest_set_one": ("1 cell set to {codes}", "1 个空格已设为 {codes}"),
    "rest_left": (
        "{count} wait for the investigator's judgement and were left",
        "{count} 项待研究者判断，未作设置",
    ),
    "rest_nothing": ("No cell is empty here; nothing was changed", "此处没有空格，未作更改"),
    "rest_none": (
        "Nothing here has an answer that one key may set",
        "此处没有可一键设置的答案",
    ),
}
