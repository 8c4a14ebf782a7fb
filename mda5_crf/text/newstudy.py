"""A new vault for another study: where its definition comes from, and what was read of it."""

MESSAGES: dict[str, tuple[str, str]] = {
    "study": ("Study", "研究"),
    "own": ("The trial that comes with the program", "本程序自带的研究"),
    "other": ("Another study …", "其他研究…"),
    "place": ("File or folder of the study", "研究文件或文件夹"),
    "kinds": (
        "Studies: ODM, REDCap, XLSForm, workbook (*.xml *.odm *.csv *.xlsx);;All files (*)",
        "研究：ODM、REDCap、XLSForm、工作簿 (*.xml *.odm *.csv *.xlsx);;所有文件 (*)",
    ),
    "choose_folder": ("Folder …", "文件夹…"),
    "report": ("What was read", "读取结果"),
    "how": (
        "An ODM file of any version (also an archive of this program), REDCap's data dictionary, an XLSForm, a "
        "workbook, or a folder with a definition. What becomes of it is shown here before the vault is made.",
        "可选：任意版本的 ODM 文件（包括本程序的存档）、REDCap 数据字典、XLSForm、工作簿，或含研究定义的文件夹。"
        "新建数据库之前，此处先显示读取结果。",
    ),
    "reading": ("Reading {name} …", "正在读取 {name}…"),
    "task": ("Study: {name}", "研究：{name}"),
    "look": (
        "Look at what was read of {name}, then create the vault.",
        "请先查看 {name} 的读取结果，再新建数据库。",
    ),
    "missing": (
        "There is no file or folder {name}. Look whether the stick or drive is there, and choose it again.",
        "找不到文件或文件夹 {name}。请检查U盘或驱动器是否已接入，然后重新选择。",
    ),
    "no_definition": (
        "The folder {name} holds no study.toml, so it is no definition. Choose the folder that has it.",
        "文件夹 {name} 中没有 study.toml，不是研究定义。请选择包含该文件的文件夹。",
    ),
    "folder": ("The definition in the folder {name}.", "文件夹 {name} 中的研究定义。"),
    "archive": (
        "{file} is an archive of this program, whole and unaltered; the vault begins with its definition. Its data come "
        "afterwards with File › Import data.",
        "{file} 是本程序的存档，完整且未经改动；数据库将采用其中的研究定义。其数据可在建库后通过“文件 › 导入数据”导入。",
    ),
    "problems": (
        "{count} problems, so no vault can be made with it. Correct them there and choose it again.",
        "有 {count} 个问题，无法据此新建数据库。请更正后重新选择。",
    ),
}
