//! The server that replaces AWS: first it passes requests on and records answers, then it answers from memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Asked, Stub, pass_on};

/// The answers to each request, in order: the same request may be made before and after a change.
pub(crate) type Recording = HashMap<Key, Vec<Answer>>;

/// The parts that distinguish requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    name: String,
    target: String,
    body: String,
}

impl Key {
    fn of(asked: &Asked) -> Self {
        let body = if let Ok(mut body) = serde_json::from_slice::<Value>(&asked.body) {
            // Maps are sent in any order.
            body.sort_all_objects();
            body.to_string()
        } else {
            let body = String::from_utf8_lossy(&asked.body);
            // The token is new for each plan.
            body.split('&').filter(|pair| !pair.starts_with("ClientToken=")).collect::<Vec<_>>().join("&")
        };
        Self { name: asked.name(), target: asked.target.clone(), body }
    }
}

/// Passes requests on and records the answers.
pub(crate) struct Recorder {
    recording: Arc<Mutex<Recording>>,
    stub: Stub,
}

impl Recorder {
    /// Records the answers of the server on a port.
    pub(crate) fn of(port: u16) -> Self {
        let recording = Arc::new(Mutex::new(Recording::new()));
        let kept = recording.clone();
        let stub = Stub::start(move |asked| {
            let answer = pass_on(asked, port).expect("the emulator answers");
            kept.lock().expect("no thread fails").entry(Key::of(asked)).or_default().push(answer.clone());
            answer
        });
        Self { recording, stub }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.stub.endpoint()
    }

    /// The answers that were recorded since the last call.
    pub(crate) fn take(&self) -> Recording {
        std::mem::take(&mut self.recording.lock().expect("no thread fails"))
    }
}

/// The server's counts of one run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told {
    pub(crate) calls: usize,
    /// The longest chain of calls, each of which was made after the answer to the one before: without
    /// latency, chance makes it longer than the chain of dependent calls.
    pub(crate) round_trips: usize,
}

#[derive(Default)]
struct State {
    given: HashMap<Key, usize>,
    told: Told,
}

/// Answers from memory.
pub(crate) struct Replay {
    state: Arc<Mutex<State>>,
    stub: Stub,
}

impl Replay {
    /// Answers each call after a latency.
    pub(crate) fn of(recording: Recording, latency: Duration) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        let stub = Stub::start(move |asked| {
            let key = Key::of(asked);
            let Some(answers) = recording.get(&key) else {
                // The command fails with an error that shows this, and ends the run.
                let body = format!("not recorded: {key:?}").into_bytes();
                return Answer { status: 400, headers: Vec::new(), body };
            };
            let (answer, depth) = {
                let mut state = shared.lock().expect("no thread fails");
                state.told.calls += 1;
                let given = state.given.entry(key).or_default();
                let answer = answers[(*given).min(answers.len() - 1)].clone();
                *given += 1;
                (answer, state.told.round_trips + 1)
            };
            std::thread::sleep(latency);
            let mut state = shared.lock().expect("no thread fails");
            state.told.round_trips = state.told.round_trips.max(depth);
            answer
        });
        Self { state, stub }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.stub.endpoint()
    }

    /// Begins a run.
    pub(crate) fn begin(&self) {
        *self.state.lock().expect("no thread fails") = State::default();
    }

    /// The counts since then.
    pub(crate) fn told(&self) -> Told {
        self.state.lock().expect("no thread fails").told
    }
}
