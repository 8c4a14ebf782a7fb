"""The source data list: per item what it is transcribed from, or that it is written here first."""

MESSAGES: dict[str, tuple[str, str]] = {
    "title": ("Source data list", "源数据清单"),
    "calculated": ("Calculated by the program", "由程序计算"),
    "unknown": ("Not stated", "未注明"),
    "about": (
        "For every item of every form: what its answer is transcribed from, or that it is entered here first and"
        " this record is its source. The investigator confirms the list before the first participant and after"
        " every change.",
        "逐表逐条列明：答案转录自何种源文件，或首次直接录入本系统、以本系统记录为源数据。"
        "首例参与者入组前及每次变更后，由研究者确认本清单。",
    ),
    "form_line": ("{form}: source data verification: {level}", "{form}：源数据核查范围：{level}"),
    "column_item": ("Item", "条目"),
    "column_question": ("Question", "问题"),
    "column_source": ("Source", "源数据"),
    "confirmed_by": ("Confirmed by the investigator (name)", "研究者确认（姓名）"),
    "signature": ("Signature", "签名"),
    "date": ("Date", "日期"),
    "version": (
        "Source data list, {study}, definition {version}, {hash}",
        "源数据清单，{study}，定义版本 {version}，{hash}",
    ),
    "key": ("{source}; key item", "{source}；关键条目"),
    "guidance_line": ("Source: {source}", "源数据：{source}"),
}
