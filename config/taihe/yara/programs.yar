// 可执行程序、快捷方式、脚本投放器。code 的轻重见 rules/scanning.yaml 的 scanning.weights。

rule eicar_test_file {
    meta:
        code = "malware-test"
        sentence = "文件是防病毒测试样本（EICAR）。"
    strings:
        // the 68 characters never stand here in one piece
        $middle = "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*" ascii
        $start = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D }
    condition:
        $start and $middle
}

rule windows_program {
    meta:
        code = "executable"
        sentence = "内容是 Windows 可执行程序。"
    condition:
        uint16(0) == 0x5A4D and uint32(0x3C) < filesize and uint32(uint32(0x3C)) == 0x00004550
}

rule windows_program_inside {
    meta:
        code = "embedded-executable"
        sentence = "内容中夹带了 Windows 可执行程序。"
    strings:
        $stub = { 4D 5A [56-160] 54 68 69 73 20 70 72 6F 67 72 61 6D 20 (63 61 6E 6E 6F 74 | 6D 75 73 74) 20 62 65 20 72 75 6E }
    condition:
        $stub
}

rule unix_program {
    meta:
        code = "executable"
        sentence = "内容是 Linux 或 macOS 可执行程序。"
    condition:
        uint32(0) == 0x464C457F or uint32(0) == 0xFEEDFACF or uint32(0) == 0xFEEDFACE or
        (uint32be(0) == 0xCAFEBABE and uint32be(4) < 0x00010000 and uint32be(4) > 0)
}

rule script_with_interpreter {
    meta:
        code = "executable"
        sentence = "内容是可直接运行的脚本。"
    strings:
        $shebang = /#!\s*\/(usr\/|bin\/)/
        $batch = /@echo\s+off/ nocase
    condition:
        family != "vba" and ($shebang at 0 or $batch at 0)
}

rule windows_shortcut {
    meta:
        code = "executable"
        sentence = "内容是 Windows 快捷方式，可用于启动程序。"
    strings:
        $header = { 4C 00 00 00 01 14 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    condition:
        $header at 0
}

rule html_application {
    meta:
        code = "script-dropper"
        sentence = "内容是可运行程序的网页应用（HTA）。"
    strings:
        $hta = "<hta:application" nocase ascii wide
    condition:
        $hta
}

rule windows_script_dropper {
    meta:
        code = "script-dropper"
        sentence = "内容是会下载或运行程序的 Windows 脚本。"
    strings:
        $shell = /WScript\.Shell|Shell\.Application/ nocase ascii wide
        $maker = /ActiveXObject|CreateObject|GetObject/ nocase ascii wide
        $run = /\.(Run|Exec|ShellExecute)\b/ nocase ascii wide
        $fetch = /ADODB\.Stream|XMLHTTP|WinHttpRequest/ nocase ascii wide
    condition:
        family != "vba" and $maker and (($shell and $run) or ($fetch and ($shell or $run)))
}

rule powershell_dropper {
    meta:
        code = "script-dropper"
        sentence = "内容含有隐藏运行的 PowerShell 命令。"
    strings:
        $name = /powershell(\.exe)?\s/ nocase ascii wide
        $encoded = /\s-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $hidden = /-w(indowstyle)?\s+hidden/ nocase ascii wide
        $fetch = /DownloadString|DownloadFile|FromBase64String|Invoke-Expression|\bIEX\b/ nocase ascii wide
    condition:
        $name and ($encoded or ($hidden and $fetch))
}

rule web_shell {
    meta:
        code = "web-shell"
        sentence = "内容含有网页后门代码。"
    strings:
        $php = /<\?(php)?[^>]{0,400}\b(eval|assert|system|shell_exec|passthru)\s*\(\s*(base64_decode\s*\(\s*)?@?\$_(POST|GET|REQUEST|COOKIE)/ nocase
        $asp = /<%[^>]{0,200}\b(eval|execute)\s*\(?\s*request/ nocase
        $jsp = /<%[^>]{0,1000}Runtime\.getRuntime\(\)\s*\.\s*exec\s*\(/ nocase
    condition:
        any of them
}
