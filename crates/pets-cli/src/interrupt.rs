//! Ctrl-C and SIGTERM: the first asks for a stop, the second stops at once.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// A hangup is not among them: it ends the program unless `nohup` says otherwise.
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// What signals have set.
#[derive(Default)]
struct Received {
    any: Arc<AtomicBool>,
    number: Arc<AtomicUsize>,
}

/// Whether a signal waits for a safe point.
static WAITS: AtomicBool = AtomicBool::new(false);

static RECEIVED: LazyLock<Received> = LazyLock::new(Received::default);

/// Begins to listen.
pub(crate) fn install() -> io::Result<()> {
    for signal in SIGNALS {
        // In this order: the first signal finds `any` unset and sets it, the second ends the process.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&RECEIVED.any))?;
        flag::register_usize(signal, Arc::clone(&RECEIVED.number), signal as usize)?;
        flag::register(signal, Arc::clone(&RECEIVED.any))?;
    }
    #[cfg(unix)]
    {
        // Unheeded, this signal turns a write beyond the limit of file sizes into an error, which can be told.
        flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
        announce()?;
    }
    Ok(())
}

/// Tells people at once that their signal has come, however long the step takes.
#[cfg(unix)]
fn announce() -> io::Result<()> {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    let (mut receiver, sender) = UnixStream::pair()?;
    for signal in SIGNALS {
        signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?;
    }
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if receiver.read_exact(&mut [0]).is_ok() {
                end();
            }
        })?;
    Ok(())
}

/// Ends the program where it does not end by itself: files are written whole or not at all, so that nothing is lost but
/// what training has learned since its last checkpoint.
#[cfg(unix)]
fn end() {
    use std::time::Duration;

    /// How long work that is asked to stop may take to do so by itself.
    const GRACE: Duration = Duration::from_millis(800);
    const HEARTBEAT: Duration = Duration::from_millis(20);

    if WAITS.load(Ordering::SeqCst) {
        say!("stopping after this step; once more stops at once");
        while WAITS.load(Ordering::SeqCst) {
            std::thread::sleep(HEARTBEAT);
        }
    } else {
        say!("stopping");
    }
    // Whoever has stopped by itself says what is to be said, and ends the program.
    std::thread::sleep(GRACE);
    signal_hook::low_level::exit(i32::from(exit_code()));
}

/// While this lives a signal waits for the next safe point, at which [`requested`] is asked.
pub(crate) struct SafePoints(());

/// Has a signal wait for safe points, such as the end of a step of training.
pub(crate) fn wait_for_safe_points() -> SafePoints {
    WAITS.store(true, Ordering::SeqCst);
    SafePoints(())
}

impl Drop for SafePoints {
    fn drop(&mut self) {
        WAITS.store(false, Ordering::SeqCst);
    }
}

/// Whether a stop was asked for.
pub(crate) fn requested() -> bool {
    RECEIVED.any.load(Ordering::SeqCst)
}

/// The exit code after an interruption: 130 after Ctrl-C, 143 after SIGTERM.
pub(crate) fn exit_code() -> u8 {
    let signal = match RECEIVED.number.load(Ordering::SeqCst) {
        0 => SIGINT as usize,
        signal => signal,
    };
    128 + signal as u8
}
