"""The pages that show what the data say: tables and pictures, and line listings."""

MESSAGES: dict[str, tuple[str, str]] = {
    "parts": ("Parts", "内容"),
    "view_name": ("Tables and pictures of the part: {title}", "该部分的表和图：{title}"),
    "picture_name": (
        "Picture: {title}. Its numbers stand in the tables.",
        "图：{title}。相应数字见表格。",
    ),
    "course": ("Course of a participant", "参与者病程"),
    "whose": ("Participant", "参与者"),
    "no_course": (
        "Nobody has a first dose yet: the course of a participant begins with it.",
        "尚无参与者用药：病程自首次用药起显示。",
    ),
    "empty": (
        "Nobody is enrolled in this vault yet, so there is nothing to count. Enrol the first participant with Ctrl+N on the status matrix, then read again with F5.",
        "本数据库尚无参与者，因此没有可统计的内容。请在状态矩阵按 Ctrl+N 登记第一名参与者，然后按 F5 重新读取。",
    ),
    "reading": ("Reading what the data show …", "正在统计数据…"),
    "cancelled": (
        "Reading was cancelled: nothing is shown. Read again with F5.",
        "已取消读取，未显示内容。按 F5 重新读取。",
    ),
    "stale": (
        "Something was recorded since these tables were made. Read again with F5.",
        "上述统计之后又有新记录。按 F5 重新读取。",
    ),
    "again": ("Read again (F5)", "重新读取（F5）"),
    "matrix": ("Status matrix", "状态矩阵"),
    "print": ("Save as PDF …", "保存为 PDF…"),
    "print_title": ("What the data show, into", "数据总览保存到"),
    "printed": ("Saved: {file}, {pages} pages.", "已保存：{file}，{pages} 页。"),
    # line listings
    "listing": ("Line listings", "数据列表"),
    "form": ("Form", "表单"),
    "where": ("Only where", "筛选条件"),
    "where_hint": ("such as {example}; several with ;", "例如 {example}；多个条件用分号隔开"),
    "columns": ("Columns …", "列…"),
    "columns_name": ("Columns that are shown and saved", "显示和保存的列"),
    "columns_all": ("All columns", "全部列"),
    "list": ("List (Enter)", "列出（回车）"),
    "listing_reading": ("Listing {form} …", "正在列出 {form}…"),
    "choose_form": (
        "Choose a form and press List. A filter is item, sign, words: = != < > <= >=, and ~ for: contains.",
        "选择表单后按“列出”。筛选条件为：条目、符号、文字；符号可用 = != < > <= >=，~ 表示“包含”。",
    ),
    "no_rows": (
        "{said} Nothing is listed: change the filter, or choose another form.",
        "{said} 没有可列出的行：请修改筛选条件，或选择其他表单。",
    ),
    "open": ("Open (Enter)", "打开（回车）"),
    "save_sheet": ("Save as workbook or CSV …", "保存为工作簿或 CSV…"),
    "save_title": ("Listing into", "列表保存到"),
    "sheet_files": ("Workbook (*.xlsx);;CSV (*.csv)", "工作簿 (*.xlsx);;CSV (*.csv)"),
    "sheet_kind": (
        "{file} ends neither in .xlsx nor in .csv. Give it one of these endings.",
        "{file} 的后缀不是 .xlsx 或 .csv。请改用其中一种后缀。",
    ),
    "saved_sheet": (
        "Saved: {file}, {rows} rows. The file is in clear.",
        "已保存：{file}，{rows} 行。文件未加密。",
    ),
    "no_columns": ("No column is chosen. Tick at least one.", "未选择任何列，请至少勾选一列。"),
}
