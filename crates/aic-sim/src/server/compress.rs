//! Compressed answers.

use std::io::Write;

use axum::body::{self, Body};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How answers are compressed for those who accept it (RFC 9110, section 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip` (RFC 1952).
    Gzip,
    /// `br` (RFC 7932), which a tenant's identity governance has been seen to send.
    Brotli,
}

impl Encoding {
    /// Its name in `Accept-Encoding` and `Content-Encoding`.
    fn token(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }

    /// Whether whoever sent these headers can read it.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        let values =
            headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|offer| {
            let (token, parameters) = offer.split_once(';').unwrap_or((offer, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(1.0, |weight| {
                // A weight that is none is no offer.
                weight.trim().parse().unwrap_or(0.0)
            });
            token.trim().eq_ignore_ascii_case(self.token()) && weight > 0.0
        })
    }

    fn compress(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        const BUFFER: usize = 4096;
        const QUALITY: u32 = 5;
        const WINDOW: u32 = 22;
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(body)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut encoder = CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW);
                encoder.write_all(body)?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
        }
    }
}

/// The answer with its body compressed, unless there is none or it is encoded already.
pub(super) async fn compressed(
    encoding: Option<Encoding>,
    response: Response<Body>,
) -> Response<Body> {
    let is_encoded = response.headers().contains_key(CONTENT_ENCODING);
    let Some(encoding) = encoding.filter(|_| !is_encoded) else { return response };
    let (mut head, whole) = response.into_parts();
    // The services' bodies are in memory already, and writing to memory does not fail either.
    let whole = body::to_bytes(whole, usize::MAX).await.unwrap_or_default();
    let Ok(compressed) = encoding.compress(&whole) else {
        return Response::from_parts(head, Body::from(whole));
    };
    if whole.is_empty() {
        return Response::from_parts(head, Body::empty());
    }
    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.token()));
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(compressed.len()));
    head.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(head, Body::from(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn accepted(encoding: Encoding, header: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(header));
        encoding.is_accepted(&headers)
    }

    #[test]
    fn only_what_is_offered_is_accepted() {
        for header in ["gzip", "br;q=0.5, GZIP", "gzip;q=0.1", "deflate,gzip ; q=1"] {
            assert!(accepted(Encoding::Gzip, header), "{header}");
        }
        for header in ["", "br", "xgzip", "gzip;q=0", "gzip;q=x", "identity"] {
            assert!(!accepted(Encoding::Gzip, header), "{header}");
        }
        assert!(!Encoding::Brotli.is_accepted(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn what_was_compressed_can_be_read_again() {
        let text = "an answer, ".repeat(1000);
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            let plain = Response::new(Body::from(text.clone()));
            let (head, body) = compressed(Some(encoding), plain).await.into_parts();
            assert_eq!(head.headers[CONTENT_ENCODING], encoding.token());
            let body = body::to_bytes(body, usize::MAX).await.unwrap();
            assert!(body.len() < text.len() / 10, "{encoding:?}: {}", body.len());
            let mut read = String::new();
            match encoding {
                Encoding::Gzip => {
                    flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut read).unwrap()
                }
                Encoding::Brotli => {
                    brotli::Decompressor::new(&body[..], 4096).read_to_string(&mut read).unwrap()
                }
            };
            assert_eq!(read, text, "{encoding:?}");
        }
    }

    #[tokio::test]
    async fn nothing_is_compressed_twice_and_no_body_stays_none() {
        let gzip = Some(Encoding::Gzip);
        let empty = compressed(gzip, Response::new(Body::empty())).await;
        assert!(!empty.headers().contains_key(CONTENT_ENCODING));
        let mut once = Response::new(Body::from("xx"));
        once.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        let once = compressed(gzip, once).await;
        assert_eq!(once.headers()[CONTENT_ENCODING], "br");
        assert_eq!(body::to_bytes(once.into_body(), 10).await.unwrap(), "xx");
    }
}
