//! Work on as many threads as there are processors.

use std::thread;

/// Distributes work to the processors; the results are in order.
pub fn spread<T: Sync, R: Send>(work: &[T], few: bool, each: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let chunks = if few { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    let size = work.len().div_ceil(chunks).max(1);
    if chunks == 1 || size >= work.len() {
        return vec![each(0, work)];
    }
    let each = &each;
    thread::scope(|scope| {
        let chunk = |(number, chunk)| scope.spawn(move || each(number * size, chunk));
        let handles: Vec<_> = work.chunks(size).enumerate().map(chunk).collect();
        // A panic on a thread would be our own error: it is raised again here.
        let join = |handle: thread::ScopedJoinHandle<'_, R>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().map(join).collect()
    })
}
