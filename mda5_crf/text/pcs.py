"""Joining a study and the PCs of the study, as the window says it."""

MESSAGES: dict[str, tuple[str, str]] = {
    # before the log-in: a new PC with an invitation
    "join_title": ("Join a study with an invitation", "凭邀请加入研究"),
    "join_start": ("Join with an invitation …", "凭邀请加入…"),
    "join_about": (
        "The coordinating centre sent a file that ends in .mda5invite. Choose it: what it says is shown here, and "
        "nothing is made before the last button.",
        "协调中心发来的文件以 .mda5invite 结尾。请选择该文件：其内容将显示在此处，按下最后的按钮之前不会建立任何内容。",
    ),
    "join_do": ("Join", "加入"),
    "invitation_file": ("Invitation (file)", "邀请文件"),
    "invitation_kinds": ("Invitations (*.mda5invite)", "邀请文件 (*.mda5invite)"),
    "request_file": ("Request for the centre (file)", "交给协调中心的申请文件"),
    "request_kinds": ("Requests (*.mda5join)", "申请文件 (*.mda5join)"),
    "invited_says": (
        "{title} ({study}, version {version}). {centre} invites one PC of site {site}; it will be called {name}. "
        "Valid until {until}.{kind} Whether it really comes from the centre shows when both have compared words.",
        "{title}（{study}，版本 {version}）。{centre} 邀请中心 {site} 的一台电脑加入，该电脑将命名为 {name}。"
        "有效期至 {until}。{kind}是否确由协调中心发出，须经双方核对词语后才能确定。",
    ),
    "invited_demo": (
        " This is a demonstration: no real participant may be entered.",
        "这是演示：不得录入真实参与者。",
    ),
    # the page of a ward that waits
    "joining_title": ("Joining the study", "加入研究"),
    "joining_waits": (
        "{name} (site {site}) waits for {centre}, until {until}. Data can be entered now; nothing leaves this PC "
        "before both sides have compared their words.",
        "{name}（中心 {site}）正在等待 {centre}，期限至 {until}。现在即可录入数据；双方核对词语之前，任何数据都不会离开本机。",
    ),
    "joining_waits_for": (
        "{name} (site {site}) waits for {centre}, until {until}. You may send the request and read the words aloud. "
        "The centre's words are typed by an investigator: admit the principal investigator first (menu Record, "
        "Accounts).",
        "{name}（中心 {site}）正在等待 {centre}，期限至 {until}。您可以发送申请并宣读词语。协调中心的词语须由研究者输入："
        "请先添加主要研究者账户（菜单“记录”→“账户”）。",
    ),
    "joining_not_asked": (
        "{name} (site {site}) exchanges with no centre by invitation. If the centre has sent an invitation for this "
        "site, answer it here.",
        "{name}（中心 {site}）尚未通过邀请与协调中心建立交换。若协调中心已发来本中心的邀请，请在此回复。",
    ),
    "joining_refused": (
        "Joining {centre} has ended after wrong words; {name} (site {site}) and all that was entered stay as they "
        "are. Ask the centre for a new invitation, sent another way, and answer it here.",
        "因核对词错误，加入 {centre} 的过程已作废；{name}（中心 {site}）及已录入的内容均保持不变。"
        "请向协调中心索取新的邀请（改用其他途径发送），并在此回复。",
    ),
    "joining_joined": (
        "{name} (site {site}) has joined: it exchanges bundles with {centre}. Next: the first bundle (Ctrl+B, "
        "mailbag).",
        "{name}（中心 {site}）已加入，可与 {centre} 交换数据包。下一步：生成首个数据包（Ctrl+B，数据包收发）。",
    ),
    "request_to": (
        "1  Write the request and send it to {centre}, by e-mail or on a stick. It holds no data of participants and "
        "only the centre can open it.",
        "1  写出申请文件，用邮件或优盘送交 {centre}。其中不含参与者数据，且只有协调中心能够打开。",
    ),
    "request_to_short": ("Request for the centre", "交给协调中心的申请"),
    "request_write": ("Write the request", "写出申请"),
    "request_written": (
        "{file} is written. When it has arrived, call the centre (step 2).",
        "已写出 {file}。对方收到后，请致电协调中心（第 2 步）。",
    ),
    "read_to_centre": (
        "2  Call {centre} by a number from the hospital's directory, never one from a file or a mail. Read aloud, "
        "words or numbers:",
        "2  用医院通讯录中的号码（切勿使用文件或邮件中的号码）致电 {centre}，并宣读以下词语或数字：",
    ),
    "heard_from_centre": (
        "3  {centre} then reads four words to you. Type exactly what you hear, words or numbers:",
        "3  随后 {centre} 会向您宣读四个词。请准确输入听到的词或数字：",
    ),
    "heard_from_centre_short": ("Four words of the centre", "协调中心宣读的四个词"),
    "own_password": ("Own password", "本人密码"),
    "own_password_short": ("Own password", "本人密码"),
    "confirm": ("They agree: join", "一致：加入"),
    "confirmed": (
        "The words agree: this PC exchanges bundles with {centre} from now on.",
        "词语一致：本机从现在起可与 {centre} 交换数据包。",
    ),
    "confirmed_short": ("Joined: {centre}", "已加入：{centre}"),
    "new_invitation": (
        "An invitation of the centre for this site, to be answered with this vault:",
        "用本数据库回复协调中心发给本中心的邀请：",
    ),
    "new_invitation_short": ("Invitation (file)", "邀请文件"),
    "answer_it": ("Answer the invitation", "回复邀请"),
    "asked": (
        "{centre} is asked now. Write the request and send it (step 1).",
        "已向 {centre} 提出申请。请写出申请文件并发送（第 1 步）。",
    ),
    "watch_waits": (
        "Nothing leaves this PC yet: it waits for {name}. Send the request, read your four words, type theirs.",
        "本机尚不能发出数据：正在等待 {name}。请发送申请、宣读四个词、输入对方的四个词。",
    ),
    "watch_refused": (
        "Nothing leaves this PC: joining {name} has ended after wrong words. A new invitation is needed.",
        "本机不能发出数据：因核对词错误，加入 {name} 的过程已作废。需要新的邀请。",
    ),
    # the page of PCs
    "title": ("PCs of the study", "研究用电脑"),
    "head_pc": ("PC", "电脑"),
    "head_site": ("Site", "中心"),
    "head_state": ("State", "状态"),
    "head_heard": ("Bundle in", "最近接收"),
    "head_sent": ("Bundle out", "最近发送"),
    "head_list": ("Revocation list", "撤销名单"),
    "passage": ("{at}, no. {number}", "{at}，第 {number} 号"),
    "list_known": ("no. {number} of {of}", "第 {number} 号（{of}）"),
    "list_behind": ("no. {number}, behind", "第 {number} 号，已落后"),
    "state_own": ("this PC", "本机"),
    "state_waiting": ("this PC, waits for {name}", "本机，等待 {name}"),
    "state_refused": ("this PC, joining {name} has ended", "本机，加入 {name} 已作废"),
    "state_invited": ("invited", "已邀请"),
    "state_offer": ("invitation: {state}", "邀请：{state}"),
    "about_offer": (
        "{name}: {state}. Valid until {until}. When its request has come, press the button for requests.",
        "{name}：{state}。有效期至 {until}。收到申请文件后，请按“申请”按钮。",
    ),
    "about_own": (
        "Fingerprint of this PC's card, to be read aloud by telephone: {words}.",
        "本机登记卡的指纹，用于电话宣读：{words}。",
    ),
    "about_peer": ("Fingerprint of its card: {words}.", "其登记卡的指纹：{words}。"),
    "about_listed": (
        "{name} is revoked for the whole study: {reason}. What it wrote is accepted up to its record {last}.",
        "{name} 已在全研究范围撤销：{reason}。其所写内容接受至记录 {last}。",
    ),
    "about_behind": (
        "{name} knows list no. {number} of revocations, of {of}, and not yet the newest: make a bundle for it.",
        "{name} 所知的撤销名单为第 {number} 号（{of}），并非最新：请为其生成数据包。",
    ),
    "alone_centre": (
        "No other PC is known here yet. Invite the first one of a site.",
        "此处尚无其他电脑。请邀请某个中心的首台电脑。",
    ),
    "alone_ward": (
        "No other PC is known here yet. A centre is joined by its invitation (menu Sync, Joining the study), "
        "another PC of this site by its card.",
        "此处尚无其他电脑。凭协调中心的邀请加入（菜单“交换”→“加入研究”）；本中心的另一台电脑凭登记卡登记。",
    ),
    "act_invite": ("Invite …", "邀请…"),
    "act_request": ("Request that came …", "收到的申请…"),
    "act_rename": ("Rename …", "改名…"),
    "act_revoke": ("Revoke …", "撤销…"),
    "act_end": ("End the exchange …", "终止交换…"),
    "act_reinstate": ("Exchange again …", "恢复交换…"),
    "act_withdraw": ("Withdraw the invitation …", "撤回邀请…"),
    "act_card": ("Card of this PC …", "本机登记卡…"),
    "act_add": ("Add a card …", "添加登记卡…"),
    "second_why": (
        "Two persons do this together: a second one with a right to it types here.",
        "此操作须由两人共同完成：由另一名有权者在此输入。",
    ),
    "second_authority": (
        "This needs the key of the study's authority. One who holds it types here: {names}.",
        "此操作需要研究授权密钥。由持有人在此输入：{names}。",
    ),
    "file_exists": (
        "{file} is there already and stays as it is. Give another name or folder.",
        "{file} 已存在，保持不变。请另给文件名或文件夹。",
    ),
    "invite_about": (
        "One file for one PC of one site, valid {days} days, once. It holds the study's definition and the centre's "
        "public keys, nothing secret and no data. Send it by mail or on a stick.",
        "一个文件只用于一个中心的一台电脑，{days} 天内有效，只能使用一次。其中包含研究定义和协调中心的公钥，"
        "不含秘密，也不含数据。可用邮件或优盘发送。",
    ),
    "invite_site": ("Site (two digits)", "中心号（两位数字）"),
    "invite_name": ("Name of the PC, such as Ward 3", "电脑名称，例如 3病区"),
    "invite_where": ("Folder or file", "文件夹或文件"),
    "invite_do": ("Make the invitation", "生成邀请"),
    "invited": (
        "{file} is written: it invites {name} (site {site}) until {until}. Send it to the ward.",
        "已写出 {file}：邀请 {name}（中心 {site}），有效期至 {until}。请发给病区。",
    ),
    "withdraw_about": (
        "Nobody joins by the invitation for {name} (site {site}) any more. A PC that has made its vault with it keeps "
        "the vault and answers a new invitation.",
        "此后任何人不能再用发给 {name}（中心 {site}）的邀请加入。已据此建立数据库的电脑保留其数据库，可回复新的邀请。",
    ),
    "withdraw_do": ("Withdraw", "撤回"),
    "withdrawn": ("The invitation of {name} is withdrawn.", "已撤回 {name} 的邀请。"),
    "request_about": (
        "The file that the ward's PC has written (.mda5join). It may also be dropped on this page.",
        "病区电脑写出的文件（.mda5join）。也可将其拖入本页。",
    ),
    "request_from": ("Request (file)", "申请文件"),
    "request_read": (
        "The request of {name} is read; nothing is registered yet.",
        "已读取 {name} 的申请，尚未登记。",
    ),
    "request_again": (
        "This request is approved already; the words for the ward are shown again.",
        "该申请已获批准；再次显示要向病区宣读的词语。",
    ),
    "approve_title": ("{name}, site {site}, asks to join", "{name}（中心 {site}）申请加入"),
    "approve_about": (
        "First person: {founder} ({login}), {role}; made {made}. Call the ward by a number from the hospital's "
        "directory, never one from the file or a mail. The ward reads four words: type what you hear.",
        "首位用户：{founder}（{login}），{role}；生成于 {made}。请用医院通讯录中的号码"
        "（切勿使用文件或邮件中的号码）致电病区。病区宣读四个词，请输入听到的内容。",
    ),
    "approve_tried": ("{about} So far: {tried}.", "{about}目前：{tried}。"),
    "heard_from_ward": ("Four words of the ward", "病区宣读的四个词"),
    "approve_name": ("Name here", "此处名称"),
    "approve_do": ("They agree: approve", "一致：批准"),
    "approved": ("{name} is approved.", "已批准 {name}。"),
    "read_to_ward": ("Read aloud to the ward", "向病区宣读"),
    "read_to_ward_about": (
        "{name} is registered here. The ward types these four words, and only then does it believe this centre. They "
        "are shown again when the same request is opened.",
        "{name} 已在此登记。病区输入这四个词之后才会信任本协调中心。再次打开同一申请文件即可重新显示。",
    ),
    "read_done": ("Read, put away", "已宣读，收起"),
    "rename_title": ("Another name for {name}", "为 {name} 另取名称"),
    "rename_about": (
        "It is called so in this vault alone; nothing is told to that PC.",
        "仅在本数据库中如此称呼，不通知对方电脑。",
    ),
    "new_name": ("New name", "新名称"),
    "renamed": ("{before} is called {name} here.", "此处将 {before} 称为 {name}。"),
    "revoke_title": ("Revoke {name} for the whole study", "在全研究范围撤销 {name}"),
    "revoke_about": (
        "Its records up to no. {upto} are here and stay. What it writes after them is taken by nobody who has heard of "
        "this, and nothing is sent to it. Its people can still open their vault. Everybody in the study reads the "
        "reason. Make a bundle for every ward afterwards.",
        "其编号至 {upto} 的记录已在此处并保留。此后所写内容，凡得知撤销者均不接收，也不再向其发送任何内容。其人员仍可打开其数据库。"
        "本研究的所有电脑均可看到理由。随后请为每个病区生成数据包。",
    ),
    "revoke_do": ("Revoke", "撤销"),
    "revoked": (
        "{name} is revoked up to its record {last}. Next: a bundle for every ward (Ctrl+B).",
        "已撤销 {name}，接受至其记录 {last}。下一步：为每个病区生成数据包（Ctrl+B）。",
    ),
    "end_title": ("Exchange nothing more with {name}", "不再与 {name} 交换"),
    "end_about": (
        "For this vault alone: other PCs still exchange with it. What it sent stays. If the PC is lost or in wrong "
        "hands, call the centre, which revokes it for all.",
        "仅对本数据库有效：其他电脑仍会与其交换。其已发送的内容保留。若该电脑丢失或落入他人之手，请联系协调中心，由其在全研究范围撤销。",
    ),
    "end_do": ("End it", "终止"),
    "ended": ("This vault exchanges nothing more with {name}.", "本数据库不再与 {name} 交换。"),
    "reinstate_title": ("Exchange with {name} again", "恢复与 {name} 的交换"),
    "reinstate_about": (
        "For a PC that was revoked by mistake, or that was found. Everybody in the study reads the reason.",
        "用于误撤销或已找回的电脑。本研究的所有电脑均可看到理由。",
    ),
    "reinstate_do": ("Exchange again", "恢复交换"),
    "reinstated": (
        "{name} is exchanged with again. Next: a bundle for every ward (Ctrl+B).",
        "已恢复与 {name} 的交换。下一步：为每个病区生成数据包（Ctrl+B）。",
    ),
    "card_about": (
        "A small file without secrets, for another PC of the same site. The other side registers it after you have read "
        "its fingerprint aloud.",
        "一个不含秘密的小文件，供本中心的另一台电脑使用。由您宣读指纹后，对方进行登记。",
    ),
    "card_where": ("File", "文件"),
    "card_kinds": ("Cards of PCs (*.mda5card);;All files (*)", "登记卡 (*.mda5card);;所有文件 (*)"),
    "card_do": ("Write the card", "写出登记卡"),
    "card_written": ("{file} is written.", "已写出 {file}。"),
    "read_card": ("Fingerprint of this PC", "本机指纹"),
    "read_card_about": (
        "When the other side has the card, read these eight words to it by telephone.",
        "对方收到登记卡后，请用电话向其宣读这八个词。",
    ),
    "add_about": (
        "For another PC of this site, or one from before there were invitations. It may also be dropped on this page.",
        "用于本中心的另一台电脑，或邀请功能出现之前的电脑。也可将文件拖入本页。",
    ),
    "card_from": ("Card (file)", "登记卡文件"),
    "card_read": (
        "The card of {name} is read; nothing is registered yet.",
        "已读取 {name} 的登记卡，尚未登记。",
    ),
    "add_title": ("Card of {name}, site {site}", "{name}（中心 {site}）的登记卡"),
    "add_check": (
        "The card says it is of PC {device}. Whoever swaps it on its way could read what is sent: have the other side "
        "read its eight words by telephone, and type what you hear.",
        "登记卡称其属于电脑 {device}。途中调换登记卡者可读到所发送的内容：请对方用电话宣读其八个词，并输入听到的内容。",
    ),
    "card_heard": ("Eight words of the other side", "对方宣读的八个词"),
    "card_differs": (
        "These words do not belong to this card. Ask for them again; if they differ again, it is another card: "
        "register nothing and have it sent another way.",
        "这些词与此登记卡不符。请对方重读；若仍不符，则登记卡已被调换：不要登记，请对方改用其他途径发送。",
    ),
    "add_do": ("They agree: register", "一致：登记"),
    "card_added": ("{name} (site {site}) is registered.", "已登记 {name}（中心 {site}）。"),
    # the matrix
    "filter_unsent": ("Not confirmed at the centre", "协调中心尚未确认"),
    "cell_where": ("{cell}, {where}", "{cell}，{where}"),
    # files that are dropped, or named at the start
    "drop_joined": (
        "This PC has joined already; an invitation is of no use here. A new PC is set up after the log-out.",
        "本机已加入，无需邀请。如需设置新电脑，请先退出登录。",
    ),
    "drop_request_where": (
        "{file} asks to join. It is approved at the centre, on the page of PCs.",
        "{file} 是加入申请，须在协调中心的“电脑”页面批准。",
    ),
    "drop_centre": (
        "A centre joins nobody: it invites (menu Sync, PCs).",
        "协调中心不加入他方，而是发出邀请（菜单“交换”→“电脑”）。",
    ),
}
