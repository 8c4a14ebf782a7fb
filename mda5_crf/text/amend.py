"""Amendments of the study definition: announcing, approving, which version applies, moving a form."""

MESSAGES: dict[str, tuple[str, str]] = {
    # Who may, and what is refused.
    "authority_needed": (
        "This needs the key of the study's authority, which you do not hold. Ask the person who founded the centre.",
        "此操作需要研究授权密钥，而您未持有。请联系建立协调中心数据库的人员。",
    ),
    "centre_only": (
        "Definitions come from the coordinating centre; here they are approved for the site.",
        "研究定义由协调中心发布；本中心只作批准。",
    ),
    "data_manager_only": (
        "Only a data manager announces an amendment, together with a second person.",
        "只有数据管理员可在第二人同意下发布修订。",
    ),
    "pair": (
        "A data manager announces an amendment; an investigator, monitor, administrator or another data manager "
        "agrees as the second person.",
        "修订由数据管理员发布，并由研究者、监查员、管理员或另一名数据管理员作为第二人同意。",
    ),
    "at_site": (
        "An amendment is approved at each site by its principal investigator, not at the centre.",
        "修订由各中心的主要研究者在本中心批准，不在协调中心批准。",
    ),
    "principal_only": (
        "Only the site's principal investigator records the approval of an amendment.",
        "只有本中心主要研究者可记录对修订的批准。",
    ),
    "reason_needed": (
        "Say why the definition is amended.",
        "请填写修订研究定义的理由。",
    ),
    "second_needed": (
        "An amendment takes two persons. Name the second one (--second NAME).",
        "发布修订需要两人。请指明第二人（--second 登录名）。",
    ),
    "texts_waiting": (
        "{count} texts are not approved as saying the same in both languages. Read them, then run study approve.",
        "有 {count} 条文本尚未确认中英文一致。请核对后运行 study approve。",
    ),
    "other_study": (
        "This definition is of study {theirs}; the vault is of study {ours}.",
        "该定义属于研究 {theirs}；本数据库属于研究 {ours}。",
    ),
    "known_already": (
        "Version {version} is known here already; nothing was changed.",
        "版本 {version} 在此已存在；未作任何更改。",
    ),
    "version_form": (
        'The version "{version}" cannot be put in order. Write numbers with dots between them: 2.3.0.',
        "版本号“{version}”无法排序。请写成以点分隔的数字，例如 2.3.0。",
    ),
    "older_refused": (
        "Version {version} is not newer than {newest}, the newest one here. Give the definition a higher version.",
        "版本 {version} 并不比此处最新的 {newest} 更新。请为该定义使用更高的版本号。",
    ),
    "words": (
        "Write: study amend VAULT DIR --reason TEXT --second NAME; study approve-for-site VAULT VERSION --approved DATE "
        "--from DATE; study versions VAULT; study move-form VAULT SUBJECT EVENT FORM --to VERSION --reason R.",
        "写法：study amend VAULT DIR --reason 理由 --second 登录名；study approve-for-site VAULT 版本 --approved 日期 "
        "--from 日期；study versions VAULT；study move-form VAULT 参与者 访视 表单 --to 版本 --reason 理由。",
    ),
    "words_approve": (
        "Name both days: --approved DATE (ethics committee and institution), --from DATE (applies from).",
        "请写明两个日期：--approved 日期（伦理委员会和机构批准），--from 日期（开始执行）。",
    ),
    "move_reason": (
        "Say why the form goes by another version (--reason).",
        "请说明表单改用另一版本的理由（--reason）。",
    ),
    "retyped": (
        "The {name} was {was} and is {now} now. Stored data need the old one: add a new one beside it.",
        "{name} 原为 {was}，现为 {now}。已存数据仍需原定义：请在其旁新增。",
    ),
    "place_gone": (
        "The {name} is missing. Visits, forms and groups are permanent: take it out of the schedule instead.",
        "缺少 {name}。访视、表单和分组不得删除：请改为将其从日程中移除。",
    ),
    "item_gone": (
        "The item {name} is missing; answers stored to it: {count}. Keep it, say renamed_from, or retire it (--retire).",
        "条目 {name} 缺失，但已有 {count} 个答案。请保留、注明 renamed_from，或停用（--retire）。",
    ),
    "code_gone": (
        "The code {name} is missing; answers that use it: {count}. Codes are permanent: keep it.",
        "代码 {name} 缺失，但已有 {count} 个答案使用。代码不得删除：请保留。",
    ),
    "version_unknown": (
        "No version {version} is known here. Known are: {known}.",
        "此处没有版本 {version}。已有版本：{known}。",
    ),
    "not_here": (
        "Version {version} was announced, and its text has not arrived. Ask the centre to send everything again.",
        "版本 {version} 已发布，但其内容尚未到达。请让协调中心重新发送全部内容。",
    ),
    "source_broken": (
        "The definition {hash} in this vault cannot be read. Restore a copy, or ask the centre to send it again.",
        "本数据库中的研究定义 {hash} 无法读取。请恢复备份，或请协调中心重新发送。",
    ),
    "not_newer": (
        "Version {version} is not newer than {now}, which is in force at this site.",
        "版本 {version} 并不比本中心现行的 {now} 更新。",
    ),
    "approved_later": (
        "The approval cannot lie in the future: {approved}. Record it once it was given.",
        "批准日期不能晚于今天：{approved}。请在获批后再记录。",
    ),
    "before_approval": (
        "It cannot apply from {begins}, before it was approved on {approved}.",
        "不能自 {begins} 起执行，因为批准日期为 {approved}。",
    ),
    "day_form": (
        '"{text}" is no day. Write it as 2026-12-01.',
        "“{text}”不是日期。请写成 2026-12-01。",
    ),
    # Why something that came in a bundle does not count.
    "aside_unsigned": (
        "An amendment that the study's authority did not sign",
        "未经研究授权密钥签署的修订",
    ),
    "aside_unsigned_site": (
        "An approval that its author did not sign",
        "未经本人签署的批准",
    ),
    "aside_shape": (
        "An amendment or approval of another shape",
        "格式不符的修订或批准",
    ),
    "aside_principal": (
        "An approval by somebody who is not the site's principal investigator",
        "批准人不是该中心的主要研究者",
    ),
    "aside_ward": (
        "A ward announced an amendment; only the coordinating centre may",
        "由病区发布的修订；只有协调中心可以发布",
    ),
    "aside_older": (
        "An amendment to a version that is not newer than those announced before",
        "修订的版本并不比此前发布的更新",
    ),
    "aside_site": (
        "An approval for another site than that of its author",
        "批准所涉中心并非批准人所在中心",
    ),
    "refused_hash": (
        "A definition came that is not the one its name says; it was not taken in.",
        "收到的研究定义与其标识不符；未予接收。",
    ),
    "refused_ward": (
        "{name} sent a definition; a centre takes none from a ward. It was not taken in.",
        "{name} 发来了研究定义；协调中心不接收病区发来的定义。未予接收。",
    ),
    "refused_broken": (
        "A definition ({hash}) came that cannot be read; it was not taken in. Ask the sender for a new one.",
        "收到的研究定义（{hash}）无法读取；未予接收。请让发送方重新提供。",
    ),
    "refused_study": (
        "A definition of another study ({theirs}) came; it was not taken in.",
        "收到另一项研究（{theirs}）的定义；未予接收。",
    ),
    # How versions stand.
    "state_in_force": ("in force here", "在此执行"),
    "state_waits": ("waits for this site's approval", "待本中心批准"),
    "state_from": ("approved, applies from {begins}", "已批准，自 {begins} 起执行"),
    "state_other": ("known", "已知"),
    "state_absent": ("announced, its text has not arrived", "已发布，内容尚未到达"),
    "site_founded": ("Site {site}: from the beginning", "中心 {site}：自始执行"),
    "site_approved": (
        "Site {site}: approved on {approved}, applies from {begins} ({name})",
        "中心 {site}：{approved} 获批，自 {begins} 起执行（{name}）",
    ),
    "differences": (
        "{added} added, {removed} removed, {changed} changed: {named}",
        "新增 {added} 项，删除 {removed} 项，更改 {changed} 项：{named}",
    ),
    "announced": (
        "Version {version} is announced. Nothing changes at a site before its principal investigator approves.",
        "版本 {version} 已发布。在各中心主要研究者批准之前，该中心不发生任何变化。",
    ),
    "approved": (
        "Version {version} applies at site {site} from {begins}: forms begun from that day on go by it.",
        "版本 {version} 自 {begins} 起在中心 {site} 执行：自该日起开始录入的表单按此版本。",
    ),
    "approved_words": (
        "{version}: site {site}, approved on {approved}, from {begins}",
        "{version}：中心 {site}，{approved} 获批，自 {begins} 起",
    ),
    "next_login": (
        "It takes effect with the next log-in.",
        "下次登录后生效。",
    ),
    "line": (
        "{version}  {hash}  {state}  announced {at} by {name}",
        "{version}  {hash}  {state}  {at} 由 {name} 发布",
    ),
    "line_first": (
        "{version}  {hash}  {state}",
        "{version}  {hash}  {state}",
    ),
    "nothing_written": (
        "Nothing was written.",
        "未写入任何内容。",
    ),
    # The page.
    "title": ("Versions of the study definition", "研究定义的版本"),
    "about": (
        "A version applies at this site from the day that its principal investigator recorded. Forms begun before stay "
        "under theirs.",
        "各版本自主要研究者记录的日期起在本中心执行。此前开始录入的表单仍按原版本。",
    ),
    "form_goes_by": ("{form} goes by version {version}.", "{form} 按版本 {version}。"),
    "changes": ("What this version changed", "此版本的更改"),
    "head_version": ("Version", "版本"),
    "head_state": ("State", "状态"),
    "head_sites": ("Sites", "中心"),
    "head_announced": ("Announced", "发布"),
    "head_reason": ("Reason", "理由"),
    "head_what": ("What", "对象"),
    "head_how": ("How", "更改内容"),
    "approve": ("Approve for this site …", "为本中心批准…"),
    "approve_about": (
        "Version {version}: when ethics committee and institution approved it, and from which day forms are begun under it.",
        "版本 {version}：伦理委员会和机构的批准日期，以及自哪一天起按此版本开始录入表单。",
    ),
    "ask_approved": ("Approved on (2026-12-01)", "获批日期（2026-12-01）"),
    "ask_begins": ("Applies from", "开始执行日期"),
    "move": ("Move the form to this version …", "将表单改用此版本…"),
    "move_title": ("{form}: move to version {version}", "{form}：改用版本 {version}"),
    "ask_reason": ("Reason", "理由"),
    "ask_words": ("In words", "说明"),
    # On a form.
    "older": (
        "This form goes by version {version}; {newer} is in force.",
        "本表单按版本 {version}；现行版本为 {newer}。",
    ),
    "older_without": (
        "This form goes by version {version}; {newer} is in force. Not collected under version {version}: {items}",
        "本表单按版本 {version}；现行版本为 {newer}。版本 {version} 未收集：{items}",
    ),
    "noted": ("{version} {note}", "{version}{note}"),
    "not_collected": (
        "not collected under version {version}",
        "版本 {version} 未收集",
    ),
    "unseen": (
        "Entered, and no longer asked: {what}",
        "曾经录入，现不再询问：{what}",
    ),
    "answer": ("{item}: {value}", "{item}：{value}"),
    # Moving a form.
    "not_begun": (
        "Nothing is entered on this form; once begun, it goes by the version in force.",
        "本表单尚未录入；开始录入时即按现行版本。",
    ),
    "same_version": (
        "The form goes by version {version} already.",
        "本表单已按版本 {version}。",
    ),
    "not_in_force": (
        "Version {version} does not apply at this site yet. Its principal investigator approves it first.",
        "版本 {version} 尚未在本中心执行。须先由主要研究者批准。",
    ),
    "form_not_there": (
        "Version {version} has no such form.",
        "版本 {version} 中没有该表单。",
    ),
    "moved_meanwhile": (
        "The form was moved meanwhile. Look at the plan again.",
        "表单在此期间已变更版本。请重新查看计划。",
    ),
    "moved": (
        "The form goes by version {version} now.",
        "本表单现按版本 {version}。",
    ),
    "plan_head": ("From version {old} to version {new}", "由版本 {old} 改为版本 {new}"),
    "plan_left": ("Stays stored, is no longer asked: {what}", "保留但不再询问：{what}"),
    "plan_added": ("Is asked besides: {what}", "新增询问：{what}"),
    "plan_said": ("New finding: {what}", "新出现的提示：{what}"),
    "plan_silent": ("Finding that goes: {what}", "不再出现的提示：{what}"),
    "plan_computed": ("Is computed anew: {what}", "重新计算：{what}"),
    "plan_carried": (
        "{count} answers are entered once more under the new names of their questions.",
        "{count} 个答案将以新条目名再次录入。",
    ),
    "plan_reopens": (
        "The form is complete; it is opened again until what is new is answered.",
        "表单已完成；将重新打开，直至新增内容得到答复。",
    ),
    "recomputed": ("{item}: {was} → {now}", "{item}：{was} → {now}"),
}
