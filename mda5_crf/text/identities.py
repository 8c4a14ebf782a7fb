"""The identification list of the site: names beside participants' numbers."""

MESSAGES: dict[str, tuple[str, str]] = {
    "none_yet": (
        "No identification list was begun in this vault. The principal investigator begins it.",
        "本数据库尚未建立鉴认代码表，须由主要研究者建立。",
    ),
    "no_grant": (
        "Your account has not been given the identification list. A keeper who holds it can do so.",
        "您的账户未获授权打开鉴认代码表，可由持有该表的密钥保管人授权。",
    ),
    "closed": (
        "The identification list is closed. Open it with your password.",
        "鉴认代码表已关闭，请用密码重新打开。",
    ),
    "key_does_not_fit": (
        "No key you hold opens the identification list (people.db). The file may come from another copy of the"
        " vault; take it back from a backup.",
        "您持有的密钥均不能打开鉴认代码表（people.db）。该文件可能来自数据库的其他副本，请从备份恢复。",
    ),
    "grant_role": (
        "The list stays with the site: {login} is neither investigator nor data entry.",
        "该表仅限本中心人员：{login} 不是研究者或数据录入人员。",
    ),
    "holds_already": ("{login} holds the list already.", "{login} 已可打开该表。"),
    "holds_not": ("{login} does not hold the list.", "{login} 不能打开该表。"),
    "revoke_own": (
        "Nobody takes the list from the own account; another keeper does.",
        "不能取消自己的授权，须由另一位密钥保管人操作。",
    ),
    "twice": (
        "This number stands at participant {other} already. Give a reason to enter it here too.",
        "该号码已用于参与者 {other}。如确需重复录入，请填写原因。",
    ),
    "reason_needed": (
        "Say why what was entered changes.",
        "请填写更改原因。",
    ),
    "field_unknown": ("A field is one of: {known}.", "字段须为：{known}。"),
    "field_long": (
        "At most {count} characters, without control characters.",
        "最多 {count} 个字符，不得含控制字符。",
    ),
    "idno_check": (
        "The check digit of the id-number does not fit. Compare it with the document.",
        "身份证号校验码不符，请与证件核对。",
    ),
    "phone_form": (
        "A telephone number has digits, spaces, brackets and hyphens.",
        "电话号码只能含数字、空格、括号和连字符。",
    ),
    "granted": ("{login} may open the identification list.", "{login} 已获授权打开鉴认代码表。"),
    "revoked": (
        "{login} opens the list no longer; its key was renewed.",
        "{login} 已不能打开鉴认代码表，其密钥已更新。",
    ),
    "set": ("Participant {subject}: entered.", "参与者 {subject}：已录入。"),
    "printed": ("{pages} pages written to {file}.", "已将 {pages} 页写入 {file}。"),
    "field_name": ("Name", "姓名"),
    "field_initials": ("Initials", "姓名缩写"),
    "field_hospital": ("Hospital number", "住院/门诊号"),
    "field_phone": ("Telephone", "联系电话"),
    "field_idno": ("Id-number", "身份证号"),
    "field_note": ("Note", "备注"),
    "number": ("Number", "编号"),
    # On paper.
    "paper_codes": ("Subject identification code list", "参与者鉴认代码表"),
    "paper_screening": ("Screening and enrolment log", "参与者筛选入选表"),
    "paper_facts": ("Study {study}, site {site}", "研究 {study}，中心 {site}"),
    "paper_stays": (
        "Stays at the site. Never to the sponsor, never with the case report forms.",
        "由研究中心保存，不得提供给申办者，不得与病例报告表一同存放。",
    ),
    "paper_signature": ("Principal investigator, date", "主要研究者签名、日期"),
    "paper_foot": (
        "Printed {at} by {by}. Page {page} of {pages}",
        "{at} 由 {by} 打印，第 {page} 页，共 {pages} 页",
    ),
    # On the command line.
    "subject_needed": (
        "Name the participant, then FIELD=FILE for each field.",
        "请指明参与者，然后以“字段=文件”给出各项内容。",
    ),
    "output_needed": ("Say where the PDF goes, with --output.", "请用 --output 指明 PDF 的位置。"),
    "field_file": (
        "Write FIELD=FILE: what identifies a person is not typed on a command line.",
        "请写成“字段=文件”：可识别个人的内容不在命令行输入。",
    ),
    "print_what": ("What is printed is one of: {known}.", "可打印的内容：{known}。"),
    # In the window.
    "title": ("Identification list", "鉴认代码表"),
    "notice": (
        "Names stand here alone, under a key of their own. The list closes when you leave this page.",
        "姓名只保存在此表中，并以单独的密钥加密。离开本页即自动关闭。",
    ),
    "notice_none": (
        "No identification list was begun in this vault. Opening it begins one, if you may.",
        "本数据库尚未建立鉴认代码表。有权限者打开本页即可建立。",
    ),
    "own_password": ("Your password", "您的密码"),
    "open": ("Open", "打开"),
    "close": ("Close the list", "关闭该表"),
    "search": ("Search", "搜索"),
    "field_reason": ("Reason for change", "更改原因"),
    "save": ("Save", "保存"),
    "kind": ("What is printed", "打印内容"),
    "file": ("File", "文件"),
    "print": ("Write PDF", "生成 PDF"),
    "clear_warning": (
        "The PDF is not encrypted and shows names. That it was made is recorded, without names.",
        "PDF 未加密且含姓名。生成操作将被记录，记录中不含姓名。",
    ),
    "file_there": (
        "Name a new file in a folder that exists; nothing is overwritten.",
        "请指定已有文件夹中的新文件名，不会覆盖已有文件。",
    ),
    "to_print": ("Print …", "打印…"),
}
