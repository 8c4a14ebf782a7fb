"""Sentences about a journal that lies on a PostgreSQL server."""

MESSAGES: dict[str, tuple[str, str]] = {
    # the address
    "address_form": (
        "An address of a server reads postgresql://person@host/database, with :port after the host when it is "
        "not 5432. Write it like that.",
        "服务器地址的写法为 postgresql://person@host/database；端口不是 5432 时在主机名后写 :端口。请按此写法填写。",
    ),
    "address_password": (
        "The address holds a password. It would stay in the history of this PC for others to read. Leave it "
        "out: PostgreSQL takes it from the file that PGPASSFILE names, or from PGPASSWORD.",
        "地址中含有密码，会留在本机的历史记录中被他人看到。请将其去掉：PostgreSQL 会从 PGPASSFILE 所指的文件或 "
        "PGPASSWORD 中读取密码。",
    ),
    "address_parameter": (
        'The address says "{name}" in a way that is not known here, or twice. Known are host, port, sslmode, '
        "sslrootcert, sslcert, sslkey, passfile and connect_timeout.",
        "地址中的“{name}”无法识别或重复出现。可用的参数为 host、port、sslmode、sslrootcert、sslcert、sslkey、passfile "
        "和 connect_timeout。",
    ),
    "address_tls": (
        "sslmode={mode} would not prove that it is the right server. Outside this PC only verify-full is used: "
        "leave sslmode out of the address.",
        "sslmode={mode} 无法证明连接的是正确的服务器。连接其他计算机时只使用 verify-full：请从地址中去掉 sslmode。",
    ),
    # this PC
    "driver_missing": (
        'The driver for PostgreSQL is not installed on this PC. Type: pip install "mda5-crf[centre]"',
        '本机未安装 PostgreSQL 驱动程序。请执行：pip install "mda5-crf[centre]"',
    ),
    "not_a_file": (
        "{place} is a database on a server: there is no file to copy, to check or to encrypt anew. The "
        "administrator of the server backs it up.",
        "{place} 是服务器上的数据库，没有可供复制、检查或重新加密的文件。其备份由服务器管理员负责。",
    ),
    "no_key": (
        "{place} was opened without the vault's keys; what needs one cannot be done.",
        "{place} 打开时未使用数据库密钥，需要密钥的操作无法进行。",
    ),
    # reaching the server
    "server_away": (
        "{place} does not answer. Nothing was written since the last saved entry. Check the network and the "
        "address, ask the administrator whether the server runs, then try again.",
        "{place} 没有响应。上次保存之后未写入任何内容。检查网络和地址，并向管理员确认服务器是否在运行，然后重试。",
    ),
    "tls_failed": (
        "{place} could not prove by its certificate that it is the right server, or offers no encryption. No "
        "password and no data were sent. Ask the administrator for the file of the root certificate and name it "
        "in the address: sslrootcert=FILE.",
        "{place} 未能以证书证明其为正确的服务器，或不提供加密连接。未发送密码和任何数据。"
        "请向管理员索取根证书文件，并在地址中写明：sslrootcert=文件。",
    ),
    "login_refused": (
        "{place} does not let this person in. Check the person in the address and the password in the file that "
        "PGPASSFILE names; the administrator can see the reason in the server's log.",
        "{place} 拒绝该用户连接。检查地址中的用户名以及 PGPASSFILE 所指文件中的密码；管理员可在服务器日志中查看原因。",
    ),
    "no_database": (
        "There is no such database at {place}. Check its name in the address; the administrator makes one with "
        "CREATE DATABASE.",
        "{place} 处没有该数据库。检查地址中的数据库名；管理员可用 CREATE DATABASE 建立。",
    ),
    "too_many": (
        "{place} has no connection left. Nothing was written. Wait a minute and try again; the administrator can "
        "raise max_connections.",
        "{place} 的连接数已满。未写入任何内容。请等一分钟后重试；管理员可提高 max_connections。",
    ),
    "shut_down": (
        "The administrator stopped {place}, or ended this connection. What was saved before is safe; the entry "
        "in hand was not written. Try again in a minute.",
        "管理员停止了 {place}，或中断了此连接。此前保存的内容完好，当前录入未写入。请在一分钟后重试。",
    ),
    # working there
    "may_not": (
        "The server does not allow this person to do that at {place}. Nothing was written. The administrator "
        "makes a person a member of the program's role.",
        "服务器不允许该用户在 {place} 进行此操作。未写入任何内容。管理员须将该用户加入本程序的角色。",
    ),
    "disk_full": (
        "The disk of the server is full: {place} cannot take the entry. What was saved before is safe. Tell the "
        "administrator, then enter the value again.",
        "服务器磁盘已满：{place} 无法写入。此前保存的内容完好。通知管理员后重新录入该值。",
    ),
    "no_memory": (
        "The server is short of memory for {place}. What was saved before is safe. Tell the administrator.",
        "服务器内存不足，无法使用 {place}。此前保存的内容完好。请通知管理员。",
    ),
    "busy": (
        "A colleague is writing to {place}, perhaps a large bundle. Nothing of yours was written. Try again in a "
        "minute.",
        "有同事正在向 {place} 写入，可能是较大的数据包。您的内容尚未写入。请在一分钟后重试。",
    ),
    "crossed": (
        "A colleague wrote to {place} at the same moment. Nothing of yours was written. Try again.",
        "有同事同时向 {place} 写入。您的内容尚未写入。请重试。",
    ),
    "read_only": (
        "{place} takes no writes: it may be a standby copy of the server. What was saved before is safe. Use the "
        "address of the main server.",
        "{place} 不接受写入，可能是服务器的备用副本。此前保存的内容完好。请使用主服务器的地址。",
    ),
    "row_refused": (
        "{place} refused a row because it is there already or the journal would have been changed. Nothing "
        "was written. Run verify and tell your data manager.",
        "{place} 拒绝了一行记录：该行已存在，或写入会改动日志。未写入任何内容。应运行校验并告知数据管理员。",
    ),
    "damaged": (
        "The server says that {place} is damaged. Stop entering and tell the administrator, who restores the "
        "newest backup into a new database.",
        "服务器报告 {place} 已损坏。停止录入并通知管理员，由其将最新的备份恢复到新的数据库。",
    ),
    "failed": (
        "{place} could not be used (code {number} of PostgreSQL). Nothing was written. Open it again; if it comes "
        "back, tell the administrator the code.",
        "{place} 无法使用（PostgreSQL 代码 {number}）。未写入任何内容。请重新打开；若再次出现，将代码告知管理员。",
    ),
    # its version and its making
    "not_prepared": (
        "{place} holds no journal of this program. The administrator prepares an empty database for it; check "
        "the name of the database in the address.",
        "{place} 中没有本程序的日志。须由管理员为其准备一个空数据库；检查地址中的数据库名。",
    ),
    "prepared_already": (
        "{place} is prepared already and is not touched. Make another database for another journal.",
        "{place} 已准备好，不会被更改。另一份日志需使用另一个数据库。",
    ),
    "server_old": (
        "{place} is PostgreSQL {theirs}; {ours} or newer is needed. Nothing was written.",
        "{place} 为 PostgreSQL {theirs}，需要 {ours} 或更新版本。未写入任何内容。",
    ),
    "not_utf8": (
        "{place} stores texts as {encoding}, which has no place for Chinese. Make the database anew with "
        "ENCODING 'UTF8' TEMPLATE template0.",
        "{place} 以 {encoding} 存储文本，无法保存中文。请以 ENCODING 'UTF8' TEMPLATE template0 重新建立数据库。",
    ),
    "upgrade_by_owner": (
        "{place} is of an older version of this program, and this person may not bring it up to date. The "
        "administrator opens it once; nothing was changed.",
        "{place} 属于本程序的较旧版本，该用户无权将其升级。请管理员打开一次；未作任何更改。",
    ),
    "preparing_refused": (
        "This person may not prepare {place}: it takes the right to make roles and the ownership of the "
        "database. Nothing was changed.",
        "该用户无权准备 {place}：需要建立角色的权限，并为该数据库的所有者。未作任何更改。",
    ),
    "role_name": (
        "A log-in on the server begins with a letter and holds letters, digits, dots, - and _, at most 63 of them.",
        "服务器登录名须以字母开头，可含字母、数字、点、- 和 _，最多 63 个字符。",
    ),
    # what preparing could not do
    "note_setting": (
        "{setting} stays {value}: only a superuser may set it. Type as one: "
        "ALTER DATABASE {database} SET {setting} = {wanted}; otherwise the server's log may hold what is entered.",
        "{setting} 仍为 {value}：只有超级用户可以设置。请以超级用户执行："
        "ALTER DATABASE {database} SET {setting} = {wanted}；否则服务器日志可能含有录入的内容。",
    ),
    "note_library": (
        "The server loads {library}, which may write what is entered into a log. Ask the administrator to leave "
        "this database out of it.",
        "服务器加载了 {library}，可能将录入内容写入日志。请管理员将此数据库排除在外。",
    ),
    "note_libraries": (
        "This person may not see which libraries the server loads. Ask the administrator whether pgaudit, "
        "auto_explain or the like write what is entered into a log.",
        "该用户无权查看服务器加载了哪些库。请向管理员确认 pgaudit、auto_explain 等是否会将录入内容写入日志。",
    ),
    "note_tls": (
        "The server offers no encryption (ssl is off): it can be used on the server itself only, until the "
        "administrator gives it a certificate.",
        "服务器未启用加密（ssl 为 off）：在管理员为其配置证书之前，只能在服务器本机使用。",
    ),
    "note_passwords": (
        "New passwords of the server are kept as {value}; the administrator sets password_encryption to "
        "scram-sha-256.",
        "服务器新密码以 {value} 方式保存；管理员应将 password_encryption 设为 scram-sha-256。",
    ),
    "note_connect": (
        "Everybody with a log-in on the server may still connect to the database (and read nothing in it): only "
        "its owner can end that.",
        "服务器上的任何登录用户仍可连接该数据库（但读不到其中内容）：只有数据库所有者可以取消。",
    ),
}
