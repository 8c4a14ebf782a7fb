"""Proposals of protocol deviations."""

MESSAGES: dict[str, tuple[str, str]] = {
    "state_open": ("proposed", "待处理"),
    "state_taken": ("recorded", "已记录"),
    "state_dismissed": ("dismissed", "已排除"),
    "already_taken": (
        "What {check} proposes is in the deviation log already.",
        "{check} 提出的方案偏离已记入偏离日志。",
    ),
    "already_dismissed": (
        "What {check} proposes has been dismissed with a reason. Correct the value it is about to ask again.",
        "{check} 提出的方案偏离已附理由排除；更正相关数据后会重新提出。",
    ),
    "gone": (
        "{check} no longer proposes a deviation here: the data have changed.",
        "数据已变更，{check} 在此不再提出方案偏离。",
    ),
    "hard": (
        "{check} cannot be dismissed: record the deviation, or correct the data.",
        "{check} 不能排除：请记录方案偏离，或更正数据。",
    ),
    "unknown": (
        "There is no proposal {proposal}. List the proposals to see their names.",
        "没有提议 {proposal}，请先列出提议以查看其名称。",
    ),
    # In the window.
    "title": ("Deviations", "方案偏离"),
    "proposed": ("Deviations proposed: {count}", "待处理方案偏离：{count}"),
    "hint": ("Deviations proposed here: {count} (Ctrl+D)", "此处待处理方案偏离：{count}（Ctrl+D）"),
    "item": ("{check} – {state}\n{text}\n{place}", "{check} – {state}\n{text}\n{place}"),
    "take": ("Take over into the log", "记入偏离日志"),
    "dismiss": ("Dismiss with a reason …", "附理由排除…"),
    "reason_dismiss": ("Why is what {check} says no deviation?", "{check} 提出的内容为何不构成方案偏离？"),
    "reason_log": (
        "The deviation log is complete. Why does it change for {check}?",
        "偏离日志已完成，为何因 {check} 而更改？",
    ),
    "uncommitted": (
        "Something on this form is not saved yet. Give the reason or put the value back first.",
        "本表尚有未保存的内容，请先填写原因或恢复原值。",
    ),
    "none": ("No deviations are proposed.", "没有提出的方案偏离。"),
    "recorded": ("Recorded as {row}.", "已记录为 {row}。"),
    "dismissed": ("Dismissed: {check}.", "已排除：{check}。"),
    "word_needed": (
        "Name one proposal by the letters and digits that the list shows.",
        "请用列表中显示的名称指明一条提议。",
    ),
    "reason_needed": (
        "Say why this is no deviation, with --reason.",
        "请用 --reason 说明为何不构成方案偏离。",
    ),
}
