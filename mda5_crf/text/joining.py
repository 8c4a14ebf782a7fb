"""Joining of PCs by invitation, their names, and the list of those that are believed no longer."""

MESSAGES: dict[str, tuple[str, str]] = {
    # the two files
    "file_newer": (
        "This file was made by a newer version of the program (format {found}; version {ours} here reads up to "
        "{known}). Nothing was taken; install that version here, then try again.",
        "该文件由本程序的更新版本生成（格式 {found}；此处的 {ours} 版可读至 {known}）。未接收任何内容；"
        "请先在本机安装该版本，再重试。",
    ),
    "invite_unreadable": (
        "This file is no invitation, or it is damaged. Look for a file that ends in .mda5invite, or ask the "
        "centre to send it again.",
        "该文件不是邀请文件，或已损坏。请查找以 .mda5invite 结尾的文件，或请协调中心重新发送。",
    ),
    "invite_cut": (
        "The invitation has lost its end or something was added to it. Copy it again from where it came.",
        "邀请文件的末尾缺失或被添加了内容。请从来源处重新拷贝。",
    ),
    "invite_altered": (
        "The invitation was altered on its way. Do not use it; ask the centre for a new one.",
        "邀请文件在传送途中被改动。不要使用，请向协调中心索取新的邀请。",
    ),
    "invite_expired": (
        "The invitation has ended: it is valid for {days} days. Ask the centre for a new one. If it is new, "
        "this PC's clock is wrong.",
        "邀请已过期：有效期为 {days} 天。请向协调中心索取新的邀请。若邀请是新发的，则本机时钟有误。",
    ),
    "invite_definition": (
        "The study definition in this invitation cannot be used by this version of the program. Ask the centre "
        "which version is needed, and for a new invitation.",
        "本版本程序无法使用该邀请中的研究定义。请向协调中心询问所需的程序版本，并索取新的邀请。",
    ),
    "invite_site": (
        "The invitation is for site {site}, this vault is of site {own}. Choose a new folder for the vault of "
        "site {site}, or ask the centre for the right invitation.",
        "该邀请属于中心 {site}，而本数据库属于中心 {own}。请为中心 {site} 的数据库另选新文件夹，或向协调中心索取正确的邀请。",
    ),
    "invite_used": (
        "This invitation was used already, by {name}. Each PC needs an invitation of its own: make a new one.",
        "该邀请已被 {name} 使用。每台电脑需要各自的邀请：请重新生成邀请。",
    ),
    "invite_withdrawn": (
        "The invitation of {name} was withdrawn. Make a new one if this PC is to join.",
        "{name} 的邀请已撤回。如仍需该电脑加入，请重新生成邀请。",
    ),
    "request_unreadable": (
        "This file is no request of a PC that joins, or it is damaged. Look for a file that ends in .mda5join.",
        "该文件不是加入申请，或已损坏。请查找以 .mda5join 结尾的文件。",
    ),
    "request_cut": (
        "The request has lost its end or something was added to it. Copy it again, or have the ward write it "
        "once more (Joining the study, or devices requests).",
        "申请文件的末尾缺失或被添加了内容。请重新拷贝，或请病区重新写出（“加入研究”，或 devices requests）。",
    ),
    "request_altered": (
        "The request was altered on its way, or somebody else put a name under it. Approve nothing; have the "
        "ward write it once more (Joining the study, or devices requests).",
        "申请文件在传送途中被改动，或被他人冒名签署。不要批准，请病区重新写出（“加入研究”，或 devices requests）。",
    ),
    "request_elsewhere": (
        "This request is addressed to another centre's PC. Take it there.",
        "该申请发往另一台协调中心电脑。请在那台电脑上处理。",
    ),
    "request_locked": (
        "The request does not open with this PC's key: it was made for somebody else or damaged. Approve "
        "nothing; have the ward write it once more (Joining the study, or devices requests).",
        "无法用本机密钥打开该申请：它是为他人生成的或已损坏。不要批准，请病区重新写出（“加入研究”，或 devices requests）。",
    ),
    "request_uninvited": (
        "This request answers no invitation made at this PC. Approve nothing; make an invitation and send it "
        "to the ward.",
        "该申请所回应的邀请并非本机生成。不要批准；请生成邀请并发给病区。",
    ),
    "request_site": (
        "The request comes from site {site}, the invitation was for site {wanted}. Approve nothing and ask the "
        "ward.",
        "该申请来自中心 {site}，而邀请属于中心 {wanted}。不要批准，并向病区核实。",
    ),
    "request_founder": (
        "The request names no lawful first person of the ward's vault. Approve nothing; tell the ward.",
        "该申请未给出病区数据库合规的首位用户。不要批准，并告知病区。",
    ),
    "request_approved": (
        "This request was approved already, as {name}. To see the four words for the ward again, open "
        "the same file (PCs, or devices phrase).",
        "该申请已被批准（{name}）。如需再次查看要向病区宣读的四个词，请打开同一文件（“电脑”，或 devices phrase）。",
    ),
    "request_known": (
        "This PC is known here already, as {name}; it joins only once. If it is to be exchanged with again, "
        "the centre does so (PCs, Exchange again, or devices reinstate).",
        "该电脑已在此登记（{name}），只需加入一次。如需恢复与其交换，由协调中心操作（“电脑”→“恢复交换”，或 devices reinstate）。",
    ),
    "request_refused": (
        "Wrong words were typed too often for {name}: this invitation has ended. Make a new one, and compare "
        "by a telephone number from the hospital's own directory.",
        "{name} 的核对词输错次数过多：该邀请已作废。请重新生成邀请，并使用医院通讯录中的电话号码核对。",
    ),
    # making an invitation
    "centre_only": (
        "Only the coordinating centre does this (site 00). At a ward: Joining the study, PCs "
        "(devices confirm, devices add).",
        "只有协调中心（中心 00）可以进行此操作。病区请使用“加入研究”“电脑”（devices confirm、devices add）。",
    ),
    "site_form": (
        "{site} is no ward's site. Give two digits, 01 to 99.",
        "{site} 不是病区的中心号。请输入两位数字，01 至 99。",
    ),
    "no_authority": (
        "This needs the key of the study's authority, which neither of you holds. It is held by: {names}. That "
        "person does it, or comes to the keyboard as the second one (--second).",
        "此操作需要研究授权密钥，而两人都不持有。持有人：{names}。由其本人操作，或作为第二人到场（--second）。",
    ),
    "offer_unknown": (
        "No invitation begins with this id. See: devices requests.",
        "没有以该编号开头的邀请。请查看 devices requests。",
    ),
    "offer_over": (
        "The invitation of {name} is over: {state}.",
        "{name} 的邀请已经结束：{state}。",
    ),
    "offer_made": ("open: nobody has joined by it yet", "有效：尚无电脑用其加入"),
    "offer_tried": ("wrong words typed, {tries} of {most}", "核对词输错 {tries} 次（最多 {most} 次）"),
    "offer_refused": ("ended: wrong words {most} times", "已作废：核对词输错 {most} 次"),
    "offer_withdrawn": ("withdrawn", "已撤回"),
    "offer_used": ("used: the PC has joined", "已使用：该电脑已加入"),
    "offer_expired": ("expired", "已过期"),
    # two persons
    "second_needed": (
        "Two persons do this together: name the second one with --second. Entitled here: {names}.",
        "此操作须由两人共同完成：请用 --second 指明第二人。此处有权者：{names}。",
    ),
    "second_nobody": (
        "Two persons do this together, and nobody else here may. Admit a data manager or an administrator "
        "first (Accounts, or users add).",
        "此操作须由两人共同完成，而此处没有其他有权者。请先添加数据管理员或系统管理员账户（“账户”，或 users add）。",
    ),
    "pair": (
        "These two may not do this together: it takes a data manager or an administrator at the keyboard, and "
        "as the second person one of these or an investigator.",
        "这两人不能共同进行此操作：操作者须为数据管理员或系统管理员，第二人须为上述角色之一或研究者。",
    ),
    # words
    "word_count": (
        "{count} words were typed, {needed} are needed. Type exactly what is read to you, words or numbers.",
        "输入了 {count} 个词，需要 {needed} 个。请准确输入对方宣读的内容，词或数字均可。",
    ),
    "word_unknown": (
        "Word {place} is not in the list. Ask for it again, or for its number. This was no try.",
        "第 {place} 个词不在词表中。请对方重读，或改读其数字。本次不计入尝试次数。",
    ),
    "word_unknown_near": (
        "Word {place} is not in the list; near it: {near}. Ask for it again, or for its number. This was no "
        "try.",
        "第 {place} 个词不在词表中；相近的词：{near}。请对方重读，或改读其数字。本次不计入尝试次数。",
    ),
    "words_differ": (
        "These are not the words that belong to these two files. Ask for them again, slowly. If they differ "
        "again, a file was exchanged on its way. Tries left: {left}.",
        "这些词与这两个文件不符。请对方慢速重读。若仍不符，则文件在途中被调换。剩余次数：{left}。",
    ),
    "words_last": (
        "Wrong words {most} times: this joining has ended and nothing was registered. Make a new invitation at "
        "the centre, send it another way, and compare by a telephone number from the hospital's directory.",
        "核对词已输错 {most} 次：本次加入作废，未登记任何电脑。"
        "请在协调中心重新生成邀请，改用其他途径发送，并使用医院通讯录中的电话号码核对。",
    ),
    "words_own": (
        "These are the four words that you read to the centre. Type the four that the centre reads to you. "
        "This was no try.",
        "这是由您向协调中心宣读的四个词。请输入协调中心向您宣读的四个词。本次不计入尝试次数。",
    ),
    "words_not_yet": (
        "This request is not approved yet. Let the ward read its four words, and approve it: devices approve.",
        "该申请尚未批准。请先让病区宣读四个词，再进行批准：devices approve。",
    ),
    # the ward
    "role": (
        "The first person of a ward's PC is its principal investigator (investigator), or the coordinator who "
        "sets it up (administrator) and admits the principal investigator next.",
        "病区电脑的首位用户应为主要研究者（investigator），或由负责安装的协调员（administrator）担任，随后由其添加主要研究者。",
    ),
    "founder_only": (
        "The one who founded this vault, or its principal investigator, answers an invitation. Let that person "
        "log in.",
        "应由本数据库的创建者或主要研究者回应邀请。请由其登录操作。",
    ),
    "joined_already": (
        "This PC has joined already: it exchanges bundles with {name}. Nothing is to be done.",
        "本机已加入：与 {name} 交换数据包。无需再操作。",
    ),
    "refused": (
        "Joining {name} has ended after wrong words. Ask the centre for a new invitation and answer "
        "it with this very vault (Joining the study, or mda5-crf join FILE VAULT).",
        "加入 {name} 因核对词错误而作废。请向协调中心索取新的邀请，并用本数据库回复（“加入研究”，或 mda5-crf join FILE VAULT）。",
    ),
    "not_asked": (
        "This PC has not asked to join. Take an invitation first (Joining the study, or mda5-crf join FILE VAULT).",
        "本机尚未申请加入。请先接受邀请（“加入研究”，或 mda5-crf join FILE VAULT）。",
    ),
    "not_yet": (
        "Nothing leaves this PC yet: {name} and this PC have not compared their words. Read your four words to "
        "the centre, then type the four that it reads to you (Joining the study; or devices phrase, "
        "then devices confirm).",
        "本机尚不能发出任何数据：{name} 与本机还没有核对词语。"
        "请向协调中心宣读您的四个词，再输入对方宣读的四个词（“加入研究”，或 devices phrase 与 devices confirm）。",
    ),
    "sender_not_yet": (
        "This bundle says it comes from {name}, whose words were not compared yet. Nothing was taken; finish "
        "joining first (Joining the study, or devices confirm).",
        "该数据包自称来自 {name}，而双方尚未核对词语。未接收任何内容；请先完成加入（“加入研究”，或 devices confirm）。",
    ),
    "state_asked": (
        "waits for {name}: send the request, read your four words, type theirs",
        "等待 {name}：发送申请，宣读您的四个词，输入对方的四个词",
    ),
    "state_tried": (
        "waits for {name}: wrong words were typed",
        "等待 {name}：核对词曾输错",
    ),
    "state_refused": (
        "ended after wrong words; a new invitation of {name} is needed",
        "因核对词错误而作废；需要 {name} 的新邀请",
    ),
    "state_joined": ("joined: exchanges bundles with {name}", "已加入：与 {name} 交换数据包"),
    # what the commands say
    "cli_invited": (
        "{file} invites one PC of site {site}, to be called {name}. It is valid until {until}, once.",
        "{file} 邀请中心 {site} 的一台电脑加入，名称为 {name}。有效期至 {until}，只能使用一次。",
    ),
    "cli_invited_next": (
        "Send it to the ward. When its answer has come: mda5-crf devices requests {vault} FILE.",
        "请发给病区。收到回复文件后：mda5-crf devices requests {vault} 文件。",
    ),
    "cli_joined": (
        "{vault} is the vault of {name}, site {site}. Nothing leaves it before {centre} and you have compared "
        "words:",
        "{vault} 是 {name}（中心 {site}）的数据库。在 {centre} 与您核对词语之前，任何数据都不会离开本机：",
    ),
    "cli_step_send": (
        "1. Send {file} to {centre}, by e-mail or on a stick, before {until}.",
        "1. 在 {until} 之前，用邮件或优盘将 {file} 送交 {centre}。",
    ),
    "cli_step_call": (
        "2. Call the centre, by a number from the hospital's directory and not from a file, and read aloud:",
        "2. 用医院通讯录中的号码（而非文件中的号码）致电协调中心，并宣读：",
    ),
    "cli_words": ("   {words}   ({numbers})", "   {words}   （{numbers}）"),
    "cli_step_type": (
        "3. The centre then reads four words to you; type them: mda5-crf devices confirm {vault} --heard "
        '"WORDS".',
        '3. 随后协调中心会向您宣读四个词，请输入：mda5-crf devices confirm {vault} --heard "词语"。',
    ),
    "cli_read_ward": ("Read aloud to the ward:", "请向病区宣读："),
    "cli_request": (
        "{name}, site {site}, asks to join (PC {device}, made {made}). First person: {founder} ({login}), {role}.",
        "{name}（中心 {site}）申请加入（电脑 {device}，生成于 {made}）。首位用户：{founder}（{login}），{role}。",
    ),
    "cli_request_state": ("The invitation: {state}.", "邀请状态：{state}。"),
    "cli_request_next": (
        "Call the ward by a number from the hospital's directory, let it read four words, and type them: "
        'mda5-crf devices approve {vault} {file} --heard "WORDS" --second NAME.',
        "用医院通讯录中的号码致电病区，请对方宣读四个词并输入："
        'mda5-crf devices approve {vault} {file} --heard "词语" --second 登录名。',
    ),
    "cli_request_written": ("The request is written again: {file}.", "已重新写出申请：{file}。"),
    "cli_approved": (
        "{name} (site {site}) is registered. Now read aloud to the ward:",
        "已登记 {name}（中心 {site}）。现在请向病区宣读：",
    ),
    "cli_confirmed": (
        "This PC has joined: it exchanges bundles with {name}. First bundle: mda5-crf bundle make {vault}.",
        "本机已加入：可与 {name} 交换数据包。生成首个数据包：mda5-crf bundle make {vault}。",
    ),
    "cli_withdrawn": (
        "The invitation of {name} (site {site}) is withdrawn: nobody joins by it.",
        "已撤回 {name}（中心 {site}）的邀请，任何人不能再用其加入。",
    ),
    "cli_renamed": ("{before} is called {name} here from now on.", "此处起将 {before} 称为 {name}。"),
    "cli_revoked": (
        "{name} is revoked for the whole study; what it wrote is accepted up to its record {last}. The list goes "
        "out with every bundle from now on: make one for each ward.",
        "已在全研究范围撤销 {name}；其所写内容接受至记录 {last}。名单将随此后的每个数据包下发：请为每个病区生成数据包。",
    ),
    "cli_revoked_here": (
        "This vault exchanges nothing more with {name}. Other PCs still do; tell the centre.",
        "本数据库不再与 {name} 交换。其他电脑仍会与其交换，请告知协调中心。",
    ),
    "cli_reinstated": (
        "{name} is exchanged with again; a new list goes out with every bundle.",
        "已恢复与 {name} 的交换；新名单将随每个数据包下发。",
    ),
    "cli_joining": ("Joining: {state}.", "加入状态：{state}。"),
    "cli_list": (
        "List of revocations: number {number}, made {made}.",
        "撤销名单：编号 {number}，生成于 {made}。",
    ),
    "cli_heard": (
        "Last heard from the centre: {days} days ago.",
        "最近一次收到协调中心的内容：{days} 天前。",
    ),
    "cli_heard_today": ("Last heard from the centre: today.", "最近一次收到协调中心的内容：今天。"),
    "cli_nobody": ("No other PC is registered.", "尚未登记其他电脑。"),
    "cli_call": (
        "Call the centre, by a number from the hospital's directory and not from a file, and read aloud:",
        "请用医院通讯录中的号码（而非文件中的号码）致电协调中心，并宣读：",
    ),
    "cli_none_revoked": ("Nobody is revoked.", "没有被撤销的电脑。"),
    "cli_no_offers": (
        "No invitation was made here yet: mda5-crf invite VAULT --site NN --name NAME.",
        "此处尚未生成邀请：mda5-crf invite VAULT --site NN --name 名称。",
    ),
    "cli_heard_needed": (
        'Give the four words that were read to you: --heard "WORDS".',
        '请输入对方宣读的四个词：--heard "词语"。',
    ),
    "cli_usage_approve": (
        "Name the request file of the ward (.mda5join).",
        "请指明病区的申请文件（.mda5join）。",
    ),
    "cli_usage_requests": ("Name one request file, or none.", "请指明一个申请文件，或不填。"),
    "cli_usage_phrase": ("Name one request file, or none.", "请指明一个申请文件，或不填。"),
    "cli_usage_withdraw": (
        "Name the invitation by the beginning of its id (devices requests).",
        "请给出邀请编号的开头部分（devices requests）。",
    ),
    "cli_usage_rename": (
        "Name the PC and its new name; put names with blanks in quotes.",
        "请给出电脑及其新名称；含空格的名称请加引号。",
    ),
    "cli_usage_revoke": (
        "Name one PC; put a name with blanks in quotes.",
        "请指明一台电脑；含空格的名称请加引号。",
    ),
    "cli_usage_reinstate": (
        "Name one PC; put a name with blanks in quotes.",
        "请指明一台电脑；含空格的名称请加引号。",
    ),
    "cli_usage_list": ("This act takes no other words.", "此操作不带其他参数。"),
    "cli_usage_confirm": ("This act takes no other words.", "此操作不带其他参数。"),
    "cli_usage_revocations": ("This act takes no other words.", "此操作不带其他参数。"),
    "cli_usage_card": ("Name one file.", "请指明一个文件。"),
    "cli_usage_add": ("Name one file.", "请指明一个文件。"),
    "pc_approved": ("exchanges", "可交换"),
    "pc_revoked": ("revoked here", "已在此撤销"),
    "pc_archived": ("known from an archive", "由归档得知"),
    "pc_listed": ("revoked by the centre", "已被协调中心撤销"),
    "head_id": ("Id", "编号"),
    "head_pc": ("PC", "电脑"),
    "head_until": ("Until", "有效期至"),
    "head_last": ("Up to record", "接受至记录"),
    "head_person": ("Person", "人员"),
    "head_reason": ("Reason", "理由"),
    # the audit trail
    "trail_invitation_made": ("{name} (site {site}) invited", "邀请 {name}（中心 {site}）"),
    "trail_invitation_tried": ("{name}: wrong words typed", "{name}：核对词输错"),
    "trail_invitation_refused": ("{name}: ended after wrong words", "{name}：因核对词错误而作废"),
    "trail_invitation_withdrawn": ("{name}: withdrawn", "{name}：已撤回"),
    "trail_invitation_used": ("{name}: has joined", "{name}：已加入"),
    "trail_joining_asked": ("{name} asked", "已向 {name} 申请"),
    "trail_joining_tried": ("{name}: wrong words typed", "{name}：核对词输错"),
    "trail_joining_refused": ("{name}: ended after wrong words", "{name}：因核对词错误而作废"),
    "trail_joining_joined": ("{name}: joined", "{name}：已加入"),
    "trail_peer_approved": ("{name} (site {site}): exchanges", "{name}（中心 {site}）：可交换"),
    "trail_peer_revoked": ("{name} (site {site}): revoked here", "{name}（中心 {site}）：已在此撤销"),
    "trail_list": ("number {number}: {names}", "编号 {number}：{names}"),
    "trail_list_empty": ("number {number}: nobody", "编号 {number}：无"),
    # names
    "name_form": (
        "A PC's name has 1 to {most} characters and no marks that cannot be seen. Give another name.",
        "电脑名称须为 1 至 {most} 个字符，且不含不可见字符。请另取名称。",
    ),
    "name_mixed": (
        "The name mixes letters of two alphabets that look alike. Type it in one alphabet.",
        "该名称混用了两种外形相似的字母。请只使用一种字母输入。",
    ),
    "name_taken": (
        "The name is too much like {name}, which is in use. Give a name that cannot be mistaken for it.",
        "该名称与已使用的 {name} 过于相似。请另取不会混淆的名称。",
    ),
    "name_own": (
        "{name} is this PC itself: its name stands on its card. Other PCs may call it otherwise (devices rename "
        "there).",
        "{name} 是本机：其名称写在登记卡上。其他电脑可另行称呼（在对方执行 devices rename）。",
    ),
    # revocation
    "peer_revoked": (
        "The centre has revoked {name}; nothing is exchanged with it. If that was a mistake, the centre "
        "exchanges with it again (PCs, or devices reinstate).",
        "协调中心已撤销 {name}，不再与其交换。若系误撤，由协调中心恢复（“电脑”，或 devices reinstate）。",
    ),
    "sender_revoked": (
        "The centre has revoked {name}: its bundles are not taken. Nothing was taken; tell the centre who "
        "brought this file.",
        "协调中心已撤销 {name}：不再接收其数据包。未接收任何内容；请告知协调中心该文件由谁带来。",
    ),
    "revoked_already": ("{name} stands on the list already.", "{name} 已在撤销名单上。"),
    "not_revoked": (
        "This does not stand on the list of revocations. See PCs, or devices list.",
        "撤销名单上没有该项。请查看“电脑”，或 devices list。",
    ),
    "revoke_last": (
        "Of {name} records up to {upto} are here. Give a number from 0 to {upto}, or none.",
        "此处有 {name} 的记录至编号 {upto}。请输入 0 至 {upto} 之间的编号，或不填。",
    ),
    "reason_needed": (
        "Say why; everybody in the study reads it.",
        "请说明理由；本研究的所有电脑均可看到。",
    ),
    "reason_long": (
        "The reason is too long: at most {most} characters.",
        "理由过长：最多 {most} 个字符。",
    ),
    "list_full": (
        "The list of revocations is full. Nothing was changed; tell the makers of the program.",
        "撤销名单已满。未作更改；请告知程序的制作者。",
    ),
    "person_unknown": (
        "No person of that log-in is known of this PC. See the log-ins with: users list --history.",
        "该电脑上没有此登录名的人员。可用 users list --history 查看登录名。",
    ),
    "list_damaged": (
        "The list of revocations in this bundle is not what this program writes. Nothing was taken; ask the "
        "sender for a new one.",
        "此数据包中的撤销名单不是本程序所写。未接收任何内容，请向发送方索取新的数据包。",
    ),
    "list_forged": (
        "The list of revocations in this bundle bears the centre's name, but the centre did not sign it. "
        "Nothing was taken; tell the centre who brought this file.",
        "此数据包中的撤销名单冒用协调中心名义，并非由协调中心签名。未接收任何内容；请告知协调中心该文件由谁带来。",
    ),
    "list_unknown": (
        "The bundle brought a list of revocations of a centre that is not registered here; it was passed over.",
        "该数据包带来一份撤销名单，其所属协调中心未在此登记；已略过。",
    ),
    "list_two": (
        "Warning: there are two different lists of revocations number {number}. A copy of the centre's vault is "
        "in use somewhere: tell the centre.",
        "警告：编号为 {number} 的撤销名单有两份，内容不同。协调中心数据库的副本正在别处使用：请告知协调中心。",
    ),
    "list_pc": (
        "The centre has revoked {name} (site {site}): {reason}. What it wrote is accepted up to its record "
        "{last}.",
        "协调中心已撤销 {name}（中心 {site}）：{reason}。其所写内容接受至记录 {last}。",
    ),
    "list_person": (
        "The centre has revoked a person's key at {name} (site {site}): {reason}. What that person wrote is "
        "accepted up to record {last}.",
        "协调中心已撤销 {name}（中心 {site}）一名人员的密钥：{reason}。该人员所写内容接受至记录 {last}。",
    ),
    "list_own": (
        "The centre has revoked THIS PC: {reason}. What is entered after record {last} is taken by nobody. Stop "
        "entering and call the centre.",
        "协调中心已撤销本机：{reason}。记录 {last} 之后录入的内容不会被任何一方接收。请停止录入并联系协调中心。",
    ),
    "list_again": (
        "The centre exchanges with {name} (site {site}) again.",
        "协调中心已恢复与 {name}（中心 {site}）的交换。",
    ),
    "passed_over": (
        "{count} records of {name} were passed over: the centre has revoked that PC and does not accept them.",
        "略过 {name} 的 {count} 条记录：协调中心已撤销该电脑，不接受这些记录。",
    ),
    "own_revoked": (
        "The centre has revoked this PC. Stop entering and call the centre.",
        "协调中心已撤销本机。请停止录入并联系协调中心。",
    ),
    "unheard": (
        "Nothing has come from the centre for {days} days, so this PC does not know which PCs were revoked "
        "since. Take the centre's newest bundle.",
        "已有 {days} 天未收到协调中心的任何内容，本机不知道其间撤销了哪些电脑。请接收协调中心最新的数据包。",
    ),
    "aside_person": (
        "The centre revoked its author's key at that PC from record {after} on.",
        "协调中心已自记录 {after} 之后撤销其作者在该电脑上的密钥。",
    ),
    "login_clash": (
        "Log-in {login} is used by two persons: {people}. Both are kept. The principal investigator gives one "
        "of them another log-in (Accounts, or users disable, users add).",
        "登录名 {login} 被两人使用：{people}。两者均已保留。请主要研究者为其中一人更换登录名（“账户”，或 users disable、users add）。",
    ),
}
