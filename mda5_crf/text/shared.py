"""Sentences of a centre whose vault is a database on a server, opened by several people at once."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "no_vault": (
        "{place} holds no vault yet. Make one there: mda5-crf new ADDRESS --site 00 --name NAME; or bring an "
        "existing centre along: mda5-crf move-to VAULT ADDRESS.",
        "{place} 中还没有数据库。可在该处新建：mda5-crf new 地址 --site 00 --name 名称；"
        "或将已有的协调中心迁入：mda5-crf move-to 数据库 地址。",
    ),
    "only_centre": (
        "Only a coordinating centre (site 00) can lie on a server. A ward's vault is a folder on its own PC.",
        "只有协调中心（中心编号 00）的数据库可以放在服务器上。病区的数据库是其本机上的文件夹。",
    ),
    "folder_needed": (
        "This needs a vault in a folder. A centre on a server neither joins another centre nor is made of a "
        "copy: restore the copy into a folder, then move it to a server with mda5-crf move-to.",
        "此操作需要位于文件夹中的数据库。服务器上的协调中心不能加入其他中心，也不能直接由备份生成：请先将备份恢复到"
        "文件夹，再用 mda5-crf move-to 迁至服务器。",
    ),
    "keys_changed": (
        "A colleague changed accounts or passwords at {place} at this very moment. Nothing of yours was "
        "written. Do it once more.",
        "就在此刻，有同事在 {place} 更改了账户或密码。本次操作未写入任何内容。请再操作一次。",
    ),
    "account_gone": (
        "The account {login} was ended or given new keys at another PC. Log out; a keeper of this centre "
        "can say why.",
        "账户 {login} 已在另一台电脑上被停用或更换了密钥。请退出登录；原因可询问本中心的密钥管理人。",
    ),
    "post_busy": (
        "A colleague is making or taking a bundle for {place} just now. Wait until that is done and try again.",
        "有同事正在为 {place} 生成或接收数据包。请等待其完成后再试。",
    ),
    "not_equal": (
        "What arrived at {place} is not what is here, so nothing was kept there. Check this vault with "
        "mda5-crf verify, then move it once more.",
        "到达 {place} 的内容与本地不一致，因此该处未保留任何内容。请先用 mda5-crf verify 校验本数据库，再重新迁移。",
    ),
    "move_direction": (
        "Only a vault in a folder can be moved, and only to an address (postgresql://person@host/database). "
        "The way back is a copy: mda5-crf backup make ADDRESS, then mda5-crf restore.",
        "只能将文件夹中的数据库迁至地址（postgresql://用户@主机/数据库）。反方向请用备份：mda5-crf backup make 地址，"
        "再执行 mda5-crf restore。",
    ),
    "moved": (
        "The centre now lies at {place}, with {records} records, as the new device {device}. This folder opens "
        "no more; keep it as a copy. Every ward registers the new device: mda5-crf devices card {place} FILE.",
        "协调中心现位于 {place}，共 {records} 条记录，设备编号更新为 {device}。本文件夹不再打开，请作为备份保存。"
        "各病区须登记新设备：mda5-crf devices card {place} 文件。",
    ),
    "moved_away": (
        "{vault} was moved to {place}. Open it there. If that is lost, restore this folder into a new one with "
        "mda5-crf restore.",
        "{vault} 已迁至 {place}，请在该处打开。若该处已丢失，可用 mda5-crf restore 将本文件夹恢复到新文件夹。",
    ),
    "prepared": (
        "{place} is ready. Let people in with mda5-crf server admit, then make the centre with mda5-crf new or "
        "mda5-crf move-to.",
        "{place} 已准备好。请用 mda5-crf server admit 允许人员使用，再用 mda5-crf new 或 mda5-crf move-to 建立协调中心。",
    ),
    "admitted": (
        "{login} may work with {place}. Set the password on the server with \\password of psql.",
        "{login} 可以使用 {place}。请在服务器上用 psql 的 \\password 设置密码。",
    ),
    "dismissed": (
        "{login} may no longer work with {place}. The account in the vault is ended with mda5-crf users disable.",
        "{login} 不能再使用 {place}。数据库中的账户请用 mda5-crf users disable 停用。",
    ),
    "key_renewed": (
        "The key is renewed; everybody goes on with the own password. Copies made before open with the key of "
        "then: destroy those that are not needed.",
        "密钥已更新；所有人继续使用各自的密码。此前制作的备份仍用当时的密钥打开：请销毁不再需要的备份。",
    ),
    "no_list": (
        "A centre on a server keeps no identification list: names stay at the sites.",
        "放在服务器上的协调中心不保存鉴认代码表：姓名只留在各研究中心。",
    ),
}
