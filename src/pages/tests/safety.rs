//! What others wrote stays text, and pages need nothing that could run.

use super::*;

#[test]
fn no_text_makes_a_node_or_an_attribute_on_any_page() {
    let wanted: Vec<Vec<String>> = pages("plain").iter().map(|page| skeleton(page)).collect();
    for injection in INJECTIONS {
        for (page, wanted) in pages(injection).iter().zip(&wanted) {
            assert_eq!(&skeleton(page), wanted, "{injection}");
        }
    }
}

#[test]
fn foreign_addresses_become_links_only_when_they_lead_to_the_web() {
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://user:pw@a.example/",
        "x",
        "//a.example",
    ] {
        let page = result_page(
            &SETTING,
            &ResultPage { subject: bad, report: &report(bad), repeat: None, receipt: "eyJ.e30.AA" },
        );
        assert!(!page.contains(&format!("href=\"{bad}")), "{bad}");
    }
    let good = result_page(
        &SETTING,
        &ResultPage {
            subject: "x",
            report: &report("https://a.example/?a=1&b"),
            repeat: None,
            receipt: "eyJ.e30.AA",
        },
    );
    assert!(good.contains("href=\"https://a.example/?a=1&#38;b\" rel=\"noopener nofollow\""));
    assert!(!good.contains("<img"), "pictures of foreign badges are not loaded");
}

#[test]
fn pages_need_no_script_no_inline_style_and_nothing_from_elsewhere() {
    for page in pages("plain") {
        for tag in skeleton(&page) {
            assert!(!tag.split_whitespace().any(|attribute| attribute.starts_with("on")), "{tag}");
        }
        assert!(page.contains(assets()[0].path.as_str()), "the stylesheet");
        assert!(page.len() < 60_000, "{} bytes", page.len());
        assert_eq!(page.matches("<main").count(), 1);
        assert_eq!(page.matches("<h1").count(), 1);
    }
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
    assert!(
        assets()
            .iter()
            .all(|asset| asset.bytes.len() < 20_000 && asset.path.starts_with("/assets/"))
    );
}

/// The tags of a page with the names of their attributes.
fn skeleton(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let mut tag = String::new();
        let (mut quote, mut end) = (None, rest.len());
        for (at, c) in rest.char_indices() {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => continue,
                None if c == '"' || c == '\'' => quote = Some(c),
                None if c == '>' => {
                    end = at + 1;
                    break;
                }
                None => tag.push(c),
            }
        }
        tags.push(tag);
        rest = &rest[end..];
    }
    tags
}

const INJECTIONS: [&str; 50] = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "</textarea><script>1</script>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:msgbox(1)",
    "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<body onload=alert(1)>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE html>",
    "{{7*7}}",
    "{% raw %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%3Cscript%3E",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "\u{0}<script>",
    "\u{202e}tpircs",
    "\u{2028}<b>",
    "\u{feff}<b>",
    "＜script＞",
    "<scr<script>ipt>",
    "<b",
    "<b x=\"",
    "</head><body>",
    "</main></body></html>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil>",
    "<link rel=stylesheet href=//evil>",
    "<style>*{display:none}</style>",
    "<form action=//evil><input>",
    "<details open ontoggle=alert(1)>",
    "\r\nSet-Cookie: a=b",
    "//evil.example/",
];
