"""Checks that the centre softened, raised or switched off."""

MESSAGES: dict[str, tuple[str, str]] = {
    # actions, as "the centre made this …" and as a word of a list
    "action_off": ("off", "停用"),
    "action_warning": ("a warning", "提醒"),
    "action_soft": ("a soft check", "软核查"),
    "action_query": ("a query check", "质疑核查"),
    "action_hard": ("a hard check", "硬核查"),
    # beside a finding
    "said_off": ("The centre switched this check off {days}: {reason}", "协调中心{days}停用此核查：{reason}"),
    "said_softened": (
        "The centre made this {severity} {days} (by the definition {stated}): {reason}",
        "协调中心{days}将此核查降为{severity}（研究定义为{stated}）：{reason}",
    ),
    "said_raised": (
        "The centre made this {severity} {days} (by the definition {stated}): {reason}",
        "协调中心{days}将此核查升为{severity}（研究定义为{stated}）：{reason}",
    ),
    "said_kept": (
        "The centre keeps this {severity} {days}: {reason}",
        "协调中心{days}将此核查维持为{severity}：{reason}",
    ),
    "at_field": ("{message} ({said})", "{message}（{said}）"),
    "days_from": ("from {start}", "自{start}起"),
    "days_until": ("from {start} until {until}", "自{start}至{until}"),
    "why_off": ("{check}: {said}", "{check}：{said}"),
    "trail_set": ("{check}: {action}, {days}", "{check}：{action}，{days}"),
    "trail_withdrawn": ("withdrawn: {id}", "撤回：{id}"),
    # the list
    "none": (
        "No check was changed: all ask for what the definition says.",
        "没有更改任何核查：全部按研究定义执行。",
    ),
    "line": (
        "{id} · {check} · {action} · {days} · {state}: {reason} ({person}, {second})",
        "{id} · {check} · {action} · {days} · {state}：{reason}（{person}，{second}）",
    ),
    "state_waits": ("begins later", "尚未开始"),
    "state_holds": ("in force", "生效中"),
    "state_over": ("over", "已到期"),
    "state_withdrawn": ("withdrawn: {reason}", "已撤回：{reason}"),
    "state_strange": ("changes nothing here: {why}", "在此不起作用：{why}"),
    "in_force": ("Checks changed by the centre", "协调中心更改的核查"),
    "in_force_about": (
        "The definition itself is unchanged. What follows says how these checks speak on {day}.",
        "研究定义本身未变。以下说明这些核查在{day}的执行方式。",
    ),
    "set_done": (
        "{check} is {action} {days}. It goes to the sites with their next bundle. Change {id}.",
        "{check} {days}：{action}。将随下一个数据包送达各中心。更改编号 {id}。",
    ),
    "withdrawn_done": (
        "{check} asks again for what the definition says. The sites hear of it with their next bundle.",
        "{check} 恢复按研究定义执行。各中心将随下一个数据包获知。",
    ),
    # the page
    "about": (
        "What the centre made of checks, newest first. The definition itself is unchanged.",
        "协调中心对核查所作的更改，最新的在前。研究定义本身未变。",
    ),
    "head_check": ("Check", "核查"),
    "head_action": ("Now", "现为"),
    "head_days": ("Days", "期间"),
    "head_state": ("State", "状态"),
    "head_reason": ("Reason", "理由"),
    "head_who": ("Decided by", "决定人"),
    "about_one": ("{check} ({form}): {words}", "{check}（{form}）：{words}"),
    "limits": ("limits of {item}", "{item}的限值"),
    "change": ("Change a check …", "更改核查…"),
    "change_about": (
        "It applies from its first day at every site that has taken the bundle; what was judged before stays.",
        "自起始日起，对已接收数据包的各中心生效；此前的判断保持不变。",
    ),
    "withdraw": ("Withdraw …", "撤回…"),
    "ask_check": ("Check or limit", "核查或限值"),
    "ask_action": ("Make it", "改为"),
    "ask_from": ("From", "自"),
    "ask_until": ("Until (optional)", "至（可空）"),
    "ask_en": ("Reason in English", "英文理由"),
    "ask_zh": ("Reason in Chinese", "中文理由"),
    "second_why": (
        "A second data manager, an investigator or a monitor agrees by name and password.",
        "另一名数据管理员、研究者或监查员以登录名和密码表示同意。",
    ),
    # what is refused, and why
    "said": ("{words}", "{words}"),
    "action_unknown": ("{action} is none of: {known}.", "“{action}”不在可选项中：{known}。"),
    "no_check": (
        "{check} is no check of the definition but a rule of the program (types, required answers, conflicts, links, "
        "numbers that identify somebody). It holds for every item and cannot be changed.",
        "{check} 不是研究定义中的核查，而是程序自身的规则（类型、必填、冲突、关联、可识别身份的号码）。"
        "它对所有条目有效，不能更改。",
    ),
    "unknown": (
        "The definition {version} has no check or limit {check}. The data validation plan lists all of them.",
        "研究定义 {version} 中没有核查或限值 {check}。数据核查计划列出了全部核查。",
    ),
    "impossible": (
        "{check} refuses a date after today. Such a date cannot be true, so it stays a hard check.",
        "{check} 拒绝晚于今天的日期。这样的日期不可能属实，因此保持为硬核查。",
    ),
    "guarded": (
        "{check} protects consent or eligibility, so it cannot be switched off. It can be made a warning.",
        "{check} 用于保护知情同意或入选资格，不能停用，但可以降为提醒。",
    ),
    "caution": (
        "Note: {check} protects consent or eligibility. What it finds will be less conspicuous at every site.",
        "注意：{check} 用于保护知情同意或入选资格。降级后，各中心对其发现将不再醒目。",
    ),
    "same": (
        "{check} is {action} by the definition already. To end a change, withdraw it.",
        "按研究定义，{check} 已是{action}。如要结束更改，撤回该更改即可。",
    ),
    "past": (
        "A change begins today ({today}) or later: what was judged before stays as it was judged.",
        "更改只能自今天（{today}）或以后开始：此前的判断保持不变。",
    ),
    "days_order": ("The last day lies before the first.", "截止日期早于开始日期。"),
    "day_form": ("{text} is no date; write it as 2026-12-01.", "“{text}”不是日期，写法如 2026-12-01。"),
    "reason_needed": (
        "Say why in both languages: the reason is shown at the field, at every site.",
        "须以中英文说明理由：理由会显示在各中心的录入字段旁。",
    ),
    "centre_only": (
        "Checks are changed at the coordinating centre, for all sites alike.",
        "核查只能由协调中心统一更改，对所有中心一致。",
    ),
    "second_needed": (
        "A change of a check takes a second person: name one with --second.",
        "更改核查需要第二人同意：用 --second 指明。",
    ),
    "pair": (
        "A check is changed by a data manager together with another data manager, an investigator or a monitor.",
        "更改核查须由数据管理员与另一名数据管理员、研究者或监查员共同完成。",
    ),
    "not_there": ("There is no change {id}, or it was withdrawn.", "没有编号为 {id} 的更改，或已被撤回。"),
    "words": (
        "study overlay VAULT list | set CHECK | withdraw ID",
        "写法：study overlay VAULT list | set CHECK | withdraw ID",
    ),
    "words_set": (
        "study overlay VAULT set CHECK takes --action and --from.",
        "study overlay VAULT set CHECK 须带 --action 和 --from。",
    ),
    # set aside by a receiver
    "aside_shape": ("It changes a check but does not read as one.", "它要更改核查，但内容无法识别。"),
    "aside_unsigned": (
        "It changes a check but is not signed by whoever recorded it.",
        "它要更改核查，但没有记录者本人的签名。",
    ),
    "aside_role": (
        "It changes a check, which a data manager of the centre may do and its author is none.",
        "它要更改核查，但只有协调中心的数据管理员可以更改，而记录者不是。",
    ),
    "aside_ward": (
        "A ward changed a check, which only the coordinating centre may do.",
        "病区更改了核查，而核查只能由协调中心更改。",
    ),
}
