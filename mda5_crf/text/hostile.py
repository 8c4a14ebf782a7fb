"""Files of strangers, read in a process of their own: what came of it, and what to do."""

MESSAGES: dict[str, tuple[str, str]] = {
    "file_missing": (
        "{file} cannot be read: it is not there, or another program holds it. Close it there and choose it again.",
        "无法读取 {file}：文件不存在或正被其他程序占用。请在其他程序中关闭后重新选择。",
    ),
    "file_special": (
        "{file} is not an ordinary file. Choose a file on this PC or on a stick.",
        "{file} 不是普通文件。请选择本机或 U 盘上的文件。",
    ),
    "file_large": (
        "{file} is larger than {most} MB. Export it in parts from the program that made it.",
        "{file} 超过 {most} MB。请在生成该文件的程序中分批导出。",
    ),
    "file_changed": (
        "{file} was changed while it was being read, so nothing of it was used. Close it in the other program "
        "and read it again.",
        "读取过程中 {file} 被改动，因此未采用其中任何内容。请在其他程序中关闭该文件后重新读取。",
    ),
    "file_time": (
        "{file}: reading it came to no end ({seconds} seconds without progress) and was stopped. Nothing of it was "
        "used. Ask for the file to be exported again.",
        "{file}：读取持续 {seconds} 秒无进展，已停止，未采用其中任何内容。请对方重新导出该文件。",
    ),
    "file_memory": (
        "{file}: reading it would need more than {most} MB of memory, which no ordinary file of this size does, and "
        "was stopped. Nothing of it was used. Ask for the file to be exported again, in smaller parts.",
        "{file}：读取需要超过 {most} MB 内存，此大小的普通文件不会如此，已停止，未采用其中任何内容。"
        "请对方分成较小的部分重新导出。",
    ),
    "file_output": (
        "{file} unfolds to many times its size, as no ordinary file does. Reading it was stopped and nothing of it "
        "was used. Ask for the file to be exported again.",
        "{file} 展开后的内容为其大小的许多倍，普通文件不会如此。已停止读取，未采用其中任何内容。"
        "请对方重新导出该文件。",
    ),
    "file_died": (
        "{file} cannot be read: it broke off the reading, which a damaged or manipulated file does. Nothing of it was "
        "used. Ask for the file to be exported again.",
        "无法读取 {file}：读取被中断，文件可能已损坏或被篡改。未采用其中任何内容。请对方重新导出该文件。",
    ),
    "empty": (
        "The file is empty. Export it again from the program it came from.",
        "文件为空。请用原程序重新导出。",
    ),
    "large": (
        "The file is larger than {most} MB. Save it in parts.",
        "文件超过 {most} MB。请分成几个文件保存。",
    ),
    "old_book": (
        'The file has an old format (.xls). Open it in Excel or WPS and use "Save as" with the type "Excel workbook '
        '(.xlsx)".',
        "文件为旧格式（.xls）。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”。",
    ),
    "encrypted": (
        "The workbook is protected by a password. Open it in Excel or WPS, save a copy without the password, and "
        "delete that copy afterwards.",
        "工作簿受密码保护。请用 Excel 或 WPS 打开，另存一份不设密码的副本，用后删除该副本。",
    ),
    "no_book": (
        'The file is no workbook that can be read here. Open it in Excel or WPS and use "Save as" with the type '
        '"Excel workbook (.xlsx)".',
        "该文件不是此处可读取的工作簿。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”。",
    ),
    "bomb": (
        "The workbook unfolds to far more than an ordinary one of its size, so it was not opened. Copy the cells that "
        "matter into a new workbook.",
        "工作簿展开后远大于同等大小的普通文件，因此未打开。请将所需单元格复制到新的工作簿。",
    ),
    "damaged": (
        "The workbook is damaged or manipulated: its parts do not fit together. Open it in Excel or WPS, which may "
        "repair it, and save it anew.",
        "工作簿已损坏或被篡改：内部各部分不一致。请用 Excel 或 WPS 打开（可能会修复）后重新保存。",
    ),
    "doctype": (
        "The workbook holds a document type declaration, as no program for workbooks writes it, so it was not read. "
        "Open it in Excel or WPS and save it anew.",
        "工作簿含有文档类型声明，表格软件不会写入此类内容，因此未读取。请用 Excel 或 WPS 打开后重新保存。",
    ),
    "attributes": (
        "An element of the file has more than {most} attributes, as no program writes it, so the file was not read. Ask "
        "for it to be exported again.",
        "文件中有元素的属性超过 {most} 个，任何程序都不会如此写入，因此未读取该文件。请对方重新导出。",
    ),
    "order": (
        "Row {row} of the sheet: its cells do not come in order, so it is not certain which value stands where. Open "
        "it in Excel or WPS and save it anew.",
        "工作表第 {row} 行：单元格次序不正确，无法确定数值所在位置。请用 Excel 或 WPS 打开后重新保存。",
    ),
    "rows": (
        "The sheet has more than {most} rows. Save it in parts.",
        "工作表超过 {most} 行。请分成几个文件保存。",
    ),
    "columns": (
        "Row {row} has more than {most} columns. Delete those that are not needed, or check the delimiter.",
        "第 {row} 行超过 {most} 列。请删除不需要的列，或检查分隔符。",
    ),
    "cell": (
        "Row {row} has a cell with more than {most} characters. Shorten it, or look for a quotation mark that is not "
        "closed.",
        "第 {row} 行有单元格超过 {most} 个字符。请缩短，或检查是否有未闭合的引号。",
    ),
    "record": (
        "A row of the file has more than {most} MB. Look for a quotation mark that is not closed.",
        "文件中有一行超过 {most} MB。请检查是否有未闭合的引号。",
    ),
    "quotes": (
        "Row {row}: a quotation mark opens or closes in the middle of a cell. Within a cell in quotation marks it is "
        "written twice; correct it, or save the file again in Excel or WPS.",
        "第 {row} 行：引号出现在单元格中间。带引号的单元格内，引号须写两次；请更正，或用 Excel 或 WPS 重新保存。",
    ),
    "delimiter": (
        "The cells of a CSV file are separated by a comma, semicolon, tab or vertical bar. Choose one of these.",
        "CSV 文件的单元格须以逗号、分号、制表符或竖线分隔。请选择其中之一。",
    ),
    "encoding": (
        'The text of the file is in none of the encodings known here (UTF-8, UTF-16, GB18030). Save it as "CSV UTF-8" '
        "in Excel or WPS.",
        "文件文本的编码不是此处支持的编码（UTF-8、UTF-16、GB18030）。请用 Excel 或 WPS 另存为“CSV UTF-8”。",
    ),
    "binary": (
        "The file is no text and no workbook. Choose a file of the type .xlsx or .csv.",
        "该文件既不是文本也不是工作簿。请选择 .xlsx 或 .csv 文件。",
    ),
    "page": (
        'The file is a web page or XML, whatever its name says. Open it in Excel or WPS and use "Save as" with the type '
        '"Excel workbook (.xlsx)".',
        "无论文件名如何，该文件实际是网页或 XML。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”。",
    ),
}
