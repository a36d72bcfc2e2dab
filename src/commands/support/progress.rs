//! Progress: live lines on a terminal, plain lines elsewhere, JSON lines if the format is JSON.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::apply::{Event, Interrupt};
use crate::base::{Address, escaped};
use crate::cli::Format;
use crate::guard::said_in_short;
use crate::plan::Plan;
use crate::ui::Ui;

/// The user's requests to stop: Ctrl-C, or the termination signal of a CI system.
pub(crate) struct Signals {
    #[cfg(unix)]
    streams: Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>,
}

/// The meaning of an interrupt now: before anything is applied the first one ends the run, and from then on apply
/// handles them itself. Whichever comes first wins.
static STAGE: AtomicU8 = AtomicU8::new(PLANNING);
const PLANNING: u8 = 0;
const APPLYING: u8 = 1;
const ENDING: u8 = 2;

fn enter(stage: u8) -> bool {
    STAGE.compare_exchange(PLANNING, stage, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

/// Waits until the user asks to stop before anything is applied.
pub(crate) async fn interrupted_before_apply() {
    let mut signals = Signals::open();
    loop {
        signals.asked().await;
        if enter(ENDING) {
            return;
        }
    }
}

impl Signals {
    /// Listens from now on, in place of [`interrupted_before_apply`]: no interrupt is lost between the two.
    pub(crate) fn listen() -> Self {
        let signals = Self::open();
        while !enter(APPLYING) && STAGE.load(Ordering::SeqCst) == ENDING {
            // An interrupt came first, and ends the process: no further call is made.
            std::thread::park();
        }
        signals
    }

    fn open() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt());
            let terminate = signal(SignalKind::terminate());
            Self { streams: interrupt.ok().zip(terminate.ok()) }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

impl Interrupt for Signals {
    #[cfg(unix)]
    async fn asked(&mut self) {
        match &mut self.streams {
            Some((interrupt, terminate)) => {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            }
            // Without handlers there are no requests: the default handlers are still in place.
            None => std::future::pending::<()>().await,
        }
    }

    #[cfg(not(unix))]
    async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Reports events as they happen.
pub(crate) struct Progress<'a> {
    ui: &'a Ui,
    bars: Option<MultiProgress>,
    running: BTreeMap<String, ProgressBar>,
    /// The numbers of the calls in the plan, by their steps.
    numbers: BTreeMap<String, usize>,
    done: usize,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(ui: &'a Ui, plan: &Plan) -> Self {
        let bars = ui.can_draw().then(MultiProgress::new);
        let numbers = plan.steps.iter().map(|step| step.id.clone()).zip(1..).collect();
        Self { ui, bars, running: BTreeMap::new(), numbers, done: 0 }
    }

    /// The call, as the plan names it.
    fn call(&self, step: &str, address: &Address, title: &str) -> String {
        let number = self.numbers.get(step).map(|number| format!("{number}. ")).unwrap_or_default();
        format!("{number}{address}: {title}")
    }

    pub(crate) fn tell(&mut self, event: &Event) {
        if self.ui.format == Format::Json {
            if let Ok(line) = serde_json::to_string(event) {
                self.ui.line(&line);
            }
            return;
        }
        let paint = self.ui.paint_err();
        match event {
            Event::Started { step, address, title } => {
                let Some(bars) = &self.bars else { return };
                let bar = bars.add(ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed}") {
                    bar.set_style(style);
                }
                bar.set_message(escaped(&self.call(step, address, title)).into_owned());
                bar.enable_steady_tick(Duration::from_millis(100));
                self.running.insert(step.clone(), bar);
            }
            Event::Done { step, address, title, seconds } => {
                self.done += 1;
                let count = paint.dim(&format!("[{}/{}]", self.done, self.numbers.len()));
                let call = self.call(step, address, title);
                self.ended(step, &format!("  {} {call} ({seconds:.1} s) {count}", paint.green("✓")));
            }
            Event::Failed { step, address, title, seconds, message } => {
                let message = said_in_short(message);
                let call = self.call(step, address, title);
                let line = format!("  {} {call} ({seconds:.1} s): {message}", paint.red("✗ failed"));
                self.ended(step, &line);
            }
            Event::NotTaken { step, address, title, seconds, message } => {
                let call = self.call(step, address, title);
                let line = format!("  {} {call} ({seconds:.1} s): {message}", paint.yellow("- not applied"));
                self.ended(step, &line);
            }
            Event::Skipped { step, address, title, because } => {
                let call = self.call(step, address, title);
                let line = format!("  {} {call}: {because} failed", paint.yellow("- skipped"));
                self.ended(step, &line);
            }
            Event::Interrupted { running } => {
                let calls = if *running == 1 { "the call that runs" } else { "the calls that run" };
                let line =
                    format!("Interrupted: {calls} may finish, and nothing new is started. Ctrl-C again stops now.");
                self.ended("", &paint.yellow(&line));
            }
        }
    }

    fn ended(&mut self, step: &str, line: &str) {
        if let Some(bar) = self.running.remove(step) {
            bar.finish_and_clear();
        }
        let line = &*escaped(&self.ui.folded_err(line.to_owned())).into_owned();
        match &self.bars {
            Some(bars) if bars.println(line).is_ok() => {}
            _ => self.ui.say(line),
        }
    }

    /// Removes the live lines.
    pub(crate) fn finish(&mut self) {
        for bar in std::mem::take(&mut self.running).into_values() {
            bar.finish_and_clear();
        }
    }
}
