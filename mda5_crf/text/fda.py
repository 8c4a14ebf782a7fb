"""What a file breaks of the rules for submitted PDF, and that it breaks none."""

MESSAGES: dict[str, tuple[str, str]] = {
    "kept": (
        "Rules of FDA's PDF Specifications 4.1 that a program can check: all kept.",
        "FDA《PDF 规范》4.1 版中可由程序检查的规则：全部符合。",
    ),
    "broken": ("FDA's PDF Specifications 4.1: {rule}", "FDA《PDF 规范》4.1 版：{rule}"),
    "structure": ("the file is damaged: {where}", "文件结构有误：{where}"),
    "version": ("version {where}, 1.4 to 1.7 are taken", "版本为 {where}，可接受 1.4 至 1.7"),
    "encrypted": ("the file has a password or is protected", "文件带有密码或保护"),
    "active": ("there is something that acts: {where}", "含有可执行内容：{where}"),
    "attached": ("another file is attached", "含有附件"),
    "annotation": ("page {where} carries an annotation that is no link", "第 {where} 页含有链接以外的批注"),
    "form_fields": ("there are form fields", "含有表单域"),
    "font": ("font {where} is not embedded", "字体 {where} 未嵌入"),
    "subset": ("font {where} is embedded in part", "字体 {where} 仅部分嵌入"),
    "bookmarks": ("five pages or more need bookmarks", "5 页及以上须有书签"),
    "depth": ("bookmarks go deeper than four levels", "书签超过四级"),
    "zoom": ("bookmark {where} changes the zoom", "书签“{where}”会改变缩放"),
    "opening": ("the file does not open with its bookmarks", "打开文件时未显示书签"),
    "paper": ("page {where} is neither A4 nor Letter", "第 {where} 页既非 A4 也非 Letter 纸型"),
    "file_name": (
        "{where}: a file name holds lower case, figures, hyphen and underscore only",
        "{where}：文件名只能包含小写字母、数字、连字符和下划线",
    ),
}
