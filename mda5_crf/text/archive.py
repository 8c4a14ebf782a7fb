"""Archives: what is said when one is written or checked, its readme, and the page that a site signs."""

MESSAGES: dict[str, tuple[str, str]] = {
    "needs_pikepdf": (
        "PDF/A needs an extra that is not installed here. Install it with: {command}",
        "生成 PDF/A 需要本机尚未安装的附加组件。请用以下命令安装：{command}",
    ),
    "not_pdfa": (
        "The PDF did not pass the PDF/A check, so nothing was written. Archive without PDF/A and report this.",
        "PDF 未通过 PDF/A 检查，未写入任何内容。请改用普通 PDF 归档并报告此问题。",
    ),
    "exists": (
        "{name} is there already; an archive never replaces another. Name another place.",
        "{name} 已存在；归档不会覆盖已有归档。请另选位置。",
    ),
    "no_folder": (
        "There is no folder {folder}. Make it first, or name another.",
        "文件夹 {folder} 不存在。请先新建，或另选文件夹。",
    ),
    "part_there": (
        "{name} is left from an archive that was broken off, or one is being made there now. Look at it and "
        "delete it, then archive again.",
        "{name} 是中断的归档所遗留，或当前正在该处归档。请查看并删除后重新归档。",
    ),
    "disk_full": (
        "The disk of {folder} is full; nothing of the archive was left there. Free some space or name another "
        "place.",
        "{folder} 所在磁盘已满，未留下任何归档内容。请腾出空间或另选位置。",
    ),
    "cannot_write": (
        "{name} cannot be written; nothing of the archive was left there. Check that the folder may be written "
        "to, or name another.",
        "无法写入 {name}，未留下任何归档内容。请确认该文件夹可写，或另选文件夹。",
    ),
    "nobody": (
        "There is no participant to archive at that moment.",
        "该时刻没有可归档的参与者。",
    ),
    "words": (
        "Say which vault and whose: pdf archive VAULT SUBJECT -o FOLDER, or all instead of SUBJECT.",
        "请说明数据库与参与者：pdf archive VAULT SUBJECT -o FOLDER，或以 all 代替 SUBJECT。",
    ),
    "written": (
        "Archive written to {name}. Participants: {participants}, files: {files}, pages of casebooks: {pages}; "
        "state of {moment}.",
        "归档已写入 {name}。参与者{participants}名，文件{files}个，病例报告册共{pages}页；记录截至 {moment}。",
    ),
    "manifest_is": (
        "SHA-256 of its list of files: {sha256}",
        "文件清单的 SHA-256：{sha256}",
    ),
    "skipped": (
        "Not enrolled at that moment, so not in it: {numbers}.",
        "该时刻尚未登记，未包含：{numbers}。",
    ),
    "plain_pdf": (
        "The casebooks are plain PDF. For PDF/A-2b, which is meant for keeping, install: {command}",
        "病例报告册为普通 PDF。如需适于长期保存的 PDF/A-2b，请安装：{command}",
    ),
    "warning": (
        "WARNING: the archive holds participants' data in clear. Whoever has it can read it. Send it by stick or "
        "mail only inside a carrier.",
        "警告：归档以明文包含参与者数据，取得者即可阅读。经由移动存储或邮件传送时，须置于加密载体文件中。",
    ),
    "in_trail": (
        "archive, participants: {participants}, files: {files}, SHA-256 {proof}",
        "归档，参与者{participants}名，文件{files}个，SHA-256 {proof}",
    ),
    # -- the window
    "window_title": ("Archive to", "归档至"),
    "window_language": ("Language of the pages", "页面语言"),
    "window_act": ("Archive", "归档"),
    "window_kinds": ("Archives (*.zip)", "归档文件 (*.zip)"),
    "window_whose": ("Whose records", "归档对象"),
    "window_all": ("All participants", "全部参与者"),
    "window_one": ("Participant {participant}", "参与者 {participant}"),
    "window_clear": ("in clear", "明文"),
    "window_carrier": ("in a carrier for {name}", "加密传送给 {name}"),
    "window_how": ("In clear or for whom", "明文或接收方"),
    "window_task": ("Archiving to {name}", "正在归档至 {name}"),
    "window_busy": (
        "An archive is being made. Wait until it is written, or cancel it.",
        "正在归档。请待写入完成，或先取消。",
    ),
    "window_safe": (
        "Only the PC named can open the carrier; the archive never lies on the disk in clear.",
        "仅所列电脑可打开加密载体文件，归档不会以明文存于磁盘。",
    ),
    # -- checking
    "check_good": (
        "The archive is whole. Files: {files}, each as listed, and {device} signed the list.",
        "归档完整：{files}个文件均与清单一致，清单由 {device} 签署。",
    ),
    "check_of": (
        "From {name} (site {site}), participants: {participants}; state of {moment}.",
        "来自 {name}（中心 {site}），参与者{participants}名；记录截至 {moment}。",
    ),
    "check_compare": (
        "Its key stands in the archive itself. Compare with the signed page, or name a vault that knows the PC: "
        "{fingerprint}",
        "签署公钥取自归档本身。请与已签署的确认页比对，或指定认识该电脑的数据库：{fingerprint}",
    ),
    "check_known": (
        "The vault knows this PC and its key.",
        "本数据库认识该电脑及其公钥。",
    ),
    "check_recorded": (
        "Its making is recorded here: {record}, {at}.",
        "本数据库已记录该归档：{record}，{at}。",
    ),
    "check_bad": (
        "The archive is not as it was made. Findings: {count}.",
        "归档与生成时不符：发现 {count} 处。",
    ),
    "check_altered": ("{name} was altered.", "{name} 已被更改。"),
    "check_missing": ("{name} is missing.", "缺少 {name}。"),
    "check_extra": ("{name} was added later.", "{name} 为后来添加。"),
    "check_list": (
        "The list of files ({name}) is not the one that was signed.",
        "文件清单（{name}）不是所签署的清单。",
    ),
    "check_signature": (
        "The signature in {name} is not that of PC {device}.",
        "{name} 中的签名并非出自电脑 {device}。",
    ),
    "check_unknown": (
        "The vault does not know PC {device}, which signed the archive.",
        "本数据库不认识签署归档的电脑 {device}。",
    ),
    "check_record": (
        "The archive names record {record}, which is another one in this vault.",
        "归档所列记录 {record} 与本数据库中的不同。",
    ),
    "check_none": (
        "{name} is no archive of this program: it has no {file} that can be read.",
        "{name} 不是本程序的归档：没有可读取的 {file}。",
    ),
    "check_newer": (
        "The archive was made by a newer version of this program ({found}; version {ours} here reads {known}). "
        "Nothing was checked; check it with that version.",
        "归档由本程序的更新版本生成（{found}；此处的 {ours} 版可读 {known}）。未作任何检查；请用该版本检查。",
    ),
    "check_unreadable": (
        "{name} cannot be read. Copy it again from where it was made.",
        "无法读取 {name}。请从生成处重新拷贝。",
    ),
    # -- the page
    "confirmation": ("Archive: confirmation of delivery", "归档：交付确认页"),
    "confirm_about": (
        "This page names what the archive held when it was made. Whoever changes one file changes the SHA-256 of "
        "the list.",
        "本页载明归档生成时的内容。任何文件一经更改，清单的 SHA-256 即随之改变。",
    ),
    "fact_moment": ("State of the record as of", "记录截至"),
    "fact_site": ("Site and vault", "中心与数据库"),
    "fact_content": ("Contents", "内容"),
    "fact_counts": (
        "Participants: {participants}, files: {files}, bytes: {size}",
        "参与者{participants}名，文件{files}个，共 {size} 字节",
    ),
    "fact_manifest": ("SHA-256 of manifest.sha256", "manifest.sha256 的 SHA-256"),
    "fact_device": ("Signed by PC", "签署电脑"),
    "fact_key": ("SHA-256 of its public key", "其公钥的 SHA-256"),
    "column_participant": ("Participant", "参与者"),
    "column_folder": ("Folder", "文件夹"),
    "column_pages": ("Pages of the casebook", "病例报告册页数"),
    "column_files": ("Files", "文件数"),
    "column_size": ("Bytes", "字节"),
    "confirm_statement": (
        "I have received this archive, its list has the SHA-256 above, and I have looked at the casebooks of the "
        "participants named.",
        "本人已收到该归档，其清单的 SHA-256 与上文一致，并已查看所列参与者的病例报告册。",
    ),
    "confirm_return": (
        "Sign, date and keep with the site's essential documents; send a copy to the coordinating centre.",
        "签名并注明日期后与中心必备文件一同保存，并将副本交协调中心。",
    ),
    "sign_receiver": ("Received by (name)", "接收人（姓名）"),
    "sign_signature": ("Signature", "签名"),
    "sign_date": ("Date", "日期"),
    # -- the readme
    "readme": (
        "ARCHIVE OF TRIAL {study}\n"
        "State of the record: {moment}. Made by MDA5-CRF {program}.\n"
        "The time printed in the foot of pages is that of this state, so that the same state gives the same\n"
        "files; when the archive was made stands in the audit trail of the vault.\n"
        "It holds participants' data in clear. Keep it as you keep the medical records.\n"
        "\n"
        "One folder per participant, named by the number:\n"
        "  casebook-*.pdf      everything for reading: forms, scores, charts, changes, queries, verification,\n"
        "                      signatures. Its pages carry no page code: the list below proves the file.\n"
        "  odm-snapshot.xml    the data as they stood, CDISC ODM 1.3.2\n"
        "  odm-history.xml     every value with who, when and why, CDISC ODM 1.3.2, Archival\n"
        "  values/<form>.csv   one line per answer\n"
        "  queries.csv, verification.csv, signatures.csv\n"
        "  audit-trail.csv     every record of the participant\n"
        "For all:\n"
        "  definition/<hash>/  the definitions in force: forms, checks, computed values, schedule (text, TOML)\n"
        "  audit-trail-of-the-vault.csv   accounts, log-ins, prints, exports (in an archive of all participants)\n"
        "  keys.json           public keys of PCs, persons and authorities\n"
        "  manifest.sha256     SHA-256 of each file above. Check with: sha256sum -c manifest.sha256\n"
        "  manifest-signed.json   the SHA-256 of the list and of confirmation.pdf, signed (Ed25519) by the PC.\n"
        "                      What is signed: the bytes of mda5-crf/archive/1, one zero byte, then the value of\n"
        "                      archive as JSON with sorted keys, without spaces, UTF-8.\n"
        "                      Check with: mda5-crf check-archive PATH [VAULT]\n"
        "  confirmation.pdf    to be signed by hand by whoever received the archive\n"
        "\n"
        "CSV: UTF-8 with byte order mark, comma, CRLF. Times in columns named utc are UTC. A text that begins with\n"
        "= + - @ or the like has an apostrophe in front; the column escaped names where. In values: as_entered\n"
        "and unit_entered are what was typed, value and unit the same in the stored unit; state is valid,\n"
        "computed, missing, nonconformant (text that is no value of the item), conflict (two PCs entered\n"
        "different values), not applicable (entered, the question no longer applies); record is the entry of the\n"
        "audit trail. Struck rows and what is void stand in the audit trail and in the casebook.\n",
        "试验 {study} 归档\n"
        "记录截至：{moment}。由 MDA5-CRF {program} 生成。\n"
        "页脚所印时间即该时刻，因此同一状态得到相同文件；归档的生成时间见数据库的稽查轨迹。\n"
        "归档以明文包含参与者数据，请按病历同等要求保管。\n"
        "\n"
        "每名参与者一个文件夹，以参与者编号命名：\n"
        "  casebook-*.pdf      供阅读的全部内容：表单、评分、曲线、修改、质疑、核查、签名。\n"
        "                      各页不带页面校验码，文件由下述清单证明。\n"
        "  odm-snapshot.xml    截至该时刻的数据，CDISC ODM 1.3.2\n"
        "  odm-history.xml     每个数值及其录入者、时间与原因，CDISC ODM 1.3.2（Archival）\n"
        "  values/<form>.csv   每个答案一行\n"
        "  queries.csv（质疑）、verification.csv（源数据核查）、signatures.csv（签名）\n"
        "  audit-trail.csv     该参与者的全部记录\n"
        "公共部分：\n"
        "  definition/<hash>/  曾生效的研究定义：表单、核查、计算值、访视安排（文本，TOML）\n"
        "  audit-trail-of-the-vault.csv   账户、登录、打印、导出（仅见于全部参与者的归档）\n"
        "  keys.json           电脑、人员与授权机构的公钥\n"
        "  manifest.sha256     以上各文件的 SHA-256。核对命令：sha256sum -c manifest.sha256\n"
        "  manifest-signed.json   清单与 confirmation.pdf 的 SHA-256，由电脑签署（Ed25519）。\n"
        "                      签署内容：mda5-crf/archive/1 各字节、一个零字节、archive 的值\n"
        "                      （JSON，键排序，无空格，UTF-8）。\n"
        "                      核对命令：mda5-crf check-archive PATH [VAULT]\n"
        "  confirmation.pdf    由接收人手写签名的确认页\n"
        "\n"
        "CSV：UTF-8（带字节顺序标记），逗号分隔，CRLF 换行。名称含 utc 的列为协调世界时。以 = + - @ 等开头的\n"
        "文本前加撇号，escaped 列注明所在列。values 中：as_entered 与 unit_entered 为录入原文，value 与 unit\n"
        "为换算为存储单位后的数值；state 为 valid（有效）、computed（计算）、missing（缺失）、\n"
        "nonconformant（内容不符合类型）、conflict（两台电脑录入不一致）、not applicable（已录入但不再适用）；\n"
        "record 为稽查轨迹中的记录编号。已划除的行与作废内容见稽查轨迹和病例报告册。\n",
    ),
}
