"""The check of the installation: what is checked, what was found, who vouches for it."""

MESSAGES: dict[str, tuple[str, str]] = {
    "refused": (
        "The program's own files are not as they were packed: {files}. Real data are not opened with it. Install"
        " the program again from the release, then check the installation (Help menu).",
        "程序自身的文件与打包时不一致：{files}。不能用它打开真实数据。请用正式发布包重新安装，然后检查安装（帮助菜单）。",
    ),
    "title": ("Check of this installation", "本机安装检查"),
    "about": (
        "Checks this program and this PC on scratch vaults that are taken away again. No vault of the site and"
        " no data of a participant are used. It takes less than a minute and can be cancelled.",
        "在临时数据库上检查本程序和本机，检查后即删除。不使用本中心的任何数据库和参与者数据。用时不到一分钟，可随时取消。",
    ),
    "start": ("Check now", "立即检查"),
    "save_about": (
        "A PDF to read and to sign by hand, and beside it a file for programs; both carry this PC's signature.",
        "生成供阅读和签字的 PDF，并附带供程序读取的文件；两者均带有本机签名。",
    ),
    "save_about_unsigned": (
        "A PDF to read and to sign by hand, and beside it a file for programs. Before a log-in no PC signs them.",
        "生成供阅读和签字的 PDF，并附带供程序读取的文件。未登录时不带本机签名。",
    ),
    "save": ("Save the evidence …", "保存检查证据……"),
    "running": ("Checking this installation", "正在检查本机安装"),
    "saved": (
        "The evidence was saved: {pdf} to read and print, {json} to verify.",
        "检查证据已保存：{pdf}供阅读和打印，{json}供核验。",
    ),
    "ask_file": ("File", "文件"),
    "file_type": ("PDF files (*.pdf)", "PDF 文件 (*.pdf)"),
    "head_check": ("Check", "检查项"),
    "head_result": ("Result", "结果"),
    "head_found": ("What was found", "检查所见"),
    "head_requirements": ("Supports", "支持的要求"),
    "result_passed": ("passed", "通过"),
    "result_noted": ("passed, note", "通过，有提示"),
    "result_failed": ("FAILED", "未通过"),
    "all_good": (
        "All {checks} checks passed, {noted} with a note.",
        "全部{checks}项检查通过，其中{noted}项有提示。",
    ),
    "some_failed": (
        "{failed} of {checks} checks failed: {names}. Do not enter data on this PC until the cause is mended.",
        "{checks}项检查中有{failed}项未通过：{names}。排除原因之前，请勿在本机录入数据。",
    ),
    "run_by": (
        "Program {version} on {pc} ({system}), begun {begun}, zone {zone}. {by}",
        "程序版本{version}，电脑{pc}（{system}），开始时间{begun}，时区{zone}。{by}",
    ),
    "sum": ("SHA-256 of the evidence: {sum}", "检查证据的 SHA-256：{sum}"),
    "unsigned": (
        "Unsigned: no vault was named, so no key of a PC vouches for this evidence.",
        "未签名：未指定数据库，没有电脑密钥为此证据作保。",
    ),
    "signed": (
        "Signed with the key of this vault's PC {device} (key {key}).",
        "由此数据库的电脑{device}的密钥签名（密钥{key}）。",
    ),
    "signature_line": ("Signature: {signature}", "签名：{signature}"),
    "signature_wrong": (
        "The signature does not fit: the evidence was altered after it was signed, or the key is another one.",
        "签名不符：证据在签名后被改动，或密钥不是原来的密钥。",
    ),
    "signature_fits": (
        "The signature fits. It names the PC {device} and the key {key}; name a vault to learn whether it knows them.",
        "签名相符。它指明电脑{device}和密钥{key}；请指定数据库以核对是否认识它们。",
    ),
    "signature_known": (
        "The signature fits and is that of the PC {name}, site {site}, which this vault knows.",
        "签名相符，签名者为本数据库认识的电脑{name}，中心{site}。",
    ),
    "signature_stranger": (
        "The signature fits, but this vault does not know the PC {device} with this key.",
        "签名本身相符，但本数据库不认识持此密钥的电脑{device}。",
    ),
    "no_evidence": (
        "The file is no evidence of a check of an installation. Name the .json file that was saved with it.",
        "该文件不是安装检查的证据。请指定随检查一同保存的 .json 文件。",
    ),
    "package_none": (
        "There is no list of files ({file}) in {folder}. Name the folder of a packed program.",
        "{folder}中没有文件清单（{file}）。请指定已打包程序的文件夹。",
    ),
    "package_compare": (
        "Compare this sum of the list with the one published with the release: {sum}",
        "请将清单的校验和与发布时公布的值比对：{sum}",
    ),
    "name_pdf": (
        "{file} is the name the evidence itself gets. Name a file that ends in .pdf.",
        "{file}是检查证据本身的文件名。请指定以 .pdf 结尾的文件名。",
    ),
    "could_not": ("The check could not be done.", "该项检查无法完成。"),
    "title_version": ("Version and surroundings", "版本与运行环境"),
    "title_files": ("The program's own files", "程序自身文件"),
    "title_fonts": ("Fonts, Chinese characters drawn and measured", "字体：汉字绘制与测量"),
    "title_languages": ("Both languages complete", "两种语言完整"),
    "title_clock": ("Clock", "时钟"),
    "title_disk": ("Disk", "磁盘"),
    "title_printer": ("Printers", "打印机"),
    "title_forms": ("Every check of every form, with its test cases", "每份表单的每项核查及其测试用例"),
    "title_record": ("Record and audit trail", "记录与稽查轨迹"),
    "title_pdf": ("PDF with Chinese, made and read back", "中文 PDF 的生成与回读"),
    "title_bundle": ("Bundle there and back", "数据包往返"),
    "title_backup": ("Backup and restore", "备份与恢复"),
    "title_encryption": ("Encryption of the vault", "数据库加密"),
    "version": (
        "Program {version}, {kind}, Python {python}, {system}.",
        "程序{version}，{kind}，Python {python}，{system}。",
    ),
    "kind_packed": ("packed", "打包程序"),
    "kind_python": ("run by an installed Python", "由已安装的 Python 运行"),
    "files_good": (
        "{count} files are as they were packed; SHA-256 of the list {sum}.",
        "{count}个文件与打包时一致；清单的 SHA-256 为{sum}。",
    ),
    "files_wheel": (
        "{count} files are as the installed package lists them.",
        "{count}个文件与安装包的清单一致。",
    ),
    "files_sources": (
        "{count} source files are as the version control has them. This is no packed program.",
        "{count}个源文件与版本库一致。这不是打包程序。",
    ),
    "files_altered": ("Altered ({count}): {names}.", "被改动（{count}）：{names}。"),
    "files_missing": ("Missing ({count}): {names}.", "缺失（{count}）：{names}。"),
    "files_added": ("Not part of the program ({count}): {names}.", "不属于本程序（{count}）：{names}。"),
    "files_no_list": (
        "There is no list to compare the files with: this is neither a packed program nor a source tree under"
        " version control. Nothing is known of its files.",
        "没有可供比对的文件清单：这既不是打包程序，也不是受版本控制的源代码。无法判断其文件是否被改动。",
    ),
    "files_list_gone": (
        "The list of files ({file}) that belongs to the packed program is gone. Install the program again.",
        "打包程序应有的文件清单（{file}）不见了。请重新安装程序。",
    ),
    "files_list_unreadable": (
        "The list of files ({file}) cannot be read. Install the program again.",
        "文件清单（{file}）无法读取。请重新安装程序。",
    ),
    "files_other_version": (
        "The list of files is of version {packed}, the program is {version}. Install the program again.",
        "文件清单属于版本{packed}，而程序为{version}。请重新安装程序。",
    ),
    "font_good": (
        "{file}: {count} characters drawn, none is missing or of a wrong width.",
        "{file}：已绘制{count}个字符，无缺失，宽度正确。",
    ),
    "font_unreadable": (
        "{file} is missing or is no whole font. Install the program again.",
        "{file}缺失或不是完整的字体。请重新安装程序。",
    ),
    "font_lacks": (
        "{file} has no shape for {count} characters: {which}",
        "{file}中有{count}个字符没有字形：{which}",
    ),
    "font_blank": (
        "{file} draws nothing for {count} characters: {which}",
        "{file}有{count}个字符绘制为空：{which}",
    ),
    "font_narrow": (
        "{file}: {count} Chinese characters are not of full width: {which}",
        "{file}：{count}个汉字不是全角宽度：{which}",
    ),
    "language_good": (
        "{count} sentences of {areas} areas are there in English and Chinese.",
        "{areas}个部分的{count}条文字中英文齐全。",
    ),
    "language_wrong": (
        "Sentences are not complete in both languages: {which}",
        "以下文字的两种语言不完整：{which}",
    ),
    "clock_now": (
        "The clock shows {wall}, that is {utc} UTC. Compare it with a clock you trust: one that is ahead cannot be"
        " recognised without a network.",
        "本机时间为{wall}，即 UTC {utc}。请与可信的时钟比对：没有网络时无法识别走快的时钟。",
    ),
    "clock_jumped": (
        "While the checks ran, the clock went on by {wall} s and the counter of the PC by {counter} s.",
        "检查期间，时钟走了{wall}秒，而本机计数器走了{counter}秒。",
    ),
    "clock_before_built": (
        "The clock shows {wall}, before this program was built ({built}). Set it right.",
        "时钟显示{wall}，早于本程序的构建时间（{built}）。请校正时钟。",
    ),
    "clock_before_file": (
        "The clock shows {wall}, but the file {file} is of {at}. Set the clock right.",
        "时钟显示{wall}，但文件{file}的时间为{at}。请校正时钟。",
    ),
    "clock_before_record": (
        "The clock shows {wall}, but the vault has seen {at} already. Set the clock right.",
        "时钟显示{wall}，但数据库已有{at}的记录。请校正时钟。",
    ),
    "clock_zone": (
        "This PC's zone is {here}, the site's is {site}. Times are stored in UTC with the zone; visits go by the"
        " site's day.",
        "本机时区为{here}，中心时区为{site}。时间以 UTC 及时区保存；访视以中心所在地日期为准。",
    ),
    "disk_free": ("{mb} MB are free.", "剩余空间{mb} MB。"),
    "disk_good": (
        "1 MB was written, synced and put in the place of another file in one step, in {ms} ms; no network share.",
        "写入 1 MB、落盘并一步替换另一文件，用时{ms}毫秒；不是网络共享。",
    ),
    "disk_little": ("Only {mb} MB are free. Make room soon.", "仅剩{mb} MB。请尽快清理空间。"),
    "disk_full": (
        "Only {mb} MB are free, {needed} MB are needed. Make room.",
        "仅剩{mb} MB，至少需要{needed} MB。请清理空间。",
    ),
    "disk_network": (
        "The folder lies on a network share, where locks do not hold. Use the PC's disk or a stick.",
        "该文件夹位于网络共享上，文件锁不可靠。请使用本机磁盘或U盘。",
    ),
    "disk_refuses": ("The disk refuses to be written: {why}.", "磁盘拒绝写入：{why}。"),
    "disk_rename": (
        "A file that replaced another was not there as written. Do not keep data on this disk.",
        "替换文件后内容与写入的不一致。请勿在此磁盘上保存数据。",
    ),
    "printer_none": (
        "No printer is set up. Pages can be saved as PDF; to print them, set up a printer.",
        "未设置打印机。页面可保存为 PDF；如需打印，请设置打印机。",
    ),
    "printer_some": ("{count} printers: {names}", "{count}台打印机：{names}"),
    "forms_good": (
        "{checks} checks of {forms} forms did what their {scenes} test cases say; {edges} values at the ends of"
        " ranges tried.",
        "{forms}份表单的{checks}项核查与其{scenes}个测试用例相符；并试验了{edges}个范围端点值。",
    ),
    "forms_no_cases": ("The test cases of the definition are not there.", "研究定义的测试用例不存在。"),
    "forms_wrong": (
        "The definition does not do what its test cases say, {count} problems. The first:",
        "研究定义与其测试用例不符，共{count}个问题。首先是：",
    ),
    "record_good": (
        "{records} records of a scratch vault verified: chain, seals, rights and projections.",
        "已核验临时数据库的{records}条记录：链、封印、权限与投影。",
    ),
    "record_wrong": (
        "The record of a scratch vault does not verify.",
        "临时数据库的记录未通过核验。",
    ),
    "pdf_good": (
        "{form} in Chinese, blank and filled: name ({name}), visit and answers were read back.",
        "中文{form}表（{name}）的空白页与已填页：名称、访视和答案均已回读。",
    ),
    "pdf_wrong": (
        "{count} words that were printed could not be read back from the PDF.",
        "打印的{count}处文字未能从 PDF 中读回。",
    ),
    "bundle_good": (
        "{kb} KB went from a scratch ward to a scratch centre and a question came back; nothing was lost or readable"
        " on the way.",
        "{kb} KB 数据从临时病房库传至临时中心库，质疑亦传回；途中无丢失，也不可读。",
    ),
    "bundle_wrong": (
        "What was sent to the scratch centre and back is not what was entered, or was readable on the way.",
        "发送至临时中心库并返回的内容与录入不一致，或途中可读。",
    ),
    "backup_good": (
        "A copy was made, restored beside and verified; it holds what was entered.",
        "已制作备份、另行恢复并核验；内容与录入一致。",
    ),
    "backup_wrong": (
        "The restored copy is not what was backed up.",
        "恢复的副本与备份时不一致。",
    ),
    "encryption_good": (
        "{kb} KB of the vault hold nothing readable, and a wrong password does not open it.",
        "数据库{kb} KB 中没有可读内容，错误的密码不能打开。",
    ),
    "encryption_plain": (
        "What was entered can be read in: {files}. Do not enter data on this PC.",
        "以下文件中可读到录入的内容：{files}。请勿在本机录入数据。",
    ),
    "encryption_opened": (
        "The vault opened with a wrong password. Do not enter data on this PC.",
        "数据库可用错误的密码打开。请勿在本机录入数据。",
    ),
}
