"""Redaction with trace."""

MESSAGES: dict[str, tuple[str, str]] = {
    "confirmers": (
        "A redaction is confirmed by an investigator or a data manager.",
        "涂除须由研究者或数据管理员确认。",
    ),
    "none": ("Name the records whose content is to be emptied.", "须指明要清空内容的记录。"),
    "unknown": ("There is no record {record} here.", "此处没有记录 {record}。"),
    "gone": (
        "The content of {record} is not here: it was redacted already or never came.",
        "记录 {record} 的内容不在此处：已被涂除或从未收到。",
    ),
    "other_site": (
        "Record {record} belongs to another site, which redacts it itself.",
        "记录 {record} 属于其他中心，须由该中心自行涂除。",
    ),
    "kind": (
        "Nobody types into a record like {record}, or others are proved by it. It stays.",
        "记录 {record} 不含手工录入的文字，或为其他记录的证明依据，须予保留。",
    ),
    "state_right": (
        "Among the records are words of a query, strike or status that stand, and you may not say that state again. "
        "Ask an investigator to confirm.",
        "所选记录含有现行的质疑、划除或状态，而您无权重新记录该状态，须由研究者确认。",
    ),
    "why": ("Say in words why it has to go, without repeating it.", "须说明涂除理由，且不得重复该内容。"),
    "no_proposal": ("No proposal {proposal} waits.", "没有待确认的提议 {proposal}。"),
    "title": ("Redaction with trace", "留痕涂除"),
    "records": ("Records of the item", "该条目的记录"),
    "stands": ("Proposals and redactions", "提议与涂除"),
    "head_when": ("When", "时间"),
    "head_who": ("By", "操作人"),
    "head_where": ("Where", "位置"),
    "head_what": ("What", "内容"),
    "head_state": ("State", "状态"),
    "head_records": ("Records", "记录"),
    "head_why": ("Why", "理由"),
    "head_left": ("Still contains it", "仍含该内容之处"),
    "both": ("Redact with a second person …", "与第二人共同涂除…"),
    "propose": ("Propose …", "提议…"),
    "confirm": ("Confirm …", "确认…"),
    "withdraw": ("Withdraw …", "撤回…"),
    "withdraw_about": ("Nothing was emptied yet.", "尚未清空任何内容。"),
    "waits": ("waits for a second person", "待第二人确认"),
    "emptied": ("emptied", "已清空"),
    "unemptied": ("not yet emptied here", "此处尚未清空"),
    "about": (
        "Personal data typed by mistake are emptied for good; who did it, when and why stays. Space ticks records.",
        "误录的个人信息将被永久清空；操作人、时间和理由予以保留。按空格键勾选记录。",
    ),
    "from_item": (
        "To redact, put the keyboard into the item and open this page from there.",
        "如需涂除，须先将光标置于该条目，再打开本页。",
    ),
    "reason": ("Why, without repeating it", "理由（不得重复该内容）"),
    "left": ("Still contains it; who sees to it", "仍含该内容之处；负责人"),
    "others": ("also {count} other records with the same words", "并涂除含相同文字的另外 {count} 条记录"),
    "own": ("Own password", "本人密码"),
    "second_why": (
        "An investigator or a data manager confirms that it has to go.",
        "由研究者或数据管理员确认须予涂除。",
    ),
    "nothing": ("Nothing was redacted, and no proposal waits.", "没有涂除记录，也没有待确认的提议。"),
    "proposal_needed": ('Name the proposal, as "redact list" shows it.', "须指明“redact list”所列的提议。"),
    "item_needed": ("Name participant, visit, form and item.", "须指明参与者、访视、表单与条目。"),
    "done_propose": (
        "Proposed as {proposal}. Another person confirms it.",
        "已提议，编号 {proposal}，须由另一人确认。",
    ),
    "done_withdraw": ("The proposal is withdrawn.", "提议已撤回。"),
    "done": (
        "The content is emptied here, in the log and in the local backups (record {record}). Every PC that takes the "
        "next bundle empties its copy too.",
        "内容已在此处、日志和本地备份中清空（记录 {record}）。其他电脑接收下一个数据包后也将清空。",
    ),
    "in_print": ("pages printed {at}", "{at} 打印的纸页"),
    "in_export": ("file exported {at}", "{at} 导出的文件"),
    "in_bundle": (
        "bundle {number} to {peer}, {at}: the file on its stick or in the mail",
        "{at} 发往 {peer} 的第 {number} 号数据包：优盘或邮件中的文件",
    ),
    "second_rebuilt": (
        "Copies at the second place: replaced at once by one without it",
        "第二存放处的备份：将立即由不含该内容的新备份替换",
    ),
    "second_away": (
        "Copies at the second place, which is not there now: replaced with the next copy that gets there",
        "第二存放处的备份（当前不在）：在下次备份到达该处时替换",
    ),
    "in_copies": (
        "copies of the vault's folder made elsewhere (sticks, file servers, old backups)",
        "在他处复制的数据库文件夹（优盘、文件服务器、旧备份）",
    ),
}
