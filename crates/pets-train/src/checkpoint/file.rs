//! A moment of a run as a file.
//!
//! The file is safetensors: `model.*`, `loss.*`, `average.*`, `optimizer.*`, `loss_optimizer.*` and `memory.*`. Its
//! header has two entries, `state`, TOML with every number that is no tensor (TOML keeps each float, the infinite ones
//! too, to the last bit), and `sha256`, the checksum of all that.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use burn::tensor::{DType, TensorData};
use safetensors::View;
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::checkpoint::optimizer_state::Counts;
use crate::checkpoint::tensors::Tensors;
use crate::hexadecimal::hexadecimal;
use crate::progress::run_progress::RunProgress;
use crate::schedule::learning_rate::Plateau;

const FORMAT_VERSION: u32 = 1;
/// The most bytes that a header may have: 64 MiB. The progress of ten thousand epochs takes a few.
const MAX_HEADER: u64 = 64 << 20;
const STATE_KEY: &str = "state";
const CHECKSUM_KEY: &str = "sha256";

/// Everything that a run needs to go on as if it had never stopped.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    pub(crate) tensors: Tensors,
    pub(crate) state: RunState,
}

/// What a run was begun with, in words of whoever began it, for whoever goes on with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOrigin {
    /// The settings of the run.
    pub settings: String,
    /// What tells the pictures that it is trained on from others, their contents included.
    pub pictures: String,
}

/// What of a run is no tensor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunState {
    pub(crate) format: u32,
    /// Whether the run came to its end.
    pub(crate) finished: bool,
    /// Tells the training data from others.
    pub(crate) data: String,
    /// What the run was begun with; none in checkpoints of earlier versions.
    pub(crate) origin: Option<RunOrigin>,
    pub(crate) progress: RunProgress,
    pub(crate) plateau: Plateau,
    /// Steps of the moving average.
    pub(crate) average_steps: Option<u64>,
    /// For each label those that the model confused with it when its batches were last planned.
    pub(crate) confusable: Option<Vec<(usize, Vec<usize>)>>,
    pub(crate) optimizer_counts: Counts,
}

/// What tells whether the rest can be read.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Checkpoint {
    /// Epochs that are done.
    pub const fn epochs(&self) -> usize {
        self.state.progress.epoch
    }

    /// Steps of the optimizer that are done.
    pub const fn steps(&self) -> u64 {
        self.state.progress.steps
    }

    /// Whether the run came to its end, by its last epoch or by early stopping.
    pub const fn finished(&self) -> bool {
        self.state.finished
    }

    /// What the run was begun with; none in checkpoints of earlier versions.
    pub const fn origin(&self) -> Option<&RunOrigin> {
        self.state.origin.as_ref()
    }

    pub(crate) fn new(tensors: Tensors, mut state: RunState) -> Self {
        state.format = FORMAT_VERSION;
        Self { tensors, state }
    }

    /// Writes the file, tensor by tensor: a second copy of everything in memory would take most of the time.
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let state = toml::to_string(&self.state).map_err(io::Error::other)?;
        let metadata = HashMap::from([
            (CHECKSUM_KEY.to_owned(), checksum(&self.tensors, &state)),
            (STATE_KEY.to_owned(), state),
        ]);
        let described = self
            .tensors
            .iter()
            .map(|(name, data)| Ok((name.as_str(), Described::new(data)?)))
            .collect::<io::Result<Vec<_>>>()?;
        let header = safetensors::serialize(described, Some(metadata)).map_err(io::Error::other)?;
        to.write_all(&header)?;
        let order: Metadata = serde_json::from_slice(&header[size_of::<u64>()..])?;
        for name in order.offset_keys() {
            to.write_all(self.tensors[&name].as_bytes())?;
        }
        Ok(())
    }

    /// Reads a file; the error says what is wrong with it.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let length = bytes
            .first_chunk()
            .map(|length| u64::from_le_bytes(*length));
        if length.is_some_and(|length| length > MAX_HEADER) {
            return Err(format!("its header is longer than {MAX_HEADER} bytes"));
        }
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
        let entry = |key: &str| {
            let entries = metadata.metadata().as_ref();
            let value = entries.and_then(|entries| entries.get(key));
            value.ok_or_else(|| format!("its header has no `{key}`"))
        };
        let tensors = file
            .iter()
            .map(|(name, view)| Ok((name.to_owned(), data(&view)?)))
            .collect::<Result<Tensors, String>>()?;
        let state = entry(STATE_KEY)?;
        if *entry(CHECKSUM_KEY)? != checksum(&tensors, state) {
            return Err("its checksum is another: the file is damaged".to_owned());
        }
        let Version { format } = toml::from_str(state).map_err(|error| error.to_string())?;
        if format != FORMAT_VERSION {
            return Err(format!(
                "it has format {format}, this program reads format {FORMAT_VERSION}"
            ));
        }
        let state = toml::from_str(state).map_err(|error| error.to_string())?;
        Ok(Self { tensors, state })
    }
}

