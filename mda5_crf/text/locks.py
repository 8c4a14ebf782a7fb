"""Freezing, locking and their end: what is refused, what stands in the way, what the page and commands say."""

MESSAGES: dict[str, tuple[str, str]] = {
    "scope_form": ("this form", "本表单"),
    "scope_event": ("this visit", "本访视"),
    "scope_subject": ("this participant", "该参与者"),
    "scope_study": ("the study", "整个研究"),
    # What an entry is told.
    "refused_frozen": (
        "{name} froze {what} on {at}. Queries can still be answered; to change anything, ask the monitor or the"
        " data manager to end the freeze.",
        "{name} 已于 {at} 冻结{what}。仍可答复质疑；如须更改，请联系监查员或数据管理员解除冻结。",
    ),
    "refused_locked": (
        "{name} locked {what} on {at}. To change anything, ask the data manager to unlock it, with the reason.",
        "{name} 已于 {at} 锁定{what}。如须更改，请说明原因并请数据管理员解锁。",
    ),
    # Why a record may not stand.
    "shape": (
        "This record does not say properly what is frozen, locked or opened.",
        "该记录未正确写明冻结、锁定或解锁的内容。",
    ),
    "second_unsigned": (
        "The second person of this unlocking did not sign it.",
        "该解锁未经第二人签名。",
    ),
    "second_role": (
        "The second person of an unlocking is an investigator, a monitor, a data manager or an administrator.",
        "解锁的第二人须为研究者、监查员、数据管理员或系统管理员。",
    ),
    # Why it cannot be done now.
    "obstacle": ("{what}: {why}", "{what}：{why}"),
    "not_complete": ("not complete yet", "尚未完成"),
    "not_signed": ("has no valid signature yet", "尚无有效签名"),
    "not_endorsed": (
        "{count} answers wait for the investigator's endorsement",
        "有 {count} 项回答待研究者认可",
    ),
    "open_queries": (
        "{count} open queries; lock with a reason or have them closed first",
        "有 {count} 个未关闭的质疑；请先关闭，或填写原因后锁定",
    ),
    "nothing_begun": ("nothing has been entered here", "此处尚无任何录入"),
    "no_form": ("no such form at this visit", "本访视没有该表单"),
    "nobody": ("no participant is enrolled", "尚未登记参与者"),
    "subject_not_locked": ("not locked yet", "尚未锁定"),
    "subject_not_frozen": ("neither frozen nor locked yet", "尚未冻结或锁定"),
    "study_first": (
        "The whole study is frozen or locked. Open the study first.",
        "整个研究已冻结或锁定，请先解除研究一级的冻结或锁定。",
    ),
    "already_frozen": ("Already frozen by {name} on {at}.", "已由 {name} 于 {at} 冻结。"),
    "already_locked": ("Already locked by {name} on {at}.", "已由 {name} 于 {at} 锁定。"),
    "nothing_frozen": ("Nothing is frozen here.", "此处未被冻结。"),
    "nothing_locked": ("Nothing is frozen or locked here.", "此处未被冻结或锁定。"),
    "reason_needed": ("Say why it is opened again.", "请填写重新开放的原因。"),
    "second_needed": (
        "Unlocking takes a second person: another log-in and its password.",
        "解锁须由第二人同意：请输入另一人的登录名和密码。",
    ),
    "centre_locks": (
        "This PC exchanges with a coordinating centre, and locks come from there. Ask its data manager.",
        "本电脑与协调中心交换数据，冻结和锁定由协调中心执行，请联系其数据管理员。",
    ),
    "and_more": ("and {count} more", "另有 {count} 处"),
    "printed_frozen": ("Frozen by {name} on {at}", "{name} 于 {at} 冻结"),
    "printed_locked": ("Locked by {name} on {at}", "{name} 于 {at} 锁定"),
    # History.
    "line_frozen": ("{at} {name} froze {what}", "{at} {name} 冻结 {what}"),
    "line_thawed": ("{at} {name} ended the freeze of {what}", "{at} {name} 解除冻结 {what}"),
    "line_locked": ("{at} {name} locked {what}", "{at} {name} 锁定 {what}"),
    "line_unlocked": ("{at} {name} unlocked {what}", "{at} {name} 解锁 {what}"),
    "line_second": ("{line}, with {name}", "{line}，第二人 {name}"),
    "line_reason": ("{line}: {reason}", "{line}：{reason}"),
    "history": ("History of freezing and locking", "冻结与锁定历史"),
    # Acts done.
    "done_frozen": ("{what} is frozen.", "{what} 已冻结。"),
    "done_thawed": ("{what} is open again.", "{what} 已解除冻结。"),
    "done_locked": ("{what} is locked.", "{what} 已锁定。"),
    "done_unlocked": ("{what} is unlocked.", "{what} 已解锁。"),
    "confirmed": (
        "Final confirmation of the data set: {participants} participants, {values} values, {queries} open queries,"
        " {conflicts} conflicts.",
        "数据集最终确认：参与者 {participants} 名，数据 {values} 项，未关闭质疑 {queries} 个，冲突 {conflicts} 处。",
    ),
    # The page.
    "title": ("Freeze and lock", "冻结与锁定"),
    "study": ("The study", "整个研究"),
    "column_what": ("Participant, visit, form", "参与者、访视、表单"),
    "column_state": ("State", "状态"),
    "column_held": ("Frozen or locked", "冻结或锁定"),
    "column_by": ("By whom, when", "操作人、时间"),
    "state_open": ("open", "开放"),
    "state_frozen": ("frozen", "已冻结"),
    "state_locked": ("locked", "已锁定"),
    "state_late": ("refused", "被拒绝"),
    "freeze": ("Freeze", "冻结"),
    "thaw": ("End the freeze", "解除冻结"),
    "lock": ("Lock", "锁定"),
    "unlock": ("Unlock …", "解锁…"),
    "unlock_now": ("Unlock", "解锁"),
    "reason": ("Reason", "原因"),
    "second_why": (
        "Somebody else agrees to the unlocking with log-in and password.",
        "解锁须由另一人以登录名和密码表示同意。",
    ),
    "in_the_way": ("Before it can be locked:", "锁定前须处理："),
    "for_others": ("Who freezes: {freeze}. Who locks: {lock}.", "可冻结：{freeze}。可锁定：{lock}。"),
    "nothing_in_the_way": ("Nothing stands in the way of locking.", "没有妨碍锁定的事项。"),
    "working": ("Working …", "正在处理…"),
    "cli_state": ("{what}: {state}", "{what}：{state}"),
}
