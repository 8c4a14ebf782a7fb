"""What can be wrong with the cases beside a definition, and with its lists of approved texts and OIDs."""

MESSAGES: dict[str, tuple[str, str]] = {
    # reading
    "unknown_case_form": ("There is no form {name}{hint}.", "没有表单 {name}{hint}。"),
    "unknown_check": (
        "Form {form} has no check or range {name}{hint}.",
        "表单 {form} 没有核查或范围 {name}{hint}。",
    ),
    "shared_range": (
        "Several ranges are called {name}: write FORM.ITEM.HARD or FORM.ITEM.SOFT.",
        "有多个范围名为 {name}，请写 FORM.ITEM.HARD 或 FORM.ITEM.SOFT。",
    ),
    "not_due_here": ("{form} is not due at {event}.", "{event} 未安排 {form}。"),
    "no_scenes": ("A case has scenes in fires or holds.", "案例须在 fires 或 holds 中给出场景。"),
    "bad_day": ("{key} must be a complete date such as 2022-12-31.", "{key} 须为完整日期，例如 2022-12-31。"),
    "for_without_place": (
        "for and the place {place} in check belong together.",
        "for 须与 check 中的 {place} 同时使用。",
    ),
    "unknown_entry": (
        "Form {form} has no template entry {name}{hint}.",
        "表单 {form} 的模板没有条目 {name}{hint}。",
    ),
    "entry_without_key": (
        "The entry {entry} has no plain value {name}.",
        "条目 {entry} 没有可代入的值 {name}。",
    ),
    "reason_missing": (
        "Equivalent mutants need a reason; a reason needs them.",
        "等价变体须附理由（reason），有理由时须列出等价变体。",
    ),
    # scenes
    "unknown_item": ("There is no item {name}{hint}.", "没有条目 {name}{hint}。"),
    "not_entered": (
        "{name} is not entered: it is calculated or a label.",
        "{name} 为计算值或标签，不能录入。",
    ),
    "not_calculated": (
        "{name} is not calculated on this form; enter it like any other item.",
        "{name} 不是本表单的计算值，请按录入条目填写。",
    ),
    "unknown_place": (
        "{name}: which event is meant? Write EVENT.FORM.",
        "{name}：未指明访视，请写 EVENT.FORM。",
    ),
    "item_of_rows": (
        "{name} stands in the rows of {form}: write it in rows.",
        "{name} 位于 {form} 的各行中，请写在 rows 里。",
    ),
    "no_rows": ("{name} has no rows and does not repeat.", "{name} 没有行，也不可重复。"),
    "unreadable": ("{name} does not read as a value.", "{name} 的值无法识别。"),
    "behind_gate": (
        "{name} is set here but does not apply: its gate is closed, so the scene shows nothing.",
        "此处填写了 {name}，但其适用条件不成立，该场景不起作用。",
    ),
    "same_scene": ("The same scene stands here twice.", "此场景重复。"),
    "no_such_row": ("There is no row {name}.", "没有行 {name}。"),
    "not_a_link": ("A link is written {form}#1.", "关联须写作 {form}#1。"),
    # running
    "does_not_fire": ("{check} does not fire in this scene.", "{check} 在此场景中未触发。"),
    "does_not_hold": (
        "{check} fires in this scene, where it should not.",
        "{check} 在此场景中不应触发却触发。",
    ),
    "cannot_run": (
        "{check} cannot be evaluated in this scene: {why}.",
        "{check} 在此场景中无法计算：{why}。",
    ),
    "no_fires": ("{check} has no scene in which it fires.", "{check} 没有触发的场景。"),
    "no_holds": ("{check} has no scene in which it does not fire.", "{check} 没有不触发的场景。"),
    "survivor": (
        "{check}: no scene notices the change to {mutant}.",
        "{check}：改为 {mutant} 后没有场景能发现。",
    ),
    "not_equivalent": (
        "{check}: this is listed as equivalent, but it does not survive: {mutant}.",
        "{check}：所列等价变体并未存活：{mutant}。",
    ),
    # limits
    "bad_limits": (
        '{key} is [low, high]: numbers as texts, "" for an open end.',
        '{key} 须为 [下限, 上限]：以文本书写的数值，"" 表示开放。',
    ),
    "built_without_reason": (
        "built needs a reason, and a reason needs built.",
        "built 与 reason 须同时给出。",
    ),
    "limit_differs": (
        "{item}: the {kind} limits are {found} in the definition and {wanted} in the table.",
        "{item}：定义中的 {kind} 范围为 {found}，对照表为 {wanted}。",
    ),
    "limit_unlisted": (
        "{item}: the {kind} limits {found} of the definition are not in the table.",
        "{item}：定义中的 {kind} 范围 {found} 未列入对照表。",
    ),
    "limit_not_played": (
        "{item}: {text} should give {wanted}, but gives {found}.",
        "{item}：录入 {text} 应为 {wanted}，实际为 {found}。",
    ),
}
