"""The database, the journal, the key file and log-in: what they refuse and what failed."""

MESSAGES: dict[str, tuple[str, str]] = {
    # key_: the file keys.json
    "key_file_missing": (
        "The key file keys.json is missing in {vault}. Without it no password opens the data. Put back "
        "keys.json from the same folder's newest backup.",
        "{vault} 中缺少密钥文件 keys.json。没有它，任何密码都无法打开数据。可从该文件夹最新的备份中恢复 keys.json。",
    ),
    "key_file_too_large": (
        "The key file keys.json of {vault} is larger than 1 MiB and is not read. Put back keys.json from the "
        "newest backup.",
        "{vault} 的密钥文件 keys.json 超过 1 MiB，程序不予读取。可从最新的备份中恢复 keys.json。",
    ),
    "key_file_newer": (
        "The key file of {vault} was written by a newer version of this program (format {found}; version {ours} "
        "here reads up to {known}). Install that version to open it; nothing was changed.",
        "{vault} 的密钥文件由本程序的更新版本写入（格式 {found}；此处的 {ours} 版可读至 {known}）。"
        "需安装该版本才能打开；未作任何更改。",
    ),
    "people_newer": (
        "The identification list {vault} was written by a newer version of this program (format {found}; version "
        "{ours} here reads up to {known}). Install that version to open it; nothing was changed.",
        "鉴认代码表 {vault} 由本程序的更新版本写入（格式 {found}；此处的 {ours} 版可读至 {known}）。"
        "需安装该版本才能打开；未作任何更改。",
    ),
    "key_file_damaged": (
        "The key file keys.json of {vault} is damaged or was edited. The copy before the last change is "
        "keys.json.1 beside it; put that or the backup's file in its place.",
        "{vault} 的密钥文件 keys.json 已损坏或被改动。同一文件夹中的 keys.json.1 是上次更改之前的副本，"
        "可用它或备份中的文件替换。",
    ),
    "key_cost_refused": (
        "The key file of {vault} asks for a password calculation outside the permitted limits. It was edited "
        "or damaged and is not used.",
        "{vault} 的密钥文件要求的密码计算强度超出允许范围。该文件已被改动或损坏，程序不予使用。",
    ),
    "key_memory_short": (
        "This PC has too little free memory to check the password (128 MiB are needed). Close other programs "
        "and try again.",
        "本机可用内存不足，无法核对密码（需要 128 MiB）。关闭其他程序后再试。",
    ),
    "key_slot_twice": (
        "The key file of {vault} names the same log-in twice. It was edited and is not used.",
        "{vault} 的密钥文件中同一登录名出现两次。该文件已被改动，程序不予使用。",
    ),
    "key_no_grant": (
        "Your account exists, but it has not been given the key to the data of {vault}. An investigator or "
        "data manager can admit it.",
        "您的账户存在，但尚未获得 {vault} 数据的密钥。可由研究者或数据管理员授予。",
    ),
    "key_grant_refused": (
        "The key to {vault} was not given to you by anybody entitled to: somebody may have put another "
        "database in its place. Nothing was opened; tell your data manager.",
        "{vault} 的密钥不是由有权人员授予您的：数据库可能已被他人替换。未打开任何内容，应告知数据管理员。",
    ),
    "key_generation_old": (
        "The key file of {vault} is older than one you have worked with (generation {gen}, last seen "
        "{seen}): an old copy was put back. Nothing was opened; use the current folder or a newer backup.",
        "{vault} 的密钥文件比您使用过的版本旧（第 {gen} 代，最近为第 {seen} 代）：有人放回了旧副本。"
        "未打开任何内容，应使用当前文件夹或更新的备份。",
    ),
    "key_does_not_fit": (
        "study.db in {vault} does not open with the key in keys.json (generation {gen}): the two come from "
        "different backups, or study.db is damaged. Put back both from the same backup.",
        "{vault} 中的 study.db 无法用 keys.json 中的密钥（第 {gen} 代）打开：两者来自不同的备份，或 study.db 已损坏。"
        "应从同一份备份中恢复两者。",
    ),
    # vault_: the folder
    "vault_missing": (
        "There is no vault at {place}.",
        "{place} 处没有数据库文件夹。",
    ),
    "vault_exists": (
        "{place} exists already and is not empty. Choose another place for the new vault.",
        "{place} 已存在且不为空。可为新数据库选择其他位置。",
    ),
    "vault_in_use": (
        "This vault is open on the PC {pc} since {since} (log-in {login}). Close it there first; only one "
        "program may write at a time.",
        "该数据库自 {since} 起在电脑 {pc} 上打开（登录名 {login}）。须先在那里关闭；同一时间只允许一个程序写入。",
    ),
    "reset_own": (
        "Nobody resets the own account. Change the password instead, or let another person reset it.",
        "不能重置自己的账户。可修改密码，或请他人重置。",
    ),
    "second_same": (
        "The second person must be somebody else than you and than the person concerned.",
        "第二人须为您本人及当事人以外的其他人员。",
    ),
    "vault_in_use_here": (
        "{place} is still being read by a job of this program. Wait until it has ended, then try again. "
        "Nothing was changed.",
        "本程序的另一项任务仍在读取 {place}。待其结束后重试。未作任何更改。",
    ),
    "vault_on_network": (
        "{place} is on a network share. A vault must lie on a disk of this PC or on a stick: on a share two "
        "PCs could write at once. Copy the folder there and open that.",
        "{place} 位于网络共享上。数据库必须放在本机磁盘或优盘上：在共享上两台电脑可能同时写入。应将文件夹复制到本机后再打开。",
    ),
    "vault_read_only": (
        "{place} cannot be written: the folder or the disk is read-only, or your Windows account has no "
        "right to it. Nothing was changed. Remove the protection, or let the administrator give the right.",
        "无法写入 {place}：文件夹或磁盘为只读，或您的系统账户没有权限。未作任何更改。应解除写保护，或由管理员授予权限。",
    ),
    "vault_disk_full": (
        "The disk is full: {place} could not be written. What was saved before is safe. Free some space and "
        "go on.",
        "磁盘已满：无法写入 {place}。此前已保存的内容不受影响。腾出空间后即可继续。",
    ),
    "vault_file_missing": (
        "{place} is missing in the vault's folder. Put it back from the newest backup.",
        "数据库文件夹中缺少 {place}。可从最新的备份中恢复。",
    ),
    "vault_file_failed": (
        "{place} could not be read or written: the disk reports an error. Copy the folder to another disk "
        "and try there.",
        "无法读取或写入 {place}：磁盘报告错误。可将该文件夹复制到其他磁盘后重试。",
    ),
    "vault_other": (
        "study.db in {vault} belongs to another vault than keys.json. Put back both from the same backup.",
        "{vault} 中的 study.db 与 keys.json 不属于同一数据库。可从同一份备份中恢复两者。",
    ),
    "vault_not_founded": (
        "{place} holds no facts about its vault: it was never finished, or was edited with another tool.",
        "{place} 中没有数据库的基本信息：可能未创建完成，或被其他工具改动过。",
    ),
    "vault_site_and_name": (
        "A new vault needs a site and a name.",
        "新数据库需要填写中心编号和名称。",
    ),
    "vault_keys_changed": (
        "keys.json was changed by another tool than this program. Work can go on; tell your data manager.",
        "keys.json 被本程序以外的工具改动过。可以继续工作，但应告知数据管理员。",
    ),
    "vault_keys_older": (
        "keys.json is older than this database knows it: an earlier copy was put back. Removed persons may "
        "be in it again. Work can go on; tell your data manager.",
        "keys.json 比该数据库所知的版本旧：有人放回了较早的副本，其中可能重新包含已移除的人员。"
        "可以继续工作，但应告知数据管理员。",
    ),
    "vault_older_than_seen": (
        "This vault holds fewer records than when you last logged out: an older copy may have been put back. "
        "Work can go on; tell your data manager.",
        "该数据库的记录比您上次退出时少：可能有人放回了旧副本。可以继续工作，但应告知数据管理员。",
    ),
    "vault_closed": (
        "The vault is closed. Log in again.",
        "数据库已关闭。需重新登录。",
    ),
    # login_: log-in names and the act
    "login_refused": (
        "Log-in or password are not right.",
        "登录名或密码不正确。",
    ),
    "login_wait": (
        "Too many failed log-ins. Wait {seconds} seconds, then try again.",
        "登录失败次数过多。须等待 {seconds} 秒后再试。",
    ),
    "login_disabled": (
        "This account has been disabled.",
        "该账户已停用。",
    ),
    "login_uncertified": (
        "The keys of this account are not the ones its certificate in the journal names. Nothing was "
        "opened; tell your data manager.",
        "该账户的密钥与日志中证书所载不一致。未打开任何内容，应告知数据管理员。",
    ),
    "login_form": (
        "A log-in has 2 to 32 characters: small letters a–z, digits, dot, hyphen, underscore.",
        "登录名须为 2 至 32 个字符：小写字母 a–z、数字、点、连字符、下划线。",
    ),
    "login_taken": (
        "The log-in {login} exists already in this vault.",
        "登录名 {login} 在该数据库中已存在。",
    ),
    "login_unknown": (
        "There is no account {login} in this vault.",
        "该数据库中没有账户 {login}。",
    ),
    "login_name_form": (
        "The name must be 1 to 80 visible characters, without control or direction marks.",
        "姓名须为 1 至 80 个可见字符，不含控制符或方向标记。",
    ),
    "login_role_unknown": (
        "{role} is not a role. Roles are: {roles}.",
        "{role} 不是角色。可用角色：{roles}。",
    ),
    "login_founder_role": (
        "The first account of a vault admits all others: it must be an investigator, a data manager or an "
        "administrator.",
        "数据库的第一个账户负责接纳其他人，必须是研究者、数据管理员或系统管理员。",
    ),
    "login_not_keeper": (
        "Your account cannot admit others to the key: this needs an investigator, a data manager or the "
        "founder of the vault.",
        "您的账户不能向他人授予密钥：需要研究者、数据管理员或该数据库的创建者。",
    ),
    "login_not_certifier": (
        "Your account cannot certify the role {role}: this needs the holder of the study's authority key.",
        "您的账户不能认证角色“{role}”：需要研究授权密钥的持有人。",
    ),
    "login_last_keeper": (
        "{login} is the last account that can admit others to the key. Admit another one first.",
        "{login} 是最后一个能够授予密钥的账户。须先授予另一个账户。",
    ),
    # password_: what a password must be
    "password_too_short": (
        "The password is too short: at least {count} characters. The program can propose one of six words.",
        "密码太短：至少 {count} 个字符。程序可为您生成由六个单词组成的密码。",
    ),
    "password_too_long": (
        "The password is too long: at most {count} characters.",
        "密码太长：最多 {count} 个字符。",
    ),
    "password_digits_too_few": (
        "A password of digits alone needs at least {count} digits.",
        "只由数字组成的密码至少需要 {count} 位。",
    ),
    "password_common": (
        "This password is among the first that would be guessed: common words, rows of keys, counting or "
        "repeats. Let the program propose one.",
        "该密码属于最先被猜到的一类：常用词、键盘连续键、连续数字或重复字符。可由程序为您生成一个。",
    ),
    "password_personal": (
        "The password contains your log-in or name, or the name of the hospital or study. Leave those out.",
        "密码中包含您的登录名、姓名、医院或研究的名称。须去掉这些内容。",
    ),
    "password_characters": (
        "The password contains an invisible or unassigned character. Use letters, digits and signs of the "
        "keyboard.",
        "密码中含有不可见或未定义的字符。应使用键盘上的字母、数字和符号。",
    ),
    "password_edge_space": (
        "The password begins or ends with a space. Leave it out.",
        "密码开头或结尾有空格。须去掉。",
    ),
    "password_same": (
        "The new password is the same as the old one.",
        "新密码与旧密码相同。",
    ),
    "password_wrong": (
        "The password is not right.",
        "密码不正确。",
    ),
    # the journal and the database (other names)
    # the database file
    "exists_already": (
        "{place} exists already and is not replaced. Choose another place.",
        "{place} 已存在，不会被替换。需选择其他位置。",
    ),
    "missing": (
        "{place} is not there. Check the folder or the stick; otherwise put back the newest backup.",
        "找不到 {place}。检查文件夹或优盘；若确已丢失，恢复最新的备份。",
    ),
    "not_readable": (
        "{place} cannot be read: it is damaged, or was encrypted under another key. Nothing was changed. "
        "Put back {place} and keys.json together from the newest backup.",
        "{place} 无法读取：文件已损坏，或由另一密钥加密。未作任何更改。从最新的备份中一并恢复 {place} 和 keys.json。",
    ),
    "no_journal": (
        "{place} opens, but holds no journal of this program. Put back {place} from the newest backup.",
        "{place} 可以打开，但其中没有本程序的日志。从最新的备份中恢复 {place}。",
    ),
    "from_the_future": (
        "{place} was written by a newer version of this program ({theirs}; this is {ours}). Install that "
        "version to open it; nothing was changed.",
        "{place} 由本程序的更新版本（{theirs}）写入，当前版本为 {ours}。需安装该版本才能打开；未作任何更改。",
    ),
    "disk_full": (
        "The disk is full: {place} cannot take the entry. What was saved before is safe. Free some space, "
        "then enter the value again.",
        "磁盘已满：{place} 无法写入。此前保存的内容完好。腾出空间后重新录入该值。",
    ),
    "read_only": (
        "{place} is write-protected. What was saved before is safe. Remove the protection of the folder or "
        "stick, then open the vault again.",
        "{place} 被写保护。此前保存的内容完好。解除文件夹或优盘的写保护后重新打开数据库。",
    ),
    "locked": (
        "Another program holds {place}. Nothing was written. Close it (a backup or virus scan may need a "
        "minute), then try again.",
        "{place} 正被其他程序占用。未写入任何内容。关闭该程序（备份或查毒可能需要一分钟）后重试。",
    ),
    "io_failed": (
        "The disk did not answer while {place} was used; the stick may have been pulled out. What was saved "
        "before is safe. Open the vault again.",
        "使用 {place} 时磁盘没有响应，优盘可能已被拔出。此前保存的内容完好。重新打开数据库。",
    ),
    "cannot_open": (
        "{place} cannot be opened: the folder is missing, or may not be read and written. Check the stick and "
        "the rights of the folder.",
        "{place} 无法打开：文件夹不存在，或没有读写权限。检查优盘和文件夹权限。",
    ),
    "damaged": (
        "{place} is damaged. Stop entering, keep the folder for examination, and restore the newest backup "
        "into a new folder.",
        "{place} 已损坏。停止录入，保留该文件夹以备检查，并将最新的备份恢复到新文件夹。",
    ),
    "no_memory": (
        "This PC has too little free memory for {place}. What was saved before is safe. Close other programs.",
        "本机可用内存不足，无法使用 {place}。此前保存的内容完好。关闭其他程序。",
    ),
    "row_refused": (
        "{place} refused a row because it is there already or the journal would have been changed. Nothing "
        "was written. Run verify and tell your data manager.",
        "{place} 拒绝了一行记录：该行已存在，或写入会改动日志。未写入任何内容。应运行校验并告知数据管理员。",
    ),
    "failed": (
        "{place} could not be used (database code {number}). Nothing was written. Open the vault again.",
        "{place} 无法使用（数据库代码 {number}）。未写入任何内容。重新打开数据库。",
    ),
    # the journal: records of other devices
    "chain_fork": (
        "Device {device} has two different records under number {seq}: a copied or restored vault was used "
        "beside the original. Nothing of this device was taken. It needs a new registration.",
        "设备 {device} 在编号 {seq} 下有两条不同的记录：复制或恢复的数据库与原数据库同时被使用。"
        "未接收该设备的任何内容。该设备需要重新登记。",
    ),
    "chain_gap": (
        "Records of device {device} are missing: number {expected} was expected, {seq} came. Ask for the "
        "missing bundle; this one can be taken after it.",
        "设备 {device} 的记录有缺失：应为编号 {expected}，实为 {seq}。索取缺失的数据包，之后即可接收此数据包。",
    ),
    "chain_broken": (
        "Record {seq} of device {device} does not continue its chain: it was altered on the way. Nothing was "
        "taken.",
        "设备 {device} 的记录 {seq} 与其记录链不衔接：传送途中被改动。未接收任何内容。",
    ),
    "chain_altered": (
        "Record {seq} of device {device} does not match its own hash: it was altered. Nothing was taken.",
        "设备 {device} 的记录 {seq} 与其自身的校验值不符：该记录被改动。未接收任何内容。",
    ),
    "chain_unsealed": (
        "Records {first} to {seq} of device {device} carry no valid seal of their author. Nothing was taken.",
        "设备 {device} 的记录 {first} 至 {seq} 没有作者的有效封印。未接收任何内容。",
    ),
    "chain_study": (
        "Record {seq} of device {device} belongs to another study. Nothing was taken.",
        "设备 {device} 的记录 {seq} 属于另一研究。未接收任何内容。",
    ),
    "chain_own_newer": (
        "The sender knows record {seq} of this very PC, which is not here: this folder is an older copy. Stop "
        "entering and ask the centre to register it as a new device ({device}).",
        "对方已有本机（{device}）的记录 {seq}，而此处没有：该文件夹是较旧的副本。停止录入，并请中心将其登记为新设备。",
    ),
    # why a record is kept but set aside
    "aside_certificate": (
        "The certificate or registration was not signed by anybody entitled to.",
        "证书或登记不是由有权签发者签署的。",
    ),
    "aside_kind": (
        "This version of the program does not know records of this kind.",
        "本版本程序不认识这类记录。",
    ),
    "aside_shape": (
        "The record's content has not the shape its kind asks for.",
        "记录内容不符合该类记录的格式。",
    ),
    "aside_clock": (
        "The record's logical clock is far ahead of everything known, or runs backwards.",
        "记录的逻辑时钟远超所有已知记录，或出现倒退。",
    ),
    "aside_account": (
        "Whoever recorded this may not end or renew accounts.",
        "记录者无权停用或恢复账户。",
    ),
    "conflict_query": (
        "Two PCs recorded different values here. Both are kept and one is shown: decide which is right.",
        "两台电脑在此处记录了不同的值。两者均已保留，仅显示其中之一，须确定以何者为准。",
    ),
    # the clock
    "clock_before_last": (
        "The PC's clock shows a time before the last entry. Check date and time; entry goes on.",
        "本机时钟早于最后一次录入的时间。检查日期和时间；录入可继续。",
    ),
    "clock_jumped": (
        "The PC's clock was moved by more than ten minutes. Check date and time; entry goes on.",
        "本机时钟被调整了十分钟以上。检查日期和时间；录入可继续。",
    ),
    "clock_too_early": (
        "The PC's clock shows a time before this program was built or its newest bundle was made. Check date "
        "and time; entry goes on.",
        "本机时钟早于本程序的发布时间或最新数据包的生成时间。检查日期和时间；录入可继续。",
    ),
}
