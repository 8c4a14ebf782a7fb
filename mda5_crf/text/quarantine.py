"""Records that are kept and set aside: why, and what to do."""

MESSAGES: dict[str, tuple[str, str]] = {
    "device_unknown": (
        "It is about a participant enrolled at PC {device}, which is not registered here.",
        "它涉及在电脑 {device} 上登记的参与者，而该电脑未在此登记。",
    ),
    # what to do
    "do_register": (
        "Register PC {device} (its card, or an invitation). What it is about then counts by itself.",
        "登记电脑 {device}（登记卡或邀请）。之后相关记录会自动计入。",
    ),
    "do_update": (
        "Update the program: a newer version wrote this. It is judged again at the first opening after that.",
        "更新程序：此记录由较新版本写入。更新后首次打开时会重新判定。",
    ),
    "do_keys": (
        "Take the missing bundles of {who}: the certificate that proves it may still be on its way. If none is "
        "missing, ask the principal investigator of site {site} who made the account.",
        "接收 {who} 缺失的数据包：证明它的证书可能仍在途中。如无缺失，向中心 {site} 的主要研究者询问该账户由谁建立。",
    ),
    "do_principal": (
        "Ask the principal investigator of site {site} whether {person} should have this task; a task given now "
        "counts from now on, not for this record. What was meant has to be entered again by somebody who may.",
        "询问中心 {site} 的主要研究者：{person} 是否应有此任务；现在授予的任务只对今后有效，不适用于此记录。须由有权者重新录入。",
    ),
    "do_site": (
        "Ask {who} (site {site}) what was meant: whoever wrote it may not write this there. It stays set aside.",
        "询问 {who}（中心 {site}）其本意：记录者无权在该处写入。该记录将一直搁置。",
    ),
    "do_definition": (
        "Take the centre's newest bundle: it brings the version of the study definition. It is judged again then.",
        "接收协调中心最新的数据包：其中带有该研究定义版本，届时会重新判定。",
    ),
    "do_second": (
        "Ask site {site} to do it again with a second person who may agree to it.",
        "请中心 {site} 由有权同意的第二人参与，重新执行该操作。",
    ),
    "do_clock": (
        "Ask {who} to declare its clock right (clock correct); the record itself stays set aside.",
        "请 {who} 校正并确认其电脑时钟（clock correct）；该记录本身将一直搁置。",
    ),
    "do_report": (
        "Report these words to the centre: {who} sent something that is damaged or altered. The rest went in.",
        "将这段文字报告给协调中心：{who} 发来的内容已损坏或被改动。其余内容已接收。",
    ),
    "do_nothing": (
        "Nothing: it was not allowed. It stays readable and counts nowhere.",
        "无需处理：该操作不被允许。记录仍可查阅，但不计入任何结果。",
    ),
    # the list
    "none": ("Nothing is set aside.", "没有搁置的记录。"),
    "head_what": ("What", "内容"),
    "head_from": ("From", "来自"),
    "head_when": ("When", "时间"),
    "head_why": ("Why", "原因"),
    "head_do": ("What to do", "处理办法"),
    "again": ("Judge again", "重新判定"),
    "chosen": ("{reason} {words} ({record})", "{reason}{words}（{record}）"),
    "author": ("{person} at {device} (site {site})", "{person}，{device}（中心 {site}）"),
    "judged": (
        "Records that count now: {released}; still set aside: {staying}.",
        "现有 {released} 条记录计入，{staying} 条仍搁置。",
    ),
    "after_upgrade": (
        "Set aside before, understood by this version of the program, and counted now: {count} records.",
        "本版本程序已能识别 {count} 条此前搁置的记录，现已计入。",
    ),
    "waits": (
        "Records set aside, which count nowhere: {count} (menu Sync, What was set aside).",
        "被搁置、不计入的记录：{count} 条（菜单“交换”→“搁置的记录”）。",
    ),
    "words": ("quarantine VAULT list | judge-again", "写法：quarantine VAULT list | judge-again"),
}
