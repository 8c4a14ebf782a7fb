"""Texts that name a person, found before a bundle is made. What was found is never repeated."""

MESSAGES: dict[str, tuple[str, str]] = {
    "kind_idno": ("an identity number", "身份证号"),
    "kind_phone": ("a telephone number", "电话号码"),
    "kind_name": ("a name on the identification list", "鉴认代码表中的姓名"),
    "kind_hospital": ("a hospital number on the identification list", "鉴认代码表中的住院号"),
    "named": ("{place}: {what}", "{place}：{what}"),
    "place": ("{where} ({what})", "{where}（{what}）"),
    "found": (
        "{count} texts that would travel name a person. No bundle was made.",
        "将要发送的文字中有 {count} 处可识别个人身份，未生成数据包。",
    ),
    "found_one": (
        "A text that would travel names a person. No bundle was made.",
        "将要发送的文字中有 1 处可识别个人身份，未生成数据包。",
    ),
    "more": ("… and {count} more", "……另有 {count} 处"),
    "numbers_only": (
        "Names and hospital numbers were not looked for: the identification list is closed or not here.",
        "未检查姓名和住院号：鉴认代码表未打开或不在本机。",
    ),
    "redact": (
        "Redact these records with a second person. A correction alone is not enough: the earlier text stays in the"
        " audit trail, which travels too.",
        "请会同第二人涂除这些记录。仅作更正并不足够：原文仍保留在稽查轨迹中并会一同发送。",
    ),
    "anyway_command": (
        "If they name nobody of this study, or must go as they are, add --anyway; the record of the bundle then"
        " names them.",
        "如其中并无本研究人员信息，或必须原样发送，请加 --anyway；数据包的记录会列出这些记录。",
    ),
    "anyway_window": (
        "If they name nobody of this study, or must go as they are, press Make all the same; the record of the"
        " bundle then names them.",
        "如其中并无本研究人员信息，或必须原样发送，请按“仍然生成”；数据包的记录会列出这些记录。",
    ),
    "warning_name": ("Texts that name a person", "可识别个人身份的文字"),
    "anyway": ("Make all the same", "仍然生成"),
    "confirmed": (
        "Sent on your word, though they may name a person: {count}.",
        "经您确认后原样发送：{count} 处可能识别个人身份的文字。",
    ),
    "password": ("Own password (to look for names too)", "本人密码（一并检查姓名）"),
    "password_why": (
        "With your own password, names and hospital numbers of the identification list are looked for too; the"
        " list notes that it was opened. Without it, only identity numbers and mobile numbers.",
        "输入本人密码可一并检查鉴认代码表中的姓名和住院号，代码表会记录被打开。不输入则只检查身份证号和手机号。",
    ),
    "in_trail": (
        "{passed}; {count} texts that may name a person, confirmed",
        "{passed}；{count} 处可能识别个人身份的文字，已确认",
    ),
}
