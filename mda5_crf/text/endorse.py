"""Answers that only an investigator may decide, transcribed by others: the list and what endorsing says."""

MESSAGES: dict[str, tuple[str, str]] = {
    "numbered": ("{name} {number}", "{name} {number}"),
    "other_site": (
        "This participant belongs to site {site}; its investigators decide there.",
        "该参与者属于中心 {site}，由该中心的研究者判断。",
    ),
    "changed": (
        "{place}, {item}: the answer has changed since it was shown, or waits no longer. Look again.",
        "{place}“{item}”的回答在显示之后已更改或已不待认可，请重新查看。",
    ),
    "conflict": (
        "{place}, {item}: two different answers stand there. Decide between them first.",
        "{place}“{item}”有两个不同的答案，请先确定其中之一。",
    ),
    "done_one": ("1 answer is endorsed.", "已认可 1 项回答。"),
    "done_many": ("{count} answers are endorsed.", "已认可 {count} 项回答。"),
    "nothing": ("No answer waits for an investigator.", "没有待研究者认可的回答。"),
    "title": ("Answers for the investigator", "待研究者认可的回答"),
    "about": (
        "Somebody else entered these answers, which an investigator decides. Space endorses the chosen ones as they"
        " stand here; Enter opens one.",
        "以下回答须由研究者判断，现由他人录入。按空格键按所示内容认可选中的回答，按回车键打开。",
    ),
    "about_others": (
        "Somebody else entered these answers, which an investigator decides. Enter opens one.",
        "以下回答须由研究者判断，现由他人录入。按回车键打开。",
    ),
    "column_where": ("Where", "位置"),
    "column_item": ("Question", "问题"),
    "column_value": ("Answer", "回答"),
    "column_person": ("Entered by", "录入人"),
    "column_origin": ("How, when", "方式、时间"),
    "origin_": ("typed", "键入"),
    "origin_pasted": ("pasted", "粘贴"),
    "origin_rest": ("set with the rest", "批量设定"),
    "origin_at": ("{origin}, {at}", "{origin}，{at}"),
    "one": ("Endorse the chosen (Space)", "认可选中项（空格）"),
    "all": ("Endorse all {count} shown", "认可所示全部 {count} 项"),
    "open": ("Open (Enter)", "打开（回车）"),
    "subject": ("Participant", "参与者"),
    "everybody": ("All participants", "全部参与者"),
    "heading": ("{subject}: {count}", "{subject}：{count}"),
    "as_signed": (
        "Signing this form endorses {count} answers that others entered.",
        "签署本表即认可他人录入的 {count} 项须由研究者判断的回答。",
    ),
    "rest_own": (
        "{count} judgements set as the investigator's own: {codes}",
        "已按研究者本人的判断设定 {count} 项：{codes}",
    ),
}
