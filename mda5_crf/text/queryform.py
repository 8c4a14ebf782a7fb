"""The paper form of a query."""

MESSAGES: dict[str, tuple[str, str]] = {
    "document": ("Queries on paper", "纸质质疑单"),
    "title": ("Query, paper no. {number}", "质疑单，纸单编号 {number}"),
    "once": (
        "This paper is taken once; for another answer print it anew.",
        "本单仅可录入一次；如需再次答复，请重新打印。",
    ),
    "row_form": ("Form", "表单"),
    "row_item": ("Item", "条目"),
    "row_level": ("About", "针对"),
    "row_value": ("Value when printed", "打印时的数值"),
    "row_check": ("Check", "核查编号"),
    "row_asked": ("Asked by, on", "提出人及日期"),
    "row_query": ("Query", "质疑编号"),
    "asked": ("{name}, {day}", "{name}, {day}"),
    "no_value": ("nothing entered", "未录入"),
    "by_program": ("the program", "程序"),
    "question": ("Question", "质疑内容"),
    "answer": ("Answer, as it follows from the source", "答复（依据源文件）"),
    "written_by": ("Answered by (name)", "答复人（姓名）"),
    "signature": ("Signature", "签名"),
    "date": ("Date", "日期"),
    "said": ("{name}, {day}, {state}: {text}", "{name}，{day}，{state}：{text}"),
    "how": (
        'Back at the PC: Queries (Ctrl+Shift+Q), line "Code from a paper query". Type the code or read the'
        " picture with a scanner; then type the answer as written here, the name and the date.",
        "回到电脑后：打开“质疑”页（Ctrl+Shift+Q），在“纸质质疑单上的编码”一栏键入编码或用扫码枪读取图形，"
        "再按本单所写录入答复、姓名和日期。",
    ),
}
