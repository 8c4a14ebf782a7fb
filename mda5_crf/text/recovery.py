"""Recovery sheets: the ceremony, the sheets themselves, and the way back into a vault."""

MESSAGES: dict[str, tuple[str, str]] = {
    # What is said at every log-in.
    "notice_used": (
        "Recovery sheets were used on this vault and open nothing any more. A keeper must make a new set"
        " (menu Record, Recovery sheets).",
        "本数据库已使用过恢复单，原恢复单不再有效。须由密钥保管人制作新的一套（菜单“记录”→“恢复单”）。",
    ),
    "notice_lost": (
        "The recovery sheets do not fit this vault as it is. A keeper must make a new set (menu Record,"
        " Recovery sheets).",
        "现有恢复单与本数据库不符。须由密钥保管人制作新的一套（菜单“记录”→“恢复单”）。",
    ),
    # The ceremony.
    "authority_needed": (
        "Recovery sheets pass on the study's authority, which your account does not hold. The vault's first"
        " person makes them, or the principal investigator to whom the vault was handed over.",
        "制作恢复单须持有研究授权密钥，您的账户没有。请由数据库的首位用户，或接收数据库的主要研究者制作。",
    ),
    "holder_name": (
        "Each sheet needs the printed name of its holder, at most 80 characters.",
        "每张恢复单须填写保管人姓名，最多 80 个字符。",
    ),
    "holders_three": (
        "Name {count} different people, one for each sheet.",
        "请填写 {count} 位不同的保管人，每人一张。",
    ),
    "all_typed": ("All sheets have been typed back.", "全部恢复单均已回输核对。"),
    "not_all_typed": (
        "Not every sheet has been typed back yet.",
        "尚有恢复单未回输核对。",
    ),
    "typed_count": (
        "{count} words were typed; the sheet has {words}.",
        "已输入 {count} 个词，恢复单上有 {words} 个词。",
    ),
    "typed_differs": (
        "These words differ from the sheet: {places}. Compare them with the paper and correct both, if need be.",
        "以下序号的词与恢复单不一致：{places}。请与纸上核对，必要时一并更正。",
    ),
    "pair_fails": (
        "Sheets {one} and {other} do not give the key. Nothing was changed; begin again.",
        "第 {one} 张与第 {other} 张恢复单不能还原密钥。未作任何更改，请重新开始。",
    ),
    "over": (
        "This ceremony is over; begin a new one.",
        "本次制作已结束，请重新开始。",
    ),
    "set_changed": (
        "Another set was begun meanwhile. Nothing was changed; begin again.",
        "其间已有另一套恢复单。未作任何更改，请重新开始。",
    ),
    # Sheets that are read.
    "read_count": (
        "Sheet {place} has {count} words; a sheet has {words}.",
        "第 {place} 张恢复单输入了 {count} 个词，应为 {words} 个词。",
    ),
    "read_unknown": (
        "Sheet {place}: these words are not in the word list: {places}.",
        "第 {place} 张恢复单：以下序号的词不在词表中：{places}。",
    ),
    "read_wrong": (
        "Sheet {place} was not read right. {where}",
        "第 {place} 张恢复单有误。{where}",
    ),
    "wrong_at": ("Compare with the paper: word {places}.", "请与纸上核对：第 {places} 个词。"),
    "wrong_somewhere": (
        "More than one word is wrong; compare all of them with the paper.",
        "不止一个词有误，请逐词与纸上核对。",
    ),
    "read_shape": (
        "The words of sheet {place} are not those of a recovery sheet of this program.",
        "第 {place} 张的词不是本程序的恢复单。",
    ),
    "other_set": (
        "Sheet {place} is of another set or another vault. This vault ({vault}) wants set {set}.",
        "第 {place} 张恢复单属于另一套或另一数据库。本数据库（{vault}）需要第 {set} 套。",
    ),
    "same_sheet": (
        "Both are sheet {number}. Two different sheets of the set are needed.",
        "两次输入的都是第 {number} 张，须使用同一套中两张不同的恢复单。",
    ),
    "third": (
        "{count} sheets were given; two are enough, and the third stays sealed.",
        "提供了 {count} 张恢复单；两张即可，第三张应保持封存。",
    ),
    "one_alone": (
        "One sheet says nothing. Two sheets of the set are needed.",
        "单独一张恢复单不包含任何信息，须有同一套的两张。",
    ),
    "no_set": (
        "No recovery sheets have been made for this vault, or the last ones have been used.",
        "本数据库未制作恢复单，或最近一套已被使用。",
    ),
    "does_not_open": (
        "The two sheets do not open this vault. The attempt was noted.",
        "这两张恢复单不能打开本数据库。本次尝试已记录。",
    ),
    "role": (
        "Recovery admits a principal investigator or a data manager: those who may hold the key.",
        "恢复只能接纳主要研究者或数据管理员，即可持有密钥的人员。",
    ),
    "reason_needed": (
        "Say why the sheets are used.",
        "请说明使用恢复单的原因。",
    ),
    # The sheet.
    "sheet_title": ("Recovery sheet {number} of 3", "恢复单（三张之第 {number} 张）"),
    "sheet_facts": (
        "Vault {name} ({vault}), set {set}, made {day}",
        "数据库 {name}（{vault}），第 {set} 套，制作日期 {day}",
    ),
    "sheet_holder": ("Holder: {holder}", "保管人：{holder}"),
    "sheet_use": (
        "Any two of the three sheets open the vault when nobody can any more: log-in page, Open with recovery"
        " sheets. One sheet alone says nothing.",
        "无人能打开数据库时，任意两张恢复单即可打开：登录页“用恢复单打开”。单独一张不包含任何信息。",
    ),
    "sheet_keep": (
        "Keep it sealed and apart from the other two. Copy it by hand only; no photograph, no file. If it is"
        " lost, a new set is made.",
        "请密封并与另外两张分开存放。只可手抄，不得拍照或存为文件。如有遗失，须重新制作一套。",
    ),
    # How the set stands.
    "who_makes": (
        "A new set is made by the principal investigator, at the centre by a data manager.",
        "恢复单由主要研究者制作，在协调中心由数据管理员制作。",
    ),
    "state_none": (
        "No recovery sheets have been made for this vault. If nobody can log in any more, it is lost.",
        "本数据库尚未制作恢复单。一旦无人能够登录，数据将无法找回。",
    ),
    "state_set": (
        "Set {set}, made on {day} by {by}, second person {second}.",
        "第 {set} 套，{day} 由 {by} 制作，第二人 {second}。",
    ),
    "state_holders": ("Holders: {holders}.", "保管人：{holders}。"),
    "state_used": ("Used on {day} to admit {by}.", "{day} 用于接纳 {by}。"),
    "state_stands": (
        "Any two of the sheets open the vault as it is now.",
        "任意两张恢复单均可打开当前数据库。",
    ),
    "state_due": (
        "These sheets open nothing any more: a new set has to be made.",
        "这套恢复单已不能打开数据库，须制作新的一套。",
    ),
    "made": (
        "Set {set} of the recovery sheets is in force; every pair of sheets was tried.",
        "第 {set} 套恢复单已生效，每两张的组合均已验证。",
    ),
    "admitted": (
        "{login} was admitted and the key renewed. The sheets open nothing any more: make a new set.",
        "{login} 已获接纳，密钥已更新。原恢复单不再有效，请制作新的一套。",
    ),
    # On a terminal.
    "terminal": (
        "Recovery sheets are made at a terminal, where each holder types the own words back.",
        "恢复单须在终端上制作，由各保管人自行回输词语。",
    ),
    "sheets_needed": (
        "Give the words of two sheets: at a terminal, or with --share-file twice.",
        "请提供两张恢复单的词语：在终端输入，或两次使用 --share-file。",
    ),
    "ask_sheet": (
        "Words of sheet {place}, then an empty line:",
        "请输入第 {place} 张恢复单的词语，以空行结束：",
    ),
    "alone": (
        "Only {holder} looks at the screen now. Enter shows the words.",
        "现在只有 {holder} 可以看屏幕。按回车键显示词语。",
    ),
    "copied": (
        "Copy all words by hand, then press Enter; the screen is cleared.",
        "请手抄全部词语，然后按回车键，屏幕将清空。",
    ),
    "type_back": (
        "Type sheet {number} back from the paper, then an empty line (an empty line alone shows it again):",
        "请照纸面回输第 {number} 张的词语，以空行结束（只输空行则再次显示）：",
    ),
    # In the window.
    "title": ("Recovery sheets", "恢复单"),
    "make": ("Make a new set …", "制作新的一套…"),
    "holder": ("Holder of sheet {number}", "第 {number} 张保管人"),
    "own_password": ("Your password", "您的密码"),
    "second_why": (
        "A second person sees that each holder is alone with the own sheet.",
        "第二人在场见证：每位保管人单独接触自己的恢复单。",
    ),
    "people_words": (
        "Three people each keep one sheet, sealed and apart. Any two of them together can open the vault and"
        " read everything: choose them so.",
        "三人各保管一张，密封并分开存放。任意两人合作即可打开数据库并读取全部内容，请据此选定人员。",
    ),
    "begin": ("Begin", "开始"),
    "cancel": ("Cancel", "取消"),
    "fill_in": ("Three names and your password are needed.", "请填写三位保管人姓名和您的密码。"),
    "alone_words": (
        "Sheet {number}: only {holder} may look at the screen now.",
        "第 {number} 张：现在只有 {holder} 可以看屏幕。",
    ),
    "show": ("Show the words", "显示词语"),
    "sheet_words": (
        "Sheet {number} for {holder}: copy the 33 words by hand, or print them.",
        "第 {number} 张，保管人 {holder}：请手抄 33 个词，或打印。",
    ),
    "print": ("Print", "打印"),
    "printer": ("Printer", "打印机"),
    "print_note": (
        "Straight to the printer, no file is written. A network printer may keep what it prints.",
        "直接送往打印机，不生成文件。网络打印机可能留存打印内容。",
    ),
    "no_printer": (
        "This PC has no printer that prints on paper alone: copy the words by hand. No file is written.",
        "本机没有仅在纸上打印的打印机，请手抄词语。不会生成文件。",
    ),
    "print_failed": (
        "The printer does not take the sheet: copy the words by hand.",
        "打印机未接受该页，请手抄词语。",
    ),
    "copied_all": ("On paper: type it back", "已抄好，开始回输"),
    "type_words": (
        "Sheet {number}, {holder}: type all words from the paper. The first four letters of each are enough.",
        "第 {number} 张，{holder}：请照纸面输入全部词语，每个词输入前四个字母即可。",
    ),
    "typed_words": ("Words from the paper", "纸上的词语"),
    "compare": ("Compare", "核对"),
    "show_again": ("Show the sheet again", "再次显示"),
    "finish_words": (
        "All three sheets have been typed back. With your password set {set} comes into force; sheets of an"
        " older set then open nothing any more.",
        "三张恢复单均已核对。输入密码后第 {set} 套生效，旧的恢复单随即失效。",
    ),
    "finish": ("Put the set in force", "使本套生效"),
    "going_on": (
        "A ceremony is going on. End it first, or cancel it.",
        "恢复单正在制作中，请先完成或取消。",
    ),
    # Without an account: the way in.
    "open_with": ("Open with sheets …", "用恢复单打开…"),
    "recover_title": ("Open with two recovery sheets", "用两张恢复单打开"),
    "recover_words": (
        "The sheets do one thing: they admit one new keeper. Who, when and why is recorded, the key is renewed,"
        " and the sheets open nothing afterwards.",
        "恢复单只能接纳一位新的密钥保管人。何人、何时、何故均会记录，密钥随即更新，该套恢复单不再有效。",
    ),
    "sheet_one": ("Words of one sheet", "一张的词语"),
    "sheet_other": ("Words of another sheet", "另一张的词语"),
    "why": ("Why the sheets are used", "使用原因"),
    "admit": ("Admit and open", "接纳并打开"),
}
