"""Why one PC's part of a bundle was held back while the rest was taken."""

MESSAGES: dict[str, tuple[str, str]] = {
    "gap": (
        "PC {device} is held back: its records go on at {seq} in this bundle, but here {expected} comes next. The"
        " rest was taken. Take the missing bundle, or send {name} a bundle from here: its next one begins where"
        " this PC has got to.",
        "电脑 {device} 的部分暂不接收：此数据包从记录 {seq} 接续，而此处应接的是 {expected}。其余部分已接收。"
        "请接收缺失的数据包，或由本机向 {name} 发送一个数据包：其下一个数据包将从本机已有之处开始。",
    ),
    "fork": (
        "PC {device} is held back: it has two different records under number {seq}, one from {first}, another from"
        " this bundle {number} of {name}. A copied or restored vault was used beside the original. The rest was"
        " taken; that PC needs a new registration.",
        "电脑 {device} 的部分不予接收：其编号 {seq} 下有两条不同的记录，一条来自{first}，另一条来自 {name} 的此数据包（编号"
        " {number}）。复制或恢复的数据库与原数据库同时被使用。其余部分已接收；该电脑需要重新登记。",
    ),
    "unsealed": (
        "PC {device} is held back: its records {first} to {seq} bear no seal that is believed here. Either they"
        " were altered, or the certificate of their author is set aside or was ended (see quarantine). The rest was"
        " taken; when the certificate counts, the next bundle brings them.",
        "电脑 {device} 的部分不予接收：其记录 {first} 至 {seq} 没有此处可信的封印。记录可能被改动，或其作者的证书被搁置或已失效（见搁置的记录）。"
        "其余部分已接收；证书生效后，下一个数据包会再次带来这些记录。",
    ),
    "broken": (
        "PC {device} is held back: its records do not continue what is here at {seq}; they were altered, or a copied"
        " vault was used beside the original. The rest was taken; ask {name}.",
        "电脑 {device} 的部分不予接收：其记录在 {seq} 处与此处不衔接，可能被改动，或复制的数据库与原数据库同时被使用。其余部分已接收；请询问 {name}。",
    ),
    "impersonated": (
        "A PC that calls itself {device} is held back: it has other keys than the card that was registered. The rest"
        " was taken; tell the centre.",
        "一台自称 {device} 的电脑的部分不予接收：其密钥与已登记的登记卡不同。其余部分已接收，请告知协调中心。",
    ),
    "heads": (
        "PC {device} is held back: its records do not end where {name} says. The rest was taken; ask {name} for a"
        " bundle with everything.",
        "电脑 {device} 的部分不予接收：其记录的末端与 {name} 所述不符。其余部分已接收；请向 {name} 索取包含全部内容的数据包。",
    ),
    "bundle": ("bundle {number} of {name}", "{name} 的数据包 {number}"),
    "own_record": ("what is here", "此处已有的记录"),
    "state": ("{state}; held back: {devices}", "{state}；未接收：{devices}"),
}
