//! Bodies that nobody read to their end.
//!
//! The server beneath reads on, without a limit of time, when a handler drops a chunked body before
//! its end: a client that never ends it would hold the connection for ever. While somebody still
//! holds the body when the answer is sent, it closes the connection after a short while instead.
//! So the body is shared: the handler reads it, and what is left of it goes out with the answer.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

struct Body {
    payload: Payload,
    ended: bool,
}

/// The body of a request, held by two.
#[derive(Clone)]
pub(super) struct Shared(Rc<RefCell<Body>>);

impl Shared {
    /// Takes the body of a request and gives it a way to read it.
    pub(super) fn with(request: &mut ServiceRequest) -> Option<Self> {
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let shared = Self(Rc::new(RefCell::new(Body { payload, ended: false })));
        let reader: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(shared.clone());
        request.set_payload(Payload::from(reader));
        Some(shared)
    }

    /// Sends what is left of the body along with the answer.
    pub(super) fn leave_with(self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        if self.0.borrow().ended {
            return response;
        }
        response.map_body(|_, body| BoxBody::new(Holding { body, _unread: self }))
    }
}

/// The body of an answer that holds what is left of the body of its request.
struct Holding {
    body: BoxBody,
    _unread: Shared,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.borrow_mut();
        let polled = Pin::new(&mut body.payload).poll_next(context);
        if matches!(polled, Poll::Ready(None)) {
            body.ended = true;
        }
        polled
    }
}
