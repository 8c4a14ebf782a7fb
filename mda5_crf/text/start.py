"""The page before the log-in, what is dropped on the window, long work, and the printed key card."""

MESSAGES: dict[str, tuple[str, str]] = {
    "cancelled": (
        "Cancelled. Everything is as it was before.",
        "已取消，一切保持原状。",
    ),
    # the page without a vault
    "title": ("Which vault?", "打开哪个数据库？"),
    "vaults": ("Vaults", "数据库"),
    "vault_line": ("{name} – {folder}", "{name}——{folder}"),
    "vault_away": ("{line} (not there now)", "{line}（当前不在）"),
    "vault_found": ("{line} (found now)", "{line}（刚刚找到）"),
    "list_hint": (
        "Enter opens. Delete takes a line off this list; the vault itself stays.",
        "按 Enter 打开；按 Delete 仅从列表移除，数据库本身保留。",
    ),
    "other_vaults": ("Other vaults …", "其他数据库…"),
    "from_stick": ("Open from a stick …", "从优盘打开…"),
    "take_bundle": ("Take a bundle …", "接收数据包…"),
    "searching": ("Looking for vaults on sticks and drives …", "正在优盘和磁盘上查找数据库…"),
    "found": ("{count} found. Enter opens.", "找到 {count} 个，按 Enter 打开。"),
    "found_some": (
        "{count} found; the drive is large and not all of it was searched. Otherwise choose the folder itself.",
        "找到 {count} 个；磁盘较大，未能全部查找。如不在其中，请直接选择文件夹。",
    ),
    "none_found": (
        "No vault found on the sticks and drives of this PC. Choose the folder itself if it lies elsewhere.",
        "本机优盘和磁盘上未找到数据库。如在其他位置，请直接选择文件夹。",
    ),
    "no_stick": (
        "This PC has no stick or second drive now. Put the stick in and try once more.",
        "本机当前没有优盘或其他磁盘。请插入优盘后再试。",
    ),
    "forgotten": (
        "{folder} is off the list. The vault itself is as it was.",
        "已从列表移除 {folder}，数据库本身未改动。",
    ),
    "cannot_remember": (
        "The list could not be changed: the settings of this PC cannot be written.",
        "无法更改列表：本机设置文件不可写。",
    ),
    "bundle_outside": (
        "{file}: bundle no. {number} from PC {sender} for PC {receiver}, made {made}, {size} KB. Log in to the vault"
        " of that PC: it is looked at then, and nothing is taken before you say so.",
        "{file}：第 {number} 号数据包，由电脑 {sender} 发给电脑 {receiver}，生成于 {made}，{size} KB。请登录该电脑的数据库，"
        "届时先显示内容，经您确认后才会接收。",
    ),
    "bundle_waits": ("Waits for the log-in: {file}", "登录后处理：{file}"),
    "files_waiting": (
        "{count} dropped. Log in to the vault they are for: they are looked at then, and nothing is taken before you"
        " say so.",
        "已拖入 {count} 项。请登录相应的数据库，届时先显示内容，经您确认后才会接收。",
    ),
    "request_waits": (
        "{file} asks to join. Log in at the centre: it is looked at then.",
        "{file} 是加入申请。请在协调中心登录，届时将显示其内容。",
    ),
    "files_wait": ("Wait for the log-in: {count} files", "登录后处理：{count} 个文件"),
    # what is dropped on the window
    "drop_mixed": (
        "Drop bundles together with bundles only; a vault, an invitation or a request comes alone.",
        "数据包只能与数据包一同拖入；数据库、邀请文件或申请文件须单独拖入。",
    ),
    "drop_no_bundle": (
        "{file} is no bundle, invitation or request of this program. Only these can be dropped here.",
        "{file} 不是本程序的数据包、邀请文件或申请文件，此处只能拖入这些文件。",
    ),
    "drop_no_vault": (
        "The folder {file} is no vault, and no bundle lies in it.",
        "文件夹 {file} 不是数据库，其中也没有数据包。",
    ),
    "drop_log_out": (
        "Another vault can be opened once you have logged out.",
        "请先退出登录，再打开其他数据库。",
    ),
    "drop_busy": (
        "Not now: records are coming in or being signed. Drop the bundle again when that is over.",
        "当前正在接收或签署记录，完成后请重新拖入数据包。",
    ),
    "drop_locked": (
        "The window is locked. Log in, then drop the bundle again.",
        "窗口已锁定。请登录后重新拖入数据包。",
    ),
    # progress
    "task_counted": ("{done} of {total} – {what}", "{done}/{total} {what}"),
    "task_percent": ("{percent} % – {what}", "{percent} % {what}"),
    "task_more": ("{words} (and {count} more)", "{words}（另有 {count} 项）"),
    "task_cancelling": ("Cancelling … {what}", "正在取消… {what}"),
    "task_pdf": ("PDF {file}", "PDF {file}"),
    "task_make": ("Making a bundle", "正在生成数据包"),
    "task_take": ("Taking a bundle", "正在接收数据包"),
    "task_look": ("Reading a bundle", "正在读取数据包"),
    "task_demo": ("Making the demonstration", "正在生成演示"),
    "task_search": ("Looking for vaults", "正在查找数据库"),
    "cancel_task": ("Cancel: {what}", "取消：{what}"),
    "progress_name": ("Long work", "后台任务"),
    # key card
    "keys_title": ("Keys of MDA5-CRF", "MDA5-CRF 键盘速查卡"),
    "keys_file": ("File", "文件"),
    "keys_study": ("Study", "研究"),
    "keys_subject": ("Participant", "参与者"),
    "keys_form": ("Form", "表单"),
    "keys_record": ("Record", "记录"),
    "keys_sync": ("Exchange", "交换"),
    "keys_help": ("Help and panes", "帮助与窗格"),
    "keys_field": ("In a field", "在条目中"),
    "keys_foot": (
        "Made from the program's own table of keys, version {version}.",
        "由程序自身的按键表生成，版本 {version}。",
    ),
    "keys_pdf": ("PDF …", "PDF…"),
    "keys_written": ("{file} written", "已写入 {file}"),
}
