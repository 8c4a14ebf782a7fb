"""ODM files of our own: the check while they are written, and an archive that comes back."""

MESSAGES: dict[str, tuple[str, str]] = {
    "not_valid": (
        "The file would not be valid ODM ({place}, between lines {first} and {last}), so it was not kept. This"
        " is a fault of the program. Report these words; the data in the vault are unharmed.",
        "该文件不符合 ODM 规范（{place}，第 {first} 至 {last} 行之间），因此未保留。这是程序的错误，"
        "请报告这段文字。数据库中的数据未受影响。",
    ),
    # -- what cannot come back
    "not_xml": (
        "{file} is cut off or damaged: it is no complete XML file. Nothing was written. Take another copy of it.",
        "{file} 不完整或已损坏，不是完整的 XML 文件。未写入任何内容。请换用另一份副本。",
    ),
    "strange": (
        "{file} holds something after record {place} that this program never writes. Nothing was written. Take"
        " the file as it was exported.",
        "{file} 在记录 {place} 之后含有本程序不会写出的内容。未写入任何内容。请使用导出时的原始文件。",
    ),
    "not_whole": (
        "{file} is no whole archive: it was made of some participants only, without extensions, by an older"
        " version, or its end is gone. Nothing was written. Export the archive of all participants once more.",
        "{file} 不是完整归档：它只含部分参与者、未带扩展、由旧版本生成，或结尾已缺失。未写入任何内容。"
        "请重新导出全部参与者的归档。",
    ),
    "altered": (
        "Record {record} of the archive is not what its author wrote: a value, time, name or place of it was"
        " changed. Nothing was written. Take an unaltered copy.",
        "归档中的记录 {record} 与作者所写不符：其数值、时间、人员或位置被改动。未写入任何内容。"
        "请使用未经改动的副本。",
    ),
    "missing": (
        "Record {record} is missing from the archive. Nothing was written. Take an unaltered copy.",
        "归档中缺少记录 {record}。未写入任何内容。请使用未经改动的副本。",
    ),
    "order": (
        "Record {record} of the archive does not stand where this program writes it: it was moved, or stands"
        " there twice. Nothing was written. Take an unaltered copy.",
        "归档中的记录 {record} 不在本程序写出的位置：它被移动过，或重复出现。未写入任何内容。"
        "请使用未经改动的副本。",
    ),
    "ends": (
        "The records of PC {device} do not end where the archive says they do. Nothing was written. Take an"
        " unaltered copy.",
        "电脑 {device} 的记录没有在归档所述之处结束。未写入任何内容。请使用未经改动的副本。",
    ),
    "unsealed": (
        "The records up to {record} of the archive do not bear their author's seal. Nothing was written. Take"
        " an unaltered copy.",
        "归档中截至 {record} 的记录没有其作者的封签。未写入任何内容。请使用未经改动的副本。",
    ),
    "proof_false": (
        "The archive does not bear the signature of the PC that it names. Nothing was written. Take an"
        " unaltered copy.",
        "归档未带有其所称电脑的签名。未写入任何内容。请使用未经改动的副本。",
    ),
    "changed": (
        "The records are whole, but what stands around them in the file was changed after it was written."
        " Nothing was written. Take the file as it was exported, not one saved by another program.",
        "各条记录完好，但文件中其余内容在写出后被改动。未写入任何内容。请使用导出时的原始文件，"
        "而不是由其他程序另存的文件。",
    ),
    "source": (
        "Definition {hash} in the archive is damaged or of another study. Nothing was written. Take an unaltered"
        " copy.",
        "归档中的研究定义 {hash} 已损坏或属于其他研究。未写入任何内容。请使用未经改动的副本。",
    ),
    "other_study": (
        "The archive is of study {theirs}, this vault of another one. Nothing was written. Open a vault of that"
        " study.",
        "该归档属于研究 {theirs}，而本数据库属于另一项研究。未写入任何内容。请打开该研究的数据库。",
    ),
    "other_site": (
        "The archive is of site {site}, this vault of site {own}. Nothing was written. Take it into a vault of"
        " site {site} or of the coordinating centre.",
        "该归档属于中心 {site}，而本数据库属于中心 {own}。未写入任何内容。请在中心 {site} 或协调中心的数据库中导入。",
    ),
    "demo": (
        "One of the two is a demonstration, the other is not: vault and archive must not be mixed. Nothing was"
        " written.",
        "数据库与归档中有一个是演示数据，不得混用。未写入任何内容。",
    ),
    "definition": (
        "This vault works with study definition {own}, which the archive (of {theirs}) does not know. Nothing"
        " was written. Make a new vault with the archive's own definition: mda5-crf new VAULT --study FILE.",
        "本数据库使用研究定义 {own}，而归档（{theirs}）中没有该定义。未写入任何内容。"
        "请用归档自带的定义新建数据库：mda5-crf new VAULT --study FILE。",
    ),
    "peer_changed": (
        "{name} is known here by other keys than the archive names. Nothing was written. Find out at that PC"
        " which are right: compare its fingerprint.",
        "归档中 {name} 的密钥与本数据库所知不同。未写入任何内容。请在那台电脑上核对指纹，确认以何者为准。",
    ),
    "fork": (
        "Record {record} is here already with another content: archive and vault tell different histories."
        " Nothing was written. Verify both.",
        "记录 {record} 在本数据库中已存在且内容不同：归档与数据库的历史不一致。未写入任何内容。请核验两者。",
    ),
    "format_newer": (
        "The archive was made by a newer version of this program ({found}; version {ours} here reads {known}). "
        "Nothing was written; install that version here, then import it.",
        "归档由本程序的更新版本生成（{found}；此处的 {ours} 版可读 {known}）。未写入任何内容；"
        "请先在本机安装该版本，再导入。",
    ),
    "own_newer": (
        "The archive knows more of this PC than the vault does (record {record}): the vault is an older copy."
        " Nothing was written. Open the newest copy, or make a new vault for the archive.",
        "归档中本电脑的记录（{record}）多于数据库：此数据库是较旧的副本。未写入任何内容。"
        "请打开最新副本，或为归档新建数据库。",
    ),
    "password": (
        "Your password is needed: you answer for the PCs whose records come in. Nothing was written.",
        "需要您的密码：您将为所导入记录的电脑负责。未写入任何内容。",
    ),
    "no_place": (
        "There is no room beside the vault for what is put aside while the archive is read. Nothing was written."
        " Make room on the disk.",
        "数据库所在磁盘没有空间存放读取归档时的临时内容。未写入任何内容。请清理磁盘空间。",
    ),
    # -- what came of it
    "from_pc": (
        "Archive {file}, written by {name} (site {site}).",
        "归档 {file}，由 {name}（中心 {site}）写出。",
    ),
    "all_known": (
        "All {known} records of it are here already. Nothing was written.",
        "其中 {known} 条记录均已在本数据库中。未写入任何内容。",
    ),
    "would": (
        "{new} records would come in, {known} are here already. Every hash and signature was checked. Nothing"
        " was written.",
        "将导入 {new} 条记录，{known} 条已存在。所有哈希与签名均已核对。未写入任何内容。",
    ),
    "taken": (
        "{new} records came in with their authors, times and signatures; {known} were here already.",
        "已导入 {new} 条记录，作者、时间与签名均为原样；{known} 条此前已存在。",
    ),
    "participants": ("They are about {count} participants.", "涉及 {count} 名参与者。"),
    "fingerprint": (
        "Fingerprint of {name}: {words}. Compare it with what that PC shows, or with a printed card.",
        "{name} 的指纹：{words}。请与那台电脑显示的指纹或打印的名片核对。",
    ),
    "pcs": (
        "Known from the archive: {names}. No bundles are exchanged with these until they are registered by"
        " their cards.",
        "由归档得知的电脑：{names}。在凭名片登记之前，不与它们交换数据包。",
    ),
    "stubs": (
        "{count} records of other sites were withheld from the PC that wrote the archive; only their hashes are"
        " in it.",
        "有 {count} 条其他中心的记录未曾提供给写出归档的电脑，其中只有哈希。",
    ),
    "backup": ("Copy of the vault from before: backups/{name}.", "导入前的数据库副本：backups/{name}。"),
    "brought": ("archive of {name}", "来自 {name} 的归档"),
    "act": ("archive taken in", "导入归档"),
    "in_trail": ("{file}: {new} records, SHA-256 {proof}", "{file}：{new} 条记录，SHA-256 {proof}"),
}
