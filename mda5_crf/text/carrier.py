"""Carriers: one file, encrypted and signed, for a PC that is registered."""

MESSAGES: dict[str, tuple[str, str]] = {
    "made": (
        "{file} is in the carrier {carrier}, for {name} alone. It can go by stick or mail; the file itself stays "
        "where it is, in clear.",
        "{file} 已装入加密载体 {carrier}，仅 {name} 可打开，可经移动存储或邮件传送。原文件仍以明文留在原处。",
    ),
    "opened": (
        "{file} came from {sender} (site {site}), made {made}. It lies there in clear: keep it where the vault may "
        "lie.",
        "{file} 来自 {sender}（中心 {site}），生成于 {made}。文件为明文，请按与数据库同等的要求保管。",
    ),
    "opened_before": (
        "The same carrier was opened here before, {at}; nothing is different.",
        "同一载体文件已于 {at} 在此打开过，内容相同。",
    ),
    "in_trail": ("carrier {arrow} {peer}, SHA-256 {proof}", "载体文件 {arrow} {peer}，SHA-256 {proof}"),
    "words": (
        "Say which file: carrier make VAULT FILE --to PEER -o FILE.mda5c, or carrier open VAULT FILE -o FOLDER.",
        "请说明文件：carrier make VAULT FILE --to PEER -o FILE.mda5c，或 carrier open VAULT FILE -o FOLDER。",
    ),
    "no_file": (
        "{name} is not there or cannot be read. Name another file.",
        "{name} 不存在或无法读取。请另选文件。",
    ),
    "too_large": (
        "{name} is larger than 4 GiB; a carrier holds no more. Divide it.",
        "{name} 超过 4 GiB，无法装入一个载体文件。请拆分。",
    ),
    "exists": (
        "{name} is there already and is not replaced. Name another.",
        "{name} 已存在，不会被覆盖。请另选名称。",
    ),
    "no_folder": (
        "There is no folder {folder}. Make it first, or name another.",
        "文件夹 {folder} 不存在。请先新建，或另选文件夹。",
    ),
    "cannot_write": (
        "Nothing can be written to {folder}. Check that the folder may be written to, or name another.",
        "无法写入 {folder}。请确认该文件夹可写，或另选文件夹。",
    ),
    "disk_full": (
        "There is no room in {folder}; nothing was left there. Free some space or name another folder.",
        "{folder} 空间不足，未留下任何内容。请腾出空间或另选文件夹。",
    ),
    "file_unreadable": (
        "{file} cannot be read. Copy it again from where it was made.",
        "无法读取 {file}。请从生成处重新拷贝。",
    ),
    "file_too_large": (
        "The file is larger than 1 GiB; no carrier is. Look for the right file.",
        "文件超过 1 GiB，不可能是载体文件。请查找正确的文件。",
    ),
    "file_empty": (
        "The file is empty: copying was broken off. Copy it again from where it was made.",
        "文件为空：拷贝中断。请从生成处重新拷贝。",
    ),
    "not_a_bundle": (
        "This file is no carrier of this program. Look for a file that ends in .mda5c.",
        "该文件不是本程序的载体文件。请查找以 .mda5c 结尾的文件。",
    ),
    "file_short": (
        "The carrier has lost its end: copying was broken off. Nothing was written; copy it again.",
        "载体文件末尾缺失：拷贝中断。未写入任何内容，请重新拷贝。",
    ),
    "file_long": (
        "Something was added to the end of this carrier of {name}. Nothing was written; copy it again.",
        "来自 {name} 的此载体文件末尾被添加了内容。未写入任何内容，请重新拷贝。",
    ),
    "header_damaged": (
        "The beginning of the carrier is damaged. Nothing was written; copy it again or ask for a new one.",
        "载体文件开头已损坏。未写入任何内容，请重新拷贝或索取新的文件。",
    ),
    "version_newer": (
        "The carrier was made by a newer version of this program (format {found}; version {ours} here reads up to "
        "{known}). Nothing was written; install that version here, then open it.",
        "载体文件由本程序的更新版本生成（格式 {found}；此处的 {ours} 版可读至 {known}）。未写入任何内容；"
        "请先在本机安装该版本，再打开。",
    ),
    "other_study": (
        "The carrier belongs to another study. Nothing was written; open it with the right vault.",
        "该载体文件属于另一研究。未写入任何内容，请用对应的数据库打开。",
    ),
    "own_bundle": (
        "This carrier was made by this very vault. It opens at the PC it was made for.",
        "该载体文件由本数据库自身生成。请在接收方的电脑上打开。",
    ),
    "for_somebody_else": (
        "The carrier is addressed to {to}, not to this PC; it says it comes from {sender}. Nothing was written.",
        "该载体文件的接收方是 {to}，不是本机；其声称来自 {sender}。未写入任何内容。",
    ),
    "sender_unknown": (
        "The carrier says it comes from PC {device}, which is not registered here. Nothing was written; compare "
        "fingerprints by telephone and register its card first.",
        "该载体文件声称来自电脑 {device}，而该电脑未在此登记。未写入任何内容；请先电话核对指纹并登记其登记卡。",
    ),
    "sender_revoked": (
        "The registration of {name} was revoked; its carriers are not opened. Ask {name} for its new card.",
        "{name} 的登记已被撤销，不再打开其载体文件。请向 {name} 索取新的登记卡。",
    ),
    "signature_false": (
        "The carrier says it comes from {name}, but {name} did not sign it: it was altered or forged. Nothing was "
        "written; ask {name} for a new one.",
        "该载体文件声称来自 {name}，但并非由其签署：已被更改或系伪造。未写入任何内容；请向 {name} 索取新的文件。",
    ),
    "body_damaged": (
        "The contents of this carrier of {name} were damaged on the way. Nothing was written; copy it again.",
        "来自 {name} 的此载体文件内容在传送途中损坏。未写入任何内容，请重新拷贝。",
    ),
    "body_locked": (
        "{name} signed this carrier, but it does not open with this PC's key. Nothing was written; check that "
        "{name} has registered this PC's present card.",
        "{name} 已签署此载体文件，但无法用本机密钥打开。未写入任何内容；请确认 {name} 登记的是本机当前的登记卡。",
    ),
    "file_changed": (
        "The file changed while it was read: the stick is failing, or somebody exchanged it. Nothing was written; "
        "copy the carrier of {name} to the disk and open it there.",
        "文件在读取时发生变化：移动存储出现故障或文件被替换。未写入任何内容；请将 {name} 的载体文件拷入本机磁盘再打开。",
    ),
    "resigned": (
        "{name} signed this carrier, but inside it says it was made by {real} for somebody else or under another "
        "number. Nothing was written; tell the centre.",
        "{name} 签署了此载体文件，但其内部载明由 {real} 为他人或以其他编号生成。未写入任何内容；请告知协调中心。",
    ),
    "inside_damaged": (
        "What is inside this carrier of {name} is not what this program writes. Nothing was written; ask {name} "
        "for a new one.",
        "来自 {name} 的此载体文件内部不是本程序所写的内容。未写入任何内容；请向 {name} 索取新的文件。",
    ),
    "inside_too_large": (
        "This carrier of {name} unpacks to far more than it can hold. Nothing was written; tell the centre.",
        "来自 {name} 的此载体文件展开后远超其应有大小。未写入任何内容；请告知协调中心。",
    ),
    "inside_name": (
        "The file inside this carrier of {name} has a name that could lead elsewhere. Nothing was written; tell "
        "the centre.",
        "来自 {name} 的此载体文件内，文件名可能指向其他位置。未写入任何内容；请告知协调中心。",
    ),
}
