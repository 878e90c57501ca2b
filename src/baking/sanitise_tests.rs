use super::*;

fn clean(inside: &str) -> Sanitised {
    sanitise(
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' \
        viewBox='0 0 100 50'>{inside}</svg>"
        )
        .as_bytes(),
    )
    .unwrap()
}

/// What is inside the root afterwards.
fn inside(svg: &Sanitised) -> &str {
    let start = svg.svg.find('>').unwrap() + 1;
    svg.svg[start..].strip_suffix("</svg>").unwrap()
}

#[test]
fn drawing_is_kept() {
    let drawing = "<defs><linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"red\"/></linearGradient></defs>\
        <path d=\"M0 0h1\" fill=\"url(#g)\" transform=\"scale(2)\"/><text x=\"1\">a &lt; b</text>";
    let clean = clean(drawing);
    assert_eq!(inside(&clean), drawing);
    assert!(clean.removed.is_empty() && clean.draws);
    assert_eq!(clean.size, Some((100.0, 50.0)));
    roxmltree::Document::parse(&clean.svg).unwrap();
}

#[test]
fn everything_active_is_left_out_and_named() {
    let hostile = [
        ("<script>alert(1)</script>", "<script>"),
        ("<script href='https://x/'/>", "<script>"),
        ("<g onload='alert(1)'/>", "onload="),
        ("<g oNcLiCk='alert(1)'/>", "oNcLiCk="),
        (
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>1</script></body></foreignObject>",
            "<foreignObject>",
        ),
        ("<a xlink:href='javascript:alert(1)'><rect/></a>", "<a>"),
        ("<use href='https://evil.example/x.svg#a'/>", "href="),
        ("<use xlink:href='data:image/svg+xml;base64,PHN2Zz4='/>", "xlink:href="),
        ("<image href='https://evil.example/x.png'/>", "<image>"),
        ("<image href='data:image/svg+xml,x'/>", "<image>"),
        ("<animate attributeName='href' to='javascript:1'/>", "<animate>"),
        ("<set attributeName='onclick' to='1'/>", "<set>"),
        ("<rect fill='url(https://evil.example/#a)'/>", "fill="),
        ("<rect fill='URL( \"//evil.example/\" )'/>", "fill="),
        ("<rect style='fill:url(//evil.example/)'/>", "style="),
        ("<rect style='background-image:url(#a)'/>", "style="),
        ("<rect style='fill:\\75rl(//evil)'/>", "style="),
        ("<rect style='fill:u/**/rl(//evil)'/>", "style="),
        ("<style>@import 'https://evil.example/';</style>", "part of <style>"),
        ("<style>@font-face{font-family:x;src:url(//evil)}</style>", "part of <style>"),
        ("<style>rect{fill:red;behavior:url(#x);fill:url(//e)}</style>", "part of <style>"),
        ("<style>a[href^='x']{fill:red}</style>", "part of <style>"),
        ("<feImage href='https://evil.example/'/>", "<feImage>"),
        ("<filter><feImage href='#a'/></filter>", "<feImage>"),
        ("<metadata><x/></metadata>", "<metadata>"),
        ("<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' src='x'/>", "<iframe>"),
        ("<h:svg xmlns:h='http://www.w3.org/1999/xhtml'/>", "<svg>"),
        ("<g xmlns:o='http://openbadges.org'><o:assertion verify='x'/></g>", "<assertion>"),
        ("<handler xmlns:ev='http://www.w3.org/2001/xml-events' ev:event='load'/>", "<handler>"),
        ("<rect xml:base='https://evil.example/'/>", "xml:base="),
        ("<rect fill='&unknown;'/>", "fill="),
        ("<text>&unknown;</text>", "&unknown;"),
        ("<audio src='x'/>", "<audio>"),
        ("<video src='x'/>", "<video>"),
        ("<SCRIPT>1</SCRIPT>", "<SCRIPT>"),
        ("<filter><feTurbulence numOctaves='9999999'/></filter>", "<feTurbulence>"),
        ("<style>rect{filter:url(#f)}</style>", "part of <style>"),
        ("<rect clip-path='expression(alert(1))'/>", "clip-path="),
        ("<rect mask='src(\"//evil\")'/>", "mask="),
    ];
    for (inside_text, name) in hostile {
        let clean = clean(inside_text);
        assert!(clean.removed.contains(name), "{inside_text}: {:?}", clean.removed);
        let kept = clean.svg.to_ascii_lowercase();
        for word in [
            "script",
            "alert",
            "evil",
            "onload",
            "onclick",
            "javascript",
            "http://openbadges",
            "@",
            "xhtml",
            "unknown",
            "base=",
        ] {
            assert!(!kept.contains(word), "{word} is left of {inside_text}: {kept}");
        }
        roxmltree::Document::parse(&clean.svg).unwrap_or_else(|e| panic!("{e}: {}", clean.svg));
    }
}

#[test]
fn text_that_looks_like_markup_stays_text() {
    let clean =
        clean("<text><![CDATA[</text><script>x</script>]]></text><title>\"&lt;/svg&gt;</title>");
    let document = roxmltree::Document::parse(&clean.svg).unwrap();
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("script")).count(), 0);
    assert_eq!(document.root_element().children().count(), 2);
}

#[test]
fn style_sheets_keep_their_harmless_rules() {
    let clean = clean(
        "<style>/* x */ .a, #b { fill: #fff; stroke: url(#g) } .c{}</style><rect class='a'/>",
    );
    assert_eq!(
        inside(&clean),
        "<style>.a, #b{fill:#fff;stroke:url(#g);}</style><rect class=\"a\"/>"
    );
}

#[test]
fn both_spellings_of_a_reference_become_one() {
    let clean = clean("<use href='#a' xlink:href='#b'/>");
    assert_eq!(inside(&clean), "<use href=\"#a\"/>");
}

#[test]
fn references_that_multiply_or_turn_in_circles_are_refused() {
    let bomb: String = (0..20)
        .map(|n| format!("<g id='l{}'><use href='#l{n}'/><use href='#l{n}'/></g>", n + 1))
        .collect();
    let wrap = |inside: &str| format!("<svg viewBox='0 0 1 1'>{inside}</svg>");
    let refused = |inside: &str| match sanitise(wrap(inside).as_bytes()) {
        Err(Error::Svg(fault)) => fault,
        other => panic!("{}", other.is_ok()),
    };
    assert_eq!(refused(&format!("<g id='l0'><rect/></g>{bomb}")), Fault::TooManyReferences);
    assert_eq!(refused("<g id='a'><use href='#a'/></g>"), Fault::TooManyReferences);
    assert_eq!(
        refused(
            "<pattern id='p'><rect fill='url(#q)'/></pattern><pattern id='q'><rect fill='url(#p)'/></pattern>"
        ),
        Fault::TooManyReferences
    );
    assert!(sanitise(wrap("<g id='a'/><use href='#a'/><use href='#a'/>").as_bytes()).is_ok());
}
