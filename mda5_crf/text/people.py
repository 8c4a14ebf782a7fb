"""Accounts, delegation of tasks, the second person of an act."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "founder_alone": (
        "Data entry can admit nobody: with this role you stay the only person of this vault, and whatever takes two "
        "persons cannot be done. For a ward choose investigator, or administrator to admit the investigator first.",
        "数据录入员不能添加任何人员：以此角色建立的数据库只能由您一人使用，凡须两人完成的操作均无法进行。"
        "病区应选择研究者，或先以系统管理员建立，再添加研究者。",
    ),
    "second_why": (
        "A second person confirms this with the own log-in and password. The record names both of you.",
        "须由第二人以其本人的登录名和密码确认。记录中将载明您二人。",
    ),
    "second_login": ("Second person's log-in", "第二人登录名"),
    "second_denied": (
        "The second person has no right to this act ({act}). Ask somebody who has it.",
        "该第二人无权进行此操作（{act}），须由有此权限的人员确认。",
    ),
    "second_password": ("Second person's password", "第二人密码"),
    # tasks and duties
    "tasks_own": (
        "Nobody changes the own tasks. Another person who manages accounts can.",
        "不能更改本人的授权，须由其他账户管理人员更改。",
    ),
    "keys_swapped": (
        "The key file names other keys for {login} than the record does. Nothing was changed; run verify and"
        " reset this account.",
        "密钥文件中 {login} 的密钥与记录不符，未作任何更改。须运行 verify，并重置该账户。",
    ),
    "code_form": (
        "The code of a person is 2 to 20 letters, digits, dots, hyphens or underscores.",
        "人员代码须为 2 至 20 个字母、数字、点、连字符或下划线。",
    ),
    "form_of_duty": (
        "A duty is a code of capitals, digits and underscores, like CONSENT.",
        "职责代码须由大写字母、数字和下划线组成，如 CONSENT。",
    ),
    "day_form": ("A day is written like 2026-11-23.", "日期格式为 2026-11-23。"),
    "days_order": ("The last day lies before the first one.", "结束日期早于开始日期。"),
    "task_past": (
        "A task begins today ({today}) or later: nobody gets a right for a day that is over.",
        "授权须自今日（{today}）或之后开始，不能追溯。",
    ),
    "end_past": (
        "A task ends today ({today}) or later, or now: what was done until now stays lawful.",
        "授权须在今日（{today}）或之后结束，或立即结束；此前的操作仍然有效。",
    ),
    "task_there": (
        "{role} is delegated already: {days}. End that first, or choose other days.",
        "已有授权：{role}，{days}。须先结束该授权，或另选日期。",
    ),
    "task_none": ("{role} is not delegated on those days.", "该期间没有此项授权：{role}。"),
    "task_last": (
        "That is the only task of {login}. End the account instead.",
        "这是 {login} 唯一的授权，应改为停用账户。",
    ),
    "name_needed": (
        "{code} has no account here: give the printed name as well.",
        "{code} 在此没有账户，须同时填写姓名。",
    ),
    "sheet_elsewhere": (
        "This sheet of duties was made for another vault.",
        "该授权记录属于其他数据库。",
    ),
    "sheet_unsigned": (
        "This sheet of duties is not signed by somebody who may delegate.",
        "该授权记录未经有权授权者签名。",
    ),
    "duty_consent": ("obtain informed consent", "获取知情同意"),
    "duty_eligibility": ("judge eligibility", "判定入选资格"),
    "duty_exam": ("physical examination", "体格检查"),
    "duty_mmt": ("muscle testing (MMT-8)", "肌力评定（MMT-8）"),
    "duty_cdasi": ("skin scoring (CDASI)", "皮肤评分（CDASI）"),
    "duty_hrct": ("reading of HRCT", "HRCT 阅片"),
    "duty_causality": ("judge causality of events", "判定不良事件相关性"),
    "duty_drug": ("dispense and count study drug", "研究药物发放与清点"),
    "duty_samples": ("take and process samples", "样本采集与处理"),
    "duty_entry": ("fill in case report forms", "填写病例报告表"),
    # history
    "event_certified": ("tasks {tasks} (sheet {serial})", "授权 {tasks}（第 {serial} 份）"),
    "event_tasks_changed": ("tasks changed: {tasks} (sheet {serial})", "授权变更：{tasks}（第 {serial} 份）"),
    "event_new_keys": (
        "new keys, tasks {tasks} (sheet {serial})",
        "更换密钥，授权 {tasks}（第 {serial} 份）",
    ),
    "event_delegated": ("duties {duties} (sheet {serial})", "职责 {duties}（第 {serial} 份）"),
    "event_rekey": ("database key renewed: {reason}", "数据库密钥已更新：{reason}"),
    "event_password": ("own password changed", "本人修改密码"),
    "event_reset": ("password reset, with {second} as second person", "密码重置，第二人 {second}"),
    "event_ended": ("account ended", "账户停用"),
    "event_ended_because": ("account ended: {reason}", "账户停用：{reason}"),
    "event_admitted": ("account opened", "账户启用"),
    "renewal_removed": ("a person was removed", "人员离开"),
    "renewal_hand_over": ("an administrator gave it up", "管理员移交"),
    "renewal_lost": ("a PC, stick or sheet was lost", "电脑、优盘或纸页丢失"),
    "renewal_known": ("a password became known", "密码泄露"),
    "renewal_recovered": ("recovery was used", "使用了恢复程序"),
    # said after the log-in
    "due_given": (
        "Somebody else gave you this password and knows it. Change it first; until then you cannot sign.",
        "此密码由他人设置，他人知晓。须先修改密码；修改前不能签名。",
    ),
    "due_aged": (
        "This password is from {since}, and the study asks for a new one every {days} days. Change it first;"
        " until then you cannot sign.",
        "此密码设置于 {since}，本研究要求每 {days} 天更换。须先修改密码；修改前不能签名。",
    ),
    "offer_hand_over": (
        "{name} ({login}) is an administrator and still holds the key of the data. Take it over under"
        " Accounts; the account stays.",
        "管理员 {name}（{login}）仍持有数据密钥。可在“账户与授权”中接管，该账户保留。",
    ),
    "failures_of": (
        "Failed log-ins for {login} since {since}: {count}",
        "{login} 自 {since} 起登录失败 {count} 次",
    ),
    "failures_unknown": (
        "Failed log-ins with names unknown here since {since}: {count}",
        "自 {since} 起以未知登录名登录失败 {count} 次",
    ),
    # the page
    "title": ("Accounts and delegation", "账户与授权"),
    "head_login": ("Log-in", "登录名"),
    "head_name": ("Name", "姓名"),
    "head_today": ("Tasks and duties today", "今日任务与职责"),
    "head_days": ("From – to", "起止日期"),
    "head_state": ("State", "状态"),
    "head_last": ("Last log-in", "上次登录"),
    "head_failures": ("Failed", "失败"),
    "head_when": ("When", "时间"),
    "head_whom": ("Whom", "对象"),
    "head_what": ("What", "内容"),
    "head_by": ("By", "操作者"),
    "none_today": ("none today", "今日无"),
    "never": ("never", "从未"),
    "comma": (", ", "、"),
    "state_none": ("no account", "无账户"),
    "state_ended": ("ended", "已停用"),
    "state_given": ("password from another", "密码由他人设置"),
    "state_active": ("active", "有效"),
    "state_keyless": ("active, no data key", "有效，无数据密钥"),
    "role_principal": ("principal investigator", "主要研究者"),
    "working": ("Working …", "处理中……"),
    "do": ("Do it", "执行"),
    "act_password": ("Own password", "修改本人密码"),
    "act_add": ("Add a person", "新增人员"),
    "act_tasks": ("Change tasks", "变更任务"),
    "act_duties": ("Duties of the trial", "试验职责"),
    "act_reset": ("Reset password", "重置密码"),
    "act_end": ("End account", "停用账户"),
    "act_hand_over": ("Take over the key", "接管密钥"),
    "act_renew": ("Renew the key", "更新密钥"),
    "act_history": ("History", "变更记录"),
    "title_add": ("Add a person", "新增人员"),
    "title_tasks": ("Tasks of {who}", "{who} 的任务"),
    "title_duties": ("Duties of the trial", "试验职责"),
    "title_end": ("End the account of {who}", "停用 {who} 的账户"),
    "title_reset": ("Reset the password of {who}", "重置 {who} 的密码"),
    "title_hand_over": ("Take the key of the data from {who}", "从 {who} 接管数据密钥"),
    "title_renew": ("Renew the key of the database", "更新数据库密钥"),
    "title_password": ("Change the own password", "修改本人密码"),
    "about_first": (
        "Nobody here manages accounts yet. Admit the person who does; after that, accounts are that person's"
        " act, and you can give up the key.",
        "目前尚无人管理账户。请先接纳负责人；此后账户由其管理，您可以交出密钥。",
    ),
    "about_add": (
        "The log-in is a code and is never given to anybody else. The password is for the first log-in: hand it"
        " over in person; its owner then changes it.",
        "登录名是代码，永不转给他人。密码用于首次登录：须当面交付，由本人随后修改。",
    ),
    "about_tasks": (
        "A task gives rights from its first to its last day. No first day = today; no last day = open, or, when"
        " a task ends, now.",
        "任务在起止日期内有效。不填开始日期即今日；不填结束日期即长期，结束任务时则为立即结束。",
    ),
    "about_duties": (
        "For everybody who does trial work, with an account or without. The code is what stands on forms; checks"
        " ask whether the duty was delegated on that day.",
        "适用于所有参与试验的人员，无论是否有账户。代码即表单中所填代码；核查将据此判断当日是否已授权。",
    ),
    "about_end": (
        "What the person wrote stays. The key of the database is renewed, so that older copies and passwords open"
        " nothing new.",
        "该人员已录入的内容保留。数据库密钥将同时更新，旧副本和旧密码无法打开新数据。",
    ),
    "about_reset": (
        "The person gets new keys; what was signed before stays valid. Hand the password over in person.",
        "该人员将获得新密钥，此前的签名仍然有效。密码须当面交付。",
    ),
    "about_hand_over": (
        "The key is renewed without this administrator. The account stays, to act as second person.",
        "密钥将更新且不再授予该管理员。账户保留，可作为第二人。",
    ),
    "about_renew": (
        "After a PC, stick or password was lost. Everybody goes on with the own password.",
        "用于电脑、优盘丢失或密码泄露之后。所有人仍使用各自密码。",
    ),
    "about_password": (
        "Offered: {offer} – or at least twelve characters of your own. Nobody can look it up later.",
        "推荐：{offer}；也可自拟至少 12 个字符。之后任何人都无法查询密码。",
    ),
    "own_password": ("Your own password", "您本人的密码"),
    "present_password": ("Present password", "当前密码"),
    "new_password": ("New password", "新密码"),
    "again": ("The same again", "再次输入新密码"),
    "new_differ": ("The two new passwords differ.", "两次输入的新密码不一致。"),
    "new_login": ("Log-in (code)", "登录名（代码）"),
    "printed_name": ("Printed name", "姓名"),
    "role": ("Task", "任务"),
    "first_password": ("Password to hand over", "交付的密码"),
    "from_day": ("First day (2026-11-23)", "开始日期（2026-11-23）"),
    "to_day": ("Last day", "结束日期"),
    "way": ("Begin or end", "开始或结束"),
    "begin": ("begin", "开始"),
    "end": ("end", "结束"),
    "code": ("Code on forms", "表单中的代码"),
    "duty": ("Duty", "职责"),
    "reason": ("Reason", "原因"),
    "known": ("The old password is known to somebody", "原密码已为他人所知"),
    "done_add": (
        "Account {login} is open. Its first password, shown only now: {password}",
        "账户 {login} 已启用。首次登录密码（仅显示这一次）：{password}",
    ),
    "done_reset": (
        "The password of {login} was reset. The new one, shown only now: {password}",
        "{login} 的密码已重置。新密码（仅显示这一次）：{password}",
    ),
    "done_tasks": ("The tasks of {login} were changed.", "{login} 的任务已变更。"),
    "done_duties": ("Recorded for {code}: {duty}", "已记录 {code}：{duty}"),
    "done_end": ("The account {login} has ended.", "账户 {login} 已停用。"),
    "done_hand_over": ("{login} no longer holds the key of the data.", "{login} 不再持有数据密钥。"),
    "done_renew": ("The key of the database is renewed.", "数据库密钥已更新。"),
    "done_password": ("Your password is changed.", "密码已修改。"),
    # on paper
    "authority": ("the study's authority", "研究授权机构"),
    "pdf_title": ("Delegation log", "授权分工表"),
    "pdf_where": ("{study} · site {site} · {vault}", "{study} · 中心 {site} · {vault}"),
    "pdf_about": (
        "Tasks give rights in the program on the days stated; duties are asked for by its checks. Each sheet is"
        " signed electronically; the short code stands for that signature and can be compared on the screen.",
        "任务在所列日期内赋予程序权限；职责供程序核查使用。每份授权均经电子签名，短码代表该签名，可与屏幕核对。",
    ),
    "pdf_code": ("Code", "代码"),
    "pdf_name": ("Name", "姓名"),
    "pdf_task": ("Task or duty", "任务或职责"),
    "pdf_from": ("From", "开始"),
    "pdf_to": ("To", "结束"),
    "pdf_signed": ("Signed electronically", "电子签名"),
    "pdf_initials": ("Signature and initials by hand", "本人签名及签名样式"),
    "pdf_signed_by": ("{who}, {when}, sheet {serial}, {code}", "{who}，{when}，第 {serial} 份，{code}"),
    "pdf_changes": ("Every change", "变更记录"),
    "pdf_when": ("When", "时间"),
    "pdf_whom": ("Whom", "对象"),
    "pdf_what": ("What", "内容"),
    "pdf_by": ("By", "操作者"),
    "pdf_investigator": ("Principal investigator (printed name)", "主要研究者（正楷姓名）"),
    "pdf_signature": ("Signature", "签名"),
    "pdf_date": ("Date", "日期"),
    "act_print": ("Print the log", "打印授权表"),
    "title_print": ("Print the delegation log", "打印授权分工表"),
    "about_print": (
        "A PDF in clear, for the investigator's signature by hand. That it was printed is recorded.",
        "未加密的 PDF，供研究者手写签名。打印将被记录。",
    ),
    "file": ("File", "文件"),
    "tongue": ("Language", "语言"),
    "tongue_both": ("English and Chinese", "中英双语"),
    "tongue_en": ("English", "英文"),
    "tongue_zh": ("Chinese", "中文"),
    "done_print": ("Written: {file}", "已写入：{file}"),
}
