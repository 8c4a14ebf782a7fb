"""What ``verify`` finds, looked at, and could not know."""

MESSAGES: dict[str, tuple[str, str]] = {
    # What is wrong.
    "account_false": (
        "An account was ended or renewed here by somebody who may not.",
        "无权人员在此处停用或恢复了账户。",
    ),
    "row_edited": (
        "This record was changed after it was written: it does not match its hash.",
        "该记录写入后被更改：与其校验值不符。",
    ),
    "content_edited": (
        "The content of this record was changed after it was written.",
        "该记录的内容在写入后被更改。",
    ),
    "key_edited": (
        "What this record is about was changed after it was written.",
        "该记录所指的对象在写入后被更改。",
    ),
    "content_absent": (
        "The content of this record was removed without a redaction.",
        "该记录的内容未经涂除程序即被移除。",
    ),
    "row_dropped": (
        "{count} record(s) are missing here.",
        "此处缺失 {count} 条记录。",
    ),
    "row_inserted": (
        "A record was added here with another tool.",
        "此处有用其他工具添加的记录。",
    ),
    "rows_swapped": (
        "These two records were exchanged.",
        "这两条记录被互换。",
    ),
    "row_unreadable": (
        "This row is no record of this program.",
        "该行不是本程序的记录。",
    ),
    "chain_broken": (
        "This record does not continue the one before: the part before it was rewritten.",
        "该记录与前一条不衔接：此前的部分被改写。",
    ),
    "chain_start": (
        "The chain of this device does not begin with its registration.",
        "该设备的记录链不是以其登记记录开始。",
    ),
    "clock_backwards": (
        "The logical clock runs backwards here.",
        "逻辑时钟在此处倒退。",
    ),
    "other_study": (
        "This record belongs to another study.",
        "该记录属于另一研究。",
    ),
    "seal_dropped": (
        "These records carry no seal of their author: the seal was deleted, or the records were added with "
        "another tool.",
        "这些记录没有作者的封印：封印被删除，或记录是用其他工具添加的。",
    ),
    "seal_false": (
        "The author's seal does not fit these records: they were rewritten by someone else.",
        "作者的封印与这些记录不符：记录被他人改写。",
    ),
    "seal_retired": (
        "These records were sealed with a key that was not valid at that place: retired, or certified later.",
        "这些记录所用的封印密钥在该处无效：已停用，或当时尚未获得证书。",
    ),
    "seal_surplus": (
        "This seal belongs to no run of records.",
        "该封印不对应任何一段记录。",
    ),
    "author_unknown": (
        "The author of these records has no certificate.",
        "这些记录的作者没有证书。",
    ),
    "certificate_false": (
        "This certificate was not signed by anybody entitled to.",
        "该证书不是由有权签发者签署的。",
    ),
    "tail_cut": (
        "Records are missing at the end: {witness} knew number {seq}.",
        "末尾缺少记录：{witness} 曾记载编号 {seq}。",
    ),
    "rewritten": (
        "The records differ from those {witness} knew: they were written anew.",
        "记录与 {witness} 所记载的不同：记录被重新写过。",
    ),
    "device_gone": (
        "Nothing of this device is left, but {witness} knew number {seq}.",
        "该设备的记录已全部不见，但 {witness} 曾记载编号 {seq}。",
    ),
    "projection_edited": (
        "A current value differs from what the journal says; the journal is right.",
        "当前值与日志不一致；以日志为准。",
    ),
    "trigger_dropped": (
        "The protection of the journal ({name}) was removed or changed.",
        "日志的保护机制（{name}）被移除或更改。",
    ),
    "trigger_added": (
        "A foreign trigger ({name}) was added to the database.",
        "数据库中被添加了外来触发器（{name}）。",
    ),
    "stubs_differ": (
        "{count} contents are absent, but {recorded} were withheld by the bundles taken in.",
        "有 {count} 条内容缺失，而所接收的数据包仅保留未发 {recorded} 条。",
    ),
    "witness": ("the witness", "存证"),
    "witness_seal": ("the author's seal", "作者的封印"),
    "definition_edited": (
        "The stored study definition does not match its hash.",
        "所存的研究定义与其校验值不符。",
    ),
    "definition_missing": (
        "The study definition that records name is not stored.",
        "记录所引用的研究定义未存储。",
    ),
    "aside_unrecorded": (
        "This record was set aside, but no taken bundle says so: it was hidden with another tool.",
        "该记录被搁置，但没有任何已接收数据包的记录说明此事：它是用其他工具隐藏的。",
    ),
    "aside_released": (
        "This record should be set aside, but is not.",
        "该记录应处于搁置状态，但实际未被搁置。",
    ),
    "page_damaged": (
        "Pages of the file are damaged.",
        "文件的部分页面已损坏。",
    ),
    "busy": (
        "The pages of the file could not be checked while something else reads it.",
        "其他程序正在读取文件，无法检查其页面。",
    ),
    # The key file.
    "keys_file_changed": (
        "The key file was changed with another tool since a person of this vault wrote it.",
        "密钥文件在上次由本数据库人员写入之后，被其他工具更改过。",
    ),
    "keys_file_older": (
        "The key file is older than the one this vault last wrote: an earlier file was put back.",
        "密钥文件早于本数据库最后写入的版本：有人放回了旧文件。",
    ),
    "slot_uncertified": (
        "The key file has a log-in that the record knows nothing of.",
        "密钥文件中有一个登录名在记录中不存在。",
    ),
    "slot_false": (
        "The key file holds other public keys for this log-in than the person's certificate.",
        "密钥文件中该登录名的公钥与本人的证书不一致。",
    ),
    "slot_of_disabled": (
        "The account was ended, and yet the key file still opens the vault for it.",
        "该账户已停用，但密钥文件仍可为其打开数据库。",
    ),
    "grant_false": (
        "The key of this vault was handed to this log-in by nobody who may do so.",
        "该登录名获得的数据库密钥并非由有权人员授予。",
    ),
    "device_key_false": (
        "The signing key of this PC is not the one it was registered with.",
        "本机的签名密钥与登记时的不一致。",
    ),
    # Witnesses: who noted the end of the chains outside.
    "from_keyring": (
        "the end of the record that you saw when you last logged out",
        "您上次退出登录时所见的记录末端",
    ),
    "from_settings": ("the end of the record that this PC last saw", "本机上次所见的记录末端"),
    "from_backup": ("the backup {name}", "备份（{name}）"),
    "from_line": ("a witness named on the command line", "命令行给出的见证"),
    # What could not be known.
    "unknown_tail": (
        "No witness: cannot tell whether newer entries existed.",
        "没有见证：无法判断是否曾有更新的记录。",
    ),
    "unknown_own_settings": (
        "This PC has not seen this vault before: it cannot say whether it once was longer.",
        "本机以前未见过此数据库：无法说明其记录是否曾经更长。",
    ),
    "unknown_own_keyring": (
        "You have not logged out of this vault before: your key file entry cannot say whether it once was longer.",
        "您以前未从此数据库退出登录：密钥文件中您的条目无法说明其记录是否曾经更长。",
    ),
    "unknown_elsewhere": (
        "No copy on another disk could be read. A folder that was put back whole, with the copies in it, shows only"
        " where somebody outside has noted the end of the record: this PC, you, a printed page, another PC.",
        "没有可读取的其他磁盘上的备份。若整个文件夹连同其中的备份被换回旧版，只有在外部记下过记录末端之处才能发现：本机、您本人、打印页或其他电脑。",
    ),
    "unknown_others": (
        "Not asked: printed pages and other PCs that took bundles of this vault. Give the end of the record"
        " printed there with --witness.",
        "未核对：打印页以及接收过本数据库数据包的其他电脑。可用 --witness 给出其上所印的记录末端。",
    ),
    "unknown_clock": (
        "Not provable by any means: that a PC's clock was right, and who sat at the keyboard.",
        "任何方法都无法证明：电脑时钟是否准确，以及实际操作键盘的人是谁。",
    ),
    # Counts, on the command line.
    "checked": (
        "Looked at: {records} records in {chains} chain(s), {seals} seals, {certificates} certificates,"
        " {signatures} signatures, {redactions} redactions, {rights} rights, {projections} computed rows,"
        " {pages} pages of the file, {slots} log-ins of the key file, in {seconds} s.",
        "已检查：{chains} 条链共 {records} 条记录、{seals} 个封印、{certificates} 份证书、{signatures} 个签名、"
        "{redactions} 次涂除、{rights} 项权限、{projections} 行计算结果、{pages} 个文件页、密钥文件中 {slots} 个登录名，"
        "用时 {seconds} 秒。",
    ),
    "compared": ("Agrees with {witness}.", "与{witness}一致。"),
    "progress": ("{count} records read", "已读取 {count} 条记录"),
}
