use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A listener inside that counts who comes.
struct Canary {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Canary {
    async fn start() -> Self {
        Self::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await
    }

    /// Answers every request with these bytes, then closes.
    async fn answering(answer: &'static [u8]) -> Self {
        Self::serving(move |_, mut stream| async move {
            let _ = stream.write_all(answer).await;
        })
        .await
    }

    async fn serving<F>(serve: impl Fn(String, TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&visits);
        let serve = Arc::new(serve);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let serve = Arc::clone(&serve);
                tokio::spawn(async move {
                    let mut head = vec![0; 8192];
                    let read = stream.read(&mut head).await.unwrap_or_default();
                    head.truncate(read);
                    serve(String::from_utf8_lossy(&head).into_owned(), stream).await;
                });
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    fn resolver(&self) -> Resolver {
        resolver(&format!("cache = false\ndefault_host = \"http://127.0.0.1:{}\"", self.port))
    }
}

fn resolver(settings: &str) -> Resolver {
    Resolver::new(&toml::from_str(settings).unwrap(), None, Clock::system()).unwrap()
}

async fn get(resolver: &Resolver, url: &str, kind: Kind) -> Outcome {
    resolver.request(None).credential().get(url, kind).await
}

/// URLs that lead inside, in every spelling, to the canary's port and to the usual ones.
fn hostile_urls(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "0177.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "foo.localhost",
        "0",
        "0.0.0.0",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[::ffff:0:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "[::ffff:169.254.169.254]",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "%31%32%37.0.0.1",
        "127.0.0.%31",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "127\u{3002}0.0.1",
        "\u{2460}27.0.0.1",
        "1.1.1.1@127.0.0.1",
        "127.0.0.1#@example.org",
        "example.org@127.0.0.1",
        "user:pass@localhost",
        "example.org\\@127.0.0.1",
        "127.0.0.1\\.example.org",
        "127.0.0.1\u{0}.example.org",
        "127.0.0.1%00.example.org",
        "127.0.0.1\t",
        "127.0.0.1\u{200b}",
    ];
    let mut urls = Vec::new();
    for host in hosts {
        urls.push(format!("http://{host}:{port}/"));
        urls.push(format!("https://{host}:{port}/"));
        urls.push(format!("https://{host}/latest/meta-data/"));
    }
    for scheme in
        ["file", "ftp", "gopher", "dict", "ldap", "data", "javascript", "ws", "unix", "jar"]
    {
        urls.push(format!("{scheme}://127.0.0.1:{port}/"));
    }
    urls.extend([
        format!("//127.0.0.1:{port}/"),
        format!("http:/127.0.0.1:{port}/"),
        format!("http:127.0.0.1:{port}"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        format!("http:////127.0.0.1:{port}/"),
        format!(" http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}/\r\nHost: x"),
        format!("ht\ntp://127.0.0.1:{port}/"),
        format!("127.0.0.1:{port}"),
        String::new(),
    ]);
    urls
}

#[tokio::test]
async fn no_hostile_url_reaches_a_listener_inside() {
    let canary = Canary::start().await;
    // Everything that an operator may open for the public web is open; inside stays closed.
    let open = format!("cache = false\nhttp = true\nports = [80, 443, {}]", canary.port);
    let resolver = resolver(&open);
    let urls = hostile_urls(canary.port);
    assert!(urls.len() >= 150, "{}", urls.len());
    for url in &urls {
        for kind in [Kind::Badge, Kind::Json, Kind::StatusList, Kind::Image] {
            let outcome = get(&resolver, url, kind).await;
            // A name may fail to resolve where the system does not know it; all else is refused.
            let refused = matches!(outcome, Outcome::Refused(Why::Guard | Why::Form(_)))
                || outcome == Outcome::Missing(Why::Dns);
            assert!(refused, "{url}: {outcome:?}");
        }
    }
    assert_eq!(canary.visits(), 0);
}

#[tokio::test]
async fn redirects_inside_are_not_followed() {
    let canary = Canary::start().await;
    let mut targets = hostile_urls(canary.port);
    targets.retain(|target| !target.contains(['\r', '\n', '\u{0}']) && !target.is_empty());
    let locations = targets.clone();
    let outside = Canary::serving(move |head, mut stream| {
        let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
        let location = path.parse().ok().and_then(|at: usize| locations.get(at));
        let location = location.map_or("/", String::as_str);
        let answer =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        async move {
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await;
    let resolver = resolver(&format!(
        "cache = false\nhttp = true\nports = [{}]\nhosts = {{ \"outside.example\" = \"http://127.0.0.1:{}\" }}",
        canary.port, outside.port
    ));
    for (at, target) in targets.iter().enumerate() {
        let outcome = get(&resolver, &format!("https://outside.example/{at}"), Kind::Json).await;
        assert!(outcome.document().is_none(), "{target}: {outcome:?}");
    }
    assert!(outside.visits() >= targets.len());
    assert_eq!(canary.visits(), 0);
}

#[tokio::test]
async fn a_mapped_host_gets_the_original_host_and_nothing_personal() {
    let echo = Canary::serving(|head, mut stream| async move {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: {}\r\n\r\n{head}",
            head.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let resolver = echo.resolver();
    let errand = resolver.request(None).credential();
    for path in ["a", "b"] {
        let url = format!("https://issuer.example.org/{path}?x=y#z");
        let outcome = errand.get(&url, Kind::Json).await;
        let document = outcome.document().unwrap();
        let head = String::from_utf8_lossy(&document.bytes).to_ascii_lowercase();
        assert_eq!(document.url, format!("https://issuer.example.org/{path}?x=y"));
        assert_eq!(document.final_url, document.url);
        assert!(head.starts_with(&format!("get /{path}?x=y http/1.1\r\n")), "{head}");
        assert!(head.contains("\r\nhost: issuer.example.org\r\n"), "{head}");
        for header in ["cookie:", "authorization:", "referer:", "gzip"] {
            assert!(!head.contains(header), "{head}");
        }
    }
}

#[tokio::test]
async fn each_way_to_answer_badly_has_its_name() {
    let endless: &'static [u8] = Box::leak(
        [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 600 * 1024]].concat().into_boxed_slice(),
    );
    let headers: &'static [u8] = Box::leak(
        format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: b\r\n".repeat(10_000))
            .into_bytes()
            .into_boxed_slice(),
    );
    for (answer, why) in [
        (&b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..], Why::NotFound),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Why::Gone(None)),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Why::Status(403)),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Why::Server(503)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", Why::Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", Why::Encoded),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{}", Why::TooBig(512 * 1024)),
        (b"SSH-2.0-OpenSSH\r\n", Why::Broken),
        (b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n", Why::RedirectLoop),
        (
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
            Why::Form(form::FormProblem::Scheme),
        ),
        (endless, Why::TooBig(512 * 1024)),
        (headers, Why::Broken),
    ] {
        let server = Canary::answering(answer).await;
        let outcome = get(&server.resolver(), "https://issuer.example.org/a", Kind::Json).await;
        assert_eq!(
            outcome.why(),
            Some(&why),
            "{}",
            String::from_utf8_lossy(&answer[..answer.len().min(80)])
        );
        assert!(server.visits() <= REDIRECTS + 1);
    }
}

#[tokio::test]
async fn a_withdrawn_document_keeps_its_body() {
    let server =
        Canary::answering(b"HTTP/1.1 410 Gone\r\nContent-Length: 16\r\n\r\n{\"revoked\":true}")
            .await;
    match get(&server.resolver(), "https://issuer.example.org/a", Kind::Assertion).await {
        Outcome::Missing(Why::Gone(Some(document))) => {
            assert_eq!(&*document.bytes, b"{\"revoked\":true}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_deadline() {
    let server = Canary::serving(|_, mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let resolver = server.resolver();
    let Door::Http(door) = &resolver.0.door else { panic!("not the real door") };
    let url = Url::parse("https://issuer.example.org/slow").unwrap();
    let started = Instant::now();
    let deadline = tokio::time::Instant::now() + Duration::from_millis(300);
    let order = Order { url: &url, kind: Kind::Json, etag: None, typed: None, deadline };
    assert_eq!(door.get(&order).await, Err(Why::Timeout));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn at_most_two_requests_at_once_go_to_one_host() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (inside, peak) = (Arc::clone(&now), Arc::clone(&most));
    let server = Canary::serving(move |_, mut stream| {
        let (inside, peak) = (Arc::clone(&inside), Arc::clone(&peak));
        async move {
            peak.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(30)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
        }
    })
    .await;
    let resolver = server.resolver();
    let errands: Vec<_> = (0..8)
        .map(|n| {
            let errand = resolver.request(None).credential();
            tokio::spawn(async move {
                errand.get(&format!("https://issuer.example.org/{n}"), Kind::Json).await
            })
        })
        .collect();
    for errand in errands {
        assert!(errand.await.unwrap().document().is_some());
    }
    // The permit is held until the head of the answer is read, so that the body may still be on
    // its way while the next request starts.
    assert!(most.load(Ordering::SeqCst) <= HOST_AT_ONCE, "{most:?}");
}

#[tokio::test]
async fn one_document_is_fetched_once_a_request_and_the_budget_holds() {
    let server = Canary::start().await;
    let resolver = server.resolver();
    let request = resolver.request(None);
    let errand = request.credential();
    for n in 0..20 {
        let outcome =
            errand.get(&format!("https://issuer.example.org/{}", n % 10), Kind::Json).await;
        assert_eq!(outcome.document().is_some(), n % 10 < CREDENTIAL_FETCHES, "{n}");
    }
    assert_eq!(server.visits(), CREDENTIAL_FETCHES);
    request.credential().get("https://issuer.example.org/1", Kind::Json).await;
    assert_eq!(server.visits(), CREDENTIAL_FETCHES);
    get(&resolver, "https://issuer.example.org/1", Kind::Json).await;
    assert_eq!(
        server.visits(),
        CREDENTIAL_FETCHES + 1,
        "cache = false keeps nothing between requests"
    );
}

#[tokio::test]
async fn the_cache_answers_until_it_is_stale_and_then_asks_with_the_etag() {
    let server = Canary::serving(|head, mut stream| async move {
        let answer = if head.to_ascii_lowercase().contains("if-none-match: \"v1\"") {
            "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nContent-Length: 0\r\n\r\n"
        } else {
            "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\n{}"
        };
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let clock = Clock::frozen("2026-01-01T00:00:00Z".parse().unwrap());
    let settings = format!("default_host = \"http://127.0.0.1:{}\"", server.port);
    let resolver = Resolver::new(&toml::from_str(&settings).unwrap(), None, clock.clone()).unwrap();
    let url = "https://issuer.example.org/key";
    let mut seen = Vec::new();
    for second in [0, 59, 61] {
        clock.set(format!("2026-01-01T00:{:02}:{:02}Z", second / 60, second % 60).parse().unwrap());
        let outcome = get(&resolver, url, Kind::Json).await;
        let document = outcome.document().unwrap().clone();
        assert_eq!(&*document.bytes, b"{}");
        seen.push((server.visits(), document.fetched_at.to_string()));
    }
    assert_eq!(
        seen,
        [
            (1, "2026-01-01T00:00:00Z".to_owned()),
            (1, "2026-01-01T00:00:00Z".to_owned()),
            (2, "2026-01-01T00:01:01Z".to_owned()),
        ]
    );
}

struct Ours;

impl OwnDocuments for Ours {
    fn own<'a>(
        &'a self,
        url: &'a Url,
        _kind: Kind,
    ) -> Pin<Box<dyn Future<Output = Option<OwnAnswer>> + Send + 'a>> {
        Box::pin(async move {
            (url.host_str() == Some("localhost")).then(|| OwnAnswer {
                status: if url.path() == "/b/1" { 200 } else { 404 },
                content_type: "application/json".to_owned(),
                bytes: b"{}".to_vec(),
            })
        })
    }
}

#[tokio::test]
async fn our_own_urls_never_go_over_the_network() {
    let settings = FetchSettings { refuse_all: true, ..FetchSettings::default() };
    let resolver = Resolver::new(&settings, Some(Arc::new(Ours)), Clock::system()).unwrap();
    let errand = resolver.request(None).credential();
    assert!(errand.get("http://localhost:8080/b/1", Kind::Badge).await.document().is_some());
    let missing = errand.get("http://localhost:8080/b/2", Kind::Badge).await;
    assert_eq!(missing, Outcome::Missing(Why::NotFound));
    let other = errand.get("https://other.example/", Kind::Badge).await;
    assert_eq!(other, Outcome::Refused(Why::Guard));
}

#[tokio::test]
async fn a_typed_url_is_reached_inside_and_what_it_points_to_is_not() {
    let typed = Canary::start().await;
    let canary = Canary::start().await;
    let resolver = resolver("cache = false");
    let url = Url::parse(&format!("http://127.0.0.1:{}/b", typed.port)).unwrap();
    let errand = resolver.request(Some(&url)).credential();
    assert!(errand.get(url.as_str(), Kind::Badge).await.document().is_some());
    let inside = format!("http://127.0.0.1:{}/b", canary.port);
    assert_eq!(errand.get(&inside, Kind::Json).await, Outcome::Refused(Why::Guard));
    assert_eq!(canary.visits(), 0);
}
