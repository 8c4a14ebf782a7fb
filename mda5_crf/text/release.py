"""Who vouches for a packed program, and what its portable copy remembers."""

MESSAGES: dict[str, tuple[str, str]] = {
    "known": (
        "Signed with a release key that this program knows ({key}).",
        "由本程序认识的发布密钥签名（{key}）。",
    ),
    "thrown_away": (
        "Signed with a key that was made for this one build ({key}): nothing was changed since it was packed,"
        " but nobody vouches for who packed it.",
        "由仅为本次构建生成的密钥签名（{key}）：打包后未被改动，但没有人为打包者作保。",
    ),
    "stranger": (
        "The signature fits, but this program does not know the key {key}. Use the package only if its sum is the"
        " one that was published; ask whoever sent it.",
        "签名本身相符，但本程序不认识密钥{key}。只有校验和与公布值一致时才可使用；请向提供者核实。",
    ),
    "wrong": (
        "The signature of {file} is wrong: the file was changed after it was signed, or the signature is another"
        " one's. Do not use this package; get it again from the release.",
        "{file}的签名不符：文件在签名后被改动，或签名属于其他文件。请勿使用此安装包，请从正式发布处重新获取。",
    ),
    "none": (
        "There is no signature of {file}. Get {file}.sig from the release as well and put it beside it.",
        "没有{file}的签名。请从发布处同时取得{file}.sig 并放在一起。",
    ),
    "sums_unreadable": (
        "{file} is no list of sums. Name the folder of a packed program, a package, or SHA256SUMS.",
        "{file}不是校验和清单。请指定已打包程序的文件夹、安装包或 SHA256SUMS。",
    ),
    "sums_missing": (
        "There is no SHA256SUMS beside {file}. Get it and SHA256SUMS.sig from the release.",
        "{file}旁没有 SHA256SUMS。请从发布处取得它和 SHA256SUMS.sig。",
    ),
    "sums_unlisted": (
        "{file} is not in the list of sums. Get list and package from the same release.",
        "校验和清单中没有{file}。请从同一发布处取得清单和安装包。",
    ),
    "sums_altered": (
        "{names} differs from its published sum. Do not use it; get it again from the release.",
        "{names}与公布的校验和不同。请勿使用，请从正式发布处重新获取。",
    ),
    "sums_nothing": (
        "None of the files in the list of sums lies beside it, so nothing could be compared.",
        "清单中的文件都不在同一文件夹内，无法比对。",
    ),
    "sums_good": (
        "As published: {names}.",
        "与公布的一致：{names}。",
    ),
}
