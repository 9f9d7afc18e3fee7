//! Devices by name: which devices are compiled in, and which one is meant.

use std::fmt;

use burn::tensor::Device;
use thiserror::Error;

/// A kind of device, each but the first behind a feature of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cpu,
    Ndarray,
    Cuda,
    Vulkan,
    Wgpu,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Cpu,
        Self::Ndarray,
        Self::Cuda,
        Self::Vulkan,
        Self::Wgpu,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Ndarray => "ndarray",
            Self::Cuda => "cuda",
            Self::Vulkan => "vulkan",
            Self::Wgpu => "wgpu",
        }
    }

    const fn compiled_in(self) -> bool {
        match self {
            Self::Cpu => true,
            Self::Ndarray => cfg!(feature = "ndarray"),
            Self::Cuda => cfg!(feature = "cuda"),
            Self::Vulkan => cfg!(feature = "vulkan"),
            Self::Wgpu => cfg!(feature = "wgpu"),
        }
    }

    const fn takes_index(self) -> bool {
        matches!(self, Self::Cuda | Self::Vulkan | Self::Wgpu)
    }
}

/// Why there is no device of a name.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The name means no device.
    #[error("unknown device `{0}`; known: auto, cpu, ndarray, cuda[:i], vulkan[:i], wgpu[:i]")]
    Unknown(String),
    /// The device is behind a feature that was not chosen.
    #[error(
        "device `{name}` is not compiled in; build with `cargo build --release -p pets-cli --features {name}` \
         (this program has: {compiled})"
    )]
    NotCompiledIn {
        /// The device's kind.
        name: &'static str,
        /// The kinds that this program has.
        compiled: String,
    },
    /// The machine has no such device.
    #[error("device `{name}:{index}` is not there; {found}")]
    NotPresent {
        /// The device's kind.
        name: &'static str,
        /// Its number, counted from 0.
        index: usize,
        /// How many there are.
        found: Found,
    },
}

/// How many devices of a kind there are.
#[derive(Debug)]
pub struct Found {
    name: &'static str,
    count: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            0 => write!(f, "no {} device was found on this machine", self.name),
            count => write!(f, "found {count}: {0}:0 to {0}:{1}", self.name, count - 1),
        }
    }
}

/// The device that `text` means: `cpu`, or the name of a feature such as `cuda`, `cuda:1`; `auto` takes the first accelerator that is compiled in and
/// present, else the CPU.
///
/// # Errors
///
/// [`DeviceError`] says which devices there are.
pub fn resolve(text: &str) -> Result<Device, DeviceError> {
    if text == "auto" {
        let accelerator = [Kind::Cuda, Kind::Vulkan, Kind::Wgpu]
            .into_iter()
            .filter(|kind| kind.compiled_in())
            .find_map(|kind| devices(kind).into_iter().next());
        return Ok(accelerator.unwrap_or_else(Device::flex));
    }
    let unknown = || DeviceError::Unknown(text.to_owned());
    let (name, index) = match text.split_once(':') {
        Some((name, index)) => (name, Some(index.parse::<usize>().map_err(|_| unknown())?)),
        None => (text, None),
    };
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(unknown)?;
    if index.is_some() && !kind.takes_index() {
        return Err(unknown());
    }
    if !kind.compiled_in() {
        let compiled = Kind::ALL
            .into_iter()
            .filter(|kind| kind.compiled_in())
            .map(Kind::name);
        return Err(DeviceError::NotCompiledIn {
            name: kind.name(),
            compiled: compiled.collect::<Vec<_>>().join(", "),
        });
    }
    let index = index.unwrap_or(0);
    let mut found = devices(kind);
    if index >= found.len() {
        let found = Found {
            name: kind.name(),
            count: found.len(),
        };
        return Err(DeviceError::NotPresent {
            name: kind.name(),
            index,
            found,
        });
    }
    Ok(found.swap_remove(index))
}

/// The devices of a kind on this machine.
fn devices(kind: Kind) -> Vec<Device> {
    match kind {
        Kind::Cpu => vec![Device::flex()],
        #[cfg(feature = "ndarray")]
        #[allow(deprecated, reason = "offered for comparison as long as Burn has it")]
        Kind::Ndarray => vec![Device::ndarray()],
        #[cfg(feature = "cuda")]
        Kind::Cuda => Device::enumerate(burn::tensor::DeviceType::Cuda).into_vec(),
        #[cfg(feature = "vulkan")]
        Kind::Vulkan => Device::enumerate(burn::tensor::DeviceType::Vulkan).into_vec(),
        #[cfg(feature = "wgpu")]
        Kind::Wgpu => Device::enumerate(burn::tensor::DeviceType::Wgpu).into_vec(),
        #[allow(
            unreachable_patterns,
            reason = "reached unless every device is compiled in"
        )]
        _ => Vec::new(),
    }
}
