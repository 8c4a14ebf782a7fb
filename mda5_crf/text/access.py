"""Roles, acts and refusals."""

MESSAGES: dict[str, tuple[str, str]] = {
    "renewal_reason": (
        "Say why the key is renewed: {known}.",
        "须说明更新密钥的原因：{known}。",
    ),
    "hand_over_role": (
        "{login} has a role with data. Only an administrator without one gives up the key.",
        "{login} 具有接触数据的角色。只有不兼数据角色的管理员才交出密钥。",
    ),
    "role_data_entry": ("data entry", "数据录入"),
    "role_investigator": ("investigator", "研究者"),
    "role_monitor": ("monitor", "监查员"),
    "role_data_manager": ("data manager", "数据管理员"),
    "role_read_only": ("read only", "只读"),
    "role_administrator": ("administrator", "系统管理员"),
    "act_read": ("see participants' data", "查看参与者数据"),
    "act_enter": ("enter or correct data", "录入或更正数据"),
    "act_enrol": ("enrol a participant", "登记参与者"),
    "act_raise_query": ("raise a query", "提出质疑"),
    "act_answer_query": ("answer a query", "答复质疑"),
    "act_close_query": ("close a query", "关闭质疑"),
    "act_close_any_query": ("close or cancel a query of others", "关闭或取消他人的质疑"),
    "act_verify": ("verify against the source", "进行源数据核查"),
    "act_sign": ("sign", "签名"),
    "act_code": ("code verbatim terms with a dictionary", "用词典为术语编码"),
    "act_endorse": ("endorse an investigator's judgement", "认可须由研究者作出的判断"),
    "act_freeze": ("freeze", "冻结"),
    "act_lock": ("lock", "锁定"),
    "act_export": ("export data", "导出数据"),
    "act_import": ("import data of another system", "导入其他系统的数据"),
    "act_print": ("print", "打印"),
    "act_manage_users": ("manage accounts", "管理账户"),
    "act_propose_users": ("propose an account", "提议账户"),
    "act_reset_password": ("reset a password", "重置密码"),
    "act_bundle": ("make or take a bundle", "生成或接收数据包"),
    "act_devices": ("register another PC", "登记其他电脑"),
    "act_admit_devices": ("invite, approve or revoke a PC for the study", "为本研究邀请、批准或撤销电脑"),
    "act_join": ("let this PC join the study", "让本机加入研究"),
    "act_back_up": ("back up", "备份"),
    "act_restore": ("restore a copy", "恢复备份"),
    "act_change_definition": ("change the study definition", "更改研究定义"),
    "act_wrong_place": ("void or move what was entered at the wrong place", "作废或移动录错位置的内容"),
    "act_redact": ("propose a redaction", "提议涂除"),
    "act_correct_clock": ("correct the clock", "校正时钟"),
    "act_references": (
        "change the site's laboratories, reference ranges or consent versions",
        "更改本中心的实验室、参考范围或知情同意书版本",
    ),
    "act_see_identities": ("open the identification list", "打开鉴认代码表"),
    "act_see_audit": ("see the audit trail", "查看稽查轨迹"),
    "act_review_audit": ("record a review of the audit trail", "记录稽查轨迹审阅"),
    "denied": (
        "Your account may not {act}. This needs the role: {roles}.",
        "您的账户无权{act}。需要以下角色：{roles}。",
    ),
    "principal_role": (
        "Only an investigator can be a principal investigator.",
        "只有研究者可以作为主要研究者。",
    ),
    "principal_authority": (
        "Only whoever holds the study's authority (the vault's first person) names a principal investigator.",
        "只有持有研究授权密钥的人员（数据库的首位用户）才能指定主要研究者。",
    ),
    "principal_unasked": (
        "The study's authority certified {login} before; an investigator's task under that log-in would make a"
        " principal investigator. Add the person under a log-in of its own as investigator.",
        "{login} 此前由研究的授权密钥认证；以该登录名承担研究者任务会使其成为主要研究者。请为其另设登录名，并以研究者身份添加。",
    ),
    "principal_first": (
        "This vault has no principal investigator yet, who alone certifies investigators: add one first,"
        " with --principal.",
        "本数据库尚无主要研究者，而研究者须由其认证。请先用 --principal 添加主要研究者。",
    ),
    "unknown_kind": (
        "Records of the kind {kind} are unknown to this version of the program; kept and set aside.",
        "本版本程序不认识类型为 {kind} 的记录，已保留并搁置。",
    ),
    "not_entitled": (
        "The author had no right to {act} at that time.",
        "作者当时无权{act}。",
    ),
}
