//! A batch of images, divided among threads.

use rayon::prelude::*;

/// Images are taken together until a task has about this many columns.
const COLUMNS_IN_TASK: usize = 192;

/// An image is divided where there are fewer than this many for each thread, so that none waits long for the others.
const TASKS_PER_THREAD: usize = 4;

/// A part of an image has at least this many channels, to make up for reading the image's pixels again.
const CHANNELS_IN_TASK: usize = 32;

/// The sizes of source and output images of an operation, for dividing it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImageTasks {
    /// Numbers in an image of the source.
    pub(crate) source_image: usize,
    /// Channels of the output.
    pub(crate) channels: usize,
    /// Numbers in a plane of the output.
    pub(crate) out_plane: usize,
    /// What is computed at once for a channel of an image: pixels, or tiles of them.
    pub(crate) columns: usize,
    /// Channels are divided at multiples of this.
    pub(crate) channel_multiple: usize,
}

/// Some channels of some images: all channels where there are several images.
pub(crate) struct ImageTask<'a> {
    pub(crate) source: &'a [f32],
    pub(crate) images: usize,
    pub(crate) first_channel: usize,
    pub(crate) channels: usize,
    /// Where `out` starts in the whole output.
    pub(crate) start: usize,
    pub(crate) out: &'a mut [f32],
}

impl ImageTasks {
    /// Divides the images of `source` and `out`; calls `work` with each task.
    pub(crate) fn run(
        self,
        source: &[f32],
        out: &mut [f32],
        work: impl Fn(ImageTask<'_>) + Sync + Send,
    ) {
        let image = self.channels * self.out_plane;
        let images = out.len() / image;
        if images == 0 {
            return;
        }
        let threads = rayon::current_num_threads();
        let together = COLUMNS_IN_TASK
            .div_ceil(self.columns)
            .min(images.div_ceil(threads));
        let parts = (threads * TASKS_PER_THREAD).div_ceil(images);
        let channels = if together == 1 && parts > 1 {
            self.channels
                .div_ceil(parts)
                .max(CHANNELS_IN_TASK)
                .next_multiple_of(self.channel_multiple)
                .min(self.channels)
        } else {
            self.channels
        };
        out.par_chunks_mut(together * image)
            .zip(source.par_chunks(together * self.source_image))
            .enumerate()
            .for_each(|(group, (out, source))| {
                let images = out.len() / image;
                // One part where there are several images.
                out.par_chunks_mut(images * channels * self.out_plane)
                    .enumerate()
                    .for_each(|(part, out)| {
                        let first_channel = part * channels;
                        work(ImageTask {
                            source,
                            images,
                            first_channel,
                            channels: out.len() / self.out_plane / images,
                            start: group * together * image + first_channel * self.out_plane,
                            out,
                        });
                    });
            });
    }
}
