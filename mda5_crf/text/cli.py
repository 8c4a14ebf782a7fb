"""What the commands say."""

MESSAGES: dict[str, tuple[str, str]] = {
    "no_display": (
        "There is no display here, so no window can open. For something to look at: mda5-crf demo DIR",
        "此处没有显示器，无法打开窗口。可运行 mda5-crf demo DIR 生成演示内容。",
    ),
    "interrupted": ("Stopped. Nothing was left half done.", "已中止，没有留下未完成的操作。"),
    "wrong_usage": (
        "Wrong usage: {problem}. See mda5-crf --help.",
        "用法错误：{problem}。见 mda5-crf --help。",
    ),
    "memory_short": (
        "There is not enough memory for this. Close other programs and try again; what was saved is safe.",
        "内存不足，无法完成。请关闭其他程序后重试；已保存的内容不受影响。",
    ),
    "disk_full": (
        "The disk is full. Make room and try again; what was saved before is safe.",
        "磁盘已满。请腾出空间后重试；此前保存的内容不受影响。",
    ),
    "not_permitted": (
        "This PC does not allow it: check who may read and write the folder.",
        "本机不允许此操作：请检查文件夹的读写权限。",
    ),
    "machine_failed": (
        "This PC refused to read or write ({kind}). What was saved before is safe; check the disk and try again.",
        "本机读写失败（{kind}）。此前保存的内容不受影响，请检查磁盘后重试。",
    ),
    "program_failed": (
        "The program made a mistake ({kind} at {place}). What was saved before is safe. Report these words.",
        "程序出现错误（{kind}，位置 {place}）。此前保存的内容不受影响，请报告这段文字。",
    ),
    "usage_missing": ("{names} must be given", "缺少 {names}"),
    "usage_surplus": ("{names} has no meaning here", "此处不能使用 {names}"),
    "usage_choice": ("{name} is one of {known}, not {word}", "{name} 应为 {known} 之一，不能是 {word}"),
    "usage_number": ("{name} is a whole number, not {word}", "{name} 应为整数，不能是 {word}"),
    "usage_value": ("{name} needs a value behind it", "{name} 之后缺少内容"),
    "usage_no_value": ("{name} takes no value", "{name} 之后不能有内容"),
    "usage_together": ("{name} and {other} exclude each other", "{name} 与 {other} 不能同时使用"),
    "usage_other": ("the words do not fit this command", "所给参数不符合该命令的写法"),
    "vault_needed": ("Name the vault.", "请指明数据库。"),
    "site_form": (
        "A site is two digits, such as 01; 00 is the coordinating centre.",
        "中心号为两位数字，例如 01；00 为协调中心。",
    ),
    "second_needed": (
        "A reset needs a second person: name one with --second.",
        "重置密码需要第二人在场：请用 --second 指明。",
    ),
    "account_reset": (
        "{login} has new keys and a new password. Both of you stand in the record.",
        "{login} 已获得新密钥和新密码，两位操作者均已记录。",
    ),
    "key_handed_over": (
        "{login} no longer holds the key of the data and acts as second person from now on.",
        "{login} 不再持有数据密钥，今后仅作为第二人参与操作。",
    ),
    "key_renewed": (
        "The key is renewed; everybody goes on with the own password. Older backups were replaced by a new one.",
        "密钥已更新，所有人员继续使用各自的密码。旧备份已由新备份取代。",
    ),
    "fingerprint_needed": (
        "Give the words the other side reads aloud with --fingerprint.",
        "请用 --fingerprint 输入对方宣读的指纹。",
    ),
    "unknown_command": (
        "There is no command {word}. Commands: {known}.",
        "没有命令 {word}。可用命令：{known}。",
    ),
    "unknown_act": ("There is no act {word} here. Known: {known}.", "此处没有操作 {word}。可用：{known}。"),
    "password_needed": (
        "A password is needed: set {variable}, or use --password-file.",
        "需要密码：请设置 {variable}，或使用 --password-file。",
    ),
    "passwords_differ": (
        "The two passwords differ; nothing was changed.",
        "两次输入的密码不同，未作任何更改。",
    ),
    "user_needed": ("Say who you are with --user.", "请用 --user 指明用户。"),
    "login_needed": ("Name the log-in id of the account.", "请指明账户的登录名。"),
    "role_needed": ("Name the role with --role.", "请用 --role 指明角色。"),
    "file_unreadable": (
        "{file} cannot be read. Check that it is there and may be opened.",
        "无法读取 {file}，请确认文件存在且有权打开。",
    ),
    "duty_needed": ("Which duty? Give --duty, like CONSENT.", "须用 --duty 给出职责，如 CONSENT。"),
    "cannot_write": (
        "{file} cannot be written. Check that the folder exists, may be written to and has room.",
        "无法写入 {file}。请确认文件夹存在、可写且有足够空间。",
    ),
    "output_is_folder": ("{file} is a folder; name a file.", "{file} 是文件夹，请指定文件名。"),
    "enrolled": ("Participant {subject} is enrolled.", "已登记参与者 {subject}。"),
    "item_text_expected": (
        "Write ITEM=TEXT; word {number} after the form has no item name or no equals sign.",
        "请按 条目=内容 的格式书写；表单之后的第 {number} 个词缺少条目名或等号。",
    ),
    "nothing_to_enter": (
        "Name at least one ITEM=TEXT, --missing, --confirm or --complete.",
        "请至少给出一项 条目=内容，或使用 --missing、--confirm、--complete。",
    ),
    "stored_before": (
        "{count} stored before this was refused; they stay stored.",
        "在被拒绝之前已保存 {count} 项，这些内容仍然保留。",
    ),
    "number_expected": (
        "A number from 1 is expected in {word}, such as UNS#2 or --row 3.",
        "{word} 中应为从 1 开始的编号，例如 UNS#2 或 --row 3。",
    ),
    "row_twice": (
        "{word} and --row name two different rows; name one.",
        "{word} 与 --row 指向不同的行，请只指明一行。",
    ),
    "no_rows": ("Form {form} has no rows to number.", "表单 {form} 没有可编号的行。"),
    "subject_twice": (
        "Two participants carry the number {subject}. Name one by identity: {known}.",
        "有两名参与者使用编号 {subject}，请用内部标识指明其一：{known}。",
    ),
    "not_applicable": ("does not apply now", "目前不适用"),
    "confirmed": ("confirmed", "已确认"),
    "stored": ("{count} stored in {form}.", "{form} 已保存 {count} 项。"),
    "not_complete": (
        "{subject} {event} {form} is not complete: {count} to fix first, listed above. What was entered is stored.",
        "{subject} {event} {form} 尚未完成：请先处理以上 {count} 项。已录入的内容均已保存。",
    ),
    "vault_created": ("{name} (site {site}) is ready.", "{name}（中心 {site}）已建立。"),
    "account_active": ("active", "有效"),
    "account_disabled": ("disabled", "已停用"),
    "account_added": ("Account {login} is added.", "已添加账户 {login}。"),
    "account_added_principal": (
        "Account {login} is added as a principal investigator, who admits and certifies others.",
        "已添加账户 {login}，为主要研究者，可接纳并认证其他用户。",
    ),
    "account_disabled_now": ("Account {login} is disabled.", "已停用账户 {login}。"),
    "password_changed": ("The password of {login} is changed.", "{login} 的密码已更改。"),
    "head_login": ("Log-in", "登录名"),
    "head_name": ("Name", "姓名"),
    "head_roles": ("Roles", "角色"),
    "head_state": ("State", "状态"),
    "head_subject": ("Participant", "参与者"),
    "head_query": ("Query", "质疑"),
    "head_days": ("Days", "天数"),
    "head_event": ("Visit", "访视"),
    "head_item": ("Item", "条目"),
    "head_text": ("Text", "内容"),
    "head_phga": ("Physician", "医师"),
    "head_ptga": ("Patient", "患者"),
    "head_mmt": ("MMT-8", "肌力"),
    "head_haq": ("HAQ-DI", "功能"),
    "head_enz": ("Enzyme", "肌酶"),
    "head_ext": ("Extramuscular", "肌外"),
    "head_total": ("TIS", "总分"),
    "head_category": ("Category", "等级"),
    "head_direction": ("Direction", "方向"),
    "head_number": ("Number", "编号"),
    "head_peer": ("PC", "电脑"),
    "head_time": ("Time", "时间"),
    "head_site": ("Site", "中心"),
    "head_device": ("Device", "设备"),
    "head_fingerprint": ("Fingerprint", "指纹"),
    "legend": (
        ". not started  o in progress  C complete  ? open query (count)  - not done",
        ". 未开始  o 进行中  C 已完成  ? 有未关闭质疑（个数）  - 未做",
    ),
    "outcome_title": (
        "Total Improvement Score at {event}, points from the database",
        "{event} 总体改善评分（由数据库计算）",
    ),
    "outcome_evaluable": ("Evaluable", "可评价"),
    "outcome_observed": ("Responders, observed cases", "应答者（可评价病例）"),
    "outcome_nonresponse": ("Responders, missing counted as non-response", "应答者（缺失计为无应答）"),
    "outcome_categories": ("Major / moderate / minimal", "显著 / 中度 / 轻度改善"),
    "outcome_median": ("Median of responders (quartiles)", "应答者中位数（四分位数）"),
    "none": ("–", "–"),
    "query_now": ("Query {query} is {state}.", "质疑 {query} 现为{state}。"),
    "query_place_needed": (
        "Name SUBJECT [EVENT [FORM [ITEM]]].",
        "请指明 参与者 [访视 [表单 [条目]]]。",
    ),
    "query_id_needed": ("Name the query, as listed by query list.", "请指明质疑编号（见 query list）。"),
    "written": ("{file} written, {size} bytes.", "已写入 {file}，{size} 字节。"),
    "filled_words": ("Name VAULT SUBJECT [EVENT [FORM]].", "请指明 数据库 参与者 [访视 [表单]]。"),
    "keys_words": (
        "The card of keys needs no vault and no form: mda5-crf pdf keys -o PATH.",
        "键盘速查卡不需要数据库或表单：mda5-crf pdf keys -o PATH。",
    ),
    "delegation_words": (
        "pdf delegation needs the vault, nothing else.",
        "pdf delegation 只需给出数据库文件夹。",
    ),
    "study_clean": (
        "{study} version {version} ({hash}) has no problems: {counts}.",
        "{study} 版本 {version}（{hash}）没有问题：{counts}。",
    ),
    "study_cases": (
        "Cases: {checks} of {wanted} checks and ranges proved with {scenes} scenes; "
        "{ranges} limits compared, {edges} values tried at them.",
        "案例：{wanted} 项核查和范围中 {checks} 项已验证，共 {scenes} 个场景；比对界限 {ranges} 项，试录边界值 {edges} 个。",
    ),
    "study_no_cases": ("No cases are kept beside this definition.", "此研究定义未附案例。"),
    "study_parity": (
        "Texts: {texts} in both languages, {waiting} not approved yet.",
        "文本：{texts} 条中英文齐全，{waiting} 条尚未批准。",
    ),
    "study_no_parity": (
        "Texts: {texts} in both languages; no approvals are kept beside this definition.",
        "文本：{texts} 条中英文齐全；此研究定义未附批准记录。",
    ),
    "study_more": ("  … and {count} more", "  …… 另有 {count} 条"),
    "study_words": (
        "Name one folder; only study diff takes two.",
        "请指明一个文件夹；仅 study diff 需要两个。",
    ),
    "study_approve_words": (
        'Name the folder and who approves: study approve DIR --name "…".',
        "请指明文件夹和批准人：study approve 文件夹 --name “姓名”。",
    ),
    "study_approved": (
        "{count} text(s) approved by {name}; the others are as they were.",
        "{name} 已批准 {count} 条文本，其余未变。",
    ),
    "study_diff_words": (
        "Name two folders: study diff OLD NEW.",
        "请指明两个文件夹：study diff 旧 新。",
    ),
    "study_no_folder": ("There is no folder {name}.", "没有文件夹 {name}。"),
    "study_differences": ("{count} difference(s).", "共 {count} 处差异。"),
    "witness_form": ("Write a witness as DEVICE:SEQ:HASH.", "见证请写为 设备:序号:哈希。"),
    "verify_head": ("{device}: {seq} records, head {hash}", "{device}：{seq} 条记录，链首 {hash}"),
    "verify_clean": (
        "{records} records verified: chains, contents, seals, rights, projections, pages and keys agree.",
        "已校验 {records} 条记录：链、内容、封印、权限、投影、数据页与密钥一致。",
    ),
    "unknown_peer": (
        "No registered PC is called {name}. Registered are: {known}.",
        "没有名为 {name} 的已登记电脑。已登记：{known}。",
    ),
    "bundle_file_needed": ("Name the bundle file.", "请指明数据包文件。"),
    "bundle_made": ("{file} is ready for the stick.", "{file} 已生成，可拷贝。"),
    "bundle_taken": ("Taken.", "已接收。"),
    "bundle_none_taken": ("Nothing was taken.", "未接收任何内容。"),
    "peer_which": (
        "Name the PC that the bundle is for, with --to. Registered are: {known}.",
        "请用 --to 指明接收方电脑。已登记：{known}。",
    ),
    "peer_none": (
        "No PC is registered yet, so there is nobody to send to. At the centre invite one (mda5-crf invite); at a "
        "ward join by the centre's invitation (mda5-crf join).",
        "尚未登记任何电脑，无从发送。协调中心请先邀请电脑加入（mda5-crf invite）；病区请用协调中心的邀请加入（mda5-crf join）。",
    ),
    "bundle_only_looked": ("Nothing was written.", "未写入任何内容。"),
    "card_file_needed": ("Name the card file (.mda5card).", "请指明登记卡文件（.mda5card）。"),
    "card_written": (
        "{file} holds this PC's public keys. Read aloud to the other side: {fingerprint}",
        "{file} 已写入本机公钥。请向对方宣读：{fingerprint}",
    ),
    "card_added": ("{name} (site {site}) is registered.", "已登记 {name}（中心 {site}）。"),
    "fingerprint_differs": (
        "The fingerprint of {file} is not the one given with --fingerprint. Let the other side read it aloud;"
        " do not register the card if it differs.",
        "{file} 的指纹与 --fingerprint 所给不符。请由对方宣读指纹；如不一致，不得登记。",
    ),
    "subjects_range": ("Between 1 and 500 participants can be made.", "可生成 1 至 500 名参与者。"),
    "demo_directory_in_use": (
        "{directory} already holds other files; nothing was touched. Name a new folder.",
        "{directory} 中已有其他文件，未作任何改动。请指定新文件夹。",
    ),
    "demo_made": (
        "Demonstration in {directory}: {subjects} synthetic participants, {values} answers.",
        "演示已生成于 {directory}：{subjects} 名虚拟参与者，{values} 项录入。",
    ),
    "demo_queries": (
        "{queries} queries raised by checks in {visits} visits ({rate} per visit).",
        "{visits} 次访视共由核查产生 {queries} 条质疑（每次访视 {rate} 条）。",
    ),
    "demo_checks": (
        "Checks with most queries: {checks}.",
        "质疑最多的核查：{checks}。",
    ),
    "demo_answers": (
        "{rate} required answers per visit; the fullest baseline took {baseline}.",
        "每次访视平均需作答 {rate} 项；内容最全的一次基线访视为 {baseline} 项。",
    ),
    "demo_files": (
        "{bundles} bundles, {pdfs} PDF files, {screens} screenshots. People who can log in:",
        "{bundles} 个数据包，{pdfs} 个 PDF 文件，{screens} 张截图。可登录的用户：",
    ),
    "demo_password": ("Password of all of them: {password}", "以上用户的密码均为：{password}"),
    "demo_next": (
        "Look at the result: mda5-crf show {vault} --user wang",
        "查看结果：mda5-crf show {vault} --user wang",
    ),
    "demo_no_screens": (
        "The screenshots could not be made here; everything else is ready.",
        "此处无法生成截图，其余内容均已就绪。",
    ),
    "reference_word_needed": (
        "{act} needs one word behind it: a file to import, or the number of the row to strike.",
        "{act} 之后需要一项内容：要导入的文件，或要划除的条目编号。",
    ),
    "reference_fields_needed": ("Name the fields of the row: {known}", "请给出条目的字段：{known}"),
    "reference_added": ("Added as row {number}: {row}", "已添加为第{number}条：{row}"),
    "reference_struck": ("Struck out: {row}", "已划除：{row}"),
    "reference_state_struck": ("struck", "已划除"),
    "reference_taken": ("{count} rows taken.", "已导入{count}条。"),
    "reference_would_take": (
        "{count} rows would be taken; nothing was written.",
        "可导入{count}条；未写入任何内容。",
    ),
    "reference_not_taken": ("Row {row} not taken: {reason}", "第{row}条未导入：{reason}"),
    "reference_rows_left": (
        "{count} rows were not taken; the reasons stand above.",
        "有{count}条未导入，原因见上。",
    ),
    "csv_head": (
        "{file}: the first line must name the fields, each once: {known}",
        "{file}：首行应为字段名，且不得重复：{known}",
    ),
    "csv_unreadable": (
        "{file} is no table of values separated by commas.",
        "{file} 不是逗号分隔的表格文件。",
    ),
    "csv_too_large": (
        "{file} is larger than a list of this kind may be ({most} rows, 4 MiB). Divide it.",
        "{file} 超出允许的大小（{most}行，4 MiB），请拆分后导入。",
    ),
}
