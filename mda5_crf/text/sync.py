"""Cards, bundles, and what becomes of them."""

MESSAGES: dict[str, tuple[str, str]] = {
    # cards
    "card_unreadable": (
        "This file is no card of this program, or it is damaged. Have the other side write it again.",
        "该文件不是本程序的登记卡，或已损坏。请对方重新生成。",
    ),
    "card_signature": (
        "The card's signature does not fit: it was altered on its way. Register nothing; have it sent again.",
        "登记卡的签名不符：传送途中被改动。不要登记，请对方重新发送。",
    ),
    "card_keys": (
        "The card holds keys that protect nothing. Register nothing and tell the centre.",
        "登记卡中的密钥不起任何保护作用。不要登记，并告知协调中心。",
    ),
    "card_name": (
        "The name on the card is empty, too long or holds marks that cannot be seen. The other side renames "
        "its vault and writes a new card.",
        "登记卡上的名称为空、过长或含有不可见字符。由对方更改数据库名称后重新生成登记卡。",
    ),
    "card_other_study": (
        "The card belongs to study {study}. PCs of different studies exchange nothing.",
        "该登记卡属于研究 {study}。不同研究的电脑之间不交换数据。",
    ),
    "card_demo": (
        "One of the two vaults is a demonstration. A demonstration exchanges only with demonstrations.",
        "两个数据库之一是演示数据库。演示数据库只能与演示数据库交换。",
    ),
    "card_own": (
        "This is the card of this very vault or of a copy of it. Take the card of the other PC.",
        "这是本数据库自身或其副本的登记卡。应使用对方电脑的登记卡。",
    ),
    "card_other_site": (
        "The card is of site {site}, this vault of site {own}. Sites exchange through the centre: register "
        "the centre's card.",
        "该登记卡属于中心 {site}，本数据库属于中心 {own}。各中心之间通过协调中心交换：请登记协调中心的登记卡。",
    ),
    "card_changed": (
        "{name} is registered already, with other keys. If its keys were renewed, revoke the old "
        "registration first; if nobody knows of that, somebody may be impersonating it.",
        "{name} 已经以不同的密钥登记。若其密钥确已更换，先撤销原登记；若无人知晓此事，可能有人冒充该电脑。",
    ),
    "reason_needed": ("Say why the registration ends.", "请说明撤销登记的原因。"),
    "peer_unknown": (
        "This PC is not registered here. Registered: {known}. Exchange cards first (devices card, devices add).",
        "该电脑未在此登记。已登记：{known}。请先交换登记卡（devices card、devices add）。",
    ),
    "peer_revoked": (
        "The registration of {name} was revoked; nothing is exchanged with it. Register its new card.",
        "{name} 的登记已被撤销，不再与其交换。请登记其新的登记卡。",
    ),
    # the outside of a file
    "file_unreadable": (
        "{file} cannot be read. Check that it is there and the stick is whole; copy it again.",
        "无法读取 {file}。请确认文件存在、优盘完好，并重新拷贝。",
    ),
    "file_too_large": (
        "The file is larger than 1 GiB; no bundle is. Nothing was taken. Look for the right file.",
        "文件超过 1 GiB，不可能是数据包。未接收任何内容。请查找正确的文件。",
    ),
    "file_empty": (
        "The file is empty: copying was broken off. Copy it again from where it was made.",
        "文件为空：拷贝中断。请从生成处重新拷贝。",
    ),
    "not_a_bundle": (
        "This file is no bundle of this program. Look for a file that ends in .mda5b.",
        "该文件不是本程序的数据包。请查找以 .mda5b 结尾的文件。",
    ),
    "file_short": (
        "The file has lost its end: copying was broken off. Nothing was taken; copy it again.",
        "文件末尾缺失：拷贝中断。未接收任何内容，请重新拷贝。",
    ),
    "file_long": (
        "Something was added to the end of this bundle of {name}. Nothing was taken; copy it again.",
        "来自 {name} 的此数据包末尾被添加了内容。未接收任何内容，请重新拷贝。",
    ),
    "header_damaged": (
        "The beginning of the bundle is damaged. Nothing was taken; copy it again or ask for a new one.",
        "数据包开头已损坏。未接收任何内容，请重新拷贝或索取新的数据包。",
    ),
    "version_newer": (
        "The bundle was made by a newer version of this program (format {found}; version {ours} here reads up to "
        "{known}). Nothing was taken; install that version here, then take it.",
        "该数据包由本程序的更新版本生成（格式 {found}；此处的 {ours} 版可读至 {known}）。未接收任何内容；"
        "请先在本机安装该版本，再接收。",
    ),
    "other_study": (
        "The bundle belongs to another study. Nothing was taken; give it to the right vault.",
        "该数据包属于另一研究。未接收任何内容，请用对应的数据库接收。",
    ),
    "own_bundle": (
        "This bundle was made by this very vault. Take it at the PC it was made for.",
        "该数据包由本数据库自身生成。请在接收方的电脑上接收。",
    ),
    "for_somebody_else": (
        "The bundle is addressed to {to}, not to this PC; it says it comes from {sender}. Nothing was taken; "
        "give it to {to}, or ask {sender} for one for this PC.",
        "该数据包的收件方是 {to}，不是本机；它自称来自 {sender}。未接收任何内容；"
        "请交给 {to}，或向 {sender} 索取发给本机的数据包。",
    ),
    "sender_unknown": (
        "The bundle says it comes from PC {device}, which is not registered here. Nothing was taken; compare "
        "fingerprints by telephone and register its card first.",
        "该数据包自称来自电脑 {device}，而该电脑未在此登记。未接收任何内容；请先电话核对指纹并登记其登记卡。",
    ),
    "sender_revoked": (
        "The registration of {name} was revoked; its bundles are not taken. Ask {name} for its new card.",
        "{name} 的登记已被撤销，不再接收其数据包。请向 {name} 索取新的登记卡。",
    ),
    "signature_false": (
        "The bundle says it comes from {name}, but {name} did not sign it: it was altered or forged. Nothing "
        "was taken; ask {name} for a new one.",
        "该数据包自称来自 {name}，但并非由 {name} 签名：它被改动或伪造。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    "body_damaged": (
        "The contents of this bundle of {name} were damaged on the way. Nothing was taken; copy it again.",
        "来自 {name} 的此数据包内容在传送途中损坏。未接收任何内容，请重新拷贝。",
    ),
    # the inside
    "body_locked": (
        "{name} signed this bundle, but it does not open with this PC's key. Nothing was taken; check that "
        "{name} has registered this PC's present card, and ask for a new bundle.",
        "此数据包由 {name} 签名，但无法用本机密钥打开。未接收任何内容；"
        "请确认 {name} 登记的是本机当前的登记卡，并索取新的数据包。",
    ),
    "file_changed": (
        "The file changed while it was read: the stick is failing, or somebody exchanged it. Nothing was "
        "taken; copy the bundle of {name} to the disk and take it there.",
        "文件在读取过程中发生变化：优盘故障，或文件被替换。未接收任何内容；请将来自 {name} 的数据包拷贝到硬盘后再接收。",
    ),
    "resigned": (
        "{name} signed this bundle, but inside it says it was made by {real} for somebody else or under "
        "another number. Nothing was taken; tell the centre and ask {real} for a new one.",
        "此数据包由 {name} 签名，但其内部表明它是 {real} 为他人或以另一编号生成的。"
        "未接收任何内容；请告知协调中心，并向 {real} 索取新的数据包。",
    ),
    "inside_damaged": (
        "What is packed inside this bundle of {name} cannot be unpacked (after line {line}). Nothing was "
        "taken; ask {name} for a new one.",
        "来自 {name} 的此数据包内部无法解压（第 {line} 行之后）。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    "inside_trailing": (
        "Inside this bundle of {name} something follows its end (line {line}). Nothing was taken; ask {name} "
        "for a new one.",
        "来自 {name} 的此数据包在其结尾（第 {line} 行）之后还有内容。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    "inside_short": (
        "This bundle of {name} has no end (it stops at line {line}). Nothing was taken; ask {name} for a new "
        "one.",
        "来自 {name} 的此数据包没有结尾（止于第 {line} 行）。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    "inside_too_large": (
        "This bundle of {name} unpacks to far more than it says (line {line}). Nothing was taken; tell the "
        "centre.",
        "来自 {name} 的此数据包解压后远大于其声明的大小（第 {line} 行）。未接收任何内容，请告知协调中心。",
    ),
    "inside_line_long": (
        "A line inside this bundle of {name} is longer than any may be (after line {line}). Nothing was "
        "taken; tell the centre.",
        "来自 {name} 的此数据包中有一行超过允许的长度（第 {line} 行之后）。未接收任何内容，请告知协调中心。",
    ),
    "inside_line": (
        "Line {line} inside this bundle of {name} is not what this program writes. Nothing was taken; ask "
        "{name} for a new one.",
        "来自 {name} 的此数据包第 {line} 行不是本程序所写的内容。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    "inside_counts": (
        "This bundle of {name} holds another number of records than it says (line {line}). Nothing was taken; "
        "ask {name} for a new one.",
        "来自 {name} 的此数据包所含记录数与其声明不符（第 {line} 行）。未接收任何内容，请向 {name} 索取新的数据包。",
    ),
    # chains and numbers
    "gap": (
        "This bundle of {name} continues PC {device} at record {seq}, but here record {expected} comes next. "
        "Nothing was taken; take the bundle before it first, or ask {name} for one with everything "
        "(bundle make --everything).",
        "来自 {name} 的此数据包从电脑 {device} 的记录 {seq} 接续，而此处应接的是记录 {expected}。"
        "未接收任何内容；请先接收之前的数据包，或请 {name} 生成包含全部内容的数据包（bundle make --everything）。",
    ),
    "fork": (
        "PC {device} has two different records under number {seq}: one is from {first}, another came "
        "with this bundle {number} of {name}. A copied or restored vault was used beside the original. "
        "Nothing was taken; that PC needs a new registration.",
        "电脑 {device} 在编号 {seq} 下有两条不同的记录：一条来自{first}，另一条来自 {name} 的此数据包（编号 {number}）。"
        "复制或恢复的数据库与原数据库同时被使用。未接收任何内容；该电脑需要重新登记。",
    ),
    "same_number": (
        "{name} made two different bundles under number {number}; the other one was taken before. A copied "
        "or restored vault was used beside the original. Nothing was taken; ask {name}.",
        "{name} 以编号 {number} 生成了两个不同的数据包，另一个已在此前接收。"
        "复制或恢复的数据库与原数据库同时被使用。未接收任何内容，请与 {name} 核实。",
    ),
    "other_history": (
        "Bundle {number} of {name} does not follow from bundle {other}, which was taken here: two vaults send "
        "under the same name. Nothing was taken; ask {name}.",
        "{name} 的数据包 {number} 与此处已接收的数据包 {other} 不衔接：有两个数据库以同一名义发送。"
        "未接收任何内容，请与 {name} 核实。",
    ),
    "impersonated": (
        "This bundle of {name} brings a PC that calls itself {device} but has other keys than the card that "
        "was registered. Nothing was taken; tell the centre.",
        "来自 {name} 的此数据包中有一台自称 {device} 的电脑，但其密钥与已登记的登记卡不同。未接收任何内容，请告知协调中心。",
    ),
    "heads_differ": (
        "After taking the bundle of {name} the record does not end where {name} says. Everything was undone; "
        "ask {name} for a bundle with everything.",
        "接收来自 {name} 的数据包后，记录的末端与 {name} 所述不符。已全部撤销；请向 {name} 索取包含全部内容的数据包。",
    ),
    # why a record is kept but set aside
    "aside_redaction": (
        "Each site redacts what was written at its own PCs; this redaction names records of another.",
        "各中心只能涂除本中心电脑所写的记录；该涂除所指记录属于其他中心。",
    ),
    "aside_definition": (
        "It names another version of the study definition; only the centre brings those, with their source.",
        "它指向研究定义的另一版本；此类更改只能由协调中心连同其内容一并下发。",
    ),
    "aside_user": (
        "It is about an account of another vault.",
        "它涉及另一数据库的账户。",
    ),
    "aside_certificate": (
        "It names keys for a person of another vault.",
        "它为另一数据库的人员指定密钥。",
    ),
    "aside_centre_record": (
        "A centre writes no participant's data; only the site does.",
        "协调中心不写入参与者数据，只有所属中心可以写入。",
    ),
    "aside_other_site": (
        "The participant belongs to site {site}, and the author to another one.",
        "该参与者属于中心 {site}，而作者属于另一中心。",
    ),
    "aside_foreign_subject": (
        "The participant belongs to another site.",
        "该参与者属于另一中心。",
    ),
    "aside_number": (
        "The number is no participant number of its site.",
        "该编号不是所属中心的参与者编号。",
    ),
    "aside_ward_lock": (
        "Only the centre freezes and locks.",
        "只有协调中心可以冻结和锁定。",
    ),
    # making
    "cannot_write": (
        "The bundle cannot be written to {folder}. Check that the folder may be written to, or name another.",
        "无法将数据包写入 {folder}。请确认该文件夹可写，或另选文件夹。",
    ),
    "disk_full": (
        "There is no room in {folder} for the bundle. Free some space or name another folder; nothing was "
        "lost.",
        "{folder} 没有足够空间存放数据包。请腾出空间或另选文件夹；数据没有丢失。",
    ),
    "record_too_large": (
        "Record {record} is too large to travel in a bundle. Nothing was made; tell the centre its number.",
        "记录 {record} 过大，无法放入数据包。未生成数据包，请将该编号告知协调中心。",
    ),
    # the report
    "line_from": (
        "Bundle {number} of {sender} (site {site}), made {made}.",
        "{sender}（中心 {site}）的数据包 {number}，生成于 {made}。",
    ),
    "line_already": (
        "This very file was taken on {at}; nothing changes.",
        "此文件已于 {at} 接收，不会有任何变化。",
    ),
    "line_records": (
        "New records: {new} (participants: {subjects}); here already: {known}.",
        "新记录 {new} 条（涉及 {subjects} 名参与者）；已有 {known} 条。",
    ),
    "line_conflicts": (
        "Items that two PCs answered differently: {count}. All answers are kept; decide which is right (Ctrl+K).",
        "有 {count} 个条目在两台电脑上答案不同：均已保留，须确定以何者为准（Ctrl+K）。",
    ),
    "line_aside": (
        "Records that are kept but set aside: {count}.",
        "已保留但被搁置的记录：{count} 条。",
    ),
    "line_aside_one": ("  {record}: {reason}", "  {record}：{reason}"),
    "line_more": ("  … and {count} more", "  … 另有 {count} 条"),
    "line_missing": (
        "Bundles that never arrived: {numbers}. Nothing is lost by that: this one carries what they held.",
        "未收到的数据包：{numbers}。内容并未因此丢失：此数据包包含其全部内容。",
    ),
    "line_confirmed": (
        "Bundles of ours that the other side has confirmed: {numbers}.",
        "对方已确认我方数据包：{numbers}。",
    ),
    "line_passed_over": (
        "{count} records of PC {device} were passed over: it is not registered here. Register its card, then "
        "the next bundle brings them.",
        "略过电脑 {device} 的 {count} 条记录：该电脑未在此登记。登记其登记卡后，下一个数据包会带来这些记录。",
    ),
    "line_definition": (
        "The sender works with another version of the study definition.",
        "发送方使用的是研究定义的另一版本。",
    ),
    "line_own_newer": (
        "Warning: {name} says it has record {seq} of this PC, which is not here. Unless {name} is mistaken, "
        "this folder is an older copy: stop entering and tell the centre.",
        "警告：{name} 称其持有本机的记录 {seq}，而此处没有。除非 {name} 有误，本文件夹是较旧的副本：停止录入并告知协调中心。",
    ),
    "line_own_differs": (
        "Warning: {name} says it has another record {seq} of this PC. A copy of this vault is in use "
        "somewhere: stop entering and tell the centre.",
        "警告：{name} 称其持有本机另一条编号为 {seq} 的记录。本数据库的副本正在别处使用：停止录入并告知协调中心。",
    ),
    "state_made": ("not confirmed yet", "尚未确认"),
    "state_confirmed": ("confirmed", "已确认"),
    "state_taken": ("taken, new records: {new}", "已接收，新记录 {new} 条"),
}
