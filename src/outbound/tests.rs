//! What may be asked, how much of it is read, and that nobody waits for another's slowness.

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::*;

/// Answers every connection with these bytes and hangs up.
async fn server(answer: Vec<u8>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(&answer).await;
        }
    });
    url
}

/// Takes every connection and says nothing; how many it has taken.
async fn silent_server() -> (Url, tokio::sync::mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let (told, taken) = tokio::sync::mpsc::channel(100);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            held.push(socket);
            let _ = told.send(()).await;
        }
    });
    (url, taken)
}

async fn ask_with(client: &HttpClient, url: Url) -> Result<Answer, TransportError> {
    client.send(client.request(Method::GET, url), 1_000).await
}

async fn ask(url: Url) -> Result<Answer, TransportError> {
    ask_with(&Outbound::default().providers, url).await
}

const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_an_order() {
    let there = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\n\r\n";
    let answer = ask(server(there.into()).await).await.unwrap();
    assert_eq!((answer.status, answer.location()), (302, Some("http://169.254.169.254/latest/meta-data")));
}

#[tokio::test]
async fn a_body_is_read_to_its_limit_and_never_unpacked() {
    let body = |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
    assert_eq!(ask(server(body(1_000).into()).await).await.unwrap().body.len(), 1_000);
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n{}\r\n", "x".repeat(1_024));
    for large in [body(1_001), chunked] {
        assert_eq!(ask(server(large.into()).await).await.unwrap_err(), TransportError::TooLarge { limit: 1_000 });
    }
    let packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00".to_vec();
    assert_eq!(ask(server(packed).await).await.unwrap().body, b"\x1f\x8b\x08\x00");
}

#[tokio::test]
async fn what_was_not_sent_is_told_from_what_may_have_arrived() {
    let cut = server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    assert_eq!(ask(cut).await.unwrap_err(), TransportError::Cut);
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closed = format!("http://{gone}/").parse().unwrap();
    assert_eq!(ask(closed).await.unwrap_err(), TransportError::Unreachable);
}

#[tokio::test]
async fn addresses_that_no_server_has_are_never_asked() {
    let outbound = Outbound::default();
    for host in
        ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "[fe80::1]", "[::]", "[::ffff:169.254.169.254]"]
    {
        let url: Url = format!("http://{host}/latest/meta-data").parse().unwrap();
        for client in [&outbound.providers, &outbound.demo_service, &outbound.named] {
            assert_eq!(ask_with(client, url.clone()).await.unwrap_err(), TransportError::NotAllowed, "{host}");
        }
    }
}

#[tokio::test]
async fn a_host_that_somebody_typed_is_asked_at_public_addresses_alone() {
    let here = server(EMPTY.into()).await;
    let outbound = Outbound::default();
    assert_eq!(ask_with(&outbound.providers, here.clone()).await.unwrap().status, 200, "it does answer");
    assert_eq!(ask_with(&outbound.named, here.clone()).await.unwrap_err(), TransportError::NotAllowed);
    let mut by_name = here;
    by_name.set_host(Some("localhost")).unwrap();
    assert_eq!(ask_with(&outbound.named, by_name.clone()).await.unwrap_err(), TransportError::NotAllowed);
    let allowed = Outbound::new(Networks::local());
    assert_eq!(ask_with(&allowed.named, by_name).await.unwrap().status, 200, "its operator allows it");
}

#[test]
fn private_and_special_addresses_are_not_public() {
    let public = Reach::Public { also: Networks::default() };
    for address in [
        "10.0.0.1",
        "127.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "0.1.2.3",
        "169.254.1.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "240.0.0.1",
        "::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2001::1",
        "2002:a00:1::1",
        "100::1",
        "3fff::1",
    ] {
        assert!(!public.allows(address.parse().unwrap()), "{address}");
    }
    for address in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2a00:1450:4001::1", "64:ff9b::808:808"] {
        assert!(public.allows(address.parse().unwrap()), "{address}");
    }
    let own = Reach::Public { also: Networks::parse("10.0.0.0/8, 169.254.0.0/16").unwrap() };
    for (address, is_allowed) in
        [("10.1.2.3", true), ("::ffff:10.1.2.3", true), ("192.168.1.1", false), ("169.254.169.254", false)]
    {
        assert_eq!(own.allows(address.parse().unwrap()), is_allowed, "{address}");
    }
}

#[tokio::test]
async fn a_slow_side_holds_up_neither_another_origin_nor_another_kind() {
    let outbound = Outbound::default();
    let (slow, mut taken) = silent_server().await;
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (client, url) = (outbound.providers.clone(), slow.clone());
            tokio::spawn(async move { ask_with(&client, url).await })
        })
        .collect();
    for _ in 0..8 {
        taken.recv().await.unwrap();
    }
    let quick = server(EMPTY.into()).await;
    assert_eq!(ask_with(&outbound.providers, quick.clone()).await.unwrap().status, 200);
    assert_eq!(ask_with(&outbound.demo_service, quick).await.unwrap().status, 200);
    assert!(taken.try_recv().is_err(), "the slow one has its eight and no more");
    waiting.into_iter().for_each(|task| task.abort());
}
