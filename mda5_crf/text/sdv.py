"""Source data verification and the list of source data."""

MESSAGES: dict[str, tuple[str, str]] = {
    "too_many": (
        "More than {most} answers at once; verify visit by visit.",
        "一次超过 {most} 条，请按访视逐次核查。",
    ),
    "nothing_here": (
        "Nothing was entered there, so there is nothing to verify.",
        "此处尚无录入内容，无需核查。",
    ),
    "not_entered": (
        "{item} is not entered by anybody, so it is not verified: verify what it is calculated from.",
        "{item} 并非人工录入，无需核查；请核查其来源数据。",
    ),
    "no_answer": (
        "{item} has no answer yet. Raise a query instead.",
        "{item} 尚无录入。如有疑问请提出质疑。",
    ),
    "two_answers": (
        "{item} has two answers at once: the site has to correct that first.",
        "{item} 同时有两个值，须先由中心更正。",
    ),
    "no_mark": ("This answer is not verified.", "该答案尚未核查。"),
    "verified_by": (
        "Verified against the source by {name}, {day}",
        "{name} 已于 {day} 完成源数据核查",
    ),
    "changed_since": (
        "Verified by {name}, {day}, then changed: verify again",
        "{name} 曾于 {day} 核查，之后已更改，须重新核查",
    ),
    "progress": ("{done} of {wanted} verified", "已核查 {done} / {wanted}"),
    "progress_changed": (
        "{done} of {wanted} verified, {changed} changed since",
        "已核查 {done} / {wanted}，其中 {changed} 条核查后已更改",
    ),
    "progress_none": (
        "This form is not verified against the source.",
        "本表单不要求源数据核查。",
    ),
    "done_one": ("Verified against the source: 1 answer", "已完成 1 条答案的源数据核查"),
    "done_many": ("Verified against the source: {count} answers", "已完成 {count} 条答案的源数据核查"),
    "already": ("It was verified before.", "此前已核查。"),
    "rest_one": ("Verify the 1 answer left", "核查其余 1 条"),
    "rest_many": ("Verify all {count} answers left", "核查其余 {count} 条"),
    "back_reason": ("Reason to take the mark back", "撤回核查的原因"),
    "take_back": ("Take back", "撤回"),
    "taken_back": ("The mark was taken back.", "核查标记已撤回。"),
    "cli_place": (
        "Name SUBJECT [EVENT [FORM [ITEM …]]], or --report [SUBJECT].",
        "请指明 参与者 [访视 [表单 [条目 …]]]，或使用 --report [参与者]。",
    ),
    "cli_withdraw": (
        "A mark is taken back item by item: SUBJECT EVENT FORM ITEM --withdraw REASON.",
        "核查标记须逐条撤回：参与者 访视 表单 条目 --withdraw 原因。",
    ),
    "head_form": ("Form", "表单"),
    "head_level": ("To verify", "核查范围"),
    "head_wanted": ("Answers", "条目数"),
    "head_done": ("Verified", "已核查"),
    "head_changed": ("Changed since", "核查后更改"),
    "level_all": ("all answers", "全部"),
    "level_key": ("key answers", "关键条目"),
    "level_none": ("none", "不要求"),
}
