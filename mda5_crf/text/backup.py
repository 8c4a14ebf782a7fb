"""Copies of the vault, restoring them, the drill, and where a vault lies."""

MESSAGES: dict[str, tuple[str, str]] = {
    # what is wrong with a copy
    "manifest_damaged": (
        "The manifest backup.json of the copy {place} is damaged. Use another copy.",
        "备份 {place} 的清单 backup.json 已损坏。可改用其他备份。",
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
        "Recorded since the last copy: {records} entries over {minutes} minutes.",
        "自上次备份以来：{minutes} 分钟内新增 {records} 条记录。",
    ),
    "exposure_away": (
        "Recorded since the last copy on another disk: {records} entries over {minutes} minutes.",
        "自上次备份到其他磁盘以来：{minutes} 分钟内新增 {records} 条记录。",
    ),
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
        "3. Two persons run: mda5-crf restore COPY NEW-FOLDER --user NAME --second NAME",
        "3. 由两人执行：mda5-crf restore 备份 新文件夹 --user 登录名 --second 登录名",
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
