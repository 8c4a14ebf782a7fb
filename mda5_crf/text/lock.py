"""The locked window, what waits behind it, and coming back."""

MESSAGES: dict[str, tuple[str, str]] = {
    "title": ("Locked", "已锁定"),
    "who": ("{person} · {vault}", "{person} · {vault}"),
    "waits": (
        "The keys are put away. What you were typing waits in the vault; your password brings it back.",
        "密钥已收起。您正在输入的内容保存在数据库中，输入密码即可继续。",
    ),
    "open": ("Open", "打开"),
    "another": ("Another person", "换人登录"),
    "log_out": ("Log out", "退出登录"),
    "working": (
        "Work that was started before still goes on. The window can be opened when it has ended.",
        "此前开始的任务仍在进行，完成后即可打开。",
    ),
    "kept_here": (
        "What you were typing could not be stored in the vault: {words} It is kept in this window for you until"
        " the program ends; log in again when that is mended.",
        "您正在输入的内容未能存入数据库：{words}内容暂时保留在本窗口中，仅供您本人使用，程序关闭后丢失；"
        "排除上述问题后请重新登录。",
    ),
    "you_were_here": ("You were here", "您上次停在这里"),
    "typed_is_back": (
        "You were here. What you had typed stands in its field again and is not saved yet.",
        "您上次停在这里。此前输入的内容已放回原处，尚未保存。",
    ),
    "changed_meanwhile": (
        "You were here. The answer was changed meanwhile; what you had typed stands in its field and is not saved."
        " Esc shows the stored answer.",
        "您上次停在这里。该答案其间已被修改；您此前输入的内容已放回原处，尚未保存，按 Esc 显示已保存的答案。",
    ),
    "words": ("Not sent yet, you had written: {words}", "此前写下、尚未提交的文字：{words}"),
    "waits_at": (
        "What you typed and did not save waits in {place}",
        "您输入后未保存的内容在：{place}",
    ),
    "waits_more": ("{place}, and in {count} more", "{place}，另有 {count} 处"),
}
