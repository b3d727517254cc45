//! The JavaScript engine: runs one handler of one Action in a new context. The only file that uses `rquickjs`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use rquickjs::{Context, Ctx, Error, Exception, Function, Promise, Runtime, Value};
use serde_json::json;

use super::{ActionError, Effects, api::Api};
use countenance_core::clock::UnixSecs;

/// Memory limit per leg.
const MEMORY_MAX_BYTES: usize = 64 << 20;
/// Stack limit per leg, below that of the thread that runs it.
const STACK_MAX_BYTES: usize = 512 << 10;
/// Defines the globals of Node.js.
const NODE: &str = include_str!("node.js");
/// Defines `api` and calls the handler.
const PRELUDE: &str = include_str!("prelude.js");

/// Runs `handler` of `source` to completion.
pub(super) fn run(
    source: &str,
    handler: &str,
    event: &serde_json::Value,
    api: Api,
    now: UnixSecs,
    limit: Duration,
) -> Result<Effects, ActionError> {
    let runtime = Runtime::new().map_err(engine)?;
    runtime.set_memory_limit(MEMORY_MAX_BYTES);
    runtime.set_max_stack_size(STACK_MAX_BYTES);
    let watch = Rc::new(Watch::new(limit));
    let watching = Rc::clone(&watch);
    runtime.set_interrupt_handler(Some(Box::new(move || watching.is_over())));
    let context = Context::full(&runtime).map_err(engine)?;

    let api = Rc::new(RefCell::new(api));
    let host = {
        let (api, watch) = (Rc::clone(&api), Rc::clone(&watch));
        move |message: String| {
            let answer = match api.borrow_mut().call(&message) {
                Ok(value) => json!({ "value": value }).to_string(),
                Err(error) => json!({ "error": error.to_string() }).to_string(),
            };
            // Time spent waiting for the network counts, although the engine cannot interrupt it.
            watch.is_over();
            answer
        }
    };
    context.with(|ctx| {
        let ended = call(&ctx, host, (now.saturating_mul(1000) as f64, event.to_string(), source, handler));
        if watch.was_over.get() {
            return Err(ActionError::TimedOut);
        }
        ended.map_err(|error| match error {
            Error::Exception => ActionError::Threw { message: thrown(&ctx) },
            Error::WouldBlock => ActionError::NeverSettles,
            error => engine(error),
        })
    })?;
    Ok(api.take().into_effects())
}

/// Evaluates the prelude, passes it the Action and drives the returned promise.
fn call(
    ctx: &Ctx<'_>,
    host: impl Fn(String) -> String + 'static,
    (now_millis, event, source, handler): (f64, String, &str, &str),
) -> Result<(), Error> {
    let (node, prelude): (Function, Function) = (ctx.eval(NODE)?, ctx.eval(PRELUDE)?);
    let host = Function::new(ctx.clone(), host)?;
    let promise: Promise = prelude.call((host, node, now_millis, event, source, handler))?;
    promise.finish::<Value>().map(drop)
}

/// Checks the time limit of a leg, and records whether it was exceeded.
struct Watch {
    deadline: Instant,
    was_over: Cell<bool>,
}

#[expect(clippy::disallowed_methods, reason = "limits code that does not terminate; no result depends on it")]
impl Watch {
    fn new(limit: Duration) -> Self {
        Self { deadline: Instant::now() + limit, was_over: Cell::new(false) }
    }

    fn is_over(&self) -> bool {
        let over = Instant::now() >= self.deadline;
        self.was_over.set(self.was_over.get() || over);
        over
    }
}

/// The message of the pending exception.
fn thrown(ctx: &Ctx<'_>) -> String {
    let value = ctx.catch();
    let message = value.clone().into_object().and_then(Exception::from_object).and_then(|thrown| thrown.message());
    let text = || value.as_string().and_then(|text| text.to_string().ok());
    message.or_else(text).unwrap_or_else(|| "the Action threw something that is not an Error".to_owned())
}

fn engine(error: Error) -> ActionError {
    ActionError::Engine(Box::new(error))
}
