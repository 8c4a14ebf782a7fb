"""Enrolment, entry, completion, queries."""

MESSAGES: dict[str, tuple[str, str]] = {
    "unknown_subject": (
        "There is no participant {subject} in this vault. Check the number, or enrol the participant first.",
        "本库中没有参与者 {subject}。请核对编号，或先登记该参与者。",
    ),
    "subject_exists": (
        "Participant number {subject} is already used. The next free number is {next}.",
        "参与者编号 {subject} 已被使用，下一个可用编号为 {next}。",
    ),
    "subject_pattern": (
        "{subject} is not a participant number of this study. It is the site, a hyphen and three digits,"
        " such as {example}. Hospital numbers and names do not belong here.",
        "{subject} 不是本研究的参与者编号。编号由中心号、连字符和三位数字组成，例如 {example}。此处不得填写住院号或姓名。",
    ),
    "subject_other_site": (
        "{subject} belongs to site {other}; this vault is site {site} and enrols its own participants only.",
        "{subject} 属于中心 {other}；本库为中心 {site}，只能登记本中心的参与者。",
    ),
    "unknown_event": (
        "The study has no visit {event}. Known visits: {known}.",
        "本研究没有访视 {event}。可用访视：{known}。",
    ),
    "unknown_repeat": (
        "Participant {subject} has no {event}. Add the visit first.",
        "参与者 {subject} 没有 {event}，请先添加该访视。",
    ),
    "event_not_repeating": (
        "{event} takes place once; it cannot be added again.",
        "{event} 仅进行一次，不能重复添加。",
    ),
    "unknown_form": (
        "The study has no form {form}. Known forms: {known}.",
        "本研究没有表单 {form}。可用表单：{known}。",
    ),
    "form_not_here": (
        "Form {form} is not on the schedule of {event}. It belongs to: {known}.",
        "{event} 的计划中没有表单 {form}。该表单属于：{known}。",
    ),
    "form_not_repeating": (
        "{form} is filled once per visit; it cannot be added again.",
        "{form} 每次访视仅填写一次，不能重复添加。",
    ),
    "repeat_needed": (
        "{form} is filled several times at a visit: add one first, or name it with its number.",
        "{form} 在同一访视可填写多份：请先添加一份，或用序号指明。",
    ),
    "unknown_form_repeat": (
        "Participant {subject} has no {form} at {event}. Add it first.",
        "参与者 {subject} 在 {event} 没有 {form}，请先添加。",
    ),
    "unknown_item": (
        "Form {form} has no item {item}. Nothing was stored for it. Did you mean {known}?",
        "表单 {form} 没有条目 {item}，未保存任何内容。是否为 {known}？",
    ),
    "item_computed": (
        "{subject} {event} {form}: {item} is calculated by the program and cannot be entered."
        " Correct the values it comes from.",
        "{subject} {event} {form}：{item} 由程序计算，不能录入。请更正其来源数据。",
    ),
    "unknown_row": (
        "Form {form} of participant {subject} has no row {row}.",
        "参与者 {subject} 的表单 {form} 没有第 {row} 行。",
    ),
    "struck_out": (
        "{place} of participant {subject} was struck out: it keeps its number and takes no more entries.",
        "参与者 {subject} 的 {place} 已划除：编号保留，不再录入。",
    ),
    "row_needed": (
        "Form {form} is a log: name the row with --row, or --row new for a new one.",
        "表单 {form} 为日志：请用 --row 指明行号，或用 --row new 新建一行。",
    ),
    "group_not_repeating": ("Group {group} has no rows to add.", "{group} 不能添加行。"),
    "reason_required": (
        "{subject} {event} {form} is complete. Changing {item} needs a reason: choose one of {known}.",
        "{subject} {event} {form} 已完成，更改 {item} 需要说明原因，可选：{known}。",
    ),
    "unknown_reason": (
        "{reason} is not a reason for change. Known reasons: {known}.",
        "{reason} 不是更改原因。可选：{known}。",
    ),
    "site_form": (
        "{site} is not a site number: two digits, such as 01; 00 is the coordinating centre.",
        "{site} 不是中心号。中心号为两位数字，例如 01；00 为协调中心。",
    ),
    "reason_text_required": ("Write what the other reason is.", "请写明其他原因的具体内容。"),
    "missing_code_unknown": (
        "{item} cannot be marked {code}. It accepts: {known}.",
        "{item} 不能标记为 {code}。可用标记：{known}。",
    ),
    "nothing_to_confirm": (
        "There is nothing to confirm at {item}; the value may have changed meanwhile.",
        "{item} 没有需要确认的提示，数值可能已更改。",
    ),
    "query_text_required": ("Write the question of the query.", "请填写质疑内容。"),
    "answer_text_required": ("Write the answer to the query.", "请填写质疑答复。"),
    "unknown_query": ("There is no query {query}.", "没有质疑 {query}。"),
    "query_not_open": (
        "Query {query} is {state}; it cannot be answered or closed now.",
        "质疑 {query} 的状态为 {state}，现在不能答复或关闭。",
    ),
    "read_only_role": (
        "Your account may look but not enter data here.",
        "您的账户在此只能查看，不能录入数据。",
    ),
    "other_site_read_only": (
        "This participant belongs to site {site}; its data are corrected there. Raise a query instead.",
        "该参与者属于中心 {site}，数据由该中心更正。请改为提出质疑。",
    ),
    "status_not_started": ("not started", "未开始"),
    "status_in_progress": ("in progress", "进行中"),
    "status_complete": ("complete", "已完成"),
    "status_verified": ("verified", "已核查"),
    "status_signed": ("signed", "已签名"),
    "status_frozen": ("frozen", "已冻结"),
    "status_locked": ("locked", "已锁定"),
    "status_not_done": ("not done", "未做"),
    "status_query": ("open query", "有未关闭质疑"),
    "status_computed": ("calculated", "自动计算"),
    "status_void": ("void", "已作废"),
    "status_closed": ("no longer expected", "不再要求"),
    "status_not_due": ("not scheduled", "无计划"),
    "state_Candidate": ("candidate", "待提出"),
    "state_Open": ("open", "未答复"),
    "state_Answered": ("answered", "已答复"),
    "state_Closed": ("closed", "已关闭"),
    "state_Cancelled": ("cancelled", "已取消"),
    "state_Resolved": ("resolved", "已自动解决"),
    "history_value": ("entered {value}", "录入 {value}"),
    "history_cleared": ("cleared", "清空"),
    "history_missing": ("marked {code}", "标记为 {code}"),
    "history_confirm": ("confirmed {value} ({check})", "确认 {value}（{check}）"),
    "history_status": ("form marked {status}", "表单标记为{status}"),
    "history_query": ("query {state}: {text}", "质疑{state}：{text}"),
    "history_row": ("row added", "新增一行"),
    "history_strike": ("struck out", "划除"),
    "history_form": ("{form} added", "新增 {form}"),
    "history_other": ("{kind}", "{kind}"),
    "unknown_role": (
        "There is no role {role}. Known roles: {known}.",
        "没有角色 {role}。可用角色：{known}。",
    ),
    "unknown_login": ("There is no active account {login}.", "没有有效账户 {login}。"),
    "own_account": (
        "Nobody ends the own account: ask another investigator or data manager.",
        "不能停用自己的账户，请由其他研究者或数据管理员操作。",
    ),
    "definition_missing": (
        "This vault names definition {hash}, which it does not hold. Restore the vault from a backup.",
        "本库所用的研究定义 {hash} 缺失，请从备份恢复。",
    ),
}
