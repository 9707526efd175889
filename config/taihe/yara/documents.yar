// 办公文档、PDF、表格文本中的主动内容。

rule macro_autorun_shell {
    meta:
        code = "macro-autorun"
        sentence = "文档带有打开时自动运行并写文件或执行程序的宏。"
    strings:
        $auto = /\b(Auto_?(Open|Exec|Close|Exit|New)|Document_?(Open|Close|New|BeforeClose)|Workbook_(Open|Activate|BeforeClose)|DocumentOpen)\b/ nocase
        $shell = /\bShell\s*[( "]|WScript\.Shell|Shell\.Application|ShellExecute|CreateProcess|URLDownloadToFile|\bpowershell\b|\bcmd(\.exe)?\s+\/c|\bmshta\b|\bregsvr32\b|\bcertutil\b/ nocase
    condition:
        family == "vba" and $auto and $shell
}

rule pdf_launch {
    meta:
        code = "pdf-launch"
        sentence = "PDF 会启动外部程序（/Launch）。"
    strings:
        $action = /\/S\s*\/(L|#4[cC])(a|#61)(u|#75)(n|#6[eE])(c|#63)(h|#68)\b/
    condition:
        family == "pdf" and $action
}

rule pdf_javascript {
    meta:
        code = "pdf-javascript"
        sentence = "PDF 带有 JavaScript 脚本。"
    strings:
        $script = /\/(J|#4[aA])(a|#61)(v|#76)(a|#61)(S|#53)(c|#63)(r|#72)(i|#69)(p|#70)(t|#74)\b/
    condition:
        family == "pdf" and $script
}

rule pdf_javascript_on_open {
    meta:
        code = "pdf-autorun"
        sentence = "PDF 打开时自动运行 JavaScript 脚本。"
    strings:
        $open = /\/(O|#4[fF])pen(A|#41)ction\s*<<[^>]{0,200}\/JavaScript/
    condition:
        family == "pdf" and $open
}

rule pdf_encrypted {
    meta:
        code = "document-encrypted"
        sentence = "PDF 已加密或设有权限密码，无法查毒，请去掉密码后重新上传。"
    strings:
        $encrypt = /\/Encrypt\s*(\d{1,10}\s+\d{1,5}\s+R|<<)/
    condition:
        family == "pdf" and $encrypt
}

rule pdf_hidden_objects {
    meta:
        code = "pdf-hidden-objects"
        sentence = "PDF 用少见的编码隐藏了对象，无法查毒。"
    strings:
        $before = /\/ObjStm\b[^>]{0,300}\/(ASCII85Decode|ASCIIHexDecode|LZWDecode|RunLengthDecode|A85|AHx|LZW|RL)\b/
        $after = /\/(ASCII85Decode|ASCIIHexDecode|LZWDecode|RunLengthDecode|A85|AHx|LZW|RL)\b[^>]{0,300}\/ObjStm\b/
    condition:
        family == "pdf" and any of them
}

rule pdf_embedded_file {
    meta:
        code = "pdf-embedded-file"
        sentence = "PDF 带有附件。"
    strings:
        $names = /\/Embedded(File|Files)\b/
    condition:
        family == "pdf" and $names
}

rule rich_text_object {
    meta:
        code = "rtf-object"
        sentence = "RTF 文档内嵌了对象。"
    strings:
        $object = /\\obj(data|update|class|emb)/ nocase
    condition:
        kind == "rtf" and $object
}

rule xml_entity {
    meta:
        code = "xml-entity"
        sentence = "XML 中定义了实体，可用于实体展开攻击。"
    strings:
        $entity = /<!ENTITY\s+(%\s+)?[A-Za-z_]/
    condition:
        family == "text" and $entity
}

rule formula_injection {
    meta:
        code = "formula-injection"
        sentence = "表格文本中有会启动程序的公式。"
    strings:
        $formula = /[=+@-]\s*(cmd|powershell|mshta|msexcel|rundll32)[^\n]{0,20}\|/ nocase
    condition:
        family == "text" and $formula
}
