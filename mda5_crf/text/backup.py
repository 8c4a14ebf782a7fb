"""Copies of the vault, restoring them, the drill, and where a vault lies."""

MESSAGES: dict[str, tuple[str, str]] = {
    # what is wrong with a copy
    "manifest_damaged": (
        "The manifest backup.json of the copy {place} is damaged. Use another copy.",
        "备份 {place} 的清单 backup.json 已损坏。可改用其他备份。",
    ),
    "manifest_newer": (
        "The copy {place} was made by a newer version of this program ({found}; version {ours} here reads "
        "{known}). Nothing was restored; install that version here, or use another copy.",
        "备份 {place} 由本程序的更新版本生成（{found}；此处的 {ours} 版可读 {known}）。未恢复任何内容；"
        "请先在本机安装该版本，或改用其他备份。",
    ),
    "manifest_false": (
        "The copy {place} does not match its manifest: it was changed after it was made. Use another copy.",
        "备份 {place} 与其清单不符：制作之后被改动过。可改用其他备份。",
    ),
    "file_differs": (
        "{file} in the copy {place} is not what was written: the stick or disk lost data, or it was changed. "
        "Use another copy.",
        "备份 {place} 中的 {file} 与写入时不一致：优盘或磁盘丢失了数据，或被改动过。可改用其他备份。",
    ),
    "file_missing": (
        "{file} is missing in the copy {place}. Use another copy.",
        "备份 {place} 中缺少 {file}。可改用其他备份。",
    ),
    "keys_missing": (
        "{file} is missing in the copy {place}: without it no password opens the data. Use another copy, or add "
        "keys.json of a copy made under the same key.",
        "备份 {place} 中缺少 {file}：没有它，任何密码都无法打开数据。可改用其他备份，"
        "或补入同一密钥下制作的备份中的 keys.json。",
    ),
    "of_other_vault": (
        "The copy {place} is of another vault.",
        "备份 {place} 属于另一个数据库。",
    ),
    "not_there": (
        "There is no copy at {place}. Choose the folder that holds study.db and keys.json.",
        "{place} 处没有备份。应选择包含 study.db 和 keys.json 的文件夹。",
    ),
    "none_yet": (
        "There is no copy of this vault yet. Make one first.",
        "该数据库还没有备份。须先制作一份。",
    ),
    "redaction_false": (
        "A newer copy names a redaction that its persons did not sign. Nothing was restored; tell your data "
        "manager.",
        "较新的备份中有一条未经相关人员签名的遮蔽记录。未恢复任何内容，应告知数据管理员。",
    ),
    "scratch_failed": (
        "The scratch folder could not be written: the disk is full or read-only. Free some space and try again.",
        "无法写入临时文件夹：磁盘已满或为只读。腾出空间后再试。",
    ),
    # what is set
    "plan_range": (
        "A copy can be made every 1 to {hours} hours, and a warning given after 1 to {days} days.",
        "备份间隔可为 1 至 {hours} 小时，提醒期限可为 1 至 {days} 天。",
    ),
    "place_missing": (
        "The folder {place} is not there. Insert the stick or choose another folder.",
        "文件夹 {place} 不存在。可插入优盘或选择其他文件夹。",
    ),
    "place_inside": (
        "The second place must lie outside the vault's folder, best on another disk or a stick.",
        "第二存放处必须在数据库文件夹之外，最好在另一磁盘或优盘上。",
    ),
    # warnings at log-in
    "warn_never": (
        "For {days} days no copy of this vault has been put on another disk: if this PC is lost, so are the "
        "data. Choose a second place.",
        "已有 {days} 天没有将本数据库备份到其他磁盘：本机一旦丢失，数据也将丢失。应设置第二存放处。",
    ),
    "warn_never_there": (
        "For {days} days no copy has reached the second place. Insert its stick or disk and make a copy.",
        "已有 {days} 天没有备份到第二存放处。应插入相应的优盘或磁盘并制作备份。",
    ),
    "warn_same_disk": (
        "All copies lie on the same disk as the vault (for {days} days). Choose a second place on another disk "
        "or a stick.",
        "所有备份都与数据库在同一磁盘上（已 {days} 天）。应将第二存放处设在另一磁盘或优盘上。",
    ),
    "warn_old": (
        "The last copy on another disk is {days} days old. Insert its stick or disk and make a copy.",
        "其他磁盘上的最近一份备份已是 {days} 天前的。应插入相应的优盘或磁盘并制作备份。",
    ),
    "warn_elsewhere": (
        'This folder was moved or copied here: say which under "Backups".',
        "该文件夹被移动或复制到了这里：应在“备份”页面说明是哪一种。",
    ),
    # restoring
    "restored": (
        "{place} holds the vault with {records} records.",
        "{place} 中已恢复数据库，共 {records} 条记录。",
    ),
    "restored_unproved": (
        "The copy was made by an earlier version of this program and has no manifest: when it was made is not "
        "proved.",
        "该备份由本程序的早期版本制作，没有清单：制作时间无法证明。",
    ),
    "lost": (
        "Missing: {count} records {device}:{first} to {device}:{last}, entered after the copy was made.",
        "缺失：{count} 条记录，{device}:{first} 至 {device}:{last}，系备份制作之后录入。",
    ),
    "forked": (
        "The chain {device} has another end than a witness noted: the copy or the witness was changed.",
        "链 {device} 的末端与见证不一致：备份或见证被改动过。",
    ),
    "nothing_lost": (
        "Nothing is missing as far as this PC and the person have seen.",
        "就本机和该人员所见，没有缺失。",
    ),
    "no_witness": (
        "No witness: whether newer records existed cannot be known.",
        "没有见证：无法得知是否存在更新的记录。",
    ),
    "redacted": (
        "{count} records that were redacted since were emptied here too.",
        "此后被遮蔽的 {count} 条记录在此也已清空。",
    ),
    "restored_troubles": (
        "The record in the copy was not whole: {codes}. Run verify and tell your data manager.",
        "备份中的记录不完整：{codes}。应运行校验并告知数据管理员。",
    ),
    "new_device": (
        "It goes on as the new device {device} (before: {parent}). Register its card at the centre before the "
        "next bundle, and work no more in the old folder.",
        "它将以新设备 {device} 继续（原为 {parent}）。在下一个数据包之前须在协调中心登记其设备卡，"
        "并不再使用旧文件夹。",
    ),
    "no_room": (
        "There is no room for a restored vault at {place}: {size} MiB are needed. Free some space or choose another "
        "disk. Nothing was restored.",
        "{place} 处空间不足，恢复需要 {size} MiB。请腾出空间或选择其他磁盘。未恢复任何内容。",
    ),
    "restore_second": (
        "The second person's account does not count today. Nothing was restored.",
        "第二人的账户今日无效。未恢复任何内容。",
    ),
    "restore_ended": (
        "The account of one of the two persons was ended after the copy was made. Nothing was restored.",
        "两人之一的账户在备份制作之后已被停用。未恢复任何内容。",
    ),
    "accounts_unknown": (
        "Whether accounts were ended after the copy was made is not known. Before others log in, look at the page of "
        "accounts and end again whoever has left: with the copy their accounts are alive again.",
        "无法得知备份制作之后是否有账户被停用。在他人登录之前，须查看账户页面并再次停用已离开的人员：其账户已随备份恢复。",
    ),
    "accounts_same": (
        "No account was changed after the copy was made.",
        "备份制作之后账户没有变化。",
    ),
    "accounts_ended": (
        "Ended again, and the key renewed, as these accounts were ended after the copy was made: {logins}.",
        "以下账户在备份制作之后已被停用，现已再次停用并更新密钥：{logins}。",
    ),
    "accounts_locked_out": (
        "These accounts were ended after the copy was made: {logins}. They cannot log in here, but the principal "
        "investigator (at the centre a data manager) is to end them again, which renews the key.",
        "以下账户在备份制作之后已被停用：{logins}。它们在此无法登录，但须由主要研究者（协调中心由数据管理员）再次停用，"
        "以更新密钥。",
    ),
    "accounts_changed": (
        "Password, keys or tasks of these accounts were changed after the copy was made; here they are as before: "
        "{logins}. Set them again.",
        "以下账户的密码、密钥或任务在备份制作之后有过变更，此处仍为变更之前的状态：{logins}。须重新设置。",
    ),
    "accounts_admitted": (
        "{count} accounts that were made after the copy are missing here. Admit these persons again.",
        "备份制作之后新增的 {count} 个账户在此缺失，须重新添加。",
    ),
    "ended_again": (
        "ended before a copy was restored",
        "恢复备份之前已停用",
    ),
    "went_on": (
        "The folder that this vault was restored from went on: {device}:{first} to {device}:{last} are not here.",
        "本数据库恢复之前的文件夹此后仍有写入：{device}:{first} 至 {device}:{last} 不在此处。",
    ),
    "only_named": (
        "The restore {record} was written by a version before 0.5: its second person is named and did not sign.",
        "恢复记录 {record} 由 0.5 之前的版本写入：仅列出第二人姓名，未经其签名。",
    ),
    # a copy, before it is restored
    "found": (
        "{name}: made {made}, {days} days and {hours} hours ago; {records} records.",
        "{name}：制作于 {made}，距今 {days} 天 {hours} 小时；{records} 条记录。",
    ),
    "found_whole": (
        "Read wholly just now: every file is as it was written, and the record in it is proved.",
        "刚刚已完整读取：各文件与写入时一致，其中的记录已校验。",
    ),
    "found_older_key": (
        "Every file is as it was written. It lies under an older key: it opens with the passwords of that time only.",
        "各文件与写入时一致。该备份使用旧密钥：只能用当时的密码打开。",
    ),
    "found_lacks": (
        "Of the vault that is open now it lacks {count} records:",
        "与当前打开的数据库相比，缺少 {count} 条记录：",
    ),
    "found_chain": (
        "{device}:{first} to {device}:{last}",
        "{device}:{first} 至 {device}:{last}",
    ),
    "found_all": (
        "It lacks nothing of the vault that is open now.",
        "与当前打开的数据库相比，没有缺失。",
    ),
    "other_vault_how": (
        "A copy of another vault or study is restored by that vault's own persons: log in there, or use the command "
        "restore.",
        "其他数据库或其他研究的备份须由其本身的人员恢复：登录该数据库，或使用 restore 命令。",
    ),
    "target_inside": (
        "The new folder must lie outside the folder of this vault. Nothing was restored.",
        "新文件夹必须在当前数据库文件夹之外。未恢复任何内容。",
    ),
    "act_restore": ("Restore the chosen copy …", "恢复所选备份…"),
    "act_restore_file": ("Restore from a folder …", "从文件夹恢复…"),
    "task_look": ("Looking at a copy", "查看备份"),
    "task_restore": ("Restoring a copy", "恢复备份"),
    "restore_title": ("Restore {name}", "恢复 {name}"),
    "restore_about": (
        "It becomes a vault in a new folder; this one stays as it is, and nothing is overwritten. Both passwords are "
        "those of the time of the copy.",
        "备份将在新文件夹中恢复为数据库；当前数据库保持不变，不会覆盖任何内容。两人的密码均为制作备份时的密码。",
    ),
    "restore_second_why": (
        "The second person has read what is missing and signs that it be restored.",
        "第二人已阅读缺失内容，并签名同意恢复。",
    ),
    "restore_target": ("New folder", "新文件夹"),
    "restore_do": ("Restore", "恢复"),
    "restored_at": (
        "The restored vault lies in {place}.",
        "恢复的数据库位于 {place}。",
    ),
    "start_restore": ("Restore from a copy …", "从备份恢复…"),
    "start_title": ("Restore from a copy", "从备份恢复"),
    "start_about": (
        "For when this PC holds no vault that opens. Name the copy, or the stick it lies on: the newest is taken. It "
        "becomes a vault in a new folder; the copy stays as it is. Two persons agree, an investigator, data manager or "
        "administrator first. Both passwords are those of the time of the copy.",
        "用于本机没有可打开的数据库时。可指定备份，或备份所在的优盘（将采用最新的一份）。备份将在新文件夹中恢复为数据库，"
        "备份本身保持不变。须由两人同意，其中第一人为研究者、数据管理员或系统管理员。两人的密码均为制作备份时的密码。",
    ),
    "start_copy": ("Copy", "备份"),
    "start_open": ("Log in to it", "登录该数据库"),
    "start_next": (
        "To go on: log in to the new folder, and enter from the source documents what is missing. Keep the stick as it "
        "is until the centre has taken the first bundle.",
        "后续步骤：登录新文件夹，并依据源文件补录缺失内容。协调中心收到首个数据包之前，优盘须保持不动。",
    ),
    "start_found": (
        "{name}: made {made} as its manifest says, {records} records. Every file is as it was written; what is in it "
        "is proved once a password opens it.",
        "{name}：清单所载制作时间 {made}，{records} 条记录。各文件与写入时一致；其内容在用密码打开后校验。",
    ),
    "start_found_bare": (
        "{name}: a copy without a manifest, last written {made}. It was made by an earlier version, or the manifest "
        "was lost.",
        "{name}：没有清单的备份，最后写入 {made}。由早期版本制作，或清单已丢失。",
    ),
    "start_found_more": (
        "{count} older copies lie beside it; name one of them to take that instead.",
        "旁边还有 {count} 份较旧的备份；如需使用，可直接指定。",
    ),
    "restored_next": (
        "To go on with it: log out here, open that folder on the start page, and enter from the source documents what "
        "is missing. Keep this folder as it is until the centre has taken the first bundle.",
        "后续步骤：在此退出登录，在起始页打开该文件夹，并依据源文件补录缺失内容。协调中心收到首个数据包之前，请保留当前文件夹不动。",
    ),
    # the drill
    "drill_passed": (
        "Drill passed: the copy {name} opens with your password and is whole.",
        "演练通过：备份 {name} 可用您的密码打开，内容完整。",
    ),
    "drill_failed": (
        "Drill failed: the copy {name} would not do in an emergency. Make a new copy and look at the disk.",
        "演练未通过：备份 {name} 在紧急情况下不可用。应制作新备份并检查磁盘。",
    ),
    "drill_counts": (
        "Made {made}; {records} records, {subjects} participants; {behind} records were written since; "
        "restored in {seconds} s.",
        "制作时间 {made}；{records} 条记录，{subjects} 名参与者；此后新增 {behind} 条记录；恢复用时 {seconds} 秒。",
    ),
    "drill_newer": (
        "The copy holds records that this vault lacks: the vault itself may have been put back.",
        "备份中有本数据库缺少的记录：数据库本身可能被换成了旧副本。",
    ),
    # the command line
    "made": ("Copy made: {name}, {records} records.", "备份已完成：{name}，{records} 条记录。"),
    "made_second": ("Also at the second place: {state}", "第二存放处：{state}"),
    "second_good": ("written and checked", "已写入并核对"),
    "second_none": (
        "none is set; a copy on this disk alone is lost with it",
        "未设置；仅有本磁盘上的备份，磁盘丢失则备份也丢失",
    ),
    "second_absent": ("not there now; nothing written", "当前不在；未写入"),
    "second_failed": (
        "could not be written or does not read back the same; replace the stick",
        "无法写入或读回不一致；应更换优盘",
    ),
    "second_same_disk": (
        "written, but it lies on the same disk as the vault",
        "已写入，但与数据库在同一磁盘上",
    ),
    "exposure": (
        "Recorded since the last copy: {entries} over {over}.",
        "自上次备份以来：{over}内新增 {entries}。",
    ),
    "exposure_away": (
        "Recorded since the last copy on another disk: {entries} over {over}.",
        "自上次备份到其他磁盘以来：{over}内新增 {entries}。",
    ),
    "exposure_none": ("Nothing was recorded since the last copy.", "自上次备份以来没有新记录。"),
    "exposure_none_away": (
        "Nothing was recorded since the last copy on another disk.",
        "自上次备份到其他磁盘以来没有新记录。",
    ),
    "entries_one": ("1 entry", "1 条记录"),
    "entries": ("{count} entries", "{count} 条记录"),
    "over_minute": ("1 minute", "1 分钟"),
    "over_minutes": ("{count} minutes", "{count} 分钟"),
    "over_hours": ("{count} hours", "{count} 小时"),
    "over_days": ("{count} days", "{count} 天"),
    "place_set": ("Second place: {place}", "第二存放处：{place}"),
    "place_unset": ("No second place is set.", "未设置第二存放处。"),
    "check_good": ("{name}: whole", "{name}：完整"),
    "check_bad": ("{name}: {what}", "{name}：{what}"),
    "moved_noted": ("Noted: the folder was moved.", "已记录：文件夹被移动。"),
    "copied_noted": (
        "This copy is the new device {device} now. Register its card at the centre before the next bundle.",
        "该副本现为新设备 {device}。在下一个数据包之前须在协调中心登记其设备卡。",
    ),
    "head_name": ("copy", "备份"),
    "head_made_here": ("made", "制作时间"),
    "head_age": ("age", "距今"),
    "age_hours": ("{hours} h", "{hours} 小时"),
    "age_days": ("{days} days", "{days} 天"),
    "head_where": ("place", "位置"),
    "head_made": ("made (UTC)", "制作时间（UTC）"),
    "head_why": ("why", "原因"),
    "head_records": ("records", "记录数"),
    "head_size": ("MiB", "MiB"),
    "head_state": ("state", "状态"),
    "where_here": ("in the vault's folder", "数据库文件夹内"),
    "where_second": ("second place", "第二存放处"),
    "state_good": ("good", "良好"),
    "state_unproved": ("without manifest", "无清单"),
    "state_older_key": ("under an older key", "旧密钥"),
    "state_bad": ("damaged", "已损坏"),
    "why_auto": ("by schedule", "定时"),
    "why_hand": ("by hand", "手动"),
    "why_take": ("before a bundle", "接收数据包前"),
    "why_key": ("renewal of the key", "更新密钥"),
    "why_migrate": ("before a new version", "升级前"),
    "why_restore": ("before a restore", "恢复前"),
    "why_redact": ("redaction", "遮蔽"),
    "why_move": ("before a move", "移动前"),
    "why_definition": ("before a new definition", "更换研究定义前"),
    "why_other": ("another reason", "其他原因"),
    # the page
    "title": ("Backups", "备份"),
    "act_make": ("Back up now", "立即备份"),
    "act_check": ("Check the chosen copy", "核对所选备份"),
    "act_drill": ("Drill …", "恢复演练…"),
    "act_place": ("Second place …", "第二存放处…"),
    "act_guide": ("How to restore", "如何恢复"),
    "act_moved": ("It was moved", "是被移动的"),
    "act_copied": ("It is a copy …", "是一份副本…"),
    "act_set": ("Set", "设定"),
    "task_make": ("Backup", "备份"),
    "task_check": ("Checking a copy", "核对备份"),
    "task_drill": ("Drill", "恢复演练"),
    "own_password": ("Own password", "本人密码"),
    "drill_about": (
        "The chosen copy is restored into a scratch folder, opened with your password, proved and removed.",
        "将所选备份恢复到临时文件夹，用您的密码打开并校验，随后删除。",
    ),
    "place": ("Folder on another disk or stick", "其他磁盘或优盘上的文件夹"),
    "hours": ("A copy every … hours", "备份间隔（小时）"),
    "days": ("Warn after … days", "提醒期限（天）"),
    "place_about": (
        "Every copy is also written there and read back. Empty = no second place.",
        "每份备份也会写入该处并读回核对。留空表示不设第二存放处。",
    ),
    "place_same_disk": (
        "It lies on the same disk as the vault and does not protect against the loss of this PC.",
        "它与数据库在同一磁盘上，本机丢失时起不到保护作用。",
    ),
    "copied_about": (
        "This copy goes on as a device of its own; the other folder stays as it is. Register the new card at the "
        "centre before the next bundle.",
        "该副本将作为独立设备继续；另一文件夹保持不变。在下一个数据包之前须在协调中心登记新的设备卡。",
    ),
    "copied_second": (
        "A second person confirms that this folder is a copy.",
        "由第二人确认该文件夹是一份副本。",
    ),
    "guide_1": (
        "1. Keep the damaged folder as it is; a copy is never restored over it.",
        "1. 保留损坏的文件夹不动；恢复时不会覆盖它。",
    ),
    "guide_2": (
        '2. Take the newest copy: folder "backups" of the vault, or the second place.',
        "2. 取最新的备份：数据库文件夹中的“backups”，或第二存放处。",
    ),
    "guide_3": (
        '3. Two persons choose "Restore the chosen copy" here or, where no vault opens any more, "Restore from a '
        'copy" on the start page. As a command: mda5-crf restore COPY NEW-FOLDER --user NAME --second NAME',
        "3. 由两人在此选择“恢复所选备份”；若已无法打开数据库，则在起始页选择“从备份恢复”。"
        "命令行：mda5-crf restore 备份 新文件夹 --user 登录名 --second 登录名",
    ),
    "guide_4": (
        "4. Read what is missing, and enter it again from the source documents.",
        "4. 阅读缺失清单，并依据源文件重新录入。",
    ),
    "guide_5": (
        "5. Send the new card to the centre: what it has received comes back with its next bundle.",
        "5. 将新的设备卡交给协调中心：其已收到的记录会随下一个数据包返回。",
    ),
}
