"""Checking a printed page: what came of it, and what differs."""

MESSAGES: dict[str, tuple[str, str]] = {
    "genuine": (
        "Genuine and current: this vault printed the page, and it would print the same today.",
        "真实且为最新：该页由本数据库打印，今日打印内容相同。",
    ),
    "genuine_there": (
        "Genuine and current by the record of the print: another vault printed the page, and this one would print "
        "the same today. Its proof can be worked out again only there.",
        "根据打印记录真实且为最新：该页由另一数据库打印，本数据库今日打印内容相同。其证明只能在该数据库重新计算。",
    ),
    "past": (
        "Genuine: this vault printed the page as of a past moment, which the page names.",
        "真实：该页由本数据库按过去某一时点打印，页上注明了该时点。",
    ),
    "superseded": (
        "Genuine, but superseded on {at}: since then something that stands on this page has been changed by {name}.",
        "真实，但已于 {at} 被取代：此后 {name} 更改了该页上的内容。",
    ),
    "redacted": (
        "Genuine, but superseded: something about this participant was redacted on {at}, so the page cannot be shown "
        "as it was printed.",
        "真实，但已被取代：该参与者的部分记录已于 {at} 涂除，因此无法显示打印时的原页。",
    ),
    "not_again": (
        "Genuine by the record of the print, but this version of the program does not draw the page exactly as it "
        "was: compare values, not looks.",
        "根据打印记录为真实，但本版本程序绘制的页面与当时不完全一致：请核对数值，勿比较外观。",
    ),
    "altered": (
        "Altered: this is not the file that was made here.",
        "已被改动：此文件不是本处生成的原文件。",
    ),
    "altered_picture": (
        "Altered: code and content of this picture do not belong together.",
        "已被改动：二维码中的校验码与内容不相符。",
    ),
    "unknown_code": (
        "Unknown to this vault: no page printed here has this code. Compare it sign by sign with the page.",
        "本数据库中无此记录：此处打印的页面均无该校验码。请与纸页逐字核对。",
    ),
    "unknown_file": (
        "Unknown to this vault: none of the page codes in this file was printed here.",
        "本数据库中无此记录：文件中的页面校验码均非此处打印。",
    ),
    "no_codes": (
        "No page code was found in this file: it was not made by this program with answers, or by a version before "
        "0.5, whose pages had none. Compare it with the form itself.",
        "此文件中未找到页面校验码：它不是本程序生成的含数据页面，或由 0.5 之前的版本生成（当时页面尚无校验码）。请与表单本身核对。",
    ),
    "elsewhere": (
        "Printed by {device} of site {site}, head {head}: the signature is right. Its content is not in this vault.",
        "由中心 {site} 的 {device} 打印，链首 {head}：签名正确。其内容不在本数据库中。",
    ),
    "nobody": (
        "Unknown: no PC that this vault knows has signed this picture.",
        "未知：本数据库已知的电脑均未签署此二维码。",
    ),
    "compare": (
        "Code and picture do not read the digits on the paper: compare the page with what is shown here.",
        "校验码和二维码不能识别纸上的数字：请将纸页与此处显示的内容核对。",
    ),
    "about": (
        "{what}, participant {subject}, printed {made} by {name}.",
        "{what}，参与者 {subject}，{made} 由 {name} 打印。",
    ),
    "code_form": (
        "A page code has 20 letters and digits in five groups, such as 7K3M-Q2XA-0D4N-8RTW-6HJP.",
        "页面校验码由 20 个字母和数字组成，分为五组，例如 7K3M-Q2XA-0D4N-8RTW-6HJP。",
    ),
    "file_missing": ("{file} cannot be read.", "无法读取 {file}。"),
    "file_large": (
        "{file} is larger than {most} MB, which no page or casebook is.",
        "{file} 超过 {most} MB，任何页面或病例报告册都不会如此之大。",
    ),
    "file_kind": (
        "{file} is neither a PDF file nor a picture (PNG, JPEG, TIFF).",
        "{file} 既不是 PDF 文件，也不是图片（PNG、JPEG、TIFF）。",
    ),
    "picture_refused": (
        "This picture cannot be read, or is too large. Scan one page at 150 to 600 dpi.",
        "此图片无法读取或过大。请以 150 至 600 dpi 扫描单页。",
    ),
    "picture_none": (
        "No page picture of this program was found. Type the code that stands in the foot of the page.",
        "未找到本程序的页面二维码。请输入页脚处的校验码。",
    ),
    "picture_several": (
        "This picture shows several pages. Check one page at a time.",
        "此图片包含多个页面。请逐页核对。",
    ),
    "picture_query": (
        "This is a paper query; its answer is entered under Queries.",
        "这是纸质质疑单；其答复在“质疑”页录入。",
    ),
    "file_stuck": (
        "The file could not be read to its end: whoever made it, it is not the one made here.",
        "文件无法完整读取：无论由谁生成，均不是本处生成的文件。",
    ),
    "file_locked": (
        "The file is locked by a password, which no file made here is.",
        "文件设有密码，而本处生成的文件均不设密码。",
    ),
    "diff_pages": ("{found} pages instead of {expected}.", "页数为 {found}，应为 {expected}。"),
    "diff_many": ("More pages than any document made here.", "页数超过本处生成的任何文件。"),
    "diff_words": (
        'Page {page}: "{found}" stands where "{expected}" should.',
        "第 {page} 页：“{found}”，应为“{expected}”。",
    ),
    "diff_added": ('Page {page}: "{found}" was added.', "第 {page} 页：增加了“{found}”。"),
    "diff_gone": ('Page {page}: "{expected}" is missing.', "第 {page} 页：缺少“{expected}”。"),
    "diff_drawing": (
        "Page {page}: the words are the same, but something is drawn differently or laid over them.",
        "第 {page} 页：文字相同，但绘制内容不同或有内容覆盖其上。",
    ),
    "diff_resources": (
        "Page {page}: fonts or pictures are not those of the page.",
        "第 {page} 页：字体或图片不是原页所用。",
    ),
    "diff_annotation": (
        "Page {page}: annotations were added, changed or removed.",
        "第 {page} 页：批注被增加、更改或删除。",
    ),
    "diff_size": ("Page {page}: size or orientation was changed.", "第 {page} 页：页面大小或方向被更改。"),
    "diff_action": ("The file acts by itself when it is opened.", "文件打开时会自动执行操作。"),
    "diff_script": ("The file holds a script.", "文件含有脚本。"),
    "diff_attachment": ("The file holds an attachment.", "文件含有附件。"),
    "diff_form": ("The file holds fields to fill in.", "文件含有可填写的域。"),
    "diff_layers": ("The file holds layers that can be hidden.", "文件含有可隐藏的图层。"),
    "diff_metadata": ("Title or other properties were changed.", "标题或其他文件属性被更改。"),
    "diff_signature": ("The file holds a signature made elsewhere.", "文件含有他处添加的签名。"),
    "diff_bookmarks": ("The bookmarks were changed.", "书签被更改。"),
    "diff_revisions": ("Something was appended to the file.", "文件末尾被追加了内容。"),
    "diff_bytes": (
        "No difference was found in what the pages show; the file itself was written anew.",
        "页面显示内容未见差异；文件本身被重新写入。",
    ),
    "diff_only_words": (
        "This version of the program draws pages differently, so that words alone were compared.",
        "本版本程序的绘制方式不同，因此仅比较了文字。",
    ),
    "title": ("Check a printed page", "核对打印页"),
    "code": ("Page code", "页面校验码"),
    "check": ("Check", "核对"),
    "choose": ("PDF or picture …", "PDF 或图片…"),
    "files": (
        "Pages (*.pdf *.png *.jpg *.jpeg *.tif *.tiff)",
        "页面 (*.pdf *.png *.jpg *.jpeg *.tif *.tiff)",
    ),
    "task": ("Checking a page", "正在核对页面"),
    "choose_page": ("Page to be shown", "要显示的页"),
    "page_choice": ("Page {page}: {place}", "第 {page} 页：{place}"),
    "genuine_page": ("The page as it must be", "原页"),
    "answer": ("Answer", "核对结果"),
    "how": (
        "Type the code from the foot of the page, or choose or drop a scan, a photograph or the PDF file.",
        "请输入页脚处的校验码，或选择、拖入扫描件、照片或 PDF 文件。",
    ),
    "page_line": (
        "Page {page}, {place}, {code}: {words}",
        "第 {page} 页，{place}，{code}：{words}",
    ),
    "page_beside": (
        "Shown beside is page {page} as it was printed, {place}, {code}: {words}",
        "右侧显示打印时的第 {page} 页，{place}，{code}：{words}",
    ),
    "nothing_to_write": (
        "There is no genuine page to write: what was asked for is not in this vault.",
        "没有可写出的原页：所查内容不在本数据库中。",
    ),
    "written": ("Written: {file}", "已写入：{file}"),
    "no_compare": (
        "This program cannot make the file once more, so what differs cannot be said.",
        "本程序无法再次生成该文件，因此无法说明差异所在。",
    ),
}
