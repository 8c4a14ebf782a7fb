"""Datasets for statistics: columns that every table has, what was changed to fit, and what is said."""

MESSAGES: dict[str, tuple[str, str]] = {
    # columns
    "col_studyid": ("Study", "研究编号"),
    "col_siteid": ("Site", "中心编号"),
    "col_subjid": ("Participant number", "参与者编号"),
    "col_usubjid": ("Participant, unique across studies", "参与者唯一编号"),
    "col_visit": ("Visit", "访视"),
    "col_visitnum": ("Visit, in order", "访视顺序号"),
    "col_visitrep": ("Which repeat of the visit", "访视的第几次"),
    "col_form": ("Form", "表单"),
    "col_formrep": ("Which repeat of the form", "表单的第几次"),
    "col_row": ("Row of the log", "记录表行号"),
    "col_formstat": ("Status of the form", "表单状态"),
    "col_itemgrp": ("Group of the form", "表单分组"),
    "col_item": ("Item", "条目"),
    "col_itemlbl": ("Label of the item", "条目名称"),
    "col_state": ("Why it stands here", "列入原因"),
    "col_typed": ("As typed", "原始录入"),
    "col_unit": ("Unit as typed", "录入单位"),
    "col_missing": ("Missing code", "缺失代码"),
    "col_record": ("Record of the journal", "日志记录"),
    "col_char": ("{label}: as it reads", "{label}：结果文本"),
    "col_choice": ("{label}: {choice}", "{label}：{choice}"),
    "col_miss": ("{label}: why there is no value", "{label}：缺失原因"),
    "chosen": ("chosen", "已选"),
    "not_chosen": ("not chosen", "未选"),
    # tables
    "table_of_group": ("{form}: {group}", "{form}：{group}"),
    "astyped": ("Answers that no other table can hold", "其他数据表无法容纳的录入"),
    "structure_form": ("one row per participant, visit and form", "每名参与者每次访视每张表单一行"),
    "structure_row": (
        "one row per participant, visit, form and row of the log",
        "每名参与者每张表单每行记录一行",
    ),
    "structure_aside": ("one row per answer", "每条录入一行"),
    # why an answer stands in ASTYPED
    "state_nonconformant": ("is no value of its type", "不符合类型"),
    "state_converted": ("typed in another unit; converted in its table", "以其他单位录入，数据表中已换算"),
    "state_not_applicable": ("entered, and the question no longer applies", "已录入但问题不再适用"),
    "state_conflict": (
        "two PCs entered different values; this one is shown",
        "两台电脑录入不一致，此为所示值",
    ),
    "state_no_longer_asked": ("the form's version no longer asks for it", "表单所用版本已不再询问"),
    "state_other_version": ("does not fit the type that the newest version has", "不符合最新版本的类型"),
    "state_interval": ("between two numbers, or below or above one", "介于两数之间，或低于、高于某数"),
    "state_missing": (
        "missing, with its reason; the table has no column for that",
        "缺失并附原因，数据表无对应列",
    ),
    "state_no_place": ("the shape has no place for it", "该结构中没有对应位置"),
    # what was changed to fit a format
    "change_renamed": ("got a name that the format takes", "改用格式允许的名称"),
    "change_label_shortened": (
        "label shortened; the codebook has all of it",
        "标签已缩短，完整内容见编码手册",
    ),
    "change_label_plain": ("label written in ASCII", "标签改写为 ASCII 字符"),
    "change_split": (
        "text longer than the format takes; continued in columns of its own",
        "文本超过格式上限，续写于后续列",
    ),
    "change_as_text": (
        "has numbers with more digits than the format's numbers hold; the column is text",
        "含有位数超过格式数值精度的数字，该列改为文本",
    ),
    "change_nearest": (
        "computed numbers with more digits than the format's numbers hold; the nearest number stands there",
        "计算值位数超过格式数值精度，所列为最接近的数值",
    ),
    "change_text_cells": (
        "numbers with more digits than a spreadsheet holds; these cells are text",
        "数字位数超过电子表格精度，这些单元格为文本",
    ),
    "change_numbered": (
        "codes are numbers here, as only numbers can have labels",
        "该格式只有数字可带标签，编码改为数字",
    ),
    "change_wide": (
        "has texts that are not ASCII, written as UTF-8: open it in a session with that encoding",
        "含非 ASCII 文本，以 UTF-8 写入，请在该编码的会话中打开",
    ),
    "change_blank_end": (
        "has texts that end in blanks; the format does not keep these blanks",
        "含以空格结尾的文本，该格式不保留结尾空格",
    ),
    "change_no_user_missing": (
        "has numbers as low as those that stand for missing reasons; the reasons stand in their own column only",
        "含有与缺失代码同样小的数值，缺失原因仅列于其专用列",
    ),
    "change_choice_shortened": ("label of a code shortened", "编码标签已缩短"),
    "change_escaped": (
        "texts that a spreadsheet would take for formulas have an apostrophe in front; the column ESCAPED names them",
        "可能被电子表格当作公式的文本前加了撇号，见 ESCAPED 列",
    ),
    # the codebook
    "sheet_codebook": ("Codebook", "编码手册"),
    "sheet_codes": ("Codes", "编码"),
    "sheet_changes": ("Changes", "变更"),
    "book_table": ("Table", "数据表"),
    "book_file": ("File", "文件"),
    "book_table_label_en": ("Table, English", "数据表（英文）"),
    "book_table_label_zh": ("Table, Chinese", "数据表（中文）"),
    "book_structure_en": ("What a row is, English", "每行含义（英文）"),
    "book_structure_zh": ("What a row is, Chinese", "每行含义（中文）"),
    "book_rows": ("Rows", "行数"),
    "book_variable": ("Column in the file", "文件中的列名"),
    "book_model_variable": ("Column in the model", "模型中的列名"),
    "book_part": ("Part of a long text", "长文本的第几段"),
    "book_label_en": ("Label, English", "标签（英文）"),
    "book_label_zh": ("Label, Chinese", "标签（中文）"),
    "book_type": ("Type", "类型"),
    "book_role": ("What it is for", "用途"),
    "book_of": ("Belongs to column", "所属列"),
    "book_unit": ("Unit", "单位"),
    "book_codelist": ("Codelist", "编码表"),
    "book_item": ("Item of the form", "表单条目"),
    "book_annotation": ("SDTM annotation", "SDTM 注释"),
    "book_derived": ("Computed", "计算得出"),
    "book_filled": ("Cells with a value", "有值的单元格数"),
    "book_longest": ("Longest text, characters", "最长文本字符数"),
    "book_escaped": ("Cells that look like formulas", "形似公式的单元格数"),
    "book_code": ("Code", "编码"),
    "book_number": ("Number in Stata", "Stata 中的数字"),
    "book_missing_as": ("As a missing value", "作为缺失值"),
    "book_change": ("Change", "变更"),
    "book_change_en": ("What was done, English", "变更说明（英文）"),
    "book_change_zh": ("What was done, Chinese", "变更说明（中文）"),
    "book_before": ("Before", "变更前"),
    "book_after": ("After", "变更后"),
    "shape_forms": ("one table per form", "每张表单一个数据表"),
    "shape_sdtm": ("SDTM-like tables from the annotations", "按注释生成的类 SDTM 数据表"),
    "draft": (
        "DRAFT, made from the study definition and its annotations. It claims conformance with no standard, and derivations and pages are not described. Complete and check it before it is submitted.",
        "草稿，依据研究定义及其注释生成。不声明符合任何标准，未描述推导方法与页码。提交前须补充并核对。",
    ),
    "readme": (
        "Data of study {study}, definition {version}, read {made} UTC: {shape}, as {format}.\n\n"
        "data: the tables. codebook: every column, its type, unit and codes (CSV for reading, JSON for scripts, "
        "XLSX for both). codebook-codes.csv: every code. changes.csv: what is otherwise in these files than in "
        "the model, because the format takes no more: names, labels, long texts.\n"
        "read_export.py and read_export.R read all of it with types and codes. define.xml is a draft of "
        "Define-XML 2.1. manifest.sha256 names every file with its SHA-256 sum; sha256sum -c checks it.\n\n"
        "A cell without a value is empty; columns ending in _MISS say why, columns ending in _CHAR what a result "
        "reads as when it is no plain number. Numbers stand in the unit of the codebook. A partial date is as it "
        "was entered, nothing is imputed. ASTYPED holds every answer that no other table can hold: text that is "
        "no value of its type, numbers typed in another unit, answers that no longer apply.\n\n"
        "The files hold participants' data in clear. Keep them where the vault may lie; send them only inside a "
        "carrier.",
        "研究 {study} 的数据，定义版本 {version}，读取时间 {made}（UTC）：{shape}，格式 {format}。\n\n"
        "data：数据表。codebook：各列的类型、单位与编码（CSV 供阅读，JSON 供脚本，XLSX 两者皆可）。"
        "codebook-codes.csv：全部编码。changes.csv：因格式限制而与模型不同之处：名称、标签、长文本。\n"
        "read_export.py 与 read_export.R 可连同类型和编码读入全部数据。define.xml 是 Define-XML 2.1 草稿。"
        "manifest.sha256 列出各文件的 SHA-256，可用 sha256sum -c 核对。\n\n"
        "没有数值的单元格为空；以 _MISS 结尾的列说明原因，以 _CHAR 结尾的列给出非纯数字结果的文本。"
        "数值以编码手册所列单位表示。不完整日期按录入原样，不作任何填补。ASTYPED 收录其他数据表无法容纳的录入："
        "不符合类型的文本、以其他单位录入的数字、不再适用的录入。\n\n"
        "文件以明文包含参与者数据，请按与数据库同等的要求保管，传送时须置于加密载体文件中。",
    ),
    # the window
    "window_title": ("Export to", "导出至"),
    "window_language": ("Language of labels", "标签语言"),
    "window_act": ("Export", "导出"),
    "window_kinds": ("Exports (*.zip *.xlsx *.xml)", "导出文件 (*.zip *.xlsx *.xml)"),
    "window_format": ("Format", "格式"),
    "window_shape": ("Shape of the tables", "数据表结构"),
    "window_whose": ("Whose data", "导出对象"),
    "window_task": ("Exporting to {name}", "正在导出至 {name}"),
    "window_busy": (
        "An export is being made. Wait until it is written, or cancel it.",
        "正在导出。请待写入完成，或先取消。",
    ),
    "window_safe": (
        "Only the PC named can open the carrier; the data never lie on the disk in clear.",
        "仅所列电脑可打开加密载体文件，数据不会以明文存于磁盘。",
    ),
    "format_csv": ("CSV (Excel, WPS, any program)", "CSV（Excel、WPS 等）"),
    "format_xlsx": ("Workbook (.xlsx)", "工作簿 (.xlsx)"),
    "format_xpt": ("SAS transport (.xpt)", "SAS 传输文件 (.xpt)"),
    "format_sav": ("SPSS (.sav)", "SPSS 数据文件（.sav）"),
    "format_dta": ("Stata (.dta)", "Stata 数据文件（.dta）"),
    "format_dataset_json": ("Dataset-JSON 1.1", "Dataset-JSON 1.1 数据集"),
    "format_odm": ("ODM 1.3.2, state", "ODM 1.3.2（现状）"),
    "format_odm2": ("ODM 2.0, state", "ODM 2.0（现状）"),
    "format_odm_transactional": ("ODM 1.3.2, every change of the data", "ODM 1.3.2（数据的每次更改）"),
    "format_odm_archive": ("ODM 1.3.2, whole history", "ODM 1.3.2（全部历史）"),
    # what is said
    "written": (
        "Written to {name}. Tables: {tables}, rows: {rows}, participants: {participants}; SHA-256 {sha256}.",
        "已写入 {name}：{tables}个数据表，{rows}行，{participants}名参与者；SHA-256 {sha256}。",
    ),
    "changed": (
        "Changed to fit the format: {count}, each named in the list of changes.",
        "为符合格式所作变更：{count}处，均列于变更清单。",
    ),
    "set_aside": (
        "Answers that no typed column can hold, or not alone: {count}; see the table ASTYPED.",
        "有类型的列无法单独容纳的录入：{count}条，见数据表 ASTYPED。",
    ),
    "no_annotations": (
        "No item of this study is annotated for SDTM. Export one table per form instead.",
        "本研究没有条目带 SDTM 注释，请改用每张表单一个数据表的结构。",
    ),
    "needs_stats": (
        "SPSS and Stata files need two packages that are not installed here: {command}. CSV, .xlsx, .xpt and Dataset-JSON need none.",
        "SPSS 和 Stata 文件需要本机未安装的两个软件包：{command}。CSV、.xlsx、.xpt 与 Dataset-JSON 无此需要。",
    ),
    "not_in_carrier": (
        "{format} files cannot go straight into a carrier: they are written in clear first. Export CSV, .xlsx, .xpt or Dataset-JSON, or a file in clear.",
        "{format} 文件须先以明文写出，不能直接放入加密载体。请导出 CSV、.xlsx、.xpt 或 Dataset-JSON，或导出明文文件。",
    ),
    "not_plain": (
        "Columns with texts that are not ASCII: {count} ({columns}). Translate them, or export without that restriction.",
        "含非 ASCII 文本的列：{count}个（{columns}）。请译写后再导出，或不作此限制。",
    ),
    "not_written": (
        "Table {table} could not be written in this format; nothing was exported. Choose another format.",
        "数据表 {table} 无法以该格式写出，未导出任何内容。请选择其他格式。",
    ),
    "only_odm": (
        "--plain is for ODM files; use --raw for CSV without anything added.",
        "--plain 仅用于 ODM 文件；不加任何内容的 CSV 请用 --raw。",
    ),
    "only_data": (
        "This option is for datasets, not for ODM files: {option}.",
        "该选项仅用于数据集，不用于 ODM 文件：{option}。",
    ),
    "exists": (
        "{name} is there already; an export never replaces another. Name another place.",
        "{name} 已存在；导出不会覆盖已有内容。请另选位置。",
    ),
    "no_folder": (
        "There is no folder {folder}. Make it first, or name another.",
        "文件夹 {folder} 不存在。请先新建，或另选文件夹。",
    ),
    "part_there": (
        "{name} is left from an export that was broken off, or one is being made there now. Look at it and delete it, then export again.",
        "{name} 是中断的导出所遗留，或当前正在该处导出。请查看并删除后重新导出。",
    ),
    "disk_full": (
        "The disk of {folder} is full; nothing of the export was left there. Free some space or name another place.",
        "{folder} 所在磁盘已满，未留下任何导出内容。请腾出空间或另选位置。",
    ),
    "cannot_write": (
        "{name} cannot be written; nothing of the export was left there. Check that the folder may be written to, or name another.",
        "无法写入 {name}，未留下任何导出内容。请确认该文件夹可写，或另选文件夹。",
    ),
}