/// SHA-256 of everything that a checkpoint holds.
fn checksum(tensors: &Tensors, state: &str) -> String {
    let mut hash = Sha256::new();
    for (name, data) in tensors {
        let dims = data.shape().as_slice();
        hash.update(format!(
            "{name} {:?} Shape {{ dims: {dims:?} }}\n",
            data.dtype()
        ));
        hash.update(data.as_bytes());
    }
    hash.update(state);
    hexadecimal(&hash.finalize())
}

/// A tensor as the header of a file describes it, without its values.
struct Described<'a> {
    dtype: Dtype,
    data: &'a TensorData,
}

impl<'a> Described<'a> {
    fn new(data: &'a TensorData) -> io::Result<Self> {
        let dtype = match data.dtype() {
            DType::F32 => Dtype::F32,
            DType::I64 => Dtype::I64,
            other => {
                let reason = format!("a tensor of {other:?} has no place in it");
                return Err(io::Error::other(reason));
            }
        };
        Ok(Self { dtype, data })
    }
}

impl View for Described<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.data.shape().as_slice()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&[])
    }

    fn data_len(&self) -> usize {
        self.data.as_bytes().len()
    }
}

fn data(view: &TensorView<'_>) -> Result<TensorData, String> {
    let dtype = match view.dtype() {
        Dtype::F32 => DType::F32,
        Dtype::I64 => DType::I64,
        other => return Err(format!("it holds a tensor of {other:?}")),
    };
    TensorData::try_from_bytes_vec(view.data().to_vec(), view.shape().to_vec(), dtype)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use pets_fuzz::Fuzz;

    use super::*;
    use crate::progress::early_stopping::BestEpoch;
    use crate::progress::monitor::Monitor;

    pub(crate) fn checkpoint(steps: u64) -> Checkpoint {
        let mut progress = RunProgress::start(BestEpoch::new(Monitor::ValLoss, None));
        progress.steps = steps;
        progress.best.observe(0, 0.1 + 0.2);
        let values = vec![1.0_f32, f32::MIN_POSITIVE, -0.0];
        let state = RunState {
            format: 0,
            finished: false,
            data: "of a test".to_owned(),
            origin: Some(RunOrigin {
                settings: "seed = 3".to_owned(),
                pictures: String::new(),
            }),
            progress,
            plateau: Plateau::start(1e-4 / 3.0),
            average_steps: None,
            confusable: Some(vec![(3, vec![1, 2])]),
            optimizer_counts: Counts::from([("optimizer.a:time".to_owned(), 7)]),
        };
        let tensors = Tensors::from([
            ("model.a".to_owned(), TensorData::new(values, [3])),
            (
                "memory.labels".to_owned(),
                TensorData::new(vec![-1_i64, i64::MAX], [2]),
            ),
        ]);
        Checkpoint::new(tensors, state)
    }

    fn file(checkpoint: &Checkpoint) -> Vec<u8> {
        let mut bytes = Vec::new();
        checkpoint.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn fuzz_checkpoints() {
        let mut seed = Vec::new();
        checkpoint(5).write(&mut seed).unwrap();
        Fuzz::new("checkpoints")
            .limit_mib(64)
            .run(&[seed], |bytes| Checkpoint::from_bytes(bytes).is_ok());
    }

    #[test]
    fn a_file_holds_every_bit() {
        let written = checkpoint(5);
        let read = Checkpoint::from_bytes(&file(&written)).unwrap();
        assert_eq!(read.tensors, written.tensors);
        assert_eq!(
            read.state.progress.best.best(),
            written.state.progress.best.best()
        );
        assert_eq!(read.origin(), written.origin());
        assert_eq!(read.state.plateau, written.state.plateau);
        assert_eq!(read.state.confusable, written.state.confusable);
        assert_eq!(read.state.optimizer_counts, written.state.optimizer_counts);
    }

    #[test]
    fn another_format_is_refused_by_its_number() {
        let tensors = checkpoint(5).tensors;
        let state = format!("format = {}\nunheard_of = true\n", FORMAT_VERSION + 1);
        let metadata = HashMap::from([
            (CHECKSUM_KEY.to_owned(), checksum(&tensors, &state)),
            (STATE_KEY.to_owned(), state),
        ]);
        let views = tensors.iter().map(|(name, data)| {
            let dtype = Described::new(data).unwrap().dtype;
            let view = TensorView::new(dtype, data.shape().to_vec(), data.as_bytes()).unwrap();
            (name.as_str(), view)
        });
        let bytes = safetensors::serialize(views, Some(metadata)).unwrap();
        let reason = Checkpoint::from_bytes(&bytes).unwrap_err();
        assert_eq!(reason, "it has format 2, this program reads format 1");
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let good = file(&checkpoint(5));
        for position in 0..good.len() {
            let mut bad = good.clone();
            bad[position] ^= 1 << (position % 8);
            // The spaces that pad the header may be any white space.
            assert!(
                Checkpoint::from_bytes(&bad).is_err() || bad[position].is_ascii_whitespace(),
                "byte {position} of {}",
                good.len()
            );
        }
        for length in 0..good.len() {
            assert!(
                Checkpoint::from_bytes(&good[..length]).is_err(),
                "cut to {length}"
            );
        }
    }
}
