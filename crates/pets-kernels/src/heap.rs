//! The memory that the process keeps.

/// Makes the C library keep freed memory for the next allocation, rather than hand it back to the operating system.
///
/// A step of training allocates the same large tensors as the one before it. The C library takes each of them as fresh
/// pages, which the system has to clear and map: a fifth of a training step's time. Kept, the process's memory stays at
/// its peak. Changes nothing where the C library is not glibc.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    keep_in_glibc();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the settings of glibc have no safe interface")]
fn keep_in_glibc() {
    for (parameter, value) in [
        // All memory comes from one arena that grows: large blocks too, from whichever thread.
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_MAX, 0),
        // It never shrinks.
        (libc::M_TRIM_THRESHOLD, -1),
    ] {
        // SAFETY: `mallopt` takes two numbers, changes the allocator's settings under its lock, and refuses values that
        // it cannot use.
        unsafe { libc::mallopt(parameter, value) };
    }
}
